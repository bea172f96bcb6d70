/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What every window needs once: the resources, the style sheet, the path of the icons and the
 * types that templates name. Also the handful of one-line helpers that all pages share. Owns no
 * widget. */

#include "config.h"
#include "easel-ui.h"

#include "easel-choice-card.h"
#include "easel-clamp.h"
#include "easel-error-bar.h"
#include "easel-split-box.h"
#include "easel-title.h"
#include "easel-ui-resources.h"
#include "easel-wrap-box.h"

/* Where GTK from @minor on reads what it is to leave out. */
static const struct
{
  guint minor;
  const char *variable;
  const char *value;
} no_gl[] = { { 16, "GDK_DISABLE", "gl,vulkan" }, { 0, "GDK_DEBUG", "gl-disable" } };

static guint
which_no_gl (void)
{
  return gtk_get_minor_version () >= no_gl[0].minor ? 0 : 1;
}

/**
 * easel_ui_draw_without_gl:
 *
 * Makes GTK draw without OpenGL: for text and boxes its driver costs more than all the rest of the
 * program, in time before the first frame, in memory, and in memory of the GPU that somebody paints
 * with. Whoever has chosen a renderer keeps it. Call it before there is another thread.
 */
void
easel_ui_draw_without_gl (void)
{
  const char *renderer = g_getenv ("GSK_RENDERER");
  const guint which = which_no_gl ();

  if (g_getenv (no_gl[which].variable) != NULL ||
      (renderer != NULL && !g_str_equal (renderer, "cairo")))
    return;
  g_setenv (no_gl[which].variable, no_gl[which].value, FALSE);
  g_setenv ("GSK_RENDERER", "cairo", FALSE);
}

/* Other programs draw as they like. */
static GAppLaunchContext *
create_launch_context (GdkDisplay *display)
{
  GdkAppLaunchContext *context = gdk_display_get_app_launch_context (display);
  const guint which = which_no_gl ();

  if (g_strcmp0 (g_getenv (no_gl[which].variable), no_gl[which].value) == 0)
    {
      g_app_launch_context_unsetenv (G_APP_LAUNCH_CONTEXT (context), no_gl[which].variable);
      g_app_launch_context_unsetenv (G_APP_LAUNCH_CONTEXT (context), "GSK_RENDERER");
    }
  return G_APP_LAUNCH_CONTEXT (context);
}

/* Closing the launcher's error silently is enough: the address is always on the screen, too. */
static void
on_uri_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    g_debug ("No program opened a link: %s", error->message);
}

/**
 * easel_ui_init:
 *
 * Makes the interface usable on the default display. Call it once after GTK was initialised; more
 * calls do nothing.
 */
void
easel_ui_init (void)
{
  static gboolean done = FALSE;
  g_autoptr (GtkCssProvider) provider = NULL;
  GdkDisplay *display = gdk_display_get_default ();

  g_return_if_fail (display != NULL);
  if (done)
    return;
  done = TRUE;

  easel_ui_register_resource ();

  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, EASEL_UI_RESOURCE_PREFIX "/ui/style.css");
  gtk_style_context_add_provider_for_display (display, GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (display),
                                    EASEL_UI_RESOURCE_PREFIX "/icons");

  g_type_ensure (EASEL_TYPE_CLAMP);
  g_type_ensure (EASEL_TYPE_SPLIT_BOX);
  g_type_ensure (EASEL_TYPE_TITLE);
  g_type_ensure (EASEL_TYPE_WRAP_BOX);
  g_type_ensure (EASEL_TYPE_CHOICE_CARD);
  g_type_ensure (EASEL_TYPE_ERROR_BAR);
}

/**
 * easel_ui_open_uri:
 * @widget: (nullable): any widget on the display where the link was clicked
 * @uri: what to open
 *
 * Opens a page of a provider, or a pod's own, in the browser.
 */
