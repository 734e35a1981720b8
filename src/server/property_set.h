/*
 * Properties of an open object, each in memory of its own, so that a client may set them any number of times.  Ids are the
 * mailbox's.  Large values (PROP_LARGE in the bags that come out of it) stand in big values.
 */
#ifndef SERVER_PROPERTY_SET_H
#define SERVER_PROPERTY_SET_H

#include "mapi/prop.h"
#include "server/big_value.h"

struct held_prop {
	struct prop p; /* PROP_LARGE: its value is `big` */
	struct big_value *big;
	void *memory;
	size_t cost;
};

struct property_set {
	struct held_prop *v;
	size_t n, cap;
};

void property_set_free(struct property_set *s);
/* Any type. NULL when there is none. */
const struct held_prop *property_set_find(const struct property_set *s, uint16_t id);
/* As bag_*: what the type allows, the fallback when there is none or it is odd or large. */
uint32_t property_set_u32(const struct property_set *s, uint16_t id, uint32_t fallback);
uint64_t property_set_u64(const struct property_set *s, uint16_t id, uint64_t fallback);
bool property_set_bool(const struct property_set *s, uint16_t id, bool fallback);
/* Copies the value, which must be at hand; replaces the one of that id. */
status property_set_put(struct property_set *s, const struct prop *p) MUST;
status property_set_put_u32(struct property_set *s, uint32_t tag, uint32_t v) MUST;
status property_set_put_u64(struct property_set *s, uint32_t tag, uint64_t v) MUST;
status property_set_put_bool(struct property_set *s, uint32_t tag, bool v) MUST;
status property_set_put_text(struct property_set *s, uint32_t tag, struct bytes utf16) MUST;
status property_set_put_bytes(struct property_set *s, uint32_t tag, struct bytes v) MUST;
/* What `from` has under pairs[i][1], at hand, under pairs[i][0]; the type stays. */
status property_set_put_others(struct property_set *s, const struct property_set *from, const uint32_t (*pairs)[2], size_t n) MUST;
/* Takes over the reference, also when it fails. What fits stands with the others. */
status property_set_put_big(struct property_set *s, uint32_t tag, struct big_value *v) MUST;
/* False: there was none. */
bool property_set_remove(struct property_set *s, uint16_t id);
/* All of them become those of `from`; big values are shared. */
status property_set_copy(struct property_set *s, const struct property_set *from) MUST;
/* Memory that they take, for object_charge. */
size_t property_set_cost(const struct property_set *s);

/* Appends all; values stay where they are. */
status property_set_bag(const struct property_set *s, struct bag *out) MUST;
/* The value whole, in the set or in `arena`. ecNotFound; ecMemory. */
status property_set_value(const struct property_set *s, uint16_t id, struct mailbox *m, struct arena *arena, struct prop *out) MUST;
/* The large ones, as events that follow the bag. */
status property_set_emit_large(const struct property_set *s, struct mailbox *m, struct item_sink *sink) MUST;

#endif
