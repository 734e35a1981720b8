/*
 * The functions of GnuTLS that are used; it is loaded when TLS is first spoken, or a certificate made or read.
 */
#ifndef NET_GNUTLS_LIBRARY_H
#define NET_GNUTLS_LIBRARY_H

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/pkcs12.h>
#include <gnutls/x509.h>

#include "base/library.h"

#define GNUTLS_FUNCTIONS(F)                                \
	F(gnutls_alert_get)                                \
	F(gnutls_alert_get_name)                           \
	F(gnutls_alpn_set_protocols)                       \
	F(gnutls_bye)                                      \
	F(gnutls_certificate_allocate_credentials)         \
	F(gnutls_certificate_free_credentials)             \
	F(gnutls_certificate_get_ours)                     \
	F(gnutls_certificate_set_x509_key_mem)             \
	F(gnutls_certificate_set_x509_system_trust)        \
	F(gnutls_certificate_set_x509_trust_mem)           \
	F(gnutls_cipher_get)                               \
	F(gnutls_cipher_get_name)                          \
	F(gnutls_credentials_set)                          \
	F(gnutls_deinit)                                   \
	F(gnutls_error_is_fatal)                           \
	F(gnutls_handshake)                                \
	F(gnutls_handshake_set_post_client_hello_function) \
	F(gnutls_hash_fast)                                \
	F(gnutls_init)                                     \
	F(gnutls_pkcs12_deinit)                            \
	F(gnutls_pkcs12_import)                            \
	F(gnutls_pkcs12_init)                              \
	F(gnutls_pkcs12_simple_parse)                      \
	F(gnutls_priority_deinit)                          \
	F(gnutls_priority_init)                            \
	F(gnutls_priority_set)                             \
	F(gnutls_protocol_get_name)                        \
	F(gnutls_protocol_get_version)                     \
	F(gnutls_record_check_pending)                     \
	F(gnutls_record_get_direction)                     \
	F(gnutls_record_recv)                              \
	F(gnutls_record_send)                              \
	F(gnutls_rnd)                                      \
	F(gnutls_server_name_get)                          \
	F(gnutls_server_name_set)                          \
	F(gnutls_session_get_ptr)                          \
	F(gnutls_session_is_resumed)                       \
	F(gnutls_session_set_ptr)                          \
	F(gnutls_session_set_verify_cert)                  \
	F(gnutls_session_ticket_enable_server)             \
	F(gnutls_session_ticket_key_generate)              \
	F(gnutls_sign_get_hash_algorithm)                  \
	F(gnutls_strerror)                                 \
	F(gnutls_transport_set_int2)                       \
	F(gnutls_x509_crt_check_hostname)                  \
	F(gnutls_x509_crt_check_issuer)                    \
	F(gnutls_x509_crt_deinit)                          \
	F(gnutls_x509_crt_export)                          \
	F(gnutls_x509_crt_get_activation_time)             \
	F(gnutls_x509_crt_get_dn)                          \
	F(gnutls_x509_crt_get_expiration_time)             \
	F(gnutls_x509_crt_get_fingerprint)                 \
	F(gnutls_x509_crt_get_issuer_dn)                   \
	F(gnutls_x509_crt_get_key_id)                      \
	F(gnutls_x509_crt_get_pk_algorithm)                \
	F(gnutls_x509_crt_get_serial)                      \
	F(gnutls_x509_crt_get_signature_algorithm)         \
	F(gnutls_x509_crt_get_subject_alt_name)            \
	F(gnutls_x509_crt_import)                          \
	F(gnutls_x509_crt_init)                            \
	F(gnutls_x509_crt_list_import)                     \
	F(gnutls_x509_crt_set_activation_time)             \
	F(gnutls_x509_crt_set_authority_key_id)            \
	F(gnutls_x509_crt_set_basic_constraints)           \
	F(gnutls_x509_crt_set_dn)                          \
	F(gnutls_x509_crt_set_expiration_time)             \
	F(gnutls_x509_crt_set_key)                         \
	F(gnutls_x509_crt_set_key_purpose_oid)             \
	F(gnutls_x509_crt_set_key_usage)                   \
	F(gnutls_x509_crt_set_serial)                      \
	F(gnutls_x509_crt_set_subject_alt_name)            \
	F(gnutls_x509_crt_set_subject_key_id)              \
	F(gnutls_x509_crt_set_version)                     \
	F(gnutls_x509_crt_sign2)                           \
	F(gnutls_x509_crt_verify)                          \
	F(gnutls_x509_privkey_deinit)                      \
	F(gnutls_x509_privkey_export)                      \
	F(gnutls_x509_privkey_generate)                    \
	F(gnutls_x509_privkey_get_key_id)                  \
	F(gnutls_x509_privkey_get_pk_algorithm)            \
	F(gnutls_x509_privkey_import2)                     \
	F(gnutls_x509_privkey_init)

LIBRARY_DECLARE(gnutls_functions, GNUTLS_FUNCTIONS)

/* Once gnutls_load() has succeeded; from any thread. */
extern struct gnutls_functions gt;
status gnutls_load(struct reason *why) MUST;

#endif
