#include "server/sync_context.h"

#include "server/fast_source.h"

void sync_context_init(struct sync_context *c, uint64_t folder, bool contents)
{
	*c = (struct sync_context){ .folder = folder, .contents = contents, .uploaded = BUF_MAX(SYNC_STATE_PROPERTY_MAX) };
	sync_state_init(&c->state, IDSET_RANGES_MAX);
}

void sync_context_free(struct sync_context *c)
{
	sync_state_free(&c->state);
	buf_free(&c->uploaded);
}

status sync_context_of(struct object *o, struct sync_context **out)
{
	if (o->kind == OBJECT_COLLECTOR) {
		*out = collector_context(o);
		return ecNone;
	}
	*out = ((struct fast_source *)o)->sync;
	return *out ? ecNone : ecNotSupported;
}
