#include "faulty_vfs.h"

#include <assert.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILES_MOST 16
#define SECTOR 512

/* A write or truncation that no fsync has followed yet. */
struct pending {
	struct pending *next;
	int64_t at; /* of a truncation: the size */
	size_t n;
	bool truncation;
	unsigned char data[];
};

/* A file as the disk has it if the power goes. */
struct durable {
	char path[512];
	unsigned char *image;
	size_t n;
	struct pending *first, **last;
};

static struct {
	enum fault fault;
	bool lasts, struck, tracking, installed, flush;
	uint64_t countdown; /* events; of FAULT_FULL: bytes left */
	struct durable files[FILES_MOST];
	size_t n_files;
} disk;

struct faulty_file {
	sqlite3_file base;
	struct durable *durable; /* NULL: nobody tracks it */
	sqlite3_file *real;
};

static sqlite3_file *real_of(sqlite3_file *f)
{
	return ((struct faulty_file *)f)->real;
}

/* What reached the disk ----------------------------------------------------------------------------------------- */

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

static void image_resize(struct durable *d, size_t n)
{
	d->image = must(realloc(d->image, n ? n : 1));
	if (n > d->n)
		memset(d->image + d->n, 0, n - d->n);
	d->n = n;
}

static void image_write(struct durable *d, int64_t at, const void *p, size_t n)
{
	if ((size_t)at + n > d->n)
		image_resize(d, (size_t)at + n);
	memcpy(d->image + at, p, n);
}

static void forget_pending(struct durable *d)
{
	for (struct pending *p = d->first, *next; p; p = next) {
		next = p->next;
		free(p);
	}
	d->first = NULL;
	d->last = &d->first;
}

static void note(struct durable *d, int64_t at, const void *data, size_t n, bool truncation)
{
	struct pending *p;

	if (!d || !disk.tracking)
		return;
	p = must(malloc(sizeof *p + n));
	*p = (struct pending){ .at = at, .n = n, .truncation = truncation };
	if (n)
		memcpy(p->data, data, n);
	*d->last = p;
	d->last = &p->next;
}

static void synced(struct durable *d)
{
	if (!d || !disk.tracking)
		return;
	for (struct pending *p = d->first; p; p = p->next) {
		if (p->truncation)
			image_resize(d, (size_t)p->at);
		else
			image_write(d, p->at, p->data, p->n);
	}
	forget_pending(d);
}

static void load_image(struct durable *d)
{
	FILE *f = fopen(d->path, "rb");
	unsigned char block[8192];
	size_t n;

	image_resize(d, 0);
	while (f && (n = fread(block, 1, sizeof block, f)) > 0)
		image_write(d, (int64_t)d->n, block, n);
	if (f)
		(void)fclose(f);
}

static struct durable *track(const char *path)
{
	struct durable *d;

	if (!path || !disk.tracking)
		return NULL;
	for (size_t i = 0; i < disk.n_files; i++)
		if (strcmp(disk.files[i].path, path) == 0)
			return &disk.files[i];
	assert(disk.n_files < FILES_MOST);
	d = &disk.files[disk.n_files++];
	*d = (struct durable){ .last = &d->first };
	(void)snprintf(d->path, sizeof d->path, "%s", path);
	load_image(d);
	return d;
}

void faulty_vfs_power_begin(void)
{
	for (size_t i = 0; i < disk.n_files; i++) {
		forget_pending(&disk.files[i]);
		free(disk.files[i].image);
	}
	disk.n_files = 0;
	disk.tracking = true;
}

