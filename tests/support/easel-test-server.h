/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselTestServer:
 *
 * A server on 127.0.0.1 in the test's own main context. It answers from scripts, one queue of
 * answers per method and path (the last one is given again and again; without any it is 404 with
 * the text "unscripted"), and keeps a log of what was asked. It never stores a key: the log tells
 * whether one was there and, after easel_test_server_expect_key(), whether it was the right one.
 */
typedef struct _EaselTestServer EaselTestServer;

/**
 * EaselTestFault:
 * @EASEL_TEST_FAULT_NONE: a proper answer
 * @EASEL_TEST_FAULT_TRUNCATED: promises a whole body, sends half of it, closes
 * @EASEL_TEST_FAULT_STALLED: promises a whole body, sends half of it, keeps the connection
 * @EASEL_TEST_FAULT_HANG: never answers, keeps the connection
 * @EASEL_TEST_FAULT_CLOSE: closes without a word
 * @EASEL_TEST_FAULT_RESET: resets the connection without a word
 * @EASEL_TEST_FAULT_RESET_BODY: sends half of the body, then resets the connection
 * @EASEL_TEST_FAULT_RAW: body is what goes over the wire, with status line and headers; closes
 * @EASEL_TEST_FAULT_STREAM: sends head and body without a length and keeps the connection, see
 *   easel_test_server_write_streams()
 */
typedef enum
{
  EASEL_TEST_FAULT_NONE,
  EASEL_TEST_FAULT_TRUNCATED,
  EASEL_TEST_FAULT_STALLED,
  EASEL_TEST_FAULT_HANG,
  EASEL_TEST_FAULT_CLOSE,
  EASEL_TEST_FAULT_RESET,
  EASEL_TEST_FAULT_RESET_BODY,
  EASEL_TEST_FAULT_RAW,
  EASEL_TEST_FAULT_STREAM
} EaselTestFault;

/**
 * EaselTestAnswer:
 * @status: 0 means 200
 * @content_type: (nullable): "application/json" if %NULL
 * @headers: (nullable): more of them, "Name: value" separated by "\n"
 * @body: (nullable): what is sent
 * @length: of @body; 0 means up to its NUL
 * @repeat: so many bytes of 'x' instead of @body
 * @delay_ms: in real time, before the answer
 * @fault: what goes wrong with it
 */
typedef struct
{
  guint status;
  const char *content_type;
  const char *headers;
  const char *body;
  gsize length;
  gsize repeat;
  guint delay_ms;
  EaselTestFault fault;
} EaselTestAnswer;

/**
 * EaselTestRequest:
 * @query: (nullable): as it was sent
 * @body: (not nullable): as text
 * @seal: (nullable): the header X-Easel
 * @seal_is_right: whether it fits easel_test_server_play_agent()
 * @connection: which one it came on: no two that are open at once have the same
 * @has_key: whether there was an Authorization header
 * @key_is_right: whether it was the expected one
 *
 * What was asked.
 */
typedef struct
{
  char *method;
  char *path;
  char *query;
  char *body;
  char *content_type;
  char *accept;
  char *accept_encoding;
  char *user_agent;
  char *origin;
  char *seal;
  gboolean seal_is_right;
  guint connection;
  gboolean has_key;
  gboolean key_is_right;
  gboolean is_http2;
} EaselTestRequest;

EaselTestServer *easel_test_server_new (void);
EaselTestServer *easel_test_server_new_tls (GTlsCertificate *certificate);
void easel_test_server_free (EaselTestServer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselTestServer, easel_test_server_free)

/* "http://127.0.0.1:4010", without a slash; and with a path behind it. */
const char *easel_test_server_get_uri (EaselTestServer *self);
char *easel_test_server_build_uri (EaselTestServer *self, const char *path);
guint easel_test_server_get_port (EaselTestServer *self);
void easel_test_server_expect_key (EaselTestServer *self, const char *key);

/* From now on what is below the path of this pod's agent is refused without a right and new seal,
 * and its answers are sealed. The path is below "/" and needs no script of its own. */
void easel_test_server_play_agent (EaselTestServer *self, const char *admin);
/* As if somebody whose clock is ahead had asked it before. */
void easel_test_server_set_last_count (EaselTestServer *self, gint64 count);
char *easel_test_server_agent_path (const char *admin, const char *route);

void easel_test_server_script (EaselTestServer *self,
                               const char *method,
                               const char *path,
                               const EaselTestAnswer *answer);
void easel_test_server_reply (EaselTestServer *self,
                              const char *method,
                              const char *path,
                              guint status,
                              const char *body);
void easel_test_server_forget_scripts (EaselTestServer *self);

/* To all connections that a STREAM answer left open; NULL closes them. */
void easel_test_server_write_streams (EaselTestServer *self, const char *text);
guint easel_test_server_get_n_held (EaselTestServer *self);

/**
 * EaselTestSocket:
 * @EASEL_TEST_SOCKET_TEXT: sends the text at once
 * @EASEL_TEST_SOCKET_BINARY_FIRST: sends some bytes, then the text
 * @EASEL_TEST_SOCKET_SILENT: says nothing
 * @EASEL_TEST_SOCKET_CLOSE: closes at once
 *
 * How a websocket behaves after a good handshake.
 */
typedef enum
{
  EASEL_TEST_SOCKET_TEXT,
  EASEL_TEST_SOCKET_BINARY_FIRST,
  EASEL_TEST_SOCKET_SILENT,
  EASEL_TEST_SOCKET_CLOSE
} EaselTestSocket;

void easel_test_server_add_websocket (EaselTestServer *self,
                                      const char *path,
                                      EaselTestSocket behaviour,
                                      const char *text);
guint easel_test_server_get_n_websockets_open (EaselTestServer *self);

/* How often it was asked; NULL counts every method or path. */
guint easel_test_server_count (EaselTestServer *self, const char *method, const char *path);
const EaselTestRequest *easel_test_server_get_request (EaselTestServer *self, guint index);
const EaselTestRequest *easel_test_server_get_last (EaselTestServer *self);
void easel_test_server_forget_log (EaselTestServer *self);

G_END_DECLS
