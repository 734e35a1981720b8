/*
 * Names of recipients that nobody gave: made of what they are called, and of such that nobody else has.  Texts live in `arena`.
 */
#ifndef STORE_RECIPIENT_NAMES_H
#define STORE_RECIPIENT_NAMES_H

#include "store/directory.h"

struct recipient_alias {
	bool dots;             /* "Juergen.K.Gross" rather than "JuergenKGross" */
	const char *otherwise; /* what can be said in no letters is called so */
	uint64_t self;         /* the object whose alias it is to be; 0: it is to be made */
};

/* That nobody else has, nor an address `alias`@`domain`: with a number behind it if need be. ecDuplicateName: none was found. */
status recipient_make_alias(struct directory *d, const char *name, const char *domain, const struct recipient_alias *as, struct arena *arena,
			    const char **out, struct reason *why) MUST;
/* A name in the directory, which tells it from all other recipients: with a number behind it if need be. */
status recipient_make_name(struct directory *d, const char *wanted, struct arena *arena, const char **out, struct reason *why) MUST;
/* Of new addresses. ecNotFound: there is none. */
status recipient_default_domain(struct directory *d, struct arena *arena, const char **out, struct reason *why) MUST;
/* LegacyExchangeDN; of a thing that is made again under the same name it is another: old messages lead to the old one only. */
status recipient_make_dn(struct directory *d, const struct guid *thing, const char *alias, struct arena *arena, const char **out, struct reason *why) MUST;

#endif
