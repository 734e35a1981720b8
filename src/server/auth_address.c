/* Addresses that guess passwords are slowed down. */
#include "server/auth.h"

#include "base/map.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>

#define ADDRESSES_MOST 65536u
#define FORGET_SECONDS 900u
#define DELAY_DOUBLINGS 6u

struct address_delays {
	pthread_mutex_t lock;
	struct map map; /* address -> second of the last failure, and 16 bits of how many in a row */
};

status address_delays_new(struct address_delays **out)
{
	struct address_delays *d = calloc(1, sizeof *d);

	if (!d)
		return ecMemory;
	pthread_mutex_init(&d->lock, NULL);
	map_init(&d->map, ADDRESSES_MOST);
	*out = d;
	return ecNone;
}

void address_delays_free(struct address_delays *d)
{
	if (!d)
		return;
	map_free(&d->map);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

/* What belongs to one subscriber; text that is no address stands for itself. */
static struct bytes key_of(const char *address, uint8_t room[16])
{
	if (inet_pton(AF_INET, address, room) == 1)
		return bytes_of(room, 4);
	if (inet_pton(AF_INET6, address, room) == 1)
		return bytes_of(room, 8);
	return bytes_of(address, strlen(address));
}

static bool forgotten(uint64_t entry, uint64_t now)
{
	return now < entry >> 16 || now - (entry >> 16) > FORGET_SECONDS;
}

bool address_is_delayed(struct address_delays *d, const char *address, uint64_t now)
{
	uint8_t room[16];
	bool delayed = false;

	pthread_mutex_lock(&d->lock);
	const uint64_t *at = map_get(&d->map, key_of(address, room));
	if (at && !forgotten(*at, now)) {
		unsigned n = *at & 0xffff;
		unsigned doublings = n > ADDRESS_DELAY_AFTER ? n - ADDRESS_DELAY_AFTER : 0;

		if (doublings > DELAY_DOUBLINGS)
			doublings = DELAY_DOUBLINGS;
		delayed = n >= ADDRESS_DELAY_AFTER && now - (*at >> 16) < (uint64_t)1 << doublings;
	}
	pthread_mutex_unlock(&d->lock);
	return delayed;
}

unsigned address_failed(struct address_delays *d, const char *address, uint64_t now)
{
	uint8_t room[16];
	struct bytes key = key_of(address, room);
	unsigned n = 1;

	pthread_mutex_lock(&d->lock);
	const uint64_t *at = map_get(&d->map, key);
	if (at && !forgotten(*at, now))
		n = (*at & 0xffff) < 0xffff ? (unsigned)(*at & 0xffff) + 1 : 0xffff;
	/* When there are too many addresses, all are forgiven: accounts are still locked. */
	if (map_put(&d->map, key, now << 16 | n)) {
		map_free(&d->map);
		map_init(&d->map, ADDRESSES_MOST);
	}
	pthread_mutex_unlock(&d->lock);
	return n;
}

void address_succeeded(struct address_delays *d, const char *address)
{
	uint8_t room[16];

	pthread_mutex_lock(&d->lock);
	uint64_t *at = map_get(&d->map, key_of(address, room));
	if (at)
		*at = (*at & ~(uint64_t)0xffff) | (*at & 0xffff) / 2;
	pthread_mutex_unlock(&d->lock);
}
