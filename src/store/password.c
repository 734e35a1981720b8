#include "store/password.h"

#include <crypt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static bool acceptable(const char *password)
{
	size_t n = strnlen(password, PASSWORD_MOST + 1);

	return n && n <= PASSWORD_MOST;
}

/* crypt with a setting, into memory of its own that is cleared; NULL when it cannot. */
static char *hash_with(const char *password, const char *setting)
{
	void *data = NULL;
	int size = 0;
	char *hash = crypt_ra(password, setting, &data, &size), *copy = hash && *hash != '*' ? strdup(hash) : NULL;

	if (data && size > 0)
		explicit_bzero(data, (size_t)size);
	free(data);
	return copy;
}

/* With a fresh salt, at the cost that libcrypt holds right today. */
static char *hash_freshly(const char *password)
{
	char *setting = crypt_gensalt_ra("$y$", 0, NULL, 0), *hash = setting ? hash_with(password, setting) : NULL;

	free(setting);
	return hash;
}

status password_hash(const char *password, struct arena *arena, const char **out, struct reason *why)
{
	const char *copy;
	char *hash;

	if (!acceptable(password))
		return reason_set(why, ecInvalidParam, "a password has 1 to %u bytes", PASSWORD_MOST);
	hash = hash_freshly(password);
	copy = hash ? arena_strdup(arena, hash) : NULL;
	free(hash);
	if (!copy)
		return reason_set(why, ecError, "the password cannot be hashed: libcrypt has no yescrypt, or there is no memory");
	*out = copy;
	return ecNone;
}

/* Takes the same time wherever they differ; their lengths are no secret. */
static bool equal(const char *a, const char *b)
{
	size_t n = strlen(a);
	unsigned differ = 0;

	if (strlen(b) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		differ |= (unsigned)(a[i] ^ b[i]);
	return !differ;
}

status password_verify(const char *password, const char *hash, bool *good, struct reason *why)
{
	bool known = hash && strncmp(hash, "$y$", 3) == 0 && acceptable(password);
	char *found = known ? hash_with(password, hash) : NULL;

	/* No hash, or one that was damaged: the same work for nothing. */
	if (!found) {
		found = hash_freshly(acceptable(password) ? password : "x");
		known = false;
	}
	if (!found)
		return reason_set(why, ecError, "passwords cannot be verified: libcrypt has no yescrypt, or there is no memory");
	*good = known && equal(found, hash);
	free(found);
	return ecNone;
}

status password_generate(char out[static PASSWORD_GENERATED_SIZE], struct reason *why)
{
	/* 32 signs: five bits each. Without 0 O 1 l I. */
	static const char signs[] = "abcdefghjkmnpqrstuvwxyz23456789A";
	enum { GROUPS = 5, SIZE = 5 };
	uint8_t random[GROUPS * SIZE];
	size_t at = 0;

	if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random)
		return reason_set(why, ecError, "the system gives no random numbers");
	for (size_t i = 0; i < sizeof random; i++) {
		if (i && i % SIZE == 0)
			out[at++] = '-';
		out[at++] = signs[random[i] & 31];
	}
	out[at] = '\0';
	explicit_bzero(random, sizeof random);
	return ecNone;
}
