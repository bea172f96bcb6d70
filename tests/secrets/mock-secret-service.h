/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselMockMode:
 * @EASEL_MOCK_SILENT: takes every question and answers none
 * @EASEL_MOCK_BROKEN: answers every question with an error
 * @EASEL_MOCK_DISMISSED: has one locked item, and the person declines to unlock it
 * @EASEL_MOCK_SLOW: as above, but says nothing for a while before each answer
 *
 * A keyring service that is no good.
 */
typedef enum
{
  EASEL_MOCK_SILENT,
  EASEL_MOCK_BROKEN,
  EASEL_MOCK_DISMISSED,
  EASEL_MOCK_SLOW
} EaselMockMode;

typedef struct _EaselMockService EaselMockService;

EaselMockService *easel_mock_service_new (EaselMockMode mode);
void easel_mock_service_free (EaselMockService *self);
guint easel_mock_service_get_n_calls (EaselMockService *self);
guint easel_mock_service_get_n_prompts (EaselMockService *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselMockService, easel_mock_service_free)

G_END_DECLS
