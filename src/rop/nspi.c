#include "rop/nspi.h"

#include "mapi/prop.h"

#define TOO_MANY "more than 100,000 elements"

WIRE_DEFINE(nspi_stat, NSPI_STAT)
WIRE_DEFINE(nspi_ephemeral_entryid, NSPI_EPHEMERAL_ENTRYID)
WIRE_DEFINE(nspi_values, NSPI_VALUES)
WIRE_DEFINE(nspi_binary, NSPI_BINARY)

/* Counts --------------------------------------------------------------------------------------- */

static bool pull_limited(struct wire_in *in, uint32_t *n)
{
	if (!wire_pull_u32(in, n))
		return false;
	return *n <= NSPI_LIST_MAX || wire_fail(in, ecTooBig, TOO_MANY);
}

static bool push_limited(struct wire_out *out, uint32_t n)
{
	if (n > NSPI_LIST_MAX)
		return wire_out_fail(out, ecTooBig, TOO_MANY);
	return wire_push_u32(out, n);
}

static bool count_pull(struct wire_in *in, void *field)
{
	return pull_limited(in, field);
}

static bool count_push(struct wire_out *out, const void *field)
{
	return push_limited(out, *(const uint32_t *)field);
}

static void count_print(struct buf *out, const void *field)
{
	buf_printf(out, "%u", *(const uint32_t *)field);
}

static bool count_equal(const void *a, const void *b)
{
	return *(const uint32_t *)a == *(const uint32_t *)b;
}

/* The list behind it says how many there are. */
static bool count_random(struct wire_random *r, void *field)
{
	(void)r;
	*(uint32_t *)field = 0;
	return true;
}

const struct wire_custom nspi_count_custom = { count_pull, count_push, count_print, count_equal,
					       count_random };

/* Numbers -------------------------------------------------------------------------------------- */

static bool ids_pull(struct wire_in *in, void *field)
{
	struct nspi_ids ids = { 0, NULL };
	struct bytes data;

	if (!pull_limited(in, &ids.n))
		return false;
	if (ids.n && !(ids.v = wire_pull_room(in, ids.n, sizeof *ids.v, sizeof *ids.v)))
		return false;
	if (!wire_pull_bytes(in, ids.n * sizeof *ids.v, &data))
		return false;
	for (uint32_t i = 0; i < ids.n; i++)
		ids.v[i] = le32(data.p + 4 * (size_t)i);
	*(struct nspi_ids *)field = ids;
	return true;
}

static bool ids_push(struct wire_out *out, const void *field)
{
	const struct nspi_ids *ids = field;
	bool ok = push_limited(out, ids->n);

	for (uint32_t i = 0; ok && i < ids->n; i++)
		ok = wire_push_u32(out, ids->v[i]);
	return ok;
}

static void ids_print(struct buf *out, const void *field)
{
	const struct nspi_ids *ids = field;

	buf_add_u8(out, '[');
	for (uint32_t i = 0; i < ids->n && !out->failed; i++)
		buf_printf(out, "%s0x%08x", i ? " " : "", ids->v[i]);
	buf_add_u8(out, ']');
}

static bool ids_equal(const void *a, const void *b)
{
	const struct nspi_ids *x = a, *y = b;

	return x->n == y->n && (!x->n || !memcmp(x->v, y->v, x->n * sizeof *x->v));
}

static bool ids_random(struct wire_random *r, void *field)
{
	struct nspi_ids *ids = field;

	ids->n = wire_random_below(r, 5);
	ids->v = arena_array(r->arena, ids->n, sizeof *ids->v);
	for (uint32_t i = 0; ids->v && i < ids->n; i++)
		ids->v[i] = (uint32_t)wire_random_u64(r);
	return ids->v != NULL;
}

const struct wire_custom nspi_ids_custom = { ids_pull, ids_push, ids_print, ids_equal, ids_random };

/* Texts ---------------------------------------------------------------------------------------- */

static bool names_pull(struct wire_in *in, struct nspi_names *names, size_t least,
		       bool (*pull)(struct wire_in *, struct bytes *))
{
	names->v = NULL;
	if (!pull_limited(in, &names->n))
		return false;
	if (names->n && !(names->v = wire_pull_room(in, names->n, sizeof *names->v, least)))
		return false;
	for (uint32_t i = 0; i < names->n; i++)
		if (!pull(in, &names->v[i]))
			return wire_fail_at(&in->error, NULL, i);
	return true;
}

static bool names_push(struct wire_out *out, const struct nspi_names *names,
		       bool (*push)(struct wire_out *, struct bytes))
{
	if (!push_limited(out, names->n))
		return false;
	for (uint32_t i = 0; i < names->n; i++)
		if (!push(out, names->v[i]))
			return wire_fail_at(&out->error, NULL, i);
	return true;
}

