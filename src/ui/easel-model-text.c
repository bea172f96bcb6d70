/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The words for models: kinds and families, sizes, where they come from, what to warn of, and how
 * far a transfer is.
 *
 * Pure: reads values and answers. Nothing here draws, asks or acts. */

#include "config.h"
#include "easel-model-text.h"

#include "easel-error.h"

#include "easel-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define BYTES_PER_GB G_GUINT64_CONSTANT (1000000000)
#define BYTES_PER_MB G_GUINT64_CONSTANT (1000000)
#define MINUTE_MS (60 * 1000)

typedef struct
{
  const char *one;
  const char *many;
} KindWords;

/* Translators: kinds of model files. "LoRA", "ControlNet", "VAE", "IP-Adapter" are names. */
static const KindWords kind_words[EASEL_N_MODEL_KINDS] = {
  [EASEL_MODEL_UNKNOWN] = { N_ ("Model"), N_ ("Other Models") },
  [EASEL_MODEL_CHECKPOINT] = { N_ ("Checkpoint"), N_ ("Checkpoints") },
  [EASEL_MODEL_LORA] = { N_ ("LoRA"), N_ ("LoRAs") },
  [EASEL_MODEL_CONTROLNET] = { N_ ("ControlNet"), N_ ("ControlNets") },
  [EASEL_MODEL_VAE] = { N_ ("VAE"), N_ ("VAEs") },
  [EASEL_MODEL_DIFFUSION] = { N_ ("Diffusion model"), N_ ("Diffusion Models") },
  [EASEL_MODEL_TEXT_ENCODER] = { N_ ("Text encoder"), N_ ("Text Encoders") },
  [EASEL_MODEL_CLIP_VISION] = { N_ ("Vision model"), N_ ("Vision Models") },
  [EASEL_MODEL_UPSCALER] = { N_ ("Upscaler"), N_ ("Upscalers") },
  [EASEL_MODEL_EMBEDDING] = { N_ ("Embedding"), N_ ("Embeddings") },
  [EASEL_MODEL_IP_ADAPTER] = { N_ ("IP-Adapter"), N_ ("IP-Adapters") },
};

/* Names, the same in every language. */
static const char *const base_names[EASEL_N_MODEL_BASES] = {
  [EASEL_MODEL_BASE_UNKNOWN] = NULL,     [EASEL_MODEL_BASE_SD15] = "SD 1.5",
  [EASEL_MODEL_BASE_SDXL] = "SDXL",      [EASEL_MODEL_BASE_ILLUSTRIOUS] = "Illustrious",
  [EASEL_MODEL_BASE_FLUX] = "Flux",      [EASEL_MODEL_BASE_FLUX2] = "Flux 2",
  [EASEL_MODEL_BASE_ZIMAGE] = "Z-Image",
};

/**
 * easel_model_text_kind:
 *
 * Returns: (transfer none): the kind in the singular, "LoRA"
 */
const char *
easel_model_text_kind (EaselModelKind kind)
{
  g_return_val_if_fail ((guint) kind < EASEL_N_MODEL_KINDS, "");

  return _ (kind_words[kind].one);
}

/**
 * easel_model_text_kinds:
 *
 * Returns: (transfer none): the kind as a heading, "LoRAs"
 */
const char *
easel_model_text_kinds (EaselModelKind kind)
{
  g_return_val_if_fail ((guint) kind < EASEL_N_MODEL_KINDS, "");

  return _ (kind_words[kind].many);
}

/**
 * easel_model_text_base:
 *
 * Returns: (transfer none) (nullable): the family, "SDXL"; %NULL if it is not known
 */
const char *
easel_model_text_base (EaselModelBase base)
{
  g_return_val_if_fail ((guint) base < EASEL_N_MODEL_BASES, NULL);

  return base_names[base];
}

/**
 * easel_model_text_kind_of_folder:
 * @folder: (nullable): ComfyUI's
 *
 * Returns: what lies there, %EASEL_MODEL_UNKNOWN for folders without a word of their own
 */
EaselModelKind
easel_model_text_kind_of_folder (const char *folder)
{
  for (guint i = 0; folder != NULL && i < EASEL_N_MODEL_KINDS; i++)
    if (g_strcmp0 (easel_model_kind_folder ((EaselModelKind) i), folder) == 0)
      return (EaselModelKind) i;
  return EASEL_MODEL_UNKNOWN;
}

