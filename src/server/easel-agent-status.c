/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the agent in a pod says, as values. Pure: no connection, no clock. The pod is somebody
 * else's computer, so nothing of it is believed in size, kind or range; what only adds to the
 * picture may be missing, what money hangs on may not.
 */

#include "config.h"

#include "easel-agent-status.h"

#include "easel-error.h"

#include <string.h>

#define VERSION 1
/* The last second before a year is over: no limit of ours is longer than days. */
#define MAX_SECONDS (G_GINT64_CONSTANT (366) * 24 * 3600)
#define MAX_COUNT 1000000
#define MAX_TEXT 200
#define MAX_FILES 100
#define MAX_NAME 200
#define MAX_BYTES (G_GINT64_CONSTANT (1) << 50)
#define MAX_LOG (64 * 1024)

typedef struct
{
  const char *word;
  int value;
} Word;

static const Word phases[] = {
  { "boot", EASEL_AGENT_BOOT },     { "loading", EASEL_AGENT_LOADING },
  { "ready", EASEL_AGENT_READY },   { "ending", EASEL_AGENT_ENDING },
  { "failed", EASEL_AGENT_FAILED },
};

static const Word arms[] = {
  { "proven", EASEL_AGENT_ARMED_PROVEN },
  { "likely", EASEL_AGENT_ARMED_LIKELY },
  { "no", EASEL_AGENT_ARMED_NO },
};

static const Word actions[] = {
  { "delete", FALSE },
  { "stop", TRUE },
};

static const Word endings[] = {
  { "hard", EASEL_END_HOURS },  { "closed", EASEL_END_CLOSED }, { "idle", EASEL_END_IDLE },
  { "never", EASEL_END_NEVER }, { "boot", EASEL_END_BOOT },     { "crash", EASEL_END_CRASH },
};

static gboolean
get_word (JsonObject *object,
          const char *key,
          const Word *words,
          gsize n_words,
          int *ret_value,
          GError **error)
{
  const char *text = NULL;

  if (!easel_json_get_string (object, key, &text, error))
    return FALSE;
  for (gsize i = 0; i < n_words; i++)
    {
      if (g_str_equal (text, words[i].word))
        {
          *ret_value = words[i].value;
          return TRUE;
        }
    }
  easel_set_error (error, EASEL_ERROR_PROTOCOL, "“%s”: a word that is not known", key);
  return FALSE;
}

/* Text of a pod for the details: short, on one line, without control characters. */
static char *
peek_text (JsonObject *object, const char *key)
{
  const char *text = easel_json_peek_string (object, key, NULL);
  g_autofree char *valid = NULL;
  GString *clean;

  if (text == NULL || *text == '\0')
    return NULL;
  valid = g_utf8_make_valid (text, -1);
  clean = g_string_new (NULL);
  for (const char *p = valid; *p != '\0' && clean->len < MAX_TEXT; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);

      g_string_append_unichar (clean, g_unichar_isprint (c) ? c : ' ');
    }
  return g_string_free (clean, FALSE);
}

static guint
peek_count (JsonObject *object, const char *key)
{
  return (guint) easel_json_peek_int (object, key, 0, MAX_COUNT, 0);
}

/* Seconds may come with a fraction. */
static gint64
peek_seconds (JsonObject *object, const char *key)
{
  return (gint64) easel_json_peek_double (object, key, 0, (double) MAX_SECONDS, -1);
}

static gboolean
decode_ends (EaselAgentStatus *self, JsonObject *object, GError **error)
{
  JsonObject *end = easel_json_get_object (object, "end", error);
  double hard;
  double cap;

  if (end == NULL || !easel_json_get_double (end, "hard", 0, (double) MAX_SECONDS, &hard, error) ||
      !easel_json_get_double (end, "cap", 0, (double) MAX_SECONDS, &cap, error))
    return FALSE;
  self->hard_s = (gint64) hard;
  self->cap_s = (gint64) cap;
  self->closed_s = peek_seconds (end, "closed");
  self->idle_s = peek_seconds (end, "idle");
  self->never_s = peek_seconds (end, "never");
  self->boot_s = peek_seconds (end, "boot");
  return TRUE;
}

