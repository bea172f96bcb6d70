/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

G_BEGIN_DECLS

/* Everything that the interface would show of a session, as one line of JSON: the sentences and
 * buttons are made by the functions with which the windows make theirs. @deployment: the one that
 * the Starting page shows, if any. @n_done: how many commands were obeyed. */
char *easel_faults_report (EaselSession *session, EaselDeployment *deployment, guint n_done);

G_END_DECLS
