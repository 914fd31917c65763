/* peers.h - the open connections, and cutting those that send too slowly to be meant well */
#ifndef GW_API_PEERS_H
#define GW_API_PEERS_H

#include <godwit/text.h>

#include <pthread.h>
#include <stdatomic.h>

enum gw_peer_phase {
	GW_PEER_IDLE, /* between requests, or in the middle of a header */
	GW_PEER_SENDING, /* a body */
	GW_PEER_WAITING, /* for our answer, or reading it: takes as long as it takes */
};

struct gw_peer {
	int fd;
	atomic_int phase;
	atomic_llong since_s; /* of the phase, monotonic */
	atomic_ullong received; /* bytes of the body */
	struct gw_peer *next, **link;
};

struct gw_peers {
	pthread_mutex_t lock;
	struct gw_peer *first;
	unsigned idle_s; /* an idle one is cut after this */
	unsigned grace_s; /* before the pace of a body counts */
};

#define GW_PEER_PACE 1024u /* bytes a second that a body must bring on average */

GW_EXPORT struct gw_peer *gw_peer_add(struct gw_peers *peers, int fd, long long now_s);
GW_EXPORT void gw_peer_remove(struct gw_peers *peers, struct gw_peer *peer);
GW_EXPORT void gw_peer_enter(struct gw_peer *peer, enum gw_peer_phase phase, long long now_s);
/* Shuts down the sockets of those that are too slow; their threads notice. Returns how many. */
GW_EXPORT unsigned gw_peers_sweep(struct gw_peers *peers, long long now_s);
/* Whether whoever is at the other end closed the connection. */
GW_EXPORT bool gw_peer_left(int fd);

#endif
