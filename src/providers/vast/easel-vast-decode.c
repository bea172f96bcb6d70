/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What vast.ai says about accounts and money, and what all its answers have in common: numbers come
 * whole or not at will, flags as true, 1 or null, texts with blanks and line ends around them.
 * Pure. Unknown members are passed over, every number has a range and every text a limit.
 * Instances, offers and templates are in the files beside this one.
 */

#include "config.h"

#include "easel-vast-decode.h"

#include "easel-error.h"

#include <math.h>
#include <string.h>

#define MAX_NAME 200
#define MAX_TOKEN 4096
#define MAX_URI 4096
#define MAX_DOLLARS 1000000.0
#define MAX_DOLLARS_PER_HOUR 10000.0
#define MAX_RAM_MIB (100 * 1024 * 1024)

/**
 * easel_vast_clip:
 * @text: valid UTF-8 from outside
 * @max_characters: at most so many
 *
 * Returns: (transfer full): one line of it, without blanks at its ends or control characters
 */
char *
easel_vast_clip (const char *text, long max_characters)
{
  char *clipped;

  g_return_val_if_fail (text != NULL, NULL);

  while (g_ascii_isspace (*text))
    text++;
  clipped = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), max_characters));
  for (char *c = clipped; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strstrip (clipped);
}

/**
 * easel_vast_peek_id:
 * @object: an answer
 * @key: a member that is a number, or a number as text
 *
 * Returns: (transfer full) (nullable): the number as text, %NULL if it is none above 0
 */
char *
easel_vast_peek_id (JsonObject *object, const char *key)
{
  gint64 number = easel_json_peek_int (object, key, 1, G_GINT64_CONSTANT (999999999999999999), 0);
  const char *text;

  if (number > 0)
    return g_strdup_printf ("%" G_GINT64_FORMAT, number);
  text = easel_json_peek_string (object, key, NULL);
  return easel_vast_id_is_usable (text) ? g_strdup (text) : NULL;
}

/**
 * easel_vast_peek_flag:
 * @object: an answer
 * @key: a member that is true or false, or 1 or 0
 * @fallback: if it is neither
 *
 * Returns: what it says
 */
gboolean
easel_vast_peek_flag (JsonObject *object, const char *key, gboolean fallback)
{
  gint64 number = easel_json_peek_int (object, key, 0, 1, -1);

  if (number >= 0)
    return number == 1;
  return easel_json_peek_boolean (object, key, fallback);
}

/**
 * easel_vast_peek_rate:
 * @object: an answer
 * @key: dollars per hour
 *
 * Returns: micro-dollars per hour, %EASEL_MONEY_UNKNOWN if not told
 */
gint64
easel_vast_peek_rate (JsonObject *object, const char *key)
{
  double dollars = easel_json_peek_double (object, key, 0, MAX_DOLLARS_PER_HOUR, -1);

  return dollars < 0 ? EASEL_MONEY_UNKNOWN : easel_money_from_dollars (dollars);
}

/**
 * easel_vast_peek_host_kind:
 * @object: an offer or an instance
 *
 * Returns: whose computer it is
 */
EaselHostKind
easel_vast_peek_host_kind (JsonObject *object)
{
  switch (easel_json_peek_int (object, "hosting_type", 0, 1, -1))
    {
    case 0:
      return EASEL_HOST_PRIVATE;
    case 1:
      return EASEL_HOST_DATA_CENTER;
    default:
      return EASEL_HOST_UNKNOWN;
    }
}

/**
 * easel_vast_peek_cuda:
 * @object: an offer or an instance
 *
 * Returns: newest CUDA of the host as EASEL_CUDA(), 0 if not told
 */
guint
easel_vast_peek_cuda (JsonObject *object)
{
  double version = easel_json_peek_double (object, "cuda_max_good", 1, 999, 0);
  guint tenths;

  if (version <= 0)
    return easel_cuda_parse (easel_json_peek_string (object, "cuda_max_good", NULL));
  tenths = (guint) lround (version * 10);
  return EASEL_CUDA (tenths / 10, tenths % 10);
}

/**
 * easel_vast_peek_ram_mib:
 * @object: an offer or an instance
 *
 * "cpu_ram" is the whole machine's; a tenant gets the part that belongs to the GPU.
 *
 * Returns: system memory, MiB, 0 if not told
 */
guint
easel_vast_peek_ram_mib (JsonObject *object)
{
  double whole = easel_json_peek_double (object, "cpu_ram", 0, MAX_RAM_MIB, 0);
  double part = easel_json_peek_double (object, "gpu_frac", 0.001, 1, 1);

  return (guint) (whole * part);
}

/**
 * easel_vast_read_token:
 * @page: a page of a list
 * @ret_token: (out) (nullable): where the next one begins, %NULL if this was the last
 *
 * Returns: %FALSE if there may be more without a way to ask for it
 */
gboolean
easel_vast_read_token (JsonObject *page, char **ret_token)
{
  JsonNode *node = json_object_get_member (page, "next_token");
  const char *token = easel_json_peek_string (page, "next_token", NULL);

  g_return_val_if_fail (ret_token != NULL, FALSE);

  *ret_token = NULL;
  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  if (token == NULL || strlen (token) > MAX_TOKEN)
    return FALSE;
  if (*token != '\0')
    *ret_token = g_strdup (token);
  return TRUE;
}

/**
 * easel_vast_decode_account:
 * @root: the account, without an envelope
 * @info: filled
 * @error: return location for an error
 *
 * The money is in "credit"; "balance" is often 0 beside it and counts only alone.
 *
 * Returns: %FALSE with %EASEL_ERROR_PROTOCOL if it is no account; @info is then untouched
 */
