/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the agent says about models, and how it is asked for more. */

#include "config.h"

#include "easel-agent-models.h"

#include <string.h>

/* Put together, because in one piece it would look like a key. */
#define DIGITS "0123456789abcdef"
#define HASH DIGITS DIGITS DIGITS DIGITS
#define OF "fedcba9876543210" DIGITS DIGITS DIGITS

static EaselAgentModels *
decode (const char *text, GError **error)
{
  g_autoptr (JsonNode) node = easel_json_parse_text (text, NULL);

  g_assert_nonnull (node);
  return easel_agent_models_decode (node, error);
}

static void
test_decode (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselAgentModels) models = decode (
      "{\"v\":1,\"disk\":{\"free\":5000000000,\"total\":9000000000},\"jobs\":["
      "{\"id\":\"a1\",\"kind\":\"download\",\"folder\":\"loras\",\"name\":\"\",\"have\":7,"
      "\"size\":0,\"speed\":3,\"state\":\"running\",\"error\":null},"
      "{\"id\":\"a2\",\"kind\":\"verify\",\"folder\":\"loras\",\"name\":\"b.sft\",\"have\":90,"
      "\"size\":80,\"speed\":0,\"state\":\"failed\",\"error\":\"hash\"},"
      "{\"id\":\"a3\",\"folder\":\"loras\",\"state\":\"exploded\"},"
      "{\"id\":\"\",\"folder\":\"loras\",\"state\":\"done\"},7],"
      "\"files\":[{\"folder\":\"loras\",\"name\":\"c.sft\",\"size\":12,\"sha256\":\"" HASH "\"},"
      "{\"folder\":\"loras\",\"name\":\"d.sft\",\"size\":-1,\"sha256\":\"x\"},"
      "{\"folder\":\"loras\"},null]}",
      &error);
  const EaselAgentJob *job;
  const EaselAgentModelFile *file;

  g_assert_no_error (error);
  g_assert_cmpuint (models->disk_free, ==, G_GUINT64_CONSTANT (5000000000));
  g_assert_cmpuint (models->disk_total, ==, G_GUINT64_CONSTANT (9000000000));
  g_assert_cmpuint (models->jobs->len, ==, 2);
  job = easel_agent_models_find_job (models, "a1");
  g_assert_false (job->is_upload);
  g_assert_cmpuint (job->have, ==, 7);
  g_assert_cmpuint (job->speed, ==, 3);
  g_assert_true (easel_agent_job_is_open (job));
  job = easel_agent_models_find_job (models, "a2");
  g_assert_true (job->is_upload);
  g_assert_cmpuint (job->have, ==, 80);
  g_assert_cmpuint (job->error, ==, EASEL_ERROR_NOT_A_MODEL);
  g_assert_false (easel_agent_job_is_open (job));
  g_assert_null (easel_agent_models_find_job (models, "a3"));
  g_assert_cmpuint (models->files->len, ==, 2);
  file = easel_agent_models_find_file (models, "loras", "c.sft");
  g_assert_cmpuint (file->size, ==, 12);
  g_assert_cmpstr (file->sha256, ==, HASH);
  file = easel_agent_models_find_file (models, "loras", "d.sft");
  g_assert_cmpuint (file->size, ==, 0);
  g_assert_null (file->sha256);
  g_assert_null (easel_agent_models_find_file (models, "vae", "c.sft"));
}

