/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the providers are and how fast their time runs: the real world, or what an endpoints file
 * says instead. It refuses what would be dangerous later: an address that no key may be sent to,
 * a misspelt name (the real cloud would be used in its place), and fast time together with a
 * cloud that bills. It makes no connection.
 */
#include "config.h"

#include "easel-endpoints.h"

#include "easel-error.h"
#include "easel-http-private.h"

#include <math.h>
#include <string.h>

#define MAX_FILE_BYTES (64 * 1024)
#define MAX_SPEED 100000.0
/* The end of the year 9999. */
#define LAST_EPOCH_MS G_GINT64_CONSTANT (253402300799999)

typedef enum
{
  KIND_API,   /* of a provider; gets a key */
  KIND_PROXY, /* of a provider; a pattern with {pod} and {port}, gets no key */
  KIND_OTHER, /* not a provider's */
} Kind;

static const struct
{
  const char *group;
  const char *key;
  const char *value;
  Kind kind;
} places[] = {
  { "runpod", "api", "https://api.runpod.io/v2", KIND_API },
  { "runpod", "graphql", "https://api.runpod.io/graphql", KIND_API },
  { "runpod", "proxy", "https://{pod}-{port}.proxy.runpod.net", KIND_PROXY },
  { "vast", "api", "https://console.vast.ai", KIND_API },
  { "image", "tags", "https://hub.docker.com/v2/repositories/aclysia/sd-comfyui-krita/tags",
    KIND_OTHER },
  { "models", "civitai", "https://civitai.com", KIND_OTHER },
  { "models", "huggingface", "https://huggingface.co", KIND_OTHER },
  /* In front of the host and the path of any other link. */
  { "models", "elsewhere", NULL, KIND_OTHER },
};

static const char *const clock_keys[] = { "speed", "real-epoch-ms", "cloud-epoch-ms" };

struct _EaselEndpoints
{
  char *values[G_N_ELEMENTS (places)]; /* (owned) */
  double speed;
  gboolean has_epochs;
  gint64 real_epoch_ms;
  gint64 cloud_epoch_ms;
};

/**
 * easel_endpoints_new_default:
 *
 * Returns: (transfer full): the real world
 */
EaselEndpoints *
easel_endpoints_new_default (void)
{
  EaselEndpoints *self = g_new0 (EaselEndpoints, 1);

  self->speed = 1.0;
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    self->values[i] = g_strdup (places[i].value);
  return self;
}

static gssize
find_place (const char *group, const char *key)
{
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      if (g_str_equal (places[i].group, group) && g_str_equal (places[i].key, key))
        return i;
    }
  return -1;
}

static gboolean
is_known (const char *group, const char *key)
{
  if (g_str_equal (group, "clock"))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (clock_keys); i++)
        {
          if (g_str_equal (clock_keys[i], key))
            return TRUE;
        }
    }
  return find_place (group, key) >= 0;
}

static gboolean
check_names (GKeyFile *file, GError **error)
{
  g_auto (GStrv) groups = g_key_file_get_groups (file, NULL);

  for (gsize i = 0; groups[i] != NULL; i++)
    {
      g_auto (GStrv) keys = g_key_file_get_keys (file, groups[i], NULL, NULL);

      for (gsize j = 0; keys != NULL && keys[j] != NULL; j++)
        {
          if (is_known (groups[i], keys[j]))
            continue;
          easel_set_error (error, EASEL_ERROR_BAD_REQUEST, "endpoints: unknown name [%s] %s",
                           groups[i], keys[j]);
          return FALSE;
        }
    }
  return TRUE;
}

/* A pattern becomes an address by putting something harmless into it. */
static char *
fill_pattern (const char *pattern)
{
  GString *filled = NULL;

  if (strstr (pattern, "{pod}") == NULL)
    return NULL;
  filled = g_string_new (pattern);
  g_string_replace (filled, "{pod}", "pod", 0);
  g_string_replace (filled, "{port}", "3001", 0);
  return g_string_free (filled, FALSE);
}

static gboolean
place_is_good (Kind kind, const char *value)
{
  g_autofree char *filled = NULL;

  if (!g_utf8_validate (value, -1, NULL) || strpbrk (value, "?#") != NULL)
    return FALSE;
  if (kind != KIND_PROXY)
    return easel_http_uri_may_carry_key (value);
  filled = fill_pattern (value);
  return filled != NULL && _easel_http_uri_is_http (filled);
}

static gboolean
place_is_simulated (Kind kind, const char *value)
{
  g_autofree char *filled = NULL;

  if (kind == KIND_OTHER)
    return TRUE;
  if (kind == KIND_API)
    return easel_http_uri_is_loopback (value);
  filled = fill_pattern (value);
  return filled != NULL && easel_http_uri_is_local_name (filled);
}

static void
strip_slashes (char *value)
{
  gsize length = strlen (value);

  while (length > 0 && value[length - 1] == '/')
    value[--length] = '\0';
}

/* The raw value, because a value that GKeyFile cannot decode looks absent to its other getters, and
 * absent means the real world. */
static char *
read_value (GKeyFile *file, const char *group, const char *key)
{
  char *value = g_key_file_get_value (file, group, key, NULL);

  return value != NULL ? g_strstrip (value) : NULL;
}

static gboolean
read_places (EaselEndpoints *self, GKeyFile *file, GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *value = read_value (file, places[i].group, places[i].key);

      if (value == NULL)
        continue;
      strip_slashes (value);
      if (!place_is_good (places[i].kind, value))
        {
          easel_set_error (error, EASEL_ERROR_BAD_REQUEST,
                           "endpoints: [%s] %s must be an https address, or http on 127.0.0.1",
                           places[i].group, places[i].key);
          return FALSE;
        }
      g_free (self->values[i]);
      self->values[i] = g_steal_pointer (&value);
    }
  return TRUE;
}

