/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Starting: what happens between the click on Rent and a working address. Looks at one deployment;
 * says "gone" only when that has proven it. Leaving the page or the window stops nothing. */

#include "config.h"
#include "easel-page-starting.h"

#include "easel-file-list.h"
#include "easel-krita-choice.h"
#include "easel-question.h"
#include "easel-shield.h"
#include "easel-shield-line.h"
#include "easel-stage-list.h"
#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

/* A log that fills memory helps nobody. */
#define MAX_LOG_LINES 2000

struct _EaselPageStarting
{
  EaselPage parent_instance;

  EaselKritaChoice *krita; /* (unowned): child of the template */
  EaselErrorBar *bar;      /* (unowned): child of the template */
  EaselErrorBar *notice;   /* (unowned): child of the template */
  EaselErrorBar *slow;     /* (unowned): child of the template */
  GtkWidget *progress;     /* (unowned): child of the template */
  GtkProgressBar *fill;    /* (unowned): child of the template */
  GtkLabel *elapsed;       /* (unowned): child of the template */
  GtkLabel *left;          /* (unowned): child of the template */
  GtkLabel *announcement;  /* (unowned): child of the template */
  GtkWidget *stage_card;   /* (unowned): child of the template */
  EaselShieldLine *shield; /* (unowned): child of the template */
  EaselStageList *stages;  /* (unowned): child of the template */
  GtkWidget *files_box;    /* (unowned): child of the template */
  EaselFileList *files;    /* (unowned): child of the template */
  GtkExpander *log;        /* (unowned): child of the template */
  GtkTextView *log_view;   /* (unowned): child of the template */
  GtkWidget *back;         /* (unowned): child of the template */
  GtkButton *cancel;       /* (unowned): child of the template */
  GtkButton *hide;         /* (unowned): child of the template */

  EaselDeployment *deployment;    /* (owned) (nullable) */
  GSignalGroup *deployment_group; /* (owned) */
  GError *rent_error;             /* (owned) (nullable): nothing was even tried */
  EaselQuestion *question;        /* (unowned) (nullable): GTK owns windows */
  gboolean log_filled;
};

G_DEFINE_FINAL_TYPE (EaselPageStarting, easel_page_starting, EASEL_TYPE_PAGE)

static EaselDeploymentState
get_state (EaselPageStarting *self)
{
  return self->deployment != NULL ? easel_deployment_get_state (self->deployment)
                                  : EASEL_DEPLOYMENT_FAILED;
}

static const GError *
get_error (EaselPageStarting *self)
{
  return self->deployment != NULL ? easel_deployment_get_error (self->deployment)
                                  : self->rent_error;
}

static const EaselProviderInfo *
get_provider (EaselPageStarting *self)
{
  EaselSession *session = easel_page_get_session (EASEL_PAGE (self));
  EaselAccount *account;

  if (self->deployment == NULL)
    return easel_page_get_provider (EASEL_PAGE (self));
  account = easel_session_get_account (
      session, easel_offer_get (easel_deployment_get_spec (self->deployment)->offer)->provider_id);
  return account != NULL ? easel_account_get_provider_info (account) : NULL;
}

static const char *
get_gpu_name (EaselPageStarting *self)
{
  return self->deployment != NULL
             ? easel_offer_get (easel_deployment_get_spec (self->deployment)->offer)->gpu_name
             : _ ("GPU");
}

/* Stages */

