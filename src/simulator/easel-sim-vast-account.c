/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vast.ai, the routes about money: the account, what it spends, and bills out of the ledgers
 * (facts/vast.md 3, 13.2).
 */
#include "config.h"

#include "easel-sim-vast-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define DAY_S (24 * 3600)
#define MAX_ROWS 500

EaselSimAnswer *
_easel_sim_vast_show_account (const EaselSimVastCall *call)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 credit = easel_sim_cloud_get_balance (call->world->cloud, call->account);

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "id", g_ascii_strtoll (call->account->id, NULL, 10));
  easel_sim_put_string (builder, "username", "painter");
  easel_sim_put_string (builder, "email", "painter@example.org ");
  easel_sim_put_micros (builder, "credit", credit);
  easel_sim_put_int (builder, "balance", 0);
  easel_sim_put_int (builder, "email_verified", 1);
  easel_sim_put_boolean (builder, "can_pay", TRUE);
  easel_sim_put_boolean (builder, "has_billing", credit > 0);
  easel_sim_put_null (builder, "has_payout");
  easel_sim_put_boolean (builder, "host_only", FALSE);
  easel_sim_put_string (builder, "ssh_key", "");
  easel_sim_put_int (builder, "balance_threshold", 0);
  easel_sim_put_boolean (builder, "balance_threshold_enabled", FALSE);
  easel_sim_put_int (builder, "key_id", 7);
  /* The service may tell the key itself: whoever keeps answers keeps keys. */
  easel_sim_put_string (builder, "api_key", call->key);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static gboolean
is_own (const EaselSimVastCall *call, const EaselSimPod *pod)
{
  return strcmp (pod->account, call->account->id) == 0;
}