static gboolean
decode_words (EaselAgentStatus *self, JsonObject *object, GError **error)
{
  int phase;
  int armed;
  int stop_instead;
  int ending = EASEL_END_NONE;

  if (!get_word (object, "phase", phases, G_N_ELEMENTS (phases), &phase, error) ||
      !get_word (object, "armed", arms, G_N_ELEMENTS (arms), &armed, error) ||
      !get_word (object, "action", actions, G_N_ELEMENTS (actions), &stop_instead, error))
    return FALSE;
  if (easel_json_peek_string (object, "ending", NULL) != NULL &&
      !get_word (object, "ending", endings, G_N_ELEMENTS (endings), &ending, error))
    return FALSE;
  self->phase = (EaselAgentPhase) phase;
  self->armed = (EaselAgentArmed) armed;
  self->stop_instead = stop_instead;
  self->ending = (EaselEndReason) ending;
  return TRUE;
}

/**
 * easel_agent_status_decode:
 * @root: (nullable): an answer of the agent's status
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: (transfer full) (nullable): what it says
 */
EaselAgentStatus *
easel_agent_status_decode (JsonNode *root, GError **error)
{
  g_autoptr (EaselAgentStatus) self = g_new0 (EaselAgentStatus, 1);
  JsonObject *object = easel_json_node_object (root, "status", error);
  gint64 version;

  if (object == NULL || !easel_json_get_int (object, "v", VERSION, VERSION, &version, error) ||
      !decode_words (self, object, error) ||
      !easel_json_get_boolean (object, "protected", &self->is_protected, error) ||
      !decode_ends (self, object, error))
    return NULL;
  self->end_error = peek_text (object, "end_error");
  self->error = peek_text (object, "error");
  self->n_connected = peek_count (object, "connected");
  self->ever_connected = easel_json_peek_boolean (object, "ever", self->n_connected > 0);
  self->since_generated_s = peek_seconds (object, "since_generated");
  self->n_pictures = peek_count (object, "pictures");
  self->busy = easel_json_peek_boolean (object, "busy", FALSE);
  self->uptime_s = MAX (peek_seconds (object, "uptime"), 0);
  self->has_helper = easel_json_peek_boolean (object, "helper", FALSE);
  self->n_transfers = peek_count (object, "transfers");
  return g_steal_pointer (&self);
}

/**
 * easel_agent_status_free:
 * @self: (transfer full) (nullable): a status
 *
 * Frees it.
 */
void
easel_agent_status_free (EaselAgentStatus *self)
{
  if (self == NULL)
    return;
  g_free (self->end_error);
  g_free (self->error);
  g_free (self);
}

/**
 * easel_agent_status_next_end:
 * @self: a status
 * @ret_reason: (out) (optional): the rule that is next
 *
 * Returns: seconds until the first rule that runs ends the pod, counted from the answer
 */
gint64
easel_agent_status_next_end (const EaselAgentStatus *self, EaselEndReason *ret_reason)
{
  EaselEndReason reason = EASEL_END_HOURS;
  gint64 next;

  g_return_val_if_fail (self != NULL, -1);

  const struct
  {
    gint64 seconds;
    EaselEndReason reason;
  } rules[] = {
    { self->closed_s, EASEL_END_CLOSED },
    { self->idle_s, EASEL_END_IDLE },
    { self->never_s, EASEL_END_NEVER },
    { self->boot_s, EASEL_END_BOOT },
  };

  next = MIN (self->hard_s, self->cap_s);
  for (gsize i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      if (rules[i].seconds >= 0 && rules[i].seconds < next)
        {
          next = rules[i].seconds;
          reason = rules[i].reason;
        }
    }
  if (ret_reason != NULL)
    *ret_reason = self->ending != EASEL_END_NONE ? self->ending : reason;
  return self->ending != EASEL_END_NONE ? 0 : next;
}

static void
file_free (gpointer data)
{
  EaselAgentFile *file = data;

  g_free (file->name);
  g_free (file);
}

