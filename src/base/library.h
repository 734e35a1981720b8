/*
 * Libraries that only some commands need, loaded when they are needed.  Linking all of them makes every command pay for
 * the loading of dozens of libraries: most of what a short one costs.
 *
 *     #define ZOO(F) F(zoo_open) F(zoo_close)
 *     LIBRARY_DECLARE(zoo_functions, ZOO)                    a struct of pointers of the right types
 *     static const char *const names[] = LIBRARY_NAMES(ZOO);
 *     static struct zoo_functions zoo;
 *     library_load("libzoo.so.1", names, &zoo, sizeof zoo, why)
 */
#ifndef BASE_LIBRARY_H
#define BASE_LIBRARY_H

#include "base/status.h"

#define LIBRARY_MEMBER(name) __typeof__(name) *name;
#define LIBRARY_NAME(name) #name,
#define LIBRARY_DECLARE(type, LIST) \
	struct type {               \
		LIST(LIBRARY_MEMBER) \
	};
#define LIBRARY_NAMES(LIST) { LIST(LIBRARY_NAME) NULL }

/*
 * Loads the library for good and fills the table, whose pointers are in the order of the names; functions of libraries
 * that it needs itself are found too.  ecNotFound: it is not installed, or has no such function; `table` is untouched.
 */
status library_load(const char *soname, const char *const *names, void *table, size_t size, struct reason *why) MUST;

#endif
