/* Time as a backend, so that tests and reproducible output can hold it still. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/filetime.h"

struct clock {
	uint64_t (*now)(const struct clock *c);       /* FILETIME, wall clock */
	uint64_t (*monotonic)(const struct clock *c); /* nanoseconds since some point */
	uint64_t fixed;                               /* what a still clock says */
};

extern const struct clock clock_system;
/* Always says `filetime`; its monotonic side stands still too. */
struct clock clock_fixed(uint64_t filetime);

#endif
