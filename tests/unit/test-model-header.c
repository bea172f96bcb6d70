/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What a model file says about itself, and that a damaged one is told from a sound one. */

#include "config.h"

#include "easel-error.h"
#include "easel-model-header.h"

#include <glib/gstdio.h>
#include <string.h>

#define TENSOR(name, shape)                                                                        \
  "\"" name "\":{\"dtype\":\"F16\",\"shape\":[" shape "],\"data_offsets\":[0,0]}"

static gboolean
read_text (const char *text, guint64 data_size, EaselModelHeader *header, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return easel_model_header_read (bytes, EASEL_MODEL_PREFIX + strlen (text) + data_size, header,
                                  error);
}

static void
test_kinds (void)
{
  static const struct
  {
    const char *json;
    EaselModelKind kind;
    EaselModelBase base;
  } rows[] = {
    /* Checkpoints. */
    { "{" TENSOR ("model.diffusion_model.input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight",
                  "320,768") "," TENSOR ("first_stage_model.decoder.conv_in.weight",
                                         "512,4,3,3") "}",
      EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_SD15 },
    { "{" TENSOR ("model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight",
                  "640,2048") "," TENSOR ("conditioner.embedders.1.model.ln_final.weight",
                                          "1280") "}",
      EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_SDXL },
    { "{\"__metadata__\":{\"modelspec.title\":\"WAI-Illustrious v14\"}," TENSOR (
          "model.diffusion_model.input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight",
          "640,2048") "," TENSOR ("first_stage_model.decoder.conv_in.weight", "512,4,3,3") "}",
      EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_ILLUSTRIOUS },
    /* Without VAE and text encoder it belongs into another folder. */
    { "{" TENSOR ("double_blocks.18.img_mod.lin.weight", "18432,3072") "}", EASEL_MODEL_DIFFUSION,
      EASEL_MODEL_BASE_FLUX },
    { "{" TENSOR ("double_blocks.0.img_attn.qkv.weight",
                  "9216,3072") "," TENSOR ("double_stream_modulation_img.lin.weight",
                                           "18432,3072") "}",
      EASEL_MODEL_DIFFUSION, EASEL_MODEL_BASE_FLUX2 },
    { "{" TENSOR ("cap_embedder.1.weight", "3840,2560") "," TENSOR ("layers.0.attention.qkv.weight",
                                                                    "11520,3840") "}",
      EASEL_MODEL_DIFFUSION, EASEL_MODEL_BASE_ZIMAGE },
    /* LoRAs: of kohya's scripts, of diffusers, of LyCORIS. */
    { "{" TENSOR ("lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn2_to_k."
                  "lora_down.weight",
                  "16,768") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_SD15 },
    { "{" TENSOR ("lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight",
                  "16,2048") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL },
    { "{" TENSOR ("lora_te2_text_model_encoder_layers_0_mlp_fc1.lora_down.weight", "8,1280") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL },
    { "{\"__metadata__\":{\"ss_sd_model_name\":\"Illustrious-XL-v0.1.safetensors\"}," TENSOR (
          "lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight",
          "16,2048") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_ILLUSTRIOUS },
    { "{" TENSOR ("lora_unet_double_blocks_0_img_mlp_0.lora_up.weight", "12288,16") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX },
    { "{" TENSOR ("diffusion_model.double_blocks.0.img_mlp.0.lora_B.weight", "18432,16") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX2 },
    { "{" TENSOR ("transformer.single_transformer_blocks.0.attn.to_qkv_mlp_proj.lora_A.weight",
                  "16,3072") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX2 },
    { "{\"__metadata__\":{\"ss_base_model_version\":\"flux2_klein_4b\"}," TENSOR (
          "diffusion_model.double_blocks.0.img_attn.proj.lora_A.weight", "16,3072") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX2 },
    /* The block's number is a proof, and metadata is not. */
    { "{\"__metadata__\":{\"ss_base_model_version\":\"flux2\"}," TENSOR (
          "diffusion_model.double_blocks.17.img_attn.proj.lora_A.weight", "16,3072") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX },
    { "{" TENSOR ("diffusion_model.layers.0.attention.to_q.lora_A.weight", "16,3840") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_ZIMAGE },
    { "{" TENSOR ("lycoris_up_blocks_0.lokr_w1", "8,8") "}", EASEL_MODEL_LORA,
      EASEL_MODEL_BASE_UNKNOWN },
    { "{\"__metadata__\":{\"modelspec.architecture\":\"stable-diffusion-v1/lora\"}," TENSOR (
          "lycoris_up_blocks_0.lokr_w1", "8,8") "}",
      EASEL_MODEL_LORA, EASEL_MODEL_BASE_SD15 },
    /* The rest. */
    { "{" TENSOR ("controlnet_cond_embedding.conv_in.weight", "16,3,3,3") "," TENSOR (
          "down_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight", "640,2048") "}",
      EASEL_MODEL_CONTROLNET, EASEL_MODEL_BASE_SDXL },
    { "{" TENSOR ("encoder.conv_in.weight", "128,3,3,3") "," TENSOR ("decoder.conv_in.weight",
                                                                     "512,4,3,3") "}",
      EASEL_MODEL_VAE, EASEL_MODEL_BASE_UNKNOWN },
    { "{" TENSOR ("vision_model.embeddings.class_embedding", "1280") "}", EASEL_MODEL_CLIP_VISION,
      EASEL_MODEL_BASE_UNKNOWN },
    { "{" TENSOR ("encoder.block.0.layer.0.SelfAttention.q.weight", "4096,4096") "}",
      EASEL_MODEL_TEXT_ENCODER, EASEL_MODEL_BASE_UNKNOWN },
    { "{" TENSOR ("conv_first.weight", "64,3,3,3") "}", EASEL_MODEL_UPSCALER,
      EASEL_MODEL_BASE_UNKNOWN },
    { "{" TENSOR ("emb_params", "4,768") "}", EASEL_MODEL_EMBEDDING, EASEL_MODEL_BASE_UNKNOWN },
    { "{" TENSOR ("image_proj.proj.weight", "8192,1024") "}", EASEL_MODEL_IP_ADAPTER,
      EASEL_MODEL_BASE_UNKNOWN },
    { "{" TENSOR ("something", "") "}", EASEL_MODEL_UNKNOWN, EASEL_MODEL_BASE_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      EaselModelHeader header;
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].json);
      g_assert_true (read_text (rows[i].json, 0, &header, &error));
      g_assert_no_error (error);
      g_assert_cmpstr (easel_model_kind_id (header.kind), ==, easel_model_kind_id (rows[i].kind));
      g_assert_cmpstr (easel_model_base_id (header.base), ==, easel_model_base_id (rows[i].base));
    }
}

