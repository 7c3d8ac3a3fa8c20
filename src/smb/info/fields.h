/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_INFO_FIELDS_H
#define SMB_INFO_FIELDS_H

#include <stdint.h>

#include "disk/root.h"
#include "wire/writer.h"

/* What several information levels, and the commands older than these, have in common. */

/* Creation, last access and last write as SMB_DATE and SMB_TIME. */
void put_dos_times(struct writer *w, const struct disk_stat *st);

/* The four times, creation to change. */
void put_times(struct writer *w, const struct disk_stat *st);

/* SMB_FILE_ATTRIBUTES ([MS-CIFS] 2.2.1.2.4): of all attributes those that DOS knew. */
uint16_t dos_attributes(const struct disk_stat *st);

/* A 64-bit size in a 32-bit field: the largest when it does not fit. */
uint32_t size32(uint64_t n);

/* As wr_text, but never aligned. */
size_t put_text_here(struct writer *w, const char *text);

/* Text behind its length in bytes. */
void put_text32(struct writer *w, const char *text);

#endif
