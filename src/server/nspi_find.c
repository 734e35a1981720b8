/* Entries found in a picture of the address book: by halving, never by going through all. */
#include "base/utf16.h"
#include "server/nspi_book.h"
#include "store/directory_syntax.h"
#include "store/restrict_text.h"

const char *nspi_text_of(const struct nspi_entry *e, enum nspi_text which)
{
	for (size_t i = 0; i < e->n_texts; i++)
		if (e->texts[i].text == which)
			return e->texts[i].utf8;
	return NULL;
}

void nspi_fold(const char *utf8, struct buf *out)
{
	CLEANUP_BUF struct buf wide = BUF_MAX(65536);

	utf16_from_utf8(bytes_of(utf8, strlen(utf8)), &wide);
	text_fold(buf_bytes(&wide), FOLD_LETTER_CASE | FOLD_MARKS, out);
}

static int compare(struct bytes x, struct bytes y)
{
	size_t least = x.n < y.n ? x.n : y.n;
	int c = least ? memcmp(x.p, y.p, least) : 0;

	return c ? c : (x.n > y.n) - (x.n < y.n);
}

/* The first at or after the key. */
static uint32_t lower(const struct nspi_key *keys, uint32_t n, struct bytes key)
{
	uint32_t low = 0, high = n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare(keys[middle].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_at(const struct nspi_key *keys, uint32_t n, uint32_t i, struct bytes key)
{
	return i < n && compare(keys[i].key, key) == 0;
}

const struct nspi_entry *nspi_by_mid(const struct nspi_picture *p, uint32_t mid)
{
	uint8_t key[4] = { (uint8_t)(mid >> 24), (uint8_t)(mid >> 16), (uint8_t)(mid >> 8), (uint8_t)mid };
	uint32_t i = lower(p->by_mid, p->n, bytes_of(key, 4));

	return is_at(p->by_mid, p->n, i, bytes_of(key, 4)) ? &p->entries[p->by_mid[i].entry] : NULL;
}

const struct nspi_entry *nspi_by_id(const struct nspi_picture *p, uint64_t id)
{
	return id && id <= UINT32_MAX - 2 * NSPI_MID_FIRST ? nspi_by_mid(p, (uint32_t)id + NSPI_MID_FIRST) : NULL;
}

const struct nspi_entry *nspi_by_dn(const struct nspi_picture *p, struct bytes dn)
{
	CLEANUP_BUF struct buf text = BUF_MAX(16384), folded = BUF_MAX(65536);

	codepage_to_utf8(1252, dn, &text);
	if (text.failed)
		return NULL;
	nspi_fold(buf_cstr(&text), &folded);
	if (folded.failed || !folded.n)
		return NULL;
	uint32_t i = lower(p->by_dn, p->n_dns, buf_bytes(&folded));
	return is_at(p->by_dn, p->n_dns, i, buf_bytes(&folded)) ? &p->entries[p->by_dn[i].entry] : NULL;
}

const struct nspi_list *nspi_list(const struct nspi_picture *p, uint32_t container)
{
	for (uint32_t i = 0; i < p->n_lists; i++)
		if (p->lists[i].mid == container)
			return &p->lists[i];
	return NULL;
}

bool nspi_position(const struct nspi_picture *p, const struct nspi_list *l, const struct nspi_entry *e, uint32_t *out)
{
	uint32_t wanted = (uint32_t)(e - p->entries), low = 0, high = l->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (l->rows[middle] < wanted)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == l->n || l->rows[low] != wanted)
		return false;
	*out = low;
	return true;
}

const struct nspi_entry *nspi_row(const struct nspi_picture *p, const struct nspi_list *l, uint32_t position)
{
	return position < l->n ? &p->entries[l->rows[position]] : NULL;
}

uint32_t nspi_seek(const struct nspi_picture *p, const struct nspi_list *l, struct bytes key)
{
	uint32_t low = 0, high = l->n;

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (compare(p->entries[l->rows[middle]].key, key) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Names -------------------------------------------------------------------------------------------------------------- */

static bool begins(const char *text, struct bytes folded)
{
	CLEANUP_BUF struct buf own = BUF_MAX(16384);

	if (!text)
		return false;
	nspi_fold(text, &own);
	return own.n >= folded.n && memcmp(own.p, folded.p, folded.n) == 0;
}

bool nspi_name_begins(const struct nspi_entry *e, struct bytes folded)
{
	static const enum nspi_text names[] = { TEXT_DISPLAY_NAME, TEXT_ALIAS, TEXT_GIVEN_NAME, TEXT_SURNAME, TEXT_OFFICE };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (begins(nspi_text_of(e, names[i]), folded))
			return true;
	for (size_t i = 0; i < e->proxies.n; i++)
		if (proxy_is_smtp(e->proxies.v[i]) && begins(proxy_address(e->proxies.v[i]), folded))
			return true;
	return false;
}

/* The one entry of a list among the keys that are, or begin with, the name; more of them end the search. */
static enum nspi_resolution search(const struct nspi_picture *p, const struct nspi_list *l, struct bytes name, bool exact,
				   const struct nspi_entry **out)
{
	const struct nspi_entry *found = NULL;
	uint32_t position;

	for (uint32_t i = lower(p->by_name, p->n_names, name); i < p->n_names; i++) {
		const struct nspi_key *k = &p->by_name[i];
		const struct nspi_entry *e = &p->entries[k->entry];

		if (k->key.n < name.n || memcmp(k->key.p, name.p, name.n) != 0 || (exact && k->key.n != name.n))
			break;
		if (e == found || (exact && !k->whole) || !nspi_position(p, l, e, &position))
			continue;
		if (found)
			return NSPI_MID_AMBIGUOUS;
		found = e;
	}
	*out = found;
	return found ? NSPI_MID_RESOLVED : NSPI_MID_UNRESOLVED;
}

/* "EX:/o=..." and "/o=..." are DNs, "smtp:alice@..." an address. */
static const char *without_type(const char *name)
{
	return proxy_is_smtp(name) ? proxy_address(name) : name;
}

status nspi_resolve(const struct nspi_picture *p, const struct nspi_list *l, const char *name, enum nspi_resolution *result,
		    const struct nspi_entry **out)
{
	CLEANUP_BUF struct buf folded = BUF_MAX(65536);
	bool only = *name == '=';

	name = without_type(only ? name + 1 : name);
	while (*name == ' ')
		name++;
	nspi_fold(name, &folded);
	while (folded.n && folded.p[folded.n - 1] == ' ')
		buf_truncate(&folded, folded.n - 1);
	*result = NSPI_MID_UNRESOLVED;
	if (folded.failed || !folded.n)
		return folded.failed ? ecTooBig : ecNone;
	if (folded.p[0] == '/') {
		*out = nspi_by_dn(p, bytes_of(name, strlen(name)));
		if (*out && !(*out)->hidden)
			*result = NSPI_MID_RESOLVED;
		return ecNone;
	}
	*result = search(p, l, buf_bytes(&folded), true, out);
	if (*result == NSPI_MID_UNRESOLVED && !only)
		*result = search(p, l, buf_bytes(&folded), false, out);
	return ecNone;
}
