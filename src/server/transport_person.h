/*
 * People in the properties of messages: sender, receiver and the like ([MS-OXOMSG] 2.2.1), and back.
 */
#ifndef SERVER_TRANSPORT_PERSON_H
#define SERVER_TRANSPORT_PERSON_H

#include "server/host.h"
#include "server/person.h"
#include "server/property_set.h"

/* 0: there is no such property. */
struct person_tags {
	uint32_t name, type, address, entryid, search_key, smtp;
};

extern const struct person_tags person_sender, person_representing, person_received_by, person_received_representing, person_recipient;

status person_put(struct property_set *to, const struct person_tags *as, const struct person *p) MUST;
/* Somebody outside: an SMTP address. `name` NULL: the address. */
status person_put_outside(struct property_set *to, const struct person_tags *as, const char *name, const char *smtp) MUST;
/* The properties of one role become those of another, what is not there is taken away. */
status person_copy(struct property_set *to, const struct person_tags *as, const struct property_set *from, const struct person_tags *was) MUST;
/*
 * What the directory can be asked for: a legacy DN or an SMTP address; NULL when there is neither.  In `arena`.  *smtp: it is an address.
 */
const char *person_identity(const struct property_set *from, const struct person_tags *as, struct arena *arena, bool *smtp);
/* Texts of messages, as UTF-8. */
const char *held_text(const struct property_set *from, uint32_t tag, struct arena *arena);
status held_put_text(struct property_set *to, uint32_t tag, const char *utf8) MUST;

#endif
