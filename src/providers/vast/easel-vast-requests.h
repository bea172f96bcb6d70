/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-launch-spec.h"
#include "easel-vast-pacer.h"

G_BEGIN_DECLS

/* Of the plugin's author at vast.ai, and what his template was called when this was written. */
#define EASEL_VAST_AUTHOR_ID G_GINT64_CONSTANT (87451)
#define EASEL_VAST_AUTHOR_TEMPLATE "Stable Diffusion ComfyUI for Krita"
/* An older state of it, as the plugin's first guide named it. */
#define EASEL_VAST_AUTHOR_HASH "698aae540db7f987f5a8cbbdac7ad9b9"

/* Set in every container that is rented here: how much of the one disk is meant for models. */
#define EASEL_VAST_WORKSPACE_VARIABLE "EASEL_WORKSPACE_GB"

/* What the service returns at once, whatever is asked for. */
#define EASEL_VAST_OFFERS_PER_PAGE 64
#define EASEL_VAST_PODS_PER_PAGE 25

/* What is asked of a machine and checked again: Vast reference 4.2. */
#define EASEL_VAST_MIN_RELIABILITY 0.95
#define EASEL_VAST_MIN_DOWNLOAD_MBPS 200.0
#define EASEL_VAST_MIN_PORTS 2
#define EASEL_VAST_MIN_DURATION_S (3 * 24 * 3600)
/* 4 GB as machines report them: the least that any kind of picture needs. */
#define EASEL_VAST_MIN_VRAM_MIB 3800
/* Turing: CUDA 13 dropped everything older. */
#define EASEL_VAST_MIN_COMPUTE 750
/* Beside the rented disk, for the image itself. */
#define EASEL_VAST_IMAGE_ROOM_GB 20

/**
 * EaselVastSearch:
 * @need_cuda: driver floor as EASEL_CUDA(), 0 for none
 * @disk_gb: disk that will be rented
 * @from_price: dollars per hour at which the page begins, 0 for the first
 * @skip_equal: the page begins behind that price
 *
 * One page of offers.
 */
typedef struct
{
  guint need_cuda;
  guint disk_gb;
  double from_price;
  gboolean skip_equal;
} EaselVastSearch;

/**
 * EaselVastRequest:
 * @method: "GET", "POST", "PUT", "DELETE"
 * @path: (owned): below the address of the API, percent-encoded, with query
 * @body: (owned) (nullable): JSON
 * @lane: whose turn it takes
 *
 * One request to vast.ai, before address and key are added.
 */
typedef struct
{
  const char *method;
  char *path;
  GBytes *body;
  EaselVastLane lane;
} EaselVastRequest;

void easel_vast_request_free (EaselVastRequest *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselVastRequest, easel_vast_request_free)

EaselVastRequest *easel_vast_request_account (void);
EaselVastRequest *easel_vast_request_spend_rate (void);
EaselVastRequest *easel_vast_request_list_offers (const EaselVastSearch *search);
EaselVastRequest *easel_vast_request_author_template (void);
EaselVastRequest *easel_vast_request_templates_of (const gint64 *creator_ids, guint n_creators);
EaselVastRequest *easel_vast_request_recommended_templates (void);
EaselVastRequest *easel_vast_request_template_by_hash (const char *hash);
EaselVastRequest *easel_vast_request_template_by_name (const char *name);
EaselVastRequest *easel_vast_request_create_pod (const EaselLaunchSpec *spec);
EaselVastRequest *easel_vast_request_get_pod (const char *pod_id);
EaselVastRequest *easel_vast_request_find_pod (const char *pod_id);
EaselVastRequest *easel_vast_request_list_pods (const char *token);
EaselVastRequest *easel_vast_request_set_running (const char *pod_id, gboolean running);
EaselVastRequest *easel_vast_request_reboot_pod (const char *pod_id);
EaselVastRequest *easel_vast_request_delete_pod (const char *pod_id);
EaselVastRequest *easel_vast_request_logs (const char *pod_id);
EaselVastRequest *
easel_vast_request_charges (gint64 from_unix_s, gint64 to_unix_s, const char *token);

gboolean easel_vast_id_is_usable (const char *id);

G_END_DECLS
