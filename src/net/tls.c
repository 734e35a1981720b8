#include "net/tls.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "net/gnutls_library.h"

/* Forward secrecy only; both versions have what Windows 7 and later speak. */
#define PRIORITIES "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-RSA:%SERVER_PRECEDENCE"

struct identity {
	gnutls_certificate_credentials_t credentials;
	gnutls_x509_crt_t certificate;
};

/* What a context has at one time: never changed, shared by the streams that began with it. */
struct identities {
	unsigned references;
	size_t n;
	struct identity at[];
};

struct tls_context {
	gnutls_priority_t priorities;
	gnutls_datum_t ticket_key;
	unsigned references;
	pthread_mutex_t lock; /* of what follows */
	struct identities *now;
};

struct tls {
	gnutls_session_t session;
	struct tls_context *context; /* priorities and the tickets' key must outlive the session */
	struct identities *identities;
	bool unsent; /* a record was taken, and part of it waits inside */
	bool server;
	int error;
};

static status failed(int code, const char *what, struct reason *why)
{
	return reason_set(why, code == GNUTLS_E_MEMORY_ERROR ? ecMemory : ecCorruptData, "%s: %s", what,
			  gt.gnutls_strerror(code));
}

/* Certificates ---------------------------------------------------------------------------------------- */

static void identities_free(struct identities *i)
{
	if (!i || __atomic_sub_fetch(&i->references, 1, __ATOMIC_ACQ_REL))
		return;
	for (size_t k = 0; k < i->n; k++) {
		if (i->at[k].credentials)
			gt.gnutls_certificate_free_credentials(i->at[k].credentials);
		if (i->at[k].certificate)
			gt.gnutls_x509_crt_deinit(i->at[k].certificate);
	}
	free(i);
}

static status identity_read(struct identity *i, struct bytes pem, struct reason *why)
{
	gnutls_datum_t d = { (unsigned char *)(uintptr_t)pem.p, (unsigned)pem.n };
	unsigned one = 1;
	int code = gt.gnutls_certificate_allocate_credentials(&i->credentials);

	if (!code)
		code = gt.gnutls_certificate_set_x509_key_mem(i->credentials, &d, &d, GNUTLS_X509_FMT_PEM);
	if (code < 0)
		return failed(code, "a certificate with its key cannot be read", why);
	code = gt.gnutls_x509_crt_list_import(&i->certificate, &one, &d, GNUTLS_X509_FMT_PEM, 0);
	return code < 0 ? failed(code, "a certificate cannot be read", why) : ecNone;
}

static status identities_read(const struct bytes *pem, size_t n, struct identities **out, struct reason *why)
{
	struct identities *i;
	status rc = ecNone;

	if (!n || n > TLS_IDENTITIES_MOST)
		return reason_set(why, ecInvalidParam,
				  "there are %zu certificates: at least one is needed, and %u are the most", n,
				  TLS_IDENTITIES_MOST);
	i = calloc(1, sizeof *i + n * sizeof *i->at);
	if (!i)
		return reason_set(why, ecMemory, "the certificates need too much memory");
	i->references = 1;
	for (; i->n < n && !rc; i->n++)
		rc = identity_read(&i->at[i->n], pem[i->n], why);
	if (rc)
		identities_free(i);
	else
		*out = i;
	return rc;
}

/* Contexts -------------------------------------------------------------------------------------------- */

static status context_new(struct tls_context **out, struct reason *why)
{
	struct tls_context *c;
	status rc = gnutls_load(why);
	int code;

	if (rc)
		return rc;
	c = calloc(1, sizeof *c);
	if (!c)
		return reason_set(why, ecMemory, "TLS needs too much memory");
	c->references = 1;
	(void)pthread_mutex_init(&c->lock, NULL);
	code = gt.gnutls_priority_init(&c->priorities, PRIORITIES, NULL);
	if (code) {
		tls_context_free(c);
		return failed(code, "the ciphers cannot be chosen", why);
	}
	*out = c;
	return ecNone;
}