gboolean
easel_vast_decode_account (JsonNode *root, EaselAccountInfo *info, GError **error)
{
  JsonObject *account = easel_json_node_object (root, "account", error);
  g_autofree char *id = NULL;
  const char *email;
  double dollars;

  g_return_val_if_fail (info != NULL, FALSE);

  if (account == NULL)
    return FALSE;
  id = easel_vast_peek_id (account, "id");
  if (id == NULL)
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "“id”: not a number");
      return FALSE;
    }
  email = easel_json_peek_string (account, "email", NULL);
  dollars = easel_json_peek_double (account, "credit", -MAX_DOLLARS, MAX_DOLLARS, G_MAXDOUBLE);
  if (dollars >= G_MAXDOUBLE)
    dollars = easel_json_peek_double (account, "balance", -MAX_DOLLARS, MAX_DOLLARS, G_MAXDOUBLE);

  g_free (info->account_id);
  info->account_id = g_steal_pointer (&id);
  g_free (info->email);
  info->email = email != NULL && *email != '\0' ? easel_vast_clip (email, MAX_NAME) : NULL;
  info->balance = dollars < G_MAXDOUBLE ? easel_money_from_dollars (dollars) : EASEL_MONEY_UNKNOWN;
  info->can_pay = easel_vast_peek_flag (account, "can_pay", TRUE) &&
                  easel_vast_peek_flag (account, "email_verified", TRUE);
  info->auto_top_up = easel_vast_peek_flag (account, "balance_threshold_enabled", FALSE);
  return TRUE;
}

/**
 * easel_vast_decode_spend_rate:
 * @root: what the account is billed now
 * @ret_per_hour: (out): micro-dollars per hour, disks included
 * @error: return location for an error
 *
 * Returns: %FALSE with %EASEL_ERROR_PROTOCOL if it does not tell
 */
gboolean
easel_vast_decode_spend_rate (JsonNode *root, gint64 *ret_per_hour, GError **error)
{
  static const char *const members[] = {
    "gpu_cost_per_hour",
    "container_storage_cost_per_hour",
    "volume_storage_cost_per_hour",
  };
  JsonObject *rate = easel_json_node_object (root, "rate", error);
  double sum = 0;
  double first;

  g_return_val_if_fail (ret_per_hour != NULL, FALSE);

  if (rate == NULL ||
      !easel_json_get_double (rate, members[0], 0, MAX_DOLLARS_PER_HOUR, &first, error))
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (members); i++)
    sum += easel_json_peek_double (rate, members[i], 0, MAX_DOLLARS_PER_HOUR, 0);
  *ret_per_hour = easel_money_from_dollars (sum);
  return TRUE;
}

/**
 * easel_vast_decode_charges:
 * @root: a page of charges
 * @pod_id: the instance that counts
 * @bill: what is known so far; added to
 * @ret_next_token: (out) (nullable): where the next page begins
 * @error: return location for an error
 *
 * The page is of the whole account; a row says in "source" whose it is.
 *
 * Returns: %FALSE with %EASEL_ERROR_PROTOCOL if it is no such page, or a row of the instance cannot
 *   be read: no bill is better than a wrong one
 */
gboolean
easel_vast_decode_charges (JsonNode *root,
                           const char *pod_id,
                           EaselBill *bill,
                           char **ret_next_token,
                           GError **error)
{
  JsonObject *page = easel_json_node_object (root, "charges", error);
  JsonArray *results = page != NULL ? easel_json_get_array (page, "results", error) : NULL;
  g_autofree char *source = g_strconcat ("instance-", pod_id, NULL);

  g_return_val_if_fail (bill != NULL && ret_next_token != NULL, FALSE);

  *ret_next_token = NULL;
  if (results == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (results); i++)
    {
      JsonObject *row = easel_json_element_object (results, i);
      double dollars = 0;

      if (row == NULL)
        {
          easel_set_error (error, EASEL_ERROR_PROTOCOL, "“results”: expected objects");
          return FALSE;
        }
      if (strcmp (easel_json_peek_string (row, "source", ""), source) != 0)
        continue;
      if (!easel_json_get_double (row, "amount", -MAX_DOLLARS, MAX_DOLLARS, &dollars, error))
        return FALSE;
      bill->total += easel_money_from_dollars (dollars);
      bill->last_end_unix_ms =
          MAX (bill->last_end_unix_ms,
               (gint64) (easel_json_peek_double (row, "end", 0, 1e11, 0) * 1000));
    }
  if (easel_vast_read_token (page, ret_next_token))
    return TRUE;
  easel_set_error (error, EASEL_ERROR_PROTOCOL, "“next_token”: expected a string");
  return FALSE;
}

/**
 * easel_vast_decode_log_uri:
 * @root: the answer to a request for a log
 * @error: return location for an error
 *
 * Returns: (transfer full): where the log will be; %NULL with %EASEL_ERROR_PROTOCOL
 */
char *
easel_vast_decode_log_uri (JsonNode *root, GError **error)
{
  JsonObject *answer = easel_json_node_object (root, "log", error);
  const char *uri = NULL;

  if (answer == NULL || !easel_json_get_string (answer, "result_url", &uri, error))
    return NULL;
  if (strlen (uri) <= MAX_URI)
    return easel_vast_clip (uri, MAX_URI);
  easel_set_error (error, EASEL_ERROR_PROTOCOL, "“result_url”: too long");
  return NULL;
}
