/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What vast.ai says about instances. Pure but for the memory, which notes what each one's state is
 * and knows what is not in the answer. Of an instance only the id is indispensable: whatever else
 * is odd about it, it may cost money and has to be shown.
 */

#include "config.h"

#include "easel-vast-decode.h"

#include "easel-error.h"
#include "easel-vast-places.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAME 200
#define MAX_IMAGE 500
#define MAX_WORD 40
#define MAX_MESSAGE 300
#define MAX_GPUS 1024
#define MAX_DISK_GB 1000000
#define MAX_PORTS 64
#define MAX_UPTIME_MIN (20.0 * 365 * 24 * 60)
#define MAX_UNIX_S 1e11

/* The texts of an instance that are made here and must live until the model has copied them. */
typedef struct
{
  char *id;         /* (owned) */
  char *name;       /* (owned) */
  char *actual;     /* (owned) (nullable) */
  char *intended;   /* (owned) (nullable) */
  char *contract;   /* (owned) (nullable) */
  char *message;    /* (owned) (nullable) */
  char *image;      /* (owned) */
  char *gpu_name;   /* (owned) */
  char *place;      /* (owned) (nullable) */
  char *address;    /* (owned) (nullable) */
  char *machine_id; /* (owned) (nullable) */
  char **ports;     /* (owned) */
} PodTexts;

