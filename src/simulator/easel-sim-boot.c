/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a container comes up: a pure function from the circumstances to times and log lines, in the
 * order of facts/krita-comfyui.md 2.3. Nothing here waits; who asks later compares the times with
 * the clock. What the container answers on its ports is not decided here.
 */
#include "config.h"

#include "easel-sim-boot.h"

#include "easel-sim-clock.h"

#include <string.h>

#define MAX_LINES 4000
#define MAX_SLOTS 4
#define FREEZE_MS (15 * 60 * 1000)
#define IMAGE "aclysia/sd-comfyui-krita"

typedef struct
{
  const EaselSimRun *run;
  EaselSimBoot *boot; /* (unowned) */
  guint64 chance;
} Plan;

static void
line_free (gpointer data)
{
  EaselSimLine *line = data;

  g_free (line->text);
  g_free (line);
}

/**
 * easel_sim_boot_free:
 * @self: (transfer full): a plan
 */
void
easel_sim_boot_free (EaselSimBoot *self)
{
  g_ptr_array_unref (self->lines);
  g_array_unref (self->files);
  g_array_unref (self->loads);
  g_free (self);
}

static void say (Plan *plan, gint64 at_ms, gboolean is_system, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

static void
say (Plan *plan, gint64 at_ms, gboolean is_system, const char *format, ...)
{
  EaselSimLine *line;
  va_list args;

  if (plan->boot->lines->len >= MAX_LINES)
    return;
  line = g_new0 (EaselSimLine, 1);
  line->at_ms = at_ms;
  line->is_system = is_system;
  va_start (args, format);
  line->text = g_strdup_vprintf (format, args);
  va_end (args);
  g_ptr_array_add (plan->boot->lines, line);
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  const EaselSimLine *left = *(const EaselSimLine *const *) a;
  const EaselSimLine *right = *(const EaselSimLine *const *) b;

  return left->at_ms < right->at_ms ? -1 : left->at_ms > right->at_ms;
}

/**
 * easel_sim_image_is_krita:
 * @image: an image's name
 *
 * Returns: whether it is the one made for Krita
 */
gboolean
easel_sim_image_is_krita (const char *image)
{
  return g_str_has_prefix (image, IMAGE ":") || strcmp (image, IMAGE) == 0;
}

/**
 * easel_sim_image_version:
 * @image: an image's name with a tag such as "v1.52.0"
 *
 * Returns: 152 for v1.52.0, 0 when the tag is no version
 */
int
easel_sim_image_version (const char *image)
{
  const char *tag = strrchr (image, ':');
  char *end;
  guint64 major, minor;

  if (tag == NULL || tag[1] != 'v' || !g_ascii_isdigit (tag[2]))
    return 0;
  major = g_ascii_strtoull (tag + 2, &end, 10);
  if (*end != '.' || !g_ascii_isdigit (end[1]))
    return 0;
  minor = g_ascii_strtoull (end + 1, &end, 10);
  return (int) (MIN (major, 9) * 100 + MIN (minor, 99));
}

/* Of the image's base, by version (facts/krita-comfyui.md 2.1), in tenths. */
static int
needed_cuda (int version)
{
  if (version >= 152)
    return 130;
  if (version >= 140)
    return 128;
  return version >= 100 ? 124 : 0;
}

static gboolean
image_exists (const EaselSimRun *run)
{
  const char *tag = strrchr (run->image, ':');

  if (!easel_sim_image_is_krita (run->image))
    return TRUE;
  return tag != NULL && run->tags != NULL && g_strv_contains (run->tags, tag + 1);
}

static char *
size_text (double mb)
{
  double bytes = mb * 1000 * 1000;
  const char *unit = "";
  static const char *const units[] = { "k", "M", "G" };

  for (guint i = 0; i < G_N_ELEMENTS (units) && bytes >= 999.5; i++)
    {
      bytes /= 1024;
      unit = units[i];
    }
  return g_strdup_printf (bytes < 9.995   ? "%.2f%s"
                          : bytes < 99.95 ? "%.1f%s"
                                          : "%.0f%s",
                          bytes, unit);
}

static char *
bar_text (const EaselSimModel *model, double share, gint64 passed_ms, gint64 total_ms)
{
  g_autofree char *done = size_text (model->size_mb * share);
  g_autofree char *whole = size_text (model->size_mb);
  g_autofree char *rate = size_text (model->size_mb * 1000.0 / (double) MAX (total_ms, 1));
  g_autoptr (GString) bar = g_string_new (NULL);
  gint64 passed = passed_ms / 1000, left = (total_ms - passed_ms) / 1000;

  for (int i = 0; i < 10; i++)
    g_string_append (bar, i < (int) (share * 10) ? "█" : " ");
  return g_strdup_printf ("%s: %3d%%|%s| %s/%s [%02d:%02d<%02d:%02d, %sB/s]", model->name,
                          (int) (share * 100), bar->str, done, whole, (int) (passed / 60),
                          (int) (passed % 60), (int) (left / 60), (int) (left % 60), rate);
}

static void
say_progress (Plan *plan, const EaselSimFile *file)
{
  gint64 total_ms = file->done_ms - file->from_ms;
  gint64 step_ms = MAX (1500, total_ms / 24);

  for (gint64 at = 0; at < total_ms; at += step_ms)
    {
      g_autofree char *bar = bar_text (file->model, (double) at / (double) total_ms, at, total_ms);
      g_autofree char *next = NULL;

      /* The bars come in all the forms that terminals and log collectors make of them. */
      switch (easel_sim_next (&plan->chance) % 4)
        {
        case 0:
          say (plan, file->from_ms + at, FALSE, "\r%s", bar);
          break;
        case 1:
          say (plan, file->from_ms + at, FALSE, "%s\x1b[A", bar);
          break;
        case 2:
          next =
              bar_text (file->model, (double) (at + 1) / (double) (total_ms + 1), at + 1, total_ms);
          say (plan, file->from_ms + at, FALSE, "\r%s\r%s", bar, next);
          break;
        default:
          say (plan, file->from_ms + at, FALSE, "%s", bar);
          break;
        }
    }
  if (!file->is_failed)
    {
      g_autofree char *bar = bar_text (file->model, 1.0, total_ms, total_ms);

      say (plan, file->done_ms, FALSE, "%s", bar);
    }
}

static gboolean
is_doomed (Plan *plan, const EaselSimModel *model)
{
  if ((plan->run->plagues & EASEL_SIM_PLAGUE_MISSING_MODELS) == 0)
    return FALSE;
  return strcmp (model->file, "OmniSR_X2_DIV2K.safetensors") == 0 ||
         strcmp (model->file, "ip-adapter_sdxl_vit-h.safetensors") == 0 ||
         strcmp (model->file, "qwen_3_4b_fp8.safetensors") == 0;
}

static void
add_load (Plan *plan, gint64 from_ms, gint64 done_ms, int mb)
{
  EaselSimLoad load = { from_ms, done_ms, mb };

  if (mb > 0)
    g_array_append_val (plan->boot->loads, load);
}

static int
compare_loads (gconstpointer a, gconstpointer b)
{
  const EaselSimLoad *left = a, *right = b;

  return left->done_ms < right->done_ms ? -1 : left->done_ms > right->done_ms;
}

static gint64
plan_file (Plan *plan, const EaselSimModel *model, gint64 from_ms, double mb_per_ms)
{
  EaselSimFile file = { model, from_ms, from_ms, FALSE };

  if (plan->run->volume != NULL && g_hash_table_contains (plan->run->volume, model->file))
    {
      say (plan, from_ms, FALSE, "%s: found - skipping", model->name);
    }
  else if (is_doomed (plan, model))
    {
      file.is_failed = TRUE;
      for (int attempt = 0; attempt < 5; attempt++)
        say (plan, from_ms + 1000 * (attempt + 1), FALSE,
             "Error downloading %s (attempt %d): 503, message='Service Unavailable'", model->name,
             attempt);
      file.done_ms = from_ms + 6000;
    }
  else
    {
      file.done_ms = from_ms + MAX (300, (gint64) (model->size_mb / mb_per_ms));
      add_load (plan, from_ms, file.done_ms, model->size_mb);
      say_progress (plan, &file);
    }
  g_array_append_val (plan->boot->files, file);
  return file.done_ms;
}

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const EaselSimModel *left = *(const EaselSimModel *const *) a;
  const EaselSimModel *right = *(const EaselSimModel *const *) b;

  return right->size_mb - left->size_mb;
}

