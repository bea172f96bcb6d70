/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a container's log tells about its start: how far it is, which models are on their way, and
 * whether the host could not run it at all. Reads the lines of the plugin author's image (start.sh,
 * download_models.py with tqdm bars) and the host's own lines. They come from a stranger's
 * computer: what does not fit is passed over, and everything kept has a limit.
 */

#include "config.h"

#include "easel-boot-log.h"

#include <string.h>

#define MAX_LINE 4096
#define MAX_FILES 200
#define MAX_PARTS 20
#define MAX_NAME 120
#define MAX_FAULT 500
#define MAX_BYTES (G_GUINT64_CONSTANT (1) << 50)

struct _EaselBootLog
{
  GObject parent_instance;

  EaselBootPhase phase;
  GPtrArray *files;    /* (owned) (element-type EaselDownload) */
  GPtrArray *parts;    /* (owned) (element-type GArray of Part): the files of each */
  char *machine_fault; /* (owned) (nullable) */
};

G_DEFINE_FINAL_TYPE (EaselBootLog, easel_boot_log, G_TYPE_OBJECT)

/* One of the files that a name stands for. */
typedef struct
{
  guint64 total; /* tells it from the others */
  guint64 done;
  guint64 per_second;
} Part;

typedef struct
{
  const char *text;
  EaselBootPhase phase;
} PhaseRow;

/* In the order in which the image writes them; the last row is ComfyUI's own. */
static const PhaseRow phase_rows[] = {
  { "Starting Nginx service", EASEL_BOOT_STARTED },
  { "Running pre-start script", EASEL_BOOT_STARTED },
  { "Generative AI for Krita - Model download", EASEL_BOOT_DOWNLOADING },
  { "Pod Started", EASEL_BOOT_DOWNLOADED },
  { "Container is READY!", EASEL_BOOT_LAUNCHED },
  { "To see the GUI go to:", EASEL_BOOT_LISTENING },
};

/* Lower case. Lines of the host that speak of the image. */
static const char *const pull_texts[] = {
  "pull", "image", "create container", "digest:", "extracting", NULL,
};

/* Lower case. What a host says that cannot run the container. */
static const char *const fault_texts[] = {
  "unsatisfied condition: cuda",
  "oci runtime create failed",
  "nvidia-container-cli: initialization error",
  "could not select device driver",
  "no space left on device",
  "failed to register layer",
  "error pulling image",
  "failed to pull",
  "pull access denied",
  "manifest unknown",
  "error creating container",
  NULL,
};

static void
easel_boot_log_finalize (GObject *object)
{
  EaselBootLog *self = EASEL_BOOT_LOG (object);

  g_clear_pointer (&self->files, g_ptr_array_unref);
  g_clear_pointer (&self->parts, g_ptr_array_unref);
  g_free (self->machine_fault);

  G_OBJECT_CLASS (easel_boot_log_parent_class)->finalize (object);
}

static void
easel_boot_log_class_init (EaselBootLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = easel_boot_log_finalize;
}

static void
easel_boot_log_init (EaselBootLog *self)
{
  self->files = g_ptr_array_new_with_free_func ((GDestroyNotify) easel_download_free);
  self->parts = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
}

/**
 * easel_boot_log_new:
 *
 * Returns: (transfer full): a log of which nothing was read yet
 */
EaselBootLog *
easel_boot_log_new (void)
{
  return g_object_new (EASEL_TYPE_BOOT_LOG, NULL);
}

