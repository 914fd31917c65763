"""What can go wrong, by name. A fault gets the cluster and dice; it leaves all nodes running."""

import os
import resource
import signal
import time


def pick_node(cluster, dice):
    return dice.choice(cluster.nodes)


def kill_node(cluster, dice):
    node = pick_node(cluster, dice)
    node.kill()
    time.sleep(dice.choice([0, 0, 0.3]))
    node.start()


def kill_node_for_long(cluster, dice):
    """The others declare it dead."""
    node = pick_node(cluster, dice)
    node.kill()
    time.sleep(2 * cluster.timeout)
    node.start()


def kill_all(cluster, dice):
    for node in cluster.nodes:
        node.kill()
    for node in dice.sample(cluster.nodes, len(cluster.nodes)):
        node.start()


def freeze_node(cluster, dice):
    """Longer than the time after which others declare it dead, or not."""
    node = pick_node(cluster, dice)
    node.signal(signal.SIGSTOP)
    time.sleep(cluster.timeout * dice.choice([0.3, 2, 3]))
    node.signal(signal.SIGCONT)


def stop_well(node):
    wrong = node.stop()
    if wrong:
        raise RuntimeError(wrong)


def restart_node(cluster, dice):
    node = pick_node(cluster, dice)
    stop_well(node)
    node.start()


def freeze_and_restart(cluster, dice):
    """A node that was taken for dead is told to stop before, while or after it notices."""
    node = pick_node(cluster, dice)
    node.signal(signal.SIGSTOP)
    time.sleep(2.5 * cluster.timeout)
    node.signal(signal.SIGCONT)
    time.sleep(dice.uniform(0, 0.5))
    stop_well(node)
    node.start()


def strike(cluster, dice, pids, number):
    if pids:
        try:
            os.kill(dice.choice(sorted(pids)), number)
        except ProcessLookupError:
            pass


def kill_host(cluster, dice):
    strike(cluster, dice, cluster.processes_named(b"task-host"), signal.SIGKILL)


def kill_task(cluster, dice):
    strike(cluster, dice, cluster.processes_named(b"task.sh"), signal.SIGKILL)


def freeze_task(cluster, dice):
    pids = cluster.processes_named(b"task.sh")
    strike(cluster, dice, pids, signal.SIGSTOP)
    time.sleep(0.5)
    for pid in pids:
        strike(cluster, dice, [pid], signal.SIGCONT)


def restart_database(cluster, dice):
    cluster.database.restart()


def cut_connections(cluster, dice):
    for _ in range(dice.randrange(1, 10)):
        cluster.database.proxy.cut()
        time.sleep(dice.uniform(0, 0.1))


def close_door(cluster, dice):
    """The database cannot be reached for a while."""
    proxy = cluster.database.proxy
    proxy.closed = True
    proxy.cut()
    time.sleep(dice.uniform(0.2, cluster.timeout / 2))
    proxy.closed = False


def delay_answers(cluster, dice):
    proxy = cluster.database.proxy
    proxy.delay = dice.uniform(0.01, 0.2)
    time.sleep(dice.uniform(0.5, 2))
    proxy.delay = 0


def lose_answers(cluster, dice):
    """What is asked for happens, and nobody hears of it."""
    proxy = cluster.database.proxy
    for _ in range(dice.randrange(1, 5)):
        proxy.lose = True
        time.sleep(dice.uniform(0.005, 0.05))
        proxy.lose = False
        time.sleep(dice.uniform(0, 0.3))


def take_descriptors(cluster, dice):
    """A node, and maybe its task hosts, can open nothing any more."""
    pids = [pick_node(cluster, dice).process.pid]
    if dice.random() < 0.5:
        pids += cluster.processes_named(b"task-host")
    limits = {}
    for pid in pids:
        try:
            used = len(os.listdir("/proc/%d/fd" % pid))
            limits[pid] = resource.prlimit(pid, resource.RLIMIT_NOFILE)
            resource.prlimit(pid, resource.RLIMIT_NOFILE,
                             (max(used - dice.randrange(5), 3), limits[pid][1]))
        except OSError:
            pass
    time.sleep(dice.uniform(0.5, 2))
    for pid, before in limits.items():
        if os.path.exists("/proc/%d" % pid):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, before)


def fill_disk(cluster, dice):
    path = os.path.join(cluster.disk, "filler")
    with open(path, "wb", buffering=0) as file:
        size = 1 << 20
        while size >= 512:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    time.sleep(dice.uniform(0.5, 2))
    os.unlink(path)


FAULTS = {
    "take-descriptors": take_descriptors, "fill-disk": fill_disk,
    "cut-connections": cut_connections, "close-door": close_door, "delay-answers": delay_answers,
    "lose-answers": lose_answers,
    "kill-node": kill_node, "kill-node-for-long": kill_node_for_long, "kill-all": kill_all,
    "freeze-node": freeze_node,
    "freeze-and-restart": freeze_and_restart, "restart-node": restart_node, "kill-host": kill_host,
    "kill-task": kill_task, "freeze-task": freeze_task, "restart-database": restart_database,
}
