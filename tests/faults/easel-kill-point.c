/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Deaths at points that nobody can see from outside. The linker (--wrap) puts these functions
 * between the layers of the program, which itself knows nothing of them. */
#include "config.h"

#include "easel-kill-point.h"

#include "easel-journal.h"
#include "easel-provider.h"

#include <signal.h>
#include <unistd.h>

typedef enum
{
  NOWHERE,
  BEFORE_INTENT,
  AFTER_INTENT,
  REPLY_READ,
  BEFORE_DELETE,
  DELETE_CONFIRMED
} Point;

static const char *const names[] = {
  "", "before-intent", "after-intent", "reply-read", "before-delete", "delete-confirmed",
};

static Point point;

gboolean
easel_kill_point_set (const char *name)
{
  for (guint i = 1; i < G_N_ELEMENTS (names); i++)
    if (g_strcmp0 (names[i], name) == 0)
      {
        point = (Point) i;
        return TRUE;
      }
  return FALSE;
}

static void
die_at (Point here)
{
  if (point == here)
    kill (getpid (), SIGKILL);
}

gboolean
__real_easel_journal_put (EaselJournal *self, const EaselJournalRecord *record, GError **error);
EaselPod *
__real_easel_provider_create_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void __real_easel_provider_delete_pod_async (EaselProvider *self,
                                             EaselSecret *key,
                                             const char *pod_id,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean
__real_easel_provider_delete_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error);

gboolean
__wrap_easel_journal_put (EaselJournal *self, const EaselJournalRecord *record, GError **error);
EaselPod *
__wrap_easel_provider_create_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error);
void __wrap_easel_provider_delete_pod_async (EaselProvider *self,
                                             EaselSecret *key,
                                             const char *pod_id,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);
gboolean
__wrap_easel_provider_delete_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error);

gboolean
__wrap_easel_journal_put (EaselJournal *self, const EaselJournalRecord *record, GError **error)
{
  gboolean is_written;

  if (record->state == EASEL_JOURNAL_INTENT)
    die_at (BEFORE_INTENT);
  is_written = __real_easel_journal_put (self, record, error);
  if (record->state == EASEL_JOURNAL_INTENT)
    die_at (AFTER_INTENT);
  return is_written;
}

EaselPod *
__wrap_easel_provider_create_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  EaselPod *pod = __real_easel_provider_create_pod_finish (self, result, error);

  die_at (REPLY_READ);
  return pod;
}

void
__wrap_easel_provider_delete_pod_async (EaselProvider *self,
                                        EaselSecret *key,
                                        const char *pod_id,
                                        GCancellable *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  die_at (BEFORE_DELETE);
  __real_easel_provider_delete_pod_async (self, key, pod_id, cancellable, callback, user_data);
}

gboolean
__wrap_easel_provider_delete_pod_finish (EaselProvider *self, GAsyncResult *result, GError **error)
{
  gboolean is_deleted = __real_easel_provider_delete_pod_finish (self, result, error);

  die_at (DELETE_CONFIRMED);
  return is_deleted;
}
