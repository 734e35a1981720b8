/* The address book: the file of the server, as the server's own code makes it and as nobody should; who is found, and who is meant. */
#include "caches.h"

#include "base/crc32.h"
#include "client/address_book.h"
#include "client/address_file.h"
#include "client/address_own.h"
#include "client/address_update.h"
#include "client/oab.h"
#include "rop/oab_patch.h"
#include "server/oab.h"

#define TEXT(kind, utf8) { kind, utf8 }
#define PERSON(i, ...)                                                                                     \
	{                                                                                                  \
		.mid = (i) + 16, .id = (i), .texts = (struct nspi_kept_text[]){ __VA_ARGS__ },             \
		.n_texts = sizeof((struct nspi_kept_text[]){ __VA_ARGS__ }) / sizeof(struct nspi_kept_text) \
	}

static const char *proxies[] = { "SMTP:ada@contoso.example", "smtp:countess@contoso.example", "X500:/o=Old/cn=ada" };

static struct nspi_entry people[] = {
	PERSON(1, TEXT(TEXT_DISPLAY_NAME, "Ada Lovelace"), TEXT(TEXT_DN, "/o=C/cn=ada"), TEXT(TEXT_ALIAS, "ada"), TEXT(TEXT_SMTP, "ada@contoso.example"),
	       TEXT(TEXT_GIVEN_NAME, "Ada"), TEXT(TEXT_SURNAME, "Lovelace"), TEXT(TEXT_TITLE, "Countess"), TEXT(TEXT_PHONE, "+44 1")),
	PERSON(2, TEXT(TEXT_DISPLAY_NAME, "Adam Ries"), TEXT(TEXT_DN, "/o=C/cn=adam"), TEXT(TEXT_ALIAS, "ries"), TEXT(TEXT_SMTP, "adam.ries@contoso.example")),
	PERSON(3, TEXT(TEXT_DISPLAY_NAME, "All Hands"), TEXT(TEXT_DN, "/o=C/cn=all"), TEXT(TEXT_ALIAS, "hands"), TEXT(TEXT_SMTP, "all@contoso.example")),
	PERSON(4, TEXT(TEXT_DISPLAY_NAME, "Öhm, Zoë (Köln)"), TEXT(TEXT_DN, "/o=C/cn=zoe"), TEXT(TEXT_ALIAS, "zoe"), TEXT(TEXT_SMTP, "zoe@contoso.example")),
	PERSON(5, TEXT(TEXT_DISPLAY_NAME, "No Address"), TEXT(TEXT_DN, "/o=C/cn=none"), TEXT(TEXT_ALIAS, "none")),
	PERSON(6, TEXT(TEXT_DISPLAY_NAME, "John Smith"), TEXT(TEXT_DN, "/o=C/cn=j1"), TEXT(TEXT_ALIAS, "john1"), TEXT(TEXT_SMTP, "john1@contoso.example")),
	PERSON(7, TEXT(TEXT_DISPLAY_NAME, "John Smith"), TEXT(TEXT_DN, "/o=C/cn=j2"), TEXT(TEXT_ALIAS, "john2"), TEXT(TEXT_SMTP, "john2@contoso.example")),
};
#define PEOPLE (sizeof people / sizeof *people)

static struct arena arena = ARENA_BUDGET((size_t)256 << 20);
static struct buf details = BUF_MAX((size_t)1 << 20), container = BUF_MAX((size_t)1 << 20), manifest = BUF_MAX(4096);
static struct reason why;

static struct bytes copy_of(const struct buf *b)
{
	void *copy = arena_memdup(&arena, b->p, b->n);

	assert_non_null(copy);
	return bytes_of(copy, b->n);
}

static int begin(void **state)
{
	static uint32_t rows[PEOPLE] = { 0, 1, 2, 3, 4, 5, 6 };
	static uint64_t members[] = { 1, 2 };
	static struct nspi_key by_mid[PEOPLE];
	static struct nspi_list list = { .name = "Global Address List", .dn = "/guid=1", .rows = rows, .n = PEOPLE };
	struct nspi_picture p = { .number = 7, .entries = people, .n = PEOPLE, .by_mid = by_mid, .lists = &list, .n_lists = 1 };

	(void)state;
	for (uint32_t i = 0; i < PEOPLE; i++)
		by_mid[i] = (struct nspi_key){ .entry = i };
	people[0].proxies = (struct nspi_texts){ proxies, 3 };
	people[2].group = true;
	people[2].members = (struct nspi_ids64){ members, 2 };
	assert_int_equal(oab_details(&p, 7, &details, &why), 0);
	oab_store(buf_bytes(&details), &container);
	const struct oab_file whole = { .kind = OAB_FULL, .sequence = 7, .data = buf_bytes(&container), .uncompressed = details.n };
	assert_int_equal(oab_manifest(&p, &whole, 1, &manifest), 0);
	return 0;
}

