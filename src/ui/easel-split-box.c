/* SPDX-License-Identifier: GPL-3.0-or-later */
/* easel-split-box.c: the one rule by which a row fits into 360 pixels as well as into 800.
 *
 * Owns where its two children stand: the end child at its natural width beside the start child,
 * which takes the rest and is given at least as much as the end child, "start-weight" times, or its
 * own natural width, whichever is less; without that room the end child goes below. Nothing here is
 * in pixels, so large text and long translations move the border by themselves. */
#include "config.h"

#include "easel-split-box.h"

struct _EaselSplitBox
{
  GtkWidget parent_instance;

  GtkWidget *start; /* (nullable): a child of this widget */
  GtkWidget *end;   /* (nullable): a child of this widget */
  int spacing;
  int row_spacing;
  int start_weight;
};

enum
{
  PROP_0,
  PROP_START,
  PROP_END,
  PROP_SPACING,
  PROP_ROW_SPACING,
  PROP_START_WEIGHT,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (EaselSplitBox, easel_split_box, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

static gboolean
is_shown (GtkWidget *child)
{
  return child != NULL && gtk_widget_should_layout (child);
}

static void
measure_width (GtkWidget *child, int *ret_minimum, int *ret_natural)
{
  *ret_minimum = 0;
  *ret_natural = 0;
  if (is_shown (child))
    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, ret_minimum, ret_natural, NULL,
                        NULL);
}

static gboolean
is_side_by_side (EaselSplitBox *self, int width)
{
  int start_minimum, start_natural, end_minimum, end_natural;

  if (!is_shown (self->start) || !is_shown (self->end))
    return FALSE;
  measure_width (self->start, &start_minimum, &start_natural);
  measure_width (self->end, &end_minimum, &end_natural);
  return width >= end_natural + self->spacing +
                      MAX (start_minimum, MIN (start_natural, self->start_weight * end_natural));
}

static int
end_width (EaselSplitBox *self)
{
  int minimum, natural;

  measure_width (self->end, &minimum, &natural);
  return natural;
}

static void
measure_height (GtkWidget *child, int width, int *ret_minimum, int *ret_natural)
{
  *ret_minimum = 0;
  *ret_natural = 0;
  if (is_shown (child))
    gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, ret_minimum, ret_natural, NULL,
                        NULL);
}

static void
easel_split_box_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  EaselSplitBox *self = EASEL_SPLIT_BOX (widget);
  gboolean both = is_shown (self->start) && is_shown (self->end);
  int start_minimum, start_natural, end_minimum, end_natural;

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      measure_width (self->start, &start_minimum, &start_natural);
      measure_width (self->end, &end_minimum, &end_natural);
      *minimum = MAX (start_minimum, end_minimum);
      *natural = start_natural + end_natural + (both ? self->spacing : 0);
    }
  else if (for_size < 0 || is_side_by_side (self, for_size))
    {
      int end_size = for_size < 0 || !both ? for_size : end_width (self);
      int start_size = for_size < 0 || !both ? for_size : for_size - end_size - self->spacing;

      measure_height (self->start, start_size, &start_minimum, &start_natural);
      measure_height (self->end, end_size, &end_minimum, &end_natural);
      *minimum = MAX (start_minimum, end_minimum);
      *natural = MAX (start_natural, end_natural);
    }
  else
    {
      measure_height (self->start, for_size, &start_minimum, &start_natural);
      measure_height (self->end, for_size, &end_minimum, &end_natural);
      *minimum = start_minimum + end_minimum + (both ? self->row_spacing : 0);
      *natural = start_natural + end_natural + (both ? self->row_spacing : 0);
    }
  *minimum_baseline = -1;
  *natural_baseline = -1;
}

static void
allocate (GtkWidget *child, int x, int y, int width, int height)
{
  if (is_shown (child))
    gtk_widget_size_allocate (child, &(GtkAllocation){ x, y, width, height }, -1);
}

static void
easel_split_box_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EaselSplitBox *self = EASEL_SPLIT_BOX (widget);
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  if (is_side_by_side (self, width))
    {
      int end_size = end_width (self);
      int start_size = width - end_size - self->spacing;

      allocate (self->start, is_rtl ? end_size + self->spacing : 0, 0, start_size, height);
      allocate (self->end, is_rtl ? 0 : start_size + self->spacing, 0, end_size, height);
    }
  else
    {
      int minimum, start_height;

      measure_height (self->start, width, &minimum, &start_height);
      if (!is_shown (self->end))
        start_height = height;
      allocate (self->start, 0, 0, width, start_height);
      if (start_height > 0)
        start_height += self->row_spacing;
      allocate (self->end, 0, start_height, width, MAX (height - start_height, 0));
    }
}

static GtkSizeRequestMode
easel_split_box_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
easel_split_box_dispose (GObject *object)
{
  EaselSplitBox *self = EASEL_SPLIT_BOX (object);

  g_clear_pointer (&self->start, gtk_widget_unparent);
  g_clear_pointer (&self->end, gtk_widget_unparent);

  G_OBJECT_CLASS (easel_split_box_parent_class)->dispose (object);
}

