/*
 * Message and attachment ROPs ([MS-OXCROPS] 2.2.6): what they mean is in [MS-OXCMSG] 2.2.3.
 *
 * A RecipientRow ([MS-OXCDATA] 2.8.3) comes as bytes, for rop/recipient_row.h and the RecipientColumns
 * that come with it.
 */
#ifndef ROP_ROPS_MESSAGE_H
#define ROP_ROPS_MESSAGE_H

#include "rop/rops_common.h"

#define ROP_CLIENT_DATA_SIZE 24

struct rop_client_data {
	bool present;
	uint8_t value[ROP_CLIENT_DATA_SIZE];
};

extern const struct wire_custom rop_public_client_data_custom;

/* [MS-OXCROPS] 2.2.6.1.2.1 OpenRecipientRow. */
#define OPEN_RECIPIENT_ROW(F, T) \
	F(T, U8, recipient_type) \
	F(T, U16, code_page_id)  \
	F(T, U16, reserved)      \
	F(T, BYTES, recipient_row, 2)
/* [MS-OXCROPS] 2.2.6.5.1.1 ModifyRecipientRow: without a row the recipient is deleted. */
#define MODIFY_RECIPIENT_ROW(F, T) \
	F(T, U32, row_id)          \
	F(T, U8, recipient_type)   \
	F(T, BYTES, recipient_row, 2)
/* [MS-OXCROPS] 2.2.6.6.2.1 ReadRecipientRow. */
#define READ_RECIPIENT_ROW(F, T) \
	F(T, U32, row_id)        \
	F(T, U8, recipient_type) \
	F(T, U16, code_page_id)  \
	F(T, U16, reserved)      \
	F(T, BYTES, recipient_row, 2)
/*
 * How a message is described when it is opened. RowCount has one byte: what does not fit is
 * asked for with RopReadRecipients.
 */
#define ROP_MESSAGE_HEADER(F, T)                       \
	F(T, U8, has_named_properties)                 \
	F(T, STRUCT, subject_prefix, typed_string)     \
	F(T, STRUCT, normalized_subject, typed_string) \
	F(T, U16, recipient_count)                     \
	F(T, NUMBERS, recipient_columns, 2, 32)        \
	F(T, ARRAY, recipient_rows, 1, open_recipient_row)
/* [MS-OXCROPS] 2.2.6.1 RopOpenMessage */
#define ROP_OPEN_MESSAGE_REQUEST(F, T) \
	F(T, U8, output_handle_index)  \
	F(T, U16, code_page_id)        \
	F(T, U64, folder_id)           \
	F(T, U8, open_mode_flags)      \
	F(T, U64, message_id)
/* [MS-OXCROPS] 2.2.6.2 RopCreateMessage */
#define ROP_CREATE_MESSAGE_REQUEST(F, T) \
	F(T, U8, output_handle_index)    \
	F(T, U16, code_page_id)          \
	F(T, U64, folder_id)             \
	F(T, U8, associated_flag)
#define ROP_CREATE_MESSAGE_RESPONSE(F, T) \
	F(T, U8, has_message_id)          \
	F(T, WHEN_ANY, has_message_id, 0xFF, U64, message_id)
/*
 * [MS-OXCROPS] 2.2.6.3 RopSaveChangesMessage: the head has ResponseHandleIndex before
 * InputHandleIndex (struct rop_request). The response repeats the latter.
 */
#define ROP_SAVE_CHANGES_MESSAGE_REQUEST(F, T) F(T, U8, save_flags)
#define ROP_SAVE_CHANGES_MESSAGE_RESPONSE(F, T) \
	F(T, U8, input_handle_index)            \
	F(T, U64, message_id)
/* [MS-OXCROPS] 2.2.6.4 RopRemoveAllRecipients */
#define ROP_REMOVE_ALL_RECIPIENTS_REQUEST(F, T) F(T, U32, reserved)
/* [MS-OXCROPS] 2.2.6.5 RopModifyRecipients */
#define ROP_MODIFY_RECIPIENTS_REQUEST(F, T)     \
	F(T, NUMBERS, recipient_columns, 2, 32) \
	F(T, ARRAY, recipient_rows, 2, modify_recipient_row)
