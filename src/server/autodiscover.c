/* Autodiscover over HTTP. */
#include "server/autodiscover.h"

#include "net/work.h"
#include "server/events.h"
#include "server/http.h"
#include "net/xml.h"

#include <stdlib.h>
#include <strings.h>

#define ANSWER_MOST ((size_t)1 << 20)
#define SOAP_SPACE "http://schemas.microsoft.com/exchange/2010/Autodiscover"

/* What a worker does for a request. */
struct job {
	struct task task;
	struct http_request *request;
	uint64_t user;
};

static void start(struct http_request *r, uint64_t user, void (*run)(struct task *t))
{
	struct job *j = calloc(1, sizeof *j);

	if (!j) {
		http_respond_text(r, 500, "The server is out of memory.");
		return;
	}
	*j = (struct job){ { run, NULL }, r, user };
	work_post(web_server(web_of(r))->workers, &j->task);
}

static void take(struct task *t, struct http_request **r, uint64_t *user)
{
	struct job *j = task_of(t, struct job, task);

	*r = j->request;
	*user = j->user;
	free(j);
}

static void send(struct http_request *r, unsigned code, const char *type, struct buf *out)
{
	if (out->failed) {
		http_respond_text(r, 500, "The answer is too long.");
		buf_free(out);
		return;
	}
	http_status(r, code);
	http_set(r, "Cache-Control", "private");
	http_set(r, "Content-Type", "%s", type);
	http_respond_buf(r, out);
	buf_free(out);
}

/* Clients that try without TLS first are told where it is; so are those that ask with GET ([MS-OXDSCLI] 3.1.5.2). */
static bool redirected(struct http_request *r)
{
	struct http_peer peer;
	const char *host = http_request_head(r)->host;

	http_peer(r, &peer);
	if (peer.tls || http_header(r, "Authorization"))
		return false;
	http_status(r, 302);
	http_set(r, "Location", "https://%.*s/autodiscover/autodiscover.xml", (int)strcspn(host, ":"), host);
	http_respond(r, bytes_of("", 0));
	return true;
}

static bool says_mapi_http(struct http_request *r)
{
	const char *value = http_header(r, "X-MapiHttpCapability");

	return value && *value >= '1' && *value <= '9';
}

/* POX ------------------------------------------------------------------------------------------------------------------------ */

static unsigned answer_pox(struct http_request *r, uint64_t user, struct buf *out)
{
	struct server *server = web_server(web_of(r));
	struct autodiscover_request q;
	struct autodiscover_settings s;
	struct reason why = { "" };

	if (strcmp(http_method(r), "POST") != 0 || autodiscover_read(http_body(r), false, http_arena(r), &q, &why))
		return 600;
	if (q.kind == AUTODISCOVER_OTHER_SCHEMA)
		return 601;
	/* The DN counts when both are there ([MS-OXDSCLI] 3.2.5). */
	const char *identity = q.legacy_dn && *q.legacy_dn ? q.legacy_dn : q.address;
	status st = autodiscover_settings(server, identity, user, says_mapi_http(r), http_arena(r), &s, &why);
	if (st == ecNotFound)
		return 500;
	if (st) {
		server_event(server->events, SERVER_EVENT_REQUEST_FAILED, "Autodiscover", why.text, NULL);
		return 603;
	}
	if (q.kind == AUTODISCOVER_OUTLOOK)
		autodiscover_write_outlook(&s, out);
	else if (s.activesync.inside || s.activesync.outside)
		autodiscover_write_mobile(&s, out);
	else
		return 601;
	return 0;
}

static void run_pox(struct task *t)
{
	struct buf out = BUF_MAX(ANSWER_MOST);
	struct http_request *r;
	uint64_t user;

	take(t, &r, &user);
	unsigned code = answer_pox(r, user, &out);
	if (code) {
		const struct clock *clock = host_clock(web_server(web_of(r))->host);

		autodiscover_write_error(code, clock->now(clock), &out);
	}
	send(r, 200, "text/xml; charset=utf-8", &out);
}

