/* Server objects: references, memory, handles. */
#include "server/object.h"

#include "server/logon.h"
#include "server/session.h"

#include <stdatomic.h>
#include <stdlib.h>

#define TABLE_FIRST 64u
/* What an object with a handle takes at least. */
#define HANDLE_BYTES ((size_t)256)

status property_problems_add(struct property_problems *p, size_t index, uint32_t tag, status code)
{
	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 16;
		struct property_problem *more = arena_array(p->arena, cap, sizeof *more);

		if (!more)
			return ecMemory;
		if (p->n)
			memcpy(more, p->v, p->n * sizeof *more);
		p->v = more;
		p->cap = cap;
	}
	p->v[p->n++] = (struct property_problem){ .index = (uint16_t)index, .property_tag = tag, .error_code = code };
	return ecNone;
}

bool object_table_handle(const struct object_table *t, const struct object *o, uint32_t *handle)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->v[i] == o) {
			*handle = i;
			return true;
		}
	return false;
}

/* References -------------------------------------------------------------------------------------------------------- */

void object_init(struct object *o, enum object_kind kind, const struct object_class *class, struct logon *logon, struct object *parent)
{
	*o = (struct object){ .kind = kind, .class = class, .logon = logon, .parent = parent, .references = 1 };
	if (logon) {
		o->session = logon->object.session;
		(void)object_ref(&logon->object);
	}
	if (parent)
		(void)object_ref(parent);
}

struct object *object_ref(struct object *o)
{
	o->references++;
	return o;
}

/* What it hangs on may go with it, and so on: not by recursion, for embedded messages nest. */
void object_unref(struct object *o)
{
	while (o && --o->references == 0) {
		struct object *parent = o->parent, *logon = o->logon ? &o->logon->object : NULL;

		object_discharge(o, o->charged);
		o->class->free(o);
		if (logon && parent)
			object_unref(logon); /* not the last one: the parent has one too, or is it */
		o = parent ? parent : logon;
	}
}

status object_charge(struct object *o, size_t bytes)
{
	struct session *s = o->session;

	if (bytes > SESSION_MEMORY_MAX || s->memory > SESSION_MEMORY_MAX - bytes)
		return ecMemory;
	if (s->account && atomic_fetch_add(s->account, bytes) > ACCOUNT_MEMORY_MAX - bytes) {
		atomic_fetch_sub(s->account, bytes);
		return ecMemory;
	}
	s->memory += bytes;
	o->charged += bytes;
	return ecNone;
}

void object_discharge(struct object *o, size_t bytes)
{
	if (!o->session)
		return;
	o->session->memory -= bytes;
	o->charged -= bytes;
	if (o->session->account)
		atomic_fetch_sub(o->session->account, bytes);
}

/* Handles ----------------------------------------------------------------------------------------------------------- */

void object_table_init(struct object_table *t)
{
	*t = (struct object_table){ .v = NULL };
}

static bool grow(struct object_table *t)
{
	uint32_t cap = t->cap ? 2 * t->cap : TABLE_FIRST;
	struct object **more = cap <= SESSION_OBJECTS_MAX ? reallocarray(t->v, cap, sizeof(struct object *)) : NULL;

	if (!more)
		return false;
	t->v = more;
	t->cap = cap;
	return true;
}

/* A handle that was released comes back as late as possible: who uses it by mistake hears of it. */
static bool free_slot(struct object_table *t, uint32_t *slot)
{
	if (t->n < t->cap || (t->used >= t->n - t->n / 4 && grow(t))) {
		t->v[t->n] = NULL;
		*slot = t->n++;
		return true;
	}
	for (uint32_t i = 0; i < t->n; i++) {
		uint32_t at = (t->free_from + i) % t->n;

		if (!t->v[at]) {
			t->free_from = (at + 1) % t->n;
			*slot = at;
			return true;
		}
	}
	return false;
}

status object_table_add(struct object_table *t, struct object *o, uint32_t *handle)
{
	uint32_t slot;

	if ((o->session && object_charge(o, HANDLE_BYTES)) || !free_slot(t, &slot)) {
		object_unref(o);
		return ecMemory;
	}
	t->v[slot] = o;
	t->used++;
	*handle = slot;
	return ecNone;
}

struct object *object_table_find(const struct object_table *t, uint32_t handle)
{
	return handle < t->n ? t->v[handle] : NULL;
}

bool object_table_had(const struct object_table *t, uint32_t handle)
{
	return handle < t->n;
}

/* An object that goes may ask its mailbox to forget it; the logon itself gives the mailbox back, which must not be locked then. */
static void release_slot(struct object_table *t, uint32_t slot)
{
	struct object *o = t->v[slot], *logon = o->logon ? object_ref(&o->logon->object) : NULL;
	struct shared_mailbox *store = logon ? o->logon->store : NULL;

	t->v[slot] = NULL;
	t->used--;
	if (store)
		shared_mailbox_hold(store);
	object_unref(o);
	if (store)
		shared_mailbox_unlock(store);
	object_unref(logon);
}

void object_table_release(struct object_table *t, uint32_t handle)
{
	struct object *o = object_table_find(t, handle);
	const struct logon *logon = o && o->kind == OBJECT_LOGON ? (struct logon *)o : NULL;

	if (!o)
		return;
	for (uint32_t i = 0; logon && i < t->n; i++)
		if (t->v[i] && t->v[i]->logon == logon)
			release_slot(t, i);
	release_slot(t, handle);
}

void object_table_free(struct object_table *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		if (t->v[i] && t->v[i]->logon)
			release_slot(t, i);
	for (uint32_t i = 0; i < t->n; i++)
		if (t->v[i])
			release_slot(t, i);
	free(t->v);
	object_table_init(t);
}
