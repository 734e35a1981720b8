/*
 * JSON as it is made: nothing is kept, so a store of any size can be printed.  Text is made valid UTF-8.
 * A key is NULL inside an array.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define JSON_DEPTH_MAX 600

struct json {
	FILE *to;
	unsigned depth;
	bool some[JSON_DEPTH_MAX];    /* has this level a member yet? */
	char closing[JSON_DEPTH_MAX]; /* its bracket */
};

void json_start(struct json *j, FILE *to);
void json_finish(struct json *j); /* closes what is open, ends the line */
void json_object(struct json *j, const char *key);
void json_array(struct json *j, const char *key);
void json_end_object(struct json *j);
void json_end_array(struct json *j);
void json_text(struct json *j, const char *key, const char *utf8); /* NULL: null */
void json_number(struct json *j, const char *key, uint64_t n);
void json_bool(struct json *j, const char *key, bool b);
void json_hex(struct json *j, const char *key, uint64_t n); /* "0x21", as text */
/* Something that is JSON already. */
void json_raw(struct json *j, const char *key, const char *text);

#endif
