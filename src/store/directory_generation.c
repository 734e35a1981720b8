#include "store/directory_generation.h"

#include "store/directory_private.h"

static const char table[] =
	"CREATE TABLE IF NOT EXISTS oab_generation (sequence INTEGER PRIMARY KEY, hash BLOB NOT NULL) STRICT";

/* *out 0: there is none. */
static status read_last(struct directory *d, struct bytes hash, uint32_t *out, bool *same,
			struct reason *why)
{
	CLEANUP_STATEMENT struct sql_statement *q = sql_prepare(
		d->db, "SELECT sequence, hash FROM oab_generation ORDER BY sequence DESC LIMIT 1");
	bool row;
	status s = sql_step(q, &row);

	if (s)
		return directory_sql_failed(d, s, why);
	*out = row ? (uint32_t)sql_i64(q, 0) : 0;
	*same = row && bytes_equal(sql_blob(q, 1), hash);
	return ecNone;
}

static status run(struct directory *d, const char *text, int64_t number, struct bytes hash,
		  struct reason *why)
{
	struct sql_statement *q = sql_prepare(d->db, text);
	status s;

	sql_bind_i64(q, 1, number);
	if (hash.p)
		sql_bind_blob(q, 2, hash);
	s = sql_run(q);
	return s ? directory_sql_failed(d, s, why) : ecNone;
}

static status find_or_add(struct directory *d, struct bytes hash, uint32_t first, uint32_t *out,
			  struct reason *why)
{
	uint32_t last = 0;
	bool same = false;
	status s = sql_execute(d->db, table);

	if (s)
		return directory_sql_failed(d, s, why);
	s = read_last(d, hash, &last, &same, why);
	if (s || same) {
		*out = s ? *out : last;
		return s;
	}
	last = last ? last + 1 : first ? first : 1;
	s = run(d, "INSERT INTO oab_generation (sequence, hash) VALUES ($1, $2)", last, hash, why);
	if (!s)
		s = run(d, "DELETE FROM oab_generation WHERE sequence <= $1",
			(int64_t)last - DIRECTORY_GENERATIONS, bytes_of(NULL, 0), why);
	if (!s)
		*out = last;
	return s;
}

status directory_generation(struct directory *d, struct bytes hash, uint32_t first, uint32_t *out,
			    struct reason *why)
{
	uint32_t number = 0;
	bool own;
	status s = directory_enter(d, &own, why);

	if (s)
		return s;
	s = directory_leave(d, own, find_or_add(d, hash, first, &number, why), why);
	if (!s)
		*out = number;
	return s;
}
