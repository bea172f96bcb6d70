/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * vast.ai, the routes below "instances" (facts/vast.md 7, 10): one, the list by pages and the one
 * that is no more, start, stop, label, reboot, destroy. What becomes of an instance is the cloud's
 * business.
 */
#include "config.h"

#include "easel-sim-vast-private.h"

#include "easel-sim-build.h"
#include "easel-sim-schema.h"

#include <string.h>

#define MAX_PAGE 25
#define PAGE_FOR_NONSENSE 5
#define MAX_LABEL 1024

static const char *const states[] = { "running", "stopped", NULL };

static const EaselSimField change_fields[] = {
  { .name = "state", .kind = EASEL_SIM_KIND_STRING, .choices = states },
  { .name = "label", .kind = EASEL_SIM_KIND_STRING },
  { .name = NULL },
};

static EaselSimAnswer *
refuse_unknown (const char *id)
{
  return _easel_sim_vast_refuse (404, "no_such_instance", "Instance %s not found.", id);
}

static gboolean
is_number (const char *id)
{
  gint64 number;

  return _easel_sim_vast_read_id (id, &number);
}

static EaselSimAnswer *
refuse_id (void)
{
  return _easel_sim_vast_refuse (400, "invalid_args", "invalid instance_id");
}

EaselSimAnswer *
_easel_sim_vast_refuse_old_list (const EaselSimVastCall *call)
{
  return _easel_sim_vast_refuse (
      410, "deprecated_endpoint",
      "/api/v0/instances/ is deprecated. Use /api/v1/instances/ instead.");
}

EaselSimAnswer *
_easel_sim_vast_show_instance (const EaselSimVastCall *call)
{
  const char *id = call->parts[2];
  EaselSimPod *pod = _easel_sim_vast_find_pod (call, id, "get");
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) node = NULL;

  if (!is_number (id))
    return refuse_id ();
  if (pod != NULL)
    node = _easel_sim_vast_instance_node (call->world, pod);
  if (node != NULL && call->world->vast->hides_ports)
    json_object_remove_member (json_node_get_object (node), "ports");
  json_builder_begin_object (builder);
  easel_sim_put_node (builder, "instances", node);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

typedef struct
{
  JsonObject *filters; /* (owned) */
  JsonArray *columns;  /* (nullable) (owned): all without */
  gboolean is_descending;
  guint limit;
  gint64 after; /* an id, -1 from the begin */
} Page;

static void
page_clear (Page *page)
{
  g_clear_pointer (&page->filters, json_object_unref);
  g_clear_pointer (&page->columns, json_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Page, page_clear)

static EaselSimAnswer *
refuse_query (const char *what)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *text = g_strdup_printf ("Error in query parameters: %s", what);

  json_builder_begin_object (builder);
  easel_sim_put_string (builder, "error", "invalid_request");
  easel_sim_put_string (builder, "msg", text);
  return easel_sim_answer_json (400, easel_sim_close_root (builder));
}

static char *
make_token (gint64 id)
{
  g_autofree char *text = g_strdup_printf ("{\"values\": {\"id\": %" G_GINT64_FORMAT "}}", id);

  return g_base64_encode ((const guchar *) text, strlen (text));
}

static gboolean
read_token (const char *token, gint64 *ret_id)
{
  g_autofree guchar *bytes = NULL;
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object, *values;
  gsize length;

  bytes = g_base64_decode (token, &length);
  text = g_strndup ((const char *) bytes, length);
  node = g_utf8_validate (text, -1, NULL) ? easel_json_parse_text (text, NULL) : NULL;
  object = node != NULL ? easel_json_node_object (node, "token", NULL) : NULL;
  values = object != NULL ? easel_json_peek_object (object, "values") : NULL;
  *ret_id = values != NULL ? easel_json_peek_int (values, "id", 0, G_MAXINT64, -1) : -1;
  return *ret_id >= 0;
}

