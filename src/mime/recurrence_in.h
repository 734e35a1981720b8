/* RRULE [RFC 5545] 3.3.10 to the pattern of an item. */
#ifndef MIME_RECURRENCE_IN_H
#define MIME_RECURRENCE_IN_H

#include "mime/recurrence.h"
#include "mime/zone.h"

/*
 * `r` has start_date; the pattern and its end are added.  `zone` (NULL: none) is what an UNTIL in UTC is to be seen from.  False
 * when no pattern says what the rule says.
 */
bool recurrence_from_rule(const char *text, const struct zone *zone, struct recurrence *r);

#endif
