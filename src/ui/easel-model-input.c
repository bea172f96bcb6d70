/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What is typed, chosen or dropped as a model: a file or a link, and how to tell them apart.
 *
 * Reads values and answers; nothing here looks at a file or asks a site. */

#include "config.h"
#include "easel-model-input.h"

#include "easel-model-text.h"

static EaselModelInput *
input_new (const char *text, GFile *file)
{
  EaselModelInput *self = g_new0 (EaselModelInput, 1);

  self->text = g_strdup (text);
  self->file = file != NULL ? g_object_ref (file) : NULL;
  return self;
}

/**
 * easel_model_input_free:
 * @self: (transfer full) (nullable): what was brought
 */
void
easel_model_input_free (EaselModelInput *self)
{
  if (self == NULL)
    return;
  g_free (self->text);
  g_clear_object (&self->file);
  g_free (self);
}

/**
 * easel_model_input_dup_name:
 * @self: what was brought
 *
 * Returns: (transfer full): what it is called as long as nobody knows more
 */
char *
easel_model_input_dup_name (const EaselModelInput *self)
{
  char *host;
  g_autofree char *base = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->file != NULL)
    {
      base = g_file_get_basename (self->file);
      return base != NULL ? g_filename_display_name (base) : g_strdup ("");
    }
  host = easel_model_text_host (self->text);
  return host != NULL ? host : g_strdup (self->text);
}

/**
 * easel_model_input_get_site:
 * @self: what was brought
 *
 * Returns: who serves it, if it is a link
 */
EaselModelSite
easel_model_input_get_site (const EaselModelInput *self)
{
  g_autoptr (EaselModelLink) link = NULL;

  g_return_val_if_fail (self != NULL, EASEL_MODEL_SITE_OTHER);

  link = self->text != NULL ? easel_model_link_parse (self->text, NULL) : NULL;
  return link != NULL ? link->site : EASEL_MODEL_SITE_OTHER;
}

/**
 * easel_model_input_take_text:
 * @inputs: (element-type EaselModelInput): what is to be looked at
 * @text: a link, or where a file is
 *
 * Adds it, if there is anything in it.
 */
void
easel_model_input_take_text (GQueue *inputs, const char *text)
{
  g_autofree char *clean = NULL;
  g_autoptr (GFile) file = NULL;

  g_return_if_fail (inputs != NULL && text != NULL);

  clean = g_strstrip (g_strdup (text));
  if (*clean == '\0')
    return;
  if (g_str_has_prefix (clean, "file:"))
    file = g_file_new_for_uri (clean);
  else if (g_path_is_absolute (clean))
    file = g_file_new_for_path (clean);
  g_queue_push_tail (inputs, input_new (clean, file));
}

/**
 * easel_model_input_take_file:
 * @inputs: (element-type EaselModelInput): what is to be looked at
 * @file: chosen or dropped; a link that was dragged out of a browser comes as a file, too
 */
void
easel_model_input_take_file (GQueue *inputs, GFile *file)
{
  g_autofree char *uri = NULL;

  g_return_if_fail (inputs != NULL);
  g_return_if_fail (G_IS_FILE (file));

  if (g_file_is_native (file))
    {
      g_queue_push_tail (inputs, input_new (NULL, file));
      return;
    }
  uri = g_file_get_uri (file);
  easel_model_input_take_text (inputs, uri);
}

static void
take_lines (GQueue *inputs, const char *text)
{
  g_auto (GStrv) lines = g_strsplit_set (text, "\r\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    /* Comments of text/uri-list. */
    if (*lines[i] != '#')
      easel_model_input_take_text (inputs, lines[i]);
}

/**
 * easel_model_input_take_dropped:
 * @inputs: (element-type EaselModelInput): what is to be looked at
 * @dropped: a #GdkFileList or a text
 */
void
easel_model_input_take_dropped (GQueue *inputs, const GValue *dropped)
{
  g_return_if_fail (inputs != NULL);
  g_return_if_fail (G_IS_VALUE (dropped));

  if (G_VALUE_HOLDS (dropped, GDK_TYPE_FILE_LIST))
    {
      g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (dropped));

      for (GSList *item = files; item != NULL; item = item->next)
        easel_model_input_take_file (inputs, item->data);
    }
  else if (G_VALUE_HOLDS_STRING (dropped) && g_value_get_string (dropped) != NULL)
    take_lines (inputs, g_value_get_string (dropped));
}
