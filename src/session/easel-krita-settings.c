/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The settings.json of the plugin "Generative AI for Krita": where it lies, whether a Krita is
 * running that would overwrite it, and how two of its members are changed while every other byte
 * stays. Owns the backup beside it. Blocks: easel-krita-setup calls it from a thread.
 *
 * The plugin reads the file once, when Krita starts, and writes all of it from memory later: a
 * change while Krita runs is neither seen nor kept. Whole-line comments are allowed in it. */
#include "config.h"

#include "easel-krita-settings.h"

#include "easel-error.h"
#include "easel-image-tag.h"
#include "easel-json.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_BYTES (1024 * 1024)
#define MODE_KEY "server_mode"
#define ADDRESS_KEY "server_url"
#define BACKUP_SUFFIX ".before-cloud-easel"
#define BLANKS " \t\r\n"

/* --- where it is -------------------------------------------------------------------------- */

static void
krita_free (gpointer data)
{
  EaselKrita *krita = data;

  g_free (krita->path);
  g_free (krita);
}

/* At most MAX_BYTES of a regular file. */
static char *
read_text (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) why = NULL;
  gsize length = 0;
  GStatBuf info;

  if (g_stat (path, &info) != 0 || !S_ISREG (info.st_mode) || info.st_size > MAX_BYTES)
    {
      easel_set_error (error, EASEL_ERROR_STORAGE, "settings of the plugin: not a file to read");
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &length, &why))
    {
      easel_set_error (error, EASEL_ERROR_STORAGE, "settings of the plugin: %s", why->message);
      return NULL;
    }
  if (length > MAX_BYTES || strlen (text) != length || !g_utf8_validate (text, length, NULL))
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "settings of the plugin: not text");
      return NULL;
    }
  return g_steal_pointer (&text);
}

