/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-endpoints.h"
#include "easel-http.h"
#include "easel-secret-store.h"
#include "easel-session.h"

G_BEGIN_DECLS

/* For the application only. @providers: (element-type EaselProvider). @state_dir: where journal and
 * history lie; made if missing. */
EaselSession *_easel_session_new (EaselClock *clock,
                                  EaselHttp *http,
                                  GPtrArray *providers,
                                  EaselSecretStore *store,
                                  GSettings *settings,
                                  const char *state_dir,
                                  EaselEndpoints *endpoints);
/* For a program without windows; before the start. */
void _easel_session_set_role (EaselSession *self, EaselStudioRole role);

G_END_DECLS