static int end(void **state)
{
	(void)state;
	buf_free(&details);
	buf_free(&container);
	buf_free(&manifest);
	arena_free(&arena);
	return 0;
}

/* The file of the server ----------------------------------------------------------------------------------------------------- */

struct seen {
	struct address_entry v[64];
	size_t n, stop;
};

static status see(void *context, const struct address_entry *e)
{
	struct seen *s = context;

	if (s->n + 1 == s->stop)
		return ecUserCanceled;
	if (s->n < 64)
		assert_true(address_entry_clean(e, &arena, &s->v[s->n++]));
	return ecNone;
}

static void comes_through(void **state)
{
	CLEANUP_BUF struct buf file = BUF_MAX((size_t)1 << 20);
	struct oab_manifest m;
	struct seen s = { .n = 0 };
	const char *name;

	(void)state;
	assert_int_equal(oab_read_manifest(buf_bytes(&manifest), &m, &why), 0);
	assert_int_equal(m.full.sequence, 7);
	assert_int_equal(m.full.size, container.n);
	assert_int_equal(m.full.uncompressed, details.n);
	assert_non_null(strstr(m.full.file, "-data-7.lzx"));
	assert_int_equal(oab_check(&m.full, buf_bytes(&container), &why), 0);
	assert_int_equal(oab_unpack(buf_bytes(&container), &file, &why), 0);
	assert_true(bytes_equal(buf_bytes(&file), buf_bytes(&details)));
	assert_int_equal(oab_read(buf_bytes(&file), see, &s, &arena, &name, &why), 0);
	assert_string_equal(name, "\\Global Address List");
	assert_int_equal(s.n, PEOPLE - 1); /* to one nobody can write */
	assert_string_equal(s.v[0].name, "Ada Lovelace");
	assert_string_equal(s.v[0].address, "ada@contoso.example");
	assert_string_equal(s.v[0].alias, "ada");
	assert_string_equal(s.v[0].surname, "Lovelace");
	assert_string_equal(s.v[0].title, "Countess");
	assert_string_equal(s.v[0].phone, "+44 1");
	assert_string_equal(s.v[0].others, "countess@contoso.example");
	assert_false(s.v[0].group);
	assert_true(s.v[2].group);
	assert_string_equal(s.v[3].name, "Öhm, Zoë (Köln)");
	/* Who takes them may end it. */
	s = (struct seen){ .stop = 2 };
	assert_int_equal(oab_read(buf_bytes(&file), see, &s, &arena, &name, &why), ecUserCanceled);
}

static status check_manifest(const char *text, struct oab_manifest *m)
{
	return oab_read_manifest(bytes_of(text, strlen(text)), m, &why);
}

