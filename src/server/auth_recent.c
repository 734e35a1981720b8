/* Who logged on a moment ago: what took a password's 18 ms need not take them again. */
#include "server/auth.h"

#include <pthread.h>
#include <stdlib.h>

struct place {
	uint64_t hash[2];
	struct recent_logon logon;
};

struct recent_logons {
	pthread_mutex_t lock;
	struct place places[RECENT_LOGONS];
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
static struct place *place_of(struct recent_logons *r, const uint64_t hash[static 2])
{
	return &r->places[hash[0] % RECENT_LOGONS];
}

/* With the lock: what the hash is of, or NULL. */
static struct place *find(struct recent_logons *r, const uint64_t hash[static 2])
{
	struct place *p = place_of(r, hash);

	return p->hash[0] == hash[0] && p->hash[1] == hash[1] && p->logon.until ? p : NULL;
}

void recent_logon_add(struct recent_logons *r, const uint64_t hash[static 2], const struct recent_logon *l)
{
	(void)pthread_mutex_lock(&r->lock);
	*place_of(r, hash) = (struct place){ { hash[0], hash[1] }, *l };
	(void)pthread_mutex_unlock(&r->lock);
}

bool recent_logon_find(struct recent_logons *r, const uint64_t hash[static 2], uint64_t now, struct recent_logon *out)
{
	(void)pthread_mutex_lock(&r->lock);
	const struct place *p = find(r, hash);
	bool found = p && now < p->logon.until;

	if (found)
		*out = p->logon;
	(void)pthread_mutex_unlock(&r->lock);
	return found;
}

void recent_logon_forget(struct recent_logons *r, const uint64_t hash[static 2])
{
	(void)pthread_mutex_lock(&r->lock);
	struct place *p = find(r, hash);

	if (p)
		*p = (struct place){ .hash = { 0, 0 } };
	(void)pthread_mutex_unlock(&r->lock);
}
