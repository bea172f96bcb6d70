/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where models come in: an entry for a link, a button for files, and a place to drop either. What
 * comes is looked at one by one, and each gets a card before anything is fetched or sent. A site
 * that wants a token is asked again once there is one.
 *
 * Owns what waits to be looked at. What becomes of a model that was added is its owner's business.
 *
 * Names for the robot: entry "Link to a model" (takes the path of a file, too), buttons "Look"
 * (beside the entry), "Choose File…", "Stop" (while something is looked at); with a token form
 * "Make a Token at SITE", entry "Token from SITE", "Save Token from SITE"; of a card see
 * easel-model-card.c. */

#include "config.h"
#include "easel-add-model-box.h"

#include "easel-error-bar.h"
#include "easel-file-finder.h"
#include "easel-model-card.h"
#include "easel-model-input.h"
#include "easel-model-text.h"
#include "easel-token-form.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

/* Nobody types so many characters at once. */
#define PASTE_LENGTH 12

struct _EaselAddModelBox
{
  GtkBox parent_instance;

  GtkWidget *entry;      /* (unowned): child of the template */
  GtkWidget *look;       /* (unowned): child of the template */
  GtkWidget *busy;       /* (unowned): child of the template */
  GtkSpinner *spinner;   /* (unowned): child of the template */
  GtkLabel *busy_text;   /* (unowned): child of the template */
  EaselErrorBar *bar;    /* (unowned): child of the template */
  GtkWidget *token_box;  /* (unowned): child of the template */
  GtkLabel *token_text;  /* (unowned): child of the template */
  EaselTokenForm *token; /* (unowned): child of the template */
  GtkWidget *cards;      /* (unowned): child of the template */

  EaselModelInspector *inspector; /* (owned) (nullable) */
  EaselModelTokens *tokens;       /* (owned) (nullable) */
  EaselShelf *shelf;              /* (owned) (nullable) */
  GtkFileChooserNative *chooser;  /* (owned) (nullable) */
  GQueue waiting;                 /* (element-type EaselModelInput) */
  EaselModelInput *current;       /* (owned) (nullable): what is looked at */
  EaselModelInput *refused;       /* (owned) (nullable): what the bar or the form speaks of */
  GCancellable *cancellable;      /* (owned) (nullable) */
  EaselModelPlace place;
  guint length;
};

enum
{
  ADD,
  KEEP,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselAddModelBox, easel_add_model_box, GTK_TYPE_BOX)

static void look_at_next (EaselAddModelBox *self);

/* Cards */

static gboolean
is_taken (EaselAddModelBox *self, const EaselShelfModel *model)
{
  GPtrArray *models = self->shelf != NULL ? easel_shelf_get_models (self->shelf) : NULL;

  for (guint i = 0; models != NULL && i < models->len; i++)
    {
      const EaselShelfModel *other = g_ptr_array_index (models, i);

      if (g_strcmp0 (other->name, model->name) == 0 &&
          g_strcmp0 (other->folder, model->folder) == 0)
        return g_strcmp0 (other->link, model->link) != 0 ||
               g_strcmp0 (other->path, model->path) != 0;
    }
  return FALSE;
}

static void
place_card (EaselAddModelBox *self, EaselModelCard *card)
{
  g_autoptr (EaselShelfModel) model = easel_model_card_dup_model (card);
  EaselModelPlace place = self->place;
  GPtrArray *models = self->shelf != NULL ? easel_shelf_get_models (self->shelf) : NULL;

  /* As the list says it: with a checkpoint of one's own that comes along, a LoRA has its use. */
  if (models != NULL &&
      easel_model_base_fits (model->base, easel_shelf_workload_of (models, model, place.workload)))
    place.workload = 0;
  place.is_taken = is_taken (self, model);
  easel_model_card_set_place (card, &place);
}

static void
place_cards (EaselAddModelBox *self)
{
  GtkWidget *card;

  for (card = gtk_widget_get_first_child (self->cards); card != NULL;
       card = gtk_widget_get_next_sibling (card))
    place_card (self, EASEL_MODEL_CARD (card));
}

