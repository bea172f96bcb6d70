/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Starts cloud-easel-simulator and waits until it says where it listens.
 *
 * Owns the child: it ends when the pipe to its standard input closes, so it goes with this object
 * and also when this process is killed. What the child simulates and where it keeps it is its own
 * affair. */

#include "config.h"
#include "easel-demo.h"

#include "easel-error.h"

/* A child that has not said a word by then never will. In this computer's time. */
#define READY_TIMEOUT_S 20

struct _EaselDemo
{
  GObject parent_instance;

  char *folder; /* (owned) */
  guint speed;
  GSubprocess *simulator; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (EaselDemo, easel_demo, G_TYPE_OBJECT)

typedef struct
{
  GDataInputStream *output;  /* (owned) */
  GCancellable *cancellable; /* (owned): ours, fed by the caller's and by the time-out */
  GCancellable *outer;       /* (owned) (nullable) */
  gulong outer_id;
  guint timeout_id;
} Start;

static void
start_free (gpointer data)
{
  Start *start = data;

  g_cancellable_disconnect (start->outer, start->outer_id);
  g_clear_handle_id (&start->timeout_id, g_source_remove);
  g_clear_object (&start->output);
  g_clear_object (&start->cancellable);
  g_clear_object (&start->outer);
  g_free (start);
}

static void
easel_demo_finalize (GObject *object)
{
  EaselDemo *self = EASEL_DEMO (object);

  g_clear_pointer (&self->folder, g_free);
  g_clear_object (&self->simulator);

  G_OBJECT_CLASS (easel_demo_parent_class)->finalize (object);
}

static void
easel_demo_class_init (EaselDemoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_demo_finalize;
}

static void
easel_demo_init (EaselDemo *self)
{
}

/**
 * easel_demo_new:
 * @folder: where the simulated cloud remembers itself; it exists
 * @speed: how much faster than real time it goes, 1 to EASEL_DEMO_MAX_SPEED
 *
 * Returns: (transfer full): a cloud that is not started yet
 */
EaselDemo *
easel_demo_new (const char *folder, guint speed)
{
  EaselDemo *self;

  g_return_val_if_fail (folder != NULL, NULL);

  self = g_object_new (EASEL_TYPE_DEMO, NULL);
  self->folder = g_strdup (folder);
  self->speed = CLAMP (speed, 1, EASEL_DEMO_MAX_SPEED);

  return self;
}

/* Beside the program in the build tree, else where it is installed. */
static char *
find_simulator (void)
{
  g_autofree char *self_path = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *path = NULL;

  if (self_path != NULL)
    {
      g_autofree char *folder = g_path_get_dirname (self_path);

      path = g_build_filename (folder, "simulator", "cloud-easel-simulator", NULL);
      if (g_file_test (path, G_FILE_TEST_IS_EXECUTABLE))
        return g_steal_pointer (&path);
    }
  g_clear_pointer (&path, g_free);
  path = g_build_filename (LIBEXECDIR, "cloud-easel-simulator", NULL);

  return g_steal_pointer (&path);
}

static GSubprocess *
spawn (EaselDemo *self, GError **error)
{
  g_autofree char *simulator = find_simulator ();
  g_autofree char *speed = g_strdup_printf ("%u", self->speed);
  g_autofree char *state = g_build_filename (self->folder, "cloud.json", NULL);
  g_autofree char *endpoints = g_build_filename (self->folder, "endpoints", NULL);

  return g_subprocess_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE, error,
                           simulator, "--port", "0", "--speed", speed, "--state", state,
                           "--endpoints-out", endpoints, "--exit-with-parent", NULL);
}

static void
on_line_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = g_steal_pointer (&user_data);
  EaselDemo *self = g_task_get_source_object (task);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  g_autofree char *line = NULL;
  EaselEndpoints *endpoints;

  line = g_data_input_stream_read_line_finish_utf8 (G_DATA_INPUT_STREAM (source), result, NULL,
                                                    &error);
  if (error != NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }
  if (line == NULL || !g_str_has_prefix (line, "ready "))
    {
      g_task_return_error (task, easel_error_new (EASEL_ERROR_FAILED,
                                                  "The simulated cloud ended at once"));
      return;
    }
  path = g_build_filename (self->folder, "endpoints", NULL);
  endpoints = easel_endpoints_new_from_file (path, &error);
  if (endpoints == NULL)
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, endpoints, (GDestroyNotify) easel_endpoints_free);
}

static gboolean
on_timeout (gpointer user_data)
{
  Start *start = user_data;

  start->timeout_id = 0;
  g_cancellable_cancel (start->cancellable);

  return G_SOURCE_REMOVE;
}

static void
on_outer_cancelled (GCancellable *outer, GCancellable *inner)
{
  g_cancellable_cancel (inner);
}

/**
 * easel_demo_start_async:
 *
 * Starts the simulated cloud, once per object.
 */
void
easel_demo_start_async (EaselDemo *self,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  GError *error = NULL;
  Start *start;

  g_return_if_fail (EASEL_IS_DEMO (self));
  g_return_if_fail (self->simulator == NULL);

  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, easel_demo_start_async);
  g_task_set_check_cancellable (task, FALSE);
  self->simulator = spawn (self, &error);
  if (self->simulator == NULL)
    {
      g_task_return_error (task, error);
      return;
    }

  start = g_new0 (Start, 1);
  start->output = g_data_input_stream_new (g_subprocess_get_stdout_pipe (self->simulator));
  start->cancellable = g_cancellable_new ();
  if (cancellable != NULL)
    {
      start->outer = g_object_ref (cancellable);
      start->outer_id = g_cancellable_connect (cancellable, G_CALLBACK (on_outer_cancelled),
                                               g_object_ref (start->cancellable), g_object_unref);
    }
  start->timeout_id = g_timeout_add_seconds (READY_TIMEOUT_S, on_timeout, start);
  g_task_set_task_data (task, start, start_free);
  g_data_input_stream_read_line_async (start->output, G_PRIORITY_DEFAULT, start->cancellable,
                                       on_line_read, g_steal_pointer (&task));
}

/**
 * easel_demo_start_finish:
 * @error: anything that kept it from starting
 *
 * Returns: (transfer full) (nullable): where the simulated providers are
 */
EaselEndpoints *
easel_demo_start_finish (EaselDemo *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (EASEL_IS_DEMO (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
