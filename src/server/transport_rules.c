/* Which rules a message fulfils, in which order, until when ([MS-OXORULE] 3.2.5.1). */
#include "server/transport_rules.h"

#include "base/reader.h"
#include "mapi/restriction.h"
#include "server/logon_object.h"
#include "store/folder.h"
#include "store/message.h"
#include "store/rule.h"

#include <stdlib.h>
#include <string.h>

#define CODEPAGE 1252u
#define EXTENDED_CLASS "IPM.ExtendedRule.Message"

/* Reading them ------------------------------------------------------------------------------------------------------------- */

static bool read_condition(struct bytes v, uint8_t counts, struct arena *arena, struct restrict_node **out)
{
	struct restriction *r = arena_alloc(arena, sizeof *r);

	return r && !restriction_decode(v, (enum wire_counts)counts, arena, r, NULL) && !restrict_compile(r, CODEPAGE, arena, out, NULL);
}

static bool read_actions(struct bytes v, uint8_t counts, struct arena *arena, struct rule_actions *out)
{
	struct wire_in in;

	wire_in_init(&in, v, arena);
	in.counts = counts;
	return !wire_decode_all(&in, &rule_actions_wire, out, NULL);
}

static void from_standard(const struct rule *r, struct arena *arena, struct delivery_rule *out)
{
	const struct prop *condition = bag_find(&r->props, tag_id(PidTagRuleCondition));
	const char *provider = bag_text(&r->props, tag_id(PidTagRuleProvider), CODEPAGE, arena);

	*out = (struct delivery_rule){ .id = r->id, .sequence = r->sequence, .state = r->state, .provider = provider ? provider : "", .counts = WIRE_COUNTS_16 };
	out->told = bag_bytes(&r->props, tag_id(RULE_TOLD));
	out->broken = (condition && condition->value.n && !read_condition(condition->value, out->counts, arena, &out->condition)) ||
		      !read_actions(bag_bytes(&r->props, tag_id(PidTagRuleActions)), out->counts, arena, &out->actions);
}

/* NamedPropertyInformation [MS-OXORULE] 2.2.4.2: names would have to be those of this mailbox, which only their writer can see to. */
static bool without_names(struct bytes *v)
{
	if (v->n < 2 || le16(v->p) != 0)
		return false;
	*v = bytes_of(v->p + 2, v->n - 2);
	return true;
}

static status from_extended(struct delivery *d, uint64_t id, const struct bag *p, struct delivery_rule *out)
{
	const char *provider = bag_text(p, tag_id(PidTagRuleMessageProvider), CODEPAGE, d->arena);
	struct prop actions = { .tag = 0 }, condition = { .tag = 0 };
	status s = message_value(d->m, id, tag_id(PidTagExtendedRuleMessageActions), d->arena, &actions), c;

	*out = (struct delivery_rule){ .message = id,
				       .id = id,
				       .sequence = bag_u32(p, tag_id(PidTagRuleMessageSequence), 0),
				       .state = bag_u32(p, tag_id(PidTagRuleMessageState), 0),
				       .provider = provider ? provider : "",
				       .counts = WIRE_COUNTS_32 };
	c = message_value(d->m, id, tag_id(PidTagExtendedRuleMessageCondition), d->arena, &condition);
	if ((s && s != ecNotFound) || (c && c != ecNotFound))
		return s && s != ecNotFound ? s : c;
	/* The actions have a version before them. */
	out->broken = s || actions.value.n > EXTENDED_RULE_MOST || !without_names(&actions.value) || actions.value.n < 4 ||
		      !read_actions(bytes_of(actions.value.p + 4, actions.value.n - 4), out->counts, d->arena, &out->actions);
	if (!c && condition.value.n)
		out->broken |= condition.value.n > EXTENDED_RULE_MOST || !without_names(&condition.value) ||
			       !read_condition(condition.value, out->counts, d->arena, &out->condition);
	return ecNone;
}

static status gather_extended(struct delivery *d, struct delivery_rule *out, size_t most, size_t *n)
{
	uint64_t id = 0;
	status s = ecNone;

	while (*n < most && !(s = message_next(d->m, d->folder, true, false, id, &id)) && id) {
		struct bag p;
		const char *class;

		bag_init(&p, d->arena);
		s = message_props(d->m, id, &p);
		class = s ? NULL : bag_text(&p, tag_id(PidTagMessageClass), CODEPAGE, d->arena);
		if (class && strcasecmp(class, EXTENDED_CLASS) == 0)
			s = from_extended(d, id, &p, &out[(*n)++]);
		if (s)
			break;
	}
	return s;
}

static int by_sequence(const void *a, const void *b)
{
	const struct delivery_rule *x = a, *y = b;

	return x->sequence != y->sequence ? (x->sequence > y->sequence) - (x->sequence < y->sequence) : (x->id > y->id) - (x->id < y->id);
}

status rules_gather(struct delivery *d, struct delivery_rule **out, size_t *n)
{
	struct rule *rules = NULL;
	struct delivery_rule *v;
	struct folder f;
	size_t standard = 0;
	status s = rule_list(d->m, d->folder, d->arena, &rules, &standard);

	if (!s)
		s = folder_get(d->m, d->folder, d->arena, &f);
	if (s)
		return s;
	v = arena_array(d->arena, standard + f.associated + 1, sizeof *v);
	if (!v)
		return ecMemory;
	*n = 0;
	for (size_t i = 0; i < standard; i++)
		from_standard(&rules[i], d->arena, &v[(*n)++]);
	if (f.associated)
		s = gather_extended(d, v, standard + f.associated, n);
	qsort(v, *n, sizeof *v, by_sequence);
	*out = v;
	return s;
}

/* The message as a row -------------------------------------------------------------------------------------------------------- */

