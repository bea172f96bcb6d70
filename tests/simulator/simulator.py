# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulator's tests share: the program as a child, plain HTTP towards it, TAP output.

Only Python's own library, so that nothing of the program under test judges the simulator.
"""
import base64
import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import traceback
import urllib.parse

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "support"))
import patience  # noqa: E402

GOOD_KEY = "practice-key"
AGENT = "easel-simulator-test/1"
HOUR_MS = 3600 * 1000
ORDER = {
    "name": "easel-0badcafe",
    "templateId": "8myumeqonw",
    "image": "aclysia/sd-comfyui-krita:v1.52.0",
    "cloud": "COMMUNITY",
    "gpu": {"id": "NVIDIA GeForce RTX 3090", "count": 1, "minCudaVersion": "13.0"},
    "disk": 30,
    "mounts": {"persistent": {"size": 40, "path": "/workspace"}},
    "ports": ["3001/http"],
    "startSsh": False,
    "startJupyter": False,
}


def order(**changes):
    """A copy of ORDER with top-level members replaced; None removes one."""
    body = json.loads(json.dumps(ORDER))
    for name, value in changes.items():
        if value is None:
            body.pop(name, None)
        else:
            body[name] = value
    return body


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def kind(self):
        return (self.headers.get("Content-Type") or "").split(";")[0]

    @property
    def detail(self):
        return self.json["detail"]


class Simulator:
    """The program, with time that stands still unless a speed is given."""

    def __init__(self, *arguments, speed=0, seed=1):
        command = [
            sys.argv[1],
            "--port",
            "0",
            "--speed",
            str(speed),
            "--seed",
            str(seed),
            "--exit-with-parent",
        ]
        # Suppressions of leaks in libsoup name functions deep in the stack.
        asked = [os.environ.get("ASAN_OPTIONS"), "fast_unwind_on_malloc=0"]
        environment = dict(os.environ, ASAN_OPTIONS=":".join(filter(None, asked)))
        self.process = subprocess.Popen(
            command + list(arguments),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
        )
        line = self.process.stdout.readline()
        assert line.startswith("ready http://127.0.0.1:"), line
        self.base = line.split()[1]
        self.port = int(self.base.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.stdin.close()
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        assert status == 0, f"the simulator ended with {status}"

    def call(
        self, method, path, body=None, key=GOOD_KEY, headers=None, raw=None, port=None, timeout=20
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port or self.port, timeout=timeout)
        head = {"User-Agent": AGENT}
        if key is not None:
            head["Authorization"] = "Bearer " + key
        if body is not None:
            raw = json.dumps(body).encode()
            head["Content-Type"] = "application/json"
        head.update(headers or {})
        try:
            connection.request(method, path, raw, {k: v for k, v in head.items() if v is not None})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **rest):
        return self.call("GET", path, **rest)

    def post(self, path, body=None, **rest):
        return self.call("POST", path, body, **rest)

    def control(self, path, body=None, method=None):
        answer = self.call(
            method or ("GET" if body is None else "POST"), "/__/" + path, body, key=None
        )
        assert answer.status == 200, (path, answer.status, answer.body)
        return answer.json

    def fault(self, **fault):
        return self.control("faults", fault)

    def advance(self, seconds):
        return self.control("clock", {"advance_s": seconds})

    def rent(self, status=201, key=GOOD_KEY, **changes):
        answer = self.post("/v2/pods", order(**changes), key=key)
        assert answer.status == status, (answer.status, answer.body)
        return answer.json

    def act(self, pod, action, key=GOOD_KEY):
        return self.post(f"/v2/pods/{pod}/action", {"action": action}, key=key)

    def delete(self, pod, key=GOOD_KEY):
        return self.call("DELETE", f"/v2/pods/{pod}", key=key)

    def pod(self, pod, method="GET", path="/", port=3001, **rest):
        """Through the proxy: the host names the pod."""
        headers = dict(rest.pop("headers", {}), Host=f"{pod}-{port}.localhost:{self.port}")
        return self.call(method, path, key=None, headers=headers, **rest)

    def truth(self, pod):
        return next(p for p in self.control("pods")["pods"] if p["id"] == pod)

    def ledger(self, pod=None):
        ledger = self.control("ledger")
        return ledger if pod is None else next(p for p in ledger["pods"] if p["id"] == pod)

    def make_ready(self, pod):
        """Moves time to just after ComfyUI listens."""
        now = self.control("clock")["now_ms"]
        self.advance((self.truth(pod)["ready_ms"] - now) / 1000 + 1)


class EventStream:
    """A log stream, read event by event."""

    def __init__(self, simulator, path, headers=None, timeout=20):
        self.connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=timeout)
        head = {
            "User-Agent": AGENT,
            "Authorization": "Bearer " + GOOD_KEY,
            "Accept": "text/event-stream",
        }
        self.connection.request("GET", path, None, dict(head, **(headers or {})))
        self.answer = self.connection.getresponse()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.answer.close()
        self.connection.close()

    def next(self):
        """(id, data), or None at the end; comments are skipped."""
        event = {}
        while line := self.answer.readline():
            text = line.decode().rstrip("\n")
            if text == "" and "data" in event:
                return event["id"], json.loads(event["data"])
            if text and not text.startswith(":"):
                name, _, value = text.partition(": ")
                event[name] = value
        return None

    def until(self, text):
        events = []
        while event := self.next():
            events.append(event)
            if text in event[1]["line"]:
                return events
        raise AssertionError(f"the log ended before {text!r}")


class WebSocket:
    """Enough of RFC 6455 to read texts."""

    def __init__(self, host, port, path):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
        )
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split()[1])
        self.headers = {}
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            self.headers[name.lower()] = value.strip()
        accept = base64.b64encode(
            hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        ).decode()
        self.is_open = self.status == 101 and self.headers.get("sec-websocket-accept") == accept

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def text(self):
        """The next text as JSON; None when the server closes."""
        head = self.file.read(2)
        if len(head) < 2 or head[0] & 15 == 8:
            return None
        length = head[1] & 127
        if length == 126:
            length = int.from_bytes(self.file.read(2), "big")
        return json.loads(self.file.read(length))


def amount(intervals, now_ms):
    """What intervals come to, computed anew, in micro-dollars."""
    total = 0
    for interval in intervals:
        end = interval["to_ms"] if interval["to_ms"] is not None else now_ms
        total += interval["rate_per_hour_micros"] * (end - interval["from_ms"]) // HOUR_MS
    return total


def expect(condition, *what):
    assert condition, what


def same(got, want, what=""):
    assert got == want, f"{what} got {got!r}, want {want!r}"


def run(tests):
    """Runs functions named by what they show and speaks TAP."""
    print(f"1..{len(tests)}", flush=True)
    failed = 0
    for number, test in enumerate(tests, 1):
        name = test.__name__.replace("_", " ")
        try:
            skip = patience.judge(test, lambda text: print("# " + text, flush=True))
            print(f"ok {number} - {name}" + (f" # SKIP {skip}" if skip else ""), flush=True)
        except Exception:
            failed += 1
            print(f"not ok {number} - {name}", flush=True)
            print(
                "".join("# " + line + "\n" for line in traceback.format_exc().splitlines()),
                flush=True,
            )
    sys.exit(1 if failed else 0)


def temporary():
    return tempfile.TemporaryDirectory(prefix="easel-simulator-")


def quote(text):
    return urllib.parse.quote(text, safe="")
