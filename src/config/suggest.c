/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/suggest.h"

#include <stdio.h>
#include <string.h>

#include "config/schema.h"

#define WORD_MAX 64

/* Other names that smb.conf has for what we have, or nearly. */
static const struct {
	const char *theirs, *ours;
} synonyms[] = {
	{ "writable", "read only = no" },
	{ "writeable", "read only = no" },
	{ "write ok", "read only = no" },
	{ "public", "guest ok" },
	{ "browsable", "browseable" },
	{ "directory", "path" },
	{ "allow hosts", "hosts allow" },
	{ "deny hosts", "hosts deny" },
	{ "min protocol", "server min protocol" },
	{ "max protocol", "server max protocol" },
	{ "protocol", "server max protocol" },
	{ "smb ports", "listen" },
	{ "interfaces", "listen" },
	{ "bind interfaces only", "listen" },
	{ "create mode", "create mask" },
	{ "directory mode", "directory mask" },
	{ "debuglevel", "log level" },
	{ "debug level", "log level" },
	{ "smb passwd file", "passwd file" },
	{ "passdb backend", "passwd file" },
	{ "encrypt passwords", "plaintext auth" },
	{ "users", "valid users" },
	{ "username", "valid users" },
	{ "group", "force group" },
	{ "max smbd processes", "max connections" },
	{ "wide links", "follow symlinks" },
	{ "aio max threads", "worker threads" },
	{ "defer sharing violations", "sharing violation delay" },
};

static unsigned
least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

unsigned
edit_distance(const char *a, const char *b)
{
	/* The last two rows of the table, and the one that is made. */
	unsigned rows[3][WORD_MAX + 1];
	size_t la = strlen(a), lb = strlen(b);

	if (la > WORD_MAX || lb > WORD_MAX)
		return WORD_MAX;
	for (unsigned j = 0; j <= lb; j++)
		rows[0][j] = j;
	for (unsigned i = 1; i <= la; i++) {
		unsigned *now = rows[i % 3], *last = rows[(i - 1) % 3];
		const unsigned *before = rows[(i + 1) % 3];

		now[0] = i;
		for (unsigned j = 1; j <= lb; j++) {
			now[j] = least(
			    last[j - 1] + (a[i - 1] != b[j - 1]), least(last[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], before[j - 2] + 1);
		}
	}
	return rows[la % 3][lb];
}

const struct conf_key *
find_key(const struct conf_key *rows, const char *name)
{
	for (; rows->name != NULL; rows++)
		if (strcmp(rows->name, name) == 0)
			return rows;
	return NULL;
}

static bool
same_without_blanks(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, " _-");
		b += strspn(b, " _-");
		if (*a != *b)
			return false;
		if (*a == '\0')
			return true;
	}
}

static const char *
nearest(const struct conf_key *rows, const char *key)
{
	const char *best = NULL;
	unsigned far = least((unsigned)(strlen(key) / 3 + 1), 4);

	for (; rows->name != NULL; rows++) {
		unsigned distance = same_without_blanks(key, rows->name)
		    ? 0
		    : edit_distance(key, rows->name);

		if (distance < far) {
			far = distance;
			best = rows->name;
		}
	}
	return best;
}

static const char *
synonym(const char *key)
{
	for (size_t i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (same_without_blanks(synonyms[i].theirs, key))
			return synonyms[i].ours;
	return NULL;
}

void
suggest_key(const char *key, bool share, char *out, size_t cap)
{
	const char *best = synonym(key);

	out[0] = '\0';
	if (find_key(share ? config_global_keys : config_share_keys, key) != NULL) {
		snprintf(out, cap, "; it belongs %s",
		    share ? "into [global]" : "into the section of a share");
		return;
	}
	if (best == NULL)
		best = nearest(share ? config_share_keys : config_global_keys, key);
	if (best != NULL)
		snprintf(out, cap, "; did you mean \"%s\"?", best);
}