struct message_row {
	struct restrict_row row;
	struct delivery *d;
	struct bag props;
	struct message_part *part; /* its recipients and attachments; NULL: not read yet */
	struct bag object;
};

static status row_prop(struct restrict_row *row, uint32_t tag, bool whole, const struct prop **out)
{
	struct message_row *r = (struct message_row *)row;
	const struct prop *p = bag_find(&r->props, tag_id(tag));
	struct prop *all;
	status s;

	*out = p;
	if (!p || !whole || !(p->flags & PROP_LARGE))
		return ecNone;
	all = arena_alloc(r->d->arena, sizeof *all);
	if (!all)
		return ecMemory;
	s = message_value(r->d->m, r->d->id, tag_id(tag), r->d->arena, all);
	*out = s ? NULL : all;
	return s == ecNotFound ? ecNone : s;
}

static status row_object(struct restrict_row *row, uint32_t subobject, size_t i, const struct bag **out)
{
	struct message_row *r = (struct message_row *)row;
	const struct property_set *props = NULL;
	status s = r->part ? ecNone : message_part_read(r->d->m, r->d->id, &r->part);

	*out = NULL;
	if (s)
		return s;
	if (tag_id(subobject) == tag_id(PidTagMessageRecipients) && i < r->part->n_recipients)
		props = &r->part->recipients[i].props;
	else if (tag_id(subobject) == tag_id(PidTagMessageAttachments) && i < r->part->n_attachments)
		props = &r->part->attachments[i]->props;
	if (!props)
		return ecNone;
	bag_init(&r->object, r->d->arena);
	s = property_set_bag(props, &r->object);
	*out = s ? NULL : &r->object;
	return s;
}

static status row_begin(struct delivery *d, struct message_row *out)
{
	struct message_info i;
	status s;

	*out = (struct message_row){ .row = { .prop = row_prop, .object = row_object, .codepage = CODEPAGE }, .d = d };
	bag_init(&out->props, d->arena);
	s = message_props(d->m, d->id, &out->props);
	if (!s)
		s = message_info(d->m, d->id, d->arena, &i);
	if (s)
		return s;
	s = bag_set_u32(&out->props, PidTagMessageSize, i.size > INT32_MAX ? INT32_MAX : (uint32_t)i.size);
	return s ? s : bag_set_bool(&out->props, PidTagHasAttachments, i.has_attachments);
}

/* Running them ------------------------------------------------------------------------------------------------------------------ */

static bool in_turn(const struct rule_run *r, const struct delivery_rule *rule, bool exited)
{
	bool oof = rule->state & RULE_ONLY_WHEN_OOF;

	if (rule->state & RULE_PARSE_ERROR || ((r->deleted || exited) && !oof))
		return false;
	return oof ? r->d->oof : rule->state & RULE_ENABLED;
}

static status run_actions(struct rule_run *r)
{
	const struct delivery_rule *rule = r->rule;
	status s = ecNone;

	for (uint32_t i = 0; !s && i < rule->actions.all.n && !r->d->bounced; i++) {
		const struct rule_action *a = &rule->actions.all.v[i].action;
		uint32_t error = 0;

		s = rule_act(r, a, &error);
		if (!s && error)
			s = rule_write_error(r, error, a->type, i);
	}
	return s;
}

static status mark_broken(struct rule_run *r)
{
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)1 << 20);
	struct bag set;
	status s = rule_write_error(r, RULE_ERROR_PARSE, 0, 0);

	bag_init(&set, &arena);
	if (!s)
		s = bag_set_u32(&set, PidTagRuleState, r->rule->state | RULE_PARSE_ERROR | RULE_ERROR);
	return s || r->rule->message ? s : rule_modify(r->d->m, r->folder, r->rule->id, &set);
}

static status run_all(struct rule_run *r, const struct delivery_rule *rules, size_t n)
{
	struct message_row row;
	bool exited = false;
	status s = row_begin(r->d, &row);

	for (size_t i = 0; !s && i < n && !r->d->bounced; i++) {
		bool yes = false;

		if (!in_turn(r, &rules[i], exited))
			continue;
		r->rule = &rules[i];
		if (rules[i].broken) {
			s = mark_broken(r);
			continue;
		}
		if (rules[i].condition)
			restrict_restart(rules[i].condition);
		s = restrict_matches(rules[i].condition, &row.row, &yes);
		if (!s && yes) {
			s = run_actions(r);
			exited |= (rules[i].state & RULE_EXIT_LEVEL) != 0;
		}
	}
	message_part_unref(row.part);
	return s;
}

/* The message goes where the rules say: copies for all folders but the last, which gets the message itself. */
static status settle(struct rule_run *r)
{
	struct delivery *d = r->d;
	uint64_t id;
	status s = ecNone;

	for (size_t i = 0; !s && i + 1 < r->n_moves; i++)
		s = message_copy(d->m, d->id, r->moves[i], &id);
	if (!s && r->n_moves) {
		s = message_move(d->m, d->id, r->moves[r->n_moves - 1], &id);
		d->folder = r->moves[r->n_moves - 1];
		d->id = s ? d->id : id;
	} else if (!s && (r->deleted || d->bounced)) {
		s = message_delete(d->m, d->id, DELETE_HARD);
		d->id = 0;
	}
	return s;
}

status transport_rules(struct delivery *d)
{
	struct rule_run r = { .d = d, .folder = d->folder };
	struct delivery_rule *rules = NULL;
	size_t n = 0;
	status s = rules_gather(d, &rules, &n);

	if (s || !n)
		return s;
	s = run_all(&r, rules, n);
	if (!s)
		s = settle(&r);
	if (!s && d->id)
		s = rule_write_deferred(&r);
	rule_forget_deferred(&r);
	return s;
}
