/*
 * Property ROPs ([MS-OXCROPS] 2.2.8): what they mean is in [MS-OXCPRPT] 2.2.
 */
#ifndef ROP_ROPS_PROPERTY_H
#define ROP_ROPS_PROPERTY_H

#include "rop/rops_common.h"

/* [MS-OXCROPS] 2.2.8.1 RopGetPropertyIdsFromNames */
#define ROP_GET_PROPERTY_IDS_FROM_NAMES_REQUEST(F, T) \
	F(T, U8, flags)                               \
	F(T, ARRAY, property_names, 2, property_name)
#define ROP_GET_PROPERTY_IDS_FROM_NAMES_RESPONSE(F, T) F(T, NUMBERS, property_ids, 2, 16)
/* [MS-OXCROPS] 2.2.8.2 RopGetNamesFromPropertyIds */
#define ROP_GET_NAMES_FROM_PROPERTY_IDS_REQUEST(F, T)  F(T, NUMBERS, property_ids, 2, 16)
#define ROP_GET_NAMES_FROM_PROPERTY_IDS_RESPONSE(F, T) F(T, ARRAY, property_names, 2, property_name)
/* [MS-OXCROPS] 2.2.8.3 RopGetPropertiesSpecific */
#define ROP_GET_PROPERTIES_SPECIFIC_REQUEST(F, T) \
	F(T, U16, property_size_limit)            \
	F(T, U16, want_unicode)                   \
	F(T, NUMBERS, property_tags, 2, 32)
/*
 * [MS-OXCROPS] 2.2.8.3 RopGetPropertiesSpecific: a PropertyRow with the tags of the request
 * for columns.
 */
#define ROP_GET_PROPERTIES_SPECIFIC_RESPONSE(F, T) \
	F(T, CUSTOM, row_data, struct bytes, rop_row_custom, 1)
/* [MS-OXCROPS] 2.2.8.4 RopGetPropertiesAll */
#define ROP_GET_PROPERTIES_ALL_REQUEST(F, T) \
	F(T, U16, property_size_limit)       \
	F(T, U16, want_unicode)
/* [MS-OXCROPS] 2.2.8.5 RopGetPropertiesList */
/* [MS-OXCROPS] 2.2.8.6 RopSetProperties: the values are property_values.all. */
#define ROP_SET_PROPERTIES_REQUEST(F, T) F(T, SIZED, property_values, 2, tagged_values)
/* [MS-OXCROPS] 2.2.8.7 RopSetPropertiesNoReplicate */
#define ROP_SET_PROPERTIES_NO_REPLICATE_REQUEST(F, T) F(T, SIZED, property_values, 2, tagged_values)
/* [MS-OXCROPS] 2.2.8.8 RopDeleteProperties */
/* [MS-OXCROPS] 2.2.8.9 RopDeletePropertiesNoReplicate */
/* [MS-OXCROPS] 2.2.8.10 RopQueryNamedProperties */
#define ROP_QUERY_NAMED_PROPERTIES_REQUEST(F, T) \
	F(T, U8, query_flags)                    \
	F(T, U8, has_guid)                       \
	F(T, WHEN_ANY, has_guid, 0xFF, GUID, property_guid)
/* [MS-OXCROPS] 2.2.8.10 RopQueryNamedProperties: as many names as ids. */
#define ROP_QUERY_NAMED_PROPERTIES_RESPONSE(F, T) \
	F(T, NUMBERS, property_ids, 2, 16)        \
	F(T, COUNTED, property_names, property_ids.n, property_name)
/* [MS-OXCROPS] 2.2.8.11 RopCopyProperties */
#define ROP_COPY_PROPERTIES_REQUEST(F, T) \
	F(T, U8, dest_handle_index)       \
	F(T, U8, want_asynchronous)       \
	F(T, U8, copy_flags)              \
	F(T, NUMBERS, property_tags, 2, 32)
