/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The wizard's window and the only file that touches GtkAssistant. Owns the assistant by
 * composition, one thin slot per page (GtkAssistant leaks what it is given; a slot can be emptied),
 * and the deployment that a click on Rent made. What comes after what is easel-wizard-flow's.
 *
 * The assistant is never hidden: that would make it forget where it is. Closing, Escape and Cancel
 * all end in request_close(), which never deletes anything without an answer. */

#include "config.h"
#include "easel-wizard.h"

#include "easel-page-account.h"
#include "easel-page-gpu.h"
#include "easel-page-ready.h"
#include "easel-page-review.h"
#include "easel-page-starting.h"
#include "easel-page-template.h"
#include "easel-page-welcome.h"
#include "easel-question.h"
#include "easel-ui.h"
#include "easel-wizard-frame.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_WIDTH 820
#define DEFAULT_HEIGHT 600

struct _EaselWizard
{
  GObject parent_instance;

  EaselSession *session;           /* (owned) */
  GtkAssistant *assistant;         /* (unowned) (nullable): GTK owns windows; NULL when closed */
  GtkWidget *slots[EASEL_N_STEPS]; /* (unowned): children of the assistant */
  EaselPage *pages[EASEL_N_STEPS]; /* (owned) (nullable): each once it is needed */
  EaselWizardFrame *frame;         /* (owned) (nullable): what is around the pages */

  EaselDeployment *deployment;    /* (owned) (nullable) */
  GSignalGroup *deployment_group; /* (owned) */
  EaselQuestion *question;        /* (unowned) (nullable): GTK owns windows */

  GArray *history;      /* (owned) (element-type EaselStep): as GtkAssistant keeps it inside */
  EaselStep current;    /* where the assistant is */
  int entered;          /* the page that was told so, -1 for none */
  gboolean moving;      /* passing through pages that nobody is to see */
  gboolean rent_wanted; /* Rent was pressed and not yet acted upon */
  guint focus_id;
  guint fill_id;
};

enum
{
  SIGNAL_CLOSED,
  SIGNAL_OPEN_STUDIO,
  SIGNAL_PRACTISE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselWizard, easel_wizard, G_TYPE_OBJECT)

typedef struct
{
  GtkWidget *(*create) (EaselSession *session);
  GtkAssistantPageType type;
  const char *title;
} PageKind;

static const PageKind page_kinds[EASEL_N_STEPS] = {
  [EASEL_STEP_START] = { easel_page_welcome_new, GTK_ASSISTANT_PAGE_INTRO, N_ ("Start") },
  [EASEL_STEP_ACCOUNT] = { easel_page_account_new, GTK_ASSISTANT_PAGE_CONTENT, N_ ("Account") },
  [EASEL_STEP_TEMPLATE] = { easel_page_template_new, GTK_ASSISTANT_PAGE_CONTENT, N_ ("Template") },
  [EASEL_STEP_GPU] = { easel_page_gpu_new, GTK_ASSISTANT_PAGE_CONTENT, N_ ("GPU") },
  [EASEL_STEP_REVIEW] = { easel_page_review_new, GTK_ASSISTANT_PAGE_CONFIRM, N_ ("Review") },
  /* Not PROGRESS: an incomplete one swallows the closing of the window. */
  [EASEL_STEP_STARTING] = { easel_page_starting_new, GTK_ASSISTANT_PAGE_CUSTOM, N_ ("Starting") },
  [EASEL_STEP_READY] = { easel_page_ready_new, GTK_ASSISTANT_PAGE_SUMMARY, N_ ("Ready") },
};

static EaselPage *need_page (EaselWizard *self, EaselStep step);

static EaselStudio *
get_studio (EaselWizard *self)
{
  return easel_session_get_studio (self->session);
}

/* Model */

static gboolean
is_key_known (EaselWizard *self)
{
  EaselPlan *plan = easel_session_get_plan (self->session);
  EaselAccount *account =
      easel_session_get_account (self->session, easel_plan_get_provider_id (plan));

  if (account == NULL)
    return FALSE;
  switch (easel_account_get_state (account))
    {
    case EASEL_ACCOUNT_UNLOADED:
    case EASEL_ACCOUNT_CHECKING:
      return easel_account_is_usable (account) || easel_session_expects_key (self->session);
    case EASEL_ACCOUNT_READY:
    case EASEL_ACCOUNT_UNCHECKED:
    case EASEL_ACCOUNT_REFUSED:
    case EASEL_ACCOUNT_NO_KEY:
    default:
      return easel_account_is_usable (account);
    }
}

