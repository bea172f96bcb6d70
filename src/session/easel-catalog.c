/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be rented now, at all providers whose key is known, ranked for the plan. Owns the
 * ranking and keeps the plan's offer true: the same offer with newer figures, the recommended one
 * where there is none or it is gone. Ranking itself is EaselOfferQuery's, choices are EaselPlan's;
 * nothing is rented here. */
#include "config.h"

#include "easel-catalog-private.h"

#include "easel-account-private.h"
#include "easel-error.h"
#include "easel-offer-list.h"
#include "easel-offer-loader.h"
#include "easel-plan-private.h"
#include "easel-template-loader.h"

struct _EaselCatalog
{
  GObject parent_instance;

  EaselPlan *plan;                /* (owned) */
  EaselHistory *history;          /* (owned) */
  EaselTemplateLoader *templates; /* (owned) */
  EaselOfferLoader *loader;       /* (owned) */

  EaselCatalogState state;
  GPtrArray *all_offers; /* (owned) (element-type EaselOffer) */
  EaselOfferQuery filters;
  EaselOfferQuery query;
  char **bad_machines;        /* (owned): those in @query */
  EaselOfferRanking *ranking; /* (owned) */
  GListStore *offers;         /* (owned) (element-type EaselOffer) */
  char *lost_title;           /* (owned) (nullable) */
  gboolean is_choosing;
};

enum
{
  PROP_0,
  PROP_STATE,
  N_PROPS
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselCatalog, easel_catalog, G_TYPE_OBJECT)

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

