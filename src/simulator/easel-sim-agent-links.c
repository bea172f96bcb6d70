/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the stand-in for the agent's helper fetches: whether a link may be followed, what the store
 * says to it, and so what becomes of the job and when. A link that leads elsewhere stands for one
 * into the internet, and leads to a sound file.
 */
#include "config.h"

#include "easel-sim-agent-private.h"

#include "easel-sim-sites.h"

#include <string.h>

#define MB G_GINT64_CONSTANT (1000000)
/* How long the helper waits for a word. */
#define PATIENCE_MS 30000
/* What the sum of a larger file is, is not worth the time if nobody has asked for it. */
#define MOST_SUM (2 * 1000 * MB)

/* What the store says. */
typedef struct
{
  const char *failure; /* (nullable) */
  gint64 cut;          /* the byte at which it fails */
  gint64 size;         /* 0 if nobody tells */
  char *source;        /* (owned) (nullable) */
  gint64 delay_ms;     /* until it is known that it fails */
} Promise;

static void
promise_clear (Promise *promise)
{
  g_clear_pointer (&promise->source, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Promise, promise_clear)

static gboolean
is_store (const EaselSimAgent *self, GUri *uri)
{
  return strcmp (g_uri_get_host (uri), "127.0.0.1") == 0 &&
         g_uri_get_port (uri) == (int) self->world->store_port;
}

/* Addresses that no link may lead to. */
static gboolean
is_private (const char *host)
{
  static const char *const ranges[] = {
    "0.0.0.0/8",       "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",    "169.254.0.0/16",
    "172.16.0.0/12",   "192.0.0.0/24",   "192.0.2.0/24",  "192.168.0.0/16", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",   "::/127",         "::ffff:0:0/96",
    "fc00::/7",        "fe80::/10",      "ff00::/8",      "2001:db8::/32",
  };
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (host);

  if (g_ascii_strcasecmp (host, "localhost") == 0)
    return TRUE;
  for (guint i = 0; address != NULL && i < G_N_ELEMENTS (ranges); i++)
    {
      g_autoptr (GInetAddressMask) range = g_inet_address_mask_new_from_string (ranges[i], NULL);

      if (g_inet_address_mask_matches (range, address))
        return TRUE;
    }
  return FALSE;
}

/* Returns: (nullable): why it may not be followed */
static const char *
judge_link (const EaselSimAgent *self, GUri *uri)
{
  const char *host = uri != NULL ? g_uri_get_host (uri) : NULL;
  gboolean is_plain = uri != NULL && strcmp (g_uri_get_scheme (uri), "http") == 0;

  if (host == NULL || *host == '\0' || g_uri_get_userinfo (uri) != NULL ||
      (!is_plain && strcmp (g_uri_get_scheme (uri), "https") != 0) ||
      (is_plain && g_uri_get_port (uri) != (int) self->world->store_port))
    return "network";
  return !is_store (self, uri) && is_private (host) ? "private-address" : NULL;
}

static void
ask_store (EaselSimAgent *self, GUri *uri, gint64 from, Promise *promise)
{
  g_autoptr (EaselSimAnswer) answer = easel_sim_sites_fetch (self->world, uri, from);

  if (answer == NULL)
    return;
  if (answer->delivery != EASEL_SIM_DELIVER_FILE && answer->delivery != EASEL_SIM_DELIVER_WHOLE)
    {
      promise->failure = "network";
      promise->delay_ms = answer->delivery == EASEL_SIM_DELIVER_NEVER ? PATIENCE_MS : 0;
      return;
    }
  promise->size = answer->file_size;
  promise->source = g_strdup (answer->file_name);
  if (answer->delivery == EASEL_SIM_DELIVER_FILE)
    {
      promise->cut = answer->file_cut;
      promise->failure = answer->file_cut < answer->file_until ? "network" : NULL;
    }
  else if (answer->status == 404 || answer->status == 410)
    promise->failure = "http-404";
  else if (answer->status == 401 || answer->status == 403)
    promise->failure = "http-403";
  else if (answer->status < 500 && answer->status != 408 && answer->status != 429 &&
           g_strcmp0 (answer->content_type, "text/html") == 0)
    promise->failure = "html";
  else
    promise->failure = "network";
}

/* The size that a file has which is nobody's. */
static gint64
usual_size (EaselSimAgent *self, GUri *uri)
{
  guint64 chance =
      easel_sim_hash (easel_sim_cloud_get_seed (self->world->cloud), g_uri_get_path (uri));

  return easel_sim_range (&chance, 150, 900) * MB;
}

static void
set_times (const EaselSimAgent *self, EaselSimJobFile *job)
{
  job->done_ms = job->from_ms + 1000 +
                 (job->size - job->have) / MB * 1000 / MAX (self->pod->download_mb_per_s, 1);
  job->checked_ms = job->done_ms + _easel_sim_job_check_time (job);
}

static void
fail_at (EaselSimJobFile *job, gint64 cut, const char *failure)
{
  gint64 length_ms = job->done_ms - job->from_ms;
  double share = (double) (cut - job->have) / (double) MAX (job->size - job->have, 1);

  _easel_sim_job_fail (job, job->from_ms + (gint64) ((double) length_ms * share), cut, failure);
}

/* It is called what the link calls it, unless somebody has said how. Returns: (nullable): what is
 * wrong with that */
static const char *
name_job (EaselSimAgent *self, EaselSimJobFile *job, gboolean is_any)
{
  const char *refusal;
  gboolean is_busy;

  if (job->name != NULL)
    return NULL;
  refusal = _easel_sim_agent_judge_place (job->folder, job->source, is_any);
  is_busy = _easel_sim_agent_find_open_job (self, job->folder, job->source, job->asked_ms) != NULL;
  job->name = g_strdup (job->source);
  return refusal == NULL && is_busy ? "busy" : refusal;
}

static void
foresee (EaselSimAgent *self, EaselSimJobFile *job, const Promise *promise, gboolean is_any)
{
  const gboolean has_fault = self->next_failure != NULL;

  job->is_senseless = !is_any && strstr (job->source, "broken") != NULL;
  if (promise->failure != NULL)
    fail_at (job, promise->cut, promise->failure);
  else if (has_fault && strcmp (self->next_failure, "hash") == 0)
    _easel_sim_job_fail (job, job->checked_ms, 0, "hash");
  else if (has_fault)
    fail_at (job, job->have + (gint64) (self->failure_share * (double) (job->size - job->have)),
             self->next_failure);
  else if (job->wanted == NULL && job->is_senseless)
    _easel_sim_job_fail (job, job->checked_ms, 0, "kind");
  if (has_fault && promise->failure == NULL)
    g_clear_pointer (&self->next_failure, g_free);
  job->is_unsure = job->failed_ms < 0 && (job->wanted != NULL || job->size <= MOST_SUM);
  /* By the time that it is there it is known. */
  if (job->is_unsure)
    easel_sim_sums_get (self->world->sums, job->source, job->size, FALSE);
}

/* Goes on with what is there of just this. Returns: how much is there in its place, of whatever */
static gint64
take_part (EaselSimAgent *self, EaselSimJobFile *job)
{
  const EaselSimOwner owner = { .of = job->of, .size = job->told_size, .sha256 = job->wanted };
  const EaselSimPart *any = NULL, *own = NULL;

  if (job->name != NULL)
    {
      any = _easel_sim_agent_find_part (self, job->folder, job->name);
      own = _easel_sim_agent_match_part (self, job->folder, job->name, &owner);
    }
  job->have = own != NULL ? own->size : 0;
  job->total = own != NULL ? own->total : 0;
  job->noted_size = own != NULL ? own->told_size : job->told_size;
  job->noted_hash = g_strdup (own != NULL ? own->wanted : job->wanted);
  return any != NULL ? any->size : 0;
}

/* Decides what becomes of @job, which has been told where it goes. */
void
_easel_sim_agent_fetch (EaselSimAgent *self, EaselSimJobFile *job, const char *url, gboolean is_any)
{
  g_autoptr (GUri) uri = g_uri_parse (url, G_URI_FLAGS_ENCODED, NULL);
  const char *failure = judge_link (self, uri);
  const gint64 there = take_part (self, job);
  g_auto (Promise) promise = { 0 };

  set_times (self, job);
  if (failure == NULL)
    ask_store (self, uri, job->have, &promise);
  if (job->have > 0 && job->total > 0 && promise.size > 0 && promise.size != job->total)
    {
      /* Another file lies there by now. */
      promise_clear (&promise);
      promise = (Promise){ 0 };
      job->have = 0;
      ask_store (self, uri, 0, &promise);
    }
  if (promise.size == 0 && promise.failure != NULL)
    failure = promise.failure;
  if (failure == NULL)
    {
      const char *slash = strrchr (g_uri_get_path (uri), '/');
      g_autofree char *last = slash != NULL ? g_uri_unescape_string (slash + 1, NULL) : NULL;

      job->source = g_strdup (promise.source != NULL ? promise.source : last);
      failure = name_job (self, job, is_any);
    }
  if (failure == NULL)
    {
      if (promise.size > 0)
        job->size = promise.size;
      else if (job->size == 0)
        job->size = usual_size (self, uri);
      job->total = promise.size;
      if (!_easel_sim_agent_has_room (self, job->size - there, job->asked_ms))
        failure = "disk";
    }
  set_times (self, job);
  if (failure != NULL)
    {
      job->done_ms += promise.delay_ms;
      job->checked_ms += promise.delay_ms;
      _easel_sim_job_fail (job, job->from_ms + promise.delay_ms, job->have, failure);
      job->is_over = TRUE;
      return;
    }
  foresee (self, job, &promise, is_any);
  if (job->name != NULL)
    _easel_sim_agent_drop_part (self, job->folder, job->name);
}
