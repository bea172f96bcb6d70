/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

void _easel_provider_mend_list (GError *error);
void _easel_provider_mend_get (GError *error);
void _easel_provider_mend_delete (GError *error);

G_END_DECLS