/* What was rented may have been deleted since; the rental knows. */
static EaselDeploymentState
get_deployment_state (EaselWizard *self)
{
  EaselRental *rental = easel_studio_find_rental (get_studio (self), self->deployment);
  EaselRentalState state = rental != NULL ? easel_rental_get_state (rental) : EASEL_N_RENTAL_STATES;

  if (state == EASEL_RENTAL_GONE)
    return EASEL_DEPLOYMENT_CANCELLED;
  if (state == EASEL_RENTAL_DELETING || state == EASEL_RENTAL_STUCK)
    return EASEL_DEPLOYMENT_CANCELLING;
  return easel_deployment_get_state (self->deployment);
}

static void
get_model (EaselWizard *self, EaselWizardModel *ret_model)
{
  ret_model->key_known = is_key_known (self);
  ret_model->deployment_exists = self->deployment != NULL;
  ret_model->deployment_state =
      self->deployment != NULL ? get_deployment_state (self) : EASEL_DEPLOYMENT_FAILED;
}

static int
on_forward (int current, gpointer user_data)
{
  EaselWizardModel model;

  get_model (EASEL_WIZARD (user_data), &model);
  return easel_wizard_flow_next (&model, current);
}

/* Whether all pages from here to Review are complete, so that they can be skipped. */
static gboolean
is_way_open (gpointer user_data)
{
  EaselWizard *self = EASEL_WIZARD (user_data);
  int step = (int) self->current;

  while (step >= 0 && step < EASEL_STEP_REVIEW && self->pages[step] != NULL &&
         easel_page_get_complete (self->pages[step]))
    step = on_forward (step, self);
  return step == EASEL_STEP_REVIEW;
}

/* Deployment */

static void
set_deployment (EaselWizard *self, EaselDeployment *deployment)
{
  g_set_object (&self->deployment, deployment);
  g_signal_group_set_target (self->deployment_group, deployment);
  easel_page_starting_set_deployment (EASEL_PAGE_STARTING (need_page (self, EASEL_STEP_STARTING)),
                                      deployment);
  easel_page_ready_set_deployment (EASEL_PAGE_READY (need_page (self, EASEL_STEP_READY)),
                                   deployment);
}

/* One click on Rent is one create: the wish is taken back before it is acted upon. */
static void
rent (EaselWizard *self)
{
  g_autoptr (EaselLaunchSpec) spec = NULL;
  g_autoptr (GError) error = NULL;
  EaselDeployment *deployment = NULL;

  if (!self->rent_wanted)
    return;
  self->rent_wanted = FALSE;

  spec = easel_plan_build_spec (easel_session_get_plan (self->session));
  if (spec != NULL)
    deployment = easel_studio_rent (get_studio (self), spec, &error);
  else
    error = easel_error_new (EASEL_ERROR_NO_OFFER, "nothing is chosen");

  set_deployment (self, deployment);
  if (deployment == NULL)
    easel_page_starting_set_rent_error (EASEL_PAGE_STARTING (need_page (self, EASEL_STEP_STARTING)),
                                        error);
}

static void
on_deployment_state (EaselWizard *self)
{
  if (self->assistant == NULL || self->deployment == NULL || self->current != EASEL_STEP_STARTING ||
      easel_deployment_get_state (self->deployment) != EASEL_DEPLOYMENT_READY)
    return;
  gtk_assistant_set_current_page (self->assistant, EASEL_STEP_READY);
  /* There is no way back from a working GPU to the choice of one. */
  gtk_assistant_commit (self->assistant);
  g_array_set_size (self->history, 0);
}

/* Pages */

static EaselStep
find_step (EaselWizard *self, GtkWidget *slot)
{
  int i = EASEL_N_STEPS - 1;

  while (i > 0 && self->slots[i] != slot)
    i--;
  return (EaselStep) i;
}

static gboolean
on_focus_time (gpointer user_data)
{
  EaselWizard *self = EASEL_WIZARD (user_data);

  self->focus_id = 0;
  easel_page_focus (need_page (self, self->current));
  return G_SOURCE_REMOVE;
}

static void
enter (EaselWizard *self)
{
  if (self->entered == (int) self->current)
    return;
  if (self->entered >= 0)
    easel_page_hidden (self->pages[self->entered]);
  self->entered = (int) self->current;
  easel_page_shown (need_page (self, self->current));
  /* GtkAssistant moves the focus itself, after this. */
  if (self->focus_id == 0)
    self->focus_id = g_idle_add (on_focus_time, self);
}

