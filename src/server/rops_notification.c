/* Subscriptions ([MS-OXCNOTIF] 3.1.4.3, 3.1.5.1), and the responses that nobody asked for: RopNotify, RopPending. */
#include "base/utf16.h"
#include "rop/property_row.h"
#include "rop/rops_notification.h"
#include "server/logon.h"
#include "server/notify.h"
#include "server/notify_hub.h"
#include "server/rop_call.h"
#include "server/server.h"
#include "server/table_object.h"
#include "store/folder.h"

#include <stdlib.h>
#include <string.h>

/* RopId and SessionIndex. */
#define PENDING_SIZE 3u
/* Finding the place of a row is work: of a table of which so many rows changed at once, the client reads anew. */
#define ROW_DATA_MAX ((size_t)16 << 10)

/* Subscriptions ------------------------------------------------------------------------------------------------------------ */

struct subscription {
	struct object object;
	struct watch *watch;
};

static void free_subscription(struct object *o)
{
	notify_unwatch(((struct subscription *)o)->watch);
	free(o);
}

static const struct object_class class = { .name = "subscription", .free = free_subscription };

static status scope_of(const struct rop_register_notification_request *q, struct watch_scope *scope)
{
	*scope = (struct watch_scope){ .kind = WATCH_SUBSCRIPTION, .types = q->notification_types, .whole_store = q->want_whole_store };
	if (q->want_whole_store)
		return ecNone;
	if (q->folder_id && !id_to_counter(q->folder_id, &scope->folder))
		return ecNotFound;
	if (q->message_id && !id_to_counter(q->message_id, &scope->message))
		return ecNotFound;
	return ecNone;
}

static status register_notification(struct rop_call *c)
{
	const struct rop_register_notification_request *q = c->request;
	struct watch_scope scope;
	struct subscription *s;
	status st = scope_of(q, &scope);

	if (st)
		return st;
	s = calloc(1, sizeof *s);
	if (!s)
		return ecMemory;
	object_init(&s->object, OBJECT_SUBSCRIPTION, &class, c->logon, NULL);
	st = object_charge(&s->object, sizeof *s);
	if (!st)
		st = notify_watch(&s->object, &scope, &s->watch);
	if (st)
		object_unref(&s->object);
	else
		rop_call_open(c, &s->object);
	return st;
}

const struct rop_entry rops_notification[] = {
	{ ROP_REGISTER_NOTIFICATION, OBJECT_LOGON, register_notification },
	{ 0, 0, NULL },
};

/* What a subscription is told ------------------------------------------------------------------------------------------------ */

static status put_class(const struct notify_event *e, struct arena *arena, struct notification_data *d)
{
	d->unicode_flag = 1;
	d->message_class = utf16_bytes(arena, e->message_class);
	return d->message_class.p ? ecNone : ecMemory;
}

/* The counters of the folder as they are now. */
static status put_counts(struct logon *l, const struct notify_event *e, struct arena *arena, struct notification_data *d)
{
	struct mailbox *m;
	struct folder f;
	uint64_t unread = 0;
	status s;

	m = logon_lock(l);
	s = folder_get(m, e->folder, arena, &f);
	if (!s)
		s = folder_unread(m, &f, &unread);
	shared_mailbox_unlock(l->store);
	if (s)
		return s;
	d->notification_flags |= NOTIFY_TOTAL_CHANGED | NOTIFY_UNREAD_CHANGED;
	d->total_message_count = (uint32_t)f.items;
	d->unread_message_count = (uint32_t)unread;
	return ecNone;
}

static uint64_t wire_id(uint64_t id)
{
	return id ? id_from_counter(id) : 0;
}

static status subscription_data(struct logon *l, const struct notify_event *e, struct arena *arena, struct notification_data *d)
{
	*d = (struct notification_data){
		.notification_flags = (uint16_t)(e->type | (e->message ? NOTIFY_MESSAGE : 0)),
		.folder_id = wire_id(e->folder),
		.message_id = wire_id(e->object),
		.parent_folder_id = wire_id(e->parent),
		.old_folder_id = wire_id(e->old_folder),
		.old_message_id = wire_id(e->old_object),
		.old_parent_folder_id = wire_id(e->old_parent),
		.message_flags = e->message_flags,
	};
	if (e->type == NOTIFY_NEW_MAIL)
		return put_class(e, arena, d);
	return e->counts ? put_counts(l, e, arena, d) : ecNone;
}

/* What a table is told ------------------------------------------------------------------------------------------------------- */

static bool is_here(const struct table_object *t, const struct notify_event *e, bool old)
{
	if (t->content == TABLE_OF_FOLDERS)
		return (old ? e->old_parent : e->parent) == t->of;
	return (old ? e->old_folder : e->folder) == t->of;
}

/* What happened to the row, as far as the event says. */
static uint16_t row_event(const struct table_object *t, const struct notify_event *e)
{
	if (t->everywhere || e->type == NOTIFY_SEARCH_COMPLETE || e->counts)
		return e->counts && t->content == TABLE_OF_FOLDERS && !t->everywhere ? TABLE_ROW_MODIFIED : TABLE_CHANGED;
	switch (e->type) {
	case NOTIFY_OBJECT_CREATED:
	case NOTIFY_OBJECT_COPIED:
		return is_here(t, e, false) ? TABLE_ROW_ADDED : 0;
	case NOTIFY_OBJECT_DELETED:
		return TABLE_ROW_DELETED;
	case NOTIFY_OBJECT_MOVED:
		if (is_here(t, e, true) && is_here(t, e, false))
			return TABLE_CHANGED;
		return is_here(t, e, true) ? TABLE_ROW_DELETED : TABLE_ROW_ADDED;
	default:
		return TABLE_ROW_MODIFIED;
	}
}

