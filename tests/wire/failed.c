/* SPDX-License-Identifier: BSD-2-Clause */
#include <check.h>
#include <stdlib.h>

#include "client.h"

void
client_failed(const char *what)
{
	ck_abort_msg("%s", what);
	abort();
}
