/*
 * A folder of backups.
 *
 *     DEST/000007.backup              the manifest of backup 7, written last: without it there is no backup 7
 *     DEST/parts/directory/000007.part
 *     DEST/parts/<guid>/000007.part   what backup 7 added to a mailbox
 *     DEST/lock                       held by whoever changes something here
 *
 * Parts that no manifest names are the beginning of a backup that was interrupted: the next one goes on from them.
 */
#ifndef STORE_BACKUP_SET_H
#define STORE_BACKUP_SET_H

#include "store/backup_manifest.h"

enum backup_set_how {
	BACKUP_SET_READ,
	BACKUP_SET_CHANGE, /* held until it is closed; ecBusy when somebody else holds it */
	BACKUP_SET_CREATE, /* the same, and made when there is none */
};

struct backup_set {
	char *path;
	int lock;
	uint64_t *numbers; /* of its backups, ascending */
	size_t n;
};

/* ecNotFound: no folder, or no backup in it (unless CREATE); ecDuplicateName: a folder of something else. */
status backup_set_open(const char *path, enum backup_set_how how, struct backup_set *out, struct reason *why) MUST;
void backup_set_close(struct backup_set *s);
#define CLEANUP_BACKUP_SET __attribute__((cleanup(backup_set_close)))

/* Where a file of it is; NULL without memory. */
const char *backup_set_path(const struct backup_set *s, const char *file, struct arena *arena);
/* ecCorruptData and ecNotFound name the file; texts live in `arena`. */
status backup_set_read(const struct backup_set *s, uint64_t number, struct arena *arena, struct backup_manifest *out, struct reason *why) MUST;
/* The newest one; ecNotFound when there is none. */
status backup_set_newest(const struct backup_set *s, struct arena *arena, struct backup_manifest *out, struct reason *why) MUST;
/* "7", "2026-11-26", "2026-11-26T00:30:00Z": that backup, or the newest that is not younger; NULL: the newest. */
status backup_set_at(const struct backup_set *s, const char *at, struct arena *arena, struct backup_manifest *out, struct reason *why) MUST;
/* Fills in the seal. From then on it is there. */
status backup_set_write(struct backup_set *s, struct backup_manifest *m, struct reason *why) MUST;
/* The number that the next backup has. */
uint64_t backup_set_next(const struct backup_set *s);
/* Opens a part and compares its head and its size with what the manifest says. */
status backup_set_open_part(const struct backup_set *s, const struct backup_part *p, const struct guid *subject, struct backup_reader **out,
			    struct reason *why) MUST;
/* The folder of the parts of a subject (NULL: the directory) is made when it is not there. */
status backup_set_make_folder(const struct backup_set *s, const struct guid *subject, struct arena *arena, struct reason *why) MUST;
/* "parts/<guid>/000007.part" */
const char *backup_part_name(const struct guid *subject, uint64_t number, struct arena *arena);

struct backup_pruned {
	uint64_t backups, parts, bytes; /* that are gone */
};

/*
 * Leaves the newest `keep` backups (at least one), and every part that one of them needs.  Leftovers go too.  A manifest
 * that cannot be read stops it before anything is removed: ecCorruptData.
 */
status backup_set_prune(struct backup_set *s, uint64_t keep, bool pretend, struct backup_pruned *out, struct reason *why) MUST;

#endif
