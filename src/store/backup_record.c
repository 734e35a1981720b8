#include "store/backup_record.h"

#include "base/buf.h"
#include "base/reader.h"

#include <inttypes.h>

#define RECORD_HEAD_SIZE 6
/* Of a 'T' and of the values of an 'E', which are keys. */
#define SMALL_RECORD_MAX ((size_t)64 << 10)

bool backup_name_good(const char *name, size_t n)
{
	if (!n || n > BACKUP_NAME_MAX || (name[0] >= '0' && name[0] <= '9'))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!(name[i] == '_' || (name[i] >= 'a' && name[i] <= 'z') || (name[i] >= '0' && name[i] <= '9')))
			return false;
	return true;
}

/* Writing -------------------------------------------------------------------------------------------------------- */

static status put_record(struct backup_writer *w, enum backup_record_kind kind, unsigned table, const struct buf *body)
{
	uint8_t head[RECORD_HEAD_SIZE] = { (uint8_t)kind, (uint8_t)table };

	if (body->failed)
		return ecTooBig;
	put_le32(head + 2, (uint32_t)body->n);
	(void)!backup_writer_add(w, head, sizeof head);
	return backup_writer_add(w, body->p, body->n);
}

static void put_name(struct buf *b, const char *name)
{
	size_t n = strnlen(name, BACKUP_NAME_MAX);

	buf_add_u8(b, (uint8_t)n);
	buf_add(b, name, n);
}

status backup_put_table(struct backup_writer *w, unsigned number, const struct backup_table *t)
{
	CLEANUP_BUF struct buf b = BUF_MAX(SMALL_RECORD_MAX);

	put_name(&b, t->name);
	buf_add_u8(&b, (uint8_t)t->n);
	for (size_t i = 0; i < t->n; i++) {
		buf_add_u8(&b, (uint8_t)t->columns[i].type);
		buf_add_u8(&b, t->columns[i].mandatory);
		buf_add_u8(&b, t->columns[i].key);
		put_name(&b, t->columns[i].name);
	}
	return put_record(w, RECORD_TABLE, number, &b);
}

static void put_value(struct buf *b, const struct backup_value *v)
{
	buf_add_u8(b, (uint8_t)v->type);
	if (v->type == BACKUP_INTEGER) {
		buf_add_u64(b, (uint64_t)v->number);
	} else if (v->type != BACKUP_NULL) {
		buf_add_u32(b, (uint32_t)v->bytes.n);
		buf_add(b, v->bytes.p, v->bytes.n);
		if (v->type == BACKUP_TEXT)
			buf_add_u8(b, 0);
	}
}

status backup_put_erase(struct backup_writer *w, unsigned number, const struct backup_table *t, uint32_t columns,
			const struct backup_value *values)
{
	CLEANUP_BUF struct buf b = BUF_MAX(SMALL_RECORD_MAX);

	buf_add_u32(&b, columns);
	for (size_t i = 0; i < t->n; i++)
		if (columns & 1u << i)
			put_value(&b, &values[i]);
	return put_record(w, RECORD_ERASE, number, &b);
}

/* The column's bytes stay where the engine has them: a body may have 256 MiB. */
static void value_of(const struct backup_column *c, const struct sql_statement *row, int i, struct backup_value *v)
{
	*v = (struct backup_value){ .type = sql_is_null(row, i) ? BACKUP_NULL : c->type };
	if (v->type == BACKUP_INTEGER)
		v->number = sql_i64(row, i);
	else if (v->type != BACKUP_NULL)
		v->bytes = sql_blob(row, i);
}

static uint64_t value_size(const struct backup_value *v)
{
	return v->type == BACKUP_NULL	 ? 1 :
	       v->type == BACKUP_INTEGER ? 9 :
					   5 + (uint64_t)v->bytes.n + (v->type == BACKUP_TEXT);
}

status backup_put_row(struct backup_writer *w, unsigned number, const struct backup_table *t, const struct sql_statement *row)
{
	uint8_t head[RECORD_HEAD_SIZE] = { RECORD_ROW, (uint8_t)number };
	struct backup_value v[BACKUP_COLUMNS_MAX];
	uint64_t size = 0;
	status s = ecNone;

	for (size_t i = 0; i < t->n; i++) {
		value_of(&t->columns[i], row, (int)i, &v[i]);
		size += value_size(&v[i]);
	}
	if (size > BACKUP_TAKE_MAX)
		return ecTooBig;
	put_le32(head + 2, (uint32_t)size);
	(void)!backup_writer_add(w, head, RECORD_HEAD_SIZE);
	for (size_t i = 0; i < t->n && !s; i++) {
		uint8_t small[9] = { (uint8_t)v[i].type };
		size_t n = v[i].type == BACKUP_NULL ? 1 : v[i].type == BACKUP_INTEGER ? 9 : 5;

		if (v[i].type == BACKUP_INTEGER)
			put_le64(small + 1, (uint64_t)v[i].number);
		else
			put_le32(small + 1, (uint32_t)v[i].bytes.n);
		(void)!backup_writer_add(w, small, n);
		s = backup_writer_add(w, v[i].bytes.p, v[i].bytes.n);
		if (v[i].type == BACKUP_TEXT)
			s = backup_writer_add(w, "", 1);
	}
	return s;
}

