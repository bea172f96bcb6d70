/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The chart of spending: bars drawn with the theme's colours, a line at the greatest day with its
 * sum, the first and the last day below. Told to a screen reader in one sentence; the table beside
 * it tells each day. Knows nothing of receipts. */

#include "config.h"
#include "easel-spending-chart.h"

#include "easel-text.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define HEIGHT 120
#define GAP 6
#define MAX_BAR 48.0
#define TEXT_PART 0.25f

struct _EaselSpendingChart
{
  GtkWidget parent_instance;

  EaselSpending *spending; /* (owned) */
  char **names;            /* (owned) */
  gint64 now;
  PangoLayout *top;   /* (owned): the sum of the greatest day */
  PangoLayout *first; /* (owned) */
  PangoLayout *last;  /* (owned) */
};

G_DEFINE_FINAL_TYPE (EaselSpendingChart, easel_spending_chart, GTK_TYPE_WIDGET)

/* Dark or light, each is told from the card and from the other; more than two is not met. */
static const char *const colors[] = { "theme_selected_bg_color", "success_color", "warning_color" };

static GdkRGBA
get_color (GtkWidget *widget, guint provider)
{
  GtkStyleContext *context = gtk_widget_get_style_context (widget);
  GdkRGBA color, text;

  gtk_style_context_get_color (context, &text);
  if (!gtk_style_context_lookup_color (context, colors[provider % G_N_ELEMENTS (colors)], &color))
    return text;
  /* The dark theme’s accent is hard to see on its cards. */
  color.red += (text.red - color.red) * TEXT_PART;
  color.green += (text.green - color.green) * TEXT_PART;
  color.blue += (text.blue - color.blue) * TEXT_PART;
  return color;
}

static int
get_height (PangoLayout *layout)
{
  int height;

  pango_layout_get_pixel_size (layout, NULL, &height);
  return height;
}

static void
append_layout (GtkSnapshot *snapshot, PangoLayout *layout, double x, double y, const GdkRGBA *color)
{
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
  gtk_snapshot_append_layout (snapshot, layout, color);
  gtk_snapshot_restore (snapshot);
}

static void
append_bar (GtkSnapshot *snapshot, const GdkRGBA *color, double x, double y, double w, double h)
{
  const float radius = (float) MIN (3, MIN (w, h) / 2);
  GskRoundedRect rounded;
  graphene_rect_t rect = GRAPHENE_RECT_INIT ((float) x, (float) y, (float) w, (float) h);

  gsk_rounded_rect_init (&rounded, &rect, &GRAPHENE_SIZE_INIT (radius, radius),
                         &GRAPHENE_SIZE_INIT (radius, radius), &GRAPHENE_SIZE_INIT (0, 0),
                         &GRAPHENE_SIZE_INIT (0, 0));
  gtk_snapshot_push_rounded_clip (snapshot, &rounded);
  gtk_snapshot_append_color (snapshot, color, &rect);
  gtk_snapshot_pop (snapshot);
}

static guint
day_at (EaselSpendingChart *self, double x)
{
  const double slot =
      (double) gtk_widget_get_width (GTK_WIDGET (self)) / (double) self->spending->n_days;
  guint day = (guint) CLAMP (x / slot, 0, self->spending->n_days - 1);

  if (gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL)
    day = self->spending->n_days - 1 - day;
  return day;
}

static void
append_day (EaselSpendingChart *self,
            GtkSnapshot *snapshot,
            guint day,
            double slot,
            double top,
            double bottom)
{
  const EaselSpending *spending = self->spending;
  const gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  const double width = MIN (MAX (slot * 0.7, 1), MAX_BAR);
  const guint place = is_rtl ? spending->n_days - 1 - day : day;
  double y = bottom;

  for (guint i = 0; i < spending->provider_ids->len; i++)
    {
      const gint64 amount = easel_spending_get (spending, day, i);
      const GdkRGBA color = get_color (GTK_WIDGET (self), i);
      double height;

      if (amount <= 0)
        continue;
      /* Something was paid: something is to be seen. */
      height = MAX ((double) amount / (double) spending->greatest * (bottom - top), 2);
      append_bar (snapshot, &color, place * slot + (slot - width) / 2, y - height, width, height);
      y -= height;
    }
}

static void
easel_spending_chart_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  EaselSpendingChart *self = EASEL_SPENDING_CHART (widget);
  const double width = gtk_widget_get_width (widget);
  const double height = gtk_widget_get_height (widget);
  const double top = get_height (self->top) + GAP;
  const double bottom = height - get_height (self->last) - GAP;
  const gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  GdkRGBA color, line;
  int first_width, last_width;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &color);
  line = color;
  line.alpha *= 0.25f;
  gtk_snapshot_append_color (snapshot, &line,
                             &GRAPHENE_RECT_INIT (0, (float) top - 1, (float) width, 1));
  gtk_snapshot_append_color (snapshot, &line,
                             &GRAPHENE_RECT_INIT (0, (float) bottom, (float) width, 1));
  for (guint i = 0; i < self->spending->n_days; i++)
    append_day (self, snapshot, i, width / self->spending->n_days, top, bottom);
  pango_layout_get_pixel_size (self->first, &first_width, NULL);
  pango_layout_get_pixel_size (self->last, &last_width, NULL);
  append_layout (snapshot, self->top, 0, 0, &color);
  append_layout (snapshot, self->first, is_rtl ? width - first_width : 0, bottom + GAP, &color);
  append_layout (snapshot, self->last, is_rtl ? 0 : width - last_width, bottom + GAP, &color);
}

