#include "net/certificate.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/filetime.h"
#include "net/gnutls_library.h"

#define YEARS    5
#define PEM_MOST ((size_t)256 << 10)

struct material {
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t chain[CERTIFICATE_CHAIN_MOST];
	unsigned n;
};

static void material_free(struct material *m)
{
	if (m->key)
		gt.gnutls_x509_privkey_deinit(m->key);
	for (unsigned i = 0; i < m->n; i++)
		gt.gnutls_x509_crt_deinit(m->chain[i]);
}

#define CLEANUP_MATERIAL __attribute__((cleanup(material_free)))

static status failed(int code, const char *what, struct reason *why)
{
	return reason_set(why, ecCorruptData, "%s: %s", what, gt.gnutls_strerror(code));
}

/* What it says of itself ------------------------------------------------------------------------------ */

static const char *hexadecimal(struct arena *a, const uint8_t *p, size_t n)
{
	char *out = arena_alloc(a, 2 * n + 1);

	for (size_t i = 0; out && i < n; i++)
		(void)snprintf(out + 2 * i, 3, "%02X", p[i]);
	return out;
}

static const char *name_of(struct arena *a, gnutls_x509_crt_t c,
			   int (*get)(gnutls_x509_crt_t, char *, size_t *))
{
	char text[1024];
	size_t n = sizeof text;

	return get(c, text, &n) == 0 ? arena_strdup(a, text) : arena_strdup(a, "");
}

static void read_address(struct arena *a, const char *bytes, size_t n, struct certificate *out)
{
	char text[INET6_ADDRSTRLEN];

	if ((n == 4 || n == 16) && inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, text, sizeof text)) {
		out->addresses[out->n_addresses] = arena_strdup(a, text);
		out->n_addresses += out->addresses[out->n_addresses] != NULL;
	}
}

static void read_names(struct arena *a, gnutls_x509_crt_t c, struct certificate *out)
{
	for (unsigned i = 0; out->n_names < CERTIFICATE_NAMES_MOST && out->n_addresses < CERTIFICATE_NAMES_MOST;
	     i++) {
		char name[256];
		size_t n = sizeof name - 1;
		int type = gt.gnutls_x509_crt_get_subject_alt_name(c, i, name, &n, NULL);

		if (type == GNUTLS_E_SHORT_MEMORY_BUFFER)
			continue;
		if (type < 0)
			return;
		if (type == GNUTLS_SAN_IPADDRESS)
			read_address(a, name, n, out);
		n -= n && !name[n - 1]; /* GnuTLS counts the one it puts there */
		/* Another NUL in a name is a trick of somebody's. */
		if (type != GNUTLS_SAN_DNSNAME || memchr(name, 0, n))
			continue;
		out->names[out->n_names] = arena_strndup(a, name, n);
		out->n_names += out->names[out->n_names] != NULL;
	}
}

static status describe(struct arena *a, gnutls_x509_crt_t c, struct certificate *out, struct reason *why)
{
	uint8_t bytes[128];
	size_t n = sizeof bytes;
	struct certificate d = { .n_names = 0 };
	int code = gt.gnutls_x509_crt_get_fingerprint(c, GNUTLS_DIG_SHA1, bytes, &n);

	if (code < 0)
		return failed(code, "the certificate has no fingerprint", why);
	d.thumbprint = hexadecimal(a, bytes, n);
	n = 32;
	if (gt.gnutls_x509_crt_get_serial(c, bytes, &n) == 0)
		d.serial = hexadecimal(a, bytes, n);
	d.subject = name_of(a, c, gt.gnutls_x509_crt_get_dn);
	d.issuer = name_of(a, c, gt.gnutls_x509_crt_get_issuer_dn);
	d.not_before = filetime_from_unix(gt.gnutls_x509_crt_get_activation_time(c));
	d.not_after = filetime_from_unix(gt.gnutls_x509_crt_get_expiration_time(c));
	d.self_signed = gt.gnutls_x509_crt_check_issuer(c, c) == 1;
	(void)gt.gnutls_x509_crt_get_pk_algorithm(c, &d.bits);
	read_names(a, c, &d);
	if (!d.thumbprint || !d.subject || !d.issuer)
		return reason_set(why, ecMemory, "the certificate needs too much memory");
	*out = d;
	return ecNone;
}

/* As PEM ---------------------------------------------------------------------------------------------- */

static status write_pem(const struct material *m, struct buf *pem, struct reason *why)
{
	char *room = malloc(PEM_MOST);
	size_t n = PEM_MOST;
	int code = room ? gt.gnutls_x509_privkey_export(m->key, GNUTLS_X509_FMT_PEM, room, &n)
			: GNUTLS_E_MEMORY_ERROR;

	if (code == 0)
		buf_add(pem, room, n);
	for (unsigned i = 0; i < m->n && code == 0; i++) {
		n = PEM_MOST;
		code = gt.gnutls_x509_crt_export(m->chain[i], GNUTLS_X509_FMT_PEM, room, &n);
		if (code == 0)
			buf_add(pem, room, n);
	}
	if (room)
		explicit_bzero(room, PEM_MOST);
	free(room);
	if (code)
		return failed(code, "the certificate cannot be written", why);
	return pem->failed ? reason_set(why, ecTooBig, "the certificates are too long") : ecNone;
}

