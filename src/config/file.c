/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/file.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/charset.h"
#include "config/checks.h"
#include "config/profile.h"
#include "config/report.h"
#include "config/scan.h"
#include "config/schema.h"
#include "config/suggest.h"
#include "config/values.h"
#include "config/verify.h"

static size_t
row_count(const struct conf_key *rows)
{
	size_t n = 0;

	while (rows[n].name != NULL)
		n++;
	return n;
}

static void
set_defaults(void *base, const struct conf_key *rows)
{
	char why[WHY_MAX];

	for (; rows->name != NULL; rows++)
		if (rows->value != NULL && !value_set(base, rows, rows->value, why))
			abort(); /* the schema contradicts itself */
}

static void
clear_fields(void *base, const struct conf_key *rows)
{
	for (; rows->name != NULL; rows++)
		value_clear(base, rows);
}

/* The host's name as NetBIOS takes it: upper case, without its domain, cut. */
static void
take_host_name(struct config *c)
{
	char host[256] = "";
	char name[16] = "";
	size_t used = 0;

	if (c->netbios_name[0] != '\0')
		return;
	if (gethostname(host, sizeof(host) - 1) < 0)
		host[0] = '\0';
	for (const char *p = host; *p != '\0' && *p != '.' && used < sizeof(name) - 1; p++)
		if (isalnum((unsigned char)*p) || *p == '-' || *p == '_')
			name[used++] = (char)toupper((unsigned char)*p);
	free(c->netbios_name);
	c->netbios_name = xstrdup(used > 0 ? name : "SMB1D");
}

struct config *
config_new(void)
{
	struct config *c = xcalloc(1, sizeof(*c));

	c->file = xstrdup("");
	c->lines = xcalloc(row_count(config_global_keys) + 1, sizeof(c->lines[0]));
	set_defaults(c, config_global_keys);
	take_host_name(c);
	return c;
}

void
config_free(struct config **c)
{
	struct config *old = *c;

	*c = NULL;
	if (old == NULL)
		return;
	for (size_t i = 0; i < old->nshares; i++) {
		clear_fields(&old->shares[i], config_share_keys);
		free(old->shares[i].name);
		free(old->shares[i].lines);
	}
	clear_fields(old, config_global_keys);
	free(old->shares);
	free(old->lines);
	free(old->file);
	free(old);
}

const struct share_conf *
config_share(const struct config *c, const char *name)
{
	for (size_t i = 0; i < c->nshares; i++)
		if (name_casecmp(c->shares[i].name, name) == 0)
			return &c->shares[i];
	return NULL;
}

/* NULL for [global]. A share that is new is made, with a mistake told when its name will not do. */
static struct share_conf *
section(struct config *c, const char *name, struct report *r)
{
	const struct share_conf *old = config_share(c, name);
	const char *why = check_share_name(name);
	struct share_conf *s;

	if (old != NULL)
		return &c->shares[old - c->shares];
	r->key = NULL;
	if (why != NULL)
		report(r, "%s", why);
	c->shares = xrealloc(c->shares, (c->nshares + 1) * sizeof(c->shares[0]));
	s = &c->shares[c->nshares++];
	*s = (struct share_conf){ .name = xstrdup(name) };
	s->lines = xcalloc(row_count(config_share_keys) + 1, sizeof(s->lines[0]));
	set_defaults(s, config_share_keys);
	return s;
}

/* A path without the slashes at its end. */
static void
trim_path(struct share_conf *s)
{
	size_t len = s->path != NULL ? strlen(s->path) : 0;

	while (len > 1 && s->path[len - 1] == '/')
		s->path[--len] = '\0';
}

/* Sets key in share, or in [global] when that is NULL. r knows section, key and line. */
static void
set_key(struct config *c, struct share_conf *share, const char *text, struct report *r)
{
	const struct conf_key *rows = share != NULL ? config_share_keys : config_global_keys;
	const struct conf_key *row = find_key(rows, r->key);
	char why[WHY_MAX];
	uint32_t *line;

	if (row == NULL) {
		suggest_key(r->key, share != NULL, why, sizeof(why));
		report(r, "unknown key%s", why);
		return;
	}
	line = &(share != NULL ? share->lines : c->lines)[1 + (row - rows)];
	*line = r->line | LINE_BY_HAND;
	if (!value_set(share != NULL ? (void *)share : (void *)c, row, text, why)) {
		*line |= LINE_REFUSED;
		report(r, "%s%s%s", text, text[0] != '\0' ? ": " : "", why);
	}
	if (share != NULL)
		trim_path(share);
	else
		take_host_name(c);
}

static bool
is_global(const char *name)
{
	return name == NULL || strcasecmp(name, "global") == 0;
}

bool
config_set(struct config *c, const char *share, const char *key, const char *value,
    const struct config_hearer *hearer)
{
	struct report r = { .file = "" };
	struct share_conf *s = NULL;

	if (hearer != NULL) {
		r.complain = hearer->complain;
		r.arg = hearer->arg;
	}
	r.section = is_global(share) ? "global" : share;
	if (!is_global(share))
		s = section(c, share, &r);
	r.key = key;
	set_key(c, s, value, &r);
	return r.mistakes == 0;
}

