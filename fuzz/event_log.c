/* A line of the log of events: what can be read is written and read again to the same. */
#include <stdlib.h>
#include <string.h>

#include "store/event_log.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1), again[EVENT_LINE_MOST], third[EVENT_LINE_MOST];
	struct event e, back;
	size_t n;

	if (!line)
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	if (event_parse(line, &e)) {
		n = event_format(&e, again);
		check(n > 0 && n <= sizeof again && again[n - 1] == '\n' && !memchr(again, '\n', n - 1));
		again[n - 1] = '\0';
		check(event_parse(again, &back));
		check(back.time == e.time && back.type == e.type && back.id == e.id);
		check(event_format(&back, third) == n);
	}
	free(line);
	return 0;
}
