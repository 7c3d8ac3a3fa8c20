/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * The three lists of extended attributes, as a client sends them; what was read is written again,
 * with less and less room, and kept on disk. The first byte chooses the list, the code page and the
 * room.
 */

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/charset.h"
#include "scratch.h"
#include "smb/info/ea.h"
#include "wire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef nt_status read_list_fn(struct reader *r, struct disk_eas *out, uint32_t *bad);
typedef bool put_list_fn(struct writer *w, const struct disk_eas *eas, size_t room);

static const struct form {
	read_list_fn *read;
	put_list_fn *put; /* NULL: it is only ever read */
} forms[] = {
	{ ea_list_read, ea_list_put },
	{ ea_full_read, ea_full_put },
	{ ea_names_read, NULL },
};

static struct oem *pages[2];

static void
need(bool holds)
{
	if (!holds)
		abort();
}

static struct oem *
page(unsigned n)
{
	if (pages[0] == NULL) {
		pages[0] = oem_open("CP850");
		pages[1] = oem_open("CP932");
		need(pages[0] != NULL && pages[1] != NULL);
	}
	return pages[n & 1];
}

static struct reader
reader_of(const uint8_t *bytes, size_t n, struct arena *a, struct oem *oem)
{
	struct reader r;

	rd_init(&r, bytes, n);
	r.arena = a;
	r.oem = oem;
	return r;
}

/* All lies inside the list, each entry behind the one before. */
static void
check_entries(const struct disk_eas *eas, const uint8_t *bytes, size_t size)
{
	uint32_t behind = 0;

	for (size_t i = 0; i < eas->n; i++) {
		const struct disk_ea *ea = &eas->ea[i];

		need(ea->at >= behind && ea->at < size);
		behind = ea->at + 1;
		need(strlen(ea->name) <= 4 * 255);
		if (ea->size == 0)
			continue;
		need(ea->value > bytes + ea->at && ea->value <= bytes + size);
		need(ea->size <= (size_t)(bytes + size - ea->value));
	}
}

static void
write_again(const struct form *f, const struct disk_eas *eas, size_t room, struct reader like)
{
	struct disk_eas again;
	struct reader r;
	struct writer w;
	uint32_t bad;
	bool all;

	wr_init(&w, ea_room(eas));
	w.oem = like.oem;
	all = f->put(&w, eas, room);
	need(!w.full && (w.pos <= room || w.pos <= 4));
	r = reader_of(w.frame->smb, w.pos, like.arena, like.oem);
	need(f->read(&r, &again, &bad) == STATUS_SUCCESS);
	need(again.n <= eas->n && (again.n == eas->n || !all));
	for (size_t i = 0; i < again.n; i++) {
		need(again.ea[i].flags == eas->ea[i].flags && again.ea[i].size == eas->ea[i].size);
		need(again.ea[i].size == 0 ||
		    memcmp(again.ea[i].value, eas->ea[i].value, again.ea[i].size) == 0);
	}
	wr_clear(&w);
}

/* Of a name that comes twice the last counts, and a size of 0 removes. */
static const struct disk_ea *
last_of(const struct disk_eas *eas, const char *name)
{
	const struct disk_ea *found = NULL;

	for (size_t i = 0; i < eas->n; i++) {
		if (name_casecmp(eas->ea[i].name, name) == 0)
			found = &eas->ea[i];
	}
	return found;
}

static void
keep(struct arena *a, const struct disk_eas *eas)
{
	const struct scratch *s = scratch_get();
	struct disk_eas back;
	size_t bad;

	if (s == NULL || disk_eas_check(&s->disk, eas, &bad) != STATUS_SUCCESS ||
	    disk_eas_write(&s->disk, s->file, eas, true) != STATUS_SUCCESS)
		return;
	need(disk_eas_read(&s->disk, a, s->file, &back) == STATUS_SUCCESS);
	need(back.n <= eas->n && disk_eas_size(&back) <= EAS_SIZE_MAX);
	for (size_t i = 0; i < back.n; i++) {
		const struct disk_ea *ea = last_of(eas, back.ea[i].name);

		need(ea != NULL && ea->size == back.ea[i].size && ea->flags == back.ea[i].flags);
		need(memcmp(ea->value, back.ea[i].value, ea->size) == 0);
	}
	scratch_clean(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct form *f;
	struct disk_eas eas;
	struct arena arena;
	struct reader r;
	uint32_t bad;

	if (size < 1 || size > 70000)
		return 0;
	f = &forms[data[0] % 3];
	arena_init(&arena);
	r = reader_of(data + 1, size - 1, &arena, page(data[0] >> 2));
	if (f->read(&r, &eas, &bad) == STATUS_SUCCESS) {
		check_entries(&eas, data + 1, size - 1);
		if (f->put != NULL && eas.n <= 64) {
			write_again(f, &eas, ea_room(&eas), r);
			write_again(f, &eas, data[0] >> 3, r);
			keep(&arena, &eas);
		}
	} else {
		need(bad <= size);
	}
	arena_clear(&arena);
	return 0;
}
