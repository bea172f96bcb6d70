/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-error.h"
#include "easel-secret.h"

#include <string.h>

#define CANARY "practice-canary-bird"

/* The linker leads the secret's munmap() here (--wrap), so that the memory can be looked at in the
 * last moment in which that is allowed. */
int __wrap_munmap (void *memory, size_t length);
int __real_munmap (void *memory, size_t length);

static gconstpointer watched;
static gsize watched_length;
static gboolean watched_was_clean;
static guint watched_frees;

int
__wrap_munmap (void *memory, size_t length)
{
  if (memory != NULL && watched != NULL && (const char *) memory <= (const char *) watched &&
      (const char *) watched - (const char *) memory <= 64)
    {
      watched_frees++;
      watched_was_clean = TRUE;
      for (gsize i = 0; i < watched_length; i++)
        watched_was_clean = watched_was_clean && ((const char *) watched)[i] == '\0';
      watched = NULL;
    }
  return __real_munmap (memory, length);
}

static void
test_wiped (void)
{
  EaselSecret *secret = easel_secret_new (CANARY);

  watched_frees = 0;
  watched_length = strlen (CANARY);
  watched = easel_secret_peek (secret);
  easel_secret_ref (secret);
  easel_secret_unref (secret);
  g_assert_cmpuint (watched_frees, ==, 0);
  g_assert_cmpstr (easel_secret_peek (secret), ==, CANARY);
  easel_secret_unref (secret);
  g_assert_cmpuint (watched_frees, ==, 1);
  g_assert_true (watched_was_clean);
}

/* What the kernel says about the page: not to be dumped ("dd"), locked ("lo"). */
static void
test_kept_out_of_dumps (void)
{
  EaselSecret *secret = easel_secret_new (CANARY);
  g_autofree char *start =
      g_strdup_printf ("%" G_GINT64_MODIFIER "x-", (guint64) GPOINTER_TO_SIZE (secret));
  g_autofree char *maps = NULL;
  g_auto (GStrv) lines = NULL;
  const char *flags = NULL;
  gboolean is_ours = FALSE;
  guint i;

  g_assert_true (g_file_get_contents ("/proc/self/smaps", &maps, NULL, NULL));
  lines = g_strsplit (maps, "\n", -1);
  for (i = 0; lines[i] != NULL && flags == NULL; i++)
    {
      if (g_str_has_prefix (lines[i], start))
        is_ours = TRUE;
      if (is_ours && g_str_has_prefix (lines[i], "VmFlags:"))
        flags = lines[i];
    }
  g_assert_nonnull (flags);
  g_assert_nonnull (strstr (flags, " dd"));
  easel_secret_unref (secret);
}

static void
test_wipe (void)
{
  char memory[] = "0123456789";

  easel_secret_wipe (memory + 2, 5);
  g_assert_cmpmem (memory, sizeof memory,
                   "01\0\0\0\0\0"
                   "789",
                   sizeof memory);
  easel_secret_wipe (NULL, 5);
}

static void
assert_accepted (const char *typed, const char *expected)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselSecret) secret = easel_secret_new_from_key_input (typed, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (easel_secret_peek (secret), ==, expected);
}

static void
test_input_accepted (void)
{
  g_autofree char *longest = g_strnfill (EASEL_SECRET_MAX_KEY, 'k');
  g_autofree char *padded = g_strdup_printf ("  %s\r\n", longest);

  assert_accepted ("practice-key", "practice-key");
  assert_accepted (" practice-key ", "practice-key");
  assert_accepted ("practice-key\r\n", "practice-key");
  assert_accepted ("\t\n\v\f practice-key\n\n", "practice-key");
  assert_accepted ("\xc2\xa0practice-key\xc2\xa0", "practice-key");
  assert_accepted ("\xe2\x80\x8bpractice-key\xe2\x80\x8b", "practice-key");
  assert_accepted ("\xef\xbb\xbfpractice-key", "practice-key");
  assert_accepted ("\xe2\x80\xa8practice-key\xe3\x80\x80", "practice-key");
  assert_accepted ("a", "a");
  assert_accepted ("!~", "!~");
  assert_accepted (padded, longest);
}