/* Read ------------------------------------------------------------------------------------------------ */

static status read_pem(struct bytes data, const char *password, struct material *m, struct reason *why)
{
	gnutls_datum_t d = { (unsigned char *)(uintptr_t)data.p, (unsigned)data.n };
	unsigned n = CERTIFICATE_CHAIN_MOST;
	int code = gt.gnutls_x509_crt_list_import(m->chain, &n, &d, GNUTLS_X509_FMT_PEM,
						  GNUTLS_X509_CRT_LIST_IMPORT_FAIL_IF_EXCEED);

	if (code < 0)
		return failed(code, "there is no certificate in it", why);
	m->n = (unsigned)code;
	code = gt.gnutls_x509_privkey_init(&m->key);
	if (!code)
		code = gt.gnutls_x509_privkey_import2(m->key, &d, GNUTLS_X509_FMT_PEM, password, 0);
	return code ? failed(code,
			     "there is no private key in it that can be read (-Password opens one that is encrypted)",
			     why)
		    : ecNone;
}

static status read_pkcs12(struct bytes data, const char *password, struct material *m, struct reason *why)
{
	gnutls_datum_t d = { (unsigned char *)(uintptr_t)data.p, (unsigned)data.n };
	gnutls_x509_crt_t *chain = NULL;
	gnutls_pkcs12_t p = NULL;
	unsigned n = 0;
	int code = gt.gnutls_pkcs12_init(&p);

	if (!code)
		code = gt.gnutls_pkcs12_import(p, &d, GNUTLS_X509_FMT_DER, 0);
	if (!code)
		code = gt.gnutls_pkcs12_simple_parse(p, password ? password : "", &m->key, &chain, &n, NULL,
						     NULL, NULL, 0);
	for (unsigned i = 0; i < n && chain; i++) {
		if (m->n < CERTIFICATE_CHAIN_MOST)
			m->chain[m->n++] = chain[i];
		else
			gt.gnutls_x509_crt_deinit(chain[i]);
	}
	free(chain); /* gnutls_malloc is malloc unless somebody changes it, and nobody does */
	if (p)
		gt.gnutls_pkcs12_deinit(p);
	if (code)
		return failed(code,
			      "it is neither PEM nor a PKCS #12 file that can be read (-Password opens it)",
			      why);
	return m->n && m->key
		       ? ecNone
		       : reason_set(why, ecCorruptData, "a certificate or its private key is missing in it");
}

static status check_key(const struct material *m, struct reason *why)
{
	uint8_t a[64], b[64];
	size_t n = sizeof a, k = sizeof b;
	int code = gt.gnutls_x509_crt_get_key_id(m->chain[0], 0, a, &n);

	if (!code)
		code = gt.gnutls_x509_privkey_get_key_id(m->key, 0, b, &k);
	if (code)
		return failed(code, "the key cannot be compared with the certificate", why);
	return bytes_equal(bytes_of(a, n), bytes_of(b, k))
		       ? ecNone
		       : reason_set(why, ecCorruptData, "the private key is not that of the certificate");
}

status certificate_read(struct bytes data, const char *password, struct arena *arena, struct certificate *out,
			struct buf *pem, struct reason *why)
{
	CLEANUP_MATERIAL struct material m = { .n = 0 };
	status rc = gnutls_load(why);
	bool text;

	if (rc)
		return rc;
	text = data.n && memmem(data.p, data.n, "-----BEGIN ", 11);
	rc = text ? read_pem(data, password, &m, why) : read_pkcs12(data, password, &m, why);
	if (!rc)
		rc = check_key(&m, why);
	if (!rc)
		rc = write_pem(&m, pem, why);
	return rc ? rc : describe(arena, m.chain[0], out, why);
}

/* Made ------------------------------------------------------------------------------------------------ */

static int set_names(gnutls_x509_crt_t c, const struct certificate_wish *w)
{
	int code = gt.gnutls_x509_crt_set_dn(c, w->subject, NULL);

	for (size_t i = 0; i < w->n_names && code == 0; i++) {
		unsigned char address[16];
		unsigned n = inet_pton(AF_INET, w->names[i], address) == 1    ? 4
			     : inet_pton(AF_INET6, w->names[i], address) == 1 ? 16
									      : 0;
		unsigned how = i ? GNUTLS_FSAN_APPEND : GNUTLS_FSAN_SET;

		code = n ? gt.gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_IPADDRESS, address, n, how)
			 : gt.gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_DNSNAME, w->names[i],
								   (unsigned)strlen(w->names[i]), how);
	}
	return code;
}

/* By what others find the key that signed: a hash of it. */
static int set_key_ids(gnutls_x509_crt_t c, gnutls_x509_privkey_t key, gnutls_x509_privkey_t signer)
{
	uint8_t id[64];
	size_t n = sizeof id;
	int code = gt.gnutls_x509_privkey_get_key_id(key, 0, id, &n);

	if (!code)
		code = gt.gnutls_x509_crt_set_subject_key_id(c, id, n);
	n = sizeof id;
	if (!code)
		code = gt.gnutls_x509_privkey_get_key_id(signer, 0, id, &n);
	return code ? code : gt.gnutls_x509_crt_set_authority_key_id(c, id, n);
}