static void
test_damage (void)
{
  static const struct
  {
    const char *json;
    guint64 data_size;
    EaselError code;
  } rows[] = {
    { "", 0, EASEL_ERROR_NOT_A_MODEL },
    { "<html>", 0, EASEL_ERROR_NOT_A_MODEL },
    { "[]", 0, EASEL_ERROR_NOT_A_MODEL },
    { "{}", 0, EASEL_ERROR_NOT_A_MODEL },
    { "{\"__metadata__\":{\"a\":\"b\"}}", 0, EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":1}", 0, EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"shape\":[],\"data_offsets\":[0,0]}}", 0, EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"data_offsets\":[0,0]}}", 0, EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[-1],\"data_offsets\":[0,0]}}", 0,
      EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[\"1\"],\"data_offsets\":[0,0]}}", 0,
      EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,0]}}", 0,
      EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,0]}}", 2,
      EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[-2,0]}}", 2,
      EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0]}}", 0,
      EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[0,9223372036854775807]}}", 2,
      EASEL_ERROR_INCOMPLETE_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 3,
      EASEL_ERROR_INCOMPLETE_MODEL },
    /* Something behind the last tensor, and a hole in front of the first. */
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 5,
      EASEL_ERROR_NOT_A_MODEL },
    { "{\"a\":{\"dtype\":\"F16\",\"shape\":[1],\"data_offsets\":[2,4]}}", 4,
      EASEL_ERROR_NOT_A_MODEL },
  };
  EaselModelHeader header;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].json);
      g_assert_false (read_text (rows[i].json, rows[i].data_size, &header, &error));
      g_assert_error (error, EASEL_ERROR, (int) rows[i].code);
    }
  g_assert_true (read_text ("{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}} ", 4,
                            &header, NULL));
  g_assert_cmpuint (header.n_tensors, ==, 1);
}

