/*
 * Transport ROPs ([MS-OXCROPS] 2.2.7): what they mean is in [MS-OXOMSG] 2.2.3.
 */
#ifndef ROP_ROPS_TRANSPORT_H
#define ROP_ROPS_TRANSPORT_H

#include "rop/rops_common.h"

/* Of RopOptionsData: the name of the help file is there when the file is not empty. */
struct rop_help_file {
	struct bytes data, name;
};

extern const struct wire_custom rop_help_file_custom;

/* [MS-OXCROPS] 2.2.7.1 RopSubmitMessage */
#define ROP_SUBMIT_MESSAGE_REQUEST(F, T) F(T, U8, submit_flags)
/* [MS-OXCROPS] 2.2.7.2 RopAbortSubmit */
#define ROP_ABORT_SUBMIT_REQUEST(F, T) \
	F(T, U64, folder_id)           \
	F(T, U64, message_id)
/*
 * [MS-OXCROPS] 2.2.7.3 RopGetAddressTypes: AddressTypes are so many texts, each with its
 * terminator.
 */
#define ROP_GET_ADDRESS_TYPES_RESPONSE(F, T) \
	F(T, U16, address_type_count)        \
	F(T, BYTES, address_types, 2)
/* [MS-OXCROPS] 2.2.7.5 RopSpoolerLockMessage */
#define ROP_SPOOLER_LOCK_MESSAGE_REQUEST(F, T) \
	F(T, U64, message_id)                  \
	F(T, U8, lock_state)
/* [MS-OXCROPS] 2.2.7.6 RopTransportSend: the values are there when NoPropertiesReturned is 0. */
#define ROP_TRANSPORT_SEND_RESPONSE(F, T) \
	F(T, U8, no_properties_returned)  \
	F(T, WHEN, no_properties_returned, 0, ARRAY, property_values, 2, tagged_value)
/* [MS-OXCROPS] 2.2.7.7 RopTransportNewMail */
#define ROP_TRANSPORT_NEW_MAIL_REQUEST(F, T) \
	F(T, U64, message_id)                \
	F(T, U64, folder_id)                 \
	F(T, STR8, message_class)            \
	F(T, U32, message_flags)
/* [MS-OXCROPS] 2.2.7.8 RopGetTransportFolder */
/* [MS-OXCROPS] 2.2.7.9 RopOptionsData */
#define ROP_OPTIONS_DATA_REQUEST(F, T) \
	F(T, STR8, address_type)       \
	F(T, U8, want_win32)
#define ROP_OPTIONS_DATA_RESPONSE(F, T) \
	F(T, U8, reserved)              \
	F(T, BYTES, options_info, 2)    \
	F(T, CUSTOM, help_file, struct rop_help_file, rop_help_file_custom, 2)

WIRE_DECLARE(rop_submit_message_request, ROP_SUBMIT_MESSAGE_REQUEST)
WIRE_DECLARE(rop_abort_submit_request, ROP_ABORT_SUBMIT_REQUEST)
WIRE_DECLARE(rop_get_address_types_response, ROP_GET_ADDRESS_TYPES_RESPONSE)
WIRE_DECLARE(rop_spooler_lock_message_request, ROP_SPOOLER_LOCK_MESSAGE_REQUEST)
WIRE_DECLARE(rop_transport_send_response, ROP_TRANSPORT_SEND_RESPONSE)
WIRE_DECLARE(rop_transport_new_mail_request, ROP_TRANSPORT_NEW_MAIL_REQUEST)
WIRE_DECLARE(rop_get_transport_folder_response, ROP_FOLDER_ID)
WIRE_DECLARE(rop_options_data_request, ROP_OPTIONS_DATA_REQUEST)
WIRE_DECLARE(rop_options_data_response, ROP_OPTIONS_DATA_RESPONSE)

#endif
