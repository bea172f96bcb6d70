/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * A market of thousands of offers on the GPU page: from the last byte of the answer to painted
 * rows, against json-glib's bare parse of the same bytes in the same process, and the longest gap
 * between two turns of the main loop while it loads, is sorted, filtered and scrolled. The same
 * gaps of a GtkListView of as many rows with one label each, without anything around it, are the
 * floor of this GTK on this computer.
 *
 * A gap is counted twice: in time that passed, to which other programs add what they like, and in
 * time of the processor that this thread had, which is its own.
 *
 *     bench-offers OFFERS [RUNS]
 *
 * Prints one line "NAME VALUE" for each figure; offers.py makes a table of them. Tells figures,
 * never passes or fails.
 */

#include "config.h"

#include "easel-json.h"
#include "easel-offer-row.h"
#include "easel-page-gpu.h"
#include "easel-ui.h"
#include "easel-vast-decode.h"
#include "fixture.h"
#include "wizard-stage.h"

#include <math.h>
#include <time.h>

#define PAGE_SIZE 64
#define SCROLL_STEPS 60
#define BEAT_MS 1

/* How long the main loop was away at most. */
typedef struct
{
  gint64 last_us;
  gint64 longest_us;
  gint64 last_cpu_us;
  gint64 longest_cpu_us;
  guint source_id;
} Heart;

/* Values of all rounds, in milliseconds. */
typedef struct
{
  GArray *wall;
  GArray *cpu;
} Gap;

static gint64
get_cpu_us (void)
{
  struct timespec spec;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &spec);
  return (gint64) spec.tv_sec * G_USEC_PER_SEC + spec.tv_nsec / 1000;
}

static gboolean
on_beat (gpointer user_data)
{
  Heart *heart = user_data;
  gint64 now = g_get_monotonic_time ();
  gint64 cpu = get_cpu_us ();

  heart->longest_us = MAX (heart->longest_us, now - heart->last_us);
  heart->longest_cpu_us = MAX (heart->longest_cpu_us, cpu - heart->last_cpu_us);
  heart->last_us = now;
  heart->last_cpu_us = cpu;
  return G_SOURCE_CONTINUE;
}

static void
heart_start (Heart *heart)
{
  heart->last_us = g_get_monotonic_time ();
  heart->last_cpu_us = get_cpu_us ();
  heart->longest_us = heart->longest_cpu_us = 0;
  if (heart->source_id == 0)
    heart->source_id = g_timeout_add_full (G_PRIORITY_HIGH, BEAT_MS, on_beat, heart, NULL);
}

static void
heart_stop (Heart *heart, Gap *gap)
{
  const double wall = (on_beat (heart), heart->longest_us / 1000.0);
  const double cpu = heart->longest_cpu_us / 1000.0;

  g_clear_handle_id (&heart->source_id, g_source_remove);
  g_array_append_val (gap->wall, wall);
  g_array_append_val (gap->cpu, cpu);
}

static int
compare_doubles (gconstpointer a, gconstpointer b)
{
  const double left = *(const double *) a;
  const double right = *(const double *) b;

  return left < right ? -1 : left > right;
}

static void
tell (const char *name, GArray *values)
{
  g_array_sort (values, compare_doubles);
  g_print ("%s %.2f %.2f %.2f\n", name, g_array_index (values, double, values->len / 2),
           g_array_index (values, double, 0), g_array_index (values, double, values->len - 1));
}

static void
tell_gap (const char *name, Gap *gap)
{
  g_autofree char *wall = g_strconcat (name, "-ms", NULL);
  g_autofree char *cpu = g_strconcat (name, "-cpu-ms", NULL);

  tell (wall, gap->wall);
  tell (cpu, gap->cpu);
}

/* The answers */

