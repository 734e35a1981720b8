#include "cli/census.h"

#include <ctype.h>
#include <stdio.h>
#include <strings.h>

#define FLAG_SUBMIT 0x04u

static struct census *of(struct item_sink *s)
{
	return (struct census *)((char *)s - offsetof(struct census, forward));
}

/* Addresses ------------------------------------------------------------------------------------------------------- */

static bool in_local(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("!#$%&'*+-/=?^_`{|}~.", c));
}

static bool in_domain(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '.';
}

bool census_find_address(const char *text, char out[static CENSUS_ADDRESS_SIZE])
{
	for (const char *at = strchr(text, '@'); at; at = strchr(at + 1, '@')) {
		const char *from = at, *to = at + 1;

		while (from > text && in_local(from[-1]))
			from--;
		while (in_domain(*to))
			to++;
		while (to > at + 1 && (to[-1] == '.' || to[-1] == '-'))
			to--;
		if (from == at || !memchr(at + 1, '.', (size_t)(to - at - 1)) || to - from >= CENSUS_ADDRESS_SIZE)
			continue;
		(void)snprintf(out, CENSUS_ADDRESS_SIZE, "%.*s", (int)(to - from), from);
		return true;
	}
	return false;
}

static void count_address(struct census *c, const char *address)
{
	char lower[CENSUS_ADDRESS_SIZE];
	uint64_t *count;
	size_t n;

	if (!census_find_address(address, lower))
		return;
	n = strlen(lower);
	for (size_t i = 0; i < n; i++)
		lower[i] = (char)tolower((unsigned char)lower[i]);
	count = map_get(&c->received, bytes_of(lower, n));
	if (count)
		++*count;
	else
		(void)!map_put(&c->received, bytes_of(lower, n), 1); /* beyond the most, those seen first count */
}

bool census_receiver(const struct census *c, char out[static CENSUS_ADDRESS_SIZE])
{
	struct bytes key, best = { NULL, 0 };
	uint64_t count, most = 0;
	size_t at = 0;

	while (map_next(&c->received, &at, &key, &count))
		if (count > most || (count == most && best.n && (key.n < best.n || (key.n == best.n && memcmp(key.p, best.p, key.n) < 0)))) {
			most = count;
			best = key;
		}
	if (!best.n)
		return false;
	(void)snprintf(out, CENSUS_ADDRESS_SIZE, "%.*s", (int)best.n, (const char *)best.p);
	return true;
}

/* Events ------------------------------------------------------------------------------------------------------------ */

static uint64_t node_of(struct bytes id)
{
	return id.n == 24 ? le32(id.p + 20) : 0;
}

static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	struct census *c = of(s);
	const char *name = bag_text(e->props, tag_id(PidTagDisplayName), e->codepage, &a);
	const char *mailbox_owner = bag_text(e->props, tag_id(PidTagMailboxOwnerName), e->codepage, &a);

	c->codepage = e->codepage;
	c->outbox = node_of(bag_bytes(e->props, tag_id(PidTagIpmOutboxEntryId)));
	if (name && !census_find_address(name, c->owner))
		c->owner[0] = '\0';
	if (mailbox_owner)
		(void)snprintf(c->name, sizeof c->name, "%s", mailbox_owner);
	return forward_store_begin(s, e);
}

static bool is_outbox(struct census *c, const struct folder_event *e)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	const char *name;

	if (c->outbox)
		return e->id == c->outbox;
	name = bag_text(e->props, tag_id(PidTagDisplayName), c->codepage, &a);
	return name && strcasecmp(name, "Outbox") == 0;
}

static status on_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct census *c = of(s);

	c->depth++;
	if (!c->in_outbox && is_outbox(c, e)) {
		c->in_outbox = true;
		c->outbox_depth = c->depth;
	}
	return forward_folder_begin(s, e);
}

static status on_folder_end(struct item_sink *s)
{
	struct census *c = of(s);

	if (c->in_outbox && c->depth == c->outbox_depth)
		c->in_outbox = false;
	c->depth--;
	return forward_folder_end(s);
}

static void look_at(struct census *c, const struct message_event *e)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	const char *address = bag_text(e->props, tag_id(PidTagReceivedBySmtpAddress), c->codepage, &a);
	const char *name;

	if (e->associated)
		return;
	c->messages++;
	c->unsent += c->in_outbox || bag_u32(e->props, tag_id(PidTagMessageFlags), 0) & FLAG_SUBMIT;
	if (!address)
		address = bag_text(e->props, tag_id(PidTagReceivedByEmailAddress), c->codepage, &a);
	if (!address)
		return;
	count_address(c, address);
	name = bag_text(e->props, tag_id(PidTagReceivedByName), c->codepage, &a);
	if (!*c->name && name && !strchr(name, '@'))
		(void)snprintf(c->name, sizeof c->name, "%s", name);
}

static status on_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct census *c = of(s);

	if (!c->open++)
		look_at(c, e);
	if (c->most && c->messages > c->most)
		return reason_set(&s->why, ecUserCanceled, "enough was seen");
	return forward_message_begin(s, e);
}

static status on_message_end(struct item_sink *s, struct item_result *result)
{
	of(s)->open--;
	return forward_message_end(s, result);
}

static const struct item_sink_ops operations = {
	.store_begin = on_store_begin,
	.store_end = forward_store_end,
	.folder_begin = on_folder_begin,
	.folder_end = on_folder_end,
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = forward_recipient,
	.attachment_begin = forward_attachment_begin,
	.attachment_end = forward_attachment_end,
	.value_begin = forward_value_begin,
	.value_chunk = forward_value_chunk,
	.value_end = forward_value_end,
	.problem = forward_problem,
};

/* The source -------------------------------------------------------------------------------------------------------- */

static status run(struct item_source *source, struct item_sink *sink, struct reason *why)
{
	struct census *c = (struct census *)source;

	c->forward.next = sink;
	return c->from->run(c->from, &c->forward.sink, why);
}

void census_init(struct census *c, struct item_source *from, uint64_t most)
{
	*c = (struct census){ .source = { .run = run }, .forward.sink.ops = &operations, .from = from, .most = most };
	map_init(&c->received, CENSUS_ADDRESSES_MAX);
}

void census_free(struct census *c)
{
	map_free(&c->received);
}
