/* Does everybody have the store that the directory says, and is there none besides? */
#include "store/directory_check.h"
#include "store/site_private.h"

#include "base/map.h"

struct stores {
	directory_finder *tell;
	void *context;
	unsigned findings;
};

static status tell_of(struct stores *c, uint64_t object, const char *name, const char *words)
{
	c->findings++;
	return c->tell(c->context, &(struct directory_finding){ object, name, words });
}

/* What is pending counts: it is settled when it is opened. */
static status note_stores(struct site *s, struct map *there, struct arena *arena, struct reason *why)
{
	struct site_entry *entries = NULL;
	size_t n = 0;
	status st = s->place->ops->list(s->place, arena, &entries, &n, why);

	for (size_t i = 0; i < n && !st; i++)
		if (map_put(there, bytes_of(entries[i].mailbox.b, sizeof entries[i].mailbox.b), entries[i].pending))
			st = reason_set(why, ecMemory, "out of memory: too many mailboxes");
	return st;
}

/* Takes from the map what has an owner. */
static status check_owners(struct site *s, struct stores *c, const char *class, const char *attribute, struct map *there, struct reason *why)
{
	CLEANUP_ARENA struct arena ids_arena = ARENA_BUDGET(SITE_WORK_MOST);
	struct directory_query q = { .as = directory_class(class) };
	uint64_t *ids, *known;
	size_t n = 0;
	status st = directory_list(s->directory, &q, &ids_arena, &ids, &n, why);

	for (size_t i = 0; i < n && !st; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
		const struct directory_object *o;
		struct guid g;

		st = directory_get(s->directory, q.as, ids[i], &arena, &o, why);
		if (st == ecNotFound || st == ecCorruptData) {
			st = ecNone; /* removed meanwhile, or told of already */
			continue;
		}
		if (st || !directory_guid(o, attribute, &g))
			continue;
		known = map_get(there, bytes_of(g.b, sizeof g.b));
		if (known)
			*known = 2;
		else
			st = tell_of(c, o->id, o->name, "the store of the mailbox is gone; restore it from a backup");
	}
	return st;
}

static status check_stores(struct site *s, struct stores *c, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SITE_WORK_MOST);
	CLEANUP_MAP struct map there;
	struct bytes key;
	uint64_t state;
	size_t at = 0;
	status st;

	map_init(&there, DIRECTORY_LIST_MOST);
	st = note_stores(s, &there, &arena, why);
	if (!st)
		st = check_owners(s, c, "Mailbox", "ExchangeGuid", &there, why);
	if (!st)
		st = check_owners(s, c, "DisconnectedMailbox", "MailboxGuid", &there, why);
	while (!st && map_next(&there, &at, &key, &state)) {
		struct guid g;
		char text[GUID_TEXT_SIZE];

		if (state || key.n != sizeof g.b)
			continue;
		memcpy(g.b, key.p, sizeof g.b);
		guid_format(&g, text);
		st = tell_of(c, 0, text, "a store of nobody; connect it to somebody, or move it away");
	}
	return st;
}

status site_check(struct site *s, directory_finder *tell, void *context, unsigned *findings, struct reason *why)
{
	struct stores c = { tell, context, 0 };
	unsigned of_directory = 0;
	status st = directory_check(s->directory, tell, context, &of_directory, why);

	if (!st)
		st = check_stores(s, &c, why);
	if (!st)
		*findings = of_directory + c.findings;
	return st;
}
