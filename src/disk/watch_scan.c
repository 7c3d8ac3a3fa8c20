/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/watch_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/cred.h"
#include "disk/beneath.h"
#include "disk/dirent.h"
#include "disk/spelling.h"

#define BRIEF_DIRS 32
#define SLICE_DIRS 256
#define READ_SIZE  ((size_t)32 << 10)

/* How often a look-up that lost a race against a rename is made anew. */
#define RACES 16

/* Names of new directories told at most in one run; who has more of them has to look himself. */
#define NAMES_MAX 4096

/* A directory still to look into. */
struct todo {
	STAILQ_ENTRY(todo) link;
	int parent;
	int wd; /* -1: not watched yet */
	char path[];
};

STAILQ_HEAD(todo_list, todo);

struct watch_scan {
	struct watch *watch;
	struct disk disk;
	int fd;
	bool report;
	unsigned most, dirs, names;
	int refused;
	struct timespec since, latest; /* as the times of files are */
	bool missed;
	struct todo_list todo;
	struct watch_list found;
};

static struct todo *
todo_new(const char *path, const char *name, int parent)
{
	size_t n = strlen(path), more = strlen(name);
	struct todo *t = xcalloc(1, sizeof(*t) + n + more + 2);

	t->parent = parent;
	t->wd = -1;
	memcpy(t->path, path, n);
	if (n > 0 && more > 0)
		t->path[n++] = '/';
	memcpy(t->path + n, name, more);
	return t;
}

struct watch_scan *
watch_scan_new(struct watch *w, const struct disk *d, const struct watch_scan_from *from)
{
	struct watch_scan *s;
	struct todo *t;
	int fd = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);

	if (fd < 0)
		return NULL;
	s = xcalloc(1, sizeof(*s));
	s->watch = w;
	s->disk = *d;
	s->fd = fd;
	s->report = from->report;
	s->most = from->most;
	clock_gettime(CLOCK_REALTIME_COARSE, &s->since);
	STAILQ_INIT(&s->todo);
	STAILQ_INIT(&s->found);
	t = todo_new(from->path, "", from->parent);
	if (*from->path == '\0')
		t->wd = from->parent;
	STAILQ_INSERT_HEAD(&s->todo, t, link);
	s->dirs = 1;
	return s;
}

static void
drop_todo(struct todo_list *list)
{
	struct todo *t;

	while ((t = STAILQ_FIRST(list)) != NULL) {
		STAILQ_REMOVE_HEAD(list, link);
		free(t);
	}
}

void
watch_scan_free(struct watch_scan **sp)
{
	struct watch_scan *s = *sp;
	struct watch_found *f;

	drop_todo(&s->todo);
	while ((f = STAILQ_FIRST(&s->found)) != NULL) {
		STAILQ_REMOVE_HEAD(&s->found, link);
		free(f);
	}
	close(s->fd);
	free(s);
	*sp = NULL;
}

bool
watch_name_hidden(const struct disk_root *root, const char *name)
{
	char shown[SPELLING_MAX];

	if (root->veto == NULL && *name != '.')
		return false;
	spelling_from_disk(name, shown);
	return veto_name(root, shown);
}

/* Links are not followed: a tree has no loops. */
static int
open_directory(const struct watch_scan *s, const char *path)
{
	struct open_how how = {
		.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK,
		.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS,
	};

	int fd, tries = 0;

	do
		fd = (int)syscall(
		    SYS_openat2, s->fd, *path != '\0' ? path : ".", &how, sizeof(how));
	while (fd < 0 && (errno == EINTR || (errno == EAGAIN && ++tries < RACES)));
	return fd;
}

static struct watch_found *
tell(struct watch_scan *s, const char *name, int parent, int wd)
{
	struct watch_found *f = xcalloc(1, sizeof(*f) + strlen(name) + 1);

	f->wd = wd;
	f->parent = parent;
	memcpy(f->name, name, strlen(name));
	STAILQ_INSERT_TAIL(&s->found, f, link);
	return f;
}

