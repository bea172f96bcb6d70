/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "easel-clock.h"

G_BEGIN_DECLS

typedef gboolean (*EaselTestCondition) (gpointer data);

/* Runs the main context until the condition holds; the test fails hard when real time runs out. */
void easel_test_wait_until (EaselTestCondition condition, gpointer data);
void easel_test_wait_flag (gboolean *flag);
void easel_test_wait_count (guint *count, guint at_least);
/* Runs what is ready now, without waiting for anything. */
void easel_test_pump (void);
/* Waits until somebody waits for the clock. */
void easel_test_wait_timer (EaselClock *manual_clock);
/* Lets so many real milliseconds go by with the main context running: to see that nothing comes. */
void easel_test_pump_for (guint milliseconds);

/**
 * EaselTestCatch:
 * @result: (nullable): what the operation came to
 * @n_calls: how often it called back; more than once is a mistake of the operation
 *
 * Catches the result of one asynchronous operation. Zero it, pass easel_test_catch() and its
 * address to the operation, then easel_test_catch_wait(); easel_test_catch_clear() makes it new.
 */
typedef struct
{
  GAsyncResult *result;
  guint n_calls;
} EaselTestCatch;

void easel_test_catch (GObject *source, GAsyncResult *result, gpointer user_data);
GAsyncResult *easel_test_catch_wait (EaselTestCatch *self);
void easel_test_catch_clear (EaselTestCatch *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (EaselTestCatch, easel_test_catch_clear)

/* A folder of its own below the temporary one; easel_test_remove_tree() empties and removes it. */
char *easel_test_make_folder (void);
void easel_test_remove_tree (const char *path);

G_END_DECLS
