/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The routes below "/__/", for tests and scripts only: the ledger, the pods as they really are,
 * faults, stock, time, credit, what was asked. Whoever asks here stands outside the simulated
 * world; the program under test never does.
 */
#include "config.h"

#include "easel-sim-control.h"

#include "easel-error.h"
#include "easel-sim-agent.h"
#include "easel-sim-build.h"
#include "easel-sim-comfy.h"
#include "easel-sim-runpod.h"
#include "easel-sim-sites.h"
#include "easel-sim-vast.h"

#include <string.h>

#define MAX_GENERATE 100

typedef EaselSimAnswer *(*Answer) (EaselSimWorld *world,
                                   const EaselSimRequest *request,
                                   char **parts,
                                   JsonObject *body);

static EaselSimAnswer *
done (void)
{
  return easel_sim_answer_new (200, "application/json", "{}");
}

static EaselSimAnswer *
refuse (const char *detail)
{
  return easel_sim_answer_problem (400, detail, NULL);
}

static const char *
state_name (const EaselSimPod *pod)
{
  static const char *const names[] = { "running", "stopped", "deleted" };

  return names[pod->state];
}

static void
put_ledger_pod (JsonBuilder *builder, const EaselSimPod *pod, gint64 now)
{
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", pod->id);
  easel_sim_put_string (builder, "provider", easel_sim_house_rules (pod->house)->name);
  easel_sim_put_string (builder, "name", pod->name);
  easel_sim_put_string (builder, "account", pod->account);
  easel_sim_put_string (builder, "gpu", pod->gpu->id);
  easel_sim_put_time (builder, "created", pod->created_ms);
  easel_sim_put_time (builder, "deleted", pod->deleted_ms);
  easel_sim_put_int (builder, "created_ms", pod->created_ms);
  if (pod->deleted_ms >= 0)
    easel_sim_put_int (builder, "deleted_ms", pod->deleted_ms);
  else
    easel_sim_put_null (builder, "deleted_ms");
  easel_sim_put_boolean (builder, "out_of_credit", pod->was_terminated);
  easel_sim_put_string (builder, "state", state_name (pod));
  easel_sim_put_int (builder, "rate_per_hour_micros", easel_sim_ledger_get_rate (pod->ledger));
  easel_sim_put_int (builder, "total_micros", easel_sim_ledger_get_total (pod->ledger, now));
  easel_sim_ledger_put (pod->ledger, builder, now);
  json_builder_end_object (builder);
}

