/* SPDX-License-Identifier: GPL-3.0-or-later */

/* What the tests of the wizard and its pages share: a cloud in which something can be rented, and
 * in which what was rented becomes a server that Krita accepts. */

#include "config.h"
#include "wizard-stage.h"

#include "easel-test-util.h"

#define STEP_MS (5 * 1000)
#define MOST_STEPS 2000

static void
reset_settings (GSettings *settings)
{
  g_autoptr (GSettingsSchema) schema = NULL;
  g_auto (GStrv) keys = NULL;
  guint i;

  g_object_get (settings, "settings-schema", &schema, NULL);
  keys = g_settings_schema_list_keys (schema);
  for (i = 0; keys[i] != NULL; i++)
    g_settings_reset (settings, keys[i]);
}

static void
add_offers (StubProvider *provider)
{
  stub_provider_add_offer (provider, stub_offer ("runpod/A/RTX 3060", "RTX 3060", 12, 150000));
  stub_provider_add_offer (provider, stub_offer ("runpod/A/RTX 3090", "RTX 3090", 24, 220000));
  stub_provider_add_offer (provider, stub_offer ("runpod/A/RTX A5000", "RTX A5000", 24, 230000));
  stub_provider_add_offer (provider, stub_offer ("runpod/A/RTX 4090", "RTX 4090", 24, 690000));
}

void
wizard_stage_set_up (WizardStage *stage, gconstpointer data)
{
  stage_set_up (&stage->base);
  reset_settings (stage->base.settings);
  stage->server = easel_test_server_new ();
  stub_provider_set_address_pattern (stage->base.provider,
                                     easel_test_server_get_uri (stage->server));
  add_offers (stage->base.provider);
  stub_provider_add_template (stage->base.provider,
                              stub_krita_template (stub_provider_runpod_info ()->template_id,
                                                   "aclysia/sd-comfyui-krita:v1.52.0"));
}

void
wizard_stage_tear_down (WizardStage *stage, gconstpointer data)
{
  stage_tear_down (&stage->base);
  easel_test_server_free (stage->server);
}

static gboolean
account_is_settled (gpointer data)
{
  EaselAccountState state = easel_account_get_state (data);

  return state != EASEL_ACCOUNT_CHECKING && state != EASEL_ACCOUNT_UNLOADED;
}

void
wizard_stage_enter_key (WizardStage *stage, const char *text)
{
  g_autoptr (EaselSecret) key = easel_secret_new (text);

  easel_account_set_key (stage->account, key, FALSE);
  easel_test_wait_until (account_is_settled, stage->account);
}

static gboolean
has_offer (gpointer data)
{
  WizardStage *stage = data;

  easel_manual_clock_advance (EASEL_MANUAL_CLOCK (stage->base.clock), 1);
  return easel_catalog_get_state (stage->catalog) == EASEL_CATALOG_READY &&
         easel_plan_get_offer (stage->plan) != NULL &&
         easel_plan_get_template (stage->plan) != NULL;
}

void
wizard_stage_load_offers (WizardStage *stage)
{
  easel_catalog_load_template (stage->catalog);
  easel_catalog_refresh (stage->catalog);
  easel_test_wait_until (has_offer, stage);
}

void
wizard_stage_open (WizardStage *stage, gboolean with_key)
{
  if (with_key)
    stage_open (&stage->base);
  else
    stage_open_keyless (&stage->base);
  stage->plan = easel_session_get_plan (stage->base.session);
  stage->catalog = easel_session_get_catalog (stage->base.session);
  stage->account = easel_session_get_nth_account (stage->base.session, 0);
  if (with_key)
    wizard_stage_load_offers (stage);
}

static void
script_folder (EaselTestServer *server, const char *folder, const char *files)
{
  g_autofree char *path = g_strconcat ("/models/", folder, NULL);

  easel_test_server_reply (server, "GET", path, 200, files);
}

void
wizard_stage_bring_up_comfy (WizardStage *stage)
{
  static const char *const classes[] = {
    "InpaintPreprocessor",  "DepthAnythingV2Preprocessor",
    "IPAdapterModelLoader", "IPAdapter",
    "ETN_LoadImageCache",   "ETN_SaveImageCache",
    "ETN_Translate",        "INPAINT_LoadFooocusInpaint",
    "INPAINT_ShrinkMask",   "INPAINT_StabilizeMask",
    "INPAINT_ColorMatch",
  };
  EaselTestServer *server = stage->server;
  guint i;

  easel_test_server_forget_scripts (server);
  easel_test_server_reply (server, "GET", "/system_stats", 200,
                           "{\"system\":{\"os\":\"posix\"},\"devices\":[{\"name\":"
                           "\"cuda:0 NVIDIA GeForce RTX 3090\",\"type\":\"cuda\","
                           "\"vram_total\":25769803776,\"vram_free\":25769803776}]}");
  easel_test_server_add_websocket (server, "/ws", EASEL_TEST_SOCKET_TEXT,
                                   "{\"type\":\"status\",\"data\":{\"sid\":\"x\"}}");
  for (i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      g_autofree char *path = g_strconcat ("/object_info/", classes[i], NULL);
      g_autofree char *body = g_strdup_printf ("{\"%s\":{\"input\":{}}}", classes[i]);

      easel_test_server_reply (server, "GET", path, 200, body);
    }
  script_folder (server, "checkpoints", "[\"RealVisXL_V5.0_fp16.safetensors\"]");
  script_folder (server, "diffusion_models", "[]");
  script_folder (server, "upscale_models",
                 "[\"4x_NMKD-Superscale-SP_178000_G.pth\",\"OmniSR_X2_DIV2K.safetensors\"]");
  script_folder (server, "inpaint",
                 "[\"MAT_Places512_G_fp16.safetensors\",\"fooocus_inpaint_head.pth\","
                 "\"inpaint_v26.fooocus.patch\"]");
  script_folder (server, "ipadapter", "[\"ip-adapter_sdxl_vit-h.safetensors\"]");
  script_folder (server, "clip_vision", "[\"clip-vision_vit-h.safetensors\"]");
  script_folder (server, "loras", "[\"Hyper-SDXL-8steps-CFG-lora.safetensors\"]");
  easel_test_server_reply (server, "GET", "/prompt", 200,
                           "{\"exec_info\":{\"queue_remaining\":0}}");
  easel_test_server_reply (server, "GET", "/history", 200, "{}");
}

void
wizard_stage_pass_until (WizardStage *stage, EaselTestCondition condition, gpointer data)
{
  guint i;

  for (i = 0; i < MOST_STEPS && !condition (data); i++)
    {
      easel_manual_clock_advance (EASEL_MANUAL_CLOCK (stage->base.clock), STEP_MS);
      stub_settle ();
    }
  g_assert_true (condition (data));
}

static GtkWidget *
find_nth (GtkWidget *root, GType type, guint *nth)
{
  GtkWidget *child;

  if (g_type_is_a (G_OBJECT_TYPE (root), type) && (*nth)-- == 0)
    return root;
  for (child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_nth (child, type, nth);

      if (found != NULL)
        return found;
    }
  return NULL;
}

GtkWidget *
wizard_stage_find_nth (GtkWidget *root, GType type, guint nth)
{
  GtkWidget *found = find_nth (root, type, &nth);

  g_assert_nonnull (found);
  return found;
}

GtkWidget *
wizard_stage_find (GtkWidget *root, GType type)
{
  return wizard_stage_find_nth (root, type, 0);
}
