/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The models of one running GPU: free disk, what is on its way, what lies there by kind, and what
 * is on the person's list but not there. Follows the GPU's EaselPodModels, which does the work;
 * what is added here goes on the shelf, too.
 *
 * Names for the robot: those of easel-add-model-box.c; "Cancel NAME" and "Try Again: NAME" of what
 * is on its way, its bar "Progress of NAME"; "Remove NAME…" of what lies there, answered by
 * "Remove"; "Bring NAME" of what is on the list; "Find the File NAME…" of what is to come from this
 * computer and was moved; the bar "Disk". The row of a model is called "NAME, " and what is known
 * of it. */

#include "config.h"
#include "easel-models-window-private.h"

#include "easel-add-model-box.h"
#include "easel-error-bar.h"
#include "easel-file-finder.h"
#include "easel-image-tag.h"
#include "easel-model-fallback.h"
#include "easel-model-removal.h"
#include "easel-model-rows.h"
#include "easel-model-text.h"
#include "easel-side-window.h"
#include "easel-transfer-row.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define DEFAULT_WIDTH 640
#define DEFAULT_HEIGHT 720
/* What the GPU's helper does not fill, so that ComfyUI can write. */
#define KEEP_FREE (G_GUINT64_CONSTANT (2) << 30)

struct _EaselModelsWindow
{
  GtkWindow parent_instance;

  GtkLabel *heading;       /* (unowned): child of the template */
  GtkWidget *disk;         /* (unowned): child of the template */
  GtkLabel *disk_text;     /* (unowned): child of the template */
  GtkLevelBar *disk_bar;   /* (unowned): child of the template */
  GtkWidget *waiting;      /* (unowned): child of the template */
  GtkSpinner *spinner;     /* (unowned): child of the template */
  GtkLabel *waiting_text;  /* (unowned): child of the template */
  GtkWidget *no_agent;     /* (unowned): child of the template */
  GtkBox *fallback;        /* (unowned): child of the template */
  EaselErrorBar *bar;      /* (unowned): child of the template */
  EaselErrorBar *arrived;  /* (unowned): child of the template */
  EaselErrorBar *notice;   /* (unowned): child of the template */
  EaselAddModelBox *add;   /* (unowned): child of the template */
  GtkWidget *transfer_box; /* (unowned): child of the template */
  GtkListBox *transfers;   /* (unowned): child of the template */
  GtkWidget *shelf_box;    /* (unowned): child of the template */
  GtkListBox *shelf;       /* (unowned): child of the template */
  GtkWidget *file_box;     /* (unowned): child of the template */
  GtkListBox *files;       /* (unowned): child of the template */
  GtkLabel *no_files;      /* (unowned): child of the template */

  EaselSession *session;   /* (owned) */
  EaselRental *rental;     /* (owned) */
  EaselFileFinder *finder; /* (owned) */
  EaselPodModels *pod;     /* (owned) (nullable) */
  GSignalGroup *pod_group; /* (owned) */
  GListModel *shown;       /* (owned) (nullable): what the list of transfers is bound to */
  gboolean has_no_agent;
};

G_DEFINE_FINAL_TYPE (EaselModelsWindow, easel_models_window, GTK_TYPE_WINDOW)

static EaselShelf *
get_shelf (EaselModelsWindow *self)
{
  return easel_session_get_shelf (self->session);
}

static const char *
gpu_name (EaselModelsWindow *self)
{
  return easel_rental_get_gpu_name (self->rental);
}

static const EaselShelfModel *
find_on_shelf (EaselModelsWindow *self, const char *folder, const char *name)
{
  GPtrArray *models = easel_shelf_get_models (get_shelf (self));

  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (g_str_equal (model->folder, folder) && g_str_equal (model->name, name))
        return model;
    }
  return NULL;
}

static EaselFileTrouble
trouble_of (EaselModelsWindow *self, const EaselShelfModel *model)
{
  return easel_shelf_files_get_trouble (easel_session_get_shelf_files (self->session), model);
}