static const char *
get_stage_title (EaselStage stage, EaselStageMark mark)
{
  gboolean done = mark == EASEL_STAGE_MARK_DONE;
  gboolean now = mark == EASEL_STAGE_MARK_CURRENT;

  switch (stage)
    {
    case EASEL_STAGE_RENT:
      return done ? _ ("Rented") : now ? _ ("Renting") : _ ("Rent");
    case EASEL_STAGE_MACHINE:
      return done  ? _ ("Machine started")
             : now ? _ ("Starting the machine")
                   : _ ("Start the machine");
    case EASEL_STAGE_SOFTWARE:
      return done  ? _ ("Server software downloaded")
             : now ? _ ("Downloading the server software")
                   : _ ("Download the server software");
    case EASEL_STAGE_MODELS:
      return done  ? _ ("Models downloaded")
             : now ? _ ("Downloading models")
                   : _ ("Download models");
    case EASEL_STAGE_CHECK:
    case EASEL_N_STAGES:
    default:
      return done  ? _ ("ComfyUI works")
             : now ? _ ("Checking that ComfyUI works")
                   : _ ("Check that ComfyUI works");
    }
}

static EaselStageMark
get_stage_mark (EaselPageStarting *self, EaselStage stage)
{
  EaselDeploymentState state = get_state (self);
  EaselStage current = easel_deployment_get_stage (self->deployment);

  if (state == EASEL_DEPLOYMENT_READY || stage < current)
    return EASEL_STAGE_MARK_DONE;
  if (stage > current)
    return EASEL_STAGE_MARK_TODO;
  return state == EASEL_DEPLOYMENT_TROUBLE || state == EASEL_DEPLOYMENT_FAILED
             ? EASEL_STAGE_MARK_FAILED
             : EASEL_STAGE_MARK_CURRENT;
}

/* The last line: not a stage of the start, it comes when it comes. */
static void
update_confirmation (EaselPageStarting *self)
{
  EaselStudio *studio = easel_session_get_studio (easel_page_get_session (EASEL_PAGE (self)));
  EaselRental *rental = easel_studio_find_rental (studio, self->deployment);
  EaselStageMark mark = EASEL_STAGE_MARK_TODO;
  const char *title;

  if (!easel_deployment_takes_agent (easel_deployment_get_spec (self->deployment)))
    return;
  if (rental != NULL && easel_rental_is_confirmed (rental))
    mark = EASEL_STAGE_MARK_DONE;
  else if (rental != NULL && easel_rental_get_shield (rental, NULL) == EASEL_SHIELD_RED)
    mark = EASEL_STAGE_MARK_FAILED;
  else if (get_state (self) == EASEL_DEPLOYMENT_READY)
    mark = EASEL_STAGE_MARK_CURRENT;
  title = mark == EASEL_STAGE_MARK_DONE     ? _ ("Automatic end confirmed")
          : mark == EASEL_STAGE_MARK_FAILED ? _ ("Automatic end not confirmed")
                                            : _ ("Confirm the automatic end");
  easel_stage_list_set_stage (self->stages, EASEL_N_STAGES, mark, title, NULL);
}

static void
update_stages (EaselPageStarting *self)
{
  guint i;

  for (i = 0; i < EASEL_N_STAGES; i++)
    {
      EaselStageMark mark = get_stage_mark (self, (EaselStage) i);
      g_autofree char *note =
          mark != EASEL_STAGE_MARK_TODO
              ? easel_deployment_dup_stage_note (self->deployment, (EaselStage) i)
              : NULL;

      easel_stage_list_set_stage (self->stages, i, mark, get_stage_title ((EaselStage) i, mark),
                                  note);
    }
  update_confirmation (self);
}

static void
update_progress (EaselPageStarting *self)
{
  gint64 left = easel_deployment_get_left_ms (self->deployment);
  gint64 cost = easel_deployment_get_cost (self->deployment);
  g_autofree char *elapsed =
      easel_text_duration (easel_deployment_get_elapsed_ms (self->deployment));
  g_autofree char *money = cost != EASEL_MONEY_UNKNOWN ? easel_money_format (cost) : NULL;
  g_autofree char *left_text = NULL;

  gtk_progress_bar_set_fraction (self->fill, easel_deployment_get_fraction (self->deployment));
  /* Translators: %s is a duration, "4 min 10 s". */
  easel_ui_take_text (self->elapsed, g_strdup_printf (_ ("%s so far"), elapsed));
  if (left > 0)
    {
      g_autofree char *about = easel_text_duration_about (left);

      /* Translators: %s is a duration, "about 4 min". */
      left_text = g_strdup_printf (_ ("%s left"), about);
    }
  if (left_text != NULL && money != NULL)
    easel_ui_take_text (self->left, g_strjoin (" · ", left_text, money, NULL));
  else
    easel_ui_set_text (self->left, left_text != NULL ? left_text : money);
}

