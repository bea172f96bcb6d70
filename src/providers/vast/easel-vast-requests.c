/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is asked of vast.ai: turns model values into method, path and body. Pure: no address, no
 * key, no network. Paths end in a slash because the routes do. Nothing is sent that the service's
 * document does not name: unknown query parameters are refused there.
 * What is asked of the market is in easel-vast-requests-market.c.
 */

#include "config.h"

#include "easel-vast-requests-private.h"

#include "easel-json.h"

#include <string.h>

/* The service's own floor. */
#define MIN_DISK_GB 8
#define CHARGES_PER_PAGE 500
#define LOG_TAIL "1000"

EaselVastRequest *
_easel_vast_request_new (EaselVastLane lane, const char *method, char *path)
{
  EaselVastRequest *self = g_new0 (EaselVastRequest, 1);

  g_assert (method != NULL && path != NULL);

  self->lane = lane;
  self->method = method;
  self->path = path;
  return self;
}

void
_easel_vast_request_take_body (EaselVastRequest *self, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  g_assert (self->body == NULL);

  self->body = easel_json_to_bytes (root);
}

void
_easel_vast_add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

void
_easel_vast_begin_filter (JsonBuilder *builder, const char *field, const char *operator)
{
  json_builder_set_member_name (builder, field);
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, operator);
}

/* NAME=JSON, escaped. */
void
_easel_vast_append_query (GString *path, const char *name, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = easel_json_to_text (root);
  g_autofree char *escaped = g_uri_escape_string (text, NULL, FALSE);

  g_string_append_printf (path, "%c%s=%s", strchr (path->str, '?') == NULL ? '?' : '&', name,
                          escaped);
}

static char *
path_for (const char *prefix, const char *id)
{
  g_autofree char *escaped = g_uri_escape_string (id, NULL, FALSE);

  return g_strconcat (prefix, escaped, "/", NULL);
}

/**
 * easel_vast_id_is_usable:
 * @id: (nullable): something that ought to be a number of vast.ai
 *
 * Returns: %FALSE for what can be none; it is never sent
 */
gboolean
easel_vast_id_is_usable (const char *id)
{
  guint64 number;

  return id != NULL && strlen (id) <= 18 &&
         g_ascii_string_to_unsigned (id, 10, 1, G_MAXINT64, &number, NULL);
}

/**
 * easel_vast_request_free:
 * @self: (transfer full) (nullable): a request
 *
 * Frees it.
 */
