/* The layouts of auxiliary blocks behind their header, [MS-OXCRPC] 2.2.2.2.1 to 2.2.2.2.23, in its order. */
#ifndef ROP_AUX_BLOCKS_H
#define ROP_AUX_BLOCKS_H

#include "wire/wire.h"

enum aux_version { AUX_VERSION_1 = 1, AUX_VERSION_2 = 2 };

/* [MS-OXCRPC] 2.2.2.2 */
enum aux_type {
	AUX_TYPE_PERF_REQUESTID = 0x01,
	AUX_TYPE_PERF_CLIENTINFO = 0x02,
	AUX_TYPE_PERF_SERVERINFO = 0x03,
	AUX_TYPE_PERF_SESSIONINFO = 0x04,
	AUX_TYPE_PERF_DEFMDB_SUCCESS = 0x05,
	AUX_TYPE_PERF_DEFGC_SUCCESS = 0x06,
	AUX_TYPE_PERF_MDB_SUCCESS = 0x07,
	AUX_TYPE_PERF_GC_SUCCESS = 0x08,
	AUX_TYPE_PERF_FAILURE = 0x09,
	AUX_TYPE_CLIENT_CONTROL = 0x0A,
	AUX_TYPE_PERF_PROCESSINFO = 0x0B,
	AUX_TYPE_PERF_BG_DEFMDB_SUCCESS = 0x0C,
	AUX_TYPE_PERF_BG_DEFGC_SUCCESS = 0x0D,
	AUX_TYPE_PERF_BG_MDB_SUCCESS = 0x0E,
	AUX_TYPE_PERF_BG_GC_SUCCESS = 0x0F,
	AUX_TYPE_PERF_BG_FAILURE = 0x10,
	AUX_TYPE_PERF_FG_DEFMDB_SUCCESS = 0x11,
	AUX_TYPE_PERF_FG_DEFGC_SUCCESS = 0x12,
	AUX_TYPE_PERF_FG_MDB_SUCCESS = 0x13,
	AUX_TYPE_PERF_FG_GC_SUCCESS = 0x14,
	AUX_TYPE_PERF_FG_FAILURE = 0x15,
	AUX_TYPE_OSVERSIONINFO = 0x16,
	AUX_TYPE_EXORGINFO = 0x17,
	AUX_TYPE_PERF_ACCOUNTINFO = 0x18,
	AUX_TYPE_SERVER_CAPABILITIES = 0x46,
	AUX_TYPE_ENDPOINT_CAPABILITIES = 0x48,
	AUX_TYPE_CLIENT_CONNECTION_INFO = 0x4A,
	AUX_TYPE_SERVER_SESSION_INFO = 0x4B,
	AUX_TYPE_PROTOCOL_DEVICE_IDENTIFICATION = 0x4E,
};

/* 2.2.2.2.15: what a client is to do, and not to do without the flag. */
enum aux_enable_flag {
	AUX_ENABLE_PERF_SENDTOSERVER = 0x00000001,
	AUX_ENABLE_COMPRESSION = 0x00000004,
	AUX_ENABLE_HTTP_TUNNELING = 0x00000008,
	AUX_ENABLE_PERF_SENDGCDATA = 0x00000010,
};
/* 2.2.2.2.17 */
enum aux_organization_flag {
	AUX_PUBLIC_FOLDERS_ENABLED = 0x00000001,
	AUX_USE_AUTODISCOVER_FOR_PUBLIC_FOLDER_CONFIGURATION = 0x00000002,
};
/* 2.2.2.2.19 */
enum aux_capability_flag {
	AUX_PACKED_FAST_TRANSFER_UPLOAD_BUFFERS = 0x00000001,
	AUX_PACKED_WRITE_STREAM_UPLOAD_BUFFERS = 0x00000002,
	AUX_ULTRA_LARGE_PACKED_DOWNLOAD_BUFFERS = 0x00000008,
};
/* 2.2.2.2.20 */
enum aux_endpoint_flag { AUX_ENDPOINT_CAPABILITIES_SINGLE_ENDPOINT = 0x00000001 };

/* 2.2.2.2.1 */
#define AUX_PERF_REQUESTID(F, T) \
	F(T, U16, session_id)    \
	F(T, U16, request_id)
/* 2.2.2.2.2 */
#define AUX_PERF_SESSIONINFO(F, T) \
	F(T, U16, session_id)      \
	F(T, U16, reserved)        \
	F(T, GUID, session)
