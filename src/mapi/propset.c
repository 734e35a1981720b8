#include "mapi/propset.h"

#define SET(name, ...) const struct guid name = { { __VA_ARGS__ } };
#include "mapi/propset_list.def"
#undef SET

const char *propset_name(const struct guid *set)
{
	static const struct {
		const struct guid *set;
		const char *name;
	} names[] = {
#define SET(name, ...) { &name, #name },
#include "mapi/propset_list.def"
#undef SET
	};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (guid_equal(names[i].set, set))
			return names[i].name;
	return NULL;
}
