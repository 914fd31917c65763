/* internal.h - what the files of core/store share */
#ifndef GW_STORE_INTERNAL_H
#define GW_STORE_INTERNAL_H

#include "base/map.h"
#include "base/thread.h"
#include "store/store.h"

struct gw_store {
	const struct gw_backend_type *type;
	struct gw_backend *backend;

	pthread_mutex_t lock; /* guards what follows */
	pthread_cond_t changed; /* any of it */
	bool closing;
	bool given_up;
	struct gw_map lost_claims; /* "kind owner" of claims whose answer is missing */

	bool has_signaller; /* the thread that writes the signal record */
	pthread_t signaller;
	bool must_signal;

	bool was_signalled; /* by this process, since the last wait that polls */
	bool woken;
	struct gw_version seen; /* of the signal record, when last polled */
	int64_t poll_at; /* boot time in us */
	int64_t pause_ms; /* between polls: grows while nothing happens */
};

/* Sleeps; false at once or on the way if the store gives up. */
bool gw_store_pause(struct gw_store *store, int64_t ms);
void gw_store_stop_signaller(struct gw_store *store);

#endif
