/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a key check found: a plain value, owned by whoever asked.
 *
 * The key itself is never part of it. */

#include "config.h"

#include "easel-account-info.h"

/**
 * easel_account_info_new:
 *
 * Returns: (transfer full): an account of which nothing is known yet and nothing is held against
 */
EaselAccountInfo *
easel_account_info_new (void)
{
  EaselAccountInfo *self = g_new0 (EaselAccountInfo, 1);

  self->balance = EASEL_MONEY_UNKNOWN;
  self->spend_per_hour = EASEL_MONEY_UNKNOWN;
  self->can_pay = TRUE;
  return self;
}

/**
 * easel_account_info_copy:
 * @self: (nullable): an account
 *
 * Returns: (transfer full) (nullable): a deep copy
 */
EaselAccountInfo *
easel_account_info_copy (const EaselAccountInfo *self)
{
  EaselAccountInfo *copy;

  if (self == NULL)
    return NULL;

  copy = g_new (EaselAccountInfo, 1);
  *copy = *self;
  copy->account_id = g_strdup (self->account_id);
  copy->email = g_strdup (self->email);
  return copy;
}

/**
 * easel_account_info_free:
 * @self: (transfer full) (nullable): an account
 */
void
easel_account_info_free (EaselAccountInfo *self)
{
  if (self == NULL)
    return;

  g_free (self->account_id);
  g_free (self->email);
  g_free (self);
}
