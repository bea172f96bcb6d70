/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Points the plugin in this computer's Krita at an address, and back, when no Krita runs. Owns the
 * order (look, change, look again when it has to wait) and the thread in which the files are
 * touched; what is changed in them is easel-krita-settings' business. */
#include "config.h"

#include "easel-krita-setup.h"

#include "easel-error.h"
#include "easel-krita-settings.h"

#include <string.h>

#define LOOK_MS 3000
#define SANDBOX_MARK "/.flatpak-info"

struct _EaselKritaSetup
{
  GObject parent_instance;

  EaselClock *clock; /* (owned) */
  char *home;        /* (owned) */
  char *data_home;   /* (owned) */
  char *proc;        /* (owned) (nullable): NULL where processes cannot be seen */

  EaselKritaState state;
  GError *error;             /* (owned) (nullable) */
  char *address;             /* (owned) (nullable): wanted or written */
  char *mode_before;         /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable): of the work under way */
  guint plugin_version;
  gboolean has_settings;
  guint look_id;
};

typedef struct
{
  char *home;
  char *data_home;
  char *proc;
  char *address;
  gboolean is_closed;
  gboolean goes_back;
  EaselKritaState state;
  char *mode_before;
  guint plugin_version;
  gboolean has_settings;
} Work;

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselKritaSetup, easel_krita_setup, G_TYPE_OBJECT)

static void
work_free (gpointer data)
{
  Work *work = data;

  g_free (work->home);
  g_free (work->data_home);
  g_free (work->proc);
  g_free (work->address);
  g_free (work->mode_before);
  g_free (work);
}

/* --- in the thread ------------------------------------------------------------------------ */

static gboolean
is_free (Work *work)
{
  if (work->proc == NULL)
    {
      work->state = EASEL_KRITA_UNSURE;
      return work->is_closed;
    }
  work->state = EASEL_KRITA_RUNS;
  return !easel_krita_is_running (work->proc);
}

static gboolean
write_each (Work *work, GPtrArray *kritas, GError **error)
{
  for (guint i = 0; i < kritas->len; i++)
    {
      EaselKrita *krita = g_ptr_array_index (kritas, i);
      g_autofree char *mode = NULL;

      if (work->goes_back)
        {
          if (!easel_krita_put_back (krita->path, work->address, error))
            return FALSE;
          continue;
        }
      if (!easel_krita_write (krita->path, work->address, &mode, error))
        return FALSE;
      if (work->mode_before == NULL && !g_str_equal (mode, "undefined") &&
          !g_str_equal (mode, EASEL_KRITA_MODE_EXTERNAL))
        work->mode_before = g_steal_pointer (&mode);
    }
  work->state = work->goes_back ? EASEL_KRITA_BACK : EASEL_KRITA_DONE;
  return TRUE;
}

static void
work_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work *work = data;
  g_autoptr (GPtrArray) kritas = easel_krita_find (work->home, work->data_home);
  GError *error = NULL;

  for (guint i = 0; i < kritas->len; i++)
    {
      EaselKrita *krita = g_ptr_array_index (kritas, i);

      work->plugin_version = MAX (work->plugin_version, krita->plugin_version);
      work->has_settings = work->has_settings || krita->has_settings;
    }
  if (work->address == NULL)
    work->state = EASEL_KRITA_IDLE;
  else if (kritas->len == 0)
    work->state = EASEL_KRITA_NONE;
  else if (g_cancellable_set_error_if_cancelled (cancellable, &error) ||
           (is_free (work) && !write_each (work, kritas, &error)))
    {
      g_task_return_error (task, error);
      return;
    }
  g_task_return_boolean (task, TRUE);
}

/* --- in the main thread ------------------------------------------------------------------- */

static void schedule_look (EaselKritaSetup *self);

static void
set_state (EaselKritaSetup *self, EaselKritaState state)
{
  self->state = state;
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_worked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  EaselKritaSetup *self = EASEL_KRITA_SETUP (source);
  Work *work = g_task_get_task_data (G_TASK (result));
  gboolean waits = GPOINTER_TO_INT (user_data);
  g_autoptr (GError) error = NULL;

  /* Somebody has asked for something else meanwhile. */
  if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
    return;
  g_clear_object (&self->cancellable);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (easel_error_is_cancelled (error))
        return;
      self->error = g_steal_pointer (&error);
      set_state (self, EASEL_KRITA_FAILED);
      return;
    }
  self->plugin_version = work->plugin_version;
  self->has_settings = work->has_settings;
  if (work->mode_before != NULL)
    {
      g_free (self->mode_before);
      self->mode_before = g_steal_pointer (&work->mode_before);
    }
  if (waits && work->state == EASEL_KRITA_RUNS)
    {
      schedule_look (self);
      if (self->state != EASEL_KRITA_WAITING)
        set_state (self, EASEL_KRITA_WAITING);
      return;
    }
  set_state (self, work->state);
}

