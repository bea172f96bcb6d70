/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Models on their way to a pod: the real helper of the agent at one end, a site that is played at
 * the other, and lines that break in between. */

#include "config.h"

#include "easel-error.h"
#include "easel-pod-models-private.h"
#include "easel-test-server.h"
#include "easel-test-util.h"
#include "stub-store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#define ADMIN "abcdefghijklmnopqrstuvwxyz"
#define HEADER                                                                                     \
  "{\"lora_unet_down_blocks_1_attentions_0.lora_down.weight\":"                                    \
  "{\"dtype\":\"F16\",\"shape\":[8,%u],\"data_offsets\":[0,%u]}}"
#define MB (1024 * 1024)

typedef struct
{
  char *folder;             /* (owned): this computer's */
  char *root;               /* (owned): the pod's disk */
  GSubprocess *helper;      /* (owned) */
  EaselTestServer *site;    /* (owned) */
  EaselClock *clock;        /* (owned) */
  EaselHttp *http;          /* (owned) */
  StubStore *store;         /* (owned) */
  EaselModelTokens *tokens; /* (owned) */
  EaselAgentClient *client; /* (owned) */
  EaselPodModels *models;   /* (owned) */
  guint port;
  guint tick; /* the helper does not wake the main loop */
} Fixture;

/* The pod's own port is two below the helper's. */
static guint
find_port (void)
{
  g_autoptr (GSocketListener) listener = g_socket_listener_new ();
  g_autoptr (GError) error = NULL;
  const guint port = g_socket_listener_add_any_inet_port (listener, NULL, &error);

  g_assert_no_error (error);
  return port - 2;
}

static gboolean
is_up (gpointer data)
{
  Fixture *fixture = data;
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection =
      g_socket_client_connect_to_host (client, "127.0.0.1", (guint16) (fixture->port + 2), NULL,
                                       NULL);

  return connection != NULL;
}

static void
die_with_test (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static void
start_helper (Fixture *fixture)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autofree char *program = g_build_filename (EASEL_AGENT_DIR, "easel_helper.py", NULL);
  g_autofree char *port = g_strdup_printf ("%u", fixture->port);
  g_autofree char *site = g_strdup_printf ("%u", easel_test_server_get_port (fixture->site));
  g_autoptr (GError) error = NULL;

  g_subprocess_launcher_setenv (launcher, "EASEL_ADMIN", ADMIN, TRUE);
  g_subprocess_launcher_setenv (launcher, "EASEL_ROOT", fixture->root, TRUE);
  g_subprocess_launcher_setenv (launcher, "EASEL_PORT", port, TRUE);
  g_subprocess_launcher_setenv (launcher, "EASEL_LOOPBACK", site, TRUE);
  g_subprocess_launcher_set_child_setup (launcher, die_with_test, NULL, NULL);
  fixture->helper = g_subprocess_launcher_spawn (launcher, &error, "python3", program, NULL);
  g_assert_no_error (error);
  easel_test_wait_until (is_up, fixture);
}

static void
stop_helper (Fixture *fixture)
{
  g_subprocess_force_exit (fixture->helper);
  g_subprocess_wait (fixture->helper, NULL, NULL);
  g_clear_object (&fixture->helper);
}

static EaselAgentClient *
make_client (Fixture *fixture)
{
  g_autofree char *base = g_strdup_printf ("http://127.0.0.1:%u", fixture->port + 2);
  g_autoptr (EaselSecret) admin = easel_secret_new (ADMIN);

  return easel_agent_client_new (fixture->http, fixture->clock, base, admin);
}

static void
make_models (Fixture *fixture)
{
  const char *uri = easel_test_server_get_uri (fixture->site);
  g_autoptr (EaselModelResolver) resolver = easel_model_resolver_new (fixture->http, uri, uri);

  fixture->client = make_client (fixture);
  fixture->models = _easel_pod_models_new (fixture->clock, resolver, fixture->tokens);
  _easel_pod_models_set_client (fixture->models, fixture->client);
}

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *tmp = NULL;

  fixture->folder = easel_test_make_folder ();
  fixture->root = g_build_filename (fixture->folder, "pod", NULL);
  tmp = g_build_filename (fixture->root, "tmp", "e", NULL);
  g_assert_cmpint (g_mkdir_with_parents (tmp, 0700), ==, 0);
  fixture->site = easel_test_server_new ();
  fixture->port = find_port ();
  fixture->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  fixture->http = easel_http_new (fixture->clock, NULL);
  fixture->store = stub_store_new ();
  fixture->tokens = _easel_model_tokens_new (EASEL_SECRET_STORE (fixture->store));
  fixture->tick = g_timeout_add (5, on_tick, NULL);
  start_helper (fixture);
  make_models (fixture);
}

