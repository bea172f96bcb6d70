/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-shelf-file.h"
#include "easel-transfer.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Headers of model files that say what they are, and one that does not. */
#define MODEL_SDXL_LORA "lora-sdxl"
#define MODEL_FLUX_LORA "lora-flux"
#define MODEL_NAMELESS "nameless"

/* Leaves a small .safetensors file; returns its path. */
char *model_write (const char *folder, const char *name, const char *what);
/* What such a file looks like. */
GBytes *model_to_bytes (const char *what);
/* A model of the shelf. */
EaselShelfModel *
model_new (const char *name, EaselModelKind kind, EaselModelBase base, guint64 size);
/* A transfer of that model. (transfer full) */
EaselTransfer *model_transfer_new (const EaselShelfModel *model,
                                   EaselTransferState state,
                                   guint64 have,
                                   guint64 speed,
                                   GError *error);
/* Drops files or a text onto a window as a file manager or a browser does. */
gboolean model_drop_files (GtkWidget *window, GSList *files);
gboolean model_drop_text (GtkWidget *window, const char *text);
/* Holds something over it; whether it may be dropped there. */
gboolean model_drag_over (GtkWidget *window);
void model_drag_away (GtkWidget *window);
/* Chooses a file in the dialog that is open. */
void model_choose_file (const char *path);
/* With EASEL_TEST_PICTURES=FOLDER a picture is left there. */
void model_save_picture (GtkWidget *window, const char *name);
/* Contrast and clipping, light and dark. */
void model_check_look (GtkWindow *window, const char *name);
/* Clipping at 360 pixels; what has to be scrolled to has no colours to measure. */
void model_check_narrow (GtkWindow *window, const char *name);

G_END_DECLS
