/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The strict grammar, before json-glib sees a byte. @text is of @length bytes and is changed in
 * place where an escape stands for no character. */
gboolean _easel_json_scan (char *text, gsize length, GError **error);

G_END_DECLS
