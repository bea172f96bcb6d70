/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Widest column, and the width below which margins shrink, in pixels. */
#define EASEL_CLAMP_MAX_WIDTH 760
#define EASEL_CLAMP_NARROW 600

#define EASEL_TYPE_CLAMP (easel_clamp_get_type ())
G_DECLARE_FINAL_TYPE (EaselClamp, easel_clamp, EASEL, CLAMP, GtkWidget)

GtkWidget *easel_clamp_new (void);
GtkWidget *easel_clamp_new_slim (void);

G_END_DECLS