static guint64
peek_bytes (JsonObject *object, const char *key)
{
  return (guint64) easel_json_peek_double (object, key, 0, (double) MAX_BYTES, 0);
}

static EaselAgentFile *
decode_file (JsonObject *object)
{
  g_autofree char *name = object != NULL ? peek_text (object, "name") : NULL;
  const char *state;
  EaselAgentFile *file;

  if (name == NULL || strlen (name) > MAX_NAME + 8)
    return NULL;
  file = g_new0 (EaselAgentFile, 1);
  state = easel_json_peek_string (object, "state", "waiting");
  file->name = g_steal_pointer (&name);
  file->have = peek_bytes (object, "have");
  file->size = peek_bytes (object, "size");
  file->speed = peek_bytes (object, "speed");
  file->done = g_str_equal (state, "done");
  file->failed = g_str_equal (state, "failed");
  file->running = g_str_equal (state, "running");
  return file;
}

static void
decode_log (EaselAgentProgress *self, JsonObject *object)
{
  JsonObject *log = easel_json_peek_object (object, "log");
  const char *text = log != NULL ? easel_json_peek_string (log, "text", "") : "";

  self->log_from = log != NULL ? peek_bytes (log, "from") : 0;
  self->log_next = log != NULL ? peek_bytes (log, "next") : 0;
  self->log = g_utf8_make_valid (text, (gssize) MIN (strlen (text), MAX_LOG));
}

/**
 * easel_agent_progress_decode:
 * @root: (nullable): an answer of the agent's progress
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: (transfer full) (nullable): what it says; files that cannot be understood are left out
 */
EaselAgentProgress *
easel_agent_progress_decode (JsonNode *root, GError **error)
{
  g_autoptr (EaselAgentProgress) self = NULL;
  JsonObject *object = easel_json_node_object (root, "progress", error);
  JsonArray *files;
  JsonObject *disk;
  gint64 version;

  if (object == NULL || !easel_json_get_int (object, "v", VERSION, VERSION, &version, error))
    return NULL;
  files = easel_json_get_array (object, "files", error);
  if (files == NULL)
    return NULL;
  self = g_new0 (EaselAgentProgress, 1);
  self->files = g_ptr_array_new_with_free_func (file_free);
  for (guint i = 0; i < MIN (json_array_get_length (files), MAX_FILES); i++)
    {
      EaselAgentFile *file = decode_file (easel_json_element_object (files, i));

      if (file != NULL)
        g_ptr_array_add (self->files, file);
    }
  decode_log (self, object);
  disk = easel_json_peek_object (object, "disk");
  self->disk_free = disk != NULL ? peek_bytes (disk, "free") : 0;
  self->disk_total = disk != NULL ? peek_bytes (disk, "total") : 0;
  return g_steal_pointer (&self);
}

/**
 * easel_agent_progress_free:
 * @self: (transfer full) (nullable): a progress
 *
 * Frees it.
 */
void
easel_agent_progress_free (EaselAgentProgress *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->files);
  g_free (self->log);
  g_free (self);
}

/**
 * easel_agent_progress_sum:
 * @self: a progress
 * @ret_have: (out): bytes that are there
 * @ret_size: (out): bytes of all files whose size is known
 * @ret_speed: (out): bytes per second of all that run
 *
 * Adds up the files whose size is known.
 */
void
easel_agent_progress_sum (const EaselAgentProgress *self,
                          guint64 *ret_have,
                          guint64 *ret_size,
                          guint64 *ret_speed)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (ret_have != NULL && ret_size != NULL && ret_speed != NULL);

  *ret_have = 0;
  *ret_size = 0;
  *ret_speed = 0;
  for (guint i = 0; i < self->files->len; i++)
    {
      const EaselAgentFile *file = g_ptr_array_index (self->files, i);

      if (file->running)
        *ret_speed += file->speed;
      if (file->size == 0)
        continue;
      *ret_have += file->done ? file->size : MIN (file->have, file->size);
      *ret_size += file->size;
    }
}
