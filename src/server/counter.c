/* Performance counters. */
#include "server/counter.h"

#include <stdatomic.h>
#include <stddef.h>

const struct counter_info counter_infos[COUNTERS] = {
#define COUNTER_ROW(id, object_, name_, kind_, help_) \
	[COUNTER_##id] = { .object = object_, .name = name_, .help = help_, .kind = COUNTER_KIND_##kind_ },
	COUNTER_LIST(COUNTER_ROW)
#undef COUNTER_ROW
};

void counter_add(struct counters *c, enum counter id, int64_t n)
{
	if (c)
		atomic_fetch_add_explicit(&c->v[id], n, memory_order_relaxed);
}

int64_t counter_get(const struct counters *c, enum counter id)
{
	return c ? atomic_load_explicit(&c->v[id], memory_order_relaxed) : 0;
}
