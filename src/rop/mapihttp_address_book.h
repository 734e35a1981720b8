/*
 * The bodies of the address book endpoint, [MS-OXCMAPIHTTP] 2.2.5, in its order.  What they mean is in
 * [MS-OXNSPI] 3.1.4.1.
 *
 * A member that begins with has_ is a byte: nonzero when what it announces follows (0xFF is written).
 * Members that are not announced are zero.
 */
#ifndef ROP_MAPIHTTP_ADDRESS_BOOK_H
#define ROP_MAPIHTTP_ADDRESS_BOOK_H

#include "rop/nspi.h"

#define MAPIHTTP_HAS 0xFF

#define MAPIHTTP_STATE(F, T) \
	F(T, U8, has_state)  \
	F(T, WHEN_ANY, has_state, 0xFF, STRUCT, state, nspi_stat)
#define MAPIHTTP_MIDS(F, T) \
	F(T, U8, has_mids)  \
	F(T, WHEN_ANY, has_mids, 0xFF, CUSTOM, mids, struct nspi_ids, nspi_ids_custom, 4)
#define MAPIHTTP_COLUMNS(F, T) \
	F(T, U8, has_columns)  \
	F(T, WHEN_ANY, has_columns, 0xFF, CUSTOM, columns, struct nspi_ids, nspi_ids_custom, 4)
#define MAPIHTTP_TAGS(F, T) \
	F(T, U8, has_tags)  \
	F(T, WHEN_ANY, has_tags, 0xFF, CUSTOM, tags, struct nspi_ids, nspi_ids_custom, 4)
#define MAPIHTTP_VALUES(F, T) \
	F(T, U8, has_values)  \
	F(T, WHEN_ANY, has_values, 0xFF, STRUCT, values, nspi_values)
#define MAPIHTTP_ROWS(F, T)                                                              \
	F(T, U8, has_rows)                                                               \
	F(T, WHEN_ANY, has_rows, 0xFF, CUSTOM, rows, struct nspi_rows, nspi_rows_custom, \
	  NSPI_ROWS_LEAST)
#define MAPIHTTP_RESULT(F, T)  \
	F(T, U32, status_code) \
	F(T, U32, error_code)
#define MAPIHTTP_AUX(F, T) F(T, BYTES, aux, 4)

/* 2.2.5.1 Bind */
#define BIND_REQUEST(F, T)   \
	F(T, U32, flags)     \
	MAPIHTTP_STATE(F, T) \
	MAPIHTTP_AUX(F, T)
#define BIND_RESPONSE(F, T)   \
	MAPIHTTP_RESULT(F, T) \
	F(T, GUID, server)    \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.2 Unbind */
#define UNBIND_REQUEST(F, T) \
	F(T, U32, reserved)  \
	MAPIHTTP_AUX(F, T)
#define UNBIND_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T) \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.3 CompareMinIds; the result is signed. */
#define COMPARE_MIDS_REQUEST(F, T) \
	F(T, U32, reserved)        \
	MAPIHTTP_STATE(F, T)       \
	F(T, U32, mid1)            \
	F(T, U32, mid2)            \
	MAPIHTTP_AUX(F, T)
#define COMPARE_MIDS_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)       \
	F(T, U32, result)           \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.4 DnToMinId; names are ASCII. */
#define DN_TO_MID_REQUEST(F, T)                                                                  \
	F(T, U32, reserved)                                                                      \
	F(T, U8, has_names)                                                                      \
	F(T, WHEN_ANY, has_names, 0xFF, CUSTOM, names, struct nspi_names, nspi_names8_custom, 4) \
	MAPIHTTP_AUX(F, T)
#define DN_TO_MID_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)    \
	MAPIHTTP_MIDS(F, T)      \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.5 GetMatches; rows is RowCount, the most of them. */
#define GET_MATCHES_REQUEST(F, T)                                                     \
	F(T, U32, reserved)                                                           \
	MAPIHTTP_STATE(F, T)                                                          \
	MAPIHTTP_MIDS(F, T)                                                           \
	F(T, U32, interface_options)                                                  \
	F(T, U8, has_filter)                                                          \
	F(T, WHEN_ANY, has_filter, 0xFF, REF, filter, restriction, RESTRICTION_LEAST) \
	F(T, U8, has_property_name)                                                   \
	F(T, WHEN_ANY, has_property_name, 0xFF, GUID, property_set)                   \
	F(T, WHEN_ANY, has_property_name, 0xFF, U32, property_id)                     \
	F(T, U32, row_count)                                                          \
	MAPIHTTP_COLUMNS(F, T)                                                        \
	MAPIHTTP_AUX(F, T)
