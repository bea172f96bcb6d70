# SPDX-License-Identifier: GPL-3.0-or-later
"""Who comes in: the agent itself behind nginx. Nobody reaches ComfyUI without the secret of
the painter, and nobody moves the agent without the desktop's.

    test_door.py START-COMMAND
"""
import hashlib
import json
import os
import socket
import struct
import time

from pod import HELPER, HOUR, LATE, WORLD, Pod, WebSocket, expect, run, same, wait_for

LONG = {"hard": 500 * HOUR, "cap": 900 * HOUR, "closed": 400 * HOUR, "idle": 400 * HOUR,
        "never": 400 * HOUR}


def door_of_the_painter():
    with Pod(**LONG) as pod:
        loading = pod.until("loading")
        same((loading["armed"], loading["protected"]), ("proven", True))
        # Also while ComfyUI is not up, when the image's nginx answers everybody with a page.
        same([pod.raw("GET", "/").status, pod.raw("GET", f"/{pod.paint}/").status], [404, 200])
        status = pod.armed()
        same((status["armed"], status["protected"], status["action"]), ("proven", True, "delete"))
        for path in ("/", "/prompt", "/system_stats", "/README.md", "/ws", "/api/etn/upload/x"):
            same(pod.raw("GET", path).status, 404, path)
        same(pod.comfy.seen, [], "reached ComfyUI")
        same(pod.raw("GET", f"/{pod.paint}/system_stats").json, {"system": {}, "devices": []})
        same(pod.raw("POST", f"/{pod.paint}/prompt", b"{}").status, 200)
        same(pod.comfy.seen, [("GET", "/system_stats"), ("POST", "/prompt")])
        stranger = WebSocket("x", pod.port, "/ws?clientId=stranger")
        same((stranger.status, stranger.is_open), (404, False))
        with pod.connect() as krita:
            same(krita.text()["type"], "status")
            same(pod.until("connected", lambda s: s["connected"] == 1)["ever"], True)
        pod.until("closed", lambda s: s["connected"] == 0)
        same(pod.leaks(), [])


def progress_of_the_start():
    with Pod(helper=True, **LONG) as pod:
        pod.helped()
        wait_for("ready", lambda: b"READY" in pod.read("tmp/el"))
        files = {file["name"]: file for file in pod.ask("GET", "progress").json["files"]}
        same({name: file["state"] for name, file in files.items()},
             {"RealVis (SDXL - Photography)": "done", "MAT Inpaint": "done", "NMKD": "waiting"})
        expect(6e9 < files["RealVis (SDXL - Photography)"]["size"] < 8e9)
        expect("Container is READY!" in pod.ask("GET", "progress").json["log"]["text"])
        expect(b"Container is READY!" in pod.read("provider.log"), "the provider's log, too")
        same(pod.leaks(), [])


def pictures_are_counted():
    with Pod(**LONG) as pod:
        status = pod.armed()
        same((status["pictures"], status["since_generated"], status["busy"]), (0, -1, False))
        pod.comfy.generate()
        one = pod.until("one", lambda s: s["pictures"] == 1)
        expect(0 <= one["since_generated"] <= LATE * 60, one)
        pod.comfy.queue = 2
        pod.until("busy", lambda s: s["busy"])
        pod.comfy.queue = 0
        pod.comfy.generate()
        pod.until("two", lambda s: s["pictures"] == 2 and not s["busy"])
        wait_for("older", lambda: pod.status["since_generated"] > 30)
        os.kill(pod.guard(), 9)
        # The same picture is not a new one for the next guard.
        same(pod.until("back", lambda s: True)["pictures"], 2)


