/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The base of all pages: the banner of the practice mode, the scrolling column with one margin,
 * heading and lead; the contract with the wizard. Owns no work of its own. */

#include "config.h"
#include "easel-page.h"

#include "easel-clamp.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

#define GROUP_GAP 16
#define PAIR_GAP 4
#define REFRESH_MS (60 * 1000)
/* In a simulated cloud an hour passes in a minute; its list changes no faster than anybody reads.
 */
#define REFRESH_SIMULATED_MS (20 * 60 * 1000)

typedef struct
{
  EaselSession *session; /* (owned) */
  char *title;           /* (owned) */
  GtkLabel *heading;     /* (unowned): child */
  GtkLabel *lead;        /* (unowned): child */
  GtkWidget *scroller;   /* (unowned): child */
  GtkBox *column;        /* (unowned): child */
  GtkWidget *first;      /* (unowned) (nullable): child that gets the focus first */
  GtkWidget *column_top; /* (unowned): child, what is scrolled */
  GtkWidget *wanted;     /* (unowned) (nullable): child to be scrolled to */
  guint wanted_id;       /* goes with the widget */
  gboolean is_wanted_laid_out;
  gboolean complete;
  gboolean busy;
  gboolean is_shown;
  gboolean is_aborted;
} EaselPagePrivate;

enum
{
  PROP_0,
  PROP_SESSION,
  PROP_TITLE,
  PROP_HEADING,
  PROP_LEAD,
  PROP_COMPLETE,
  PROP_BUSY,
  N_PROPS
};

enum
{
  SIGNAL_GO_TO,
  SIGNAL_FINISH,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];
static GtkBuildableIface *parent_buildable;

static void buildable_iface_init (GtkBuildableIface *iface);

G_DEFINE_ABSTRACT_TYPE_WITH_CODE (EaselPage,
                                  easel_page,
                                  GTK_TYPE_WIDGET,
                                  G_ADD_PRIVATE (EaselPage)
                                      G_IMPLEMENT_INTERFACE (GTK_TYPE_BUILDABLE,
                                                             buildable_iface_init))

static EaselPagePrivate *
get_priv (EaselPage *self)
{
  return easel_page_get_instance_private (self);
}

/* Buttons of the page's own stay in sight, however long the column is. */
static void
add_footer (EaselPage *self, GtkWidget *buttons)
{
  GtkWidget *footer = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *clamp = easel_clamp_new_slim ();

  gtk_box_append (GTK_BOX (footer), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_widget_set_parent (buttons, clamp);
  gtk_box_append (GTK_BOX (footer), clamp);
  g_object_bind_property (buttons, "visible", footer, "visible", G_BINDING_SYNC_CREATE);
  gtk_widget_set_parent (footer, GTK_WIDGET (self));
}

/* Children of a subclass's template belong into the column, its buttons below it. */
static void
buildable_add_child (GtkBuildable *buildable, GtkBuilder *builder, GObject *child, const char *type)
{
  EaselPagePrivate *priv = get_priv (EASEL_PAGE (buildable));

  if (GTK_IS_WIDGET (child) && g_strcmp0 (type, "footer") == 0)
    add_footer (EASEL_PAGE (buildable), GTK_WIDGET (child));
  else if (GTK_IS_WIDGET (child))
    gtk_box_append (priv->column, GTK_WIDGET (child));
  else
    parent_buildable->add_child (buildable, builder, child, type);
}

static void
buildable_iface_init (GtkBuildableIface *iface)
{
  parent_buildable = g_type_interface_peek_parent (iface);
  iface->add_child = buildable_add_child;
}

static GtkWidget *
make_lead (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_add_css_class (label, "easel-secondary");
  gtk_widget_set_visible (label, FALSE);
  return label;
}

static void
build_scaffold (EaselPage *self)
{
  EaselPagePrivate *priv = get_priv (self);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  GtkWidget *clamp = easel_clamp_new ();
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, GROUP_GAP);
  GtkWidget *titles = gtk_box_new (GTK_ORIENTATION_VERTICAL, PAIR_GAP);

  priv->column = GTK_BOX (column);
  priv->heading = GTK_LABEL (easel_ui_new_heading (NULL, "title-2", 1));
  gtk_widget_set_visible (GTK_WIDGET (priv->heading), FALSE);
  priv->lead = GTK_LABEL (make_lead ());
  gtk_box_append (GTK_BOX (titles), GTK_WIDGET (priv->heading));
  gtk_box_append (GTK_BOX (titles), GTK_WIDGET (priv->lead));
  gtk_box_append (priv->column, titles);
  gtk_widget_set_parent (column, clamp);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), clamp);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_widget_set_parent (scroller, GTK_WIDGET (self));
  priv->scroller = scroller;
  priv->column_top = clamp;
}

