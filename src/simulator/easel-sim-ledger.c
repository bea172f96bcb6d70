/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one pod has cost, exactly: closed and open intervals, each with one rate in micro-dollars
 * per hour. An interval's amount is rounded down once, a total is the sum of those amounts, so
 * anybody can recompute it from the intervals to the last micro-dollar. It is never told what a
 * client believes.
 */
#include "config.h"

#include "easel-sim-ledger.h"

#include "easel-sim-build.h"

#define HOUR_MS (G_GINT64_CONSTANT (3600) * 1000)
#define HOURS_PER_MONTH 730
#define RUNNING_GB_MONTH_MICROS 100000
#define STOPPED_GB_MONTH_MICROS 200000
#define MAX_TIME_MS G_GINT64_CONSTANT (100000000000000)

struct _EaselSimLedger
{
  GArray *charges; /* (element-type EaselSimCharge) */
};

/**
 * easel_sim_ledger_new:
 *
 * Returns: (transfer full): a ledger without a charge
 */
EaselSimLedger *
easel_sim_ledger_new (void)
{
  EaselSimLedger *self = g_new0 (EaselSimLedger, 1);

  self->charges = g_array_new (FALSE, FALSE, sizeof (EaselSimCharge));
  return self;
}

/**
 * easel_sim_ledger_free:
 * @self: (transfer full): a ledger
 */
void
easel_sim_ledger_free (EaselSimLedger *self)
{
  g_array_unref (self->charges);
  g_free (self);
}

static EaselSimCharge *
last_charge (EaselSimLedger *self)
{
  if (self->charges->len == 0)
    return NULL;
  return &g_array_index (self->charges, EaselSimCharge, self->charges->len - 1);
}

/**
 * easel_sim_ledger_charge:
 * @self: a ledger
 * @at_ms: from when on
 * @gpu_rate: micro-dollars per hour
 * @disk_rate: micro-dollars per hour
 *
 * Ends what was charged until then and begins this.
 */
void
easel_sim_ledger_charge (EaselSimLedger *self, gint64 at_ms, gint64 gpu_rate, gint64 disk_rate)
{
  EaselSimCharge charge = { at_ms, -1, gpu_rate, disk_rate };

  g_return_if_fail (self != NULL);
  easel_sim_ledger_close (self, at_ms);
  g_array_append_val (self->charges, charge);
}

/**
 * easel_sim_ledger_close:
 * @self: a ledger
 * @at_ms: when the last charge ends
 */
void
easel_sim_ledger_close (EaselSimLedger *self, gint64 at_ms)
{
  EaselSimCharge *last = last_charge (self);

  if (last != NULL && last->to_ms < 0)
    last->to_ms = MAX (at_ms, last->from_ms);
}

/**
 * easel_sim_ledger_is_open:
 * @self: a ledger
 *
 * Returns: whether something is charged at this time, be it $0
 */
gboolean
easel_sim_ledger_is_open (EaselSimLedger *self)
{
  EaselSimCharge *last = last_charge (self);

  return last != NULL && last->to_ms < 0;
}

/**
 * easel_sim_ledger_get_rate:
 * @self: a ledger
 *
 * Returns: what it costs now, micro-dollars per hour
 */
gint64
easel_sim_ledger_get_rate (EaselSimLedger *self)
{
  EaselSimCharge *last = last_charge (self);

  return last != NULL && last->to_ms < 0 ? last->gpu_rate + last->disk_rate : 0;
}

static gint64
amount (gint64 rate, gint64 duration_ms)
{
  return duration_ms / HOUR_MS * rate + duration_ms % HOUR_MS * rate / HOUR_MS;
}

static gint64
charge_amount (const EaselSimCharge *charge, gint64 now_ms)
{
  gint64 end = charge->to_ms < 0 ? MAX (now_ms, charge->from_ms) : charge->to_ms;

  return amount (charge->gpu_rate + charge->disk_rate, end - charge->from_ms);
}

/**
 * easel_sim_ledger_get_total:
 * @self: a ledger
 * @now_ms: the cloud's time
 *
 * Returns: all that was charged until now, micro-dollars
 */
gint64
easel_sim_ledger_get_total (EaselSimLedger *self, gint64 now_ms)
{
  gint64 total = 0;

  for (guint i = 0; i < self->charges->len; i++)
    total += charge_amount (&g_array_index (self->charges, EaselSimCharge, i), now_ms);
  return total;
}

