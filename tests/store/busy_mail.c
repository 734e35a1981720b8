/* Messages made from a number, and what they come to. */
#include "busy.h"

#define DEPTH_MOST 8

uint64_t busy_random(uint64_t *state)
{
	*state += 0x9E3779B97F4A7C15u;
	uint64_t z = *state;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* Texts of letters and bytes of everything, with the seed's own sequence. */
static struct bytes filling(struct arena *arena, uint64_t *random, size_t n)
{
	uint8_t *p = arena_alloc(arena, n + 8);

	assert_non_null(p);
	for (size_t i = 0; i < n; i += 8) {
		uint64_t r = busy_random(random);

		memcpy(p + i, &r, 8);
	}
	return bytes_of(p, n);
}

static const char *words(struct arena *arena, uint64_t *random, size_t n)
{
	char *p = arena_alloc(arena, n + 1);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = "etaoin shrdlu"[busy_random(random) % 13];
	p[n] = '\0';
	return p;
}

/* Mostly short, at times long, seldom in pieces. */
static size_t some_size(uint64_t *random)
{
	uint64_t r = busy_random(random);

	switch (r % 16) {
	case 0:
		return 70000 + (r >> 8) % 90000;
	case 1:
	case 2:
	case 3:
		return 4000 + (r >> 8) % 12000;
	default:
		return 20 + (r >> 8) % 600;
	}
}

/* One of fifty names, so that the mailbox's list of them grows in the middle of things. */
static status put_named(struct bag *b, uint64_t number, const char *value, busy_name_id *name, void *context)
{
	CLEANUP_BUF struct buf text = BUF_MAX(64);
	uint16_t id = 0;
	char ascii[32];
	status s;

	(void)snprintf(ascii, sizeof ascii, "X-Busy-%u", (unsigned)(number % 50));
	utf16_from_utf8(bytes_of(ascii, strlen(ascii)), &text);
	s = name(context, &(struct prop_name){ .by_string = true, .set = { { 9 } }, .string = buf_bytes(&text) }, &id);
	return s ? s : bag_set_text(b, tag_make(id, PT_UNICODE), value);
}

bool busy_mail_read(uint64_t seed)
{
	return seed % 3 == 0;
}

static status base_bag(struct bag *b, uint64_t seed, uint64_t *random, busy_name_id *name, void *context)
{
	status s = bag_set_text(b, PidTagMessageClass, "IPM.Note");

	if (!s)
		s = bag_set_text(b, PidTagSubject, words(b->arena, random, 10 + busy_random(random) % 40));
	if (!s)
		s = bag_set_text(b, PidTagBody, words(b->arena, random, some_size(random)));
	if (!s)
		s = bag_set_u32(b, PidTagMessageFlags, busy_mail_read(seed) ? MSGFLAG_READ : 0);
	if (!s)
		s = bag_set_u64(b, PidTagMessageDeliveryTime, TEST_NOW - busy_random(random) % 1000000);
	if (!s && seed % 2)
		s = put_named(b, seed, "as it came", name, context);
	return s;
}

status busy_mail_change(uint64_t seed, unsigned revision, busy_name_id *name, void *context, struct bag *out)
{
	uint64_t random = seed ^ (uint64_t)revision << 40;
	status s = bag_set_text(out, PidTagSubject, words(out->arena, &random, 8 + revision % 60));

	if (!s)
		s = bag_set_text(out, PidTagBody, words(out->arena, &random, some_size(&random)));
	if (!s)
		s = bag_set_u32(out, PidTagImportance, revision % 3);
	return s || seed % 5 ? s : put_named(out, seed >> 8, words(out->arena, &random, 9), name, context);
}

/* What is too large for the bag comes after it. */
static status emit_values(struct item_sink *sink, const struct prop *large, size_t n)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < n; i++) {
		struct prop p = large[i];
		struct bytes v = p.value;

		p.flags |= PROP_LARGE;
		p.size = v.n;
		p.value = bytes_of(NULL, 0);
		s = item_value_begin(sink, &p);
		for (size_t at = 0; !s && at < v.n; at += 30000)
			s = item_value_chunk(sink, bytes_of(v.p + at, v.n - at < 30000 ? v.n - at : 30000));
		if (!s)
			s = item_value_end(sink, true);
	}
	return s;
}

