/* What the files of the directory share; nothing outside includes it. */
#ifndef STORE_DIRECTORY_PRIVATE_H
#define STORE_DIRECTORY_PRIVATE_H

#include "store/directory.h"
#include "store/directory_rows.h"
#include "store/directory_syntax.h"

/* What one object and its values may take in memory while it is changed. */
#define DIRECTORY_WORK_MOST ((size_t)64 << 20)

struct directory {
	struct sql *db;
	const struct clock *clock;
	locale_t folding;
	bool in_transaction;
	bool counted;	   /* the transaction has its change number */
	int64_t change_number; /* of the transaction at hand */
	struct arena keep;
	/* The defaults of each kind, in the order of its rows, `n` 0 or 1. */
	struct directory_entry *defaults[DIRECTORY_KINDS];
};

/* Turns the engine's failure into words; a macro, so that the compiler knows that the code is not 0. */
void directory_sql_words(struct directory *d, status s, struct reason *why);
#define directory_sql_failed(d, s, why) (directory_sql_words(d, s, why), (status)(s))

/* A transaction unless the caller holds one: *own says to end it. */
status directory_enter(struct directory *d, bool *own, struct reason *why) MUST;
status directory_leave(struct directory *d, bool own, status so_far, struct reason *why) MUST;
/* Gives the transaction its change number, once. */
status directory_count_change(struct directory *d, struct reason *why) MUST;

/* An object as it is to be: entries in the order of the rows, `changed` beside each. */
struct directory_draft {
	struct directory_object object;
	const struct directory_object *before; /* NULL: it is to be made */
	bool *changed;
	bool renamed;
	struct arena *arena;
};

/* Applies settings to the draft: values are checked one by one, words and addresses brought into their form. */
status directory_apply(struct directory *d, struct directory_draft *w, const struct directory_setting *settings, size_t n,
		       struct reason *why) MUST;
bool directory_value_equal(const struct directory_attribute *a, const struct directory_value *x, const struct directory_value *y);

/* Reads without looking at the class. *out is NULL when there is none. */
status directory_read(struct directory *d, uint64_t id, struct arena *arena, struct directory_object **out, struct reason *why) MUST;
/* Entries with only the defaults. */
struct directory_entry *directory_blank(const struct directory *d, enum directory_kind kind, struct arena *arena);
/* Fills in the computed values of an object whose others are there. `parent` and `server` may be NULL. */
status directory_compute(struct directory_object *o, const char *parent, const char *server, struct arena *arena) MUST;

/* As directory_find, but not by what several objects may have: nobody logs on with a display name. */
status directory_find_surely(struct directory *d, const struct directory_class *as, const char *identity, struct arena *arena,
			     const struct directory_object **out, struct reason *why) MUST;
/* Is it of a kind that has addresses? Those share their names, and no two have the same address. */
static inline bool directory_is_recipient(enum directory_kind kind)
{
	return kind == KIND_USER || kind == KIND_GROUP || kind == KIND_PUBLIC_FOLDER;
}

/* Does the class show this object? */
bool directory_belongs(const struct directory_class *c, const struct directory_object *o);
/* How a value is looked for: folded text, a GUID's bytes. p is NULL when values of the attribute are not looked for. */
struct bytes directory_key(const struct directory *d, const struct directory_attribute *a, const struct directory_value *v, struct arena *arena);
/* Within what a name or a unique value is the only one. */
const char *directory_scope(enum directory_kind kind, uint64_t parent, struct arena *arena);

#endif
