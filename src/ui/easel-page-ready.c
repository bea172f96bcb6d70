/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Ready: the address, how it gets into Krita, when it all ends, and I’m Done…. Looks at a
 * deployment and at its rental in the studio; deletes through the studio and says that it is gone
 * only when the rental has proven it. */

#include "config.h"
#include "easel-page-ready.h"

#include "easel-done-dialog.h"
#include "easel-end-card.h"
#include "easel-krita-box.h"
#include "easel-krita-choice.h"
#include "easel-models-window.h"
#include "easel-text.h"
#include "easel-row-action.h"
#include "easel-rental-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define TICK_MS (10 * 1000)
#define COPIED_MS 3000

struct _EaselPageReady
{
  EaselPage parent_instance;

  EaselErrorBar *bar;       /* (unowned): child of the template */
  EaselErrorBar *gone;      /* (unowned): child of the template */
  GtkWidget *works;         /* (unowned): child of the template */
  GtkLabel *address;        /* (unowned): child of the template */
  GtkButton *copy;          /* (unowned): child of the template */
  GtkWidget *open_hint;     /* (unowned): child of the template */
  GtkLabel *copied;         /* (unowned): child of the template */
  GtkLabel *style_hint;     /* (unowned): child of the template */
  GtkLabel *krita;          /* (unowned): child of the template */
  GtkButton *extend;        /* (unowned): child of the template */
  EaselEndCard *end;        /* (unowned): child of the template */
  EaselKritaBox *krita_box; /* (unowned): child of the template */
  GtkWidget *models;        /* (unowned): child of the template */
  GtkWidget *done;          /* (unowned): child of the template */
  GtkWidget *deleting;      /* (unowned): child of the template */
  GtkLabel *deleting_label; /* (unowned): child of the template */

  EaselDeployment *deployment;    /* (owned) (nullable) */
  EaselRental *rental;            /* (owned) (nullable) */
  GSignalGroup *deployment_group; /* (owned) */
  GSignalGroup *rental_group;     /* (owned) */
  EaselQuestion *question;        /* (unowned) (nullable): GTK owns windows */
  gboolean was_krita_begun;
  guint tick_id;
  guint copied_id;
};

G_DEFINE_FINAL_TYPE (EaselPageReady, easel_page_ready, EASEL_TYPE_PAGE)

static EaselClock *
get_clock (EaselPageReady *self)
{
  return easel_session_get_clock (easel_page_get_session (EASEL_PAGE (self)));
}

static EaselStudio *
get_studio (EaselPageReady *self)
{
  return easel_session_get_studio (easel_page_get_session (EASEL_PAGE (self)));
}

static const char *
get_address (EaselPageReady *self)
{
  const char *address = self->rental != NULL ? easel_rental_get_address (self->rental) : NULL;

  if (address == NULL && self->deployment != NULL)
    address = easel_deployment_get_address (self->deployment);
  return address;
}

static const char *
get_gpu_name (EaselPageReady *self)
{
  if (self->rental != NULL)
    return easel_rental_get_gpu_name (self->rental);
  if (self->deployment != NULL)
    return easel_offer_get (easel_deployment_get_spec (self->deployment)->offer)->gpu_name;
  return _ ("GPU");
}

static EaselRentalState
get_state (EaselPageReady *self)
{
  return self->rental != NULL ? easel_rental_get_state (self->rental) : EASEL_RENTAL_READY;
}

/* Words */

static void
update_lead (EaselPageReady *self)
{
  g_autofree char *rate = NULL;
  gint64 so_far;

  if (self->rental == NULL)
    {
      easel_page_set_lead (EASEL_PAGE (self), get_gpu_name (self));
      return;
    }
  rate = easel_money_format_hourly (easel_rental_get_price (self->rental));
  so_far = easel_rental_get_cost_so_far (self->rental);
  if (so_far != EASEL_MONEY_UNKNOWN)
    {
      g_autofree char *money = easel_money_format (so_far);
      /* Translators: a GPU, a price and money: "RTX 3090 · $0.23 per hour · $0.03 so far". */
      g_autofree char *lead =
          g_strdup_printf (_ ("%s · %s · %s so far"), get_gpu_name (self), rate, money);

      easel_page_set_lead (EASEL_PAGE (self), lead);
    }
  else
    {
      g_autofree char *lead = g_strjoin (" · ", get_gpu_name (self), rate, NULL);

      easel_page_set_lead (EASEL_PAGE (self), lead);
    }
}

