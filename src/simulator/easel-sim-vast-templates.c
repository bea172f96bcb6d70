/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vast.ai, templates (facts/vast.md 5): the one for Krita in several states, a namesake of somebody
 * else, neighbours, and some that a client must refuse or survive. What the real ones contain is
 * not published; all but the author's number, the name and the old hash is made up.
 */
#include "config.h"

#include "easel-sim-vast-private.h"

#include "easel-sim-build.h"

#include <string.h>

#define AUTHOR 87451
#define KRITA "Stable Diffusion ComfyUI for Krita"

static const EaselSimVastTemplate template_table[] = {
  { 1201, "698aae540db7f987f5a8cbbdac7ad9b9", AUTHOR, KRITA, "aclysia/sd-comfyui-krita", "v1.1.0",
    "-p 3001:3001", "ssh", "cd / && /start.sh", NULL, 30, NULL, 1695900000, FALSE, 311 },
  { 48211, "0c5f7a1b2d3e4f50617283940a5b6c7d", AUTHOR, KRITA,
    "docker.io/aclysia/sd-comfyui-krita:v1.40.1", NULL, "-p 3001:3001 -p 8888:8888", "ssh",
    "cd / && /start.sh --recommended", NULL, 50, NULL, 1753000000, FALSE, 4120 },
  { 61733, "5a1d94c2e07b4f6f8c3350b2a9d8e714", AUTHOR, KRITA, "aclysia/sd-comfyui-krita", "v1.50.0",
    "-p 3001:3001 -e JUPYTER_PASSWORD=painter", "ssh", "cd / && /start.sh --recommended", NULL, 60,
    "{\"cuda_max_good\":{\"gte\":12.8}}", 1784500000, FALSE, 977 },
  { 61800, "77aa0be1c9f24d3e9b60d2f1a8c35e42", 90210, KRITA, "example/not-the-author", "latest",
    "-p 3001:3001", "args", NULL, NULL, 40, NULL, 1789000000, FALSE, 3 },
  { 61911, "1f0e2d3c4b5a69788796a5b4c3d2e1f0", 90211, "Krita helper <b>bold</b> & more",
    "example/krita-helper:2", NULL, "-p 3001:3001", "args", NULL, "--fast", 25, NULL, 1788000000,
    FALSE, 12 },
  { 70001, "a3f5c7e9b1d2046810ace2468bdf1357", 62897, "PyTorch", "example/pytorch", "2.8",
    "-p 1111:1111 -p 6006:6006 -e OPEN_BUTTON_PORT=1111 -e OPEN_BUTTON_TOKEN=1", "jupyter",
    "entrypoint.sh", NULL, 32, NULL, 1787000000, TRUE, 88210 },
  { 70002, "b4061728394a5b6c7d8e9fa0b1c2d3e4", 62897, "ComfyUI", "example/comfy", "v0.3",
    "-p 1111:1111 -p 8188:8188 -e COMFYUI_ARGS=\"--port 18188\"", "jupyter", "entrypoint.sh", NULL,
    64, NULL, 1787100000, TRUE, 40233 },
  { 70003, "c517283940a5b6c7d8e9fa0b1c2d3e4f", 62897, "Ubuntu Desktop (VM)", "example/vm", NULL, "",
    "ssh", NULL, NULL, 16, NULL, 1780000000, TRUE, 1021 },
  { 70004, "d6283940a5b6c7d8e9fa0b1c2d3e4f50", 62900, "", "example/nameless", "1", "", "args", NULL,
    NULL, 8, "not json", 1780000500, FALSE, 0 },
};

/* By its hash, or NULL. */
const EaselSimVastTemplate *
_easel_sim_vast_find_template (const char *hash)
{
  for (guint i = 0; i < G_N_ELEMENTS (template_table); i++)
    if (g_strcmp0 (template_table[i].hash, hash) == 0)
      return &template_table[i];
  return NULL;
}