def helper_only_with_its_hash():
    with Pod(vast=True, **LONG) as pod:
        expect(not pod.armed()["helper"])
        for wrong in (HELPER + b"#", b"", b"import os\n"):
            answer = pod.ask("PUT", "helper", wrong)
            same((answer.status, answer.is_signed), (409, True), "the wrong one")
        expect(not os.path.exists(pod.root + "/tmp/eh"), "kept")
        same(pod.ask("PUT", "helper", HELPER).status, 200)
        pod.helped()
        # A wrong one leaves the right one as it is.
        same(pod.ask("PUT", "helper", b"x").status, 409)
        same(pod.read("tmp/eh"), HELPER)
        same(pod.status["armed"], "likely", "vast.ai has no write without effect")


def helper_outlives_a_guard_that_was_killed():
    with Pod(helper=True, **LONG) as pod:
        pod.armed()
        pod.helped()
        job = pod.ask("POST", "models", {
            "url": f"http://127.0.0.1:{WORLD.shop.port}/slow/3/x.safetensors",
            "folder": "loras", "name": "x.safetensors"}).json["id"]
        first = pod.child("tmp/eh")
        seen = set()
        for _ in range(2):
            old = pod.guard()
            os.kill(old, 9)
            wait_for("another guard", lambda: pod.guard() not in (None, old))
            # One waits for the port; none comes and goes.
            pod.until("helper", lambda s: s["helper"])
            waiting = pod.child("tmp/eh")
            time.sleep(1)
            same(pod.child("tmp/eh"), waiting)
            seen.add(waiting)
        expect(first not in seen and len(seen) == 2, first, seen)
        wait_for("downloaded", lambda: [
            found["state"] for found in pod.ask("GET", "models").json["jobs"]
            if found["id"] == job] == ["done"])
        # It was the first that has answered; when it ends, the one that waits takes over, and knows
        # what was asked before.
        used = pod.seal("GET", "models")
        same(pod.raw("GET", f"/{pod.path}/models", None, used).status, 200)
        os.kill(first, 9)
        pod.refuses("GET", "models", None, used)
        same(pod.ask("GET", "models").status, 200)
        # A helper that ends is started again.
        last = pod.child("tmp/eh")
        os.kill(last, 9)
        wait_for("started again", lambda: pod.child("tmp/eh") not in (None, last))
        wait_for("answers again", lambda: pod.ask("GET", "models").status == 200)


def pieces_that_go_on_with_the_sum():
    """The seal of a piece covers the file from its beginning, as long as the helper knows it."""
    size = 1000
    header = json.dumps({"rest": {"dtype": "U8", "shape": [800], "data_offsets": [0, 800]}})
    whole = struct.pack("<Q", 192) + header.encode().ljust(192) + os.urandom(800)
    same(len(whole), size)
    wanted = hashlib.sha256(whole).hexdigest()
    with Pod(helper=True, **LONG) as pod:
        pod.armed()
        pod.helped()

        def put(begin, end, sealed=None, more="&whole=1", name="ink.sft"):
            route = f"models/loras/{name}?offset={begin}&size={size}{more}"
            return pod.ask("PUT", route, whole[begin:end], sealed=sealed)

        same(put(0, 0, b"").json, {"have": 0, "whole": True})
        same(put(0, 300).json, {"have": 300, "whole": True})
        same(put(300, 500, whole[:500]).json, {"have": 500, "whole": True})
        same(put(0, 0, b"").json, {"error": "offset", "have": 500, "whole": True})
        for begin, sealed, status, name in (
                (500, whole[500:600], 403, "ink.sft"), (500, whole[300:600], 403, "ink.sft"),
                (500, whole[:500], 403, "ink.sft"), (400, whole[:600], 503, "ink.sft"),
                (600, whole[:600], 503, "ink.sft"), (500, whole[:600], 503, "other.sft")):
            answer = put(begin, 600, sealed, name=name)
            same((answer.status, answer.is_signed), (status, False), f"{name} at {begin}")
        # Somebody begins anew: what was added up before is over.
        same(put(0, 200).json, {"have": 200, "whole": True})
        same(put(500, 600, whole[:600]).status, 503)
        same(put(200, 500, whole[:500]).json, {"have": 500, "whole": True})
        # Another helper has the file, but not the sum.
        old = pod.child("tmp/eh")
        os.kill(old, 9)
        wait_for("started again", lambda: pod.child("tmp/eh") not in (None, old))
        wait_for("answers again", lambda: pod.ask("GET", "models").status == 200)
        same(put(500, 600, whole[:600]).status, 503)
        same(put(0, 0, b"").json, {"error": "offset", "have": 500, "whole": False})
        same(put(500, 700, more="").json, {"have": 700, "whole": False})
        same(put(700, 800, whole[:800]).status, 503)
        same(put(700, size, more=f"&sha256={wanted}").status, 202)
        wait_for("verified", lambda: [
            (f["size"], f["sha256"]) for f in pod.ask("GET", "models").json["files"]
            if f["name"] == "ink.sft"] == [(size, wanted)])
        # And all of it with the sum.
        put(0, 400, name="two.sft")
        same(put(400, size, whole, f"&whole=1&sha256={wanted}", name="two.sft").status, 202)
        wait_for("verified, too", lambda: [
            (f["size"], f["sha256"]) for f in pod.ask("GET", "models").json["files"]
            if f["name"] == "two.sft"] == [(size, wanted)])