/* What is painted on this GPU; what would be painted on the next one if nobody wrote that down. */
static EaselWorkloadSet
get_workload (EaselModelsWindow *self)
{
  const EaselJournalRecord *record = easel_rental_get_record (self->rental);

  if (record != NULL && record->workload != NULL)
    return easel_workload_set_from_string (record->workload);
  return easel_plan_get_workload (easel_session_get_plan (self->session));
}

/* Deeds */

static void
add_by_hand (EaselModelsWindow *self, const EaselShelfModel *model)
{
  const EaselPodData *pod = easel_rental_get_pod (self->rental);
  const gboolean is_krita =
      pod != NULL && pod->image != NULL && g_str_has_prefix (pod->image, EASEL_IMAGE_REPOSITORY);

  gtk_box_append (self->fallback,
                  easel_model_fallback_new (easel_session_get_model_inspector (self->session),
                                            model, easel_rental_get_address (self->rental),
                                            is_krita,
                                            easel_rental_get_provider_info (self->rental)->name));
}

static void
on_add (EaselModelsWindow *self, const EaselShelfModel *model)
{
  /* The shelf tells of itself at once, and all is shown anew. */
  const gboolean is_by_hand = self->has_no_agent;

  easel_error_bar_clear (self->notice);
  if (!easel_shelf_put (get_shelf (self), model))
    easel_error_bar_set_message (self->notice, EASEL_BAR_WARNING,
                                 _ ("Your list is full, so this model comes only this once."),
                                 NULL);
  if (is_by_hand)
    add_by_hand (self, model);
  else if (self->pod != NULL)
    easel_pod_models_add (self->pod, model);
}

/* It is shown among what is not on this GPU. */
static void
on_keep (EaselModelsWindow *self, const EaselShelfModel *model)
{
  easel_error_bar_clear (self->notice);
  if (!easel_shelf_put (get_shelf (self), model))
    easel_error_bar_set_message (self->notice, EASEL_BAR_ERROR,
                                 _ ("Your list is full. Remove something from it first."), NULL);
}

static void
on_cancel (EaselTransferRow *row, EaselModelsWindow *self)
{
  if (self->pod != NULL)
    easel_pod_models_cancel (self->pod, easel_transfer_row_get_transfer (row));
}

static void
on_retry (EaselTransferRow *row, EaselModelsWindow *self)
{
  if (self->pod != NULL)
    easel_pod_models_retry (self->pod, easel_transfer_row_get_transfer (row));
}

static void
on_arrived (EaselModelsWindow *self)
{
  g_autofree char *sentence = easel_model_text_arrived (_ ("Something new is there."));

  if (!easel_error_bar_is_set (self->arrived))
    easel_error_bar_set_message (self->arrived, EASEL_BAR_SUCCESS, sentence, NULL);
}

static void
find_file (EaselModelsWindow *self, const EaselShelfModel *model)
{
  easel_error_bar_clear (self->notice);
  easel_file_finder_find (self->finder, GTK_WIDGET (self), model);
}

static void
on_find (EaselTransferRow *row, EaselModelsWindow *self)
{
  find_file (self, easel_transfer_get_model (easel_transfer_row_get_transfer (row)));
}

static void
on_find_failed (EaselModelsWindow *self, const char *sentence)
{
  easel_error_bar_set_message (self->notice, EASEL_BAR_ERROR, sentence, NULL);
}

/* What waits for the lost one is to come from the new place. */
static void
on_found (EaselModelsWindow *self, const EaselShelfModel *lost, const EaselShelfModel *found)
{
  GListModel *transfers = self->pod != NULL ? easel_pod_models_get_transfers (self->pod) : NULL;

  for (guint i = 0; transfers != NULL && i < g_list_model_get_n_items (transfers); i++)
    {
      g_autoptr (EaselTransfer) transfer = g_list_model_get_item (transfers, i);
      const EaselShelfModel *model = easel_transfer_get_model (transfer);

      if (g_str_equal (model->folder, lost->folder) && g_str_equal (model->name, lost->name) &&
          easel_transfer_is_upload (transfer) &&
          easel_transfer_get_state (transfer) != EASEL_TRANSFER_DONE)
        {
          easel_pod_models_replace (self->pod, transfer, found);
          return;
        }
    }
}

