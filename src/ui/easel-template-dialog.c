/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A search over the templates of the provider, own and public. What Krita cannot use is shown with
 * the reason and cannot be chosen. One search runs at a time, the newest wins. */

#include "config.h"
#include "easel-template-dialog.h"

#include "easel-error-bar.h"
#include "easel-focus.h"
#include "easel-side-window.h"
#include "easel-ui.h"
#include "easel-wrap-box.h"

#include <glib/gi18n-lib.h>

#define SEARCH_DELAY_MS 300
/* More rows help nobody; a better word does. */
#define MAX_ROWS 100

struct _EaselTemplateDialog
{
  GtkWindow parent_instance;

  GtkSearchEntry *entry; /* (unowned): child of the template */
  EaselErrorBar *bar;    /* (unowned): child of the template */
  GtkListBox *list;      /* (unowned): child of the template */
  GtkLabel *status;      /* (unowned): child of the template */

  EaselSession *session;     /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): of the search under way */
};

G_DEFINE_FINAL_TYPE (EaselTemplateDialog, easel_template_dialog, GTK_TYPE_WINDOW)

static const char *
get_provider_name (EaselTemplateDialog *self)
{
  const char *id = easel_plan_get_provider_id (easel_session_get_plan (self->session));
  EaselAccount *account = easel_session_get_account (self->session, id);

  return account != NULL ? easel_account_get_provider_info (account)->name : NULL;
}

static void
clear_rows (EaselTemplateDialog *self)
{
  GtkWidget *row;

  while ((row = gtk_widget_get_first_child (GTK_WIDGET (self->list))) != NULL)
    gtk_list_box_remove (self->list, row);
}

static GtkWidget *
make_line (GtkWidget *box, const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);
  return label;
}

static const char *
get_source_text (const EaselTemplateData *data)
{
  if (data->is_own)
    return _ ("yours");
  if (g_strcmp0 (data->source, "official") == 0)
    return _ ("by the provider");
  if (g_strcmp0 (data->source, "verified") == 0)
    return _ ("checked by the provider");
  return _ ("public");
}

static GtkWidget *
make_row (EaselTemplate *template)
{
  const EaselTemplateData *data = easel_template_get (template);
  EaselTemplateVerdict verdict = easel_template_check (template);
  GtkWidget *row = gtk_list_box_row_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  /* Translators: container image, then where a template comes from, "public". */
  g_autofree char *facts = g_strdup_printf (_ ("%s · %s"), data->image, get_source_text (data));

  make_line (box, data->name, "heading");
  gtk_widget_add_css_class (make_line (box, facts, "easel-small"), "easel-secondary");
  if (verdict != EASEL_TEMPLATE_OK)
    gtk_widget_add_css_class (make_line (box, easel_template_verdict_text (verdict), "easel-small"),
                              "easel-problem");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), verdict == EASEL_TEMPLATE_OK);
  g_object_set_data_full (G_OBJECT (row), "template", g_object_ref (template), g_object_unref);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, data->name,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  verdict == EASEL_TEMPLATE_OK
                                      ? facts
                                      : easel_template_verdict_text (verdict),
                                  -1);
  return row;
}

/* What can be used first, and of that what starts the plugin's own image. */
static int
compare_templates (gconstpointer a, gconstpointer b)
{
  EaselTemplate *first = *(EaselTemplate *const *) a;
  EaselTemplate *second = *(EaselTemplate *const *) b;
  int rank_first = (easel_template_check (first) == EASEL_TEMPLATE_OK ? 0 : 2) +
                   (easel_template_is_krita (first) ? 0 : 1);
  int rank_second = (easel_template_check (second) == EASEL_TEMPLATE_OK ? 0 : 2) +
                    (easel_template_is_krita (second) ? 0 : 1);

  if (rank_first != rank_second)
    return rank_first - rank_second;
  return g_utf8_collate (easel_template_get (first)->name, easel_template_get (second)->name);
}

