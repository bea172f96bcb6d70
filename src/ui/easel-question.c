/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A modal question: heading, sentence, optional content, one row of answers. The first answer
 * added gets the focus, so add the harmless one first. Knows nothing of GPUs. */

#include "config.h"
#include "easel-question.h"

#include "easel-ui.h"

struct _EaselQuestion
{
  GtkWindow parent_instance;

  GtkLabel *heading;  /* (unowned): child of the template */
  GtkLabel *body;     /* (unowned): child of the template */
  GtkBox *content;    /* (unowned): child of the template */
  GtkWidget *answers; /* (unowned): child of the template */

  gboolean answered;
};

enum
{
  SIGNAL_RESPONSE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselQuestion, easel_question, GTK_TYPE_WINDOW)

static void
on_answer_clicked (GtkButton *button, gpointer user_data)
{
  easel_question_answer (EASEL_QUESTION (user_data),
                         g_object_get_data (G_OBJECT (button), "answer-id"));
}

static gboolean
on_escape (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  easel_question_answer (EASEL_QUESTION (widget), "cancel");
  return TRUE;
}

static gboolean
easel_question_close_request (GtkWindow *window)
{
  easel_question_answer (EASEL_QUESTION (window), "cancel");
  return TRUE;
}

static void
easel_question_class_init (EaselQuestionClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkWindowClass *window_class = GTK_WINDOW_CLASS (klass);

  window_class->close_request = easel_question_close_request;

  signals[SIGNAL_RESPONSE] = g_signal_new ("response", EASEL_TYPE_QUESTION, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-question.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselQuestion, heading);
  gtk_widget_class_bind_template_child (widget_class, EaselQuestion, body);
  gtk_widget_class_bind_template_child (widget_class, EaselQuestion, content);
  gtk_widget_class_bind_template_child (widget_class, EaselQuestion, answers);
}

static void
easel_question_init (EaselQuestion *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_question_new:
 * @parent: (nullable): the window that asks
 * @heading: the question
 * @body: (nullable): what it means
 *
 * Makes a question; add answers, connect to "response" and present it.
 *
 * Returns: (transfer none): the window; GTK owns it until it was answered
 */
EaselQuestion *
easel_question_new (GtkWindow *parent, const char *heading, const char *body)
{
  EaselQuestion *self;

  g_return_val_if_fail (parent == NULL || GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (heading != NULL, NULL);

  self = g_object_new (EASEL_TYPE_QUESTION, "transient-for", parent, "title", heading, NULL);
  if (parent != NULL)
    gtk_window_set_destroy_with_parent (GTK_WINDOW (self), TRUE);
  easel_ui_set_text (self->heading, heading);
  easel_ui_set_text (self->body, body);
  return self;
}

/**
 * easel_question_add_answer:
 * @self: a question
 * @id: what "response" says
 * @label: what stands on the button
 * @style: how the button looks
 *
 * Returns: (transfer none): the button
 */
GtkWidget *
easel_question_add_answer (EaselQuestion *self,
                           const char *id,
                           const char *label,
                           EaselAnswerStyle style)
{
  GtkWidget *button;

  g_return_val_if_fail (EASEL_IS_QUESTION (self), NULL);
  g_return_val_if_fail (id != NULL && label != NULL, NULL);

  button = gtk_button_new_with_label (label);
  g_object_set_data_full (G_OBJECT (button), "answer-id", g_strdup (id), g_free);
  if (style == EASEL_ANSWER_SUGGESTED)
    gtk_widget_add_css_class (button, "suggested-action");
  else if (style == EASEL_ANSWER_DESTRUCTIVE)
    gtk_widget_add_css_class (button, "destructive-action");
  g_signal_connect (button, "clicked", G_CALLBACK (on_answer_clicked), self);
  if (gtk_widget_get_first_child (self->answers) == NULL)
    gtk_window_set_focus (GTK_WINDOW (self), button);
  gtk_widget_set_parent (button, self->answers);
  return button;
}

/**
 * easel_question_set_content:
 * @self: a question
 * @content: a widget between the sentence and the answers
 */
void
easel_question_set_content (EaselQuestion *self, GtkWidget *content)
{
  g_return_if_fail (EASEL_IS_QUESTION (self));
  g_return_if_fail (GTK_IS_WIDGET (content));

  gtk_box_append (self->content, content);
  gtk_widget_set_visible (GTK_WIDGET (self->content), TRUE);
}

/**
 * easel_question_answer:
 * @self: a question
 * @id: the answer
 *
 * Answers as if the button had been pressed, and closes the window. Later answers are ignored.
 */
void
easel_question_answer (EaselQuestion *self, const char *id)
{
  g_autoptr (GtkWindow) parent = NULL;
  g_autoptr (EaselQuestion) kept = NULL;

  g_return_if_fail (EASEL_IS_QUESTION (self));
  g_return_if_fail (id != NULL);

  if (self->answered)
    return;
  self->answered = TRUE;
  kept = g_object_ref (self);
  g_set_object (&parent, gtk_window_get_transient_for (GTK_WINDOW (self)));
  g_signal_emit (self, signals[SIGNAL_RESPONSE], 0, id);
  /* The answer may have destroyed the parent; GTK would remember it until the click that answered
   * is over. */
  gtk_window_set_transient_for (GTK_WINDOW (kept), NULL);
  gtk_window_destroy (GTK_WINDOW (kept));
}
