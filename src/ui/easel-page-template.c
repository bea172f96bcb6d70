/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Template: what to paint, as cards; what that means for memory and downloads; and which server
 * template is started; and which models of the person's own come along. Everything goes into the
 * plan or onto the shelf at once, nothing is kept here. */

#include "config.h"
#include "easel-page-template.h"

#include "easel-choice-card.h"
#include "easel-shelf-list.h"
#include "easel-template-dialog.h"
#include "easel-text.h"
#include "easel-ui.h"
#include "easel-wrap-box.h"

#include <glib/gi18n-lib.h>

/* Of the shelf: more would push away what the page is about. */
#define MAX_SHELF_ROWS 5

struct _EaselPageTemplate
{
  EaselPage parent_instance;

  EaselWrapBox *cards;        /* (unowned): child of the template */
  EaselWrapBox *more_cards;   /* (unowned): child of the template */
  GtkExpander *more;          /* (unowned): child of the template */
  GtkToggleButton *several;   /* (unowned): child of the template */
  GtkCheckButton *sooner;     /* (unowned): child of the template */
  GtkLabel *sum;              /* (unowned): child of the template */
  GtkLabel *template_name;    /* (unowned): child of the template */
  GtkLabel *template_note;    /* (unowned): child of the template */
  GtkLabel *shelf_sum;        /* (unowned): child of the template */
  GtkLabel *shelf_note;       /* (unowned): child of the template */
  GtkButton *shelf_button;    /* (unowned): child of the template */
  EaselShelfList *shelf_list; /* (unowned): child of the template */
  EaselErrorBar *misfit;      /* (unowned): child of the template */
  EaselErrorBar *bar;         /* (unowned): child of the template */

  GtkToggleButton *kind_cards[EASEL_N_WORKLOADS]; /* (unowned) */
  EaselTemplateDialog *dialog;                    /* (unowned) (nullable): GTK owns windows */
  gboolean syncing;
};

G_DEFINE_FINAL_TYPE (EaselPageTemplate, easel_page_template, EASEL_TYPE_PAGE)

static EaselPlan *
get_plan (EaselPageTemplate *self)
{
  return easel_session_get_plan (easel_page_get_session (EASEL_PAGE (self)));
}

static EaselCatalog *
get_catalog (EaselPageTemplate *self)
{
  return easel_session_get_catalog (easel_page_get_session (EASEL_PAGE (self)));
}

static EaselShelf *
get_shelf (EaselPageTemplate *self)
{
  return easel_session_get_shelf (easel_page_get_session (EASEL_PAGE (self)));
}

static guint
count_kinds (EaselWorkloadSet set)
{
  guint n = 0;
  guint i;

  for (i = 0; i < EASEL_N_WORKLOADS; i++)
    n += (set & (1u << i)) != 0;
  return n;
}

static void
update_sum (EaselPageTemplate *self)
{
  EaselWorkloadNeeds needs;
  g_autofree char *size = NULL;
  g_autofree char *least = NULL;
  g_autofree char *good = NULL;
  g_autofree char *text = NULL;

  easel_plan_get_needs (get_plan (self), &needs);
  size = easel_text_gigabytes (needs.download_bytes);
  least = easel_text_vram (needs.vram_min_mib);
  good = easel_text_vram (needs.vram_good_mib);
  /* Translators: three sizes, "27 GB", "8 GB" and "12 GB". */
  text = g_strdup_printf (_ ("The server downloads %s when it starts. The GPU needs %s of memory; "
                             "%s is comfortable."),
                          size, least, good);
  easel_ui_set_text (self->sum, text);
}

static void
update_sooner (EaselPageTemplate *self)
{
  EaselPlan *plan = get_plan (self);
  EaselWorkloadSet set = easel_plan_get_workload (plan);
  EaselWorkloadNeeds full;
  EaselWorkloadNeeds lean;
  g_autofree char *full_size = NULL;
  g_autofree char *lean_size = NULL;
  g_autofree char *text = NULL;

  easel_workload_needs (set, FALSE, &full);
  easel_workload_needs (set, TRUE, &lean);
  full_size = easel_text_gigabytes (full.download_bytes);
  lean_size = easel_text_gigabytes (lean.download_bytes);
  /* Translators: two sizes, "20 GB" and "27 GB". */
  text =
      g_strdup_printf (_ ("Start sooner: one model only, %s instead of %s"), lean_size, full_size);
  gtk_check_button_set_label (self->sooner, text);
  easel_ui_wrap_label_of (GTK_WIDGET (self->sooner));
  gtk_check_button_set_active (self->sooner, easel_plan_get_start_sooner (plan));
  gtk_widget_set_visible (GTK_WIDGET (self->sooner), (set & EASEL_WORKLOAD_SDXL) != 0);
}

