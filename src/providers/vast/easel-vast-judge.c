/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The one place that turns vast.ai's statuses, codes and sentences into errors. A status alone says
 * little there: an unknown key is a 404 as an instance that is gone, no credit is a 400, and 200
 * can carry "success": false. So the code in the body decides, then the sentence, then the status.
 * vast.ai's own words travel as details.
 */

#include "config.h"

#include "easel-vast-judge.h"

#include "easel-error.h"

#include <string.h>

#define MAX_DETAILS 2048
/* Of a body that is not JSON. */
#define MAX_TEXT 512

typedef struct
{
  const char *code;
  EaselError meaning;
} CodeRow;

/* Vast reference 2.1, 6.2, 8.5, 10. */
static const CodeRow code_rows[] = {
  { "no_such_ask", EASEL_ERROR_NO_OFFER },
  { "no_such_instance", EASEL_ERROR_NOT_FOUND },
  { "missing_billing", EASEL_ERROR_QUOTA },
  { "insufficient_credit", EASEL_ERROR_QUOTA },
  { "spend_rate_limit", EASEL_ERROR_QUOTA },
  { "resources_unavailable", EASEL_ERROR_HOST_FULL },
  { "deprecated_endpoint", EASEL_ERROR_RETIRED },
  { "not_authorized", EASEL_ERROR_PERMISSION },
  { "rate_limit_exceeded", EASEL_ERROR_RATE_LIMITED },
};

/* Lower case. */
typedef struct
{
  const char *text;
  EaselError meaning;
} TextRow;

static const TextRow text_rows[] = {
  { "no_such_ask", EASEL_ERROR_NO_OFFER },
  { "no ask by id", EASEL_ERROR_NO_OFFER },
  { "is no longer available", EASEL_ERROR_NO_OFFER },
  { "is not available", EASEL_ERROR_NO_OFFER },
  { "lack credit", EASEL_ERROR_QUOTA },
  { "insufficient credit", EASEL_ERROR_QUOTA },
  { "not enough credit", EASEL_ERROR_QUOTA },
  { "billing", EASEL_ERROR_QUOTA },
  { "is the container started", EASEL_ERROR_CONFLICT },
  { "no templates found", EASEL_ERROR_NOT_FOUND },
  { "too frequent", EASEL_ERROR_RATE_LIMITED },
};

/* Lower case. What a refusal of a right, rather than of the key, speaks of. */
static const char *const right_texts[] = {
  "permission", "scope", "not allowed", "two factor", "two-factor",
};

/* What an answer says of itself. */
typedef struct
{
  char *code;    /* (owned): "" if none */
  char *text;    /* (owned): "" if none */
  char *lower;   /* (owned): @text */
  gboolean json; /* an object */
  gboolean has_body;
} Complaint;

static void
complaint_clear (Complaint *self)
{
  g_free (self->code);
  g_free (self->text);
  g_free (self->lower);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Complaint, complaint_clear)

