/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plugin's settings: changed in two members and nowhere else, never under a running Krita, and
 * put back. */
#include "config.h"

#include "easel-krita-settings.h"
#include "easel-krita-setup.h"
#include "easel-test-util.h"

#include "easel-error.h"

#include <glib/gstdio.h>
#include <string.h>

#define ADDRESS "https://abc123-3001.proxy.runpod.net/q7w8e9r0t1y2u3i4o5p6a7s8d9"
#define LOOK_MS 3000

/* As the plugin writes it, with what a careless rewrite would change. */
#define SETTINGS                                                                                   \
  "// my notes, \"server_url\": \"no\"\n"                                                          \
  "{\n"                                                                                            \
  "    \"server_mode\": \"managed\",\n"                                                            \
  "  // \"server_mode\": \"cloud\",\n"                                                             \
  "    \"nested\": {\"server_url\": \"inner\", \"list\": [1, {\"server_mode\": \"x\"}]},\n"        \
  "    \"server_url\" : \"http://127.0.0.1:8188\" ,\n"                                             \
  "    \"strength\": 1.0, \"tiny\": 1e-3,\n"                                                       \
  "    \"prompt\": \"a \\\"quote\\\" \\u00e9 // no comment } ]\",\n"                               \
  "    \"access_token\": \"keep\"\n"                                                               \
  "}\n"

typedef struct
{
  char *home;
  char *data_home;
  char *proc;
  char *path;
  char *backup;
  EaselClock *clock;
  EaselKritaSetup *setup;
  guint n_changed;
} Fixture;

static void
put (const char *path, const char *text)
{
  g_autofree char *folder = g_path_get_dirname (path);

  g_assert_no_errno (g_mkdir_with_parents (folder, 0700));
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
}

static void
assert_file (const char *path, const char *expected)
{
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, expected);
}

static void
on_changed (EaselKritaSetup *setup, Fixture *self)
{
  self->n_changed++;
}

static void
await (Fixture *self)
{
  guint before = self->n_changed;

  while (self->n_changed == before)
    g_main_context_iteration (NULL, TRUE);
}

static void
start_krita (Fixture *self, const char *name)
{
  g_autofree char *comm = g_build_filename (self->proc, "4711", "comm", NULL);

  put (comm, name);
}

static void
end_krita (Fixture *self)
{
  g_autofree char *folder = g_build_filename (self->proc, "4711", NULL);

  easel_test_remove_tree (folder);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *other = NULL;

  self->home = easel_test_make_folder ();
  self->data_home = g_build_filename (self->home, "data", NULL);
  self->proc = g_build_filename (self->home, "proc", NULL);
  self->path = g_build_filename (self->data_home, "krita", "ai_diffusion", "settings.json", NULL);
  self->backup = g_strconcat (self->path, ".before-cloud-easel", NULL);
  other = g_build_filename (self->proc, "12", "comm", NULL);
  put (other, "bash\n");
  self->clock = easel_manual_clock_new (G_GINT64_CONSTANT (1795000000000));
  self->setup = easel_krita_setup_new_for_places (self->clock, self->home, self->data_home,
                                                  data != NULL ? NULL : self->proc);
  g_signal_connect (self->setup, "changed", G_CALLBACK (on_changed), self);
}

/* The thread lets go of its task a moment after the answer is there. */
static void
drop_setup (Fixture *self)
{
  EaselKritaSetup *setup = self->setup;

  g_object_add_weak_pointer (G_OBJECT (setup), (gpointer *) &self->setup);
  g_object_unref (setup);
  while (g_atomic_pointer_get (&self->setup) != NULL)
    g_thread_yield ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  drop_setup (self);
  g_assert_cmpuint (easel_manual_clock_get_n_pending (EASEL_MANUAL_CLOCK (self->clock)), ==, 0);
  g_assert_finalize_object (self->clock);
  easel_test_remove_tree (self->home);
  g_free (self->home);
  g_free (self->data_home);
  g_free (self->proc);
  g_free (self->path);
  g_free (self->backup);
}

