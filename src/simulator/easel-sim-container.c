/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What really runs in the pods of "--agent real": each pod's own start command, so the program's
 * own guard and helper, around Debian's nginx with a config of the image's shape, in a folder that
 * stands for the container. ComfyUI is still played, at a port that only nginx and the guard know,
 * and so is what the image's start script says and downloads, which the agent reads.
 *
 * It knows nothing of what the agent does: the agent ends its pod by the provider's interface, with
 * the pod's own key, or does not.
 */
#include "config.h"

#include "easel-sim-container.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ComfyUI, nginx, guard, helper. */
#define N_PORTS 4
/* Below those that connections get. */
#define FIRST_PORT 10000
#define END_PORT 32000

/* The image's: nginx in front of ComfyUI, and a page of its own that says 200 while that is not up.
 */
#define NGINX_CONF                                                                                 \
  "daemon off;\nmaster_process off;\npid {root}/nginx.pid;\nerror_log {root}/nginx.log;\n"         \
  "events { worker_connections 256; }\n"                                                           \
  "http {\n"                                                                                       \
  "  access_log {root}/access.log;\n"                                                              \
  "  client_body_temp_path {root}/body;\n  proxy_temp_path {root}/proxy;\n"                        \
  "  fastcgi_temp_path {root}/fastcgi;\n  uwsgi_temp_path {root}/uwsgi;\n"                         \
  "  scgi_temp_path {root}/scgi;\n"                                                                \
  "  client_max_body_size 500M;\n"                                                                 \
  "  server {\n"                                                                                   \
  "    listen 127.0.0.1:{nginx};\n"                                                                \
  "    location /ws {\n"                                                                           \
  "      proxy_pass http://127.0.0.1:{comfy};\n      proxy_http_version 1.1;\n"                    \
  "      proxy_set_header Upgrade $http_upgrade;\n      proxy_set_header Connection "              \
  "\"upgrade\";\n"                                                                                 \
  "    }\n"                                                                                        \
  "    location / {\n"                                                                             \
  "      proxy_pass http://127.0.0.1:{comfy};\n      proxy_intercept_errors on;\n"                 \
  "      error_page 502 =200 @502;\n"                                                              \
  "    }\n"                                                                                        \
  "    location @502 { root {root}/html; rewrite ^(.*)$ /readme.html break; }\n"                   \
  "  }\n"                                                                                          \
  "}\n"
/* Its words are written to the file as time goes by. */
#define SCRIPT_LOG "start.log"
#define START_SH                                                                                   \
  "#!/bin/bash\nnginx -e {root}/nginx.log -c {root}/etc/nginx/nginx.conf &\n"                      \
  "exec tail -n +1 -f {root}/" SCRIPT_LOG "\n"
/* All of it is one group of processes, which ends with this program, however that ends. */
#define KEEPER                                                                                     \
  "(while kill -0 {parent} 2>/dev/null; do sleep 1; done; kill -9 -- -$$)& exec bash -c \"$1\""

typedef struct
{
  char *root;
  GPid process; /* 0: nothing runs */
  guint run;
  guint port;    /* the lowest of them */
  guint n_lines; /* of the start script's that are written */
} Container;

struct _EaselSimContainers
{
  EaselSimWorld *world;   /* (unowned) */
  GHashTable *containers; /* (element-type utf8 Container): by pod */
  char *path;             /* where programs are */
  char *python;
  guint next_port;
};

static void
stop_container (Container *self)
{
  if (self->process > 0)
    kill (-self->process, SIGKILL);
  self->process = 0;
}

static void
remove_tree (const char *path)
{
  g_autoptr (GDir) dir =
      !g_file_test (path, G_FILE_TEST_IS_SYMLINK) ? g_dir_open (path, 0, NULL) : NULL;
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

static void
container_free (gpointer data)
{
  Container *self = data;

  stop_container (self);
  remove_tree (self->root);
  g_free (self->root);
  g_free (self);
}

/**
 * easel_sim_containers_new:
 * @world: all there is, kept by the caller
 *
 * Returns: (transfer full) (nullable): the containers of all pods; %NULL where nginx or Python is
 *   not installed, or time stands still
 */
EaselSimContainers *
easel_sim_containers_new (EaselSimWorld *world)
{
  g_autofree char *nginx = g_find_program_in_path ("nginx");
  g_autofree char *python = g_find_program_in_path ("/usr/bin/python3");
  g_autofree char *bash = g_find_program_in_path ("bash");
  EaselSimContainers *self;

  if (nginx == NULL && g_file_test ("/usr/sbin/nginx", G_FILE_TEST_IS_EXECUTABLE))
    nginx = g_strdup ("/usr/sbin/nginx");
  if (nginx == NULL || python == NULL || bash == NULL ||
      easel_sim_clock_get_speed (world->clock) <= 0)
    return NULL;
  self = g_new0 (EaselSimContainers, 1);
  self->world = world;
  self->containers = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, container_free);
  self->path = g_strconcat (g_getenv ("PATH"), ":/usr/sbin", NULL);
  self->python = g_steal_pointer (&python);
  self->next_port = FIRST_PORT + (guint) getpid () % 2000 * 8;
  return self;
}

