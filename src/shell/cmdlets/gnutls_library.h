/* The functions of GnuTLS that are used; it is loaded when a certificate is made or read. */
#ifndef SHELL_CMDLETS_GNUTLS_LIBRARY_H
#define SHELL_CMDLETS_GNUTLS_LIBRARY_H

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>

#include "base/library.h"

#define GNUTLS_FUNCTIONS(F)                      \
	F(gnutls_pkcs12_deinit)              \
	F(gnutls_pkcs12_import)              \
	F(gnutls_pkcs12_init)                \
	F(gnutls_pkcs12_simple_parse)        \
	F(gnutls_rnd)                        \
	F(gnutls_strerror)                   \
	F(gnutls_x509_crt_check_issuer)      \
	F(gnutls_x509_crt_deinit)            \
	F(gnutls_x509_crt_export)            \
	F(gnutls_x509_crt_get_activation_time) \
	F(gnutls_x509_crt_get_dn)            \
	F(gnutls_x509_crt_get_expiration_time) \
	F(gnutls_x509_crt_get_fingerprint)   \
	F(gnutls_x509_crt_get_issuer_dn)     \
	F(gnutls_x509_crt_get_key_id)        \
	F(gnutls_x509_crt_get_pk_algorithm)  \
	F(gnutls_x509_crt_get_serial)        \
	F(gnutls_x509_crt_get_subject_alt_name) \
	F(gnutls_x509_crt_import)            \
	F(gnutls_x509_crt_init)              \
	F(gnutls_x509_crt_list_import)       \
	F(gnutls_x509_crt_set_activation_time) \
	F(gnutls_x509_crt_set_basic_constraints) \
	F(gnutls_x509_crt_set_dn)            \
	F(gnutls_x509_crt_set_expiration_time) \
	F(gnutls_x509_crt_set_key)           \
	F(gnutls_x509_crt_set_key_purpose_oid) \
	F(gnutls_x509_crt_set_key_usage)     \
	F(gnutls_x509_crt_set_serial)        \
	F(gnutls_x509_crt_set_subject_alt_name) \
	F(gnutls_x509_crt_set_version)       \
	F(gnutls_x509_crt_sign2)             \
	F(gnutls_x509_privkey_deinit)        \
	F(gnutls_x509_privkey_export)        \
	F(gnutls_x509_privkey_generate)      \
	F(gnutls_x509_privkey_get_key_id)    \
	F(gnutls_x509_privkey_import2)       \
	F(gnutls_x509_privkey_init)

LIBRARY_DECLARE(gnutls_functions, GNUTLS_FUNCTIONS)

/* Once gnutls_load() has succeeded. */
extern struct gnutls_functions tls;
status gnutls_load(struct reason *why) MUST;

#endif
