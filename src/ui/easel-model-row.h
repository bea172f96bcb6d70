/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* A model that lies somewhere: its name, what is known of it, one button. Signal "chosen". */
#define EASEL_TYPE_MODEL_ROW (easel_model_row_get_type ())
G_DECLARE_FINAL_TYPE (EaselModelRow, easel_model_row, EASEL, MODEL_ROW, GtkListBoxRow)

GtkWidget *easel_model_row_new (const char *folder, const char *name);
void easel_model_row_set_heading (EaselModelRow *self, const char *heading);
void easel_model_row_set_facts (EaselModelRow *self, const char *facts);
void easel_model_row_set_button (EaselModelRow *self, const char *label, const char *full_name);
void easel_model_row_set_sensitive (EaselModelRow *self, gboolean is_sensitive);
void easel_model_row_set_warning (EaselModelRow *self, const char *warning);
const char *easel_model_row_get_folder (EaselModelRow *self);
const char *easel_model_row_get_name (EaselModelRow *self);

G_END_DECLS
