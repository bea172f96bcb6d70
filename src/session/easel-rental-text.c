/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said about rentals, sums and receipts: the same words in the window, in notifications and
 * on the command line. Pure: plain values in, sentences out, so that no sentence needs a cloud to
 * be tested. Nothing here says "gone" or "nothing" unless it is proven. */
#include "config.h"

#include "easel-rental-text.h"

#include "easel-error.h"
#include "easel-text.h"

#include <glib/gi18n-lib.h>

#define SEPARATOR " · "
#define MS_PER_MINUTE 60000

/**
 * easel_rental_facts_init:
 * @self: (out caller-allocates): facts
 *
 * Sets everything to unknown.
 */
void
easel_rental_facts_init (EaselRentalFacts *self)
{
  g_return_if_fail (self != NULL);

  *self = (EaselRentalFacts){ .state = EASEL_RENTAL_STARTING, .cost = EASEL_MONEY_UNKNOWN };
}

static gboolean
is_told (const char *text)
{
  return text != NULL && *text != '\0';
}

/* Joins what is there; @parts are owned strings, %NULL among them is left out. */
static char *
join (GPtrArray *parts, const char *separator)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < parts->len; i++)
    {
      const char *part = g_ptr_array_index (parts, i);

      if (!is_told (part))
        continue;
      if (text->len > 0)
        g_string_append (text, separator);
      g_string_append (text, part);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static GPtrArray *
parts_new (void)
{
  return g_ptr_array_new_with_free_func (g_free);
}

/* --- one row ------------------------------------------------------------------------------ */

/**
 * easel_rental_facts_dup_title:
 * @self: facts
 *
 * Returns: (transfer full): “RTX 3090 · Sweden”
 */
char *
easel_rental_facts_dup_title (const EaselRentalFacts *self)
{
  g_autoptr (GPtrArray) parts = parts_new ();

  g_return_val_if_fail (self != NULL, NULL);

  g_ptr_array_add (parts, g_strdup (is_told (self->gpu_name) ? self->gpu_name : _ ("GPU")));
  g_ptr_array_add (parts, g_strdup (self->place));
  return join (parts, SEPARATOR);
}

static const char *
state_label (const EaselRentalFacts *self, EaselTone *ret_tone)
{
  *ret_tone = EASEL_TONE_INFO;
  switch (self->state)
    {
    case EASEL_RENTAL_RENTING:
      return _ ("Renting");
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_RESUMING:
      return _ ("Starting");
    case EASEL_RENTAL_READY:
      *ret_tone = self->has_address ? EASEL_TONE_GOOD : EASEL_TONE_INFO;
      /* Translators: state of a GPU: it runs, but whether Krita can use it was not looked at. */
      return self->has_address ? _ ("Ready") : _ ("Running");
    case EASEL_RENTAL_TROUBLE:
      *ret_tone = EASEL_TONE_WARN;
      return _ ("Needs attention");
    case EASEL_RENTAL_PAUSING:
      return _ ("Pausing…");
    case EASEL_RENTAL_PAUSED:
      return _ ("Paused");
    case EASEL_RENTAL_DELETING:
      *ret_tone = EASEL_TONE_WARN;
      return _ ("Deleting…");
    case EASEL_RENTAL_STUCK:
      *ret_tone = EASEL_TONE_BAD;
      return _ ("Not deleted");
    case EASEL_RENTAL_GONE:
      *ret_tone = EASEL_TONE_NEUTRAL;
      return _ ("Deleted");
    case EASEL_RENTAL_UNSEEN:
      *ret_tone = EASEL_TONE_WARN;
      return _ ("Out of sight");
    case EASEL_N_RENTAL_STATES:
    default:
      *ret_tone = EASEL_TONE_NEUTRAL;
      return _ ("Unknown");
    }
}

/**
 * easel_rental_facts_dup_badge:
 * @self: facts
 * @ret_tone: (out) (optional): how it is to look
 *
 * Returns: (transfer full): the state in one or two words; the provider's own where this program
 *   does not know it
 */
char *
easel_rental_facts_dup_badge (const EaselRentalFacts *self, EaselTone *ret_tone)
{
  EaselTone tone;
  const char *label;

  g_return_val_if_fail (self != NULL, NULL);

  label = state_label (self, &tone);
  if (ret_tone != NULL)
    *ret_tone = tone;
  if (is_told (self->state_word) &&
      (self->state == EASEL_RENTAL_READY || self->state == EASEL_RENTAL_STARTING))
    return g_strdup (self->state_word);
  return g_strdup (label);
}

/* Until the GPU keeps the limits itself, this program does, and says so. */
static char *
dup_limits_text (const EaselRentalFacts *self, gint64 now_unix_ms)
{
  g_autofree char *time = easel_text_clock_time (self->ends_at_unix_ms, now_unix_ms);

  if (self->end_reason != EASEL_END_NONE)
    return g_strdup (self->stop_instead ? _ ("Its time is over: it is being paused")
                                        : _ ("Its time is over: it is being deleted"));
  if (self->is_confirmed && self->stop_instead)
    /* Translators: %s is a time such as "23:40" */
    return g_strdup_printf (_ ("Pauses by %s at the latest"), time);
  if (self->is_confirmed)
    /* Translators: %s is a time such as "23:40" */
    return g_strdup_printf (_ ("Ends by %s at the latest"), time);
  if (self->idle_minutes > 0 && self->stop_instead)
    /* Translators: the first %s is a time such as "23:40" */
    return g_strdup_printf (
        _ ("Pauses by %s, or %u min after the last picture, while Cloud Easel runs"), time,
        self->idle_minutes);
  if (self->idle_minutes > 0)
    /* Translators: the first %s is a time such as "23:40" */
    return g_strdup_printf (
        _ ("Ends by %s, or %u min after the last picture, while Cloud Easel runs"), time,
        self->idle_minutes);
  if (self->stop_instead)
    /* Translators: %s is a time such as "23:40" */
    return g_strdup_printf (_ ("Pauses by %s while Cloud Easel runs"), time);
  /* Translators: %s is a time such as "23:40" */
  return g_strdup_printf (_ ("Ends by %s while Cloud Easel runs"), time);
}

static char *
dup_running_end_text (const EaselRentalFacts *self, gint64 now_unix_ms)
{
  if (self->ends_at_unix_ms > 0)
    return dup_limits_text (self, now_unix_ms);
  /* Of a create whose fate is open there may be nothing to end. */
  return self->state == EASEL_RENTAL_RENTING ? NULL : g_strdup (_ ("Nothing ends it by itself"));
}

/**
 * easel_rental_facts_dup_end_text:
 * @self: facts
 * @now_unix_ms: the present
 *
 * Returns: (transfer full) (nullable): when and why it ends, or what keeps costing
 */
char *
easel_rental_facts_dup_end_text (const EaselRentalFacts *self, gint64 now_unix_ms)
{
  g_autofree char *time = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  switch (self->state)
    {
    case EASEL_RENTAL_RENTING:
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_READY:
    case EASEL_RENTAL_TROUBLE:
    case EASEL_RENTAL_RESUMING:
      return dup_running_end_text (self, now_unix_ms);
    case EASEL_RENTAL_PAUSING:
    case EASEL_RENTAL_PAUSED:
      return g_strdup (self->keeps_files ? _ ("Keeps its files until you delete it")
                                         : _ ("Keeps no files; delete it when you are done"));
    case EASEL_RENTAL_DELETING:
      return g_strdup (_ ("May cost until it is proven gone"));
    case EASEL_RENTAL_STUCK:
      return g_strdup (_ ("Costs until it is gone; it is tried again and again"));
    case EASEL_RENTAL_GONE:
      if (self->proven_unix_ms == 0)
        return g_strdup (_ ("Costs nothing any more"));
      time = easel_text_clock_time (self->proven_unix_ms, now_unix_ms);
      /* Translators: %s is a time such as "23:40" */
      return g_strdup_printf (_ ("Costs nothing any more, checked twice by %s"), time);
    case EASEL_RENTAL_UNSEEN:
      return g_strdup (_ ("Whether it still costs cannot be seen from here"));
    case EASEL_N_RENTAL_STATES:
    default:
      return NULL;
    }
}

static char *
dup_since (const EaselRentalFacts *self, gint64 now_unix_ms)
{
  g_autofree char *time = NULL;

  if (self->rented_unix_ms == 0)
    return NULL;
  time = easel_text_clock_time (self->rented_unix_ms, now_unix_ms);
  /* Translators: when a GPU was rented; %s is a time such as "20:10" or "Fri 20:10" */
  return g_strdup_printf (_ ("since %s"), time);
}

/**
 * easel_rental_facts_dup_facts:
 * @self: facts
 * @now_unix_ms: the present
 *
 * Returns: (transfer full): “RunPod · Illustration and photo · since 20:10”
 */
char *
easel_rental_facts_dup_facts (const EaselRentalFacts *self, gint64 now_unix_ms)
{
  g_autoptr (GPtrArray) parts = parts_new ();
  gboolean is_here;

  g_return_val_if_fail (self != NULL, NULL);

  is_here = self->state != EASEL_RENTAL_GONE;
  g_ptr_array_add (parts, g_strdup (self->provider_name));
  if (self->is_ours)
    {
      g_ptr_array_add (parts, g_strdup (self->paints));
    }
  else
    {
      g_ptr_array_add (parts, g_strdup (self->given_name));
      g_ptr_array_add (parts, g_strdup (_ ("not made by Cloud Easel, no automatic end")));
    }
  if (self->is_ours && is_here)
    g_ptr_array_add (parts, dup_since (self, now_unix_ms));
  if (self->is_locked && is_here)
    g_ptr_array_add (parts, g_strdup (_ ("locked in the provider’s console")));
  if (self->is_stale && is_here)
    g_ptr_array_add (parts, g_strdup (_ ("not up to date")));
  return join (parts, SEPARATOR);
}

/**
 * easel_rental_facts_dup_rate:
 * @self: facts
 *
 * Returns: (transfer full) (nullable): what it costs now, “$0.23/h”; %NULL where nothing is paid or
 *   nothing can be seen
 */
char *
easel_rental_facts_dup_rate (const EaselRentalFacts *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->state == EASEL_RENTAL_GONE || self->state == EASEL_RENTAL_UNSEEN ||
      self->price == EASEL_MONEY_UNKNOWN)
    return NULL;
  /* What it costs to keep its files was not told: that is not nothing. */
  if ((self->is_stored || self->state == EASEL_RENTAL_PAUSED) && self->price == 0)
    return NULL;
  return self->is_stored ? easel_money_format_rate_short (self->price)
                         : easel_money_format_hourly_short (self->price);
}