status tls_context_server(const struct bytes *pem, size_t n, struct tls_context **out, struct reason *why)
{
	struct tls_context *c = NULL;
	status rc = context_new(&c, why);
	int code;

	if (rc)
		return rc;
	code = gt.gnutls_session_ticket_key_generate(&c->ticket_key);
	rc = code ? failed(code, "the key of the session tickets cannot be made", why)
		  : identities_read(pem, n, &c->now, why);
	if (rc)
		tls_context_free(c);
	else
		*out = c;
	return rc;
}

status tls_context_replace(struct tls_context *c, const struct bytes *pem, size_t n, struct reason *why)
{
	struct identities *made = NULL, *old;
	status rc = identities_read(pem, n, &made, why);

	if (rc)
		return rc;
	(void)pthread_mutex_lock(&c->lock);
	old = c->now;
	c->now = made;
	(void)pthread_mutex_unlock(&c->lock);
	identities_free(old);
	return ecNone;
}

status tls_context_client(struct bytes roots, struct tls_context **out, struct reason *why)
{
	gnutls_datum_t d = { (unsigned char *)(uintptr_t)roots.p, (unsigned)roots.n };
	struct tls_context *c = NULL;
	status rc = context_new(&c, why);
	int code;

	if (rc)
		return rc;
	c->now = calloc(1, sizeof *c->now + sizeof *c->now->at);
	if (!c->now) {
		tls_context_free(c);
		return reason_set(why, ecMemory, "TLS needs too much memory");
	}
	c->now->references = 1;
	c->now->n = 1;
	code = gt.gnutls_certificate_allocate_credentials(&c->now->at[0].credentials);
	if (!code)
		code = roots.n ? gt.gnutls_certificate_set_x509_trust_mem(c->now->at[0].credentials, &d,
									  GNUTLS_X509_FMT_PEM)
			       : gt.gnutls_certificate_set_x509_system_trust(c->now->at[0].credentials);
	if (code <= 0 && (code < 0 || roots.n)) {
		tls_context_free(c);
		return failed(code ? code : GNUTLS_E_NO_CERTIFICATE_FOUND, "there is no root to trust", why);
	}
	*out = c;
	return ecNone;
}

void tls_context_free(struct tls_context *c)
{
	if (!c || __atomic_sub_fetch(&c->references, 1, __ATOMIC_ACQ_REL))
		return;
	identities_free(c->now);
	if (c->priorities)
		gt.gnutls_priority_deinit(c->priorities);
	if (c->ticket_key.data) {
		explicit_bzero(c->ticket_key.data, c->ticket_key.size);
		free(c->ticket_key
			     .data); /* gnutls_malloc is malloc unless somebody changes it, and nobody does */
	}
	(void)pthread_mutex_destroy(&c->lock);
	free(c);
}

/* Streams --------------------------------------------------------------------------------------------- */

static int server_name(gnutls_session_t s, char *out, size_t room)
{
	unsigned type;

	return gt.gnutls_server_name_get(s, out, &room, &type, 0) == 0 && type == GNUTLS_NAME_DNS && room ? 0
													  : -1;
}

/* The client has said whom it wants: the first certificate of that name. */
static int choose_identity(gnutls_session_t s)
{
	const struct tls *t = gt.gnutls_session_get_ptr(s);
	char name[256];

	if (t->identities->n == 1 || server_name(s, name, sizeof name))
		return 0;
	for (size_t i = 0; i < t->identities->n; i++)
		if (gt.gnutls_x509_crt_check_hostname(t->identities->at[i].certificate, name))
			return gt.gnutls_credentials_set(s, GNUTLS_CRD_CERTIFICATE,
							 t->identities->at[i].credentials);
	return 0;
}

