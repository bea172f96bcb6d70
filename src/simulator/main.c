/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cloud-easel-simulator: a cloud on loopback for demonstrations and tests. This file reads the
 * command line, keeps the state file and the endpoints file, and runs until somebody ends it.
 */
#include "config.h"

#include "easel-sim-agent.h"
#include "easel-sim-comfy.h"
#include "easel-sim-container.h"
#include "easel-sim-control.h"
#include "easel-sim-server.h"
#include "easel-sim-sites.h"
#include "easel-sim-vast.h"

#include <glib-unix.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_MS 50
#define SAVE_US (2 * G_USEC_PER_SEC)
#define DEFAULT_TAGS "v1.52.0,v1.50.0,v1.48.0,v1.40.1,base"
#define MAX_STATE_BYTES (256 * 1024 * 1024)

typedef struct
{
  int port;
  double speed;
  gint64 seed;
  int n_gpus;
  int n_offers;
  char *script;
  char *state;
  char *endpoints;
  char *tags;
  char *agent;
  char *certificate;
  gboolean exits_with_parent;
  gboolean limits_rate;
  gboolean ignores_intervals;
} Options;

typedef struct
{
  EaselSimWorld world;
  EaselSimServer *server;
  EaselSimScript *script; /* (nullable) */
  const char *state_path; /* (nullable) */
  GMainLoop *loop;
  guint changes_saved;
  gint64 saved_us;
} Program;

static gboolean
parse_options (int argc, char **argv, Options *options, GError **error)
{
  const GOptionEntry entries[] = {
    { "port", 0, 0, G_OPTION_ARG_INT, &options->port, "Port on 127.0.0.1, 0 for a free one", "N" },
    { "speed", 0, 0, G_OPTION_ARG_DOUBLE, &options->speed, "Cloud seconds per second", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &options->seed, "Decides everything left to chance", "N" },
    { "gpus", 0, 0, G_OPTION_ARG_INT, &options->n_gpus, "Number of GPU types, -1 for the usual",
      "N" },
    { "offers", 0, 0, G_OPTION_ARG_INT, &options->n_offers,
      "Number of offers of single machines, -1 for the usual", "N" },
    { "script", 0, 0, G_OPTION_ARG_FILENAME, &options->script, "What happens when", "FILE" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &options->state, "Keeps the cloud over restarts",
      "FILE" },
    { "endpoints-out", 0, 0, G_OPTION_ARG_FILENAME, &options->endpoints,
      "Write what --endpoints reads", "FILE" },
    { "image-tags", 0, 0, G_OPTION_ARG_STRING, &options->tags, "Tags of the image, newest first",
      "TAG,…" },
    { "agent", 0, 0, G_OPTION_ARG_STRING, &options->agent,
      "What runs in pods that bring one: stand-in (the default), none, or real, which is a "
      "stand-in "
      "where nginx or Python is missing",
      "KIND" },
    { "tls", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate,
      "Serve the providers over TLS with this certificate and key", "FILE" },
    { "exit-with-parent", 0, 0, G_OPTION_ARG_NONE, &options->exits_with_parent,
      "End when standard input closes", NULL },
    { "rate-limit", 0, 0, G_OPTION_ARG_NONE, &options->limits_rate,
      "Hold callers to the request quota", NULL },
    { "ignore-intervals", 0, 0, G_OPTION_ARG_NONE, &options->ignores_intervals,
      "Answer however soon somebody asks again", NULL },
    G_OPTION_ENTRY_NULL
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);

  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, error))
    return FALSE;
  if (argc > 1 || options->port < 0 || options->port > 65535 ||
      !(options->speed >= 0 && options->speed <= 1e6) ||
      (options->agent != NULL && strcmp (options->agent, "stand-in") != 0 &&
       strcmp (options->agent, "none") != 0 && strcmp (options->agent, "real") != 0))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "a value is out of range");
      return FALSE;
    }
  return TRUE;
}

/* The saved tree, or NULL; a missing file is no error. */
static gboolean
read_state (const char *path, JsonNode **ret_node, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  gsize size;

  if (path == NULL || !g_file_test (path, G_FILE_TEST_EXISTS))
    return TRUE;
  if (!g_file_get_contents (path, &text, &size, error))
    return FALSE;
  bytes = g_bytes_new_take (g_steal_pointer (&text), size);
  *ret_node = easel_json_parse (bytes, MAX_STATE_BYTES, error);
  return *ret_node != NULL;
}

