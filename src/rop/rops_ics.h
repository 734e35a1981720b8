/*
 * Incremental change synchronization ROPs ([MS-OXCROPS] 2.2.13): what they mean is in [MS-OXCFXICS]
 * 2.2.3.2.
 */
#ifndef ROP_ROPS_ICS_H
#define ROP_ROPS_ICS_H

#include "rop/rops_common.h"

/* [MS-OXCROPS] 2.2.13.3.1.1 MessageReadState. */
#define MESSAGE_READ_STATE(F, T)   \
	F(T, BYTES, message_id, 2) \
	F(T, U8, mark_as_read)
/* [MS-OXCROPS] 2.2.13.12.1.1 LongTermIdRange. */
#define LONG_TERM_ID_RANGE(F, T)                     \
	F(T, STRUCT, min_long_term_id, long_term_id) \
	F(T, STRUCT, max_long_term_id, long_term_id)

WIRE_DECLARE(message_read_state, MESSAGE_READ_STATE)
WIRE_DECLARE(long_term_id_range, LONG_TERM_ID_RANGE)

/* As many as fill their bytes. */
struct message_read_states {
	uint32_t n;
	struct message_read_state *v;
};

extern const struct wire_custom message_read_states_custom;

/* [MS-OXCROPS] 2.2.13.12.1 LongTermIdRangeCount and LongTermIdRanges. */
#define LONG_TERM_ID_RANGES(F, T) F(T, ARRAY, all, 4, long_term_id_range)
/*
 * [MS-OXCROPS] 2.2.13.1 RopSynchronizationConfigure: RestrictionData is for restriction_decode
 * (mapi/restriction.h).
 */
#define ROP_SYNCHRONIZATION_CONFIGURE_REQUEST(F, T) \
	F(T, U8, output_handle_index)               \
	F(T, U8, synchronization_type)              \
	F(T, U8, send_options)                      \
	F(T, U16, synchronization_flags)            \
	F(T, BYTES, restriction_data, 2)            \
	F(T, U32, synchronization_extra_flags)      \
	F(T, NUMBERS, property_tags, 2, 32)
/* [MS-OXCROPS] 2.2.13.2 RopSynchronizationImportMessageChange */
#define ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE_REQUEST(F, T) \
	F(T, U8, output_handle_index)                           \
	F(T, U8, import_flag)                                   \
	F(T, ARRAY, property_values, 2, tagged_value)
/* [MS-OXCROPS] 2.2.13.3 RopSynchronizationImportReadStateChanges */
#define ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES_REQUEST(F, T) \
	F(T, CUSTOM, message_read_states, struct message_read_states, message_read_states_custom, 2)
/* [MS-OXCROPS] 2.2.13.4 RopSynchronizationImportHierarchyChange */
#define ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE_REQUEST(F, T) \
	F(T, ARRAY, hierarchy_values, 2, tagged_value)            \
	F(T, ARRAY, property_values, 2, tagged_value)
/* [MS-OXCROPS] 2.2.13.5 RopSynchronizationImportDeletes */
#define ROP_SYNCHRONIZATION_IMPORT_DELETES_REQUEST(F, T) \
	F(T, U8, import_delete_flags)                    \
	F(T, ARRAY, property_values, 2, tagged_value)
/* [MS-OXCROPS] 2.2.13.6 RopSynchronizationImportMessageMove */
#define ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE_REQUEST(F, T) \
	F(T, BYTES, source_folder_id, 4)                      \
	F(T, BYTES, source_message_id, 4)                     \
	F(T, BYTES, predecessor_change_list, 4)               \
	F(T, BYTES, destination_message_id, 4)                \
	F(T, BYTES, change_number, 4)
/* [MS-OXCROPS] 2.2.13.7 RopSynchronizationOpenCollector */
#define ROP_SYNCHRONIZATION_OPEN_COLLECTOR_REQUEST(F, T) \
	F(T, U8, output_handle_index)                    \
	F(T, U8, is_contents_collector)
