/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Which models are to come to which pod: what is ticked comes with each new one, what was taken
 * back stays away, and both outlive the program. */

#include "config.h"

#include "easel-model-resolver.h"
#include "easel-transfers-private.h"
#include "studio-fixture.h"

#include <glib/gstdio.h>

#define FILE_NAME "transfers.json"

typedef struct
{
  EaselShelf *shelf;         /* (owned) */
  EaselTransfers *transfers; /* (owned) */
} Part;

static void
open_part (Fixture *fixture, Part *part)
{
  g_autoptr (EaselModelResolver) resolver = easel_model_resolver_new (fixture->http, NULL, NULL);
  g_autoptr (EaselModelTokens) tokens = _easel_model_tokens_new (fixture->store);

  part->shelf = easel_shelf_new (fixture->folder);
  part->transfers = _easel_transfers_new (fixture->clock, fixture->studio, part->shelf, resolver,
                                          tokens, fixture->folder);
  easel_test_pump_for (60);
}

static void
close_part (Part *part)
{
  easel_shelf_flush (part->shelf);
  _easel_transfers_flush (part->transfers);
  g_object_run_dispose (G_OBJECT (part->transfers));
  g_clear_object (&part->transfers);
  g_clear_object (&part->shelf);
}

static void
put (Part *part, const char *name, gboolean is_ticked)
{
  const EaselShelfModel model = { .name = (char *) name,
                                  .folder = (char *) "loras",
                                  .size = 1000,
                                  .link = (char *) "https://example.org/a.safetensors",
                                  .is_ticked = is_ticked };

  g_assert_true (easel_shelf_put (part->shelf, &model));
}

static GListModel *
transfers_of (Part *part, EaselRental *rental)
{
  EaselPodModels *models = easel_transfers_get_pod (part->transfers, rental);

  g_assert_nonnull (models);
  return easel_pod_models_get_transfers (models);
}

static char *
read_file (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->folder, FILE_NAME, NULL);
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
test_ticked_come (Fixture *fixture, gconstpointer data)
{
  Part part;
  GListModel *transfers;
  g_autoptr (EaselTransfer) first = NULL;
  g_autofree char *text = NULL;

  open_part (fixture, &part);
  put (&part, "ink.safetensors", TRUE);
  put (&part, "old.safetensors", FALSE);
  put (&part, "wash.safetensors", TRUE);
  rent_until_ready (fixture);
  transfers = transfers_of (&part, row (fixture, 0));
  g_assert_cmpuint (g_list_model_get_n_items (transfers), ==, 2);
  first = g_list_model_get_item (transfers, 0);
  g_assert_cmpstr (easel_transfer_get_model (first)->name, ==, "ink.safetensors");
  g_assert_cmpint (easel_transfer_get_state (first), ==, EASEL_TRANSFER_WAITING);
  g_assert_cmpuint (easel_transfers_get_n_open (part.transfers, row (fixture, 0)), ==, 2);
  /* Nothing in the pod takes them. */
  g_assert_cmpint (easel_pod_models_get_state (
                       easel_transfers_get_pod (part.transfers, row (fixture, 0))),
                   ==, EASEL_POD_MODELS_NO_AGENT);
  close_part (&part);
  text = read_file (fixture);
  g_assert_nonnull (strstr (text, "loras/ink.safetensors"));
  g_assert_nonnull (strstr (text, "loras/wash.safetensors"));
  g_assert_null (strstr (text, "old"));
  g_assert_null (strstr (text, "example.org"));
}

/* What is ticked later is for the next pod, and what was taken back does not return. */
static void
test_outlives_program (Fixture *fixture, gconstpointer data)
{
  Part part;
  g_autoptr (EaselTransfer) taken_back = NULL;
  g_autoptr (EaselTransfer) left = NULL;

  open_part (fixture, &part);
  put (&part, "ink.safetensors", TRUE);
  put (&part, "wash.safetensors", TRUE);
  rent_until_ready (fixture);
  taken_back = g_list_model_get_item (transfers_of (&part, row (fixture, 0)), 0);
  easel_pod_models_cancel (easel_transfers_get_pod (part.transfers, row (fixture, 0)), taken_back);
  put (&part, "later.safetensors", TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (transfers_of (&part, row (fixture, 0))), ==, 1);
  close_part (&part);

  restart (fixture);
  open_part (fixture, &part);
  pass (fixture, MINUTE);
  g_assert_cmpuint (g_list_model_get_n_items (transfers_of (&part, row (fixture, 0))), ==, 1);
  left = g_list_model_get_item (transfers_of (&part, row (fixture, 0)), 0);
  g_assert_cmpstr (easel_transfer_get_model (left)->name, ==, "wash.safetensors");
  close_part (&part);
}