static size_t take_large(struct bag *b, struct prop large[2])
{
	size_t n = 0;

	for (size_t i = 0; i < b->n && n < 2; i++)
		if (b->v[i].value.n > ITEM_INLINE_MAX) {
			large[n] = b->v[i];
			large[n].size = large[n].value.n;
			b->v[i].flags |= PROP_LARGE;
			b->v[i].size = b->v[i].value.n;
			b->v[i].value = bytes_of(NULL, 0);
			n++;
		}
	return n;
}

static status emit_embedded(struct item_sink *sink, uint64_t *random, struct arena *arena)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct bag b;
	status s;

	bag_init(&b, arena);
	s = bag_set_text(&b, PidTagSubject, words(arena, random, 30));
	if (!s)
		s = bag_set_text(&b, PidTagBody, words(arena, random, 900));
	if (!s)
		s = item_message_begin(sink, &(struct message_event){ .embedded = true, .depth = 1, .props = &b, .confidence = 100 });
	return s ? s : item_message_end(sink, &result);
}

static status emit_attachment(struct item_sink *sink, unsigned number, uint64_t *random, struct arena *arena)
{
	bool embedded = busy_random(random) % 4 == 0;
	struct prop large[2];
	struct bag b;
	status s;

	bag_init(&b, arena);
	s = bag_set_u32(&b, PidTagAttachNumber, number);
	if (!s)
		s = bag_set_u32(&b, PidTagAttachMethod, embedded ? ATTACH_EMBEDDED_MESSAGE : ATTACH_BY_VALUE);
	if (!s && !embedded)
		s = bag_set_bytes(&b, PidTagAttachDataBinary, filling(arena, random, some_size(random)));
	if (s)
		return s;
	size_t n = take_large(&b, large);
	s = item_attachment_begin(sink, &(struct attachment_event){ .props = &b });
	if (!s)
		s = emit_values(sink, large, n);
	if (!s && embedded)
		s = emit_embedded(sink, random, arena);
	return s ? s : item_attachment_end(sink);
}

static status emit_parts(struct item_sink *sink, uint64_t *random, struct arena *arena)
{
	unsigned recipients = (unsigned)(busy_random(random) % 3), attachments = (unsigned)(busy_random(random) % 6);
	status s = ecNone;

	for (unsigned i = 0; !s && i < recipients; i++) {
		struct bag b;

		bag_init(&b, arena);
		s = bag_set_text(&b, PidTagDisplayName, words(arena, random, 12));
		if (!s)
			s = bag_set_u32(&b, PidTagRecipientType, 1);
		if (!s)
			s = item_recipient(sink, &b);
	}
	/* Every second message has none. */
	for (unsigned i = 3; !s && i < attachments; i++)
		s = emit_attachment(sink, i - 3, random, arena);
	return s;
}

status busy_mail_emit(uint64_t seed, unsigned revision, busy_name_id *name, void *context, struct item_sink *sink,
		      struct item_result *result)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(16 << 20);
	struct bag b, change;
	struct prop large[2];
	uint64_t random = seed;
	status s;

	bag_init(&b, &arena);
	bag_init(&change, &arena);
	s = base_bag(&b, seed, &random, name, context);
	if (!s && revision)
		s = busy_mail_change(seed, revision, name, context, &change);
	for (size_t i = 0; !s && i < change.n; i++)
		s = bag_set(&b, &change.v[i]);
	if (s)
		return s;
	size_t n = take_large(&b, large);
	s = item_message_begin(sink, &(struct message_event){ .props = &b, .confidence = 100 });
	if (!s)
		s = emit_values(sink, large, n);
	if (!s)
		s = emit_parts(sink, &random, &arena);
	return s ? s : item_message_end(sink, result);
}