static void begin_pox(struct http_request *r, uint64_t user)
{
	start(r, user, run_pox);
}

void autodiscover_pox(struct http_request *r)
{
	if (!redirected(r))
		auth_request(web_auth(web_of(r)), r, begin_pox);
}

/* SOAP ------------------------------------------------------------------------------------------------------------------------- */

static void open_envelope(struct buf *out, const char *action)
{
	buf_add_str(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
			 "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:a=\"http://www.w3.org/2005/08/addressing\"><s:Header>");
	if (action)
		buf_printf(out, "<a:Action s:mustUnderstand=\"1\">" SOAP_SPACE "/Autodiscover/%s</a:Action>", action);
	buf_add_str(out, "<h:ServerVersionInfo xmlns:h=\"" SOAP_SPACE "\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">"
			 "<h:MajorVersion>15</h:MajorVersion><h:MinorVersion>20</h:MinorVersion><h:MajorBuildNumber>1</h:MajorBuildNumber>"
			 "<h:MinorBuildNumber>0</h:MinorBuildNumber><h:Version>Exchange2013_SP1</h:Version></h:ServerVersionInfo></s:Header><s:Body>");
}

static void close_envelope(struct buf *out)
{
	buf_add_str(out, "</s:Body></s:Envelope>");
}

static void write_fault(struct buf *out, const char *code, const char *words)
{
	open_envelope(out, NULL);
	buf_printf(out, "<s:Fault><faultcode xmlns:a=\"" SOAP_SPACE "\">%s</faultcode><faultstring xml:lang=\"en-US\">%s</faultstring></s:Fault>", code, words);
	close_envelope(out);
}

static status write_users(struct http_request *r, uint64_t user, const struct autodiscover_request *q, struct buf *out)
{
	struct server *server = web_server(web_of(r));

	for (size_t i = 0; i < q->n_users; i++) {
		CLEANUP_ARENA struct arena arena = ARENA_BUDGET((size_t)8 << 20);
		struct autodiscover_settings s;
		struct reason why = { "" };
		status st = autodiscover_settings(server, q->users[i], user, true, &arena, &s, &why);

		if (st && st != ecNotFound) {
			server_event(server->events, SERVER_EVENT_REQUEST_FAILED, "Autodiscover", why.text, NULL);
			return st;
		}
		autodiscover_write_user(q, st ? NULL : &s, out);
	}
	return ecNone;
}