void
easel_vast_request_free (EaselVastRequest *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * easel_vast_request_account:
 *
 * Returns: (transfer full): GET /users/current/
 */
EaselVastRequest *
easel_vast_request_account (void)
{
  return _easel_vast_request_new (EASEL_VAST_LANE_ACCOUNT, "GET",
                                  g_strdup ("/api/v0/users/current/"));
}

/**
 * easel_vast_request_spend_rate:
 *
 * Returns: (transfer full): GET /users/spend-rate/
 */
EaselVastRequest *
easel_vast_request_spend_rate (void)
{
  return _easel_vast_request_new (EASEL_VAST_LANE_SPEND, "GET",
                                  g_strdup ("/api/v0/users/spend-rate/"));
}

static void
add_strings (JsonBuilder *builder, const char *name, const char *const *values)
{
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (gsize i = 0; values[i] != NULL; i++)
    json_builder_add_string_value (builder, values[i]);
  json_builder_end_array (builder);
}

/*
 * The author's image is named directly and started as itself: which way of starting his template
 * chooses is not known, and the ways with a shell replace the image's own start, so that nothing
 * would listen. Any other template decides for itself.
 */
static void
add_software (JsonBuilder *builder, const EaselLaunchSpec *spec)
{
  const EaselTemplateData *template =
      spec->template != NULL ? easel_template_get (spec->template) : NULL;
  gboolean has_arguments = spec->start_arguments != NULL && spec->start_arguments[0] != NULL;
  gboolean is_named = template != NULL && *template->id != '\0';
  const char *image = spec->image;

  if (is_named && !has_arguments && spec->agent == NULL &&
      !easel_template_is_krita (spec->template))
    {
      _easel_vast_add_string (builder, "template_hash_id", template->id);
      if (image != NULL)
        _easel_vast_add_string (builder, "image", image);
      return;
    }
  if (image == NULL && template != NULL)
    image = template->image;
  if (image != NULL)
    _easel_vast_add_string (builder, "image", image);
  _easel_vast_add_string (builder, "runtype", "args");
  if (spec->agent != NULL)
    {
      const char *const command[] = { "-c", spec->agent->command, NULL };

      /* With this way of starting, "onstart" is the program and not a script. */
      _easel_vast_add_string (builder, "onstart", "/bin/bash");
      add_strings (builder, "args", command);
    }
  else if (has_arguments)
    add_strings (builder, "args", (const char *const *) spec->start_arguments);
}

static void
add_variable (const char *name, const char *value, gpointer user_data)
{
  _easel_vast_add_string (user_data, name, value);
}

static void
add_environment (JsonBuilder *builder, const EaselLaunchSpec *spec)
{
  g_autofree char *port = g_strdup_printf ("-p %d:%d", EASEL_SERVER_PORT, EASEL_SERVER_PORT);
  g_autofree char *workspace = g_strdup_printf ("%u", spec->workspace_gb);

  json_builder_set_member_name (builder, "env");
  json_builder_begin_object (builder);
  _easel_vast_add_string (builder, port, "1");
  _easel_vast_add_string (builder, EASEL_VAST_WORKSPACE_VARIABLE, workspace);
  if (spec->agent != NULL)
    easel_agent_plan_foreach_variable (spec->agent, add_variable, builder);
  json_builder_end_object (builder);
}

/**
 * easel_vast_request_create_pod:
 * @spec: what to rent; name and offer must be set
 *
 * There is one disk, which lasts, so both sizes are added. "cancel_unavail" makes it fail where it
 * would otherwise leave an instance that does not run and is billed for its disk.
 *
 * Returns: (transfer full) (nullable): PUT /asks/OFFER/; %NULL if the offer is not of vast.ai
 */
EaselVastRequest *
easel_vast_request_create_pod (const EaselLaunchSpec *spec)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselVastRequest *self;
  const char *offer_id;

  g_return_val_if_fail (spec != NULL && spec->name != NULL && spec->offer != NULL, NULL);

  offer_id = easel_offer_get (spec->offer)->id;
  if (!easel_vast_id_is_usable (offer_id))
    return NULL;
  json_builder_begin_object (builder);
  add_software (builder, spec);
  json_builder_set_member_name (builder, "disk");
  json_builder_add_int_value (builder,
                              MAX ((gint64) spec->disk_gb + spec->workspace_gb, MIN_DISK_GB));
  _easel_vast_add_string (builder, "label", spec->name);
  add_environment (builder, spec);
  _easel_vast_add_string (builder, "target_state", "running");
  json_builder_set_member_name (builder, "cancel_unavail");
  json_builder_add_boolean_value (builder, TRUE);
  json_builder_end_object (builder);

  self =
      _easel_vast_request_new (EASEL_VAST_LANE_CREATE, "PUT", path_for ("/api/v0/asks/", offer_id));
  _easel_vast_request_take_body (self, builder);
  return self;
}

/**
 * easel_vast_request_get_pod:
 * @pod_id: an instance
 *
 * Returns: (transfer full): GET /instances/ID/
 */
EaselVastRequest *
easel_vast_request_get_pod (const char *pod_id)
{
  g_return_val_if_fail (pod_id != NULL, NULL);

  return _easel_vast_request_new (EASEL_VAST_LANE_GET, "GET",
                                  path_for ("/api/v0/instances/", pod_id));
}

/**
 * easel_vast_request_find_pod:
 * @pod_id: an instance, see easel_vast_id_is_usable()
 *
 * Returns: (transfer full): the list, of this one alone
 */
EaselVastRequest *
easel_vast_request_find_pod (const char *pod_id)
{
  g_autoptr (JsonBuilder) filters = json_builder_new ();
  g_autoptr (GString) path = g_string_new ("/api/v1/instances/");

  g_return_val_if_fail (easel_vast_id_is_usable (pod_id), NULL);

  json_builder_begin_object (filters);
  _easel_vast_begin_filter (filters, "id", "eq");
  json_builder_add_int_value (filters, g_ascii_strtoll (pod_id, NULL, 10));
  json_builder_end_object (filters);
  json_builder_end_object (filters);
  _easel_vast_append_query (path, "select_filters", filters);
  return _easel_vast_request_new (EASEL_VAST_LANE_LIST, "GET",
                                  g_string_free (g_steal_pointer (&path), FALSE));
}

/**
 * easel_vast_request_list_pods:
 * @token: (nullable): where the last page said that the next one begins
 *
 * The list without "v1" is being withdrawn. Ordered by id, so that an instance that comes or goes
 * between two pages cannot push another one out of both.
 *
 * Returns: (transfer full): GET /v1/instances/
 */
EaselVastRequest *
easel_vast_request_list_pods (const char *token)
{
  g_autoptr (JsonBuilder) order = json_builder_new ();
  g_autoptr (GString) path = g_string_new ("/api/v1/instances/");

  g_string_append_printf (path, "?limit=%d", EASEL_VAST_PODS_PER_PAGE);
  json_builder_begin_array (order);
  json_builder_begin_object (order);
  _easel_vast_add_string (order, "col", "id");
  _easel_vast_add_string (order, "dir", "asc");
  json_builder_end_object (order);
  json_builder_end_array (order);
  _easel_vast_append_query (path, "order_by", order);
  if (token != NULL)
    {
      g_autofree char *escaped = g_uri_escape_string (token, NULL, FALSE);

      g_string_append_printf (path, "&after_token=%s", escaped);
    }
  return _easel_vast_request_new (EASEL_VAST_LANE_LIST, "GET",
                                  g_string_free (g_steal_pointer (&path), FALSE));
}

