/* A client's state of synchronisation: what can be decoded must encode, and decode again to the same. */
#include <stdlib.h>

#include "rop/sync_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RANGES ((size_t)1 << 16)

static void check(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_SYNC_STATE struct sync_state s = SYNC_STATE_MAX(RANGES), again = SYNC_STATE_MAX(RANGES);
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)64 << 20);
	struct reason why = { "" };

	if (sync_state_decode(bytes_of(data, size), &s, &why)) {
		check(why.text[0]);
		return 0;
	}
	check(!sync_state_encode(&s, false, &b));
	check(!sync_state_decode(buf_bytes(&b), &again, NULL));
	check(sync_state_equal(&s, &again));
	return 0;
}
