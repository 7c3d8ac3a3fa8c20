/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * A whole connection from bytes: an in-process server with one writable share, one read-only share
 * and a worker without threads, over a socket pair.
 *
 * The first byte chooses the prologue (BEGIN_*) and the dialect it speaks. Then come records: a
 * length of two bytes, a command, a byte HOW_*, and so many bytes behind the header (word count,
 * words, byte count, bytes). The header is made here, with the ids of the session and trees of the
 * prologue; FIDs, SIDs and further ids are handed out from 1 upwards, so that small numbers in the
 * input mean live ones.
 */
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "auth/account.h"
#include "auth/logon.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/worker.h"
#include "config/file.h"
#include "file/node.h"
#include "net/transport.h"
#include "rpc/rpc.h"
#include "server/server.h"
#include "smb/dispatch.h"

#define BEGIN_NOTHING  0x01 /* the input negotiates itself */
#define BEGIN_EXTENDED 0x02 /* with extended security; the log-on is the input's */
#define BEGIN_NETBIOS  0x04
#define BEGIN_FILES    0x08 /* with a file (FID 1) and a directory (FID 2) open */
#define BEGIN_DIALECT  0x70 /* of dialects[]; with BEGIN_EXTENDED the first */

#define HOW_RAW       0x01 /* the record is all of the message */
#define HOW_OEM       0x02
#define HOW_DOS_ERROR 0x04
#define HOW_TREE      0x18 /* the writable share, the read-only one, IPC$, none */
#define HOW_OTHER_UID 0x20
#define HOW_OTHER_PID 0x40
#define HOW_PIPELINED 0x80 /* together with the next record */

#define MAX_FILE        (64u << 20)
#define HEADER          32
#define MORE_PROCESSING 0xC0000016

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static struct loop *loop;
static struct worker *worker;
static struct server *server;
static char scratch[] = "/dev/shm/fuzz_conn.XXXXXX";
static uint32_t client_address = 0x0A000000;

/* What the client side of the connection knows. */
struct client {
	int fd;
	bool netbios, gone;
	unsigned dialect; /* of dialects[] */
	bool raw;         /* READ_RAW was asked for: what comes now may be anything */
	uint16_t flags2;
	uint16_t mid;
	uint32_t status; /* of the last reply */
	uint8_t in[1 << 18];
	size_t got;
};

static void
drop_line(enum log_level level, const char *line)
{
	(void)level;
	(void)line;
}

static void
complain(void *arg, const char *mistake)
{
	(void)arg;
	fprintf(stderr, "%s\n", mistake);
}

/* ---- the folder ---- */

static void
empty_folder(int parent, const char *name)
{
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL) {
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
			continue;
		if (unlinkat(fd, e->d_name, 0) == 0)
			continue;
		empty_folder(fd, e->d_name);
		unlinkat(fd, e->d_name, AT_REMOVEDIR);
	}
	closedir(dir);
}

static void
put_file(const char *folder, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s/%s", scratch, folder, name);
	f = fopen(path, "w");
	if (f == NULL)
		abort();
	fputs(text, f);
	fclose(f);
}

static void
fill_folder(const char *folder)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", scratch, folder);
	mkdir(path, 0755);
	chmod(path, 0755);
	empty_folder(AT_FDCWD, path);
	snprintf(path, sizeof path, "%s/%s/dir", scratch, folder);
	mkdir(path, 0755);
	put_file(folder, "a.txt", "hello, world\n");
	put_file(folder, "Long name of a file.data", "0123456789");
	put_file(folder, "dir/b", "b");
}

/* Where nothing may ever change: the read-only share, and what lies around the shares. */
static void
look_at(const char *name, struct stat *st)
{
	char path[128];

	snprintf(path, sizeof path, "%s/%s", scratch, name);
	if (stat(path, st) != 0)
		abort();
}

static void
check_untouched(bool remember)
{
	static const char *const names[] = { "", "ro", "ro/a.txt", "ro/Long name of a file.data",
		"ro/dir", "ro/dir/b" };
	static struct stat before[sizeof names / sizeof names[0]];
	struct stat now;

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		look_at(names[i], remember ? &before[i] : &now);
		if (!remember && memcmp(&now.st_ctim, &before[i].st_ctim, sizeof now.st_ctim) != 0)
			abort();
	}
}

static void
remove_scratch(void)
{
	empty_folder(AT_FDCWD, scratch);
	rmdir(scratch);
}

/* ---- the server ---- */

