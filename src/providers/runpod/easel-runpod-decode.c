/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What RunPod says about pods, bills, accounts and logs, turned into the model once. Pure. Unknown
 * members are passed over, every number has a range and every text a limit. Of a pod only the id
 * is indispensable: whatever else is odd about it, it may cost money and has to be shown.
 * GPUs and templates are in easel-runpod-decode-catalog.c.
 */

#include "config.h"

#include "easel-runpod-decode.h"

#include "easel-error.h"
#include "easel-http.h"
#include "easel-runpod-places.h"
#include "easel-runpod-requests.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_ID 128
#define MAX_NAME 200
#define MAX_IMAGE 500
#define MAX_GPUS 1024
#define MAX_DISK_GB 1000000
#define MAX_RAM_GB 100000
#define MAX_DOLLARS_PER_HOUR 10000.0
#define MAX_DOLLARS 1000000.0
#define MAX_UPTIME_S (G_GINT64_CONSTANT (20) * 365 * 24 * 3600)
#define MAX_CURSOR 4096
/* Dollars for one GB and month of a stopped pod's lasting disk: RunPod reference 10.1. */
#define STOPPED_MICROS_PER_GB_MONTH 200000

typedef struct
{
  const char *word;
  EaselPodState state;
} StateRow;

static const StateRow state_rows[] = {
  { "PROVISIONING", EASEL_POD_PROVISIONING },
  { "STARTING", EASEL_POD_STARTING },
  { "RUNNING", EASEL_POD_RUNNING },
  { "EXITED", EASEL_POD_STOPPED },
  { "ERROR", EASEL_POD_ERROR },
  { "TERMINATED", EASEL_POD_GONE },
};

static EaselPodState
read_state (const char *word)
{
  for (gsize i = 0; i < G_N_ELEMENTS (state_rows); i++)
    if (strcmp (word, state_rows[i].word) == 0)
      return state_rows[i].state;
  return EASEL_POD_OTHER;
}

static gint64
read_time (JsonObject *object, const char *key)
{
  const char *text = easel_json_peek_string (object, key, NULL);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL || strlen (text) > 64)
    return 0;
  time = g_date_time_new_from_iso8601 (text, utc);
  if (time == NULL)
    return 0;
  return g_date_time_to_unix (time) * 1000 + g_date_time_get_microsecond (time) / 1000;
}

static gint64
read_rate (JsonObject *object, const char *key)
{
  double dollars = easel_json_peek_double (object, key, 0, MAX_DOLLARS_PER_HOUR, -1);

  return dollars < 0 ? EASEL_MONEY_UNKNOWN : easel_money_from_dollars (dollars);
}

/**
 * easel_runpod_gpu_name:
 * @gpu_id: "NVIDIA GeForce RTX 3090"
 *
 * Returns: (transfer none): "RTX 3090", a part of @gpu_id
 */
const char *
easel_runpod_gpu_name (const char *gpu_id)
{
  static const char *const prefixes[] = { "NVIDIA ", "GeForce " };

  g_return_val_if_fail (gpu_id != NULL, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (gpu_id, prefixes[i]) && gpu_id[strlen (prefixes[i])] != '\0')
      gpu_id += strlen (prefixes[i]);
  return gpu_id;
}

/**
 * easel_runpod_id_is_usable:
 * @id: (nullable): an id that becomes a part of paths
 *
 * Returns: %FALSE for what can be no id
 */