/**
 * easel_rental_facts_dup_cost:
 * @self: facts
 *
 * Returns: (transfer full) (nullable): what it cost until now, “$0.52 so far”; %NULL if not known
 */
char *
easel_rental_facts_dup_cost (const EaselRentalFacts *self)
{
  g_autofree char *amount = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->cost == EASEL_MONEY_UNKNOWN)
    return NULL;
  amount = easel_money_format (self->cost);
  if (self->state == EASEL_RENTAL_GONE)
    /* Translators: what a GPU cost from beginning to end; %s is an amount such as "$0.52" */
    return g_strdup_printf (_ ("%s in all"), amount);
  /* Translators: what a GPU has cost until now; %s is an amount such as "$0.52" */
  return g_strdup_printf (_ ("%s so far"), amount);
}

static char *
dup_unseen_problem (const EaselRentalFacts *self, gint64 now_unix_ms)
{
  const char *gpu_name = is_told (self->gpu_name) ? self->gpu_name : _ ("GPU");
  const char *provider = is_told (self->provider_name) ? self->provider_name : _ ("the provider");
  g_autofree char *time = NULL;

  if (self->rented_unix_ms == 0)
    /* Translators: %s is a provider, such as RunPod */
    return g_strdup_printf (_ ("This GPU was rented with a key for %s that is not known here."),
                            provider);
  time = easel_text_clock_time (self->rented_unix_ms, now_unix_ms);
  /* Translators: "You rented the RTX 3090 at 20:10 with a key for RunPod that is not known here."
   */
  return g_strdup_printf (_ ("You rented the %s at %s with a key for %s that is not known here."),
                          gpu_name, time, provider);
}

