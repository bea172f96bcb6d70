/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How long nobody asks a server that was asked too often. Decides only; who waits and sends is
 * easel-http-exchange.c. */
#include "config.h"

#include "easel-http-gate.h"

/* At most eight requests a minute, those included that were on their way together. */
#define FIRST_PAUSE_MS (8 * 1000)
#define MAX_PAUSE_MS (30 * 1000)
#define LONGEST_NAMED_MS (10 * 60 * 1000)
#define LOOK_AGAIN_MS 500
/* Reads of one server that are on their way at the same time. */
#define MAX_TOGETHER 4
#define TURN_MS 50

typedef struct
{
  gint64 until_ms;
  gint64 pause_ms; /* the last one that the server did not name itself, 0 before the first */
  guint n_together;
  gboolean is_closed;
  gboolean is_tried; /* somebody finds out whether it is over */
} Server;

struct _EaselHttpGate
{
  GHashTable *servers; /* (owned) (element-type utf8 Server) */
};

/**
 * easel_http_gate_new:
 *
 * Returns: (transfer full): a gate that is open to every server
 */
EaselHttpGate *
easel_http_gate_new (void)
{
  EaselHttpGate *self = g_new0 (EaselHttpGate, 1);

  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

/**
 * easel_http_gate_free:
 * @self: (transfer full) (nullable): a gate
 */
void
easel_http_gate_free (EaselHttpGate *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->servers);
  g_free (self);
}

static Server *
get_server (EaselHttpGate *self, const char *server)
{
  Server *state = g_hash_table_lookup (self->servers, server);

  if (state == NULL)
    {
      state = g_new0 (Server, 1);
      g_hash_table_insert (self->servers, g_strdup (server), state);
    }
  return state;
}

/* The end of what easel_http_gate_enter() let through. */
static Server *
come_back (EaselHttpGate *self, const char *server, gboolean is_first)
{
  Server *state = get_server (self, server);

  if (state->n_together > 0)
    state->n_together--;
  if (is_first)
    state->is_tried = FALSE;
  return state;
}

/**
 * easel_http_gate_enter:
 * @self: a gate
 * @server: host and port
 * @is_read: whether it can wait for its turn
 * @now_ms: now
 * @ret_first: (out): whether this is the one that tries
 *
 * Who may go has to be told of once to easel_http_gate_leave(), easel_http_gate_take_refusal() or
 * easel_http_gate_take_answer().
 *
 * Returns: how long to wait before asking here again, 0: go
 */
gint64
easel_http_gate_enter (EaselHttpGate *self,
                       const char *server,
                       gboolean is_read,
                       gint64 now_ms,
                       gboolean *ret_first)
{
  Server *state = get_server (self, server);

  *ret_first = FALSE;
  if (state->is_closed)
    {
      if (now_ms < state->until_ms)
        return state->until_ms - now_ms;
      if (state->is_tried)
        return LOOK_AGAIN_MS;
      *ret_first = state->is_tried = TRUE;
    }
  else if (is_read && state->n_together >= MAX_TOGETHER)
    return TURN_MS;
  state->n_together++;
  return 0;
}

/**
 * easel_http_gate_leave:
 * @self: a gate
 * @server: host and port
 * @is_first: what easel_http_gate_enter() said
 *
 * There was no answer: the next one tries.
 */
void
easel_http_gate_leave (EaselHttpGate *self, const char *server, gboolean is_first)
{
  come_back (self, server, is_first);
}

/**
 * easel_http_gate_take_refusal:
 * @self: a gate
 * @server: host and port
 * @is_first: what easel_http_gate_enter() said
 * @retry_after_ms: how long the server wants to be left alone, -1 if it does not say
 * @now_ms: now
 *
 * The server said "too often".
 */
void
easel_http_gate_take_refusal (EaselHttpGate *self,
                              const char *server,
                              gboolean is_first,
                              gint64 retry_after_ms,
                              gint64 now_ms)
{
  Server *state = come_back (self, server, is_first);

  if (retry_after_ms >= 0)
    state->until_ms = MAX (state->until_ms, now_ms + MIN (retry_after_ms, LONGEST_NAMED_MS));
  else if (!state->is_closed || is_first)
    {
      /* Those that were sent together say the same thing once. */
      state->pause_ms = CLAMP (state->pause_ms * 3 / 2, FIRST_PAUSE_MS, MAX_PAUSE_MS);
      state->until_ms = now_ms + state->pause_ms;
    }
  state->is_closed = TRUE;
}

/**
 * easel_http_gate_take_answer:
 * @self: a gate
 * @server: host and port
 * @is_first: what easel_http_gate_enter() said
 *
 * The server said something else. Of a request from before it was too often that means nothing.
 */
void
easel_http_gate_take_answer (EaselHttpGate *self, const char *server, gboolean is_first)
{
  Server *state = come_back (self, server, is_first);

  if (!is_first)
    return;
  state->is_closed = FALSE;
  state->pause_ms = 0;
  state->until_ms = 0;
}
