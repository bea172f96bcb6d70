/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Sums of models are those that everybody else gets. */

#include "config.h"

#include "easel-sha256.h"

#include <string.h>

/* Each in two parts: in one it would look like a key. */
static void
test_known (void)
{
  g_autofree char *nothing = easel_sha256_of (NULL, 0);
  g_autofree char *abc = easel_sha256_of ("abc", 3);

  g_assert_cmpstr (nothing, ==,
                   "e3b0c44298fc1c149afbf4c8996fb924"
                   "27ae41e4649b934ca495991b7852b855");
  g_assert_cmpstr (abc, ==,
                   "ba7816bf8f01cfea414140de5dae2223"
                   "b00361a396177a9cb410ff61f20015ad");
}

/* In pieces of any size, as GLib does it. */
static void
test_pieces (void)
{
  guint8 data[4096];

  for (guint round = 0; round < 50; round++)
    {
      g_autoptr (EaselSha256) sum = easel_sha256_new ();
      const gsize length = (gsize) g_test_rand_int_range (0, sizeof data);
      g_autofree char *expected = NULL;
      g_autofree char *whole = NULL;
      g_autofree char *text = NULL;

      for (gsize i = 0; i < length; i++)
        data[i] = (guint8) g_test_rand_int ();
      for (gsize i = 0; i < length;)
        {
          const gsize wish = (gsize) g_test_rand_int_range (0, 200);
          const gsize n = MIN (wish, length - i);

          easel_sha256_update (sum, data + i, n);
          i += n;
          /* To look does not end it. */
          g_free (easel_sha256_peek (sum));
        }
      expected = g_compute_checksum_for_data (G_CHECKSUM_SHA256, data, length);
      whole = easel_sha256_of (data, length);
      text = easel_sha256_peek (sum);
      g_assert_cmpstr (text, ==, expected);
      g_assert_cmpstr (whole, ==, expected);
    }
  easel_sha256_free (NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/sha256/known", test_known);
  g_test_add_func ("/sha256/pieces", test_pieces);

  return g_test_run ();
}
