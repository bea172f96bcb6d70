/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What is asked of RunPod: turns model values into method, path and body. Pure: no address, no
 * key, no network. Field names and rules are those of the REST v2 document; the service refuses
 * unknown body members (422) and ignores unknown query parameters, so nothing goes in here that is
 * not in that document.
 */

#include "config.h"

#include "easel-runpod-requests.h"

#include "easel-json.h"

#include <string.h>

/* RunPod's own floor for a lasting disk. */
#define MIN_WORKSPACE_GB 10
/* Very small container disks were answered with the capacity error. */
#define MIN_DISK_GB 20
/* Hours of one month: enough for any rental, and one answer of moderate size. */
#define BILL_HOURS 744
#define LOG_TAIL 1000

static EaselRunpodRequest *
request_new (const char *method, char *path)
{
  EaselRunpodRequest *self = g_new0 (EaselRunpodRequest, 1);

  g_assert (method != NULL && path != NULL);

  self->method = method;
  self->path = path;
  return self;
}

static void
request_take_body (EaselRunpodRequest *self, JsonBuilder *builder)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);

  g_assert (self->body == NULL);

  self->body = easel_json_to_bytes (root);
}

static char *
escape (const char *segment)
{
  return g_uri_escape_string (segment, NULL, FALSE);
}

/* PREFIX/ID/SUFFIX with the id escaped. */
static char *
path_for (const char *prefix, const char *id, const char *suffix)
{
  g_autofree char *escaped = escape (id);

  return g_strconcat (prefix, escaped, suffix, NULL);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

static void
add_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
add_boolean (JsonBuilder *builder, const char *name, gboolean value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_boolean_value (builder, value);
}

/**
 * easel_runpod_request_free:
 * @self: (transfer full) (nullable): a request
 *
 * Frees it.
 */
void
easel_runpod_request_free (EaselRunpodRequest *self)
{
  if (self == NULL)
    return;
  g_free (self->path);
  g_clear_pointer (&self->body, g_bytes_unref);
  g_free (self);
}

/**
 * easel_runpod_request_list_pods:
 * @limit: size of a page, 0 for RunPod's own (1000)
 * @cursor: (nullable): where the last page said that the next one begins
 *
 * Returns: (transfer full): GET /v2/pods
 */
EaselRunpodRequest *
easel_runpod_request_list_pods (guint limit, const char *cursor)
{
  GString *path = g_string_new ("/pods");
  char separator = '?';

  if (limit > 0)
    {
      g_string_append_printf (path, "%climit=%u", separator, limit);
      separator = '&';
    }
  if (cursor != NULL)
    {
      g_autofree char *escaped = escape (cursor);

      g_string_append_printf (path, "%ccursor=%s", separator, escaped);
    }
  return request_new ("GET", g_string_free (path, FALSE));
}

/**
 * easel_runpod_request_get_pod:
 * @pod_id: a pod
 *
 * Returns: (transfer full): GET /v2/pods/ID
 */
EaselRunpodRequest *
easel_runpod_request_get_pod (const char *pod_id)
{
  g_return_val_if_fail (pod_id != NULL, NULL);

  return request_new ("GET", path_for ("/pods/", pod_id, NULL));
}

static void
add_gpu (JsonBuilder *builder, const EaselLaunchSpec *spec)
{
  json_builder_set_member_name (builder, "gpu");
  json_builder_begin_object (builder);
  add_string (builder, "id", easel_offer_get (spec->offer)->gpu_id);
  /* Its omission was answered with the capacity error in August 2026. */
  add_int (builder, "count", 1);
  if (spec->need_cuda > 0)
    {
      g_autofree char *version = easel_cuda_format (spec->need_cuda);

      add_string (builder, "minCudaVersion", version);
    }
  if (spec->need_ram_mib > 0)
    add_int (builder, "minRamPerGpu", (spec->need_ram_mib + 1023) / 1024);
  json_builder_end_object (builder);
}

static void
add_mounts (JsonBuilder *builder, const EaselLaunchSpec *spec)
{
  const char *path = NULL;

  if (spec->workspace_gb == 0)
    return;
  if (spec->template != NULL)
    path = easel_template_get (spec->template)->workspace_path;
  if (path == NULL || *path != '/')
    path = "/workspace";
  json_builder_set_member_name (builder, "mounts");
  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "persistent");
  json_builder_begin_object (builder);
  add_int (builder, "size", MAX (spec->workspace_gb, MIN_WORKSPACE_GB));
  add_string (builder, "path", path);
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

/* Only the server's own port: what the template opens beside it (a notebook, a shell) stays shut.
 */
static void
add_ports (JsonBuilder *builder)
{
  g_autofree char *port = g_strdup_printf ("%d/http", EASEL_SERVER_PORT);

  json_builder_set_member_name (builder, "ports");
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, port);
  json_builder_end_array (builder);
}

