/* id.c - making identifiers */
#include "base/id.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/random.h>

#define TIME_LEN 8
#define POOL_SIZE 1024

static const char digits[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

static _Thread_local unsigned char pool[POOL_SIZE];
static _Thread_local size_t used = POOL_SIZE;

/* A child process must not draw what its parent draws too. */
static void forget_pool(void)
{
	used = POOL_SIZE;
}

static void forget_pool_in_children(void)
{
	pthread_atfork(NULL, NULL, forget_pool);
}

static void fill_random(unsigned char *out, size_t len)
{
	for (size_t got = 0; got < len;) {
		ssize_t n = getrandom(out + got, len - got, 0);
		if (n > 0)
			got += (size_t)n;
	}
}

void gw_random(void *out, size_t len)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	if (len > POOL_SIZE) {
		fill_random(out, len);
		return;
	}
	if (len > POOL_SIZE - used) {
		pthread_once(&once, forget_pool_in_children);
		fill_random(pool, POOL_SIZE);
		used = 0;
	}
	memcpy(out, pool + used, len);
	used += len;
}

static void put_base62(char *out, size_t len, uint64_t number)
{
	for (size_t i = len; i-- > 0; number /= 62)
		out[i] = digits[number % 62];
}

static struct gw_id make_id(gw_time at, const uint64_t entropy[2])
{
	struct gw_id id = { 0 };
	put_base62(id.text, TIME_LEN, at < 0 ? 0 : (uint64_t)(at / GW_MILLISECOND));
	put_base62(id.text + TIME_LEN, 7, entropy[0]);
	put_base62(id.text + TIME_LEN + 7, 7, entropy[1]);
	return id;
}

struct gw_id gw_id_new(gw_time now)
{
	uint64_t entropy[2];
	gw_random(entropy, sizeof(entropy));
	return make_id(now, entropy);
}

struct gw_id gw_id_derive(gw_time at, const char *const *parts)
{
	uint64_t entropy[2];
	crypto_generichash_state state;
	crypto_generichash_init(&state, NULL, 0, sizeof(entropy));
	for (; *parts; parts++)
		crypto_generichash_update(&state, (const unsigned char *)*parts,
			strlen(*parts) + 1);
	crypto_generichash_update(&state, (const unsigned char *)&at, sizeof(at));
	crypto_generichash_final(&state, (unsigned char *)entropy, sizeof(entropy));
	return make_id(at, entropy);
}

struct gw_id gw_id_floor(gw_time at)
{
	return make_id(at, (const uint64_t[2]){ 0, 0 });
}

bool gw_id_valid(struct gw_slice text)
{
	if (text.len != GW_ID_LEN)
		return false;
	for (size_t i = 0; i < text.len; i++)
		if (text.data[i] == '\0' || !strchr(digits, text.data[i]))
			return false;
	return true;
}
