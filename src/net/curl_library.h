/* The functions of libcurl (GnuTLS flavour) that are used; it is loaded when something is first sent with it. */
#ifndef NET_CURL_LIBRARY_H
#define NET_CURL_LIBRARY_H

#include "base/library.h"

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#define CURL_FUNCTIONS(F)                                                                     \
	F(curl_global_init)                                                                   \
	F(curl_easy_init) F(curl_easy_setopt) F(curl_easy_perform) F(curl_easy_getinfo)       \
	F(curl_easy_cleanup) F(curl_easy_strerror) F(curl_slist_append) F(curl_slist_free_all) \
	F(curl_multi_init) F(curl_multi_add_handle) F(curl_multi_remove_handle)               \
	F(curl_multi_perform) F(curl_multi_poll) F(curl_multi_wakeup) F(curl_multi_info_read) \
	F(curl_multi_cleanup)                                                                 \
	F(curl_url) F(curl_url_set) F(curl_url_get) F(curl_url_cleanup) F(curl_free)

/* No macro may stand where a name is looked up. */
#undef curl_easy_setopt
#undef curl_easy_getinfo
LIBRARY_DECLARE(curl_functions, CURL_FUNCTIONS)
extern struct curl_functions curl;

/* From any thread, as often as one likes. ecNotFound: it is not installed. */
status curl_open(struct reason *why) MUST;

/*
 * What the other side's certificate may be signed by: the authorities of the system ($SSL_CERT_DIR, else the folder that libcurl was built with, else /etc/ssl/certs),
 * and beside them those in a file (PEM; NULL or "": none).
 */
bool curl_believe(CURL *c, const char *roots_file) MUST;
/* By those in the file alone. The system's are some 140, and GnuTLS reads them for each connection anew: 60 ms of CPU. */
bool curl_believe_only(CURL *c, const char *roots_file) MUST;

#endif
