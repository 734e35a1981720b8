/*
 * A folder as the profile wants it: whole messages, or headers first, and only so many months back.
 *
 * The window is a restriction of the download ([MS-OXCFXICS] 2.2.3.2.1.1 RestrictionData) on PidTagMessageDeliveryTime; what was never delivered (drafts, contacts) is always
 * within it.  It begins with a day, so it moves once a day.  How far back a folder is here stands beside its state: when it shall go further back, what lies between comes as a
 * download of its own, from no state, and is added to the state; when less far, what is older goes here, and only here: the server hears nothing of it.
 */
#include <string.h>

#include "base/filetime.h"
#include "client/sync_private.h"
#include "mapi/restriction.h"
#include "mapi/tag.h"
#include "store/message.h"

#define ROUNDS_MOST 4u
#define PAGE        256u
#define DAY         ((uint64_t)86400 * 10000000)
#define MONTH       (DAY * 365 / 12)
#define QUIET_MOST  (31 * DAY) /* without any new mail: then the clock is not believed */

/* How far back ---------------------------------------------------------------------------------------------------------------------- */

/* A clock that has jumped must not empty the cache: it is later than when the cache was made, and little later than the newest message. */
static status believable_now(struct sync *s, uint64_t *now)
{
	uint64_t newest = 0, made = cache_binding(s->cache)->made;
	status st = cache_newest(s->cache, &newest);

	*now = s->options->clock->now(s->options->clock);
	if (newest && *now > newest + QUIET_MOST)
		*now = newest + QUIET_MOST;
	if (*now < made)
		*now = made;
	return st;
}

static status wanted_from(struct sync *s, uint64_t *from)
{
	uint64_t now = 0, months = s->options->profile->keep_months;
	status st = months ? believable_now(s, &now) : ecNone;

	*from = months && months * MONTH < now ? (now - months * MONTH) / DAY * DAY : 0;
	return st;
}

/* Restrictions ---------------------------------------------------------------------------------------------------------------------- */

static struct restriction delivered(enum restriction_relop relop, uint64_t time,
				    uint8_t bytes[static 8])
{
	struct restriction r = { .kind = RES_PROPERTY };

	put_le64(bytes, time);
	r.u.property =
		(struct restriction_property){ .relop = (uint8_t)relop,
					       .tag = PidTagMessageDeliveryTime,
					       .value.prop = { .tag = PidTagMessageDeliveryTime,
							       .count = 1,
							       .size = 8,
							       .value = bytes_of(bytes, 8) } };
	return r;
}

/* Since then, or never. */
static status within(uint64_t from, struct buf *out)
{
	uint8_t bytes[8];
	struct restriction exists = { .kind = RES_EXIST, .u.exist.tag = PidTagMessageDeliveryTime };
	struct restriction any[2] = { { .kind = RES_NOT, .u.negated.restriction = &exists },
				      delivered(RELOP_GE, from, bytes) };
	struct restriction all = { .kind = RES_OR, .u.list.all = { 2, any } };

	return from ? restriction_encode(&all, WIRE_COUNTS_16, out, NULL) : ecNone;
}

static status between(uint64_t from, uint64_t to, struct buf *out)
{
	uint8_t first[8], last[8];
	struct restriction both[2] = { delivered(RELOP_LT, to, last),
				       delivered(RELOP_GE, from, first) };
	struct restriction all = { .kind = RES_AND, .u.list.all = { from ? 2 : 1, both } };

	return restriction_encode(&all, WIRE_COUNTS_16, out, NULL);
}

/* Narrower -------------------------------------------------------------------------------------------------------------------------- */

/* What the server does not have as it is here, or is not mail that came, stays. */
static status may_go(struct sync *s, uint64_t message, uint64_t from, bool *may)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * MESSAGE_BODY_MAX);
	enum outbox_state state;
	struct message_info info = { .flags = 0 };
	bool pending = false, sending = false;
	struct prop p;
	status st = cache_is_pending(s->cache, message, &pending);

	*may = false;
	if (!st)
		st = outbox_state_of(s->cache, message, &state, &sending);
	if (!st)
		st = message_info(cache_mailbox(s->cache), message, &arena, &info);
	if (st || pending || sending || info.flags & (MSGFLAG_UNSENT | MSGFLAG_SUBMIT))
		return st;
	st = message_value(cache_mailbox(s->cache), message, tag_id(PidTagMessageDeliveryTime),
			   &arena, &p);
	*may = !st && p.value.n == 8 && le64(p.value.p) < from;
	return st == ecNotFound ? ecNone : st;
}

static status drop_page(struct sync *s, uint64_t from, const uint64_t *ids, size_t n,
			struct sync_state *state)
{
	const struct guid *replica = &remote_mailbox(s->remote)->replica;
	status st = ecNone;