static int set_use(gnutls_x509_crt_t c, gnutls_x509_privkey_t key, const struct certificate_wish *w)
{
	/* Only RSA keys decipher. */
	unsigned use =
		GNUTLS_KEY_DIGITAL_SIGNATURE |
		(gt.gnutls_x509_privkey_get_pk_algorithm(key) == GNUTLS_PK_RSA ? GNUTLS_KEY_KEY_ENCIPHERMENT
									       : 0u);
	int code = gt.gnutls_x509_crt_set_basic_constraints(c, w->authority, w->authority ? 0 : -1);

	if (!code)
		code = gt.gnutls_x509_crt_set_key_usage(
			c, w->authority ? GNUTLS_KEY_KEY_CERT_SIGN | GNUTLS_KEY_CRL_SIGN : use);
	return code ? code : gt.gnutls_x509_crt_set_key_purpose_oid(c, GNUTLS_KP_TLS_WWW_SERVER, 0);
}

static int fill(gnutls_x509_crt_t c, gnutls_x509_privkey_t key, const struct material *issuer,
		const struct certificate_wish *w)
{
	gnutls_x509_privkey_t signer = issuer->key ? issuer->key : key;
	uint8_t serial[16];
	int code = gt.gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof serial);

	serial[0] = (uint8_t)((serial[0] & 0x7F) | 1); /* positive and not 0 */
	if (!code)
		code = gt.gnutls_x509_crt_set_version(c, 3);
	if (!code)
		code = gt.gnutls_x509_crt_set_serial(c, serial, sizeof serial);
	if (!code)
		code = gt.gnutls_x509_crt_set_activation_time(c, w->now);
	if (!code)
		code = gt.gnutls_x509_crt_set_expiration_time(
			c, w->until ? w->until : w->now + (int64_t)YEARS * 365 * 86400);
	if (!code)
		code = gt.gnutls_x509_crt_set_key(c, key);
	if (!code)
		code = set_names(c, w);
	if (!code)
		code = set_use(c, key, w);
	if (!code)
		code = set_key_ids(c, key, signer);
	return code ? code
		    : gt.gnutls_x509_crt_sign2(c, issuer->n ? issuer->chain[0] : c, signer, GNUTLS_DIG_SHA256,
					       0);
}

static int make_key(gnutls_x509_privkey_t *out, const struct certificate_wish *w)
{
	gnutls_datum_t d = { (unsigned char *)(uintptr_t)w->key.p, (unsigned)w->key.n };
	int code = gt.gnutls_x509_privkey_init(out);

	if (code)
		return code;
	if (w->key.n)
		return gt.gnutls_x509_privkey_import2(*out, &d, GNUTLS_X509_FMT_PEM, NULL, 0);
	return w->bits ? gt.gnutls_x509_privkey_generate(*out, GNUTLS_PK_RSA, w->bits, 0)
		       : gt.gnutls_x509_privkey_generate(*out, GNUTLS_PK_ECDSA,
							 GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
}

status certificate_make(const struct certificate_wish *wish, struct arena *arena, struct certificate *out,
			struct buf *pem, struct reason *why)
{
	CLEANUP_MATERIAL struct material m = { .n = 0 }, read = { .n = 0 }, issuer = { .n = 0 };
	status rc = gnutls_load(why);
	int code;

	if (!rc && wish->issuer.n)
		rc = read_pem(wish->issuer, NULL, &issuer, why);
	if (rc)
		return rc;
	code = make_key(&m.key, wish);
	if (!code)
		code = gt.gnutls_x509_crt_init(&m.chain[0]);
	if (!code) {
		m.n = 1;
		code = fill(m.chain[0], m.key, &issuer, wish);
	}
	if (code)
		return failed(code, "the certificate cannot be made", why);
	rc = write_pem(&m, pem, why);
	/* As whoever reads it will see it: GnuTLS does not show all of one that was just made. */
	if (!rc)
		rc = read_pem(buf_bytes(pem), NULL, &read, why);
	return rc ? rc : describe(arena, read.chain[0], out, why);
}

bool certificate_is_issuer(struct bytes issuer, struct bytes of)
{
	CLEANUP_MATERIAL struct material pair = { .n = 0 };
	struct bytes both[2] = { issuer, of };

	if (gnutls_load(NULL))
		return false;
	for (size_t i = 0; i < 2; i++) {
		gnutls_datum_t d = { (unsigned char *)(uintptr_t)both[i].p, (unsigned)both[i].n };
		unsigned one = 1, ok;

		if (gt.gnutls_x509_crt_list_import(&pair.chain[i], &one, &d, GNUTLS_X509_FMT_PEM, 0) < 1)
			return false;
		pair.n++;
		if (i && (gt.gnutls_x509_crt_verify(pair.chain[1], &pair.chain[0], 1,
						    GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &ok) ||
			  ok))
			return false;
	}
	return true;
}
