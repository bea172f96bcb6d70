/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * EaselProviderInfo:
 * @id: "runpod", "vast": stable, for settings, keyring and journal
 * @name: as the provider writes itself
 * @sign_up_uri: for the browser; keeps the plugin author's referral code
 * @funds_uri: where credit is added
 * @keys_uri: where keys are made
 * @console_uri: where pods can be seen and deleted by hand
 * @template_id: (nullable): the plugin author's template
 * @template_name: its name, in case the id has changed
 * @min_top_up_dollars: smallest payment
 * @encrypted: addresses are https
 * @has_pause: stopped pods keep their lasting disk
 * @has_logs: a container log can be read
 * @pushes_logs: its lines come by themselves as they are written
 * @max_command: characters that a start command may have, 0 if more than one ever has
 *
 * What never changes about a provider; static strings. The interface knows providers only by
 * this.
 */
typedef struct
{
  const char *id;
  const char *name;
  const char *sign_up_uri;
  const char *funds_uri;
  const char *keys_uri;
  const char *console_uri;
  const char *template_id;
  const char *template_name;
  guint min_top_up_dollars;
  gboolean encrypted;
  gboolean has_pause;
  gboolean has_logs;
  gboolean pushes_logs;
  guint max_command;
} EaselProviderInfo;

G_END_DECLS
