/* The cmdlets that any shell has: they work on whatever objects come. */
#ifndef SHELL_CMDLETS_BUILTIN_H
#define SHELL_CMDLETS_BUILTIN_H

#include "shell/cmdlet.h"

extern const struct cmdlet cmdlet_convert_to_csv, cmdlet_convert_to_json, cmdlet_convert_to_secure_string, cmdlet_exit,
	cmdlet_export_csv, cmdlet_for_each_object, cmdlet_format_list, cmdlet_format_table, cmdlet_get_command,
	cmdlet_get_content, cmdlet_get_help, cmdlet_group_object, cmdlet_import_csv, cmdlet_measure_object, cmdlet_out_null,
	cmdlet_read_host, cmdlet_select_object, cmdlet_sort_object, cmdlet_where_object, cmdlet_write_output;

/*
 * The texts of the named properties of a value as one key: equal keys, equal values.  Names: none means the value
 * itself, or all properties.  `out` is cleared first.
 */
status value_key(const struct value *v, const struct value_list *names, bool with_case, struct buf *out) MUST;
/* A property of an object, or for a NULL name, and for what is no object, the value itself. */
struct value value_property(const struct value *v, const char *name);

/* The text of a file in UTF-8, NUL-terminated (the NUL does not count); the words are set where it fails. */
status content_read(struct call *c, const char *path, struct buf *out) MUST;

/* A list that grows in an arena. */
struct kept_values {
	struct value *items;
	size_t n, cap;
};

/* A copy of the value at the end of the list, both in the arena. */
status kept_values_add(struct kept_values *k, struct arena *a, const struct value *v) MUST;

#endif