#define GET_MATCHES_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)      \
	MAPIHTTP_STATE(F, T)       \
	MAPIHTTP_MIDS(F, T)        \
	MAPIHTTP_ROWS(F, T)        \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.6 GetPropList */
#define GET_PROP_LIST_REQUEST(F, T) \
	F(T, U32, flags)            \
	F(T, U32, mid)              \
	F(T, U32, code_page)        \
	MAPIHTTP_AUX(F, T)
#define GET_PROP_LIST_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)        \
	MAPIHTTP_TAGS(F, T)          \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.7 GetProps */
#define GET_PROPS_REQUEST(F, T) \
	F(T, U32, flags)        \
	MAPIHTTP_STATE(F, T)    \
	MAPIHTTP_TAGS(F, T)     \
	MAPIHTTP_AUX(F, T)
#define GET_PROPS_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)    \
	F(T, U32, code_page)     \
	MAPIHTTP_VALUES(F, T)    \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.8 GetSpecialTable */
#define GET_SPECIAL_TABLE_REQUEST(F, T)                 \
	F(T, U32, flags)                                \
	MAPIHTTP_STATE(F, T)                            \
	F(T, U8, has_version)                           \
	F(T, WHEN_ANY, has_version, 0xFF, U32, version) \
	MAPIHTTP_AUX(F, T)
#define GET_SPECIAL_TABLE_RESPONSE(F, T)                         \
	MAPIHTTP_RESULT(F, T)                                    \
	F(T, U32, code_page)                                     \
	F(T, U8, has_version)                                    \
	F(T, WHEN_ANY, has_version, 0xFF, U32, version)          \
	F(T, U8, has_rows)                                       \
	F(T, WHEN_ANY, has_rows, 0xFF, STRUCT, rows, nspi_table) \
	MAPIHTTP_AUX(F, T)
/* RowsCount and Rows: each row with its own tags. */
#define NSPI_TABLE(F, T)                                    \
	F(T, CUSTOM, count, uint32_t, nspi_count_custom, 4) \
	F(T, COUNTED, all, count, nspi_values)
/* 2.2.5.9 GetTemplateInfo; the DN is ASCII. */
#define GET_TEMPLATE_INFO_REQUEST(F, T)                          \
	F(T, U32, flags)                                         \
	F(T, U32, display_type)                                  \
	F(T, U8, has_template_dn)                                \
	F(T, WHEN_ANY, has_template_dn, 0xFF, STR8, template_dn) \
	F(T, U32, code_page)                                     \
	F(T, U32, locale)                                        \
	MAPIHTTP_AUX(F, T)
#define GET_TEMPLATE_INFO_RESPONSE(F, T)                        \
	MAPIHTTP_RESULT(F, T)                                   \
	F(T, U32, code_page)                                    \
	F(T, U8, has_row)                                       \
	F(T, WHEN_ANY, has_row, 0xFF, STRUCT, row, nspi_values) \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.10 ModLinkAtt; entry ids as nspi_entryid_decode reads them. */
#define NSPI_BINARIES(F, T)                                 \
	F(T, CUSTOM, count, uint32_t, nspi_count_custom, 4) \
	F(T, COUNTED, all, count, nspi_binary)
#define MOD_LINK_ATT_REQUEST(F, T)                                          \
	F(T, U32, flags)                                                    \
	F(T, U32, tag)                                                      \
	F(T, U32, mid)                                                      \
	F(T, U8, has_entryids)                                              \
	F(T, WHEN_ANY, has_entryids, 0xFF, STRUCT, entryids, nspi_binaries) \
	MAPIHTTP_AUX(F, T)
#define MOD_LINK_ATT_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)       \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.11 ModProps; tags are of what is to be removed. */
#define MOD_PROPS_REQUEST(F, T) \
	F(T, U32, reserved)     \
	MAPIHTTP_STATE(F, T)    \
	MAPIHTTP_TAGS(F, T)     \
	MAPIHTTP_VALUES(F, T)   \
	MAPIHTTP_AUX(F, T)
