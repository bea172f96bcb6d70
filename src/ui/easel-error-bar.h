/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-error.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  EASEL_BAR_ERROR,
  EASEL_BAR_WARNING,
  EASEL_BAR_INFO,
  EASEL_BAR_SUCCESS
} EaselBarKind;

/* One sentence, one button that helps (a second one where there is a real choice), and the
 * provider's own words under Details. Hidden until something is set. Signals "remedy" (int
 * EaselRemedy; EASEL_REMEDY_NONE for a message with a label of its own) and "second". */
#define EASEL_TYPE_ERROR_BAR (easel_error_bar_get_type ())
G_DECLARE_FINAL_TYPE (EaselErrorBar, easel_error_bar, EASEL, ERROR_BAR, GtkWidget)

GtkWidget *easel_error_bar_new (void);
void
easel_error_bar_set_error (EaselErrorBar *self, const GError *error, const char *provider_name);
void easel_error_bar_set_message (EaselErrorBar *self,
                                  EaselBarKind kind,
                                  const char *sentence,
                                  const char *button_label);
void easel_error_bar_set_sentence (EaselErrorBar *self, const char *sentence);
void easel_error_bar_set_button_label (EaselErrorBar *self, const char *label);
void easel_error_bar_set_second_label (EaselErrorBar *self, const char *label);
gboolean easel_error_bar_set_suggested (EaselErrorBar *self, gboolean is_suggested);
void easel_error_bar_set_details (EaselErrorBar *self, const char *details);
void easel_error_bar_clear (EaselErrorBar *self);
gboolean easel_error_bar_is_set (EaselErrorBar *self);
const char *easel_error_bar_get_sentence (EaselErrorBar *self);

G_END_DECLS
