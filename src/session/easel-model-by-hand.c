/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is left where no agent runs in a pod: a command for the provider's terminal, with the
 * short-lived address that a link leads to, so that the person's token stays here; and ComfyUI's
 * own way for files that are small enough. Keeps nothing. */
#include "config.h"

#include "easel-model-by-hand.h"

#include "easel-comfy-upload.h"
#include "easel-error.h"
#include "easel-model-inspector-private.h"

typedef struct
{
  char *folder; /* (owned) */
  char *name;   /* (owned) */
  gboolean is_krita_image;
} Wish;

static void
wish_free (gpointer data)
{
  Wish *self = data;

  g_free (self->folder);
  g_free (self->name);
  g_free (self);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  const Wish *wish = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (EaselModelSource) found =
      easel_model_resolver_resolve_finish (EASEL_MODEL_RESOLVER (source), result, &error);

  if (found == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task,
                           easel_comfy_fetch_command (wish->is_krita_image, wish->folder,
                                                      wish->name, found->uri),
                           g_free);
}

/**
 * easel_model_by_hand_find_command_async:
 * @inspector: the session's
 * @model: with a link
 * @is_krita_image: whether the pod runs the image of the plugin's author
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Follows the link anew, because what it leads to is often good for some minutes only.
 */
void
easel_model_by_hand_find_command_async (EaselModelInspector *inspector,
                                        const EaselShelfModel *model,
                                        gboolean is_krita_image,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (EaselModelLink) link = NULL;
  GError *error = NULL;
  Wish *wish;

  g_return_if_fail (EASEL_IS_MODEL_INSPECTOR (inspector));
  g_return_if_fail (model != NULL && model->link != NULL);
  g_return_if_fail (model->folder != NULL && model->name != NULL);

  wish = g_new0 (Wish, 1);
  wish->folder = g_strdup (model->folder);
  wish->name = g_strdup (model->name);
  wish->is_krita_image = is_krita_image;
  task = g_task_new (inspector, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_model_by_hand_find_command_async);
  g_task_set_task_data (task, wish, wish_free);
  link = easel_model_link_parse (model->link, &error);
  if (link == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  easel_model_resolver_resolve_async (
      _easel_model_inspector_get_resolver (inspector), link,
      easel_model_tokens_get (_easel_model_inspector_get_tokens (inspector), link->site), 0,
      cancellable, on_resolved, g_steal_pointer (&task));
}

/**
 * easel_model_by_hand_find_command_finish:
 * @result: what the callback was given
 * @error: of easel_model_resolver_resolve_finish()
 *
 * Returns: (transfer full) (nullable): what is put into the terminal; without a token
 */
char *
easel_model_by_hand_find_command_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (G_IS_TASK (result), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_model_by_hand_find_command_async),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * easel_model_by_hand_get_limit:
 * @address: of a pod's server, as it is handed to Krita
 *
 * Returns: how large a file may be that is sent there, in bytes
 */
guint64
easel_model_by_hand_get_limit (const char *address)
{
  return easel_comfy_upload_limit (address);
}

/**
 * easel_model_by_hand_send_async:
 * @inspector: the session's
 * @model: with a path
 * @address: of the pod's server, as it is handed to Krita
 * @progress: (nullable): how much has left
 * @progress_data: for @progress; until @callback has been called
 * @cancellable: (nullable): a #GCancellable
 * @callback: called at the end
 * @user_data: for @callback
 *
 * See easel_comfy_upload_async().
 */
void
easel_model_by_hand_send_async (EaselModelInspector *inspector,
                                const EaselShelfModel *model,
                                const char *address,
                                EaselModelByHandFunc progress,
                                gpointer progress_data,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GFile) file = NULL;

  g_return_if_fail (EASEL_IS_MODEL_INSPECTOR (inspector));
  g_return_if_fail (model != NULL && model->path != NULL);
  g_return_if_fail (model->folder != NULL && model->name != NULL);
  g_return_if_fail (address != NULL);

  file = g_file_new_for_path (model->path);
  easel_comfy_upload_async (_easel_model_inspector_get_http (inspector), address, file,
                            model->folder, model->name, progress, progress_data, cancellable,
                            callback, user_data);
}

/**
 * easel_model_by_hand_send_finish:
 * @result: what the callback was given
 * @error: of easel_comfy_upload_finish()
 *
 * Returns: whether the file is there
 */
gboolean
easel_model_by_hand_send_finish (GAsyncResult *result, GError **error)
{
  return easel_comfy_upload_finish (result, error);
}
