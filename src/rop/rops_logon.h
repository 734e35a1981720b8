/*
 * Logon ROPs ([MS-OXCROPS] 2.2.3): what they mean is in [MS-OXCSTOR] 2.2.1.
 */
#ifndef ROP_ROPS_LOGON_H
#define ROP_ROPS_LOGON_H

#include "rop/rops_common.h"

/* [MS-OXCSTOR] 2.2.1.1.1 */
enum rop_logon_flags {
	LOGON_PRIVATE = 0x01, /* else a public folder store */
	LOGON_UNDERCOVER = 0x02,
	LOGON_GHOSTED = 0x04,
};

enum rop_logon_open_flags {
	LOGON_OPEN_USE_ADMIN_PRIVILEGE = 0x00000001,
	LOGON_OPEN_PUBLIC = 0x00000002,
	LOGON_OPEN_HOME_LOGON = 0x00000004,
	LOGON_OPEN_TAKE_OWNERSHIP = 0x00000008,
	LOGON_OPEN_ALTERNATE_SERVER = 0x00000100,
	LOGON_OPEN_IGNORE_HOME_MDB = 0x00000200,
	LOGON_OPEN_NO_MAIL = 0x00000400,
	LOGON_OPEN_USE_PER_MDB_REPLID_MAPPING = 0x01000000,
	LOGON_OPEN_SUPPORT_PROGRESS = 0x20000000,
};

/* [MS-OXCSTOR] 2.2.1.1.3 ResponseFlags; the reserved bit is always set. */
enum rop_logon_response_flags {
	LOGON_RESPONSE_RESERVED = 0x01,
	LOGON_RESPONSE_OWNER_RIGHT = 0x02,
	LOGON_RESPONSE_SEND_AS_RIGHT = 0x04,
	LOGON_RESPONSE_OOF = 0x10,
};

#define ROP_LOGON_FOLDERS 13
/* [MS-OXCSTOR] 2.2.1.1.3, 2.2.1.1.4: what stands where in FolderIds. */
enum rop_logon_folder {
	LOGON_FOLDER_ROOT,
	LOGON_FOLDER_DEFERRED_ACTION,
	LOGON_FOLDER_SPOOLER_QUEUE,
	LOGON_FOLDER_IPM_SUBTREE,
	LOGON_FOLDER_INBOX,
	LOGON_FOLDER_OUTBOX,
	LOGON_FOLDER_SENT_ITEMS,
	LOGON_FOLDER_DELETED_ITEMS,
	LOGON_FOLDER_COMMON_VIEWS,
	LOGON_FOLDER_SCHEDULE,
	LOGON_FOLDER_SEARCH,
	LOGON_FOLDER_VIEWS,
	LOGON_FOLDER_SHORTCUTS,
};

enum rop_public_logon_folder {
	PUBLIC_LOGON_FOLDER_ROOT,
	PUBLIC_LOGON_FOLDER_IPM_SUBTREE,
	PUBLIC_LOGON_FOLDER_NON_IPM_SUBTREE,
	PUBLIC_LOGON_FOLDER_EFORMS_REGISTRY,
	PUBLIC_LOGON_FOLDER_FREE_BUSY,
	PUBLIC_LOGON_FOLDER_OFFLINE_ADDRESS_BOOK,
	PUBLIC_LOGON_FOLDER_LOCAL_EFORMS_REGISTRY,
	PUBLIC_LOGON_FOLDER_LOCAL_FREE_BUSY,
	PUBLIC_LOGON_FOLDER_LOCAL_OFFLINE_ADDRESS_BOOK,
	PUBLIC_LOGON_FOLDER_ARTICLE_INDEX, /* and those after it: 0 */
};

struct rop_folder_ids {
	uint64_t id[ROP_LOGON_FOLDERS];
};

struct rop_optional_guid {
	bool present;
	struct guid value;
};

extern const struct wire_custom rop_folder_ids_custom, rop_private_guid_custom;

/* [MS-OXCROPS] 2.2.3.1.2.1 LogonTime (UTC). */
#define LOGON_TIME(F, T)      \
	F(T, U8, seconds)     \
	F(T, U8, minutes)     \
	F(T, U8, hour)        \
	F(T, U8, day_of_week) \
	F(T, U8, day)         \
	F(T, U8, month)       \
	F(T, U16, year)
/*
 * [MS-OXCROPS] 2.2.3.1 RopLogon: the byte that is elsewhere InputHandleIndex is its
 * OutputHandleIndex. Essdn comes with its terminator; it may be empty.
 */
#define ROP_LOGON_REQUEST(F, T) \
	F(T, U8, logon_flags)   \
	F(T, U32, open_flags)   \
	F(T, U32, store_state)  \
	F(T, BYTES, essdn, 2)