#define MOD_PROPS_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)    \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.12 QueryRows; the explicit table is there even when it is empty. */
#define QUERY_ROWS_REQUEST(F, T)                                          \
	F(T, U32, flags)                                                  \
	MAPIHTTP_STATE(F, T)                                              \
	F(T, CUSTOM, explicit_table, struct nspi_ids, nspi_ids_custom, 4) \
	F(T, U32, row_count)                                              \
	MAPIHTTP_COLUMNS(F, T)                                            \
	MAPIHTTP_AUX(F, T)
#define QUERY_ROWS_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)     \
	MAPIHTTP_STATE(F, T)      \
	MAPIHTTP_ROWS(F, T)       \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.13 QueryColumns */
#define QUERY_COLUMNS_REQUEST(F, T) \
	F(T, U32, reserved)         \
	F(T, U32, flags)            \
	MAPIHTTP_AUX(F, T)
#define QUERY_COLUMNS_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)        \
	MAPIHTTP_COLUMNS(F, T)       \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.14 ResolveNames; names are UTF-16LE. */
#define RESOLVE_NAMES_REQUEST(F, T)                                                               \
	F(T, U32, reserved)                                                                       \
	MAPIHTTP_STATE(F, T)                                                                      \
	MAPIHTTP_TAGS(F, T)                                                                       \
	F(T, U8, has_names)                                                                       \
	F(T, WHEN_ANY, has_names, 0xFF, CUSTOM, names, struct nspi_names, nspi_names16_custom, 4) \
	MAPIHTTP_AUX(F, T)
#define RESOLVE_NAMES_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)        \
	F(T, U32, code_page)         \
	MAPIHTTP_MIDS(F, T)          \
	MAPIHTTP_ROWS(F, T)          \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.15 ResortRestriction */
#define RESORT_RESTRICTION_REQUEST(F, T) \
	F(T, U32, reserved)              \
	MAPIHTTP_STATE(F, T)             \
	MAPIHTTP_MIDS(F, T)              \
	MAPIHTTP_AUX(F, T)
#define RESORT_RESTRICTION_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)             \
	MAPIHTTP_STATE(F, T)              \
	MAPIHTTP_MIDS(F, T)               \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.16 SeekEntries */
#define SEEK_ENTRIES_REQUEST(F, T)                                                        \
	F(T, U32, reserved)                                                               \
	MAPIHTTP_STATE(F, T)                                                              \
	F(T, U8, has_target)                                                              \
	F(T, WHEN_ANY, has_target, 0xFF, STRUCT, target, tagged_value)                    \
	F(T, U8, has_explicit_table)                                                      \
	F(T, WHEN_ANY, has_explicit_table, 0xFF, CUSTOM, explicit_table, struct nspi_ids, \
	  nspi_ids_custom, 4)                                                             \
	MAPIHTTP_COLUMNS(F, T)                                                            \
	MAPIHTTP_AUX(F, T)
#define SEEK_ENTRIES_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)       \
	MAPIHTTP_STATE(F, T)        \
	MAPIHTTP_ROWS(F, T)         \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.17 UpdateStat; the delta is signed. */
#define UPDATE_STAT_REQUEST(F, T) \
	F(T, U32, reserved)       \
	MAPIHTTP_STATE(F, T)      \
	F(T, U8, delta_requested) \
	MAPIHTTP_AUX(F, T)
#define UPDATE_STAT_RESPONSE(F, T)                  \
	MAPIHTTP_RESULT(F, T)                       \
	MAPIHTTP_STATE(F, T)                        \
	F(T, U8, has_delta)                         \
	F(T, WHEN_ANY, has_delta, 0xFF, U32, delta) \
	MAPIHTTP_AUX(F, T)
/* 2.2.5.18 GetMailboxUrl, 2.2.5.19 GetAddressBookUrl; texts are UTF-16LE. */
#define GET_MAILBOX_URL_REQUEST(F, T) \
	F(T, U32, flags)              \
	F(T, STR16, server_dn)        \
	MAPIHTTP_AUX(F, T)
