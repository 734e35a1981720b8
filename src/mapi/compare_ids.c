#include "mapi/compare_ids.h"

#include "mapi/own_ids.h"

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

struct fingerprint compare_ids_fingerprint(const struct compare_ids *ids, struct prop_fingerprint *work, const struct prop *p,
					   const struct name_map *names, unsigned codepage)
{
	const struct guid *keys[2];
	size_t n = 0;

	for (unsigned k = 0; k < 2; k++)
		if (ids->has_key[k])
			keys[n++] = &ids->key[k];
	return own_ids_fingerprint(keys, n, work, p, names, codepage);
}
