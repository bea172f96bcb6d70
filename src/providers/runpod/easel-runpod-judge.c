/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * The one place that turns RunPod's statuses and sentences into errors. REST v2 has no machine-
 * readable codes: no credit, no capacity and a broken request can share a status and differ only in
 * their text, so the text is read, balance before capacity. RunPod's own words travel as details.
 */

#include "config.h"

#include "easel-runpod-judge.h"

#include "easel-error.h"
#include "easel-json.h"

#include <string.h>

#define MAX_DETAILS 2048
#define MAX_ERRORS 20

static const char *const balance_texts[] = {
  "balance is too low",  "insufficient balance", "insufficient funds",
  "insufficient credit", "not enough credit",    NULL,
};

static const char *const host_full_texts[] = {
  "not enough free gpus on the host",
  "failed to resume pod",
  NULL,
};

static const char *const capacity_texts[] = {
  "no longer any instances", "no instances", "not enough free gpus", "capacity",
  "unknown gpu type",        NULL,
};

/* Cuts at MAX_DETAILS without splitting a character, and makes control characters blanks. */
static char *
tidy (const char *text, gsize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, MIN (length, MAX_DETAILS));
  char *tidied = g_utf8_substring (valid, 0, MIN (g_utf8_strlen (valid, -1), MAX_DETAILS));

  if (strlen (tidied) > MAX_DETAILS)
    *g_utf8_find_prev_char (tidied, tidied + MAX_DETAILS) = '\0';
  for (char *c = tidied; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c) && *c != '\n')
      *c = ' ';
  return g_strstrip (tidied);
}

static gboolean
is_json (const EaselHttpResponse *response)
{
  return response->content_type != NULL && strstr (response->content_type, "json") != NULL;
}

/* "detail" and "errors" of a problem document; %NULL if the body is something else. */
static char *
read_problem (const EaselHttpResponse *response)
{
  g_autoptr (JsonNode) root = NULL;
  g_autoptr (GString) text = NULL;
  JsonObject *problem;
  JsonArray *errors;

  if (!is_json (response))
    return NULL;
  root = easel_json_parse (response->body, EASEL_JSON_MAX_BYTES, NULL);
  problem = root != NULL ? easel_json_node_object (root, "problem", NULL) : NULL;
  if (problem == NULL)
    return NULL;
  text = g_string_new (easel_json_peek_string (problem, "detail", NULL));
  if (text->len == 0)
    g_string_append (text, easel_json_peek_string (problem, "title", ""));
  errors = easel_json_peek_array (problem, "errors");
  for (guint i = 0; errors != NULL && i < MIN (json_array_get_length (errors), MAX_ERRORS); i++)
    {
      const char *one = easel_json_element_string (errors, i);

      if (one != NULL)
        g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", one);
    }
  return tidy (text->str, text->len);
}

/* What a body that is not a problem document says: plain text as it is, a page only by its size. */
static char *
read_other (const EaselHttpResponse *response)
{
  gsize length = 0;
  const char *data = g_bytes_get_data (response->body, &length);

  if (length == 0)
    return NULL;
  if (g_strcmp0 (response->content_type, "text/plain") == 0)
    return tidy (data, length);
  return g_strdup_printf ("%s, %" G_GSIZE_FORMAT " bytes",
                          response->content_type != NULL ? response->content_type : "?", length);
}

