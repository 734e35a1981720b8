/*
 * What a backup consists of: the directory and each mailbox, and for each the parts to carry out, from the first one
 * (which stands alone) to the last.  A manifest names all of them, so it needs no other; parts are shared by the
 * backups that need them.
 */
#ifndef STORE_BACKUP_MANIFEST_H
#define STORE_BACKUP_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/backup_file.h"

/* Of a manifest when it is read: a hundred thousand mailboxes with thirty parts each. */
#define BACKUP_MANIFEST_MAX ((size_t)1 << 30)
/* After so many parts that go on from one another a mailbox is written whole again. */
#define BACKUP_CHAIN_MAX 32u

struct backup_part {
	const char *file; /* below the folder of the backups: "parts/<guid>/000007.part" */
	struct backup_seal seal;
	uint64_t since, upto;
	uint64_t rows, messages, erased;
};

/* The directory, or a mailbox, as of a moment. */
struct backup_entry {
	bool directory;
	bool carried;         /* as the backup before had it: it was not asked for, or could not be read */
	struct guid mailbox;
	const char *name;     /* of the person; "directory" */
	const char *address;  /* SMTP; "" when there is none */
	const char *database; /* its name; "" */
	struct guid database_guid, lineage;
	struct backup_digest tables; /* of the tables that are written whole: nothing in them changed while it is the same */
	uint64_t taken;       /* FILETIME */
	uint64_t upto, schema, folders, messages, bytes;
	struct backup_part *parts;
	uint32_t n;
};

struct backup_manifest {
	uint64_t number; /* 1, 2, 3 ... in its folder */
	uint64_t parent; /* the backup before; 0: there was none */
	struct guid id, site; /* site: the organisation's GUID */
	uint64_t time;
	const char *organization, *location, *version;
	bool whole; /* every mailbox there was at that time is in it */
	struct backup_entry *entries; /* the directory first */
	uint32_t n;
	struct backup_seal seal; /* of its file, once it is written or read */
};

/* The content of its file. */
void backup_manifest_encode(const struct backup_manifest *m, struct buf *out);
/* Texts and lists live in `arena`. What is not in the content (seal) is left alone. */
status backup_manifest_decode(struct bytes data, struct arena *arena, struct backup_manifest *out, struct reason *why) MUST;

const struct backup_entry *backup_manifest_directory(const struct backup_manifest *m); /* NULL when there is none */
const struct backup_entry *backup_manifest_mailbox(const struct backup_manifest *m, const struct guid *mailbox);
/* By name, address or GUID, the case of ASCII letters aside. ecNotFound, ecAmbiguousRecip. */
status backup_manifest_find(const struct backup_manifest *m, const char *identity, const struct backup_entry **out, struct reason *why) MUST;

#endif
