/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-error-bar.h"
#include "easel-session.h"
#include "easel-wizard-flow.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * EaselPageClass:
 * @shown: the page came to the front
 * @hidden: another page came to the front
 * @abort: the wizard closes: cancel everything that is under way (comes at most once)
 *
 * One page of the wizard. It knows the session and nothing of the wizard or other pages: it says
 * what it wants by properties ("title", "complete", "busy") and the signals "go-to" (int
 * #EaselStep) and "finish" (close the wizard without a question). What a template puts into a page
 * lands in its column below heading and lead.
 */
#define EASEL_TYPE_PAGE (easel_page_get_type ())
G_DECLARE_DERIVABLE_TYPE (EaselPage, easel_page, EASEL, PAGE, GtkWidget)

struct _EaselPageClass
{
  GtkWidgetClass parent_class;

  void (*shown) (EaselPage *self);
  void (*hidden) (EaselPage *self);
  void (*abort) (EaselPage *self);
};

EaselSession *easel_page_get_session (EaselPage *self);
const char *easel_page_get_title (EaselPage *self);
void easel_page_set_title (EaselPage *self, const char *title);
void easel_page_set_heading (EaselPage *self, const char *heading);
void easel_page_set_lead (EaselPage *self, const char *lead);
gboolean easel_page_get_complete (EaselPage *self);
void easel_page_set_complete (EaselPage *self, gboolean complete);
gboolean easel_page_get_busy (EaselPage *self);
void easel_page_set_busy (EaselPage *self, gboolean busy);

void easel_page_shown (EaselPage *self);
void easel_page_hidden (EaselPage *self);
void easel_page_abort (EaselPage *self);
gboolean easel_page_is_shown (EaselPage *self);

void easel_page_go_to (EaselPage *self, EaselStep step);
void easel_page_finish (EaselPage *self);
gboolean
easel_page_do_remedy (EaselPage *self, EaselRemedy remedy, const EaselProviderInfo *provider);
EaselAccount *easel_page_get_account (EaselPage *self);
const EaselProviderInfo *easel_page_get_provider (EaselPage *self);
gint64 easel_page_get_now_ms (EaselPage *self);
gint64 easel_page_get_refresh_ms (EaselPage *self);
void easel_page_set_first_focus (EaselPage *self, GtkWidget *widget);
void easel_page_focus (EaselPage *self);
void easel_page_bring_into_sight (EaselPage *self, GtkWidget *widget);
GtkWindow *easel_page_get_window (EaselPage *self);

G_END_DECLS
