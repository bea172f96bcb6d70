/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-notifier.h"

G_BEGIN_DECLS

/* "Do I pay for anything?", asked once at login without a window. */
#define EASEL_TYPE_LOGIN_LOOK (easel_login_look_get_type ())
G_DECLARE_FINAL_TYPE (EaselLoginLook, easel_login_look, EASEL, LOGIN_LOOK, GObject)

EaselLoginLook *
easel_login_look_new (GApplication *app, EaselStudio *studio, EaselNotifier *notifier);

G_END_DECLS
