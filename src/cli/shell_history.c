#include "cli/shell_history.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/readline_library.h"

/* Every folder of the path that is not there is made for its owner alone. */
static void make_folders(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		(void)mkdir(path, 0700);
		*p = '/';
	}
}

static bool find_place(struct history *h)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n = -1;

	if (state && *state == '/')
		n = snprintf(h->path, sizeof h->path, "%s/postern/history", state);
	else if (home && *home == '/')
		n = snprintf(h->path, sizeof h->path, "%s/.local/state/postern/history", home);
	return n > 0 && (size_t)n < sizeof h->path;
}

/* Ours, a plain file, and for nobody else to read. */
static bool claim(const char *path)
{
	struct stat st;
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_uid == geteuid() && fchmod(fd, 0600) == 0;
	(void)close(fd);
	return good;
}

void history_open(struct history *h)
{
	rl.using_history();
	rl.stifle_history(HISTORY_LINES);
	h->usable = find_place(h);
	if (!h->usable)
		return;
	make_folders(h->path);
	h->usable = claim(h->path);
	if (h->usable)
		(void)rl.read_history(h->path);
}

void history_add(struct history *h, const char *line)
{
	if (!*line || *line == ' ' || *line == '\t')
		return;
	rl.add_history(line);
	/* At once: what was typed is not lost with the terminal. */
	if (h->usable)
		(void)rl.append_history(1, h->path);
}

void history_close(struct history *h)
{
	if (h->usable && claim(h->path))
		(void)rl.history_truncate_file(h->path, HISTORY_LINES);
}
