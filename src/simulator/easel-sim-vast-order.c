/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vast.ai, accepting an offer (facts/vast.md 6): the shape of the body, what a template adds, how
 * the ways of launching become a command, and the answers, among them the one that fails and has
 * rented all the same.
 */
#include "config.h"

#include "easel-sim-vast-private.h"

#include "easel-sim-build.h"
#include "easel-sim-schema.h"

#include <string.h>

#define MIN_DISK_GB 8
#define MAX_LABEL 256
#define MAX_COMMAND 4048
#define MAX_ENV 32768
/* What the host needs beside the disk that was asked for, to put the image on. */
#define IMAGE_ROOM_GB 10

static const char *const states[] = { "running", "stopped", NULL };
static const char *const clients[] = { "me", NULL };

#define STRING(field)                                                                              \
  {                                                                                                \
    .name = field, .kind = EASEL_SIM_KIND_STRING                                                   \
  }
#define BOOLEAN(field)                                                                             \
  {                                                                                                \
    .name = field, .kind = EASEL_SIM_KIND_BOOLEAN                                                  \
  }

static const EaselSimField volume_fields[] = {
  BOOLEAN ("create_new"),
  { .name = "volume_id", .kind = EASEL_SIM_KIND_INTEGER },
  { .name = "size", .kind = EASEL_SIM_KIND_INTEGER },
  STRING ("mount_path"),
  STRING ("name"),
  { .name = NULL },
};

static const EaselSimField create_fields[] = {
  STRING ("template_hash_id"),
  STRING ("image"),
  { .name = "disk", .kind = EASEL_SIM_KIND_NUMBER, .minimum = MIN_DISK_GB },
  STRING ("label"),
  { .name = "env", .kind = EASEL_SIM_KIND_STRING_MAP },
  STRING ("runtype"),
  STRING ("onstart"),
  { .name = "args", .kind = EASEL_SIM_KIND_STRINGS },
  STRING ("args_str"),
  { .name = "target_state", .kind = EASEL_SIM_KIND_STRING, .choices = states },
  BOOLEAN ("cancel_unavail"),
  { .name = "price", .kind = EASEL_SIM_KIND_NUMBER },
  STRING ("image_login"),
  BOOLEAN ("use_jupyter_lab"),
  STRING ("jupyter_dir"),
  BOOLEAN ("python_utf8"),
  BOOLEAN ("lang_utf8"),
  BOOLEAN ("vm"),
  BOOLEAN ("force"),
  STRING ("user"),
  STRING ("extra"),
  { .name = "volume_info", .kind = EASEL_SIM_KIND_OBJECT, .fields = volume_fields },
  { .name = "template_id", .kind = EASEL_SIM_KIND_INTEGER },
  { .name = "client_id", .kind = EASEL_SIM_KIND_STRING, .choices = clients },
  { .name = NULL },
};

/* Null counts as not given (facts/vast.md 6.1). */
static void
drop_nulls (JsonObject *object)
{
  g_autoptr (GList) names = json_object_get_members (object);

  for (GList *l = names; l != NULL; l = l->next)
    if (JSON_NODE_HOLDS_NULL (json_object_get_member (object, l->data)))
      json_object_remove_member (object, l->data);
}

static gsize
length_of (JsonObject *body, const char *name)
{
  return strlen (easel_json_peek_string (body, name, ""));
}

static gsize
command_length (JsonObject *body)
{
  g_auto (GStrv) args = easel_json_peek_strv (body, "args");
  gsize length = length_of (body, "args_str") + length_of (body, "onstart");

  for (guint i = 0; args != NULL && args[i] != NULL; i++)
    length += strlen (args[i]);
  return length;
}

static gsize
env_length (JsonObject *body)
{
  JsonObject *env = easel_json_peek_object (body, "env");
  g_autoptr (GList) names = env != NULL ? json_object_get_members (env) : NULL;
  gsize length = 0;

  for (GList *l = names; l != NULL; l = l->next)
    length += strlen (l->data) + length_of (env, l->data);
  return length;
}

