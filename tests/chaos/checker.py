"""What must be true after a storm, judged from outside.

check(journal, facts) returns a list of sentences, one a violation. It knows nothing of the server:
the journal is what clients sent and were answered, the facts are what the API, the task's notes and
the machine say afterwards. Times are seconds since 1970; the server's clock is the database's, as far
as it can be known: within CLOCKS of ours.

journal: a list of entries {op, sent, answered, ok, …}; answered is None if no answer came.
  start       flow, nonce; id if ok           kill, resume, restart, pause   id
  label       id, key, value                  seen        id, ended: [task run ids]
  flow-saved  flow                            triggers-off
  backfill    id, flow, dates                 backfill-pause, backfill-cancel  id; ids after it
  backfill-resume  id; before: ids before it  (ids, before: executions that were there, or None)
facts: {executions, logs, backfills, notes, lines, schedules, left, late}
  executions  documents of the API            logs       execution id -> lines of the API
  backfills   id -> document of the API       notes      [word, node/task run/attempt, time]
  lines       flow -> how many lines each task logs
  schedules   flows that fire every second    left       sentences: what was left behind
  late        seconds that a date may be late; limits  flow -> executions at once
"""

import calendar
import collections
import re
import time

ENDED = {"SUCCESS", "WARNING", "FAILED", "KILLED", "CANCELLED", "SKIPPED", "RETRIED", "RESUBMITTED"}

# What may follow a state in a history, beside RESTARTED after an end.
LIVE = ENDED | {"RUNNING", "PAUSED", "KILLING", "RETRYING", "QUEUED", "BREAKPOINT", "RESTARTED"}
FOLLOWS = {
    None: {"CREATED"},
    "CREATED": LIVE | {"SUBMITTED"},
    "SUBMITTED": LIVE,
    "QUEUED": {"RUNNING", "KILLING", "KILLED", "CANCELLED", "RESTARTED"},
    "RESTARTED": {"RUNNING", "KILLING", "KILLED", "QUEUED", "PAUSED", "SUBMITTED"} | ENDED,
    "RUNNING": LIVE - {"QUEUED", "RESTARTED"} | {"CREATED"},
    "PAUSED": {"RUNNING", "KILLING", "KILLED", "RESTARTED"} | ENDED,
    "RETRYING": {"RUNNING", "CREATED", "KILLING", "KILLED", "RETRIED", "FAILED"},
    "KILLING": {"KILLED"},
}
CLOCKS = 0.05


def seconds(text):
    """An instant of the API as a number."""
    whole, _, part = text.rstrip("Z").partition(".")
    return calendar.timegm(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + (part or "0"))


def current(thing):
    return thing["state"]["current"]


def created_at(execution):
    return seconds(execution["state"]["histories"][0]["date"])


def label(execution, key):
    return [l["value"] for l in execution.get("labels") or [] if l["key"] == key]