static gint64
plan_downloads (Plan *plan, GPtrArray *models, gint64 at_ms)
{
  gint64 slots[MAX_SLOTS] = { at_ms, at_ms, at_ms, at_ms };
  guint n_slots = MAX (1, MIN (MAX_SLOTS, models->len));
  double speed = MAX (1, plan->run->download_mb_per_s);
  gint64 end = at_ms;

  if ((plan->run->plagues & EASEL_SIM_PLAGUE_SLOW) != 0)
    speed = 4;
  g_ptr_array_sort (models, compare_sizes);
  for (guint i = 0; i < models->len; i++)
    {
      guint slot = 0;

      for (guint k = 1; k < n_slots; k++)
        if (slots[k] < slots[slot])
          slot = k;
      slots[slot] =
          plan_file (plan, g_ptr_array_index (models, i), slots[slot], speed / n_slots / 1000.0);
      end = MAX (end, slots[slot]);
    }
  return end;
}

static void
plan_comfy (Plan *plan, gint64 at_ms)
{
  const EaselSimRun *run = plan->run;
  gboolean is_cpu = (run->plagues & EASEL_SIM_PLAGUE_CPU) != 0;
  gint64 listen_ms = at_ms + easel_sim_range (&plan->chance, 8000, 18000);

  say (plan, at_ms + 2500, FALSE, "Total VRAM %d MB, total RAM %d MB",
       is_cpu ? run->ram_gb * 1024 : run->vram_mb, run->ram_gb * 1024);
  if (is_cpu)
    say (plan, at_ms + 2600, FALSE, "Device: cpu");
  else
    say (plan, at_ms + 2600, FALSE, "Device: cuda:0 %s : cudaMallocAsync", run->gpu_name);
  if ((run->plagues & EASEL_SIM_PLAGUE_COMFY_NEVER_UP) != 0)
    {
      say (plan, at_ms + 4000, FALSE, "RuntimeError: CUDA error: unknown error");
      return;
    }
  say (plan, listen_ms - 1500, FALSE, "Import times for custom nodes:");
  say (plan, listen_ms - 1500, FALSE,
       "   0.1 seconds: /workspace/ComfyUI/custom_nodes/comfyui-tooling-nodes");
  if ((run->plagues & EASEL_SIM_PLAGUE_MISSING_NODES) != 0)
    say (plan, listen_ms - 1500, FALSE,
         "   0.2 seconds (IMPORT FAILED): /workspace/ComfyUI/custom_nodes/comfyui-inpaint-nodes");
  say (plan, listen_ms - 500, FALSE, "Starting server");
  say (plan, listen_ms, FALSE, "To see the GUI go to: http://0.0.0.0:3000");
  plan->boot->comfy_ms = listen_ms;
}