/* 2.2.2.2.3 */
#define AUX_PERF_SESSIONINFO_V2(F, T) \
	F(T, U16, session_id)         \
	F(T, U16, reserved)           \
	F(T, GUID, session)           \
	F(T, U32, connection_id)
/* 2.2.2.2.4; mode: enum aux_client_mode; speed in kilobits per second. */
#define AUX_PERF_CLIENTINFO(F, T) \
	F(T, U32, adapter_speed)  \
	F(T, U16, client_id)      \
	F(T, U16, machine_at)     \
	F(T, U16, user_at)        \
	F(T, U16, ip_size)        \
	F(T, U16, ip_at)          \
	F(T, U16, ip_mask_size)   \
	F(T, U16, ip_mask_at)     \
	F(T, U16, adapter_at)     \
	F(T, U16, mac_size)       \
	F(T, U16, mac_at)         \
	F(T, U16, mode)           \
	F(T, U16, reserved)       \
	F(T, REST, data)
/* 2.2.2.2.5 */
#define AUX_PERF_SERVERINFO(F, T) \
	F(T, U16, server_id)      \
	F(T, U16, server_type)    \
	F(T, U16, dn_at)          \
	F(T, U16, name_at)        \
	F(T, REST, data)
/* 2.2.2.2.6 */
#define AUX_PERF_PROCESSINFO(F, T) \
	F(T, U16, process_id)      \
	F(T, U16, reserved1)       \
	F(T, GUID, process)        \
	F(T, U16, name_at)         \
	F(T, U16, reserved2)       \
	F(T, REST, data)
/* 2.2.2.2.7; times here and below in milliseconds. */
#define AUX_PERF_DEFMDB_SUCCESS(F, T) \
	F(T, U32, since)              \
	F(T, U32, took)               \
	F(T, U16, request_id)         \
	F(T, U16, reserved)
/* 2.2.2.2.8 */
#define AUX_PERF_DEFGC_SUCCESS(F, T) \
	F(T, U16, server_id)         \
	F(T, U16, session_id)        \
	F(T, U32, since)             \
	F(T, U32, took)              \
	F(T, U8, operation)          \
	F(T, FIXED, reserved, 3)
/* 2.2.2.2.9 */
#define AUX_PERF_MDB_SUCCESS(F, T) \
	F(T, U16, client_id)       \
	F(T, U16, server_id)       \
	F(T, U16, session_id)      \
	F(T, U16, request_id)      \
	F(T, U32, since)           \
	F(T, U32, took)
/* 2.2.2.2.10 */
#define AUX_PERF_MDB_SUCCESS_V2(F, T) \
	F(T, U16, process_id)         \
	F(T, U16, client_id)          \
	F(T, U16, server_id)          \
	F(T, U16, session_id)         \
	F(T, U16, request_id)         \
	F(T, U16, reserved)           \
	F(T, U32, since)              \
	F(T, U32, took)
/* 2.2.2.2.11 */
#define AUX_PERF_GC_SUCCESS(F, T) \
	F(T, U16, client_id)      \
	F(T, U16, server_id)      \
	F(T, U16, session_id)     \
	F(T, U16, reserved1)      \
	F(T, U32, since)          \
	F(T, U32, took)           \
	F(T, U8, operation)       \
	F(T, FIXED, reserved2, 3)
/* 2.2.2.2.12 */
#define AUX_PERF_GC_SUCCESS_V2(F, T) \
	F(T, U16, process_id)        \
	F(T, U16, client_id)         \
	F(T, U16, server_id)         \
	F(T, U16, session_id)        \
	F(T, U32, since)             \
	F(T, U32, took)              \
	F(T, U8, operation)          \
	F(T, FIXED, reserved, 3)
/* 2.2.2.2.13 */
#define AUX_PERF_FAILURE(F, T) \
	F(T, U16, client_id)   \
	F(T, U16, server_id)   \
	F(T, U16, session_id)  \
	F(T, U16, request_id)  \
	F(T, U32, since)       \
	F(T, U32, took)        \
	F(T, U32, result)      \
	F(T, U8, operation)    \
	F(T, FIXED, reserved, 3)
/* 2.2.2.2.14 */
#define AUX_PERF_FAILURE_V2(F, T) \
	F(T, U16, process_id)     \
	F(T, U16, client_id)      \
	F(T, U16, server_id)      \
	F(T, U16, session_id)     \
	F(T, U16, request_id)     \
	F(T, U16, reserved1)      \
	F(T, U32, since)          \
	F(T, U32, took)           \
	F(T, U32, result)         \
	F(T, U8, operation)       \
	F(T, FIXED, reserved2, 3)
