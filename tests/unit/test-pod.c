/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Pods as values, and the names that the program gives. */

#include "config.h"

#include "easel-pod.h"

static void
test_states (void)
{
  static const struct
  {
    EaselPodState state;
    const char *nick;
    gboolean costs;
  } rows[] = {
    { EASEL_POD_PROVISIONING, "provisioning", TRUE },
    { EASEL_POD_STARTING, "starting", TRUE },
    { EASEL_POD_RUNNING, "running", TRUE },
    { EASEL_POD_STOPPING, "stopping", TRUE },
    { EASEL_POD_STOPPED, "stopped", FALSE },
    { EASEL_POD_ERROR, "error", TRUE },
    { EASEL_POD_GONE, "gone", FALSE },
    { EASEL_POD_OTHER, "other", TRUE },
  };

  g_assert_cmpuint (G_N_ELEMENTS (rows), ==, EASEL_N_POD_STATES);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_assert_cmpstr (easel_pod_state_nick (rows[i].state), ==, rows[i].nick);
      g_assert_cmpint (easel_pod_state_costs_gpu (rows[i].state), ==, rows[i].costs);
    }
  g_assert_cmpstr (easel_pod_state_nick (EASEL_N_POD_STATES), ==, "other");
}

static void
test_base (void)
{
  static const EaselPodData plain = { .address = "https://p-3001.proxy.runpod.net" };
  g_autoptr (EaselSecret) paint = easel_secret_new ("abcdefghijklmnopqrstuvwxyz");
  g_autofree char *whole = easel_pod_join_secret (plain.address, paint);
  EaselPodData data = { .address = whole, .paint = paint };
  g_autoptr (EaselPod) closed = easel_pod_new (&data);
  g_autoptr (EaselPod) open = easel_pod_new (&plain);
  g_autofree char *closed_base = easel_pod_get_base (closed);
  g_autofree char *open_base = easel_pod_get_base (open);

  g_assert_cmpstr (whole, ==, "https://p-3001.proxy.runpod.net/abcdefghijklmnopqrstuvwxyz");
  g_assert_cmpstr (closed_base, ==, plain.address);
  g_assert_cmpstr (open_base, ==, plain.address);
  g_assert_null (easel_pod_join_secret (NULL, paint));
}

static void
test_names (void)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int i = 0; i < 200; i++)
    {
      char *name = easel_pod_name_new ();

      g_assert_true (easel_pod_name_is_ours (name));
      g_assert_true (g_hash_table_add (names, name));
    }
}

static void
test_names_of_others (void)
{
  static const char *const others[] = {
    "",
    "easel-",
    "easel-1234567",
    "easel-123456789",
    "easel-1234567G",
    "easel-1234567A",
    "easel-1234567 ",
    " easel-12345678",
    "Easel-12345678",
    "easel_12345678",
    "easel-12345678\n",
    "my easel-12345678",
    "weasel-12345678",
    "easel-+1234567",
    "easel-0x123456",
  };

  g_assert_false (easel_pod_name_is_ours (NULL));
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (easel_pod_name_is_ours (others[i]));
  g_assert_true (easel_pod_name_is_ours ("easel-0123abcd"));
}

static void
test_deep_copy (void)
{
  g_autofree char *id = g_strdup ("abc");
  g_auto (GStrv) ports = g_strsplit ("3001/http 22/tcp", " ", -1);
  EaselPodData data = {
    .provider_id = "runpod",
    .id = id,
    .name = "easel-00000001",
    .state = EASEL_POD_RUNNING,
    .ports = (const char *const *) ports,
    .cost = 230000,
    .created_unix_ms = 5,
    .locked = TRUE,
  };
  EaselPod *pod = easel_pod_new (&data);
  const EaselPodData *copy = easel_pod_get (pod);

  id[0] = 'X';
  ports[0][0] = 'X';
  g_assert_cmpstr (copy->id, ==, "abc");
  g_assert_cmpstr (copy->ports[0], ==, "3001/http");
  g_assert_cmpstr (copy->name, ==, "easel-00000001");
  g_assert_cmpint (copy->cost, ==, 230000);
  g_assert_cmpint (copy->created_unix_ms, ==, 5);
  g_assert_true (copy->locked);
  /* What always has a text has one, what may be missing is. */
  g_assert_cmpstr (copy->image, ==, "");
  g_assert_cmpstr (copy->state_word, ==, "");
  g_assert_null (copy->address);
  g_assert_null (copy->machine_id);

  g_assert_finalize_object (pod);
}

static EaselPod *
pod_in_state (EaselPodState state)
{
  const EaselPodData data = {
    .provider_id = "runpod",
    .id = "abc",
    .state = state,
    .cost = 230000,
    .stopped_cost = 11000,
  };

  return easel_pod_new (&data);
}

static void
test_cost_now (void)
{
  for (int i = 0; i < EASEL_N_POD_STATES; i++)
    {
      g_autoptr (EaselPod) pod = pod_in_state (i);
      gint64 expected = 230000;

      if (i == EASEL_POD_STOPPED)
        expected = 11000;
      else if (i == EASEL_POD_GONE)
        expected = 0;
      g_assert_cmpint (easel_pod_cost_now (pod), ==, expected);
    }
}

static void
test_opens_port (void)
{
  static const char *const ports[] = { "3001/http", "22/tcp", "8888", "30010/http", "", "x", NULL };
  const EaselPodData data = { .id = "abc", .ports = ports };
  const EaselPodData closed = { .id = "abc" };
  g_autoptr (EaselPod) pod = easel_pod_new (&data);
  g_autoptr (EaselPod) without = easel_pod_new (&closed);

  g_assert_true (easel_pod_opens_port (pod, 3001));
  g_assert_true (easel_pod_opens_port (pod, 22));
  g_assert_true (easel_pod_opens_port (pod, 8888));
  g_assert_true (easel_pod_opens_port (pod, 30010));
  g_assert_false (easel_pod_opens_port (pod, 300));
  g_assert_false (easel_pod_opens_port (pod, 3000));
  g_assert_false (easel_pod_opens_port (pod, 0));
  g_assert_false (easel_pod_opens_port (without, 3001));
}

/* What the hour costs, and by how much the bill grows meanwhile. */
static void
test_billed_now (void)
{
  for (guint i = 0; i < EASEL_N_POD_STATES; i++)
    {
      const EaselPodData data = {
        .provider_id = "x",
        .id = "1",
        .state = i,
        .cost = 300000,
        .stopped_cost = 20000,
        .loads_free = TRUE,
      };
      g_autoptr (EaselPod) pod = easel_pod_new (&data);
      const gboolean loads = i == EASEL_POD_PROVISIONING || i == EASEL_POD_STARTING;

      g_assert_cmpint (easel_pod_billed_now (pod), ==, loads ? 20000 : easel_pod_cost_now (pod));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pod/base", test_base);
  g_test_add_func ("/pod/states", test_states);
  g_test_add_func ("/pod/names", test_names);
  g_test_add_func ("/pod/names-of-others", test_names_of_others);
  g_test_add_func ("/pod/deep-copy", test_deep_copy);
  g_test_add_func ("/pod/cost-now", test_cost_now);
  g_test_add_func ("/pod/billed-now", test_billed_now);
  g_test_add_func ("/pod/opens-port", test_opens_port);

  return g_test_run ();
}
