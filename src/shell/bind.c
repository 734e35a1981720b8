#include "shell/bind.h"

#include <strings.h>

#include "base/buf.h"
#include "shell/nearest.h"

static const char *const error_actions[] = { "Continue", "SilentlyContinue", "Stop", "Ignore", NULL };
static const char *const warning_actions[] = { "Continue", "SilentlyContinue", "Ignore", NULL };

static const struct parameter common[] = {
	{ .name = "ErrorAction", .alias = "ea", .type = PARAMETER_WORD, .words = error_actions,
	  .help = "What to do after an error with one object: go on, go on silently, or stop." },
	{ .name = "WarningAction", .alias = "wa", .type = PARAMETER_WORD, .words = warning_actions, .help = "Whether warnings are shown." },
	{ .name = "Verbose", .alias = "vb", .type = PARAMETER_SWITCH, .help = "Say more." },
	{ .name = "WhatIf", .alias = "wi", .type = PARAMETER_SWITCH, .help = "Say what would be done, and do nothing." },
	{ .name = "Confirm", .alias = "cf", .type = PARAMETER_SWITCH, .help = "Ask before each change; -Confirm:$false never asks." },
};

#define COMMON 3      /* of all cmdlets */
#define COMMON_CHANGE 5 /* of those that change something */

const struct parameter *binding_parameter(const struct cmdlet *cmdlet, size_t i)
{
	size_t own = 0, shared = cmdlet->flags & CMDLET_WHAT_IF ? COMMON_CHANGE : COMMON;

	while (cmdlet->parameters && cmdlet->parameters[own].name)
		own++;
	if (i < own)
		return &cmdlet->parameters[i];
	return i - own < shared ? &common[i - own] : NULL;
}

/* Names ------------------------------------------------------------------------------------------------------- */

static void say_unknown(const struct cmdlet *cmdlet, const char *name, struct reason *why)
{
	struct nearest near = nearest_to(name);
	const struct parameter *p;

	for (size_t i = 0; (p = binding_parameter(cmdlet, i)) != NULL; i++)
		nearest_offer(&near, p->name);
	if (near.best)
		reason_write(why, "%s has no parameter -%s; did you mean -%s? Get-Help %s shows all of them.",
				  cmdlet->name, name, near.best, cmdlet->name);
	else
		reason_write(why, "%s has no parameter -%s; Get-Help %s shows those it has.", cmdlet->name, name, cmdlet->name);
}

static void say_ambiguous(const struct cmdlet *cmdlet, const char *name, struct reason *why)
{
	CLEANUP_BUF struct buf names = BUF_MAX(400);
	const struct parameter *p;

	for (size_t i = 0; (p = binding_parameter(cmdlet, i)) != NULL; i++)
		if (strncasecmp(p->name, name, strlen(name)) == 0)
			buf_printf(&names, "%s-%s", names.n ? ", " : "", p->name);
	reason_write(why, "-%s of %s is ambiguous: it could be %s. Write more of the name.", name,
			  cmdlet->name, buf_cstr(&names));
}

const struct parameter *binding_find(const struct cmdlet *cmdlet, const char *name, struct reason *why)
{
	const struct parameter *p, *found = NULL;
	unsigned n = 0;

	for (size_t i = 0; (p = binding_parameter(cmdlet, i)) != NULL; i++) {
		if (strcasecmp(p->name, name) == 0 || (p->alias && strcasecmp(p->alias, name) == 0))
			return p;
		if (*name && strncasecmp(p->name, name, strlen(name)) == 0) {
			found = p;
			n++;
		}
	}
	if (n == 0)
		say_unknown(cmdlet, name, why);
	if (n > 1)
		say_ambiguous(cmdlet, name, why);
	return n == 1 ? found : NULL;
}

/* One parameter ----------------------------------------------------------------------------------------------- */

struct binder {
	struct binding *binding;
	struct arena *arena;
	struct reason *why;
};

static struct bound *bound_of(struct binding *b, const struct parameter *p)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].parameter == p)
			return &b->items[i];
	return &b->items[0];
}

