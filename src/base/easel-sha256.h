/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A sum of many bytes. */
typedef struct _EaselSha256 EaselSha256;

EaselSha256 *easel_sha256_new (void);
void easel_sha256_free (EaselSha256 *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSha256, easel_sha256_free)

void easel_sha256_update (EaselSha256 *self, const void *data, gsize length);
char *easel_sha256_peek (const EaselSha256 *self);
char *easel_sha256_of (const void *data, gsize length);

G_END_DECLS