static void
update_template (EaselPageTemplate *self)
{
  EaselTemplate *template = easel_plan_get_template (get_plan (self));
  const EaselProviderInfo *provider = easel_page_get_provider (EASEL_PAGE (self));
  EaselCatalog *catalog = get_catalog (self);
  const GError *error = easel_catalog_get_template_error (catalog);
  const char *name = provider != NULL ? provider->template_name : NULL;
  g_autofree char *text = NULL;

  if (template != NULL && *easel_template_get (template)->name != '\0')
    name = easel_template_get (template)->name;
  /* Translators: %s is the name of a server template. */
  text = g_strdup_printf (_ ("Server template: %s"), name != NULL ? name : _ ("the plugin’s own"));
  easel_ui_set_text (self->template_name, text);

  if (easel_catalog_is_loading_template (catalog))
    easel_ui_set_text (self->template_note, _ ("Looking for it…"));
  else if (template != NULL && !easel_template_is_krita (template))
    easel_ui_set_text (self->template_note,
                       _ ("Not made by the plugin’s author: Cloud Easel cannot promise that Krita "
                          "connects to it."));
  else
    easel_ui_set_text (self->template_note, NULL);

  if (error != NULL && template == NULL)
    {
      easel_error_bar_set_error (self->bar, error, provider != NULL ? provider->name : NULL);
      easel_error_bar_set_button_label (self->bar, easel_remedy_label (EASEL_REMEDY_TRY_AGAIN));
    }
  else
    easel_error_bar_clear (self->bar);
}

static char *
dup_shelf_sum (GPtrArray *models, gboolean is_taken)
{
  const guint n_ticked = is_taken ? easel_shelf_count_ticked (models) : 0;
  g_autofree char *size = easel_text_gigabytes (easel_shelf_ticked_bytes (models));

  if (models->len == 0)
    return g_strdup (_ ("Models of your own: none yet"));
  if (n_ticked == 0)
    return g_strdup (_ ("Models of your own: none comes with it"));
  /* Translators: checkpoints and LoRAs that are sent to every new GPU, and their size: "Models of
   * your own: 2 come with it, 6.9 GB". */
  return g_strdup_printf (ngettext ("Models of your own: %u comes with it, %s",
                                    "Models of your own: %u come with it, %s", n_ticked),
                          n_ticked, size);
}

/* Of those that have no row here; a row says it itself. */
static char *
dup_misfit (EaselPageTemplate *self, GPtrArray *misfits)
{
  const EaselShelfModel *first = NULL;
  guint n = 0;

  for (guint i = 0; i < misfits->len; i++)
    if (!easel_shelf_list_shows (self->shelf_list, g_ptr_array_index (misfits, i)))
      {
        if (first == NULL)
          first = g_ptr_array_index (misfits, i);
        n++;
      }
  if (n == 0)
    return NULL;
  if (n == 1)
    /* Translators: the name of a file and a family of models, "Flux 1". */
    return g_strdup_printf (_ ("“%s” was made for %s. It has no use with what you chose here."),
                            first->name, easel_model_base_title (first->base));
  /* Translators: %u is 2 or more. */
  return g_strdup_printf (ngettext ("%u of your models was made for another kind. It has no use "
                                    "with what you chose here.",
                                    "%u of your models were made for other kinds. They have no use "
                                    "with what you chose here.",
                                    n),
                          n);
}

static char *
dup_shelf_button (EaselPageTemplate *self, GPtrArray *models)
{
  if (models->len == 0)
    return g_strdup (_ ("Add Models…"));
  if (models->len <= MAX_SHELF_ROWS)
    return g_strdup (_ ("Add or Remove…"));
  /* Translators: a button; models of the person's own, always more than one. */
  return g_strdup_printf (ngettext ("All %u Models…", "All %u Models…", models->len), models->len);
}

