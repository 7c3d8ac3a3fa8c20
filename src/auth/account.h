/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef AUTH_ACCOUNT_H
#define AUTH_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/*
 * The accounts of a smbpasswd(5) file. A database is never changed once loaded; the daemon
 * loads a new one on reload, smb1passwd writes one and renames it over the old.
 */
struct account {
	char *name; /* as spelled in the file */
	uint32_t uid;
	uint32_t rid; /* its number in the server's own domain: see account_find_rid */
	uint8_t lm_hash[16], nt_hash[16];
	bool has_lm, has_nt; /* false: X...X in the file */
	bool disabled, no_password;
	time_t changed;
};

struct account_db;

/*
 * NULL with a line in err ("smb1passwd:3: ..."). Refuses a file that group or others may read. A
 * missing file is an error (ENOENT in errno).
 */
struct account_db *account_db_load(const char *file, char *err, size_t errlen);
struct account_db *account_db_new(void);
void account_db_free(struct account_db **db);

/* Without regard to case. */
const struct account *account_find(const struct account_db *db, const char *name);

/*
 * By the number clients know it under: 1000 + 2 * uid, as Samba counts, so that it needs no table;
 * for who shares a uid with an account before him (or has a very large one), one made of his name.
 */
#define ACCOUNT_RID_FIRST  1000u
#define ACCOUNT_RID_HASHED 0x40000000u
const struct account *account_find_rid(const struct account_db *db, uint32_t rid);
const struct account *account_next(const struct account_db *db, size_t *pos);

/*
 * For smb1passwd and --user: adds or replaces; both hashes from the UTF-8 password. LM is stored
 * only when asked. False when the name will not do.
 */
bool account_set(struct account_db *db, const char *name, const char *password, bool lm);
bool account_set_disabled(struct account_db *db, const char *name, bool disabled);
bool account_remove(struct account_db *db, const char *name);

/*
 * Keeps other writers out until the descriptor is closed: to be held from before the load until
 * after the save. It locks the folder, as the file itself is replaced. -1 with errno.
 */
int account_db_lock(const char *file);

/* Writes to a new file beside it, mode 0600, syncs, renames. 0 or -1 with errno. */
int account_db_save(const struct account_db *db, const char *file);

#endif