static char *
format_megabytes (guint64 bytes)
{
  const guint64 megabytes = MAX (1, (bytes + BYTES_PER_MB / 2) / BYTES_PER_MB);

  return g_strdup_printf ("%" G_GUINT64_FORMAT, megabytes);
}

/**
 * easel_model_text_size:
 * @bytes: a size
 *
 * Returns: (transfer full): "228 MB", and gigabytes from one on
 */
char *
easel_model_text_size (guint64 bytes)
{
  g_autofree char *megabytes = NULL;

  if (bytes >= BYTES_PER_GB)
    return easel_text_gigabytes (bytes);
  megabytes = format_megabytes (bytes);
  /* Translators: megabytes, "228 MB". */
  return g_strdup_printf (_ ("%s MB"), megabytes);
}

/**
 * easel_model_text_host:
 * @link: a link, as it was pasted
 *
 * Returns: (transfer full) (nullable): the name of the site, "civitai.com"
 */
char *
easel_model_text_host (const char *link)
{
  g_autoptr (GUri) uri = g_uri_parse (link, G_URI_FLAGS_NONE, NULL);
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;

  if (host == NULL || *host == '\0')
    return NULL;
  return g_strdup (g_str_has_prefix (host, "www.") ? host + strlen ("www.") : host);
}

/**
 * easel_model_text_site:
 * @site: who serves a link
 *
 * Returns: (transfer none) (nullable): its name, "Civitai"; %NULL for those without a token
 */
const char *
easel_model_text_site (EaselModelSite site)
{
  switch (site)
    {
    case EASEL_MODEL_SITE_CIVITAI:
      return "Civitai";
    case EASEL_MODEL_SITE_HUGGINGFACE:
      return "Hugging Face";
    case EASEL_MODEL_SITE_OTHER:
    default:
      return NULL;
    }
}

static char *
dup_source (const EaselShelfModel *model)
{
  g_autofree char *host = model->link != NULL ? easel_model_text_host (model->link) : NULL;

  if (host != NULL)
    /* Translators: %s is a web site, "from civitai.com". */
    return g_strdup_printf (_ ("from %s"), host);
  return g_strdup (model->path != NULL ? _ ("on this computer") : "");
}

static void
append_part (GString *text, const char *part)
{
  if (part == NULL || *part == '\0')
    return;
  if (text->len > 0)
    g_string_append (text, " · ");
  g_string_append (text, part);
}

/**
 * easel_model_text_facts:
 * @model: a model
 *
 * Returns: (transfer full): what is known of it, "LoRA for SDXL · 228 MB · from civitai.com"
 */
char *
easel_model_text_facts (const EaselShelfModel *model)
{
  GString *text = g_string_new (NULL);
  const char *kind;
  const char *base;
  g_autofree char *source = NULL;

  g_return_val_if_fail (model != NULL, NULL);

  kind = easel_model_text_kind (model->kind);
  base = easel_model_text_base (model->base);
  source = dup_source (model);
  if (base != NULL)
    /* Translators: a kind of model and the family that it was made for, "LoRA for SDXL". */
    g_string_append_printf (text, _ ("%s for %s"), kind, base);
  else
    g_string_append (text, kind);
  if (model->size > 0)
    {
      g_autofree char *size = easel_model_text_size (model->size);

      append_part (text, size);
    }
  append_part (text, source);
  return g_string_free (text, FALSE);
}

/* "Illustration and photo (SDXL)" */
static char *
dup_workload (EaselWorkloadSet workload)
{
  GString *text = g_string_new (NULL);
  const EaselWorkload *table = easel_workload_table ();

  for (guint i = 0; i < EASEL_N_WORKLOADS; i++)
    {
      if ((workload & table[i].kind) == 0)
        continue;
      if (text->len > 0)
        g_string_append (text, " + ");
      /* Translators: what is painted and with which family, "Illustration and photo (SDXL)". */
      g_string_append_printf (text, _ ("%s (%s)"), _ (table[i].title), _ (table[i].subtitle));
    }
  return g_string_free (text, FALSE);
}

/**
 * easel_model_text_misfit:
 * @kind: of a model
 * @base: of a model
 * @workload: what is painted
 *
 * Returns: (transfer full) (nullable): why the model is of no use for that; %NULL if it is
 */
