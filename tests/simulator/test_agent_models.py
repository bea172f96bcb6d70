# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in agent's files: by link, in chunks, broken off and gone on with, checked, removed."""
import hashlib
import json

from agent import HOUR, MINUTE, ended, rent
from simulator import Simulator, expect, run, same

LINK = "https://example.org/models/Blue%20Ink.safetensors?signed=abc"
CHUNK = b"0123456789abcdef" * 65536
NAME = "My LoRA-v2.safetensors"
ROUTE = "models/loras/" + NAME.replace(" ", "%20")


def post(pod, **body):
    return pod.ask("POST", "models", json.dumps(body).encode())


def put(pod, offset, data, size, sha256=None, route=ROUTE):
    query = f"offset={offset}&size={size}&any=1" + (f"&sha256={sha256}" if sha256 else "")
    return pod.ask("PUT", f"{route}?{query}", data)


def refused(have):
    return {"error": "offset", "have": have, "whole": True}


def has(have):
    return {"have": have, "whole": True}


def job(pod, name=None):
    jobs = pod.get("models")["jobs"]
    return jobs[-1] if name is None else next(j for j in jobs if j["id"] == name)


def files(pod):
    return {(f["folder"], f["name"]): f for f in pod.get("models")["files"]}


def a_link_becomes_a_file():
    with Simulator() as simulator:
        pod = rent(simulator)
        free = pod.get("models")["disk"]["free"]
        answer = post(pod, url=LINK, folder="loras", size=200_000_000)
        same((answer.status, list(answer.json)), (202, ["id"]))
        same(
            {k: job(pod)[k] for k in ("kind", "folder", "name", "size", "state", "error")},
            {
                "kind": "download",
                "folder": "loras",
                "name": "Blue Ink.safetensors",
                "size": 200_000_000,
                "state": "running",
                "error": None,
            },
        )
        same(pod.status["transfers"], 1)
        simulator.advance(1)
        now = job(pod)
        expect(0 < now["have"] < now["size"] and now["speed"] > 0, now)
        expect("Blue Ink.safetensors" not in pod.paint("/models/loras").json)
        simulator.advance(300)
        same((job(pod)["state"], job(pod)["have"]), ("done", 200_000_000))
        file = files(pod)[("loras", "Blue Ink.safetensors")]
        same((file["size"], len(file["sha256"])), (200_000_000, 64), "though nobody told it")
        expect("Blue Ink.safetensors" in pod.paint("/models/loras").json)
        same((pod.get("models")["disk"]["free"], pod.status["transfers"]), (free - 200_000_000, 0))


def a_link_that_breaks_is_resumed():
    with Simulator() as simulator:
        pod = rent(simulator)
        simulator.control(f"pods/{pod.id}/agent", {"download": "http-403", "at": 0.5})
        first = post(pod, url=LINK, folder="loras", size=100_000_000).json["id"]
        simulator.advance(300)
        broken = job(pod)
        same((broken["state"], broken["error"]), ("failed", "http-403"))
        expect(40_000_000 < broken["have"] < 60_000_000, broken)
        again = post(pod, url=LINK + "2", folder="loras", job=first)
        expect(again.status == 202 and again.json["id"] != first)
        expect(job(pod)["have"] >= broken["have"], "not from the begin")
        simulator.advance(300)
        same((job(pod)["state"], len(pod.get("models")["jobs"])), ("done", 1))
        same(post(pod, url=LINK, folder="loras", job=first).status, 404, "its place was taken")


