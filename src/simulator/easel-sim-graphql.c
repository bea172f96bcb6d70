/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The little of RunPod's old GraphQL that is still asked: who am I and what is left
 * (facts/runpod.md 3.3), and the two ways in which a pod ends itself (facts/runpod.md 16). No
 * general reader of the language; what is not one of the known texts is an error, as an unknown
 * field is.
 */
#include "config.h"

#include "easel-sim-graphql.h"

#include "easel-sim-build.h"

#include <string.h>

static const char *const fields[] = {
  "id",         "email",           "clientBalance",     "currentSpendPerHr",
  "spendLimit", "notifyPodsStale", "notifyPodsGeneral", "notifyLowBalance",
  NULL
};

static EaselSimAnswer *
error_answer (guint status, const char *message)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  easel_sim_open_array (builder, "errors");
  easel_sim_open_object (builder, NULL);
  easel_sim_put_string (builder, "message", message);
  easel_sim_open_object (builder, "extensions");
  easel_sim_put_string (builder, "code",
                        status == 401 ? "UNAUTHENTICATED" : "GRAPHQL_VALIDATION_FAILED");
  json_builder_end_object (builder);
  json_builder_end_object (builder);
  json_builder_end_array (builder);
  return easel_sim_answer_json (status, easel_sim_close_root (builder));
}