static void
change_offer (JsonObject *offer, guint index)
{
  static const char *const gpus[] = { "RTX 3060", "RTX 3090", "RTX 4090", "RTX A5000", "L40S" };
  static const int vram[] = { 12288, 24576, 24564, 24564, 46068 };
  static const char *const places[] = { "Utrecht, NL", "Texas, US", "Sweden, SE", "Tokyo, JP" };
  const double price = 0.08 + 0.0003 * index;

  json_object_set_int_member (offer, "id", 1000000 + index);
  json_object_set_int_member (offer, "ask_contract_id", 1000000 + index);
  json_object_set_int_member (offer, "machine_id", 1000 + index);
  json_object_set_string_member (offer, "gpu_name", gpus[index % G_N_ELEMENTS (gpus)]);
  json_object_set_int_member (offer, "gpu_ram", vram[index % G_N_ELEMENTS (vram)]);
  json_object_set_string_member (offer, "geolocation", places[index % G_N_ELEMENTS (places)]);
  json_object_set_double_member (offer, "dph_base", price);
  json_object_set_double_member (offer, "dph_total", price + 0.01944);
  json_object_set_double_member (offer, "inet_down", 200 + (index * 37) % 1800);
}

/* Texts of one answer each, as many offers in it as vast.ai sends at most. */
static GPtrArray *
make_answers (guint n_offers)
{
  g_autoptr (JsonNode) root = easel_fixture_load ("vast", "offers");
  JsonArray *offers = json_object_get_array_member (json_node_get_object (root), "offers");
  JsonObject *offer = json_array_get_object_element (offers, 0);
  g_autoptr (JsonNode) node = json_node_new (JSON_NODE_OBJECT);
  GPtrArray *answers = g_ptr_array_new_with_free_func (g_free);
  guint i;

  json_node_set_object (node, offer);
  for (i = 0; i < n_offers;)
    {
      GString *text = g_string_new ("{\"offers\":[");
      guint end = MIN (i + PAGE_SIZE, n_offers);

      for (; i < end; i++)
        {
          g_autofree char *piece = NULL;

          change_offer (offer, i);
          piece = json_to_string (node, FALSE);
          g_string_append (text, piece);
          g_string_append_c (text, i + 1 < end ? ',' : ']');
        }
      g_string_append_c (text, '}');
      g_ptr_array_add (answers, g_string_free (text, FALSE));
    }
  return answers;
}

static double
parse_bare (GPtrArray *answers)
{
  gint64 start = g_get_monotonic_time ();
  guint i;

  for (i = 0; i < answers->len; i++)
    {
      g_autoptr (JsonParser) parser = json_parser_new ();
      g_autoptr (GError) error = NULL;

      json_parser_load_from_data (parser, g_ptr_array_index (answers, i), -1, &error);
      g_assert_no_error (error);
    }
  return (g_get_monotonic_time () - start) / 1000.0;
}

static void
decode (const char *answer, EaselVastOfferPages *pages)
{
  static const EaselVastSearch search = { .need_cuda = EASEL_CUDA (13, 0), .disk_gb = 70 };
  g_autoptr (GError) error = NULL;
  g_autoptr (JsonNode) root = easel_json_parse_text (answer, &error);

  g_assert_no_error (error);
  g_assert_true (easel_vast_decode_offer_page (root, &search, pages, &error));
  g_assert_no_error (error);
}

/* The page */

static guint
count_rows (GtkWidget *root)
{
  guint n = EASEL_IS_OFFER_ROW (root);
  GtkWidget *child;

  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_rows (child);
  return n;
}

static void
on_painted (GdkFrameClock *clock, gboolean *ret_painted)
{
  *ret_painted = TRUE;
}

/* Runs the main loop until the next frame is on the screen. */
static void
wait_frame (GtkWidget *widget)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  gboolean is_painted = FALSE;
  gulong id = g_signal_connect (clock, "after-paint", G_CALLBACK (on_painted), &is_painted);

  gtk_widget_queue_draw (widget);
  while (!is_painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, id);
}

static void
give (WizardStage *stage, EaselVastOfferPages *pages)
{
  guint i;

  stub_provider_clear_offers (stage->base.provider);
  for (i = 0; i < pages->offers->len; i++)
    stub_provider_add_offer (stage->base.provider,
                             g_object_ref (g_ptr_array_index (pages->offers, i)));
}

static void
wait_listed (WizardStage *stage, guint n)
{
  GListModel *model = easel_catalog_get_offers (stage->catalog);

  easel_catalog_refresh (stage->catalog);
  while (g_list_model_get_n_items (model) != n)
    g_main_context_iteration (NULL, TRUE);
}

