/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person would see now, for the scenarios in Python: nothing is judged here. */
#include "config.h"

#include "easel-faults-report.h"

#include "easel-error.h"
#include "easel-json.h"
#include "easel-rental-text.h"
#include "easel-row-action.h"

static const char *const studio_nicks[] = { "no-key", "checking", "known", "offline" };
static const char *const catalog_nicks[] = { "empty", "loading", "ready", "failed" };
static const char *const account_nicks[] = {
  "unloaded", "no-key", "checking", "ready", "refused", "unchecked",
};
static const char *const deployment_nicks[EASEL_N_DEPLOYMENT_STATES] = {
  "renting", "unsure", "starting", "ready", "trouble", "failed", "cancelling", "cancelled",
};
static const char *const rental_nicks[EASEL_N_RENTAL_STATES] = {
  "renting",  "starting", "ready", "trouble", "pausing", "paused",
  "resuming", "deleting", "stuck", "gone",    "unseen",
};

static void
put_string (JsonBuilder *builder, const char *name, const char *text)
{
  json_builder_set_member_name (builder, name);
  if (text != NULL)
    json_builder_add_string_value (builder, text);
  else
    json_builder_add_null_value (builder);
}

static void
put_int (JsonBuilder *builder, const char *name, gint64 value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_int_value (builder, value);
}

static void
put_error (JsonBuilder *builder, const GError *error, const EaselProviderInfo *provider)
{
  g_autofree char *sentence =
      error != NULL ? easel_error_sentence (error, provider != NULL ? provider->name : NULL) : NULL;

  put_string (builder, "sentence", sentence);
  put_string (builder, "button",
              error != NULL ? easel_remedy_label (easel_error_remedy (error)) : NULL);
  put_string (builder, "technical", error != NULL ? error->message : NULL);
}

static char *
dup_button (EaselRental *rental)
{
  /* The menu of the row, in the order of its items. */
  static const EaselRowAction menu[] = { EASEL_ROW_DONE, EASEL_ROW_OPEN_CONSOLE,
                                         EASEL_ROW_DETAILS };
  EaselRowAction action = easel_row_action_primary (rental);
  g_autofree char *label = NULL;
  g_auto (GStrv) parts = NULL;

  if (action == EASEL_ROW_NOTHING)
    action = easel_row_action_secondary (rental);
  for (guint i = 0; action == EASEL_ROW_NOTHING && i < G_N_ELEMENTS (menu); i++)
    if (easel_row_action_makes_sense (menu[i], rental))
      action = menu[i];
  label = easel_row_action_dup_label (action, rental);
  parts = g_strsplit (label, "_", -1);
  return g_strjoinv ("", parts);
}

static void
put_rental (JsonBuilder *builder, EaselRental *rental, gint64 now)
{
  const EaselJournalRecord *record = easel_rental_get_record (rental);
  EaselPodData const *pod = easel_rental_get_pod (rental);
  EaselDeployment *deployment = easel_rental_get_deployment (rental);
  EaselTone tone;
  g_autofree char *badge = easel_rental_dup_badge (rental, &tone);
  g_autofree char *facts = easel_rental_dup_facts (rental, now);
  g_autofree char *problem = easel_rental_dup_problem (rental, now);
  g_autofree char *button = dup_button (rental);

  json_builder_begin_object (builder);
  put_string (builder, "name", record != NULL ? record->name : pod != NULL ? pod->name : NULL);
  put_string (builder, "pod", pod != NULL ? pod->id : record != NULL ? record->pod_id : NULL);
  put_string (builder, "provider", easel_rental_get_provider_info (rental)->id);
  put_string (builder, "state", rental_nicks[easel_rental_get_state (rental)]);
  put_string (builder, "badge", badge);
  put_string (builder, "facts", facts);
  put_string (builder, "problem", problem);
  put_string (builder, "button", button);
  put_string (builder, "address", easel_rental_get_address (rental));
  put_string (builder, "deployment",
              deployment != NULL ? deployment_nicks[easel_deployment_get_state (deployment)]
                                 : NULL);
  put_int (builder, "cost", easel_rental_get_cost_so_far (rental));
  put_int (builder, "ends_at", easel_rental_get_ends_at (rental));
  put_int (builder, "stale", easel_rental_is_stale (rental));
  json_builder_end_object (builder);
}

