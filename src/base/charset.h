/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef BASE_CHARSET_H
#define BASE_CHARSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/*
 * Text is UTF-8 inside. A lone UTF-16 surrogate is kept as its three-byte form (WTF-8), so
 * that a name a client made comes back as it was.
 */

/*
 * A DOS code page over iconv, one to four bytes a character. Not shared between threads. NULL with
 * EINVAL when iconv does not know it or it has no ASCII. Where a struct oem is asked for, NULL
 * stands for ASCII alone.
 */
struct oem;
struct oem *oem_open(const char *charset);
void oem_close(struct oem **oem);

/* n bytes in the code page, or up to the first NUL; what cannot be mapped becomes U+FFFD. */
char *oem_to_utf8(struct oem *oem, struct arena *a, const uint8_t *in, size_t n);

/*
 * Writes at most cap bytes, whole characters, no terminator; unmappable ones become '_'.
 * Returns how many bytes the whole would need.
 */
size_t oem_from_utf8(struct oem *oem, const char *in, uint8_t *out, size_t cap);

/* n bytes (an odd last one is dropped), or up to the first NUL. */
char *utf16le_to_utf8(struct arena *a, const uint8_t *in, size_t n);

/* As oem_from_utf8, in bytes. An invalid byte of in becomes U+FFFD. */
size_t utf16le_from_utf8(const char *in, uint8_t *out, size_t cap);

/* Decodes one character and moves *s past it; an invalid byte gives 0xFFFD, the end 0. */
uint32_t utf8_next(const char **s);

/* Encodes c (surrogates too), returns the bytes written, at most 4. */
size_t utf8_put(char *out, uint32_t c);

/* Upper case of one character, as NTFS's $UpCase has it: one stays one, within 16 bits. */
uint32_t char_upcase(uint32_t c);

/* Names compare as NTFS compares them: character by character after char_upcase. */
int name_casecmp(const char *a, const char *b);
uint32_t name_hash(const char *name); /* equal for names equal under name_casecmp */
char *name_upcase(struct arena *a, const char *name);

/*
 * RtlIsNameInExpression with '*', '?', '<' (DOS_STAR), '>' (DOS_QM) and '"' (DOS_DOT), without
 * regard to case ([MS-FSA] 2.1.4.4). '?' and '>' stand for one UTF-16 unit, as on Windows, so
 * for half a character beyond U+FFFF. Time is linear in pattern × name.
 */
bool name_matches(const char *pattern, const char *name);
bool name_has_wildcard(const char *name);

/* The same of a POSIX client: '*' and '?' alone, each '?' one character, with regard to case. In
 * time pattern × name as well. */
bool name_matches_exactly(const char *pattern, const char *name);

#endif
