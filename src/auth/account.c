/* SPDX-License-Identifier: BSD-2-Clause */
#include "auth/account.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <uthash.h>

#include "auth/crypto.h"
#include "auth/ntlm.h"
#include "base/arena.h"
#include "base/charset.h"

#define FILE_MAX (16 * 1024 * 1024)
#define LINE_LEN 1024
#define NAME_LEN 255
#define NOBODY   65534

/*
 * The letters of the flags field, in the order Samba writes them. We act on N and D, and keep the
 * rest.
 */
static const char flag_letters[] = "NDHTUMWSLXI";

#define FLAG(letter) (1U << (strchr(flag_letters, letter) - flag_letters))

/* A line of the file: an account, or a comment that is kept where it stands. */
struct entry {
	struct account acct;
	char *comment; /* NULL: an account */
	char *key;     /* its name in upper case */
	unsigned flags;
	UT_hash_handle hh, by_rid;
};

struct account_db {
	struct entry **lines;
	size_t count;
	struct entry *by_name, *by_rid;
};

struct parsing {
	const char *file;
	unsigned line;
	char *err;
	size_t errlen;
};

static bool __attribute__((format(printf, 2, 3)))
complain(const struct parsing *p, const char *fmt, ...)
{
	va_list ap;
	int n;

	n = p->line > 0 ? snprintf(p->err, p->errlen, "%s:%u: ", p->file, p->line)
			: snprintf(p->err, p->errlen, "%s: ", p->file);
	if (n < 0 || (size_t)n >= p->errlen)
		return false;
	va_start(ap, fmt);
	vsnprintf(p->err + n, p->errlen - (size_t)n, fmt, ap);
	va_end(ap);
	return false;
}

static void
entry_free(struct entry *e)
{
	crypto_wipe(e->acct.nt_hash, sizeof(e->acct.nt_hash));
	crypto_wipe(e->acct.lm_hash, sizeof(e->acct.lm_hash));
	free(e->acct.name);
	free(e->comment);
	free(e->key);
	free(e);
}

struct account_db *
account_db_new(void)
{
	return xcalloc(1, sizeof(struct account_db));
}

void
account_db_free(struct account_db **db)
{
	if (*db == NULL)
		return;
	HASH_CLEAR(hh, (*db)->by_name);
	HASH_CLEAR(by_rid, (*db)->by_rid);
	for (size_t i = 0; i < (*db)->count; i++)
		entry_free((*db)->lines[i]);
	free((*db)->lines);
	free(*db);
	*db = NULL;
}

static char *
key_of(const char *name)
{
	struct arena a;
	char *key;

	arena_init(&a);
	key = xstrdup(name_upcase(&a, name));
	arena_clear(&a);
	return key;
}

static struct entry *
find_entry(const struct account_db *db, const char *name)
{
	char *key = key_of(name);
	struct entry *e;

	HASH_FIND_STR(db->by_name, key, e);
	free(key);
	return e;
}

static struct entry *
find_rid(const struct account_db *db, uint32_t rid)
{
	struct entry *e;

	HASH_FIND(by_rid, db->by_rid, &rid, sizeof(rid), e);
	return e;
}

static uint32_t
rid_for(const struct account_db *db, const struct account *a)
{
	uint32_t rid = ACCOUNT_RID_FIRST + 2 * a->uid;

	if (a->uid != NOBODY && a->uid < (ACCOUNT_RID_HASHED - ACCOUNT_RID_FIRST) / 2 &&
	    find_rid(db, rid) == NULL)
		return rid;
	rid = ACCOUNT_RID_HASHED | (name_hash(a->name) & (ACCOUNT_RID_HASHED - 1));
	while (find_rid(db, rid) != NULL)
		rid = ACCOUNT_RID_HASHED | ((rid + 1) & (ACCOUNT_RID_HASHED - 1));
	return rid;
}

static void
append(struct account_db *db, struct entry *e)
{
	db->lines = xrealloc(db->lines, (db->count + 1) * sizeof(*db->lines));
	db->lines[db->count++] = e;
	if (e->comment != NULL)
		return;
	e->key = key_of(e->acct.name);
	HASH_ADD_KEYPTR(hh, db->by_name, e->key, strlen(e->key), e);
	e->acct.rid = rid_for(db, &e->acct);
	HASH_ADD(by_rid, db->by_rid, acct.rid, sizeof(e->acct.rid), e);
}

