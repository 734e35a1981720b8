/* The functions of libevent_core that are used; it is loaded when the first loop is made. */
#ifndef NET_EVENT_LIBRARY_H
#define NET_EVENT_LIBRARY_H

#include <event2/event.h>
#include <event2/event_struct.h>

#include "base/library.h"

#define EVENT_FUNCTIONS(F)      \
	F(event_add)            \
	F(event_assign)         \
	F(event_base_dispatch)  \
	F(event_base_free)      \
	F(event_base_loopbreak) \
	F(event_base_new)       \
	F(event_del)

LIBRARY_DECLARE(event_functions, EVENT_FUNCTIONS)

/* Once event_load() has succeeded. */
extern struct event_functions ev;
status event_load(struct reason *why) MUST;

#endif
