/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The sentences about rows, sums and receipts. TZ is UTC and the locale C: times and amounts are as
 * they stand here. */
#include "config.h"

#include "easel-rental-text.h"

#include "easel-error.h"

#include <string.h>

/* 2026-11-23 20:10 UTC, a Monday */
#define NOW G_GINT64_CONSTANT (1795464600000)
#define MINUTE G_GINT64_CONSTANT (60000)
#define HOUR (60 * MINUTE)

static const EaselProviderInfo runpod = { .id = "runpod", .name = "RunPod" };

static void
assert_text (char *text, const char *expected)
{
  g_assert_cmpstr (text, ==, expected);
  g_free (text);
}

static EaselRentalFacts
a_running_one (void)
{
  EaselRentalFacts facts;

  easel_rental_facts_init (&facts);
  facts.state = EASEL_RENTAL_READY;
  facts.is_ours = TRUE;
  facts.has_address = TRUE;
  facts.provider_name = "RunPod";
  facts.gpu_name = "RTX 3090";
  facts.place = "Sweden";
  facts.paints = "Illustration and photo";
  facts.price = 230000;
  facts.cost = 520000;
  facts.ends_at_unix_ms = NOW + 3 * HOUR + 30 * MINUTE;
  facts.idle_minutes = 60;
  facts.rented_unix_ms = NOW - 2 * HOUR;
  return facts;
}

static void
test_row (void)
{
  EaselRentalFacts facts = a_running_one ();

  assert_text (easel_rental_facts_dup_title (&facts), "RTX 3090 · Sweden");
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW),
               "Ends by 23:40, or 60 min after the last picture, while Cloud Easel runs");
  assert_text (easel_rental_facts_dup_facts (&facts, NOW),
               "RunPod · Illustration and photo · since 18:10");
  assert_text (easel_rental_facts_dup_rate (&facts), "$0.23/h");
  assert_text (easel_rental_facts_dup_cost (&facts), "$0.52 so far");
  assert_text (easel_rental_facts_dup_problem (&facts, NOW), NULL);
  /* By the hour, too, where it is cheap: rows and offers are compared. */
  facts.price = 92000;
  assert_text (easel_rental_facts_dup_rate (&facts), "$0.09/h");

  facts.idle_minutes = 0;
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW),
               "Ends by 23:40 while Cloud Easel runs");
  facts.stop_instead = TRUE;
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW),
               "Pauses by 23:40 while Cloud Easel runs");
  facts.ends_at_unix_ms += 2 * HOUR;
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW),
               "Pauses by Tue 01:40 while Cloud Easel runs");
  facts.end_reason = EASEL_END_HOURS;
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW),
               "Its time is over: it is being paused");
}

static void
test_little_is_known (void)
{
  EaselRentalFacts facts;
  EaselTone tone;

  easel_rental_facts_init (&facts);
  facts.gpu_name = "";
  assert_text (easel_rental_facts_dup_title (&facts), "GPU");
  assert_text (easel_rental_facts_dup_badge (&facts, &tone), "Starting");
  g_assert_cmpint (tone, ==, EASEL_TONE_INFO);
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW), "Nothing ends it by itself");
  assert_text (easel_rental_facts_dup_facts (&facts, NOW),
               "not made by Cloud Easel, no automatic end");
  assert_text (easel_rental_facts_dup_cost (&facts), NULL);
  facts.price = EASEL_MONEY_UNKNOWN;
  assert_text (easel_rental_facts_dup_rate (&facts), NULL);
}

static void
test_foreign (void)
{
  EaselRentalFacts facts = a_running_one ();
  EaselTone tone;

  facts.is_ours = FALSE;
  facts.has_address = FALSE;
  facts.ends_at_unix_ms = 0;
  facts.paints = NULL;
  facts.is_locked = TRUE;
  facts.given_name = "training";
  assert_text (easel_rental_facts_dup_badge (&facts, &tone), "Running");
  g_assert_cmpint (tone, !=, EASEL_TONE_GOOD);
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW), "Nothing ends it by itself");
  assert_text (easel_rental_facts_dup_facts (&facts, NOW),
               "RunPod · training · not made by Cloud Easel, no automatic end · locked in the "
               "provider’s console");

  /* A state of next year. */
  facts.state_word = "HIBERNATING";
  assert_text (easel_rental_facts_dup_badge (&facts, NULL), "HIBERNATING");
}