const struct account *
account_find(const struct account_db *db, const char *name)
{
	const struct entry *e = find_entry(db, name);

	return e != NULL ? &e->acct : NULL;
}

const struct account *
account_find_rid(const struct account_db *db, uint32_t rid)
{
	const struct entry *e = find_rid(db, rid);

	return e != NULL ? &e->acct : NULL;
}

const struct account *
account_next(const struct account_db *db, size_t *pos)
{
	while (*pos < db->count) {
		const struct entry *e = db->lines[(*pos)++];

		if (e->comment == NULL)
			return &e->acct;
	}
	return NULL;
}

/* Reading */

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static bool
parse_hash(const char *text, uint8_t hash[16], bool *has, bool *no_password)
{
	*has = false;
	if (strlen(text) != 32)
		return false;
	if (strncmp(text, "NO PASSWORD", 11) == 0) {
		*no_password = true;
		return true;
	}
	if (text[0] == '*' || text[0] == 'X')
		return true;
	for (int i = 0; i < 16; i++) {
		int high = nibble(text[2 * i]), low = nibble(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		hash[i] = (uint8_t)(high << 4 | low);
	}
	*has = true;
	return true;
}

static bool
parse_flags(const char *text, unsigned *flags)
{
	size_t n = strlen(text);

	*flags = 0;
	if (n < 2 || text[0] != '[' || text[n - 1] != ']')
		return false;
	for (size_t i = 1; i < n - 1; i++) {
		if (text[i] == ' ')
			continue;
		if (strchr(flag_letters, text[i]) == NULL)
			return false;
		*flags |= FLAG(text[i]);
	}
	return true;
}

static bool
parse_number(const char *text, int base, uint32_t *value)
{
	char *end;
	unsigned long long n;

	if (nibble(text[0]) < 0)
		return false;
	errno = 0;
	n = strtoull(text, &end, base);
	*value = (uint32_t)n;
	return *end == '\0' && errno == 0 && n <= UINT32_MAX;
}

/* NULL when it will do, else why not. */
static const char *
name_fault(const char *name)
{
	if (name[0] == '\0')
		return "is empty";
	if (strlen(name) > NAME_LEN)
		return "is longer than 255 bytes";
	if (name[0] == '#' || name[0] == ' ' || name[strlen(name) - 1] == ' ')
		return "begins with # or a blank, or ends with a blank";
	for (const char *p = name; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7F || strchr(":/\\", *p) != NULL)
			return "has one of : / \\ or a control character in it";
	}
	return NULL;
}

/* name:uid:LM hash:NT hash:[flags]:LCT-time: and what follows does not matter (smbpasswd(5)). */
static bool
parse_account(const struct parsing *p, char *line, struct entry *e)
{
	char *name = strsep(&line, ":"), *uid = strsep(&line, ":"), *lm = strsep(&line, ":");
	char *nt = strsep(&line, ":"), *flags = strsep(&line, ":"), *changed = strsep(&line, ":");
	uint32_t when = 0;

	if (flags == NULL)
		return complain(p, "not of the form name:uid:LM hash:NT hash:[flags]:LCT-time:");
	if (name_fault(name) != NULL)
		return complain(p, "the name \"%s\" %s", name, name_fault(name));
	if (!parse_number(uid, 10, &e->acct.uid))
		return complain(p, "the uid \"%s\" is not a number below 2^32", uid);
	if (!parse_hash(lm, e->acct.lm_hash, &e->acct.has_lm, &e->acct.no_password))
		return complain(p, "the LM hash of %s is not 32 hexadecimal digits or X", name);
	if (!parse_hash(nt, e->acct.nt_hash, &e->acct.has_nt, &e->acct.no_password))
		return complain(p, "the NT hash of %s is not 32 hexadecimal digits or X", name);
	if (!parse_flags(flags, &e->flags))
		return complain(
		    p, "the flags \"%s\" are not letters of %s in [ ]", flags, flag_letters);
	if (changed != NULL && changed[0] != '\0' &&
	    (strncmp(changed, "LCT-", 4) != 0 || !parse_number(changed + 4, 16, &when)))
		return complain(p, "\"%s\" is not LCT- and a hexadecimal time", changed);
	e->acct.disabled = (e->flags & FLAG('D')) != 0;
	e->acct.no_password |= (e->flags & FLAG('N')) != 0;
	e->acct.changed = (time_t)when;
	e->acct.name = xstrdup(name);
	return true;
}

