/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The form of shelf.json, read and written. Pure: bytes in, values out. A model that cannot be
 * understood, or that the agent would refuse, costs its entry and not the file; a file that is no
 * such JSON, or of a newer form, is an error, so that nobody overwrites it. No token is ever in
 * it: links go through the reader that drops them, on the way in and on the way out. */
#include "config.h"

#include "easel-shelf-file.h"

#include "easel-json.h"
#include "easel-model-link.h"

#include <string.h>

#define FORMAT_VERSION 1
#define MAX_BYTES (4 * 1024 * 1024)
#define MAX_SIZE (G_GINT64_CONSTANT (1) << 50)
#define SHA256_DIGITS 64

/* Those that the agent knows. */
static const char *const folders[] = {
  "checkpoints",    "loras",         "controlnet",    "clip_vision",      "vae",
  "upscale_models", "embeddings",    "ipadapter",     "inpaint",          "style_models",
  "text_encoders",  "hypernetworks", "model_patches", "diffusion_models", NULL,
};

/**
 * easel_shelf_model_copy:
 * @self: a model
 *
 * Returns: (transfer full): the same
 */
EaselShelfModel *
easel_shelf_model_copy (const EaselShelfModel *self)
{
  EaselShelfModel *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  copy->name = g_strdup (self->name);
  copy->folder = g_strdup (self->folder);
  copy->sha256 = g_strdup (self->sha256);
  copy->link = g_strdup (self->link);
  copy->path = g_strdup (self->path);
  return copy;
}

/**
 * easel_shelf_model_free:
 * @self: (transfer full) (nullable): a model
 */
void
easel_shelf_model_free (EaselShelfModel *self)
{
  if (self == NULL)
    return;
  g_free (self->name);
  g_free (self->folder);
  g_free (self->sha256);
  g_free (self->link);
  g_free (self->path);
  g_free (self);
}

/* The same link without a token, NULL if it is none. */
static char *
clean_link (const char *text)
{
  g_autoptr (EaselModelLink) link = text != NULL ? easel_model_link_parse (text, NULL) : NULL;

  return link != NULL ? easel_model_link_to_text (link) : NULL;
}

static gboolean
is_name (const char *name)
{
  g_autofree char *clean = NULL;

  if (name == NULL || *name == '\0')
    return FALSE;
  clean = easel_model_file_name (name);
  return g_str_equal (clean, name);
}

static const char *
read_hash (JsonObject *object)
{
  const char *hash = easel_json_peek_string (object, "sha256", NULL);

  return hash != NULL && strlen (hash) == SHA256_DIGITS &&
                 strspn (hash, "0123456789abcdef") == SHA256_DIGITS
             ? hash
             : NULL;
}

static EaselShelfModel *
read_model (JsonObject *object)
{
  const char *name = easel_json_peek_string (object, "name", NULL);
  const char *folder = easel_json_peek_string (object, "folder", NULL);
  const char *path = easel_json_peek_string (object, "path", NULL);
  g_autofree char *link = clean_link (easel_json_peek_string (object, "link", NULL));
  EaselShelfModel *model;

  if (path != NULL && !g_path_is_absolute (path))
    path = NULL;
  if (!is_name (name) || folder == NULL || !g_strv_contains (folders, folder) ||
      (link == NULL && path == NULL))
    return NULL;
  model = g_new0 (EaselShelfModel, 1);
  model->name = g_strdup (name);
  model->folder = g_strdup (folder);
  model->size = (guint64) easel_json_peek_int (object, "size", 0, MAX_SIZE, 0);
  model->sha256 = g_strdup (read_hash (object));
  model->kind = easel_model_kind_from_id (easel_json_peek_string (object, "kind", NULL));
  model->base = easel_model_base_from_id (easel_json_peek_string (object, "base", NULL));
  model->link = g_steal_pointer (&link);
  model->path = g_strdup (path);
  model->modified = easel_json_peek_int (object, "modified", 0, MAX_SIZE, 0);
  model->is_ticked = easel_json_peek_boolean (object, "ticked", FALSE);
  return model;
}