static void
add_variable (const char *name, const char *value, gpointer user_data)
{
  add_string (user_data, name, value);
}

/* Either way bash is handed the command as one word. */
static void
add_agent (JsonBuilder *builder, const EaselAgentPlan *agent, EaselRunpodCommandForm form)
{
  const char *const words[] = { "bash", "-c", agent->command, NULL };

  if (form == EASEL_RUNPOD_COMMAND_WORDS)
    {
      json_builder_set_member_name (builder, "cmd");
      json_builder_begin_array (builder);
      for (gsize i = 0; words[i] != NULL; i++)
        json_builder_add_string_value (builder, words[i]);
      json_builder_end_array (builder);
    }
  else
    {
      g_autofree char *args = easel_runpod_join_arguments (words);

      add_string (builder, "args", args);
    }
  json_builder_set_member_name (builder, "env");
  json_builder_begin_object (builder);
  easel_agent_plan_foreach_variable (agent, add_variable, builder);
  json_builder_end_object (builder);
}

static void
add_software (JsonBuilder *builder, const EaselLaunchSpec *spec, EaselRunpodCommandForm form)
{
  const EaselTemplateData *template =
      spec->template != NULL ? easel_template_get (spec->template) : NULL;
  gboolean has_id = template != NULL && template->id != NULL && *template->id != '\0';
  const char *image = spec->image;

  if (has_id)
    add_string (builder, "templateId", template->id);
  else if (image == NULL && template != NULL)
    image = template->image;
  if (image != NULL)
    add_string (builder, "image", image);
  /* Without "args" the template's own command holds; an empty string would clear it. */
  if (spec->agent != NULL)
    {
      add_agent (builder, spec->agent, form);
    }
  else if (spec->start_arguments != NULL && spec->start_arguments[0] != NULL)
    {
      g_autofree char *args =
          easel_runpod_join_arguments ((const char *const *) spec->start_arguments);

      add_string (builder, "args", args);
    }
}

/**
 * easel_runpod_request_create_pod:
 * @spec: what to rent; name and offer must be set
 * @form: how the agent's command is said
 *
 * The offer's kind of host decides the cloud. With neither template nor image the request is sent
 * all the same and refused by RunPod.
 *
 * Returns: (transfer full): POST /v2/pods
 */
EaselRunpodRequest *
easel_runpod_request_create_pod (const EaselLaunchSpec *spec, EaselRunpodCommandForm form)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselRunpodRequest *self;
  gboolean is_private;

  g_return_val_if_fail (spec != NULL && spec->name != NULL && spec->offer != NULL, NULL);

  is_private = easel_offer_get (spec->offer)->host_kind == EASEL_HOST_PRIVATE;
  json_builder_begin_object (builder);
  add_string (builder, "name", spec->name);
  add_software (builder, spec, form);
  add_string (builder, "cloud", is_private ? "COMMUNITY" : "SECURE");
  add_gpu (builder, spec);
  add_int (builder, "disk", MAX (spec->disk_gb, MIN_DISK_GB));
  add_mounts (builder, spec);
  add_ports (builder);
  add_boolean (builder, "startSsh", FALSE);
  add_boolean (builder, "startJupyter", FALSE);
  json_builder_end_object (builder);

  self = request_new ("POST", g_strdup ("/pods"));
  request_take_body (self, builder);
  return self;
}

