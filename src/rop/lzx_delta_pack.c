/*
 * LZX DELTA, packed: one verbatim block.  Matches are found by chains of places that begin alike, the longest of some of them is taken;
 * and by the last place where as much as ANCHOR bytes are the same, or what all entries of a list have in common would fill the chains.
 * An offset that was used before costs least, which is what most of a file is made of that changed little.
 */
#include "rop/lzx_delta_private.h"

#include <stdlib.h>

#define HASH_BITS 18u
#define HASH_SIZE ((size_t)1 << HASH_BITS)
#define ANCHOR    32u
#define LOOKS     48u                 /* at most so many places are compared */
#define ENOUGH    512u                /* and none after a match so long */
#define MATCH_NEW 4u                  /* the shortest match at an offset that is none of the last */
#define FAR       ((uint32_t)1 << 19) /* beyond it a match of MATCH_NEW costs more than its bytes */

/* A byte, or `length` bytes as they are elsewhere. */
struct token {
	uint32_t value;  /* a byte, or the bits in the slot */
	uint16_t length; /* 0: a byte */
	uint16_t slot;
};

struct code {
	uint8_t length[LZX_MAIN_MOST];
	uint16_t bits[LZX_MAIN_MOST];
};

struct packing {
	uint8_t *all; /* the reference, then what is packed */
	size_t reference, n;
	uint32_t *head, *before; /* places + 1 that begin alike, the newest first */
	uint32_t *anchors;       /* the newest place + 1 of ANCHOR bytes */
	uint32_t last[LZX_REPEATED];
	unsigned main_symbols;
	struct token *tokens;
	size_t n_tokens;
	uint32_t main_count[LZX_MAIN_MOST], length_count[LZX_LENGTHS];
	struct code main, lengths;
	struct buf *out;
	uint64_t hold;
	unsigned held;
};

/* Matches -------------------------------------------------------------------------------------------------------------- */

static uint32_t hash_of(const uint8_t *p)
{
	return (le32(p) * 2654435761u) >> (32 - HASH_BITS);
}

static uint32_t anchor_of(const uint8_t *p)
{
	uint64_t h = 0;

	for (unsigned i = 0; i < ANCHOR; i += 8)
		h = (h ^ le64(p + i)) * 0x9E3779B97F4A7C15u;
	return (uint32_t)(h >> (64 - HASH_BITS));
}

static void remember(struct packing *k, size_t from, size_t to)
{
	for (size_t i = from; i < to && i + 4 <= k->n; i++) {
		uint32_t h = hash_of(k->all + i);

		k->before[i] = k->head[h];
		k->head[h] = (uint32_t)i + 1;
		if (i + ANCHOR <= k->n)
			k->anchors[anchor_of(k->all + i)] = (uint32_t)i + 1;
	}
}

static size_t alike(const struct packing *k, size_t a, size_t b, size_t most)
{
	size_t n = 0;

	while (n < most && k->all[a + n] == k->all[b + n])
		n++;
	return n;
}

struct match {
	size_t length;
	uint32_t offset;
};

/* Nothing that is copied goes over the end of a frame. */
static size_t most_at(const struct packing *k, size_t at)
{
	size_t in_frame = LZX_FRAME - (at - k->reference) % LZX_FRAME;

	return k->n - at < in_frame ? k->n - at : in_frame;
}

static struct match again(const struct packing *k, size_t at)
{
	struct match m = { .length = 0 };

	for (unsigned i = 0; i < LZX_REPEATED; i++) {
		size_t n = k->last[i] <= at ? alike(k, at - k->last[i], at, most_at(k, at)) : 0;

		if (n > m.length)
			m = (struct match){ n, k->last[i] };
	}
	return m;
}

static struct match by_anchor(const struct packing *k, size_t at, struct match m)
{
	uint32_t place = at + ANCHOR <= k->n ? k->anchors[anchor_of(k->all + at)] : 0;
	size_t n = place ? alike(k, place - 1, at, most_at(k, at)) : 0;

	return n >= ANCHOR && n > m.length + 1 ? (struct match){ n, (uint32_t)(at - (place - 1)) }
					       : m;
}

static struct match find(const struct packing *k, size_t at)
{
	struct match m = again(k, at);
	size_t most = most_at(k, at);

