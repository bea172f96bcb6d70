/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the answers of a server in a pod mean. Pure. The server stands on a stranger's computer and
 * anybody may answer in its place: nothing it sends is believed beyond its shape, and everything is
 * kept short.
 */

#include "config.h"

#include "easel-readiness-private.h"

#include "easel-error.h"
#include "easel-json.h"

#include <string.h>

#define MAX_LOOK_BYTES (64 * 1024)
#define MAX_GPU_NAME 100
#define MAX_VRAM_MIB (G_GINT64_CONSTANT (4) * 1024 * 1024)
#define BYTES_PER_MIB (1024.0 * 1024.0)

/**
 * _easel_pod_join:
 * @address: as handed to Krita; may end in a path, the secret of a protected server
 * @path: with a leading slash
 *
 * Returns: (transfer full): @path below @address
 */
char *
_easel_pod_join (const char *address, const char *path)
{
  gsize length;

  g_return_val_if_fail (address != NULL && path != NULL, NULL);

  length = strlen (address);
  while (length > 0 && address[length - 1] == '/')
    length--;
  return g_strdup_printf ("%.*s%s", (int) length, address, path);
}

static void
set_details (EaselReadiness *self, char *details)
{
  g_free (self->details);
  self->details = details;
}

/* The image's own page while ComfyUI is down: facts of the image, nginx.conf. */
static gboolean
is_waiting_page (const char *lower)
{
  return strstr (lower, "port not up yet") != NULL;
}

static gboolean
looks_like_page (const EaselHttpResponse *response, const char *lower)
{
  if (g_strcmp0 (response->content_type, "text/html") == 0)
    return TRUE;
  while (g_ascii_isspace (*lower))
    lower++;
  return *lower == '<';
}

static char *
lower_head (GBytes *body)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (body, &length);
  g_autofree char *head = g_strndup (data != NULL ? data : "", MIN (length, MAX_LOOK_BYTES));

  return g_ascii_strdown (head, -1);
}

/* "cuda:0 NVIDIA GeForce RTX 3090 : cudaMallocAsync" is an RTX 3090. */
static char *
read_gpu_name (const char *device_name)
{
  g_autofree char *name =
      g_utf8_substring (device_name, 0, MIN (g_utf8_strlen (device_name, -1), MAX_GPU_NAME));
  char *start = name;
  char *end = strstr (name, " : ");

  if (end != NULL)
    *end = '\0';
  if (g_str_has_prefix (start, "cuda:"))
    {
      start += strcspn (start, " ");
      start += strspn (start, " ");
    }
  if (g_str_has_prefix (start, "NVIDIA "))
    start += strlen ("NVIDIA ");
  if (g_str_has_prefix (start, "GeForce "))
    start += strlen ("GeForce ");
  for (char *c = start; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strdup (start);
}

static gboolean
judge_device (EaselReadiness *self, JsonObject *device)
{
  const char *type = easel_json_peek_string (device, "type", "");
  double bytes = easel_json_peek_double (device, "vram_total", 0, 1e15, 0);

  if (strcmp (type, "cuda") != 0)
    {
      self->fault = EASEL_FAULT_NO_GPU;
      set_details (self, g_strdup_printf ("device type “%.40s”", type));
      return FALSE;
    }
  self->step = EASEL_READINESS_COMFY_UP;
  self->gpu_name = read_gpu_name (easel_json_peek_string (device, "name", ""));
  if (*self->gpu_name == '\0')
    g_clear_pointer (&self->gpu_name, g_free);
  self->vram_mib = (guint) MIN (bytes / BYTES_PER_MIB, (double) MAX_VRAM_MIB);
  return TRUE;
}

/* A good status. The page means waiting; any other page, or JSON of another shape, means that this
 * is not the server that was rented. */
static gboolean
judge_good_stats (EaselReadiness *self, const EaselHttpResponse *response)
{
  g_autofree char *lower = lower_head (response->body);
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GError) error = NULL;
  JsonObject *stats;
  JsonArray *devices;
  JsonObject *first;

  if (is_waiting_page (lower))
    {
      self->step = EASEL_READINESS_CONTAINER_UP;
      return FALSE;
    }
  if (looks_like_page (response, lower))
    {
      self->fault = EASEL_FAULT_FOREIGN_SERVER;
      set_details (self, g_strdup ("a web page in place of ComfyUI"));
      return FALSE;
    }
  root = easel_json_parse (response->body, EASEL_JSON_MAX_BYTES, &error);
  if (root == NULL)
    {
      /* A broken answer may be whole the next time. */
      set_details (self, g_strdup_printf ("/system_stats: %s", error->message));
      return FALSE;
    }
  stats = easel_json_node_object (root, "system_stats", NULL);
  if (stats == NULL || easel_json_peek_object (stats, "system") == NULL ||
      easel_json_peek_array (stats, "devices") == NULL)
    {
      self->fault = EASEL_FAULT_FOREIGN_SERVER;
      set_details (self, g_strdup ("/system_stats is JSON, but not ComfyUI’s"));
      return FALSE;
    }
  self->step = EASEL_READINESS_CONTAINER_UP;
  devices = easel_json_peek_array (stats, "devices");
  first = easel_json_element_object (devices, 0);
  if (first == NULL)
    {
      self->fault = EASEL_FAULT_NO_GPU;
      set_details (self, g_strdup ("no device"));
      return FALSE;
    }
  return judge_device (self, first);
}

