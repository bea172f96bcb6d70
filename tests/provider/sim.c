/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * Starts the simulator for a test and asks it what really happened: its ledger and its log judge,
 * never the program under test.
 */

#include "config.h"

#include "sim.h"

#include "easel-test-util.h"

#include <signal.h>
#include <string.h>

/* The first line is "ready http://127.0.0.1:PORT". */
static char *
read_address (GSubprocess *process)
{
  g_autoptr (GDataInputStream) output =
      g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (output), FALSE);
  line = g_data_input_stream_read_line (output, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_nonnull (line);
  g_assert_true (g_str_has_prefix (line, "ready "));
  return g_strdup (line + strlen ("ready "));
}

/* Of the folder beside the project in which the provider's own document lies. */
static char *
contract_path (const char *folder, const char *file)
{
  const char *shared = g_getenv ("EASEL_SHARED");

  return g_build_filename (shared != NULL ? shared : "/nonexistent", folder, file, NULL);
}

gboolean
easel_sim_has_contract (void)
{
  const char *argv[] = { "/usr/bin/python3", "-c", "import jsonschema, yaml", NULL };
  g_autofree char *program = contract_path ("tools", "contract.py");
  g_autofree char *document = contract_path ("openapi", "runpod-v2.json");
  g_autoptr (GSubprocess) python = NULL;

  if (!g_file_test (program, G_FILE_TEST_EXISTS) || !g_file_test (document, G_FILE_TEST_EXISTS))
    return FALSE;
  python = g_subprocess_newv (argv, G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL);
  return python != NULL && g_subprocess_wait_check (python, NULL, NULL);
}

/* Pods, GraphQL and the simulator's own routes are not in the documents and stay as they are. */
static const struct
{
  const char *provider_id;
  const char *document;
  const char *api_path;
} contracts[] = {
  { "runpod", "runpod-v2.json", "/v2" },
  { "vast", "vast.yaml", "" },
};

EaselSim *
easel_sim_start_with_contract (guint speed, const char *provider_id)
{
  EaselSim *self = easel_sim_start (speed);
  g_autofree char *program = contract_path ("tools", "contract.py");
  g_autofree char *document = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  gsize i = 0;

  while (i < G_N_ELEMENTS (contracts) && !g_str_equal (contracts[i].provider_id, provider_id))
    i++;
  g_assert_cmpuint (i, <, G_N_ELEMENTS (contracts));

  document = contract_path ("openapi", contracts[i].document);
  self->proxy = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, "/usr/bin/python3",
                                  program, document, self->uri, NULL);
  g_assert_no_error (error);
  uri = read_address (self->proxy);
  data = g_strdup_printf ("[runpod]\ngraphql=%s\nproxy=%s\n[%s]\napi=%s%s\n",
                          easel_endpoints_get (self->endpoints, "runpod", "graphql"),
                          easel_endpoints_get (self->endpoints, "runpod", "proxy"), provider_id,
                          uri, contracts[i].api_path);
  easel_endpoints_free (self->endpoints);
  self->endpoints = easel_endpoints_new_from_data (data, strlen (data), &error);
  g_assert_no_error (error);
  return self;
}

EaselSim *
easel_sim_start (guint speed)
{
  EaselSim *self = g_new0 (EaselSim, 1);
  g_autofree char *folder = easel_test_make_folder ();
  g_autofree char *file = g_build_filename (folder, "endpoints", NULL);
  g_autofree char *speed_text = g_strdup_printf ("%u", speed);
  const char *program = g_getenv ("EASEL_SIMULATOR");
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (program);
  /* It ends when its standard input closes, so also when this test dies. */
  self->process =
      g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error,
                        program, "--port", "0", "--seed", "1", "--speed", speed_text,
                        "--exit-with-parent", "--endpoints-out", file, NULL);
  g_assert_no_error (error);
  self->uri = read_address (self->process);
  self->endpoints = easel_endpoints_new_from_file (file, &error);
  g_assert_no_error (error);
  easel_test_remove_tree (folder);
  self->clock = easel_endpoints_create_clock (self->endpoints);
  self->http = easel_http_new (self->clock, NULL);
  return self;
}

void
easel_sim_stop (EaselSim *self)
{
  g_autoptr (GError) error = NULL;

  if (self->proxy != NULL)
    {
      g_subprocess_send_signal (self->proxy, SIGTERM);
      g_subprocess_wait_check (self->proxy, NULL, &error);
      g_assert_no_error (error);
      g_clear_object (&self->proxy);
    }
  g_output_stream_close (g_subprocess_get_stdin_pipe (self->process), NULL, NULL);
  g_subprocess_wait (self->process, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->process);
  g_clear_pointer (&self->endpoints, easel_endpoints_free);
  g_clear_object (&self->clock);
  g_assert_finalize_object (g_steal_pointer (&self->http));
  g_free (self->uri);
  g_free (self);
}

static EaselHttpResponse *
talk (EaselSim *self, const char *method, const char *path, const char *body)
{
  g_auto (EaselTestCatch) caught = { 0 };
  g_autofree char *uri = g_strconcat (self->uri, "/__/", path, NULL);
  g_autoptr (GBytes) bytes = body != NULL ? g_bytes_new (body, strlen (body)) : NULL;
  g_autoptr (GError) error = NULL;
  EaselHttpResponse *response;
  EaselHttpRequest request = { .method = method, .uri = uri, .body = bytes };

  easel_http_send_async (self->http, &request, NULL, NULL, easel_test_catch, &caught);
  response = easel_http_send_finish (self->http, easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (response->status, ==, 200);
  return response;
}

JsonNode *
easel_sim_ask (EaselSim *self, const char *path)
{
  g_autoptr (EaselHttpResponse) response = talk (self, "GET", path, NULL);
  g_autoptr (GError) error = NULL;
  JsonNode *root = easel_json_parse (response->body, EASEL_JSON_MAX_BYTES, &error);

  g_assert_no_error (error);
  return root;
}

void
easel_sim_tell (EaselSim *self, const char *method, const char *path, const char *body)
{
  g_autoptr (EaselHttpResponse) response = talk (self, method, path, body);

  g_assert_nonnull (response);
}

/* "create", "list", "get", "delete", …; since the log was cleared. */
gint64
easel_sim_count_requests (EaselSim *self, const char *route)
{
  g_autoptr (JsonNode) root = easel_sim_ask (self, "requests");
  JsonObject *log = json_node_get_object (root);

  g_assert_cmpint (easel_json_peek_int (log, "leaks", 0, G_MAXINT32, -1), ==, 0);
  return easel_json_peek_int (easel_json_peek_object (log, "counts"), route, 0, G_MAXINT32, 0);
}

/* How many pods somebody pays for now, stopped ones too. */
guint
easel_sim_count_billed (EaselSim *self)
{
  g_autoptr (JsonNode) root = easel_sim_ask (self, "ledger");

  return (guint) easel_json_peek_int (json_node_get_object (root), "open", 0, G_MAXINT32, 0);
}
