/* The functions of libical that are used; it is loaded when mail is read. */
#ifndef MIME_ICAL_LIB_H
#define MIME_ICAL_LIB_H

#include <libical/ical.h>

#include "base/library.h"

#define ICAL_FUNCTIONS(F)                         \
	F(icalcomponent_as_ical_string_r)         \
	F(icaldurationtype_as_int)                \
	F(icaldurationtype_from_string)           \
	F(icaldurationtype_is_bad_duration)       \
	F(icalerror_set_errors_are_fatal)         \
	F(icalmemory_free_buffer)                 \
	F(icalmemory_free_ring)                   \
	F(icalrecurrencetype_day_day_of_week)     \
	F(icalrecurrencetype_day_position)        \
	F(icalrecurrencetype_from_string)         \
	F(icaltime_is_null_time)                  \
	F(icaltimezone_get_builtin_timezone)      \
	F(icaltimezone_get_component)

LIBRARY_DECLARE(ical_functions, ICAL_FUNCTIONS)

/* Once mime_libraries() has succeeded. */
extern struct ical_functions ical_lib;

#endif
