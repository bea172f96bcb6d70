/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Each page of the wizard alone in a plain window, above a whole session with a stub provider: what
 * it says, what a click does to the session, how it looks, and that it goes away. */

#include "config.h"

#include "easel-image-tag.h"

#include "easel-choice-card.h"
#include "easel-error-bar.h"
#include "easel-look.h"
#include "easel-offer-row.h"
#include "easel-page-account.h"
#include "easel-page-gpu.h"
#include "easel-page-ready.h"
#include "easel-page-review.h"
#include "easel-page-starting.h"
#include "easel-page-template.h"
#include "easel-page-welcome.h"
#include "easel-shelf-row.h"
#include "easel-template-dialog.h"
#include "easel-test-util.h"
#include "easel-ui.h"
#include "wizard-stage.h"

#define MINUTE (60 * 1000)

typedef GtkWidget *(*NewPage) (EaselSession *session);

static const NewPage all_pages[] = {
  easel_page_welcome_new, easel_page_account_new,  easel_page_template_new, easel_page_gpu_new,
  easel_page_review_new,  easel_page_starting_new, easel_page_ready_new,
};

/* A page as the wizard holds it: in a window, told that it is in front. */
static EaselPage *
show_page (WizardStage *stage, NewPage new_page)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *page = new_page (stage->base.session);

  gtk_window_set_default_size (GTK_WINDOW (window), 720, 560);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  easel_page_shown (EASEL_PAGE (page));
  easel_test_pump ();
  return EASEL_PAGE (page);
}

/* Asserts that nothing keeps the page. */
static void
drop_page (EaselPage *page)
{
  GtkWindow *window = easel_page_get_window (page);

  g_object_ref (page);
  easel_page_abort (page);
  gtk_window_destroy (window);
  easel_test_pump ();
  stub_assert_finalizes (page);
}

static gboolean
shows (EaselPage *page, const char *text)
{
  return stage_shows (GTK_WIDGET (page), text);
}

static void
click (EaselPage *page, const char *label)
{
  stage_click (GTK_WIDGET (page), label);
}

static GtkWidget *
find_card (EaselPage *page, const char *heading)
{
  guint i;

  for (i = 0;; i++)
    {
      GtkWidget *card = wizard_stage_find_nth (GTK_WIDGET (page), EASEL_TYPE_CHOICE_CARD, i);
      g_autofree char *text = NULL;

      g_object_get (card, "heading", &text, NULL);
      if (gtk_widget_get_visible (card) && g_str_has_prefix (text, heading))
        return card;
    }
}

static void
toggle (GtkWidget *button)
{
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button),
                                !gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (button)));
  easel_test_pump ();
}

static gboolean
is_chosen (GtkWidget *card)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (card));
}

/* All pages */

static void
test_finalise (WizardStage *stage, gconstpointer data)
{
  gsize i;

  wizard_stage_open (stage, TRUE);
  for (i = 0; i < G_N_ELEMENTS (all_pages); i++)
    drop_page (show_page (stage, all_pages[i]));
}

static void
test_finalise_unshown (WizardStage *stage, gconstpointer data)
{
  gsize i;

  wizard_stage_open (stage, FALSE);
  for (i = 0; i < G_N_ELEMENTS (all_pages); i++)
    {
      GtkWidget *page = g_object_ref_sink (all_pages[i](stage->base.session));

      g_assert_nonnull (easel_page_get_title (EASEL_PAGE (page)));
      stub_assert_finalizes (page);
    }
}

static void
test_notify_once (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  guint n_complete = 0;
  guint n_busy = 0;

  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_ready_new);
  g_signal_connect_swapped (page, "notify::complete", G_CALLBACK (g_atomic_int_inc), &n_complete);
  g_signal_connect_swapped (page, "notify::busy", G_CALLBACK (g_atomic_int_inc), &n_busy);
  easel_page_set_complete (page, FALSE);
  easel_page_set_complete (page, FALSE);
  easel_page_set_busy (page, TRUE);
  easel_page_set_busy (page, TRUE);
  g_assert_cmpuint (n_complete, ==, 1);
  g_assert_cmpuint (n_busy, ==, 1);
  drop_page (page);
}

static void
test_narrow (WizardStage *stage, gconstpointer data)
{
  gsize i;

  wizard_stage_open (stage, TRUE);
  for (i = 0; i < G_N_ELEMENTS (all_pages); i++)
    {
      EaselPage *page = show_page (stage, all_pages[i]);
      int minimum;

      gtk_widget_measure (GTK_WIDGET (page), GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL,
                          NULL);
      g_test_message ("%s: %d", easel_page_get_title (page), minimum);
      g_assert_cmpint (minimum, <=, 360);
      drop_page (page);
    }
}

static GtkWidget *
find_class (GtkWidget *root, const char *css_class)
{
  GtkWidget *found = gtk_widget_has_css_class (root, css_class) ? root : NULL;
  GtkWidget *child;

  for (child = gtk_widget_get_first_child (root); found == NULL && child != NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_class (child, css_class);
  return found;
}

/* Whole and easy to compare, also where the window is narrow: the button goes below it then. */
static void
test_ready_address_narrow (WizardStage *stage, gconstpointer data)
{
  const char *const uri = "https://wd8w3tdu6v2306-3001.proxy.runpod.net/uiel7uhmf2jetwzjbawsal2jek";
  const int margins = 2 * 12;
  EaselPage *page;
  GtkWidget *address;
  GtkWidget *box;
  int height;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_ready_new);
  address = find_class (GTK_WIDGET (page), "easel-address");
  g_assert_nonnull (address);
  easel_ui_set_text (GTK_LABEL (address), uri);
  box = gtk_widget_get_parent (address);
  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, 360 - margins, NULL, &height, NULL, NULL);
  gtk_widget_allocate (box, 360 - margins, height, -1, NULL);
  g_assert_cmpint (pango_layout_get_line_count (gtk_label_get_layout (GTK_LABEL (address))), <=, 3);
  /* Where there is room, both stand side by side. */
  gtk_widget_measure (box, GTK_ORIENTATION_VERTICAL, 640, NULL, &height, NULL, NULL);
  gtk_widget_allocate (box, 640, height, -1, NULL);
  g_assert_cmpint (gtk_widget_get_width (address), <, 600);
  drop_page (page);
}