static void manifests(void **state)
{
	struct oab_manifest m = { .full = { .sequence = 99 } };

	(void)state;
	assert_int_equal(check_manifest("<OAB><OAL><Full seq=\"1\" ver=\"16\">a.lzx</Full></OAL></OAB>", &m), ecNotFound);
	assert_int_equal(m.full.sequence, 99);
	assert_int_equal(check_manifest("<OAB/>", &m), ecNotFound);
	assert_int_equal(check_manifest("<OAB><OAL>", &m), ecCorruptData);
	assert_int_equal(check_manifest("", &m), ecCorruptData);
	assert_int_equal(check_manifest("<OAB><OAL><Full seq=\"1\" ver=\"32\">../../etc/passwd</Full></OAL></OAB>", &m), ecCorruptData);
	assert_int_equal(check_manifest("<OAB><OAL><Full seq=\"1\" ver=\"32\">https://evil.example/a.lzx</Full></OAL></OAB>", &m), ecCorruptData);
	assert_int_equal(check_manifest("<OAB><OAL><Full seq=\"1\" ver=\"32\" SHA=\"12\">a.lzx</Full></OAL></OAB>", &m), ecCorruptData);
	assert_int_equal(check_manifest("<OAB><OAL><Full seq=\"-1\" ver=\"32\">a.lzx</Full></OAL></OAB>", &m), ecCorruptData);
	assert_int_equal(check_manifest("<OAB><OAL><Full seq=\"99999999999\" ver=\"32\">a.lzx</Full></OAL></OAB>", &m), ecCorruptData);
	/* Of several the first; attributes of what is no full file are not its. */
	assert_int_equal(check_manifest("<OAB><OAL><Diff seq=\"8\" ver=\"32\" SHA=\"zz\">d.lzx</Diff><Full seq=\"9\" ver=\"32\">a.lzx</Full></OAL>"
					"<OAL><Full seq=\"3\" ver=\"32\">b.lzx</Full></OAL></OAB>",
					&m),
			 0);
	assert_string_equal(m.full.file, "a.lzx");
	assert_int_equal(m.full.sequence, 9);
	assert_int_equal(m.n, 0);
	assert_string_equal(m.full.sha1, "");
	assert_int_equal(oab_check(&m.full, bytes_of("x", 1), &why), 0);
	m.full.size = 2;
	assert_int_equal(oab_check(&m.full, bytes_of("x", 1), &why), ecCorruptData);
	m.full.size = 1;
	memcpy(m.full.sha1, "11f6ad8ec52a2984abaafd7c3b516503785c2072", sizeof m.full.sha1); /* of "x" */
	assert_int_equal(oab_check(&m.full, bytes_of("x", 1), &why), 0);
	assert_int_equal(oab_check(&m.full, bytes_of("y", 1), &why), ecCorruptData);
	assert_non_null(strstr(why.text, "hash"));
}

/* Those of the list that is taken, whichever side of the file they stand on; what is not understood is left out. */
static void differences(void **state)
{
	struct oab_manifest m;

	(void)state;
	assert_int_equal(check_manifest("<OAB><OAL><Diff seq=\"5\" ver=\"32\" size=\"10\">x.lzx</Diff></OAL>"
					"<OAL><Diff seq=\"9\" ver=\"32\" size=\"7\" SHA=\"11f6ad8ec52a2984abaafd7c3b516503785c2072\">nine.lzx</Diff>"
					"<Diff seq=\"7\" ver=\"31\">old.lzx</Diff><Diff seq=\"x\" ver=\"32\">bad.lzx</Diff><Diff seq=\"6\" ver=\"32\">../six.lzx</Diff>"
					"<Full seq=\"9\" ver=\"32\">a.lzx</Full><Diff seq=\"8\" ver=\"32\">eight.lzx</Diff></OAL>"
					"<OAL><Diff seq=\"10\" ver=\"32\">ten.lzx</Diff><Full seq=\"10\" ver=\"32\">b.lzx</Full></OAL></OAB>",
					&m),
			 0);
	assert_string_equal(m.full.file, "a.lzx");
	assert_int_equal(m.n, 2);
	assert_string_equal(oab_difference(&m, 9)->file, "nine.lzx");
	assert_int_equal(oab_difference(&m, 9)->size, 7);
	assert_string_equal(oab_difference(&m, 9)->sha1, "11f6ad8ec52a2984abaafd7c3b516503785c2072");
	assert_string_equal(oab_difference(&m, 8)->file, "eight.lzx");
	assert_null(oab_difference(&m, 5));
	assert_null(oab_difference(&m, 10));
}

/* More than anybody would fetch are not kept. */
static void many_differences(void **state)
{
	CLEANUP_BUF struct buf text = BUF_MAX((size_t)1 << 20);
	struct oab_manifest m;

	(void)state;
	buf_add_str(&text, "<OAB><OAL><Full seq=\"1000\" ver=\"32\">a.lzx</Full>");
	for (unsigned i = 1000; i > 0; i--)
		buf_printf(&text, "<Diff seq=\"%u\" ver=\"32\">d%u.lzx</Diff>", i, i);
	buf_add_str(&text, "</OAL></OAB>");
	assert_int_equal(check_manifest(buf_cstr(&text), &m), 0);
	assert_int_equal(m.n, OAB_PARTS_MOST);
	assert_non_null(oab_difference(&m, 1000 - OAB_PARTS_MOST + 1));
	assert_null(oab_difference(&m, 1000 - OAB_PARTS_MOST));
}

