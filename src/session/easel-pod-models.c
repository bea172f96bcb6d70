/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models of one running pod: asks its agent what lies there, and sees to what is to come. Owns
 * the order in which transfers go, their tries, and how closely the agent is asked. The agent does
 * the work of a download; an upload is EaselModelUpload's. Which pod, and what it is to get, is
 * EaselTransfers' business. */
#include "config.h"

#include "easel-pod-models-private.h"

#include "easel-error.h"
#include "easel-model-upload.h"

/* The agent fetches two at once. Pieces of two uploads would only wait for each other. */
#define MAX_DOWNLOADS 2
#define MAX_UPLOADS 1

#define ASK_WATCHED_MS 2000
#define ASK_BUSY_MS 5000
#define ASK_IDLE_MS (15 * 1000)

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselPodModels, easel_pod_models, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

void
_easel_pod_models_emit_changed (EaselPodModels *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
pod_file_free (gpointer data)
{
  EaselPodFile *file = data;

  g_free (file->folder);
  g_free (file->name);
  g_free (file);
}

static void
easel_pod_models_dispose (GObject *object)
{
  EaselPodModels *self = EASEL_POD_MODELS (object);

  _easel_pod_models_set_client (self, NULL);
  easel_clock_clear (self->clock, &self->timer_id);

  G_OBJECT_CLASS (easel_pod_models_parent_class)->dispose (object);
}

static void
easel_pod_models_finalize (GObject *object)
{
  EaselPodModels *self = EASEL_POD_MODELS (object);

  g_clear_pointer (&self->ways, g_ptr_array_unref);
  g_clear_object (&self->transfers);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->told, easel_agent_models_free);
  g_clear_error (&self->error);
  g_clear_object (&self->tokens);
  g_clear_object (&self->resolver);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_pod_models_parent_class)->finalize (object);
}

static void
easel_pod_models_class_init (EaselPodModelsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_pod_models_dispose;
  object_class->finalize = easel_pod_models_finalize;

  /**
   * EaselPodModels::changed:
   * @self: the models of a pod
   *
   * What lies there, what is to come, or whether that is known.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_pod_models_init (EaselPodModels *self)
{
  self->transfers = g_list_store_new (EASEL_TYPE_TRANSFER);
  self->ways = g_ptr_array_new_with_free_func (_easel_way_unref);
  self->files = g_ptr_array_new_with_free_func (pod_file_free);
  self->has_agent = TRUE;
}

/**
 * _easel_pod_models_new:
 * @clock: the program's time
 * @resolver: follows links
 * @tokens: the person's
 *
 * Returns: (transfer full): the models of a pod that nobody can ask yet
 */
EaselPodModels *
_easel_pod_models_new (EaselClock *clock, EaselModelResolver *resolver, EaselModelTokens *tokens)
{
  EaselPodModels *self;

  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (EASEL_IS_MODEL_RESOLVER (resolver), NULL);
  g_return_val_if_fail (EASEL_IS_MODEL_TOKENS (tokens), NULL);

  self = g_object_new (EASEL_TYPE_POD_MODELS, NULL);
  self->clock = g_object_ref (clock);
  self->resolver = g_object_ref (resolver);
  self->tokens = g_object_ref (tokens);
  return self;
}

static void
fill_files (EaselPodModels *self)
{
  g_ptr_array_set_size (self->files, 0);
  for (guint i = 0; i < self->told->files->len; i++)
    {
      const EaselAgentModelFile *told = g_ptr_array_index (self->told->files, i);
      EaselPodFile *file = g_new0 (EaselPodFile, 1);

      file->folder = g_strdup (told->folder);
      file->name = g_strdup (told->name);
      file->size = told->size;
      g_ptr_array_add (self->files, file);
    }
}

static void
on_told (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselPodModels) self = user_data;
  GError *error = NULL;
  guint status = 0;
  g_autoptr (JsonNode) root =
      easel_agent_client_call_finish (EASEL_AGENT_CLIENT (source), result, &status, &error);
  EaselAgentModels *told = NULL;

  if (self->client != EASEL_AGENT_CLIENT (source))
    {
      g_clear_error (&error);
      return;
    }
  self->is_asking = FALSE;
  if (root != NULL)
    told = easel_agent_models_decode (root, &error);
  g_clear_error (&self->error);
  self->error = error;
  if (told != NULL)
    {
      g_clear_pointer (&self->told, easel_agent_models_free);
      self->told = told;
      fill_files (self);
      _easel_pod_models_take_told (self);
    }
  _easel_pod_models_emit_changed (self);
  _easel_pod_models_pump (self);
}

