/* SPDX-License-Identifier: BSD-2-Clause */

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "base/arena.h"
#include "base/charset.h"

static struct arena arena;

static void
setup(void)
{
	arena_init(&arena);
}

static void
teardown(void)
{
	arena_clear(&arena);
}

static uint32_t
only(const char *text)
{
	return utf8_next(&text);
}

START_TEST(utf8_is_decoded)
{
	ck_assert_uint_eq(only("a"), 'a');
	ck_assert_uint_eq(only("\x7F"), 0x7F);
	ck_assert_uint_eq(only("\xC2\x80"), 0x80);
	ck_assert_uint_eq(only("\xDF\xBF"), 0x7FF);
	ck_assert_uint_eq(only("\xE0\xA0\x80"), 0x800);
	ck_assert_uint_eq(only("\xEF\xBF\xBF"), 0xFFFF);
	ck_assert_uint_eq(only("\xF0\x90\x80\x80"), 0x10000);
	ck_assert_uint_eq(only("\xF4\x8F\xBF\xBF"), 0x10FFFF);
	ck_assert_uint_eq(only("\xED\xA0\x80"), 0xD800);
	ck_assert_uint_eq(only("\xED\xBF\xBF"), 0xDFFF);
}
END_TEST

START_TEST(invalid_bytes_are_replaced_one_by_one)
{
	static const char *const invalid[] = { "\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3",
		"\xC3(", "\xE0\x9F\xBF", "\xE2\x82", "\xE2\x82(", "\xF0\x8F\xBF\xBF",
		"\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF" };
	const char *s;
	size_t i;

	for (i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++) {
		s = invalid[i];
		ck_assert_uint_eq(utf8_next(&s), 0xFFFD);
		ck_assert_ptr_eq(s, invalid[i] + 1);
	}
}
END_TEST

START_TEST(the_end_is_zero_and_stays)
{
	const char *s = "a", *start = s;

	utf8_next(&s);
	ck_assert_uint_eq(utf8_next(&s), 0);
	ck_assert_uint_eq(utf8_next(&s), 0);
	ck_assert_ptr_eq(s, start + 1);
}
END_TEST

static bool
survives(uint32_t c)
{
	char text[5];
	const char *s = text;
	size_t n = utf8_put(text, c);

	text[n] = '\0';
	return utf8_next(&s) == c && s == text + n;
}

START_TEST(every_character_survives_encoding)
{
	uint32_t c = 1;

	while (c <= 0x10FFFF && survives(c))
		c++;
	ck_assert_uint_eq(c, 0x110000);
}
END_TEST

static void
assert_utf16(const char *utf8, const char *expected, size_t n)
{
	uint8_t out[64];

	ck_assert_uint_eq(utf16le_from_utf8(utf8, out, sizeof(out)), n);
	ck_assert_mem_eq(out, expected, n);
	ck_assert_str_eq(utf16le_to_utf8(&arena, out, n), utf8);
}

START_TEST(utf16_goes_there_and_back)
{
	assert_utf16("", "", 0);
	assert_utf16("abc", "a\0b\0c\0", 6);
	assert_utf16("a\u00fcb", "a\0\xFC\0b\0", 6);
	assert_utf16("\u20ac", "\xAC\x20", 2);
	assert_utf16("\U0001F600x", "\x3D\xD8\x00\xDEx\0", 6);
	assert_utf16("\U00010000", "\x00\xD8\x00\xDC", 4);
	assert_utf16("\U0010FFFF", "\xFF\xDB\xFF\xDF", 4);
}
END_TEST

START_TEST(lone_surrogates_go_there_and_back)
{
	assert_utf16("\xED\xA0\xBD", "\x3D\xD8", 2);
	assert_utf16("\xED\xB8\x80x", "\x00\xDEx\0", 4);
	assert_utf16("a\xED\xA0\xBD\xED\xA0\xBD", "a\0\x3D\xD8\x3D\xD8", 6);
	/* The wrong way round. */
	assert_utf16("\xED\xB8\x80\xED\xA0\xBD", "\x00\xDE\x3D\xD8", 4);
}
END_TEST

