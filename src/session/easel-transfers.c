/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models of all pods, and which are still to come to which. Owns transfers.json: a pod that is
 * named in it has been given what was ticked on the shelf, and what is listed under it has not come
 * yet. So a transfer outlives the program, and what somebody took back does not return. Only the
 * instance in charge reads and writes it and gives pods what they are to have; another one shows
 * what lies there. What a model is, the shelf knows; how it comes, EaselPodModels. */
#include "config.h"

#include "easel-transfers-private.h"

#include "easel-agent-watch.h"
#include "easel-error.h"
#include "easel-json.h"
#include "easel-pod-models-private.h"
#include "easel-state-file.h"
#include "easel-studio-private.h"

#define FILE_NAME "transfers.json"
#define FORMAT_VERSION 1
#define MAX_PODS 50

/* So much is fetched beside what the server itself fetches: it costs seconds there, and is in place
 * when ComfyUI looks into its folders for the first time. */
#define GOES_FIRST_BYTES (G_GUINT64_CONSTANT (1) << 30)

typedef struct
{
  EaselTransfers *transfers; /* (unowned) */
  char *name;                /* (owned): of the pod */
  GPtrArray *wants;          /* (owned) (element-type utf8): from the file, "folder/name" */
  EaselRental *rental;       /* (owned) (nullable): NULL as long as it is not listed */
  EaselPodModels *models;    /* (owned) (nullable) */
  gboolean is_from_file;
  gboolean is_filled;
} Pod;

struct _EaselTransfers
{
  GObject parent_instance;

