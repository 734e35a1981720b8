#include "mapi/filter.h"

#include "mapi/forward.h"

#include <stdlib.h>
#include <strings.h>

#define PATH_MAX_BYTES 8192
#define DEPTH_MAX (ITEM_FOLDER_DEPTH_MAX + 4)

struct filter {
	struct forward forward; /* it holds back messages, and attachments of theirs, that are left out */
	const struct filter_options *options;
	char path[PATH_MAX_BYTES];
	size_t ends[DEPTH_MAX];   /* of the path of each open folder */
	bool wanted[DEPTH_MAX];   /* its messages */
	bool deleted[DEPTH_MAX];  /* it is in Deleted Items */
	unsigned depth;
	unsigned codepage;
};

/* Folders ----------------------------------------------------------------------------------------------------- */

/* Is `name` the last part, or parts, of the path, whole ones? */
static bool ends_with_parts(const char *path, const char *name)
{
	size_t n = strlen(path), m = strlen(name);

	return m && m <= n && !strcasecmp(path + n - m, name) && (m == n || path[n - m - 1] == '/');
}

static bool folder_wanted(const struct filter *f)
{
	if (!f->options->folders)
		return true;
	if (f->depth && f->wanted[f->depth - 1])
		return true; /* below a wanted one */
	for (const char *const *name = f->options->folders; *name; name++)
		if (ends_with_parts(f->path, *name))
			return true;
	return false;
}

static void push_name(struct filter *f, const struct bag *props)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(1 << 16);
	const char *name = bag_text(props, tag_id(PidTagDisplayName), f->codepage, &scratch);
	size_t at = f->depth ? f->ends[f->depth - 1] : 0, n = name ? strlen(name) : 0;

	if (n && at + n + 2 < PATH_MAX_BYTES) {
		if (at)
			f->path[at++] = '/';
		memcpy(f->path + at, name, n);
		at += n;
	}
	f->path[at] = '\0';
	f->ends[f->depth] = at;
}

static status on_store_begin(struct item_sink *s, const struct store_event *e)
{
	struct filter *f = (struct filter *)s;

	f->codepage = e->codepage;
	return forward_store_begin(s, e);
}

static status on_folder_begin(struct item_sink *s, const struct folder_event *e)
{
	struct filter *f = (struct filter *)s;

	if (f->depth == DEPTH_MAX)
		return reason_set(&s->why, ecTooComplex, "folders nest too deep");
	push_name(f, e->props);
	f->deleted[f->depth] = e->role == FOLDER_WASTEBASKET || (f->depth && f->deleted[f->depth - 1]);
	f->wanted[f->depth] = folder_wanted(f);
	f->depth++;
	return forward_folder_begin(s, e);
}

static status on_folder_end(struct item_sink *s)
{
	struct filter *f = (struct filter *)s;

	f->depth--;
	f->path[f->depth ? f->ends[f->depth - 1] : 0] = '\0';
	return forward_folder_end(s);
}

/* Messages ------------------------------------------------------------------------------------------------------ */

static bool class_wanted(const struct filter *f, const struct bag *props)
{
	CLEANUP_ARENA struct arena scratch = ARENA_BUDGET(1 << 14);
	const char *class_name;

	if (!f->options->classes)
		return true;
	class_name = bag_text(props, tag_id(PidTagMessageClass), f->codepage, &scratch);
	for (const char *const *want = f->options->classes; class_name && *want; want++) {
		size_t n = strlen(*want);

		if (!strncasecmp(class_name, *want, n) && (!class_name[n] || class_name[n] == '.'))
			return true;
	}
	return false;
}

/* When it came, or was sent, or made: the first that is known. 0: none is. */
static uint64_t time_of(const struct bag *props)
{
	static const uint32_t tags[] = { PidTagMessageDeliveryTime, PidTagClientSubmitTime, PidTagCreationTime,
					 PidTagLastModificationTime };

	for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
		uint64_t t = bag_u64(props, tag_id(tags[i]), 0);

		if (t)
			return t;
	}
	return 0;
}

static bool age_wanted(const struct filter *f, const struct bag *props)
{
	if (!f->options->since && !f->options->before)
		return true;
	uint64_t t = time_of(props);
	/* What has no time cannot be called old. */
	return !t || (t >= f->options->since && (!f->options->before || t < f->options->before));
}

static bool message_wanted(const struct filter *f, const struct message_event *e)
{
	const struct filter_options *o = f->options;
	unsigned here = f->depth ? f->depth - 1 : 0;

	if (f->depth && (!f->wanted[here] || (o->no_deleted && f->deleted[here])))
		return false;
	if ((o->no_associated && e->associated) || e->confidence < o->min_confidence)
		return false;
	/* Class and age are about mail; the items behind views and rules come or go as a whole. */
	return e->associated || (class_wanted(f, e->props) && age_wanted(f, e->props));
}

static status on_message_begin(struct item_sink *s, const struct message_event *e)
{
	struct filter *f = (struct filter *)s;

	if (f->forward.holding || (!e->embedded && !message_wanted(f, e))) {
		f->forward.holding++;
		return ecNone;
	}
	return forward_message_begin(s, e);
}

static status on_message_end(struct item_sink *s, struct item_result *result)
{
	struct filter *f = (struct filter *)s;

	if (f->forward.holding) {
		f->forward.holding--;
		result->outcome = OUTCOME_FILTERED;
		return ecNone;
	}
	return forward_message_end(s, result);
}

static status on_attachment_begin(struct item_sink *s, const struct attachment_event *e)
{
	struct filter *f = (struct filter *)s;

	if (f->forward.holding) {
		f->forward.holding++;
		return ecNone;
	}
	return forward_attachment_begin(s, e);
}

static status on_attachment_end(struct item_sink *s)
{
	struct filter *f = (struct filter *)s;

	if (f->forward.holding) {
		f->forward.holding--;
		return ecNone;
	}
	return forward_attachment_end(s);
}

static const struct item_sink_ops ops = {
	.store_begin = on_store_begin,
	.store_end = forward_store_end,
	.folder_begin = on_folder_begin,
	.folder_end = on_folder_end,
	.message_begin = on_message_begin,
	.message_end = on_message_end,
	.recipient = forward_recipient,
	.attachment_begin = on_attachment_begin,
	.attachment_end = on_attachment_end,
	.value_begin = forward_value_begin,
	.value_chunk = forward_value_chunk,
	.value_end = forward_value_end,
	.problem = forward_problem,
};

status filter_new(const struct filter_options *options, struct item_sink *next, struct filter **out)
{
	struct filter *f = calloc(1, sizeof *f);

	if (!f)
		return ecMemory;
	f->forward.sink.ops = &ops;
	f->forward.next = next;
	f->options = options;
	f->codepage = 1252;
	*out = f;
	return ecNone;
}

struct item_sink *filter_sink(struct filter *f)
{
	return &f->forward.sink;
}

void filter_free(struct filter *f)
{
	free(f);
}
