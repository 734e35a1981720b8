/*
 * Is the directory sound?  Nothing that the functions here write fails this; a restored, copied or damaged database may.
 * Changes nothing.
 */
#ifndef STORE_DIRECTORY_CHECK_H
#define STORE_DIRECTORY_CHECK_H

#include "store/site.h"

struct directory_finding {
	uint64_t object;	/* 0: of the directory as a whole, or of a store */
	const char *name;	/* of the object, "" when it has none */
	const char *words;	/* what is wrong, and what to do */
};

/* Told of each finding; anything but 0 ends the check and is what it returns. */
typedef status directory_finder(void *context, const struct directory_finding *f);

/*
 * Every object and value: can it be read, is it allowed, is it found under what it is looked for by, does what it refers to
 * exist, is what must be unique so; and that there is one organisation and one default domain. *findings counts.
 */
status directory_check(struct directory *d, directory_finder *tell, void *context, unsigned *findings, struct reason *why) MUST;
/* That, and the stores: those that nobody refers to, and mailboxes that have none. */
status site_check(struct site *s, directory_finder *tell, void *context, unsigned *findings, struct reason *why) MUST;

#endif
