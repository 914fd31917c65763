"""Clients that keep a cluster busy and write down what they were answered."""

import json
import random
import threading
import time

import cluster as clusters

NAMESPACE = "chaos"
SHELL = "type: io.kestra.plugin.scripts.shell.Commands\n    interpreter: [/bin/bash, -c]"
CORE = "type: io.kestra.plugin.core."
EVERY_SECOND = """
triggers:
  - {id: every, type: io.kestra.plugin.core.trigger.Schedule, cron: "* * * * * *", withSeconds: true%s}
"""


def shell(ident, command, more=""):
    return "  - id: %s\n    %s\n    commands: ['. \"$CHAOS/task.sh\"; %s']\n%s" % (
        ident, SHELL, command, more)


def log(ident):
    return "  - {id: %s, %slog.Log, message: 'line 1'}\n" % (ident, CORE)


def indent(text):
    return "".join("    " + line + "\n" for line in text.splitlines())


FLOWS = {
    "pure": log("a") + "  - {id: b, %sdebug.Return, format: x}\n" % CORE + log("c"),
    "shell": shell("a", "work 3 0.02") + log("b") + shell("c", "work 2 0.01"),
    "isolated": "  - {id: a, %slog.Fetch}\n" % CORE + log("b"),
    "wide": "  - id: wide\n    %sflow.Parallel\n    tasks:\n" % CORE
            + indent(shell("a", "work 2 0.05") + shell("b", "work 2 0.02") + log("c")),
    "each": "  - id: each\n    %sflow.ForEach\n    values: [1, 2, 3]\n    concurrencyLimit: 2\n"
            "    tasks:\n" % CORE + indent(shell("a", "work 1 0.03")),
    "again": shell("a", "work 1 0.01; exit 1",
                   "    retry: {type: constant, interval: PT0.3S, maxAttempts: 3}\n"),
    "fails": log("a") + "  - {id: b, %sexecution.Fail}\n" % CORE,
    "long": shell("a", "work 300 0.1"),
    "held": log("a") + "  - {id: b, %sflow.Pause}\n" % CORE + log("c"),
    "limited": shell("a", "work 1 0.1"),
    "tick": log("a"),
    "tock": shell("a", "work 1 0.01"),
    "fill": shell("a", "work 1 0.02"),
}
MORE = {
    "limited": "concurrency: {limit: 2, behavior: QUEUE}\n",
    "tick": EVERY_SECOND % "",
    "tock": EVERY_SECOND % ", allowConcurrent: true",
    "fill": """
triggers:
  - {id: daily, type: io.kestra.plugin.core.trigger.Schedule, cron: "0 0 * * *", timezone: UTC}
""",
}
# What each task that succeeds has logged: flow -> task -> lines.
LINES = {
    "shell": {"a": 3, "c": 2}, "wide": {"a": 2, "b": 2}, "each": {"a": 1}, "limited": {"a": 1},
    "tock": {"a": 1}, "fill": {"a": 1},
}
SCHEDULES = ["tick", "tock"]
LIMITS = {"limited": 2}
DAY = 86400
FIRST_DAY = 1704067200  # 2024-01-01

YAML = {"Content-Type": "application/x-yaml"}
JSON = {"Content-Type": "application/json"}


class Journal:
    def __init__(self, path):
        self.lock = threading.Lock()
        self.entries = []
        self.file = open(path, "w")

    def add(self, entry):
        with self.lock:
            self.entries.append(entry)
            self.file.write(json.dumps(entry) + "\n")
            self.file.flush()


class Client:
    """One client; its requests follow from its seed, their outcome does not."""

    def __init__(self, cluster, journal, seed):
        self.random = random.Random(seed)
        self.connection = clusters.Connection(cluster, self.random)
        self.journal = journal

    def ask(self, op, method, path, body=None, headers=None, timeout=10, **more):
        """The answer, or None; the entry goes into the journal unless op is None."""
        entry = dict(more, op=op, sent=time.time())
        answer = self.connection.request(method, path, body, headers, timeout)
        entry.update(answered=time.time() if answer else None,
                     status=answer.status if answer else None, ok=bool(answer and answer.ok))
        document = None
        if entry["ok"] and answer.body:
            try:
                document = json.loads(answer.body)
            except ValueError:
                entry["ok"] = False
        return entry, document

    def do(self, op, method, path, body=None, headers=None, **more):
        entry, document = self.ask(op, method, path, body, headers, **more)
        self.journal.add(entry)
        return entry, document

    def get(self, path, timeout=30):
        return self.ask(None, "GET", path, timeout=timeout)[1]


