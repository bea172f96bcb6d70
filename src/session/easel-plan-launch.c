/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the choices mean: needs, disks, image, price ceiling and the launch.
 *
 * Owns no choice and remembers nothing; everything follows from what the plan says. */

#include "config.h"

#include "easel-plan-private.h"

/* RunPod's image is unpacked onto the container disk; below this its create was refused
 * (facts of RunPod, 12.3). */
#define MIN_DISK_GB 20
#define MS_PER_HOUR G_GINT64_CONSTANT (3600000)

/* A template that brings its own software keeps its own command and image; what it needs and
 * downloads is not known. */
static gboolean
is_foreign (EaselPlan *self)
{
  EaselTemplate *template = easel_plan_get_template (self);

  return template != NULL && !easel_template_is_krita (template);
}

static char *
choose_image (EaselPlan *self, guint host_cuda)
{
  EaselTemplate *template = easel_plan_get_template (self);
  const char *own = template != NULL ? easel_template_get (template)->image : NULL;
  char *image;

  if (is_foreign (self))
    return g_strdup (own);
  image = easel_image_choose (_easel_plan_get_public_tags (self), own,
                              easel_plan_get_plugin_version (self), host_cuda);
  return image != NULL ? image : g_strdup (EASEL_PLAN_DEFAULT_IMAGE);
}

/* Stands in where the provider's template is not known: the image alone says it all. */
static EaselTemplate *
create_stand_in (EaselPlan *self, const char *image)
{
  static const char *const ports[] = { "3001/http", NULL };
  EaselTemplateData data = {
    .provider_id = easel_plan_get_provider_id (self),
    .id = "",
    .name = "Stable Diffusion ComfyUI for Krita",
    .image = image,
    .args = "",
    .ports = ports,
    .is_public = TRUE,
    .nvidia = TRUE,
  };

  return easel_template_new (&data);
}

static const EaselTemplateData *
peek_template (EaselPlan *self)
{
  EaselTemplate *template = easel_plan_get_template (self);

  return template != NULL ? easel_template_get (template) : NULL;
}

/**
 * easel_plan_takes_shelf:
 * @self: a plan
 *
 * Returns: whether the server can fetch the person's own models: a foreign template has no agent
 */
gboolean
easel_plan_takes_shelf (EaselPlan *self)
{
  g_return_val_if_fail (EASEL_IS_PLAN (self), FALSE);

  return !is_foreign (self);
}

/**
 * easel_plan_get_needs:
 * @self: a plan
 * @ret_needs: (out caller-allocates): what the workload and the person's own models need
 */
void
easel_plan_get_needs (EaselPlan *self, EaselWorkloadNeeds *ret_needs)
{
  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (ret_needs != NULL);

  easel_workload_needs (easel_plan_get_workload (self), easel_plan_get_start_sooner (self),
                        ret_needs);
  easel_workload_needs_add_models (ret_needs, easel_plan_get_shelf_bytes (self));
}

/**
 * easel_plan_get_disk_gb:
 * @self: a plan
 *
 * Returns: container disk, GB
 */
guint
easel_plan_get_disk_gb (EaselPlan *self)
{
  const EaselTemplateData *template;

  g_return_val_if_fail (EASEL_IS_PLAN (self), MIN_DISK_GB);

  template = peek_template (self);
  return template != NULL ? MAX (template->disk_gb, MIN_DISK_GB) : MIN_DISK_GB;
}

/**
 * easel_plan_get_workspace_gb:
 * @self: a plan
 *
 * Returns: lasting disk, GB
 */
guint
easel_plan_get_workspace_gb (EaselPlan *self)
{
  const EaselTemplateData *template;
  EaselWorkloadNeeds needs;

  g_return_val_if_fail (EASEL_IS_PLAN (self), 0);

  template = peek_template (self);
  easel_plan_get_needs (self, &needs);
  return template != NULL ? MAX (template->workspace_gb, needs.workspace_gb) : needs.workspace_gb;
}

/**
 * easel_plan_dup_image:
 * @self: a plan
 *
 * The newest public tag of the author's image that suits the installed plugin and the offer's
 * host; the template's own if nothing better is known; a foreign template's own always.
 *
 * Returns: (transfer full): container image with tag
 */
char *
easel_plan_dup_image (EaselPlan *self)
{
  EaselOffer *offer;

  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  offer = easel_plan_get_offer (self);
  return choose_image (self, offer != NULL ? easel_offer_get (offer)->cuda_max : 0);
}