/**
 * easel_vast_request_set_running:
 * @pod_id: an instance
 * @running: whether it should run
 *
 * Returns: (transfer full): PUT /instances/ID/
 */
EaselVastRequest *
easel_vast_request_set_running (const char *pod_id, gboolean running)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselVastRequest *self;

  g_return_val_if_fail (pod_id != NULL, NULL);

  json_builder_begin_object (builder);
  _easel_vast_add_string (builder, "state", running ? "running" : "stopped");
  json_builder_end_object (builder);
  self = _easel_vast_request_new (EASEL_VAST_LANE_CHANGE, "PUT",
                                  path_for ("/api/v0/instances/", pod_id));
  _easel_vast_request_take_body (self, builder);
  return self;
}

/* Those changes that carry nothing carry an empty object, as vast.ai's own program does. */
static EaselVastRequest *
request_empty (EaselVastLane lane, const char *method, char *path)
{
  EaselVastRequest *self = _easel_vast_request_new (lane, method, path);

  self->body = g_bytes_new_static ("{}", 2);
  return self;
}

/**
 * easel_vast_request_reboot_pod:
 * @pod_id: an instance
 *
 * Stops and starts the container without giving the GPU back.
 *
 * Returns: (transfer full): PUT /instances/reboot/ID/
 */
EaselVastRequest *
easel_vast_request_reboot_pod (const char *pod_id)
{
  g_return_val_if_fail (pod_id != NULL, NULL);

  return request_empty (EASEL_VAST_LANE_REBOOT, "PUT",
                        path_for ("/api/v0/instances/reboot/", pod_id));
}

/**
 * easel_vast_request_delete_pod:
 * @pod_id: an instance
 *
 * Returns: (transfer full): DELETE /instances/ID/
 */
EaselVastRequest *
easel_vast_request_delete_pod (const char *pod_id)
{
  g_return_val_if_fail (pod_id != NULL, NULL);

  return request_empty (EASEL_VAST_LANE_DELETE, "DELETE", path_for ("/api/v0/instances/", pod_id));
}

/**
 * easel_vast_request_logs:
 * @pod_id: an instance
 *
 * Asks for the end of the container's log to be put somewhere; the number of lines is text there.
 *
 * Returns: (transfer full): PUT /instances/request_logs/ID/
 */
EaselVastRequest *
easel_vast_request_logs (const char *pod_id)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselVastRequest *self;

  g_return_val_if_fail (pod_id != NULL, NULL);

  json_builder_begin_object (builder);
  _easel_vast_add_string (builder, "tail", LOG_TAIL);
  json_builder_end_object (builder);
  self = _easel_vast_request_new (EASEL_VAST_LANE_LOGS, "PUT",
                                  path_for ("/api/v0/instances/request_logs/", pod_id));
  _easel_vast_request_take_body (self, builder);
  return self;
}

/**
 * easel_vast_request_charges:
 * @from_unix_s: first second
 * @to_unix_s: last second
 * @token: (nullable): where the last page said that the next one begins
 *
 * Both bounds are required.
 *
 * Returns: (transfer full): GET /charges/
 */
EaselVastRequest *
easel_vast_request_charges (gint64 from_unix_s, gint64 to_unix_s, const char *token)
{
  const char *const types[] = { "instance", NULL };
  g_autoptr (JsonBuilder) filters = json_builder_new ();
  g_autoptr (GString) path = g_string_new ("/api/v0/charges/");

  json_builder_begin_object (filters);
  _easel_vast_begin_filter (filters, "day", "gte");
  json_builder_add_int_value (filters, from_unix_s);
  json_builder_set_member_name (filters, "lte");
  json_builder_add_int_value (filters, to_unix_s);
  json_builder_end_object (filters);
  json_builder_set_member_name (filters, "type");
  json_builder_begin_object (filters);
  add_strings (filters, "in", types);
  json_builder_end_object (filters);
  json_builder_end_object (filters);
  _easel_vast_append_query (path, "select_filters", filters);
  g_string_append_printf (path, "&limit=%d", CHARGES_PER_PAGE);
  if (token != NULL)
    {
      g_autofree char *escaped = g_uri_escape_string (token, NULL, FALSE);

      g_string_append_printf (path, "&after_token=%s", escaped);
    }
  return _easel_vast_request_new (EASEL_VAST_LANE_CHARGES, "GET",
                                  g_string_free (g_steal_pointer (&path), FALSE));
}
