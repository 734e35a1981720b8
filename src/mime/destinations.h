/* Inside mime: the destinations that are files. */
#ifndef MIME_DESTINATIONS_H
#define MIME_DESTINATIONS_H

#include "mime/mime.h"

status tree_destination(const char *path, struct mime_destination **out, struct reason *why) MUST;
/* mboxrd: lines that begin with "From ", or ">From " and so on, get one ">" more; they end in LF. */
status mbox_destination(const char *path, bool replace, struct mime_destination **out, struct reason *why) MUST;

/* Maildir++, names in modified UTF-7 as IMAP servers keep them; lines end in LF. */
status maildir_destination(const char *path, struct mime_destination **out, struct reason *why) MUST;

#endif