/* Every byte of the container damaged in turn: what comes of it is refused, as there is a check sum over each block. */
static void damaged_containers(void **state)
{
	CLEANUP_BUF struct buf file = BUF_MAX((size_t)1 << 20);
	struct bytes good = copy_of(&container);
	uint8_t *bad = arena_memdup(&arena, good.p, good.n);

	(void)state;
	for (size_t i = 0; i < good.n; i++) {
		/* How large a block may be is a limit only. */
		if (i >= 8 && i < 12)
			continue;
		bad[i] ^= 0x55;
		buf_clear(&file);
		assert_int_not_equal(oab_unpack(bytes_of(bad, good.n), &file, &why), 0);
		assert_true(*why.text);
		bad[i] ^= 0x55;
	}
	for (size_t n = 0; n < good.n; n++) {
		buf_clear(&file);
		assert_int_equal(oab_unpack(bytes_of(good.p, n), &file, &why), ecCorruptData);
	}
	/* One that says it is packed and is not; one of a kind that nobody knows, for which there is another way to the list. */
	bad[16] = 1;
	buf_clear(&file);
	assert_int_equal(oab_unpack(bytes_of(bad, good.n), &file, &why), ecCorruptData);
	bad[16] = 2;
	buf_clear(&file);
	assert_int_equal(oab_unpack(bytes_of(bad, good.n), &file, &why), ecNotSupported);
}

static status look_only(void *context, const struct address_entry *e)
{
	const char *const texts[] = { e->name, e->address, e->alias, e->given, e->surname, e->title, e->department, e->office, e->phone, e->others };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*(size_t *)context += strlen(texts[i]);
	return ecNone;
}

/* Without the check sums: cut at every byte, and every byte set to what counts and sizes make the most of. */
static void damaged_files(void **state)
{
	static const uint8_t values[] = { 0x00, 0x7F, 0x80, 0x84, 0xFF };
	struct bytes good = copy_of(&details);
	uint8_t *bad = arena_memdup(&arena, good.p, good.n);
	size_t letters = 0, refused = 0;
	const char *name;

	(void)state;
	for (size_t n = 0; n < good.n; n++) {
		/* On the heap, so that a byte behind it is noticed. */
		uint8_t *cut = malloc(n ? n : 1);
		assert_non_null(cut);
		memcpy(cut, good.p, n);
		assert_int_not_equal(oab_read(bytes_of(cut, n), look_only, &letters, &arena, &name, &why), 0);
		free(cut);
	}
	for (size_t i = 0; i < good.n; i++)
		for (size_t k = 0; k < sizeof values; k++) {
			bad[i] = values[k];
			refused += oab_read(bytes_of(bad, good.n), look_only, &letters, &arena, &name, &why) != 0;
			bad[i] = good.p[i];
		}
	assert_true(refused > 100);
	uint8_t *more = arena_alloc(&arena, good.n + 1);
	memcpy(more, good.p, good.n);
	more[good.n] = 0;
	assert_int_equal(oab_read(bytes_of(more, good.n + 1), look_only, &letters, &arena, &name, &why), ecCorruptData);
	bad[0] = 0x07;
	assert_int_equal(oab_read(bytes_of(bad, good.n), look_only, &letters, &arena, &name, &why), ecNotSupported);
}

/* Who is found --------------------------------------------------------------------------------------------------------------- */

static status add(void *writer, const struct address_entry *e)
{
	return address_writer_add(writer, e);
}

static void write_global(void)
{
	CLEANUP_ADDRESS_WRITER struct address_writer w;
	char path[512];
	const char *name;

	address_writer_init(&w);
	assert_int_equal(oab_read(buf_bytes(&details), add, &w, &arena, &name, &why), 0);
	(void)snprintf(path, sizeof path, "%s/%s", scene.folder, ADDRESS_BOOK_GLOBAL);
	well(address_writer_commit(&w, path, "oab 7", &scene.why));
}

static void write_own(const char *name, const char *address, uint32_t weight)
{
	CLEANUP_ADDRESS_WRITER struct address_writer w;
	struct address_entry e;
	char path[512];

	address_writer_init(&w);
	address_entry_init(&e);
	e.name = name;
	e.address = address;
	e.weight = weight;
	e.source = ADDRESS_WRITTEN;
	assert_int_equal(address_writer_add(&w, &e), 0);
	(void)snprintf(path, sizeof path, "%s/%s", scene.folder, ADDRESS_BOOK_OWN);
	well(address_writer_commit(&w, path, "", &scene.why));
}

