/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Offers of several providers over time, the choice among them, the template and the public tags.
 */
#define G_SETTINGS_ENABLE_BACKEND
#include "config.h"

#include "easel-catalog-private.h"

#include "easel-account-private.h"
#include "easel-stock-watch.h"
#include "easel-plan-private.h"
#include "easel-test-server.h"
#include "easel-test-util.h"
#include "stub-provider.h"
#include "stub-store.h"

#include <gio/gsettingsbackend.h>
#include <string.h>

#define NOW G_GINT64_CONSTANT (1795000000000)
#define MINUTE G_GINT64_CONSTANT (60000)
#define GOOD "practice-key"
#define IMAGE EASEL_IMAGE_REPOSITORY ":v1.52.0"
#define TAGS_PATH "/hub/v2/repositories/aclysia/sd-comfyui-krita/tags"

typedef struct
{
  EaselClock *clock;
  EaselHttp *http;
  GSettings *settings;
  StubStore *store;
  StubProvider *runpod;
  StubProvider *vast;
  GPtrArray *accounts;
  EaselPlan *plan;
  EaselHistory *history;
  EaselCatalog *catalog;
  char *folder;
  char *tags_uri;
  guint n_changed;
  guint n_states;
  guint n_items_changed;
} Fixture;

static void
count (guint *n)
{
  (*n)++;
}

static void
create_catalog (Fixture *self)
{
  self->catalog = _easel_catalog_new (self->http, self->clock, self->accounts, self->plan,
                                      self->history, self->tags_uri);
  g_signal_connect_swapped (self->catalog, "changed", G_CALLBACK (count), &self->n_changed);
  g_signal_connect_swapped (self->catalog, "notify::state", G_CALLBACK (count), &self->n_states);
  g_signal_connect_swapped (easel_catalog_get_offers (self->catalog), "items-changed",
                            G_CALLBACK (count), &self->n_items_changed);
}

static void
add_account (Fixture *self, StubProvider *provider)
{
  g_ptr_array_add (self->accounts,
                   _easel_account_new (EASEL_PROVIDER (provider), EASEL_SECRET_STORE (self->store),
                                       self->clock, "salt"));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autoptr (GSettingsBackend) backend = g_memory_settings_backend_new ();

  self->folder = easel_test_make_folder ();
  self->clock = easel_manual_clock_new (NOW);
  self->http = easel_http_new (self->clock, NULL);
  self->settings = g_settings_new_with_backend ("io.github.cloudeasel.CloudEasel", backend);
  self->store = stub_store_new ();
  self->runpod = stub_provider_new (stub_provider_runpod_info (), self->clock);
  self->vast = stub_provider_new (stub_provider_vast_info (), self->clock);
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
  add_account (self, self->runpod);
  add_account (self, self->vast);
  self->plan = easel_plan_new (self->settings);
  self->history = easel_history_new (self->folder, self->clock);
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 220000));
  stub_provider_add_offer (self->runpod, stub_offer ("4090", "RTX 4090", 24, 340000));
  stub_provider_add_offer (self->runpod, stub_offer ("3070", "RTX 3070", 8, 130000));
  stub_provider_add_template (self->runpod, stub_krita_template ("8myumeqonw", IMAGE));
  create_catalog (self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  stub_settle ();
  if (self->catalog != NULL)
    stub_assert_finalizes (self->catalog);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  stub_assert_finalizes (self->plan);
  stub_assert_finalizes (self->history);
  stub_assert_finalizes (self->runpod);
  stub_assert_finalizes (self->vast);
  stub_assert_finalizes (self->store);
  stub_assert_finalizes (self->http);
  stub_assert_finalizes (self->settings);
  g_assert_finalize_object (self->clock);
  easel_test_remove_tree (self->folder);
  g_free (self->folder);
  g_free (self->tags_uri);
}

static EaselAccount *
account (Fixture *self, guint index)
{
  return g_ptr_array_index (self->accounts, index);
}

static void
enter_key (Fixture *self, guint index)
{
  g_autoptr (EaselSecret) key = easel_secret_new (GOOD);

  easel_account_set_key (account (self, index), key, FALSE);
}

/* RunPod's key is good, vast.ai has none. */
static void
load_keys (Fixture *self)
{
  easel_account_load (account (self, 1));
  enter_key (self, 0);
  stub_settle ();
}

static void
refresh (Fixture *self)
{
  easel_catalog_refresh (self->catalog);
  stub_settle ();
}

static void
open_shop (Fixture *self)
{
  load_keys (self);
  refresh (self);
}

static void
assert_state (Fixture *self, EaselCatalogState state)
{
  g_assert_cmpint (easel_catalog_get_state (self->catalog), ==, state);
}

