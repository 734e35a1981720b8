#include "server/transport_queue.h"

#include "server/transport.h"
#include "store/folder.h"
#include "store/message.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KIND "SystemMailbox"
#define NAME "Transport Queue"
#define NAME_SIZE 32
#define QUEUES_MAX 64u /* servers of one site */
#define WORK_MOST ((size_t)4 << 20)
#define MESSAGE_MOST ((size_t)64 << 20)

/* Properties of the queue, in the range of what a store keeps for itself ([MS-OXPROPS] 1.3.3). */
enum queue_tag {
	QUEUE_KEY = 0x67E00102,
	QUEUE_STATE = 0x67E10003,
	QUEUE_SENDER = 0x67E20102,
	QUEUE_SOURCE = 0x67E30014,
	QUEUE_PARENT = 0x67E40014,
	QUEUE_TARGET = 0x67E50102,
	QUEUE_SINCE = 0x67E60040,
	QUEUE_DUE = 0x67E70040,
	QUEUE_TRIES = 0x67E80003,
	QUEUE_DONE = 0x67E90102,
};

struct transport_queue {
	struct shared_mailbox *store;
	uint64_t folder;
	uint64_t claimed; /* with the store locked */
};

/* The mailbox ---------------------------------------------------------------------------------------------------------- */

/* The `number`th queue's. */
static void name_of(unsigned number, char out[static NAME_SIZE])
{
	(void)snprintf(out, NAME_SIZE, number > 1 ? NAME " %u" : NAME, number);
}

static status find(struct directory *d, const char *name, struct guid *mailbox, struct reason *why)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(WORK_MOST);
	struct directory_value kind = { .text = KIND };
	struct directory_query query = { .as = directory_class("Mailbox"), .attribute = "RecipientTypeDetails", .value = &kind };
	const struct directory_object *o;
	uint64_t *ids = NULL;
	size_t n = 0;
	status s = directory_list(d, &query, &scratch, &ids, &n, why);

	for (size_t i = 0; !s && i < n; i++) {
		s = directory_get(d, query.as, ids[i], &scratch, &o, why);
		if (!s && strcmp(o->name, name) == 0)
			return directory_guid(o, "ExchangeGuid", mailbox) ? ecNone : ecNotFound;
	}
	return s ? s : reason_set(why, ecNotFound, "there is no queue yet");
}

static status make(struct host *h, const char *name, struct reason *why)
{
	struct directory_value kind = { .text = KIND }, yes = { .number = 1 }, no = { .number = 0 };
	const struct directory_setting settings[] = {
		{ "RecipientTypeDetails", DIRECTORY_SET, &kind, 1 },
		{ "HiddenFromAddressListsEnabled", DIRECTORY_SET, &yes, 1 },
		{ "AccountDisabled", DIRECTORY_SET, &yes, 1 },
		{ "UseDatabaseQuotaDefaults", DIRECTORY_SET, &no, 1 },
	};

	return host_create_mailbox(h, name, settings, sizeof settings / sizeof *settings, why);
}

static status find_or_make(struct host *h, const char *name, struct guid *mailbox, struct reason *why)
{
	struct directory *d = NULL;
	status s = host_directory(h, &d, why);

	if (s)
		return s;
	s = find(d, name, mailbox, why);
	if (s == ecNotFound) {
		s = make(h, name, why);
		if (!s || s == ecDuplicateName)
			s = find(d, name, mailbox, why);
	}
	host_directory_return(h, d);
	return s;
}

/* The first that no other server has: each has its own, and who starts takes up what one that is gone has left. */
static status take(struct host *h, struct transport_queue *q, struct reason *why)
{
	status s = ecBusy;

	for (unsigned number = 1; s == ecBusy && number <= QUEUES_MAX; number++) {
		char name[NAME_SIZE];
		struct guid mailbox;

		name_of(number, name);
		s = find_or_make(h, name, &mailbox, why);
		if (!s)
			s = host_mailbox_alone(h, &mailbox, &q->store, why);
	}
	return s;
}

static status open_folder(struct transport_queue *q)
{
	status s = folder_by_role(shared_mailbox_lock(q->store), MAILBOX_OUTBOX, &q->folder);

	shared_mailbox_unlock(q->store);
	return s;
}