static void
on_bring (EaselModelRow *row, EaselModelsWindow *self)
{
  const EaselShelfModel *model =
      find_on_shelf (self, easel_model_row_get_folder (row), easel_model_row_get_name (row));

  if (model == NULL || self->pod == NULL)
    return;
  if (trouble_of (self, model) >= EASEL_FILE_GONE)
    {
      find_file (self, model);
      return;
    }
  easel_add_model_box_focus (self->add);
  easel_pod_models_add (self->pod, model);
}

/* With it goes its row, and what was said when it came. */
static void
on_remove_decided (EaselModelsWindow *self, const char *answer)
{
  if (!g_str_equal (answer, "remove"))
    return;
  easel_error_bar_clear (self->arrived);
  easel_add_model_box_focus (self->add);
}

static void
on_remove (EaselModelRow *row, EaselModelsWindow *self)
{
  const char *folder = easel_model_row_get_folder (row);
  const char *name = easel_model_row_get_name (row);
  EaselQuestion *question;

  if (self->pod == NULL)
    return;
  question = easel_model_removal_new (GTK_WINDOW (self), self->pod, gpu_name (self), folder, name,
                                      find_on_shelf (self, folder, name) != NULL);
  g_signal_connect_object (question, "response", G_CALLBACK (on_remove_decided), self,
                           G_CONNECT_SWAPPED);
  gtk_window_present (GTK_WINDOW (question));
}

/* Lists */

static EaselModelKind
get_kind (GPtrArray *files, guint index)
{
  const EaselPodFile *file = g_ptr_array_index (files, index);

  return easel_model_text_kind_of_folder (file->folder);
}

static void
show_files (EaselModelsWindow *self, const EaselModelsView *view)
{
  g_autoptr (GPtrArray) sorted = g_ptr_array_new ();
  const gboolean is_looked_at =
      view->is_up && (view->state == EASEL_POD_MODELS_KNOWN || view->state == EASEL_POD_MODELS_OLD);

  for (guint i = 0; is_looked_at && view->files != NULL && i < view->files->len; i++)
    g_ptr_array_add (sorted, g_ptr_array_index (view->files, i));
  easel_model_rows_sort (sorted);
  for (guint i = 0; i < sorted->len; i++)
    {
      const EaselPodFile *file = g_ptr_array_index (sorted, i);
      const EaselShelfModel *model = find_on_shelf (self, file->folder, file->name);
      gboolean is_new;
      EaselModelRow *row =
          easel_model_rows_take (self->files, (int) i, file->folder, file->name, &is_new);
      g_autofree char *size = easel_model_text_size (file->size);
      /* Translators: a size, and that the model is one of the person's own. */
      g_autofree char *mine =
          model != NULL ? g_strdup_printf (_ ("%s · on your list"), size) : NULL;

      easel_model_row_set_facts (row, mine != NULL ? mine : size);
      easel_model_row_set_heading (row, i == 0 || get_kind (sorted, i - 1) != get_kind (sorted, i)
                                            ? easel_model_text_kinds (get_kind (sorted, i))
                                            : NULL);
      if (is_new)
        {
          /* Translators: for screen readers: a button; %s is a file. */
          g_autofree char *full = g_strdup_printf (_ ("Remove %s…"), file->name);

          easel_model_row_set_button (row, _ ("Remove…"), full);
          g_signal_connect_object (row, "chosen", G_CALLBACK (on_remove), self, 0);
        }
    }
  easel_model_rows_cut (self->files, (int) sorted->len);
  gtk_widget_set_visible (self->file_box, is_looked_at);
  gtk_widget_set_visible (GTK_WIDGET (self->files), sorted->len > 0);
  gtk_widget_set_visible (GTK_WIDGET (self->no_files), sorted->len == 0);
}

