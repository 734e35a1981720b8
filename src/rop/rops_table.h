/*
 * Table ROPs ([MS-OXCROPS] 2.2.5): what they mean is in [MS-OXCTABL] 2.2.2.
 *
 * Restrictions come as bytes, for restriction_decode (mapi/restriction.h, WIRE_COUNTS_16).
 */
#ifndef ROP_ROPS_TABLE_H
#define ROP_ROPS_TABLE_H

#include "mapi/restriction.h"
#include "rop/rops_common.h"

/* [MS-OXCROPS] 2.2.5.1 RopSetColumns */
#define ROP_SET_COLUMNS_REQUEST(F, T) \
	F(T, U8, set_columns_flags)   \
	F(T, NUMBERS, property_tags, 2, 32)
/* [MS-OXCROPS] 2.2.5.2 RopSortTable */
#define ROP_SORT_TABLE_REQUEST(F, T) \
	F(T, U8, sort_table_flags)   \
	F(T, U16, sort_order_count)  \
	F(T, U16, category_count)    \
	F(T, U16, expanded_count)    \
	F(T, COUNTED, sort_orders, sort_order_count, sort_order)
/* [MS-OXCROPS] 2.2.5.3 RopRestrict */
#define ROP_RESTRICT_REQUEST(F, T) \
	F(T, U8, restrict_flags)   \
	F(T, BYTES, restriction_data, 2)
/* [MS-OXCROPS] 2.2.5.4 RopQueryRows */
#define ROP_QUERY_ROWS_REQUEST(F, T) \
	F(T, U8, query_rows_flags)   \
	F(T, U8, forward_read)       \
	F(T, U16, row_count)
#define ROP_QUERY_ROWS_RESPONSE(F, T) \
	F(T, U8, origin)              \
	F(T, CUSTOM, rows, struct rop_rows, rop_rows_custom, 2)
/* [MS-OXCROPS] 2.2.5.5 RopAbort */
/* [MS-OXCROPS] 2.2.5.6 RopGetStatus */
/* [MS-OXCROPS] 2.2.5.7 RopQueryPosition */
#define ROP_QUERY_POSITION_RESPONSE(F, T) \
	F(T, U32, numerator)              \
	F(T, U32, denominator)
/* [MS-OXCROPS] 2.2.5.8 RopSeekRow: RowCount and RowsSought are signed numbers (int32_t). */
#define ROP_SEEK_ROW_REQUEST(F, T) \
	F(T, U8, origin)           \
	F(T, U32, row_count)       \
	F(T, U8, want_row_moved_count)
#define ROP_SEEK_ROW_RESPONSE(F, T) \
	F(T, U8, has_sought_less)   \
	F(T, U32, rows_sought)
/* [MS-OXCROPS] 2.2.5.9 RopSeekRowBookmark */
#define ROP_SEEK_ROW_BOOKMARK_REQUEST(F, T) \
	F(T, BYTES, bookmark, 2)            \
	F(T, U32, row_count)                \
	F(T, U8, want_row_moved_count)
#define ROP_SEEK_ROW_BOOKMARK_RESPONSE(F, T) \
	F(T, U8, row_no_longer_visible)      \
	F(T, U8, has_sought_less)            \
	F(T, U32, rows_sought)
/* [MS-OXCROPS] 2.2.5.10 RopSeekRowFractional */
#define ROP_SEEK_ROW_FRACTIONAL_REQUEST(F, T) \
	F(T, U32, numerator)                  \
	F(T, U32, denominator)
/* [MS-OXCROPS] 2.2.5.11 RopCreateBookmark */
/* [MS-OXCROPS] 2.2.5.12 RopQueryColumnsAll */
/* [MS-OXCROPS] 2.2.5.13 RopFindRow */
#define ROP_FIND_ROW_REQUEST(F, T)       \
	F(T, U8, find_row_flags)         \
	F(T, BYTES, restriction_data, 2) \
	F(T, U8, origin)                 \
	F(T, BYTES, bookmark, 2)
#define ROP_FIND_ROW_RESPONSE(F, T)     \
	F(T, U8, row_no_longer_visible) \
	F(T, U8, has_row_data)          \
	F(T, WHEN_ANY, has_row_data, 0xFF, CUSTOM, row_data, struct bytes, rop_row_custom, 1)
