/*
 * How many connections each address has; of IPv6, each /64, which is what one customer has. Not for two threads
 * at once.
 */
#ifndef NET_HTTP_ADDRESS_H
#define NET_HTTP_ADDRESS_H

#include <netinet/in.h>

#include "base/status.h"

#define HTTP_ADDRESS_BUCKETS 4096u

struct http_address;

struct http_addresses {
	struct http_address **buckets;
	uint64_t key[2]; /* addresses are chosen by peers */
};

status http_addresses_init(struct http_addresses *a) MUST;
void http_addresses_free(struct http_addresses *a);
/* One more of that address, unless it has `most` already (false), or there is no memory. */
bool http_address_add(struct http_addresses *a, const struct sockaddr *peer, unsigned most);
void http_address_remove(struct http_addresses *a, const struct sockaddr *peer);

#endif
