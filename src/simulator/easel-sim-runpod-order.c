/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * From the body of RunPod's create to an order: the rules between members and what a template
 * adds (facts/runpod.md 7.1). The shape of the body is already checked when it comes here.
 */
#include "config.h"

#include "easel-sim-runpod-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define MAX_WEB_PORTS 10
#define MAX_ENV 50

static const char *
broken_rule (JsonObject *body)
{
  JsonObject *gpu = easel_json_peek_object (body, "gpu");
  JsonObject *mounts = easel_json_peek_object (body, "mounts");
  JsonArray *network = mounts != NULL ? easel_json_peek_array (mounts, "network") : NULL;
  JsonArray *exact = gpu != NULL ? easel_json_peek_array (gpu, "allowedCudaVersions") : NULL;
  JsonArray *ports = easel_json_peek_array (body, "ports");
  JsonObject *env = easel_json_peek_object (body, "env");
  guint n_web = 0;

  if ((gpu != NULL) == json_object_has_member (body, "cpu"))
    return "exactly one of gpu or cpu must be set";
  if (gpu == NULL)
    return "There are no longer any instances available with the requested specifications. Please "
           "refresh and try again.";
  if (mounts != NULL && network != NULL && json_object_has_member (mounts, "persistent"))
    return "mounts.persistent and mounts.network are mutually exclusive";
  if (exact != NULL && json_array_get_length (exact) > 0 &&
      json_object_has_member (gpu, "minCudaVersion"))
    return "allowedCudaVersions and minCudaVersion are mutually exclusive";
  if (!json_object_has_member (body, "templateId") && !json_object_has_member (body, "image"))
    return "image is required unless templateId is set";
  if (!json_object_has_member (body, "templateId") && !json_object_has_member (body, "disk"))
    return "You must either provide a template id or pod configuration parameters";
  for (guint i = 0; ports != NULL && i < json_array_get_length (ports); i++)
    if (g_str_has_suffix (easel_json_element_string (ports, i), "/http"))
      n_web++;
  if (n_web > MAX_WEB_PORTS)
    return "at most 10 http ports can be exposed";
  if (env != NULL && json_object_get_size (env) > MAX_ENV)
    return "at most 50 environment variables can be set";
  return NULL;
}

static gboolean
same_words (char **a, char **b)
{
  return g_strv_equal ((const char *const *) a, (const char *const *) b);
}

static char *
args_from_words (char **entrypoint, char **cmd)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;

  json_builder_begin_object (builder);
  if (*entrypoint != NULL)
    easel_sim_put_strv (builder, "entrypoint", (const char *const *) entrypoint);
  if (*cmd != NULL)
    easel_sim_put_strv (builder, "cmd", (const char *const *) cmd);
  node = easel_sim_close_root (builder);
  return easel_json_to_text (node);
}

/* What a server makes of a command that it cuts at every blank. */
static void
misread (EaselSimOrder *order)
{
  g_autofree char *line = g_strjoinv (" ", order->cmd);

  g_strfreev (order->cmd);
  order->cmd = g_strsplit (line, " ", -1);
  g_free (order->args);
  order->args = g_strdup (line);
}

/* Fills args, cmd and entrypoint; FALSE when the two ways to say it contradict each other. */
static gboolean
fill_command (JsonObject *body, const EaselSimTemplate *template, EaselSimOrder *order)
{
  static char *none[] = { NULL };
  const char *args = easel_json_peek_string (body, "args", NULL);
  g_auto (GStrv) cmd = easel_json_peek_strv (body, "cmd");
  g_auto (GStrv) entrypoint = easel_json_peek_strv (body, "entrypoint");
  char **said_cmd = cmd != NULL ? cmd : none;
  char **said_entrypoint = entrypoint != NULL ? entrypoint : none;

  if (args == NULL && (*said_cmd != NULL || *said_entrypoint != NULL))
    {
      order->args = args_from_words (said_entrypoint, said_cmd);
      order->cmd = g_strdupv (said_cmd);
      order->entrypoint = g_strdupv (said_entrypoint);
      return TRUE;
    }
  if (args == NULL && cmd == NULL && entrypoint == NULL && template != NULL)
    args = template->args;
  order->args = g_strdup (args != NULL ? args : "");
  _easel_sim_runpod_split_args (order->args, &order->entrypoint, &order->cmd);
  return (*said_cmd == NULL || same_words (said_cmd, order->cmd)) &&
         (*said_entrypoint == NULL || same_words (said_entrypoint, order->entrypoint));
}

