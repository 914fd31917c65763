"""A server for tests: the built program on free ports, with a data folder of its own."""

import http.client
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../services"))
import repository


class Server:
    """Runs `godwit server local`; env is added to its environment, config to its configuration."""

    def __init__(self, env=None, config=""):
        build = os.environ.get("GW_BUILD") or os.path.join(os.path.dirname(__file__), "../../build")
        self.program = os.path.join(os.path.abspath(build), "godwit")
        self.folder = tempfile.mkdtemp(prefix="godwit-api-")
        self.repository = repository.of(self.folder)
        self.config = config
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("GODWIT_", "KESTRA_"))}
        self.env.update(env or {})
        self.process = None
        self.start()

    def start(self):
        text = """
godwit:
  server: {host: 127.0.0.1, port: 0, management-port: 0, working-folder: FOLDER/work}
  repository: REPOSITORY
  storage: {local: {base-path: FOLDER/storage}}
""".replace("FOLDER", self.folder)
        text = text.replace("REPOSITORY", self.repository.configuration()) + self.config
        path = os.path.join(self.folder, "godwit.yml")
        with open(path, "w") as file:
            file.write(text)
        self.log = []
        self.process = subprocess.Popen(
            [self.program, "server", "local", "--config", path],
            cwd=self.folder, env=self.env, stderr=subprocess.PIPE, text=True)
        self.port, self.management_port = self.read_ports()
        self.reader = threading.Thread(target=self.read_log, daemon=True)
        self.reader.start()

    def read_ports(self):
        """The log says where it listens."""
        for line in self.process.stderr:
            self.log.append(line)
            found = re.search(r"ready at http://\S+:(\d+), .* http://\S+:(\d+)", line)
            if found:
                return int(found.group(1)), int(found.group(2))
        raise SystemExit("Bail out! the server does not start:\n" + self.log_text())

    def read_log(self):
        self.log.extend(self.process.stderr)

    def log_text(self):
        return "".join(self.log)

    def request(self, method, path, body=None, headers=None, timeout=60, port=None):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=timeout)
        connection.request(method, path, body, headers or {})
        return connection.getresponse()

    def stop(self):
        """True if it ended by itself and well."""
        if not self.process:
            return True
        self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        self.reader.join()
        self.process.stderr.close()
        self.process = None
        return status == 0

    def remove(self):
        self.repository.drop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Tap:
    """Says what passed and what did not."""

    def __init__(self):
        self.n = 0
        self.failed = 0

    def result(self, passed, name, why=""):
        self.n += 1
        self.failed += not passed
        print("%sok %d - %s" % ("" if passed else "not ", self.n, name.replace("#", "")))
        for line in str(why).splitlines() if not passed else []:
            print("# " + line)
        sys.stdout.flush()

    def end(self):
        print("1..%d" % self.n)
        return 1 if self.failed else 0
