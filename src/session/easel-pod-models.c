/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The models of one running pod: asks its agent what lies there and sees to what is to come. */
#include "config.h"

#include "easel-pod-models-private.h"

struct _EaselPodModels
{
  GObject parent_instance;

  EaselClock *clock;            /* (owned) */
  EaselModelResolver *resolver; /* (owned) */
  EaselModelTokens *tokens;     /* (owned) */
  GListStore *transfers;        /* (owned) (element-type EaselTransfer) */
  GPtrArray *files;             /* (owned) (element-type EaselPodFile) */
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselPodModels, easel_pod_models, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static void
easel_pod_models_finalize (GObject *object)
{
  EaselPodModels *self = EASEL_POD_MODELS (object);

  g_clear_object (&self->transfers);
  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_object (&self->tokens);
  g_clear_object (&self->resolver);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_pod_models_parent_class)->finalize (object);
}

static void
easel_pod_models_class_init (EaselPodModelsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_pod_models_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_pod_models_init (EaselPodModels *self)
{
  self->transfers = g_list_store_new (EASEL_TYPE_TRANSFER);
  self->files = g_ptr_array_new ();
}

EaselPodModels *
_easel_pod_models_new (EaselClock *clock, EaselModelResolver *resolver, EaselModelTokens *tokens)
{
  EaselPodModels *self = g_object_new (EASEL_TYPE_POD_MODELS, NULL);

  self->clock = g_object_ref (clock);
  self->resolver = g_object_ref (resolver);
  self->tokens = g_object_ref (tokens);
  return self;
}

void
_easel_pod_models_set_client (EaselPodModels *self, EaselAgentClient *client)
{
}

EaselPodModelsState
easel_pod_models_get_state (EaselPodModels *self)
{
  return EASEL_POD_MODELS_WAITING;
}

const GError *
easel_pod_models_get_error (EaselPodModels *self)
{
  return NULL;
}

GPtrArray *
easel_pod_models_get_files (EaselPodModels *self)
{
  return self->files;
}

guint64
easel_pod_models_get_disk_free (EaselPodModels *self)
{
  return 0;
}

guint64
easel_pod_models_get_disk_total (EaselPodModels *self)
{
  return 0;
}

GListModel *
easel_pod_models_get_transfers (EaselPodModels *self)
{
  return G_LIST_MODEL (self->transfers);
}

void
easel_pod_models_set_watched (EaselPodModels *self, gboolean is_watched)
{
}

void
easel_pod_models_add (EaselPodModels *self, const EaselShelfModel *model)
{
  g_autoptr (EaselTransfer) transfer = _easel_transfer_new (model);

  g_list_store_append (self->transfers, transfer);
  g_signal_emit (self, signals[CHANGED], 0);
}

void
easel_pod_models_cancel (EaselPodModels *self, EaselTransfer *transfer)
{
}

void
easel_pod_models_retry (EaselPodModels *self, EaselTransfer *transfer)
{
}

void
easel_pod_models_remove (EaselPodModels *self, const char *folder, const char *name)
{
}
