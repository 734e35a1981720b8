/*
 * Sets of ids and lists of predecessors: the first byte says which, the rest are the bytes.  What can be
 * decoded must encode, and decode again to the same.
 */
#include <stdlib.h>

#include "rop/idset.h"
#include "rop/xid.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define RANGES ((size_t)1 << 16)

static void check(bool good)
{
	if (!good)
		abort();
}

static void one_set(struct bytes data, enum idset_form form)
{
	CLEANUP_IDSET struct idset s = { .max = RANGES }, again = { .max = RANGES };
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)16 << 20), second = BUF_MAX((size_t)16 << 20);
	struct reason why = { "" };

	if (idset_decode(data, form, &s, &why)) {
		check(why.text[0]);
		return;
	}
	check(!idset_encode(&s, form, &b));
	check(!idset_decode(buf_bytes(&b), form, &again, NULL));
	check(idset_equal(&s, &again));
	check(!idset_encode(&again, form, &second));
	check(bytes_equal(buf_bytes(&b), buf_bytes(&second)));
	check(!idset_subtract(&again, &s) && idset_is_empty(&again));
	check(!idset_union(&again, &s) && idset_equal(&s, &again));
}

static void one_list(struct bytes data)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	CLEANUP_BUF struct buf b = BUF_MAX((size_t)16 << 20);
	struct reason why = { "" };
	struct pcl l, again;

	if (pcl_decode(data, &arena, &l, &why)) {
		check(why.text[0] || data.n > (size_t)1 << 16);
		return;
	}
	pcl_encode(&l, &b);
	check(!buf_status(&b) && b.n <= data.n);
	check(!pcl_decode(buf_bytes(&b), &arena, &again, NULL));
	check(pcl_compare(&l, &again) == PCL_SAME);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!size)
		return 0;
	if (*data == 0)
		one_set(bytes_of(data + 1, size - 1), IDSET_REPLGUID);
	else if (*data == 1)
		one_set(bytes_of(data + 1, size - 1), IDSET_REPLID);
	else
		one_list(bytes_of(data + 1, size - 1));
	return 0;
}
