#include "steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf16.h"
#include "mapi/propset.h"

#define WORDS_MOST 4u
#define BIG        ((size_t)3 << 20)
#define ARENA_MOST ((size_t)64 << 20)

struct doing {
	struct mailbox *m;
	uint64_t scene;
	struct arena arena;
	struct reason *why;
};

/* Finding ------------------------------------------------------------------------------------------------------------------------- */

static status find_folder(struct doing *d, uint64_t in, const char *name, uint64_t *out)
{
	uint64_t child = 0;
	status s = folder_by_name(d->m, in, name, out);

	if (s != ecNotFound)
		return s;
	while (!(s = folder_next_child(d->m, in, child, &child)) && child)
		if ((s = find_folder(d, child, name, out)) != ecNotFound)
			return s;
	return s ? s : ecNotFound;
}

static status find_in(struct doing *d, uint64_t folder, bool associated, const char *subject,
		      uint64_t *out)
{
	struct message_info i;
	uint64_t id = 0;
	status s;

	while (!(s = message_next(d->m, folder, associated, false, id, &id)) && id)
		if ((s = message_info(d->m, id, &d->arena, &i)) ||
		    strcmp(i.subject, subject) == 0) {
			*out = id;
			return s;
		}
	return s ? s : ecNotFound;
}

static status find_message(struct doing *d, uint64_t folder, const char *subject, uint64_t *out)
{
	uint64_t child = 0;
	status s = find_in(d, folder, false, subject, out);

	if (s == ecNotFound)
		s = find_in(d, folder, true, subject, out);
	while (s == ecNotFound && !folder_next_child(d->m, folder, child, &child) && child)
		s = find_message(d, child, subject, out);
	return s;
}

/* Making --------------------------------------------------------------------------------------------------------------------------- */

static status mail_bag(struct doing *d, const char *subject, struct bag *b)
{
	status s;

	bag_init(b, &d->arena);
	s = bag_set_text(b, PidTagMessageClass, "IPM.Note");
	if (!s)
		s = bag_set_text(b, PidTagSubject, subject);
	if (!s)
		s = bag_set_text(b, PidTagBody, "as it came");
	if (!s)
		s = bag_set_u32(b, PidTagMessageFlags, 0);
	if (!s)
		s = bag_set_u32(b, PidTagImportance, 1);
	if (!s)
		s = bag_set_u64(b, PidTagMessageDeliveryTime, clock_system.now(&clock_system));
	return s;
}

static status odd_bag(struct doing *d, struct bag *b)
{
	static const uint8_t zeros[3] = { 0 };
	CLEANUP_BUF struct buf text = BUF_MAX(128);
	uint16_t id = 0;
	status s;

	utf16_from_utf8(bytes_of("Odd \xC3\xA4\xE2\x82\xAC\xF0\x9F\x93\xAC name", 18), &text);
	s = mailbox_name_id(d->m,
			    &(struct prop_name){ .by_string = true,
						 .set = { { 7 } },
						 .string = buf_bytes(&text) },
			    &id);
	if (!s)
		s = bag_set_text(b, tag_make(id, PT_UNICODE), "a named \xF0\x9F\x93\xAC value");
	if (!s)
		s = bag_set_bytes(b, tag_make(0x6801, PT_BINARY), bytes_of(zeros, sizeof zeros));
	if (!s)
		s = bag_set_text(b, tag_make(0x6802, PT_UNICODE), "");
	if (!s)
		s = bag_set_u64(b, tag_make(0x6803, PT_I8), UINT64_MAX);
	if (!s)
		s = bag_set_bool(b, tag_make(0x6804, PT_BOOLEAN), true);
	return s;
}

