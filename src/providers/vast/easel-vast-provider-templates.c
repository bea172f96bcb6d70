/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai: templates. The author's has another id after each of his changes, so it is looked for by
 * his number and its name, newest first, and by the id in his first guide only where that finds
 * nothing. There is no search by words: own and the author's templates, those that vast.ai
 * recommends, and the one that has exactly the typed name or id are read and searched here.
 */

#include "config.h"

#include "easel-vast-provider-private.h"

#include "easel-error.h"
#include "easel-vast-decode.h"

#include <string.h>

#define MAX_TYPED_NAME 200

static gboolean
is_none (const GError *error)
{
  return g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
}

static gboolean
looks_like_hash (const char *text)
{
  if (strlen (text) > 64)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c))
      return FALSE;
  return *text != '\0';
}

/* --- one template ------------------------------------------------------------------------- */

typedef struct
{
  EaselSecret *key; /* (owned) */
  char *hash;       /* (owned) */
  gboolean by_author;
} GetData;

static void
get_data_free (GetData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_free (data->hash);
  g_free (data);
}

static void on_template (GObject *source, GAsyncResult *result, gpointer user_data);

static void
ask_for_template (GTask *task)
{
  GetData *data = g_task_get_task_data (task);
  g_autoptr (EaselVastRequest) request = data->by_author
                                             ? easel_vast_request_author_template ()
                                             : easel_vast_request_template_by_hash (data->hash);

  _easel_vast_provider_read_async (g_task_get_source_object (task), request, data->key,
                                   g_task_get_cancellable (task), on_template, g_object_ref (task));
}

static void
on_template (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GetData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (EaselTemplate) found = NULL;
  g_autoptr (GPtrArray) checked = NULL;
  GError *error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (root != NULL)
    {
      checked = easel_vast_decode_templates (root, 0, NULL, &error);
      found = data->by_author ? easel_vast_decode_newest_template (root, EASEL_VAST_AUTHOR_ID,
                                                                   EASEL_VAST_AUTHOR_TEMPLATE, NULL)
                              : easel_vast_decode_newest_template (root, 0, NULL, data->hash);
    }
  if (found != NULL)
    {
      g_task_return_pointer (task, g_steal_pointer (&found), g_object_unref);
      return;
    }
  if (error == NULL || is_none (error))
    {
      g_clear_error (&error);
      if (data->by_author)
        {
          data->by_author = FALSE;
          ask_for_template (task);
          return;
        }
      easel_set_error (&error, EASEL_ERROR_NOT_FOUND, "vast.ai has no such template");
    }
  g_task_return_error (task, error);
}

static void
get_template_async (EaselProvider *provider,
                    EaselSecret *key,
                    const char *template_id,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (provider, cancellable, callback, user_data);
  GetData *data;

  g_task_set_source_tag (task, get_template_async);
  g_task_set_check_cancellable (task, FALSE);
  if (!looks_like_hash (template_id))
    {
      g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_NOT_FOUND,
                               "not an id of a template at vast.ai");
      return;
    }
  data = g_new0 (GetData, 1);
  data->key = easel_secret_ref (key);
  data->hash = g_strdup (template_id);
  data->by_author = strcmp (template_id, EASEL_VAST_AUTHOR_HASH) == 0;
  g_task_set_task_data (task, data, (GDestroyNotify) get_data_free);
  ask_for_template (task);
}

static EaselTemplate *
get_template_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/* --- search ------------------------------------------------------------------------------- */

typedef enum
{
  SLICE_PEOPLE, /* the account's own and the author's */
  SLICE_HASH,   /* the author's by its old id, if he is not among the people any more */
  SLICE_TYPED,  /* what has exactly the typed name or id */
  SLICE_RECOMMENDED,
  N_SLICES
} Slice;

typedef struct
{
  EaselSecret *key;  /* (owned) */
  char *search_text; /* (owned): "" for all */
  GPtrArray *found;  /* (owned) (element-type EaselTemplate) */
  GHashTable *seen;  /* (owned): ids in @found */
  GError *error;     /* (owned) (nullable): of the first slice that failed */
  gint64 own_id;
  guint n_good;
  Slice slice;
  gboolean has_author;
} SearchData;

static void
search_data_free (SearchData *data)
{
  g_clear_pointer (&data->key, easel_secret_unref);
  g_clear_pointer (&data->found, g_ptr_array_unref);
  g_clear_pointer (&data->seen, g_hash_table_unref);
  g_clear_error (&data->error);
  g_free (data->search_text);
  g_free (data);
}

static gboolean
is_author (EaselTemplate *template)
{
  return strcmp (easel_template_get (template)->name, EASEL_VAST_AUTHOR_TEMPLATE) == 0;
}

static void
add_found (SearchData *data, EaselTemplate *template, gboolean always)
{
  if (!always && !easel_template_matches (template, data->search_text))
    return;
  if (g_hash_table_add (data->seen, g_strdup (easel_template_get (template)->id)))
    g_ptr_array_add (data->found, g_object_ref (template));
}

