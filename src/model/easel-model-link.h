/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Who serves a link. The names of the first two are those of their tokens in the secret store. */
typedef enum
{
  EASEL_MODEL_SITE_OTHER,
  EASEL_MODEL_SITE_CIVITAI,
  EASEL_MODEL_SITE_HUGGINGFACE
} EaselModelSite;

/**
 * EaselModelLink:
 * @site: who serves it
 * @uri: (nullable): where the file is, without any token; %NULL if @civitai_model has to be asked
 * @civitai_model: number of a model of which the newest version is meant, 0 if @uri is known
 * @name: (nullable): what the file is called, if the link says it
 *
 * A link to a model: a plain value, without secrets.
 */
typedef struct
{
  EaselModelSite site;
  char *uri;
  guint64 civitai_model;
  char *name;
} EaselModelLink;

EaselModelLink *easel_model_link_parse (const char *text, GError **error);
void easel_model_link_free (EaselModelLink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselModelLink, easel_model_link_free)

char *easel_model_link_to_text (const EaselModelLink *self);
const char *easel_model_site_secret (EaselModelSite site);
EaselModelSite easel_model_site_of_host (const char *host);
gboolean easel_model_host_is_public (const char *host);
gboolean easel_model_address_is_public (GInetAddress *address);
char *easel_model_file_name (const char *text);
gboolean easel_model_name_is_safe (const char *name);

G_END_DECLS
