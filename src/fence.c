/* SPDX-License-Identifier: BSD-2-Clause */
#include "fence.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/log.h"
#include "config/schema.h"

/* Newer than the kernel headers of some systems we build on: landlock(7) has the versions. */
#define ACCESS_REFER     (1ull << 13) /* 2 */
#define ACCESS_TRUNCATE  (1ull << 14) /* 3 */
#define ACCESS_IOCTL_DEV (1ull << 15) /* 5 */
#define ACCESS_TCP       3ull         /* 4: bind and connect */
#define SCOPE_SIGNAL     2ull         /* 6 */

#define READ_FILES LANDLOCK_ACCESS_FS_READ_FILE
#define READ_ONLY  (READ_FILES | LANDLOCK_ACCESS_FS_READ_DIR)
#define READ_WRITE \
	(READ_ONLY | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR | \
	    LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | \
	    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SYM | \
	    LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_SOCK | ACCESS_REFER | \
	    ACCESS_TRUNCATE)
#define FIRST_VERSION 0x1FFFull /* the thirteen rights of version 1 */

struct ruleset {
	uint64_t fs, net, scoped;
};

struct area {
	char *path; /* as realpath has it */
	bool writable;
};

struct fence {
	int version; /* 0: the kernel has no Landlock */
	int rules;
	uint64_t handled;
	struct area *areas;
	size_t nareas;
};

static int
call_version(void)
{
	return (int)syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

static uint64_t
handled(int version)
{
	return FIRST_VERSION | ACCESS_REFER | (version >= 3 ? ACCESS_TRUNCATE : 0) |
	    (version >= 5 ? ACCESS_IOCTL_DEV : 0);
}

static int
create_ruleset(int version)
{
	struct ruleset r = { .fs = handled(version), .net = ACCESS_TCP, .scoped = SCOPE_SIGNAL };
	size_t size = version >= 6 ? sizeof(r)
	    : version >= 4         ? 2 * sizeof(uint64_t)
				   : sizeof(uint64_t);

	return (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
}

/* False with errno. */
static bool
add_rule(struct fence *f, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = access & f->handled };
	long result;
	int saved;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return false;
	result = syscall(SYS_landlock_add_rule, f->rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	saved = errno;
	close(rule.parent_fd);
	errno = saved;
	return result == 0;
}

static bool
is_written(const struct share_conf *s)
{
	return !s->read_only || s->write_list.count > 0 || s->admin_users.count > 0;
}

static bool
add_share(struct fence *f, const struct share_conf *s)
{
	char *path = realpath(s->path, NULL);

	if (path == NULL || !add_rule(f, path, is_written(s) ? READ_WRITE : READ_ONLY)) {
		free(path);
		return false;
	}
	f->areas = xrealloc(f->areas, (f->nareas + 1) * sizeof(*f->areas));
	f->areas[f->nareas++] = (struct area){ .path = path, .writable = is_written(s) };
	return true;
}

/* The directory of a file, since an editor replaces the file itself. */
static void
add_dir_of(struct fence *f, char *file)
{
	if (file != NULL && file[0] != '\0' && !add_rule(f, dirname(file), READ_FILES))
		log_debug("%s: not readable for a reload: %s", file, strerrordesc_np(errno));
	free(file);
}

static void
add_file(struct fence *f, const char *file)
{
	add_dir_of(f, xstrdup(file));
	add_dir_of(f, realpath(file, NULL));
}

/* What the name service and the clock read; a system has some of them. */
static void
add_system(struct fence *f)
{
	static const char *const dirs[] = { "/etc", "/usr/share/zoneinfo", "/var/lib/sss",
		"/run/systemd/userdb", "/run/nscd", "/var/run/nscd", "/var/db" };

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		(void)add_rule(f, dirs[i], READ_FILES);
}

static bool
build(struct fence *f, const struct config *c, char *err, size_t errlen)
{
	f->rules = create_ruleset(f->version);
	f->handled = handled(f->version);
	if (f->rules < 0) {
		snprintf(err, errlen, "cannot make Landlock rules: %s", strerrordesc_np(errno));
		return false;
	}
	for (size_t i = 0; i < c->nshares; i++) {
		if (add_share(f, &c->shares[i]))
			continue;
		snprintf(err, errlen, "[%s] path: %s: %s; it must be %s's to enter",
		    c->shares[i].name, c->shares[i].path, strerrordesc_np(errno),
		    c->user[0] != '\0' ? c->user : "the daemon");
		return false;
	}
	if (c->file[0] != '\0') {
		add_file(f, c->file);
		add_file(f, c->passwd_file);
	}
	add_system(f);
	return true;
}

static bool
restrict_self(struct fence *f, char *err, size_t errlen)
{
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	    syscall(SYS_landlock_restrict_self, f->rules, 0) == 0)
		return true;
	snprintf(err, errlen, "cannot apply Landlock rules: %s", strerrordesc_np(errno));
	return false;
}

struct fence *
fence_enter(const struct config *c, char *err, size_t errlen)
{
	struct fence *f = xcalloc(1, sizeof(*f));
	bool good;

	f->version = call_version();
	/* Version 1 forbids every move of a file between directories. */
	if (f->version < 2) {
		f->version = 0;
		log_info(
		    "this kernel has no Landlock of version 2: only file modes keep the daemon out of other directories");
		return f;
	}
	good = build(f, c, err, errlen) && restrict_self(f, err, errlen);
	if (f->rules >= 0)
		close(f->rules);
	if (!good)
		fence_free(&f);
	else
		log_debug("Landlock version %d, %zu shares", f->version, f->nareas);
	return f;
}

static bool
is_beneath(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

bool
fence_admits(const struct fence *f, const struct share_conf *s)
{
	char *path = realpath(s->path, NULL);
	bool admitted = f->version == 0;

	for (size_t i = 0; path != NULL && i < f->nareas && !admitted; i++)
		admitted = is_beneath(path, f->areas[i].path) &&
		    (f->areas[i].writable || !is_written(s));
	free(path);
	return admitted;
}

void
fence_free(struct fence **fp)
{
	struct fence *f = *fp;

	*fp = NULL;
	if (f == NULL)
		return;
	for (size_t i = 0; i < f->nareas; i++)
		free(f->areas[i].path);
	free(f->areas);
	free(f);
}