static void
update_style_hint (EaselPageReady *self)
{
  const EaselLaunchSpec *spec =
      self->deployment != NULL ? easel_deployment_get_spec (self->deployment) : NULL;
  const char *style =
      spec != NULL ? easel_workload_set_style (spec->workload, spec->start_sooner) : NULL;

  if (style != NULL)
    /* Translators: %s is the name of a style in the plugin, in English there, too. */
    easel_ui_take_text (self->style_hint,
                        g_strdup_printf (_ ("3. Press Connect, then choose the style “%s”."),
                                         style));
  else
    easel_ui_set_text (self->style_hint, _ ("3. Press Connect, then choose a style."));
}

/* Whether strangers on the way can see what is painted. */
static gboolean
is_open (EaselPageReady *self, const char *address)
{
  const EaselProviderInfo *provider =
      self->rental != NULL ? easel_rental_get_provider_info (self->rental) : NULL;

  return address != NULL && provider != NULL && !provider->encrypted;
}

static void
update_extend (EaselPageReady *self)
{
  gboolean can_extend =
      self->rental != NULL && easel_row_action_makes_sense (EASEL_ROW_EXTEND, self->rental);

  if (can_extend)
    {
      g_autofree char *label = easel_row_action_dup_label (EASEL_ROW_EXTEND, self->rental);

      gtk_button_set_label (self->extend, label);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->extend), can_extend);
}

static void
update_working (EaselPageReady *self)
{
  const char *address = get_address (self);

  easel_page_set_heading (EASEL_PAGE (self), _ ("Your GPU is ready"));
  update_lead (self);
  update_style_hint (self);
  easel_ui_set_text (self->address, address != NULL ? address : "");
  gtk_widget_set_sensitive (GTK_WIDGET (self->copy), address != NULL);
  gtk_widget_set_visible (self->open_hint, is_open (self, address));
  easel_end_card_show (self->end, self->rental,
                       self->deployment != NULL
                           ? &easel_deployment_get_spec (self->deployment)->limits
                           : NULL,
                       easel_page_get_now_ms (EASEL_PAGE (self)));
  if (self->rental != NULL)
    easel_ui_take_text (self->krita,
                        easel_rental_dup_krita_text (self->rental,
                                                     easel_page_get_now_ms (EASEL_PAGE (self))));
  gtk_widget_set_visible (self->models,
                          self->rental != NULL &&
                              easel_row_action_makes_sense (EASEL_ROW_MODELS, self->rental));
  update_extend (self);
}

static void
update_gone (EaselPageReady *self)
{
  gint64 proven = self->rental != NULL ? easel_rental_get_proven_unix_ms (self->rental) : 0;
  gint64 now = easel_page_get_now_ms (EASEL_PAGE (self));
  g_autofree char *sentence = NULL;
  gint64 cost =
      self->rental != NULL ? easel_rental_get_cost_so_far (self->rental) : EASEL_MONEY_UNKNOWN;

  easel_page_set_heading (EASEL_PAGE (self), _ ("It is gone"));
  if (cost != EASEL_MONEY_UNKNOWN)
    {
      g_autofree char *money = easel_money_format (cost);
      /* Translators: a GPU and money: "The RTX 3090 cost about $0.61." */
      g_autofree char *lead =
          g_strdup_printf (_ ("The %s cost about %s."), get_gpu_name (self), money);

      easel_page_set_lead (EASEL_PAGE (self), lead);
    }
  if (proven > 0)
    {
      g_autofree char *time = easel_text_clock_time (proven, now);

      /* Translators: %s is a time, "21:04". */
      sentence =
          g_strdup_printf (_ ("Deleted, checked twice at %s. You pay nothing more for it."), time);
    }
  else
    sentence = g_strdup (_ ("You pay nothing more for it."));
  easel_error_bar_set_message (self->gone, EASEL_BAR_SUCCESS, sentence, NULL);
}

static void
update_deleting (EaselPageReady *self, gboolean is_stuck)
{
  easel_page_set_heading (EASEL_PAGE (self), _ ("Deleting…"));
  easel_page_set_lead (EASEL_PAGE (self), get_gpu_name (self));
  easel_ui_set_text (self->deleting_label,
                     is_stuck ? _ ("It could not be deleted yet. Cloud Easel tries again and "
                                   "again; until then it costs money.")
                              : _ ("It is being deleted, and then looked for twice. You can close "
                                   "this window."));
}

