/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"

G_BEGIN_DECLS

/* A file of tests/data, which must be there and be JSON. */
char *easel_fixture_text (const char *folder, const char *name);
JsonNode *easel_fixture_load (const char *folder, const char *name);
char **easel_fixture_names (const char *folder);

G_END_DECLS
