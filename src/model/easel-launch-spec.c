/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Everything that one click on Rent means, as one value that can be copied, kept and compared
 * with what came of it.
 *
 * Who fills it in and whether it is a good idea is not known here. */

#include "config.h"

#include "easel-launch-spec.h"

/**
 * easel_launch_spec_new:
 *
 * Returns: (transfer full): a specification of nothing, with the default limits
 */
EaselLaunchSpec *
easel_launch_spec_new (void)
{
  EaselLaunchSpec *self = g_new0 (EaselLaunchSpec, 1);

  self->workload = EASEL_WORKLOAD_DEFAULT;
  easel_limits_init_default (&self->limits);
  return self;
}

/**
 * easel_launch_spec_copy:
 * @self: (nullable): a specification
 *
 * Returns: (transfer full) (nullable): a deep copy; offer and template, which never change, are
 *   shared
 */
EaselLaunchSpec *
easel_launch_spec_copy (const EaselLaunchSpec *self)
{
  EaselLaunchSpec *copy;

  if (self == NULL)
    return NULL;

  copy = g_new (EaselLaunchSpec, 1);
  *copy = *self;
  copy->name = g_strdup (self->name);
  copy->offer = self->offer != NULL ? g_object_ref (self->offer) : NULL;
  copy->template = self->template != NULL ? g_object_ref (self->template) : NULL;
  copy->image = g_strdup (self->image);
  copy->start_arguments = g_strdupv (self->start_arguments);
  copy->agent = easel_agent_plan_copy (self->agent);
  return copy;
}

/**
 * easel_launch_spec_free:
 * @self: (transfer full) (nullable): a specification
 */
void
easel_launch_spec_free (EaselLaunchSpec *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_clear_object (&self->offer);
  g_clear_object (&self->template);
  g_free (self->image);
  g_strfreev (self->start_arguments);
  easel_agent_plan_free (self->agent);
  g_free (self);
}

/**
 * easel_launch_spec_price:
 * @self: a specification
 *
 * Returns: micro-dollars per hour while running, both disks included; %EASEL_MONEY_UNKNOWN if
 *   there is no offer yet or its price is not known
 */
gint64
easel_launch_spec_price (const EaselLaunchSpec *self)
{
  guint disk_gb;

  g_return_val_if_fail (self != NULL, EASEL_MONEY_UNKNOWN);

  if (self->offer == NULL || __builtin_add_overflow (self->disk_gb, self->workspace_gb, &disk_gb))
    return EASEL_MONEY_UNKNOWN;
  return easel_offer_price (self->offer, disk_gb);
}

/**
 * easel_launch_spec_worst_case:
 * @self: a specification
 *
 * Returns: the most that renting the offer itself can cost until its hard end, traffic included;
 *   %EASEL_MONEY_UNKNOWN if a part of it is not known
 */
gint64
easel_launch_spec_worst_case (const EaselLaunchSpec *self)
{
  g_return_val_if_fail (self != NULL, EASEL_MONEY_UNKNOWN);

  if (self->offer == NULL)
    return EASEL_MONEY_UNKNOWN;
  return easel_limits_worst_case (&self->limits, easel_launch_spec_price (self),
                                  easel_offer_start_cost (self->offer, self->download_bytes));
}