/* The addresses, up to "@", a blank between them. */
static const char *found(const char *text)
{
	CLEANUP_BUF struct buf b = BUF_MAX(4096);
	struct address_book *book;
	struct address_found f;

	assert_int_equal(address_book_open(scene.folder, &book, &why), 0);
	assert_string_equal(why.text, "");
	assert_int_equal(address_book_find(book, text, 50, &arena, &f), 0);
	for (size_t i = 0; i < f.n; i++)
		buf_printf(&b, "%s%.*s", i ? " " : "", (int)strcspn(f.v[i].address, "@"), f.v[i].address);
	address_book_close(book);
	return arena_strdup(&arena, buf_cstr(&b));
}

static void finds(void **state)
{
	(void)state;
	assert_string_equal(found("ada"), "");
	write_global();
	assert_string_equal(found("ada"), "ada adam.ries");
	assert_string_equal(found("ADA LOVE"), "ada");
	assert_string_equal(found("lovelace ada"), "ada");
	assert_string_equal(found("ad"), "ada adam.ries");
	assert_string_equal(found("da"), "");
	assert_string_equal(found("ries"), "adam.ries"); /* of its address and alias, too */
	assert_string_equal(found("countess"), "ada");	 /* another address */
	assert_string_equal(found("adam.ries@contoso"), "adam.ries");
	assert_string_equal(found("ohm zoe"), "zoe");
	assert_string_equal(found("ZOË öh"), "zoe");
	assert_string_equal(found("koln"), "zoe");
	assert_string_equal(found("öhm, zoë (köln)"), "zoe");
	assert_string_equal(found("john"), "john1 john2");
	assert_string_equal(found("none"), "");
	assert_string_equal(found(""), "");
	assert_string_equal(found("  ,\" "), "");
	assert_string_equal(found("\n"), "");
	/* Whom one has written to comes first, and counts once. */
	write_own("Somebody else's name", "JOHN2@contoso.example", 5);
	assert_string_equal(found("john"), "john2 john1");
	assert_string_equal(found("somebody"), "JOHN2");
}

static const char *resolved(const char *list, status wanted)
{
	struct address_book *book;
	const char *out = "";

	assert_int_equal(address_book_open(scene.folder, &book, &why), 0);
	assert_int_equal(address_book_resolve_list(book, list, false, &arena, &out, &why), wanted);
	address_book_close(book);
	return out;
}

static void means(void **state)
{
	struct address_book *book;
	struct address_entry e;
	struct address_found f;
	const char *out;

	(void)state;
	assert_string_equal(resolved("a@b.example", ecNone), "a@b.example");
	(void)resolved("ada", ecNotFound);
	assert_non_null(strstr(why.text, "postern sync"));
	write_global();
	assert_string_equal(resolved("", ecNone), "");
	assert_string_equal(resolved("ada", ecNone), "Ada Lovelace <ada@contoso.example>");
	assert_string_equal(resolved("Lovelace; all hands,, x@y.example ,Bob <b@c.example>", ecNone),
			    "Ada Lovelace <ada@contoso.example>, All Hands <all@contoso.example>, x@y.example, Bob <b@c.example>");
	/* A comma in quotes is one of the name, on the way in and out. */
	assert_string_equal(resolved("\"Öhm, Zoë\", ries", ecNone), "\"Öhm, Zoë (Köln)\" <zoe@contoso.example>, Adam Ries <adam.ries@contoso.example>");
	assert_string_equal(resolved("\"Smith, Al\" <al@c.example>", ecNone), "\"Smith, Al\" <al@c.example>");
	(void)resolved("ad", ecAmbiguousRecip);
	assert_non_null(strstr(why.text, "Ada Lovelace <ada@contoso.example>; Adam Ries <adam.ries@contoso.example>"));
	(void)resolved("John Smith", ecAmbiguousRecip);
	assert_non_null(strstr(why.text, "john2@contoso.example"));
	assert_string_equal(resolved("john2", ecNone), "John Smith <john2@contoso.example>");
	(void)resolved("ada, nobody", ecNotFound);
	assert_non_null(strstr(why.text, "\"nobody\""));
	(void)resolved("\"unended, ada", ecNotFound);
	assert_int_equal(address_book_open(scene.folder, &book, &why), 0);
	assert_int_equal(address_book_resolve_list(book, "ad, ada, nobody", true, &arena, &out, &why), 0);
	assert_string_equal(out, "ad, Ada Lovelace <ada@contoso.example>, nobody");
	assert_int_equal(address_book_resolve(book, "ad", &arena, &e, &f, &why), ecAmbiguousRecip);
	assert_int_equal(f.n, 2);
	address_book_close(book);
}

