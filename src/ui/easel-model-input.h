/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-link.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * EaselModelInput:
 * @text: (nullable): as it was typed or dropped, also of a file
 * @file: (nullable): a file; otherwise it is a link
 *
 * What somebody brought, before anybody has looked at it.
 */
typedef struct
{
  char *text;
  GFile *file;
} EaselModelInput;

void easel_model_input_free (EaselModelInput *self);
char *easel_model_input_dup_name (const EaselModelInput *self);
EaselModelSite easel_model_input_get_site (const EaselModelInput *self);

void easel_model_input_take_text (GQueue *inputs, const char *text);
void easel_model_input_take_file (GQueue *inputs, GFile *file);
void easel_model_input_take_dropped (GQueue *inputs, const GValue *dropped);

G_END_DECLS
