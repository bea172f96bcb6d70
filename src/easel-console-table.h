/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-studio.h"

G_BEGIN_DECLS

char *easel_console_table_dup_text (EaselStudio *studio);
char *easel_console_table_dup_json (EaselStudio *studio);
const char *easel_console_table_get_state (EaselRental *rental);

G_END_DECLS
