/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Longest key that is accepted; real ones have 40 to 70 characters. */
#define EASEL_SECRET_MAX_KEY 512

/**
 * EaselSecret:
 *
 * A reference counted string whose bytes are overwritten when the last reference goes. It never
 * prints itself: there is no to_string, and a debug line has nothing to call.
 */
typedef struct _EaselSecret EaselSecret;

#define EASEL_TYPE_SECRET (easel_secret_get_type ())
GType easel_secret_get_type (void) G_GNUC_CONST;

EaselSecret *easel_secret_new (const char *value);
EaselSecret *easel_secret_new_from_key_input (const char *typed, GError **error);
EaselSecret *easel_secret_ref (EaselSecret *self);
void easel_secret_unref (EaselSecret *self);
const char *easel_secret_peek (const EaselSecret *self);
gboolean easel_secret_equal (const EaselSecret *a, const EaselSecret *b);
char *easel_secret_fingerprint (const EaselSecret *self, const char *salt);
void easel_secret_wipe (void *memory, gsize length);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselSecret, easel_secret_unref)

G_END_DECLS