static gboolean
is_null (gpointer data)
{
  return *(gpointer *) data == NULL;
}

/* Takes @object. What was under way still holds it for a moment. */
static void
drop (gpointer object)
{
  gpointer weak = object;

  g_object_add_weak_pointer (object, &weak);
  g_object_unref (object);
  easel_test_wait_until (is_null, &weak);
}

static void
drop_models (Fixture *fixture)
{
  g_object_run_dispose (G_OBJECT (fixture->models));
  drop (g_steal_pointer (&fixture->models));
  drop (g_steal_pointer (&fixture->client));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  drop_models (fixture);
  stop_helper (fixture);
  g_source_remove (fixture->tick);
  g_assert_finalize_object (fixture->tokens);
  g_object_unref (fixture->store);
  drop (fixture->http);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 0);
  g_object_unref (fixture->clock);
  easel_test_server_free (fixture->site);
  easel_test_remove_tree (fixture->folder);
  g_free (fixture->root);
  g_free (fixture->folder);
}

/* --- files -------------------------------------------------------------------------------- */

/* A LoRA of about so many bytes, whose tensors are no zeros. */
static GBytes *
make_other_lora (guint n_bytes, guint32 state)
{
  const guint n_columns = n_bytes / 16;
  g_autofree char *header = g_strdup_printf (HEADER, n_columns, n_columns * 16);
  const guint64 length = GUINT64_TO_LE (strlen (header));
  GByteArray *array = g_byte_array_new ();

  g_byte_array_append (array, (const guint8 *) &length, 8);
  g_byte_array_append (array, (const guint8 *) header, (guint) strlen (header));
  for (guint i = 0; i < n_columns * 4; i++)
    {
      state = state * 1664525 + 1013904223;
      g_byte_array_append (array, (const guint8 *) &state, 4);
    }
  return g_byte_array_free_to_bytes (array);
}

static GBytes *
make_lora (guint n_bytes)
{
  return make_other_lora (n_bytes, 1);
}

static void
write_to (const char *path, GBytes *bytes, gsize length)
{
  g_autofree char *parent = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_mkdir_with_parents (parent, 0700);
  g_file_set_contents (path, g_bytes_get_data (bytes, NULL),
                       (gssize) MIN (length, g_bytes_get_size (bytes)), &error);
  g_assert_no_error (error);
}

static char *
pod_path (Fixture *fixture, const char *name)
{
  return g_build_filename (fixture->root, "workspace", "models", "loras", name, NULL);
}

static void
assert_on_pod (Fixture *fixture, const char *name, GBytes *wanted)
{
  g_autofree char *path = pod_path (fixture, name);
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  g_autofree char *contents = NULL;
  g_autoptr (GError) error = NULL;
  gsize length;

  g_file_get_contents (path, &contents, &length, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (contents, length, g_bytes_get_data (wanted, NULL), g_bytes_get_size (wanted));
  g_assert_false (g_file_test (part, G_FILE_TEST_EXISTS));
}

/* What the pod says it adds up to. */
static void
assert_sum (EaselTransfer *transfer, GBytes *wanted)
{
  g_autofree char *sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, wanted);

  g_assert_cmpstr (easel_transfer_get_model (transfer)->sha256, ==, sum);
  g_assert_cmpuint (easel_transfer_get_model (transfer)->size, ==, g_bytes_get_size (wanted));
}

static EaselTransfer *
add_file (Fixture *fixture, const char *name, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (fixture->folder, name, NULL);
  const EaselShelfModel model = { .name = (char *) name,
                                  .folder = (char *) "loras",
                                  .size = g_bytes_get_size (bytes),
                                  .path = path };
  GListModel *transfers = easel_pod_models_get_transfers (fixture->models);

  write_to (path, bytes, G_MAXSIZE);
  easel_pod_models_add (fixture->models, &model);
  return g_list_model_get_item (transfers, g_list_model_get_n_items (transfers) - 1);
}