/* [MS-OXCROPS] 2.2.6.6 RopReadRecipients */
#define ROP_READ_RECIPIENTS_REQUEST(F, T) \
	F(T, U32, row_id)                 \
	F(T, U16, reserved)
#define ROP_READ_RECIPIENTS_RESPONSE(F, T) F(T, ARRAY, recipient_rows, 1, read_recipient_row)
/* [MS-OXCROPS] 2.2.6.7 RopReloadCachedInformation */
#define ROP_RELOAD_CACHED_INFORMATION_REQUEST(F, T) F(T, U16, reserved)
/* [MS-OXCROPS] 2.2.6.8 RopSetMessageStatus */
#define ROP_SET_MESSAGE_STATUS_REQUEST(F, T) \
	F(T, U64, message_id)                \
	F(T, U32, message_status_flags)      \
	F(T, U32, message_status_mask)
#define ROP_SET_MESSAGE_STATUS_RESPONSE(F, T) F(T, U32, message_status_flags)
/*
 * [MS-OXCROPS] 2.2.6.9 RopGetMessageStatus: its responses say that they are of
 * RopSetMessageStatus (0x20).
 */
#define ROP_GET_MESSAGE_STATUS_RESPONSE(F, T) F(T, U32, message_status_flags)
/* [MS-OXCROPS] 2.2.6.10 RopSetReadFlags */
#define ROP_SET_READ_FLAGS_REQUEST(F, T) \
	F(T, U8, want_asynchronous)      \
	F(T, U8, read_flags)             \
	F(T, NUMBERS, message_ids, 2, 64)
/*
 * [MS-OXCROPS] 2.2.6.11 RopSetMessageReadFlag: the head has ResponseHandleIndex before
 * InputHandleIndex. ClientData is there when the logon is not a private one (struct
 * rop_context).
 */
#define ROP_SET_MESSAGE_READ_FLAG_REQUEST(F, T) \
	F(T, U8, read_flags)                    \
	F(T, CUSTOM, client_data, struct rop_client_data, rop_public_client_data_custom, 0)
#define ROP_SET_MESSAGE_READ_FLAG_RESPONSE(F, T)                \
	F(T, U8, read_status_changed)                           \
	F(T, WHEN_ANY, read_status_changed, 0xFF, U8, logon_id) \
	F(T, WHEN_ANY, read_status_changed, 0xFF, FIXED, client_data, ROP_CLIENT_DATA_SIZE)
/* [MS-OXCROPS] 2.2.6.12 RopOpenAttachment */
#define ROP_OPEN_ATTACHMENT_REQUEST(F, T) \
	F(T, U8, output_handle_index)     \
	F(T, U8, open_attachment_flags)   \
	F(T, U32, attachment_id)
/* [MS-OXCROPS] 2.2.6.13 RopCreateAttachment */
#define ROP_CREATE_ATTACHMENT_RESPONSE(F, T) F(T, U32, attachment_id)
/* [MS-OXCROPS] 2.2.6.14 RopDeleteAttachment */
#define ROP_DELETE_ATTACHMENT_REQUEST(F, T) F(T, U32, attachment_id)
/*
 * [MS-OXCROPS] 2.2.6.15 RopSaveChangesAttachment: the head has ResponseHandleIndex before
 * InputHandleIndex.
 */
#define ROP_SAVE_CHANGES_ATTACHMENT_REQUEST(F, T) F(T, U8, save_flags)
/* [MS-OXCROPS] 2.2.6.16 RopOpenEmbeddedMessage */
#define ROP_OPEN_EMBEDDED_MESSAGE_REQUEST(F, T) \
	F(T, U8, output_handle_index)           \
	F(T, U16, code_page_id)                 \
	F(T, U8, open_mode_flags)
#define ROP_OPEN_EMBEDDED_MESSAGE_RESPONSE(F, T) \
	F(T, U8, reserved)                       \
	F(T, U64, message_id)                    \
	ROP_MESSAGE_HEADER(F, T)