typedef struct
{
  GArray *bare;
  GArray *load;
  GArray *last;
  Gap load_gap;
  Gap sort_gap;
  Gap filter_gap;
  Gap scroll_gap;
  Gap bare_load_gap;
  Gap bare_scroll_gap;
} Figures;

static void
run_load (WizardStage *stage, EaselPage *page, GPtrArray *answers, guint n, Figures *figures)
{
  g_autoptr (EaselVastOfferPages) pages = easel_vast_offer_pages_new ();
  Heart heart = { 0 };
  double value = parse_bare (answers);
  gint64 start = g_get_monotonic_time ();
  gint64 last = start;
  guint i;

  g_array_append_val (figures->bare, value);
  /* Answers come one by one, each in a turn of its own. */
  heart_start (&heart);
  for (i = 0; i < answers->len; i++)
    {
      last = g_get_monotonic_time ();
      decode (g_ptr_array_index (answers, i), pages);
      g_main_context_iteration (NULL, FALSE);
    }
  give (stage, pages);
  wait_listed (stage, n);
  wait_frame (GTK_WIDGET (page));
  value = (g_get_monotonic_time () - start) / 1000.0;
  g_array_append_val (figures->load, value);
  value = (g_get_monotonic_time () - last) / 1000.0;
  g_array_append_val (figures->last, value);
  /* More rows follow the first ones. */
  for (i = 0; i < 4; i++)
    wait_frame (GTK_WIDGET (page));
  heart_stop (&heart, &figures->load_gap);
}

static void
measure_query (WizardStage *stage, EaselPage *page, const EaselOfferQuery *query, Gap *gap)
{
  Heart heart = { 0 };

  heart_start (&heart);
  easel_catalog_set_filters (stage->catalog, query);
  wait_frame (GTK_WIDGET (page));
  wait_frame (GTK_WIDGET (page));
  heart_stop (&heart, gap);
}

static void
run_queries (WizardStage *stage, EaselPage *page, Figures *figures)
{
  EaselOfferQuery query = *easel_catalog_get_query (stage->catalog);

  query.sort = EASEL_SORT_PRICE;
  measure_query (stage, page, &query, &figures->sort_gap);
  query.sort = EASEL_SORT_RECOMMENDED;
  measure_query (stage, page, &query, &figures->sort_gap);
  query.filter_vram_mib = 24000;
  measure_query (stage, page, &query, &figures->filter_gap);
  query.filter_vram_mib = 0;
  measure_query (stage, page, &query, &figures->filter_gap);
}

static void
run_scroll (GtkWidget *list, Gap *gap)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (list));
  Heart heart = { 0 };
  guint i;

  gtk_adjustment_set_value (adjustment, 0);
  wait_frame (list);
  heart_start (&heart);
  for (i = 0; i < SCROLL_STEPS; i++)
    {
      gtk_adjustment_set_value (adjustment, gtk_adjustment_get_value (adjustment) + 40);
      wait_frame (list);
    }
  heart_stop (&heart, gap);
}

/* The floor */

static void
on_bare_setup (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_set_size_request (label, -1, 40);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_list_item_set_child (item, label);
}

static void
on_bare_bind (GtkListItemFactory *factory, GtkListItem *item)
{
  GtkStringObject *text = gtk_list_item_get_item (item);

  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (text));
}

static void
run_bare (guint n, Figures *figures)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GListStore *store = g_list_store_new (GTK_TYPE_STRING_OBJECT);
  g_autoptr (GPtrArray) texts = g_ptr_array_new_with_free_func (g_object_unref);
  GtkWidget *list;
  Heart heart = { 0 };
  guint i;

  g_signal_connect (factory, "setup", G_CALLBACK (on_bare_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bare_bind), NULL);
  list = gtk_list_view_new (GTK_SELECTION_MODEL (
                                gtk_no_selection_new (G_LIST_MODEL (g_object_ref (store)))),
                            factory);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), list);
  gtk_window_set_default_size (GTK_WINDOW (window), 820, 600);
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_present (GTK_WINDOW (window));
  for (i = 0; i < n; i++)
    {
      g_autofree char *text = g_strdup_printf ("RTX 4090, offer %u", i);

      g_ptr_array_add (texts, gtk_string_object_new (text));
    }
  wait_frame (list);
  heart_start (&heart);
  g_list_store_splice (store, 0, 0, texts->pdata, texts->len);
  wait_frame (list);
  heart_stop (&heart, &figures->bare_load_gap);
  run_scroll (list, &figures->bare_scroll_gap);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (store);
  easel_test_pump ();
}