static void names_print(struct buf *out, const struct nspi_names *names,
			void (*print)(struct buf *, struct bytes))
{
	buf_add_u8(out, '[');
	for (uint32_t i = 0; i < names->n && !out->failed; i++) {
		if (i)
			buf_add_u8(out, ' ');
		print(out, names->v[i]);
	}
	buf_add_u8(out, ']');
}

static bool names_random(struct wire_random *r, struct nspi_names *names,
			 bool (*text)(struct wire_random *, struct bytes *))
{
	names->n = wire_random_below(r, 5);
	names->v = arena_array(r->arena, names->n, sizeof *names->v);
	for (uint32_t i = 0; names->v && i < names->n; i++)
		if (!text(r, &names->v[i]))
			return false;
	return names->v != NULL;
}

static bool names_equal(const void *a, const void *b)
{
	const struct nspi_names *x = a, *y = b;
	bool same = x->n == y->n;

	for (uint32_t i = 0; same && i < x->n; i++)
		same = bytes_equal(x->v[i], y->v[i]);
	return same;
}

static bool names8_pull(struct wire_in *in, void *field)
{
	return names_pull(in, field, 1, wire_pull_str8);
}

static bool names8_push(struct wire_out *out, const void *field)
{
	return names_push(out, field, wire_push_str8);
}

static void names8_print(struct buf *out, const void *field)
{
	names_print(out, field, wire_print_str8);
}

static bool names8_random(struct wire_random *r, void *field)
{
	return names_random(r, field, wire_random_str8);
}

static bool names16_pull(struct wire_in *in, void *field)
{
	return names_pull(in, field, 2, wire_pull_str16);
}

static bool names16_push(struct wire_out *out, const void *field)
{
	return names_push(out, field, wire_push_str16);
}

static void names16_print(struct buf *out, const void *field)
{
	names_print(out, field, wire_print_str16);
}

static bool names16_random(struct wire_random *r, void *field)
{
	return names_random(r, field, wire_random_str16);
}

const struct wire_custom nspi_names8_custom = { names8_pull, names8_push, names8_print, names_equal,
						names8_random };
const struct wire_custom nspi_names16_custom = { names16_pull, names16_push, names16_print,
						 names_equal, names16_random };

/* Entry ids ------------------------------------------------------------------------------------ */

#define ENTRYID_VERSION 1u

status nspi_entryid_decode(struct bytes data, struct nspi_entryid *out, struct reason *why)
{
	struct arena none = ARENA_BUDGET(sizeof(struct nspi_entryid));
	struct nspi_entryid id;
	struct wire_in in;
	bool ephemeral = data.n && data.p[0] == NSPI_EPHEMERAL_TYPE;
	status s;

	if (!data.n || (!ephemeral && data.p[0]))
		return reason_set(why, ecInvalidParam,
				  "an entry id that is neither ephemeral nor permanent");
	wire_in_init(&in, data, &none);
	id.kind = ephemeral ? NSPI_ENTRYID_EPHEMERAL : NSPI_ENTRYID_PERMANENT;
	if (ephemeral)
		(void)wire_decode(&in, &nspi_ephemeral_entryid_wire, &id.ephemeral);
	else
		(void)wire_decode(&in, &address_book_entryid_wire, &id.permanent);
	s = wire_finish(&in, ephemeral ? &nspi_ephemeral_entryid_wire : &address_book_entryid_wire,
			why);
	if (s)
		return ecInvalidParam;
	if (!ephemeral && memcmp(&id.permanent.provider, &entryid_uid_address_book,
				 sizeof entryid_uid_address_book) != 0)
		return reason_set(why, ecInvalidParam, "an entry id of another provider");
	*out = id;
	return ecNone;
}

status nspi_ephemeral_encode(const struct guid *server, uint32_t display_type, uint32_t mid,
			     struct buf *out)
{
	struct nspi_ephemeral_entryid id = { NSPI_EPHEMERAL_TYPE, *server, ENTRYID_VERSION,
					     display_type, mid };
	struct wire_out w;

	wire_out_init(&w, out);
	return wire_encode(&w, &nspi_ephemeral_entryid_wire, &id);
}

status nspi_permanent_encode(uint32_t display_type, const char *dn, struct buf *out)
{
	struct address_book_entryid id = { .provider = entryid_uid_address_book,
					   .version = ENTRYID_VERSION,
					   .type = display_type,
					   .dn = bytes_of(dn, strlen(dn)) };
	struct wire_out w;

	wire_out_init(&w, out);
	return wire_encode(&w, &address_book_entryid_wire, &id);
}
