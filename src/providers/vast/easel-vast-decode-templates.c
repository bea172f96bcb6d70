/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * vast.ai's templates. Pure. A template's id is a hash of what is in it, so that every saving makes
 * another one; of several states with one creator and one name only the newest counts. Ports stand
 * among the options of a command line.
 */

#include "config.h"

#include "easel-vast-decode.h"

#include "easel-error.h"

#include <string.h>

#define MAX_NAME 200
#define MAX_IMAGE 500
#define MAX_ARGS 4096
#define MAX_DISK_GB 100000
#define MAX_OPTIONS 16384
#define MAX_PORTS 64
#define MAX_TEMPLATES 1000
/* Of the one disk, for what is not models. */
#define IMAGE_DISK_GB 20

static gboolean
is_hash (const char *text)
{
  if (text == NULL || *text == '\0' || strlen (text) > 64)
    return FALSE;
  for (const char *c = text; *c != '\0'; c++)
    if (!g_ascii_isalnum (*c))
      return FALSE;
  return TRUE;
}

/* "3001:3001", "127.0.0.1:80:8080/udp", "22": what is behind the last colon is in the container. */
static void
add_port (GPtrArray *ports, const char *mapping)
{
  const char *colon = strrchr (mapping, ':');
  const char *inside = colon != NULL ? colon + 1 : mapping;

  if (!g_ascii_isdigit (*inside) || strlen (inside) > 16 || ports->len >= MAX_PORTS)
    return;
  g_ptr_array_add (ports, strchr (inside, '/') != NULL ? g_strdup (inside)
                                                       : g_strconcat (inside, "/tcp", NULL));
}

static void
read_ports (const char *options, GPtrArray *ports)
{
  g_auto (GStrv) words = NULL;

  if (options == NULL || strlen (options) > MAX_OPTIONS)
    return;
  /* Quotes that do not match are somebody else's mistake: then blanks alone decide. */
  if (!g_shell_parse_argv (options, NULL, &words, NULL))
    words = g_strsplit_set (options, " \t\r\n", -1);
  for (gsize i = 0; words[i] != NULL; i++)
    {
      if ((strcmp (words[i], "-p") == 0 || strcmp (words[i], "--publish") == 0) &&
          words[i + 1] != NULL)
        add_port (ports, words[++i]);
      else if (g_str_has_prefix (words[i], "-p") && g_ascii_isdigit (words[i][2]))
        add_port (ports, words[i] + 2);
    }
}

/* With tag: where the repository has none of its own. */
static char *
dup_image (JsonObject *template)
{
  g_autofree char *image =
      easel_vast_clip (easel_json_peek_string (template, "image", ""), MAX_IMAGE);
  const char *tag = easel_json_peek_string (template, "tag", NULL);
  const char *slash = strrchr (image, '/');
  g_autofree char *clipped = NULL;

  if (tag == NULL || *tag == '\0')
    tag = easel_json_peek_string (template, "default_tag", NULL);
  clipped = tag != NULL ? easel_vast_clip (tag, MAX_IMAGE) : NULL;
  if (*image == '\0' || clipped == NULL || *clipped == '\0' || strchr (image, '@') != NULL ||
      strchr (slash != NULL ? slash : image, ':') != NULL)
    return g_steal_pointer (&image);
  return g_strconcat (image, ":", clipped, NULL);
}

/* Templates for AMD's cards filter for them, or say it in the image's name. */
static gboolean
is_for_nvidia (JsonObject *template, const char *image)
{
  JsonObject *filters = easel_json_peek_object (template, "extra_filters");
  const char *text = easel_json_peek_string (template, "extra_filters", NULL);
  g_autoptr (JsonNode) parsed = NULL;
  JsonObject *arch;

  if (strstr (image, "rocm") != NULL)
    return FALSE;
  if (filters == NULL && text != NULL)
    {
      parsed = easel_json_parse_text (text, NULL);
      filters = parsed != NULL ? easel_json_node_object (parsed, "extra_filters", NULL) : NULL;
    }
  arch = filters != NULL ? easel_json_peek_object (filters, "gpu_arch") : NULL;
  return arch == NULL ||
         g_ascii_strcasecmp (easel_json_peek_string (arch, "eq", "nvidia"), "nvidia") == 0;
}

static EaselTemplate *
make_template (JsonObject *object, const char *hash, gint64 own_id, const char *source)
{
  g_autoptr (GPtrArray) ports = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *name = easel_vast_clip (easel_json_peek_string (object, "name", ""), MAX_NAME);
  g_autofree char *image = dup_image (object);
  g_autofree char *args =
      easel_vast_clip (easel_json_peek_string (object, "args_str", ""), MAX_ARGS);
  guint disk_gb =
      (guint) easel_json_peek_double (object, "recommended_disk_space", 0, MAX_DISK_GB, 0);
  gint64 creator = easel_json_peek_int (object, "creator_id", 1, G_MAXINT64, 0);
  EaselTemplateData data = {
    .provider_id = "vast",
    .id = hash,
    .name = name,
    .image = image,
    .args = args,
    .workspace_path = "/workspace",
    .is_public = !easel_vast_peek_flag (object, "private", FALSE),
    .is_own = own_id > 0 && creator == own_id,
    .serverless = easel_vast_peek_flag (object, "autoscaler", FALSE),
    .nvidia = is_for_nvidia (object, image),
    .source = source,
  };
  g_autoptr (EaselTemplate) template = NULL;

  data.disk_gb = MIN (disk_gb, IMAGE_DISK_GB);
  data.workspace_gb = disk_gb - data.disk_gb;
  if (data.is_own)
    data.source = "own";
  else if (source == NULL)
    data.source = easel_vast_peek_flag (object, "recommended", FALSE) ? "verified" : "community";
  read_ports (easel_json_peek_string (object, "env", NULL), ports);
  template = easel_template_new (&data);
  /* Of the author's image it is known where it listens, and the port is opened at create. */
  if (easel_template_is_krita (template))
    g_ptr_array_add (ports, g_strdup_printf ("%d/tcp", EASEL_SERVER_PORT));
  g_ptr_array_add (ports, NULL);
  data.ports = (const char *const *) ports->pdata;
  return easel_template_new (&data);
}

