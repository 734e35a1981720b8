/* Every layout of the registry: the first two bytes say which one, the rest are its bytes. */
#include <stdio.h>
#include <stdlib.h>

#include "../tests/wire/registry.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum wire_counts counts;
	const struct wire_type *t;
	const char *wrong;

	if (size < 2)
		return 0;
	t = wire_registry_at(le16(data) % wire_registry_size(), &counts);
	wrong = wire_registry_check(t, counts, bytes_of(data + 2, size - 2));
	if (wrong) {
		fprintf(stderr, "%s: %s\n", t->name, wrong);
		abort();
	}
	return 0;
}
