/* What a check says on its way. */
#include "pst/check_private.h"

static const char *const area_names[CHECK_AREAS] = {
	[CHECK_HEADER] = "header",	   [CHECK_PAGES] = "pages",   [CHECK_BTREES] = "B-trees",
	[CHECK_BLOCKS] = "blocks",	   [CHECK_MAPS] = "allocation maps", [CHECK_REFERENCES] = "references",
	[CHECK_HEAPS] = "heaps and properties", [CHECK_TABLES] = "tables", [CHECK_COUNTS] = "counts",
};

const char *check_area_name(enum check_area area)
{
	return area_names[area];
}

void check_report(struct checker *c, const struct check_finding *f)
{
	c->summary->findings[f->severity]++;
	c->summary->by_area[f->area]++;
	uint64_t n = c->summary->findings[0] + c->summary->findings[1] + c->summary->findings[2];
	if (c->options->found && (!c->options->most || n <= c->options->most))
		c->options->found(c->options->context, f);
}

void check_progress(struct checker *c, uint64_t bytes)
{
	uint64_t before = c->done >> 22;

	c->done += bytes;
	c->summary->bytes += bytes;
	if (c->options->progress && c->done >> 22 != before)
		c->options->progress(c->options->context, c->done < c->db.in->size ? c->done : c->db.in->size, c->db.in->size);
}