status transport_queue_open(struct host *h, struct transport_queue **out, struct reason *why)
{
	struct transport_queue *q = calloc(1, sizeof *q);
	status s = q ? take(h, q, why) : reason_set(why, ecMemory, "out of memory");

	if (!s)
		s = open_folder(q);
	if (s)
		transport_queue_close(q);
	else
		*out = q;
	return s;
}

static status find_one(struct host *h, unsigned number, struct guid *mailbox)
{
	struct directory *d = NULL;
	char name[NAME_SIZE];
	status s = host_directory(h, &d, NULL);

	if (s)
		return s;
	name_of(number, name);
	s = find(d, name, mailbox, NULL);
	host_directory_return(h, d);
	return s;
}

status transport_queue_adopt(struct host *h, const struct transport_queue *own, unsigned *number, struct transport_queue **out)
{
	struct transport_queue *q = calloc(1, sizeof *q);
	status s = q ? ecBusy : ecMemory;

	*out = NULL;
	while (s == ecBusy && *number < QUEUES_MAX) {
		struct guid mailbox;

		s = find_one(h, ++*number, &mailbox);
		if (!s)
			s = guid_equal(&mailbox, shared_mailbox_guid(own->store)) ? ecBusy : host_mailbox_alone(h, &mailbox, &q->store, NULL);
	}
	if (!s)
		s = open_folder(q);
	if (!s)
		*out = q;
	else
		transport_queue_close(q);
	/* Beyond the last one there is none; all others have their servers. */
	return s == ecNotFound || s == ecBusy ? ecNone : s;
}

void transport_queue_close(struct transport_queue *q)
{
	if (q)
		host_mailbox_release(q->store);
	free(q);
}

/* Transactions ---------------------------------------------------------------------------------------------------------- */

static status lock(struct transport_queue *q, struct mailbox **m)
{
	*m = shared_mailbox_lock(q->store);
	return mailbox_begin(*m);
}

static status unlock(struct transport_queue *q, status s)
{
	if (!s)
		s = mailbox_commit(shared_mailbox_get(q->store));
	shared_mailbox_unlock(q->store);
	return s;
}

/* Putting ----------------------------------------------------------------------------------------------------------------- */

static status describe(struct property_set *p, const struct queue_item *i)
{
	const struct {
		uint32_t tag;
		const struct guid *v;
	} guids[] = { { QUEUE_KEY, &i->key }, { QUEUE_SENDER, &i->sender }, { QUEUE_TARGET, &i->target } };
	const struct {
		uint32_t tag;
		uint64_t v;
	} numbers[] = { { QUEUE_SOURCE, i->source }, { QUEUE_PARENT, i->parent }, { QUEUE_SINCE, i->since }, { QUEUE_DUE, i->due } };
	status s = property_set_put_u32(p, QUEUE_STATE, i->state);

	for (size_t k = 0; !s && k < sizeof guids / sizeof *guids; k++)
		s = property_set_put_bytes(p, guids[k].tag, bytes_of(guids[k].v, sizeof *guids[k].v));
	for (size_t k = 0; !s && k < sizeof numbers / sizeof *numbers; k++)
		s = property_set_put_u64(p, numbers[k].tag, numbers[k].v);
	return s;
}

static status write(struct transport_queue *q, struct mailbox *m, const struct message_part *part, struct mailbox *from, const struct name_map *names,
		    uint64_t *id)
{
	struct message_options o = { .names = names ? names : mailbox_names(from) };
	struct item_result result = { .outcome = OUTCOME_WRITTEN };
	struct message_writer *w;
	status s = message_writer_new(m, q->folder, &o, &w);

	if (s)
		return s;
	s = message_part_emit(part, from, 0, false, 0, message_writer_sink(w), &result);
	if (!s && result.outcome != OUTCOME_WRITTEN)
		s = ecError;
	if (!s)
		s = message_writer_finish(w, id);
	message_writer_free(w);
	return s;
}

