/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the process begins: language, how GTK draws, and no core file, because keys are in memory.
 * Everything else is EaselApplication's. Knows where the translations lie, installed or not. */

#include "config.h"
#include "easel-application.h"
#include "easel-ui.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <sys/prctl.h>
#include <sys/resource.h>

/* Both ways, as a core may go to a file or to a program that collects crashes. The screen reader's
 * bus and the desktop's portals work with a process that is not dumpable. */
static void
forbid_core_files (void)
{
  const struct rlimit none = { 0, 0 };

  if (setrlimit (RLIMIT_CORE, &none) != 0 || prctl (PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
    g_debug ("Core files could not be switched off");
}

/* Beside the program, wherever that was put: in the build tree it speaks the person's language
 * without being installed, and so it does below another prefix than it was built for. */
static char *
dup_locale_dir (void)
{
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char *folder = program != NULL ? g_path_get_dirname (program) : NULL;
  g_autofree char *mark = NULL;
  g_autofree char *built = NULL;
  g_autofree char *moved = NULL;

  if (folder == NULL)
    return g_strdup (LOCALEDIR);
  mark = g_build_filename (folder, "..", "config.h", NULL);
  built = g_build_filename (folder, "..", "po", NULL);
  moved = g_build_filename (folder, "..", "share", "locale", NULL);
  if (g_file_test (mark, G_FILE_TEST_IS_REGULAR) && g_file_test (built, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&built);
  if (g_str_has_suffix (LOCALEDIR, "/share/locale") && g_file_test (moved, G_FILE_TEST_IS_DIR))
    return g_steal_pointer (&moved);
  return g_strdup (LOCALEDIR);
}

int
main (int argc, char *argv[])
{
  g_autoptr (EaselApplication) app = NULL;
  g_autofree char *locale_dir = dup_locale_dir ();

  forbid_core_files ();
  easel_ui_draw_without_gl ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, locale_dir);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_ ("Cloud Easel"));

  app = easel_application_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
