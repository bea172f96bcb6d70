/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define EASEL_TYPE_CHOICE_CARD (easel_choice_card_get_type ())
G_DECLARE_FINAL_TYPE (EaselChoiceCard, easel_choice_card, EASEL, CHOICE_CARD, GtkToggleButton)

GtkWidget *easel_choice_card_new (void);
void easel_choice_card_set_kicker (EaselChoiceCard *self, const char *text);
void easel_choice_card_set_heading (EaselChoiceCard *self, const char *text);
void easel_choice_card_set_value (EaselChoiceCard *self, const char *text);
void easel_choice_card_set_text (EaselChoiceCard *self, const char *text);
void easel_choice_card_set_note (EaselChoiceCard *self, const char *text);

G_END_DECLS
