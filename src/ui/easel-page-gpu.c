/* SPDX-License-Identifier: GPL-3.0-or-later */

/* GPU: three cards for those who do not want to think, the whole list for the others. Shows what
 * the catalog ranks, keeps filters there and the choice in the plan; while it is in front the list
 * is asked for anew every minute. */

#include "config.h"
#include "easel-page-gpu.h"

#include "easel-choice-card.h"
#include "easel-focus.h"
#include "easel-offer-filter.h"
#include "easel-offer-row.h"
#include "easel-split-box.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define SPINNER_MS 3000

/* GTK lays out each of the 205 rows that it keeps around the visible ones whenever the list
 * changes. Nobody sees more than a dozen: the list grows when its end comes near, by so little that
 * it does not show in the scrolling. */
#define FIRST_ROWS 8
#define MORE_ROWS 8

struct _EaselPageGpu
{
  EaselPage parent_instance;

  EaselErrorBar *bar;           /* (unowned): child of the template */
  EaselErrorBar *notice;        /* (unowned): child of the template */
  GtkStack *stack;              /* (unowned): child of the template */
  GtkStack *inner;              /* (unowned): child of the template */
  GtkWidget *waiting;           /* (unowned): child of the template */
  GtkSpinner *spinner;          /* (unowned): child of the template */
  GtkWidget *cards;             /* (unowned): child of the template */
  EaselChoiceCard *cheapest;    /* (unowned): child of the template */
  EaselChoiceCard *recommended; /* (unowned): child of the template */
  EaselChoiceCard *soonest;     /* (unowned): child of the template */
  GtkLabel *count;              /* (unowned): child of the template */
  EaselOfferFilter *filter;     /* (unowned): child of the template */
  GtkListView *list;            /* (unowned): child of the template */
  GtkLabel *empty_text;         /* (unowned): child of the template */
  GtkButton *raise;             /* (unowned): child of the template */
  GtkWidget *show_all;          /* (unowned): child of the template */
  GtkLabel *foot;               /* (unowned): child of the template */

  GtkSingleSelection *selection; /* (owned) */
  GtkSliceListModel *first_rows; /* (owned): the offers down to where the person has scrolled */
  gint64 raised_price;           /* what the button of the empty state would allow */
  guint refresh_id;
  guint spinner_id;
  guint grow_id;
  gboolean syncing;
};

G_DEFINE_FINAL_TYPE (EaselPageGpu, easel_page_gpu, EASEL_TYPE_PAGE)

static EaselPlan *
get_plan (EaselPageGpu *self)
{
  return easel_session_get_plan (easel_page_get_session (EASEL_PAGE (self)));
}

static EaselCatalog *
get_catalog (EaselPageGpu *self)
{
  return easel_session_get_catalog (easel_page_get_session (EASEL_PAGE (self)));
}

static EaselClock *
get_clock (EaselPageGpu *self)
{
  return easel_session_get_clock (easel_page_get_session (EASEL_PAGE (self)));
}

static GListModel *
get_offers (EaselPageGpu *self)
{
  return easel_catalog_get_offers (get_catalog (self));
}

static const char *
get_provider_name (EaselPageGpu *self, EaselOffer *offer)
{
  EaselAccount *account = easel_session_get_account (easel_page_get_session (EASEL_PAGE (self)),
                                                     easel_offer_get (offer)->provider_id);

  return account != NULL ? easel_account_get_provider_info (account)->name : NULL;
}

static gboolean
is_same_offer (EaselOffer *a, EaselOffer *b)
{
  return a != NULL && b != NULL &&
         g_strcmp0 (easel_offer_get (a)->id, easel_offer_get (b)->id) == 0;
}

/* Cards */

/* With one cloud its name on every card would be noise; with two it is the first question. */
static gboolean
knows_several_clouds (EaselPageGpu *self)
{
  EaselSession *session = easel_page_get_session (EASEL_PAGE (self));
  guint n_usable = 0;
  guint i;

  for (i = 0; i < easel_session_get_n_accounts (session); i++)
    n_usable += easel_account_is_usable (easel_session_get_nth_account (session, i));
  return n_usable > 1;
}