START_TEST(utf16_ends_at_a_nul_or_an_odd_byte)
{
	static const uint8_t in[] = { 'a', 0, 0, 0, 'b', 0, 'c' };

	ck_assert_str_eq(utf16le_to_utf8(&arena, in, sizeof(in)), "a");
	ck_assert_str_eq(utf16le_to_utf8(&arena, in + 4, 3), "b");
	ck_assert_str_eq(utf16le_to_utf8(&arena, in, 1), "");
	ck_assert_str_eq(utf16le_to_utf8(&arena, (const uint8_t *)"\xE9\0\0\0x\0", 6), "\u00e9");
}
END_TEST

START_TEST(a_short_buffer_gets_whole_characters_only)
{
	uint8_t out[8];

	memset(out, 0xEE, sizeof(out));
	ck_assert_uint_eq(utf16le_from_utf8("ab\U0001F600c", out, 5), 10);
	ck_assert_mem_eq(out, "a\0b\0\xEE\xEE\xEE\xEE", 8);
	memset(out, 0xEE, sizeof(out));
	/* What comes after the one that did not fit is not written, though it would. */
	ck_assert_uint_eq(utf16le_from_utf8("\U0001F600c", out, 3), 6);
	ck_assert_mem_eq(out, "\xEE\xEE\xEE\xEE", 4);
	ck_assert_uint_eq(utf16le_from_utf8("abc", NULL, 0), 6);
}
END_TEST

START_TEST(invalid_utf8_becomes_the_replacement_character)
{
	uint8_t out[8];

	ck_assert_uint_eq(utf16le_from_utf8("a\xFF", out, sizeof(out)), 4);
	ck_assert_mem_eq(out, "a\0\xFD\xFF", 4);
}
END_TEST

/* [MS-UCODEREF] 3.1.5.3, as of Windows 8. */
START_TEST(upper_case_is_that_of_windows)
{
	static const uint32_t pairs[][2] = { { 'a', 'A' }, { 'z', 'Z' }, { 0xE0, 0xC0 },
		{ 0xFE, 0xDE }, { 0xFF, 0x178 }, { 0x101, 0x100 }, { 0x17E, 0x17D },
		{ 0x180, 0x243 }, { 0x19A, 0x23D }, { 0x1C6, 0x1C4 }, { 0x1DD, 0x18E },
		{ 0x250, 0x2C6F }, { 0x3AC, 0x386 }, { 0x3B1, 0x391 }, { 0x3C3, 0x3A3 },
		{ 0x3F2, 0x3F9 }, { 0x430, 0x410 }, { 0x44F, 0x42F }, { 0x450, 0x400 },
		{ 0x4CF, 0x4C0 }, { 0x523, 0x522 }, { 0x561, 0x531 }, { 0x1D7D, 0x2C63 },
		{ 0x1E01, 0x1E00 }, { 0x1EFB, 0x1EFA }, { 0x1F00, 0x1F08 }, { 0x1F80, 0x1F88 },
		{ 0x1FB3, 0x1FBC }, { 0x1FE5, 0x1FEC }, { 0x214E, 0x2132 }, { 0x2170, 0x2160 },
		{ 0x2184, 0x2183 }, { 0x24D0, 0x24B6 }, { 0x2C30, 0x2C00 }, { 0x2C65, 0x23A },
		{ 0x2CE3, 0x2CE2 }, { 0x2D00, 0x10A0 }, { 0xA65F, 0xA65E }, { 0xA697, 0xA696 },
		{ 0xA78C, 0xA78B }, { 0xFF41, 0xFF21 } };
	size_t i;

	for (i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		ck_assert_uint_eq(char_upcase(pairs[i][0]), pairs[i][1]);
		ck_assert_uint_eq(char_upcase(pairs[i][1]), pairs[i][1]);
	}
}
END_TEST

