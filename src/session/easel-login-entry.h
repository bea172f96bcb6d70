/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Whether the desktop starts "cloud-easel --check" at login. Signal "changed" when that has become
 * true, false, or turned out to be impossible. */
#define EASEL_TYPE_LOGIN_ENTRY (easel_login_entry_get_type ())
G_DECLARE_FINAL_TYPE (EaselLoginEntry, easel_login_entry, EASEL, LOGIN_ENTRY, GObject)

/* @config_dir: the person's; @program: what is started; @in_sandbox: only a portal may ask. */
EaselLoginEntry *easel_login_entry_new (GSettings *settings,
                                        const char *config_dir,
                                        const char *program,
                                        gboolean in_sandbox);
gboolean easel_login_entry_is_on (EaselLoginEntry *self);
void easel_login_entry_set_on (EaselLoginEntry *self, gboolean is_on);
const GError *easel_login_entry_get_error (EaselLoginEntry *self);
/* Offered once, with the first receipt. */
gboolean easel_login_entry_is_offered (EaselLoginEntry *self);
void easel_login_entry_note_offered (EaselLoginEntry *self);
char *easel_login_entry_dup_text (const char *program);

G_END_DECLS
