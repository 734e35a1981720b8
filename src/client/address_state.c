#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/output.h"
#include "client/address_book.h"
#include "client/address_update.h"

#define FILE_MOST ((size_t)64 << 10)

static void take_text(const cJSON *all, const char *key, char *out, size_t room)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(all, key);

	if (cJSON_IsString(v))
		(void)snprintf(out, room, "%s", v->valuestring);
}

static uint64_t take_number(const cJSON *all, const char *key, uint64_t most)
{
	const cJSON *v = cJSON_GetObjectItemCaseSensitive(all, key);

	return cJSON_IsNumber(v) && v->valuedouble >= 0 && v->valuedouble <= (double)most ? (uint64_t)v->valuedouble : 0;
}

static void take(const cJSON *all, struct address_state *s)
{
	take_text(all, "source", s->source, sizeof s->source);
	take_text(all, "url", s->url, sizeof s->url);
	take_text(all, "sha1", s->sha1, sizeof s->sha1);
	take_text(all, "failure", s->failure, sizeof s->failure);
	s->sequence = (uint32_t)take_number(all, "sequence", UINT32_MAX);
	s->entries = (uint32_t)take_number(all, "entries", UINT32_MAX);
	s->differences = (uint32_t)take_number(all, "differences", UINT32_MAX);
	s->made = take_number(all, "made", (uint64_t)1 << 40);
	s->checked = take_number(all, "checked", (uint64_t)1 << 40);
}

void address_state_read(const char *folder, struct address_state *out)
{
	char path[4096], *text = malloc(FILE_MOST);
	int fd;
	ssize_t n;

	memset(out, 0, sizeof *out);
	(void)snprintf(path, sizeof path, "%s/%s", folder, ADDRESS_BOOK_STATE);
	fd = text ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	n = fd >= 0 ? read(fd, text, FILE_MOST - 1) : -1;
	if (fd >= 0)
		(void)close(fd);
	if (n > 0) {
		text[n] = '\0';
		cJSON *all = cJSON_Parse(text);

		if (cJSON_IsObject(all))
			take(all, out);
		cJSON_Delete(all);
	}
	free(text);
}

static bool put(cJSON *all, const struct address_state *s)
{
	return all && cJSON_AddStringToObject(all, "source", s->source) && cJSON_AddStringToObject(all, "url", s->url) &&
	       cJSON_AddStringToObject(all, "sha1", s->sha1) && cJSON_AddStringToObject(all, "failure", s->failure) &&
	       cJSON_AddNumberToObject(all, "sequence", s->sequence) && cJSON_AddNumberToObject(all, "entries", s->entries) &&
	       cJSON_AddNumberToObject(all, "differences", s->differences) &&
	       cJSON_AddNumberToObject(all, "made", (double)s->made) && cJSON_AddNumberToObject(all, "checked", (double)s->checked);
}

status address_state_write(const char *folder, const struct address_state *s, struct reason *why)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	cJSON *all = cJSON_CreateObject();
	char path[4096], *text = put(all, s) ? cJSON_Print(all) : NULL;
	status st;

	cJSON_Delete(all);
	(void)snprintf(path, sizeof path, "%s/%s", folder, ADDRESS_BOOK_STATE);
	st = text ? output_create(path, true, &o, why) : reason_set(why, ecMemory, "out of memory");
	if (!st)
		output_keep_private(o);
	if (!st && output_append(o, text, strlen(text)))
		st = reason_set(why, ecDiskError, "%s: %s", path, output_failure(o));
	if (!st)
		st = output_commit(o, why);
	cJSON_free(text);
	return st;
}