START_TEST(what_windows_leaves_alone_stays)
{
	static const uint32_t stay[] = { '@', '[', '`', '{', '0', '.', 0xB5, 0xD7, 0xDF, 0xF7,
		0x131, 0x138, 0x149, 0x17F, 0x1C5, 0x1F0, 0x240, 0x252, 0x265, 0x345, 0x390, 0x3B0,
		0x3C2, 0x3D0, 0x3F0, 0x3F3, 0x525, 0x587, 0x10D0, 0x13F8, 0x1C80, 0x1E96, 0x1E9B,
		0x1E9E, 0x1FBE, 0x2CEC, 0x2D27, 0x2D2D, 0xA661, 0xA699, 0xA791, 0xAB70, 0xD83D,
		0xFB00, 0xFFFD, 0x10428, 0x1E922 };
	size_t i;

	for (i = 0; i < sizeof(stay) / sizeof(stay[0]); i++)
		ck_assert_uint_eq(char_upcase(stay[i]), stay[i]);
}
END_TEST

/* Of all 65,536 units, as Windows 7 formats them into $UpCase: their number and FNV-1a sum. */
START_TEST(the_whole_table_is_that_of_windows)
{
	uint64_t sum = UINT64_C(0xCBF29CE484222325);
	unsigned changed = 0;
	uint32_t c, up;

	for (c = 0; c < 0x10000; c++) {
		up = char_upcase(c);
		changed += up != c;
		sum = (sum ^ (up & 0xFF)) * UINT64_C(0x100000001B3);
		sum = (sum ^ up >> 8) * UINT64_C(0x100000001B3);
	}
	ck_assert_uint_eq(changed, 973);
	ck_assert_uint_eq(sum, UINT64_C(0x48ED4531E9399927));
}
END_TEST

START_TEST(upper_case_of_upper_case_is_itself)
{
	uint32_t c = 1;

	while (c < 0x11000 && char_upcase(char_upcase(c)) == char_upcase(c))
		c++;
	ck_assert_uint_eq(c, 0x11000);
}
END_TEST

START_TEST(names_compare_without_case)
{
	ck_assert_int_eq(name_casecmp("", ""), 0);
	ck_assert_int_eq(name_casecmp("ReadMe.TXT", "README.txt"), 0);
	ck_assert_int_eq(name_casecmp("Gr\u00fc\u00dfe", "GR\u00dc\u00dfE"), 0);
	ck_assert_int_ne(name_casecmp("stra\u00dfe", "STRASSE"), 0);
	ck_assert_int_ne(name_casecmp("i", "\u0131"), 0);
	ck_assert_int_lt(name_casecmp("a", "b"), 0);
	ck_assert_int_gt(name_casecmp("B", "a"), 0);
	ck_assert_int_lt(name_casecmp("ab", "abc"), 0);
	ck_assert_int_gt(name_casecmp("abc", "ab"), 0);
	/* '_' lies behind the capitals, not between them and the small letters. */
	ck_assert_int_gt(name_casecmp("_", "a"), 0);
	ck_assert_int_lt(name_casecmp("z", "\u00e9"), 0);
}
END_TEST

START_TEST(equal_names_have_equal_hashes)
{
	ck_assert_uint_eq(name_hash("ReadMe.txt"), name_hash("README.TXT"));
	ck_assert_uint_eq(name_hash("\u00e9t\u00e9"), name_hash("\u00c9T\u00c9"));
	ck_assert_uint_ne(name_hash("a"), name_hash("b"));
	ck_assert_uint_ne(name_hash("ab"), name_hash("ba"));
	ck_assert_uint_ne(name_hash(""), name_hash("a"));
}
END_TEST

START_TEST(names_are_put_in_upper_case)
{
	ck_assert_str_eq(name_upcase(&arena, "a\u00e9\u0250.txt"), "A\u00c9\u2c6f.TXT");
	ck_assert_str_eq(name_upcase(&arena, ""), "");
	ck_assert_str_eq(name_upcase(&arena, "\xFF"), "\ufffd");
}
END_TEST