static void
pod_texts_clear (PodTexts *self)
{
  g_free (self->id);
  g_free (self->name);
  g_free (self->actual);
  g_free (self->intended);
  g_free (self->contract);
  g_free (self->message);
  g_free (self->image);
  g_free (self->gpu_name);
  g_free (self->place);
  g_free (self->address);
  g_free (self->machine_id);
  g_strfreev (self->ports);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (PodTexts, pod_texts_clear)

/* %NULL for what is absent, null or empty. */
static char *
dup_text (JsonObject *object, const char *key, long max_characters)
{
  const char *text = easel_json_peek_string (object, key, NULL);
  g_autofree char *clipped = text != NULL ? easel_vast_clip (text, max_characters) : NULL;

  return clipped != NULL && *clipped != '\0' ? g_steal_pointer (&clipped) : NULL;
}

static char *
dup_text_or_empty (JsonObject *object, const char *key, long max_characters)
{
  char *text = dup_text (object, key, max_characters);

  return text != NULL ? text : g_strdup ("");
}

/* --- address ------------------------------------------------------------------------------ */

/* 0 if it is none. */
static guint
read_host_port (JsonObject *binding)
{
  const char *text = easel_json_peek_string (binding, "HostPort", NULL);
  guint64 number = 0;

  if (text == NULL)
    return (guint) easel_json_peek_int (binding, "HostPort", 1, 65535, 0);
  while (g_ascii_isspace (*text))
    text++;
  {
    g_autofree char *digits = g_strchomp (g_strdup (text));

    return g_ascii_string_to_unsigned (digits, 10, 1, 65535, &number, NULL) ? (guint) number : 0;
  }
}

/* Both kinds of address have the same port outside; which is first says nothing. */
static guint
find_host_port (JsonObject *pod)
{
  g_autofree char *name = g_strdup_printf ("%d/tcp", EASEL_SERVER_PORT);
  JsonObject *ports = easel_json_peek_object (pod, "ports");
  JsonArray *bindings = ports != NULL ? easel_json_peek_array (ports, name) : NULL;
  guint port = 0;

  for (guint i = 0; bindings != NULL && port == 0 && i < json_array_get_length (bindings); i++)
    {
      JsonObject *binding = easel_json_element_object (bindings, i);

      if (binding != NULL)
        port = read_host_port (binding);
    }
  return port;
}

/* Blanks and line ends around the number have been met; whatever is no number becomes no address,
 * because it would stand in front of a port and be asked. */
static char *
make_address (JsonObject *pod)
{
  g_autofree char *ip = dup_text (pod, "public_ipaddr", 64);
  g_autoptr (GInetAddress) parsed = NULL;
  guint port = find_host_port (pod);
  char *blank;

  if (ip == NULL || port == 0)
    return NULL;
  blank = strchr (ip, ' ');
  if (blank != NULL)
    *blank = '\0';
  parsed = g_inet_address_new_from_string (ip);
  if (parsed == NULL || g_inet_address_get_is_any (parsed))
    return NULL;
  return g_strdup_printf (g_inet_address_get_family (parsed) == G_SOCKET_FAMILY_IPV6
                              ? "http://[%s]:%u"
                              : "http://%s:%u",
                          ip, port);
}

/* --- disk and ports ----------------------------------------------------------------------- */

typedef void (*PairFunc) (const char *name, const char *value, gpointer user_data);

/* A list of pairs, or an object. */
static void
each_variable (JsonObject *pod, PairFunc func, gpointer user_data)
{
  JsonArray *pairs = easel_json_peek_array (pod, "extra_env");
  JsonObject *object = easel_json_peek_object (pod, "extra_env");

  for (guint i = 0; pairs != NULL && i < json_array_get_length (pairs); i++)
    {
      JsonNode *node = json_array_get_element (pairs, i);
      JsonArray *pair = JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
      const char *name = pair != NULL ? easel_json_element_string (pair, 0) : NULL;
      const char *value = pair != NULL ? easel_json_element_string (pair, 1) : NULL;

      if (name != NULL && value != NULL)
        func (name, value, user_data);
    }
  if (object != NULL)
    {
      g_autoptr (GList) names = json_object_get_members (object);

      for (GList *l = names; l != NULL; l = l->next)
        {
          const char *value = easel_json_peek_string (object, l->data, NULL);

          if (value != NULL)
            func (l->data, value, user_data);
        }
    }
}

static void
take_agent (const char *name, const char *value, gpointer user_data)
{
  easel_agent_readback_take (user_data, name, value);
}

static void
take_workspace (const char *name, const char *value, gpointer user_data)
{
  gint64 *workspace_gb = user_data;
  guint64 number;

  if (strcmp (name, EASEL_VAST_WORKSPACE_VARIABLE) == 0 &&
      g_ascii_string_to_unsigned (value, 10, 0, MAX_DISK_GB, &number, NULL))
    *workspace_gb = (gint64) number;
}

/* There is one disk and all of it lasts. Which part was meant for models is only known of what was
 * rented here. */
static void
take_disk (JsonObject *pod, EaselPodData *data)
{
  guint whole = (guint) (easel_json_peek_double (pod, "disk_space", 0, MAX_DISK_GB, 0) + 0.5);
  gint64 workspace = -1;

  each_variable (pod, take_workspace, &workspace);
  if (workspace < 0 || workspace > whole)
    workspace = whole;
  data->workspace_gb = (guint) workspace;
  data->disk_gb = whole - data->workspace_gb;
}

static void
add_port (GPtrArray *ports, const char *port)
{
  if (ports->len < MAX_PORTS && strlen (port) <= 16 && g_ascii_isdigit (*port) &&
      !g_ptr_array_find_with_equal_func (ports, port, g_str_equal, NULL))
    g_ptr_array_add (ports, g_strdup (port));
}

/* "-p 3001:3001" */
static void
take_port_option (const char *name, const char *value, gpointer user_data)
{
  const char *colon = strchr (name, ':');
  g_autofree char *port = NULL;

  if (!g_str_has_prefix (name, "-p ") || colon == NULL)
    return;
  port = strchr (colon, '/') != NULL ? g_strdup (colon + 1) : g_strconcat (colon + 1, "/tcp", NULL);
  add_port (user_data, port);
}

/* What is open now, and what was asked for: ports are told only while the container runs. */
static char **
dup_ports (JsonObject *pod)
{
  GPtrArray *ports = g_ptr_array_new ();
  JsonObject *open = easel_json_peek_object (pod, "ports");

  if (open != NULL)
    {
      g_autoptr (GList) names = json_object_get_members (open);

      for (GList *l = names; l != NULL; l = l->next)
        add_port (ports, l->data);
    }
  each_variable (pod, take_port_option, ports);
  g_ptr_array_add (ports, NULL);
  return (char **) g_ptr_array_free (ports, FALSE);
}

/* --- the rest ----------------------------------------------------------------------------- */

/* A word for the details; where it is broken, the host's own sentence. */
static const char *
choose_word (const EaselPodData *data, const PodTexts *texts)
{
  if (data->state == EASEL_POD_ERROR && texts->message != NULL)
    return texts->message;
  if (texts->actual != NULL)
    return texts->actual;
  return texts->contract != NULL ? texts->contract : "created";
}

static void
take_state (JsonObject *pod, EaselPodData *data, PodTexts *texts, EaselVastMemory *memory)
{
  EaselVastHints hints = { 0 };
  EaselVastStatus status;

  texts->actual = dup_text (pod, "actual_status", MAX_WORD);
  texts->intended = dup_text (pod, "intended_status", MAX_WORD);
  texts->contract = dup_text (pod, "cur_state", MAX_WORD);
  texts->message = dup_text (pod, "status_msg", MAX_MESSAGE);
  status.actual = texts->actual;
  status.intended = texts->intended;
  status.contract = texts->contract;
  status.message = texts->message;
  if (memory != NULL)
    hints = easel_vast_memory_note_status (memory, texts->id, &status);
  data->state = easel_vast_state_map (&status, &hints);
  data->state_word = choose_word (data, texts);
  data->container_up = data->state == EASEL_POD_RUNNING;
  if (data->container_up)
    data->uptime_ms =
        (gint64) (easel_json_peek_double (pod, "uptime_mins", 0, MAX_UPTIME_MIN, 0) * 60 * 1000);
}

static void
take_money (JsonObject *pod, EaselPodData *data)
{
  gint64 disk = easel_vast_peek_rate (pod, "storage_total_cost");

  data->cost = easel_vast_peek_rate (pod, "dph_total");
  data->stopped_cost = disk == EASEL_MONEY_UNKNOWN ? 0 : disk;
  /* Vast reference 8.6: loading is not billed as GPU time, the disk always is. */
  data->loads_free = TRUE;
}

static EaselPod *
decode_pod_object (JsonObject *pod, PodTexts *texts, EaselVastMemory *memory)
{
  g_auto (EaselAgentReadback) agent = { 0 };
  EaselPodData data = { 0 };

  each_variable (pod, take_agent, &agent);
  texts->name = dup_text_or_empty (pod, "label", MAX_NAME);
  texts->image = dup_text_or_empty (pod, "image_uuid", MAX_IMAGE);
  texts->gpu_name = dup_text (pod, "gpu_name", MAX_NAME);
  if (texts->gpu_name == NULL)
    texts->gpu_name = g_strdup (_ ("GPU"));
  texts->place = easel_vast_place_name (easel_json_peek_string (pod, "geolocation", NULL), NULL);
  if (texts->place == NULL)
    texts->place = easel_vast_place_name (easel_json_peek_string (pod, "country_code", NULL), NULL);
  texts->machine_id = easel_vast_peek_id (pod, "machine_id");
  texts->ports = dup_ports (pod);

  data.provider_id = "vast";
  data.id = texts->id;
  data.name = texts->name;
  data.image = texts->image;
  data.gpu_id = texts->gpu_name;
  data.gpu_name = texts->gpu_name;
  data.gpu_count = (guint) easel_json_peek_int (pod, "num_gpus", 0, MAX_GPUS, 1);
  data.place = texts->place;
  data.host_kind = easel_vast_peek_host_kind (pod);
  data.machine_id = texts->machine_id;
  data.ports = (const char *const *) texts->ports;
  data.created_unix_ms =
      (gint64) (easel_json_peek_double (pod, "start_date", 0, MAX_UNIX_S, 0) * 1000);
  data.cuda_version = easel_vast_peek_cuda (pod);
  data.ram_mib = easel_vast_peek_ram_mib (pod);
  take_state (pod, &data, texts, memory);
  take_money (pod, &data);
  take_disk (pod, &data);
  /* Ports of an earlier run may still stand there. */
  if (data.container_up)
    {
      g_autofree char *base = make_address (pod);

      texts->address = easel_pod_join_secret (base, agent.paint);
    }
  data.address = texts->address;
  data.paint = agent.paint;
  data.admin = agent.admin;
  data.limits = agent.limits;
  return easel_pod_new (&data);
}

/**
 * easel_vast_decode_pod:
 * @node: an instance
 * @memory: (nullable): what is known about it beside; notes its state
 * @error: return location for an error
 *
 * Returns: (transfer full): the instance; %NULL with %EASEL_ERROR_PROTOCOL if there is no usable id
 */
EaselPod *
easel_vast_decode_pod (JsonNode *node, EaselVastMemory *memory, GError **error)
{
  JsonObject *pod = easel_json_node_object (node, "instance", error);
  g_auto (PodTexts) texts = { 0 };

  g_return_val_if_fail (memory == NULL || EASEL_IS_VAST_MEMORY (memory), NULL);

  if (pod == NULL)
    return NULL;
  texts.id = easel_vast_peek_id (pod, "id");
  if (texts.id == NULL)
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "“id”: not a number");
      return NULL;
    }
  return decode_pod_object (pod, &texts, memory);
}

