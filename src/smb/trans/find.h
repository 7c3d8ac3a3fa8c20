/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_TRANS_FIND_H
#define SMB_TRANS_FIND_H

#include <stdbool.h>
#include <stdint.h>

#include "smb/trans/listing.h"
#include "smb/trans/trans.h"

struct search;

/* Flags of FIND_FIRST2 and FIND_NEXT2 ([MS-CIFS] 2.2.6.2.1) */
#define FIND_CLOSE_AFTER_REQUEST 0x0001
#define FIND_CLOSE_AT_EOS        0x0002
#define FIND_RETURN_RESUME_KEYS  0x0004
#define FIND_CONTINUE_FROM_LAST  0x0008

/* What the two subcommands share: the request, the listing and what became of it. */
struct find {
	struct trans *t;
	uint16_t flags;
	size_t params;      /* bytes of the reply's parameters */
	uint32_t first_key; /* resume key of the first entry of this reply */
	struct listing l;
	/* the reply */
	uint32_t n;
	bool end;          /* no more entries: EndOfSearch */
	size_t last;       /* LastNameOffset */
	uint64_t position; /* where the next reply begins */
};

/*
 * Fills in what does not differ: level, count, room, the EAs wanted. INVALID_LEVEL, or what is
 * wrong with the list of EAs.
 */
nt_status find_prepare(struct request *req, struct find *f, uint16_t level, uint16_t count);

/* Writes the entries found; the parameters are still to be written. */
void find_put_entries(struct request *req, struct find *f);

/* The status of a reply without entries: none, or BUFFER_TOO_SMALL when there is one that does not
 * fit. */
nt_status find_empty(struct find *f, nt_status none);

/* SearchCount, EndOfSearch, EaErrorOffset, LastNameOffset. */
void find_put_params(struct find *f);

/* Lets the client continue behind any entry of this reply. */
void find_mark(struct search *s, const struct find *f);

/* Is the search over, as the flags ask? */
bool find_closes(const struct find *f);

#endif