/* As if it had been written at a certain time. */
static void
set_time (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, "ink.safetensors", NULL);
  const struct timespec times[] = { { .tv_sec = 1700000000 }, { .tv_sec = 1700000000 } };

  g_assert_cmpint (utimensat (AT_FDCWD, path, times, 0), ==, 0);
}

/* By way of Hugging Face, which is played by the site. */
static EaselTransfer *
add_known_link (Fixture *fixture, const char *name, guint64 size, const char *sha256)
{
  g_autofree char *link =
      g_strdup_printf ("https://huggingface.co/painter/styles/resolve/main/%s", name);
  const EaselShelfModel model = { .name = (char *) name,
                                  .folder = (char *) "loras",
                                  .size = size,
                                  .link = link,
                                  .sha256 = (char *) sha256 };
  GListModel *transfers = easel_pod_models_get_transfers (fixture->models);

  easel_pod_models_add (fixture->models, &model);
  return g_list_model_get_item (transfers, g_list_model_get_n_items (transfers) - 1);
}

static EaselTransfer *
add_link (Fixture *fixture, const char *name, guint64 size)
{
  return add_known_link (fixture, name, size, NULL);
}

static void
serve_at (Fixture *fixture, const char *path, GBytes *bytes, EaselTestFault fault)
{
  const EaselTestAnswer answer = { .content_type = "application/octet-stream",
                                   .body = g_bytes_get_data (bytes, NULL),
                                   .length = g_bytes_get_size (bytes),
                                   .fault = fault };

  easel_test_server_script (fixture->site, "GET", path, &answer);
}

/* Where the site says that ink.safetensors is right now. */
static void
sign (Fixture *fixture, const char *target)
{
  g_autofree char *header =
      g_strconcat ("Location: ", easel_test_server_get_uri (fixture->site), target, NULL);
  const EaselTestAnswer answer = { .status = 302, .headers = header, .body = "" };

  easel_test_server_script (fixture->site, "GET", "/painter/styles/resolve/main/ink.safetensors",
                            &answer);
}

static void
serve (Fixture *fixture, const char *name, GBytes *bytes, EaselTestFault fault)
{
  g_autofree char *path = g_strdup_printf ("/painter/styles/resolve/main/%s", name);

  serve_at (fixture, path, bytes, fault);
}

/* --- waiting ------------------------------------------------------------------------------ */

typedef struct
{
  Fixture *fixture;
  EaselTransfer *transfer;
  EaselTransferState state;
  guint64 have;
} Wait;

/* Time goes on while the helper works, so that it is asked again. */
static gboolean
has_come_to (gpointer data)
{
  Wait *wait = data;

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (wait->fixture->clock), 100);
  return easel_transfer_get_state (wait->transfer) == wait->state &&
         easel_transfer_get_have (wait->transfer) >= wait->have;
}

static void
wait_state (Fixture *fixture, EaselTransfer *transfer, EaselTransferState state)
{
  Wait wait = { fixture, transfer, state, 0 };

  easel_test_wait_until (has_come_to, &wait);
}

static void
wait_bytes (Fixture *fixture, EaselTransfer *transfer, guint64 have)
{
  Wait wait = { fixture, transfer, EASEL_TRANSFER_RUNNING, have };

  easel_test_wait_until (has_come_to, &wait);
}

static gboolean
has_left (gpointer data)
{
  Wait *wait = data;

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (wait->fixture->clock), 100);
  return easel_transfer_get_state (wait->transfer) != wait->state;
}

static void
wait_not (Fixture *fixture, EaselTransfer *transfer, EaselTransferState state)
{
  Wait wait = { fixture, transfer, state, 0 };

  easel_test_wait_until (has_left, &wait);
}

static gboolean
part_is_gone (gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *path = pod_path (fixture, "ink.safetensors.part");

  return !g_file_test (path, G_FILE_TEST_EXISTS);
}

static gboolean
is_known (gpointer data)
{
  Fixture *fixture = data;

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 100);
  return easel_pod_models_get_state (fixture->models) == EASEL_POD_MODELS_KNOWN;
}

/* --- tests -------------------------------------------------------------------------------- */

