/* Mail for others: the smart host that the directory names, and what happens when it refuses or is not there. */
#include "transport_steps.h"

#include "server/transport_smtp.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* A mail server of a few words: one connection after the other until it is stopped. */
struct listener {
	int fd;
	uint16_t port;
	pthread_t thread;
	const char *to_recipient; /* what RCPT is answered */
	char got[65536];
	size_t n;
	char from[512], recipient[512];
};

static struct listener host;

static void say(int fd, const char *line)
{
	(void)!write(fd, line, strlen(line));
}

static bool next_line(FILE *in, char line[static 4096])
{
	return fgets(line, 4096, in) != NULL;
}

static void take_data(FILE *in)
{
	char line[4096];

	host.n = 0;
	while (next_line(in, line) && strcmp(line, ".\r\n") != 0) {
		size_t n = strlen(line);

		if (host.n + n < sizeof host.got) {
			memcpy(host.got + host.n, line, n + 1);
			host.n += n;
		}
	}
}

static void converse(int fd)
{
	FILE *in = fdopen(fd, "r");
	char line[4096];

	say(fd, "220 test\r\n");
	while (next_line(in, line)) {
		if (strncmp(line, "EHLO", 4) == 0) {
			say(fd, "250-test\r\n250 SIZE 1000000\r\n");
		} else if (strncmp(line, "MAIL FROM:", 10) == 0) {
			(void)snprintf(host.from, sizeof host.from, "%.400s", line + 10);
			say(fd, "250 ok\r\n");
		} else if (strncmp(line, "RCPT TO:", 8) == 0) {
			(void)snprintf(host.recipient, sizeof host.recipient, "%.400s", line + 8);
			say(fd, host.to_recipient);
		} else if (strncmp(line, "DATA", 4) == 0) {
			say(fd, "354 go on\r\n");
			take_data(in);
			say(fd, "250 taken\r\n");
		} else if (strncmp(line, "QUIT", 4) == 0) {
			say(fd, "221 bye\r\n");
			break;
		} else {
			say(fd, "250 ok\r\n");
		}
	}
	(void)fclose(in);
}

static void *serve(void *unused)
{
	int fd;

	(void)unused;
	while ((fd = accept(host.fd, NULL, NULL)) >= 0)
		converse(fd);
	return NULL;
}

static void start_host(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t n = sizeof a;

	host.fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(host.fd, (struct sockaddr *)&a, sizeof a), 0);
	assert_int_equal(listen(host.fd, 4), 0);
	assert_int_equal(getsockname(host.fd, (struct sockaddr *)&a, &n), 0);
	host.port = ntohs(a.sin_port);
	assert_int_equal(pthread_create(&host.thread, NULL, serve, NULL), 0);
}

static void stop_host(void)
{
	(void)shutdown(host.fd, SHUT_RDWR);
	(void)pthread_join(host.thread, NULL);
	(void)close(host.fd);
}

static void set_smart_host(uint16_t port)
{
	char text[16];

	(void)snprintf(text, sizeof text, "%u", (unsigned)port);
	fixture_set(&f, "TransportConfig", NULL, "SmartHost", "127.0.0.1");
	fixture_set(&f, "TransportConfig", NULL, "SmartHostPort", text);
}

static void send_out(const char *subject)
{
	draft(subject, "dave@elsewhere.example", "bob@contoso.example");
	set_text(MESSAGE, PidTagBody, "Words for Dave");
	submit(MESSAGE);
	release(MESSAGE);
	run();
}

/* --------------------------------------------------------------------------------------------------------------------------- */

static void without_a_smart_host_the_sender_hears_that_there_is_no_way_out(void **state)
{
	struct bag p;

	(void)state;
	send_out("No way");
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "Undeliverable: No way");
	assert_non_null(strstr(text_in(&p, PidTagBody), "no smart host is set up"));
	assert_int_equal(count_in("bob", MAILBOX_INBOX), 1);
	assert_int_equal(queued(), 0);
}

static void the_smart_host_gets_it_as_mail(void **state)
{
	size_t had = count_in("alice", MAILBOX_INBOX);

	(void)state;
	host.to_recipient = "250 ok\r\n";
	set_smart_host(host.port);
	send_out("Way out");
	assert_int_equal(queued(), 0);
	assert_non_null(strstr(host.from, "<alice@contoso.example>"));
	assert_non_null(strstr(host.recipient, "<dave@elsewhere.example>"));
	assert_non_null(strstr(host.got, "Subject: Way out\r\n"));
	assert_non_null(strstr(host.got, "dave@elsewhere.example"));
	assert_non_null(strstr(host.got, "bob@contoso.example"));
	assert_non_null(strstr(host.got, "Words for Dave"));
	assert_int_equal(count_in("alice", MAILBOX_INBOX), had);
}