static struct config *
make_config(void)
{
	static const char *const keys[][3] = {
		{ NULL, "map to guest", "bad user" },
		{ NULL, "guest account", "root" },
		{ NULL, "ntlm auth", "ntlmv1-permitted" },
		{ NULL, "lanman auth", "yes" },
		{ NULL, "plaintext auth", "yes" },
		{ NULL, "server min protocol", "CORE" },
		{ NULL, "unix extensions", "yes" },
		{ NULL, "max mux", "4" },
		{ NULL, "max open files", "32" },
		{ "rw", "guest ok", "yes" },
		{ "rw", "read only", "no" },
		{ "ro", "guest ok", "yes" },
	};
	const struct config_hearer hearer = { .complain = complain };
	struct config *c = config_new();
	char path[128];

	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
		if (!config_set(c, keys[i][0], keys[i][1], keys[i][2], &hearer))
			abort();
	snprintf(path, sizeof path, "%s/rw", scratch);
	if (!config_set(c, "rw", "path", path, &hearer))
		abort();
	snprintf(path, sizeof path, "%s/ro", scratch);
	if (!config_set(c, "ro", "path", path, &hearer) || !config_check(c, complain, NULL))
		abort();
	return c;
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	struct account_db *accounts = account_db_new();

	(void)argc;
	(void)argv;
	/* FUZZ_LOG=1 shows what a finding does. */
	if (getenv("FUZZ_LOG") != NULL)
		log_level = LOG_LEVEL_DEBUG;
	else
		log_redirect(drop_line);
	/* Nobody fills the disk. */
	if (setrlimit(RLIMIT_FSIZE, &(struct rlimit){ MAX_FILE, MAX_FILE }) != 0)
		abort();
	if (mkdtemp(scratch) == NULL || logon_crypto_init() != NULL)
		abort();
	atexit(remove_scratch);
	fill_folder("rw");
	fill_folder("ro");
	check_untouched(true);
	loop = loop_new();
	worker = worker_new(loop, 0, 64);
	account_set(accounts, "alice", "secret", true);
	server = server_new(loop, worker, make_config(), accounts);
	if (server == NULL)
		abort();
	server_set_dispatch(server, &smb_conn_ops);
	server_set_pipes(server, rpc_pipes);
	return 0;
}

/* ---- the client ---- */

static unsigned
le16(const uint8_t *p)
{
	return (unsigned)p[0] | (unsigned)p[1] << 8;
}

static void
put16(uint8_t *p, unsigned v)
{
	p[0] = (uint8_t)v;
	p[1] = (uint8_t)(v >> 8);
}

/* The one message that is none: an oplock break, of 8 words and nobody's MID. */
static bool
is_break(const uint8_t *p, size_t n)
{
	return n == HEADER + 19 && p[4] == 0x24 && p[9] == 0 && le16(p + 30) == 0xFFFF &&
	    p[HEADER] == 8;
}

/* What no message may lack, whatever was asked; and an NT error brings nothing but itself. */
static void
check_reply(const uint8_t *p, size_t n)
{
	size_t words;
	uint32_t status;

	if (n < HEADER + 3 || memcmp(p, "\xffSMB", 4) != 0)
		abort();
	if (is_break(p, n))
		return;
	if ((p[9] & 0x80) == 0)
		abort();
	words = p[HEADER];
	/* Windows says 42 words and sends 50. */
	if (p[4] == 0xA2 && words == 42)
		return;
	if (HEADER + 1 + 2 * words + 2 > n)
		abort();
	status = (uint32_t)le16(p + 7) << 16 | le16(p + 5);
	if ((le16(p + 10) & 0x4000) == 0 || status >> 30 != 3 || status == MORE_PROCESSING)
		return;
	/* COPY and MOVE tell how far they came. */
	if ((p[4] == 0x29 || p[4] == 0x2A) && words == 1)
		return;
	if (words == 0 ? n != HEADER + 3 || le16(p + HEADER + 1) != 0
		       : words < 2 || p[HEADER + 1] == 0xFF)
		abort();
}

static void
take_replies(struct client *c)
{
	size_t at = 0;
	ssize_t n;

	while ((n = recv(c->fd, c->in + c->got, sizeof c->in - c->got, MSG_DONTWAIT)) > 0) {
		c->got += (size_t)n;
		at = 0;
		while (c->got - at >= 4) {
			size_t len = (size_t)c->in[at + 1] << 16 |
			    le16((uint8_t[]){ c->in[at + 3], c->in[at + 2] });

			if (len > c->got - at - 4)
				break;
			if (c->in[at] == 0 && !c->raw) {
				check_reply(c->in + at + 4, len);
				c->status = (uint32_t)le16(c->in + at + 4 + 7) << 16 |
				    le16(c->in + at + 4 + 5);
			}
			at += 4 + len;
		}
		memmove(c->in, c->in + at, c->got - at);
		c->got -= at;
	}
	if (n == 0)
		c->gone = true;
}

static void
turn(struct client *c)
{
	for (int i = 0; i < 3; i++) {
		loop_turn(loop, 0);
		take_replies(c);
	}
}

