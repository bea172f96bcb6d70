/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Review: everything that the click on Rent means, on one page: what, where, for how long, what it
 * costs at most and when it ends. Changes limits in the plan; the renting itself is the wizard's.
 */

#include "config.h"
#include "easel-page-review.h"

#include "easel-choice-list.h"
#include "easel-deployment.h"
#include "easel-image-tag.h"
#include "easel-shelf-bar.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define TICK_MS (30 * 1000)
#define MS_PER_HOUR (60 * 60 * 1000)
#define PLACEHOLDER "{hours}"

struct _EaselPageReview
{
  EaselPage parent_instance;

  EaselErrorBar *bar;          /* (unowned): child of the template */
  EaselErrorBar *notice;       /* (unowned): child of the template */
  EaselErrorBar *running;      /* (unowned): child of the template */
  EaselErrorBar *funds;        /* (unowned): child of the template */
  EaselShelfBar *shelf_bar;    /* (unowned): child of the template */
  EaselErrorBar *promise;      /* (unowned): child of the template */
  GtkLabel *gpu;               /* (unowned): child of the template */
  GtkLabel *place;             /* (unowned): child of the template */
  GtkLabel *paints;            /* (unowned): child of the template */
  GtkLabel *server;            /* (unowned): child of the template */
  GtkLabel *balance_title;     /* (unowned): child of the template */
  GtkLabel *balance;           /* (unowned): child of the template */
  GtkWidget *connection_title; /* (unowned): child of the template */
  GtkWidget *connection;       /* (unowned): child of the template */
  GtkLabel *price;             /* (unowned): child of the template */
  GtkLabel *before_hours;      /* (unowned): child of the template */
  GtkDropDown *hours;          /* (unowned): child of the template */
  GtkLabel *at_hours;          /* (unowned): child of the template */
  GtkLabel *after_hours;       /* (unowned): child of the template */
  GtkLabel *ends;              /* (unowned): child of the template */
  GtkWidget *closed_box;       /* (unowned): child of the template */
  GtkDropDown *closed;         /* (unowned): child of the template */
  GtkDropDown *idle;           /* (unowned): child of the template */
  GtkDropDown *overprice;      /* (unowned): child of the template */
  GtkWidget *at_end_title;     /* (unowned): child of the template */
  GtkDropDown *at_end;         /* (unowned): child of the template */
  GtkLabel *image;             /* (unowned): child of the template */

  EaselChoiceList *hours_list;     /* (owned) */
  EaselChoiceList *closed_list;    /* (owned) */
  EaselChoiceList *idle_list;      /* (owned) */
  EaselChoiceList *overprice_list; /* (owned) */
  GSignalGroup *account_group;     /* (owned) */
  guint tick_id;
  gboolean second_accepted;
  gboolean syncing;
};