static void who_is_elsewhere_gets_it_there(void **state)
{
	static const char *const pairs[][2] = { { "ExternalEmailAddress", "dora.dale@fabrikam.example" }, { "RecipientTypeDetails", "MailContact" } };

	(void)state;
	fixture_recipient(&f, "MailContact", "dora", "dora@fabrikam.example", pairs, 2);
	host.to_recipient = "250 ok\r\n";
	set_smart_host(host.port);
	draft("To a contact", "dora@fabrikam.example", "bob@contoso.example");
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(queued(), 0);
	assert_non_null(strstr(host.recipient, "<dora.dale@fabrikam.example>"));
	assert_non_null(strstr(host.got, "Subject: To a contact\r\n"));
}

/* Whoever fits what it says, when the message comes; each once, and nobody whom it does not mean. */
static void a_dynamic_group_is_whom_it_means(void **state)
{
	static const char *const all[][2] = { { "IncludedRecipients", "AllRecipients" }, { "RecipientTypeDetails", "DynamicDistributionGroup" } };
	static const char *const kitchen[][2] = { { "IncludedRecipients", "MailboxUsers" },
						  { "RecipientTypeDetails", "DynamicDistributionGroup" },
						  { "ConditionalDepartment", "Kitchen" } };
	size_t bob = count_in("bob", MAILBOX_INBOX), carol = count_in("carol", MAILBOX_INBOX);

	(void)state;
	fixture_recipient(&f, "DynamicDistributionGroup", "everybody", "everybody@contoso.example", all, 2);
	fixture_recipient(&f, "DynamicDistributionGroup", "cooks", "cooks@contoso.example", kitchen, 3);
	host.n = 0;
	draft("To all", "everybody@contoso.example", "bob@contoso.example");
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(queued(), 0);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), bob + 1);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), carol + 1);
	assert_non_null(strstr(host.got, "Subject: To all\r\n"));
	fixture_set(&f, "User", "carol", "Department", "kitchen");
	host.n = 0;
	host.got[0] = '\0';
	draft("To cooks", "cooks@contoso.example", "cooks@contoso.example");
	submit(MESSAGE);
	release(MESSAGE);
	run();
	assert_int_equal(count_in("bob", MAILBOX_INBOX), bob + 1);
	assert_int_equal(count_in("carol", MAILBOX_INBOX), carol + 2);
	assert_int_equal(host.n, 0);
}

static void what_it_refuses_for_good_is_reported(void **state)
{
	struct bag p;

	(void)state;
	host.to_recipient = "550 no such user\r\n";
	send_out("Refused");
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "Undeliverable: Refused");
	assert_non_null(strstr(text_in(&p, PidTagBody), "refused the message"));
	assert_int_equal(queued(), 0);
}

static void what_it_cannot_take_now_is_tried_again(void **state)
{
	size_t had = count_in("bob", MAILBOX_INBOX), reports = count_in("alice", MAILBOX_INBOX);

	(void)state;
	host.to_recipient = "451 come back later\r\n";
	send_out("Later");
	assert_int_equal(queued(), 1);
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had + 1);
	host.to_recipient = "250 ok\r\n";
	run();
	assert_int_equal(queued(), 1);
	/* A minute after. */
	f.clock = clock_fixed(FIXTURE_NOW + 61 * 10000000ull);
	run();
	assert_int_equal(queued(), 0);
	assert_non_null(strstr(host.got, "Subject: Later\r\n"));
	/* Who has it does not get it again. */
	assert_int_equal(count_in("bob", MAILBOX_INBOX), had + 1);
	assert_int_equal(count_in("alice", MAILBOX_INBOX), reports);
	f.clock = clock_fixed(FIXTURE_NOW);
}

static void after_two_days_it_is_given_up(void **state)
{
	struct bag p;

	(void)state;
	set_smart_host(1);
	send_out("Never");
	assert_int_equal(queued(), 1);
	f.clock = clock_fixed(FIXTURE_NOW + 49 * 3600 * 10000000ull);
	run();
	assert_int_equal(queued(), 0);
	last_of("alice", MAILBOX_INBOX, &p);
	assert_string_equal(text_in(&p, PidTagSubject), "Undeliverable: Never");
	assert_non_null(strstr(text_in(&p, PidTagBody), "could not be reached"));
	f.clock = clock_fixed(FIXTURE_NOW);
}

static void host_begins(void **state)
{
	start_host();
	transport_begins(state);
}

static void host_ends(void **state)
{
	stop_host();
	transport_ends(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(host_begins),
		cmocka_unit_test(without_a_smart_host_the_sender_hears_that_there_is_no_way_out),
		cmocka_unit_test(the_smart_host_gets_it_as_mail),
		cmocka_unit_test(who_is_elsewhere_gets_it_there),
		cmocka_unit_test(a_dynamic_group_is_whom_it_means),
		cmocka_unit_test(what_it_refuses_for_good_is_reported),
		cmocka_unit_test(what_it_cannot_take_now_is_tried_again),
		cmocka_unit_test(after_two_days_it_is_given_up),
		cmocka_unit_test(host_ends),
	};

	return FIXTURE_RUN(&f, tests);
}
