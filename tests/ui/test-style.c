/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Every text class of the style sheet on every ground on which it may stand, drawn in the light and
 * in the dark theme, is told apart well enough. A class that is new in the style sheet and unknown
 * here fails, so that nobody forgets to measure it. Also how GTK is told to draw. */

#include "config.h"

#include "easel-focus.h"
#include "easel-look.h"
#include "easel-title.h"
#include "easel-ui.h"

/* What has a text colour of its own. NULL: the plain text of the ground. */
static const char *const texts[] = {
  NULL, "easel-plain", "easel-secondary", "easel-problem", "easel-kicker", "easel-address"
};

/* What has a background: a box with these classes. */
static const char *const grounds[] = {
  "easel-page",
  "easel-card easel-padded",
  "easel-bar easel-error",
  "easel-bar easel-warning",
  "easel-bar easel-info",
  "easel-bar easel-success",
  "easel-banner",
};

/* Labels with a background of their own, on each ground that they stand on. */
static const char *const badges[] = { "easel-badge", "easel-badge neutral", "easel-badge success",
                                      "easel-badge warning", "easel-badge error" };

/* Rows of a card or list, and their states. */
static const char *const rows[] = { "plain", "stuck", "stale", "selected" };

/* These have neither a text nor a colour that a text could have. */
static const char *const silent[] = {
  "easel-small",  "easel-figures",     "easel-strong", "easel-choice", "easel-list",
  "easel-thin",   "easel-placeholder", "easel-pod",    "easel-row",    "easel-clip",
  "easel-circle", "easel-done",        "easel-failed", "easel-old",    "easel-announcement",
  "easel-shield", "easel-compact",     "easel-drop",   "heading",      "title-"
};

static GtkWidget *
add_label (GtkWidget *box, const char *classes, const char *where)
{
  g_autofree char *text =
      g_strdup_printf ("$0.23 %s on %s", classes != NULL ? classes : "text", where);
  GtkWidget *label = gtk_label_new (text);

  gtk_box_append (GTK_BOX (box), label);
  if (classes != NULL)
    {
      g_auto (GStrv) words = g_strsplit (classes, " ", -1);

      gtk_widget_set_css_classes (label, (const char **) words);
    }
  return label;
}

static void
add_texts (GtkWidget *box, const char *where)
{
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    add_label (box, texts[i], where);
}

static GtkWidget *
add_ground (GtkWidget *page, const char *classes)
{
  g_auto (GStrv) words = g_strsplit (classes, " ", -1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  gtk_widget_set_css_classes (box, (const char **) words);
  gtk_box_append (GTK_BOX (page), box);
  return box;
}

static void
add_rows (GtkWidget *page)
{
  GtkWidget *list = gtk_list_box_new ();

  gtk_widget_add_css_class (list, "easel-card");
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      GtkWidget *row = gtk_list_box_row_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

      gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
      add_texts (box, rows[i]);
      add_label (box, "easel-badge", rows[i]);
      gtk_list_box_append (GTK_LIST_BOX (list), row);
      if (g_str_equal (rows[i], "selected"))
        gtk_list_box_select_row (GTK_LIST_BOX (list), GTK_LIST_BOX_ROW (row));
      else
        gtk_widget_add_css_class (row, rows[i]);
    }
  gtk_box_append (GTK_BOX (page), list);
}

static void
add_choices (GtkWidget *page)
{
  for (guint is_chosen = 0; is_chosen < 2; is_chosen++)
    {
      GtkWidget *button = gtk_toggle_button_new ();
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

      gtk_widget_set_css_classes (button, (const char *[]){ "easel-choice", NULL });
      gtk_button_set_child (GTK_BUTTON (button), box);
      add_texts (box, is_chosen ? "chosen card" : "card to choose");
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), is_chosen == 1);
      gtk_box_append (GTK_BOX (page), button);
    }
}

static GtkWidget *
build_sampler (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  gtk_widget_add_css_class (page, "easel-page");
  gtk_window_set_child (GTK_WINDOW (window), page);
  for (guint i = 0; i < G_N_ELEMENTS (grounds); i++)
    {
      GtkWidget *box = add_ground (page, grounds[i]);

      add_texts (box, grounds[i]);
      if (!g_str_has_prefix (grounds[i], "easel-bar"))
        for (guint j = 0; j < G_N_ELEMENTS (badges); j++)
          add_label (box, badges[j], grounds[i]);
    }
  add_rows (page);
  add_choices (page);

  return window;
}

