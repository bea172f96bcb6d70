/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What the agent in a pod says, read with care.
 */

#include "config.h"

#include "easel-agent-status.h"
#include "easel-error.h"

#include <string.h>

#define STATUS                                                                                     \
  "{\"v\":1,\"phase\":\"ready\",\"armed\":\"proven\",\"protected\":true,\"action\":\"stop\","      \
  "\"end\":{\"hard\":14000,\"cap\":86400,\"closed\":1200.5,\"idle\":3000,\"never\":null,"          \
  "\"boot\":null},\"ending\":null,\"end_error\":null,\"connected\":2,\"ever\":true,"               \
  "\"since_generated\":600,\"pictures\":7,\"busy\":true,\"uptime\":400,\"helper\":true,"           \
  "\"transfers\":1,\"error\":\"a\\nb\"}"

static EaselAgentStatus *
decode (const char *text, GError **error)
{
  g_autoptr (JsonNode) root = easel_json_parse_text (text, NULL);

  return easel_agent_status_decode (root, error);
}

static char *
replace (const char *what, const char *by)
{
  g_auto (GStrv) parts = g_strsplit (STATUS, what, 2);

  g_assert_cmpuint (g_strv_length (parts), ==, 2);
  return g_strjoinv (by, parts);
}

static void
test_whole (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselAgentStatus) status = decode (STATUS, &error);
  EaselEndReason reason;

  g_assert_no_error (error);
  g_assert_cmpint (status->phase, ==, EASEL_AGENT_READY);
  g_assert_cmpint (status->armed, ==, EASEL_AGENT_ARMED_PROVEN);
  g_assert_true (status->is_protected);
  g_assert_true (status->stop_instead);
  g_assert_cmpint (status->hard_s, ==, 14000);
  g_assert_cmpint (status->cap_s, ==, 86400);
  g_assert_cmpint (status->closed_s, ==, 1200);
  g_assert_cmpint (status->idle_s, ==, 3000);
  g_assert_cmpint (status->never_s, ==, -1);
  g_assert_cmpint (status->boot_s, ==, -1);
  g_assert_cmpint (status->ending, ==, EASEL_END_NONE);
  g_assert_null (status->end_error);
  g_assert_cmpuint (status->n_connected, ==, 2);
  g_assert_true (status->ever_connected);
  g_assert_cmpint (status->since_generated_s, ==, 600);
  g_assert_cmpuint (status->n_pictures, ==, 7);
  g_assert_true (status->busy);
  g_assert_cmpint (status->uptime_s, ==, 400);
  g_assert_true (status->has_helper);
  g_assert_cmpuint (status->n_transfers, ==, 1);
  g_assert_cmpstr (status->error, ==, "a b");
  g_assert_cmpint (easel_agent_status_next_end (status, &reason), ==, 1200);
  g_assert_cmpint (reason, ==, EASEL_END_CLOSED);
  status->ending = EASEL_END_IDLE;
  g_assert_cmpint (easel_agent_status_next_end (status, &reason), ==, 0);
  g_assert_cmpint (reason, ==, EASEL_END_IDLE);
}

/* What money hangs on may neither be missing nor odd. */
static void
test_refused (void)
{
  static const struct
  {
    const char *what;
    const char *by;
  } cases[] = {
    { "\"v\":1", "\"v\":2" },
    { "\"v\":1,", "" },
    { "\"proven\"", "\"sure\"" },
    { "\"proven\"", "true" },
    { "\"armed\"", "\"harmed\"" },
    { "\"ready\"", "\"Ready\"" },
    { "\"protected\":true", "\"protected\":\"yes\"" },
    { "\"stop\"", "\"pause\"" },
    { "\"hard\":14000", "\"hard\":null" },
    { "\"hard\":14000", "\"hard\":-1" },
    { "\"hard\":14000", "\"hard\":1e99" },
    { "\"cap\":86400", "\"cup\":86400" },
    { "\"end\"", "\"ends\"" },
    { "\"ending\":null", "\"ending\":\"whim\"" },
  };
  g_autoptr (GError) none = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = replace (cases[i].what, cases[i].by);
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselAgentStatus) status = decode (text, &error);

      g_test_message ("%s → %s", cases[i].what, cases[i].by);
      g_assert_null (status);
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
  g_assert_null (easel_agent_status_decode (NULL, &none));
  g_assert_error (none, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
}

