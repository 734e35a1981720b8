/*
 * TLS 1.2 and 1.3 over sockets that do not block, by GnuTLS, which is loaded when it is first needed.  The same
 * stream serves HTTP and, later, STARTTLS.  A context is shared by all loops; a stream belongs to one thread at
 * a time.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/buf.h"
#include "base/status.h"

struct tls_context;
struct tls;

#define TLS_IDENTITIES_MOST 64u

/*
 * For servers: session tickets, ALPN "http/1.1", no renegotiation.  `pem` has one or more certificates with
 * their chains and keys, each "key first, then certificate and chain" or the other way about; which is used is
 * decided by the name the client asks for (SNI), the first when none fits or none was asked for.
 * ecCorruptData: cannot be read, or a key is not the certificate's.
 */
status tls_context_server(const struct bytes *pem, size_t n, struct tls_context **out, struct reason *why) MUST;
/*
 * Other certificates for connections that come from now on; those that are there keep what they have, and
 * tickets stay good.  When it fails, nothing has changed.  From any thread.
 */
status tls_context_replace(struct tls_context *c, const struct bytes *pem, size_t n, struct reason *why) MUST;
/* For clients that verify: `roots` is PEM; empty: what the system trusts. */
status tls_context_client(struct bytes roots, struct tls_context **out, struct reason *why) MUST;
/* Streams may outlive it. NULL is fine. */
void tls_context_free(struct tls_context *c);

/*
 * The socket stays the caller's and is closed by it after tls_free. `name`: the server's, asked for and
 * verified.
 */
status tls_server(struct tls_context *c, int fd, struct tls **out) MUST;
status tls_client(struct tls_context *c, int fd, const char *name, struct tls **out, struct reason *why) MUST;
void tls_free(struct tls *t); /* NULL is fine; says nothing to the peer */

enum tls_result {
	TLS_OK,
	TLS_WANT_READ,  /* again when the socket can be read */
	TLS_WANT_WRITE, /* again when it can be written */
	TLS_END,        /* the peer said that it has said all, or closed the socket */
	TLS_FAILED,     /* broken; only tls_why and tls_free from here on */
};

enum tls_result tls_handshake(struct tls *t);
/* Up to `n` bytes; TLS_OK with *got > 0. */
enum tls_result tls_read(struct tls *t, void *p, size_t n, size_t *got);
/* More can be read, though the socket need not be readable: what was read of it is decoded already. */
bool tls_has_more(const struct tls *t);
/*
 * Takes all of a piece of at most TLS_RECORD bytes, or nothing (TLS_WANT_WRITE).  What was taken may still wait
 * inside for the socket: tls_flush sends it, and says TLS_OK when nothing waits.
 */
#define TLS_RECORD ((size_t)16384)
enum tls_result tls_write(struct tls *t, const void *p, size_t n);
enum tls_result tls_flush(struct tls *t);
/* Says to the peer that all was said; its answer is not waited for. */
enum tls_result tls_close(struct tls *t);
/* Why it failed, in words; lives as long as the stream, or longer. */
const char *tls_why(const struct tls *t);

/* After the handshake. */
struct tls_facts {
	const char *version;   /* "TLS1.3" */
	const char *cipher;    /* "AES-256-GCM" */
	char server_name[256]; /* that the client asked for; "" when none */
	bool resumed;
};
void tls_facts(const struct tls *t, struct tls_facts *out);

/*
 * The hash of the server's certificate that authentication may be bound to (RFC 5929 tls-server-end-point), on
 * the server's side; 0 bytes when there is none.
 */
size_t tls_server_end_point(const struct tls *t, uint8_t out[64]);

#endif