	for (size_t i = 0; i < n && !st; i++) {
		bool may = false;

		st = may_go(s, ids[i], from, &may);
		if (st || !may)
			continue;
		st = cache_drop_message(s->cache, ids[i]);
		/* It is not asked about again. */
		if (!st)
			st = idset_remove(&state->given, replica, ids[i], ids[i]);
		s->counts.dropped += !st;
	}
	return st;
}

static status drop_some(struct sync *s, uint64_t folder, uint64_t from, uint64_t *after, size_t *n)
{
	CLEANUP_SYNC_STATE struct sync_state state = SYNC_STATE_MAX(IDSET_RANGES_MAX);
	uint64_t ids[PAGE];
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = cache_older(s->cache, folder, from, *after, ids, PAGE, n);
	if (!st && *n)
		st = cache_state(s->cache, folder, &state);
	if (!st && *n) {
		*after = ids[*n - 1];
		st = drop_page(s, from, ids, *n, &state);
	}
	if (!st)
		st = *n ? cache_set_state(s->cache, folder, &state)
			: cache_set_kept_from(s->cache, folder, from);
	return cache_apply_end(s->cache, st);
}

static status drop_older(struct sync *s, uint64_t folder, uint64_t from, const char *name)
{
	uint64_t after = 0;
	size_t n = 1;
	status st = ecNone;

	while (!st && n) {
		st = sync_store(s, drop_some(s, folder, from, &after, &n), name);
		if (!st)
			st = sync_breathe(s);
	}
	return st;
}

/* The window ------------------------------------------------------------------------------------------------------------------------ */

static status note_from(struct sync *s, uint64_t folder, uint64_t from)
{
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = cache_set_kept_from(s->cache, folder, from);
	return cache_apply_end(s->cache, st);
}

static status go_back(struct sync *s, const struct sync_fetch *how, uint64_t from, uint64_t to)
{
	CLEANUP_BUF struct buf bytes = BUF_MAX(4096);
	struct sync_fetch further = *how;
	struct sync_fetched got = { .left = false };
	status st = between(from, to, &bytes);

	if (st)
		return reason_set(s->why, st, "out of memory");
	further.further_back = true;
	further.may_slow = false;
	further.restriction = buf_bytes(&bytes);
	st = sync_fetch(s, &further, &got);
	return st ? st : sync_store(s, note_from(s, how->folder, from), how->name);
}

/* What is here of the folder is what is to be, at its far end. */
static status set_window(struct sync *s, const struct sync_fetch *how, uint64_t from)
{
	uint64_t was = 0;
	bool known = false;
	status st = sync_store(s, cache_kept_from(s->cache, how->folder, &was, &known), how->name);

	if (!st && !known)
		return sync_store(s, note_from(s, how->folder, from), how->name);
	if (!st && from > was)
		return drop_older(s, how->folder, from, how->name);
	return !st && from < was ? go_back(s, how, from, was) : st;
}

/* A folder -------------------------------------------------------------------------------------------------------------------------- */

/* Mail that came or went: what is made by people, or of use as a whole only, is always here whole. */
static status is_mail(struct sync *s, uint64_t folder, bool *mail)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder f;
	status st = folder_get(cache_mailbox(s->cache), folder, &arena, &f);

	*mail = !st && f.role != MAILBOX_DRAFTS && f.role != MAILBOX_OUTBOX &&
		(!*f.class_name || strncmp(f.class_name, "IPF.Note", 8) == 0);
	return st;
}

/* `from`: 0, or when its window begins. */
static status plan(struct sync *s, uint64_t folder, const char *name, struct buf *room, uint64_t *from, struct sync_fetch *how)
{
	enum profile_download download = s->options->profile->download;
	bool mail = false;
	status st = sync_store(s, is_mail(s, folder, &mail), name);

	*from = 0;
	if (!st && mail)
		st = sync_store(s, wanted_from(s, from), name);
	if (!st && within(*from, room))
		st = reason_set(s->why, ecMemory, "out of memory");
	*how = (struct sync_fetch){ .folder = folder, .name = name, .restriction = buf_bytes(room) };
	how->headers = mail && (download != PROFILE_FULL || s->link->slow);
	how->may_slow = mail && !how->headers;
	return st;
}

status sync_folder_plan(struct sync *s, uint64_t folder, const char *name, struct buf *room, struct sync_fetch *how)
{
	uint64_t from;

	return plan(s, folder, name, room, &from, how);
}

status sync_folder_contents(struct sync *s, uint64_t folder, const char *name)
{
	CLEANUP_BUF struct buf restriction = BUF_MAX(4096);
	struct sync_fetch how;
	struct sync_fetched got = { .left = true };
	uint64_t from = 0;
	status st = plan(s, folder, name, &restriction, &from, &how);

	if (!st)
		st = set_window(s, &how, from);
	for (unsigned i = 0; !st && (got.left || got.slowed) && i < ROUNDS_MOST; i++) {
		st = sync_fetch(s, &how, &got);
		how.headers = got.slowed;
		how.whole = how.whole || got.whole;
		how.may_slow = false;
	}
	return st;
}
