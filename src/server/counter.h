/*
 * Performance counters by object, counter and instance, as Get-Counter and /metrics show them.  Any thread counts; reading
 * sees each counter whole.
 */
#ifndef SERVER_COUNTER_H
#define SERVER_COUNTER_H

#include <stdint.h>

/* object, counter, kind (total or now), help */
#define COUNTER_LIST(C)                                                                                          \
	C(HTTP_CONNECTIONS, "MSExchange HttpProxy", "Connections", NOW, "Connections that are open")               \
	C(HTTP_REQUESTS, "MSExchange HttpProxy", "Requests", TOTAL, "HTTP requests answered")                      \
	C(HTTP_REFUSED, "MSExchange HttpProxy", "Refused Requests", TOTAL, "HTTP requests that were malformed or too large") \
	C(LOGON_FAILURES, "MSExchange Authentication", "Failed Logons", TOTAL, "Wrong passwords and unknown accounts") \
	C(LOGONS_VERIFIED, "MSExchange Authentication", "Verified Passwords", TOTAL, "Passwords that were looked at, right or wrong") \
	C(LOGONS_REMEMBERED, "MSExchange Authentication", "Remembered Logons", TOTAL, "Connections whose password was right a moment ago") \
	C(RPC_SESSIONS, "MSExchange RpcClientAccess", "User Count", NOW, "MAPI sessions")                           \
	C(RPC_WAITING, "MSExchange RpcClientAccess", "Waiting Clients", NOW, "Sessions that wait for notifications") \
	C(RPC_REQUESTS, "MSExchange RpcClientAccess", "RPC Requests", NOW, "Execute requests in progress")         \
	C(RPC_OPERATIONS, "MSExchange RpcClientAccess", "RPC Operations", TOTAL, "Remote operations executed")      \
	C(RPC_REFUSED, "MSExchange RpcClientAccess", "Refused Connects", TOTAL, "Connects and logons that policy refused") \
	C(ROP_UNSUPPORTED, "MSExchange RpcClientAccess", "Unsupported Operations", TOTAL, "Remote operations that are not supported") \
	C(ROP_MICROSECONDS, "MSExchange RpcClientAccess", "RPC Microseconds", TOTAL, "Time spent on remote operations") \
	C(ICS_BYTES, "MSExchange RpcClientAccess", "Fast Transfer Bytes", TOTAL, "Bytes given out by fast transfer") \
	C(NSPI_REQUESTS, "MSExchange NSPI", "NSPI Requests", TOTAL, "Address book requests")                        \
	C(NOTIFICATIONS, "MSExchangeIS", "Notifications Sent", TOTAL, "Notifications handed to clients")            \
	C(SUBMITTED, "MSExchangeTransport", "Messages Submitted", TOTAL, "Messages that clients sent")              \
	C(DELIVERED, "MSExchangeTransport", "Messages Delivered", TOTAL, "Messages put into mailboxes")             \
	C(QUEUED, "MSExchangeTransport", "Messages Queued", NOW, "Messages that wait for the smart host")

enum counter {
#define COUNTER_ID(id, object, name, kind, help) COUNTER_##id,
	COUNTER_LIST(COUNTER_ID)
#undef COUNTER_ID
	COUNTERS
};

enum counter_kind { COUNTER_KIND_TOTAL, COUNTER_KIND_NOW };

struct counter_info {
	const char *object, *name, *help;
	enum counter_kind kind;
};
extern const struct counter_info counter_infos[COUNTERS];

struct counters {
	_Atomic int64_t v[COUNTERS];
};

void counter_add(struct counters *c, enum counter id, int64_t n); /* NULL is fine */
int64_t counter_get(const struct counters *c, enum counter id);

#endif