/**
 * _easel_readiness_judge_stats:
 * @self: filled
 * @response: the answer of /system_stats, whatever its status
 *
 * Facts of the plugin's server 3.2, steps b to d.
 *
 * Returns: %TRUE if ComfyUI runs on a GPU, so that the next check makes sense
 */
gboolean
_easel_readiness_judge_stats (EaselReadiness *self, const EaselHttpResponse *response)
{
  guint status;

  g_return_val_if_fail (self != NULL && response != NULL, FALSE);

  self->step = EASEL_READINESS_UNREACHABLE;
  status = response->status;
  if (status == 200)
    return judge_good_stats (self, response);
  set_details (self, g_strdup_printf ("/system_stats: status %u", status));
  /* 404 is also what the provider's proxy says of a pod that is not there yet. */
  if (status < 500 && status != 404 && status != 408 && status != 425 && status != 429)
    self->fault = EASEL_FAULT_FOREIGN_SERVER;
  return FALSE;
}

/**
 * _easel_readiness_judge_stats_error:
 * @self: filled
 * @error: why there is no answer
 *
 * Refused, unknown, too slow: wait. A redirect or a flood is what ComfyUI never sends.
 */
void
_easel_readiness_judge_stats_error (EaselReadiness *self, const GError *error)
{
  guint status;

  g_return_if_fail (self != NULL && error != NULL);

  status = easel_error_get_status (error);
  self->step = EASEL_READINESS_UNREACHABLE;
  set_details (self, g_strdup_printf ("/system_stats: %s", error->message));
  if ((status >= 300 && status < 400) ||
      g_error_matches (error, EASEL_ERROR, EASEL_ERROR_TOO_LARGE))
    self->fault = EASEL_FAULT_FOREIGN_SERVER;
}

/**
 * _easel_readiness_text_is_status:
 * @text: the first text of the websocket
 *
 * Returns: whether it is ComfyUI's greeting
 */
gboolean
_easel_readiness_text_is_status (GBytes *text)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *message;

  g_return_val_if_fail (text != NULL, FALSE);

  root = easel_json_parse (text, EASEL_JSON_MAX_BYTES, NULL);
  message = root != NULL ? easel_json_node_object (root, "message", NULL) : NULL;
  return message != NULL && strcmp (easel_json_peek_string (message, "type", ""), "status") == 0;
}