static void
test_upload (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (21 * MB);
  g_autoptr (EaselTransfer) transfer = add_file (fixture, "ink.safetensors", lora);

  g_assert_true (easel_transfer_is_upload (transfer));
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  g_assert_cmpuint (easel_transfer_get_have (transfer), ==, g_bytes_get_size (lora));
  assert_on_pod (fixture, "ink.safetensors", lora);
  assert_sum (transfer, lora);
  easel_pod_models_set_watched (fixture->models, TRUE);
  easel_test_wait_until (is_known, fixture);
  g_assert_cmpuint (easel_pod_models_get_files (fixture->models)->len, ==, 1);
  g_assert_cmpuint (easel_pod_models_get_disk_free (fixture->models), >, 0);
}

/* A few bytes, in one piece, and a size that ends with a piece. */
static void
test_upload_sizes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) small = make_lora (1600);
  g_autoptr (EaselTransfer) one = add_file (fixture, "small.safetensors", small);
  g_autoptr (GBytes) whole = NULL;
  g_autoptr (EaselTransfer) other = NULL;

  wait_state (fixture, one, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "small.safetensors", small);
  {
    g_autoptr (GBytes) longer = make_lora (EASEL_AGENT_FIRST_CHUNK);
    const gsize header = g_bytes_get_size (longer) - EASEL_AGENT_FIRST_CHUNK;

    whole = make_lora ((guint) (EASEL_AGENT_FIRST_CHUNK - header) / 16 * 16);
  }
  other = add_file (fixture, "whole.safetensors", whole);
  wait_state (fixture, other, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "whole.safetensors", whole);
}

/* The line is gone in the middle, and the program too: what had arrived is not sent again. */
static void
test_upload_resumed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (40 * MB);
  g_autoptr (EaselTransfer) before = add_file (fixture, "ink.safetensors", lora);
  g_autoptr (EaselTransfer) after = NULL;
  g_autofree char *path = pod_path (fixture, "ink.safetensors.part");
  GStatBuf there, later;

  set_time (fixture);
  wait_bytes (fixture, before, 8 * MB);
  drop_models (fixture);
  g_assert_cmpint (g_stat (path, &there), ==, 0);
  make_models (fixture);
  after = add_file (fixture, "ink.safetensors", lora);
  set_time (fixture);
  wait_bytes (fixture, after, (guint64) there.st_size);
  g_assert_cmpint (g_stat (path, &later), ==, 0);
  /* The same file went on. */
  g_assert_cmpuint (later.st_ino, ==, there.st_ino);
  wait_state (fixture, after, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
}

/* The helper dies: it waits, says why, and goes on by itself. */
static void
test_upload_outlives_helper (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (40 * MB);
  g_autoptr (EaselTransfer) transfer = add_file (fixture, "ink.safetensors", lora);

  wait_bytes (fixture, transfer, 4 * MB);
  stop_helper (fixture);
  wait_state (fixture, transfer, EASEL_TRANSFER_WAITING);
  g_assert_error (easel_transfer_get_error (transfer), EASEL_ERROR, EASEL_ERROR_NETWORK);
  start_helper (fixture);
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
}

/* It dies when all is there, before it has compared it: nothing is sent again. */
static void
test_upload_all_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (40 * MB);
  g_autoptr (EaselTransfer) transfer = add_file (fixture, "ink.safetensors", lora);
  g_autofree char *part = pod_path (fixture, "ink.safetensors.part");
  GStatBuf there, later;
  g_autofree char *path = pod_path (fixture, "ink.safetensors");

  wait_bytes (fixture, transfer, 4 * MB);
  stop_helper (fixture);
  write_to (part, lora, G_MAXSIZE);
  g_assert_cmpint (g_stat (part, &there), ==, 0);
  start_helper (fixture);
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
  g_assert_cmpint (g_stat (path, &later), ==, 0);
  g_assert_cmpuint (later.st_ino, ==, there.st_ino);
}

/* What lies there as its beginning is something else: the sum tells, and it is sent anew. */
static void
test_upload_over_another (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (9 * MB);
  g_autoptr (GBytes) other = make_lora (5 * MB);
  g_autofree char *path = pod_path (fixture, "ink.safetensors.part");
  g_autoptr (EaselTransfer) transfer = NULL;

  write_to (path, other, 4 * MB);
  transfer = add_file (fixture, "ink.safetensors", lora);
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
}

static void
save (Fixture *fixture, GBytes *bytes)
{
  g_autofree char *path = g_build_filename (fixture->folder, "ink.safetensors", NULL);

  write_to (path, bytes, G_MAXSIZE);
}

