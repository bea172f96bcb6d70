/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One record of the journal, and the form of its line in the file.
 *
 * Owns which members are written under which name, and the check that tells a whole line from a
 * torn or foreign one. Knows no file: that is EaselJournal's. */

#include "config.h"
#include "easel-journal-record-private.h"

#include "easel-json.h"

#define LINE_MARK "1 "
#define DIGEST_LENGTH 16

typedef enum
{
  FIELD_STRING,
  FIELD_INT64,
  FIELD_UINT,
  FIELD_BOOLEAN
} FieldType;

typedef struct
{
  const char *key;
  FieldType type;
  gsize offset;
} Field;

#define FIELD(type, member)                                                                        \
  {                                                                                                \
#member, type, G_STRUCT_OFFSET(EaselJournalRecord, member)                                     \
  }

/* The record's members as they stand in the file. Names may be added, never reused. */
static const Field fields[] = {
  FIELD (FIELD_STRING, name),
  FIELD (FIELD_STRING, provider_id),
  FIELD (FIELD_STRING, account),
  FIELD (FIELD_STRING, pod_id),
  FIELD (FIELD_UINT, state),
  FIELD (FIELD_BOOLEAN, unwanted),
  FIELD (FIELD_INT64, intent_unix_ms),
  FIELD (FIELD_INT64, created_unix_ms),
  FIELD (FIELD_INT64, ready_unix_ms),
  FIELD (FIELD_INT64, deleting_unix_ms),
  FIELD (FIELD_INT64, settled_unix_ms),
  FIELD (FIELD_INT64, hard_end_unix_ms),
  FIELD (FIELD_UINT, limits.hours),
  FIELD (FIELD_UINT, limits.idle_minutes),
  FIELD (FIELD_UINT, limits.closed_minutes),
  FIELD (FIELD_BOOLEAN, limits.stop_instead),
  FIELD (FIELD_INT64, price),
  FIELD (FIELD_INT64, max_price),
  FIELD (FIELD_INT64, budget),
  FIELD (FIELD_STRING, offer_id),
  FIELD (FIELD_STRING, gpu_id),
  FIELD (FIELD_STRING, gpu_name),
  FIELD (FIELD_UINT, vram_mib),
  FIELD (FIELD_STRING, place),
  FIELD (FIELD_STRING, machine_id),
  FIELD (FIELD_STRING, workload),
  FIELD (FIELD_BOOLEAN, start_sooner),
  FIELD (FIELD_STRING, template_id),
  FIELD (FIELD_STRING, template_name),
  FIELD (FIELD_STRING, image),
  FIELD (FIELD_UINT, disk_gb),
  FIELD (FIELD_UINT, workspace_gb),
  FIELD (FIELD_INT64, download_bytes),
  FIELD (FIELD_INT64, shelf_bytes),
  FIELD (FIELD_INT64, last_seen_unix_ms),
  FIELD (FIELD_INT64, run_unix_ms),
  FIELD (FIELD_INT64, confirmed_unix_ms),
  FIELD (FIELD_STRING, reason),
};

static gpointer
field_pointer (const Field *field, const EaselJournalRecord *record)
{
  return (gpointer) ((guint8 *) record + field->offset);
}

/**
 * easel_journal_record_new:
 *
 * Returns: (transfer full): a record with nothing in it
 */
EaselJournalRecord *
easel_journal_record_new (void)
{
  EaselJournalRecord *self = g_new0 (EaselJournalRecord, 1);

  easel_limits_init_default (&self->limits);
  return self;
}

/**
 * easel_journal_record_copy:
 * @self: a record
 *
 * Returns: (transfer full): a deep copy
 */
EaselJournalRecord *
easel_journal_record_copy (const EaselJournalRecord *self)
{
  EaselJournalRecord *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].type == FIELD_STRING)
      {
        char **member = field_pointer (&fields[i], copy);

        *member = g_strdup (*member);
      }
  return copy;
}

/**
 * easel_journal_record_free:
 * @self: (transfer full) (nullable): a record
 */
void
easel_journal_record_free (EaselJournalRecord *self)
{
  if (self == NULL)
    return;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (fields[i].type == FIELD_STRING)
      g_free (*(char **) field_pointer (&fields[i], self));
  g_free (self);
}

