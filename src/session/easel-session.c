/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Puts everything below the interface together, once: accounts, plan, catalog, history, journal and
 * studio. Owns the order in which they begin, and the two settings that are nobody else's: which
 * providers have a key, and the salt of this installation. Decides nothing about renting. */
#include "config.h"

#include "easel-session-private.h"

#include "easel-account-private.h"
#include "easel-catalog-private.h"
#include "easel-journal.h"
#include "easel-plan-private.h"
#include "easel-studio-private.h"
#include "easel-model-inspector-private.h"
#include "easel-transfers-private.h"

#include <errno.h>
#include <glib/gstdio.h>

#define KNOWN_PROVIDERS "known-providers"
#define ACCOUNT_SALT "account-salt"
#define REFRESH_AGE_MS (5 * 60 * 1000)

struct _EaselSession
{
  GObject parent_instance;

  EaselClock *clock;              /* (owned) */
  GSettings *settings;            /* (owned) */
  GPtrArray *accounts;            /* (owned) (element-type EaselAccount) */
  EaselPlan *plan;                /* (owned) */
  EaselHistory *history;          /* (owned) */
  EaselCatalog *catalog;          /* (owned) */
  EaselStudio *studio;            /* (owned) */
  EaselKritaSetup *krita;         /* (owned) (nullable): NULL in a play */
  EaselLoginEntry *login_entry;   /* (owned) (nullable): NULL in a play */
  EaselShelf *shelf;              /* (owned) */
  EaselShelfFiles *shelf_files;   /* (owned) */
  EaselModelTokens *tokens;       /* (owned) */
  EaselModelInspector *inspector; /* (owned) */
  EaselTransfers *transfers;      /* (owned) */
  EaselInstanceLock *lock;        /* (owned) */
  gboolean is_simulated;
  gboolean is_started;
};

G_DEFINE_FINAL_TYPE (EaselSession, easel_session, G_TYPE_OBJECT)

/* --- settings ----------------------------------------------------------------------------- */

static char *
ensure_salt (GSettings *settings)
{
  g_autofree char *salt = g_settings_get_string (settings, ACCOUNT_SALT);

  if (*salt != '\0')
    return g_steal_pointer (&salt);
  g_free (salt);
  salt = g_uuid_string_random ();
  g_settings_set_string (settings, ACCOUNT_SALT, salt);
  return g_steal_pointer (&salt);
}

/* By its name where it is installed, so that the entry survives an update to another folder. */
static EaselLoginEntry *
create_login_entry (GSettings *settings)
{
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *installed = g_find_program_in_path ("cloud-easel");
  const gboolean is_installed =
      self_path == NULL || (installed != NULL && g_str_equal (installed, self_path));

  return easel_login_entry_new (settings, g_get_user_config_dir (),
                                is_installed ? "cloud-easel" : self_path,
                                g_file_test ("/.flatpak-info", G_FILE_TEST_EXISTS));
}

/* Ids of providers that this version does not know are left alone. */
static void
set_known (EaselSession *self, const char *provider_id, gboolean is_known)
{
  g_auto (GStrv) before = g_settings_get_strv (self->settings, KNOWN_PROVIDERS);
  g_autoptr (GStrvBuilder) after = NULL;
  g_auto (GStrv) ids = NULL;

  if (g_strv_contains ((const char *const *) before, provider_id) == is_known)
    return;
  after = g_strv_builder_new ();
  for (guint i = 0; before[i] != NULL; i++)
    if (strcmp (before[i], provider_id) != 0)
      g_strv_builder_add (after, before[i]);
  if (is_known)
    g_strv_builder_add (after, provider_id);
  ids = g_strv_builder_end (after);
  g_settings_set_strv (self->settings, KNOWN_PROVIDERS, (const char *const *) ids);
}

/* A keyring that is locked or a network that is down says nothing about the next start. */
static void
update_known (EaselSession *self, EaselAccount *account)
{
  EaselAccountState state = easel_account_get_state (account);
  const char *provider_id = easel_account_get_provider_info (account)->id;

  if (_easel_account_is_kept (account))
    set_known (self, provider_id, TRUE);
  else if (state == EASEL_ACCOUNT_NO_KEY || state == EASEL_ACCOUNT_READY)
    set_known (self, provider_id, FALSE);
}

static void
on_account_changed (EaselAccount *account, EaselSession *self)
{
  g_assert (EASEL_IS_SESSION (self));

  update_known (self, account);
}

/* What the wizard shows first should be there before the person asks for it. */
static void
on_account_state (EaselAccount *account, GParamSpec *pspec, EaselSession *self)
{
  g_assert (EASEL_IS_SESSION (self));

  if (easel_account_get_state (account) != EASEL_ACCOUNT_READY)
    return;
  easel_catalog_load_template (self->catalog);
  easel_catalog_refresh_if_older (self->catalog, REFRESH_AGE_MS);
}

