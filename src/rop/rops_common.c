#include "rop/rops_common.h"

#include "base/utf16.h"
#include "rop/context_private.h"
#include "rop/property_row.h"

WIRE_DEFINE(typed_string_narrow, TYPED_STRING_NARROW)
WIRE_DEFINE(typed_string_wide, TYPED_STRING_WIDE)
WIRE_UNION_DEFINE(typed_string_arms, TYPED_STRING_ARMS)
WIRE_DEFINE(typed_string, TYPED_STRING)
WIRE_DEFINE(property_problem, PROPERTY_PROBLEM)
WIRE_DEFINE(rop_server, ROP_SERVER)

/* Texts ---------------------------------------------------------------------------------------- */

static bool can_be_reduced(struct bytes utf16le)
{
	for (size_t i = 0; i + 1 < utf16le.n; i += 2)
		if (utf16le.p[i + 1] || !utf16le.p[i])
			return false;
	return true;
}

bool typed_string_set(struct typed_string *s, struct bytes utf16le, struct arena *a)
{
	struct bytes text = utf16_trim(utf16le);
	uint8_t *reduced;

	*s = (struct typed_string){ .string_type = TYPED_STRING_EMPTY };
	if (text.n < 2)
		return true;
	if (!can_be_reduced(text)) {
		s->string_type = TYPED_STRING_UNICODE;
		s->u.wide.text = text;
		return true;
	}
	if (!(reduced = arena_alloc(a, text.n / 2)))
		return false;
	for (size_t i = 0; i < text.n / 2; i++)
		reduced[i] = text.p[2 * i];
	s->string_type = TYPED_STRING_REDUCED;
	s->u.narrow.text = bytes_of(reduced, text.n / 2);
	return true;
}

static bool widen(struct bytes narrow, struct arena *a, struct bytes *utf16le)
{
	uint8_t *wide = arena_zalloc(a, narrow.n * 2);

	if (!wide)
		return false;
	for (size_t i = 0; i < narrow.n; i++)
		wide[2 * i] = narrow.p[i];
	*utf16le = bytes_of(wide, narrow.n * 2);
	return true;
}

bool rop_text_widen(struct bytes text, unsigned codepage, struct arena *a, struct bytes *utf16le)
{
	CLEANUP_BUF struct buf utf8 = BUF_MAX(text.n * 4 + 16);
	struct bytes wide;

	codepage_to_utf8(codepage, text, &utf8);
	if (utf8.failed)
		return false;
	wide = utf16_bytes(a, buf_cstr(&utf8));
	if (!wide.p)
		return false;
	*utf16le = wide;
	return true;
}

bool typed_string_get(const struct typed_string *s, unsigned codepage, struct arena *a,
		      struct bytes *utf16le)
{
	switch (s->string_type) {
	case TYPED_STRING_8:
		return rop_text_widen(s->u.narrow.text, codepage, a, utf16le);
	case TYPED_STRING_REDUCED:
		return widen(s->u.narrow.text, a, utf16le);
	case TYPED_STRING_UNICODE:
		*utf16le = s->u.wide.text;
		return true;
	default:
		*utf16le = bytes_of(NULL, 0);
		return true;
	}
}

/* Rows ----------------------------------------------------------------------------------------- */

static bool skip_rows(struct wire_in *in, uint32_t n, struct bytes *data)
{
	const struct rop_wire_context *c = in->context;
	struct rop_columns columns = { 0, NULL };
	const uint8_t *start = in->r.p;

	if (c && n && !c->columns_known)
		return wire_fail(in, ecCorruptData, "rows whose columns are not known");
	if (c)
		columns = c->columns;
	for (uint32_t i = 0; i < n; i++)
		if (!property_row_skip(in, columns.tags, columns.n))
			return wire_fail_at(&in->error, NULL, i);
	*data = bytes_of(start, (size_t)(in->r.p - start));
	return true;
}

static bool rows_pull(struct wire_in *in, void *field, unsigned width)
{
	struct rop_rows *rows = field;

	return wire_pull_count(in, width, &rows->count) && skip_rows(in, rows->count, &rows->data);
}

static bool rows_pull_16(struct wire_in *in, void *field)
{
	return rows_pull(in, field, 2);
}

static bool rows_pull_32(struct wire_in *in, void *field)
{
	return rows_pull(in, field, 4);
}

static bool rows_push(struct wire_out *out, const struct rop_rows *rows, unsigned width)
{
	if (rows->data.n < rows->count)
		return wire_out_fail(out, ecInvalidParam, "fewer rows than the count says");
	return wire_push_count(out, width, rows->count) && wire_push_bytes(out, rows->data);
}

static bool rows_push_16(struct wire_out *out, const void *field)
{
	return rows_push(out, field, 2);
}

static bool rows_push_32(struct wire_out *out, const void *field)
{
	return rows_push(out, field, 4);
}

static void rows_print(struct buf *out, const void *field)
{
	const struct rop_rows *rows = field;

	buf_printf(out, "%u in ", rows->count);
	wire_print_bytes(out, rows->data);
}

static bool rows_equal(const void *a, const void *b)
{
	const struct rop_rows *x = a, *y = b;

	return x->count == y->count && bytes_equal(x->data, y->data);
}

/* Rows without columns: a byte each, that says of which form they are. */
static bool random_rows(struct wire_random *r, uint32_t n, struct bytes *data)
{
	uint8_t *p = arena_array(r->arena, n, 1);

	for (uint32_t i = 0; p && i < n; i++)
		p[i] = (uint8_t)wire_random_below(r, 2);
	*data = bytes_of(p, n);
	return p != NULL;
}

static bool rows_random(struct wire_random *r, void *field)
{
	struct rop_rows *rows = field;

	rows->count = wire_random_below(r, 4);
	return random_rows(r, rows->count, &rows->data);
}

static bool row_pull(struct wire_in *in, void *field)
{
	return skip_rows(in, 1, field);
}

static bool row_push(struct wire_out *out, const void *field)
{
	const struct bytes *row = field;

	return row->n ? wire_push_bytes(out, *row)
		      : wire_out_fail(out, ecInvalidParam, "a row that is not there");
}

static void row_print(struct buf *out, const void *field)
{
	wire_print_bytes(out, *(const struct bytes *)field);
}

static bool row_equal(const void *a, const void *b)
{
	return bytes_equal(*(const struct bytes *)a, *(const struct bytes *)b);
}

static bool row_random(struct wire_random *r, void *field)
{
	return random_rows(r, 1, field);
}

const struct wire_custom rop_rows_custom = { rows_pull_16, rows_push_16, rows_print, rows_equal,
					     rows_random };
const struct wire_custom rop_rows_32_custom = { rows_pull_32, rows_push_32, rows_print, rows_equal,
						rows_random };
const struct wire_custom rop_row_custom = { row_pull, row_push, row_print, row_equal, row_random };
