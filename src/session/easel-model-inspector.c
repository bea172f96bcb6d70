/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Looks at what somebody wants to add before anything is fetched or sent: where a link leads, and
 * what the beginning of the file says about itself. Keeps nothing. */
#include "config.h"

#include "easel-model-inspector-private.h"

#include "easel-error.h"
#include "easel-model-header.h"

#define HEADER_DEADLINE_MS (30 * 1000)

struct _EaselModelInspector
{
  GObject parent_instance;

  EaselHttp *http;              /* (owned) */
  EaselModelResolver *resolver; /* (owned) */
  EaselModelTokens *tokens;     /* (owned) */
};

G_DEFINE_FINAL_TYPE (EaselModelInspector, easel_model_inspector, G_TYPE_OBJECT)

typedef struct
{
  EaselShelfModel *model; /* (owned) */
  GInputStream *stream;   /* (owned) (nullable) */
  guint8 prefix[EASEL_MODEL_PREFIX];
  char *header; /* (owned) (nullable) */
  gsize length;
} Inspection;

static void on_resolved (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_opened (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_prefix_read (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_header_read (GObject *source, GAsyncResult *result, gpointer user_data);
static void on_file_read (GObject *source, GAsyncResult *result, gpointer user_data);

static void
inspection_free (Inspection *self)
{
  easel_shelf_model_free (self->model);
  if (self->stream != NULL)
    g_input_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, NULL, NULL);
  g_clear_object (&self->stream);
  g_free (self->header);
  g_free (self);
}

static void
easel_model_inspector_finalize (GObject *object)
{
  EaselModelInspector *self = EASEL_MODEL_INSPECTOR (object);

  g_clear_object (&self->http);
  g_clear_object (&self->resolver);
  g_clear_object (&self->tokens);

  G_OBJECT_CLASS (easel_model_inspector_parent_class)->finalize (object);
}

static void
easel_model_inspector_class_init (EaselModelInspectorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_model_inspector_finalize;
}

static void
easel_model_inspector_init (EaselModelInspector *self)
{
}

/**
 * _easel_model_inspector_new:
 * @http: asks for the beginning of a file
 * @resolver: follows links
 * @tokens: the person's
 *
 * Returns: (transfer full): an inspector
 */
EaselModelInspector *
_easel_model_inspector_new (EaselHttp *http, EaselModelResolver *resolver, EaselModelTokens *tokens)
{
  EaselModelInspector *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (EASEL_IS_MODEL_RESOLVER (resolver), NULL);
  g_return_val_if_fail (EASEL_IS_MODEL_TOKENS (tokens), NULL);

  self = g_object_new (EASEL_TYPE_MODEL_INSPECTOR, NULL);
  self->http = g_object_ref (http);
  self->resolver = g_object_ref (resolver);
  self->tokens = g_object_ref (tokens);
  return self;
}

EaselHttp *
_easel_model_inspector_get_http (EaselModelInspector *self)
{
  return self->http;
}

EaselModelResolver *
_easel_model_inspector_get_resolver (EaselModelInspector *self)
{
  return self->resolver;
}

EaselModelTokens *
_easel_model_inspector_get_tokens (EaselModelInspector *self)
{
  return self->tokens;
}

static GTask *
begin (EaselModelInspector *self,
       gpointer tag,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Inspection *inspection = g_new0 (Inspection, 1);

  inspection->model = g_new0 (EaselShelfModel, 1);
  inspection->model->is_ticked = TRUE;
  (g_task_set_source_tag) (task, tag);
  g_task_set_task_data (task, inspection, (GDestroyNotify) inspection_free);
  return task;
}

/* Takes @task. */
static void
return_model (GTask *task, const EaselModelHeader *header)
{
  Inspection *inspection = g_task_get_task_data (task);
  EaselShelfModel *model = g_steal_pointer (&inspection->model);

  if (header != NULL)
    {
      model->kind = header->kind;
      model->base = header->base;
      model->size = header->size;
      model->modified = header->modified;
    }
  model->folder = g_strdup (easel_model_kind_folder (model->kind));
  g_task_return_pointer (task, model, (GDestroyNotify) easel_shelf_model_free);
  g_object_unref (task);
}

/* Takes @task and @error. That the beginning could not be had is no reason to refuse: the pod looks
 * at the whole file. That it is no model is one. */
static void
return_without_header (GTask *task, GError *error)
{
  if (easel_error_is_cancelled (error) ||
      g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_A_MODEL))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  g_debug ("model: %s", error->message);
  g_error_free (error);
  return_model (task, NULL);
}

/**
 * easel_model_inspector_inspect_link_async:
 * @self: an inspector
 * @text: what was pasted or dropped
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Finds out what is behind a link, with the site's token if there is one.
 */
void
easel_model_inspector_inspect_link_async (EaselModelInspector *self,
                                          const char *text,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  GTask *task;
  Inspection *inspection;
  g_autoptr (EaselModelLink) link = NULL;
  GError *error = NULL;

  g_return_if_fail (EASEL_IS_MODEL_INSPECTOR (self));
  g_return_if_fail (text != NULL);

  task = begin (self, easel_model_inspector_inspect_finish, cancellable, callback, user_data);
  inspection = g_task_get_task_data (task);
  link = easel_model_link_parse (text, &error);
  if (link == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  inspection->model->link = easel_model_link_to_text (link);
  easel_model_resolver_resolve_async (self->resolver, link,
                                      easel_model_tokens_get (self->tokens, link->site), 0,
                                      cancellable, on_resolved, task);
}

static void
on_resolved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  EaselModelInspector *self = g_task_get_source_object (task);
  Inspection *inspection = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr (EaselModelSource) found =
      easel_model_resolver_resolve_finish (EASEL_MODEL_RESOLVER (source), result, &error);
  EaselHttpRequest request = { 0 };

  if (found == NULL)
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  inspection->model->name = g_strdup (found->name);
  inspection->model->size = found->size;
  request.method = "GET";
  request.uri = found->uri;
  request.accept = "*/*";
  request.deadline_ms = HEADER_DEADLINE_MS;
  easel_http_open_stream_async (self->http, &request, NULL, g_task_get_cancellable (task),
                                on_opened, task);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Inspection *inspection = g_task_get_task_data (task);
  GError *error = NULL;

  inspection->stream = easel_http_open_stream_finish (EASEL_HTTP (source), result, &error);
  if (inspection->stream == NULL)
    {
      return_without_header (task, error);
      return;
    }
  g_input_stream_read_all_async (inspection->stream, inspection->prefix, sizeof inspection->prefix,
                                 G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_prefix_read,
                                 task);
}

static void
on_prefix_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Inspection *inspection = g_task_get_task_data (task);
  /* Where nobody tells the size, any length of the file will do. */
  const guint64 size = inspection->model->size > 0 ? inspection->model->size : (guint64) G_MAXINT64;
  GError *error = NULL;
  gsize n_read = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_read, &error))
    {
      return_without_header (task, error);
      return;
    }
  if (n_read < sizeof inspection->prefix)
    error = easel_error_new (EASEL_ERROR_NOT_A_MODEL, "safetensors: shorter than its own length");
  else
    easel_model_header_length (inspection->prefix, size, &inspection->length, &error);
  if (error != NULL)
    {
      return_without_header (task, error);
      return;
    }
  inspection->header = g_malloc (inspection->length);
  g_input_stream_read_all_async (inspection->stream, inspection->header, inspection->length,
                                 G_PRIORITY_DEFAULT, g_task_get_cancellable (task), on_header_read,
                                 task);
}

