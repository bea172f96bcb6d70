/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What an error of a provider cannot mean, whatever its judge has made of status and words.
 *
 * These may be those of another call: nobody has taken a GPU away from somebody who only looks or
 * deletes. Such an error becomes EASEL_ERROR_UNAVAILABLE, which proves nothing.
 */

#include "config.h"
#include "easel-provider-meaning-private.h"

#include "easel-error.h"

static void
mend_meaning (GError *error, const EaselError *senseless, gsize n_senseless)
{
  for (gsize i = 0; error != NULL && i < n_senseless; i++)
    if (g_error_matches (error, EASEL_ERROR, (int) senseless[i]))
      {
        error->code = EASEL_ERROR_UNAVAILABLE;
        return;
      }
}

/**
 * _easel_provider_mend_list:
 * @error: (nullable): what a list failed with
 *
 * Takes away a meaning that this call cannot have.
 */
void
_easel_provider_mend_list (GError *error)
{
  static const EaselError senseless[] = { EASEL_ERROR_NO_OFFER, EASEL_ERROR_HOST_FULL,
                                          EASEL_ERROR_CONFLICT, EASEL_ERROR_LOCKED,
                                          EASEL_ERROR_NOT_FOUND };

  mend_meaning (error, senseless, G_N_ELEMENTS (senseless));
}

/**
 * _easel_provider_mend_get:
 * @error: (nullable): what the question about one pod failed with
 *
 * Takes away a meaning that this call cannot have.
 */
void
_easel_provider_mend_get (GError *error)
{
  static const EaselError senseless[] = { EASEL_ERROR_NO_OFFER, EASEL_ERROR_HOST_FULL,
                                          EASEL_ERROR_CONFLICT, EASEL_ERROR_LOCKED };

  mend_meaning (error, senseless, G_N_ELEMENTS (senseless));
}

/**
 * _easel_provider_mend_delete:
 * @error: (nullable): what a delete failed with
 *
 * Takes away a meaning that this call cannot have.
 */
void
_easel_provider_mend_delete (GError *error)
{
  static const EaselError senseless[] = { EASEL_ERROR_NO_OFFER, EASEL_ERROR_HOST_FULL,
                                          EASEL_ERROR_QUOTA };

  mend_meaning (error, senseless, G_N_ELEMENTS (senseless));
}