#define GET_MAILBOX_URL_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)          \
	F(T, STR16, url)               \
	MAPIHTTP_AUX(F, T)
#define GET_ADDRESS_BOOK_URL_REQUEST(F, T) \
	F(T, U32, flags)                   \
	F(T, STR16, user_dn)               \
	MAPIHTTP_AUX(F, T)
#define GET_ADDRESS_BOOK_URL_RESPONSE(F, T) \
	MAPIHTTP_RESULT(F, T)               \
	F(T, STR16, url)                    \
	MAPIHTTP_AUX(F, T)

/* 2.2.5.2.3: the one failure with an error code. */
#define UNBIND_FAILURE(F, T)  \
	MAPIHTTP_RESULT(F, T) \
	MAPIHTTP_AUX(F, T)

/* The bodies: what X-RequestType says, in small letters. */
#define MAPIHTTP_ADDRESS_BOOK_BODIES(B)                               \
	B(bind_request, BIND_REQUEST)                                 \
	B(bind_response, BIND_RESPONSE)                               \
	B(unbind_request, UNBIND_REQUEST)                             \
	B(unbind_response, UNBIND_RESPONSE)                           \
	B(unbind_failure, UNBIND_FAILURE)                             \
	B(compare_mids_request, COMPARE_MIDS_REQUEST)                 \
	B(compare_mids_response, COMPARE_MIDS_RESPONSE)               \
	B(dn_to_mid_request, DN_TO_MID_REQUEST)                       \
	B(dn_to_mid_response, DN_TO_MID_RESPONSE)                     \
	B(get_matches_request, GET_MATCHES_REQUEST)                   \
	B(get_matches_response, GET_MATCHES_RESPONSE)                 \
	B(get_prop_list_request, GET_PROP_LIST_REQUEST)               \
	B(get_prop_list_response, GET_PROP_LIST_RESPONSE)             \
	B(get_props_request, GET_PROPS_REQUEST)                       \
	B(get_props_response, GET_PROPS_RESPONSE)                     \
	B(get_special_table_request, GET_SPECIAL_TABLE_REQUEST)       \
	B(get_special_table_response, GET_SPECIAL_TABLE_RESPONSE)     \
	B(get_template_info_request, GET_TEMPLATE_INFO_REQUEST)       \
	B(get_template_info_response, GET_TEMPLATE_INFO_RESPONSE)     \
	B(mod_link_att_request, MOD_LINK_ATT_REQUEST)                 \
	B(mod_link_att_response, MOD_LINK_ATT_RESPONSE)               \
	B(mod_props_request, MOD_PROPS_REQUEST)                       \
	B(mod_props_response, MOD_PROPS_RESPONSE)                     \
	B(query_columns_request, QUERY_COLUMNS_REQUEST)               \
	B(query_columns_response, QUERY_COLUMNS_RESPONSE)             \
	B(query_rows_request, QUERY_ROWS_REQUEST)                     \
	B(query_rows_response, QUERY_ROWS_RESPONSE)                   \
	B(resolve_names_request, RESOLVE_NAMES_REQUEST)               \
	B(resolve_names_response, RESOLVE_NAMES_RESPONSE)             \
	B(resort_restriction_request, RESORT_RESTRICTION_REQUEST)     \
	B(resort_restriction_response, RESORT_RESTRICTION_RESPONSE)   \
	B(seek_entries_request, SEEK_ENTRIES_REQUEST)                 \
	B(seek_entries_response, SEEK_ENTRIES_RESPONSE)               \
	B(update_stat_request, UPDATE_STAT_REQUEST)                   \
	B(update_stat_response, UPDATE_STAT_RESPONSE)                 \
	B(get_mailbox_url_request, GET_MAILBOX_URL_REQUEST)           \
	B(get_mailbox_url_response, GET_MAILBOX_URL_RESPONSE)         \
	B(get_address_book_url_request, GET_ADDRESS_BOOK_URL_REQUEST) \
	B(get_address_book_url_response, GET_ADDRESS_BOOK_URL_RESPONSE)

WIRE_DECLARE(nspi_table, NSPI_TABLE)
WIRE_DECLARE(nspi_binaries, NSPI_BINARIES)
MAPIHTTP_ADDRESS_BOOK_BODIES(WIRE_DECLARE)

#endif
