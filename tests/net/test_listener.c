/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <check.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/loop.h"
#include "net/listener.h"

union address {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static struct loop *loop;
static unsigned accepted, over_netbios, warnings;
static int last_fd = -1;
static char from[64];

static void
count_warnings(enum log_level level, const char *line)
{
	(void)line;
	warnings += level <= LOG_LEVEL_WARNING;
}

static void
set_up(void)
{
	log_redirect(count_warnings);
	loop = loop_new();
}

static void
tear_down(void)
{
	loop_free(loop);
}

static void
connection_came(void *arg, int fd, const struct sockaddr *addr, socklen_t len, bool netbios)
{
	(void)len;
	ck_assert_ptr_eq(arg, &accepted);
	accepted++;
	over_netbios += netbios;
	address_text(addr, from, sizeof(from));
	if (last_fd >= 0)
		close(last_fd);
	last_fd = fd;
}

static struct listener *
listen_on(char *address)
{
	char err[300];
	struct listener *l = listener_open(loop, &address, 1, err, sizeof(err));

	ck_assert_msg(l != NULL, "%s", err);
	listener_start(l, connection_came, &accepted);
	return l;
}

static void
connect_to(const struct listener *l, int *fd)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	char text[64];

	ck_assert(listener_address(l, 0, text, sizeof(text)));
	ck_assert_int_eq(strncmp(text, "127.0.0.1:", 10), 0);
	a.sin_port = htons((uint16_t)atoi(text + 10));
	ck_assert_uint_ne(a.sin_port, 0);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	*fd = socket(AF_INET, SOCK_STREAM, 0);
	ck_assert_int_ge(*fd, 0);
	ck_assert_int_eq(connect(*fd, (struct sockaddr *)&a, sizeof(a)), 0);
}

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	ck_assert_int_eq(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

START_TEST(a_connection_is_handed_over_ready_to_use)
{
	struct listener *l = listen_on("127.0.0.1:0");
	int fd;

	connect_to(l, &fd);
	loop_turn(loop, 1000);
	ck_assert_uint_eq(accepted, 1);
	ck_assert_uint_eq(over_netbios, 0);
	ck_assert_str_eq(from, "127.0.0.1");
	ck_assert_int_ne(fcntl(last_fd, F_GETFL) & O_NONBLOCK, 0);
	ck_assert_int_ne(fcntl(last_fd, F_GETFD) & FD_CLOEXEC, 0);
	ck_assert_int_ne(option(last_fd, IPPROTO_TCP, TCP_NODELAY), 0);
	ck_assert_int_ne(option(last_fd, SOL_SOCKET, SO_KEEPALIVE), 0);
	ck_assert_int_eq(option(last_fd, IPPROTO_TCP, TCP_KEEPIDLE), 300);
	close(fd);
	listener_free(&l);
	ck_assert_ptr_null(l);
}
END_TEST

START_TEST(a_netbios_address_says_so)
{
	struct listener *l = listen_on("127.0.0.1:0/netbios");
	char text[64];
	int fd;

	ck_assert(listener_address(l, 0, text, sizeof(text)));
	ck_assert_ptr_nonnull(strstr(text, "/netbios"));
	ck_assert(!listener_address(l, 1, text, sizeof(text)));
	connect_to(l, &fd);
	loop_turn(loop, 1000);
	ck_assert_uint_eq(over_netbios, 1);
	close(fd);
	listener_free(&l);
}
END_TEST

START_TEST(many_connections_are_taken_in_few_turns)
{
	struct listener *l = listen_on("127.0.0.1:0");
	int fds[40];

	for (int i = 0; i < 40; i++)
		connect_to(l, &fds[i]);
	for (int i = 0; i < 3; i++)
		loop_turn(loop, 1000);
	ck_assert_uint_eq(accepted, 40);
	for (int i = 0; i < 40; i++)
		close(fds[i]);
	listener_free(&l);
}
END_TEST

START_TEST(both_families_may_have_the_same_port)
{
	struct listener *four = listen_on("127.0.0.1:0");
	char text[64], six[80], *address = six, err[300];
	struct listener *l;

	listener_address(four, 0, text, sizeof(text));
	snprintf(six, sizeof(six), "[::]:%s", strchr(text, ':') + 1);
	l = listener_open(loop, &address, 1, err, sizeof(err));
	/* Where there is no IPv6 it is an address less, and then none. */
	ck_assert_msg(l != NULL || strstr(err, "no address") != NULL, "%s", err);
	listener_free(&l);
	listener_free(&four);
}
END_TEST

START_TEST(a_taken_port_is_named_with_a_remedy)
{
	struct listener *l = listen_on("127.0.0.1:0");
	char text[64], *address = text, err[300];

	listener_address(l, 0, text, sizeof(text));
	ck_assert_ptr_null(listener_open(loop, &address, 1, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, text));
	ck_assert_ptr_nonnull(strstr(err, "another server"));
	listener_free(&l);
}
END_TEST

static const char *const nonsense[] = {
	"",
	"445",
	"127.0.0.1",
	"localhost:445",
	"127.0.0.1:",
	"127.0.0.1:x",
	"127.0.0.1:65536",
	"127.0.0.1:-1",
	"127.0.0.1:445/nonsense",
	"::1:445",
	"[::1:445",
	"[]:445",
	"[127.0.0.1]:445",
	"127.0.0.1:445 ",
};

START_TEST(an_address_that_is_none_is_refused)
{
	char *address = (char *)(uintptr_t)nonsense[_i], err[300];

	ck_assert_ptr_null(listener_open(loop, &address, 1, err, sizeof(err)));
	ck_assert_ptr_nonnull(strstr(err, "write ADDRESS:PORT"));
}
END_TEST

/* What lies above the limit is given back after a second. */
START_TEST(running_out_of_descriptors_is_said_once_and_survived)
{
	struct listener *l = listen_on("127.0.0.1:0");
	struct rlimit old, low;
	int fd;

	connect_to(l, &fd);
	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &old), 0);
	low = old;
	low.rlim_cur = (rlim_t)dup(fd);
	close((int)low.rlim_cur);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &low), 0);
	for (int i = 0; i < 50; i++)
		loop_turn(loop, 30);
	ck_assert_uint_eq(accepted, 0);
	ck_assert_uint_eq(warnings, 1);
	ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &old), 0);
	for (int i = 0; i < 200 && accepted == 0; i++)
		loop_turn(loop, 100);
	ck_assert_uint_eq(accepted, 1);
	close(fd);
	listener_free(&l);
}
END_TEST

