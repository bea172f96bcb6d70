/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every answer may come to every decoder: a value or an error, never a warning. */
#include "config.h"

#include "fuzz.h"

#include "easel-json.h"
#include "easel-runpod-decode.h"

#define PROXY "https://{pod}-{port}.proxy.runpod.net"

static void
decode_lists (JsonNode *root)
{
  g_autoptr (EaselPodList) list = g_new0 (EaselPodList, 1);
  g_autofree char *cursor = NULL;
  GPtrArray *offers;
  GPtrArray *templates;
  guint n_skipped = 0;

  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  (void) easel_runpod_decode_pod_page (root, PROXY, list, &cursor, NULL);
  offers = easel_runpod_decode_offers (root, EASEL_HOST_PRIVATE, &n_skipped, NULL);
  g_clear_pointer (&offers, g_ptr_array_unref);
  templates = easel_runpod_decode_templates (root, "public", NULL);
  g_clear_pointer (&templates, g_ptr_array_unref);
}

static void
decode_values (JsonNode *root)
{
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  EaselPod *pod = easel_runpod_decode_pod (root, PROXY, NULL);
  EaselTemplate *template = easel_runpod_decode_template (root, "public", NULL);

  g_clear_object (&pod);
  g_clear_object (&template);
  g_free (easel_runpod_decode_bill (root, "pod1", NULL));
  (void) easel_runpod_decode_myself (root, info, NULL);
}

static void
decode_log_line (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_utf8_make_valid ((const char *) data, size);
  g_autofree char *line = NULL;
  gboolean is_system;
  gint64 unix_ms;

  (void) easel_runpod_decode_log_line (text, &unix_ms, &is_system, &line);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (JsonNode) root = easel_json_parse (bytes, 0, NULL);

  decode_log_line (data, size);
  if (root == NULL)
    return 0;
  decode_lists (root);
  decode_values (root);
  return 0;
}
