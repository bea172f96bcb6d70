# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated vast.ai against the provider's document, where that is at hand.

    test_vast_contract.py SIMULATOR SHARED

Every answer of a whole life, and to every mistake, is held against it by a recording proxy.
Skipped without the document or without Debian's python3-jsonschema and python3-yaml.
"""
import json
import os
import random
import signal
import subprocess
import sys

from simulator import expect, run, same, temporary
from vast import ORDER, SEARCH, Vast, changed, query_text

SHARED = sys.argv[2]
SPEC = os.path.join(SHARED, "openapi", "vast.yaml")
PROXY = os.path.join(SHARED, "tools", "contract.py")
DAYS = {"day": {"gte": 1, "lte": 9999999999}, "type": {"in": ["instance"]}}
AUTHOR = {"creator_id": {"eq": 87451}, "name": {"eq": "Stable Diffusion ComfyUI for Krita"}}


def missing():
    if not os.path.exists(SPEC) or not os.path.exists(PROXY):
        return "the document is not at hand"
    try:
        import jsonschema  # noqa: F401
        import yaml  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed"
    return None


class Contract:
    """The proxy between; calls go through it."""

    def __init__(self, simulator, folder):
        self.simulator = simulator
        self.report = os.path.join(folder, "report")
        self.process = subprocess.Popen(
            [sys.executable, PROXY, SPEC, simulator.base, "--report", self.report],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.port = int(self.process.stdout.readline().rsplit(":", 1)[1])

    def call(self, method, path, body=None, **rest):
        return self.simulator.call(method, path, body, port=self.port, **rest)

    def end(self):
        """The number of exchanges and the violations."""
        self.process.send_signal(signal.SIGTERM)
        words = self.process.communicate(timeout=20)[0].split()
        with open(self.report, encoding="utf-8") as file:
            return int(words[1]), [json.loads(line) for line in file]


READS = (
    ("GET", "/api/v0/users/current/", None),
    ("POST", "/api/v0/bundles/", SEARCH),
    ("POST", "/api/v0/bundles/", {}),
    ("POST", "/api/v0/bundles/", changed(SEARCH, geolocation={"in": ["NL", "US"]}, limit=5)),
    (
        "GET",
        "/api/v0/template/" + query_text({"select_filters": AUTHOR, "select_cols": ["*"]}),
        None,
    ),
    ("GET", "/api/v0/template/" + query_text({"select_filters": {"hash_id": {"eq": "0"}}}), None),
    ("GET", "/api/v0/template/", None),
    ("GET", "/api/v1/instances/", None),
    (
        "GET",
        "/api/v1/instances/" + query_text({"limit": "2", "select_cols": ["id", "label"]}),
        None,
    ),
    ("GET", "/api/v1/instances/" + query_text({"order_by": [{"col": "id", "dir": "desc"}]}), None),
    ("GET", "/api/v1/instances/" + query_text({"select_filters": {"label": {"eq": "x"}}}), None),
    ("GET", "/api/v0/instances/", None),
    ("GET", "/api/v0/instances/12345/", None),
    ("GET", "/api/v0/charges/" + query_text({"select_filters": DAYS, "limit": "1"}), None),
)


def every_answer_of_a_life_holds():
    if reason := missing():
        return reason
    with temporary() as folder, Vast() as simulator:
        contract = Contract(simulator, folder)
        call = contract.call
        offers = [offer["id"] for offer in simulator.search()]
        plagues = (
            "none",
            "pull_fails",
            "cuda_mismatch",
            "dies",
            "host_lost",
            "not_started",
            "disk_full",
        )
        instances = []
        for offer, plague in zip(offers, plagues):
            simulator.control("faults", {"pod": "next", "fault": plague})
            instances.append(call("PUT", f"/api/v0/asks/{offer}/", ORDER).json["new_contract"])
        body = {"template_hash_id": "5a1d94c2e07b4f6f8c3350b2a9d8e714", "label": ""}
        instances.append(call("PUT", f"/api/v0/asks/{offers[20]}/", body).json["new_contract"])
        for seconds in (0, 1, 3, 8, 20, 60, 120, 600, 4000):
            simulator.advance(seconds)
            for instance in instances:
                same(call("GET", f"/api/v0/instances/{instance}/").status, 200)
            for method, path, body in READS:
                call(method, path, body)
            call("GET", "/api/v0/users/spend-rate/")
        first = instances[0]
        for state in ("stopped", "stopped", "running", "stopped"):
            same(call("PUT", f"/api/v0/instances/{first}/", {"state": state}).status, 200)
            simulator.advance(2)
            call("GET", f"/api/v0/instances/{first}/")
        simulator.control("faults", {"pod": str(first), "fault": "host_full"})
        queued = call("PUT", f"/api/v0/instances/{first}/", {"state": "running"})
        same(queued.json["error"], "resources_unavailable")
        call("PUT", f"/api/v0/instances/{first}/", {"label": "renamed"})
        call("PUT", f"/api/v0/instances/reboot/{first}/", {})
        logs = f"/api/v0/instances/request_logs/{first}/"
        call("PUT", logs, {"tail": "10", "daemon_logs": "true"})
        call("PUT", logs, {})
        call("GET", f"/api/v0/instances/balance/{first}/")
        call("GET", "/api/v0/gpu_names/unique/")
        for instance in instances:
            same(call("DELETE", f"/api/v0/instances/{instance}/", {}).json, {"success": True})
            same(call("GET", f"/api/v0/instances/{instance}/").json, {"instances": None})
        call("GET", "/api/v0/charges/" + query_text({"select_filters": DAYS}))
        n, violations = contract.end()
        print(f"# {n} exchanges, {len(violations)} violations", flush=True)
        same(violations, [])
        expect(n > 200)


def refusals_hold_too():
    if reason := missing():
        return reason
    with temporary() as folder, Vast(intervals=True) as simulator:
        contract = Contract(simulator, folder)
        call = contract.call
        offers = [offer["id"] for offer in simulator.search()]
        instance = simulator.rent(offers[0])
        simulator.advance(60)
        writes = (
            ("PUT", f"/api/v0/asks/{offers[1]}/", ORDER),
            ("PUT", f"/api/v0/instances/{instance}/", {"state": "running"}),
            ("DELETE", f"/api/v0/instances/{instance}/", {}),
        )
        for key in (None, "wrong", "revoked-key", "expired-key"):
            for method, path, body in READS + writes:
                is_search = path == "/api/v0/bundles/"
                # Of these the document does not tell the refusals.
                if "/template/" in path or path == "/api/v0/instances/":
                    continue
                if is_search and key == "revoked-key":
                    continue
                simulator.advance(60)
                status = call(method, path, body, key=key).status
                expect(status in (401, 403, 404) or is_search, (method, path, key, status))
        for method, path, body in writes:
            simulator.advance(60)
            same(call(method, path, body, key="readonly-key").status, 403)
        for method, path, body in READS + writes:
            simulator.advance(60)
            call(method, path, body)
            if path != "/api/v0/instances/":
                same(call(method, path, body).status, 429, path)
        simulator.control("account", {"balance": 0})
        for path, body, status in (
            ("/api/v0/asks/1/", ORDER, 404),
            (f"/api/v0/asks/{offers[4]}/", ORDER, 400),
            (f"/api/v0/asks/{offers[5]}/", ORDER, 400),
            ("/api/v0/instances/1/", {"state": "running"}, 404),
            ("/api/v0/instances/reboot/1/", {}, 400),
            ("/api/v0/instances/request_logs/1/", {}, 404),
        ):
            simulator.advance(60)
            same(call("PUT", path, body).status, status, path)
        simulator.control("offers", {"offer": offers[6], "state": "busy"})
        simulator.control("account", {"balance": 5})
        simulator.advance(60)
        same(call("PUT", f"/api/v0/asks/{offers[6]}/", ORDER).status, 410)
        simulator.advance(60)
        kept = call("PUT", f"/api/v0/asks/{offers[6]}/", dict(ORDER, cancel_unavail=False)).json
        same((kept["success"], type(kept["new_contract"])), (False, int))
        n, violations = contract.end()
        print(f"# {n} exchanges, {len(violations)} violations", flush=True)
        same(violations, [])
        expect(n > 80)


def the_document_describes_what_is_refused():
    """Whatever the document forbids in an order is refused."""
    if reason := missing():
        return reason
    import jsonschema
    import yaml

    with open(SPEC, encoding="utf-8") as file:
        schema = yaml.safe_load(file)["components"]["schemas"]["CreateInstanceRequest"]
    check = jsonschema.Draft202012Validator(schema)
    chance = random.Random(5)
    values = (0, 7, 8, 60.5, "", "x", "running", "me", True, None, [], ["a"], [1])
    values += ({}, {"A": "b"}, {"A": 1})
    names = list(schema["properties"])
    n_refused = 0
    with Vast() as simulator:
        simulator.control("stock", {"gpu": "all", "availability": "HIGH"})
        simulator.control("account", {"balance": 100000})
        offer = simulator.offer()["id"]
        for _ in range(600):
            body = changed(ORDER)
            for _ in range(chance.randint(1, 2)):
                body[chance.choice(names)] = chance.choice(values)
            status = simulator.put(f"/api/v0/asks/{offer}/", body).status
            bare = {name: value for name, value in body.items() if value is not None}
            expect(status in (200, 400), status)
            if not check.is_valid(bare):
                same(status, 400, body)
                n_refused += 1
    print(f"# 600 orders, {n_refused} that the document forbids", flush=True)
    expect(n_refused > 200)


run(
    [
        every_answer_of_a_life_holds,
        refusals_hold_too,
        the_document_describes_what_is_refused,
    ]
)