/* What it has to be, made by hand of the same text. */
static char *
dup_expected (void)
{
  g_autoptr (GString) text = g_string_new (SETTINGS);

  g_string_replace (text, "\"managed\"", "\"external\"", 1);
  g_string_replace (text, "\"http://127.0.0.1:8188\"", "\"" ADDRESS "\"", 1);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
test_change_keeps_every_byte (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *expected = dup_expected ();
  g_autofree char *text = easel_krita_change (SETTINGS, "external", ADDRESS, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
test_change_adds (void)
{
  static const char *const cases[] = {
    "{}",
    "{\"a\": 1}",
    " { \"server_url\": null, \"server_mode\": [1, {}] } ",
    "{\"server_mode\": \"a\", \"server_mode\": \"b\"}",
    "// x\n//{\n{\n}\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *text = easel_krita_change (cases[i], "external", ADDRESS, &error);
      g_autofree char *mode = NULL;
      g_autofree char *address = NULL;

      /* What the reader refuses (a member twice) is refused, never guessed. */
      if (text == NULL)
        {
          g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
          g_assert_cmpuint (i, ==, 3);
          continue;
        }
      g_assert_true (easel_krita_read (text, &mode, &address, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (mode, ==, "external");
      g_assert_cmpstr (address, ==, ADDRESS);
    }
}

static void
test_change_refuses (void)
{
  static const char *const cases[] = {
    "", "[]", "{", "{\"a\": 1} trailing", "null", "{\"server\\u005fmode\": \"cloud\"}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (easel_krita_change (cases[i], "external", ADDRESS, &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
}

static void
test_find (Fixture *self, gconstpointer data)
{
  g_autofree char *flatpak =
      g_build_filename (self->home,
                        ".var/app/org.kde.krita/data/krita/pykrita/ai_diffusion/__init__.py", NULL);
  g_autofree char *snap =
      g_build_filename (self->home,
                        "snap/krita/current/.local/share/krita/ai_diffusion/settings.json", NULL);
  g_autoptr (GPtrArray) none = easel_krita_find (self->home, self->data_home);
  g_autoptr (GPtrArray) found = NULL;
  EaselKrita *krita;

  g_assert_cmpuint (none->len, ==, 0);
  put (flatpak, "\"\"\"Doc\"\"\"\n\n__version__ = \"1.53.0\"\n");
  put (snap, "{}");
  put (self->path, "{}");
  found = easel_krita_find (self->home, self->data_home);
  g_assert_cmpuint (found->len, ==, 3);
  krita = g_ptr_array_index (found, 0);
  g_assert_cmpstr (krita->path, ==, self->path);
  g_assert_cmpuint (krita->plugin_version, ==, 0);
  krita = g_ptr_array_index (found, 1);
  g_assert_true (g_str_has_suffix (krita->path, "data/krita/ai_diffusion/settings.json"));
  g_assert_cmpuint (krita->plugin_version, ==, 1053000);
  krita = g_ptr_array_index (found, 2);
  g_assert_cmpstr (krita->path, ==, snap);
}

static void
test_written_and_put_back (Fixture *self, gconstpointer data)
{
  g_autofree char *expected = dup_expected ();
  GStatBuf info;

  put (self->path, SETTINGS);
  g_assert_no_errno (g_chmod (self->path, 0600));
  easel_krita_setup_begin (self->setup, ADDRESS, FALSE);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_DONE);
  g_assert_cmpstr (easel_krita_setup_get_mode_before (self->setup), ==, "managed");
  assert_file (self->path, expected);
  assert_file (self->backup, SETTINGS);
  g_assert_no_errno (g_stat (self->path, &info));
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);
  g_assert_no_errno (g_stat (self->backup, &info));
  g_assert_cmpint (info.st_mode & 0077, ==, 0);

  easel_krita_setup_put_back (self->setup, FALSE);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_BACK);
  assert_file (self->path, SETTINGS);
  g_assert_false (g_file_test (self->backup, G_FILE_TEST_EXISTS));
}

/* The second GPU's backup is still the first one's; the person's later choice wins. */
static void
test_put_back_respects (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  put (self->path, SETTINGS);
  g_assert_true (easel_krita_write (self->path, "https://one", NULL, &error));
  g_assert_true (easel_krita_write (self->path, ADDRESS, NULL, &error));
  assert_file (self->backup, SETTINGS);
  g_assert_true (easel_krita_put_back (self->path, ADDRESS, &error));
  assert_file (self->path, SETTINGS);

  g_assert_true (easel_krita_write (self->path, ADDRESS, NULL, &error));
  put (self->path, "{\"server_mode\": \"cloud\"}");
  g_assert_true (easel_krita_put_back (self->path, ADDRESS, &error));
  assert_file (self->path, "{\"server_mode\": \"cloud\"}");
  g_assert_no_error (error);
}

static void
test_running_krita_refuses (Fixture *self, gconstpointer data)
{
  static const char *const names[] = { "krita\n", "krita-5.2.9-x86\n", "Krita\n" };

  put (self->path, SETTINGS);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      start_krita (self, names[i]);
      easel_krita_setup_begin (self->setup, ADDRESS, TRUE);
      await (self);
      g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_RUNS);
      assert_file (self->path, SETTINGS);
      g_assert_false (g_file_test (self->backup, G_FILE_TEST_EXISTS));
      end_krita (self);
    }
}

static void
test_waits_for_krita (Fixture *self, gconstpointer data)
{
  g_autofree char *expected = dup_expected ();

  put (self->path, SETTINGS);
  start_krita (self, "krita\n");
  easel_krita_setup_wait (self->setup, ADDRESS);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_WAITING);
  assert_file (self->path, SETTINGS);
  end_krita (self);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), LOOK_MS);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_DONE);
  assert_file (self->path, expected);
}