	if (most < MATCH_NEW || m.length >= ENOUGH || m.length == most)
		return m;
	m = by_anchor(k, at, m);
	uint32_t place = k->head[hash_of(k->all + at)];
	for (unsigned looks = 0; place && looks < LOOKS && m.length < ENOUGH; looks++) {
		size_t was = place - 1, n;

		place = k->before[was];
		/* It has to be longer by a byte than one at an offset that was used before. */
		if (m.length < most && k->all[was + m.length] != k->all[at + m.length])
			continue;
		n = alike(k, was, at, most);
		if (n > m.length + 1 && n >= MATCH_NEW + (at - was > FAR))
			m = (struct match){ n, (uint32_t)(at - was) };
	}
	return m;
}

/* Tokens --------------------------------------------------------------------------------------------------------------- */

static unsigned slot_of(uint32_t formatted)
{
	unsigned low = LZX_REPEATED, high = LZX_SLOTS_MOST;

	while (high - low > 1) {
		unsigned middle = (low + high) / 2;

		if (lzx_slot_base(middle) <= formatted)
			low = middle;
		else
			high = middle;
	}
	return low;
}

static void set_offset(struct packing *k, struct token *t, uint32_t offset)
{
	unsigned i = 0;

	while (i < LZX_REPEATED && k->last[i] != offset)
		i++;
	if (i < LZX_REPEATED) {
		t->slot = (uint16_t)i;
		k->last[i] = k->last[0];
	} else {
		t->slot = (uint16_t)slot_of(offset + 2);
		t->value = offset + 2 - lzx_slot_base(t->slot);
		k->last[2] = k->last[1];
		k->last[1] = k->last[0];
	}
	k->last[0] = offset;
}

static unsigned element_of(const struct token *t)
{
	unsigned short_length = t->length - LZX_MATCH_LEAST;

	if (!t->length)
		return t->value;
	return LZX_LITERALS + 8u * t->slot +
	       (short_length < LZX_LENGTH_IN_MAIN ? short_length : LZX_LENGTH_IN_MAIN);
}

/* The symbol of the rest of a length; LZX_LENGTHS: there is none. */
static unsigned rest_of(const struct token *t)
{
	unsigned least = LZX_MATCH_LEAST + LZX_LENGTH_IN_MAIN;

	return t->length < least
		       ? LZX_LENGTHS
		       : (t->length < LZX_MATCH_LONG ? t->length : LZX_MATCH_LONG) - least;
}

static void add_token(struct packing *k, size_t at, struct match m)
{
	struct token *t = &k->tokens[k->n_tokens++];

	*t = (struct token){ .value = k->all[at] };
	if (m.length >= LZX_MATCH_LEAST) {
		*t = (struct token){ .length = (uint16_t)m.length };
		set_offset(k, t, m.offset);
	}
	k->main_count[element_of(t)]++;
	if (rest_of(t) < LZX_LENGTHS)
		k->length_count[rest_of(t)]++;
}

static void make_tokens(struct packing *k)
{
	remember(k, 0, k->reference);
	for (size_t at = k->reference; at < k->n;) {
		struct match m = find(k, at);
		size_t n = m.length < LZX_MATCH_LEAST ? 1 : m.length;

		add_token(k, at, m);
		remember(k, at, at + n);
		at += n;
	}
}

/* Codes ---------------------------------------------------------------------------------------------------------------- */

struct node {
	uint32_t weight;
	uint16_t symbol, up, depth;
};

static int by_weight(const void *a, const void *b)
{
	const struct node *x = a, *y = b;

	return x->weight != y->weight ? (x->weight > y->weight) - (x->weight < y->weight)
				      : (x->symbol > y->symbol) - (x->symbol < y->symbol);
}

/* The lighter of the next leaf and the next pair. */
static size_t lightest(const struct node *v, size_t n, size_t *leaf, size_t *pair, size_t made)
{
	bool take_leaf = *leaf < n && (*pair >= made || v[*leaf].weight <= v[*pair].weight);

	return take_leaf ? (*leaf)++ : (*pair)++;
}