static void
add_banner (EaselPage *self)
{
  GtkWidget *banner = gtk_label_new (_ ("Practice: nothing costs money"));

  gtk_widget_add_css_class (banner, "easel-banner");
  gtk_label_set_wrap (GTK_LABEL (banner), TRUE);
  gtk_label_set_justify (GTK_LABEL (banner), GTK_JUSTIFY_CENTER);
  gtk_widget_insert_before (banner, GTK_WIDGET (self),
                            gtk_widget_get_first_child (GTK_WIDGET (self)));
}

static void
easel_page_constructed (GObject *object)
{
  EaselPage *self = EASEL_PAGE (object);
  EaselPagePrivate *priv = get_priv (self);

  G_OBJECT_CLASS (easel_page_parent_class)->constructed (object);

  if (priv->session != NULL && easel_session_is_simulated (priv->session))
    add_banner (self);
}

static void
easel_page_dispose (GObject *object)
{
  GtkWidget *child;

  get_priv (EASEL_PAGE (object))->first = NULL;
  get_priv (EASEL_PAGE (object))->wanted = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);

  G_OBJECT_CLASS (easel_page_parent_class)->dispose (object);
}

static void
easel_page_finalize (GObject *object)
{
  EaselPagePrivate *priv = get_priv (EASEL_PAGE (object));

  g_clear_object (&priv->session);
  g_clear_pointer (&priv->title, g_free);

  G_OBJECT_CLASS (easel_page_parent_class)->finalize (object);
}

static void
easel_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  EaselPagePrivate *priv = get_priv (EASEL_PAGE (object));

  switch (prop_id)
    {
    case PROP_SESSION:
      g_value_set_object (value, priv->session);
      break;
    case PROP_TITLE:
      g_value_set_string (value, priv->title);
      break;
    case PROP_HEADING:
      g_value_set_string (value, gtk_label_get_text (priv->heading));
      break;
    case PROP_LEAD:
      g_value_set_string (value, gtk_label_get_text (priv->lead));
      break;
    case PROP_COMPLETE:
      g_value_set_boolean (value, priv->complete);
      break;
    case PROP_BUSY:
      g_value_set_boolean (value, priv->busy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_page_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  EaselPage *self = EASEL_PAGE (object);
  EaselPagePrivate *priv = get_priv (self);

  switch (prop_id)
    {
    case PROP_SESSION:
      priv->session = g_value_dup_object (value);
      break;
    case PROP_TITLE:
      easel_page_set_title (self, g_value_get_string (value));
      break;
    case PROP_HEADING:
      easel_page_set_heading (self, g_value_get_string (value));
      break;
    case PROP_LEAD:
      easel_page_set_lead (self, g_value_get_string (value));
      break;
    case PROP_COMPLETE:
      easel_page_set_complete (self, g_value_get_boolean (value));
      break;
    case PROP_BUSY:
      easel_page_set_busy (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
easel_page_class_init (EaselPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->constructed = easel_page_constructed;
  object_class->dispose = easel_page_dispose;
  object_class->finalize = easel_page_finalize;
  object_class->get_property = easel_page_get_property;
  object_class->set_property = easel_page_set_property;

  properties[PROP_SESSION] =
      g_param_spec_object ("session", NULL, NULL, EASEL_TYPE_SESSION,
                           G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);
  properties[PROP_HEADING] = g_param_spec_string ("heading", NULL, NULL, "", flags);
  properties[PROP_LEAD] = g_param_spec_string ("lead", NULL, NULL, "", flags);
  properties[PROP_COMPLETE] = g_param_spec_boolean ("complete", NULL, NULL, FALSE, flags);
  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[SIGNAL_GO_TO] = g_signal_new ("go-to", EASEL_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                        NULL, G_TYPE_NONE, 1, G_TYPE_INT);
  signals[SIGNAL_FINISH] = g_signal_new ("finish", EASEL_TYPE_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                         NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "page");
}

static void
easel_page_init (EaselPage *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_widget_add_css_class (GTK_WIDGET (self), "easel-page");
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  build_scaffold (self);
}

/**
 * easel_page_get_session:
 * @self: a page
 *
 * Returns: (transfer none): the session that it works on
 */
EaselSession *
easel_page_get_session (EaselPage *self)
{
  g_return_val_if_fail (EASEL_IS_PAGE (self), NULL);

  return get_priv (self)->session;
}

/**
 * easel_page_get_title:
 * @self: a page
 *
 * Returns: (nullable): the short name in the side list
 */
const char *
easel_page_get_title (EaselPage *self)
{
  g_return_val_if_fail (EASEL_IS_PAGE (self), NULL);

  return get_priv (self)->title;
}

/**
 * easel_page_set_title:
 * @self: a page
 * @title: (nullable): the short name in the side list
 */
void
easel_page_set_title (EaselPage *self, const char *title)
{
  EaselPagePrivate *priv;

  g_return_if_fail (EASEL_IS_PAGE (self));

  priv = get_priv (self);
  if (g_strcmp0 (priv->title, title) == 0)
    return;
  g_free (priv->title);
  priv->title = g_strdup (title);
  easel_ui_set_accessible_name (priv->scroller, title);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TITLE]);
}

static void
set_label (EaselPage *self, GtkLabel *label, const char *text, guint prop)
{
  if (g_strcmp0 (gtk_label_get_text (label), text != NULL ? text : "") == 0)
    return;
  easel_ui_set_text (label, text);
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop]);
}

