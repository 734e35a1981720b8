#include "base/status.h"

#include <stdio.h>
#include <string.h>

void reason_write(struct reason *why, const char *format, ...)
{
	char text[sizeof why->text];
	va_list args;

	if (!why)
		return;
	va_start(args, format);
	(void)vsnprintf(text, sizeof text, format, args);
	va_end(args);
	memcpy(why->text, text, strlen(text) + 1);
}

void reason_put_before(struct reason *why, const char *format, ...)
{
	char context[200], text[sizeof why->text];
	va_list args;

	if (!why)
		return;
	va_start(args, format);
	(void)vsnprintf(context, sizeof context, format, args);
	va_end(args);
	memcpy(text, why->text, sizeof text);
	(void)snprintf(why->text, sizeof why->text, "%s: %.270s", context, text);
}
