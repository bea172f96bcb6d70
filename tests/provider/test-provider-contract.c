/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What every provider has to do, run against each one of the registry on the simulator. Nothing in
 * here knows a provider: a new one adds itself to the registry and to nothing else.
 */

#include "config.h"

#include "easel-boot-log.h"
#include "easel-error.h"
#include "easel-provider-registry.h"
#include "easel-readiness.h"
#include "easel-test-util.h"
#include "provider-calls.h"
#include "sim.h"

#include <string.h>

/* Cloud seconds in one second: a GPU that takes ten minutes is ready in one. */
#define SPEED 600
#define GOOD_KEY "practice-key"
#define MAX_PROVIDERS 8

typedef struct
{
  EaselSim *sim;           /* (owned) */
  EaselProvider *provider; /* (owned) */
  EaselSecret *key;        /* (owned) */
} Fixture;

/* What is tried behind the provider's own document: all but what breaks answers on purpose. */
static gboolean with_contract;
/* As in the registry; static strings. */
static const char *provider_ids[MAX_PROVIDERS];

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const guint index = GPOINTER_TO_UINT (data);
  g_autoptr (GPtrArray) providers = NULL;

  fixture->sim = with_contract ? easel_sim_start_with_contract (SPEED, provider_ids[index])
                               : easel_sim_start (SPEED);
  providers = easel_provider_registry_create (fixture->sim->http, fixture->sim->clock,
                                              fixture->sim->endpoints);
  fixture->provider = g_object_ref (g_ptr_array_index (providers, index));
  fixture->key = easel_secret_new (GOOD_KEY);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->provider);
  easel_secret_unref (fixture->key);
  easel_sim_stop (fixture->sim);
}

static void
test_info (Fixture *fixture, gconstpointer data)
{
  const EaselProviderInfo *info = easel_provider_get_info (fixture->provider);
  const char *uris[] = { info->sign_up_uri, info->funds_uri, info->keys_uri, info->console_uri };

  g_assert_cmpstr (info->id, !=, "");
  g_assert_cmpstr (info->name, !=, "");
  for (gsize i = 0; i < G_N_ELEMENTS (uris); i++)
    g_assert_true (g_str_has_prefix (uris[i], "https://"));
  g_assert_true (g_str_has_prefix (easel_provider_get_api_host (fixture->provider), "127.0.0.1:"));
  g_assert_nonnull (info->template_name);
  g_assert_cmpuint (info->min_top_up_dollars, >, 0);
}

static void
test_keys (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *key;
    int code;
  } cases[] = {
    { "practice-key", -1 }, { "practice-another", -1 },    { "readonly-key", -1 },
    { "poor-key", -1 },     { "wrong", EASEL_ERROR_AUTH }, { "with blank", EASEL_ERROR_BAD_KEY },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (EaselSecret) key = easel_secret_new (cases[i].key);
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselAccountInfo) info = easel_call_check_key (fixture->provider, key, &error);

      if (cases[i].code >= 0)
        {
          g_assert_error (error, EASEL_ERROR, cases[i].code);
          continue;
        }
      g_assert_no_error (error);
      g_assert_nonnull (info);
      if (g_str_has_prefix (cases[i].key, "poor"))
        g_assert_cmpint (info->balance, <=, 0);
    }
  easel_sim_count_requests (fixture->sim, "list");
}

static void
assert_offer (Fixture *fixture, EaselOffer *offer)
{
  const EaselOfferData *data = easel_offer_get (offer);

  g_assert_cmpstr (data->provider_id, ==, easel_provider_get_id (fixture->provider));
  g_assert_cmpstr (data->id, !=, "");
  g_assert_cmpstr (data->gpu_id, !=, "");
  g_assert_cmpstr (data->gpu_name, !=, "");
  g_assert_cmpint (data->gpu_price, >, 0);
  g_assert_cmpint (data->disk_price, >=, 0);
  g_assert_cmpuint (data->vram_mib, >=, 1024);
  g_assert_cmpint (data->encrypted, ==, easel_provider_get_info (fixture->provider)->encrypted);
  g_assert_cmpint (data->start_low_ms, <=, data->start_high_ms);
}

