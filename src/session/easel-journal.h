/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-journal-record.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The append-only file behind the promise. Every put is on the disk (file and folder synced)
 * when easel_journal_put() returns TRUE; it is the one synchronous call of the program, a line of
 * less than a kilobyte, because the create request must not leave before. */
#define EASEL_TYPE_JOURNAL (easel_journal_get_type ())
G_DECLARE_FINAL_TYPE (EaselJournal, easel_journal, EASEL, JOURNAL, GObject)

EaselJournal *easel_journal_new (const char *state_dir);
gboolean easel_journal_load (EaselJournal *self, GError **error);
gboolean easel_journal_put (EaselJournal *self, const EaselJournalRecord *record, GError **error);
EaselJournalRecord *easel_journal_get (EaselJournal *self, const char *name);
GPtrArray *easel_journal_get_open (EaselJournal *self); /* (transfer container) copies, owned */
/* What other instances of the program write; signal "news" once it is watched. */
void easel_journal_watch (EaselJournal *self);
GPtrArray *easel_journal_take_news (EaselJournal *self); /* (transfer full) copies, owned */
guint easel_journal_get_n_damaged (EaselJournal *self);
gboolean easel_journal_compact (EaselJournal *self, GError **error);

G_END_DECLS