static gboolean
says_any (const char *text, const char *const *phrases)
{
  for (guint i = 0; phrases[i] != NULL; i++)
    if (strstr (text, phrases[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* "locked" as a word: "blocked" and "unlocked" mean something else. */
static gboolean
says_locked (const char *text)
{
  for (const char *at = strstr (text, "locked"); at != NULL; at = strstr (at + 1, "locked"))
    if (at == text || !g_ascii_isalnum (at[-1]))
      return TRUE;
  return FALSE;
}

/* 400 and 409 share their meanings; @text is lower case. */
static EaselError
judge_text (const char *text, EaselError otherwise)
{
  if (says_any (text, balance_texts))
    return EASEL_ERROR_QUOTA;
  if (says_any (text, host_full_texts))
    return EASEL_ERROR_HOST_FULL;
  if (says_any (text, capacity_texts))
    return EASEL_ERROR_NO_OFFER;
  if (says_locked (text))
    return EASEL_ERROR_LOCKED;
  return otherwise;
}

static EaselError
judge_forbidden (gboolean is_problem, const char *text)
{
  if (!is_problem)
    return EASEL_ERROR_BLOCKED;
  if (says_any (text, balance_texts))
    return EASEL_ERROR_QUOTA;
  return says_locked (text) ? EASEL_ERROR_LOCKED : EASEL_ERROR_PERMISSION;
}

static EaselError
judge_status (guint status, gboolean is_problem, gboolean is_page, const char *text)
{
  if (status >= 500 && status < 600)
    return EASEL_ERROR_UNAVAILABLE;
  switch (status)
    {
    case 400:
      return judge_text (text, EASEL_ERROR_BAD_REQUEST);
    case 401:
      return EASEL_ERROR_AUTH;
    case 402:
      return EASEL_ERROR_QUOTA;
    case 403:
      return judge_forbidden (is_problem, text);
    case 404:
      /* A page comes from something in between; it says nothing about the pod. */
      return is_page ? EASEL_ERROR_PROTOCOL : EASEL_ERROR_NOT_FOUND;
    case 408:
      return EASEL_ERROR_UNAVAILABLE;
    case 409:
      return judge_text (text, EASEL_ERROR_CONFLICT);
    case 410:
      return EASEL_ERROR_RETIRED;
    case 423:
      return EASEL_ERROR_LOCKED;
    case 429:
      return EASEL_ERROR_RATE_LIMITED;
    default:
      return status >= 400 && status < 500 ? EASEL_ERROR_BAD_REQUEST : EASEL_ERROR_PROTOCOL;
    }
}

/**
 * easel_runpod_judge:
 * @response: an answer
 *
 * Facts: RunPod reference 2.1, 2.2, 7.4, 8.3. Statuses by the document; texts measured by others
 * in 2026. A text about the balance in a 5xx stays %EASEL_ERROR_UNAVAILABLE: after a 5xx it is not
 * known whether the request took effect.
 *
 * Returns: (transfer full) (nullable): an error, %NULL if the answer is good
 */
GError *
easel_runpod_judge (const EaselHttpResponse *response)
{
  g_autofree char *problem = NULL;
  g_autofree char *other = NULL;
  g_autofree char *lower = NULL;
  gboolean is_page;
  EaselError code;
  GError *error;

  g_return_val_if_fail (response != NULL, NULL);

  if (response->status >= 200 && response->status < 300)
    return NULL;
  problem = read_problem (response);
  if (problem == NULL)
    other = read_other (response);
  lower = g_utf8_strdown (problem != NULL ? problem : "", -1);
  is_page = problem == NULL && g_bytes_get_size (response->body) > 0;
  code = judge_status (response->status, problem != NULL, is_page, lower);
  error = easel_error_new (code, "RunPod answered with status %u", response->status);
  easel_error_set_status (error, response->status);
  if (problem != NULL || other != NULL)
    easel_error_set_details (error, problem != NULL ? problem : other);
  if (response->retry_after_ms >= 0)
    easel_error_set_retry_after (error, response->retry_after_ms);
  return error;
}

/**
 * easel_runpod_judge_create:
 * @response: an answer to a create
 *
 * As easel_runpod_judge(), but whatever means "not this GPU" is %EASEL_ERROR_NO_OFFER: a new pod
 * has no host that could be full, and 403 or 404 may speak of the GPU alone.
 *
 * Returns: (transfer full) (nullable): an error, %NULL if the answer is good
 */
GError *
easel_runpod_judge_create (const EaselHttpResponse *response)
{
  GError *error = easel_runpod_judge (response);
  g_autofree char *lower = NULL;
  const char *details;
  gboolean other_gpu = FALSE;

  if (error == NULL)
    return NULL;
  details = easel_error_get_details (error);
  lower = g_utf8_strdown (details != NULL ? details : "", -1);
  if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_HOST_FULL))
    other_gpu = TRUE;
  else if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_PERMISSION))
    other_gpu = strstr (lower, "pool") != NULL;
  else if (g_error_matches (error, EASEL_ERROR, EASEL_ERROR_NOT_FOUND))
    other_gpu = strstr (lower, "gpu") != NULL;
  if (other_gpu)
    error->code = EASEL_ERROR_NO_OFFER;
  return error;
}