static void
test_states (void)
{
  static const struct
  {
    EaselRentalState state;
    const char *badge;
    EaselTone tone;
    const char *end_text;
    const char *rate;
  } rows[] = {
    { EASEL_RENTAL_RENTING, "Renting", EASEL_TONE_INFO, NULL, "$0.23/h" },
    { EASEL_RENTAL_STARTING, "Starting", EASEL_TONE_INFO, "Nothing ends it by itself", "$0.23/h" },
    { EASEL_RENTAL_READY, "Ready", EASEL_TONE_GOOD, "Nothing ends it by itself", "$0.23/h" },
    { EASEL_RENTAL_TROUBLE, "Needs attention", EASEL_TONE_WARN, "Nothing ends it by itself",
      "$0.23/h" },
    { EASEL_RENTAL_PAUSING, "Pausing…", EASEL_TONE_INFO, "Keeps its files until you delete it",
      "$0.23/h" },
    { EASEL_RENTAL_PAUSED, "Paused", EASEL_TONE_INFO, "Keeps its files until you delete it",
      "$0.23/h" },
    { EASEL_RENTAL_RESUMING, "Starting", EASEL_TONE_INFO, "Nothing ends it by itself", "$0.23/h" },
    { EASEL_RENTAL_DELETING, "Deleting…", EASEL_TONE_WARN, "May cost until it is proven gone",
      "$0.23/h" },
    { EASEL_RENTAL_STUCK, "Not deleted", EASEL_TONE_BAD,
      "Costs until it is gone; it is tried again and again", "$0.23/h" },
    { EASEL_RENTAL_GONE, "Deleted", EASEL_TONE_NEUTRAL,
      "Costs nothing any more, checked twice by 20:09", NULL },
    { EASEL_RENTAL_UNSEEN, "Out of sight", EASEL_TONE_WARN,
      "Whether it still costs cannot be seen from here", NULL },
  };

  G_STATIC_ASSERT (G_N_ELEMENTS (rows) == EASEL_N_RENTAL_STATES);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselRentalFacts facts = a_running_one ();
      EaselTone tone;

      facts.state = rows[i].state;
      facts.ends_at_unix_ms = 0;
      facts.keeps_files = TRUE;
      facts.proven_unix_ms = rows[i].state == EASEL_RENTAL_GONE ? NOW - MINUTE : 0;
      g_assert_cmpint (rows[i].state, ==, i);
      assert_text (easel_rental_facts_dup_badge (&facts, &tone), rows[i].badge);
      g_assert_cmpint (tone, ==, rows[i].tone);
      assert_text (easel_rental_facts_dup_end_text (&facts, NOW), rows[i].end_text);
      assert_text (easel_rental_facts_dup_rate (&facts), rows[i].rate);
    }
}

static void
test_paused (void)
{
  EaselRentalFacts facts = a_running_one ();

  facts.state = EASEL_RENTAL_PAUSED;
  facts.is_stored = TRUE;
  facts.price = 13333;
  assert_text (easel_rental_facts_dup_rate (&facts), "$0.32/day");
  facts.price = 0;
  g_assert_null (easel_rental_facts_dup_rate (&facts));
  facts.state = EASEL_RENTAL_STUCK;
  g_assert_null (easel_rental_facts_dup_rate (&facts));
  facts.state = EASEL_RENTAL_PAUSED;
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW),
               "Keeps no files; delete it when you are done");
}

static void
test_gone (void)
{
  EaselRentalFacts facts = a_running_one ();
  g_autoptr (GError) error = easel_error_new (EASEL_ERROR_NETWORK, "no answer");

  facts.state = EASEL_RENTAL_GONE;
  facts.error = error;
  facts.is_stale = TRUE;
  assert_text (easel_rental_facts_dup_cost (&facts), "$0.52 in all");
  assert_text (easel_rental_facts_dup_end_text (&facts, NOW), "Costs nothing any more");
  assert_text (easel_rental_facts_dup_problem (&facts, NOW), NULL);
  assert_text (easel_rental_facts_dup_facts (&facts, NOW), "RunPod · Illustration and photo");
}