/* A pod that is gone is forgotten. */
static void
test_gone (Fixture *fixture, gconstpointer data)
{
  Part part;
  g_autofree char *text = NULL;

  open_part (fixture, &part);
  put (&part, "ink.safetensors", TRUE);
  rent_until_ready (fixture);
  g_assert_nonnull (easel_transfers_get_pod (part.transfers, row (fixture, 0)));
  easel_studio_delete (fixture->studio, row (fixture, 0), "user");
  pass_until (fixture, is_gone, row (fixture, 0), HOUR);
  easel_test_pump_for (60);
  g_assert_null (easel_transfers_get_pod (part.transfers, row (fixture, 0)));
  close_part (&part);
  text = read_file (fixture);
  g_assert_null (strstr (text, "ink"));
}

/* A file that makes no sense is set aside; the pod gets what is ticked. */
static void
test_damaged (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, FILE_NAME, NULL);
  g_autofree char *aside = g_strconcat (path, ".damaged", NULL);
  Part part;

  g_assert_true (g_file_set_contents (path, "{\"v\":1,", -1, NULL));
  open_part (fixture, &part);
  g_assert_true (g_file_test (aside, G_FILE_TEST_EXISTS));
  put (&part, "ink.safetensors", TRUE);
  rent_until_ready (fixture);
  g_assert_cmpuint (g_list_model_get_n_items (transfers_of (&part, row (fixture, 0))), ==, 1);
  close_part (&part);
  g_assert_true (g_file_test (path, G_FILE_TEST_EXISTS));
  g_assert_cmpint (g_remove (aside), ==, 0);
}

/* "--list" and a second instance change nothing: neither the disk nor what lies on a pod. */
static void
test_only_who_is_in_charge (Fixture *fixture, gconstpointer data)
{
  g_autofree char *path = g_build_filename (fixture->folder, FILE_NAME, NULL);
  Part part;

  open_part (fixture, &part);
  put (&part, "ink.safetensors", TRUE);
  rent_until_ready (fixture);
  close_part (&part);
  g_assert_cmpint (g_remove (path), ==, 0);

  fixture->studio->role = GPOINTER_TO_INT (data);
  open_part (fixture, &part);
  pass (fixture, MINUTE);
  g_assert_cmpuint (g_list_model_get_n_items (transfers_of (&part, row (fixture, 0))), ==, 0);
  close_part (&part);
  g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
  fixture->studio->role = EASEL_STUDIO_KEEPER;
}

static void
test_go_first (void)
{
  g_assert_true (easel_transfers_go_first (0));
  g_assert_true (easel_transfers_go_first (230 * 1000 * 1000));
  g_assert_false (easel_transfers_go_first (G_GUINT64_CONSTANT (6900) * 1000 * 1000));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/transfers/ticked-come", Fixture, NULL, setup, test_ticked_come, teardown);
  g_test_add ("/transfers/outlives-program", Fixture, NULL, setup, test_outlives_program, teardown);
  g_test_add ("/transfers/gone", Fixture, NULL, setup, test_gone, teardown);
  g_test_add ("/transfers/damaged", Fixture, NULL, setup, test_damaged, teardown);
  g_test_add ("/transfers/only-who-is-in-charge/onlooker", Fixture,
              GINT_TO_POINTER (EASEL_STUDIO_ONLOOKER), setup, test_only_who_is_in_charge, teardown);
  g_test_add ("/transfers/only-who-is-in-charge/helper", Fixture,
              GINT_TO_POINTER (EASEL_STUDIO_HELPER), setup, test_only_who_is_in_charge, teardown);
  g_test_add_func ("/transfers/go-first", test_go_first);
  return g_test_run ();
}
