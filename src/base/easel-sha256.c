/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256 of whole models. GChecksum does it in plain C; libgcrypt, which libsecret brings along
 * anyway, uses what the processor has for it and is four times as fast. That decides how fast a
 * model is sent.
 */
#include "config.h"

#include "easel-sha256.h"

#include <gcrypt.h>

#define LENGTH 32

struct _EaselSha256
{
  gcry_md_hd_t handle;
};

/* libsecret may have set up the library already, and then it is left as it is. */
static void
ensure_library (void)
{
  static gsize is_ready = 0;

  if (!g_once_init_enter (&is_ready))
    return;
  if (!gcry_control (GCRYCTL_INITIALIZATION_FINISHED_P))
    {
      gcry_check_version (NULL);
      gcry_control (GCRYCTL_DISABLE_SECMEM_WARN, 0);
      gcry_control (GCRYCTL_INITIALIZATION_FINISHED, 0);
    }
  g_once_init_leave (&is_ready, 1);
}

/**
 * easel_sha256_new:
 *
 * Returns: (transfer full): the sum of nothing yet
 */
EaselSha256 *
easel_sha256_new (void)
{
  EaselSha256 *self = g_new0 (EaselSha256, 1);

  ensure_library ();
  if (gcry_md_open (&self->handle, GCRY_MD_SHA256, 0) != 0)
    g_assert_not_reached ();
  return self;
}

/**
 * easel_sha256_free:
 * @self: (transfer full) (nullable): a sum
 */
void
easel_sha256_free (EaselSha256 *self)
{
  if (self == NULL)
    return;
  gcry_md_close (self->handle);
  g_free (self);
}

/**
 * easel_sha256_update:
 * @self: a sum
 * @data: what is added to it
 * @length: in bytes
 */
void
easel_sha256_update (EaselSha256 *self, const void *data, gsize length)
{
  g_return_if_fail (self != NULL);

  gcry_md_write (self->handle, data, length);
}

static char *
to_text (const guint8 *digest)
{
  GString *text = g_string_sized_new (2 * LENGTH);

  for (guint i = 0; i < LENGTH; i++)
    g_string_append_printf (text, "%02x", digest[i]);
  return g_string_free (text, FALSE);
}

/**
 * easel_sha256_peek:
 * @self: a sum, to which more may be added
 *
 * Returns: (transfer full): 64 hexadecimal digits, of what was added so far
 */
char *
easel_sha256_peek (const EaselSha256 *self)
{
  gcry_md_hd_t copy;
  char *text;

  g_return_val_if_fail (self != NULL, NULL);

  if (gcry_md_copy (&copy, self->handle) != 0)
    g_assert_not_reached ();
  text = to_text (gcry_md_read (copy, GCRY_MD_SHA256));
  gcry_md_close (copy);
  return text;
}

/**
 * easel_sha256_of:
 * @data: (nullable): some bytes
 * @length: how many
 *
 * Returns: (transfer full): 64 hexadecimal digits
 */
char *
easel_sha256_of (const void *data, gsize length)
{
  guint8 digest[LENGTH];

  ensure_library ();
  gcry_md_hash_buffer (GCRY_MD_SHA256, digest, data, length);
  return to_text (digest);
}
