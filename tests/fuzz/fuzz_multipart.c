/* fuzz_multipart.c - multipart bodies are the same parts however they are cut */
#include "tests/fuzz/fuzz.h"

#include "api/multipart.h"

static const struct gw_multipart_limits limits = {
	.parts = 8, .header = 256, .inline_part = 64, .inline_total = 128, .folder = "/tmp"
};

static struct gw_multipart *read_pieces(const uint8_t *data, size_t size, size_t piece)
{
	struct gw_error err;
	struct gw_multipart *m = gw_multipart_new("multipart/form-data; boundary=X", &limits, &err);
	bool fine = true;
	for (size_t i = 0; fine && i < size; i += piece)
		fine = gw_multipart_feed(m, (const char *)data + i,
			size - i < piece ? size - i : piece, &err);
	if (fine && gw_multipart_finish(m, &err))
		return m;
	MUST(err.message[0]);
	gw_multipart_free(m);
	return NULL;
}

static void compare(struct gw_multipart *a, struct gw_multipart *b)
{
	MUST(!a == !b);
	for (size_t i = 0; gw_multipart_part(a, i) || gw_multipart_part(b, i); i++) {
		const struct gw_part *x = gw_multipart_part(a, i), *y = gw_multipart_part(b, i);
		MUST(x && y && x->size == y->size && strcmp(x->name, y->name) == 0);
		MUST(!x->filename == !y->filename);
	}
}

/* The first byte says how the body is cut, or is a Content-Type's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gw_error err;
	if (!size)
		return 0;
	gw_auto_free char *type = fuzz_text(data + 1, size - 1);
	gw_multipart_free(gw_multipart_new(type, &limits, &err));
	struct gw_multipart *whole = read_pieces(data + 1, size - 1, size);
	struct gw_multipart *cut = read_pieces(data + 1, size - 1, data[0] % 16 + 1);
	compare(whole, cut);
	gw_multipart_free(whole);
	gw_multipart_free(cut);
	return 0;
}