gboolean
easel_runpod_id_is_usable (const char *id)
{
  if (id == NULL || *id == '\0' || strlen (id) > MAX_ID)
    return FALSE;
  if (strcmp (id, ".") == 0 || strcmp (id, "..") == 0)
    return FALSE;
  for (const char *c = id; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;
  return TRUE;
}

/**
 * easel_runpod_clip:
 * @text: valid UTF-8 from outside
 * @max_characters: at most so many
 *
 * Returns: (transfer full): one line of it without control characters
 */
char *
easel_runpod_clip (const char *text, long max_characters)
{
  char *clipped;

  g_return_val_if_fail (text != NULL, NULL);

  clipped = g_utf8_substring (text, 0, MIN (g_utf8_strlen (text, -1), max_characters));
  for (char *c = clipped; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  return g_strstrip (clipped);
}

/**
 * easel_runpod_take_mount:
 * @object: a pod or a template
 * @ret_size_gb: (out): size of the lasting disk, 0 if there is none
 * @ret_path: (out) (optional) (nullable): where it is
 *
 * Network volumes are not a pod's own and do not count.
 */
void
easel_runpod_take_mount (JsonObject *object, guint *ret_size_gb, const char **ret_path)
{
  JsonObject *mounts = easel_json_peek_object (object, "mounts");
  JsonObject *persistent = mounts != NULL ? easel_json_peek_object (mounts, "persistent") : NULL;

  g_return_if_fail (ret_size_gb != NULL);

  *ret_size_gb = 0;
  if (ret_path != NULL)
    *ret_path = NULL;
  if (persistent == NULL)
    return;
  *ret_size_gb = (guint) easel_json_peek_int (persistent, "size", 0, MAX_DISK_GB, 0);
  if (ret_path != NULL)
    *ret_path = easel_json_peek_string (persistent, "path", NULL);
}

/* The texts of a pod that are made here and must live until the model has copied them. */
typedef struct
{
  char *name;     /* (owned) */
  char *word;     /* (owned) */
  char *image;    /* (owned) */
  char *gpu_id;   /* (owned) (nullable) */
  char *gpu_name; /* (owned) */
  char *place;    /* (owned) (nullable) */
  char *address;  /* (owned) (nullable) */
  char **ports;   /* (owned) (nullable) */
} PodTexts;

static void
pod_texts_clear (PodTexts *self)
{
  g_free (self->name);
  g_free (self->word);
  g_free (self->image);
  g_free (self->gpu_id);
  g_free (self->gpu_name);
  g_free (self->place);
  g_free (self->address);
  g_strfreev (self->ports);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PodTexts, pod_texts_clear)

static void
take_gpu (JsonObject *pod, EaselPodData *data, PodTexts *texts)
{
  JsonObject *gpu = easel_json_peek_object (pod, "gpu");
  const char *id = gpu != NULL ? easel_json_peek_string (gpu, "id", NULL) : NULL;

  if (gpu != NULL)
    {
      data->gpu_count = (guint) easel_json_peek_int (gpu, "count", 0, MAX_GPUS, 1);
      data->ram_mib = (guint) (easel_json_peek_double (gpu, "memory", 0, MAX_RAM_GB, 0) * 1024);
    }
  if (id != NULL)
    {
      texts->gpu_id = easel_runpod_clip (id, MAX_NAME);
      texts->gpu_name = g_strdup (easel_runpod_gpu_name (texts->gpu_id));
    }
  else
    texts->gpu_name = g_strdup (gpu != NULL ? _ ("GPU") : _ ("Computer without a GPU"));
  data->gpu_id = texts->gpu_id;
  data->gpu_name = texts->gpu_name;
}

static void
take_place (JsonObject *pod, EaselPodData *data, PodTexts *texts)
{
  const char *cloud = easel_json_peek_string (pod, "cloud", "");
  const char *data_center = easel_json_peek_string (pod, "dataCenterId", NULL);

  data->host_kind = EASEL_HOST_UNKNOWN;
  if (strcmp (cloud, "SECURE") == 0)
    data->host_kind = EASEL_HOST_DATA_CENTER;
  else if (strcmp (cloud, "COMMUNITY") == 0)
    data->host_kind = EASEL_HOST_PRIVATE;
  if (data_center != NULL && *data_center != '\0')
    texts->place = easel_runpod_place_name (data_center, NULL);
  data->place = texts->place;
}

static gboolean
ports_open (char **ports, guint port)
{
  g_autofree char *wanted = g_strdup_printf ("%u/http", port);

  return ports != NULL && g_strv_contains ((const char *const *) ports, wanted);
}

static void
take_runtime (JsonObject *pod, EaselPodData *data)
{
  JsonObject *runtime = easel_json_peek_object (pod, "runtime");

  if (runtime == NULL)
    return;
  /* An empty object is a container that is not up: answer to a create, August 2026. */
  data->uptime_ms = easel_json_peek_int (runtime, "uptime", 0, MAX_UPTIME_S, 0) * 1000;
  data->container_up = data->uptime_ms > 0 && data->state == EASEL_POD_RUNNING;
}

static void
take_agent (JsonObject *pod, EaselAgentReadback *agent)
{
  static const char *const names[] = { EASEL_AGENT_VARIABLE_PAINT, EASEL_AGENT_VARIABLE_ADMIN,
                                       EASEL_AGENT_VARIABLE_LIMITS };
  JsonObject *env = easel_json_peek_object (pod, "env");

  for (gsize i = 0; env != NULL && i < G_N_ELEMENTS (names); i++)
    {
      const char *value = easel_json_peek_string (env, names[i], NULL);

      if (value != NULL)
        easel_agent_readback_take (agent, names[i], value);
    }
}

static EaselPod *
decode_pod_object (JsonObject *pod, const char *id, const char *proxy_pattern)
{
  g_auto (EaselAgentReadback) agent = { 0 };
  g_auto (PodTexts) texts = { 0 };
  EaselPodData data = { 0 };

  texts.name = easel_runpod_clip (easel_json_peek_string (pod, "name", ""), MAX_NAME);
  texts.word = easel_runpod_clip (easel_json_peek_string (pod, "status", "?"), MAX_NAME);
  texts.image = easel_runpod_clip (easel_json_peek_string (pod, "image", ""), MAX_IMAGE);
  texts.ports = easel_json_peek_strv (pod, "ports");
  take_agent (pod, &agent);

  data.provider_id = "runpod";
  data.id = id;
  data.name = texts.name;
  data.state = read_state (texts.word);
  data.state_word = texts.word;
  data.image = texts.image;
  data.cost = read_rate (pod, "cost");
  data.disk_gb = (guint) easel_json_peek_int (pod, "disk", 0, MAX_DISK_GB, 0);
  easel_runpod_take_mount (pod, &data.workspace_gb, NULL);
  data.stopped_cost = easel_money_per_month (data.workspace_gb, STOPPED_MICROS_PER_GB_MONTH);
  take_gpu (pod, &data, &texts);
  take_place (pod, &data, &texts);
  take_runtime (pod, &data);
  data.ports = (const char *const *) texts.ports;
  if (proxy_pattern != NULL && ports_open (texts.ports, EASEL_SERVER_PORT))
    {
      g_autofree char *base = easel_runpod_pod_uri (proxy_pattern, id, EASEL_SERVER_PORT);

      texts.address = easel_pod_join_secret (base, agent.paint);
    }
  data.address = texts.address;
  data.paint = agent.paint;
  data.admin = agent.admin;
  data.limits = agent.limits;
  /* The practice cloud is on this computer: what it says shall be what RunPod itself would. */
  data.encrypted = texts.address != NULL && (g_str_has_prefix (texts.address, "https://") ||
                                             easel_http_uri_is_local_name (texts.address));
  data.created_unix_ms = read_time (pod, "createdAt");
  data.started_unix_ms = read_time (pod, "startedAt");
  data.cuda_version = easel_cuda_parse (easel_json_peek_string (pod, "cudaVersion", ""));
  data.locked = easel_json_peek_boolean (pod, "locked", FALSE);
  data.is_cluster = easel_json_peek_object (pod, "cluster") != NULL;
  return easel_pod_new (&data);
}

/**
 * easel_runpod_decode_pod:
 * @node: a pod
 * @proxy_pattern: (nullable): how addresses of pods look
 * @error: return location for an error
 *
 * An unknown status keeps its word and becomes %EASEL_POD_OTHER.
 *
 * Returns: (transfer full): the pod; %NULL with %EASEL_ERROR_PROTOCOL if there is no usable id
 */
EaselPod *
easel_runpod_decode_pod (JsonNode *node, const char *proxy_pattern, GError **error)
{
  JsonObject *pod = easel_json_node_object (node, "pod", error);
  const char *id = NULL;

  if (pod == NULL || !easel_json_get_string (pod, "id", &id, error))
    return NULL;
  if (!easel_runpod_id_is_usable (id))
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "“id”: not an id");
      return NULL;
    }
  return decode_pod_object (pod, id, proxy_pattern);
}

