/* Inside mime: what the kinds of sources share. */
#ifndef MIME_SOURCE_PRIVATE_H
#define MIME_SOURCE_PRIVATE_H

#include "mime/card_in.h"
#include "mime/mime.h"

/* Of an item and all that is embedded in it, without its large values. */
#define READING_MEMORY ((size_t)24 << 20)

enum file_kind { FILE_OTHER, FILE_MAIL, FILE_MBOX, FILE_CARD, FILE_CALENDAR };

struct mime_source {
	struct item_source source;
	char *path;
	struct input *in; /* NULL: a folder */
	bool own_input;
	enum file_kind kind;
	const char *format;
};

enum file_kind file_kind_of_name(const char *name);
/* By its beginning; where that says nothing, as it is named, or else a message. */
enum file_kind file_kind_of_content(struct input *in, enum file_kind named);
const char *folder_class_of(enum file_kind kind);
status begin_folder(struct reading *r, const char *name, enum folder_role role, const char *class_name) MUST;
/* The items of one file, into the folder that is open. */
status emit_file(struct reading *r, struct input *in, enum file_kind kind, const char *name) MUST;

/*
 * Every message of an mbox, mboxrd or mboxo.  Where messages say in X-Folder where they were, folders are opened below
 * the one that is open.
 */
status mbox_emit(struct reading *r, const struct extent *whole, const char *name) MUST;
/* Every file below a folder, in the order of names; the folder itself is open. */
status tree_emit(struct reading *r, const char *path) MUST;

/* What is wrong with something that has a path. */
status path_problem(struct reading *r, enum problem_kind kind, const char *path, status code, const char *what) MUST;

/* Does it hold "cur" and "new"? */
bool maildir_is(const char *path);
/* Its messages into the folder that is open, and the folders of Maildir++ below it as folders of that. */
status maildir_emit(struct reading *r, const char *path) MUST;
/* The same at the top of a source: its messages into a folder "Inbox", and the others beside that. */
status maildir_emit_top(struct reading *r, const char *path) MUST;

#endif
