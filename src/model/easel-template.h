/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The port of the plugin's server in the container, see facts of the image: nginx listens there. */
#define EASEL_SERVER_PORT 3001

typedef enum
{
  EASEL_TEMPLATE_OK,
  EASEL_TEMPLATE_NO_PORT,
  EASEL_TEMPLATE_SERVERLESS,
  EASEL_TEMPLATE_NOT_NVIDIA
} EaselTemplateVerdict;

/**
 * EaselTemplateData:
 * @provider_id: "runpod", "vast"
 * @id: the provider's handle; empty when only an image is known
 * @name: as the provider shows it
 * @image: container image with tag
 * @args: start command, empty for the image's own
 * @disk_gb: container disk
 * @workspace_gb: lasting disk, 0 if none
 * @workspace_path: (nullable): where it is mounted
 * @ports: "3001/http", "22/tcp"
 * @is_public: made visible by its owner
 * @is_own: belongs to this account
 * @serverless: not for pods
 * @nvidia: meant for NVIDIA GPUs
 * @source: (nullable): "official", "verified", "community", "own"
 */
typedef struct
{
  const char *provider_id;
  const char *id;
  const char *name;
  const char *image;
  const char *args;
  guint disk_gb;
  guint workspace_gb;
  const char *workspace_path;
  const char *const *ports;
  gboolean is_public;
  gboolean is_own;
  gboolean serverless;
  gboolean nvidia;
  const char *source;
} EaselTemplateData;

#define EASEL_TYPE_TEMPLATE (easel_template_get_type ())
G_DECLARE_FINAL_TYPE (EaselTemplate, easel_template, EASEL, TEMPLATE, GObject)

EaselTemplate *easel_template_new (const EaselTemplateData *data);
const EaselTemplateData *easel_template_get (EaselTemplate *self);
EaselTemplateVerdict easel_template_check (EaselTemplate *self);
const char *easel_template_verdict_text (EaselTemplateVerdict verdict);
gboolean easel_template_is_krita (EaselTemplate *self);
gboolean easel_template_matches (EaselTemplate *self, const char *search_text);

G_END_DECLS