/* Paused or broken meanwhile, from the studio or the provider's console. */
static void
update_resting (EaselPageReady *self, EaselRentalState state)
{
  gboolean is_paused = state == EASEL_RENTAL_PAUSING || state == EASEL_RENTAL_PAUSED;
  g_autofree char *lead = NULL;

  easel_page_set_heading (EASEL_PAGE (self), is_paused ? _ ("Your GPU is paused")
                                                       : _ ("Your GPU does not answer now"));
  /* Translators: %s is a GPU, "RTX 3090". */
  lead = g_strdup_printf (_ ("The studio shows what the %s does and costs."), get_gpu_name (self));
  easel_page_set_lead (EASEL_PAGE (self), lead);
}

static void
update_bar (EaselPageReady *self)
{
  const GError *error = self->rental != NULL ? easel_rental_get_error (self->rental) : NULL;
  const EaselProviderInfo *provider =
      self->rental != NULL ? easel_rental_get_provider_info (self->rental) : NULL;

  easel_error_bar_set_error (self->bar, get_state (self) != EASEL_RENTAL_GONE ? error : NULL,
                             provider != NULL ? provider->name : NULL);
}

static void
on_extend_clicked (EaselPageReady *self)
{
  if (self->rental != NULL)
    easel_studio_extend (get_studio (self), self->rental, 1);
}

static void
update (EaselPageReady *self)
{
  EaselRentalState state = get_state (self);
  gboolean is_gone = state == EASEL_RENTAL_GONE;
  gboolean is_going = state == EASEL_RENTAL_DELETING || state == EASEL_RENTAL_STUCK;
  gboolean works = state == EASEL_RENTAL_READY || state == EASEL_RENTAL_STARTING;

  gtk_widget_set_visible (self->works, works);
  gtk_widget_set_visible (self->done, !is_gone && !is_going);
  gtk_widget_set_visible (self->deleting, is_going);
  easel_krita_box_set_address (self->krita_box, works ? get_address (self) : NULL);
  if (!is_gone)
    easel_error_bar_clear (self->gone);
  update_bar (self);
  if (is_gone)
    update_gone (self);
  else if (is_going)
    update_deleting (self, state == EASEL_RENTAL_STUCK);
  else if (works)
    update_working (self);
  else
    update_resting (self, state);
}

static void
on_changed (EaselPageReady *self)
{
  update (self);
}

/* What was chosen while waiting is done once for each GPU. */
static void
begin_krita (EaselPageReady *self)
{
  EaselSession *session = easel_page_get_session (EASEL_PAGE (self));
  g_autofree char *way =
      g_settings_get_string (easel_session_get_settings (session), EASEL_KRITA_WAY);

  if (g_str_equal (way, EASEL_KRITA_WAY_SET_UP) && !easel_session_is_simulated (session))
    easel_krita_box_start (self->krita_box);
}

/* The studio may know the rental a moment later than the deployment. */
static void
find_rental (EaselPageReady *self)
{
  EaselRental *rental;

  if (self->deployment == NULL)
    return;
  rental = easel_studio_find_rental (get_studio (self), self->deployment);
  if (rental != NULL && g_set_object (&self->rental, rental))
    g_signal_group_set_target (self->rental_group, rental);
}

static void
on_studio_changed (EaselPageReady *self)
{
  if (self->deployment == NULL)
    return;
  find_rental (self);
  update (self);
}

/* Deeds */

static gboolean
on_copied_long_ago (gpointer user_data)
{
  EaselPageReady *self = EASEL_PAGE_READY (user_data);

  self->copied_id = 0;
  easel_ui_set_text (self->copied, NULL);
  return G_SOURCE_REMOVE;
}

static void
copy_address (EaselPageReady *self)
{
  const char *address = get_address (self);

  if (address == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), address);
  easel_ui_set_text (self->copied, _ ("Copied. Paste it in Krita."));
  easel_clock_clear (get_clock (self), &self->copied_id);
  if (!easel_session_is_simulated (easel_page_get_session (EASEL_PAGE (self))))
    self->copied_id = easel_clock_add (get_clock (self), COPIED_MS, on_copied_long_ago, self, NULL);
}

