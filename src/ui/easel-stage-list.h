/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  EASEL_STAGE_MARK_TODO,
  EASEL_STAGE_MARK_CURRENT,
  EASEL_STAGE_MARK_DONE,
  EASEL_STAGE_MARK_FAILED
} EaselStageMark;

/* Named stages one below the other, each with a mark and a line about it. */
#define EASEL_TYPE_STAGE_LIST (easel_stage_list_get_type ())
G_DECLARE_FINAL_TYPE (EaselStageList, easel_stage_list, EASEL, STAGE_LIST, GtkWidget)

GtkWidget *easel_stage_list_new (void);
void easel_stage_list_set_stage (EaselStageList *self,
                                 guint index,
                                 EaselStageMark mark,
                                 const char *title,
                                 const char *note);
EaselStageMark easel_stage_list_get_mark (EaselStageList *self, guint index);

G_END_DECLS
