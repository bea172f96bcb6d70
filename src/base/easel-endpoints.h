/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"

G_BEGIN_DECLS

/**
 * EaselEndpoints:
 *
 * Where the world is: the providers' addresses and the speed of their time. The default is the
 * real world; a key file (`--endpoints`, `--demo`) replaces single addresses. Keys:
 * `[runpod] api graphql proxy`, `[vast] api`, `[image] tags`, `[models] civitai huggingface
 * elsewhere`, `[clock] speed real-epoch-ms cloud-epoch-ms`. A speed other than 1 is accepted only
 * when every provider address is a loopback one.
 */
typedef struct _EaselEndpoints EaselEndpoints;

EaselEndpoints *easel_endpoints_new_default (void);
EaselEndpoints *easel_endpoints_new_from_file (const char *path, GError **error);
EaselEndpoints *easel_endpoints_new_from_data (const char *data, gsize length, GError **error);
void easel_endpoints_free (EaselEndpoints *self);
const char *easel_endpoints_get (EaselEndpoints *self, const char *group, const char *key);
gboolean easel_endpoints_is_simulated (EaselEndpoints *self);
EaselClock *easel_endpoints_create_clock (EaselEndpoints *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselEndpoints, easel_endpoints_free)

G_END_DECLS
