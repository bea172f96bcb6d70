/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Stands in for a provider in the tests of the session layer. It owns the truth about its pods (the
 * ledger) apart from what it tells about them, so that a test can let the cloud lie: lags, answers
 * without effect, effects without an answer. It does no checking of its own: whether the session
 * behaved is for the test to assert, with the log and the ledger. */
#include "config.h"

#include "stub-provider.h"

#include <string.h>

typedef struct
{
  EaselPodData data;
  gint64 visible_at;
  gint64 gone_at; /* from here on lists and gets no longer see it; -1 while it exists */
  gboolean exists;
} Pod;

typedef struct
{
  gboolean has_error;
  gboolean with_effect;
  EaselError code;
  gpointer value; /* (owned) (nullable) */
} Answer;

typedef struct
{
  StubProvider *provider; /* (unowned) */
  StubCall call;
  GTask *task;     /* (owned) */
  GError *error;   /* (owned) (nullable) */
  gpointer value;  /* (owned) (nullable) */
  GSource *source; /* (owned) (nullable) */
} Held;

typedef struct
{
  StubProvider *provider; /* (unowned) */
  GTask *task;            /* (owned) */
  EaselLogFunc func;
  gpointer func_data;
  GSource *source; /* (owned) (nullable) */
} Stream;

struct _StubProvider
{
  GObject parent_instance;

  const EaselProviderInfo *info;
  EaselClock *clock;         /* (owned) (nullable) */
  EaselAccountInfo *account; /* (owned) */
  GHashTable *revoked;       /* (owned) (element-type utf8) */
  GPtrArray *offers;         /* (owned) (element-type EaselOffer) */
  GPtrArray *templates;      /* (owned) (element-type EaselTemplate) */
  GHashTable *bills;         /* (owned) (element-type utf8 EaselBill) */

  GQueue answers[STUB_N_CALLS];
  GPtrArray *held[STUB_N_CALLS]; /* (owned) (element-type Held) */
  gboolean holds[STUB_N_CALLS];
  gboolean fails[STUB_N_CALLS];
  EaselError fail_codes[STUB_N_CALLS];
  guint n_calls[STUB_N_CALLS];

  GPtrArray *log;             /* (owned) (element-type utf8) */
  EaselSecret *last_key;      /* (owned) (nullable) */
  EaselLaunchSpec *last_spec; /* (owned) (nullable) */

  GStringChunk *strings; /* (owned): everything that EaselPodData points to */
  GPtrArray *ports;      /* (owned) (element-type GStrv) */
  GPtrArray *pods;       /* (owned) (element-type Pod) */
  GPtrArray *streams;    /* (owned) (element-type Stream) */
  gint64 create_lag;
  gint64 delete_lag;
  gboolean accepts_unborn;
  gboolean keeps_agents;
  EaselPodState created_state;
  char *address_pattern; /* (owned) */
  guint n_created;
};

