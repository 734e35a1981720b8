/*
 * Certificates with their keys: made, read from PEM or PKCS #12, and kept as one PEM file, the key first,
 * closed to others.  What is read is checked: the key must be the certificate's.
 */
#ifndef NET_CERTIFICATE_H
#define NET_CERTIFICATE_H

#include "base/arena.h"
#include "base/buf.h"

#define CERTIFICATE_CHAIN_MOST 16u
#define CERTIFICATE_NAMES_MOST 100u

struct certificate {
	const char *thumbprint; /* SHA-1, 40 capital hexadecimal digits */
	const char *subject, *issuer, *serial;
	const char *names[CERTIFICATE_NAMES_MOST]; /* of hosts */
	size_t n_names;
	const char *addresses[CERTIFICATE_NAMES_MOST]; /* "127.0.0.1", "::1" */
	size_t n_addresses;
	uint64_t not_before, not_after; /* FILETIME */
	unsigned bits;
	bool self_signed;
};

struct certificate_wish {
	const char *subject;      /* "CN=mail.contoso.example" */
	const char *const *names; /* of hosts; an address such as "127.0.0.1" is told apart */
	size_t n_names;
	unsigned bits;       /* of an RSA key; 0: ECDSA on P-256 */
	int64_t now;         /* seconds since 1970 */
	int64_t until;       /* 0: five years from now */
	bool authority;      /* it signs certificates of servers, and is none itself */
	struct bytes issuer; /* key and certificate, PEM, that sign it; none: its own */
	struct bytes key;    /* PEM; none: a new one */
};

/* A key and a certificate, as PEM, without its issuer's; what it says of itself lives in the arena. */
status certificate_make(const struct certificate_wish *wish, struct arena *arena, struct certificate *out,
			struct buf *pem, struct reason *why) MUST;
/*
 * PEM, or PKCS #12; `password` may be NULL. The first certificate is the one that is meant, the others lead to
 * its issuer.
 */
status certificate_read(struct bytes data, const char *password, struct arena *arena, struct certificate *out,
			struct buf *pem, struct reason *why) MUST;
/* Whether the first certificate in the PEM signed that of the other. */
bool certificate_is_issuer(struct bytes issuer, struct bytes of);

#endif
