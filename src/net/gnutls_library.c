#include "net/gnutls_library.h"

#include <pthread.h>

struct gnutls_functions gt;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct reason failure;
static status result;

static void load(void)
{
	static const char *const names[] = LIBRARY_NAMES(GNUTLS_FUNCTIONS);

	result = library_load("libgnutls.so.30", names, &gt, sizeof gt, &failure);
}

status gnutls_load(struct reason *why)
{
	(void)pthread_once(&once, load);
	return result ? reason_set(why, result, "%s", failure.text) : ecNone;
}
