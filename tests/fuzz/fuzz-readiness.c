/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whatever a stranger's machine answers on the server's port: a verdict, never a warning, and
 * nothing that is not UTF-8 on the screen. The first byte says with which status and type. */
#include "config.h"

#include "fuzz.h"

#include "easel-readiness-private.h"
#include "easel-server-needs-private.h"

static void
judge_stats (const EaselHttpResponse *response)
{
  g_autoptr (EaselReadiness) readiness = g_new0 (EaselReadiness, 1);

  (void) _easel_readiness_judge_stats (readiness, response);
  g_assert_cmpint (readiness->step, <=, EASEL_READINESS_READY);
  g_assert_true (readiness->gpu_name == NULL || g_utf8_validate (readiness->gpu_name, -1, NULL));
  g_assert_true (readiness->details == NULL || g_utf8_validate (readiness->details, -1, NULL));
}

static void
judge_activity (const EaselHttpResponse *response)
{
  EaselActivity activity = { 0 };

  (void) _easel_activity_read_queue (&activity, response, NULL);
  _easel_activity_read_history (&activity, response);
  g_assert_cmpint (activity.last_generated_unix_ms, >=, 0);
}

static void
judge_files (GBytes *body)
{
  g_autoptr (JsonNode) root = easel_json_parse (body, 0, NULL);
  g_auto (EaselServerFiles) files = { 0 };
  g_auto (GStrv) missing = NULL;

  if (root == NULL)
    return;
  for (guint i = 0; i < EASEL_N_FOLDERS; i++)
    {
      (void) _easel_server_files_take_names (&files, i, root);
      if (_easel_server_folder_has_base_models (i))
        (void) _easel_server_files_take_info (&files, i, root);
    }
  missing = _easel_server_files_missing (&files, EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const guint statuses[] = { 200, 404, 502, 200 };
  g_autoptr (GBytes) body = g_bytes_new (data + (size > 0), size > 0 ? size - 1 : 0);
  char json[] = "application/json";
  char html[] = "text/html";
  const guint head = size > 0 ? data[0] : 0;
  const EaselHttpResponse response = {
    .status = statuses[head % G_N_ELEMENTS (statuses)],
    .retry_after_ms = -1,
    .content_type = head % 8 < 4 ? json : html,
    .body = body,
  };

  judge_stats (&response);
  judge_activity (&response);
  (void) _easel_readiness_text_is_status (body);
  judge_files (body);
  return 0;
}
