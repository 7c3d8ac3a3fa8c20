/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONFIG_SCHEMA_H
#define CONFIG_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What smb1d.conf says, converted. Never changed once loaded; a reload makes a new one. */

enum conf_signing { SIGNING_DISABLED, SIGNING_AUTO, SIGNING_MANDATORY };
enum conf_ntlm { NTLM_V1_PERMITTED, NTLM_V2_ONLY, NTLM_DISABLED };
enum conf_map_guest { MAP_GUEST_NEVER, MAP_GUEST_BAD_USER, MAP_GUEST_BAD_PASSWORD };
enum conf_kernel_locks { KERNEL_LOCKS_NO, KERNEL_LOCKS_YES, KERNEL_LOCKS_AUTO };
enum conf_acl_name { ACL_NAME_USER, ACL_NAME_SECURITY };
enum conf_security { SECURITY_USER, SECURITY_SHARE };

/* In rank order; the rows of smb/negotiate.c use these numbers. */
enum conf_protocol {
	PROTOCOL_CORE,
	PROTOCOL_COREPLUS,
	PROTOCOL_LANMAN1,
	PROTOCOL_LANMAN2,
	PROTOCOL_NT1,
};

/* A list of words; words is NULL-terminated. */
struct conf_list {
	char **words;
	size_t count;
};

struct share_conf {
	char *name; /* as spelled in the section head */
	char *path; /* absolute, without a trailing slash */
	char *comment;
	struct conf_list profile;
	bool read_only, guest_ok, browseable, store_dos_attributes, hide_dot_files, follow_symlinks;
	bool hide_unreadable, hide_unwriteable_files;
	bool change_notify;
	bool ea_support, named_streams;
	bool oplocks, level2_oplocks;
	bool nt_acl_support;
	bool quotas;
	bool msdfs_root;
	char *msdfs_proxy;            /* "": none */
	struct conf_list msdfs_links; /* name=\\server\\share */
	enum conf_kernel_locks kernel_locks;
	struct conf_list username; /* accounts */
	struct conf_list valid_users, invalid_users, admin_users, read_list,
	    write_list;                           /* names; @group; +group */
	struct conf_list hosts_allow, hosts_deny; /* addresses, CIDR, ALL */
	char *snap_dir, *snap_format;             /* "" in snap_dir: no previous versions */
	bool snap_local;
	struct conf_list veto_files;          /* DOS patterns, '/' separated */
	char *force_user, *force_group;       /* "" : none */
	uint32_t create_mask, directory_mask; /* octal */
	uint32_t max_connections;             /* 0: any number */
	uint32_t max_disk_size;               /* MiB; 0: as it is */

	uint32_t *lines; /* private to config/: the head's line in the file, then each row's; 0
			    where there is none */
};

struct config {
	char *file; /* where it was read from, "" for --share */

	struct conf_list profile;
	char *netbios_name, *workgroup, *server_string;
	struct conf_list listen;
	enum conf_protocol min_protocol, max_protocol;
	enum conf_security security;
	bool lanman_auth, plaintext_auth;
	enum conf_ntlm ntlm_auth;
	char *guest_account;
	enum conf_map_guest map_to_guest;
	enum conf_signing signing;
	char *dos_charset;
	struct conf_list hosts_allow, hosts_deny, admin_users;
	uint32_t deadtime;  /* minutes an idle session without open files lives; 0: for ever */
	uint32_t keepalive; /* seconds between keep-alives on NetBIOS sessions; 0: none */
	bool reset_on_zero_vc, unix_extensions;
	uint32_t max_connections, max_connections_per_address,
	    max_open_files; /* max_open_files: of one connection */
	uint32_t max_notify_watches;
	uint32_t max_mux;                 /* MaxMpxCount */
	uint32_t oplock_break_timeout;    /* seconds a client may take to answer */
	uint32_t sharing_violation_delay; /* milliseconds */
	uint32_t logon_timeout; /* seconds a connection may take before its first log-on */
	uint32_t worker_threads;
	bool host_msdfs;
	char *user;         /* to run as; "" : stay who we are */
	bool user_identity; /* act as the logged-on user on disk; needs root */
	enum conf_acl_name security_acl_name;
	char *passwd_file;
	char *control_socket; /* "" : none */
	char *message_socket; /* "" : none */
	uint32_t log_level;   /* enum log_level */

	struct share_conf *shares;
	size_t nshares;

	uint32_t *lines; /* private to config/, as a share's */
};

/* A list's words stand between blanks and commas, patterns between slashes. */
enum conf_type {
	CONF_STRING,
	CONF_BOOL,
	CONF_UINT,
	CONF_OCTAL,
	CONF_ENUM,
	CONF_LIST,
	CONF_PATTERNS
};

struct conf_key {
	const char *name; /* lower case, single blanks */
	enum conf_type type;
	size_t offset;              /* in struct config or struct share_conf */
	const char *value;          /* default as text; NULL: required */
	uint32_t min, max;          /* CONF_UINT, CONF_OCTAL */
	const char *const *choices; /* CONF_ENUM: NULL-terminated; the index is the value */
	const char *(*check)(const char
		*text);   /* of a text, or of each word of a list: NULL when fine, else why not */
	const char *help; /* one sentence: the man page and smb1d.conf have the same */
};

/* Ended by a row without a name. */
extern const struct conf_key config_global_keys[];
extern const struct conf_key config_share_keys[];

#endif
