#include "base/status.h"

#include <stdio.h>
#include <string.h>

status reason_set(struct reason *why, status code, const char *format, ...)
{
	if (why) {
		va_list args;

		va_start(args, format);
		(void)vsnprintf(why->text, sizeof why->text, format, args);
		va_end(args);
	}
	return code;
}

status reason_prefix(struct reason *why, status code, const char *format, ...)
{
	if (why) {
		char context[200], text[sizeof why->text];
		va_list args;

		va_start(args, format);
		(void)vsnprintf(context, sizeof context, format, args);
		va_end(args);
		memcpy(text, why->text, sizeof text);
		(void)snprintf(why->text, sizeof why->text, "%s: %.270s", context, text);
	}
	return code;
}
