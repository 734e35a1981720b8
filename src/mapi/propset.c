#include "mapi/propset.h"

#define SET(name, ...) const struct guid name = { { __VA_ARGS__ } };
#include "mapi/propset_list.def"

static const struct {
	const struct guid *set;
	const char *name;
} sets[] = {
#define SET(name, ...) { &name, #name },
#include "mapi/propset_list.def"
};

#define SETS (sizeof sets / sizeof *sets)

const char *propset_name(const struct guid *set)
{
	size_t low = 0, high = SETS;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = memcmp(sets[middle].set->b, set->b, sizeof set->b);

		if (order == 0)
			return sets[middle].name;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

const struct guid *propset_at(size_t i, const char **name)
{
	if (i >= SETS)
		return NULL;
	if (name)
		*name = sets[i].name;
	return sets[i].set;
}
