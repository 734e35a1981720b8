/*
 * Versions of clients that may not connect: "-6.0.0;10.0.0-11.5603.0;15.4737.1000" is none up to 6.0.0, none from 10.0.0 to
 * 11.5603.0, and not this one.  Versions are X.Y.Z as Exchange writes them (X.0.Y.Z on the wire), both ends belong to a range.
 */
#ifndef STORE_VERSION_RANGE_H
#define STORE_VERSION_RANGE_H

#include "base/status.h"

struct client_version {
	uint16_t major, minor, build;
};

/* ecInvalidParam with the part that cannot be read. */
status version_ranges_check(const char *ranges, struct reason *why) MUST;
/* Ranges that cannot be read contain every version: a rule that is damaged lets nobody in. NULL and "" contain none. */
bool version_ranges_contain(const char *ranges, struct client_version v);

#endif