/**
 * easel_rental_facts_dup_problem:
 * @self: facts
 * @now_unix_ms: the present
 *
 * Returns: (transfer full) (nullable): what is wrong, as sentences; %NULL if nothing is
 */
char *
easel_rental_facts_dup_problem (const EaselRentalFacts *self, gint64 now_unix_ms)
{
  g_autofree char *sentence = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->state == EASEL_RENTAL_GONE)
    return NULL;
  if (self->state == EASEL_RENTAL_UNSEEN)
    return dup_unseen_problem (self, now_unix_ms);
  if (self->error != NULL)
    sentence = easel_error_sentence (self->error, self->provider_name);
  if (self->state == EASEL_RENTAL_STUCK && sentence != NULL)
    /* Translators: %s is a sentence that tells why */
    return g_strdup_printf (_ ("It could not be deleted yet. %s"), sentence);
  if (self->state == EASEL_RENTAL_STUCK)
    return g_strdup (_ ("It could not be deleted yet."));
  return g_steal_pointer (&sentence);
}

/* --- the sums ----------------------------------------------------------------------------- */

static char *
dup_stored_sentence (const EaselStudioSums *sums)
{
  g_autofree char *rate = NULL;

  if (sums->n_stored == 0)
    return NULL;
  rate = easel_money_format_rate (sums->stored_per_hour);
  /* Translators: the second %s is a price such as "$0.32 per day" */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u stored disk costs %s.",
                                       "%u stored disks cost %s.", sums->n_stored),
                          sums->n_stored, rate);
}

