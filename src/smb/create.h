/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_CREATE_H
#define SMB_CREATE_H

#include <stdbool.h>
#include <stdint.h>

#include "disk/ea.h"
#include "disk/open.h"
#include "file/oplock.h"
#include "server/request.h"

struct handle;
struct sd;

/* CreateDisposition ([MS-CIFS] 2.2.4.64.1) */
enum { FILE_SUPERSEDE, FILE_OPEN, FILE_CREATE, FILE_OPEN_IF, FILE_OVERWRITE, FILE_OVERWRITE_IF };

/* CreateAction */
enum { ACTION_SUPERSEDED, ACTION_OPENED, ACTION_CREATED, ACTION_OVERWRITTEN };

/* CreateOptions */
#define FILE_DIRECTORY_FILE     0x00000001u
#define FILE_WRITE_THROUGH      0x00000002u
#define FILE_SEQUENTIAL_ONLY    0x00000004u
#define FILE_SYNCHRONOUS        0x00000030u /* with alerts, without */
#define FILE_NON_DIRECTORY_FILE 0x00000040u
#define FILE_NO_EA_KNOWLEDGE    0x00000200u
#define FILE_RANDOM_ACCESS      0x00000800u
#define FILE_DELETE_ON_CLOSE    0x00001000u
#define FILE_OPEN_BY_FILE_ID    0x00002000u
#define FILE_RESERVE_OPFILTER   0x00100000u

/* What every opening command comes down to. Lives in the arena until the reply is encoded. */
struct create {
	/* asked */
	const char *path; /* as request_path gives it */
	uint32_t access;  /* as asked, generic bits allowed */
	uint32_t share;   /* FILE_SHARE_* */
	uint32_t disposition, options;
	uint32_t attributes; /* of a new or overwritten file */
	bool has_mode; /* mode: the permissions of a new file, as the create mask leaves them */
	mode_t mode;
	uint32_t may_go;     /* of access: left out where it is not allowed */
	uint64_t allocation; /* bytes to reserve for a new file */
	uint64_t size;       /* to give a new or emptied file */
	bool deny_dos, deny_fcb;
	bool execute;        /* the access mode was that of execution */
	bool optional_write; /* take read access where writing is refused (FCB opens) */
	ntime written;       /* last write time for a new file, 0: now */
	struct disk_eas eas; /* of a new or overwritten file */
	const uint8_t *sd;   /* of a new file, as it came; NULL: as inherited */
	size_t sd_size;
	bool tell_eas; /* has_eas is wanted */
	enum oplock_level oplock;
	bool level2;       /* the reply can say that it became level II */
	bool changes_data; /* what is opened is to change: nobody keeps it cached */
	bool renames;      /* ... or to get another name, which those with a batch oplock mind */
	bool at_once;      /* a SHARING_VIOLATION is not waited out */
	bool tell_maximal; /* maximal is wanted */
	/* became */
	struct handle *handle; /* held by the request; its FID is in the chain */
	struct disk_stat stat; /* after the open */
	uint32_t action;
	uint32_t granted;
	uint32_t maximal; /* what this user might have been granted */
	bool has_eas;
	uint32_t ea_error; /* INVALID_EA_NAME and the like: eas.ea[].at of the one at fault */
	enum oplock_level oplock_granted;
	/* private */
	struct disk_open disk;
	const struct sd *descriptor; /* decoded */
	bool truncate;
	uint64_t deadline; /* of waiting a SHARING_VIOLATION out; 0: has not met one */
	nt_status (*then)(struct request *req, void *arg);
	void *arg;
};

/*
 * Opens as asked: oplocks of others, share modes, disposition, attributes; then calls then(req,
 * arg) on success (NULL: that is all). Returns its status, an error, or STATUS_PENDING.
 */
nt_status smb_create(struct request *req, struct create *c,
    nt_status (*then)(struct request *req, void *arg), void *arg);

/* In create_oplock.c: what the header of a DOS open asks for, before smb_create, and that of its
 * reply tells. */
void smb_create_header_oplock(const struct request *req, struct create *c);
void smb_create_tell_header(struct request *req, const struct create *c);

/* What Flags of OPEN_ANDX and OPEN2 or the header ask for; the header, and a bit of ActionTaken. */
void smb_create_open_oplock(const struct request *req, struct create *c, uint16_t flags);
uint16_t smb_create_tell_open(struct request *req, const struct create *c, uint16_t flags);

/*
 * AccessMode of OPEN and OPEN_ANDX to access, share and the DENY flags. INVALID_PARAMETER... as
 * [MS-CIFS] 2.2.4.41 says.
 */
nt_status smb_create_access_mode(struct create *c, uint16_t access_mode);

/*
 * OpenMode ("OpenFunction") of OPEN_ANDX to a disposition; after smb_create_access_mode.
 * OS2_INVALID_ACCESS for what it cannot be.
 */
nt_status smb_create_open_function(struct create *c, uint16_t function);

#endif
