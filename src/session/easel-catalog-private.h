/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-catalog.h"
#include "easel-clock.h"
#include "easel-history.h"
#include "easel-http.h"

G_BEGIN_DECLS

/* @accounts: (element-type EaselAccount) */
EaselCatalog *_easel_catalog_new (EaselHttp *http,
                                  EaselClock *clock,
                                  GPtrArray *accounts,
                                  EaselPlan *plan,
                                  EaselHistory *history,
                                  const char *image_tags_uri);

G_END_DECLS