static char *
dup_unseen_sentence (const EaselStudioSums *sums)
{
  if (sums->n_unseen == 0)
    return NULL;
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "%u GPU was rented with a key that is not known here.",
                                       "%u GPUs were rented with keys that are not known here.",
                                       sums->n_unseen),
                          sums->n_unseen);
}

static char *
dup_running_sentence (const EaselStudioSums *sums, gint64 now_unix_ms)
{
  g_autofree char *time = NULL;

  if (sums->n_running == 0)
    return NULL;
  if (sums->ends_at == 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u GPU runs without an automatic end.",
                                         "%u GPUs run, not all of them with an automatic end.",
                                         sums->n_running),
                            sums->n_running);
  time = easel_text_clock_time (sums->ends_at, now_unix_ms);
  if (sums->n_unconfirmed == 0)
    return g_strdup_printf (
        /* Translators: %s is a time such as "23:40" */
        g_dngettext (GETTEXT_PACKAGE, "%u GPU runs and ends by %s at the latest.",
                     "%u GPUs run, and the last ends by %s at the latest.", sums->n_running),
        sums->n_running, time);
  /* Translators: %s is a time such as "23:40" */
  return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u GPU runs and ends by %s while Cloud Easel runs.",
                   "%u GPUs run, and the last ends by %s while Cloud Easel runs.", sums->n_running),
      sums->n_running, time);
}

static gint64
paid_per_hour (const EaselStudioSums *sums)
{
  gint64 total;

  if (__builtin_add_overflow (sums->running_per_hour, sums->stored_per_hour, &total))
    return EASEL_MONEY_UNKNOWN;
  return total;
}

static char *
dup_known_headline (const EaselStudioSums *sums)
{
  gint64 paid = paid_per_hour (sums);
  g_autofree char *rate = NULL;

  if (sums->n_running > 0 && paid > 0)
    rate = easel_money_format_hourly (paid);
  else if (sums->n_running > 0)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "You pay for %u GPU",
                                         "You pay for %u GPUs", sums->n_running),
                            sums->n_running);
  else if (sums->n_stored > 0)
    {
      rate = easel_money_format_rate (paid);
      /* Translators: the second %s is a price such as "$0.32 per day" */
      return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                           "Nothing runs. %u stored disk costs %s.",
                                           "Nothing runs. %u stored disks cost %s.",
                                           sums->n_stored),
                              sums->n_stored, rate);
    }
  else if (sums->unexplained_per_hour > 0)
    rate = easel_money_format_rate (sums->unexplained_per_hour);
  else if (sums->n_unseen > 0)
    return g_strdup (_ ("What you pay cannot all be seen from here"));
  else
    return g_strdup (_ ("You pay nothing right now."));
  /* Translators: %s is a price such as "$0.23 per hour" */
  return g_strdup_printf (_ ("You pay %s."), rate);
}

/**
 * easel_studio_sums_dup_headline:
 * @state: whether @sums are true
 * @sums: what is paid
 *
 * Returns: (transfer full): the headline, by money; never old money
 */
char *
easel_studio_sums_dup_headline (EaselStudioState state, const EaselStudioSums *sums)
{
  g_return_val_if_fail (sums != NULL, NULL);

  switch (state)
    {
    case EASEL_STUDIO_NO_KEY:
      return g_strdup (sums->n_unseen > 0 ? _ ("What you pay cannot be seen without the key")
                                          : _ ("No key yet"));
    case EASEL_STUDIO_CHECKING:
      return g_strdup (_ ("Checking…"));
    case EASEL_STUDIO_OFFLINE:
      return g_strdup (_ ("What you pay is not known at the moment"));
    case EASEL_STUDIO_KNOWN:
    default:
      return dup_known_headline (sums);
    }
}

