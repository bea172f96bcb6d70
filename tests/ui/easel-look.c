/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Measures what is on the screen: how well texts stand out from what was really drawn behind them,
 * and whether any is cut off.
 *
 * Draws a window into memory and reads the pixels. Knows nothing of what the window is for. */

#include "config.h"
#include "easel-look.h"

#include <math.h>

/* Also for a computer that stands still for a while: too long for what never settles, only. */
#define SETTLE_SECONDS 60

typedef struct
{
  GtkWidget *root;
  guchar *pixels; /* (owned) (nullable): premultiplied, four bytes each */
  int width;
  int height;
  GString *problems;
  guint n_seen;
} Look;

/**
 * easel_look_set_dark:
 *
 * Chooses the dark or the light variant of the theme for everything in this process.
 */
void
easel_look_set_dark (gboolean is_dark)
{
  g_object_set (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", is_dark,
                "gtk-enable-animations", FALSE, NULL);
}

static gboolean
on_tick (GtkWidget *widget, GdkFrameClock *frame_clock, gpointer user_data)
{
  guint *n_frames = user_data;

  *n_frames += 1;
  gtk_widget_queue_draw (widget);
  return *n_frames < 4 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
}

/**
 * easel_look_settle:
 * @root: a window that was presented
 *
 * Waits until it was laid out and drawn with the styles of now.
 */
void
easel_look_settle (GtkWidget *root)
{
  gint64 end = g_get_monotonic_time () + SETTLE_SECONDS * G_USEC_PER_SEC;
  guint n_frames = 0;

  gtk_widget_add_tick_callback (root, on_tick, &n_frames, NULL);
  while (n_frames < 4)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end);
      g_main_context_iteration (NULL, TRUE);
    }
}

typedef struct
{
  int left;
  int top;
  int right;
  int bottom;
} Span;

static double
linear (double channel)
{
  return channel <= 0.03928 ? channel / 12.92 : pow ((channel + 0.055) / 1.055, 2.4);
}

static double
luminance (const GdkRGBA *color)
{
  return 0.2126 * linear (color->red) + 0.7152 * linear (color->green) +
         0.0722 * linear (color->blue);
}