static gboolean
is_there (const EaselModelsView *view, const EaselShelfModel *model)
{
  for (guint i = 0; view->files != NULL && i < view->files->len; i++)
    {
      const EaselPodFile *file = g_ptr_array_index (view->files, i);

      if (g_str_equal (file->folder, model->folder) && g_str_equal (file->name, model->name))
        return TRUE;
    }
  for (guint i = 0; view->transfers != NULL && i < g_list_model_get_n_items (view->transfers); i++)
    {
      g_autoptr (EaselTransfer) transfer = g_list_model_get_item (view->transfers, i);
      const EaselShelfModel *other = easel_transfer_get_model (transfer);

      if (g_strcmp0 (other->folder, model->folder) == 0 &&
          g_strcmp0 (other->name, model->name) == 0)
        return TRUE;
    }
  return FALSE;
}

/* How much of the disk is not spoken for yet. */
static guint64
get_room (const EaselModelsView *view)
{
  guint64 taken = KEEP_FREE;

  for (guint i = 0; view->transfers != NULL && i < g_list_model_get_n_items (view->transfers); i++)
    {
      g_autoptr (EaselTransfer) transfer = g_list_model_get_item (view->transfers, i);
      const EaselTransferState state = easel_transfer_get_state (transfer);
      const guint64 size = easel_transfer_get_size (transfer);
      const guint64 have = easel_transfer_get_have (transfer);

      if (state != EASEL_TRANSFER_DONE && state != EASEL_TRANSFER_FAILED && size > have)
        taken += size - have;
    }
  return view->disk_free > taken ? view->disk_free - taken : 0;
}

/* Without its file it cannot be brought, but it can be found; without room, something else has to
 * be removed first. */
static void
show_wish (EaselModelsWindow *self,
           EaselModelRow *row,
           const EaselShelfModel *model,
           const EaselModelsView *view)
{
  const EaselFileTrouble trouble = trouble_of (self, model);
  g_autofree char *facts = easel_model_text_facts (model);
  g_autofree char *warning = easel_model_text_trouble (trouble);
  g_autofree char *no_room = NULL;
  g_autofree char *full = NULL;

  if (trouble < EASEL_FILE_GONE && view->disk_total > 0)
    no_room = easel_model_text_no_room (model->size, get_room (view));
  easel_model_row_set_facts (row, facts);
  easel_model_row_set_warning (row, no_room != NULL ? no_room : warning);
  easel_model_row_set_sensitive (row, no_room == NULL);
  if (trouble >= EASEL_FILE_GONE)
    full = g_strdup_printf (_ ("Find the File %s…"), model->name);
  else
    /* Translators: for screen readers: a button; %s is a file. */
    full = g_strdup_printf (_ ("Bring %s"), model->name);
  easel_model_row_set_button (row, trouble >= EASEL_FILE_GONE ? _ ("Find the File…") : _ ("Bring"),
                              full);
}

/* What is remembered, but neither there nor on its way. */
static void
show_shelf (EaselModelsWindow *self, const EaselModelsView *view)
{
  GPtrArray *models = easel_shelf_get_models (get_shelf (self));
  const gboolean is_looked_at = view->is_up && view->state == EASEL_POD_MODELS_KNOWN;
  int n = 0;

  for (guint i = 0; is_looked_at && i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);
      EaselModelRow *row;
      gboolean is_new;

      if (is_there (view, model))
        continue;
      row = easel_model_rows_take (self->shelf, n++, model->folder, model->name, &is_new);
      show_wish (self, row, model, view);
      if (is_new)
        g_signal_connect_object (row, "chosen", G_CALLBACK (on_bring), self, 0);
    }
  easel_model_rows_cut (self->shelf, n);
  gtk_widget_set_visible (self->shelf_box, n > 0);
}

static GtkWidget *
create_transfer (gpointer item, gpointer user_data)
{
  EaselModelsWindow *self = EASEL_MODELS_WINDOW (user_data);
  GtkWidget *row =
      easel_transfer_row_new (EASEL_TRANSFER (item), easel_session_get_model_tokens (self->session),
                              gpu_name (self));

  g_signal_connect_object (row, "cancel", G_CALLBACK (on_cancel), self, 0);
  g_signal_connect_object (row, "retry", G_CALLBACK (on_retry), self, 0);
  g_signal_connect_object (row, "find", G_CALLBACK (on_find), self, 0);
  g_signal_connect_object (row, "arrived", G_CALLBACK (on_arrived), self, G_CONNECT_SWAPPED);
  /* It may have arrived before anybody listened. */
  if (easel_transfer_get_state (EASEL_TRANSFER (item)) == EASEL_TRANSFER_DONE)
    on_arrived (self);
  return row;
}

