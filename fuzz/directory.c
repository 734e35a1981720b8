/*
 * What administrators type for a value: the first two bytes say for which attribute, the rest is the text.  What is taken is allowed,
 * and what is shown of it is taken again as the same.
 */
#include <stdlib.h>

#include "store/directory_class.h"
#include "store/directory_syntax.h"
#include "store/version_range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool good)
{
	if (!good)
		abort();
}

static const struct directory_attribute *choose(uint8_t class, uint8_t attribute)
{
	size_t n_classes = 0, n = 0;

	while (directory_class_at(n_classes))
		n_classes++;
	const struct directory_class *c = directory_class_at(class % n_classes);
	while (directory_attribute_at(c, n))
		n++;
	return directory_attribute_at(c, attribute % n);
}

static void one(const struct directory_attribute *a, const char *text)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 22);
	CLEANUP_BUF struct buf shown = BUF_MAX((size_t)1 << 20), again = BUF_MAX((size_t)1 << 20);
	struct reason why = { "" };
	struct directory_value v, w;

	if (directory_parse(a, text, &arena, &v, &why)) {
		check(why.text[0]);
		return;
	}
	if (a->type == DIRECTORY_REFERENCE)
		return;
	check(!directory_check_value(a, &v, &why));
	directory_print(a, &v, &shown);
	/* Times are shown to the second. */
	if (a->type == DIRECTORY_TIME)
		return;
	check(!directory_parse(a, buf_cstr(&shown), &arena, &w, &why));
	check(v.number == w.number && guid_equal(&v.guid, &w.guid));
	directory_print(a, &w, &again);
	check(bytes_equal(buf_bytes(&shown), buf_bytes(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	char *text = malloc(size - 1);
	if (!text)
		return 0;
	if (size > 2)
		memcpy(text, data + 2, size - 2);
	text[size - 2] = '\0';
	one(choose(data[0], data[1]), text);
	if (!version_ranges_check(text, NULL))
		(void)version_ranges_contain(text, (struct client_version){ data[0], data[1], 0 });
	/* Folding is done once: what is folded stays as it is. */
	CLEANUP_BUF struct buf once = BUF_MAX((size_t)1 << 22), twice = BUF_MAX((size_t)1 << 22);
	fold((locale_t)0, text, &once);
	if (utf8_valid(text)) {
		fold((locale_t)0, buf_cstr(&once), &twice);
		check(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
	}
	(void)url_equal(text, "https://mail.contoso.example:443/owa/");
	free(text);
	return 0;
}
