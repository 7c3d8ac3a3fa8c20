/* SPDX-License-Identifier: BSD-2-Clause */
#include "config/checks.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <iconv.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/un.h>

/* A decimal number of at most five digits and at most max; -1 when it is none. */
static int
small_number(const char *text, int max)
{
	size_t digits = strspn(text, "0123456789");
	int n = 0;

	if (digits == 0 || digits > 5 || text[digits] != '\0')
		return -1;
	for (; *text != '\0'; text++)
		n = n * 10 + (*text - '0');
	return n <= max ? n : -1;
}

static bool
is_address(const char *text, int *bits)
{
	unsigned char addr[sizeof(struct in6_addr)];

	*bits = 32;
	if (inet_pton(AF_INET, text, addr) == 1)
		return true;
	*bits = 128;
	return inet_pton(AF_INET6, text, addr) == 1;
}

/* Copies n bytes of in; false when they do not fit with their terminator. */
static bool
copy_part(char *out, size_t cap, const char *in, size_t n)
{
	if (n >= cap)
		return false;
	memcpy(out, in, n);
	out[n] = '\0';
	return true;
}

static bool
listen_host_ok(const char *text, size_t n)
{
	char host[INET6_ADDRSTRLEN + 1];
	unsigned char addr[sizeof(struct in6_addr)];

	if (n > 2 && text[0] == '[' && text[n - 1] == ']')
		return copy_part(host, sizeof(host), text + 1, n - 2) &&
		    inet_pton(AF_INET6, host, addr) == 1;
	return copy_part(host, sizeof(host), text, n) && inet_pton(AF_INET, host, addr) == 1;
}

const char *
check_listen(const char *text)
{
	static const char why[] = "is not ADDRESS:PORT, as 0.0.0.0:445 or [::]:139 or "
				  "127.0.0.1:1390/netbios";
	const char *colon = strrchr(text, ':');
	const char *slash = strchr(text, '/');
	size_t n = slash != NULL ? (size_t)(slash - text) : strlen(text);
	char port[8];

	if (slash != NULL && strcmp(slash, "/netbios") != 0)
		return why;
	if (colon == NULL || (slash != NULL && colon > slash))
		return why;
	if (!listen_host_ok(text, (size_t)(colon - text)))
		return why;
	if (!copy_part(port, sizeof(port), colon + 1, n - (size_t)(colon + 1 - text)) ||
	    small_number(port, 65535) < 0)
		return why;
	return NULL;
}

/* "10.", "192.168.", "192.168.1." */
static bool
is_prefix(const char *text)
{
	size_t len = strlen(text);
	char whole[INET_ADDRSTRLEN + 8];
	unsigned char addr[sizeof(struct in_addr)];
	unsigned dots = 0;

	if (len < 2 || len > 12 || text[len - 1] != '.')
		return false;
	memcpy(whole, text, len);
	for (size_t i = 0; i < len; i++)
		dots += text[i] == '.';
	for (; dots < 3; dots++) {
		memcpy(whole + len, "0.", 2);
		len += 2;
	}
	whole[len++] = '0';
	whole[len] = '\0';
	return inet_pton(AF_INET, whole, addr) == 1;
}

/* "2001:db8:" */
static bool
is_prefix_of_six(const char *text)
{
	size_t len = strlen(text);
	char whole[INET6_ADDRSTRLEN + 4];
	unsigned char addr[sizeof(struct in6_addr)];

	if (len < 2 || len > INET6_ADDRSTRLEN || text[len - 1] != ':')
		return false;
	snprintf(whole, sizeof(whole), "%s:1", text);
	if (inet_pton(AF_INET6, whole, addr) == 1)
		return true;
	snprintf(whole, sizeof(whole), "%s1", text);
	return inet_pton(AF_INET6, whole, addr) == 1;
}

/* "255.255.255.0", without holes */
static bool
is_mask(const char *text)
{
	struct in_addr addr;
	uint32_t holes;

	if (strchr(text, '.') == NULL || inet_pton(AF_INET, text, &addr) != 1)
		return false;
	holes = ~ntohl(addr.s_addr);
	return (holes & (holes + 1)) == 0;
}

const char *
check_host(const char *text)
{
	const char *slash = strchr(text, '/');
	char host[INET6_ADDRSTRLEN + 1];
	int bits;

	if (strcasecmp(text, "ALL") == 0 || strcasecmp(text, "localhost") == 0 || is_prefix(text) ||
	    is_prefix_of_six(text))
		return NULL;
	if (strcasecmp(text, "EXCEPT") == 0)
		return "is not understood here: use hosts allow and hosts deny together";
	if (slash == NULL && is_address(text, &bits))
		return NULL;
	if (slash == NULL)
		return "is not an address, a network (10.0.0.0/8), a prefix (192.168.), ALL or "
		       "localhost; names are not looked up";
	if (!copy_part(host, sizeof(host), text, (size_t)(slash - text)) ||
	    !is_address(host, &bits))
		return "is not a network: there is no address before the slash";
	if (small_number(slash + 1, bits) < 0 && (bits != 32 || !is_mask(slash + 1)))
		return bits == 32
		    ? "is not a network: after the slash comes a number from 0 to 32 or a mask"
		    : "is not a network: after the slash comes a number from 0 to 128";
	return NULL;
}

static const char *
netbios_text(const char *text)
{
	size_t len = strlen(text);

	if (len > 15)
		return "is longer than 15 characters";
	if (text[0] == '*')
		return "starts with an asterisk, which no NetBIOS name may";
	for (size_t i = 0; i < len; i++)
		if ((unsigned char)text[i] < ' ' || (unsigned char)text[i] > '~' ||
		    strchr("\"/\\[]:|<>+=;,?*", text[i]) != NULL)
			return "holds a character that NetBIOS names may not have: use letters, "
			       "digits and hyphens";
	if (len > 0 && (text[0] == ' ' || text[len - 1] == ' '))
		return "starts or ends with a blank";
	return NULL;
}