static int stream_begin(struct tls *t, struct tls_context *c, int fd)
{
	static const gnutls_datum_t http = { (unsigned char *)(uintptr_t) "http/1.1", 8 };
	int code = gt.gnutls_init(&t->session, (t->server ? GNUTLS_SERVER : GNUTLS_CLIENT) | GNUTLS_NONBLOCK |
						       GNUTLS_NO_SIGNAL);

	if (code)
		return code;
	gt.gnutls_session_set_ptr(t->session, t);
	gt.gnutls_transport_set_int2(t->session, fd, fd);
	code = gt.gnutls_priority_set(t->session, c->priorities);
	if (!code)
		code = gt.gnutls_credentials_set(t->session, GNUTLS_CRD_CERTIFICATE,
						 t->identities->at[0].credentials);
	if (!code)
		code = gt.gnutls_alpn_set_protocols(t->session, &http, 1, 0);
	if (!code && t->server)
		code = gt.gnutls_session_ticket_enable_server(t->session, &c->ticket_key);
	if (!code && t->server)
		gt.gnutls_handshake_set_post_client_hello_function(t->session, choose_identity);
	return code;
}

static status stream_new(struct tls_context *c, int fd, bool server, struct tls **out)
{
	struct tls *t = calloc(1, sizeof *t);

	if (!t)
		return ecMemory;
	t->server = server;
	t->context = c;
	(void)__atomic_add_fetch(&c->references, 1, __ATOMIC_ACQ_REL);
	(void)pthread_mutex_lock(&c->lock);
	t->identities = c->now;
	(void)__atomic_add_fetch(&t->identities->references, 1, __ATOMIC_ACQ_REL);
	(void)pthread_mutex_unlock(&c->lock);
	if (stream_begin(t, c, fd)) {
		tls_free(t);
		return ecMemory;
	}
	*out = t;
	return ecNone;
}

status tls_server(struct tls_context *c, int fd, struct tls **out)
{
	return stream_new(c, fd, true, out);
}

static bool is_address(const char *name)
{
	unsigned char room[16];

	return inet_pton(AF_INET, name, room) == 1 || inet_pton(AF_INET6, name, room) == 1;
}

status tls_client(struct tls_context *c, int fd, const char *name, struct tls **out, struct reason *why)
{
	struct tls *t = NULL;
	int code = 0;

	if (stream_new(c, fd, false, &t))
		return reason_set(why, ecMemory, "a TLS connection cannot be made");
	if (!is_address(name))
		code = gt.gnutls_server_name_set(t->session, GNUTLS_NAME_DNS, name, strlen(name));
	if (code) {
		tls_free(t);
		return failed(code, name, why);
	}
	gt.gnutls_session_set_verify_cert(t->session, name, 0);
	*out = t;
	return ecNone;
}

void tls_free(struct tls *t)
{
	if (!t)
		return;
	if (t->session)
		gt.gnutls_deinit(t->session);
	identities_free(t->identities);
	tls_context_free(t->context);
	free(t);
}

/* What a code of GnuTLS means to whoever waits. */
static enum tls_result result_of(struct tls *t, int code)
{
	if (code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED)
		return gt.gnutls_record_get_direction(t->session) ? TLS_WANT_WRITE : TLS_WANT_READ;
	if (code == GNUTLS_E_PREMATURE_TERMINATION)
		return TLS_END;
	t->error = code;
	return TLS_FAILED;
}

enum tls_result tls_handshake(struct tls *t)
{
	int code;

	do
		code = gt.gnutls_handshake(t->session);
	while (code == GNUTLS_E_INTERRUPTED ||
	       (code < 0 && code != GNUTLS_E_AGAIN && !gt.gnutls_error_is_fatal(code)));
	return code ? result_of(t, code) : TLS_OK;
}

enum tls_result tls_read(struct tls *t, void *p, size_t n, size_t *got)
{
	ssize_t code;

