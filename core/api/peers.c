/* peers.c - the open connections, and cutting those that send too slowly to be meant well */
#include "api/peers.h"

#include "base/mem.h"
#include "base/thread.h"

#include <sys/socket.h>

struct gw_peer *gw_peer_add(struct gw_peers *peers, int fd, long long now_s)
{
	struct gw_peer *peer = gw_new(struct gw_peer);
	peer->fd = fd;
	gw_peer_enter(peer, GW_PEER_IDLE, now_s);
	gw_locked(&peers->lock);
	peer->next = peers->first;
	peer->link = &peers->first;
	if (peer->next)
		peer->next->link = &peer->next;
	peers->first = peer;
	return peer;
}

void gw_peer_remove(struct gw_peers *peers, struct gw_peer *peer)
{
	pthread_mutex_lock(&peers->lock);
	*peer->link = peer->next;
	if (peer->next)
		peer->next->link = peer->link;
	pthread_mutex_unlock(&peers->lock);
	free(peer);
}

void gw_peer_enter(struct gw_peer *peer, enum gw_peer_phase phase, long long now_s)
{
	atomic_store_explicit(&peer->since_s, now_s, memory_order_relaxed);
	atomic_store_explicit(&peer->received, 0, memory_order_relaxed);
	atomic_store_explicit(&peer->phase, phase, memory_order_relaxed);
}

static bool is_too_slow(const struct gw_peers *peers, struct gw_peer *peer, long long now_s)
{
	long long age_s = now_s - atomic_load(&peer->since_s);
	switch (atomic_load(&peer->phase)) {
	case GW_PEER_IDLE:
		return age_s > peers->idle_s;
	case GW_PEER_SENDING:
		return age_s > peers->grace_s &&
		       atomic_load(&peer->received) < (unsigned long long)age_s * GW_PEER_PACE;
	default:
		return false;
	}
}

unsigned gw_peers_sweep(struct gw_peers *peers, long long now_s)
{
	unsigned n = 0;
	gw_locked(&peers->lock);
	for (struct gw_peer *peer = peers->first; peer; peer = peer->next)
		if (is_too_slow(peers, peer, now_s)) {
			shutdown(peer->fd, SHUT_RDWR);
			n++;
		}
	return n;
}

bool gw_peer_left(int fd)
{
	char byte;
	return recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}