static struct oem *
open_page(const char *name)
{
	struct oem *oem = oem_open(name);

	ck_assert_msg(oem != NULL, "iconv does not know %s", name);
	return oem;
}

static const char *const pages[] = { "CP437", "CP737", "CP850", "CP852", "CP855", "CP857", "CP858",
	"CP862", "CP866", "CP1252", "ISO-8859-15", "CP932", "CP936", "CP949", "CP950", "UTF-8" };

#define PAGES ((int)(sizeof(pages) / sizeof(pages[0])))

START_TEST(every_byte_of_a_page_comes_back)
{
	struct oem *oem = open_page(pages[_i]);
	uint8_t byte, out[8];
	unsigned b;
	char *text;

	for (b = 1; b < 256; b++) {
		byte = (uint8_t)b;
		text = oem_to_utf8(oem, &arena, &byte, 1);
		if (strcmp(text, "\ufffd") == 0)
			continue;
		ck_assert_uint_eq(oem_from_utf8(oem, text, out, sizeof(out)), 1);
		ck_assert_uint_eq(out[0], b);
	}
	oem_close(&oem);
	ck_assert_ptr_null(oem);
}
END_TEST

START_TEST(ascii_is_ascii_in_every_page)
{
	struct oem *oem = open_page(pages[_i]);
	uint8_t ascii[127];
	unsigned i;

	for (i = 0; i < 127; i++)
		ascii[i] = (uint8_t)(i + 1);
	ck_assert_mem_eq(oem_to_utf8(oem, &arena, ascii, 127), ascii, 127);
	oem_close(&oem);
}
END_TEST

START_TEST(page_850_is_known)
{
	struct oem *oem = open_page("CP850");
	uint8_t out[16];

	ck_assert_str_eq(oem_to_utf8(oem, &arena, (const uint8_t *)"\x84\x94\x81\xE1\x9B", 5),
	    "\u00e4\u00f6\u00fc\u00df\u00f8");
	ck_assert_uint_eq(oem_from_utf8(oem, "\u00c4\u20ac\u03b1z", out, sizeof(out)), 4);
	ck_assert_mem_eq(out, "\x8E__z", 4);
	oem_close(&oem);
}
END_TEST

START_TEST(pairs_of_page_932_are_characters)
{
	struct oem *oem = open_page("CP932");
	static const uint8_t in[] = { 0x83, 0x5C, 'a', 0xB1, 0x93,
		0xFA }; /* second is a backslash */
	uint8_t out[16];
	char *text = oem_to_utf8(oem, &arena, in, sizeof(in));

	ck_assert_str_eq(text, "\u30bda\uff71\u65e5");
	ck_assert_uint_eq(oem_from_utf8(oem, text, out, sizeof(out)), sizeof(in));
	ck_assert_mem_eq(out, in, sizeof(in));
	memset(out, 0xEE, sizeof(out));
	ck_assert_uint_eq(oem_from_utf8(oem, text, out, 1), sizeof(in));
	ck_assert_uint_eq(out[0], 0xEE);
	oem_close(&oem);
}
END_TEST

START_TEST(half_a_pair_swallows_nothing)
{
	struct oem *oem = open_page("CP932");

	ck_assert_str_eq(oem_to_utf8(oem, &arena, (const uint8_t *)"\x83", 1), "\ufffd");
	ck_assert_str_eq(oem_to_utf8(oem, &arena, (const uint8_t *)"\x83\0x", 3), "\ufffd");
	ck_assert_str_eq(oem_to_utf8(oem, &arena, (const uint8_t *)"\x83/x", 3), "\ufffd/x");
	oem_close(&oem);
}
END_TEST

