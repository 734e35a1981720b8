#include "rop/client_version.h"

#include <stdio.h>
#include <string.h>

#define FOUR_NUMBERS 0x8000u /* in the second word */
#define NUMBERS      4

struct product_version product_version_from_words(const uint16_t words[3])
{
	if (words[1] & FOUR_NUMBERS)
		return (struct product_version){ words[0] >> 8, words[0] & 0xFF,
						 (uint16_t)(words[1] & ~FOUR_NUMBERS), words[2] };
	return (struct product_version){ words[0], 0, words[1], words[2] };
}

status product_version_to_words(struct product_version v, uint16_t words[3])
{
	if (v.major > 0xFF || v.minor > 0xFF || v.build >= FOUR_NUMBERS)
		return ecInvalidParam;
	words[0] = (uint16_t)(v.major << 8 | v.minor);
	words[1] = (uint16_t)(v.build | FOUR_NUMBERS);
	words[2] = v.revision;
	return ecNone;
}

static uint64_t in_order(struct product_version v)
{
	return (uint64_t)v.major << 48 | (uint64_t)v.minor << 32 | (uint64_t)v.build << 16 |
	       v.revision;
}

int product_version_compare(struct product_version a, struct product_version b)
{
	uint64_t x = in_order(a), y = in_order(b);

	return (x > y) - (x < y);
}

void product_version_print(struct product_version v, char text[PRODUCT_VERSION_TEXT])
{
	(void)snprintf(text, PRODUCT_VERSION_TEXT, "%02u.%02u.%04u.%03u", v.major, v.minor, v.build,
		       v.revision);
}

void product_version_print_header(struct product_version v, char text[PRODUCT_VERSION_TEXT])
{
	(void)snprintf(text, PRODUCT_VERSION_TEXT, "%u.%u.%u.%u", v.major, v.minor, v.build,
		       v.revision);
}

/* The number at *text, which moves behind it; false when there is none or it is above 65535. */
static bool read_number(const char **text, uint16_t *n)
{
	const char *start = *text;
	uint32_t v = 0;

	for (; **text >= '0' && **text <= '9' && v <= UINT16_MAX; ++*text)
		v = v * 10 + (uint32_t)(**text - '0');
	*n = (uint16_t)v;
	return *text != start && v <= UINT16_MAX;
}

/* As much of the text as is a version; NULL when it does not begin with one. */
static const char *read_version(const char *text, struct product_version *out)
{
	uint16_t n[NUMBERS] = { 0 };

	for (unsigned i = 0; i < NUMBERS; i++) {
		if (!read_number(&text, &n[i]))
			return NULL;
		if (*text != '.' || i + 1 == NUMBERS)
			break;
		text++;
	}
	*out = (struct product_version){ n[0], n[1], n[2], n[3] };
	return text;
}

status product_version_parse(const char *text, struct product_version *out)
{
	struct product_version v;
	const char *end = read_version(text, &v);

	if (!end || *end)
		return ecInvalidParam;
	*out = v;
	return ecNone;
}

status product_application_parse(const char *text, char name[PRODUCT_NAME_SIZE],
				 struct product_version *out)
{
	const char *slash = strchr(text, '/');
	struct product_version v;
	const char *end = slash ? read_version(slash + 1, &v) : NULL;

	if (!end || slash == text || (*end && *end != ' ' && *end != '\t'))
		return ecInvalidParam;
	(void)snprintf(name, PRODUCT_NAME_SIZE, "%.*s",
		       slash - text < PRODUCT_NAME_SIZE ? (int)(slash - text) : PRODUCT_NAME_SIZE,
		       text);
	*out = v;
	return ecNone;
}