/**
 * easel_sim_containers_free:
 * @self: (transfer full): containers; what runs in them is ended
 */
void
easel_sim_containers_free (EaselSimContainers *self)
{
  g_hash_table_unref (self->containers);
  g_free (self->path);
  g_free (self->python);
  g_free (self);
}

static gboolean
is_free (guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons ((guint16) port) };
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int on = 1;
  gboolean result;

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  result = bind (fd, (const struct sockaddr *) &address, sizeof address) == 0;
  close (fd);
  return result;
}

static guint
find_ports (EaselSimContainers *self)
{
  for (guint tries = 0; tries < 1000; tries++)
    {
      const guint low = self->next_port;
      guint n = 0;

      self->next_port = low + 2 * N_PORTS < END_PORT ? low + N_PORTS : FIRST_PORT;
      while (n < N_PORTS && is_free (low + n))
        n++;
      if (n == N_PORTS)
        return low;
    }
  return 0;
}

static char *
fill_in (const EaselSimContainers *self, const Container *container, const char *text)
{
  GString *result = g_string_new (text);
  g_autofree char *comfy = g_strdup_printf ("%u", container->port);
  g_autofree char *nginx = g_strdup_printf ("%u", container->port + 1);
  g_autofree char *parent = g_strdup_printf ("%d", (int) getpid ());

  g_string_replace (result, "{root}", container->root, 0);
  g_string_replace (result, "{comfy}", comfy, 0);
  g_string_replace (result, "{nginx}", nginx, 0);
  g_string_replace (result, "{parent}", parent, 0);
  return g_string_free (result, FALSE);
}

static gboolean
write_file (const EaselSimContainers *self,
            const Container *container,
            const char *name,
            const char *template,
            int mode)
{
  g_autofree char *path = g_build_filename (container->root, name, NULL);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = fill_in (self, container, template);

  return g_mkdir_with_parents (folder, 0700) == 0 &&
         g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, mode, NULL);
}

/* The same command, for a container that is only a folder. */
static char *
command_in_folder (const EaselSimContainers *self, const Container *container, const char *command)
{
  GString *text = g_string_new (command);
  g_autofree char *cd = g_strconcat ("cd ", container->root, ";", NULL);
  g_autofree char *start = g_strconcat ("&", container->root, "/start.sh", NULL);
  g_autofree char *file = g_strconcat (">", container->root, "/tmp/", NULL);
  g_autofree char *port = g_strdup_printf ("--port %u", container->port);

  g_string_replace (text, "cd /;", cd, 1);
  g_string_replace (text, "/venv/bin/python3", self->python, 0);
  g_string_replace (text, "&/start.sh", start, 1);
  g_string_replace (text, ">/tmp/", file, 0);
  g_string_replace (text, "--port 3000", port, 0);
  return g_string_free (text, FALSE);
}

static char **
make_environment (const EaselSimContainers *self,
                  const Container *container,
                  const EaselSimPod *pod)
{
  EaselSimWorld *world = self->world;
  const gboolean is_runpod = pod->house == EASEL_SIM_HOUSE_RUNPOD;
  g_autofree char *key = easel_sim_cloud_get_pod_key (world->cloud, pod);
  g_autofree char *api = g_strdup_printf ("http://127.0.0.1:%u", world->port);
  g_autofree char *port = g_strdup_printf ("%u", container->port + 1);
  g_autofree char *store = g_strdup_printf ("%u", world->store_port);
  char speed[G_ASCII_DTOSTR_BUF_SIZE];
  char **result = NULL;
  GHashTableIter iter;
  gpointer name, value;

  g_ascii_dtostr (speed, sizeof speed, easel_sim_clock_get_speed (world->clock));
  g_hash_table_iter_init (&iter, pod->env);
  while (g_hash_table_iter_next (&iter, &name, &value))
    result = g_environ_setenv (result, name, value, TRUE);
  result = g_environ_setenv (result, "PATH", self->path, TRUE);
  result = g_environ_setenv (result, is_runpod ? "RUNPOD_POD_ID" : "CONTAINER_ID", pod->id, TRUE);
  result = g_environ_setenv (result, is_runpod ? "RUNPOD_API_KEY" : "CONTAINER_API_KEY", key, TRUE);
  result = g_environ_setenv (result, "EASEL_ROOT", container->root, TRUE);
  result = g_environ_setenv (result, "EASEL_API", api, TRUE);
  result = g_environ_setenv (result, "EASEL_SPEED", speed, TRUE);
  result = g_environ_setenv (result, "EASEL_PORT", port, TRUE);
  return g_environ_setenv (result, "EASEL_LOOPBACK", store, TRUE);
}

static void
lead_group (gpointer user_data)
{
  setpgid (0, 0);
}

static void
on_ended (GPid process, int status, gpointer user_data)
{
  g_spawn_close_pid (process);
}

