/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-error.h"
#include "easel-http.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#include <glib/gstdio.h>
#include <string.h>

#define KEY "practice-canary-bird"

/* The leak sanitizer of gcc 12 crashes over the thread-local storage of the TLS module, which is
 * loaded late; this keeps it away from there. Nobody calls it without a sanitizer. */
const char *__asan_default_options (void);

const char *
__asan_default_options (void)
{
  return "intercept_tls_get_addr=0";
}

/* An authority of the test's own, kept in a folder that goes with the test. */
static char *folder;

static const char authority_config[] = "[ca]\n"
                                       "default_ca = easel\n"
                                       "[easel]\n"
                                       "database = index.txt\n"
                                       "serial = serial.txt\n"
                                       "new_certs_dir = .\n"
                                       "default_md = sha256\n"
                                       "policy = any\n"
                                       "email_in_dn = no\n"
                                       "rand_serial = yes\n"
                                       "copy_extensions = copy\n"
                                       "unique_subject = no\n"
                                       "[any]\n"
                                       "commonName = supplied\n"
                                       "[req]\n"
                                       "distinguished_name = dn\n"
                                       "[dn]\n"
                                       "[authority]\n"
                                       "basicConstraints = critical,CA:TRUE\n"
                                       "keyUsage = critical,keyCertSign,cRLSign\n";

static gboolean
run_openssl (const char *arguments)
{
  g_autofree char *line = g_strconcat ("openssl ", arguments, NULL);
  g_auto (GStrv) argv = NULL;
  g_autofree char *complaint = NULL;
  g_autoptr (GError) error = NULL;
  int status = 0;

  g_shell_parse_argv (line, NULL, &argv, &error);
  g_assert_no_error (error);
  if (!g_spawn_sync (folder, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL,
                     NULL, NULL, &complaint, &status, &error) ||
      !g_spawn_check_wait_status (status, &error))
    {
      g_test_message ("%s: %s %s", line, error->message, complaint != NULL ? complaint : "");
      return FALSE;
    }
  return TRUE;
}

static void
write_file (const char *name, const char *text)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static gboolean
make_authority (const char *name)
{
  g_autofree char *arguments = g_strdup_printf (
      "req -x509 -newkey rsa:2048 -nodes -keyout %s.key -out %s.pem -days 30 -subj /CN=%s "
      "-config ca.cnf -extensions authority",
      name, name, name);

  return run_openssl (arguments);
}

/* A pair of certificate and key in NAME.pem, signed by the authority "known" or "unknown". */
static gboolean
make_leaf (const char *name, const char *authority, const char *address, const char *dates)
{
  g_autofree char *request = g_strdup_printf (
      "req -newkey rsa:2048 -nodes -keyout %s.key -out %s.csr -subj /CN=%s -config ca.cnf "
      "-addext subjectAltName=%s",
      name, name, name, address);
  g_autofree char *signature = g_strdup_printf (
      "ca -batch -notext -config ca.cnf -cert %s.pem -keyfile %s.key -in %s.csr -out %s.pem %s",
      authority, authority, name, name, dates);

  return run_openssl (request) && run_openssl (signature);
}

static gboolean
make_certificates (void)
{
  write_file ("ca.cnf", authority_config);
  write_file ("index.txt", "");
  write_file ("serial.txt", "01\n");
  return make_authority ("known") && make_authority ("unknown") &&
         make_leaf ("good", "known", "IP:127.0.0.1", "-days 30") &&
         make_leaf ("elsewhere", "known", "DNS:localhost", "-days 30") &&
         make_leaf ("wrong-host", "known", "DNS:api.example.com", "-days 30") &&
         make_leaf ("expired", "known", "IP:127.0.0.1",
                    "-startdate 20200101000000Z -enddate 20200201000000Z") &&
         make_leaf ("not-yet", "known", "IP:127.0.0.1",
                    "-startdate 20900101000000Z -enddate 20900201000000Z") &&
         make_leaf ("stranger", "unknown", "IP:127.0.0.1", "-days 30") &&
         run_openssl ("req -x509 -newkey rsa:2048 -nodes -keyout self.key -out self.pem -days 30 "
                      "-subj /CN=self -config ca.cnf -addext subjectAltName=IP:127.0.0.1");
}

