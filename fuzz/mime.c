/*
 * Bytes as mail: read as whatever they look like (mail, mbox, vCard, iCalendar), into a sink that counts and into one that
 * writes mail to nowhere.
 */
#include "mime/mime.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct nowhere {
	struct mime_destination d;
	size_t bytes;
};

static status swallow(struct mime_destination *d, struct bytes piece, struct reason *why)
{
	(void)why;
	((struct nowhere *)d)->bytes += piece.n;
	return ecNone;
}

struct counting {
	struct item_sink sink;
	size_t messages, chunks;
};

static status count_message(struct item_sink *s, const struct message_event *e)
{
	if (e->depth > ITEM_DEPTH_MAX)
		abort();
	((struct counting *)s)->messages++;
	return ecNone;
}

static status count_chunk(struct item_sink *s, struct bytes chunk)
{
	if (chunk.n > ITEM_CHUNK_MAX)
		abort();
	((struct counting *)s)->chunks++;
	return ecNone;
}

static void run_counting(struct mime_source *source)
{
	static const struct item_sink_ops ops = { .message_begin = count_message, .value_chunk = count_chunk };
	struct counting c = { .sink.ops = &ops };
	struct reason why;
	struct item_source *items = mime_source_items(source);

	if (items->run(items, &c.sink, &why) && !why.text[0])
		abort(); /* failed without saying why */
}

static void run_writing(struct mime_source *source, bool mail_only)
{
	struct nowhere n = { .d = { .mail_only = mail_only, .write = swallow } };
	struct item_source *items = mime_source_items(source);
	struct mime_sink *sink;
	struct reason why;
	status st;

	if (mime_sink_to(&n.d, &sink, NULL))
		return;
	st = items->run(items, mime_sink_sink(sink), &why);
	if (!st)
		st = mime_sink_finish(sink, &why);
	mime_sink_free(sink);
	if (st && !why.text[0])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct mime_source *source;
	struct input *in;

	if (input_open_memory(bytes_of(data, size), "fuzz", &in))
		return 0;
	if (!mime_source_open_input(in, &source, NULL)) {
		run_counting(source);
		run_writing(source, size & 1);
		mime_source_close(source);
	}
	input_close(in);
	return 0;
}
