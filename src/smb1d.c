/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <grp.h>
#include <inttypes.h>
#include <limits.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <syslog.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-id128.h>
#include <time.h>
#include <unistd.h>

#include "auth/account.h"
#include "auth/crypto.h"
#include "auth/logon.h"
#include "base/arena.h"
#include "base/charset.h"
#include "base/cred.h"
#include "base/log.h"
#include "base/loop.h"
#include "base/worker.h"
#include "config.h"
#include "config/file.h"
#include "config/schema.h"
#include "fence.h"
#include "net/listener.h"
#include "net/transport.h"
#include "options.h"
#include "privileges.h"
#include "rpc/rpc.h"
#include "server/ctl/ctl.h"
#include "server/server.h"
#include "smb/dispatch.h"
#include "wire/sid.h"

#define STOP_MS         5000 /* a graceful stop takes no longer */
#define STOP_LOOK_MS    20
#define JOBS_QUEUED     4096
#define WANTED_FILES    262144
#define UNRELOADED_KEYS 6
#define USER_IDENTITY   2 /* of them */

/*
 *   starting --> serving --SIGTERM, SIGINT--> stopping --idle, 5 s or a second signal--> gone
 */
struct daemon {
	struct options options;
	struct privileges privileges;
	struct loop *loop;
	struct worker *worker;
	struct listener *listener;
	struct ctl *ctl;
	struct server *server;
	struct fence *fence;
	struct sid domain;
	struct oem *oem; /* keeps the character set's code loaded, which nothing can load later */
	struct event *events[6];
	size_t nevents;
	char *unreloaded[UNRELOADED_KEYS]; /* as at the start */
	char *file;            /* the configuration, as the daemon finds it from any directory */
	int ready_fd, null_fd; /* of the parent that waits; -1: none */
	uint64_t stop_by;      /* 0: serving */
};

static bool
failed(const char *why)
{
	log_error("%s", why);
	return false;
}

/* ---- to the background ---- */

