/* Until src/mime has its sources and sinks. */
#include "mime/mime.h"

status mime_source_open(const char *path, struct mime_source **out, struct reason *why)
{
	(void)out;
	return reason_set(why, ecNotSupported, "%s: mail files cannot be read yet", path);
}

struct item_source *mime_source_items(struct mime_source *s)
{
	(void)s;
	return NULL;
}

const char *mime_source_format(const struct mime_source *s)
{
	(void)s;
	return "";
}

void mime_source_close(struct mime_source *s)
{
	(void)s;
}

status mime_sink_new(const char *path, bool mbox, bool replace, struct mime_sink **out,
		     struct reason *why)
{
	(void)mbox, (void)replace, (void)out;
	return reason_set(why, ecNotSupported, "%s: mail files cannot be written yet", path);
}

struct item_sink *mime_sink_sink(struct mime_sink *s)
{
	(void)s;
	return NULL;
}

status mime_sink_finish(struct mime_sink *s, struct reason *why)
{
	(void)s;
	return reason_set(why, ecNotSupported, "mail files cannot be written yet");
}

void mime_sink_free(struct mime_sink *s)
{
	(void)s;
}