static void
plan_start_script (Plan *plan, GPtrArray *models)
{
  EaselSimBoot *boot = plan->boot;
  int version = easel_sim_image_version (plan->run->image);
  gint64 at = boot->container_ms;

  boot->nginx_ms = at + 300;
  say (plan, at + 200, FALSE, "Starting Nginx service...");
  say (plan, at + 600, FALSE, "Running pre-start script...");
  at += easel_sim_range (&plan->chance, 3000, 9000);
  say (plan, at, FALSE, "Generative AI for Krita - Model download - v%d.%d.0", version / 100,
       version % 100);
  at = plan_downloads (plan, models, at + 1000);
  say (plan, at + 1000, FALSE, "Pod Started");
  if (plan->run->has_public_key)
    say (plan, at + 1200, FALSE, "Setting up SSH...");
  if (plan->run->has_jupyter)
    {
      say (plan, at + 1400, FALSE, "Starting Jupyter Lab...");
      say (plan, at + 1600, FALSE, "Jupyter Lab started");
    }
  say (plan, at + 1700, FALSE, "Exporting environment variables...");
  say (plan, at + 2000, FALSE, "Container is READY!");
  boot->services_ms = at + 2000;
  plan_comfy (plan, at + 900);
}

static void
plan_failures (Plan *plan, EaselSimFailure failure, gint64 at_ms, const char *reason)
{
  plan->boot->failure = failure;
  plan->boot->failed_ms = at_ms;
  for (int i = 0; i < 40; i++)
    say (plan, at_ms + i * 15000, TRUE, "%s", reason);
}

