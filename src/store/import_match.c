#include "store/import_match.h"

#include "rop/xid.h"

/* Of the columns and versions of the two. */
#define MATCH_MEMORY ((size_t)4 << 20)
/* Of so many with one search key or Message-ID the first are looked at. */
#define CANDIDATES_MOST 1000
/* Contents that a folder of the source holds more than once. */
#define REPEATED_MOST ((size_t)1 << 22)

struct match {
	struct import_matcher *w;
	struct mailbox *m;
	const struct message_info *item;
	enum import_finding finding;
	uint64_t message;
};

/* What is there under the id, when it can be the item at all. */
static status look(struct match *k, uint64_t id, struct arena *a, struct message_info *there, bool *possible)
{
	bool taken = true;
	status st = message_info(k->m, id, a, there);

	*possible = false;
	if (st || there->deleted || there->associated != k->item->associated)
		return st;
	if (!k->w->anywhere && there->folder != k->item->folder)
		return ecNone;
	if (!k->w->anywhere)
		st = import_journal_has(k->w->journal, id, &taken);
	*possible = !st && (k->w->anywhere || !taken);
	return st;
}

/* Versions ------------------------------------------------------------------------------------------------------ */

static bool version_of(const struct message_info *i, struct arena *a, struct pcl *out)
{
	struct xid x;

	if (!i->change_key.n || xid_decode(i->change_key, &x, NULL))
		return false;
	if (i->predecessors.n && pcl_decode(i->predecessors, a, out, NULL))
		return false;
	return !pcl_add(out, &x, a);
}

static enum import_finding compare_versions(const struct message_info *item, const struct message_info *there, struct arena *a)
{
	struct pcl new = { .n = 0 }, old = { .n = 0 };

	if (!version_of(item, a, &new) || !version_of(there, a, &old))
		return IMPORT_NEW;
	switch (pcl_compare(&new, &old)) {
	case PCL_INCLUDES:
		return IMPORT_NEWER;
	case PCL_INCLUDED:
		return IMPORT_OLDER;
	case PCL_SAME:
		return !bytes_equal(item->change_key, there->change_key) ? IMPORT_NEW :
		       item->modified > there->modified			 ? IMPORT_NEWER :
		       item->modified < there->modified			 ? IMPORT_OLDER :
									   IMPORT_NEW;
	default:
		return IMPORT_NEW;
	}
}

/* Mail ---------------------------------------------------------------------------------------------------------- */

#define SECOND 10000000u

static bool same_mail(const struct message_info *a, const struct message_info *b)
{
	return (!a->search_key.n || !b->search_key.n) && a->submitted / SECOND == b->submitted / SECOND &&
	       strcmp(a->subject, b->subject) == 0 && strcmp(a->sender, b->sender) == 0;
}

/* Candidates ---------------------------------------------------------------------------------------------------- */

typedef status next_candidate(struct match *k, uint64_t after, uint64_t *id);
typedef void judge(struct match *k, const struct message_info *there, struct arena *a);

static status next_by_content(struct match *k, uint64_t after, uint64_t *id)
{
	return message_by_fingerprint(k->m, k->item->fingerprint, after, id);
}

static status next_by_search_key(struct match *k, uint64_t after, uint64_t *id)
{
	*id = 0;
	return k->item->search_key.n ? message_by_search_key(k->m, k->item->search_key, after, id) : ecNone;
}

static status next_by_message_id(struct match *k, uint64_t after, uint64_t *id)
{
	*id = 0;
	return *k->item->message_id ? message_by_message_id(k->m, k->item->message_id, after, id) : ecNone;
}

static void judge_content(struct match *k, const struct message_info *there, struct arena *a)
{
	(void)there;
	(void)a;
	k->finding = IMPORT_THERE;
}

static void judge_version(struct match *k, const struct message_info *there, struct arena *a)
{
	k->finding = compare_versions(k->item, there, a);
}

static void judge_mail(struct match *k, const struct message_info *there, struct arena *a)
{
	(void)a;
	k->finding = same_mail(k->item, there) ? IMPORT_MAIL : IMPORT_NEW;
}

static status search(struct match *k, next_candidate *next, judge *verdict, uint64_t *at, unsigned most)
{
	status st = ecNone;

	for (unsigned i = 0; !st && !k->finding && i < most; i++) {
		CLEANUP_ARENA struct arena a = ARENA_BUDGET(MATCH_MEMORY);
		struct message_info there;
		bool possible = false;
		uint64_t id = 0;

		st = next(k, *at, &id);
		if (!st && !id)
			return ecNone;
		if (!st)
			st = look(k, id, &a, &there, &possible);
		if (!st && possible)
			verdict(k, &there, &a);
		if (!st && k->finding)
			k->message = id;
		*at = st ? *at : id;
	}
	return st;
}

/* However often a folder of the source holds one content, its copies are found one after the other. */
static status search_content(struct match *k)
{
	uint64_t key = k->item->fingerprint.lo ^ k->item->folder * 0x9E3779B97F4A7C15u, at = 0;
	const uint64_t *known = map_get_u64(&k->w->taken, key);
	status st;

	at = known && !k->w->anywhere ? *known : 0;
	st = search(k, next_by_content, judge_content, &at, UINT32_MAX);
	if (st || k->w->anywhere || !at)
		return st;
	st = map_put_u64(&k->w->taken, key, at);
	return st == ecTooBig ? ecNone : st;
}

void import_matcher_init(struct import_matcher *w, struct import_journal *journal, bool anywhere)
{
	*w = (struct import_matcher){ .journal = journal, .anywhere = anywhere };
	map_init(&w->taken, REPEATED_MOST);
}

void import_matcher_free(struct import_matcher *w)
{
	map_free(&w->taken);
}

status import_match(struct import_matcher *w, const struct message_info *item, enum import_finding *finding, uint64_t *message)
{
	struct match k = { .w = w, .m = w->journal->m, .item = item };
	uint64_t at = 0;
	status st = search_content(&k);

	if (!st && !k.finding)
		st = search(&k, next_by_search_key, judge_version, &at, CANDIDATES_MOST);
	at = 0;
	if (!st && !k.finding)
		st = search(&k, next_by_message_id, judge_mail, &at, CANDIDATES_MOST);
	if (st)
		return st;
	*finding = k.finding;
	*message = k.message;
	return ecNone;
}
