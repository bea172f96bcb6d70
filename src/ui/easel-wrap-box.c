/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A row of controls or cards that breaks into more rows when the window is narrow or the text
 * large. Controls keep their natural width; with "homogeneous" all children get one width and fill
 * the row (cards). With "align-end" rows end at the right edge. Does not scroll or select. */

#include "config.h"
#include "easel-wrap-box.h"

struct _EaselWrapBox
{
  GtkWidget parent_instance;

  int spacing;
  int min_child_width;
  gboolean homogeneous;
  gboolean align_end;
};

enum
{
  PROP_0,
  PROP_SPACING,
  PROP_MIN_CHILD_WIDTH,
  PROP_HOMOGENEOUS,
  PROP_ALIGN_END,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (EaselWrapBox, easel_wrap_box, GTK_TYPE_WIDGET)

typedef struct
{
  GtkWidget *widget; /* (unowned) */
  int minimum;
  int natural;
} Item;

static GArray *
collect_items (EaselWrapBox *self)
{
  GArray *items = g_array_new (FALSE, FALSE, sizeof (Item));
  GtkWidget *child;

  for (child = gtk_widget_get_first_child (GTK_WIDGET (self)); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      Item item = { child, 0, 0 };

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &item.minimum, &item.natural, NULL,
                          NULL);
      g_array_append_val (items, item);
    }
  return items;
}

/* The wished least width is meant for normal text; large text needs more. */
static double
get_text_scale (GtkWidget *widget)
{
  int dpi = -1;

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);
  return dpi > 0 ? CLAMP (dpi / 1024.0 / 96.0, 0.5, 4.0) : 1.0;
}

/* In a homogeneous box: the width that every child wants at least. */
static int
get_common_width (EaselWrapBox *self, GArray *items)
{
  int width = (int) (self->min_child_width * get_text_scale (GTK_WIDGET (self)));
  guint i;

  for (i = 0; i < items->len; i++)
    width = MAX (width, g_array_index (items, Item, i).minimum);
  return width;
}

/* How many children from @first on share a row of @width, and how wide each of them is (only for a
 * homogeneous box). */
static guint
break_row (EaselWrapBox *self, GArray *items, guint first, int width, int *ret_common)
{
  guint n = 0;
  int used = 0;

  *ret_common = 0;
  if (self->homogeneous)
    {
      int common = get_common_width (self, items);
      guint per_row = (guint) MAX (1, (width + self->spacing) / MAX (1, common + self->spacing));
      guint n_rows;

      /* Four cards in rows of three look torn: spread them evenly. */
      per_row = MIN (per_row, items->len);
      n_rows = (items->len + per_row - 1) / per_row;
      per_row = (items->len + n_rows - 1) / n_rows;
      n = MIN (per_row, items->len - first);
      *ret_common = MAX (1, (width - (int) (per_row - 1) * self->spacing) / (int) per_row);
      return n;
    }

  while (first + n < items->len)
    {
      int wanted = g_array_index (items, Item, first + n).natural;

      if (n > 0 && used + self->spacing + wanted > width)
        break;
      used += (n > 0 ? self->spacing : 0) + wanted;
      n++;
    }
  return n;
}

static int
get_item_width (EaselWrapBox *self, const Item *item, int common, int width)
{
  return self->homogeneous ? common : MAX (item->minimum, MIN (item->natural, width));
}

static int
get_row_height (EaselWrapBox *self, GArray *items, guint first, guint n, int common, int width)
{
  int height = 0;
  guint i;

  for (i = first; i < first + n; i++)
    {
      const Item *item = &g_array_index (items, Item, i);
      int natural = 0;

      gtk_widget_measure (item->widget, GTK_ORIENTATION_VERTICAL,
                          MAX (item->minimum, get_item_width (self, item, common, width)), NULL,
                          &natural, NULL, NULL);
      height = MAX (height, natural);
    }
  return height;
}

static GtkSizeRequestMode
easel_wrap_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
measure_width (EaselWrapBox *self, GArray *items, int *minimum, int *natural)
{
  int common = get_common_width (self, items);
  guint i;

  *minimum = 0;
  *natural = items->len > 0 ? (int) (items->len - 1) * self->spacing : 0;
  for (i = 0; i < items->len; i++)
    {
      const Item *item = &g_array_index (items, Item, i);

      *minimum = MAX (*minimum, item->minimum);
      *natural += self->homogeneous ? common : item->natural;
    }
}