char *
easel_model_text_misfit (EaselModelKind kind, EaselModelBase base, EaselWorkloadSet workload)
{
  const char *family;
  g_autofree char *painted = NULL;

  g_return_val_if_fail ((guint) kind < EASEL_N_MODEL_KINDS, NULL);
  g_return_val_if_fail ((guint) base < EASEL_N_MODEL_BASES, NULL);

  family = base_names[base];
  if (family == NULL || easel_model_base_fits (base, workload))
    return NULL;
  painted = dup_workload (workload);
  switch (kind)
    {
    case EASEL_MODEL_LORA:
      /* Translators: a family and what is painted, "Flux" and "Illustration and photo (SDXL)". */
      return g_strdup_printf (_ ("This LoRA is for %s; you paint with %s, where it does nothing."),
                              family, painted);
    case EASEL_MODEL_CHECKPOINT:
    case EASEL_MODEL_DIFFUSION:
      /* Translators: a family and what is painted, "Flux" and "Illustration and photo (SDXL)". */
      return g_strdup_printf (_ ("This is for %s; you paint with %s. Krita needs more files before "
                                 "it can use it."),
                              family, painted);
    case EASEL_MODEL_UNKNOWN:
    case EASEL_MODEL_CONTROLNET:
    case EASEL_MODEL_VAE:
    case EASEL_MODEL_TEXT_ENCODER:
    case EASEL_MODEL_CLIP_VISION:
    case EASEL_MODEL_UPSCALER:
    case EASEL_MODEL_EMBEDDING:
    case EASEL_MODEL_IP_ADAPTER:
    case EASEL_N_MODEL_KINDS:
    default:
      /* Translators: a family and what is painted, "Flux" and "Illustration and photo (SDXL)". */
      return g_strdup_printf (_ ("This model is for %s; you paint with %s, where it does nothing."),
                              family, painted);
    }
}

static char *
dup_sentence (EaselError code)
{
  g_autoptr (GError) error = easel_error_new (code, "a file of the shelf");

  return easel_error_sentence (error, NULL);
}

/**
 * easel_model_text_trouble:
 * @trouble: with a file on this computer
 *
 * Returns: (transfer full) (nullable): what is wrong with it
 */
char *
easel_model_text_trouble (EaselFileTrouble trouble)
{
  switch (trouble)
    {
    case EASEL_FILE_CHANGED:
      return g_strdup (_ ("This file has changed since you added it. The new one is taken."));
    case EASEL_FILE_GONE:
      return g_strdup (_ ("This file is no longer where it was."));
    case EASEL_FILE_UNREADABLE:
      return dup_sentence (EASEL_ERROR_UNREADABLE_FILE);
    case EASEL_FILE_DAMAGED:
      return dup_sentence (EASEL_ERROR_NOT_A_MODEL);
    case EASEL_FILE_CUT:
      return dup_sentence (EASEL_ERROR_INCOMPLETE_MODEL);
    case EASEL_FILE_FINE:
    default:
      return NULL;
    }
}

/**
 * easel_model_text_no_room:
 * @size: of a model, 0 unknown
 * @free_bytes: on the GPU's disk
 *
 * Returns: (transfer full) (nullable): how much is missing; %NULL if nothing is
 */
char *
easel_model_text_no_room (guint64 size, guint64 free_bytes)
{
  g_autofree char *missing = NULL;
  g_autofree char *left = NULL;

  if (size <= free_bytes)
    return NULL;
  missing = easel_model_text_size (size - free_bytes);
  if (free_bytes == 0)
    /* Translators: %s is a size, "2.1 GB". */
    return g_strdup_printf (_ ("The disk of this GPU has no room left: %s are missing."), missing);
  left = easel_model_text_size (free_bytes);
  /* Translators: sizes, "12 GB" and "2.1 GB". */
  return g_strdup_printf (_ ("The disk of this GPU has room for %s more: %s are missing."), left,
                          missing);
}

/**
 * easel_model_text_disk:
 * @free_bytes: on a disk
 * @total_bytes: of it
 *
 * Returns: (transfer full): "41 GB free of 80 GB"
 */
char *
easel_model_text_disk (guint64 free_bytes, guint64 total_bytes)
{
  g_autofree char *left = easel_text_gigabytes (free_bytes);
  g_autofree char *total = easel_text_gigabytes (total_bytes);

  /* Translators: sizes of a disk, "41 GB free of 80 GB". */
  return g_strdup_printf (_ ("%s free of %s"), left, total);
}