/* Only by id: everything else that the real service can order by is not needed here. */
static gboolean
read_order (const char *text, gboolean *ret_is_descending)
{
  g_autoptr (JsonNode) node = easel_json_parse_text (text, NULL);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
  JsonObject *first = array != NULL ? easel_json_element_object (array, 0) : NULL;
  const char *direction = first != NULL ? easel_json_peek_string (first, "dir", "asc") : "";

  *ret_is_descending = strcmp (direction, "desc") == 0;
  return first != NULL && json_array_get_length (array) == 1 &&
         strcmp (easel_json_peek_string (first, "col", ""), "id") == 0 &&
         (*ret_is_descending || strcmp (direction, "asc") == 0);
}

static gboolean
read_columns (const char *text, JsonArray **ret_columns)
{
  g_autoptr (JsonNode) node = easel_json_parse_text (text, NULL);
  JsonArray *array =
      node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;

  for (guint i = 0; array != NULL && i < json_array_get_length (array); i++)
    if (easel_json_element_string (array, i) == NULL)
      return FALSE;
  if (array != NULL && json_array_get_length (array) > 0 &&
      strcmp (json_array_get_string_element (array, 0), "*") != 0)
    *ret_columns = json_array_ref (array);
  return array != NULL;
}

/* Columns that are stored with the contract; what is computed cannot be searched for. */
static gboolean
look_up (gconstpointer record, const char *name, JsonNode **ret_value)
{
  static const char *const stored[] = {
    "id",       "label",       "actual_status",    "intended_status", "cur_state",  "next_state",
    "gpu_name", "machine_id",  "host_id",          "verification",    "image_uuid", "start_date",
    "end_date", "template_id", "template_hash_id", "is_bid",          NULL,
  };

  return g_strv_contains (stored, name) && _easel_sim_vast_look_up_member (record, name, ret_value);
}

static EaselSimAnswer *
check_filters (JsonObject *filters)
{
  static const char *const computed[] = { "dph_total", "num_gpus",      "dph_base",   "gpu_ram",
                                          "ports",     "public_ipaddr", "status_msg", NULL };
  g_autoptr (GList) names = json_object_get_members (filters);

  for (GList *l = names; l != NULL; l = l->next)
    if (g_strv_contains (computed, l->data))
      {
        g_autofree char *text =
            g_strdup_printf ("%s is not a valid search key", (const char *) l->data);

        return refuse_query (text);
      }
  return NULL;
}

/* Returns the problem, or NULL. */
static EaselSimAnswer *
read_page (const EaselSimVastCall *call, Page *page)
{
  const char *limit = easel_sim_request_query (call->request, "limit");
  const char *token = easel_sim_request_query (call->request, "after_token");
  const char *order = easel_sim_request_query (call->request, "order_by");
  const char *columns = easel_sim_request_query (call->request, "select_cols");
  EaselSimAnswer *problem = NULL;
  gint64 number = MAX_PAGE;

  page->after = -1;
  page->filters = _easel_sim_vast_read_query_object (call, "select_filters", &problem);
  if (page->filters == NULL)
    return problem;
  if (limit != NULL && !g_ascii_string_to_signed (limit, 10, G_MININT32, G_MAXINT32, &number, NULL))
    return refuse_query ("limit is not an integer");
  page->limit = number <= 0 ? PAGE_FOR_NONSENSE : (guint) MIN (number, MAX_PAGE);
  if (call->world->page_size > 0)
    page->limit = MIN (page->limit, call->world->page_size);
  if (token != NULL && !read_token (token, &page->after))
    return easel_sim_answer_new (
        400, "application/json",
        "{\"error\":\"invalid_token\",\"msg\":\"Invalid pagination token\"}");
  if (order != NULL && !read_order (order, &page->is_descending))
    return refuse_query ("order_by is not valid");
  if (columns != NULL && !read_columns (columns, &page->columns))
    return refuse_query ("select_cols is not valid");
  return check_filters (page->filters);
}

static gint64
id_of (JsonNode *node)
{
  return easel_json_peek_int (json_node_get_object (node), "id", 0, G_MAXINT64, 0);
}

static int
compare_ids (gconstpointer a, gconstpointer b)
{
  gint64 left = id_of (*(JsonNode *const *) a), right = id_of (*(JsonNode *const *) b);

  return left < right ? -1 : left > right;
}

