/* This build reads no mail files: it says so. */
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