/* "cmd" as words, or inside "args" as a line or as an object that has "cmd". */
static char **
read_command (JsonObject *pod)
{
  const char *args = easel_json_peek_string (pod, "args", NULL);
  char **words = easel_json_peek_strv (pod, "cmd");
  g_autoptr (JsonNode) node = NULL;

  if (words != NULL && words[0] != NULL)
    return words;
  g_clear_pointer (&words, g_strfreev);
  if (args == NULL || *args == '\0')
    return NULL;
  node = *args == '{' ? easel_json_parse_text (args, NULL) : NULL;
  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    return easel_json_peek_strv (json_node_get_object (node), "cmd");
  g_shell_parse_argv (args, NULL, &words, NULL);
  return words;
}

/**
 * easel_runpod_decode_understood:
 * @node: (nullable): the answer to a create
 * @command: what bash was to run
 *
 * RunPod says in its answer what it will start.
 *
 * Returns: %FALSE if that is something else; an answer that does not tell is believed
 */
gboolean
easel_runpod_decode_understood (JsonNode *node, const char *command)
{
  JsonObject *pod = node != NULL ? easel_json_node_object (node, "pod", NULL) : NULL;
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (command != NULL, FALSE);

  if (pod == NULL)
    return TRUE;
  words = read_command (pod);
  if (words == NULL)
    return easel_json_peek_string (pod, "args", NULL) == NULL;
  return g_strv_length (words) == 3 && g_str_equal (words[0], "bash") &&
         g_str_equal (words[1], "-c") && g_str_equal (words[2], command);
}

