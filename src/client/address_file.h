/*
 * People in a file, to be searched as it stands: written whole beside the old one, which it replaces at once.
 *
 *     "PAB1"  u32 check sum of the rest  u32 how many  mark (a text with its NUL)  entries
 *     entry:  u32 size  u8 source  u8 group  u32 weight  keys  the texts of struct address_entry, each with its NUL
 *     keys:   "\nada lovelace\nada\nada@contoso.example\n\tlovelace\n...": folded (address_fold), what it is called as a whole, then the parts
 */
#ifndef CLIENT_ADDRESS_FILE_H
#define CLIENT_ADDRESS_FILE_H

#include "client/address_entry.h"

#define ADDRESS_FILE_MOST ((size_t)1 << 30)

/* Writing ------------------------------------------------------------------------------------------------------------ */

struct address_writer {
	struct buf rows;
	uint32_t n;
};

void address_writer_init(struct address_writer *w);
void address_writer_free(struct address_writer *w);
/* What cannot be written to is left out (address_entry_clean), and no failure. ecTooBig. */
status address_writer_add(struct address_writer *w, const struct address_entry *e) MUST;
/* `mark`: one line that says what it was made from. */
status address_writer_commit(const struct address_writer *w, const char *path, const char *mark, struct reason *why) MUST;

#define CLEANUP_ADDRESS_WRITER __attribute__((cleanup(address_writer_free)))

/* Reading ------------------------------------------------------------------------------------------------------------ */

struct address_file {
	uint8_t *data;
	struct bytes rows; /* in it */
	const char *mark;
	uint32_t n;
};

/* ecNotFound: there is none; ecCorruptData: it is damaged, and to be made anew. */
status address_file_open(const char *path, struct address_file *out, struct reason *why) MUST;
/* The same of bytes that are at hand, and stay the caller's. */
status address_file_of(struct bytes data, struct address_file *out, struct reason *why) MUST;
void address_file_close(struct address_file *f);

/* Steps through the entries: begin with *at = 0; false at the end, or where it is damaged. */
struct address_row {
	enum address_source source;
	bool group;
	uint32_t weight;
	const char *keys;
	struct bytes texts;
};
bool address_file_next(const struct address_file *f, size_t *at, struct address_row *row);
/* Texts stand in the file. */
bool address_row_entry(const struct address_row *row, struct address_entry *out);

#endif