static void
send_bytes(struct client *c, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	while (n > 0 && !c->gone) {
		ssize_t sent = send(c->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);

		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
			continue;
		}
		turn(c);
		/* It is not read from: too many requests under way. */
		if (send(c->fd, "", 0, MSG_DONTWAIT | MSG_NOSIGNAL) != 0)
			break;
		sent = send(c->fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent <= 0)
			break;
		p += sent;
		n -= (size_t)sent;
	}
}

static void
send_message(struct client *c, const uint8_t *p, size_t n)
{
	uint8_t head[4] = { 0, (uint8_t)(n >> 16), (uint8_t)(n >> 8), (uint8_t)n };

	if (n > 4 && memcmp(p, "\xffSMB\x1A", 5) == 0)
		c->raw = true;
	send_bytes(c, head, sizeof head);
	send_bytes(c, p, n);
}

struct ids {
	unsigned uid, tid, pid;
};

static void
send_command(struct client *c, uint8_t command, const struct ids *ids, const void *body, size_t n)
{
	uint8_t *m = calloc(1, HEADER + n + 1);

	if (m == NULL)
		abort();
	memcpy(m, "\xffSMB", 4);
	m[4] = command;
	m[9] = 0x18;
	put16(m + 10, c->flags2);
	put16(m + 24, ids->tid);
	put16(m + 26, ids->pid);
	put16(m + 28, ids->uid);
	/* Of four, so that NT_CANCEL and the secondaries meet. */
	put16(m + 30, c->mid & 3);
	if (n > 0)
		memcpy(m + HEADER, body, n);
	send_message(c, m, HEADER + n);
	free(m);
}

#define SAY(c, command, uid, tid, text) \
	do { \
		const struct ids ids_ = { uid, tid, 1 }; \
		send_command(c, command, &ids_, text, sizeof(text) - 1); \
		turn(c); \
		if (c->status != 0) \
			abort(); /* the rest would fuzz nothing */ \
	} while (0)

static void
log_on(struct client *c)
{
	SAY(c, 0x73, 0, 0,
	    "\x0d\xff\0\0\0\xff\xff\x02\0\1\0\0\0\0\0\1\0\0\0\0\0\0\0\x50\0\0\0\x0a\0\0guest\0\0\0\0");
	SAY(c, 0x75, 1, 0, "\x04\xff\0\0\0\0\0\1\0\x0a\0\0rw\0?????\0");
	SAY(c, 0x75, 1, 0, "\x04\xff\0\0\0\0\0\1\0\x0a\0\0ro\0?????\0");
	SAY(c, 0x75, 1, 0, "\x04\xff\0\0\0\0\0\1\0\x0c\0\0IPC$\0?????\0");
}

/* LAN Manager's way, in its code page. */
static void
log_on_lanman(struct client *c)
{
	SAY(c, 0x73, 0, 0, "\x0a\xff\0\0\0\xff\xff\2\0\1\0\0\0\0\0\0\0\0\0\0\0\x06\0guest\0");
	SAY(c, 0x75, 1, 0, "\x04\xff\0\0\0\0\0\1\0\x0a\0\0rw\0?????\0");
	SAY(c, 0x75, 1, 0, "\x04\xff\0\0\0\0\0\1\0\x0a\0\0ro\0?????\0");
	SAY(c, 0x75, 1, 0, "\x04\xff\0\0\0\0\0\1\0\x0c\0\0IPC$\0?????\0");
}

/* The core dialects know no users. */
static void
connect_core(struct client *c)
{
	SAY(c, 0x70, 0, 0, "\0\x0a\0\4rw\0\4\0\4A:\0");
	SAY(c, 0x70, 0, 0, "\0\x0a\0\4ro\0\4\0\4A:\0");
	SAY(c, 0x70, 0, 0, "\0\x0d\0\4IPC$\0\4\0\4IPC\0");
}

static void
open_files_dos(struct client *c)
{
	SAY(c, 0x02, 1, 1, "\2\x42\0\x16\0\x07\0\4a.txt\0");
	SAY(c, 0x02, 1, 1, "\2\x42\0\x16\0\x07\0\4dir\\b\0");
}

static void
open_files(struct client *c)
{
	SAY(c, 0xA2, 1, 1,
	    "\x18\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x9f\1\x13\0\0\0\0\0\0\0\0\0\x80\0\0\0"
	    "\7\0\0\0\3\0\0\0\0\0\0\0\2\0\0\0\0\x06\0"
	    "a.txt\0");
	SAY(c, 0xA2, 1, 1,
	    "\x18\xff\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x9f\1\x13\0\0\0\0\0\0\0\0\0\x80\0\0\0"
	    "\7\0\0\0\1\0\0\0\1\0\0\0\2\0\0\0\0\x04\0"
	    "dir\0");
}

