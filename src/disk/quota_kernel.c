/* SPDX-License-Identifier: BSD-2-Clause */
#include <linux/quota.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "disk/quota.h"

#ifndef SYS_quotactl_fd
#define SYS_quotactl_fd 443 /* Linux 5.14 */
#endif

int
quota_kernel(int fd, unsigned command, uint32_t uid, void *data)
{
	return (int)syscall(SYS_quotactl_fd, fd, QCMD(command, USRQUOTA), uid, data);
}