static void
easel_split_box_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EaselSplitBox *self = EASEL_SPLIT_BOX (object);

  switch (prop_id)
    {
    case PROP_START:
      g_value_set_object (value, self->start);
      break;
    case PROP_END:
      g_value_set_object (value, self->end);
      break;
    case PROP_SPACING:
      g_value_set_int (value, self->spacing);
      break;
    case PROP_ROW_SPACING:
      g_value_set_int (value, self->row_spacing);
      break;
    case PROP_START_WEIGHT:
      g_value_set_int (value, self->start_weight);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_split_box_set_property (GObject *object,
                              guint prop_id,
                              const GValue *value,
                              GParamSpec *pspec)
{
  EaselSplitBox *self = EASEL_SPLIT_BOX (object);

  switch (prop_id)
    {
    case PROP_START:
      easel_split_box_set_start (self, g_value_get_object (value));
      break;
    case PROP_END:
      easel_split_box_set_end (self, g_value_get_object (value));
      break;
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    case PROP_ROW_SPACING:
      self->row_spacing = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    case PROP_START_WEIGHT:
      self->start_weight = g_value_get_int (value);
      gtk_widget_queue_resize (GTK_WIDGET (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_split_box_class_init (EaselSplitBoxClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = easel_split_box_dispose;
  object_class->get_property = easel_split_box_get_property;
  object_class->set_property = easel_split_box_set_property;
  widget_class->measure = easel_split_box_measure;
  widget_class->size_allocate = easel_split_box_size_allocate;
  widget_class->get_request_mode = easel_split_box_get_request_mode;

  properties[PROP_START] =
      g_param_spec_object ("start", NULL, NULL, GTK_TYPE_WIDGET,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_END] =
      g_param_spec_object ("end", NULL, NULL, GTK_TYPE_WIDGET,
                           G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, 1000, 0,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_ROW_SPACING] = g_param_spec_int ("row-spacing", NULL, NULL, 0, 1000, 0,
                                                   G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  properties[PROP_START_WEIGHT] = g_param_spec_int ("start-weight", NULL, NULL, 1, 10, 1,
                                                    G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_css_name (widget_class, "splitbox");
}

static void
easel_split_box_init (EaselSplitBox *self)
{
  self->start_weight = 1;
}

static gboolean
replace_child (EaselSplitBox *self, GtkWidget **field, GtkWidget *child)
{
  g_assert (EASEL_IS_SPLIT_BOX (self));
  g_assert (child == NULL || GTK_IS_WIDGET (child));

  if (*field == child)
    return FALSE;
  g_clear_pointer (field, gtk_widget_unparent);
  *field = child;
  return TRUE;
}

/**
 * easel_split_box_new:
 * @start: (nullable) (transfer floating): what takes the rest of the width
 * @end: (nullable) (transfer floating): what stands beside or below it
 *
 * Returns: (transfer floating): a box of both
 */
GtkWidget *
easel_split_box_new (GtkWidget *start, GtkWidget *end)
{
  return g_object_new (EASEL_TYPE_SPLIT_BOX, "start", start, "end", end, NULL);
}

/**
 * easel_split_box_get_start:
 *
 * Returns: (transfer none) (nullable): the first child
 */
GtkWidget *
easel_split_box_get_start (EaselSplitBox *self)
{
  g_return_val_if_fail (EASEL_IS_SPLIT_BOX (self), NULL);

  return self->start;
}

/**
 * easel_split_box_set_start:
 * @child: (nullable) (transfer floating): the new first child
 */
void
easel_split_box_set_start (EaselSplitBox *self, GtkWidget *child)
{
  g_return_if_fail (EASEL_IS_SPLIT_BOX (self));
  g_return_if_fail (child == NULL || GTK_IS_WIDGET (child));

  if (!replace_child (self, &self->start, child))
    return;
  /* First in the tree, so that the keyboard and a screen reader meet it first. */
  if (child != NULL)
    gtk_widget_insert_after (child, GTK_WIDGET (self), NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_START]);
}

/**
 * easel_split_box_get_end:
 *
 * Returns: (transfer none) (nullable): the second child
 */
GtkWidget *
easel_split_box_get_end (EaselSplitBox *self)
{
  g_return_val_if_fail (EASEL_IS_SPLIT_BOX (self), NULL);

  return self->end;
}

/**
 * easel_split_box_set_end:
 * @child: (nullable) (transfer floating): the new second child
 */
void
easel_split_box_set_end (EaselSplitBox *self, GtkWidget *child)
{
  g_return_if_fail (EASEL_IS_SPLIT_BOX (self));
  g_return_if_fail (child == NULL || GTK_IS_WIDGET (child));

  if (!replace_child (self, &self->end, child))
    return;
  if (child != NULL)
    gtk_widget_insert_before (child, GTK_WIDGET (self), NULL);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_END]);
}
