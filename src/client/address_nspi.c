/* The address list as the address book service reads it out: Bind, QueryRows, page by page ([MS-OXNSPI] 3.1.4.1). */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "client/address_file.h"
#include "client/address_update.h"
#include "mapi/tag.h"

#define PAGE          500u
#define ENTRIES_MOST  1000000u
#define WHOLE_SECONDS 900u
#define CODE_PAGE     1252u /* of what is not Unicode */
#define LOCALE        0x409u
#define ecRpcFailed   0x80040115u

enum { AT_NAME, AT_ADDRESS, AT_ALIAS, AT_GIVEN, AT_SURNAME, AT_TITLE, AT_DEPARTMENT, AT_OFFICE, AT_PHONE, AT_KIND, AT_PROXIES, COLUMNS };

static uint32_t columns[COLUMNS] = {
	[AT_NAME] = PidTagDisplayName,
	[AT_ADDRESS] = PidTagSmtpAddress,
	[AT_ALIAS] = PidTagAccount,
	[AT_GIVEN] = PidTagGivenName,
	[AT_SURNAME] = PidTagSurname,
	[AT_TITLE] = PidTagTitle,
	[AT_DEPARTMENT] = PidTagDepartmentName,
	[AT_OFFICE] = PidTagOfficeLocation,
	[AT_PHONE] = PidTagBusinessTelephoneNumber,
	[AT_KIND] = PidTagDisplayType,
	[AT_PROXIES] = PidTagAddressBookProxyAddresses,
};

struct asking {
	struct session *session;
	struct address_writer *writer;
	struct nspi_stat stat;
	struct reason *why;
};

static const char *text_of(const struct prop *p, struct arena *arena)
{
	char *text = prop_type(p) == PT_UNICODE || prop_type(p) == PT_STRING8 ? prop_text(p, CODE_PAGE, arena) : NULL;

	return text ? text : "";
}

/* Of "SMTP:a@b", "X500:/o=..." those of the Internet, a line for each. */
static const char *others_of(const struct prop *p, const char *address, struct arena *arena)
{
	CLEANUP_BUF struct buf lines = BUF_MAX(4096);
	char *all;

	if (prop_type(p) != PT_MV_UNICODE)
		return "";
	for (uint32_t i = 0; i < p->count; i++) {
		struct prop one = { .tag = tag_make(prop_id(p), PT_UNICODE), .count = 1, .value = p->values[i] };
		const char *text = text_of(&one, arena);

		if (strncasecmp(text, "smtp:", 5) == 0 && address_is_one(text + 5) && strcasecmp(text + 5, address) != 0)
			buf_printf(&lines, "%s%s", lines.n ? "\n" : "", text + 5);
	}
	all = lines.n ? arena_strndup(arena, (const char *)lines.p, lines.n) : NULL;
	return all ? all : "";
}

static status take_row(struct asking *a, const struct nspi_row *row, struct arena *arena)
{
	const struct prop *v = row->values, *kind = &v[AT_KIND];
	struct address_entry e;

	address_entry_init(&e);
	e.name = text_of(&v[AT_NAME], arena);
	e.address = text_of(&v[AT_ADDRESS], arena);
	e.alias = text_of(&v[AT_ALIAS], arena);
	e.given = text_of(&v[AT_GIVEN], arena);
	e.surname = text_of(&v[AT_SURNAME], arena);
	e.title = text_of(&v[AT_TITLE], arena);
	e.department = text_of(&v[AT_DEPARTMENT], arena);
	e.office = text_of(&v[AT_OFFICE], arena);
	e.phone = text_of(&v[AT_PHONE], arena);
	e.others = others_of(&v[AT_PROXIES], e.address, arena);
	e.group = prop_type(kind) == PT_LONG && kind->value.n == 4 && le32(kind->value.p) == NSPI_DT_DISTLIST;
	return address_writer_add(a->writer, &e);
}

