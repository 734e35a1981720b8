#include "support.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include "base/filetime.h"
#include "net/authority.h"
#include "net/certificate.h"

#define DAY ((int64_t)86400)
#define NOW ((int64_t)1790000000)

static const char *const two_names[] = { "mail.contoso.example", "192.0.2.7", "2001:db8::7" };
static const char *const more_names[] = { "mail.contoso.example", "192.0.2.7", "2001:db8::7", "autodiscover.contoso.example" };

static const char *folder_of(const char *name)
{
	static char path[600];
	char command[700];

	(void)snprintf(path, sizeof path, "%s", scratch_path(name));
	(void)snprintf(command, sizeof command, "rm -rf '%s'", path);
	assert_int_equal(system(command), 0);
	return path;
}

static unsigned mode_of(const char *folder, const char *name)
{
	char path[700];
	struct stat st;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	return stat(path, &st) ? 0 : st.st_mode & 0777;
}

static void server_of(const struct authority_wish *w, struct buf *pem, bool wanted_made)
{
	struct reason why = { "" };
	bool made = !wanted_made;

	buf_clear(pem);
	if (authority_server(w, pem, &made, &why))
		fail_msg("%s", why.text);
	assert_int_equal(made, wanted_made);
}

static void test_first_start(void **state)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(65536), again = BUF_MAX(65536), root = BUF_MAX(65536), read = BUF_MAX(65536);
	CLEANUP_ARENA struct arena a = ARENA_BUDGET((size_t)1 << 20);
	struct authority_wish w = { folder_of("authority-first"), two_names, 3, NOW };
	struct certificate says;

	(void)state;
	server_of(&w, &pem, true);
	assert_int_equal(mode_of(w.folder, "authority-key.pem"), 0600);
	assert_int_equal(mode_of(w.folder, "server.pem"), 0600);
	assert_int_equal(mode_of(w.folder, "authority.pem"), 0644);
	assert_int_equal(mode_of(w.folder, "."), 0700);
	assert_int_equal(certificate_read(buf_bytes(&pem), NULL, &a, &says, &read, NULL), 0);
	assert_string_equal(says.subject, "CN=mail.contoso.example");
	assert_string_equal(says.issuer, "CN=Postern local authority");
	assert_false(says.self_signed);
	assert_int_equal(says.bits, 256);
	assert_int_equal(says.n_names, 1);
	assert_string_equal(says.names[0], "mail.contoso.example");
	assert_int_equal(says.n_addresses, 2);
	assert_string_equal(says.addresses[0], "192.0.2.7");
	assert_string_equal(says.addresses[1], "2001:db8::7");
	assert_true(filetime_to_unix(says.not_before) < NOW);
	assert_int_equal(filetime_to_unix(says.not_after), NOW + AUTHORITY_SERVER_DAYS * DAY);
	/* The root signed it, and only certificates come out. */
	assert_int_equal(authority_root(w.folder, NOW, &root, NULL), 0);
	assert_null(strstr(buf_cstr(&root), "PRIVATE"));
	assert_true(certificate_is_issuer(buf_bytes(&root), buf_bytes(&pem)));
	assert_false(certificate_is_issuer(buf_bytes(&pem), buf_bytes(&root)));
	/* A second start finds it. */
	server_of(&w, &again, false);
	assert_string_equal(buf_cstr(&pem), buf_cstr(&again));
}

static void test_renewal(void **state)
{
	CLEANUP_BUF struct buf first = BUF_MAX(65536), later = BUF_MAX(65536), root = BUF_MAX(65536), other = BUF_MAX(65536);
	struct authority_wish w = { folder_of("authority-renew"), two_names, 3, NOW };

	(void)state;
	server_of(&w, &first, true);
	assert_int_equal(authority_root(w.folder, NOW, &root, NULL), 0);
	/* Until there are too few days. */
	w.now = NOW + (AUTHORITY_SERVER_DAYS - AUTHORITY_RENEW_DAYS) * DAY;
	server_of(&w, &later, false);
	w.now += 1;
	server_of(&w, &later, true);
	assert_string_not_equal(buf_cstr(&first), buf_cstr(&later));
	assert_true(certificate_is_issuer(buf_bytes(&root), buf_bytes(&later)));
	/* Another name; one fewer is no reason. */
	w.names = more_names;
	w.n_names = 4;
	server_of(&w, &later, true);
	w.n_names = 3;
	server_of(&w, &later, false);
	/* When the root would not outlive it, that is renewed with the same key: the old one still fits. */
	w.now = NOW + (AUTHORITY_ROOT_DAYS - AUTHORITY_SERVER_DAYS) * DAY;
	server_of(&w, &later, true);
	assert_int_equal(authority_root(w.folder, w.now, &other, NULL), 0);
	assert_string_not_equal(buf_cstr(&root), buf_cstr(&other));
	assert_true(certificate_is_issuer(buf_bytes(&root), buf_bytes(&later)));
	assert_true(certificate_is_issuer(buf_bytes(&other), buf_bytes(&later)));
}

static void write_text(const char *folder, const char *name, const char *text)
{
	char path[700];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/%s", folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static void test_damage(void **state)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(65536), root = BUF_MAX(65536);
	struct authority_wish w = { folder_of("authority-damage"), two_names, 3, NOW };
	struct reason why;
	bool made;

	(void)state;
	server_of(&w, &pem, true);
	write_text(w.folder, "server.pem", "-----BEGIN nothing");
	server_of(&w, &pem, true); /* it can be made anew at any time */
	/* The root cannot: clients know it. */
	write_text(w.folder, "authority.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	assert_int_equal(authority_server(&w, &pem, &made, &why), ecCorruptData);
	assert_non_null(strstr(why.text, "remove authority-key.pem and authority.pem"));
	assert_int_equal(authority_root(w.folder, NOW, &root, &why), ecCorruptData);
	w.n_names = 0;
	assert_int_equal(authority_server(&w, &pem, &made, &why), ecInvalidParam);
	w.folder = "/proc/none/authority";
	w.n_names = 1;
	assert_int_equal(authority_server(&w, &pem, &made, &why), ecAccessDenied);
}

/* Programs that start at once have one root. */
static void test_many_at_once(void **state)
{
	CLEANUP_BUF struct buf pem = BUF_MAX(65536), root = BUF_MAX(65536);
	struct authority_wish w = { folder_of("authority-many"), two_names, 3, NOW };
	pid_t children[4];
	bool made;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		children[i] = fork();
		if (!children[i])
			_exit(authority_server(&w, &pem, &made, NULL) ? 1 : made ? 2 : 0);
	}
	for (unsigned i = 0, makers = 0; i < 4; i++) {
		int end = 0;

		assert_int_equal(waitpid(children[i], &end, 0), children[i]);
		assert_true(WIFEXITED(end) && WEXITSTATUS(end) != 1);
		makers += WEXITSTATUS(end) == 2;
		assert_true(i < 3 || makers == 1);
	}
	assert_int_equal(authority_root(w.folder, NOW, &root, NULL), 0);
	server_of(&w, &pem, false);
	assert_true(certificate_is_issuer(buf_bytes(&root), buf_bytes(&pem)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_start),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_damage),
		cmocka_unit_test(test_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
