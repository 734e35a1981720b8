/* Media types of file names, where nothing else says what something is. */
#ifndef MIME_FILE_TYPE_H
#define MIME_FILE_TYPE_H

/* By the extension; "application/octet-stream" when it says nothing. */
const char *file_type_of_name(const char *name);
/* ".png"; "" when none is usual for the type. */
const char *file_extension_of_type(const char *type);

#endif
