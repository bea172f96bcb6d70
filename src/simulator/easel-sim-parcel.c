/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A model file on its way out: piece by piece, as the client takes it, so that a file of any size
 * needs no memory; and cut off where the answer says so.
 */
#include "config.h"

#include "easel-sim-parcel.h"

#include "easel-sim-weights.h"

#include <sys/socket.h>

typedef struct
{
  GBytes *header; /* (owned) */
  gint64 next;
  gint64 until;
  gint64 cut;
} Parcel;

static void
parcel_free (gpointer data)
{
  Parcel *self = data;

  g_bytes_unref (self->header);
  g_free (self);
}

static void
push (SoupServerMessage *message, Parcel *self)
{
  SoupMessageBody *body = soup_server_message_get_response_body (message);
  gint64 header_size = (gint64) g_bytes_get_size (self->header);
  GSocket *socket = soup_server_message_get_socket (message);
  gint64 end = MIN (self->until, self->cut);
  const guint8 *data;
  gsize length;

  if (self->next >= self->until)
    {
      soup_message_body_complete (body);
      return;
    }
  if (self->next >= self->cut)
    {
      /* The next piece finds out. */
      if (socket != NULL)
        shutdown (g_socket_get_fd (socket), SHUT_RDWR);
      end = self->until;
    }
  if (self->next < header_size)
    {
      data = (const guint8 *) g_bytes_get_data (self->header, NULL) + self->next;
      length = (gsize) (header_size - self->next);
    }
  else
    data = easel_sim_weights_data (self->next, &length);
  length = (gsize) MIN ((gint64) length, end - self->next);
  soup_message_body_append (body, SOUP_MEMORY_COPY, data, length);
  self->next += (gint64) length;
}

static void
on_wrote_chunk (SoupServerMessage *message, gpointer user_data)
{
  push (message, user_data);
  soup_server_message_unpause (message);
}

/**
 * easel_sim_parcel_send:
 * @message: a request, its answer's head written
 * @answer: which part of which file
 */
void
easel_sim_parcel_send (SoupServerMessage *message, const EaselSimAnswer *answer)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  Parcel *self = g_new0 (Parcel, 1);

  self->header = easel_sim_weights_header (answer->file_name, answer->file_size);
  self->next = answer->file_from;
  self->until = answer->file_until;
  self->cut = answer->file_cut;
  g_object_set_data_full (G_OBJECT (message), "parcel", self, parcel_free);
  soup_message_headers_set_encoding (headers, SOUP_ENCODING_CONTENT_LENGTH);
  soup_message_headers_set_content_length (headers, self->until - self->next);
  soup_message_body_set_accumulate (soup_server_message_get_response_body (message), FALSE);
  g_signal_connect (message, "wrote-chunk", G_CALLBACK (on_wrote_chunk), self);
  push (message, self);
}