/* Two with one place would overwrite each other on the pod. */
static gboolean
has_place (GPtrArray *models, const EaselShelfModel *model)
{
  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *other = g_ptr_array_index (models, i);

      if (g_str_equal (other->folder, model->folder) && g_str_equal (other->name, model->name))
        return TRUE;
    }
  return FALSE;
}

/**
 * easel_shelf_file_parse:
 * @bytes: a file
 * @error: %EASEL_ERROR_PROTOCOL or %EASEL_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (element-type EaselShelfModel): what of it can be understood
 */
GPtrArray *
easel_shelf_file_parse (GBytes *bytes, GError **error)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GPtrArray) models = NULL;
  JsonObject *root;
  JsonArray *array;
  gint64 version;

  g_return_val_if_fail (bytes != NULL, NULL);

  node = easel_json_parse (bytes, MAX_BYTES, error);
  if (node == NULL)
    return NULL;
  root = easel_json_node_object (node, "shelf", error);
  if (root == NULL || !easel_json_get_int (root, "version", 1, FORMAT_VERSION, &version, error))
    return NULL;
  models = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_shelf_model_free);
  array = easel_json_peek_array (root, "models");
  for (guint i = 0;
       array != NULL && i < json_array_get_length (array) && models->len < EASEL_SHELF_MAX; i++)
    {
      JsonObject *object = easel_json_element_object (array, i);
      g_autoptr (EaselShelfModel) model = object != NULL ? read_model (object) : NULL;

      if (model != NULL && !has_place (models, model))
        g_ptr_array_add (models, g_steal_pointer (&model));
    }
  return g_steal_pointer (&models);
}

static void
add_string (JsonBuilder *builder, const char *key, const char *value)
{
  if (value == NULL)
    return;
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

static void
write_model (JsonBuilder *builder, const EaselShelfModel *model)
{
  g_autofree char *link = clean_link (model->link);

  json_builder_begin_object (builder);
  add_string (builder, "name", model->name);
  add_string (builder, "folder", model->folder);
  json_builder_set_member_name (builder, "size");
  json_builder_add_int_value (builder, (gint64) MIN (model->size, (guint64) MAX_SIZE));
  add_string (builder, "sha256", model->sha256);
  add_string (builder, "kind", easel_model_kind_id (model->kind));
  add_string (builder, "base", easel_model_base_id (model->base));
  add_string (builder, "link", link);
  add_string (builder, "path", model->path);
  if (model->modified > 0)
    {
      json_builder_set_member_name (builder, "modified");
      json_builder_add_int_value (builder, model->modified);
    }
  json_builder_set_member_name (builder, "ticked");
  json_builder_add_boolean_value (builder, model->is_ticked);
  json_builder_end_object (builder);
}

/**
 * easel_shelf_file_to_bytes:
 * @models: (element-type EaselShelfModel): what is on the shelf
 *
 * Returns: (transfer full): the file
 */
GBytes *
easel_shelf_file_to_bytes (GPtrArray *models)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (models != NULL, NULL);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "version");
  json_builder_add_int_value (builder, FORMAT_VERSION);
  json_builder_set_member_name (builder, "models");
  json_builder_begin_array (builder);
  for (guint i = 0; i < models->len; i++)
    write_model (builder, g_ptr_array_index (models, i));
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return easel_json_to_bytes (root);
}

/**
 * easel_shelf_ticked_bytes:
 * @models: (element-type EaselShelfModel): what is on the shelf
 *
 * Returns: how much every new GPU fetches of it, as far as sizes are known
 */
guint64
easel_shelf_ticked_bytes (GPtrArray *models)
{
  guint64 bytes = 0;

  g_return_val_if_fail (models != NULL, 0);

  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (model->is_ticked)
        bytes += model->size;
    }
  return bytes;
}

