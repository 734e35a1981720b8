#include "store/libpq.h"

#include <pthread.h>

struct libpq_functions pq;

static status loaded;
static struct reason failure;

static void load(void)
{
	static const char *const names[] = LIBRARY_NAMES(LIBPQ_FUNCTIONS);

	loaded = library_load("libpq.so.5", names, &pq, sizeof pq, &failure);
}

status libpq_open(struct reason *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, load);
	return loaded ? reason_set(why, loaded, "%s", failure.text) : ecNone;
}
