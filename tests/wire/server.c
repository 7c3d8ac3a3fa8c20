/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* LM and NT hash of "secret". */
#define LM_SECRET "552902031BEDE9EFAAD3B435B51404EE"
#define NT_SECRET "878D8014606CDA29677A44EFA1353FC7"

static struct sockaddr_in
loopback(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static bool
can_connect(uint16_t port)
{
	struct sockaddr_in sin = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = connect(fd, (struct sockaddr *)&sin, sizeof(sin)) == 0;

	close(fd);
	return ok;
}

/* A port below those the kernel gives to clients, so that none is handed out in between. */
static uint16_t
free_port(void)
{
	for (;;) {
		uint16_t port = (uint16_t)(10000 + arc4random_uniform(22000));
		struct sockaddr_in sin = loopback(port);
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		int rc = bind(fd, (struct sockaddr *)&sin, sizeof(sin));

		close(fd);
		if (rc == 0)
			return port;
	}
}

static FILE *
create(const struct server *s, const char *name)
{
	char path[160];
	FILE *f;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	f = fd < 0 ? NULL : fdopen(fd, "w");
	if (f == NULL)
		err(99, "%s", path);
	return f;
}

static void
write_config(const struct server *s, const char *global)
{
	FILE *f = create(s, "smbpasswd");

	fprintf(f, "torture:%u:" LM_SECRET ":" NT_SECRET ":[U          ]:LCT-65000000:\n",
	    (unsigned)getuid());
	fclose(f);
	f = create(s, "smb1d.conf");
	fprintf(f, "[global]\n\tlisten = 127.0.0.1:%u, 127.0.0.1:%u/netbios\n", s->port,
	    s->netbios_port);
	fprintf(f, "\tcontrol socket = %s/control\n", s->dir);
	fprintf(f,
	    "\tnetbios name = WIRE\n\tpasswd file = %s/smbpasswd\n\tmap to guest = bad user\n",
	    s->dir);
	if (getuid() == 0 && strstr(global, "\tuser =") == NULL)
		fprintf(f, "\tuser = root\n");
	fprintf(f, "%s\n", global);
	fprintf(f, "[share]\n\tpath = %s\n\tread only = no\n\tguest ok = yes\n", s->root);
	fprintf(f, "\tshadow:snapdir = .snapshots\n");
	fprintf(f, "[readonly]\n\tpath = %s\n\tguest ok = yes\n", s->root);
	fprintf(f, "[private]\n\tpath = %s\n\tread only = no\n\tvalid users = torture\n", s->root);
	fprintf(f, "\tusername = torture\n\tkernel locks = no\n");
	fprintf(f, "[followed]\n\tpath = %s\n\tread only = no\n\tguest ok = yes\n", s->root);
	fprintf(f, "\tfollow symlinks = yes\n");
	fprintf(f, "[closed]\n\tpath = %s\n\tguest ok = yes\n\thosts allow = 192.0.2.1\n", s->root);
	fclose(f);
}

static void
run_server(const struct server *s)
{
	const char *build = getenv("builddir"), *program = getenv("SMB1D");
	char path[4096], conf[128], log[128];
	int fd;

	snprintf(path, sizeof(path), "%s/smb1d", build != NULL ? build : "build");
	snprintf(conf, sizeof(conf), "%s/smb1d.conf", s->dir);
	snprintf(log, sizeof(log), "%s/log", s->dir);
	if (program == NULL)
		program = path;
	fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	setsid();
	execl(program, program, "-f", "-c", conf, (char *)NULL);
	fprintf(stderr, "%s: %s\n", program, strerror(errno));
	_exit(99);
}

static void
show_log(const struct server *s)
{
	char path[128], line[1024];
	FILE *f;

	snprintf(path, sizeof(path), "%s/log", s->dir);
	f = fopen(path, "r");
	while (f != NULL && fgets(line, sizeof(line), f) != NULL)
		fprintf(stderr, "# %s", line);
	if (f != NULL)
		fclose(f);
}

/* 0 when it answers, 1 when it ended. */
static int
wait_ready(struct server *s)
{
	int status;

	for (;;) {
		if (waitpid(s->pid, &status, WNOHANG) == s->pid)
			return 1;
		if (can_connect(s->port))
			return 0;
		usleep(5000);
	}
}

static int
remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	(void)st, (void)flag, (void)ftw;
	return remove(path);
}

static void
remove_dir(const struct server *s)
{
	if (getenv("KEEP") == NULL)
		nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void
server_start(struct server *s, const char *global)
{
	int tries;

	strcpy(s->dir, "/tmp/smb1d-wire.XXXXXX");
	if (mkdtemp(s->dir) == NULL)
		err(99, "%s", s->dir);
	snprintf(s->root, sizeof(s->root), "%s/root", s->dir);
	chmod(s->dir, 0755); /* whoever the server runs as */
	mkdir(s->root, 0755);
	for (tries = 0; tries < 5; tries++) {
		s->port = free_port();
		s->netbios_port = free_port();
		write_config(s, global);
		fflush(NULL);
		s->pid = fork();
		if (s->pid == 0)
			run_server(s);
		if (wait_ready(s) == 0)
			return;
	}
	show_log(s);
	remove_dir(s);
	errx(99, "the server does not start");
}

int
server_stop(struct server *s)
{
	int status = 0, bad;

	bad = waitpid(s->pid, &status, WNOHANG) != 0;
	if (!bad) {
		kill(s->pid, SIGTERM);
		waitpid(s->pid, &status, 0);
		bad = status != 0;
	}
	if (bad) {
		show_log(s);
		warnx("the server ended with status 0x%x", (unsigned)status);
	}
	remove_dir(s);
	return bad;
}

void
server_file(const struct server *s, const char *name, const void *data, size_t n)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "root/%s", name);
	f = create(s, path);
	fwrite(data, 1, n, f);
	fchmod(fileno(f), 0644);
	fclose(f);
}

void
server_mkdir(const struct server *s, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		err(99, "%s", path);
}

bool
server_has(const struct server *s, const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	return access(path, F_OK) == 0;
}

uint64_t
server_size(const struct server *s, const char *name)
{
	char path[256];
	struct stat st;

	snprintf(path, sizeof(path), "%s/%s", s->root, name);
	return stat(path, &st) == 0 ? (uint64_t)st.st_size : UINT64_MAX;
}
