/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One GPU in the studio's list: what it is, when and why it ends, what it costs, one button and a
 * menu.
 *
 * Owns the widgets and keeps them up to date in place, so that the focus stays where it is. The
 * words come from easel-rental-text, the choice of buttons from easel-row-action; what a button
 * does is up to the window, which listens to "chosen". */

#include "config.h"
#include "easel-pod-row.h"

#include "easel-rental-text.h"
#include "easel-shield-line.h"
#include "easel-split-box.h"
#include "easel-ui.h"
#include "easel-wrap-box.h"

#include <glib/gi18n.h>

struct _EaselPodRow
{
  GtkListBoxRow parent_instance;

  GtkLabel *title;         /* a descendant */
  GtkLabel *badge;         /* a descendant */
  GtkLabel *end_text;      /* a descendant */
  EaselShieldLine *shield; /* a descendant */
  GtkLabel *krita;         /* a descendant */
  GtkLabel *problem;       /* a descendant */
  GtkLabel *facts;         /* a descendant */
  GtkWidget *money;        /* a descendant */
  GtkLabel *rate;          /* a descendant */
  GtkLabel *cost;          /* a descendant */
  GtkWidget *primary;      /* a descendant */
  GtkWidget *secondary;    /* a descendant */
  GtkMenuButton *menu;     /* a descendant */
  EaselRental *rental;     /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselRowAction primary_action;
  EaselRowAction secondary_action;
  EaselTone tone;
  gboolean is_suggested;
};

enum
{
  CHOSEN,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselPodRow, easel_pod_row, GTK_TYPE_LIST_BOX_ROW)

/* Of the badge; a neutral and an informing one look alike. */
static const char *const tone_classes[] = {
  [EASEL_TONE_NEUTRAL] = "neutral", [EASEL_TONE_GOOD] = "success", [EASEL_TONE_INFO] = "info",
  [EASEL_TONE_WARN] = "warning",    [EASEL_TONE_BAD] = "error",
};

static void
choose (EaselPodRow *self, EaselRowAction action)
{
  g_assert (EASEL_IS_POD_ROW (self));

  if (easel_row_action_makes_sense (action, self->rental))
    g_signal_emit (self, signals[CHOSEN], 0, (guint) action);
}

static void
on_primary_clicked (GtkButton *button, EaselPodRow *self)
{
  choose (self, self->primary_action);
}

static void
on_secondary_clicked (GtkButton *button, EaselPodRow *self)
{
  choose (self, self->secondary_action);
}

static void
on_menu_action (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  choose (EASEL_POD_ROW (user_data),
          (EaselRowAction) GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (action), "row-action")));
}

static void
append_item (EaselPodRow *self, GMenu *section, EaselRowAction action)
{
  g_autofree char *label = NULL;
  g_autofree char *name = NULL;

  g_assert (G_IS_MENU (section));

  if (action == self->primary_action || action == self->secondary_action ||
      !easel_row_action_makes_sense (action, self->rental))
    return;
  label = easel_row_action_dup_label (action, self->rental);
  name = g_strdup_printf ("row.%s", easel_row_action_nick (action));
  g_menu_append (section, label, name);
}

static GMenuModel *
create_menu (EaselPodRow *self)
{
  static const EaselRowAction actions[] = { EASEL_ROW_COPY_ADDRESS, EASEL_ROW_DONE,
                                            EASEL_ROW_PAUSE,        EASEL_ROW_START,
                                            EASEL_ROW_EXTEND,       EASEL_ROW_MODELS };
  static const EaselRowAction looks[] = { EASEL_ROW_CHECK_ADDRESS, EASEL_ROW_OPEN_BROWSER,
                                          EASEL_ROW_OPEN_CONSOLE, EASEL_ROW_LOG,
                                          EASEL_ROW_DETAILS };
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) second = g_menu_new ();
  guint i;

  for (i = 0; i < G_N_ELEMENTS (actions); i++)
    append_item (self, first, actions[i]);
  for (i = 0; i < G_N_ELEMENTS (looks); i++)
    append_item (self, second, looks[i]);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (second));

  return G_MENU_MODEL (menu);
}