static void
update_files (EaselPageStarting *self)
{
  GPtrArray *files = easel_deployment_get_files (self->deployment);

  gtk_widget_set_visible (self->files_box, files != NULL && files->len > 0);
  if (files != NULL)
    easel_file_list_set_files (self->files, files);
}

/* Words */

static void
update_heading (EaselPageStarting *self)
{
  g_autofree char *lead = NULL;

  switch (get_state (self))
    {
    case EASEL_DEPLOYMENT_CANCELLING:
      easel_page_set_heading (EASEL_PAGE (self), _ ("Deleting…"));
      /* Translators: %s is a GPU, "RTX 3090". */
      lead = g_strdup_printf (_ ("The %s is being deleted, and then looked for twice. Until that "
                                 "is done it may still cost money."),
                              get_gpu_name (self));
      break;
    case EASEL_DEPLOYMENT_CANCELLED:
      easel_page_set_heading (EASEL_PAGE (self), _ ("It is gone"));
      lead = g_strdup_printf (_ ("The %s was deleted and looked for twice. You pay nothing more "
                                 "for it."),
                              get_gpu_name (self));
      break;
    case EASEL_DEPLOYMENT_FAILED:
      easel_page_set_heading (EASEL_PAGE (self), _ ("Nothing is rented"));
      lead = g_strdup (_ ("This did not work, and it costs nothing."));
      break;
    case EASEL_DEPLOYMENT_TROUBLE:
      easel_page_set_heading (EASEL_PAGE (self), _ ("Your GPU needs a decision"));
      lead = g_strdup_printf (_ ("The %s is rented and costs money, but Krita cannot use it yet."),
                              get_gpu_name (self));
      break;
    case EASEL_DEPLOYMENT_RENTING:
    case EASEL_DEPLOYMENT_UNSURE:
    case EASEL_DEPLOYMENT_STARTING:
    case EASEL_DEPLOYMENT_READY:
    case EASEL_N_DEPLOYMENT_STATES:
    default:
      easel_page_set_heading (EASEL_PAGE (self), _ ("Getting your GPU ready"));
      lead = g_strdup_printf (_ ("%s. It goes on when this window is closed, and tells you when it "
                                 "is ready."),
                              get_gpu_name (self));
      break;
    }
  easel_page_set_lead (EASEL_PAGE (self), lead);
}

/* For screen readers: only what a sighted person would look up for. */
static void
update_announcement (EaselPageStarting *self)
{
  EaselStage stage = easel_deployment_get_stage (self->deployment);
  EaselDeploymentState state = get_state (self);

  if (state == EASEL_DEPLOYMENT_CANCELLING)
    easel_ui_set_text (self->announcement, _ ("Deleting…"));
  else if (state == EASEL_DEPLOYMENT_CANCELLED)
    easel_ui_set_text (self->announcement, _ ("It is gone"));
  else if (state == EASEL_DEPLOYMENT_READY)
    easel_ui_set_text (self->announcement, _ ("Your GPU is ready"));
  else
    easel_ui_set_text (self->announcement, get_stage_title (stage, get_stage_mark (self, stage)));
}

/* Errors */

