/* What a cmdlet asks about its call. */
#include "shell/shell_private.h"

const struct value *call_value(const struct call *c, const char *parameter)
{
	const struct bound *b = binding_get(c->binding, parameter);

	return b && b->how != BOUND_NOT ? &b->value : NULL;
}

bool call_has(const struct call *c, const char *parameter)
{
	return call_value(c, parameter) != NULL;
}

const char *call_text(const struct call *c, const char *parameter)
{
	const struct value *v = call_value(c, parameter);

	return v && v->kind == VALUE_TEXT ? v->text : NULL;
}

const char *call_secret(const struct call *c, const char *parameter)
{
	const struct value *v = call_value(c, parameter);

	return v && v->kind == VALUE_SECRET ? v->text : NULL;
}

bool call_switch(const struct call *c, const char *parameter)
{
	const struct value *v = call_value(c, parameter);

	return v && v->kind == VALUE_BOOL && v->boolean;
}

int64_t call_integer(const struct call *c, const char *parameter, int64_t otherwise)
{
	const struct value *v = call_value(c, parameter);

	return v && v->kind == VALUE_INTEGER ? v->integer : otherwise;
}

struct value_list call_list(const struct call *c, const char *parameter)
{
	const struct value *v = call_value(c, parameter);

	return v && v->kind == VALUE_LIST ? v->list : (struct value_list){ NULL, 0 };
}

const struct expression *call_block(const struct call *c, const char *parameter)
{
	const struct bound *b = binding_get(c->binding, parameter);

	return b ? b->block : NULL;
}

status call_evaluate(struct call *c, const struct expression *e, const struct value *item, struct value *out)
{
	struct evaluation ev = { item, c->item, &c->run->matcher, &c->why };

	return expression_evaluate(&ev, e, out);
}

unsigned call_width(const struct call *c)
{
	return c->shell->host.width;
}

bool call_is_json(const struct call *c)
{
	return c->shell->host.json;
}

bool call_is_interrupted(const struct call *c)
{
	return c->shell->interrupted != 0;
}

status call_ask(struct call *c, const char *prompt, bool hidden, struct buf *answer)
{
	const struct shell_host *h = &c->shell->host;
	status rc;

	if (!h->ask)
		return call_fail(c, ecAccessDenied, "nobody can be asked");
	rc = h->ask(h->context, prompt, hidden, answer);
	if (rc == ecUserCanceled)
		return call_fail(c, rc, "interrupted");
	return rc ? call_fail(c, rc, "nobody answers: the input is at its end, or is the script itself") : ecNone;
}