static void stub_provider_iface_init (EaselProviderInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (StubProvider,
                               stub_provider,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (EASEL_TYPE_PROVIDER,
                                                      stub_provider_iface_init))

static const EaselProviderInfo runpod_info = {
  .id = "runpod",
  .name = "RunPod",
  .sign_up_uri = "https://runpod.example/sign-up",
  .funds_uri = "https://runpod.example/funds",
  .keys_uri = "https://runpod.example/keys",
  .console_uri = "https://runpod.example/console",
  .template_id = "8myumeqonw",
  .template_name = "Stable Diffusion ComfyUI for Krita",
  .min_top_up_dollars = 10,
  .encrypted = TRUE,
  .has_pause = TRUE,
  .has_logs = TRUE,
  .pushes_logs = TRUE,
};

static const EaselProviderInfo vast_info = {
  .id = "vast",
  .name = "vast.ai",
  .sign_up_uri = "https://vast.example/sign-up",
  .funds_uri = "https://vast.example/funds",
  .keys_uri = "https://vast.example/keys",
  .console_uri = "https://vast.example/console",
  .template_id = "krita-at-vast",
  .template_name = "ComfyUI for Krita",
  .min_top_up_dollars = 5,
  .encrypted = FALSE,
  .has_pause = TRUE,
  .has_logs = FALSE,
};

static const char *const call_names[STUB_N_CALLS] = {
  [STUB_CHECK_KEY] = "check-key",           [STUB_LIST_OFFERS] = "list-offers",
  [STUB_LIST_TEMPLATES] = "list-templates", [STUB_GET_TEMPLATE] = "get-template",
  [STUB_CREATE_POD] = "create-pod",         [STUB_GET_POD] = "get-pod",
  [STUB_LIST_PODS] = "list-pods",           [STUB_ACT_ON_POD] = "act-on-pod",
  [STUB_DELETE_POD] = "delete-pod",         [STUB_GET_BILL] = "get-bill",
  [STUB_STREAM_LOGS] = "stream-logs",
};

static void
free_value (StubCall call, gpointer value)
{
  if (value == NULL)
    return;
  switch (call)
    {
    case STUB_CHECK_KEY:
      easel_account_info_free (value);
      break;
    case STUB_LIST_OFFERS:
    case STUB_LIST_TEMPLATES:
      g_ptr_array_unref (value);
      break;
    case STUB_GET_TEMPLATE:
    case STUB_CREATE_POD:
    case STUB_GET_POD:
      g_object_unref (value);
      break;
    case STUB_LIST_PODS:
      easel_pod_list_free (value);
      break;
    case STUB_GET_BILL:
      g_free (value);
      break;
    case STUB_ACT_ON_POD:
    case STUB_DELETE_POD:
    case STUB_STREAM_LOGS:
    case STUB_N_CALLS:
    default:
      break;
    }
}

static GDestroyNotify
value_destroy (StubCall call)
{
  switch (call)
    {
    case STUB_CHECK_KEY:
      return (GDestroyNotify) easel_account_info_free;
    case STUB_LIST_OFFERS:
    case STUB_LIST_TEMPLATES:
      return (GDestroyNotify) g_ptr_array_unref;
    case STUB_GET_TEMPLATE:
    case STUB_CREATE_POD:
    case STUB_GET_POD:
      return g_object_unref;
    case STUB_LIST_PODS:
      return (GDestroyNotify) easel_pod_list_free;
    case STUB_GET_BILL:
      return g_free;
    case STUB_ACT_ON_POD:
    case STUB_DELETE_POD:
    case STUB_STREAM_LOGS:
    case STUB_N_CALLS:
    default:
      return NULL;
    }
}

/* --- answers ------------------------------------------------------------------------------ */

static void
task_return (StubCall call, GTask *task, GError *error, gpointer value)
{
  if (error != NULL)
    {
      free_value (call, value);
      g_task_return_error (task, error);
    }
  else if (value_destroy (call) != NULL)
    g_task_return_pointer (task, value, value_destroy (call));
  else
    g_task_return_boolean (task, TRUE);
}

static void
held_free (gpointer data)
{
  Held *held = data;

  if (held->source != NULL)
    g_source_destroy (held->source);
  g_clear_pointer (&held->source, g_source_unref);
  g_clear_error (&held->error);
  free_value (held->call, g_steal_pointer (&held->value));
  g_clear_object (&held->task);
  g_free (held);
}

static gboolean
on_held_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Held *held = user_data;
  g_autoptr (GTask) task = g_object_ref (held->task);

  g_ptr_array_remove (held->provider->held[held->call], held);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
answer (StubProvider *self, StubCall call, GTask *task, GError *error, gpointer value)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Held *held;

  if (!self->holds[call])
    {
      task_return (call, task, error, value);
      return;
    }
  held = g_new0 (Held, 1);
  held->provider = self;
  held->call = call;
  held->task = g_object_ref (task);
  held->error = error;
  held->value = value;
  if (cancellable != NULL)
    {
      held->source = g_cancellable_source_new (cancellable);
      g_source_set_callback (held->source, G_SOURCE_FUNC (on_held_cancelled), held, NULL);
      g_source_attach (held->source, NULL);
    }
  g_ptr_array_add (self->held[call], held);
}

/* Decides about one call: whether it has its effect, and which error or value comes back instead of
 * the usual answer. */
static gboolean
decide (StubProvider *self,
        StubCall call,
        EaselSecret *key,
        GError **ret_error,
        gpointer *ret_value)
{
  Answer *scripted;
  gboolean effect = TRUE;

  *ret_error = NULL;
  *ret_value = NULL;
  if (!g_str_has_prefix (easel_secret_peek (key), "practice-") ||
      g_hash_table_contains (self->revoked, easel_secret_peek (key)))
    {
      *ret_error = easel_error_new (EASEL_ERROR_AUTH, "the stub does not know this key");
      return FALSE;
    }
  scripted = g_queue_pop_head (&self->answers[call]);
  if (scripted != NULL)
    {
      if (scripted->has_error)
        *ret_error = easel_error_new (scripted->code, "%s: scripted", call_names[call]);
      *ret_value = g_steal_pointer (&scripted->value);
      effect = !scripted->has_error || scripted->with_effect;
      g_free (scripted);
    }
  else if (self->fails[call])
    {
      *ret_error = easel_error_new (self->fail_codes[call], "%s: always", call_names[call]);
      effect = FALSE;
    }
  return effect;
}

static GTask *
begin (StubProvider *self,
       StubCall call,
       EaselSecret *key,
       const char *what,
       GCancellable *cancellable,
       GAsyncReadyCallback callback,
       gpointer user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, (gpointer) call_names[call]);
  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return NULL;
    }
  self->n_calls[call]++;
  g_ptr_array_add (self->log, what != NULL ? g_strdup_printf ("%s %s", call_names[call], what)
                                           : g_strdup (call_names[call]));
  g_clear_pointer (&self->last_key, easel_secret_unref);
  self->last_key = easel_secret_ref (key);
  return task;
}

/* --- the cloud ---------------------------------------------------------------------------- */