static void
remove_card (EaselAddModelBox *self, EaselModelCard *card)
{
  GtkWidget *next = gtk_widget_get_next_sibling (GTK_WIDGET (card));

  if (next == NULL)
    next = gtk_widget_get_prev_sibling (GTK_WIDGET (card));
  /* The focus must not fall out of the window with it. */
  if (next != NULL)
    easel_model_card_focus (EASEL_MODEL_CARD (next));
  else
    gtk_widget_grab_focus (self->entry);
  gtk_box_remove (GTK_BOX (self->cards), GTK_WIDGET (card));
  gtk_widget_set_visible (self->cards, next != NULL);
}

static void
on_card_add (EaselModelCard *card, EaselAddModelBox *self)
{
  g_autoptr (EaselShelfModel) model = easel_model_card_dup_model (card);
  const gboolean fits = easel_model_card_fits (card);

  remove_card (self, card);
  g_signal_emit (self, signals[fits ? ADD : KEEP], 0, model);
  place_cards (self);
}

static void
on_card_cancel (EaselModelCard *card, EaselAddModelBox *self)
{
  remove_card (self, card);
}

static void
add_card (EaselAddModelBox *self, const EaselShelfModel *found)
{
  GtkWidget *card = easel_model_card_new (found);

  g_signal_connect_object (card, "add", G_CALLBACK (on_card_add), self, 0);
  g_signal_connect_object (card, "cancel", G_CALLBACK (on_card_cancel), self, 0);
  place_card (self, EASEL_MODEL_CARD (card));
  gtk_box_append (GTK_BOX (self->cards), card);
  gtk_widget_set_visible (self->cards, TRUE);
  easel_model_card_focus (EASEL_MODEL_CARD (card));
}

/* Failures */

/* What was pressed there is about to be hidden; the focus must not fall out of the box with it. */
static void
keep_focus (EaselAddModelBox *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus != NULL && (gtk_widget_is_ancestor (focus, GTK_WIDGET (self->bar)) ||
                        gtk_widget_is_ancestor (focus, self->token_box)))
    gtk_widget_grab_focus (self->entry);
}

static void
clear_refusal (EaselAddModelBox *self)
{
  keep_focus (self);
  g_clear_pointer (&self->refused, easel_model_input_free);
  easel_error_bar_clear (self->bar);
  gtk_widget_set_visible (self->token_box, FALSE);
}

static void
ask_for_token (EaselAddModelBox *self, EaselModelSite site)
{
  const char *name = easel_model_text_site (site);

  if (easel_model_tokens_get (self->tokens, site) != NULL)
    /* Translators: %s is a site, "Civitai". */
    easel_ui_take_text (self->token_text,
                        g_strdup_printf (_ ("%s does not give this model with the token that it "
                                            "was asked with. Make a new one."),
                                         name));
  else
    /* Translators: %s is a site, "Civitai". */
    easel_ui_take_text (self->token_text,
                        g_strdup_printf (_ ("%s gives this model only to members."), name));
  easel_token_form_set_site (self->token, self->tokens, site);
  gtk_widget_set_visible (self->token_box, TRUE);
  easel_token_form_focus (self->token);
}

/* What is dropped far down a long list is answered at its top: the focus brings the answer into
 * sight. */
static void
come_into_sight (EaselAddModelBox *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if (focus == NULL || !gtk_widget_is_ancestor (focus, GTK_WIDGET (self)))
    gtk_widget_grab_focus (self->entry);
}

