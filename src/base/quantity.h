/* Sizes and lengths of time, as administrators write them and read them. */
#ifndef BASE_QUANTITY_H
#define BASE_QUANTITY_H

#include "base/buf.h"

/* What "Unlimited" is. */
#define QUANTITY_UNLIMITED INT64_MAX

/*
 * Bytes: "1572864", "1,572,864", "10MB", "1.9 GB", "1.5 MB (1,572,864 bytes)" (where the exact number counts); units are powers of
 * 1024, from B to PB, in any case.  False and untouched otherwise, also beyond 63 bits. "Unlimited" is not taken.
 */
bool size_from_text(const char *text, int64_t *bytes);
/* "1.5 MB (1,572,864 bytes)", "Unlimited". */
void size_to_text(int64_t bytes, struct buf *out);
/* After a word: 1 message, 2 messages; 1 mailbox, 2 mailboxes. */
static inline const char *plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

static inline const char *plural_es(uint64_t n)
{
	return n == 1 ? "" : "es";
}

/* "1,572,864" */
void number_grouped(uint64_t n, struct buf *out);

/* Seconds: "14.00:00:00" (days, hours, minutes, seconds), "00:15:00", "06:00", "30" (days). */
bool duration_from_text(const char *text, int64_t *seconds);
/* "14.00:00:00", "00:15:00", "Unlimited". */
void duration_to_text(int64_t seconds, struct buf *out);

#endif