static void
easel_wrap_box_measure (GtkWidget *widget,
                        GtkOrientation orientation,
                        int for_size,
                        int *minimum,
                        int *natural,
                        int *minimum_baseline,
                        int *natural_baseline)
{
  EaselWrapBox *self = EASEL_WRAP_BOX (widget);
  g_autoptr (GArray) items = collect_items (self);
  int width = for_size;
  int height = 0;
  guint first = 0;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (self, items, minimum, natural);
      return;
    }

  if (width < 0)
    {
      int least;

      measure_width (self, items, &least, &width);
    }
  while (first < items->len)
    {
      int common;
      guint n = break_row (self, items, first, width, &common);

      height += (first > 0 ? self->spacing : 0);
      height += get_row_height (self, items, first, n, common, width);
      first += n;
    }
  *minimum = height;
  *natural = height;
}

static void
easel_wrap_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EaselWrapBox *self = EASEL_WRAP_BOX (widget);
  g_autoptr (GArray) items = collect_items (self);
  gboolean rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  guint first = 0;
  int y = 0;

  while (first < items->len)
    {
      int common;
      guint n = break_row (self, items, first, width, &common);
      int row_height = get_row_height (self, items, first, n, common, width);
      int used = (int) (n - 1) * self->spacing;
      int x = 0;
      guint i;

      for (i = first; i < first + n; i++)
        used += get_item_width (self, &g_array_index (items, Item, i), common, width);
      if (self->align_end)
        x = MAX (0, width - used);

      for (i = first; i < first + n; i++)
        {
          const Item *item = &g_array_index (items, Item, i);
          GtkAllocation allocation = { x, y, get_item_width (self, item, common, width),
                                       row_height };

          x += allocation.width + self->spacing;
          if (rtl)
            allocation.x = width - allocation.x - allocation.width;
          gtk_widget_size_allocate (item->widget, &allocation, -1);
        }
      y += row_height + self->spacing;
      first += n;
    }
}

static void
easel_wrap_box_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_wrap_box_parent_class)->dispose (object);
}

static void
easel_wrap_box_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EaselWrapBox *self = EASEL_WRAP_BOX (object);

  switch (prop_id)
    {
    case PROP_SPACING:
      g_value_set_int (value, self->spacing);
      break;
    case PROP_MIN_CHILD_WIDTH:
      g_value_set_int (value, self->min_child_width);
      break;
    case PROP_HOMOGENEOUS:
      g_value_set_boolean (value, self->homogeneous);
      break;
    case PROP_ALIGN_END:
      g_value_set_boolean (value, self->align_end);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_wrap_box_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  EaselWrapBox *self = EASEL_WRAP_BOX (object);

  switch (prop_id)
    {
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      break;
    case PROP_MIN_CHILD_WIDTH:
      self->min_child_width = g_value_get_int (value);
      break;
    case PROP_HOMOGENEOUS:
      self->homogeneous = g_value_get_boolean (value);
      break;
    case PROP_ALIGN_END:
      self->align_end = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
easel_wrap_box_class_init (EaselWrapBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_wrap_box_dispose;
  object_class->get_property = easel_wrap_box_get_property;
  object_class->set_property = easel_wrap_box_set_property;
  widget_class->get_request_mode = easel_wrap_box_get_request_mode;
  widget_class->measure = easel_wrap_box_measure;
  widget_class->size_allocate = easel_wrap_box_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "wrapbox");

  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, 1000, 12,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_MIN_CHILD_WIDTH] = g_param_spec_int ("min-child-width", NULL, NULL, 0, 10000, 0,
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_HOMOGENEOUS] = g_param_spec_boolean ("homogeneous", NULL, NULL, FALSE,
                                                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ALIGN_END] = g_param_spec_boolean ("align-end", NULL, NULL, FALSE,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
easel_wrap_box_init (EaselWrapBox *self)
{
  self->spacing = 12;
}

/**
 * easel_wrap_box_new:
 *
 * Makes an empty wrapping row.
 *
 * Returns: (transfer floating): the row
 */
GtkWidget *
easel_wrap_box_new (void)
{
  return g_object_new (EASEL_TYPE_WRAP_BOX, NULL);
}

/**
 * easel_wrap_box_append:
 * @self: a wrapping row
 * @child: a widget without a parent
 *
 * Adds @child at the end.
 */
void
easel_wrap_box_append (EaselWrapBox *self, GtkWidget *child)
{
  g_return_if_fail (EASEL_IS_WRAP_BOX (self));
  g_return_if_fail (GTK_IS_WIDGET (child));

  gtk_widget_set_parent (child, GTK_WIDGET (self));
}