static void
test_refused (void)
{
  static const char *const texts[] = {
    "[]",
    "{}",
    "{\"v\":2,\"jobs\":[],\"files\":[]}",
    "{\"v\":1,\"jobs\":[]}",
    "{\"v\":1,\"files\":[]}",
    "{\"v\":1,\"jobs\":{},\"files\":[]}",
  };
  g_autoptr (EaselAgentModels) empty = decode ("{\"v\":1,\"jobs\":[],\"files\":[]}", NULL);

  g_assert_cmpuint (empty->disk_free, ==, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (decode (texts[i], &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
}

static void
test_resume (void)
{
  static const struct
  {
    gboolean is_upload;
    EaselAgentJobState state;
    const char *word;
    gboolean may_resume;
  } rows[] = {
    { FALSE, EASEL_AGENT_JOB_FAILED, "network", TRUE },
    { FALSE, EASEL_AGENT_JOB_FAILED, "http-403", TRUE },
    { FALSE, EASEL_AGENT_JOB_FAILED, "http-404", FALSE },
    { FALSE, EASEL_AGENT_JOB_FAILED, "disk", FALSE },
    { FALSE, EASEL_AGENT_JOB_FAILED, "hash", FALSE },
    { FALSE, EASEL_AGENT_JOB_FAILED, "something new", FALSE },
    { FALSE, EASEL_AGENT_JOB_RUNNING, "network", FALSE },
    { FALSE, EASEL_AGENT_JOB_CANCELLED, "network", FALSE },
    { TRUE, EASEL_AGENT_JOB_FAILED, "network", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const EaselAgentJob job = { .is_upload = rows[i].is_upload,
                                  .state = rows[i].state,
                                  .error = easel_agent_models_error (rows[i].word) };

      g_assert_cmpint (easel_agent_job_may_resume (&job), ==, rows[i].may_resume);
    }
  g_assert_cmpuint (easel_agent_models_error (NULL), ==, EASEL_ERROR_FAILED);
}

static void
test_routes (void)
{
  g_autofree char *file = easel_agent_models_file_route ("loras", "my lora.sft");
  g_autofree char *odd = easel_agent_models_file_route ("loras", "../a?b&c");
  g_autofree char *chunk =
      easel_agent_models_chunk_route ("loras", "a.sft", G_GUINT64_CONSTANT (5000000000),
                                      G_GUINT64_CONSTANT (6000000000), OF, HASH, FALSE);
  g_autofree char *plain = easel_agent_models_chunk_route ("loras", "a.sft", 0, 1, OF, NULL, TRUE);

  g_assert_cmpstr (file, ==, "models/loras/my%20lora.sft");
  g_assert_cmpstr (odd, ==, "models/loras/..%2Fa%3Fb%26c");
  g_assert_cmpstr (chunk, ==,
                   "models/loras/a.sft?offset=5000000000&size=6000000000&of=" OF "&sha256=" HASH);
  g_assert_cmpstr (plain, ==, "models/loras/a.sft?offset=0&size=1&of=" OF "&whole=1");
}

static void
test_download_body (void)
{
  g_autoptr (GBytes) full =
      easel_agent_models_download_body ("https://x/\"y", "loras", "a.sft", 5, OF, HASH, "a1");
  g_autoptr (GBytes) least =
      easel_agent_models_download_body ("https://x/y", "loras", NULL, 0, OF, NULL, NULL);
  g_autofree char *full_text = g_strndup (g_bytes_get_data (full, NULL), g_bytes_get_size (full));
  g_autofree char *least_text =
      g_strndup (g_bytes_get_data (least, NULL), g_bytes_get_size (least));

  g_assert_cmpstr (full_text, ==,
                   "{\"url\":\"https://x/\\\"y\",\"folder\":\"loras\",\"name\":\"a.sft\","
                   "\"size\":5,\"of\":\"" OF "\",\"sha256\":\"" HASH "\",\"job\":\"a1\"}");
  g_assert_cmpstr (least_text, ==,
                   "{\"url\":\"https://x/y\",\"folder\":\"loras\",\"of\":\"" OF "\"}");
}

static void
test_chunks (void)
{
  const gsize least = EASEL_AGENT_MIN_CHUNK;
  const gsize most = EASEL_AGENT_MAX_CHUNK;

  g_assert_cmpuint (easel_agent_models_next_chunk (0, 0, FALSE), ==, EASEL_AGENT_FIRST_CHUNK);
  g_assert_cmpuint (easel_agent_models_next_chunk (least, 100, FALSE), ==, 2 * least);
  g_assert_cmpuint (easel_agent_models_next_chunk (most / 2, 100, FALSE), ==, most);
  g_assert_cmpuint (easel_agent_models_next_chunk (most, 100, FALSE), ==, most);
  g_assert_cmpuint (easel_agent_models_next_chunk (2 * least, 10000, FALSE), ==, 2 * least);
  g_assert_cmpuint (easel_agent_models_next_chunk (2 * least, 30000, FALSE), ==, least);
  g_assert_cmpuint (easel_agent_models_next_chunk (most, 100, TRUE), ==, most / 2);
  g_assert_cmpuint (easel_agent_models_next_chunk (least, 0, TRUE), ==, least);
  /* On loopback there is nothing to wait for. */
  g_assert_cmpuint (easel_agent_models_next_chunk (4 * least, 5, FALSE), ==, 8 * least);
  g_assert_cmpuint (easel_agent_models_next_chunk (8 * least, 5, FALSE), ==, 8 * least);
  g_assert_cmpuint (easel_agent_models_next_chunk (most, 5, FALSE), ==, most);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/agent-models/decode", test_decode);
  g_test_add_func ("/agent-models/refused", test_refused);
  g_test_add_func ("/agent-models/resume", test_resume);
  g_test_add_func ("/agent-models/routes", test_routes);
  g_test_add_func ("/agent-models/download-body", test_download_body);
  g_test_add_func ("/agent-models/chunks", test_chunks);
  return g_test_run ();
}