static status emit_attachment(struct item_sink *sink, struct doing *d, const char *name,
			      size_t size)
{
	struct bag b;
	uint8_t *data = arena_alloc(&d->arena, size);
	struct prop large = {
		.tag = PidTagAttachDataBinary, .flags = PROP_LARGE, .count = 1, .size = size
	};
	status s;

	if (!data)
		return ecMemory;
	for (size_t i = 0; i < size; i++)
		data[i] = (uint8_t)(i * 31 >> 3);
	bag_init(&b, &d->arena);
	s = bag_set_u32(&b, PidTagAttachMethod, ATTACH_BY_VALUE);
	if (!s)
		s = bag_set_text(&b, PidTagAttachLongFilename, name);
	if (!s && size <= ITEM_INLINE_MAX)
		s = bag_set_bytes(&b, PidTagAttachDataBinary, bytes_of(data, size));
	if (!s && size > ITEM_INLINE_MAX && !bag_append(&b, &large))
		s = ecMemory;
	if (!s)
		s = item_attachment_begin(sink, &(struct attachment_event){ .props = &b });
	if (!s && size > ITEM_INLINE_MAX) {
		s = item_value_begin(sink, &large);
		for (size_t at = 0; !s && at < size; at += ITEM_CHUNK_MAX)
			s = item_value_chunk(sink, bytes_of(data + at, size - at < ITEM_CHUNK_MAX
									       ? size - at
									       : ITEM_CHUNK_MAX));
		if (!s)
			s = item_value_end(sink, true);
	}
	return s ? s : item_attachment_end(sink);
}

static status emit_embedded(struct item_sink *sink, struct doing *d, unsigned depth)
{
	struct item_result result = { 0 };
	struct bag a, b;
	status s = mail_bag(d, depth == 1 ? "within" : "within that", &b);

	bag_init(&a, &d->arena);
	if (!s)
		s = bag_set_u32(&a, PidTagAttachMethod, ATTACH_EMBEDDED_MESSAGE);
	if (!s)
		s = item_attachment_begin(sink, &(struct attachment_event){ .props = &a });
	if (!s)
		s = item_message_begin(
			sink,
			&(struct message_event){ .embedded = true, .depth = depth, .props = &b });
	if (!s && depth < 2)
		s = emit_embedded(sink, d, depth + 1);
	if (!s)
		s = item_message_end(sink, &result);
	return s ? s : item_attachment_end(sink);
}

static status emit_recipient(struct item_sink *sink, struct doing *d, const char *name)
{
	struct bag b;
	status s;

	bag_init(&b, &d->arena);
	s = bag_set_u32(&b, PidTagRecipientType, 1);
	if (!s)
		s = bag_set_text(&b, PidTagDisplayName, name);
	if (!s)
		s = bag_set_text(&b, PidTagAddressType, "SMTP");
	if (!s)
		s = bag_set_text(&b, PidTagEmailAddress,
				 arena_printf(&d->arena, "%s@contoso.example", name));
	return s ? s : item_recipient(sink, &b);
}

static status write_out(struct doing *d, uint64_t folder, const struct message_options *o,
			const struct bag *b,
			status (*parts)(struct item_sink *, struct doing *, const char *),
			const char *which)
{
	struct message_writer *w = NULL;
	struct item_result result = { 0 };
	uint64_t id;
	status s = message_writer_new(d->m, folder, o, &w);

	if (!s)
		s = item_message_begin(
			message_writer_sink(w),
			&(struct message_event){ .associated = o->associated, .props = b });
	if (!s && parts)
		s = parts(message_writer_sink(w), d, which);
	if (!s)
		s = item_message_end(message_writer_sink(w), &result);
	if (!s && result.outcome != OUTCOME_WRITTEN)
		s = reason_set(d->why, ecError, "%s", result.why.text);
	if (!s)
		s = message_writer_finish(w, &id);
	message_writer_free(w);
	return s;
}

static status parts_big(struct item_sink *sink, struct doing *d, const char *which)
{
	status s = emit_recipient(sink, d, "bob");

	return s ? s : emit_attachment(sink, d, which, BIG);
}

static status parts_embedded(struct item_sink *sink, struct doing *d, const char *which)
{
	(void)which;
	return emit_embedded(sink, d, 1);
}

static status parts_attachment(struct item_sink *sink, struct doing *d, const char *which)
{
	return emit_attachment(sink, d, which, 5000);
}

static status parts_recipient(struct item_sink *sink, struct doing *d, const char *which)
{
	return emit_recipient(sink, d, which);
}

/* Written anew, with one more part: another way of changing a message than setting its properties. */
static status write_again(struct doing *d, uint64_t id, const char *which,
			  status (*parts)(struct item_sink *, struct doing *, const char *))
{
	struct message_info i;
	struct bag b;
	status s = message_info(d->m, id, &d->arena, &i);

	bag_init(&b, &d->arena);
	if (!s)
		s = message_props(d->m, id, &b);
	bag_remove(&b, tag_id(PidTagChangeKey));
	bag_remove(&b, tag_id(PidTagPredecessorChangeList));
	bag_remove(&b, tag_id(PidTagLastModificationTime));
	if (s)
		return s;
	return write_out(d, i.folder,
			 &(struct message_options){ .associated = i.associated, .replaces = id },
			 &b, parts, which);
}