/* What is found decides until the person has chosen. */
static void
preselect_krita_way (EaselSession *self)
{
  g_autoptr (GVariant) chosen = g_settings_get_user_value (self->settings, "krita-way");

  if (chosen == NULL && easel_krita_setup_has_settings (self->krita))
    g_settings_set_string (self->settings, "krita-way", "set-up");
}

/* The plugin decides which image fits it. */
static void
on_krita_changed (EaselSession *self)
{
  guint version = easel_krita_setup_get_plugin_version (self->krita);

  if (version != 0)
    easel_plan_set_plugin_version (self->plan, version);
  preselect_krita_way (self);
}

static void
note_rented (EaselSession *self, EaselRental *rental)
{
  EaselDeployment *deployment = easel_rental_get_deployment (rental);
  const EaselLaunchSpec *spec = deployment != NULL ? easel_deployment_get_spec (deployment) : NULL;

  if (spec != NULL && spec->offer != NULL)
    _easel_plan_note_rented (self->plan, spec);
}

/* What exists was rented, and not always what was chosen: the next best may have taken its place.
 */
static void
on_studio_changed (EaselSession *self)
{
  EaselRental *starting = easel_studio_get_starting (self->studio);

  g_assert (EASEL_IS_SESSION (self));

  if (starting != NULL && easel_rental_get_state (starting) == EASEL_RENTAL_STARTING)
    note_rented (self, starting);
}

/* What comes with every new GPU counts in its disk, its start and its traffic. */
static void
on_shelf_changed (EaselSession *self)
{
  g_assert (EASEL_IS_SESSION (self));

  easel_plan_set_shelf_bytes (self->plan, easel_shelf_get_ticked_bytes (self->shelf));
}

static void
on_rental_ready (EaselSession *self, EaselRental *rental)
{
  g_assert (EASEL_IS_SESSION (self));

  note_rented (self, rental);
}

/* --- object ------------------------------------------------------------------------------- */

/* Calls under way hold the studio, and it holds all the rest: without this a look at the pods would
 * keep everything alive until its deadline, the last write of the history included. */
static void
easel_session_dispose (GObject *object)
{
  EaselSession *self = EASEL_SESSION (object);

  if (self->studio != NULL)
    g_object_run_dispose (G_OBJECT (self->studio));

  G_OBJECT_CLASS (easel_session_parent_class)->dispose (object);
}

static void
easel_session_finalize (GObject *object)
{
  EaselSession *self = EASEL_SESSION (object);

  g_clear_object (&self->krita);
  g_clear_object (&self->login_entry);
  g_clear_object (&self->transfers);
  g_clear_object (&self->inspector);
  g_clear_object (&self->tokens);
  g_clear_object (&self->shelf_files);
  g_clear_object (&self->shelf);
  g_clear_object (&self->studio);
  g_clear_object (&self->lock);
  g_clear_object (&self->catalog);
  g_clear_object (&self->history);
  g_clear_object (&self->plan);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_clear_object (&self->settings);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_session_parent_class)->finalize (object);
}

static void
easel_session_class_init (EaselSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_session_dispose;
  object_class->finalize = easel_session_finalize;
}

static void
easel_session_init (EaselSession *self)
{
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
}

static void
add_account (EaselSession *self, EaselProvider *provider, EaselSecretStore *store, const char *salt)
{
  EaselAccount *account = _easel_account_new (provider, store, self->clock, salt);

  g_ptr_array_add (self->accounts, account);
  g_signal_connect_object (account, "changed", G_CALLBACK (on_account_changed), self, 0);
  g_signal_connect_object (account, "notify::state", G_CALLBACK (on_account_state), self, 0);
}

static const char *
find_place (EaselEndpoints *endpoints, const char *group, const char *key)
{
  return endpoints != NULL ? easel_endpoints_get (endpoints, group, key) : NULL;
}

static void
create_model_parts (EaselSession *self,
                    EaselHttp *http,
                    EaselSecretStore *store,
                    const char *state_dir,
                    EaselEndpoints *endpoints)
{
  g_autoptr (EaselModelResolver) resolver =
      easel_model_resolver_new (http, find_place (endpoints, "models", "civitai"),
                                find_place (endpoints, "models", "huggingface"));

  easel_model_resolver_set_elsewhere (resolver, find_place (endpoints, "models", "elsewhere"));
  self->shelf = easel_shelf_new (state_dir);
  g_signal_connect_object (self->shelf, "changed", G_CALLBACK (on_shelf_changed), self,
                           G_CONNECT_SWAPPED);
  self->shelf_files = easel_shelf_files_new (self->shelf);
  self->tokens = _easel_model_tokens_new (store);
  self->inspector = _easel_model_inspector_new (http, resolver, self->tokens);
  self->transfers = _easel_transfers_new (self->clock, self->studio, self->shelf, resolver,
                                          self->tokens, state_dir);
}