static status fail_type(const struct binder *b, const struct parameter *p, const struct literal *l)
{
	CLEANUP_BUF struct buf wanted = BUF_MAX(300), given = BUF_MAX(100);

	parameter_describe(p, &wanted);
	if (l->raw)
		buf_add_str(&given, l->raw);
	else
		value_print(&l->value, &given);
	/* What may be a password is not repeated. */
	if (p->type == PARAMETER_SECRET)
		return reason_set(b->why, ecInvalidParam, "-%s of %s takes %s.", p->name, b->binding->cmdlet->name, buf_cstr(&wanted));
	if (l->value.kind == VALUE_NULL)
		return reason_set(b->why, ecInvalidParam, "-%s of %s cannot be $null; it takes %s.", p->name, b->binding->cmdlet->name, buf_cstr(&wanted));
	return reason_set(b->why, ecInvalidParam, "-%s of %s takes %s, not '%s'.", p->name, b->binding->cmdlet->name, buf_cstr(&wanted),
			  buf_cstr(&given));
}

/* One of a list: $null is no text there. */
static bool convert_item(const struct parameter *p, const struct literal *from, struct arena *a, struct value *out)
{
	return (from->value.kind != VALUE_NULL || p->type == PARAMETER_ANY) && parameter_convert(p, from, a, out);
}

/* The items as a list behind those that are there already. */
static status bind_items(const struct binder *b, struct bound *to, const struct argument *from)
{
	size_t before = to->how == BOUND_BY_LINE ? to->value.list.n : 0;
	bool nothing = from->n == 1 && !from->list && from->items[0].value.kind == VALUE_NULL;
	struct value *items = arena_array(b->arena, before + from->n, sizeof *items);

	if (!items)
		return reason_set(b->why, ecMemory, "the arguments need too much memory");
	if (before)
		memcpy(items, to->value.list.items, before * sizeof *items);
	for (size_t i = 0; i < from->n && !nothing; i++)
		if (!convert_item(to->parameter, &from->items[i], b->arena, &items[before + i]))
			return fail_type(b, to->parameter, &from->items[i]);
	to->value = value_list(items, nothing ? before : before + from->n);
	to->how = BOUND_BY_LINE;
	return ecNone;
}

/* @{Add=...; Remove=...} and nothing else in it. */
static bool is_changes(const struct value *v)
{
	if (v->kind != VALUE_OBJECT)
		return false;
	for (size_t i = 0; i < v->object->n; i++)
		if (strcasecmp(v->object->properties[i].name, "Add") != 0 && strcasecmp(v->object->properties[i].name, "Remove") != 0)
			return false;
	return v->object->n > 0;
}

static status bind_value(const struct binder *b, struct bound *to, const struct argument *from)
{
	const struct parameter *p = to->parameter;
	struct literal l;

	if (p->flags & PARAMETER_CHANGES && from->n == 1 && is_changes(&from->items[0].value)) {
		to->value = from->items[0].value;
		to->how = BOUND_BY_LINE;
		return ecNone;
	}
	if (p->flags & PARAMETER_LIST)
		return bind_items(b, to, from);
	if (from->list && p->type != PARAMETER_ANY)
		return reason_set(b->why, ecInvalidParam, "-%s of %s takes one value, not a list of %zu.", p->name,
				  b->binding->cmdlet->name, from->n);
	l = (struct literal){ .raw = NULL, .command = NULL };
	if (literals_value(b->arena, from->items, from->n, from->list, &l.value))
		return reason_set(b->why, ecMemory, "the arguments need too much memory");
	if (!from->list && from->n)
		l.raw = from->items[0].raw;
	if (!parameter_convert(p, &l, b->arena, &to->value))
		return fail_type(b, p, &l);
	to->how = BOUND_BY_LINE;
	return ecNone;
}

static status fail_missing_value(const struct binder *b, const struct parameter *p)
{
	CLEANUP_BUF struct buf wanted = BUF_MAX(300);

	parameter_describe(p, &wanted);
	return reason_set(b->why, ecInvalidParam, "-%s of %s needs a value: %s.", p->name, b->binding->cmdlet->name, buf_cstr(&wanted));
}

/* A condition in quotes, as -Filter takes it in Exchange. */
static status bind_condition(const struct binder *b, struct bound *to, const struct argument *from)
{
	const struct value *v = &from->items[0].value;
	struct syntax_error error;
	status rc;

	if (from->n != 1 || v->kind != VALUE_TEXT)
		return fail_type(b, to->parameter, &from->items[0]);
	rc = parse_condition(v->text, b->arena, &to->block, &error);
	if (rc)
		return reason_set(b->why, rc, "-%s of %s, character %zu: %s", to->parameter->name, b->binding->cmdlet->name, error.at + 1,
				  error.why.text);
	to->how = BOUND_BY_LINE;
	return ecNone;
}

