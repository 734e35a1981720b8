#include "mapi/own_ids.h"

#include "base/reader.h"
#include "mapi/entryid.h"

/* Flags, then the provider: what every entry id begins with. */
#define HEAD_SIZE 20
/* [MS-PST] 2.4.3.2, [MS-OXCDATA] 2.2.4.1, 2.2.4.2 */
#define PST_ID_SIZE	24
#define FOLDER_ID_SIZE	46
#define MESSAGE_ID_SIZE 70
/* [MS-OXOCNTC] 2.2.2.4.1: flags, provider, type; the wrapped id is the rest. */
#define WRAPPER_SIZE 21
/* Of one value, rewritten. */
#define VALUE_MEMORY ((size_t)8 << 20)
/* [MS-OXOSFLD] 2.2.4.1, 2.2.4.2 */
#define PERSIST_SENTINEL     0
#define PERSIST_ELEMENT_ID   1
#define PERSIST_ELEMENT_STOP 0

static const struct guid wrapper_uid = { { 0xC0, 0x91, 0xAD, 0xD3, 0x51, 0x9D, 0xCF, 0x11, 0xA4, 0xA9, 0x00, 0xAA, 0x00,
					   0x47, 0xFA, 0xA4 } };

struct rewriting {
	const struct guid *key;
	own_id_writer *writer;
	void *context;
	unsigned n;
};

bool own_ids_key(const struct bag *store, struct guid *key)
{
	struct bytes b = bag_bytes(store, tag_id(PidTagRecordKey));

	if (b.n != sizeof key->b)
		return false;
	memcpy(key->b, b.p, sizeof key->b);
	return !guid_is_zero(key);
}

static bool holds_key(struct bytes value, const struct guid *key)
{
	return value.n >= PST_ID_SIZE && value.n <= OWN_IDS_VALUE_MAX &&
	       memmem(value.p, value.n, key->b, sizeof key->b);
}

bool own_ids_maybe(const struct prop *p, const struct guid *key)
{
	if (p->flags & (PROP_LARGE | PROP_DAMAGED | PROP_UNKNOWN_TYPE))
		return false;
	if (p->tag >> 16 == tag_id(PidTagRecordKey))
		return false;
	if (prop_type(p) == PT_BINARY)
		return holds_key(p->value, key);
	if (prop_type(p) != PT_MV_BINARY)
		return false;
	for (uint32_t i = 0; i < p->count; i++)
		if (holds_key(p->values[i], key))
			return true;
	return false;
}

/* --- one value --- */

static bool is_own(const struct rewriting *r, struct bytes id)
{
	bool size = id.n == PST_ID_SIZE || id.n == FOLDER_ID_SIZE || id.n == MESSAGE_ID_SIZE;

	return size && memcmp(id.p + 4, r->key->b, sizeof r->key->b) == 0;
}

/* Appends an id as it should be. */
static void put_id(struct rewriting *r, struct bytes id, struct buf *out)
{
	if (is_own(r, id) && r->writer(r->context, id, out))
		r->n++;
	else
		buf_add(out, id.p, id.n);
}

static bool put_wrapped(struct rewriting *r, struct bytes v, struct buf *out)
{
	if (v.n <= WRAPPER_SIZE || memcmp(v.p + 4, wrapper_uid.b, sizeof wrapper_uid.b) != 0)
		return false;
	buf_add(out, v.p, WRAPPER_SIZE);
	put_id(r, bytes_of(v.p + WRAPPER_SIZE, v.n - WRAPPER_SIZE), out);
	return true;
}

static void patch_size(struct buf *out, size_t at)
{
	if (!out->failed)
		put_le16(out->p + at - 2, (uint16_t)(out->n - at));
}

/* The elements of one block. */
static bool put_elements(struct rewriting *r, struct reader *in, struct buf *out)
{
	while (reader_left(in)) {
		uint16_t id = reader_u16(in), size = reader_u16(in);
		struct bytes data = reader_bytes(in, size);
		size_t at;

		if (in->failed)
			return false;
		buf_add_u16(out, id);
		buf_add_u16(out, size);
		at = out->n;
		if (id == PERSIST_ELEMENT_ID)
			put_id(r, data, out);
		else
			buf_add(out, data.p, data.n);
		patch_size(out, at);
	}
	return true;
}

static bool put_blocks(struct rewriting *r, struct bytes v, struct buf *out)
{
	struct reader in = reader_of(v);

	while (reader_left(&in) >= 4) {
		uint16_t id = reader_u16(&in), size = reader_u16(&in);
		struct reader elements = reader_window(&in, size);
		size_t at;

		buf_add_u16(out, id);
		buf_add_u16(out, size);
		at = out->n;
		if (in.failed || !put_elements(r, &elements, out))
			return false;
		patch_size(out, at);
		if (id == PERSIST_SENTINEL)
			break;
	}
	/* What follows the sentinel means nothing, and stays. */
	buf_add(out, in.p, reader_left(&in));
	return !in.failed;
}

