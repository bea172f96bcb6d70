/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a pod's agent is given along, and what is believed of it when it is read back. */

#include "config.h"

#include "easel-agent-plan.h"
#include "easel-launch-spec.h"

#include <string.h>

#define NOW_MS G_GINT64_CONSTANT (1795000000123)

static EaselAgentPlan *
make_plan (void)
{
  EaselLimits limits;
  EaselAgentLimits agent;

  easel_limits_init_default (&limits);
  easel_agent_limits_init (&agent, &limits, 8 * 60 * 1000, NOW_MS);
  return easel_agent_plan_new (&agent, "00ff", "echo x");
}

static void
test_limits (void)
{
  EaselLimits limits;
  EaselAgentLimits agent;
  EaselAgentLimits again = { 0 };
  g_autofree char *text = NULL;
  g_autofree char *text_again = NULL;

  easel_limits_init_default (&limits);
  easel_agent_limits_init (&agent, &limits, 8 * 60 * 1000, NOW_MS);
  text = easel_agent_limits_format (&agent);
  g_assert_cmpstr (text, ==, "1:14400:43200:1200:3600:3600:2700:d:1795000000");
  g_assert_true (easel_agent_limits_parse (&again, text));
  text_again = easel_agent_limits_format (&again);
  g_assert_cmpstr (text_again, ==, text);

  /* A slow machine gets twice its time; nobody gets more than a day. */
  limits.hours = 24;
  limits.stop_instead = TRUE;
  easel_agent_limits_init (&agent, &limits, 40 * 60 * 1000, NOW_MS);
  g_assert_cmpint (agent.boot_s, ==, 4800);
  g_assert_cmpint (agent.hard_s, ==, 86400);
  g_assert_cmpint (agent.cap_s, ==, 86400);
  g_assert_true (agent.stop_instead);
}

/* What machines before have used up is gone, also from what Extend can add. */
static void
test_shorter_limits (void)
{
  EaselLimits limits;
  EaselAgentLimits agent;

  easel_limits_init_default (&limits);
  easel_agent_limits_init (&agent, &limits, 0, NOW_MS);
  easel_agent_limits_shorten (&agent, 14400);
  g_assert_cmpint (agent.hard_s, ==, 14400);
  easel_agent_limits_shorten (&agent, 14400 - 2400);
  g_assert_cmpint (agent.hard_s, ==, 14400 - 2400);
  g_assert_cmpint (agent.cap_s, ==, 43200 - 2400);
  easel_agent_limits_shorten (&agent, 20000);
  g_assert_cmpint (agent.hard_s, ==, 14400 - 2400);
  easel_agent_limits_shorten (&agent, -5);
  g_assert_cmpint (agent.hard_s, ==, 1);
}

static void
test_odd_limits (void)
{
  static const char *const odd[] = {
    "",
    "1",
    "2:1:1:1:1:1:1:d:1",
    "1:1:1:1:1:1:1:x:1",
    "1:1:1:1:1:1:1:dd:1",
    "1:-1:1:1:1:1:1:d:1",
    "1:1:1:1:1:1:1:d",
    "1:1:1:1:1:1:1:d:1:1",
    "1:1:1: 1:1:1:1:d:1",
    "1:99999999999999999999:1:1:1:1:1:d:1",
  };
  EaselAgentLimits limits = { .hard_s = 7 };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    g_assert_false (easel_agent_limits_parse (&limits, odd[i]));
  g_assert_false (easel_agent_limits_parse (&limits, NULL));
  g_assert_cmpint (limits.hard_s, ==, 7);
}

/* Each create has secrets of its own, and neither is the other. */
static void
test_secrets (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < 100; i++)
    {
      g_autoptr (EaselAgentPlan) plan = make_plan ();
      const char *paint = easel_secret_peek (plan->paint);
      const char *admin = easel_secret_peek (plan->admin);

      g_assert_cmpuint (strlen (paint), ==, EASEL_AGENT_SECRET_LENGTH);
      g_assert_cmpuint (strspn (paint, "abcdefghijklmnopqrstuvwxyz0123456789"), ==,
                        EASEL_AGENT_SECRET_LENGTH);
      g_assert_true (g_hash_table_add (seen, g_strdup (paint)));
      g_assert_true (g_hash_table_add (seen, g_strdup (admin)));
    }
}

static void
take (const char *name, const char *value, gpointer user_data)
{
  easel_agent_readback_take (user_data, name, value);
}

static void
test_read_back (void)
{
  g_autoptr (EaselAgentPlan) plan = make_plan ();
  g_autoptr (EaselLaunchSpec) spec = easel_launch_spec_new ();
  g_autoptr (EaselLaunchSpec) copy = NULL;
  g_auto (EaselAgentReadback) agent = { 0 };

  spec->agent = g_steal_pointer (&plan);
  copy = easel_launch_spec_copy (spec);
  easel_agent_plan_foreach_variable (copy->agent, take, &agent);
  g_assert_true (easel_secret_equal (agent.paint, spec->agent->paint));
  g_assert_true (easel_secret_equal (agent.admin, spec->agent->admin));
  g_assert_cmpstr (agent.limits, ==, spec->agent->limits);
  g_assert_cmpstr (copy->agent->sha, ==, "00ff");
  g_assert_cmpstr (copy->agent->command, ==, "echo x");
}

/* It becomes part of an address: nothing that could lead elsewhere. */
static void
test_odd_secrets (void)
{
  static const char *const odd[] = {
    "",
    "abcdefghijklmnopqrstuvwxy",
    "abcdefghijklmnopqrstuvwxyz0",
    "Abcdefghijklmnopqrstuvwxyz",
    "../defghijklmnopqrstuvwxyz",
    "abcdefghijklm@pqrstuvwxyz/",
    "abcdefghijklmnopqrstuvwxy\n",
  };
  g_auto (EaselAgentReadback) agent = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (odd); i++)
    {
      easel_agent_readback_take (&agent, "EASEL_PAINT", odd[i]);
      easel_agent_readback_take (&agent, "EASEL_ADMIN", odd[i]);
      easel_agent_readback_take (&agent, "EASEL_LIMITS", odd[i]);
      easel_agent_readback_take (&agent, "PAINT", "abcdefghijklmnopqrstuvwxyz");
    }
  g_assert_null (agent.paint);
  g_assert_null (agent.admin);
  g_assert_null (agent.limits);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/agent-plan/limits", test_limits);
  g_test_add_func ("/agent-plan/odd-limits", test_odd_limits);
  g_test_add_func ("/agent-plan/shorter-limits", test_shorter_limits);
  g_test_add_func ("/agent-plan/secrets", test_secrets);
  g_test_add_func ("/agent-plan/read-back", test_read_back);
  g_test_add_func ("/agent-plan/odd-secrets", test_odd_secrets);

  return g_test_run ();
}