def orders_are_checked():
    with Simulator() as simulator:
        pod = rent(simulator)
        good = {"url": LINK, "folder": "loras"}
        for status, error, change in (
            (400, "body", {"url": 5}),
            (400, "body", {"sha256": "zz"}),
            (400, "folder", {"folder": "custom_nodes"}),
            (400, "folder", {"folder": "../loras"}),
            (400, "name", {"name": "../x.safetensors"}),
            (400, "name", {"name": ".hidden"}),
            (400, "name", {"name": "a/b"}),
            (400, "name", {"name": "x" * 201}),
            (400, "kind", {"name": "x.py"}),
            (507, "disk", {"name": "x.sft", "size": 10**12}),
        ):
            answer = post(pod, **{**good, **change})
            same((answer.status, answer.json, answer.is_signed), (status, {"error": error}, True))
        for route in ("loras/..%2Fx", "loras/.x", "loras/a%2Fb"):
            same(put(pod, 0, b"x", 1, route="models/" + route).json, {"error": "name"}, route)
        same(put(pod, 0, b"x", 1, route="models/nodes/x").json, {"error": "folder"})
        same(put(pod, 0, b"x", 10**12).status, 507)
        same(put(pod, 0, b"xy", 1).status, 400, "more than the whole")
        same(put(pod, 0, b"", 1).json, has(0), "only a question")
        post(pod, url="https://192.168.0.1/x.safetensors", folder="loras")
        same((job(pod)["state"], job(pod)["error"]), ("failed", "private-address"))


def an_upload_goes_on_where_it_stopped():
    whole = CHUNK + CHUNK[:5] + b"end"
    wanted = hashlib.sha256(whole).hexdigest()
    with Simulator() as simulator:
        pod = rent(simulator)
        same(put(pod, len(CHUNK), whole[len(CHUNK) :], len(whole)).json, refused(0))
        answer = put(pod, 0, CHUNK, len(whole))
        same((answer.status, answer.json), (200, has(len(CHUNK))))
        for offset in (5, len(whole)):
            answer = put(pod, offset, b"x", len(whole))
            same((answer.status, answer.json), (409, refused(len(CHUNK))))
        same(put(pod, len(CHUNK), b"", len(whole)).json, has(len(CHUNK)), "a question")
        same(pod.get("models")["jobs"], [], "no job before all of it is there")
        answer = put(pod, len(CHUNK), whole[len(CHUNK) :], len(whole), wanted)
        same(put(pod, 0, b"x", 9).json, {"error": "busy", "have": len(whole)})
        same((answer.status, job(pod)["kind"], job(pod)["state"]), (202, "verify", "verifying"))
        simulator.advance(5)
        same(job(pod, answer.json["id"])["state"], "done")
        file = files(pod)[("loras", NAME)]
        same((file["size"], file["sha256"]), (len(whole), wanted))
        expect(NAME in pod.paint("/models/loras").json)


def an_upload_begins_anew():
    with Simulator() as simulator:
        pod = rent(simulator)
        same(put(pod, 0, b"abcdef", 9).json, has(6))
        same(put(pod, 0, b"xy", 3).json, has(2))
        put(pod, 2, b"\x01", 3, hashlib.sha256(b"xy\x01").hexdigest())
        simulator.advance(5)
        same((job(pod)["state"], files(pod)[("loras", NAME)]["size"]), ("done", 3))
        same(simulator.control("requests")["requests"][-1]["pod"], pod.id, "the log is JSON still")


def a_seal_may_go_on_with_the_sum():
    with Simulator() as simulator:
        pod = rent(simulator)

        def go_on(offset, data, sealed, route=ROUTE):
            query = f"offset={offset}&size=9&any=1&whole=1"
            return pod.ask("PUT", f"{route}?{query}", data, sealed=sealed)

        same(go_on(0, b"abc", b"abc").json, has(3))
        same(go_on(3, b"def", b"abcdef").json, has(6))
        for offset, data, sealed, status in (
            (6, b"ghi", b"ghi", 403),
            (6, b"ghi", b"abcdefghj", 403),
            (6, b"ghi", b"abcghi", 403),
            (5, b"ghi", b"abcdeghi", 503),
            (7, b"gh", b"gh", 503),
        ):
            answer = go_on(offset, data, sealed)
            same((answer.status, answer.is_signed), (status, False), sealed)
        same(go_on(6, b"ghi", b"ghi", ROUTE.replace("LoRA", "other")).status, 503)
        same(go_on(6, b"ghi", b"abcdefghi").status, 202)
        simulator.advance(5)
        (brought,) = simulator.truth(pod.id)["models"]
        same(brought["sha256"], hashlib.sha256(b"abcdefghi").hexdigest())