/* It is saved while it is sent: that is said, and the new one comes. */
static void
test_upload_of_changed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (40 * MB);
  g_autoptr (GBytes) newer = make_other_lora (9 * MB, 2);
  g_autoptr (EaselTransfer) transfer = add_file (fixture, "ink.safetensors", lora);

  wait_bytes (fixture, transfer, 8 * MB);
  save (fixture, newer);
  wait_state (fixture, transfer, EASEL_TRANSFER_WAITING);
  g_assert_error (easel_transfer_get_error (transfer), EASEL_ERROR, EASEL_ERROR_FILE_CHANGED);
  /* It is said as long as it lasts. */
  wait_state (fixture, transfer, EASEL_TRANSFER_RUNNING);
  g_assert_error (easel_transfer_get_error (transfer), EASEL_ERROR, EASEL_ERROR_FILE_CHANGED);
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  g_assert_no_error (easel_transfer_get_error (transfer));
  assert_on_pod (fixture, "ink.safetensors", newer);
  assert_sum (transfer, newer);
}

/* Not for ever; and whoever knows that it has come to rest begins again. */
static void
test_upload_of_changing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (20 * MB);
  g_autoptr (GBytes) other = make_other_lora (20 * MB, 2);
  g_autoptr (EaselTransfer) transfer = add_file (fixture, "ink.safetensors", lora);
  guint n = 0;

  while (n < 100)
    {
      wait_bytes (fixture, transfer, 4 * MB);
      save (fixture, n++ % 2 == 0 ? other : lora);
      wait_not (fixture, transfer, EASEL_TRANSFER_RUNNING);
      if (easel_transfer_get_state (transfer) == EASEL_TRANSFER_FAILED)
        break;
      g_assert_error (easel_transfer_get_error (transfer), EASEL_ERROR, EASEL_ERROR_FILE_CHANGED);
      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (fixture->clock), 90 * 1000);
    }
  g_assert_cmpuint (n, ==, 6);
  g_assert_error (easel_transfer_get_error (transfer), EASEL_ERROR, EASEL_ERROR_FILE_CHANGING);
  easel_pod_models_retry (fixture->models, transfer);
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
}

static gboolean
has_changed (gpointer data)
{
  return g_error_matches (easel_transfer_get_error (data), EASEL_ERROR, EASEL_ERROR_FILE_CHANGED);
}

/* It was saved while nobody looked: what the pod has is of another file, and not its beginning. */
static void
test_upload_of_saved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (40 * MB);
  g_autoptr (GBytes) newer = make_other_lora (40 * MB, 2);
  g_autoptr (EaselTransfer) before = add_file (fixture, "ink.safetensors", lora);
  g_autoptr (EaselTransfer) after = NULL;

  wait_bytes (fixture, before, 8 * MB);
  drop_models (fixture);
  stop_helper (fixture);
  start_helper (fixture);
  make_models (fixture);
  after = add_file (fixture, "ink.safetensors", newer);
  while (easel_transfer_get_state (after) != EASEL_TRANSFER_DONE)
    {
      wait_not (fixture, after, easel_transfer_get_state (after));
      g_assert_no_error (easel_transfer_get_error (after));
    }
  assert_on_pod (fixture, "ink.safetensors", newer);
}