enum
{
  SIGNAL_USE_RUNNING,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static const guint hour_choices[] = { 1, 2, 3, 4, 5, 6, 8, 10, 12, 24 };
static const guint closed_choices[] = { 5, 10, 20, 30, 60, 120 };
static const guint idle_choices[] = { 20, 30, 60, 90, 120, 240 };
static const guint overprice_choices[] = { 0, 15, 30, 50, 100 };

G_DEFINE_FINAL_TYPE (EaselPageReview, easel_page_review, EASEL_TYPE_PAGE)

static EaselPlan *
get_plan (EaselPageReview *self)
{
  return easel_session_get_plan (easel_page_get_session (EASEL_PAGE (self)));
}

static EaselCatalog *
get_catalog (EaselPageReview *self)
{
  return easel_session_get_catalog (easel_page_get_session (EASEL_PAGE (self)));
}

static EaselStudio *
get_studio (EaselPageReview *self)
{
  return easel_session_get_studio (easel_page_get_session (EASEL_PAGE (self)));
}

static EaselClock *
get_clock (EaselPageReview *self)
{
  return easel_session_get_clock (easel_page_get_session (EASEL_PAGE (self)));
}

static char *
dup_hours (guint value)
{
  return g_strdup_printf (ngettext ("%u hour", "%u hours", value), value);
}

static char *
dup_minutes (guint value)
{
  return g_strdup_printf (ngettext ("%u minute", "%u minutes", value), value);
}

static char *
dup_percent (guint value)
{
  if (value == 0)
    return g_strdup (_ ("no more than the chosen one"));
  return g_strdup_printf (_ ("up to %u %% more"), value);
}

/* Facts */

static char *
dup_paints (EaselPageReview *self)
{
  EaselPlan *plan = get_plan (self);
  EaselShelf *shelf = easel_session_get_shelf (easel_page_get_session (EASEL_PAGE (self)));
  const guint n_own =
      easel_plan_takes_shelf (plan) ? easel_shelf_count_ticked (easel_shelf_get_models (shelf)) : 0;
  g_autofree char *title = easel_workload_set_title (easel_plan_get_workload (plan));
  g_autofree char *size = NULL;

  if (n_own == 0)
    return g_steal_pointer (&title);
  size = easel_text_gigabytes (easel_plan_get_shelf_bytes (plan));
  /* Translators: what is painted, then checkpoints and LoRAs of the person's own: "Illustration and
   * photo, with 2 models of your own (6.9 GB)". */
  return g_strdup_printf (ngettext ("%s, with %u model of your own (%s)",
                                    "%s, with %u models of your own (%s)", n_own),
                          title, n_own, size);
}

static void
update_facts (EaselPageReview *self)
{
  EaselPlan *plan = get_plan (self);
  EaselOffer *offer = easel_plan_get_offer (plan);
  const EaselProviderInfo *provider = easel_page_get_provider (EASEL_PAGE (self));
  EaselTemplate *template = easel_plan_get_template (plan);
  g_autofree char *paints = dup_paints (self);
  g_autofree char *image = easel_plan_dup_image (plan);
  /* An offer knows it of itself: other clouds than the chosen one may be in the list, too. */
  const gboolean is_open = offer != NULL ? !easel_offer_get (offer)->encrypted
                                         : provider != NULL && !provider->encrypted;

  if (offer != NULL)
    {
      guint disk_gb = easel_plan_get_disk_gb (plan) + easel_plan_get_workspace_gb (plan);
      g_autofree char *title = easel_offer_title (offer);
      g_autofree char *rate = easel_money_format_hourly_short (easel_offer_price (offer, disk_gb));
      g_autofree char *gpu = g_strjoin (" · ", title, rate, NULL);
      g_autofree char *facts = easel_offer_facts (offer, provider != NULL ? provider->name : NULL,
                                                  easel_plan_get_shelf_bytes (plan));

      easel_ui_set_text (self->gpu, gpu);
      easel_ui_set_text (self->place, facts);
    }
  else
    {
      EaselCatalogState state = easel_catalog_get_state (get_catalog (self));
      gboolean is_loading = state == EASEL_CATALOG_LOADING || state == EASEL_CATALOG_EMPTY;

      easel_ui_set_text (self->gpu, is_loading ? _ ("Asking for offers…") : _ ("None is free now"));
      easel_ui_set_text (self->place, provider != NULL ? provider->name : "");
    }
  easel_ui_set_text (self->paints, paints);
  if (template != NULL)
    easel_ui_set_text (self->server, easel_template_get (template)->name);
  else
    easel_ui_set_text (self->server, provider != NULL ? provider->template_name : NULL);
  easel_ui_set_text (self->image, image);
  gtk_widget_set_visible (self->connection_title, is_open);
  gtk_widget_set_visible (self->connection, is_open);
}

static const EaselAccountInfo *
get_account_info (EaselPageReview *self)
{
  EaselAccount *account = easel_page_get_account (EASEL_PAGE (self));

  return account != NULL ? easel_account_get_info (account) : NULL;
}

static void
update_balance (EaselPageReview *self, gint64 price)
{
  const EaselAccountInfo *info = get_account_info (self);
  const EaselProviderInfo *provider = easel_page_get_provider (EASEL_PAGE (self));
  gint64 balance = info != NULL ? info->balance : EASEL_MONEY_UNKNOWN;
  gint64 now = easel_page_get_now_ms (EASEL_PAGE (self));
  gboolean is_known = balance != EASEL_MONEY_UNKNOWN;
  g_autofree char *money = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->balance_title), is_known);
  easel_error_bar_clear (self->funds);
  if (!is_known)
    {
      easel_ui_set_text (self->balance, NULL);
      return;
    }

  money = easel_money_format (balance);
  if (price <= 0 || balance <= 0)
    easel_ui_set_text (self->balance, money);
  else
    {
      double hours = (double) balance / (double) price;
      gint64 lasts = now + (gint64) (MIN (hours, 24.0 * 365) * MS_PER_HOUR);
      g_autofree char *until = easel_text_clock_time (lasts, now);

      /* Translators: money and a time: "$24.10, lasts until Tue 22:10". */
      easel_ui_take_text (self->balance, g_strdup_printf (_ ("%s, lasts until %s"), money, until));
    }
  if (price > 0 && balance < price && provider != NULL)
    {
      /* Translators: %s is a provider, "RunPod". */
      g_autofree char *sentence =
          g_strdup_printf (_ ("Your balance is too low: %s asks for one hour in advance."),
                           provider->name);

      easel_error_bar_set_message (self->funds, EASEL_BAR_WARNING, sentence,
                                   easel_remedy_label (EASEL_REMEDY_ADD_FUNDS));
    }
}

