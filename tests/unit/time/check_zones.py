#!/usr/bin/env python3
"""check_zones.py - compares every zone with Python's zoneinfo, from 1970 to 2100"""
import bisect
import datetime
import os
import subprocess
import sys
import zoneinfo

EPOCH = datetime.datetime(1970, 1, 1)
END = 4102444800
STEP = 100 * 86400 + 3600


def names():
    files = zoneinfo.available_timezones()
    return sorted(n for n in files if not n.startswith(("posix/", "right/")) and n != "localtime")


def content(name):
    """The file behind a name: many names share one."""
    paths = [os.path.join(folder, name) for folder in zoneinfo.TZPATH]
    with open(next(path for path in paths if os.path.exists(path)), "rb") as file:
        return file.read()


def dump(zones):
    tool = os.path.join(os.environ["GW_BUILD"], "tests/unit/time/zone_dump")
    run = subprocess.run([tool], input="\n".join(zones), capture_output=True, text=True, check=True)
    found = {}
    for line in run.stdout.splitlines():
        kind, *rest = line.split()
        if kind == "zone":
            changes, walls = found[rest[0]] = ([(0, int(rest[1]))], [])
        elif kind == "change":
            changes.append((int(rest[0]), int(rest[1])))
        elif kind == "wall":
            walls.append((int(rest[0]), int(rest[1])))
    return found


def offset_at(zone, at):
    return int((EPOCH + datetime.timedelta(seconds=at)).replace(tzinfo=datetime.timezone.utc)
               .astimezone(zone).utcoffset().total_seconds())


def compare(zone, changes, walls):
    starts = [start for start, _ in changes]
    probes = set(range(0, END, STEP))
    for start, _ in changes:
        probes.update((start, max(start - 1, 0)))
    for at in probes:
        ours = changes[bisect.bisect_right(starts, at) - 1][1]
        if offset_at(zone, at) != ours:
            return f"at {at}: {ours}, not {offset_at(zone, at)}"
    for wall, ours in walls:
        theirs = (EPOCH + datetime.timedelta(seconds=wall)).replace(tzinfo=zone).timestamp()
        if theirs != ours:
            return f"clock time {wall}: {ours}, not {theirs}"
    return None


def main():
    zones = names()
    found = dump(zones)
    wrong = {}
    seen = {}
    for name in zones:
        if name not in found:
            wrong[name] = "was not found"
        elif seen.setdefault(content(name), found[name]) is found[name]:
            difference = compare(zoneinfo.ZoneInfo(name), *found[name])
            if difference:
                wrong[name] = difference
    for name, difference in wrong.items():
        print(f"# {name}: {difference}")
    print("1..1")
    print(f"{'not ok' if wrong or not zones else 'ok'} 1 - {len(zones)} zones are as zoneinfo has them")
    return 0


sys.exit(main())
