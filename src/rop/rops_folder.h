/*
 * Folder ROPs ([MS-OXCROPS] 2.2.4): what they mean is in [MS-OXCFOLD] 2.2.1.
 *
 * Restrictions come as bytes, for restriction_decode (mapi/restriction.h, WIRE_COUNTS_16): one that is
 * wrong or too deep is the failure of its ROP and not of the whole buffer.  None at all: no bytes.
 */
#ifndef ROP_ROPS_FOLDER_H
#define ROP_ROPS_FOLDER_H

#include "rop/rops_common.h"

/* [MS-OXCROPS] 2.2.4.1.2, 2.2.4.2.2: what there is to say of a folder that was there before. */
#define ROP_EXISTING_FOLDER(F, T)                                 \
	F(T, U8, has_rules)                                       \
	F(T, U8, is_ghosted)                                      \
	F(T, WHEN_ANY, is_ghosted, 0xFF, U16, server_count)       \
	F(T, WHEN_ANY, is_ghosted, 0xFF, U16, cheap_server_count) \
	F(T, WHEN_ANY, is_ghosted, 0xFF, COUNTED, servers, server_count, rop_server)
/* [MS-OXCROPS] 2.2.4.1 RopOpenFolder */
#define ROP_OPEN_FOLDER_REQUEST(F, T) \
	F(T, U8, output_handle_index) \
	F(T, U64, folder_id)          \
	F(T, U8, open_mode_flags)
/*
 * [MS-OXCROPS] 2.2.4.2 RopCreateFolder: the names are UTF-16LE, or (without UseUnicodeStrings)
 * text of 8 bits in the members whose names end so.
 */
#define ROP_CREATE_FOLDER_REQUEST(F, T)                                  \
	F(T, U8, output_handle_index)                                    \
	F(T, U8, folder_type)                                            \
	F(T, U8, use_unicode_strings)                                    \
	F(T, U8, open_existing)                                          \
	F(T, U8, reserved)                                               \
	F(T, WHEN_ANY, use_unicode_strings, 0xFF, STR16, display_name)   \
	F(T, WHEN_NONE, use_unicode_strings, 0xFF, STR8, display_name_8) \
	F(T, WHEN_ANY, use_unicode_strings, 0xFF, STR16, comment)        \
	F(T, WHEN_NONE, use_unicode_strings, 0xFF, STR8, comment_8)
#define ROP_CREATE_FOLDER_RESPONSE(F, T) \
	F(T, U64, folder_id)             \
	F(T, U8, is_existing_folder)     \
	F(T, WHEN_ANY, is_existing_folder, 0xFF, STRUCT, existing, rop_existing_folder)
/* [MS-OXCROPS] 2.2.4.3 RopDeleteFolder */
#define ROP_DELETE_FOLDER_REQUEST(F, T) \
	F(T, U8, delete_folder_flags)   \
	F(T, U64, folder_id)
/* [MS-OXCROPS] 2.2.4.4 RopSetSearchCriteria */
#define ROP_SET_SEARCH_CRITERIA_REQUEST(F, T) \
	F(T, BYTES, restriction_data, 2)      \
	F(T, NUMBERS, folder_ids, 2, 64)      \
	F(T, U32, search_flags)
/* [MS-OXCROPS] 2.2.4.5 RopGetSearchCriteria */
#define ROP_GET_SEARCH_CRITERIA_REQUEST(F, T) \
	F(T, U8, use_unicode)                 \
	F(T, U8, include_restriction)         \
	F(T, U8, include_folders)
#define ROP_GET_SEARCH_CRITERIA_RESPONSE(F, T) \
	F(T, BYTES, restriction_data, 2)       \
	F(T, U8, logon_id)                     \
	F(T, NUMBERS, folder_ids, 2, 64)       \
	F(T, U32, search_flags)
/* [MS-OXCROPS] 2.2.4.6 RopMoveCopyMessages */
#define ROP_MOVE_COPY_MESSAGES_REQUEST(F, T) \
	F(T, U8, dest_handle_index)          \
	F(T, NUMBERS, message_ids, 2, 64)    \
	F(T, U8, want_asynchronous)          \
	F(T, U8, want_copy)
/* [MS-OXCROPS] 2.2.4.7 RopMoveFolder */
#define ROP_MOVE_FOLDER_REQUEST(F, T)                             \
	F(T, U8, dest_handle_index)                               \
	F(T, U8, want_asynchronous)                               \
	F(T, U8, use_unicode)                                     \
	F(T, U64, folder_id)                                      \
	F(T, WHEN_ANY, use_unicode, 0xFF, STR16, new_folder_name) \
	F(T, WHEN_NONE, use_unicode, 0xFF, STR8, new_folder_name_8)
