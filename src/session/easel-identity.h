/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *easel_identity_new (const char *account_id, const char *fingerprint);
gboolean easel_identity_matches (const char *recorded, const char *present);

G_END_DECLS
