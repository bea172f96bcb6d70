/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of history.json, read and written. Pure: bytes in, values out. A member that cannot be
 * understood costs its entry, not the file; a file that is no such JSON, or of a newer form, is an
 * error, so that nobody overwrites it. */
#include "config.h"

#include "easel-history-file.h"

#include "easel-error.h"
#include "easel-json.h"

#define FORMAT_VERSION 1
#define MAX_BYTES (1024 * 1024)
#define MAX_PICTURES 10000000
#define MAX_START_MS (24 * G_GINT64_CONSTANT (3600000))

static const char *const host_nicks[] = {
  [EASEL_HOST_UNKNOWN] = "unknown",
  [EASEL_HOST_DATA_CENTER] = "data-center",
  [EASEL_HOST_PRIVATE] = "private",
};

/**
 * easel_start_time_free:
 * @self: (transfer full) (nullable): a start time
 */
void
easel_start_time_free (EaselStartTime *self)
{
  if (self == NULL)
    return;
  g_free (self->provider_id);
  g_free (self);
}

/**
 * easel_bad_machine_free:
 * @self: (transfer full) (nullable): a bad machine
 */
void
easel_bad_machine_free (EaselBadMachine *self)
{
  if (self == NULL)
    return;
  g_free (self->id);
  g_free (self);
}

/**
 * easel_history_data_new:
 *
 * Returns: (transfer full): an empty history
 */
EaselHistoryData *
easel_history_data_new (void)
{
  EaselHistoryData *self = g_new0 (EaselHistoryData, 1);

  self->receipts = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_receipt_free);
  self->starts = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_start_time_free);
  self->machines = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_bad_machine_free);
  return self;
}

/**
 * easel_history_data_free:
 * @self: (transfer full) (nullable): a history
 */
void
easel_history_data_free (EaselHistoryData *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->receipts);
  g_ptr_array_unref (self->starts);
  g_ptr_array_unref (self->machines);
  g_free (self);
}

/* --- reading ------------------------------------------------------------------------------ */

static gint64
peek_time (JsonObject *object, const char *key)
{
  return easel_json_peek_int (object, key, 0, G_MAXINT64 / 2, 0);
}

static gint64
peek_money (JsonObject *object, const char *key)
{
  return easel_json_peek_int (object, key, 0, EASEL_MONEY_MAX, EASEL_MONEY_UNKNOWN);
}

static gpointer
read_receipt (JsonObject *object)
{
  const char *provider_id = easel_json_peek_string (object, "provider", NULL);
  const char *pod_id = easel_json_peek_string (object, "pod", NULL);
  EaselReceipt *receipt;

  if (provider_id == NULL || pod_id == NULL)
    return NULL;
  receipt = easel_receipt_new ();
  receipt->provider_id = g_strdup (provider_id);
  receipt->pod_id = g_strdup (pod_id);
  receipt->title = g_strdup (easel_json_peek_string (object, "title", ""));
  receipt->workload = g_strdup (easel_json_peek_string (object, "workload", ""));
  receipt->started_unix_ms = peek_time (object, "started");
  receipt->ended_unix_ms = peek_time (object, "ended");
  receipt->estimated = peek_money (object, "estimated");
  receipt->billed = peek_money (object, "billed");
  receipt->billed_until_unix_ms = peek_time (object, "billed-until");
  receipt->n_pictures = (guint) easel_json_peek_int (object, "pictures", 0, MAX_PICTURES, 0);
  receipt->reason = g_strdup (easel_json_peek_string (object, "reason", NULL));
  return receipt;
}

static gpointer
read_start (JsonObject *object)
{
  const char *provider_id = easel_json_peek_string (object, "provider", NULL);
  const char *host = easel_json_peek_string (object, "host", "");
  gint64 milliseconds = easel_json_peek_int (object, "ms", 1, MAX_START_MS, 0);
  EaselStartTime *start;

  if (provider_id == NULL || milliseconds == 0)
    return NULL;
  start = g_new0 (EaselStartTime, 1);
  start->provider_id = g_strdup (provider_id);
  start->milliseconds = milliseconds;
  for (guint i = 0; i < G_N_ELEMENTS (host_nicks); i++)
    if (g_str_equal (host, host_nicks[i]))
      start->host_kind = i;
  return start;
}

