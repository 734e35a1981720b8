/*
 * What follows the headers.  It is asked for as a download of the folder in which the versions that are wanted were never seen: so it comes in one stream, with the version it
 * is of, and is cut short and goes on as any other.  What is wanted comes first, small messages of all folders next, large ones last.
 */
#include "client/sync_private.h"
#include "mapi/tag.h"
#include "rop/property_row.h"
#include "rop/rops_message.h"
#include "rop/rops_property.h"
#include "store/message.h"

#include "client/sync_stream.h"

#define AT_ONCE 200u
#define LARGE   ((uint64_t)256 << 10)
#define ASKED   16u /* for their version, in one request */
#define COPIES  4u  /* of copies */

/* Versions -------------------------------------------------------------------------------------------------------------------------- */

/* What the answer to one says; 0: it is not there, or of another replica. */
static status take_version(struct sync *s, struct remote_batch *b, size_t i,
			   struct cache_partial *p)
{
	static const uint32_t tag = PidTagChangeNumber;
	struct rop_get_properties_specific_response *a = NULL;
	struct prop v = { 0 };
	struct bytes row;
	status st;

	if (remote_answer(b, 2 * i, NULL) || remote_answer(b, 2 * i + 1, &a))
		return ecNone;
	row = a->row_data;
	st = property_row_next(&row, &tag, 1, remote_arena(b), &v, s->why);
	if (!st && prop_type(&v) == PT_I8 && v.value.n == 8)
		p->cn = remote_globcnt(s->remote, le64(v.value.p));
	return st;
}

static status ask_versions(struct sync *s, struct cache_partial *v, size_t n)
{
	static uint32_t tag = PidTagChangeNumber;
	struct rop_get_properties_specific_request q = { .want_unicode = 1,
							 .property_tags = { 1, &tag } };
	struct remote_batch *b = remote_batch(s->remote);
	struct rop_open_message_request *open = arena_array(remote_arena(b), n, sizeof *open);
	unsigned slots[ASKED];
	status st;

	if (!open)
		return reason_set(s->why, ecMemory, "out of memory");
	for (size_t i = 0; i < n; i++) {
		open[i] = (struct rop_open_message_request){
			.code_page_id = 0x0FFF,
			.folder_id = remote_id(s->remote, v[i].folder),
			.message_id = remote_id(s->remote, v[i].message)
		};
		slots[i] =
			remote_add(b, ROP_OPEN_MESSAGE, remote_logon_handle(s->remote), &open[i]);
		(void)remote_add(b, ROP_GET_PROPERTIES_SPECIFIC, slots[i], &q);
	}
	st = remote_run(b, false, s->why);
	for (size_t i = 0; i < n && !st; i++)
		st = take_version(s, b, i, &v[i]);
	for (size_t i = 0; i < n; i++)
		if (slots[i] != REMOTE_NO_SLOT)
			remote_release(s->remote, slots[i]);
	return st;
}

/* Those that were moved here have another one there. */
static status learn_versions(struct sync *s, struct cache_partial *v, size_t n)
{
	struct cache_partial some[ASKED];
	size_t at[ASKED], k = 0;
	status st = ecNone;

	for (size_t i = 0; i < n && !st; i++) {
		if (!v[i].cn) {
			at[k] = i;
			some[k++] = v[i];
		}
		if (!k || (k < ASKED && i + 1 < n))
			continue;
		st = ask_versions(s, some, k);
		for (size_t j = 0; j < k && !st; j++)
			v[at[j]] = some[j];
		k = 0;
	}
	return st;
}

/* Some of a folder ------------------------------------------------------------------------------------------------------------------ */

/* What is still not whole is left for another run. */
static status note_tried(struct sync *s, const struct cache_partial *v, size_t n)
{
	status st = cache_apply_begin(s->cache);

	for (size_t i = 0; i < n && !st; i++)
		st = cache_partial_tried(s->cache, v[i].message);
	return sync_store(s, cache_apply_end(s->cache, st), "messages of which only the headers are here");
}

static status fill_some(struct sync *s, uint64_t folder, const char *name, struct cache_partial *v,
			size_t n)
{
	const struct sync_fetch how = { .folder = folder, .name = name, .again = v, .n_again = n };
	struct sync_fetched got = { .left = false };
	status st = learn_versions(s, v, n);

	if (!st)
		st = sync_fetch(s, &how, &got);
	return st ? st : note_tried(s, v, n);
}

static bool is_in_a_hurry(struct sync *s)
{
	s->counts.hurried = s->counts.hurried || (s->options->hurry && s->options->hurry(s->options->context));
	return s->counts.hurried;
}

static status fill_folder(struct sync *s, uint64_t folder, const char *name, bool all,
			  uint64_t most)
{
	const struct cache_partial_ask ask = { .folder = folder, .all = all, .most = most };
	struct cache_partial v[AT_ONCE];
	size_t n = 0;
	status st = ecNone;

	while (!st && !is_in_a_hurry(s)) {
		st = sync_store(s, cache_next_partial(s->cache, &ask, v, AT_ONCE, &n), name);
		if (st || !n)
			break;
		sync_tell(s, SYNC_DOWNLOADING, name, s->counts.completed, 0);
		st = fill_some(s, folder, name, v, n);
		if (!st)
			st = sync_breathe(s);
	}
	return st;
}

