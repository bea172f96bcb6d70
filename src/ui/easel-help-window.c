/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The questions that people have, answered in one column: costs, the key, Krita that does not
 * connect, and what to do before the program is removed. Owns the words; nothing here acts. */

#include "config.h"
#include "easel-help-window.h"

#include "easel-side-window.h"
#include "easel-ui.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  const char *heading;
  const char *text;
} Answer;

static const Answer answers[] = {
  { N_ ("What Does This Cost?"),
    N_ ("The provider bills the GPU by the second, at the price per hour that you accepted, from "
        "the start until it is deleted. The disk counts while the GPU runs and while it is paused; "
        "some vast.ai machines bill traffic too. Cloud Easel itself costs nothing.") },
  { NULL,
    N_ ("A GPU ends by itself at the hour that you chose, or when nothing was painted for a while. "
        "I’m Done… deletes it at once. “Deleted” is said only after the provider’s own list was "
        "looked at twice.") },
  { N_ ("Where Is My Key?"),
    N_ ("In the keyring of your desktop, under your login; if that did not take it, or without "
        "“Remember on this computer”, only in Cloud Easel until it is closed. It is sent to the "
        "provider and to nobody else, and stands in no file, log or address. Forget Keys… in the "
        "main menu leads to the button that removes it. To make it worthless everywhere, delete it "
        "on the provider’s page.") },
  { N_ ("Your Own LoRAs and Checkpoints"),
    N_ ("Choose Models… in the main menu and paste a link from Civitai or Hugging Face, or choose "
        "a "
        "file. What has a tick there comes with every new GPU. For a GPU that runs, choose Models "
        "in its menu.") },
  { NULL, N_ ("Press Refresh in Krita: choose Configure in its AI docker, then Styles, and press "
              "the round "
              "arrow “Look for new LoRA files”. It finds checkpoints, too.") },
  { NULL,
    N_ ("A token for Civitai or Hugging Face is kept in the keyring, too, and sent to that site "
        "only: the GPU gets a link that is good for some minutes.") },
  { N_ ("Krita Does Not Connect"),
    N_ ("The plugin says what it met. Find its words below; then press Connect once more.") },
  /* Translators: what stands in “…” are the plugin’s own words, in English. */
  { NULL, N_ ("“Connection refused”, “Host … not found” or “Not Found”: the address is old or not "
              "whole. Use Copy Address and paste it again. If the studio no longer shows the GPU, "
              "it is gone.") },
  { NULL, N_ ("“Bad Gateway” or “HTTP 502”: the server is still starting. Wait a minute.") },
  { NULL, N_ ("“Connection timed out”: the way to the server is slow or blocked. Look at your "
              "network; if it stays so, rent another GPU.") },
  { NULL,
    N_ ("“missing required custom nodes or models”: the plugin is newer than the server, or a "
        "model did not arrive. Rent again with the server template that Cloud Easel "
        "proposes.") },
  { NULL, N_ ("“No diffusion model checkpoints found”: no model has arrived yet. Look at Models "
              "in the GPU’s menu.") },
  { N_ ("Before You Remove Cloud Easel"),
    N_ ("A rented GPU costs money without Cloud Easel, too. First choose End All Rentals… in the "
        "main menu and wait until nothing is shown as running; then choose Forget Keys…. Receipts "
        "stay on this computer until you delete the folder “cloud-easel” below "
        "“.local/state”.") },
  { NULL,
    N_ ("Tokens for Civitai and Hugging Face are forgotten under Models… in the main menu.") },
  { NULL, N_ ("If Cloud Easel checks at login whether something costs money, switch that off in "
              "the preferences, too.") },
};

static GtkWidget *
create_text (const char *text)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);

  return label;
}

static GtkWidget *
create_heading (const char *text, gboolean is_first)
{
  GtkWidget *label = easel_ui_new_heading (text, "heading", 2);

  gtk_widget_set_margin_top (label, is_first ? 0 : 12);

  return label;
}

/**
 * easel_help_window_new:
 * @parent: (nullable): the window that it belongs to
 *
 * Returns: (transfer none): a window, not shown yet
 */
GtkWindow *
easel_help_window_new (GtkWindow *parent)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);
  gsize i;

  gtk_widget_add_css_class (box, "easel-page");
  for (i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      if (answers[i].heading != NULL)
        gtk_box_append (GTK_BOX (box), create_heading (_ (answers[i].heading), i == 0));
      gtk_box_append (GTK_BOX (box), create_text (_ (answers[i].text)));
    }

  return easel_side_window_new (parent, _ ("Help"), box);
}

/**
 * easel_help_window_new_shortcuts:
 * @parent: (nullable): the window that it belongs to
 *
 * Returns: (transfer none): the keys that work in the program, not shown yet
 */
GtkWindow *
easel_help_window_new_shortcuts (GtkWindow *parent)
{
  g_autoptr (GtkBuilder) builder =
      gtk_builder_new_from_resource (EASEL_UI_RESOURCE_PREFIX "/ui/easel-shortcuts.ui");
  GtkWindow *window = GTK_WINDOW (gtk_builder_get_object (builder, "shortcuts"));

  gtk_window_set_transient_for (window, parent);

  return window;
}