/* Takes @input. */
static void
show_refusal (EaselAddModelBox *self, EaselModelInput *input, const GError *error)
{
  const EaselModelSite site = easel_model_input_get_site (input);
  const char *site_name = easel_model_text_site (site);
  g_autofree char *name = easel_model_input_dup_name (input);
  g_autofree char *sentence = NULL;
  g_autofree char *whole = NULL;

  clear_refusal (self);
  self->refused = input;
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_TOKEN_NEEDED) && site_name != NULL)
    {
      ask_for_token (self, site);
      return;
    }
  easel_error_bar_set_error (self->bar, error, site_name != NULL ? site_name : name);
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_MODEL_REFUSED))
    {
      easel_error_bar_set_button_label (self->bar, _ ("Open the Page"));
      easel_error_bar_set_second_label (self->bar, _ ("Try Again"));
    }
  if (input->file == NULL)
    return;
  /* Of several files, which one. */
  sentence = easel_error_sentence (error, name);
  /* Translators: a file and what is wrong with it. */
  whole = g_strdup_printf (_ ("%s: %s"), name, sentence);
  easel_error_bar_set_sentence (self->bar, whole);
}

static void
look_again (EaselAddModelBox *self)
{
  EaselModelInput *input = g_steal_pointer (&self->refused);

  clear_refusal (self);
  if (input == NULL)
    return;
  g_queue_push_head (&self->waiting, input);
  look_at_next (self);
}

static void
on_bar_remedy (EaselAddModelBox *self, int remedy)
{
  if (remedy == EASEL_REMEDY_NONE && self->refused != NULL && self->refused->text != NULL)
    easel_ui_open_uri (GTK_WIDGET (self), self->refused->text);
  else
    look_again (self);
}

/* Looking */

static void
show_busy (EaselAddModelBox *self)
{
  const gboolean is_busy = self->current != NULL;
  g_autofree char *name = is_busy ? easel_model_input_dup_name (self->current) : NULL;

  gtk_widget_set_visible (self->busy, is_busy);
  gtk_spinner_set_spinning (self->spinner, is_busy);
  if (is_busy)
    /* Translators: %s is a site or a file, "civitai.com". */
    easel_ui_take_text (self->busy_text, g_strdup_printf (_ ("Looking at %s…"), name));
}

static void
clear_entry_of (EaselAddModelBox *self, const EaselModelInput *input)
{
  if (input->text != NULL &&
      g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (self->entry)), input->text) == 0)
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

/* A window that is closed shall not stay because somebody looks at something for it. */
static GWeakRef *
weak_new (EaselAddModelBox *self)
{
  GWeakRef *weak = g_new0 (GWeakRef, 1);

  g_weak_ref_init (weak, self);
  return weak;
}

/* Returns: (transfer full) (nullable): the box, if it is still there */
static EaselAddModelBox *
weak_take (GWeakRef *weak)
{
  EaselAddModelBox *self = g_weak_ref_get (weak);

  g_weak_ref_clear (weak);
  g_free (weak);
  return self;
}

static void
on_inspected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselAddModelBox) self = weak_take (user_data);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselShelfModel) model =
      easel_model_inspector_inspect_finish (EASEL_MODEL_INSPECTOR (source), result, &error);
  EaselModelInput *input;

  if (self == NULL || self->inspector == NULL)
    return;
  input = g_steal_pointer (&self->current);
  g_clear_object (&self->cancellable);
  if (model != NULL)
    {
      clear_entry_of (self, input);
      add_card (self, model);
      easel_model_input_free (input);
    }
  else if (easel_error_is_cancelled (error))
    easel_model_input_free (input);
  else
    show_refusal (self, input, error);
  show_busy (self);
  look_at_next (self);
}

static void
look_at_next (EaselAddModelBox *self)
{
  if (self->current != NULL || self->inspector == NULL || g_queue_is_empty (&self->waiting))
    return;
  self->current = g_queue_pop_head (&self->waiting);
  self->cancellable = g_cancellable_new ();
  if (self->current->file != NULL)
    easel_model_inspector_inspect_file_async (self->inspector, self->current->file,
                                              self->cancellable, on_inspected, weak_new (self));
  else
    easel_model_inspector_inspect_link_async (self->inspector, self->current->text,
                                              self->cancellable, on_inspected, weak_new (self));
  show_busy (self);
}

static void
on_entry_activate (EaselAddModelBox *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));

  /* Twice Enter is once. */
  if (*text == '\0' || (self->current != NULL && g_strcmp0 (self->current->text, text) == 0))
    return;
  clear_refusal (self);
  easel_model_input_take_text (&self->waiting, text);
  look_at_next (self);
}

