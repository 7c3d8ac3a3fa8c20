/* SPDX-License-Identifier: BSD-2-Clause */

/*
 * Queues, their jobs and destinations ([MS-RAP] 2.5.7, 3.2.5.3 to 3.2.5.10): of a server without
 * printers, where lists are empty and nothing is found.
 */
#include "rap/call.h"

static void
fill_nothing(struct arena *a, union rap_value *v, const void *item)
{
	(void)a;
	(void)v;
	(void)item;
}

static const struct rap_level queue_levels[] = {
	{ 0, ANYBODY, "B13", fill_nothing },
	{ 1, ANYBODY, "B13BWWWzzzzzWW", fill_nothing },
	{ 2, ANYBODY, "B13BWWWzzzzzWN", fill_nothing },
	{ 3, ANYBODY, "zWWWWzzzzWWzzl", fill_nothing },
	{ 4, ANYBODY, "zWWWWzzzzWNzzl", fill_nothing },
	{ 5, ANYBODY, "z", fill_nothing },
	{ 0 },
};

static const struct rap_level job_levels[] = {
	{ 0, ANYBODY, "W", fill_nothing },
	{ 1, ANYBODY, "WB21BB16B10zWWzDDz", fill_nothing },
	{ 2, ANYBODY, "WWzWWDDzz", fill_nothing },
	{ 3, ANYBODY, "WWzWWDDzzzzzzzzzzlz", fill_nothing },
	{ 4, ANYBODY, "WWzWWDDzzzzzDDDDDDD", fill_nothing },
	{ 0 },
};

static const struct rap_level destination_levels[] = {
	{ 0, ANYBODY, "B9", fill_nothing },
	{ 1, ANYBODY, "B9B21WWzW", fill_nothing },
	{ 2, ANYBODY, "z", fill_nothing },
	{ 3, ANYBODY, "zzzWWzzzWW", fill_nothing },
	{ 0 },
};

static const struct rap_level driver_levels[] = { { 0, ANYBODY, "B41", fill_nothing }, { 0 } };
static const struct rap_level processor_levels[] = { { 0, ANYBODY, "B13", fill_nothing }, { 0 } };
static const struct rap_level port_levels[] = { { 0, ANYBODY, "B9", fill_nothing }, { 0 } };

static void
none(struct rap_call *c)
{
	(void)c;
}

/* Something that is looked for must have a name. */
static void
not_found(struct rap_call *c, uint16_t error)
{
	if (c->nstrings != 0 && (c->strings[0] == NULL || c->strings[0][0] == '\0'))
		error = RAP_INVALID_PARAMETER;
	c->error = error;
}

static void
no_queue(struct rap_call *c)
{
	not_found(c, RAP_QUEUE_NOT_FOUND);
}

static void
no_job(struct rap_call *c)
{
	not_found(c, RAP_JOB_NOT_FOUND);
}

static void
no_destination(struct rap_call *c)
{
	not_found(c, RAP_DEST_NOT_FOUND);
}

const struct rap_function rap_of_printers[] = {
	{ 69, ANYBODY, "WrLeh", 0, queue_levels, none },                 /* DosPrintQEnum */
	{ 70, ANYBODY, "zWrLh", 0, queue_levels, no_queue },             /* DosPrintQGetInfo */
	{ 71, ANYBODY, "zWsTP", 0, NULL, no_queue },                     /* DosPrintQSetInfo */
	{ 73, ANYBODY, "z", 0, NULL, no_queue },                         /* DosPrintQDel */
	{ 74, ANYBODY, "z", 0, NULL, no_queue },                         /* DosPrintQPause */
	{ 75, ANYBODY, "z", 0, NULL, no_queue },                         /* DosPrintQContinue */
	{ 76, ANYBODY, "zWrLeh", 0, job_levels, no_queue },              /* DosPrintJobEnum */
	{ 77, ANYBODY, "WWrLh", 1, job_levels, no_job },                 /* DosPrintJobGetInfo */
	{ 78, ANYBODY, "WWsTP", 0, NULL, no_job },                       /* DosPrintJobSetInfo */
	{ 81, ANYBODY, "W", 0, NULL, no_job },                           /* DosPrintJobDel */
	{ 82, ANYBODY, "W", 0, NULL, no_job },                           /* DosPrintJobPause */
	{ 83, ANYBODY, "W", 0, NULL, no_job },                           /* DosPrintJobContinue */
	{ 84, ANYBODY, "WrLeh", 0, destination_levels, none },           /* DosPrintDestEnum */
	{ 85, ANYBODY, "zWrLh", 0, destination_levels, no_destination }, /* DosPrintDestGetInfo */
	{ 103, ANYBODY, "z", 0, NULL, no_queue },                        /* DosPrintQPurge */
	{ 147, ANYBODY, "WWsTP", 0, NULL, no_job },                      /* DosPrintJobSetInfo */
	{ 205, ANYBODY, "WrLeh", 0, driver_levels, none },               /* DosPrintDriverEnum */
	{ 206, ANYBODY, "WrLeh", 0, processor_levels, none }, /* DosPrintQProcessorEnum */
	{ 207, ANYBODY, "WrLeh", 0, port_levels, none },      /* DosPrintPortEnum */
	{ 0 },
};
