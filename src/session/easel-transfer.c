/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One model on its way to one pod, as the interface sees it. Owns a copy of what is to come; how
 * it comes is EaselPodModels' business. */
#include "config.h"

#include "easel-pod-models-private.h"

#include "easel-error.h"
#include "easel-retry.h"

#define FIRST_WAIT_MS 2000
#define MAX_WAIT_MS (60 * 1000)

struct _EaselTransfer
{
  GObject parent_instance;

  EaselShelfModel *model; /* (owned) */
  EaselTransferState state;
  GError *error; /* (owned) (nullable) */
  guint64 have;
  guint64 size;
  guint64 speed;
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselTransfer, easel_transfer, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
easel_transfer_finalize (GObject *object)
{
  EaselTransfer *self = EASEL_TRANSFER (object);

  easel_shelf_model_free (self->model);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (easel_transfer_parent_class)->finalize (object);
}

static void
easel_transfer_class_init (EaselTransferClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_transfer_finalize;

  /**
   * EaselTransfer::changed:
   * @self: a transfer
   *
   * It has gone on, or not.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_transfer_init (EaselTransfer *self)
{
}

/**
 * easel_transfer_retry_ms:
 * @error: why it does not go on
 * @tries: how often in a row that happened before
 *
 * A line that broke is mended by waiting, however long that takes: the pod ends by itself. A
 * refusal is not. A file that was changed is sent anew.
 *
 * Returns: after how many milliseconds to try again, -1 if that needs the person
 */
gint64
easel_transfer_retry_ms (const GError *error, guint tries)
{
  static const EaselError passing[] = { EASEL_ERROR_RATE_LIMITED, EASEL_ERROR_UNAVAILABLE,
                                        EASEL_ERROR_NETWORK,      EASEL_ERROR_TIMED_OUT,
                                        EASEL_ERROR_CONFLICT,     EASEL_ERROR_PROTOCOL,
                                        EASEL_ERROR_FILE_CHANGED };

  g_return_val_if_fail (error != NULL, -1);

  for (gsize i = 0; i < G_N_ELEMENTS (passing); i++)
    {
      if (g_error_matches (error, EASEL_ERROR, (int) passing[i]))
        return MAX (easel_retry_backoff (tries + 1, FIRST_WAIT_MS, MAX_WAIT_MS, 0.5),
                    easel_error_get_retry_after (error));
    }
  return -1;
}

/**
 * _easel_transfer_new:
 * @model: what is to come; copied
 *
 * Returns: (transfer full): a transfer that waits
 */
EaselTransfer *
_easel_transfer_new (const EaselShelfModel *model)
{
  EaselTransfer *self = g_object_new (EASEL_TYPE_TRANSFER, NULL);

  self->model = easel_shelf_model_copy (model);
  self->size = model->size;
  return self;
}

/**
 * _easel_transfer_set_state:
 * @self: a transfer
 * @state: how far it is
 * @error: (nullable) (transfer full): why it does not go on
 */
void
_easel_transfer_set_state (EaselTransfer *self, EaselTransferState state, GError *error)
{
  g_return_if_fail (EASEL_IS_TRANSFER (self));

  g_clear_error (&self->error);
  self->state = state;
  self->error = error;
  if (state != EASEL_TRANSFER_RUNNING)
    self->speed = 0;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * _easel_transfer_set_bytes:
 * @self: a transfer
 * @have: bytes that have arrived
 * @size: bytes in all, 0 if that is not known
 * @speed: bytes in a second, 0 if that is not known
 */
void
_easel_transfer_set_bytes (EaselTransfer *self, guint64 have, guint64 size, guint64 speed)
{
  g_return_if_fail (EASEL_IS_TRANSFER (self));

  if (size == 0)
    size = self->model->size;
  if (have == self->have && size == self->size && speed == self->speed)
    return;
  self->have = size > 0 ? MIN (have, size) : have;
  self->size = size;
  self->speed = speed;
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * _easel_transfer_take_sum:
 * @self: a transfer
 * @size: of what has come
 * @sha256: what it adds up to
 *
 * Afterwards the model is the one that has come, which may be another than the one remembered.
 */
void
_easel_transfer_take_sum (EaselTransfer *self, guint64 size, const char *sha256)
{
  g_return_if_fail (EASEL_IS_TRANSFER (self));
  g_return_if_fail (sha256 != NULL);

  self->model->size = size;
  g_free (self->model->sha256);
  self->model->sha256 = g_strdup (sha256);
}

/**
 * easel_transfer_get_model:
 * @self: a transfer
 *
 * Returns: (transfer none): what is to come
 */
const EaselShelfModel *
easel_transfer_get_model (EaselTransfer *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER (self), NULL);

  return self->model;
}

/**
 * easel_transfer_is_upload:
 * @self: a transfer
 *
 * Returns: whether it comes from this computer, and not straight from the net
 */
gboolean
easel_transfer_is_upload (EaselTransfer *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER (self), FALSE);

  return self->model->link == NULL;
}

/**
 * easel_transfer_get_state:
 * @self: a transfer
 *
 * Returns: how far it is
 */
EaselTransferState
easel_transfer_get_state (EaselTransfer *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER (self), EASEL_TRANSFER_FAILED);

  return self->state;
}

/**
 * easel_transfer_get_have:
 * @self: a transfer
 *
 * Returns: how many bytes have arrived
 */
guint64
easel_transfer_get_have (EaselTransfer *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER (self), 0);

  return self->have;
}

/**
 * easel_transfer_get_size:
 * @self: a transfer
 *
 * Returns: how many bytes there are in all, 0 if that is not known
 */
guint64
easel_transfer_get_size (EaselTransfer *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER (self), 0);

  return self->size;
}

/**
 * easel_transfer_get_speed:
 * @self: a transfer
 *
 * Returns: bytes in a second, 0 if that is not known
 */
guint64
easel_transfer_get_speed (EaselTransfer *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER (self), 0);

  return self->speed;
}

/**
 * easel_transfer_get_left_ms:
 * @self: a transfer
 *
 * Returns: how long it takes still, in milliseconds; -1 if that is not known
 */
gint64
easel_transfer_get_left_ms (EaselTransfer *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER (self), -1);

  if (self->state != EASEL_TRANSFER_RUNNING || self->speed == 0 || self->size == 0)
    return -1;
  return (gint64) ((double) (self->size - self->have) * 1000 / (double) self->speed);
}

/**
 * easel_transfer_get_error:
 * @self: a transfer
 *
 * Returns: (transfer none) (nullable): why it waits or failed
 */
const GError *
easel_transfer_get_error (EaselTransfer *self)
{
  g_return_val_if_fail (EASEL_IS_TRANSFER (self), NULL);

  return self->error;
}
