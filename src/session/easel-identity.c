/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The name of an account in the journal, which never names the key.
 *
 * It is the provider's account id, a fingerprint of the key, or both with a bar between: the
 * account id may be unreadable for a while, the key may be new. */

#include "config.h"
#include "easel-identity.h"

/**
 * easel_identity_new:
 * @account_id: (nullable): as the provider tells it
 * @fingerprint: of the key, salted
 *
 * Returns: (transfer full): the name
 */
char *
easel_identity_new (const char *account_id, const char *fingerprint)
{
  if (account_id == NULL || *account_id == '\0')
    return g_strdup (fingerprint);
  return g_strconcat (account_id, "|", fingerprint, NULL);
}

/**
 * easel_identity_matches:
 * @recorded: (nullable): a name that was written down
 * @present: (nullable): another one
 *
 * Returns: whether both name one account: one common part is enough
 */
gboolean
easel_identity_matches (const char *recorded, const char *present)
{
  g_auto (GStrv) a = NULL;
  g_auto (GStrv) b = NULL;

  if (recorded == NULL || present == NULL)
    return FALSE;
  a = g_strsplit (recorded, "|", 4);
  b = g_strsplit (present, "|", 4);
  for (guint i = 0; a[i] != NULL; i++)
    if (*a[i] != '\0' && g_strv_contains ((const char *const *) b, a[i]))
      return TRUE;
  return FALSE;
}