/**
 * _easel_session_new:
 * @clock: the program's time
 * @http: its connection to the world
 * @providers: (element-type EaselProvider): in the order in which they are shown
 * @store: where keys are kept
 * @settings: where choices are remembered
 * @state_dir: (type filename): where journal and history lie; made if missing
 * @endpoints: (nullable): where the rest of the world is, %NULL to ask nobody
 *
 * Returns: (transfer full): a session that has asked nobody yet
 */
EaselSession *
_easel_session_new (EaselClock *clock,
                    EaselHttp *http,
                    GPtrArray *providers,
                    EaselSecretStore *store,
                    GSettings *settings,
                    const char *state_dir,
                    EaselEndpoints *endpoints)
{
  EaselSession *self;
  g_autoptr (EaselJournal) journal = NULL;
  g_autofree char *salt = NULL;

  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (providers != NULL, NULL);
  g_return_val_if_fail (EASEL_IS_SECRET_STORE (store), NULL);
  g_return_val_if_fail (G_IS_SETTINGS (settings), NULL);
  g_return_val_if_fail (state_dir != NULL, NULL);

  /* Without it nothing can be rented: the journal says so when it is asked. */
  if (g_mkdir_with_parents (state_dir, 0700) != 0)
    g_debug ("%s: %s", state_dir, g_strerror (errno));

  self = g_object_new (EASEL_TYPE_SESSION, NULL);
  self->clock = g_object_ref (clock);
  self->settings = g_object_ref (settings);
  self->is_simulated = endpoints != NULL && easel_endpoints_is_simulated (endpoints);
  salt = ensure_salt (settings);
  for (guint i = 0; i < providers->len; i++)
    add_account (self, g_ptr_array_index (providers, i), store, salt);
  self->plan = easel_plan_new (settings);
  self->history = easel_history_new (state_dir, clock);
  self->catalog = _easel_catalog_new (http, clock, self->accounts, self->plan, self->history,
                                      find_place (endpoints, "image", "tags"));
  journal = easel_journal_new (state_dir);
  self->studio =
      _easel_studio_new (http, clock, self->accounts, self->catalog, journal, self->history);
  create_model_parts (self, http, store, state_dir, endpoints);
  self->lock = easel_instance_lock_new (state_dir);
  if (!self->is_simulated)
    {
      self->login_entry = create_login_entry (settings);
      self->krita = easel_krita_setup_new (clock);
      g_signal_connect_object (self->krita, "changed", G_CALLBACK (on_krita_changed), self,
                               G_CONNECT_SWAPPED);
    }
  _easel_studio_set_role (self->studio, EASEL_STUDIO_KEEPER, self->lock);
  g_signal_connect_object (self->studio, "changed", G_CALLBACK (on_studio_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->studio, "rental-ready", G_CALLBACK (on_rental_ready), self,
                           G_CONNECT_SWAPPED);
  return self;
}

/**
 * _easel_session_set_role:
 * @self: a session that has not started
 * @role: what it may do; %EASEL_STUDIO_KEEPER at first, for as long as no other instance is
 */
void
_easel_session_set_role (EaselSession *self, EaselStudioRole role)
{
  g_return_if_fail (EASEL_IS_SESSION (self));

  _easel_studio_set_role (self->studio, role, self->lock);
}

/**
 * easel_session_get_clock:
 * @self: a session
 *
 * Returns: (transfer none): the program's time
 */
EaselClock *
easel_session_get_clock (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->clock;
}

/**
 * easel_session_get_settings:
 * @self: a session
 *
 * Returns: (transfer none): where choices are remembered
 */
GSettings *
easel_session_get_settings (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->settings;
}

/**
 * easel_session_get_plan:
 * @self: a session
 *
 * Returns: (transfer none): the person's choices
 */
EaselPlan *
easel_session_get_plan (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->plan;
}

/**
 * easel_session_get_catalog:
 * @self: a session
 *
 * Returns: (transfer none): what can be rented
 */
EaselCatalog *
easel_session_get_catalog (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->catalog;
}

/**
 * easel_session_get_studio:
 * @self: a session
 *
 * Returns: (transfer none): what is rented
 */
EaselStudio *
easel_session_get_studio (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->studio;
}

/**
 * easel_session_get_history:
 * @self: a session
 *
 * Returns: (transfer none): what was rented
 */
EaselHistory *
easel_session_get_history (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->history;
}

/**
 * easel_session_get_login_entry:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): the look at login, %NULL where the cloud is a play
 */
EaselLoginEntry *
easel_session_get_login_entry (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->login_entry;
}

/**
 * easel_session_get_krita:
 * @self: a session
 *
 * Returns: (transfer none) (nullable): what sets up Krita on this computer; %NULL when the cloud is
 *   a play, whose address would only spoil the settings
 */
EaselKritaSetup *
easel_session_get_krita (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->krita;
}

/**
 * easel_session_get_shelf:
 * @self: a session
 *
 * Returns: (transfer none): the models that are remembered
 */
EaselShelf *
easel_session_get_shelf (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->shelf;
}

/**
 * easel_session_get_shelf_files:
 * @self: a session
 *
 * Returns: (transfer none): whether the models on this computer can still be sent
 */
EaselShelfFiles *
easel_session_get_shelf_files (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->shelf_files;
}

/**
 * easel_session_get_model_tokens:
 * @self: a session
 *
 * Returns: (transfer none): the person's tokens for sites with models
 */
EaselModelTokens *
easel_session_get_model_tokens (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->tokens;
}

/**
 * easel_session_get_model_inspector:
 * @self: a session
 *
 * Returns: (transfer none): what looks at a model before it is added
 */
EaselModelInspector *
easel_session_get_model_inspector (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->inspector;
}

/**
 * easel_session_get_transfers:
 * @self: a session
 *
 * Returns: (transfer none): the models on the pods
 */
EaselTransfers *
easel_session_get_transfers (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return self->transfers;
}

/**
 * easel_session_get_n_accounts:
 * @self: a session
 *
 * Returns: how many providers this program knows
 */
guint
easel_session_get_n_accounts (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), 0);

  return self->accounts->len;
}

