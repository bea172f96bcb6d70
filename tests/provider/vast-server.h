/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"
#include "easel-provider.h"
#include "easel-test-server.h"

G_BEGIN_DECLS

#define VAST_KEY "a-key-for-this-test-only"
#define VAST_POD "27181828"
#define VAST_POD_PATH "/api/v0/instances/27181828/"
#define VAST_LIST_PATH "/api/v1/instances/"
#define VAST_ASK_PATH "/api/v0/asks/31415926/"

/**
 * VastServer:
 *
 * The provider in front of a scripted server, a thousand times as fast as the world, so that
 * intervals and waits take no time. Made for g_test_add(); with a non-%NULL test data pointer time
 * stands still instead.
 */
typedef struct
{
  EaselTestServer *server; /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselHttp *http;         /* (owned) */
  EaselProvider *provider; /* (owned) */
  EaselSecret *key;        /* (owned) */
} VastServer;

void vast_server_set_up (VastServer *self, gconstpointer data);
void vast_server_tear_down (VastServer *self, gconstpointer data);

/* A fixture, or a text, as the next answer. */
void vast_server_serve (VastServer *self,
                        const char *method,
                        const char *path,
                        guint status,
                        const char *fixture);
void vast_server_say (VastServer *self,
                      const char *method,
                      const char *path,
                      guint status,
                      const char *text);
guint vast_server_count (VastServer *self, const char *method, const char *path);
/* Every request so far carried the right key, and none had it anywhere else. */
void vast_server_assert_keys (VastServer *self);
/* What may be rented at the server's only offer. */
EaselLaunchSpec *vast_server_make_spec (void);

G_END_DECLS