static void
test_nesting (void)
{
  GString *text = g_string_new ("{\"a\":");
  EaselModelHeader header;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append_c (text, '[');
  g_assert_false (read_text (text->str, 0, &header, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_A_MODEL);
  g_string_free (text, TRUE);
}

static void
test_long_metadata (void)
{
  GString *text = g_string_new ("{\"__metadata__\":{\"ss_tag_frequency\":\"");
  EaselModelHeader header;
  g_autoptr (GError) error = NULL;

  for (guint i = 0; i < 100000; i++)
    g_string_append (text, "1girl, ");
  g_string_append (text, "\",\"ss_base_model_version\":\"sdxl_base_v1-0\"},");
  g_string_append (text, TENSOR ("lora_unet_x.alpha", "") "}");
  g_assert_true (read_text (text->str, 0, &header, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (header.base, ==, EASEL_MODEL_BASE_SDXL);
  g_string_free (text, TRUE);
}

static void
test_length (void)
{
  static const guint8 good[8] = { 100 };
  static const guint8 tiny[8] = { 1 };
  static const guint8 huge[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
  static const guint8 cap[8] = { 1, 0, 0, 1 };
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  g_assert_true (easel_model_header_length (good, 108, &length, &error));
  g_assert_cmpuint (length, ==, 100);
  g_assert_false (easel_model_header_length (good, 107, &length, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_INCOMPLETE_MODEL);
  g_clear_error (&error);
  g_assert_false (easel_model_header_length (good, 0, &length, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_INCOMPLETE_MODEL);
  g_clear_error (&error);
  g_assert_false (easel_model_header_length (tiny, 100, &length, NULL));
  g_assert_false (easel_model_header_length (huge, G_MAXUINT64, &length, NULL));
  g_assert_false (easel_model_header_length (cap, G_MAXUINT64, &length, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_NOT_A_MODEL);
}

static void
test_fits (void)
{
  g_assert_false (easel_model_base_fits (EASEL_MODEL_BASE_FLUX, EASEL_WORKLOAD_SDXL));
  g_assert_false (easel_model_base_fits (EASEL_MODEL_BASE_FLUX, EASEL_WORKLOAD_FLUX2));
  g_assert_true (
      easel_model_base_fits (EASEL_MODEL_BASE_FLUX, EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX));
  g_assert_true (easel_model_base_fits (EASEL_MODEL_BASE_SDXL, EASEL_WORKLOAD_ILLUSTRIOUS));
  g_assert_true (easel_model_base_fits (EASEL_MODEL_BASE_UNKNOWN, EASEL_WORKLOAD_ZIMAGE));
  g_assert_true (easel_model_base_fits (EASEL_MODEL_BASE_FLUX, 0));
  for (guint i = 0; i < EASEL_N_MODEL_KINDS; i++)
    g_assert_cmpuint (easel_model_kind_from_id (easel_model_kind_id (i)), ==, i);
  for (guint i = 0; i < EASEL_N_MODEL_BASES; i++)
    g_assert_cmpuint (easel_model_base_from_id (easel_model_base_id (i)), ==, i);
  g_assert_cmpuint (easel_model_kind_from_id (NULL), ==, EASEL_MODEL_UNKNOWN);
  g_assert_cmpuint (easel_model_base_from_id ("x"), ==, EASEL_MODEL_BASE_UNKNOWN);
  g_assert_null (easel_model_kind_folder (EASEL_MODEL_UNKNOWN));
  g_assert_cmpstr (easel_model_kind_folder (EASEL_MODEL_LORA), ==, "loras");
}

static void
note_result (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **noted = user_data;

  *noted = g_object_ref (result);
}

static gboolean
read_file (GFile *file, GCancellable *cancellable, EaselModelHeader *header, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  easel_model_file_read_header_async (file, cancellable, note_result, &result);
  while (result == NULL)
    g_main_context_iteration (NULL, TRUE);
  return easel_model_file_read_header_finish (result, header, error);
}

static void
test_file (void)
{
  static const char json[] =
      "{\"lora_unet_a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}";
  g_autofree char *folder = g_dir_make_tmp ("easel-model-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "a.safetensors", NULL);
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) error = NULL;
  EaselModelHeader header;
  static const gsize cuts[] = { 0, 7, 8, 20, 8 + sizeof json - 1 + 3 };
  static const EaselError codes[] = { EASEL_ERROR_NOT_A_MODEL, EASEL_ERROR_NOT_A_MODEL,
                                      EASEL_ERROR_INCOMPLETE_MODEL, EASEL_ERROR_INCOMPLETE_MODEL,
                                      EASEL_ERROR_INCOMPLETE_MODEL };

  g_assert_false (read_file (file, NULL, &header, &error));
  g_assert_error (error, EASEL_ERROR, EASEL_ERROR_UNREADABLE_FILE);
  g_clear_error (&error);

  g_string_append_c (text, (char) (sizeof json - 1));
  g_string_append_len (text, "\0\0\0\0\0\0\0", 7);
  g_string_append (text, json);
  g_string_append_len (text, "\1\2\3\4", 4);
  for (gsize i = 0; i < G_N_ELEMENTS (cuts); i++)
    {
      g_assert_true (g_file_set_contents (path, text->str, (gssize) cuts[i], NULL));
      g_assert_false (read_file (file, NULL, &header, &error));
      g_assert_error (error, EASEL_ERROR, (int) codes[i]);
      g_clear_error (&error);
    }
  g_assert_true (g_file_set_contents (path, text->str, (gssize) text->len, NULL));
  g_assert_true (read_file (file, NULL, &header, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (header.kind, ==, EASEL_MODEL_LORA);
  g_assert_cmpuint (header.size, ==, text->len);

  g_cancellable_cancel (cancellable);
  g_assert_false (read_file (file, cancellable, &header, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/model-header/kinds", test_kinds);
  g_test_add_func ("/model-header/damage", test_damage);
  g_test_add_func ("/model-header/nesting", test_nesting);
  g_test_add_func ("/model-header/long-metadata", test_long_metadata);
  g_test_add_func ("/model-header/length", test_length);
  g_test_add_func ("/model-header/fits", test_fits);
  g_test_add_func ("/model-header/file", test_file);
  return g_test_run ();
}