/**
 * easel_page_set_heading:
 * @self: a page
 * @heading: (nullable): the large words on top
 */
void
easel_page_set_heading (EaselPage *self, const char *heading)
{
  g_return_if_fail (EASEL_IS_PAGE (self));

  set_label (self, get_priv (self)->heading, heading, PROP_HEADING);
}

/**
 * easel_page_set_lead:
 * @self: a page
 * @lead: (nullable): the sentence below, what to do here
 */
void
easel_page_set_lead (EaselPage *self, const char *lead)
{
  g_return_if_fail (EASEL_IS_PAGE (self));

  set_label (self, get_priv (self)->lead, lead, PROP_LEAD);
}

/**
 * easel_page_get_complete:
 * @self: a page
 *
 * Returns: whether the way on is open
 */
gboolean
easel_page_get_complete (EaselPage *self)
{
  g_return_val_if_fail (EASEL_IS_PAGE (self), FALSE);

  return get_priv (self)->complete;
}

/**
 * easel_page_set_complete:
 * @self: a page
 * @complete: whether the way on is open
 */
void
easel_page_set_complete (EaselPage *self, gboolean complete)
{
  EaselPagePrivate *priv;

  g_return_if_fail (EASEL_IS_PAGE (self));

  priv = get_priv (self);
  complete = !!complete;
  if (priv->complete == complete)
    return;
  priv->complete = complete;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COMPLETE]);
}

/**
 * easel_page_get_busy:
 * @self: a page
 *
 * Returns: whether the page waits for an answer
 */
gboolean
easel_page_get_busy (EaselPage *self)
{
  g_return_val_if_fail (EASEL_IS_PAGE (self), FALSE);

  return get_priv (self)->busy;
}

/**
 * easel_page_set_busy:
 * @self: a page
 * @busy: whether the page waits for an answer
 *
 * Also told to screen readers.
 */
void
easel_page_set_busy (EaselPage *self, gboolean busy)
{
  EaselPagePrivate *priv;

  g_return_if_fail (EASEL_IS_PAGE (self));

  priv = get_priv (self);
  busy = !!busy;
  if (priv->busy == busy)
    return;
  priv->busy = busy;
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY, busy, -1);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

/**
 * easel_page_shown:
 * @self: a page
 *
 * For the wizard: the page comes to the front. Again without easel_page_hidden() does nothing.
 */
void
easel_page_shown (EaselPage *self)
{
  EaselPagePrivate *priv;

  g_return_if_fail (EASEL_IS_PAGE (self));

  priv = get_priv (self);
  if (priv->is_shown || priv->is_aborted)
    return;
  priv->is_shown = TRUE;
  if (EASEL_PAGE_GET_CLASS (self)->shown != NULL)
    EASEL_PAGE_GET_CLASS (self)->shown (self);
}

