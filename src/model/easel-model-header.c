/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The beginning of a .safetensors file: 8 bytes of length, then JSON that names every tensor with
 * its type, shape and place. Pure: bytes in, a value out. Nothing in it is trusted; that the places
 * fill the file to its last byte is how a download that was cut short is recognised. */

#include "config.h"

#include "easel-model-header.h"

#include "easel-error.h"
#include "easel-json.h"

#include <string.h>

#define METADATA "__metadata__"

static void
set_not_a_model (GError **error, const char *why)
{
  easel_set_error (error, EASEL_ERROR_NOT_A_MODEL, "safetensors: %s", why);
}

/**
 * easel_model_header_length:
 * @prefix: (array fixed-size=8): the first bytes of a file, %EASEL_MODEL_PREFIX of them
 * @file_size: of the whole file
 * @ret_length: (out): how long the header behind them is
 * @error: %EASEL_ERROR_NOT_A_MODEL or %EASEL_ERROR_INCOMPLETE_MODEL
 *
 * Returns: whether there is a header of sensible length
 */
gboolean
easel_model_header_length (const guint8 *prefix,
                           guint64 file_size,
                           gsize *ret_length,
                           GError **error)
{
  guint64 length;

  g_return_val_if_fail (prefix != NULL, FALSE);
  g_return_val_if_fail (ret_length != NULL, FALSE);

  memcpy (&length, prefix, sizeof length);
  length = GUINT64_FROM_LE (length);
  if (length < 2 || length > EASEL_MODEL_MAX_HEADER)
    {
      set_not_a_model (error, "impossible length of the header");
      return FALSE;
    }
  if (file_size < EASEL_MODEL_PREFIX || length > file_size - EASEL_MODEL_PREFIX)
    {
      easel_set_error (error, EASEL_ERROR_INCOMPLETE_MODEL, "safetensors: ends in its header");
      return FALSE;
    }
  *ret_length = (gsize) length;
  return TRUE;
}

static gboolean
read_shape (JsonObject *tensor, gint64 *shape, guint *ret_n_dims)
{
  JsonArray *array = easel_json_peek_array (tensor, "shape");
  guint n_dims;

  if (array == NULL)
    return FALSE;
  n_dims = json_array_get_length (array);
  if (n_dims > EASEL_MODEL_MAX_DIMS)
    return FALSE;
  for (guint i = 0; i < n_dims; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
        return FALSE;
      shape[i] = json_node_get_int (node);
      if (shape[i] < 0)
        return FALSE;
    }
  *ret_n_dims = n_dims;
  return TRUE;
}

static gboolean
read_place (JsonObject *tensor, guint64 *ret_start, guint64 *ret_end)
{
  JsonArray *array = easel_json_peek_array (tensor, "data_offsets");
  gint64 ends[2];

  if (array == NULL || json_array_get_length (array) != 2)
    return FALSE;
  for (guint i = 0; i < 2; i++)
    {
      JsonNode *node = json_array_get_element (array, i);

      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_INT64)
        return FALSE;
      ends[i] = json_node_get_int (node);
    }
  if (ends[0] < 0 || ends[1] < ends[0])
    return FALSE;
  *ret_start = (guint64) ends[0];
  *ret_end = (guint64) ends[1];
  return TRUE;
}

typedef struct
{
  EaselModelGuess guess;
  guint n_tensors;
  guint64 end;   /* where the last tensor ends */
  guint64 bytes; /* all tensors together */
} Reading;

static gboolean
read_tensor (Reading *reading, const char *name, JsonNode *node, GError **error)
{
  JsonObject *tensor = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  gint64 shape[EASEL_MODEL_MAX_DIMS];
  guint64 start, end;
  guint n_dims;

  if (tensor == NULL || easel_json_peek_string (tensor, "dtype", NULL) == NULL ||
      !read_shape (tensor, shape, &n_dims) || !read_place (tensor, &start, &end) ||
      end - start > G_MAXUINT64 - reading->bytes)
    {
      set_not_a_model (error, "a tensor makes no sense");
      return FALSE;
    }
  easel_model_guess_tensor (&reading->guess, name, shape, n_dims);
  reading->n_tensors++;
  reading->end = MAX (reading->end, end);
  reading->bytes += end - start;
  return TRUE;
}

static void
read_metadata (Reading *reading, JsonNode *node)
{
  JsonObject *metadata = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
  JsonObjectIter iter;
  const char *key;

  if (metadata == NULL)
    return;
  json_object_iter_init (&iter, metadata);
  while (json_object_iter_next (&iter, &key, NULL))
    {
      /* Long ones (the words of all training pictures) read as absent. */
      const char *value = easel_json_peek_string (metadata, key, NULL);

      if (value != NULL)
        easel_model_guess_metadata (&reading->guess, key, value);
    }
}

static gboolean
read_members (Reading *reading, JsonObject *root, GError **error)
{
  JsonObjectIter iter;
  const char *name;
  JsonNode *node;

  json_object_iter_init (&iter, root);
  while (json_object_iter_next (&iter, &name, &node))
    {
      if (g_str_equal (name, METADATA))
        read_metadata (reading, node);
      else if (!read_tensor (reading, name, node, error))
        return FALSE;
    }
  if (reading->n_tensors == 0)
    {
      set_not_a_model (error, "no tensors");
      return FALSE;
    }
  return TRUE;
}

/**
 * easel_model_header_read:
 * @header: what follows the first 8 bytes, of the length that they state
 * @file_size: of the whole file; 0 if nobody tells, then @header is believed
 * @ret_header: (out): what it says
 * @error: %EASEL_ERROR_NOT_A_MODEL or %EASEL_ERROR_INCOMPLETE_MODEL
 *
 * Returns: whether this is the header of a complete file
 */
gboolean
easel_model_header_read (GBytes *header,
                         guint64 file_size,
                         EaselModelHeader *ret_header,
                         GError **error)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) local_error = NULL;
  Reading reading = { .n_tensors = 0 };
  guint64 data_size;

  g_return_val_if_fail (header != NULL, FALSE);
  g_return_val_if_fail (ret_header != NULL, FALSE);
  g_return_val_if_fail (file_size == 0 ||
                            file_size >= EASEL_MODEL_PREFIX + g_bytes_get_size (header),
                        FALSE);

  root = easel_json_parse (header, EASEL_MODEL_MAX_HEADER, &local_error);
  if (root == NULL || !JSON_NODE_HOLDS_OBJECT (root))
    {
      set_not_a_model (error, local_error != NULL ? local_error->message : "no object");
      return FALSE;
    }
  if (!read_members (&reading, json_node_get_object (root), error))
    return FALSE;

  if (file_size == 0 && reading.end < G_MAXINT64)
    file_size = reading.end + EASEL_MODEL_PREFIX + g_bytes_get_size (header);
  data_size = file_size - EASEL_MODEL_PREFIX - g_bytes_get_size (header);
  if (reading.end > data_size)
    {
      easel_set_error (error, EASEL_ERROR_INCOMPLETE_MODEL, "safetensors: the end is missing");
      return FALSE;
    }
  if (reading.end < data_size || reading.bytes != data_size)
    {
      set_not_a_model (error, "bytes that belong to no tensor");
      return FALSE;
    }
  *ret_header = (EaselModelHeader){
    .kind = easel_model_guess_kind (&reading.guess),
    .base = easel_model_guess_base (&reading.guess),
    .size = file_size,
    .n_tensors = reading.n_tensors,
  };
  return TRUE;
}