static void
begin_container (EaselSimContainers *self, Container *container, const EaselSimPod *pod)
{
  g_autofree char *command =
      command_in_folder (self, container, easel_sim_pod_get_shell_text (pod));
  g_autofree char *keeper = fill_in (self, container, KEEPER);
  const char *const words[] = { "bash", "-c", keeper, "container", command, NULL };
  g_auto (GStrv) environment = make_environment (self, container, pod);
  g_autoptr (GError) error = NULL;

  container->run = pod->n_runs;
  container->n_lines = 0;
  if (!write_file (self, container, SCRIPT_LOG, "", 0644) ||
      !write_file (self, container, "etc/nginx/nginx.conf", NGINX_CONF, 0644) ||
      !write_file (self, container, "start.sh", START_SH, 0755) ||
      !write_file (self, container, "html/readme.html", "<title>Port Not Up Yet</title>", 0644) ||
      !write_file (self, container, "workspace/ComfyUI/main.py", "", 0644) ||
      !write_file (self, container, "tmp/begun", "", 0644) ||
      !g_spawn_async (container->root, (char **) words, environment,
                      G_SPAWN_SEARCH_PATH_FROM_ENVP | G_SPAWN_DO_NOT_REAP_CHILD |
                          G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL,
                      lead_group, NULL, &container->process, &error))
    {
      g_printerr ("cloud-easel-simulator: a container did not start: %s\n",
                  error != NULL ? error->message : g_strerror (errno));
      container->process = 0;
      return;
    }
  g_child_watch_add (container->process, on_ended, NULL);
}

/* What the start script has said by now. */
static void
write_log (Container *container, const EaselSimPod *pod, gint64 now_ms)
{
  const GPtrArray *lines = pod->boot->lines;
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *path = NULL;
  FILE *file;

  for (; container->n_lines < lines->len; container->n_lines++)
    {
      const EaselSimLine *line = g_ptr_array_index (lines, container->n_lines);

      if (line->at_ms > now_ms)
        break;
      if (!line->is_system)
        g_string_append_printf (text, "%s\n", line->text);
    }
  if (text->len == 0)
    return;
  path = g_build_filename (container->root, SCRIPT_LOG, NULL);
  file = g_fopen (path, "ae");
  if (file == NULL)
    return;
  fwrite (text->str, 1, text->len, file);
  fclose (file);
}

static Container *
make_container (EaselSimContainers *self, const EaselSimPod *pod)
{
  g_autofree char *root = g_dir_make_tmp ("easel-container-XXXXXX", NULL);
  const guint port = find_ports (self);
  Container *container;

  if (root == NULL || port == 0)
    return NULL;
  container = g_new0 (Container, 1);
  container->root = g_steal_pointer (&root);
  container->port = port;
  g_hash_table_insert (self->containers, g_strdup (pod->id), container);
  return container;
}

/**
 * easel_sim_containers_update:
 * @self: (nullable): containers
 *
 * Starts and ends what runs in them, as the pods' states want it. The disk of a pod that is stopped
 * is kept.
 */
void
easel_sim_containers_update (EaselSimContainers *self)
{
  GPtrArray *pods;

  if (self == NULL)
    return;
  pods = easel_sim_cloud_get_pods (self->world->cloud);
  for (guint i = 0; i < pods->len; i++)
    {
      EaselSimPod *pod = g_ptr_array_index (pods, i);
      Container *container = g_hash_table_lookup (self->containers, pod->id);
      const gboolean is_up =
          easel_sim_pod_is_container_up (pod, easel_sim_cloud_now (self->world->cloud));

      if (container != NULL && (!is_up || container->run != pod->n_runs))
        stop_container (container);
      if (container != NULL && pod->state == EASEL_SIM_POD_DELETED)
        g_hash_table_remove (self->containers, pod->id);
      else if (is_up && easel_sim_pod_has_agent (pod) &&
               (container == NULL || container->run != pod->n_runs))
        {
          if (container == NULL)
            container = make_container (self, pod);
          if (container != NULL)
            begin_container (self, container, pod);
        }
      if (is_up && container != NULL && container->process > 0)
        write_log (container, pod, easel_sim_cloud_now (self->world->cloud));
    }
}

/**
 * easel_sim_containers_get_comfy_port:
 * @self: (nullable): containers
 * @pod: a pod
 *
 * Returns: the loopback port at which its nginx and its guard look for ComfyUI; 0 if nothing runs
 */
guint
easel_sim_containers_get_comfy_port (EaselSimContainers *self, const EaselSimPod *pod)
{
  const Container *container =
      self != NULL ? g_hash_table_lookup (self->containers, pod->id) : NULL;

  return container != NULL && container->process > 0 ? container->port : 0;
}

/**
 * easel_sim_containers_get_nginx_port:
 * @self: (nullable): containers
 * @pod: a pod
 *
 * Returns: the loopback port of its nginx; 0 if nothing runs
 */
guint
easel_sim_containers_get_nginx_port (EaselSimContainers *self, const EaselSimPod *pod)
{
  const guint comfy = easel_sim_containers_get_comfy_port (self, pod);

  return comfy > 0 ? comfy + 1 : 0;
}
