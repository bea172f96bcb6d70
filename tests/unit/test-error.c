/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-error.h"

#include <string.h>

static void
test_every_code_has_a_sentence (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (int code = 0; code < EASEL_N_ERRORS; code++)
    {
      g_autoptr (GError) error = easel_error_new (code, "technical %d", code);
      g_autofree char *sentence = easel_error_sentence (error, "Acme Cloud");
      g_autofree char *unnamed = easel_error_sentence (error, NULL);
      g_autofree char *empty_name = easel_error_sentence (error, "");

      g_test_message ("%s", sentence);
      g_assert_cmpuint (strlen (sentence), >, 15);
      g_assert_true (g_str_has_suffix (sentence, ".") || g_str_has_suffix (sentence, "?"));
      g_assert_null (strstr (sentence, "technical"));
      g_assert_null (strstr (sentence, "%s"));
      g_assert_null (strstr (sentence, "'"));
      g_assert_true (g_ascii_isupper (unnamed[0]));
      g_assert_null (strstr (unnamed, "%s"));
      g_assert_cmpstr (unnamed, ==, empty_name);
      if (strstr (sentence, "Acme Cloud") != NULL)
        g_assert_nonnull (strstr (unnamed, "he provider"));
      g_assert_true (g_hash_table_add (seen, g_steal_pointer (&sentence)));
    }
  g_assert_cmpuint (g_hash_table_size (seen), ==, EASEL_N_ERRORS);
}

static void
test_sentences_use_no_jargon (void)
{
  static const char *const words[] = { "HTTP",   "JSON", "API",    "pod",   "Docker", "port",
                                       "server", "TLS",  "status", "error", "my ",    "VRAM" };

  for (int code = 0; code < EASEL_N_ERRORS; code++)
    {
      g_autoptr (GError) error = easel_error_new (code, "x");
      g_autofree char *sentence = easel_error_sentence (error, "RunPod");

      for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
        {
          g_autofree char *spaced = g_strconcat (" ", words[i], NULL);

          if (strstr (sentence, spaced) != NULL)
            g_test_fail_printf ("“%s” contains “%s”", sentence, words[i]);
        }
    }
}

static void
test_name_is_not_a_format (void)
{
  g_autoptr (GError) error = easel_error_new (EASEL_ERROR_NETWORK, "x");
  g_autofree char *sentence = easel_error_sentence (error, "%s%n%d");

  g_assert_nonnull (strstr (sentence, "%s%n%d"));
}

static void
test_remedies_have_labels (void)
{
  g_autoptr (GHashTable) labels = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean used[EASEL_N_REMEDIES] = { FALSE };

  g_assert_null (easel_remedy_label (EASEL_REMEDY_NONE));
  for (int remedy = EASEL_REMEDY_NONE + 1; remedy < EASEL_N_REMEDIES; remedy++)
    {
      const char *label = easel_remedy_label (remedy);

      g_assert_nonnull (label);
      g_assert_true (g_ascii_isupper (label[0]));
      g_assert_true (g_hash_table_add (labels, (gpointer) label));
    }
  g_assert_null (easel_remedy_label (EASEL_N_REMEDIES));
  g_assert_null (easel_remedy_label ((EaselRemedy) -1));

  for (int code = 0; code < EASEL_N_ERRORS; code++)
    {
      g_autoptr (GError) error = easel_error_new (code, "x");

      used[easel_error_remedy (error)] = TRUE;
    }
  for (int remedy = 0; remedy < EASEL_N_REMEDIES; remedy++)
    g_assert_true (used[remedy]);
}

static void
assert_remedy (EaselError code, EaselRemedy remedy)
{
  g_autoptr (GError) error = easel_error_new (code, "x");

  g_assert_cmpint (easel_error_remedy (error), ==, remedy);
}

static void
test_remedies_that_matter (void)
{
  assert_remedy (EASEL_ERROR_AUTH, EASEL_REMEDY_ENTER_KEY);
  assert_remedy (EASEL_ERROR_NO_KEY, EASEL_REMEDY_ENTER_KEY);
  assert_remedy (EASEL_ERROR_BAD_KEY, EASEL_REMEDY_ENTER_KEY);
  assert_remedy (EASEL_ERROR_PERMISSION, EASEL_REMEDY_NEW_KEY);
  assert_remedy (EASEL_ERROR_QUOTA, EASEL_REMEDY_ADD_FUNDS);
  assert_remedy (EASEL_ERROR_NO_OFFER, EASEL_REMEDY_OTHER_OFFER);
  assert_remedy (EASEL_ERROR_BROKEN_POD, EASEL_REMEDY_OTHER_MACHINE);
  assert_remedy (EASEL_ERROR_HOST_FULL, EASEL_REMEDY_RENT_AGAIN);
  assert_remedy (EASEL_ERROR_NETWORK, EASEL_REMEDY_TRY_AGAIN);
  assert_remedy (EASEL_ERROR_LOCKED, EASEL_REMEDY_OPEN_CONSOLE);
}