static void
fill_card (EaselPageGpu *self, EaselChoiceCard *card, EaselOffer *offer, const char *kicker)
{
  const EaselOfferQuery *query = easel_catalog_get_query (get_catalog (self));
  g_autofree char *title = NULL;
  g_autofree char *price = NULL;
  g_autofree char *sum = NULL;
  g_autofree char *facts = NULL;

  gtk_widget_set_visible (GTK_WIDGET (card), offer != NULL);
  g_object_set_data_full (G_OBJECT (card), "offer", offer != NULL ? g_object_ref (offer) : NULL,
                          g_object_unref);
  if (offer == NULL)
    return;

  title = easel_offer_title (offer);
  price = easel_money_format_hourly_short (easel_offer_price (offer, query->disk_gb));
  sum = easel_offer_row_dup_sum (offer, query);
  facts = easel_offer_facts (offer,
                             knows_several_clouds (self) ? get_provider_name (self, offer) : NULL,
                             query->shelf_bytes);
  easel_choice_card_set_kicker (card, kicker);
  easel_choice_card_set_heading (card, title);
  easel_choice_card_set_value (card, price);
  easel_choice_card_set_text (card, sum);
  easel_choice_card_set_note (card, facts);
}

/* One GPU may be two of the three: then it stands there once, with both words. */
static void
update_cards (EaselPageGpu *self)
{
  const EaselOfferRanking *ranking = easel_catalog_get_ranking (get_catalog (self));
  EaselOffer *best = ranking != NULL ? ranking->recommended : NULL;
  EaselOffer *cheapest = ranking != NULL ? ranking->cheapest : NULL;
  EaselOffer *soonest = ranking != NULL ? ranking->soonest : NULL;
  const char *best_words = _ ("Recommended");
  const char *cheapest_words = _ ("Cheapest");

  if (is_same_offer (best, cheapest) && is_same_offer (best, soonest))
    best_words = _ ("Recommended, cheapest and soonest");
  else if (is_same_offer (best, cheapest))
    best_words = _ ("Recommended and cheapest");
  else if (is_same_offer (best, soonest))
    best_words = _ ("Recommended and soonest");
  else if (is_same_offer (cheapest, soonest))
    cheapest_words = _ ("Cheapest and soonest");

  fill_card (self, self->recommended, best, best_words);
  fill_card (self, self->cheapest, is_same_offer (best, cheapest) ? NULL : cheapest,
             cheapest_words);
  fill_card (self, self->soonest,
             is_same_offer (best, soonest) || is_same_offer (cheapest, soonest) ? NULL : soonest,
             _ ("Starts soonest"));
  gtk_widget_set_visible (self->cards, best != NULL);
}

/* Selection */

static void
sync_card (EaselChoiceCard *card, EaselOffer *chosen)
{
  EaselOffer *offer = g_object_get_data (G_OBJECT (card), "offer");

  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (card), is_same_offer (offer, chosen));
}

static void
sync_selection (EaselPageGpu *self)
{
  EaselOffer *chosen = easel_plan_get_offer (get_plan (self));
  GListModel *model = G_LIST_MODEL (self->selection);
  guint n = g_list_model_get_n_items (model);
  guint position = GTK_INVALID_LIST_POSITION;
  guint i;

  for (i = 0; i < n && position == GTK_INVALID_LIST_POSITION; i++)
    {
      g_autoptr (EaselOffer) offer = g_list_model_get_item (model, i);

      if (is_same_offer (offer, chosen))
        position = i;
    }

  self->syncing = TRUE;
  gtk_single_selection_set_selected (self->selection, position);
  sync_card (self->cheapest, chosen);
  sync_card (self->recommended, chosen);
  sync_card (self->soonest, chosen);
  self->syncing = FALSE;
}

static void
choose (EaselPageGpu *self, EaselOffer *offer)
{
  easel_plan_set_offer (get_plan (self), offer);
  sync_selection (self);
}

static void
on_selected (EaselPageGpu *self)
{
  EaselOffer *offer = gtk_single_selection_get_selected_item (self->selection);

  if (!self->syncing && offer != NULL && easel_page_is_shown (EASEL_PAGE (self)))
    choose (self, offer);
}