static gpointer
read_machine (JsonObject *object)
{
  const char *id = easel_json_peek_string (object, "id", NULL);
  EaselBadMachine *machine;

  if (id == NULL || *id == '\0')
    return NULL;
  machine = g_new0 (EaselBadMachine, 1);
  machine->id = g_strdup (id);
  machine->noted_unix_ms = peek_time (object, "noted");
  return machine;
}

static void
read_list (JsonObject *root, const char *key, gpointer (*read) (JsonObject *), GPtrArray *list)
{
  JsonArray *array = easel_json_peek_array (root, key);

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    {
      JsonObject *object = easel_json_element_object (array, i);
      gpointer entry = object != NULL ? read (object) : NULL;

      if (entry != NULL)
        g_ptr_array_add (list, entry);
    }
}

/**
 * easel_history_data_parse:
 * @bytes: a file
 * @error: %EASEL_ERROR_PROTOCOL or %EASEL_ERROR_TOO_LARGE
 *
 * Returns: (transfer full): what of it can be understood
 */
EaselHistoryData *
easel_history_data_parse (GBytes *bytes, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (EaselHistoryData) data = NULL;
  JsonObject *root;
  gint64 version;

  g_return_val_if_fail (bytes != NULL, NULL);

  node = easel_json_parse (bytes, MAX_BYTES, error);
  if (node == NULL)
    return NULL;
  root = easel_json_node_object (node, "history", error);
  if (root == NULL || !easel_json_get_int (root, "version", 1, FORMAT_VERSION, &version, error))
    return NULL;
  data = easel_history_data_new ();
  read_list (root, "receipts", read_receipt, data->receipts);
  read_list (root, "starts", read_start, data->starts);
  read_list (root, "machines", read_machine, data->machines);
  return g_steal_pointer (&data);
}

/* --- writing ------------------------------------------------------------------------------ */

static void
add_string (JsonBuilder *builder, const char *key, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const char *key, gint64 value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_int_value (builder, value);
}

/* What is not known is left out. */
static void
add_money (JsonBuilder *builder, const char *key, gint64 value)
{
  if (value != EASEL_MONEY_UNKNOWN)
    add_int (builder, key, value);
}

static void
write_receipt (JsonBuilder *builder, gconstpointer entry)
{
  const EaselReceipt *receipt = entry;

  add_string (builder, "provider", receipt->provider_id);
  add_string (builder, "pod", receipt->pod_id);
  add_string (builder, "title", receipt->title);
  add_string (builder, "workload", receipt->workload);
  add_int (builder, "started", receipt->started_unix_ms);
  add_int (builder, "ended", receipt->ended_unix_ms);
  add_money (builder, "estimated", receipt->estimated);
  add_money (builder, "billed", receipt->billed);
  add_int (builder, "billed-until", receipt->billed_until_unix_ms);
  add_int (builder, "pictures", receipt->n_pictures);
  add_string (builder, "reason", receipt->reason);
}

static void
write_start (JsonBuilder *builder, gconstpointer entry)
{
  const EaselStartTime *start = entry;

  add_string (builder, "provider", start->provider_id);
  add_string (builder, "host", host_nicks[start->host_kind]);
  add_int (builder, "ms", start->milliseconds);
}

static void
write_machine (JsonBuilder *builder, gconstpointer entry)
{
  const EaselBadMachine *machine = entry;

  add_string (builder, "id", machine->id);
  add_int (builder, "noted", machine->noted_unix_ms);
}

static void
write_list (JsonBuilder *builder,
            const char *key,
            void (*write) (JsonBuilder *, gconstpointer),
            GPtrArray *list)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (guint i = 0; i < list->len; i++)
    {
      json_builder_begin_object (builder);
      write (builder, g_ptr_array_index (list, i));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/**
 * easel_history_data_to_bytes:
 * @self: a history
 *
 * Returns: (transfer full): the file
 */
GBytes *
easel_history_data_to_bytes (const EaselHistoryData *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  json_builder_begin_object (builder);
  add_int (builder, "version", FORMAT_VERSION);
  write_list (builder, "receipts", write_receipt, self->receipts);
  write_list (builder, "starts", write_start, self->starts);
  write_list (builder, "machines", write_machine, self->machines);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return easel_json_to_bytes (root);
}