# --- bad requests ---------------------------------------------------------------------------------

def send(pod, data, pause=None, seconds=5):
    """What comes back for bytes, as much as comes: b'' for a closed or silent connection."""
    with socket.create_connection(("127.0.0.1", pod.port), timeout=seconds) as connection:
        try:
            for piece in data if isinstance(data, list) else [data]:
                connection.sendall(piece)
                if pause:
                    time.sleep(pause)
            return connection.recv(65536)
        except OSError:
            return b""


def get(path, method="GET", extra="", body=""):
    return f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{extra}\r\n{body}".encode()


def signed(pod, method, route, body=b"", sent=None, path=None, counter=None, key=None):
    """A request with a seal, of which something else may be sent than was sealed."""
    seal = pod.seal(method, route, body, counter)["X-Easel"]
    if key:
        seal = seal.split()[0] + " " + "0" * 64
    sent = body if sent is None else sent
    return get(path or f"/{pod.path}/{route}", method,
               f"X-Easel: {seal}\r\nContent-Length: {len(sent)}\r\n") + sent


EXTEND = json.dumps({"hard": 800 * HOUR, "never": 800 * HOUR}).encode()


def strangers(pod):
    """(what, bytes): none has a secret, or none has the right one."""
    paint, path = pod.paint, pod.path
    half = paint[:-1] + ("a" if paint[-1] != "a" else "b")
    rows = [("path " + p, get(p)) for p in (
        "/", "//", "/prompt", "/ws", "/README.md", "/readme.html", "/..", "/../", "/%2e%2e/prompt",
        "/./prompt", "//prompt", "/\\prompt", "/?x", f"/?/{paint}/", f"/?/{path}/", f"/#/{paint}/",
        "/%00", "/prompt%00", "/" + "a" * 5000, "/%2f", "/*", "*", "/;/prompt",
        f"/{paint}", f"/{path}", f"/{paint}x/", f"/{half}/", f"/{paint[:-1]}/", f"/x/{paint}/",
        f"/../{paint[:-1]}/prompt", f"//{paint}/prompt", f"/%2f{paint}/prompt",
        f"/./{paint}/prompt",
        f"/{paint.swapcase()}/prompt", f"/{path.upper() + 'A'}/prompt", f"/%2e/{paint}/prompt",
        f"/{paint}%2fprompt", f"/{paint}\\prompt", f"/{paint};/prompt", "/admin/status",
        f"/%{ord(paint[0]):02x}{paint[1:]}/prompt", "http://localhost/prompt",
        f"http://localhost//{paint}/prompt", "http://localhost", f"//{path}/status")]
    # The way of the desktop, whose name an eavesdropper at vast.ai has seen.
    rows += [("way out " + p, get(f"/{path}/{p}")) for p in (
        "../prompt", "..%2fprompt", "%2e%2e/prompt", "%2e%2e%2fprompt", ".%2e/prompt",
        "./../prompt",
        "x/../../prompt", "x%2f..%2f..%2fprompt", "%2E%2E/prompt", "%2E%2E%2Fprompt",
        "models/../../",
        "m/../../ws", "status/../../prompt?x", "../", "..", "x/..;/../../prompt", "/../../prompt",
        "m%2F..%2F../prompt", "%252e%252e/prompt", "..%5cprompt", "?/../prompt", "#/../../prompt")]
    rows += [("method " + m, get("/prompt", m)) for m in (
        "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT", "PATCH", "PROPFIND", "get",
        "\u00e9")]
    rows += [
        ("huge body", get("/prompt", "POST", f"Content-Length: {600 << 20}\r\n")),
        ("endless body", get("/prompt", "POST", "Content-Length: 99999999999999999999\r\n")),
        ("length below zero", get("/prompt", "POST", "Content-Length: -5\r\n")),
        ("two lengths", get("/prompt", "POST", "Content-Length: 1\r\nContent-Length: 2\r\n")),
        ("length and chunks", get("/x", "POST",
                                  "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
                                  "0\r\n\r\nGET /prompt HTTP/1.1\r\nHost: x\r\n\r\n")),
        ("second request", get("/x").replace(b"close", b"keep-alive") + get("/prompt")),
        ("huge header", get("/prompt", extra="X: " + "a" * 40000 + "\r\n")),
        ("many headers", get("/prompt", extra="X: a\r\n" * 3000)),
        ("HTTP/0.9", b"GET /prompt\r\n\r\n"),
        ("HTTP/1.0", b"GET /prompt HTTP/1.0\r\n\r\n"),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(500)),
        ("noise", bytes(range(256)) * 4 + b"\r\n\r\n"),
        ("upgrade", get("/ws", extra="Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")),
        ("h2c", get("/prompt", extra="Upgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n")),
        ("other host", get("/prompt").replace(b"Host: x", b"Host: localhost")),
        ("forwarded", get("/prompt", extra="X-Original-URL: /x\r\nX-Forwarded-For: 127.0.0.1\r\n"
                          "X-Rewrite-URL: /prompt\r\n")),
        ("Basic", get("/prompt", extra="Authorization: Basic OnBhaW50\r\n")),
        ("seal elsewhere", get("/prompt", extra="X-Easel: 1 " + "0" * 64 + "\r\n")),
    ]
    return rows