/**
 * easel_studio_sums_dup_subline:
 * @state: whether @sums are true
 * @sums: what is paid
 * @now_unix_ms: the present
 *
 * Returns: (transfer full) (nullable): what belongs to the headline; %NULL if nothing does
 */
char *
easel_studio_sums_dup_subline (EaselStudioState state,
                               const EaselStudioSums *sums,
                               gint64 now_unix_ms)
{
  g_autoptr (GPtrArray) parts = parts_new ();
  char *text;

  g_return_val_if_fail (sums != NULL, NULL);

  switch (state)
    {
    case EASEL_STUDIO_NO_KEY:
      g_ptr_array_add (parts, dup_unseen_sentence (sums));
      if (sums->n_unseen == 0)
        g_ptr_array_add (parts, g_strdup (_ ("Rent a GPU, or enter the key of your account to see "
                                             "what runs there.")));
      break;
    case EASEL_STUDIO_CHECKING:
      break;
    case EASEL_STUDIO_OFFLINE:
      g_ptr_array_add (parts, g_strdup (_ ("Below is what was true at the last answer.")));
      g_ptr_array_add (parts, dup_unseen_sentence (sums));
      break;
    case EASEL_STUDIO_KNOWN:
    default:
      g_ptr_array_add (parts, dup_running_sentence (sums, now_unix_ms));
      if (sums->n_running > 0)
        g_ptr_array_add (parts, dup_stored_sentence (sums));
      g_ptr_array_add (parts, dup_unseen_sentence (sums));
      break;
    }
  text = join (parts, " ");
  if (*text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

/**
 * easel_studio_sums_dup_low_funds:
 * @sums: what is paid
 * @now_unix_ms: the present
 *
 * Returns: (transfer full) (nullable): until when the balance lasts, %NULL if that is long enough
 */
char *
easel_studio_sums_dup_low_funds (const EaselStudioSums *sums, gint64 now_unix_ms)
{
  g_autofree char *time = NULL;

  g_return_val_if_fail (sums != NULL, NULL);

  if (sums->funds_end_at == 0 || sums->funds_provider == NULL)
    return NULL;
  if (sums->funds_end_at <= now_unix_ms)
    /* Translators: %s is a provider, "RunPod". */
    return g_strdup_printf (_ ("Your balance at %s is used up."), sums->funds_provider->name);
  time = easel_text_clock_time (sums->funds_end_at, now_unix_ms);
  /* Translators: a provider and a time: "Your balance at RunPod lasts until 22:10." */
  return g_strdup_printf (_ ("Your balance at %s lasts until %s."), sums->funds_provider->name,
                          time);
}

/**
 * easel_studio_sums_dup_unexplained:
 * @sums: what is paid
 *
 * Returns: (transfer full) (nullable): what a provider bills beyond what is listed, %NULL if
 * nothing
 */
char *
easel_studio_sums_dup_unexplained (const EaselStudioSums *sums)
{
  g_autofree char *rate = NULL;
  const char *provider;

  g_return_val_if_fail (sums != NULL, NULL);

  if (sums->unexplained_per_hour <= 0)
    return NULL;
  provider =
      sums->unexplained_provider != NULL ? sums->unexplained_provider->name : _ ("The provider");
  rate = easel_money_format_rate (sums->unexplained_per_hour);
  /* Translators: "RunPod reports $0.01 per hour for something that is not listed here." */
  return g_strdup_printf (_ ("%s reports %s for something that is not listed here."), provider,
                          rate);
}

/* --- receipts ----------------------------------------------------------------------------- */

static char *
dup_session_sentence (const EaselReceipt *receipt)
{
  const char *title = is_told (receipt->title) ? receipt->title : _ ("GPU");
  g_autofree char *duration = NULL;
  gint64 length_ms = receipt->ended_unix_ms - receipt->started_unix_ms;

  if (receipt->started_unix_ms == 0 || length_ms <= 0)
    /* Translators: name of a GPU that was rented */
    return g_strdup_printf (_ ("%s."), title);
  /* Seconds only where there is nothing else: nobody paints by the second. */
  if (length_ms >= MS_PER_MINUTE)
    length_ms -= length_ms % MS_PER_MINUTE;
  duration = easel_text_duration (length_ms);
  if (receipt->n_pictures > 0)
    /* Translators: "RTX 3090 for 2 h 10 min, 34 pictures." */
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s for %s, %u picture.",
                                         "%s for %s, %u pictures.", receipt->n_pictures),
                            title, duration, receipt->n_pictures);
  /* Translators: "RTX 3090 for 2 h 10 min." */
  return g_strdup_printf (_ ("%s for %s."), title, duration);
}

