#include "server/message_part.h"

#include "base/utf16.h"

#include <stdlib.h>

status message_part_new(struct message_part **out)
{
	struct message_part *p = calloc(1, sizeof *p);

	if (!p)
		return ecMemory;
	p->references = 1;
	*out = p;
	return ecNone;
}

struct message_part *message_part_ref(struct message_part *p)
{
	p->references++;
	return p;
}

void message_part_remove_recipients(struct message_part *p)
{
	for (size_t i = 0; i < p->n_recipients; i++)
		property_set_free(&p->recipients[i].props);
	p->n_recipients = 0;
}

/* Parts nest at most ITEM_DEPTH_MAX deep: the builder and the writer see to it. */
void message_part_unref(struct message_part *p)
{
	if (!p || --p->references)
		return;
	property_set_free(&p->props);
	message_part_remove_recipients(p);
	free(p->recipients);
	for (size_t i = 0; i < p->n_attachments; i++)
		attachment_part_unref(p->attachments[i]);
	free(p->attachments);
	free(p);
}

static status copy_recipients(struct message_part *to, const struct message_part *from)
{
	status s = ecNone;

	for (size_t i = 0; !s && i < from->n_recipients; i++) {
		struct recipient *r;

		s = message_part_set_recipient(to, from->recipients[i].row_id, &r);
		if (!s)
			s = property_set_copy(&r->props, &from->recipients[i].props);
	}
	return s;
}

status message_part_own(struct message_part **p)
{
	struct message_part *copy;
	status s;

	if ((*p)->references == 1)
		return ecNone;
	s = message_part_new(&copy);
	if (s)
		return s;
	s = property_set_copy(&copy->props, &(*p)->props);
	if (!s)
		s = copy_recipients(copy, *p);
	for (size_t i = 0; !s && i < (*p)->n_attachments; i++)
		s = message_part_put_attachment(copy, (*p)->attachments[i]);
	copy->next_number = (*p)->next_number;
	if (s) {
		message_part_unref(copy);
		return s;
	}
	message_part_unref(*p);
	*p = copy;
	return ecNone;
}

size_t message_part_cost(const struct message_part *p)
{
	size_t n = sizeof *p + property_set_cost(&p->props) + p->cap_recipients * sizeof *p->recipients +
		   p->cap_attachments * sizeof(struct attachment_part *);

	for (size_t i = 0; i < p->n_recipients; i++)
		n += property_set_cost(&p->recipients[i].props);
	for (size_t i = 0; i < p->n_attachments; i++)
		n += attachment_part_cost(p->attachments[i]);
	return n;
}

static bool has_big(const struct property_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (s->v[i].big)
			return true;
	return false;
}

bool message_part_has_big(const struct message_part *p)
{
	bool big = has_big(&p->props);

	for (size_t i = 0; !big && i < p->n_recipients; i++)
		big = has_big(&p->recipients[i].props);
	for (size_t i = 0; !big && i < p->n_attachments; i++)
		big = has_big(&p->attachments[i]->props) ||
		      (p->attachments[i]->embedded && message_part_has_big(p->attachments[i]->embedded));
	return big;
}

/* Recipients -------------------------------------------------------------------------------------------------------- */

/* Where the row is, or would be. */
static size_t recipient_at(const struct message_part *p, uint32_t row_id)
{
	size_t lo = 0, hi = p->n_recipients;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->recipients[mid].row_id < row_id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct recipient *message_part_recipient(const struct message_part *p, uint32_t row_id)
{
	size_t at = recipient_at(p, row_id);

	return at < p->n_recipients && p->recipients[at].row_id == row_id ? &p->recipients[at] : NULL;
}

status message_part_set_recipient(struct message_part *p, uint32_t row_id, struct recipient **out)
{
	size_t at = recipient_at(p, row_id);

	if (at < p->n_recipients && p->recipients[at].row_id == row_id) {
		property_set_free(&p->recipients[at].props);
		*out = &p->recipients[at];
		return ecNone;
	}
	if (p->n_recipients == MESSAGE_RECIPIENTS_MAX)
		return ecTooBig;
	if (p->n_recipients == p->cap_recipients) {
		size_t cap = p->cap_recipients ? 2 * p->cap_recipients : 8;
		struct recipient *v = reallocarray(p->recipients, cap, sizeof *v);

		if (!v)
			return ecMemory;
		p->recipients = v;
		p->cap_recipients = cap;
	}
	memmove(p->recipients + at + 1, p->recipients + at, (p->n_recipients - at) * sizeof *p->recipients);
	p->n_recipients++;
	p->recipients[at] = (struct recipient){ .row_id = row_id };
	*out = &p->recipients[at];
	return ecNone;
}

void message_part_remove_recipient(struct message_part *p, uint32_t row_id)
{
	struct recipient *r = message_part_recipient(p, row_id);

	if (!r)
		return;
	property_set_free(&r->props);
	p->n_recipients--;
	memmove(r, r + 1, (size_t)(p->recipients + p->n_recipients - r) * sizeof *r);
}

/* Flags beside it say what became of an earlier try. [MS-OXCMSG] 2.2.3.1.2 */
#define RECIPIENT_TYPE_MASK 0x0Fu

status message_part_display(const struct message_part *p, uint32_t type, struct buf *out)
{
	static const uint8_t separator[] = { ';', 0, ' ', 0 };
	CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)16 << 20);
	size_t begin = out->n;

	for (size_t i = 0; i < p->n_recipients; i++) {
		const struct property_set *r = &p->recipients[i].props;
		const struct held_prop *name = property_set_find(r, tag_id(PidTagDisplayName));

		if ((property_set_u32(r, tag_id(PidTagRecipientType), 1) & RECIPIENT_TYPE_MASK) != type || !name)
			continue;
		const char *text = prop_text(&name->p, 1252, &arena);
		if (!text)
			return ecMemory;
		if (out->n > begin)
			buf_add(out, separator, sizeof separator);
		utf16_from_utf8(bytes_of(text, strlen(text)), out);
		arena_reset(&arena);
	}
	return buf_status(out);
}

