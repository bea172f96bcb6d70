/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the stand-in for the agent says and to whom: every request and every answer carries a MAC
 * with a counter that only grows. Whoever has no right gets an empty refusal.
 */
#include "config.h"

#include "easel-sim-agent-private.h"

#include "easel-sim-build.h"
#include "easel-sim-comfy-private.h"
#include "easel-sim-log.h"

#include <string.h>

#define MAX_LOG 32768
#define MAX_GUARD_BODY 65536
#define MAX_BODY 65536
#define MAX_CHUNK (33 * 1024 * 1024)
#define MAX_OFFSET (G_GINT64_CONSTANT (1) << 50)
#define MAX_COUNTER G_GUINT64_CONSTANT (999999999999999999)
#define MB G_GINT64_CONSTANT (1000000)
#define FAILED_AFTER_MS 60000
/* The start script tries a file five times, a second apart. */
#define FIRST_FAILURE_MS 1000
#define LAST_FAILURE_MS 5000

EaselSimAnswer *
_easel_sim_agent_refuse (guint status, const char *error)
{
  g_autofree char *text = g_strdup_printf ("{\"error\":\"%s\"}", error);

  return easel_sim_answer_new (status, "application/json", text);
}

static char *
hash_of (GBytes *bytes)
{
  g_autoptr (GBytes) nothing = g_bytes_new_static ("", 0);

  return g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes != NULL ? bytes : nothing);
}

static char *
mac_of (EaselSimAgent *self, const char *text)
{
  const char *admin = g_hash_table_lookup (self->pod->env, "EASEL_ADMIN");

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) admin, strlen (admin), text,
                                    -1);
}

/* Whether the request is from somebody who knows the secret, and was never sent before. */
static gboolean
check_mac (EaselSimAgent *self,
           const EaselSimRequest *request,
           const char *route,
           const char *body_hash,
           guint64 *last,
           char **ret_counter)
{
  const char *header = easel_sim_request_header (request, "x-easel");
  g_auto (GStrv) words = header != NULL ? g_strsplit (header, " ", -1) : NULL;
  g_autofree char *text = NULL;
  g_autofree char *wanted = NULL;
  guint64 counter;

  if (words == NULL || g_strv_length (words) != 2 ||
      !g_ascii_string_to_unsigned (words[0], 10, 1, MAX_COUNTER, &counter, NULL))
    return FALSE;
  text =
      g_strdup_printf ("%s %s%s%s %s\n%s", request->method, route,
                       request->raw_query != NULL ? "?" : "",
                       request->raw_query != NULL ? request->raw_query : "", words[0], body_hash);
  wanted = mac_of (self, text);
  if (strcmp (wanted, words[1]) != 0 || counter <= *last)
    return FALSE;
  *last = counter;
  *ret_counter = g_strdup (words[0]);
  return TRUE;
}

static void
sign (EaselSimAgent *self, EaselSimAnswer *answer, const char *counter)
{
  g_autofree char *body_hash = hash_of (answer->body);
  g_autofree char *text = g_strdup_printf ("%s\n%u\n%s", counter, answer->status, body_hash);
  g_autofree char *mac = mac_of (self, text);

  /* Somebody between who changes answers. */
  if ((self->pod->plagues & EASEL_SIM_PLAGUE_AGENT_FORGED) != 0)
    mac[0] = mac[0] == '0' ? '1' : '0';
  easel_sim_answer_header (answer, "X-Easel", mac);
}

static const char *
phase_of (const EaselSimAgent *self, gint64 now)
{
  const EaselSimBoot *boot = self->pod->boot;

  if (self->ending != NULL)
    return "ending";
  if (_easel_sim_agent_is_ready (self, now))
    return "ready";
  if (boot->comfy_ms < 0 && boot->services_ms >= 0 && now > boot->services_ms + FAILED_AFTER_MS)
    return "failed";
  for (guint i = 0; i < boot->files->len; i++)
    if (g_array_index (boot->files, EaselSimFile, i).from_ms <= now)
      return "loading";
  return "boot";
}

/* Seconds until @at_ms, null if the rule does not run. */
static void
put_left (JsonBuilder *builder, const char *key, gboolean runs, gint64 at_ms, gint64 now)
{
  if (runs)
    easel_sim_put_int (builder, key, MAX (at_ms - now, 0) / 1000);
  else
    easel_sim_put_null (builder, key);
}

/* A rule that runs but does not come first has its whole length left, as far as anybody knows. */
static gint64
rule_end (const EaselSimAgent *self, const char *reason, gint64 length_s, gint64 now)
{
  if (g_strcmp0 (self->reason, reason) == 0 && self->pod->own_end_ms >= 0)
    return self->pod->own_end_ms;
  return now + length_s * 1000;
}

