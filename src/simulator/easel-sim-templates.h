/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  EASEL_SIM_SOURCE_OFFICIAL,
  EASEL_SIM_SOURCE_VERIFIED,
  EASEL_SIM_SOURCE_COMMUNITY,
  EASEL_SIM_SOURCE_OWN,
  EASEL_SIM_SOURCE_UNLISTED /* public, but not in the slice that the catalog shows */
} EaselSimSource;

typedef struct
{
  const char *id;
  const char *name;
  const char *image;
  const char *args;
  int disk_gb;
  int volume_gb; /* 0: none */
  const char *const *ports;
  const char *const *env; /* names and values by turns */
  gboolean is_serverless;
  const char *category;
  gboolean starts_ssh;
  gboolean starts_jupyter;
  EaselSimSource source;
} EaselSimTemplate;

guint easel_sim_templates_get_n (void);
const EaselSimTemplate *easel_sim_templates_get (guint index);
const EaselSimTemplate *easel_sim_templates_find (const char *id);

G_END_DECLS