/* Money and time */

/* A colon belongs to the word before it, and does not begin a line. */
static void
show_after_hours (EaselPageReview *self, char *text)
{
  const char *rest = g_strchug (text);
  g_autofree char *sign = NULL;

  if (g_unichar_ispunct (g_utf8_get_char (rest)))
    {
      sign = g_strndup (rest, (gsize) (g_utf8_next_char (rest) - rest));
      rest = g_utf8_next_char (rest);
    }
  easel_ui_set_text (self->at_hours, sign);
  easel_ui_take_text (self->after_hours, g_strstrip (g_strdup (rest)));
}

static void
update_sentence (EaselPageReview *self, const EaselLaunchSpec *spec)
{
  const EaselLimits *limits = easel_plan_get_limits (get_plan (self));
  gint64 now = easel_page_get_now_ms (EASEL_PAGE (self));
  g_autofree char *time = easel_text_clock_time (easel_limits_hard_end (limits, now), now);
  g_autofree char *sentence = NULL;
  g_auto (GStrv) parts = NULL;

  if (spec != NULL)
    {
      /* The next best may cost more than the chosen one; “at most” has to hold then, too. */
      gint64 worst =
          easel_limits_worst_case (limits, spec->max_price,
                                   easel_offer_start_cost (spec->offer, spec->download_bytes));
      g_autofree char *money = easel_money_format_up (worst);

      /* Translators: keep {hours}: a drop-down such as "4 hours" stands there. Then money and a
       * time: "Paint for at most [4 hours]: costs at most $0.94, ends by 23:40." */
      sentence = g_strdup_printf (_ ("Paint for at most {hours}: costs at most %s, ends by %s."),
                                  money, time);
    }
  else
    /* Translators: keep {hours}: a drop-down such as "4 hours" stands there. */
    sentence = g_strdup_printf (_ ("Paint for at most {hours}: ends by %s."), time);

  parts = g_strsplit (sentence, PLACEHOLDER, 2);
  easel_ui_set_text (self->before_hours, g_strstrip (parts[0]));
  show_after_hours (self, parts[1] != NULL ? parts[1] : "");
}

