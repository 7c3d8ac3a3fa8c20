/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SMB_LOCK_WAIT_H
#define SMB_LOCK_WAIT_H

#include <stdint.h>

struct open;

/*
 * Of the end of another program's lock nobody tells: it is asked for again, less and less often.
 * Milliseconds until then, kept in *pause (0 at first); 0: those who have the lock are known.
 */
uint32_t lock_next_pause(const struct open *o, uint32_t *pause);

#endif