static void
test_details_status_retry_after (void)
{
  g_autoptr (GError) error = easel_error_new (EASEL_ERROR_RATE_LIMITED, "status %d", 429);
  g_autoptr (GError) copy = NULL;

  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_RATE_LIMITED);
  g_assert_cmpstr (error->message, ==, "status 429");
  g_assert_null (easel_error_get_details (error));
  g_assert_cmpuint (easel_error_get_status (error), ==, 0);
  g_assert_cmpint (easel_error_get_retry_after (error), ==, -1);

  easel_error_set_details (error, "first");
  easel_error_set_details (error, "slow down");
  easel_error_set_status (error, 429);
  easel_error_set_retry_after (error, 3000);
  copy = g_error_copy (error);
  easel_error_set_details (error, NULL);
  easel_error_set_retry_after (error, -77);

  g_assert_null (easel_error_get_details (error));
  g_assert_cmpint (easel_error_get_retry_after (error), ==, -1);
  g_assert_cmpstr (easel_error_get_details (copy), ==, "slow down");
  g_assert_cmpuint (easel_error_get_status (copy), ==, 429);
  g_assert_cmpint (easel_error_get_retry_after (copy), ==, 3000);
}

static void
test_details_are_tamed (void)
{
  g_autoptr (GError) error = easel_error_new (EASEL_ERROR_FAILED, "x");
  g_autofree char *long_text = g_strnfill (100000, 'a');

  easel_error_set_details (error, "bad \xff\xfe bytes");
  g_assert_true (g_utf8_validate (easel_error_get_details (error), -1, NULL));
  g_assert_nonnull (strstr (easel_error_get_details (error), "bytes"));
  easel_error_set_details (error, long_text);
  g_assert_cmpuint (strlen (easel_error_get_details (error)), ==, 4096);
}

static void
test_foreign_errors_are_left_alone (void)
{
  g_autoptr (GError) error = g_error_new_literal (G_FILE_ERROR, G_FILE_ERROR_NOSPC, "no space");
  g_autofree char *sentence = easel_error_sentence (error, "RunPod");

  easel_error_set_details (error, "x");
  easel_error_set_status (error, 500);
  easel_error_set_retry_after (error, 1);
  g_assert_null (easel_error_get_details (error));
  g_assert_cmpuint (easel_error_get_status (error), ==, 0);
  g_assert_cmpint (easel_error_get_retry_after (error), ==, -1);
  g_assert_cmpuint (strlen (sentence), >, 15);
  g_assert_null (strstr (sentence, "no space"));
  g_assert_cmpint (easel_error_remedy (error), ==, EASEL_REMEDY_TRY_AGAIN);
  g_assert_true (easel_error_leaves_fate_unknown (error));
}

static void
test_code_out_of_range (void)
{
  g_autoptr (GError) error = g_error_new_literal (EASEL_ERROR, 4711, "from the future");
  g_autoptr (GError) known = easel_error_new (EASEL_ERROR_FAILED, "x");
  g_autofree char *sentence = easel_error_sentence (error, "RunPod");
  g_autofree char *expected = easel_error_sentence (known, "RunPod");

  g_assert_cmpstr (sentence, ==, expected);
  g_assert_true (easel_error_leaves_fate_unknown (error));
}

static void
test_transport (void)
{
  static const struct
  {
    GQuark (*domain) (void);
    int code;
    EaselError expected;
  } rows[] = {
    { g_io_error_quark, G_IO_ERROR_TIMED_OUT, EASEL_ERROR_TIMED_OUT },
    { g_io_error_quark, G_IO_ERROR_CONNECTION_REFUSED, EASEL_ERROR_NETWORK },
    { g_io_error_quark, G_IO_ERROR_CONNECTION_CLOSED, EASEL_ERROR_NETWORK },
    { g_io_error_quark, G_IO_ERROR_HOST_UNREACHABLE, EASEL_ERROR_NETWORK },
    { g_io_error_quark, G_IO_ERROR_NETWORK_UNREACHABLE, EASEL_ERROR_NETWORK },
    { g_io_error_quark, G_IO_ERROR_PARTIAL_INPUT, EASEL_ERROR_NETWORK },
    { g_io_error_quark, G_IO_ERROR_PROXY_FAILED, EASEL_ERROR_NETWORK },
    { g_io_error_quark, G_IO_ERROR_FAILED, EASEL_ERROR_NETWORK },
    { g_io_error_quark, G_IO_ERROR_INVALID_DATA, EASEL_ERROR_PROTOCOL },
    { g_resolver_error_quark, G_RESOLVER_ERROR_NOT_FOUND, EASEL_ERROR_NETWORK },
    { g_resolver_error_quark, G_RESOLVER_ERROR_TEMPORARY_FAILURE, EASEL_ERROR_NETWORK },
    { g_tls_error_quark, G_TLS_ERROR_BAD_CERTIFICATE, EASEL_ERROR_TLS },
    { g_tls_error_quark, G_TLS_ERROR_HANDSHAKE, EASEL_ERROR_TLS },
    { g_tls_error_quark, G_TLS_ERROR_NOT_TLS, EASEL_ERROR_TLS },
    { g_tls_error_quark, G_TLS_ERROR_EOF, EASEL_ERROR_NETWORK },
    { g_key_file_error_quark, G_KEY_FILE_ERROR_PARSE, EASEL_ERROR_FAILED },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) foreign = g_error_new_literal (rows[i].domain (), rows[i].code, "why");
      g_autoptr (GError) ours = easel_error_from_transport (foreign);

      g_assert_error (ours, EASEL_ERROR, (int) rows[i].expected);
      g_assert_cmpstr (ours->message, ==, "why");
    }
}