/* What holds if this computer goes off. */
static void
update_promise (EaselPageReview *self, const EaselLaunchSpec *spec, gboolean has_agent)
{
  g_autofree char *money = NULL;
  g_autofree char *sentence = NULL;

  if (!has_agent)
    {
      easel_error_bar_set_message (
          self->promise, EASEL_BAR_INFO,
          _ ("This template brings no automatic end of its own: the limits hold while Cloud Easel "
             "runs. Leave this computer on."),
          NULL);
      return;
    }
  if (spec == NULL)
    {
      easel_error_bar_clear (self->promise);
      return;
    }
  money = easel_money_format_up (
      easel_limits_worst_case (easel_plan_get_limits (get_plan (self)), spec->max_price,
                               easel_offer_start_cost (spec->offer, spec->download_bytes)));
  /* Translators: %s is money, "$0.94". */
  sentence = g_strdup_printf (_ ("Worst case %s, even if this computer dies, once the GPU has "
                                 "confirmed it: some minutes after renting. Leave this computer on "
                                 "until then."),
                              money);
  easel_error_bar_set_message (self->promise, EASEL_BAR_INFO, sentence, NULL);
}

static void
update_money (EaselPageReview *self, const EaselLaunchSpec *spec)
{
  const EaselLimits *limits = easel_plan_get_limits (get_plan (self));
  g_autofree char *ends = NULL;
  gboolean has_agent;

  if (spec != NULL)
    {
      g_autofree char *rate = easel_money_format_hourly (spec->max_price);

      /* Translators: %s is a price, "$0.27 per hour". */
      easel_ui_take_text (self->price, g_strdup_printf (_ ("At most %s"), rate));
    }
  else
    easel_ui_set_text (self->price, NULL);

  update_sentence (self, spec);
  /* Without a price yet, the usual case is told. */
  has_agent = spec == NULL || easel_deployment_takes_agent (spec);
  ends = has_agent ? g_strdup_printf (
                         /* Translators: two numbers of minutes; the second one counts. */
                         ngettext ("It ends by itself %u minutes after Krita is closed, or after "
                                   "%u minute in which nothing was generated.",
                                   "It ends by itself %u minutes after Krita is closed, or after "
                                   "%u minutes in which nothing was generated.",
                                   limits->idle_minutes),
                         limits->closed_minutes, limits->idle_minutes)
                   : g_strdup_printf (
                         ngettext ("It also ends by itself after %u minute in which nothing was "
                                   "generated.",
                                   "It also ends by itself after %u minutes in which nothing was "
                                   "generated.",
                                   limits->idle_minutes),
                         limits->idle_minutes);
  easel_ui_set_text (self->ends, ends);
  gtk_widget_set_visible (self->closed_box, has_agent);
  update_promise (self, spec, has_agent);
}

static void
update_limits (EaselPageReview *self)
{
  EaselPlan *plan = get_plan (self);
  const EaselLimits *limits = easel_plan_get_limits (plan);
  const EaselProviderInfo *provider = easel_page_get_provider (EASEL_PAGE (self));
  gboolean can_pause =
      provider != NULL && provider->has_pause && easel_plan_get_workspace_gb (plan) > 0;

  self->syncing = TRUE;
  easel_choice_list_set_value (self->hours_list, limits->hours);
  easel_choice_list_set_value (self->closed_list, limits->closed_minutes);
  easel_choice_list_set_value (self->idle_list, limits->idle_minutes);
  easel_choice_list_set_value (self->overprice_list, easel_plan_get_overprice_percent (plan));
  gtk_drop_down_set_selected (self->at_end, limits->stop_instead && can_pause ? 1 : 0);
  self->syncing = FALSE;
  gtk_widget_set_visible (self->at_end_title, can_pause);
  gtk_widget_set_visible (GTK_WIDGET (self->at_end), can_pause);
}

static void
on_limits_changed (EaselPageReview *self)
{
  EaselPlan *plan;
  EaselLimits limits;

  if (self->syncing)
    return;
  plan = get_plan (self);
  limits = *easel_plan_get_limits (plan);
  limits.hours = easel_choice_list_get_value (self->hours_list);
  limits.closed_minutes = easel_choice_list_get_value (self->closed_list);
  limits.idle_minutes = easel_choice_list_get_value (self->idle_list);
  limits.stop_instead = gtk_drop_down_get_selected (self->at_end) == 1;
  easel_plan_set_overprice_percent (plan, easel_choice_list_get_value (self->overprice_list));
  easel_plan_set_limits (plan, &limits);
}

