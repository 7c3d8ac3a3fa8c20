/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_CORE_SEARCH_H
#define SMB_CORE_SEARCH_H

#include "smb/command.h"
#include "smb/trans/listing.h"

struct search;

/*
 * SEARCH, FIND and FIND_UNIQUE ([MS-CIFS] 2.2.4.58 to 2.2.4.60): directories as FAT has them, with
 * short names. Each entry has a resume key, behind which the listing goes on; it says which search
 * it belongs to and where in the directory.
 */
#define CORE_KEY 21

struct core_search {
	uint16_t count, attributes;
	const char *name;
	uint16_t key_length;
	uint8_t key[CORE_KEY];
	bool once; /* FIND_UNIQUE: what fits one reply, and no more */
	struct listing l;
	struct search *search;
	const char *label; /* of the volume, when that was asked for */
};

/* The search a resume key belongs to, held; NULL: none. */
struct search *core_search_of(struct request *req, const struct core_search *a);
void core_search_decode(void *args, struct smb_in *in);
nt_status core_search_run(struct request *req, void *args);
void core_search_encode(struct request *req, const void *args, struct writer *w);

#endif
