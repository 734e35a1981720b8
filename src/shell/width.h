/*
 * How many columns text takes on a terminal: East Asian wide characters and emoji two, combining marks and joiners
 * none, all others one (Unicode 15, the classes W, F and Mn).  Text is UTF-8 that printable_add made.
 */
#ifndef SHELL_WIDTH_H
#define SHELL_WIDTH_H

#include <stddef.h>

size_t width_of(const char *utf8);
/*
 * The bytes of the longest beginning that takes at most so many columns; marks stay with their character.  *taken: the
 * columns it takes; may be NULL.
 */
size_t width_fitting(const char *utf8, size_t columns, size_t *taken);

#endif