static void
remember_step (EaselWizard *self, EaselStep step)
{
  guint n = self->history->len;

  if (step == self->current)
    return;
  if (n > 0 && g_array_index (self->history, EaselStep, n - 1) == step)
    g_array_set_size (self->history, n - 1);
  else
    g_array_append_val (self->history, self->current);
}

static void
on_prepare (GtkAssistant *assistant, GtkWidget *slot, gpointer user_data)
{
  EaselWizard *self = EASEL_WIZARD (user_data);
  EaselStep step = find_step (self, slot);

  if (self->entered >= 0 || self->moving)
    remember_step (self, step);
  self->current = step;
  need_page (self, step);
  easel_wizard_frame_set_step (self->frame, step);
  if (self->moving)
    return;
  if (step == EASEL_STEP_STARTING)
    rent (self);
  enter (self);
}

static void
on_apply (GtkAssistant *assistant, gpointer user_data)
{
  EASEL_WIZARD (user_data)->rent_wanted = TRUE;
}

static gboolean
is_in_history (EaselWizard *self, EaselStep step)
{
  guint i;

  for (i = 0; i < self->history->len; i++)
    if (g_array_index (self->history, EaselStep, i) == step)
      return TRUE;
  return FALSE;
}

/* Back where the person was, if they were there; so that Back still means what it says. */
static void
go_to (EaselWizard *self, EaselStep step)
{
  if (self->current == step)
    return;
  self->moving = TRUE;
  if (is_in_history (self, step))
    while (self->current != step)
      gtk_assistant_previous_page (self->assistant);
  else
    gtk_assistant_set_current_page (self->assistant, (int) step);
  self->moving = FALSE;
  enter (self);
}

static void
on_page_go_to (EaselPage *page, int step, gpointer user_data)
{
  EaselWizard *self = EASEL_WIZARD (user_data);

  if (self->assistant != NULL && step >= 0 && step < EASEL_N_STEPS)
    go_to (self, (EaselStep) step);
}

static void
on_page_complete (EaselPage *page, GParamSpec *pspec, gpointer user_data)
{
  EaselWizard *self = EASEL_WIZARD (user_data);
  GtkWidget *slot = gtk_widget_get_parent (GTK_WIDGET (page));

  if (self->assistant != NULL && slot != NULL)
    gtk_assistant_set_page_complete (self->assistant, slot, easel_page_get_complete (page));
}

static void
on_practise (EaselWizard *self)
{
  g_signal_emit (self, signals[SIGNAL_PRACTISE], 0);
}

/* Closing */

/* Pages go first: what they do must not outlive the window, and GtkAssistant keeps its slots. */
static void
tear_down (EaselWizard *self)
{
  GtkAssistant *assistant = g_steal_pointer (&self->assistant);
  guint i;

  if (assistant == NULL)
    return;
  g_clear_pointer (&self->frame, easel_wizard_frame_free);
  g_clear_handle_id (&self->focus_id, g_source_remove);
  g_clear_handle_id (&self->fill_id, g_source_remove);
  if (self->question != NULL)
    g_signal_handlers_disconnect_by_data (self->question, self);
  self->question = NULL;
  g_signal_group_set_target (self->deployment_group, NULL);
  g_signal_handlers_disconnect_by_data (assistant, self);
  gtk_assistant_set_forward_page_func (assistant, NULL, NULL, NULL);
  /* The window holds on to what has the focus. */
  gtk_window_set_focus (GTK_WINDOW (assistant), NULL);
  for (i = 0; i < EASEL_N_STEPS; i++)
    if (self->pages[i] != NULL)
      {
        g_signal_handlers_disconnect_by_data (self->pages[i], self);
        easel_page_abort (self->pages[i]);
      }
  for (i = 0; i < EASEL_N_STEPS; i++)
    {
      if (self->pages[i] == NULL)
        continue;
      gtk_box_remove (GTK_BOX (self->slots[i]), GTK_WIDGET (self->pages[i]));
      g_clear_object (&self->pages[i]);
    }
  gtk_window_destroy (GTK_WINDOW (assistant));
}

static void
finish (EaselWizard *self)
{
  g_autoptr (EaselWizard) kept = g_object_ref (self);

  if (self->assistant == NULL)
    return;
  if (self->deployment != NULL)
    g_signal_emit (self, signals[SIGNAL_OPEN_STUDIO], 0);
  tear_down (self);
  g_signal_emit (kept, signals[SIGNAL_CLOSED], 0);
}

