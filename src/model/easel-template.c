/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A recipe for a server that a provider keeps: what it says of itself, whether Krita could use
 * it, and whether it is the plugin author's.
 *
 * Templates are other people's words: every string may hold anything, markup and broken UTF-8
 * included. */

#include "config.h"

#include "easel-template.h"

#include "easel-image-tag.h"

#include <glib/gi18n-lib.h>
#include <string.h>

struct _EaselTemplate
{
  GObject parent_instance;

  EaselTemplateData data; /* (owned): every string and @ports */
  char *search_key;       /* (owned): what a search looks at, folded */
};

G_DEFINE_FINAL_TYPE (EaselTemplate, easel_template, G_TYPE_OBJECT)

static void
easel_template_finalize (GObject *object)
{
  EaselTemplate *self = EASEL_TEMPLATE (object);

  g_free ((char *) self->data.provider_id);
  g_free ((char *) self->data.id);
  g_free ((char *) self->data.name);
  g_free ((char *) self->data.image);
  g_free ((char *) self->data.args);
  g_free ((char *) self->data.workspace_path);
  g_strfreev ((char **) self->data.ports);
  g_free ((char *) self->data.source);
  g_free (self->search_key);

  G_OBJECT_CLASS (easel_template_parent_class)->finalize (object);
}

static void
easel_template_class_init (EaselTemplateClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_template_finalize;
}

static void
easel_template_init (EaselTemplate *self)
{
}

static char *
copy_required (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

static char *
fold (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *normal = g_utf8_normalize (valid, -1, G_NORMALIZE_ALL);

  return g_utf8_casefold (normal, -1);
}

/**
 * easel_template_new:
 * @data: what is known; copied
 *
 * Returns: (transfer full): a template that never changes
 */
EaselTemplate *
easel_template_new (const EaselTemplateData *data)
{
  g_autofree char *searched = NULL;
  EaselTemplate *self;

  g_return_val_if_fail (data != NULL, NULL);

  self = g_object_new (EASEL_TYPE_TEMPLATE, NULL);
  self->data = *data;
  self->data.provider_id = copy_required (data->provider_id);
  self->data.id = copy_required (data->id);
  self->data.name = copy_required (data->name);
  self->data.image = copy_required (data->image);
  self->data.args = copy_required (data->args);
  self->data.workspace_path = g_strdup (data->workspace_path);
  self->data.ports = (const char *const *) g_strdupv ((char **) data->ports);
  self->data.source = g_strdup (data->source);

  searched = g_strjoin ("\n", self->data.name, self->data.id, self->data.image, NULL);
  self->search_key = fold (searched);
  return self;
}

/**
 * easel_template_get:
 * @self: a template
 *
 * Returns: (transfer none): what is known, as long as @self lives
 */
const EaselTemplateData *
easel_template_get (EaselTemplate *self)
{
  g_return_val_if_fail (EASEL_IS_TEMPLATE (self), NULL);

  return &self->data;
}

static gboolean
opens_server_port (const EaselTemplateData *data)
{
  g_autofree char *http = g_strdup_printf ("%d/http", EASEL_SERVER_PORT);
  g_autofree char *tcp = g_strdup_printf ("%d/tcp", EASEL_SERVER_PORT);

  g_assert (data != NULL);

  for (gsize i = 0; data->ports != NULL && data->ports[i] != NULL; i++)
    {
      if (g_ascii_strcasecmp (data->ports[i], http) == 0 ||
          g_ascii_strcasecmp (data->ports[i], tcp) == 0)
        return TRUE;
    }
  return FALSE;
}

/**
 * easel_template_check:
 * @self: a template
 *
 * Returns: whether Krita could reach a server made from @self, and if not, the gravest reason
 */
EaselTemplateVerdict
easel_template_check (EaselTemplate *self)
{
  g_return_val_if_fail (EASEL_IS_TEMPLATE (self), EASEL_TEMPLATE_NO_PORT);

  if (self->data.serverless)
    return EASEL_TEMPLATE_SERVERLESS;
  if (!self->data.nvidia)
    return EASEL_TEMPLATE_NOT_NVIDIA;
  if (!opens_server_port (&self->data))
    return EASEL_TEMPLATE_NO_PORT;
  return EASEL_TEMPLATE_OK;
}

/**
 * easel_template_verdict_text:
 * @verdict: what easel_template_check() said
 *
 * Returns: (transfer none): one translated sentence
 */
const char *
easel_template_verdict_text (EaselTemplateVerdict verdict)
{
  switch (verdict)
    {
    case EASEL_TEMPLATE_OK:
      return _ ("Krita can connect to a server made from this template.");
    case EASEL_TEMPLATE_SERVERLESS:
      return _ ("This template answers single calls of other programs and cannot be rented by the "
                "hour.");
    case EASEL_TEMPLATE_NOT_NVIDIA:
      return _ ("This template is not made for the NVIDIA GPUs that painting needs.");
    case EASEL_TEMPLATE_NO_PORT:
    default:
      return _ ("Krita could not connect to a server made from this template: it does not open "
                "port 3001.");
    }
}

/**
 * easel_template_is_krita:
 * @self: a template
 *
 * Returns: whether @self starts the image of the plugin's author, whoever made the template
 */
gboolean
easel_template_is_krita (EaselTemplate *self)
{
  const char *rest;

  g_return_val_if_fail (EASEL_IS_TEMPLATE (self), FALSE);

  if (!g_str_has_prefix (self->data.image, EASEL_IMAGE_REPOSITORY))
    return FALSE;
  rest = self->data.image + strlen (EASEL_IMAGE_REPOSITORY);
  return *rest == '\0' || *rest == ':' || *rest == '@';
}

/**
 * easel_template_matches:
 * @self: a template
 * @search_text: (nullable): what a person typed, any text
 *
 * Returns: whether every word of @search_text occurs in name, id or image, whatever the case
 */
gboolean
easel_template_matches (EaselTemplate *self, const char *search_text)
{
  g_autofree char *folded = NULL;
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (EASEL_IS_TEMPLATE (self), FALSE);

  if (search_text == NULL)
    return TRUE;

  folded = fold (search_text);
  words = g_strsplit_set (folded, " \t\r\n", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      if (strstr (self->search_key, words[i]) == NULL)
        return FALSE;
    }
  return TRUE;
}