/* The author's first, whatever was typed. */
static void
take_author (SearchData *data, JsonNode *root)
{
  g_autoptr (EaselTemplate) author =
      data->slice == SLICE_HASH
          ? easel_vast_decode_newest_template (root, 0, NULL, EASEL_VAST_AUTHOR_HASH)
          : easel_vast_decode_newest_template (root, EASEL_VAST_AUTHOR_ID,
                                               EASEL_VAST_AUTHOR_TEMPLATE, NULL);

  if (author == NULL)
    return;
  data->has_author = TRUE;
  add_found (data, author, TRUE);
}

static void
take_slice (SearchData *data, JsonNode *root, GError **error)
{
  const char *source = data->slice == SLICE_RECOMMENDED ? "verified" : NULL;
  g_autoptr (GPtrArray) slice = NULL;

  if (data->slice == SLICE_PEOPLE || data->slice == SLICE_HASH)
    take_author (data, root);
  if (data->slice == SLICE_HASH)
    return;
  slice = easel_vast_decode_templates (root, data->own_id, source, error);
  for (guint i = 0; slice != NULL && i < slice->len; i++)
    {
      EaselTemplate *one = g_ptr_array_index (slice, i);

      /* Of somebody else's with the author's name only the author's is meant. */
      if (!data->has_author || !is_author (one) || easel_template_get (one)->is_own)
        add_found (data, one, FALSE);
    }
}

static void take_step (GTask *task);

static void
on_slice (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  SearchData *data = g_task_get_task_data (task);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (easel_error_is_cancelled (error) || g_error_matches (error, EASEL_ERROR, EASEL_ERROR_AUTH))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (root != NULL)
    take_slice (data, root, &error);
  if (error == NULL || is_none (error))
    data->n_good++;
  else
    {
      g_debug ("vast.ai: templates %d: %s", (int) data->slice, error->message);
      if (data->error == NULL)
        data->error = g_steal_pointer (&error);
    }
  data->slice++;
  take_step (task);
}

static EaselVastRequest *
request_for (SearchData *data)
{
  gint64 people[] = { EASEL_VAST_AUTHOR_ID, data->own_id };
  const char *typed = data->search_text;

  switch (data->slice)
    {
    case SLICE_PEOPLE:
      return easel_vast_request_templates_of (people, data->own_id > 0 ? 2 : 1);
    case SLICE_HASH:
      return data->has_author ? NULL : easel_vast_request_template_by_hash (EASEL_VAST_AUTHOR_HASH);
    case SLICE_TYPED:
      if (*typed == '\0' || strlen (typed) > MAX_TYPED_NAME)
        return NULL;
      return looks_like_hash (typed) && strlen (typed) == 32
                 ? easel_vast_request_template_by_hash (typed)
                 : easel_vast_request_template_by_name (typed);
    case SLICE_RECOMMENDED:
      return easel_vast_request_recommended_templates ();
    case N_SLICES:
    default:
      return NULL;
    }
}

static void
take_step (GTask *task)
{
  SearchData *data = g_task_get_task_data (task);

  for (; data->slice < N_SLICES; data->slice++)
    {
      g_autoptr (EaselVastRequest) request = request_for (data);

      if (request == NULL)
        continue;
      _easel_vast_provider_read_async (g_task_get_source_object (task), request, data->key,
                                       g_task_get_cancellable (task), on_slice,
                                       g_object_ref (task));
      return;
    }
  if (data->n_good == 0 && data->error != NULL)
    g_task_return_error (task, g_steal_pointer (&data->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&data->found),
                           (GDestroyNotify) g_ptr_array_unref);
}

/* Whose key it is decides which templates are one's own; without it those are missing. */
static void
on_own_account (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  SearchData *data = g_task_get_task_data (task);
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  root = _easel_vast_provider_call_finish (EASEL_VAST_PROVIDER (source), result, &error);
  if (easel_error_is_cancelled (error) || g_error_matches (error, EASEL_ERROR, EASEL_ERROR_AUTH))
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (root != NULL && easel_vast_decode_account (root, info, NULL))
    data->own_id = g_ascii_strtoll (info->account_id, NULL, 10);
  take_step (task);
}

static void
list_templates_async (EaselProvider *provider,
                      EaselSecret *key,
                      const char *search_text,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  EaselVastProvider *self = EASEL_VAST_PROVIDER (provider);
  g_autoptr (EaselVastRequest) request = easel_vast_request_account ();
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  SearchData *data = g_new0 (SearchData, 1);
  EaselVastCall call = {
    .request = request,
    .key = key,
    .deadline_ms = EASEL_VAST_ACCOUNT_DEADLINE_MS,
  };

  data->key = easel_secret_ref (key);
  data->search_text = g_strstrip (g_strdup (search_text != NULL ? search_text : ""));
  data->found = g_ptr_array_new_with_free_func (g_object_unref);
  data->seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_task_set_source_tag (task, list_templates_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) search_data_free);
  _easel_vast_provider_call_async (self, &call, cancellable, on_own_account,
                                   g_steal_pointer (&task));
}

static GPtrArray *
list_templates_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_easel_vast_provider_init_templates (EaselProviderInterface *iface)
{
  iface->list_templates_async = list_templates_async;
  iface->list_templates_finish = list_templates_finish;
  iface->get_template_async = get_template_async;
  iface->get_template_finish = get_template_finish;
}