static double
contrast (const GdkRGBA *one, const GdkRGBA *other)
{
  double a = luminance (one);
  double b = luminance (other);

  return (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
}

/**
 * easel_look_take_picture:
 * @root: a window that is on the screen and has settled
 *
 * Returns: (transfer full): what it looks like
 */
GdkTexture *
easel_look_take_picture (GtkWidget *root)
{
  GtkNative *native = gtk_widget_get_native (root);
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (root);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr (GskRenderNode) node = NULL;
  graphene_rect_t bounds;
  int width = gtk_widget_get_width (root);
  int height = gtk_widget_get_height (root);

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  graphene_rect_init (&bounds, 0, 0, (float) width, (float) height);
  return gsk_renderer_render_texture (gtk_native_get_renderer (native), node, &bounds);
}

static void
draw (Look *look)
{
  g_autoptr (GdkTexture) texture = easel_look_take_picture (look->root);

  look->width = gtk_widget_get_width (look->root);
  look->height = gtk_widget_get_height (look->root);
  look->pixels = g_malloc ((gsize) look->width * (gsize) look->height * 4);
  gdk_texture_download (texture, look->pixels, (gsize) look->width * 4);
}

static Span
clip (Look *look, const graphene_rect_t *area)
{
  return (Span){ MAX (0, (int) area->origin.x - 1), MAX (0, (int) area->origin.y - 1),
                 MIN (look->width, (int) (area->origin.x + area->size.width) + 1),
                 MIN (look->height, (int) (area->origin.y + area->size.height) + 1) };
}

static guint
get_pixel (Look *look, int x, int y)
{
  return *(const guint32 *) (const void *) (look->pixels + ((gsize) y * look->width + x) * 4);
}

static GdkRGBA
to_color (guint pixel)
{
  return (GdkRGBA){ (float) (pixel >> 16 & 0xff) / 255, (float) (pixel >> 8 & 0xff) / 255,
                    (float) (pixel & 0xff) / 255, 1 };
}

/* The colour that most of this area has. */
static GdkRGBA
find_background (Look *look, const graphene_rect_t *area)
{
  g_autoptr (GHashTable) counts = g_hash_table_new (NULL, NULL);
  Span span = clip (look, area);
  guint best = 0;
  guint best_count = 0;

  for (int y = span.top; y < span.bottom; y++)
    for (int x = span.left; x < span.right; x++)
      {
        guint pixel = get_pixel (look, x, y);
        guint count = GPOINTER_TO_UINT (g_hash_table_lookup (counts, GUINT_TO_POINTER (pixel))) + 1;

        g_hash_table_insert (counts, GUINT_TO_POINTER (pixel), GUINT_TO_POINTER (count));
        if (count > best_count)
          {
            best = pixel;
            best_count = count;
          }
      }

  return to_color (best);
}

static double
distance (const GdkRGBA *one, const GdkRGBA *other)
{
  return fabs ((double) one->red - other->red) + fabs ((double) one->green - other->green) +
         fabs ((double) one->blue - other->blue);
}

/* The colour of the strokes. Thin strokes are smoothed and hardly anywhere as strong as their
 * colour; much weaker than it they are only where something makes the text transparent, and then
 * the strongest pixel is what the eye gets. */
static GdkRGBA
find_foreground (Look *look,
                 GtkWidget *label,
                 const graphene_rect_t *area,
                 const GdkRGBA *background)
{
  GdkRGBA color;
  GdkRGBA strongest = *background;
  Span span = clip (look, area);

  gtk_style_context_get_color (gtk_widget_get_style_context (label), &color);
  color.red = color.red * color.alpha + background->red * (1 - color.alpha);
  color.green = color.green * color.alpha + background->green * (1 - color.alpha);
  color.blue = color.blue * color.alpha + background->blue * (1 - color.alpha);
  for (int y = span.top; y < span.bottom; y++)
    for (int x = span.left; x < span.right; x++)
      {
        GdkRGBA pixel = to_color (get_pixel (look, x, y));

        if (distance (&pixel, &color) < distance (&strongest, &color))
          strongest = pixel;
      }

  return distance (&strongest, background) < 0.8 * distance (&color, background) ? strongest
                                                                                 : color;
}

/* What the theme itself draws on coloured buttons is not ours to mend. */
static gboolean
is_the_themes (GtkWidget *label)
{
  GtkWidget *widget;

  for (widget = label; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (gtk_widget_has_css_class (widget, "suggested-action") ||
        gtk_widget_has_css_class (widget, "destructive-action"))
      return TRUE;
  return FALSE;
}

/* What of the window the scrolled parts around this label leave to it. */
static graphene_rect_t
find_sight (Look *look, GtkWidget *label)
{
  graphene_rect_t sight;
  GtkWidget *widget;

  graphene_rect_init (&sight, 0, 0, (float) look->width, (float) look->height);
  for (widget = gtk_widget_get_parent (label); widget != NULL;
       widget = gtk_widget_get_parent (widget))
    {
      graphene_rect_t bounds;

      if (GTK_IS_SCROLLABLE (widget) && gtk_widget_compute_bounds (widget, look->root, &bounds) &&
          !graphene_rect_intersection (&sight, &bounds, &sight))
        graphene_rect_init (&sight, 0, 0, 0, 0);
    }
  return sight;
}

/* Where @label's text is: all of it, or those lines that no edge of something scrolled cuts. Of a
 * line that it cuts, the drawn rest tells nothing of its colour; it scrolls into sight as a whole.
 */
static gboolean
find_text (Look *look, GtkWidget *label, graphene_rect_t *area)
{
  const graphene_rect_t sight = find_sight (look, label);
  g_autoptr (PangoLayoutIter) iter = NULL;
  gboolean is_found = FALSE;
  int left;
  int top;

  if (!gtk_widget_compute_bounds (label, look->root, area) || area->size.width < 1)
    return FALSE;
  if (graphene_rect_contains_rect (&sight, area))
    return TRUE;

  gtk_label_get_layout_offsets (GTK_LABEL (label), &left, &top);
  iter = pango_layout_get_iter (gtk_label_get_layout (GTK_LABEL (label)));
  do
    {
      PangoRectangle extents;
      graphene_point_t corner;
      graphene_rect_t line;

      pango_layout_iter_get_line_extents (iter, NULL, &extents);
      pango_extents_to_pixels (&extents, NULL);
      if (!gtk_widget_compute_point (label, look->root,
                                     &GRAPHENE_POINT_INIT ((float) (left + extents.x),
                                                           (float) (top + extents.y)),
                                     &corner))
        return FALSE;
      graphene_rect_init (&line, corner.x, corner.y, (float) extents.width, (float) extents.height);
      if (!graphene_rect_contains_rect (&sight, &line))
        continue;
      if (is_found)
        graphene_rect_union (area, &line, area);
      else
        *area = line;
      is_found = TRUE;
    }
  while (pango_layout_iter_next_line (iter));
  return is_found;
}

static void
check_contrast (Look *look, GtkWidget *label, const char *text)
{
  graphene_rect_t area;
  GdkRGBA background;
  GdkRGBA foreground;
  double ratio;

  if (is_the_themes (label) || !gtk_widget_is_sensitive (label) || !find_text (look, label, &area))
    return;
  look->n_seen++;
  background = find_background (look, &area);
  foreground = find_foreground (look, label, &area, &background);
  ratio = contrast (&background, &foreground);
  if (ratio < EASEL_LOOK_MIN_CONTRAST)
    {
      g_autofree char *fore = gdk_rgba_to_string (&foreground);
      g_autofree char *back = gdk_rgba_to_string (&background);

      g_string_append_printf (look->problems, "%.2f:1 “%s”: %s on %s\n", ratio, text, fore, back);
    }
}

static void
check_clipping (Look *look, GtkWidget *label, const char *text)
{
  /* With padding and margins, as the label itself counts when it is asked. */
  int width = gtk_widget_get_allocated_width (label) + gtk_widget_get_margin_start (label) +
              gtk_widget_get_margin_end (label);
  int height = gtk_widget_get_allocated_height (label) + gtk_widget_get_margin_top (label) +
               gtk_widget_get_margin_bottom (label);
  int least;

  look->n_seen++;
  if (pango_layout_is_ellipsized (gtk_label_get_layout (GTK_LABEL (label))) &&
      gtk_widget_get_tooltip_text (label) == NULL)
    g_string_append_printf (look->problems, "“%s” is shortened and has no tooltip\n", text);
  gtk_widget_measure (label, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  if (width < least)
    g_string_append_printf (look->problems, "“%s” has %d px, needs %d\n", text, width, least);
  gtk_widget_measure (label, GTK_ORIENTATION_VERTICAL, width, &least, NULL, NULL, NULL);
  if (height < least)
    g_string_append_printf (look->problems, "“%s” has a height of %d px, needs %d\n", text, height,
                            least);
}

typedef void (*Check) (Look *look, GtkWidget *label, const char *text);

static void
walk (Look *look, GtkWidget *widget, Check check)
{
  GtkWidget *child;

  if (!gtk_widget_get_mapped (widget))
    return;
  if (GTK_IS_LABEL (widget) && gtk_label_get_text (GTK_LABEL (widget))[0] != '\0')
    check (look, widget, gtk_label_get_text (GTK_LABEL (widget)));
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    if (!GTK_IS_NATIVE (child))
      walk (look, child, check);
}

/**
 * easel_look_check_contrast:
 * @root: a window that is on the screen and has settled
 * @problems: gets a line for every text that stands out too little
 *
 * Returns: how many texts were measured
 */
guint
easel_look_check_contrast (GtkWidget *root, GString *problems)
{
  Look look = { .root = root, .problems = problems };

  draw (&look);
  walk (&look, root, check_contrast);
  g_free (look.pixels);

  return look.n_seen;
}

/**
 * easel_look_check_clipping:
 * @root: a window that is on the screen and has settled
 * @problems: gets a line for every text that is cut off
 *
 * Returns: how many texts were measured
 */
guint
easel_look_check_clipping (GtkWidget *root, GString *problems)
{
  Look look = { .root = root, .problems = problems };

  walk (&look, root, check_clipping);

  return look.n_seen;
}