/**
 * _easel_journal_record_to_json:
 * @record: a record
 *
 * Two records are the same if this is.
 *
 * Returns: (transfer full): all that is known of it, as it stands in a line
 */
char *
_easel_journal_record_to_json (const EaselJournalRecord *record)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const gpointer member = field_pointer (&fields[i], record);

      if (fields[i].type == FIELD_STRING && *(char **) member == NULL)
        continue;
      json_builder_set_member_name (builder, fields[i].key);
      switch (fields[i].type)
        {
        case FIELD_STRING:
          json_builder_add_string_value (builder, *(char **) member);
          break;
        case FIELD_INT64:
          json_builder_add_int_value (builder, *(gint64 *) member);
          break;
        case FIELD_UINT:
          json_builder_add_int_value (builder, *(guint *) member);
          break;
        case FIELD_BOOLEAN:
          json_builder_add_boolean_value (builder, *(gboolean *) member);
          break;
        default:
          g_assert_not_reached ();
        }
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return easel_json_to_text (root);
}

/* NULL when the line does not describe a record: without a name or with a state from the future. */
static EaselJournalRecord *
record_from_json (const char *text)
{
  g_autoptr (EaselJournalRecord) record = easel_journal_record_new ();
  g_autoptr (JsonNode) root = easel_json_parse_text (text, NULL);
  JsonObject *object = root != NULL ? easel_json_node_object (root, "record", NULL) : NULL;

  if (object == NULL)
    return NULL;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      gpointer member = field_pointer (&fields[i], record);

      switch (fields[i].type)
        {
        case FIELD_STRING:
          *(char **) member = g_strdup (easel_json_peek_string (object, fields[i].key, NULL));
          break;
        case FIELD_INT64:
          *(gint64 *) member =
              easel_json_peek_int (object, fields[i].key, G_MININT64, G_MAXINT64, 0);
          break;
        case FIELD_UINT:
          *(guint *) member =
              (guint) easel_json_peek_int (object, fields[i].key, 0, G_MAXUINT, *(guint *) member);
          break;
        case FIELD_BOOLEAN:
          *(gboolean *) member = easel_json_peek_boolean (object, fields[i].key, FALSE);
          break;
        default:
          g_assert_not_reached ();
        }
    }

  if (record->name == NULL || *record->name == '\0' || record->provider_id == NULL ||
      (guint) record->state > EASEL_JOURNAL_VOID)
    return NULL;
  easel_limits_clamp (&record->limits);
  return g_steal_pointer (&record);
}

static void
digest_line (const char *json, char ret_digest[DIGEST_LENGTH + 1])
{
  g_autofree char *digest = g_compute_checksum_for_string (G_CHECKSUM_SHA256, json, -1);

  g_strlcpy (ret_digest, digest, DIGEST_LENGTH + 1);
}

/**
 * _easel_journal_line:
 * @json: what a line says
 *
 * Returns: (transfer full): the line, with its check and its end
 */
char *
_easel_journal_line (const char *json)
{
  char digest[DIGEST_LENGTH + 1];

  digest_line (json, digest);
  return g_strconcat (LINE_MARK, digest, " ", json, "\n", NULL);
}

/**
 * _easel_journal_record_to_line:
 * @record: a record
 *
 * Returns: (transfer full): its line, with its end
 */
char *
_easel_journal_record_to_line (const EaselJournalRecord *record)
{
  g_autofree char *json = _easel_journal_record_to_json (record);

  return _easel_journal_line (json);
}

/**
 * _easel_journal_record_from_line:
 * @line: one line of a file, without its end
 *
 * Returns: (transfer full) (nullable): what it says; %NULL if it is torn, changed or foreign
 */
EaselJournalRecord *
_easel_journal_record_from_line (const char *line)
{
  const gsize head = strlen (LINE_MARK) + DIGEST_LENGTH;
  char digest[DIGEST_LENGTH + 1];

  if (!g_str_has_prefix (line, LINE_MARK) || strlen (line) <= head + 1 || line[head] != ' ')
    return NULL;
  digest_line (line + head + 1, digest);
  if (strncmp (line + strlen (LINE_MARK), digest, DIGEST_LENGTH) != 0)
    return NULL;
  return record_from_json (line + head + 1);
}