static status bind_block(const struct binder *b, struct bound *to, const struct argument *from)
{
	if (to->parameter->type != PARAMETER_BLOCK)
		return reason_set(b->why, ecInvalidParam, "-%s of %s takes no block { }.", to->parameter->name, b->binding->cmdlet->name);
	to->block = from->block;
	to->how = BOUND_BY_LINE;
	return ecNone;
}

/* -Name, its value attached or in the next argument; *at is left on the last argument that was used. */
static status bind_named(const struct binder *b, const struct argument **at)
{
	const struct argument *a = *at, *value = a;
	const struct parameter *p = binding_find(b->binding->cmdlet, a->name, b->why);
	struct bound *to;

	if (!p)
		return ecInvalidParam;
	to = bound_of(b->binding, p);
	if (to->how == BOUND_BY_LINE)
		return reason_set(b->why, ecInvalidParam, "-%s of %s is given twice.", p->name, b->binding->cmdlet->name);
	if (p->type == PARAMETER_SWITCH && !a->colon) {
		to->value = value_bool(true);
		to->how = BOUND_BY_LINE;
		return ecNone;
	}
	if (!a->colon) {
		value = a->next;
		if (!value || value->kind == ARGUMENT_PARAMETER)
			return fail_missing_value(b, p);
		*at = value;
	}
	if (!value->block && p->type == PARAMETER_BLOCK && value->n)
		return bind_condition(b, to, value);
	return value->block ? bind_block(b, to, value) : bind_value(b, to, value);
}

/* Positions --------------------------------------------------------------------------------------------------- */

/* The first parameter by position that takes such an argument and has none yet. */
static struct bound *next_position(struct binding *b, bool block)
{
	struct bound *best = NULL;

	for (size_t i = 0; i < b->n; i++) {
		const struct parameter *p = b->items[i].parameter;
		bool open = b->items[i].how == BOUND_NOT || p->flags & PARAMETER_REST;

		if (p->position && open && (p->type == PARAMETER_BLOCK) == block && (!best || p->position < best->parameter->position))
			best = &b->items[i];
	}
	return best;
}

static status bind_positional(const struct binder *b, const struct argument *a)
{
	bool block = a->kind == ARGUMENT_BLOCK;
	struct bound *to = next_position(b->binding, block);
	CLEANUP_BUF struct buf given = BUF_MAX(100);

	if (to)
		return block ? bind_block(b, to, a) : bind_value(b, to, a);
	if (block)
		buf_add_str(&given, "{ }");
	else if (a->n && a->items[0].raw)
		buf_add_str(&given, a->items[0].raw);
	else if (a->n)
		value_print(&a->items[0].value, &given);
	return reason_set(b->why, ecInvalidParam, "%s has no place for '%s'; write the name of its parameter before it (Get-Help %s).",
			  b->binding->cmdlet->name, buf_cstr(&given), b->binding->cmdlet->name);
}

/* Names first, so that what is named takes no position. */
static status bind_arguments(const struct binder *b, const struct argument *first)
{
	status rc = ecNone;

	for (const struct argument *a = first; a && !rc; a = a->next)
		if (a->kind == ARGUMENT_PARAMETER)
			rc = bind_named(b, &a);
	for (const struct argument *a = first; a && !rc; a = a->next) {
		const struct parameter *p;

		if (a->kind != ARGUMENT_PARAMETER) {
			rc = bind_positional(b, a);
			continue;
		}
		/* The value that the first run took. */
		p = a->colon ? NULL : binding_find(b->binding->cmdlet, a->name, NULL);
		if (p && p->type != PARAMETER_SWITCH && a->next)
			a = a->next;
	}
	return rc;
}

static status check_mandatory(const struct binding *b, bool piped, bool before_pipe, struct reason *why)
{
	for (size_t i = 0; i < b->n; i++) {
		const struct parameter *p = b->items[i].parameter;
		bool later = before_pipe && piped && p->flags & (PARAMETER_BY_VALUE | PARAMETER_BY_NAME);

		if (!(p->flags & PARAMETER_MANDATORY) || b->items[i].how != BOUND_NOT || later)
			continue;
		CLEANUP_BUF struct buf wanted = BUF_MAX(300);
		parameter_describe(p, &wanted);
		return reason_set(why, ecInvalidParam, "%s needs -%s (%s).", b->cmdlet->name, p->name, buf_cstr(&wanted));
	}
	return ecNone;
}