static void
save_state (Program *self)
{
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  if (self->state_path == NULL)
    return;
  node = easel_sim_cloud_save (self->world.cloud);
  text = easel_json_to_text (node);
  if (!g_file_set_contents_full (self->state_path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600,
                                 &error))
    g_printerr ("cloud-easel-simulator: %s\n", error->message);
  self->changes_saved = easel_sim_cloud_get_changes (self->world.cloud);
  self->saved_us = g_get_monotonic_time ();
}

static void
init_world (EaselSimWorld *world, const Options *options, gint64 now_ms)
{
  g_auto (GStrv) tags = g_strsplit (options->tags != NULL ? options->tags : DEFAULT_TAGS, ",", 100);

  world->clock = easel_sim_clock_new (options->speed, now_ms);
  world->catalog = easel_sim_catalog_new ((guint64) options->seed);
  easel_sim_catalog_set_size (world->catalog, options->n_gpus);
  world->market = easel_sim_market_new (world->catalog, (guint64) options->seed);
  easel_sim_market_set_size (world->market, options->n_offers);
  world->cloud = easel_sim_cloud_new (world->clock, world->catalog, world->market,
                                      (guint64) options->seed, (const char *const *) tags);
  world->faults = easel_sim_faults_new (world->clock);
  world->rate = easel_sim_rate_new (world->clock, options->limits_rate);
  world->pace = easel_sim_pace_new (world->clock, !options->ignores_intervals);
  world->vast = easel_sim_vast_new ();
  world->requests = easel_sim_requests_new (world->clock);
  world->sites = easel_sim_sites_new ();
  world->sums = easel_sim_sums_new ();
  world->comfies = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                          (GDestroyNotify) easel_sim_comfy_free);
  world->direct_ports = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (g_strcmp0 (options->agent, "real") == 0)
    world->containers = easel_sim_containers_new (world);
  if (world->containers == NULL && g_strcmp0 (options->agent, "none") != 0)
    world->agents = easel_sim_agents_new (world);
}

static void
clear_world (EaselSimWorld *world)
{
  g_clear_pointer (&world->agents, easel_sim_agents_free);
  g_clear_pointer (&world->containers, easel_sim_containers_free);
  easel_sim_requests_free (world->requests);
  easel_sim_vast_free (world->vast);
  easel_sim_sites_free (world->sites);
  easel_sim_sums_free (world->sums);
  easel_sim_pace_free (world->pace);
  easel_sim_rate_free (world->rate);
  easel_sim_faults_free (world->faults);
  easel_sim_cloud_free (world->cloud);
  easel_sim_market_free (world->market);
  easel_sim_catalog_free (world->catalog);
  easel_sim_clock_free (world->clock);
  g_hash_table_unref (world->comfies);
  g_hash_table_unref (world->direct_ports);
}

static gboolean
write_endpoints (EaselSimWorld *world, const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *vast = world->tls_port > 0
                              ? g_strdup_printf ("https://127.0.0.1:%u", world->tls_port)
                              : g_strdup_printf ("http://127.0.0.1:%u", world->port);
  g_autofree char *api = g_strconcat (vast, "/v2", NULL);
  g_autofree char *graphql = g_strconcat (vast, "/graphql", NULL);
  g_autofree char *proxy = g_strdup_printf ("http://{pod}-{port}.localhost:%u", world->port);
  g_autofree char *tags =
      g_strdup_printf ("http://127.0.0.1:%u/hub/v2/repositories/aclysia/sd-comfyui-krita/tags",
                       world->port);
  g_autofree char *civitai =
      g_strdup_printf ("http://127.0.0.1:%u" EASEL_SIM_CIVITAI_PATH, world->port);
  g_autofree char *huggingface =
      g_strdup_printf ("http://127.0.0.1:%u" EASEL_SIM_HUGGINGFACE_PATH, world->port);
  g_autofree char *elsewhere =
      g_strdup_printf ("http://127.0.0.1:%u" EASEL_SIM_ELSEWHERE_PATH, world->store_port);

  g_key_file_set_string (file, "runpod", "api", api);
  g_key_file_set_string (file, "runpod", "graphql", graphql);
  g_key_file_set_string (file, "runpod", "proxy", proxy);
  g_key_file_set_string (file, "vast", "api", vast);
  g_key_file_set_double (file, "clock", "speed", easel_sim_clock_get_speed (world->clock));
  g_key_file_set_int64 (file, "clock", "real-epoch-ms",
                        easel_sim_clock_get_real_epoch (world->clock));
  g_key_file_set_int64 (file, "clock", "cloud-epoch-ms",
                        easel_sim_clock_get_cloud_epoch (world->clock));
  g_key_file_set_string (file, "image", "tags", tags);
  g_key_file_set_string (file, "models", "civitai", civitai);
  g_key_file_set_string (file, "models", "huggingface", huggingface);
  g_key_file_set_string (file, "models", "elsewhere", elsewhere);
  return g_key_file_save_to_file (file, path, error);
}

