/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DISK_TUNNEL_H
#define DISK_TUNNEL_H

#include <limits.h>
#include <stdint.h>

#include "disk/root.h"

/*
 * Names that went away of late. A program that knows only short names saves a file by deleting it,
 * or renaming it away, and making it anew: as on NTFS, what is made by the short name of a file
 * that was there within 15 seconds gets that file's long name. Bounded; any thread may call.
 */
struct tunnel;

struct tunnel *tunnel_new(void);
void tunnel_free(struct tunnel *t);

/* A name, as on disk, has left the directory. One that has no short name is not remembered. */
void tunnel_note(struct tunnel *t, const struct disk_id *dir, const char *name);

/* The long name for what is about to be made under name there; false: that is the name. */
bool tunnel_find(
    struct tunnel *t, const struct disk_id *dir, const char *name, char out[NAME_MAX + 1]);

/* For the tests: another clock, in milliseconds. */
void tunnel_clock(struct tunnel *t, uint64_t (*now_ms)(void));

#endif
