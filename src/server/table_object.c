#include "server/table_object.h"

#include "mapi/string_kind.h"
#include "rop/property_row.h"
#include "server/notify_hub.h"

#include <stdlib.h>

/* What a table takes at the least; lists of large folders are bounded by the store. */
#define TABLE_CHARGE ((size_t)16 << 10)

static void free_table(struct object *o)
{
	struct table_object *t = (struct table_object *)o;

	notify_unwatch(t->watch);
	table_free(t->table);
	free(t->columns);
	free(t);
}

static const struct object_class class = { .name = "table", .free = free_table };

status table_object_new(struct object *parent, enum table_content content, struct table *table,
			uint64_t of, unsigned flags, struct table_object **out)
{
	struct table_object *t = calloc(1, sizeof *t);
	struct logon *l = parent->kind == OBJECT_LOGON ? (struct logon *)parent : parent->logon;

	if (!t) {
		table_free(table);
		return ecMemory;
	}
	object_init(&t->object, OBJECT_TABLE, &class, l,
		    parent->kind == OBJECT_LOGON ? NULL : parent);
	t->content = content;
	t->table = table;
	t->of = of;
	t->unicode = flags & TABLE_FLAG_USE_UNICODE;
	if (object_charge(&t->object, TABLE_CHARGE)) {
		object_unref(&t->object);
		return ecMemory;
	}
	*out = t;
	return ecNone;
}

status table_object_of_rows(struct object *parent, enum table_content content,
			    const struct bag *rows, size_t n, unsigned flags,
			    struct table_object **out)
{
	struct logon *l = parent->kind == OBJECT_LOGON ? (struct logon *)parent : parent->logon;
	struct table *table;
	status s = table_open_rows(logon_mailbox(l), rows, n, TABLE_WHOLE, &table);

	return s ? s : table_object_new(parent, content, table, 0, flags, out);
}

status table_object_of(struct rop_call *c, unsigned contents, struct table_object **out)
{
	struct table_object *t = (struct table_object *)c->object;

	if (!(t->content & contents))
		return ecNotSupported;
	*out = t;
	return ecNone;
}

status table_object_view(struct rop_call *c, unsigned contents, struct table_object **out)
{
	status s = table_object_of(c, contents, out);

	if (!s)
		(*out)->viewed = true;
	return s;
}

status table_object_ready(struct rop_call *c, unsigned contents, struct table_object **out)
{
	struct table_object *t;
	status s = table_object_of(c, contents, &t);

	if (s)
		return s;
	if (!t->n_columns)
		return ecNullObject;
	t->viewed = true;
	*out = t;
	return ecNone;
}

/* Rows ---------------------------------------------------------------------------------------------------------------- */

/* Texts become the kind that the column says. */
static status as_asked(const struct table_object *t, struct bag *row, struct arena *arena)
{
	unsigned codepage = t->object.session->client.codepage;
	status s = ecNone;

	for (size_t i = 0; !s && i < t->n_columns && i < row->n; i++) {
		uint16_t type = tag_type(t->columns[i]) & (uint16_t)~MV_INSTANCE;

		if (type == PT_UNSPECIFIED)
			type = t->unicode ? PT_UNICODE : PT_STRING8;
		s = string_kind_set(&row->v[i], type, codepage, arena);
	}
	return s;
}

static status put_row(const struct table_object *t, struct bag *row, struct arena *arena,
		      struct buf *out)
{
	const struct prop **values = arena_array(arena, t->n_columns, sizeof *values);
	status s = as_asked(t, row, arena);

	if (!values)
		return ecMemory;
	for (size_t i = 0; i < t->n_columns && i < row->n; i++)
		values[i] = &row->v[i];
	return s ? s : property_row_put_values(out, t->columns, t->n_columns, values, NULL);
}

status table_object_put_rows(struct rop_call *c, struct table_object *t, struct table_rows *rows,
			     struct buf *out, size_t *taken)
{
	size_t done = 0;

	for (; done < rows->n; done++) {
		size_t was = out->n;
		status s = put_row(t, &rows->v[done], c->arena, out);

		if (!s && out->n > c->room)
			s = ecTooBig;
		if (s == ecTooBig) {
			out->failed = false;
			buf_truncate(out, was);
			break;
		}
		if (s)
			return s;
	}
	if (!done && rows->n)
		return ecBufferTooSmall;
	*taken = done;
	return ecNone;
}

