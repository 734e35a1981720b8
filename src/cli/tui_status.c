/* How it stands, in the words people know: what postern sync last wrote, or when the folder was last complete. */
#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "cli/tui.h"

#define UP_TO_DATE "All folders are up to date"
#define FRESH      (10u * 60 * FILETIME_PER_SECOND) /* what was said longer ago says nothing of now */

struct standing {
	char words[80], detail[600];
	uint64_t time;
};

static void take(const cJSON *j, const char *name, char *out, size_t room)
{
	const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(j, name));

	(void)snprintf(out, room, "%s", text ? text : "");
}

/* status.json, as cli/sync_watch.c writes it; false when it never did. */
static bool read_standing(const struct tui *t, struct standing *out)
{
	char path[4096], text[4096], when[FILETIME_TEXT_SIZE];
	ssize_t n = -1;
	cJSON *j;
	int fd;

	(void)snprintf(path, sizeof path, "%s/status.json", t->w->store.folder);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof text);
		(void)close(fd);
	}
	j = n > 0 ? cJSON_ParseWithLength(text, (size_t)n) : NULL;
	if (!j)
		return false;
	take(j, "status", out->words, sizeof out->words);
	take(j, "detail", out->detail, sizeof out->detail);
	take(j, "time", when, sizeof when);
	cJSON_Delete(j);
	out->time = 0;
	(void)filetime_parse(when, &out->time);
	return *out->words != '\0';
}

void tui_status_draw(struct tui *t, unsigned row, unsigned columns)
{
	struct standing s = { "", "", 0 };
	char line[1024], updated[MAIL_LAST_UPDATED_SIZE] = "";
	bool known = read_standing(t, &s), fresh;

	fresh = known && s.time + FRESH > clock_system.now(&clock_system);
	if (t->w->profile.work_offline || !known)
		s = (struct standing){ "Working Offline", "", 0 };
	else if (strcmp(s.words, UP_TO_DATE) == 0 && fresh)
		(void)snprintf(s.detail, sizeof s.detail, "%s", *t->w->store.name ? t->w->store.title : t->w->profile.address);
	else if (strcmp(s.words, UP_TO_DATE) == 0)
		s.words[0] = s.detail[0] = '\0';
	if (strcmp(s.words, UP_TO_DATE) != 0 && !*t->list.search && !mail_last_updated_text(t->list.complete, updated))
		updated[0] = '\0';
	(void)snprintf(line, sizeof line, " %s%s%s%s%s", s.words, *s.words && *updated ? "   " : "", updated, *s.detail ? "   " : "", s.detail);
	screen_put(row, 0, columns, SCREEN_BAR, line);
}
