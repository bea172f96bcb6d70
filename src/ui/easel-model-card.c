/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What was found behind a link or in a file, before anything is fetched or sent. The kind is what
 * the file says of itself; where it says nothing, the person has to choose before Add can be
 * pressed. The folder follows from the kind, and can be another one under "More". For what the GPU
 * has no room, Add becomes a way to keep it for another one.
 *
 * Names for the robot: buttons "Add NAME" ("Add NAME to the List Only" without room) and "Cancel
 * adding NAME", check button "Bring it with
 * every new GPU", drop-downs "Kind of NAME" and "Folder of NAME", expander "More". */

#include "config.h"
#include "easel-model-card.h"

#include "easel-model-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

struct _EaselModelCard
{
  GtkBox parent_instance;

  GtkLabel *name;       /* (unowned): child of the template */
  GtkLabel *facts;      /* (unowned): child of the template */
  GtkDropDown *kind;    /* (unowned): child of the template */
  GtkDropDown *folder;  /* (unowned): child of the template */
  GtkCheckButton *tick; /* (unowned): child of the template */
  GtkWidget *warnings;  /* (unowned): child of the template */
  GtkLabel *unknown;    /* (unowned): child of the template */
  GtkLabel *misfit;     /* (unowned): child of the template */
  GtkLabel *no_room;    /* (unowned): child of the template */
  GtkLabel *taken;      /* (unowned): child of the template */
  GtkWidget *add;       /* (unowned): child of the template */
  GtkWidget *cancel;    /* (unowned): child of the template */

  EaselShelfModel *found; /* (owned) */
  EaselModelPlace place;
  gboolean is_syncing;
};

enum
{
  ADD,
  CANCEL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselModelCard, easel_model_card, GTK_TYPE_BOX)

/* In the order in which people have them; the unknown one stands for "Choose…". */
static const EaselModelKind kinds[] = {
  EASEL_MODEL_UNKNOWN,    EASEL_MODEL_LORA,         EASEL_MODEL_CHECKPOINT,  EASEL_MODEL_CONTROLNET,
  EASEL_MODEL_DIFFUSION,  EASEL_MODEL_UPSCALER,     EASEL_MODEL_EMBEDDING,   EASEL_MODEL_VAE,
  EASEL_MODEL_IP_ADAPTER, EASEL_MODEL_TEXT_ENCODER, EASEL_MODEL_CLIP_VISION,
};

/* Where the GPU takes files; the first ones in the order of the kinds. */
static const char *const folders[] = {
  NULL,
  "loras",
  "checkpoints",
  "controlnet",
  "diffusion_models",
  "upscale_models",
  "embeddings",
  "vae",
  "ipadapter",
  "text_encoders",
  "clip_vision",
  "inpaint",
  "style_models",
  "model_patches",
  "hypernetworks",
};

static EaselModelKind
get_kind (EaselModelCard *self)
{
  const guint selected = gtk_drop_down_get_selected (self->kind);

  return selected < G_N_ELEMENTS (kinds) ? kinds[selected] : EASEL_MODEL_UNKNOWN;
}

static const char *
get_folder (EaselModelCard *self)
{
  const guint selected = gtk_drop_down_get_selected (self->folder);

  return selected < G_N_ELEMENTS (folders) ? folders[selected] : NULL;
}

static void
select_folder (EaselModelCard *self, const char *folder)
{
  guint i;

  for (i = G_N_ELEMENTS (folders) - 1; i > 0; i--)
    if (g_strcmp0 (folders[i], folder) == 0)
      break;
  gtk_drop_down_set_selected (self->folder, i);
}

static void
select_kind (EaselModelCard *self, EaselModelKind kind)
{
  guint i;

  for (i = G_N_ELEMENTS (kinds) - 1; i > 0; i--)
    if (kinds[i] == kind)
      break;
  gtk_drop_down_set_selected (self->kind, i);
}