/* Bars */

static gboolean
is_paid_now (EaselRental *rental)
{
  switch (easel_rental_get_state (rental))
    {
    case EASEL_RENTAL_RENTING:
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_READY:
    case EASEL_RENTAL_TROUBLE:
    case EASEL_RENTAL_RESUMING:
      return TRUE;
    case EASEL_RENTAL_PAUSING:
    case EASEL_RENTAL_PAUSED:
    case EASEL_RENTAL_DELETING:
    case EASEL_RENTAL_STUCK:
    case EASEL_RENTAL_GONE:
    case EASEL_RENTAL_UNSEEN:
    case EASEL_N_RENTAL_STATES:
    default:
      return FALSE;
    }
}

static EaselRental *
dup_running (EaselPageReview *self)
{
  GListModel *rentals = easel_studio_get_rentals (get_studio (self));
  guint n = g_list_model_get_n_items (rentals);
  guint i;

  for (i = 0; i < n; i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (rentals, i);

      if (is_paid_now (rental))
        return g_steal_pointer (&rental);
    }
  return NULL;
}

/* Returns whether a second rental would need to be asked about. */
static gboolean
update_running (EaselPageReview *self)
{
  g_autoptr (EaselRental) rental = dup_running (self);
  g_autofree char *rate = NULL;
  g_autofree char *sentence = NULL;

  if (rental == NULL || self->second_accepted)
    {
      easel_error_bar_clear (self->running);
      return FALSE;
    }
  rate = easel_money_format_hourly_short (easel_rental_get_price (rental));
  /* Translators: a GPU and a price: "A GPU is already running: RTX 3090, $0.23/h." */
  sentence = g_strdup_printf (_ ("A GPU is already running: %s, %s."),
                              easel_rental_get_gpu_name (rental), rate);
  easel_error_bar_set_message (self->running, EASEL_BAR_WARNING, sentence, _ ("Use It"));
  easel_error_bar_set_second_label (self->running, _ ("Rent a Second"));
  return TRUE;
}

static void
update_notice (EaselPageReview *self)
{
  const char *lost = easel_catalog_get_lost_offer_title (get_catalog (self));
  EaselOffer *offer = easel_plan_get_offer (get_plan (self));
  g_autofree char *image = easel_plan_dup_image (get_plan (self));
  g_autofree char *title = NULL;
  g_autofree char *sentence = NULL;

  if (lost != NULL && offer != NULL)
    {
      title = easel_offer_title (offer);
      /* Translators: both are GPUs, "RTX 3090 · 24 GB". */
      sentence = g_strdup_printf (_ ("The %s is taken. The %s is chosen instead."), lost, title);
    }
  easel_error_bar_set_message (self->notice, EASEL_BAR_INFO, sentence,
                               sentence != NULL ? _ ("Choose Another GPU") : NULL);
  if (sentence == NULL &&
      easel_image_is_too_old (image, easel_plan_get_plugin_version (get_plan (self))))
    easel_error_bar_set_message (self->notice, EASEL_BAR_WARNING,
                                 _ ("The AI plugin in this computer’s Krita is newer than the "
                                    "server that this GPU can run. Krita may refuse to connect."),
                                 _ ("Choose Another GPU"));
}

static void
update_errors (EaselPageReview *self)
{
  EaselCatalog *catalog = get_catalog (self);
  EaselAccount *account = easel_page_get_account (EASEL_PAGE (self));
  const EaselProviderInfo *provider = easel_page_get_provider (EASEL_PAGE (self));
  const GError *error = NULL;

  if (easel_plan_get_offer (get_plan (self)) == NULL &&
      easel_catalog_get_state (catalog) == EASEL_CATALOG_FAILED)
    error = easel_catalog_get_error (catalog);
  if (account != NULL && easel_account_get_state (account) == EASEL_ACCOUNT_REFUSED)
    error = easel_account_get_error (account);

  if (error != NULL)
    easel_error_bar_set_error (self->bar, error, provider != NULL ? provider->name : NULL);
  else if (easel_plan_get_offer (get_plan (self)) == NULL &&
           easel_catalog_get_state (catalog) == EASEL_CATALOG_READY)
    easel_error_bar_set_message (self->bar, EASEL_BAR_WARNING,
                                 _ ("No GPU that can do this is free now."),
                                 _ ("Choose Another GPU"));
  else
    easel_error_bar_clear (self->bar);
}

