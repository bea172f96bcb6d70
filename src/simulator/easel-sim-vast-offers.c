/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vast.ai, the search for offers (facts/vast.md 4): what an offer looks like, which filters there
 * are, the order, and the cap on an answer whatever is asked for. What there is belongs to the
 * market, who has rented it to the cloud.
 */
#include "config.h"

#include "easel-sim-vast-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define MAX_ANSWER 64
#define DEFAULT_DISK_GB 8

/* An offer as it is told, all its members side by side. */
typedef struct
{
  const EaselSimMachine *machine;
  gint64 id;
  gint64 ask_contract_id;
  gint64 bundle_id;
  gint64 machine_id;
  gint64 host_id;
  const char *gpu_name;
  gint64 num_gpus;
  gint64 gpu_ram;
  gint64 gpu_total_ram;
  double gpu_frac;
  const char *gpu_arch;
  gint64 compute_cap;
  double cuda_max_good;
  char *driver_version;
  gint64 driver_vers;
  double dph_base;
  double dph_total;
  double storage_cost;
  double storage_total_cost;
  double inet_down;
  double inet_up;
  double inet_down_cost;
  double inet_up_cost;
  double down_per_tb;
  double up_per_tb;
  double disk_space;
  double disk_bw;
  const char *cpu_name;
  const char *cpu_arch;
  gint64 cpu_cores;
  double cpu_cores_effective;
  double cpu_ghz;
  gint64 cpu_ram;
  gint64 has_avx;
  double dlperf;
  double dlperf_per_dphtotal;
  double score;
  double total_flops;
  double flops_per_dphtotal;
  double reliability;
  const char *verification;
  const char *geolocation;
  const char *country;
  gint64 hosting_type;
  gboolean verified;
  gboolean datacenter;
  gboolean static_ip;
  gint64 direct_port_count;
  char *public_ipaddr;
  double duration;
  double end_date;
  double start_date;
  gboolean rentable;
  gboolean rented;
  gboolean external;
  gboolean is_bid;
  double min_bid;
  double pci_gen;
  double pcie_bw;
  double gpu_mem_bw;
  double bw_nvlink;
  double gpu_max_power;
  double gpu_max_temp;
  gboolean gpu_display_active;
  gboolean vms_enabled;
  const char *os_version;
  const char *mobo_name;
} Offer;

typedef enum
{
  KIND_INT,
  KIND_DOUBLE,
  KIND_STRING,
  KIND_BOOLEAN
} Kind;

/* What can be filtered by, what is told, or both; under different names at times. */
typedef enum
{
  USE_BOTH,
  USE_FILTER,
  USE_TELL
} Use;

