/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Header buttons and side list of the wizard's window: their words, which of them are shown where,
 * and that Enter does not rent. They are inner parts of GtkAssistant, found by what GTK names them
 * in its own template. Where a newer GTK names them otherwise, the wizard works all the same, with
 * GTK's words and a list that stays. Calls nothing of GtkAssistant itself. */

#include "config.h"
#include "easel-wizard-frame.h"

#include "easel-clamp.h"
#include "easel-focus.h"
#include "easel-title.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

/* What a header button has beside its words, and between it and the next. */
#define BUTTON_PADDING 36
/* What the list has beside its words, and by how much the window can still be made narrower while
 * the list is there: until it goes. */
#define SIDEBAR_SLACK 60

struct _EaselWizardFrame
{
  GtkWindow *window;  /* (unowned): whoever owns the frame owns it longer */
  GtkWidget *last;    /* (unowned) (nullable): GtkAssistant's own button */
  GtkWidget *title;   /* (unowned) (nullable): child of the header bar */
  GtkWidget *sidebar; /* (unowned) (nullable): GtkAssistant's own list */
  EaselWizardFrameIsOpen is_way_open;
  gpointer user_data;

  EaselStep step;
  int width; /* of what is below the header bar, pixels */
  guint width_id;
  GdkSurface *surface; /* (owned) (nullable) */
};

static GtkWidget *
find_button (GtkWidget *widget, const char *id)
{
  GtkWidget *child;

  if (widget == NULL)
    return NULL;
  if (GTK_IS_BUTTON (widget) &&
      g_strcmp0 (gtk_buildable_get_buildable_id (GTK_BUILDABLE (widget)), id) == 0)
    return widget;
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_button (child, id);

      if (found != NULL)
        return found;
    }
  return NULL;
}

/* GTK gives all buttons the width of the widest, hidden ones included; with a long word on one,
 * three of them are wider than the window may be. */
static void
let_buttons_be_narrow (GtkWindow *assistant)
{
  GObject *group = gtk_widget_get_template_child (GTK_WIDGET (assistant), G_OBJECT_TYPE (assistant),
                                                  "button_size_group");

  if (GTK_IS_SIZE_GROUP (group))
    gtk_size_group_set_mode (GTK_SIZE_GROUP (group), GTK_SIZE_GROUP_NONE);
}

static GtkWidget *
find_sidebar (GtkWindow *window)
{
  GtkWidget *content = gtk_window_get_child (window);
  GtkWidget *child = content != NULL ? gtk_widget_get_first_child (content) : NULL;

  while (child != NULL && !gtk_widget_has_css_class (child, "sidebar"))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

static void
rename_button (GtkWidget *button, const char *mnemonic, const char *name)
{
  if (button == NULL || g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), mnemonic) == 0)
    return;
  gtk_button_set_label (GTK_BUTTON (button), mnemonic);
  gtk_button_set_use_underline (GTK_BUTTON (button), TRUE);
  easel_ui_set_accessible_name (button, name);
}

static int
get_least_width (GtkWidget *widget)
{
  int width = 0;

  gtk_widget_measure (widget, GTK_ORIENTATION_HORIZONTAL, -1, &width, NULL, NULL, NULL);
  return width;
}

/* Beside the other buttons, and without making the title go. What it takes is guessed a little too
 * large while it is hidden: at no width it may come and go by turns. */
static gboolean
has_room_for_skip (EaselWizardFrame *self)
{
  int width = get_least_width (gtk_window_get_titlebar (self->window));
  int title = 0;

  if (!gtk_widget_get_visible (self->last))
    {
      g_autoptr (PangoLayout) layout = NULL;
      int words = 0;

      layout = gtk_widget_create_pango_layout (GTK_WIDGET (self->window), _ ("Skip to Review"));
      pango_layout_get_pixel_size (layout, &words, NULL);
      width += words + 2 * BUTTON_PADDING;
    }
  gtk_widget_measure (self->title, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &title, NULL, NULL);
  return self->width >= width + title;
}

/* GtkAssistant shows it wherever all pages up to Review are complete. */
static void
update_last (EaselWizardFrame *self)
{
  gboolean may;
  gboolean is_shown;

  if (self->last == NULL || self->title == NULL)
    return;
  may = easel_wizard_flow_may_skip (self->step) && has_room_for_skip (self);
  is_shown = gtk_widget_get_visible (self->last);
  if (!may && is_shown)
    gtk_widget_set_visible (self->last, FALSE);
  else if (may && !is_shown && self->is_way_open (self->user_data))
    gtk_widget_set_visible (self->last, TRUE);
}

static void
on_last_visible (GtkWidget *last, GParamSpec *pspec, gpointer user_data)
{
  update_last (user_data);
}

static void
on_title (GtkWindow *window, GParamSpec *pspec, gpointer user_data)
{
  update_last (user_data);
}

/* Enter must not rent: on Review no button is the default one. */
static void
update_default (EaselWizardFrame *self)
{
  if (self->step == EASEL_STEP_REVIEW && gtk_window_get_default_widget (self->window) != NULL)
    gtk_window_set_default_widget (self->window, NULL);
}

static void
on_default_widget (GtkWindow *window, GParamSpec *pspec, gpointer user_data)
{
  update_default (user_data);
}

