/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_ACCESS_H
#define DISK_ACCESS_H

#include "disk/place.h"
#include "wire/access.h"
#include "wire/sd.h"

/* Access checks ([MS-DTYP] 2.5.3.2, [MS-FSA] 2.1.5.1.2). */

struct access_ask {
	uint32_t wanted;  /* without generic bits; ACCESS_MAXIMUM_ALLOWED: and all else there is */
	uint32_t implied; /* must be allowed too, but is not granted */
	uint32_t may_go;  /* of wanted: left out where it is not allowed */
	unsigned opens;   /* DISK_READ, DISK_WRITE: for what the kernel will be asked anyway */
};

/*
 * What d's user may do with what is at p. ACCESS_DENIED, or PRIVILEGE_NOT_HELD where system
 * security is wanted.
 */
nt_status access_check(
    const struct disk *d, struct place *p, const struct access_ask *ask, uint32_t *granted);

/* All d's user could be granted of what is at p. */
nt_status access_maximal(const struct disk *d, struct place *p, uint32_t *rights);

/* What whoever makes a file may do with it until he closes it. */
nt_status access_of_creator(const struct disk *d, const struct access_ask *ask, uint32_t *granted);

/* May what is at p be deleted or renamed away? May p, where there is nothing, become something? */
nt_status access_may_remove(const struct disk *d, struct place *p);
nt_status access_may_add(const struct disk *d, struct place *p, bool directory);
nt_status access_may_list(const struct disk *d, const struct place *p);

/* Does the descriptor stored with a file, if there is one, give all these rights? Where there is
 * none the kernel will be asked. */
nt_status access_stored(const struct disk *d, int fd, uint32_t wanted);

/* Does the SID stand for d's user, or a group of his? */
bool access_is(const struct disk *d, const struct sid *sid);

/*
 * The rights a descriptor gives d's user, for a file with that POSIX side: accounts that only a
 * domain knows are the file's owner and group as far as the descriptor names them so.
 */
uint32_t access_rights(const struct disk *d, const struct sd *sd, const struct statx *stx);

#endif