static void
check_contrast (WizardStage *stage, gboolean is_dark)
{
  gsize i;

  easel_look_set_dark (is_dark);
  for (i = 0; i < G_N_ELEMENTS (all_pages); i++)
    {
      EaselPage *page = show_page (stage, all_pages[i]);
      GtkWidget *window = GTK_WIDGET (easel_page_get_window (page));
      g_autoptr (GString) problems = g_string_new (NULL);

      easel_look_settle (window);
      easel_look_check_contrast (window, problems);
      g_test_message ("%s, %s: %s", easel_page_get_title (page), is_dark ? "dark" : "light",
                      problems->str);
      g_assert_cmpstr (problems->str, ==, "");
      drop_page (page);
    }
}

static void
test_contrast (WizardStage *stage, gconstpointer data)
{
  wizard_stage_open (stage, TRUE);
  check_contrast (stage, FALSE);
  check_contrast (stage, TRUE);
  easel_look_set_dark (FALSE);
}

/* Start */

static void
test_welcome (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  GtkWidget *card;
  guint n_practise = 0;

  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_welcome_new);
  g_assert_true (easel_page_get_complete (page));
  card = find_card (page, "RunPod");
  g_assert_true (is_chosen (card));
  /* The only choice cannot be taken away. */
  toggle (card);
  g_assert_true (is_chosen (card));
  g_assert_cmpstr (easel_plan_get_provider_id (stage->plan), ==, "runpod");

  g_signal_connect_swapped (page, "practise", G_CALLBACK (g_atomic_int_inc), &n_practise);
  click (page, "Practise for Free");
  g_assert_cmpuint (n_practise, ==, 1);
  drop_page (page);
}

/* Account */

static GtkEditable *
find_entry (EaselPage *page)
{
  return GTK_EDITABLE (wizard_stage_find (GTK_WIDGET (page), GTK_TYPE_PASSWORD_ENTRY));
}

static gboolean
is_idle (gpointer data)
{
  return !easel_page_get_busy (data);
}

static void
press_enter (EaselPage *page)
{
  g_signal_emit_by_name (find_entry (page), "activate");
  easel_test_wait_until (is_idle, page);
}

static void
test_account_refused_then_accepted (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_account_new);
  g_assert_false (easel_page_get_complete (page));

  gtk_editable_set_text (find_entry (page), "wrong-key-0123456789");
  press_enter (page);
  g_assert_true (shows (page, "does not know this key"));
  g_assert_false (easel_page_get_complete (page));
  /* What was typed is still there. */
  g_assert_cmpstr (gtk_editable_get_text (find_entry (page)), ==, "wrong-key-0123456789");

  gtk_editable_set_text (find_entry (page), "  practice-key\n");
  press_enter (page);
  g_assert_true (shows (page, "Key accepted"));
  g_assert_false (shows (page, "does not know this key"));
  g_assert_true (easel_page_get_complete (page));
  /* An accepted key does not lie about. */
  g_assert_cmpstr (gtk_editable_get_text (find_entry (page)), ==, "");
  g_assert_cmpstr (stub_provider_peek_last_key (stage->base.provider), ==, "practice-key");
  drop_page (page);
}

/* As in a small window, or with large letters: what answers the key is scrolled to. */
static void
test_account_refusal_in_sight (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  GtkWidget *window;
  GtkWidget *bar;
  graphene_rect_t bounds;

  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_account_new);
  window = GTK_WIDGET (easel_page_get_window (page));
  gtk_window_set_default_size (GTK_WINDOW (window), 400, 320);
  gtk_editable_set_text (find_entry (page), "wrong-key-0123456789");
  press_enter (page);
  easel_look_settle (window);
  bar = wizard_stage_find (window, EASEL_TYPE_ERROR_BAR);
  g_assert_true (gtk_widget_compute_bounds (bar, window, &bounds));
  g_assert_cmpfloat (bounds.origin.y, >=, 0);
  g_assert_cmpfloat (bounds.origin.y + bounds.size.height, <=, gtk_widget_get_height (window));
  drop_page (page);
}

/* A pasted key is checked by itself, once, when it stands still; a typed one waits for Enter. */
static void
test_account_paste (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  guint before;

  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_account_new);
  before = stub_provider_get_n_calls (stage->base.provider, STUB_CHECK_KEY);

  gtk_editable_set_text (find_entry (page), "p");
  gtk_editable_set_text (find_entry (page), "pr");
  stage_advance (&stage->base, 5000);
  g_assert_cmpuint (stub_provider_get_n_calls (stage->base.provider, STUB_CHECK_KEY), ==, before);

  gtk_editable_set_text (find_entry (page), "practice-key");
  stage_advance (&stage->base, 300);
  g_assert_cmpuint (stub_provider_get_n_calls (stage->base.provider, STUB_CHECK_KEY), ==, before);
  stage_advance (&stage->base, 200);
  easel_test_wait_until (is_idle, page);
  g_assert_cmpuint (stub_provider_get_n_calls (stage->base.provider, STUB_CHECK_KEY), ==,
                    before + 1);
  g_assert_true (shows (page, "Key accepted"));
  drop_page (page);
}

static void
test_account_bad_input (WizardStage *stage, gconstpointer data)
{
  g_autofree char *huge = g_strnfill (10 * 1024, 'k');
  const char *const inputs[] = { "with blank inside", "two\nlines", "🎨🎨🎨🎨🎨🎨", huge,
                                 "<b>key</b> &amp;" };
  EaselPage *page;
  guint before;
  gsize i;

  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_account_new);
  before = stub_provider_get_n_calls (stage->base.provider, STUB_CHECK_KEY);
  for (i = 0; i < G_N_ELEMENTS (inputs); i++)
    {
      gtk_editable_set_text (find_entry (page), inputs[i]);
      press_enter (page);
      g_test_message ("%.20s", inputs[i]);
      g_assert_true (shows (page, "This cannot be a key from RunPod"));
      g_assert_false (easel_page_get_complete (page));
    }
  g_assert_cmpuint (stub_provider_get_n_calls (stage->base.provider, STUB_CHECK_KEY), ==, before);
  drop_page (page);
}

static void
test_account_no_network (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_account_new);
  stub_provider_fail_always (stage->base.provider, STUB_CHECK_KEY, EASEL_ERROR_NETWORK);
  gtk_editable_set_text (find_entry (page), "practice-key");
  press_enter (page);
  g_assert_true (shows (page, "No answer from RunPod"));
  g_assert_false (easel_page_get_complete (page));

  stub_provider_fail_never (stage->base.provider, STUB_CHECK_KEY);
  click (page, "Try Again");
  easel_test_wait_until (is_idle, page);
  g_assert_true (shows (page, "Key accepted"));
  drop_page (page);
}