static EaselTestServer *
start_server (const char *name)
{
  g_autofree char *certificate_path = g_strdup_printf ("%s/%s.pem", folder, name);
  g_autofree char *key_path = g_strdup_printf ("%s/%s.key", folder, name);
  g_autoptr (GError) error = NULL;
  g_autoptr (GTlsCertificate) certificate =
      g_tls_certificate_new_from_files (certificate_path, key_path, &error);
  EaselTestServer *server;

  g_assert_no_error (error);
  server = easel_test_server_new_tls (certificate);
  easel_test_server_expect_key (server, KEY);
  easel_test_server_reply (server, "GET", "/", 200, "{}");
  easel_test_server_reply (server, "POST", "/", 201, "{}");
  return server;
}

static EaselHttp *
make_client (EaselClock *clock, const char *trusted)
{
  g_autofree char *path = NULL;
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (GError) error = NULL;

  if (trusted == NULL)
    return easel_http_new (clock, NULL);
  path = g_strdup_printf ("%s/%s.pem", folder, trusted);
  database = g_tls_file_database_new (path, &error);
  g_assert_no_error (error);
  return easel_http_new (clock, database);
}

static EaselHttpResponse *
ask (EaselHttp *http, EaselTestServer *server, const char *method, GError **error)
{
  g_autofree char *uri = easel_test_server_build_uri (server, "/");
  g_autoptr (EaselSecret) key = easel_secret_new (KEY);
  const EaselHttpRequest request = {
    .method = method, .uri = uri, .bearer = key, .retry = EASEL_RETRY_READ, .deadline_ms = 10000
  };
  EaselTestCatch caught = { 0 };
  EaselHttpResponse *response;

  easel_http_send_async (http, &request, NULL, NULL, easel_test_catch, &caught);
  response = easel_http_send_finish (http, easel_test_catch_wait (&caught), error);
  easel_test_catch_clear (&caught);
  return response;
}

/* What the run comes to, printed at its end. */
static guint n_cases;
static guint n_requests;

/* The server that must not be asked. */
static void
note_case (EaselTestServer *server)
{
  const guint n = easel_test_server_count (server, NULL, NULL);

  n_cases++;
  n_requests += n;
  g_assert_cmpuint (n, ==, 0);
}

static const struct
{
  const char *name;
  const char *trusted; /* (nullable): the system's authorities */
} strangers[] = {
  { "self", "known" },   { "self", NULL },       { "stranger", "known" }, { "good", NULL },
  { "good", "unknown" }, { "expired", "known" }, { "not-yet", "known" },  { "wrong-host", "known" },
};

/* No request arrives at all, so none can carry the key; and it is not tried again. */
static void
test_not_trusted (gconstpointer data)
{
  gsize row = GPOINTER_TO_SIZE (data);
  g_autoptr (EaselTestServer) server = start_server (strangers[row].name);
  EaselClock *clock = easel_manual_clock_new (0);
  EaselHttp *http = make_client (clock, strangers[row].trusted);
  static const char *const methods[] = { "GET", "POST" };

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselHttpResponse) response = ask (http, server, methods[i], &error);

      g_assert_null (response);
      g_test_message ("%s", error->message);
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_TLS);
      g_assert_true (easel_error_leaves_fate_unknown (error));
    }
  easel_test_pump_for (50);
  note_case (server);
  g_assert_finalize_object (http);
  g_assert_finalize_object (clock);
}

static void
test_trusted (void)
{
  g_autoptr (EaselTestServer) server = start_server ("good");
  EaselClock *clock = easel_manual_clock_new (0);
  EaselHttp *http = make_client (clock, "known");
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = ask (http, server, "GET", &error);

  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  g_assert_true (easel_test_server_get_last (server)->key_is_right);
  easel_test_pump_for (20);
  g_assert_finalize_object (http);
  g_assert_finalize_object (clock);
}

/* From a good server to an open one, or to another that is as good: the key stays. */
static void
check_redirect (EaselTestServer *other, const char *location, guint status)
{
  g_autoptr (EaselTestServer) server = start_server ("good");
  g_autofree char *header = g_strdup_printf ("Location: %s", location);
  const EaselTestAnswer redirect = { .status = status, .headers = header };
  EaselClock *clock = easel_manual_clock_new (0);
  EaselHttp *http = make_client (clock, "known");
  static const char *const methods[] = { "GET", "POST" };

  easel_test_server_forget_scripts (server);
  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselHttpResponse) response = NULL;

      easel_test_server_script (server, methods[i], "/", &redirect);
      response = ask (http, server, methods[i], &error);
      g_assert_null (response);
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
  easel_test_pump_for (20);
  note_case (other);
  g_assert_finalize_object (http);
  g_assert_finalize_object (clock);
}

