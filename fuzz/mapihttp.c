/*
 * Bodies of MAPI over HTTP and what they are made of: the first byte says which, the rest are its
 * bytes. What can be decoded must print, encode, and decode again to the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "rop/mapihttp.h"

#define WIRE_ROOMS mapihttp_wire_types
#include "../tests/wire/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t how_many(void)
{
	size_t n = 0;

	while (mapihttp_wire_types[n])
		n++;
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t n = how_many();
	const struct wire_type *t;
	const char *wrong;

	if (!size || !n)
		return 0;
	t = mapihttp_wire_types[*data % n];
	wrong = wire_registry_check(t, WIRE_COUNTS_ADDRESS_BOOK, bytes_of(data + 1, size - 1));
	if (wrong) {
		fprintf(stderr, "%s: %s\n", t->name, wrong);
		abort();
	}
	return 0;
}
