# SPDX-License-Identifier: GPL-3.0-or-later
"""Where models come from: tokens, signed addresses, parts of files, and what a pod makes of it."""
import collections
import hashlib
import http.client
import json
import struct
import time
import urllib.parse

from agent import rent
from simulator import Simulator, expect, run, same

TOKEN = "practice-civitai"
DOWNLOAD = "/civitai/api/download/models/"
MB = 1_000_000


def ask(simulator, path, token=None, **rest):
    return simulator.get(path, key=token, **rest)


def store(simulator, answer, **headers):
    """Follows a redirect; the store is another origin."""
    uri = urllib.parse.urlsplit(answer.headers["Location"])
    expect(uri.port not in (None, simulator.port), uri)
    return simulator.get(
        f"{uri.path}?{uri.query}", key=None, port=uri.port, headers=headers, timeout=60
    )


def read_header(body):
    (length,) = struct.unpack("<Q", body[:8])
    header = json.loads(body[8 : 8 + length])
    ends = sorted(t["data_offsets"] for n, t in header.items() if n != "__metadata__")
    same([e[0] for e in ends], [0] + [e[1] for e in ends[:-1]], "tensors without gaps")
    return header, 8 + length + ends[-1][1]


def a_link_leads_to_a_sound_file():
    with Simulator() as simulator:
        newest = ask(simulator, "/civitai/api/v1/models/12").json["modelVersions"][0]["id"]
        first = ask(simulator, f"{DOWNLOAD}{newest}")
        same((first.status, first.headers["Location"].startswith("http://127.0.0.1:")), (302, True))
        simulator.control("models", {"site": "civitai", "version": 5, "size": 5 * MB, "model": 3})
        same(ask(simulator, "/civitai/api/v1/models/3").json["modelVersions"][0]["id"], 5)
        whole = store(simulator, ask(simulator, DOWNLOAD + "5"))
        same((whole.status, len(whole.body)), (200, 5 * MB))
        same(
            whole.headers["Content-Disposition"], 'attachment; filename="paper-ink-5.safetensors"'
        )
        header, size = read_header(whole.body)
        same(size, 5 * MB)
        expect(any(t["shape"] == [16, 2048] for n, t in header.items() if n != "__metadata__"))
        again = store(simulator, ask(simulator, DOWNLOAD + "5"))
        same(hashlib.sha256(again.body).digest(), hashlib.sha256(whole.body).digest())
        # Parts are of the same file; a part that is left out changes it.
        for first, last in ((0, 7), (1020, 1030), (65_000, 3_000_000), (4_999_999, 9_000_000)):
            part = store(simulator, ask(simulator, DOWNLOAD + "5"), Range=f"bytes={first}-{last}")
            until = min(last + 1, 5 * MB)
            same(part.status, 206)
            same(part.headers["Content-Range"], f"bytes {first}-{until - 1}/{5 * MB}")
            expect(part.body == whole.body[first:until], (first, last))
        rest = store(simulator, ask(simulator, DOWNLOAD + "5"), Range="bytes=4000000-")
        expect(rest.body == whole.body[4_000_000:])
        beyond = store(simulator, ask(simulator, DOWNLOAD + "5"), Range=f"bytes={5 * MB}-")
        same(beyond.status, 416)
        same(len({whole.body[i : i + 1000] for i in range(10_000, 200_000, 1000)}) > 180, True)


def names_say_kind_and_size():
    with Simulator() as simulator:
        for name, size, shape in (
            ("ink-7MB.safetensors", 7 * MB, [16, 2048]),
            ("my-flux-6MB.safetensors", 6 * MB, [12288, 16]),
            ("checkpoint-9MB.safetensors", 9 * MB, [640, 2048]),
        ):
            answer = ask(simulator, f"/huggingface/owner/repo/resolve/main/sub/{name}")
            same((answer.status, answer.headers["X-Linked-Size"]), (302, str(size)))
            body = store(simulator, answer).body
            header, told = read_header(body)
            same((len(body), told), (size, size))
            expect(shape in [t["shape"] for n, t in header.items() if n != "__metadata__"], name)
        broken = store(
            simulator, ask(simulator, "/huggingface/a/b/resolve/main/broken-5MB.safetensors")
        )
        try:
            read_header(broken.body)
        except ValueError:
            return
        raise AssertionError("the header makes sense")


