/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What one pod's agent is given along: two secrets, its limits and the command that starts it.
 *
 * The secrets are made here, anew for each create, and die with the pod. They travel in the pod's
 * environment, so that another computer of the account can read them back; they are not the
 * provider's key, which no pod ever sees. */

#include "config.h"

#include "easel-agent-plan.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#define LIMITS_VERSION "1"
#define N_LIMITS 9
#define MAX_LIMITS_TEXT 200
#define MAX_SECONDS (G_GINT64_CONSTANT (366) * 24 * 3600)
#define MAX_UNIX_S (G_GINT64_CONSTANT (1) << 40)
#define MIN_BOOT_S (45 * 60)
/* Nobody who rents a GPU leaves the one who never came for longer than the one who stopped. */
#define NEVER_S (60 * 60)
/* What Extend can add in all, on top of what was chosen on Review. */
#define CAP_EXTRA_S (8 * 3600)

/**
 * easel_agent_limits_init:
 * @self: (out caller-allocates): what the agent is told
 * @limits: what was chosen on Review
 * @expected_start_ms: how long the start is expected to take, 0 unknown
 * @now_unix_ms: the present
 */
void
easel_agent_limits_init (EaselAgentLimits *self,
                         const EaselLimits *limits,
                         gint64 expected_start_ms,
                         gint64 now_unix_ms)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (limits != NULL);

  self->hard_s = (gint64) limits->hours * 3600;
  self->cap_s = MIN (self->hard_s + CAP_EXTRA_S, (gint64) EASEL_LIMITS_MAX_HOURS * 3600);
  self->cap_s = MAX (self->cap_s, self->hard_s);
  self->closed_s = (gint64) limits->closed_minutes * 60;
  self->idle_s = (gint64) limits->idle_minutes * 60;
  self->never_s = NEVER_S;
  self->boot_s = MAX (MIN_BOOT_S, 2 * (MAX (expected_start_ms, 0) / 1000));
  self->stop_instead = limits->stop_instead;
  self->created_unix_s = now_unix_ms / 1000;
}

/**
 * easel_agent_limits_shorten:
 * @self: limits
 * @left_s: what is left of the hours
 *
 * For a machine that is not the first: what the ones before have used up is gone, also from what
 * Extend can add.
 */
void
easel_agent_limits_shorten (EaselAgentLimits *self, gint64 left_s)
{
  gint64 gone;

  g_return_if_fail (self != NULL);

  gone = CLAMP (self->hard_s - left_s, 0, self->hard_s - 1);
  self->hard_s -= gone;
  self->cap_s -= gone;
}

/**
 * easel_agent_limits_format:
 * @self: limits
 *
 * Returns: (transfer full): as the agent reads them
 */
char *
easel_agent_limits_format (const EaselAgentLimits *self)
{
  g_return_val_if_fail (self != NULL, NULL);

#define SECONDS "%" G_GINT64_FORMAT ":"
  return g_strdup_printf (LIMITS_VERSION ":" SECONDS SECONDS SECONDS SECONDS SECONDS SECONDS
                                         "%c:%" G_GINT64_FORMAT,
                          self->hard_s, self->cap_s, self->closed_s, self->idle_s, self->never_s,
                          self->boot_s, self->stop_instead ? 's' : 'd', self->created_unix_s);
}

static gboolean
read_number (const char *text, gint64 max, gint64 *ret_value)
{
  guint64 value;

  if (!g_ascii_string_to_unsigned (text, 10, 0, (guint64) max, &value, NULL))
    return FALSE;
  *ret_value = (gint64) value;
  return TRUE;
}

/**
 * easel_agent_limits_parse:
 * @self: (out caller-allocates): limits; untouched if @text is no such
 * @text: (nullable): what a provider's answer says
 *
 * Returns: whether @text is what easel_agent_limits_format() gives
 */
gboolean
easel_agent_limits_parse (EaselAgentLimits *self, const char *text)
{
  g_auto (GStrv) parts = NULL;
  EaselAgentLimits read = { 0 };

  g_return_val_if_fail (self != NULL, FALSE);

  if (text == NULL || strlen (text) > MAX_LIMITS_TEXT)
    return FALSE;
  parts = g_strsplit (text, ":", -1);
  if (g_strv_length (parts) != N_LIMITS || !g_str_equal (parts[0], LIMITS_VERSION) ||
      !read_number (parts[1], MAX_SECONDS, &read.hard_s) ||
      !read_number (parts[2], MAX_SECONDS, &read.cap_s) ||
      !read_number (parts[3], MAX_SECONDS, &read.closed_s) ||
      !read_number (parts[4], MAX_SECONDS, &read.idle_s) ||
      !read_number (parts[5], MAX_SECONDS, &read.never_s) ||
      !read_number (parts[6], MAX_SECONDS, &read.boot_s) ||
      !read_number (parts[8], MAX_UNIX_S, &read.created_unix_s) ||
      (!g_str_equal (parts[7], "s") && !g_str_equal (parts[7], "d")))
    return FALSE;
  read.stop_instead = *parts[7] == 's';
  *self = read;
  return TRUE;
}

