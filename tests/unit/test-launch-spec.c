/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The plain values that are copied and freed by hand: launch specification, account, download. */

#include "config.h"

#include "easel-account-info.h"
#include "easel-download.h"
#include "easel-launch-spec.h"

static EaselLaunchSpec *
full_spec (void)
{
  const EaselOfferData offer = {
    .id = "a", .gpu_price = 220000, .disk_price = 137, .traffic_price = 3000
  };
  const EaselTemplateData template = { .id = "t" };
  EaselLaunchSpec *spec = easel_launch_spec_new ();

  spec->name = g_strdup ("easel-0123abcd");
  spec->offer = easel_offer_new (&offer);
  spec->template = easel_template_new (&template);
  spec->image = g_strdup ("image");
  spec->start_arguments = g_strsplit ("/start.sh --recommended", " ", -1);
  spec->disk_gb = 20;
  spec->workspace_gb = 40;
  spec->download_bytes = G_GUINT64_CONSTANT (27000000000);
  spec->max_price = 250000;
  return spec;
}

static void
test_spec_new (void)
{
  g_autoptr (EaselLaunchSpec) spec = easel_launch_spec_new ();

  g_assert_cmpint (spec->workload, ==, EASEL_WORKLOAD_DEFAULT);
  g_assert_cmpuint (spec->limits.hours, ==, EASEL_LIMITS_DEFAULT_HOURS);
  g_assert_null (spec->offer);
  g_assert_cmpint (easel_launch_spec_price (spec), ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_launch_spec_worst_case (spec), ==, EASEL_MONEY_UNKNOWN);
}

static void
test_spec_copy (void)
{
  EaselLaunchSpec *spec = full_spec ();
  EaselLaunchSpec *copy = easel_launch_spec_copy (spec);
  EaselOffer *offer;
  EaselTemplate *template;

  g_assert_true (copy->name != spec->name);
  g_assert_true (copy->image != spec->image);
  g_assert_true (copy->start_arguments != spec->start_arguments);
  g_assert_true (copy->offer == spec->offer);
  easel_launch_spec_free (spec);

  g_assert_cmpstr (copy->name, ==, "easel-0123abcd");
  g_assert_cmpstr (copy->image, ==, "image");
  g_assert_cmpstr (copy->start_arguments[1], ==, "--recommended");
  g_assert_cmpuint (copy->workspace_gb, ==, 40);
  g_assert_cmpint (copy->max_price, ==, 250000);

  /* The copy holds the last references. */
  offer = g_steal_pointer (&copy->offer);
  template = g_steal_pointer (&copy->template);
  easel_launch_spec_free (copy);
  g_assert_finalize_object (offer);
  g_assert_finalize_object (template);

  g_assert_null (easel_launch_spec_copy (NULL));
  easel_launch_spec_free (NULL);
}

static void
test_spec_copy_of_empty (void)
{
  g_autoptr (EaselLaunchSpec) spec = easel_launch_spec_new ();
  g_autoptr (EaselLaunchSpec) copy = easel_launch_spec_copy (spec);

  g_assert_null (copy->name);
  g_assert_null (copy->template);
  g_assert_null (copy->start_arguments);
}

static void
test_spec_money (void)
{
  g_autoptr (EaselLaunchSpec) spec = full_spec ();

  g_assert_cmpint (easel_launch_spec_price (spec), ==, 220000 + 60 * 137);
  g_assert_cmpint (easel_launch_spec_worst_case (spec), ==, 4 * (220000 + 60 * 137) + 27 * 3000);

  spec->disk_gb = G_MAXUINT;
  g_assert_cmpint (easel_launch_spec_price (spec), ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (easel_launch_spec_worst_case (spec), ==, EASEL_MONEY_UNKNOWN);
}

static void
test_account_info (void)
{
  EaselAccountInfo *info = easel_account_info_new ();
  g_autoptr (EaselAccountInfo) copy = NULL;

  g_assert_cmpint (info->balance, ==, EASEL_MONEY_UNKNOWN);
  g_assert_cmpint (info->spend_per_hour, ==, EASEL_MONEY_UNKNOWN);
  g_assert_true (info->can_pay);
  g_assert_false (info->auto_top_up);

  info->account_id = g_strdup ("user");
  info->email = g_strdup ("painter@example.org");
  info->balance = 5;
  copy = easel_account_info_copy (info);
  easel_account_info_free (info);
  g_assert_cmpstr (copy->account_id, ==, "user");
  g_assert_cmpstr (copy->email, ==, "painter@example.org");
  g_assert_cmpint (copy->balance, ==, 5);

  g_assert_null (easel_account_info_copy (NULL));
  easel_account_info_free (NULL);
}

static void
test_download (void)
{
  g_autoptr (EaselDownload) download = easel_download_new ("CLIP Vision");

  g_assert_cmpstr (download->name, ==, "CLIP Vision");
  g_assert_cmpuint (download->bytes_total, ==, 0);
  g_assert_false (download->done);
  easel_download_free (NULL);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/launch-spec/new", test_spec_new);
  g_test_add_func ("/launch-spec/copy", test_spec_copy);
  g_test_add_func ("/launch-spec/copy-of-empty", test_spec_copy_of_empty);
  g_test_add_func ("/launch-spec/money", test_spec_money);
  g_test_add_func ("/account-info/copy", test_account_info);
  g_test_add_func ("/download/new", test_download);

  return g_test_run ();
}
