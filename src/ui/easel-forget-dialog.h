/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-session.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Forgets the key of an account; asks first, and says what ends when, where something runs. */
void easel_forget_key (GtkWindow *parent, EaselSession *session, EaselAccount *account);

G_END_DECLS
