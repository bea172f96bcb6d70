/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every fixture of vast.ai, broken in every way. A decoder answers with an error or with a valid
 * value; a GLib critical ends the test.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-vast-decode.h"
#include "easel-vast-judge.h"
#include "fixture.h"
#include "mutations.h"

/* All decoders see all fixtures: also what was meant for another one. */
typedef struct
{
  EaselVastMemory *memory;
  guint n_decoded;
  guint n_refused;
} Counts;

static void
check_text (const char *text)
{
  g_assert_true (text == NULL || g_utf8_validate (text, -1, NULL));
}

static void
check_pod (EaselPod *pod)
{
  const EaselPodData *data = easel_pod_get (pod);

  g_assert_true (easel_vast_id_is_usable (data->id));
  g_assert_nonnull (data->name);
  g_assert_nonnull (data->state_word);
  g_assert_nonnull (data->image);
  g_assert_nonnull (data->gpu_name);
  check_text (data->name);
  check_text (data->state_word);
  check_text (data->place);
  if (data->address != NULL)
    {
      g_autoptr (GUri) uri = g_uri_parse (data->address, G_URI_FLAGS_NONE, NULL);

      g_assert_nonnull (uri);
      g_assert_cmpstr (g_uri_get_scheme (uri), ==, "http");
      g_assert_cmpstr (g_uri_get_path (uri), ==, "");
      g_assert_cmpint (g_uri_get_port (uri), >, 0);
      g_assert_true (data->container_up);
    }
  g_assert_cmpint (data->state, >=, 0);
  g_assert_cmpint (data->state, <, EASEL_N_POD_STATES);
  g_assert_cmpuint (data->gpu_count, <=, 1024);
  g_assert_cmpuint (data->disk_gb + data->workspace_gb, <=, 1000000);
  g_assert_true (data->cost == EASEL_MONEY_UNKNOWN ||
                 (data->cost >= 0 && data->cost <= EASEL_MONEY_MAX));
  g_assert_cmpint (data->stopped_cost, >=, 0);
  g_assert_cmpint (data->uptime_ms, >=, 0);
}

static void
check_offer (EaselOffer *offer)
{
  const EaselOfferData *data = easel_offer_get (offer);

  g_assert_cmpint (data->gpu_price, >, 0);
  g_assert_cmpint (data->gpu_price, <=, EASEL_MONEY_MAX);
  g_assert_cmpint (data->disk_price, >=, 0);
  g_assert_cmpint (data->traffic_price, >=, 0);
  g_assert_cmpuint (data->vram_mib, >, 0);
  g_assert_cmpint (data->reliability_ppm, <=, 1000000);
  g_assert_cmpint (data->start_low_ms, <=, data->start_high_ms);
  g_assert_true (easel_vast_id_is_usable (data->id));
  check_text (data->gpu_name);
  check_text (data->places[0]);
}

static void
note (Counts *counts, gboolean decoded, GError *error)
{
  if (decoded)
    {
      g_assert_no_error (error);
      counts->n_decoded++;
    }
  else
    {
      g_assert_nonnull (error);
      g_assert_true (error->domain == EASEL_ERROR);
      g_assert_true (error->code == EASEL_ERROR_PROTOCOL || error->code == EASEL_ERROR_NOT_FOUND);
      counts->n_refused++;
    }
  g_clear_error (&error);
}

static void
decode_pods (JsonNode *root, Counts *counts)
{
  GError *error = NULL;
  g_autoptr (EaselPod) pod = easel_vast_decode_pod_answer (root, counts->memory, &error);
  g_autoptr (EaselPodList) list = g_new0 (EaselPodList, 1);
  g_autofree char *token = NULL;
  g_autofree char *contract = easel_vast_decode_contract (root);
  gboolean is_page;

  if (pod != NULL)
    check_pod (pod);
  note (counts, pod != NULL, g_steal_pointer (&error));
  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  is_page = easel_vast_decode_pod_page (root, NULL, list, &token, &error);
  for (guint i = 0; i < list->pods->len; i++)
    check_pod (g_ptr_array_index (list->pods, i));
  note (counts, is_page, g_steal_pointer (&error));
  g_assert_true (contract == NULL || easel_vast_id_is_usable (contract));
}