/* One instance under a name in the plural: the object, a list of one, or an object by numbers. */
static JsonNode *
unwrap (JsonNode *node)
{
  JsonObject *object;

  if (JSON_NODE_HOLDS_ARRAY (node))
    {
      JsonArray *array = json_node_get_array (node);

      return json_array_get_length (array) == 1 ? json_array_get_element (array, 0) : NULL;
    }
  if (!JSON_NODE_HOLDS_OBJECT (node))
    return NULL;
  object = json_node_get_object (node);
  if (!json_object_has_member (object, "id") && json_object_has_member (object, "0"))
    return json_object_get_member (object, "0");
  return node;
}

/**
 * easel_vast_decode_pod_answer:
 * @root: the answer to a question for one instance
 * @memory: (nullable): see easel_vast_decode_pod()
 * @error: return location for an error
 *
 * An instance that does not exist is no error there but null.
 *
 * Returns: (transfer full): the instance; %NULL with %EASEL_ERROR_NOT_FOUND or
 *   %EASEL_ERROR_PROTOCOL
 */
EaselPod *
easel_vast_decode_pod_answer (JsonNode *root, EaselVastMemory *memory, GError **error)
{
  JsonObject *answer = easel_json_node_object (root, "answer", error);
  JsonNode *instances;

  if (answer == NULL)
    return NULL;
  instances = json_object_get_member (answer, "instances");
  if (instances != NULL && JSON_NODE_HOLDS_NULL (instances))
    {
      easel_set_error (error, EASEL_ERROR_NOT_FOUND, "vast.ai has no such instance");
      return NULL;
    }
  instances = instances != NULL ? unwrap (instances) : NULL;
  if (instances == NULL)
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "“instances”: expected one instance");
      return NULL;
    }
  return easel_vast_decode_pod (instances, memory, error);
}