static void
update_shelf (EaselPageTemplate *self)
{
  EaselPlan *plan = get_plan (self);
  GPtrArray *models = easel_shelf_get_models (get_shelf (self));
  g_autoptr (GPtrArray) misfits = easel_shelf_find_misfits (models, easel_plan_get_workload (plan));
  const gboolean is_taken = easel_plan_takes_shelf (plan);
  g_autofree char *button = dup_shelf_button (self, models);
  g_autofree char *misfit = is_taken ? dup_misfit (self, misfits) : NULL;

  easel_ui_take_text (self->shelf_sum, dup_shelf_sum (models, is_taken));
  if (models->len == 0)
    easel_ui_set_text (self->shelf_note,
                       _ ("Checkpoints and LoRAs that you add come with every new GPU."));
  else if (!is_taken && easel_shelf_count_ticked (models) > 0)
    easel_ui_set_text (self->shelf_note, _ ("This server template cannot fetch them."));
  else
    easel_ui_set_text (self->shelf_note, NULL);
  gtk_button_set_label (self->shelf_button, button);
  /* A tick that does nothing would be a lie. */
  gtk_widget_set_visible (GTK_WIDGET (self->shelf_list), is_taken && models->len > 0);
  easel_error_bar_set_message (self->misfit, EASEL_BAR_WARNING, misfit, NULL);
}

static void
update (EaselPageTemplate *self)
{
  EaselWorkloadSet set = easel_plan_get_workload (get_plan (self));
  guint i;

  self->syncing = TRUE;
  for (i = 0; i < EASEL_N_WORKLOADS; i++)
    gtk_toggle_button_set_active (self->kind_cards[i],
                                  (set & easel_workload_table ()[i].kind) != 0);
  if (count_kinds (set) > 1)
    gtk_toggle_button_set_active (self->several, TRUE);
  update_sooner (self);
  self->syncing = FALSE;

  update_sum (self);
  update_template (self);
  update_shelf (self);
}

static void
on_card_toggled (GtkToggleButton *card, EaselPageTemplate *self)
{
  EaselPlan *plan = get_plan (self);
  EaselWorkloadSet kind = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (card), "kind"));
  EaselWorkloadSet set = easel_plan_get_workload (plan);

  if (self->syncing)
    return;
  if (!gtk_toggle_button_get_active (self->several))
    set = kind;
  else if (gtk_toggle_button_get_active (card))
    set |= kind;
  else if (set != kind)
    set &= ~kind;
  easel_plan_set_workload (plan, set);
  update (self);
}

/* Back to one kind: the first that was chosen stays. */
static void
on_several_toggled (EaselPageTemplate *self)
{
  EaselPlan *plan = get_plan (self);
  EaselWorkloadSet set = easel_plan_get_workload (plan);

  if (self->syncing || gtk_toggle_button_get_active (self->several))
    return;
  easel_plan_set_workload (plan, (EaselWorkloadSet) (set & -(int) set));
  update (self);
}

static void
on_sooner_toggled (EaselPageTemplate *self)
{
  if (!self->syncing)
    easel_plan_set_start_sooner (get_plan (self), gtk_check_button_get_active (self->sooner));
}

static void
on_dialog_destroyed (gpointer data, GObject *dialog)
{
  EASEL_PAGE_TEMPLATE (data)->dialog = NULL;
}

static void
close_dialog (EaselPageTemplate *self)
{
  if (self->dialog == NULL)
    return;
  g_object_weak_unref (G_OBJECT (self->dialog), on_dialog_destroyed, self);
  gtk_window_destroy (GTK_WINDOW (g_steal_pointer (&self->dialog)));
}

static void
on_change_clicked (EaselPageTemplate *self)
{
  if (self->dialog == NULL)
    {
      self->dialog = easel_template_dialog_new (easel_page_get_window (EASEL_PAGE (self)),
                                                easel_page_get_session (EASEL_PAGE (self)));
      g_object_weak_ref (G_OBJECT (self->dialog), on_dialog_destroyed, self);
    }
  gtk_window_present (GTK_WINDOW (self->dialog));
}

static void
on_bar_remedy (EaselPageTemplate *self, int remedy)
{
  easel_catalog_load_template (get_catalog (self));
  update_template (self);
}

static char *
dup_kind_note (const EaselWorkload *workload)
{
  EaselWorkloadNeeds needs;
  g_autofree char *size = NULL;

  easel_workload_needs (workload->kind, FALSE, &needs);
  size = easel_text_gigabytes (needs.download_bytes);
  /* Translators: name of a model family, a remark on GPU memory, a size: "SDXL · 8 GB is enough,
   * 12 GB is good · downloads 27 GB". */
  return g_strdup_printf (_ ("%s · %s · downloads %s"),
                          g_dgettext (GETTEXT_PACKAGE, workload->subtitle),
                          g_dgettext (GETTEXT_PACKAGE, workload->memory_note), size);
}

