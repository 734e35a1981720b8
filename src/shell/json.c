#include "shell/json.h"

#include <inttypes.h>
#include <stdio.h>

#include <cjson/cJSON.h>

#include "base/filetime.h"
#include "shell/object.h"
#include "shell/printable.h"

static void cleanup_json(cJSON **j)
{
	cJSON_Delete(*j);
}

#define CLEANUP_JSON __attribute__((cleanup(cleanup_json)))

static cJSON *make(const struct value *v, unsigned depth);

/* A double does not hold all integers. */
static cJSON *make_integer(int64_t n)
{
	char text[24];

	(void)snprintf(text, sizeof text, "%" PRId64, n);
	return cJSON_CreateRaw(text);
}

static cJSON *make_text(const char *text)
{
	CLEANUP_BUF struct buf clean = BUF_MAX(JSON_MAX_BYTES);

	printable_add_utf8(&clean, text);
	buf_cstr(&clean);
	return clean.failed ? NULL : cJSON_CreateString(buf_cstr(&clean));
}

/* Times, GUIDs, and what lies too deep, as the text that Format-List shows. */
static cJSON *make_printed(const struct value *v)
{
	CLEANUP_BUF struct buf text = BUF_MAX(JSON_MAX_BYTES);

	value_print(v, &text);
	buf_cstr(&text);
	return text.failed ? NULL : make_text(buf_cstr(&text));
}

static cJSON *make_list(const struct value_list *l, unsigned depth)
{
	cJSON *array = cJSON_CreateArray();

	for (size_t i = 0; array && i < l->n; i++)
		if (!cJSON_AddItemToArray(array, make(&l->items[i], depth))) {
			cJSON_Delete(array);
			return NULL;
		}
	return array;
}

static bool add_member(cJSON *to, const char *name, const struct value *v, unsigned depth)
{
	CLEANUP_BUF struct buf clean = BUF_MAX(JSON_MAX_BYTES);
	cJSON *member = make(v, depth);

	printable_add_utf8(&clean, name);
	buf_cstr(&clean);
	if (!member || clean.failed || !cJSON_AddItemToObject(to, buf_cstr(&clean), member)) {
		cJSON_Delete(member);
		return false;
	}
	return true;
}

static cJSON *make_object(const struct object *o, unsigned depth)
{
	cJSON *object = cJSON_CreateObject();

	for (size_t i = 0; object && i < o->n; i++)
		if (!add_member(object, o->properties[i].name, &o->properties[i].value, depth)) {
			cJSON_Delete(object);
			return NULL;
		}
	return object;
}

static cJSON *make(const struct value *v, unsigned depth)
{
	if (!depth && (v->kind == VALUE_LIST || v->kind == VALUE_OBJECT))
		return make_printed(v);
	switch (v->kind) {
	case VALUE_NULL:
		return cJSON_CreateNull();
	case VALUE_BOOL:
		return cJSON_CreateBool(v->boolean);
	case VALUE_INTEGER:
		return make_integer(v->integer);
	case VALUE_REAL:
		return cJSON_CreateNumber(v->real);
	case VALUE_SIZE:
		return v->size >= SIZE_UNLIMITED ? make_printed(v) : make_integer((int64_t)v->size);
	case VALUE_TEXT:
		return make_text(v->text);
	case VALUE_LIST:
		return make_list(&v->list, depth - 1);
	case VALUE_OBJECT:
		return make_object(v->object, depth - 1);
	default:
		return make_printed(v);
	}
}

/* Layout ------------------------------------------------------------------------------------------------------ */

struct layout {
	struct buf *out;
	unsigned level, indent;
	bool compress;
};

static void break_line(const struct layout *l)
{
	if (!l->compress)
		buf_printf(l->out, "\n%*s", (int)(2 * l->level + l->indent), "");
}

/* A string from its quote to behind its closing one. */
static const char *lay_string(const struct layout *l, const char *p)
{
	buf_add_u8(l->out, '"');
	for (p++; *p != '"'; p++) {
		if (*p == '\\') {
			buf_add(l->out, p++, 1);
		} else if (*p == 0x7F) {
			buf_add_str(l->out, "\\u007f");
			continue;
		} else if ((uint8_t)*p == 0xC2 && (uint8_t)p[1] < 0xA0) {
			buf_printf(l->out, "\\u00%02x", (unsigned)(uint8_t)*++p);
			continue;
		}
		buf_add(l->out, p, 1);
	}
	buf_add_u8(l->out, '"');
	return p + 1;
}

static const char *lay_bracket(struct layout *l, const char *p)
{
	buf_add(l->out, p, 1);
	if (p[1] == '}' || p[1] == ']') {
		buf_add(l->out, p + 1, 1);
		return p + 2;
	}
	l->level++;
	break_line(l);
	return p + 1;
}

/* From cJSON's one line to the lines people read. */
static void lay_out(struct layout *l, const char *p)
{
	while (*p && !l->out->failed) {
		if (*p == '"') {
			p = lay_string(l, p);
			continue;
		}
		if (*p == '{' || *p == '[') {
			p = lay_bracket(l, p);
			continue;
		}
		if (*p == '}' || *p == ']') {
			l->level--;
			break_line(l);
		}
		buf_add(l->out, p, 1);
		if (*p == ',')
			break_line(l);
		if (*p == ':' && !l->compress)
			buf_add_u8(l->out, ' ');
		p++;
	}
}

status json_print(const struct value *v, bool compress, unsigned depth, unsigned indent, struct buf *out)
{
	CLEANUP_JSON cJSON *tree = make(v, depth < VALUE_DEPTH_MAX ? depth : VALUE_DEPTH_MAX);
	struct layout l = { out, 0, indent, compress };
	char *text = tree ? cJSON_PrintUnformatted(tree) : NULL;

	if (!text)
		return ecMemory;
	lay_out(&l, text);
	cJSON_free(text);
	return buf_status(out);
}