static gboolean
is_runtype (const char *text)
{
  static const char *const words[] = { "ssh",       "ssh_proxy",      "ssh_direct",
                                       "ssh_direc", "jupyter",        "jupyter_proxy",
                                       "args",      "jupyter_direct", "jupyter_direc",
                                       NULL };
  g_auto (GStrv) parts = g_strsplit (text, " ", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    if (!g_strv_contains (words, parts[i]))
      return FALSE;
  return TRUE;
}

/* The rules between members and those that a table cannot hold; NULL if all are kept. */
static const char *
broken_rule (JsonObject *body)
{
  const char *label = easel_json_peek_string (body, "label", "");

  if (!json_object_has_member (body, "image") && !json_object_has_member (body, "template_hash_id"))
    return "image or template_hash_id is required";
  if (json_object_has_member (body, "template_hash_id") &&
      _easel_sim_vast_find_template (easel_json_peek_string (body, "template_hash_id", "")) == NULL)
    return "template_hash_id is not a valid template";
  if (json_object_has_member (body, "price") &&
      easel_json_peek_double (body, "price", 0.001, 128, -1) < 0)
    return "price must be between 0.001 and 128.0";
  if (length_of (body, "image") > 1024)
    return "image is too long";
  if (g_utf8_strlen (label, -1) > MAX_LABEL)
    return "label is too long";
  if (command_length (body) > MAX_COMMAND)
    return "args, args_str and onstart are too long";
  if (env_length (body) > MAX_ENV)
    return "env is too long";
  if (!is_runtype (easel_json_peek_string (body, "runtype", "args")))
    return "runtype is unknown";
  return NULL;
}

static JsonNode *
read_body (const EaselSimVastCall *call, EaselSimAnswer **ret_problem)
{
  g_autoptr (JsonNode) node = _easel_sim_vast_read_body (call, ret_problem);
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  const char *rule;

  if (node == NULL)
    return NULL;
  drop_nulls (json_node_get_object (node));
  easel_sim_schema_check (node, create_fields, "$", errors);
  rule =
      errors->len > 0 ? g_ptr_array_index (errors, 0) : broken_rule (json_node_get_object (node));
  if (rule == NULL)
    return g_steal_pointer (&node);
  *ret_problem =
      _easel_sim_vast_refuse (400, "invalid_args", "error 400/3467: Invalid args: %s", rule);
  return NULL;
}

/* "-e NAME=value -p 1:2", as far as templates here go. */
static void
add_docker_flags (GHashTable *env, const char *text)
{
  g_auto (GStrv) words = NULL;

  if (!g_shell_parse_argv (text, NULL, &words, NULL))
    return;
  for (guint i = 0; words[i] != NULL && words[i + 1] != NULL; i += 2)
    {
      char *equals = strchr (words[i + 1], '=');

      if (strcmp (words[i], "-p") == 0)
        g_hash_table_replace (env, g_strconcat ("-p ", words[i + 1], NULL), g_strdup ("1"));
      else if (strcmp (words[i], "-e") == 0 && equals != NULL)
        g_hash_table_replace (env, g_strndup (words[i + 1], (gsize) (equals - words[i + 1])),
                              g_strdup (equals + 1));
    }
}

static GHashTable *
merge_env (JsonObject *body, const EaselSimVastTemplate *template)
{
  GHashTable *all = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  JsonObject *env = easel_json_peek_object (body, "env");
  g_autoptr (GList) names = env != NULL ? json_object_get_members (env) : NULL;

  if (template != NULL)
    add_docker_flags (all, template->env);
  for (GList *l = names; l != NULL; l = l->next)
    g_hash_table_replace (all, g_strdup (l->data),
                          g_strdup (easel_json_peek_string (env, l->data, "")));
  return all;
}

/* "-p 3001:3001" becomes "3001/tcp"; the number inside is the second one. */
static void
split_env (GHashTable *all, EaselSimOrder *order)
{
  g_autoptr (GStrvBuilder) ports = g_strv_builder_new ();
  g_autoptr (GRegex) regex = g_regex_new ("^-p (\\d+):(\\d+)(/tcp|/udp)?$", 0, 0, NULL);
  GHashTableIter iter;
  gpointer name, value;

  order->env = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_iter_init (&iter, all);
  while (g_hash_table_iter_next (&iter, &name, &value))
    {
      g_autoptr (GMatchInfo) match = NULL;

      if (g_regex_match (regex, name, 0, &match))
        {
          g_autofree char *port = g_match_info_fetch (match, 2);
          g_autofree char *protocol = g_match_info_fetch (match, 3);
          g_autofree char *both = g_strconcat (port, *protocol != '\0' ? protocol : "/tcp", NULL);

          g_strv_builder_add (ports, both);
        }
      else if (*(const char *) name != '-')
        g_hash_table_insert (order->env, g_strdup (name), g_strdup (value));
    }
  order->ports = g_strv_builder_end (ports);
}

static char *
env_note (GHashTable *all)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;
  g_autoptr (GList) names = g_list_sort (g_hash_table_get_keys (all), (GCompareFunc) strcmp);

  json_builder_begin_array (builder);
  for (GList *l = names; l != NULL; l = l->next)
    {
      json_builder_begin_array (builder);
      json_builder_add_string_value (builder, l->data);
      json_builder_add_string_value (builder, g_hash_table_lookup (all, l->data));
      json_builder_end_array (builder);
    }
  json_builder_end_array (builder);
  node = json_builder_get_root (builder);
  return easel_json_to_text (node);
}

