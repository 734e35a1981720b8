/* What is said to people: messages, colours, numbers. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdio.h>

#include "base/buf.h"
#include "base/status.h"

enum text_style { TEXT_PLAIN, TEXT_BOLD, TEXT_DIM, TEXT_RED, TEXT_GREEN, TEXT_YELLOW };

/*
 * The escape sequence that begins a style (TEXT_PLAIN ends it): "" unless `to` is a terminal, NO_COLOR is
 * not set and TERM is not "dumb".
 */
const char *text_style(FILE *to, enum text_style style);

/* "postern convert: " and the words, to standard error. The name is set once, by main. */
void text_command(const char *name);
void complain(const char *format, ...) PRINTF(1, 2);
/* The words of `why`, the name of the code and where to read more about it. */
void complain_status(status code, const struct reason *why);
/* "note: ..." to standard error. */
void note(const char *format, ...) PRINTF(1, 2);

#define TEXT_NUMBER_SIZE 32

/* "1,234,567" */
const char *text_count(uint64_t n, char out[static TEXT_NUMBER_SIZE]);
/* "13.98 MB" (powers of ten) */
const char *text_bytes(uint64_t n, char out[static TEXT_NUMBER_SIZE]);
/* "1:02:03", "4:05" */
const char *text_duration(uint64_t seconds, char out[static TEXT_NUMBER_SIZE]);

/* Edits (insert, drop, change, swap two neighbours) that lead from one word to the other, without case. */
unsigned text_distance(const char *a, const char *b);

/* One line of it: control characters become spaces, so that a file's names cannot drive the terminal. */
void text_put(FILE *to, const char *utf8);
/* The same for several lines. */
void text_put_lines(FILE *to, const char *utf8);
/* Prints `text` broken at blanks into lines of at most `width` columns, each after `indent` spaces. */
void text_wrap(FILE *to, const char *text, unsigned indent, unsigned width);

/* A number with an optional K, M, G or T (powers of 1000; Ki... of 1024); false when it is none. */
bool text_parse_size(const char *text, uint64_t *out);
bool text_parse_number(const char *text, uint64_t *out);

#endif
