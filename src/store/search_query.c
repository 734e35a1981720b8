#include "store/search_query.h"

#include "base/utf16.h"
#include "store/message.h"
#include "store/search_private.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#define NODES_MAX 128u

struct parser {
	const char *at;
	const struct clock *clock;
	struct arena *arena;
	struct reason *why;
	unsigned depth, nodes;
};

static status parse_any(struct parser *p, struct search_node **out);

static status no_memory(struct parser *p)
{
	return reason_set(p->why, ecMemory, "out of memory");
}

static status new_node(struct parser *p, enum search_kind kind, struct search_node **out)
{
	if (++p->nodes > NODES_MAX)
		return reason_set(p->why, ecTooComplex, "the search has more than %u parts", NODES_MAX);
	*out = arena_zalloc(p->arena, sizeof **out);
	if (!*out)
		return no_memory(p);
	(*out)->kind = kind;
	return ecNone;
}

static status add(struct parser *p, struct search_node *to, struct search_node *child)
{
	struct search_node **of = arena_array(p->arena, to->n + 1, sizeof(struct search_node *));

	if (!of)
		return no_memory(p);
	if (to->n)
		memcpy(of, to->of, to->n * sizeof(struct search_node *));
	of[to->n++] = child;
	to->of = of;
	return ecNone;
}

static void skip_space(struct parser *p)
{
	while (*p->at && strchr(" \t\r\n", *p->at))
		p->at++;
}

/* Is the word next, as a word of its own? It is passed. */
static bool take_word(struct parser *p, const char *word)
{
	size_t n = strlen(word);

	if (strncmp(p->at, word, n) != 0 || (p->at[n] && !strchr(" \t\r\n(\"", p->at[n])))
		return false;
	p->at += n;
	return true;
}

/* Words ----------------------------------------------------------------------------------------------------------------- */

/* In quotes, or up to the next space or bracket. *prefix: a star follows. */
static status take_value(struct parser *p, const char **value, bool *prefix)
{
	bool quoted = *p->at == '"';
	const char *begin = p->at += quoted;

	while (*p->at && (quoted ? *p->at != '"' : !strchr(" \t\r\n()\"", *p->at)))
		p->at++;
	const char *end = p->at;
	if (quoted && !*p->at)
		return reason_set(p->why, ecInvalidParam, "a \" is missing after \"%.60s", begin);
	p->at += quoted;
	*prefix = quoted ? *p->at == '*' : end > begin && end[-1] == '*';
	if (*prefix && quoted)
		p->at++;
	else if (*prefix)
		end--;
	*value = arena_strndup(p->arena, begin, (size_t)(end - begin));
	return *value ? ecNone : no_memory(p);
}

static status text_node(struct parser *p, unsigned fields, struct search_node **out)
{
	const char *value = NULL, **words = NULL;
	bool prefix = false;
	size_t n = 0;
	status s = take_value(p, &value, &prefix);

	if (!s)
		s = fulltext_split(value, p->arena, &words, &n);
	if (s)
		return p->why && p->why->text[0] ? s : no_memory(p);
	if (!n)
		return reason_set(p->why, ecInvalidParam, "\"%.60s\" has no letters or digits to search for", value);
	s = new_node(p, SEARCH_TEXT, out);
	if (!s)
		(*out)->text = (struct fulltext_node){ .kind = FULLTEXT_PHRASE, .fields = fields, .words = words, .prefix = prefix, .n = n };
	return s;
}

/* Conditions -------------------------------------------------------------------------------------------------------------- */

static status condition_node(struct parser *p, const struct restriction *r, struct search_node **out)
{
	status s = r ? new_node(p, SEARCH_CONDITION, out) : no_memory(p);

	if (!s)
		(*out)->condition = r;
	return s;
}

static struct restriction *compare(struct parser *p, uint32_t tag, enum restriction_relop relop, uint64_t v)
{
	struct restriction *r = arena_zalloc(p->arena, sizeof *r);
	size_t n = prop_type_fixed_size(tag_type(tag));
	uint8_t *le = arena_alloc(p->arena, 8);

	if (!r || !le)
		return NULL;
	put_le64(le, v);
	r->kind = RES_PROPERTY;
	r->u.property = (struct restriction_property){ .relop = (uint8_t)relop, .tag = tag };
	r->u.property.value.prop = (struct prop){ .tag = tag, .count = 1, .size = n, .value = bytes_of(le, n) };
	return r;
}

static struct restriction *bits(struct parser *p, uint32_t mask)
{
	struct restriction *r = arena_zalloc(p->arena, sizeof *r);

	if (r) {
		r->kind = RES_BITMASK;
		r->u.bitmask = (struct restriction_bitmask){ .relop = BITMAP_NEZ, .tag = PidTagMessageFlags, .mask = mask };
	}
	return r;
}

static struct restriction *both(struct parser *p, const struct restriction *a, const struct restriction *b)
{
	struct restriction *r = arena_zalloc(p->arena, sizeof *r), *v = arena_array(p->arena, 2, sizeof *v);