static void
start_work (EaselKritaSetup *self, gboolean is_closed, gboolean goes_back, gboolean waits)
{
  g_autoptr (GTask) task = NULL;
  Work *work = g_new0 (Work, 1);

  easel_clock_clear (self->clock, &self->look_id);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_error (&self->error);
  self->cancellable = g_cancellable_new ();
  work->home = g_strdup (self->home);
  work->data_home = g_strdup (self->data_home);
  work->proc = g_strdup (self->proc);
  work->address = g_strdup (self->address);
  work->is_closed = is_closed;
  work->goes_back = goes_back;
  task = g_task_new (self, self->cancellable, on_worked, GINT_TO_POINTER (waits));
  g_task_set_source_tag (task, start_work);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, work_in_thread);
}

static gboolean
on_look (gpointer user_data)
{
  EaselKritaSetup *self = EASEL_KRITA_SETUP (user_data);

  self->look_id = 0;
  start_work (self, FALSE, FALSE, TRUE);
  return G_SOURCE_REMOVE;
}

static void
schedule_look (EaselKritaSetup *self)
{
  self->look_id = easel_clock_add (self->clock, LOOK_MS, on_look, self, NULL);
}

static void
easel_krita_setup_dispose (GObject *object)
{
  EaselKritaSetup *self = EASEL_KRITA_SETUP (object);

  if (self->clock != NULL)
    easel_clock_clear (self->clock, &self->look_id);
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->clock);

  G_OBJECT_CLASS (easel_krita_setup_parent_class)->dispose (object);
}

static void
easel_krita_setup_finalize (GObject *object)
{
  EaselKritaSetup *self = EASEL_KRITA_SETUP (object);

  g_free (self->home);
  g_free (self->data_home);
  g_free (self->proc);
  g_free (self->address);
  g_free (self->mode_before);
  g_clear_error (&self->error);

  G_OBJECT_CLASS (easel_krita_setup_parent_class)->finalize (object);
}

