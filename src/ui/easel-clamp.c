/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The one margin and the one column of every page: keeps its children (usually one box) at most
 * EASEL_CLAMP_MAX_WIDTH wide, centred, with 24 and 36 pixels around, 12 in a narrow window, and 12
 * above and below a row of buttons. Knows nothing of what is inside. */

#include "config.h"
#include "easel-clamp.h"

#define MARGIN_WIDE 36
#define MARGIN_TALL 24
#define MARGIN_NARROW 12

struct _EaselClamp
{
  GtkWidget parent_instance;

  gboolean is_slim;
};

G_DEFINE_FINAL_TYPE (EaselClamp, easel_clamp, GTK_TYPE_WIDGET)

static gboolean
is_narrow (int width)
{
  return width >= 0 && width < EASEL_CLAMP_NARROW;
}

static int
get_child_width (int width)
{
  int margin = is_narrow (width) ? MARGIN_NARROW : MARGIN_WIDE;

  return MIN (MAX (width - 2 * margin, 0), EASEL_CLAMP_MAX_WIDTH);
}

static int
get_tall_margin (EaselClamp *self, int width)
{
  return self->is_slim || is_narrow (width) ? MARGIN_NARROW : MARGIN_TALL;
}

static GtkSizeRequestMode
easel_clamp_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
easel_clamp_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  const gboolean is_slim = EASEL_CLAMP (widget)->is_slim;
  GtkWidget *child;
  int margin;

  *minimum = 0;
  *natural = 0;
  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      int child_minimum = 0;
      int child_natural = 0;
      int child_size = -1;

      if (!gtk_widget_should_layout (child))
        continue;
      /* Without a width a row of buttons is as high as in the narrowest: GTK wants no less. */
      if (orientation == GTK_ORIENTATION_VERTICAL && (for_size >= 0 || is_slim))
        {
          gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &child_minimum, NULL, NULL,
                              NULL);
          child_size = MAX (child_minimum, for_size >= 0 ? get_child_width (for_size) : 0);
        }
      gtk_widget_measure (child, orientation, child_size, &child_minimum, &child_natural, NULL,
                          NULL);
      *minimum = MAX (*minimum, child_minimum);
      *natural = MAX (*natural, child_natural);
    }

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum += 2 * MARGIN_NARROW;
      *natural = MAX (*minimum, MIN (*natural, EASEL_CLAMP_MAX_WIDTH) + 2 * MARGIN_WIDE);
    }
  else
    {
      margin = get_tall_margin (EASEL_CLAMP (widget), for_size);
      *minimum += 2 * margin;
      *natural += 2 * margin;
    }
}

static void
easel_clamp_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  GtkWidget *child;
  int margin = get_tall_margin (EASEL_CLAMP (widget), width);

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkAllocation allocation;
      int minimum = 0;

      if (!gtk_widget_should_layout (child))
        continue;
      gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
      allocation.width = MAX (minimum, get_child_width (width));
      allocation.x = (width - allocation.width) / 2;
      allocation.y = margin;
      allocation.height = MAX (height - 2 * margin, 0);
      gtk_widget_size_allocate (child, &allocation, -1);
    }
}

static void
easel_clamp_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_clamp_parent_class)->dispose (object);
}

static void
easel_clamp_class_init (EaselClampClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_clamp_dispose;
  widget_class->get_request_mode = easel_clamp_get_request_mode;
  widget_class->measure = easel_clamp_measure;
  widget_class->size_allocate = easel_clamp_size_allocate;
  gtk_widget_class_set_css_name (widget_class, "clamp");
}

static void
easel_clamp_init (EaselClamp *self)
{
}

/**
 * easel_clamp_new:
 *
 * Makes an empty column; give it children with gtk_widget_set_parent() or in a template.
 *
 * Returns: (transfer floating): the column
 */
GtkWidget *
easel_clamp_new (void)
{
  return g_object_new (EASEL_TYPE_CLAMP, NULL);
}

/**
 * easel_clamp_new_slim:
 *
 * Returns: (transfer floating): a column for one row of buttons
 */
GtkWidget *
easel_clamp_new_slim (void)
{
  EaselClamp *self = g_object_new (EASEL_TYPE_CLAMP, NULL);

  self->is_slim = TRUE;
  return GTK_WIDGET (self);
}