def without_a_seal(pod):
    """Below the desktop's path, but not from the desktop."""
    path = f"/{pod.path}/"
    later = int(time.time() * 1e6) + 10**12
    rows = [(f"no seal {m} {r}", get(path + r, m, f"Content-Length: {len(EXTEND)}\r\n") + EXTEND)
            for m, r in (("GET", "status"), ("POST", "extend"), ("PUT", "helper"),
                         ("GET", "models"),
                         ("POST", "models"), ("PUT", "models/loras/x.safetensors?offset=0&size=9"),
                         ("DELETE", "models/loras/keep.safetensors"), ("GET", "progress"),
                         ("GET", ""), ("OPTIONS", "status"))]
    rows += [("seal " + repr(seal)[:30], get(path + route, "POST", "X-Easel: " + seal +
                                             f"\r\nContent-Length: {len(EXTEND)}\r\n")
              + EXTEND)
             for route in ("extend", "models") for seal in (
                 "", "1", " ", f"{later}", f"{later} ", f"{later} {'0' * 64}",
                 f"{later} {'0' * 63}",
                 f"-1 {'0' * 64}", f"x {'0' * 64}", f"{'9' * 5000} {'0' * 64}", "\u00e9 \u00e9",
                 f"{later} {chr(233) * 64}", f"{later} " + "0" * 7000)]
    rows += [
        ("all of a huge body", get(path + "extend", "POST", f"Content-Length: {8 << 20}\r\n")
         + bytes(8 << 20)),
        ("all of one, helper", get(path + "models", "POST", f"Content-Length: {8 << 20}\r\n")
         + bytes(8 << 20)),
        ("wrong key", signed(pod, "POST", "extend", EXTEND, key=1)),
        ("other body", signed(pod, "POST", "extend", b"{}", sent=EXTEND)),
        ("no body", signed(pod, "POST", "extend", EXTEND, sent=b"")),
        ("other method", signed(pod, "GET", "extend", EXTEND).replace(b"GET", b"POST", 1)),
        ("other route", signed(pod, "POST", "status", EXTEND, path=path + "extend")),
        ("other route, helper", signed(pod, "PUT", "helper", b"x",
                                       path=path + "models/loras/x.sft")),
        ("other name", signed(pod, "DELETE", "models/loras/x.sft",
                              path=path + "models/loras/keep.safetensors")),
        ("counter of now and 0", signed(pod, "POST", "extend", EXTEND, counter=0)),
        ("counter 1", signed(pod, "POST", "extend", EXTEND, counter=1)),
        ("counter 1, helper", signed(pod, "DELETE", "models/loras/keep.safetensors", counter=1)),
        ("no number", signed(pod, "POST", "extend", EXTEND, counter="x")),
        ("below zero", signed(pod, "POST", "extend", EXTEND, counter=-5)),
        ("no number, helper", signed(pod, "DELETE", "models/loras/keep.safetensors", counter="x")),
    ]
    return rows


