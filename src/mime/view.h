/* The properties of one object with all that is needed to understand them: names and code page. */
#ifndef MIME_VIEW_H
#define MIME_VIEW_H

#include "mapi/named.h"
#include "mapi/prop.h"
#include "mapi/propset.h"

struct view {
	const struct bag *props;
	const struct name_map *names; /* NULL: no named properties */
	unsigned codepage;
	struct arena *arena;          /* texts are made here */
};

/* NULL or the fallback when there is none, or it is large. Empty texts are NULL, too. */
const char *view_text(const struct view *v, uint32_t tag);
/* The subject, put together from its parts if need be; never NULL. */
const char *view_subject(const struct view *v);
const char *view_named_text(const struct view *v, const struct guid *set, uint32_t lid);
const struct prop *view_named(const struct view *v, const struct guid *set, uint32_t lid);
uint32_t view_named_u32(const struct view *v, const struct guid *set, uint32_t lid, uint32_t fallback);
uint64_t view_named_u64(const struct view *v, const struct guid *set, uint32_t lid, uint64_t fallback);
bool view_named_bool(const struct view *v, const struct guid *set, uint32_t lid);
struct bytes view_named_bytes(const struct view *v, const struct guid *set, uint32_t lid);
/* The property of a name that is a string; ASCII. */
const struct prop *view_string_named(const struct view *v, const struct guid *set, const char *name);
/* Element i of a multi-valued string (or the string itself for i = 0); NULL beyond the last. */
const char *view_element(const struct view *v, const struct prop *p, uint32_t i);
/* Is the message class `wanted`, or one below it ("IPM.Note" and "IPM.Note.X")? */
bool class_is(const char *class_name, const char *wanted);

#endif