static void
test_contrast (gconstpointer data)
{
  gboolean is_dark = GPOINTER_TO_INT (data);
  g_autoptr (GString) problems = g_string_new (NULL);
  GtkWidget *window;
  guint n_seen;

  easel_look_set_dark (is_dark);
  window = build_sampler ();
  gtk_window_present (GTK_WINDOW (window));
  easel_look_settle (window);
  n_seen = easel_look_check_contrast (window, problems);
  g_assert_cmpuint (n_seen, >, G_N_ELEMENTS (grounds) * G_N_ELEMENTS (texts));
  g_assert_cmpstr (problems->str, ==, "");
  gtk_window_destroy (GTK_WINDOW (window));
}

/* A pale text is noticed: else the test above would pass for any style sheet. */
static void
test_notices_pale (gconstpointer data)
{
  g_autoptr (GString) problems = g_string_new (NULL);
  GtkWidget *window;
  GtkWidget *label;

  easel_look_set_dark (GPOINTER_TO_INT (data));
  window = gtk_window_new ();
  label = gtk_label_new ("Ends by 23:40");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_window_set_child (GTK_WINDOW (window), label);
  gtk_window_present (GTK_WINDOW (window));
  easel_look_settle (window);
  g_assert_cmpuint (easel_look_check_contrast (window, problems), ==, 1);
  g_assert_nonnull (strstr (problems->str, "Ends by 23:40"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* What an edge cuts is not measured by its rest; a line that is wholly in sight is, also beside one
 * that is cut. */
static void
test_cut_lines (void)
{
  /* How much of a label with two lines is in sight, in half lines, and whether it is measured. */
  static const struct
  {
    int half_lines;
    gboolean is_measured;
  } cases[] = { { 1, FALSE }, { 3, TRUE }, { 5, TRUE } };

  easel_look_set_dark (FALSE);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GString) problems = g_string_new (NULL);
      GtkWidget *window = gtk_window_new ();
      GtkWidget *scrolled = gtk_scrolled_window_new ();
      GtkWidget *label = gtk_label_new ("Nonnegotiable\nunmanageable");
      int height;

      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, -1, NULL, &height, NULL, NULL);
      gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                      GTK_POLICY_EXTERNAL);
      gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), label);
      gtk_widget_set_size_request (scrolled, -1, height * cases[i].half_lines / 4);
      gtk_widget_set_valign (scrolled, GTK_ALIGN_START);
      gtk_widget_set_valign (label, GTK_ALIGN_START);
      gtk_window_set_child (GTK_WINDOW (window), scrolled);
      gtk_window_set_default_size (GTK_WINDOW (window), 300, 200);
      gtk_window_present (GTK_WINDOW (window));
      easel_look_settle (window);
      g_assert_cmpuint (easel_look_check_contrast (window, problems), ==,
                        cases[i].is_measured ? 1 : 0);
      g_assert_true ((*problems->str != '\0') == cases[i].is_measured);
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

static void
test_notices_clipped (void)
{
  g_autoptr (GString) problems = g_string_new (NULL);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *scrolled = gtk_fixed_new ();
  GtkWidget *label = gtk_label_new ("You pay $0.23 per hour. Ends by 23:40 at the latest.");

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 10);
  gtk_fixed_put (GTK_FIXED (scrolled), label, 0, 0);
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_present (GTK_WINDOW (window));
  easel_look_settle (window);
  easel_look_check_clipping (window, problems);
  g_assert_nonnull (strstr (problems->str, "is shortened"));
  gtk_window_destroy (GTK_WINDOW (window));
}