/* Whoever looks wants to know it now, also on the way back from where files are moved. */
static void
check_files (EaselModelsWindow *self)
{
  if (self->session != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    easel_shelf_files_check (easel_session_get_shelf_files (self->session));
}

/* Only what is on the list is looked after; a transfer of something else has no trouble. */
static void
show_troubles (EaselModelsWindow *self)
{
  GtkListBoxRow *row;
  gboolean is_missed = FALSE;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->transfers, i)) != NULL; i++)
    {
      EaselTransfer *transfer = easel_transfer_row_get_transfer (EASEL_TRANSFER_ROW (row));
      const EaselShelfModel *model = easel_transfer_get_model (transfer);

      easel_transfer_row_set_trouble (EASEL_TRANSFER_ROW (row), trouble_of (self, model));
      is_missed |= trouble_of (self, model) == EASEL_FILE_FINE &&
                   g_error_matches (easel_transfer_get_error (transfer), EASEL_ERROR,
                                    EASEL_ERROR_UNREADABLE_FILE);
    }
  /* The transfer has noticed it first. */
  if (is_missed)
    check_files (self);
}

static void
show_transfers (EaselModelsWindow *self, const EaselModelsView *view)
{
  GListModel *transfers = view->is_up ? view->transfers : NULL;

  if (g_set_object (&self->shown, transfers))
    gtk_list_box_bind_model (self->transfers, transfers, create_transfer, self, NULL);
  show_troubles (self);
  gtk_widget_set_visible (self->transfer_box,
                          transfers != NULL && g_list_model_get_n_items (transfers) > 0);
}

/* The rest of the window */

static void
show_disk (EaselModelsWindow *self, const EaselModelsView *view)
{
  const gboolean is_known = view->is_up && view->disk_total > 0;
  const guint64 used = view->disk_total > view->disk_free ? view->disk_total - view->disk_free : 0;

  gtk_widget_set_visible (self->disk, is_known);
  easel_add_model_box_set_room (self->add, is_known, get_room (view));
  if (!is_known)
    return;
  easel_ui_take_text (self->disk_text, easel_model_text_disk (view->disk_free, view->disk_total));
  gtk_level_bar_set_value (self->disk_bar, (double) used / (double) view->disk_total);
}

static const char *
waiting_text (EaselModelsWindow *self, const EaselModelsView *view, gboolean *ret_is_coming)
{
  *ret_is_coming = TRUE;
  if (view->is_up)
    return view->state == EASEL_POD_MODELS_WAITING ? _ ("Asking the GPU what is there…") : NULL;
  switch (easel_rental_get_state (self->rental))
    {
    case EASEL_RENTAL_RENTING:
    case EASEL_RENTAL_STARTING:
    case EASEL_RENTAL_RESUMING:
    case EASEL_RENTAL_READY:
    case EASEL_RENTAL_TROUBLE:
      return _ ("Waiting for the GPU to be ready. Its models are shown here as soon as it is.");
    case EASEL_RENTAL_PAUSING:
    case EASEL_RENTAL_PAUSED:
    case EASEL_RENTAL_DELETING:
    case EASEL_RENTAL_STUCK:
    case EASEL_RENTAL_GONE:
    case EASEL_RENTAL_UNSEEN:
    case EASEL_N_RENTAL_STATES:
    default:
      *ret_is_coming = FALSE;
      return _ ("This GPU does not run any more.");
    }
}