/* [MS-OXCROPS] 2.2.4.8 RopCopyFolder */
#define ROP_COPY_FOLDER_REQUEST(F, T)                             \
	F(T, U8, dest_handle_index)                               \
	F(T, U8, want_asynchronous)                               \
	F(T, U8, want_recursive)                                  \
	F(T, U8, use_unicode)                                     \
	F(T, U64, folder_id)                                      \
	F(T, WHEN_ANY, use_unicode, 0xFF, STR16, new_folder_name) \
	F(T, WHEN_NONE, use_unicode, 0xFF, STR8, new_folder_name_8)
/* [MS-OXCROPS] 2.2.4.9 RopEmptyFolder */
#define ROP_EMPTY_FOLDER_REQUEST(F, T) \
	F(T, U8, want_asynchronous)    \
	F(T, U8, want_delete_associated)
/* [MS-OXCROPS] 2.2.4.10 RopHardDeleteMessagesAndSubfolders */
#define ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS_REQUEST(F, T) \
	F(T, U8, want_asynchronous)                           \
	F(T, U8, want_delete_associated)
/* [MS-OXCROPS] 2.2.4.11 RopDeleteMessages */
#define ROP_DELETE_MESSAGES_REQUEST(F, T) \
	F(T, U8, want_asynchronous)       \
	F(T, U8, notify_non_read)         \
	F(T, NUMBERS, message_ids, 2, 64)
/* [MS-OXCROPS] 2.2.4.12 RopHardDeleteMessages */
#define ROP_HARD_DELETE_MESSAGES_REQUEST(F, T) \
	F(T, U8, want_asynchronous)            \
	F(T, U8, notify_non_read)              \
	F(T, NUMBERS, message_ids, 2, 64)
/* [MS-OXCROPS] 2.2.4.13 RopGetHierarchyTable */
/* [MS-OXCROPS] 2.2.4.14 RopGetContentsTable */

WIRE_DECLARE(rop_existing_folder, ROP_EXISTING_FOLDER)
WIRE_DECLARE(rop_open_folder_request, ROP_OPEN_FOLDER_REQUEST)
WIRE_DECLARE(rop_open_folder_response, ROP_EXISTING_FOLDER)
WIRE_DECLARE(rop_create_folder_request, ROP_CREATE_FOLDER_REQUEST)
WIRE_DECLARE(rop_create_folder_response, ROP_CREATE_FOLDER_RESPONSE)
WIRE_DECLARE(rop_delete_folder_request, ROP_DELETE_FOLDER_REQUEST)
WIRE_DECLARE(rop_delete_folder_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_set_search_criteria_request, ROP_SET_SEARCH_CRITERIA_REQUEST)
WIRE_DECLARE(rop_get_search_criteria_request, ROP_GET_SEARCH_CRITERIA_REQUEST)
WIRE_DECLARE(rop_get_search_criteria_response, ROP_GET_SEARCH_CRITERIA_RESPONSE)
WIRE_DECLARE(rop_move_copy_messages_request, ROP_MOVE_COPY_MESSAGES_REQUEST)
WIRE_DECLARE(rop_move_copy_messages_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_move_copy_messages_null_destination, ROP_NULL_DESTINATION_PARTIAL)
WIRE_DECLARE(rop_move_folder_request, ROP_MOVE_FOLDER_REQUEST)
WIRE_DECLARE(rop_move_folder_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_move_folder_null_destination, ROP_NULL_DESTINATION_PARTIAL)
WIRE_DECLARE(rop_copy_folder_request, ROP_COPY_FOLDER_REQUEST)
WIRE_DECLARE(rop_copy_folder_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_copy_folder_null_destination, ROP_NULL_DESTINATION_PARTIAL)
WIRE_DECLARE(rop_empty_folder_request, ROP_EMPTY_FOLDER_REQUEST)
WIRE_DECLARE(rop_empty_folder_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_hard_delete_messages_and_subfolders_request,
	     ROP_HARD_DELETE_MESSAGES_AND_SUBFOLDERS_REQUEST)
WIRE_DECLARE(rop_hard_delete_messages_and_subfolders_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_delete_messages_request, ROP_DELETE_MESSAGES_REQUEST)
WIRE_DECLARE(rop_delete_messages_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_hard_delete_messages_request, ROP_HARD_DELETE_MESSAGES_REQUEST)
WIRE_DECLARE(rop_hard_delete_messages_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_get_hierarchy_table_request, ROP_TABLE_REQUEST)
WIRE_DECLARE(rop_get_hierarchy_table_response, ROP_ROW_COUNT)
WIRE_DECLARE(rop_get_contents_table_request, ROP_TABLE_REQUEST)
WIRE_DECLARE(rop_get_contents_table_response, ROP_ROW_COUNT)

#endif
