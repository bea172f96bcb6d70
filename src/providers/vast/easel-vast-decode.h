/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "easel-account-info.h"
#include "easel-json.h"
#include "easel-provider.h"
#include "easel-vast-memory.h"
#include "easel-vast-requests.h"

G_BEGIN_DECLS

/**
 * EaselVastOfferPages:
 * @offers: (element-type EaselOffer): those that fit, of all pages so far
 * @seen: ids of all offers so far, also of those that do not fit
 * @n_skipped: elements so far that could not be understood
 * @n_elements: of the last page
 * @n_new: of the last page, not on an earlier one
 * @last_price: dearest of the last page, dollars per hour; 0 if there is none
 *
 * What the market has told so far.
 */
typedef struct
{
  GPtrArray *offers;
  GHashTable *seen;
  guint n_skipped;
  guint n_elements;
  guint n_new;
  double last_price;
} EaselVastOfferPages;

EaselVastOfferPages *easel_vast_offer_pages_new (void);
void easel_vast_offer_pages_free (EaselVastOfferPages *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (EaselVastOfferPages, easel_vast_offer_pages_free)

gboolean easel_vast_decode_offer_page (JsonNode *root,
                                       const EaselVastSearch *search,
                                       EaselVastOfferPages *pages,
                                       GError **error);

gboolean easel_vast_decode_account (JsonNode *root, EaselAccountInfo *info, GError **error);
gboolean easel_vast_decode_spend_rate (JsonNode *root, gint64 *ret_per_hour, GError **error);
gboolean easel_vast_decode_charges (JsonNode *root,
                                    const char *pod_id,
                                    EaselBill *bill,
                                    char **ret_next_token,
                                    GError **error);

EaselPod *easel_vast_decode_pod (JsonNode *node, EaselVastMemory *memory, GError **error);
EaselPod *easel_vast_decode_pod_answer (JsonNode *root, EaselVastMemory *memory, GError **error);
gboolean easel_vast_decode_pod_page (JsonNode *root,
                                     EaselVastMemory *memory,
                                     EaselPodList *list,
                                     char **ret_next_token,
                                     GError **error);
char *easel_vast_decode_contract (JsonNode *root);
EaselPod *easel_vast_pod_from_spec (const char *pod_id, const EaselLaunchSpec *spec);
char *easel_vast_decode_log_uri (JsonNode *root, GError **error);

GPtrArray *
easel_vast_decode_templates (JsonNode *root, gint64 own_id, const char *source, GError **error);
EaselTemplate *easel_vast_decode_newest_template (JsonNode *root,
                                                  gint64 creator_id,
                                                  const char *name,
                                                  const char *hash);

/* What several decoders share. */
char *easel_vast_clip (const char *text, long max_characters);
char *easel_vast_peek_id (JsonObject *object, const char *key);
gboolean easel_vast_peek_flag (JsonObject *object, const char *key, gboolean fallback);
gint64 easel_vast_peek_rate (JsonObject *object, const char *key);
EaselHostKind easel_vast_peek_host_kind (JsonObject *object);
guint easel_vast_peek_cuda (JsonObject *object);
guint easel_vast_peek_ram_mib (JsonObject *object);
gboolean easel_vast_read_token (JsonObject *page, char **ret_token);

G_END_DECLS