static void
show_state (EaselModelsWindow *self, const EaselModelsView *view)
{
  gboolean is_coming;
  const char *text = waiting_text (self, view, &is_coming);
  const gboolean has_no_agent = view->is_up && view->state == EASEL_POD_MODELS_NO_AGENT;
  const gboolean is_old = view->is_up && view->state == EASEL_POD_MODELS_OLD;

  gtk_widget_set_visible (self->waiting, text != NULL);
  easel_ui_set_text (self->waiting_text, text);
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), is_coming);
  gtk_spinner_set_spinning (self->spinner, text != NULL && is_coming);
  self->has_no_agent = has_no_agent;
  gtk_widget_set_visible (self->no_agent, has_no_agent);
  gtk_widget_set_visible (GTK_WIDGET (self->add), view->is_up);
  if (is_old && view->error != NULL)
    {
      easel_error_bar_set_error (self->bar, view->error, gpu_name (self));
      /* It is asked again by itself. */
      easel_error_bar_set_button_label (self->bar, NULL);
    }
  else if (is_old)
    easel_error_bar_set_message (self->bar, EASEL_BAR_WARNING,
                                 _ ("The GPU does not answer now. What is listed may be old."),
                                 NULL);
  else
    easel_error_bar_clear (self->bar);
}

/**
 * _easel_models_window_show:
 * @self: a window
 * @view: what to say
 */
void
_easel_models_window_show (EaselModelsWindow *self, const EaselModelsView *view)
{
  g_return_if_fail (EASEL_IS_MODELS_WINDOW (self));
  g_return_if_fail (view != NULL);

  show_state (self, view);
  show_disk (self, view);
  show_transfers (self, view);
  show_shelf (self, view);
  show_files (self, view);
  easel_add_model_box_set_workload (self->add, get_workload (self));
}

static void
refresh (EaselModelsWindow *self)
{
  EaselModelsView view = { .is_up = self->pod != NULL };

  if (self->session == NULL)
    return;
  if (self->pod != NULL)
    {
      view.state = easel_pod_models_get_state (self->pod);
      view.error = easel_pod_models_get_error (self->pod);
      view.files = easel_pod_models_get_files (self->pod);
      view.disk_free = easel_pod_models_get_disk_free (self->pod);
      view.disk_total = easel_pod_models_get_disk_total (self->pod);
      view.transfers = easel_pod_models_get_transfers (self->pod);
    }
  _easel_models_window_show (self, &view);
}

/**
 * _easel_models_window_set_pod:
 * @self: a window
 * @pod: (nullable): whose models are shown
 */
void
_easel_models_window_set_pod (EaselModelsWindow *self, EaselPodModels *pod)
{
  const gboolean is_mapped = gtk_widget_get_mapped (GTK_WIDGET (self));

  g_return_if_fail (EASEL_IS_MODELS_WINDOW (self));
  g_return_if_fail (pod == NULL || EASEL_IS_POD_MODELS (pod));

  if (pod != self->pod)
    {
      if (self->pod != NULL && is_mapped)
        easel_pod_models_set_watched (self->pod, FALSE);
      g_set_object (&self->pod, pod);
      g_signal_group_set_target (self->pod_group, pod);
      if (pod != NULL && is_mapped)
        easel_pod_models_set_watched (pod, TRUE);
    }
  refresh (self);
}

static void
find_pod (EaselModelsWindow *self)
{
  EaselTransfers *transfers = easel_session_get_transfers (self->session);

  _easel_models_window_set_pod (self, easel_transfers_get_pod (transfers, self->rental));
}

static void
easel_models_window_map (GtkWidget *widget)
{
  EaselModelsWindow *self = EASEL_MODELS_WINDOW (widget);

  GTK_WIDGET_CLASS (easel_models_window_parent_class)->map (widget);

  if (self->pod != NULL)
    easel_pod_models_set_watched (self->pod, TRUE);
  check_files (self);
}

static void
easel_models_window_unmap (GtkWidget *widget)
{
  EaselModelsWindow *self = EASEL_MODELS_WINDOW (widget);

  if (self->pod != NULL)
    easel_pod_models_set_watched (self->pod, FALSE);

  GTK_WIDGET_CLASS (easel_models_window_parent_class)->unmap (widget);
}

static void
easel_models_window_dispose (GObject *object)
{
  EaselModelsWindow *self = EASEL_MODELS_WINDOW (object);

  if (self->transfers != NULL)
    gtk_list_box_bind_model (self->transfers, NULL, NULL, NULL, NULL);
  g_clear_object (&self->shown);
  g_clear_object (&self->finder);
  g_clear_object (&self->pod_group);
  g_clear_object (&self->pod);
  g_clear_object (&self->rental);
  g_clear_object (&self->session);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_MODELS_WINDOW);

  G_OBJECT_CLASS (easel_models_window_parent_class)->dispose (object);
}