def state_of(pod):
    """What an action of the agent would change."""
    found = []
    for folder in ("workspace/models", "workspace/ComfyUI", "tmp"):
        for base, _, names in os.walk(f"{pod.root}/{folder}"):
            found += [os.path.join(base, name) for name in names]
    state = json.loads(pod.read("workspace/.easel"))
    return sorted(found), state[9:13], pod.read("tmp/eh")


def code_of(answer):
    words = answer.split(b" ", 2)
    return int(words[1]) if answer.startswith(b"HTTP/") and len(words) > 1 else 0


def bad_requests_reach_nothing():
    with Pod(helper=True, **LONG) as pod:
        pod.armed()
        pod.helped()
        os.makedirs(pod.root + "/workspace/models/loras", exist_ok=True)
        pod.write("workspace/models/loras/keep.safetensors", "kept")
        # Counters that are used up.
        same(pod.ask("POST", "extend", {}).status, 200)
        before = state_of(pod)
        outside = strangers(pod)
        inside = without_a_seal(pod)
        for what, data in outside + inside:
            answer = send(pod, data)
            code = code_of(answer)
            # nginx refuses, or the agent, if need be before it has read all of it (502); or the
            # connection just ends. 200 is for nobody.
            expect(code == 0 or 400 <= code < 500 or code in (501, 502), what, answer[:200])
            expect(b"ComfyUI" not in answer and b"queue_remaining" not in answer, what)
            same(pod.comfy.seen, [], what)
            if (what, data) in inside and not what.startswith("counter of now"):
                same(state_of(pod), before, what)
        # Once more what was right the first time.
        for method, route, body in (
            ("GET", "status", b""), ("POST", "extend", b"{}"), ("GET", "models", b"")):
            seal = pod.seal(method, route, body)
            codes = [pod.raw(method, f"/{pod.path}/{route}", body or None, seal).status
                     for _ in range(3)]
            same(codes, [200, 403, 403], f"{method} {route} again")
        same((state_of(pod), pod.comfy.seen), (before, []))
        same(pod.leaks(), [])
        return f"{len(outside) + len(inside)} requests"


