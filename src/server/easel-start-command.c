/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What bash runs in the rented container so that the agent runs beside ComfyUI. Pure. The agent's
 * own sources are in agent/, packed at build time; secrets and limits travel in the environment.
 *
 * The shell, not the agent, starts /start.sh: an agent that is broken or has no Python leaves a
 * server without protection and without an end, but a server. One word of bash without quotes,
 * dollar signs and backslashes, because both providers hand it on in ways of their own:
 *
 *     the guard puts the secret path into nginx.conf, before anything is served
 *     the guard watches, and is started again when it ends
 *     /start.sh ARGUMENTS, its output to the provider's log and to a file
 *     if that ends: ComfyUI alone, once; if that ends, too: a file tells the guard, which ends the
 *     pod; it is emptied first, because a disk that was kept may tell of an earlier end. The shell
 *     stays, because RunPod starts a container again whose first process has ended.
 *
 * Facts about image and providers: the image's start.sh and nginx.conf; vast.ai allows 4,048
 * characters for "args" and "onstart" together.
 */

#include "config.h"

#include "easel-start-command.h"

#include "easel-agent-packed.h"

#include <gio/gio.h>
#include <string.h>

/* With its path each time: told by another name, Python finds neither itself nor its packages. */
#define PYTHON "/venv/bin/python3 "
#define UNPACK "base64 -d<<<"
#define GUARD_FILE "tmp/eg"
#define HELPER_FILE "tmp/eh"
#define LOG_FILE "tmp/el"
#define END_FILE "tmp/ex"
/* No more than enough: it counts. */
#define SECONDS_BEFORE_RESTART "5"

static gboolean
is_plain (const char *argument)
{
  if (*argument == '\0')
    return FALSE;
  for (const char *p = argument; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("-_./=", *p) == NULL)
      return FALSE;
  return TRUE;
}

/**
 * easel_start_command_build:
 * @start_arguments: (nullable): what the image runs, "/start.sh" first; %NULL for its own
 *   "/start.sh --recommended"
 * @with_helper: whether the agent's second part travels along; else it is sent later
 *
 * Returns: (transfer full) (nullable): what follows "bash -c"; %NULL when an argument has a
 *   character that a shell could understand
 */
char *
easel_start_command_build (const char *const *start_arguments, gboolean with_helper)
{
  static const char *const recommended[] = { "/start.sh", "--recommended", NULL };
  GString *command = g_string_new ("cd /;>" END_FILE ";");

  if (start_arguments == NULL || start_arguments[0] == NULL)
    start_arguments = recommended;
  if (with_helper)
    g_string_append (command, UNPACK EASEL_AGENT_HELPER_PACKED "|zcat>" HELPER_FILE ";");
  g_string_append (command, UNPACK EASEL_AGENT_GUARD_PACKED
                   "|zcat>" GUARD_FILE ";" PYTHON GUARD_FILE " p;"
                   "while :;do " PYTHON GUARD_FILE ";sleep " SECONDS_BEFORE_RESTART ";done&");
  for (gsize i = 0; start_arguments[i] != NULL; i++)
    {
      if (!is_plain (start_arguments[i]))
        {
          g_string_free (command, TRUE);
          return NULL;
        }
      if (i > 0)
        g_string_append_c (command, ' ');
      g_string_append (command, start_arguments[i]);
    }
  g_string_append (command, "|&tee " LOG_FILE ";cd workspace/ComfyUI;" PYTHON
                            "main.py --listen --port 3000;echo>/" END_FILE ";sleep inf");
  return g_string_free (command, FALSE);
}

/**
 * easel_start_command_helper_sha:
 *
 * Returns: SHA-256 of the agent's second part, 64 hex digits: the guard runs nothing else
 */
const char *
easel_start_command_helper_sha (void)
{
  return EASEL_AGENT_HELPER_SHA256;
}

/**
 * easel_start_command_dup_helper:
 *
 * Returns: (transfer full): the agent's second part as the guard wants it
 */
GBytes *
easel_start_command_dup_helper (void)
{
  g_autoptr (GConverter) unpacker =
      G_CONVERTER (g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP));
  gsize length;
  g_autofree guchar *packed = g_base64_decode (EASEL_AGENT_HELPER_PACKED, &length);
  g_autoptr (GInputStream) memory = g_memory_input_stream_new_from_data (packed, length, NULL);
  g_autoptr (GInputStream) stream = g_converter_input_stream_new (memory, unpacker);
  g_autoptr (GOutputStream) result = g_memory_output_stream_new_resizable ();

  g_output_stream_splice (result, stream, G_OUTPUT_STREAM_SPLICE_CLOSE_TARGET, NULL, NULL);
  return g_memory_output_stream_steal_as_bytes (G_MEMORY_OUTPUT_STREAM (result));
}
