/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-clock.h"
#include "easel-studio.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* Tells what happened while nobody looked at the windows. */
#define EASEL_TYPE_NOTIFIER (easel_notifier_get_type ())
G_DECLARE_FINAL_TYPE (EaselNotifier, easel_notifier, EASEL, NOTIFIER, GObject)

EaselNotifier *easel_notifier_new (GtkApplication *app, EaselStudio *studio, EaselClock *clock);
gboolean easel_notifier_is_heard (EaselNotifier *self);
void easel_notifier_tell_costs (EaselNotifier *self);
void easel_notifier_tell_free (EaselNotifier *self, EaselOffer *offer);
void easel_notifier_withdraw_free (EaselNotifier *self);
void easel_notifier_tell_background (EaselNotifier *self, gboolean goes_on);
void easel_notifier_withdraw_background (EaselNotifier *self);

G_END_DECLS