/* 2.2.2.2.15; expiry_time in milliseconds. */
#define AUX_CLIENT_CONTROL(F, T) \
	F(T, U32, enable_flags)  \
	F(T, U32, expiry_time)
/* 2.2.2.2.16; `size` is that of this structure (156). */
#define AUX_OSVERSIONINFO(F, T)       \
	F(T, U32, size)               \
	F(T, U32, major)              \
	F(T, U32, minor)              \
	F(T, U32, build)              \
	F(T, FIXED, reserved1, 132)   \
	F(T, U16, service_pack_major) \
	F(T, U16, service_pack_minor) \
	F(T, U32, reserved2)
/* 2.2.2.2.17 */
#define AUX_EXORGINFO(F, T) F(T, U32, flags)
/* 2.2.2.2.18 */
#define AUX_PERF_ACCOUNTINFO(F, T) \
	F(T, U16, client_id)       \
	F(T, U16, reserved)        \
	F(T, GUID, account)
/* 2.2.2.2.19 */
#define AUX_SERVER_CAPABILITIES(F, T) F(T, U32, flags)
/* 2.2.2.2.20 */
#define AUX_ENDPOINT_CAPABILITIES(F, T) F(T, U32, flags)
/* 2.2.2.2.21 */
#define AUX_CLIENT_CONNECTION_INFO(F, T) \
	F(T, GUID, connection)           \
	F(T, U16, context_at)            \
	F(T, U16, reserved)              \
	F(T, U32, attempts)              \
	F(T, U32, flags)                 \
	F(T, REST, data)
/* 2.2.2.2.22 */
#define AUX_SERVER_SESSION_INFO(F, T) \
	F(T, U16, context_at)         \
	F(T, REST, data)
/* 2.2.2.2.23 */
#define AUX_PROTOCOL_DEVICE_IDENTIFICATION(F, T) \
	F(T, U16, manufacturer_at)               \
	F(T, U16, model_at)                      \
	F(T, U16, serial_number_at)              \
	F(T, U16, version_at)                    \
	F(T, U16, firmware_version_at)           \
	F(T, REST, data)

#define AUX_BLOCKS(B)                                             \
	B(aux_perf_requestid, AUX_PERF_REQUESTID)                 \
	B(aux_perf_sessioninfo, AUX_PERF_SESSIONINFO)             \
	B(aux_perf_sessioninfo_v2, AUX_PERF_SESSIONINFO_V2)       \
	B(aux_perf_clientinfo, AUX_PERF_CLIENTINFO)               \
	B(aux_perf_serverinfo, AUX_PERF_SERVERINFO)               \
	B(aux_perf_processinfo, AUX_PERF_PROCESSINFO)             \
	B(aux_perf_defmdb_success, AUX_PERF_DEFMDB_SUCCESS)       \
	B(aux_perf_defgc_success, AUX_PERF_DEFGC_SUCCESS)         \
	B(aux_perf_mdb_success, AUX_PERF_MDB_SUCCESS)             \
	B(aux_perf_mdb_success_v2, AUX_PERF_MDB_SUCCESS_V2)       \
	B(aux_perf_gc_success, AUX_PERF_GC_SUCCESS)               \
	B(aux_perf_gc_success_v2, AUX_PERF_GC_SUCCESS_V2)         \
	B(aux_perf_failure, AUX_PERF_FAILURE)                     \
	B(aux_perf_failure_v2, AUX_PERF_FAILURE_V2)               \
	B(aux_client_control, AUX_CLIENT_CONTROL)                 \
	B(aux_osversioninfo, AUX_OSVERSIONINFO)                   \
	B(aux_exorginfo, AUX_EXORGINFO)                           \
	B(aux_perf_accountinfo, AUX_PERF_ACCOUNTINFO)             \
	B(aux_server_capabilities, AUX_SERVER_CAPABILITIES)       \
	B(aux_endpoint_capabilities, AUX_ENDPOINT_CAPABILITIES)   \
	B(aux_client_connection_info, AUX_CLIENT_CONNECTION_INFO) \
	B(aux_server_session_info, AUX_SERVER_SESSION_INFO)       \
	B(aux_protocol_device_identification, AUX_PROTOCOL_DEVICE_IDENTIFICATION)

AUX_BLOCKS(WIRE_DECLARE)

/* The layout of a version and type, and its name ("AUX_PERF_CLIENTINFO"); NULL when they are not known. */
const struct wire_type *aux_block_wire(uint8_t version, uint8_t type);

/* Every layout, NULL at the end. */
extern const struct wire_type *const aux_wire_types[];

#endif
