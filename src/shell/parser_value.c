/* Values as they are written, and the conditions in { }. */
#include "shell/parser_private.h"

#include <stdio.h>
#include <strings.h>

#include "shell/object.h"

/* Values ------------------------------------------------------------------------------------------------------ */

static bool is_constant(const struct token *t)
{
	return t->kind == TOKEN_VARIABLE && (strcasecmp(t->text, "true") == 0 || strcasecmp(t->text, "false") == 0 || strcasecmp(t->text, "null") == 0);
}

bool starts_literal(const struct token *t)
{
	return t->kind == TOKEN_WORD || t->kind == TOKEN_STRING || t->kind == TOKEN_LIST_OPEN || t->kind == TOKEN_TABLE_OPEN ||
	       t->kind == TOKEN_OPEN || t->kind == TOKEN_NOT || is_constant(t);
}

static struct literal of_token(const struct token *t)
{
	struct literal l = { .value = value_text(t->text), .raw = NULL };

	if (t->kind == TOKEN_VARIABLE)
		l.value = strcasecmp(t->text, "null") == 0 ? value_null() : value_bool(strcasecmp(t->text, "true") == 0);
	if (t->kind == TOKEN_WORD) {
		l.raw = t->text;
		(void)number_parse(t->text, &l.value);
	}
	return l;
}

static status parse_value(struct parser *p, struct value *out) MUST;

static const struct object_type table_type = { .name = "Hashtable" };

static status parse_table_row(struct parser *p, struct object *o)
{
	const char *name = p->token.text;
	struct value v;
	status rc;

	if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_STRING)
		return parser_fail(p, "a name is missing: @{Name='value'}");
	rc = parser_step(p);
	/* The value is cut without regard to =. */
	p->lexer.equals = false;
	if (!rc)
		rc = parser_expect(p, TOKEN_EQUALS, "=");
	if (rc)
		return rc;
	if (p->token.kind == TOKEN_BLOCK_OPEN)
		return parser_fail(p, "calculated properties (@{Name='x';Expression={...}}) are not known here; name plain properties");
	rc = parse_value(p, &v);
	if (!rc)
		object_set(o, name, v);
	return rc;
}

static status parse_table_rows(struct parser *p, struct object *o)
{
	for (;;) {
		status rc = parser_skip_newlines(p);

		if (rc || p->token.kind == TOKEN_BLOCK_CLOSE)
			return rc;
		/* The word looked at was cut without regard to =. */
		p->lexer.at = p->token.at;
		p->lexer.equals = true;
		rc = parser_step(p);
		if (!rc)
			rc = parse_table_row(p, o);
		p->lexer.equals = false;
		if (rc)
			return rc;
		if (p->token.kind != TOKEN_NEWLINE && p->token.kind != TOKEN_BLOCK_CLOSE)
			return parser_expect(p, TOKEN_BLOCK_CLOSE, "}");
	}
}

/* @{Add='x'; Remove='y'}, as some Exchange cmdlets take changes of lists. */
static status parse_table(struct parser *p, struct literal *out)
{
	struct object *o = object_new(p->lexer.arena, &table_type);
	status rc;

	if (p->depth++ >= PARSER_DEPTH_MAX)
		return parser_fail(p, "deeper than %u", PARSER_DEPTH_MAX);
	rc = parser_step(p);
	if (!rc)
		rc = parse_table_rows(p, o);
	if (!rc)
		rc = parser_step(p);
	p->depth--;
	if (!rc && (!o || o->failed))
		return reason_set(&p->lexer.error->why, ecMemory, "the text needs too much memory");
	if (!rc)
		*out = (struct literal){ .value = value_object(o) };
	return rc;
}

static status parse_one(struct parser *p, struct literal *out)
{
	char name[80];

	if (p->token.kind == TOKEN_TABLE_OPEN)
		return parse_table(p, out);
	if (p->token.kind == TOKEN_NOT) /* a word that begins with ! */
		return parser_fail(p, "! cannot stand here; quote it when it is text: '!'");
	if (p->token.kind == TOKEN_VARIABLE && strcmp(p->token.text, "_") == 0)
		return parser_fail(p, "$_ stands only inside of { }");
	if (p->token.kind != TOKEN_WORD && p->token.kind != TOKEN_STRING && !is_constant(&p->token)) {
		p->lexer.error->incomplete = p->token.kind == TOKEN_END;
		return parser_fail(p, "a value is missing before %s", token_name(&p->token, name, sizeof name));
	}
	*out = of_token(&p->token);
	return parser_step(p);
}

