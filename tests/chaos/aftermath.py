"""What the API, the tasks' notes and the machine say after a storm."""

import concurrent.futures
import json
import os
import threading
import time

import checker
import load as loads

LIVE = ["CREATED", "RUNNING", "PAUSED", "KILLING", "QUEUED", "RETRYING", "RESTARTED"]
LIVE_QUERY = "".join("&state=" + state for state in LIVE)


class Patience(Exception):
    """Something did not come true in time."""


def until(what, seconds, condition):
    """The condition answers None when it is true, else what it lacks."""
    end = time.monotonic() + seconds
    while True:
        lacking = condition()
        if lacking is None:
            return
        if time.monotonic() > end:
            raise Patience("%s within %d s: %s" % (what, seconds, lacking))
        time.sleep(0.1)


class Aftermath:
    def __init__(self, cluster, load, late):
        self.cluster = cluster
        self.client = load.client
        self.journal = load.journal
        self.late = late
        self.left = []
        self.patience = 60 + 2 * cluster.timeout

    def get(self, path):
        """For as long as it takes, within reason."""
        for _ in range(100):
            document = self.client.get(path)
            if document is not None:
                return document
            time.sleep(0.1)
        raise Patience("no answer to " + path)

    # ---- Letting everything end ----

    def help_along(self):
        """What waits for somebody gets what it waits for."""
        live = self.get("executions/search?size=500&namespace=chaos" + LIVE_QUERY)
        for e in live["results"]:
            state = e["state"]["current"]
            if e["flowId"] == "long" and state == "RUNNING":
                self.client.do("kill", "DELETE", "executions/%s/kill" % e["id"], id=e["id"])
            elif state == "PAUSED":
                self.client.do("resume", "POST", "executions/%s/resume" % e["id"], id=e["id"])
        return live

    def open_backfills(self):
        page = self.get("backfills?size=1000&namespace=chaos")
        for b in page["results"]:
            if b["state"] == "PAUSED":
                self.client.do("backfill-resume", "POST", "backfills/%s/resume" % b["id"],
                               id=b["id"], before=None)
        return [b["id"] for b in page["results"] if b["state"] not in ("DONE", "CANCELLED")]

    def what_goes_on(self):
        live = [e for e in self.help_along()["results"] if e["flowId"] not in loads.SCHEDULES]
        backfills = self.open_backfills()
        if live:
            return ", ".join("%s of %s is %s" % (e["id"], e["flowId"], e["state"]["current"])
                             for e in live[:10])
        return "backfills %s" % backfills[:5] if backfills else None

    def what_is_late(self):
        for flow in loads.SCHEDULES:
            page = self.get("triggers/search?namespace=chaos&flowId=" + flow)
            for t in page["results"]:
                date = t["triggerContext"]["nextExecutionDate"]
                behind = time.time() - checker.seconds(date)
                if behind > 1.5:
                    return "%s is %.1f s behind" % (flow, behind)
        return None

    def switch_off(self):
        sent = time.time()
        for flow in loads.SCHEDULES:
            until("the trigger of %s is off" % flow, 20, lambda: None if self.client.ask(
                None, "PUT", "triggers", json.dumps(
                    {"namespace": "chaos", "flowId": flow, "triggerId": "every",
                     "disabled": True}), loads.JSON)[0]["ok"] else "no answer")
        self.journal.add({"op": "triggers-off", "sent": sent, "answered": time.time(), "ok": True})

    def settle(self):
        until("everything ends", self.patience, self.what_goes_on)
        until("schedules catch up", self.patience, self.what_is_late)
        self.switch_off()
        until("schedules end", self.patience, lambda: None if not self.get(
            "executions/search?size=1&namespace=chaos" + LIVE_QUERY)["total"] else "some live")

    # ---- What is there ----

    def all_executions(self):
        ids = []
        page = 1
        while True:
            found = self.get("executions/search?size=500&sort=id:asc&namespace=chaos&page=%d" % page)
            ids += [(e["id"], e["flowId"]) for e in found["results"]]
            if len(found["results"]) < 500:
                return ids
            page += 1

    def fetch(self, found):
        ident, flow = found
        here = threading.current_thread()
        if not hasattr(here, "chaos"):
            here.chaos = loads.Client(self.cluster, self.journal, 0)
        execution = here.chaos.get("executions/" + ident)
        logs = here.chaos.get("logs/" + ident) if flow in loads.LINES else None
        return execution, logs

    def notes(self):
        path = os.path.join(self.cluster.folder, "notes")
        if not os.path.exists(path):
            return []
        with open(path) as file:
            fields = [line.split() for line in file]
        return [(word, run, float(when)) for word, run, when in fields]

    def facts(self):
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            fetched = list(pool.map(self.fetch, self.all_executions()))
        backfills = self.get("backfills?size=1000&namespace=chaos")["results"]
        return {
            "executions": [e for e, _ in fetched if e],
            "logs": {e["id"]: logs for e, logs in fetched if e and logs is not None},
            "backfills": {b["id"]: b for b in backfills},
            "notes": self.notes(), "lines": loads.LINES, "schedules": loads.SCHEDULES,
            "limits": loads.LIMITS, "late": self.late, "left": self.left,
        }

    # ---- What is left ----

    def look_for_owners(self):
        try:
            until("nothing is owned", 15, lambda: self.cluster.database.owned()[:5] or None)
        except Patience as late:
            self.left.append(str(late))

    def look_at_memory(self, most):
        for node in self.cluster.nodes:
            with open("/proc/%d/smaps_rollup" % node.process.pid) as file:
                pss = sum(int(l.split()[1]) for l in file if l.startswith("Pss:")) / 1024
            if pss > most:
                self.left.append("%s uses %d MB" % (node.name, pss))

    def stop(self):
        for node in self.cluster.nodes:
            wrong = node.stop()
            if wrong:
                self.left.append(wrong)
        try:
            until("all processes end", 5, lambda: self.cluster.processes() or None)
        except Patience as late:
            self.left.append(str(late))
        self.look_for_files()

    def look_for_files(self):
        """Files half written in the storage stay a day: another node might be writing them."""
        places = [os.path.join(node.name, "tasks") for node in self.cluster.nodes]
        for place in places + ["tmp"]:
            for folder, _, files in os.walk(os.path.join(self.cluster.disk, place)):
                self.left += ["%s/%s was left behind" % (folder, name) for name in files]
                if folder.count("/") > self.cluster.disk.count("/") + 3:
                    self.left.append("%s was left behind" % folder)
