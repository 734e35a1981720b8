/* Backups that are not wanted any more go, and the parts that no other needs. */
#include "store/backup_set.h"

#include "base/map.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTS_MAX ((size_t)16 << 20)
#define NAME_MAX_HERE 4096

struct prune {
	const struct backup_set *set;
	bool pretend;
	struct map needed; /* names of parts */
	struct backup_pruned *out;
	struct reason *why;
};

static status need(struct prune *p, uint64_t number)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(BACKUP_MANIFEST_MAX);
	struct backup_manifest m;
	status s = backup_set_read(p->set, number, &arena, &m, p->why);

	for (uint32_t i = 0; !s && i < m.n; i++)
		for (uint32_t k = 0; !s && k < m.entries[i].n; k++) {
			const char *file = m.entries[i].parts[k].file;

			s = map_put(&p->needed, bytes_of(file, strlen(file)), 1);
			if (s)
				return reason_set(p->why, s, "too many parts, or out of memory");
		}
	return s;
}

static status drop(struct prune *p, const char *file, uint64_t *count)
{
	char path[NAME_MAX_HERE];
	struct stat st;
	int n = snprintf(path, sizeof path, "%s/%s", p->set->path, file);

	if (n < 0 || (size_t)n >= sizeof path || stat(path, &st) != 0)
		return ecNone;
	if (!p->pretend && unlink(path) != 0)
		return reason_set(p->why, ecAccessDenied, "cannot remove %s: %s", path, strerror(errno));
	++*count;
	p->out->bytes += (uint64_t)st.st_size;
	return ecNone;
}

/* "parts/<guid>": each file in it that nobody needs. */
static status drop_parts_of(struct prune *p, const char *folder)
{
	char path[NAME_MAX_HERE], file[NAME_MAX_HERE];
	const struct dirent *e;
	status s = ecNone;

	(void)snprintf(path, sizeof path, "%s/parts/%s", p->set->path, folder);
	DIR *dir = opendir(path);
	while (dir && !s && (e = readdir(dir))) {
		int n = snprintf(file, sizeof file, "parts/%s/%s", folder, e->d_name);

		if (!strstr(e->d_name, ".part") || n < 0 || (size_t)n >= sizeof file)
			continue;
		if (!map_get(&p->needed, bytes_of(file, (size_t)n)))
			s = drop(p, file, &p->out->parts);
	}
	if (dir)
		(void)closedir(dir);
	if (!p->pretend)
		(void)rmdir(path); /* only when it is empty */
	return s;
}

static status drop_parts(struct prune *p)
{
	char path[NAME_MAX_HERE];
	const struct dirent *e;
	status s = ecNone;

	(void)snprintf(path, sizeof path, "%s/parts", p->set->path);
	DIR *dir = opendir(path);
	while (dir && !s && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			s = drop_parts_of(p, e->d_name);
	if (dir)
		(void)closedir(dir);
	return s;
}

status backup_set_prune(struct backup_set *set, uint64_t keep, bool pretend, struct backup_pruned *out, struct reason *why)
{
	struct backup_pruned result = { 0 };
	struct prune p = { .set = set, .pretend = pretend, .out = &result, .why = why };
	size_t gone = set->n > keep ? set->n - (size_t)keep : 0;
	status s = keep ? ecNone : reason_set(why, ecInvalidParam, "at least one backup is kept");

	map_init(&p.needed, PARTS_MAX);
	/* All are read before anything goes. */
	for (size_t i = gone; !s && i < set->n; i++)
		s = need(&p, set->numbers[i]);
	/* Manifests first: a part that is missing is worse than one too many. */
	for (size_t i = 0; !s && i < gone; i++) {
		char file[32];

		(void)snprintf(file, sizeof file, "%06" PRIu64 ".backup", set->numbers[i]);
		s = drop(&p, file, &result.backups);
	}
	if (!s)
		s = drop_parts(&p);
	map_free(&p.needed);
	if (!s && !pretend && gone) {
		memmove(set->numbers, set->numbers + gone, (set->n - gone) * sizeof *set->numbers);
		set->n -= gone;
	}
	if (!s)
		*out = result;
	return s;
}
