/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The list of stages on the Starting page: a check for what is done, a moving mark for what
 * happens now, an empty circle for what comes. Each line keeps its room whether it says something
 * or not, so that nothing jumps. What the stages are is the page's business. */

#include "config.h"
#include "easel-stage-list.h"

#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define MARK_SIZE 20

typedef struct
{
  GtkWidget *box;      /* (unowned): child */
  GtkStack *mark;      /* (unowned): child */
  GtkSpinner *spinner; /* (unowned): child */
  GtkLabel *title;     /* (unowned): child */
  GtkLabel *note;      /* (unowned): child */
  EaselStageMark state;
} Stage;

struct _EaselStageList
{
  GtkWidget parent_instance;

  GPtrArray *stages; /* (owned) (element-type Stage) */
};

G_DEFINE_FINAL_TYPE (EaselStageList, easel_stage_list, GTK_TYPE_WIDGET)

static const char *const mark_names[] = { "todo", "current", "done", "failed" };

static GtkLabel *
make_label (GtkWidget *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_box_append (GTK_BOX (box), label);
  return GTK_LABEL (label);
}

static GtkWidget *
make_icon (const char *icon_name, const char *css_class)
{
  /* The words beside it say the same. */
  GtkWidget *icon = g_object_new (GTK_TYPE_IMAGE, "accessible-role",
                                  GTK_ACCESSIBLE_ROLE_PRESENTATION, "icon-name", icon_name, NULL);

  gtk_widget_add_css_class (icon, css_class);
  return icon;
}

static void
make_mark (Stage *stage)
{
  GtkWidget *mark = gtk_stack_new ();
  GtkWidget *circle = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *spinner = gtk_spinner_new ();

  gtk_widget_add_css_class (circle, "easel-circle");
  gtk_widget_set_halign (circle, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (circle, GTK_ALIGN_CENTER);
  gtk_stack_add_named (GTK_STACK (mark), circle, "todo");
  gtk_stack_add_named (GTK_STACK (mark), spinner, "current");
  gtk_stack_add_named (GTK_STACK (mark), make_icon ("object-select-symbolic", "easel-done"),
                       "done");
  gtk_stack_add_named (GTK_STACK (mark), make_icon ("dialog-warning-symbolic", "easel-failed"),
                       "failed");
  gtk_widget_set_size_request (mark, MARK_SIZE, MARK_SIZE);
  gtk_widget_set_valign (mark, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (stage->box), mark);
  stage->mark = GTK_STACK (mark);
  stage->spinner = GTK_SPINNER (spinner);
}

static Stage *
add_stage (EaselStageList *self)
{
  Stage *stage = g_new0 (Stage, 1);
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  stage->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  make_mark (stage);
  stage->title = make_label (texts);
  stage->note = make_label (texts);
  gtk_widget_add_css_class (GTK_WIDGET (stage->note), "easel-small");
  gtk_widget_add_css_class (GTK_WIDGET (stage->note), "easel-secondary");
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (stage->box), texts);
  gtk_widget_set_parent (stage->box, GTK_WIDGET (self));
  g_ptr_array_add (self->stages, stage);
  return stage;
}

/* An empty line stays, but there is nothing to say of it: a screen reader passes it. */
static void
set_note (GtkLabel *label, const char *note)
{
  gtk_accessible_update_state (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_STATE_HIDDEN, *note == '\0',
                               -1);
  if (g_strcmp0 (gtk_label_get_text (label), note) != 0)
    gtk_label_set_text (label, note);
}

/* A state is never told by the mark alone: a screen reader gets words. */
static const char *
get_mark_words (EaselStageMark mark)
{
  switch (mark)
    {
    case EASEL_STAGE_MARK_CURRENT:
      return _ ("in progress");
    case EASEL_STAGE_MARK_DONE:
      return _ ("done");
    case EASEL_STAGE_MARK_FAILED:
      return _ ("failed");
    case EASEL_STAGE_MARK_TODO:
    default:
      return _ ("not yet");
    }
}

static void
easel_stage_list_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_stage_list_parent_class)->dispose (object);
}

static void
easel_stage_list_finalize (GObject *object)
{
  g_clear_pointer (&EASEL_STAGE_LIST (object)->stages, g_ptr_array_unref);

  G_OBJECT_CLASS (easel_stage_list_parent_class)->finalize (object);
}

static void
easel_stage_list_class_init (EaselStageListClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_stage_list_dispose;
  object_class->finalize = easel_stage_list_finalize;

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_LIST);
}

static void
easel_stage_list_init (EaselStageList *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 8);
  self->stages = g_ptr_array_new_with_free_func (g_free);
}

/**
 * easel_stage_list_new:
 *
 * Returns: (transfer floating): an empty list
 */
GtkWidget *
easel_stage_list_new (void)
{
  return g_object_new (EASEL_TYPE_STAGE_LIST, NULL);
}

/**
 * easel_stage_list_set_stage:
 * @self: a list
 * @index: which stage, at most the number of those there are
 * @mark: how far it is
 * @title: its name
 * @note: (nullable): a line about it
 */
void
easel_stage_list_set_stage (EaselStageList *self,
                            guint index,
                            EaselStageMark mark,
                            const char *title,
                            const char *note)
{
  Stage *stage;
  g_autofree char *name = NULL;

  g_return_if_fail (EASEL_IS_STAGE_LIST (self));
  g_return_if_fail (index <= self->stages->len);
  g_return_if_fail (title != NULL);

  stage = index < self->stages->len ? g_ptr_array_index (self->stages, index) : add_stage (self);
  stage->state = mark;
  gtk_stack_set_visible_child_name (stage->mark, mark_names[mark]);
  gtk_spinner_set_spinning (stage->spinner, mark == EASEL_STAGE_MARK_CURRENT);
  easel_ui_set_text (stage->title, title);
  set_note (stage->note, note != NULL ? note : "");

  if (mark == EASEL_STAGE_MARK_CURRENT || mark == EASEL_STAGE_MARK_FAILED)
    gtk_widget_add_css_class (GTK_WIDGET (stage->title), "easel-strong");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (stage->title), "easel-strong");
  if (mark == EASEL_STAGE_MARK_TODO)
    gtk_widget_add_css_class (GTK_WIDGET (stage->title), "easel-secondary");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (stage->title), "easel-secondary");

  name = g_strdup_printf ("%s: %s", title, get_mark_words (mark));
  easel_ui_set_accessible_name (stage->box, name);
}

/**
 * easel_stage_list_get_mark:
 * @self: a list
 * @index: which stage
 *
 * Returns: how far it is
 */
EaselStageMark
easel_stage_list_get_mark (EaselStageList *self, guint index)
{
  g_return_val_if_fail (EASEL_IS_STAGE_LIST (self), EASEL_STAGE_MARK_TODO);
  g_return_val_if_fail (index < self->stages->len, EASEL_STAGE_MARK_TODO);

  return ((Stage *) g_ptr_array_index (self->stages, index))->state;
}