/* The same, but nothing shows it before the agent has added up the beginning. */
static void
test_upload_of_changed_between (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (40 * MB);
  g_autoptr (GBytes) newer = make_other_lora (40 * MB, 2);
  g_autoptr (EaselTransfer) before = add_file (fixture, "ink.safetensors", lora);
  g_autoptr (EaselTransfer) after = NULL;

  set_time (fixture);
  wait_bytes (fixture, before, 8 * MB);
  drop_models (fixture);
  make_models (fixture);
  after = add_file (fixture, "ink.safetensors", newer);
  set_time (fixture);
  easel_test_wait_until (has_changed, after);
  wait_state (fixture, after, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", newer);
}

/* It is found elsewhere: what has arrived stays, unless it is to have another name. */
static void
test_upload_of_moved (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (40 * MB);
  g_autoptr (EaselTransfer) before = add_file (fixture, "ink.safetensors", lora);
  g_autoptr (EaselTransfer) after = NULL;
  g_autoptr (EaselShelfModel) model = easel_shelf_model_copy (easel_transfer_get_model (before));
  g_autofree char *old = g_strdup (model->path);
  g_autofree char *part = pod_path (fixture, "ink.safetensors.part");
  GStatBuf there, later;

  wait_bytes (fixture, before, 8 * MB);
  g_assert_cmpint (g_stat (part, &there), ==, 0);
  g_free (model->path);
  model->path = g_build_filename (fixture->folder, "elsewhere.safetensors", NULL);
  g_assert_cmpint (g_rename (old, model->path), ==, 0);
  easel_pod_models_replace (fixture->models, before, model);
  after = g_list_model_get_item (easel_pod_models_get_transfers (fixture->models), 0);
  wait_bytes (fixture, after, 8 * MB);
  g_assert_cmpint (g_stat (part, &later), ==, 0);
  g_assert_cmpuint (later.st_ino, ==, there.st_ino);
  g_free (model->name);
  model->name = g_strdup ("other.safetensors");
  easel_pod_models_replace (fixture->models, after, model);
  g_assert_cmpuint (g_list_model_get_n_items (easel_pod_models_get_transfers (fixture->models)), ==,
                    1);
  g_set_object (&after, NULL);
  after = g_list_model_get_item (easel_pod_models_get_transfers (fixture->models), 0);
  easel_test_wait_until (part_is_gone, fixture);
  wait_state (fixture, after, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "other.safetensors", lora);
}

static void
test_upload_of_nothing (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (1600);
  g_autofree char *path = g_build_filename (fixture->folder, "ink.safetensors", NULL);
  g_autoptr (EaselTransfer) transfer = NULL;

  transfer = add_file (fixture, "ink.safetensors", lora);
  g_remove (path);
  wait_state (fixture, transfer, EASEL_TRANSFER_FAILED);
  g_assert_error (easel_transfer_get_error (transfer), EASEL_ERROR, EASEL_ERROR_UNREADABLE_FILE);
}

static void
test_download (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (6 * MB);
  g_autoptr (EaselTransfer) transfer = NULL;

  serve (fixture, "ink.safetensors", lora, EASEL_TEST_FAULT_NONE);
  transfer = add_link (fixture, "ink.safetensors", g_bytes_get_size (lora));
  g_assert_false (easel_transfer_is_upload (transfer));
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
  assert_sum (transfer, lora);
}

/* The site has a newer one of the same size: that one is taken, and its sum. */
static void
test_download_renewed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (1600);
  g_autofree char *old = g_strnfill (64, '0');
  g_autoptr (EaselTransfer) transfer = NULL;

  serve (fixture, "ink.safetensors", lora, EASEL_TEST_FAULT_NONE);
  transfer = add_known_link (fixture, "ink.safetensors", g_bytes_get_size (lora), old);
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
  assert_sum (transfer, lora);
}

/* The site cuts it off: the link is followed anew, and the helper goes on. */
static void
test_download_cut (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (6 * MB);
  g_autoptr (EaselTransfer) transfer = NULL;

  /* The desktop looks, then the helper fetches. */
  serve (fixture, "ink.safetensors", lora, EASEL_TEST_FAULT_NONE);
  serve (fixture, "ink.safetensors", lora, EASEL_TEST_FAULT_TRUNCATED);
  serve (fixture, "ink.safetensors", lora, EASEL_TEST_FAULT_NONE);
  transfer = add_link (fixture, "ink.safetensors", g_bytes_get_size (lora));
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
  g_assert_cmpuint (easel_test_server_count (fixture->site, NULL, NULL), >=, 4);
}

