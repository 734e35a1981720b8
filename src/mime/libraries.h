/* The libraries that read mail for us: GMime and libical. */
#ifndef MIME_LIBRARIES_H
#define MIME_LIBRARIES_H

#include "base/status.h"

/*
 * Loads them, once for the process; whoever reads mail calls it first.  Their state is made here and only read from
 * then on.  ecNotFound: one is not installed, and which.
 */
status mime_libraries(struct reason *why) MUST;

#endif