/* Depths of n > 1 leaves, which are sorted; the deepest. */
static unsigned join(struct node *v, size_t n)
{
	size_t leaf = 0, pair = n, made = n;

	while (made < 2 * n - 1) {
		size_t a = lightest(v, n, &leaf, &pair, made),
		       b = lightest(v, n, &leaf, &pair, made);

		v[made] = (struct node){ .weight = v[a].weight + v[b].weight };
		v[a].up = v[b].up = (uint16_t)made++;
	}
	unsigned deepest = 0;
	for (size_t i = 2 * n - 2; i-- > 0;) {
		v[i].depth = (uint16_t)(v[v[i].up].depth + 1);
		deepest = v[i].depth > deepest ? v[i].depth : deepest;
	}
	return deepest;
}

/* Codes say all there is to be said: where one symbol is used, there is another one. */
static void make_lengths(const uint32_t *count, unsigned symbols, unsigned most, uint8_t *lengths)
{
	struct node v[2 * LZX_MAIN_MOST];
	unsigned deepest = most + 1;
	size_t n = 0;

	memset(lengths, 0, symbols);
	for (unsigned i = 0; i < symbols; i++)
		if (count[i])
			v[n++] = (struct node){ .weight = count[i], .symbol = (uint16_t)i };
	if (n == 1)
		v[n++] = (struct node){ .weight = 1, .symbol = v[0].symbol ? 0 : 1 };
	/* Weights that are nearer to each other make a tree that is less deep. */
	for (unsigned shift = 0; n && deepest > most; shift++) {
		for (size_t i = 0; i < n; i++)
			v[i] = (struct node){ .weight = (v[i].weight >> (shift ? 2 : 0)) + 1,
					      .symbol = v[i].symbol };
		qsort(v, n, sizeof *v, by_weight);
		deepest = join(v, n);
	}
	for (size_t i = 0; i < n; i++)
		lengths[v[i].symbol] = (uint8_t)v[i].depth;
}

static void make_code(const uint32_t *count, unsigned symbols, unsigned most, struct code *c)
{
	uint32_t next[LZX_CODE_MOST + 2] = { 0 }, many[LZX_CODE_MOST + 1] = { 0 };

	make_lengths(count, symbols, most, c->length);
	for (unsigned i = 0; i < symbols; i++)
		many[c->length[i]]++;
	many[0] = 0;
	for (unsigned l = 1; l <= LZX_CODE_MOST; l++)
		next[l] = (next[l - 1] + many[l - 1]) << 1;
	for (unsigned i = 0; i < symbols; i++)
		if (c->length[i])
			c->bits[i] = (uint16_t)next[c->length[i]]++;
}

/* Bits ----------------------------------------------------------------------------------------------------------------- */

static void put(struct packing *k, uint32_t v, unsigned n)
{
	k->hold = k->hold << n | v;
	for (k->held += n; k->held >= 16; k->held -= 16)
		buf_add_u16(k->out, (uint16_t)(k->hold >> (k->held - 16)));
}

static void put_symbol(struct packing *k, const struct code *c, unsigned symbol)
{
	put(k, c->bits[symbol], c->length[symbol]);
}

/* Every length is what it was before, 0, less this ([MS-PATCH] 2.5); runs of 0 are symbols of their own. */
static unsigned length_symbol(const uint8_t *lengths, unsigned n, unsigned *run)
{
	unsigned zeros = 0;

	while (zeros < n && zeros < 51 && !lengths[zeros])
		zeros++;
	*run = zeros < 4 ? 1 : zeros;
	return zeros >= 20 ? 18 : zeros >= 4 ? 17 : (17u - lengths[0]) % 17;
}

static void put_lengths(struct packing *k, const uint8_t *lengths, unsigned n)
{
	uint32_t count[LZX_PRETREE] = { 0 };
	struct code pre;
	unsigned run;

	for (unsigned i = 0; i < n; i += run)
		count[length_symbol(lengths + i, n - i, &run)]++;
	make_code(count, LZX_PRETREE, LZX_CODE_MOST - 1, &pre);
	for (unsigned i = 0; i < LZX_PRETREE; i++)
		put(k, pre.length[i], 4);
	for (unsigned i = 0; i < n; i += run) {
		unsigned z = length_symbol(lengths + i, n - i, &run);

		put_symbol(k, &pre, z);
		if (z == 17)
			put(k, run - 4, 4);
		else if (z == 18)
			put(k, run - 20, 5);
	}
}

