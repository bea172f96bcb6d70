/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one error domain of the program and what stands behind each code: the sentence a painter
 * reads, the button that helps, and whether a request that failed so may have had an effect.
 * Foreign errors become ours here, at the seam, by a table. What a provider's status or text
 * means is not known here: the providers' decoders judge that.
 */
#include "config.h"

#include "easel-error.h"

#include <glib/gi18n.h>

#define MAX_DETAILS 4096

typedef struct
{
  char *details; /* (owned) (nullable) */
  guint status;
  gint64 retry_after_ms;
} EaselErrorPrivate;

/* The checks for NULL below are for the compiler only, which sees one in the macro's code. */

static void
easel_error_private_init (EaselErrorPrivate *priv)
{
  if (priv != NULL)
    priv->retry_after_ms = -1;
}

static void
easel_error_private_copy (const EaselErrorPrivate *source, EaselErrorPrivate *copy)
{
  if (source == NULL || copy == NULL)
    return;
  copy->details = g_strdup (source->details);
  copy->status = source->status;
  copy->retry_after_ms = source->retry_after_ms;
}

static void
easel_error_private_clear (EaselErrorPrivate *priv)
{
  if (priv != NULL)
    g_free (priv->details);
}

/* GLib aligns what its macro casts; clang cannot know. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wcast-align"
G_DEFINE_EXTENDED_ERROR (EaselError, easel_error)
#pragma GCC diagnostic pop

/* NULL for an error of another domain, which has no room for ours. */
static EaselErrorPrivate *
find_private (const GError *error)
{
  return error->domain == EASEL_ERROR ? easel_error_get_private (error) : NULL;
}

typedef struct
{
  const char *sentence; /* "%s" is the provider's name */
  EaselRemedy remedy;
  gboolean fate_unknown;
} CodeFacts;