START_TEST(longer_characters_are_read_whole)
{
	struct oem *oem = open_page("UTF-8");
	const char *text = "a\u00fc\u20ac\U0001F600z";
	uint8_t out[16];

	ck_assert_str_eq(oem_to_utf8(oem, &arena, (const uint8_t *)text, strlen(text)), text);
	ck_assert_uint_eq(oem_from_utf8(oem, text, out, sizeof(out)), strlen(text));
	ck_assert_mem_eq(out, text, strlen(text));
	ck_assert_str_eq(
	    oem_to_utf8(oem, &arena, (const uint8_t *)"\xE2\x82z", 3), "\ufffd\ufffdz");
	oem_close(&oem);
}
END_TEST

START_TEST(surrogates_have_no_place_in_a_page)
{
	struct oem *oem = open_page("CP932");
	uint8_t out[4];

	ck_assert_uint_eq(oem_from_utf8(oem, "\xED\xA0\xBD\U0001F600", out, sizeof(out)), 2);
	ck_assert_mem_eq(out, "__", 2);
	oem_close(&oem);
}
END_TEST

START_TEST(without_a_page_there_is_ascii)
{
	uint8_t out[4];

	ck_assert_str_eq(oem_to_utf8(NULL, &arena, (const uint8_t *)"a\x81z", 3), "a\ufffdz");
	ck_assert_uint_eq(oem_from_utf8(NULL, "a\u00fcz", out, sizeof(out)), 3);
	ck_assert_mem_eq(out, "a_z", 3);
}
END_TEST

START_TEST(pages_without_ascii_are_refused)
{
	static const char *const unfit[] = { "CP99999", "no such page", "UTF-16LE", "UCS-4",
		"IBM037", "EBCDIC-US" };
	size_t i;

	for (i = 0; i < sizeof(unfit) / sizeof(unfit[0]); i++) {
		errno = 0;
		ck_assert_ptr_null(oem_open(unfit[i]));
		ck_assert_int_eq(errno, EINVAL);
	}
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("base/charset");
	TCase *tc = tcase_create("charset");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_add_test(tc, utf8_is_decoded);
	tcase_add_test(tc, invalid_bytes_are_replaced_one_by_one);
	tcase_add_test(tc, the_end_is_zero_and_stays);
	tcase_add_test(tc, every_character_survives_encoding);
	tcase_add_test(tc, utf16_goes_there_and_back);
	tcase_add_test(tc, lone_surrogates_go_there_and_back);
	tcase_add_test(tc, utf16_ends_at_a_nul_or_an_odd_byte);
	tcase_add_test(tc, a_short_buffer_gets_whole_characters_only);
	tcase_add_test(tc, invalid_utf8_becomes_the_replacement_character);
	tcase_add_test(tc, upper_case_is_that_of_windows);
	tcase_add_test(tc, what_windows_leaves_alone_stays);
	tcase_add_test(tc, the_whole_table_is_that_of_windows);
	tcase_add_test(tc, upper_case_of_upper_case_is_itself);
	tcase_add_test(tc, names_compare_without_case);
	tcase_add_test(tc, equal_names_have_equal_hashes);
	tcase_add_test(tc, names_are_put_in_upper_case);
	tcase_add_loop_test(tc, every_byte_of_a_page_comes_back, 0, PAGES);
	tcase_add_loop_test(tc, ascii_is_ascii_in_every_page, 0, PAGES);
	tcase_add_test(tc, page_850_is_known);
	tcase_add_test(tc, pairs_of_page_932_are_characters);
	tcase_add_test(tc, half_a_pair_swallows_nothing);
	tcase_add_test(tc, longer_characters_are_read_whole);
	tcase_add_test(tc, surrogates_have_no_place_in_a_page);
	tcase_add_test(tc, without_a_page_there_is_ascii);
	tcase_add_test(tc, pages_without_ascii_are_refused);
	suite_add_tcase(s, tc);
	return s;
}

int
main(void)
{
	SRunner *runner = srunner_create(suite());
	int failed;

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed > 0;
}
