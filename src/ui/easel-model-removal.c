/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The question before a model is removed from a GPU: what that means, and the deed if it is
 * answered so.
 *
 * Names for the robot: "Remove", "Cancel". */

#include "config.h"
#include "easel-model-removal.h"

#include <glib/gi18n-lib.h>

typedef struct
{
  EaselPodModels *pod; /* (owned) */
  char *folder;        /* (owned) */
  char *name;          /* (owned) */
} Removal;

static void
removal_free (gpointer data, GClosure *closure)
{
  Removal *removal = data;

  g_clear_object (&removal->pod);
  g_free (removal->folder);
  g_free (removal->name);
  g_free (removal);
}

static void
on_remove_answer (EaselQuestion *question, const char *answer, gpointer user_data)
{
  Removal *removal = user_data;

  if (g_str_equal (answer, "remove"))
    easel_pod_models_remove (removal->pod, removal->folder, removal->name);
}

/**
 * easel_model_removal_new:
 * @parent: (nullable): the window that asks
 * @pod: where it lies
 * @gpu_name: the same for the person
 * @folder: ComfyUI's
 * @name: of the file
 * @is_on_list: whether the person has it on the shelf
 *
 * Returns: (transfer none): a question, to be presented; "remove" is answered by removing
 */
EaselQuestion *
easel_model_removal_new (GtkWindow *parent,
                         EaselPodModels *pod,
                         const char *gpu_name,
                         const char *folder,
                         const char *name,
                         gboolean is_on_list)
{
  EaselQuestion *question;
  Removal *removal;
  g_autofree char *heading = NULL;

  g_return_val_if_fail (EASEL_IS_POD_MODELS (pod), NULL);
  g_return_val_if_fail (gpu_name != NULL && folder != NULL && name != NULL, NULL);

  /* Translators: a file and a GPU, "cute.safetensors" and "RTX 3090". */
  heading = g_strdup_printf (_ ("Remove %s from the %s?"), name, gpu_name);
  question = easel_question_new (
      parent, heading,
      is_on_list
          ? _ ("It stays on your list of models, and can be brought again from there.")
          : _ ("It is not on your list, so it probably came with the server, and Krita’s plugin "
               "needs it. Without it painting may stop working on this GPU."));
  easel_question_add_answer (question, "cancel", _ ("Cancel"), EASEL_ANSWER_PLAIN);
  easel_question_add_answer (question, "remove", _ ("Remove"), EASEL_ANSWER_DESTRUCTIVE);
  removal = g_new0 (Removal, 1);
  removal->pod = g_object_ref (pod);
  removal->folder = g_strdup (folder);
  removal->name = g_strdup (name);
  g_signal_connect_data (question, "response", G_CALLBACK (on_remove_answer), removal, removal_free,
                         0);
  return question;
}