static void
test_cancelled_stays_cancelled (void)
{
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "x");
  g_autoptr (GError) ours = easel_error_from_transport (foreign);
  g_autofree char *sentence = easel_error_sentence (ours, "RunPod");

  g_assert_true (easel_error_is_cancelled (ours));
  g_assert_cmpint (easel_error_remedy (ours), ==, EASEL_REMEDY_NONE);
  g_assert_true (easel_error_leaves_fate_unknown (ours));
  g_assert_cmpuint (strlen (sentence), >, 10);
  g_assert_false (easel_error_is_cancelled (NULL));
}

static void
test_ours_passes_through (void)
{
  g_autoptr (GError) error = easel_error_new (EASEL_ERROR_QUOTA, "x");
  g_autoptr (GError) copy = NULL;

  easel_error_set_status (error, 402);
  copy = easel_error_from_transport (error);
  g_assert_error (copy, EASEL_ERROR, EASEL_ERROR_QUOTA);
  g_assert_cmpuint (easel_error_get_status (copy), ==, 402);
}

static void
test_fate (void)
{
  static const gboolean unknown[EASEL_N_ERRORS] = {
    [EASEL_ERROR_FAILED] = TRUE,    [EASEL_ERROR_UNAVAILABLE] = TRUE, [EASEL_ERROR_NETWORK] = TRUE,
    [EASEL_ERROR_TLS] = TRUE,       [EASEL_ERROR_TIMED_OUT] = TRUE,   [EASEL_ERROR_PROTOCOL] = TRUE,
    [EASEL_ERROR_TOO_LARGE] = TRUE, [EASEL_ERROR_UNRESOLVED] = TRUE,
  };

  for (int code = 0; code < EASEL_N_ERRORS; code++)
    {
      g_autoptr (GError) error = easel_error_new (code, "code %d", code);

      if (easel_error_leaves_fate_unknown (error) != unknown[code])
        g_test_fail_printf ("code %d", code);
    }
}

static void
test_set_error (void)
{
  g_autoptr (GError) error = NULL;

  easel_set_error (NULL, EASEL_ERROR_FAILED, "nobody listens");
  easel_set_error (&error, EASEL_ERROR_CONFLICT, "%s", "busy");
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_CONFLICT);
  g_assert_cmpstr (error->message, ==, "busy");
  g_prefix_error_literal (&error, "while deleting: ");
  g_assert_cmpint (easel_error_get_retry_after (error), ==, -1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/error/every-code-has-a-sentence", test_every_code_has_a_sentence);
  g_test_add_func ("/error/sentences-use-no-jargon", test_sentences_use_no_jargon);
  g_test_add_func ("/error/name-is-not-a-format", test_name_is_not_a_format);
  g_test_add_func ("/error/remedies-have-labels", test_remedies_have_labels);
  g_test_add_func ("/error/remedies-that-matter", test_remedies_that_matter);
  g_test_add_func ("/error/details-status-retry-after", test_details_status_retry_after);
  g_test_add_func ("/error/details-are-tamed", test_details_are_tamed);
  g_test_add_func ("/error/foreign-errors-are-left-alone", test_foreign_errors_are_left_alone);
  g_test_add_func ("/error/code-out-of-range", test_code_out_of_range);
  g_test_add_func ("/error/transport", test_transport);
  g_test_add_func ("/error/cancelled-stays-cancelled", test_cancelled_stays_cancelled);
  g_test_add_func ("/error/ours-passes-through", test_ours_passes_through);
  g_test_add_func ("/error/fate", test_fate);
  g_test_add_func ("/error/set-error", test_set_error);
  return g_test_run ();
}