/* Room for one more value. */
static struct literal *add_item(struct parser *p, struct literal **items, size_t *n)
{
	if (*n == 0 || (*n & (*n - 1)) == 0) {
		struct literal *more = parser_alloc(p, (*n ? *n * 2 : 1) * sizeof *more);

		if (!more)
			return NULL;
		if (*n)
			memcpy(more, *items, *n * sizeof *more);
		*items = more;
	}
	return &(*items)[(*n)++];
}

static status parse_commas(struct parser *p, struct literal **items, size_t *n)
{
	for (;;) {
		struct literal *l = *n < LITERALS_MAX ? add_item(p, items, n) : NULL;
		status rc;

		if (!l)
			return *n < LITERALS_MAX ? ecMemory : parser_fail(p, "more than %u values in a list", LITERALS_MAX);
		rc = parse_one(p, l);
		if (rc || p->token.kind != TOKEN_COMMA)
			return rc;
		rc = parser_step(p);
		if (!rc)
			rc = parser_skip_newlines(p);
		if (rc)
			return rc;
	}
}

/* A pipeline in parentheses, as the only item. */
static status parse_command(struct parser *p, struct literal **items, size_t *n)
{
	struct statement *s = parser_alloc(p, sizeof *s);
	struct literal *l = s ? add_item(p, items, n) : NULL;
	status rc;

	if (!l)
		return ecMemory;
	if (p->depth++ >= PARSER_DEPTH_MAX)
		return parser_fail(p, "deeper than %u", PARSER_DEPTH_MAX);
	p->commands++;
	rc = parse_pipeline(p, s);
	p->commands--;
	p->depth--;
	*l = (struct literal){ .command = s };
	return rc;
}

/* @( ... ) or ( ... ): values, or a pipeline. */
static status parse_enclosed(struct parser *p, struct literal **items, size_t *n)
{
	bool plain = p->token.kind == TOKEN_OPEN;
	struct value number;
	status rc = parser_step(p);

	if (!rc)
		rc = parser_skip_newlines(p);
	if (!rc && p->token.kind == TOKEN_WORD && !number_parse(p->token.text, &number))
		rc = parse_command(p, items, n);
	else if (!rc && (plain || p->token.kind != TOKEN_CLOSE))
		rc = parse_commas(p, items, n);
	if (!rc)
		rc = parser_skip_newlines(p);
	return rc ? rc : parser_expect(p, TOKEN_CLOSE, ")");
}

status parse_literals(struct parser *p, struct literal **items, size_t *n, bool *list)
{
	bool forced = p->token.kind == TOKEN_LIST_OPEN;
	status rc;

	*items = NULL;
	*n = 0;
	rc = forced || p->token.kind == TOKEN_OPEN ? parse_enclosed(p, items, n) : parse_commas(p, items, n);
	*list = forced || *n > 1;
	return rc;
}

status literals_value(struct arena *a, const struct literal *items, size_t n, bool list, struct value *out)
{
	struct value *values;

	if (!list) {
		*out = n ? items[0].value : value_null();
		return ecNone;
	}
	values = arena_array(a, n, sizeof *values);
	if (!values)
		return ecMemory;
	for (size_t i = 0; i < n; i++)
		values[i] = items[i].value;
	*out = value_list(values, n);
	return ecNone;
}

/* As one value. */
static status parse_value(struct parser *p, struct value *out)
{
	struct literal *items;
	size_t n;
	bool list;
	status rc = parse_literals(p, &items, &n, &list);

	if (rc)
		return rc;
	if (n && items[0].command)
		return parser_fail(p, "a cmdlet in parentheses can only be the argument of another one, not a part of { }");
	rc = literals_value(p->lexer.arena, items, n, list, out);
	return rc ? reason_set(&p->lexer.error->why, ecMemory, "the text needs too much memory") : ecNone;
}

/* Conditions -------------------------------------------------------------------------------------------------- */

static const char *const comparison_names[COMPARISONS] = {
	"eq", "ne", "gt", "ge", "lt", "le", "like", "notlike", "match", "notmatch", "contains", "notcontains", "in", "notin",
};

const char *comparison_name(enum comparison c)
{
	return comparison_names[c];
}

