#include "net/curl_library.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

struct curl_functions curl;

static status loaded;
static struct reason failure;

static void load(void)
{
	static const char *const names[] = LIBRARY_NAMES(CURL_FUNCTIONS);

	loaded = library_load("libcurl-gnutls.so.4", names, &curl, sizeof curl, &failure);
	if (!loaded && curl.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		loaded = reason_set(&failure, ecMemory, "libcurl could not be initialised");
}

status curl_open(struct reason *why)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, load);
	return loaded ? reason_set(why, loaded, "%s", failure.text) : ecNone;
}

#define SYSTEM_ROOTS "/etc/ssl/certs"

bool curl_believe(CURL *c, const char *roots_file)
{
	const char *folder = getenv("SSL_CERT_DIR");
	char *built_in = NULL;
	bool set = folder && *folder;

	/* Without a file of ours, what libcurl was built with holds, be it a folder or a file. */
	if (!set && (!roots_file || !*roots_file))
		return true;
	if (!set && (curl.curl_easy_getinfo(c, CURLINFO_CAPATH, &built_in) != CURLE_OK || !built_in))
		folder = access(SYSTEM_ROOTS, X_OK) == 0 ? SYSTEM_ROOTS : NULL;
	else if (!set)
		folder = built_in;
	if (folder && curl.curl_easy_setopt(c, CURLOPT_CAPATH, folder) != CURLE_OK)
		return false;
	return !roots_file || !*roots_file || curl.curl_easy_setopt(c, CURLOPT_CAINFO, roots_file) == CURLE_OK;
}

bool curl_believe_only(CURL *c, const char *roots_file)
{
	return curl.curl_easy_setopt(c, CURLOPT_CAPATH, (char *)NULL) == CURLE_OK && curl.curl_easy_setopt(c, CURLOPT_CAINFO, roots_file) == CURLE_OK;
}