static void
on_copy_clicked (EaselPageReady *self)
{
  copy_address (self);
}

/* GtkAssistant focuses the address for a moment, which selects it; grey and selected it would stay.
 */
static void
on_copy_focus (EaselPageReady *self)
{
  if (gtk_widget_has_focus (GTK_WIDGET (self->copy)))
    gtk_label_select_region (self->address, 0, 0);
}

static gboolean
on_copy_key (GtkWidget *widget, GVariant *args, gpointer user_data)
{
  EaselPageReady *self = EASEL_PAGE_READY (user_data);

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)) || !gtk_widget_get_visible (self->works))
    return FALSE;
  copy_address (self);
  return TRUE;
}

static void
on_browser_clicked (EaselPageReady *self)
{
  const char *address = get_address (self);

  if (address != NULL)
    easel_ui_open_uri (GTK_WIDGET (self), address);
}

static void
on_models_clicked (EaselPageReady *self)
{
  if (self->rental != NULL)
    gtk_window_present (easel_models_window_open (easel_page_get_window (EASEL_PAGE (self)),
                                                  easel_page_get_session (EASEL_PAGE (self)),
                                                  self->rental));
}

static void
on_question_gone (gpointer data, GObject *question)
{
  EASEL_PAGE_READY (data)->question = NULL;
}

static void
close_question (EaselPageReady *self)
{
  if (self->question == NULL)
    return;
  g_object_weak_unref (G_OBJECT (self->question), on_question_gone, self);
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&self->question)));
}

static void
on_done_clicked (EaselPageReady *self)
{
  if (self->question != NULL)
    return;
  if (self->rental == NULL)
    {
      /* Nothing to look at in the studio: the deployment knows what to delete. */
      if (self->deployment != NULL)
        easel_deployment_cancel (self->deployment);
      return;
    }
  self->question =
      easel_done_dialog_new (easel_page_get_window (EASEL_PAGE (self)), get_studio (self),
                             easel_session_get_shelf (easel_page_get_session (EASEL_PAGE (self))),
                             self->rental);
  g_object_weak_ref (G_OBJECT (self->question), on_question_gone, self);
  gtk_window_present (GTK_WINDOW (self->question));
}

static void
on_bar_remedy (EaselPageReady *self, int remedy)
{
  const EaselProviderInfo *provider =
      self->rental != NULL ? easel_rental_get_provider_info (self->rental) : NULL;

  if (!easel_page_do_remedy (EASEL_PAGE (self), (EaselRemedy) remedy, provider))
    easel_studio_refresh (get_studio (self));
}

/* Life */

static void schedule_tick (EaselPageReady *self);

static gboolean
on_tick (gpointer user_data)
{
  EaselPageReady *self = EASEL_PAGE_READY (user_data);

  self->tick_id = 0;
  update (self);
  schedule_tick (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_tick (EaselPageReady *self)
{
  self->tick_id = easel_clock_add (get_clock (self), TICK_MS, on_tick, self, NULL);
}

static void
easel_page_ready_shown (EaselPage *page)
{
  EaselPageReady *self = EASEL_PAGE_READY (page);

  find_rental (self);
  schedule_tick (self);
  update (self);
  if (!self->was_krita_begun && self->deployment != NULL)
    begin_krita (self);
  self->was_krita_begun = self->deployment != NULL;
}

static void
easel_page_ready_hidden (EaselPage *page)
{
  EaselPageReady *self = EASEL_PAGE_READY (page);

  easel_clock_clear (get_clock (self), &self->tick_id);
}

static void
easel_page_ready_abort (EaselPage *page)
{
  EaselPageReady *self = EASEL_PAGE_READY (page);

  close_question (self);
  easel_clock_clear (get_clock (self), &self->copied_id);
  g_signal_group_set_target (self->deployment_group, NULL);
  g_signal_group_set_target (self->rental_group, NULL);
}

static void
easel_page_ready_constructed (GObject *object)
{
  EaselPageReady *self = EASEL_PAGE_READY (object);

  G_OBJECT_CLASS (easel_page_ready_parent_class)->constructed (object);

  g_signal_connect_object (get_studio (self), "changed", G_CALLBACK (on_studio_changed), self,
                           G_CONNECT_SWAPPED);
  easel_krita_box_set_setup (self->krita_box,
                             easel_session_get_krita (easel_page_get_session (EASEL_PAGE (self))));
  easel_page_set_complete (EASEL_PAGE (self), TRUE);
}

static void
easel_page_ready_dispose (GObject *object)
{
  EaselPageReady *self = EASEL_PAGE_READY (object);

  close_question (self);
  if (easel_page_get_session (EASEL_PAGE (self)) != NULL)
    {
      easel_clock_clear (get_clock (self), &self->tick_id);
      easel_clock_clear (get_clock (self), &self->copied_id);
    }
  g_clear_object (&self->deployment_group);
  g_clear_object (&self->rental_group);
  g_clear_object (&self->rental);
  g_clear_object (&self->deployment);

  G_OBJECT_CLASS (easel_page_ready_parent_class)->dispose (object);
}

static void
easel_page_ready_class_init (EaselPageReadyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  EaselPageClass *page_class = EASEL_PAGE_CLASS (klass);

  object_class->constructed = easel_page_ready_constructed;
  object_class->dispose = easel_page_ready_dispose;
  page_class->shown = easel_page_ready_shown;
  page_class->hidden = easel_page_ready_hidden;
  page_class->abort = easel_page_ready_abort;

  g_type_ensure (EASEL_TYPE_END_CARD);
  g_type_ensure (EASEL_TYPE_KRITA_BOX);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-page-ready.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, gone);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, works);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, address);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, copy);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, open_hint);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, copied);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, style_hint);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, krita);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, extend);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, end);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, krita_box);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, models);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, done);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, deleting);
  gtk_widget_class_bind_template_child (widget_class, EaselPageReady, deleting_label);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_browser_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_models_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_extend_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_done_clicked);
}