static bool find_comparison(const char *name, enum comparison *out)
{
	for (unsigned i = 0; i < COMPARISONS; i++)
		if (strcasecmp(comparison_names[i], name) == 0) {
			*out = (enum comparison)i;
			return true;
		}
	return false;
}

bool comparison_by_name(const char *name, enum comparison *out, bool *with_case)
{
	*with_case = false;
	if (find_comparison(name, out))
		return true;
	*with_case = (*name | 32) == 'c';
	return ((*name | 32) == 'c' || (*name | 32) == 'i') && find_comparison(name + 1, out);
}

static status parse_expression(struct parser *p, struct expression **out) MUST;
static status parse_operand(struct parser *p, struct expression **out) MUST;

static struct expression *new_expression(struct parser *p, enum expression_kind kind)
{
	struct expression *e = parser_alloc(p, sizeof *e);

	if (e)
		e->kind = kind;
	return e;
}

static status parse_property(struct parser *p, struct expression **out)
{
	struct expression *e = new_expression(p, EXPRESSION_PROPERTY);

	if (!e)
		return ecMemory;
	e->path = p->token.path;
	e->path_n = p->token.path_n;
	*out = e;
	return parser_step(p);
}

static status parse_values(struct parser *p, struct expression **out)
{
	struct expression *e = new_expression(p, EXPRESSION_VALUE);
	status rc;

	if (!e)
		return ecMemory;
	rc = parse_value(p, &e->value);
	if (!rc)
		*out = e;
	return rc;
}

/* { Department -eq 'Sales' }, as filters are written: a bare word before an operator is a property. */
static status parse_bare(struct parser *p, struct expression **out)
{
	struct expression *e = new_expression(p, EXPRESSION_PROPERTY);
	const char **path = parser_alloc(p, sizeof *path);
	struct token word = p->token;
	enum comparison compare;
	bool with_case;
	status rc;

	if (!e || !path)
		return ecMemory;
	path[0] = word.text;
	e->path = path;
	e->path_n = 1;
	*out = e;
	rc = parser_step(p);
	if (rc || (p->token.kind == TOKEN_PARAMETER && comparison_by_name(p->token.text, &compare, &with_case)))
		return rc;
	p->token = word;
	return parser_fail(p, "'%s' is neither $_ nor a value; text is quoted inside of { }, and cmdlets do not stand there", word.text);
}

static status parse_not(struct parser *p, struct expression **out)
{
	struct expression *e = new_expression(p, EXPRESSION_NOT), *inner = NULL;
	status rc;

	if (!e)
		return ecMemory;
	rc = parser_step(p);
	if (!rc)
		rc = parse_operand(p, &inner);
	if (rc)
		return rc;
	e->left = inner;
	*out = e;
	return ecNone;
}

static status parse_parentheses(struct parser *p, struct expression **out)
{
	status rc = parser_step(p);

	if (!rc)
		rc = parser_skip_newlines(p);
	if (!rc)
		rc = parse_expression(p, out);
	if (!rc)
		rc = parser_skip_newlines(p);
	return rc ? rc : parser_expect(p, TOKEN_CLOSE, ")");
}

static bool is_operator(const struct token *t, const char *name)
{
	return t->kind == TOKEN_PARAMETER && !t->colon && strcasecmp(t->text, name) == 0;
}

static status parse_plain_operand(struct parser *p, struct expression **out)
{
	struct value number;
	char name[80];

	if (p->token.kind == TOKEN_NOT || is_operator(&p->token, "not"))
		return parse_not(p, out);
	if (p->token.kind == TOKEN_OPEN)
		return parse_parentheses(p, out);
	if (p->token.kind == TOKEN_VARIABLE && strcmp(p->token.text, "_") == 0)
		return parse_property(p, out);
	if (p->token.kind == TOKEN_WORD && !number_parse(p->token.text, &number))
		return parse_bare(p, out);
	if (starts_literal(&p->token))
		return parse_values(p, out);
	p->lexer.error->incomplete = p->token.kind == TOKEN_END;
	if (p->token.kind == TOKEN_VARIABLE)
		return parser_fail(p, "$%s: variables are not known here, but $_, $true, $false and $null", p->token.text);
	return parser_fail(p, "$_ or a value is missing before %s", token_name(&p->token, name, sizeof name));
}

