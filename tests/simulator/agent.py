# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the stand-in agent share: orders that bring one, and signed requests to it."""
import hashlib
import hmac
import time

from simulator import WebSocket, same

PAINT = "paint0123456789abcdefghijk"
ADMIN = "admin0123456789abcdefghijk"
ADMIN_PATH = hashlib.sha256(f"easel-path:{ADMIN}".encode()).hexdigest()[:32]
HELPER = b"print('helper')\n"
COMMAND = ["bash", "-c", "echo abc|base64 -d|sh;/start.sh --sdxl --checkpoint realvis"]
HOUR = 3600
MINUTE = 60


def environment(simulator, action="d", **changes):
    limits = {
        "hard": 4 * HOUR,
        "cap": 12 * HOUR,
        "closed": 20 * MINUTE,
        "idle": HOUR,
        "never": HOUR,
        "boot": 45 * MINUTE,
    }
    limits.update(changes)
    created = simulator.control("clock")["now_ms"] // 1000
    return {
        "EASEL_PAINT": PAINT,
        "EASEL_ADMIN": ADMIN,
        "EASEL_LIMITS": ":".join(map(str, [1, *limits.values(), action, created])),
        "EASEL_SHA": hashlib.sha256(HELPER).hexdigest(),
    }


def sign(text):
    return hmac.new(ADMIN.encode(), text.encode(), hashlib.sha256).hexdigest()


class Agent:
    """One pod's agent as the desktop sees it; through RunPod's proxy, or at @port directly."""

    def __init__(self, simulator, pod, port=None):
        self.simulator = simulator
        self.id = pod
        self.port = port
        self.counter = 0

    def raw(self, method, path, **rest):
        if self.port:
            return self.simulator.call(method, path, key=None, port=self.port, **rest)
        return self.simulator.pod(self.id, method, path, **rest)

    def ask(self, method, route, body=b"", counter=None, sealed=None, **rest):
        """The answer to a signed request; its own signature is checked. @sealed: in place of the
        body, what the seal covers."""
        self.counter = self.counter + 1 if counter is None else counter
        hashed = hashlib.sha256(body if sealed is None else sealed).hexdigest()
        mac = sign(f"{method} {route} {self.counter}\n{hashed}")
        headers = {"X-Easel": f"{self.counter} {mac}"}
        answer = self.raw(
            method, f"/{ADMIN_PATH}/{route}", raw=body or None, headers=headers, **rest
        )
        hashed = hashlib.sha256(answer.body).hexdigest()
        wanted = sign(f"{self.counter}\n{answer.status}\n{hashed}")
        answer.is_signed = answer.headers.get("X-Easel") == wanted
        return answer

    def get(self, route, status=200):
        answer = self.ask("GET", route)
        same((answer.status, answer.is_signed), (status, True), route)
        return answer.json

    @property
    def status(self):
        return self.get("status")

    @property
    def left(self):
        return self.status["end"]

    def paint(self, path="/"):
        return self.raw("GET", f"/{PAINT}{path}")

    def connect(self):
        host = f"{self.id}-3001.localhost"
        port = self.port or self.simulator.port
        return WebSocket(host, port, f"/{PAINT}/ws?clientId=krita")

    def until_connected(self, n):
        """Until the other end has seen a connection come or go."""
        end = time.monotonic() + 30
        while time.monotonic() < end:
            if self.simulator.truth(self.id)["agent"]["connected"] == n:
                return
            time.sleep(0.002)
        raise AssertionError(f"never {n} connections")


def rent(simulator, ready=True, action="d", command=None, **limits):
    env = environment(simulator, action, **limits)
    pod = simulator.rent(cmd=command or COMMAND, env=env)["id"]
    if ready:
        simulator.make_ready(pod)
    return Agent(simulator, pod)


def ended(simulator, pod):
    """(state, seconds since it was rented) of the ledger."""
    entry = simulator.ledger(pod.id)
    end = entry["deleted_ms"]
    return entry["state"], None if end is None else (end - entry["created_ms"]) // 1000