static void
update (EaselPageReview *self)
{
  EaselAccount *account = easel_page_get_account (EASEL_PAGE (self));
  g_autoptr (EaselLaunchSpec) spec = easel_plan_build_spec (get_plan (self));
  gboolean asks = update_running (self);

  update_facts (self);
  update_balance (self, spec != NULL ? easel_launch_spec_price (spec) : 0);
  update_limits (self);
  update_money (self, spec);
  update_notice (self);
  update_errors (self);
  easel_page_set_complete (EASEL_PAGE (self), spec != NULL && !asks && account != NULL &&
                                                  easel_account_is_usable (account));
}

static void
on_session_changed (EaselPageReview *self)
{
  update (self);
}

static void
on_bar_remedy (EaselPageReview *self, int remedy)
{
  if (remedy == EASEL_REMEDY_NONE || remedy == EASEL_REMEDY_OTHER_OFFER)
    easel_page_go_to (EASEL_PAGE (self), EASEL_STEP_GPU);
  else if (!easel_page_do_remedy (EASEL_PAGE (self), (EaselRemedy) remedy,
                                  easel_page_get_provider (EASEL_PAGE (self))))
    easel_catalog_refresh (get_catalog (self));
}

static void
on_funds_remedy (EaselPageReview *self, int remedy)
{
  easel_page_do_remedy (EASEL_PAGE (self), EASEL_REMEDY_ADD_FUNDS,
                        easel_page_get_provider (EASEL_PAGE (self)));
}

static void
on_running_remedy (EaselPageReview *self, int remedy)
{
  g_signal_emit (self, signals[SIGNAL_USE_RUNNING], 0);
}

static void
on_running_second (EaselPageReview *self)
{
  self->second_accepted = TRUE;
  update (self);
}

/* Life */

static void schedule_tick (EaselPageReview *self);

static gboolean
on_tick (gpointer user_data)
{
  EaselPageReview *self = EASEL_PAGE_REVIEW (user_data);

  self->tick_id = 0;
  easel_catalog_refresh_if_older (get_catalog (self),
                                  easel_page_get_refresh_ms (EASEL_PAGE (self)));
  update (self);
  schedule_tick (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_tick (EaselPageReview *self)
{
  self->tick_id = easel_clock_add (get_clock (self), TICK_MS, on_tick, self, NULL);
}

static void
easel_page_review_shown (EaselPage *page)
{
  EaselPageReview *self = EASEL_PAGE_REVIEW (page);
  EaselAccount *account = easel_page_get_account (page);

  self->second_accepted = FALSE;
  g_signal_group_set_target (self->account_group, account);
  if (easel_plan_get_template (get_plan (self)) == NULL)
    easel_catalog_load_template (get_catalog (self));
  easel_catalog_refresh_if_older (get_catalog (self),
                                  easel_page_get_refresh_ms (EASEL_PAGE (self)));
  if (account != NULL)
    easel_account_refresh_balance (account);
  easel_shelf_files_check (easel_session_get_shelf_files (easel_page_get_session (page)));
  schedule_tick (self);
  update (self);
}

static void
easel_page_review_hidden (EaselPage *page)
{
  EaselPageReview *self = EASEL_PAGE_REVIEW (page);

  easel_clock_clear (get_clock (self), &self->tick_id);
}

static void
easel_page_review_constructed (GObject *object)
{
  EaselPageReview *self = EASEL_PAGE_REVIEW (object);
  EaselShelf *shelf = easel_session_get_shelf (easel_page_get_session (EASEL_PAGE (self)));
  GObject *sources[] = { G_OBJECT (get_plan (self)), G_OBJECT (get_catalog (self)),
                         G_OBJECT (get_studio (self)), G_OBJECT (shelf) };
  guint i;

  G_OBJECT_CLASS (easel_page_review_parent_class)->constructed (object);

  for (i = 0; i < G_N_ELEMENTS (sources); i++)
    g_signal_connect_object (sources[i], "changed", G_CALLBACK (on_session_changed), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (get_catalog (self), "notify::state", G_CALLBACK (on_session_changed),
                           self, G_CONNECT_SWAPPED);
  easel_shelf_bar_set_session (self->shelf_bar, easel_page_get_session (EASEL_PAGE (self)));
  update (self);
}

static void
easel_page_review_dispose (GObject *object)
{
  EaselPageReview *self = EASEL_PAGE_REVIEW (object);

  if (self->tick_id != 0)
    easel_clock_clear (get_clock (self), &self->tick_id);
  g_clear_object (&self->account_group);
  g_clear_pointer (&self->hours_list, easel_choice_list_free);
  g_clear_pointer (&self->closed_list, easel_choice_list_free);
  g_clear_pointer (&self->idle_list, easel_choice_list_free);
  g_clear_pointer (&self->overprice_list, easel_choice_list_free);

  G_OBJECT_CLASS (easel_page_review_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-page-review.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, notice);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, running);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, funds);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, shelf_bar);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, promise);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, gpu);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, place);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, paints);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, server);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, balance_title);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, balance);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, connection_title);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, connection);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, price);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, before_hours);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, hours);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, at_hours);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, after_hours);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, ends);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, closed_box);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, closed);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, idle);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, overprice);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, at_end_title);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, at_end);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReview, image);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_funds_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_running_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_running_second);
  gtk_widget_class_bind_template_callback (widget_class, on_limits_changed);
}