static bool
parse_line(struct account_db *db, const struct parsing *p, char *line)
{
	struct entry *e;

	if (strlen(line) >= LINE_LEN)
		return complain(p, "the line is longer than %d bytes", LINE_LEN - 1);
	e = xcalloc(1, sizeof(*e));
	if (line[0] == '\0' || line[0] == '#') {
		e->comment = xstrdup(line);
		append(db, e);
		return true;
	}
	if (!parse_account(p, line, e)) {
		entry_free(e);
		return false;
	}
	if (account_find(db, e->acct.name) != NULL) {
		complain(p, "%s is there already in an earlier line", e->acct.name);
		entry_free(e);
		return false;
	}
	append(db, e);
	return true;
}

static bool
parse_text(struct account_db *db, struct parsing *p, char *text, size_t n)
{
	char *rest = text;

	if (memchr(text, '\0', n) != NULL)
		return complain(p, "there is a NUL byte in it; is this a smbpasswd(5) text file?");
	while (rest != NULL && *rest != '\0') {
		char *line = strsep(&rest, "\n");

		p->line++;
		line[strcspn(line, "\r")] = '\0';
		if (!parse_line(db, p, line))
			return false;
	}
	return true;
}

static bool
fit_to_read(const struct parsing *p, int fd, size_t *size)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return complain(p, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return complain(p, "not a regular file");
	if ((st.st_mode & 077) != 0)
		return complain(p,
		    "mode %04o lets others than the owner at the password hashes: chmod 600 it",
		    st.st_mode & 07777U);
	if (st.st_size > FILE_MAX)
		return complain(p, "larger than 16 MiB; is this a smbpasswd(5) text file?");
	*size = (size_t)st.st_size;
	return true;
}

/* The text with a NUL behind it, NULL after a complaint. */
static char *
read_whole(const struct parsing *p, int fd, size_t *got)
{
	char *text;
	size_t size = 0;
	ssize_t n = 1;

	if (!fit_to_read(p, fd, &size))
		return NULL;
	text = xcalloc(1, size + 1);
	for (*got = 0; *got < size && n > 0; *got += (size_t)n) {
		n = read(fd, text + *got, size - *got);
		if (n < 0) {
			complain(p, "%s", strerror(errno));
			free(text);
			return NULL;
		}
	}
	return text;
}

struct account_db *
account_db_load(const char *file, char *err, size_t errlen)
{
	struct parsing p = { .file = file, .err = err, .errlen = errlen };
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct account_db *db;
	char *text;
	size_t n;

	if (fd < 0) {
		int saved = errno;

		complain(&p, "%s", strerror(saved));
		errno = saved;
		return NULL;
	}
	text = read_whole(&p, fd, &n);
	close(fd);
	errno = EINVAL;
	if (text == NULL)
		return NULL;
	db = account_db_new();
	if (!parse_text(db, &p, text, n))
		account_db_free(&db);
	crypto_wipe(text, n);
	free(text);
	errno = EINVAL;
	return db;
}

/* Changing */

bool
account_set(struct account_db *db, const char *name, const char *password, bool lm)
{
	struct entry *e = find_entry(db, name);
	const struct passwd *pw;

	if (e == NULL && name_fault(name) != NULL)
		return false;
	if (e == NULL) {
		pw = getpwnam(name);
		e = xcalloc(1, sizeof(*e));
		e->acct.name = xstrdup(name);
		e->acct.uid = pw != NULL ? pw->pw_uid : NOBODY;
		e->flags = FLAG('U');
		append(db, e);
	}
	ntlm_nt_hash(password, e->acct.nt_hash);
	e->acct.has_nt = true;
	e->acct.has_lm = lm && ntlm_lm_hash(crypto_oem(), password, e->acct.lm_hash);
	e->acct.no_password = false;
	e->flags &= ~FLAG('N');
	e->acct.changed = time(NULL);
	return true;
}