static void
test_account_no_credit (WizardStage *stage, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  EaselPage *page;

  info->account_id = g_strdup ("user_stub");
  info->balance = 0;
  info->can_pay = TRUE;
  info->auto_top_up = TRUE;
  stub_provider_set_account (stage->base.provider, info);
  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_account_new);
  gtk_editable_set_text (find_entry (page), "practice-key");
  press_enter (page);
  g_assert_true (shows (page, "Add at least $10"));
  g_assert_true (shows (page, "Automatic top-up is on"));
  g_assert_nonnull (stage_find_button (GTK_WIDGET (page), "Add Funds"));
  /* Looking around stays possible. */
  g_assert_true (easel_page_get_complete (page));
  drop_page (page);
}

static void
test_account_balance_unknown (WizardStage *stage, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  EaselPage *page;

  info->email = g_strdup ("painter@example.org");
  info->balance = EASEL_MONEY_UNKNOWN;
  info->can_pay = TRUE;
  stub_provider_set_account (stage->base.provider, info);
  wizard_stage_open (stage, FALSE);
  page = show_page (stage, easel_page_account_new);
  gtk_editable_set_text (find_entry (page), "practice-key");
  press_enter (page);
  g_assert_true (shows (page, "painter@example.org"));
  g_assert_false (shows (page, "balance"));
  g_assert_false (shows (page, "$"));
  g_assert_true (easel_page_get_complete (page));
  drop_page (page);
}

static void
test_account_another_and_forget (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_account_new);
  g_assert_true (shows (page, "Key accepted"));
  click (page, "Use Another Key");
  g_assert_false (shows (page, "Key accepted"));
  click (page, "Keep the Present Key");
  g_assert_true (shows (page, "Key accepted"));

  click (page, "Forget This Key");
  g_assert_null (stage_get_question ());
  g_assert_cmpint (easel_account_get_state (stage->account), ==, EASEL_ACCOUNT_NO_KEY);
  g_assert_false (easel_page_get_complete (page));
  drop_page (page);
}

static void
test_account_forget_while_running (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  stage_add_own (&stage->base, "easel-00c0ffee", "RTX 3090");
  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_account_new);
  click (page, "Forget This Key");
  g_assert_nonnull (stage_get_question ());
  stage_click (stage_get_question (), "Cancel");
  g_assert_cmpint (easel_account_get_state (stage->account), ==, EASEL_ACCOUNT_READY);
  drop_page (page);
}

/* Template */

static void
test_template_one_kind (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_template_new);
  g_assert_true (easel_page_get_complete (page));
  g_assert_true (is_chosen (find_card (page, "Illustration and photo")));
  g_assert_true (shows (page, "downloads 27 GB"));

  toggle (find_card (page, "Anime and comic"));
  g_assert_cmpint (easel_plan_get_workload (stage->plan), ==, EASEL_WORKLOAD_ILLUSTRIOUS);
  g_assert_false (is_chosen (find_card (page, "Illustration and photo")));
  /* Something is always chosen. */
  toggle (find_card (page, "Anime and comic"));
  g_assert_true (is_chosen (find_card (page, "Anime and comic")));
  drop_page (page);
}

static void
test_template_several_kinds (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_template_new);
  toggle (stage_find_button (GTK_WIDGET (page), "Add Another Kind"));
  toggle (find_card (page, "Quick start"));
  g_assert_cmpint (easel_plan_get_workload (stage->plan), ==,
                   EASEL_WORKLOAD_SDXL | EASEL_WORKLOAD_FLUX2);
  toggle (find_card (page, "Illustration"));
  g_assert_cmpint (easel_plan_get_workload (stage->plan), ==, EASEL_WORKLOAD_FLUX2);
  toggle (find_card (page, "Illustration"));
  /* Back to one. */
  toggle (stage_find_button (GTK_WIDGET (page), "Add Another Kind"));
  g_assert_cmpint (easel_plan_get_workload (stage->plan), ==, EASEL_WORKLOAD_SDXL);
  drop_page (page);
}

static void
test_template_start_sooner (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  GtkWidget *check;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_template_new);
  check = wizard_stage_find (GTK_WIDGET (page), GTK_TYPE_CHECK_BUTTON);
  g_assert_true (gtk_widget_get_visible (check));
  gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  easel_test_pump ();
  g_assert_true (easel_plan_get_start_sooner (stage->plan));
  g_assert_true (shows (page, "downloads 20 GB"));
  /* It is about SDXL's models only. */
  toggle (find_card (page, "Anime and comic"));
  g_assert_false (gtk_widget_get_visible (check));
  drop_page (page);
}

static void
put_model (WizardStage *stage, const char *name, EaselModelBase base, guint64 size)
{
  const EaselShelfModel model = { .name = (char *) name,
                                  .folder = (char *) "loras",
                                  .size = size,
                                  .kind = EASEL_MODEL_LORA,
                                  .base = base,
                                  .link = (char *) "https://civitai.com/models/12",
                                  .is_ticked = TRUE };

  g_assert_true (easel_shelf_put (easel_session_get_shelf (stage->base.session), &model));
  easel_test_pump ();
}

static void
test_template_shelf (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  EaselShelf *shelf;

  wizard_stage_open (stage, TRUE);
  shelf = easel_session_get_shelf (stage->base.session);
  page = show_page (stage, easel_page_template_new);
  g_assert_true (shows (page, "Models of your own: none yet"));
  g_assert_nonnull (stage_find_button (GTK_WIDGET (page), "Add Models…"));
  g_assert_true (shows (page, "The server downloads 27 GB when"));

  put_model (stage, "ink.safetensors", EASEL_MODEL_BASE_SDXL, 200000000);
  g_assert_true (shows (page, "Models of your own: 1 comes with it, 0.2 GB"));
  put_model (stage, "<b>wash</b>.safetensors", EASEL_MODEL_BASE_FLUX, 6700000000);
  g_assert_true (shows (page, "Models of your own: 2 come with it, 6.9 GB"));
  g_assert_true (shows (page, "The server downloads 34 GB when"));
  g_assert_nonnull (stage_find_button (GTK_WIDGET (page), "Add or Remove…"));
  g_assert_true (shows (page, "<b>wash</b>.safetensors"));
  g_assert_true (shows (page, "LoRA for Flux · 6.7 GB"));
  g_assert_true (shows (page, "This LoRA is for Flux; you paint with Illustration and photo"));
  /* With a kind that it was made for, it has its use; the other one not any more. */
  toggle (stage_find_button (GTK_WIDGET (page), "Add Another Kind"));
  toggle (find_card (page, "Finest"));
  g_assert_false (shows (page, "This LoRA is for"));
  toggle (find_card (page, "Illustration"));
  g_assert_true (shows (page, "This LoRA is for SDXL; you paint with Finest"));

  easel_shelf_set_ticked (shelf, "loras", "ink.safetensors", FALSE);
  easel_shelf_set_ticked (shelf, "loras", "<b>wash</b>.safetensors", FALSE);
  easel_test_pump ();
  g_assert_true (shows (page, "Models of your own: none comes with it"));
  g_assert_false (shows (page, "This LoRA is for"));
  drop_page (page);
}

