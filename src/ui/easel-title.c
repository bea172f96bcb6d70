/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The title in a header bar: whole, or not at all where the buttons leave too little room for it.
 * Half a word says nothing, and what is below the header bar says the same. Owns one label; a
 * screen reader hears the window's own title. */

#include "config.h"
#include "easel-title.h"

struct _EaselTitle
{
  GtkWidget parent_instance;

  GtkWidget *label; /* (unowned): child */
};

enum
{
  PROP_0,
  PROP_LABEL,
  N_PROPS
};

G_DEFINE_FINAL_TYPE (EaselTitle, easel_title, GTK_TYPE_WIDGET)

static GParamSpec *properties[N_PROPS];

static void
easel_title_measure (GtkWidget *widget,
                     GtkOrientation orientation,
                     int for_size,
                     int *minimum,
                     int *natural,
                     int *minimum_baseline,
                     int *natural_baseline)
{
  gtk_widget_measure (EASEL_TITLE (widget)->label, orientation, -1, minimum, natural, NULL, NULL);
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    *minimum = 0;
}

static void
easel_title_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  EaselTitle *self = EASEL_TITLE (widget);
  GtkAllocation allocation = { 0, 0, width, height };
  int least;

  gtk_widget_measure (self->label, GTK_ORIENTATION_HORIZONTAL, -1, &least, NULL, NULL, NULL);
  gtk_widget_set_child_visible (self->label, width >= least);
  if (width >= least)
    gtk_widget_size_allocate (self->label, &allocation, -1);
}

static void
easel_title_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  if (prop_id == PROP_LABEL)
    g_value_set_string (value, gtk_label_get_text (GTK_LABEL (EASEL_TITLE (object)->label)));
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
easel_title_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  const char *text = g_value_get_string (value);

  if (prop_id == PROP_LABEL)
    gtk_label_set_text (GTK_LABEL (EASEL_TITLE (object)->label), text != NULL ? text : "");
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
}

static void
easel_title_dispose (GObject *object)
{
  g_clear_pointer (&EASEL_TITLE (object)->label, gtk_widget_unparent);

  G_OBJECT_CLASS (easel_title_parent_class)->dispose (object);
}

static void
easel_title_class_init (EaselTitleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = easel_title_get_property;
  object_class->set_property = easel_title_set_property;
  object_class->dispose = easel_title_dispose;
  widget_class->measure = easel_title_measure;
  widget_class->size_allocate = easel_title_size_allocate;

  properties[PROP_LABEL] =
      g_param_spec_string ("label", NULL, NULL, "", G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
easel_title_init (EaselTitle *self)
{
  self->label = gtk_label_new (NULL);
  gtk_label_set_single_line_mode (GTK_LABEL (self->label), TRUE);
  gtk_widget_add_css_class (self->label, "title");
  gtk_widget_set_parent (self->label, GTK_WIDGET (self));
}

/**
 * easel_title_new:
 * @window: a window with a header bar
 *
 * Returns: (transfer floating): the title widget for that bar, which says what @window is called
 */
GtkWidget *
easel_title_new (GtkWindow *window)
{
  GtkWidget *self;

  g_return_val_if_fail (GTK_IS_WINDOW (window), NULL);

  self = g_object_new (EASEL_TYPE_TITLE, NULL);
  g_object_bind_property (window, "title", self, "label", G_BINDING_SYNC_CREATE);
  return self;
}
