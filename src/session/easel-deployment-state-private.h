/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-deployment.h"

G_BEGIN_DECLS

gboolean _easel_deployment_may_go (EaselDeploymentState from, EaselDeploymentState to);
const char *_easel_deployment_state_nick (EaselDeploymentState state);

G_END_DECLS