static const CodeFacts code_facts[EASEL_N_ERRORS] = {
  [EASEL_ERROR_FAILED] = { N_ ("Something went wrong at %s. Try again in a moment."),
                           EASEL_REMEDY_TRY_AGAIN, TRUE },
  [EASEL_ERROR_AUTH] = { N_ ("%s does not know this key. Copy it again, whole."),
                         EASEL_REMEDY_ENTER_KEY, FALSE },
  [EASEL_ERROR_PERMISSION] = { N_ ("This key may look but not rent. Make a new one at %s that may "
                                   "do everything."),
                               EASEL_REMEDY_NEW_KEY, FALSE },
  [EASEL_ERROR_BLOCKED] = { N_ ("Something on the way to %s refused the connection. A VPN or "
                                "another network may help."),
                            EASEL_REMEDY_TRY_AGAIN, FALSE },
  [EASEL_ERROR_QUOTA] = { N_ ("Your balance is too low: %s asks for one hour in advance."),
                          EASEL_REMEDY_ADD_FUNDS, FALSE },
  [EASEL_ERROR_NOT_FOUND] = { N_ ("This no longer exists at %s."), EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_CONFLICT] = { N_ ("%s is still busy with this GPU. Wait a moment, then try "
                                 "again."),
                             EASEL_REMEDY_TRY_AGAIN, FALSE },
  [EASEL_ERROR_LOCKED] = { N_ ("This GPU is locked at %s. Unlock it there, then try again."),
                           EASEL_REMEDY_OPEN_CONSOLE, FALSE },
  [EASEL_ERROR_BAD_REQUEST] = { N_ ("%s did not accept what was asked for."),
                                EASEL_REMEDY_OPEN_CONSOLE, FALSE },
  [EASEL_ERROR_NO_OFFER] = { N_ ("That GPU was just taken by somebody else."),
                             EASEL_REMEDY_OTHER_OFFER, FALSE },
  [EASEL_ERROR_HOST_FULL] = { N_ ("The computer on which this GPU was paused has none free now."),
                              EASEL_REMEDY_RENT_AGAIN, FALSE },
  [EASEL_ERROR_RATE_LIMITED] = { N_ ("%s was asked too often. Wait a minute, then try again."),
                                 EASEL_REMEDY_TRY_AGAIN, FALSE },
  [EASEL_ERROR_UNAVAILABLE] = { N_ ("%s has a fault at the moment. Try again in a few minutes."),
                                EASEL_REMEDY_TRY_AGAIN, TRUE },
  [EASEL_ERROR_RETIRED] = { N_ ("This program is too old for %s. Install the newest Cloud Easel."),
                            EASEL_REMEDY_OPEN_CONSOLE, FALSE },
  [EASEL_ERROR_NETWORK] = { N_ ("No answer from %s. Is this computer online?"),
                            EASEL_REMEDY_TRY_AGAIN, TRUE },
  [EASEL_ERROR_TLS] = { N_ ("The connection to %s cannot be trusted. Check this computer’s date, "
                            "or try another network."),
                        EASEL_REMEDY_TRY_AGAIN, TRUE },
  [EASEL_ERROR_TIMED_OUT] = { N_ ("%s takes too long to answer. Try again in a moment."),
                              EASEL_REMEDY_TRY_AGAIN, TRUE },
  [EASEL_ERROR_PROTOCOL] = { N_ ("The answer from %s makes no sense to this program. A newer "
                                 "Cloud Easel may understand it."),
                             EASEL_REMEDY_TRY_AGAIN, TRUE },
  [EASEL_ERROR_TOO_LARGE] = { N_ ("%s sent far more than was asked for, so it was not read."),
                              EASEL_REMEDY_TRY_AGAIN, TRUE },
  [EASEL_ERROR_BAD_KEY] = { N_ ("This cannot be a key from %s. Copy it again, whole."),
                            EASEL_REMEDY_ENTER_KEY, FALSE },
  [EASEL_ERROR_STORAGE] = { N_ ("This computer could not write to its disk. Is it full?"),
                            EASEL_REMEDY_TRY_AGAIN, FALSE },
  [EASEL_ERROR_NO_KEY] = { N_ ("There is no key for %s on this computer."), EASEL_REMEDY_ENTER_KEY,
                           FALSE },
  [EASEL_ERROR_UNRESOLVED] = { N_ ("%s has not told yet whether the GPU was rented. Cloud Easel "
                                   "keeps looking."),
                               EASEL_REMEDY_OPEN_CONSOLE, TRUE },
  [EASEL_ERROR_BROKEN_POD] = { N_ ("The rented GPU does not work."), EASEL_REMEDY_OTHER_MACHINE,
                               FALSE },
  [EASEL_ERROR_MISSING_FILES] = { N_ ("Models that Krita needs did not arrive on the GPU."),
                                  EASEL_REMEDY_DOWNLOAD_AGAIN, FALSE },
  [EASEL_ERROR_OUTDATED_SERVER] = { N_ ("The software on this GPU lacks parts that Krita’s plugin "
                                        "needs. Another template may have them."),
                                    EASEL_REMEDY_OTHER_TEMPLATE, FALSE },
  [EASEL_ERROR_ELSEWHERE] = { N_ ("Cloud Easel is already open somewhere else on this computer, "
                                  "and "
                                  "only one of them may rent. Close the other one first."),
                              EASEL_REMEDY_TRY_AGAIN, FALSE },
  [EASEL_ERROR_NOT_A_MODEL] = { N_ ("This file is not a model, or it is damaged. Download it "
                                    "again."),
                                EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_INCOMPLETE_MODEL] = { N_ ("The end of this file is missing. Download it again."),
                                     EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_UNREADABLE_FILE] = { N_ ("This file could not be read. Is it still there?"),
                                    EASEL_REMEDY_TRY_AGAIN, FALSE },
  [EASEL_ERROR_FILE_CHANGED] = { N_ ("This file changed while it was being sent, so it is sent "
                                     "again from the beginning."),
                                 EASEL_REMEDY_TRY_AGAIN, FALSE },
  [EASEL_ERROR_FILE_CHANGING] = { N_ ("This file keeps changing, so it could not be sent. Try "
                                      "again when the program that writes it is done."),
                                  EASEL_REMEDY_TRY_AGAIN, FALSE },
  [EASEL_ERROR_BAD_LINK] = { N_ ("This is not a link to a model. Copy it from the model’s page."),
                             EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_UNSAFE_LINK] = { N_ ("This link is not safe: it has to begin with https and lead "
                                    "into the internet."),
                                EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_WRONG_ENDING] = { N_ ("Only files that end in .safetensors or .sft are used, "
                                     "because "
                                     "others may hold programs."),
                                 EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_WEB_PAGE] = { N_ ("This link leads to a web page and not to a file. Copy the link "
                                 "of the download."),
                             EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_TOKEN_NEEDED] = { N_ ("%s gives this model only to those who have a token from "
                                     "there."),
                                 EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_MODEL_REFUSED] = { N_ ("%s does not give this model to you. Its page may have terms "
                                      "to accept."),
                                  EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_MODEL_GONE] = { N_ ("There is no model at this link any more."), EASEL_REMEDY_NONE,
                               FALSE },
  [EASEL_ERROR_MODEL_TOO_LARGE] = { N_ ("This model is too large for the free disk of the GPU."),
                                    EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_UPLOAD_TOO_LARGE] = { N_ ("This file is too large to be sent to the GPU this way."),
                                     EASEL_REMEDY_NONE, FALSE },
  [EASEL_ERROR_NAME_TAKEN] = { N_ ("The GPU already has another file of this name. Give yours "
                                   "another name."),
                               EASEL_REMEDY_NONE, FALSE },
};