static status fill_wanted(struct sync *s, uint64_t folder, const char *name)
{
	return fill_folder(s, folder, name, false, 0);
}

static status fill_small(struct sync *s, uint64_t folder, const char *name)
{
	return fill_folder(s, folder, name, true, LARGE);
}

static status fill_large(struct sync *s, uint64_t folder, const char *name)
{
	return fill_folder(s, folder, name, true, 0);
}

static status begin_run(struct sync *s)
{
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = cache_partial_again(s->cache);
	return sync_store(s, cache_apply_end(s->cache, st), "messages of which only the headers are here");
}

status sync_fill(struct sync *s)
{
	uint64_t n = 0;
	status st = sync_store(s, cache_partial_count(s->cache, &n),
			       "messages of which only the headers are here");

	if (st || !n)
		return st;
	st = begin_run(s);
	if (!st)
		st = sync_each_folder(s, fill_wanted);
	if (st || s->options->profile->download == PROFILE_HEADERS)
		return st;
	st = sync_each_folder(s, fill_small);
	return st ? st : sync_each_folder(s, fill_large);
}

/* One ------------------------------------------------------------------------------------------------------------------------------- */

/* A copy that was made here becomes what its source is by now, under what was changed in it. */
static status take_from_source(struct sync *s, uint64_t source, uint64_t copy)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * MESSAGE_BODY_MAX);
	struct mailbox *m = cache_mailbox(s->cache);
	struct message_options o;
	struct message_writer *w = NULL;
	struct item_result result = { 0 };
	struct message_info info;
	struct sync_refill refill = { .on = false };
	uint64_t id;
	status st = message_info(m, copy, &arena, &info);

	if (!st)
		st = sync_refill_plan(s, copy, NULL, &arena, &o, &refill);
	if (!st)
		st = message_writer_new(m, info.folder, &o, &w);
	if (!st)
		st = message_emit(m, source, message_writer_sink(w), &result);
	if (!st && result.outcome != OUTCOME_WRITTEN)
		st = ecCorruptData;
	if (!st)
		st = message_writer_finish(w, &id);
	message_writer_free(w);
	return st ? st : sync_refill_done(s, copy, &refill);
}

static status fill_copy(struct sync *s, const struct cache_partial *p)
{
	status st = cache_apply_begin(s->cache);

	if (!st)
		st = take_from_source(s, p->source, p->message);
	st = cache_apply_end(s->cache, st);
	return st == ecNotFound
		       ? ecNone
		       : sync_store(s, st,
				    "a copy of a message of which only the headers were here");
}

/* As it is at the server, in the folder in which it is here. */
static status fill_itself(struct sync *s, struct cache_partial *p)
{
	const struct sync_fetch how = {
		.folder = p->folder, .name = "a message", .again = p, .n_again = 1
	};
	struct sync_fetched got = { .left = false };
	status st;

	p->cn = 0;
	st = ask_versions(s, p, 1);
	return st || !p->cn ? st : sync_fetch(s, &how, &got);
}

static status fill(struct sync *s, uint64_t message, unsigned depth, status *verdict)
{
	struct cache_partial p;
	struct message_info info;
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)4 << 20);
	bool partial = false;
	status st = sync_store(s, cache_partial(s->cache, message, &p, &partial), "a message");

	*verdict = ecNone;
	if (st || !partial)
		return st;
	if (!p.source)
		st = fill_itself(s, &p);
	else if (depth == COPIES ||
		 message_info(cache_mailbox(s->cache), p.source, &arena, &info) || info.deleted)
		*verdict = ecNotFound;
	else
		st = fill(s, p.source, depth + 1, verdict);
	if (!st && !*verdict && p.source)
		st = fill_copy(s, &p);
	if (!st)
		st = sync_store(s, cache_partial(s->cache, message, &p, &partial), "a message");
	if (!st && partial)
		*verdict = ecNotFound;
	return st;
}

status sync_fill_one(struct sync *s, uint64_t message, status *verdict)
{
	return fill(s, message, 0, verdict);
}

status sync_complete(struct cache *c, struct remote *r, const struct sync_options *o,
		     uint64_t message, struct reason *why)
{
	struct sync s = { .cache = c, .remote = r, .options = o, .why = why };
	status verdict = ecNone, closed, st = sync_issues_open(c, &s.issues);

	s.link = o->link ? o->link : &s.own_link;
	if (st)
		return st;
	st = sync_fill_one(&s, message, &verdict);
	if (!cache_mailbox(c))
		return st;
	closed = sync_issues_close(s.issues);
	if (st || closed)
		return st ? st : closed;
	return verdict ? reason_set(
				 why, verdict,
				 "the server does not have the rest of it, or not yet where it was moved to")
		       : ecNone;
}