/**
 * easel_runpod_request_act_on_pod:
 * @pod_id: a pod
 * @action: what to do
 *
 * Returns: (transfer full): POST /v2/pods/ID/action
 */
EaselRunpodRequest *
easel_runpod_request_act_on_pod (const char *pod_id, EaselPodAction action)
{
  static const char *const words[] = {
    [EASEL_POD_ACTION_START] = "start",
    [EASEL_POD_ACTION_STOP] = "stop",
    [EASEL_POD_ACTION_RESTART] = "restart",
  };
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselRunpodRequest *self;

  g_return_val_if_fail (pod_id != NULL, NULL);
  g_return_val_if_fail ((guint) action < G_N_ELEMENTS (words), NULL);

  json_builder_begin_object (builder);
  add_string (builder, "action", words[action]);
  json_builder_end_object (builder);

  self = request_new ("POST", path_for ("/pods/", pod_id, "/action"));
  request_take_body (self, builder);
  return self;
}

/**
 * easel_runpod_request_delete_pod:
 * @pod_id: a pod
 *
 * Returns: (transfer full): DELETE /v2/pods/ID
 */
EaselRunpodRequest *
easel_runpod_request_delete_pod (const char *pod_id)
{
  g_return_val_if_fail (pod_id != NULL, NULL);

  return request_new ("DELETE", path_for ("/pods/", pod_id, NULL));
}

/**
 * easel_runpod_request_list_gpus:
 * @cloud: "SECURE" or "COMMUNITY"
 * @need_cuda: driver floor as EASEL_CUDA(), 0 for none
 *
 * "include" and "product" go only together.
 *
 * Returns: (transfer full): GET /v2/catalog/gpus
 */
EaselRunpodRequest *
easel_runpod_request_list_gpus (const char *cloud, guint need_cuda)
{
  GString *path;

  g_return_val_if_fail (cloud != NULL, NULL);

  path = g_string_new ("/catalog/gpus?include=AVAILABILITY&product=POD&count=1");
  g_string_append_printf (path, "&cloud=%s", cloud);
  if (need_cuda > 0)
    {
      g_autofree char *version = easel_cuda_format (need_cuda);

      g_string_append_printf (path, "&minCudaVersion=%s", version);
    }
  return request_new ("GET", g_string_free (path, FALSE));
}

/**
 * easel_runpod_request_list_templates:
 * @source: (nullable): "official", "verified", "community"; %NULL for the account's own
 *
 * Returns: (transfer full): GET /v2/templates or /v2/catalog/templates
 */
EaselRunpodRequest *
easel_runpod_request_list_templates (const char *source)
{
  if (source == NULL)
    return request_new ("GET", g_strdup ("/templates"));
  return request_new ("GET", g_strconcat ("/catalog/templates?source=", source, NULL));
}

/**
 * easel_runpod_request_get_template:
 * @template_id: a template, own or public
 *
 * Returns: (transfer full): GET /v2/templates/ID
 */
EaselRunpodRequest *
easel_runpod_request_get_template (const char *template_id)
{
  g_return_val_if_fail (template_id != NULL, NULL);

  return request_new ("GET", path_for ("/templates/", template_id, NULL));
}

/**
 * easel_runpod_request_get_bill:
 * @pod_id: a pod, also a deleted one
 *
 * Asks by number of buckets: a start time without an end time was seen to be refused.
 *
 * Returns: (transfer full): GET /v2/billing/pods
 */
EaselRunpodRequest *
easel_runpod_request_get_bill (const char *pod_id)
{
  g_autofree char *escaped = NULL;

  g_return_val_if_fail (pod_id != NULL, NULL);

  escaped = escape (pod_id);
  return request_new ("GET", g_strdup_printf ("/billing/pods?podId=%s&bucketSize=hour&lastN=%d",
                                              escaped, BILL_HOURS));
}