static void
emit_changed (EaselCatalog *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

/* --- ranking and choice ------------------------------------------------------------------- */

static void
fill_query (EaselCatalog *self, EaselOfferQuery *query)
{
  *query = self->filters;
  easel_plan_fill_query (self->plan, query);
  query->bad_machines = easel_history_get_bad_machines (self->history);
}

static gboolean
same_needs (const EaselOfferQuery *a, const EaselOfferQuery *b)
{
  return a->need_vram_mib == b->need_vram_mib && a->need_ram_mib == b->need_ram_mib &&
         a->need_cuda == b->need_cuda && a->disk_gb == b->disk_gb &&
         a->download_bytes == b->download_bytes && a->shelf_bytes == b->shelf_bytes &&
         a->session_ms == b->session_ms && a->home_regions == b->home_regions;
}

/* The person's filters hide offers, they do not make them unfit. */
static gboolean
can_be_chosen (EaselCatalog *self, EaselOffer *offer)
{
  EaselOfferQuery needs = self->query;

  needs.filter_vram_mib = 0;
  needs.filter_price = 0;
  needs.filter_regions = 0;
  needs.filter_data_center = FALSE;
  return easel_offer_query_fits (&needs, offer, NULL);
}

static void
choose_first (EaselCatalog *self)
{
  const char *last_id = easel_plan_get_last_offer_id (self->plan);
  EaselOffer *last = NULL;

  if (last_id != NULL)
    last = easel_offer_list_find (self->all_offers, NULL, last_id);
  if (last != NULL && can_be_chosen (self, last))
    easel_plan_set_offer (self->plan, last);
  else if (self->ranking->recommended != NULL)
    _easel_plan_take_offer (self->plan, self->ranking->recommended);
}

static void
take_offer (EaselCatalog *self, EaselOffer *offer)
{
  EaselOffer *before = easel_plan_get_offer (self->plan);

  if (offer == before)
    return;
  if (offer != NULL && before != NULL && easel_offer_list_same (offer, before))
    _easel_plan_refresh_offer (self->plan, offer);
  else
    _easel_plan_take_offer (self->plan, offer);
}

/* The plan's offer is not among the offers. Where its provider did not answer that proves nothing.
 */
static void
replace_missing (EaselCatalog *self, EaselOffer *missing)
{
  EaselOfferAnswer answer =
      easel_offer_loader_get_answer (self->loader, easel_offer_get (missing)->provider_id);

  if (answer == EASEL_OFFER_ANSWER_OPEN)
    return;
  if (answer == EASEL_OFFER_ANSWER_GOOD)
    {
      g_free (self->lost_title);
      self->lost_title = easel_offer_title (missing);
    }
  take_offer (self, self->ranking->recommended);
}

/* Keeps the plan's offer true. @needs_changed: the plan asks for something else than before, so
 * that what only was recommended may be replaced by what is recommended now. */
static void
update_choice (EaselCatalog *self, gboolean needs_changed)
{
  EaselOffer *chosen = easel_plan_get_offer (self->plan);
  EaselOffer *present;

  if (chosen == NULL)
    {
      choose_first (self);
      return;
    }
  present = easel_offer_list_find (self->all_offers, easel_offer_get (chosen)->provider_id,
                                   easel_offer_get (chosen)->id);
  if (present == NULL || easel_offer_get (present)->stock == EASEL_STOCK_NONE)
    replace_missing (self, chosen);
  else if (!can_be_chosen (self, present))
    take_offer (self, self->ranking->recommended);
  else if (needs_changed && !_easel_plan_is_offer_chosen (self->plan) &&
           self->ranking->recommended != NULL)
    take_offer (self, self->ranking->recommended);
  else
    take_offer (self, present);
}

static void
run_query (EaselCatalog *self)
{
  fill_query (self, &self->query);
  g_strfreev (self->bad_machines);
  self->bad_machines = g_strdupv ((char **) self->query.bad_machines);
  self->query.bad_machines = (const char *const *) self->bad_machines;
  easel_offer_ranking_free (self->ranking);
  self->ranking = easel_offer_query_run (&self->query, self->all_offers);
}

/* Ranks anew. Choosing may change the plan (an offer of another provider comes with another
 * template and so other disks): then once more. */
static void
rank (EaselCatalog *self, gboolean needs_changed)
{
  EaselOfferQuery after;

  self->is_choosing = TRUE;
  run_query (self);
  if (self->state != EASEL_CATALOG_EMPTY)
    update_choice (self, needs_changed);
  fill_query (self, &after);
  if (!same_needs (&self->query, &after))
    run_query (self);
  self->is_choosing = FALSE;
  easel_offer_list_update (self->offers, self->ranking->offers);
}

static void
rank_and_tell (EaselCatalog *self, gboolean needs_changed)
{
  rank (self, needs_changed);
  emit_changed (self);
  easel_offer_loader_set_needs (self->loader, self->query.need_cuda, self->query.disk_gb);
}

/* --- news --------------------------------------------------------------------------------- */

static void
on_loader_changed (EaselCatalog *self)
{
  EaselCatalogState before = self->state;
  gboolean is_loading = easel_offer_loader_is_loading (self->loader);

  g_assert (EASEL_IS_CATALOG (self));

  if (is_loading)
    self->state = EASEL_CATALOG_LOADING;
  else if (easel_offer_loader_has_good (self->loader))
    self->state = EASEL_CATALOG_READY;
  else
    self->state = EASEL_CATALOG_FAILED;

  /* Whoever hears of the new state already finds the new ranking. */
  if (!is_loading)
    {
      g_ptr_array_unref (self->all_offers);
      self->all_offers = easel_offer_loader_collect (self->loader);
      rank (self, FALSE);
    }
  if (self->state != before)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
  emit_changed (self);
  if (!is_loading)
    easel_offer_loader_set_needs (self->loader, self->query.need_cuda, self->query.disk_gb);
}

static void
on_plan_changed (EaselCatalog *self)
{
  EaselOfferQuery query;

  g_assert (EASEL_IS_CATALOG (self));

  if (self->is_choosing)
    return;
  if (_easel_plan_is_offer_chosen (self->plan))
    g_clear_pointer (&self->lost_title, g_free);
  fill_query (self, &query);
  if (!same_needs (&query, &self->query))
    rank_and_tell (self, TRUE);
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_catalog_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EaselCatalog *self = EASEL_CATALOG (object);

  switch (prop_id)
    {
    case PROP_STATE:
      g_value_set_int (value, self->state);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_catalog_finalize (GObject *object)
{
  EaselCatalog *self = EASEL_CATALOG (object);

  g_clear_pointer (&self->all_offers, g_ptr_array_unref);
  g_clear_pointer (&self->ranking, easel_offer_ranking_free);
  g_clear_object (&self->offers);
  g_clear_pointer (&self->lost_title, g_free);
  g_clear_pointer (&self->bad_machines, g_strfreev);
  g_clear_object (&self->templates);
  g_clear_object (&self->loader);
  g_clear_object (&self->plan);
  g_clear_object (&self->history);

  G_OBJECT_CLASS (easel_catalog_parent_class)->finalize (object);
}

static void
easel_catalog_class_init (EaselCatalogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = easel_catalog_get_property;
  object_class->finalize = easel_catalog_finalize;

  /**
   * EaselCatalog:state:
   *
   * An #EaselCatalogState.
   */
  properties[PROP_STATE] =
      g_param_spec_int ("state", NULL, NULL, EASEL_CATALOG_EMPTY, EASEL_CATALOG_FAILED,
                        EASEL_CATALOG_EMPTY,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * EaselCatalog::changed:
   *
   * After the ranking was made anew, and when a list or a search for a template began or ended.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_catalog_init (EaselCatalog *self)
{
  self->all_offers = g_ptr_array_new_with_free_func (g_object_unref);
  self->offers = g_list_store_new (EASEL_TYPE_OFFER);
}

/**
 * _easel_catalog_new:
 * @http: for the public list of image tags
 * @clock: for the age of lists
 * @accounts: (element-type EaselAccount): whom to ask
 * @plan: for whom
 * @history: what this computer learned about starts and machines
 * @image_tags_uri: (nullable): the public list of image tags
 *
 * Returns: (transfer full): a catalog that has asked nobody yet
 */
EaselCatalog *
_easel_catalog_new (EaselHttp *http,
                    EaselClock *clock,
                    GPtrArray *accounts,
                    EaselPlan *plan,
                    EaselHistory *history,
                    const char *image_tags_uri)
{
  EaselCatalog *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (accounts != NULL, NULL);
  g_return_val_if_fail (EASEL_IS_PLAN (plan), NULL);
  g_return_val_if_fail (EASEL_IS_HISTORY (history), NULL);

  self = g_object_new (EASEL_TYPE_CATALOG, NULL);
  self->plan = g_object_ref (plan);
  self->history = g_object_ref (history);
  self->templates = easel_template_loader_new (http, clock, accounts, plan, image_tags_uri);
  self->loader = easel_offer_loader_new (clock, accounts, history);
  g_signal_connect_object (plan, "changed", G_CALLBACK (on_plan_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->loader, "changed", G_CALLBACK (on_loader_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->templates, "changed", G_CALLBACK (emit_changed), self,
                           G_CONNECT_SWAPPED);
  run_query (self);
  easel_offer_loader_set_needs (self->loader, self->query.need_cuda, self->query.disk_gb);
  return self;
}

/**
 * easel_catalog_refresh:
 * @self: a catalog
 *
 * Asks all providers whose key is known for their offers, those whose key is still being checked as
 * soon as it is accepted. While that is under way it is not asked again.
 */
void
easel_catalog_refresh (EaselCatalog *self)
{
  g_return_if_fail (EASEL_IS_CATALOG (self));

  easel_offer_loader_refresh (self->loader);
}

/**
 * easel_catalog_refresh_if_older:
 * @self: a catalog
 * @milliseconds: how old the offers may be
 *
 * As easel_catalog_refresh(), if the last good answer is older than that or the last one failed.
 */
void
easel_catalog_refresh_if_older (EaselCatalog *self, gint64 milliseconds)
{
  g_return_if_fail (EASEL_IS_CATALOG (self));

  if (self->state != EASEL_CATALOG_READY || easel_catalog_get_error (self) != NULL ||
      easel_offer_loader_get_age_ms (self->loader) >= milliseconds)
    easel_catalog_refresh (self);
}

/**
 * easel_catalog_get_state:
 * @self: a catalog
 *
 * Returns: whether there are offers
 */
EaselCatalogState
easel_catalog_get_state (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), EASEL_CATALOG_EMPTY);

  return self->state;
}

/**
 * easel_catalog_get_error:
 * @self: a catalog
 *
 * Returns: (transfer none) (nullable): why one provider or all did not answer; also set while
 * others did
 */
const GError *
easel_catalog_get_error (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), NULL);

  return easel_offer_loader_get_error (self->loader);
}

/**
 * easel_catalog_get_updated_unix_ms:
 * @self: a catalog
 *
 * Returns: when the last good answer came, milliseconds since 1970; 0 before the first
 */
gint64
easel_catalog_get_updated_unix_ms (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), 0);

  return easel_offer_loader_get_updated_unix_ms (self->loader);
}

/**
 * easel_catalog_get_ranking:
 * @self: a catalog
 *
 * Returns: (transfer none): what fits, in the wished order; valid until the next "changed"
 */
const EaselOfferRanking *
easel_catalog_get_ranking (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), NULL);

  return self->ranking;
}

