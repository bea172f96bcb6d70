/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The shelf's file: kept whole, read with caution, and without a token in any direction. */
#include "config.h"

#include "easel-error.h"
#include "easel-shelf-file.h"

#include <string.h>

/* Put together, because in one piece it would look like a key. */
#define DIGITS "0123456789abcdef"
#define HASH DIGITS DIGITS DIGITS DIGITS

static GPtrArray *
parse (const char *text, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  return easel_shelf_file_parse (bytes, error);
}

static void
test_round_trip (void)
{
  const EaselShelfModel lora = { .name = (char *) "my lora.safetensors",
                                 .folder = (char *) "loras",
                                 .size = G_GUINT64_CONSTANT (6000000000),
                                 .sha256 = (char *) HASH,
                                 .kind = EASEL_MODEL_LORA,
                                 .base = EASEL_MODEL_BASE_FLUX2,
                                 .link = (char *) "https://civitai.com/models/12",
                                 .path = (char *) "/home/x/été.safetensors",
                                 .is_ticked = TRUE };
  const EaselShelfModel other = {
    .name = (char *) "b.sft", .folder = (char *) "checkpoints", .size = 5, .path = (char *) "/b.sft"
  };
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) easel_shelf_model_free);
  g_autoptr (GPtrArray) again = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GError) error = NULL;
  const EaselShelfModel *read;

  g_ptr_array_add (models, easel_shelf_model_copy (&lora));
  g_ptr_array_add (models, easel_shelf_model_copy (&other));
  bytes = easel_shelf_file_to_bytes (models);
  again = easel_shelf_file_parse (bytes, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->len, ==, 2);
  read = g_ptr_array_index (again, 0);
  g_assert_cmpstr (read->name, ==, lora.name);
  g_assert_cmpstr (read->folder, ==, lora.folder);
  g_assert_cmpuint (read->size, ==, lora.size);
  g_assert_cmpstr (read->sha256, ==, lora.sha256);
  g_assert_cmpuint (read->kind, ==, lora.kind);
  g_assert_cmpuint (read->base, ==, lora.base);
  g_assert_cmpstr (read->link, ==, lora.link);
  g_assert_cmpstr (read->path, ==, lora.path);
  g_assert_true (read->is_ticked);
  read = g_ptr_array_index (again, 1);
  g_assert_null (read->link);
  g_assert_null (read->sha256);
  g_assert_false (read->is_ticked);
  g_assert_cmpuint (easel_shelf_ticked_bytes (again), ==, lora.size);
}

static void
add_model (GPtrArray *models, EaselModelKind kind, EaselModelBase base, gboolean is_ticked)
{
  const EaselShelfModel model = { .name = (char *) easel_model_base_id (base),
                                  .folder = (char *) "loras",
                                  .path = (char *) "/x",
                                  .kind = kind,
                                  .base = base,
                                  .is_ticked = is_ticked };

  g_ptr_array_add (models, easel_shelf_model_copy (&model));
}

static guint
count_misfits (GPtrArray *models, EaselWorkloadSet set)
{
  g_autoptr (GPtrArray) misfits = easel_shelf_find_misfits (models, set);

  return misfits->len;
}

static void
test_misfits (void)
{
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) easel_shelf_model_free);
  g_autoptr (GPtrArray) misfits = NULL;

  add_model (models, EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX, FALSE);
  add_model (models, EASEL_MODEL_LORA, EASEL_MODEL_BASE_ILLUSTRIOUS, TRUE);
  add_model (models, EASEL_MODEL_LORA, EASEL_MODEL_BASE_UNKNOWN, TRUE);
  add_model (models, EASEL_MODEL_VAE, EASEL_MODEL_BASE_FLUX, TRUE);
  g_assert_cmpuint (easel_shelf_count_ticked (models), ==, 3);
  g_assert_cmpuint (count_misfits (models, EASEL_WORKLOAD_SDXL), ==, 0);
  g_assert_cmpuint (count_misfits (models, EASEL_WORKLOAD_FLUX), ==, 1);

  add_model (models, EASEL_MODEL_LORA, EASEL_MODEL_BASE_FLUX, TRUE);
  misfits = easel_shelf_find_misfits (models, EASEL_WORKLOAD_SDXL);
  g_assert_cmpuint (misfits->len, ==, 1);
  g_assert_true (g_ptr_array_index (misfits, 0) == g_ptr_array_index (models, 4));
  g_assert_cmpuint (count_misfits (models, EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX), ==, 0);

  /* Its own checkpoint comes along. */
  add_model (models, EASEL_MODEL_CHECKPOINT, EASEL_MODEL_BASE_FLUX, TRUE);
  g_assert_cmpuint (count_misfits (models, EASEL_WORKLOAD_SDXL), ==, 0);
  g_assert_cmpuint (easel_shelf_workload_of (models, g_ptr_array_index (models, 4),
                                             EASEL_WORKLOAD_SDXL),
                    ==, EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX);
  g_assert_cmpuint (easel_shelf_workload_of (models, g_ptr_array_index (models, 5),
                                             EASEL_WORKLOAD_SDXL),
                    ==, EASEL_WORKLOAD_SDXL);
}

/* Which of seven are shown, as figures: "0 3 5". */
static char *
pick (GPtrArray *models, guint max)
{
  g_autoptr (GPtrArray) picked = easel_shelf_pick (models, max);
  GString *text = g_string_new (NULL);
  guint index;

  for (guint i = 0; i < picked->len; i++)
    {
      g_assert_true (g_ptr_array_find (models, g_ptr_array_index (picked, i), &index));
      g_string_append_printf (text, "%s%u", i > 0 ? " " : "", index);
    }
  return g_string_free (text, FALSE);
}