static bool put_flat_list(struct rewriting *r, struct bytes v, struct buf *out)
{
	struct reader in = reader_of(v);
	uint32_t count = reader_u32(&in), bytes = reader_u32(&in);

	if (in.failed || bytes != reader_left(&in))
		return false;
	buf_add_u32(out, count);
	buf_add_u32(out, 0);
	for (uint32_t i = 0; i < count; i++) {
		uint32_t n = reader_u32(&in);
		struct bytes id = reader_bytes(&in, n);
		size_t at;

		if (in.failed)
			return false;
		(void)reader_bytes(&in, reader_left(&in) < (4 - n % 4) % 4 ? reader_left(&in) : (4 - n % 4) % 4);
		buf_add_u32(out, 0);
		at = out->n;
		put_id(r, id, out);
		if (out->failed)
			return false;
		put_le32(out->p + at - 4, (uint32_t)(out->n - at));
		buf_add_zeros(out, (4 - (out->n - at) % 4) % 4);
	}
	if (!out->failed)
		put_le32(out->p + 4, (uint32_t)(out->n - 8));
	return reader_done(&in);
}

/* False when nothing was written anew; then `out` is of no use. */
static bool put_value(struct rewriting *r, uint16_t prop, struct bytes v, struct buf *out)
{
	unsigned before = r->n;
	bool known = true;

	if (is_own(r, v))
		put_id(r, v, out);
	else if (prop == tag_id(PidTagAdditionalRenEntryIdsEx))
		known = put_blocks(r, v, out);
	else if (!put_wrapped(r, v, out))
		known = put_flat_list(r, v, out);
	if (!known || out->failed)
		r->n = before;
	return r->n > before;
}

/* --- a property --- */

static status rewrite_bytes(struct rewriting *r, uint16_t prop, struct bytes v, struct arena *arena, struct bytes *out)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4 * OWN_IDS_VALUE_MAX);
	void *copy;

	*out = v;
	if (!holds_key(v, r->key) || !put_value(r, prop, v, &b))
		return ecNone;
	copy = arena_memdup(arena, b.p, b.n);
	if (!copy)
		return ecMemory;
	*out = bytes_of(copy, b.n);
	return ecNone;
}

status own_ids_rewrite(const struct prop *p, const struct guid *key, own_id_writer *writer, void *context,
		       struct arena *arena, struct prop *out, unsigned *n)
{
	struct rewriting r = { key, writer, context, 0 };
	struct prop new = *p;
	struct bytes *values;
	status st = ecNone;

	if (!own_ids_maybe(p, key)) {
		*n = 0;
		*out = *p;
		return ecNone;
	}
	if (prop_type(p) == PT_BINARY) {
		st = rewrite_bytes(&r, prop_id(p), p->value, arena, &new.value);
		new.size = new.value.n;
	} else {
		values = arena_array(arena, p->count, sizeof *values);
		if (!values)
			return ecMemory;
		for (uint32_t i = 0; !st && i < p->count; i++)
			st = rewrite_bytes(&r, prop_id(p), p->values[i], arena, &values[i]);
		new.values = values;
	}
	if (st)
		return st;
	*n = r.n;
	*out = r.n ? new : *p;
	return ecNone;
}

/* --- the same in every store --- */

static bool as_kind(void *context, struct bytes id, struct buf *out)
{
	/* [MS-PST] 2.2.2.1: the type of a node is in the low five bits; else the size tells ([MS-OXCDATA] 2.2.4). */
	unsigned type = id.n == PST_ID_SIZE ? id.p[HEAD_SIZE] & 0x1Fu : 0;
	bool message = id.n == MESSAGE_ID_SIZE || type == 0x04 || type == 0x08;

	(void)context;
	buf_add_str(out, message ? "a message of this store" : "a folder of this store");
	return true;
}

struct fingerprint own_ids_fingerprint(const struct guid *const *keys, size_t n_keys, struct prop_fingerprint *work,
				       const struct prop *p, const struct name_map *names, unsigned codepage)
{
	CLEANUP_ARENA struct arena a = ARENA_BUDGET(VALUE_MEMORY);
	struct prop same = *p, next;
	unsigned n;

	for (size_t k = 0; k < n_keys; k++)
		if (own_ids_maybe(&same, keys[k]) && !own_ids_rewrite(&same, keys[k], as_kind, NULL, &a, &next, &n))
			same = next;
	return prop_fingerprint(work, &same, names, codepage);
}
