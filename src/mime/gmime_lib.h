/* The functions of GMime that are used; it is loaded when mail is read. */
#ifndef MIME_GMIME_LIB_H
#define MIME_GMIME_LIB_H

#include <gmime/gmime.h>

#include "base/library.h"

#define GMIME_FUNCTIONS(F)                                 \
	F(g_date_time_to_unix)                             \
	F(g_date_time_unref)                               \
	F(g_free)                                          \
	F(g_mime_content_disposition_get_parameter)        \
	F(g_mime_content_disposition_is_attachment)        \
	F(g_mime_content_disposition_parse)                \
	F(g_mime_content_type_get_media_subtype)           \
	F(g_mime_content_type_get_media_type)              \
	F(g_mime_content_type_get_parameter)               \
	F(g_mime_content_type_parse)                       \
	F(g_mime_encoding_flush)                           \
	F(g_mime_encoding_init_decode)                     \
	F(g_mime_encoding_outlen)                          \
	F(g_mime_encoding_step)                            \
	F(g_mime_init)                                     \
	F(g_mime_parser_options_new)                       \
	F(g_mime_parser_options_set_allow_addresses_without_domain) \
	F(g_mime_parser_options_set_fallback_charsets)     \
	F(g_mime_utils_header_decode_date)                 \
	F(g_object_unref)                                  \
	F(g_type_check_instance_is_a)                      \
	F(g_utf8_make_valid)                               \
	F(internet_address_get_name)                       \
	F(internet_address_group_get_members)              \
	F(internet_address_group_get_type)                 \
	F(internet_address_list_get_address)               \
	F(internet_address_list_length)                    \
	F(internet_address_list_parse)                     \
	F(internet_address_mailbox_get_addr)

LIBRARY_DECLARE(gmime_functions, GMIME_FUNCTIONS)

/* Once mime_libraries() has succeeded. */
extern struct gmime_functions gmime;

#endif
