/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one pod has cost, exactly: closed and open intervals, each with one rate in micro-dollars
 * per hour, and traffic by the megabyte. Each amount is rounded down once, a total is the sum of
 * those amounts, so anybody can recompute it to the last micro-dollar. It is never told what a
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
  GArray *traffic; /* (element-type EaselSimTraffic) */
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
  self->traffic = g_array_new (FALSE, FALSE, sizeof (EaselSimTraffic));
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
  g_array_unref (self->traffic);
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
 * Ends what was charged until then and begins this. A ledger never goes back in time, whatever the
 * clock does.
 */
void
easel_sim_ledger_charge (EaselSimLedger *self, gint64 at_ms, gint64 gpu_rate, gint64 disk_rate)
{
  EaselSimCharge *last = last_charge (self);
  EaselSimCharge charge = { at_ms, -1, gpu_rate, disk_rate };

  g_return_if_fail (self != NULL);
  if (last != NULL)
    charge.from_ms = MAX (at_ms, last->to_ms < 0 ? last->from_ms : last->to_ms);
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

/**
 * easel_sim_ledger_get_rates:
 * @self: a ledger
 * @ret_gpu: (out): what the GPUs cost now, micro-dollars per hour
 * @ret_disk: (out): what the disks cost now, micro-dollars per hour
 */
void
easel_sim_ledger_get_rates (EaselSimLedger *self, gint64 *ret_gpu, gint64 *ret_disk)
{
  EaselSimCharge *last = last_charge (self);
  gboolean is_open = last != NULL && last->to_ms < 0;

  *ret_gpu = is_open ? last->gpu_rate : 0;
  *ret_disk = is_open ? last->disk_rate : 0;
}

static gint64
amount (gint64 rate, gint64 duration_ms)
{
  return duration_ms / HOUR_MS * rate + duration_ms % HOUR_MS * rate / HOUR_MS;
}

static gint64
traffic_amount (const EaselSimTraffic *traffic)
{
  return traffic->mb * traffic->micros_per_gb / 1000;
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
  for (guint i = 0; i < self->traffic->len; i++)
    total += traffic_amount (&g_array_index (self->traffic, EaselSimTraffic, i));
  return total;
}

/**
 * easel_sim_ledger_add_traffic:
 * @self: a ledger
 * @at_ms: when it was through
 * @mb: how much it was, megabytes
 * @micros_per_gb: what 1000 of them cost, micro-dollars
 */
void
easel_sim_ledger_add_traffic (EaselSimLedger *self, gint64 at_ms, gint64 mb, gint64 micros_per_gb)
{
  EaselSimTraffic traffic = { at_ms, mb, micros_per_gb };
  guint n = self->traffic->len;

  if (n > 0)
    traffic.at_ms = MAX (at_ms, g_array_index (self->traffic, EaselSimTraffic, n - 1).at_ms);
  if (mb > 0)
    g_array_append_val (self->traffic, traffic);
}

/**
 * easel_sim_ledger_get_traffic:
 * @self: a ledger
 * @from_ms: begin of a window
 * @to_ms: its end
 * @ret_mb: (out): megabytes that were through in it
 * @ret_micros: (out): what they cost, micro-dollars
 */
void
easel_sim_ledger_get_traffic (EaselSimLedger *self,
                              gint64 from_ms,
                              gint64 to_ms,
                              gint64 *ret_mb,
                              gint64 *ret_micros)
{
  *ret_mb = *ret_micros = 0;
  for (guint i = 0; i < self->traffic->len; i++)
    {
      const EaselSimTraffic *traffic = &g_array_index (self->traffic, EaselSimTraffic, i);

      if (traffic->at_ms < from_ms || traffic->at_ms >= to_ms)
        continue;
      *ret_mb += traffic->mb;
      *ret_micros += traffic_amount (traffic);
    }
}

/**
 * easel_sim_ledger_get_within:
 * @self: a ledger
 * @from_ms: begin of the window
 * @to_ms: its end, not after the cloud's time
 * @ret_total: (out): micro-dollars
 * @ret_disk: (out): the part for disks
 *
 * What of the rates falls into a window, as for a bill by the day; traffic is apart. It is the
 * difference of two totals, so the windows of a whole time add up to its total.
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
 * Adds the members "intervals" and "traffic".
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
  easel_sim_open_array (builder, "traffic");
  for (guint i = 0; i < self->traffic->len; i++)
    {
      const EaselSimTraffic *traffic = &g_array_index (self->traffic, EaselSimTraffic, i);

      easel_sim_open_object (builder, NULL);
      easel_sim_put_int (builder, "at_ms", traffic->at_ms);
      easel_sim_put_int (builder, "mb", traffic->mb);
      easel_sim_put_int (builder, "micros_per_gb", traffic->micros_per_gb);
      easel_sim_put_int (builder, "micros", traffic_amount (traffic));
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
}

static gboolean
load_traffic (EaselSimLedger *self, JsonArray *entries, GError **error)
{
  for (guint i = 0; i < json_array_get_length (entries); i++)
    {
      JsonNode *element = json_array_get_element (entries, i);
      JsonObject *object = easel_json_node_object (element, "traffic", error);
      EaselSimTraffic traffic = { 0 };

      if (object == NULL ||
          !easel_json_get_int (object, "at_ms", 0, MAX_TIME_MS, &traffic.at_ms, error) ||
          !easel_json_get_int (object, "mb", 0, G_MAXINT32, &traffic.mb, error) ||
          !easel_json_get_int (object, "micros_per_gb", 0, G_MAXINT32, &traffic.micros_per_gb,
                               error))
        return FALSE;
      g_array_append_val (self->traffic, traffic);
    }
  return TRUE;
}

/**
 * easel_sim_ledger_load:
 * @self: an empty ledger
 * @object: what easel_sim_ledger_put() wrote into
 * @error: return location: EASEL_ERROR_PROTOCOL
 *
 * Returns: whether all of it could be read
 */
gboolean
easel_sim_ledger_load (EaselSimLedger *self, JsonObject *object, GError **error)
{
  JsonArray *intervals = easel_json_get_array (object, "intervals", error);
  JsonArray *traffic = easel_json_peek_array (object, "traffic");

  if (intervals == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (intervals); i++)
    {
      JsonNode *element = json_array_get_element (intervals, i);
      JsonObject *one = easel_json_node_object (element, "interval", error);
      EaselSimCharge charge = { 0, -1, 0, 0 };

      if (one == NULL ||
          !easel_json_get_int (one, "from_ms", 0, MAX_TIME_MS, &charge.from_ms, error) ||
          !easel_json_get_int (one, "gpu_rate_micros", 0, MAX_TIME_MS, &charge.gpu_rate, error) ||
          !easel_json_get_int (one, "disk_rate_micros", 0, MAX_TIME_MS, &charge.disk_rate, error))
        return FALSE;
      charge.to_ms = easel_json_peek_int (one, "to_ms", 0, MAX_TIME_MS, -1);
      g_array_append_val (self->charges, charge);
    }
  return traffic == NULL || load_traffic (self, traffic, error);
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
