/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the person wants to rent. Owns the choices and their place in the settings; what they mean
 * for image, disks, needs and price ceiling says easel-plan-launch.c. Knows values only that others
 * brought: no network, no key, no clock.
 *
 * A choice of the person and a default are told apart (template, offer), because only a choice is
 * remembered and only a default may be replaced when the needs change. */
#include "config.h"

#include "easel-plan-private.h"

#define MAX_OVERPRICE_PERCENT 100

struct _EaselPlan
{
  GObject parent_instance;

  GSettings *settings; /* (owned) */

  char *provider_id; /* (owned) */
  EaselWorkloadSet workload;
  gboolean start_sooner;
  char *template_id;       /* (owned): "" for the author's */
  EaselTemplate *template; /* (owned) (nullable) */
  EaselOffer *offer;       /* (owned) (nullable) */
  gboolean offer_is_chosen;
  EaselLimits limits;
  guint overprice_percent;
  char **public_tags; /* (owned) (nullable) */
  guint plugin_version;
  guint64 shelf_bytes;
  guint home_region; /* the person's choice, 0 to go by the time zone */
  guint home_regions;
  char *last_offer_id; /* (owned) (nullable) */
  gint64 last_price;

  guint n_holds;
  gboolean is_changed;
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselPlan, easel_plan, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
emit_changed (EaselPlan *self)
{
  g_assert (EASEL_IS_PLAN (self));

  self->is_changed = TRUE;
  if (self->n_holds > 0)
    return;
  self->is_changed = FALSE;
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Several changes, one signal. */
static void
hold (EaselPlan *self)
{
  self->n_holds++;
}

static void
release (EaselPlan *self)
{
  g_assert (self->n_holds > 0);

  self->n_holds--;
  if (self->n_holds == 0 && self->is_changed)
    emit_changed (self);
}

/* Returns: whether @value is news */
static gboolean
replace_string (char **where, const char *value)
{
  if (g_strcmp0 (*where, value) == 0)
    return FALSE;
  g_free (*where);
  *where = g_strdup (value);
  return TRUE;
}

/* --- choices ------------------------------------------------------------------------------ */

static void
replace_provider (EaselPlan *self, const char *provider_id)
{
  if (!replace_string (&self->provider_id, provider_id))
    return;
  g_settings_set_string (self->settings, "provider-id", provider_id);
  /* Both belong to the provider. */
  if (self->template != NULL &&
      g_strcmp0 (easel_template_get (self->template)->provider_id, provider_id) != 0)
    g_clear_object (&self->template);
  if (self->template == NULL && replace_string (&self->template_id, ""))
    g_settings_set_string (self->settings, "template-id", "");
  if (self->offer != NULL &&
      g_strcmp0 (easel_offer_get (self->offer)->provider_id, provider_id) != 0)
    g_clear_object (&self->offer);
  emit_changed (self);
}

static void
replace_template (EaselPlan *self, EaselTemplate *template, const char *template_id)
{
  gboolean is_news = replace_string (&self->template_id, template_id);

  if (is_news)
    g_settings_set_string (self->settings, "template-id", template_id);
  if (g_set_object (&self->template, template) || is_news)
    emit_changed (self);
  if (template != NULL)
    replace_provider (self, easel_template_get (template)->provider_id);
}

static void
replace_offer (EaselPlan *self, EaselOffer *offer, gboolean is_chosen)
{
  gboolean is_news = self->offer_is_chosen != is_chosen;

  self->offer_is_chosen = is_chosen;
  if (g_set_object (&self->offer, offer) || is_news)
    emit_changed (self);
  if (offer != NULL)
    replace_provider (self, easel_offer_get (offer)->provider_id);
}

/**
 * easel_plan_find_home_regions:
 *
 * Returns: bits of #EaselRegion around this computer by its time zone, 0 if that does not tell
 */
guint
easel_plan_find_home_regions (void)
{
  g_autoptr (GTimeZone) zone = g_time_zone_new_local ();

  return easel_region_for_time_zone (g_time_zone_get_identifier (zone));
}

static void
read_settings (EaselPlan *self)
{
  g_autofree char *workload = g_settings_get_string (self->settings, "workload");
  g_autofree char *offer_id = g_settings_get_string (self->settings, "last-offer-id");

  self->provider_id = g_settings_get_string (self->settings, "provider-id");
  self->template_id = g_settings_get_string (self->settings, "template-id");
  self->workload = easel_workload_set_from_string (workload);
  self->start_sooner = g_settings_get_boolean (self->settings, "start-sooner");
  self->limits.hours = g_settings_get_uint (self->settings, "hours");
  self->limits.idle_minutes = g_settings_get_uint (self->settings, "idle-minutes");
  self->limits.closed_minutes = g_settings_get_uint (self->settings, "closed-minutes");
  self->limits.stop_instead = g_settings_get_boolean (self->settings, "stop-instead");
  easel_limits_clamp (&self->limits);
  self->home_region = g_settings_get_uint (self->settings, "home-region") & EASEL_REGION_ALL;
  self->home_regions = self->home_region != 0 ? self->home_region : easel_plan_find_home_regions ();
  self->overprice_percent = g_settings_get_uint (self->settings, "overprice-percent");
  self->last_offer_id = *offer_id != '\0' ? g_steal_pointer (&offer_id) : NULL;
  self->last_price =
      CLAMP (g_settings_get_int64 (self->settings, "last-price"), 0, EASEL_MONEY_MAX);
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_plan_finalize (GObject *object)
{
  EaselPlan *self = EASEL_PLAN (object);

  g_clear_object (&self->settings);
  g_clear_object (&self->template);
  g_clear_object (&self->offer);
  g_clear_pointer (&self->provider_id, g_free);
  g_clear_pointer (&self->template_id, g_free);
  g_clear_pointer (&self->public_tags, g_strfreev);
  g_clear_pointer (&self->last_offer_id, g_free);

  G_OBJECT_CLASS (easel_plan_parent_class)->finalize (object);
}

static void
easel_plan_class_init (EaselPlanClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_plan_finalize;

  /**
   * EaselPlan::changed:
   *
   * After any change, once for each.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_plan_init (EaselPlan *self)
{
}

/**
 * easel_plan_new:
 * @settings: where choices are remembered
 *
 * Returns: (transfer full): a plan with the choices of last time
 */
EaselPlan *
easel_plan_new (GSettings *settings)
{
  EaselPlan *self;

  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);

  self = g_object_new (EASEL_TYPE_PLAN, NULL);
  self->settings = g_object_ref (settings);
  read_settings (self);
  return self;
}

/**
 * easel_plan_get_provider_id:
 * @self: a plan
 *
 * Returns: (transfer none): whose GPU it is going to be; valid until the next change
 */
const char *
easel_plan_get_provider_id (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  return self->provider_id;
}

/**
 * easel_plan_set_provider_id:
 * @self: a plan
 * @provider_id: whose GPU it is going to be
 *
 * A template and an offer of another provider go.
 */
void
easel_plan_set_provider_id (EaselPlan *self, const char *provider_id)
{
  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (provider_id != NULL);

  replace_provider (self, provider_id);
}

/**
 * easel_plan_get_workload:
 * @self: a plan
 *
 * Returns: what is going to be painted
 */
EaselWorkloadSet
easel_plan_get_workload (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), EASEL_WORKLOAD_DEFAULT);

  return self->workload;
}

/**
 * easel_plan_set_workload:
 * @self: a plan
 * @workload: what is going to be painted; no bits mean the default
 */
void
easel_plan_set_workload (EaselPlan *self, EaselWorkloadSet workload)
{
  g_autofree char *text = NULL;

  g_return_if_fail (EASEL_IS_PLAN (self));

  workload &= EASEL_WORKLOAD_MASK;
  if (workload == 0)
    workload = EASEL_WORKLOAD_DEFAULT;
  if (workload == self->workload)
    return;
  self->workload = workload;
  text = easel_workload_set_to_string (workload);
  g_settings_set_string (self->settings, "workload", text);
  emit_changed (self);
}

/**
 * easel_plan_get_start_sooner:
 * @self: a plan
 *
 * Returns: whether only one model is downloaded
 */
gboolean
easel_plan_get_start_sooner (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), FALSE);

  return self->start_sooner;
}

