/*
 * Runs a fuzz target without a fuzzing engine: over every file given, and every file of every
 * folder given, in the order of their names.  Speaks TAP, one line a file; a finding ends the
 * program as it ended the fuzzer.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

#define INPUT_MAX (64L << 20)

static unsigned done, failed;

static void report(int ok, const char *path, const char *why)
{
	printf("%sok %u - %s%s%s\n", ok ? "" : "not ", ++done, path, why ? ": " : "",
	       why ? why : "");
	failed += !ok;
}

/* In memory of exactly its size, so that a sanitizer sees a read beyond it. */
static void run_open(FILE *f, const char *path)
{
	long size = fseek(f, 0, SEEK_END) ? -1 : ftell(f);
	uint8_t *data;

	if (size < 0 || size > INPUT_MAX || fseek(f, 0, SEEK_SET)) {
		report(0, path, "not a file of a size to read");
		return;
	}
	data = malloc(size ? (size_t)size : 1);
	if (!data || fread(data, 1, (size_t)size, f) != (size_t)size) {
		report(0, path, "cannot be read");
	} else {
		fprintf(stderr, "# %s\n", path);
		(void)LLVMFuzzerTestOneInput(data, (size_t)size);
		report(1, path, NULL);
	}
	free(data);
}

static void run_file(const char *path)
{
	FILE *f = fopen(path, "rb");

	if (!f) {
		report(0, path, "cannot be opened");
		return;
	}
	run_open(f, path);
	(void)fclose(f);
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static void run_folder(const char *path)
{
	struct dirent **names = NULL;
	int n = scandir(path, &names, visible, alphasort);

	for (int i = 0; i < n; i++) {
		char file[4096];
		int length = snprintf(file, sizeof file, "%s/%s", path, names[i]->d_name);

		if (length > 0 && (size_t)length < sizeof file)
			run_file(file);
		else
			report(0, names[i]->d_name, "its path is too long");
		free(names[i]);
	}
	free(names);
}

int main(int argc, char **argv)
{
	static const uint8_t nothing[1];
	struct stat st;

	if (LLVMFuzzerInitialize)
		(void)LLVMFuzzerInitialize(&argc, &argv);
	(void)setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	(void)LLVMFuzzerTestOneInput(nothing, 0);
	report(1, "no bytes", NULL);
	for (int i = 1; i < argc; i++) {
		if (stat(argv[i], &st))
			report(0, argv[i], "does not exist");
		else if (S_ISDIR(st.st_mode))
			run_folder(argv[i]);
		else
			run_file(argv[i]);
	}
	printf("1..%u\n", done);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