static void
bind_children (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, heading);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, disk);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, disk_text);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, disk_bar);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, spinner);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, waiting_text);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, no_agent);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, fallback);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, arrived);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, add);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, transfer_box);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, transfers);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, shelf_box);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, shelf);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, file_box);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, files);
  gtk_widget_class_bind_template_child (widget_class, EaselModelsWindow, no_files);
}

static void
easel_models_window_class_init (EaselModelsWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_models_window_dispose;
  widget_class->map = easel_models_window_map;
  widget_class->unmap = easel_models_window_unmap;

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-models-window.ui");
  bind_children (widget_class);
  gtk_widget_class_bind_template_callback (widget_class, on_add);
  gtk_widget_class_bind_template_callback (widget_class, on_keep);
}

static void
easel_models_window_init (EaselModelsWindow *self)
{
  static const char *const offsets[] = { GTK_LEVEL_BAR_OFFSET_LOW, GTK_LEVEL_BAR_OFFSET_HIGH,
                                         GTK_LEVEL_BAR_OFFSET_FULL };

  g_type_ensure (EASEL_TYPE_ADD_MODEL_BOX);
  gtk_widget_init_template (GTK_WIDGET (self));
  /* A full disk is no success: one colour for all. */
  for (gsize i = 0; i < G_N_ELEMENTS (offsets); i++)
    gtk_level_bar_remove_offset_value (self->disk_bar, offsets[i]);
  self->pod_group = g_signal_group_new (EASEL_TYPE_POD_MODELS);
  g_signal_group_connect_swapped (self->pod_group, "changed", G_CALLBACK (refresh), self);
}

static EaselModelsWindow *
find_open (EaselRental *rental)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWindow) window = g_list_model_get_item (windows, i);

      if (EASEL_IS_MODELS_WINDOW (window) && EASEL_MODELS_WINDOW (window)->rental == rental)
        return EASEL_MODELS_WINDOW (window);
    }
  return NULL;
}

/**
 * easel_models_window_open:
 * @parent: (nullable): the window that it belongs to
 * @rental: whose models are shown
 *
 * Returns: (transfer none): the window, to be presented
 */
GtkWindow *
easel_models_window_open (GtkWindow *parent, EaselSession *session, EaselRental *rental)
{
  EaselModelsWindow *self;
  g_autofree char *title = NULL;

  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);

  self = find_open (rental);
  if (self != NULL)
    return GTK_WINDOW (self);
  self = g_object_new (EASEL_TYPE_MODELS_WINDOW, NULL);
  self->session = g_object_ref (session);
  self->rental = g_object_ref (rental);
  self->finder = easel_file_finder_new (session);
  g_signal_connect_object (self->finder, "found", G_CALLBACK (on_found), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->finder, "failed", G_CALLBACK (on_find_failed), self,
                           G_CONNECT_SWAPPED);
  /* Translators: %s is a GPU, "RTX 3090". */
  title = g_strdup_printf (_ ("Models on the %s"), gpu_name (self));
  easel_side_window_set_up (GTK_WINDOW (self), parent, title);
  gtk_window_set_default_size (GTK_WINDOW (self), DEFAULT_WIDTH, DEFAULT_HEIGHT);
  easel_ui_set_text (self->heading, title);
  easel_add_model_box_set_services (self->add, easel_session_get_model_inspector (session),
                                    easel_session_get_model_tokens (session), get_shelf (self));
  easel_add_model_box_accept_drops (self->add, GTK_WIDGET (self));
  g_signal_connect_object (easel_session_get_transfers (session), "changed", G_CALLBACK (find_pod),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (rental, "notify::state", G_CALLBACK (find_pod), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (get_shelf (self), "changed", G_CALLBACK (refresh), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (easel_session_get_shelf_files (session), "changed", G_CALLBACK (refresh),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self, "notify::is-active", G_CALLBACK (check_files), self, 0);
  find_pod (self);
  easel_add_model_box_focus (self->add);

  return GTK_WINDOW (self);
}