/* The ids on the screen, in order. */
static char *
dup_shown (Fixture *self)
{
  GListModel *offers = easel_catalog_get_offers (self->catalog);
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (offers); i++)
    {
      g_autoptr (EaselOffer) offer = g_list_model_get_item (offers, i);

      g_string_append_printf (text, "%s%s", i > 0 ? " " : "", easel_offer_get (offer)->id);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_shown (Fixture *self, const char *expected)
{
  g_autofree char *shown = dup_shown (self);

  g_assert_cmpstr (shown, ==, expected);
}

static void
assert_chosen (Fixture *self, const char *id)
{
  EaselOffer *offer = easel_plan_get_offer (self->plan);

  g_assert_cmpstr (offer != NULL ? easel_offer_get (offer)->id : NULL, ==, id);
}

static EaselOffer *
find_offer (Fixture *self, const char *id)
{
  GPtrArray *offers = easel_catalog_get_all_offers (self->catalog);

  for (guint i = 0; i < offers->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (offers, i);
      if (strcmp (easel_offer_get (offer)->id, id) == 0)
        return offer;
    }
  g_assert_not_reached ();
}

static EaselOffer *
vast_offer (const char *id, gint64 price)
{
  g_autoptr (EaselOffer) base = stub_offer (id, "RTX 3090", 24, price);
  EaselOfferData data = *easel_offer_get (base);

  data.provider_id = "vast";
  return easel_offer_new (&data);
}

/* --- lists -------------------------------------------------------------------------------- */

static void
test_refresh (Fixture *self, gconstpointer data)
{
  const EaselOfferRanking *ranking;

  assert_state (self, EASEL_CATALOG_EMPTY);
  g_assert_cmpuint (easel_catalog_get_ranking (self->catalog)->offers->len, ==, 0);
  g_assert_cmpint (easel_catalog_get_updated_unix_ms (self->catalog), ==, 0);
  load_keys (self);
  easel_catalog_refresh (self->catalog);
  assert_state (self, EASEL_CATALOG_LOADING);
  stub_settle ();
  assert_state (self, EASEL_CATALOG_READY);
  g_assert_cmpuint (self->n_states, ==, 2);
  g_assert_null (easel_catalog_get_error (self->catalog));
  g_assert_cmpint (easel_catalog_get_updated_unix_ms (self->catalog), ==, NOW);
  assert_shown (self, "3070 3090 4090");
  g_assert_cmpuint (self->n_items_changed, ==, 1);
  ranking = easel_catalog_get_ranking (self->catalog);
  g_assert_nonnull (ranking->recommended);
  g_assert_true (easel_plan_get_offer (self->plan) == ranking->recommended);
  g_assert_false (_easel_plan_is_offer_chosen (self->plan));
  g_assert_cmpstr (g_ptr_array_index (stub_provider_get_log (self->runpod), 1), ==,
                   "list-offers cuda=13000 disk=60");
}

static void
test_coalesced (Fixture *self, gconstpointer data)
{
  load_keys (self);
  easel_catalog_refresh (self->catalog);
  easel_catalog_refresh (self->catalog);
  easel_catalog_refresh_if_older (self->catalog, 0);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_OFFERS), ==, 1);

  easel_catalog_refresh_if_older (self->catalog, MINUTE);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), MINUTE - 1);
  easel_catalog_refresh_if_older (self->catalog, MINUTE);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_OFFERS), ==, 1);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 1);
  easel_catalog_refresh_if_older (self->catalog, MINUTE);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_OFFERS), ==, 2);
}

static void
test_waits_for_key (Fixture *self, gconstpointer data)
{
  stub_provider_hold (self->runpod, STUB_CHECK_KEY);
  load_keys (self);
  easel_catalog_refresh (self->catalog);
  stub_settle ();
  assert_state (self, EASEL_CATALOG_LOADING);
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_OFFERS), ==, 0);
  stub_provider_release (self->runpod, STUB_CHECK_KEY);
  stub_settle ();
  assert_state (self, EASEL_CATALOG_READY);
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_OFFERS), ==, 1);
}

static void
test_no_key (Fixture *self, gconstpointer data)
{
  easel_account_load (account (self, 0));
  easel_account_load (account (self, 1));
  refresh (self);
  assert_state (self, EASEL_CATALOG_FAILED);
  g_assert_error (easel_catalog_get_error (self->catalog), EASEL_ERROR, EASEL_ERROR_NO_KEY);

  /* It was asked for: the key brings the offers. */
  enter_key (self, 0);
  stub_settle ();
  assert_state (self, EASEL_CATALOG_READY);
  assert_shown (self, "3070 3090 4090");

  /* And takes them away. */
  easel_account_forget (account (self, 0));
  stub_settle ();
  assert_state (self, EASEL_CATALOG_FAILED);
  assert_shown (self, "");
  assert_chosen (self, NULL);
  g_assert_null (easel_catalog_get_lost_offer_title (self->catalog));
}

static void
test_two_providers (Fixture *self, gconstpointer data)
{
  stub_provider_add_offer (self->vast, vast_offer ("v1", 150000));
  stub_provider_fail_always (self->vast, STUB_LIST_OFFERS, EASEL_ERROR_UNAVAILABLE);
  enter_key (self, 0);
  enter_key (self, 1);
  stub_settle ();
  refresh (self);
  /* One that fails hides nobody else's. */
  assert_state (self, EASEL_CATALOG_READY);
  g_assert_error (easel_catalog_get_error (self->catalog), EASEL_ERROR, EASEL_ERROR_UNAVAILABLE);
  assert_shown (self, "3070 3090 4090");

  stub_provider_fail_never (self->vast, STUB_LIST_OFFERS);
  refresh (self);
  g_assert_null (easel_catalog_get_error (self->catalog));
  assert_shown (self, "3070 v1 3090 4090");

  /* What was seen stays, beside the error. */
  stub_provider_fail_always (self->vast, STUB_LIST_OFFERS, EASEL_ERROR_NETWORK);
  refresh (self);
  g_assert_error (easel_catalog_get_error (self->catalog), EASEL_ERROR, EASEL_ERROR_NETWORK);
  assert_shown (self, "3070 v1 3090 4090");
}

