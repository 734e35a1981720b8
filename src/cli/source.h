/* What people name on the command line: what kind of store it is, or in words why it is none. */
#ifndef CLI_SOURCE_H
#define CLI_SOURCE_H

#include "pst/pst.h"

enum source_kind { SOURCE_PST, SOURCE_EML, SOURCE_MBOX, SOURCE_FOLDER };

struct source {
	enum source_kind kind;
	const char *path;
	const char *format;   /* "Unicode .pst", for people */
	struct input *input;  /* NULL: a folder */
	struct pst *pst;      /* SOURCE_PST only */
	struct mime_source *mime; /* the others */
	struct item_source *items;
};

/* `path` must outlive the source. On failure there is nothing to close. */
status source_open(const char *path, struct source *s, struct reason *why) MUST;
/* The same, but only .pst and .ost will do. */
status source_open_store(const char *path, struct source *s, struct reason *why) MUST;
void source_close(struct source *s);
/* Has the file changed since it was opened? */
bool source_changed(struct source *s);

#define CLEANUP_SOURCE __attribute__((cleanup(source_close)))

enum destination_kind { DESTINATION_PST, DESTINATION_MBOX, DESTINATION_EML };

enum destination_kind destination_guess(const char *path);
/*
 * May `path` be written from `source` (NULL: from nothing)?  Refuses the source itself under whatever name, a
 * file that is there unless `replace`, a folder where a file goes, a folder that does not exist.
 */
status destination_check(const char *path, const char *source, bool replace, bool folder,
			 struct reason *why) MUST;

#endif