static const guint redirects[] = { 301, 302, 303, 307, 308 };

static void
test_redirect_to_plain (void)
{
  g_autoptr (EaselTestServer) plain = easel_test_server_new ();
  g_autofree char *location = g_strdup_printf ("%s/", easel_test_server_get_uri (plain));

  easel_test_server_expect_key (plain, KEY);
  for (gsize i = 0; i < G_N_ELEMENTS (redirects); i++)
    check_redirect (plain, location, redirects[i]);
}

static void
test_redirect_elsewhere (void)
{
  g_autoptr (EaselTestServer) other = start_server ("elsewhere");
  g_autofree char *location =
      g_strdup_printf ("https://localhost:%u/", easel_test_server_get_port (other));

  for (gsize i = 0; i < G_N_ELEMENTS (redirects); i++)
    check_redirect (other, location, redirects[i]);
}

/* TLS spoken to a server that does not speak it. */
static void
test_not_tls (void)
{
  g_autoptr (EaselTestServer) plain = easel_test_server_new ();
  g_autofree char *uri =
      g_strdup_printf ("https://127.0.0.1:%u/", easel_test_server_get_port (plain));
  const EaselHttpRequest request = { .method = "GET", .uri = uri, .deadline_ms = 200 };
  EaselClock *clock = easel_manual_clock_new (0);
  EaselHttp *http = easel_http_new (clock, NULL);
  EaselTestCatch caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_http_send_async (http, &request, NULL, NULL, easel_test_catch, &caught);
  g_assert_null (easel_http_send_finish (http, easel_test_catch_wait (&caught), &error));
  g_assert_true (error->domain == EASEL_ERROR);
  g_assert_cmpuint (easel_test_server_count (plain, NULL, NULL), ==, 0);
  easel_test_catch_clear (&caught);
  easel_test_pump_for (20);
  g_assert_finalize_object (http);
  g_assert_finalize_object (clock);
}

static GError *
judge (const EaselHttpResponse *response)
{
  return response->status < 300 ? NULL : easel_error_new (EASEL_ERROR_UNAVAILABLE, "judged");
}

static void
post_fails (EaselHttp *http,
            EaselTestServer *server,
            const EaselTestAnswer *answer,
            EaselError code)
{
  g_autofree char *uri = easel_test_server_build_uri (server, "/");
  /* Only where the deadline is the point may it be short: a loaded machine is slow. */
  const EaselHttpRequest request = {
    .method = "POST",
    .uri = uri,
    .deadline_ms = code == EASEL_ERROR_TIMED_OUT ? 2500 : 30000,
    .max_bytes = 1000,
  };
  EaselTestCatch caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_test_server_forget_scripts (server);
  easel_test_server_script (server, "POST", "/", answer);
  easel_test_server_forget_log (server);
  easel_http_send_async (http, &request, judge, NULL, easel_test_catch, &caught);
  g_assert_null (easel_http_send_finish (http, easel_test_catch_wait (&caught), &error));
  g_assert_error (error, EASEL_ERROR, (int) code);
  easel_test_pump_for (50);
  g_assert_cmpuint (easel_test_server_count (server, NULL, NULL), ==, 1);
  g_assert_false (easel_test_server_get_last (server)->is_http2);
  easel_test_catch_clear (&caught);
}

/* The server offers HTTP/2, whose code in libsoup 3.2 is young; it is not taken. */
static void
test_over_tls (void)
{
  g_autoptr (EaselTestServer) server = start_server ("good");
  EaselClock *clock = easel_manual_clock_new (0);
  EaselHttp *http = make_client (clock, "known");

  post_fails (http, server, &(EaselTestAnswer){ .status = 500 }, EASEL_ERROR_UNAVAILABLE);
  post_fails (http, server, &(EaselTestAnswer){ .status = 421 }, EASEL_ERROR_PROTOCOL);
  post_fails (http, server, &(EaselTestAnswer){ .delay_ms = 8000 }, EASEL_ERROR_TIMED_OUT);
  post_fails (http, server, &(EaselTestAnswer){ .repeat = 1001 }, EASEL_ERROR_TOO_LARGE);
  post_fails (http, server, &(EaselTestAnswer){ .repeat = 5000000 }, EASEL_ERROR_TOO_LARGE);
  post_fails (http, server, &(EaselTestAnswer){ .status = 503 }, EASEL_ERROR_UNAVAILABLE);
  easel_test_pump_for (20);
  g_assert_finalize_object (http);
  g_assert_finalize_object (clock);
}