	if (!r || !v || !a || !b)
		return NULL;
	v[0] = *a;
	v[1] = *b;
	r->u.list.all.v = v;
	r->u.list.all.n = 2;
	return r;
}

#define FLAGGED 2 /* followupFlagged [MS-OXOFLAG] 2.2.1.1 */
#define HIGH 2    /* [MS-OXCMSG] 2.2.1.11 */

static const char *const states[] = { "unread", "read", "flagged", "important", "draft", "attachment", "attachments", "flag" };

static struct restriction *state(struct parser *p, size_t which)
{
	switch (which) {
	case 0:
	case 1:
		return compare(p, PidTagRead, RELOP_EQ, which);
	case 2:
	case 7:
		return compare(p, PidTagFlagStatus, RELOP_EQ, FLAGGED);
	case 3:
		return compare(p, PidTagImportance, RELOP_EQ, HIGH);
	case 4:
		return bits(p, MSGFLAG_UNSENT);
	default:
		return compare(p, PidTagHasAttachments, RELOP_EQ, 1);
	}
}

static status state_node(struct parser *p, const char *field, struct search_node **out)
{
	bool is = strcmp(field, "is") == 0, prefix = false;
	const char *value = NULL;
	status s = take_value(p, &value, &prefix);

	for (size_t i = is ? 0 : 5; !s && i < (is ? 5 : sizeof states / sizeof *states); i++)
		if (strcasecmp(states[i], value) == 0)
			return condition_node(p, state(p, i), out);
	return s ? s : reason_set(p->why, ecInvalidParam, "\"%s:%.40s\" means nothing; there are %s", field, value,
				  is ? "is:unread, is:read, is:flagged, is:important and is:draft" : "has:attachment and has:flag");
}

#define DAY (86400 * FILETIME_PER_SECOND)

/* A day or a month: when it begins and ends. */
static bool parse_day(struct parser *p, const char *text, uint64_t *begin, uint64_t *end)
{
	uint64_t today = p->clock->now(p->clock) / DAY * DAY;
	char first[16];
	int month;

	if (strcasecmp(text, "today") == 0 || strcasecmp(text, "yesterday") == 0) {
		*begin = today - (strcasecmp(text, "yesterday") == 0 ? DAY : 0);
		*end = *begin + DAY;
		return true;
	}
	if (strlen(text) == 10 && filetime_parse(text, begin)) {
		*end = *begin + DAY;
		return true;
	}
	if (strlen(text) != 7)
		return false;
	(void)snprintf(first, sizeof first, "%s-01", text);
	if (!filetime_parse(first, begin))
		return false;
	month = (text[5] - '0') * 10 + text[6] - '0';
	(void)snprintf(first, sizeof first, "%.4s-%02d-01", text, month + 1);
	*end = *begin + 31 * DAY;
	if (month < 12 && !filetime_parse(first, end))
		return false;
	return true;
}

static status day_node(struct parser *p, const char *field, struct search_node **out)
{
	const char *value = NULL;
	uint64_t begin = 0, end = 0;
	bool prefix = false;
	struct restriction *from, *to;
	status s = take_value(p, &value, &prefix);

	if (s)
		return s;
	if (!parse_day(p, value, &begin, &end))
		return reason_set(p->why, ecInvalidParam, "\"%.40s\" is no day; write %s:2026-01-31, %s:2026-01, %s:today or %s:yesterday", value,
				  field, field, field, field);
	from = compare(p, PidTagMessageDeliveryTime, RELOP_GE, begin);
	to = compare(p, PidTagMessageDeliveryTime, RELOP_LT, *field == 'b' ? begin : end);
	return condition_node(p, *field == 'o' ? both(p, from, to) : *field == 'b' ? to : from, out);
}

static status size_node(struct parser *p, enum restriction_relop relop, struct search_node **out)
{
	static const char units[] = "bkmg";
	const char *value = NULL, *unit;
	bool prefix = false;
	char *end = NULL;
	status s = take_value(p, &value, &prefix);

	if (s)
		return s;
	unsigned long long n = isdigit((unsigned char)*value) ? strtoull(value, &end, 10) : 0;
	unit = end && *end ? strchr(units, tolower((unsigned char)*end)) : units;
	if (!end || !unit || (*end && end[1] && strcasecmp(end + 1, "b") != 0) || n > UINT64_C(1) << 32)
		return reason_set(p->why, ecInvalidParam, "\"%.40s\" is no size; write size>1M, size<500K or size>20000", value);
	return condition_node(p, compare(p, PidTagMessageSizeExtended, relop, n << 10 * (unit - units)), out);
}

static status folder_node(struct parser *p, struct search_node **out)
{
	const char *value = NULL;
	bool prefix = false;
	status s = take_value(p, &value, &prefix);

	if (!s && !*value)
		return reason_set(p->why, ecInvalidParam, "folder: needs the name of a folder");
	if (!s)
		s = new_node(p, SEARCH_FOLDER, out);
	if (!s)
		(*out)->folder = value;
	return s;
}

