/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_QUOTA_H
#define DISK_QUOTA_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/root.h"

/*
 * What users may take of the disk: the kernel's user quotas, where the share's configuration lets
 * clients have them. Limits are bytes. Everybody may see what is his; the share's admin users see
 * all and set it.
 */
#define QUOTA_NO_LIMIT UINT64_MAX

struct disk_quota {
	uint32_t uid;
	uint64_t used;
	uint64_t threshold, limit; /* the kernel's soft and hard one, or QUOTA_NO_LIMIT */
};

struct disk_quota_state {
	bool counted, enforced; /* counted false: this file system has no quotas */
};

/* False: not on this share, whatever its file system has. root may be NULL. */
bool disk_has_quotas(const struct disk_root *root);

/* Not on the share, or not known: all false. */
void disk_quota_state(const struct disk *d, struct disk_quota_state *out);
nt_status disk_quota_enforce(const struct disk *d, bool on);

/* Of out->uid. ACCESS_DENIED: somebody else's. INVALID_DEVICE_REQUEST: there are no quotas. */
nt_status disk_quota_get(const struct disk *d, struct disk_quota *out);

/* Of the first user from out->uid on who may be seen and has one: NO_MORE_ENTRIES. */
nt_status disk_quota_next(const struct disk *d, struct disk_quota *out);

/* Its limits. */
nt_status disk_quota_set(const struct disk *d, const struct disk_quota *q);

/* quotactl_fd(2) of user quotas, alone in its file so that a test can stand in for the kernel. */
int quota_kernel(int fd, unsigned command, uint32_t uid, void *data);

#endif