static void
on_card_toggled (EaselPageGpu *self, GtkToggleButton *card)
{
  EaselOffer *offer = g_object_get_data (G_OBJECT (card), "offer");

  if (self->syncing)
    return;
  if (gtk_toggle_button_get_active (card) && offer != NULL)
    choose (self, offer);
  else
    sync_selection (self);
}

/* Keys move the bar, too: the focus is scrolled to. */
static void
grow_list (EaselPageGpu *self)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list));
  double page = gtk_adjustment_get_page_size (adjustment);
  double below =
      gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_value (adjustment) - page;
  guint n_shown = g_list_model_get_n_items (G_LIST_MODEL (self->first_rows));

  if (below > page || n_shown >= g_list_model_get_n_items (get_offers (self)))
    return;
  gtk_slice_list_model_set_size (self->first_rows, n_shown + MORE_ROWS);
  sync_selection (self);
}

static gboolean
on_grow_time (gpointer user_data)
{
  EaselPageGpu *self = EASEL_PAGE_GPU (user_data);

  self->grow_id = 0;
  grow_list (self);
  return G_SOURCE_REMOVE;
}

/* In a very tall window there may be nothing to scroll yet. Told in the middle of a layout, which
 * is no time for more rows. */
static void
on_list_resized (EaselPageGpu *self)
{
  if (self->grow_id == 0)
    self->grow_id = g_idle_add (on_grow_time, self);
}

/* Filters */

static void
on_filter_changed (EaselPageGpu *self)
{
  EaselOfferQuery query = *easel_catalog_get_query (get_catalog (self));

  easel_offer_filter_write (self->filter, &query);
  /* Another order is read from its top. */
  gtk_adjustment_set_value (gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list)), 0);
  gtk_slice_list_model_set_size (self->first_rows, FIRST_ROWS);
  easel_catalog_set_filters (get_catalog (self), &query);
}

static void
on_show_all_clicked (EaselPageGpu *self)
{
  easel_offer_filter_clear (self->filter);
}

static void
on_raise_clicked (EaselPageGpu *self)
{
  easel_offer_filter_allow_price (self->filter, self->raised_price);
}

/* Texts */

static void
update_lead (EaselPageGpu *self)
{
  EaselPlan *plan = get_plan (self);
  EaselWorkloadNeeds needs;
  g_autofree char *kind = easel_workload_set_title (easel_plan_get_workload (plan));
  g_autofree char *least = NULL;
  g_autofree char *good = NULL;
  g_autofree char *lead = NULL;

  easel_plan_get_needs (plan, &needs);
  least = easel_text_vram (needs.vram_min_mib);
  good = easel_text_vram (needs.vram_good_mib);
  /* Translators: first what is painted, "Illustration and photo", then two sizes of memory. */
  lead = g_strdup_printf (_ ("%s works from %s of memory; %s is good, more makes bigger batches."),
                          kind, least, good);
  easel_page_set_lead (EASEL_PAGE (self), lead);
}

static char *
dup_updated_text (EaselPageGpu *self)
{
  gint64 updated = easel_catalog_get_updated_unix_ms (get_catalog (self));
  gint64 now = easel_page_get_now_ms (EASEL_PAGE (self));
  g_autofree char *time = NULL;

  if (updated <= 0)
    return NULL;
  if (now - updated < 2 * easel_page_get_refresh_ms (EASEL_PAGE (self)))
    return g_strdup (_ ("Updated just now."));
  time = easel_text_clock_time (updated, now);
  /* Translators: %s is a time, "21:04". */
  return g_strdup_printf (_ ("Updated at %s."), time);
}

static void
update_foot (EaselPageGpu *self)
{
  const EaselOfferRanking *ranking = easel_catalog_get_ranking (get_catalog (self));
  g_autofree char *excluded = ranking != NULL ? easel_offer_ranking_excluded_text (ranking) : NULL;
  g_autofree char *updated = dup_updated_text (self);

  if (excluded != NULL && *excluded != '\0' && updated != NULL)
    easel_ui_take_text (self->foot, g_strjoin (" ", excluded, updated, NULL));
  else
    easel_ui_set_text (self->foot, excluded != NULL && *excluded != '\0' ? excluded : updated);
}