/* What a server, or whoever wrote to one, says may not become another recipient, a header line, or a terminal's command. */
static void hostile_names(void **state)
{
	static const char *const bad[] = { "", "a", "@", "a@", "@b", "a@b@c", "a b@c", "a@b>", "<a@b", "a@b,c@d", "a@b\r\nBcc: c", "\"a\"@b", "a@b;", "a\x7f@b" };
	struct address_entry e, c;

	(void)state;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_false(address_is_one(bad[i]));
	assert_true(address_is_one("a+b.c@d.example"));
	address_entry_init(&e);
	e.address = "eve@contoso.example";
	e.name = " Eve\r\nBcc: x@y \x1b[2J\xc2\x9b\xe2\x80\xa8\xff\"<z@z>\" ";
	assert_true(address_entry_clean(&e, &arena, &c));
	for (const char *p = c.name; *p; p++)
		assert_true((unsigned char)*p >= ' ');
	assert_null(strstr(c.name, "\xc2\x9b"));
	assert_null(strstr(c.name, "\xe2\x80\xa8"));
	/* Written into a list and read again, it is one recipient, and the address is its own. */
	write_own(e.name, e.address, 1);
	const char *written = resolved("eve", ecNone);
	assert_string_equal(resolved(written, ecNone), written);
	assert_string_equal(strrchr(written, '<'), "<eve@contoso.example>");
	assert_int_equal(strchr(written + 1, '"') - written, strlen(written) - strlen("\" <eve@contoso.example>"));
}

/* The files here ------------------------------------------------------------------------------------------------------------- */

static void damaged_here(void **state)
{
	struct address_book *book;
	struct address_file f;
	char path[512];
	uint8_t data[20000];
	size_t n;
	FILE *file;

	(void)state;
	write_global();
	(void)snprintf(path, sizeof path, "%s/%s", scene.folder, ADDRESS_BOOK_GLOBAL);
	file = fopen(path, "rb");
	assert_non_null(file);
	n = fread(data, 1, sizeof data, file);
	(void)fclose(file);
	assert_true(n > 100 && n < sizeof data);
	assert_int_equal(address_file_of(bytes_of(data, n), &f, &why), 0);
	assert_string_equal(f.mark, "oab 7");
	assert_int_equal(f.n, PEOPLE - 1);
	for (size_t i = 0; i < n; i++) {
		data[i] ^= 0x55;
		assert_int_equal(address_file_of(bytes_of(data, n), &f, &why), ecCorruptData);
		data[i] ^= 0x55;
		assert_int_equal(address_file_of(bytes_of(data, i), &f, &why), ecCorruptData);
	}
	/* With a check sum that is right, all that is wrong in it is found where it is read. */
	for (size_t i = 8; i < n; i++) {
		struct address_row row;
		struct address_entry e;
		uint8_t was = data[i];

		data[i] = 0xFF;
		put_le32(data + 4, crc32_pst(0, bytes_of(data + 8, n - 8)));
		if (!address_file_of(bytes_of(data, n), &f, &why))
			for (size_t at = 0; address_file_next(&f, &at, &row);)
				(void)!address_row_entry(&row, &e);
		data[i] = was;
	}
	file = fopen(path, "wb");
	assert_non_null(file);
	(void)fwrite(data, 1, n / 2, file);
	(void)fclose(file);
	assert_int_equal(address_book_open(scene.folder, &book, &why), 0);
	assert_true(address_book_is_empty(book));
	assert_non_null(strstr(why.text, "damaged"));
	address_book_close(book);
}

