"""The repository of a test: SQLite, or a place of its own in the server that with.sh started."""

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
import urllib.request
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
SERVICES = ("postgres", "mariadb", "mysql", "elasticsearch")


def run_with(service):
    """Runs this program again, with a server, unless there is one."""
    if service in SERVICES and os.environ.get("GW_TEST_SERVICE") != service:
        script = os.path.join(HERE, "with.sh")
        os.execv(script, [script, service, sys.executable] + sys.argv)


class Sqlite:
    def __init__(self, folder):
        self.path = os.path.join(folder, "godwit.db")

    def configuration(self):
        return json.dumps({"type": "sqlite", "sqlite": {"path": self.path}})

    def owned(self):
        """What a node owns: "KIND KEY"."""
        with sqlite3.connect(self.path) as db:
            return [table + " " + key for table in ("execution", "trigger")
                    for key, in db.execute("select key from \"%s\" where owner is not null" % table)]

    def drop(self):
        pass


class Server:
    """A place in a server, reached on its own port or that of a proxy."""

    def __init__(self, _folder):
        self.port = int(os.environ["GW_TEST_PORT"])
        self.place = "place_" + uuid.uuid4().hex[:12]

    def configuration(self, port=None):
        backend = os.environ["GW_TEST_BACKEND"]
        text = re.sub(r"(127\.0\.0\.1:)%d" % self.port, r"\g<1>%d" % (port or self.port),
                      os.environ["GW_TEST_SETTINGS"])
        settings = json.loads(text)
        settings[os.environ["GW_TEST_PLACES"]] = self.place
        return json.dumps({"type": backend, backend: settings})

    def restart(self):
        """As after a crash."""
        subprocess.run(shlex.split(os.environ["GW_TEST_RESTART"]), check=True)

    def owned_query(self, quote):
        return " union all ".join(
            "select concat('{0} ', {1}key{1}) from {1}{2}{1}.{1}{0}{1} where owner is not null"
            .format(table, quote, self.place) for table in ("execution", "trigger"))


def lines(command, *more):
    return subprocess.run(command + list(more), check=True, capture_output=True,
                          text=True).stdout.splitlines()


class Postgres(Server):
    def query(self, text):
        return lines(["psql", "-qAt", os.environ["GW_TEST_URL"]], "-c", text)

    def owned(self):
        return self.query(self.owned_query('"'))

    def drop(self):
        self.query('drop schema if exists "%s" cascade' % self.place)


class Mysql(Server):
    def query(self, text):
        return lines(shlex.split(os.environ["GW_TEST_CLIENT"]), "-N", "-e", text)

    def owned(self):
        return self.query(self.owned_query("`"))

    def drop(self):
        self.query("drop database if exists `%s`" % self.place)


class Elasticsearch(Server):
    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            os.environ["GW_TEST_URL"] + path, method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def owned(self):
        self.ask("POST", "/%s_*/_refresh" % self.place)
        found = []
        for kind in ("execution", "trigger"):
            answer = self.ask("POST", "/%s_%s/_search" % (self.place, kind),
                              {"size": 100, "query": {"exists": {"field": "owner"}}})
            found += [kind + " " + hit["_source"]["key"] for hit in answer["hits"]["hits"]]
        return found

    def drop(self):
        self.ask("DELETE", "/%s_*" % self.place)
        self.ask("DELETE", "/_index_template/%s_*" % self.place)


KINDS = {"sqlite": Sqlite, "postgres": Postgres, "mysql": Mysql, "elasticsearch": Elasticsearch}


def of(folder):
    """SQLite in the folder, or a place in the server that the environment names."""
    return KINDS[os.environ.get("GW_TEST_BACKEND") or "sqlite"](folder)
