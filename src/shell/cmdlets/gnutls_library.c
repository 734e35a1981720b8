#include "shell/cmdlets/gnutls_library.h"

struct gnutls_functions tls;

status gnutls_load(struct reason *why)
{
	static const char *const names[] = LIBRARY_NAMES(GNUTLS_FUNCTIONS);

	return tls.gnutls_strerror ? ecNone : library_load("libgnutls.so.30", names, &tls, sizeof tls, why);
}
