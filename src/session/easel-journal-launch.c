/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the journal writes down of a launch, and the launch that follows from it.
 *
 * Owns which of the click's choices outlive the program. What was found out later (the pod, the
 * end, the proof) is not a launch, and the studio's to write down. */

#include "config.h"
#include "easel-journal-launch-private.h"

/**
 * _easel_launch_to_record:
 * @spec: what one click means
 * @identity: (nullable): whose account is billed
 *
 * Returns: (transfer full): a record that has neither a state nor times yet
 */
EaselJournalRecord *
_easel_launch_to_record (const EaselLaunchSpec *spec, const char *identity)
{
  EaselJournalRecord *record = easel_journal_record_new ();
  const EaselOfferData *offer = easel_offer_get (spec->offer);
  const EaselTemplateData *template =
      spec->template != NULL ? easel_template_get (spec->template) : NULL;

  record->name = g_strdup (spec->name);
  record->provider_id = g_strdup (offer->provider_id);
  record->account = g_strdup (identity);
  record->limits = spec->limits;
  record->price = easel_launch_spec_price (spec);
  record->max_price = spec->max_price;
  record->offer_id = g_strdup (offer->id);
  record->gpu_id = g_strdup (offer->gpu_id);
  record->gpu_name = g_strdup (offer->gpu_name);
  record->vram_mib = offer->vram_mib;
  /* Of several places nobody knows yet which one it becomes. */
  if (offer->places != NULL && offer->places[0] != NULL && offer->places[1] == NULL)
    record->place = g_strdup (offer->places[0]);
  record->machine_id = g_strdup (offer->machine_id);
  record->workload = easel_workload_set_to_string (spec->workload);
  record->start_sooner = spec->start_sooner;
  record->template_id = g_strdup (template != NULL ? template->id : NULL);
  record->template_name = g_strdup (template != NULL ? template->name : NULL);
  record->image = g_strdup (spec->image);
  record->disk_gb = spec->disk_gb;
  record->workspace_gb = spec->workspace_gb;
  record->download_bytes = spec->download_bytes;
  record->shelf_bytes = spec->shelf_bytes;
  return record;
}

/**
 * _easel_launch_from_record:
 * @record: what was written down
 *
 * Returns: (transfer full): the launch, as far as it is needed to go on with it
 */
EaselLaunchSpec *
_easel_launch_from_record (const EaselJournalRecord *record)
{
  EaselLaunchSpec *spec = easel_launch_spec_new ();
  const EaselOfferData offer = {
    .provider_id = record->provider_id,
    .id = record->offer_id != NULL ? record->offer_id : record->name,
    .gpu_id = record->gpu_id,
    .gpu_name = record->gpu_name != NULL ? record->gpu_name : "",
    .vram_mib = record->vram_mib,
    .gpu_price = record->price,
    .reliability_ppm = -1,
    .machine_id = record->machine_id,
  };
  const EaselTemplateData template = {
    .provider_id = record->provider_id,
    .id = record->template_id,
    .name = record->template_name != NULL ? record->template_name : "",
    .image = record->image != NULL ? record->image : "",
    .nvidia = TRUE,
  };

  spec->name = g_strdup (record->name);
  spec->offer = easel_offer_new (&offer);
  if (record->template_id != NULL)
    spec->template = easel_template_new (&template);
  spec->image = g_strdup (record->image);
  spec->workload = easel_workload_set_from_string (record->workload);
  spec->start_sooner = record->start_sooner;
  spec->start_arguments = easel_workload_start_arguments (spec->workload, spec->start_sooner);
  spec->disk_gb = record->disk_gb;
  spec->workspace_gb = record->workspace_gb;
  spec->limits = record->limits;
  spec->download_bytes = record->download_bytes;
  spec->shelf_bytes = MIN (record->shelf_bytes, record->download_bytes);
  /* The disk is part of the recorded price already. */
  spec->max_price = MAX (record->max_price, record->price);
  return spec;
}