/**
 * easel_sim_ledger_get_within:
 * @self: a ledger
 * @from_ms: begin of the window
 * @to_ms: its end, not after the cloud's time
 * @ret_total: (out): micro-dollars
 * @ret_disk: (out): the part for disks
 *
 * What falls into a window, as for a bill by the day. It is the difference of two totals, so the
 * windows of a whole time add up to its total.
 */
void
easel_sim_ledger_get_within (EaselSimLedger *self,
                             gint64 from_ms,
                             gint64 to_ms,
                             gint64 *ret_total,
                             gint64 *ret_disk)
{
  gint64 total = 0, disk = 0;

  for (guint i = 0; i < self->charges->len; i++)
    {
      const EaselSimCharge *charge = &g_array_index (self->charges, EaselSimCharge, i);
      gint64 end = charge->to_ms < 0 ? to_ms : MIN (charge->to_ms, to_ms);
      gint64 until_from = MAX (MIN (end, from_ms) - charge->from_ms, 0);
      gint64 until_to = MAX (end - charge->from_ms, 0);
      gint64 rate = charge->gpu_rate + charge->disk_rate;

      total += amount (rate, until_to) - amount (rate, until_from);
      disk += amount (charge->disk_rate, until_to) - amount (charge->disk_rate, until_from);
    }
  *ret_total = total;
  *ret_disk = disk;
}

/**
 * easel_sim_ledger_put:
 * @self: a ledger
 * @builder: an open object
 * @now_ms: the cloud's time
 *
 * Adds the member "intervals".
 */
void
easel_sim_ledger_put (EaselSimLedger *self, JsonBuilder *builder, gint64 now_ms)
{
  easel_sim_open_array (builder, "intervals");
  for (guint i = 0; i < self->charges->len; i++)
    {
      const EaselSimCharge *charge = &g_array_index (self->charges, EaselSimCharge, i);

      easel_sim_open_object (builder, NULL);
      easel_sim_put_int (builder, "from_ms", charge->from_ms);
      if (charge->to_ms < 0)
        easel_sim_put_null (builder, "to_ms");
      else
        easel_sim_put_int (builder, "to_ms", charge->to_ms);
      easel_sim_put_int (builder, "rate_per_hour_micros", charge->gpu_rate + charge->disk_rate);
      easel_sim_put_int (builder, "gpu_rate_micros", charge->gpu_rate);
      easel_sim_put_int (builder, "disk_rate_micros", charge->disk_rate);
      easel_sim_put_int (builder, "micros", charge_amount (charge, now_ms));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

/**
 * easel_sim_ledger_load:
 * @self: an empty ledger
 * @intervals: what easel_sim_ledger_put() wrote
 * @error: return location: EASEL_ERROR_PROTOCOL
 *
 * Returns: whether all of it could be read
 */
gboolean
easel_sim_ledger_load (EaselSimLedger *self, JsonArray *intervals, GError **error)
{
  for (guint i = 0; i < json_array_get_length (intervals); i++)
    {
      JsonNode *element = json_array_get_element (intervals, i);
      JsonObject *object = easel_json_node_object (element, "interval", error);
      EaselSimCharge charge = { 0, -1, 0, 0 };

      if (object == NULL)
        return FALSE;
      if (!easel_json_get_int (object, "from_ms", 0, MAX_TIME_MS, &charge.from_ms, error))
        return FALSE;
      if (!easel_json_get_int (object, "gpu_rate_micros", 0, MAX_TIME_MS, &charge.gpu_rate, error))
        return FALSE;
      if (!easel_json_get_int (object, "disk_rate_micros", 0, MAX_TIME_MS, &charge.disk_rate,
                               error))
        return FALSE;
      charge.to_ms = easel_json_peek_int (object, "to_ms", 0, MAX_TIME_MS, -1);
      g_array_append_val (self->charges, charge);
    }
  return TRUE;
}

/**
 * easel_sim_disk_rate:
 * @disk_gb: the container's disk, free while stopped
 * @volume_gb: the lasting disk, twice the price while stopped
 * @is_running: whether the pod runs
 *
 * Prices of facts/runpod.md 10.1.
 *
 * Returns: micro-dollars per hour
 */
gint64
easel_sim_disk_rate (int disk_gb, int volume_gb, gboolean is_running)
{
  if (is_running)
    return ((gint64) disk_gb + volume_gb) * RUNNING_GB_MONTH_MICROS / HOURS_PER_MONTH;
  return (gint64) volume_gb * STOPPED_GB_MONTH_MICROS / HOURS_PER_MONTH;
}
