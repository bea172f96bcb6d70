/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A key in memory: counted, compared in constant time, overwritten when the last reference goes.
 * What a typed key may look like is decided here too, loosely: the provider alone knows its keys.
 * It does not store keys and does not send them. Copies that other libraries make (a header on
 * its way, an entry's buffer) are out of its reach.
 */
#include "config.h"

#include "easel-secret.h"

#include "easel-error.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SHA256_BLOCK 64

struct _EaselSecret
{
  gatomicrefcount ref_count;
  gsize span; /* of its pages; 0 if it lies on the heap */
  gsize length;
  char value[];
};

G_DEFINE_BOXED_TYPE (EaselSecret, easel_secret, easel_secret_ref, easel_secret_unref)

/* Pages of its own, which are written neither into a core file nor, as far as the system allows,
 * into swap. */
static EaselSecret *
allocate (gsize size)
{
  const gsize page = (gsize) sysconf (_SC_PAGESIZE);
  const gsize span = (size + page - 1) / page * page;
  EaselSecret *self = mmap (NULL, span, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (self == MAP_FAILED)
    return g_malloc0 (size);
  if (madvise (self, span, MADV_DONTDUMP) != 0 || mlock (self, span) != 0)
    g_debug ("A key’s memory is not kept apart: %s", g_strerror (errno));
  self->span = span;
  return self;
}

static void
release (EaselSecret *self)
{
  const gsize span = self->span;

  easel_secret_wipe (self, sizeof (EaselSecret) + self->length + 1);
  if (span > 0)
    munmap (self, span);
  else
    g_free (self);
}

static EaselSecret *
secret_new_sized (const char *value, gsize length)
{
  EaselSecret *self = allocate (sizeof (EaselSecret) + length + 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->length = length;
  memcpy (self->value, value, length);
  self->value[length] = '\0';
  return self;
}

/**
 * easel_secret_new:
 * @value: what to keep secret; the caller wipes its own copy
 *
 * Returns: (transfer full): a new secret
 */
EaselSecret *
easel_secret_new (const char *value)
{
  g_return_val_if_fail (value != NULL, NULL);

  return secret_new_sized (value, strlen (value));
}

/* Blanks, line ends, and the invisible marks that come along when text is copied from a page. */
static gboolean
is_padding (gunichar c)
{
  return g_unichar_isspace (c) || c == '\v' || g_unichar_type (c) == G_UNICODE_FORMAT;
}

static void
strip_padding (const char **start, const char **end)
{
  while (*start < *end && is_padding (g_utf8_get_char (*start)))
    *start = g_utf8_next_char (*start);
  while (*end > *start)
    {
      const char *last = g_utf8_prev_char (*end);

      if (!is_padding (g_utf8_get_char (last)))
        break;
      *end = last;
    }
}

static const char *
find_complaint (const char *start, const char *end)
{
  if (start == end)
    return _ ("Nothing was entered.");
  for (const char *p = start; p < end; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (is_padding (c))
        return _ ("There is a blank inside. Copy the key alone, without the words around it.");
      if (c < 0x21 || c > 0x7e)
        return _ ("There is a character inside that no key has.");
    }
  if (end - start > EASEL_SECRET_MAX_KEY)
    return _ ("This is too long for a key.");
  return NULL;
}

/**
 * easel_secret_new_from_key_input:
 * @typed: what was typed or pasted; the caller wipes its own copy
 * @error: %EASEL_ERROR_BAD_KEY; its details are translated and never contain what was typed
 *
 * Takes blanks, line ends and invisible marks around a key away and refuses what cannot be one:
 * nothing, blanks or characters outside of ASCII inside, more than %EASEL_SECRET_MAX_KEY bytes.
 *
 * Returns: (transfer full) (nullable): the key
 */
EaselSecret *
easel_secret_new_from_key_input (const char *typed, GError **error)
{
  const char *start = typed;
  const char *end;
  const char *complaint;

  g_return_val_if_fail (typed != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (g_utf8_validate (typed, -1, &end))
    {
      strip_padding (&start, &end);
      complaint = find_complaint (start, end);
    }
  else
    {
      complaint = _ ("There is a character inside that no key has.");
    }
  if (complaint != NULL)
    {
      GError *refusal = easel_error_new (EASEL_ERROR_BAD_KEY, "%s", complaint);

      easel_error_set_details (refusal, complaint);
      g_propagate_error (error, refusal);
      return NULL;
    }
  return secret_new_sized (start, end - start);
}

/**
 * easel_secret_ref:
 *
 * Returns: (transfer full): @self
 */
EaselSecret *
easel_secret_ref (EaselSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * easel_secret_unref:
 *
 * Drops a reference; with the last one the bytes are overwritten.
 */
void
easel_secret_unref (EaselSecret *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  release (self);
}

/**
 * easel_secret_peek:
 *
 * The bytes themselves, for the one place that sends and the one that stores them. A copy is the
 * caller's to wipe.
 *
 * Returns: (transfer none): valid as long as the reference
 */
const char *
easel_secret_peek (const EaselSecret *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->value;
}

/**
 * easel_secret_equal:
 *
 * Takes equally long wherever the first difference lies.
 *
 * Returns: %TRUE if both hold the same
 */
gboolean
easel_secret_equal (const EaselSecret *a, const EaselSecret *b)
{
  volatile guchar difference = 0;

  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  if (a->length != b->length)
    return FALSE;
  for (gsize i = 0; i < a->length; i++)
    difference |= (guchar) a->value[i] ^ (guchar) b->value[i];
  return difference == 0;
}

/**
 * easel_secret_fingerprint:
 * @salt: of this installation, so that fingerprints of two computers cannot be compared
 *
 * Recognises a key again without keeping it.
 *
 * Returns: (transfer full): 16 hexadecimal digits
 */
char *
easel_secret_fingerprint (const EaselSecret *self, const char *salt)
{
  static const guchar blank[2 * SHA256_BLOCK];
  GHmac *hmac;
  char *digits;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (salt != NULL, NULL);

  hmac = g_hmac_new (G_CHECKSUM_SHA256, (const guchar *) salt, strlen (salt));
  g_hmac_update (hmac, (const guchar *) self->value, (gssize) self->length);
  /* GLib only frees its buffer, which would keep the end of the key. */
  g_hmac_update (hmac, blank, sizeof blank);
  digits = g_strdup (g_hmac_get_string (hmac));
  g_hmac_unref (hmac);
  digits[16] = '\0';
  return digits;
}

/**
 * easel_secret_wipe:
 * @memory: (nullable): what to overwrite
 * @length: in bytes
 *
 * Overwrites in a way the compiler does not leave out.
 */
void
easel_secret_wipe (void *memory, gsize length)
{
  if (memory != NULL)
    explicit_bzero (memory, length);
}
