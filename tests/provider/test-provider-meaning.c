/* SPDX-License-Identifier: GPL-3.0-or-later */

/* An error keeps its meaning where the call can have it, and loses it where it cannot. */

#include "config.h"

#include "easel-provider-meaning-private.h"

#include "easel-error.h"

typedef struct
{
  EaselError code;
  EaselError after_list;
  EaselError after_get;
  EaselError after_delete;
} Case;

static void
assert_mended (void (*mend) (GError *error), EaselError code, EaselError expected)
{
  g_autoptr (GError) error = easel_error_new (code, "as the judge says");

  easel_error_set_status (error, 418);
  mend (error);
  g_assert_error (error, EASEL_ERROR, (int) expected);
  g_assert_cmpstr (error->message, ==, "as the judge says");
  g_assert_cmpuint (easel_error_get_status (error), ==, 418);
}

static void
test_table (void)
{
  static const Case cases[] = {
    { EASEL_ERROR_NO_OFFER, EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_UNAVAILABLE,
      EASEL_ERROR_UNAVAILABLE },
    { EASEL_ERROR_HOST_FULL, EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_UNAVAILABLE,
      EASEL_ERROR_UNAVAILABLE },
    { EASEL_ERROR_CONFLICT, EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_UNAVAILABLE,
      EASEL_ERROR_CONFLICT },
    { EASEL_ERROR_LOCKED, EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_LOCKED },
    /* A list is there or not to be had; a pod may be gone. */
    { EASEL_ERROR_NOT_FOUND, EASEL_ERROR_UNAVAILABLE, EASEL_ERROR_NOT_FOUND,
      EASEL_ERROR_NOT_FOUND },
    { EASEL_ERROR_QUOTA, EASEL_ERROR_QUOTA, EASEL_ERROR_QUOTA, EASEL_ERROR_UNAVAILABLE },
    { EASEL_ERROR_AUTH, EASEL_ERROR_AUTH, EASEL_ERROR_AUTH, EASEL_ERROR_AUTH },
    { EASEL_ERROR_RATE_LIMITED, EASEL_ERROR_RATE_LIMITED, EASEL_ERROR_RATE_LIMITED,
      EASEL_ERROR_RATE_LIMITED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      assert_mended (_easel_provider_mend_list, cases[i].code, cases[i].after_list);
      assert_mended (_easel_provider_mend_get, cases[i].code, cases[i].after_get);
      assert_mended (_easel_provider_mend_delete, cases[i].code, cases[i].after_delete);
    }
}

static void
test_others_are_left_alone (void)
{
  /* The same number in another domain is another error. */
  g_autoptr (GError) foreign =
      g_error_new_literal (G_IO_ERROR, (int) EASEL_ERROR_NO_OFFER, "of GIO");

  _easel_provider_mend_list (foreign);
  g_assert_error (foreign, G_IO_ERROR, (int) EASEL_ERROR_NO_OFFER);
  _easel_provider_mend_list (NULL);
  _easel_provider_mend_get (NULL);
  _easel_provider_mend_delete (NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/provider-meaning/table", test_table);
  g_test_add_func ("/provider-meaning/others-are-left-alone", test_others_are_left_alone);

  return g_test_run ();
}