/* [MS-OXCROPS] 2.2.6.17 RopGetAttachmentTable */
/* [MS-OXCROPS] 2.2.6.18 RopGetValidAttachments */
#define ROP_GET_VALID_ATTACHMENTS_RESPONSE(F, T) F(T, NUMBERS, attachment_id_array, 4, 32)

WIRE_DECLARE(open_recipient_row, OPEN_RECIPIENT_ROW)
WIRE_DECLARE(modify_recipient_row, MODIFY_RECIPIENT_ROW)
WIRE_DECLARE(read_recipient_row, READ_RECIPIENT_ROW)
WIRE_DECLARE(rop_open_message_request, ROP_OPEN_MESSAGE_REQUEST)
WIRE_DECLARE(rop_open_message_response, ROP_MESSAGE_HEADER)
WIRE_DECLARE(rop_create_message_request, ROP_CREATE_MESSAGE_REQUEST)
WIRE_DECLARE(rop_create_message_response, ROP_CREATE_MESSAGE_RESPONSE)
WIRE_DECLARE(rop_save_changes_message_request, ROP_SAVE_CHANGES_MESSAGE_REQUEST)
WIRE_DECLARE(rop_save_changes_message_response, ROP_SAVE_CHANGES_MESSAGE_RESPONSE)
WIRE_DECLARE(rop_remove_all_recipients_request, ROP_REMOVE_ALL_RECIPIENTS_REQUEST)
WIRE_DECLARE(rop_modify_recipients_request, ROP_MODIFY_RECIPIENTS_REQUEST)
WIRE_DECLARE(rop_read_recipients_request, ROP_READ_RECIPIENTS_REQUEST)
WIRE_DECLARE(rop_read_recipients_response, ROP_READ_RECIPIENTS_RESPONSE)
WIRE_DECLARE(rop_reload_cached_information_request, ROP_RELOAD_CACHED_INFORMATION_REQUEST)
WIRE_DECLARE(rop_reload_cached_information_response, ROP_MESSAGE_HEADER)
WIRE_DECLARE(rop_set_message_status_request, ROP_SET_MESSAGE_STATUS_REQUEST)
WIRE_DECLARE(rop_set_message_status_response, ROP_SET_MESSAGE_STATUS_RESPONSE)
WIRE_DECLARE(rop_get_message_status_request, ROP_MESSAGE_ID)
WIRE_DECLARE(rop_get_message_status_response, ROP_GET_MESSAGE_STATUS_RESPONSE)
WIRE_DECLARE(rop_set_read_flags_request, ROP_SET_READ_FLAGS_REQUEST)
WIRE_DECLARE(rop_set_read_flags_response, ROP_PARTIAL_COMPLETION)
WIRE_DECLARE(rop_set_message_read_flag_request, ROP_SET_MESSAGE_READ_FLAG_REQUEST)
WIRE_DECLARE(rop_set_message_read_flag_response, ROP_SET_MESSAGE_READ_FLAG_RESPONSE)
WIRE_DECLARE(rop_open_attachment_request, ROP_OPEN_ATTACHMENT_REQUEST)
WIRE_DECLARE(rop_create_attachment_request, ROP_OUTPUT_ONLY)
WIRE_DECLARE(rop_create_attachment_response, ROP_CREATE_ATTACHMENT_RESPONSE)
WIRE_DECLARE(rop_delete_attachment_request, ROP_DELETE_ATTACHMENT_REQUEST)
WIRE_DECLARE(rop_save_changes_attachment_request, ROP_SAVE_CHANGES_ATTACHMENT_REQUEST)
WIRE_DECLARE(rop_open_embedded_message_request, ROP_OPEN_EMBEDDED_MESSAGE_REQUEST)
WIRE_DECLARE(rop_open_embedded_message_response, ROP_OPEN_EMBEDDED_MESSAGE_RESPONSE)
WIRE_DECLARE(rop_get_attachment_table_request, ROP_TABLE_REQUEST)
WIRE_DECLARE(rop_get_valid_attachments_response, ROP_GET_VALID_ATTACHMENTS_RESPONSE)

#endif