/* Reading -------------------------------------------------------------------------------------------------------- */

static const char *get_name(struct reader *r, struct arena *arena)
{
	struct bytes b = reader_bytes(r, reader_u8(r));

	return !r->failed && backup_name_good((const char *)b.p, b.n) ? arena_strndup(arena, (const char *)b.p, b.n) : NULL;
}

static const struct backup_table *get_table(struct reader *r, struct arena *arena)
{
	struct backup_table *t = arena_zalloc(arena, sizeof *t);
	struct backup_column *columns;

	if (!t)
		return NULL;
	t->name = get_name(r, arena);
	t->n = reader_u8(r);
	if (!t->name || !t->n || t->n > BACKUP_COLUMNS_MAX)
		return NULL;
	columns = arena_array(arena, t->n, sizeof *columns);
	t->columns = columns;
	for (size_t i = 0; columns && i < t->n; i++) {
		uint8_t type = reader_u8(r);

		columns[i].type = type <= BACKUP_BLOB ? (enum backup_type)type : BACKUP_NULL;
		columns[i].mandatory = reader_u8(r);
		columns[i].key = reader_u8(r);
		columns[i].name = get_name(r, arena);
		if (columns[i].type == BACKUP_NULL || !columns[i].name)
			return NULL;
	}
	return columns && reader_done(r) ? t : NULL;
}

static bool get_value(struct reader *r, struct backup_value *v)
{
	uint8_t type = reader_u8(r);

	if (type > BACKUP_BLOB)
		return reader_fail(r);
	*v = (struct backup_value){ .type = (enum backup_type)type };
	if (v->type == BACKUP_INTEGER)
		v->number = (int64_t)reader_u64(r);
	else if (v->type != BACKUP_NULL)
		v->bytes = reader_bytes(r, reader_u32(r));
	if (v->type == BACKUP_TEXT && (reader_u8(r) != 0 || r->failed || (v->bytes.n && memchr(v->bytes.p, 0, v->bytes.n))))
		return reader_fail(r);
	return !r->failed;
}

static bool get_values(struct reader *r, struct backup_record *out)
{
	if (out->kind == RECORD_ERASE)
		out->columns = reader_u32(r);
	for (size_t i = 0; i < out->defined->n; i++)
		if ((out->kind == RECORD_ROW || out->columns & 1u << i) && !get_value(r, &out->values[i]))
			return false;
	if (out->kind == RECORD_ERASE && out->defined->n < 32 && out->columns >> out->defined->n)
		return false;
	return reader_done(r);
}

static bool get_record(struct reader *r, struct backup_tables *tables, struct backup_record *out)
{
	if (out->table >= BACKUP_TABLES_MAX)
		return false;
	if (out->kind == RECORD_TABLE) {
		const struct backup_table *t = tables->of[out->table] ? NULL : get_table(r, tables->arena);

		out->defined = tables->of[out->table] = t;
		return t;
	}
	out->defined = tables->of[out->table];
	return out->defined && get_values(r, out);
}

status backup_next_record(struct backup_reader *r, struct backup_tables *tables, struct backup_record *out, bool *end,
			  struct reason *why)
{
	struct bytes head, body;
	status s = backup_reader_at_end(r, end, why);

	if (s || *end)
		return s;
	s = backup_reader_take(r, RECORD_HEAD_SIZE, &head, why);
	if (s)
		return s;
	uint8_t kind = head.p[0];
	out->table = head.p[1];
	size_t n = le32(head.p + 2);
	bool known = kind == RECORD_TABLE || kind == RECORD_ERASE || kind == RECORD_ROW;
	if (known && (kind == RECORD_ROW || n <= SMALL_RECORD_MAX)) {
		out->kind = kind == RECORD_TABLE ? RECORD_TABLE : kind == RECORD_ERASE ? RECORD_ERASE : RECORD_ROW;
		s = backup_reader_take(r, n, &body, why);
		if (s)
			return s;
		struct reader in = reader_of(body);
		known = get_record(&in, tables, out);
	} else {
		known = false;
	}
	if (!known)
		return reason_set(why, ecCorruptData, "%s is damaged in the frame at byte %" PRIu64 ": a record that cannot be",
				  backup_reader_name(r), backup_reader_offset(r));
	return ecNone;
}