static JsonArray *
get_templates (JsonNode *root, GError **error)
{
  JsonObject *answer = easel_json_node_object (root, "templates", error);

  return answer != NULL ? easel_json_get_array (answer, "templates", error) : NULL;
}

/* Seconds since 1970, or the same as text. */
static double
read_created (JsonObject *template)
{
  const char *text = easel_json_peek_string (template, "created_at", NULL);
  g_autoptr (GTimeZone) utc = g_time_zone_new_utc ();
  g_autoptr (GDateTime) time = NULL;

  if (text == NULL || strlen (text) > 64)
    return easel_json_peek_double (template, "created_at", 0, 1e11, 0);
  time = g_date_time_new_from_iso8601 (text, utc);
  return time != NULL ? (double) g_date_time_to_unix (time) : 0;
}

static gboolean
is_newer (JsonObject *a, JsonObject *b)
{
  double created_a = read_created (a);
  double created_b = read_created (b);

  if (created_a > created_b || created_a < created_b)
    return created_a > created_b;
  return easel_json_peek_int (a, "id", 0, G_MAXINT64, 0) >
         easel_json_peek_int (b, "id", 0, G_MAXINT64, 0);
}

static gboolean
is_usable (JsonObject *template)
{
  return template != NULL && is_hash (easel_json_peek_string (template, "hash_id", NULL)) &&
         *easel_json_peek_string (template, "image", "") != '\0';
}

static gboolean
is_same (JsonObject *a, JsonObject *b)
{
  return easel_json_peek_int (a, "creator_id", 1, G_MAXINT64, 0) ==
             easel_json_peek_int (b, "creator_id", 1, G_MAXINT64, 0) &&
         strcmp (easel_json_peek_string (a, "name", ""), easel_json_peek_string (b, "name", "")) ==
             0;
}

static gboolean
has_newer (JsonArray *templates, JsonObject *one)
{
  for (guint i = 0; i < MIN (json_array_get_length (templates), MAX_TEMPLATES); i++)
    {
      JsonObject *other = easel_json_element_object (templates, i);

      if (other != one && is_usable (other) && is_same (other, one) && is_newer (other, one))
        return TRUE;
    }
  return FALSE;
}

/**
 * easel_vast_decode_templates:
 * @root: a list of templates
 * @own_id: number of the account, 0 if unknown
 * @source: (nullable): where they come from, %NULL to judge by what each one says
 * @error: return location for an error
 *
 * What cannot be understood is left out, and so are old states.
 *
 * Returns: (transfer full) (element-type EaselTemplate): templates; %NULL with
 *   %EASEL_ERROR_PROTOCOL if it is no list
 */
GPtrArray *
easel_vast_decode_templates (JsonNode *root, gint64 own_id, const char *source, GError **error)
{
  JsonArray *templates = get_templates (root, error);
  GPtrArray *found;

  if (templates == NULL)
    return NULL;
  found = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < MIN (json_array_get_length (templates), MAX_TEMPLATES); i++)
    {
      JsonObject *one = easel_json_element_object (templates, i);

      if (is_usable (one) && !has_newer (templates, one))
        g_ptr_array_add (found, make_template (one, easel_json_peek_string (one, "hash_id", NULL),
                                               own_id, source));
    }
  return found;
}

static gboolean
is_wanted (JsonObject *template, gint64 creator_id, const char *name, const char *hash)
{
  if (!is_usable (template))
    return FALSE;
  if (creator_id != 0 &&
      easel_json_peek_int (template, "creator_id", 1, G_MAXINT64, 0) != creator_id)
    return FALSE;
  if (name != NULL && strcmp (easel_json_peek_string (template, "name", ""), name) != 0)
    return FALSE;
  return hash == NULL || strcmp (easel_json_peek_string (template, "hash_id", ""), hash) == 0;
}

/**
 * easel_vast_decode_newest_template:
 * @root: a list of templates
 * @creator_id: whose, 0 for anybody's
 * @name: (nullable): its whole name, %NULL for any
 * @hash: (nullable): its id, %NULL for any
 *
 * Returns: (transfer full) (nullable): the newest that is really what was asked for
 */
EaselTemplate *
easel_vast_decode_newest_template (JsonNode *root,
                                   gint64 creator_id,
                                   const char *name,
                                   const char *hash)
{
  JsonArray *templates = get_templates (root, NULL);
  JsonObject *newest = NULL;

  for (guint i = 0; templates != NULL && i < json_array_get_length (templates); i++)
    {
      JsonObject *one = easel_json_element_object (templates, i);

      if (is_wanted (one, creator_id, name, hash) && (newest == NULL || is_newer (one, newest)))
        newest = one;
    }
  if (newest == NULL)
    return NULL;
  return make_template (newest, easel_json_peek_string (newest, "hash_id", NULL), 0, NULL);
}
