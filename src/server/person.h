/*
 * Somebody who uses the server, as the directory says: who they are, what they may do.  A copy in an arena; it is made
 * anew for each logon, so that what an administrator sets holds for the next one.
 */
#ifndef SERVER_PERSON_H
#define SERVER_PERSON_H

#include "base/arena.h"
#include "base/filetime.h"
#include "base/guid.h"
#include "store/directory.h"
#include "store/quota.h"

struct person {
	uint64_t id;		/* of the directory's object */
	struct guid guid;	/* of the object: PidTag... and permissions know the person by it */
	struct guid mailbox;	/* ExchangeGuid; zeros: has none */
	const char *name;	/* common name */
	const char *display_name, *alias;
	const char *smtp;	/* primary address */
	const char *legacy_dn;	/* "/o=First Organization/ou=.../cn=Recipients/cn=alice" */
	const char *database;	/* name of the mailbox database */
	const char *rpc_server; /* RPCClientAccessServer of the database; NULL: none is set */
	struct guid *groups;	/* groups the person is a member of, directly or not */
	size_t n_groups;
	struct quota quota;
	uint64_t keep_deleted; /* FILETIME units: what was deleted can be recovered for so long; UINT64_MAX: for ever */

	/* Mail; QUOTA_UNLIMITED. What the mailbox leaves open the organisation decides. */
	uint64_t max_send, max_receive; /* bytes */
	uint64_t max_recipients;
	uint64_t forward_to;	  /* of the directory's object; 0: to nobody */
	const char *forward_smtp; /* holds when forward_to is 0; NULL: to nobody */
	bool forward_keeps;	  /* DeliverToMailboxAndForward */

	/* Client access */
	bool account_disabled, hidden;
	bool mapi_enabled, mapi_http_enabled;
	bool block_non_cached;	/* MAPIBlockOutlookNonCachedMode */
	bool block_rpc_http;
	const char *block_versions; /* MAPIBlockOutlookVersions; NULL: none */
	bool administrator;	/* member of Organization Management */
};

/*
 * By address (any proxy address), principal name, legacy DN or alias.  ecNotFound: there is none; ecAmbiguousRecip.
 * All of it lives in `arena`.
 */
status person_find(struct directory *d, const char *identity, struct arena *arena, struct person *out, struct reason *why) MUST;
status person_by_id(struct directory *d, uint64_t id, struct arena *arena, struct person *out, struct reason *why) MUST;
/* Whose mailbox is it? ecNotFound when it belongs to nobody. */
status person_by_mailbox(struct directory *d, const struct guid *mailbox, struct arena *arena, struct person *out,
			 struct reason *why) MUST;
/* May `who` open all of the mailbox of `owner`: the owner, somebody with full access (FullAccess), an administrator? */
status person_full_access(struct directory *d, const struct person *who, const struct person *owner, bool *yes,
			  struct reason *why) MUST;
/* Is `who`, or a group with `who` in it, among those whom `attribute` of the mailbox of `owner` lists? */
status person_is_listed(struct directory *d, const struct person *who, const struct person *owner, const char *attribute, bool *yes,
			struct reason *why) MUST;

/* The same of any object that was read: is one of those in its list. */
status person_is_among(struct directory *d, const struct person *who, const struct directory_object *o, const char *attribute, bool *yes,
		       struct reason *why) MUST;

/* Entry id of the address book ([MS-OXCDATA] 2.2.5.2 PermanentEntryID / AddressBookEntryId) and search key of the person. */
status person_entryid(const struct person *p, struct buf *out) MUST;
status person_search_key(const struct person *p, struct buf *out) MUST;

#endif