static void
test_offers (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) first =
      easel_call_list_offers (fixture->provider, fixture->key, EASEL_CUDA (13, 0), &error);
  g_autoptr (GPtrArray) second = NULL;
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);
  guint n_again = 0;

  g_assert_no_error (error);
  g_assert_cmpuint (first->len, >, 5);
  for (guint i = 0; i < first->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (first, i);

      assert_offer (fixture, offer);
      g_assert_true (g_hash_table_add (ids, (gpointer) easel_offer_get (offer)->id));
    }
  second = easel_call_list_offers (fixture->provider, fixture->key, EASEL_CUDA (13, 0), &error);
  g_assert_no_error (error);
  for (guint i = 0; i < second->len; i++)
    n_again += g_hash_table_contains (ids, easel_offer_get (g_ptr_array_index (second, i))->id);
  /* An offer keeps its name from one list to the next, so that a choice survives a refresh. */
  g_assert_cmpuint (n_again, >=, first->len / 2);
}

static void
test_templates (Fixture *fixture, gconstpointer data)
{
  const EaselProviderInfo *info = easel_provider_get_info (fixture->provider);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) found =
      easel_call_list_templates (fixture->provider, fixture->key, "krita", &error);
  g_autoptr (EaselTemplate) none = NULL;
  guint n_author = 0;

  g_assert_no_error (error);
  for (guint i = 0; i < found->len; i++)
    {
      const EaselTemplateData *one = easel_template_get (g_ptr_array_index (found, i));

      g_assert_cmpstr (one->provider_id, ==, info->id);
      n_author += g_strcmp0 (one->name, info->template_name) == 0;
    }
  g_assert_cmpuint (n_author, >=, 1);
  none = easel_call_get_template (fixture->provider, fixture->key, "doesnotexist", &error);
  g_assert_null (none);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
}

static EaselTemplate *
get_author_template (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  EaselTemplate *one =
      easel_call_get_template (fixture->provider, fixture->key,
                               easel_provider_get_info (fixture->provider)->template_id, &error);

  g_assert_no_error (error);
  g_assert_cmpint (easel_template_check (one), ==, EASEL_TEMPLATE_OK);
  g_assert_true (easel_template_is_krita (one));
  return one;
}

/* A launch of the first offer that is plentiful. */
static EaselLaunchSpec *
make_spec (Fixture *fixture)
{
  g_autoptr (EaselTemplate) template = get_author_template (fixture);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) offers =
      easel_call_list_offers (fixture->provider, fixture->key, EASEL_CUDA (13, 0), &error);

  g_assert_no_error (error);
  for (guint i = 0; i < offers->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (offers, i);
      const EaselOfferData *one = easel_offer_get (offer);

      if (one->stock >= EASEL_STOCK_MEDIUM && one->vram_mib >= 12 * 1024 &&
          (one->cuda_max == 0 || one->cuda_max >= EASEL_CUDA (13, 0)))
        return easel_call_make_spec (offer, template);
    }
  g_assert_not_reached ();
}

static EaselPod *
create (Fixture *fixture, EaselLaunchSpec *spec)
{
  g_autoptr (GError) error = NULL;
  EaselPod *pod = easel_call_create_pod (fixture->provider, fixture->key, spec, &error);

  g_assert_no_error (error);
  g_assert_nonnull (pod);
  return pod;
}

typedef gboolean (*PodCondition) (const EaselPodData *data);

static gboolean
is_up (const EaselPodData *data)
{
  return data->container_up && data->address != NULL;
}

static gboolean
is_stopped (const EaselPodData *data)
{
  return data->state == EASEL_POD_STOPPED;
}

/* Asks until it is so; a pod that never gets there fails the test. */
static EaselPod *
wait_for (Fixture *fixture, const char *pod_id, PodCondition condition)
{
  for (guint i = 0; i < 300; i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselPod) pod =
          easel_call_get_pod (fixture->provider, fixture->key, pod_id, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (easel_pod_get (pod)->id, ==, pod_id);
      if (condition (easel_pod_get (pod)))
        return g_steal_pointer (&pod);
      easel_test_pump_for (50);
    }
  g_assert_not_reached ();
}