static void
put_end (JsonBuilder *builder, const EaselSimAgent *self, gint64 now)
{
  gboolean is_ready = _easel_sim_agent_is_ready (self, now);
  gboolean is_connected = self->n_connected > 0;
  const EaselSimLimits *limits = &self->limits;

  easel_sim_open_object (builder, "end");
  put_left (builder, "hard", TRUE, self->hard_ms, now);
  put_left (builder, "cap", TRUE, self->cap_ms, now);
  put_left (builder, "closed", is_ready && self->was_connected && !is_connected,
            rule_end (self, "closed", limits->closed_s, now), now);
  put_left (builder, "idle", is_ready && is_connected, rule_end (self, "idle", limits->idle_s, now),
            now);
  put_left (builder, "never", is_ready && !self->was_connected,
            rule_end (self, "never", limits->never_s, now), now);
  put_left (builder, "boot", !is_ready, self->begin_ms + limits->boot_s * 1000, now);
  json_builder_end_object (builder);
}

static void
put_pictures (JsonBuilder *builder, EaselSimAgent *self, gint64 now)
{
  EaselSimComfy *comfy = easel_sim_comfy_get (self->world, self->pod);
  gint64 last_ms = -1;
  guint n = 0;

  for (guint i = 0; i < comfy->jobs->len; i++)
    {
      const EaselSimJob *job = g_ptr_array_index (comfy->jobs, i);

      if (job->to_ms > now)
        continue;
      last_ms = MAX (last_ms, job->to_ms);
      n++;
    }
  put_left (builder, "since_generated", last_ms >= 0, now + (now - last_ms), now);
  easel_sim_put_int (builder, "pictures", n);
  easel_sim_put_boolean (builder, "busy", easel_sim_comfy_get_remaining (comfy, now) > 0);
}

JsonNode *
_easel_sim_agent_status (EaselSimAgent *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 now = _easel_sim_agent_now (self);

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "v", 1);
  easel_sim_put_string (builder, "phase", phase_of (self, now));
  easel_sim_put_string (builder, "armed", _easel_sim_agent_armed (self));
  easel_sim_put_boolean (builder, "protected",
                         (self->pod->run_plagues & EASEL_SIM_PLAGUE_AGENT_OPEN) == 0);
  easel_sim_put_string (builder, "action", self->limits.deletes ? "delete" : "stop");
  put_end (builder, self, now);
  easel_sim_put_string (builder, "ending", self->ending);
  easel_sim_put_string (builder, "end_error", self->end_error);
  easel_sim_put_int (builder, "connected", self->n_connected);
  easel_sim_put_boolean (builder, "ever", self->was_connected);
  put_pictures (builder, self, now);
  put_left (builder, "uptime", TRUE, now + MAX (now - self->begin_ms, 0), now);
  easel_sim_put_boolean (builder, "helper", self->has_helper);
  easel_sim_put_int (builder, "transfers", _easel_sim_agent_count_transfers (self, now));
  easel_sim_put_null (builder, "error");
  return easel_sim_close_root (builder);
}

static EaselSimAnswer *
tell_status (EaselSimAgent *self)
{
  return easel_sim_answer_json (200, _easel_sim_agent_status (self));
}

/* A member of @body that is absent or a sane number of seconds. */
static gboolean
read_seconds (JsonObject *body, const char *name, gint64 *value)
{
  if (!json_object_has_member (body, name))
    return TRUE;
  *value = easel_json_peek_int (body, name, 0, 100000000, -1);
  return *value >= 0;
}

static EaselSimAnswer *
extend (EaselSimAgent *self, const EaselSimRequest *request)
{
  g_autoptr (JsonNode) node = easel_json_parse (request->body, MAX_GUARD_BODY, NULL);
  JsonObject *body = node != NULL ? easel_json_node_object (node, "body", NULL) : NULL;
  gint64 now = _easel_sim_agent_now (self);
  EaselSimLimits limits = self->limits;
  gint64 hard_s = -1;

  if (body == NULL || !read_seconds (body, "hard", &hard_s) ||
      !read_seconds (body, "closed", &limits.closed_s) ||
      !read_seconds (body, "idle", &limits.idle_s) ||
      !read_seconds (body, "never", &limits.never_s))
    return _easel_sim_agent_refuse (400, "body");
  self->limits = limits;
  if (hard_s >= 0)
    self->hard_ms = MIN (now + hard_s * 1000, self->cap_ms);
  self->ending = self->end_error = NULL;
  self->n_tries = 0;
  _easel_sim_agent_keep (self);
  _easel_sim_agent_plan (self);
  return tell_status (self);
}

