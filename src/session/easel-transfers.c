/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models of all pods, and which are still to come to which. Owns transfers.json. */
#include "config.h"

#include "easel-transfers-private.h"

#include "easel-pod-models-private.h"

struct _EaselTransfers
{
  GObject parent_instance;

  EaselClock *clock;            /* (owned) */
  EaselStudio *studio;          /* (owned) */
  EaselShelf *shelf;            /* (owned) */
  EaselModelResolver *resolver; /* (owned) */
  EaselModelTokens *tokens;     /* (owned) */
};

G_DEFINE_FINAL_TYPE (EaselTransfers, easel_transfers, G_TYPE_OBJECT)

static void
easel_transfers_finalize (GObject *object)
{
  EaselTransfers *self = EASEL_TRANSFERS (object);

  g_clear_object (&self->tokens);
  g_clear_object (&self->resolver);
  g_clear_object (&self->shelf);
  g_clear_object (&self->studio);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_transfers_parent_class)->finalize (object);
}

static void
easel_transfers_class_init (EaselTransfersClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_transfers_finalize;
}

static void
easel_transfers_init (EaselTransfers *self)
{
}

EaselTransfers *
_easel_transfers_new (EaselClock *clock,
                      EaselStudio *studio,
                      EaselShelf *shelf,
                      EaselModelResolver *resolver,
                      EaselModelTokens *tokens,
                      const char *folder)
{
  EaselTransfers *self = g_object_new (EASEL_TYPE_TRANSFERS, NULL);

  self->clock = g_object_ref (clock);
  self->studio = g_object_ref (studio);
  self->shelf = g_object_ref (shelf);
  self->resolver = g_object_ref (resolver);
  self->tokens = g_object_ref (tokens);
  return self;
}

EaselPodModels *
easel_transfers_get_pod (EaselTransfers *self, EaselRental *rental)
{
  return NULL;
}

guint
easel_transfers_get_n_open (EaselTransfers *self, EaselRental *rental)
{
  return 0;
}