static void
on_entry_changed (EaselAddModelBox *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  const guint length = (guint) g_utf8_strlen (text, -1);
  const gboolean is_pasted = length >= self->length + PASTE_LENGTH;

  self->length = length;
  gtk_widget_set_sensitive (self->look, length > 0);
  if (is_pasted && g_str_has_prefix (text, "http"))
    on_entry_activate (self);
}

static void
on_stop_clicked (EaselAddModelBox *self)
{
  easel_add_model_box_stop (self);
  gtk_widget_grab_focus (self->entry);
}

/* Files */

static void
on_chosen (GtkNativeDialog *dialog, int response, EaselAddModelBox *self)
{
  g_autoptr (GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    {
      files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (dialog));
      clear_refusal (self);
    }
  for (guint i = 0; files != NULL && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);

      easel_model_input_take_file (&self->waiting, file);
    }
  g_clear_object (&self->chooser);
  look_at_next (self);
}

static void
on_choose_clicked (EaselAddModelBox *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (self->chooser == NULL)
    {
      self->chooser =
          easel_file_finder_new_chooser (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL);
      gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
      g_signal_connect_object (self->chooser, "response", G_CALLBACK (on_chosen), self, 0);
    }
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* What is dragged says only by the pointer whether it may be dropped; the box says where it goes.
 */
static GdkDragAction
on_drag_enter (GtkDropTarget *target, double x, double y, EaselAddModelBox *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return 0;
  gtk_widget_add_css_class (GTK_WIDGET (self), "easel-drop");
  return GDK_ACTION_COPY;
}

static void
on_drag_leave (GtkDropTarget *target, EaselAddModelBox *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self), "easel-drop");
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, EaselAddModelBox *self)
{
  on_drag_leave (target, self);
  return easel_add_model_box_take (self, value);
}

/* Life */

static void
easel_add_model_box_dispose (GObject *object)
{
  EaselAddModelBox *self = EASEL_ADD_MODEL_BOX (object);

  easel_add_model_box_stop (self);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);
  g_clear_object (&self->inspector);
  g_clear_object (&self->tokens);
  g_clear_object (&self->shelf);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->current, easel_model_input_free);
  g_clear_pointer (&self->refused, easel_model_input_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_ADD_MODEL_BOX);

  G_OBJECT_CLASS (easel_add_model_box_parent_class)->dispose (object);
}

static void
easel_add_model_box_class_init (EaselAddModelBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_add_model_box_dispose;

  /**
   * EaselAddModelBox::add:
   * @self: a box
   * @model: (type gpointer) (transfer none): an #EaselShelfModel
   *
   * The person wants it.
   */
  signals[ADD] = g_signal_new ("add", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  /**
   * EaselAddModelBox::keep:
   * @self: a box
   * @model: (type gpointer) (transfer none): an #EaselShelfModel
   *
   * The person wants it, but the GPU has no room for it.
   */
  signals[KEEP] = g_signal_new ("keep", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-add-model-box.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, entry);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, look);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, busy);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, spinner);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, busy_text);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, bar);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, token_box);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, token_text);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, token);
  gtk_widget_class_bind_template_child (widget_class, EaselAddModelBox, cards);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_activate);
  gtk_widget_class_bind_template_callback (widget_class, on_entry_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_choose_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_stop_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_bar_remedy);
  gtk_widget_class_bind_template_callback (widget_class, look_again);
}

static void
easel_add_model_box_init (EaselAddModelBox *self)
{
  g_type_ensure (EASEL_TYPE_TOKEN_FORM);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_queue_init (&self->waiting);
}

/**
 * easel_add_model_box_set_services:
 * @self: a box
 * @inspector: looks at what comes
 * @tokens: where tokens go
 * @shelf: what is remembered already
 */