void
_easel_pod_models_ask (EaselPodModels *self)
{
  const EaselAgentCall call = {
    .method = "GET",
    .route = "models",
    .max_bytes = EASEL_AGENT_MAX_MODELS_ANSWER,
  };

  if (self->client == NULL || self->is_asking)
    return;
  self->is_asking = TRUE;
  easel_agent_client_call_async (self->client, &call, self->cancellable, on_told,
                                 g_object_ref (self));
}

/* --- when --------------------------------------------------------------------------------- */

static gboolean
has_open (EaselPodModels *self)
{
  for (guint i = 0; i < self->ways->len; i++)
    {
      if (!_easel_way_is_over (g_ptr_array_index (self->ways, i)))
        return TRUE;
    }
  return FALSE;
}

static gboolean
on_timer (gpointer user_data)
{
  EaselPodModels *self = user_data;

  self->timer_id = 0;
  _easel_pod_models_ask (self);
  _easel_pod_models_schedule (self);
  return G_SOURCE_REMOVE;
}

/* As long as nothing is to come and nobody looks, nobody is asked. */
void
_easel_pod_models_schedule (EaselPodModels *self)
{
  const gboolean is_busy = has_open (self);
  gint64 wait_ms = is_busy ? ASK_BUSY_MS : ASK_IDLE_MS;

  if (self->client == NULL || (!is_busy && !self->is_watched))
    {
      easel_clock_clear (self->clock, &self->timer_id);
      return;
    }
  if (is_busy && self->is_watched)
    wait_ms = ASK_WATCHED_MS;
  if (self->timer_id == 0)
    self->timer_id = easel_clock_add (self->clock, wait_ms, on_timer, self, NULL);
}

static void
hurry (EaselPodModels *self)
{
  easel_clock_clear (self->clock, &self->timer_id);
  if (self->client != NULL && (self->is_watched || has_open (self)))
    _easel_pod_models_ask (self);
  _easel_pod_models_schedule (self);
}

/* Begins what may begin. May be called again by what it begins. */
void
_easel_pod_models_pump (EaselPodModels *self)
{
  const gint64 now = easel_clock_get_monotonic_ms (self->clock);
  g_autoptr (GPtrArray) ways = NULL;
  guint n_running[2] = { 0, 0 };

  _easel_pod_models_schedule (self);
  if (self->client == NULL || self->told == NULL || self->error != NULL)
    return;
  ways = _easel_pod_models_copy_ways (self);
  for (guint i = 0; i < ways->len; i++)
    {
      const EaselWay *way = g_ptr_array_index (ways, i);

      n_running[easel_transfer_is_upload (way->transfer)] += _easel_way_is_under_way (way);
    }
  for (guint i = 0; i < ways->len; i++)
    {
      EaselWay *way = g_ptr_array_index (ways, i);
      const gboolean is_upload = easel_transfer_is_upload (way->transfer);

      if (_easel_pod_models_find_way (self, way->transfer) == NULL || _easel_way_is_over (way) ||
          _easel_way_is_under_way (way) || way->retry_ms > now ||
          n_running[is_upload] >= (is_upload ? MAX_UPLOADS : MAX_DOWNLOADS))
        continue;
      n_running[is_upload]++;
      _easel_way_begin (way);
    }
}

/**
 * _easel_pod_models_set_client:
 * @self: the models of a pod
 * @client: (nullable): its agent, as soon as it takes models; %NULL when there is nobody to ask
 *
 * What is under way is given up with the client before, and goes on with the next.
 */
void
_easel_pod_models_set_client (EaselPodModels *self, EaselAgentClient *client)
{
  g_return_if_fail (EASEL_IS_POD_MODELS (self));
  g_return_if_fail (client == NULL || EASEL_IS_AGENT_CLIENT (client));

  if (self->client == client)
    return;
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_set_object (&self->client, client);
  self->is_asking = FALSE;
  for (guint i = 0; i < self->ways->len; i++)
    {
      EaselWay *way = g_ptr_array_index (self->ways, i);

      _easel_way_stop (way);
      g_clear_pointer (&way->job, g_free);
      way->retry_ms = 0;
      if (!_easel_way_is_over (way))
        _easel_way_set_state (way, EASEL_TRANSFER_WAITING, NULL);
    }
  g_clear_pointer (&self->told, easel_agent_models_free);
  g_clear_error (&self->error);
  if (client != NULL)
    self->cancellable = g_cancellable_new ();
  hurry (self);
  _easel_pod_models_emit_changed (self);
}

/**
 * _easel_pod_models_set_has_agent:
 * @self: the models of a pod
 * @has_agent: whether one may still come
 */
void
_easel_pod_models_set_has_agent (EaselPodModels *self, gboolean has_agent)
{
  g_return_if_fail (EASEL_IS_POD_MODELS (self));

  if (self->has_agent == has_agent)
    return;
  self->has_agent = has_agent;
  _easel_pod_models_emit_changed (self);
}