static void
test_problems (void)
{
  EaselRentalFacts facts = a_running_one ();
  g_autoptr (GError) locked = easel_error_new (EASEL_ERROR_LOCKED, "423");
  g_autofree char *problem = NULL;

  facts.error = locked;
  facts.state = EASEL_RENTAL_STUCK;
  problem = easel_rental_facts_dup_problem (&facts, NOW);
  g_assert_true (g_str_has_prefix (problem, "It could not be deleted yet. "));
  g_assert_nonnull (strstr (problem, "locked at RunPod"));
  facts.error = NULL;
  assert_text (easel_rental_facts_dup_problem (&facts, NOW), "It could not be deleted yet.");

  facts.state = EASEL_RENTAL_UNSEEN;
  assert_text (easel_rental_facts_dup_problem (&facts, NOW),
               "You rented the RTX 3090 at 18:10 with a key for RunPod that is not known here.");
  facts.rented_unix_ms = 0;
  assert_text (easel_rental_facts_dup_problem (&facts, NOW),
               "This GPU was rented with a key for RunPod that is not known here.");

  facts.state = EASEL_RENTAL_READY;
  facts.is_stale = TRUE;
  assert_text (easel_rental_facts_dup_facts (&facts, NOW),
               "RunPod · Illustration and photo · not up to date");
}

static void
assert_sums (EaselStudioState state,
             const EaselStudioSums *sums,
             const char *headline,
             const char *subline)
{
  assert_text (easel_studio_sums_dup_headline (state, sums), headline);
  assert_text (easel_studio_sums_dup_subline (state, sums, NOW), subline);
}

static void
test_headline (void)
{
  EaselStudioSums sums = { 0 };

  assert_sums (EASEL_STUDIO_KNOWN, &sums, "You pay nothing right now.", NULL);
  assert_sums (EASEL_STUDIO_CHECKING, &sums, "Checking…", NULL);

  sums.n_running = 1;
  sums.running_per_hour = 230000;
  sums.ends_at = NOW + 3 * HOUR + 30 * MINUTE;
  assert_sums (EASEL_STUDIO_KNOWN, &sums, "You pay $0.23 per hour.",
               "1 GPU runs and ends by 23:40 at the latest.");
  /* Until the GPU itself has said so, it is this program that ends it. */
  sums.n_unconfirmed = 1;
  assert_sums (EASEL_STUDIO_KNOWN, &sums, "You pay $0.23 per hour.",
               "1 GPU runs and ends by 23:40 while Cloud Easel runs.");
  /* Never old money. */
  assert_sums (EASEL_STUDIO_CHECKING, &sums, "Checking…", NULL);
  assert_sums (EASEL_STUDIO_OFFLINE, &sums, "What you pay is not known at the moment",
               "Below is what was true at the last answer.");

  sums.running_per_hour = 92000;
  assert_sums (EASEL_STUDIO_KNOWN, &sums, "You pay $0.09 per hour.",
               "1 GPU runs and ends by 23:40 while Cloud Easel runs.");
  sums.running_per_hour = 230000;

  sums.n_stored = 1;
  sums.stored_per_hour = 13333;
  assert_sums (EASEL_STUDIO_KNOWN, &sums, "You pay $0.24 per hour.",
               "1 GPU runs and ends by 23:40 while Cloud Easel runs. 1 stored disk costs $0.32 per "
               "day.");

  sums.n_running = 2;
  sums.ends_at = 0;
  assert_sums (EASEL_STUDIO_KNOWN, &sums, "You pay $0.24 per hour.",
               "2 GPUs run, not all of them with an automatic end. 1 stored disk costs $0.32 per "
               "day.");

  sums.n_running = 0;
  sums.running_per_hour = 0;
  assert_sums (EASEL_STUDIO_KNOWN, &sums, "Nothing runs. 1 stored disk costs $0.32 per day.", NULL);
  sums.n_stored = 2;
  sums.stored_per_hour = 26666;
  assert_sums (EASEL_STUDIO_KNOWN, &sums, "Nothing runs. 2 stored disks cost $0.64 per day.", NULL);
}