static gint64
now (StubProvider *self)
{
  return self->clock != NULL ? easel_clock_get_unix_ms (self->clock) : 0;
}

static const char *
keep (StubProvider *self, const char *text)
{
  return text != NULL ? g_string_chunk_insert_const (self->strings, text) : NULL;
}

static void
keep_all (StubProvider *self, EaselPodData *data)
{
  data->provider_id = self->info->id;
  data->id = keep (self, data->id);
  data->name = keep (self, data->name != NULL ? data->name : "");
  data->state_word = keep (self, data->state_word != NULL ? data->state_word : "");
  data->image = keep (self, data->image != NULL ? data->image : "");
  data->gpu_id = keep (self, data->gpu_id);
  data->gpu_name = keep (self, data->gpu_name != NULL ? data->gpu_name : "");
  data->place = keep (self, data->place);
  data->address = keep (self, data->address);
  data->machine_id = keep (self, data->machine_id);
  if (data->ports != NULL)
    {
      char **copy = g_strdupv ((char **) data->ports);
      g_ptr_array_add (self->ports, copy);
      data->ports = (const char *const *) copy;
    }
}

static gboolean
is_visible (StubProvider *self, const Pod *pod)
{
  return now (self) >= pod->visible_at && (pod->gone_at < 0 || now (self) < pod->gone_at);
}

static Pod *
lookup (StubProvider *self, const char *pod_id)
{
  for (guint i = 0; i < self->pods->len; i++)
    {
      Pod *pod = g_ptr_array_index (self->pods, i);
      if (g_strcmp0 (pod->data.id, pod_id) == 0)
        return pod;
    }
  return NULL;
}

static char *
next_id (StubProvider *self)
{
  return g_strdup_printf ("pod%u", self->n_created + 1);
}

static Pod *
insert_pod (StubProvider *self, const EaselPodData *data, gint64 lag)
{
  Pod *pod = g_new0 (Pod, 1);
  g_autofree char *id = next_id (self);

  pod->data = *data;
  if (pod->data.id == NULL)
    pod->data.id = id;
  self->n_created++;
  keep_all (self, &pod->data);
  pod->visible_at = now (self) + lag;
  pod->gone_at = -1;
  pod->exists = TRUE;
  g_ptr_array_add (self->pods, pod);
  return pod;
}

static char *
pod_uri (StubProvider *self, const char *pod_id, guint port)
{
  g_autofree char *port_text = g_strdup_printf ("%u", port);
  g_autoptr (GString) text = g_string_new (self->address_pattern);

  g_string_replace (text, "{pod}", pod_id, 0);
  g_string_replace (text, "{port}", port_text, 0);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
create_effect (StubProvider *self, const EaselLaunchSpec *spec, EaselPod **ret_pod)
{
  static const char *const ports[] = { "3001/http", NULL };
  const EaselOfferData *offer = easel_offer_get (spec->offer);
  g_autofree char *id = next_id (self);
  g_autofree char *address = pod_uri (self, id, EASEL_SERVER_PORT);
  g_autofree char *with_secret = NULL;
  EaselPodData data = { 0 };
  Pod *pod;

  data.id = id;
  data.name = spec->name;
  data.state = self->created_state;
  data.state_word = easel_pod_state_nick (self->created_state);
  data.image = spec->image;
  data.gpu_id = offer->gpu_id;
  data.gpu_name = offer->gpu_name;
  data.gpu_count = 1;
  data.disk_gb = spec->disk_gb;
  data.workspace_gb = spec->workspace_gb;
  data.cost = easel_offer_price (spec->offer, spec->disk_gb + spec->workspace_gb);
  data.stopped_cost = offer->stopped_disk_price * spec->workspace_gb;
  data.host_kind = offer->host_kind;
  data.ports = ports;
  data.address = address;
  data.encrypted = TRUE;
  data.container_up = self->created_state == EASEL_POD_RUNNING;
  data.created_unix_ms = now (self);
  data.started_unix_ms = now (self);
  data.cuda_version = offer->cuda_max;
  data.machine_id = offer->machine_id;
  if (self->keeps_agents && spec->agent != NULL)
    {
      data.admin = spec->agent->admin;
      data.paint = spec->agent->paint;
      with_secret = easel_pod_join_secret (address, data.paint);
      data.address = with_secret;
    }
  pod = insert_pod (self, &data, self->create_lag);
  *ret_pod = easel_pod_new (&pod->data);
}

static void
delete_effect (StubProvider *self, Pod *pod)
{
  pod->exists = FALSE;
  pod->gone_at = now (self) + self->delete_lag;
}

/* The pod that a call names, if the cloud admits that it exists. */
static Pod *
require_pod (StubProvider *self, const char *pod_id, gboolean for_change, GError **error)
{
  Pod *pod = lookup (self, pod_id);

  if (pod == NULL || (!is_visible (self, pod) && !(for_change && self->accepts_unborn)) ||
      (for_change && !pod->exists))
    {
      easel_set_error (error, EASEL_ERROR_NOT_FOUND, "no pod “%s”", pod_id);
      return NULL;
    }
  if (for_change && pod->data.locked)
    {
      easel_set_error (error, EASEL_ERROR_LOCKED, "pod “%s” is locked", pod_id);
      return NULL;
    }
  return pod;
}

/* --- EaselProvider ------------------------------------------------------------------------ */

static const EaselProviderInfo *
stub_get_info (EaselProvider *provider)
{
  return STUB_PROVIDER (provider)->info;
}

static const char *
stub_get_api_host (EaselProvider *provider)
{
  return "api.stub.example";
}

static gpointer
stub_finish_pointer (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_assert (g_task_is_valid (result, provider));
  return g_task_propagate_pointer (G_TASK (result), error);
}

static gboolean
stub_finish_boolean (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  g_assert (g_task_is_valid (result, provider));
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
stub_check_key_async (EaselProvider *provider,
                      EaselSecret *key,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_CHECK_KEY, key, NULL, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  decide (self, STUB_CHECK_KEY, key, &error, &value);
  if (error == NULL && value == NULL)
    value = easel_account_info_copy (self->account);
  answer (self, STUB_CHECK_KEY, task, error, value);
}

static EaselAccountInfo *
stub_check_key_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  return stub_finish_pointer (provider, result, error);
}

static GPtrArray *
copy_objects (GPtrArray *array)
{
  GPtrArray *copy = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < array->len; i++)
    g_ptr_array_add (copy, g_object_ref (g_ptr_array_index (array, i)));
  return copy;
}