/* Built anew each time it opens, so that it offers what makes sense now. */
static void
on_create_popup (GtkMenuButton *button, gpointer user_data)
{
  g_autoptr (GMenuModel) menu = create_menu (EASEL_POD_ROW (user_data));

  gtk_menu_button_set_menu_model (button, menu);
}

static void
add_actions (EaselPodRow *self)
{
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  guint i;

  for (i = EASEL_ROW_NOTHING + 1; i < EASEL_N_ROW_ACTIONS; i++)
    {
      g_autoptr (GSimpleAction) action =
          g_simple_action_new (easel_row_action_nick ((EaselRowAction) i), NULL);

      g_object_set_data (G_OBJECT (action), "row-action", GUINT_TO_POINTER (i));
      g_signal_connect_object (action, "activate", G_CALLBACK (on_menu_action), self, 0);
      g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
    }
  gtk_widget_insert_action_group (GTK_WIDGET (self), "row", G_ACTION_GROUP (group));
}

static void
set_button (EaselPodRow *self, GtkWidget *button, EaselRowAction action)
{
  g_autofree char *label = NULL;

  g_assert (GTK_IS_BUTTON (button));

  if (action == EASEL_ROW_NOTHING)
    {
      /* The focus must not fall out of the row when its button goes. */
      if (gtk_widget_is_focus (button))
        gtk_widget_grab_focus (GTK_WIDGET (self->menu));
      gtk_widget_set_visible (button, FALSE);
      return;
    }
  label = easel_row_action_dup_label (action, self->rental);
  if (g_strcmp0 (gtk_button_get_label (GTK_BUTTON (button)), label) != 0)
    gtk_button_set_label (GTK_BUTTON (button), label);
  gtk_widget_set_visible (button, TRUE);
}

static void
refresh_buttons (EaselPodRow *self)
{
  self->primary_action = easel_row_action_primary (self->rental);
  self->secondary_action = easel_row_action_secondary (self->rental);
  set_button (self, self->primary, self->primary_action);
  set_button (self, self->secondary, self->secondary_action);
  easel_ui_set_class (self->primary, "suggested-action",
                      self->is_suggested && easel_row_action_is_next_step (self->primary_action));
}

static void
refresh_badge (EaselPodRow *self)
{
  EaselTone tone = EASEL_TONE_NEUTRAL;

  easel_ui_take_text (self->badge, easel_rental_dup_badge (self->rental, &tone));
  if (tone == self->tone)
    return;
  gtk_widget_remove_css_class (GTK_WIDGET (self->badge), tone_classes[self->tone]);
  gtk_widget_add_css_class (GTK_WIDGET (self->badge), tone_classes[tone]);
  self->tone = tone;
}

static void
refresh_name (EaselPodRow *self)
{
  const char *title = gtk_label_get_text (self->title);
  g_autofree char *name = NULL;
  g_autofree char *menu_name = NULL;

  name = g_strdup_printf ("%s, %s, %s", title, gtk_label_get_text (self->badge),
                          gtk_label_get_text (self->end_text));
  easel_ui_set_accessible_name (GTK_WIDGET (self), name);
  /* Translators: the menu of one GPU, for screen readers. */
  menu_name = g_strdup_printf (_ ("More for %s"), title);
  easel_ui_set_accessible_name (GTK_WIDGET (self->menu), menu_name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), title);
}

static void
on_rental_changed (EaselPodRow *self)
{
  easel_pod_row_refresh (self);
}

static void
easel_pod_row_dispose (GObject *object)
{
  EaselPodRow *self = EASEL_POD_ROW (object);

  g_clear_object (&self->rental);
  g_clear_object (&self->clock);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_POD_ROW);

  G_OBJECT_CLASS (easel_pod_row_parent_class)->dispose (object);
}

