#include "store/folder_limits.h"

#include "store/folder.h"

#define KILOBYTE 1024u

static uint64_t limit_in(const struct bag *props, uint32_t tag)
{
	uint32_t kilobytes = bag_u32(props, tag_id(tag), UINT32_MAX);

	return kilobytes > INT32_MAX ? QUOTA_UNLIMITED : (uint64_t)kilobytes * KILOBYTE;
}

status folder_limits_get(struct mailbox *m, uint64_t folder, struct folder_limits *out)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(2 * FOLDER_PROPERTIES_MAX);
	struct bag props;
	status s;

	bag_init(&props, &arena);
	s = folder_props(m, folder, &props);
	if (!s)
		*out = (struct folder_limits){ limit_in(&props, FOLDER_POST_QUOTA), limit_in(&props, FOLDER_ITEM_LIMIT) };
	return s;
}

static status put(struct bag *set, uint32_t tag, uint64_t bytes, uint16_t *gone, size_t *n)
{
	uint64_t kilobytes = bytes / KILOBYTE + (bytes % KILOBYTE != 0);

	if (bytes != QUOTA_UNLIMITED && kilobytes <= INT32_MAX)
		return bag_set_u32(set, tag, (uint32_t)kilobytes);
	gone[(*n)++] = tag_id(tag);
	return ecNone;
}

status folder_limits_set(struct mailbox *m, uint64_t folder, const struct folder_limits *limits)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 16);
	uint16_t gone[2];
	size_t n = 0;
	struct bag set;
	status s;

	bag_init(&set, &arena);
	s = put(&set, FOLDER_POST_QUOTA, limits->post_quota, gone, &n);
	if (!s)
		s = put(&set, FOLDER_ITEM_LIMIT, limits->item, gone, &n);
	return s ? s : folder_set(m, folder, &set, gone, n);
}

status folder_limits_verdict(struct mailbox *m, uint64_t folder, uint64_t before, uint64_t now)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct folder_limits limits;
	struct folder f;
	status s = now > before ? folder_limits_get(m, folder, &limits) : ecNone;

	if (s || now <= before)
		return s;
	if (now > limits.item)
		return ecTooBig;
	s = limits.post_quota == QUOTA_UNLIMITED ? ecNone : folder_get(m, folder, &arena, &f);
	if (s || limits.post_quota == QUOTA_UNLIMITED)
		return s;
	return f.size + (now - before) > limits.post_quota ? ecQuotaExceeded : ecNone;
}
