/*
 * Objects as PowerShell shows them: a list of "Name : value", or a table.  Lines are made harmless for a terminal
 * (shell/printable.h), and are handed to a sink one by one without their line feed.
 */
#ifndef SHELL_FORMAT_H
#define SHELL_FORMAT_H

#include "shell/object.h"

struct line_sink {
	status (*put)(void *context, const char *line);
	void *context;
};

/*
 * The properties of an object that the names ask for, in their order, wildcards replaced by what they match.  A name
 * that the object does not have gives null under the name as written.  No names: all.  NULL without memory.
 */
struct property *properties_select(struct arena *a, const struct object *o, const struct value_list *names, size_t *n);

struct list_format;
struct list_format *list_format_new(struct arena *keep, struct value_list names, unsigned width, const struct line_sink *sink);
status list_format_add(struct list_format *l, struct arena *item, const struct object *o) MUST;

struct table_options {
	struct value_list names; /* none: those of the object's type */
	unsigned width;          /* of the screen; 0: lines as long as they must be */
	bool all_rows;           /* the columns fit all rows (-AutoSize), not only the first TABLE_SAMPLE */
	bool hide_headers;
};

/* Rows that are looked at before the columns are laid out; what comes later is cut where it does not fit. */
#define TABLE_SAMPLE 256u

struct table;
/* NULL without memory. The options are copied, the names must outlive the table. */
struct table *table_view_new(struct arena *keep, const struct table_options *options, const struct line_sink *sink);
status table_view_add(struct table *t, struct arena *item, const struct object *o) MUST;
status table_view_end(struct table *t) MUST;

#endif