def slow_requests_hold_up_nobody():
    with Pod(**LONG) as pod:
        pod.armed()
        slow = []
        for number in range(60):
            connection = socket.create_connection(("127.0.0.1", pod.port), timeout=20)
            path = (pod.path + "/extend", "prompt")[number % 2]
            connection.sendall(f"POST /{path} HTTP/1.1\r\nHost: x\r\nContent-Le".encode())
            if number % 3 == 0:
                connection.sendall(b"ngth: 90000\r\n\r\n{")
            slow.append(connection)
        for _ in range(5):
            began = time.monotonic()
            same(pod.raw("GET", f"/{pod.paint}/prompt").status, 200)
            expect(pod.status["protected"])
            expect(time.monotonic() - began < 5)
        # Inside of the container somebody connects to the guard and is silent.
        with socket.create_connection(("127.0.0.1", pod.low + 2)):
            pod.until("answers", lambda s: s["protected"], 40)
        for connection in slow:
            connection.close()
        same(set(pod.comfy.seen), {("GET", "/prompt")})


def orders_that_the_helper_refuses():
    """With the right secret, but for what must not be."""
    with Pod(helper=True, **LONG) as pod:
        pod.armed()
        pod.helped()
        pod.write("workspace/secret.safetensors", "secret")
        before = state_of(pod)
        link = f"http://127.0.0.1:{WORLD.shop.port}/x.safetensors"
        places = [
            ("loras", "../x.safetensors"), ("loras", "..%2fx.safetensors"),
            ("loras", ".x.safetensors"),
            ("loras", "a/b.safetensors"), ("loras", "/etc/x.safetensors"),
            ("loras", "x.safetensors\0"),
            ("loras", "x.py"), ("loras", "x.ckpt"), ("loras", "x.safetensors.part"), ("loras", ""),
            ("loras", "x" * 300 + ".sft"), ("loras", "\u00e9.safetensors"), ("loras", 7),
            ("", "x.sft"),
            ("..", "x.safetensors"), ("../custom_nodes", "x.sft"),
            ("custom_nodes", "x.safetensors"),
            ("loras/..", "x.safetensors"), ("/tmp", "x.safetensors"), ("Loras", "x.safetensors"),
            ("loras\0", "x.safetensors"), (None, "x.safetensors"), (["loras"], "x.safetensors"),
        ]
        for folder, name in places:
            answer = pod.ask("POST", "models", {"url": link, "folder": folder, "name": name})
            expect(400 <= answer.status < 500, folder, name, answer.status)
        for route in ("models/loras/..%2fx.sft", "models/loras/%2e%2e%2f..%2fx.sft",
                      "models/%2e%2e/x.sft", "models/custom_nodes/x.sft", "models/loras/x.py",
                      "models/loras/x%00.sft", "models/loras/a%2fb.sft", "models/loras%2fa/b.sft"):
            for method in ("PUT", "DELETE"):
                answer = pod.ask(method, f"{route}?offset=0&size=1", b"x" * (method == "PUT"))
                expect(400 <= answer.status < 500, method, route, answer.status)
        same(pod.read("workspace/secret.safetensors"), b"secret")
        jobs = {}
        for url in (
            "https://127.0.0.1/x.sft", f"http://127.0.0.1:{pod.low}/prompt",
            "https://10.0.0.1/x.sft",
            f"https://127.0.0.1:{pod.low}/prompt", "https://169.254.169.254/latest/meta-data",
            "https://192.168.1.1/x.sft", "https://172.16.0.1/x.sft", "https://100.64.0.1/x.sft",
            "https://[::1]/x.sft", "https://[::ffff:127.0.0.1]/x.sft", "https://[fe80::1]/x.sft",
            "https://[fd00::1]/x.sft", "https://localhost/x.sft", "https://0.0.0.0/x.sft",
            "https://2130706433/x.sft", "https://0x7f.1/x.sft", "https://127.1/x.sft",
            "https://224.0.0.1/x.sft", "http://1.1.1.1/x.sft", "ftp://1.1.1.1/x.sft",
            "file:///etc/passwd", "https://user:word@1.1.1.1/x.sft", "https:///x.sft",
            "//1.1.1.1/x",
            "https://1.1.1.1:99999/x.sft", "gopher://127.0.0.1:25/x", "x", "https://[/x.sft",
            link.replace("/x.", "/to/https://10.0.0.1/x."),
            link.replace("/x.", f"/to/http://127.0.0.1:{pod.low}/x."),
            link.replace("/x.", "/to/https://[::ffff:10.0.0.1]/x."),
            link.replace("/x.", "/to/file:///etc/passwd?"),
        ):
            answer = pod.ask("POST", "models", {"url": url, "folder": "loras",
                                                "name": f"n{len(jobs)}.safetensors"})
            same(answer.status, 202, url)
            jobs[answer.json["id"]] = url

        def refused():
            found = pod.ask("GET", "models").json["jobs"]
            same([j for j in found if j["state"] == "done"], [])
            return found if all(j["state"] == "failed" for j in found) else None

        found = wait_for("refused", refused)
        same({j["id"] for j in found}, set(jobs))
        same({j["error"] for j in found}, {"network", "private-address"})
        same((state_of(pod), pod.comfy.seen), (before, []))
        same(sum(path.startswith("/to/") for path in WORLD.shop.seen), 4)
        return f"{len(places) + 16 + len(jobs)} orders"


