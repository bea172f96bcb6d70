/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account-info.h"
#include "easel-provider-info.h"
#include "easel-secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselAccountState:
 * @EASEL_ACCOUNT_UNLOADED: nobody has looked into the keyring yet
 * @EASEL_ACCOUNT_NO_KEY: no key is known
 * @EASEL_ACCOUNT_CHECKING: a key is being checked
 * @EASEL_ACCOUNT_READY: the key was accepted
 * @EASEL_ACCOUNT_REFUSED: the provider refused the key (see the error)
 * @EASEL_ACCOUNT_UNCHECKED: there is a key, but the check could not be made (network, keyring)
 */
typedef enum
{
  EASEL_ACCOUNT_UNLOADED,
  EASEL_ACCOUNT_NO_KEY,
  EASEL_ACCOUNT_CHECKING,
  EASEL_ACCOUNT_READY,
  EASEL_ACCOUNT_REFUSED,
  EASEL_ACCOUNT_UNCHECKED
} EaselAccountState;

/* One provider's key and what is known about its account. Property "state" notifies; signal
 * "changed" comes after anything else changed. */
#define EASEL_TYPE_ACCOUNT (easel_account_get_type ())
G_DECLARE_FINAL_TYPE (EaselAccount, easel_account, EASEL, ACCOUNT, GObject)

const EaselProviderInfo *easel_account_get_provider_info (EaselAccount *self);
EaselAccountState easel_account_get_state (EaselAccount *self);
EaselSecret *easel_account_get_key (EaselAccount *self);
const EaselAccountInfo *easel_account_get_info (EaselAccount *self);
const GError *easel_account_get_error (EaselAccount *self);
const GError *easel_account_get_store_error (EaselAccount *self);
gboolean easel_account_is_remembered (EaselAccount *self);
const char *easel_account_get_identity (EaselAccount *self);
/* Whether the key may be sent: accepted, or not yet checked for want of a connection, and not
 * refused since. */
gboolean easel_account_is_usable (EaselAccount *self);
/* Whether a record made under @identity belongs to this account: by the provider's account id or
 * by the fingerprint of the key, whichever was known when the record was made. */
gboolean easel_account_has_identity (EaselAccount *self, const char *identity);

void easel_account_load (EaselAccount *self);
void easel_account_set_key (EaselAccount *self, EaselSecret *key, gboolean remember);
void easel_account_set_remember (EaselAccount *self, gboolean remember);
void easel_account_recheck (EaselAccount *self);
void easel_account_refresh_balance (EaselAccount *self);
void easel_account_note_refused (EaselAccount *self, const GError *error);
void easel_account_forget (EaselAccount *self);

G_END_DECLS
