/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-rental.h"

G_BEGIN_DECLS

/* What a row offers. The window does it. */
typedef enum
{
  EASEL_ROW_NOTHING,
  EASEL_ROW_COPY_ADDRESS,
  EASEL_ROW_CHECK_ADDRESS,
  EASEL_ROW_SHOW,
  EASEL_ROW_DONE,
  EASEL_ROW_PAUSE,
  EASEL_ROW_START,
  EASEL_ROW_RENT_AGAIN,
  EASEL_ROW_EXTEND,
  EASEL_ROW_MODELS,
  EASEL_ROW_OPEN_BROWSER,
  EASEL_ROW_OPEN_CONSOLE,
  EASEL_ROW_LOG,
  EASEL_ROW_DETAILS,
  EASEL_ROW_ENTER_KEY,
  EASEL_ROW_ADD_FUNDS,
  EASEL_ROW_TRY_AGAIN,
  EASEL_ROW_DISMISS,
  EASEL_N_ROW_ACTIONS
} EaselRowAction;

const char *easel_row_action_nick (EaselRowAction action);
char *easel_row_action_dup_label (EaselRowAction action, EaselRental *rental);
gboolean easel_row_action_makes_sense (EaselRowAction action, EaselRental *rental);
EaselRowAction easel_row_action_primary (EaselRental *rental);
EaselRowAction easel_row_action_secondary (EaselRental *rental);
gboolean easel_row_action_is_next_step (EaselRowAction action);

/* Names a rental for as long as the program runs, also for actions of the application. */
char *easel_rental_dup_handle (EaselRental *rental);

G_END_DECLS