static gboolean
a_request_arrived (gpointer data)
{
  return easel_test_server_count (data, NULL, NULL) > 0;
}

static void
test_cancelled (void)
{
  g_autoptr (EaselTestServer) server = start_server ("good");
  g_autofree char *uri = easel_test_server_build_uri (server, "/slow");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  const EaselHttpRequest request = { .method = "GET", .uri = uri, .retry = EASEL_RETRY_READ };
  EaselClock *clock = easel_manual_clock_new (0);
  EaselHttp *http = make_client (clock, "known");
  EaselTestCatch caught = { 0 };
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselHttpResponse) response = NULL;

  easel_test_server_script (server, "GET", "/slow", &(EaselTestAnswer){ .delay_ms = 8000 });
  easel_http_send_async (http, &request, judge, cancellable, easel_test_catch, &caught);
  easel_test_wait_until (a_request_arrived, server);
  g_cancellable_cancel (cancellable);
  g_assert_null (easel_http_send_finish (http, easel_test_catch_wait (&caught), &error));
  g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
  easel_test_catch_clear (&caught);
  g_clear_error (&error);
  response = ask (http, server, "GET", &error);
  g_assert_no_error (error);
  easel_test_pump_for (20);
  g_assert_finalize_object (http);
  g_assert_finalize_object (clock);
}

static void
test_websocket_not_trusted (void)
{
  g_autoptr (EaselTestServer) server = start_server ("self");
  g_autofree char *uri =
      g_strdup_printf ("wss://127.0.0.1:%u/ws", easel_test_server_get_port (server));
  EaselClock *clock = easel_manual_clock_new (0);
  EaselHttp *http = make_client (clock, "known");
  EaselTestCatch caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_test_server_add_websocket (server, "/ws", EASEL_TEST_SOCKET_TEXT, "text");
  easel_http_probe_websocket_async (http, uri, 5000, NULL, easel_test_catch, &caught);
  g_assert_null (easel_http_probe_websocket_finish (http, easel_test_catch_wait (&caught), &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_TLS);
  g_assert_cmpuint (easel_test_server_count (server, NULL, NULL), ==, 0);
  easel_test_catch_clear (&caught);
  easel_test_pump_for (20);
  g_assert_finalize_object (http);
  g_assert_finalize_object (clock);
}

static const char *
find_obstacle (void)
{
  g_autofree char *openssl = g_find_program_in_path ("openssl");

  if (openssl == NULL)
    return "openssl is not installed";
  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    return "GLib has no TLS here";
  if (!make_certificates ())
    return "openssl made no certificates";
  return NULL;
}

static void
test_skipped (gconstpointer data)
{
  g_test_skip (data);
}

int
main (int argc, char **argv)
{
  const char *obstacle;
  int status;

  g_setenv ("SOUP_SERVER_HTTP2", "1", TRUE);
  g_test_init (&argc, &argv, NULL);
  folder = easel_test_make_folder ();
  obstacle = find_obstacle ();
  if (obstacle != NULL)
    g_test_add_data_func ("/http-tls/skipped", obstacle, test_skipped);
  for (gsize i = 0; i < G_N_ELEMENTS (strangers) && obstacle == NULL; i++)
    {
      g_autofree char *path =
          g_strdup_printf ("/http-tls/%s-trusting-%s", strangers[i].name,
                           strangers[i].trusted != NULL ? strangers[i].trusted : "the-system");

      g_test_add_data_func (path, GSIZE_TO_POINTER (i), test_not_trusted);
    }
  if (obstacle == NULL)
    {
      g_test_add_func ("/http-tls/trusted", test_trusted);
      g_test_add_func ("/http-tls/redirect-to-plain", test_redirect_to_plain);
      g_test_add_func ("/http-tls/redirect-elsewhere", test_redirect_elsewhere);
      g_test_add_func ("/http-tls/not-tls", test_not_tls);
      g_test_add_func ("/http-tls/once-in-time-and-in-size", test_over_tls);
      g_test_add_func ("/http-tls/cancelled", test_cancelled);
      g_test_add_func ("/http-tls/websocket-not-trusted", test_websocket_not_trusted);
    }
  status = g_test_run ();
  g_print ("# R7: %u cases, %u requests that could carry the key\n", n_cases, n_requests);
  easel_test_remove_tree (folder);
  g_free (folder);
  return status;
}
