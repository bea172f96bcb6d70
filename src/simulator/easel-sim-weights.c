/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands in the model files of the simulated sites: sound .safetensors, made up by name and
 * size alone, so that nothing is kept and every part of a file of any size is the same each time.
 */
#include "config.h"

#include "easel-sim-weights.h"

#include "easel-sim-clock.h"

#include <string.h>

#define MB G_GINT64_CONSTANT (1000000)
#define LEAST_MB 5
#define MOST_MB 200000
#define BLOCK 65536

/* The first word that a name has decides. */
static const struct
{
  const char *word;
  const char *tensor;
  const char *shape;
  gint64 values;
} looks[] = {
  { "checkpoint", "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight",
    "640,2048", 640 * 2048 },
  { "flux", "lora_unet_double_blocks_0_img_mlp_0.lora_up.weight", "12288,16", 12288 * 16 },
  { "sd15", "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k.lora_down.weight",
    "16,768", 16 * 768 },
  { "", "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight", "16,2048",
    16 * 2048 },
};

/**
 * easel_sim_weights_size:
 * @name: of a file, such as "ink-200MB.safetensors"
 *
 * Returns: its size: what the name says, else one that fits a LoRA
 */
gint64
easel_sim_weights_size (const char *name)
{
  g_autoptr (GRegex) regex = g_regex_new ("-([0-9]{1,6})(MB|GB)\\b", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  guint64 chance = easel_sim_hash (1, name);
  gint64 megabytes = (gint64) easel_sim_range (&chance, 150, 400);

  if (g_regex_match (regex, name, 0, &match))
    {
      g_autofree char *number = g_match_info_fetch (match, 1);
      g_autofree char *unit = g_match_info_fetch (match, 2);

      megabytes = g_ascii_strtoll (number, NULL, 10) * (*unit == 'G' ? 1000 : 1);
    }
  return CLAMP (megabytes, LEAST_MB, MOST_MB) * MB;
}

/**
 * easel_sim_weights_header:
 * @name: of a file; with "checkpoint", "flux" or "sd15" in it, else it is a LoRA for SDXL; one with
 *   "broken" in it makes no sense
 * @size: of the whole file
 *
 * Returns: (transfer full): its beginning, up to where the weights begin
 */
GBytes *
easel_sim_weights_header (const char *name, gint64 size)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint look = 0;
  gint64 first, rest;
  guint64 length;

  while (strstr (name, looks[look].word) == NULL)
    look++;
  first = looks[look].values * 2;
  /* How long the header is depends on the numbers in it: room for all of them is left blank. */
  length = 1024 - sizeof length;
  rest = size - 1024 - first;
  if (strstr (name, "broken") != NULL)
    g_string_append (text, "{\"broken\":");
  else
    g_string_append_printf (
        text,
        "{\"__metadata__\":{\"format\":\"pt\"},"
        "\"%s\":{\"dtype\":\"F16\",\"shape\":[%s],\"data_offsets\":[0,%" G_GINT64_FORMAT "]},"
        "\"rest\":{\"dtype\":\"U8\",\"shape\":[%" G_GINT64_FORMAT
        "],\"data_offsets\":[%" G_GINT64_FORMAT ",%" G_GINT64_FORMAT "]}}",
        looks[look].tensor, looks[look].shape, first, rest, first, first + rest);
  while (text->len < length)
    g_string_append_c (text, ' ');
  length = GUINT64_TO_LE (length);
  g_string_prepend_len (text, (const char *) &length, sizeof length);
  return g_string_free_to_bytes (g_steal_pointer (&text));
}

/* Of an odd length, so that a part that is left out or comes twice changes the whole. */
static guint8 *
make_block (void)
{
  guint8 *block = g_malloc (2 * (BLOCK - 1));
  guint64 chance = 1;

  for (guint i = 0; i < BLOCK - 1; i++)
    block[i] = block[i + BLOCK - 1] = (guint8) easel_sim_next (&chance);
  return block;
}

/**
 * easel_sim_weights_data:
 * @offset: in a file, behind its header
 * @ret_length: (out): how much there is at once
 *
 * For any thread.
 *
 * Returns: (transfer none): the bytes from there; they stay valid for ever
 */
const guint8 *
easel_sim_weights_data (gint64 offset, gsize *ret_length)
{
  static guint8 *block = NULL;

  if (g_once_init_enter (&block))
    g_once_init_leave (&block, make_block ());
  *ret_length = BLOCK - 1;
  return block + offset % (BLOCK - 1);
}