class Checker:
    def __init__(self, journal, facts):
        self.journal = sorted(journal, key=lambda entry: entry["sent"])
        self.facts = facts
        self.executions = {e["id"]: e for e in facts["executions"]}
        self.starts = collections.defaultdict(list)  # task run -> times at which it began
        self.wrong = []

    def say(self, text, *values):
        self.wrong.append(text % values)

    def answered(self, *ops):
        return [e for e in self.journal if e["op"] in ops and e["ok"]]

    # ---- Acknowledged things exist ----

    def check_starts(self):
        by_nonce = collections.Counter(n for e in self.executions.values() for n in label(e, "nonce"))
        for entry in self.journal:
            if entry["op"] != "start":
                continue
            if by_nonce[entry["nonce"]] > 1:
                self.say("one request made %d executions: %s", by_nonce[entry["nonce"]], entry)
            if entry["ok"] and entry["id"] not in self.executions:
                self.say("an acknowledged execution is gone: %s", entry)
            elif entry["ok"] and label(self.executions[entry["id"]], "nonce") != [entry["nonce"]]:
                self.say("an execution is not the one that was asked for: %s", entry)

    def check_ends(self):
        for execution in self.executions.values():
            if current(execution) not in ENDED:
                self.say("execution %s of %s never ends: %s", execution["id"],
                         execution["flowId"], current(execution))
                continue
            for run in execution.get("taskRunList") or []:
                if current(run) not in ENDED:
                    self.say("execution %s has ended, its task run %s has not: %s",
                             execution["id"], run["id"], current(run))

    def check_changes(self):
        expected = {"kill": {"KILLING", "KILLED"}, "restart": {"RESTARTED"}}
        for entry in self.answered("kill", "restart", "label", "resume"):
            execution = self.executions.get(entry["id"])
            if not execution:
                self.say("what was changed is gone: %s", entry)
                continue
            histories = execution["state"]["histories"]
            later = {h["state"] for h in histories if seconds(h["date"]) >= entry["sent"] - 1}
            if entry["op"] == "label":
                if label(execution, entry["key"]) != [entry["value"]]:
                    self.say("an acknowledged label is not there: %s", entry)
            elif entry["op"] == "resume":
                if histories[-1]["state"] == "PAUSED":
                    self.say("an acknowledged resume did nothing: %s", entry)
            elif not later & expected[entry["op"]]:
                self.say("an acknowledged %s left no trace: %s", entry["op"], entry)

    # ---- States ----

    def check_history(self, what, histories):
        before = None
        when = 0
        for moment in histories:
            state = moment["state"]
            allowed = {"RESTARTED", "RUNNING", "CREATED"} if before in ENDED else FOLLOWS[before]
            if state not in allowed:
                self.say("%s went from %s to %s: %s", what, before, state,
                         " ".join(m["state"] for m in histories))
            if seconds(moment["date"]) < when - 0.002:
                self.say("%s has a history that goes back in time", what)
            before, when = state, seconds(moment["date"])

    def check_histories(self):
        for execution in self.executions.values():
            self.check_history("execution " + execution["id"], execution["state"]["histories"])
            restarted = any(h["state"] == "RESTARTED" for h in execution["state"]["histories"])
            for run in execution.get("taskRunList") or []:
                what = "task run %s of %s" % (run["id"], execution["id"])
                self.check_history(what, run["state"]["histories"])
                ends = [h for h in run["state"]["histories"][:-1] if h["state"] in ENDED]
                if ends and not restarted:
                    self.say("%s ended and went on", what)

    # ---- Task runs ----

    def check_notes(self):
        """Starts are at most the attempts, ends are for good, attempts do not overlap."""
        ends = collections.Counter()
        for word, run, when in self.facts["notes"]:
            task_run = run.split("/")[1]
            if word == "overlap":
                self.say("two attempts overlap: %s at %f", run, when)
            elif word == "start":
                self.starts[task_run].append(when)
            else:
                ends[task_run] += 1
        for execution in self.executions.values():
            for run in execution.get("taskRunList") or []:
                self.check_run(execution, run, ends[run["id"]])

    def check_run(self, execution, run, n_ends):
        starts = self.starts[run["id"]]
        attempts = len(run.get("attempts") or [])
        over = [seconds(h["date"]) for h in run["state"]["histories"] if h["state"] in ENDED]
        if len(starts) > attempts:
            self.say("task run %s began %d times in %d attempts", run["id"], len(starts), attempts)
        if over and starts and max(starts) > over[-1] + CLOCKS:
            self.say("task run %s began after its end", run["id"])
        if execution["flowId"] in self.facts["lines"] and current(run) == "SUCCESS":
            if run.get("taskId") in self.facts["lines"][execution["flowId"]] and not n_ends:
                self.say("task run %s succeeded without an end", run["id"])

    def check_seen(self):
        for entry in self.answered("seen"):
            for task_run in entry["ended"]:
                if any(when > entry["answered"] for when in self.starts[task_run]):
                    self.say("task run %s was seen ended, and began again", task_run)

    def check_logs(self):
        for execution in self.executions.values():
            expected = self.facts["lines"].get(execution["flowId"], {})
            for run in execution.get("taskRunList") or []:
                if run["taskId"] in expected and current(run) == "SUCCESS":
                    self.check_lines(execution, run, expected[run["taskId"]])

    def check_lines(self, execution, run, n):
        last = len(run.get("attempts") or []) - 1
        lines = [int(found.group(1))
                 for l in self.facts["logs"].get(execution["id"], [])
                 if l.get("taskRunId") == run["id"] and l.get("attemptNumber", 0) == last
                 for found in [re.match(r"line (\d+)$", l["message"])] if found]
        if lines != list(range(1, n + 1)):
            self.say("the log of task run %s of %s is not complete: %s", run["id"],
                     execution["id"], lines)

    # ---- Schedules and backfills ----

    def check_schedules(self):
        off = [e for e in self.journal if e["op"] == "triggers-off"]
        stop_sent = off[0]["sent"] if off else 0
        stop = off[0]["answered"] if off else float("inf")
        for saved in self.answered("flow-saved"):
            if saved["flow"] in self.facts["schedules"]:
                self.check_schedule(saved, stop_sent, stop)

    def check_schedule(self, saved, stop_sent, stop):
        flow = saved["flow"]
        dates = collections.Counter()
        for e in self.executions.values():
            date = (e.get("godwit") or {}).get("triggerDate")
            if e["flowId"] == flow and date and not (e.get("godwit") or {}).get("backfill"):
                dates[int(seconds(date))] += 1
                late = created_at(e) - seconds(date)
                if late > self.facts["late"] or late < -CLOCKS:
                    self.say("date %s of %s is %.1f s late", date, flow, late)
        for date, n in dates.items():
            if n > 1:
                self.say("date %d of %s has %d executions", date, flow, n)
            if date > stop:
                self.say("date %d of %s fired after its trigger was off", date, flow)
        for date in range(int(saved["answered"]) + 1, int(stop_sent - 1)):
            if date not in dates:
                self.say("date %d of %s has no execution", date, flow)

    def check_backfills(self):
        by_backfill = collections.defaultdict(list)
        for execution in self.executions.values():
            backfill = (execution.get("godwit") or {}).get("backfill")
            if backfill:
                by_backfill[backfill].append(execution)
        for entry in self.answered("backfill"):
            executions = sorted(by_backfill[entry["id"]], key=created_at)
            self.check_backfill(entry, executions)

    def check_backfill(self, entry, executions):
        ident = entry["id"]
        dates = [int(seconds(e["godwit"]["triggerDate"])) for e in executions]
        stops = [e for e in self.journal if e.get("id") == ident and
                 e["op"] in ("backfill-pause", "backfill-resume", "backfill-cancel")]
        cancelled = any(e["op"] == "backfill-cancel" for e in stops)
        if len(set(dates)) != len(dates):
            self.say("backfill %s has a date twice: %s", ident, dates)
        if self.out_of_order(executions):
            self.say("backfill %s is out of order", ident)
        if set(dates) - set(entry["dates"]):
            self.say("backfill %s has dates that were not asked for", ident)
        if not cancelled and set(dates) != set(entry["dates"]):
            self.say("backfill %s has no execution for %s", ident,
                     sorted(set(entry["dates"]) - set(dates)))
        if ident not in self.facts["backfills"]:
            self.say("an acknowledged backfill is gone: %s", ident)
        elif self.facts["backfills"][ident]["state"] not in ("DONE", "CANCELLED"):
            self.say("backfill %s never ends", ident)
        for i, stop in enumerate(stops):
            if stop["op"] != "backfill-resume" and stop["ok"]:
                self.check_stop(stop, stops[i + 1:], executions)

    @staticmethod
    def out_of_order(executions):
        """Created at the same moment is in order."""
        newest = {}
        for e in executions:
            date = seconds(e["godwit"]["triggerDate"])
            newest[created_at(e)] = max(newest.get(created_at(e), 0), date)
        moments = sorted(newest)
        earliest = {}
        for e in executions:
            date = seconds(e["godwit"]["triggerDate"])
            earliest[created_at(e)] = min(earliest.get(created_at(e), date), date)
        return any(newest[a] > earliest[b] for a, b in zip(moments, moments[1:]))

    def check_stop(self, stop, later, executions):
        """Nothing is created between the answer and the next resume: by what was seen then."""
        if stop["ids"] is None:
            return
        resume = next((e for e in later if e["op"] == "backfill-resume"), None)
        known = set(stop["ids"])
        if resume:
            created = set(resume["before"] or known)
        else:
            created = {e["id"] for e in executions}
        for ident in sorted(created - known):
            self.say("backfill %s made %s after %s was answered", stop["id"], ident, stop["op"])

    # ---- Limits, and what is left ----

    def check_limits(self):
        for flow, limit in self.facts.get("limits", {}).items():
            changes = []
            for e in self.executions.values():
                if e["flowId"] == flow:
                    changes += spans(e["state"]["histories"])
            inside = 0
            for _, change in sorted(changes):
                inside += change
                if inside > limit:
                    self.say("%d executions of %s run at once", inside, flow)
                    break

    def check_left(self):
        for sentence in self.facts["left"]:
            self.say("%s", sentence)


def spans(histories):
    """+1 where it certainly runs, -1 where it may have ended: nodes' clocks differ a little."""
    changes = []
    since = None
    for h in histories:
        at = seconds(h["date"])
        if since is None and h["state"] in ("RUNNING", "RESTARTED"):
            since = at + CLOCKS
        elif since is not None and h["state"] in ENDED:
            if at - CLOCKS > since:
                changes += [(since, 1), (at - CLOCKS, -1)]
            since = None
    return changes


def check(journal, facts):
    checker = Checker(journal, facts)
    checker.check_starts()
    checker.check_ends()
    checker.check_changes()
    checker.check_histories()
    checker.check_notes()
    checker.check_seen()
    checker.check_logs()
    checker.check_schedules()
    checker.check_backfills()
    checker.check_limits()
    checker.check_left()
    return checker.wrong
