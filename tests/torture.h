/* How much of a torture is done: samples by default, everything with POSTERN_TORTURE=1. */
#ifndef TESTS_TORTURE_H
#define TESTS_TORTURE_H

#include <stdbool.h>
#include <stdlib.h>

/* Everything takes ten times as long there, and waits are longer. */
#ifdef __SANITIZE_ADDRESS__
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED 1
#endif
#endif
#ifndef SANITIZED
#define SANITIZED 0
#endif

static inline bool torture_all(void)
{
	const char *text = getenv("POSTERN_TORTURE");

	return text && *text && *text != '0';
}

/* A number from the environment, 1 to most; as it is by default, if that says nothing of use. */
static inline unsigned torture_setting(const char *name, unsigned by_default, unsigned most)
{
	const char *text = getenv(name);
	unsigned long n = text ? strtoul(text, NULL, 10) : 0;

	return n >= 1 && n <= most ? (unsigned)n : by_default;
}

#endif
