/* The head of an answer. */
#include <stdio.h>
#include <time.h>

#include "net/http_conn.h"

const char *http_reason(unsigned code)
{
	static const struct {
		unsigned code;
		const char *words;
	} reasons[] = {
		{ 100, "Continue" },
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 206, "Partial Content" },
		{ 207, "Multi-Status" },
		{ 301, "Moved Permanently" },
		{ 302, "Found" },
		{ 303, "See Other" },
		{ 304, "Not Modified" },
		{ 307, "Temporary Redirect" },
		{ 308, "Permanent Redirect" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 406, "Not Acceptable" },
		{ 408, "Request Timeout" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 411, "Length Required" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 416, "Range Not Satisfiable" },
		{ 417, "Expectation Failed" },
		{ 421, "Misdirected Request" },
		{ 429, "Too Many Requests" },
		{ 431, "Request Header Fields Too Large" },
		{ 449, "Retry With" },
		{ 451, "Redirect" },
		{ 500, "Internal Server Error" },
		{ 501, "Not Implemented" },
		{ 502, "Bad Gateway" },
		{ 503, "Service Unavailable" },
		{ 504, "Gateway Timeout" },
		{ 505, "HTTP Version Not Supported" },
		{ 507, "Insufficient Storage" },
	};

	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
		if (reasons[i].code == code)
			return reasons[i].words;
	return "Status";
}

/* Once a second and thread; in English whatever the locale. */
void http_date(char out[30])
{
	static const char days[][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
	static const char months[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	static _Thread_local char text[30];
	static _Thread_local time_t at;
	time_t now = time(NULL);
	struct tm t;

	if (now != at && gmtime_r(&now, &t)) {
		char year[16];

		(void)snprintf(year, sizeof year, "%04d", t.tm_year + 1900);
		(void)snprintf(text, sizeof text, "%s, %02u %s %.4s %02u:%02u:%02u GMT", days[t.tm_wday % 7],
			       (unsigned)t.tm_mday % 100, months[t.tm_mon % 12], year,
			       (unsigned)t.tm_hour % 100, (unsigned)t.tm_min % 100, (unsigned)t.tm_sec % 100);
		at = now;
	}
	memcpy(out, text, sizeof text);
}

/* The connection cannot go on after this answer. */
static bool must_close(const struct http_request *r)
{
	return r->close || !r->head->keep_alive || ATOMIC_GET(r->conn->server->draining) ||
	       ATOMIC_GET(r->expects) || __atomic_load_n(&r->unread, __ATOMIC_RELAXED) > HTTP_DISCARD_MOST;
}

void http_head_write(struct http_request *r, uint64_t length, struct buf *out)
{
	const char *product = r->conn->server->o.product;
	bool lengthless = r->code < 200 || r->code == 204 || r->code == 304;
	char date[30];

	http_date(date);
	r->chunked = length == HTTP_CHUNKED && r->head->minor && !lengthless;
	r->bodiless = r->is_head || lengthless;
	r->stream_left = length;
	r->close = must_close(r) || (length == HTTP_CHUNKED && !r->head->minor);
	buf_printf(out, "HTTP/1.1 %u %s\r\n", r->code, http_reason(r->code));
	buf_add(out, r->headers.p, r->headers.n);
	buf_printf(out, "Date: %s\r\n", date);
	if (product)
		buf_printf(out, "Server: %s\r\n", product);
	if (r->chunked)
		buf_add_str(out, "Transfer-Encoding: chunked\r\n");
	else if (length != HTTP_CHUNKED && !lengthless)
		buf_printf(out, "Content-Length: %llu\r\n", (unsigned long long)length);
	if (r->close)
		buf_add_str(out, "Connection: close\r\n");
	else if (!r->head->minor)
		buf_add_str(out, "Connection: keep-alive\r\n");
	buf_add_str(out, "\r\n");
	buf_free(&r->headers);
}
