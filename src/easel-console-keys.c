/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the keys of a run without windows come from: the keyring, or, where that has none,
 * standard input. What is found goes into a store in memory, so that a run on a text console never
 * writes to the keyring. A key is sent to nobody but the provider that its line names. */

#include "config.h"
#include "easel-console-keys.h"

#include "easel-error.h"

#include <errno.h>
#include <gio/gunixinputstream.h>
#include <glib/gi18n.h>
#include <unistd.h>

/* A keyring that asks for its password on a screen that nobody sees never answers. */
#define KEYRING_SECONDS 20
#define MAX_KEY_INPUT (16 * 1024)
/* After this long it is said that the program waits for the keys. */
#define HINT_SECONDS 2

typedef struct
{
  GPtrArray *providers;      /* (owned) (element-type EaselProvider) */
  EaselSecretStore *keyring; /* (owned) (nullable) */
  EaselSecretStore *store;   /* (owned) */
  GCancellable *cancellable; /* (owned) */
  EaselConsoleKeysFunc func;
  gpointer user_data;
  guint n_keys;
  guint n_pending;
  guint timer_id;
  char input[MAX_KEY_INPUT + 1];
} Collect;

typedef struct
{
  Collect *collect; /* (unowned) */
  EaselProvider *provider;
} Look;

static void read_input (Collect *collect);

static void
finish (Collect *collect)
{
  g_clear_handle_id (&collect->timer_id, g_source_remove);
  collect->func (collect->store, collect->n_keys, collect->user_data);
  easel_secret_wipe (collect->input, sizeof collect->input);
  g_ptr_array_unref (collect->providers);
  g_clear_object (&collect->keyring);
  g_object_unref (collect->store);
  g_object_unref (collect->cancellable);
  g_free (collect);
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Collect *collect = user_data;

  if (easel_secret_store_store_finish (EASEL_SECRET_STORE (source), result, NULL))
    collect->n_keys++;
  if (--collect->n_pending == 0)
    finish (collect);
}

static void
keep (Collect *collect, EaselProvider *provider, EaselSecret *key)
{
  easel_secret_store_store_async (collect->store, easel_provider_get_id (provider),
                                  easel_provider_get_api_host (provider), "", key, NULL, on_stored,
                                  collect);
}

/* --- standard input --------------------------------------------------------------------------- */

/* A line is "runpod=KEY"; blanks around either part do not count. */
static EaselSecret *
key_from_line (const char *line, const char *end, const char *provider_id)
{
  const char *mark = memchr (line, '=', (gsize) (end - line));
  EaselSecret *key;
  const char *name_end;
  char *value;

  if (mark == NULL)
    return NULL;
  while (line < mark && g_ascii_isspace (*line))
    line++;
  name_end = mark;
  while (name_end > line && g_ascii_isspace (name_end[-1]))
    name_end--;
  if ((gsize) (name_end - line) != strlen (provider_id) ||
      g_ascii_strncasecmp (line, provider_id, strlen (provider_id)) != 0)
    return NULL;
  value = g_strndup (mark + 1, (gsize) (end - mark - 1));
  key = easel_secret_new_from_key_input (value, NULL);
  easel_secret_wipe (value, strlen (value));
  g_free (value);
  return key;
}

/**
 * easel_console_keys_find:
 * @text: lines
 * @provider_id: a provider
 *
 * The first line that names the provider and has a key counts. Others are passed over without a
 * word, as a word might be a key.
 *
 * Returns: (transfer full) (nullable): the key
 */
EaselSecret *
easel_console_keys_find (const char *text, const char *provider_id)
{
  const char *line = text;

  g_return_val_if_fail (text != NULL, NULL);
  g_return_val_if_fail (provider_id != NULL, NULL);

  while (*line != '\0')
    {
      const char *end = line + strcspn (line, "\n");
      EaselSecret *key = key_from_line (line, end, provider_id);

      if (key != NULL)
        return key;
      line = *end == '\n' ? end + 1 : end;
    }
  return NULL;
}

static void
take_input (Collect *collect)
{
  guint i;

  collect->n_pending = 1;
  for (i = 0; i < collect->providers->len; i++)
    {
      EaselProvider *provider = g_ptr_array_index (collect->providers, i);
      g_autoptr (EaselSecret) key =
          easel_console_keys_find (collect->input, easel_provider_get_id (provider));

      if (key == NULL)
        continue;
      collect->n_pending++;
      keep (collect, provider, key);
    }
  if (--collect->n_pending == 0)
    finish (collect);
}

