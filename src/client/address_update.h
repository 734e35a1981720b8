/*
 * The address list of the organisation, brought here: the offline address book of the server when it has another one than last time, else, where it has none, the list as
 * the address book service reads it out (NSPI).  What went wrong changes nothing of what is here.
 */
#ifndef CLIENT_ADDRESS_UPDATE_H
#define CLIENT_ADDRESS_UPDATE_H

#include "base/clock.h"
#include "client/session.h"

/* The seconds until the server is looked at again: always, of a failure, and of a list that was read out whole. */
#define ADDRESS_UPDATE_SECONDS      3600u
#define ADDRESS_UPDATE_NSPI_SECONDS 14400u

/* DIR/profiles/NAME/address-book.json */
struct address_state {
	char source[8];  /* "oab", "nspi"; "": there is no list here */
	char url[1024];  /* of both, to know when the profile says another */
	char sha1[41];
	uint32_t sequence, entries;
	uint32_t differences;   /* that the list was made of; 0: it came whole */
	uint64_t made, checked; /* seconds since 1970 */
	char failure[480];      /* of the last attempt; "": it went well */
};

/* What is not there is empty. */
void address_state_read(const char *folder, struct address_state *out);
status address_state_write(const char *folder, const struct address_state *s, struct reason *why) MUST;

struct address_update {
	const char *folder;             /* of the profile */
	const char *oab_url, *book_url; /* "": not offered */
	const struct session *session;  /* whose person asks */
	const struct clock *clock;
	bool now;      /* whenever it was looked at last */
	bool watching; /* look no more often than ADDRESS_UPDATE_SECONDS */
	bool (*canceled)(void *context);
	void *context;
};

enum address_outcome {
	ADDRESS_NONE,    /* the server offers neither */
	ADDRESS_NOT_DUE, /* it was looked at not long ago */
	ADDRESS_CURRENT, /* there is nothing new */
	ADDRESS_NEW,     /* another list is here now */
};

/*
 * *news: the words of a failure are not those of the last time.  *state: how it is now (may be NULL).
 */
status address_update(const struct address_update *u, enum address_outcome *out, struct address_state *state, bool *news, struct reason *why) MUST;

/* By the address book service ([MS-OXNSPI] Bind, QueryRows), into the file at `path`: address_nspi.c. */
status address_nspi(const struct address_update *u, const char *path, const char *mark, uint32_t *entries, struct reason *why) MUST;

#endif