static EaselSimAnswer *
take_helper (EaselSimAgent *self, const EaselSimRequest *request)
{
  const char *wanted = g_hash_table_lookup (self->pod->env, "EASEL_SHA");
  g_autofree char *hash = hash_of (request->body);

  if (g_strcmp0 (wanted, hash) != 0)
    return _easel_sim_agent_refuse (409, "hash");
  self->has_helper = TRUE;
  return tell_status (self);
}

/* What the start script has said under one name. */
typedef struct
{
  const char *name;
  gint64 have;
  gint64 size;
  gint64 speed;
  gint64 said_ms; /* when that was said */
  gboolean is_running;
  gboolean waits;
  gboolean is_failed;
} Bar;

static Bar *
get_bar (GArray *bars, const char *name)
{
  Bar bar = { .name = name };

  for (guint i = 0; i < bars->len; i++)
    if (strcmp (g_array_index (bars, Bar, i).name, name) == 0)
      return &g_array_index (bars, Bar, i);
  g_array_append_val (bars, bar);
  return &g_array_index (bars, Bar, bars->len - 1);
}

/* The helper knows a file once the log has named it, and one name may stand for several. */
static void
add_boot_file (GArray *bars, const EaselSimFile *file, gint64 now)
{
  gint64 size = file->model->size_mb * MB;
  gint64 total_ms = file->done_ms - file->from_ms;
  Bar *bar;

  if (now < file->from_ms + (file->is_failed ? FIRST_FAILURE_MS : 0))
    return;
  bar = get_bar (bars, file->model->name);
  bar->is_running |= !file->is_failed && now < file->done_ms;
  bar->is_failed |= file->is_failed && now >= file->from_ms + LAST_FAILURE_MS;
  bar->waits |= file->is_failed;
  /* It was there. */
  if (file->is_failed || total_ms == 0)
    return;
  bar->have += now < file->done_ms
                   ? (gint64) ((double) (now - file->from_ms) / (double) total_ms * (double) size)
                   : size;
  bar->size += size;
  if (MIN (now, file->done_ms) < bar->said_ms)
    return;
  bar->said_ms = MIN (now, file->done_ms);
  bar->speed = size * 1000 / total_ms;
}

static int
compare_begins (gconstpointer a, gconstpointer b)
{
  const EaselSimFile *left = *(const EaselSimFile *const *) a;
  const EaselSimFile *right = *(const EaselSimFile *const *) b;

  return left->from_ms < right->from_ms ? -1 : left->from_ms > right->from_ms;
}

static GArray *
make_bars (const EaselSimBoot *boot, gint64 now)
{
  g_autoptr (GPtrArray) files = g_ptr_array_new ();
  GArray *bars = g_array_new (FALSE, FALSE, sizeof (Bar));

  for (guint i = 0; i < boot->files->len; i++)
    g_ptr_array_add (files, &g_array_index (boot->files, EaselSimFile, i));
  g_ptr_array_sort (files, compare_begins);
  for (guint i = 0; i < files->len; i++)
    add_boot_file (bars, g_ptr_array_index (files, i), now);
  return bars;
}

static const char *
state_of_bar (const Bar *bar)
{
  if (bar->is_running)
    return "running";
  if (bar->is_failed)
    return "failed";
  return bar->waits ? "waiting" : "done";
}