static void
easel_page_review_class_init (EaselPageReviewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  EaselPageClass *page_class = EASEL_PAGE_CLASS (klass);

  object_class->constructed = easel_page_review_constructed;
  object_class->dispose = easel_page_review_dispose;
  page_class->shown = easel_page_review_shown;
  page_class->hidden = easel_page_review_hidden;

  signals[SIGNAL_USE_RUNNING] =
      g_signal_new ("use-running", EASEL_TYPE_PAGE_REVIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                    G_TYPE_NONE, 0);

  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
easel_page_review_init (EaselPageReview *self)
{
  self->syncing = TRUE;
  g_type_ensure (EASEL_TYPE_SHELF_BAR);
  gtk_widget_init_template (GTK_WIDGET (self));
  self->hours_list =
      easel_choice_list_new (self->hours, hour_choices, G_N_ELEMENTS (hour_choices), dup_hours);
  self->closed_list = easel_choice_list_new (self->closed, closed_choices,
                                             G_N_ELEMENTS (closed_choices), dup_minutes);
  self->idle_list =
      easel_choice_list_new (self->idle, idle_choices, G_N_ELEMENTS (idle_choices), dup_minutes);
  self->overprice_list = easel_choice_list_new (self->overprice, overprice_choices,
                                                G_N_ELEMENTS (overprice_choices), dup_percent);
  self->syncing = FALSE;

  self->account_group = g_signal_group_new (EASEL_TYPE_ACCOUNT);
  g_signal_group_connect_swapped (self->account_group, "changed", G_CALLBACK (on_session_changed),
                                  self);
  g_signal_group_connect_swapped (self->account_group, "notify::state",
                                  G_CALLBACK (on_session_changed), self);

  easel_page_set_first_focus (EASEL_PAGE (self), GTK_WIDGET (self->hours));
  easel_ui_set_accessible_name (GTK_WIDGET (self->hours), _ ("Paint for at most"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->closed), _ ("End after Krita was closed for"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->idle), _ ("End after nothing was generated for"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->overprice),
                                _ ("If it is gone, the next best may cost"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->at_end), _ ("At the end"));
}

/**
 * easel_page_review_new:
 * @session: what the page works on
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
easel_page_review_new (EaselSession *session)
{
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  return g_object_new (EASEL_TYPE_PAGE_REVIEW, "session", session, NULL);
}