static void
make_cards (EaselPageTemplate *self)
{
  const EaselWorkload *table = easel_workload_table ();
  guint i;

  for (i = 0; i < EASEL_N_WORKLOADS; i++)
    {
      GtkWidget *card = easel_choice_card_new ();
      g_autofree char *note = dup_kind_note (&table[i]);

      easel_choice_card_set_heading (EASEL_CHOICE_CARD (card),
                                     g_dgettext (GETTEXT_PACKAGE, table[i].title));
      easel_choice_card_set_text (EASEL_CHOICE_CARD (card),
                                  g_dgettext (GETTEXT_PACKAGE, table[i].good_for));
      easel_choice_card_set_note (EASEL_CHOICE_CARD (card), note);
      g_object_set_data (G_OBJECT (card), "kind", GUINT_TO_POINTER (table[i].kind));
      g_signal_connect_object (card, "toggled", G_CALLBACK (on_card_toggled), self, 0);
      easel_wrap_box_append (table[i].under_more ? self->more_cards : self->cards, card);
      self->kind_cards[i] = GTK_TOGGLE_BUTTON (card);
    }
}

static void
on_session_changed (EaselPageTemplate *self)
{
  if (easel_page_is_shown (EASEL_PAGE (self)))
    update (self);
}

static void
easel_page_template_shown (EaselPage *page)
{
  EaselPageTemplate *self = EASEL_PAGE_TEMPLATE (page);
  EaselWorkloadSet set = easel_plan_get_workload (get_plan (self));
  guint i;

  if (easel_plan_get_template (get_plan (self)) == NULL)
    easel_catalog_load_template (get_catalog (self));
  if ((set & EASEL_WORKLOAD_SD15) != 0)
    gtk_expander_set_expanded (self->more, TRUE);
  for (i = 0; i < EASEL_N_WORKLOADS; i++)
    if ((set & easel_workload_table ()[i].kind) != 0)
      easel_page_set_first_focus (page, GTK_WIDGET (self->kind_cards[i]));
  easel_shelf_list_pick (self->shelf_list);
  update (self);
}

static void
easel_page_template_abort (EaselPage *page)
{
  close_dialog (EASEL_PAGE_TEMPLATE (page));
}

static void
easel_page_template_constructed (GObject *object)
{
  EaselPageTemplate *self = EASEL_PAGE_TEMPLATE (object);

  G_OBJECT_CLASS (easel_page_template_parent_class)->constructed (object);

  make_cards (self);
  /* Before the page's own: what it says of the list counts the rows. */
  easel_shelf_list_set_session (self->shelf_list, easel_page_get_session (EASEL_PAGE (self)),
                                MAX_SHELF_ROWS);
  g_signal_connect_object (get_plan (self), "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_shelf (self), "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (get_catalog (self), "changed", G_CALLBACK (on_session_changed), self,
                           G_CONNECT_SWAPPED);
  update (self);
  easel_page_set_complete (EASEL_PAGE (self), TRUE);
}

static void
easel_page_template_dispose (GObject *object)
{
  close_dialog (EASEL_PAGE_TEMPLATE (object));

  G_OBJECT_CLASS (easel_page_template_parent_class)->dispose (object);
}

static void
easel_page_template_class_init (EaselPageTemplateClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  EaselPageClass *page_class = EASEL_PAGE_CLASS (klass);

  object_class->constructed = easel_page_template_constructed;
  object_class->dispose = easel_page_template_dispose;
  page_class->shown = easel_page_template_shown;
  page_class->abort = easel_page_template_abort;

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-page-template.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, cards);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, more_cards);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, more);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, several);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, sooner);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, sum);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, template_name);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, template_note);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, shelf_sum);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, shelf_note);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, shelf_button);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, shelf_list);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, misfit);
  gtk_widget_class_bind_template_child (widget_class, EaselPageTemplate, bar);
  gtk_widget_class_bind_template_callback (widget_class, on_several_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_sooner_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_change_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_remedy);
}

static void
easel_page_template_init (EaselPageTemplate *self)
{
  g_type_ensure (EASEL_TYPE_SHELF_LIST);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_page_template_new:
 * @session: what the page works on
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
easel_page_template_new (EaselSession *session)
{
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  return g_object_new (EASEL_TYPE_PAGE_TEMPLATE, "session", session, NULL);
}
