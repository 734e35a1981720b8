/*
 * The directory: the organisation, its domains, people, groups, databases, servers and their settings.  A database of its
 * own of objects and values; what classes and attributes there are is a table (store/directory_class.h).
 *
 * A directory belongs to one thread at a time; any number of processes may have the same one open.  Whoever changes it
 * holds it from directory_begin to directory_commit, and each commit has a change number above all before it.
 */
#ifndef STORE_DIRECTORY_H
#define STORE_DIRECTORY_H

#include "base/clock.h"
#include "store/directory_class.h"
#include "store/sql.h"

struct directory;

/* [MS-OXCDATA] 2.4 */
#define ecLoginFailure 0x80040111u
#define ecNotInitialized 0x80040605u /* a mailbox whose database is dismounted */
#define ecAmbiguousRecip 0x80040700u

/*
 * Takes over the connection, also when it fails.  ecVersion: made by a newer program. ecNotFound: the database holds no
 * directory and `create` is false.  A new one has no object at all (site_open makes an organisation in it).
 */
status directory_open(struct sql *db, const struct clock *clock, bool create, struct directory **out, struct reason *why) MUST;
void directory_close(struct directory *d); /* what is not committed is gone; NULL is fine */
/* Of the last commit, by anybody: what was read before is still so while this stands still. */
status directory_change_number(struct directory *d, uint64_t *out, struct reason *why) MUST;

/* Changes stand or fall together. Without these each change is a transaction of its own. They do not nest. */
status directory_begin(struct directory *d, struct reason *why) MUST;
status directory_commit(struct directory *d, struct reason *why) MUST;
void directory_rollback(struct directory *d); /* nothing happens when there is none */
/* What is read from here on until directory_rollback is of one moment, and costs less (sql_begin_reading); nothing may be changed until then. */
status directory_begin_reading(struct directory *d, struct reason *why) MUST;

/* Reading ------------------------------------------------------------------------------------------------------- */

struct directory_entry {
	const struct directory_attribute *attribute;
	const struct directory_value *values; /* what is set, else the default */
	size_t n;
	bool set;
};

/* A copy, as of when it was read. */
struct directory_object {
	uint64_t id;
	const struct directory_class *as; /* the class it was asked for as */
	enum directory_kind kind;
	struct guid guid;
	const char *name;
	uint64_t parent;		/* 0: none */
	uint64_t created, changed;	/* FILETIME */
	uint64_t change_number;
	struct directory_entry *entries; /* all attributes of the kind, computed ones too, in the order of the table */
	size_t n;
};

/* By number or GUID; ecNotFound when there is none, or none of the class. All that is read lives in `arena`. */
status directory_get(struct directory *d, const struct directory_class *as, uint64_t id, struct arena *arena,
		     const struct directory_object **out, struct reason *why) MUST;
status directory_get_by_guid(struct directory *d, const struct directory_class *as, const struct guid *guid, struct arena *arena,
			     const struct directory_object **out, struct reason *why) MUST;
/*
 * By whatever an administrator types: name, alias, display name, any proxy address, legacyExchangeDN, user principal name,
 * GUID (of the object or of its mailbox), "DOMAIN\alias", "Server\owa (Default Web Site)"; without regard to case.
 * ecAmbiguousRecip: several fit, and the words list them.  NULL or "" is the only one of a class that has a single object.
 */
status directory_find(struct directory *d, const struct directory_class *as, const char *identity, struct arena *arena,
		      const struct directory_object **out, struct reason *why) MUST;

/* Which objects: all members that are set must fit. */
struct directory_query {
	const struct directory_class *as;
	const char *attribute;		 /* one of its values is `value` ... */
	const struct directory_value *value;
	uint64_t parent;
	uint64_t changed_after; /* a change number: only what was changed by a later one; 0: all */
	/* ... or (without an attribute) begins so: of name, display name, alias or an address, without regard to case (ambiguous name resolution) */
	const char *starts;
};
/* The most that a list may hold. */
#define DIRECTORY_LIST_MOST 1000000u
/*
 * Their ids in the order of names, to be read one by one with directory_get (which says ecNotFound when somebody removed
 * one meanwhile).  ecTooBig beyond DIRECTORY_LIST_MOST.
 */
status directory_list(struct directory *d, const struct directory_query *q, struct arena *arena, uint64_t **ids, size_t *n,
		      struct reason *why) MUST;
status directory_count(struct directory *d, const struct directory_query *q, uint64_t *out, struct reason *why) MUST;

/*
 * Values of an object that was read: what is set, else the default; *n is 0 when there is neither.  Computed ones too
 * (Name, Guid, Identity, WhenChanged, PrimarySmtpAddress ...).  The first three forms are of attributes with one value.
 */
const struct directory_value *directory_values(const struct directory_object *o, const char *attribute, size_t *n);
bool directory_is(const struct directory_object *o, const char *attribute);
int64_t directory_number(const struct directory_object *o, const char *attribute, int64_t otherwise);
const char *directory_text(const struct directory_object *o, const char *attribute); /* NULL when there is none */
bool directory_guid(const struct directory_object *o, const char *attribute, struct guid *out);
/* Set to something, whatever its default. */
bool directory_is_set(const struct directory_object *o, const char *attribute);

/* Changing ------------------------------------------------------------------------------------------------------- */

enum directory_change {
	DIRECTORY_SET,	  /* these values and no others; none: back to the default */
	DIRECTORY_ADD,	  /* to a list, at the end, those that are not in it */
	DIRECTORY_REMOVE, /* from a list; what is not in it is ecNotFound */
};

struct directory_setting {
	const char *attribute; /* "Name" renames */
	enum directory_change change;
	const struct directory_value *values;
	size_t n;
};

/* From text (directory_parse), references resolved, for one attribute: what a cmdlet needs of its parameter. */
status directory_setting(struct directory *d, const struct directory_class *as, const char *attribute, enum directory_change change,
			 const char *const *texts, size_t n, struct arena *arena, struct directory_setting *out, struct reason *why) MUST;
/* The object that a reference means. */
status directory_resolve(struct directory *d, const struct directory_attribute *a, const char *identity, struct directory_value *out,
			 struct arena *arena, struct reason *why) MUST;

/*
 * Both check the object as it would be, within itself and against all others (store/directory_validate.h), and change
 * nothing when it does not hold: ecInvalidParam, ecDuplicateName, ecNotFound (a reference), ecTooBig; the words say which
 * attribute, why and what to do.  Attributes that are kept by the program are accepted: leaving them alone is the cmdlet's.
 */
status directory_create(struct directory *d, const struct directory_class *as, const char *name, uint64_t parent,
			const struct directory_setting *settings, size_t n, uint64_t *id, struct reason *why) MUST;
/* ecNone and no new change number when nothing would change: *changed says so (NULL is fine). */
status directory_update(struct directory *d, const struct directory_class *as, uint64_t id, const struct directory_setting *settings,
			size_t n, bool *changed, struct reason *why) MUST;
/* ecBusy while something refers to it (the words name it), unless that only lists it as a member: then it leaves the list. */
status directory_remove(struct directory *d, uint64_t id, struct reason *why) MUST;

#endif