static GtkListBox *
find_shelf (GtkWidget *root)
{
  GtkListBox *found = NULL;
  GtkWidget *child;

  if (GTK_IS_LIST_BOX (root) &&
      EASEL_IS_SHELF_ROW (gtk_list_box_get_row_at_index (GTK_LIST_BOX (root), 0)))
    return GTK_LIST_BOX (root);
  for (child = gtk_widget_get_first_child (root); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_shelf (child);
  return found;
}

static EaselShelfRow *
shelf_row (EaselPage *page, int index)
{
  return EASEL_SHELF_ROW (gtk_list_box_get_row_at_index (find_shelf (GTK_WIDGET (page)), index));
}

/* A click on a row is a tick, and what it means is said at once. */
static void
test_template_ticks (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  EaselShelfRow *row;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_template_new);
  put_model (stage, "ink.safetensors", EASEL_MODEL_BASE_SDXL, 6700000000);
  row = shelf_row (page, 0);
  g_assert_null (stage_find_button (GTK_WIDGET (row), "Remove"));
  g_assert_true (shows (page, "The server downloads 34 GB when"));
  g_signal_emit_by_name (find_shelf (GTK_WIDGET (page)), "row-activated", row);
  g_assert_true (shows (page, "Models of your own: none comes with it"));
  g_assert_true (shows (page, "The server downloads 27 GB when"));
  g_assert_cmpuint (easel_plan_get_shelf_bytes (stage->plan), ==, 0);
  g_assert_true (shelf_row (page, 0) == row);
  g_signal_emit_by_name (find_shelf (GTK_WIDGET (page)), "row-activated", row);
  g_assert_cmpuint (easel_plan_get_shelf_bytes (stage->plan), ==, 6700000000);
  drop_page (page);
}

/* However many there are, the page stays a page. */
static void
test_template_many (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  EaselShelf *shelf;
  EaselShelfRow *row;
  GtkListBox *list;

  wizard_stage_open (stage, TRUE);
  shelf = easel_session_get_shelf (stage->base.session);
  for (guint i = 0; i < 200; i++)
    {
      g_autofree char *name = g_strdup_printf ("ink-%03u.safetensors", i);

      put_model (stage, name, i == 0 ? EASEL_MODEL_BASE_FLUX : EASEL_MODEL_BASE_SDXL, 1000000);
      if (i != 0 && i != 100)
        easel_shelf_set_ticked (shelf, "loras", name, FALSE);
    }
  page = show_page (stage, easel_page_template_new);
  g_assert_nonnull (stage_find_button (GTK_WIDGET (page), "All 200 Models…"));
  list = find_shelf (GTK_WIDGET (page));
  g_assert_nonnull (gtk_list_box_get_row_at_index (list, 4));
  g_assert_null (gtk_list_box_get_row_at_index (list, 5));
  /* The newest, and those with a tick, however old. */
  g_assert_true (stage_shows (GTK_WIDGET (shelf_row (page, 0)), "ink-199.safetensors"));
  g_assert_true (stage_shows (GTK_WIDGET (shelf_row (page, 3)), "ink-100.safetensors"));
  row = shelf_row (page, 4);
  g_assert_true (stage_shows (GTK_WIDGET (row), "ink-000.safetensors"));
  g_assert_true (stage_shows (GTK_WIDGET (row), "This LoRA is for Flux"));
  /* It stays where it is when its tick is taken. */
  easel_shelf_row_toggle (row);
  g_assert_true (shelf_row (page, 4) == row);
  g_assert_true (stage_shows (GTK_WIDGET (row), "ink-000.safetensors"));
  g_assert_false (stage_shows (GTK_WIDGET (row), "This LoRA is for Flux"));
  /* What has no row is spoken of all the same. */
  for (guint i = 1; i < 7; i++)
    {
      g_autofree char *name = g_strdup_printf ("ink-%03u.safetensors", i);

      easel_shelf_set_ticked (shelf, "loras", name, TRUE);
    }
  easel_shelf_set_ticked (shelf, "loras", "ink-000.safetensors", TRUE);
  g_assert_false (stage_shows (GTK_WIDGET (shelf_row (page, 4)), "ink-000.safetensors"));
  g_assert_true (shows (page, "“ink-000.safetensors” was made for Flux 1."));
  drop_page (page);
}

static void
add_template (WizardStage *stage,
              const char *id,
              const char *name,
              const char *image,
              const char *port)
{
  const char *const ports[] = { port, NULL };
  const EaselTemplateData data = {
    .provider_id = "runpod",
    .id = id,
    .name = name,
    .image = image,
    .args = "",
    .disk_gb = 20,
    .workspace_gb = 40,
    .workspace_path = "/workspace",
    .ports = ports,
    .is_public = TRUE,
    .nvidia = TRUE,
    .source = "community",
  };

  stub_provider_add_template (stage->base.provider, easel_template_new (&data));
}

static GtkWidget *
find_dialog (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint i;

  for (i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWidget) toplevel = g_list_model_get_item (toplevels, i);

      if (EASEL_IS_TEMPLATE_DIALOG (toplevel))
        return toplevel;
    }
  return NULL;
}

static gboolean
dialog_is_filled (gpointer data)
{
  return find_dialog () != NULL && stage_shows (find_dialog (), "found");
}

static GtkListBoxRow *
find_template_row (const char *name)
{
  GtkListBox *list = GTK_LIST_BOX (wizard_stage_find (find_dialog (), GTK_TYPE_LIST_BOX));
  int i;

  for (i = 0; gtk_list_box_get_row_at_index (list, i) != NULL; i++)
    if (stage_shows (GTK_WIDGET (gtk_list_box_get_row_at_index (list, i)), name))
      return gtk_list_box_get_row_at_index (list, i);
  g_assert_not_reached ();
}