def other_bytes_are_found_out():
    with Simulator() as simulator:
        pod = rent(simulator)
        same(put(pod, 0, b"abc", 3, "0" * 64).status, 202)
        simulator.advance(5)
        same((job(pod)["state"], job(pod)["error"]), ("failed", "hash"))
        expect(("loras", NAME) not in files(pod))
        same(put(pod, 0, b"abc", 3, hashlib.sha256(b"abc").hexdigest()).status, 202, "anew")
        simulator.advance(5)
        expect(("loras", NAME) in files(pod))


def two_at_once():
    with Simulator() as simulator:
        pod = rent(simulator)

        def states():
            return [job["state"] for job in pod.get("models")["jobs"]]

        for name in "abcd":
            post(pod, url=LINK, folder="loras", name=name + ".sft", size=1_000_000_000)
        put(pod, 0, b"abc", 3)
        same(states(), ["running", "running", "waiting", "waiting", "waiting"])
        same((pod.status["transfers"], job(pod)["have"]), (5, 3))
        pod.ask("DELETE", f"models/jobs/{pod.get('models')['jobs'][0]['id']}")
        same(states(), ["cancelled", "running", "running", "waiting", "waiting"])
        each = 1000 / simulator.truth(pod.id)["download_mb_per_s"] + 1 + 1.5
        simulator.advance(each + 0.1)
        same(states(), ["cancelled", "done", "done", "running", "verifying"])
        simulator.advance(each)
        same(states()[3:], ["done", "done"])


def transfers_are_work():
    with Simulator() as simulator:
        pod = rent(simulator, never=600, hard=10 * HOUR)
        post(pod, url=LINK, folder="loras", size=20_000_000_000)
        length = 20_000 / simulator.truth(pod.id)["download_mb_per_s"]
        simulator.advance(600)
        put(pod, 0, b"abc", 5)
        simulator.advance(length)
        same(ended(simulator, pod)[0], "running")
        simulator.advance(12 * MINUTE)
        same(ended(simulator, pod)[0], "deleted")


def jobs_are_cancelled_and_files_removed():
    with Simulator() as simulator:
        pod = rent(simulator)
        post(pod, url=LINK, folder="loras", size=1_000_000_000)
        name = job(pod)["id"]
        same(pod.ask("DELETE", f"models/jobs/{name}").json, {})
        simulator.advance(HOUR / 2)
        same((job(pod)["state"], pod.status["transfers"]), ("cancelled", 0))
        pod.ask("DELETE", f"models/jobs/{name}")
        same(pod.get("models")["jobs"], [])
        same(pod.ask("DELETE", "models/jobs/x").status, 404)
        put(pod, 0, b"abc", 3)
        simulator.advance(5)
        pod.get("status")
        same(pod.ask("DELETE", ROUTE).json, {})
        expect(NAME not in pod.paint("/models/loras").json and ("loras", NAME) not in files(pod))
        own = "checkpoints/RealVisXL_V5.0_fp16.safetensors"
        expect(own.split("/")[1] in pod.paint("/models/checkpoints").json)
        same(pod.ask("DELETE", "models/" + own).status, 200)
        expect(own.split("/")[1] not in pod.paint("/models/checkpoints").json)
        same(pod.ask("DELETE", "models/" + own).status, 404)


def what_is_kept_depends_on_the_disk():
    with Simulator() as simulator:
        pod = rent(simulator, action="s")
        put(pod, 0, b"abc", 3)
        simulator.advance(5)
        expect(("loras", NAME) in files(pod))
        simulator.act(pod.id, "stop")
        simulator.act(pod.id, "start")
        simulator.make_ready(pod.id)
        pod.counter += 1
        expect(("loras", NAME) in files(pod), "the lasting disk")
        expect(NAME in pod.paint("/models/loras").json)


run(
    [
        a_link_becomes_a_file,
        a_link_that_breaks_is_resumed,
        orders_are_checked,
        an_upload_goes_on_where_it_stopped,
        an_upload_begins_anew,
        a_seal_may_go_on_with_the_sum,
        other_bytes_are_found_out,
        two_at_once,
        transfers_are_work,
        jobs_are_cancelled_and_files_removed,
        what_is_kept_depends_on_the_disk,
    ]
)