static status answer_users(struct http_request *r, uint64_t user, const struct autodiscover_request *q, struct buf *out)
{
	open_envelope(out, "GetUserSettingsResponse");
	buf_add_str(out, "<GetUserSettingsResponseMessage xmlns=\"" SOAP_SPACE "\"><Response xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">");
	if (!q->n_users || !q->n_settings) {
		buf_printf(out, "<ErrorCode>InvalidRequest</ErrorCode><ErrorMessage>%s</ErrorMessage><UserResponses />",
			   q->n_users ? "At least one setting must be requested." : "At least one user must be requested.");
	} else {
		buf_add_str(out, "<ErrorCode>NoError</ErrorCode><ErrorMessage /><UserResponses>");
		status s = write_users(r, user, q, out);
		if (s)
			return s;
		buf_add_str(out, "</UserResponses>");
	}
	buf_add_str(out, "</Response></GetUserSettingsResponseMessage>");
	close_envelope(out);
	return ecNone;
}

/* Nothing is said of domains that could not be asked of a user. */
static void answer_domains(const struct autodiscover_request *q, struct buf *out)
{
	open_envelope(out, "GetDomainSettingsResponse");
	buf_add_str(out, "<GetDomainSettingsResponseMessage xmlns=\"" SOAP_SPACE "\"><Response xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">"
			 "<ErrorCode>NoError</ErrorCode><ErrorMessage /><DomainResponses>");
	for (size_t i = 0; i < q->n_users; i++) {
		buf_add_str(out, "<DomainResponse><ErrorCode>NoError</ErrorCode><ErrorMessage /><DomainSettingErrors>");
		for (size_t k = 0; k < q->n_settings; k++) {
			buf_add_str(out, "<DomainSettingError><ErrorCode>SettingIsNotAvailable</ErrorCode><ErrorMessage>The setting is not available."
					 "</ErrorMessage>");
			xml_element(out, "SettingName", q->settings[k]);
			buf_add_str(out, "</DomainSettingError>");
		}
		buf_add_str(out, "</DomainSettingErrors><DomainSettings /><RedirectTarget i:nil=\"true\" /></DomainResponse>");
	}
	buf_add_str(out, "</DomainResponses></Response></GetDomainSettingsResponseMessage>");
	close_envelope(out);
}

static void run_soap(struct task *t)
{
	struct buf out = BUF_MAX(ANSWER_MOST);
	struct autodiscover_request q = { .kind = AUTODISCOVER_OTHER_OPERATION };
	struct http_request *r;
	uint64_t user;
	unsigned code = 200;

	take(t, &r, &user);
	if (strcmp(http_method(r), "POST") != 0) {
		http_set(r, "Allow", "POST");
		http_respond_text(r, 405, "This is the Autodiscover service; send a SOAP request with POST.");
		return;
	}
	if (autodiscover_read(http_body(r), true, http_arena(r), &q, NULL)) {
		write_fault(&out, "s:Client", "The request is no SOAP envelope that can be understood.");
		code = 500;
	} else if (q.kind == AUTODISCOVER_USER_SETTINGS) {
		if (answer_users(r, user, &q, &out)) {
			buf_clear(&out);
			write_fault(&out, "a:InternalServerError", "The directory cannot be read now.");
			code = 500;
		}
	} else if (q.kind == AUTODISCOVER_DOMAIN_SETTINGS) {
		answer_domains(&q, &out);
	} else {
		write_fault(&out, "a:ActionNotSupported", "There is no such operation.");
		code = 500;
	}
	send(r, code, "text/xml; charset=utf-8", &out);
}

static void begin_soap(struct http_request *r, uint64_t user)
{
	start(r, user, run_soap);
}

void autodiscover_soap(struct http_request *r)
{
	if (!redirected(r))
		auth_request(web_auth(web_of(r)), r, begin_soap);
}

/* JSON: says where the others are, the same for every address, so it asks nobody who it is ---------------------------------------- */

static void refuse_json(struct http_request *r, unsigned code, const char *error, const char *words)
{
	struct buf out = BUF_MAX(4096);

	buf_printf(&out, "{\"ErrorCode\":\"%s\",\"ErrorMessage\":\"%s\"}", error, words);
	send(r, code, "application/json; charset=utf-8", &out);
}

static void run_json(struct task *t)
{
	struct buf out = BUF_MAX(8192);
	struct http_request *r;
	const char *url;
	uint64_t user;

	take(t, &r, &user);
	if (autodiscover_address(web_server(web_of(r)), http_arena(r), &url, NULL)) {
		refuse_json(r, 500, "InternalServerError", "The directory cannot be read now.");
		return;
	}
	/* A URL of the directory has nothing in it that JSON would take for its own. */
	buf_printf(&out, "{\"Protocol\":\"AutodiscoverV1\",\"Url\":\"%.*s\"}", (int)strcspn(url, "\"\\"), url);
	send(r, 200, "application/json; charset=utf-8", &out);
}

void autodiscover_json(struct http_request *r)
{
	char protocol[64];

	if (http_query_get(http_query(r), "Protocol", protocol, sizeof protocol) || !*protocol)
		refuse_json(r, 400, "MandatoryParameterMissing", "A valid value must be provided for the query parameter 'Protocol'");
	else if (strcasecmp(protocol, "AutodiscoverV1") != 0)
		refuse_json(r, 400, "InvalidProtocol", "The given protocol value is invalid. Supported values are 'AutodiscoverV1'");
	else
		start(r, 0, run_json);
}
