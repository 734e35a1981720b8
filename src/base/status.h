/* What functions return: 0, or the MAPI error code that says why not ([MS-OXCDATA] 2.4). */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint32_t status;

#define MUST __attribute__((warn_unused_result))
#define PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/* The codes that the rooms below `mapi` need; mapi/error.h knows them all with meaning and remedy. */
#define ecNone 0u
#define ecWarnWithErrors 0x00040380u   /* done, with warnings */
#define ecNotSupported 0x80040102u
#define ecBusy 0x8004010Bu
#define ecNotFound 0x8004010Fu
#define ecVersion 0x80040110u
#define ecUserCanceled 0x80040113u
#define ecDiskError 0x80040116u
#define ecTooComplex 0x80040117u
#define ecCorruptData 0x8004011Bu
#define ecComputed 0x8004011Au
#define ecTooBig 0x80040305u
#define ecDuplicateName 0x80040604u
#define ecMemory 0x8007000Eu
#define ecAccessDenied 0x80070005u
#define ecInvalidParam 0x80070057u
#define ecError 0x80004005u

/*
 * The reason in words, left by the function that failed for whoever prints it.  Owned by the caller;
 * every function that takes one accepts NULL.  Text longer than the room is cut.
 */
struct reason {
	char text[480];
};

/* Sets the words; the old ones may be among the arguments. */
void reason_write(struct reason *why, const char *format, ...) PRINTF(2, 3);
/* Puts "context: " before the words that are there already. */
void reason_put_before(struct reason *why, const char *format, ...) PRINTF(2, 3);

/*
 * The same, with the code as the value, so that a failing function ends in one line:
 *     return reason_set(why, ecNotFound, "no node 0x%x", nid);
 * Macros, so that the compiler knows that the code is not 0.
 */
#define reason_set(why, code, ...) (reason_write(why, __VA_ARGS__), (status)(code))
#define reason_prefix(why, code, ...) (reason_put_before(why, __VA_ARGS__), (status)(code))

#endif