/* Whole, or not at all. */
static void
test_title (void)
{
  static const int widths[] = { 200, 40 };

  for (gsize i = 0; i < G_N_ELEMENTS (widths); i++)
    {
      GtkWidget *window = gtk_window_new ();
      GtkWidget *title = easel_title_new (GTK_WINDOW (window));
      GtkWidget *fixed = gtk_fixed_new ();
      GtkWidget *room = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

      gtk_window_set_title (GTK_WINDOW (window), "Server Template");
      gtk_widget_set_hexpand (title, TRUE);
      gtk_box_append (GTK_BOX (room), title);
      gtk_widget_set_size_request (room, widths[i], -1);
      gtk_fixed_put (GTK_FIXED (fixed), room, 0, 0);
      gtk_window_set_child (GTK_WINDOW (window), fixed);
      gtk_window_present (GTK_WINDOW (window));
      easel_look_settle (window);
      if (gtk_widget_get_width (title) < 100)
        g_assert_false (gtk_widget_get_mapped (gtk_widget_get_first_child (title)));
      else
        g_assert_true (gtk_widget_get_mapped (gtk_widget_get_first_child (title)));
      g_assert_cmpint (gtk_widget_get_width (title), ==, widths[i]);
      gtk_window_destroy (GTK_WINDOW (window));
    }
}

static GtkWidget *
press_tab (GtkWidget *window)
{
  g_signal_emit_by_name (window, "move-focus", GTK_DIR_TAB_FORWARD);
  return gtk_root_get_focus (GTK_ROOT (window));
}

