/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-http.h"

G_BEGIN_DECLS

GError *easel_runpod_judge (const EaselHttpResponse *response);
GError *easel_runpod_judge_create (const EaselHttpResponse *response);

G_END_DECLS