/**
 * easel_pod_models_get_state:
 * @self: the models of a pod
 *
 * Returns: whether what is told here can be believed
 */
EaselPodModelsState
easel_pod_models_get_state (EaselPodModels *self)
{
  g_return_val_if_fail (EASEL_IS_POD_MODELS (self), EASEL_POD_MODELS_NO_AGENT);

  if (self->error != NULL)
    return EASEL_POD_MODELS_OLD;
  if (self->told != NULL)
    return EASEL_POD_MODELS_KNOWN;
  return self->has_agent || self->client != NULL ? EASEL_POD_MODELS_WAITING
                                                 : EASEL_POD_MODELS_NO_AGENT;
}

/**
 * easel_pod_models_get_error:
 * @self: the models of a pod
 *
 * Returns: (transfer none) (nullable): why the last look failed
 */
const GError *
easel_pod_models_get_error (EaselPodModels *self)
{
  g_return_val_if_fail (EASEL_IS_POD_MODELS (self), NULL);

  return self->error;
}

/**
 * easel_pod_models_get_files:
 * @self: the models of a pod
 *
 * Returns: (transfer none) (element-type EaselPodFile): what lies there, by folder and name
 */
GPtrArray *
easel_pod_models_get_files (EaselPodModels *self)
{
  g_return_val_if_fail (EASEL_IS_POD_MODELS (self), NULL);

  return self->files;
}

/**
 * easel_pod_models_get_disk_free:
 * @self: the models of a pod
 *
 * Returns: bytes, 0 if they are not known
 */
guint64
easel_pod_models_get_disk_free (EaselPodModels *self)
{
  g_return_val_if_fail (EASEL_IS_POD_MODELS (self), 0);

  return self->told != NULL ? self->told->disk_free : 0;
}

/**
 * easel_pod_models_get_disk_total:
 * @self: the models of a pod
 *
 * Returns: bytes, 0 if they are not known
 */
guint64
easel_pod_models_get_disk_total (EaselPodModels *self)
{
  g_return_val_if_fail (EASEL_IS_POD_MODELS (self), 0);

  return self->told != NULL ? self->told->disk_total : 0;
}

/**
 * easel_pod_models_get_transfers:
 * @self: the models of a pod
 *
 * Returns: (transfer none) (element-type EaselTransfer): what is to come or has come, in the order
 *   in which it was asked for
 */
GListModel *
easel_pod_models_get_transfers (EaselPodModels *self)
{
  g_return_val_if_fail (EASEL_IS_POD_MODELS (self), NULL);

  return G_LIST_MODEL (self->transfers);
}

/**
 * easel_pod_models_set_watched:
 * @self: the models of a pod
 * @is_watched: whether a window with it is on the screen
 */
void
easel_pod_models_set_watched (EaselPodModels *self, gboolean is_watched)
{
  g_return_if_fail (EASEL_IS_POD_MODELS (self));

  if (self->is_watched == is_watched)
    return;
  self->is_watched = is_watched;
  hurry (self);
}

static EaselWay *
find_way_for (EaselPodModels *self, const char *folder, const char *name)
{
  for (guint i = 0; i < self->ways->len; i++)
    {
      EaselWay *way = g_ptr_array_index (self->ways, i);

      if (g_str_equal (_easel_way_get_model (way)->folder, folder) &&
          g_str_equal (_easel_way_get_model (way)->name, name))
        return way;
    }
  return NULL;
}

static void
remove_way (EaselPodModels *self, EaselWay *way)
{
  guint position;

  if (g_ptr_array_find (self->ways, way, &position))
    {
      _easel_way_stop (way);
      g_list_store_remove (self->transfers, position);
      g_ptr_array_remove_index (self->ways, position);
    }
}

/**
 * easel_pod_models_add:
 * @self: the models of a pod
 * @model: what is to come; copied
 *
 * Begins as soon as it can. What is already on its way is not begun twice.
 */
void
easel_pod_models_add (EaselPodModels *self, const EaselShelfModel *model)
{
  EaselWay *way;

  g_return_if_fail (EASEL_IS_POD_MODELS (self));
  g_return_if_fail (model != NULL && model->folder != NULL && model->name != NULL);
  g_return_if_fail (model->link != NULL || model->path != NULL);

  way = find_way_for (self, model->folder, model->name);
  if (way != NULL && !_easel_way_is_over (way))
    return;
  if (way != NULL)
    remove_way (self, way);
  way = g_rc_box_new0 (EaselWay);
  way->models = self;
  way->transfer = _easel_transfer_new (model);
  g_ptr_array_add (self->ways, way);
  g_list_store_append (self->transfers, way->transfer);
  _easel_pod_models_emit_changed (self);
  if (self->told != NULL)
    _easel_pod_models_pump (self);
  else
    hurry (self);
}