static bool takes_from_pipe(const struct binding *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].parameter->flags & (PARAMETER_BY_VALUE | PARAMETER_BY_NAME))
			return true;
	return b->cmdlet->flags & CMDLET_INPUT;
}

status bind_line(const struct cmdlet *cmdlet, const struct invocation *text, bool piped, struct arena *a,
		 struct binding *out, struct reason *why)
{
	struct binding b = { .cmdlet = cmdlet };
	struct binder binder = { &b, a, why };
	status rc;

	while (binding_parameter(cmdlet, b.n))
		b.n++;
	b.items = arena_array(a, b.n, sizeof *b.items);
	if (!b.items)
		return reason_set(why, ecMemory, "the arguments need too much memory");
	for (size_t i = 0; i < b.n; i++)
		b.items[i].parameter = binding_parameter(cmdlet, i);
	rc = bind_arguments(&binder, text->arguments);
	if (!rc)
		rc = check_mandatory(&b, piped, true, why);
	if (!rc && piped && !takes_from_pipe(&b))
		return reason_set(why, ecInvalidParam, "%s takes nothing through the pipe; it can only stand first.", cmdlet->name);
	if (!rc)
		*out = b;
	return rc;
}

/* Through the pipe -------------------------------------------------------------------------------------------- */

static bool take(struct bound *to, const struct value *v, struct arena *a)
{
	struct literal l = { .value = *v };
	struct value converted, *list;

	if (!(to->parameter->flags & PARAMETER_LIST)) {
		if (!parameter_convert(to->parameter, &l, a, &to->value))
			return false;
	} else if (v->kind == VALUE_LIST) {
		list = arena_array(a, v->list.n, sizeof *list);
		for (size_t i = 0; list && i < v->list.n; i++) {
			l.value = v->list.items[i];
			if (!convert_item(to->parameter, &l, a, &list[i]))
				return false;
		}
		if (!list)
			return false;
		to->value = value_list(list, v->list.n);
	} else {
		list = arena_alloc(a, sizeof *list);
		if (!list || !convert_item(to->parameter, &l, a, &converted))
			return false;
		*list = converted;
		to->value = value_list(list, 1);
	}
	to->how = BOUND_BY_PIPE;
	return true;
}

static bool take_property(struct bound *to, const struct object *o, struct arena *a)
{
	const struct value *v = object_get(o, to->parameter->name);

	if (!v && to->parameter->alias)
		v = object_get(o, to->parameter->alias);
	/* An empty cell of a CSV file gives nothing. */
	return v && v->kind != VALUE_NULL && !(v->kind == VALUE_TEXT && !*v->text) && take(to, v, a);
}

static status fail_pipe(const struct binding *b, const struct value *in, struct reason *why)
{
	CLEANUP_BUF struct buf given = BUF_MAX(100);

	value_print(in, &given);
	return reason_set(why, ecInvalidParam, "%s can do nothing with '%s' (%s) that came through the pipe.", b->cmdlet->name,
			  buf_cstr(&given), in->kind == VALUE_OBJECT && in->object->type ? in->object->type->name : value_kind_name(in->kind));
}

status bind_pipe(struct binding *b, const struct value *in, struct arena *a, struct reason *why)
{
	bool any = b->cmdlet->flags & CMDLET_INPUT;

	for (size_t i = 0; i < b->n; i++) {
		struct bound *to = &b->items[i];
		unsigned flags = to->parameter->flags;

		if (to->how == BOUND_BY_LINE) {
			any = any || flags & (PARAMETER_BY_VALUE | PARAMETER_BY_NAME);
			continue;
		}
		to->how = BOUND_NOT;
		if (flags & PARAMETER_BY_NAME && in->kind == VALUE_OBJECT && take_property(to, in->object, a))
			any = true;
		else if (flags & PARAMETER_BY_VALUE && take(to, in, a))
			any = true;
	}
	return any ? check_mandatory(b, true, false, why) : fail_pipe(b, in, why);
}

void bind_forget(struct binding *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (b->items[i].how == BOUND_BY_PIPE)
			b->items[i].how = BOUND_NOT;
}

const struct bound *binding_get(const struct binding *b, const char *name)
{
	for (size_t i = 0; i < b->n; i++)
		if (strcasecmp(b->items[i].parameter->name, name) == 0)
			return &b->items[i];
	return NULL;
}