/* Returns whether the container gets to run. */
static gboolean
plan_image (Plan *plan)
{
  const EaselSimRun *run = plan->run;
  EaselSimBoot *boot = plan->boot;
  int needed = easel_sim_image_is_krita (run->image)
                   ? needed_cuda (easel_sim_image_version (run->image))
                   : 0;
  gint64 pulled = boot->container_ms - 1500;
  g_autofree char *reason = NULL;

  if (run->kind != EASEL_SIM_RUN_RESTARTED)
    {
      say (plan, boot->assigned_ms, TRUE, "create container %s", run->image);
      say (plan, boot->assigned_ms + 800, TRUE, "%s Pulling from %s",
           strrchr (run->image, ':') ? strrchr (run->image, ':') + 1 : "latest", IMAGE);
    }
  if (!image_exists (run))
    {
      reason =
          g_strdup_printf ("error creating container: manifest for %s not found: manifest unknown",
                           run->image);
      plan_failures (plan, EASEL_SIM_FAILURE_NO_IMAGE, boot->assigned_ms + 3000, reason);
      return FALSE;
    }
  if ((run->plagues & EASEL_SIM_PLAGUE_DISK_FULL) != 0)
    {
      plan_failures (plan, EASEL_SIM_FAILURE_DISK_FULL, boot->assigned_ms + 3000,
                     "error creating container: no space left on device");
      return FALSE;
    }
  if ((run->plagues & EASEL_SIM_PLAGUE_PULL_FAILS) != 0)
    {
      plan_failures (plan, EASEL_SIM_FAILURE_NETWORK,
                     boot->assigned_ms + (pulled - boot->assigned_ms) / 2,
                     "error creating container: failed to pull image: unexpected EOF");
      return FALSE;
    }
  /* The pull that never ends tells no more than one that is slow. */
  if ((run->plagues & EASEL_SIM_PLAGUE_NEVER_UP) != 0 && run->image_mb > 0)
    return FALSE;
  boot->pulled_ms = pulled;
  add_load (plan, boot->assigned_ms, pulled, run->image_mb);
  for (int layer = 0; run->kind == EASEL_SIM_RUN_FRESH && layer < 6; layer++)
    say (plan, boot->assigned_ms + 1000 + (pulled - boot->assigned_ms - 1000) * (layer + 1) / 7,
         TRUE, "%012" G_GINT64_MODIFIER "x Pull complete", easel_sim_next (&plan->chance) >> 16);
  say (plan, pulled, TRUE, "Status: Image is up to date for %s", run->image);
  say (plan, pulled + 500, TRUE, "start container for %s: begin", run->image);
  if ((run->plagues & EASEL_SIM_PLAGUE_CUDA_MISMATCH) != 0 ||
      (needed > 0 && run->host_cuda < needed))
    {
      reason = g_strdup_printf (
          "error starting container: nvidia-container-cli: requirement error: unsatisfied "
          "condition: cuda>=%d.%d, please update your driver to a newer version",
          MAX (needed, 128) / 10, MAX (needed, 128) % 10);
      plan_failures (plan, EASEL_SIM_FAILURE_DRIVER, pulled + 1000, reason);
      return FALSE;
    }
  if ((run->plagues & EASEL_SIM_PLAGUE_DIES) != 0)
    {
      plan_failures (plan, EASEL_SIM_FAILURE_DIED, pulled + 2000, "container exited with code 1");
      return FALSE;
    }
  return (run->plagues & EASEL_SIM_PLAGUE_NEVER_UP) == 0;
}

static gint64
pull_delay (Plan *plan)
{
  gint64 speed = MAX (1, plan->run->download_mb_per_s);
  gint64 delay = (gint64) plan->run->image_mb * 1000 / speed;

  if ((plan->run->plagues & EASEL_SIM_PLAGUE_SLOW) != 0)
    delay *= 4;
  if ((plan->run->plagues & EASEL_SIM_PLAGUE_PULL_FREEZES) != 0)
    delay += FREEZE_MS;
  return delay;
}

static gint64
container_delay (Plan *plan)
{
  switch (plan->run->kind)
    {
    case EASEL_SIM_RUN_RESUMED:
      return easel_sim_range (&plan->chance, 12000, 30000);
    case EASEL_SIM_RUN_RESTARTED:
      return easel_sim_range (&plan->chance, 4000, 8000);
    case EASEL_SIM_RUN_FRESH:
    default:
      return easel_sim_range (&plan->chance, 22000, 60000) + pull_delay (plan);
    }
}

/**
 * easel_sim_boot_plan:
 * @run: the circumstances of a start; only looked at
 *
 * Returns: (transfer full): how it goes; the same for the same circumstances
 */
EaselSimBoot *
easel_sim_boot_plan (const EaselSimRun *run)
{
  EaselSimBoot *boot = g_new0 (EaselSimBoot, 1);
  Plan plan = { run, boot, run->seed + run->number };
  g_autoptr (GPtrArray) models = g_ptr_array_new ();
  const char *command =
      run->command != NULL && *run->command != '\0' ? run->command : "/start.sh --recommended";

  boot->lines = g_ptr_array_new_with_free_func (line_free);
  boot->files = g_array_new (FALSE, FALSE, sizeof (EaselSimFile));
  boot->loads = g_array_new (FALSE, FALSE, sizeof (EaselSimLoad));
  boot->pulled_ms = boot->failed_ms = -1;
  boot->nginx_ms = boot->services_ms = boot->comfy_ms = -1;
  boot->assigned_ms = run->start_ms + easel_sim_range (&plan.chance, 2000, 6000);
  boot->container_ms = run->start_ms + container_delay (&plan);
  if (!plan_image (&plan))
    boot->container_ms = -1;
  else if (!easel_sim_image_is_krita (run->image))
    say (&plan, boot->container_ms + 1000, FALSE, "Service started");
  else if (easel_sim_models_select (command, (run->plagues & EASEL_SIM_PLAGUE_CPU) == 0, models))
    plan_start_script (&plan, models);
  else
    say (&plan, boot->container_ms + 500, FALSE, "%.200s", command);
  /* Merge sort: lines of the same time keep their order. */
  g_ptr_array_sort (boot->lines, compare_lines);
  g_array_sort (boot->loads, compare_loads);
  return boot;
}
