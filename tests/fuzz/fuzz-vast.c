/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every answer may come to every decoder: a value or an error, never a warning. What is no JSON is
 * a complaint, or a log. */
#include "config.h"

#include "fuzz.h"

#include "easel-error.h"
#include "easel-vast-decode.h"
#include "easel-vast-judge.h"
#include "easel-vast-log-tail.h"
#include "easel-vast-places.h"

static void
on_line (const char *line, gpointer user_data)
{
  g_assert_true (g_utf8_validate (line, -1, NULL));
}

/* Two states of a log, as it grows. */
static void
read_log (GBytes *bytes)
{
  g_autoptr (EaselVastLogTail) tail = easel_vast_log_tail_new ();
  g_autoptr (GBytes) half = g_bytes_new_from_bytes (bytes, 0, g_bytes_get_size (bytes) / 2);

  easel_vast_log_tail_feed (tail, half, on_line, NULL);
  easel_vast_log_tail_feed (tail, bytes, on_line, NULL);
}

static void
judge (GBytes *bytes, JsonNode *root)
{
  EaselHttpResponse response = { .status = 400, .retry_after_ms = -1, .body = bytes };
  g_autoptr (GError) error = easel_vast_judge_create (&response, root);
  g_autoptr (GError) refusal = easel_vast_judge_answer (root, 200);

  g_assert_nonnull (error);
  g_assert_true (refusal == NULL || refusal->domain == EASEL_ERROR);
}

static void
decode_lists (JsonNode *root)
{
  EaselVastSearch search = { .need_cuda = EASEL_CUDA (12, 8), .disk_gb = 70 };
  g_autoptr (EaselPodList) list = g_new0 (EaselPodList, 1);
  g_autoptr (EaselVastOfferPages) pages = easel_vast_offer_pages_new ();
  g_autofree char *token = NULL;
  GPtrArray *templates;
  EaselTemplate *newest;

  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  (void) easel_vast_decode_pod_page (root, NULL, list, &token, NULL);
  (void) easel_vast_decode_offer_page (root, &search, pages, NULL);
  templates = easel_vast_decode_templates (root, 1, NULL, NULL);
  g_clear_pointer (&templates, g_ptr_array_unref);
  newest = easel_vast_decode_newest_template (root, EASEL_VAST_AUTHOR_ID, NULL, NULL);
  g_clear_object (&newest);
}

static void
decode_values (JsonNode *root)
{
  g_autoptr (EaselClock) clock = easel_manual_clock_new (0);
  g_autoptr (EaselVastMemory) memory = easel_vast_memory_new (clock);
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  g_autofree char *token = NULL;
  EaselPod *pod = easel_vast_decode_pod_answer (root, memory, NULL);
  EaselBill bill = { 0 };
  gint64 rate;

  g_clear_object (&pod);
  pod = easel_vast_decode_pod (root, memory, NULL);
  g_clear_object (&pod);
  (void) easel_vast_decode_account (root, info, NULL);
  (void) easel_vast_decode_spend_rate (root, &rate, NULL);
  (void) easel_vast_decode_charges (root, "27181828", &bill, &token, NULL);
  g_free (easel_vast_decode_contract (root));
  g_free (easel_vast_decode_log_uri (root, NULL));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autofree char *text = g_utf8_make_valid ((const char *) data, size);
  g_autoptr (JsonNode) root = easel_json_parse (bytes, 0, NULL);

  g_free (easel_vast_place_name (text, NULL));
  read_log (bytes);
  judge (bytes, root);
  if (root == NULL)
    return 0;
  decode_lists (root);
  decode_values (root);
  return 0;
}
