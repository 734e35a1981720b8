/* Values that hold ids of a store: written anew and back again they are what they were. */
#include "mapi/own_ids.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Turns the number in the id over; done twice it is as before. */
static bool turn(void *context, struct bytes id, struct buf *out)
{
	(void)context;
	buf_add(out, id.p, id.n);
	if (!out->failed)
		out->p[out->n - 1] ^= 0xFF;
	return true;
}

static bool longer(void *context, struct bytes id, struct buf *out)
{
	(void)context;
	buf_add(out, id.p, id.n);
	buf_add_zeros(out, 46);
	return true;
}

/* The first 16 bytes are the key; the rest is the value. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint32_t tags[] = { PidTagAdditionalRenEntryIdsEx, PidTagIpmDraftsEntryId };
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)16 << 20);
	struct guid key;

	if (size < sizeof key.b)
		return 0;
	memcpy(key.b, data, sizeof key.b);
	for (size_t i = 0; i < 2; i++) {
		struct prop p = { .tag = tags[i], .count = 1, .value = bytes_of(data + 16, size - 16) }, out, back;
		unsigned n, m;

		p.size = p.value.n;
		if (own_ids_rewrite(&p, &key, longer, NULL, &a, &out, &n) || own_ids_rewrite(&p, &key, turn, NULL, &a, &out, &m))
			abort();
		if (n != m)
			abort();
		if (own_ids_rewrite(&out, &key, turn, NULL, &a, &back, &n) || (n == m && !bytes_equal(back.value, p.value) &&
									      tags[i] == PidTagIpmDraftsEntryId && p.value.n == 24))
			abort();
	}
	return 0;
}