static gboolean
list_has_pod (EaselPodList *list, const char *id)
{
  for (guint i = 0; i < list->pods->len; i++)
    if (strcmp (easel_pod_get (g_ptr_array_index (list->pods, i))->id, id) == 0)
      return TRUE;
  return FALSE;
}

/* The next page's cursor, or a note that the list is not whole. */
static char *
read_cursor (JsonObject *page, EaselPodList *list)
{
  JsonNode *node = json_object_get_member (page, "pagination");
  JsonObject *pagination = easel_json_peek_object (page, "pagination");
  const char *cursor;
  gboolean has_next;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return NULL;
  if (pagination == NULL)
    {
      list->n_skipped++;
      return NULL;
    }
  cursor = easel_json_peek_string (pagination, "nextCursor", NULL);
  has_next = easel_json_peek_boolean (pagination, "hasNextPage", cursor != NULL);
  if (!has_next)
    return NULL;
  if (cursor == NULL || *cursor == '\0' || strlen (cursor) > MAX_CURSOR)
    {
      list->n_skipped++;
      return NULL;
    }
  return g_strdup (cursor);
}

/**
 * easel_runpod_decode_pod_page:
 * @root: an answer to a list
 * @proxy_pattern: (nullable): how addresses of pods look
 * @list: what is known so far; pods are added
 * @ret_next_cursor: (out) (nullable): where the next page begins, %NULL if this was the last
 * @error: return location for an error
 *
 * Pods of clusters are left out. An element that cannot be understood, or a sign that there is
 * more without a way to ask for it, is counted in n_skipped: such a list proves no absence.
 *
 * Returns: %FALSE with %EASEL_ERROR_PROTOCOL if it is no list
 */
gboolean
easel_runpod_decode_pod_page (JsonNode *root,
                              const char *proxy_pattern,
                              EaselPodList *list,
                              char **ret_next_cursor,
                              GError **error)
{
  JsonObject *page = easel_json_node_object (root, "pods", error);
  JsonArray *pods = page != NULL ? easel_json_get_array (page, "pods", error) : NULL;

  g_return_val_if_fail (list != NULL && ret_next_cursor != NULL, FALSE);

  if (pods == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (pods); i++)
    {
      g_autoptr (EaselPod) pod =
          easel_runpod_decode_pod (json_array_get_element (pods, i), proxy_pattern, NULL);

      if (pod == NULL)
        list->n_skipped++;
      else if (!easel_pod_get (pod)->is_cluster && !list_has_pod (list, easel_pod_get (pod)->id))
        g_ptr_array_add (list->pods, g_steal_pointer (&pod));
    }
  *ret_next_cursor = read_cursor (page, list);
  return TRUE;
}

/**
 * easel_runpod_decode_bill:
 * @root: an answer of the billing route
 * @pod_id: the pod that was asked for
 * @error: return location for an error
 *
 * Returns: (transfer full): the sum of all buckets of this pod; %NULL with %EASEL_ERROR_PROTOCOL
 */