/**
 * easel_session_get_nth_account:
 * @self: a session
 * @index: below easel_session_get_n_accounts()
 *
 * Returns: (transfer none) (nullable): the account, %NULL beyond the last
 */
EaselAccount *
easel_session_get_nth_account (EaselSession *self, guint index)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  return index < self->accounts->len ? g_ptr_array_index (self->accounts, index) : NULL;
}

/**
 * easel_session_get_account:
 * @self: a session
 * @provider_id: (nullable): a provider
 *
 * Returns: (transfer none) (nullable): its account, %NULL if this program does not know it
 */
EaselAccount *
easel_session_get_account (EaselSession *self, const char *provider_id)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), NULL);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      EaselAccount *account = g_ptr_array_index (self->accounts, i);

      if (g_strcmp0 (easel_account_get_provider_info (account)->id, provider_id) == 0)
        return account;
    }
  return NULL;
}

/**
 * easel_session_is_simulated:
 * @self: a session
 *
 * Returns: whether the cloud is a play, in which nothing costs money
 */
gboolean
easel_session_is_simulated (EaselSession *self)
{
  g_return_val_if_fail (EASEL_IS_SESSION (self), FALSE);

  return self->is_simulated;
}

/**
 * easel_session_expects_key:
 * @self: a session
 *
 * Answers from the settings alone, so that the first frame waits neither for the keyring nor for
 * the network.
 *
 * Returns: whether a key was kept when the program last ran
 */
gboolean
easel_session_expects_key (EaselSession *self)
{
  g_auto (GStrv) known = NULL;

  g_return_val_if_fail (EASEL_IS_SESSION (self), FALSE);

  known = g_settings_get_strv (self->settings, KNOWN_PROVIDERS);
  for (guint i = 0; known[i] != NULL; i++)
    if (easel_session_get_account (self, known[i]) != NULL)
      return TRUE;
  return FALSE;
}

/**
 * easel_session_start:
 * @self: a session
 *
 * Loads and checks the keys and begins to look at what runs. Once; to be called after the first
 * frame.
 */
void
easel_session_start (EaselSession *self)
{
  g_return_if_fail (EASEL_IS_SESSION (self));

  if (self->is_started)
    return;
  self->is_started = TRUE;
  for (guint i = 0; i < self->accounts->len; i++)
    easel_account_load (g_ptr_array_index (self->accounts, i));
  _easel_model_tokens_load (self->tokens);
  easel_studio_start (self->studio);
  if (self->krita != NULL)
    easel_krita_setup_look (self->krita);
}

/**
 * easel_session_flush:
 * @self: a session
 *
 * Writes what is still to be written, a few kilobytes, and waits for it. After all windows are
 * gone.
 */
void
easel_session_flush (EaselSession *self)
{
  g_return_if_fail (EASEL_IS_SESSION (self));

  easel_history_flush (self->history);
  easel_shelf_flush (self->shelf);
  _easel_transfers_flush (self->transfers);
}