static void
put_template (JsonBuilder *builder, const EaselSimVastTemplate *template)
{
  gboolean is_ssh = strcmp (template->runtype, "args") != 0;

  json_builder_begin_object (builder);
  easel_sim_put_int (builder, "id", template->id);
  easel_sim_put_string (builder, "hash_id", template->hash);
  easel_sim_put_int (builder, "creator_id", template->creator);
  easel_sim_put_string (builder, "name", template->name);
  easel_sim_put_null (builder, "desc");
  easel_sim_put_string (builder, "image", template->image);
  easel_sim_put_string (builder, "tag", template->tag);
  easel_sim_put_string (builder, "default_tag", template->tag);
  easel_sim_put_string (builder, "env", template->env);
  easel_sim_put_string (builder, "onstart", template->onstart);
  easel_sim_put_string (builder, "runtype", template->runtype);
  easel_sim_put_string (builder, "args_str", template->args_str);
  easel_sim_put_boolean (builder, "ssh_direct", is_ssh);
  easel_sim_put_boolean (builder, "use_ssh", is_ssh);
  easel_sim_put_boolean (builder, "jup_direct", FALSE);
  easel_sim_put_null (builder, "docker_login_repo");
  easel_sim_put_string (builder, "extra_filters", template->extra_filters);
  easel_sim_put_double (builder, "recommended_disk_space", template->disk_gb);
  easel_sim_put_boolean (builder, "private", FALSE);
  easel_sim_put_boolean (builder, "recommended", template->is_recommended);
  easel_sim_put_int (builder, "count_created", template->n_created);
  easel_sim_put_double (builder, "created_at", (double) template->created_s);
  easel_sim_put_double (builder, "recent_create_date", (double) template->created_s + 86400);
  json_builder_end_object (builder);
}

static JsonNode *
template_node (const EaselSimVastTemplate *template)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  put_template (builder, template);
  return json_builder_get_root (builder);
}

static gboolean
look_up (gconstpointer record, const char *name, JsonNode **ret_value)
{
  static const char *const filterable[] = { "creator_id",
                                            "created_at",
                                            "count_created",
                                            "default_tag",
                                            "docker_login_repo",
                                            "id",
                                            "image",
                                            "jup_direct",
                                            "hash_id",
                                            "name",
                                            "recent_create_date",
                                            "recommended_disk_space",
                                            "recommended",
                                            "ssh_direct",
                                            "tag",
                                            "use_ssh",
                                            NULL };

  return g_strv_contains (filterable, name) &&
         _easel_sim_vast_look_up_member (record, name, ret_value);
}

static gboolean
is_list (const char *text)
{
  g_autoptr (JsonNode) node = text != NULL ? easel_json_parse_text (text, NULL) : NULL;

  return text == NULL || (node != NULL && JSON_NODE_HOLDS_ARRAY (node));
}

EaselSimAnswer *
_easel_sim_vast_search_templates (const EaselSimVastCall *call)
{
  EaselSimAnswer *problem = NULL;
  g_autoptr (JsonObject) filters =
      _easel_sim_vast_read_query_object (call, "select_filters", &problem);
  g_autoptr (JsonNode) any = template_node (&template_table[0]);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *unknown = NULL;
  guint n_found = 0;

  if (filters == NULL)
    return problem;
  unknown = easel_sim_filter_find_unknown (filters, NULL, json_node_get_object (any), look_up);
  if (unknown != NULL)
    return _easel_sim_vast_refuse (400, "invalid_request",
                                   "Error in query parameters: %s is not a valid search key",
                                   unknown);
  if (!is_list (easel_sim_request_query (call->request, "select_cols")))
    return _easel_sim_vast_refuse (400, "invalid_request", "select_cols is not a JSON list");
  json_builder_begin_object (builder);
  easel_sim_put_boolean (builder, "success", TRUE);
  easel_sim_open_array (builder, "templates");
  for (guint i = 0; i < G_N_ELEMENTS (template_table); i++)
    {
      g_autoptr (JsonNode) node = template_node (&template_table[i]);
      gboolean slips_through = call->world->vast->is_loose && i % 3 == 0;

      if (!slips_through &&
          !easel_sim_filter_matches (filters, NULL, json_node_get_object (node), look_up))
        continue;
      easel_sim_put_node (builder, NULL, node);
      n_found++;
    }
  json_builder_end_array (builder);
  easel_sim_put_int (builder, "templates_found", n_found);
  if (n_found == 0)
    return easel_sim_answer_new (200, "application/json",
                                 "{\"success\":false,\"msg\":\"No templates found\"}");
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}
