/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keeps the plan supplied with what it cannot know by itself: the template that it names, looked
 * for again whenever the plan names another or a key arrives, and the tags of the author's image
 * that exist. Without answers the plan gets along. Owns the two requests, not their results. */
#include "config.h"

#include "easel-template-loader.h"

#include "easel-account-private.h"
#include "easel-image-tags.h"
#include "easel-plan-private.h"
#include "easel-template-finder.h"

#define TAGS_AGE_MS (6 * G_GINT64_CONSTANT (3600000))

struct _EaselTemplateLoader
{
  GObject parent_instance;

  EaselHttp *http;      /* (owned) */
  EaselClock *clock;    /* (owned) */
  EaselPlan *plan;      /* (owned) */
  GPtrArray *accounts;  /* (owned) (element-type EaselAccount) */
  char *image_tags_uri; /* (owned) (nullable) */

  GCancellable *search; /* (owned) (nullable): while a template is looked for */
  char *wish;           /* (owned) (nullable): provider and id of the last search */
  GError *error;        /* (owned) (nullable): of the last search */
  gboolean is_wanted;
  gboolean is_owed;   /* wanted, but there was no key to search with */
  gboolean is_taking; /* the plan changes by what was found */

  GCancellable *fetch; /* (owned) (nullable): while tags are asked for */
  gboolean has_tags;
  gint64 tags_ms; /* monotonic, of the last good answer */
};

enum
{
  CHANGED,
  N_SIGNALS
};

G_DEFINE_FINAL_TYPE (EaselTemplateLoader, easel_template_loader, G_TYPE_OBJECT)

static guint signals[N_SIGNALS];

/* What a callback needs to know whether its answer is still wanted. */
typedef struct
{
  GWeakRef loader;
  GCancellable *cancellable; /* (owned) */
} Call;

static Call *
call_new (EaselTemplateLoader *self, GCancellable *cancellable)
{
  Call *call = g_new0 (Call, 1);

  g_weak_ref_init (&call->loader, self);
  call->cancellable = g_object_ref (cancellable);
  return call;
}