/* Nothing is called nothing that nobody can see. */
static void
test_headline_unseen (void)
{
  EaselStudioSums sums = { .n_unseen = 1 };
  g_autofree char *headline = NULL;

  assert_sums (EASEL_STUDIO_KNOWN, &sums, "What you pay cannot all be seen from here",
               "1 GPU was rented with a key that is not known here.");
  assert_sums (EASEL_STUDIO_NO_KEY, &sums, "What you pay cannot be seen without the key",
               "1 GPU was rented with a key that is not known here.");
  sums.n_unseen = 0;
  assert_sums (EASEL_STUDIO_NO_KEY, &sums, "No key yet",
               "Rent a GPU, or enter the key of your account to see what runs there.");
  assert_text (easel_studio_sums_dup_unexplained (&sums), NULL);

  sums.unexplained_per_hour = 410;
  sums.unexplained_provider = &runpod;
  headline = easel_studio_sums_dup_headline (EASEL_STUDIO_KNOWN, &sums);
  g_assert_true (g_str_has_prefix (headline, "You pay $0.30"));
  assert_text (easel_studio_sums_dup_unexplained (&sums),
               "RunPod reports $0.30 per month for something that is not listed here.");
  sums.unexplained_provider = NULL;
  assert_text (easel_studio_sums_dup_unexplained (&sums),
               "The provider reports $0.30 per month for something that is not listed here.");

  /* A GPU whose price nobody told still costs. */
  sums = (EaselStudioSums){ .n_running = 1, .ends_at = NOW + HOUR };
  assert_text (easel_studio_sums_dup_headline (EASEL_STUDIO_KNOWN, &sums), "You pay for 1 GPU");
}

static void
test_receipt (void)
{
  g_autoptr (EaselReceipt) receipt = easel_receipt_new ();

  receipt->title = g_strdup ("RTX 3090");
  receipt->started_unix_ms = NOW - 2 * HOUR - 11 * MINUTE - 30000;
  receipt->ended_unix_ms = NOW - MINUTE;
  receipt->reason = g_strdup ("done");
  receipt->estimated = 520000;
  assert_text (easel_receipt_dup_sentence (receipt, "RunPod", NOW),
               "RTX 3090 for 2 h 10 min. About $0.52; RunPod has not sent the bill yet. Deleted "
               "today 20:09 and checked twice.");

  receipt->n_pictures = 1;
  receipt->billed = 610000;
  assert_text (easel_receipt_dup_sentence (receipt, "RunPod", NOW),
               "RTX 3090 for 2 h 10 min, 1 picture. RunPod billed $0.61. Deleted today 20:09 and "
               "checked twice.");

  /* Nobody watched, and nobody knows why. */
  g_clear_pointer (&receipt->reason, g_free);
  receipt->n_pictures = 34;
  receipt->billed_until_unix_ms = NOW - 22 * HOUR;
  assert_text (
      easel_receipt_dup_sentence (receipt, "RunPod", NOW),
      "RTX 3090 for 2 h 10 min, 34 pictures. RunPod billed $0.61 until Sun 22:10. Gone when "
      "checked today 20:09.");
  assert_text (easel_receipt_dup_sentence (receipt, NULL, NOW + 20 * HOUR),
               "RTX 3090 for 2 h 10 min, 34 pictures. The provider billed $0.61 until Sun 22:10. "
               "Gone when checked Mon 20:09.");
}

static void
test_receipt_reasons (void)
{
  static const char *const reasons[] = { "done", "cancelled", "hours", "idle", "broken" };
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autoptr (EaselReceipt) receipt = easel_receipt_new ();
      char *sentence;

      receipt->ended_unix_ms = NOW;
      receipt->reason = g_strdup (reasons[i]);
      sentence = easel_receipt_dup_sentence (receipt, "RunPod", NOW);
      g_assert_true (g_str_has_prefix (sentence, "GPU. RunPod has not sent the bill yet. "));
      g_assert_nonnull (strstr (sentence, "today 20:10"));
      g_assert_nonnull (strstr (sentence, "checked twice."));
      g_assert_null (strstr (sentence, "%"));
      g_assert_true (g_hash_table_add (seen, sentence));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/rental-text/row", test_row);
  g_test_add_func ("/rental-text/little-is-known", test_little_is_known);
  g_test_add_func ("/rental-text/foreign", test_foreign);
  g_test_add_func ("/rental-text/states", test_states);
  g_test_add_func ("/rental-text/paused", test_paused);
  g_test_add_func ("/rental-text/gone", test_gone);
  g_test_add_func ("/rental-text/problems", test_problems);
  g_test_add_func ("/rental-text/headline", test_headline);
  g_test_add_func ("/rental-text/headline-unseen", test_headline_unseen);
  g_test_add_func ("/rental-text/receipt", test_receipt);
  g_test_add_func ("/rental-text/receipt-reasons", test_receipt_reasons);

  return g_test_run ();
}