static void
test_pick (void)
{
  static const struct
  {
    guint max;
    const char *expected;
  } cases[] = { { 0, "0 1 2 3 4 5 6" },
                { 9, "0 1 2 3 4 5 6" },
                { 7, "0 1 2 3 4 5 6" },
                { 5, "0 1 2 3 5" },
                { 3, "0 3 5" },
                { 2, "3 5" },
                { 1, "3" } };
  g_autoptr (GPtrArray) models =
      g_ptr_array_new_with_free_func ((GDestroyNotify) easel_shelf_model_free);

  for (guint i = 0; i < 7; i++)
    add_model (models, EASEL_MODEL_LORA, EASEL_MODEL_BASE_SDXL, i == 3 || i == 5);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *found = pick (models, cases[i].max);

      g_assert_cmpstr (found, ==, cases[i].expected);
    }
}

static void
test_no_token (void)
{
  const EaselShelfModel model = {
    .name = (char *) "a.sft",
    .folder = (char *) "loras",
    .link = (char *) "https://civitai.com/api/download/models/5?type=Model&token=s3cret",
  };
  g_autoptr (GPtrArray) models = g_ptr_array_new ();
  g_autoptr (GPtrArray) read = NULL;
  g_autoptr (GBytes) bytes = NULL;
  g_autofree char *text = NULL;
  const EaselShelfModel *first;

  g_ptr_array_add (models, (gpointer) &model);
  bytes = easel_shelf_file_to_bytes (models);
  text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_assert_null (strstr (text, "s3cret"));
  read = parse ("{\"version\":1,\"models\":[{\"name\":\"a.sft\",\"folder\":\"loras\","
                "\"link\":\"https://example.com/a.sft?token=s3cret\"}]}",
                NULL);
  first = g_ptr_array_index (read, 0);
  g_assert_cmpstr (first->link, ==, "https://example.com/a.sft");
}

static void
test_entries_refused (void)
{
  static const char *const entries[] = {
    "1",
    "{}",
    "{\"name\":\"a.sft\",\"folder\":\"loras\"}",
    "{\"name\":\"a.sft\",\"folder\":\"loras\",\"path\":\"a.sft\"}",
    "{\"name\":\"a.sft\",\"folder\":\"../loras\",\"path\":\"/a.sft\"}",
    "{\"name\":\"../a.sft\",\"folder\":\"loras\",\"path\":\"/a.sft\"}",
    "{\"name\":\"\",\"folder\":\"loras\",\"path\":\"/a.sft\"}",
    "{\"name\":\"a.sft\",\"folder\":\"loras\",\"link\":\"http://example.com/a.sft\"}",
    "{\"name\":\"a.sft\",\"folder\":\"loras\",\"link\":\"https://10.0.0.1/a.sft\"}",
  };
  static const char good[] = "{\"name\":\"a.sft\",\"folder\":\"loras\",\"path\":\"/a.sft\","
                             "\"size\":-5,\"sha256\":\"XYZ\",\"kind\":7,\"base\":\"none\"}";

  for (gsize i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autofree char *text =
          g_strdup_printf ("{\"version\":1,\"models\":[%s,%s,%s]}", entries[i], good, good);
      g_autoptr (GError) error = NULL;
      g_autoptr (GPtrArray) models = parse (text, &error);
      const EaselShelfModel *model;

      g_test_message ("%s", entries[i]);
      g_assert_no_error (error);
      /* The second of two with one place is left out as well. */
      g_assert_cmpuint (models->len, ==, 1);
      model = g_ptr_array_index (models, 0);
      g_assert_cmpuint (model->size, ==, 0);
      g_assert_null (model->sha256);
      g_assert_cmpuint (model->kind, ==, EASEL_MODEL_UNKNOWN);
    }
}

static void
test_files_refused (void)
{
  static const char *const files[] = { "", "[]", "{}", "{\"version\":2}", "{\"version\":\"1\"}" };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (parse (files[i], &error));
      g_assert_error (error, EASEL_ERROR, EASEL_ERROR_PROTOCOL);
    }
}

static void
test_bound (void)
{
  GString *text = g_string_new ("{\"version\":1,\"models\":[0");
  g_autoptr (GPtrArray) models = NULL;

  for (guint i = 0; i < EASEL_SHELF_MAX + 10; i++)
    g_string_append_printf (
        text, ",{\"name\":\"%u.sft\",\"folder\":\"loras\",\"path\":\"/a.sft\",\"ticked\":true}", i);
  g_string_append (text, "]}");
  models = parse (text->str, NULL);
  g_assert_cmpuint (models->len, ==, EASEL_SHELF_MAX);
  g_string_free (text, TRUE);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/shelf-file/round-trip", test_round_trip);
  g_test_add_func ("/shelf-file/misfits", test_misfits);
  g_test_add_func ("/shelf-file/pick", test_pick);
  g_test_add_func ("/shelf-file/no-token", test_no_token);
  g_test_add_func ("/shelf-file/entries-refused", test_entries_refused);
  g_test_add_func ("/shelf-file/files-refused", test_files_refused);
  g_test_add_func ("/shelf-file/bound", test_bound);
  return g_test_run ();
}