/* What the ticked ones add to a start with @offer; empty if nobody knows. */
static char *
dup_burden (guint64 bytes, EaselOffer *offer)
{
  const EaselOfferData *data = offer != NULL ? easel_offer_get (offer) : NULL;
  g_autofree char *time = NULL;
  g_autofree char *money = NULL;
  gint64 cost = 0;

  if (data == NULL)
    return NULL;
  if (data->download_bps > 0)
    time = easel_text_duration_about ((gint64) (bytes / data->download_bps) * 1000);
  if (data->traffic_price > 0)
    cost = easel_offer_start_cost (offer, bytes) - easel_offer_start_cost (offer, 0);
  if (cost > 0)
    money = easel_money_format (cost);
  if (time != NULL && money != NULL)
    /* Translators: a duration and money: "about 1 min more to start, $0.02 for traffic". */
    return g_strdup_printf (_ ("%s more to start, %s for traffic"), time, money);
  if (time != NULL)
    /* Translators: %s is a duration, "about 1 min more to start". */
    return g_strdup_printf (_ ("%s more to start"), time);
  /* Translators: %s is money, "$0.02 for traffic". */
  return money != NULL ? g_strdup_printf (_ ("%s for traffic"), money) : NULL;
}

/**
 * easel_model_text_sum:
 * @models: (element-type EaselShelfModel): those of the shelf
 * @offer: (nullable): the GPU that would be rented
 *
 * Returns: (transfer full): what the ticked ones mean for the next GPU, as far as it is known
 */
char *
easel_model_text_sum (GPtrArray *models, EaselOffer *offer)
{
  guint64 bytes = 0;
  guint n = 0;
  gboolean is_least = FALSE;
  g_autofree char *size = NULL;
  g_autofree char *head = NULL;
  g_autofree char *burden = NULL;

  g_return_val_if_fail (models != NULL, NULL);

  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (!model->is_ticked)
        continue;
      n++;
      bytes += model->size;
      is_least = is_least || model->size == 0;
    }
  if (n == 0)
    return g_strdup (_ ("None of them comes by itself."));
  size = easel_model_text_size (bytes);
  if (bytes == 0)
    head = g_strdup_printf (ngettext ("%u model comes with every new GPU",
                                      "%u models come with every new GPU", n),
                            n);
  else if (is_least)
    /* Translators: a number and a size of which more is to come, "at least 6.9 GB". */
    head = g_strdup_printf (ngettext ("%u model comes with every new GPU, at least %s",
                                      "%u models come with every new GPU, at least %s", n),
                            n, size);
  else
    /* Translators: a number and a size, "6.9 GB". */
    head = g_strdup_printf (ngettext ("%u model comes with every new GPU, %s",
                                      "%u models come with every new GPU, %s", n),
                            n, size);
  burden = bytes > 0 ? dup_burden (bytes, offer) : NULL;
  if (burden == NULL)
    /* Translators: makes a sentence of a part of one. */
    return g_strdup_printf (_ ("%s."), head);
  /* Translators: "3 models come with every new GPU, 6.9 GB" and "about 1 min more to start". */
  return g_strdup_printf (_ ("%s: %s."), head, burden);
}

/**
 * easel_model_text_arrived:
 * @news: what is new, a sentence
 *
 * The plugin asks for a list of models when it connects, and when its button without words is
 * pressed, which says what it does only under the pointer.
 *
 * Returns: (transfer full): @news, and how Krita comes to know of it
 */
char *
easel_model_text_arrived (const char *news)
{
  /* Translators: “Configure”, “Styles” and “Look for new LoRA files” are the plugin’s own words, in
   * English. */
  const char *how =
      _ ("Press Refresh in Krita: choose Configure in its AI docker, then Styles, and press the "
         "round arrow “Look for new LoRA files”. It finds checkpoints, too.");

  g_return_val_if_fail (news != NULL, NULL);

  return g_strdup_printf ("%s %s", news, how);
}

/**
 * easel_model_text_return:
 * @models: (element-type EaselShelfModel): those of the shelf
 *
 * Returns: (transfer full) (nullable): what comes back when a GPU is deleted and another one
 *   rented; %NULL if nothing does
 */
char *
easel_model_text_return (GPtrArray *models)
{
  guint n = 0;
  guint n_loras = 0;

  g_return_val_if_fail (models != NULL, NULL);

  for (guint i = 0; i < models->len; i++)
    {
      const EaselShelfModel *model = g_ptr_array_index (models, i);

      if (!model->is_ticked)
        continue;
      n++;
      if (model->kind == EASEL_MODEL_LORA)
        n_loras++;
    }
  if (n == 0)
    return NULL;
  if (n == n_loras)
    return g_strdup_printf (ngettext ("%u LoRA comes back next time.",
                                      "%u LoRAs come back next time.", n),
                            n);
  return g_strdup_printf (ngettext ("%u model comes back next time.",
                                    "%u models come back next time.", n),
                          n);
}