/* The words between "myself {" and "}", or NULL when the query is another one. */
static char **
read_selection (const char *query)
{
  g_autoptr (GRegex) regex =
      g_regex_new ("^\\s*(query\\s*\\w*\\s*)?\\{\\s*myself\\s*\\{([\\w\\s,]+)\\}\\s*\\}\\s*$", 0, 0,
                   NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *words = NULL;

  if (regex == NULL || !g_regex_match (regex, query, 0, &match))
    return NULL;
  words = g_match_info_fetch (match, 2);
  return g_strsplit_set (words, " ,\t\r\n", -1);
}

static void
put_field (JsonBuilder *builder, EaselSimWorld *world, EaselSimAccount *account, const char *field)
{
  if (strcmp (field, "id") == 0)
    easel_sim_put_string (builder, field, account->id);
  else if (strcmp (field, "email") == 0)
    easel_sim_put_string (builder, field, "painter@example.org");
  else if (strcmp (field, "clientBalance") == 0)
    easel_sim_put_micros (builder, field, easel_sim_cloud_get_balance (world->cloud, account));
  else if (strcmp (field, "currentSpendPerHr") == 0)
    easel_sim_put_micros (builder, field, easel_sim_cloud_get_spend_rate (world->cloud, account));
  else if (strcmp (field, "spendLimit") == 0)
    easel_sim_put_int (builder, field, 80);
  else
    easel_sim_put_boolean (builder, field, TRUE);
}

static EaselSimAnswer *
answer_query (EaselSimWorld *world, EaselSimAccount *account, const char *query)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_auto (GStrv) words = read_selection (query);

  if (words == NULL)
    return error_answer (400, "Cannot query this field");
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0' && !g_strv_contains (fields, words[i]))
      {
        g_autofree char *message =
            g_strdup_printf ("Cannot query field \"%s\" on type \"User\".", words[i]);

        return error_answer (400, message);
      }
  json_builder_begin_object (builder);
  easel_sim_open_object (builder, "data");
  if (account == NULL)
    easel_sim_put_null (builder, "myself");
  else
    {
      easel_sim_cloud_settle (world->cloud);
      easel_sim_open_object (builder, "myself");
      for (guint i = 0; words[i] != NULL; i++)
        if (*words[i] != '\0')
          put_field (builder, world, account, words[i]);
      json_builder_end_object (builder);
    }
  json_builder_end_object (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

/* The mutation's name and its pod, or FALSE when it is none that is known. */
static gboolean
read_mutation (const char *query, char **ret_name, char **ret_pod_id)
{
  g_autoptr (GRegex) regex = g_regex_new (
      "^\\s*mutation\\s*\\w*\\s*\\{\\s*(podTerminate|podStop)\\s*\\(\\s*input\\s*:\\s*\\{"
      "\\s*podId\\s*:\\s*\"([a-z0-9]+)\"\\s*\\}\\s*\\)\\s*(\\{[\\w\\s,]+\\}\\s*)?\\}\\s*$",
      0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  if (regex == NULL || !g_regex_match (regex, query, 0, &match))
    return FALSE;
  *ret_name = g_match_info_fetch (match, 1);
  *ret_pod_id = g_match_info_fetch (match, 2);
  return TRUE;
}

static EaselSimAnswer *
answer_mutation (EaselSimWorld *world,
                 EaselSimRights rights,
                 const EaselSimAccount *account,
                 const EaselSimPod *own_pod,
                 const char *name,
                 const char *pod_id)
{
  gboolean is_stop = strcmp (name, "podStop") == 0;
  EaselSimPod *pod = easel_sim_cloud_find (world->cloud, pod_id);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselSimVerdict verdict;

  if (rights < EASEL_SIM_RIGHTS_OWN_POD || (own_pod != NULL && own_pod != pod) ||
      (own_pod != NULL && easel_sim_pod_refuses_own_key (own_pod, is_stop ? "stop" : "delete")))
    return error_answer (200, "Unauthorized");
  if (pod == NULL || pod->house != EASEL_SIM_HOUSE_RUNPOD ||
      strcmp (pod->account, account->id) != 0)
    return error_answer (200, "pod not found");
  verdict = is_stop ? easel_sim_cloud_stop (world->cloud, pod)
                    : easel_sim_cloud_remove (world->cloud, pod);
  if (verdict != EASEL_SIM_OK)
    return error_answer (200, verdict == EASEL_SIM_NOT_FOUND ? "pod not found" : "pod is locked");
  json_builder_begin_object (builder);
  easel_sim_open_object (builder, "data");
  if (is_stop)
    {
      easel_sim_open_object (builder, name);
      easel_sim_put_string (builder, "id", pod->id);
      easel_sim_put_string (builder, "desiredStatus", "EXITED");
      json_builder_end_object (builder);
    }
  else
    easel_sim_put_null (builder, name);
  json_builder_end_object (builder);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

/**
 * easel_sim_graphql_answer:
 * @world: an #EaselSimWorld
 * @request: a request to "/graphql"
 *
 * Returns: (transfer full): the answer
 */
EaselSimAnswer *
easel_sim_graphql_answer (gpointer world, const EaselSimRequest *request)
{
  EaselSimWorld *self = world;
  g_autofree char *key = easel_sim_request_bearer (request);
  g_autoptr (JsonNode) body = NULL;
  g_autofree char *mutation = NULL;
  g_autofree char *pod_id = NULL;
  EaselSimAccount *account = NULL;
  EaselSimRights rights = EASEL_SIM_RIGHTS_NONE;
  EaselSimPod *own_pod;
  JsonObject *object;
  const char *query;

  if (strcmp (request->method, "POST") != 0)
    return error_answer (405, "GraphQL only supports POST requests.");
  own_pod = easel_sim_cloud_enter_as_pod (self->cloud, EASEL_SIM_HOUSE_RUNPOD, key, &account);
  if (own_pod != NULL)
    rights = EASEL_SIM_RIGHTS_OWN_POD;
  else if (key != NULL)
    rights = easel_sim_cloud_enter (self->cloud, EASEL_SIM_HOUSE_RUNPOD, key, &account);
  if (key != NULL && rights == EASEL_SIM_RIGHTS_NONE)
    return error_answer (401, "Unauthorized");
  body = easel_json_parse (request->body, EASEL_JSON_MAX_BYTES, NULL);
  object = body != NULL ? easel_json_node_object (body, "query", NULL) : NULL;
  if (object == NULL)
    return error_answer (400, "POST body missing.");
  query = easel_json_peek_string (object, "query", "");
  if (read_mutation (query, &mutation, &pod_id))
    return answer_mutation (self, rights, account, own_pod, mutation, pod_id);
  if (own_pod != NULL)
    return error_answer (200, "Unauthorized");
  return answer_query (self, account, query);
}
