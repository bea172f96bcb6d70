/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _EaselChoiceList EaselChoiceList;
typedef char *(*EaselChoiceListFormat) (guint value);

EaselChoiceList *easel_choice_list_new (GtkDropDown *drop_down,
                                        const guint *values,
                                        gsize n_values,
                                        EaselChoiceListFormat format);
void easel_choice_list_free (EaselChoiceList *self);
guint easel_choice_list_get_value (EaselChoiceList *self);
void easel_choice_list_set_value (EaselChoiceList *self, guint value);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselChoiceList, easel_choice_list_free)

G_END_DECLS
