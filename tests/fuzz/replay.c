/* replay.c - runs a fuzz target over a folder of inputs, as a test
 *
 * Without arguments over corpus/NAME for a program fuzz_NAME; else over the files and folders
 * given. */
#include "tests/fuzz/fuzz.h"

#include "base/fd.h"

#include <ftw.h>
#include <stdio.h>
#include <sys/stat.h>

#define INPUT_MAX ((size_t)1 << 20)

static int n;

static int feed(const char *path, const struct stat *st, int type)
{
	struct gw_error err;
	gw_auto_str content = { 0 };
	if (type != FTW_F)
		return 0;
	printf("# %s (%lld bytes)\n", path, (long long)st->st_size);
	if (!gw_file_read(path, INPUT_MAX, &content, &err)) {
		printf("Bail out! %s\n", err.message);
		return 1;
	}
	/* As much memory as the input has, so that a sanitizer sees every byte too far. */
	gw_auto_free uint8_t *data = gw_alloc(content.len);
	if (content.len)
		memcpy(data, content.data, content.len);
	LLVMFuzzerTestOneInput(data, content.len);
	n++;
	return 0;
}

static char *corpus_of(const char *program)
{
	const char *source = getenv("GW_SOURCE"), *name = strstr(program, "fuzz_");
	for (const char *next = name; next; next = strstr(next + 1, "fuzz_"))
		name = next;
	return gw_sprintf("%s/tests/fuzz/corpus/%s", source ? source : ".",
		name ? name + strlen("fuzz_") : "");
}

int main(int argc, char **argv)
{
	gw_auto_free char *corpus = corpus_of(argv[0]);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 1; i < argc; i++)
		ftw(argv[i], feed, 8);
	if (argc == 1)
		ftw(corpus, feed, 8);
	printf("1..1\n%s 1 - %d inputs do no harm\n", n ? "ok" : "not ok", n);
	return n == 0;
}