static void put_block_head(struct packing *k)
{
	uint32_t n = (uint32_t)(k->n - k->reference);

	put(k, LZX_VERBATIM, 3);
	put(k, n >> 8, 16);
	put(k, n & 0xFF, 8);
	put_lengths(k, k->main.length, LZX_LITERALS);
	put_lengths(k, k->main.length + LZX_LITERALS, k->main_symbols - LZX_LITERALS);
	put_lengths(k, k->lengths.length, LZX_LENGTHS);
}

static void put_more(struct packing *k, uint32_t more)
{
	if (more < 0x100) {
		put(k, 0, 1);
		put(k, more, 8);
	} else if (more < 0x500) {
		put(k, 2, 2);
		put(k, more - 0x100, 10);
	} else if (more < 0x1500) {
		put(k, 6, 3);
		put(k, more - 0x500, 12);
	} else {
		put(k, 7, 3);
		put(k, more, 15);
	}
}

static void put_token(struct packing *k, const struct token *t)
{
	unsigned rest = rest_of(t);

	put_symbol(k, &k->main, element_of(t));
	if (!t->length)
		return;
	if (rest < LZX_LENGTHS)
		put_symbol(k, &k->lengths, rest);
	if (t->slot >= LZX_REPEATED)
		put(k, t->value, lzx_slot_bits(t->slot));
	if (t->length >= LZX_MATCH_LONG)
		put_more(k, t->length - LZX_MATCH_LONG);
}

/* Frame by frame: its size, then what is in it, in whole words. */
static void put_all(struct packing *k)
{
	size_t at = k->reference;

	for (size_t i = 0; i < k->n_tokens;) {
		size_t size_at = k->out->n, end = k->n - at < LZX_FRAME ? k->n : at + LZX_FRAME;

		buf_add_u16(k->out, 0);
		if (at == k->reference) {
			put(k, 0, 1); /* no jumps are translated */
			put_block_head(k);
		}
		for (; i < k->n_tokens && at < end; i++) {
			put_token(k, &k->tokens[i]);
			at += k->tokens[i].length ? k->tokens[i].length : 1;
		}
		if (k->held)
			put(k, 0, 16 - k->held);
		if (!k->out->failed)
			put_le16(k->out->p + size_at, (uint16_t)(k->out->n - size_at - 2));
	}
}

/* All of it ------------------------------------------------------------------------------------------------------------ */

static status pack(struct packing *k, struct bytes plain, struct bytes reference)
{
	k->all = malloc(k->n);
	k->head = calloc(HASH_SIZE, sizeof *k->head);
	k->before = malloc(k->n * sizeof *k->before);
	k->anchors = calloc(HASH_SIZE, sizeof *k->anchors);
	k->tokens = malloc(plain.n * sizeof *k->tokens);
	if (!k->all || !k->head || !k->before || !k->anchors || !k->tokens)
		return ecMemory;
	if (reference.n)
		memcpy(k->all, reference.p, reference.n);
	memcpy(k->all + reference.n, plain.p, plain.n);
	make_tokens(k);
	make_code(k->main_count, k->main_symbols, LZX_CODE_MOST, &k->main);
	make_code(k->length_count, LZX_LENGTHS, LZX_CODE_MOST, &k->lengths);
	put_all(k);
	return buf_status(k->out);
}

status lzx_delta_pack(struct bytes plain, struct bytes reference, struct buf *out)
{
	unsigned slots = lzx_slots(reference.n, plain.n);
	struct packing *k = slots && plain.n ? calloc(1, sizeof *k) : NULL;
	status s;

	if (!k)
		return slots && plain.n ? ecMemory : ecTooBig;
	*k = (struct packing){ .reference = reference.n,
			       .n = reference.n + plain.n,
			       .last = { 1, 1, 1 },
			       .main_symbols = LZX_LITERALS + 8 * slots,
			       .out = out };
	s = pack(k, plain, reference);
	free(k->all);
	free(k->head);
	free(k->before);
	free(k->anchors);
	free(k->tokens);
	free(k);
	return s;
}
