#include "client/sync_partial.h"

#include "mapi/tag.h"
#include "store/message.h"
#include "store/message_groups.h"

#include <string.h>

#define MAPPING_MOST ((size_t)256 << 10)
#define ARENA_MOST   ((size_t)32 << 20)
#define VALUE_MOST   ((size_t)4 << 20) /* larger ones come with the whole message */

static struct sync_partial *partial_of(struct item_sink *s)
{
	return (struct sync_partial *)s;
}

/* What comes ------------------------------------------------------------------------------------------------------------------------- */

static status on_message(struct item_sink *sink, const struct message_event *e)
{
	struct sync_partial *p = partial_of(sink);

	if (e->embedded)
		p->cannot = true;
	for (size_t i = 0; !p->cannot && i < e->props->n; i++)
		if (!(e->props->v[i].flags & PROP_LARGE) && bag_copy(&p->bag, &e->props->v[i]))
			p->cannot = true;
	return ecNone;
}

static status on_message_end(struct item_sink *sink, struct item_result *result)
{
	(void)sink;
	result->outcome = OUTCOME_WRITTEN;
	return ecNone;
}

static status on_recipient(struct item_sink *sink, const struct bag *props)
{
	(void)props;
	sync_partial_children(partial_of(sink));
	return ecNone;
}

static status on_attachment(struct item_sink *sink, const struct attachment_event *e)
{
	(void)e;
	sync_partial_children(partial_of(sink));
	return ecNone;
}

static status on_value(struct item_sink *sink, const struct prop *v)
{
	struct sync_partial *p = partial_of(sink);

	p->large = *v;
	buf_clear(&p->value);
	return ecNone;
}

static status on_chunk(struct item_sink *sink, struct bytes chunk)
{
	struct sync_partial *p = partial_of(sink);

	if (!p->cannot)
		buf_add(&p->value, chunk.p, chunk.n);
	p->cannot = p->cannot || p->value.failed;
	return ecNone;
}

static status on_value_end(struct item_sink *sink, bool complete)
{
	struct sync_partial *p = partial_of(sink);
	const struct prop whole = { .tag = p->large.tag, .count = 1, .size = p->value.n, .value = buf_bytes(&p->value) };

	if (!complete || (!p->cannot && bag_copy(&p->bag, &whole)))
		p->cannot = true;
	return ecNone;
}

static const struct item_sink_ops ops = {
	.message_begin = on_message,
	.message_end = on_message_end,
	.recipient = on_recipient,
	.attachment_begin = on_attachment,
	.value_begin = on_value,
	.value_chunk = on_chunk,
	.value_end = on_value_end,
};

void sync_partial_init(struct sync_partial *p)
{
	*p = (struct sync_partial){ .sink.ops = &ops, .value = BUF_MAX(VALUE_MOST) };
	arena_init(&p->arena, ARENA_MOST);
	for (size_t i = 0; i < PARTIAL_MAPPINGS; i++)
		buf_init(&p->mappings[i].bytes, MAPPING_MOST);
}

void sync_partial_free(struct sync_partial *p)
{
	for (size_t i = 0; i < PARTIAL_MAPPINGS; i++)
		buf_free(&p->mappings[i].bytes);
	buf_free(&p->value);
	arena_free(&p->arena);
}

/* Mappings --------------------------------------------------------------------------------------------------------------------------- */

static const struct partial_mapping *find_mapping(const struct sync_partial *p, uint32_t id)
{
	for (size_t i = 0; i < p->n_mappings; i++)
		if (p->mappings[i].id == id)
			return &p->mappings[i];
	return NULL;
}

/* One that is told again takes the place of what it was; of too many the oldest goes. */
status sync_partial_mapping(struct sync_partial *p, struct bytes data, struct reason *why)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(ARENA_MOST);
	struct property_group_info info;
	status s = property_group_decode(data, &arena, &info, why);
	struct partial_mapping *m;

	if (s)
		return s;
	m = (struct partial_mapping *)(uintptr_t)find_mapping(p, info.group_id);
	if (!m) {
		m = &p->mappings[p->next];
		p->next = (p->next + 1) % PARTIAL_MAPPINGS;
		p->n_mappings += p->n_mappings < PARTIAL_MAPPINGS;
	}
	m->id = info.group_id;
	buf_clear(&m->bytes);
	buf_add(&m->bytes, data.p, data.n);
	return m->bytes.failed ? reason_set(why, ecTooBig, "a property group mapping that is too large") : ecNone;
}

void sync_partial_choose(struct sync_partial *p, uint32_t id)
{
	p->current = id;
	p->chosen = true;
}

/* A message -------------------------------------------------------------------------------------------------------------------------- */

struct item_sink *sync_partial_begin(struct sync_partial *p)
{
	const struct partial_mapping *m = p->chosen ? find_mapping(p, p->current) : NULL;
	struct reason unused;

	arena_reset(&p->arena);
	bag_init(&p->bag, &p->arena);
	buf_clear(&p->value);
	p->info = (struct property_group_info){ .group_id = 0 };
	p->cannot = !m || property_group_decode(buf_bytes(&m->bytes), &p->arena, &p->info, &unused);
	p->given = p->cannot ? NULL : arena_array(&p->arena, p->info.groups.n, sizeof *p->given);
	p->cannot = !p->given;
	return &p->sink;
}

void sync_partial_group(struct sync_partial *p, uint32_t index)
{
	if (p->cannot || index == PROPERTY_GROUP_NONE)
		return;
	if (index < p->info.groups.n)
		p->given[index] = true;
	else
		p->cannot = true;
}

void sync_partial_children(struct sync_partial *p)
{
	p->cannot = true;
}

bool sync_partial_is_enough(const struct sync_partial *p)
{
	return !p->cannot;
}

/* Which version it is, and its flags, are no group's to take away. */
static bool may_go(uint32_t tag)
{
	return tag != PidTagMessageFlags && !message_tag_is_identity(tag);
}

/* What is here of the groups that came, and was not in them. */
static void find_gone(struct sync_partial *p, struct mailbox *m, const struct bag *here, uint16_t *gone, size_t *n)
{
	for (size_t i = 0; i < here->n; i++) {
		uint16_t id = prop_id(&here->v[i]);
		const struct prop_name *name = id >= NAMED_ID_FIRST ? name_map_name(mailbox_names(m), id) : NULL;
		uint32_t group = property_group_find(&p->info, id, name);

		if (group != PROPERTY_GROUP_NONE && p->given[group] && !bag_find(&p->bag, id) && may_go(here->v[i].tag))
			gone[(*n)++] = id;
	}
}

status sync_partial_apply(struct sync_partial *p, struct mailbox *m, uint64_t id, const struct message_version *version)
{
	struct bag here;
	uint16_t *gone;
	size_t n = 0;
	status s;

	bag_init(&here, &p->arena);
	s = message_props(m, id, &here);
	if (s)
		return s;
	gone = arena_array(&p->arena, here.n + 1, sizeof *gone);
	if (!gone)
		return ecMemory;
	find_gone(p, m, &here, gone, &n);
	return message_set_version(m, id, &p->bag, gone, n, version);
}