/**
 * easel_catalog_get_offers:
 * @self: a catalog
 *
 * Returns: (transfer none): the ranking's offers as a list for the screen; rows that did not change
 *   stay the same objects
 */
GListModel *
easel_catalog_get_offers (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), NULL);

  return G_LIST_MODEL (self->offers);
}

/**
 * easel_catalog_get_all_offers:
 * @self: a catalog
 *
 * Returns: (transfer none) (element-type EaselOffer): everything that the providers named, fitting
 *   or not
 */
GPtrArray *
easel_catalog_get_all_offers (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), NULL);

  return self->all_offers;
}

/**
 * easel_catalog_get_query:
 * @self: a catalog
 *
 * Returns: (transfer none): needs and wishes behind the ranking; valid until the next change
 */
const EaselOfferQuery *
easel_catalog_get_query (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), NULL);

  return &self->query;
}

/**
 * easel_catalog_get_lost_offer_title:
 * @self: a catalog
 *
 * Returns: (transfer none) (nullable): title of the plan's offer that a refresh no longer found,
 * until the person chooses
 */
const char *
easel_catalog_get_lost_offer_title (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), NULL);

  return self->lost_title;
}

/**
 * easel_catalog_set_filters:
 * @self: a catalog
 * @filters: (nullable): the person's wishes: members filter_* and sort; %NULL for none
 *
 * Shows less or in another order. The chosen offer stays, also when it is hidden.
 */