/* Not where the window could not be made narrower because of it, as with large letters. */
static gboolean
has_room_for_sidebar (EaselWizardFrame *self)
{
  int least = get_least_width (gtk_window_get_child (self->window));
  int words = 0;
  GtkWidget *child;

  /* None, while it is hidden. */
  least -= get_least_width (self->sidebar);
  for (child = gtk_widget_get_first_child (self->sidebar); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    words = MAX (words, get_least_width (child));
  return self->width >= MAX (EASEL_CLAMP_NARROW, least + words + SIDEBAR_SLACK);
}

/* GtkAssistant shows it anew with every page. */
static void
update_sidebar (EaselWizardFrame *self)
{
  gboolean may = self->sidebar != NULL && has_room_for_sidebar (self);

  if (self->sidebar != NULL && gtk_widget_get_visible (self->sidebar) != may)
    gtk_widget_set_visible (self->sidebar, may);
}

static void
on_sidebar_visible (GtkWidget *sidebar, GParamSpec *pspec, gpointer user_data)
{
  update_sidebar (user_data);
}

static void
set_width (EaselWizardFrame *self, int width)
{
  if (width == self->width)
    return;
  self->width = width;
  update_sidebar (self);
  update_last (self);
}

static gboolean
on_width_settled (gpointer user_data)
{
  EaselWizardFrame *self = user_data;
  GtkWidget *content = gtk_window_get_child (self->window);

  self->width_id = 0;
  if (content != NULL && gtk_widget_get_width (content) > 0)
    set_width (self, gtk_widget_get_width (content));
  return G_SOURCE_REMOVE;
}

/* Not within the allocation that tells the width. */
static void
on_surface_width (GdkSurface *surface, GParamSpec *pspec, gpointer user_data)
{
  EaselWizardFrame *self = user_data;

  if (self->width_id == 0)
    self->width_id = g_idle_add (on_width_settled, self);
}

static void
unwatch_surface (EaselWizardFrame *self)
{
  if (self->surface != NULL)
    g_signal_handlers_disconnect_by_data (self->surface, self);
  g_clear_object (&self->surface);
}

static void
on_realized (GtkWidget *window, gpointer user_data)
{
  EaselWizardFrame *self = user_data;

  unwatch_surface (self);
  self->surface = g_object_ref (gtk_native_get_surface (GTK_NATIVE (window)));
  g_signal_connect (self->surface, "notify::width", G_CALLBACK (on_surface_width), self);
}

/**
 * easel_wizard_frame_new:
 * @assistant: a new GtkAssistant with a header bar
 * @is_way_open: tells whether all pages from the present one to Review are complete
 * @user_data: for @is_way_open
 *
 * Returns: (transfer full): the frame; to be freed before the window goes
 */
EaselWizardFrame *
easel_wizard_frame_new (GtkWindow *assistant,
                        EaselWizardFrameIsOpen is_way_open,
                        gpointer user_data)
{
  EaselWizardFrame *self;
  GtkWidget *titlebar;
  GtkWidget *apply;

  g_return_val_if_fail (GTK_IS_WINDOW (assistant), NULL);
  g_return_val_if_fail (is_way_open != NULL, NULL);

  self = g_new0 (EaselWizardFrame, 1);
  self->window = assistant;
  self->is_way_open = is_way_open;
  self->user_data = user_data;
  titlebar = gtk_window_get_titlebar (assistant);
  apply = find_button (titlebar, "apply");
  self->last = find_button (titlebar, "last");
  self->sidebar = find_sidebar (assistant);

  rename_button (apply, _ ("_Rent"), _ ("Rent"));
  rename_button (self->last, _ ("_Skip to Review"), _ ("Skip to Review"));
  easel_focus_mend (assistant);
  let_buttons_be_narrow (assistant);
  if (GTK_IS_HEADER_BAR (titlebar))
    {
      self->title = easel_title_new (assistant);
      gtk_header_bar_set_title_widget (GTK_HEADER_BAR (titlebar), self->title);
    }
  if (apply != NULL)
    gtk_widget_add_css_class (apply, "suggested-action");
  if (self->last != NULL)
    g_signal_connect (self->last, "notify::visible", G_CALLBACK (on_last_visible), self);
  if (self->sidebar != NULL)
    g_signal_connect (self->sidebar, "notify::visible", G_CALLBACK (on_sidebar_visible), self);
  g_signal_connect (assistant, "notify::default-widget", G_CALLBACK (on_default_widget), self);
  g_signal_connect (assistant, "notify::title", G_CALLBACK (on_title), self);
  g_signal_connect (assistant, "realize", G_CALLBACK (on_realized), self);
  return self;
}

/**
 * easel_wizard_frame_free:
 * @self: (transfer full): a frame
 */
void
easel_wizard_frame_free (EaselWizardFrame *self)
{
  g_return_if_fail (self != NULL);

  g_clear_handle_id (&self->width_id, g_source_remove);
  unwatch_surface (self);
  g_signal_handlers_disconnect_by_data (self->window, self);
  if (self->last != NULL)
    g_signal_handlers_disconnect_by_data (self->last, self);
  if (self->sidebar != NULL)
    g_signal_handlers_disconnect_by_data (self->sidebar, self);
  g_free (self);
}

/**
 * easel_wizard_frame_expect_default_size:
 * @self: a frame
 *
 * Before the window is shown: lays out for the width that it will have, so that nothing jumps.
 */
void
easel_wizard_frame_expect_default_size (EaselWizardFrame *self)
{
  int width, height;

  g_return_if_fail (self != NULL);

  gtk_window_get_default_size (self->window, &width, &height);
  set_width (self, width);
}

/**
 * easel_wizard_frame_set_step:
 * @self: a frame
 * @step: the page that comes to the front
 */
void
easel_wizard_frame_set_step (EaselWizardFrame *self, EaselStep step)
{
  g_return_if_fail (self != NULL);

  self->step = step;
  easel_wizard_frame_update (self);
}

/**
 * easel_wizard_frame_update:
 * @self: a frame
 *
 * After the completeness of a page changed, or a page came.
 */
void
easel_wizard_frame_update (EaselWizardFrame *self)
{
  g_return_if_fail (self != NULL);

  update_sidebar (self);
  update_last (self);
  update_default (self);
}
