/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Every fixture, broken in every way: cut off at each byte, and each member at whatever depth
 * dropped or replaced by something of another kind. A decoder answers with an error or with a
 * valid value; a GLib critical ends the test.
 */

#include "config.h"

#include "easel-error.h"
#include "easel-runpod-decode.h"
#include "easel-runpod-judge.h"
#include "fixture.h"
#include "mutations.h"

#define PATTERN "https://{pod}-{port}.proxy.runpod.net"

/* All decoders see all fixtures: also what was meant for another one. */
typedef struct
{
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

  g_assert_true (easel_runpod_id_is_usable (data->id));
  g_assert_nonnull (data->name);
  g_assert_nonnull (data->state_word);
  g_assert_nonnull (data->image);
  g_assert_nonnull (data->gpu_name);
  check_text (data->name);
  check_text (data->address);
  g_assert_cmpint (data->state, >=, 0);
  g_assert_cmpint (data->state, <, EASEL_N_POD_STATES);
  g_assert_cmpuint (data->gpu_count, <=, 1024);
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
  g_assert_cmpuint (data->vram_mib, >, 0);
  g_assert_true (g_str_has_prefix (data->id, "runpod/"));
  check_text (data->gpu_name);
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
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
      counts->n_refused++;
    }
  g_clear_error (&error);
}

static void
decode_pods (JsonNode *root, Counts *counts)
{
  GError *error = NULL;
  g_autoptr (EaselPod) pod = easel_runpod_decode_pod (root, PATTERN, &error);
  g_autoptr (EaselPodList) list = g_new0 (EaselPodList, 1);
  g_autofree char *cursor = NULL;
  gboolean is_page;

  if (pod != NULL)
    check_pod (pod);
  note (counts, pod != NULL, g_steal_pointer (&error));
  list->pods = g_ptr_array_new_with_free_func (g_object_unref);
  is_page = easel_runpod_decode_pod_page (root, PATTERN, list, &cursor, &error);
  for (guint i = 0; i < list->pods->len; i++)
    check_pod (g_ptr_array_index (list->pods, i));
  note (counts, is_page, g_steal_pointer (&error));
}

static void
decode_catalog (JsonNode *root, Counts *counts)
{
  GError *error = NULL;
  guint n_skipped;
  g_autoptr (GPtrArray) offers =
      easel_runpod_decode_offers (root, EASEL_HOST_DATA_CENTER, &n_skipped, &error);
  g_autoptr (EaselTemplate) one = NULL;
  g_autoptr (GPtrArray) templates = NULL;

  for (guint i = 0; offers != NULL && i < offers->len; i++)
    check_offer (g_ptr_array_index (offers, i));
  note (counts, offers != NULL, g_steal_pointer (&error));
  one = easel_runpod_decode_template (root, NULL, &error);
  if (one != NULL)
    easel_template_check (one);
  note (counts, one != NULL, g_steal_pointer (&error));
  templates = easel_runpod_decode_templates (root, "community", &error);
  note (counts, templates != NULL, g_steal_pointer (&error));
}

static void
decode_rest (JsonNode *root, Counts *counts)
{
  GError *error = NULL;
  g_autofree EaselBill *bill = easel_runpod_decode_bill (root, "7h9k2m4n6p", &error);
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  gboolean told;

  if (bill != NULL)
    g_assert_cmpint (bill->total, >=, 0);
  note (counts, bill != NULL, g_steal_pointer (&error));
  told = easel_runpod_decode_myself (root, info, &error);
  check_text (info->email);
  note (counts, told, g_steal_pointer (&error));
}

static void
decode_text (const char *text, Counts *counts)
{
  g_autofree char *line = NULL;
  gint64 at;
  gboolean is_system;

  easel_runpod_decode_log_line (text, &at, &is_system, &line);
}

static void
judge_text (const char *text, gsize length)
{
  for (guint status = 400; status < 430; status++)
    {
      EaselHttpResponse response = {
        .status = status,
        .content_type = (char *) "application/problem+json",
        .retry_after_ms = -1,
      };
      g_autoptr (GBytes) body = g_bytes_new_static (text, length);
      g_autoptr (GError) error = NULL;

      response.body = body;
      error = easel_runpod_judge_create (&response);
      g_assert_nonnull (error);
      check_text (easel_error_get_details (error));
    }
}

static void
decode_everything (JsonNode *root, Counts *counts)
{
  g_autofree char *text = easel_json_to_text (root);

  decode_pods (root, counts);
  decode_catalog (root, counts);
  decode_rest (root, counts);
  decode_text (text, counts);
}

static void
on_truncation (const char *text, gsize length, gpointer user_data)
{
  judge_text (text, length);
}

static void
test_truncations (void)
{
  guint n = easel_mutations_each_truncation ("runpod", on_truncation, NULL);

  g_test_message ("%u truncations", n);
  g_assert_cmpuint (n, >, 10000);
}

static void
on_mutation (JsonNode *root, gpointer user_data)
{
  decode_everything (root, user_data);
}

static void
test_members (void)
{
  Counts counts = { 0 };
  guint n = easel_mutations_each_member ("runpod", on_mutation, &counts);

  g_test_message ("%u mutations, %u values, %u refusals", n, counts.n_decoded, counts.n_refused);
  g_assert_cmpuint (n, >, 5000);
  g_assert_cmpuint (counts.n_decoded, >, 1000);
  g_assert_cmpuint (counts.n_refused, >, 1000);
}

/* A member that the program does not know must not disturb it. */
static void
test_unknown_members (void)
{
  g_auto (GStrv) names = easel_fixture_names ("runpod");

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autoptr (JsonNode) plain = easel_fixture_load ("runpod", names[i]);
      g_autoptr (JsonNode) more = easel_fixture_load ("runpod", names[i]);
      Counts before = { 0 };
      Counts after = { 0 };

      json_object_set_string_member (json_node_get_object (more), "addedIn2027", "x");
      decode_everything (plain, &before);
      decode_everything (more, &after);
      g_assert_cmpuint (before.n_decoded, ==, after.n_decoded);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/runpod-mutations/truncations", test_truncations);
  g_test_add_func ("/runpod-mutations/members", test_members);
  g_test_add_func ("/runpod-mutations/unknown-members", test_unknown_members);

  return g_test_run ();
}
