/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Requests and answers as plain values. Everything that plays a server works on these, so that
 * faults can execute a request and then spoil its answer, and scripts can ask without a socket.
 * easel-sim-server.c is the only place that turns them into HTTP.
 */
#include "config.h"

#include "easel-sim-message.h"

#include "easel-sim-build.h"

/**
 * easel_sim_request_new:
 * @method: the HTTP method
 * @path: the path, percent-encoded, without a query
 * @body: (nullable): the body
 *
 * Returns: (transfer full): a request without headers and query
 */
EaselSimRequest *
easel_sim_request_new (const char *method, const char *path, GBytes *body)
{
  EaselSimRequest *self = g_new0 (EaselSimRequest, 1);

  self->method = g_strdup (method);
  self->path = g_strdup (path);
  self->query = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->headers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->body = body != NULL ? g_bytes_ref (body) : g_bytes_new_static ("", 0);
  self->body_size = g_bytes_get_size (self->body);
  return self;
}

/**
 * easel_sim_request_free:
 * @self: (transfer full): a request
 */
void
easel_sim_request_free (EaselSimRequest *self)
{
  g_free (self->method);
  g_free (self->path);
  g_free (self->raw_query);
  g_free (self->told_path);
  g_hash_table_unref (self->query);
  g_hash_table_unref (self->headers);
  g_bytes_unref (self->body);
  g_free (self);
}

/**
 * easel_sim_request_header:
 * @self: a request
 * @name: a header's name in lower case
 *
 * Returns: (nullable): its value
 */
const char *
easel_sim_request_header (const EaselSimRequest *self, const char *name)
{
  return g_hash_table_lookup (self->headers, name);
}

/**
 * easel_sim_request_query:
 * @self: a request
 * @name: a query parameter
 *
 * Returns: (nullable): its decoded value
 */
const char *
easel_sim_request_query (const EaselSimRequest *self, const char *name)
{
  return g_hash_table_lookup (self->query, name);
}

/**
 * easel_sim_request_bearer:
 * @self: a request
 *
 * Returns: (transfer full) (nullable): the bearer token
 */
char *
easel_sim_request_bearer (const EaselSimRequest *self)
{
  const char *value = easel_sim_request_header (self, "authorization");
  char *token;

  if (value == NULL || g_ascii_strncasecmp (value, "Bearer ", 7) != 0)
    return NULL;
  token = g_strstrip (g_strdup (value + 7));
  if (*token == '\0')
    g_clear_pointer (&token, g_free);
  return token;
}

/**
 * easel_sim_request_segments:
 * @self: a request
 *
 * Returns: (transfer full) (array zero-terminated=1): the path's parts, decoded, without empty
 *   ones; an encoded slash stays inside its part
 */
char **
easel_sim_request_segments (const EaselSimRequest *self)
{
  g_auto (GStrv) raw = g_strsplit (self->path, "/", 64);
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();

  for (guint i = 0; raw[i] != NULL; i++)
    {
      g_autofree char *part = g_uri_unescape_string (raw[i], NULL);

      if (*raw[i] != '\0')
        g_strv_builder_add (parts, part != NULL ? part : raw[i]);
    }
  return g_strv_builder_end (parts);
}

/**
 * easel_sim_answer_new:
 * @status: the HTTP status
 * @content_type: (nullable): of @text
 * @text: (nullable): the body
 *
 * Returns: (transfer full): an answer
 */
EaselSimAnswer *
easel_sim_answer_new (guint status, const char *content_type, const char *text)
{
  EaselSimAnswer *self = g_new0 (EaselSimAnswer, 1);

  self->status = status;
  self->content_type = g_strdup (content_type);
  self->body = text != NULL ? g_bytes_new (text, strlen (text)) : NULL;
  self->headers = g_ptr_array_new_with_free_func (g_free);
  return self;
}

/**
 * easel_sim_answer_json:
 * @status: the HTTP status
 * @node: (transfer full): the body
 *
 * Returns: (transfer full): an answer
 */
EaselSimAnswer *
easel_sim_answer_json (guint status, JsonNode *node)
{
  EaselSimAnswer *self = easel_sim_answer_new (status, "application/json", NULL);

  self->body = easel_json_to_bytes (node);
  json_node_unref (node);
  return self;
}

/**
 * easel_sim_answer_problem:
 * @status: the HTTP status
 * @detail: what is wrong
 * @errors: (nullable) (element-type utf8): what a validation found
 *
 * The providers' error body (RFC 9457 style; facts/runpod.md 2.1).
 *
 * Returns: (transfer full): an answer
 */
EaselSimAnswer *
easel_sim_answer_problem (guint status, const char *detail, GPtrArray *errors)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselSimAnswer *self;

  json_builder_begin_object (builder);
  easel_sim_put_string (builder, "title", easel_sim_status_phrase (status));
  easel_sim_put_int (builder, "status", status);
  easel_sim_put_string (builder, "detail", detail);
  if (errors != NULL)
    {
      easel_sim_open_array (builder, "errors");
      for (guint i = 0; i < errors->len; i++)
        easel_sim_put_string (builder, NULL, g_ptr_array_index (errors, i));
      json_builder_end_array (builder);
    }
  self = easel_sim_answer_json (status, easel_sim_close_root (builder));
  g_free (self->content_type);
  self->content_type = g_strdup ("application/problem+json");
  return self;
}

/**
 * easel_sim_answer_free:
 * @self: (transfer full): an answer
 */
void
easel_sim_answer_free (EaselSimAnswer *self)
{
  g_free (self->content_type);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_ptr_array_unref (self->headers);
  g_free (self->pod_id);
  g_free (self->file_name);
  g_free (self);
}

/**
 * easel_sim_answer_header:
 * @self: an answer
 * @name: a header's name
 * @value: its value
 */
void
easel_sim_answer_header (EaselSimAnswer *self, const char *name, const char *value)
{
  g_ptr_array_add (self->headers, g_strdup (name));
  g_ptr_array_add (self->headers, g_strdup (value));
}

/**
 * easel_sim_status_phrase:
 * @status: an HTTP status
 *
 * Returns: its standard words
 */
const char *
easel_sim_status_phrase (guint status)
{
  static const struct
  {
    guint status;
    const char *phrase;
  } phrases[] = {
    { 200, "OK" },
    { 201, "Created" },
    { 204, "No Content" },
    { 400, "Bad Request" },
    { 401, "Unauthorized" },
    { 402, "Payment Required" },
    { 403, "Forbidden" },
    { 404, "Not Found" },
    { 405, "Method Not Allowed" },
    { 409, "Conflict" },
    { 410, "Gone" },
    { 413, "Payload Too Large" },
    { 415, "Unsupported Media Type" },
    { 422, "Unprocessable Entity" },
    { 429, "Too Many Requests" },
    { 500, "Internal Server Error" },
    { 502, "Bad Gateway" },
    { 503, "Service Unavailable" },
    { 524, "A Timeout Occurred" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (phrases); i++)
    if (phrases[i].status == status)
      return phrases[i].phrase;
  return "Error";
}