/* [MS-OXCROPS] 2.2.13.8 RopSynchronizationGetTransferState */
/* [MS-OXCROPS] 2.2.13.9 RopSynchronizationUploadStateStreamBegin */
#define ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN_REQUEST(F, T) \
	F(T, U32, state_property)                                   \
	F(T, U32, transfer_buffer_size)
/* [MS-OXCROPS] 2.2.13.10 RopSynchronizationUploadStateStreamContinue */
#define ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE_REQUEST(F, T) F(T, BYTES, stream_data, 4)
/*
 * [MS-OXCROPS] 2.2.13.12 RopSetLocalReplicaMidsetDeleted: the ranges are
 * long_term_id_ranges.all.
 */
#define ROP_SET_LOCAL_REPLICA_MIDSET_DELETED_REQUEST(F, T) \
	F(T, SIZED, long_term_id_ranges, 2, long_term_id_ranges)
/* [MS-OXCROPS] 2.2.13.13 RopGetLocalReplicaIds */
#define ROP_GET_LOCAL_REPLICA_IDS_REQUEST(F, T) F(T, U32, id_count)
#define ROP_GET_LOCAL_REPLICA_IDS_RESPONSE(F, T) \
	F(T, GUID, repl_guid)                    \
	F(T, FIXED, global_count, GLOBAL_COUNTER_SIZE)

WIRE_DECLARE(long_term_id_ranges, LONG_TERM_ID_RANGES)
WIRE_DECLARE(rop_synchronization_configure_request, ROP_SYNCHRONIZATION_CONFIGURE_REQUEST)
WIRE_DECLARE(rop_synchronization_import_message_change_request,
	     ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE_REQUEST)
WIRE_DECLARE(rop_synchronization_import_message_change_response, ROP_MESSAGE_ID)
WIRE_DECLARE(rop_synchronization_import_read_state_changes_request,
	     ROP_SYNCHRONIZATION_IMPORT_READ_STATE_CHANGES_REQUEST)
WIRE_DECLARE(rop_synchronization_import_hierarchy_change_request,
	     ROP_SYNCHRONIZATION_IMPORT_HIERARCHY_CHANGE_REQUEST)
WIRE_DECLARE(rop_synchronization_import_hierarchy_change_response, ROP_FOLDER_ID)
WIRE_DECLARE(rop_synchronization_import_deletes_request, ROP_SYNCHRONIZATION_IMPORT_DELETES_REQUEST)
WIRE_DECLARE(rop_synchronization_import_message_move_request,
	     ROP_SYNCHRONIZATION_IMPORT_MESSAGE_MOVE_REQUEST)
WIRE_DECLARE(rop_synchronization_import_message_move_response, ROP_MESSAGE_ID)
WIRE_DECLARE(rop_synchronization_open_collector_request, ROP_SYNCHRONIZATION_OPEN_COLLECTOR_REQUEST)
WIRE_DECLARE(rop_synchronization_get_transfer_state_request, ROP_OUTPUT_ONLY)
WIRE_DECLARE(rop_synchronization_upload_state_stream_begin_request,
	     ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_BEGIN_REQUEST)
WIRE_DECLARE(rop_synchronization_upload_state_stream_continue_request,
	     ROP_SYNCHRONIZATION_UPLOAD_STATE_STREAM_CONTINUE_REQUEST)
WIRE_DECLARE(rop_set_local_replica_midset_deleted_request,
	     ROP_SET_LOCAL_REPLICA_MIDSET_DELETED_REQUEST)
WIRE_DECLARE(rop_get_local_replica_ids_request, ROP_GET_LOCAL_REPLICA_IDS_REQUEST)
WIRE_DECLARE(rop_get_local_replica_ids_response, ROP_GET_LOCAL_REPLICA_IDS_RESPONSE)

#endif