static EaselSimAnswer *
get_ledger (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GPtrArray *pods = easel_sim_cloud_get_pods (world->cloud);
  gint64 now = easel_sim_cloud_now (world->cloud);
  gint64 total = 0;
  guint n_open = 0, n_running = 0;

  easel_sim_cloud_settle (world->cloud);
  json_builder_begin_object (builder);
  easel_sim_put_time (builder, "now", now);
  easel_sim_put_int (builder, "now_ms", now);
  easel_sim_open_array (builder, "pods");
  for (guint i = 0; i < pods->len; i++)
    {
      const EaselSimPod *pod = g_ptr_array_index (pods, i);

      put_ledger_pod (builder, pod, now);
      total += easel_sim_ledger_get_total (pod->ledger, now);
      n_open += easel_sim_ledger_is_open (pod->ledger);
      n_running += pod->state == EASEL_SIM_POD_RUNNING;
    }
  json_builder_end_array (builder);
  easel_sim_put_int (builder, "open", n_open);
  easel_sim_put_int (builder, "running", n_running);
  easel_sim_put_int (builder, "total_micros", total);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static const char *
phase_of (const EaselSimPod *pod, gint64 now)
{
  if (pod->state != EASEL_SIM_POD_RUNNING)
    return state_name (pod);
  if (pod->boot->container_ms < 0 || now < pod->boot->container_ms)
    return "preparing";
  if (easel_sim_comfy_is_up (pod, now))
    return "ready";
  return "booting";
}

static void
put_ports (JsonBuilder *builder, EaselSimWorld *world, const EaselSimPod *pod)
{
  easel_sim_open_object (builder, "ports");
  for (guint i = 0; pod->ports[i] != NULL; i++)
    {
      guint port = (guint) g_ascii_strtoull (pod->ports[i], NULL, 10);
      guint direct = easel_sim_world_get_direct_port (world, pod->id, port);
      g_autofree char *name = g_strdup_printf ("%u", port);
      g_autofree char *address = g_strdup_printf ("http://127.0.0.1:%u", direct);

      if (direct > 0)
        easel_sim_put_string (builder, name, address);
    }
  json_builder_end_object (builder);
  easel_sim_open_object (builder, "proxy");
  for (guint i = 0; pod->ports[i] != NULL; i++)
    {
      guint port = (guint) g_ascii_strtoull (pod->ports[i], NULL, 10);
      g_autofree char *name = g_strdup_printf ("%u", port);
      g_autofree char *address =
          g_strdup_printf ("http://%s-%u.localhost:%u", pod->id, port, world->port);

      if (g_str_has_suffix (pod->ports[i], "/http"))
        easel_sim_put_string (builder, name, address);
    }
  json_builder_end_object (builder);
}

static void
put_moment (JsonBuilder *builder, const char *key, const EaselSimPod *pod, gint64 at_ms)
{
  if (pod->boot != NULL && at_ms >= 0)
    easel_sim_put_int (builder, key, at_ms);
  else
    easel_sim_put_null (builder, key);
}

static void
put_pod (JsonBuilder *builder, EaselSimWorld *world, EaselSimPod *pod)
{
  g_autofree char *key = easel_sim_cloud_get_pod_key (world->cloud, pod);
  gint64 now = easel_sim_cloud_now (world->cloud);

  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "id", pod->id);
  easel_sim_put_string (builder, "provider", easel_sim_house_rules (pod->house)->name);
  easel_sim_put_string (builder, "name", pod->name);
  easel_sim_put_string (builder, "account", pod->account);
  easel_sim_put_string (builder, "state", state_name (pod));
  easel_sim_put_string (builder, "phase", phase_of (pod, now));
  easel_sim_put_string (builder, "image", pod->image);
  easel_sim_put_string (builder, "args", pod->args);
  easel_sim_put_string (builder, "gpu", pod->gpu->id);
  easel_sim_put_int (builder, "gpu_count", pod->gpu_count);
  easel_sim_put_string (builder, "cloud", easel_sim_tier_name (pod->tier));
  easel_sim_put_int (builder, "host_cuda_tenths", pod->host_cuda);
  easel_sim_put_int (builder, "download_mb_per_s", pod->download_mb_per_s);
  easel_sim_put_boolean (builder, "locked", pod->is_locked);
  easel_sim_put_int (builder, "runs", pod->n_runs);
  put_moment (builder, "container_ms", pod, pod->boot != NULL ? pod->boot->container_ms : -1);
  put_moment (builder, "services_ms", pod, pod->boot != NULL ? pod->boot->services_ms : -1);
  put_moment (builder, "ready_ms", pod, pod->boot != NULL ? pod->boot->comfy_ms : -1);
  put_ports (builder, world, pod);
  easel_sim_put_string (builder, "key", key);
  easel_sim_agents_put (world->agents, builder, pod);
  json_builder_end_object (builder);
}

static EaselSimAnswer *
get_pods (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  GPtrArray *pods = easel_sim_cloud_get_pods (world->cloud);

  easel_sim_cloud_settle (world->cloud);
  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "now_ms", easel_sim_cloud_now (world->cloud));
  easel_sim_open_array (builder, "pods");
  for (guint i = 0; i < pods->len; i++)
    {
      EaselSimPod *pod = g_ptr_array_index (pods, i);

      if (pod->state != EASEL_SIM_POD_DELETED)
        put_pod (builder, world, pod);
    }
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

/* Somebody else's doing: a pod rented behind the program's back, in the provider's own form. */
static EaselSimAnswer *
post_pod (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  const char *key = easel_json_peek_string (body, "key", "practice-key");
  gint64 offer = easel_json_peek_int (body, "offer", 1, G_MAXINT64, 0);
  JsonNode *order = json_object_get_member (body, "order");
  g_autoptr (EaselSimRequest) inner = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *ask = g_strdup_printf ("/api/v0/asks/%" G_GINT64_FORMAT "/", offer);

  if (order == NULL)
    return refuse ("“order” is missing");
  bytes = easel_json_to_bytes (order);
  inner = easel_sim_request_new (offer > 0 ? "PUT" : "POST", offer > 0 ? ask : "/v2/pods", bytes);
  g_hash_table_insert (inner->headers, g_strdup ("authorization"),
                       g_strconcat ("Bearer ", key, NULL));
  g_hash_table_insert (inner->headers, g_strdup ("content-type"), g_strdup ("application/json"));
  g_hash_table_insert (inner->headers, g_strdup ("user-agent"), g_strdup ("console"));
  return offer > 0 ? easel_sim_vast_answer (world, inner) : easel_sim_runpod_answer (world, inner);
}

