/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of the windows about models share: files that say what they are, transfers in
 * every state, and a hand that drops things. */

#include "config.h"
#include "model-stage.h"

#include "easel-look.h"
#include "easel-pod-models-private.h"
#include "easel-test-util.h"

#include <string.h>

static const char *
header_of (const char *what)
{
  if (g_str_equal (what, MODEL_SDXL_LORA))
    return "{\"lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight\":"
           "{\"dtype\":\"F16\",\"shape\":[2,2048],\"data_offsets\":[0,8192]}}";
  if (g_str_equal (what, MODEL_FLUX_LORA))
    return "{\"lora_unet_double_blocks_0_img_mlp_0.lora_up.weight\":"
           "{\"dtype\":\"F16\",\"shape\":[2,2048],\"data_offsets\":[0,8192]}}";
  return "{\"something.weight\":{\"dtype\":\"F16\",\"shape\":[2,2048],\"data_offsets\":[0,8192]}}";
}

GBytes *
model_to_bytes (const char *what)
{
  const char *header = header_of (what);
  const guint64 length = GUINT64_TO_LE ((guint64) strlen (header));
  GByteArray *bytes = g_byte_array_new ();
  const guint8 zeros[8192] = { 0 };

  g_byte_array_append (bytes, (const guint8 *) &length, sizeof length);
  g_byte_array_append (bytes, (const guint8 *) header, (guint) strlen (header));
  g_byte_array_append (bytes, zeros, sizeof zeros);
  return g_byte_array_free_to_bytes (bytes);
}

char *
model_write (const char *folder, const char *name, const char *what)
{
  char *path = g_build_filename (folder, name, NULL);
  g_autoptr (GBytes) bytes = model_to_bytes (what);
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                       &error);
  g_assert_no_error (error);
  return path;
}

EaselShelfModel *
model_new (const char *name, EaselModelKind kind, EaselModelBase base, guint64 size)
{
  EaselShelfModel *model = g_new0 (EaselShelfModel, 1);

  model->name = g_strdup (name);
  model->folder =
      g_strdup (kind != EASEL_MODEL_UNKNOWN ? easel_model_kind_folder (kind) : "inpaint");
  model->kind = kind;
  model->base = base;
  model->size = size;
  model->link = g_strdup ("https://civitai.com/models/1234/some-model");
  model->is_ticked = TRUE;
  return model;
}

EaselTransfer *
model_transfer_new (const EaselShelfModel *model,
                    EaselTransferState state,
                    guint64 have,
                    guint64 speed,
                    GError *error)
{
  EaselTransfer *transfer = _easel_transfer_new (model);

  _easel_transfer_set_state (transfer, state, error);
  _easel_transfer_set_bytes (transfer, have, model->size, speed);
  return transfer;
}

static GtkDropTarget *
find_target (GtkWidget *window)
{
  g_autoptr (GListModel) controllers = gtk_widget_observe_controllers (window);

  for (guint i = 0; i < g_list_model_get_n_items (controllers); i++)
    {
      g_autoptr (GtkEventController) controller = g_list_model_get_item (controllers, i);

      if (GTK_IS_DROP_TARGET (controller))
        return GTK_DROP_TARGET (controller);
    }
  g_assert_not_reached ();
}

gboolean
model_drag_over (GtkWidget *window)
{
  GdkDragAction action = 0;

  g_signal_emit_by_name (find_target (window), "enter", 10.0, 10.0, &action);
  return action != 0;
}

void
model_drag_away (GtkWidget *window)
{
  g_signal_emit_by_name (find_target (window), "leave");
}

static gboolean
drop (GtkWidget *window, const GValue *value)
{
  GtkDropTarget *target = find_target (window);
  gsize n_types = 0;
  const GType *types = gtk_drop_target_get_gtypes (target, &n_types);
  gboolean is_accepted = FALSE;
  gboolean is_taken = FALSE;

  for (gsize i = 0; i < n_types; i++)
    is_accepted = is_accepted || G_VALUE_HOLDS (value, types[i]);
  g_assert_true (is_accepted);
  g_signal_emit_by_name (target, "drop", value, 10.0, 10.0, &is_taken);
  easel_test_pump ();
  return is_taken;
}

gboolean
model_drop_files (GtkWidget *window, GSList *files)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, GDK_TYPE_FILE_LIST);
  g_value_take_boxed (&value, gdk_file_list_new_from_list (files));
  return drop (window, &value);
}

gboolean
model_drop_text (GtkWidget *window, const char *text)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, text);
  return drop (window, &value);
}

static GtkWidget *
find_chooser (void)
{
  GListModel *windows = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (windows); i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (windows, i);

      if (GTK_IS_FILE_CHOOSER (window) && gtk_widget_get_mapped (window))
        return window;
    }
  return NULL;
}

static gboolean
has_chooser (gpointer data)
{
  return find_chooser () != NULL;
}

static gboolean
is_selected (gpointer data)
{
  g_autoptr (GFile) selected = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (find_chooser ()));

  return selected != NULL && g_file_equal (selected, data);
}

void
model_choose_file (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  GtkWidget *chooser;

  easel_test_wait_until (has_chooser, NULL);
  chooser = find_chooser ();
  g_assert_true (gtk_file_chooser_set_file (GTK_FILE_CHOOSER (chooser), file, NULL));
  easel_test_wait_until (is_selected, file);
  gtk_dialog_response (GTK_DIALOG (chooser), GTK_RESPONSE_ACCEPT);
  easel_test_pump ();
}

void
model_save_picture (GtkWidget *window, const char *name)
{
  const char *folder = g_getenv ("EASEL_TEST_PICTURES");
  g_autofree char *path = NULL;
  g_autoptr (GdkTexture) texture = NULL;

  if (folder == NULL)
    return;
  easel_look_settle (window);
  path = g_strdup_printf ("%s/%s.png", folder, name);
  texture = easel_look_take_picture (window);
  g_assert_true (gdk_texture_save_to_png (texture, path));
}

void
model_check_narrow (GtkWindow *window, const char *name)
{
  GtkWidget *root = GTK_WIDGET (window);
  g_autoptr (GString) problems = g_string_new (NULL);

  gtk_window_set_default_size (window, 360, 900);
  easel_look_settle (root);
  model_save_picture (root, name);
  easel_look_check_clipping (root, problems);
  g_assert_cmpstr (problems->str, ==, "");
}

void
model_check_look (GtkWindow *window, const char *name)
{
  GtkWidget *root = GTK_WIDGET (window);
  g_autoptr (GString) problems = g_string_new (NULL);
  int minimum;

  gtk_widget_measure (root, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  for (int dark = 0; dark < 2; dark++)
    {
      g_autofree char *picture = g_strconcat (name, dark != 0 ? "-dark" : "-light", NULL);

      easel_look_set_dark (dark != 0);
      easel_look_settle (root);
      model_save_picture (root, picture);
      g_assert_cmpuint (easel_look_check_contrast (root, problems), >, 3);
      easel_look_check_clipping (root, problems);
      g_assert_cmpstr (problems->str, ==, "");
    }
  easel_look_set_dark (FALSE);
}