/* What it answers shows in the next look. */
static void
on_deleted (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselPodModels) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root =
      easel_agent_client_call_finish (EASEL_AGENT_CLIENT (source), result, NULL, &error);

  if (error != NULL)
    g_debug ("models: %s", error->message);
  if (root != NULL && self->client == EASEL_AGENT_CLIENT (source))
    _easel_pod_models_ask (self);
}

static void
delete_route (EaselPodModels *self, const char *route)
{
  const EaselAgentCall call = { .method = "DELETE", .route = route };

  if (self->client != NULL)
    easel_agent_client_call_async (self->client, &call, self->cancellable, on_deleted,
                                   g_object_ref (self));
}

/**
 * easel_pod_models_cancel:
 * @self: the models of a pod
 * @transfer: one of its transfers
 *
 * Gives it up and takes it from the list. What has arrived of it is removed from the pod; a whole
 * file stays.
 */
void
easel_pod_models_cancel (EaselPodModels *self, EaselTransfer *transfer)
{
  EaselWay *way;
  g_autofree char *route = NULL;

  g_return_if_fail (EASEL_IS_POD_MODELS (self));
  g_return_if_fail (EASEL_IS_TRANSFER (transfer));

  way = _easel_pod_models_find_way (self, transfer);
  if (way == NULL)
    return;
  if (easel_transfer_get_state (transfer) != EASEL_TRANSFER_DONE)
    {
      const char *job = way->job != NULL ? way->job : way->failed_job;

      if (job != NULL)
        route = g_strdup_printf ("models/jobs/%s", job);
      /* Nothing of that name is there but its beginning. */
      else if (easel_transfer_get_have (transfer) > 0 && self->told != NULL &&
               easel_agent_models_find_file (self->told, _easel_way_get_model (way)->folder,
                                             _easel_way_get_model (way)->name) == NULL)
        route = easel_agent_models_file_route (_easel_way_get_model (way)->folder,
                                               _easel_way_get_model (way)->name);
    }
  remove_way (self, way);
  if (route != NULL)
    delete_route (self, route);
  _easel_pod_models_emit_changed (self);
  _easel_pod_models_pump (self);
}

/**
 * easel_pod_models_replace:
 * @self: the models of a pod
 * @transfer: one of its transfers
 * @model: what is to come instead; copied
 *
 * The same under another path, as a rule, so that what has arrived stays if it has the same place.
 */
void
easel_pod_models_replace (EaselPodModels *self,
                          EaselTransfer *transfer,
                          const EaselShelfModel *model)
{
  EaselWay *way;

  g_return_if_fail (EASEL_IS_POD_MODELS (self));
  g_return_if_fail (EASEL_IS_TRANSFER (transfer));
  g_return_if_fail (model != NULL && model->folder != NULL && model->name != NULL);

  way = _easel_pod_models_find_way (self, transfer);
  if (way != NULL && way == find_way_for (self, model->folder, model->name))
    remove_way (self, way);
  else
    easel_pod_models_cancel (self, transfer);
  easel_pod_models_add (self, model);
}

/**
 * easel_pod_models_retry:
 * @self: the models of a pod
 * @transfer: one that waits or failed
 *
 * Tries again at once, with what has arrived.
 */
void
easel_pod_models_retry (EaselPodModels *self, EaselTransfer *transfer)
{
  EaselWay *way;

  g_return_if_fail (EASEL_IS_POD_MODELS (self));
  g_return_if_fail (EASEL_IS_TRANSFER (transfer));

  way = _easel_pod_models_find_way (self, transfer);
  if (way == NULL || _easel_way_is_under_way (way) ||
      easel_transfer_get_state (transfer) == EASEL_TRANSFER_DONE)
    return;
  way->tries = 0;
  way->anew = 0;
  way->changes = 0;
  way->retry_ms = 0;
  _easel_way_set_state (way, EASEL_TRANSFER_WAITING, NULL);
  hurry (self);
  _easel_pod_models_emit_changed (self);
}

/**
 * easel_pod_models_remove:
 * @self: the models of a pod
 * @folder: ComfyUI's
 * @name: of a file that lies there
 *
 * Deletes it from the pod.
 */
void
easel_pod_models_remove (EaselPodModels *self, const char *folder, const char *name)
{
  EaselWay *way;
  g_autofree char *route = NULL;

  g_return_if_fail (EASEL_IS_POD_MODELS (self));
  g_return_if_fail (folder != NULL && name != NULL);

  way = find_way_for (self, folder, name);
  if (way != NULL)
    remove_way (self, way);
  route = easel_agent_models_file_route (folder, name);
  delete_route (self, route);
  _easel_pod_models_emit_changed (self);
}