/**
 * easel_plan_set_start_sooner:
 * @self: a plan
 * @start_sooner: whether only one model is downloaded
 */
void
easel_plan_set_start_sooner (EaselPlan *self, gboolean start_sooner)
{
  g_return_if_fail (EASEL_IS_PLAN (self));

  start_sooner = start_sooner != FALSE;
  if (start_sooner == self->start_sooner)
    return;
  self->start_sooner = start_sooner;
  g_settings_set_boolean (self->settings, "start-sooner", start_sooner);
  emit_changed (self);
}

/**
 * easel_plan_get_template:
 * @self: a plan
 *
 * Returns: (transfer none) (nullable): the template, %NULL while it is not known: then the author's
 *   image is used alone
 */
EaselTemplate *
easel_plan_get_template (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  return self->template;
}

/**
 * easel_plan_set_template:
 * @self: a plan
 * @template: (nullable): what the person chose, %NULL for the author's
 *
 * The provider becomes the template's.
 */
void
easel_plan_set_template (EaselPlan *self, EaselTemplate *template)
{
  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (template == NULL || EASEL_IS_TEMPLATE (template));

  hold (self);
  replace_template (self, template, template != NULL ? easel_template_get (template)->id : "");
  release (self);
}

/**
 * _easel_plan_take_default_template:
 * @self: a plan
 * @template: (nullable): the author's template at the plan's provider
 *
 * As easel_plan_set_template(), but not remembered as a choice.
 */
