/* RopSynchronizationImportMessageChange: a message that a client changed or made ([MS-OXCFXICS] 3.2.5.9.4.2). */
#include "rop/rops_ics.h"
#include "server/collector.h"
#include "server/message_object.h"
#include "server/message_part.h"
#include "server/message_rights.h"

#include <stdlib.h>

/* ImportFlag 2.2.3.2.4.2.1 */
enum import_flag { IMPORT_ASSOCIATED = 0x10, IMPORT_FAIL_ON_CONFLICT = 0x40, IMPORT_PARTIAL_ITEM = 0x80 };
#define IMPORT_FLAGS_KNOWN (IMPORT_ASSOCIATED | IMPORT_FAIL_ON_CONFLICT | IMPORT_PARTIAL_ITEM)

/* Kept with the message until it is saved. */
struct pending_import {
	struct collector *collector; /* counted: its state learns of the message */
	struct import_message message;
	struct import_plan plan;
	struct arena arena;
};

static void free_pending(void *context)
{
	struct pending_import *p = context;

	object_unref(&p->collector->object);
	arena_free(&p->arena);
	free(p);
}

/* The mailbox may have changed since the client began: what is to become of it is asked again when it is saved. */
static status prepare(void *context, struct mailbox *m, struct message_options *o, bool *discard)
{
	struct pending_import *p = context;
	status s = import_message(m, &p->message, &p->arena, &p->plan);

	if (s)
		return s;
	*o = p->plan.options;
	*discard = p->plan.verdict == IMPORT_CONFLICT_OURS;
	return ecNone;
}

static status written(void *context, struct mailbox *m)
{
	struct pending_import *p = context;

	return import_message_done(m, &p->message, &p->plan, &p->collector->context.state);
}

static const struct message_import_ops ops = { .prepare = prepare, .written = written, .free = free_pending };

static status copy_bytes(struct arena *a, struct bytes *b)
{
	const void *copy = arena_memdup(a, b->p, b->n);

	*b = bytes_of(copy, b->n);
	return copy ? ecNone : ecMemory;
}

static status read_request(struct rop_call *c, struct pending_import *p)
{
	const struct rop_synchronization_import_message_change_request *q = c->request;
	struct bag props;
	status s = collector_bag(c, q->property_values.v, q->property_values.n, &props);

	p->message.folder = p->collector->context.folder;
	p->message.associated = q->import_flag & IMPORT_ASSOCIATED;
	p->message.fail_on_conflict = q->import_flag & IMPORT_FAIL_ON_CONFLICT;
	if (!s)
		s = collector_id(p->collector, bag_bytes(&props, tag_id(PidTagSourceKey)), &p->message.id);
	if (!s)
		s = collector_version(&props, &p->message.version);
	if (!s)
		s = copy_bytes(&p->arena, &p->message.version.change_key);
	return s ? s : copy_bytes(&p->arena, &p->message.version.predecessors);
}

/* Nothing is written: only what would be. */
static status look(struct rop_call *c, struct pending_import *p)
{
	struct mailbox *m = logon_mailbox(c->logon);
	status s = mailbox_begin(m);

	if (s)
		return s;
	s = import_message(m, &p->message, &p->arena, &p->plan);
	mailbox_rollback(m);
	return s;
}

static status open_message(struct rop_call *c, struct pending_import *p, struct message_object **out)
{
	bool new = p->plan.verdict == IMPORT_NEW;
	status s;

	if (p->message.associated)
		s = logon_may(c->logon, p->message.folder, RIGHT_OWNER);
	else
		s = new ? logon_may(c->logon, p->message.folder, RIGHT_CREATE) : message_may_edit(c->logon, p->message.folder, p->message.id);

	if (s)
		return s;
	if (new)
		return message_object_new(c->logon, p->message.folder, p->message.associated, out);
	return message_object_open(c->logon, c->object, p->message.folder, p->message.id, true, out);
}

/* When the client changed it; what else it is, the client says now. */
static status set_modified(struct message_object *m, uint64_t modified)
{
	struct message_part *part;
	status s = message_object_change(m, false, &part);

	if (!s)
		s = property_set_put_u64(&part->props, PidTagLastModificationTime, modified);
	return s ? s : message_object_changed(m);
}

static status import(struct rop_call *c, struct pending_import *p)
{
	struct message_object *m;
	status s = read_request(c, p);

	if (!s)
		s = look(c, p);
	if (!s)
		s = open_message(c, p, &m);
	if (!s) {
		/* All of it is to come (3.2.5.9.4.2). */
		s = p->plan.verdict == IMPORT_NEW ? ecNone : message_object_purge(m);
		if (!s)
			s = set_modified(m, p->message.version.modified);
		if (s)
			object_unref(message_object_base(m));
	}
	if (s) {
		free_pending(p);
		return s;
	}
	message_object_import(m, &ops, p);
	rop_call_open(c, message_object_base(m));
	return ecNone;
}

static status import_message_change(struct rop_call *c)
{
	const struct rop_synchronization_import_message_change_request *q = c->request;
	struct collector *k = (struct collector *)c->object;
	struct pending_import *p;

	if (!k->context.contents)
		return ecNotSupported;
	if (q->import_flag & ~IMPORT_FLAGS_KNOWN)
		return ecInvalidParam;
	k->context.begun = true;
	p = calloc(1, sizeof *p);
	if (!p)
		return ecMemory;
	(void)object_ref(&k->object);
	p->collector = k;
	arena_init(&p->arena, (size_t)1 << 20);
	return import(c, p);
}

const struct rop_entry rops_sync_message[] = {
	{ ROP_SYNCHRONIZATION_IMPORT_MESSAGE_CHANGE, OBJECT_COLLECTOR, import_message_change },
	{ 0, 0, NULL },
};