static const struct {
	const char *negotiate; /* the request's body */
	size_t len;
	void (*begin)(struct client *c);
	void (*open)(struct client *c);
} dialects[] = {
#define DIALECT(text, begin, open) \
	{ \
		text, sizeof(text) - 1, begin, open \
	}
	DIALECT("\0\x0c\0\2NT LM 0.12\0", log_on, open_files),
	DIALECT("\0\x0b\0\2LANMAN2.1\0", log_on_lanman, open_files_dos),
	DIALECT("\0\x0b\0\2LM1.2X002\0", log_on_lanman, open_files_dos),
	DIALECT("\0\x0b\0\2LANMAN1.0\0", log_on_lanman, open_files_dos),
	DIALECT("\0\x19\0\2MICROSOFT NETWORKS 1.03\0", connect_core, open_files_dos),
	DIALECT("\0\x18\0\2PC NETWORK PROGRAM 1.0\0", connect_core, open_files_dos),
};
#define NDIALECTS (sizeof dialects / sizeof dialects[0])

static void
say_dialect(struct client *c)
{
	const struct ids nobody = { 0, 0, 1 };

	send_command(c, 0x72, &nobody, dialects[c->dialect].negotiate, dialects[c->dialect].len);
	turn(c);
	if (c->status != 0)
		abort();
}

static void
prologue(struct client *c, uint8_t how)
{
	static const uint8_t request[] = "\x81\0\0\x44 CKFDENECFDEFFCFGEFFCCACACACACACA\0 "
					 "EDEMEJEFEOFECACACACACACACACACAAA";

	if (c->netbios) {
		send_bytes(c, request, sizeof request);
		turn(c);
	}
	if ((how & BEGIN_NOTHING) != 0)
		return;
	c->flags2 = (how & BEGIN_EXTENDED) != 0 ? 0x4801 : 0x4001;
	if ((how & BEGIN_EXTENDED) == 0)
		c->dialect = ((how & (unsigned)BEGIN_DIALECT) >> 4) % NDIALECTS;
	if (c->dialect != 0)
		c->flags2 = 0;
	say_dialect(c);
	if ((how & BEGIN_EXTENDED) == 0)
		dialects[c->dialect].begin(c);
	if ((how & (BEGIN_FILES | BEGIN_EXTENDED)) == BEGIN_FILES)
		dialects[c->dialect].open(c);
}

static void
record(struct client *c, uint8_t command, uint8_t how, const uint8_t *body, size_t n)
{
	unsigned tree = (how & (unsigned)HOW_TREE) >> 3;
	const struct ids ids = {
		.uid = (how & HOW_OTHER_UID) != 0 ? 2 : 1,
		.tid = tree == 3 ? 0 : tree + 1,
		.pid = (how & HOW_OTHER_PID) != 0 ? 2 : 1,
	};

	if ((how & HOW_RAW) != 0) {
		send_message(c, body, n);
	} else {
		c->flags2 = (uint16_t)(0x0801 | ((how & HOW_OEM) != 0 ? 0 : 0x8000) |
		    ((how & HOW_DOS_ERROR) != 0 ? 0 : 0x4000));
		/* Older clients have neither, unless told to. */
		if (c->dialect != 0)
			c->flags2 ^= 0xC801;
		send_command(c, command, &ids, body, n);
	}
	if ((how & HOW_PIPELINED) == 0) {
		c->mid++;
		turn(c);
	}
}

static void
records(struct client *c, const uint8_t *p, size_t left)
{
	while (left >= 4 && !c->gone) {
		size_t n = le16(p);

		if (n > left - 4)
			n = left - 4;
		record(c, p[2], p[3], p + 4, n);
		p += 4 + n;
		left -= 4 + n;
	}
	turn(c);
}

static bool
connect_client(struct client *c, bool netbios)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(client_address) };
	int fds[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds) != 0)
		return false;
	client_address++; /* each a client of its own to the throttle */
	c->fd = fds[1];
	c->netbios = netbios;
	server_accept(server, fds[0], (struct sockaddr *)&addr, sizeof addr, netbios);
	return true;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct client c;

	signal(SIGXFSZ, SIG_IGN); /* libFuzzer sets its own handler */
	memset(&c, 0, offsetof(struct client, in));
	c.got = 0;
	if (size == 0 || !connect_client(&c, (data[0] & BEGIN_NETBIOS) != 0))
		return 0;
	prologue(&c, data[0]);
	records(&c, data + 1, size - 1);
	close(c.fd);
	for (int i = 0; i < 100 && !(server_idle(server) && transports_gone(loop)); i++)
		loop_turn(loop, 0);
	if (!server_idle(server))
		abort(); /* a connection that nothing ends */
	if (file_table_nodes(server->files) != 0 || server->nfiles != 0)
		abort(); /* a file that nobody closed */
	check_untouched(false);
	fill_folder("rw");
	return 0;
}