static void
test_input_refused (void)
{
  g_autofree char *too_long = g_strnfill (EASEL_SECRET_MAX_KEY + 1, 'k');
  const char *const refused[] = {
    "",
    "   ",
    "\r\n",
    "\xe2\x80\x8b",
    "canary bird",
    "Authorization: Bearer canary",
    "canary\nbird",
    "canary\tbird",
    "canary\xc2\xa0"
    "bird",
    "canary\xe2\x80\x8b"
    "bird",
    "canary\x01",
    "canary\x7f",
    "canary\xf0\x9f\x8e\xa8",
    "\xf0\x9f\x8e\xa8",
    "can\xc3\xa4ry",
    "canary\xe2\x80\xa6",
    "canary\xff",
    "\xff\xfe",
    too_long,
  };

  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (EaselSecret) secret = easel_secret_new_from_key_input (refused[i], &error);

      g_assert_null (secret);
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_BAD_KEY);
      g_assert_null (strstr (error->message, "canary"));
      g_assert_null (strstr (error->message, "kkk"));
      g_assert_null (strstr (easel_error_get_details (error), "canary"));
      g_assert_cmpuint (strlen (easel_error_get_details (error)), >, 10);
    }
}

static void
test_equal (void)
{
  g_autoptr (EaselSecret) a = easel_secret_new ("practice-key");
  g_autoptr (EaselSecret) b = easel_secret_new ("practice-key");
  g_autoptr (EaselSecret) c = easel_secret_new ("practice-kez");
  g_autoptr (EaselSecret) d = easel_secret_new ("practice-ke");
  g_autoptr (EaselSecret) empty = easel_secret_new ("");

  g_assert_true (easel_secret_equal (a, a));
  g_assert_true (easel_secret_equal (a, b));
  g_assert_false (easel_secret_equal (a, c));
  g_assert_false (easel_secret_equal (a, d));
  g_assert_false (easel_secret_equal (d, a));
  g_assert_false (easel_secret_equal (a, empty));
  g_assert_true (easel_secret_equal (empty, empty));
}

/* HMAC-SHA256 of the key and 128 zero bytes, by Python’s hmac, cut to 16 digits. */
static void
test_fingerprint (void)
{
  g_autoptr (EaselSecret) fox = easel_secret_new ("The quick brown fox jumps over the lazy dog");
  g_autoptr (EaselSecret) other = easel_secret_new ("The quick brown fox jumps over the lazy cog");
  g_autofree char *known = easel_secret_fingerprint (fox, "key");
  g_autofree char *salted = easel_secret_fingerprint (fox, "other salt");
  g_autofree char *different = easel_secret_fingerprint (other, "key");

  g_assert_cmpstr (known, ==, "feea3b02f5b9e718");
  g_assert_cmpuint (strlen (salted), ==, 16);
  g_assert_cmpstr (known, !=, salted);
  g_assert_cmpstr (known, !=, different);
}

static void
test_boxed (void)
{
  g_autoptr (EaselSecret) secret = easel_secret_new ("practice-key");
  EaselSecret *copy = g_boxed_copy (EASEL_TYPE_SECRET, secret);

  g_assert_true (copy == secret);
  g_boxed_free (EASEL_TYPE_SECRET, copy);
  g_assert_cmpstr (easel_secret_peek (secret), ==, "practice-key");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/secret/wiped", test_wiped);
  g_test_add_func ("/secret/wipe", test_wipe);
  g_test_add_func ("/secret/kept-out-of-dumps", test_kept_out_of_dumps);
  g_test_add_func ("/secret/input-accepted", test_input_accepted);
  g_test_add_func ("/secret/input-refused", test_input_refused);
  g_test_add_func ("/secret/equal", test_equal);
  g_test_add_func ("/secret/fingerprint", test_fingerprint);
  g_test_add_func ("/secret/boxed", test_boxed);
  return g_test_run ();
}
