/*
 * Certificates with their keys: made, read from PEM or PKCS #12, and kept as one PEM file, the key first, closed to
 * others.  What is read is checked: the key must be the certificate's.
 */
#ifndef SHELL_CMDLETS_CERTIFICATE_FILE_H
#define SHELL_CMDLETS_CERTIFICATE_FILE_H

#include "base/arena.h"
#include "base/buf.h"

#define CERTIFICATE_CHAIN_MOST 16u
#define CERTIFICATE_NAMES_MOST 100u

struct certificate {
	const char *thumbprint; /* SHA-1, 40 capital hexadecimal digits */
	const char *subject, *issuer, *serial;
	const char *names[CERTIFICATE_NAMES_MOST]; /* of hosts */
	size_t n_names;
	uint64_t not_before, not_after; /* FILETIME */
	unsigned bits;
	bool self_signed;
};

struct certificate_wish {
	const char *subject; /* "CN=mail.contoso.example" */
	const char *const *names;
	size_t n_names;
	unsigned bits;
	int64_t now; /* seconds since 1970; it is good for five years from then */
};

/* A key and a certificate that signs itself, as PEM; what it says of itself lives in the arena. */
status certificate_make(const struct certificate_wish *wish, struct arena *arena, struct certificate *out, struct buf *pem, struct reason *why) MUST;
/* PEM, or PKCS #12; `password` may be NULL. The first certificate is the one that is meant, the others lead to its issuer. */
status certificate_read(struct bytes data, const char *password, struct arena *arena, struct certificate *out, struct buf *pem,
			struct reason *why) MUST;

#endif
