#include "mapi/label.h"

#include <inttypes.h>

#include "base/utf16.h"

static const char *label_of_name(const struct prop_name *name, struct arena *a)
{
	const char *text = name->by_string ? utf16_text(a, name->string) : NULL;
	const struct named_info *info;
	char set[GUID_TEXT_SIZE];

	if (name->by_string && !text)
		return NULL;
	info = text ? named_info_by_string(&name->set, text) : named_info_by_lid(&name->set, name->lid);
	if (info)
		return info->name;
	guid_format(&name->set, set);
	return text ? arena_printf(a, "%s of {%s}", text, set)
		    : arena_printf(a, "0x%04" PRIX32 " of {%s}", name->lid, set);
}

const char *prop_label(const struct prop *p, const struct name_map *names, struct arena *a)
{
	uint16_t id = prop_id(p);
	const struct prop_name *name =
		id >= NAMED_ID_FIRST && names ? name_map_name(names, id) : NULL;
	const struct tag_info *info;

	if (name)
		return label_of_name(name, a);
	info = tag_info(p->tag);
	return info ? info->name : arena_printf(a, "0x%04X", id);
}

const char *item_title(const struct bag *props, unsigned codepage, struct arena *a)
{
	static const uint32_t tags[] = { PidTagSubject, PidTagNormalizedSubject, PidTagDisplayName,
					 PidTagMessageClass, 0 };

	for (const uint32_t *tag = tags; *tag; tag++) {
		const char *title = bag_text(props, tag_id(*tag), codepage, a);

		if (title && title[0] == 1 && title[1])
			title += 2;
		if (title && *title)
			return title;
	}
	return "";
}