void
easel_ui_open_uri (GtkWidget *widget, const char *uri)
{
  g_autoptr (GAppLaunchContext) context = NULL;

  g_return_if_fail (widget == NULL || GTK_IS_WIDGET (widget));
  g_return_if_fail (uri != NULL);

  context = create_launch_context (widget != NULL ? gtk_widget_get_display (widget)
                                                  : gdk_display_get_default ());
  g_app_info_launch_default_for_uri_async (uri, context, NULL, on_uri_opened, NULL);
}

/**
 * easel_ui_new_heading:
 * @text: (nullable): what it says
 * @css_class: how it looks
 * @level: 1 for what a page or window is about, 2 for its parts
 *
 * Returns: (transfer floating): a label that screen readers find as they go from heading to heading
 */
GtkWidget *
easel_ui_new_heading (const char *text, const char *css_class, int level)
{
  GtkWidget *label =
      g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_HEADING, "label", text,
                    "xalign", 0.0f, "wrap", TRUE, "wrap-mode", PANGO_WRAP_WORD_CHAR, NULL);

  gtk_widget_add_css_class (label, css_class);
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LEVEL, level, -1);
  return label;
}

/**
 * easel_ui_set_class:
 * @widget: a widget
 * @css_class: a style class
 * @is_set: whether it has that
 */
void
easel_ui_set_class (GtkWidget *widget, const char *css_class, gboolean is_set)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));
  g_return_if_fail (css_class != NULL);

  if (is_set)
    gtk_widget_add_css_class (widget, css_class);
  else
    gtk_widget_remove_css_class (widget, css_class);
}

/**
 * easel_ui_set_text:
 * @label: a label
 * @text: (nullable): its new text; without one the label hides
 *
 * Changes a label only when the text really differs, so that a screen reader is not told the same
 * thing every second.
 */
void
easel_ui_set_text (GtkLabel *label, const char *text)
{
  g_return_if_fail (GTK_IS_LABEL (label));

  if (g_strcmp0 (gtk_label_get_text (label), text != NULL ? text : "") != 0)
    gtk_label_set_text (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL && *text != '\0');
}

/**
 * easel_ui_take_text:
 * @label: a label
 * @text: (nullable) (transfer full): its new text
 *
 * As easel_ui_set_text(), and frees the text.
 */
void
easel_ui_take_text (GtkLabel *label, char *text)
{
  easel_ui_set_text (label, text);
  g_free (text);
}

/**
 * easel_ui_wrap_label_of:
 * @widget: a check button or a button
 *
 * Lets the label inside break into lines, so that long words do not decide how narrow a window can
 * be.
 */
void
easel_ui_wrap_label_of (GtkWidget *widget)
{
  GtkWidget *child;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (GTK_IS_LABEL (child))
      {
        gtk_label_set_wrap (GTK_LABEL (child), TRUE);
        gtk_label_set_wrap_mode (GTK_LABEL (child), PANGO_WRAP_WORD_CHAR);
        gtk_label_set_xalign (GTK_LABEL (child), 0);
      }
}

/**
 * easel_ui_set_accessible_name:
 * @widget: a widget
 * @name: the words on the screen that stand for it
 *
 * Names a widget for screen readers (and for tests, which see the same tree).
 */
void
easel_ui_set_accessible_name (GtkWidget *widget, const char *name)
{
  g_return_if_fail (GTK_IS_WIDGET (widget));

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  name != NULL ? name : "", -1);
  /* Of these a part inside takes the focus, so it needs the name, too. */
  if (GTK_IS_DROP_DOWN (widget) || GTK_IS_PASSWORD_ENTRY (widget))
    gtk_accessible_update_property (GTK_ACCESSIBLE (gtk_widget_get_first_child (widget)),
                                    GTK_ACCESSIBLE_PROPERTY_LABEL, name != NULL ? name : "", -1);
}

/**
 * easel_ui_take_accessible_name:
 * @widget: a widget
 * @name: (transfer full): the words that stand for it
 *
 * As easel_ui_set_accessible_name(), and frees the name.
 */
void
easel_ui_take_accessible_name (GtkWidget *widget, char *name)
{
  easel_ui_set_accessible_name (widget, name);
  g_free (name);
}
