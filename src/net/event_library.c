#include "net/event_library.h"

#include <pthread.h>

struct event_functions ev;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct reason failure;
static status result;

static void load(void)
{
	static const char *const names[] = LIBRARY_NAMES(EVENT_FUNCTIONS);

	result = library_load("libevent_core-2.1.so.7", names, &ev, sizeof ev, &failure);
}

status event_load(struct reason *why)
{
	(void)pthread_once(&once, load);
	return result ? reason_set(why, result, "%s", failure.text) : ecNone;
}