static void
show_button (EaselModelCard *self, gboolean has_room)
{
  const char *name = self->found->name;

  gtk_button_set_label (GTK_BUTTON (self->add), has_room ? _ ("Add") : _ ("Add to the List Only"));
  /* Translators: for screen readers, as are the next four: %s is a file. */
  easel_ui_take_accessible_name (self->add,
                                 has_room ? g_strdup_printf (_ ("Add %s"), name)
                                          : g_strdup_printf (_ ("Add %s to the List Only"), name));
  if (has_room)
    gtk_widget_add_css_class (self->add, "suggested-action");
  else
    gtk_widget_remove_css_class (self->add, "suggested-action");
}

static void
update (EaselModelCard *self)
{
  g_autoptr (EaselShelfModel) model = easel_model_card_dup_model (self);
  const gboolean is_known = model->folder != NULL;

  easel_ui_take_text (self->facts, easel_model_text_facts (model));
  easel_ui_set_text (self->unknown, is_known ? NULL
                                             : _ ("The file does not say what it is. Choose what "
                                                  "its page says."));
  easel_ui_take_text (self->misfit,
                      self->place.workload != 0
                          ? easel_model_text_misfit (model->kind, model->base, self->place.workload)
                          : NULL);
  easel_ui_take_text (self->no_room,
                      self->place.has_room
                          ? easel_model_text_no_room (model->size, self->place.free_bytes)
                          : NULL);
  show_button (self, easel_model_card_fits (self));
  easel_ui_set_text (self->taken, self->place.is_taken
                                      ? _ ("You have one of this name already. This one takes "
                                           "its place.")
                                      : NULL);
  gtk_widget_set_visible (self->warnings, gtk_widget_get_visible (GTK_WIDGET (self->unknown)) ||
                                              gtk_widget_get_visible (GTK_WIDGET (self->misfit)) ||
                                              gtk_widget_get_visible (GTK_WIDGET (self->no_room)) ||
                                              gtk_widget_get_visible (GTK_WIDGET (self->taken)));
  gtk_widget_set_sensitive (self->add, is_known);
}

static void
on_kind_selected (EaselModelCard *self)
{
  if (self->is_syncing || self->found == NULL)
    return;
  self->is_syncing = TRUE;
  select_folder (self, easel_model_kind_folder (get_kind (self)));
  self->is_syncing = FALSE;
  update (self);
}

static void
on_folder_selected (EaselModelCard *self)
{
  if (!self->is_syncing && self->found != NULL)
    update (self);
}

static void
on_add_clicked (EaselModelCard *self)
{
  g_signal_emit (self, signals[ADD], 0);
}

static void
on_cancel_clicked (EaselModelCard *self)
{
  g_signal_emit (self, signals[CANCEL], 0);
}

static void
easel_model_card_dispose (GObject *object)
{
  EaselModelCard *self = EASEL_MODEL_CARD (object);

  g_clear_pointer (&self->found, easel_shelf_model_free);
  gtk_widget_dispose_template (GTK_WIDGET (self), EASEL_TYPE_MODEL_CARD);

  G_OBJECT_CLASS (easel_model_card_parent_class)->dispose (object);
}