const char *
check_netbios_name(const char *text)
{
	return netbios_text(text);
}

const char *
check_workgroup(const char *text)
{
	return text[0] == '\0' ? "is empty" : netbios_text(text);
}

const char *
check_dos_charset(const char *text)
{
	char in[] = "A/z";
	char out[16] = "";
	char *from = in, *to = out;
	size_t left = 3, room = sizeof(out);
	iconv_t cd;

	if (text[0] == '\0' || strchr(text, '/') != NULL)
		return "is not the name of a character set, as CP850";
	cd = iconv_open(text, "UTF-8");
	/* NOLINTNEXTLINE(performance-no-int-to-ptr): iconv's own way to say no */
	if (cd == (iconv_t)-1)
		return "is not a character set that iconv knows (iconv -l lists them), as CP850";
	iconv(cd, &from, &left, &to, &room);
	iconv_close(cd);
	if (sizeof(out) - room != 3 || memcmp(out, "A/z", 3) != 0)
		return "cannot be a DOS character set: it has other bytes for ASCII";
	return NULL;
}

const char *
check_not_empty(const char *text)
{
	return text[0] == '\0' ? "is empty" : NULL;
}

const char *
check_absolute(const char *text)
{
	return text[0] == '/' ? NULL : "is not an absolute path: it must start with a slash";
}

const char *
check_absolute_or_empty(const char *text)
{
	return text[0] == '\0' ? NULL : check_absolute(text);
}

const char *
check_socket(const char *text)
{
	if (strlen(text) >= sizeof(((struct sockaddr_un *)NULL)->sun_path))
		return "is longer than the path of a socket may be (107 bytes)";
	return check_absolute_or_empty(text);
}

const char *
check_below(const char *text)
{
	size_t n = strlen(text);

	if (text[0] == '/')
		return "not below the share: it begins with a slash";
	if (strcmp(text, "..") == 0 || strncmp(text, "../", 3) == 0 ||
	    strstr(text, "/../") != NULL || (n >= 3 && strcmp(text + n - 3, "/..") == 0))
		return "not below the share: it goes up";
	return n > 0 && text[n - 1] == '/' ? "it ends in a slash" : NULL;
}

#define SEPARATORS "\\/"

const char *
check_dfs_target(const char *text)
{
	size_t server, share;

	for (; *text != '\0'; text += *text == ',') {
		text += strspn(text, SEPARATORS " ");
		server = strcspn(text, SEPARATORS ",");
		text += server + (strchr(SEPARATORS, text[server]) != NULL && text[server] != '\0');
		share = strcspn(text, SEPARATORS ",");
		if (server == 0 || share == 0)
			return "names no share of a server: write //SERVER/SHARE";
		text += strcspn(text, ",");
	}
	return NULL;
}

const char *
check_dfs_link(const char *text)
{
	const size_t n = strcspn(text, "=");

	if (n == 0 || text[n] == '\0' || text[n + 1] == '\0' || strcspn(text, SEPARATORS) < n)
		return "is no link: write NAME=//SERVER/SHARE";
	return check_dfs_target(text + n + 1);
}

static size_t
characters(const char *text)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += ((unsigned char)*text & 0xC0) != 0x80;
	return n;
}

const char *
check_share_name(const char *text)
{
	const char *why = check_text(text);
	size_t len = strlen(text);

	if (why != NULL)
		return why;
	if (len == 0)
		return "is empty: a share needs a name";
	if (characters(text) > 80)
		return "is longer than the 80 characters a share's name may have";
	if (strpbrk(text, "\t\"/\\[]:|<>+=;,?*") != NULL)
		return "holds one of \" / \\ [ ] : | < > + = ; , ? * which no share's name may have";
	if (text[0] == ' ' || text[len - 1] == ' ' || strcmp(text, ".") == 0 ||
	    strcmp(text, "..") == 0)
		return "is no name for a share";
	if (strcasecmp(text, "IPC$") == 0)
		return "is reserved: the server itself serves it";
	if (strcasecmp(text, "global") == 0)
		return "is reserved: it heads the server's own keys";
	return NULL;
}

/* The bytes that follow lead in UTF-8; -1 when lead starts nothing. */
static int
utf8_tail(unsigned char lead)
{
	if (lead < 0x80)
		return 0;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 1;
	if (lead >= 0xE0 && lead <= 0xEF)
		return 2;
	return lead >= 0xF0 && lead <= 0xF4 ? 3 : -1;
}

/* The second byte decides overlong forms, surrogates and what lies past U+10FFFF. */
static bool
utf8_second_ok(unsigned char lead, unsigned char second)
{
	switch (lead) {
	case 0xE0:
		return second >= 0xA0;
	case 0xED:
		return second <= 0x9F;
	case 0xF0:
		return second >= 0x90;
	case 0xF4:
		return second <= 0x8F;
	default:
		return true;
	}
}

const char *
check_text(const char *text)
{
	static const char bad[] = "is not UTF-8: save the file in that encoding";

	for (const unsigned char *p = (const unsigned char *)text; *p != '\0'; p++) {
		unsigned char lead = *p;
		int tail = utf8_tail(lead);

		if (lead == 0x7F || (lead < ' ' && lead != '\t'))
			return "holds a control character";
		if (tail < 0 || (tail > 0 && !utf8_second_ok(lead, p[1])))
			return bad;
		for (; tail > 0; tail--)
			if ((*++p & 0xC0) != 0x80)
				return bad;
	}
	return NULL;
}
