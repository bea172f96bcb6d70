/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"

G_BEGIN_DECLS

/**
 * EaselSimRequestPace:
 *
 * How fast this came after the one before it, see easel_sim_pace_count(). Without @endpoint nobody
 * has looked. @caller is 0 without a key; @since_ms is -1 for the first one.
 */
typedef struct
{
  const char *endpoint; /* (nullable) */
  guint caller;
  gint64 since_ms;
  guint min_ms;
  gboolean is_too_soon;
  gboolean is_refused;
} EaselSimRequestPace;

/**
 * EaselSimRequest:
 *
 * What a client asked, free of the HTTP library. @path is percent-encoded as it came, without the
 * query; @query is decoded, @raw_query is not. @body is empty, never %NULL, and cut off when
 * @is_too_large. @told_path stands for @path where that holds a secret.
 */
typedef struct
{
  char *method;
  char *path;
  char *raw_query;     /* (nullable) */
  char *told_path;     /* (nullable) */
  gboolean has_secret; /* one that has no business there */
  GHashTable *query;   /* (element-type utf8 utf8) */
  GHashTable *headers; /* (element-type utf8 utf8): names in lower case */
  GBytes *body;
  gsize body_size;
  gboolean is_too_large;
  gboolean wants_websocket;
  EaselSimRequestPace pace;
} EaselSimRequest;

EaselSimRequest *easel_sim_request_new (const char *method, const char *path, GBytes *body);
void easel_sim_request_free (EaselSimRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimRequest, easel_sim_request_free)

const char *easel_sim_request_header (const EaselSimRequest *self, const char *name);
const char *easel_sim_request_query (const EaselSimRequest *self, const char *name);
char *easel_sim_request_bearer (const EaselSimRequest *self);
char **easel_sim_request_segments (const EaselSimRequest *self);

/* How an answer leaves. */
typedef enum
{
  EASEL_SIM_DELIVER_WHOLE,
  EASEL_SIM_DELIVER_NEVER,  /* the connection stays silent */
  EASEL_SIM_DELIVER_RESET,  /* half of the body, then a reset connection */
  EASEL_SIM_DELIVER_SHORT,  /* half of the body, then an orderly end */
  EASEL_SIM_DELIVER_NOISE,  /* bytes that are neither TLS nor HTTP, then a closed connection */
  EASEL_SIM_DELIVER_FILE,   /* a part of a model file, up to where it is cut */
  EASEL_SIM_DELIVER_LOG,    /* an endless log of @pod_id */
  EASEL_SIM_DELIVER_SOCKET, /* a websocket into @pod_id */
  EASEL_SIM_DELIVER_TUNNEL  /* a real server at @tunnel_port answers */
} EaselSimDelivery;

/**
 * EaselSimAnswer:
 *
 * What the client gets. @headers holds names and values by turns.
 */
typedef struct
{
  guint status;
  char *content_type; /* (nullable) */
  GBytes *body;       /* (nullable) */
  GPtrArray *headers; /* (element-type utf8) */
  EaselSimDelivery delivery;
  guint delay_ms;
  char *pod_id; /* (nullable) */
  guint tunnel_port;
  gint64 from_sequence; /* of a log: the first line to send */
  int log_source;       /* 0 both, 1 container, 2 system */
  char *file_name;      /* (nullable) */
  gint64 file_size;
  gint64 file_from;
  gint64 file_until;
  gint64 file_cut; /* where it breaks off, @file_until for not at all */
} EaselSimAnswer;

EaselSimAnswer *easel_sim_answer_new (guint status, const char *content_type, const char *text);
EaselSimAnswer *easel_sim_answer_json (guint status, JsonNode *node);
EaselSimAnswer *easel_sim_answer_problem (guint status, const char *detail, GPtrArray *errors);
void easel_sim_answer_free (EaselSimAnswer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSimAnswer, easel_sim_answer_free)
void easel_sim_answer_header (EaselSimAnswer *self, const char *name, const char *value);
const char *easel_sim_status_phrase (guint status);

G_END_DECLS
