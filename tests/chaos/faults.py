"""What can go wrong, by name. A fault gets the cluster and dice; it leaves all nodes running."""

import os
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


def restart_node(cluster, dice):
    node = pick_node(cluster, dice)
    status = node.stop()
    if status != 0:
        raise RuntimeError("%s stopped with %s" % (node.name, status))
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


FAULTS = {
    "kill-node": kill_node, "kill-node-for-long": kill_node_for_long, "kill-all": kill_all,
    "freeze-node": freeze_node, "restart-node": restart_node, "kill-host": kill_host,
    "kill-task": kill_task, "freeze-task": freeze_task, "restart-database": restart_database,
}