/* *end: there is nothing behind it. */
static status page(struct asking *a, uint32_t *seen, bool *end)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SESSION_ANSWER_MAX * 4);
	struct query_rows_request q = { .has_state = MAPIHTTP_HAS,
					.state = a->stat,
					.row_count = PAGE,
					.has_columns = MAPIHTTP_HAS,
					.columns = { COLUMNS, columns } };
	void *answer = NULL;
	status s = session_ask(a->session, MAPIHTTP_QUERY_ROWS, &q, &arena, &answer, a->why);

	if (s || !answer)
		return s;
	const struct query_rows_response *r = answer;
	if (r->error_code)
		return reason_set(a->why, r->error_code, "the address book cannot be read: QueryRows fails with 0x%x", r->error_code);
	if (!r->has_state || (r->has_rows && r->rows.columns.n != COLUMNS))
		return reason_set(a->why, ecCorruptData, "the address book answers with other columns than it was asked for");
	for (uint32_t i = 0; !s && r->has_rows && i < r->rows.n; i++)
		s = take_row(a, &r->rows.v[i], &arena);
	*seen += r->has_rows ? r->rows.n : 0;
	*end = !r->has_rows || !r->rows.n || r->state.current_rec == NSPI_MID_END_OF_TABLE;
	a->stat = r->state;
	return s ? reason_set(a->why, s, "the address book is too large") : ecNone;
}

static status bind(struct asking *a)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SESSION_ANSWER_MAX * 2);
	struct bind_request q = { .has_state = MAPIHTTP_HAS, .state = a->stat };
	void *answer = NULL;
	status s = session_ask(a->session, MAPIHTTP_BIND, &q, &arena, &answer, a->why);

	if (s || !answer)
		return s;
	const struct bind_response *r = answer;
	return r->error_code ? reason_set(a->why, r->error_code, "the address book refuses with error 0x%x", r->error_code) : ecNone;
}

/* The server forgets it in time, whether it hears this or not. */
static void unbind(struct asking *a)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET(SESSION_ANSWER_MAX);
	struct unbind_request q = { .reserved = 0 };
	struct reason unused;
	void *answer = NULL;

	(void)!session_ask(a->session, MAPIHTTP_UNBIND, &q, &arena, &answer, &unused);
}

static status read_all(struct asking *a, const struct address_update *u)
{
	uint64_t began = u->clock->monotonic(u->clock);
	uint32_t seen = 0;
	bool end = false;
	status s = bind(a);
	bool bound = !s;

	while (!s && !end) {
		s = page(a, &seen, &end);
		if (!s && seen > ENTRIES_MOST)
			s = reason_set(a->why, ecTooBig, "the address book has no end: more than %u entries came", ENTRIES_MOST);
		else if (!s && u->canceled && u->canceled(u->context))
			s = reason_set(a->why, ecUserCanceled, "canceled");
		else if (!s && u->clock->monotonic(u->clock) - began > (uint64_t)WHOLE_SECONDS * 1000000000u)
			s = reason_set(a->why, ecRpcFailed, "the address book did not come to its end within %u minutes", WHOLE_SECONDS / 60);
	}
	if (bound)
		unbind(a);
	return s;
}

status address_nspi(const struct address_update *u, const char *path, const char *mark, uint32_t *entries, struct reason *why)
{
	CLEANUP_ADDRESS_WRITER struct address_writer w;
	struct asking a = { .writer = &w, .stat = { .code_page = CODE_PAGE, .template_locale = LOCALE, .sort_locale = LOCALE }, .why = why };
	status s;

	address_writer_init(&w);
	s = session_beside(u->session, u->book_url, &a.session, why);
	if (!s)
		s = read_all(&a, u);
	session_free(a.session);
	if (!s)
		s = address_writer_commit(&w, path, mark, why);
	if (!s)
		*entries = w.n;
	return s;
}