def tokens_decide():
    with Simulator() as simulator:
        simulator.control("models", {"site": "civitai", "version": 7, "access": "token"})
        simulator.control("models", {"site": "civitai", "version": 8, "access": "login"})
        simulator.control("models", {"site": "civitai", "version": 9, "access": "closed"})
        simulator.control("models", {"site": "civitai", "version": 10, "access": "gone"})
        simulator.control("models", {"site": "civitai", "version": 11, "access": "page"})
        for version, without, token in ((7, 401, 302), (9, 403, 403), (10, 404, 404)):
            same(ask(simulator, f"{DOWNLOAD}{version}").status, without, version)
            same(ask(simulator, f"{DOWNLOAD}{version}", TOKEN).status, token, version)
        same(ask(simulator, DOWNLOAD + "7", "wrong").status, 401)
        same(ask(simulator, DOWNLOAD + "6", "wrong").status, 401, "a wrong one is no good anywhere")
        login = ask(simulator, DOWNLOAD + "8")
        same((login.status, login.headers["Location"][:14]), (302, "/civitai/login"))
        same(ask(simulator, "/civitai/login").kind, "text/html")
        expect(ask(simulator, DOWNLOAD + "8", TOKEN).headers["Location"].startswith("http://"))
        page = ask(simulator, DOWNLOAD + "11")
        same((page.status, page.kind), (200, "text/html"))
        file = "/repo/resolve/main/x-5MB.safetensors"
        for owner, without, token in (
            ("gated-a", 401, 302),
            ("closed-a", 403, 403),
            ("gone-a", 404, 404),
            ("page-a", 200, 200),
            ("a", 302, 302),
        ):
            same(ask(simulator, f"/huggingface/{owner}{file}").status, without, owner)
            same(ask(simulator, f"/huggingface/{owner}{file}", TOKEN).status, token, owner)
        same(ask(simulator, "/huggingface/a/repo").kind, "text/html")
        same(simulator.post("/huggingface/a" + file, {}).status, 405)
        same(simulator.control("requests")["leaks"], 0, "tokens where they belong")


def an_address_is_good_for_a_while():
    with Simulator() as simulator:
        simulator.control("models", {"site": "civitai", "version": 5, "size": 5 * MB})
        answer = ask(simulator, DOWNLOAD + "5")
        same(store(simulator, answer, Range="bytes=0-9").status, 206)
        simulator.advance(15 * 60 + 1)
        same(store(simulator, answer).status, 403)
        fresh = ask(simulator, DOWNLOAD + "5")
        same(store(simulator, fresh, Range="bytes=0-9").status, 206)
        other = fresh.headers["Location"].replace("size=5", "size=6")
        fresh.headers.replace_header("Location", other)
        same(store(simulator, fresh).status, 403, "signed for another size")
        # A token that is sent along is refused and told.
        fresh = ask(simulator, DOWNLOAD + "5")
        same(simulator.control("requests")["leaks"], 0)
        same(store(simulator, fresh, Authorization="Bearer " + TOKEN).status, 400)
        same(simulator.control("requests")["leaks"], 1)
        log = simulator.control("requests")["requests"]
        expect(log[-1]["host"] != log[0]["host"] and TOKEN not in json.dumps(log), log[-1])


def files_break_off():
    with Simulator() as simulator:
        answer = ask(simulator, "/huggingface/a/b/resolve/main/ink-20MB.safetensors")
        simulator.fault(route="store", outcome="short")
        try:
            store(simulator, answer)
            raise AssertionError("the file came whole")
        except http.client.IncompleteRead as broken:
            same(len(broken.partial), 10 * MB)
        whole = store(simulator, answer)
        same(len(whole.body), 20 * MB)
        simulator.fault(route="huggingface", outcome="503")
        same(ask(simulator, "/huggingface/a/b/resolve/main/x.safetensors").status, 503)


def address(simulator, name="ink-200MB.safetensors"):
    return ask(simulator, f"/huggingface/a/b/resolve/main/{name}").headers["Location"]


def order(pod, **body):
    return pod.ask("POST", "models", json.dumps(dict({"folder": "loras"}, **body)).encode())


def last(pod):
    return pod.get("models")["jobs"][-1]