static void
log_to_syslog(enum log_level level, const char *line)
{
	static const int priorities[] = { LOG_ERR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

	syslog(priorities[level], "%s", line);
}

/* The parent stays until the daemon serves, so that its exit status tells. */
static void
wait_for_child(int fd)
{
	char byte;

	_exit(read(fd, &byte, 1) == 1 ? EXIT_SUCCESS : EXIT_FAILURE);
}

static bool
go_to_background(struct daemon *d)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	child = fork();
	if (child < 0)
		return false;
	if (child > 0) {
		close(ends[1]);
		wait_for_child(ends[0]);
	}
	close(ends[0]);
	d->ready_fd = ends[1];
	d->null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	openlog("smb1d", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	return d->null_fd >= 0 && setsid() >= 0 && chdir("/") == 0;
}

/* Messages went to the terminal until now. */
static void
release_parent(struct daemon *d)
{
	if (d->ready_fd < 0)
		return;
	log_redirect(log_to_syslog);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		dup2(d->null_fd, fd);
	close(d->null_fd);
	if (write(d->ready_fd, "", 1) != 1)
		log_debug("whoever started the daemon did not wait for it");
	close(d->ready_fd);
	d->ready_fd = -1;
}

static bool
is_for_background(const struct options *o)
{
	return !o->foreground && o->nshares == 0 && getenv("NOTIFY_SOCKET") == NULL &&
	    getenv("INVOCATION_ID") == NULL;
}

/* ---- reload ---- */

static char *
joined(const struct conf_list *l)
{
	size_t n = 1;
	char *text;

	for (size_t i = 0; i < l->count; i++)
		n += strlen(l->words[i]) + 2;
	text = xcalloc(n, 1);
	for (size_t i = 0; i < l->count; i++) {
		strcat(text, l->words[i]);
		strcat(text, i + 1 < l->count ? ", " : "");
	}
	return text;
}

static const char *const unreloaded_keys[UNRELOADED_KEYS] = { "listen", "user", "user identity",
	"worker threads", "dos charset", "control socket" };

/* The settings that are made once, as text to compare. */
static void
unreloaded_of(const struct config *c, char *out[UNRELOADED_KEYS])
{
	char threads[16];

	snprintf(threads, sizeof(threads), "%" PRIu32, c->worker_threads);
	out[0] = joined(&c->listen);
	out[1] = xstrdup(c->user);
	out[USER_IDENTITY] = xstrdup(c->user_identity ? "yes" : "no");
	out[3] = xstrdup(threads);
	out[4] = xstrdup(c->dos_charset);
	out[5] = xstrdup(c->control_socket);
}

/* Nothing acts on a new value of these; what everybody asks for again and again keeps the old. */
static void
keep_unreloaded(const struct daemon *d, struct config *c)
{
	char *now[UNRELOADED_KEYS];

	unreloaded_of(c, now);
	for (size_t i = 0; i < UNRELOADED_KEYS; i++) {
		if (strcmp(now[i], d->unreloaded[i]) != 0)
			log_warning("[global] %s: stays \"%s\" until smb1d is restarted",
			    unreloaded_keys[i], d->unreloaded[i]);
		free(now[i]);
	}
	c->user_identity = strcmp(d->unreloaded[USER_IDENTITY], "yes") == 0;
}

/* A directory the running daemon has locked itself out of. */
static bool
is_inside(const struct daemon *d, const struct config *c)
{
	bool good = true;

	for (size_t i = 0; i < c->nshares && d->fence != NULL; i++) {
		if (fence_admits(d->fence, &c->shares[i]))
			continue;
		log_error(
		    "[%s] path: %s: the running daemon has given up the right to %s it: restart smb1d to serve it",
		    c->shares[i].name, c->shares[i].path,
		    c->shares[i].read_only ? "read" : "write");
		good = false;
	}
	return good;
}

static void
set_log_level(const struct daemon *d, const struct config *c)
{
	log_level = d->options.verbose ? LOG_LEVEL_DEBUG : (enum log_level)c->log_level;
}

static bool
may_serve(const struct daemon *d, const struct config *c)
{
	char err[400];

	if (privileges_suffice(&d->privileges, c, err, sizeof(err)))
		return is_inside(d, c);
	log_error("%s", err);
	return false;
}

/* Nothing of the new is in force before all of it is good. */
static bool
load_again(struct daemon *d)
{
	struct config *c;
	struct account_db *accounts;

	/* The last request may have left this thread with a user's rights. */
	if (cred_assume(NULL) != 0)
		return failed("cannot act as the daemon's own user again");
	c = options_config(&d->options);
	accounts = c != NULL ? options_accounts(&d->options, c) : NULL;
	if (c != NULL)
		keep_unreloaded(d, c);
	if (c == NULL || accounts == NULL || !may_serve(d, c) ||
	    !server_reload(d->server, c, accounts)) {
		config_free(&c);
		account_db_free(&accounts);
		return false;
	}
	set_log_level(d, c);
	return true;
}

static bool
reload(void *arg)
{
	struct daemon *d = arg;
	struct timespec now;
	bool good;

	if (d->stop_by != 0)
		return false;
	if (d->options.nshares > 0) {
		log_info("shares of the command line are not reloaded");
		return false;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
	    (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	good = load_again(d);
	if (good)
		log_info("%s: reloaded", d->options.file);
	else
		log_error("%s: not reloaded: the configuration from before stays in force",
		    d->options.file);
	sd_notify(0, "READY=1");
	return good;
}

static void
on_reload(evutil_socket_t number, short what, void *arg)
{
	(void)number, (void)what;
	(void)reload(arg);
}

/* ---- stop ---- */

static void
on_stopping(evutil_socket_t fd, short what, void *arg)
{
	struct daemon *d = arg;
	bool idle = server_idle(d->server) && transports_gone(d->loop);

	(void)fd, (void)what;
	if (!idle && loop_now_ms() < d->stop_by)
		return;
	if (!idle)
		log_warning(
		    "stopping with connections left that did not end in %d s", STOP_MS / 1000);
	loop_stop(d->loop);
}

static bool
add_event(struct daemon *d, struct event *ev, const struct timeval *every)
{
	if (ev == NULL || event_add(ev, every) != 0)
		return false;
	d->events[d->nevents++] = ev;
	return true;
}

static void
on_stop(evutil_socket_t number, short what, void *arg)
{
	static const struct timeval often = { .tv_usec = STOP_LOOK_MS * 1000 };
	struct daemon *d = arg;

	(void)what;
	if (d->stop_by != 0) {
		loop_stop(d->loop);
		return;
	}
	log_info("%s: stopping", number == SIGINT ? "interrupted" : "SIGTERM");
	sd_notify(0, "STOPPING=1");
	d->stop_by = loop_now_ms() + STOP_MS;
	listener_free(&d->listener);
	server_stop(d->server);
	if (!add_event(d, event_new(d->loop->base, -1, EV_PERSIST, on_stopping, d), &often))
		loop_stop(d->loop);
}

static void
on_watchdog(evutil_socket_t fd, short what, void *arg)
{
	(void)fd, (void)what, (void)arg;
	sd_notify(0, "WATCHDOG=1");
}

static bool
start_watchdog(struct daemon *d)
{
	uint64_t usec;
	struct timeval half;

	if (sd_watchdog_enabled(0, &usec) <= 0)
		return true;
	half.tv_sec = (time_t)(usec / 2 / 1000000);
	half.tv_usec = (suseconds_t)(usec / 2 % 1000000);
	return add_event(d, event_new(d->loop->base, -1, EV_PERSIST, on_watchdog, d), &half);
}

static bool
watch_signals(struct daemon *d)
{
	struct event_base *base = d->loop->base;

	return add_event(d, evsignal_new(base, SIGHUP, on_reload, d), NULL) &&
	    add_event(d, evsignal_new(base, SIGTERM, on_stop, d), NULL) &&
	    add_event(d, evsignal_new(base, SIGINT, on_stop, d), NULL) && start_watchdog(d);
}

/* ---- start ---- */

/* What the SID of the accounts' domain is made for, so that it is like that of no other program. */
static const sd_id128_t of_domain = SD_ID128_MAKE(
    5f, a3, 6c, 0e, b1, 7d, 4d, 92, 8e, 1b, 27, c4, 90, 6a, d3, 58);

/*
 * S-1-5-21- and three numbers that stay with the machine and do not tell its id, of which they are
 * a keyed hash; where a machine has none, with its name.
 */
static void
find_domain(struct daemon *d, const struct config *c)
{
	const struct crypto_part name = { c->netbios_name, strlen(c->netbios_name) };
	sd_id128_t id;

	d->domain = (struct sid){ 4, SID_AUTHORITY_NT, { 21 } };
	if (sd_id128_get_machine_app_specific(of_domain, &id) < 0) {
		log_info(
		    "/etc/machine-id cannot be read: the SIDs of accounts come from \"netbios name\"");
		crypto_hmac_md5(of_domain.bytes, &name, 1, id.bytes);
	}
	for (int i = 0; i < 12; i++)
		d->domain.sub[1 + i / 4] = d->domain.sub[1 + i / 4] << 8 | id.bytes[i];
}

/* A connection takes a descriptor, and each of its open files another. */
static void
raise_file_limit(const struct config *c)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return;
	if (limit.rlim_max < WANTED_FILES) {
		struct rlimit more = { WANTED_FILES, WANTED_FILES };

		if (setrlimit(RLIMIT_NOFILE, &more) == 0)
			return;
	}
	limit.rlim_cur = limit.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_max < 2 * (rlim_t)c->max_connections)
		log_info("%llu descriptors are few for \"max connections = %" PRIu32
			 "\": raise LimitNOFILE= or ulimit -n",
		    (unsigned long long)limit.rlim_max, c->max_connections);
}

/* What would be loaded at its first use is loaded now: nothing can be once the fence is up. */
static bool
load_libraries(struct daemon *d, const struct config *c)
{
	struct cred *guest = cred_of_user(c->guest_account);

	cred_unref(&guest);
	/* Nobody's name is asked for in all of the name service's modules. */
	(void)getpwnam(":");
	(void)getgrnam(":");
	tzset();
	d->oem = oem_open(c->dos_charset);
	if (d->oem == NULL)
		log_error("[global] dos charset: %s: %s", c->dos_charset, strerrordesc_np(errno));
	return d->oem != NULL;
}

static bool
fence_in(struct daemon *d, const struct config *c)
{
	const struct fence_needs needs = { d->privileges.any_identity, d->privileges.quotas };
	char err[400];
	int error;

	if (!FENCED_IN) {
		log_debug("built with a sanitizer: not fenced in");
		return true;
	}
	d->fence = fence_enter(c, err, sizeof(err));
	if (d->fence == NULL)
		return failed(err);
	error = fence_calls(&needs);
	if (error == -EINVAL || error == -ENOSYS || error == -EOPNOTSUPP) {
		log_warning(
		    "this kernel cannot filter system calls: the daemon may make all that its rights allow");
		return true;
	}
	if (error != 0)
		log_error("cannot filter system calls: %s", strerrordesc_np(-error));
	return error == 0;
}

/* A daemon that nobody can ask serves all the same. */
static void
open_control(struct daemon *d, const struct config *c)
{
	const struct privileges *p = &d->privileges;
	char err[400];

	if (c->control_socket[0] == '\0')
		return;
	d->ctl = ctl_open(c->control_socket, p->change ? p->uid : geteuid(),
	    p->change ? p->gid : getegid(), err, sizeof(err));
	if (d->ctl == NULL)
		log_info("%s: smb1ctl will not reach this daemon", err);
}

static bool
start_control(struct daemon *d)
{
	const struct ctl_subject subject = { .server = d->server, .reload = reload, .arg = d };

	return d->ctl == NULL || ctl_start(d->ctl, d->loop, &subject);
}

/* From root's rights to the least that will do, in this order; threads come after and inherit. */
static bool
confine(struct daemon *d, const struct config *c)
{
	char err[400];

	if (!privileges_plan(&d->privileges, c, err, sizeof(err)))
		return failed(err);
	raise_file_limit(c);
	d->loop = loop_new();
	if (d->loop == NULL || !watch_signals(d))
		return failed("cannot make an event loop");
	d->listener = listener_open(d->loop, c->listen.words, c->listen.count, err, sizeof(err));
	if (d->listener == NULL)
		return failed(err);
	open_control(d, c);
	find_domain(d, c);
	if (!load_libraries(d, c))
		return false;
	/* What new files may be is for each share's masks to say. */
	umask(0);
	if (!privileges_drop(&d->privileges, err, sizeof(err)))
		return failed(err);
	return fence_in(d, c);
}

static void
log_start(const struct daemon *d, bool user_identity)
{
	char address[80];

	for (size_t i = 0; listener_address(d->listener, i, address, sizeof(address)); i++)
		log_info("listening on %s", address);
	log_info("%s serves as %s%s", PACKAGE_STRING, d->privileges.name,
	    user_identity                    ? ", and on disk as the user who logged on"
		: d->privileges.any_identity ? ", and on disk as whom the shares force"
		: d->privileges.uid == 0 && !d->privileges.as_root
		? ", who owns the share, without root's rights"
		: "");
}

/* The host and port for smbclient, of a socket that speaks to any port if there is one. */
static void
address_to_show(const struct daemon *d, char *host, size_t len, unsigned *port)
{
	char address[80] = "", text[80], *colon;

	for (size_t i = 0; listener_address(d->listener, i, text, sizeof(text)); i++) {
		if (i == 0 ||
		    (strstr(address, "/netbios") != NULL && strstr(text, "/netbios") == NULL))
			snprintf(address, sizeof(address), "%s", text);
	}
	colon = strrchr(address, ':');
	*port = colon != NULL ? (unsigned)strtoul(colon + 1, NULL, 10) : 0;
	if (colon != NULL)
		*colon = '\0';
	if (strcmp(address, "0.0.0.0") == 0 || strcmp(address, "[::]") == 0)
		snprintf(host, len, "%s", "localhost");
	else
		snprintf(host, len, "%s", address);
}

static void
print_shares(const struct daemon *d, const struct config *c)
{
	char host[80];
	unsigned port;

	address_to_show(d, host, sizeof(host), &port);
	for (size_t i = 0; i < c->nshares; i++) {
		const struct share_conf *s = &c->shares[i];
		const char *user = s->guest_ok || d->options.nusers == 0 ? NULL
									 : d->options.users[0];

		printf("serving [%s] %s, %s, %s; connect with: smbclient //%s/%s -p %u -m NT1 "
		       "--option='client min protocol=NT1' %s%s\n",
		    s->name, s->path, s->read_only ? "read only" : "writable",
		    s->guest_ok ? "for guests" : "for users", host, s->name, port,
		    user != NULL ? "-U " : "-N", user != NULL ? user : "");
	}
	fflush(stdout);
}

/* Takes both over. */
static bool
serve(struct daemon *d, struct config *c, struct account_db *accounts)
{
	d->worker = worker_new(d->loop, c->worker_threads, JOBS_QUEUED);
	if (d->worker == NULL)
		return failed("cannot start the worker threads");
	unreloaded_of(c, d->unreloaded);
	d->server = server_new(d->loop, d->worker, c, accounts);
	if (d->server == NULL) {
		config_free(&c);
		account_db_free(&accounts);
		return false;
	}
	server_set_dispatch(d->server, &smb_conn_ops);
	server_set_pipes(d->server, rpc_pipes);
	d->server->domain = d->domain;
	if (!start_control(d))
		return failed("cannot answer at the control socket");
	listener_start(d->listener, server_accept, d->server);
	log_start(d, c->user_identity);
	if (d->options.nshares > 0)
		print_shares(d, c);
	release_parent(d);
	sd_notify(0, "READY=1");
	loop_run(d->loop);
	return true;
}

/* With connections left the process just ends: the kernel closes what they had open. */
static void
clear(struct daemon *d)
{
	bool idle = d->server == NULL || (server_idle(d->server) && transports_gone(d->loop));

	for (size_t i = 0; i < d->nevents; i++)
		event_free(d->events[i]);
	ctl_free(&d->ctl);
	if (!idle)
		_exit(EXIT_SUCCESS);
	listener_free(&d->listener);
	if (d->worker != NULL)
		worker_free(d->worker);
	if (d->server != NULL)
		server_free(&d->server);
	if (d->loop != NULL)
		loop_free(d->loop);
	if (d->oem != NULL)
		oem_close(&d->oem);
	fence_free(&d->fence);
	free(d->file);
	for (size_t i = 0; i < UNRELOADED_KEYS; i++)
		free(d->unreloaded[i]);
}

/* The daemon in the background looks for its file from another directory. */
static bool
find_file(struct daemon *d)
{
	char here[PATH_MAX];

	if (d->options.nshares > 0)
		return true;
	if (access(d->options.file, F_OK) != 0) {
		log_error("%s: %s: write one, or serve a folder with --share NAME=DIR",
		    d->options.file, strerrordesc_np(errno));
		return false;
	}
	if (d->options.file[0] == '/')
		return true;
	if (getcwd(here, sizeof(here)) == NULL ||
	    asprintf(&d->file, "%s/%s", here, d->options.file) < 0)
		return failed("cannot find the current directory");
	d->options.file = d->file;
	return true;
}

/* Everything that needs neither rights nor a place in the background; all mistakes are told. */
static bool
prepare(struct daemon *d, struct config **c, struct account_db **accounts)
{
	const char *why;

	*c = options_config(&d->options);
	if (*c == NULL)
		return false;
	set_log_level(d, *c);
	why = logon_crypto_init();
	if (why != NULL)
		return failed(why);
	*accounts = options_accounts(&d->options, *c);
	return *accounts != NULL;
}

static bool
run(struct daemon *d)
{
	struct config *c = NULL;
	struct account_db *accounts = NULL;
	bool good = prepare(d, &c, &accounts);

	if (good && !d->options.test) {
		if (is_for_background(&d->options) && !go_to_background(d))
			good = failed("cannot go to the background; -f stays in the foreground");
		if (good && confine(d, c))
			return serve(d, c, accounts);
		good = false;
	}
	if (good)
		config_print(c, stdout);
	account_db_free(&accounts);
	config_free(&c);
	return good;
}

int
main(int argc, char **argv)
{
	struct daemon d = { .ready_fd = -1, .null_fd = -1 };
	bool good;

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file too large for "ulimit -f" is an error of the write */
	log_init("smb1d");
	switch (options_parse(&d.options, argc, argv)) {
	case OPTIONS_DONE:
		return EXIT_SUCCESS;
	case OPTIONS_WRONG:
		options_clear(&d.options);
		return 2;
	case OPTIONS_RUN:
		break;
	}
	good = find_file(&d) && run(&d);
	clear(&d);
	options_clear(&d.options);
	return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