/*
 * [MS-OXCROPS] 2.2.3.1 RopLogon: for a private mailbox and, without LOGON_PRIVATE in
 * LogonFlags, for public folders.
 */
#define ROP_LOGON_RESPONSE(F, T)                                                    \
	F(T, U8, logon_flags)                                                       \
	F(T, CUSTOM, folder_ids, struct rop_folder_ids, rop_folder_ids_custom, 104) \
	F(T, WHEN_ANY, logon_flags, LOGON_PRIVATE, U8, response_flags)              \
	F(T, WHEN_ANY, logon_flags, LOGON_PRIVATE, GUID, mailbox_guid)              \
	F(T, U16, repl_id)                                                          \
	F(T, GUID, repl_guid)                                                       \
	F(T, WHEN_ANY, logon_flags, LOGON_PRIVATE, STRUCT, logon_time, logon_time)  \
	F(T, WHEN_ANY, logon_flags, LOGON_PRIVATE, U64, gwart_time)                 \
	F(T, WHEN_ANY, logon_flags, LOGON_PRIVATE, U32, store_state)                \
	F(T, WHEN_NONE, logon_flags, LOGON_PRIVATE, GUID, per_user_guid)
/*
 * [MS-OXCROPS] 2.2.3.1 RopLogon, redirect: what follows ReturnValue ecWrongServer (0x478).
 * ServerName comes with its terminator.
 */
#define ROP_LOGON_REDIRECT(F, T) \
	F(T, U8, logon_flags)    \
	F(T, BYTES, server_name, 1)
/* [MS-OXCROPS] 2.2.3.2 RopGetReceiveFolder */
#define ROP_GET_RECEIVE_FOLDER_REQUEST(F, T) F(T, STR8, message_class)
#define ROP_GET_RECEIVE_FOLDER_RESPONSE(F, T) \
	F(T, U64, folder_id)                  \
	F(T, STR8, explicit_message_class)
/* [MS-OXCROPS] 2.2.3.3 RopSetReceiveFolder */
#define ROP_SET_RECEIVE_FOLDER_REQUEST(F, T) \
	F(T, U64, folder_id)                 \
	F(T, STR8, message_class)
/*
 * [MS-OXCROPS] 2.2.3.4 RopGetReceiveFolderTable: its columns are PidTagFolderId,
 * PidTagMessageClass (PT_STRING8), PidTagLastModificationTime.
 */
#define ROP_GET_RECEIVE_FOLDER_TABLE_RESPONSE(F, T) \
	F(T, CUSTOM, rows, struct rop_rows, rop_rows_32_custom, 4)
/* [MS-OXCROPS] 2.2.3.5 RopGetStoreState */
#define ROP_GET_STORE_STATE_RESPONSE(F, T) F(T, U32, store_state)
/* [MS-OXCROPS] 2.2.3.6 RopGetOwningServers */
#define ROP_GET_OWNING_SERVERS_RESPONSE(F, T) \
	F(T, U16, owning_servers_count)       \
	F(T, U16, cheap_servers_count)        \
	F(T, COUNTED, owning_servers, owning_servers_count, rop_server)
/* [MS-OXCROPS] 2.2.3.7 RopPublicFolderIsGhosted */
#define ROP_PUBLIC_FOLDER_IS_GHOSTED_RESPONSE(F, T)                \
	F(T, U8, is_ghosted)                                       \
	F(T, WHEN_ANY, is_ghosted, 0xFF, U16, servers_count)       \
	F(T, WHEN_ANY, is_ghosted, 0xFF, U16, cheap_servers_count) \
	F(T, WHEN_ANY, is_ghosted, 0xFF, COUNTED, servers, servers_count, rop_server)
/* [MS-OXCROPS] 2.2.3.8 RopLongTermIdFromId */
#define ROP_LONG_TERM_ID_FROM_ID_REQUEST(F, T)  F(T, U64, object_id)
#define ROP_LONG_TERM_ID_FROM_ID_RESPONSE(F, T) F(T, STRUCT, long_term_id, long_term_id)
/* [MS-OXCROPS] 2.2.3.9 RopIdFromLongTermId */
#define ROP_ID_FROM_LONG_TERM_ID_REQUEST(F, T)  F(T, STRUCT, long_term_id, long_term_id)
#define ROP_ID_FROM_LONG_TERM_ID_RESPONSE(F, T) F(T, U64, object_id)
/* [MS-OXCROPS] 2.2.3.10 RopGetPerUserLongTermIds */
#define ROP_GET_PER_USER_LONG_TERM_IDS_REQUEST(F, T)  F(T, GUID, database_guid)
#define ROP_GET_PER_USER_LONG_TERM_IDS_RESPONSE(F, T) F(T, ARRAY, long_term_ids, 2, long_term_id)
/* [MS-OXCROPS] 2.2.3.11 RopGetPerUserGuid */
#define ROP_GET_PER_USER_GUID_REQUEST(F, T)  F(T, STRUCT, long_term_id, long_term_id)
#define ROP_GET_PER_USER_GUID_RESPONSE(F, T) F(T, GUID, database_guid)
/* [MS-OXCROPS] 2.2.3.12 RopReadPerUserInformation */
#define ROP_READ_PER_USER_INFORMATION_REQUEST(F, T) \
	F(T, STRUCT, folder_id, long_term_id)       \
	F(T, U8, reserved)                          \
	F(T, U32, data_offset)                      \
	F(T, U16, max_data_size)