/* 130 bits. GLib's own numbers can be foretold, so they come from the kernel. */
static EaselSecret *
make_secret (void)
{
  static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
  guchar bytes[EASEL_AGENT_SECRET_LENGTH];
  char text[EASEL_AGENT_SECRET_LENGTH + 1];
  EaselSecret *secret;
  gssize n;

  /* So few bytes come whole, and the wait for the kernel's first randomness was over at boot. */
  do
    n = getrandom (bytes, sizeof bytes, 0);
  while (n < 0 && errno == EINTR);
  if (n != (gssize) sizeof bytes)
    return NULL;
  for (gsize i = 0; i < EASEL_AGENT_SECRET_LENGTH; i++)
    text[i] = alphabet[bytes[i] & 31];
  text[EASEL_AGENT_SECRET_LENGTH] = '\0';
  secret = easel_secret_new (text);
  easel_secret_wipe (bytes, sizeof bytes);
  easel_secret_wipe (text, sizeof text);
  return secret;
}

/**
 * easel_agent_plan_new:
 * @limits: what the agent is told about its end
 * @sha: (nullable): hash of the agent's second part
 * @command: what bash runs in the container
 *
 * Returns: (transfer full) (nullable): a plan with secrets that nobody has seen; %NULL if this
 *   computer gives no random numbers
 */
EaselAgentPlan *
easel_agent_plan_new (const EaselAgentLimits *limits, const char *sha, const char *command)
{
  EaselAgentPlan *self;

  g_return_val_if_fail (limits != NULL, NULL);
  g_return_val_if_fail (command != NULL, NULL);

  self = g_new0 (EaselAgentPlan, 1);
  self->paint = make_secret ();
  self->admin = make_secret ();
  if (self->paint == NULL || self->admin == NULL)
    {
      easel_agent_plan_free (self);
      return NULL;
    }
  self->limits = easel_agent_limits_format (limits);
  self->sha = g_strdup (sha);
  self->command = g_strdup (command);
  return self;
}

/**
 * easel_agent_plan_copy:
 * @self: (nullable): a plan
 *
 * Returns: (transfer full) (nullable): the same, with the same secrets
 */
EaselAgentPlan *
easel_agent_plan_copy (const EaselAgentPlan *self)
{
  EaselAgentPlan *copy;

  if (self == NULL)
    return NULL;
  copy = g_new0 (EaselAgentPlan, 1);
  copy->paint = easel_secret_ref (self->paint);
  copy->admin = easel_secret_ref (self->admin);
  copy->limits = g_strdup (self->limits);
  copy->sha = g_strdup (self->sha);
  copy->command = g_strdup (self->command);
  return copy;
}

/**
 * easel_agent_plan_free:
 * @self: (transfer full) (nullable): a plan
 *
 * Frees it.
 */
void
easel_agent_plan_free (EaselAgentPlan *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->paint, easel_secret_unref);
  g_clear_pointer (&self->admin, easel_secret_unref);
  g_free (self->limits);
  g_free (self->sha);
  g_free (self->command);
  g_free (self);
}

/**
 * easel_agent_plan_foreach_variable:
 * @self: a plan
 * @func: called for each variable of the pod's environment
 * @user_data: for @func
 */
void
easel_agent_plan_foreach_variable (const EaselAgentPlan *self,
                                   EaselAgentVariableFunc func,
                                   gpointer user_data)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (func != NULL);

  func (EASEL_AGENT_VARIABLE_PAINT, easel_secret_peek (self->paint), user_data);
  func (EASEL_AGENT_VARIABLE_ADMIN, easel_secret_peek (self->admin), user_data);
  func (EASEL_AGENT_VARIABLE_LIMITS, self->limits, user_data);
  if (self->sha != NULL)
    func (EASEL_AGENT_VARIABLE_SHA, self->sha, user_data);
}

/* It becomes part of an address, so nothing but letters and digits passes. */
static gboolean
is_secret (const char *text)
{
  return strlen (text) == EASEL_AGENT_SECRET_LENGTH &&
         strspn (text, "abcdefghijklmnopqrstuvwxyz0123456789") == EASEL_AGENT_SECRET_LENGTH;
}

static void
take_secret (EaselSecret **secret, const char *value)
{
  if (!is_secret (value))
    return;
  g_clear_pointer (secret, easel_secret_unref);
  *secret = easel_secret_new (value);
}

/**
 * easel_agent_readback_take:
 * @self: what is known so far
 * @name: of a variable in a pod's environment
 * @value: as the provider tells it
 *
 * Keeps what is the agent's and has its form.
 */
void
easel_agent_readback_take (EaselAgentReadback *self, const char *name, const char *value)
{
  EaselAgentLimits limits;

  g_return_if_fail (self != NULL);
  g_return_if_fail (name != NULL && value != NULL);

  if (g_str_equal (name, EASEL_AGENT_VARIABLE_PAINT))
    take_secret (&self->paint, value);
  else if (g_str_equal (name, EASEL_AGENT_VARIABLE_ADMIN))
    take_secret (&self->admin, value);
  else if (g_str_equal (name, EASEL_AGENT_VARIABLE_LIMITS) &&
           easel_agent_limits_parse (&limits, value))
    {
      g_free (self->limits);
      self->limits = g_strdup (value);
    }
}

/**
 * easel_agent_readback_clear:
 * @self: a readback
 *
 * Frees what it holds.
 */
void
easel_agent_readback_clear (EaselAgentReadback *self)
{
  g_clear_pointer (&self->paint, easel_secret_unref);
  g_clear_pointer (&self->admin, easel_secret_unref);
  g_clear_pointer (&self->limits, g_free);
}