static void
easel_model_card_class_init (EaselModelCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_model_card_dispose;

  signals[ADD] = g_signal_new ("add", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 0);
  signals[CANCEL] = g_signal_new ("cancel", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               EASEL_UI_RESOURCE_PREFIX "/ui/easel-model-card.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, name);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, facts);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, kind);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, folder);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, tick);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, warnings);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, unknown);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, misfit);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, no_room);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, taken);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, add);
  gtk_widget_class_bind_template_child (widget_class, EaselModelCard, cancel);
  gtk_widget_class_bind_template_callback (widget_class, on_kind_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_folder_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_add_clicked);
  gtk_widget_class_bind_template_callback (widget_class, on_cancel_clicked);
}

static void
easel_model_card_init (EaselModelCard *self)
{
  g_autoptr (GtkStringList) kind_names = gtk_string_list_new (NULL);
  g_autoptr (GtkStringList) folder_names = gtk_string_list_new (NULL);
  guint i;

  gtk_widget_init_template (GTK_WIDGET (self));
  for (i = 0; i < G_N_ELEMENTS (kinds); i++)
    gtk_string_list_append (kind_names, kinds[i] == EASEL_MODEL_UNKNOWN
                                            ? _ ("Choose…")
                                            : easel_model_text_kind (kinds[i]));
  for (i = 0; i < G_N_ELEMENTS (folders); i++)
    gtk_string_list_append (folder_names, folders[i] != NULL ? folders[i] : _ ("Choose…"));
  gtk_drop_down_set_model (self->kind, G_LIST_MODEL (kind_names));
  gtk_drop_down_set_model (self->folder, G_LIST_MODEL (folder_names));
  easel_ui_wrap_label_of (GTK_WIDGET (self->tick));
}

/**
 * easel_model_card_new:
 * @found: what the inspector says; copied
 *
 * Returns: (transfer floating): a card for it
 */
GtkWidget *
easel_model_card_new (const EaselShelfModel *found)
{
  EaselModelCard *self;

  g_return_val_if_fail (found != NULL && found->name != NULL, NULL);

  self = g_object_new (EASEL_TYPE_MODEL_CARD, NULL);
  self->found = easel_shelf_model_copy (found);
  easel_ui_set_text (self->name, found->name);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->name),
                               found->link != NULL ? found->link : found->path);
  easel_ui_set_accessible_name (GTK_WIDGET (self), found->name);
  easel_ui_take_accessible_name (self->cancel,
                                 g_strdup_printf (_ ("Cancel adding %s"), found->name));
  easel_ui_take_accessible_name (GTK_WIDGET (self->kind),
                                 g_strdup_printf (_ ("Kind of %s"), found->name));
  easel_ui_take_accessible_name (GTK_WIDGET (self->folder),
                                 g_strdup_printf (_ ("Folder of %s"), found->name));
  gtk_check_button_set_active (self->tick, found->is_ticked);
  self->is_syncing = TRUE;
  select_kind (self, found->kind);
  select_folder (self, found->folder);
  self->is_syncing = FALSE;
  update (self);

  return GTK_WIDGET (self);
}

/**
 * easel_model_card_set_place:
 * @self: a card
 * @place: what the model is compared with
 *
 * Says what speaks against adding it.
 */
void
easel_model_card_set_place (EaselModelCard *self, const EaselModelPlace *place)
{
  g_return_if_fail (EASEL_IS_MODEL_CARD (self));
  g_return_if_fail (place != NULL);

  self->place = *place;
  update (self);
}

/**
 * easel_model_card_dup_model:
 * @self: a card
 *
 * Returns: (transfer full): the model as the person wants it; without a folder nothing was chosen
 */
EaselShelfModel *
easel_model_card_dup_model (EaselModelCard *self)
{
  EaselShelfModel *model;

  g_return_val_if_fail (EASEL_IS_MODEL_CARD (self), NULL);

  model = easel_shelf_model_copy (self->found);
  model->kind = get_kind (self);
  g_free (model->folder);
  model->folder = g_strdup (get_folder (self));
  model->is_ticked = gtk_check_button_get_active (self->tick);
  return model;
}

/**
 * easel_model_card_fits:
 * @self: a card
 *
 * Returns: whether the GPU has room for it, as far as anybody knows
 */
gboolean
easel_model_card_fits (EaselModelCard *self)
{
  g_return_val_if_fail (EASEL_IS_MODEL_CARD (self), FALSE);

  return !self->place.has_room || self->found->size <= self->place.free_bytes;
}

/**
 * easel_model_card_focus:
 * @self: a card
 *
 * The focus goes to the next step: what has to be chosen, or Add.
 */
void
easel_model_card_focus (EaselModelCard *self)
{
  g_return_if_fail (EASEL_IS_MODEL_CARD (self));

  gtk_widget_grab_focus (gtk_widget_is_sensitive (self->add) ? self->add : GTK_WIDGET (self->kind));
}