/* The cheapest price above the present price filter that would show something. */
static gint64
find_raised_price (EaselPageGpu *self)
{
  EaselCatalog *catalog = get_catalog (self);
  EaselOfferQuery query = *easel_catalog_get_query (catalog);
  GPtrArray *all = easel_catalog_get_all_offers (catalog);
  gint64 best = 0;
  guint i;

  if (query.filter_price == 0)
    return 0;
  query.filter_price = 0;
  for (i = 0; all != NULL && i < all->len; i++)
    {
      EaselOffer *offer = g_ptr_array_index (all, i);
      EaselExcluded reason;
      gint64 price = easel_offer_price (offer, query.disk_gb);

      if (easel_offer_query_fits (&query, offer, &reason) && price > 0 &&
          (best == 0 || price < best))
        best = price;
    }
  return best;
}

static void
update_empty (EaselPageGpu *self)
{
  const EaselOfferQuery *query = easel_catalog_get_query (get_catalog (self));
  const EaselProviderInfo *provider = easel_page_get_provider (EASEL_PAGE (self));
  gboolean has_filters = easel_offer_filter_count (query) > 0;
  EaselWorkloadNeeds needs;
  g_autofree char *memory = NULL;
  g_autofree char *text = NULL;

  self->raised_price = find_raised_price (self);
  gtk_widget_set_visible (GTK_WIDGET (self->raise), self->raised_price > 0);
  gtk_widget_set_visible (self->show_all, has_filters);
  if (self->raised_price > 0)
    {
      g_autofree char *rate = easel_money_format_hourly_short (self->raised_price);
      /* Translators: %s is a price, "$0.44/h". */
      g_autofree char *label = g_strdup_printf (_ ("Show Up to %s"), rate);

      gtk_button_set_label (self->raise, label);
    }

  easel_plan_get_needs (get_plan (self), &needs);
  memory = easel_text_vram (MAX (needs.vram_min_mib, query->filter_vram_mib));
  if (has_filters)
    text = g_strdup (_ ("No free GPU passes the filter."));
  else
    /* Translators: memory of a GPU, "12 GB", then a provider, "RunPod". */
    text = g_strdup_printf (_ ("Nothing with %s is free at %s now. That changes within minutes."),
                            memory, provider != NULL ? provider->name : "");
  easel_ui_set_text (self->empty_text, text);
}

static char *
dup_lost_notice (EaselPageGpu *self)
{
  const char *lost = easel_catalog_get_lost_offer_title (get_catalog (self));
  EaselOffer *offer = easel_plan_get_offer (get_plan (self));
  g_autofree char *title = NULL;

  if (lost == NULL)
    return NULL;
  if (offer == NULL)
    /* Translators: %s is a GPU, "RTX 3090 · 24 GB". */
    return g_strdup_printf (_ ("The %s was just taken."), lost);
  title = easel_offer_title (offer);
  /* Translators: both are GPUs, "RTX 3090 · 24 GB". */
  return g_strdup_printf (_ ("The %s was just taken. The %s is chosen instead."), lost, title);
}

static void
update_errors (EaselPageGpu *self)
{
  EaselCatalog *catalog = get_catalog (self);
  const EaselProviderInfo *provider = easel_page_get_provider (EASEL_PAGE (self));
  g_autofree char *notice = dup_lost_notice (self);

  if (easel_catalog_get_state (catalog) == EASEL_CATALOG_LOADING)
    easel_error_bar_clear (self->bar);
  else
    easel_error_bar_set_error (self->bar, easel_catalog_get_error (catalog),
                               provider != NULL ? provider->name : NULL);
  easel_error_bar_set_message (self->notice, EASEL_BAR_INFO, notice, NULL);
}

static gboolean
on_wait_long (gpointer user_data)
{
  EaselPageGpu *self = EASEL_PAGE_GPU (user_data);

  self->spinner_id = 0;
  gtk_widget_set_visible (self->waiting, TRUE);
  gtk_spinner_start (self->spinner);
  return G_SOURCE_REMOVE;
}