static void
note (EaselSimOrder *order, const char *name, const char *value)
{
  if (value != NULL)
    g_hash_table_replace (order->notes, g_strdup (name), g_strdup (value));
}

/* What the container runs. With "args" the image starts itself, "onstart" names another program
 * and the arguments go to it; the other ways put a shell there (facts/vast.md 12.2, 14.3). */
static void
fill_command (JsonObject *body, const EaselSimVastTemplate *template, EaselSimOrder *order)
{
  gboolean has_args =
      json_object_has_member (body, "args") || json_object_has_member (body, "args_str");
  const char *fallback = template != NULL ? template->runtype : has_args ? "args" : "ssh";
  const char *runtype = easel_json_peek_string (body, "runtype", fallback);
  const char *onstart =
      easel_json_peek_string (body, "onstart", template != NULL ? template->onstart : NULL);
  const char *line =
      easel_json_peek_string (body, "args_str", template != NULL ? template->args_str : NULL);
  gboolean is_plain = strcmp (runtype, "args") == 0;

  note (order, "runtype", runtype);
  note (order, "onstart", onstart);
  if (!is_plain)
    {
      const char *const shell[] = { "/bin/bash", "-c", onstart != NULL ? onstart : "sleep infinity",
                                    NULL };

      order->cmd = g_strdupv ((char **) shell);
      return;
    }
  if (onstart != NULL && (template == NULL || json_object_has_member (body, "onstart")))
    order->entrypoint = g_strsplit (onstart, "\n", 1);
  order->cmd = easel_json_peek_strv (body, "args");
  if ((order->cmd == NULL || order->cmd[0] == NULL) && line != NULL && *line != '\0')
    {
      g_strfreev (order->cmd);
      order->cmd = g_strsplit (line, "\n", 1);
    }
}

static char *
image_of (JsonObject *body, const EaselSimVastTemplate *template)
{
  const char *image = easel_json_peek_string (body, "image", NULL);

  if (image == NULL && template->tag != NULL)
    return g_strconcat (template->image, ":", template->tag, NULL);
  if (image == NULL)
    image = template->image;
  return g_strdup (g_str_has_prefix (image, "docker.io/") ? image + strlen ("docker.io/") : image);
}

static void
fill_order (JsonObject *body, const EaselSimMachine *machine, EaselSimOrder *order)
{
  const char *hash = easel_json_peek_string (body, "template_hash_id", NULL);
  const EaselSimVastTemplate *template = hash != NULL ? _easel_sim_vast_find_template (hash) : NULL;
  g_autoptr (GHashTable) env = merge_env (body, template);
  g_autofree char *pairs = env_note (env);

  order->machine = machine;
  order->notes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  order->name = g_strdup (easel_json_peek_string (body, "label", ""));
  order->image = image_of (body, template);
  order->disk_gb =
      (int) easel_json_peek_double (body, "disk", MIN_DISK_GB, 100000,
                                    template != NULL ? template->disk_gb : MIN_DISK_GB);
  order->stays_stopped =
      strcmp (easel_json_peek_string (body, "target_state", "running"), "stopped") == 0;
  order->keeps_unavailable = !easel_json_peek_boolean (body, "cancel_unavail", TRUE);
  split_env (env, order);
  fill_command (body, template, order);
  note (order, "extra_env", pairs);
  note (order, "template", hash);
}