/* What a message comes to --------------------------------------------------------------------------------------- */

struct summing {
	struct item_sink sink;
	const struct name_map *names;
	struct prop_fingerprint work;
	struct fingerprint sums[DEPTH_MOST];
	unsigned depth;
};

static struct summing *summing_of(struct item_sink *s)
{
	return (struct summing *)s;
}

static void add_bag(struct summing *s, const struct bag *props)
{
	for (size_t i = 0; i < props->n; i++) {
		const struct prop *p = &props->v[i];

		if (p->flags & PROP_LARGE || p->tag == PidTagLastModificationTime || p->tag == PidTagMessageFlags)
			continue;
		fingerprint_add(&s->sums[s->depth], prop_fingerprint(&s->work, p, s->names, 1252));
	}
}

static void push(struct summing *s, const struct bag *props)
{
	assert_true(++s->depth < DEPTH_MOST);
	s->sums[s->depth] = (struct fingerprint){ 0, 0 };
	add_bag(s, props);
}

static void pop(struct summing *s, char kind)
{
	struct fingerprint sealed = fingerprint_seal(s->sums[s->depth--], kind);

	fingerprint_add(&s->sums[s->depth], sealed);
}

static status sum_message(struct item_sink *sink, const struct message_event *e)
{
	push(summing_of(sink), e->props);
	return ecNone;
}

static status sum_message_end(struct item_sink *sink, struct item_result *result)
{
	(void)result;
	pop(summing_of(sink), 'm');
	return ecNone;
}

static status sum_recipient(struct item_sink *sink, const struct bag *props)
{
	push(summing_of(sink), props);
	pop(summing_of(sink), 'r');
	return ecNone;
}

static status sum_attachment(struct item_sink *sink, const struct attachment_event *e)
{
	push(summing_of(sink), e->props);
	return ecNone;
}

static status sum_attachment_end(struct item_sink *sink)
{
	pop(summing_of(sink), 'a');
	return ecNone;
}

static status sum_value(struct item_sink *sink, const struct prop *p)
{
	prop_fingerprint_begin(&summing_of(sink)->work, p, summing_of(sink)->names, 1252);
	return ecNone;
}

static status sum_chunk(struct item_sink *sink, struct bytes chunk)
{
	prop_fingerprint_chunk(&summing_of(sink)->work, chunk);
	return ecNone;
}

static status sum_value_end(struct item_sink *sink, bool complete)
{
	struct summing *s = summing_of(sink);

	assert_true(complete);
	fingerprint_add(&s->sums[s->depth], prop_fingerprint_end(&s->work));
	return ecNone;
}

static const struct item_sink_ops summing_ops = {
	.message_begin = sum_message,
	.message_end = sum_message_end,
	.recipient = sum_recipient,
	.attachment_begin = sum_attachment,
	.attachment_end = sum_attachment_end,
	.value_begin = sum_value,
	.value_chunk = sum_chunk,
	.value_end = sum_value_end,
};

static status assign(void *context, const struct prop_name *name, uint16_t *id)
{
	return name_map_assign(context, name, id);
}

struct fingerprint busy_mail_fingerprint(uint64_t seed, unsigned revision)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct name_map *names = name_map_new();
	struct summing s = { .sink = { .ops = &summing_ops }, .names = names };

	assert_non_null(names);
	assert_int_equal(busy_mail_emit(seed, revision, assign, names, &s.sink, &result), 0);
	prop_fingerprint_free(&s.work);
	name_map_free(names);
	return s.sums[0];
}

status busy_stored_fingerprint(struct mailbox *m, uint64_t id, struct fingerprint *out)
{
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct summing s = { .sink = { .ops = &summing_ops }, .names = mailbox_names(m) };
	status st = message_emit(m, id, &s.sink, &result);

	prop_fingerprint_free(&s.work);
	*out = s.sums[0];
	return st;
}