/**
 * easel_page_hidden:
 * @self: a page
 *
 * For the wizard: another page comes to the front.
 */
void
easel_page_hidden (EaselPage *self)
{
  EaselPagePrivate *priv;

  g_return_if_fail (EASEL_IS_PAGE (self));

  priv = get_priv (self);
  if (!priv->is_shown)
    return;
  priv->is_shown = FALSE;
  if (EASEL_PAGE_GET_CLASS (self)->hidden != NULL)
    EASEL_PAGE_GET_CLASS (self)->hidden (self);
}

/**
 * easel_page_abort:
 * @self: a page
 *
 * For the wizard: it closes. Pages may live a little longer than their window, so whatever is
 * under way is cancelled here and not only in dispose.
 */
void
easel_page_abort (EaselPage *self)
{
  EaselPagePrivate *priv;

  g_return_if_fail (EASEL_IS_PAGE (self));

  priv = get_priv (self);
  if (priv->is_aborted)
    return;
  easel_page_hidden (self);
  priv->is_aborted = TRUE;
  if (EASEL_PAGE_GET_CLASS (self)->abort != NULL)
    EASEL_PAGE_GET_CLASS (self)->abort (self);
}

/**
 * easel_page_is_shown:
 * @self: a page
 *
 * Returns: whether it is in front
 */
gboolean
easel_page_is_shown (EaselPage *self)
{
  g_return_val_if_fail (EASEL_IS_PAGE (self), FALSE);

  return get_priv (self)->is_shown;
}

/**
 * easel_page_go_to:
 * @self: a page
 * @step: where the person should be
 *
 * Asks the wizard for another page; every choice is kept.
 */
void
easel_page_go_to (EaselPage *self, EaselStep step)
{
  g_return_if_fail (EASEL_IS_PAGE (self));

  g_signal_emit (self, signals[SIGNAL_GO_TO], 0, (int) step);
}

/**
 * easel_page_finish:
 * @self: a page
 *
 * Asks the wizard to close without a question.
 */
void
easel_page_finish (EaselPage *self)
{
  g_return_if_fail (EASEL_IS_PAGE (self));

  g_signal_emit (self, signals[SIGNAL_FINISH], 0);
}

/**
 * easel_page_do_remedy:
 * @self: a page
 * @remedy: the button that was pressed
 * @provider: (nullable): whose pages to open
 *
 * Does what is the same on every page: keys, funds, console.
 *
 * Returns: whether it was done; the rest is the page's own
 */
gboolean
easel_page_do_remedy (EaselPage *self, EaselRemedy remedy, const EaselProviderInfo *provider)
{
  g_return_val_if_fail (EASEL_IS_PAGE (self), FALSE);

  switch (remedy)
    {
    case EASEL_REMEDY_NEW_KEY:
    case EASEL_REMEDY_ENTER_KEY:
      easel_page_go_to (self, EASEL_STEP_ACCOUNT);
      return TRUE;
    case EASEL_REMEDY_ADD_FUNDS:
      if (provider != NULL)
        easel_ui_open_uri (GTK_WIDGET (self), provider->funds_uri);
      return TRUE;
    case EASEL_REMEDY_OPEN_CONSOLE:
      if (provider != NULL)
        easel_ui_open_uri (GTK_WIDGET (self), provider->console_uri);
      return TRUE;
    case EASEL_REMEDY_NONE:
    case EASEL_REMEDY_TRY_AGAIN:
    case EASEL_REMEDY_OTHER_OFFER:
    case EASEL_REMEDY_OTHER_MACHINE:
    case EASEL_REMEDY_RENT_AGAIN:
    case EASEL_REMEDY_DOWNLOAD_AGAIN:
    case EASEL_REMEDY_OTHER_TEMPLATE:
    case EASEL_N_REMEDIES:
    default:
      return FALSE;
    }
}

/**
 * easel_page_get_account:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the account of the provider that the plan names
 */
EaselAccount *
easel_page_get_account (EaselPage *self)
{
  EaselSession *session;

  g_return_val_if_fail (EASEL_IS_PAGE (self), NULL);

  session = get_priv (self)->session;
  return easel_session_get_account (session,
                                    easel_plan_get_provider_id (easel_session_get_plan (session)));
}