static void
test_at_the_same_time (Fixture *self, gconstpointer data)
{
  enter_key (self, 0);
  enter_key (self, 1);
  stub_settle ();
  stub_provider_hold (self->runpod, STUB_LIST_OFFERS);
  stub_provider_hold (self->vast, STUB_LIST_OFFERS);
  refresh (self);
  g_assert_cmpuint (stub_provider_get_n_held (self->runpod, STUB_LIST_OFFERS), ==, 1);
  g_assert_cmpuint (stub_provider_get_n_held (self->vast, STUB_LIST_OFFERS), ==, 1);
  stub_provider_release (self->vast, STUB_LIST_OFFERS);
  stub_settle ();
  assert_state (self, EASEL_CATALOG_LOADING);
  stub_provider_release (self->runpod, STUB_LIST_OFFERS);
  stub_settle ();
  assert_state (self, EASEL_CATALOG_READY);
}

static void
test_failure_keeps_rows (Fixture *self, gconstpointer data)
{
  open_shop (self);
  assert_chosen (self, "3070");
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), MINUTE);
  stub_provider_push_error (self->runpod, STUB_LIST_OFFERS, EASEL_ERROR_TIMED_OUT);
  refresh (self);
  assert_state (self, EASEL_CATALOG_FAILED);
  g_assert_error (easel_catalog_get_error (self->catalog), EASEL_ERROR, EASEL_ERROR_TIMED_OUT);
  assert_shown (self, "3070 3090 4090");
  assert_chosen (self, "3070");
  g_assert_null (easel_catalog_get_lost_offer_title (self->catalog));
  /* The good answer is as old as it is. */
  g_assert_cmpint (easel_catalog_get_updated_unix_ms (self->catalog), ==, NOW);

  easel_catalog_refresh_if_older (self->catalog, G_MAXINT64);
  stub_settle ();
  assert_state (self, EASEL_CATALOG_READY);
}

/* A choice from somewhere else (the same again) is not lost because nobody answers. */
static void
test_failure_proves_nothing (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselOffer) offer = stub_offer ("4090", "RTX 4090", 24, 340000);

  load_keys (self);
  easel_plan_set_offer (self->plan, offer);
  stub_provider_push_error (self->runpod, STUB_LIST_OFFERS, EASEL_ERROR_NETWORK);
  refresh (self);
  assert_state (self, EASEL_CATALOG_FAILED);
  assert_chosen (self, "4090");
  easel_plan_set_workload (self->plan, EASEL_WORKLOAD_FLUX);
  assert_chosen (self, "4090");
  g_assert_null (easel_catalog_get_lost_offer_title (self->catalog));
}

static void
test_refused_key (Fixture *self, gconstpointer data)
{
  open_shop (self);
  stub_provider_revoke (self->runpod, GOOD);
  refresh (self);
  g_assert_cmpint (easel_account_get_state (account (self, 0)), ==, EASEL_ACCOUNT_REFUSED);
  assert_state (self, EASEL_CATALOG_FAILED);
  g_assert_error (easel_catalog_get_error (self->catalog), EASEL_ERROR, EASEL_ERROR_AUTH);
}

static void
test_many_and_none (Fixture *self, gconstpointer data)
{
  stub_provider_clear_offers (self->runpod);
  open_shop (self);
  assert_state (self, EASEL_CATALOG_READY);
  assert_chosen (self, NULL);
  assert_shown (self, "");

  for (guint i = 0; i < 500; i++)
    {
      /* Every id twice. */
      g_autofree char *id = g_strdup_printf ("offer%u", i / 2);

      stub_provider_add_offer (self->runpod, stub_offer (id, "RTX 3090", 24, 200000 + i));
    }
  refresh (self);
  g_assert_cmpuint (g_list_model_get_n_items (easel_catalog_get_offers (self->catalog)), ==, 250);
  assert_chosen (self, "offer0");
}

/* --- the screen --------------------------------------------------------------------------- */