status queue_put(struct transport_queue *q, const struct queue_item *item, const struct message_part *part, struct mailbox *from,
		 const struct name_map *names, uint64_t *id)
{
	struct message_part *own = message_part_ref((struct message_part *)(uintptr_t)part);
	struct mailbox *m;
	status s = message_part_own(&own);

	if (!s)
		s = describe(&own->props, item);
	if (!s) {
		s = lock(q, &m);
		if (!s)
			s = write(q, m, own, from, names, id);
		s = unlock(q, s);
	}
	message_part_unref(own);
	return s;
}

/* Reading ----------------------------------------------------------------------------------------------------------------- */

static void guid_at(const struct bag *b, uint32_t tag, struct guid *out)
{
	struct bytes v = bag_bytes(b, tag_id(tag));

	if (v.n == sizeof *out)
		memcpy(out, v.p, sizeof *out);
}

static status item_of(struct mailbox *m, uint64_t id, struct arena *arena, struct queue_item *out)
{
	struct bag b;
	status s;

	bag_init(&b, arena);
	s = message_props(m, id, &b);
	if (s)
		return s;
	*out = (struct queue_item){ .id = id,
				    .state = (enum queue_state)bag_u32(&b, tag_id(QUEUE_STATE), QUEUE_READY),
				    .source = bag_u64(&b, tag_id(QUEUE_SOURCE), 0),
				    .parent = bag_u64(&b, tag_id(QUEUE_PARENT), 0),
				    .since = bag_u64(&b, tag_id(QUEUE_SINCE), 0),
				    .due = bag_u64(&b, tag_id(QUEUE_DUE), 0),
				    .tries = bag_u32(&b, tag_id(QUEUE_TRIES), 0),
				    .done = bag_bytes(&b, tag_id(QUEUE_DONE)) };
	guid_at(&b, QUEUE_KEY, &out->key);
	guid_at(&b, QUEUE_SENDER, &out->sender);
	guid_at(&b, QUEUE_TARGET, &out->target);
	return ecNone;
}

status queue_claim(struct transport_queue *q, uint64_t after, struct queue_item *out, struct arena *arena)
{
	struct mailbox *m = shared_mailbox_lock(q->store);
	uint64_t id = 0;
	status s = message_next(m, q->folder, false, false, after, &id);

	q->claimed = s ? 0 : id;
	*out = (struct queue_item){ .id = 0 };
	if (!s && id)
		s = item_of(m, id, arena, out);
	/* What is not due can still be taken back. */
	if (!s && out->due > mailbox_clock(m)->now(mailbox_clock(m)))
		q->claimed = 0;
	shared_mailbox_unlock(q->store);
	return s;
}

static status copy_names(const struct name_map *from, struct name_map **out)
{
	struct name_map *to = name_map_new();
	status s = to ? ecNone : ecMemory;

	for (uint32_t id = name_map_next(from, 0); !s && id; id = id < NAMED_ID_LAST ? name_map_next(from, id + 1) : 0)
		s = name_map_add(to, (uint16_t)id, name_map_name(from, (uint16_t)id));
	if (s)
		name_map_free(to);
	else
		*out = to;
	return s;
}

/* The queue's own properties are none of the message. */
static status strip(struct message_part **p)
{
	status s = message_part_own(p);

	for (uint32_t id = tag_id(QUEUE_KEY); !s && id <= tag_id(QUEUE_DONE); id++)
		(void)property_set_remove(&(*p)->props, (uint16_t)id);
	return s;
}

status queue_read(struct transport_queue *q, uint64_t id, struct queue_message *out)
{
	struct mailbox *m = shared_mailbox_lock(q->store);
	status s;

	*out = (struct queue_message){ .part = NULL };
	arena_init(&out->arena, MESSAGE_MOST);
	s = item_of(m, id, &out->arena, &out->item);
	if (!s)
		s = message_part_read(m, id, &out->part);
	if (!s)
		s = copy_names(mailbox_names(m), &out->names);
	shared_mailbox_unlock(q->store);
	if (!s)
		s = strip(&out->part);
	if (s)
		queue_message_free(out);
	return s;
}

void queue_message_free(struct queue_message *m)
{
	message_part_unref(m->part);
	name_map_free(m->names);
	arena_free(&m->arena);
	*m = (struct queue_message){ .part = NULL };
}

/* Changes ----------------------------------------------------------------------------------------------------------------- */