static uint64_t next_random(uint64_t *state)
{
	*state += 0x9E3779B97F4A7C15u;
	uint64_t z = *state;
	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

/* Of each block of a write it is open whether it got there. */
static void apply_part(struct durable *d, const struct pending *p, uint64_t *random)
{
	for (size_t i = 0, n; i < p->n; i += n) {
		n = SECTOR - (size_t)(p->at + (int64_t)i) % SECTOR;
		n = n < p->n - i ? n : p->n - i;
		if (next_random(random) & 1)
			image_write(d, p->at + (int64_t)i, p->data + i, n);
	}
}

void faulty_vfs_power_cut(uint64_t seed)
{
	for (size_t i = 0; i < disk.n_files; i++) {
		struct durable *d = &disk.files[i];

		for (struct pending *p = d->first; p; p = p->next) {
			if (!p->truncation)
				apply_part(d, p, &seed);
			else if (next_random(&seed) & 1)
				image_resize(d, (size_t)p->at);
		}
		forget_pending(d);
		FILE *f = access(d->path, F_OK) == 0 ? fopen(d->path, "wb") : NULL;
		if (f && (fwrite(d->image, 1, d->n, f) != d->n || fclose(f)))
			abort();
		free(d->image);
	}
	disk.n_files = 0;
	disk.tracking = false;
}

/* Faults ------------------------------------------------------------------------------------------------------- */

void faulty_vfs_arm(enum fault fault, uint64_t n, bool lasts)
{
	disk.fault = fault;
	disk.countdown = n;
	disk.lasts = lasts;
	disk.struck = false;
}

void faulty_vfs_heal(void)
{
	disk.fault = FAULT_NONE;
}

void faulty_vfs_flush(bool really)
{
	disk.flush = really;
}

bool faulty_vfs_struck(void)
{
	return disk.struck;
}

static bool counts(enum fault event)
{
	switch (disk.fault) {
	case FAULT_POWER:
	case FAULT_KILL:
		return true;
	case FAULT_SHORT_WRITE:
		return event == FAULT_WRITE;
	default:
		return disk.fault == event;
	}
}

/* Does it strike now? */
static bool strikes(enum fault event)
{
	if (!counts(event))
		return false;
	if (disk.struck)
		return disk.lasts;
	if (disk.countdown && --disk.countdown)
		return false;
	disk.struck = true;
	return true;
}

static void die_of_it(void)
{
	if (disk.fault == FAULT_KILL)
		(void)raise(SIGKILL);
}

/* Bytes of a write that go through before the disk is full. */
static int room_for(sqlite3_file *f, int n, sqlite3_int64 at)
{
	sqlite3_int64 size = 0, grows;

	if (disk.fault != FAULT_FULL || real_of(f)->pMethods->xFileSize(real_of(f), &size) || at + n <= size)
		return n;
	grows = at + n - (at > size ? at : size);
	if ((uint64_t)grows <= disk.countdown) {
		disk.countdown -= (uint64_t)grows;
		return n;
	}
	int fits = n - (int)(grows - (sqlite3_int64)disk.countdown);
	disk.countdown = 0;
	disk.struck = true;
	return fits;
}

/* Files ---------------------------------------------------------------------------------------------------------- */

static int write_some(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int code = n ? real_of(f)->pMethods->xWrite(real_of(f), p, n, at) : SQLITE_OK;

	if (!code && n)
		note(((struct faulty_file *)f)->durable, at, p, (size_t)n, false);
	return code;
}

static int on_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	int room = room_for(f, n, at), code;

	if (room < n) {
		code = write_some(f, p, room, at);
		return code ? code : SQLITE_FULL;
	}
	if (!strikes(FAULT_WRITE))
		return write_some(f, p, n, at);
	if (disk.fault != FAULT_WRITE)
		(void)write_some(f, p, n / 2, at);
	die_of_it();
	return SQLITE_IOERR_WRITE;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	if (strikes(FAULT_TRUNCATE)) {
		die_of_it();
		return SQLITE_IOERR_TRUNCATE;
	}
	int code = real_of(f)->pMethods->xTruncate(real_of(f), size);
	if (!code)
		note(((struct faulty_file *)f)->durable, size, NULL, 0, true);
	return code;
}