/**
 * easel_runpod_request_stream_logs:
 * @pod_id: a pod
 *
 * Returns: (transfer full): GET /v2/pods/ID/logs, both sources
 */
EaselRunpodRequest *
easel_runpod_request_stream_logs (const char *pod_id)
{
  g_autofree char *tail = g_strdup_printf ("/logs?tail=%d", LOG_TAIL);

  g_return_val_if_fail (pod_id != NULL, NULL);

  return request_new ("GET", path_for ("/pods/", pod_id, tail));
}

/**
 * easel_runpod_request_myself:
 *
 * The only question that REST v2 has no route for: whose key this is and what the balance is.
 *
 * Returns: (transfer full): the body of a POST to GraphQL
 */
EaselRunpodRequest *
easel_runpod_request_myself (void)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  EaselRunpodRequest *self = request_new ("POST", g_strdup (""));

  json_builder_begin_object (builder);
  add_string (builder, "query",
              "query { myself { id email clientBalance currentSpendPerHr spendLimit } }");
  json_builder_end_object (builder);
  request_take_body (self, builder);
  return self;
}

static gboolean
is_plain_word (const char *word)
{
  if (*word == '\0')
    return FALSE;
  for (const char *c = word; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c) && strchr ("-_./:=@%+,", *c) == NULL)
      return FALSE;
  return TRUE;
}

/**
 * easel_runpod_join_arguments:
 * @arguments: command and arguments
 *
 * RunPod splits "args" into words with shell-like quoting. Single quotes are taken where a word
 * needs any, double quotes where it holds single ones and nothing that means something between
 * double quotes: both forms are read alike by every such splitter.
 *
 * Returns: (transfer full): one line
 */
char *
easel_runpod_join_arguments (const char *const *arguments)
{
  GString *line = g_string_new (NULL);

  g_return_val_if_fail (arguments != NULL, g_string_free (line, FALSE));

  for (guint i = 0; arguments[i] != NULL; i++)
    {
      const char *word = arguments[i];

      if (i > 0)
        g_string_append_c (line, ' ');
      if (is_plain_word (word))
        g_string_append (line, word);
      else if (strchr (word, '\'') == NULL)
        g_string_append_printf (line, "'%s'", word);
      else if (strpbrk (word, "\"\\$`!") == NULL)
        g_string_append_printf (line, "\"%s\"", word);
      else
        {
          g_autofree char *quoted = g_shell_quote (word);

          g_string_append (line, quoted);
        }
    }
  return g_string_free (line, FALSE);
}

/**
 * easel_runpod_pod_uri:
 * @pattern: address with "{pod}" and "{port}"
 * @pod_id: a pod, as the server told it
 * @port: port in the container
 *
 * The id becomes part of a host name, so one that could lead elsewhere gets no address.
 *
 * Returns: (transfer full) (nullable): the address, without a slash at its end
 */
char *
easel_runpod_pod_uri (const char *pattern, const char *pod_id, guint port)
{
  g_autofree char *number = NULL;
  GString *uri;
  gsize length;

  g_return_val_if_fail (pattern != NULL && pod_id != NULL, NULL);

  length = strlen (pod_id);
  if (length == 0 || length > 57)
    return NULL;
  for (gsize i = 0; i < length; i++)
    if (!g_ascii_isalnum (pod_id[i]) && pod_id[i] != '-' && pod_id[i] != '_')
      return NULL;
  number = g_strdup_printf ("%u", port);
  uri = g_string_new (pattern);
  g_string_replace (uri, "{pod}", pod_id, 0);
  g_string_replace (uri, "{port}", number, 0);
  while (uri->len > 0 && uri->str[uri->len - 1] == '/')
    g_string_truncate (uri, uri->len - 1);
  return g_string_free (uri, FALSE);
}