class Worker(Client):
    """Starts executions and does things to those it started."""

    def __init__(self, cluster, journal, seed, pace):
        super().__init__(cluster, journal, seed)
        self.name = "c%s" % seed
        self.n = 0
        self.pace = pace
        self.ids = {flow: [] for flow in FLOWS}

    def start(self, flow, wait=False):
        self.n += 1
        nonce = "%s-%d" % (self.name, self.n)
        entry, document = self.ask(
            "start", "POST", "executions/%s/%s?labels=nonce:%s%s"
            % (NAMESPACE, flow, nonce, "&wait=true" if wait else ""), flow=flow, nonce=nonce)
        if entry["ok"]:
            entry["id"] = document["id"]
            self.ids[flow].append(document["id"])
        self.journal.add(entry)

    def act(self, op, flow, method, path, body=None, headers=None, **more):
        if self.ids[flow]:
            ident = self.random.choice(self.ids[flow][-5:])
            self.do(op, method, "executions/%s/%s" % (ident, path), body, headers, id=ident, **more)

    def add_label(self):
        """Each execution is asked for one label at most, so that the last one is known."""
        flow = self.random.choice(["pure", "isolated"])
        if len(self.ids[flow]) > 3:
            ident = self.ids[flow].pop(0)
            value = "v%d" % self.n
            self.do("label", "POST", "executions/%s/labels" % ident,
                    json.dumps([{"key": "mark", "value": value}]), JSON,
                    id=ident, key="mark", value=value)

    def look(self):
        flow = self.random.choice(list(FLOWS))
        if not self.ids[flow]:
            return
        ident = self.random.choice(self.ids[flow][-10:])
        entry, document = self.ask("seen", "GET", "executions/" + ident, id=ident, ended=[])
        if document:
            entry["ended"] = [run["id"] for run in document.get("taskRunList") or []
                              if run["state"]["current"] in ("SUCCESS", "FAILED", "KILLED")
                              and flow not in ("fails",)]
        self.journal.add(entry)

    def step(self):
        choices = [
            (14, lambda: self.start("pure")), (6, lambda: self.start("pure", True)),
            (10, lambda: self.start("shell")), (3, lambda: self.start("shell", True)),
            (4, lambda: self.start("isolated")), (4, lambda: self.start("wide")),
            (3, lambda: self.start("each")), (2, lambda: self.start("again")),
            (3, lambda: self.start("fails")), (4, lambda: self.start("long")),
            (4, lambda: self.start("held")), (4, lambda: self.start("limited")),
            (5, lambda: self.act("kill", "long", "DELETE", "kill")),
            (5, lambda: self.act("resume", "held", "POST", "resume")),
            (2, lambda: self.act("pause", "shell", "POST", "pause")),
            (3, lambda: self.act("resume", "shell", "POST", "resume")),
            (3, lambda: self.act("restart", "fails", "POST", "restart")),
            (4, self.add_label), (12, self.look),
        ]
        weights, actions = zip(*choices)
        self.random.choices(actions, weights)[0]()

    def run(self, stop):
        while not stop.is_set():
            self.step()
            stop.wait(self.random.uniform(0, 2 * self.pace))
        self.connection.close()


class Filler(Client):
    """One backfill after the other: left alone, paused and resumed, or cancelled."""

    def __init__(self, cluster, journal, seed):
        super().__init__(cluster, journal, seed)
        self.day = 0

    def create(self):
        n = 20
        first = FIRST_DAY + self.day * DAY
        self.day += n
        dates = [first + i * DAY for i in range(n)]
        start, end = (time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(d))
                      for d in (dates[0], dates[-1]))
        entry, document = self.ask(
            "backfill", "POST", "backfills", json.dumps(
                {"namespace": NAMESPACE, "flowId": "fill", "triggerId": "daily", "start": start,
                 "end": end, "maxActive": self.random.choice([1, 3, 50])}), JSON,
            flow="fill", dates=dates)
        entry["id"] = document["id"] if entry["ok"] else None
        self.journal.add(entry)
        return entry["id"]

    def executions(self, backfill):
        page = self.get("executions/search?size=1000&filters[backfill][EQUALS]=" + backfill)
        return None if page is None else [e["id"] for e in page["results"]]

    def stop(self, verb, backfill):
        """Until it is answered; what there is then is noted."""
        entry, _ = self.ask("backfill-" + verb, "POST", "backfills/%s/%s" % (backfill, verb),
                            id=backfill)
        if entry["ok"]:
            entry["ids"] = self.executions(backfill)
        self.journal.add(entry)
        return entry["ok"]

    def resume(self, backfill, stop):
        while not stop.is_set():
            before = self.executions(backfill)
            entry, _ = self.do("backfill-resume", "POST", "backfills/%s/resume" % backfill,
                               id=backfill, before=before)
            if entry["status"]:
                return
            stop.wait(0.1)

    def run(self, stop):
        while not stop.is_set():
            backfill = self.create()
            stop.wait(self.random.uniform(0, 0.3))
            if not backfill:
                continue
            fate = self.random.random()
            if fate < 0.4 and self.stop("pause", backfill):
                stop.wait(self.random.uniform(0, 0.5))
            elif fate < 0.6:
                self.stop("cancel", backfill)
            if fate < 0.4:
                self.resume(backfill, stop)
            stop.wait(self.random.uniform(0, 1))
        self.connection.close()


def save_flows(client):
    for flow, tasks in FLOWS.items():
        source = "id: %s\nnamespace: %s\n%stasks:\n%s" % (flow, NAMESPACE, MORE.get(flow, ""), tasks)
        entry, _ = client.do("flow-saved", "POST", "flows", source, YAML, flow=flow)
        if not entry["ok"]:
            raise RuntimeError("flow %s is refused: %s" % (flow, entry))


class Load:
    def __init__(self, cluster, seed, n_clients, pace):
        self.cluster = cluster
        self.journal = Journal(cluster.folder + "/journal.jsonl")
        self.stopping = threading.Event()
        self.client = Client(cluster, self.journal, seed)
        self.clients = [Worker(cluster, self.journal, seed * 100 + i, pace) for i in range(n_clients)]
        self.clients.append(Filler(cluster, self.journal, seed * 100 + 99))
        self.threads = [threading.Thread(target=c.run, args=(self.stopping,), daemon=True)
                        for c in self.clients]

    def start(self):
        save_flows(self.client)
        for thread in self.threads:
            thread.start()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(60)