void
_easel_plan_take_default_template (EaselPlan *self, EaselTemplate *template)
{
  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (template == NULL || EASEL_IS_TEMPLATE (template));

  if (g_set_object (&self->template, template))
    emit_changed (self);
}

/**
 * easel_plan_get_template_id:
 * @self: a plan
 *
 * Returns: (transfer none): the template that the person chose, now or last time; empty for the
 *   author's
 */
const char *
easel_plan_get_template_id (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  return self->template_id;
}

/**
 * easel_plan_get_offer:
 * @self: a plan
 *
 * Returns: (transfer none) (nullable): what is going to be rented
 */
EaselOffer *
easel_plan_get_offer (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  return self->offer;
}

/**
 * easel_plan_set_offer:
 * @self: a plan
 * @offer: (nullable): what the person chose
 *
 * The provider becomes the offer's.
 */
void
easel_plan_set_offer (EaselPlan *self, EaselOffer *offer)
{
  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (offer == NULL || EASEL_IS_OFFER (offer));

  hold (self);
  replace_offer (self, offer, offer != NULL);
  release (self);
}

/**
 * _easel_plan_take_offer:
 * @self: a plan
 * @offer: (nullable): what is going to be rented if the person does not choose
 */
void
_easel_plan_take_offer (EaselPlan *self, EaselOffer *offer)
{
  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (offer == NULL || EASEL_IS_OFFER (offer));

  hold (self);
  replace_offer (self, offer, FALSE);
  release (self);
}

/**
 * _easel_plan_refresh_offer:
 * @self: a plan
 * @offer: the same offer with newer figures
 */
void
_easel_plan_refresh_offer (EaselPlan *self, EaselOffer *offer)
{
  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (EASEL_IS_OFFER (offer));

  replace_offer (self, offer, self->offer_is_chosen);
}

/**
 * _easel_plan_is_offer_chosen:
 * @self: a plan
 *
 * Returns: whether the person chose the offer, rather than the catalog
 */
gboolean
_easel_plan_is_offer_chosen (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), FALSE);

  return self->offer != NULL && self->offer_is_chosen;
}