EaselSimAnswer *
_easel_sim_vast_show_spend_rate (const EaselSimVastCall *call)
{
  GPtrArray *pods = easel_sim_cloud_get_pods (call->world->cloud);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  gint64 gpu_sum = 0, disk_sum = 0;
  gboolean is_active = FALSE;

  for (guint i = 0; i < pods->len; i++)
    {
      const EaselSimPod *pod = g_ptr_array_index (pods, i);
      gint64 gpu, disk;

      if (!is_own (call, pod))
        continue;
      easel_sim_ledger_get_rates (pod->ledger, &gpu, &disk);
      gpu_sum += gpu;
      disk_sum += disk;
      is_active |= pod->state != EASEL_SIM_POD_DELETED;
    }
  json_builder_begin_object (builder);
  easel_sim_put_boolean (builder, "success", TRUE);
  easel_sim_put_micros (builder, "gpu_cost_per_hour", gpu_sum);
  easel_sim_put_micros (builder, "container_storage_cost_per_hour", disk_sum);
  easel_sim_put_int (builder, "volume_storage_cost_per_hour", 0);
  easel_sim_put_boolean (builder, "has_active_resources", is_active);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

EaselSimAnswer *
_easel_sim_vast_show_deposit (const EaselSimVastCall *call)
{
  EaselSimPod *pod = _easel_sim_vast_find_pod (call, call->parts[3], "get");

  if (pod == NULL)
    return _easel_sim_vast_refuse (404, "no_such_instance", "Instance %s not found.",
                                   call->parts[3]);
  return easel_sim_answer_new (
      200, "application/json",
      "{\"success\":true,\"refundable_deposit\":0,\"total_discount\":0,\"discount_months\":0}");
}

typedef struct
{
  gint64 from_s;
  gint64 to_s;
  gint64 from_ms;
  gint64 to_ms; /* not after now */
  guint limit;
  gint64 after; /* the last instance of the page before, 0 for none */
  gboolean is_latest_first;
} Window;

static gboolean
read_bound (JsonObject *day, const char *operator, gint64 * ret_s)
{
  double value = easel_json_peek_double (day, operator, 0, 1e11, -1);

  *ret_s = (gint64) value;
  return value >= 0;
}

static gboolean
read_token (const char *token, gint64 *ret_id)
{
  g_autofree guchar *text = NULL;
  gsize length;

  *ret_id = 0;
  if (token == NULL)
    return TRUE;
  text = g_base64_decode (token, &length);
  if (text == NULL || length == 0 || length > 30)
    return FALSE;
  text = g_realloc (text, length + 1);
  text[length] = '\0';
  return g_str_has_prefix ((char *) text, "c:") &&
         _easel_sim_vast_read_id ((char *) text + 2, ret_id);
}

/* Returns the problem, or NULL. */
static EaselSimAnswer *
read_window (const EaselSimVastCall *call, Window *window)
{
  EaselSimAnswer *problem = NULL;
  g_autoptr (JsonObject) filters =
      _easel_sim_vast_read_query_object (call, "select_filters", &problem);
  const char *limit = easel_sim_request_query (call->request, "limit");
  const char *latest = easel_sim_request_query (call->request, "latest_first");
  JsonObject *day = filters != NULL ? easel_json_peek_object (filters, "day") : NULL;
  guint64 number = 100;

  if (problem != NULL)
    return problem;
  if (day == NULL || !read_bound (day, "gte", &window->from_s) ||
      !read_bound (day, "lte", &window->to_s))
    return _easel_sim_vast_refuse (
        400, NULL, "Must provide both 'day' gte and lte filters for instance charges");
  if (limit != NULL && !g_ascii_string_to_unsigned (limit, 10, 1, MAX_ROWS, &number, NULL))
    return _easel_sim_vast_refuse (400, "invalid_args", "limit must be between 1 and 500");
  if (!read_token (easel_sim_request_query (call->request, "after_token"), &window->after))
    return _easel_sim_vast_refuse (400, "invalid_token", "Invalid pagination token");
  window->limit = (guint) number;
  if (call->world->page_size > 0)
    window->limit = MIN (window->limit, call->world->page_size);
  window->is_latest_first = latest == NULL || g_ascii_strcasecmp (latest, "true") == 0;
  window->from_ms = window->from_s * 1000;
  window->to_ms = MIN (window->to_s * 1000 + 1000, easel_sim_cloud_now (call->world->cloud));
  return NULL;
}

static void
put_item (JsonBuilder *builder,
          const Window *window,
          const char *type,
          const char *description,
          gint64 micros)
{
  easel_sim_open_object (builder, NULL);
  easel_sim_put_int (builder, "start", window->from_s);
  easel_sim_put_int (builder, "end", window->to_s);
  easel_sim_put_string (builder, "type", type);
  easel_sim_put_string (builder, "description", description);
  easel_sim_put_null (builder, "source");
  easel_sim_put_micros (builder, "amount", micros);
  easel_sim_open_object (builder, "metadata");
  json_builder_end_object (builder);
  easel_sim_open_array (builder, "items");
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static gboolean
concerns (const Window *window, const EaselSimPod *pod)
{
  return pod->created_ms < window->to_ms &&
         (pod->deleted_ms < 0 || pod->deleted_ms > window->from_ms);
}

static void
put_row (JsonBuilder *builder, const Window *window, const EaselSimPod *pod)
{
  g_autofree char *source = g_strdup_printf ("instance-%s", pod->id);
  g_autofree char *description =
      g_strdup_printf ("Instance %s Charges - %d days", pod->id,
                       (int) ((window->to_s - window->from_s) / DAY_S + 1));
  g_autofree char *down = NULL;
  g_autofree char *gpu = NULL;
  gint64 total, disk, mb, traffic;

  easel_sim_ledger_get_within (pod->ledger, window->from_ms, window->to_ms, &total, &disk);
  easel_sim_ledger_get_traffic (pod->ledger, window->from_ms, window->to_ms + 1, &mb, &traffic);
  down = g_strdup_printf ("%.3f GB", (double) mb / 1000);
  gpu = g_strdup_printf ("%.3f hours at $%.3f/hour",
                         pod->terms.gpu_rate > 0
                             ? (double) (total - disk) / (double) pod->terms.gpu_rate
                             : 0.0,
                         (double) pod->terms.gpu_rate / 1e6);
  easel_sim_open_object (builder, NULL);
  easel_sim_put_int (builder, "start", MAX (window->from_s, pod->created_ms / 1000));
  easel_sim_put_int (builder, "end",
                     pod->deleted_ms >= 0 ? MIN (window->to_s, pod->deleted_ms / 1000)
                                          : MIN (window->to_s, window->to_ms / 1000));
  easel_sim_put_string (builder, "type", "instance");
  easel_sim_put_string (builder, "source", source);
  easel_sim_put_string (builder, "description", description);
  easel_sim_put_micros (builder, "amount", total + traffic);
  easel_sim_open_object (builder, "metadata");
  easel_sim_put_string (builder, "label", pod->name);
  json_builder_end_object (builder);
  easel_sim_open_array (builder, "items");
  put_item (builder, window, "gpu", gpu, total - disk);
  put_item (builder, window, "disk", "storage", disk);
  put_item (builder, window, "bwd", down, traffic);
  put_item (builder, window, "bwu", "0.000 GB", 0);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
}

static GPtrArray *
select_rows (const EaselSimVastCall *call, const Window *window)
{
  GPtrArray *pods = easel_sim_cloud_get_pods (call->world->cloud);
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; i < pods->len; i++)
    {
      EaselSimPod *pod = g_ptr_array_index (pods, window->is_latest_first ? pods->len - 1 - i : i);

      if (is_own (call, pod) && concerns (window, pod))
        g_ptr_array_add (rows, pod);
    }
  return rows;
}

/* Behind the one that was the last of the page before. */
static guint
first_row (GPtrArray *rows, gint64 after)
{
  for (guint i = 0; after > 0 && i < rows->len; i++)
    if (g_ascii_strtoll (((EaselSimPod *) g_ptr_array_index (rows, i))->id, NULL, 10) == after)
      return i + 1;
  return 0;
}

EaselSimAnswer *
_easel_sim_vast_show_charges (const EaselSimVastCall *call)
{
  Window window = { 0 };
  EaselSimAnswer *problem = read_window (call, &window);
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (GPtrArray) rows = NULL;
  g_autofree char *next = NULL;
  guint first, end;

  if (problem != NULL)
    return problem;
  rows = select_rows (call, &window);
  first = first_row (rows, window.after);
  end = MIN (rows->len, first + window.limit);
  if (end < rows->len)
    {
      const EaselSimPod *last = g_ptr_array_index (rows, end - 1);
      g_autofree char *text = g_strconcat ("c:", last->id, NULL);

      next = g_base64_encode ((const guchar *) text, strlen (text));
    }
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  easel_sim_put_boolean (builder, "success", TRUE);
  easel_sim_put_int (builder, "count", end - first);
  easel_sim_put_int (builder, "total", rows->len);
  easel_sim_put_string (builder, "next_token", next);
  easel_sim_open_array (builder, "results");
  for (guint i = first; i < end; i++)
    put_row (builder, &window, g_ptr_array_index (rows, i));
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}