static void
test_template_change (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  GtkListBoxRow *row;

  add_template (stage, "portless", "Krita <b>without</b> a port", "somebody/krita:1", "8888/http");
  add_template (stage, "mine", "Krita of mine", "aclysia/sd-comfyui-krita:v1.51.0", "3001/http");
  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_template_new);
  click (page, "Change…");
  easel_test_wait_until (dialog_is_filled, NULL);

  /* What Krita cannot reach says why, and does nothing. */
  row = find_template_row ("Krita <b>without</b> a port");
  g_assert_true (stage_shows (GTK_WIDGET (row), "port 3001"));
  g_signal_emit_by_name (gtk_widget_get_parent (GTK_WIDGET (row)), "row-activated", row);
  g_assert_nonnull (find_dialog ());
  g_assert_cmpstr (easel_plan_get_template_id (stage->plan), !=, "portless");

  row = find_template_row ("Krita of mine");
  g_signal_emit_by_name (gtk_widget_get_parent (GTK_WIDGET (row)), "row-activated", row);
  easel_test_pump ();
  g_assert_null (find_dialog ());
  g_assert_cmpstr (easel_plan_get_template_id (stage->plan), ==, "mine");
  g_assert_true (shows (page, "Server template: Krita of mine"));
  drop_page (page);
}

static void
test_template_search_fails (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_template_new);
  stub_provider_push_error (stage->base.provider, STUB_LIST_TEMPLATES, EASEL_ERROR_UNAVAILABLE);
  click (page, "Change…");
  easel_test_pump ();
  g_assert_true (stage_shows (find_dialog (), "has a fault"));
  stage_click (find_dialog (), "Try Again");
  easel_test_wait_until (dialog_is_filled, NULL);
  /* The page closes its dialog when the wizard goes. */
  drop_page (page);
  g_assert_null (find_dialog ());
}

/* GPU */

/* Drop-downs hold lists, too. */
static GtkSingleSelection *
find_selection (EaselPage *page)
{
  guint i;

  for (i = 0;; i++)
    {
      GtkWidget *list = wizard_stage_find_nth (GTK_WIDGET (page), GTK_TYPE_LIST_VIEW, i);

      if (gtk_widget_has_css_class (list, "easel-list"))
        return GTK_SINGLE_SELECTION (gtk_list_view_get_model (GTK_LIST_VIEW (list)));
    }
}

static const char *
get_selected_id (EaselPage *page)
{
  EaselOffer *offer = gtk_single_selection_get_selected_item (find_selection (page));

  return offer != NULL ? easel_offer_get (offer)->id : NULL;
}

static void
select_offer (EaselPage *page, const char *id)
{
  GtkSingleSelection *selection = find_selection (page);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (selection)); i++)
    {
      g_autoptr (EaselOffer) offer = g_list_model_get_item (G_LIST_MODEL (selection), i);

      if (g_str_equal (easel_offer_get (offer)->id, id))
        gtk_single_selection_set_selected (selection, i);
    }
  easel_test_pump ();
  g_assert_cmpstr (get_selected_id (page), ==, id);
}

static void
refresh_offers (WizardStage *stage)
{
  easel_catalog_refresh (stage->catalog);
  stub_settle ();
}

static void
test_gpu_choice (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  g_assert_true (shows (page, "All 4 offers"));
  g_assert_true (shows (page, "Updated just now."));
  g_assert_true (easel_page_get_complete (page));
  /* The recommended one is chosen from the beginning, in the list, too. */
  g_assert_cmpstr (get_selected_id (page), ==, "runpod/A/RTX 3060");
  g_assert_true (is_chosen (find_card (page, "RTX 3060")));

  select_offer (page, "runpod/A/RTX 4090");
  g_assert_cmpstr (easel_offer_get (easel_plan_get_offer (stage->plan))->id, ==,
                   "runpod/A/RTX 4090");
  g_assert_false (is_chosen (find_card (page, "RTX 3060")));
  /* And back, by the card. */
  toggle (find_card (page, "RTX 3060"));
  g_assert_cmpstr (get_selected_id (page), ==, "runpod/A/RTX 3060");
  drop_page (page);
}

static void
test_gpu_choice_survives_refresh (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  select_offer (page, "runpod/A/RTX A5000");
  stub_provider_clear_offers (stage->base.provider);
  stub_provider_add_offer (stage->base.provider,
                           stub_offer ("runpod/A/RTX A4000", "RTX A4000", 16, 100000));
  stub_provider_add_offer (stage->base.provider,
                           stub_offer ("runpod/A/RTX A5000", "RTX A5000", 24, 240000));
  refresh_offers (stage);
  g_assert_true (shows (page, "All 2 offers"));
  g_assert_cmpstr (get_selected_id (page), ==, "runpod/A/RTX A5000");
  g_assert_false (shows (page, "taken"));
  drop_page (page);
}

static void
test_gpu_choice_is_taken (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  select_offer (page, "runpod/A/RTX A5000");
  stub_provider_clear_offers (stage->base.provider);
  stub_provider_add_offer (stage->base.provider,
                           stub_offer ("runpod/A/RTX A4000", "RTX A4000", 16, 100000));
  refresh_offers (stage);
  g_assert_true (shows (page, "The RTX A5000 · 24 GB was just taken. The RTX A4000 · 16 GB is "
                              "chosen instead."));
  g_assert_cmpstr (get_selected_id (page), ==, "runpod/A/RTX A4000");
  drop_page (page);
}

/* One list, one unit: the cheap one must not look dearer than the dear one. */
static void
test_gpu_prices_compare (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  stub_provider_clear_offers (stage->base.provider);
  stub_provider_add_offer (stage->base.provider,
                           stub_offer ("runpod/A/RTX 3070", "RTX 3070", 8, 70000));
  stub_provider_add_offer (stage->base.provider,
                           stub_offer ("runpod/A/RTX 3080", "RTX 3080", 10, 110000));
  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  g_assert_true (shows (page, "$0.08/h"));
  g_assert_true (shows (page, "$0.12/h"));
  g_assert_false (shows (page, "/day"));
  drop_page (page);
}

static void
test_gpu_nothing_free (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  guint before;

  stub_provider_clear_offers (stage->base.provider);
  stage_open (&stage->base);
  stage->plan = easel_session_get_plan (stage->base.session);
  stage->catalog = easel_session_get_catalog (stage->base.session);
  page = show_page (stage, easel_page_gpu_new);
  refresh_offers (stage);
  g_assert_true (shows (page, "Nothing with 8 GB is free at RunPod now."));
  g_assert_false (easel_page_get_complete (page));
  before = stub_provider_get_n_calls (stage->base.provider, STUB_LIST_OFFERS);
  click (page, "Look Again");
  g_assert_cmpuint (stub_provider_get_n_calls (stage->base.provider, STUB_LIST_OFFERS), >, before);
  drop_page (page);
}