/* Tab goes through a list in one step, and past what was hidden while it had the focus. */
static void
test_tab (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *list = gtk_list_box_new ();
  GtkWidget *before = gtk_button_new_with_label ("Sort");
  GtkWidget *after = gtk_button_new_with_label ("Next");
  GtkWidget *row;

  for (int i = 0; i < 3; i++)
    gtk_list_box_append (GTK_LIST_BOX (list), gtk_label_new ("RTX 3090"));
  gtk_box_append (GTK_BOX (box), before);
  gtk_box_append (GTK_BOX (box), list);
  gtk_box_append (GTK_BOX (box), after);
  gtk_window_set_child (GTK_WINDOW (window), box);
  easel_focus_mend (GTK_WINDOW (window));
  easel_focus_make_one_stop (list);
  gtk_window_present (GTK_WINDOW (window));
  gtk_widget_grab_focus (before);
  row = press_tab (window);
  g_assert_true (gtk_widget_is_ancestor (row, list));
  g_assert_true (press_tab (window) == after);

  gtk_widget_grab_focus (row);
  gtk_list_box_remove (GTK_LIST_BOX (list), row);
  gtk_widget_set_visible (list, FALSE);
  g_assert_true (press_tab (window) == before);
  g_assert_true (press_tab (window) == after);
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
knows (const char *class_name)
{
  const struct
  {
    const char *const *names;
    guint n_names;
  } lists[] = {
    { texts, G_N_ELEMENTS (texts) },   { grounds, G_N_ELEMENTS (grounds) },
    { badges, G_N_ELEMENTS (badges) }, { rows, G_N_ELEMENTS (rows) },
    { silent, G_N_ELEMENTS (silent) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint j = 0; j < lists[i].n_names; j++)
      {
        g_auto (GStrv) words = NULL;

        if (lists[i].names[j] == NULL)
          continue;
        words = g_strsplit (lists[i].names[j], " ", -1);
        if (g_strv_contains ((const char *const *) words, class_name))
          return TRUE;
      }
  return FALSE;
}

static void
test_all_classes_measured (void)
{
  g_autoptr (GBytes) css =
      g_resources_lookup_data (EASEL_UI_RESOURCE_PREFIX "/ui/style.css", 0, NULL);
  g_autoptr (GRegex) comment = g_regex_new ("/\\*.*?\\*/", G_REGEX_DOTALL, 0, NULL);
  g_autoptr (GRegex) declarations = g_regex_new ("\\{[^}]*\\}", 0, 0, NULL);
  g_autoptr (GRegex) class_regex = g_regex_new ("\\.([a-z][a-z-]*)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char *bare = NULL;
  g_autofree char *selectors = NULL;
  guint n_classes = 0;

  g_assert_nonnull (css);
  bare = g_regex_replace_literal (comment, g_bytes_get_data (css, NULL),
                                  (gssize) g_bytes_get_size (css), 0, "", 0, NULL);
  selectors = g_regex_replace_literal (declarations, bare, -1, 0, " ", 0, NULL);
  for (g_regex_match (class_regex, selectors, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    {
      g_autofree char *class_name = g_match_info_fetch (match, 1);

      n_classes++;
      if (!knows (class_name))
        {
          g_test_message ("“%s” is in style.css and in no list of this test", class_name);
          g_test_fail ();
        }
    }
  g_assert_cmpuint (n_classes, >, 10);
}

static gboolean
is_gl_left_out (const char *renderer)
{
  const char *variable = gtk_get_minor_version () >= 16 ? "GDK_DISABLE" : "GDK_DEBUG";

  g_unsetenv (variable);
  if (renderer != NULL)
    g_setenv ("GSK_RENDERER", renderer, TRUE);
  else
    g_unsetenv ("GSK_RENDERER");
  easel_ui_draw_without_gl ();
  return g_getenv (variable) != NULL && g_str_equal (g_getenv ("GSK_RENDERER"), "cairo");
}

/* Unless the person has chosen another renderer, or something else for GDK. */
static void
test_without_gl (void)
{
  g_auto (GStrv) before = g_get_environ ();
  const char *const names[] = { "GSK_RENDERER", "GDK_DEBUG", "GDK_DISABLE" };
  gsize i;

  g_assert_true (is_gl_left_out (NULL));
  g_assert_true (is_gl_left_out ("cairo"));
  g_assert_false (is_gl_left_out ("gl"));
  g_assert_cmpstr (g_getenv ("GSK_RENDERER"), ==, "gl");
  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = g_environ_getenv (before, names[i]);

      if (value != NULL)
        g_setenv (names[i], value, TRUE);
      else
        g_unsetenv (names[i]);
    }
}

static int
font_size (const char *class_name)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *label = gtk_label_new ("x");
  int size;

  if (class_name != NULL)
    gtk_widget_add_css_class (label, class_name);
  gtk_window_set_child (GTK_WINDOW (window), label);
  gtk_window_present (GTK_WINDOW (window));
  size = pango_font_description_get_size (
      pango_context_get_font_description (gtk_widget_get_pango_context (label)));
  gtk_window_destroy (GTK_WINDOW (window));
  return size;
}

/* Whatever font the person has chosen. */
static void
test_titles_grow (void)
{
  static const char *const classes[] = { "heading", "title-4", "title-3", "title-2", "title-1" };
  static const char *const fonts[] = { "Cantarell 8", "Cantarell 11", "Cantarell 24" };
  g_autofree char *old = NULL;

  g_object_get (gtk_settings_get_default (), "gtk-font-name", &old, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (fonts); i++)
    {
      int least;

      g_object_set (gtk_settings_get_default (), "gtk-font-name", fonts[i], NULL);
      least = font_size (NULL);
      for (gsize j = 0; j < G_N_ELEMENTS (classes); j++)
        {
          const int size = font_size (classes[j]);

          g_assert_cmpint (size, >=, least);
          g_assert_cmpint (size, <, 2 * font_size (NULL));
          least = size;
        }
      g_assert_cmpint (least, >, font_size (NULL) * 3 / 2);
    }
  g_object_set (gtk_settings_get_default (), "gtk-font-name", old, NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  easel_ui_init ();

  g_test_add_data_func ("/style/contrast/light", GINT_TO_POINTER (FALSE), test_contrast);
  g_test_add_data_func ("/style/contrast/dark", GINT_TO_POINTER (TRUE), test_contrast);
  g_test_add_data_func ("/style/notices-pale-text/light", GINT_TO_POINTER (FALSE),
                        test_notices_pale);
  g_test_add_data_func ("/style/notices-pale-text/dark", GINT_TO_POINTER (TRUE), test_notices_pale);
  g_test_add_func ("/style/cut-lines", test_cut_lines);
  g_test_add_func ("/style/tab", test_tab);
  g_test_add_func ("/style/title", test_title);
  g_test_add_func ("/style/notices-clipped-text", test_notices_clipped);
  g_test_add_func ("/style/titles-grow", test_titles_grow);
  g_test_add_func ("/style/without-gl", test_without_gl);
  g_test_add_func ("/style/all-classes-measured", test_all_classes_measured);

  return g_test_run ();
}
