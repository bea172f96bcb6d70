/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-journal-record.h"

G_BEGIN_DECLS

/* For the journal itself, the fuzzer and the test. */
char *_easel_journal_line (const char *json);
char *_easel_journal_record_to_json (const EaselJournalRecord *record);
char *_easel_journal_record_to_line (const EaselJournalRecord *record);
EaselJournalRecord *_easel_journal_record_from_line (const char *line);

G_END_DECLS