void
easel_catalog_set_filters (EaselCatalog *self, const EaselOfferQuery *filters)
{
  EaselOfferQuery wishes = { 0 };

  g_return_if_fail (EASEL_IS_CATALOG (self));

  if (filters != NULL)
    {
      wishes.filter_vram_mib = filters->filter_vram_mib;
      wishes.filter_price = filters->filter_price;
      wishes.filter_regions = filters->filter_regions;
      wishes.filter_data_center = filters->filter_data_center;
      wishes.sort = filters->sort;
    }
  self->filters = wishes;
  rank_and_tell (self, FALSE);
}

/**
 * easel_catalog_load_template:
 * @self: a catalog
 *
 * Looks for the template that the plan names, or the author's, and gives it to the plan; also asks
 * which tags of the author's image exist. Waits for a key if there is none yet.
 */
void
easel_catalog_load_template (EaselCatalog *self)
{
  g_return_if_fail (EASEL_IS_CATALOG (self));

  easel_template_loader_load (self->templates);
}

/**
 * easel_catalog_is_loading_template:
 * @self: a catalog
 *
 * Returns: whether a template is being looked for
 */
gboolean
easel_catalog_is_loading_template (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), FALSE);

  return easel_template_loader_is_loading (self->templates);
}

/**
 * easel_catalog_get_template_error:
 * @self: a catalog
 *
 * Returns: (transfer none) (nullable): why the wished template, or any, was not found
 */
const GError *
easel_catalog_get_template_error (EaselCatalog *self)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), NULL);

  return easel_template_loader_get_error (self->templates);
}

static void
on_templates_listed (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  GPtrArray *templates;
  GError *error = NULL;

  templates = easel_provider_list_templates_finish (EASEL_PROVIDER (object), result, &error);
  if (templates != NULL)
    g_task_return_pointer (task, templates, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/**
 * easel_catalog_search_templates_async:
 * @self: a catalog
 * @text: (nullable): what the person typed
 * @cancellable: (nullable): a #GCancellable
 * @callback: called when done
 * @user_data: for @callback
 *
 * Searches the templates of the plan's provider, own and public.
 */
void
easel_catalog_search_templates_async (EaselCatalog *self,
                                      const char *text,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  EaselAccount *account;

  g_return_if_fail (EASEL_IS_CATALOG (self));

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_catalog_search_templates_async);
  account = easel_template_loader_get_account (self->templates);
  if (account == NULL)
    {
      g_task_return_error (task, easel_error_new (EASEL_ERROR_NO_KEY, "no key to search with"));
      return;
    }
  easel_provider_list_templates_async (_easel_account_get_provider (account),
                                       easel_account_get_key (account), text, cancellable,
                                       on_templates_listed, g_object_ref (task));
}

/**
 * easel_catalog_search_templates_finish:
 * @self: a catalog
 * @result: from the callback
 * @error: %EASEL_ERROR_NO_KEY, or what the provider's call fails with
 *
 * Returns: (transfer container) (element-type EaselTemplate): what was found, also templates that
 *   cannot serve Krita (see easel_template_check())
 */
GPtrArray *
easel_catalog_search_templates_finish (EaselCatalog *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_CATALOG (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
