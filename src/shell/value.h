/*
 * What flows through a pipeline and what parameters take: null, true and false, numbers, text, times, sizes,
 * GUIDs, lists, and objects with named properties (shell/object.h).  A value owns nothing: what it points to
 * lives in an arena.
 */
#ifndef SHELL_VALUE_H
#define SHELL_VALUE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/guid.h"
#include "base/quantity.h"

enum value_kind {
	VALUE_NULL,
	VALUE_BOOL,
	VALUE_INTEGER,
	VALUE_REAL,
	VALUE_TEXT,
	VALUE_TIME, /* a FILETIME, UTC */
	VALUE_SIZE, /* bytes: Exchange's ByteQuantifiedSize, or SIZE_UNLIMITED */
	VALUE_GUID,
	VALUE_LIST,
	VALUE_OBJECT,
	VALUE_SECRET, /* text that is never shown or compared: a password */
};

#define SIZE_UNLIMITED ((uint64_t)QUANTITY_UNLIMITED)
/* How deep lists and objects may be in each other. */
#define VALUE_DEPTH_MAX 16u

struct object;
struct value;

struct value_list {
	const struct value *items;
	size_t n;
};

struct value {
	enum value_kind kind;
	union {
		bool boolean;
		int64_t integer;
		double real;
		const char *text; /* UTF-8, never NULL */
		uint64_t time;
		uint64_t size;
		struct guid guid;
		struct value_list list;
		const struct object *object;
	};
};

static inline struct value value_null(void)
{
	return (struct value){ .kind = VALUE_NULL };
}

static inline struct value value_bool(bool b)
{
	return (struct value){ .kind = VALUE_BOOL, .boolean = b };
}

static inline struct value value_integer(int64_t n)
{
	return (struct value){ .kind = VALUE_INTEGER, .integer = n };
}

static inline struct value value_real(double r)
{
	return (struct value){ .kind = VALUE_REAL, .real = r };
}

static inline struct value value_secret(const char *utf8)
{
	return (struct value){ .kind = VALUE_SECRET, .text = utf8 };
}

/* NULL makes null. */
static inline struct value value_text(const char *utf8)
{
	return utf8 ? (struct value){ .kind = VALUE_TEXT, .text = utf8 } : value_null();
}

static inline struct value value_time(uint64_t filetime)
{
	return (struct value){ .kind = VALUE_TIME, .time = filetime };
}

static inline struct value value_size(uint64_t bytes)
{
	return (struct value){ .kind = VALUE_SIZE, .size = bytes };
}

static inline struct value value_guid(const struct guid *g)
{
	return (struct value){ .kind = VALUE_GUID, .guid = *g };
}

static inline struct value value_list(const struct value *items, size_t n)
{
	return (struct value){ .kind = VALUE_LIST, .list = { items, n } };
}

static inline struct value value_object(const struct object *o)
{
	return (struct value){ .kind = VALUE_OBJECT, .object = o };
}

/* What a condition makes of it: null, false, 0, "" and an empty list are false. */
bool value_truth(const struct value *v);
/*
 * Appends the text that Format-List shows: "True", "1.5 MB (1,572,864 bytes)", "{a, b}"; an object is what it
 * is known by (object_label), else "@{Name=a; Size=1}".  Not made safe for a terminal (shell/printable.h).
 */
void value_print(const struct value *v, struct buf *out);
/* The same as text in an arena; NULL without memory or beyond 1 MiB. */
char *value_string(struct arena *a, const struct value *v);
/* "Text", "Size" ...: the names that Get-Help and errors use. */
const char *value_kind_name(enum value_kind kind);

/*
 * Which comes first? *order is below, at or above 0.  Numbers and sizes compare as numbers; otherwise b is
 * taken for what a is, as PowerShell does (a time against "2026-11-24").  False when they have no order.
 */
bool value_compare(const struct value *a, const struct value *b, bool with_case, int *order);
/* An order of all values, for sorting: null first, then as value_compare, then by their texts' first bytes. */
int value_order(const struct value *a, const struct value *b);
bool value_equal(const struct value *a, const struct value *b, bool with_case);

/* A copy with all that it points to; *out untouched without memory or beyond VALUE_DEPTH_MAX. */
status value_copy(struct arena *a, const struct value *from, struct value *out) MUST;

/* "10", "-3", "0x1F", "1.5", "10MB" (powers of 1024), all of it; *out becomes an integer or a real. */
bool number_parse(const char *text, struct value *out);
/* As base/quantity.h reads sizes, and "Unlimited". */
bool size_parse(const char *text, uint64_t *bytes);

#endif
