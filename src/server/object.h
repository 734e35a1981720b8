/*
 * Server objects and their handles ([MS-OXCROPS] 1.3.1.1, 3.2.5): logons, folders, messages, attachments, tables, streams,
 * subscriptions, fast transfer contexts, synchronisation contexts.
 *
 * A handle is a number that the session gives to the client, the first one (of the first logon, as a rule) is 0. An object lives while a handle or another object refers to
 * it: a child refers to its parent.  RopRelease of a logon releases everything that was opened through it.
 */
#ifndef SERVER_OBJECT_H
#define SERVER_OBJECT_H

#include "base/map.h"
#include "mapi/prop.h"
#include "rop/rops_common.h"

struct logon;
struct object;
struct rop_call;
struct session;

enum object_kind {
	OBJECT_LOGON = 1 << 0,
	OBJECT_FOLDER = 1 << 1,
	OBJECT_MESSAGE = 1 << 2,    /* also an embedded one */
	OBJECT_ATTACHMENT = 1 << 3,
	OBJECT_TABLE = 1 << 4,      /* of any kind: hierarchy, contents, rules, permissions, attachments */
	OBJECT_STREAM = 1 << 5,
	OBJECT_SUBSCRIPTION = 1 << 6,
	OBJECT_FAST_SOURCE = 1 << 7,      /* fast transfer download, synchronisation download */
	OBJECT_FAST_DESTINATION = 1 << 8, /* fast transfer upload */
	OBJECT_COLLECTOR = 1 << 9,        /* synchronisation upload */
};
#define OBJECT_ANY ((OBJECT_COLLECTOR << 1) - 1)
/* Objects with properties. */
#define OBJECT_WITH_PROPERTIES (OBJECT_LOGON | OBJECT_FOLDER | OBJECT_MESSAGE | OBJECT_ATTACHMENT)

/* What could not be set or deleted, as responses carry it. */
struct property_problems {
	struct arena *arena;
	struct property_problem *v;
	size_t n, cap;
};
status property_problems_add(struct property_problems *p, size_t index, uint32_t tag, status code) MUST;

/*
 * What objects with properties do; the ROPs on properties and streams (server/rops_property.c, rops_stream.c) are written once on these.  The
 * mailbox of the object's logon is locked.  An operation that is NULL is answered ecNotSupported.
 */
struct object_class {
	const char *name; /* for traces: "folder" */
	void (*free)(struct object *o);
	/*
	 * Values of these, computed ones too; a tag without a value is left out of *out.  PT_UNSPECIFIED is any type; strings are
	 * converted to the asked kind by the caller.  Values longer than `most` bytes are there with PROP_LARGE and their size.
	 * n 0: all properties that the object has.
	 */
	status (*get)(struct object *o, const uint32_t *tags, size_t n, size_t most, struct bag *out);
	/* Tags of all properties it has, computed ones too, in *out. */
	status (*list)(struct object *o, struct arena *arena, uint32_t **tags, size_t *n);
	/* One value whole, however large. ecNotFound when there is none. */
	status (*value)(struct object *o, uint32_t tag, struct arena *arena, struct prop *out);
	/* Index i of `set` that cannot be set is a problem, not a failure. ids from 0x8000 are the mailbox's. */
	status (*set)(struct object *o, const struct bag *set, struct property_problems *problems);
	status (*remove)(struct object *o, const uint32_t *tags, size_t n, struct property_problems *problems);
};

struct object {
	enum object_kind kind;
	const struct object_class *class;
	struct session *session;
	struct logon *logon;   /* counted; NULL for the logon itself */
	struct object *parent; /* counted; NULL: none but the logon */
	unsigned references;
	size_t charged;        /* bytes of session->memory */
};

/* Fills what all objects have, with one reference: the caller's. `parent` NULL: none. */
void object_init(struct object *o, enum object_kind kind, const struct object_class *class, struct logon *logon, struct object *parent);
struct object *object_ref(struct object *o);
/* NULL is fine. The last one frees it. */
void object_unref(struct object *o);
/* Counts memory that the object takes now; ecMemory beyond SESSION_MEMORY_MAX, or ACCOUNT_MEMORY_MAX. */
status object_charge(struct object *o, size_t bytes) MUST;
/* It takes so much less; all of it is given back with the object. */
void object_discharge(struct object *o, size_t bytes);

/* Handles --------------------------------------------------------------------------------------------------------- */

#define HANDLE_NONE UINT32_MAX

struct object_table {
	struct object **v;
	uint32_t n, cap, free_from;
	uint32_t used;
};

void object_table_init(struct object_table *t);
void object_table_free(struct object_table *t); /* with all objects, each as by object_table_release */
/* Takes over the caller's reference, also when it fails (the object is freed): ecMemory. */
status object_table_add(struct object_table *t, struct object *o, uint32_t *handle) MUST;
/* NULL when there is none. */
struct object *object_table_find(const struct object_table *t, uint32_t handle);
/* The handle of an object; false when it has none. */
bool object_table_handle(const struct object_table *t, const struct object *o, uint32_t *handle);
/* It was given out once. */
bool object_table_had(const struct object_table *t, uint32_t handle);
/*
 * Nothing happens when there is none. A logon takes along all that hangs on it.  Their mailbox is locked meanwhile, so it must not
 * be before.
 */
void object_table_release(struct object_table *t, uint32_t handle);

#endif
