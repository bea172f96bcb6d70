/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The way through the wizard: pure functions, so every case can be asked. Needs no display. */

#include "config.h"
#include "easel-wizard-flow.h"

static void
test_first_page (void)
{
  static const struct
  {
    EaselWizardStart start;
    gboolean key_known;
    gboolean deployment;
    EaselDeploymentState state;
    EaselStep first;
  } cases[] = {
    { EASEL_WIZARD_START_FRESH, FALSE, FALSE, EASEL_DEPLOYMENT_FAILED, EASEL_STEP_START },
    { EASEL_WIZARD_START_FRESH, TRUE, FALSE, EASEL_DEPLOYMENT_FAILED, EASEL_STEP_TEMPLATE },
    { EASEL_WIZARD_START_REVIEW, TRUE, FALSE, EASEL_DEPLOYMENT_FAILED, EASEL_STEP_REVIEW },
    { EASEL_WIZARD_START_REVIEW, FALSE, FALSE, EASEL_DEPLOYMENT_FAILED, EASEL_STEP_START },
    { EASEL_WIZARD_START_STARTING, TRUE, TRUE, EASEL_DEPLOYMENT_STARTING, EASEL_STEP_STARTING },
    { EASEL_WIZARD_START_STARTING, FALSE, TRUE, EASEL_DEPLOYMENT_UNSURE, EASEL_STEP_STARTING },
    { EASEL_WIZARD_START_STARTING, TRUE, TRUE, EASEL_DEPLOYMENT_READY, EASEL_STEP_READY },
    { EASEL_WIZARD_START_STARTING, TRUE, FALSE, EASEL_DEPLOYMENT_FAILED, EASEL_STEP_TEMPLATE },
    { EASEL_WIZARD_START_ACCOUNT, TRUE, FALSE, EASEL_DEPLOYMENT_FAILED, EASEL_STEP_ACCOUNT },
    { EASEL_WIZARD_START_ACCOUNT, FALSE, FALSE, EASEL_DEPLOYMENT_FAILED, EASEL_STEP_ACCOUNT },
  };
  gsize i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      EaselWizardModel model = { cases[i].key_known, cases[i].deployment, cases[i].state };

      g_assert_cmpint (easel_wizard_flow_first (&model, cases[i].start), ==, cases[i].first);
    }
}

static void
test_next_page (void)
{
  EaselWizardModel known = { TRUE, FALSE, EASEL_DEPLOYMENT_FAILED };
  EaselWizardModel unknown = { FALSE, FALSE, EASEL_DEPLOYMENT_FAILED };
  int step;

  for (step = EASEL_STEP_START; step < EASEL_STEP_READY; step++)
    g_assert_cmpint (easel_wizard_flow_next (&unknown, step), ==, step + 1);
  g_assert_cmpint (easel_wizard_flow_next (&known, EASEL_STEP_START), ==, EASEL_STEP_TEMPLATE);
  /* Who is on Account with a good key wants to see it, and goes on from there. */
  g_assert_cmpint (easel_wizard_flow_next (&known, EASEL_STEP_ACCOUNT), ==, EASEL_STEP_TEMPLATE);
  g_assert_cmpint (easel_wizard_flow_next (&known, EASEL_STEP_READY), ==, -1);
}

/* GtkAssistant asks for anything, also before a page is there. */
static void
test_next_of_nonsense (void)
{
  EaselWizardModel model = { TRUE, FALSE, EASEL_DEPLOYMENT_FAILED };

  g_assert_cmpint (easel_wizard_flow_next (&model, -1), ==, -1);
  g_assert_cmpint (easel_wizard_flow_next (&model, EASEL_N_STEPS), ==, -1);
  g_assert_cmpint (easel_wizard_flow_next (&model, G_MAXINT), ==, -1);
}

static void
test_every_way_ends (void)
{
  int known, start;

  for (known = FALSE; known <= TRUE; known++)
    for (start = EASEL_STEP_START; start < EASEL_N_STEPS; start++)
      {
        EaselWizardModel model = { known, FALSE, EASEL_DEPLOYMENT_FAILED };
        gboolean saw_review = start > EASEL_STEP_REVIEW;
        int n = 0;
        int step = start;

        while (easel_wizard_flow_next (&model, step) >= 0)
          {
            saw_review = saw_review || step == EASEL_STEP_REVIEW;
            g_assert_cmpint (easel_wizard_flow_next (&model, step), >, step);
            step = easel_wizard_flow_next (&model, step);
            g_assert_cmpint (++n, <, EASEL_N_STEPS);
          }
        g_assert_cmpint (step, ==, EASEL_STEP_READY);
        /* Nobody comes to Starting without having been asked. */
        g_assert_true (saw_review);
      }
}