static int on_sync(sqlite3_file *f, int flags)
{
	if (strikes(FAULT_SYNC)) {
		die_of_it();
		return SQLITE_IOERR_FSYNC;
	}
	synced(((struct faulty_file *)f)->durable);
	return disk.flush ? real_of(f)->pMethods->xSync(real_of(f), flags) : SQLITE_OK;
}

static int on_close(sqlite3_file *f)
{
	return real_of(f)->pMethods->xClose(real_of(f));
}

static int on_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	return real_of(f)->pMethods->xRead(real_of(f), p, n, at);
}

static int on_file_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int on_lock(sqlite3_file *f, int how)
{
	return real_of(f)->pMethods->xLock(real_of(f), how);
}

static int on_unlock(sqlite3_file *f, int how)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), how);
}

static int on_check_lock(sqlite3_file *f, int *locked)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), locked);
}

static int on_control(sqlite3_file *f, int op, void *argument)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, argument);
}

static int on_sector_size(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int on_characteristics(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

static int on_shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
	return real_of(f)->pMethods->xShmMap(real_of(f), region, size, extend, out);
}

static int on_shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
	return real_of(f)->pMethods->xShmLock(real_of(f), offset, n, flags);
}

static void on_shm_barrier(sqlite3_file *f)
{
	real_of(f)->pMethods->xShmBarrier(real_of(f));
}

static int on_shm_unmap(sqlite3_file *f, int remove)
{
	return real_of(f)->pMethods->xShmUnmap(real_of(f), remove);
}

static int on_fetch(sqlite3_file *f, sqlite3_int64 at, int n, void **out)
{
	return real_of(f)->pMethods->xFetch(real_of(f), at, n, out);
}

static int on_unfetch(sqlite3_file *f, sqlite3_int64 at, void *p)
{
	return real_of(f)->pMethods->xUnfetch(real_of(f), at, p);
}

static const sqlite3_io_methods methods = {
	.iVersion = 3,
	.xClose = on_close,
	.xRead = on_read,
	.xWrite = on_write,
	.xTruncate = on_truncate,
	.xSync = on_sync,
	.xFileSize = on_file_size,
	.xLock = on_lock,
	.xUnlock = on_unlock,
	.xCheckReservedLock = on_check_lock,
	.xFileControl = on_control,
	.xSectorSize = on_sector_size,
	.xDeviceCharacteristics = on_characteristics,
	.xShmMap = on_shm_map,
	.xShmLock = on_shm_lock,
	.xShmBarrier = on_shm_barrier,
	.xShmUnmap = on_shm_unmap,
	.xFetch = on_fetch,
	.xUnfetch = on_unfetch,
};

/* The layer ------------------------------------------------------------------------------------------------------ */

static sqlite3_vfs *below;

static int on_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *f, int flags, int *out_flags)
{
	struct faulty_file *file = (struct faulty_file *)f;

	(void)vfs;
	*file = (struct faulty_file){ .real = (sqlite3_file *)(file + 1) };
	int code = below->xOpen(below, path, file->real, flags, out_flags);
	if (!file->real->pMethods)
		return code;
	file->base.pMethods = &methods;
	if (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL))
		file->durable = track(path);
	return code;
}

static int on_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	if (disk.fault == FAULT_POWER && disk.struck)
		return SQLITE_IOERR_DELETE;
	for (size_t i = 0; disk.tracking && i < disk.n_files; i++)
		if (strcmp(disk.files[i].path, path) == 0) {
			forget_pending(&disk.files[i]);
			image_resize(&disk.files[i], 0);
		}
	return below->xDelete(below, path, sync);
}

void faulty_vfs_install(void)
{
	static sqlite3_vfs layer;

	if (disk.installed)
		return;
	disk.installed = true;
	below = sqlite3_vfs_find(NULL);
	layer = *below;
	layer.szOsFile = (int)sizeof(struct faulty_file) + below->szOsFile;
	layer.pNext = NULL;
	layer.zName = "faulty";
	layer.xOpen = on_open;
	layer.xDelete = on_delete;
	if (sqlite3_vfs_register(&layer, 1))
		abort();
}