static void
decode_market (JsonNode *root, Counts *counts)
{
  EaselVastSearch search = { .need_cuda = EASEL_CUDA (12, 8), .disk_gb = 70 };
  g_autoptr (EaselVastOfferPages) pages = easel_vast_offer_pages_new ();
  g_autoptr (GPtrArray) templates = NULL;
  g_autoptr (EaselTemplate) newest = NULL;
  GError *error = NULL;
  gboolean is_page = easel_vast_decode_offer_page (root, &search, pages, &error);

  for (guint i = 0; i < pages->offers->len; i++)
    check_offer (g_ptr_array_index (pages->offers, i));
  note (counts, is_page, g_steal_pointer (&error));
  templates = easel_vast_decode_templates (root, 123456, NULL, &error);
  for (guint i = 0; templates != NULL && i < templates->len; i++)
    easel_template_check (g_ptr_array_index (templates, i));
  note (counts, templates != NULL, g_steal_pointer (&error));
  newest = easel_vast_decode_newest_template (root, EASEL_VAST_AUTHOR_ID, NULL, NULL);
}

static void
decode_rest (JsonNode *root, Counts *counts)
{
  GError *error = NULL;
  EaselBill bill = { 0 };
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  g_autofree char *token = NULL;
  g_autofree char *uri = NULL;
  gint64 rate = 0;
  gboolean told;

  told = easel_vast_decode_charges (root, "27181828", &bill, &token, &error);
  note (counts, told, g_steal_pointer (&error));
  told = easel_vast_decode_account (root, info, &error);
  check_text (info->email);
  note (counts, told, g_steal_pointer (&error));
  told = easel_vast_decode_spend_rate (root, &rate, &error);
  g_assert_cmpint (rate, >=, 0);
  note (counts, told, g_steal_pointer (&error));
  uri = easel_vast_decode_log_uri (root, &error);
  check_text (uri);
  note (counts, uri != NULL, g_steal_pointer (&error));
}

static void
judge_text (const char *text, gsize length, gpointer user_data)
{
  static const guint statuses[] = { 400, 401, 403, 404, 410, 429, 500 };

  for (gsize i = 0; i < G_N_ELEMENTS (statuses); i++)
    {
      g_autoptr (GBytes) body = g_bytes_new_static (text, length);
      EaselHttpResponse response = {
        .status = statuses[i],
        .content_type = (char *) "application/json",
        .retry_after_ms = -1,
        .body = body,
      };
      g_autoptr (GError) error = easel_vast_judge (&response);

      g_assert_nonnull (error);
      check_text (easel_error_get_details (error));
    }
}

static void
judge_root (JsonNode *root)
{
  g_autoptr (GError) refusal = easel_vast_judge_answer (root, 200);
  g_autofree char *text = easel_json_to_text (root);

  if (refusal != NULL)
    check_text (easel_error_get_details (refusal));
  judge_text (text, strlen (text), NULL);
}

static void
on_mutation (JsonNode *root, gpointer user_data)
{
  Counts *counts = user_data;

  decode_pods (root, counts);
  decode_market (root, counts);
  decode_rest (root, counts);
  /* Of a large fixture the first members are as good as all. */
  if (counts->n_decoded % 16 == 0)
    judge_root (root);
}

static void
test_truncations (void)
{
  guint n = easel_mutations_each_truncation ("vast", judge_text, NULL);

  g_test_message ("%u truncations", n);
  g_assert_cmpuint (n, >, 10000);
}

static void
test_members (void)
{
  g_autoptr (EaselClock) clock = easel_manual_clock_new (0);
  g_autoptr (EaselVastMemory) memory = easel_vast_memory_new (clock);
  Counts counts = { .memory = memory };
  guint n = easel_mutations_each_member ("vast", on_mutation, &counts);

  g_test_message ("%u mutations, %u values, %u refusals", n, counts.n_decoded, counts.n_refused);
  g_assert_cmpuint (n, >, 5000);
  g_assert_cmpuint (counts.n_decoded, >, 1000);
  g_assert_cmpuint (counts.n_refused, >, 1000);
}

/* A member that the program does not know must not disturb it. */
static void
test_unknown_members (void)
{
  g_auto (GStrv) names = easel_fixture_names ("vast");

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (JsonNode) plain = easel_fixture_load ("vast", names[i]);
      g_autoptr (JsonNode) more = easel_fixture_load ("vast", names[i]);
      Counts before = { 0 };
      Counts after = { 0 };

      json_object_set_string_member (json_node_get_object (more), "added_in_2027", "x");
      on_mutation (plain, &before);
      on_mutation (more, &after);
      g_assert_cmpuint (before.n_decoded, ==, after.n_decoded);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/vast-mutations/truncations", test_truncations);
  g_test_add_func ("/vast-mutations/members", test_members);
  g_test_add_func ("/vast-mutations/unknown-members", test_unknown_members);

  return g_test_run ();
}
