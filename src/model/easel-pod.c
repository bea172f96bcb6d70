/* SPDX-License-Identifier: GPL-3.0-or-later */

/* One rented GPU as a provider's list shows it, and the names that this program gives.
 *
 * A pod never changes; a new answer brings a new pod. What this program means to do with it is
 * the journal's. */

#include "config.h"

#include "easel-pod.h"

#include <string.h>

#define N_NAME_DIGITS 8

struct _EaselPod
{
  GObject parent_instance;

  EaselPodData data; /* (owned): every string and @ports */
};

G_DEFINE_FINAL_TYPE (EaselPod, easel_pod, G_TYPE_OBJECT)

/**
 * easel_pod_state_nick:
 * @state: a state
 *
 * Returns: (transfer none): a stable word for logs and files, not translated
 */
const char *
easel_pod_state_nick (EaselPodState state)
{
  static const char *const nicks[EASEL_N_POD_STATES] = {
    [EASEL_POD_PROVISIONING] = "provisioning",
    [EASEL_POD_STARTING] = "starting",
    [EASEL_POD_RUNNING] = "running",
    [EASEL_POD_STOPPING] = "stopping",
    [EASEL_POD_STOPPED] = "stopped",
    [EASEL_POD_ERROR] = "error",
    [EASEL_POD_GONE] = "gone",
    [EASEL_POD_OTHER] = "other",
  };

  if ((guint) state >= G_N_ELEMENTS (nicks))
    return "other";
  return nicks[state];
}

/**
 * easel_pod_state_costs_gpu:
 * @state: a state
 *
 * Returns: whether the GPU may be billed in @state; in doubt it is
 */
gboolean
easel_pod_state_costs_gpu (EaselPodState state)
{
  return state != EASEL_POD_STOPPED && state != EASEL_POD_GONE;
}

/**
 * easel_pod_name_new:
 *
 * Returns: (transfer full): a name that no other pod has
 */
char *
easel_pod_name_new (void)
{
  return g_strdup_printf (EASEL_POD_NAME_PREFIX "%08x", g_random_int ());
}

/**
 * easel_pod_name_is_ours:
 * @name: (nullable): a pod's name
 *
 * Returns: whether @name has exactly the form that easel_pod_name_new() gives
 */
gboolean
easel_pod_name_is_ours (const char *name)
{
  const char *digits;

  if (name == NULL || !g_str_has_prefix (name, EASEL_POD_NAME_PREFIX))
    return FALSE;

  digits = name + strlen (EASEL_POD_NAME_PREFIX);
  return strlen (digits) == N_NAME_DIGITS && strspn (digits, "0123456789abcdef") == N_NAME_DIGITS;
}

static void
easel_pod_finalize (GObject *object)
{
  EaselPod *self = EASEL_POD (object);

  g_free ((char *) self->data.provider_id);
  g_free ((char *) self->data.id);
  g_free ((char *) self->data.name);
  g_free ((char *) self->data.state_word);
  g_free ((char *) self->data.image);
  g_free ((char *) self->data.gpu_id);
  g_free ((char *) self->data.gpu_name);
  g_free ((char *) self->data.place);
  g_strfreev ((char **) self->data.ports);
  g_free ((char *) self->data.address);
  g_clear_pointer (&self->data.paint, easel_secret_unref);
  g_clear_pointer (&self->data.admin, easel_secret_unref);
  g_free ((char *) self->data.limits);
  g_free ((char *) self->data.machine_id);

  G_OBJECT_CLASS (easel_pod_parent_class)->finalize (object);
}

static void
easel_pod_class_init (EaselPodClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_pod_finalize;
}

static void
easel_pod_init (EaselPod *self)
{
}

static char *
copy_required (const char *text)
{
  return g_strdup (text != NULL ? text : "");
}

/**
 * easel_pod_new:
 * @data: what is known; copied
 *
 * Returns: (transfer full): a pod that never changes
 */
