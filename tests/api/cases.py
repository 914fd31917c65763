"""Cases in text files: a request, "--", and what must be in its answer.

    == a sentence that says what holds
    POST /api/v1/main/flows/{flow}
    Content-Type: application/x-yaml

    id: hello
    --
    200
    Content-Type: application/json
    {"id": "hello", "revision": "=revision"}

Between the sentence and the request may stand:
    within 10s       asks again until the answer is right, at most so long
    port management  asks the management port

The body may be a form instead, with lines such as
    form name=value
    file name=filename: content
    file name=filename             (the content is what follows the blank line)

The expected JSON is a part of the answer: members that are not named may be anything. A list must
have as many items, unless its last one is "...". Texts:
    "*"          anything but absent
    "-"          absent
    "~regex"     matches
    "=name"      anything; {name} in later requests and answers of the file stands for it
A body that is no JSON is given by lines "| text" (the whole text) or "~ regex".
An event stream is read to its end and given as a list of {"id", "data"}.
"""

import json
import re
import time


class Case:
    def __init__(self, name):
        self.name = name
        self.within = 0
        self.port = "api"
        self.method = self.path = None
        self.headers = {}
        self.body = None
        self.parts = []
        self.status = None
        self.expected_headers = {}
        self.expected = ""


def read_cases(path):
    cases = []
    with open(path) as file:
        chunks = re.split(r"^== ", file.read(), flags=re.M)
    for chunk in chunks[1:]:
        name, rest = chunk.split("\n", 1)
        request, answer = re.split(r"^--$", rest, maxsplit=1, flags=re.M)
        case = Case(name.strip())
        read_request(case, request.strip("\n").split("\n"))
        read_answer(case, answer.strip("\n").split("\n"))
        cases.append(case)
    return cases


def read_request(case, lines):
    while True:
        line = lines.pop(0)
        if line.startswith("within "):
            case.within = float(line[len("within "):].rstrip("s"))
        elif line.startswith("port "):
            case.port = line[len("port "):]
        else:
            break
    case.method, case.path = line.split(" ", 1)
    while lines and lines[0]:
        line = lines.pop(0)
        if line.startswith(("form ", "file ")):
            case.parts.append(line)
        else:
            key, value = line.split(":", 1)
            case.headers[key] = value.strip()
    body = "\n".join(lines[1:])
    if body:
        case.body = body


def read_answer(case, lines):
    case.status = int(lines.pop(0))
    while lines and re.match(r"[A-Za-z-]+: ", lines[0]):
        key, value = lines.pop(0).split(":", 1)
        case.expected_headers[key] = value.strip()
    case.expected = "\n".join(lines).strip("\n")


def put_names(text, names):
    for key, value in names.items():
        text = text.replace("{%s}" % key, value)
    return text


def form_body(parts, body):
    out = []
    for part in parts:
        kind, rest = part.split(" ", 1)
        if kind == "form":
            name, content = rest.split("=", 1)
            disposition = 'name="%s"' % name
        else:
            name, rest = rest.split("=", 1)
            filename, _, content = rest.partition(": ")
            content = content or body or ""
            disposition = 'name="%s"; filename="%s"' % (name, filename)
        out.append("--BOUNDARY\r\nContent-Disposition: form-data; %s\r\n\r\n%s\r\n"
                   % (disposition, content))
    return "".join(out) + "--BOUNDARY--\r\n"


def compare(expected, actual, names, where="answer"):
    """What differs, or None."""
    if isinstance(expected, str):
        if expected == "*":
            return None
        if expected.startswith("="):
            names[expected[1:]] = str(actual)
            return None
        if expected.startswith("~"):
            if isinstance(actual, str) and re.search(put_names(expected[1:], names), actual, re.S):
                return None
            return "%s: %r does not match %r" % (where, actual, expected[1:])
        expected = put_names(expected, names)
    if isinstance(expected, dict):
        return compare_objects(expected, actual, names, where)
    if isinstance(expected, list):
        return compare_lists(expected, actual, names, where)
    return None if expected == actual else "%s: %r is not %r" % (where, actual, expected)


def compare_objects(expected, actual, names, where):
    if not isinstance(actual, dict):
        return "%s: %r is no object" % (where, actual)
    for key, value in expected.items():
        if value == "-":
            if key in actual:
                return "%s.%s: is there: %r" % (where, key, actual[key])
        elif key not in actual:
            return "%s.%s: is missing in %r" % (where, key, actual)
        else:
            difference = compare(value, actual[key], names, "%s.%s" % (where, key))
            if difference:
                return difference
    return None


def compare_lists(expected, actual, names, where):
    if not isinstance(actual, list):
        return "%s: %r is no list" % (where, actual)
    is_open = bool(expected) and expected[-1] == "..."
    wanted = expected[:-1] if is_open else expected
    if len(actual) < len(wanted) or (not is_open and len(actual) != len(wanted)):
        return "%s: %d items, not %d: %r" % (where, len(actual), len(wanted), actual)
    for i, value in enumerate(wanted):
        difference = compare(value, actual[i], names, "%s[%d]" % (where, i))
        if difference:
            return difference
    return None


def read_events(text):
    events = []
    for block in text.split("\n\n"):
        event = {}
        for line in block.split("\n"):
            if line and not line.startswith(":"):
                key, value = line.split(": ", 1)
                event[key] = json.loads(value) if key == "data" else value
        if event:
            events.append(event)
    return events


def compare_body(case, response, text, names):
    expected = case.expected
    if not expected:
        return None
    if expected.startswith("| "):
        wanted = "\n".join(line[2:] for line in expected.split("\n"))
        return None if text == put_names(wanted, names) else "body: %r is not %r" % (text, wanted)
    if expected.startswith("~ "):
        found = re.search(put_names(expected[2:], names), text, re.S)
        return None if found else "body: %r does not match %r" % (text, expected[2:])
    if response.getheader("Content-Type", "").startswith("text/event-stream"):
        actual = read_events(text)
    else:
        try:
            actual = json.loads(text)
        except ValueError:
            return "body: %r is no JSON" % text
    return compare(json.loads(expected), actual, names)


def ask(case, server, names):
    headers = {k: put_names(v, names) for k, v in case.headers.items()}
    body = put_names(case.body, names).encode() if case.body else None
    if case.parts:
        body = put_names(form_body(case.parts, case.body), names).encode()
        headers["Content-Type"] = "multipart/form-data; boundary=BOUNDARY"
    port = server.management_port if case.port == "management" else server.port
    response = server.request(case.method, put_names(case.path, names), body, headers, port=port)
    text = response.read().decode("utf-8", "replace")
    if response.status != case.status:
        return "status %d, not %d: %s" % (response.status, case.status, text[:1000])
    for key, value in case.expected_headers.items():
        actual = response.getheader(key)
        if actual is None or not re.fullmatch(put_names(value, names), actual):
            return "header %s: %r is not %r" % (key, actual, value)
    return compare_body(case, response, text, names)


def run_case(case, server, names):
    """What is wrong with the answer, or None."""
    end = time.monotonic() + case.within
    while True:
        difference = ask(case, server, names)
        if not difference or time.monotonic() >= end:
            return difference
        time.sleep(0.02)
