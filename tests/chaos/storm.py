#!/usr/bin/env python3
"""A storm: load, faults, and the judgement.

tests/chaos/storm.py --help lists what one storm can be told; the tests run a table of them with
suite(). ROUNDS and SEED in the environment say how long they are, and which.
"""

import argparse
import os
import random
import sys
import time

import aftermath
import checker
import cluster as clusters
import faults
import load as loads

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../api"))
import godwit
import repository

# What a sanitizer needs for itself is no measure of anything.
MEMORY_MB = 120 if not os.environ.get("GW_SANITIZER") else 4000


def say(text):
    print("# " + text)
    sys.stdout.flush()


def judge(cluster, load, late):
    """What is wrong after the storm, as sentences."""
    after = aftermath.Aftermath(cluster, load, late)
    stuck = []
    try:
        after.settle()
    except aftermath.Patience as impatient:
        stuck = [str(impatient)]
    facts = after.facts()
    after.look_for_owners()
    after.look_at_memory(MEMORY_MB)
    after.stop()
    say("%d executions, %d requests, %d notes of tasks"
        % (len(facts["executions"]), len(load.journal.entries), len(facts["notes"])))
    return stuck + checker.check(load.journal.entries, facts)


def rage(cluster, chosen, rounds, seed):
    """Faults, one after the other, until the rounds are over."""
    dice = random.Random(seed)
    for n in range(rounds):
        time.sleep(dice.uniform(0.2, 1.2))
        name = dice.choice(chosen)
        faults.FAULTS[name](cluster, dice)
        say("round %d: %s" % (n + 1, name))
        for node in cluster.nodes:
            if not node.is_running():
                start_again(node)


def start_again(node):
    """A node that is starting, as one does that was taken for dead, may give up without a
    repository: whoever runs it starts it again. It ends by itself for nothing else."""
    if "godwit: opening the repository" not in node.said():
        raise RuntimeError("%s ended by itself: %s" % (node.name, node.said()[-500:]))
    node.start()


def run(nodes, chosen, rounds, seed, timeout=4.0, late=30, keep=False, clients=4,
        pace=0.04, disk_mb=None):
    """What is wrong, as sentences; on the repository that the environment names."""
    cluster = clusters.Cluster(nodes, timeout, disk_mb)
    load = loads.Load(cluster, seed, clients, pace)
    wrong = []
    try:
        cluster.start()
        load.start()
        rage(cluster, chosen, rounds, seed)
        load.stop()
        if cluster.database.away:
            say("the database was away for %.1f s" % cluster.database.away)
        wrong = judge(cluster, load, late + cluster.database.away)
    except (OSError, RuntimeError, aftermath.Patience) as failure:
        wrong = ["%s: %s" % (type(failure).__name__, failure)]
    finally:
        load.stopping.set()
        cluster.end()
        if keep:
            say("everything is kept in " + cluster.folder)
        else:
            cluster.remove()
    return wrong


def suite(storms):
    """Storms as (what must be true, rounds, options of run): the exit status."""
    tap = godwit.Tap()
    seed = int(os.environ.get("SEED") or random.randrange(1000000))
    say("SEED=%d" % seed)
    for name, rounds, options in storms:
        wrong = run(rounds=int(os.environ.get("ROUNDS") or rounds), seed=seed, **options)
        tap.result(not wrong, name, "\n".join(wrong[:50]))
    return tap.end()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--database", choices=("sqlite",) + repository.SERVICES,
                        default="sqlite")
    parser.add_argument("--nodes", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1000000))
    parser.add_argument("--faults", default="kill-node")
    parser.add_argument("--timeout", type=float, default=4.0)
    parser.add_argument("--late", type=float, default=30)
    parser.add_argument("--clients", type=int, default=4)
    parser.add_argument("--pace", type=float, default=0.04)
    parser.add_argument("--disk-mb", type=int)
    parser.add_argument("--keep", action="store_true")
    given = parser.parse_args()
    repository.run_with(given.database)
    say("SEED=%d" % given.seed)
    wrong = run(given.nodes, given.faults.split(","), given.rounds, given.seed, given.timeout,
                given.late, given.keep, given.clients, given.pace, given.disk_mb)
    for sentence in wrong:
        print(sentence)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