  EaselClock *clock;            /* (owned) */
  EaselStudio *studio;          /* (owned) */
  EaselShelf *shelf;            /* (owned) */
  EaselModelResolver *resolver; /* (owned) */
  EaselModelTokens *tokens;     /* (owned) */
  EaselStateFile *file;         /* (owned) */
  GPtrArray *pods;              /* (owned) (element-type Pod): newest last */
  char *saved;                  /* (owned) (nullable): what was written last */
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselTransfers, easel_transfers, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void sync_all (EaselTransfers *self);

/**
 * easel_transfers_go_first:
 * @bytes: of all models that are to come to a pod
 *
 * Returns: whether they come while the server is still being set up, and not after that
 */
gboolean
easel_transfers_go_first (guint64 bytes)
{
  return bytes <= GOES_FIRST_BYTES;
}

static void
drop_rental (Pod *pod)
{
  if (pod->rental != NULL)
    g_signal_handlers_disconnect_by_data (pod->rental, pod->transfers);
  if (pod->models != NULL)
    {
      g_signal_handlers_disconnect_by_data (pod->models, pod->transfers);
      _easel_pod_models_set_client (pod->models, NULL);
    }
  g_clear_object (&pod->models);
  g_clear_object (&pod->rental);
}

static void
pod_free (gpointer data)
{
  Pod *pod = data;

  drop_rental (pod);
  g_free (pod->name);
  g_ptr_array_unref (pod->wants);
  g_free (pod);
}

static void
easel_transfers_dispose (GObject *object)
{
  EaselTransfers *self = EASEL_TRANSFERS (object);

  g_ptr_array_set_size (self->pods, 0);

  G_OBJECT_CLASS (easel_transfers_parent_class)->dispose (object);
}

static void
easel_transfers_finalize (GObject *object)
{
  EaselTransfers *self = EASEL_TRANSFERS (object);

  g_clear_pointer (&self->pods, g_ptr_array_unref);
  g_clear_object (&self->file);
  g_clear_object (&self->tokens);
  g_clear_object (&self->resolver);
  g_clear_object (&self->shelf);
  g_clear_object (&self->studio);
  g_clear_object (&self->clock);
  g_free (self->saved);

  G_OBJECT_CLASS (easel_transfers_parent_class)->finalize (object);
}

static void
easel_transfers_class_init (EaselTransfersClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_transfers_dispose;
  object_class->finalize = easel_transfers_finalize;

  /**
   * EaselTransfers::changed:
   * @self: the transfers
   *
   * Something has come, is to come, or does not come any more.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_transfers_init (EaselTransfers *self)
{
  self->pods = g_ptr_array_new_with_free_func (pod_free);
}

static Pod *
add_pod (EaselTransfers *self, const char *name)
{
  Pod *pod = g_new0 (Pod, 1);

  pod->transfers = self;
  pod->name = g_strdup (name);
  pod->wants = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->pods, pod);
  return pod;
}

static Pod *
find_pod (EaselTransfers *self, const char *name)
{
  for (guint i = 0; i < self->pods->len; i++)
    {
      Pod *pod = g_ptr_array_index (self->pods, i);

      if (g_str_equal (pod->name, name))
        return pod;
    }
  return NULL;
}

static char *
place_of (const EaselShelfModel *model)
{
  return g_strconcat (model->folder, "/", model->name, NULL);
}

/* --- the file ----------------------------------------------------------------------------- */

static void
read_pod (EaselTransfers *self, JsonObject *object)
{
  const char *name = easel_json_peek_string (object, "name", NULL);
  JsonArray *wants = easel_json_peek_array (object, "wants");
  Pod *pod;

  if (name == NULL || *name == '\0')
    return;
  pod = find_pod (self, name);
  if (pod == NULL)
    pod = add_pod (self, name);
  if (pod->is_from_file)
    return;
  pod->is_from_file = TRUE;
  for (guint i = 0; wants != NULL && i < MIN (json_array_get_length (wants), EASEL_SHELF_MAX); i++)
    {
      JsonNode *node = json_array_get_element (wants, i);

      if (JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING)
        g_ptr_array_add (pod->wants, g_strdup (json_node_get_string (node)));
    }
}

static gboolean
read_file (EaselTransfers *self, GBytes *contents)
{
  g_autoptr (JsonNode) root = easel_json_parse (contents, EASEL_JSON_MAX_BYTES, NULL);
  JsonObject *object = root != NULL ? easel_json_node_object (root, "transfers", NULL) : NULL;
  JsonArray *pods = object != NULL ? easel_json_peek_array (object, "pods") : NULL;

  if (pods == NULL || easel_json_peek_int (object, "v", 0, G_MAXINT, 0) != FORMAT_VERSION)
    return FALSE;
  for (guint i = 0; i < MIN (json_array_get_length (pods), MAX_PODS); i++)
    {
      JsonObject *entry = easel_json_element_object (pods, i);

      if (entry != NULL)
        read_pod (self, entry);
    }
  return TRUE;
}

static void
on_loaded (EaselTransfers *self, GBytes *contents)
{
  g_assert (EASEL_IS_TRANSFERS (self));

  if (contents != NULL && !read_file (self, contents))
    easel_state_file_set_aside (self->file);
  sync_all (self);
}

static void
write_transfers (JsonBuilder *builder, EaselPodModels *models)
{
  GListModel *transfers = easel_pod_models_get_transfers (models);

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (EaselTransfer) transfer = g_list_model_get_item (transfers, i);
      g_autofree char *place = place_of (easel_transfer_get_model (transfer));

      if (easel_transfer_get_state (transfer) != EASEL_TRANSFER_DONE)
        json_builder_add_string_value (builder, place);
    }
}

static void
write_pod (JsonBuilder *builder, const Pod *pod)
{
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "name");
  json_builder_add_string_value (builder, pod->name);
  json_builder_set_member_name (builder, "wants");
  json_builder_begin_array (builder);
  if (pod->is_filled)
    write_transfers (builder, pod->models);
  else
    for (guint i = 0; i < pod->wants->len; i++)
      json_builder_add_string_value (builder, g_ptr_array_index (pod->wants, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static void
save (EaselTransfers *self)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;

  if (!easel_state_file_is_loaded (self->file) || !_easel_studio_is_keeper (self->studio))
    return;
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "v");
  json_builder_add_int_value (builder, FORMAT_VERSION);
  json_builder_set_member_name (builder, "pods");
  json_builder_begin_array (builder);
  for (guint i = self->pods->len > MAX_PODS ? self->pods->len - MAX_PODS : 0; i < self->pods->len;
       i++)
    {
      const Pod *pod = g_ptr_array_index (self->pods, i);

      /* One of another computer is not given anything, so there is nothing to remember. */
      if (pod->is_filled || pod->is_from_file)
        write_pod (builder, pod);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  bytes = easel_json_to_bytes (root);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  if (g_strcmp0 (text, self->saved) == 0)
    return;
  g_free (self->saved);
  self->saved = g_steal_pointer (&text);
  easel_state_file_save (self->file, bytes);
}

/* --- what is to come ---------------------------------------------------------------------- */

static gboolean
is_wanted (const Pod *pod, const EaselShelfModel *model)
{
  g_autofree char *place = place_of (model);

  if (!pod->is_from_file)
    return model->is_ticked;
  return g_ptr_array_find_with_equal_func (pod->wants, place, g_str_equal, NULL);
}

/* Once for each pod: what it had not got when the program ended, or what is ticked. */
static void
fill_pod (EaselTransfers *self, Pod *pod)
{
  GPtrArray *models = easel_shelf_get_models (self->shelf);

  if (pod->is_filled || pod->models == NULL || !_easel_studio_is_keeper (self->studio) ||
      !easel_state_file_is_loaded (self->file) || !easel_shelf_is_loaded (self->shelf))
    return;
  if (!pod->is_from_file && easel_rental_get_record (pod->rental) == NULL)
    return;
  pod->is_filled = TRUE;
  for (guint i = models->len; i > 0; i--)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i - 1);

      if (is_wanted (pod, model))
        easel_pod_models_add (pod->models, model);
    }
}