/* Fields --------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	unsigned fields;
} text_fields[] = { { "from", FULLTEXT_SENDER }, { "to", FULLTEXT_RECIPIENTS }, { "subject", FULLTEXT_SUBJECT }, { "body", FULLTEXT_BODY } };

/* A name and a colon, or "size" and a sign, at the beginning of a word; *length passes both. */
static bool take_field(struct parser *p, char name[static 12])
{
	size_t n = 0;

	while (n < 11 && isalpha((unsigned char)p->at[n])) {
		name[n] = (char)tolower((unsigned char)p->at[n]);
		n++;
	}
	name[n] = '\0';
	if (!n || (p->at[n] != ':' && !(strcmp(name, "size") == 0 && (p->at[n] == '<' || p->at[n] == '>'))))
		return false;
	p->at += n;
	return true;
}

static status field_node(struct parser *p, const char *name, struct search_node **out)
{
	if (strcmp(name, "size") == 0) {
		p->at += *p->at == ':';
		enum restriction_relop relop = *p->at == '<' ? RELOP_LT : RELOP_GT;
		p->at += *p->at == '<' || *p->at == '>';
		return size_node(p, relop, out);
	}
	p->at++;
	for (size_t i = 0; i < sizeof text_fields / sizeof *text_fields; i++)
		if (strcmp(text_fields[i].name, name) == 0)
			return text_node(p, text_fields[i].fields, out);
	if (strcmp(name, "is") == 0 || strcmp(name, "has") == 0)
		return state_node(p, name, out);
	if (strcmp(name, "before") == 0 || strcmp(name, "after") == 0 || strcmp(name, "on") == 0)
		return day_node(p, name, out);
	if (strcmp(name, "folder") == 0)
		return folder_node(p, out);
	return reason_set(p->why, ecInvalidParam,
			  "there is no \"%s:\" to search by; there are from, to, subject, body, has, is, before, after, on, size and folder;"
			  " put what you look for in quotes if it has a colon", name);
}

/* Grammar ------------------------------------------------------------------------------------------------------------------------ */

static status parse_primary(struct parser *p, struct search_node **out)
{
	char name[12];
	status s;

	skip_space(p);
	if (*p->at == '(') {
		p->at++;
		if (++p->depth > SEARCH_DEPTH_MAX)
			return reason_set(p->why, ecTooComplex, "brackets nest more than %u deep", SEARCH_DEPTH_MAX);
		s = parse_any(p, out);
		p->depth--;
		if (!s && *p->at != ')')
			s = reason_set(p->why, ecInvalidParam, "a ) is missing");
		p->at += !s;
		return s;
	}
	if (!*p->at || *p->at == ')')
		return reason_set(p->why, ecInvalidParam, "%s", *p->at ? "nothing stands before )" : "the search ends where a word should follow");
	return take_field(p, name) ? field_node(p, name, out) : text_node(p, FULLTEXT_ALL, out);
}

static status parse_one(struct parser *p, struct search_node **out)
{
	struct search_node *inner = NULL;
	status s;

	skip_space(p);
	if (*p->at == '-')
		p->at++;
	else if (!take_word(p, "NOT"))
		return parse_primary(p, out);
	s = parse_primary(p, &inner);
	if (!s)
		s = new_node(p, SEARCH_NOT, out);
	return s ? s : add(p, *out, inner);
}

static bool at_or(struct parser *p)
{
	struct parser ahead = *p;

	return take_word(&ahead, "OR");
}

static status parse_all(struct parser *p, struct search_node **out)
{
	status s = new_node(p, SEARCH_ALL_OF, out);

	do {
		struct search_node *one = NULL;

		(void)take_word(p, "AND");
		if (!s)
			s = parse_one(p, &one);
		if (!s)
			s = add(p, *out, one);
		skip_space(p);
	} while (!s && *p->at && *p->at != ')' && !at_or(p));
	if (!s && (*out)->n == 1)
		*out = (*out)->of[0];
	return s;
}

static status parse_any(struct parser *p, struct search_node **out)
{
	status s = new_node(p, SEARCH_ANY_OF, out);

	do {
		struct search_node *all = NULL;

		if (!s)
			s = parse_all(p, &all);
		if (!s)
			s = add(p, *out, all);
		skip_space(p);
	} while (!s && take_word(p, "OR"));
	if (!s && (*out)->n == 1)
		*out = (*out)->of[0];
	return s;
}

status search_parse(const char *text, const struct clock *clock, struct arena *arena, struct search_node **out, struct reason *why)
{
	struct reason none = { "" };
	struct parser p = { .at = text, .clock = clock, .arena = arena, .why = why ? why : &none };
	struct search_node *root = NULL;
	status s;

	p.why->text[0] = '\0';
	if (strnlen(text, SEARCH_QUERY_MAX + 1) > SEARCH_QUERY_MAX)
		return reason_set(p.why, ecTooBig, "a search has at most %u bytes", SEARCH_QUERY_MAX);
	skip_space(&p);
	if (!*p.at)
		return reason_set(p.why, ecInvalidParam, "there is nothing to search for");
	s = parse_any(&p, &root);
	if (!s && *p.at)
		s = reason_set(p.why, ecInvalidParam, "a ) too many");
	if (!s)
		*out = root;
	return s;
}
