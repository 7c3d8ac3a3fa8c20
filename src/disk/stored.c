/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/stored.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <time.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/beneath.h"

/* Files made one after the other have neighbouring inodes, which share no set. */
#define SETS 8192u
#define WAYS 4u

#define EVERYBODY UINT64_MAX
#define EVERYONES ((mode_t)0444)

struct slot {
	uint64_t ino; /* 0: free */
	int64_t changed;
	uint64_t reader;
	ntime created;
	uint32_t attributes;
	bool found;
	unsigned lacks; /* STORED_*, as is known */
};

struct stored_cache {
	dev_t dev;
	pthread_mutex_t lock;
	struct slot sets[SETS][WAYS]; /* what came last comes first */
};

/* Known to set the change time along with an attribute. */
static bool
tells_changes(int fd)
{
	static const unsigned long types[] = {
		0xEF53,     /* ext2, ext3, ext4 */
		0x58465342, /* xfs */
		0x9123683E, /* btrfs */
		0xF2F52010, /* f2fs */
	};
	struct statfs fs;

	if (fstatfs(fd, &fs) != 0)
		return false;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if ((unsigned long)fs.f_type == types[i])
			return true;
	}
	return false;
}

struct stored_cache *
stored_cache_new(int root)
{
	struct stored_cache *c;
	struct statx stx;

	if (!tells_changes(root) || beneath_stat(root, &stx) != 0)
		return NULL;
	c = xcalloc(1, sizeof(*c));
	c->dev = disk_id_of(&stx).dev;
	pthread_mutex_init(&c->lock, NULL);
	return c;
}

void
stored_cache_free(struct stored_cache *c)
{
	if (c == NULL)
		return;
	pthread_mutex_destroy(&c->lock);
	free(c);
}

static int64_t
change_time(const struct statx *stx)
{
	return stx->stx_ctime.tv_sec * INT64_C(1000000000) + stx->stx_ctime.tv_nsec;
}

/* Who may not read a file may not read its attributes: what one user read is for others only where
 * all may. */
static uint64_t
reader(const struct disk *d, const struct statx *stx)
{
	if ((stx->stx_mode & EVERYONES) == EVERYONES)
		return EVERYBODY;
	return d->cred != NULL ? d->cred->serial : 0;
}

static bool
is_covered(const struct stored_cache *c, const struct statx *stx)
{
	return c != NULL && disk_id_of(stx).dev == c->dev;
}

static struct slot *
set_of(struct stored_cache *c, const struct statx *stx)
{
	return c->sets[stx->stx_ino % SETS];
}

/* Where the file is in its set, or what it may displace. */
static size_t
way_of(const struct slot *set, const struct statx *stx)
{
	size_t i = 0;

	while (i < WAYS - 1 && set[i].ino != stx->stx_ino)
		i++;
	return i;
}

bool
stored_cache_find(const struct disk *d, const struct statx *stx, struct stored *out)
{
	struct stored_cache *c = d->root->stored;
	struct slot s, *set;

	if (!is_covered(c, stx))
		return false;
	set = set_of(c, stx);
	pthread_mutex_lock(&c->lock);
	s = set[way_of(set, stx)];
	pthread_mutex_unlock(&c->lock);
	if (s.ino != stx->stx_ino || s.changed != change_time(stx) || s.reader != reader(d, stx))
		return false;
	*out = (struct stored){ s.found, s.lacks, { s.attributes, s.created } };
	return true;
}

bool
stored_cache_keeps(const struct disk *d, const struct statx *stx)
{
	struct timespec now;

	if (!is_covered(d->root->stored, stx))
		return false;
	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	return !stat_is_racy(stx, &now, true);
}

void
stored_cache_put(const struct disk *d, const struct statx *stx, const struct stored *s)
{
	struct stored_cache *c = d->root->stored;
	const struct slot slot = {
		.ino = stx->stx_ino,
		.changed = change_time(stx),
		.reader = reader(d, stx),
		.created = s->value.created,
		.attributes = s->value.attributes,
		.found = s->found,
	};
	struct slot *set = set_of(c, stx);

	pthread_mutex_lock(&c->lock);
	memmove(set + 1, set, way_of(set, stx) * sizeof(*set));
	set[0] = slot;
	pthread_mutex_unlock(&c->lock);
}

bool
stored_cache_lacks(const struct disk *d, const struct statx *stx, enum stored_kind kind)
{
	struct stored_cache *c = d->root->stored;
	struct slot s, *set;

	if (!is_covered(c, stx))
		return false;
	set = set_of(c, stx);
	pthread_mutex_lock(&c->lock);
	s = set[way_of(set, stx)];
	pthread_mutex_unlock(&c->lock);
	return s.ino == stx->stx_ino && s.changed == change_time(stx) && (s.lacks & kind) != 0;
}

void
stored_cache_note_lack(const struct disk *d, const struct statx *stx, enum stored_kind kind)
{
	struct stored_cache *c = d->root->stored;
	struct slot *s, *set = set_of(c, stx);

	pthread_mutex_lock(&c->lock);
	s = &set[way_of(set, stx)];
	if (s->ino == stx->stx_ino && s->changed == change_time(stx))
		s->lacks |= kind;
	pthread_mutex_unlock(&c->lock);
}
