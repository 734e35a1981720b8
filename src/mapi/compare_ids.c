#include "mapi/compare_ids.h"

#include "mapi/own_ids.h"

#define VALUE_MEMORY ((size_t)8 << 20)

struct learning {
	struct item_sink sink;
	struct compare_ids *ids;
	unsigned side;
};

static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct learning *l = (struct learning *)s;

	l->ids->has_key[l->side] = own_ids_key(e->props, &l->ids->key[l->side]);
	return ecUserCanceled;
}

void compare_ids_learn(struct compare_ids *ids, unsigned side, struct item_source *source)
{
	static const struct item_sink_ops ops = { .store_begin = on_store_begin };
	struct learning l = { .sink = { .ops = &ops }, .ids = ids, .side = side };
	struct reason unused;

	/* Whatever goes wrong goes wrong again when it is compared, and is told then. */
	(void)!source->run(source, &l.sink, &unused);
}

static bool as_kind(void *context, struct bytes id, struct buf *out)
{
	/* [MS-PST] 2.2.2.1: the type of a node is in the low five bits; else the size tells ([MS-OXCDATA] 2.2.4). */
	unsigned type = id.n == 24 ? id.p[20] & 0x1Fu : 0;
	bool message = id.n == 70 || type == 0x04 || type == 0x08;

	(void)context;
	buf_add_str(out, message ? "a message of this store" : "a folder of this store");
	return true;
}

struct fingerprint compare_ids_fingerprint(const struct compare_ids *ids, struct prop_fingerprint *work, const struct prop *p,
					   const struct name_map *names, unsigned codepage)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(VALUE_MEMORY);
	struct prop same = *p, next;
	unsigned n;

	for (unsigned k = 0; k < 2; k++)
		if (ids->has_key[k] && own_ids_maybe(&same, &ids->key[k]) &&
		    !own_ids_rewrite(&same, &ids->key[k], as_kind, NULL, &a, &next, &n))
			same = next;
	return prop_fingerprint(work, &same, names, codepage);
}
