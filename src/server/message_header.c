#include "server/message_header.h"

#include "rop/recipient_row.h"
#include "server/message_private.h"

/* Rows have one byte of count. */
#define ROWS_MAX 255u
#define COLUMNS_MAX 256u
#define ROW_MAX ((size_t)32 << 10)
/* Of an OpenRecipientRow and a ReadRecipientRow, without the row itself. */
#define OPEN_ROW_HEAD 7u
#define READ_ROW_HEAD 11u

/*
 * What stands in every recipient row, or beside it ([MS-OXCDATA] 2.8.3.2).  PidTagAddressBookDisplayNamePrintable stands there too,
 * but clients ask for it as a column all the same ([MS-OXCMSG] 4.7.1).
 */
static bool in_every_row(uint16_t id)
{
	static const uint32_t tags[] = { PidTagDisplayName, PidTagAddressType, PidTagEmailAddress, PidTagTransmittableDisplayName,
					 PidTagSendRichInfo, PidTagResponsibility, PidTagRecipientType, PidTagRowid };

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++)
		if (tag_id(tags[i]) == id)
			return true;
	return false;
}

struct columns {
	uint32_t *v;
	uint32_t n;
};

static bool has_column(const struct columns *c, uint16_t id)
{
	for (uint32_t i = 0; i < c->n; i++)
		if (tag_id(c->v[i]) == id)
			return true;
	return false;
}

static bool fits_a_column(const struct held_prop *h)
{
	return !h->big && prop_type_known(prop_type(&h->p)) && prop_type(&h->p) != PT_OBJECT && prop_type(&h->p) != PT_NULL &&
	       prop_type(&h->p) != PT_ERROR && !(h->p.flags & (PROP_UNKNOWN_TYPE | PROP_ODD_SIZE)) && h->cost < ROW_MAX;
}

/* Of all recipients, what any of them has: in the order in which it was put. */
static status columns_of(const struct message_part *p, struct arena *arena, struct columns *out)
{
	out->n = 0;
	out->v = arena_array(arena, COLUMNS_MAX, sizeof *out->v);
	if (!out->v)
		return ecMemory;
	for (size_t i = 0; i < p->n_recipients; i++)
		for (size_t j = 0; j < p->recipients[i].props.n && out->n < COLUMNS_MAX; j++) {
			const struct held_prop *h = &p->recipients[i].props.v[j];

			if (fits_a_column(h) && !in_every_row(prop_id(&h->p)) && !has_column(out, prop_id(&h->p)))
				out->v[out->n++] = h->p.tag;
		}
	return ecNone;
}

static status make_row(const struct recipient *r, const struct columns *c, struct arena *arena, struct bytes *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(ROW_MAX);
	struct recipient_row row;
	struct bag bag;
	status s = ecNone;

	bag_init(&bag, arena);
	for (size_t i = 0; !s && i < r->props.n; i++)
		if (fits_a_column(&r->props.v[i]) && !bag_append(&bag, &r->props.v[i].p))
			s = ecMemory;
	if (!s)
		s = recipient_row_from_bag(&bag, c->v, c->n, arena, &row);
	if (!s)
		s = recipient_row_encode(&row, c->v, c->n, &b, NULL);
	if (s)
		return s;
	*out = bytes_of(arena_memdup(arena, b.p, b.n), b.n);
	return out->p ? ecNone : ecMemory;
}

static uint8_t type_of(const struct recipient *r)
{
	return recipient_type_to_rop(property_set_u32(&r->props, tag_id(PidTagRecipientType), 1));
}

static status fill_rows(struct rop_call *c, struct message_object *m, const struct columns *columns, size_t room,
			struct rop_open_message_response *out)
{
	const struct message_part *p = m->part;
	size_t most = p->n_recipients < ROWS_MAX ? p->n_recipients : ROWS_MAX, used = 0, n = 0;
	struct open_recipient_row *v = arena_array(c->arena, most + 1, sizeof *v);
	status s = v ? ecNone : ecMemory;

	for (; !s && n < most; n++) {
		v[n] = (struct open_recipient_row){ .recipient_type = type_of(&p->recipients[n]),
						    .code_page_id = (uint16_t)object_codepage(&m->object) };
		s = make_row(&p->recipients[n], columns, c->arena, &v[n].recipient_row);
		used += OPEN_ROW_HEAD + v[n].recipient_row.n;
		if (s || used > room)
			break;
	}
	out->recipient_rows.v = v;
	out->recipient_rows.n = (uint32_t)n;
	return s;
}

status message_header_fill(struct rop_call *c, struct message_object *m, struct rop_open_message_response *out)
{
	struct subject u = { .there = false };
	struct columns columns;
	status s = message_subject(&m->part->props, object_codepage(&m->object), c->arena, &u);

	if (!s)
		s = columns_of(m->part, c->arena, &columns);
	if (s)
		return s;
	if (!typed_string_set(&out->subject_prefix, u.prefix, c->arena) || !typed_string_set(&out->normalized_subject, u.normalized, c->arena))
		return ecMemory;
	out->has_named_properties = message_has_named(m);
	out->recipient_count = (uint16_t)m->part->n_recipients;
	out->recipient_columns.v = columns.v;
	out->recipient_columns.n = columns.n;
	size_t head = 32 + u.prefix.n + u.normalized.n + 4 * (size_t)columns.n;
	return fill_rows(c, m, &columns, c->room > head ? c->room - head : 0, out);
}

status message_recipients_read(struct rop_call *c, struct message_object *m, uint32_t row_id, struct rop_read_recipients_response *out)
{
	const struct message_part *p = m->part;
	const struct recipient *first = row_id ? message_part_recipient(p, row_id) : p->recipients;
	size_t from, used = 0, n = 0;
	struct columns columns;
	status s;

	if (!first || !p->n_recipients)
		return ecNotFound;
	from = (size_t)(first - p->recipients);
	s = columns_of(p, c->arena, &columns);
	struct read_recipient_row *v = s ? NULL : arena_array(c->arena, ROWS_MAX, sizeof *v);
	if (!v)
		return s ? s : ecMemory;
	for (; !s && n + 1 < ROWS_MAX && from + n < p->n_recipients; n++) {
		const struct recipient *r = &p->recipients[from + n];

		v[n] = (struct read_recipient_row){ .row_id = r->row_id, .recipient_type = type_of(r), .code_page_id = (uint16_t)object_codepage(&m->object) };
		s = make_row(r, &columns, c->arena, &v[n].recipient_row);
		used += READ_ROW_HEAD + v[n].recipient_row.n;
		if (s || used + 1 > c->room)
			break;
	}
	if (!s && !n)
		s = ecBufferTooSmall;
	out->recipient_rows.v = v;
	out->recipient_rows.n = (uint32_t)n;
	return s;
}