static void
test_stops_waiting (Fixture *self, gconstpointer data)
{
  put (self->path, SETTINGS);
  start_krita (self, "krita\n");
  easel_krita_setup_wait (self->setup, ADDRESS);
  await (self);
  easel_krita_setup_stop (self->setup);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_IDLE);
  end_krita (self);
  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (self->clock), 10 * LOOK_MS);
  easel_test_pump ();
  assert_file (self->path, SETTINGS);
}

/* In a sandbox only the person knows. */
static void
test_person_confirms (Fixture *self, gconstpointer data)
{
  g_autofree char *expected = dup_expected ();

  put (self->path, SETTINGS);
  easel_krita_setup_begin (self->setup, ADDRESS, FALSE);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_UNSURE);
  assert_file (self->path, SETTINGS);
  easel_krita_setup_begin (self->setup, ADDRESS, TRUE);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_DONE);
  assert_file (self->path, expected);
}

/* Looking for the version touches nothing. */
static void
test_looks (Fixture *self, gconstpointer data)
{
  g_autofree char *init =
      g_build_filename (self->data_home, "krita/pykrita/ai_diffusion/__init__.py", NULL);

  put (self->path, SETTINGS);
  put (init, "__version__ = '1.47.2'\n");
  easel_krita_setup_look (self->setup);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_IDLE);
  g_assert_cmpuint (easel_krita_setup_get_plugin_version (self->setup), ==, 1047002);
  g_assert_true (easel_krita_setup_has_settings (self->setup));
  assert_file (self->path, SETTINGS);
  g_assert_false (g_file_test (self->backup, G_FILE_TEST_EXISTS));

  /* A plugin that was never opened has nothing to set up. */
  g_assert_no_errno (g_unlink (self->path));
  easel_krita_setup_look (self->setup);
  await (self);
  g_assert_false (easel_krita_setup_has_settings (self->setup));
}

static void
test_no_plugin_and_broken (Fixture *self, gconstpointer data)
{
  easel_krita_setup_begin (self->setup, ADDRESS, FALSE);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_NONE);
  put (self->path, "{ broken");
  easel_krita_setup_begin (self->setup, ADDRESS, FALSE);
  await (self);
  g_assert_cmpint (easel_krita_setup_get_state (self->setup), ==, EASEL_KRITA_FAILED);
  g_assert_error (easel_krita_setup_get_error (self->setup), EASEL_ERROR, EASEL_ERROR_PROTOCOL);
  assert_file (self->path, "{ broken");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/krita/change/every-byte", test_change_keeps_every_byte);
  g_test_add_func ("/krita/change/adds", test_change_adds);
  g_test_add_func ("/krita/change/refuses", test_change_refuses);
#define ADD(path, data, func) g_test_add (path, Fixture, data, set_up, func, tear_down)
  ADD ("/krita/find", NULL, test_find);
  ADD ("/krita/written-and-put-back", NULL, test_written_and_put_back);
  ADD ("/krita/put-back-respects", NULL, test_put_back_respects);
  ADD ("/krita/running", NULL, test_running_krita_refuses);
  ADD ("/krita/waits", NULL, test_waits_for_krita);
  ADD ("/krita/stops-waiting", NULL, test_stops_waiting);
  ADD ("/krita/person-confirms", "sandbox", test_person_confirms);
  ADD ("/krita/looks", NULL, test_looks);
  ADD ("/krita/no-plugin", NULL, test_no_plugin_and_broken);

  return g_test_run ();
}