/* Drop-downs hold lists, too. */
static GtkWidget *
find_list (GtkWidget *page)
{
  GtkWidget *list;
  guint i = 0;

  do
    list = wizard_stage_find_nth (page, GTK_TYPE_LIST_VIEW, i++);
  while (!gtk_widget_has_css_class (list, "easel-list"));
  return list;
}

static void
bench (guint n_offers, guint n_runs)
{
  WizardStage stage = { 0 };
  g_autoptr (GPtrArray) answers = make_answers (n_offers);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *page, *list;
  Figures figures;
  GArray **arrays = (GArray **) &figures;
  guint most_rows = 0;
  gsize i;

  for (i = 0; i < sizeof figures / sizeof *arrays; i++)
    arrays[i] = g_array_new (FALSE, FALSE, sizeof (double));
  wizard_stage_set_up (&stage, NULL);
  wizard_stage_open (&stage, TRUE);
  page = easel_page_gpu_new (stage.base.session);
  gtk_window_set_default_size (GTK_WINDOW (window), 820, 600);
  gtk_window_set_child (GTK_WINDOW (window), page);
  gtk_window_present (GTK_WINDOW (window));
  easel_page_shown (EASEL_PAGE (page));
  easel_test_pump ();
  list = find_list (page);

  for (i = 0; i <= n_runs; i++)
    {
      stub_provider_clear_offers (stage.base.provider);
      stub_provider_add_offer (stage.base.provider,
                               stub_offer ("runpod/A/RTX 3060", "RTX 3060", 12, 150000));
      wait_listed (&stage, 1);
      wait_frame (page);
      if (i == 0)
        {
          /* The first time fonts and styles are loaded. */
          Figures warm_up = figures;
          GArray **spare = (GArray **) &warm_up;
          gsize k;

          for (k = 0; k < sizeof figures / sizeof *arrays; k++)
            spare[k] = g_array_new (FALSE, FALSE, sizeof (double));
          run_load (&stage, EASEL_PAGE (page), answers, n_offers, &warm_up);
          for (k = 0; k < sizeof figures / sizeof *arrays; k++)
            g_array_unref (spare[k]);
          continue;
        }
      run_load (&stage, EASEL_PAGE (page), answers, n_offers, &figures);
      run_queries (&stage, EASEL_PAGE (page), &figures);
      run_scroll (list, &figures.scroll_gap);
      run_bare (n_offers, &figures);
      most_rows = MAX (most_rows, count_rows (page));
    }
  tell ("bare-parse-ms", figures.bare);
  tell ("load-ms", figures.load);
  tell ("after-last-answer-ms", figures.last);
  tell_gap ("load-gap", &figures.load_gap);
  tell_gap ("bare-load-gap", &figures.bare_load_gap);
  tell_gap ("sort-gap", &figures.sort_gap);
  tell_gap ("filter-gap", &figures.filter_gap);
  tell_gap ("scroll-gap", &figures.scroll_gap);
  tell_gap ("bare-scroll-gap", &figures.bare_scroll_gap);
  g_print ("rows %u %u %u\n", most_rows, most_rows, most_rows);

  easel_page_abort (EASEL_PAGE (page));
  gtk_window_destroy (GTK_WINDOW (window));
  easel_test_pump ();
  for (i = 0; i < sizeof figures / sizeof *arrays; i++)
    g_array_unref (arrays[i]);
  wizard_stage_tear_down (&stage, NULL);
}

int
main (int argc, char *argv[])
{
  guint64 n_offers = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 2000;
  guint64 n_runs = argc > 2 ? g_ascii_strtoull (argv[2], NULL, 10) : 20;
  int test_argc = 1;

  g_test_init (&test_argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_FATAL_MASK);
  if (!gtk_init_check ())
    {
      g_printerr ("There is no display\n");
      return 1;
    }
  easel_ui_init ();
  bench ((guint) CLAMP (n_offers, 1, 100000), (guint) CLAMP (n_runs, 1, 1000));
  return 0;
}