static void
update_failed_bar (EaselPageStarting *self, EaselRemedy remedy)
{
  EaselOffer *next = NULL;

  if (self->deployment != NULL && remedy == EASEL_REMEDY_OTHER_OFFER)
    next = easel_deployment_get_next_offer (self->deployment);
  if (next != NULL)
    {
      const EaselLaunchSpec *spec = easel_deployment_get_spec (self->deployment);
      g_autofree char *rate = easel_money_format_hourly_short (
          easel_offer_price (next, spec->disk_gb + spec->workspace_gb));
      /* Translators: %s is a price, "$0.24/h". */
      g_autofree char *label = g_strdup_printf (_ ("Take the Next for %s"), rate);

      easel_error_bar_set_button_label (self->bar, label);
    }
  if (remedy == EASEL_REMEDY_ADD_FUNDS)
    easel_error_bar_set_second_label (self->bar, easel_remedy_label (EASEL_REMEDY_TRY_AGAIN));
  else if (next != NULL || remedy != EASEL_REMEDY_OTHER_OFFER)
    easel_error_bar_set_second_label (self->bar, easel_remedy_label (EASEL_REMEDY_OTHER_OFFER));
}

static void
update_bars (EaselPageStarting *self)
{
  EaselDeploymentState state = get_state (self);
  const EaselProviderInfo *provider = get_provider (self);
  const GError *error = get_error (self);
  const char *notice =
      self->deployment != NULL ? easel_deployment_get_notice (self->deployment) : NULL;
  gboolean is_over = state == EASEL_DEPLOYMENT_CANCELLED || state == EASEL_DEPLOYMENT_CANCELLING;

  if (error == NULL || is_over)
    easel_error_bar_clear (self->bar);
  else
    {
      g_autofree char *sentence =
          self->deployment != NULL ? easel_deployment_dup_error_sentence (self->deployment) : NULL;

      easel_error_bar_set_error (self->bar, error, provider != NULL ? provider->name : NULL);
      easel_error_bar_set_sentence (self->bar, sentence);
      if (state == EASEL_DEPLOYMENT_FAILED)
        update_failed_bar (self, easel_error_remedy (error));
    }
  easel_error_bar_set_message (self->notice, EASEL_BAR_INFO, is_over ? NULL : notice, NULL);

  if (self->deployment != NULL && easel_deployment_is_slow (self->deployment))
    {
      g_autofree char *money = easel_money_format_up (easel_deployment_get_cost (self->deployment));
      /* Translators: %s is money, "$0.02". */
      g_autofree char *sentence = g_strdup_printf (
          _ ("This takes longer than it should. Another machine starts from the beginning; %s "
             "have been spent on this one."),
          money);

      easel_error_bar_set_message (self->slow, EASEL_BAR_INFO, sentence,
                                   easel_remedy_label (EASEL_REMEDY_OTHER_MACHINE));
    }
  else
    easel_error_bar_clear (self->slow);
}

static void
update_buttons (EaselPageStarting *self)
{
  EaselDeploymentState state = get_state (self);
  gboolean nothing_left = state == EASEL_DEPLOYMENT_FAILED || state == EASEL_DEPLOYMENT_CANCELLED;
  gboolean is_helped;

  gtk_widget_set_visible (self->back, nothing_left);
  gtk_widget_set_visible (GTK_WIDGET (self->cancel),
                          !nothing_left && state != EASEL_DEPLOYMENT_CANCELLING);
  gtk_button_set_label (self->hide, nothing_left ? _ ("Close") : _ ("Hide"));
  is_helped = easel_error_bar_set_suggested (self->bar, nothing_left);
  easel_ui_set_class (GTK_WIDGET (self->hide), "suggested-action", !is_helped);
}

static void
update_shield (EaselPageStarting *self)
{
  EaselStudio *studio = easel_session_get_studio (easel_page_get_session (EASEL_PAGE (self)));

  easel_shield_line_show_rental (self->shield, easel_studio_find_rental (studio, self->deployment));
}

