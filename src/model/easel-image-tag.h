/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The container image of the plugin's author. */
#define EASEL_IMAGE_REPOSITORY "aclysia/sd-comfyui-krita"

/* Plugin and image versions are major × 1000000 + minor × 1000 + patch; 0 is unknown. */
guint easel_version_parse (const char *text);
guint easel_image_tag_version (const char *image);
guint easel_image_cuda (const char *image);
guint easel_image_needed_for_plugin (guint plugin_version);
gboolean easel_image_is_too_old (const char *image, guint plugin_version);
char *easel_image_choose (const char *const *public_tags,
                          const char *template_image,
                          guint plugin_version,
                          guint host_cuda);

G_END_DECLS