static gboolean
on_tick (gpointer user_data)
{
  Program *self = user_data;
  gboolean has_changed;

  if (self->script != NULL)
    easel_sim_script_run_due (self->script);
  easel_sim_cloud_settle (self->world.cloud);
  easel_sim_server_tick (self->server);
  has_changed = easel_sim_cloud_get_changes (self->world.cloud) != self->changes_saved;
  if (has_changed || g_get_monotonic_time () - self->saved_us > SAVE_US)
    save_state (self);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_input (int fd, GIOCondition condition, gpointer user_data)
{
  char buffer[256];

  if (read (fd, buffer, sizeof buffer) > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (user_data);
  return G_SOURCE_REMOVE;
}

static gboolean
listen_everywhere (Program *self, const Options *options, GError **error)
{
  g_autoptr (GTlsCertificate) certificate = NULL;

  if (!easel_sim_server_listen (self->server, (guint) options->port, error))
    return FALSE;
  if (options->certificate == NULL)
    return TRUE;
  certificate = g_tls_certificate_new_from_file (options->certificate, error);
  return certificate != NULL && easel_sim_server_listen_tls (self->server, certificate, error);
}

static gboolean
start (Program *self, const Options *options, GError **error)
{
  g_autoptr (JsonNode) saved = NULL;
  JsonObject *root;
  gint64 now_ms = g_get_real_time () / 1000;

  if (!read_state (options->state, &saved, error))
    return FALSE;
  root = saved != NULL ? easel_json_node_object (saved, "state", error) : NULL;
  if (saved != NULL && root == NULL)
    return FALSE;
  if (root != NULL)
    now_ms = easel_json_peek_int (root, "now_ms", 0, G_GINT64_CONSTANT (100000000000000), now_ms);
  init_world (&self->world, options, now_ms);
  if (saved != NULL && !easel_sim_cloud_load (self->world.cloud, saved, error))
    return FALSE;
  if (options->script != NULL)
    {
      self->script = easel_sim_script_load (&self->world, options->script, error);
      if (self->script == NULL)
        return FALSE;
    }
  self->server = easel_sim_server_new (&self->world);
  if (!listen_everywhere (self, options, error))
    return FALSE;
  return options->endpoints == NULL || write_endpoints (&self->world, options->endpoints, error);
}

static void
run (Program *self, const Options *options)
{
  guint tick = g_timeout_add (TICK_MS, on_tick, self);
  guint term = g_unix_signal_add (SIGTERM, on_signal, self->loop);
  guint interrupt = g_unix_signal_add (SIGINT, on_signal, self->loop);
  guint input = 0;

  if (options->exits_with_parent)
    input = g_unix_fd_add (STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_input, self->loop);
  printf ("ready http://127.0.0.1:%u\n", self->world.port);
  fflush (stdout);
  g_main_loop_run (self->loop);
  save_state (self);
  g_source_remove (tick);
  g_source_remove (term);
  g_source_remove (interrupt);
  if (input > 0 && g_main_context_find_source_by_id (NULL, input) != NULL)
    g_source_remove (input);
}

int
main (int argc, char **argv)
{
  Options options = { .speed = 1, .seed = 1, .n_gpus = -1, .n_offers = -1 };
  Program self = { 0 };
  g_autoptr (GError) error = NULL;
  int status = 0;

  setlocale (LC_ALL, "");
  if (!parse_options (argc, argv, &options, &error))
    {
      g_printerr ("cloud-easel-simulator: %s\n", error->message);
      return 2;
    }
  self.loop = g_main_loop_new (NULL, FALSE);
  self.state_path = options.state;
  if (start (&self, &options, &error))
    run (&self, &options);
  else
    {
      g_printerr ("cloud-easel-simulator: %s\n", error->message);
      status = 1;
    }
  g_clear_pointer (&self.server, easel_sim_server_free);
  g_clear_pointer (&self.script, easel_sim_script_free);
  if (self.world.clock != NULL)
    clear_world (&self.world);
  g_main_loop_unref (self.loop);
  g_free (options.script);
  g_free (options.state);
  g_free (options.endpoints);
  g_free (options.tags);
  g_free (options.agent);
  g_free (options.certificate);
  return status;
}