static void
easel_spending_chart_measure (GtkWidget *widget,
                              GtkOrientation orientation,
                              int for_size,
                              int *minimum,
                              int *natural,
                              int *minimum_baseline,
                              int *natural_baseline)
{
  EaselSpendingChart *self = EASEL_SPENDING_CHART (widget);
  int first, last;

  pango_layout_get_pixel_size (self->first, &first, NULL);
  pango_layout_get_pixel_size (self->last, &last, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = *natural = first + last + 2 * GAP;
  else
    *minimum = *natural = HEIGHT + get_height (self->top) + get_height (self->last) + 2 * GAP;
}

static char *
dup_day_text (const EaselSpending *spending, const char *const *names, guint day, gint64 now)
{
  g_autofree char *name = easel_text_day (spending->days[day], now);
  g_autoptr (GString) text = g_string_new (name);
  gboolean is_any = FALSE;

  for (guint i = 0; i < spending->provider_ids->len; i++)
    {
      const gint64 amount = easel_spending_get (spending, day, i);
      g_autofree char *money = easel_money_format (amount);

      if (amount <= 0)
        continue;
      is_any = TRUE;
      g_string_append_printf (text, "\n%s %s", names[i], money);
    }
  if (!is_any)
    g_string_append_printf (text, "\n%s", _ ("nothing"));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static gboolean
on_query_tooltip (GtkWidget *widget, int x, int y, gboolean by_keys, GtkTooltip *tooltip)
{
  EaselSpendingChart *self = EASEL_SPENDING_CHART (widget);
  g_autofree char *text = NULL;

  if (by_keys || self->spending->n_days == 0)
    return FALSE;
  text =
      dup_day_text (self->spending, (const char *const *) self->names, day_at (self, x), self->now);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
easel_spending_chart_dispose (GObject *object)
{
  EaselSpendingChart *self = EASEL_SPENDING_CHART (object);

  g_clear_pointer (&self->spending, easel_spending_free);
  g_clear_pointer (&self->names, g_strfreev);
  g_clear_object (&self->top);
  g_clear_object (&self->first);
  g_clear_object (&self->last);

  G_OBJECT_CLASS (easel_spending_chart_parent_class)->dispose (object);
}

static void
easel_spending_chart_class_init (EaselSpendingChartClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = easel_spending_chart_dispose;
  widget_class->snapshot = easel_spending_chart_snapshot;
  widget_class->measure = easel_spending_chart_measure;
  widget_class->query_tooltip = on_query_tooltip;
  gtk_widget_class_set_css_name (widget_class, "chart");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
easel_spending_chart_init (EaselSpendingChart *self)
{
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (self), "easel-figures");
}

static char *
dup_summary (const EaselSpending *spending, gint64 now)
{
  g_autofree char *total = easel_money_format (spending->total);
  g_autofree char *most = easel_money_format (spending->greatest);
  g_autofree char *day = NULL;
  guint i = 0;

  while (i + 1 < spending->n_days && spending->sums[i] != spending->greatest)
    i++;
  day = easel_text_day (spending->days[i], now);
  /* Translators: for a screen reader. Number of days, a sum, a day ("Tuesday"), its sum. */
  return g_strdup_printf (ngettext ("Spending in %u day: %s. Most: %s, %s.",
                                    "Spending in %u days: %s. Most: %s, %s.", spending->n_days),
                          spending->n_days, total, day, most);
}

static PangoLayout *
create_layout (GtkWidget *widget, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (widget, text);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  return layout;
}

/**
 * easel_spending_chart_new:
 * @spending: (transfer full): what is shown, some days at least
 * @names: (array zero-terminated=1): the providers, as the person knows them
 * @now_unix_ms: the present
 *
 * Returns: (transfer floating): the bars
 */
GtkWidget *
easel_spending_chart_new (EaselSpending *spending, const char *const *names, gint64 now_unix_ms)
{
  EaselSpendingChart *self;
  g_autofree char *top = NULL;
  g_autofree char *first = NULL;
  g_autofree char *last = NULL;
  g_autofree char *summary = NULL;

  g_return_val_if_fail (spending != NULL && spending->n_days > 0, NULL);
  g_return_val_if_fail (names != NULL, NULL);

  top = easel_money_format (spending->greatest);
  first = easel_text_day (spending->days[0], now_unix_ms);
  last = easel_text_day (spending->days[spending->n_days - 1], now_unix_ms);
  summary = dup_summary (spending, now_unix_ms);
  self = g_object_new (EASEL_TYPE_SPENDING_CHART, NULL);
  self->spending = spending;
  self->names = g_strdupv ((char **) names);
  self->now = now_unix_ms;
  self->top = create_layout (GTK_WIDGET (self), top);
  self->first = create_layout (GTK_WIDGET (self), first);
  self->last = create_layout (GTK_WIDGET (self), last);
  easel_ui_set_accessible_name (GTK_WIDGET (self), summary);
  return GTK_WIDGET (self);
}

/* What the colours mean */

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer user_data)
{
  const GdkRGBA color = get_color (GTK_WIDGET (area), GPOINTER_TO_UINT (user_data));

  gdk_cairo_set_source_rgba (cr, &color);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
}

/**
 * easel_spending_legend_new:
 * @spending: what is shown
 * @names: the providers
 *
 * Returns: (transfer floating): which colour is whose, and their sums
 */
GtkWidget *
easel_spending_legend_new (const EaselSpending *spending, const char *const *names)
{
  GtkWidget *legend = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);

  for (guint i = 0; i < spending->provider_ids->len; i++)
    {
      GtkWidget *item = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
      GtkWidget *swatch = gtk_drawing_area_new ();
      g_autofree char *money = NULL;
      g_autofree char *text = NULL;
      GtkWidget *label;
      gint64 sum = 0;

      for (guint day = 0; day < spending->n_days; day++)
        sum += easel_spending_get (spending, day, i);
      if (sum == 0)
        continue;
      money = easel_money_format (sum);
      text = g_strdup_printf ("%s %s", names[i], money);
      gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (swatch), 12);
      gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (swatch), 12);
      gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (swatch), draw_swatch, GUINT_TO_POINTER (i),
                                      NULL);
      gtk_widget_set_valign (swatch, GTK_ALIGN_CENTER);
      label = gtk_label_new (text);
      gtk_widget_add_css_class (label, "easel-figures");
      gtk_box_append (GTK_BOX (item), swatch);
      gtk_box_append (GTK_BOX (item), label);
      gtk_box_append (GTK_BOX (legend), item);
    }
  return legend;
}

