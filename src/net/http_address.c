#include "net/http_address.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/map.h"

struct http_address {
	struct http_address *next;
	uint8_t bytes[8];
	uint8_t n;
	unsigned count;
};

status http_addresses_init(struct http_addresses *a)
{
	a->buckets = calloc(HTTP_ADDRESS_BUCKETS, sizeof(struct http_address *));
	return a->buckets && getrandom(a->key, sizeof a->key, 0) == (ssize_t)sizeof a->key ? ecNone : ecMemory;
}

void http_addresses_free(struct http_addresses *a)
{
	for (size_t i = 0; a->buckets && i < HTTP_ADDRESS_BUCKETS; i++)
		while (a->buckets[i]) {
			struct http_address *gone = a->buckets[i];

			a->buckets[i] = gone->next;
			free(gone);
		}
	free(a->buckets);
	a->buckets = NULL;
}

static struct bytes key_of(const struct sockaddr *peer)
{
	const struct sockaddr_in *v4 = (const void *)peer;
	const struct sockaddr_in6 *v6 = (const void *)peer;

	if (peer->sa_family == AF_INET6 && IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
		return bytes_of(v6->sin6_addr.s6_addr + 12, 4);
	return peer->sa_family == AF_INET6 ? bytes_of(&v6->sin6_addr, 8) : bytes_of(&v4->sin_addr, 4);
}

static struct http_address **find(const struct http_addresses *a, struct bytes key)
{
	struct http_address **at = &a->buckets[siphash24(a->key, key) % HTTP_ADDRESS_BUCKETS];

	while (*at && !bytes_equal(bytes_of((*at)->bytes, (*at)->n), key))
		at = &(*at)->next;
	return at;
}

bool http_address_add(struct http_addresses *a, const struct sockaddr *peer, unsigned most)
{
	struct bytes key = key_of(peer);
	struct http_address **at = find(a, key);

	if (!*at) {
		*at = calloc(1, sizeof **at);
		if (!*at)
			return false;
		memcpy((*at)->bytes, key.p, key.n);
		(*at)->n = (uint8_t)key.n;
	}
	if ((*at)->count >= most)
		return false;
	(*at)->count++;
	return true;
}

void http_address_remove(struct http_addresses *a, const struct sockaddr *peer)
{
	struct http_address **at = find(a, key_of(peer)), *gone = *at;

	if (gone && --gone->count == 0) {
		*at = gone->next;
		free(gone);
	}
}