/**
 * easel_plan_get_limits:
 * @self: a plan
 *
 * Returns: (transfer none): when the rental is going to end by itself
 */
const EaselLimits *
easel_plan_get_limits (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  return &self->limits;
}

static gboolean
limits_equal (const EaselLimits *a, const EaselLimits *b)
{
  return a->hours == b->hours && a->idle_minutes == b->idle_minutes &&
         a->closed_minutes == b->closed_minutes && a->stop_instead == b->stop_instead;
}

/**
 * easel_plan_set_limits:
 * @self: a plan
 * @limits: when the rental is going to end by itself; brought into range
 */
void
easel_plan_set_limits (EaselPlan *self, const EaselLimits *limits)
{
  EaselLimits clamped;

  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (limits != NULL);

  clamped = *limits;
  easel_limits_clamp (&clamped);
  if (limits_equal (&clamped, &self->limits))
    return;
  self->limits = clamped;
  g_settings_set_uint (self->settings, "hours", clamped.hours);
  g_settings_set_uint (self->settings, "idle-minutes", clamped.idle_minutes);
  g_settings_set_uint (self->settings, "closed-minutes", clamped.closed_minutes);
  g_settings_set_boolean (self->settings, "stop-instead", clamped.stop_instead);
  emit_changed (self);
}

/**
 * easel_plan_get_home_region:
 * @self: a plan
 *
 * Returns: bits of #EaselRegion that the person chose, 0 to go by the time zone
 */
guint
easel_plan_get_home_region (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), 0);

  return self->home_region;
}

/**
 * easel_plan_set_home_region:
 * @self: a plan
 * @region: bits of #EaselRegion, 0 to go by the time zone
 */
void
easel_plan_set_home_region (EaselPlan *self, guint region)
{
  g_return_if_fail (EASEL_IS_PLAN (self));

  region &= EASEL_REGION_ALL;
  if (region == self->home_region)
    return;
  self->home_region = region;
  self->home_regions = region != 0 ? region : easel_plan_find_home_regions ();
  g_settings_set_uint (self->settings, "home-region", region);
  emit_changed (self);
}

/**
 * _easel_plan_get_home_regions:
 * @self: a plan
 *
 * Returns: bits of #EaselRegion around the person, chosen or by the time zone; 0 if that does not
 *   tell
 */
guint
_easel_plan_get_home_regions (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), 0);

  return self->home_regions;
}

/**
 * easel_plan_get_overprice_percent:
 * @self: a plan
 *
 * Returns: how much more than the chosen offer the next best may cost, percent
 */
guint
easel_plan_get_overprice_percent (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), 0);

  return self->overprice_percent;
}

/**
 * easel_plan_set_overprice_percent:
 * @self: a plan
 * @percent: how much more than the chosen offer the next best may cost; at most 100
 */
void
easel_plan_set_overprice_percent (EaselPlan *self, guint percent)
{
  g_return_if_fail (EASEL_IS_PLAN (self));

  percent = MIN (percent, MAX_OVERPRICE_PERCENT);
  if (percent == self->overprice_percent)
    return;
  self->overprice_percent = percent;
  g_settings_set_uint (self->settings, "overprice-percent", percent);
  emit_changed (self);
}

/**
 * easel_plan_set_public_tags:
 * @self: a plan
 * @tags: (nullable): tags of the author's image that exist, %NULL if nobody could tell
 */
void
easel_plan_set_public_tags (EaselPlan *self, const char *const *tags)
{
  g_return_if_fail (EASEL_IS_PLAN (self));

  if (tags == NULL && self->public_tags == NULL)
    return;
  if (tags != NULL && self->public_tags != NULL &&
      g_strv_equal (tags, (const char *const *) self->public_tags))
    return;
  g_strfreev (self->public_tags);
  self->public_tags = g_strdupv ((char **) tags);
  emit_changed (self);
}

