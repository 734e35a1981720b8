#include "mime/libraries.h"

#include <pthread.h>

#include "mime/gmime_lib.h"
#include "mime/ical_lib.h"

struct gmime_functions gmime;
struct ical_functions ical_lib;

static status loaded;
static struct reason failure;

static void load(void)
{
	static const char *const gmime_names[] = LIBRARY_NAMES(GMIME_FUNCTIONS);
	static const char *const ical_names[] = LIBRARY_NAMES(ICAL_FUNCTIONS);

	loaded = library_load("libgmime-3.0.so.0", gmime_names, &gmime, sizeof gmime, &failure);
	if (!loaded)
		loaded = library_load("libical.so.3", ical_names, &ical_lib, sizeof ical_lib, &failure);
	if (loaded)
		return;
	gmime.g_mime_init();
	/* What is wrong with a calendar is for us to say. */
	ical_lib.icalerror_set_errors_are_fatal(0);
}

status mime_libraries(struct reason *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, load);
	return loaded ? reason_set(why, loaded, "%s", failure.text) : ecNone;
}
