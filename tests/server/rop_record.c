#include "rop_record.h"

#include <stdio.h>
#include <stdlib.h>

#define MOST 3000u

/* Without RopSize and the handles. */
static void write_hex(FILE *f, const char *what, struct bytes buffer)
{
	size_t n = le16(buffer.p);

	fprintf(f, "%s ", what);
	for (size_t i = 2; i < n; i++)
		fprintf(f, "%02x", buffer.p[i]);
	fputc('\n', f);
}

void rop_record(const struct rop_request *asked, const struct rop_response *r, const struct rop_columns *columns, bool is_public, struct bytes input, struct bytes output)
{
	const char *folder = getenv("POSTERN_RECORD");
	char path[400];
	FILE *f;

	if (!folder || input.n > MOST || output.n > MOST)
		return;
	(void)snprintf(path, sizeof path, "%s/%02X %s %s", folder, asked->id, asked->info->name, r && r->return_value ? "refused" : "done");
	f = fopen(path, "wx");
	if (!f)
		return;
	fprintf(f, "public %d\ncolumns", is_public);
	for (uint32_t i = 0; i < columns->n; i++)
		fprintf(f, " %08x", columns->tags[i]);
	fputc('\n', f);
	write_hex(f, "request", input);
	if (r)
		write_hex(f, "response", output);
	(void)fclose(f);
}