static void
on_header_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Inspection *inspection = g_task_get_task_data (task);
  g_autoptr (GBytes) bytes = NULL;
  EaselModelHeader header = { 0 };
  GError *error = NULL;
  gsize n_read = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_read, &error))
    {
      return_without_header (task, error);
      return;
    }
  bytes = g_bytes_new_take (g_steal_pointer (&inspection->header), n_read);
  if (n_read < inspection->length)
    error = easel_error_new (EASEL_ERROR_NETWORK, "safetensors: ended while it was read");
  else
    easel_model_header_read (bytes, inspection->model->size, &header, &error);
  if (error != NULL)
    return_without_header (task, error);
  else
    return_model (task, &header);
}

/**
 * easel_model_inspector_inspect_file_async:
 * @self: an inspector
 * @file: chosen or dropped
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when it is known
 * @user_data: for @callback
 *
 * Reads what a file on this computer says about itself.
 */
void
easel_model_inspector_inspect_file_async (EaselModelInspector *self,
                                          GFile *file,
                                          GCancellable *cancellable,
                                          GAsyncReadyCallback callback,
                                          gpointer user_data)
{
  GTask *task;
  Inspection *inspection;
  g_autofree char *base = NULL;
  g_autofree char *shown = NULL;

  g_return_if_fail (EASEL_IS_MODEL_INSPECTOR (self));
  g_return_if_fail (G_IS_FILE (file));

  task = begin (self, easel_model_inspector_inspect_finish, cancellable, callback, user_data);
  inspection = g_task_get_task_data (task);
  inspection->model->path = g_file_get_path (file);
  base = g_file_get_basename (file);
  shown = base != NULL ? g_filename_display_name (base) : NULL;
  inspection->model->name = shown != NULL ? easel_model_file_name (shown) : NULL;
  if (inspection->model->path == NULL || inspection->model->name == NULL)
    g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_UNREADABLE_FILE,
                             "model: not a file on this computer");
  else if (!easel_model_name_is_safe (inspection->model->name))
    g_task_return_new_error (task, EASEL_ERROR, EASEL_ERROR_WRONG_ENDING, "model: ending");
  else
    {
      easel_model_file_read_header_async (file, cancellable, on_file_read, task);
      return;
    }
  g_object_unref (task);
}

static void
on_file_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  EaselModelHeader header = { 0 };
  GError *error = NULL;

  if (easel_model_file_read_header_finish (result, &header, &error))
    {
      return_model (task, &header);
      return;
    }
  g_task_return_error (task, error);
  g_object_unref (task);
}

/**
 * easel_model_inspector_inspect_finish:
 * @self: an inspector
 * @result: what the callback was given
 * @error: what easel_model_resolver_resolve_finish() and easel_model_link_parse() say of a link,
 *   and easel_model_file_read_header_finish() of a file
 *
 * Returns: (transfer full) (nullable): what it is, ticked; its kind is unknown if it does not tell
 */
EaselShelfModel *
easel_model_inspector_inspect_finish (EaselModelInspector *self,
                                      GAsyncResult *result,
                                      GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, easel_model_inspector_inspect_finish),
                        NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
