#include "client/address_file.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/crc32.h"
#include "base/input.h"
#include "base/output.h"
#include "base/reader.h"

#define MAGIC       0x31424150u /* "PAB1" */
#define HEAD        12u
#define ENTRY_MOST  ((size_t)1 << 20)

/* Keys ---------------------------------------------------------------------------------------------------------------- */

static void add_whole(struct buf *keys, const char *text)
{
	if (!*text)
		return;
	address_fold(text, keys);
	buf_add_u8(keys, '\n');
}

/* Every word of a folded text, and what is behind a hyphen or an apostrophe in it. */
static void add_words(struct buf *keys, const char *text, const char *ends)
{
	CLEANUP_BUF struct buf folded = BUF_MAX((size_t)64 << 10);

	address_fold(text, &folded);
	for (const char *at = buf_cstr(&folded); *(at += strspn(at, ends));) {
		size_t n = strcspn(at, ends), part = strcspn(at, "-'");

		buf_add(keys, at, n);
		buf_add_u8(keys, '\n');
		for (; part < n; part += 1 + strcspn(at + part + 1, "-'"))
			if (part + 1 < n) {
				buf_add(keys, at + part + 1, n - part - 1);
				buf_add_u8(keys, '\n');
			}
		at += n;
	}
}

static void add_keys(const struct address_entry *e, struct buf *keys)
{
	buf_add_u8(keys, '\n');
	add_whole(keys, e->name);
	add_whole(keys, e->alias);
	add_whole(keys, e->address);
	add_whole(keys, e->others);
	buf_add_str(keys, "\t\n");
	add_words(keys, e->name, " ,;.()\"/&");
	add_words(keys, e->given, " ,.");
	add_words(keys, e->surname, " ,.");
	/* Of "ada.lovelace@contoso.example" also "lovelace". */
	add_words(keys, e->address, "@._+");
}

/* Writing ------------------------------------------------------------------------------------------------------------- */

void address_writer_init(struct address_writer *w)
{
	buf_init(&w->rows, ADDRESS_FILE_MOST);
	w->n = 0;
}

void address_writer_free(struct address_writer *w)
{
	buf_free(&w->rows);
}

static void add_text(struct buf *out, const char *text)
{
	buf_add(out, text, strlen(text) + 1);
}

status address_writer_add(struct address_writer *w, const struct address_entry *e)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)256 << 10);
	CLEANUP_BUF struct buf row = BUF_MAX(ENTRY_MOST), keys = BUF_MAX(ENTRY_MOST);
	struct address_entry c;

	if (!address_entry_clean(e, &arena, &c))
		return ecNone;
	add_keys(&c, &keys);
	buf_add_u32(&row, 0);
	buf_add_u8(&row, (uint8_t)c.source);
	buf_add_u8(&row, c.group);
	buf_add_u32(&row, c.weight);
	add_text(&row, buf_cstr(&keys));
	const char *const texts[ADDRESS_TEXTS] = { c.name, c.address, c.alias, c.given, c.surname, c.title, c.department, c.office, c.phone, c.others };
	for (unsigned i = 0; i < ADDRESS_TEXTS; i++)
		add_text(&row, texts[i]);
	if (row.failed || keys.failed)
		return ecTooBig;
	put_le32(row.p, (uint32_t)row.n);
	buf_add(&w->rows, row.p, row.n);
	w->n++;
	return buf_status(&w->rows);
}

status address_writer_commit(const struct address_writer *w, const char *path, const char *mark, struct reason *why)
{
	CLEANUP_OUTPUT struct output *o = NULL;
	CLEANUP_BUF struct buf head = BUF_MAX(4096);
	status s = output_create(path, true, &o, why);

	buf_add_u32(&head, w->n);
	add_text(&head, mark);
	if (s)
		return s;
	output_keep_private(o);
	if (head.failed)
		return reason_set(why, ecTooBig, "%s: a mark that is too long", path);
	uint8_t first[8];
	put_le32(first, MAGIC);
	put_le32(first + 4, crc32_pst(crc32_pst(0, buf_bytes(&head)), buf_bytes(&w->rows)));
	if (output_append(o, first, sizeof first) || output_append(o, head.p, head.n) || (w->rows.n && output_append(o, w->rows.p, w->rows.n)))
		return reason_set(why, ecDiskError, "%s: %s", path, output_failure(o));
	return output_commit(o, why);
}

/* Reading ------------------------------------------------------------------------------------------------------------- */

status address_file_of(struct bytes data, struct address_file *out, struct reason *why)
{
	struct reader r = reader_of(data);
	uint32_t magic = reader_u32(&r), crc = reader_u32(&r);
	const uint8_t *end;

	if (r.failed || magic != MAGIC || crc32_pst(0, bytes_of(r.p, reader_left(&r))) != crc)
		return reason_set(why, ecCorruptData, "the address book here is damaged: it is made anew with the next postern sync");
	uint32_t n = reader_u32(&r);
	end = reader_left(&r) ? memchr(r.p, '\0', reader_left(&r)) : NULL;
	if (r.failed || !end)
		return reason_set(why, ecCorruptData, "the address book here is cut off");
	*out = (struct address_file){ NULL, bytes_of(end + 1, (size_t)(r.end - end) - 1), (const char *)r.p, n };
	return ecNone;
}

status address_file_open(const char *path, struct address_file *out, struct reason *why)
{
	CLEANUP_INPUT struct input *in = NULL;
	struct stat st;
	uint8_t *data;
	status s;

	if (stat(path, &st))
		return reason_set(why, ecNotFound, "there is no address book here yet");
	s = input_open_file(path, &in, why);
	if (s)
		return s;
	if (in->size < HEAD || in->size > ADDRESS_FILE_MOST + HEAD)
		return reason_set(why, ecCorruptData, "%s is no address book", path);
	data = malloc((size_t)in->size);
	if (!data)
		return reason_set(why, ecMemory, "out of memory");
	s = input_read(in, 0, data, (size_t)in->size);
	if (s)
		s = reason_set(why, s, "%s cannot be read", path);
	else
		s = address_file_of(bytes_of(data, (size_t)in->size), out, why);
	if (s)
		free(data);
	else
		out->data = data;
	return s;
}

void address_file_close(struct address_file *f)
{
	free(f->data);
	*f = (struct address_file){ .n = 0 };
}

bool address_file_next(const struct address_file *f, size_t *at, struct address_row *row)
{
	struct reader r;

	if (f->rows.n - *at < 4)
		return false;
	uint32_t size = le32(f->rows.p + *at);
	if (size < 11 || size > f->rows.n - *at)
		return false;
	r = reader_of(bytes_of(f->rows.p + *at + 4, size - 4));
	row->source = (enum address_source)reader_u8(&r);
	row->group = reader_u8(&r);
	row->weight = reader_u32(&r);
	row->keys = reader_text(&r);
	row->texts = reader_rest(&r);
	*at += size;
	return !r.failed && row->source <= ADDRESS_WRITTEN;
}

bool address_row_entry(const struct address_row *row, struct address_entry *out)
{
	struct reader r = reader_of(row->texts);
	const char *v[ADDRESS_TEXTS];

	for (unsigned i = 0; i < ADDRESS_TEXTS; i++)
		v[i] = reader_text(&r);
	*out = (struct address_entry){ row->source, row->group, row->weight, v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9] };
	return reader_done(&r);
}
