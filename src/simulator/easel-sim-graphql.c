/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The little of RunPod's old GraphQL that is still asked: who am I and what is left
 * (facts/runpod.md 3.3). No general reader of the language; what is not the one known query is an
 * error, as an unknown field is.
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
  EaselSimAccount *account = NULL;
  JsonObject *object;

  if (strcmp (request->method, "POST") != 0)
    return error_answer (405, "GraphQL only supports POST requests.");
  if (key != NULL && easel_sim_cloud_enter (self->cloud, EASEL_SIM_HOUSE_RUNPOD, key, &account) ==
                         EASEL_SIM_RIGHTS_NONE)
    return error_answer (401, "Unauthorized");
  body = easel_json_parse (request->body, EASEL_JSON_MAX_BYTES, NULL);
  object = body != NULL ? easel_json_node_object (body, "query", NULL) : NULL;
  if (object == NULL)
    return error_answer (400, "POST body missing.");
  return answer_query (self, account, easel_json_peek_string (object, "query", ""));
}