static void
wait_ready (Fixture *fixture, const char *address)
{
  EaselReadinessStep reached = EASEL_READINESS_UNREACHABLE;

  for (guint i = 0; i < 300 && reached != EASEL_READINESS_READY; i++)
    {
      g_auto (EaselTestCatch) caught = { 0 };
      g_autoptr (EaselReadiness) result = NULL;

      easel_readiness_probe_async (fixture->sim->http, address, EASEL_WORKLOAD_DEFAULT, NULL,
                                   easel_test_catch, &caught);
      result = easel_readiness_probe_finish (easel_test_catch_wait (&caught), NULL);
      g_assert_cmpint (result->fault, ==, EASEL_FAULT_NONE);
      reached = result->step;
      easel_test_pump_for (50);
    }
  g_assert_cmpint (reached, ==, EASEL_READINESS_READY);
}

static gboolean
list_has (Fixture *fixture, const char *pod_id, guint *ret_n)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselPodList) list = easel_call_list_pods (fixture->provider, fixture->key, &error);
  gboolean found = FALSE;

  g_assert_no_error (error);
  g_assert_cmpuint (list->n_skipped, ==, 0);
  for (guint i = 0; i < list->pods->len; i++)
    found |= g_strcmp0 (easel_pod_get (g_ptr_array_index (list->pods, i))->id, pod_id) == 0;
  *ret_n = list->pods->len;
  return found;
}

typedef struct
{
  EaselBootLog *log;
  GCancellable *cancellable;
} LogWatch;

static void
on_line (gint64 unix_ms, gboolean is_system, const char *line, gpointer user_data)
{
  LogWatch *watch = user_data;

  easel_boot_log_feed (watch->log, is_system, line);
  if (easel_boot_log_get_phase (watch->log) == EASEL_BOOT_LISTENING)
    g_cancellable_cancel (watch->cancellable);
}

static void
follow_log (Fixture *fixture, const char *pod_id)
{
  g_autoptr (EaselBootLog) log = easel_boot_log_new ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  LogWatch watch = { log, cancellable };
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  easel_provider_stream_logs_async (fixture->provider, fixture->key, pod_id, on_line, &watch,
                                    cancellable, easel_test_catch, &caught);
  easel_provider_stream_logs_finish (fixture->provider, easel_test_catch_wait (&caught), &error);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (easel_boot_log_get_files (log)->len, >, 5);
  g_assert_cmpuint (easel_boot_log_get_bytes_done (log), >, 1000000);
  g_assert_null (easel_boot_log_get_machine_fault (log));
}