static void
stub_list_offers_async (EaselProvider *provider,
                        EaselSecret *key,
                        guint need_cuda,
                        guint disk_gb,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autofree char *what = g_strdup_printf ("cuda=%u disk=%u", need_cuda, disk_gb);
  g_autoptr (GTask) task =
      begin (self, STUB_LIST_OFFERS, key, what, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  decide (self, STUB_LIST_OFFERS, key, &error, &value);
  if (error == NULL && value == NULL)
    value = copy_objects (self->offers);
  answer (self, STUB_LIST_OFFERS, task, error, value);
}

static GPtrArray *
stub_list_offers_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  return stub_finish_pointer (provider, result, error);
}

static void
stub_list_templates_async (EaselProvider *provider,
                           EaselSecret *key,
                           const char *search_text,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_LIST_TEMPLATES, key, search_text, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  decide (self, STUB_LIST_TEMPLATES, key, &error, &value);
  if (error == NULL && value == NULL)
    {
      GPtrArray *found = g_ptr_array_new_with_free_func (g_object_unref);
      for (guint i = 0; i < self->templates->len; i++)
        {
          EaselTemplate *template = g_ptr_array_index (self->templates, i);
          if (search_text == NULL || easel_template_matches (template, search_text))
            g_ptr_array_add (found, g_object_ref (template));
        }
      value = found;
    }
  answer (self, STUB_LIST_TEMPLATES, task, error, value);
}

static GPtrArray *
stub_list_templates_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  return stub_finish_pointer (provider, result, error);
}

static void
stub_get_template_async (EaselProvider *provider,
                         EaselSecret *key,
                         const char *template_id,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_GET_TEMPLATE, key, template_id, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  decide (self, STUB_GET_TEMPLATE, key, &error, &value);
  for (guint i = 0; error == NULL && value == NULL && i < self->templates->len; i++)
    {
      EaselTemplate *template = g_ptr_array_index (self->templates, i);
      if (g_strcmp0 (easel_template_get (template)->id, template_id) == 0)
        value = g_object_ref (template);
    }
  if (error == NULL && value == NULL)
    error = easel_error_new (EASEL_ERROR_NOT_FOUND, "no template “%s”", template_id);
  answer (self, STUB_GET_TEMPLATE, task, error, value);
}

static EaselTemplate *
stub_get_template_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  return stub_finish_pointer (provider, result, error);
}

static void
stub_create_pod_async (EaselProvider *provider,
                       EaselSecret *key,
                       const EaselLaunchSpec *spec,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_CREATE_POD, key, spec->name, cancellable, callback, user_data);
  g_autoptr (EaselPod) made = NULL;
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  g_clear_pointer (&self->last_spec, easel_launch_spec_free);
  self->last_spec = easel_launch_spec_copy (spec);
  if (decide (self, STUB_CREATE_POD, key, &error, &value))
    create_effect (self, spec, &made);
  if (error == NULL && value == NULL)
    value = g_steal_pointer (&made);
  answer (self, STUB_CREATE_POD, task, error, value);
}

static EaselPod *
stub_create_pod_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  return stub_finish_pointer (provider, result, error);
}

static void
stub_get_pod_async (EaselProvider *provider,
                    EaselSecret *key,
                    const char *pod_id,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_GET_POD, key, pod_id, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  decide (self, STUB_GET_POD, key, &error, &value);
  if (error == NULL && value == NULL)
    {
      Pod *pod = require_pod (self, pod_id, FALSE, &error);
      if (pod != NULL)
        value = easel_pod_new (&pod->data);
    }
  answer (self, STUB_GET_POD, task, error, value);
}