static gboolean
list_has_pod (EaselPodList *list, const char *id)
{
  for (guint i = 0; i < list->pods->len; i++)
    if (strcmp (easel_pod_get (g_ptr_array_index (list->pods, i))->id, id) == 0)
      return TRUE;
  return FALSE;
}

/**
 * easel_vast_decode_pod_page:
 * @root: a page of the list
 * @memory: (nullable): see easel_vast_decode_pod()
 * @list: what is known so far; instances are added
 * @ret_next_token: (out) (nullable): where the next page begins, %NULL if this was the last
 * @error: return location for an error
 *
 * An element that cannot be understood, or a sign that there is more without a way to ask for it,
 * is counted in n_skipped: such a list proves no absence.
 *
 * Returns: %FALSE with %EASEL_ERROR_PROTOCOL if it is no list
 */
gboolean
easel_vast_decode_pod_page (JsonNode *root,
                            EaselVastMemory *memory,
                            EaselPodList *list,
                            char **ret_next_token,
                            GError **error)
{
  JsonObject *page = easel_json_node_object (root, "instances", error);
  JsonArray *pods = page != NULL ? easel_json_get_array (page, "instances", error) : NULL;

  g_return_val_if_fail (list != NULL && ret_next_token != NULL, FALSE);

  *ret_next_token = NULL;
  if (pods == NULL)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (pods); i++)
    {
      g_autoptr (EaselPod) pod =
          easel_vast_decode_pod (json_array_get_element (pods, i), memory, NULL);

      if (pod == NULL)
        list->n_skipped++;
      else if (!list_has_pod (list, easel_pod_get (pod)->id))
        g_ptr_array_add (list->pods, g_steal_pointer (&pod));
    }
  if (!easel_vast_read_token (page, ret_next_token))
    list->n_skipped++;
  return TRUE;
}

