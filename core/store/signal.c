/* signal.c - telling other nodes that something happened, and waiting until they do
 *
 * One record is written over and over; its version tells that something happened. Backends that
 * can wait do; for the others it is read with growing pauses, and what this process signals is
 * noticed without reading. */
#include "base/clock.h"
#include "base/id.h"
#include "base/mem.h"
#include "model/kinds.h"
#include "store/internal.h"

#define SIGNAL_GAP_MS 5 /* between two writes of the record */
#define SIGNAL_PATIENCE_MS 5000
#define FIRST_POLL_MS 1
#define LONGEST_POLL_MS 1200

static struct gw_slice signal_key(void)
{
	return gw_slice_of("signal");
}

static void write_signal(struct gw_store *store)
{
	struct gw_id id = gw_id_new(gw_clock_now());
	gw_auto_str doc = { 0 };
	gw_str_printf(&doc, "{\"id\":\"%s\"}", id.text);
	struct gw_op op = { .type = GW_PUT,
		.record = { .kind = &gw_kind_signal,
			.tenant = gw_slice_of(""),
			.key = signal_key(),
			.due = GW_NEVER,
			.doc = gw_str_slice(&doc) } };
	struct gw_group group = { &op, 1 };
	struct gw_error err;
	/* A failure is no loss: everybody looks for work every few seconds anyway. */
	gw_store_write(store, &group, 1, SIGNAL_PATIENCE_MS, &err);
}

static bool next_signal(struct gw_store *store)
{
	gw_locked(&store->lock);
	while (!store->must_signal && !store->closing)
		gw_cond_wait(&store->changed, &store->lock, -1);
	bool must = store->must_signal;
	store->must_signal = false;
	return must;
}

static void *run_signaller(void *arg)
{
	struct gw_store *store = arg;
	while (next_signal(store)) {
		write_signal(store);
		gw_store_pause(store, SIGNAL_GAP_MS);
	}
	return NULL;
}

void gw_store_signal(struct gw_store *store)
{
	struct gw_error err;
	gw_locked(&store->lock);
	if (!store->has_signaller && !store->closing)
		store->has_signaller =
			gw_thread_start(&store->signaller, "signal", run_signaller, store, &err);
	store->must_signal = store->was_signalled = true;
	pthread_cond_broadcast(&store->changed);
}

void gw_store_stop_signaller(struct gw_store *store)
{
	pthread_mutex_lock(&store->lock);
	store->closing = store->given_up = true;
	pthread_cond_broadcast(&store->changed);
	pthread_mutex_unlock(&store->lock);
	if (store->has_signaller)
		pthread_join(store->signaller, NULL);
}

void gw_store_give_up(struct gw_store *store)
{
	gw_locked(&store->lock);
	store->given_up = true;
	pthread_cond_broadcast(&store->changed);
}

/* Until the time has come or one of the flags is set. */
static void sleep_unless(struct gw_store *store, int64_t ms, const bool *flag, const bool *other)
{
	int64_t until = gw_clock_boot() + ms * 1000, left = ms * 1000;
	while (!*flag && !*other && left > 0) {
		gw_cond_wait(&store->changed, &store->lock, (left + 999) / 1000);
		left = until - gw_clock_boot();
	}
}

bool gw_store_pause(struct gw_store *store, int64_t ms)
{
	gw_locked(&store->lock);
	sleep_unless(store, ms, &store->given_up, &store->given_up);
	return !store->given_up;
}

/* ---- Waiting on a backend that cannot ---- */

static bool poll_signal(struct gw_store *store)
{
	const struct gw_key key = { gw_slice_of(""), signal_key() };
	gw_auto_free struct gw_record *r = NULL;
	struct gw_error err;
	if (!store->type->get(store->backend, &gw_kind_signal, &key, 1, &r, &err))
		return false;
	if (!r->kind || gw_version_equal(r->version, store->seen))
		return false;
	store->seen = r->version;
	return true;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static bool wait_polling(struct gw_store *store, int64_t timeout_ms)
{
	int64_t until = gw_clock_boot() + timeout_ms * 1000;
	bool happened = false, done = false;
	while (!done) {
		int64_t now = gw_clock_boot();
		if (now >= store->poll_at) {
			happened = poll_signal(store);
			store->pause_ms = happened || !store->pause_ms
						  ? FIRST_POLL_MS
						  : least(store->pause_ms * 2, LONGEST_POLL_MS);
			store->poll_at = now + store->pause_ms * 1000;
		}
		gw_locked(&store->lock);
		int64_t next = least(store->poll_at, until);
		if (!happened)
			sleep_unless(store, (next - now + 999) / 1000, &store->was_signalled,
				&store->woken);
		happened |= store->was_signalled;
		done = happened || store->woken || gw_clock_boot() >= until;
		store->was_signalled = store->woken = false;
	}
	return happened;
}

bool gw_store_wait(struct gw_store *store, int timeout_ms)
{
	if (store->type->wait)
		return store->type->wait(store->backend, timeout_ms);
	return wait_polling(store, timeout_ms);
}

void gw_store_wake(struct gw_store *store)
{
	if (store->type->wait) {
		store->type->wake(store->backend);
		return;
	}
	gw_locked(&store->lock);
	store->woken = true;
	pthread_cond_broadcast(&store->changed);
}