def a_pod_fetches_from_the_store():
    with Simulator() as simulator:
        pod = rent(simulator)
        simulator.fault(route="fetch", outcome="reset")
        url = address(simulator)
        first = order(pod, url=url).json["id"]
        simulator.advance(300)
        job = last(pod)
        same((job["state"], job["error"], job["size"]), ("failed", "network", 200 * MB))
        expect(99 * MB < job["have"] < 101 * MB, job)
        # The old address is no good any more, a fresh one goes on.
        simulator.advance(15 * 60)
        second = order(pod, url=url, job=first).json["id"]
        simulator.advance(1)
        same((last(pod)["state"], last(pod)["error"]), ("failed", "http-403"))
        same(order(pod, url=address(simulator), job=first).status, 404, "its place was taken")
        same(order(pod, url=address(simulator), job=second).status, 202)
        expect(last(pod)["have"] > 99 * MB, "goes on")
        simulator.advance(300)
        same(last(pod)["state"], "done")
        counts = simulator.control("requests")["counts"]
        same(counts["fetch"], 3)
        (brought,) = simulator.truth(pod.id)["models"]

        # What it adds up to is what the store delivers to anybody else.
        page = "/huggingface/a/b/resolve/main/ink-200MB.safetensors"
        sent = store(simulator, ask(simulator, page))
        digest = hashlib.sha256(sent.body).hexdigest()
        same((brought["name"], brought["sha256"]), ("ink-200MB.safetensors", digest))
        order(pod, url=address(simulator), name="again.safetensors", sha256=digest)
        simulator.advance(300)
        same(last(pod)["state"], "done")
        told = {f["name"]: f["sha256"] for f in pod.get("models")["files"]}
        same((told["ink-200MB.safetensors"], told["again.safetensors"]), (digest, digest))
        order(pod, url=address(simulator, "flux-200MB.safetensors"), name="x.sft", sha256=digest)
        simulator.advance(300)
        same((last(pod)["state"], last(pod)["error"]), ("failed", "hash"))
        port = urllib.parse.urlsplit(url).port
        for path, error in (("page", "html"), ("store/x", "http-403")):
            order(pod, url=f"http://127.0.0.1:{port}/{path}", name="x.safetensors")
            simulator.advance(1)
            same((last(pod)["state"], last(pod)["error"]), ("failed", error))
        order(pod, url=f"http://127.0.0.1:{port}/plain/free-5MB.safetensors")
        simulator.advance(60)
        same((last(pod)["state"], last(pod)["size"]), ("done", 5 * MB))


def a_sum_takes_its_time_beside():
    with Simulator(speed=1000) as simulator:
        pod = rent(simulator)
        simulator.control("models", {"site": "civitai", "version": 5, "size": 2_000 * MB})
        link = ask(simulator, DOWNLOAD + "5").headers["Location"]
        order(pod, url=link, name="big.safetensors", sha256="0" * 64)
        end = time.monotonic() + 60
        seen = collections.Counter()
        while not seen["failed"] + seen["done"] and time.monotonic() < end:
            seen[last(pod)["state"]] += 1
        same(last(pod)["error"], "hash", seen)
        expect(seen["verifying"] > 20, f"it does not answer meanwhile: {seen}")


def every_other_host_is_one():
    with Simulator() as simulator:
        port = urllib.parse.urlsplit(address(simulator)).port

        def get(path, **headers):
            return simulator.get("/elsewhere/" + path, key=None, port=port, headers=headers)

        whole = get("models.example/a/ink-5MB.sft?v=1")
        same((whole.status, read_header(whole.body)[1]), (200, 5 * MB))
        same(whole.headers["Content-Disposition"], 'attachment; filename="ink-5MB.sft"')
        same(get("models.example:444/ink-5MB.sft", Range="bytes=9-19").body, whole.body[9:20])
        named = get("models.example/download?name=b-5MB.sft", Range="bytes=0-1")
        same(named.headers["Content-Disposition"], 'attachment; filename="b-5MB.sft"')
        for host, status, kind in (
            ("gated-a.example", 401, "application/xml"),
            ("closed-a.example", 403, "application/xml"),
            ("gone-a.example", 404, "application/xml"),
            ("page-a.example", 200, "text/html"),
        ):
            answer = get(host + "/ink.safetensors")
            same((answer.status, answer.kind), (status, kind), host)
        same(get("models.example/").kind, "text/html")
        same(get("models.example/a.sft", Authorization="Bearer " + TOKEN).status, 400)


def uploads_can_be_cut():
    with Simulator() as simulator:
        pod = rent(simulator)
        route = "models/loras/a.safetensors?offset=0&size=6"
        simulator.fault(route="upload", outcome="reset_noeffect")
        pod.get("models")
        try:
            pod.ask("PUT", route, b"abc")
            raise AssertionError("it was answered")
        except (ConnectionError, http.client.HTTPException):
            pass
        same(pod.ask("PUT", route, b"abc").json, {"have": 3, "whole": True})


def orders_of_models_are_checked():
    with Simulator() as simulator:
        for body in (
            {"site": "elsewhere", "path": "x"},
            {"site": "civitai"},
            {"site": "huggingface"},
            {"site": "civitai", "version": 1, "access": "perhaps"},
        ):
            same(simulator.post("/__/models", body, key=None).status, 400, body)


run(
    [
        a_link_leads_to_a_sound_file,
        names_say_kind_and_size,
        tokens_decide,
        an_address_is_good_for_a_while,
        files_break_off,
        a_pod_fetches_from_the_store,
        a_sum_takes_its_time_beside,
        every_other_host_is_one,
        uploads_can_be_cut,
        orders_of_models_are_checked,
    ]
)