static EaselPod *
stub_get_pod_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  return stub_finish_pointer (provider, result, error);
}

static void
stub_list_pods_async (EaselProvider *provider,
                      EaselSecret *key,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_LIST_PODS, key, NULL, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  decide (self, STUB_LIST_PODS, key, &error, &value);
  if (error == NULL && value == NULL)
    {
      EaselPodList *list = g_new0 (EaselPodList, 1);
      list->pods = g_ptr_array_new_with_free_func (g_object_unref);
      for (guint i = 0; i < self->pods->len; i++)
        {
          Pod *pod = g_ptr_array_index (self->pods, i);
          if (is_visible (self, pod))
            g_ptr_array_add (list->pods, easel_pod_new (&pod->data));
        }
      value = list;
    }
  answer (self, STUB_LIST_PODS, task, error, value);
}

static EaselPodList *
stub_list_pods_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  return stub_finish_pointer (provider, result, error);
}

static void
act_effect (StubProvider *self, Pod *pod, EaselPodAction action)
{
  gboolean stop = action == EASEL_POD_ACTION_STOP;

  pod->data.state = stop ? EASEL_POD_STOPPED : EASEL_POD_RUNNING;
  pod->data.state_word = easel_pod_state_nick (pod->data.state);
  pod->data.container_up = !stop;
  if (!stop)
    pod->data.started_unix_ms = now (self);
}

static void
stub_act_on_pod_async (EaselProvider *provider,
                       EaselSecret *key,
                       const char *pod_id,
                       EaselPodAction action,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  static const char *const names[] = { "start", "stop", "restart" };
  StubProvider *self = STUB_PROVIDER (provider);
  g_autofree char *what = g_strdup_printf ("%s %s", names[action], pod_id);
  g_autoptr (GTask) task =
      begin (self, STUB_ACT_ON_POD, key, what, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  if (decide (self, STUB_ACT_ON_POD, key, &error, &value))
    {
      Pod *pod = require_pod (self, pod_id, TRUE, error == NULL ? &error : NULL);
      if (pod != NULL)
        act_effect (self, pod, action);
    }
  answer (self, STUB_ACT_ON_POD, task, error, value);
}

static void
stub_delete_pod_async (EaselProvider *provider,
                       EaselSecret *key,
                       const char *pod_id,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_DELETE_POD, key, pod_id, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  if (decide (self, STUB_DELETE_POD, key, &error, &value))
    {
      Pod *pod = require_pod (self, pod_id, TRUE, error == NULL ? &error : NULL);
      if (pod != NULL)
        delete_effect (self, pod);
    }
  answer (self, STUB_DELETE_POD, task, error, value);
}

static void
stub_get_bill_async (EaselProvider *provider,
                     EaselSecret *key,
                     const char *pod_id,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_GET_BILL, key, pod_id, cancellable, callback, user_data);
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  decide (self, STUB_GET_BILL, key, &error, &value);
  if (error == NULL && value == NULL)
    {
      EaselBill *bill = g_hash_table_lookup (self->bills, pod_id);
      value = bill != NULL ? g_memdup2 (bill, sizeof *bill) : g_new0 (EaselBill, 1);
    }
  answer (self, STUB_GET_BILL, task, error, value);
}

static EaselBill *
stub_get_bill_finish (EaselProvider *provider, GAsyncResult *result, GError **error)
{
  return stub_finish_pointer (provider, result, error);
}

static void
stream_free (gpointer data)
{
  Stream *stream = data;

  if (stream->source != NULL)
    g_source_destroy (stream->source);
  g_clear_pointer (&stream->source, g_source_unref);
  g_clear_object (&stream->task);
  g_free (stream);
}

static gboolean
on_stream_cancelled (GCancellable *cancellable, gpointer user_data)
{
  Stream *stream = user_data;
  g_autoptr (GTask) task = g_object_ref (stream->task);

  g_ptr_array_remove (stream->provider->streams, stream);
  g_task_return_error_if_cancelled (task);
  return G_SOURCE_REMOVE;
}

