/* A mail: header, then its bodies and attachments nested as MIME wants them. */
#include "mime/eml.h"

#include "mime/ical.h"

#include <stdio.h>

void eml_boundary(struct eml *w, char out[static BOUNDARY_SIZE])
{
	/* From a digest of all that is in the mail: so it cannot occur in it, and is the same each time. */
	snprintf(out, BOUNDARY_SIZE, "=_%016llx_%u", (unsigned long long)w->m->digest, w->boundaries++ % 1000000);
}

void eml_multipart(struct eml *w, const char *subtype, const char *boundary)
{
	emit_printf(w->e, "Content-Type: multipart/%s;\r\n boundary=\"%s\"\r\n\r\n", subtype, boundary);
}

void eml_next_part(struct eml *w, const char *boundary)
{
	emit_printf(w->e, "\r\n--%s\r\n", boundary);
}

void eml_last_part(struct eml *w, const char *boundary)
{
	emit_printf(w->e, "\r\n--%s--\r\n", boundary);
}

static void put_text(struct eml *w, const char *subtype, const struct body *b, const char *parameters)
{
	enum text_encoding encoding = text_encoding_of(&b->data);

	emit_printf(w->e, "Content-Type: text/%s; charset=%s%s\r\nContent-Transfer-Encoding: %s\r\n\r\n", subtype,
		    b->charset, parameters, text_encoding_name(encoding));
	emit_text(w->e, &b->data, encoding);
}

/* A mail as it is being laid out. */
struct layout {
	struct bodies bodies;
	struct meeting meeting; /* of a meeting request and the like; method NULL: none */
	size_t inlined, attached;
	bool has_html;
};

static void put_html(struct eml *w, const struct layout *l)
{
	const struct body *html = &l->bodies.part[BODY_HTML];
	char boundary[BOUNDARY_SIZE];

	if (!l->inlined) {
		put_text(w, "html", html, "");
		return;
	}
	eml_boundary(w, boundary);
	eml_multipart(w, "related", boundary);
	eml_next_part(w, boundary);
	put_text(w, "html", html, "");
	for (const struct mail_attachment *a = w->m->attachments; a; a = a->next)
		if (attachment_is_inline(w->g, a)) {
			eml_next_part(w, boundary);
			eml_attachment(w, a);
		}
	eml_last_part(w, boundary);
}

static void put_meeting(struct eml *w, const struct meeting *meeting)
{
	struct body b = { true, "utf-8", meeting->data };
	char method[40];

	snprintf(method, sizeof method, "; method=%s", meeting->method);
	put_text(w, "calendar", &b, method);
}

static void put_bodies(struct eml *w, const struct layout *l)
{
	const struct body *text = &l->bodies.part[BODY_TEXT];
	size_t kinds = (size_t)text->present + l->has_html + (l->meeting.method != NULL);
	char boundary[BOUNDARY_SIZE] = "";

	if (kinds > 1) {
		eml_boundary(w, boundary);
		eml_multipart(w, "alternative", boundary);
	}
	if (text->present || !kinds) {
		if (kinds > 1)
			eml_next_part(w, boundary);
		put_text(w, "plain", text, "");
	}
	if (l->has_html) {
		if (kinds > 1)
			eml_next_part(w, boundary);
		put_html(w, l);
	}
	if (l->meeting.method) {
		if (kinds > 1)
			eml_next_part(w, boundary);
		put_meeting(w, &l->meeting);
	}
	if (kinds > 1)
		eml_last_part(w, boundary);
}

static void put_rtf(struct eml *w, const struct layout *l)
{
	emit_printf(w->e, "Content-Type: %s; name=\"%s\"\r\nContent-Transfer-Encoding: base64\r\n"
			  "Content-Disposition: attachment; filename=\"%s\"\r\n\r\n",
		    l->bodies.part[BODY_RTF].charset, l->bodies.rtf_name, l->bodies.rtf_name);
	emit_base64(w->e, &l->bodies.part[BODY_RTF].data);
}

static void put_content(struct eml *w, const struct layout *l)
{
	char boundary[BOUNDARY_SIZE];

	emit_str(w->e, "MIME-Version: 1.0\r\n");
	if (!l->attached && !l->bodies.part[BODY_RTF].present) {
		put_bodies(w, l);
		return;
	}
	eml_boundary(w, boundary);
	eml_multipart(w, "mixed", boundary);
	eml_next_part(w, boundary);
	put_bodies(w, l);
	if (l->bodies.part[BODY_RTF].present) {
		eml_next_part(w, boundary);
		put_rtf(w, l);
	}
	for (const struct mail_attachment *a = w->m->attachments; a; a = a->next)
		if (!l->has_html || !attachment_is_inline(w->g, a)) {
			eml_next_part(w, boundary);
			eml_attachment(w, a);
		}
	eml_last_part(w, boundary);
}

void eml_write(struct emit *e, struct gather *g, const struct mail *m, const char *extra)
{
	struct eml w = { .e = e, .g = g, .m = m };
	const struct mail_attachment *secure = eml_secure_content(g, m);
	struct layout l = { .inlined = 0 };

	emit_str(e, extra);
	eml_headers(&w);
	if (secure) {
		eml_secure(&w, secure);
		return;
	}
	eml_bodies(g, &m->o, &l.bodies);
	l.has_html = l.bodies.part[BODY_HTML].present;
	meeting_of(g, m, &l.meeting);
	for (const struct mail_attachment *a = m->attachments; a; a = a->next) {
		bool within = l.has_html && attachment_is_inline(g, a);

		l.inlined += within;
		l.attached += !within;
	}
	put_content(&w, &l);
}
