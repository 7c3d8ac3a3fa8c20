/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "disk/beneath.h"
#include "disk/sidestore.h"
#include "disk/spelling.h"

char **
veto_copy(const char *const *patterns)
{
	char **copy;
	size_t n = 0;

	while (patterns != NULL && patterns[n] != NULL)
		n++;
	if (n == 0)
		return NULL;
	copy = xcalloc(n + 1, sizeof(*copy));
	while (n-- > 0)
		copy[n] = xstrdup(patterns[n]);
	return copy;
}

void
veto_free(char **veto)
{
	for (size_t i = 0; veto != NULL && veto[i] != NULL; i++)
		free(veto[i]);
	free(veto);
}

bool
veto_name(const struct disk_root *root, const char *name)
{
	if (side_is(name))
		return true;
	for (size_t i = 0; root->veto != NULL && root->veto[i] != NULL; i++)
		if (name_matches(root->veto[i], name))
			return true;
	return false;
}

static bool
never_vetoed(const struct disk_root *root, const char *path)
{
	return root->veto == NULL && strcasestr(path, SIDE_DIRECTORY) == NULL;
}

nt_status
veto_path(const struct disk_root *root, const char *path)
{
	char part[SPELLING_MAX];
	size_t n;

	if (never_vetoed(root, path))
		return STATUS_SUCCESS;
	for (; *path != '\0'; path += n + (path[n] == '/')) {
		n = strcspn(path, "/");
		if (n >= sizeof(part))
			continue; /* no name on disk is so long */
		memcpy(part, path, n);
		part[n] = '\0';
		if (veto_name(root, part))
			return path[n] == '/' ? STATUS_OBJECT_PATH_NOT_FOUND
					      : STATUS_OBJECT_NAME_NOT_FOUND;
	}
	return STATUS_SUCCESS;
}

nt_status
veto_found(const struct disk_root *root, const char *path)
{
	char shown[3 * PATH_MAX + 1];

	if (never_vetoed(root, path))
		return STATUS_SUCCESS;
	spelling_path_from_disk(path, shown);
	return veto_path(root, shown);
}