static EaselSimAnswer *
act_on_pod (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  EaselSimPod *pod = easel_sim_cloud_find (world->cloud, parts[1]);
  EaselSimVerdict verdict = EASEL_SIM_OK;
  const char *action = parts[2];

  if (pod == NULL)
    return easel_sim_answer_problem (404, "pod not found", NULL);
  if (strcmp (action, "generate") == 0)
    {
      gint64 seconds = easel_json_peek_int (body, "seconds", 1, 100000, 6);
      gint64 count = easel_json_peek_int (body, "count", 1, MAX_GENERATE, 1);

      for (gint64 i = 0; i < count; i++)
        easel_sim_comfy_generate (easel_sim_comfy_get (world, pod), NULL,
                                  easel_sim_cloud_now (world->cloud), seconds * 1000);
    }
  else if (strcmp (action, "lock") == 0)
    easel_sim_cloud_lock (world->cloud, pod, easel_json_peek_boolean (body, "locked", TRUE));
  else if (strcmp (action, "agent") == 0)
    return easel_sim_agents_disturb (world->agents, pod, body)
               ? done ()
               : easel_sim_answer_problem (409, "no agent runs there", NULL);
  else if (strcmp (action, "stop") == 0)
    verdict = easel_sim_cloud_stop (world->cloud, pod);
  else if (strcmp (action, "start") == 0)
    verdict = easel_sim_cloud_start (world->cloud, pod);
  else if (strcmp (action, "delete") == 0)
    verdict = easel_sim_cloud_remove (world->cloud, pod);
  else
    return easel_sim_answer_problem (404, "unknown action", NULL);
  return verdict == EASEL_SIM_OK || verdict == EASEL_SIM_QUEUED
             ? done ()
             : easel_sim_answer_problem (409, "refused", NULL);
}

static EaselSimAnswer *
post_pod_fault (EaselSimWorld *world, JsonObject *body, const char *pod_id)
{
  g_auto (GStrv) names = easel_json_peek_strv (body, "faults");
  const char *name = easel_json_peek_string (body, "fault", NULL);
  guint plagues = 0, plague;
  EaselSimPod *pod;

  for (guint i = 0; names != NULL && names[i] != NULL; i++)
    if (easel_sim_plague_parse (names[i], &plague))
      plagues |= plague;
  if (name != NULL && strcmp (name, "none") != 0 && !easel_sim_plague_parse (name, &plague))
    return refuse ("unknown fault of a pod");
  if (name != NULL && strcmp (name, "none") != 0)
    plagues |= plague;
  if (strcmp (pod_id, "next") == 0)
    {
      easel_sim_faults_plague_next (world->faults, plagues);
      return done ();
    }
  pod = easel_sim_cloud_find (world->cloud, pod_id);
  if (pod == NULL)
    return easel_sim_answer_problem (404, "pod not found", NULL);
  easel_sim_cloud_set_plagues (world->cloud, pod, plagues);
  return done ();
}

static void
set_runpod_oddities (EaselSimWorld *world, JsonObject *oddities)
{
  EaselSimRunpodOddities *self = &world->runpod;

  self->refuses_cmd = !easel_json_peek_boolean (oddities, "knows_cmd", !self->refuses_cmd);
  self->misreads_cmd = easel_json_peek_boolean (oddities, "misreads_cmd", self->misreads_cmd);
  self->misreads_args = easel_json_peek_boolean (oddities, "misreads_args", self->misreads_args);
}

static EaselSimAnswer *
post_faults (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  const char *pod_id = easel_json_peek_string (body, "pod", NULL);
  g_auto (GStrv) tags = easel_json_peek_strv (body, "image_tags");
  JsonObject *oddities = easel_json_peek_object (body, "vast");
  JsonObject *runpod = easel_json_peek_object (body, "runpod");
  g_autoptr (GError) error = NULL;

  if (pod_id != NULL)
    return post_pod_fault (world, body, pod_id);
  world->page_size = (guint) easel_json_peek_int (body, "page_size", 0, 1000, world->page_size);
  if (json_object_has_member (body, "gpus"))
    easel_sim_catalog_set_size (world->catalog,
                                (int) easel_json_peek_int (body, "gpus", -1, 1000, -1));
  if (json_object_has_member (body, "offers"))
    easel_sim_market_set_size (world->market,
                               (int) easel_json_peek_int (body, "offers", -1, 20000, -1));
  if (oddities != NULL)
    easel_sim_vast_set_oddities (world, oddities);
  if (runpod != NULL)
    set_runpod_oddities (world, runpod);
  if (tags != NULL)
    easel_sim_cloud_set_image_tags (world->cloud, (const char *const *) tags);
  if (json_object_has_member (body, "route") && !easel_sim_faults_add (world->faults, body, &error))
    return refuse (error->message);
  return done ();
}