static void put_deleted(const struct table_object *t, const struct notify_event *e, struct notification_data *d)
{
	bool moved = e->type == NOTIFY_OBJECT_MOVED;

	d->table_row_folder_id = wire_id(moved && e->message ? e->old_folder : e->folder);
	d->table_row_message_id = wire_id(moved ? e->old_object : e->object);
	(void)t;
}

/* Where the row is now, after which one, and what is in it. *there: it is in the table. */
static status put_row(struct table_object *t, const struct notify_event *e, struct arena *arena, struct notification_data *d, bool *there)
{
	struct table_place_of_row p;
	status s = table_object_locate(t, e->message ? e->object : e->folder, arena, &p, there);

	if (s || !*there)
		return s;
	d->table_row_folder_id = wire_id(e->folder);
	d->table_row_message_id = wire_id(e->object);
	d->table_row_instance = p.instance;
	d->insert_after_table_row_folder_id = p.after_folder;
	d->insert_after_table_row_id = p.after_message;
	d->insert_after_table_row_instance = p.after_instance;
	d->table_row_data = p.data;
	return p.data.n > ROW_DATA_MAX ? ecTooBig : ecNone;
}

/* *tell: there is something to say. */
static status table_data(struct table_object *t, const struct notify_event *e, bool overflow, struct arena *arena,
			 struct notification_data *d, bool *tell)
{
	bool there = false;
	status s = ecNone;

	*d = (struct notification_data){ .notification_flags = (uint16_t)(NOTIFY_TABLE_MODIFIED | (e->message ? NOTIFY_MESSAGE : 0)) };
	d->table_event_type = overflow || t->categories ? TABLE_CHANGED : row_event(t, e);
	if (d->table_event_type == TABLE_ROW_ADDED || d->table_event_type == TABLE_ROW_MODIFIED) {
		(void)logon_lock(t->object.logon);
		s = put_row(t, e, arena, d, &there);
		shared_mailbox_unlock(t->object.logon->store);
		if (!s && !there)
			d->table_event_type = d->table_event_type == TABLE_ROW_MODIFIED ? TABLE_ROW_DELETED : 0;
	}
	if (d->table_event_type == TABLE_ROW_DELETED)
		put_deleted(t, e, d);
	/* Where the row cannot be told, that something changed can. */
	if (s && s != ecMemory) {
		*d = (struct notification_data){ .notification_flags = NOTIFY_TABLE_MODIFIED, .table_event_type = TABLE_CHANGED };
		s = ecNone;
	}
	*tell = d->table_event_type != 0;
	if (d->table_event_type == TABLE_CHANGED)
		d->notification_flags = NOTIFY_TABLE_MODIFIED;
	return s;
}

/* Responses ------------------------------------------------------------------------------------------------------------------ */

static status event_data(struct object *whose, const struct notify_event *e, bool overflow, struct arena *arena, struct notification_data *d,
			 bool *tell)
{
	struct table_object *t;

	*tell = true;
	if (whose->kind == OBJECT_SUBSCRIPTION)
		return subscription_data(whose->logon, e, arena, d);
	t = (struct table_object *)whose;
	*tell = t->viewed;
	return t->viewed ? table_data(t, e, overflow, arena, d, tell) : ecNone;
}

static status put_notify(struct session *s, const struct object *whose, const struct notification_data *d, struct rop_writer *w)
{
	struct rop_notify_response body = { .logon_id = whose->logon->id, .notification_data = *d };
	const struct rop_response r = { .id = ROP_NOTIFY, .body = &body };

	if (!object_table_handle(&s->objects, whose, &body.notification_handle))
		return ecNone; /* released, but a child of it holds it: nobody to be told */
	if (rop_writer_room(w) < PENDING_SIZE)
		return ecTooBig;
	counter_add(s->server->counters, COUNTER_NOTIFICATIONS, 1);
	return rop_writer_put(w, &r, NULL);
}

static status put_pending(struct rop_writer *w)
{
	struct rop_pending_response body = { .session_index = 0 };
	const struct rop_response r = { .id = ROP_PENDING, .body = &body };

	return rop_writer_put(w, &r, NULL);
}

status notify_put(struct session *s, struct arena *arena, struct rop_writer *w)
{
	struct object *whose;
	struct notify_event e;
	bool overflow;
	status st = ecNone;

	while (!st && notify_feed_next(s, &whose, &e, &overflow)) {
		struct notification_data d;
		bool tell;

		st = event_data(whose, &e, overflow, arena, &d, &tell);
		if (!st && tell)
			st = put_notify(s, whose, &d, w);
		if (st == ecTooBig)
			return rop_writer_room(w) < PENDING_SIZE ? ecNone : put_pending(w);
		/* What was not found any more is not told. */
		if (st == ecNotFound)
			st = ecNone;
		if (!st)
			notify_feed_drop(s);
	}
	return st;
}
