/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-http.h"
#include "easel-test-server.h"

G_BEGIN_DECLS

/* A file on this computer and a server to which it is sent. Fixtures have it as their first. */
typedef struct
{
  EaselTestServer *server; /* (owned) */
  EaselClock *clock;       /* (owned) */
  EaselHttp *http;         /* (owned) */
  char *folder;            /* (owned) */
  char *contents;          /* (owned): with a NUL behind it */
  GFile *file;             /* (owned) */
} UploadStage;

void upload_stage_set_up (UploadStage *self, gsize size);
void upload_stage_tear_down (UploadStage *self);
/* The file becomes as long as that, in its place. */
void upload_stage_cut (UploadStage *self, goffset length);
/* As if it had been written so many seconds from now. */
void upload_stage_set_time (UploadStage *self, gint64 seconds);
/* What so much of it from its beginning adds up to. */
char *upload_stage_sum (UploadStage *self, gsize length);

G_END_DECLS