/* Attachments ------------------------------------------------------------------------------------------------------- */

static size_t attachment_at(const struct message_part *p, uint32_t number)
{
	size_t lo = 0, hi = p->n_attachments;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (p->attachments[mid]->number < number)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct attachment_part *message_part_attachment(const struct message_part *p, uint32_t number)
{
	size_t at = attachment_at(p, number);

	return at < p->n_attachments && p->attachments[at]->number == number ? p->attachments[at] : NULL;
}

status message_part_put_attachment(struct message_part *p, struct attachment_part *a)
{
	size_t at = attachment_at(p, a->number);

	if (a->number >= p->next_number && a->number < UINT32_MAX)
		p->next_number = a->number + 1;
	if (at < p->n_attachments && p->attachments[at]->number == a->number) {
		a->references++;
		attachment_part_unref(p->attachments[at]);
		p->attachments[at] = a;
		return ecNone;
	}
	if (p->n_attachments == p->cap_attachments) {
		size_t cap = p->cap_attachments ? 2 * p->cap_attachments : 4;
		struct attachment_part **v = reallocarray(p->attachments, cap, sizeof(struct attachment_part *));

		if (!v)
			return ecMemory;
		p->attachments = v;
		p->cap_attachments = cap;
	}
	a->references++;
	memmove(p->attachments + at + 1, p->attachments + at, (p->n_attachments - at) * sizeof(struct attachment_part *));
	p->attachments[at] = a;
	p->n_attachments++;
	return ecNone;
}

bool message_part_remove_attachment(struct message_part *p, uint32_t number)
{
	size_t at = attachment_at(p, number);

	if (at == p->n_attachments || p->attachments[at]->number != number)
		return false;
	attachment_part_unref(p->attachments[at]);
	p->n_attachments--;
	memmove(p->attachments + at, p->attachments + at + 1, (p->n_attachments - at) * sizeof(struct attachment_part *));
	return true;
}

bool message_part_has_attachments(const struct message_part *p)
{
	for (size_t i = 0; i < p->n_attachments; i++)
		if (!property_set_bool(&p->attachments[i]->props, tag_id(PidTagAttachmentHidden), false))
			return true;
	return false;
}

status attachment_part_new(uint32_t number, struct attachment_part **out)
{
	struct attachment_part *a = calloc(1, sizeof *a);

	if (!a)
		return ecMemory;
	a->references = 1;
	a->number = number;
	*out = a;
	return ecNone;
}

void attachment_part_unref(struct attachment_part *a)
{
	if (!a || --a->references)
		return;
	property_set_free(&a->props);
	message_part_unref(a->embedded);
	free(a);
}

status attachment_part_own(struct attachment_part **a)
{
	struct attachment_part *copy;
	status s;

	if ((*a)->references == 1)
		return ecNone;
	s = attachment_part_new((*a)->number, &copy);
	if (s)
		return s;
	s = property_set_copy(&copy->props, &(*a)->props);
	if (s) {
		attachment_part_unref(copy);
		return s;
	}
	copy->embedded = (*a)->embedded ? message_part_ref((*a)->embedded) : NULL;
	attachment_part_unref(*a);
	*a = copy;
	return ecNone;
}

size_t attachment_part_cost(const struct attachment_part *a)
{
	return sizeof *a + property_set_cost(&a->props) + (a->embedded ? message_part_cost(a->embedded) : 0);
}

static uint64_t values_size(const struct property_set *s)
{
	uint64_t n = 0;

	for (size_t i = 0; i < s->n; i++)
		n += 8 + (s->v[i].big ? big_value_size(s->v[i].big) : s->v[i].cost - sizeof s->v[i]);
	return n;
}

uint64_t attachment_part_size(const struct attachment_part *a)
{
	return values_size(&a->props) + (a->embedded ? message_part_size(a->embedded) : 0);
}

uint64_t message_part_size(const struct message_part *p)
{
	uint64_t n = values_size(&p->props);

	for (size_t i = 0; i < p->n_recipients; i++)
		n += values_size(&p->recipients[i].props);
	for (size_t i = 0; i < p->n_attachments; i++)
		n += attachment_part_size(p->attachments[i]);
	return n;
}
