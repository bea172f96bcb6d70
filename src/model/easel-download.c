/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One file on its way into a pod: a plain value.
 *
 * Who reads it from a log or a server fills it in. */

#include "config.h"

#include "easel-download.h"

/**
 * easel_download_new:
 * @name: human name of the model
 *
 * Returns: (transfer full): a download of which nothing has arrived
 */
EaselDownload *
easel_download_new (const char *name)
{
  EaselDownload *self;

  g_return_val_if_fail (name != NULL, NULL);

  self = g_new0 (EaselDownload, 1);
  self->name = g_strdup (name);
  return self;
}

/**
 * easel_download_free:
 * @self: (transfer full) (nullable): a download
 */
void
easel_download_free (EaselDownload *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self);
}
