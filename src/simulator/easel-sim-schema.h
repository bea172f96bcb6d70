/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-json.h"

G_BEGIN_DECLS

typedef enum
{
  EASEL_SIM_KIND_STRING,
  EASEL_SIM_KIND_STRING_OR_NULL,
  EASEL_SIM_KIND_INTEGER,
  EASEL_SIM_KIND_NUMBER,
  EASEL_SIM_KIND_BOOLEAN,
  EASEL_SIM_KIND_STRINGS,
  EASEL_SIM_KIND_STRING_MAP,
  EASEL_SIM_KIND_OBJECT,
  EASEL_SIM_KIND_OBJECTS
} EaselSimKind;

/**
 * EaselSimField:
 *
 * One member that a body may have. A table of them ends with a %NULL name. @minimum is the least
 * number, or the least length of a string; @limit the most elements, 0 for any.
 */
typedef struct _EaselSimField EaselSimField;

struct _EaselSimField
{
  const char *name;
  EaselSimKind kind;
  gboolean is_required;
  gint64 minimum;
  guint limit;
  const char *const *choices;  /* (nullable) */
  const char *pattern;         /* (nullable): of a string or of each element */
  const EaselSimField *fields; /* (nullable): of an object or of each element */
};

void easel_sim_schema_check (JsonNode *node,
                             const EaselSimField *fields,
                             const char *path,
                             GPtrArray *errors);

G_END_DECLS
