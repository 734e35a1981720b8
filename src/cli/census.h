/*
 * A source that is watched while it runs: what is in its Outbox, and whose it seems to be.  Everything passes through
 * unchanged.
 */
#ifndef CLI_CENSUS_H
#define CLI_CENSUS_H

#include "base/map.h"
#include "mapi/forward.h"

/* Addresses that are counted at most. */
#define CENSUS_ADDRESSES_MAX 4096u
#define CENSUS_ADDRESS_SIZE  320

struct census {
	struct item_source source; /* run this */
	struct forward forward;
	struct item_source *from;
	uint64_t most;	  /* messages; then it stops with ecUserCanceled; 0: all */
	uint64_t outbox;  /* its id in the source */
	bool in_outbox;
	unsigned depth, outbox_depth, open; /* folders; the depth of the outbox; open messages */
	unsigned codepage;
	uint64_t messages, unsent;
	struct map received; /* by whom messages were received, by address */
	char owner[CENSUS_ADDRESS_SIZE]; /* an address in the name of the store; "" */
	char name[CENSUS_ADDRESS_SIZE];	 /* of the owner, where a message or the store says it; "" */
};

void census_init(struct census *c, struct item_source *from, uint64_t most);
void census_free(struct census *c);
/* Whom most messages were received by; false when nobody is named. */
bool census_receiver(const struct census *c, char out[static CENSUS_ADDRESS_SIZE]);

/* The first address ("alice@contoso.example") within a text; false when there is none. */
bool census_find_address(const char *text, char out[static CENSUS_ADDRESS_SIZE]);

#endif