static void
update (EaselPageStarting *self)
{
  gboolean shows_stages =
      self->deployment != NULL && get_state (self) != EASEL_DEPLOYMENT_CANCELLED;

  update_heading (self);
  update_bars (self);
  update_buttons (self);
  gtk_widget_set_visible (self->progress,
                          shows_stages && get_state (self) != EASEL_DEPLOYMENT_FAILED);
  gtk_widget_set_visible (self->stage_card, shows_stages);
  gtk_widget_set_visible (GTK_WIDGET (self->log), self->deployment != NULL);
  if (self->deployment == NULL)
    {
      gtk_widget_set_visible (self->files_box, FALSE);
      return;
    }
  update_stages (self);
  update_shield (self);
  update_progress (self);
  update_files (self);
  update_announcement (self);
}

/* Log */

static void
trim_log (GtkTextBuffer *buffer)
{
  int n_lines = gtk_text_buffer_get_line_count (buffer);
  GtkTextIter start, end;

  if (n_lines <= MAX_LOG_LINES)
    return;
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_line (buffer, &end, n_lines - MAX_LOG_LINES);
  gtk_text_buffer_delete (buffer, &start, &end);
}

static void
append_log (EaselPageStarting *self, const char *text)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->log_view);
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  GtkTextIter end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  gtk_text_buffer_insert (buffer, &end, valid, -1);
  gtk_text_buffer_insert (buffer, &end, "\n", 1);
  trim_log (buffer);
}

static void
on_log_line (EaselPageStarting *self, const char *line)
{
  if (self->log_filled)
    append_log (self, line);
}

/* What was said before is read only when somebody wants to see it. */
static void
on_log_expanded (EaselPageStarting *self)
{
  const char *log;

  if (self->log_filled || self->deployment == NULL || !gtk_expander_get_expanded (self->log))
    return;
  self->log_filled = TRUE;
  log = easel_deployment_get_log (self->deployment);
  if (log != NULL && *log != '\0')
    append_log (self, log);
}

static void
clear_log (EaselPageStarting *self)
{
  self->log_filled = FALSE;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->log_view), "", 0);
  gtk_expander_set_expanded (self->log, FALSE);
}

/* Deeds */

static void
retry (EaselPageStarting *self)
{
  if (self->deployment != NULL)
    easel_deployment_retry (self->deployment);
  else
    easel_page_go_to (EASEL_PAGE (self), EASEL_STEP_REVIEW);
}

static void
take_next_offer (EaselPageStarting *self)
{
  EaselOffer *next =
      self->deployment != NULL ? easel_deployment_get_next_offer (self->deployment) : NULL;
  const EaselLaunchSpec *spec;

  if (next == NULL)
    {
      easel_page_go_to (EASEL_PAGE (self), EASEL_STEP_GPU);
      return;
    }
  spec = easel_deployment_get_spec (self->deployment);
  easel_deployment_accept_price (self->deployment,
                                 easel_offer_price (next, spec->disk_gb + spec->workspace_gb));
}

static void
on_question_gone (gpointer data, GObject *question)
{
  EASEL_PAGE_STARTING (data)->question = NULL;
}

static void
close_question (EaselPageStarting *self)
{
  if (self->question == NULL)
    return;
  g_object_weak_unref (G_OBJECT (self->question), on_question_gone, self);
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&self->question)));
}

static void
on_cancel_answer (EaselQuestion *question, const char *answer, EaselPageStarting *self)
{
  if (self->deployment == NULL || g_str_equal (answer, "cancel"))
    return;
  easel_deployment_cancel (self->deployment);
  if (g_str_equal (answer, "template"))
    easel_page_go_to (EASEL_PAGE (self), EASEL_STEP_TEMPLATE);
}