static void
test_skip (void)
{
  g_assert_false (easel_wizard_flow_may_skip (EASEL_STEP_START));
  g_assert_true (easel_wizard_flow_may_skip (EASEL_STEP_ACCOUNT));
  g_assert_true (easel_wizard_flow_may_skip (EASEL_STEP_TEMPLATE));
  /* Review is next anyway. */
  g_assert_false (easel_wizard_flow_may_skip (EASEL_STEP_GPU));
  g_assert_false (easel_wizard_flow_may_skip (EASEL_STEP_REVIEW));
  g_assert_false (easel_wizard_flow_may_skip (EASEL_STEP_STARTING));
  g_assert_false (easel_wizard_flow_may_skip (EASEL_STEP_READY));
}

/* What costs money is never left without a word, unless it has confirmed its own end. */
static void
test_closing (void)
{
  static const struct
  {
    EaselDeploymentState state;
    EaselWizardClosing unconfirmed;
    EaselWizardClosing confirmed;
  } cases[] = {
    { EASEL_DEPLOYMENT_RENTING, EASEL_CLOSING_ASK, EASEL_CLOSING_GOES_ON },
    { EASEL_DEPLOYMENT_UNSURE, EASEL_CLOSING_ASK, EASEL_CLOSING_GOES_ON },
    { EASEL_DEPLOYMENT_STARTING, EASEL_CLOSING_ASK, EASEL_CLOSING_GOES_ON },
    { EASEL_DEPLOYMENT_READY, EASEL_CLOSING_ASK, EASEL_CLOSING_GOES_ON },
    { EASEL_DEPLOYMENT_TROUBLE, EASEL_CLOSING_ASK, EASEL_CLOSING_GOES_ON },
    { EASEL_DEPLOYMENT_FAILED, EASEL_CLOSING_QUIET, EASEL_CLOSING_QUIET },
    { EASEL_DEPLOYMENT_CANCELLING, EASEL_CLOSING_GOES_ON, EASEL_CLOSING_GOES_ON },
    { EASEL_DEPLOYMENT_CANCELLED, EASEL_CLOSING_QUIET, EASEL_CLOSING_QUIET },
  };
  EaselWizardModel none = { TRUE, FALSE, EASEL_DEPLOYMENT_STARTING };
  gsize i;

  G_STATIC_ASSERT (G_N_ELEMENTS (cases) == EASEL_N_DEPLOYMENT_STATES);
  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      EaselWizardModel model = { TRUE, TRUE, cases[i].state };

      g_assert_cmpint (easel_wizard_flow_closing (&model, FALSE), ==, cases[i].unconfirmed);
      g_assert_cmpint (easel_wizard_flow_closing (&model, TRUE), ==, cases[i].confirmed);
    }
  g_assert_cmpint (easel_wizard_flow_closing (&none, FALSE), ==, EASEL_CLOSING_QUIET);
}

static void
test_position (void)
{
  g_autofree char *first = easel_wizard_flow_position (EASEL_STEP_START, "Start");
  g_autofree char *third = easel_wizard_flow_position (EASEL_STEP_TEMPLATE, "100 %s");

  g_assert_cmpstr (first, ==, "Step 1 of 7: Start");
  g_assert_cmpstr (third, ==, "Step 3 of 7: 100 %s");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/wizard-flow/first-page", test_first_page);
  g_test_add_func ("/wizard-flow/next-page", test_next_page);
  g_test_add_func ("/wizard-flow/next-of-nonsense", test_next_of_nonsense);
  g_test_add_func ("/wizard-flow/every-way-ends", test_every_way_ends);
  g_test_add_func ("/wizard-flow/skip", test_skip);
  g_test_add_func ("/wizard-flow/closing", test_closing);
  g_test_add_func ("/wizard-flow/position", test_position);

  return g_test_run ();
}
