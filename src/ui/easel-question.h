/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  EASEL_ANSWER_PLAIN,
  EASEL_ANSWER_SUGGESTED,
  EASEL_ANSWER_DESTRUCTIVE
} EaselAnswerStyle;

/* A small modal window with a question and its answers (GtkAlertDialog is newer than the floor,
 * GtkMessageDialog deprecated). Signal "response" (const char *id) comes exactly once; closing the
 * window and Escape answer "cancel". The window destroys itself afterwards. */
#define EASEL_TYPE_QUESTION (easel_question_get_type ())
G_DECLARE_FINAL_TYPE (EaselQuestion, easel_question, EASEL, QUESTION, GtkWindow)

EaselQuestion *easel_question_new (GtkWindow *parent, const char *heading, const char *body);
GtkWidget *easel_question_add_answer (EaselQuestion *self,
                                      const char *id,
                                      const char *label,
                                      EaselAnswerStyle style);
void easel_question_set_content (EaselQuestion *self, GtkWidget *content);
void easel_question_answer (EaselQuestion *self, const char *id);

G_END_DECLS