static void
test_rows_stay (Fixture *self, gconstpointer data)
{
  GListModel *offers = easel_catalog_get_offers (self->catalog);
  g_autoptr (EaselOffer) first = NULL;
  g_autoptr (EaselOffer) second = NULL;
  g_autoptr (EaselOffer) first_again = NULL;
  g_autoptr (EaselOffer) second_again = NULL;

  open_shop (self);
  first = g_list_model_get_item (offers, 0);
  second = g_list_model_get_item (offers, 1);
  self->n_items_changed = 0;
  self->n_changed = 0;

  /* The same offers as new objects: nothing happens on the screen. */
  stub_provider_clear_offers (self->runpod);
  stub_provider_add_offer (self->runpod, stub_offer ("3070", "RTX 3070", 8, 130000));
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 220000));
  stub_provider_add_offer (self->runpod, stub_offer ("4090", "RTX 4090", 24, 340000));
  refresh (self);
  g_assert_cmpuint (self->n_items_changed, ==, 0);
  g_assert_cmpuint (self->n_changed, ==, 2);

  /* One price: one row. */
  stub_provider_clear_offers (self->runpod);
  stub_provider_add_offer (self->runpod, stub_offer ("3070", "RTX 3070", 8, 130000));
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 230000));
  stub_provider_add_offer (self->runpod, stub_offer ("4090", "RTX 4090", 24, 340000));
  refresh (self);
  g_assert_cmpuint (self->n_items_changed, ==, 1);
  first_again = g_list_model_get_item (offers, 0);
  second_again = g_list_model_get_item (offers, 1);
  g_assert_true (first == first_again);
  g_assert_true (second != second_again);
  g_assert_cmpint (easel_offer_get (second_again)->gpu_price, ==, 230000);
}

static void
test_filters (Fixture *self, gconstpointer data)
{
  EaselOfferQuery filters = { .filter_vram_mib = 16 * 1024, .sort = EASEL_SORT_PRICE };

  /* What the needs say is not for the filters to change. */
  filters.need_vram_mib = 80 * 1024;
  open_shop (self);
  assert_chosen (self, "3070");
  easel_catalog_set_filters (self->catalog, &filters);
  assert_shown (self, "3090 4090");
  assert_chosen (self, "3070");
  g_assert_cmpuint (easel_catalog_get_ranking (self->catalog)->excluded[EASEL_EXCLUDED_FILTER], ==,
                    1);
  refresh (self);
  assert_shown (self, "3090 4090");
  assert_chosen (self, "3070");
  easel_catalog_set_filters (self->catalog, NULL);
  assert_shown (self, "3070 3090 4090");
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_OFFERS), ==, 2);
}

/* --- the choice --------------------------------------------------------------------------- */

static void
test_choice_stays (Fixture *self, gconstpointer data)
{
  EaselOffer *before;

  open_shop (self);
  before = find_offer (self, "4090");
  easel_plan_set_offer (self->plan, before);
  stub_provider_clear_offers (self->runpod);
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 90000));
  stub_provider_add_offer (self->runpod, stub_offer ("4090", "RTX 4090", 24, 350000));
  refresh (self);
  assert_chosen (self, "4090");
  g_assert_cmpint (easel_offer_get (easel_plan_get_offer (self->plan))->gpu_price, ==, 350000);
  g_assert_true (_easel_plan_is_offer_chosen (self->plan));
  g_assert_null (easel_catalog_get_lost_offer_title (self->catalog));
}

/* A recommendation that was shown does not change under the hand either. */
static void
test_recommended_stays (Fixture *self, gconstpointer data)
{
  open_shop (self);
  assert_chosen (self, "3070");
  stub_provider_add_offer (self->runpod, stub_offer ("cheap", "RTX A4000", 16, 50000));
  refresh (self);
  assert_chosen (self, "3070");
}

static void
test_lost (Fixture *self, gconstpointer data)
{
  open_shop (self);
  easel_plan_set_offer (self->plan, find_offer (self, "4090"));
  stub_provider_clear_offers (self->runpod);
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 220000));
  refresh (self);
  assert_chosen (self, "3090");
  g_assert_cmpstr (easel_catalog_get_lost_offer_title (self->catalog), ==, "RTX 4090 · 24 GB");
  g_assert_false (_easel_plan_is_offer_chosen (self->plan));
  /* Told until the person chooses, were it the same. */
  refresh (self);
  g_assert_nonnull (easel_catalog_get_lost_offer_title (self->catalog));
  easel_plan_set_offer (self->plan, find_offer (self, "3090"));
  g_assert_null (easel_catalog_get_lost_offer_title (self->catalog));

  /* None left at all. */
  stub_provider_clear_offers (self->runpod);
  refresh (self);
  assert_chosen (self, NULL);
  g_assert_cmpstr (easel_catalog_get_lost_offer_title (self->catalog), ==, "RTX 3090 · 24 GB");
}

static void
test_out_of_stock (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselOffer) base = stub_offer ("4090", "RTX 4090", 24, 340000);
  EaselOfferData none = *easel_offer_get (base);

  none.stock = EASEL_STOCK_NONE;
  open_shop (self);
  easel_plan_set_offer (self->plan, find_offer (self, "4090"));
  stub_provider_clear_offers (self->runpod);
  stub_provider_add_offer (self->runpod, easel_offer_new (&none));
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 220000));
  refresh (self);
  assert_chosen (self, "3090");
  g_assert_cmpstr (easel_catalog_get_lost_offer_title (self->catalog), ==, "RTX 4090 · 24 GB");
}

static void
test_last_offer_first (Fixture *self, gconstpointer data)
{
  g_settings_set_string (self->settings, "last-offer-id", "4090");
  stub_assert_finalizes (self->catalog);
  g_object_unref (self->plan);
  self->plan = easel_plan_new (self->settings);
  create_catalog (self);
  open_shop (self);
  assert_chosen (self, "4090");
  g_assert_true (_easel_plan_is_offer_chosen (self->plan));
}

