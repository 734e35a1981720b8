/* How the rows of the table of attributes are written, and where each kind's are; for directory_*.c. */
#ifndef STORE_DIRECTORY_ROWS_H
#define STORE_DIRECTORY_ROWS_H

#include "store/directory_class.h"

/* Short names for the tables. */
#define F_LIST DIRECTORY_LIST
#define F_MUST DIRECTORY_MANDATORY
#define F_SHOWN DIRECTORY_READ_ONLY
#define F_MADE (DIRECTORY_COMPUTED | DIRECTORY_READ_ONLY)
#define F_MAPPED DIRECTORY_COMPUTED
#define F_UNIQUE DIRECTORY_UNIQUE
#define F_KNOWN DIRECTORY_IDENTITY
#define F_OPEN DIRECTORY_UNLIMITED
#define F_LATER DIRECTORY_LATER
#define F_NEW DIRECTORY_CREATE_ONLY

#define DAYS(n) ((int64_t)(n) * 86400)
#define SIZE_MOST ((int64_t)1 << 50)

#define ROW_BOOL(n, v, f, o, h) { .name = n, .type = DIRECTORY_BOOL, .views = v, .flags = f, .otherwise = o, .most = 1, .help = h }
#define ROW_INTEGER(n, v, f, o, lo, hi, h) \
	{ .name = n, .type = DIRECTORY_INTEGER, .views = v, .flags = f, .otherwise = o, .least = lo, .most = hi, .help = h }
#define ROW_SIZE(n, v, f, o, h) \
	{ .name = n, .type = DIRECTORY_SIZE, .views = v, .flags = f, .otherwise = o, .most = SIZE_MOST, .help = h }
#define ROW_DURATION(n, v, f, o, lo, hi, h) \
	{ .name = n, .type = DIRECTORY_DURATION, .views = v, .flags = f, .otherwise = o, .least = lo, .most = hi, .help = h }
#define ROW_TIME(n, v, f, h) { .name = n, .type = DIRECTORY_TIME, .views = v, .flags = f, .most = INT64_MAX, .help = h }
#define ROW_TEXT(n, v, f, o, s, m, h) \
	{ .name = n, .type = DIRECTORY_TEXT, .views = v, .flags = f, .otherwise = o, .syntax = s, .least = 1, .most = m, .help = h }
#define ROW_WORD(n, v, f, o, w, h) \
	{ .name = n, .type = DIRECTORY_WORD, .views = v, .flags = f, .otherwise = o, .words = w, .most = 1, .help = h }
#define ROW_GUID(n, v, f, h) { .name = n, .type = DIRECTORY_GUID, .views = v, .flags = f, .most = 1, .help = h }
#define ROW_REFERENCE(n, v, f, c, h) \
	{ .name = n, .type = DIRECTORY_REFERENCE, .views = v, .flags = f, .refers = c, .most = INT64_MAX, .help = h }

/* What every object has, first and last. */
#define ROW_NAME(v, s) ROW_TEXT("Name", v, DIRECTORY_MANDATORY | DIRECTORY_IDENTITY | DIRECTORY_COMPUTED, NULL, s, 64, "What it is called")
#define ROWS_LAST(v)                                                                                          \
	ROW_TEXT("Identity", v, F_MADE, NULL, SYNTAX_ANY, 1024, "What tells it from all others of its kind"), \
		ROW_GUID("Guid", v, F_MADE | F_KNOWN, "Never changes, also when the name does"),              \
		ROW_TIME("WhenCreated", v, F_MADE, "When it was made"),                                       \
		ROW_TIME("WhenChanged", v, F_MADE, "When it was changed last")

/* Bits of directory_attribute.views. A kind that is seen in one way has only the first. */
enum directory_view {
	IN_USER = 1,
	IN_MAILBOX = 2,
	IN_CAS = 4,
	IN_RECIPIENT = 8, /* of users and of groups */
	IN_CONTACT = 16,
	IN_PERSON = 32, /* of contacts */
	IN_GROUP = 1,
	IN_DYNAMIC = 2,
	IN_SERVER = 1,
	IN_CAS_SERVER = 2,
	IN_ONE = 1,
};

struct directory_rows {
	const struct directory_attribute *rows;
	size_t n;
};

/* All attributes of a kind, in every view. */
const struct directory_rows *directory_rows(enum directory_kind kind);
/* The name of the kind in the database. */
const char *directory_kind_name(enum directory_kind kind);
/* False when it is none of ours. */
bool directory_kind_by_name(const char *name, enum directory_kind *out);
/* Where the row of that name stands among those of the kind; directory_rows()->n when there is none. */
size_t directory_row_index(enum directory_kind kind, const char *name);

/* Each is one file's part of the table. */
extern const struct directory_rows directory_rows_user, directory_rows_group, directory_rows_disconnected, directory_rows_role_group,
	directory_rows_public_folder;
extern const struct directory_rows directory_rows_organization, directory_rows_domain, directory_rows_database, directory_rows_transport,
	directory_rows_address_list;
extern const struct directory_rows directory_rows_server, directory_rows_rpc, directory_rows_certificate;
extern const struct directory_rows directory_rows_owa, directory_rows_ecp, directory_rows_ews, directory_rows_activesync,
	directory_rows_oab, directory_rows_mapi, directory_rows_autodiscover, directory_rows_powershell, directory_rows_anywhere;

#endif