bool
account_set_disabled(struct account_db *db, const char *name, bool disabled)
{
	struct entry *e = find_entry(db, name);

	if (e == NULL)
		return false;
	e->acct.disabled = disabled;
	if (disabled)
		e->flags |= FLAG('D');
	else
		e->flags &= ~FLAG('D');
	return true;
}

bool
account_remove(struct account_db *db, const char *name)
{
	struct entry *e = find_entry(db, name);
	size_t i = 0;

	if (e == NULL)
		return false;
	HASH_DEL(db->by_name, e);
	HASH_DELETE(by_rid, db->by_rid, e);
	while (db->lines[i] != e)
		i++;
	memmove(&db->lines[i], &db->lines[i + 1], (db->count - i - 1) * sizeof(*db->lines));
	db->count--;
	entry_free(e);
	return true;
}

/* Writing */

static void
print_hash(FILE *f, const uint8_t hash[16], bool has, bool no_password)
{
	if (!has) {
		fputs(no_password ? "NO PASSWORDXXXXXXXXXXXXXXXXXXXXX"
				  : "XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX",
		    f);
		return;
	}
	for (int i = 0; i < 16; i++)
		fprintf(f, "%02X", hash[i]);
}

static void
print_entry(FILE *f, const struct entry *e)
{
	const struct account *a = &e->acct;
	char flags[sizeof(flag_letters)];
	size_t n = 0;

	if (e->comment != NULL) {
		fprintf(f, "%s\n", e->comment);
		return;
	}
	for (size_t i = 0; flag_letters[i] != '\0'; i++) {
		if (e->flags & 1U << i)
			flags[n++] = flag_letters[i];
	}
	flags[n] = '\0';
	fprintf(f, "%s:%u:", a->name, a->uid);
	print_hash(f, a->lm_hash, a->has_lm, a->no_password);
	putc(':', f);
	print_hash(f, a->nt_hash, a->has_nt, a->no_password);
	fprintf(f, ":[%-11s]:LCT-%08X:\n", flags, (unsigned)a->changed);
}

/* Both names of the folder, "." when file has none. Yours to free. */
static char *
folder_of(const char *file)
{
	char *copy = xstrdup(file);
	char *folder = xstrdup(dirname(copy));

	free(copy);
	return folder;
}

static int
open_folder(const char *file)
{
	char *folder = folder_of(file);
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(folder);
	return fd;
}

int
account_db_lock(const char *file)
{
	int fd = open_folder(file);

	if (fd >= 0 && flock(fd, LOCK_EX) < 0) {
		int saved = errno;

		close(fd);
		errno = saved;
		return -1;
	}
	return fd;
}

/* The owner stays, since the daemon reads the file as its own user and root may be the writer. */
static int
write_new(const struct account_db *db, int fd, const char *old)
{
	struct stat st;
	FILE *f = fdopen(fd, "w");
	int bad;

	if (f == NULL) {
		close(fd);
		return -1;
	}
	if (stat(old, &st) == 0 && (st.st_uid != geteuid() || st.st_gid != getegid()) &&
	    fchown(fd, st.st_uid, st.st_gid) < 0) {
		fclose(f);
		return -1;
	}
	for (size_t i = 0; i < db->count; i++)
		print_entry(f, db->lines[i]);
	bad = fflush(f) != 0 || ferror(f) || fsync(fd) < 0;
	return fclose(f) != 0 || bad ? -1 : 0;
}

static int
sync_folder(const char *file)
{
	int fd = open_folder(file);
	int result;

	if (fd < 0)
		return -1;
	result = fsync(fd);
	close(fd);
	return result;
}

int
account_db_save(const struct account_db *db, const char *file)
{
	char *temp = xcalloc(1, strlen(file) + sizeof(".XXXXXX"));
	int fd, saved;

	sprintf(temp, "%s.XXXXXX", file);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		free(temp);
		return -1;
	}
	if (write_new(db, fd, file) < 0 || rename(temp, file) < 0) {
		saved = errno;
		unlink(temp);
		free(temp);
		errno = saved;
		return -1;
	}
	free(temp);
	return sync_folder(file);
}