/* First a still shape; a spinner only when it takes long. */
static void
update_waiting (EaselPageGpu *self, gboolean is_waiting)
{
  if (is_waiting && self->spinner_id == 0 && !gtk_widget_get_visible (self->waiting))
    self->spinner_id = easel_clock_add (get_clock (self), SPINNER_MS, on_wait_long, self, NULL);
  if (is_waiting)
    return;
  easel_clock_clear (get_clock (self), &self->spinner_id);
  gtk_spinner_stop (self->spinner);
  gtk_widget_set_visible (self->waiting, FALSE);
}

static void
update (EaselPageGpu *self)
{
  EaselCatalog *catalog = get_catalog (self);
  EaselCatalogState state = easel_catalog_get_state (catalog);
  guint n = g_list_model_get_n_items (get_offers (self));
  GPtrArray *all = easel_catalog_get_all_offers (catalog);
  gboolean knows_any = all != NULL && all->len > 0;
  gboolean is_loading =
      !knows_any && (state == EASEL_CATALOG_LOADING || state == EASEL_CATALOG_EMPTY);
  g_autofree char *count = NULL;

  update_lead (self);
  update_errors (self);
  update_waiting (self, is_loading && easel_page_is_shown (EASEL_PAGE (self)));
  easel_page_set_busy (EASEL_PAGE (self), is_loading);
  easel_page_set_complete (EASEL_PAGE (self), easel_plan_get_offer (get_plan (self)) != NULL);
  gtk_stack_set_visible_child_name (self->stack, is_loading ? "loading" : "loaded");
  /* Without a list and without hope there is only the bar. */
  gtk_widget_set_visible (GTK_WIDGET (self->stack), knows_any || state != EASEL_CATALOG_FAILED);
  if (is_loading)
    return;

  update_cards (self);
  count = g_strdup_printf (ngettext ("%u offer", "All %u offers", n), n);
  easel_ui_set_text (self->count, count);
  gtk_stack_set_visible_child_name (self->inner, n > 0 ? "list" : "empty");
  /* What comes after a short list is shown like a first one. */
  if (n <= FIRST_ROWS)
    gtk_slice_list_model_set_size (self->first_rows, FIRST_ROWS);
  if (n == 0)
    update_empty (self);
  update_foot (self);
  sync_selection (self);
  /* Old rows are shown grey, but they stay readable and can be chosen. */
  if (state == EASEL_CATALOG_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (self->list), "easel-old");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->list), "easel-old");
}

static void
on_refresh_clicked (EaselPageGpu *self)
{
  easel_catalog_refresh (get_catalog (self));
  update (self);
}

static void
on_bar_remedy (EaselPageGpu *self, int remedy)
{
  if (!easel_page_do_remedy (EASEL_PAGE (self), (EaselRemedy) remedy,
                             easel_page_get_provider (EASEL_PAGE (self))))
    on_refresh_clicked (self);
}

/* Rows */

static void
on_row_setup (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, easel_offer_row_new ());
}

static void
on_row_bind (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  EaselPageGpu *self = EASEL_PAGE_GPU (user_data);
  EaselOffer *offer = gtk_list_item_get_item (item);
  EaselOfferRow *row = EASEL_OFFER_ROW (gtk_list_item_get_child (item));
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (row));
  g_autofree char *title = easel_offer_title (offer);
  g_autofree char *price = easel_money_format_hourly_short (
      easel_offer_price (offer, easel_catalog_get_query (get_catalog (self))->disk_gb));
  g_autofree char *name = g_strjoin (", ", title, price, NULL);

  easel_offer_row_set_offer (row, offer, easel_catalog_get_query (get_catalog (self)),
                             get_provider_name (self, offer));
  /* The focus is on the item that GTK puts around the row. */
  if (parent != NULL)
    easel_ui_set_accessible_name (parent, name);
}

/* Life */

static void schedule_refresh (EaselPageGpu *self);