/* The provider's bill where there is one; a guess is called one. */
static char *
dup_money_sentence (const EaselReceipt *receipt, const char *provider, gint64 now_unix_ms)
{
  g_autofree char *amount = NULL;
  g_autofree char *time = NULL;

  if (receipt->billed != EASEL_MONEY_UNKNOWN && receipt->billed_until_unix_ms > 0)
    {
      amount = easel_money_format (receipt->billed);
      time = easel_text_clock_time (receipt->billed_until_unix_ms, now_unix_ms);
      /* Translators: "RunPod billed $0.61 until Tue 22:47." */
      return g_strdup_printf (_ ("%s billed %s until %s."), provider, amount, time);
    }
  if (receipt->billed != EASEL_MONEY_UNKNOWN)
    {
      amount = easel_money_format (receipt->billed);
      /* Translators: "RunPod billed $0.61." */
      return g_strdup_printf (_ ("%s billed %s."), provider, amount);
    }
  if (receipt->estimated == EASEL_MONEY_UNKNOWN)
    /* Translators: %s is a provider, such as RunPod */
    return g_strdup_printf (_ ("%s has not sent the bill yet."), provider);
  amount = easel_money_format (receipt->estimated);
  /* Translators: "About $0.52; RunPod has not sent the bill yet." */
  return g_strdup_printf (_ ("About %s; %s has not sent the bill yet."), amount, provider);
}

static const char *
end_format (const char *reason)
{
  static const struct
  {
    const char *reason;
    const char *format;
  } formats[] = {
    { "done", N_ ("Deleted %s and checked twice.") },
    { "cancelled", N_ ("Cancelled and deleted %s, checked twice.") },
    { "hours", N_ ("Deleted %s because the chosen hours were over, checked twice.") },
    { "idle", N_ ("Deleted %s because no picture was made any more, checked twice.") },
    { "closed", N_ ("Deleted %s because Krita was closed, checked twice.") },
    { "never", N_ ("Deleted %s because Krita never connected, checked twice.") },
    { "broken", N_ ("Deleted %s because it did not work, checked twice.") },
  };

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_strcmp0 (reason, formats[i].reason) == 0)
      return formats[i].format;
  /* Nobody here ended it. */
  return N_ ("Gone when checked %s.");
}

static char *
dup_moment (gint64 unix_ms, gint64 now_unix_ms)
{
  g_autofree char *time = easel_text_clock_time (unix_ms, now_unix_ms);
  g_autofree char *day = easel_text_day (unix_ms, now_unix_ms);
  g_autofree char *today = easel_text_day (now_unix_ms, now_unix_ms);

  if (g_strcmp0 (day, today) != 0)
    return g_steal_pointer (&time);
  /* Translators: "today 09:02" */
  return g_strdup_printf (_ ("today %s"), time);
}

/**
 * easel_receipt_dup_sentence:
 * @receipt: a receipt
 * @provider_name: (nullable): "RunPod"
 * @now_unix_ms: the present
 *
 * Returns: (transfer full): what it was, what it cost, and how it is known to be over; why only if
 *   that is known
 */
char *
easel_receipt_dup_sentence (const EaselReceipt *receipt,
                            const char *provider_name,
                            gint64 now_unix_ms)
{
  g_autoptr (GPtrArray) parts = parts_new ();
  const char *provider = is_told (provider_name) ? provider_name : _ ("The provider");
  g_autofree char *moment = NULL;

  g_return_val_if_fail (receipt != NULL, NULL);

  g_ptr_array_add (parts, dup_session_sentence (receipt));
  g_ptr_array_add (parts, dup_money_sentence (receipt, provider, now_unix_ms));
  if (receipt->ended_unix_ms > 0)
    {
      g_autoptr (GString) end =
          g_string_new (g_dgettext (GETTEXT_PACKAGE, end_format (receipt->reason)));

      moment = dup_moment (receipt->ended_unix_ms, now_unix_ms);
      g_string_replace (end, "%s", moment, 1);
      g_ptr_array_add (parts, g_string_free (g_steal_pointer (&end), FALSE));
    }
  return join (parts, " ");
}