static EaselSimAnswer *
delete_faults (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  easel_sim_faults_clear (world->faults);
  easel_sim_catalog_clear_overrides (world->catalog);
  easel_sim_catalog_set_size (world->catalog, -1);
  easel_sim_market_clear_overrides (world->market);
  easel_sim_market_set_size (world->market, -1);
  easel_sim_vast_clear_oddities (world);
  world->runpod = (EaselSimRunpodOddities){ 0 };
  world->page_size = 0;
  return done ();
}

static EaselSimAnswer *
get_faults (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "pending", easel_sim_faults_get_n (world->faults));
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static void
set_stock (EaselSimWorld *world, const EaselSimGpu *gpu, const char *cloud, EaselSimStock stock)
{
  for (int tier = 0; tier < EASEL_SIM_N_TIERS; tier++)
    if (cloud == NULL || easel_sim_tier_from_name (cloud) == (EaselSimTier) tier)
      easel_sim_catalog_override_stock (world->catalog, gpu->id, (EaselSimTier) tier,
                                        gpu->price_micros[tier] > 0 ? stock : EASEL_SIM_STOCK_NONE);
}

/* Plenty means on a market that an offer can be had again and again, as others come in for it. */
static void
set_market (EaselSimWorld *world, const EaselSimGpu *gpu, EaselSimStock stock)
{
  easel_sim_market_override_gpu (world->market, gpu->id,
                                 stock == EASEL_SIM_STOCK_NONE   ? EASEL_SIM_OFFER_TAKEN
                                 : stock == EASEL_SIM_STOCK_HIGH ? EASEL_SIM_OFFER_ENDLESS
                                                                 : EASEL_SIM_OFFER_FREE);
}

static EaselSimAnswer *
post_stock (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  const char *id = easel_json_peek_string (body, "gpu", NULL);
  const char *cloud = easel_json_peek_string (body, "cloud", NULL);
  gboolean is_market = g_strcmp0 (cloud, "MARKET") == 0;
  EaselSimStock stock =
      easel_sim_stock_from_name (easel_json_peek_string (body, "availability", "NONE"));

  if (id == NULL ||
      (strcmp (id, "all") != 0 && easel_sim_catalog_find_gpu (world->catalog, id) == NULL))
    return refuse ("unknown GPU");
  for (guint i = 0; i < easel_sim_catalog_get_n_gpus (world->catalog); i++)
    {
      const EaselSimGpu *gpu = easel_sim_catalog_get_gpu (world->catalog, i);

      if (strcmp (id, "all") != 0 && strcmp (id, gpu->id) != 0)
        continue;
      if (!is_market)
        set_stock (world, gpu, cloud, stock);
      if (is_market || cloud == NULL)
        set_market (world, gpu, stock);
    }
  return done ();
}

/* One offer of the market: "free", "taken" (gone), "busy" (shown, but it cannot start now). */
static EaselSimAnswer *
post_offer (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  static const char *const names[] = { "free", "taken", "busy", "endless" };
  gint64 id = easel_json_peek_int (body, "offer", 1, G_MAXINT64, 0);
  const char *name = easel_json_peek_string (body, "state", "");

  if (easel_sim_market_find (world->market, id) == NULL)
    return refuse ("unknown offer");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    if (strcmp (names[i], name) == 0)
      {
        easel_sim_market_override_offer (world->market, id, (EaselSimOfferState) i);
        return done ();
      }
  return refuse ("unknown state");
}