static void
show_templates (EaselTemplateDialog *self, GPtrArray *templates)
{
  g_autofree char *text = NULL;
  guint i;

  g_ptr_array_sort (templates, compare_templates);
  for (i = 0; i < MIN (templates->len, MAX_ROWS); i++)
    gtk_list_box_append (self->list, make_row (g_ptr_array_index (templates, i)));

  if (templates->len == 0)
    text = g_strdup (_ ("Nothing found. Try a shorter word."));
  else if (templates->len > MAX_ROWS)
    text = g_strdup_printf (_ ("The first %u of %u. A longer word finds fewer."), (guint) MAX_ROWS,
                            templates->len);
  else
    text = g_strdup_printf (ngettext ("%u template found", "%u templates found", templates->len),
                            templates->len);
  easel_ui_set_text (self->status, text);
}

static void
on_found (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselTemplateDialog) self = EASEL_TEMPLATE_DIALOG (user_data);
  g_autoptr (GPtrArray) templates = NULL;
  g_autoptr (GError) error = NULL;

  templates = easel_catalog_search_templates_finish (EASEL_CATALOG (source), result, &error);
  if (easel_error_is_cancelled (error) || self->list == NULL)
    return;

  clear_rows (self);
  easel_error_bar_set_error (self->bar, error, get_provider_name (self));
  easel_ui_set_text (self->status, NULL);
  if (templates != NULL)
    show_templates (self, templates);
  else
    easel_error_bar_set_button_label (self->bar, easel_remedy_label (EASEL_REMEDY_TRY_AGAIN));
}

static void
search (EaselTemplateDialog *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->cancellable = g_cancellable_new ();
  easel_ui_set_text (self->status, _ ("Searching…"));
  easel_catalog_search_templates_async (easel_session_get_catalog (self->session),
                                        gtk_editable_get_text (GTK_EDITABLE (self->entry)),
                                        self->cancellable, on_found, g_object_ref (self));
}

static void
on_search_changed (EaselTemplateDialog *self)
{
  if (self->session != NULL)
    search (self);
}

static void
on_bar_remedy (EaselTemplateDialog *self, int remedy)
{
  search (self);
}

static void
on_stop_search (EaselTemplateDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_cancel_clicked (EaselTemplateDialog *self)
{
  gtk_window_close (GTK_WINDOW (self));
}

static void
on_row_activated (EaselTemplateDialog *self, GtkListBoxRow *row)
{
  EaselTemplate *template = g_object_get_data (G_OBJECT (row), "template");

  if (easel_template_check (template) != EASEL_TEMPLATE_OK)
    return;
  easel_plan_set_template (easel_session_get_plan (self->session), template);
  gtk_window_close (GTK_WINDOW (self));
}

static void
easel_template_dialog_dispose (GObject *object)
{
  EaselTemplateDialog *self = EASEL_TEMPLATE_DIALOG (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_TEMPLATE_DIALOG);

  G_OBJECT_CLASS (easel_template_dialog_parent_class)->dispose (object);
}

static void
easel_template_dialog_class_init (EaselTemplateDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_template_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-template-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselTemplateDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, EaselTemplateDialog, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselTemplateDialog, list);
  gtk_widget_class_bind_template_child (widget_class, EaselTemplateDialog, status);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_search);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_row_activated);
}

static void
easel_template_dialog_init (EaselTemplateDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  easel_focus_make_one_stop (GTK_WIDGET (self->list));
  gtk_search_entry_set_search_delay (self->entry, SEARCH_DELAY_MS);
  easel_ui_set_accessible_name (GTK_WIDGET (self->entry), _ ("Search Templates"));
}

/**
 * easel_template_dialog_new:
 * @parent: (nullable): the window that asks
 * @session: whose templates
 *
 * Searches for “krita” at once, so that the list is never empty at first.
 *
 * Returns: (transfer none): the window, to be presented
 */
EaselTemplateDialog *
easel_template_dialog_new (GtkWindow *parent, EaselSession *session)
{
  EaselTemplateDialog *self;

  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  self = g_object_new (EASEL_TYPE_TEMPLATE_DIALOG, NULL);
  easel_side_window_set_up (GTK_WINDOW (self), parent, _ ("Server Template"));
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "krita");
  self->session = g_object_ref (session);
  search (self);
  return self;
}