static void
test_last_offer_unfit (Fixture *self, gconstpointer data)
{
  g_settings_set_string (self->settings, "last-offer-id", "3070");
  g_settings_set_string (self->settings, "workload", "zimage");
  stub_assert_finalizes (self->catalog);
  g_object_unref (self->plan);
  self->plan = easel_plan_new (self->settings);
  create_catalog (self);
  open_shop (self);
  assert_chosen (self, "3090");
}

/* Ranked anew at once, without asking anybody. */
static void
test_needs_change (Fixture *self, gconstpointer data)
{
  open_shop (self);
  assert_chosen (self, "3070");
  self->n_changed = 0;
  easel_plan_set_workload (self->plan, EASEL_WORKLOAD_ZIMAGE);
  assert_shown (self, "3090 4090");
  g_assert_cmpuint (self->n_changed, ==, 1);
  g_assert_cmpuint (easel_catalog_get_ranking (self->catalog)->excluded[EASEL_EXCLUDED_MEMORY], ==,
                    1);
  assert_chosen (self, "3090");
  /* The person changed it: nothing was lost. */
  g_assert_null (easel_catalog_get_lost_offer_title (self->catalog));

  /* A mere recommendation follows, a choice that still fits does not. */
  easel_plan_set_workload (self->plan, EASEL_WORKLOAD_SDXL);
  assert_chosen (self, "3070");
  easel_plan_set_offer (self->plan, find_offer (self, "4090"));
  easel_plan_set_workload (self->plan, EASEL_WORKLOAD_FLUX);
  assert_chosen (self, "4090");
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_LIST_OFFERS), ==, 1);

  /* What has nothing to do with the needs ranks nothing. */
  self->n_changed = 0;
  easel_plan_set_overprice_percent (self->plan, 33);
  easel_plan_set_offer (self->plan, find_offer (self, "3090"));
  g_assert_cmpuint (self->n_changed, ==, 0);
}

static void
test_newer_image_asks_again (Fixture *self, gconstpointer data)
{
  static const char *const tags[] = { "v1.51.0", NULL };
  g_autoptr (EaselTemplate) old = stub_krita_template ("own", EASEL_IMAGE_REPOSITORY ":v1.40.0");

  open_shop (self);
  stub_provider_clear_log (self->runpod);
  /* An image that needs less: hosts that were left out may be had. */
  easel_plan_set_public_tags (self->plan, tags);
  easel_plan_set_template (self->plan, old);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_log (self->runpod)->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (stub_provider_get_log (self->runpod), 0), ==,
                   "list-offers cuda=12080 disk=60");
  assert_state (self, EASEL_CATALOG_READY);
}

static void
test_learned (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselOffer) base = stub_offer ("bad", "RTX 3090", 24, 50000);
  EaselOfferData bad = *easel_offer_get (base);

  bad.machine_id = "machine-1";
  stub_provider_add_offer (self->runpod, easel_offer_new (&bad));
  easel_history_add_bad_machine (self->history, "machine-1");
  for (guint i = 0; i < 3; i++)
    easel_history_add_start_time (self->history, "runpod", EASEL_HOST_DATA_CENTER, 4 * MINUTE);
  open_shop (self);
  assert_shown (self, "3070 3090 4090");
  g_assert_cmpuint (easel_catalog_get_ranking (self->catalog)->excluded[EASEL_EXCLUDED_BAD_MACHINE],
                    ==, 1);
  g_assert_cmpint (easel_offer_get (find_offer (self, "3090"))->start_high_ms, ==, 4 * MINUTE);
  g_assert_true (
      g_strv_contains (easel_catalog_get_query (self->catalog)->bad_machines, "machine-1"));
  /* The query is the catalog's own copy. */
  easel_history_add_bad_machine (self->history, "machine-2");
  g_assert_true (
      g_strv_contains (easel_catalog_get_query (self->catalog)->bad_machines, "machine-1"));
}

/* The best offer is another provider's, with another template. */
static void
test_recommended_elsewhere (Fixture *self, gconstpointer data)
{
  stub_provider_add_offer (self->vast, vast_offer ("v1", 20000));
  enter_key (self, 0);
  enter_key (self, 1);
  stub_settle ();
  easel_catalog_load_template (self->catalog);
  stub_settle ();
  g_assert_nonnull (easel_plan_get_template (self->plan));
  refresh (self);
  assert_chosen (self, "v1");
  g_assert_cmpstr (easel_plan_get_provider_id (self->plan), ==, "vast");
  stub_settle ();
  /* vast.ai has none in this test: the author's image does without. */
  g_assert_null (easel_plan_get_template (self->plan));
  g_assert_error (easel_catalog_get_template_error (self->catalog), EASEL_ERROR,
                  EASEL_ERROR_NOT_FOUND);
  g_assert_cmpuint (stub_provider_get_n_calls (self->vast, STUB_GET_TEMPLATE), ==, 1);
}

/* --- template ----------------------------------------------------------------------------- */

static void
load_template (Fixture *self)
{
  easel_catalog_load_template (self->catalog);
  stub_settle ();
}