/* Changes ---------------------------------------------------------------------------------------------------------------- */

status table_object_watch(struct table_object *t, bool associated, unsigned flags)
{
	const struct watch_scope scope = {
		.kind = t->content == TABLE_OF_FOLDERS ? WATCH_HIERARCHY : WATCH_CONTENTS,
		.whole_store = t->everywhere,
		.associated = associated,
		.folder = t->of,
	};

	return flags & TABLE_FLAG_NO_NOTIFICATIONS ? ecNone
						   : notify_watch(&t->object, &scope, &t->watch);
}

/* The row before the cursor's. */
static status read_before(struct table_object *t, struct arena *arena,
			  struct table_place_of_row *out)
{
	static const uint32_t ids[] = { PidTagFolderId, PidTagMid, PidTagInstanceNum };
	struct table_rows rows = { .n = 0 };
	status s = table_set_columns(t->table, ids, 3);

	if (!s)
		s = table_query_rows(t->table, false, 1, false, arena, &rows);
	if (!s && rows.n) {
		out->after_folder = bag_u64(&rows.v[0], tag_id(PidTagFolderId), 0);
		out->after_message = bag_u64(&rows.v[0], tag_id(PidTagMid), 0);
		out->after_instance = bag_u32(&rows.v[0], tag_id(PidTagInstanceNum), 0);
	}
	if (!s)
		s = table_set_columns(t->table, t->columns, t->n_columns);
	return s;
}

static status find_row(struct table_object *t, uint64_t id, struct arena *arena,
		       struct table_place_of_row *out)
{
	uint32_t tag = t->content == TABLE_OF_FOLDERS ? PidTagFolderId : PidTagMid;
	uint64_t wire = id_from_counter(id);
	uint8_t value[8];
	const struct restriction r = {
		.kind = RES_PROPERTY,
		.u.property = { .relop = RELOP_EQ,
				.tag = tag,
				.value.prop = { .tag = tag,
						.count = 1,
						.size = 8,
						.value = bytes_of(value, 8) } },
	};
	const struct table_find find = { .restriction = &r, .origin = ORIGIN_BEGINNING };
	CLEANUP_BUF struct buf data = BUF_MAX((size_t)64 << 10);
	struct bag row;
	bool gone;
	status s;

	put_le64(value, wire);
	s = table_find(t->table, &find, arena, &row, &gone);
	if (!s)
		s = put_row(t, &row, arena, &data);
	if (!s)
		s = read_before(t, arena, out);
	if (s)
		return s;
	out->data = bytes_of(arena_memdup(arena, data.p, data.n), data.n);
	return out->data.p ? ecNone : ecMemory;
}

status table_object_locate(struct table_object *t, uint64_t id, struct arena *arena,
			   struct table_place_of_row *out, bool *there)
{
	uint32_t mark = 0;
	int64_t moved;
	bool gone;
	status s;

	*out = (struct table_place_of_row){ .instance = 0 };
	if (!t->n_columns)
		return ecNullObject;
	s = table_bookmark(t->table, &mark);
	if (s)
		return s;
	s = find_row(t, id, arena, out);
	*there = !s;
	status back = table_bookmark_seek(t->table, mark, 0, &moved, &gone);
	status freed = table_bookmark_free(t->table, mark);
	if (s && s != ecNotFound)
		return s;
	return back ? back : freed;
}

/* Bookmarks ------------------------------------------------------------------------------------------------------------ */

status table_object_bookmark(struct bytes wire, uint32_t *bookmark)
{
	if (wire.n != sizeof *bookmark)
		return ecInvalidBookmark;
	*bookmark = le32(wire.p);
	return ecNone;
}

status table_object_put_bookmark(struct rop_call *c, uint32_t bookmark, struct bytes *wire)
{
	uint8_t *p = arena_alloc(c->arena, sizeof bookmark);

	if (!p)
		return ecMemory;
	put_le32(p, bookmark);
	*wire = bytes_of(p, sizeof bookmark);
	return ecNone;
}
