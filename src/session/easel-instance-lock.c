/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The lock that makes two instances of the program safe beside each other: who holds it rents,
 * picks up starts and keeps the limits; the others look, and delete what they are asked to.
 *
 * GApplication keeps one window per session bus; this keeps one keeper per state folder, also
 * across buses, and for the command line. The kernel lets go of it when the process ends, however
 * it ends. Owns instance.lock; the journal has a lock of its own, for the length of one line. */

#include "config.h"
#include "easel-instance-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define LOCK_FILE "instance.lock"

struct _EaselInstanceLock
{
  GObject parent_instance;

  char *path; /* (owned) */
  int fd;     /* -1 while it is not held */
  gboolean is_held;
};

G_DEFINE_FINAL_TYPE (EaselInstanceLock, easel_instance_lock, G_TYPE_OBJECT)

static void
let_go (EaselInstanceLock *self)
{
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
  self->is_held = FALSE;
}

static void
easel_instance_lock_finalize (GObject *object)
{
  EaselInstanceLock *self = EASEL_INSTANCE_LOCK (object);

  let_go (self);
  g_clear_pointer (&self->path, g_free);

  G_OBJECT_CLASS (easel_instance_lock_parent_class)->finalize (object);
}

static void
easel_instance_lock_class_init (EaselInstanceLockClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_instance_lock_finalize;
}

static void
easel_instance_lock_init (EaselInstanceLock *self)
{
  self->fd = -1;
}

/**
 * easel_instance_lock_new:
 * @state_dir: (type filename): the folder to be in charge of; it exists
 *
 * Returns: (transfer full): a lock that is not held yet; the last reference lets go of it
 */
EaselInstanceLock *
easel_instance_lock_new (const char *state_dir)
{
  EaselInstanceLock *self;

  g_return_val_if_fail (state_dir != NULL, NULL);

  self = g_object_new (EASEL_TYPE_INSTANCE_LOCK, NULL);
  self->path = g_build_filename (state_dir, LOCK_FILE, NULL);
  return self;
}

/**
 * easel_instance_lock_acquire:
 * @self: a lock
 *
 * Never waits. A file system that cannot lock keeps nobody from working.
 *
 * Returns: %FALSE when another instance is in charge
 */
gboolean
easel_instance_lock_acquire (EaselInstanceLock *self)
{
  g_return_val_if_fail (EASEL_IS_INSTANCE_LOCK (self), FALSE);

  if (self->is_held)
    return TRUE;
  self->fd = open (self->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (self->fd >= 0 && flock (self->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
    {
      let_go (self);
      return FALSE;
    }
  self->is_held = TRUE;
  return TRUE;
}

/**
 * easel_instance_lock_is_free:
 * @self: a lock
 *
 * Returns: whether nobody else is in charge; the lock stays as it was
 */
gboolean
easel_instance_lock_is_free (EaselInstanceLock *self)
{
  const gboolean was_held = self->is_held;
  gboolean is_free;

  g_return_val_if_fail (EASEL_IS_INSTANCE_LOCK (self), FALSE);

  is_free = easel_instance_lock_acquire (self);
  if (!was_held)
    let_go (self);
  return is_free;
}
