/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Forgetting a key while a GPU runs means that nobody here can see or end it: the question says
 * what it costs and when it ends by itself. Owns the words; the account forgets. */

#include "config.h"
#include "easel-forget-dialog.h"

#include "easel-question.h"
#include "easel-text.h"

#include <glib/gi18n-lib.h>

/* What runs at one provider. */
typedef struct
{
  guint n_running;
  gint64 per_hour;
  gint64 ends_at; /* of the last one; 0 if one has not confirmed that it ends by itself */
} Running;

static Running
find_running (EaselSession *session, EaselAccount *account)
{
  const EaselProviderInfo *provider = easel_account_get_provider_info (account);
  GListModel *model = easel_studio_get_rentals (easel_session_get_studio (session));
  gboolean is_sure = TRUE;
  Running running = { 0 };
  guint i;

  for (i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (model, i);
      const EaselRentalState state = easel_rental_get_state (rental);

      if (easel_rental_get_provider_info (rental) != provider || state == EASEL_RENTAL_PAUSED ||
          state == EASEL_RENTAL_GONE || state == EASEL_RENTAL_UNSEEN)
        continue;
      running.n_running++;
      running.per_hour += MAX (easel_rental_get_price (rental), 0);
      running.ends_at = MAX (running.ends_at, easel_rental_get_ends_at (rental));
      is_sure =
          is_sure && easel_rental_is_confirmed (rental) && easel_rental_get_ends_at (rental) > 0;
    }
  if (!is_sure)
    running.ends_at = 0;
  return running;
}

static void
on_answer (EaselQuestion *question, const char *answer, EaselAccount *account)
{
  if (g_str_equal (answer, "forget"))
    easel_account_forget (account);
}

static char *
dup_body (const Running *running, const EaselProviderInfo *provider, gint64 now)
{
  g_autofree char *rate = easel_money_format_hourly (running->per_hour);
  g_autofree char *time = NULL;

  if (running->ends_at == 0)
    /* Translators: first a price, "$0.23 per hour", then a provider, "RunPod". */
    return g_strdup_printf (_ ("Something still runs and costs %s. Without the key Cloud Easel can "
                               "neither see nor end it; it then runs until your credit at %s is "
                               "used up."),
                            rate, provider->name);
  time = easel_text_clock_time (running->ends_at, now);
  /* Translators: a price, "$0.23 per hour", and a time, "23:40". */
  return g_strdup_printf (_ ("Something still runs and costs %s. It ends by itself by %s at the "
                             "latest; without the key Cloud Easel can neither see it nor end it "
                             "sooner."),
                          rate, time);
}

/**
 * easel_forget_key:
 * @parent: (nullable): where it was asked for
 * @session: where things run
 * @account: whose key
 */
void
easel_forget_key (GtkWindow *parent, EaselSession *session, EaselAccount *account)
{
  EaselQuestion *question;
  Running running;
  g_autofree char *body = NULL;

  g_return_if_fail (parent == NULL || GTK_IS_WINDOW (parent));
  g_return_if_fail (EASEL_IS_SESSION (session));
  g_return_if_fail (EASEL_IS_ACCOUNT (account));

  running = find_running (session, account);
  if (running.n_running == 0)
    {
      easel_account_forget (account);
      return;
    }
  body = dup_body (&running, easel_account_get_provider_info (account),
                   easel_clock_get_unix_ms (easel_session_get_clock (session)));
  question = easel_question_new (parent, _ ("Forget the key while a GPU runs?"), body);
  easel_question_add_answer (question, "cancel", _ ("Cancel"), EASEL_ANSWER_SUGGESTED);
  easel_question_add_answer (question, "forget", _ ("Forget This Key"), EASEL_ANSWER_DESTRUCTIVE);
  g_signal_connect_object (question, "response", G_CALLBACK (on_answer), account, 0);
  gtk_window_present (GTK_WINDOW (question));
}
