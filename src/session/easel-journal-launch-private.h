/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-journal-record.h"
#include "easel-launch-spec.h"

G_BEGIN_DECLS

EaselJournalRecord *_easel_launch_to_record (const EaselLaunchSpec *spec, const char *identity);
EaselLaunchSpec *_easel_launch_from_record (const EaselJournalRecord *record);

G_END_DECLS