/**
 * _easel_plan_get_public_tags:
 * @self: a plan
 *
 * Returns: (transfer none) (nullable): tags of the author's image that exist, %NULL if nobody could
 *   tell; valid until the next change
 */
const char *const *
_easel_plan_get_public_tags (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  return (const char *const *) self->public_tags;
}

/**
 * easel_plan_set_plugin_version:
 * @self: a plan
 * @plugin_version: of the plugin on this computer, see easel_version_parse(); 0 if unknown
 */
void
easel_plan_set_plugin_version (EaselPlan *self, guint plugin_version)
{
  g_return_if_fail (EASEL_IS_PLAN (self));

  if (plugin_version == self->plugin_version)
    return;
  self->plugin_version = plugin_version;
  emit_changed (self);
}

/**
 * easel_plan_get_plugin_version:
 * @self: a plan
 *
 * Returns: of the plugin on this computer, 0 if unknown
 */
guint
easel_plan_get_plugin_version (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), 0);

  return self->plugin_version;
}

/**
 * easel_plan_set_shelf_bytes:
 * @self: a plan
 * @shelf_bytes: size of the person's own models that come with every new GPU
 */
void
easel_plan_set_shelf_bytes (EaselPlan *self, guint64 shelf_bytes)
{
  g_return_if_fail (EASEL_IS_PLAN (self));

  if (shelf_bytes == self->shelf_bytes)
    return;
  self->shelf_bytes = shelf_bytes;
  emit_changed (self);
}

/**
 * easel_plan_get_shelf_bytes:
 * @self: a plan
 *
 * Returns: how much of the person's own models comes with the server
 */
guint64
easel_plan_get_shelf_bytes (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), 0);

  return easel_plan_takes_shelf (self) ? self->shelf_bytes : 0;
}

/* --- what was rented ---------------------------------------------------------------------- */

/**
 * _easel_plan_note_rented:
 * @self: a plan
 * @spec: what was rented
 *
 * Remembers offer and price for renting the same again, and changes no choice.
 */
void
_easel_plan_note_rented (EaselPlan *self, const EaselLaunchSpec *spec)
{
  gint64 price;

  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (spec != NULL && EASEL_IS_OFFER (spec->offer));

  hold (self);
  price = easel_launch_spec_price (spec);
  if (replace_string (&self->last_offer_id, easel_offer_get (spec->offer)->id))
    {
      g_settings_set_string (self->settings, "last-offer-id", self->last_offer_id);
      emit_changed (self);
    }
  if (price != EASEL_MONEY_UNKNOWN && price != self->last_price)
    {
      self->last_price = price;
      g_settings_set_int64 (self->settings, "last-price", price);
      emit_changed (self);
    }
  release (self);
}

/**
 * easel_plan_adopt_spec:
 * @self: a plan
 * @spec: what was rented
 *
 * Makes its choices the plan's, and remembers offer and price for renting the same again.
 */
void
easel_plan_adopt_spec (EaselPlan *self, const EaselLaunchSpec *spec)
{
  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (spec != NULL && EASEL_IS_OFFER (spec->offer));

  hold (self);
  easel_plan_set_workload (self, spec->workload);
  easel_plan_set_start_sooner (self, spec->start_sooner);
  easel_plan_set_limits (self, &spec->limits);
  if (spec->template != NULL && spec->template != self->template &&
      *easel_template_get (spec->template)->id != '\0')
    easel_plan_set_template (self, spec->template);
  easel_plan_set_offer (self, spec->offer);
  _easel_plan_note_rented (self, spec);
  release (self);
}

/**
 * easel_plan_get_last_offer_id:
 * @self: a plan
 *
 * Returns: (transfer none) (nullable): id of the offer that was rented last; valid until the next
 *   change
 */
const char *
easel_plan_get_last_offer_id (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  return self->last_offer_id;
}

/**
 * easel_plan_get_last_price:
 * @self: a plan
 *
 * Returns: what the last rental cost per hour, micro-dollars; 0 before the first
 */
gint64
easel_plan_get_last_price (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), 0);

  return self->last_price;
}
