/* SPDX-License-Identifier: BSD-2-Clause */
#include "disk/dirent.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* struct linux_dirent64: inode 64, offset 64, record length 16, type 8, name */
#define AT_OFFSET 8
#define AT_LENGTH 16
#define AT_TYPE   18
#define AT_NAME   19

ssize_t
dirent_read(int fd, void *buf, size_t n)
{
	long got;

	do
		got = syscall(SYS_getdents64, fd, buf, n);
	while (got < 0 && errno == EINTR);
	return got;
}

bool
dirent_next(const char *buf, size_t len, size_t *pos, struct dirent_raw *out)
{
	const char *p = buf + *pos;
	uint16_t length;

	if (*pos >= len)
		return false;
	memcpy(&length, p + AT_LENGTH, sizeof(length));
	memcpy(&out->next, p + AT_OFFSET, sizeof(out->next));
	out->type = (unsigned char)p[AT_TYPE];
	out->name = p + AT_NAME;
	out->dot = strcmp(out->name, ".") == 0 || strcmp(out->name, "..") == 0;
	*pos += length;
	return true;
}