static guint64
count_bytes (const Pod *pod)
{
  GListModel *transfers = easel_pod_models_get_transfers (pod->models);
  guint64 bytes = 0;

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (EaselTransfer) transfer = g_list_model_get_item (transfers, i);

      bytes += easel_transfer_get_model (transfer)->size;
    }
  return bytes;
}

static gboolean
may_begin (const Pod *pod)
{
  const EaselRentalState state = easel_rental_get_state (pod->rental);

  if (state == EASEL_RENTAL_STARTING)
    return easel_transfers_go_first (count_bytes (pod));
  return state == EASEL_RENTAL_READY || state == EASEL_RENTAL_TROUBLE;
}

static void
sync_client (Pod *pod)
{
  EaselAgentWatch *agent = easel_rental_get_agent (pod->rental);
  const EaselAgentStatus *status = agent != NULL ? easel_agent_watch_get_status (agent) : NULL;
  const gboolean has_helper = status != NULL && status->has_helper;

  _easel_pod_models_set_has_agent (pod->models,
                                   has_helper ||
                                       easel_rental_get_state (pod->rental) != EASEL_RENTAL_READY);
  _easel_pod_models_set_client (pod->models, has_helper && may_begin (pod)
                                                 ? easel_agent_watch_get_client (agent)
                                                 : NULL);
}

/* What has come, if it is what is remembered. Returns: (transfer none) (nullable) */
static const EaselShelfModel *
find_remembered (EaselTransfers *self, const EaselShelfModel *came)
{
  GPtrArray *models = easel_shelf_get_models (self->shelf);

  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (g_str_equal (model->name, came->name) && g_str_equal (model->folder, came->folder))
        return g_strcmp0 (model->link, came->link) == 0 && g_strcmp0 (model->path, came->path) == 0
                   ? model
                   : NULL;
    }
  return NULL;
}

/* So that the next pod can tell whether the same has come. */
static void
remember_sum (EaselTransfers *self, EaselTransfer *transfer)
{
  const EaselShelfModel *came = easel_transfer_get_model (transfer);
  const EaselShelfModel *model;
  g_autoptr (EaselShelfModel) copy = NULL;

  if (easel_transfer_get_state (transfer) != EASEL_TRANSFER_DONE || came->sha256 == NULL)
    return;
  model = find_remembered (self, came);
  if (model == NULL || (model->size == came->size && g_strcmp0 (model->sha256, came->sha256) == 0))
    return;
  copy = easel_shelf_model_copy (model);
  copy->size = came->size;
  g_free (copy->sha256);
  copy->sha256 = g_strdup (came->sha256);
  easel_shelf_put (self->shelf, copy);
}