static void
easel_pod_row_class_init (EaselPodRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_pod_row_dispose;

  signals[CHOSEN] = g_signal_new ("chosen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-pod-row.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, title);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, badge);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, end_text);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, shield);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, krita);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, problem);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, facts);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, money);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, rate);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, cost);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, primary);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, secondary);
  gtk_widget_class_bind_template_child (widget_class, EaselPodRow, menu);
  gtk_widget_class_bind_template_callback (widget_class, on_primary_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_secondary_clicked);
}

static void
easel_pod_row_init (EaselPodRow *self)
{
  g_type_ensure (EASEL_TYPE_SHIELD_LINE);
  g_type_ensure (EASEL_TYPE_SPLIT_BOX);
  g_type_ensure (EASEL_TYPE_WRAP_BOX);
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_add_css_class (GTK_WIDGET (self->badge), tone_classes[self->tone]);
  gtk_menu_button_set_create_popup_func (self->menu, on_create_popup, self, NULL);
  add_actions (self);
}

/**
 * easel_pod_row_new:
 * @rental: whose row it is
 * @clock: the time in which it ends
 *
 * Returns: (transfer floating): a row that follows @rental by itself; what changes with time alone
 *   needs easel_pod_row_refresh()
 */
GtkWidget *
easel_pod_row_new (EaselRental *rental, EaselClock *clock)
{
  EaselPodRow *self;

  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);

  self = g_object_new (EASEL_TYPE_POD_ROW, NULL);
  self->rental = g_object_ref (rental);
  self->clock = g_object_ref (clock);
  g_signal_connect_object (rental, "changed", G_CALLBACK (on_rental_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (rental, "notify::state", G_CALLBACK (on_rental_changed), self,
                           G_CONNECT_SWAPPED);
  easel_pod_row_refresh (self);

  return GTK_WIDGET (self);
}

/**
 * easel_pod_row_get_rental:
 *
 * Returns: (transfer none): whose row it is
 */
EaselRental *
easel_pod_row_get_rental (EaselPodRow *self)
{
  g_return_val_if_fail (EASEL_IS_POD_ROW (self), NULL);

  return self->rental;
}

/**
 * easel_pod_row_refresh:
 *
 * Says everything as it is now. Widgets whose text stays the same are not touched.
 */
void
easel_pod_row_refresh (EaselPodRow *self)
{
  gint64 now;

  g_return_if_fail (EASEL_IS_POD_ROW (self));

  if (self->rental == NULL)
    return;
  now = easel_clock_get_unix_ms (self->clock);
  easel_ui_take_text (self->title, easel_rental_dup_title (self->rental));
  refresh_badge (self);
  easel_ui_take_text (self->end_text, easel_rental_dup_end_text (self->rental, now));
  easel_shield_line_show_rental (self->shield, self->rental);
  easel_ui_take_text (self->krita, easel_rental_dup_krita_text (self->rental, now));
  easel_ui_take_text (self->problem, easel_rental_dup_problem (self->rental, now));
  easel_ui_take_text (self->facts, easel_rental_dup_facts (self->rental, now));
  easel_ui_take_text (self->rate, easel_rental_dup_rate (self->rental));
  easel_ui_take_text (self->cost, easel_rental_dup_cost (self->rental));
  gtk_widget_set_visible (self->money, gtk_widget_get_visible (GTK_WIDGET (self->rate)) ||
                                           gtk_widget_get_visible (GTK_WIDGET (self->cost)));
  refresh_buttons (self);
  refresh_name (self);
  easel_ui_set_class (GTK_WIDGET (self), "stuck",
                      easel_rental_get_state (self->rental) == EASEL_RENTAL_STUCK);
  easel_ui_set_class (GTK_WIDGET (self), "stale", easel_rental_is_stale (self->rental));
}

/**
 * easel_pod_row_set_suggested:
 * @suggested: whether this row's button, if easel_row_action_is_next_step(), is the person's next
 *   step
 */
void
easel_pod_row_set_suggested (EaselPodRow *self, gboolean suggested)
{
  g_return_if_fail (EASEL_IS_POD_ROW (self));

  if (self->is_suggested == suggested)
    return;
  self->is_suggested = suggested;
  refresh_buttons (self);
}
