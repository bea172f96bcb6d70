/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The create and its answer: the part of EaselDeployment that rents.
 *
 * Owns what one try is: a new name, an intent in the journal, one request, and what a refusal means
 * for the next try. Which offer is next says easel-deployment-offers.c.
 *
 * A create is sent once per intent and never repeated while its fate is unknown. */

#include "config.h"
#include "easel-deployment-private.h"

#include "easel-error.h"
#include "easel-studio-private.h"

#include <glib/gi18n.h>

#define MAX_RATE_WAITS 3
/* A pod's cost may differ from the list by rounding. */
#define PRICE_TOLERANCE_PERCENT 1

static const char *
provider_name (EaselDeployment *self)
{
  return easel_account_get_provider_info (self->account)->name;
}

static void
try_next_offer (EaselDeployment *self, const GError *error)
{
  if (_easel_deployment_choose_next_offer (self, TRUE))
    _easel_deployment_try_offer (self);
  else
    _easel_deployment_fail (self, error);
}

static gboolean
is_too_dear (EaselDeployment *self, EaselPod *pod)
{
  const gint64 cost = easel_pod_get (pod)->cost;

  return self->spec->max_price > 0 && cost != EASEL_MONEY_UNKNOWN &&
         cost > self->spec->max_price + self->spec->max_price * PRICE_TOLERANCE_PERCENT / 100;
}

void
_easel_deployment_take_pod (EaselDeployment *self, EaselPod *pod)
{
  if (self->cancel_wanted)
    return; /* the studio deletes it, its word ends this */
  _easel_deployment_set_state (self, EASEL_DEPLOYMENT_STARTING);
  if (is_too_dear (self, pod))
    {
      _easel_deployment_take_notice (
          self, g_strdup (_ ("That GPU turned out to cost more than you accepted. It is "
                             "being given back.")));
      _easel_deployment_draw_other (self, "price", FALSE);
      return;
    }
  _easel_deployment_start_watch (self, pod);
}

static void
on_rate_wait_over (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (EaselDeployment) self = user_data;

  if (!easel_clock_wait_finish (EASEL_CLOCK (source), result, NULL))
    return;
  g_clear_object (&self->waiting);
  _easel_deployment_take_notice (self, NULL);
  _easel_deployment_try_offer (self);
}

static void
wait_for_rate (EaselDeployment *self, const GError *error)
{
  const gint64 asked = easel_error_get_retry_after (error);

  if (self->n_rate_waits++ >= MAX_RATE_WAITS)
    {
      _easel_deployment_fail (self, error);
      return;
    }
  _easel_deployment_take_notice (self, g_strdup_printf (_ ("%s asks to wait a moment."),
                                                        provider_name (self)));
  g_clear_object (&self->waiting);
  self->waiting = g_cancellable_new ();
  easel_clock_wait_async (self->clock, asked > 0 ? asked : 10 * 1000, self->waiting,
                          on_rate_wait_over, g_object_ref (self));
}

/* The provider said no, so nothing is rented. What it said decides whether another try makes
 * sense. */
static void
take_refusal (EaselDeployment *self, const GError *error)
{
  switch (error->code)
    {
    case EASEL_ERROR_NO_OFFER:
      try_next_offer (self, error);
      break;

    case EASEL_ERROR_PERMISSION:
      /* Either the key may not rent at all, or the account may not use this pool: one other offer
       * tells. */
      if (self->refused_once)
        _easel_deployment_fail (self, error);
      else
        {
          self->refused_once = TRUE;
          try_next_offer (self, error);
        }
      break;

    case EASEL_ERROR_NOT_FOUND:
      /* The template has vanished; its image can be named directly. */
      if (self->spec->template != NULL && self->spec->image != NULL)
        {
          g_clear_object (&self->spec->template);
          _easel_deployment_try_offer (self);
        }
      else
        _easel_deployment_fail (self, error);
      break;

    case EASEL_ERROR_RATE_LIMITED:
      wait_for_rate (self, error);
      break;

    case EASEL_ERROR_AUTH:
      easel_account_note_refused (self->account, error);
      _easel_deployment_fail (self, error);
      break;

    default:
      _easel_deployment_fail (self, error);
      break;
    }
}

typedef struct
{
  EaselDeployment *deployment; /* (owned) */
  EaselRental *rental;         /* (owned) */
} CreateData;

static void
create_data_free (CreateData *data)
{
  g_object_unref (data->deployment);
  g_object_unref (data->rental);
  g_free (data);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CreateData, create_data_free)

static void
on_created (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CreateData) data = user_data;
  EaselDeployment *self = data->deployment;
  g_autoptr (GError) error = NULL;
  g_autoptr (EaselPod) pod =
      easel_provider_create_pod_finish (EASEL_PROVIDER (source), result, &error);

  if (self->studio == NULL)
    return; /* the program ends; the journal knows */

  if (pod != NULL)
    {
      _easel_studio_note_created (self->studio, data->rental, pod);
      _easel_deployment_take_pod (self, pod);
    }
  else if (easel_error_leaves_fate_unknown (error))
    {
      _easel_deployment_set_error (self, error, NULL);
      if (!self->cancel_wanted)
        _easel_deployment_set_state (self, EASEL_DEPLOYMENT_UNSURE);
      _easel_studio_note_unsure (self->studio, data->rental);
    }
  else
    {
      _easel_studio_note_refused (self->studio, data->rental);
      if (self->cancel_wanted)
        _easel_deployment_set_state (self, EASEL_DEPLOYMENT_CANCELLED);
      else
        take_refusal (self, error);
    }
}

static gboolean
try_offer_or_error (EaselDeployment *self, GError **error)
{
  EaselSecret *key = easel_account_get_key (self->account);
  CreateData *data;

  if (key == NULL)
    {
      easel_set_error (error, EASEL_ERROR_NO_KEY, "no key for %s", provider_name (self));
      return FALSE;
    }

  g_free (self->spec->name);
  self->spec->name = easel_pod_name_new ();
  _easel_deployment_renew_agent (self);
  g_set_weak_pointer (&self->rental, _easel_studio_begin_intent (self->studio, self, self->account,
                                                                 self->spec, error));
  if (self->rental == NULL)
    return FALSE;

  data = g_new0 (CreateData, 1);
  data->deployment = g_object_ref (self);
  data->rental = g_object_ref (self->rental);
  _easel_studio_note_sent (self->studio, self->rental);
  /* Without a cancellable: giving up the request would only hide its fate. */
  easel_provider_create_pod_async (_easel_account_get_provider (self->account), key, self->spec,
                                   NULL, on_created, data);
  return TRUE;
}

void
_easel_deployment_try_offer (EaselDeployment *self)
{
  g_autoptr (GError) error = NULL;

  if (self->studio != NULL && !try_offer_or_error (self, &error))
    _easel_deployment_fail (self, error);
}

/* FALSE when nothing was sent: no key, or the journal cannot be written. */
gboolean
_easel_deployment_begin (EaselDeployment *self, GError **error)
{
  return try_offer_or_error (self, error);
}