static status set_state(struct mailbox *m, uint64_t id, enum queue_state state)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	struct bag set;
	status s;

	bag_init(&set, &arena);
	s = bag_set_u32(&set, QUEUE_STATE, state);
	return s ? s : message_set_aside(m, id, &set, NULL, 0);
}

status queue_ready(struct transport_queue *q, uint64_t id)
{
	struct mailbox *m;
	status s = lock(q, &m);

	if (!s)
		s = set_state(m, id, QUEUE_READY);
	return unlock(q, s);
}

/* What was made for `target` while `parent` was delivered: let go, or deleted. */
static status each_child(struct transport_queue *q, struct mailbox *m, uint64_t parent, const struct guid *target, bool release)
{
	uint64_t id = parent;
	status s;

	while (!(s = message_next(m, q->folder, false, false, id, &id)) && id) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(MESSAGE_MOST);
		struct queue_item i;

		s = item_of(m, id, &arena, &i);
		if (!s && i.state == QUEUE_HELD && i.parent == parent && guid_equal(&i.target, target))
			s = release ? set_state(m, id, QUEUE_READY) : message_delete(m, id, DELETE_HARD);
		if (s)
			return s;
	}
	return s;
}

status queue_done(struct transport_queue *q, uint64_t id, const struct guid *keys, size_t n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(MESSAGE_MOST);
	CLEANUP_BUF struct buf done = BUF_MAX((size_t)16 << 20);
	struct queue_item i;
	struct mailbox *m;
	struct bag set;
	status s = lock(q, &m);

	if (!s)
		s = item_of(m, id, &arena, &i);
	if (!s) {
		bag_init(&set, &arena);
		buf_add(&done, i.done.p, i.done.n);
		buf_add(&done, keys, n * sizeof *keys);
		s = buf_status(&done);
	}
	if (!s)
		s = bag_set_bytes(&set, QUEUE_DONE, buf_bytes(&done));
	if (!s)
		s = message_set_aside(m, id, &set, NULL, 0);
	for (size_t k = 0; !s && k < n; k++)
		s = each_child(q, m, id, &keys[k], true);
	return unlock(q, s);
}

status queue_later(struct transport_queue *q, uint64_t id, uint64_t due, uint32_t tries)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	struct mailbox *m;
	struct bag set;
	status s = lock(q, &m);

	bag_init(&set, &arena);
	if (!s)
		s = bag_set_u64(&set, QUEUE_DUE, due);
	if (!s)
		s = bag_set_u32(&set, QUEUE_TRIES, tries);
	if (!s)
		s = message_set_aside(m, id, &set, NULL, 0);
	return unlock(q, s);
}

status queue_remove(struct transport_queue *q, uint64_t id)
{
	struct mailbox *m;
	status s = lock(q, &m);

	if (!s)
		s = message_delete(m, id, DELETE_HARD);
	return unlock(q, s);
}

status queue_forget_children(struct transport_queue *q, uint64_t parent, const struct guid *target)
{
	struct mailbox *m;
	status s = lock(q, &m);

	if (!s)
		s = each_child(q, m, parent, target, false);
	return unlock(q, s);
}

static status cancel_within(struct transport_queue *q, struct mailbox *m, const struct guid *key)
{
	uint64_t id = 0;
	status s;

	while (!(s = message_next(m, q->folder, false, false, id, &id)) && id) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET(MESSAGE_MOST);
		struct queue_item i;

		s = item_of(m, id, &arena, &i);
		if (s)
			return s;
		if (i.source && guid_equal(&i.key, key))
			return id == q->claimed ? ecUnableToAbort : message_delete(m, id, DELETE_HARD);
	}
	return s ? s : ecNotInQueue;
}

status queue_cancel(struct transport_queue *q, const struct guid *key)
{
	struct mailbox *m;
	status s = lock(q, &m);

	if (!s)
		s = cancel_within(q, m, key);
	return unlock(q, s);
}

status queue_count(struct transport_queue *q, uint64_t *n)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(WORK_MOST);
	struct folder f;
	status s = folder_get(shared_mailbox_lock(q->store), q->folder, &arena, &f);

	shared_mailbox_unlock(q->store);
	if (!s)
		*n = f.items;
	return s;
}