static gboolean
says_any (const char *lower, const char *const *texts)
{
  for (guint i = 0; texts[i] != NULL; i++)
    if (strstr (lower, texts[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* The end of the line, whole characters, without escape sequences: ESC [ … letter. A carriage
 * return or a cursor movement begins a new fragment of it, marked by a line end. */
static char *
clean_line (const char *line)
{
  gsize length = strlen (line);
  const char *start = length > MAX_LINE ? line + length - MAX_LINE : line;
  g_autofree char *valid = g_utf8_make_valid (start, -1);
  GString *clean = g_string_sized_new (MIN (length, MAX_LINE));

  for (const char *c = valid; *c != '\0'; c++)
    {
      if (c[0] == '\033' && c[1] == '[')
        {
          c += 2;
          while (*c != '\0' && !g_ascii_isalpha (*c))
            c++;
          g_string_append_c (clean, *c == 'm' ? ' ' : '\n');
          if (*c == '\0')
            break;
        }
      else if (*c == '\r' || *c == '\n')
        g_string_append_c (clean, '\n');
      else
        g_string_append_c (clean, g_ascii_iscntrl (*c) ? ' ' : *c);
    }
  return g_string_free (clean, FALSE);
}

static char *
clip (const char *text, gsize length, long max_characters)
{
  g_autofree char *whole = g_strndup (text, length);
  char *clipped;

  clipped = g_utf8_substring (whole, 0, MIN (g_utf8_strlen (whole, -1), max_characters));
  return g_strstrip (clipped);
}

/* %NULL when there are too many already, or it is no name. */
static EaselDownload *
ensure_file (EaselBootLog *self, const char *name, guint *ret_index)
{
  for (guint i = 0; i < self->files->len; i++)
    {
      EaselDownload *file = g_ptr_array_index (self->files, i);

      if (strcmp (file->name, name) == 0)
        {
          *ret_index = i;
          return file;
        }
    }
  if (*name == '\0' || self->files->len >= MAX_FILES)
    return NULL;
  *ret_index = self->files->len;
  g_ptr_array_add (self->files, easel_download_new (name));
  g_ptr_array_add (self->parts, g_array_new (FALSE, TRUE, sizeof (Part)));
  return g_ptr_array_index (self->files, *ret_index);
}

static void
forget_files (EaselBootLog *self)
{
  g_ptr_array_set_size (self->files, 0);
  g_ptr_array_set_size (self->parts, 0);
}

/* "2.4G", "512k", "17.0", "6.5GB": binary units, as tqdm writes them. */
static gboolean
read_size (const char **cursor, guint64 *ret_bytes)
{
  static const char units[] = "kMGT";
  const char *c = *cursor;
  char *end = NULL;
  double value;
  guint shift = 0;

  if (!g_ascii_isdigit (*c))
    return FALSE;
  value = g_ascii_strtod (c, &end);
  c = end;
  if (*c != '\0')
    {
      const char *unit = strchr (units, *c == 'K' ? 'k' : *c);

      if (unit != NULL)
        {
          shift = (guint) (unit - units + 1) * 10;
          c++;
        }
    }
  if (*c == 'i')
    c++;
  if (*c == 'B')
    c++;
  value *= (double) (G_GUINT64_CONSTANT (1) << shift);
  if (!(value >= 0 && value <= (double) MAX_BYTES))
    return FALSE;
  *ret_bytes = (guint64) value;
  *cursor = c;
  return TRUE;
}

/* The last thing in "[00:41<01:12, 58.3MB/s]". */
static guint64
read_speed (const char *text)
{
  const char *comma = strrchr (text, ',');
  guint64 bytes = 0;

  if (comma == NULL || strstr (comma, "/s") == NULL)
    return 0;
  comma++;
  while (*comma == ' ')
    comma++;
  return read_size (&comma, &bytes) ? bytes : 0;
}

static void
add_up (EaselDownload *file, GArray *parts)
{
  file->bytes_done = file->bytes_total = file->bytes_per_second = 0;
  for (guint i = 0; i < parts->len; i++)
    {
      const Part *part = &g_array_index (parts, Part, i);

      file->bytes_done += part->done;
      file->bytes_total += part->total;
      file->bytes_per_second += part->done < part->total ? part->per_second : 0;
    }
  file->bytes_done = MIN (file->bytes_done, MAX_BYTES);
  file->bytes_total = MIN (file->bytes_total, MAX_BYTES);
  file->done = file->bytes_total > 0 && file->bytes_done >= file->bytes_total;
}

/* The same name with another size is another of its files, and both may come at the same time. With
 * the same size it is the same file once more, after a fault or because the log was read twice. */
static void
take_progress (EaselBootLog *self, const char *name, guint64 done, guint64 total, guint64 speed)
{
  const Part part = { .total = total, .done = done, .per_second = speed };
  guint index;
  EaselDownload *file = ensure_file (self, name, &index);
  GArray *parts;

  if (file == NULL)
    return;
  parts = g_ptr_array_index (self->parts, index);
  for (index = 0; index < parts->len && g_array_index (parts, Part, index).total != total;)
    index++;
  if (index < parts->len)
    g_array_index (parts, Part, index) = part;
  else if (parts->len < MAX_PARTS)
    g_array_append_val (parts, part);
  add_up (file, parts);
}

/* "NAME:  37%|███…| 2.4G/6.5G [00:41<01:12, 58.3MB/s]". */
static gboolean
read_bar (EaselBootLog *self, const char *line)
{
  const char *percent = strstr (line, "%|");
  const char *end = percent;
  const char *numbers;
  g_autofree char *name = NULL;
  guint64 done = 0;
  guint64 total = 0;

  if (percent == NULL)
    return FALSE;
  while (end > line && g_ascii_isdigit (end[-1]))
    end--;
  if (end == percent)
    return FALSE;
  while (end > line && end[-1] == ' ')
    end--;
  if (end == line || end[-1] != ':')
    return FALSE;
  numbers = strchr (percent + 2, '|');
  if (numbers == NULL)
    return FALSE;
  numbers++;
  while (*numbers == ' ')
    numbers++;
  if (!read_size (&numbers, &done) || *numbers != '/')
    return FALSE;
  numbers++;
  if (!read_size (&numbers, &total))
    return FALSE;
  name = clip (line, (gsize) (end - 1 - line), MAX_NAME);
  /* What is written of a size is rounded: the percentage knows when it is whole. */
  if (strncmp (percent - 3 >= line ? percent - 3 : line, "100", 3) == 0)
    done = total;
  take_progress (self, name, MIN (done, total), total, read_speed (numbers));
  return TRUE;
}

/* "NAME: found - skipping". */
static gboolean
read_found (EaselBootLog *self, const char *line)
{
  const char *at = g_strrstr (line, ": found - skipping");
  g_autofree char *name = NULL;
  EaselDownload *file;
  guint index;

  if (at == NULL)
    return FALSE;
  name = clip (line, (gsize) (at - line), MAX_NAME);
  file = ensure_file (self, name, &index);
  if (file != NULL)
    {
      file->found = TRUE;
      file->done = TRUE;
    }
  return TRUE;
}

static void
forget_speeds (GArray *parts)
{
  for (guint i = 0; i < parts->len; i++)
    g_array_index (parts, Part, i).per_second = 0;
}

/* "Error downloading NAME (attempt 0): reason". */
static gboolean
read_error (EaselBootLog *self, const char *line)
{
  const char *prefix = "Error downloading ";
  const char *start = strstr (line, prefix);
  const char *end = start != NULL ? strstr (start, " (attempt ") : NULL;
  g_autofree char *name = NULL;
  EaselDownload *file;
  guint index;

  if (end == NULL)
    return FALSE;
  start += strlen (prefix);
  if (end <= start)
    return FALSE;
  name = clip (start, (gsize) (end - start), MAX_NAME);
  file = ensure_file (self, name, &index);
  if (file != NULL)
    {
      file->n_errors = MIN (file->n_errors + 1, 1000);
      /* Of its files any may be meant. */
      forget_speeds (g_ptr_array_index (self->parts, index));
      file->bytes_per_second = 0;
      file->done = FALSE;
    }
  return TRUE;
}

/* nginx is the container's first line: a new start of it begins a new story. */
static void
take_phase (EaselBootLog *self, const PhaseRow *row)
{
  if (row == &phase_rows[0])
    {
      forget_files (self);
      g_clear_pointer (&self->machine_fault, g_free);
      self->phase = EASEL_BOOT_STARTED;
    }
  else
    self->phase = MAX (self->phase, row->phase);
}

static void
feed_container (EaselBootLog *self, const char *fragment)
{
  for (gsize i = 0; i < G_N_ELEMENTS (phase_rows); i++)
    if (strstr (fragment, phase_rows[i].text) != NULL)
      {
        take_phase (self, &phase_rows[i]);
        return;
      }
  if (read_bar (self, fragment) || read_found (self, fragment) || read_error (self, fragment))
    self->phase = MAX (self->phase, EASEL_BOOT_DOWNLOADING);
}

static void
feed_system (EaselBootLog *self, const char *fragment)
{
  g_autofree char *lower = g_utf8_strdown (fragment, -1);

  if (says_any (lower, fault_texts))
    {
      g_free (self->machine_fault);
      self->machine_fault = clip (fragment, strlen (fragment), MAX_FAULT);
    }
  if (self->phase == EASEL_BOOT_NOTHING && says_any (lower, pull_texts))
    self->phase = EASEL_BOOT_PULLING;
}

/**
 * easel_boot_log_feed:
 * @self: a log
 * @is_system: whether the host says it rather than the container
 * @line: one line; of a longer one than 4 KiB the end is read
 *
 * Facts of the image 2.3. Lines may repeat themselves, as they do when the log is opened again.
 */
void
easel_boot_log_feed (EaselBootLog *self, gboolean is_system, const char *line)
{
  g_autofree char *clean = NULL;
  g_auto (GStrv) fragments = NULL;

  g_return_if_fail (EASEL_IS_BOOT_LOG (self));
  g_return_if_fail (line != NULL);

  clean = clean_line (line);
  fragments = g_strsplit (clean, "\n", -1);
  for (guint i = 0; fragments[i] != NULL; i++)
    {
      const char *fragment = g_strstrip (fragments[i]);

      if (*fragment == '\0')
        continue;
      if (is_system)
        feed_system (self, fragment);
      else
        feed_container (self, fragment);
    }
}

/**
 * easel_boot_log_get_phase:
 * @self: a log
 *
 * Returns: how far the start has come, as far as the log tells
 */
EaselBootPhase
easel_boot_log_get_phase (EaselBootLog *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_LOG (self), EASEL_BOOT_NOTHING);

  return self->phase;
}

/**
 * easel_boot_log_get_files:
 * @self: a log
 *
 * Returns: (transfer none) (element-type EaselDownload): models in the order in which they were
 *   named first, at most 200
 */
GPtrArray *
easel_boot_log_get_files (EaselBootLog *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_LOG (self), NULL);

  return self->files;
}

/**
 * easel_boot_log_get_machine_fault:
 * @self: a log
 *
 * Returns: (transfer none) (nullable): the host's own line that says why it cannot run the
 *   container; forgotten once the container has started
 */
const char *
easel_boot_log_get_machine_fault (EaselBootLog *self)
{
  g_return_val_if_fail (EASEL_IS_BOOT_LOG (self), NULL);

  return self->machine_fault;
}

/**
 * easel_boot_log_get_bytes_done:
 * @self: a log
 *
 * Returns: bytes downloaded by this start, files that were there already not counted
 */
guint64
easel_boot_log_get_bytes_done (EaselBootLog *self)
{
  guint64 sum = 0;

  g_return_val_if_fail (EASEL_IS_BOOT_LOG (self), 0);

  for (guint i = 0; i < self->files->len; i++)
    sum += ((const EaselDownload *) g_ptr_array_index (self->files, i))->bytes_done;
  return sum;
}