static void
fill_env (JsonObject *body, const EaselSimTemplate *template, EaselSimOrder *order, guint64 chance)
{
  JsonObject *env = easel_json_peek_object (body, "env");
  gboolean starts_jupyter =
      easel_json_peek_boolean (body, "startJupyter", template != NULL && template->starts_jupyter);

  order->env = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; template != NULL && template->env[i] != NULL; i += 2)
    g_hash_table_insert (order->env, g_strdup (template->env[i]), g_strdup (template->env[i + 1]));
  if (env != NULL)
    {
      g_autoptr (GList) names = json_object_get_members (env);

      for (GList *l = names; l != NULL; l = l->next)
        g_hash_table_insert (order->env, g_strdup (l->data),
                             g_strdup (easel_json_peek_string (env, l->data, "")));
    }
  if (starts_jupyter && !g_hash_table_contains (order->env, "JUPYTER_PASSWORD"))
    g_hash_table_insert (order->env, g_strdup ("JUPYTER_PASSWORD"),
                         g_strdup_printf ("%016" G_GINT64_MODIFIER "x", easel_sim_next (&chance)));
}

static void
fill_machine (JsonObject *body, EaselSimOrder *order)
{
  JsonObject *gpu = easel_json_peek_object (body, "gpu");
  g_auto (GStrv) exact = easel_json_peek_strv (gpu, "allowedCudaVersions");
  int tenths;

  order->gpu_id = g_strdup (easel_json_peek_string (gpu, "id", ""));
  order->tier = easel_sim_tier_from_name (easel_json_peek_string (body, "cloud", "SECURE"));
  /* Left out, the count is answered with the capacity error (facts/runpod.md 7.1). */
  order->wish.count = (int) easel_json_peek_int (gpu, "count", 1, 1000, 0);
  if (easel_sim_cuda_parse (easel_json_peek_string (gpu, "minCudaVersion", NULL), FALSE, &tenths))
    order->wish.min_cuda = tenths;
  if (exact != NULL && exact[0] != NULL)
    {
      GArray *versions = g_array_new (FALSE, FALSE, sizeof (int));

      for (guint i = 0; exact[i] != NULL; i++)
        if (easel_sim_cuda_parse (exact[i], FALSE, &tenths))
          g_array_append_val (versions, tenths);
      order->wish.cuda_exact = versions;
    }
  order->wish.data_centers = easel_json_peek_strv (body, "dataCenterIds");
}

/* Reads an order out of a body that has the right shape. All that @order points to is owned then
 * by the order, whatever the result. FALSE comes with a problem. */
gboolean
_easel_sim_runpod_fill_order (const EaselSimRunpodCall *call,
                              JsonObject *body,
                              EaselSimOrder *order,
                              EaselSimAnswer **ret_problem)
{
  const char *rule = broken_rule (body);
  const char *template_id = easel_json_peek_string (body, "templateId", NULL);
  const EaselSimTemplate *template = easel_sim_templates_find (template_id);
  JsonObject *mounts = easel_json_peek_object (body, "mounts");
  JsonObject *persistent = mounts != NULL ? easel_json_peek_object (mounts, "persistent") : NULL;
  JsonArray *network = mounts != NULL ? easel_json_peek_array (mounts, "network") : NULL;

  if (rule != NULL)
    *ret_problem = easel_sim_answer_problem (400, rule, NULL);
  else if (template_id != NULL && template == NULL)
    *ret_problem = easel_sim_answer_problem (404, "template not found", NULL);
  else if (template != NULL && template->is_serverless)
    *ret_problem = _easel_sim_runpod_invalid ("$.templateId: must not be a serverless template");
  else if (network != NULL && json_array_get_length (network) > 0)
    *ret_problem = easel_sim_answer_problem (404, "network volume not found", NULL);
  else if (!fill_command (body, template, order))
    *ret_problem =
        easel_sim_answer_problem (400, "args and cmd/entrypoint describe different commands", NULL);
  if (*ret_problem != NULL)
    return FALSE;
  if (json_object_has_member (body, "cmd") ? call->world->runpod.misreads_cmd
                                           : call->world->runpod.misreads_args)
    misread (order);
  order->name = g_strdup (easel_json_peek_string (body, "name", ""));
  order->image =
      g_strdup (easel_json_peek_string (body, "image", template != NULL ? template->image : ""));
  order->disk_gb = (int) easel_json_peek_int (body, "disk", 1, 100000,
                                              template != NULL ? template->disk_gb : 20);
  order->ports = easel_json_peek_strv (body, "ports");
  if (order->ports == NULL && template != NULL)
    order->ports = g_strdupv ((char **) template->ports);
  order->volume_gb = template != NULL ? template->volume_gb : 0;
  order->volume_path = g_strdup ("/workspace");
  if (persistent != NULL)
    {
      order->volume_gb = (int) easel_json_peek_int (persistent, "size", 10, 100000, 10);
      g_free (order->volume_path);
      order->volume_path = g_strdup (easel_json_peek_string (persistent, "path", "/workspace"));
    }
  fill_machine (body, order);
  fill_env (body, template, order,
            easel_sim_hash (easel_sim_cloud_get_seed (call->world->cloud), order->name) +
                easel_sim_cloud_get_serial (call->world->cloud));
  return TRUE;
}