EaselBill *
easel_runpod_decode_bill (JsonNode *root, const char *pod_id, GError **error)
{
  JsonObject *answer = easel_json_node_object (root, "bill", error);
  JsonArray *records = answer != NULL ? easel_json_get_array (answer, "records", error) : NULL;
  g_autofree EaselBill *bill = g_new0 (EaselBill, 1);

  g_return_val_if_fail (pod_id != NULL, NULL);

  if (records == NULL)
    return NULL;
  for (guint i = 0; i < json_array_get_length (records); i++)
    {
      JsonObject *record = easel_json_element_object (records, i);
      double dollars = 0;

      /* A bill with a hole would be too low: no bill is better than a wrong one. */
      if (record == NULL)
        {
          easel_set_error (error, EASEL_ERROR_PROTOCOL, "“records”: expected objects");
          return NULL;
        }
      if (strcmp (easel_json_peek_string (record, "podId", pod_id), pod_id) != 0)
        continue;
      if (!easel_json_get_double (record, "totalAmount", 0, MAX_DOLLARS, &dollars, error))
        return NULL;
      bill->total += easel_money_from_dollars (dollars);
      bill->last_end_unix_ms = MAX (bill->last_end_unix_ms, read_time (record, "endTime"));
    }
  return g_steal_pointer (&bill);
}

/**
 * easel_runpod_decode_myself:
 * @root: an answer of GraphQL
 * @info: filled as far as it goes
 * @error: return location for an error
 *
 * Returns: %FALSE with %EASEL_ERROR_PROTOCOL if the answer tells nothing; @info is then untouched
 */
gboolean
easel_runpod_decode_myself (JsonNode *root, EaselAccountInfo *info, GError **error)
{
  JsonObject *answer = easel_json_node_object (root, "account", error);
  JsonObject *data = answer != NULL ? easel_json_get_object (answer, "data", error) : NULL;
  JsonObject *myself = data != NULL ? easel_json_get_object (data, "myself", error) : NULL;
  const char *id;
  const char *email;
  double balance;

  g_return_val_if_fail (info != NULL, FALSE);

  if (myself == NULL)
    return FALSE;
  id = easel_json_peek_string (myself, "id", NULL);
  email = easel_json_peek_string (myself, "email", NULL);
  /* Credit may be negative. */
  balance =
      easel_json_peek_double (myself, "clientBalance", -MAX_DOLLARS, MAX_DOLLARS, G_MAXDOUBLE);
  if (id != NULL && easel_runpod_id_is_usable (id))
    {
      g_free (info->account_id);
      info->account_id = g_strdup (id);
    }
  if (email != NULL && *email != '\0')
    {
      g_free (info->email);
      info->email = easel_runpod_clip (email, MAX_NAME);
    }
  if (balance < G_MAXDOUBLE)
    info->balance = easel_money_from_dollars (balance);
  info->spend_per_hour = read_rate (myself, "currentSpendPerHr");
  return TRUE;
}

/**
 * easel_runpod_decode_log_line:
 * @data: the data of one server-sent event
 * @ret_unix_ms: (out): when, 0 unknown
 * @ret_is_system: (out): of the host rather than of the container
 * @ret_line: (out): the line, at most EASEL_RUNPOD_MAX_LINE bytes
 *
 * Returns: %FALSE if this is no line of a log
 */
gboolean
easel_runpod_decode_log_line (const char *data,
                              gint64 *ret_unix_ms,
                              gboolean *ret_is_system,
                              char **ret_line)
{
  g_autoptr (JsonNode) root = NULL;
  JsonObject *event;
  const char *line = NULL;
  gsize length;

  g_return_val_if_fail (data != NULL, FALSE);

  root = easel_json_parse_text (data, NULL);
  event = root != NULL ? easel_json_node_object (root, "event", NULL) : NULL;
  if (event == NULL || !easel_json_get_string (event, "line", &line, NULL))
    return FALSE;
  /* Very long lines are progress bars; what was written last is what counts. */
  length = strlen (line);
  if (length > EASEL_RUNPOD_MAX_LINE)
    {
      line += length - EASEL_RUNPOD_MAX_LINE;
      while (((guchar) *line & 0xc0) == 0x80)
        line++;
    }
  *ret_unix_ms = read_time (event, "ts");
  *ret_is_system = strcmp (easel_json_peek_string (event, "source", ""), "system") == 0;
  *ret_line = g_strdup (line);
  return TRUE;
}
