"""What a storm happens to: a database and the nodes that share it, in a folder of their own."""

import http.client
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import proxy as proxies

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "../services"))
import repository

SOURCE = os.environ.get("GW_SOURCE") or os.path.join(HERE, "../..")
BUILD = os.path.abspath(os.environ.get("GW_BUILD") or os.path.join(SOURCE, "build"))

CONFIG = """
godwit:
  server:
    host: 127.0.0.1
    port: {port}
    management-port: 0
    node-name: {name}
    working-folder: {folder}/{name}
    termination-grace-period: 2s
    liveness: {{interval: 300ms, timeout: {timeout:.0f}s}}
  repository: {repository}
  storage: {{local: {{base-path: {folder}/storage}}}}
  tasks: {{threads: 16}}
"""


def free_port():
    """One that no connection gets by chance."""
    while True:
        port = random.randrange(20000, 32000)
        try:
            with socket.socket() as sock:
                sock.bind(("127.0.0.1", port))
                return port
        except OSError:
            pass


class Database:
    """A repository; if it is in a server, with a proxy before it."""

    def __init__(self, folder):
        self.repository = repository.of(folder)
        self.owned = self.repository.owned
        self.away = 0  # seconds that it took to start again
        self.proxy = None
        if isinstance(self.repository, repository.Server):
            self.proxy = proxies.Proxy(self.repository.port)

    def configuration(self):
        return self.repository.configuration(*([self.proxy.port] if self.proxy else []))

    def restart(self):
        before = time.monotonic()
        self.repository.restart()
        self.away += time.monotonic() - before

    def stop(self):
        if self.proxy:
            self.proxy.close()
        self.repository.drop()


class Node:
    def __init__(self, cluster, name, timeout):
        self.cluster = cluster
        self.name = name
        self.config = os.path.join(cluster.folder, name + ".yml")
        self.log = os.path.join(cluster.folder, name + ".log")
        self.own_port = free_port()  # the same after each start
        self.port = None  # of a node that is up
        self.process = None
        with open(self.config, "w") as file:
            file.write(CONFIG.format(folder=cluster.disk, name=name, timeout=timeout,
                                     port=self.own_port, repository=cluster.database.configuration()))

    def launch(self, limits=None):
        with open(self.log, "a") as log:
            self.offset = log.tell()
            self.process = subprocess.Popen(
                [os.path.join(BUILD, "godwit"), "server", "standalone", "-c", self.config],
                cwd=self.cluster.folder, env=self.cluster.env, stdout=log, stderr=log,
                preexec_fn=limits)

    def said(self):
        """Its log since it was launched."""
        with open(self.log) as log:
            log.seek(self.offset)
            return log.read()

    def await_ready(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            if "ready at http://" in self.said():
                self.port = self.own_port
                return
            time.sleep(0.01)
        raise RuntimeError("%s does not start:\n%s" % (self.name, self.said()))

    def start(self, limits=None):
        self.launch(limits)
        self.await_ready()

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.port = None
        self.process.kill()
        self.process.wait()

    def stop(self):
        """What is wrong about its end, as a sentence; None if it ends well."""
        self.port = None
        self.signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.kill()
            return "%s does not stop" % self.name
        if status == 0:
            return None
        return "%s ended with %s:\n%s" % (self.name, status, self.said()[-6000:])


def can_mount():
    """Whether disks can be made that are small: by root, mostly."""
    folder = tempfile.mkdtemp(prefix="godwit-chaos-")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "chaos", folder], check=False,
                             stderr=subprocess.DEVNULL).returncode == 0
    if mounted:
        subprocess.run(["umount", folder], check=True)
    os.rmdir(folder)
    return mounted


class Cluster:
    """disk_mb: everything is on a disk of that size."""

    def __init__(self, n_nodes, timeout, disk_mb=None):
        self.folder = tempfile.mkdtemp(prefix="godwit-chaos-")
        self.disk = os.path.join(self.folder, "disk")
        os.makedirs(self.disk)
        self.is_mounted = disk_mb is not None
        if self.is_mounted:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm" % disk_mb, "chaos",
                            self.disk], check=True)
        os.makedirs(os.path.join(self.folder, "locks"))
        shutil.copy(os.path.join(HERE, "task.sh"), self.folder)
        self.env = {k: v for k, v in os.environ.items()
                    if not k.startswith(("GODWIT_", "KESTRA_", "PG"))}
        self.env.update(CHAOS=self.folder, TMPDIR=self.disk + "/tmp")
        os.makedirs(self.env["TMPDIR"])
        self.database = Database(self.disk)
        self.timeout = timeout
        self.nodes = [Node(self, "node%d" % i, timeout) for i in range(n_nodes)]

    def start(self):
        for node in self.nodes:
            node.start()

    def end(self):
        for node in self.nodes:
            if node.is_running():
                node.kill()
        for pid in self.processes():
            os.kill(pid, signal.SIGKILL)
        self.database.stop()

    def remove(self):
        if self.is_mounted:
            subprocess.run(["umount", "-l", self.disk], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)

    def processes(self):
        """Whatever lives with our folder in its environment: nodes, task hosts, tasks."""
        mine = ("CHAOS=%s\0" % self.folder).encode()
        found = []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                with open("/proc/%s/environ" % pid, "rb") as file:
                    environment = file.read() + b"\0"
                if mine in environment:
                    found.append(int(pid))
            except OSError:
                pass
        return found

    def processes_named(self, word):
        """Those whose command line contains the word."""
        found = []
        for pid in self.processes():
            try:
                with open("/proc/%d/cmdline" % pid, "rb") as file:
                    if word in file.read():
                        found.append(pid)
            except OSError:
                pass
        return found


class Answer:
    def __init__(self, status, body):
        self.status = status
        self.body = body
        self.ok = 200 <= status < 300


class Connection:
    """One kept connection to whichever node lives; None instead of an answer that never came."""

    def __init__(self, cluster, random):
        self.cluster = cluster
        self.random = random
        self.connection = None
        self.port = None

    def open(self, timeout):
        ports = [n.port for n in self.cluster.nodes if n.port]
        if not ports:
            raise OSError("no node lives")
        if self.port not in ports or self.random.random() < 0.1:
            self.close()
            self.port = self.random.choice(ports)
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def request(self, method, path, body=None, headers=None, timeout=10):
        try:
            self.open(timeout)
            self.connection.request(method, "/api/v1/main/" + path, body, headers or {})
            response = self.connection.getresponse()
            return Answer(response.status, response.read())
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = self.port = None