static void
count_label (JsonObject *counts, const char *label)
{
  json_object_set_int_member (counts, label,
                              easel_json_peek_int (counts, label, 0, G_MAXINT32, 0) + 1);
}

/* Nodes that pass the filters, by id. */
static GPtrArray *
select_instances (const EaselSimVastCall *call, const Page *page, JsonObject *counts)
{
  GPtrArray *pods = easel_sim_cloud_get_pods (call->world->cloud);
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) json_node_unref);

  for (guint i = 0; i < pods->len; i++)
    {
      const EaselSimPod *pod = g_ptr_array_index (pods, i);
      g_autoptr (JsonNode) node = NULL;

      if (pod->house != EASEL_SIM_HOUSE_VAST || !_easel_sim_vast_is_visible (call, pod, "list"))
        continue;
      count_label (counts, pod->name);
      node = _easel_sim_vast_instance_node (call->world, pod);
      json_object_set_array_member (json_node_get_object (node), "volume_info", json_array_new ());
      if (easel_sim_filter_matches (page->filters, NULL, json_node_get_object (node), look_up))
        g_ptr_array_add (found, g_steal_pointer (&node));
    }
  g_ptr_array_sort (found, compare_ids);
  return found;
}

static gboolean
is_behind (const Page *page, JsonNode *node)
{
  if (page->after < 0)
    return TRUE;
  return page->is_descending ? id_of (node) < page->after : id_of (node) > page->after;
}

static void
put_columns (JsonBuilder *builder, const Page *page, JsonNode *node)
{
  if (page->columns == NULL)
    {
      easel_sim_put_node (builder, NULL, node);
      return;
    }
  easel_sim_open_object (builder, NULL);
  /* Never without an id, so that a page can be joined to another. */
  easel_sim_put_int (builder, "id", id_of (node));
  for (guint i = 0; i < json_array_get_length (page->columns); i++)
    {
      const char *name = json_array_get_string_element (page->columns, i);

      if (strcmp (name, "id") != 0)
        easel_sim_put_node (builder, name,
                            json_object_get_member (json_node_get_object (node), name));
    }
  json_builder_end_object (builder);
}

EaselSimAnswer *
_easel_sim_vast_list_instances (const EaselSimVastCall *call)
{
  g_auto (Page) page = { 0 };
  EaselSimAnswer *problem = read_page (call, &page);
  g_autoptr (JsonObject) counts = json_object_new ();
  g_autoptr (GPtrArray) found = NULL;
  g_autoptr (JsonBuilder) builder = NULL;
  g_autoptr (JsonNode) labels = json_node_new (JSON_NODE_OBJECT);
  g_autofree char *next = NULL;
  gint64 last = -1;
  guint n_told = 0;

  if (problem != NULL)
    return problem;
  found = select_instances (call, &page, counts);
  json_node_set_object (labels, counts);
  builder = json_builder_new ();
  json_builder_begin_object (builder);
  easel_sim_put_boolean (builder, "success", TRUE);
  easel_sim_put_int (builder, "total_instances", found->len);
  easel_sim_put_node (builder, "label_counts", labels);
  easel_sim_open_array (builder, "instances");
  for (guint i = 0; i < found->len; i++)
    {
      JsonNode *node = g_ptr_array_index (found, page.is_descending ? found->len - 1 - i : i);

      if (!is_behind (&page, node))
        continue;
      if (n_told == page.limit)
        {
          next = make_token (last);
          break;
        }
      put_columns (builder, &page, node);
      last = id_of (node);
      n_told++;
    }
  json_builder_end_array (builder);
  easel_sim_put_int (builder, "instances_found", n_told);
  easel_sim_put_string (builder, "next_token", next);
  return easel_sim_answer_json (200, easel_sim_close_root (builder));
}

