/*
 * The logical lines of vCard and iCalendar: unfolded, cut into name, parameters and value.  What is long (a picture) is not
 * loaded: `raw` says where it stands.
 */
#ifndef MIME_CARD_LINES_H
#define MIME_CARD_LINES_H

#include "base/arena.h"
#include "mime/line_reader.h"

/* Longer lines come without `value`. */
#define CARD_LINE_MAX ((size_t)64 << 10)
#define CARD_PARAMETERS_MAX 16
#define CARD_PIECES 64

struct card_line {
	const char *name;  /* without group, as it stands */
	const char *value; /* as it stands, UTF-8; NULL when it is too long */
	struct {
		const char *name, *value;
	} parameter[CARD_PARAMETERS_MAX];
	size_t parameters;
	struct extent raw;  /* the value with its folds */
	struct extent line; /* all of it */
};

struct card_reader {
	struct line_reader lines;
	bool pending; /* the reader stands at a line that has not been used */
	/* Where the pieces of the line stand that folds divide: names and parameters are found again by it. */
	struct {
		size_t text;
		uint64_t at;
	} piece[CARD_PIECES];
	size_t pieces;
	char text[CARD_LINE_MAX + 1];
};

void card_reader_init(struct card_reader *r, const struct extent *from);
/* The next line that is one; its texts are valid until the call after. False at the end or after an error. */
bool card_reader_next(struct card_reader *r, struct card_line *out);
status card_reader_status(const struct card_reader *r) MUST;

bool card_line_is(const struct card_line *l, const char *name);
/* NULL when there is none of that name. */
const char *card_parameter(const struct card_line *l, const char *name);
/* Does one of the values of TYPE say so ("TEL;TYPE=HOME,VOICE", "TEL;HOME;VOICE")? */
bool card_has_type(const struct card_line *l, const char *type);

/* Text without its escapes. */
char *card_unescape(struct arena *a, const char *value);
/*
 * The parts of a value that `separator` (";" or ",") divides, unescaped; at most `max`. Returns how many. What could not be
 * had for lack of memory is "".
 */
size_t card_split(struct arena *a, const char *value, char separator, const char **out, size_t max);

#endif