static void
delete_and_check (Fixture *fixture, const char *pod_id)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselPod) gone = NULL;
  guint n;

  g_assert_true (easel_call_delete_pod (fixture->provider, fixture->key, pod_id, &error));
  g_assert_no_error (error);
  gone = easel_call_get_pod (fixture->provider, fixture->key, pod_id, &error);
  g_assert_null (gone);
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (easel_call_delete_pod (fixture->provider, fixture->key, pod_id, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_assert_false (list_has (fixture, pod_id, &n));
  g_assert_cmpuint (easel_sim_count_billed (fixture->sim), ==, 0);
}

/* From nothing to a server that Krita would take, a pause, and back to nothing. */
static void
test_life (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  const EaselProviderInfo *info = easel_provider_get_info (fixture->provider);
  g_autofree char *id = NULL;
  g_autoptr (EaselPod) created = NULL;
  g_autoptr (EaselPod) up = NULL;
  g_autofree EaselBill *bill = NULL;
  g_autoptr (GError) error = NULL;
  guint n;

  g_assert_false (list_has (fixture, "none", &n));
  g_assert_cmpuint (n, ==, 0);
  created = create (fixture, spec);
  id = g_strdup (easel_pod_get (created)->id);
  g_assert_cmpstr (easel_pod_get (created)->name, ==, spec->name);
  g_assert_cmpstr (easel_pod_get (created)->provider_id, ==, info->id);
  g_assert_true (list_has (fixture, id, &n));
  g_assert_cmpuint (n, ==, 1);
  g_assert_cmpuint (easel_sim_count_billed (fixture->sim), ==, 1);

  up = wait_for (fixture, id, is_up);
  g_assert_cmpint (easel_pod_get (up)->state, ==, EASEL_POD_RUNNING);
  g_assert_cmpint (easel_pod_get (up)->cost, >, 0);
  g_assert_cmpuint (easel_pod_get (up)->gpu_count, ==, 1);
  g_assert_cmpuint (easel_pod_get (up)->workspace_gb, ==, spec->workspace_gb);
  g_assert_false (g_str_has_suffix (easel_pod_get (up)->address, "/"));
  wait_ready (fixture, easel_pod_get (up)->address);
  if (info->has_logs)
    follow_log (fixture, id);

  if (info->has_pause)
    {
      g_autoptr (EaselPod) stopped = NULL;

      g_assert_true (easel_call_act_on_pod (fixture->provider, fixture->key, id,
                                            EASEL_POD_ACTION_STOP, &error));
      stopped = wait_for (fixture, id, is_stopped);
      g_assert_cmpint (easel_pod_get (stopped)->stopped_cost, >, 0);
      g_assert_true (easel_call_act_on_pod (fixture->provider, fixture->key, id,
                                            EASEL_POD_ACTION_START, &error));
      g_assert_no_error (error);
    }
  bill = easel_call_get_bill (fixture->provider, fixture->key, id, &error);
  g_assert_no_error (error);
  g_assert_cmpint (bill->total, >=, 0);
  delete_and_check (fixture, id);
  g_assert_cmpint (easel_sim_count_requests (fixture->sim, "create"), ==, 1);
}

static void
assert_create_fails (Fixture *fixture, const char *key_text, EaselLaunchSpec *spec, EaselError code)
{
  g_autoptr (EaselSecret) key = easel_secret_new (key_text);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselPod) pod = easel_call_create_pod (fixture->provider, key, spec, &error);

  g_assert_null (pod);
  g_assert_error (error, EASEL_ERROR, (int) code);
  g_assert_false (easel_error_leaves_fate_unknown (error));
  g_assert_nonnull (easel_error_get_details (error));
  g_assert_cmpuint (easel_sim_count_billed (fixture->sim), ==, 0);
}

static void
test_create_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);

  assert_create_fails (fixture, "readonly-key", spec, EASEL_ERROR_PERMISSION);
  assert_create_fails (fixture, "poor-key", spec, EASEL_ERROR_QUOTA);
  assert_create_fails (fixture, "wrong", spec, EASEL_ERROR_AUTH);
  easel_sim_tell (fixture->sim, "POST", "stock", "{\"gpu\":\"all\",\"availability\":\"NONE\"}");
  assert_create_fails (fixture, GOOD_KEY, spec, EASEL_ERROR_NO_OFFER);
}