/* Both ways to say it are documented. */
static EaselSimAnswer *
refuse_ask (guint status, gint64 id)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text =
      status == 410
          ? g_strdup_printf ("error 410/3907: no_such_ask Instance type %" G_GINT64_FORMAT
                             " is no longer available.",
                             id)
          : g_strdup_printf ("error 404/3603: no_such_ask Instance type by id %" G_GINT64_FORMAT
                             " is not available.",
                             id);

  json_builder_begin_object (builder);
  easel_sim_put_boolean (builder, "success", FALSE);
  easel_sim_put_string (builder, "error",
                        status == 404 && id % 2 == 0 ? "invalid_args" : "no_such_ask");
  easel_sim_put_string (builder, "msg", text);
  easel_sim_put_int (builder, "ask_id", id);
  return easel_sim_answer_json (status, easel_sim_close_root (builder));
}

static EaselSimAnswer *
refuse_credit (gint64 id)
{
  if (id % 2 == 0)
    return _easel_sim_vast_refuse (400, "insufficient_credit", "You lack credit.");
  return _easel_sim_vast_refuse (400, "invalid_args",
                                 "error 400/3560: Invalid args: billing issues, see the billing "
                                 "page.");
}

static EaselSimAnswer *
tell_contract (const EaselSimVastCall *call, const EaselSimPod *pod, gboolean is_started)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *key = easel_sim_cloud_get_pod_key (call->world->cloud, pod);

  json_builder_begin_object (builder);
  easel_sim_put_boolean (builder, "success", is_started);
  easel_sim_put_int (builder, "new_contract", g_ascii_strtoll (pod->id, NULL, 10));
  easel_sim_put_string (builder, "instance_api_key", key);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
rent (const EaselSimVastCall *call, const EaselSimOrder *order)
{
  EaselSimWorld *world = call->world;
  gint64 id = order->machine->offer_id;
  EaselSimPod *pod = NULL;
  EaselSimVerdict verdict = easel_sim_cloud_rent (world->cloud, call->account, order, &pod);
  guint plagues;

  if (verdict == EASEL_SIM_NO_CREDIT)
    return refuse_credit (id);
  if (pod == NULL)
    return refuse_ask (verdict == EASEL_SIM_HOST_FULL ? 410 : 404, id);
  plagues = easel_sim_faults_take_plagues (world->faults);
  if (order->disk_gb + IMAGE_ROOM_GB > order->machine->disk_gb)
    plagues |= EASEL_SIM_PLAGUE_DISK_FULL;
  easel_sim_cloud_set_plagues (world->cloud, pod, plagues);
  return tell_contract (call, pod, order->stays_stopped || pod->state == EASEL_SIM_POD_RUNNING);
}

EaselSimAnswer *
_easel_sim_vast_accept_offer (const EaselSimVastCall *call)
{
  EaselSimAnswer *problem = NULL;
  g_autoptr (JsonNode) body = read_body (call, &problem);
  const EaselSimMachine *machine;
  EaselSimOrder order = { 0 };
  gint64 id;

  if (body == NULL)
    return problem;
  if (!_easel_sim_vast_read_id (call->parts[2], &id))
    return _easel_sim_vast_refuse (
        400, "invalid_args",
        "error 400/3467: Invalid args: 'id' is required and must be a valid offer ID");
  machine = easel_sim_market_find (call->world->market, id);
  if (machine == NULL)
    return refuse_ask (404, id);
  fill_order (json_node_get_object (body), machine, &order);
  if (order.disk_gb > machine->disk_gb)
    problem = _easel_sim_vast_refuse (400, "invalid_args",
                                      "error 400/3480: Invalid args: disk is larger than what the "
                                      "host has left");
  else
    problem = rent (call, &order);
  easel_sim_order_clear (&order);
  return problem;
}