/* The program, too, begins anew, and the link is signed anew: what is there is gone on with. */
static void
test_download_resumed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (6 * MB);
  const gsize size = g_bytes_get_size (lora);
  const char *bytes = g_bytes_get_data (lora, NULL);
  g_autofree char *part = pod_path (fixture, "ink.safetensors.part");
  g_autofree char *range = NULL;
  EaselTestAnswer rest = { .status = 206, .content_type = "application/octet-stream" };
  g_autoptr (EaselTransfer) before = NULL;
  g_autoptr (EaselTransfer) after = NULL;
  GStatBuf there;

  sign (fixture, "/first?signature=1");
  serve_at (fixture, "/first", lora, EASEL_TEST_FAULT_NONE);
  serve_at (fixture, "/first", lora, EASEL_TEST_FAULT_TRUNCATED);
  before = add_link (fixture, "ink.safetensors", size);
  wait_state (fixture, before, EASEL_TRANSFER_RUNNING);
  wait_state (fixture, before, EASEL_TRANSFER_WAITING);
  g_assert_error (easel_transfer_get_error (before), EASEL_ERROR, EASEL_ERROR_NETWORK);
  drop_models (fixture);
  stop_helper (fixture);
  g_assert_cmpint (g_stat (part, &there), ==, 0);
  g_assert_cmpint (there.st_size, >, 0);

  start_helper (fixture);
  make_models (fixture);
  easel_test_server_forget_scripts (fixture->site);
  sign (fixture, "/second?signature=2");
  serve_at (fixture, "/second", lora, EASEL_TEST_FAULT_NONE);
  /* Whoever begins at the beginning does not take it. */
  range = g_strdup_printf ("Content-Range: bytes %" G_GSIZE_FORMAT "-%" G_GSIZE_FORMAT
                           "/%" G_GSIZE_FORMAT,
                           (gsize) there.st_size, size - 1, size);
  rest.headers = range;
  rest.body = bytes + there.st_size;
  rest.length = size - (gsize) there.st_size;
  easel_test_server_script (fixture->site, "GET", "/second", &rest);
  after = add_link (fixture, "ink.safetensors", size);
  wait_state (fixture, after, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
}

static char *
read_note (Fixture *fixture)
{
  g_autofree char *path = pod_path (fixture, ".ink.safetensors.part");
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

/* Another link to a file of the same name: what is there is of something else. */
static void
test_download_another (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (6 * MB);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *folder = g_strdup_printf ("epoch-%u/ink.safetensors", i);
      g_autofree char *path = g_strconcat ("/painter/styles/resolve/main/", folder, NULL);
      g_autofree char *link = g_strconcat ("https://huggingface.co", path, NULL);
      const EaselShelfModel model = { .name = (char *) "ink.safetensors",
                                      .folder = (char *) "loras",
                                      .link = link };
      g_autoptr (EaselTransfer) transfer = NULL;

      serve_at (fixture, path, lora, EASEL_TEST_FAULT_NONE);
      serve_at (fixture, path, lora, EASEL_TEST_FAULT_TRUNCATED);
      easel_pod_models_add (fixture->models, &model);
      transfer = g_list_model_get_item (easel_pod_models_get_transfers (fixture->models), 0);
      wait_state (fixture, transfer, EASEL_TRANSFER_RUNNING);
      wait_state (fixture, transfer, EASEL_TRANSFER_WAITING);
      *(i == 0 ? &first : &second) = read_note (fixture);
      drop_models (fixture);
      make_models (fixture);
    }
  g_assert_nonnull (first);
  g_assert_nonnull (second);
  g_assert_cmpstr (first, !=, second);
}

static void
test_download_gone (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (1600);
  g_autoptr (EaselTransfer) transfer = add_link (fixture, "ink.safetensors", 0);

  wait_state (fixture, transfer, EASEL_TRANSFER_FAILED);
  g_assert_error (easel_transfer_get_error (transfer), EASEL_ERROR, EASEL_ERROR_MODEL_GONE);
  serve (fixture, "ink.safetensors", lora, EASEL_TEST_FAULT_NONE);
  easel_pod_models_retry (fixture->models, transfer);
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  assert_on_pod (fixture, "ink.safetensors", lora);
}

/* What lies there is not fetched again. */
static void
test_already_there (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (1600);
  g_autofree char *path = pod_path (fixture, "ink.safetensors");
  g_autoptr (EaselTransfer) transfer = NULL;

  write_to (path, lora, G_MAXSIZE);
  transfer = add_link (fixture, "ink.safetensors", g_bytes_get_size (lora));
  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  g_assert_cmpuint (easel_test_server_count (fixture->site, NULL, NULL), ==, 0);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (60 * MB);
  g_autoptr (EaselTransfer) transfer = add_file (fixture, "ink.safetensors", lora);
  g_autofree char *path = pod_path (fixture, "ink.safetensors");

  wait_bytes (fixture, transfer, 4 * MB);
  easel_pod_models_cancel (fixture->models, transfer);
  g_assert_cmpuint (g_list_model_get_n_items (easel_pod_models_get_transfers (fixture->models)), ==,
                    0);
  easel_test_wait_until (part_is_gone, fixture);
  easel_test_pump_for (100);
  g_assert_true (part_is_gone (fixture));
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
}

