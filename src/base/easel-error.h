/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/**
 * EaselError:
 * @EASEL_ERROR_FAILED: something without a better name
 * @EASEL_ERROR_AUTH: the provider does not know this key
 * @EASEL_ERROR_PERMISSION: the key is good but lacks a right
 * @EASEL_ERROR_BLOCKED: refused on the way (edge, proxy), not by the provider itself
 * @EASEL_ERROR_QUOTA: not enough credit
 * @EASEL_ERROR_NOT_FOUND: the thing asked for does not exist (any more)
 * @EASEL_ERROR_CONFLICT: the pod is in a state that forbids this
 * @EASEL_ERROR_LOCKED: the pod is locked against this in the provider's console
 * @EASEL_ERROR_BAD_REQUEST: the provider refused the request itself
 * @EASEL_ERROR_NO_OFFER: the wanted GPU is gone
 * @EASEL_ERROR_HOST_FULL: a stopped pod's machine has no free GPU
 * @EASEL_ERROR_RATE_LIMITED: asked too often
 * @EASEL_ERROR_UNAVAILABLE: the provider has a fault (5xx)
 * @EASEL_ERROR_RETIRED: the provider no longer speaks this interface (410)
 * @EASEL_ERROR_NETWORK: no connection
 * @EASEL_ERROR_TLS: the connection could not be trusted
 * @EASEL_ERROR_TIMED_OUT: no answer within the deadline
 * @EASEL_ERROR_PROTOCOL: an answer that cannot be understood
 * @EASEL_ERROR_TOO_LARGE: an answer above the size cap
 * @EASEL_ERROR_BAD_KEY: what was typed cannot be a key
 * @EASEL_ERROR_STORAGE: this computer's disk refused
 * @EASEL_ERROR_NO_KEY: no key is known for the provider
 * @EASEL_ERROR_UNRESOLVED: it is not yet known whether a create took effect
 * @EASEL_ERROR_BROKEN_POD: the rented machine does not work
 * @EASEL_ERROR_MISSING_FILES: the server works, but models that the plugin needs did not arrive
 * @EASEL_ERROR_OUTDATED_SERVER: the server works, but lacks parts that the plugin needs
 * @EASEL_ERROR_ELSEWHERE: another running instance of the program is in charge of renting
 * @EASEL_ERROR_NOT_A_MODEL: a file that is no model, or a damaged one
 * @EASEL_ERROR_INCOMPLETE_MODEL: the beginning of a model
 * @EASEL_ERROR_UNREADABLE_FILE: a file on this computer that cannot be read
 * @EASEL_ERROR_FILE_CHANGED: a file on this computer is another one by now
 * @EASEL_ERROR_FILE_CHANGING: the same, time and again
 * @EASEL_ERROR_BAD_LINK: a text that is no link to a file
 * @EASEL_ERROR_UNSAFE_LINK: a link that is not encrypted, or leads into a private network
 * @EASEL_ERROR_WRONG_ENDING: a file of a kind that may hold programs
 * @EASEL_ERROR_WEB_PAGE: a link that leads to a page and not to a file
 * @EASEL_ERROR_TOKEN_NEEDED: a site gives a model only to those with a good token
 * @EASEL_ERROR_MODEL_REFUSED: a site knows who asks, and still does not give the model
 * @EASEL_ERROR_MODEL_GONE: there is no model at a link (any more)
 * @EASEL_ERROR_MODEL_TOO_LARGE: a model for which the pod's disk has no room
 * @EASEL_ERROR_UPLOAD_TOO_LARGE: a file that cannot be sent to the pod in one piece
 * @EASEL_ERROR_NAME_TAKEN: the pod has another file of that name
 *
 * What went wrong, in the words of somebody who can do something about it.
 */
