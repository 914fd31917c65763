#!/usr/bin/env python3
"""Nodes on a server that with.sh started: it is killed, cut off and slow, one of two nodes is killed,
one is taken for dead and wakes up."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import storm

sys.exit(storm.suite([
    ("a database that is killed takes nothing with it", 5,
     dict(nodes=1, chosen=["restart-database", "kill-node"])),
    ("answers that are lost, late or cut off are found out", 6,
     dict(nodes=1, chosen=["lose-answers", "delay-answers", "cut-connections", "close-door"])),
    ("two nodes, one of them killed", 6,
     dict(nodes=2, late=60,
          chosen=["kill-node", "kill-node", "kill-node-for-long", "kill-all", "restart-database",
                  "lose-answers"])),
    ("two nodes, one of them frozen", 2, dict(nodes=2, late=60, chosen=["freeze-node"])),
]))
