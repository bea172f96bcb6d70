/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What every test needs that waits for something: the main context is run until a condition
 * holds, and a guard in real time ends a test that would hang. Nothing here sleeps.
 */
#include "config.h"

#include "easel-test-util.h"

#include <glib/gstdio.h>

#define GUARD_MS (30 * 1000)

static gboolean
on_guard (gpointer user_data)
{
  gboolean *expired = user_data;

  *expired = TRUE;
  return G_SOURCE_REMOVE;
}

static GSource *
attach_timeout (guint milliseconds, gboolean *expired)
{
  GSource *source = g_timeout_source_new (milliseconds);

  g_source_set_callback (source, on_guard, expired, NULL);
  g_source_attach (source, g_main_context_get_thread_default ());
  return source;
}

void
easel_test_wait_until (EaselTestCondition condition, gpointer data)
{
  GMainContext *context = g_main_context_get_thread_default ();
  gboolean expired = FALSE;
  GSource *guard = attach_timeout (GUARD_MS, &expired);

  while (!condition (data) && !expired)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (guard);
  g_source_unref (guard);
  g_assert_false (expired);
}

static gboolean
flag_is_set (gpointer data)
{
  return *(gboolean *) data;
}

void
easel_test_wait_flag (gboolean *flag)
{
  easel_test_wait_until (flag_is_set, flag);
}

typedef struct
{
  guint *count;
  guint at_least;
} CountWait;

static gboolean
count_is_reached (gpointer data)
{
  CountWait *wait = data;

  return *wait->count >= wait->at_least;
}

void
easel_test_wait_count (guint *count, guint at_least)
{
  CountWait wait = { count, at_least };

  easel_test_wait_until (count_is_reached, &wait);
}

void
easel_test_pump (void)
{
  while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
    ;
}

static gboolean
timer_is_pending (gpointer data)
{
  return easel_manual_clock_get_n_pending (data) > 0;
}

void
easel_test_wait_timer (EaselClock *manual_clock)
{
  easel_test_wait_until (timer_is_pending, manual_clock);
}

void
easel_test_pump_for (guint milliseconds)
{
  gboolean expired = FALSE;
  GSource *source = attach_timeout (milliseconds, &expired);

  while (!expired)
    g_main_context_iteration (g_main_context_get_thread_default (), TRUE);
  g_source_unref (source);
}

void
easel_test_catch (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselTestCatch *self = user_data;

  self->n_calls++;
  g_assert_cmpuint (self->n_calls, ==, 1);
  self->result = g_object_ref (result);
}

static gboolean
result_is_caught (gpointer data)
{
  EaselTestCatch *self = data;

  return self->result != NULL;
}

GAsyncResult *
easel_test_catch_wait (EaselTestCatch *self)
{
  easel_test_wait_until (result_is_caught, self);
  return self->result;
}

void
easel_test_catch_clear (EaselTestCatch *self)
{
  g_clear_object (&self->result);
  self->n_calls = 0;
}

char *
easel_test_make_folder (void)
{
  g_autoptr (GError) error = NULL;
  char *path = g_dir_make_tmp ("easel-test-XXXXXX", &error);

  g_assert_no_error (error);
  return path;
}

void
easel_test_remove_tree (const char *path)
{
  g_autoptr (GDir) folder = g_dir_open (path, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_DIR) && !g_file_test (child, G_FILE_TEST_IS_SYMLINK))
        easel_test_remove_tree (child);
      else
        g_remove (child);
    }
  g_rmdir (path);
}