/* [MS-OXCROPS] 2.2.8.12 RopCopyTo */
#define ROP_COPY_TO_REQUEST(F, T)   \
	F(T, U8, dest_handle_index) \
	F(T, U8, want_asynchronous) \
	F(T, U8, want_sub_objects)  \
	F(T, U8, copy_flags)        \
	F(T, NUMBERS, excluded_tags, 2, 32)
/*
 * [MS-OXCROPS] 2.2.8.13 RopProgress: the response may also answer any ROP that was asked for
 * asynchronously.
 */
#define ROP_PROGRESS_REQUEST(F, T) F(T, U8, want_cancel)
#define ROP_PROGRESS_RESPONSE(F, T)     \
	F(T, U8, logon_id)              \
	F(T, U32, completed_task_count) \
	F(T, U32, total_task_count)

WIRE_DECLARE(rop_get_property_ids_from_names_request, ROP_GET_PROPERTY_IDS_FROM_NAMES_REQUEST)
WIRE_DECLARE(rop_get_property_ids_from_names_response, ROP_GET_PROPERTY_IDS_FROM_NAMES_RESPONSE)
WIRE_DECLARE(rop_get_names_from_property_ids_request, ROP_GET_NAMES_FROM_PROPERTY_IDS_REQUEST)
WIRE_DECLARE(rop_get_names_from_property_ids_response, ROP_GET_NAMES_FROM_PROPERTY_IDS_RESPONSE)
WIRE_DECLARE(rop_get_properties_specific_request, ROP_GET_PROPERTIES_SPECIFIC_REQUEST)
WIRE_DECLARE(rop_get_properties_specific_response, ROP_GET_PROPERTIES_SPECIFIC_RESPONSE)
WIRE_DECLARE(rop_get_properties_all_request, ROP_GET_PROPERTIES_ALL_REQUEST)
WIRE_DECLARE(rop_get_properties_all_response, ROP_PROPERTY_VALUES)
WIRE_DECLARE(rop_get_properties_list_response, ROP_PROPERTY_TAGS)
WIRE_DECLARE(rop_set_properties_request, ROP_SET_PROPERTIES_REQUEST)
WIRE_DECLARE(rop_set_properties_response, ROP_PROPERTY_PROBLEMS)
WIRE_DECLARE(rop_set_properties_no_replicate_request, ROP_SET_PROPERTIES_NO_REPLICATE_REQUEST)
WIRE_DECLARE(rop_set_properties_no_replicate_response, ROP_PROPERTY_PROBLEMS)
WIRE_DECLARE(rop_delete_properties_request, ROP_PROPERTY_TAGS)
WIRE_DECLARE(rop_delete_properties_response, ROP_PROPERTY_PROBLEMS)
WIRE_DECLARE(rop_delete_properties_no_replicate_request, ROP_PROPERTY_TAGS)
WIRE_DECLARE(rop_delete_properties_no_replicate_response, ROP_PROPERTY_PROBLEMS)
WIRE_DECLARE(rop_query_named_properties_request, ROP_QUERY_NAMED_PROPERTIES_REQUEST)
WIRE_DECLARE(rop_query_named_properties_response, ROP_QUERY_NAMED_PROPERTIES_RESPONSE)
WIRE_DECLARE(rop_copy_properties_request, ROP_COPY_PROPERTIES_REQUEST)
WIRE_DECLARE(rop_copy_properties_response, ROP_PROPERTY_PROBLEMS)
WIRE_DECLARE(rop_copy_properties_null_destination, ROP_NULL_DESTINATION)
WIRE_DECLARE(rop_copy_to_request, ROP_COPY_TO_REQUEST)
WIRE_DECLARE(rop_copy_to_response, ROP_PROPERTY_PROBLEMS)
WIRE_DECLARE(rop_copy_to_null_destination, ROP_NULL_DESTINATION)
WIRE_DECLARE(rop_progress_request, ROP_PROGRESS_REQUEST)
WIRE_DECLARE(rop_progress_response, ROP_PROGRESS_RESPONSE)

#endif