/* What only adds to the picture may. */
static void
test_forgiven (void)
{
  static const char *const keys[] = { "connected", "ever",     "since_generated", "pictures",
                                      "busy",      "uptime",   "helper",          "transfers",
                                      "error",     "end_error" };

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      static const char *const odd[] = { "[]", "{}", "1e300", "-5", "\"x\"", "null" };

      for (gsize k = 0; k < G_N_ELEMENTS (odd); k++)
        {
          g_autoptr (JsonNode) root = easel_json_parse_text (STATUS, NULL);
          g_autoptr (JsonNode) value = easel_json_parse_text (odd[k], NULL);
          g_autoptr (EaselAgentStatus) status = NULL;
          g_autoptr (GError) error = NULL;

          json_object_set_member (json_node_get_object (root), keys[i],
                                  value != NULL ? json_node_copy (value)
                                                : json_node_new (JSON_NODE_NULL));
          status = easel_agent_status_decode (root, &error);
          g_assert_no_error (error);
          g_assert_nonnull (status);
          g_assert_cmpint (status->hard_s, ==, 14000);
        }
    }
}

static void
test_cut_off (void)
{
  for (gsize length = 0; length < strlen (STATUS); length++)
    {
      g_autofree char *text = g_strndup (STATUS, length);
      g_autoptr (EaselAgentStatus) status = decode (text, NULL);

      g_assert_null (status);
    }
}

static void
test_progress (void)
{
  g_autoptr (JsonNode) root = easel_json_parse_text (
      "{\"v\":1,\"files\":[{\"name\":\"a\",\"have\":5,\"size\":10,\"speed\":2,\"state\":"
      "\"running\"},{\"name\":\"b\",\"have\":1,\"size\":4,\"speed\":9,\"state\":\"done\"},"
      "{\"name\":\"c\",\"have\":99,\"size\":20,\"state\":\"failed\"},{\"name\":\"d\",\"have\":3,"
      "\"size\":0,\"speed\":1,\"state\":\"running\"},{\"name\":7},4,null,{\"name\":\"\"}],"
      "\"log\":{\"from\":3,\"next\":9,\"text\":\"line\\n\"},"
      "\"disk\":{\"free\":1000,\"total\":2000}}",
      NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselAgentProgress) progress = easel_agent_progress_decode (root, &error);
  const EaselAgentFile *file;
  guint64 have;
  guint64 size;
  guint64 speed;

  g_assert_no_error (error);
  g_assert_cmpuint (progress->files->len, ==, 4);
  file = g_ptr_array_index (progress->files, 0);
  g_assert_cmpstr (file->name, ==, "a");
  g_assert_true (file->running);
  file = g_ptr_array_index (progress->files, 2);
  g_assert_true (file->failed);
  easel_agent_progress_sum (progress, &have, &size, &speed);
  g_assert_cmpuint (have, ==, 5 + 4 + 20);
  g_assert_cmpuint (size, ==, 34);
  g_assert_cmpuint (speed, ==, 3);
  g_assert_cmpstr (progress->log, ==, "line\n");
  g_assert_cmpuint (progress->log_next, ==, 9);
  g_assert_cmpuint (progress->disk_free, ==, 1000);
}

static void
test_odd_progress (void)
{
  static const char *const texts[] = { "{}", "{\"v\":1}", "{\"v\":1,\"files\":{}}", "[]", "7" };

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (JsonNode) root = easel_json_parse_text (texts[i], NULL);
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselAgentProgress) progress = easel_agent_progress_decode (root, &error);

      g_assert_null (progress);
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/agent-status/whole", test_whole);
  g_test_add_func ("/agent-status/refused", test_refused);
  g_test_add_func ("/agent-status/forgiven", test_forgiven);
  g_test_add_func ("/agent-status/cut-off", test_cut_off);
  g_test_add_func ("/agent-status/progress", test_progress);
  g_test_add_func ("/agent-status/odd-progress", test_odd_progress);

  return g_test_run ();
}