def bodies_of_any_kind_do_not_stop_the_guard():
    """With the right secret, but nonsense: it goes on."""
    with Pod(**LONG) as pod:
        pod.armed()
        before = state_of_limits(pod)
        for body in (b"", b"x", b"[]", b"7", b"null", b'"x"', b"{", b"[" * 90000, b"\xff" * 50,
                     b'{"hard":"x"}', b'{"hard":null}', b'{"hard":NaN}', b'{"hard":Infinity}',
                     b'{"hard":[1]}', b'{"hard":-1' + b"0" * 400 + b"}", b'{"closed":{}}'):
            answer = pod.ask("POST", "extend", body)
            same((answer.status, answer.is_signed), (409, True), body[:20])
            same(state_of_limits(pod), before, body[:20])
        for route in ("", "x", "extend/", "status/x", "helper/x", "%00"):
            answer = pod.ask("GET", route)
            expect(answer.status in (200, 400, 403), route, answer.status)
        same(pod.ask("PUT", "helper", b"x" * (3 << 20)).status, 403, "longer than it reads")
        same(pod.ask("GET", "status?x").status, 403)
        same(state_of_limits(pod), before)
        expect(pod.status["protected"])


def state_of_limits(pod):
    return json.loads(pod.read("workspace/.easel"))[9:13]


def pods_do_not_share_a_secret():
    with Pod(**LONG) as one, Pod(**LONG) as other:
        one.armed()
        other.armed()
        same(one.raw("GET", f"/{other.paint}/prompt").status, 404)
        seal = other.seal("GET", "status")
        same(one.raw("GET", f"/{other.path}/status", None, seal).status, 404)
        same(one.raw("GET", f"/{one.path}/status", None, seal).status, 403)
        # What is known to everybody who reads the source.
        path = hashlib.sha256(b"easel-path:").hexdigest()[:32]
        same(one.raw("GET", f"/{path}/status", None, seal).status, 404)


if __name__ == "__main__":
    run([
        door_of_the_painter,
        progress_of_the_start,
        pictures_are_counted,
        helper_only_with_its_hash,
        helper_outlives_a_guard_that_was_killed,
        pieces_that_go_on_with_the_sum,
        bad_requests_reach_nothing,
        slow_requests_hold_up_nobody,
        orders_that_the_helper_refuses,
        bodies_of_any_kind_do_not_stop_the_guard,
        pods_do_not_share_a_secret,
    ])