static void
call_free (Call *call)
{
  g_weak_ref_clear (&call->loader);
  g_clear_object (&call->cancellable);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

/* Returns: (transfer full) (nullable): the loader, if it still waits for this answer */
static EaselTemplateLoader *
call_dup_loader (Call *call)
{
  return g_cancellable_is_cancelled (call->cancellable) ? NULL : g_weak_ref_get (&call->loader);
}

static void
cancel (GCancellable **cancellable)
{
  g_autoptr (GCancellable) old = g_steal_pointer (cancellable);

  if (old != NULL)
    g_cancellable_cancel (old);
}

/* --- template ----------------------------------------------------------------------------- */

static char *
dup_wish (EaselTemplateLoader *self)
{
  return g_strconcat (easel_plan_get_provider_id (self->plan), "/",
                      easel_plan_get_template_id (self->plan), NULL);
}

static void
note_wish (EaselTemplateLoader *self)
{
  g_free (self->wish);
  self->wish = dup_wish (self);
}

static void
take_template (EaselTemplateLoader *self, EaselTemplate *template, gboolean is_wished)
{
  if (is_wished)
    {
      easel_plan_set_template (self->plan, template);
      return;
    }
  /* A wish that cannot be met is told once, and not wished again. */
  if (*easel_plan_get_template_id (self->plan) != '\0')
    easel_plan_set_template (self->plan, NULL);
  _easel_plan_take_default_template (self->plan, template);
}

static void
on_template_found (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (EaselTemplateLoader) self = call_dup_loader (call);
  g_autoptr (EaselTemplate) template = NULL;
  g_autoptr (GError) wish_error = NULL;
  g_autoptr (GError) error = NULL;

  template = easel_template_find_finish (result, &wish_error, &error);
  if (self == NULL)
    return;
  g_clear_error (&self->error);
  if (template == NULL)
    self->error = g_steal_pointer (&error);
  else
    {
      gboolean has_wish = *easel_plan_get_template_id (self->plan) != '\0';

      self->is_taking = TRUE;
      take_template (self, template, has_wish && wish_error == NULL);
      self->is_taking = FALSE;
      self->error = g_steal_pointer (&wish_error);
    }
  note_wish (self);
  g_clear_object (&self->search);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
search (EaselTemplateLoader *self)
{
  EaselAccount *account = easel_template_loader_get_account (self);

  cancel (&self->search);
  note_wish (self);
  self->is_owed = account == NULL;
  if (account == NULL)
    return;
  self->search = g_cancellable_new ();
  easel_template_find_async (_easel_account_get_provider (account), easel_account_get_key (account),
                             easel_plan_get_template_id (self->plan), self->search,
                             on_template_found, call_new (self, self->search));
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
on_plan_changed (EaselTemplateLoader *self)
{
  g_autofree char *wish = dup_wish (self);

  g_assert (EASEL_IS_TEMPLATE_LOADER (self));

  if (!self->is_wanted || self->is_taking || g_strcmp0 (wish, self->wish) == 0)
    return;
  if (easel_plan_get_template (self->plan) == NULL)
    search (self);
  else
    {
      /* The person was faster than the search. */
      cancel (&self->search);
      note_wish (self);
    }
}

static void
on_account_changed (EaselTemplateLoader *self)
{
  g_assert (EASEL_IS_TEMPLATE_LOADER (self));

  if (self->is_owed && easel_template_loader_get_account (self) != NULL)
    search (self);
}

/* --- tags --------------------------------------------------------------------------------- */

static void
on_tags_fetched (GObject *object, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (EaselTemplateLoader) self = call_dup_loader (call);
  g_auto (GStrv) tags = NULL;
  g_autoptr (GError) error = NULL;

  tags = easel_image_tags_fetch_finish (result, &error);
  if (self == NULL)
    return;
  g_clear_object (&self->fetch);
  if (tags == NULL)
    {
      g_debug ("list of image tags: %s", error->message);
      return;
    }
  self->has_tags = TRUE;
  self->tags_ms = easel_clock_get_monotonic_ms (self->clock);
  if (tags[0] != NULL)
    easel_plan_set_public_tags (self->plan, (const char *const *) tags);
}

static void
fetch_tags (EaselTemplateLoader *self)
{
  gint64 age_ms = easel_clock_get_monotonic_ms (self->clock) - self->tags_ms;

  if (self->image_tags_uri == NULL || self->fetch != NULL ||
      (self->has_tags && age_ms < TAGS_AGE_MS))
    return;
  self->fetch = g_cancellable_new ();
  easel_image_tags_fetch_async (self->http, self->image_tags_uri, self->fetch, on_tags_fetched,
                                call_new (self, self->fetch));
}

/* --- object ------------------------------------------------------------------------------- */

static void
easel_template_loader_dispose (GObject *object)
{
  EaselTemplateLoader *self = EASEL_TEMPLATE_LOADER (object);

  cancel (&self->search);
  cancel (&self->fetch);

  G_OBJECT_CLASS (easel_template_loader_parent_class)->dispose (object);
}

static void
easel_template_loader_finalize (GObject *object)
{
  EaselTemplateLoader *self = EASEL_TEMPLATE_LOADER (object);

  g_clear_error (&self->error);
  g_clear_pointer (&self->wish, g_free);
  g_clear_pointer (&self->image_tags_uri, g_free);
  g_clear_pointer (&self->accounts, g_ptr_array_unref);
  g_clear_object (&self->plan);
  g_clear_object (&self->clock);
  g_clear_object (&self->http);

  G_OBJECT_CLASS (easel_template_loader_parent_class)->finalize (object);
}

static void
easel_template_loader_class_init (EaselTemplateLoaderClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = easel_template_loader_dispose;
  object_class->finalize = easel_template_loader_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
easel_template_loader_init (EaselTemplateLoader *self)
{
  self->accounts = g_ptr_array_new_with_free_func (g_object_unref);
}

/**
 * easel_template_loader_new:
 * @http: for the list of tags
 * @clock: for its age
 * @accounts: (element-type EaselAccount): whom to ask
 * @plan: for whom
 * @image_tags_uri: (nullable): the public list of tags
 *
 * Returns: (transfer full): a loader that has asked nobody yet
 */
EaselTemplateLoader *
easel_template_loader_new (EaselHttp *http,
                           EaselClock *clock,
                           GPtrArray *accounts,
                           EaselPlan *plan,
                           const char *image_tags_uri)
{
  EaselTemplateLoader *self;

  g_return_val_if_fail (EASEL_IS_HTTP (http), NULL);
  g_return_val_if_fail (EASEL_IS_CLOCK (clock), NULL);
  g_return_val_if_fail (accounts != NULL, NULL);
  g_return_val_if_fail (EASEL_IS_PLAN (plan), NULL);

  self = g_object_new (EASEL_TYPE_TEMPLATE_LOADER, NULL);
  self->http = g_object_ref (http);
  self->clock = g_object_ref (clock);
  self->plan = g_object_ref (plan);
  self->image_tags_uri = g_strdup (image_tags_uri);
  for (guint i = 0; i < accounts->len; i++)
    {
      EaselAccount *account = g_ptr_array_index (accounts, i);

      g_ptr_array_add (self->accounts, g_object_ref (account));
      g_signal_connect_object (account, "changed", G_CALLBACK (on_account_changed), self,
                               G_CONNECT_SWAPPED);
    }
  g_signal_connect_object (plan, "changed", G_CALLBACK (on_plan_changed), self, G_CONNECT_SWAPPED);
  return self;
}

/**
 * easel_template_loader_load:
 * @self: a loader
 *
 * Supplies the plan, now and whenever it names another template from now on. Waits for a key if
 * there is none yet.
 */
void
easel_template_loader_load (EaselTemplateLoader *self)
{
  g_return_if_fail (EASEL_IS_TEMPLATE_LOADER (self));

  self->is_wanted = TRUE;
  fetch_tags (self);
  if (self->search == NULL && easel_plan_get_template (self->plan) == NULL)
    search (self);
}

/**
 * easel_template_loader_is_loading:
 * @self: a loader
 *
 * Returns: whether a template is being looked for
 */
gboolean
easel_template_loader_is_loading (EaselTemplateLoader *self)
{
  g_return_val_if_fail (EASEL_IS_TEMPLATE_LOADER (self), FALSE);

  return self->search != NULL;
}

/**
 * easel_template_loader_get_error:
 * @self: a loader
 *
 * Returns: (transfer none) (nullable): why the wished template, or any, was not found
 */
const GError *
easel_template_loader_get_error (EaselTemplateLoader *self)
{
  g_return_val_if_fail (EASEL_IS_TEMPLATE_LOADER (self), NULL);

  return self->error;
}

/**
 * easel_template_loader_get_account:
 * @self: a loader
 *
 * Returns: (transfer none) (nullable): the account at the plan's provider, if its key can be used
 */
EaselAccount *
easel_template_loader_get_account (EaselTemplateLoader *self)
{
  g_return_val_if_fail (EASEL_IS_TEMPLATE_LOADER (self), NULL);

  for (guint i = 0; i < self->accounts->len; i++)
    {
      EaselAccount *account = g_ptr_array_index (self->accounts, i);

      if (g_strcmp0 (easel_account_get_provider_info (account)->id,
                     easel_plan_get_provider_id (self->plan)) == 0)
        return easel_account_is_usable (account) ? account : NULL;
    }
  return NULL;
}