/* The table */

static GtkWidget *
create_cell (const char *text, GtkAccessibleRole role, gboolean is_figure)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL, "accessible-role", role, "label", text, "xalign",
                                   is_figure ? 1.0 : 0.0, "hexpand", !is_figure, NULL);

  gtk_label_set_width_chars (GTK_LABEL (label), is_figure ? 9 : 10);
  gtk_widget_add_css_class (label, "easel-figures");
  if (role == GTK_ACCESSIBLE_ROLE_COLUMN_HEADER)
    gtk_widget_add_css_class (label, "easel-strong");
  return label;
}

static GtkWidget *
create_table_row (void)
{
  return g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_ROW, "spacing", 12,
                       NULL);
}

/**
 * easel_spending_table_new:
 * @spending: what is shown
 * @names: the providers
 * @now_unix_ms: the present
 *
 * Returns: (transfer floating): each day on which something was paid, the newest first
 */
GtkWidget *
easel_spending_table_new (const EaselSpending *spending,
                          const char *const *names,
                          gint64 now_unix_ms)
{
  GtkWidget *table = g_object_new (GTK_TYPE_BOX, "accessible-role", GTK_ACCESSIBLE_ROLE_TABLE,
                                   "orientation", GTK_ORIENTATION_VERTICAL, "spacing", 6, NULL);
  GtkWidget *row = create_table_row ();

  easel_ui_set_accessible_name (table, _ ("Spending per Day"));
  gtk_box_append (GTK_BOX (row), create_cell (_ ("Day"), GTK_ACCESSIBLE_ROLE_COLUMN_HEADER, FALSE));
  for (guint i = 0; i < spending->provider_ids->len; i++)
    gtk_box_append (GTK_BOX (row), create_cell (names[i], GTK_ACCESSIBLE_ROLE_COLUMN_HEADER, TRUE));
  gtk_box_append (GTK_BOX (table), row);
  for (guint day = spending->n_days; day > 0; day--)
    {
      g_autofree char *name = easel_text_day (spending->days[day - 1], now_unix_ms);

      if (spending->sums[day - 1] == 0)
        continue;
      row = create_table_row ();
      gtk_box_append (GTK_BOX (row), create_cell (name, GTK_ACCESSIBLE_ROLE_ROW_HEADER, FALSE));
      for (guint i = 0; i < spending->provider_ids->len; i++)
        {
          g_autofree char *money = easel_money_format (easel_spending_get (spending, day - 1, i));

          gtk_box_append (GTK_BOX (row), create_cell (money, GTK_ACCESSIBLE_ROLE_CELL, TRUE));
        }
      gtk_box_append (GTK_BOX (table), row);
    }
  return table;
}
