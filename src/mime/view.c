#include "mime/view.h"

#include "base/utf16.h"

#include <strings.h>

static const char *filled(const char *text)
{
	return text && *text ? text : NULL;
}

const char *view_text(const struct view *v, uint32_t tag)
{
	return filled(bag_text(v->props, tag_id(tag), v->codepage, v->arena));
}

const char *view_subject(const struct view *v)
{
	const char *subject = view_text(v, PidTagSubject), *prefix, *rest;

	if (!subject) {
		prefix = view_text(v, PidTagSubjectPrefix);
		rest = view_text(v, PidTagNormalizedSubject);
		subject = arena_printf(v->arena, "%s%s", prefix ? prefix : "", rest ? rest : "");
	}
	/* Stores keep the length of the prefix before the subject: 01 and one more character [MS-PST] 2.5.3.1.1.1. */
	if (subject && subject[0] == 1) {
		subject++;
		subject += *subject != '\0';
		while (((unsigned char)*subject & 0xC0) == 0x80)
			subject++;
	}
	return subject ? subject : "";
}

static const struct prop *find_name(const struct view *v, const struct prop_name *name)
{
	uint16_t id = v->names ? name_map_id(v->names, name) : 0;

	return id ? bag_find(v->props, id) : NULL;
}

const struct prop *view_named(const struct view *v, const struct guid *set, uint32_t lid)
{
	return find_name(v, &(struct prop_name){ .set = *set, .lid = lid });
}

const struct prop *view_string_named(const struct view *v, const struct guid *set, const char *name)
{
	uint8_t utf16[2 * 128];
	size_t n = strlen(name);

	if (n > sizeof utf16 / 2)
		return NULL;
	for (size_t i = 0; i < n; i++)
		put_le16(utf16 + 2 * i, (uint8_t)name[i]);
	return find_name(v, &(struct prop_name){ .set = *set, .by_string = true, .string = bytes_of(utf16, 2 * n) });
}

const char *view_named_text(const struct view *v, const struct guid *set, uint32_t lid)
{
	const struct prop *p = view_named(v, set, lid);

	return p ? filled(prop_text(p, v->codepage, v->arena)) : NULL;
}

struct bytes view_named_bytes(const struct view *v, const struct guid *set, uint32_t lid)
{
	const struct prop *p = view_named(v, set, lid);

	return p && !(p->flags & PROP_LARGE) && !prop_is_list(p->tag) ? p->value : bytes_of(NULL, 0);
}

uint32_t view_named_u32(const struct view *v, const struct guid *set, uint32_t lid, uint32_t fallback)
{
	struct bytes b = view_named_bytes(v, set, lid);

	return b.n == 4 ? le32(b.p) : b.n == 2 ? le16(b.p) : fallback;
}

uint64_t view_named_u64(const struct view *v, const struct guid *set, uint32_t lid, uint64_t fallback)
{
	struct bytes b = view_named_bytes(v, set, lid);

	return b.n == 8 ? le64(b.p) : fallback;
}

bool view_named_bool(const struct view *v, const struct guid *set, uint32_t lid)
{
	struct bytes b = view_named_bytes(v, set, lid);

	return b.n >= 1 && b.p[0];
}

const char *view_element(const struct view *v, const struct prop *p, uint32_t i)
{
	struct prop one = *p;

	if (i >= p->count)
		return NULL;
	if (prop_is_list(p->tag)) {
		one.tag &= ~(uint32_t)MV_FLAG;
		one.value = p->values[i];
	}
	return prop_text(&one, v->codepage, v->arena);
}

bool class_is(const char *class_name, const char *wanted)
{
	size_t n = strlen(wanted);

	return class_name && strncasecmp(class_name, wanted, n) == 0 && (!class_name[n] || class_name[n] == '.');
}
