/* Who logged on a moment ago: what took a password's 18 ms need not take them again. */
#include "server/auth.h"

#include <pthread.h>
#include <stdlib.h>

#define PLACES 4096u

struct recent {
	uint64_t hash[2], change_number, user, until;
};

struct recent_logons {
	pthread_mutex_t lock;
	struct recent places[PLACES];
};

status recent_logons_new(struct recent_logons **out)
{
	struct recent_logons *r = calloc(1, sizeof *r);

	if (!r)
		return ecMemory;
	(void)pthread_mutex_init(&r->lock, NULL);
	*out = r;
	return ecNone;
}

void recent_logons_free(struct recent_logons *r)
{
	if (!r)
		return;
	(void)pthread_mutex_destroy(&r->lock);
	explicit_bzero(r, sizeof *r);
	free(r);
}

/* The hash is keyed: nobody chooses whom he displaces. */
static struct recent *place_of(struct recent_logons *r, const uint64_t hash[static 2])
{
	return &r->places[hash[0] % PLACES];
}

void recent_logon_add(struct recent_logons *r, const uint64_t hash[static 2], uint64_t change_number, uint64_t user, uint64_t until)
{
	(void)pthread_mutex_lock(&r->lock);
	*place_of(r, hash) = (struct recent){ { hash[0], hash[1] }, change_number, user, until };
	(void)pthread_mutex_unlock(&r->lock);
}

bool recent_logon_find(struct recent_logons *r, const uint64_t hash[static 2], uint64_t change_number, uint64_t now, uint64_t *user)
{
	(void)pthread_mutex_lock(&r->lock);
	const struct recent *p = place_of(r, hash);
	bool found = p->hash[0] == hash[0] && p->hash[1] == hash[1] && p->change_number == change_number && now < p->until;

	if (found)
		*user = p->user;
	(void)pthread_mutex_unlock(&r->lock);
	return found;
}
