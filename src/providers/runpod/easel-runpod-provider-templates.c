/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * RunPod: templates. There is no search at RunPod, and the public slices are cut at a hundred, so
 * all slices are read at once and searched here; the plugin author's template may be missing in
 * them and is always asked for by its id.
 */

#include "config.h"

#include "easel-runpod-provider-private.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"

#include <string.h>

/* In the order in which the results stand; NULL is the author's template by id. */
static const char *const slices[] = { NULL, "own", "official", "verified", "community" };
#define N_SLICES G_N_ELEMENTS (slices)

typedef struct
{
  char *search_text;            /* (owned) (nullable) */
  GPtrArray *results[N_SLICES]; /* (owned) (nullable) */
  GError *error;                /* (owned) (nullable): the first of a list */
  guint n_pending;
} SearchData;

typedef struct
{
  GTask *task; /* (owned) */
  guint slice;
} SearchStep;

static void
search_data_free (SearchData *data)
{
  for (guint i = 0; i < N_SLICES; i++)
    g_clear_pointer (&data->results[i], g_ptr_array_unref);
  g_clear_error (&data->error);
  g_free (data->search_text);
  g_free (data);
}

static void
search_step_free (SearchStep *step)
{
  g_clear_object (&step->task);
  g_free (step);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SearchStep, search_step_free)

static void
add_matching (GPtrArray *found, GHashTable *seen, GPtrArray *candidates, const char *search_text)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      EaselTemplate *one = g_ptr_array_index (candidates, i);

      if (search_text != NULL && *search_text != '\0' && !easel_template_matches (one, search_text))
        continue;
      if (g_hash_table_add (seen, (gpointer) easel_template_get (one)->id))
        g_ptr_array_add (found, g_object_ref (one));
    }
}

static void
return_templates (GTask *task)
{
  SearchData *data = g_task_get_task_data (task);
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean any = FALSE;

  g_assert (data->n_pending == 0);

  for (guint i = 0; i < N_SLICES; i++)
    if (data->results[i] != NULL)
      {
        any = TRUE;
        add_matching (found, seen, data->results[i], slices[i] != NULL ? data->search_text : NULL);
      }
  if (easel_error_is_cancelled (data->error) || !any)
    g_task_return_error (task, g_steal_pointer (&data->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&found), (GDestroyNotify) g_ptr_array_unref);
}

static GPtrArray *
decode_one (JsonNode *root, GError **error)
{
  g_autoptr (EaselTemplate) one = easel_runpod_decode_template (root, NULL, error);
  GPtrArray *array;

  if (one == NULL)
    return NULL;
  array = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_add (array, g_steal_pointer (&one));
  return array;
}

static void
on_slice_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (SearchStep) step = g_steal_pointer (&user_data);
  SearchData *data = g_task_get_task_data (step->task);
  const char *slice = slices[step->slice];
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;

  root = _easel_runpod_provider_call_finish (EASEL_RUNPOD_PROVIDER (source), result, &error);
  if (error == NULL)
    data->results[step->slice] = slice != NULL ? easel_runpod_decode_templates (root, slice, &error)
                                               : decode_one (root, &error);
  if (error != NULL)
    g_debug ("RunPod: templates “%s”: %s", slice != NULL ? slice : "author", error->message);
  /* That the one template is gone says less than why a list failed. */
  if (error != NULL && (data->error == NULL || easel_error_is_cancelled (error) ||
                        g_error_matches (data->error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND)))
    {
      g_clear_error (&data->error);
      data->error = g_steal_pointer (&error);
    }
  if (--data->n_pending == 0)
    return_templates (step->task);
}

static EaselRunpodRequest *
request_for_slice (EaselProvider *provider, const char *slice)
{
  if (slice == NULL)
    return easel_runpod_request_get_template (easel_provider_get_info (provider)->template_id);
  if (strcmp (slice, "own") == 0)
    return easel_runpod_request_list_templates (NULL);
  return easel_runpod_request_list_templates (slice);
}

static void
list_templates_async (EaselProvider *provider,
                      EaselSecret *key,
                      const char *search_text,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (provider);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);
  SearchData *data = g_new0 (SearchData, 1);

  data->search_text = g_strdup (search_text);
  data->n_pending = N_SLICES;
  g_task_set_source_tag (task, list_templates_async);
  g_task_set_check_cancellable (task, FALSE);
  g_task_set_task_data (task, data, (GDestroyNotify) search_data_free);
  for (guint i = 0; i < N_SLICES; i++)
    {
      g_autoptr (EaselRunpodRequest) request = request_for_slice (provider, slices[i]);
      SearchStep *step = g_new0 (SearchStep, 1);

      step->task = g_object_ref (task);
      step->slice = i;
      _easel_runpod_provider_read_async (self, request, key, cancellable, on_slice_answered, step);
    }
}

static GPtrArray *
list_templates_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
on_template_answered (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (JsonNode) root = NULL;
  EaselTemplate *one = NULL;
  GError *error = NULL;

  root = _easel_runpod_provider_call_finish (EASEL_RUNPOD_PROVIDER (source), result, &error);
  if (error == NULL)
    one = easel_runpod_decode_template (root, NULL, &error);
  if (one != NULL)
    g_task_return_pointer (task, one, g_object_unref);
  else
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
  EaselRunpodProvider *self = EASEL_RUNPOD_PROVIDER (provider);
  g_autoptr (EaselRunpodRequest) request = easel_runpod_request_get_template (template_id);
  g_autoptr (GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, get_template_async);
  g_task_set_check_cancellable (task, FALSE);
  _easel_runpod_provider_read_async (self, request, key, cancellable, on_template_answered,
                                     g_steal_pointer (&task));
}

static EaselTemplate *
get_template_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, provider), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
_easel_runpod_provider_init_templates (EaselProviderInterface *iface)
{
  iface->list_templates_async = list_templates_async;
  iface->list_templates_finish = list_templates_finish;
  iface->get_template_async = get_template_async;
  iface->get_template_finish = get_template_finish;
}