static bool
is_directory(int fd, const struct dirent_raw *e)
{
	struct stat st;

	if (e->type != DT_UNKNOWN)
		return e->type == DT_DIR;
	return fstatat(fd, e->name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static void
look_at(struct watch_scan *s, const struct todo *t, int fd, const struct dirent_raw *e)
{
	struct todo *child;
	bool directory;

	if (e->dot || watch_name_hidden(s->disk.root, e->name))
		return;
	directory = is_directory(fd, e);
	if (s->report && ++s->names <= NAMES_MAX)
		tell(s, e->name, t->wd, -1)->directory = directory;
	if (!directory)
		return;
	if (s->dirs >= s->most) {
		s->refused = ENOSPC;
		return;
	}
	child = todo_new(t->path, e->name, t->wd);
	STAILQ_INSERT_HEAD(&s->todo, child, link);
	s->dirs++;
}

static ssize_t
read_some(struct watch_scan *s, const struct todo *t, int fd, char *buf)
{
	struct dirent_raw e;
	ssize_t n = dirent_read(fd, buf, READ_SIZE);

	for (size_t at = 0; n > 0 && dirent_next(buf, (size_t)n, &at, &e);)
		look_at(s, t, fd, &e);
	return n;
}

/* Watches it if it is not yet; false when it cannot be. */
static bool
watch_one(struct watch_scan *s, struct todo *t, int fd)
{
	const char *slash = strrchr(t->path, '/');

	if (t->wd >= 0)
		return true;
	t->wd = watch_add(s->watch, fd);
	if (t->wd < 0) {
		if (errno == ENOSPC || errno == ENOMEM || errno == EMFILE)
			s->refused = errno;
		return false;
	}
	tell(s, slash != NULL ? slash + 1 : t->path, t->parent, t->wd)->directory = true;
	return true;
}

static bool
is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/* The clock of files stands still for some milliseconds: at that very moment may be after it. */
static void
note_change(struct watch_scan *s, const struct timespec *when)
{
	if (is_before(when, &s->since))
		return;
	s->missed = true;
	if (is_before(&s->latest, when))
		s->latest = *when;
}

/*
 * True when it is done with; not when brief and there is much to read, which is begun again another
 * time.
 */
static bool
do_one(struct watch_scan *s, struct todo *t, char *buf, bool brief)
{
	int fd = open_directory(s, t->path);
	bool large = false, fresh = t->wd < 0;
	struct stat st;

	if (fd < 0)
		return true;
	if (!watch_one(s, t, fd)) {
		close(fd);
		return true;
	}
	if (fstat(fd, &st) == 0) {
		if (fresh)
			note_change(s, &st.st_mtim);
		large = st.st_size > (off_t)READ_SIZE;
	}
	if (brief && large) {
		close(fd);
		return false;
	}
	while (read_some(s, t, fd, buf) > 0)
		;
	close(fd);
	return true;
}

bool
watch_scan_run(struct watch_scan *s, bool brief)
{
	unsigned n = brief ? BRIEF_DIRS : SLICE_DIRS;
	char *buf = xrealloc(NULL, READ_SIZE);
	struct todo *t;

	s->names = 0;
	if (cred_assume(s->disk.cred) != 0)
		drop_todo(&s->todo);
	while ((t = STAILQ_FIRST(&s->todo)) != NULL && n-- > 0) {
		STAILQ_REMOVE_HEAD(&s->todo, link);
		if (!do_one(s, t, buf, brief)) {
			STAILQ_INSERT_HEAD(&s->todo, t, link);
			break;
		}
		free(t);
	}
	if (s->names > NAMES_MAX)
		s->refused = ENOSPC;
	free(buf);
	return STAILQ_EMPTY(&s->todo);
}

bool
watch_scan_is_quick(const struct watch_scan *s)
{
	return s->report && s->disk.root->local;
}

bool
watch_scan_missed(const struct watch_scan *s, const struct timespec *since)
{
	return s->missed && !s->report && !is_before(&s->latest, since);
}

struct watch_list *
watch_scan_found(struct watch_scan *s)
{
	return &s->found;
}

int
watch_scan_refused(const struct watch_scan *s)
{
	return s->refused;
}
