/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/schema.h"

#include "config/checks.h"
#include "config/profile.h"

/* Indexed by the enumerations of the same name. */
static const char *const protocols[] = { "CORE", "COREPLUS", "LANMAN1", "LANMAN2", "NT1", NULL };
static const char *const securities[] = { "user", "share", NULL };
static const char *const ntlm_auths[] = { "ntlmv1-permitted", "ntlmv2-only", "disabled", NULL };
static const char *const map_guests[] = { "never", "bad user", "bad password", NULL };
static const char *const acl_names[] = { "user.NTACL", "security.NTACL", NULL };
static const char *const signings[] = { "disabled", "auto", "mandatory", NULL };
static const char *const kernel_locks[] = { "no", "yes", "auto", NULL };
static const char *const log_levels[] = { "error", "warning", "info", "debug", NULL };

#define GLOBAL(field) .offset = offsetof(struct config, field)
#define SHARE(field)  .offset = offsetof(struct share_conf, field)

const struct conf_key config_global_keys[] = {
	{
	    .name = "profile",
	    .type = CONF_LIST,
	    GLOBAL(profile),
	    .value = "",
	    .check = check_profile,
	    .help =
		"Kinds of clients whose needs are set in the keys that this section leaves out, see PROFILES.",
	},
	{
	    .name = "netbios name",
	    .type = CONF_STRING,
	    GLOBAL(netbios_name),
	    .value = "",
	    .check = check_netbios_name,
	    .help = "The name the server goes by, at most 15 characters; empty: the host's name.",
	},
	{
	    .name = "workgroup",
	    .type = CONF_STRING,
	    GLOBAL(workgroup),
	    .value = "WORKGROUP",
	    .check = check_workgroup,
	    .help = "The workgroup the server appears in, at most 15 characters.",
	},
	{
	    .name = "server string",
	    .type = CONF_STRING,
	    GLOBAL(server_string),
	    .value = "smb1d",
	    .help = "The comment shown beside the server's name.",
	},
	{
	    .name = "listen",
	    .type = CONF_LIST,
	    GLOBAL(listen),
	    .value = "0.0.0.0:445, 0.0.0.0:139, [::]:445, [::]:139",
	    .check = check_listen,
	    .help = "Addresses and ports to listen on; port 139, or /netbios after another port, "
		    "speaks NetBIOS sessions.",
	},
	{
	    .name = "server min protocol",
	    .type = CONF_ENUM,
	    GLOBAL(min_protocol),
	    .value = "NT1",
	    .choices = protocols,
	    .help =
		"The oldest dialect a client may choose; below LANMAN1 there are no users, see username.",
	},
	{
	    .name = "server max protocol",
	    .type = CONF_ENUM,
	    GLOBAL(max_protocol),
	    .value = "NT1",
	    .choices = protocols,
	    .help = "The newest dialect the server offers.",
	},
	{
	    .name = "security",
	    .type = CONF_ENUM,
	    GLOBAL(security),
	    .value = "user",
	    .choices = securities,
	    .help =
		"Whether clients log on as users, or give a password for each share: that of one "
		"of the accounts in its username.",
	},
	{
	    .name = "lanman auth",
	    .type = CONF_BOOL,
	    GLOBAL(lanman_auth),
	    .value = "no",
	    .help =
		"Accept LM responses, which are broken within minutes by whoever sees one; ntlm "
		"auth = ntlmv1-permitted has to be set too.",
	},
	{
	    .name = "ntlm auth",
	    .type = CONF_ENUM,
	    GLOBAL(ntlm_auth),
	    .value = "ntlmv2-only",
	    .choices = ntlm_auths,
	    .help = "Which NTLM responses are accepted; version 1 is weak.",
	},
	{
	    .name = "plaintext auth",
	    .type = CONF_BOOL,
	    GLOBAL(plaintext_auth),
	    .value = "no",
	    .help =
		"Let clients send their passwords readable, for those that know nothing else; a "
		"client is asked to where no other way is open to it.",
	},
	{
	    .name = "guest account",
	    .type = CONF_STRING,
	    GLOBAL(guest_account),
	    .value = "nobody",
	    .check = check_not_empty,
	    .help =
		"The name that guests go by; with user identity = yes the system's user they act "
		"as.",
	},
	{
	    .name = "map to guest",
	    .type = CONF_ENUM,
	    GLOBAL(map_to_guest),
	    .value = "never",
	    .choices = map_guests,
	    .help =
		"Which failed log-ons become guests: none, those of unknown users, or those with a "
		"wrong password too.",
	},
	{
	    .name = "server signing",
	    .type = CONF_ENUM,
	    GLOBAL(signing),
	    .value = "auto",
	    .choices = signings,
	    .help = "Whether messages are signed: never, when the client can, or always.",
	},
	{
	    .name = "dos charset",
	    .type = CONF_STRING,
	    GLOBAL(dos_charset),
	    .value = "CP850",
	    .check = check_dos_charset,
	    .help = "The code page of clients that do not speak Unicode.",
	},
	{
	    .name = "hosts allow",
	    .type = CONF_LIST,
	    GLOBAL(hosts_allow),
	    .value = "",
	    .check = check_host,
	    .help =
		"Addresses, networks or ALL that may connect; empty: everybody who is not denied.",
	},
	{
	    .name = "hosts deny",
	    .type = CONF_LIST,
	    GLOBAL(hosts_deny),
	    .value = "",
	    .check = check_host,
	    .help =
		"Addresses, networks or ALL that may not connect, unless hosts allow names them.",
	},
	{
	    .name = "admin users",
	    .type = CONF_LIST,
	    GLOBAL(admin_users),
	    .value = "",
	    .help = "Users and @groups that may administer the server from a client.",
	},
	{
	    .name = "deadtime",
	    .type = CONF_UINT,
	    GLOBAL(deadtime),
	    .value = "0",
	    .max = 525600,
	    .help =
		"Minutes after which an idle connection without open files is closed; 0: never.",
	},
	{
	    .name = "keepalive",
	    .type = CONF_UINT,
	    GLOBAL(keepalive),
	    .value = "0",
	    .max = 86400,
	    .help = "Seconds between keep-alive messages on NetBIOS sessions; 0: none.",
	},
	{
	    .name = "reset on zero vc",
	    .type = CONF_BOOL,
	    GLOBAL(reset_on_zero_vc),
	    .value = "no",
	    .help = "Close a client's other connections when it logs on with VC number 0; not for "
		    "clients behind address translation.",
	},
	{
	    .name = "unix extensions",
	    .type = CONF_BOOL,
	    GLOBAL(unix_extensions),
	    .value = "no",
	    .help = "Offer the CIFS UNIX extensions: permissions, owners, links, POSIX names and "
		    "locks.",
	},
	{
	    .name = "max connections",
	    .type = CONF_UINT,
	    GLOBAL(max_connections),
	    .value = "10000",
	    .min = 1,
	    .max = 1000000,
	    .help = "Connections the server holds at once.",
	},
	{
	    .name = "max connections per address",
	    .type = CONF_UINT,
	    GLOBAL(max_connections_per_address),
	    .value = "4000",
	    .max = 1000000,
	    .help = "Connections one address may hold at once; 0: any number.",
	},
	{
	    .name = "max open files",
	    .type = CONF_UINT,
	    GLOBAL(max_open_files),
	    .value = "16384",
	    .min = 1,
	    .max = 65534,
	    .help = "Files one connection may have open at once.",
	},
	{
	    .name = "max change notify watches",
	    .type = CONF_UINT,
	    GLOBAL(max_notify_watches),
	    .value = "65536",
	    .max = 4000000,
	    .help = "Directories watched at once for clients that want to hear of changes; what is "
		    "beyond that they have to look for themselves.",
	},
	{
	    .name = "max mux",
	    .type = CONF_UINT,
	    GLOBAL(max_mux),
	    .value = "50",
	    .min = 2,
	    .max = 1000,
	    .help = "Requests a client is told to have under way at once; with twice as many its "
		    "connection is not read.",
	},
	{
	    .name = "oplock break timeout",
	    .type = CONF_UINT,
	    GLOBAL(oplock_break_timeout),
	    .value = "35",
	    .min = 1,
	    .max = 3600,
	    .help = "Seconds a client may take to give up an oplock; then it has none any more.",
	},
	{
	    .name = "sharing violation delay",
	    .type = CONF_UINT,
	    GLOBAL(sharing_violation_delay),
	    .value = "1000",
	    .max = 60000,
	    .help = "Milliseconds an open waits for others that do not share the file, before it "
		    "fails; 0: not at all.",
	},
	{
	    .name = "logon timeout",
	    .type = CONF_UINT,
	    GLOBAL(logon_timeout),
	    .value = "60",
	    .min = 1,
	    .max = 3600,
	    .help = "Seconds a connection may take before its first log-on.",
	},
	{
	    .name = "worker threads",
	    .type = CONF_UINT,
	    GLOBAL(worker_threads),
	    .value = "4",
	    .min = 1,
	    .max = 64,
	    .help = "Threads for work that may block on the disk.",
	},
	{
	    .name = "host msdfs",
	    .type = CONF_BOOL,
	    GLOBAL(host_msdfs),
	    .value = "yes",
	    .help = "Let shares be DFS roots, where their msdfs root says so.",
	},
	{
	    .name = "user",
	    .type = CONF_STRING,
	    GLOBAL(user),
	    .value = "",
	    .help =
		"The system's user to run as once the ports are open, which root must name; empty: "
		"stay who started it.",
	},
	{
	    .name = "user identity",
	    .type = CONF_BOOL,
	    GLOBAL(user_identity),
	    .value = "no",
	    .help = "Act on disk as the logged-on user, who must be one of the system's; needs to "
		    "be started as root.",
	},
	{
	    .name = "security acl name",
	    .type = CONF_ENUM,
	    GLOBAL(security_acl_name),
	    .value = "user.NTACL",
	    .choices = acl_names,
	    .help =
		"The extended attribute that holds security descriptors; the second needs to be "
		"started as root.",
	},
	{
	    .name = "passwd file",
	    .type = CONF_STRING,
	    GLOBAL(passwd_file),
	    .value = "/etc/smb1d/smb1passwd",
	    .check = check_absolute_or_empty,
	    .help = "The accounts, as smb1passwd writes them; only its owner may read the file.",
	},
	{
	    .name = "control socket",
	    .type = CONF_STRING,
	    GLOBAL(control_socket),
	    .value = "/run/smb1d/control",
	    .check = check_socket,
	    .help = "Where smb1ctl finds the daemon, for root and the daemon's own user; empty: "
		    "nowhere.",
	},
	{
	    .name = "message socket",
	    .type = CONF_STRING,
	    GLOBAL(message_socket),
	    .value = "",
	    .check = check_socket,
	    .help = "Where a program of this machine takes the messages that clients send to "
		    "people (NET SEND), each a datagram in JSON; empty: they go to the log alone.",
	},
	{
	    .name = "log level",
	    .type = CONF_ENUM,
	    GLOBAL(log_level),
	    .value = "info",
	    .choices = log_levels,
	    .help = "How much is logged; debug has a line for each request and its path.",
	},
	{ .name = NULL },
};

