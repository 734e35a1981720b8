/*
 * All that an object of the directory must be, beside the form of each of its values: what it must have, what only it may
 * have, what it refers to, and what its values must be to each other.  Nothing is written to the directory that does not pass here.
 */
#ifndef STORE_DIRECTORY_VALIDATE_H
#define STORE_DIRECTORY_VALIDATE_H

#include "store/directory_private.h"

/* ecInvalidParam, ecDuplicateName (the words name who has it), ecNotFound (a reference). Values that did not change are not looked at again. */
status directory_validate(struct directory *d, const struct directory_draft *w, struct reason *why) MUST;
/* May it be removed, as far as rules of its kind go? */
status directory_validate_removal(struct directory *d, const struct directory_object *o, struct reason *why) MUST;

/* The rules of one kind, for directory_validate.c; the draft holds within itself. */
status directory_rules(struct directory *d, const struct directory_draft *w, struct reason *why) MUST;
/* Is mail to the domain ours? */
status directory_domain_accepted(struct directory *d, const char *domain, bool *yes, struct reason *why) MUST;
/* Another object than `self` whose attribute, which only one may have, has this text; 0 when there is none. */
status directory_owner(struct directory *d, const char *attribute, const char *text, uint64_t self, uint64_t *owner, struct reason *why) MUST;
/* The name of an object for people; "" when it cannot be had. */
const char *directory_name_of(struct directory *d, uint64_t id, struct arena *arena);

#endif