static void
ask_cancel (EaselPageStarting *self, const char *answer_id)
{
  g_autofree char *heading = NULL;
  gint64 cost;
  g_autofree char *money = NULL;
  g_autofree char *body = NULL;

  if (self->deployment == NULL || self->question != NULL)
    return;
  cost = easel_deployment_get_cost (self->deployment);
  money = easel_money_format_up (cost != EASEL_MONEY_UNKNOWN ? cost : 0);
  /* Translators: %s is a GPU, "RTX 3090". */
  heading = g_strdup_printf (_ ("Delete the %s?"), get_gpu_name (self));
  /* Translators: %s is money, "$0.02". */
  body = g_strdup_printf (_ ("What was downloaded so far is lost; about %s have been spent. "
                             "Nothing on this computer is touched."),
                          money);
  self->question = easel_question_new (easel_page_get_window (EASEL_PAGE (self)), heading, body);
  g_object_weak_ref (G_OBJECT (self->question), on_question_gone, self);
  easel_question_add_answer (self->question, "cancel", _ ("Go On"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (self->question, answer_id, _ ("Delete"), EASEL_ANSWER_DESTRUCTIVE);
  g_signal_connect_object (self->question, "response", G_CALLBACK (on_cancel_answer), self, 0);
  gtk_window_present (GTK_WINDOW (self->question));
}

static void
on_cancel_clicked (EaselPageStarting *self)
{
  ask_cancel (self, "delete");
}

static void
on_hide_clicked (EaselPageStarting *self)
{
  easel_page_finish (EASEL_PAGE (self));
}

static void
on_back_clicked (EaselPageStarting *self)
{
  easel_page_go_to (EASEL_PAGE (self), EASEL_STEP_REVIEW);
}

static void
on_slow_remedy (EaselPageStarting *self, int remedy)
{
  if (self->deployment != NULL)
    easel_deployment_try_other_machine (self->deployment);
}

static void
on_bar_remedy (EaselPageStarting *self, int remedy)
{
  gboolean is_failed = get_state (self) == EASEL_DEPLOYMENT_FAILED;

  switch ((EaselRemedy) remedy)
    {
    case EASEL_REMEDY_OTHER_MACHINE:
      if (is_failed)
        easel_page_go_to (EASEL_PAGE (self), EASEL_STEP_GPU);
      else
        on_slow_remedy (self, remedy);
      break;
    case EASEL_REMEDY_DOWNLOAD_AGAIN:
      if (self->deployment != NULL)
        easel_deployment_restart_container (self->deployment);
      break;
    case EASEL_REMEDY_OTHER_TEMPLATE:
      if (is_failed)
        easel_page_go_to (EASEL_PAGE (self), EASEL_STEP_TEMPLATE);
      else
        ask_cancel (self, "template");
      break;
    case EASEL_REMEDY_OTHER_OFFER:
      if (is_failed)
        take_next_offer (self);
      else
        on_slow_remedy (self, remedy);
      break;
    case EASEL_REMEDY_TRY_AGAIN:
    case EASEL_REMEDY_RENT_AGAIN:
      if (is_failed)
        retry (self);
      else
        easel_studio_refresh (
            easel_session_get_studio (easel_page_get_session (EASEL_PAGE (self))));
      break;
    case EASEL_REMEDY_NONE:
    case EASEL_REMEDY_NEW_KEY:
    case EASEL_REMEDY_ENTER_KEY:
    case EASEL_REMEDY_ADD_FUNDS:
    case EASEL_REMEDY_OPEN_CONSOLE:
    case EASEL_N_REMEDIES:
    default:
      easel_page_do_remedy (EASEL_PAGE (self), (EaselRemedy) remedy, get_provider (self));
      break;
    }
}

static void
on_bar_second (EaselPageStarting *self)
{
  const GError *error = get_error (self);

  if (error != NULL && easel_error_remedy (error) == EASEL_REMEDY_ADD_FUNDS)
    retry (self);
  else
    easel_page_go_to (EASEL_PAGE (self), EASEL_STEP_GPU);
}

static void
on_deployment_changed (EaselPageStarting *self)
{
  update (self);
}

static void
easel_page_starting_abort (EaselPage *page)
{
  EaselPageStarting *self = EASEL_PAGE_STARTING (page);

  close_question (self);
  g_signal_group_set_target (self->deployment_group, NULL);
}

static void
easel_page_starting_constructed (GObject *object)
{
  EaselPageStarting *self = EASEL_PAGE_STARTING (object);

  G_OBJECT_CLASS (easel_page_starting_parent_class)->constructed (object);

  easel_krita_choice_bind (self->krita,
                           easel_session_get_settings (easel_page_get_session (EASEL_PAGE (self))));
}

static void
easel_page_starting_dispose (GObject *object)
{
  EaselPageStarting *self = EASEL_PAGE_STARTING (object);

  close_question (self);
  g_clear_object (&self->deployment_group);
  g_clear_object (&self->deployment);
  g_clear_error (&self->rent_error);

  G_OBJECT_CLASS (easel_page_starting_parent_class)->dispose (object);
}

static void
easel_page_starting_class_init (EaselPageStartingClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = easel_page_starting_constructed;
  object_class->dispose = easel_page_starting_dispose;
  EASEL_PAGE_CLASS (klass)->abort = easel_page_starting_abort;

  g_type_ensure (EASEL_TYPE_SHIELD_LINE);
  g_type_ensure (EASEL_TYPE_STAGE_LIST);
  g_type_ensure (EASEL_TYPE_FILE_LIST);
  g_type_ensure (EASEL_TYPE_KRITA_CHOICE);
  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-page-starting.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, notice);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, slow);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, progress);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, fill);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, elapsed);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, left);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, announcement);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, stage_card);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, stages);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, shield);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, files_box);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, files);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, krita);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, log);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, log_view);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, back);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, cancel);
  gtk_widget_class_bind_template_child (widget_class, EaselPageStarting, hide);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_second);
  gtk_widget_class_bind_template_callback (widget_class, on_slow_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_back_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_hide_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_log_expanded);
}

