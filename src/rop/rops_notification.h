/*
 * Notification ROPs ([MS-OXCROPS] 2.2.14) and those of the protocol itself (2.2.15): what they mean is in
 * [MS-OXCNOTIF] 2.2.1. RopNotify, RopPending, RopBackoff and RopBufferTooSmall are responses that
 * nobody asked for; their structures are what follows RopId.
 */
#ifndef ROP_ROPS_NOTIFICATION_H
#define ROP_ROPS_NOTIFICATION_H

#include "rop/rops_common.h"

/*
 * [MS-OXCNOTIF] 2.2.1.4.1.2: the type of an event is in the low 12 bits of NotificationFlags,
 * flags in the others.
 */
enum notification_type {
	NOTIFY_NEW_MAIL = 0x0002,
	NOTIFY_OBJECT_CREATED = 0x0004,
	NOTIFY_OBJECT_DELETED = 0x0008,
	NOTIFY_OBJECT_MODIFIED = 0x0010,
	NOTIFY_OBJECT_MOVED = 0x0020,
	NOTIFY_OBJECT_COPIED = 0x0040,
	NOTIFY_SEARCH_COMPLETE = 0x0080,
	NOTIFY_TABLE_MODIFIED = 0x0100,
	NOTIFY_EXTENDED = 0x0400,
	NOTIFY_TYPE_MASK = 0x0FFF,
};

enum notification_flag {
	NOTIFY_TOTAL_CHANGED = 0x1000,
	NOTIFY_UNREAD_CHANGED = 0x2000,
	NOTIFY_IN_SEARCH_FOLDER = 0x4000, /* with NOTIFY_MESSAGE only */
	NOTIFY_MESSAGE = 0x8000,          /* else the event is about a folder */
};

enum table_event_type {
	TABLE_CHANGED = 0x0001,
	TABLE_ROW_ADDED = 0x0003,
	TABLE_ROW_DELETED = 0x0004,
	TABLE_ROW_MODIFIED = 0x0005,
	TABLE_RESTRICTION_CHANGED = 0x0007,
};

/*
 * [MS-OXCNOTIF] 2.2.1.4.1.2 NotificationData: NotificationFlags and TableEventType say which
 * of the others are there (notification_has); those that are not are 0.
 */
struct notification_data {
	uint16_t notification_flags;
	uint16_t table_event_type;
	uint64_t table_row_folder_id, table_row_message_id;
	uint32_t table_row_instance;
	uint64_t insert_after_table_row_folder_id, insert_after_table_row_id;
	uint32_t insert_after_table_row_instance;
	struct bytes table_row_data; /* a PropertyRow, as rop/property_row.h makes it */
	uint64_t folder_id, message_id, parent_folder_id;
	uint64_t old_folder_id, old_message_id, old_parent_folder_id;
	uint16_t tag_count; /* 0, or 0xFFFF: no tags */
	uint32_t *tags;
	uint32_t total_message_count, unread_message_count;
	uint32_t message_flags;
	uint8_t unicode_flag;
	struct bytes message_class; /* without its terminator; UTF-16LE with unicode_flag */
};

enum notification_field {
	NOTIFICATION_TABLE_EVENT_TYPE,
	NOTIFICATION_TABLE_ROW_FOLDER_ID,
	NOTIFICATION_TABLE_ROW_MESSAGE_ID,
	NOTIFICATION_TABLE_ROW_INSTANCE,
	NOTIFICATION_INSERT_AFTER_TABLE_ROW_FOLDER_ID,
	NOTIFICATION_INSERT_AFTER_TABLE_ROW_ID,
	NOTIFICATION_INSERT_AFTER_TABLE_ROW_INSTANCE,
	NOTIFICATION_TABLE_ROW_DATA,
	NOTIFICATION_FOLDER_ID,
	NOTIFICATION_MESSAGE_ID,
	NOTIFICATION_PARENT_FOLDER_ID,
	NOTIFICATION_OLD_FOLDER_ID,
	NOTIFICATION_OLD_MESSAGE_ID,
	NOTIFICATION_OLD_PARENT_FOLDER_ID,
	NOTIFICATION_TAGS,
	NOTIFICATION_TOTAL_MESSAGE_COUNT,
	NOTIFICATION_UNREAD_MESSAGE_COUNT,
	NOTIFICATION_MESSAGE_FLAGS,
	NOTIFICATION_UNICODE_FLAG,
	NOTIFICATION_MESSAGE_CLASS,
	NOTIFICATION_FIELDS,
};

/* Is the field there, by the flags and types that the structure has? */
bool notification_has(const struct notification_data *n, enum notification_field field);

extern const struct wire_custom notification_data_custom;

/* [MS-OXCROPS] 2.2.15.2.1.1 BackoffRop: a duration in milliseconds. */
#define BACKOFF_ROP(F, T)        \
	F(T, U8, rop_id_backoff) \
	F(T, U32, duration)
/* [MS-OXCROPS] 2.2.14.1 RopRegisterNotification */
#define ROP_REGISTER_NOTIFICATION_REQUEST(F, T)                           \
	F(T, U8, output_handle_index)                                     \
	F(T, U16, notification_types)                                     \
	F(T, WHEN_ANY, notification_types, NOTIFY_EXTENDED, U8, reserved) \
	F(T, U8, want_whole_store)                                        \
	F(T, WHEN, want_whole_store, 0, U64, folder_id)                   \
	F(T, WHEN, want_whole_store, 0, U64, message_id)
/*
 * [MS-OXCROPS] 2.2.14.2 RopNotify: without the handle index and ReturnValue of other
 * responses.
 */
#define ROP_NOTIFY_RESPONSE(F, T)      \
	F(T, U32, notification_handle) \
	F(T, U8, logon_id)             \
	F(T, CUSTOM, notification_data, struct notification_data, notification_data_custom, 2)
/* [MS-OXCROPS] 2.2.14.3 RopPending */
#define ROP_PENDING_RESPONSE(F, T) F(T, U16, session_index)
/*
 * [MS-OXCROPS] 2.2.15.1 RopBufferTooSmall: the requests that were not executed, as they came,
 * are the rest of the list.
 */
#define ROP_BUFFER_TOO_SMALL_RESPONSE(F, T) \
	F(T, U16, size_needed)              \
	F(T, REST, request_buffers)
/* [MS-OXCROPS] 2.2.15.2 RopBackoff: without any ROP the whole logon is to wait. */
#define ROP_BACKOFF_RESPONSE(F, T)                    \
	F(T, U8, logon_id)                            \
	F(T, U32, duration)                           \
	F(T, ARRAY, backoff_rop_data, 1, backoff_rop) \
	F(T, BYTES, additional_data, 2)

WIRE_DECLARE(backoff_rop, BACKOFF_ROP)
WIRE_DECLARE(rop_register_notification_request, ROP_REGISTER_NOTIFICATION_REQUEST)
WIRE_DECLARE(rop_notify_response, ROP_NOTIFY_RESPONSE)
WIRE_DECLARE(rop_pending_response, ROP_PENDING_RESPONSE)
WIRE_DECLARE(rop_buffer_too_small_response, ROP_BUFFER_TOO_SMALL_RESPONSE)
WIRE_DECLARE(rop_backoff_response, ROP_BACKOFF_RESPONSE)

#endif