static void
put_bars (JsonBuilder *builder, const EaselSimBoot *boot, gint64 now)
{
  g_autoptr (GArray) bars = make_bars (boot, now);

  easel_sim_open_array (builder, "files");
  for (guint i = 0; i < bars->len; i++)
    {
      const Bar *bar = &g_array_index (bars, Bar, i);

      easel_sim_open_object (builder, NULL);
      easel_sim_put_string (builder, "name", bar->name);
      easel_sim_put_int (builder, "have", bar->have);
      easel_sim_put_int (builder, "size", bar->size);
      easel_sim_put_int (builder, "speed", bar->speed);
      easel_sim_put_string (builder, "state", state_of_bar (bar));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static char *
log_text (const EaselSimAgent *self, gint64 now)
{
  const GPtrArray *lines = self->pod->boot->lines;
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const EaselSimLine *line = g_ptr_array_index (lines, i);

      if (line->at_ms <= now && !line->is_system)
        g_string_append_printf (text, "%s\n", line->text);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
put_log (JsonBuilder *builder, const EaselSimAgent *self, gint64 offset, gint64 now)
{
  g_autofree char *text = log_text (self, now);
  gint64 length = (gint64) strlen (text);
  gint64 from = offset <= length ? offset : 0;
  gint64 next = MIN (from + MAX_LOG, length);
  g_autofree char *piece = NULL;

  /* Never in the middle of a letter. */
  while (next > from && next < length && ((guchar) text[next] & 0xc0) == 0x80)
    next--;
  piece = g_utf8_make_valid (text + from, (gssize) (next - from));
  easel_sim_open_object (builder, "log");
  easel_sim_put_int (builder, "from", from);
  easel_sim_put_int (builder, "next", next);
  easel_sim_put_string (builder, "text", piece);
  json_builder_end_object (builder);
}

static EaselSimAnswer *
tell_progress (EaselSimAgent *self, const EaselSimRequest *request)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  const EaselSimPod *pod = self->pod;
  const char *offset_text = easel_sim_request_query (request, "log");
  gint64 now = _easel_sim_agent_now (self);
  gint64 offset = 0;

  if (offset_text != NULL &&
      !g_ascii_string_to_signed (offset_text, 10, 0, MAX_OFFSET, &offset, NULL))
    return _easel_sim_agent_refuse (400, "body");
  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "v", 1);
  put_bars (builder, pod->boot, now);
  put_log (builder, self, offset, now);
  easel_sim_open_object (builder, "disk");
  easel_sim_put_int (builder, "free", _easel_sim_agent_disk_free (self, now));
  easel_sim_put_int (builder, "total", _easel_sim_agent_disk_total (self));
  json_builder_end_object (builder);
  easel_sim_open_object (builder, "gpu");
  easel_sim_put_string (builder, "name", pod->gpu->id);
  easel_sim_put_int (builder, "mib", pod->gpu->memory_gb * 1024 - 448);
  json_builder_end_object (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static char **
split_route (const char *route)
{
  g_auto (GStrv) raw = g_strsplit (route, "/", 8);
  g_autoptr (GStrvBuilder) parts = g_strv_builder_new ();

  for (guint i = 0; raw[i] != NULL; i++)
    {
      g_autofree char *part = g_uri_unescape_string (raw[i], NULL);

      g_strv_builder_add (parts, part != NULL ? part : "/");
    }
  return g_strv_builder_end (parts);
}

static EaselSimAnswer *
answer_guard (EaselSimAgent *self, const EaselSimRequest *request, const char *route)
{
  gboolean is_get = strcmp (request->method, "GET") == 0;

  if (strcmp (route, "status") == 0 && is_get)
    return tell_status (self);
  if (strcmp (route, "extend") == 0 && strcmp (request->method, "POST") == 0)
    return extend (self, request);
  if (strcmp (route, "helper") == 0 && strcmp (request->method, "PUT") == 0)
    return take_helper (self, request);
  return _easel_sim_agent_refuse (404, "route");
}

/* Returns: (nullable): what the seal covers of the body */
static char *
hash_body (const EaselSimAgent *self, const EaselSimRequest *request, char **parts)
{
  if (g_strcmp0 (easel_sim_request_query (request, "whole"), "1") == 0 &&
      g_strcmp0 (easel_sim_request_query (request, "offset"), "0") != 0)
    return _easel_sim_agent_hash_upload (self, request, parts + 1);
  return hash_of (request->body);
}

static gsize
most_of (const EaselSimRequest *request)
{
  return strcmp (request->method, "PUT") == 0 ? MAX_CHUNK : MAX_BODY;
}

/* @route: what follows the admin path, as sent. */
EaselSimAnswer *
_easel_sim_agent_answer (EaselSimAgent *self, const EaselSimRequest *request, const char *route)
{
  g_auto (GStrv) parts = split_route (route);
  gboolean is_helper = g_strcmp0 (parts[0], "progress") == 0 || g_strcmp0 (parts[0], "models") == 0;
  g_autofree char *body_hash = NULL;
  g_autofree char *counter = NULL;
  EaselSimAnswer *answer;

  if (request->is_too_large || (is_helper && g_bytes_get_size (request->body) > most_of (request)))
    return easel_sim_answer_new (413, NULL, NULL);
  body_hash = hash_body (self, request, parts);
  if (body_hash == NULL)
    return easel_sim_answer_new (503, NULL, NULL);
  if (!check_mac (self, request, route, body_hash,
                  is_helper ? &self->helper_counter : &self->guard_counter, &counter))
    return easel_sim_answer_new (403, NULL, NULL);
  if (is_helper && !self->has_helper)
    answer = _easel_sim_agent_refuse (404, "helper");
  else if (!is_helper)
    answer = answer_guard (self, request, route);
  else if (strcmp (route, "progress") == 0 && strcmp (request->method, "GET") == 0)
    answer = tell_progress (self, request);
  else if (strcmp (parts[0], "models") == 0)
    answer = _easel_sim_agent_answer_helper (self, request, parts + 1);
  else
    answer = _easel_sim_agent_refuse (404, "route");
  sign (self, answer, counter);
  return answer;
}