/* Steps ---------------------------------------------------------------------------------------------------------------------------- */

static status put(struct doing *d, const char *kind, const char *subject, uint64_t folder)
{
	struct message_options o = { .associated = strcmp(kind, "associated") == 0 };
	struct bag b;
	status s = mail_bag(d, subject, &b);

	if (!s && strcmp(kind, "odd") == 0)
		s = odd_bag(d, &b);
	if (s)
		return s;
	return write_out(d, folder, &o, &b,
			 strcmp(kind, "big") == 0     ? parts_big
			 : strcmp(kind, "embed") == 0 ? parts_embedded
						      : NULL,
			 "plan.bin");
}

static status set_one(struct doing *d, uint64_t id, uint32_t tag, const char *text, uint32_t number)
{
	struct bag b;
	status s;

	bag_init(&b, &d->arena);
	s = text ? bag_set_text(&b, tag, text) : bag_set_u32(&b, tag, number);
	return s ? s : message_set(d->m, id, &b, NULL, 0);
}

/* Its categories: one, or (an empty text) none. */
static status set_category(struct doing *d, uint64_t id, const char *text)
{
	CLEANUP_BUF struct buf name = BUF_MAX(128), value = BUF_MAX(256);
	const struct prop_name keywords = { .set = PS_PUBLIC_STRINGS, .by_string = true };
	struct prop_name named = keywords;
	struct prop p = { .count = 1 };
	uint16_t gone = 0;
	struct bytes one;
	struct bag b;
	status s;

	bag_init(&b, &d->arena);
	utf16_from_utf8(bytes_of("Keywords", 8), &name);
	utf16_from_utf8(bytes_of(text, strlen(text)), &value);
	named.string = buf_bytes(&name);
	one = buf_bytes(&value);
	s = mailbox_name_id(d->m, &named, &gone);
	p.tag = tag_make(gone, PT_MV_UNICODE);
	p.values = &one;
	if (!s && *text)
		s = bag_copy(&b, &p);
	return s ? s : message_set(d->m, id, &b, &gone, *text ? 0 : 1);
}

static status unflag(struct doing *d, uint64_t id)
{
	static const uint16_t gone[] = { PidTagFlagStatus >> 16 };
	struct bag none;

	bag_init(&none, &d->arena);
	return message_set(d->m, id, &none, gone, 1);
}

static status set_age(struct doing *d, uint64_t id, uint64_t months)
{
	struct bag b;
	status s;

	bag_init(&b, &d->arena);
	s = bag_set_u64(&b, PidTagMessageDeliveryTime, clock_system.now(&clock_system) - months * 304 * 864000000000u / 10);
	return s ? s : message_set(d->m, id, &b, NULL, 0);
}

static status on_one(struct doing *d, const char *const *w, uint64_t id)
{
	uint64_t folder = 0, now;
	const char *verb = w[0];

	if (strcmp(verb, "change") == 0)
		return set_one(d, id, PidTagBody, w[2], 0);
	if (strcmp(verb, "rename") == 0)
		return set_one(d, id, PidTagSubject, w[2], 0);
	if (strcmp(verb, "age") == 0)
		return set_age(d, id, strtoull(w[2], NULL, 10));
	if (strcmp(verb, "flag") == 0)
		return set_one(d, id, PidTagFlagStatus, NULL, 2);
	if (strcmp(verb, "unflag") == 0)
		return unflag(d, id);
	if (strcmp(verb, "category") == 0)
		return set_category(d, id, w[2]);
	if (strcmp(verb, "important") == 0)
		return set_one(d, id, PidTagImportance, NULL, 2);
	if (strcmp(verb, "read") == 0 || strcmp(verb, "unread") == 0)
		return message_set_read(d->m, id, verb[0] == 'r');
	if (strcmp(verb, "delete") == 0 || strcmp(verb, "purge") == 0)
		return message_delete(d->m, id, verb[0] == 'd' ? DELETE_SOFT : DELETE_HARD);
	if (strcmp(verb, "attach") == 0)
		return write_again(d, id, "more.txt", parts_attachment);
	if (strcmp(verb, "to") == 0)
		return write_again(d, id, w[2], parts_recipient);
	status s = find_folder(d, d->scene, w[2], &folder);
	if (s)
		return s;
	return strcmp(verb, "move") == 0 ? message_move(d->m, id, folder, &now)
					 : message_copy(d->m, id, folder, &now);
}