/* "120 of 228 MB": one unit for both. */
static char *
dup_amount (guint64 have, guint64 size)
{
  g_autofree char *so_far = NULL;
  g_autofree char *total = NULL;

  if (size == 0)
    return easel_model_text_size (have);
  if (size < BYTES_PER_GB)
    {
      so_far = have > 0 ? format_megabytes (have) : g_strdup ("0");
      total = easel_model_text_size (size);
    }
  else
    {
      so_far = g_strdup_printf ("%.1f", (double) have / (double) BYTES_PER_GB);
      total = easel_text_gigabytes (size);
    }
  /* Translators: how much is there, "120 of 228 MB". */
  return g_strdup_printf (_ ("%s of %s"), so_far, total);
}

static char *
dup_left (gint64 left_ms)
{
  g_autofree char *time = NULL;
  g_autofree char *about = NULL;

  if (left_ms < 0)
    return NULL;
  if (left_ms < MINUTE_MS)
    {
      /* Tens of seconds, so that the line does not twitch. */
      gint64 seconds = MAX (left_ms / 1000, 1);

      time = easel_text_duration ((seconds < 10 ? seconds : (seconds + 5) / 10 * 10) * 1000);
      /* Translators: a short time, "about 8 s left". */
      return g_strdup_printf (_ ("about %s left"), time);
    }
  about = easel_text_duration_about (left_ms);
  /* Translators: %s is a rounded duration, "about 4 min". */
  return g_strdup_printf (_ ("%s left"), about);
}

/**
 * easel_transfer_text_line:
 * @transfer: a transfer
 *
 * Returns: (transfer full): how far it is, "120 of 228 MB · 14 MB/s · about 8 s left"
 */
char *
easel_transfer_text_line (EaselTransfer *transfer)
{
  GString *text;
  guint64 size;
  guint64 have;
  g_autofree char *amount = NULL;

  g_return_val_if_fail (EASEL_IS_TRANSFER (transfer), NULL);

  size = easel_transfer_get_size (transfer);
  have = easel_transfer_get_have (transfer);
  text = g_string_new (NULL);
  switch (easel_transfer_get_state (transfer))
    {
    case EASEL_TRANSFER_RUNNING:
      {
        const guint64 speed = easel_transfer_get_speed (transfer);
        g_autofree char *left = dup_left (easel_transfer_get_left_ms (transfer));

        amount = dup_amount (have, size);
        append_part (text, amount);
        if (speed > 0)
          {
            g_autofree char *rate = easel_text_speed (speed);

            append_part (text, rate);
          }
        append_part (text, left);
        break;
      }
    case EASEL_TRANSFER_VERIFYING:
      append_part (text, _ ("Comparing every byte"));
      break;
    case EASEL_TRANSFER_DONE:
      append_part (text, _ ("It is there"));
      if (size > 0)
        amount = easel_model_text_size (size);
      append_part (text, amount);
      break;
    case EASEL_TRANSFER_FAILED:
      append_part (text, _ ("Did not arrive"));
      break;
    case EASEL_TRANSFER_WAITING:
    default:
      append_part (text, _ ("Waiting for its turn"));
      if (have > 0)
        amount = dup_amount (have, size);
      else if (size > 0)
        amount = easel_model_text_size (size);
      append_part (text, amount);
      break;
    }
  return g_string_free (text, FALSE);
}

/**
 * easel_transfer_text_fraction:
 * @transfer: a transfer
 *
 * Returns: how much of it is there, 0 to 1; negative if nobody knows
 */
double
easel_transfer_text_fraction (EaselTransfer *transfer)
{
  guint64 size;

  g_return_val_if_fail (EASEL_IS_TRANSFER (transfer), 0);

  size = easel_transfer_get_size (transfer);
  if (easel_transfer_get_state (transfer) == EASEL_TRANSFER_DONE ||
      easel_transfer_get_state (transfer) == EASEL_TRANSFER_VERIFYING)
    return 1;
  if (size == 0)
    return -1;
  return MIN (1, (double) easel_transfer_get_have (transfer) / (double) size);
}