/* As in PowerShell, -not binds closer than a comparison: -not ($_.Name -like 'a*'). */
static status parse_operand(struct parser *p, struct expression **out)
{
	status rc;

	if (p->depth++ >= PARSER_DEPTH_MAX)
		return parser_fail(p, "deeper than %u", PARSER_DEPTH_MAX);
	rc = parse_plain_operand(p, out);
	p->depth--;
	return rc;
}

static status parse_comparison(struct parser *p, struct expression **out)
{
	struct expression *left = NULL, *right = NULL, *e;
	enum comparison compare;
	bool with_case;
	status rc = parse_operand(p, &left);

	if (rc)
		return rc;
	*out = left;
	if (p->token.kind != TOKEN_PARAMETER || !comparison_by_name(p->token.text, &compare, &with_case))
		return ecNone;
	rc = parser_step(p);
	if (!rc)
		rc = parser_skip_newlines(p);
	if (!rc)
		rc = parse_operand(p, &right);
	if (rc)
		return rc;
	e = new_expression(p, EXPRESSION_COMPARE);
	if (!e)
		return ecMemory;
	e->compare = compare;
	e->with_case = with_case;
	e->left = left;
	e->right = right;
	*out = e;
	return ecNone;
}

/* The operator that joins two conditions; EXPRESSION_VALUE when there is none. */
static enum expression_kind joint(const struct token *t)
{
	return is_operator(t, "and")   ? EXPRESSION_AND
	       : is_operator(t, "or")  ? EXPRESSION_OR
	       : is_operator(t, "xor") ? EXPRESSION_XOR
				       : EXPRESSION_VALUE;
}

/* -and, -or and -xor have one rank and join from the left. */
static status parse_expression(struct parser *p, struct expression **out)
{
	status rc = parse_comparison(p, out);

	for (unsigned n = 0; !rc && joint(&p->token) != EXPRESSION_VALUE; n++) {
		struct expression *e = new_expression(p, joint(&p->token)), *right = NULL;

		if (!e)
			return ecMemory;
		/* Evaluating goes down the left side. */
		if (n == ARGUMENTS_MAX)
			return parser_fail(p, "more than %u conditions", ARGUMENTS_MAX);
		rc = parser_step(p);
		if (!rc)
			rc = parser_skip_newlines(p);
		if (!rc)
			rc = parse_comparison(p, &right);
		e->left = *out;
		e->right = right;
		*out = e;
	}
	return rc;
}

static status refuse_rest(struct parser *p)
{
	char name[80];

	(void)token_name(&p->token, name, sizeof name);
	p->lexer.error->incomplete = p->token.kind == TOKEN_END;
	if (p->token.kind == TOKEN_PARAMETER)
		return parser_fail(p, "%s is no operator; there are -eq -ne -gt -ge -lt -le -like -notlike -match -notmatch "
				      "-contains -notcontains -in -notin -and -or -xor -not", name);
	if (p->token.kind == TOKEN_PIPE || p->token.kind == TOKEN_NEWLINE)
		return parser_fail(p, "a block holds one expression, such as { $_.Size -gt 10MB }");
	return parser_fail(p, "} is missing before %s", name);
}

status parse_condition(const char *text, struct arena *arena, const struct expression **out, struct syntax_error *error)
{
	struct parser p = { .lexer = { .text = text, .n = strlen(text), .arena = arena, .error = error } };
	struct expression *e = NULL;
	status rc;

	*error = (struct syntax_error){ 0 };
	rc = parser_step(&p);
	if (!rc)
		rc = parse_expression(&p, &e);
	if (rc)
		return rc;
	if (p.token.kind != TOKEN_END)
		return refuse_rest(&p);
	*out = e;
	return ecNone;
}

status parse_block(struct parser *p, const struct expression **out)
{
	struct expression *e = NULL;
	status rc = parser_step(p);

	if (!rc)
		rc = parser_skip_newlines(p);
	if (!rc && p->token.kind == TOKEN_BLOCK_CLOSE)
		return parser_fail(p, "the block is empty; it holds one expression, such as { $_.Size -gt 10MB }");
	if (!rc)
		rc = parse_expression(p, &e);
	/* A line end before the brace is no second expression. */
	if (!rc)
		rc = parser_skip_newlines(p);
	if (rc)
		return rc;
	if (p->token.kind != TOKEN_BLOCK_CLOSE)
		return refuse_rest(p);
	*out = e;
	return parser_step(p);
}
