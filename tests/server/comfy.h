/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-test-server.h"

G_BEGIN_DECLS

/* A server that answers as ComfyUI in the plugin author's image does once everything is there.
 * Tests break it afterwards with easel_comfy_replace(). */
#define EASEL_COMFY_STATS                                                                          \
  "{\"system\":{\"os\":\"posix\"},\"devices\":[{\"name\":\"cuda:0 NVIDIA GeForce RTX 3090 : "      \
  "cudaMallocAsync\",\"type\":\"cuda\",\"index\":0,\"vram_total\":25438126080,"                    \
  "\"vram_free\":25000000000}]}"
#define EASEL_COMFY_STATUS                                                                         \
  "{\"type\":\"status\",\"data\":{\"status\":{\"exec_info\":{\"queue_remaining\":0}},\"sid\":"     \
  "\"x\"}}"
/* What the image's nginx says while ComfyUI is down. */
#define EASEL_COMFY_WAITING_PAGE                                                                   \
  "<!DOCTYPE html>\n<html><head><title>Port Not Up Yet</title></head><body></body></html>"

void easel_comfy_serve (EaselTestServer *server, const char *base);
void easel_comfy_replace (EaselTestServer *server, const char *path, const EaselTestAnswer *answer);
extern const char *const easel_comfy_classes[];

G_END_DECLS
