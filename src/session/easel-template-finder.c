/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Finds the template to use at a provider. The author's template has had the same id for years, but
 * nothing promises that it keeps it (facts of RunPod, 12.1): after the id its name and image are
 * looked for. Owns the order of these steps; remembers nothing. */
#include "config.h"

#include "easel-template-finder.h"

#include "easel-error.h"

#define SEARCH_TEXT "krita"

typedef enum
{
  STEP_WISHED,
  STEP_AUTHORS,
  STEP_SEARCH
} Step;

typedef struct
{
  EaselSecret *key; /* (owned) */
  char *wished_id;  /* (owned) (nullable) */
  Step step;
  GError *wish_error; /* (owned) (nullable): why the wished one cannot be used */
} Find;

static void
find_free (gpointer data)
{
  Find *find = data;

  g_clear_pointer (&find->key, easel_secret_unref);
  g_clear_pointer (&find->wished_id, g_free);
  g_clear_error (&find->wish_error);
  g_free (find);
}

static void take_step (GTask *task, Step step);

static gboolean
is_gone (const GError *error)
{
  return g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND) ||
         g_error_matches (error, EASEL_ERROR, EASEL_ERROR_BAD_REQUEST);
}

/* Returns: (transfer full) (nullable): why @template cannot be used */
static GError *
check (EaselTemplate *template)
{
  EaselTemplateVerdict verdict = easel_template_check (template);

  if (verdict == EASEL_TEMPLATE_OK)
    return NULL;
  return easel_error_new (EASEL_ERROR_BAD_REQUEST, "%s", easel_template_verdict_text (verdict));
}

static void
on_got (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  Find *find = g_task_get_task_data (task);
  g_autoptr (EaselTemplate) template = NULL;
  GError *error = NULL;

  template = easel_provider_get_template_finish (EASEL_PROVIDER (source), result, &error);
  if (template != NULL)
    error = check (template);
  if (error == NULL)
    g_task_return_pointer (task, g_steal_pointer (&template), g_object_unref);
  else if (!is_gone (error))
    g_task_return_error (task, error);
  else
    {
      if (find->step == STEP_WISHED)
        g_propagate_error (&find->wish_error, error);
      else
        g_clear_error (&error);
      take_step (task, find->step + 1);
    }
}

/* The one with the author's name, else the first that starts the author's image. */
static EaselTemplate *
pick (GPtrArray *templates, const char *name)
{
  EaselTemplate *best = NULL;

  for (guint i = 0; i < templates->len; i++)
    {
      EaselTemplate *template = g_ptr_array_index (templates, i);

      if (easel_template_check (template) != EASEL_TEMPLATE_OK ||
          !easel_template_is_krita (template))
        continue;
      if (g_strcmp0 (easel_template_get (template)->name, name) == 0)
        return template;
      if (best == NULL)
        best = template;
    }
  return best;
}

static void
on_listed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  g_autoptr (GPtrArray) templates = NULL;
  EaselTemplate *found = NULL;
  GError *error = NULL;

  templates = easel_provider_list_templates_finish (EASEL_PROVIDER (source), result, &error);
  if (templates != NULL)
    found = pick (templates, easel_provider_get_info (EASEL_PROVIDER (source))->template_name);
  if (error != NULL)
    g_task_return_error (task, error);
  else if (found != NULL)
    g_task_return_pointer (task, g_object_ref (found), g_object_unref);
  else
    g_task_return_error (task, easel_error_new (EASEL_ERROR_NOT_FOUND,
                                                "no template for Krita among the provider’s"));
}

static void
take_step (GTask *task, Step step)
{
  EaselProvider *provider = g_task_get_source_object (task);
  GCancellable *cancellable = g_task_get_cancellable (task);
  Find *find = g_task_get_task_data (task);
  const char *authors_id = easel_provider_get_info (provider)->template_id;

  if (step == STEP_AUTHORS && (authors_id == NULL || g_strcmp0 (authors_id, find->wished_id) == 0))
    step = STEP_SEARCH;
  find->step = step;
  if (step == STEP_SEARCH)
    easel_provider_list_templates_async (provider, find->key, SEARCH_TEXT, cancellable, on_listed,
                                         g_object_ref (task));
  else
    easel_provider_get_template_async (provider, find->key,
                                       step == STEP_WISHED ? find->wished_id : authors_id,
                                       cancellable, on_got, g_object_ref (task));
}

/**
 * easel_template_find_async:
 * @provider: where to look
 * @key: its key
 * @wished_id: (nullable): what the person chose, %NULL or empty for the author's
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Looks for a template from which Krita can be served.
 */
void
easel_template_find_async (EaselProvider *provider,
                           EaselSecret *key,
                           const char *wished_id,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  gboolean has_wish;
  Find *find;

  g_return_if_fail (EASEL_IS_PROVIDER (provider));
  g_return_if_fail (key != NULL);

  has_wish = wished_id != NULL && *wished_id != '\0';
  task = g_task_new (provider, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_template_find_async);
  find = g_new0 (Find, 1);
  find->key = easel_secret_ref (key);
  find->wished_id = has_wish ? g_strdup (wished_id) : NULL;
  g_task_set_task_data (task, find, find_free);
  take_step (task, has_wish ? STEP_WISHED : STEP_AUTHORS);
}

/**
 * easel_template_find_finish:
 * @result: from the callback
 * @ret_wish_error: (out) (optional) (nullable): why the wished one is gone or cannot be used, if
 *   another was found instead
 * @error: %EASEL_ERROR_NOT_FOUND when there is none, or what the provider's calls fail with
 *
 * Returns: (transfer full): the template
 */
EaselTemplate *
easel_template_find_finish (GAsyncResult *result, GError **ret_wish_error, GError **error)
{
  EaselTemplate *template;
  Find *find;

  g_return_val_if_fail (G_IS_TASK (result), NULL);

  find = g_task_get_task_data (G_TASK (result));
  template = g_task_propagate_pointer (G_TASK (result), error);
  if (template != NULL && ret_wish_error != NULL)
    *ret_wish_error = g_steal_pointer (&find->wish_error);
  return template;
}
