/* What comes from a person or a file: Read-Host, Get-Content, and passwords by ConvertTo-SecureString. */
#include "base/buf.h"
#include "base/input.h"
#include "shell/cmdlets/builtin.h"

#define ANSWER_MAX ((size_t)64 << 10)
#define CONTENT_MAX ((size_t)64 << 20)

/* Read-Host --------------------------------------------------------------------------------------------------- */

static const struct parameter host_parameters[] = {
	{ .name = "Prompt", .type = PARAMETER_TEXT, .position = 1, .help = "What to ask." },
	{ .name = "AsSecureString", .type = PARAMETER_SWITCH, .help = "A password: what is typed is not shown, and cannot be printed." },
	{ .name = NULL },
};

static status host_process(struct call *c, const struct value *in)
{
	CLEANUP_BUF struct buf answer = BUF_MAX(ANSWER_MAX);
	bool secret = call_switch(c, "AsSecureString");
	const char *prompt = call_text(c, "Prompt");
	status rc = call_ask(c, prompt ? prompt : secret ? "Password" : "Value", secret, &answer);

	(void)in;
	if (!rc) {
		const char *text = buf_cstr(&answer);

		rc = answer.failed ? call_fail(c, ecTooBig, "the answer is longer than %zu bytes", ANSWER_MAX)
				   : call_emit(c, secret ? value_secret(text) : value_text(text));
	}
	if (answer.p)
		explicit_bzero(answer.p, answer.cap);
	return rc;
}

const struct cmdlet cmdlet_read_host = {
	.name = "Read-Host",
	.synopsis = "Asks for a line of text or a password; without a terminal it is read from the standard input.",
	.parameters = host_parameters,
	.output = "Text",
	.example = "Set-Mailbox anna -Password (Read-Host 'New password' -AsSecureString)",
	.process = host_process,
};

/* Get-Content ------------------------------------------------------------------------------------------------- */

static const struct parameter content_parameters[] = {
	{ .name = "Path", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_MANDATORY | PARAMETER_BY_VALUE, .help = "The file." },
	{ .name = "Raw", .type = PARAMETER_SWITCH, .help = "All as one text instead of line by line." },
	{ .name = "TotalCount", .alias = "First", .type = PARAMETER_INTEGER, .help = "Only so many lines from the beginning." },
	{ .name = NULL },
};

status content_read(struct call *c, const char *path, struct buf *out)
{
	CLEANUP_INPUT struct input *in = NULL;
	struct reason why = { "" };
	status rc = input_open_file(path, &in, &why);
	uint8_t *to;

	if (rc)
		return call_fail(c, rc, "%s", why.text);
	if (in->size > out->max)
		return call_fail(c, ecTooBig, "%s is longer than %zu bytes", path, out->max);
	to = buf_extend(out, (size_t)in->size);
	if (in->size && !to)
		return call_fail(c, ecMemory, "%s needs too much memory", path);
	rc = in->size ? input_read(in, 0, to, (size_t)in->size) : ecNone;
	if (rc)
		return call_fail(c, rc, "%s cannot be read", path);
	/* The mark that some editors begin UTF-8 with. */
	if (out->n >= 3 && memcmp(out->p, "\xEF\xBB\xBF", 3) == 0) {
		memmove(out->p, out->p + 3, out->n - 3);
		buf_truncate(out, out->n - 3);
	}
	if (out->n && memchr(out->p, 0, out->n))
		return call_fail(c, ecCorruptData, "%s has NUL bytes in it; it is no text in UTF-8", path);
	(void)buf_cstr(out);
	return out->failed ? call_fail(c, ecMemory, "%s needs too much memory", path) : ecNone;
}

static status emit_lines(struct call *c, char *text)
{
	int64_t most = call_integer(c, "TotalCount", INT64_MAX);
	status rc = ecNone;

	for (int64_t i = 0; *text && i < most && !rc; i++) {
		char *end = strchrnul(text, '\n'), *next = end + (*end == '\n');

		if (end > text && end[-1] == '\r')
			end--;
		*end = '\0';
		rc = call_emit(c, value_text(text));
		text = next;
	}
	return rc;
}

static status content_process(struct call *c, const struct value *in)
{
	CLEANUP_BUF struct buf text = BUF_MAX(CONTENT_MAX);
	status rc = content_read(c, call_text(c, "Path"), &text);

	(void)in;
	if (rc || !text.n)
		return rc;
	rc = call_switch(c, "Raw") ? call_emit(c, value_text((char *)text.p)) : emit_lines(c, (char *)text.p);
	/* It may have been a password. */
	explicit_bzero(text.p, text.cap);
	return rc;
}

static const char *const content_aliases[] = { "gc", "cat", "type", NULL };

const struct cmdlet cmdlet_get_content = {
	.name = "Get-Content",
	.aliases = content_aliases,
	.synopsis = "Reads the lines of a text file.",
	.parameters = content_parameters,
	.output = "Text",
	.example = "Get-Content leavers.txt | Disable-Mailbox -Confirm:$false",
	.process = content_process,
};

/* ConvertTo-SecureString -------------------------------------------------------------------------------------- */

static const struct parameter secure_parameters[] = {
	{ .name = "String", .type = PARAMETER_TEXT, .position = 1, .flags = PARAMETER_BY_VALUE, .help = "The password; it comes through the pipe." },
	{ .name = "AsPlainText", .type = PARAMETER_SWITCH, .help = "Taken for handbooks' sake: it always is plain text that comes in." },
	{ .name = "Force", .type = PARAMETER_SWITCH, .help = "Taken for handbooks' sake." },
	{ .name = NULL },
};

/* What stands on the line has been seen by the history, and by everybody who lists the processes. */
static status secure_begin(struct call *c)
{
	if (!call_has(c, "String"))
		return ecNone;
	return call_fail(c, ecInvalidParam, "a password on the line stays in the history and is seen in the list of processes; "
					    "(Read-Host -AsSecureString) asks for it, (Get-Content FILE | ConvertTo-SecureString) reads it");
}

static status secure_process(struct call *c, const struct value *in)
{
	const char *text = call_text(c, "String");

	if (!in)
		return call_fail(c, ecInvalidParam, "it makes a password of what comes through the pipe: Get-Content FILE | ConvertTo-SecureString");
	if (!text || !*text)
		return call_error(c, ecInvalidParam, "the password is empty");
	return call_emit(c, value_secret(text));
}

const struct cmdlet cmdlet_convert_to_secure_string = {
	.name = "ConvertTo-SecureString",
	.synopsis = "Makes a password that cannot be printed of text that comes through the pipe.",
	.parameters = secure_parameters,
	.output = "SecureString",
	.example = "New-Mailbox anna -Password (Get-Content password.txt | ConvertTo-SecureString)",
	.begin = secure_begin,
	.process = secure_process,
};