static const struct
{
  const char *name;
  Kind kind;
  Use use;
  gsize offset;
} columns[] = {
#define COLUMN(name, kind)                                                                         \
  {                                                                                                \
#name, KIND_##kind, USE_BOTH, G_STRUCT_OFFSET(Offer, name)                                     \
  }
#define HIDDEN(name, kind, member)                                                                 \
  {                                                                                                \
    name, KIND_##kind, USE_FILTER, G_STRUCT_OFFSET (Offer, member)                                 \
  }
#define SHOWN(name, kind, member)                                                                  \
  {                                                                                                \
    name, KIND_##kind, USE_TELL, G_STRUCT_OFFSET (Offer, member)                                   \
  }
  SHOWN ("id", INT, id),
  COLUMN (ask_contract_id, INT),
  COLUMN (bundle_id, INT),
  COLUMN (machine_id, INT),
  COLUMN (host_id, INT),
  COLUMN (gpu_name, STRING),
  COLUMN (num_gpus, INT),
  COLUMN (gpu_ram, INT),
  COLUMN (gpu_total_ram, INT),
  COLUMN (gpu_frac, DOUBLE),
  COLUMN (gpu_arch, STRING),
  COLUMN (compute_cap, INT),
  COLUMN (cuda_max_good, DOUBLE),
  SHOWN ("driver_version", STRING, driver_version),
  SHOWN ("driver_vers", INT, driver_vers),
  HIDDEN ("driver_version", INT, driver_vers),
  COLUMN (dph_base, DOUBLE),
  COLUMN (dph_total, DOUBLE),
  COLUMN (storage_cost, DOUBLE),
  COLUMN (storage_total_cost, DOUBLE),
  COLUMN (inet_down, DOUBLE),
  COLUMN (inet_up, DOUBLE),
  COLUMN (inet_down_cost, DOUBLE),
  COLUMN (inet_up_cost, DOUBLE),
  SHOWN ("internet_down_cost_per_tb", DOUBLE, down_per_tb),
  SHOWN ("internet_up_cost_per_tb", DOUBLE, up_per_tb),
  COLUMN (disk_space, DOUBLE),
  COLUMN (disk_bw, DOUBLE),
  COLUMN (cpu_name, STRING),
  COLUMN (cpu_arch, STRING),
  COLUMN (cpu_cores, INT),
  COLUMN (cpu_cores_effective, DOUBLE),
  COLUMN (cpu_ghz, DOUBLE),
  COLUMN (cpu_ram, INT),
  COLUMN (has_avx, INT),
  COLUMN (dlperf, DOUBLE),
  COLUMN (dlperf_per_dphtotal, DOUBLE),
  COLUMN (score, DOUBLE),
  COLUMN (total_flops, DOUBLE),
  COLUMN (flops_per_dphtotal, DOUBLE),
  COLUMN (reliability, DOUBLE),
  { "reliability2", KIND_DOUBLE, USE_BOTH, G_STRUCT_OFFSET (Offer, reliability) },
  COLUMN (verification, STRING),
  SHOWN ("geolocation", STRING, geolocation),
  HIDDEN ("geolocation", STRING, country),
  COLUMN (hosting_type, INT),
  HIDDEN ("verified", BOOLEAN, verified),
  HIDDEN ("datacenter", BOOLEAN, datacenter),
  COLUMN (static_ip, BOOLEAN),
  COLUMN (direct_port_count, INT),
  SHOWN ("public_ipaddr", STRING, public_ipaddr),
  COLUMN (duration, DOUBLE),
  SHOWN ("end_date", DOUBLE, end_date),
  SHOWN ("start_date", DOUBLE, start_date),
  COLUMN (rentable, BOOLEAN),
  COLUMN (rented, BOOLEAN),
  HIDDEN ("external", BOOLEAN, external),
  SHOWN ("is_bid", BOOLEAN, is_bid),
  COLUMN (min_bid, DOUBLE),
  COLUMN (pci_gen, DOUBLE),
  COLUMN (pcie_bw, DOUBLE),
  COLUMN (gpu_mem_bw, DOUBLE),
  COLUMN (bw_nvlink, DOUBLE),
  COLUMN (gpu_max_power, DOUBLE),
  COLUMN (gpu_max_temp, DOUBLE),
  COLUMN (gpu_display_active, BOOLEAN),
  COLUMN (vms_enabled, BOOLEAN),
  COLUMN (os_version, STRING),
  HIDDEN ("ubuntu_version", STRING, os_version),
  COLUMN (mobo_name, STRING),
#undef COLUMN
#undef HIDDEN
#undef SHOWN
};

static const char *const query_members[] = {
  "limit", "order", "type", "allocated_storage", "disable_bundling", NULL
};

static void
offer_free (gpointer data)
{
  Offer *offer = data;

  g_free (offer->driver_version);
  g_free (offer->public_ipaddr);
  g_free (offer);
}