static status on_folder(struct doing *d, const char *const *w, uint64_t id)
{
	uint64_t parent = d->scene;
	struct bag b;
	status s = ecNone;

	if (strcmp(w[0], "rmdir") == 0)
		return folder_delete(d->m, id);
	if (strcmp(w[0], "namedir") == 0)
		return folder_rename(d->m, id, w[2]);
	if (strcmp(w[0], "class") == 0) {
		bag_init(&b, &d->arena);
		s = bag_set_text(&b, PidTagContainerClass, w[2]);
		return s ? s : folder_set(d->m, id, &b, NULL, 0);
	}
	if (strcmp(w[2], ".") != 0)
		s = find_folder(d, d->scene, w[2], &parent);
	return s ? s : folder_move(d->m, id, parent);
}

static bool is_one_of(const char *word, const char *list)
{
	size_t n = strlen(word);

	for (const char *at = list; (at = strstr(at, word)); at += n)
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || !at[n]))
			return true;
	return false;
}

static status put_letter(struct doing *d, const char *subject, const char *to)
{
	struct message_options o = { .associated = false };
	struct bag b;
	status s = mail_bag(d, subject, &b);

	if (!s)
		s = bag_set_u32(&b, PidTagMessageFlags, MSGFLAG_READ | MSGFLAG_UNSENT);
	return s ? s : write_out(d, d->scene, &o, &b, parts_recipient, to);
}

static status one_step(struct doing *d, const char *const *w)
{
	uint64_t id = d->scene;
	status s = ecNone;

	if (strcmp(w[0], "letter") == 0)
		return put_letter(d, w[1], w[2]);

	if (is_one_of(w[0], "put big embed odd associated")) {
		s = *w[2] ? find_folder(d, d->scene, w[2], &id) : ecNone;
		return s ? s : put(d, w[0], w[1], id);
	}
	if (strcmp(w[0], "many") == 0) {
		for (int i = 1; !s && i <= (int)strtol(w[1], NULL, 10); i++)
			s = put(d, "put", arena_printf(&d->arena, "M%d", i), d->scene);
		return s;
	}
	if (strcmp(w[0], "mkdir") == 0) {
		s = *w[2] ? find_folder(d, d->scene, w[2], &id) : ecNone;
		return s ? s : folder_create(d->m, id, w[1], NULL, &id);
	}
	if (is_one_of(w[0], "mvdir namedir rmdir class")) {
		s = find_folder(d, d->scene, w[1], &id);
		return s ? s : on_folder(d, w, id);
	}
	s = find_message(d, d->scene, w[1], &id);
	return s ? s : on_one(d, w, id);
}

status steps_find(struct mailbox *m, uint64_t folder, const char *subject, uint64_t *out)
{
	struct doing d = { .m = m, .arena = ARENA_BUDGET(ARENA_MOST) };
	status s = find_message(&d, folder, subject, out);

	arena_free(&d.arena);
	return s;
}

status steps_do(struct mailbox *m, uint64_t scene, const char *steps, struct reason *why)
{
	struct doing d = { .m = m, .scene = scene, .arena = ARENA_BUDGET(ARENA_MOST), .why = why };
	char *copy = strdup(steps), *rest = copy, *step;
	status s = copy ? mailbox_begin(m) : ecMemory;

	while (!s && (step = strsep(&rest, ";"))) {
		const char *w[WORDS_MOST] = { "", "", "", "" };
		char *word;
		size_t n = 0;

		while (n < WORDS_MOST && (word = strsep(&step, " ")))
			if (*word)
				w[n++] = word;
		if (n && (s = one_step(&d, w)))
			s = reason_set(why, s, "%s %s %s: 0x%x %s", w[0], w[1], w[2], s,
				       mailbox_failure(m));
	}
	if (!s)
		s = mailbox_commit(m);
	else
		mailbox_rollback(m);
	arena_free(&d.arena);
	free(copy);
	return s;
}