static void
assert_template (Fixture *self, const char *id)
{
  EaselTemplate *template = easel_plan_get_template (self->plan);

  g_assert_cmpstr (template != NULL ? easel_template_get (template)->id : NULL, ==, id);
  g_assert_false (easel_catalog_is_loading_template (self->catalog));
}

static void
test_template (Fixture *self, gconstpointer data)
{
  load_keys (self);
  easel_catalog_load_template (self->catalog);
  g_assert_true (easel_catalog_is_loading_template (self->catalog));
  stub_settle ();
  assert_template (self, "8myumeqonw");
  g_assert_null (easel_catalog_get_template_error (self->catalog));
  g_assert_cmpstr (easel_plan_get_template_id (self->plan), ==, "");
  /* It is there: not asked for again. */
  load_template (self);
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_GET_TEMPLATE), ==, 1);
}

static void
test_template_waits_for_key (Fixture *self, gconstpointer data)
{
  load_template (self);
  assert_template (self, NULL);
  load_keys (self);
  assert_template (self, "8myumeqonw");
}

static void
test_template_moved (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTemplate) base = stub_krita_template ("copy", IMAGE);
  EaselTemplateData copy = *easel_template_get (base);
  EaselTemplateData shut;
  static const char *const ports[] = { "22/tcp", NULL };

  stub_provider_clear_templates (self->runpod);
  copy.name = "Krita of somebody";
  shut = copy;
  shut.id = "shut";
  shut.ports = ports;
  stub_provider_add_template (self->runpod, easel_template_new (&shut));
  stub_provider_add_template (self->runpod, easel_template_new (&copy));
  load_keys (self);
  load_template (self);
  assert_template (self, "copy");

  /* The author's name wins. */
  stub_provider_add_template (self->runpod, stub_krita_template ("newid", IMAGE));
  easel_plan_set_provider_id (self->plan, "vast");
  easel_plan_set_provider_id (self->plan, "runpod");
  stub_settle ();
  assert_template (self, "newid");
  g_assert_null (easel_catalog_get_template_error (self->catalog));
}

static void
test_template_nowhere (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselLaunchSpec) spec = NULL;

  stub_provider_clear_templates (self->runpod);
  open_shop (self);
  load_template (self);
  assert_template (self, NULL);
  g_assert_error (easel_catalog_get_template_error (self->catalog), EASEL_ERROR,
                  EASEL_ERROR_NOT_FOUND);
  /* Renting works all the same. */
  spec = easel_plan_build_spec (self->plan);
  g_assert_nonnull (spec);
  g_assert_cmpstr (spec->image, ==, EASEL_PLAN_DEFAULT_IMAGE);
}

static void
test_template_no_network (Fixture *self, gconstpointer data)
{
  load_keys (self);
  stub_provider_push_error (self->runpod, STUB_GET_TEMPLATE, EASEL_ERROR_NETWORK);
  load_template (self);
  assert_template (self, NULL);
  g_assert_error (easel_catalog_get_template_error (self->catalog), EASEL_ERROR,
                  EASEL_ERROR_NETWORK);
  load_template (self);
  assert_template (self, "8myumeqonw");
  g_assert_null (easel_catalog_get_template_error (self->catalog));
}

static void
restart_with_template (Fixture *self, const char *id)
{
  g_settings_set_string (self->settings, "template-id", id);
  stub_assert_finalizes (self->catalog);
  g_object_unref (self->plan);
  self->plan = easel_plan_new (self->settings);
  create_catalog (self);
}

static void
test_wished_template (Fixture *self, gconstpointer data)
{
  stub_provider_add_template (self->runpod, stub_krita_template ("own1", IMAGE));
  restart_with_template (self, "own1");
  load_keys (self);
  load_template (self);
  assert_template (self, "own1");
  g_assert_cmpstr (easel_plan_get_template_id (self->plan), ==, "own1");

  /* Back to the author's, which has to be fetched. */
  easel_plan_set_template (self->plan, NULL);
  stub_settle ();
  assert_template (self, "8myumeqonw");
  g_assert_cmpstr (easel_plan_get_template_id (self->plan), ==, "");
}

static void
test_wished_template_gone (Fixture *self, gconstpointer data)
{
  restart_with_template (self, "gone1");
  load_keys (self);
  load_template (self);
  assert_template (self, "8myumeqonw");
  g_assert_error (easel_catalog_get_template_error (self->catalog), EASEL_ERROR,
                  EASEL_ERROR_NOT_FOUND);
  g_assert_cmpstr (easel_plan_get_template_id (self->plan), ==, "");
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (self->runpod, STUB_GET_TEMPLATE), ==, 2);
}

static void
test_person_faster_than_search (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTemplate) own = stub_krita_template ("own1", IMAGE);

  load_keys (self);
  stub_provider_hold (self->runpod, STUB_GET_TEMPLATE);
  load_template (self);
  g_assert_true (easel_catalog_is_loading_template (self->catalog));
  easel_plan_set_template (self->plan, own);
  stub_provider_release (self->runpod, STUB_GET_TEMPLATE);
  stub_settle ();
  assert_template (self, "own1");
}

/* --- search ------------------------------------------------------------------------------- */

