#include "mapi/fingerprint.h"

#include "base/map.h"
#include "base/utf16.h"

/* Any fixed numbers do: who makes two stores that collide on purpose fools only himself. */
static const uint64_t keys[4] = { 0x706f737465726e31u, 0x66696e6765727072u, 0x696e742d6c6f7721u,
				  0x2d686967682d3132u };

static struct fingerprint mix(struct fingerprint state, struct bytes data)
{
	const uint64_t low[2] = { state.lo ^ keys[0], state.hi ^ keys[1] };
	const uint64_t high[2] = { state.hi ^ keys[2], state.lo ^ keys[3] };

	uint64_t out[2];

	siphash24_pair(low, high, data, out);
	return (struct fingerprint){ out[0], out[1] };
}

struct fingerprint fingerprint_seal(struct fingerprint sum, char kind)
{
	return mix(sum, bytes_of(&kind, 1));
}

void fingerprinter_start(struct fingerprinter *f)
{
	f->state = (struct fingerprint){ 0, 0 };
	f->length = 0;
	f->n = 0;
}

void fingerprinter_add(struct fingerprinter *f, struct bytes data)
{
	f->length += data.n;
	while (data.n) {
		size_t room = sizeof f->block - f->n, n = data.n < room ? data.n : room;

		if (n == sizeof f->block) {
			f->state = mix(f->state, bytes_of(data.p, n));
		} else {
			memcpy(f->block + f->n, data.p, n);
			f->n += n;
			if (f->n == sizeof f->block) {
				f->state = mix(f->state, bytes_of(f->block, f->n));
				f->n = 0;
			}
		}
		data = bytes_of(data.p + n, data.n - n);
	}
}

struct fingerprint fingerprinter_end(struct fingerprinter *f)
{
	uint8_t length[8];

	put_le64(length, f->length);
	fingerprinter_add(f, bytes_of(length, sizeof length));
	return mix(f->state, bytes_of(f->block, f->n));
}

static uint16_t comparable_type(uint16_t type)
{
	return type == PT_STRING8 ? PT_UNICODE : type == (MV_FLAG | PT_STRING8) ? (MV_FLAG | PT_UNICODE) : type;
}

static void add_number(struct fingerprinter *f, uint64_t n)
{
	uint8_t le[8];

	put_le64(le, n);
	fingerprinter_add(f, bytes_of(le, sizeof le));
}

static void add_name(struct fingerprinter *f, uint16_t id, const struct name_map *names)
{
	const struct prop_name *name = id >= NAMED_ID_FIRST && names ? name_map_name(names, id) : NULL;

	add_number(f, name ? 0 : id);
	if (!name)
		return;
	fingerprinter_add(f, bytes_of(name->set.b, sizeof name->set.b));
	add_number(f, name->by_string ? UINT64_MAX : name->lid);
	if (name->by_string) {
		add_number(f, name->string.n);
		fingerprinter_add(f, name->string);
	}
}

/* UTF-16LE, or any text as bytes, but for the zeros at its end. */
static void add_text(struct prop_fingerprint *pf, struct bytes text)
{
	static const uint8_t zeros[64];
	size_t kept = text.n;

	while (kept && text.p[kept - 1] == 0)
		kept--;
	if (!kept) {
		pf->nuls += text.n;
		return;
	}
	for (; pf->nuls; pf->nuls -= pf->nuls < sizeof zeros ? pf->nuls : sizeof zeros)
		fingerprinter_add(&pf->f, bytes_of(zeros, pf->nuls < sizeof zeros ? pf->nuls
										   : sizeof zeros));
	fingerprinter_add(&pf->f, bytes_of(text.p, kept));
	pf->nuls = text.n - kept;
}

static void add_text8(struct prop_fingerprint *pf, struct bytes text)
{
	CLEANUP_BUF struct buf utf8 = BUF_MAX(SIZE_MAX);
	CLEANUP_BUF struct buf utf16 = BUF_MAX(SIZE_MAX);

	codepage_to_utf8(pf->codepage, text, &utf8);
	utf16_from_utf8(buf_bytes(&utf8), &utf16);
	add_text(pf, buf_bytes(&utf16));
}

/*
 * Pieces of 8-bit text are cut after a byte below 30: in no Windows code page is that the second half of
 * a letter.
 */
static void add_text8_piece(struct prop_fingerprint *pf, struct bytes piece)
{
	size_t cut;

	buf_add(&pf->held, piece.p, piece.n);
	for (cut = pf->held.n; cut && pf->held.p[cut - 1] >= 0x30; cut--)
		;
	if (!cut && pf->held.n > ITEM_CHUNK_MAX)
		cut = pf->held.n;
	if (!cut)
		return;
	add_text8(pf, bytes_of(pf->held.p, cut));
	memmove(pf->held.p, pf->held.p + cut, pf->held.n - cut);
	buf_truncate(&pf->held, pf->held.n - cut);
}

void prop_fingerprint_begin(struct prop_fingerprint *pf, const struct prop *p,
			    const struct name_map *names, unsigned codepage)
{
	fingerprinter_start(&pf->f);
	pf->tag = p->tag;
	pf->codepage = codepage;
	pf->nuls = 0;
	buf_init(&pf->held, (size_t)4 * ITEM_CHUNK_MAX);
	add_name(&pf->f, prop_id(p), names);
	add_number(&pf->f, comparable_type(prop_type(p)));
}

void prop_fingerprint_chunk(struct prop_fingerprint *pf, struct bytes chunk)
{
	switch (tag_type(pf->tag)) {
	case PT_UNICODE:
		add_text(pf, chunk);
		break;
	case PT_STRING8:
		add_text8_piece(pf, chunk);
		break;
	default:
		fingerprinter_add(&pf->f, chunk);
	}
}

struct fingerprint prop_fingerprint_end(struct prop_fingerprint *pf)
{
	if (pf->held.n)
		add_text8(pf, buf_bytes(&pf->held));
	buf_free(&pf->held);
	return fingerprinter_end(&pf->f);
}

void prop_fingerprint_free(struct prop_fingerprint *pf)
{
	buf_free(&pf->held);
}

static void add_list(struct prop_fingerprint *pf, const struct prop *p)
{
	uint16_t type = prop_type(p);

	add_number(&pf->f, p->count);
	for (uint32_t i = 0; i < p->count; i++) {
		pf->nuls = 0;
		if (type == (MV_FLAG | PT_STRING8))
			add_text8(pf, p->values[i]);
		else if (type == (MV_FLAG | PT_UNICODE))
			add_text(pf, p->values[i]);
		else
			fingerprinter_add(&pf->f, p->values[i]);
		add_number(&pf->f, pf->f.length); /* where this one ends */
	}
}

struct fingerprint prop_fingerprint(struct prop_fingerprint *work, const struct prop *p,
				    const struct name_map *names, unsigned codepage)
{
	prop_fingerprint_begin(work, p, names, codepage);
	if (prop_is_list(p->tag))
		add_list(work, p);
	else if (prop_type(p) == PT_STRING8)
		add_text8(work, p->value);
	else
		prop_fingerprint_chunk(work, p->value);
	return prop_fingerprint_end(work);
}