static EaselSimAnswer *
get_clock (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  easel_sim_put_time (builder, "now", easel_sim_clock_now (world->clock));
  easel_sim_put_int (builder, "now_ms", easel_sim_clock_now (world->clock));
  easel_sim_put_double (builder, "speed", easel_sim_clock_get_speed (world->clock));
  easel_sim_put_int (builder, "real_epoch_ms", easel_sim_clock_get_real_epoch (world->clock));
  easel_sim_put_int (builder, "cloud_epoch_ms", easel_sim_clock_get_cloud_epoch (world->clock));
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
post_clock (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  double advance = easel_json_peek_double (body, "advance_s", -1e9, 1e9, 0);
  double speed = easel_json_peek_double (body, "set_speed", 0, 1e6, -1);

  if (advance != 0)
    easel_sim_clock_advance (world->clock, (gint64) (advance * 1000));
  if (speed >= 0)
    easel_sim_clock_set_speed (world->clock, speed);
  return get_clock (world, request, parts, body);
}

static EaselSimAnswer *
post_account (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  const char *key = easel_json_peek_string (body, "key", "practice-key");
  double balance = easel_json_peek_double (body, "balance", -1e6, 1e6, 0);
  const char *provider = easel_json_peek_string (body, "provider", NULL);
  EaselSimHouse only;
  gboolean is_one = easel_sim_house_from_name (provider, &only);

  if (provider != NULL && !is_one)
    return refuse ("unknown provider");
  for (int house = 0; house < EASEL_SIM_N_HOUSES; house++)
    {
      EaselSimAccount *account = NULL;

      if (is_one && house != (int) only)
        continue;
      if (easel_sim_cloud_enter (world->cloud, (EaselSimHouse) house, key, &account) ==
          EASEL_SIM_RIGHTS_NONE)
        return refuse ("unknown account");
      easel_sim_cloud_set_balance (world->cloud, account,
                                   (gint64) (balance * 1e6 + (balance < 0 ? -0.5 : 0.5)));
    }
  return done ();
}

static EaselSimAnswer *
get_requests (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  return easel_sim_answer_json (200, easel_sim_requests_to_json (world->requests));
}

static EaselSimAnswer *
delete_requests (EaselSimWorld *world,
                 const EaselSimRequest *request,
                 char **parts,
                 JsonObject *body)
{
  easel_sim_requests_clear (world->requests);
  return done ();
}

static EaselSimAnswer *
post_models (EaselSimWorld *world, const EaselSimRequest *request, char **parts, JsonObject *body)
{
  g_autoptr (GError) error = NULL;

  return easel_sim_sites_put (world->sites, body, &error) ? done () : refuse (error->message);
}

static const struct
{
  const char *method;
  const char *name;
  guint n_parts;
  Answer answer;
} route_table[] = {
  { "GET", "ledger", 1, get_ledger },
  { "GET", "pods", 1, get_pods },
  { "POST", "pods", 1, post_pod },
  { "POST", "pods", 3, act_on_pod },
  { "GET", "faults", 1, get_faults },
  { "POST", "faults", 1, post_faults },
  { "DELETE", "faults", 1, delete_faults },
  { "POST", "stock", 1, post_stock },
  { "POST", "offers", 1, post_offer },
  { "GET", "clock", 1, get_clock },
  { "POST", "clock", 1, post_clock },
  { "POST", "account", 1, post_account },
  { "POST", "models", 1, post_models },
  { "GET", "requests", 1, get_requests },
  { "DELETE", "requests", 1, delete_requests },
};

/**
 * easel_sim_control_answer:
 * @world: all there is
 * @request: a request below "/__"
 *
 * Returns: (transfer full): the answer
 */
EaselSimAnswer *
easel_sim_control_answer (EaselSimWorld *world, const EaselSimRequest *request)
{
  g_auto (GStrv) all = easel_sim_request_segments (request);
  char **parts = all[0] != NULL ? all + 1 : all;
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (JsonObject) nothing = json_object_new ();
  JsonObject *body = nothing;

  if (g_bytes_get_size (request->body) > 0)
    {
      node = easel_json_parse (request->body, EASEL_JSON_MAX_BYTES, NULL);
      body = node != NULL ? easel_json_node_object (node, "body", NULL) : NULL;
    }
  if (body == NULL)
    return refuse ("the body is not a JSON object");
  for (guint i = 0; i < G_N_ELEMENTS (route_table); i++)
    if (strcmp (route_table[i].method, request->method) == 0 &&
        g_strcmp0 (route_table[i].name, parts[0]) == 0 &&
        route_table[i].n_parts == g_strv_length (parts))
      return route_table[i].answer (world, request, parts, body);
  return easel_sim_answer_problem (404, "no such control", NULL);
}
