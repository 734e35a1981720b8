/*
 * The bodies of the mailbox endpoint, [MS-OXCMAPIHTTP] 2.2.4.  What they carry besides ROPs is
 * explained in [MS-OXCRPC] 3.1.4.1 (Connect), 3.1.4.2 (Execute), 3.3.4.1 (NotificationWait).
 *
 * `aux` is the AuxiliaryBuffer: an extended buffer (rop/rpc_header.h) of auxiliary blocks
 * (rop/aux.h), or nothing.  `rops` is one extended buffer or several.  Texts of Connect are ASCII
 * (user_dn, dn_prefix) and UTF-16LE (display_name).
 */
#ifndef ROP_MAPIHTTP_MAILBOX_H
#define ROP_MAPIHTTP_MAILBOX_H

#include "wire/wire.h"

/* 2.2.4.1.1; [MS-OXCRPC] 3.1.4.1 says what the flags are. */
enum mapihttp_connect_flag {
	MAPIHTTP_CONNECT_ADMIN = 0x00000001, /* "use administrative privilege" */
	MAPIHTTP_CONNECT_NO_PUBLIC_LOGON =
		0x00008000, /* not to be sent to servers with public folders */
};

/* [MS-OXCRPC] 3.1.4.2, pulFlags. */
enum mapihttp_execute_flag {
	MAPIHTTP_EXECUTE_NO_COMPRESSION = 0x00000001,
	MAPIHTTP_EXECUTE_NO_XOR_MAGIC = 0x00000002,
	MAPIHTTP_EXECUTE_CHAIN = 0x00000004,
	MAPIHTTP_EXECUTE_EXTENDED_ERROR =
		0x00000008, /* MAPI over HTTP: asked for by newer clients */
};

/* [MS-OXCRPC] 3.1.4.2: the most that cbIn and pcbOut may say. */
#define MAPIHTTP_ROPS_MAX 0x40000u
/* [MS-OXCRPC] 3.1.4.1: the most that cbAuxIn may say. */
#define MAPIHTTP_AUX_MAX 0x1008u

#define CONNECT_REQUEST(F, T)  \
	F(T, STR8, user_dn)    \
	F(T, U32, flags)       \
	F(T, U32, code_page)   \
	F(T, U32, lcid_sort)   \
	F(T, U32, lcid_string) \
	F(T, BYTES, aux, 4)
/* 2.2.4.1.2; times in milliseconds. */
#define CONNECT_RESPONSE(F, T)    \
	F(T, U32, status_code)    \
	F(T, U32, error_code)     \
	F(T, U32, polls_max)      \
	F(T, U32, retry_count)    \
	F(T, U32, retry_delay)    \
	F(T, STR8, dn_prefix)     \
	F(T, STR16, display_name) \
	F(T, BYTES, aux, 4)
/* 2.2.4.2.1; max_rops is the most bytes of the response's `rops`. */
#define EXECUTE_REQUEST(F, T) \
	F(T, U32, flags)      \
	F(T, BYTES, rops, 4)  \
	F(T, U32, max_rops)   \
	F(T, BYTES, aux, 4)
/* 2.2.4.2.2; flags are 0. */
#define EXECUTE_RESPONSE(F, T) \
	F(T, U32, status_code) \
	F(T, U32, error_code)  \
	F(T, U32, flags)       \
	F(T, BYTES, rops, 4)   \
	F(T, BYTES, aux, 4)
/* 2.2.4.3.1 */
#define DISCONNECT_REQUEST(F, T) F(T, BYTES, aux, 4)
/* 2.2.4.3.2 */
#define DISCONNECT_RESPONSE(F, T) \
	F(T, U32, status_code)    \
	F(T, U32, error_code)     \
	F(T, BYTES, aux, 4)
/* 2.2.4.4.1; flags are to be ignored. */
#define NOTIFICATION_WAIT_REQUEST(F, T) \
	F(T, U32, flags)                \
	F(T, BYTES, aux, 4)
/* 2.2.4.4.2; event_pending is 1 or 0. */
#define NOTIFICATION_WAIT_RESPONSE(F, T) \
	F(T, U32, status_code)           \
	F(T, U32, error_code)            \
	F(T, U32, event_pending)         \
	F(T, BYTES, aux, 4)

/* Failure of every request type but Unbind: 2.2.4.1.3 and its like; status_code is not 0. */
#define MAPIHTTP_FAILURE(F, T) \
	F(T, U32, status_code) \
	F(T, BYTES, aux, 4)

WIRE_DECLARE(connect_request, CONNECT_REQUEST)
WIRE_DECLARE(connect_response, CONNECT_RESPONSE)
WIRE_DECLARE(execute_request, EXECUTE_REQUEST)
WIRE_DECLARE(execute_response, EXECUTE_RESPONSE)
WIRE_DECLARE(disconnect_request, DISCONNECT_REQUEST)
WIRE_DECLARE(disconnect_response, DISCONNECT_RESPONSE)
WIRE_DECLARE(notification_wait_request, NOTIFICATION_WAIT_REQUEST)
WIRE_DECLARE(notification_wait_response, NOTIFICATION_WAIT_RESPONSE)
WIRE_DECLARE(mapihttp_failure, MAPIHTTP_FAILURE)

#endif
