/* The table of the shell's own cmdlets, and what they share. */
#include "shell/cmdlets/builtin.h"

#include <ctype.h>

#include "shell/shell_private.h"

const struct cmdlet *const builtin_cmdlets[] = {
	&cmdlet_convert_to_csv,
	&cmdlet_convert_to_json,
	&cmdlet_convert_to_secure_string,
	&cmdlet_exit,
	&cmdlet_export_csv,
	&cmdlet_for_each_object,
	&cmdlet_format_list,
	&cmdlet_format_table,
	&cmdlet_get_command,
	&cmdlet_get_content,
	&cmdlet_get_help,
	&cmdlet_group_object,
	&cmdlet_import_csv,
	&cmdlet_measure_object,
	&cmdlet_out_null,
	&cmdlet_read_host,
	&cmdlet_select_object,
	&cmdlet_sort_object,
	&cmdlet_where_object,
	&cmdlet_write_output,
	NULL,
};

struct value value_property(const struct value *v, const char *name)
{
	const struct value *found;

	if (!name || v->kind != VALUE_OBJECT)
		return *v;
	found = object_get(v->object, name);
	return found ? *found : value_null();
}

/* Each value with its kind before it and a NUL behind it: no text can look like two. */
static void add_key(const struct value *v, struct buf *out)
{
	buf_add_u8(out, (uint8_t)v->kind);
	value_print(v, out);
	buf_add_u8(out, 0);
}

status value_key(const struct value *v, const struct value_list *names, bool with_case, struct buf *out)
{
	buf_clear(out);
	if (v->kind != VALUE_OBJECT)
		add_key(v, out);
	else if (!names->n)
		for (size_t i = 0; i < v->object->n; i++)
			add_key(&v->object->properties[i].value, out);
	for (size_t i = 0; v->kind == VALUE_OBJECT && i < names->n; i++) {
		struct value p = value_property(v, names->items[i].text);

		add_key(&p, out);
	}
	for (size_t i = 0; !with_case && i < out->n; i++)
		out->p[i] = (uint8_t)tolower(out->p[i]);
	return buf_status(out);
}

status kept_values_add(struct kept_values *k, struct arena *a, const struct value *v)
{
	struct value copy, *more;
	status rc = value_copy(a, v, &copy);

	if (rc)
		return rc;
	if (k->n == k->cap) {
		more = arena_array(a, k->cap ? k->cap * 2 : 16, sizeof *more);
		if (!more)
			return ecMemory;
		if (k->n)
			memcpy(more, k->items, k->n * sizeof *more);
		k->items = more;
		k->cap = k->cap ? k->cap * 2 : 16;
	}
	k->items[k->n++] = copy;
	return ecNone;
}
