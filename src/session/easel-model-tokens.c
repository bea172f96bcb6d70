/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The person's tokens for sites with models: in the secret store under the site's name, and in
 * memory for as long as the program runs. */
#include "config.h"

#include "easel-model-tokens-private.h"

#define N_SITES (EASEL_MODEL_SITE_HUGGINGFACE + 1)

typedef struct
{
  EaselSecret *token; /* (owned) (nullable) */
  gboolean is_kept;   /* in the store */
  gboolean is_chosen; /* by the person in this run: more recent than what the store tells */
} Entry;

struct _EaselModelTokens
{
  GObject parent_instance;

  EaselSecretStore *store; /* (owned) */
  Entry entries[N_SITES];
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselModelTokens, easel_model_tokens, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

static const char *const hosts[N_SITES] = {
  [EASEL_MODEL_SITE_CIVITAI] = "civitai.com",
  [EASEL_MODEL_SITE_HUGGINGFACE] = "huggingface.co",
};

static const char *const labels[N_SITES] = {
  [EASEL_MODEL_SITE_CIVITAI] = "Cloud Easel: Civitai",
  [EASEL_MODEL_SITE_HUGGINGFACE] = "Cloud Easel: Hugging Face",
};

typedef struct
{
  EaselModelTokens *tokens; /* (owned) */
  EaselModelSite site;
  EaselSecret *token; /* (owned) (nullable): what is being stored */
} Call;

static Call *
call_new (EaselModelTokens *self, EaselModelSite site, EaselSecret *token)
{
  Call *call = g_new0 (Call, 1);

  call->tokens = g_object_ref (self);
  call->site = site;
  call->token = token != NULL ? easel_secret_ref (token) : NULL;
  return call;
}

static void
call_free (Call *call)
{
  g_object_unref (call->tokens);
  g_clear_pointer (&call->token, easel_secret_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
emit_changed (EaselModelTokens *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
easel_model_tokens_finalize (GObject *object)
{
  EaselModelTokens *self = EASEL_MODEL_TOKENS (object);

  for (gsize i = 0; i < N_SITES; i++)
    g_clear_pointer (&self->entries[i].token, easel_secret_unref);
  g_clear_object (&self->store);

  G_OBJECT_CLASS (easel_model_tokens_parent_class)->finalize (object);
}

static void
easel_model_tokens_class_init (EaselModelTokensClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_model_tokens_finalize;

  /**
   * EaselModelTokens::changed:
   * @self: the tokens
   *
   * One has come, gone, or been stored.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_model_tokens_init (EaselModelTokens *self)
{
}

/**
 * _easel_model_tokens_new:
 * @store: where they are kept
 *
 * Returns: (transfer full): the tokens, none known yet
 */
EaselModelTokens *
_easel_model_tokens_new (EaselSecretStore *store)
{
  EaselModelTokens *self;

  g_return_val_if_fail (EASEL_IS_SECRET_STORE (store), NULL);

  self = g_object_new (EASEL_TYPE_MODEL_TOKENS, NULL);
  self->store = g_object_ref (store);
  return self;
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  EaselSecret *token =
      easel_secret_store_look_up_finish (EASEL_SECRET_STORE (source), result, &error);
  Entry *entry = &call->tokens->entries[call->site];

  if (error != NULL)
    g_debug ("token: %s", error->message);
  if (token == NULL)
    return;
  if (entry->is_chosen)
    {
      easel_secret_unref (token);
      return;
    }
  g_clear_pointer (&entry->token, easel_secret_unref);
  entry->token = token;
  entry->is_kept = TRUE;
  emit_changed (call->tokens);
}

/**
 * _easel_model_tokens_load:
 * @self: the tokens
 *
 * Asks the store for them. What the person enters meanwhile counts more.
 */
void
_easel_model_tokens_load (EaselModelTokens *self)
{
  g_return_if_fail (EASEL_IS_MODEL_TOKENS (self));

  for (gsize i = 0; i < N_SITES; i++)
    {
      const char *name = easel_model_site_secret ((EaselModelSite) i);

      if (name != NULL)
        easel_secret_store_look_up_async (self->store, name, hosts[i], NULL, on_looked_up,
                                          call_new (self, (EaselModelSite) i, NULL));
    }
}

/**
 * easel_model_tokens_get:
 * @self: the tokens
 * @site: who is asked
 *
 * Returns: (transfer none) (nullable): the token for @site, if there is one
 */
EaselSecret *
easel_model_tokens_get (EaselModelTokens *self, EaselModelSite site)
{
  g_return_val_if_fail (EASEL_IS_MODEL_TOKENS (self), NULL);
  g_return_val_if_fail ((gsize) site < N_SITES, NULL);

  return self->entries[site].token;
}

/**
 * easel_model_tokens_is_kept:
 * @self: the tokens
 * @site: whose
 *
 * Returns: whether the token is there the next time, too
 */
gboolean
easel_model_tokens_is_kept (EaselModelTokens *self, EaselModelSite site)
{
  g_return_val_if_fail (EASEL_IS_MODEL_TOKENS (self), FALSE);
  g_return_val_if_fail ((gsize) site < N_SITES, FALSE);

  return self->entries[site].is_kept && easel_secret_store_is_lasting (self->store);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  Entry *entry = &call->tokens->entries[call->site];
  const gboolean is_stored =
      easel_secret_store_store_finish (EASEL_SECRET_STORE (source), result, &error);

  if (error != NULL)
    g_debug ("token: %s", error->message);
  if (entry->token != call->token)
    return;
  entry->is_kept = is_stored;
  emit_changed (call->tokens);
}

/**
 * easel_model_tokens_set:
 * @self: the tokens
 * @site: whose
 * @token: what the person entered
 *
 * Holds for this run at once, and for the next ones if the store takes it.
 */
void
easel_model_tokens_set (EaselModelTokens *self, EaselModelSite site, EaselSecret *token)
{
  Entry *entry;

  g_return_if_fail (EASEL_IS_MODEL_TOKENS (self));
  g_return_if_fail ((gsize) site < N_SITES && easel_model_site_secret (site) != NULL);
  g_return_if_fail (token != NULL);

  entry = &self->entries[site];
  easel_secret_ref (token);
  g_clear_pointer (&entry->token, easel_secret_unref);
  entry->token = token;
  entry->is_kept = FALSE;
  entry->is_chosen = TRUE;
  easel_secret_store_store_async (self->store, easel_model_site_secret (site), hosts[site],
                                  labels[site], token, NULL, on_stored,
                                  call_new (self, site, token));
  emit_changed (self);
}

static void
on_forgotten (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (!easel_secret_store_forget_finish (EASEL_SECRET_STORE (source), result, &error))
    g_debug ("token: %s", error->message);
  emit_changed (call->tokens);
}

/**
 * easel_model_tokens_forget:
 * @self: the tokens
 * @site: whose
 *
 * Forgets it here and in the store.
 */
void
easel_model_tokens_forget (EaselModelTokens *self, EaselModelSite site)
{
  Entry *entry;

  g_return_if_fail (EASEL_IS_MODEL_TOKENS (self));
  g_return_if_fail ((gsize) site < N_SITES && easel_model_site_secret (site) != NULL);

  entry = &self->entries[site];
  g_clear_pointer (&entry->token, easel_secret_unref);
  entry->is_kept = FALSE;
  entry->is_chosen = TRUE;
  easel_secret_store_forget_async (self->store, easel_model_site_secret (site), hosts[site], NULL,
                                   on_forgotten, call_new (self, site, NULL));
  emit_changed (self);
}