static GtkDropDown *
find_drop_down (EaselPage *page, guint nth)
{
  return GTK_DROP_DOWN (wizard_stage_find_nth (GTK_WIDGET (page), GTK_TYPE_DROP_DOWN, nth));
}

/* Order of the drop-downs: sort; then in the filter memory, price, region. */
static void
test_gpu_filter (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  gtk_drop_down_set_selected (find_drop_down (page, 1), 3);
  easel_test_pump ();
  g_assert_true (shows (page, "All 3 offers"));
  g_assert_true (shows (page, "Filter (1)"));

  /* Nothing costs so little: what would help is offered, with its price. */
  gtk_drop_down_set_selected (find_drop_down (page, 1), 4);
  gtk_drop_down_set_selected (find_drop_down (page, 2), 1);
  easel_test_pump ();
  g_assert_true (shows (page, "No free GPU passes the filter."));
  click (page, "Show All");
  g_assert_true (shows (page, "All 4 offers"));
  g_assert_false (shows (page, "Filter ("));
  drop_page (page);
}

static void
test_gpu_raise_price (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  GtkWidget *button = NULL;

  stub_provider_clear_offers (stage->base.provider);
  stub_provider_add_offer (stage->base.provider,
                           stub_offer ("runpod/A/RTX 4090", "RTX 4090", 24, 690000));
  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  gtk_drop_down_set_selected (find_drop_down (page, 2), 1);
  easel_test_pump ();
  button =
      wizard_stage_find (wizard_stage_find (GTK_WIDGET (page), GTK_TYPE_STACK), GTK_TYPE_STACK);
  g_assert_nonnull (button);
  g_assert_true (shows (page, "Show Up to $0.70/h"));
  click (page, "Show Up to $0.70/h");
  g_assert_true (shows (page, "1 offer"));
  drop_page (page);
}

static void
test_gpu_sort (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  g_autoptr (EaselOffer) first = NULL;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  select_offer (page, "runpod/A/RTX 3060");
  gtk_drop_down_set_selected (find_drop_down (page, 0), EASEL_SORT_MEMORY);
  easel_test_pump ();
  first = g_list_model_get_item (G_LIST_MODEL (find_selection (page)), 0);
  g_assert_cmpuint (easel_offer_get (first)->vram_mib, ==, 24 * 1024);
  /* Another order is not another choice. */
  g_assert_cmpstr (get_selected_id (page), ==, "runpod/A/RTX 3060");
  drop_page (page);
}

static GtkAdjustment *
find_scroll (EaselPage *page)
{
  guint i;

  for (i = 0;; i++)
    {
      GtkWidget *list = wizard_stage_find_nth (GTK_WIDGET (page), GTK_TYPE_LIST_VIEW, i);

      if (gtk_widget_has_css_class (list, "easel-list"))
        return gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
    }
}

static guint
count_listed (EaselPage *page)
{
  return g_list_model_get_n_items (G_LIST_MODEL (find_selection (page)));
}

/* Rows come as the person scrolls, to the last one; the choice is marked as soon as it is there. */
static void
test_gpu_long_list (WizardStage *stage, gconstpointer data)
{
  const guint n_offers = 150;
  g_autofree char *last = g_strdup_printf ("runpod/many/%u", n_offers - 1);
  GtkAdjustment *scroll;
  EaselPage *page;
  guint i;

  stub_provider_clear_offers (stage->base.provider);
  for (i = 0; i < n_offers; i++)
    {
      g_autofree char *id = g_strdup_printf ("runpod/many/%u", i);

      stub_provider_add_offer (stage->base.provider,
                               stub_offer (id, "RTX 3060", 12, 150000 + 1000 * i));
    }
  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  g_assert_true (shows (page, "All 150 offers"));
  g_assert_cmpuint (count_listed (page), >=, 8);
  g_assert_cmpuint (count_listed (page), <, 60);
  easel_plan_set_offer (easel_session_get_plan (stage->base.session),
                        g_ptr_array_index (easel_catalog_get_ranking (stage->catalog)->offers,
                                           n_offers - 1));
  easel_test_pump ();
  g_assert_null (get_selected_id (page));

  scroll = find_scroll (page);
  /* More rows make the list taller with the next frame only. */
  for (i = 0; i < 2000 && count_listed (page) < n_offers; i++)
    {
      gtk_adjustment_set_value (scroll, gtk_adjustment_get_upper (scroll));
      gtk_widget_queue_draw (GTK_WIDGET (page));
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (count_listed (page), ==, n_offers);
  g_assert_cmpstr (get_selected_id (page), ==, last);

  /* Another order begins at its top again. */
  gtk_drop_down_set_selected (find_drop_down (page, 0), EASEL_SORT_PRICE);
  easel_test_pump ();
  g_assert_cmpuint (count_listed (page), <, 60);
  g_assert_cmpstr (
      easel_offer_get (easel_plan_get_offer (easel_session_get_plan (stage->base.session)))->id, ==,
      last);
  drop_page (page);
}

static void
test_gpu_refresh_fails (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  stub_provider_fail_always (stage->base.provider, STUB_LIST_OFFERS, EASEL_ERROR_NETWORK);
  refresh_offers (stage);
  g_assert_true (shows (page, "No answer from RunPod"));
  /* The last rows stay, and so does the choice. */
  g_assert_true (shows (page, "All 4 offers"));
  g_assert_true (easel_page_get_complete (page));
  stub_provider_fail_never (stage->base.provider, STUB_LIST_OFFERS);
  click (page, "Try Again");
  stub_settle ();
  g_assert_false (shows (page, "No answer from RunPod"));
  drop_page (page);
}

static void
test_gpu_first_list_fails (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  stub_provider_fail_always (stage->base.provider, STUB_LIST_OFFERS, EASEL_ERROR_UNAVAILABLE);
  stage_open (&stage->base);
  stage->plan = easel_session_get_plan (stage->base.session);
  stage->catalog = easel_session_get_catalog (stage->base.session);
  page = show_page (stage, easel_page_gpu_new);
  refresh_offers (stage);
  g_assert_true (shows (page, "has a fault"));
  g_assert_false (shows (page, "offers"));
  g_assert_false (easel_page_get_complete (page));
  drop_page (page);
}

static void
test_gpu_refreshes_while_shown (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  guint before;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  before = stub_provider_get_n_calls (stage->base.provider, STUB_LIST_OFFERS);
  stage_advance (&stage->base, MINUTE);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (stage->base.provider, STUB_LIST_OFFERS), >, before);

  easel_page_hidden (page);
  before = stub_provider_get_n_calls (stage->base.provider, STUB_LIST_OFFERS);
  stage_advance (&stage->base, 5 * MINUTE);
  stub_settle ();
  g_assert_cmpuint (stub_provider_get_n_calls (stage->base.provider, STUB_LIST_OFFERS), ==, before);
  drop_page (page);
}

