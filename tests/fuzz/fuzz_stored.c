/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * What is stored with files, or in their names, by whoever could write to the disk: DOS attributes,
 * names and times of snapshots; and a file with any extended attributes at all, whatever the server
 * keeps in attributes of such names. The first byte chooses.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "base/arena.h"
#include "disk/acl.h"
#include "disk/beneath.h"
#include "disk/dir.h"
#include "disk/dosattrib.h"
#include "disk/ea.h"
#include "disk/io.h"
#include "disk/name.h"
#include "disk/short.h"
#include "disk/sidestore.h"
#include "disk/snapshot.h"
#include "disk/spelling.h"
#include "disk/stream.h"
#include "scratch.h"
#include "wire/sd.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
need(bool holds)
{
	if (!holds)
		abort();
}

/* What is understood is written so that it is understood to be the same. */
static void
dos_attributes(const uint8_t *data, size_t size)
{
	unsigned char again[DOSATTRIB_SIZE];
	struct dosattrib a, back;

	if (!dosattrib_decode(data, size, &a))
		return;
	dosattrib_encode(&a, again);
	need(dosattrib_decode(again, sizeof(again), &back));
	need(back.attributes == a.attributes && back.created == a.created);
}

/* One part of a path, with a NUL; its length. */
static size_t
part_of(const uint8_t *data, size_t size, char out[NAME_MAX + 1])
{
	size_t n = 0;

	while (n < size && n < NAME_MAX && data[n] != '\0' && data[n] != '/') {
		out[n] = (char)data[n];
		n++;
	}
	out[n] = '\0';
	return n;
}

/* Every name on disk comes back as it was. */
static void
name_on_disk(const uint8_t *data, size_t size)
{
	char name[NAME_MAX + 1], shown[SPELLING_MAX], back[PATH_MAX], shorter[SHORT_NAME_SIZE];

	if (part_of(data, size, name) == 0 || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return;
	need(spelling_from_disk(name, shown) == strlen(shown));
	need(spelling_to_disk(shown, back) == STATUS_SUCCESS);
	need(strcmp(back, name) == 0);
	for (unsigned choice = 0; choice < 3; choice++) {
		uint32_t number = short_name_choice(shown, choice), again;

		short_name_put(shown, number, shorter);
		need(strlen(shorter) <= 12 && strpbrk(shorter, "/\\:") == NULL);
		need(short_name_number(shorter, &again) && again == number);
	}
}

/* No part of what a client says becomes a way up, or a part that is none. */
static void
name_of_client(const uint8_t *data, size_t size)
{
	char path[512], out[PATH_MAX];
	size_t n = size < sizeof(path) - 1 ? size : sizeof(path) - 1;

	memcpy(path, data, n);
	path[n] = '\0';
	if (spelling_to_disk(path, out) != STATUS_SUCCESS)
		return;
	for (const char *p = out; p != NULL; p = strchr(p, '/')) {
		p += p != out;
		need(strcspn(p, "/") <= NAME_MAX);
	}
}

static void
snapshot(const uint8_t *data, size_t size)
{
	static const struct snapshot_times formats[] = { { "auto", false },
		{ "%Y-%m-%d_%H.%M.%S", true }, { "@GMT-%Y.%m.%d-%H.%M.%S", false } };
	char name[NAME_MAX + 1], token[SNAPSHOT_TOKEN + 1];
	size_t n = part_of(data, size, name);
	struct snapshot s = { .path = name };

	(void)snapshot_token(name, n);
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
		if (!snapshot_time(&formats[i], name, &s.when))
			continue;
		snapshot_name(&s, token);
		need(memchr(token, '\0', sizeof(token)) != NULL);
	}
}

/* --- a file with these attributes --- */

/* Of the side store's marker the first half must be the file's own to be looked at further. */
static void
set_marker(const struct scratch *s, const uint8_t *value, size_t n)
{
	const struct stream_base b = { s->disk.root, NULL, s->file->fd };
	char whole[32 + 255];

	if (side_prepare(&b) != 0)
		return;
	need(getxattr(fd_path(s->file->fd).path, SIDE_MARKER, whole, sizeof(whole)) == 64);
	memcpy(whole + 32, value, n);
	scratch_set(s, SIDE_MARKER, whole, 32 + n);
}

/* Each begins with what it is and two lengths. */
static size_t
set_one(const struct scratch *s, const uint8_t *p, size_t size)
{
	static const char *const known[] = { "user.DOSATTRIB", "user.NTACL", "user.smb1d.need_ea",
		"user.DosStream.", "user." };
	size_t name = size > 1 ? p[1] % 200 : 0, n = size > 2 ? p[2] : 0, at = 3 + name;
	unsigned what = p[0] % 6;
	char text[256];

	if (size < 3 || name > size - 3 || n > size - 3 - name)
		return size;
	if (what == 5) {
		set_marker(s, p + at, n);
		return at + n;
	}
	snprintf(text, sizeof(text), "%s%.*s%s", known[what], what >= 3 ? (int)name : 0, p + 3,
	    what == 3 ? ":$DATA" : "");
	scratch_set(s, text, p + at, n);
	return at + n;
}

static void
use_stream(const struct scratch *s, struct arena *a, const struct disk_stream *stream)
{
	struct disk_open o = { .path = arena_printf(a, "d/f:%s", stream->name),
		.access = DISK_READ | DISK_WRITE };
	uint8_t bytes[64];
	size_t n;

	if (!disk_stream_valid(stream->name) || disk_open(&s->disk, a, &o) != STATUS_SUCCESS)
		return;
	need(o.stat.size == stream->size);
	need(disk_read(o.file, bytes, sizeof(bytes), 0, &n) == STATUS_SUCCESS);
	need(n == (stream->size < sizeof(bytes) ? stream->size : sizeof(bytes)));
	(void)disk_write(o.file, bytes, 3, stream->size, &n);
	disk_close(&o.file);
}

static void
look_at(const struct scratch *s, struct arena *a)
{
	struct disk_streams streams;
	struct disk_stat st;
	struct disk_eas eas;
	struct sd sd;

	need(disk_file_stat(&s->disk, s->file, &st) == STATUS_SUCCESS && st.attributes != 0);
	need(disk_eas_read(&s->disk, a, s->file, &eas) == STATUS_SUCCESS);
	need(disk_eas_size(&eas) <= EAS_SIZE_MAX);
	if (disk_acl_get(&s->disk, a, s->file, &sd) == STATUS_SUCCESS)
		need(sd_fits(&sd));
	if (disk_streams(&s->disk, a, s->file, &streams) != STATUS_SUCCESS)
		return;
	for (size_t i = 0; i < streams.n; i++) {
		need(strpbrk(streams.stream[i].name, "/\\:") == NULL);
		use_stream(s, a, &streams.stream[i]);
	}
}

static void
attributes(const uint8_t *data, size_t size)
{
	const struct scratch *s = scratch_get();
	struct arena a;

	if (s == NULL)
		return;
	for (size_t at = 0; at < size;)
		at += set_one(s, data + at, size - at);
	arena_init(&a);
	look_at(s, &a);
	(void)disk_streams_remove(&s->disk, s->file);
	arena_clear(&a);
	scratch_clean(s);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static void (*const targets[])(const uint8_t *, size_t) = { dos_attributes, name_on_disk,
		name_of_client, snapshot, attributes };

	if (size > 0 && size < 4096)
		targets[data[0] % 5](data + 1, size - 1);
	return 0;
}
