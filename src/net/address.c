/* SPDX-License-Identifier: BSD-2-Clause */
#include "net/listener.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* An address as bits; IPv4 ones mapped into IPv6 are IPv4. */
struct bits {
	unsigned len; /* 32, 128, or 0: no IP address */
	uint8_t b[16];
};

static void
bits_v6(struct bits *out, const struct in6_addr *a)
{
	bool mapped = IN6_IS_ADDR_V4MAPPED(a);

	out->len = mapped ? 32 : 128;
	memcpy(out->b, a->s6_addr + (mapped ? 12 : 0), out->len / 8);
}

static void
bits_of(struct bits *out, const struct sockaddr *addr)
{
	const void *p = addr;

	memset(out, 0, sizeof(*out));
	if (addr->sa_family == AF_INET) {
		const struct sockaddr_in *in = p;

		out->len = 32;
		memcpy(out->b, &in->sin_addr, 4);
	} else if (addr->sa_family == AF_INET6) {
		const struct sockaddr_in6 *in6 = p;

		bits_v6(out, &in6->sin6_addr);
	}
}

static bool
bits_parse(struct bits *out, const char *text)
{
	struct in6_addr six;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, text, out->b) == 1) {
		out->len = 32;
		return true;
	}
	if (inet_pton(AF_INET6, text, &six) != 1)
		return false;
	bits_v6(out, &six);
	return true;
}

static bool
same_bits(const struct bits *a, const struct bits *b, unsigned n)
{
	unsigned whole = n / 8;
	uint8_t mask = (uint8_t)(0xFF00 >> n % 8);

	if (a->len != b->len || memcmp(a->b, b->b, whole) != 0)
		return false;
	return n % 8 == 0 || (a->b[whole] & mask) == (b->b[whole] & mask);
}

/* The length of "24" or "255.255.255.0"; -1 when it is neither, or a mask with holes. */
static int
prefix_len(const char *text, unsigned max)
{
	struct in_addr mask;
	char *rest;
	unsigned long n;
	uint32_t m;

	if (max == 32 && strchr(text, '.') != NULL && inet_pton(AF_INET, text, &mask) == 1) {
		m = ntohl(mask.s_addr);
		return (m | (m - 1)) == UINT32_MAX || m == 0 ? __builtin_popcount(m) : -1;
	}
	n = strtoul(text, &rest, 10);
	return text[0] >= '0' && text[0] <= '9' && *rest == '\0' && n <= max ? (int)n : -1;
}

static bool
in_network(const struct bits *addr, const char *word, const char *slash)
{
	char text[INET6_ADDRSTRLEN];
	struct bits net;
	struct in6_addr six;
	int n;

	if ((size_t)(slash - word) >= sizeof(text))
		return false;
	memcpy(text, word, (size_t)(slash - word));
	text[slash - word] = '\0';
	if (!bits_parse(&net, text))
		return false;
	/* The length after a mapped address counts the 96 bits in front of it. */
	if (net.len == 32 && inet_pton(AF_INET6, text, &six) == 1)
		n = prefix_len(slash + 1, 128) - 96;
	else
		n = prefix_len(slash + 1, net.len);
	return n >= 0 && same_bits(addr, &net, (unsigned)n);
}

static bool
is_local(const struct bits *addr)
{
	static const struct bits six = { .len = 128, .b = { [15] = 1 } };

	return (addr->len == 32 && addr->b[0] == 127) || same_bits(addr, &six, 128);
}

/* "192.168." and "fe80:": what the address begins with, in its own writing. */
static bool
has_prefix(const struct sockaddr *addr, const char *word)
{
	char text[INET6_ADDRSTRLEN];

	address_text(addr, text, sizeof(text));
	return strncasecmp(text, word, strlen(word)) == 0;
}

static bool
matches(const struct sockaddr *addr, const struct bits *bits, const char *word)
{
	const char *slash = strchr(word, '/');
	size_t len = strlen(word);
	struct bits other;

	if (strcasecmp(word, "ALL") == 0)
		return true;
	if (strcasecmp(word, "localhost") == 0)
		return is_local(bits);
	if (slash != NULL)
		return in_network(bits, word, slash);
	if (bits_parse(&other, word))
		return same_bits(bits, &other, other.len);
	return len > 0 && (word[len - 1] == '.' || word[len - 1] == ':') && has_prefix(addr, word);
}

bool
address_in(const struct sockaddr *addr, char *const *words, size_t n)
{
	struct bits bits;

	bits_of(&bits, addr);
	for (size_t i = 0; i < n; i++) {
		if (matches(addr, &bits, words[i]))
			return true;
	}
	return false;
}

void
address_text(const struct sockaddr *addr, char *out, size_t outlen)
{
	struct bits bits;
	int family;

	bits_of(&bits, addr);
	family = bits.len == 32 ? AF_INET : AF_INET6;
	if (bits.len == 0 || inet_ntop(family, bits.b, out, (socklen_t)outlen) == NULL)
		snprintf(out, outlen, "local");
}