/* From the line __version__ = "1.53.0" of the plugin's own source. */
static guint
read_version (const char *init)
{
  g_autofree char *text = read_text (init, NULL);
  g_autoptr (GRegex) regex =
      g_regex_new ("^__version__\\s*=\\s*[\"']([0-9.]{1,20})", G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *version = NULL;

  if (text == NULL || !g_regex_match (regex, text, 0, &match))
    return 0;
  version = g_match_info_fetch (match, 1);
  return easel_version_parse (version);
}

static void
add_if_there (GPtrArray *kritas, const char *folder)
{
  g_autofree char *init = g_build_filename (folder, "pykrita", "ai_diffusion", "__init__.py", NULL);
  g_autofree char *path = g_build_filename (folder, "ai_diffusion", "settings.json", NULL);
  EaselKrita *krita;

  if (!g_file_test (init, G_FILE_TEST_IS_REGULAR) && !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return;
  krita = g_new0 (EaselKrita, 1);
  krita->plugin_version = read_version (init);
  krita->has_settings = g_file_test (path, G_FILE_TEST_IS_REGULAR);
  krita->path = g_steal_pointer (&path);
  g_ptr_array_add (kritas, krita);
}

/**
 * easel_krita_find:
 * @home: the person's home folder
 * @data_home: what XDG_DATA_HOME is for programs outside a sandbox
 *
 * Looks for the plugin where Krita keeps it: as a package or an AppImage, as a Flatpak, as a Snap.
 *
 * Returns: (transfer full) (element-type EaselKrita): each Krita that has it; possibly none
 */
GPtrArray *
easel_krita_find (const char *home, const char *data_home)
{
  GPtrArray *kritas = g_ptr_array_new_with_free_func (krita_free);
  g_autofree char *package = NULL;
  g_autofree char *flatpak = NULL;
  g_autofree char *snap = NULL;

  g_return_val_if_fail (home != NULL && data_home != NULL, kritas);

  package = g_build_filename (data_home, "krita", NULL);
  flatpak = g_build_filename (home, ".var", "app", "org.kde.krita", "data", "krita", NULL);
  snap = g_build_filename (home, "snap", "krita", "current", ".local", "share", "krita", NULL);
  add_if_there (kritas, package);
  add_if_there (kritas, flatpak);
  add_if_there (kritas, snap);
  return kritas;
}

/* An AppImage is called after its file, "krita-5.2.9-x86"; the kernel cuts at 15 characters. */
static gboolean
is_krita (const char *proc, const char *pid)
{
  g_autofree char *path = g_build_filename (proc, pid, "comm", NULL);
  g_autofree char *name = NULL;

  return g_file_get_contents (path, &name, NULL, NULL) &&
         g_ascii_strncasecmp (name, "krita", strlen ("krita")) == 0;
}

/**
 * easel_krita_is_running:
 * @proc: "/proc"
 *
 * Returns: whether a process is called after Krita. One too many costs a click, one too few the
 *   settings.
 */
gboolean
easel_krita_is_running (const char *proc)
{
  g_autoptr (GDir) folder = NULL;
  const char *pid;

  g_return_val_if_fail (proc != NULL, TRUE);

  folder = g_dir_open (proc, 0, NULL);
  if (folder == NULL)
    return TRUE;
  while ((pid = g_dir_read_name (folder)) != NULL)
    if (g_ascii_isdigit (*pid) && is_krita (proc, pid))
      return TRUE;
  return FALSE;
}

/* --- the text ----------------------------------------------------------------------------- */

/* Comments become blanks, so that every offset stays what it was. */
static char *
blank_comments (const char *text)
{
  char *plain = g_strdup (text);
  char *line = plain;

  while (*line != '\0')
    {
      char *start = line + strspn (line, " \t");
      gsize length = strcspn (line, "\n");

      if (g_str_has_prefix (start, "//"))
        memset (line, ' ', length);
      line += length;
      if (*line == '\n')
        line++;
    }
  return plain;
}

/* The ends of a string and of any value in a text that the parser accepted. */
static const char *
skip_string (const char *at)
{
  for (at++; *at != '\0' && *at != '"'; at++)
    if (*at == '\\' && at[1] != '\0')
      at++;
  return *at == '"' ? at + 1 : at;
}

static const char *
skip_value (const char *at)
{
  guint depth = 0;

  while (*at != '\0')
    {
      if (*at == '"')
        {
          at = skip_string (at);
          if (depth == 0)
            return at;
          continue;
        }
      if (*at == '{' || *at == '[')
        depth++;
      else if (depth == 0 && strchr (",}]" BLANKS, *at) != NULL)
        return at;
      else if ((*at == '}' || *at == ']') && --depth == 0)
        return at + 1;
      at++;
    }
  return at;
}

/* The last member counts, as it does for the plugin. */
static gboolean
find_value (const char *plain, const char *key, gsize *ret_start, gsize *ret_end)
{
  g_autofree char *quoted = g_strdup_printf ("\"%s\"", key);
  const char *at = strchr (plain, '{');
  gboolean is_found = FALSE;

  g_return_val_if_fail (at != NULL, FALSE);

  at++;
  while (*(at += strspn (at, BLANKS ",")) == '"')
    {
      const char *name = at;
      const char *name_end = skip_string (at);
      gsize length = name_end - name;

      at = name_end + strspn (name_end, BLANKS ":");
      if (length == strlen (quoted) && strncmp (name, quoted, length) == 0)
        {
          *ret_start = at - plain;
          *ret_end = skip_value (at) - plain;
          is_found = TRUE;
        }
      at = skip_value (at);
    }
  return is_found;
}

static char *
quote (const char *value)
{
  g_autoptr (JsonNode) node = json_node_init_string (json_node_alloc (), value);

  return easel_json_to_text (node);
}

static JsonNode *
parse (const char *text, JsonObject **ret_object, GError **error)
{
  g_autofree char *plain = blank_comments (text);
  g_autoptr (JsonNode) root = easel_json_parse_text (plain, error);

  if (root == NULL)
    return NULL;
  *ret_object = easel_json_node_object (root, "settings of the plugin", error);
  return *ret_object != NULL ? g_steal_pointer (&root) : NULL;
}

static char *
set_member (const char *text, const char *key, const char *value, GError **error)
{
  g_autofree char *plain = blank_comments (text);
  g_autofree char *quoted = quote (value);
  g_autoptr (JsonNode) root = NULL;
  JsonObject *object = NULL;
  gsize start = 0, end = 0;

  root = parse (text, &object, error);
  if (root == NULL)
    return NULL;
  if (find_value (plain, key, &start, &end))
    return g_strdup_printf ("%.*s%s%s", (int) start, text, quoted, text + end);
  /* Written with escapes, it is there and was not found: then better not at all. */
  if (json_object_has_member (object, key))
    {
      easel_set_error (error, EASEL_ERROR_PROTOCOL, "settings of the plugin: odd member");
      return NULL;
    }
  start = strchr (plain, '{') - plain + 1;
  return g_strdup_printf ("%.*s\n    \"%s\": %s%s%s", (int) start, text, key, quoted,
                          json_object_get_size (object) > 0 ? "," : "\n", text + start);
}

/**
 * easel_krita_change:
 * @text: the plugin's settings
 * @mode: the new server_mode
 * @address: the new server_url
 * @error: %EASEL_ERROR_PROTOCOL if @text is not what the plugin writes
 *
 * Changes the two members; whatever else is there, comments and unknown members among it, stays
 * byte for byte.
 *
 * Returns: (transfer full) (nullable): the new text
 */
char *
easel_krita_change (const char *text, const char *mode, const char *address, GError **error)
{
  g_autofree char *with_mode = NULL;

  g_return_val_if_fail (text != NULL && mode != NULL && address != NULL, NULL);

  with_mode = set_member (text, MODE_KEY, mode, error);
  return with_mode != NULL ? set_member (with_mode, ADDRESS_KEY, address, error) : NULL;
}

/**
 * easel_krita_read:
 * @text: the plugin's settings
 * @ret_mode: (out) (transfer full): its server_mode, "undefined" if there is none
 * @ret_address: (out) (transfer full): its server_url, empty if there is none
 * @error: %EASEL_ERROR_PROTOCOL
 *
 * Returns: whether it could be read
 */
gboolean
easel_krita_read (const char *text, char **ret_mode, char **ret_address, GError **error)
{
  JsonObject *object = NULL;
  g_autoptr (JsonNode) root = NULL;

  g_return_val_if_fail (text != NULL, FALSE);

  root = parse (text, &object, error);
  if (root == NULL)
    return FALSE;
  *ret_mode = g_strdup (easel_json_peek_string (object, MODE_KEY, "undefined"));
  *ret_address = g_strdup (easel_json_peek_string (object, ADDRESS_KEY, ""));
  return TRUE;
}

/* --- the file ----------------------------------------------------------------------------- */

/* A link to the file stays a link. The settings may hold a token: never more readable than now. */
static gboolean
replace (const char *path, const char *text, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autofree char *folder = g_path_get_dirname (path);
  char *real = NULL;
  GStatBuf info;
  int mode = 0600;
  gboolean is_done;

  if (g_stat (path, &info) == 0)
    mode = info.st_mode & 0666;
  g_mkdir_with_parents (folder, 0755);
  real = realpath (path, NULL);
  is_done = g_file_set_contents_full (real != NULL ? real : path, text, -1,
                                      G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE,
                                      mode, &why);
  free (real);
  if (!is_done)
    easel_set_error (error, EASEL_ERROR_STORAGE, "settings of the plugin: %s", why->message);
  return is_done;
}

static char *
read_or_empty (const char *path, GError **error)
{
  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return g_strdup ("{}\n");
  return read_text (path, error);
}

/**
 * easel_krita_write:
 * @path: of the settings
 * @address: of the server, as Krita is to use it
 * @ret_mode_before: (out) (optional) (transfer full): the mode that was replaced
 * @error: %EASEL_ERROR_STORAGE or %EASEL_ERROR_PROTOCOL; then nothing was changed
 *
 * Points the plugin at @address. What was there before lies beside it, and is put back by
 * easel_krita_put_back(); a second GPU does not replace that first backup.
 *
 * Returns: whether the settings now say so
 */
gboolean
easel_krita_write (const char *path, const char *address, char **ret_mode_before, GError **error)
{
  g_autofree char *backup = g_strconcat (path, BACKUP_SUFFIX, NULL);
  g_autofree char *before = NULL;
  g_autofree char *after = NULL;
  g_autofree char *mode = NULL;
  g_autofree char *old_address = NULL;

  g_return_val_if_fail (path != NULL && address != NULL, FALSE);

  before = read_or_empty (path, error);
  if (before == NULL || !easel_krita_read (before, &mode, &old_address, error))
    return FALSE;
  after = easel_krita_change (before, EASEL_KRITA_MODE_EXTERNAL, address, error);
  if (after == NULL)
    return FALSE;
  if (!g_file_test (backup, G_FILE_TEST_EXISTS) && !replace (backup, before, error))
    return FALSE;
  if (!replace (path, after, error))
    return FALSE;
  if (ret_mode_before != NULL)
    *ret_mode_before = g_steal_pointer (&mode);
  return TRUE;
}

/**
 * easel_krita_put_back:
 * @path: of the settings
 * @address: what easel_krita_write() wrote
 * @error: %EASEL_ERROR_STORAGE or %EASEL_ERROR_PROTOCOL
 *
 * Gives the two members the values that they had. If the person has chosen something else since,
 * that choice stays; what else Krita has changed stays in any case.
 *
 * Returns: whether nothing is left to put back
 */
gboolean
easel_krita_put_back (const char *path, const char *address, GError **error)
{
  g_autofree char *backup = g_strconcat (path, BACKUP_SUFFIX, NULL);
  g_autofree char *before = NULL;
  g_autofree char *now = NULL;
  g_autofree char *after = NULL;
  g_autofree char *mode = NULL;
  g_autofree char *old_address = NULL;
  g_autofree char *mode_now = NULL;
  g_autofree char *address_now = NULL;

  g_return_val_if_fail (path != NULL && address != NULL, FALSE);

  if (!g_file_test (backup, G_FILE_TEST_EXISTS))
    return TRUE;
  before = read_text (backup, error);
  now = before != NULL ? read_or_empty (path, error) : NULL;
  if (now == NULL || !easel_krita_read (before, &mode, &old_address, error) ||
      !easel_krita_read (now, &mode_now, &address_now, error))
    return FALSE;
  if (g_str_equal (address_now, address) && g_str_equal (mode_now, EASEL_KRITA_MODE_EXTERNAL))
    {
      after = easel_krita_change (now, mode, old_address, error);
      if (after == NULL || !replace (path, after, error))
        return FALSE;
    }
  if (g_unlink (backup) != 0 && errno != ENOENT)
    {
      easel_set_error (error, EASEL_ERROR_STORAGE, "backup of the plugin’s settings: %s",
                       g_strerror (errno));
      return FALSE;
    }
  return TRUE;
}