/* Anywhere in the window, and before a label takes it for its empty selection. */
static void
add_copy_key (EaselPageReady *self)
{
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkShortcutTrigger *trigger =
      gtk_alternative_trigger_new (gtk_keyval_trigger_new (GDK_KEY_c, GDK_CONTROL_MASK),
                                   gtk_keyval_trigger_new (GDK_KEY_Insert, GDK_CONTROL_MASK));

  gtk_shortcut_controller_set_scope (GTK_SHORTCUT_CONTROLLER (controller),
                                     GTK_SHORTCUT_SCOPE_GLOBAL);
  gtk_event_controller_set_propagation_phase (controller, GTK_PHASE_CAPTURE);
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (controller),
      gtk_shortcut_new (trigger, gtk_callback_action_new (on_copy_key, self, NULL)));
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

static void
easel_page_ready_init (EaselPageReady *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  add_copy_key (self);
  g_signal_connect_object (self->copy, "notify::has-focus", G_CALLBACK (on_copy_focus), self,
                           G_CONNECT_SWAPPED);
  easel_page_set_first_focus (EASEL_PAGE (self), GTK_WIDGET (self->copy));

  self->deployment_group = g_signal_group_new (EASEL_TYPE_DEPLOYMENT);
  g_signal_group_connect_swapped (self->deployment_group, "changed", G_CALLBACK (on_changed), self);
  self->rental_group = g_signal_group_new (EASEL_TYPE_RENTAL);
  g_signal_group_connect_swapped (self->rental_group, "changed", G_CALLBACK (on_changed), self);
  g_signal_group_connect_swapped (self->rental_group, "notify::state", G_CALLBACK (on_changed),
                                  self);
  easel_ui_set_accessible_name (GTK_WIDGET (self->address), _ ("Address"));
}

/**
 * easel_page_ready_new:
 * @session: what the page works on
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
easel_page_ready_new (EaselSession *session)
{
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  return g_object_new (EASEL_TYPE_PAGE_READY, "session", session, NULL);
}

/**
 * easel_page_ready_set_deployment:
 * @self: a page
 * @deployment: (nullable): what is ready
 */
void
easel_page_ready_set_deployment (EaselPageReady *self, EaselDeployment *deployment)
{
  g_return_if_fail (EASEL_IS_PAGE_READY (self));
  g_return_if_fail (deployment == NULL || EASEL_IS_DEPLOYMENT (deployment));

  if (!g_set_object (&self->deployment, deployment))
    return;
  g_clear_object (&self->rental);
  self->was_krita_begun = FALSE;
  g_signal_group_set_target (self->rental_group, NULL);
  g_signal_group_set_target (self->deployment_group, deployment);
  find_rental (self);
  update (self);
}