static void
test_search (Fixture *self, gconstpointer data)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (GError) error = NULL;

  easel_catalog_search_templates_async (self->catalog, "krita", NULL, easel_test_catch, &caught);
  g_assert_null (easel_catalog_search_templates_finish (self->catalog,
                                                        easel_test_catch_wait (&caught), &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NO_KEY);

  load_keys (self);
  easel_test_catch_clear (&caught);
  easel_catalog_search_templates_async (self->catalog, "krita", NULL, easel_test_catch, &caught);
  found =
      easel_catalog_search_templates_finish (self->catalog, easel_test_catch_wait (&caught), NULL);
  g_assert_cmpuint (found->len, ==, 1);
  g_assert_cmpuint (caught.n_calls, ==, 1);
}

static void
test_search_cancelled (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;

  load_keys (self);
  stub_provider_hold (self->runpod, STUB_LIST_TEMPLATES);
  easel_catalog_search_templates_async (self->catalog, "<b>", cancellable, easel_test_catch,
                                        &caught);
  stub_settle ();
  g_cancellable_cancel (cancellable);
  g_assert_null (easel_catalog_search_templates_finish (self->catalog,
                                                        easel_test_catch_wait (&caught), &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* --- tags --------------------------------------------------------------------------------- */

static void
restart_with_server (Fixture *self, EaselTestServer *server)
{
  stub_assert_finalizes (self->catalog);
  self->tags_uri = easel_test_server_build_uri (server, TAGS_PATH);
  create_catalog (self);
}

static gboolean
was_asked (gpointer server)
{
  return easel_test_server_count (server, "GET", TAGS_PATH) > 0;
}

static void
assert_image (Fixture *self, const char *expected)
{
  g_autofree char *image = easel_plan_dup_image (self->plan);

  g_assert_cmpstr (image, ==, expected);
}

static gboolean
knows_new_tag (gpointer plan)
{
  g_autofree char *image = easel_plan_dup_image (plan);

  return g_strcmp0 (image, EASEL_IMAGE_REPOSITORY ":v1.53.0") == 0;
}

static void
test_tags (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselTestServer) server = easel_test_server_new ();
  const EaselTestRequest *request;
  EaselTestAnswer first = {
    .body = "{\"count\":3,\"next\":\"http://elsewhere.example/steal\",\"results\":"
            "[{\"name\":\"base\"},{\"name\":7},{},null,{\"name\":\"v9.9.9 ; rm\"},"
            "{\"name\":\"v1.51.0\"}]}",
  };
  EaselTestAnswer second = { .body = "{\"next\":null,\"results\":[{\"name\":\"v1.53.0\"}]}" };

  easel_test_server_script (server, "GET", TAGS_PATH, &first);
  easel_test_server_script (server, "GET", TAGS_PATH, &second);
  restart_with_server (self, server);
  load_keys (self);
  easel_catalog_load_template (self->catalog);
  easel_test_wait_until (knows_new_tag, self->plan);

  g_assert_cmpuint (easel_test_server_count (server, NULL, NULL), ==, 2);
  request = easel_test_server_get_request (server, 0);
  g_assert_cmpstr (request->query, ==, "page_size=100&page=1");
  /* A stranger's server: no key goes there. */
  g_assert_false (request->has_key);
  request = easel_test_server_get_request (server, 1);
  g_assert_cmpstr (request->query, ==, "page_size=100&page=2");

  /* Not again for some hours. */
  easel_catalog_load_template (self->catalog);
  easel_test_pump_for (20);
  g_assert_cmpuint (easel_test_server_count (server, NULL, NULL), ==, 2);
  easel_test_server_forget_log (server);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 6 * 60 * MINUTE);
  easel_catalog_load_template (self->catalog);
  easel_test_wait_until (was_asked, server);
}

/* Whatever the list does, the template's own image works. */
static void
test_tags_bad (Fixture *self, gconstpointer data)
{
  static const char *const bodies[] = {
    "",     "<html>busy</html>", "[]",
    "{}",   "{\"results\":{}}",  "{\"results\":[",
    "null", "{\"results\":[]}",  "{\"results\":[{\"name\":\"\"}]}",
    NULL,
  };

  for (guint i = 0; bodies[i] != NULL; i++)
    {
      g_autoptr (EaselTestServer) server = easel_test_server_new ();
      EaselTestAnswer answer = { .body = bodies[i] };

      if (*bodies[i] == '\0')
        answer.status = 403;
      easel_test_server_script (server, "GET", TAGS_PATH, &answer);
      g_clear_pointer (&self->tags_uri, g_free);
      restart_with_server (self, server);
      load_keys (self);
      easel_catalog_load_template (self->catalog);
      easel_test_wait_until (was_asked, server);
      easel_test_pump_for (30);
      g_assert_cmpuint (easel_test_server_count (server, NULL, NULL), ==, 1);
      assert_template (self, "8myumeqonw");
      g_assert_null (easel_catalog_get_template_error (self->catalog));
      assert_image (self, IMAGE);
    }
}

/* --- end ---------------------------------------------------------------------------------- */

static void
test_finalise_while_busy (Fixture *self, gconstpointer data)
{
  load_keys (self);
  stub_provider_hold (self->runpod, STUB_LIST_OFFERS);
  stub_provider_hold (self->runpod, STUB_GET_TEMPLATE);
  easel_catalog_refresh (self->catalog);
  easel_catalog_load_template (self->catalog);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_held (self->runpod, STUB_LIST_OFFERS), ==, 1);
  g_assert_finalize_object (g_steal_pointer (&self->catalog));
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_held (self->runpod, STUB_LIST_OFFERS), ==, 0);
  g_assert_cmpuint (stub_provider_get_n_held (self->runpod, STUB_GET_TEMPLATE), ==, 0);
}