/**
 * easel_plan_fill_query:
 * @self: a plan
 * @query: needs, session and home are set, the rest is left alone
 */
void
easel_plan_fill_query (EaselPlan *self, EaselOfferQuery *query)
{
  g_autofree char *image = NULL;
  EaselWorkloadNeeds needs;

  g_return_if_fail (EASEL_IS_PLAN (self));
  g_return_if_fail (query != NULL);

  easel_plan_get_needs (self, &needs);
  /* Not the offer's host: what it runs must not decide what is offered. */
  image = choose_image (self, 0);
  query->need_vram_mib = needs.vram_min_mib;
  query->need_ram_mib = needs.ram_min_mib;
  query->need_cuda = easel_image_cuda (image);
  query->disk_gb = easel_plan_get_disk_gb (self) + easel_plan_get_workspace_gb (self);
  query->download_bytes = is_foreign (self) ? 0 : needs.download_bytes;
  query->shelf_bytes = easel_plan_get_shelf_bytes (self);
  query->session_ms = easel_plan_get_limits (self)->hours * MS_PER_HOUR;
  query->home_regions = _easel_plan_get_home_regions (self);
}

/**
 * easel_plan_get_max_price:
 * @self: a plan
 *
 * Returns: the most per hour if the offer is gone and the next best is taken, micro-dollars;
 *   %EASEL_MONEY_UNKNOWN without an offer
 */
gint64
easel_plan_get_max_price (EaselPlan *self)
{
  EaselOffer *offer;
  guint percent;
  gint64 price;

  g_return_val_if_fail (EASEL_IS_PLAN (self), EASEL_MONEY_UNKNOWN);

  offer = easel_plan_get_offer (self);
  percent = easel_plan_get_overprice_percent (self);
  if (offer == NULL)
    return EASEL_MONEY_UNKNOWN;
  price =
      easel_offer_price (offer, easel_plan_get_disk_gb (self) + easel_plan_get_workspace_gb (self));
  if (price == EASEL_MONEY_UNKNOWN)
    return EASEL_MONEY_UNKNOWN;
  return price + price / 100 * percent + price % 100 * percent / 100;
}

/**
 * easel_plan_build_spec:
 * @self: a plan
 *
 * Returns: (transfer full) (nullable): what one click on Rent would mean, without a name; %NULL
 *   while there is no offer, its price is not known, or the template cannot serve Krita
 */
EaselLaunchSpec *
easel_plan_build_spec (EaselPlan *self)
{
  g_autoptr (EaselLaunchSpec) spec = NULL;
  g_autofree char *image = NULL;
  EaselTemplate *template;
  EaselOffer *offer;
  EaselWorkloadNeeds needs;

  g_return_val_if_fail (EASEL_IS_PLAN (self), NULL);

  template = easel_plan_get_template (self);
  offer = easel_plan_get_offer (self);
  if (offer == NULL || easel_plan_get_max_price (self) == EASEL_MONEY_UNKNOWN)
    return NULL;
  if (template != NULL && easel_template_check (template) != EASEL_TEMPLATE_OK)
    return NULL;

  easel_plan_get_needs (self, &needs);
  image = easel_plan_dup_image (self);
  spec = easel_launch_spec_new ();
  spec->offer = g_object_ref (offer);
  spec->template = template != NULL ? g_object_ref (template) : create_stand_in (self, image);
  spec->workload = easel_plan_get_workload (self);
  spec->start_sooner = easel_plan_get_start_sooner (self);
  spec->disk_gb = easel_plan_get_disk_gb (self);
  spec->workspace_gb = easel_plan_get_workspace_gb (self);
  spec->need_cuda = easel_image_cuda (image);
  spec->need_ram_mib = needs.ram_min_mib;
  spec->limits = *easel_plan_get_limits (self);
  spec->max_price = easel_plan_get_max_price (self);
  if (!is_foreign (self))
    {
      spec->start_arguments = easel_workload_start_arguments (easel_plan_get_workload (self),
                                                              easel_plan_get_start_sooner (self));
      spec->download_bytes = needs.download_bytes;
      spec->shelf_bytes = easel_plan_get_shelf_bytes (self);
      if (template == NULL || g_strcmp0 (image, easel_template_get (template)->image) != 0)
        spec->image = g_steal_pointer (&image);
    }
  return g_steal_pointer (&spec);
}