static const char *const remedy_labels[EASEL_N_REMEDIES] = {
  [EASEL_REMEDY_NONE] = NULL,
  [EASEL_REMEDY_TRY_AGAIN] = N_ ("Try Again"),
  [EASEL_REMEDY_NEW_KEY] = N_ ("Make a New Key"),
  [EASEL_REMEDY_ENTER_KEY] = N_ ("Enter the Key"),
  [EASEL_REMEDY_ADD_FUNDS] = N_ ("Add Funds"),
  [EASEL_REMEDY_OTHER_OFFER] = N_ ("Choose Another GPU"),
  [EASEL_REMEDY_OTHER_MACHINE] = N_ ("Try Another Machine"),
  [EASEL_REMEDY_RENT_AGAIN] = N_ ("Rent the Same Again"),
  [EASEL_REMEDY_DOWNLOAD_AGAIN] = N_ ("Download Again"),
  [EASEL_REMEDY_OTHER_TEMPLATE] = N_ ("Choose Another Template"),
  [EASEL_REMEDY_OPEN_CONSOLE] = N_ ("Open Console"),
};

/* What GIO calls them; every other code of these domains is the domain's last row. */
#define ANY_CODE (-1)
typedef struct
{
  GQuark (*domain) (void);
  int code;
  EaselError meaning;
} TransportRow;

static const TransportRow transport_rows[] = {
  { g_io_error_quark, G_IO_ERROR_TIMED_OUT, EASEL_ERROR_TIMED_OUT },
  { g_io_error_quark, G_IO_ERROR_INVALID_DATA, EASEL_ERROR_PROTOCOL },
  { g_io_error_quark, G_IO_ERROR_INVALID_ARGUMENT, EASEL_ERROR_BAD_REQUEST },
  { g_io_error_quark, G_IO_ERROR_MESSAGE_TOO_LARGE, EASEL_ERROR_TOO_LARGE },
  { g_io_error_quark, ANY_CODE, EASEL_ERROR_NETWORK },
  { g_resolver_error_quark, ANY_CODE, EASEL_ERROR_NETWORK },
  { g_tls_error_quark, G_TLS_ERROR_EOF, EASEL_ERROR_NETWORK },
  { g_tls_error_quark, ANY_CODE, EASEL_ERROR_TLS },
};