static void
test_unknown_pods (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree EaselBill *bill = NULL;

  g_assert_null (easel_call_get_pod (fixture->provider, fixture->key, "none", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (easel_call_delete_pod (fixture->provider, fixture->key, "none", &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (easel_call_act_on_pod (fixture->provider, fixture->key, "none",
                                         EASEL_POD_ACTION_STOP, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND);
  g_clear_error (&error);
  bill = easel_call_get_bill (fixture->provider, fixture->key, "none", &error);
  g_assert_true (bill == NULL || bill->total == 0);
}

typedef enum
{
  OPERATION_CHECK_KEY,
  OPERATION_OFFERS,
  OPERATION_TEMPLATES,
  OPERATION_CREATE,
  OPERATION_GET,
  OPERATION_LIST,
  OPERATION_STOP,
  OPERATION_BILL,
  OPERATION_DELETE,
  N_OPERATIONS
} Operation;

static gboolean
run (Fixture *fixture,
     Operation operation,
     EaselLaunchSpec *spec,
     const char *pod_id,
     GError **error)
{
  EaselProvider *provider = fixture->provider;
  EaselSecret *key = fixture->key;
  g_autoptr (EaselAccountInfo) info = NULL;
  g_autoptr (GPtrArray) array = NULL;
  g_autoptr (EaselPod) pod = NULL;
  g_autoptr (EaselPodList) list = NULL;
  g_autofree EaselBill *bill = NULL;

  switch (operation)
    {
    case OPERATION_CHECK_KEY:
      return (info = easel_call_check_key (provider, key, error)) != NULL;
    case OPERATION_OFFERS:
      return (array = easel_call_list_offers (provider, key, 0, error)) != NULL;
    case OPERATION_TEMPLATES:
      return (array = easel_call_list_templates (provider, key, "krita", error)) != NULL;
    case OPERATION_CREATE:
      return (pod = easel_call_create_pod (provider, key, spec, error)) != NULL;
    case OPERATION_GET:
      return (pod = easel_call_get_pod (provider, key, pod_id, error)) != NULL;
    case OPERATION_LIST:
      return (list = easel_call_list_pods (provider, key, error)) != NULL;
    case OPERATION_STOP:
      return easel_call_act_on_pod (provider, key, pod_id, EASEL_POD_ACTION_STOP, error);
    case OPERATION_BILL:
      return (bill = easel_call_get_bill (provider, key, pod_id, error)) != NULL;
    case OPERATION_DELETE:
      return easel_call_delete_pod (provider, key, pod_id, error);
    case N_OPERATIONS:
    default:
      g_assert_not_reached ();
    }
}

/* All but those that take a whole deadline of real time; the scripted server covers these. */
static const char *const outcomes[] = {
  "truncated",
  "html200",
  "huge",
  "wrong_types",
  "400capacity",
  "400",
  "401",
  "402",
  "403",
  "403edge",
  "404",
  "409",
  "410",
  "422",
  "429",
  "429retry",
  "500effect",
  "500",
  "502",
  "503",
  "524",
  "reset",
  "reset_noeffect",
  "empty_list",
};

/* Nobody has taken a GPU away from somebody who only looks. */
static gboolean
makes_sense (Operation operation, const GError *error)
{
  if (operation != OPERATION_OFFERS && operation != OPERATION_LIST && operation != OPERATION_GET &&
      operation != OPERATION_DELETE)
    return TRUE;
  if (operation != OPERATION_GET && operation != OPERATION_DELETE &&
      error->code == EASEL_ERROR_NOT_FOUND)
    return FALSE;
  return error->code != EASEL_ERROR_NO_OFFER && error->code != EASEL_ERROR_HOST_FULL;
}

/* Every operation under every outcome ends in success or in an error of ours, and whatever happens
 * a create leaves once. */
static void
test_fault_matrix (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  guint n_cells = 0;
  guint n_failed = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (outcomes); i++)
    {
      g_autoptr (EaselPod) pod = NULL;
      g_autofree char *fault =
          g_strdup_printf ("{\"route\":\"any\",\"outcome\":\"%s\",\"times\":-1}", outcomes[i]);

      easel_sim_tell (fixture->sim, "POST", "stock", "{\"gpu\":\"all\",\"availability\":\"HIGH\"}");
      /* What the rows before have left running costs money, fast. */
      easel_sim_tell (fixture->sim, "POST", "account", "{\"balance\":1000}");
      pod = create (fixture, spec);
      for (Operation operation = 0; operation < N_OPERATIONS; operation++)
        {
          g_autoptr (GError) error = NULL;
          gboolean good;

          g_free (spec->name);
          spec->name = easel_pod_name_new ();
          easel_sim_tell (fixture->sim, "DELETE", "requests", NULL);
          easel_sim_tell (fixture->sim, "POST", "faults", fault);
          good = run (fixture, operation, spec, easel_pod_get (pod)->id, &error);
          g_test_message ("%s × %u: %s", outcomes[i], operation, good ? "good" : error->message);
          g_assert_cmpint (good, ==, error == NULL);
          g_assert_true (error == NULL || error->domain == EASEL_ERROR);
          g_assert_true (good || makes_sense (operation, error));
          easel_sim_tell (fixture->sim, "DELETE", "faults", NULL);
          g_assert_cmpint (easel_sim_count_requests (fixture->sim, "create"), ==,
                           operation == OPERATION_CREATE ? 1 : 0);
          n_failed += !good;
          n_cells++;
        }
    }
  g_test_message ("%u cells, %u of them errors", n_cells, n_failed);
  g_assert_cmpuint (n_cells, ==, G_N_ELEMENTS (outcomes) * N_OPERATIONS);
  g_assert_cmpuint (n_failed, >, n_cells / 2);
}

/* Cancelled while the provider is silent. */
static void
test_silence_can_be_cancelled (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = make_spec (fixture);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) listed = { 0 };
  g_auto (EaselTestCatch) created = { 0 };
  g_autoptr (GError) error = NULL;

  easel_sim_tell (fixture->sim, "POST", "faults",
                  "{\"route\":\"any\",\"outcome\":\"timeout\",\"times\":-1}");
  easel_provider_list_pods_async (fixture->provider, fixture->key, cancellable, easel_test_catch,
                                  &listed);
  easel_provider_create_pod_async (fixture->provider, fixture->key, spec, cancellable,
                                   easel_test_catch, &created);
  easel_test_pump_for (200);
  g_assert_cmpuint (listed.n_calls + created.n_calls, ==, 0);
  g_cancellable_cancel (cancellable);
  g_assert_null (
      easel_provider_list_pods_finish (fixture->provider, easel_test_catch_wait (&listed), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (easel_provider_create_pod_finish (fixture->provider,
                                                   easel_test_catch_wait (&created), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A key typed with anything in it goes out as a header or not at all. */
static void
test_odd_keys (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_key = g_strnfill (10000, 'k');
  const char *const keys[] = { "a\nb: c", "a\r\n\r\nGET / HTTP/1.1", "ü🎨", "", long_key };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr (EaselSecret) key = easel_secret_new (keys[i]);
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselAccountInfo) info = easel_call_check_key (fixture->provider, key, &error);

      g_assert_null (info);
      g_assert_nonnull (error);
      g_assert_true (error->domain == EASEL_ERROR);
    }
}

static void
add_for (const char *id, guint index)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
    gboolean breaks_answers;
  } cases[] = {
    { "info", test_info },
    { "keys", test_keys },
    { "odd-keys", test_odd_keys },
    { "offers", test_offers },
    { "templates", test_templates },
    { "life", test_life },
    { "create-is-refused", test_create_is_refused },
    { "unknown-pods", test_unknown_pods },
    { "fault-matrix", test_fault_matrix, TRUE },
    { "silence-can-be-cancelled", test_silence_can_be_cancelled, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/provider-contract/%s/%s", id, cases[i].name);

      if (with_contract && cases[i].breaks_answers)
        continue;
      g_test_add (path, Fixture, GUINT_TO_POINTER (index), set_up, cases[i].func, tear_down);
    }
}

int
main (int argc, char *argv[])
{
  g_autoptr (EaselClock) clock = easel_manual_clock_new (0);
  g_autoptr (EaselHttp) http = easel_http_new (clock, NULL);
  EaselEndpoints *endpoints = easel_endpoints_new_default ();
  g_autoptr (GPtrArray) providers = easel_provider_registry_create (http, clock, endpoints);

  g_test_init (&argc, &argv, NULL);
  with_contract = g_getenv ("EASEL_SHARED") != NULL;
  if (with_contract && !easel_sim_has_contract ())
    {
      g_print ("1..0 # SKIP the provider's document is not at hand\n");
      easel_endpoints_free (endpoints);
      return 0;
    }
  g_assert_cmpuint (providers->len, <=, MAX_PROVIDERS);
  for (guint i = 0; i < providers->len; i++)
    {
      provider_ids[i] = easel_provider_get_id (g_ptr_array_index (providers, i));
      add_for (provider_ids[i], i);
    }
  easel_endpoints_free (endpoints);
  return g_test_run ();
}