/* [MS-OXCROPS] 2.2.5.14 RopFreeBookmark */
/* [MS-OXCROPS] 2.2.5.16 RopExpandRow */
#define ROP_EXPAND_ROW_REQUEST(F, T) \
	F(T, U16, max_row_count)     \
	F(T, U64, category_id)
#define ROP_EXPAND_ROW_RESPONSE(F, T) \
	F(T, U32, expanded_row_count) \
	F(T, CUSTOM, rows, struct rop_rows, rop_rows_custom, 2)
/* [MS-OXCROPS] 2.2.5.17 RopCollapseRow */
#define ROP_COLLAPSE_ROW_REQUEST(F, T)  F(T, U64, category_id)
#define ROP_COLLAPSE_ROW_RESPONSE(F, T) F(T, U32, collapsed_row_count)
/* [MS-OXCROPS] 2.2.5.18 RopGetCollapseState */
#define ROP_GET_COLLAPSE_STATE_REQUEST(F, T) \
	F(T, U64, row_id)                    \
	F(T, U32, row_instance_number)
#define ROP_GET_COLLAPSE_STATE_RESPONSE(F, T) F(T, BYTES, collapse_state, 2)
/* [MS-OXCROPS] 2.2.5.19 RopSetCollapseState */
#define ROP_SET_COLLAPSE_STATE_REQUEST(F, T) F(T, BYTES, collapse_state, 2)

WIRE_DECLARE(rop_set_columns_request, ROP_SET_COLUMNS_REQUEST)
WIRE_DECLARE(rop_set_columns_response, ROP_TABLE_STATUS)
WIRE_DECLARE(rop_sort_table_request, ROP_SORT_TABLE_REQUEST)
WIRE_DECLARE(rop_sort_table_response, ROP_TABLE_STATUS)
WIRE_DECLARE(rop_restrict_request, ROP_RESTRICT_REQUEST)
WIRE_DECLARE(rop_restrict_response, ROP_TABLE_STATUS)
WIRE_DECLARE(rop_query_rows_request, ROP_QUERY_ROWS_REQUEST)
WIRE_DECLARE(rop_query_rows_response, ROP_QUERY_ROWS_RESPONSE)
WIRE_DECLARE(rop_abort_response, ROP_TABLE_STATUS)
WIRE_DECLARE(rop_get_status_response, ROP_TABLE_STATUS)
WIRE_DECLARE(rop_query_position_response, ROP_QUERY_POSITION_RESPONSE)
WIRE_DECLARE(rop_seek_row_request, ROP_SEEK_ROW_REQUEST)
WIRE_DECLARE(rop_seek_row_response, ROP_SEEK_ROW_RESPONSE)
WIRE_DECLARE(rop_seek_row_bookmark_request, ROP_SEEK_ROW_BOOKMARK_REQUEST)
WIRE_DECLARE(rop_seek_row_bookmark_response, ROP_SEEK_ROW_BOOKMARK_RESPONSE)
WIRE_DECLARE(rop_seek_row_fractional_request, ROP_SEEK_ROW_FRACTIONAL_REQUEST)
WIRE_DECLARE(rop_create_bookmark_response, ROP_BOOKMARK)
WIRE_DECLARE(rop_query_columns_all_response, ROP_PROPERTY_TAGS)
WIRE_DECLARE(rop_find_row_request, ROP_FIND_ROW_REQUEST)
WIRE_DECLARE(rop_find_row_response, ROP_FIND_ROW_RESPONSE)
WIRE_DECLARE(rop_free_bookmark_request, ROP_BOOKMARK)
WIRE_DECLARE(rop_expand_row_request, ROP_EXPAND_ROW_REQUEST)
WIRE_DECLARE(rop_expand_row_response, ROP_EXPAND_ROW_RESPONSE)
WIRE_DECLARE(rop_collapse_row_request, ROP_COLLAPSE_ROW_REQUEST)
WIRE_DECLARE(rop_collapse_row_response, ROP_COLLAPSE_ROW_RESPONSE)
WIRE_DECLARE(rop_get_collapse_state_request, ROP_GET_COLLAPSE_STATE_REQUEST)
WIRE_DECLARE(rop_get_collapse_state_response, ROP_GET_COLLAPSE_STATE_RESPONSE)
WIRE_DECLARE(rop_set_collapse_state_request, ROP_SET_COLLAPSE_STATE_REQUEST)
WIRE_DECLARE(rop_set_collapse_state_response, ROP_BOOKMARK)

#endif
