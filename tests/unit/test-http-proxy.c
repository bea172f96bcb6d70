/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "easel-http.h"
#include "easel-test-server.h"
#include "easel-test-util.h"

#define KEY "practice-canary-bird"

/* A desktop whose settings lead everything over one proxy. */
#define TEST_TYPE_RESOLVER (test_resolver_get_type ())
G_DECLARE_FINAL_TYPE (TestResolver, test_resolver, TEST, RESOLVER, GObject)

struct _TestResolver
{
  GObject parent_instance;
};

static void test_resolver_iface_init (GProxyResolverInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (TestResolver,
                               test_resolver,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER,
                                                      test_resolver_iface_init))

static EaselTestServer *proxy;

static char **
find_proxies (void)
{
  const char *const proxies[] = { easel_test_server_get_uri (proxy), NULL };

  return g_strdupv ((char **) proxies);
}

static gboolean
test_resolver_is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static char **
test_resolver_lookup (GProxyResolver *resolver,
                      const char *uri,
                      GCancellable *cancellable,
                      GError **error)
{
  return find_proxies ();
}

static void
test_resolver_lookup_async (GProxyResolver *resolver,
                            const char *uri,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_task_return_pointer (task, find_proxies (), (GDestroyNotify) g_strfreev);
}

static char **
test_resolver_lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
test_resolver_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = test_resolver_is_supported;
  iface->lookup = test_resolver_lookup;
  iface->lookup_async = test_resolver_lookup_async;
  iface->lookup_finish = test_resolver_lookup_finish;
}

static void
test_resolver_class_init (TestResolverClass *klass)
{
}

static void
test_resolver_init (TestResolver *self)
{
}

static EaselHttpResponse *
ask (EaselHttp *http, const char *uri, EaselSecret *key)
{
  const EaselHttpRequest request = { .method = "GET", .uri = uri, .bearer = key };
  g_auto (EaselTestCatch) caught = { 0 };
  g_autoptr (GError) error = NULL;
  EaselHttpResponse *response;

  easel_http_send_async (http, &request, NULL, NULL, easel_test_catch, &caught);
  response = easel_http_send_finish (http, easel_test_catch_wait (&caught), &error);
  g_assert_no_error (error);
  return response;
}

/* What goes to this computer never takes the way over a proxy: a key would be readable there. */
static void
test_own_addresses_go_direct (void)
{
  g_autoptr (EaselTestServer) server = easel_test_server_new ();
  g_autoptr (EaselClock) clock = easel_manual_clock_new (0);
  g_autoptr (EaselHttp) http = easel_http_new (clock, NULL);
  g_autoptr (EaselSecret) key = easel_secret_new (KEY);
  g_autofree char *uri = easel_test_server_build_uri (server, "/pods");
  g_autoptr (EaselHttpResponse) direct = NULL;
  g_autoptr (EaselHttpResponse) detour = NULL;

  proxy = easel_test_server_new ();
  easel_test_server_reply (server, "GET", "/pods", 200, "{}");
  direct = ask (http, uri, key);
  g_assert_cmpuint (easel_test_server_count (server, NULL, NULL), ==, 1);
  g_assert_cmpuint (easel_test_server_count (proxy, NULL, NULL), ==, 0);

  /* Others do take it, so the settings are heard. */
  detour = ask (http, "http://provider.example.invalid/pods", NULL);
  g_assert_cmpuint (easel_test_server_count (proxy, NULL, NULL), ==, 1);
  easel_test_pump ();
  g_clear_pointer (&proxy, easel_test_server_free);
}

int
main (int argc, char **argv)
{
  g_setenv ("GIO_USE_PROXY_RESOLVER", "easel-test", TRUE);
  g_test_init (&argc, &argv, NULL);
  /* Makes the extension point known, then fills it. */
  g_type_ensure (G_TYPE_PROXY_RESOLVER);
  g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, TEST_TYPE_RESOLVER,
                                  "easel-test", 1000);
  g_test_add_func ("/http-proxy/own-addresses-go-direct", test_own_addresses_go_direct);
  return g_test_run ();
}
