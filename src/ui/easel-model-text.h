/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-model-link.h"
#include "easel-offer.h"
#include "easel-shelf-files.h"
#include "easel-transfer.h"

G_BEGIN_DECLS

/* How models are spoken of everywhere. All results are translated; char * is the caller's. */
const char *easel_model_text_kind (EaselModelKind kind);
const char *easel_model_text_kinds (EaselModelKind kind);
const char *easel_model_text_base (EaselModelBase base); /* (nullable) */
EaselModelKind easel_model_text_kind_of_folder (const char *folder);
char *easel_model_text_size (guint64 bytes);
char *easel_model_text_host (const char *link);          /* (nullable) */
const char *easel_model_text_site (EaselModelSite site); /* (nullable) */
char *easel_model_text_facts (const EaselShelfModel *model);

/* (nullable): NULL where there is nothing to warn of */
char *easel_model_text_misfit (EaselModelKind kind, EaselModelBase base, EaselWorkloadSet workload);
char *easel_model_text_trouble (EaselFileTrouble trouble);
char *easel_model_text_no_room (guint64 size, guint64 free_bytes);

char *easel_model_text_disk (guint64 free_bytes, guint64 total_bytes);
char *easel_model_text_sum (GPtrArray *models, EaselOffer *offer);
char *easel_model_text_arrived (const char *news);
char *easel_model_text_return (GPtrArray *models); /* (nullable) */

/* Of a transfer: one line with all that is known, and how much of it is there, 0 to 1. */
char *easel_transfer_text_line (EaselTransfer *transfer);
double easel_transfer_text_fraction (EaselTransfer *transfer);

G_END_DECLS