static const CodeFacts *
get_facts (const GError *error)
{
  g_assert (error != NULL);
  g_assert (error->domain == EASEL_ERROR);

  if (error->code < 0 || error->code >= EASEL_N_ERRORS || code_facts[error->code].sentence == NULL)
    return &code_facts[EASEL_ERROR_FAILED];
  return &code_facts[error->code];
}

/**
 * easel_set_error:
 * @error: (out) (optional): where to put it
 * @code: what went wrong
 * @format: for the log, in English; never a key, never an answer's body
 *
 * Like g_set_error() in the domain %EASEL_ERROR.
 */
void
easel_set_error (GError **error, EaselError code, const char *format, ...)
{
  va_list args;

  g_return_if_fail (error == NULL || *error == NULL);
  g_return_if_fail (format != NULL);

  if (error == NULL)
    return;
  va_start (args, format);
  *error = g_error_new_valist (EASEL_ERROR, code, format, args);
  va_end (args);
}

/**
 * easel_error_new:
 * @code: what went wrong
 * @format: for the log, in English; never a key, never an answer's body
 *
 * Returns: (transfer full): a new error of %EASEL_ERROR
 */
GError *
easel_error_new (EaselError code, const char *format, ...)
{
  va_list args;
  GError *error;

  g_return_val_if_fail (format != NULL, NULL);

  va_start (args, format);
  error = g_error_new_valist (EASEL_ERROR, code, format, args);
  va_end (args);
  return error;
}

/**
 * easel_error_from_transport:
 * @foreign: an error of GIO's sockets, resolver or TLS
 *
 * The original text is kept for the log. A cancellation stays %G_IO_ERROR_CANCELLED and an error
 * that is ours already stays what it is; a domain nobody knows becomes %EASEL_ERROR_FAILED.
 *
 * Returns: (transfer full): the same in our words
 */
GError *
easel_error_from_transport (const GError *foreign)
{
  g_return_val_if_fail (foreign != NULL, NULL);

  if (easel_error_is_cancelled (foreign) || foreign->domain == EASEL_ERROR)
    return g_error_copy (foreign);
  for (gsize i = 0; i < G_N_ELEMENTS (transport_rows); i++)
    {
      const TransportRow *row = &transport_rows[i];

      if (foreign->domain == row->domain () &&
          (row->code == ANY_CODE || row->code == foreign->code))
        return g_error_new_literal (EASEL_ERROR, row->meaning, foreign->message);
    }
  return g_error_new_literal (EASEL_ERROR, EASEL_ERROR_FAILED, foreign->message);
}

/**
 * easel_error_set_details:
 * @error: an error; one of a foreign domain is left alone
 * @details: (nullable): the provider's own words, shown under "Details"; made valid UTF-8 and
 *   cut at 4 KiB
 */
void
easel_error_set_details (GError *error, const char *details)
{
  EaselErrorPrivate *priv;
  g_autofree char *valid = NULL;

  g_return_if_fail (error != NULL);

  priv = find_private (error);
  if (priv == NULL)
    return;
  if (details != NULL)
    {
      g_autofree char *head = g_strndup (details, MAX_DETAILS);

      valid = g_utf8_make_valid (head, -1);
    }
  g_free (priv->details);
  priv->details = g_steal_pointer (&valid);
}

/**
 * easel_error_set_status:
 * @error: an error; one of a foreign domain is left alone
 * @http_status: the status of the answer, 0 for none
 */
void
easel_error_set_status (GError *error, guint http_status)
{
  EaselErrorPrivate *priv;

  g_return_if_fail (error != NULL);

  priv = find_private (error);
  if (priv != NULL)
    priv->status = http_status;
}

/**
 * easel_error_set_retry_after:
 * @error: an error; one of a foreign domain is left alone
 * @milliseconds: how long the provider asks to wait, -1 if it does not say
 */
void
easel_error_set_retry_after (GError *error, gint64 milliseconds)
{
  EaselErrorPrivate *priv;

  g_return_if_fail (error != NULL);

  priv = find_private (error);
  if (priv != NULL)
    priv->retry_after_ms = MAX (milliseconds, -1);
}

