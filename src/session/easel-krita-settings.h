/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* What the plugin calls a server of one's own. */
#define EASEL_KRITA_MODE_EXTERNAL "external"

/* One Krita on this computer that has the plugin. */
typedef struct
{
  char *path;            /* (owned): of the plugin's settings.json, which may not exist yet */
  guint plugin_version;  /* see easel_version_parse(); 0 if unknown */
  gboolean has_settings; /* a settings.json is there */
} EaselKrita;

GPtrArray *easel_krita_find (const char *home, const char *data_home);
gboolean easel_krita_is_running (const char *proc);

char *easel_krita_change (const char *text, const char *mode, const char *address, GError **error);
gboolean easel_krita_read (const char *text, char **ret_mode, char **ret_address, GError **error);

gboolean
easel_krita_write (const char *path, const char *address, char **ret_mode_before, GError **error);
gboolean easel_krita_put_back (const char *path, const char *address, GError **error);

G_END_DECLS
