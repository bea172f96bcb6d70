/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The log of a GPU that runs, from the provider, for as long as somebody reads it.
 *
 * A start has its own reader, which understands the lines and keeps them; it is gone once the
 * server works, and after a restart of the program there never was one. Owns one stream and opens
 * it again when it ends. Keeps no text: each stream begins with what the provider has kept. */

#include "config.h"
#include "easel-pod-log.h"

#include "easel-rental-private.h"

#include "easel-error.h"
#include "easel-retry.h"

#define RETRY_FIRST_MS 2000
#define RETRY_MAX_MS (60 * 1000)

struct _EaselPodLog
{
  GObject parent_instance;

  EaselRental *rental;       /* (owned) */
  char *pod_id;              /* (owned) */
  GCancellable *cancellable; /* (owned) */
  guint retry_id;
  guint n_ends;       /* a stream that always ends at once is asked for less and less */
  gboolean has_begun; /* the open stream has brought a line */
};

enum
{
  BEGUN,
  LINE,
  FAILED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselPodLog, easel_pod_log, G_TYPE_OBJECT)

static void open_stream (EaselPodLog *self);

static void
on_line (gint64 unix_ms, gboolean is_system, const char *line, gpointer user_data)
{
  EaselPodLog *self = EASEL_POD_LOG (user_data);

  if (g_cancellable_is_cancelled (self->cancellable))
    return;
  if (!self->has_begun)
    g_signal_emit (self, signals[BEGUN], 0);
  self->has_begun = TRUE;
  g_signal_emit (self, signals[LINE], 0, line);
}

static gboolean
on_retry (gpointer user_data)
{
  EaselPodLog *self = EASEL_POD_LOG (user_data);

  self->retry_id = 0;
  open_stream (self);
  return G_SOURCE_REMOVE;
}

static void
on_ended (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselPodLog) self = user_data;
  g_autoptr (GError) error = NULL;
  gint64 wait;

  easel_provider_stream_logs_finish (EASEL_PROVIDER (source), result, &error);
  if (g_cancellable_is_cancelled (self->cancellable) || easel_error_is_cancelled (error))
    return;
  if (error != NULL)
    g_signal_emit (self, signals[FAILED], 0, error);
  if (self->rental->state == EASEL_RENTAL_GONE)
    return;
  self->n_ends++;
  wait = easel_retry_backoff (self->n_ends, RETRY_FIRST_MS, RETRY_MAX_MS, 0.5);
  self->retry_id = easel_clock_add (self->rental->clock, wait, on_retry, self, NULL);
}

static void
open_stream (EaselPodLog *self)
{
  EaselSecret *key = easel_account_get_key (self->rental->account);

  if (key == NULL)
    return;
  self->has_begun = FALSE;
  easel_provider_stream_logs_async (_easel_account_get_provider (self->rental->account), key,
                                    self->pod_id, on_line, self, self->cancellable, on_ended,
                                    g_object_ref (self));
}

static void
easel_pod_log_finalize (GObject *object)
{
  EaselPodLog *self = EASEL_POD_LOG (object);

  easel_pod_log_stop (self);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->rental);
  g_free (self->pod_id);

  G_OBJECT_CLASS (easel_pod_log_parent_class)->finalize (object);
}

static void
easel_pod_log_class_init (EaselPodLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_pod_log_finalize;

  /**
   * EaselPodLog::begun:
   *
   * What follows begins with the past: what was read before comes once more.
   */
  signals[BEGUN] = g_signal_new ("begun", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
  /**
   * EaselPodLog::line:
   * @line: as it was written, of any encoding
   */
  signals[LINE] = g_signal_new ("line", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  /**
   * EaselPodLog::failed:
   * @error: why there is nothing to read now; it is tried again
   */
  signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

static void
easel_pod_log_init (EaselPodLog *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * easel_pod_log_is_possible:
 * @rental: a rental
 *
 * Returns: whether the provider can be asked for the log of @rental
 */
gboolean
easel_pod_log_is_possible (EaselRental *rental)
{
  g_return_val_if_fail (EASEL_IS_RENTAL (rental), FALSE);

  return rental->pod != NULL && !easel_rental_is_stored (rental) &&
         easel_account_get_provider_info (rental->account)->has_logs &&
         easel_account_get_key (rental->account) != NULL;
}

/**
 * easel_pod_log_new:
 * @rental: for which easel_pod_log_is_possible()
 *
 * Begins to read. Lines come once the main loop runs; easel_pod_log_stop() ends it.
 *
 * Returns: (transfer full): the log
 */
EaselPodLog *
easel_pod_log_new (EaselRental *rental)
{
  EaselPodLog *self;

  g_return_val_if_fail (EASEL_IS_RENTAL (rental), NULL);
  g_return_val_if_fail (rental->pod != NULL, NULL);

  self = g_object_new (EASEL_TYPE_POD_LOG, NULL);
  self->rental = g_object_ref (rental);
  self->pod_id = g_strdup (easel_pod_get (rental->pod)->id);
  open_stream (self);
  return self;
}

/**
 * easel_pod_log_stop:
 * @self: a log
 *
 * Nothing is read or told any more.
 */
void
easel_pod_log_stop (EaselPodLog *self)
{
  g_return_if_fail (EASEL_IS_POD_LOG (self));

  g_cancellable_cancel (self->cancellable);
  easel_clock_clear (self->rental->clock, &self->retry_id);
}