/**
 * easel_shelf_count_ticked:
 * @models: (element-type EaselShelfModel): what is on the shelf
 *
 * Returns: how many come with every new GPU
 */
guint
easel_shelf_count_ticked (GPtrArray *models)
{
  guint n = 0;

  g_return_val_if_fail (models != NULL, 0);

  for (guint i = 0; i < models->len; i++)
    n += ((const EaselShelfModel *) g_ptr_array_index (models, i))->is_ticked ? 1 : 0;
  return n;
}

static gboolean
is_adapter (EaselModelKind kind)
{
  return kind == EASEL_MODEL_LORA || kind == EASEL_MODEL_CONTROLNET ||
         kind == EASEL_MODEL_IP_ADAPTER;
}

/* A checkpoint that comes along can be painted with, too. */
static EaselWorkloadSet
add_own_bases (GPtrArray *models, EaselWorkloadSet set)
{
  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (model->is_ticked && model->base != EASEL_MODEL_BASE_UNKNOWN &&
          (model->kind == EASEL_MODEL_CHECKPOINT || model->kind == EASEL_MODEL_DIFFUSION))
        set |= easel_model_base_workloads (model->base);
    }
  return set;
}

/**
 * easel_shelf_workload_of:
 * @models: (element-type EaselShelfModel): what is on the shelf
 * @model: one of them
 * @set: what is painted
 *
 * Returns: what @model can be used with: for LoRAs and other adapters also the ticked checkpoints
 */
EaselWorkloadSet
easel_shelf_workload_of (GPtrArray *models, const EaselShelfModel *model, EaselWorkloadSet set)
{
  g_return_val_if_fail (models != NULL, set);
  g_return_val_if_fail (model != NULL, set);

  return set != 0 && is_adapter (model->kind) ? add_own_bases (models, set) : set;
}

/**
 * easel_shelf_pick:
 * @models: (element-type EaselShelfModel): what is on the shelf
 * @max: how many there is room for, 0 for all
 *
 * Returns: (transfer container) (element-type EaselShelfModel): those to show where there is little
 *   room, in the order of the shelf: ticked ones before others, newer ones before older ones
 */
GPtrArray *
easel_shelf_pick (GPtrArray *models, guint max)
{
  g_autoptr (GPtrArray) picked = g_ptr_array_new ();
  guint ticked_room;
  guint other_room;

  g_return_val_if_fail (models != NULL, NULL);

  if (max == 0)
    max = models->len;
  ticked_room = MIN (max, easel_shelf_count_ticked (models));
  other_room = max - ticked_room;
  for (guint i = 0; i < models->len; i++)
    {
      EaselShelfModel *model = g_ptr_array_index (models, i);
      guint *room = model->is_ticked ? &ticked_room : &other_room;

      if (*room == 0)
        continue;
      *room -= 1;
      g_ptr_array_add (picked, model);
    }
  return g_steal_pointer (&picked);
}

/**
 * easel_shelf_find_misfits:
 * @models: (element-type EaselShelfModel): what is on the shelf
 * @set: what is painted with
 *
 * Returns: (transfer container) (element-type EaselShelfModel): ticked LoRAs and other adapters
 *   that work neither with @set nor with a checkpoint that is ticked as well
 */
GPtrArray *
easel_shelf_find_misfits (GPtrArray *models, EaselWorkloadSet set)
{
  g_autoptr (GPtrArray) misfits = g_ptr_array_new ();
  EaselWorkloadSet all;

  g_return_val_if_fail (models != NULL, NULL);

  all = add_own_bases (models, set);
  for (guint i = 0; i < models->len; i++)
    {
      EaselShelfModel *model = g_ptr_array_index (models, i);

      if (model->is_ticked && is_adapter (model->kind) && !easel_model_base_fits (model->base, all))
        g_ptr_array_add (misfits, model);
    }
  return g_steal_pointer (&misfits);
}
