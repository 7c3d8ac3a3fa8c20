/* SPDX-License-Identifier: BSD-2-Clause */

/* Old clients by name: what each sends, in its own packets, and what it must get for it. */
#include <stdio.h>
#include <stdlib.h>

#include "talk.h"

static TCase *(*const clients[])(void) = {
	ps2_client,
	libdsm_client,
	amiga_client,
	windows9x_client,
	dos_client,
	os2_client,
	windows_nt_client,
	macintosh_client,
	linux_client,
	device_clients,
};

#define EVERY_DIALECT "\tserver min protocol = CORE\n"
#define OLD_RESPONSES "\tlanman auth = yes\n\tntlm auth = ntlmv1-permitted\n"

static void
make_files(void)
{
	char name[32];

	server_file(&server, "hello.txt", FILE_TEXT, FILE_LEN);
	server_file(&plain, "hello.txt", FILE_TEXT, FILE_LEN);
	server_file(&by_shares, "hello.txt", FILE_TEXT, FILE_LEN);
	server_mkdir(&server, "folder");
	for (int i = 0; i < ENTRIES; i++) {
		snprintf(name, sizeof(name), "folder/ENTRY%02d.TXT", i);
		server_file(&server, name, FILE_TEXT, FILE_LEN);
	}
}

static void
start(void)
{
	server_start(
	    &server, EVERY_DIALECT OLD_RESPONSES "\tunix extensions = yes\n\tlog level = debug\n");
	server_start(&plain, EVERY_DIALECT "\tntlm auth = disabled\n\tplaintext auth = yes\n");
	server_start(&by_shares, EVERY_DIALECT OLD_RESPONSES "\tsecurity = share\n");
	make_files();
}

static int
stop(void)
{
	return server_stop(&server) + server_stop(&plain) + server_stop(&by_shares);
}

int
main(void)
{
	Suite *s = suite_create("clients");
	SRunner *runner;
	int failed;

	for (size_t i = 0; i < sizeof(clients) / sizeof(clients[0]); i++) {
		TCase *t = clients[i]();

		tcase_add_checked_fixture(t, NULL, talk_end);
		suite_add_tcase(s, t);
	}
	start();
	runner = srunner_create(s);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return stop() != 0 || failed != 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
