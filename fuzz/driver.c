/* Runs a fuzz target over files and folders of files: what was once found stays found. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned runs;

static int run_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(size ? size : 1);

	if (!f || !data || fread(data, 1, size, f) != size) {
		(void)fprintf(stderr, "cannot read %s\n", path);
		if (f)
			(void)fclose(f);
		free(data);
		return 1;
	}
	(void)fclose(f);
	(void)LLVMFuzzerTestOneInput(data, size);
	runs++;
	free(data);
	return 0;
}

static int run_path(const char *path)
{
	struct dirent *e;
	struct stat st;
	int bad = 0;

	if (stat(path, &st) != 0)
		return 0; /* no corpus yet */
	if (!S_ISDIR(st.st_mode))
		return run_file(path, (size_t)st.st_size);
	DIR *d = opendir(path);
	while (d && (e = readdir(d))) {
		char name[4096];

		if (e->d_name[0] == '.')
			continue;
		(void)snprintf(name, sizeof name, "%s/%s", path, e->d_name);
		bad |= run_path(name);
	}
	if (d)
		(void)closedir(d);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0;

	for (int i = 1; i < argc; i++)
		bad |= run_path(argv[i]);
	(void)printf("%u inputs\n", runs);
	return bad;
}
