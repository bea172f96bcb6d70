# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for the agent's helper and the helper itself get the same requests, good and bad,
and have to say the same: status, seal and body. Both fetch from the same simulated store.

    test_helper_twin.py SIMULATOR HELPER
"""
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import time

from agent import ADMIN, Agent, rent
from simulator import Simulator, expect, run, same, temporary

MB = 1_000_000
# Nobody's disk decides here: there is always room, but not for everything.
DISK = """import collections, shutil
Usage = collections.namedtuple("usage", "total used free")
shutil.disk_usage = lambda path: Usage(40 * 10**9, 0, 40 * 10**9)
"""
TOO_MUCH = 1 << 49


def sound(size, word="x"):
    """A .safetensors without tensors."""
    head = json.dumps({"__metadata__": {"word": word}}).encode().ljust(56)
    return (len(head).to_bytes(8, "little") + head).ljust(size, b"\1")


def digest(data):
    return hashlib.sha256(data).hexdigest()


class Helper:
    """The real one, without a guard and without nginx."""

    def __init__(self, folder, store_port):
        for name in ("workspace", "tmp"):
            os.mkdir(f"{folder}/{name}")
        with open(f"{folder}/tmp/el", "w") as file:
            file.write("Starting Nginx service...\n")
        with open(f"{folder}/sitecustomize.py", "w") as file:
            file.write(DISK)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, sys.argv[2]],
            env={
                "EASEL_ROOT": folder,
                "EASEL_ADMIN": ADMIN,
                "EASEL_PORT": str(self.port - 2),
                "EASEL_LOOPBACK": str(store_port),
                "PYTHONPATH": folder,
                "PATH": os.environ["PATH"],
            },
        )

    def stop(self):
        self.process.kill()
        self.process.wait()


class Side:
    """One of the two, and the ids that it gave out."""

    def __init__(self, agent, settle):
        self.agent, self.settle = agent, settle
        self.ids = []
        self.own = {(f["folder"], f["name"]) for f in agent.get("models")["files"]}

    def ask(self, method, route, body, how):
        def fill(text):
            return re.sub(r"<(\d+)>", lambda match: self.ids[int(match[1])], text)

        if isinstance(body, dict):
            body = fill(json.dumps(body)).encode()
        before = self.agent.counter
        if "counter" in how:
            how = dict(how, counter=max(before + how["counter"], 0))
        answer = self.agent.ask(method, fill(route), body, **how)
        # One that was not accepted is not used up.
        self.agent.counter = max(self.agent.counter if answer.is_signed else 0, before)
        value = answer.json if answer.body and answer.kind == "application/json" else None
        if value and re.fullmatch("[0-9a-f]{16}", value.get("id", "")):
            self.ids.append(value["id"])
            value["id"] = "an id"
        return answer.status, answer.is_signed, self.plain(value)

    def plain(self, value):
        """Without what only one of them can have."""
        if not value or "disk" not in value:
            return value
        expect(all(isinstance(value["disk"][name], int) for name in ("free", "total")))
        value["disk"] = sorted(value["disk"])
        for job in value.get("jobs", ()):
            expect(job["id"] in self.ids and isinstance(job["speed"], int), job)
            job["id"], job["speed"] = self.ids.index(job["id"]), "a number"
        if "jobs" in value:
            value["files"] = [
                f for f in value["files"] if (f["folder"], f["name"]) not in self.own
            ]
        else:
            value["files"] = value["gpu"] = "of its own"
            value["log"] = sorted(value["log"]), value["log"]["from"]
        return value


class Twins:
    def __enter__(self):
        self.simulator = Simulator()
        page = "/huggingface/a/b/resolve/main/x.safetensors"
        link = self.simulator.get(page, key=None).headers["Location"]
        self.store = link.partition("/store/")[0]
        self.folder = temporary()
        self.helper = Helper(self.folder.name, int(self.store.rsplit(":", 1)[1]))
        self.sides = []
        self.sides.append(Side(rent(self.simulator), lambda: self.simulator.advance(300)))
        real = Agent(self.simulator, "real", port=self.helper.port)
        end = time.monotonic() + 20
        while True:
            try:
                self.sides.append(Side(real, lambda: self.wait(real)))
                return self
            except ConnectionError:
                expect(time.monotonic() < end, "the helper does not listen")
                time.sleep(0.02)

    def __exit__(self, *_):
        self.helper.stop()
        self.folder.cleanup()
        self.simulator.__exit__()

    @staticmethod
    def wait(real):
        end = time.monotonic() + 20
        while time.monotonic() < end:
            jobs = real.get("models")["jobs"]
            if all(job["state"] in ("done", "failed", "cancelled") for job in jobs):
                return
            time.sleep(0.005)
        raise AssertionError(f"jobs without an end: {jobs}")

    def ask(self, method, route, body=b"", **how):
        if isinstance(body, dict) and "url" in body and isinstance(body["url"], str):
            body = dict(body, url=body["url"].replace("{store}", self.store))
        played, real = (side.ask(method, route, body, how) for side in self.sides)
        same(played, real, f"{method} {route} {str(body)[:200]} {how}: the stand-in")
        return real

    def settle(self):
        """All jobs end; then both have the same to show."""
        for side in self.sides:
            side.settle()
        return self.ask("GET", "models")[2]

    def put(self, name, offset, data, size, more="", folder="loras", **how):
        route = f"models/{folder}/{name}?offset={offset}&size={size}{more}"
        return self.ask("PUT", route, data, **how)

    def fault(self, outcome, times=1):
        """For each of them; they call the same store by different names."""
        self.simulator.fault(route="fetch", outcome=outcome, times=times)
        self.simulator.fault(route="store", outcome=outcome, times=times)


NAME = "ink.safetensors"
PIECES = sound(900)
GOOD = {"url": "{store}/plain/ink-5MB.safetensors", "folder": "loras"}


def routes_and_seals(twins):
    for method, route in (
        ("GET", "models"),
        ("GET", "progress"),
        ("GET", "progress?log=0"),
        ("GET", "progress?log=5"),
        ("GET", "progress?log=999999999"),
        ("GET", "progress?log="),
        ("GET", "progress?log=x"),
        ("GET", "progress?log=-1"),
        ("GET", f"progress?log={1 << 50}"),
        ("GET", f"progress?log={(1 << 50) + 1}"),
        ("POST", "progress"),
        ("GET", "progress/x"),
        ("GET", "models/"),
        ("GET", "models/loras"),
        ("GET", f"models/loras/{NAME}"),
        ("POST", f"models/loras/{NAME}"),
        ("PUT", "models"),
        ("PUT", "models/loras"),
        ("PUT", "models/loras/a/b"),
        ("DELETE", "models"),
        ("DELETE", "models/jobs"),
        ("DELETE", "models/jobs/x"),
        ("DELETE", "models/jobs/0123456789abcdef"),
        ("DELETE", f"models/loras/{NAME}"),
        ("DELETE", "models/nodes/x.sft"),
        ("DELETE", "models/loras/..%2Fx.sft"),
        ("DELETE", "models/loras/x.txt"),
        ("DELETE", "models/loras/a/b"),
    ):
        twins.ask(method, route)
    for how in (
        {"sealed": b"other"},
        {"counter": 0},
        {"counter": -1},
        {"counter": -10**6},
        {"counter": 10**17},
        {"counter": 0},
        {"counter": 10**18},
        {"counter": 10**19},
        {"counter": 1},
    ):
        twins.ask("GET", "models", **how)
    for method, size in (("GET", 65_536), ("GET", 65_537), ("POST", 65_536), ("POST", 65_537),
                         ("PUT", 33 << 20)):
        twins.ask(method, "models/loras/x.sft?offset=0&size=99999999", bytes(size))
    for side in twins.sides:
        try:
            route = "models/loras/y.sft?offset=0&size=99999999"
            same(side.agent.ask("PUT", route, bytes((33 << 20) + 1)).status, 413)
        except ConnectionError:
            pass  # it has not even read it
    same(twins.put("y.sft", 0, b"", 9)[2]["have"], 0)


def pieces(twins):
    put = twins.put
    twins.ask("GET", "models")
    for name in ("x.txt", "x", "x.part", "x.sft.part", "x.sft.", "x.sft%20", ".x.sft", "%20x.sft",
                 "..%2Fx.sft", "a%2Fb.sft", "a%5Cb.sft", "x%00.sft", "x%FF.sft", "%C3%A4.sft",
                 "x%0A.sft", "x.SFT", "a%20b.Safetensors", "x" * 196 + ".sft", "x" * 197 + ".sft"):
        put(name, 0, b"", 9)
        put(name, 0, b"", 9, "&any=1")
    for folder in ("loras", "checkpoints", "nodes", "custom_nodes", "jobs", "LORAS",
                   "text_encoders", "ComfyUI", "loras%2Fa", ""):
        put("a.sft", 0, b"", 9, folder=folder)
        put("a.txt", 0, b"", 9, folder=folder)
    for query in (
        "", "offset=0", "size=9", "offset=x&size=9", "offset=0&size=x", "offset=-1&size=9",
        "offset=0&size=-9", "offset=%2B0&size=9", "offset=0&size=9.5", "offset=&size=9",
        "offset=0&size=", f"offset=0&size={(1 << 50) + 1}", "offset=0&size=99999999999999999",
        "offset=0&size=0000000000000000009", "offset=0&size=9&sha256=x",
        "offset=0&size=9&sha256=" + "A" * 64, "offset=0&size=9&sha256=",
        "offset=0&size=9&size=1", "offset=0&size=9&more=1", f"offset=0&size={TOO_MUCH}",
    ):
        twins.ask("PUT", f"models/loras/queries.sft?{query}", b"ab")
        twins.ask("PUT", f"models/nodes/queries.txt?{query}", b"ab")
    twins.ask("GET", "models")

    # In order, with a question before each; then out of order.
    put(NAME, 0, b"", 900)
    put(NAME, 0, PIECES[:300], 900)
    put(NAME, 300, b"", 900)
    put(NAME, 0, b"", 900)
    for offset in (1, 299, 301, 900, 901):
        put(NAME, offset, PIECES[300:400], 900)
    put(NAME, 300, PIECES[300:], 899)
    put(NAME, 300, PIECES[300:], TOO_MUCH)
    put(NAME, 300, PIECES[300:600], 900)
    put(NAME, 600, b"", 900)
    twins.ask("GET", "models")
    put(NAME, 600, PIECES[600:], 900, "&sha256=" + digest(PIECES))
    twins.settle()
    put(NAME, 0, b"", 900)
    put(NAME, 0, PIECES[:300], 900)
    twins.ask("DELETE", f"models/loras/{NAME}")
    twins.ask("DELETE", f"models/loras/{NAME}")
    twins.ask("DELETE", "models/jobs/<0>")
    twins.ask("DELETE", "models/jobs/<0>")
    twins.settle()


def pieces_that_begin_anew(twins):
    put = twins.put
    put(NAME, 0, PIECES[:500], 900)
    put(NAME, 0, PIECES[:100], 900)
    put(NAME, 500, b"", 900)
    put(NAME, 0, PIECES[:200], 100)
    put(NAME, 100, b"", 900)
    put(NAME, 0, b"", 900)
    put(NAME, 0, PIECES, 900)
    twins.settle()
    # The same name once more, in place of what is there.
    other = sound(700, "y")
    put(NAME, 0, other[:10], 700)
    twins.ask("GET", "models")
    put(NAME, 10, other[10:], 700, "&sha256=" + digest(other))
    twins.settle()
    put(NAME, 0, b"", 0)
    put("nothing.sft", 0, b"", 0, "&any=1")
    twins.settle()


def pieces_with_a_sum(twins):
    def put(offset, data, sealed=None, more="&whole=1", name=NAME):
        return twins.put(name, offset, data, 900, more, sealed=sealed)

    put(300, PIECES[300:600], PIECES[:600])
    put(0, PIECES[:300])
    put(300, PIECES[300:600])
    put(300, PIECES[300:600], PIECES[300:601])
    put(299, PIECES[300:600], PIECES[:600])
    put(300, PIECES[300:600], PIECES[:600], name="other.sft")
    put(300, PIECES[300:600], PIECES[:600])
    put(600, b"", PIECES[:600])
    put(600, b"", b"")
    # One without: from then on nobody knows the sum.
    put(600, PIECES[600:700], None, "")
    put(700, PIECES[700:800], PIECES[:800])
    put(700, b"", None, "")
    put(700, PIECES[700:800], None, "&whole=0")
    put(5, b"", None, "")
    put(800, PIECES[800:], None, "&sha256=" + digest(PIECES))
    twins.settle()
    # Of many only some are remembered.
    for number in range(17):
        put(0, PIECES[:300], name=f"many-{number}.sft")
    for number in (0, 1, 16):
        put(300, b"", PIECES[:300], name=f"many-{number}.sft")
        put(300, b"", None, "", name=f"many-{number}.sft")
    twins.ask("DELETE", "models/loras/many-16.sft")
    put(300, b"x", PIECES[:300] + b"x", name="many-16.sft")
    twins.ask("GET", "models")


def with_tensors(*offsets, size=100):
    head = json.dumps({str(number): {"data_offsets": value} if value != "none" else {}
                       for number, value in enumerate(offsets)}).encode()
    return len(head).to_bytes(8, "little") + head + bytes(size)


def what_was_sent_is_looked_at(twins):
    head = json.dumps({"a": 1}).encode()
    for number, (data, more) in enumerate((
        (PIECES, "&sha256=" + "0" * 64),
        (PIECES, ""),
        (b"abc", ""),
        (b"abc", "&any=1"),
        (b"abc", "&any=1&sha256=" + "0" * 64),
        (b"abc", "&any=yes"),
        (b"\x02" + bytes(7) + b"{}", ""),
        (b"\x02" + bytes(7) + b"[]", ""),
        (b"\x01" + bytes(7) + b"{}", ""),
        (b"\x03" + bytes(7) + b"{}", ""),
        (b"\xff" * 8 + b"{}", ""),
        (len(head).to_bytes(8, "little") + head + b"tail", ""),
        (len(head).to_bytes(8, "little") + b"\xff" + head[1:], ""),
        (b"<!DOCTYPE html><html></html>", ""),
        (bytes(9), ""),
        # Up to where its tensors go, and not beyond.
        (with_tensors([0, 100]), ""),
        (with_tensors("none", [0, 50], [50, 100]), ""),
        (with_tensors([0, 101]), ""),
        (with_tensors([0, 101], [0, 1]), ""),
        (with_tensors([0, 101]), "&any=1"),
        (with_tensors([0, 1 << 60]), ""),
        (with_tensors([0]), ""),
        (with_tensors([]), ""),
        (with_tensors(5), ""),
        (with_tensors(None), ""),
        (with_tensors([0, "5"]), ""),
        (with_tensors([0, None]), ""),
        (with_tensors([0, [5]]), ""),
        (with_tensors([0, -5]), ""),
    )):
        twins.put(f"sent-{number}.sft", 0, data[:-1], len(data), more)
        twins.put(f"sent-{number}.sft", len(data) - 1, data[-1:], len(data), more)
    found = twins.settle()
    states = [(job["state"], job["error"]) for job in found["jobs"]]
    # Not that both of them do nothing at all.
    same({state: states.count(state) for state in set(states)},
         {("done", None): 8, ("failed", "hash"): 2, ("failed", "kind"): 19})
    twins.put("sent-3.sft", 0, PIECES, 900)
    twins.settle()


def orders(twins):
    post = lambda **change: twins.ask("POST", "models", {**GOOD, **change})  # noqa: E731
    for body in (b"", b"x", b"[]", b"5", b"null", b"{}", b'{"url": 5}', b"\xff", b'{"url": "x"',
                 b'{"folder": "loras"}', b"[" * 5000):
        twins.ask("POST", "models", body)
    for change in (
        {"url": None}, {"url": "x" * 8193}, {"sha256": "zz"}, {"sha256": 5}, {"sha256": "A" * 64},
        {"size": -1}, {"size": 1.5}, {"size": True}, {"size": "5"}, {"size": None},
        {"size": 1 << 50}, {"folder": None}, {"folder": 5}, {"folder": []}, {"folder": "nodes"},
        {"folder": "../loras"}, {"folder": "loras/x"}, {"name": 5}, {"name": ""}, {"name": "x"},
        {"name": "../x.sft"}, {"name": ".x.sft"}, {"name": "a/b.sft"}, {"name": "x" * 197 + ".sft"},
        {"name": "x.part"}, {"name": "x.sft "}, {"name": "x.sft\n"}, {"name": "x.py"},
        {"name": "x.py", "folder": "nodes"}, {"name": "big.sft", "size": TOO_MUCH},
        {"job": 5}, {"job": "x"}, {"job": "0123456789abcdef"}, {"job": ["x"]},
        {"job": "x", "folder": "nodes"}, {"job": "x", "size": -1},
    ):
        post(**change)
    twins.settle()
    host = twins.store.removeprefix("http://")
    for link in (
        "", "x", "/x.sft", "file:///etc/passwd", "ftp://example.org/x.sft",
        "http://example.org/x.sft", "https://user:word@example.org/x.sft",
        "https://user@example.org/x.sft", "https:///x.sft", "http://127.0.0.1:1/x.sft",
        "https://127.0.0.1/x.sft", "https://127.0.0.1:1/x.sft", "https://192.168.0.1/x.sft",
        "https://10.1.2.3/x.sft", "https://172.20.0.1/x.sft", "https://169.254.169.254/x.sft",
        "https://100.64.0.1/x.sft", "https://0.0.0.0/x.sft", "https://[::1]/x.sft",
        "https://[fd00::1]/x.sft", "https://[fe80::1]/x.sft", "https://[::ffff:10.0.0.1]/x.sft",
        "https://224.0.0.1/x.sft", "https://localhost/x.sft", "https://example.org:99999/x.sft",
        "http://192.168.0.1/x.sft", GOOD["url"].replace("{store}", "http://user@" + host),
    ):
        post(url=link, name="x.sft", size=7)
        # One after the other: which of three comes first is nobody's promise.
        twins.settle()
    found = twins.settle()
    same({job["error"] for job in found["jobs"]}, {"network", "private-address"})


def links(twins):
    post = lambda **change: twins.ask("POST", "models", {**GOOD, **change})  # noqa: E731
    last = lambda: twins.settle()["jobs"][-1]  # noqa: E731
    path = "a/b/resolve/main/ink-5MB.safetensors"
    order = {"site": "huggingface", "path": path, "life_s": 10**8}
    twins.simulator.control("models", order)
    signed = twins.simulator.get("/huggingface/" + path, key=None).headers["Location"]
    port = int(twins.store.rsplit(":", 1)[1])
    sent = twins.simulator.get("/plain/ink-5MB.safetensors", key=None, port=port).body
    for change, error in (
        ({}, None),
        ({}, None),
        ({"url": signed, "name": "Signed One.safetensors", "sha256": digest(sent)}, None),
        ({"url": signed, "name": "wrong.safetensors", "sha256": "0" * 64}, "hash"),
        ({"url": "{store}/plain/broken-5MB.safetensors"}, "kind"),
        ({"url": "{store}/plain/broken-5MB.safetensors", "name": "b.sft", "any": True}, None),
        ({"url": "{store}/plain/broken-5MB.safetensors", "sha256": "0" * 64}, "hash"),
        ({"url": "{store}/plain/notes-5MB.txt"}, "kind"),
        ({"url": "{store}/plain/notes-5MB.txt", "any": True}, None),
        ({"url": "{store}/plain/.ink-5MB.sft"}, "name"),
        ({"url": "{store}/plain/ink%205MB-5MB.sft"}, None),
        ({"url": "{store}/page/x.safetensors"}, "html"),
        ({"url": "{store}/store/x.safetensors"}, "http-403"),
        ({"url": "{store}/store/x.safetensors", "name": "x.sft", "size": 77}, "http-403"),
        ({"url": "{store}/store/"}, "http-404"),
        ({"url": "{store}/plain/"}, "http-404"),
        ({"url": "{store}/plain/ink-5MB.safetensors", "size": 6, "name": "size.sft"}, None),
        ({"url": "{store}/elsewhere/models.example/a/wash-5MB.sft?x=1"}, None),
        ({"url": "{store}/elsewhere/models.example/get?name=named-5MB.sft"}, None),
        ({"url": "{store}/elsewhere/models.example/get?name=notes.zip"}, "kind"),
        ({"url": "{store}/elsewhere/models.example/get"}, "kind"),
        ({"url": "{store}/elsewhere/gated-a.example/a.sft"}, "http-403"),
        ({"url": "{store}/elsewhere/closed-a.example/a.sft"}, "http-403"),
        ({"url": "{store}/elsewhere/gone-a.example/a.sft"}, "http-404"),
        ({"url": "{store}/elsewhere/page-a.example/a.sft"}, "html"),
        ({"url": "{store}/elsewhere/page-a.example/a.sft", "name": "page.sft"}, "html"),
    ):
        post(**change)
        same(last()["error"], error, change)

    # Broken off, gone on with; by a job, and by the same name.
    twins.fault("short")
    post(name="cut.sft")
    same(last()["have"], 5 * MB // 2)
    twins.put("cut.sft", 0, b"", 5 * MB)
    twins.put("cut.sft", 7, b"x", 5 * MB)
    twins.fault("short")
    post(url="{store}/plain/ink-5MB.safetensors?again", job=f"<{len(twins.sides[0].ids) - 1}>")
    same(last()["have"], 5 * MB * 3 // 4)
    post(name="cut.sft", url=signed, sha256=digest(sent))
    same(last()["state"], "done")
    twins.fault("503")
    post(name="away.sft")
    same(last()["error"], "network")
    job = len(twins.sides[0].ids) - 1
    post(job=f"<{job}>", name="another.sft", folder="vae")
    same((last()["name"], last()["folder"]), ("away.sft", "loras"))
    twins.ask("DELETE", f"models/jobs/<{job}>")
    twins.ask("DELETE", f"models/jobs/<{job + 1}>")
    post(job=f"<{job + 1}>")
    twins.fault("short")
    post(name="left.sft")
    twins.settle()
    twins.ask("DELETE", f"models/jobs/<{len(twins.sides[0].ids) - 1}>")
    twins.put("left.sft", 0, b"", 9)
    twins.ask("DELETE", "models/loras/left.sft")
    for name in ("ink-5MB.safetensors", "cut.sft", "cut.sft"):
        twins.ask("DELETE", f"models/loras/{name}")
    twins.settle()


def parts_of_their_own(twins):
    post = lambda **change: twins.ask("POST", "models", {**GOOD, **change})  # noqa: E731
    last = lambda: twins.settle()["jobs"][-1]  # noqa: E731
    first, other = "&of=" + "a" * 64, "&of=" + "b" * 64

    def put(offset, data, more="", size=900, name=NAME):
        return twins.put(name, offset, data, size, more)[2]

    for more in ("&of=x", "&of=" + "A" * 64, "&of=" + "a" * 63, "&of="):
        put(0, b"", more)
    put(0, PIECES[:300], first)
    for more, size in ((other, 900), ("", 900), (first, 901), (first, 800)):
        same(put(0, b"", more, size)["have"], 0, more)
        same(put(300, PIECES[300:400], more, size)["error"], "offset", more)
    same(put(300, PIECES[300:400], first)["have"], 400)
    put(0, PIECES[:100], other)
    same(put(0, b"", first)["have"], 0)
    put(100, PIECES[100:], other + "&sha256=" + digest(PIECES))
    same(last()["state"], "done")

    for change in ({"of": 5}, {"of": "x"}, {"of": "A" * 64}, {"of": ["x"]}, {"of": {}}):
        post(name="of.sft", **change)
    for change in ({"of": ""}, {"of": None}):
        post(name="of.sft", **change)
        same(last()["state"], "done")

    def cut(have, **change):
        twins.fault("short")
        post(name="cut.sft", **change)
        same(last()["have"], have, change)

    # Sent and fetched.
    put(0, PIECES[:300], first, 5 * MB, "cut.sft")
    cut(5 * MB // 2, of="a" * 64)
    same(put(0, b"", first, 5 * MB, "cut.sft")["have"], 0)
    put(5 * MB // 2, b"x", first, 5 * MB, "cut.sft")
    put(0, PIECES[:300], first, 5 * MB, "cut.sft")
    # The same and others, by the name of their source.
    cut(5 * MB // 2, of="a" * 64)
    cut(5 * MB * 3 // 4, of="a" * 64, url="{store}/elsewhere/models.example/a/ink-5MB.safetensors")
    cut(5 * MB // 2, of="b" * 64)
    cut(5 * MB // 2, url="{store}/plain/ink-5MB.safetensors?one")
    cut(5 * MB * 3 // 4, url="{store}/plain/ink-5MB.safetensors?two")
    cut(5 * MB // 2, of="c" * 64, size=7)
    cut(5 * MB * 3 // 4, of="c" * 64)
    cut(5 * MB // 2, of="c" * 64, size=8)
    cut(5 * MB // 2, of="d" * 64, sha256="1" * 64)
    cut(5 * MB * 3 // 4, of="d" * 64)
    cut(5 * MB // 2, of="d" * 64, sha256="2" * 64)
    # There is another file by now: it is asked for once more, from its beginning.
    twins.fault("short", times=2)
    post(name="cut.sft", of="d" * 64, url="{store}/plain/ink-6MB.safetensors")
    same((last()["have"], last()["state"]), (3 * MB, "failed"))
    # A job with a new link, and one whose link leads to something else.
    cut(5 * MB // 2, of="e" * 64)
    job = len(twins.sides[0].ids) - 1
    cut(5 * MB * 3 // 4, job=f"<{job}>", url="{store}/elsewhere/models.example/ink-5MB.safetensors")
    cut(5 * MB // 2, job=f"<{job + 1}>", of="f" * 64)
    # What it was to add up to is no longer asked then.
    cut(5 * MB // 2, of="e" * 64, sha256="3" * 64)
    job = len(twins.sides[0].ids) - 1
    post(job=f"<{job}>", of="f" * 64)
    same(last()["state"], "done")
    cut(5 * MB // 2, of="e" * 64, sha256="3" * 64)
    post(job=f"<{job + 2}>")
    same(last()["error"], "hash")
    # Who deletes an old job deletes its part and no other.
    cut(5 * MB // 2, of="f" * 64)
    twins.ask("DELETE", f"models/jobs/<{len(twins.sides[0].ids) - 1}>")
    cut(5 * MB // 2, of="f" * 64)
    job = len(twins.sides[0].ids) - 1
    put(0, PIECES[:300], first, 5 * MB, "cut.sft")
    twins.ask("DELETE", f"models/jobs/<{job}>")
    same(put(0, b"", first, 5 * MB, "cut.sft")["have"], 300)
    # Who only asks has left nothing.
    put(0, b"", first, 900, "asked.sft")
    twins.ask("DELETE", "models/loras/asked.sft")
    twins.settle()


def jobs_that_go_on(twins):
    post = lambda **change: twins.ask("POST", "models", {**GOOD, **change})  # noqa: E731
    twins.put("third.sft", 0, PIECES[:9], 900)
    for route in ("fetch", "store"):
        twins.simulator.fault(route=route, outcome="timeout", times=2)
    post(name="first.sft")
    post(name="second.sft", size=7)
    real = twins.sides[1].agent
    end = time.monotonic() + 20
    while [job["state"] for job in real.get("models")["jobs"]] != ["running", "running"]:
        expect(time.monotonic() < end, "they do not begin")
    # Nothing that could take the silence of the other two.
    post(name="third.sft", url="https://192.168.0.1/x.sft")
    for job in twins.ask("GET", "models")[2]["jobs"]:
        twins.put(job["name"], 0, b"", 900)
        twins.put(job["name"], 0, b"x", 900)
        twins.put(job["name"], 0, b"x", 900, "&any=2&sha256=x")
        post(name=job["name"])
        post(name=job["name"], folder="vae", size=TOO_MUCH)
        post(job=f"<{job['id']}>")
    twins.put("fourth.sft", 0, PIECES, 900)
    twins.put("fourth.sft", 0, PIECES, 900)
    states = [job["state"] for job in twins.ask("GET", "models")[2]["jobs"]]
    same(states, ["running", "running", "waiting", "waiting"])
    # One that waits is free at once.
    for _ in range(2):
        job = len(twins.sides[0].ids)
        post(name="fifth.sft")
        twins.ask("DELETE", f"models/jobs/<{job}>")
    twins.ask("DELETE", "models/loras/third.sft")
    twins.ask("GET", "models")


def one_of_a_name(twins):
    post = lambda **change: twins.ask("POST", "models", {**GOOD, **change})  # noqa: E731
    played, real = (side.agent for side in twins.sides)
    twins.fault("timeout")
    post(name="first.sft")

    def real_state(number, state):
        end = time.monotonic() + 20
        while real.get("models")["jobs"][number]["state"] != state:
            expect(time.monotonic() < end, f"never {state}")

    end = time.monotonic() + 20
    while "store" not in twins.simulator.control("requests")["counts"]:
        expect(time.monotonic() < end, "it does not ask")
    # What it is called is found out when it answers.
    post(url="{store}/elsewhere/models.example/get?name=first.sft", folder="loras")
    real_state(1, "failed")
    twins.simulator.advance(5)
    same(played.get("models")["jobs"][1]["error"], "busy")
    twins.ask("GET", "models")
    post(url="{store}/elsewhere/models.example/get?name=first.sft", folder="vae")
    real_state(2, "done")
    twins.simulator.advance(20)
    same(twins.ask("GET", "models")[2]["jobs"][0]["state"], "running")


def each(scenario):
    def test():
        with Twins() as twins:
            scenario(twins)

    test.__name__ = scenario.__name__
    return test


run([each(scenario) for scenario in (
    routes_and_seals,
    pieces,
    pieces_that_begin_anew,
    pieces_with_a_sum,
    what_was_sent_is_looked_at,
    orders,
    links,
    parts_of_their_own,
    jobs_that_go_on,
    one_of_a_name,
)])
