/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Start: what happens, what it costs, and where to rent. Chooses the provider; asks nothing else.
 */

#include "config.h"
#include "easel-page-welcome.h"

#include "easel-choice-card.h"
#include "easel-ui.h"
#include "easel-wrap-box.h"

#include <glib/gi18n-lib.h>

struct _EaselPageWelcome
{
  EaselPage parent_instance;

  EaselWrapBox *cards; /* (unowned): child of the template */
  GtkWidget *practise; /* (unowned): child of the template */

  gboolean syncing;
};

enum
{
  SIGNAL_PRACTISE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (EaselPageWelcome, easel_page_welcome, EASEL_TYPE_PAGE)

/* Exactly the card of the plan's provider is chosen, whatever was clicked. */
static void
sync_cards (EaselPageWelcome *self)
{
  EaselPlan *plan = easel_session_get_plan (easel_page_get_session (EASEL_PAGE (self)));
  const char *chosen = easel_plan_get_provider_id (plan);
  GtkWidget *card;

  self->syncing = TRUE;
  for (card = gtk_widget_get_first_child (GTK_WIDGET (self->cards)); card != NULL;
       card = gtk_widget_get_next_sibling (card))
    {
      const char *id = g_object_get_data (G_OBJECT (card), "provider-id");

      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (card), g_strcmp0 (id, chosen) == 0);
    }
  self->syncing = FALSE;
}

static void
on_card_toggled (GtkToggleButton *card, EaselPageWelcome *self)
{
  EaselPlan *plan = easel_session_get_plan (easel_page_get_session (EASEL_PAGE (self)));

  if (self->syncing)
    return;
  if (gtk_toggle_button_get_active (card))
    easel_plan_set_provider_id (plan, g_object_get_data (G_OBJECT (card), "provider-id"));
  sync_cards (self);
}

static void
on_practise_clicked (EaselPageWelcome *self)
{
  g_signal_emit (self, signals[SIGNAL_PRACTISE], 0);
}

static char *
dup_provider_text (const EaselProviderInfo *info)
{
  return g_strdup (info->encrypted
                       ? _ ("Simple. The connection to your server is encrypted.")
                       : _ ("More choice, often cheaper. The connection to your server is not "
                            "encrypted: not for client work."));
}

static GtkWidget *
make_card (EaselPageWelcome *self, const EaselProviderInfo *info)
{
  GtkWidget *card = easel_choice_card_new ();
  g_autofree char *text = dup_provider_text (info);
  g_autofree char *note = g_strdup_printf (ngettext ("You pay in at least $%u; a card is needed.",
                                                     "You pay in at least $%u; a card is needed.",
                                                     info->min_top_up_dollars),
                                           info->min_top_up_dollars);

  g_object_set_data_full (G_OBJECT (card), "provider-id", g_strdup (info->id), g_free);
  easel_choice_card_set_heading (EASEL_CHOICE_CARD (card), info->name);
  easel_choice_card_set_text (EASEL_CHOICE_CARD (card), text);
  easel_choice_card_set_note (EASEL_CHOICE_CARD (card), note);
  g_signal_connect_object (card, "toggled", G_CALLBACK (on_card_toggled), self, 0);
  return card;
}

static void
easel_page_welcome_shown (EaselPage *page)
{
  sync_cards (EASEL_PAGE_WELCOME (page));
}

static void
easel_page_welcome_constructed (GObject *object)
{
  EaselPageWelcome *self = EASEL_PAGE_WELCOME (object);
  EaselSession *session = easel_page_get_session (EASEL_PAGE (self));
  guint i;

  G_OBJECT_CLASS (easel_page_welcome_parent_class)->constructed (object);

  for (i = 0; i < easel_session_get_n_accounts (session); i++)
    {
      EaselAccount *account = easel_session_get_nth_account (session, i);

      easel_wrap_box_append (self->cards,
                             make_card (self, easel_account_get_provider_info (account)));
    }
  sync_cards (self);
  gtk_widget_set_visible (self->practise, !easel_session_is_simulated (session));
  easel_page_set_complete (EASEL_PAGE (self), TRUE);
}

static void
easel_page_welcome_class_init (EaselPageWelcomeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  EaselPageClass *page_class = EASEL_PAGE_CLASS (klass);

  object_class->constructed = easel_page_welcome_constructed;
  page_class->shown = easel_page_welcome_shown;

  signals[SIGNAL_PRACTISE] = g_signal_new ("practise", EASEL_TYPE_PAGE_WELCOME, G_SIGNAL_RUN_LAST,
                                           0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (widget_class, EASEL_UI_RESOURCE_PREFIX
                                               "/ui/easel-page-welcome.ui");
  gtk_widget_class_bind_template_child (widget_class, EaselPageWelcome, cards);
  gtk_widget_class_bind_template_child (widget_class, EaselPageWelcome, practise);
  gtk_widget_class_bind_template_callback (widget_class, on_practise_clicked);
}

static void
easel_page_welcome_init (EaselPageWelcome *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * easel_page_welcome_new:
 * @session: what the page works on
 *
 * Returns: (transfer floating): the page
 */
GtkWidget *
easel_page_welcome_new (EaselSession *session)
{
  g_return_val_if_fail (EASEL_IS_SESSION (session), NULL);

  return g_object_new (EASEL_TYPE_PAGE_WELCOME, "session", session, NULL);
}
