/* A copy of a cache's file, until it takes the place of what was (client/cache_care.h). */
#ifndef CLIENT_CACHE_FILE_H
#define CLIENT_CACHE_FILE_H

#include "client/cache_care.h"

/* FOLDER/NAME; the folder of a path. */
status cache_file_in(const char *folder, const char *name, struct arena *arena, const char **out, struct reason *why) MUST;
status cache_file_folder(const char *path, struct arena *arena, const char **out, struct reason *why) MUST;
status cache_file_size(const char *path, uint64_t *out, struct reason *why) MUST;
/* There are so many bytes for it in this folder; else ecDiskError, with both numbers. */
status cache_file_room(const char *folder, uint64_t needed, uint64_t *there, struct reason *why) MUST;
/* Nothing stands in a log beside it: whoever had it open has closed it. */
status cache_file_at_rest(const char *path, struct reason *why) MUST;
/* Byte for byte, flushed to the disk and read back from it. */
status cache_file_copy(const char *from, const char *to, const struct cache_care *how, struct reason *why) MUST;
/* The engine's own check of all of it. */
status cache_file_check(const char *path, const struct cache_care *how, struct reason *why) MUST;
status cache_file_flush(const char *path, struct reason *why) MUST; /* a folder too */
/* It is not there afterwards, nor are its logs. */
status cache_file_unlink(const char *path, struct reason *why) MUST;
/* One line of text. ecNotFound. */
status cache_file_note(const char *path, const char *text, struct reason *why) MUST;
status cache_file_noted(const char *path, struct arena *arena, const char **text) MUST;

static inline void cache_care_tell(const struct cache_care *how, const char *stage, uint64_t done, uint64_t of)
{
	if (how->progress)
		how->progress(how->context, stage, done, of);
}

#endif