static void
delete_deployment (EaselWizard *self)
{
  EaselRental *rental = easel_studio_find_rental (get_studio (self), self->deployment);

  if (easel_deployment_get_state (self->deployment) == EASEL_DEPLOYMENT_READY && rental != NULL &&
      easel_rental_can_delete (rental))
    easel_studio_delete (get_studio (self), rental, "done");
  else
    easel_deployment_cancel (self->deployment);
}

static void
on_close_answer (EaselQuestion *question, const char *answer, gpointer user_data)
{
  EaselWizard *self = EASEL_WIZARD (user_data);

  self->question = NULL;
  if (g_str_equal (answer, "cancel"))
    return;
  if (g_str_equal (answer, "delete") && self->deployment != NULL)
    delete_deployment (self);
  finish (self);
}

static void
ask_before_closing (EaselWizard *self)
{
  const EaselLaunchSpec *spec = easel_deployment_get_spec (self->deployment);
  EaselRental *rental = easel_studio_find_rental (get_studio (self), self->deployment);
  gint64 price = rental != NULL ? easel_rental_get_price (rental) : easel_launch_spec_price (spec);
  g_autofree char *rate = easel_money_format_hourly (price);
  g_autofree char *heading = NULL;
  g_autofree char *body = NULL;

  /* Translators: %s is a GPU, "RTX 3090". */
  heading = g_strdup_printf (_ ("The %s is still rented"), easel_offer_get (spec->offer)->gpu_name);
  /* Translators: %s is a price, "$0.23 per hour". */
  body = g_strdup_printf (_ ("It costs %s. It can go on while Cloud Easel runs; you then find it "
                             "in the studio."),
                          rate);
  self->question = easel_question_new (GTK_WINDOW (self->assistant), heading, body);
  easel_question_add_answer (self->question, "cancel", _ ("Cancel"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (self->question, "keep", _ ("Keep Running"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (self->question, "delete", _ ("Delete"), EASEL_ANSWER_DESTRUCTIVE);
  g_signal_connect (self->question, "response", G_CALLBACK (on_close_answer), self);
  gtk_window_present (GTK_WINDOW (self->question));
}

static void
request_close (EaselWizard *self)
{
  EaselWizardModel model;
  EaselRental *rental = NULL;

  if (self->assistant == NULL)
    return;
  if (self->question != NULL)
    {
      gtk_window_present (GTK_WINDOW (self->question));
      return;
    }
  get_model (self, &model);
  if (self->deployment != NULL)
    rental = easel_studio_find_rental (get_studio (self), self->deployment);
  switch (easel_wizard_flow_closing (&model, rental != NULL && easel_rental_is_confirmed (rental)))
    {
    case EASEL_CLOSING_ASK:
      ask_before_closing (self);
      break;
    case EASEL_CLOSING_QUIET:
    case EASEL_CLOSING_GOES_ON:
    default:
      finish (self);
      break;
    }
}

static gboolean
on_close_request (GtkWindow *window, gpointer user_data)
{
  request_close (EASEL_WIZARD (user_data));
  return TRUE;
}

static void
on_cancel (GtkAssistant *assistant, gpointer user_data)
{
  request_close (EASEL_WIZARD (user_data));
}

static void
on_close (GtkAssistant *assistant, gpointer user_data)
{
  request_close (EASEL_WIZARD (user_data));
}

static void
on_page_finish (EaselPage *page, gpointer user_data)
{
  finish (EASEL_WIZARD (user_data));
}

static void
on_use_running (EaselWizard *self)
{
  g_signal_emit (self, signals[SIGNAL_OPEN_STUDIO], 0);
  finish (self);
}

/* Construction */

static void
add_slot (EaselWizard *self, EaselStep step)
{
  GtkWidget *slot = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->slots[step] = slot;
  gtk_assistant_append_page (self->assistant, slot);
  gtk_assistant_set_page_type (self->assistant, slot, page_kinds[step].type);
  gtk_assistant_set_page_title (self->assistant, slot, _ (page_kinds[step].title));
}

/* The page of a step, made when somebody first needs it: seven at once would keep the first frame
 * waiting. */
static EaselPage *
need_page (EaselWizard *self, EaselStep step)
{
  GtkWidget *page;
  g_autofree char *position = NULL;

  if (self->pages[step] != NULL || self->assistant == NULL)
    return self->pages[step];

  page = page_kinds[step].create (self->session);
  position = easel_wizard_flow_position (step, _ (page_kinds[step].title));
  self->pages[step] = EASEL_PAGE (g_object_ref_sink (page));
  gtk_box_append (GTK_BOX (self->slots[step]), page);
  easel_ui_set_accessible_name (page, position);
  g_signal_connect (page, "notify::complete", G_CALLBACK (on_page_complete), self);
  g_signal_connect (page, "go-to", G_CALLBACK (on_page_go_to), self);
  g_signal_connect (page, "finish", G_CALLBACK (on_page_finish), self);
  if (step == EASEL_STEP_START)
    g_signal_connect_swapped (page, "practise", G_CALLBACK (on_practise), self);
  else if (step == EASEL_STEP_REVIEW)
    g_signal_connect_swapped (page, "use-running", G_CALLBACK (on_use_running), self);
  gtk_assistant_set_page_complete (self->assistant, self->slots[step],
                                   easel_page_get_complete (EASEL_PAGE (page)));
  return EASEL_PAGE (page);
}

/* The rest of the pages, one at a time when there is nothing else to do: whether they are complete
 * decides if they can be skipped. */
static gboolean
on_fill_time (gpointer user_data)
{
  EaselWizard *self = EASEL_WIZARD (user_data);

  for (guint i = 0; i < EASEL_N_STEPS; i++)
    if (self->pages[i] == NULL)
      {
        need_page (self, (EaselStep) i);
        easel_wizard_frame_update (self->frame);
        return G_SOURCE_CONTINUE;
      }
  self->fill_id = 0;
  return G_SOURCE_REMOVE;
}

static void
build (EaselWizard *self, GtkApplication *application)
{
  easel_ui_init ();
  self->assistant = g_object_new (GTK_TYPE_ASSISTANT, "use-header-bar", 1, NULL);
  gtk_window_set_application (GTK_WINDOW (self->assistant), application);
  gtk_window_set_default_size (GTK_WINDOW (self->assistant), DEFAULT_WIDTH, DEFAULT_HEIGHT);
  for (guint i = 0; i < EASEL_N_STEPS; i++)
    add_slot (self, (EaselStep) i);
  self->frame = easel_wizard_frame_new (GTK_WINDOW (self->assistant), is_way_open, self);
  gtk_assistant_set_forward_page_func (self->assistant, on_forward, self, NULL);
  g_signal_connect (self->assistant, "prepare", G_CALLBACK (on_prepare), self);
  g_signal_connect (self->assistant, "apply", G_CALLBACK (on_apply), self);
  g_signal_connect (self->assistant, "cancel", G_CALLBACK (on_cancel), self);
  g_signal_connect (self->assistant, "close", G_CALLBACK (on_close), self);
  g_signal_connect (self->assistant, "close-request", G_CALLBACK (on_close_request), self);
}

/* Opens with @step; the pages that come before it are behind it, for Back. */
static void
open_with (EaselWizard *self, EaselStep step)
{
  EaselStep from = step == EASEL_STEP_REVIEW ? EASEL_STEP_TEMPLATE : step;

  easel_wizard_frame_expect_default_size (self->frame);
  self->moving = TRUE;
  self->current = from;
  gtk_assistant_set_current_page (self->assistant, (int) from);
  gtk_window_present (GTK_WINDOW (self->assistant));
  while (self->current < step)
    gtk_assistant_set_current_page (self->assistant, (int) self->current + 1);
  self->moving = FALSE;
  enter (self);
  if (self->fill_id == 0)
    self->fill_id = g_idle_add_full (G_PRIORITY_LOW, on_fill_time, self, NULL);
}

static void
adopt_starting (EaselWizard *self)
{
  EaselRental *rental = easel_studio_get_starting (get_studio (self));

  if (rental != NULL && easel_rental_get_deployment (rental) != NULL)
    set_deployment (self, easel_rental_get_deployment (rental));
}

static void
easel_wizard_dispose (GObject *object)
{
  EaselWizard *self = EASEL_WIZARD (object);

  tear_down (self);
  g_clear_object (&self->deployment_group);
  g_clear_object (&self->deployment);
  g_clear_object (&self->session);

  G_OBJECT_CLASS (easel_wizard_parent_class)->dispose (object);
}

static void
easel_wizard_finalize (GObject *object)
{
  g_clear_pointer (&EASEL_WIZARD (object)->history, g_array_unref);

  G_OBJECT_CLASS (easel_wizard_parent_class)->finalize (object);
}

static void
easel_wizard_class_init (EaselWizardClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_wizard_dispose;
  object_class->finalize = easel_wizard_finalize;

  signals[SIGNAL_CLOSED] = g_signal_new ("closed", EASEL_TYPE_WIZARD, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_OPEN_STUDIO] = g_signal_new ("open-studio", EASEL_TYPE_WIZARD, G_SIGNAL_RUN_LAST,
                                              0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_PRACTISE] = g_signal_new ("practise", EASEL_TYPE_WIZARD, G_SIGNAL_RUN_LAST, 0,
                                           NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_wizard_init (EaselWizard *self)
{
  self->entered = -1;
  self->history = g_array_new (FALSE, FALSE, sizeof (EaselStep));
  self->deployment_group = g_signal_group_new (EASEL_TYPE_DEPLOYMENT);
  g_signal_group_connect_swapped (self->deployment_group, "notify::state",
                                  G_CALLBACK (on_deployment_state), self);
}

/**
 * easel_wizard_new:
 * @application: (nullable): whose window it is
 * @session: what it works on
 *
 * Builds the window without showing it; nothing is asked of network or keyring.
 *
 * Returns: (transfer full): the wizard
 */
EaselWizard *
easel_wizard_new (GtkApplication *application, EaselSession *session)
{
  EaselWizard *self;

  g_return_val_if_fail (application == NULL || GTK_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  self = g_object_new (EASEL_TYPE_WIZARD, NULL);
  self->session = g_object_ref (session);
  build (self, application);
  return self;
}

/**
 * easel_wizard_present:
 * @self: a wizard that was not closed
 * @start: why it opens
 *
 * Shows the window with the page that fits. An open one comes to the front; it changes its page
 * only for a rental that is being started, and to enter a key.
 */
void
easel_wizard_present (EaselWizard *self, EaselWizardStart start)
{
  EaselWizardModel model;
  EaselStep first;

  g_return_if_fail (EASEL_IS_WIZARD (self));
  g_return_if_fail (self->assistant != NULL);

  if (start == EASEL_WIZARD_START_STARTING && self->deployment == NULL)
    adopt_starting (self);
  get_model (self, &model);
  first = easel_wizard_flow_first (&model, start);
  if (self->entered < 0)
    open_with (self, first);
  else
    {
      gtk_window_present (GTK_WINDOW (self->assistant));
      if (first == EASEL_STEP_STARTING || first == EASEL_STEP_READY ||
          start == EASEL_WIZARD_START_ACCOUNT)
        go_to (self, first);
    }
}

/**
 * easel_wizard_show_account:
 * @self: a wizard that was not closed
 * @provider_id: whose key is asked for
 *
 * Shows the window with the page Account.
 */
void
easel_wizard_show_account (EaselWizard *self, const char *provider_id)
{
  g_return_if_fail (EASEL_IS_WIZARD (self));
  g_return_if_fail (self->assistant != NULL);
  g_return_if_fail (provider_id != NULL);

  easel_plan_set_provider_id (easel_session_get_plan (self->session), provider_id);
  if (self->entered < 0)
    open_with (self, EASEL_STEP_ACCOUNT);
  else
    {
      gtk_window_present (GTK_WINDOW (self->assistant));
      go_to (self, EASEL_STEP_ACCOUNT);
    }
}

/**
 * easel_wizard_close:
 * @self: a wizard
 *
 * Closes the window as the person would: asks where something costs money.
 */
void
easel_wizard_close (EaselWizard *self)
{
  g_return_if_fail (EASEL_IS_WIZARD (self));

  request_close (self);
}

/**
 * easel_wizard_get_window:
 * @self: a wizard
 *
 * Returns: (transfer none) (nullable): its window, %NULL once closed
 */
GtkWindow *
easel_wizard_get_window (EaselWizard *self)
{
  g_return_val_if_fail (EASEL_IS_WIZARD (self), NULL);

  return self->assistant != NULL ? GTK_WINDOW (self->assistant) : NULL;
}

/**
 * easel_wizard_get_step:
 * @self: a wizard
 *
 * Returns: the page in front
 */
EaselStep
easel_wizard_get_step (EaselWizard *self)
{
  g_return_val_if_fail (EASEL_IS_WIZARD (self), EASEL_STEP_START);

  return self->current;
}