void
easel_add_model_box_set_services (EaselAddModelBox *self,
                                  EaselModelInspector *inspector,
                                  EaselModelTokens *tokens,
                                  EaselShelf *shelf)
{
  g_return_if_fail (EASEL_IS_ADD_MODEL_BOX (self));
  g_return_if_fail (EASEL_IS_MODEL_INSPECTOR (inspector));
  g_return_if_fail (EASEL_IS_MODEL_TOKENS (tokens));
  g_return_if_fail (EASEL_IS_SHELF (shelf));

  g_set_object (&self->inspector, inspector);
  g_set_object (&self->tokens, tokens);
  g_set_object (&self->shelf, shelf);
}

/**
 * easel_add_model_box_set_workload:
 * @self: a box
 * @workload: what is painted, 0 unknown
 */
void
easel_add_model_box_set_workload (EaselAddModelBox *self, EaselWorkloadSet workload)
{
  g_return_if_fail (EASEL_IS_ADD_MODEL_BOX (self));

  self->place.workload = workload;
  place_cards (self);
}

/**
 * easel_add_model_box_set_room:
 * @self: a box
 * @has_room: whether it is known
 * @free_bytes: on the disk of the GPU that it goes to
 */
void
easel_add_model_box_set_room (EaselAddModelBox *self, gboolean has_room, guint64 free_bytes)
{
  g_return_if_fail (EASEL_IS_ADD_MODEL_BOX (self));

  self->place.has_room = has_room;
  self->place.free_bytes = free_bytes;
  place_cards (self);
}

/**
 * easel_add_model_box_accept_drops:
 * @self: a box
 * @window: where files and links can be dropped, all over it
 */
void
easel_add_model_box_accept_drops (EaselAddModelBox *self, GtkWidget *window)
{
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  GType types[] = { GDK_TYPE_FILE_LIST, G_TYPE_STRING };

  g_return_if_fail (EASEL_IS_ADD_MODEL_BOX (self));
  g_return_if_fail (GTK_IS_WIDGET (window));

  gtk_drop_target_set_gtypes (target, types, G_N_ELEMENTS (types));
  /* Before the entry takes a file for its path. */
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (target), GTK_PHASE_CAPTURE);
  g_signal_connect_object (target, "enter", G_CALLBACK (on_drag_enter), self, 0);
  g_signal_connect_object (target, "leave", G_CALLBACK (on_drag_leave), self, 0);
  g_signal_connect_object (target, "drop", G_CALLBACK (on_drop), self, 0);
  gtk_widget_add_controller (window, GTK_EVENT_CONTROLLER (target));
}

/**
 * easel_add_model_box_take:
 * @self: a box
 * @dropped: a #GdkFileList or a text
 *
 * Looks at what was dropped.
 *
 * Returns: whether there was anything to look at
 */
gboolean
easel_add_model_box_take (EaselAddModelBox *self, const GValue *dropped)
{
  const guint before = g_queue_get_length (&self->waiting);
  gboolean is_any;

  g_return_val_if_fail (EASEL_IS_ADD_MODEL_BOX (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (dropped), FALSE);

  if (!gtk_widget_get_visible (GTK_WIDGET (self)))
    return FALSE;
  easel_model_input_take_dropped (&self->waiting, dropped);
  is_any = g_queue_get_length (&self->waiting) > before;
  if (is_any)
    {
      clear_refusal (self);
      come_into_sight (self);
    }
  look_at_next (self);
  return is_any;
}

/**
 * easel_add_model_box_stop:
 * @self: a box
 *
 * Looks at nothing more.
 */
void
easel_add_model_box_stop (EaselAddModelBox *self)
{
  g_return_if_fail (EASEL_IS_ADD_MODEL_BOX (self));

  g_queue_clear_full (&self->waiting, (GDestroyNotify) easel_model_input_free);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
}

/**
 * easel_add_model_box_focus:
 * @self: a box
 *
 * The next key goes into the entry.
 */
void
easel_add_model_box_focus (EaselAddModelBox *self)
{
  g_return_if_fail (EASEL_IS_ADD_MODEL_BOX (self));

  gtk_widget_grab_focus (self->entry);
}