static void own(void **state)
{
	bool changed = false;
	uint64_t folder = folder_of("F");
	ino_t was;
	struct stat st;
	char path[512];

	(void)state;
	from_server("letter L1 bob; letter L2 Bob; letter L3 carol; move L1 F; move L2 F; move L3 F");
	well(cache_apply_begin(scene.cache));
	well(mailbox_set_role(scene_mailbox(), folder, MAILBOX_SENT_ITEMS));
	well(cache_apply_commit(scene.cache));
	well(address_own_update(scene.cache, scene.folder, &changed, &scene.why));
	assert_true(changed);
	assert_true(strlen(found("bob")) > 0);
	assert_string_equal(found("dave"), "");
	(void)snprintf(path, sizeof path, "%s/%s", scene.folder, ADDRESS_BOOK_OWN);
	assert_int_equal(stat(path, &st), 0);
	was = st.st_ino;
	assert_int_equal(st.st_mode & 0777, 0600);
	/* Nothing changed, nothing is made; something did, all of it is. */
	well(address_own_update(scene.cache, scene.folder, &changed, &scene.why));
	assert_false(changed);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_ino, was);
	steps("letter L4 dave; move L4 F");
	well(address_own_update(scene.cache, scene.folder, &changed, &scene.why));
	assert_true(changed);
	assert_true(strlen(found("dave")) > 0);
}

/* When the server is asked ------------------------------------------------------------------------------------------------------ */

static uint64_t seconds = 1000000;

static uint64_t now(const struct clock *c)
{
	(void)c;
	return seconds * 10000000u + 116444736000000000u;
}

static uint64_t monotonic(const struct clock *c)
{
	(void)c;
	return seconds * 1000000000u;
}

static void asks_when(void **state)
{
	const struct clock clock = { .now = now, .monotonic = monotonic };
	struct session_options o = { .url = "http://127.0.0.1:1/", .user = "u", .password = "p" };
	struct address_update u = { .folder = scene.folder, .oab_url = "", .book_url = "", .clock = &clock };
	struct session *session;
	struct address_state s;
	enum address_outcome outcome;
	bool news;

	(void)state;
	well(session_new(&o, &session, &scene.why));
	u.session = session;
	well(address_update(&u, &outcome, &s, &news, &scene.why));
	assert_int_equal(outcome, ADDRESS_NONE);
	u.oab_url = "http://127.0.0.1:1/oab";
	assert_int_not_equal(address_update(&u, &outcome, &s, &news, &why), 0);
	assert_true(news);
	assert_non_null(strstr(s.failure, "127.0.0.1:1/oab/oab.xml"));
	/* Not again before an hour, and the same words are no news. */
	well(address_update(&u, &outcome, &s, &news, &scene.why));
	assert_int_equal(outcome, ADDRESS_NOT_DUE);
	seconds += ADDRESS_UPDATE_SECONDS;
	assert_int_not_equal(address_update(&u, &outcome, &s, &news, &why), 0);
	assert_false(news);
	u.now = true;
	assert_int_not_equal(address_update(&u, &outcome, &s, &news, &why), 0);
	u.now = false;
	/* Another address is asked at once; both are told. */
	u.book_url = "http://127.0.0.1:1/mapi/nspi";
	assert_int_not_equal(address_update(&u, &outcome, &s, &news, &why), 0);
	assert_true(news);
	assert_non_null(strstr(why.text, "address book service"));
	/* What was fetched is not fetched again while it is fresh. */
	s.failure[0] = '\0';
	(void)snprintf(s.source, sizeof s.source, "nspi");
	well(address_state_write(scene.folder, &s, &scene.why));
	seconds += ADDRESS_UPDATE_SECONDS;
	well(address_update(&u, &outcome, &s, &news, &scene.why));
	assert_int_equal(outcome, ADDRESS_NOT_DUE);
	(void)snprintf(s.source, sizeof s.source, "oab");
	u.watching = true;
	s.checked = seconds;
	well(address_state_write(scene.folder, &s, &scene.why));
	well(address_update(&u, &outcome, &s, &news, &scene.why));
	assert_int_equal(outcome, ADDRESS_NOT_DUE);
	u.watching = false;
	assert_int_not_equal(address_update(&u, &outcome, &s, &news, &why), 0);
	session_free(session);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(comes_through), cmocka_unit_test(manifests), cmocka_unit_test(differences), cmocka_unit_test(many_differences), cmocka_unit_test(damaged_containers), cmocka_unit_test(damaged_files),
		scene_test(finds),		 scene_test(means),	      scene_test(hostile_names),	    scene_test(damaged_here),
		scene_test(own),		 scene_test(asks_when),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