EaselPod *
easel_pod_new (const EaselPodData *data)
{
  EaselPod *self;

  g_return_val_if_fail (data != NULL, NULL);

  self = g_object_new (EASEL_TYPE_POD, NULL);
  self->data = *data;
  self->data.provider_id = copy_required (data->provider_id);
  self->data.id = copy_required (data->id);
  self->data.name = copy_required (data->name);
  self->data.state_word = copy_required (data->state_word);
  self->data.image = copy_required (data->image);
  self->data.gpu_id = g_strdup (data->gpu_id);
  self->data.gpu_name = copy_required (data->gpu_name);
  self->data.place = g_strdup (data->place);
  self->data.ports = (const char *const *) g_strdupv ((char **) data->ports);
  self->data.address = g_strdup (data->address);
  self->data.paint = data->paint != NULL ? easel_secret_ref (data->paint) : NULL;
  self->data.admin = data->admin != NULL ? easel_secret_ref (data->admin) : NULL;
  self->data.limits = g_strdup (data->limits);
  self->data.machine_id = g_strdup (data->machine_id);
  return self;
}

/**
 * easel_pod_get:
 * @self: a pod
 *
 * Returns: (transfer none): what is known, as long as @self lives
 */
const EaselPodData *
easel_pod_get (EaselPod *self)
{
  g_return_val_if_fail (EASEL_IS_POD (self), NULL);

  return &self->data;
}

/**
 * easel_pod_join_secret:
 * @base: (nullable): where the server's port is reached
 * @paint: (nullable): the secret path
 *
 * Returns: (transfer full) (nullable): the address as handed to Krita, without a slash at its end
 */
char *
easel_pod_join_secret (const char *base, const EaselSecret *paint)
{
  if (base == NULL || paint == NULL)
    return g_strdup (base);
  return g_strconcat (base, "/", easel_secret_peek (paint), NULL);
}

/**
 * easel_pod_get_base:
 * @self: a pod
 *
 * Returns: (transfer full) (nullable): where the server's port is reached, without the secret
 */
char *
easel_pod_get_base (EaselPod *self)
{
  gsize length;
  gsize secret_length;

  g_return_val_if_fail (EASEL_IS_POD (self), NULL);

  if (self->data.address == NULL || self->data.paint == NULL)
    return g_strdup (self->data.address);
  length = strlen (self->data.address);
  secret_length = strlen (easel_secret_peek (self->data.paint)) + 1;
  if (length <= secret_length ||
      !g_str_has_suffix (self->data.address, easel_secret_peek (self->data.paint)))
    return g_strdup (self->data.address);
  return g_strndup (self->data.address, length - secret_length);
}

/**
 * easel_pod_cost_now:
 * @self: a pod
 *
 * Returns: micro-dollars per hour in the pod's present state, %EASEL_MONEY_UNKNOWN if the provider
 *   does not tell
 */
gint64
easel_pod_cost_now (EaselPod *self)
{
  g_return_val_if_fail (EASEL_IS_POD (self), EASEL_MONEY_UNKNOWN);

  if (self->data.state == EASEL_POD_GONE)
    return 0;
  return easel_pod_state_costs_gpu (self->data.state) ? self->data.cost : self->data.stopped_cost;
}

/**
 * easel_pod_billed_now:
 * @self: a pod
 *
 * Unlike easel_pod_cost_now() this leaves out the GPU while the provider does not bill it, in a
 * start that will soon be over.
 *
 * Returns: micro-dollars per hour by which the bill grows, %EASEL_MONEY_UNKNOWN if the provider
 *   does not tell
 */
gint64
easel_pod_billed_now (EaselPod *self)
{
  g_return_val_if_fail (EASEL_IS_POD (self), EASEL_MONEY_UNKNOWN);

  if (self->data.loads_free &&
      (self->data.state == EASEL_POD_PROVISIONING || self->data.state == EASEL_POD_STARTING))
    return self->data.stopped_cost;
  return easel_pod_cost_now (self);
}

/**
 * easel_pod_opens_port:
 * @self: a pod
 * @port: a port in the container
 *
 * Returns: whether @port can be reached from outside, by whatever protocol
 */
gboolean
easel_pod_opens_port (EaselPod *self, guint port)
{
  g_autofree char *digits = NULL;
  gsize length;

  g_return_val_if_fail (EASEL_IS_POD (self), FALSE);

  digits = g_strdup_printf ("%u", port);
  length = strlen (digits);
  for (gsize i = 0; self->data.ports != NULL && self->data.ports[i] != NULL; i++)
    {
      const char *entry = self->data.ports[i];

      if (strncmp (entry, digits, length) == 0 && (entry[length] == '/' || entry[length] == '\0'))
        return TRUE;
    }
  return FALSE;
}