static void
on_models_changed (EaselTransfers *self, EaselPodModels *models)
{
  GListModel *transfers = easel_pod_models_get_transfers (models);

  g_assert (EASEL_IS_TRANSFERS (self));

  for (guint i = 0; i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (EaselTransfer) transfer = g_list_model_get_item (transfers, i);

      remember_sum (self, transfer);
    }
  save (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
take_rental (EaselTransfers *self, Pod *pod, EaselRental *rental)
{
  if (pod->rental != rental)
    {
      drop_rental (pod);
      pod->rental = g_object_ref (rental);
      g_signal_connect_object (rental, "changed", G_CALLBACK (sync_all), self, G_CONNECT_SWAPPED);
      pod->models = _easel_pod_models_new (self->clock, self->resolver, self->tokens);
      g_signal_connect_object (pod->models, "changed", G_CALLBACK (on_models_changed), self,
                               G_CONNECT_SWAPPED);
    }
  fill_pod (self, pod);
  sync_client (pod);
}

static gboolean
has_models (EaselRental *rental)
{
  const EaselRentalState state = easel_rental_get_state (rental);

  return easel_rental_get_pod (rental) != NULL &&
         (state == EASEL_RENTAL_STARTING || state == EASEL_RENTAL_READY ||
          state == EASEL_RENTAL_TROUBLE || state == EASEL_RENTAL_RESUMING ||
          state == EASEL_RENTAL_PAUSING || state == EASEL_RENTAL_PAUSED);
}

static void
sync_rental (EaselTransfers *self, EaselRental *rental)
{
  const EaselPodData *data = easel_rental_get_pod (rental);
  Pod *pod = data != NULL ? find_pod (self, data->name) : NULL;

  if (easel_rental_get_state (rental) == EASEL_RENTAL_GONE)
    {
      if (pod != NULL && (pod->rental == NULL || pod->rental == rental))
        g_ptr_array_remove (self->pods, pod);
      return;
    }
  if (!has_models (rental))
    {
      if (pod != NULL && pod->rental == rental)
        _easel_pod_models_set_client (pod->models, NULL);
      return;
    }
  take_rental (self, pod != NULL ? pod : add_pod (self, data->name), rental);
}

static void
sync_all (EaselTransfers *self)
{
  GListModel *rentals;

  g_assert (EASEL_IS_TRANSFERS (self));

  /* Not before: until then another instance may write it. */
  if (_easel_studio_is_keeper (self->studio) && !easel_state_file_is_loaded (self->file))
    {
      easel_state_file_load (self->file);
      return;
    }
  rentals = easel_studio_get_rentals (self->studio);
  for (guint i = 0; i < g_list_model_get_n_items (rentals); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (rentals, i);

      sync_rental (self, rental);
    }
  save (self);
}

/**
 * _easel_transfers_new:
 * @clock: the program's time
 * @studio: what is rented
 * @shelf: what is remembered
 * @resolver: follows links
 * @tokens: the person's
 * @folder: (type filename): where transfers.json lies
 *
 * Returns: (transfer full): transfers that read their file
 */
EaselTransfers *
_easel_transfers_new (EaselClock *clock,
                      EaselStudio *studio,
                      EaselShelf *shelf,
                      EaselModelResolver *resolver,
                      EaselModelTokens *tokens,
                      const char *folder)
{
  EaselTransfers *self;

  g_return_val_if_fail (EASEL_IS_STUDIO (studio), NULL);
  g_return_val_if_fail (EASEL_IS_SHELF (shelf), NULL);

  self = g_object_new (EASEL_TYPE_TRANSFERS, NULL);
  self->clock = g_object_ref (clock);
  self->studio = g_object_ref (studio);
  self->shelf = g_object_ref (shelf);
  self->resolver = g_object_ref (resolver);
  self->tokens = g_object_ref (tokens);
  self->file = easel_state_file_new (folder, FILE_NAME);
  g_signal_connect_object (self->file, "loaded", G_CALLBACK (on_loaded), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (shelf, "changed", G_CALLBACK (sync_all), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (studio, "changed", G_CALLBACK (sync_all), self, G_CONNECT_SWAPPED);
  sync_all (self);
  return self;
}

/**
 * _easel_transfers_flush:
 * @self: the transfers
 *
 * The program ends: what changed last is written at once.
 */
void
_easel_transfers_flush (EaselTransfers *self)
{
  g_return_if_fail (EASEL_IS_TRANSFERS (self));

  easel_state_file_flush (self->file);
}

/**
 * easel_transfers_get_pod:
 * @self: the transfers
 * @rental: a pod
 *
 * Returns: (transfer none) (nullable): its models, %NULL while there is no pod
 */
EaselPodModels *
easel_transfers_get_pod (EaselTransfers *self, EaselRental *rental)
{
  const EaselPodData *data;
  Pod *pod;

  g_return_val_if_fail (EASEL_IS_TRANSFERS (self), NULL);
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);

  data = easel_rental_get_pod (rental);
  pod = data != NULL ? find_pod (self, data->name) : NULL;
  return pod != NULL ? pod->models : NULL;
}

/**
 * easel_transfers_get_n_open:
 * @self: the transfers
 * @rental: a pod
 *
 * Returns: how many models are still to come to it by themselves
 */
guint
easel_transfers_get_n_open (EaselTransfers *self, EaselRental *rental)
{
  EaselPodModels *models = easel_transfers_get_pod (self, rental);
  GListModel *transfers = models != NULL ? easel_pod_models_get_transfers (models) : NULL;
  guint n_open = 0;

  for (guint i = 0; transfers != NULL && i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (EaselTransfer) transfer = g_list_model_get_item (transfers, i);
      const EaselTransferState state = easel_transfer_get_state (transfer);

      n_open += state != EASEL_TRANSFER_DONE && state != EASEL_TRANSFER_FAILED;
    }
  return n_open;
}