static void
easel_krita_setup_class_init (EaselKritaSetupClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_krita_setup_dispose;
  object_class->finalize = easel_krita_setup_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_krita_setup_init (EaselKritaSetup *self)
{
}

/**
 * easel_krita_setup_new:
 * @clock: paces the waiting for Krita's end
 *
 * Returns: (transfer full): what works on this computer's Krita. In a Flatpak, other programs'
 *   processes cannot be seen.
 */
EaselKritaSetup *
easel_krita_setup_new (EaselClock *clock)
{
  gboolean is_sandboxed = g_file_test (SANDBOX_MARK, G_FILE_TEST_EXISTS);
  const char *host_data = is_sandboxed ? g_getenv ("HOST_XDG_DATA_HOME") : g_get_user_data_dir ();
  g_autofree char *usual = g_build_filename (g_get_home_dir (), ".local", "share", NULL);

  return easel_krita_setup_new_for_places (clock, g_get_home_dir (),
                                           host_data != NULL ? host_data : usual,
                                           is_sandboxed ? NULL : "/proc");
}

/**
 * easel_krita_setup_new_for_places:
 * @clock: paces the waiting for Krita's end
 * @home: the home folder
 * @data_home: see easel_krita_find()
 * @proc: (nullable): where processes are listed, %NULL where they cannot be seen
 *
 * Returns: (transfer full): the same for folders of one's own
 */
EaselKritaSetup *
easel_krita_setup_new_for_places (EaselClock *clock,
                                  const char *home,
                                  const char *data_home,
                                  const char *proc)
{
  EaselKritaSetup *self;

  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (home != NULL && data_home != NULL, NULL);

  self = g_object_new (EASEL_TYPE_KRITA_SETUP, NULL);
  self->clock = g_object_ref (clock);
  self->home = g_strdup (home);
  self->data_home = g_strdup (data_home);
  self->proc = g_strdup (proc);
  return self;
}

/**
 * easel_krita_setup_get_state:
 * @self: a setup
 *
 * Returns: what became of the last wish; it changes with the signal "changed"
 */
EaselKritaState
easel_krita_setup_get_state (EaselKritaSetup *self)
{
  g_return_val_if_fail (EASEL_IS_KRITA_SETUP (self), EASEL_KRITA_IDLE);

  return self->state;
}

/**
 * easel_krita_setup_get_error:
 * @self: a setup
 *
 * Returns: (transfer none) (nullable): why it failed
 */
const GError *
easel_krita_setup_get_error (EaselKritaSetup *self)
{
  g_return_val_if_fail (EASEL_IS_KRITA_SETUP (self), NULL);

  return self->error;
}

/**
 * easel_krita_setup_get_mode_before:
 * @self: a setup
 *
 * Returns: (transfer none) (nullable): "managed" or "cloud" if the plugin worked with that before
 */
const char *
easel_krita_setup_get_mode_before (EaselKritaSetup *self)
{
  g_return_val_if_fail (EASEL_IS_KRITA_SETUP (self), NULL);

  return self->mode_before;
}

/**
 * easel_krita_setup_get_plugin_version:
 * @self: a setup
 *
 * Returns: the newest plugin that was found, see easel_version_parse(); 0 if unknown
 */
guint
easel_krita_setup_get_plugin_version (EaselKritaSetup *self)
{
  g_return_val_if_fail (EASEL_IS_KRITA_SETUP (self), 0);

  return self->plugin_version;
}

/**
 * easel_krita_setup_has_settings:
 * @self: a setup
 *
 * Returns: whether the last look found settings of the plugin, so that there is something to set up
 */
gboolean
easel_krita_setup_has_settings (EaselKritaSetup *self)
{
  g_return_val_if_fail (EASEL_IS_KRITA_SETUP (self), FALSE);

  return self->has_settings;
}

static void
set_address (EaselKritaSetup *self, const char *address)
{
  char *copy = g_strdup (address);

  g_free (self->address);
  self->address = copy;
}

/**
 * easel_krita_setup_look:
 * @self: a setup that was asked for nothing yet
 *
 * Finds out the version of the plugin and changes nothing.
 */
void
easel_krita_setup_look (EaselKritaSetup *self)
{
  g_return_if_fail (EASEL_IS_KRITA_SETUP (self));

  if (self->address == NULL)
    start_work (self, FALSE, FALSE, FALSE);
}

/**
 * easel_krita_setup_begin:
 * @self: a setup
 * @address: of the server
 * @is_closed: the person says that Krita is closed; counts only where nobody can see it
 *
 * Points the plugin at @address, unless Krita runs.
 */
void
easel_krita_setup_begin (EaselKritaSetup *self, const char *address, gboolean is_closed)
{
  g_return_if_fail (EASEL_IS_KRITA_SETUP (self));
  g_return_if_fail (address != NULL);

  set_address (self, address);
  start_work (self, is_closed, FALSE, FALSE);
}

/**
 * easel_krita_setup_wait:
 * @self: a setup
 * @address: of the server
 *
 * The same, now or as soon as Krita has closed.
 */
void
easel_krita_setup_wait (EaselKritaSetup *self, const char *address)
{
  g_return_if_fail (EASEL_IS_KRITA_SETUP (self));
  g_return_if_fail (address != NULL);

  set_address (self, address);
  start_work (self, FALSE, FALSE, TRUE);
}

/**
 * easel_krita_setup_put_back:
 * @self: a setup that has changed the settings
 * @is_closed: as for easel_krita_setup_begin()
 *
 * Gives the plugin back the server that it had, unless Krita runs.
 */
void
easel_krita_setup_put_back (EaselKritaSetup *self, gboolean is_closed)
{
  g_return_if_fail (EASEL_IS_KRITA_SETUP (self));
  g_return_if_fail (self->address != NULL);

  start_work (self, is_closed, TRUE, FALSE);
}

/**
 * easel_krita_setup_stop:
 * @self: a setup
 *
 * Waits no longer. The address is worth nothing any more.
 */
void
easel_krita_setup_stop (EaselKritaSetup *self)
{
  g_return_if_fail (EASEL_IS_KRITA_SETUP (self));

  easel_clock_clear (self->clock, &self->look_id);
  if (self->state != EASEL_KRITA_WAITING)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  set_state (self, EASEL_KRITA_IDLE);
}