static gboolean
read_speed (EaselEndpoints *self, GKeyFile *file, GError **error)
{
  g_autofree char *text = read_value (file, "clock", "speed");
  char *end = NULL;

  if (text == NULL)
    return TRUE;
  self->speed = g_ascii_strtod (text, &end);
  if (end != text && *end == '\0' && isfinite (self->speed) && self->speed > 0 &&
      self->speed <= MAX_SPEED)
    return TRUE;
  easel_set_error (error, EASEL_ERROR_BAD_REQUEST,
                   "endpoints: [clock] speed must be a number above 0, at most %g", MAX_SPEED);
  return FALSE;
}

/* Absent is no mistake: *@ret_value keeps what it has. */
static gboolean
read_epoch (GKeyFile *file, const char *key, gint64 *ret_value, GError **error)
{
  g_autofree char *text = read_value (file, "clock", key);

  if (text == NULL)
    return TRUE;
  if (g_ascii_string_to_signed (text, 10, 0, LAST_EPOCH_MS, ret_value, NULL))
    return TRUE;
  easel_set_error (error, EASEL_ERROR_BAD_REQUEST,
                   "endpoints: [clock] %s must be milliseconds since 1970", key);
  return FALSE;
}

static gboolean
read_clock (EaselEndpoints *self, GKeyFile *file, GError **error)
{
  self->real_epoch_ms = g_get_real_time () / 1000;
  self->cloud_epoch_ms = self->real_epoch_ms;
  if (!read_speed (self, file, error) ||
      !read_epoch (file, "real-epoch-ms", &self->real_epoch_ms, error))
    return FALSE;
  if (!g_key_file_has_key (file, "clock", "cloud-epoch-ms", NULL))
    self->cloud_epoch_ms = self->real_epoch_ms;
  if (!read_epoch (file, "cloud-epoch-ms", &self->cloud_epoch_ms, error))
    return FALSE;
  self->has_epochs = self->speed != 1.0 || self->real_epoch_ms != self->cloud_epoch_ms;
  if (self->has_epochs && !easel_endpoints_is_simulated (self))
    {
      easel_set_error (error, EASEL_ERROR_BAD_REQUEST,
                       "endpoints: [clock] needs every provider address (runpod api, graphql and "
                       "proxy, vast api) on this computer");
      return FALSE;
    }
  return TRUE;
}

/**
 * easel_endpoints_new_from_data:
 * @data: the text of a key file
 * @length: in bytes
 * @error: %EASEL_ERROR_BAD_REQUEST saying what is wrong with it
 *
 * Returns: (transfer full) (nullable): the world it describes; what it does not name is real
 */
EaselEndpoints *
easel_endpoints_new_from_data (const char *data, gsize length, GError **error)
{
  g_autoptr (EaselEndpoints) self = NULL;
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (data != NULL || length == 0, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (length > MAX_FILE_BYTES)
    {
      easel_set_error (error, EASEL_ERROR_BAD_REQUEST, "endpoints: the file is too large");
      return NULL;
    }
  if (length > 0 && !g_key_file_load_from_data (file, data, length, G_KEY_FILE_NONE, &local_error))
    {
      easel_set_error (error, EASEL_ERROR_BAD_REQUEST, "endpoints: not a key file");
      return NULL;
    }
  self = easel_endpoints_new_default ();
  if (!check_names (file, error) || !read_places (self, file, error) ||
      !read_clock (self, file, error))
    return NULL;
  return g_steal_pointer (&self);
}

/**
 * easel_endpoints_new_from_file:
 * @path: of a key file
 * @error: %EASEL_ERROR_STORAGE if it cannot be read, %EASEL_ERROR_BAD_REQUEST saying what is
 *   wrong with it
 *
 * Returns: (transfer full) (nullable): the world it describes; what it does not name is real
 */
EaselEndpoints *
easel_endpoints_new_from_file (const char *path, GError **error)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) local_error = NULL;
  gsize length;

  g_return_val_if_fail (path != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!g_file_get_contents (path, &data, &length, &local_error))
    {
      easel_set_error (error, EASEL_ERROR_STORAGE, "endpoints: %s", local_error->message);
      return NULL;
    }
  return easel_endpoints_new_from_data (data, length, error);
}

/**
 * easel_endpoints_free:
 */
void
easel_endpoints_free (EaselEndpoints *self)
{
  if (self == NULL)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    g_free (self->values[i]);
  g_free (self);
}

/**
 * easel_endpoints_get:
 * @group: "runpod", "vast", "image" or "models"
 * @key: a name in it
 *
 * Returns: (transfer none) (nullable): the address without a final slash, %NULL for a name that
 *   does not exist, and for `[models] elsewhere` in the real world
 */
const char *
easel_endpoints_get (EaselEndpoints *self, const char *group, const char *key)
{
  gssize i;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (group != NULL, NULL);
  g_return_val_if_fail (key != NULL, NULL);

  i = find_place (group, key);
  return i >= 0 ? self->values[i] : NULL;
}

/**
 * easel_endpoints_is_simulated:
 *
 * Returns: %TRUE if no provider is a real one, so that nothing can cost money
 */
gboolean
easel_endpoints_is_simulated (EaselEndpoints *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      if (!place_is_simulated (places[i].kind, self->values[i]))
        return FALSE;
    }
  return TRUE;
}

/**
 * easel_endpoints_create_clock:
 *
 * Returns: (transfer full): the time in which these providers live
 */
EaselClock *
easel_endpoints_create_clock (EaselEndpoints *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (!self->has_epochs)
    return easel_real_clock_new ();
  return easel_real_clock_new_scaled (self->speed, self->real_epoch_ms, self->cloud_epoch_ms);
}
