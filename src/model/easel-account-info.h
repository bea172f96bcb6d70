/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-money.h"

G_BEGIN_DECLS

/**
 * EaselAccountInfo:
 * @account_id: (nullable): the provider's name of the account, where it tells
 * @email: (nullable): to show whose key this is
 * @balance: micro-dollars, EASEL_MONEY_UNKNOWN if not readable
 * @spend_per_hour: what the provider bills now, EASEL_MONEY_UNKNOWN if not readable
 * @can_pay: %FALSE when the provider says that the account may not rent (e-mail not verified)
 * @auto_top_up: the account pays in by itself
 * @may_rent_known: whether the provider told if this key may rent
 *
 * What a key check found.
 */
typedef struct
{
  char *account_id;
  char *email;
  gint64 balance;
  gint64 spend_per_hour;
  gboolean can_pay;
  gboolean auto_top_up;
  gboolean may_rent_known;
} EaselAccountInfo;

EaselAccountInfo *easel_account_info_new (void);
EaselAccountInfo *easel_account_info_copy (const EaselAccountInfo *self);
void easel_account_info_free (EaselAccountInfo *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselAccountInfo, easel_account_info_free)

G_END_DECLS
