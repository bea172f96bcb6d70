/* SPDX-License-Identifier: GPL-3.0-or-later */

/* “Krita on this computer?”: three ways, remembered in the settings under krita-way. What becomes
 * of the choice is the business of the page that has the address. */

#include "config.h"
#include "easel-krita-choice.h"

#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define GROUP "krita"

struct _EaselKritaChoice
{
  GtkBox parent_instance;

  GtkWidget *first; /* (unowned): child */
};

G_DEFINE_FINAL_TYPE (EaselKritaChoice, easel_krita_choice, GTK_TYPE_BOX)

static void
add_way (EaselKritaChoice *self, const char *way, const char *label)
{
  GtkWidget *button = gtk_check_button_new_with_label (label);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), GROUP "." EASEL_KRITA_WAY);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", way);
  if (self->first != NULL)
    gtk_check_button_set_group (GTK_CHECK_BUTTON (button), GTK_CHECK_BUTTON (self->first));
  else
    self->first = button;
  easel_ui_wrap_label_of (button);
  gtk_box_append (GTK_BOX (self), button);
}

static void
easel_krita_choice_class_init (EaselKritaChoiceClass *klass)
{
}

static void
easel_krita_choice_init (EaselKritaChoice *self)
{
  GtkWidget *heading = gtk_label_new (_ ("Krita on this computer?"));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (self), 6);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_widget_add_css_class (heading, "heading");
  gtk_box_append (GTK_BOX (self), heading);
  add_way (self, EASEL_KRITA_WAY_SET_UP, _ ("Set it up when the GPU is ready"));
  add_way (self, "paste", _ ("Paste the address by hand"));
  add_way (self, "elsewhere", _ ("Krita is on another computer"));
}

/**
 * easel_krita_choice_bind:
 * @self: a choice
 * @settings: where it is remembered
 */
void
easel_krita_choice_bind (EaselKritaChoice *self, GSettings *settings)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GAction) action = NULL;

  g_return_if_fail (EASEL_IS_KRITA_CHOICE (self));
  g_return_if_fail (G_IS_SETTINGS (settings));

  action = g_settings_create_action (settings, EASEL_KRITA_WAY);
  g_action_map_add_action (G_ACTION_MAP (group), action);
  gtk_widget_insert_action_group (GTK_WIDGET (self), GROUP, G_ACTION_GROUP (group));
}
