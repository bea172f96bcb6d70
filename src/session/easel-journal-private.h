/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-journal.h"

G_BEGIN_DECLS

/* The file's form, without the file: for the journal itself and for the fuzzer. */
gsize _easel_journal_load_text (EaselJournal *self, char *text);
char *_easel_journal_dup_text (EaselJournal *self, guint *ret_n_lines);

G_END_DECLS
