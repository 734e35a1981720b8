/* What a parameter's type makes of a value. */
#include "shell/bind.h"

#include <strings.h>

#include "base/filetime.h"

static bool convert_text(const struct literal *from, struct arena *a, struct value *out)
{
	const struct value *v = &from->value, *label = v;
	const char *text;

	if (v->kind == VALUE_LIST || v->kind == VALUE_SECRET)
		return false;
	if (v->kind == VALUE_OBJECT) {
		label = object_label(v->object);
		if (!label)
			return false;
	}
	text = from->raw ? from->raw : value_string(a, label);
	*out = value_text(text);
	return text != NULL;
}

static bool convert_integer(const struct value *v, struct value *out)
{
	struct value number = *v;

	if (v->kind == VALUE_TEXT && !number_parse(v->text, &number))
		return false;
	if (number.kind == VALUE_SIZE && number.size < SIZE_UNLIMITED)
		number = value_integer((int64_t)number.size);
	if (number.kind == VALUE_REAL && number.real > -9e15 && number.real < 9e15)
		number = value_integer((int64_t)number.real);
	if (number.kind != VALUE_INTEGER)
		return false;
	*out = number;
	return true;
}

static bool convert_bool(const struct value *v, struct value *out)
{
	if (v->kind == VALUE_BOOL)
		*out = *v;
	else if (v->kind == VALUE_INTEGER && (v->integer == 0 || v->integer == 1))
		*out = value_bool(v->integer == 1);
	else if (v->kind == VALUE_TEXT && (strcasecmp(v->text, "true") == 0 || strcasecmp(v->text, "false") == 0))
		*out = value_bool(strcasecmp(v->text, "true") == 0);
	else
		return false;
	return true;
}

static bool convert_size(const struct value *v, struct value *out)
{
	uint64_t bytes;

	if (v->kind == VALUE_SIZE)
		bytes = v->size;
	else if (v->kind == VALUE_INTEGER && v->integer >= 0)
		bytes = (uint64_t)v->integer;
	else if (v->kind != VALUE_TEXT || !size_parse(v->text, &bytes))
		return false;
	*out = value_size(bytes);
	return true;
}

static bool convert_time(const struct value *v, struct value *out)
{
	uint64_t t;

	if (v->kind == VALUE_TIME)
		t = v->time;
	else if (v->kind != VALUE_TEXT || !filetime_parse(v->text, &t))
		return false;
	*out = value_time(t);
	return true;
}

static bool convert_guid(const struct value *v, struct value *out)
{
	struct guid g;

	if (v->kind == VALUE_GUID)
		g = v->guid;
	else if (v->kind != VALUE_TEXT || !guid_parse(v->text, &g))
		return false;
	*out = value_guid(&g);
	return true;
}

/* The word itself, or a beginning that no other word has. */
static bool convert_word(const struct parameter *p, const struct literal *from, struct value *out)
{
	const char *text = from->raw ? from->raw : from->value.kind == VALUE_TEXT ? from->value.text : NULL, *found = NULL;
	unsigned n = 0;

	if (!text || !*text)
		return false;
	for (size_t i = 0; p->words[i]; i++) {
		if (strcasecmp(p->words[i], text) == 0) {
			*out = value_text(p->words[i]);
			return true;
		}
		if (strncasecmp(p->words[i], text, strlen(text)) == 0) {
			found = p->words[i];
			n++;
		}
	}
	if (n != 1)
		return false;
	*out = value_text(found);
	return true;
}

bool parameter_convert(const struct parameter *p, const struct literal *from, struct arena *a, struct value *out)
{
	if (from->value.kind == VALUE_NULL) {
		*out = value_null();
		return p->type == PARAMETER_TEXT || p->type == PARAMETER_ANY || p->flags & PARAMETER_NULLABLE;
	}
	switch (p->type) {
	case PARAMETER_TEXT:
		return convert_text(from, a, out);
	case PARAMETER_INTEGER:
		return convert_integer(&from->value, out);
	case PARAMETER_BOOL:
	case PARAMETER_SWITCH:
		return convert_bool(&from->value, out);
	case PARAMETER_SIZE:
		return convert_size(&from->value, out);
	case PARAMETER_TIME:
		return convert_time(&from->value, out);
	case PARAMETER_GUID:
		return convert_guid(&from->value, out);
	case PARAMETER_WORD:
		return convert_word(p, from, out);
	case PARAMETER_ANY:
		*out = from->value;
		return true;
	case PARAMETER_SECRET:
		*out = from->value;
		return from->value.kind == VALUE_SECRET;
	case PARAMETER_BLOCK:
		return false;
	}
	return false;
}

static void describe_words(const char *const *words, struct buf *out)
{
	for (size_t i = 0; words[i]; i++)
		buf_printf(out, "%s%s", i == 0 ? "" : words[i + 1] ? ", " : " or ", words[i]);
}

void parameter_describe(const struct parameter *p, struct buf *out)
{
	static const char *const words[] = {
		[PARAMETER_TEXT] = "text",
		[PARAMETER_INTEGER] = "an integer, such as 10",
		[PARAMETER_BOOL] = "$true or $false",
		[PARAMETER_SWITCH] = "no value, or :$true or :$false",
		[PARAMETER_SIZE] = "a size, such as 10MB or Unlimited",
		[PARAMETER_TIME] = "a time, such as 2026-11-24 or 2026-11-24T10:00:00Z",
		[PARAMETER_GUID] = "a GUID, such as 00062008-0000-0000-c000-000000000046",
		[PARAMETER_ANY] = "a value",
		[PARAMETER_BLOCK] = "a block, such as { $_.Size -gt 10MB }",
		[PARAMETER_SECRET] = "a password, which must not stand on the line: write (Read-Host -AsSecureString)",
	};

	if (p->type == PARAMETER_WORD)
		describe_words(p->words, out);
	else
		buf_add_str(out, words[p->type]);
}

const char *parameter_type_name(const struct parameter *p)
{
	static const char *const names[] = {
		[PARAMETER_TEXT] = "Text",  [PARAMETER_INTEGER] = "Integer", [PARAMETER_BOOL] = "Boolean",
		[PARAMETER_SWITCH] = "",    [PARAMETER_SIZE] = "Size",	     [PARAMETER_TIME] = "DateTime",
		[PARAMETER_GUID] = "Guid",  [PARAMETER_WORD] = "Word",	     [PARAMETER_ANY] = "Value",
		[PARAMETER_BLOCK] = "Block", [PARAMETER_SECRET] = "SecureString",
	};

	return names[p->type];
}