bool
config_check(struct config *c, config_complain *complain, void *arg)
{
	struct report r = { .complain = complain, .arg = arg, .file = report_name(c->file) };

	profiles_apply(c, &r);
	verify(c, &r);
	return r.mistakes == 0;
}

static void
take_section(struct config *c, const struct scan_line *line, struct report *r)
{
	struct share_conf *s = NULL;
	uint32_t *head;

	r->line = line->line;
	r->section = line->section;
	r->key = NULL;
	if (!is_global(line->section))
		s = section(c, line->section, r);
	head = s != NULL ? s->lines : c->lines;
	if (*head != 0)
		report(r, "stands already on line %u: put its keys together", *head);
	else
		*head = line->line;
}

static void
take_pair(struct config *c, const struct scan_line *line, struct report *r)
{
	struct share_conf *s = NULL;
	const struct conf_key *row;
	uint32_t before;

	r->line = line->line;
	r->section = line->section;
	r->key = line->key;
	if (!is_global(line->section))
		s = section(c, line->section, r);
	row = find_key(s != NULL ? config_share_keys : config_global_keys, line->key);
	before = key_line(c, s, line->key);
	if (before != 0)
		report(r, "stands already on line %u: keep one of the two", before);
	else if (row != NULL && row->type == CONF_LIST && line->quoted && line->text[0] != '\0')
		report(r, "%s: is a list, whose words are written without quotes", line->text);
	else
		set_key(c, s, line->text, r);
}

/* Whoever can write the file can serve any directory to anybody. */
static void
check_mode(int fd, struct report *r)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		report(r, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode))
		report(r, "is not a regular file");
	else if ((st.st_mode & 022) != 0)
		report(r, "others than its owner may write it (mode %04o): run chmod go-w on it",
		    (unsigned)st.st_mode & 07777);
}

static void
load_from(struct config *c, int fd, struct report *r)
{
	struct scan s;

	check_mode(fd, r);
	if (!scan_file(&s, fd, r)) {
		scan_clear(&s);
		return;
	}
	for (size_t i = 0; i < s.count; i++) {
		if (s.lines[i].key == NULL)
			take_section(c, &s.lines[i], r);
		else
			take_pair(c, &s.lines[i], r);
	}
	profiles_apply(c, r);
	verify(c, r);
	scan_clear(&s);
}

struct config *
config_load(const char *file, config_complain *complain, void *arg)
{
	struct report r = { .complain = complain, .arg = arg, .file = file };
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct config *c;

	if (fd < 0) {
		report(&r, "%s", strerror(errno));
		return NULL;
	}
	r.file = report_name(file);
	r.hold = true;
	c = config_new();
	free(c->file);
	c->file = xstrdup(file);
	load_from(c, fd, &r);
	close(fd);
	report_release(&r);
	if (r.mistakes > 0)
		config_free(&c);
	return c;
}

/* Cuts ",word" off the end of dir. */
static bool
cut_option(char *dir, const char *word)
{
	char *comma = strrchr(dir, ',');

	if (comma == NULL || strcmp(comma + 1, word) != 0)
		return false;
	*comma = '\0';
	return true;
}

/* spec is the caller's to spoil. */
static void
add_share(struct config *c, char *spec, struct report *r)
{
	bool writable = false, guest = false;
	char *dir = strchr(spec, '=');
	struct share_conf *s;
	char *path;

	if (dir == NULL) {
		report(r, "is not NAME=DIRECTORY, with ,rw and ,guest behind it if wanted");
		return;
	}
	*dir++ = '\0';
	for (bool more = true; more;) {
		bool rw = cut_option(dir, "rw");
		bool open_to_guests = cut_option(dir, "guest");

		more = rw || open_to_guests;
		writable = writable || rw;
		guest = guest || open_to_guests;
	}
	if (config_share(c, spec) != NULL) {
		report(r, "there is a share of that name already");
		return;
	}
	path = realpath(dir, NULL);
	if (path == NULL) {
		report(r, "%s: %s", dir, strerror(errno));
		return;
	}
	s = section(c, spec, r);
	r->key = "path";
	set_key(c, s, path, r);
	free(path);
	s->read_only = !writable;
	s->guest_ok = guest;
	if (guest && c->map_to_guest == MAP_GUEST_NEVER)
		c->map_to_guest = MAP_GUEST_BAD_USER;
}

bool
config_add_share(struct config *c, const char *spec, config_complain *complain, void *arg)
{
	struct report r = { .complain = complain, .arg = arg };
	char *copy = xstrdup(spec);
	char place[300];

	snprintf(place, sizeof(place), "--share %.280s", spec);
	r.file = place;
	add_share(c, copy, &r);
	free(copy);
	return r.mistakes == 0;
}
