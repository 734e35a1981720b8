/* Names of files and folders made from what people wrote, safe on any file system and on any terminal. */
#ifndef MIME_NAMES_H
#define MIME_NAMES_H

#include <stddef.h>

#define NAME_SIZE 128 /* with the NUL */

/*
 * Without separators, control and direction characters, leading or trailing dots and spaces, names that mean a device
 * somewhere; at most `max` (< NAME_SIZE) bytes of whole characters.  `fallback` when nothing is left.
 */
void safe_name(const char *utf8, const char *fallback, size_t max, char out[static NAME_SIZE]);

#endif