/**
 * easel_page_get_provider:
 * @self: a page
 *
 * Returns: (nullable): the provider that the plan names
 */
const EaselProviderInfo *
easel_page_get_provider (EaselPage *self)
{
  EaselAccount *account = easel_page_get_account (self);

  return account != NULL ? easel_account_get_provider_info (account) : NULL;
}

/**
 * easel_page_get_now_ms:
 * @self: a page
 *
 * Returns: the present by the session's clock, milliseconds since 1970
 */
gint64
easel_page_get_now_ms (EaselPage *self)
{
  g_return_val_if_fail (EASEL_IS_PAGE (self), 0);

  return easel_clock_get_unix_ms (easel_session_get_clock (get_priv (self)->session));
}

/**
 * easel_page_get_refresh_ms:
 * @self: a page
 *
 * Returns: how old a list of offers may be while somebody looks at it, in the session's time
 */
gint64
easel_page_get_refresh_ms (EaselPage *self)
{
  g_return_val_if_fail (EASEL_IS_PAGE (self), REFRESH_MS);

  return easel_session_is_simulated (get_priv (self)->session) ? REFRESH_SIMULATED_MS : REFRESH_MS;
}

/**
 * easel_page_set_first_focus:
 * @self: a page
 * @widget: (nullable): a child of it
 *
 * Says where the keyboard goes when the page comes to the front.
 */
void
easel_page_set_first_focus (EaselPage *self, GtkWidget *widget)
{
  g_return_if_fail (EASEL_IS_PAGE (self));
  g_return_if_fail (widget == NULL || GTK_IS_WIDGET (widget));

  get_priv (self)->first = widget;
}

/**
 * easel_page_focus:
 * @self: a page in front
 *
 * For the wizard: puts the focus where the page wants it, if that can take it.
 */
void
easel_page_focus (EaselPage *self)
{
  GtkWidget *first;

  g_return_if_fail (EASEL_IS_PAGE (self));

  first = get_priv (self)->first;
  if (first != NULL && gtk_widget_get_mapped (first) && gtk_widget_is_sensitive (first))
    gtk_widget_grab_focus (first);
}

static gboolean
on_laid_out (GtkWidget *widget, GdkFrameClock *frame_clock, gpointer user_data)
{
  EaselPagePrivate *priv = get_priv (EASEL_PAGE (widget));
  GtkAdjustment *adjustment;
  graphene_rect_t bounds;

  /* The first call comes before what has just appeared gets its place. */
  if (!priv->is_wanted_laid_out)
    {
      priv->is_wanted_laid_out = TRUE;
      return G_SOURCE_CONTINUE;
    }
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (priv->scroller));
  if (priv->wanted != NULL && gtk_widget_get_mapped (priv->wanted) &&
      gtk_widget_compute_bounds (priv->wanted, priv->column_top, &bounds))
    gtk_adjustment_clamp_page (adjustment, bounds.origin.y, bounds.origin.y + bounds.size.height);
  priv->wanted = NULL;
  priv->wanted_id = 0;
  return G_SOURCE_REMOVE;
}

/**
 * easel_page_bring_into_sight:
 * @self: a page
 * @widget: a child of its column that has just appeared
 *
 * Scrolls to what answers the person, if it is out of sight.
 */
void
easel_page_bring_into_sight (EaselPage *self, GtkWidget *widget)
{
  EaselPagePrivate *priv;

  g_return_if_fail (EASEL_IS_PAGE (self));
  g_return_if_fail (GTK_IS_WIDGET (widget));

  priv = get_priv (self);
  priv->wanted = widget;
  priv->is_wanted_laid_out = FALSE;
  if (priv->wanted_id == 0)
    priv->wanted_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_laid_out, NULL, NULL);
}

/**
 * easel_page_get_window:
 * @self: a page
 *
 * Returns: (transfer none) (nullable): the window around it
 */
GtkWindow *
easel_page_get_window (EaselPage *self)
{
  GtkRoot *root;

  g_return_val_if_fail (EASEL_IS_PAGE (self), NULL);

  root = gtk_widget_get_root (GTK_WIDGET (self));
  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}
