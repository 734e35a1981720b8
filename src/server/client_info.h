/* What a client says of itself at Connect, and over what it came: what policy decides by. */
#ifndef SERVER_CLIENT_INFO_H
#define SERVER_CLIENT_INFO_H

#include "base/guid.h"

enum client_mode { CLIENT_MODE_UNKNOWN = 0, CLIENT_MODE_ONLINE = 1, CLIENT_MODE_CACHED = 2 };
enum client_transport { TRANSPORT_MAPI_HTTP, TRANSPORT_RPC_HTTP, TRANSPORT_RPC_TCP };

struct client_info {
	uint16_t version[4]; /* 15.0.4420.1017 */
	enum client_mode mode;
	enum client_transport transport;
	bool encrypted;      /* the transport is */
	uint32_t codepage, sort_lcid, string_lcid;
	char name[64], machine[64], process[64]; /* printable, for logs; "" when not said */
	char address[64];    /* of the peer */
};

#endif