static void
put_account (JsonBuilder *builder, EaselAccount *account)
{
  const EaselProviderInfo *info = easel_account_get_provider_info (account);

  json_builder_begin_object (builder);
  put_string (builder, "provider", info->id);
  put_string (builder, "state", account_nicks[easel_account_get_state (account)]);
  put_error (builder, easel_account_get_error (account), info);
  json_builder_end_object (builder);
}

static void
put_deployment (JsonBuilder *builder, EaselDeployment *deployment)
{
  const GError *error = easel_deployment_get_error (deployment);
  g_autofree char *sentence = easel_deployment_dup_error_sentence (deployment);
  EaselStage stage = MIN (easel_deployment_get_stage (deployment), EASEL_N_STAGES - 1);
  g_autofree char *note = easel_deployment_dup_stage_note (deployment, stage);

  json_builder_begin_object (builder);
  put_string (builder, "state", deployment_nicks[easel_deployment_get_state (deployment)]);
  put_error (builder, error, NULL);
  if (sentence != NULL)
    put_string (builder, "sentence", sentence);
  put_string (builder, "notice", easel_deployment_get_notice (deployment));
  put_string (builder, "note", note);
  put_string (builder, "address", easel_deployment_get_address (deployment));
  json_builder_end_object (builder);
}

char *
easel_faults_report (EaselSession *session, EaselDeployment *deployment, guint n_done)
{
  EaselStudio *studio = easel_session_get_studio (session);
  EaselCatalog *catalog = easel_session_get_catalog (session);
  GListModel *rentals = easel_studio_get_rentals (studio);
  const gint64 now = easel_clock_get_unix_ms (easel_session_get_clock (session));
  EaselAccount *account =
      easel_session_get_account (session,
                                 easel_plan_get_provider_id (easel_session_get_plan (session)));
  const EaselProviderInfo *info =
      account != NULL ? easel_account_get_provider_info (account) : NULL;
  g_autofree char *headline = easel_studio_dup_headline (studio);
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (builder);
  put_int (builder, "done", n_done);
  put_int (builder, "now_ms", now);
  json_builder_set_member_name (builder, "studio");
  json_builder_begin_object (builder);
  put_string (builder, "state", studio_nicks[easel_studio_get_state (studio)]);
  put_string (builder, "headline", headline);
  put_error (builder, easel_studio_get_error (studio), easel_studio_get_error_provider (studio));
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "catalog");
  json_builder_begin_object (builder);
  put_string (builder, "state", catalog_nicks[easel_catalog_get_state (catalog)]);
  put_int (builder, "offers", g_list_model_get_n_items (easel_catalog_get_offers (catalog)));
  put_int (builder, "chosen", easel_plan_get_offer (easel_session_get_plan (session)) != NULL);
  put_error (builder, easel_catalog_get_error (catalog), info);
  json_builder_end_object (builder);
  json_builder_set_member_name (builder, "accounts");
  json_builder_begin_array (builder);
  for (guint i = 0; i < easel_session_get_n_accounts (session); i++)
    put_account (builder, easel_session_get_nth_account (session, i));
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "rentals");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (rentals); i++)
    {
      g_autoptr (EaselRental) rental = g_list_model_get_item (rentals, i);

      put_rental (builder, rental, now);
    }
  json_builder_end_array (builder);
  if (deployment != NULL)
    {
      json_builder_set_member_name (builder, "deployment");
      put_deployment (builder, deployment);
    }
  json_builder_end_object (builder);
  root = json_builder_get_root (builder);
  return easel_json_to_text (root);
}
