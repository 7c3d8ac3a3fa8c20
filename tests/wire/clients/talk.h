/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TESTS_WIRE_CLIENTS_TALK_H
#define TESTS_WIRE_CLIENTS_TALK_H

#include <check.h>
#include <stddef.h>
#include <stdint.h>

#include "../client.h"
#include "../server.h"
#include "smb/codes.h"
#include "wire/status.h"

/*
 * What the conversations of old clients are made of. A function named after a command sends it as
 * the client in hand would and leaves the reply in `r`; the status is told.
 */

extern struct server server;    /* every dialect, every response to a challenge */
extern struct server plain;     /* readable passwords alone */
extern struct server by_shares; /* passwords of shares */
extern struct client *c;
extern struct reply r;

/* Files of the share: FILE_TEXT in hello.txt, and folder with the entries ENTRY00.TXT and on. */
#define FILE_TEXT "0123456789"
#define FILE_LEN  10
#define ENTRIES   7

/* As [MS-CIFS] 2.2.2.4: of clients that know no NT status. */
#define DOS(class, code) ((nt_status)(class) | (nt_status)(code) << 16)
#define ERR_BAD_FILE     DOS(1, 2)
#define ERR_BAD_PATH     DOS(1, 3)
#define ERR_NO_FILES     DOS(1, 18)

#define DIALECTS(...) ((const char *const[]){ __VA_ARGS__, NULL })

/* The fixture of every client: ends what it began. */
void talk_end(void);

/* A connection whose requests have these flags. */
void talk_begin(uint8_t flags, uint16_t flags2);
void talk_begin_with(const struct server *s, uint8_t flags, uint16_t flags2);

/* NEGOTIATE; fails unless the dialect of that index is chosen and the reply has these words. */
void talk_negotiate(const char *const *dialects, uint16_t index, uint8_t words);

/* SESSION_SETUP_ANDX with 10 words, and with 13. */
struct names {
	const char *user, *domain, *os, *lanman; /* from the first that is NULL on none is sent */
};
nt_status log_on_lanman(const void *password, uint16_t len, const struct names *names);
struct passwords {
	const void *oem;
	uint16_t oem_len;
	const void *unicode;
	uint16_t unicode_len;
};
nt_status log_on_nt(const struct passwords *p, const struct names *names);

/* Answers to the challenge under "secret", or under another password. */
void lm_response(const char *password, uint8_t response[24]);
void ntlm_response_to(const char *password, uint8_t response[24]);

/* TREE_CONNECT_ANDX with a password of one zero, and TREE_CONNECT. */
nt_status tree_connect_andx(uint16_t flags, const char *path, const char *service);
nt_status tree_connect_core(const char *path, const char *password, const char *device);

/* A command of one path and n words before it. */
nt_status by_path(uint8_t command, const uint16_t *words, size_t n, const char *path);

/* OPEN; the FID. CLOSE. */
nt_status open_core(const char *path, uint16_t mode, uint16_t *fid);
nt_status close_fid(uint16_t fid);

/* READ and WRITE. */
nt_status read_core(uint16_t fid, uint16_t count, uint32_t offset);
nt_status write_core(uint16_t fid, const void *data, uint16_t count, uint32_t offset);

/* OPEN_ANDX; the FID. */
struct open_andx {
	uint16_t access, attributes, function;
};
nt_status open_andx(const char *path, const struct open_andx *how, uint16_t *fid);

/* READ_ANDX with 12 words; *data becomes what was read. WRITE_ANDX with 14. */
nt_status read_andx(uint16_t fid, uint64_t offset, uint32_t count, struct reader *data);
nt_status write_andx(uint16_t fid, uint64_t offset, const void *data, uint32_t count);

/* Sends the request with n bytes behind it that are none of it; the reply in r. */
void send_with_junk(size_t n);

/* A bind to srvsvc. */
#define BIND_LEN 72
extern const uint8_t bind_pdu[BIND_LEN];

/* What a reply brought, as text: of READ's form, and of READ_ANDX's. */
void expect_read(const char *text);
void expect_bytes(struct reader data, const char *text);

/* FIND_FIRST2 and FIND_NEXT2; max_data: MaxDataCount, 0: enough. Parts of a reply are put together.
 */
struct find_first {
	uint16_t attributes, count, flags, level;
	const char *pattern;
	uint16_t max_data;
};
struct find_next {
	uint16_t sid, count, level, flags;
	uint32_t key;
	const char *name;
	uint16_t max_data;
};
struct found {
	uint16_t sid, count, end, ea_error, last_name;
	size_t parameters_at, data_at; /* in the first reply */
	struct reader data;
};
nt_status find_first2(const struct find_first *f, struct found *got);
nt_status find_next2(const struct find_next *f, struct found *got);

/* The name of the next entry of SMB_FIND_FILE_BOTH_DIRECTORY_INFO; NULL after the last. */
const char *both_name(struct reader *data);

/* Is the text in the server's log? */
bool logged(const char *text);

/* Of each client */
TCase *ps2_client(void);
TCase *libdsm_client(void);
TCase *amiga_client(void);
TCase *windows9x_client(void);
TCase *dos_client(void);
TCase *os2_client(void);
TCase *windows_nt_client(void);
TCase *macintosh_client(void);
TCase *linux_client(void);
TCase *device_clients(void);

#endif