static void
on_input (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Collect *collect = user_data;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  if (!g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error))
    g_debug ("Standard input: %s", error->message);
  collect->input[MIN (length, MAX_KEY_INPUT)] = '\0';
  take_input (collect);
}

static gboolean
on_hint (gpointer user_data)
{
  Collect *collect = user_data;

  collect->timer_id = 0;
  g_printerr ("%s\n", _ ("Waiting for keys on standard input: “runpod=KEY” or “vast=KEY”, a line "
                         "each, then Ctrl+D."));
  return G_SOURCE_REMOVE;
}

static void
read_input (Collect *collect)
{
  g_autoptr (GInputStream) stream = g_unix_input_stream_new (STDIN_FILENO, FALSE);

  g_clear_handle_id (&collect->timer_id, g_source_remove);
  collect->timer_id = g_timeout_add_seconds (HINT_SECONDS, on_hint, collect);
  g_input_stream_read_all_async (stream, collect->input, MAX_KEY_INPUT, G_PRIORITY_DEFAULT, NULL,
                                 on_input, collect);
}

/* --- the keyring ------------------------------------------------------------------------------ */

static void
take_keyring_done (Collect *collect)
{
  if (collect->n_keys > 0 || isatty (STDIN_FILENO))
    finish (collect);
  else
    read_input (collect);
}

static void
on_kept (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Collect *collect = user_data;

  if (easel_secret_store_store_finish (EASEL_SECRET_STORE (source), result, NULL))
    collect->n_keys++;
  if (--collect->n_pending == 0)
    take_keyring_done (collect);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Look *look = user_data;
  Collect *collect = look->collect;
  EaselProvider *provider = look->provider;
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselSecret) key =
      easel_secret_store_look_up_finish (EASEL_SECRET_STORE (source), result, &error);

  g_free (look);
  if (key != NULL)
    {
      easel_secret_store_store_async (collect->store, easel_provider_get_id (provider),
                                      easel_provider_get_api_host (provider), "", key, NULL,
                                      on_kept, collect);
      return;
    }
  if (error != NULL)
    g_debug ("The keyring: %s", error->message);
  if (--collect->n_pending == 0)
    take_keyring_done (collect);
}

static gboolean
on_keyring_silent (gpointer user_data)
{
  Collect *collect = user_data;

  collect->timer_id = 0;
  g_cancellable_cancel (collect->cancellable);
  return G_SOURCE_REMOVE;
}

static void
ask_keyring (Collect *collect)
{
  guint i;

  collect->keyring = easel_secret_store_libsecret_new ();
  collect->timer_id = g_timeout_add_seconds (KEYRING_SECONDS, on_keyring_silent, collect);
  collect->n_pending = collect->providers->len;
  for (i = 0; i < collect->providers->len; i++)
    {
      Look *look = g_new0 (Look, 1);

      look->collect = collect;
      look->provider = g_ptr_array_index (collect->providers, i);
      easel_secret_store_look_up_async (collect->keyring, easel_provider_get_id (look->provider),
                                        easel_provider_get_api_host (look->provider),
                                        collect->cancellable, on_looked_up, look);
    }
}

/**
 * easel_console_keys_collect:
 * @providers: (element-type EaselProvider): whose keys are wanted; at least one
 * @from_input: do not ask the keyring
 * @func: called once, later
 *
 * The keyring first; standard input only if that has no key at all and is no terminal, where a key
 * would stand on the screen.
 */
void
easel_console_keys_collect (GPtrArray *providers,
                            gboolean from_input,
                            EaselConsoleKeysFunc func,
                            gpointer user_data)
{
  Collect *collect;

  g_return_if_fail (providers != NULL && providers->len > 0);
  g_return_if_fail (func != NULL);

  collect = g_new0 (Collect, 1);
  collect->providers = g_ptr_array_ref (providers);
  collect->store = easel_secret_store_memory_new ();
  collect->cancellable = g_cancellable_new ();
  collect->func = func;
  collect->user_data = user_data;
  if (from_input)
    read_input (collect);
  else
    ask_keyring (collect);
}