/**
 * easel_error_get_details:
 *
 * Returns: (nullable): the provider's own words
 */
const char *
easel_error_get_details (const GError *error)
{
  const EaselErrorPrivate *priv;

  g_return_val_if_fail (error != NULL, NULL);

  priv = find_private (error);
  return priv != NULL ? priv->details : NULL;
}

/**
 * easel_error_get_status:
 *
 * Returns: the HTTP status of the answer, 0 if there was none
 */
guint
easel_error_get_status (const GError *error)
{
  const EaselErrorPrivate *priv;

  g_return_val_if_fail (error != NULL, 0);

  priv = find_private (error);
  return priv != NULL ? priv->status : 0;
}

/**
 * easel_error_get_retry_after:
 *
 * Returns: milliseconds the provider asks to wait, -1 if it does not say
 */
gint64
easel_error_get_retry_after (const GError *error)
{
  const EaselErrorPrivate *priv;

  g_return_val_if_fail (error != NULL, -1);

  priv = find_private (error);
  return priv != NULL ? priv->retry_after_ms : -1;
}

/**
 * easel_error_is_cancelled:
 *
 * Returns: %TRUE if somebody here wanted it to stop; the interface says nothing then
 */
gboolean
easel_error_is_cancelled (const GError *error)
{
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/**
 * easel_error_leaves_fate_unknown:
 *
 * Whether a request that changes something may have taken effect although it failed like this.
 * In doubt it may: a create is then never repeated before the cloud has been asked.
 *
 * Returns: %FALSE only if the provider surely did not do what was asked
 */
gboolean
easel_error_leaves_fate_unknown (const GError *error)
{
  g_return_val_if_fail (error != NULL, TRUE);

  return error->domain == EASEL_ERROR ? get_facts (error)->fate_unknown : TRUE;
}

/* By replacement, not by printf: a translation with a wrong conversion must not crash. */
static char *
insert_name (const char *sentence, const char *provider_name)
{
  GString *text = NULL;

  g_assert (sentence != NULL);

  if (provider_name == NULL || *provider_name == '\0')
    provider_name = g_str_has_prefix (sentence, "%s") ? _ ("The provider") : _ ("the provider");
  text = g_string_new (sentence);
  g_string_replace (text, "%s", provider_name, 1);
  return g_string_free (text, FALSE);
}

/**
 * easel_error_sentence:
 * @error: what went wrong, of any domain
 * @provider_name: (nullable): "RunPod"; not translated
 *
 * Returns: (transfer full): one translated sentence for the person
 */
char *
easel_error_sentence (const GError *error, const char *provider_name)
{
  g_return_val_if_fail (error != NULL, NULL);

  if (easel_error_is_cancelled (error))
    return g_strdup (_ ("This was stopped before it was done."));
  if (error->domain != EASEL_ERROR)
    return g_strdup (_ ("Something went wrong on this computer. Try again in a moment."));
  return insert_name (_ (get_facts (error)->sentence), provider_name);
}

/**
 * easel_error_remedy:
 * @error: what went wrong, of any domain
 *
 * Returns: the one button that helps
 */
EaselRemedy
easel_error_remedy (const GError *error)
{
  g_return_val_if_fail (error != NULL, EASEL_REMEDY_NONE);

  if (easel_error_is_cancelled (error))
    return EASEL_REMEDY_NONE;
  return error->domain == EASEL_ERROR ? get_facts (error)->remedy : EASEL_REMEDY_TRY_AGAIN;
}

/**
 * easel_remedy_label:
 * @remedy: a remedy
 *
 * Returns: (nullable): what stands on its button, translated; %NULL for none
 */
const char *
easel_remedy_label (EaselRemedy remedy)
{
  if ((int) remedy <= EASEL_REMEDY_NONE || remedy >= EASEL_N_REMEDIES ||
      remedy_labels[remedy] == NULL)
    return NULL;
  return _ (remedy_labels[remedy]);
}
