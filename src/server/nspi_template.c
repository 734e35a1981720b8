/* Pages in the form that clients draw: rows of controls, then the texts that they point to. */
#include "server/nspi_template.h"

#include "mapi/tag.h"

#include <string.h>

#define ROWSET_TYPE 1u
#define ROWSET_HEAD 8u
#define ROW_SIZE 36u

/* [MS-OXOABKT] 2.2.2.1.2: types of controls, and a flag of texts. */
enum control { LABEL = 0, EDIT = 1, LISTBOX = 2, PAGE = 8 };
enum control_flag { TAKES_ALL_LETTERS = 0x20 };

struct row {
	uint8_t control, line, column; /* of two columns, in lines of 16 units */
	uint32_t tag;                  /* what an EDIT or LISTBOX shows */
	const char *text;              /* of a LABEL or PAGE */
};

#define FIELD(line, column, label, tag) { LABEL, line, column, 0, label }, { EDIT, line, column, tag, "" }
#define TEXT8(tag) (((uint32_t)(tag) & 0xFFFF0000u) | PT_STRING8)

static const struct row person_rows[] = {
	{ PAGE, 0, 0, 0, "General" },
	FIELD(1, 0, "Name", TEXT8(PidTagDisplayName)), FIELD(1, 1, "Alias", TEXT8(PidTagAccount)),
	FIELD(2, 0, "First", TEXT8(PidTagGivenName)), FIELD(2, 1, "Last", TEXT8(PidTagSurname)),
	FIELD(3, 0, "Title", TEXT8(PidTagTitle)), FIELD(3, 1, "Company", TEXT8(PidTagCompanyName)),
	FIELD(4, 0, "Department", TEXT8(PidTagDepartmentName)), FIELD(4, 1, "Office", TEXT8(PidTagOfficeLocation)),
	FIELD(5, 0, "Phone", TEXT8(PidTagBusinessTelephoneNumber)), FIELD(5, 1, "Mobile", TEXT8(PidTagMobileTelephoneNumber)),
	FIELD(6, 0, "City", TEXT8(PidTagLocality)), FIELD(6, 1, "Country", TEXT8(PidTagCountry)),
	{ PAGE, 0, 0, 0, "Organization" },
	{ LABEL, 1, 0, 0, "Manager" }, { LISTBOX, 1, 0, PidTagAddressBookManager, "" },
	{ PAGE, 0, 0, 0, "Member Of" },
	{ LABEL, 1, 0, 0, "Groups" }, { LISTBOX, 1, 0, 0x8008000Du, "" },
};
static const struct row group_rows[] = {
	{ PAGE, 0, 0, 0, "General" },
	FIELD(1, 0, "Name", TEXT8(PidTagDisplayName)), FIELD(1, 1, "Alias", TEXT8(PidTagAccount)),
	FIELD(2, 0, "Notes", TEXT8(PidTagComment)),
	{ LABEL, 3, 0, 0, "Members" }, { LISTBOX, 3, 0, PidTagAddressBookMember, "" },
};

static void add_row(const struct row *r, uint32_t text, struct buf *out)
{
	bool value = r->control == EDIT || r->control == LISTBOX;
	uint32_t x = r->column * 180u + 8u + (value ? 50u : 0);

	buf_add_u32(out, x);
	buf_add_u32(out, r->control == LISTBOX ? 290u : value ? 115u : 45u);
	buf_add_u32(out, r->line * 16u);
	buf_add_u32(out, r->control == LISTBOX ? 90u : 12u);
	buf_add_u32(out, r->control);
	buf_add_u32(out, r->control == EDIT ? TAKES_ALL_LETTERS : 0);
	buf_add_u32(out, r->tag);
	buf_add_u32(out, r->control == EDIT ? 256u : 0);
	buf_add_u32(out, text);
}

void nspi_template_pages(bool group, struct buf *out)
{
	const struct row *rows = group ? group_rows : person_rows;
	uint32_t n = (uint32_t)(group ? sizeof group_rows / sizeof *group_rows : sizeof person_rows / sizeof *person_rows);
	uint32_t text = ROWSET_HEAD + n * ROW_SIZE;

	buf_add_u32(out, ROWSET_TYPE);
	buf_add_u32(out, n);
	for (uint32_t i = 0; i < n; i++) {
		add_row(&rows[i], text, out);
		text += (uint32_t)strlen(rows[i].text) + 1;
	}
	for (uint32_t i = 0; i < n; i++)
		buf_add(out, rows[i].text, strlen(rows[i].text) + 1);
}

void nspi_template_script(struct buf *out)
{
	buf_add_u32(out, 0);
}