#define ROP_READ_PER_USER_INFORMATION_RESPONSE(F, T) \
	F(T, U8, has_finished)                       \
	F(T, BYTES, data, 2)
/*
 * [MS-OXCROPS] 2.2.3.13 RopWritePerUserInformation: ReplGuid is there when DataOffset is 0 and
 * the logon is a private one (struct rop_context).
 */
#define ROP_WRITE_PER_USER_INFORMATION_REQUEST(F, T)                            \
	F(T, STRUCT, folder_id, long_term_id)                                   \
	F(T, U8, has_finished)                                                  \
	F(T, U32, data_offset)                                                  \
	F(T, BYTES, data, 2)                                                    \
	F(T, WHEN, data_offset, 0, CUSTOM, repl_guid, struct rop_optional_guid, \
	  rop_private_guid_custom, 0)

WIRE_DECLARE(logon_time, LOGON_TIME)
WIRE_DECLARE(rop_logon_request, ROP_LOGON_REQUEST)
WIRE_DECLARE(rop_logon_response, ROP_LOGON_RESPONSE)
WIRE_DECLARE(rop_logon_redirect, ROP_LOGON_REDIRECT)
WIRE_DECLARE(rop_get_receive_folder_request, ROP_GET_RECEIVE_FOLDER_REQUEST)
WIRE_DECLARE(rop_get_receive_folder_response, ROP_GET_RECEIVE_FOLDER_RESPONSE)
WIRE_DECLARE(rop_set_receive_folder_request, ROP_SET_RECEIVE_FOLDER_REQUEST)
WIRE_DECLARE(rop_get_receive_folder_table_response, ROP_GET_RECEIVE_FOLDER_TABLE_RESPONSE)
WIRE_DECLARE(rop_get_store_state_response, ROP_GET_STORE_STATE_RESPONSE)
WIRE_DECLARE(rop_get_owning_servers_request, ROP_FOLDER_ID)
WIRE_DECLARE(rop_get_owning_servers_response, ROP_GET_OWNING_SERVERS_RESPONSE)
WIRE_DECLARE(rop_public_folder_is_ghosted_request, ROP_FOLDER_ID)
WIRE_DECLARE(rop_public_folder_is_ghosted_response, ROP_PUBLIC_FOLDER_IS_GHOSTED_RESPONSE)
WIRE_DECLARE(rop_long_term_id_from_id_request, ROP_LONG_TERM_ID_FROM_ID_REQUEST)
WIRE_DECLARE(rop_long_term_id_from_id_response, ROP_LONG_TERM_ID_FROM_ID_RESPONSE)
WIRE_DECLARE(rop_id_from_long_term_id_request, ROP_ID_FROM_LONG_TERM_ID_REQUEST)
WIRE_DECLARE(rop_id_from_long_term_id_response, ROP_ID_FROM_LONG_TERM_ID_RESPONSE)
WIRE_DECLARE(rop_get_per_user_long_term_ids_request, ROP_GET_PER_USER_LONG_TERM_IDS_REQUEST)
WIRE_DECLARE(rop_get_per_user_long_term_ids_response, ROP_GET_PER_USER_LONG_TERM_IDS_RESPONSE)
WIRE_DECLARE(rop_get_per_user_guid_request, ROP_GET_PER_USER_GUID_REQUEST)
WIRE_DECLARE(rop_get_per_user_guid_response, ROP_GET_PER_USER_GUID_RESPONSE)
WIRE_DECLARE(rop_read_per_user_information_request, ROP_READ_PER_USER_INFORMATION_REQUEST)
WIRE_DECLARE(rop_read_per_user_information_response, ROP_READ_PER_USER_INFORMATION_RESPONSE)
WIRE_DECLARE(rop_write_per_user_information_request, ROP_WRITE_PER_USER_INFORMATION_REQUEST)

#endif