static void
test_gpu_waiting (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  stub_provider_hold (stage->base.provider, STUB_LIST_OFFERS);
  stage_open (&stage->base);
  stage->plan = easel_session_get_plan (stage->base.session);
  stage->catalog = easel_session_get_catalog (stage->base.session);
  page = show_page (stage, easel_page_gpu_new);
  g_assert_true (easel_page_get_busy (page));
  g_assert_false (shows (page, "Asking for offers…"));
  stage_advance (&stage->base, 3000);
  g_assert_true (shows (page, "Asking for offers…"));
  stub_provider_release (stage->base.provider, STUB_LIST_OFFERS);
  stub_settle ();
  g_assert_false (easel_page_get_busy (page));
  g_assert_true (shows (page, "All 4 offers"));
  drop_page (page);
}

static void
test_gpu_many (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  guint i;

  for (i = 0; i < 496; i++)
    {
      g_autofree char *id = g_strdup_printf ("runpod/B/%u", i);

      stub_provider_add_offer (stage->base.provider, stub_offer (id, "RTX 4090", 24, 700000 + i));
    }
  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_gpu_new);
  g_assert_true (shows (page, "All 500 offers"));
  drop_page (page);
}

/* Review */

static void
test_review_says_everything (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_review_new);
  g_assert_true (easel_page_get_complete (page));
  g_assert_true (shows (page, "RTX 3060 · 12 GB"));
  g_assert_true (shows (page, "RunPod"));
  g_assert_true (shows (page, "Illustration and photo"));
  g_assert_true (shows (page, "Stable Diffusion ComfyUI for Krita"));
  g_assert_true (shows (page, "lasts until"));
  g_assert_true (shows (page, "At most $"));
  g_assert_true (shows (page, "Paint for at most"));
  g_assert_true (shows (page, ", ends by Tue 00:00."));
  g_assert_true (shows (page, "after 60 minutes in which nothing was generated"));
  g_assert_true (shows (page, "20 minutes after Krita is closed"));
  g_assert_true (shows (page, "Worst case $"));
  g_assert_true (shows (page, "even if this computer dies"));
  drop_page (page);
}

static void
test_review_shelf (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_review_new);
  g_assert_false (shows (page, "of your own"));
  put_model (stage, "ink.safetensors", EASEL_MODEL_BASE_SDXL, 200000000);
  g_assert_true (shows (page, "Illustration and photo, with 1 model of your own (0.2 GB)"));
  put_model (stage, "wash.safetensors", EASEL_MODEL_BASE_SDXL, 6700000000);
  g_assert_true (shows (page, "with 2 models of your own (6.9 GB)"));
  drop_page (page);
}

static gboolean
is_missed (gpointer page)
{
  return shows (page, "cannot come along: their files are missing or damaged.");
}

/* Told before anything costs money. */
static void
test_review_lost (WizardStage *stage, gconstpointer data)
{
  EaselShelfModel model = { .folder = (char *) "loras",
                            .size = 200000000,
                            .kind = EASEL_MODEL_LORA,
                            .base = EASEL_MODEL_BASE_SDXL,
                            .path = (char *) "/nowhere/ink.safetensors",
                            .is_ticked = TRUE };
  EaselPage *page;
  EaselShelf *shelf;

  wizard_stage_open (stage, TRUE);
  shelf = easel_session_get_shelf (stage->base.session);
  model.name = (char *) "ink.safetensors";
  g_assert_true (easel_shelf_put (shelf, &model));
  model.name = (char *) "wash.safetensors";
  g_assert_true (easel_shelf_put (shelf, &model));
  page = show_page (stage, easel_page_review_new);
  easel_test_wait_until (is_missed, page);
  g_assert_nonnull (stage_find_button (GTK_WIDGET (page), "Show Models…"));
  easel_shelf_set_ticked (shelf, "loras", "wash.safetensors", FALSE);
  g_assert_true (shows (page, "ink.safetensors: This file is no longer where it was."));
  g_assert_true (shows (page, "with 1 model of your own"));
  stage_click (GTK_WIDGET (page), "Leave It Out");
  g_assert_false (shows (page, "no longer where it was"));
  g_assert_false (shows (page, "of your own"));
  drop_page (page);
}

/* “At most” means it: price ceiling times hours. */
static void
test_review_hours (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  g_autoptr (EaselLaunchSpec) spec = NULL;
  g_autofree char *money = NULL;
  g_autofree char *text = NULL;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_review_new);
  gtk_drop_down_set_selected (find_drop_down (page, 0), 1);
  easel_test_pump ();
  g_assert_cmpuint (easel_plan_get_limits (stage->plan)->hours, ==, 2);
  spec = easel_plan_build_spec (stage->plan);
  g_assert_cmpint (spec->max_price, >, easel_launch_spec_price (spec));
  money = easel_money_format_up (2 * spec->max_price);
  text = g_strdup_printf ("costs at most %s, ends by 22:00.", money);
  g_test_message ("%s", text);
  g_assert_true (shows (page, text));
  /* The colon stands beside the drop-down and cannot begin a line. */
  g_assert_false (shows (page, ": costs"));
  drop_page (page);
}

static void
test_review_odd_hours (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  EaselLimits limits;

  wizard_stage_open (stage, TRUE);
  limits = *easel_plan_get_limits (stage->plan);
  limits.hours = 7;
  easel_plan_set_limits (stage->plan, &limits);
  page = show_page (stage, easel_page_review_new);
  /* A value that is not in the list is kept and shown. */
  g_assert_true (shows (page, "7 hours"));
  g_assert_cmpuint (easel_plan_get_limits (stage->plan)->hours, ==, 7);
  drop_page (page);
}

static void
test_review_low_balance (WizardStage *stage, gconstpointer data)
{
  g_autoptr (EaselAccountInfo) info = easel_account_info_new ();
  EaselPage *page;

  info->account_id = g_strdup ("user_stub");
  info->balance = 50000;
  info->can_pay = TRUE;
  stub_provider_set_account (stage->base.provider, info);
  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_review_new);
  g_assert_true (shows (page, "Your balance is too low: RunPod asks for one hour in advance."));
  g_assert_nonnull (stage_find_button (GTK_WIDGET (page), "Add Funds"));
  drop_page (page);
}