/* CUDA capability x 100, by the generation that the name tells. */
int
_easel_sim_vast_compute_cap (const EaselSimGpu *gpu)
{
  static const struct
  {
    const char *part;
    int cap;
  } generations[] = {
    { "RTX 50", 1200 }, { "RTX PRO 6000", 1200 }, { "RTX 40", 890 }, { "Ada", 890 },
    { "L4", 890 },      { "A100", 800 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (generations); i++)
    if (strstr (gpu->name, generations[i].part) != NULL)
      return generations[i].cap;
  return 860;
}

/* What can be used of it: a little less than it says on the box. */
int
_easel_sim_vast_gpu_ram (const EaselSimGpu *gpu)
{
  return strcmp (gpu->name, "L4") == 0 ? 23034 : gpu->memory_gb * 1024 - 12;
}

char *
_easel_sim_vast_driver (int host_cuda)
{
  static const struct
  {
    int cuda;
    const char *driver;
  } drivers[] = {
    { 131, "590.44.1" },  { 130, "580.95.05" }, { 129, "575.64.3" },
    { 128, "570.86.15" }, { 126, "560.35.3" },  { 124, "550.127.5" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (drivers); i++)
    if (host_cuda >= drivers[i].cuda)
      return g_strdup (drivers[i].driver);
  return g_strdup ("535.183.1");
}

static gint64
driver_number (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 3);
  gint64 number = 0;

  for (guint i = 0; i < 3; i++)
    number = number * 1000 + (parts[i] != NULL ? g_ascii_strtoll (parts[i], NULL, 10) : 0);
  return number;
}

/* Dollars per hour. */
double
_easel_sim_vast_disk_price (const EaselSimMachine *machine, double gb)
{
  return gb * (double) machine->storage_micros / 1e6 / EASEL_SIM_VAST_HOURS_PER_MONTH;
}

static void
fill_prices (Offer *offer, const EaselSimMachine *machine, double disk_gb)
{
  offer->dph_base = (double) machine->gpu_micros / 1e6;
  offer->storage_cost = (double) machine->storage_micros / 1e6;
  offer->storage_total_cost = _easel_sim_vast_disk_price (machine, disk_gb);
  offer->dph_total = offer->dph_base + offer->storage_total_cost;
  offer->min_bid = offer->dph_base / 2;
  offer->inet_down_cost = (double) machine->down_micros / 1e6;
  offer->inet_up_cost = (double) machine->up_micros / 1e6;
  offer->down_per_tb = offer->inet_down_cost * 1000;
  offer->up_per_tb = offer->inet_up_cost * 1000;
  offer->dlperf_per_dphtotal = offer->dlperf / offer->dph_total;
  offer->flops_per_dphtotal = offer->total_flops / offer->dph_total;
  offer->score = offer->dlperf_per_dphtotal * offer->reliability;
}

static void
fill_gpu (Offer *offer, const EaselSimMachine *machine)
{
  const EaselSimGpu *gpu = machine->gpu;

  offer->gpu_name = gpu->name;
  offer->gpu_arch = "nvidia";
  offer->num_gpus = machine->n_gpus;
  offer->gpu_ram = _easel_sim_vast_gpu_ram (gpu);
  offer->gpu_total_ram = offer->gpu_ram * machine->n_gpus;
  offer->gpu_frac = machine->n_cpus > gpu->vcpu_count * machine->n_gpus ? 0.5 : 1;
  offer->compute_cap = _easel_sim_vast_compute_cap (gpu);
  offer->cuda_max_good = machine->host_cuda / 10.0;
  offer->driver_version = _easel_sim_vast_driver (machine->host_cuda);
  offer->driver_vers = driver_number (offer->driver_version);
  offer->total_flops = gpu->memory_gb * 2.5 * machine->n_gpus;
  offer->dlperf = offer->compute_cap / 100.0 * gpu->memory_gb / 2 * machine->n_gpus;
  offer->pci_gen = 4;
  offer->pcie_bw = 24.6;
  offer->gpu_mem_bw = 800 + machine->number % 7 * 30;
  offer->gpu_max_power = 300;
  offer->gpu_max_temp = 90;
}

static void
fill_host (Offer *offer, const EaselSimMachine *machine, gint64 now)
{
  gint64 end_ms = easel_sim_machine_get_end (machine, now);

  offer->cpu_name = machine->cpu_name;
  offer->cpu_arch = machine->is_arm ? "arm64" : "amd64";
  offer->cpu_cores = machine->n_cpus;
  offer->cpu_cores_effective = machine->n_cpus * offer->gpu_frac;
  offer->cpu_ghz = 3.4;
  offer->cpu_ram = (gint64) machine->ram_gb * 1024;
  offer->has_avx = 1;
  offer->disk_space = machine->disk_gb;
  offer->disk_bw = 900 + machine->number % 50 * 80;
  offer->inet_down = machine->down_mbit;
  offer->inet_up = machine->up_mbit;
  offer->reliability = machine->reliability;
  offer->verified = machine->is_verified;
  offer->verification = machine->is_verified       ? "verified"
                        : machine->number % 5 == 0 ? "deverified"
                                                   : "unverified";
  offer->geolocation = machine->place;
  offer->country = machine->country;
  offer->datacenter = machine->is_data_center;
  offer->hosting_type = machine->is_data_center;
  offer->static_ip = machine->has_static_ip;
  offer->direct_port_count = machine->n_ports;
  offer->public_ipaddr = g_strdup_printf ("203.0.113.%u%s", machine->number % 250 + 1,
                                          machine->number % 4 == 0 ? " \n" : "");
  offer->end_date = (double) end_ms / 1000;
  offer->duration = (double) (end_ms - now) / 1000;
  offer->start_date = (double) (end_ms - machine->term_ms) / 1000;
  offer->os_version = machine->number % 3 == 0 ? "24.04" : "22.04";
  offer->mobo_name = "PRACTICE-MOBO";
}

static Offer *
make_offer (const EaselSimMachine *machine, double disk_gb, gint64 now)
{
  Offer *offer = g_new0 (Offer, 1);

  offer->machine = machine;
  offer->id = offer->ask_contract_id = machine->offer_id;
  offer->bundle_id = 900000000 + (gint64) machine->number / 2;
  offer->machine_id = machine->machine_id;
  offer->host_id = machine->host_id;
  offer->rentable = TRUE;
  fill_gpu (offer, machine);
  fill_host (offer, machine, now);
  fill_prices (offer, machine, disk_gb);
  return offer;
}

static JsonNode *
column_value (const Offer *offer, guint column)
{
  gconstpointer place = (const char *) offer + columns[column].offset;
  JsonNode *node = json_node_alloc ();
  const char *text;

  switch (columns[column].kind)
    {
    case KIND_INT:
      return json_node_init_int (node, *(const gint64 *) place);
    case KIND_DOUBLE:
      return json_node_init_double (node, *(const double *) place);
    case KIND_BOOLEAN:
      return json_node_init_boolean (node, *(const gboolean *) place);
    case KIND_STRING:
    default:
      text = *(const char *const *) place;
      return text != NULL ? json_node_init_string (node, text) : json_node_init_null (node);
    }
}

static gboolean
look_up (gconstpointer record, const char *name, JsonNode **ret_value)
{
  /* Accepted, but nothing has ever been found by it (facts/vast.md 4.2). */
  if (strcmp (name, "id") == 0)
    {
      *ret_value = json_node_init_int (json_node_alloc (), -1);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    if (columns[i].use != USE_TELL && strcmp (columns[i].name, name) == 0)
      {
        *ret_value = column_value (record, i);
        return TRUE;
      }
  return FALSE;
}

typedef struct
{
  JsonObject *filters; /* (unowned) */
  JsonArray *order;    /* (nullable) (unowned) */
  double disk_gb;
  guint limit;
} Query;

static char *
check_order (JsonArray *order, const Offer *any)
{
  for (guint i = 0; i < json_array_get_length (order); i++)
    {
      JsonNode *element = json_array_get_element (order, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (element) ? json_node_get_array (element) : NULL;
      const char *name = pair != NULL && json_array_get_length (pair) == 2
                             ? easel_json_element_string (pair, 0)
                             : NULL;
      const char *direction = name != NULL ? easel_json_element_string (pair, 1) : NULL;
      g_autoptr (JsonNode) value = NULL;

      if (g_strcmp0 (direction, "asc") != 0 && g_strcmp0 (direction, "desc") != 0)
        return g_strdup ("q.order: Input should be a list of pairs");
      if (!look_up (any, name, &value))
        return g_strdup_printf ("q.order: unknown column %s", name);
    }
  return NULL;
}

static char *
check_members (JsonObject *object, Query *query)
{
  static const char *const types[] = { "ondemand", "on-demand", "bid", "reserved", NULL };
  const char *type = easel_json_peek_string (object, "type", NULL);

  query->order = easel_json_peek_array (object, "order");
  query->disk_gb = easel_json_peek_double (object, "allocated_storage", 0, 1e6, -1);
  query->limit = (guint) easel_json_peek_int (object, "limit", 1, G_MAXINT32, 0);
  if (json_object_has_member (object, "type") && (type == NULL || !g_strv_contains (types, type)))
    return g_strdup ("q.type: Input should be 'ondemand', 'bid' or 'reserved'");
  if (json_object_has_member (object, "order") && query->order == NULL)
    return g_strdup ("q.order: Input should be a valid list");
  if (json_object_has_member (object, "allocated_storage") && query->disk_gb < 0)
    return g_strdup ("q.allocated_storage: Input should be a valid number");
  if (json_object_has_member (object, "limit") && query->limit == 0)
    return g_strdup ("q.limit: Input should be a valid integer");
  if (query->disk_gb < 0)
    query->disk_gb = DEFAULT_DISK_GB;
  query->limit = query->limit == 0 ? MAX_ANSWER : MIN (query->limit, MAX_ANSWER);
  return NULL;
}

/* Returns what is wrong with the query, or NULL. */
static char *
read_query (JsonObject *object, const Offer *any, Query *query)
{
  char *complaint = easel_sim_filter_check (object, query_members, TRUE);
  g_autofree char *unknown = NULL;

  query->filters = object;
  if (complaint == NULL)
    complaint = check_members (object, query);
  if (complaint == NULL && query->order != NULL)
    complaint = check_order (query->order, any);
  if (complaint != NULL)
    return complaint;
  unknown = easel_sim_filter_find_unknown (object, query_members, any, look_up);
  return unknown != NULL ? g_strdup_printf ("q.%s: unknown column", unknown) : NULL;
}

static gboolean
is_offered (EaselSimWorld *world, const EaselSimMachine *machine)
{
  return easel_sim_market_is_shown (world->market, machine, easel_sim_cloud_now (world->cloud)) &&
         easel_sim_cloud_get_offer_state (world->cloud, machine) != EASEL_SIM_OFFER_TAKEN;
}

static GPtrArray *
find_offers (const EaselSimVastCall *call, const Query *query)
{
  EaselSimMarket *market = call->world->market;
  gint64 now = easel_sim_cloud_now (call->world->cloud);
  GPtrArray *found = g_ptr_array_new_with_free_func (offer_free);

  for (guint i = 0; i < easel_sim_market_get_n (market); i++)
    {
      const EaselSimMachine *machine = easel_sim_market_get (market, i);
      Offer *offer = make_offer (machine, query->disk_gb, now);
      /* Filters on numbers are not always kept to. */
      gboolean slips_through = call->world->vast->is_loose && machine->number % 10 == 3;

      if ((slips_through ||
           easel_sim_filter_matches (query->filters, query_members, offer, look_up)) &&
          is_offered (call->world, machine))
        g_ptr_array_add (found, offer);
      else
        offer_free (offer);
    }
  return found;
}

static int
compare_offers (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Query *query = user_data;
  const Offer *left = *(const Offer *const *) a, *right = *(const Offer *const *) b;

  for (guint i = 0; i < json_array_get_length (query->order); i++)
    {
      JsonArray *pair = json_array_get_array_element (query->order, i);
      g_autoptr (JsonNode) left_value = NULL;
      g_autoptr (JsonNode) right_value = NULL;
      int order;

      look_up (left, json_array_get_string_element (pair, 0), &left_value);
      look_up (right, json_array_get_string_element (pair, 0), &right_value);
      order = easel_sim_filter_compare (left_value, right_value);
      if (order != 0)
        return strcmp (json_array_get_string_element (pair, 1), "desc") == 0 ? -order : order;
    }
  return 0;
}

static void
put_split (JsonBuilder *builder, const char *name, const Offer *offer)
{
  easel_sim_open_object (builder, name);
  easel_sim_put_double (builder, "gpuCostPerHour", offer->dph_base);
  easel_sim_put_double (builder, "diskHour", offer->storage_total_cost);
  easel_sim_put_double (builder, "totalHour", offer->dph_total);
  easel_sim_put_int (builder, "discountTotalHour", 0);
  easel_sim_put_double (builder, "discountedTotalPerHour", offer->dph_total);
  json_builder_end_object (builder);
}

static void
put_offer (JsonBuilder *builder, const Offer *offer)
{
  static const char *const nothings[] = { "bundled_results", "hostname",       "webpage",
                                          "cluster_id",      "nw_disk_avg_bw", "external" };
  gboolean as_doubles = offer->machine->number % 3 == 1;

  easel_sim_open_object (builder, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      g_autoptr (JsonNode) value = NULL;

      if (columns[i].use == USE_FILTER)
        continue;
      value = column_value (offer, i);
      /* Whole numbers come with a point at will. */
      if (as_doubles && columns[i].kind == KIND_INT && !g_str_has_suffix (columns[i].name, "id"))
        easel_sim_put_double (builder, columns[i].name, json_node_get_double (value));
      else
        easel_sim_put_node (builder, columns[i].name, value);
    }
  for (guint i = 0; i < G_N_ELEMENTS (nothings); i++)
    easel_sim_put_null (builder, nothings[i]);
  put_split (builder, "search", offer);
  put_split (builder, "instance", offer);
  easel_sim_put_string (builder, "resource_type", "gpu");
  easel_sim_put_string (builder, "time_remaining", "");
  json_builder_end_object (builder);
}

EaselSimAnswer *
_easel_sim_vast_search_offers (const EaselSimVastCall *call)
{
  EaselSimAnswer *problem = NULL;
  g_autoptr (JsonNode) body = _easel_sim_vast_read_body (call, &problem);
  Query query = { 0 };
  g_autoptr (GPtrArray) offers = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autofree char *complaint = NULL;
  Offer any = { 0 };

  if (body == NULL)
    return problem;
  complaint = read_query (json_node_get_object (body), &any, &query);
  if (complaint != NULL)
    return _easel_sim_vast_refuse (400, "bad_request", "%s", complaint);
  offers = find_offers (call, &query);
  if (query.order != NULL)
    g_ptr_array_sort_with_data (offers, compare_offers, &query);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  easel_sim_open_array (builder, "offers");
  for (guint i = 0; i < MIN (offers->len, query.limit); i++)
    put_offer (builder, g_ptr_array_index (offers, i));
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

EaselSimAnswer *
_easel_sim_vast_list_gpu_names (const EaselSimVastCall *call)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  json_builder_begin_object (builder);
  easel_sim_open_array (builder, "gpu_names");
  for (guint i = 0; i < easel_sim_market_get_n (call->world->market); i++)
    {
      const char *name = easel_sim_market_get (call->world->market, i)->gpu->name;

      if (g_hash_table_add (seen, (gpointer) name))
        easel_sim_put_string (builder, NULL, name);
    }
  json_builder_end_array (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}