/**
 * easel_vast_decode_contract:
 * @root: (nullable): an answer to a create, good or not
 *
 * An answer that refuses may have made an instance all the same.
 *
 * Returns: (transfer full) (nullable): the new instance's id, %NULL if there is none
 */
char *
easel_vast_decode_contract (JsonNode *root)
{
  JsonObject *answer = root != NULL ? easel_json_node_object (root, "answer", NULL) : NULL;

  return answer != NULL ? easel_vast_peek_id (answer, "new_contract") : NULL;
}

/**
 * easel_vast_pod_from_spec:
 * @pod_id: what the answer to a create named
 * @spec: what was rented
 *
 * The answer to a create has only a number; this stands in until the instance can be read.
 *
 * Returns: (transfer full): the instance as it ought to be
 */
EaselPod *
easel_vast_pod_from_spec (const char *pod_id, const EaselLaunchSpec *spec)
{
  static const char *const ports[] = { "3001/tcp", NULL };
  const EaselOfferData *offer;
  EaselPodData data = { 0 };

  g_return_val_if_fail (pod_id != NULL && spec != NULL && spec->offer != NULL, NULL);

  offer = easel_offer_get (spec->offer);
  data.provider_id = "vast";
  data.id = pod_id;
  data.name = spec->name;
  data.state = EASEL_POD_PROVISIONING;
  data.state_word = "created";
  data.image = spec->image;
  if (data.image == NULL && spec->template != NULL)
    data.image = easel_template_get (spec->template)->image;
  data.gpu_id = offer->gpu_id;
  data.gpu_name = offer->gpu_name;
  data.gpu_count = 1;
  data.cost = easel_launch_spec_price (spec);
  data.stopped_cost =
      offer->stopped_disk_price * ((gint64) spec->disk_gb + (gint64) spec->workspace_gb);
  data.loads_free = TRUE;
  data.disk_gb = spec->disk_gb;
  data.workspace_gb = spec->workspace_gb;
  data.host_kind = offer->host_kind;
  data.place = offer->places != NULL ? offer->places[0] : NULL;
  data.ports = ports;
  data.cuda_version = offer->cuda_max;
  data.ram_mib = offer->ram_mib;
  data.machine_id = offer->machine_id;
  if (spec->agent != NULL)
    {
      data.paint = spec->agent->paint;
      data.admin = spec->agent->admin;
      data.limits = spec->agent->limits;
    }
  return easel_pod_new (&data);
}
