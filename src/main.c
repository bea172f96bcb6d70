/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Where the process begins: language, and no core file, because keys are in memory. Everything
 * else is EaselApplication's. */

#include "config.h"
#include "easel-application.h"

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

int
main (int argc, char *argv[])
{
  g_autoptr (EaselApplication) app = NULL;

  forbid_core_files ();
  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, LOCALEDIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  g_set_application_name (_ ("Cloud Easel"));

  app = easel_application_new ();
  return g_application_run (G_APPLICATION (app), argc, argv);
}