const struct conf_key config_share_keys[] = {
	{
	    .name = "path",
	    .type = CONF_STRING,
	    SHARE(path),
	    .value = NULL,
	    .check = check_absolute,
	    .help = "The directory to serve, as an absolute path; required.",
	},
	{
	    .name = "comment",
	    .type = CONF_STRING,
	    SHARE(comment),
	    .value = "",
	    .help = "The comment shown beside the share's name.",
	},
	{
	    .name = "profile",
	    .type = CONF_LIST,
	    SHARE(profile),
	    .value = "",
	    .check = check_profile,
	    .help =
		"Kinds of clients whose needs are set in the keys that this share leaves out, see PROFILES.",
	},
	{
	    .name = "read only",
	    .type = CONF_BOOL,
	    SHARE(read_only),
	    .value = "yes",
	    .help = "Refuse everything that would change the share, but to users of write list.",
	},
	{
	    .name = "guest ok",
	    .type = CONF_BOOL,
	    SHARE(guest_ok),
	    .value = "no",
	    .help = "Let guests in.",
	},
	{
	    .name = "browseable",
	    .type = CONF_BOOL,
	    SHARE(browseable),
	    .value = "yes",
	    .help = "Show the share in the list of shares.",
	},
	{
	    .name = "username",
	    .type = CONF_LIST,
	    SHARE(username),
	    .value = "",
	    .help =
		"Accounts whose passwords open the share for clients that log on to shares, not as "
		"users: with security = share, and for the core dialects; empty: none, but guests "
		"where they may.",
	},
	{
	    .name = "valid users",
	    .type = CONF_LIST,
	    SHARE(valid_users),
	    .value = "",
	    .help = "Users and @groups that may use the share; empty: all who can log on.",
	},
	{
	    .name = "invalid users",
	    .type = CONF_LIST,
	    SHARE(invalid_users),
	    .value = "",
	    .help = "Users and @groups that may not use the share, whatever else is said of them.",
	},
	{
	    .name = "admin users",
	    .type = CONF_LIST,
	    SHARE(admin_users),
	    .value = "",
	    .help = "Users and @groups that may write there whatever else is said, and act as "
		    "the daemon itself.",
	},
	{
	    .name = "read list",
	    .type = CONF_LIST,
	    SHARE(read_list),
	    .value = "",
	    .help = "Users and @groups for whom the share is read only, even where it is not.",
	},
	{
	    .name = "write list",
	    .type = CONF_LIST,
	    SHARE(write_list),
	    .value = "",
	    .help = "Users and @groups that may write, even where the share is read only.",
	},
	{
	    .name = "hosts allow",
	    .type = CONF_LIST,
	    SHARE(hosts_allow),
	    .value = "",
	    .check = check_host,
	    .help =
		"Addresses, networks or ALL that may use the share; empty: everybody who is not "
		"denied.",
	},
	{
	    .name = "hosts deny",
	    .type = CONF_LIST,
	    SHARE(hosts_deny),
	    .value = "",
	    .check = check_host,
	    .help =
		"Addresses, networks or ALL that may not use the share, unless hosts allow names "
		"them.",
	},
	{
	    .name = "max connections",
	    .type = CONF_UINT,
	    SHARE(max_connections),
	    .value = "0",
	    .max = 1000000,
	    .help = "How often the share may be connected to at once; 0: any number.",
	},
	{
	    .name = "max disk size",
	    .type = CONF_UINT,
	    SHARE(max_disk_size),
	    .value = "0",
	    .max = UINT32_MAX,
	    .help =
		"The most that clients are told the disk holds and has free, in MiB, for programs that fail on more; 0: the truth.",
	},
	{
	    .name = "force user",
	    .type = CONF_STRING,
	    SHARE(force_user),
	    .value = "",
	    .help = "The system's user that everybody acts as on the share, which root must start; "
		    "empty: nobody in particular.",
	},
	{
	    .name = "force group",
	    .type = CONF_STRING,
	    SHARE(force_group),
	    .value = "",
	    .help =
		"The system's group that everybody acts as on the share, which root must start; "
		"empty: the user's own.",
	},
	{
	    .name = "create mask",
	    .type = CONF_OCTAL,
	    SHARE(create_mask),
	    .value = "0744",
	    .max = 07777,
	    .help = "The mode bits, in octal, that new files may have.",
	},
	{
	    .name = "directory mask",
	    .type = CONF_OCTAL,
	    SHARE(directory_mask),
	    .value = "0755",
	    .max = 07777,
	    .help = "The mode bits, in octal, that new directories may have.",
	},
	{
	    .name = "veto files",
	    .type = CONF_PATTERNS,
	    SHARE(veto_files),
	    .value = "",
	    .help =
		"Names, with * and ? and between slashes, that the share does as if they were not "
		"there.",
	},
	{
	    .name = "shadow:snapdir",
	    .type = CONF_STRING,
	    SHARE(snap_dir),
	    .value = "",
	    .check = check_below,
	    .help =
		"The directory below the share, such as .zfs/snapshot or .snapshots, that holds "
		"snapshots of it, which clients then see as previous versions; empty: none.",
	},
	{
	    .name = "shadow:format",
	    .type = CONF_STRING,
	    SHARE(snap_format),
	    .value = "auto",
	    .check = check_not_empty,
	    .help =
		"How snapshots are named after their time, in the letters of strftime; auto: the "
		"first date in the name, with the time of day if it has one, or the time when a "
		"numbered one of Snapper's was made.",
	},
	{
	    .name = "shadow:localtime",
	    .type = CONF_BOOL,
	    SHARE(snap_local),
	    .value = "no",
	    .help = "The names of snapshots are in local time, not in UTC.",
	},
	{
	    .name = "hide dot files",
	    .type = CONF_BOOL,
	    SHARE(hide_dot_files),
	    .value = "yes",
	    .help = "Give names that start with a dot the hidden attribute.",
	},
	{
	    .name = "hide unreadable",
	    .type = CONF_BOOL,
	    SHARE(hide_unreadable),
	    .value = "no",
	    .help = "List to a user only what that user may read.",
	},
	{
	    .name = "hide unwriteable files",
	    .type = CONF_BOOL,
	    SHARE(hide_unwriteable_files),
	    .value = "no",
	    .help = "List to a user only the files that user may write; directories all the same.",
	},
	{
	    .name = "store dos attributes",
	    .type = CONF_BOOL,
	    SHARE(store_dos_attributes),
	    .value = "yes",
	    .help = "Keep DOS attributes and the time of creation in the extended attribute "
		    "user.DOSATTRIB.",
	},
	{
	    .name = "ea support",
	    .type = CONF_BOOL,
	    SHARE(ea_support),
	    .value = "yes",
	    .help = "Keep the extended attributes of OS/2 clients in those of the file system.",
	},
	{
	    .name = "nt acl support",
	    .type = CONF_BOOL,
	    SHARE(nt_acl_support),
	    .value = "yes",
	    .help = "Keep the security descriptors that clients give to files, and obey them.",
	},
	{
	    .name = "msdfs root",
	    .type = CONF_BOOL,
	    SHARE(msdfs_root),
	    .value = "no",
	    .help =
		"Make the share a DFS root: it may hold links to shares of other servers, which "
		"clients follow.",
	},
	{
	    .name = "msdfs links",
	    .type = CONF_LIST,
	    SHARE(msdfs_links),
	    .value = "",
	    .check = check_dfs_link,
	    .help = "Links in the top directory of a DFS root, each as NAME=//SERVER/SHARE; a name "
		    "that comes again has another target.",
	},
	{
	    .name = "msdfs proxy",
	    .type = CONF_STRING,
	    SHARE(msdfs_proxy),
	    .value = "",
	    .check = check_dfs_target,
	    .help = "Send clients of a DFS root to another server's share, as //SERVER/SHARE, for "
		    "all that is on it.",
	},
	{
	    .name = "quotas",
	    .type = CONF_BOOL,
	    SHARE(quotas),
	    .value = "no",
	    .help = "Tell users their quota of the disk, and let admin users see and set those of "
		    "all; needs to be started as root.",
	},
	{
	    .name = "named streams",
	    .type = CONF_BOOL,
	    SHARE(named_streams),
	    .value = "yes",
	    .help = "Keep alternate data streams, small ones in the extended attributes "
		    "user.DosStream.*, others below .smb1d.streams.",
	},
	{
	    .name = "change notify",
	    .type = CONF_BOOL,
	    SHARE(change_notify),
	    .value = "yes",
	    .help = "Tell clients that ask for it what changes in a directory, whoever changes it.",
	},
	{
	    .name = "follow symlinks",
	    .type = CONF_BOOL,
	    SHARE(follow_symlinks),
	    .value = "yes",
	    .help = "Follow symbolic links that stay inside the share; others never are followed.",
	},
	{
	    .name = "oplocks",
	    .type = CONF_BOOL,
	    SHARE(oplocks),
	    .value = "yes",
	    .help = "Let a client that has a file for itself cache it; switch off where other "
		    "programs change the files.",
	},
	{
	    .name = "level2 oplocks",
	    .type = CONF_BOOL,
	    SHARE(level2_oplocks),
	    .value = "yes",
	    .help = "Let several clients cache a file that they only read.",
	},
	{
	    .name = "kernel locks",
	    .type = CONF_ENUM,
	    SHARE(kernel_locks),
	    .value = "auto",
	    .choices = kernel_locks,
	    .help =
		"Whether programs on this machine see clients' byte-range locks and clients see "
		"theirs: never, always, or where the file system of path is this machine's own.",
	},
	{ .name = NULL },
};