static void
easel_page_starting_init (EaselPageStarting *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->deployment_group = g_signal_group_new (EASEL_TYPE_DEPLOYMENT);
  g_signal_group_connect_swapped (self->deployment_group, "changed",
                                  G_CALLBACK (on_deployment_changed), self);
  g_signal_group_connect_swapped (self->deployment_group, "notify::state",
                                  G_CALLBACK (on_deployment_changed), self);
  g_signal_group_connect_swapped (self->deployment_group, "log", G_CALLBACK (on_log_line), self);
  easel_page_set_first_focus (EASEL_PAGE (self), GTK_WIDGET (self->hide));
  easel_ui_set_accessible_name (GTK_WIDGET (self->log_view), _ ("Log"));
  easel_ui_set_accessible_name (gtk_widget_get_parent (GTK_WIDGET (self->log_view)), _ ("Log"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->fill), _ ("Progress"));
  easel_ui_set_accessible_name (GTK_WIDGET (self->stages), _ ("Stages"));
}

/**
 * easel_page_starting_new:
 * @session: what the page works on
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
easel_page_starting_new (EaselSession *session)
{
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  return g_object_new (EASEL_TYPE_PAGE_STARTING, "session", session, NULL);
}

/**
 * easel_page_starting_set_deployment:
 * @self: a page
 * @deployment: (nullable): what it looks at
 */
void
easel_page_starting_set_deployment (EaselPageStarting *self, EaselDeployment *deployment)
{
  g_return_if_fail (EASEL_IS_PAGE_STARTING (self));
  g_return_if_fail (deployment == NULL || EASEL_IS_DEPLOYMENT (deployment));

  g_clear_error (&self->rent_error);
  if (g_set_object (&self->deployment, deployment))
    {
      g_signal_group_set_target (self->deployment_group, deployment);
      clear_log (self);
    }
  update (self);
}

/**
 * easel_page_starting_set_rent_error:
 * @self: a page
 * @error: why nothing could even be tried
 */
void
easel_page_starting_set_rent_error (EaselPageStarting *self, const GError *error)
{
  g_return_if_fail (EASEL_IS_PAGE_STARTING (self));
  g_return_if_fail (error != NULL);

  easel_page_starting_set_deployment (self, NULL);
  self->rent_error = g_error_copy (error);
  update (self);
}