static gboolean
file_is_gone (gpointer data)
{
  Fixture *fixture = data;
  g_autofree char *path = pod_path (fixture, "ink.safetensors");

  return !g_file_test (path, G_FILE_TEST_EXISTS);
}

static void
test_remove (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) lora = make_lora (1600);
  g_autoptr (EaselTransfer) transfer = add_file (fixture, "ink.safetensors", lora);

  wait_state (fixture, transfer, EASEL_TRANSFER_DONE);
  easel_pod_models_remove (fixture->models, "loras", "ink.safetensors");
  easel_test_wait_until (file_is_gone, fixture);
  g_assert_cmpuint (g_list_model_get_n_items (easel_pod_models_get_transfers (fixture->models)), ==,
                    0);
}

/* Without a window and without anything to come nobody is asked. */
static void
test_quiet (Fixture *fixture, gconstpointer data)
{
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 0);
  g_assert_cmpint (easel_pod_models_get_state (fixture->models), ==, EASEL_POD_MODELS_WAITING);
  easel_pod_models_set_watched (fixture->models, TRUE);
  easel_test_wait_until (is_known, fixture);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 1);
  easel_pod_models_set_watched (fixture->models, FALSE);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (fixture->clock)), ==, 0);
}

static void
test_retry_table (void)
{
  static const struct
  {
    EaselError code;
    gboolean by_itself;
  } rows[] = {
    { EASEL_ERROR_NETWORK, TRUE },        { EASEL_ERROR_TIMED_OUT, TRUE },
    { EASEL_ERROR_UNAVAILABLE, TRUE },    { EASEL_ERROR_RATE_LIMITED, TRUE },
    { EASEL_ERROR_CONFLICT, TRUE },       { EASEL_ERROR_FILE_CHANGED, TRUE },
    { EASEL_ERROR_FILE_CHANGING, FALSE }, { EASEL_ERROR_MODEL_GONE, FALSE },
    { EASEL_ERROR_TOKEN_NEEDED, FALSE },  { EASEL_ERROR_MODEL_TOO_LARGE, FALSE },
    { EASEL_ERROR_NOT_A_MODEL, FALSE },   { EASEL_ERROR_UNREADABLE_FILE, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = easel_error_new (rows[i].code, "test");

      g_assert_cmpint (easel_transfer_retry_ms (error, 0) >= 0, ==, rows[i].by_itself);
      if (rows[i].by_itself)
        {
          g_assert_cmpint (easel_transfer_retry_ms (error, 0), <=, 5000);
          g_assert_cmpint (easel_transfer_retry_ms (error, 1000), <=, 90 * 1000);
          g_assert_cmpint (easel_transfer_retry_ms (error, 1000), >=, 30 * 1000);
        }
    }
}

#define ADD(path, function)                                                                        \
  g_test_add ("/pod-models/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  ADD ("upload", test_upload);
  ADD ("upload-sizes", test_upload_sizes);
  ADD ("upload-resumed", test_upload_resumed);
  ADD ("upload-outlives-helper", test_upload_outlives_helper);
  ADD ("upload-all-there", test_upload_all_there);
  ADD ("upload-over-another", test_upload_over_another);
  ADD ("upload-of-nothing", test_upload_of_nothing);
  ADD ("upload-of-changed", test_upload_of_changed);
  ADD ("upload-of-changing", test_upload_of_changing);
  ADD ("upload-of-moved", test_upload_of_moved);
  ADD ("upload-of-saved", test_upload_of_saved);
  ADD ("upload-of-changed-between", test_upload_of_changed_between);
  ADD ("download", test_download);
  ADD ("download-renewed", test_download_renewed);
  ADD ("download-cut", test_download_cut);
  ADD ("download-resumed", test_download_resumed);
  ADD ("download-another", test_download_another);
  ADD ("download-gone", test_download_gone);
  ADD ("already-there", test_already_there);
  ADD ("cancel", test_cancel);
  ADD ("remove", test_remove);
  ADD ("quiet", test_quiet);
  g_test_add_func ("/pod-models/retry", test_retry_table);
  return g_test_run ();
}