typedef enum
{
  EASEL_ERROR_FAILED,
  EASEL_ERROR_AUTH,
  EASEL_ERROR_PERMISSION,
  EASEL_ERROR_BLOCKED,
  EASEL_ERROR_QUOTA,
  EASEL_ERROR_NOT_FOUND,
  EASEL_ERROR_CONFLICT,
  EASEL_ERROR_LOCKED,
  EASEL_ERROR_BAD_REQUEST,
  EASEL_ERROR_NO_OFFER,
  EASEL_ERROR_HOST_FULL,
  EASEL_ERROR_RATE_LIMITED,
  EASEL_ERROR_UNAVAILABLE,
  EASEL_ERROR_RETIRED,
  EASEL_ERROR_NETWORK,
  EASEL_ERROR_TLS,
  EASEL_ERROR_TIMED_OUT,
  EASEL_ERROR_PROTOCOL,
  EASEL_ERROR_TOO_LARGE,
  EASEL_ERROR_BAD_KEY,
  EASEL_ERROR_STORAGE,
  EASEL_ERROR_NO_KEY,
  EASEL_ERROR_UNRESOLVED,
  EASEL_ERROR_BROKEN_POD,
  EASEL_ERROR_MISSING_FILES,
  EASEL_ERROR_OUTDATED_SERVER,
  EASEL_ERROR_ELSEWHERE,
  EASEL_ERROR_NOT_A_MODEL,
  EASEL_ERROR_INCOMPLETE_MODEL,
  EASEL_ERROR_UNREADABLE_FILE,
  EASEL_ERROR_FILE_CHANGED,
  EASEL_ERROR_FILE_CHANGING,
  EASEL_ERROR_BAD_LINK,
  EASEL_ERROR_UNSAFE_LINK,
  EASEL_ERROR_WRONG_ENDING,
  EASEL_ERROR_WEB_PAGE,
  EASEL_ERROR_TOKEN_NEEDED,
  EASEL_ERROR_MODEL_REFUSED,
  EASEL_ERROR_MODEL_GONE,
  EASEL_ERROR_MODEL_TOO_LARGE,
  EASEL_ERROR_UPLOAD_TOO_LARGE,
  EASEL_ERROR_NAME_TAKEN,
  EASEL_N_ERRORS
} EaselError;

#define EASEL_ERROR (easel_error_quark ())
GQuark easel_error_quark (void);

/**
 * EaselRemedy:
 *
 * The one button that helps. The interface decides what it does; easel_remedy_label() says what
 * stands on it.
 */
typedef enum
{
  EASEL_REMEDY_NONE,
  EASEL_REMEDY_TRY_AGAIN,
  EASEL_REMEDY_NEW_KEY,
  EASEL_REMEDY_ENTER_KEY,
  EASEL_REMEDY_ADD_FUNDS,
  EASEL_REMEDY_OTHER_OFFER,
  EASEL_REMEDY_OTHER_MACHINE,
  EASEL_REMEDY_RENT_AGAIN,
  EASEL_REMEDY_DOWNLOAD_AGAIN,
  EASEL_REMEDY_OTHER_TEMPLATE,
  EASEL_REMEDY_OPEN_CONSOLE,
  EASEL_N_REMEDIES
} EaselRemedy;

void easel_set_error (GError **error, EaselError code, const char *format, ...)
    G_GNUC_PRINTF (3, 4);
GError *easel_error_new (EaselError code, const char *format, ...) G_GNUC_PRINTF (2, 3);
GError *easel_error_from_transport (const GError *foreign);

void easel_error_set_details (GError *error, const char *details);
void easel_error_set_status (GError *error, guint http_status);
void easel_error_set_retry_after (GError *error, gint64 milliseconds);
const char *easel_error_get_details (const GError *error);
guint easel_error_get_status (const GError *error);
gint64 easel_error_get_retry_after (const GError *error);

gboolean easel_error_is_cancelled (const GError *error);
gboolean easel_error_leaves_fate_unknown (const GError *error);

char *easel_error_sentence (const GError *error, const char *provider_name);
EaselRemedy easel_error_remedy (const GError *error);
const char *easel_remedy_label (EaselRemedy remedy);

G_END_DECLS