static void
test_review_second (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;
  guint n_use = 0;

  stage_add_own (&stage->base, "easel-00c0ffee", "RTX 3090");
  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_review_new);
  g_assert_true (shows (page, "A GPU is already running: RTX 3090, $0.23/h."));
  g_assert_false (easel_page_get_complete (page));

  g_signal_connect_swapped (page, "use-running", G_CALLBACK (g_atomic_int_inc), &n_use);
  click (page, "Use It");
  g_assert_cmpuint (n_use, ==, 1);
  click (page, "Rent a Second");
  g_assert_true (easel_page_get_complete (page));
  g_assert_false (shows (page, "already running"));
  drop_page (page);
}

static void
test_review_old_server (WizardStage *stage, gconstpointer data)
{
  EaselTemplateData data_of_old;
  g_autoptr (EaselTemplate) old = NULL;
  EaselPage *page;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_review_new);
  data_of_old = *easel_template_get (easel_plan_get_template (stage->plan));
  data_of_old.image = EASEL_IMAGE_REPOSITORY ":v1.40.0";
  old = easel_template_new (&data_of_old);
  easel_plan_set_public_tags (stage->plan, NULL);
  easel_plan_set_template (stage->plan, old);
  easel_plan_set_plugin_version (stage->plan, 1040000);
  easel_test_pump ();
  g_assert_false (shows (page, "Krita may refuse to connect"));
  easel_plan_set_plugin_version (stage->plan, 1053000);
  easel_test_pump ();
  g_assert_true (shows (page, "Krita may refuse to connect"));
  g_assert_true (easel_page_get_complete (page));
  drop_page (page);
}

static void
test_review_without_offer (WizardStage *stage, gconstpointer data)
{
  EaselPage *page;

  stub_provider_clear_offers (stage->base.provider);
  stage_open (&stage->base);
  stage->plan = easel_session_get_plan (stage->base.session);
  stage->catalog = easel_session_get_catalog (stage->base.session);
  page = show_page (stage, easel_page_review_new);
  refresh_offers (stage);
  g_assert_false (easel_page_get_complete (page));
  g_assert_true (shows (page, "No GPU that can do this is free now."));
  g_assert_nonnull (stage_find_button (GTK_WIDGET (page), "Choose Another GPU"));
  drop_page (page);
}

/* Starting */

static void
test_starting_rent_error (WizardStage *stage, gconstpointer data)
{
  g_autoptr (GError) error = easel_error_new (EASEL_ERROR_STORAGE, "disk full");
  EaselPage *page;
  guint n_go_to = 0;
  guint n_finish = 0;

  wizard_stage_open (stage, TRUE);
  page = show_page (stage, easel_page_starting_new);
  easel_page_starting_set_rent_error (EASEL_PAGE_STARTING (page), error);
  g_assert_true (shows (page, "Nothing is rented"));
  g_assert_true (shows (page, "could not write to its disk"));
  g_assert_null (stage_find_button (GTK_WIDGET (page), "Cancel and Delete…"));
  g_signal_connect_swapped (page, "go-to", G_CALLBACK (g_atomic_int_inc), &n_go_to);
  g_signal_connect_swapped (page, "finish", G_CALLBACK (g_atomic_int_inc), &n_finish);
  click (page, "Back to Review");
  g_assert_cmpuint (n_go_to, ==, 1);
  click (page, "Close");
  g_assert_cmpuint (n_finish, ==, 1);
  drop_page (page);
}

int
main (int argc, char *argv[])
{
  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP no display\n");
      return 0;
    }
  g_test_init (&argc, &argv, NULL);
  easel_ui_init ();

#define ADD(path, func)                                                                            \
  g_test_add ("/pages/" path, WizardStage, NULL, wizard_stage_set_up, func, wizard_stage_tear_down)
  ADD ("finalise", test_finalise);
  ADD ("finalise-unshown", test_finalise_unshown);
  ADD ("notify-once", test_notify_once);
  ADD ("narrow", test_narrow);
  ADD ("ready/address-narrow", test_ready_address_narrow);
  ADD ("contrast", test_contrast);
  ADD ("welcome", test_welcome);
  ADD ("account/refused-then-accepted", test_account_refused_then_accepted);
  ADD ("account/refusal-in-sight", test_account_refusal_in_sight);
  ADD ("account/paste", test_account_paste);
  ADD ("account/bad-input", test_account_bad_input);
  ADD ("account/no-network", test_account_no_network);
  ADD ("account/no-credit", test_account_no_credit);
  ADD ("account/balance-unknown", test_account_balance_unknown);
  ADD ("account/another-and-forget", test_account_another_and_forget);
  ADD ("account/forget-while-running", test_account_forget_while_running);
  ADD ("template/one-kind", test_template_one_kind);
  ADD ("template/several-kinds", test_template_several_kinds);
  ADD ("template/start-sooner", test_template_start_sooner);
  ADD ("template/shelf", test_template_shelf);
  ADD ("template/ticks", test_template_ticks);
  ADD ("template/many", test_template_many);
  ADD ("template/change", test_template_change);
  ADD ("template/search-fails", test_template_search_fails);
  ADD ("gpu/choice", test_gpu_choice);
  ADD ("gpu/choice-survives-refresh", test_gpu_choice_survives_refresh);
  ADD ("gpu/choice-is-taken", test_gpu_choice_is_taken);
  ADD ("gpu/prices-compare", test_gpu_prices_compare);
  ADD ("gpu/nothing-free", test_gpu_nothing_free);
  ADD ("gpu/filter", test_gpu_filter);
  ADD ("gpu/raise-price", test_gpu_raise_price);
  ADD ("gpu/sort", test_gpu_sort);
  ADD ("gpu/long-list", test_gpu_long_list);
  ADD ("gpu/refresh-fails", test_gpu_refresh_fails);
  ADD ("gpu/first-list-fails", test_gpu_first_list_fails);
  ADD ("gpu/refreshes-while-shown", test_gpu_refreshes_while_shown);
  ADD ("gpu/waiting", test_gpu_waiting);
  ADD ("gpu/many", test_gpu_many);
  ADD ("review/says-everything", test_review_says_everything);
  ADD ("review/shelf", test_review_shelf);
  ADD ("review/lost", test_review_lost);
  ADD ("review/hours", test_review_hours);
  ADD ("review/odd-hours", test_review_odd_hours);
  ADD ("review/low-balance", test_review_low_balance);
  ADD ("review/second", test_review_second);
  ADD ("review/old-server", test_review_old_server);
  ADD ("review/without-offer", test_review_without_offer);
  ADD ("starting/rent-error", test_starting_rent_error);
#undef ADD

  return g_test_run ();
}
