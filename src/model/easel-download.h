/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EaselDownload:
 * @name: human name of the model; one name may cover several files
 * @bytes_done: of all its files that have begun
 * @bytes_total: of the same, 0 unknown
 * @bytes_per_second: 0 unknown
 * @done: finished, as far as its files have begun
 * @found: was there already
 * @n_errors: tries that failed
 *
 * One model on its way into a pod.
 */
typedef struct
{
  char *name;
  guint64 bytes_done;
  guint64 bytes_total;
  guint64 bytes_per_second;
  gboolean done;
  gboolean found;
  guint n_errors;
} EaselDownload;

EaselDownload *easel_download_new (const char *name);
void easel_download_free (EaselDownload *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselDownload, easel_download_free)

G_END_DECLS
