/* functions_random.c - identifiers and random numbers */
#include "expr/builtin.h"

#include "base/id.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "expr/value.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

static const char base62[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static json_t *uuid(struct gw_call *call)
{
	unsigned char b[16];
	gw_auto_str out = { 0 };
	gw_random(b, sizeof(b));
	b[6] = (unsigned char)(0x40 | (b[6] & 0x0f));
	b[8] = (unsigned char)(0x80 | (b[8] & 0x3f));
	for (size_t i = 0; i < sizeof(b); i++)
		gw_str_printf(&out, "%s%02x", i >= 4 && i <= 10 && i % 2 == 0 ? "-" : "", b[i]);
	return gw_call_text(call, &out);
}

static json_t *id(struct gw_call *call)
{
	struct gw_id made = gw_id_new(call->ev->scope->now);
	return gw_string(gw_slice_of(made.text));
}

/* Divides a big number, most significant byte first, by 62; returns the rest. */
static unsigned divide(unsigned char *number, size_t n)
{
	unsigned rest = 0;
	for (size_t i = 0; i < n; i++) {
		unsigned value = rest << 8 | number[i];
		number[i] = (unsigned char)(value / 62);
		rest = value % 62;
	}
	return rest;
}

/* Seconds since 2014 and 128 random bits, in 27 base62 digits: sorts by time. */
static json_t *ksuid(struct gw_call *call)
{
	unsigned char number[20];
	char text[27];
	uint32_t seconds = htonl((uint32_t)(call->ev->scope->now / GW_SECOND - 1400000000));
	gw_random(number + sizeof(seconds), sizeof(number) - sizeof(seconds));
	memcpy(number, &seconds, sizeof(seconds));
	for (size_t i = sizeof(text); i-- > 0;)
		text[i] = base62[divide(number, sizeof(number))];
	return gw_string(gw_slice(text, sizeof(text)));
}

/* 0 … below - 1, all equally likely. */
static uint64_t draw(uint64_t below)
{
	uint64_t value, limit = UINT64_MAX - UINT64_MAX % below;
	do
		gw_random(&value, sizeof(value));
	while (value >= limit);
	return value % below;
}

static json_t *nano_id(struct gw_call *call)
{
	int64_t length = 21;
	gw_auto_str out = { 0 };
	struct gw_slice alphabet = gw_slice_of("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					       "abcdefghijklmnopqrstuvwxyz-_");
	if (!gw_arg_int(call, 0, &length) || !gw_arg_text(call, 1, &alphabet))
		return NULL;
	if (length < 0 || length > 1000)
		return gw_call_fail(call,
			"The 'nanoId()' function field 'length' must be lower than: 1000");
	uint64_t n = gw_utf8_length(alphabet);
	if (n == 0 || n > 1000)
		return gw_call_fail(call, "The 'nanoId()' function field 'alphabet' must have "
					  "1 to 1000 characters");
	if (!gw_call_spend(call, (size_t)length, 4))
		return NULL;
	gw_auto_free uint32_t *letters = gw_new_array(uint32_t, n);
	for (size_t i = 0, pos = 0; pos < alphabet.len; i++)
		letters[i] = gw_utf8_next(alphabet, &pos);
	for (int64_t i = 0; i < length; i++)
		gw_utf8_put(&out, letters[draw(n)]);
	return gw_call_text(call, &out);
}

static json_t *random_int(struct gw_call *call)
{
	int64_t lower = 0, upper = 0;
	if (!gw_arg_int(call, 0, &lower) || !gw_arg_int(call, 1, &upper))
		return NULL;
	if (upper < lower)
		return gw_call_fail(call, "In 'randomInt()' upper is less than lower");
	uint64_t range = (uint64_t)upper - (uint64_t)lower;
	return json_integer((json_int_t)((uint64_t)lower + (range ? draw(range) : 0)));
}

/* A TCP port that is free now. */
static json_t *random_port(struct gw_call *call)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool ok = fd >= 0 && bind(fd, (struct sockaddr *)&address, len) == 0 &&
		  getsockname(fd, (struct sockaddr *)&address, &len) == 0;
	if (fd >= 0)
		close(fd);
	return ok ? json_integer(ntohs(address.sin_port))
		  : gw_call_fail(call, "Unable to get random port");
}

static const struct gw_builtin table[] = {
	{ "id", id, "", 0, NULL },
	{ "ksuid", ksuid, "", 0, NULL },
	{ "nanoId", nano_id, "length,alphabet", 0, NULL },
	{ "randomInt", random_int, "lower!,upper!", 0, NULL },
	{ "randomPort", random_port, "", 0, NULL },
	{ "uuid", uuid, "", 0, NULL },
};

const struct gw_builtins gw_random_functions = { table, GW_LEN(table) };