static gboolean
on_refresh_time (gpointer user_data)
{
  EaselPageGpu *self = EASEL_PAGE_GPU (user_data);

  self->refresh_id = 0;
  easel_catalog_refresh (get_catalog (self));
  schedule_refresh (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_refresh (EaselPageGpu *self)
{
  self->refresh_id =
      easel_clock_add (get_clock (self), easel_page_get_refresh_ms (EASEL_PAGE (self)),
                       on_refresh_time, self, NULL);
}

static void
easel_page_gpu_shown (EaselPage *page)
{
  EaselPageGpu *self = EASEL_PAGE_GPU (page);

  easel_catalog_refresh_if_older (get_catalog (self), easel_page_get_refresh_ms (page));
  schedule_refresh (self);
  update (self);
}

static void
easel_page_gpu_hidden (EaselPage *page)
{
  EaselPageGpu *self = EASEL_PAGE_GPU (page);

  easel_clock_clear (get_clock (self), &self->refresh_id);
  update_waiting (self, FALSE);
}

static void
make_list (EaselPageGpu *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkAdjustment *adjustment;

  g_signal_connect_object (factory, "setup", G_CALLBACK (on_row_setup), self, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (on_row_bind), self, 0);
  gtk_list_view_set_factory (self->list, factory);

  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  self->first_rows = gtk_slice_list_model_new (g_object_ref (get_offers (self)), 0, FIRST_ROWS);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (self->first_rows));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (on_selected), self,
                           G_CONNECT_SWAPPED);
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (self->selection));
  adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (self->list));
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (grow_list), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_list_resized), self,
                           G_CONNECT_SWAPPED);
}

static void
easel_page_gpu_constructed (GObject *object)
{
  EaselPageGpu *self = EASEL_PAGE_GPU (object);

  G_OBJECT_CLASS (easel_page_gpu_parent_class)->constructed (object);

  /* Filters live in the catalog: a new wizard shows the old ones. */
  easel_offer_filter_read (self->filter, easel_catalog_get_query (get_catalog (self)));
  make_list (self);
  g_signal_connect_object (get_plan (self), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_catalog (self), "changed", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_catalog (self), "notify::state", G_CALLBACK (update), self,
                           G_CONNECT_SWAPPED);
  update (self);
}

static void
easel_page_gpu_dispose (GObject *object)
{
  EaselPageGpu *self = EASEL_PAGE_GPU (object);

  if (easel_page_get_session (EASEL_PAGE (self)) != NULL)
    {
      easel_clock_clear (get_clock (self), &self->refresh_id);
      easel_clock_clear (get_clock (self), &self->spinner_id);
    }
  g_clear_handle_id (&self->grow_id, g_source_remove);
  g_clear_object (&self->selection);
  g_clear_object (&self->first_rows);

  G_OBJECT_CLASS (easel_page_gpu_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (EASEL_TYPE_OFFER_FILTER);
  g_type_ensure (EASEL_TYPE_SPLIT_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-page-gpu.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, notice);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, stack);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, inner);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, waiting);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, spinner);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, cards);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, cheapest);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, recommended);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, soonest);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, count);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, filter);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, list);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, empty_text);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, raise);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, show_all);
  gtk_widget_class_bind_template_child (widget_class, EaselPageGpu, foot);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_card_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_filter_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_show_all_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_raise_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_refresh_clicked);
}

static void
easel_page_gpu_class_init (EaselPageGpuClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  EaselPageClass *page_class = EASEL_PAGE_CLASS (klass);

  object_class->constructed = easel_page_gpu_constructed;
  object_class->dispose = easel_page_gpu_dispose;
  page_class->shown = easel_page_gpu_shown;
  page_class->hidden = easel_page_gpu_hidden;

  bind_template (GTK_WIDGET_CLASS (klass));
}

static void
easel_page_gpu_init (EaselPageGpu *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  easel_page_set_first_focus (EASEL_PAGE (self), GTK_WIDGET (self->recommended));
  easel_focus_make_one_stop (GTK_WIDGET (self->list));
  easel_ui_set_accessible_name (GTK_WIDGET (self->list), _ ("Offers"));
  easel_ui_set_accessible_name (gtk_widget_get_parent (GTK_WIDGET (self->list)), _ ("Offers"));
}

/**
 * easel_page_gpu_new:
 * @session: what the page works on
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
easel_page_gpu_new (EaselSession *session)
{
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  return g_object_new (EASEL_TYPE_PAGE_GPU, "session", session, NULL);
}