#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)

static void
note_offer (EaselStockWatch *watch, EaselOffer *offer, gpointer user_data)
{
  g_set_object ((EaselOffer **) user_data, offer);
}

static void
pass (Fixture *self, guint minutes)
{
  for (guint i = 0; i < minutes; i++)
    {
      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), MINUTE);
      stub_settle ();
    }
}

/* Told once when something is free, taken back when it is gone, and told again. */
static void
test_stock_watch (Fixture *self, gconstpointer data)
{
  g_autoptr (EaselStockWatch) watch = easel_stock_watch_new (self->catalog, self->clock);
  g_autoptr (EaselOffer) found = NULL;
  guint n_lost = 0;
  guint n_stopped = 0;

  g_signal_connect (watch, "found", G_CALLBACK (note_offer), &found);
  g_signal_connect_swapped (watch, "lost", G_CALLBACK (count), &n_lost);
  g_signal_connect_swapped (watch, "stopped", G_CALLBACK (count), &n_stopped);
  stub_provider_clear_offers (self->runpod);
  open_shop (self);
  g_assert_cmpint (easel_catalog_get_state (self->catalog), ==, EASEL_CATALOG_READY);

  easel_stock_watch_start (watch);
  g_assert_true (easel_stock_watch_is_watching (watch));
  pass (self, 3);
  g_assert_null (found);
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 220000));
  pass (self, 2);
  g_assert_nonnull (found);
  g_assert_cmpstr (easel_offer_get (found)->id, ==, "3090");
  g_clear_object (&found);
  pass (self, 2);
  g_assert_null (found);
  g_assert_cmpuint (n_lost, ==, 0);

  stub_provider_clear_offers (self->runpod);
  pass (self, 2);
  g_assert_cmpuint (n_lost, ==, 1);
  stub_provider_add_offer (self->runpod, stub_offer ("3090", "RTX 3090", 24, 220000));
  pass (self, 2);
  g_assert_nonnull (found);
  g_clear_object (&found);

  /* Nobody waits for ever. */
  stub_provider_clear_offers (self->runpod);
  easel_stock_watch_start (watch);
  pass (self, 12 * 60 + 1);
  g_assert_cmpuint (n_stopped, ==, 1);
  g_assert_false (easel_stock_watch_is_watching (watch));
  g_assert_finalize_object (g_steal_pointer (&watch));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/catalog/refresh", test_refresh);
  ADD ("/catalog/coalesced", test_coalesced);
  ADD ("/catalog/waits-for-key", test_waits_for_key);
  ADD ("/catalog/no-key", test_no_key);
  ADD ("/catalog/two-providers", test_two_providers);
  ADD ("/catalog/at-the-same-time", test_at_the_same_time);
  ADD ("/catalog/failure-keeps-rows", test_failure_keeps_rows);
  ADD ("/catalog/failure-proves-nothing", test_failure_proves_nothing);
  ADD ("/catalog/refused-key", test_refused_key);
  ADD ("/catalog/many-and-none", test_many_and_none);
  ADD ("/catalog/rows-stay", test_rows_stay);
  ADD ("/catalog/filters", test_filters);
  ADD ("/catalog/choice-stays", test_choice_stays);
  ADD ("/catalog/recommended-stays", test_recommended_stays);
  ADD ("/catalog/lost", test_lost);
  ADD ("/catalog/out-of-stock", test_out_of_stock);
  ADD ("/catalog/last-offer-first", test_last_offer_first);
  ADD ("/catalog/last-offer-unfit", test_last_offer_unfit);
  ADD ("/catalog/needs-change", test_needs_change);
  ADD ("/catalog/newer-image-asks-again", test_newer_image_asks_again);
  ADD ("/catalog/learned", test_learned);
  ADD ("/catalog/recommended-elsewhere", test_recommended_elsewhere);
  ADD ("/catalog/template", test_template);
  ADD ("/catalog/template-waits-for-key", test_template_waits_for_key);
  ADD ("/catalog/template-moved", test_template_moved);
  ADD ("/catalog/template-nowhere", test_template_nowhere);
  ADD ("/catalog/template-no-network", test_template_no_network);
  ADD ("/catalog/wished-template", test_wished_template);
  ADD ("/catalog/wished-template-gone", test_wished_template_gone);
  ADD ("/catalog/person-faster-than-search", test_person_faster_than_search);
  ADD ("/catalog/search", test_search);
  ADD ("/catalog/search-cancelled", test_search_cancelled);
  ADD ("/catalog/tags", test_tags);
  ADD ("/catalog/tags-bad", test_tags_bad);
  ADD ("/catalog/stock-watch", test_stock_watch);
  ADD ("/catalog/finalise-while-busy", test_finalise_while_busy);

  return g_test_run ();
}