static EaselSimAnswer *
tell_verdict (EaselSimVerdict verdict, const char *id)
{
  switch (verdict)
    {
    case EASEL_SIM_NO_CREDIT:
      return _easel_sim_vast_refuse (400, "missing_billing",
                                     "You lack credit, see the billing page.");
    case EASEL_SIM_EXPIRED:
      return _easel_sim_vast_refuse (400, "invalid_args", "The contract has expired.");
    case EASEL_SIM_QUEUED:
      return _easel_sim_vast_refuse (
          200, "resources_unavailable",
          "Required resources are currently unavailable, state change queued.");
    case EASEL_SIM_NOT_FOUND:
      return refuse_unknown (id);
    /* What is so already is done. */
    case EASEL_SIM_OK:
    case EASEL_SIM_WRONG_STATE:
    case EASEL_SIM_NO_CAPACITY:
    case EASEL_SIM_UNKNOWN_GPU:
    case EASEL_SIM_HOST_FULL:
    case EASEL_SIM_LOCKED:
    default:
      return _easel_sim_vast_done ();
    }
}

static EaselSimAnswer *
check_change (JsonNode *body)
{
  g_autoptr (GPtrArray) errors = g_ptr_array_new_with_free_func (g_free);
  JsonObject *object = json_node_get_object (body);
  const char *label = easel_json_peek_string (object, "label", "");

  if (json_object_has_member (object, "state") &&
      !g_strv_contains (states, easel_json_peek_string (object, "state", "")))
    return easel_sim_answer_new (400, "application/json",
                                 "{\"success\":false,\"msg\":\"Invalid target state\"}");
  easel_sim_schema_check (body, change_fields, "$", errors);
  if (errors->len > 0 || json_object_get_size (object) != 1)
    return _easel_sim_vast_refuse (400, "invalid_args", "Invalid args: %s",
                                   errors->len > 0 ? (char *) g_ptr_array_index (errors, 0)
                                                   : "want one of state or label");
  if (g_utf8_strlen (label, -1) > MAX_LABEL)
    return _easel_sim_vast_refuse (400, "invalid_args", "label_too_long");
  return NULL;
}

EaselSimAnswer *
_easel_sim_vast_change_instance (const EaselSimVastCall *call)
{
  const char *id = call->parts[2];
  EaselSimAnswer *problem = NULL;
  g_autoptr (JsonNode) body = _easel_sim_vast_read_body (call, &problem);
  EaselSimPod *pod = _easel_sim_vast_find_pod (call, id, "get");
  const char *state, *label;

  if (body == NULL)
    return problem;
  if (!is_number (id))
    return refuse_id ();
  problem = check_change (body);
  if (problem != NULL)
    return problem;
  if (pod == NULL)
    return refuse_unknown (id);
  label = easel_json_peek_string (json_node_get_object (body), "label", NULL);
  state = easel_json_peek_string (json_node_get_object (body), "state", NULL);
  if (label != NULL)
    {
      easel_sim_cloud_rename (call->world->cloud, pod, label);
      return easel_sim_answer_new (200, "application/json",
                                   "{\"success\":true,\"msg\":\"Label updated.\"}");
    }
  return tell_verdict (strcmp (state, "running") == 0
                           ? easel_sim_cloud_start (call->world->cloud, pod)
                           : easel_sim_cloud_stop (call->world->cloud, pod),
                       id);
}

EaselSimAnswer *
_easel_sim_vast_reboot_instance (const EaselSimVastCall *call)
{
  EaselSimPod *pod = _easel_sim_vast_find_pod (call, call->parts[3], "get");

  if (pod == NULL)
    return refuse_id ();
  if (easel_sim_cloud_restart (call->world->cloud, pod) != EASEL_SIM_OK)
    return _easel_sim_vast_refuse (200, "invalid_id",
                                   "Invalid instance id. Is the container started?");
  return _easel_sim_vast_done ();
}

EaselSimAnswer *
_easel_sim_vast_destroy_instance (const EaselSimVastCall *call)
{
  const char *id = call->parts[2];
  EaselSimPod *pod = _easel_sim_vast_find_pod (call, id, "delete");

  if (!is_number (id))
    return refuse_id ();
  if (pod == NULL || easel_sim_cloud_remove (call->world->cloud, pod) != EASEL_SIM_OK)
    return refuse_unknown (id);
  return _easel_sim_vast_done ();
}