	/* Warnings, tickets and new keys pass by; a new handshake is not wanted. */
	do
		code = gt.gnutls_record_recv(t->session, p, n);
	while (code == GNUTLS_E_INTERRUPTED ||
	       (code < 0 && code != GNUTLS_E_AGAIN && code != GNUTLS_E_REHANDSHAKE &&
		!gt.gnutls_error_is_fatal((int)code)));
	if (code < 0)
		return result_of(t, (int)code);
	*got = (size_t)code;
	return code ? TLS_OK : TLS_END;
}

bool tls_has_more(const struct tls *t)
{
	return gt.gnutls_record_check_pending(t->session) > 0;
}

enum tls_result tls_flush(struct tls *t)
{
	ssize_t code;

	if (!t->unsent)
		return TLS_OK;
	do
		code = gt.gnutls_record_send(t->session, NULL, 0);
	while (code == GNUTLS_E_INTERRUPTED);
	if (code < 0)
		return result_of(t, (int)code);
	t->unsent = false;
	return TLS_OK;
}

enum tls_result tls_write(struct tls *t, const void *p, size_t n)
{
	enum tls_result flushed = tls_flush(t);
	ssize_t code;

	if (flushed != TLS_OK)
		return flushed;
	code = gt.gnutls_record_send(t->session, p, n);
	/* Then the record is made, and GnuTLS keeps what the socket did not take. */
	t->unsent = code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED;
	if (code < 0 && !t->unsent)
		return result_of(t, (int)code);
	return TLS_OK;
}

enum tls_result tls_close(struct tls *t)
{
	enum tls_result flushed = tls_flush(t);
	int code;

	if (flushed != TLS_OK)
		return flushed;
	code = gt.gnutls_bye(t->session, GNUTLS_SHUT_WR);
	return code ? result_of(t, code) : TLS_OK;
}

const char *tls_why(const struct tls *t)
{
	const char *alert = NULL;

	if (t->error == GNUTLS_E_FATAL_ALERT_RECEIVED)
		alert = gt.gnutls_alert_get_name(gt.gnutls_alert_get(t->session));
	return alert ? alert : t->error ? gt.gnutls_strerror(t->error) : "";
}

/* Facts ----------------------------------------------------------------------------------------------- */

void tls_facts(const struct tls *t, struct tls_facts *out)
{
	const char *version = gt.gnutls_protocol_get_name(gt.gnutls_protocol_get_version(t->session));
	const char *cipher = gt.gnutls_cipher_get_name(gt.gnutls_cipher_get(t->session));

	*out = (struct tls_facts){ .version = version ? version : "",
				   .cipher = cipher ? cipher : "",
				   .resumed = gt.gnutls_session_is_resumed(t->session) != 0 };
	if (server_name(t->session, out->server_name, sizeof out->server_name))
		out->server_name[0] = 0;
}

size_t tls_server_end_point(const struct tls *t, uint8_t out[64])
{
	const gnutls_datum_t *own = t->server ? gt.gnutls_certificate_get_ours(t->session) : NULL;
	gnutls_x509_crt_t certificate = NULL;
	gnutls_digest_algorithm_t hash;
	int code;

	if (!own || gt.gnutls_x509_crt_init(&certificate))
		return 0;
	code = gt.gnutls_x509_crt_import(certificate, own, GNUTLS_X509_FMT_DER);
	hash = code ? GNUTLS_DIG_NULL
		    : gt.gnutls_sign_get_hash_algorithm(
			      (gnutls_sign_algorithm_t)gt.gnutls_x509_crt_get_signature_algorithm(certificate));
	gt.gnutls_x509_crt_deinit(certificate);
	/* The hash of its signature, but SHA-256 for those that are too weak (RFC 5929 4.1). */
	if (hash != GNUTLS_DIG_SHA384 && hash != GNUTLS_DIG_SHA512)
		hash = GNUTLS_DIG_SHA256;
	if (code || gt.gnutls_hash_fast(hash, own->data, own->size, out))
		return 0;
	return hash == GNUTLS_DIG_SHA384 ? 48 : hash == GNUTLS_DIG_SHA512 ? 64 : 32;
}