/* 0, or the number of the step that went wrong. Descriptor 3 becomes what systemd would have made
 * it. */
static int
take_over_from_systemd(void)
{
	char text[64], err[300], pid[20], *address = "127.0.0.1:0";
	int s = socket(AF_INET, SOCK_STREAM, 0);
	struct listener *l;

	if (listen(s, 5) != 0 || dup2(s, 3) != 3)
		return 1;
	snprintf(pid, sizeof(pid), "%d", getpid());
	setenv("LISTEN_PID", pid, 1);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_FDNAMES", "netbios", 1);
	l = listener_open(loop, &address, 1, err, sizeof(err));
	if (l == NULL || !listener_address(l, 0, text, sizeof(text)))
		return 2;
	if (strncmp(text, "0.0.0.0:", 8) != 0 || strstr(text, "/netbios") == NULL)
		return 3;
	if (listener_address(l, 1, text, sizeof(text)))
		return 4;
	return getenv("LISTEN_FDS") != NULL ? 5 : 0;
}

START_TEST(sockets_from_systemd_go_before_the_list)
{
	pid_t child = fork();
	int status;

	if (child == 0)
		_exit(take_over_from_systemd());
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

struct word {
	const char *address, *word;
	bool in;
};

static const struct word words[] = {
	{ "192.168.1.7", "192.168.1.7", true },
	{ "192.168.1.7", "192.168.1.8", false },
	{ "192.168.1.7", "192.168.", true },
	{ "192.168.1.7", "192.16.", false },
	{ "192.168.1.7", "192.168", false },
	{ "192.168.1.7", "192.168.1.0/24", true },
	{ "192.168.1.7", "192.168.1.0/29", true },
	{ "192.168.1.8", "192.168.1.0/29", false },
	{ "192.168.1.7", "192.168.0.0/255.255.0.0", true },
	{ "192.169.1.7", "192.168.0.0/255.255.0.0", false },
	{ "192.168.1.7", "0.0.0.0/0", true },
	{ "192.168.1.7", "0.0.0.0/0.0.0.0", true },
	{ "192.168.1.7", "192.168.1.0/33", false },
	{ "192.168.1.7", "192.168.1.0/", false },
	{ "192.168.1.7", "192.168.1.0/255.0.255.0", false },
	{ "192.168.1.7", "ALL", true },
	{ "192.168.1.7", "all", true },
	{ "192.168.1.7", "localhost", false },
	{ "192.168.1.7", "", false },
	{ "192.168.1.7", "::/0", false },
	{ "127.0.0.1", "localhost", true },
	{ "127.3.2.1", "localhost", true },
	{ "::1", "localhost", true },
	{ "::2", "localhost", false },
	{ "::ffff:127.0.0.1", "localhost", true },
	{ "::ffff:192.168.1.7", "192.168.1.7", true },
	{ "::ffff:192.168.1.7", "192.168.", true },
	{ "::ffff:192.168.1.7", "192.168.1.0/24", true },
	{ "192.168.1.7", "::ffff:192.168.1.7", true },
	{ "192.168.1.7", "::ffff:192.168.1.0/120", true },
	{ "192.168.2.7", "::ffff:192.168.1.0/120", false },
	{ "192.168.1.7", "::ffff:192.168.1.0/24", false },
	{ "fe80::1", "fe80::/10", true },
	{ "fec0::1", "fe80::/10", false },
	{ "2001:db8::5", "2001:DB8::5", true },
	{ "2001:db8::5", "2001:db8:", true },
	{ "2001:db8::5", "2001:db8::/32", true },
	{ "2001:db9::5", "2001:db8::/32", false },
	{ "2001:db8::5", "10.0.0.0/8", false },
	{ "::", "0.0.0.0/0", false },
};

static void
make_address(union address *a, const char *text)
{
	memset(a, 0, sizeof(*a));
	if (inet_pton(AF_INET, text, &a->in.sin_addr) == 1) {
		a->sa.sa_family = AF_INET;
		return;
	}
	ck_assert_int_eq(inet_pton(AF_INET6, text, &a->in6.sin6_addr), 1);
	a->sa.sa_family = AF_INET6;
}

START_TEST(addresses_match_words)
{
	char *word = (char *)(uintptr_t)words[_i].word;
	union address a;

	make_address(&a, words[_i].address);
	ck_assert_msg(
	    address_in(&a.sa, &word, 1) == words[_i].in, "%s in %s", words[_i].address, word);
}
END_TEST

START_TEST(any_of_several_words_will_do)
{
	char *several[] = { "10.0.0.1", "10.0.0.2", NULL };
	union address a;

	make_address(&a, "10.0.0.2");
	ck_assert(address_in(&a.sa, several, 2));
	ck_assert(!address_in(&a.sa, several, 1));
	ck_assert(!address_in(&a.sa, several, 0));
}
END_TEST

START_TEST(addresses_are_written_without_port)
{
	union address a;
	char text[64];

	make_address(&a, "::ffff:10.1.2.3");
	address_text(&a.sa, text, sizeof(text));
	ck_assert_str_eq(text, "10.1.2.3");
	make_address(&a, "2001:db8::5");
	address_text(&a.sa, text, sizeof(text));
	ck_assert_str_eq(text, "2001:db8::5");
	a.sa.sa_family = AF_UNIX;
	address_text(&a.sa, text, sizeof(text));
	ck_assert_str_eq(text, "local");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("listener");
	TCase *tc = tcase_create("sockets");
	SRunner *sr = srunner_create(s);
	int failed;

	tcase_add_checked_fixture(tc, set_up, tear_down);
	tcase_add_test(tc, a_connection_is_handed_over_ready_to_use);
	tcase_add_test(tc, a_netbios_address_says_so);
	tcase_add_test(tc, many_connections_are_taken_in_few_turns);
	tcase_add_test(tc, both_families_may_have_the_same_port);
	tcase_add_test(tc, a_taken_port_is_named_with_a_remedy);
	tcase_add_loop_test(tc, an_address_that_is_none_is_refused, 0,
	    (int)(sizeof(nonsense) / sizeof(nonsense[0])));
	tcase_add_test(tc, running_out_of_descriptors_is_said_once_and_survived);
	tcase_add_test(tc, sockets_from_systemd_go_before_the_list);
	suite_add_tcase(s, tc);
	tc = tcase_create("addresses");
	tcase_add_loop_test(tc, addresses_match_words, 0, (int)(sizeof(words) / sizeof(words[0])));
	tcase_add_test(tc, any_of_several_words_will_do);
	tcase_add_test(tc, addresses_are_written_without_port);
	suite_add_tcase(s, tc);
	srunner_run_all(sr, CK_ENV);
	failed = srunner_ntests_failed(sr);
	srunner_free(sr);
	return failed != 0;
}
