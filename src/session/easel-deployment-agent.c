/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The agent that a create sends along: the part of EaselDeployment that decides whether there is
 * one and what it is told. Made anew for each create, so that no secret serves two pods. */

#include "config.h"
#include "easel-deployment-private.h"

#include "easel-start-command.h"

#include <string.h>

#define START "/start.sh"

static gboolean
is_krita_image (const EaselLaunchSpec *spec)
{
  const char *image = spec->image;

  if (image == NULL)
    return spec->template != NULL && easel_template_is_krita (spec->template);
  {
    const EaselTemplateData data = { .provider_id = "", .id = "", .name = "", .image = image };
    g_autoptr (EaselTemplate) named = easel_template_new (&data);

    return easel_template_is_krita (named);
  }
}

/* From /start.sh on; FALSE if something else is to be started, around which no agent fits. */
static gboolean
find_arguments (const EaselLaunchSpec *spec, char ***ret_arguments)
{
  const char *line = spec->template != NULL ? easel_template_get (spec->template)->args : NULL;
  g_auto (GStrv) words = NULL;

  *ret_arguments = NULL;
  if (spec->start_arguments != NULL && spec->start_arguments[0] != NULL)
    words = g_strdupv (spec->start_arguments);
  else if (line != NULL && *line != '\0' && !g_shell_parse_argv (line, NULL, &words, NULL))
    return FALSE;
  if (words == NULL)
    return TRUE;
  if (strcmp (words[0], START) != 0)
    return FALSE;
  *ret_arguments = g_steal_pointer (&words);
  return TRUE;
}

/**
 * easel_deployment_takes_agent:
 * @spec: what is to be rented
 *
 * Returns: whether an agent can be sent along: then its limits hold without this computer
 */
gboolean
easel_deployment_takes_agent (const EaselLaunchSpec *spec)
{
  g_auto (GStrv) arguments = NULL;

  g_return_val_if_fail (spec != NULL, FALSE);

  return is_krita_image (spec) && find_arguments (spec, &arguments);
}

static char *
build_command (EaselDeployment *self, char **arguments)
{
  const gsize max = easel_account_get_provider_info (self->account)->max_command;
  char *command = easel_start_command_build ((const char *const *) arguments, max == 0);

  if (command != NULL && max > 0 && strlen (command) > max)
    g_clear_pointer (&command, g_free);
  return command;
}

/* Before each create. Without an agent the interface says what does not hold. */
void
_easel_deployment_renew_agent (EaselDeployment *self)
{
  EaselLaunchSpec *spec = self->spec;
  g_auto (GStrv) arguments = NULL;
  g_autofree char *command = NULL;
  EaselAgentLimits limits;

  g_clear_pointer (&spec->agent, easel_agent_plan_free);
  if (!is_krita_image (spec) || !find_arguments (spec, &arguments))
    return;
  command = build_command (self, arguments);
  if (command == NULL)
    return;
  easel_agent_limits_init (&limits, &spec->limits, easel_offer_get (spec->offer)->start_high_ms,
                           easel_clock_get_unix_ms (self->clock));
  easel_agent_limits_shorten (&limits, _easel_deployment_get_hard_end (self) / 1000 -
                                           easel_clock_get_unix_ms (self->clock) / 1000);
  spec->agent = easel_agent_plan_new (&limits, easel_start_command_helper_sha (), command);
}