static void
stub_stream_logs_async (EaselProvider *provider,
                        EaselSecret *key,
                        const char *pod_id,
                        EaselLogFunc func,
                        gpointer func_data,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  StubProvider *self = STUB_PROVIDER (provider);
  g_autoptr (GTask) task =
      begin (self, STUB_STREAM_LOGS, key, pod_id, cancellable, callback, user_data);
  Stream *stream;
  GError *error;
  gpointer value;

  if (task == NULL)
    return;
  decide (self, STUB_STREAM_LOGS, key, &error, &value);
  if (error != NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  stream = g_new0 (Stream, 1);
  stream->provider = self;
  stream->task = g_object_ref (task);
  stream->func = func;
  stream->func_data = func_data;
  if (cancellable != NULL)
    {
      stream->source = g_cancellable_source_new (cancellable);
      g_source_set_callback (stream->source, G_SOURCE_FUNC (on_stream_cancelled), stream, NULL);
      g_source_attach (stream->source, NULL);
    }
  g_ptr_array_add (self->streams, stream);
}

static void
stub_provider_iface_init (EaselProviderInterface *iface)
{
  iface->get_info = stub_get_info;
  iface->get_api_host = stub_get_api_host;
  iface->check_key_async = stub_check_key_async;
  iface->check_key_finish = stub_check_key_finish;
  iface->list_offers_async = stub_list_offers_async;
  iface->list_offers_finish = stub_list_offers_finish;
  iface->list_templates_async = stub_list_templates_async;
  iface->list_templates_finish = stub_list_templates_finish;
  iface->get_template_async = stub_get_template_async;
  iface->get_template_finish = stub_get_template_finish;
  iface->create_pod_async = stub_create_pod_async;
  iface->create_pod_finish = stub_create_pod_finish;
  iface->get_pod_async = stub_get_pod_async;
  iface->get_pod_finish = stub_get_pod_finish;
  iface->list_pods_async = stub_list_pods_async;
  iface->list_pods_finish = stub_list_pods_finish;
  iface->act_on_pod_async = stub_act_on_pod_async;
  iface->act_on_pod_finish = stub_finish_boolean;
  iface->delete_pod_async = stub_delete_pod_async;
  iface->delete_pod_finish = stub_finish_boolean;
  iface->get_bill_async = stub_get_bill_async;
  iface->get_bill_finish = stub_get_bill_finish;
  iface->stream_logs_async = stub_stream_logs_async;
  iface->stream_logs_finish = stub_finish_boolean;
}

/* --- object ------------------------------------------------------------------------------- */

static void
stub_provider_finalize (GObject *object)
{
  StubProvider *self = STUB_PROVIDER (object);

  for (guint call = 0; call < STUB_N_CALLS; call++)
    {
      Answer *scripted;
      while ((scripted = g_queue_pop_head (&self->answers[call])) != NULL)
        {
          free_value (call, scripted->value);
          g_free (scripted);
        }
      g_ptr_array_unref (self->held[call]);
    }
  g_clear_object (&self->clock);
  g_clear_pointer (&self->account, easel_account_info_free);
  g_clear_pointer (&self->revoked, g_hash_table_unref);
  g_clear_pointer (&self->offers, g_ptr_array_unref);
  g_clear_pointer (&self->templates, g_ptr_array_unref);
  g_clear_pointer (&self->bills, g_hash_table_unref);
  g_clear_pointer (&self->log, g_ptr_array_unref);
  g_clear_pointer (&self->last_key, easel_secret_unref);
  g_clear_pointer (&self->last_spec, easel_launch_spec_free);
  g_clear_pointer (&self->pods, g_ptr_array_unref);
  g_clear_pointer (&self->streams, g_ptr_array_unref);
  g_clear_pointer (&self->ports, g_ptr_array_unref);
  g_clear_pointer (&self->strings, g_string_chunk_free);
  g_clear_pointer (&self->address_pattern, g_free);

  G_OBJECT_CLASS (stub_provider_parent_class)->finalize (object);
}

static void
stub_provider_class_init (StubProviderClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = stub_provider_finalize;
}

static void
stub_provider_init (StubProvider *self)
{
  for (guint call = 0; call < STUB_N_CALLS; call++)
    {
      g_queue_init (&self->answers[call]);
      self->held[call] = g_ptr_array_new_with_free_func (held_free);
    }
  self->account = easel_account_info_new ();
  self->account->account_id = g_strdup ("user_stub");
  self->account->email = g_strdup ("painter@example.org");
  self->account->balance = easel_money_from_dollars (12.34);
  self->account->spend_per_hour = 0;
  self->account->can_pay = TRUE;
  self->revoked = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->offers = g_ptr_array_new_with_free_func (g_object_unref);
  self->templates = g_ptr_array_new_with_free_func (g_object_unref);
  self->bills = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  self->log = g_ptr_array_new_with_free_func (g_free);
  self->strings = g_string_chunk_new (1024);
  self->ports = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  self->pods = g_ptr_array_new_with_free_func (g_free);
  self->streams = g_ptr_array_new_with_free_func (stream_free);
  self->created_state = EASEL_POD_RUNNING;
  self->address_pattern = g_strdup ("https://{pod}-{port}.proxy.example");
}

const EaselProviderInfo *
stub_provider_runpod_info (void)
{
  return &runpod_info;
}

const EaselProviderInfo *
stub_provider_vast_info (void)
{
  return &vast_info;
}

StubProvider *
stub_provider_new (const EaselProviderInfo *info, EaselClock *clock)
{
  StubProvider *self = g_object_new (STUB_TYPE_PROVIDER, NULL);

  self->info = info;
  g_set_object (&self->clock, clock);
  return self;
}

/* --- script ------------------------------------------------------------------------------- */

static void
push (StubProvider *self,
      StubCall call,
      gboolean has_error,
      gboolean with_effect,
      EaselError code,
      gpointer value)
{
  Answer *scripted = g_new0 (Answer, 1);

  scripted->has_error = has_error;
  scripted->with_effect = with_effect;
  scripted->code = code;
  scripted->value = value;
  g_queue_push_tail (&self->answers[call], scripted);
}

void
stub_provider_push_error (StubProvider *self, StubCall call, EaselError code)
{
  push (self, call, TRUE, FALSE, code, NULL);
}

void
stub_provider_push_effect_error (StubProvider *self, StubCall call, EaselError code)
{
  push (self, call, TRUE, TRUE, code, NULL);
}

void
stub_provider_push_value (StubProvider *self, StubCall call, gpointer value)
{
  push (self, call, FALSE, TRUE, EASEL_ERROR_FAILED, value);
}

void
stub_provider_fail_always (StubProvider *self, StubCall call, EaselError code)
{
  self->fails[call] = TRUE;
  self->fail_codes[call] = code;
}

void
stub_provider_fail_never (StubProvider *self, StubCall call)
{
  self->fails[call] = FALSE;
}

void
stub_provider_hold (StubProvider *self, StubCall call)
{
  self->holds[call] = TRUE;
}

void
stub_provider_release (StubProvider *self, StubCall call)
{
  g_autoptr (GPtrArray) held = g_steal_pointer (&self->held[call]);

  self->held[call] = g_ptr_array_new_with_free_func (held_free);
  self->holds[call] = FALSE;
  for (guint i = 0; i < held->len; i++)
    {
      Held *one = g_ptr_array_index (held, i);
      task_return (call, one->task, g_steal_pointer (&one->error), g_steal_pointer (&one->value));
    }
}

guint
stub_provider_get_n_held (StubProvider *self, StubCall call)
{
  return self->held[call]->len;
}

guint
stub_provider_get_n_calls (StubProvider *self, StubCall call)
{
  return self->n_calls[call];
}

GPtrArray *
stub_provider_get_log (StubProvider *self)
{
  return self->log;
}

void
stub_provider_clear_log (StubProvider *self)
{
  g_ptr_array_set_size (self->log, 0);
  memset (self->n_calls, 0, sizeof self->n_calls);
}

const char *
stub_provider_peek_last_key (StubProvider *self)
{
  return self->last_key != NULL ? easel_secret_peek (self->last_key) : NULL;
}

const EaselLaunchSpec *
stub_provider_peek_last_spec (StubProvider *self)
{
  return self->last_spec;
}

void
stub_provider_set_account (StubProvider *self, const EaselAccountInfo *info)
{
  EaselAccountInfo *copy = easel_account_info_copy (info);

  easel_account_info_free (self->account);
  self->account = copy;
}

void
stub_provider_revoke (StubProvider *self, const char *key)
{
  g_hash_table_add (self->revoked, g_strdup (key));
}

void
stub_provider_add_offer (StubProvider *self, EaselOffer *offer)
{
  g_ptr_array_add (self->offers, offer);
}

void
stub_provider_clear_offers (StubProvider *self)
{
  g_ptr_array_set_size (self->offers, 0);
}

void
stub_provider_add_template (StubProvider *self, EaselTemplate *template)
{
  g_ptr_array_add (self->templates, template);
}

void
stub_provider_clear_templates (StubProvider *self)
{
  g_ptr_array_set_size (self->templates, 0);
}

void
stub_provider_set_bill (StubProvider *self, const char *pod_id, gint64 total, gint64 end_unix_ms)
{
  EaselBill *bill = g_new0 (EaselBill, 1);

  bill->total = total;
  bill->last_end_unix_ms = end_unix_ms;
  g_hash_table_replace (self->bills, g_strdup (pod_id), bill);
}

EaselOffer *
stub_offer (const char *id, const char *gpu_name, guint vram_gb, gint64 gpu_price)
{
  EaselOfferData data = {
    .provider_id = "runpod",
    .id = id,
    .gpu_id = gpu_name,
    .gpu_name = gpu_name,
    .vram_mib = vram_gb * 1024,
    .ram_mib = 64 * 1024,
    .gpu_price = gpu_price,
    .disk_price = 137,
    .stopped_disk_price = 274,
    .stock = EASEL_STOCK_HIGH,
    .host_kind = EASEL_HOST_DATA_CENTER,
    .regions = EASEL_REGION_EUROPE,
    .reliability_ppm = -1,
    .encrypted = TRUE,
    .start_low_ms = 6 * 60 * 1000,
    .start_high_ms = 15 * 60 * 1000,
  };

  return easel_offer_new (&data);
}

EaselTemplate *
stub_krita_template (const char *id, const char *image)
{
  static const char *const ports[] = { "3001/http", "8888/http", "22/tcp", NULL };
  EaselTemplateData data = {
    .provider_id = "runpod",
    .id = id,
    .name = "Stable Diffusion ComfyUI for Krita",
    .image = image,
    .args = "",
    .disk_gb = 20,
    .workspace_gb = 40,
    .workspace_path = "/workspace",
    .ports = ports,
    .is_public = TRUE,
    .nvidia = TRUE,
    .source = "community",
  };

  return easel_template_new (&data);
}

void
stub_provider_set_lag (StubProvider *self, gint64 create_ms, gint64 delete_ms)
{
  self->create_lag = create_ms;
  self->delete_lag = delete_ms;
}

void
stub_provider_set_address_pattern (StubProvider *self, const char *pattern)
{
  g_free (self->address_pattern);
  self->address_pattern = g_strdup (pattern);
}

void
stub_provider_set_created_state (StubProvider *self, EaselPodState state)
{
  self->created_state = state;
}

const char *
stub_provider_add_pod (StubProvider *self, const EaselPodData *data)
{
  return insert_pod (self, data, 0)->data.id;
}

void
stub_provider_edit_pod (StubProvider *self,
                        const char *pod_id,
                        StubEditPod edit,
                        gpointer user_data)
{
  Pod *pod = lookup (self, pod_id);

  g_assert (pod != NULL);
  edit (&pod->data, user_data);
  keep_all (self, &pod->data);
}

void
stub_provider_set_pod_state (StubProvider *self, const char *pod_id, EaselPodState state)
{
  Pod *pod = lookup (self, pod_id);

  g_assert (pod != NULL);
  pod->data.state = state;
  pod->data.state_word = keep (self, easel_pod_state_nick (state));
  pod->data.container_up = state == EASEL_POD_RUNNING;
}

void
stub_provider_remove_pod (StubProvider *self, const char *pod_id)
{
  Pod *pod = lookup (self, pod_id);

  g_assert (pod != NULL);
  pod->exists = FALSE;
  pod->gone_at = now (self);
}

const char *
stub_provider_find_pod (StubProvider *self, const char *name)
{
  for (guint i = 0; i < self->pods->len; i++)
    {
      Pod *pod = g_ptr_array_index (self->pods, i);
      if (pod->exists && g_strcmp0 (pod->data.name, name) == 0)
        return pod->data.id;
    }
  return NULL;
}

const EaselPodData *
stub_provider_peek_pod (StubProvider *self, const char *pod_id)
{
  Pod *pod = lookup (self, pod_id);

  return pod != NULL ? &pod->data : NULL;
}

guint
stub_provider_get_n_live (StubProvider *self)
{
  guint n = 0;

  for (guint i = 0; i < self->pods->len; i++)
    if (((Pod *) g_ptr_array_index (self->pods, i))->exists)
      n++;
  return n;
}

guint
stub_provider_get_n_created (StubProvider *self)
{
  return self->n_created;
}

void
stub_provider_emit_log (StubProvider *self, gboolean is_system, const char *line)
{
  g_autoptr (GPtrArray) streams = g_ptr_array_copy (self->streams, NULL, NULL);

  /* A listener may close its stream while it listens. */
  g_ptr_array_set_free_func (streams, NULL);
  for (guint i = 0; i < streams->len; i++)
    if (g_ptr_array_find (self->streams, g_ptr_array_index (streams, i), NULL))
      {
        Stream *stream = g_ptr_array_index (streams, i);
        stream->func (now (self), is_system, line, stream->func_data);
      }
}

guint
stub_provider_get_n_streams (StubProvider *self)
{
  return self->streams->len;
}

void
stub_provider_close_logs (StubProvider *self, gboolean with_error)
{
  g_autoptr (GPtrArray) streams = g_steal_pointer (&self->streams);

  self->streams = g_ptr_array_new_with_free_func (stream_free);
  for (guint i = 0; i < streams->len; i++)
    {
      Stream *stream = g_ptr_array_index (streams, i);
      if (with_error)
        g_task_return_error (stream->task, easel_error_new (EASEL_ERROR_NETWORK, "scripted"));
      else
        g_task_return_boolean (stream->task, TRUE);
    }
}

/* --- main context ------------------------------------------------------------------------- */

static gboolean
on_guard (gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
  return G_SOURCE_CONTINUE;
}

void
stub_wait_for (StubCondition condition, gpointer data)
{
  gboolean expired = FALSE;
  guint guard = g_timeout_add_seconds (10, on_guard, &expired);

  while (!condition (data) && !expired)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (guard);
  g_assert_false (expired);
}

void
stub_settle (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

static gboolean
is_gone (gpointer data)
{
  return *(gpointer *) data == NULL;
}

void
stub_assert_finalizes (gpointer object)
{
  gpointer weak = object;

  g_object_add_weak_pointer (G_OBJECT (object), &weak);
  g_object_unref (object);
  stub_wait_for (is_gone, &weak);
}

/* Whether a pod that no list shows yet can be deleted all the same. */
void
stub_provider_set_accepts_unborn (StubProvider *self, gboolean accepts)
{
  self->accepts_unborn = accepts;
}

/* Whether a pod that was created with an agent says so. */
void
stub_provider_set_keeps_agents (StubProvider *self, gboolean keeps)
{
  self->keeps_agents = keeps;
}