/* Cut, without control characters, and never through the middle of a character. */
static char *
tidy (const char *text, gsize length, gsize limit)
{
  g_autofree char *valid = g_utf8_make_valid (text, (gssize) MIN (length, limit));

  for (char *c = valid; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strstrip (g_steal_pointer (&valid));
}

static void
read_object (JsonNode *root, Complaint *complaint)
{
  static const char *const members[] = { "msg", "message", "detail" };
  JsonObject *object = root != NULL ? easel_json_node_object (root, "answer", NULL) : NULL;
  const char *code = object != NULL ? easel_json_peek_string (object, "error", "") : "";
  const char *text = NULL;

  complaint->json = object != NULL;
  for (gsize i = 0; object != NULL && text == NULL && i < G_N_ELEMENTS (members); i++)
    text = easel_json_peek_string (object, members[i], NULL);
  /* Without a sentence the code is all there is to show. */
  if (text == NULL)
    text = code;
  complaint->code = tidy (code, strlen (code), 64);
  complaint->text = tidy (text, strlen (text), MAX_DETAILS);
}

static void
read_complaint (const EaselHttpResponse *response, Complaint *complaint)
{
  g_autoptr (JsonNode) root = NULL;
  gsize length = 0;
  const char *body = g_bytes_get_data (response->body, &length);

  complaint->has_body = length > 0;
  if (length > 0)
    root = easel_json_parse (response->body, EASEL_JSON_MAX_BYTES, NULL);
  read_object (root, complaint);
  if (!complaint->json && length > 0)
    {
      g_free (complaint->text);
      /* 429 is often plain text; a page tells nothing to anybody. */
      if (g_strcmp0 (response->content_type, "text/html") == 0)
        complaint->text =
            g_strdup_printf ("%s, %" G_GSIZE_FORMAT " bytes", response->content_type, length);
      else
        complaint->text = tidy (body, length, MAX_TEXT);
    }
  complaint->lower = g_utf8_strdown (complaint->text, -1);
}

static gboolean
says_right (const Complaint *complaint)
{
  for (gsize i = 0; i < G_N_ELEMENTS (right_texts); i++)
    if (strstr (complaint->lower, right_texts[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* @status 404 of an unknown key would otherwise read as "gone". */
static EaselError
judge_key (const Complaint *complaint, guint status)
{
  return status == 403 && says_right (complaint) ? EASEL_ERROR_PERMISSION : EASEL_ERROR_AUTH;
}

static EaselError
judge_status (const Complaint *complaint, guint status)
{
  /* A page, or a line of some gateway, comes from something in between. */
  gboolean is_foreign = !complaint->json && complaint->has_body;

  switch (status)
    {
    case 401:
      return says_right (complaint) ? EASEL_ERROR_PERMISSION : EASEL_ERROR_AUTH;
    case 402:
      return EASEL_ERROR_QUOTA;
    case 403:
      return is_foreign ? EASEL_ERROR_BLOCKED : EASEL_ERROR_PERMISSION;
    case 404:
      return is_foreign ? EASEL_ERROR_PROTOCOL : EASEL_ERROR_NOT_FOUND;
    case 408:
      return EASEL_ERROR_UNAVAILABLE;
    case 409:
      return EASEL_ERROR_CONFLICT;
    case 410:
      return EASEL_ERROR_RETIRED;
    case 423:
      return EASEL_ERROR_LOCKED;
    default:
      return status < 300 || (status >= 400 && status < 500) ? EASEL_ERROR_BAD_REQUEST
                                                             : EASEL_ERROR_PROTOCOL;
    }
}

static EaselError
judge_complaint (const Complaint *complaint, guint status)
{
  /* After a fault of the server it is not known what it did, whatever it says. */
  if (status >= 500 && status < 600)
    return EASEL_ERROR_UNAVAILABLE;
  if (status == 429)
    return EASEL_ERROR_RATE_LIMITED;
  if (strcmp (complaint->code, "auth_error") == 0)
    return judge_key (complaint, status);
  for (gsize i = 0; i < G_N_ELEMENTS (code_rows); i++)
    if (strcmp (complaint->code, code_rows[i].code) == 0)
      return code_rows[i].meaning;
  for (gsize i = 0; complaint->json && i < G_N_ELEMENTS (text_rows); i++)
    if (strstr (complaint->lower, text_rows[i].text) != NULL)
      return text_rows[i].meaning;
  return judge_status (complaint, status);
}

static GError *
make_error (EaselError code, const Complaint *complaint, guint status)
{
  GError *error = easel_error_new (code, "vast.ai answered with status %u", status);

  easel_error_set_status (error, status);
  if (*complaint->text != '\0')
    easel_error_set_details (error, complaint->text);
  return error;
}

/**
 * easel_vast_judge:
 * @response: an answer
 *
 * Returns: (transfer full) (nullable): an error, %NULL if the status is good; what a good one
 *   carries is for easel_vast_judge_answer()
 */
GError *
easel_vast_judge (const EaselHttpResponse *response)
{
  g_auto (Complaint) complaint = { 0 };
  GError *error;

  g_return_val_if_fail (response != NULL, NULL);

  if (response->status >= 200 && response->status < 300)
    return NULL;
  read_complaint (response, &complaint);
  error = make_error (judge_complaint (&complaint, response->status), &complaint, response->status);
  if (response->retry_after_ms >= 0)
    easel_error_set_retry_after (error, response->retry_after_ms);
  return error;
}

static gboolean
is_refusal (JsonNode *root)
{
  JsonObject *object = root != NULL ? easel_json_node_object (root, "answer", NULL) : NULL;

  return object != NULL && !easel_json_peek_boolean (object, "success", TRUE);
}

/**
 * easel_vast_judge_answer:
 * @root: (nullable): what came with a good status
 * @status: that status
 *
 * Returns: (transfer full) (nullable): an error if it says "success": false
 */
GError *
easel_vast_judge_answer (JsonNode *root, guint status)
{
  g_auto (Complaint) complaint = { 0 };

  if (!is_refusal (root))
    return NULL;
  read_object (root, &complaint);
  complaint.has_body = TRUE;
  complaint.lower = g_utf8_strdown (complaint.text, -1);
  return make_error (judge_complaint (&complaint, status), &complaint, status);
}

/**
 * easel_vast_judge_create:
 * @response: an answer to a create
 * @root: (nullable): its body, if that is JSON
 *
 * As the other two, but a new instance has neither a machine of its own that could be full nor an
 * id that could be unknown: what is not there is the offer.
 *
 * Returns: (transfer full) (nullable): an error, %NULL if the answer is good
 */
GError *
easel_vast_judge_create (const EaselHttpResponse *response, JsonNode *root)
{
  GError *error;
  g_autofree char *lower = NULL;
  const char *details;

  g_return_val_if_fail (response != NULL, NULL);

  error = easel_vast_judge (response);
  if (error == NULL)
    error = easel_vast_judge_answer (root, response->status);
  if (error == NULL)
    return NULL;
  details = easel_error_get_details (error);
  lower = g_utf8_strdown (details != NULL ? details : "", -1);
  if (error->code == EASEL_ERROR_HOST_FULL || strstr (lower, "blacklist") != NULL ||
      strstr (lower, "not your own") != NULL)
    error->code = EASEL_ERROR_NO_OFFER;
  else if (error->code == EASEL_ERROR_NOT_FOUND && strstr (lower, "template") == NULL)
    error->code = EASEL_ERROR_NO_OFFER;
  else if (error->code == EASEL_ERROR_RETIRED && response->status == 410)
    error->code = EASEL_ERROR_NO_OFFER;
  return error;
}
