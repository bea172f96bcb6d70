# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator against the provider's published contract, where that document is at hand.

    test_contract.py SIMULATOR SHARED

Every answer is held against it by a recording proxy; and the simulator's idea of a good body must
be that of the document.
Skipped without the document or without Debian's python3-jsonschema and python3-yaml.
"""
import copy
import json
import os
import random
import signal
import subprocess
import sys

from simulator import EventStream, Simulator, expect, order, quote, run, same, temporary

SHARED = sys.argv[2]
SPEC = os.path.join(SHARED, "openapi", "runpod-v2.json")
STOCK = "/v2/catalog/gpus?include=AVAILABILITY&product=POD"
PROXY = os.path.join(SHARED, "tools", "contract.py")


def missing():
    if not os.path.exists(SPEC) or not os.path.exists(PROXY):
        return "the contract is not at hand"
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


def all_good_calls(contract, simulator):
    """Each route, each state of a pod, each refusal that a correct client meets."""
    call = contract.call
    pod = call("POST", "/v2/pods", order()).json["id"]
    others = [
        call(
            "POST",
            "/v2/pods",
            order(
                cloud="SECURE",
                name=f"easel-{i:08x}",
                ports=["3001/http", "22/tcp"],
                dataCenterIds=[],
                env={"A": "b"},
                cmd=["/start.sh", "--sdxl"],
            ),
        ).json["id"]
        for i in range(6)
    ]
    for step in (0, 1, 3, 8, 12, 20, 40, 600):
        simulator.advance(step)
        call("GET", f"/v2/pods/{pod}")
        call("GET", "/v2/pods?limit=3")
    cursor = call("GET", "/v2/pods?limit=3").json["pagination"]["nextCursor"]
    call("GET", f"/v2/pods?limit=3&cursor={cursor}&includeClusterPods=false")
    for action in ("stop", "stop", "restart", "start", "start", "restart", "stop"):
        call("POST", f"/v2/pods/{pod}/action", {"action": action})
        call("GET", f"/v2/pods/{pod}")
    call("PATCH", f"/v2/pods/{pod}", {"name": "renamed", "locked": True})
    call("DELETE", f"/v2/pods/{pod}")
    call("PATCH", f"/v2/pods/{pod}", {"locked": False})
    for path in (
        "/v2/catalog/gpus",
        STOCK + "&count=1&cloud=SECURE&minCudaVersion=13.0",
        STOCK + "&count=1&cloud=COMMUNITY&minCudaVersion=13.0",
        STOCK + ",SERVERLESS&countryCodes=RO,US&cudaVersions=12.8,13.0",
        "/v2/catalog/gpus/" + quote("NVIDIA GeForce RTX 4090"),
        "/v2/catalog/gpus/nothing",
        "/v2/catalog/gpus?include=AVAILABILITY",
        "/v2/catalog/gpus/"
        + quote("AMD Instinct MI300X OAM")
        + "?include=AVAILABILITY&product=POD",
        "/v2/catalog/datacenters",
        "/v2/catalog/datacenters?include=GPU_AVAILABILITY&regions=EUROPE",
        "/v2/catalog/templates",
        "/v2/catalog/templates?source=verified",
        "/v2/catalog/templates?source=community",
        "/v2/templates",
        "/v2/templates/8myumeqonw",
        "/v2/templates/nosuch",
        "/v2/pods/nosuch",
        "/v2/account/ssh-keys",
        "/v2/network-volumes",
        "/v2/billing",
        "/v2/billing?bucketSize=hour&lastN=5",
        "/v2/billing/pods?bucketSize=hour&lastN=24",
        f"/v2/billing/pods?podId={others[0]}&bucketSize=day&lastN=2",
        "/v2/billing/pods?startTime=2026-11-01T00:00:00Z&endTime=2026-11-20T00:00:00Z",
    ):
        call("GET", path)
        call("GET", path, key=None)
    for body in (
        order(gpu={"id": "NVIDIA GeForce RTX 9999", "count": 1}),
        order(dataCenterIds=["EU-RO-1"]),
        order(templateId="nosuch"),
        order(gpu={"id": "NVIDIA GeForce RTX 3090", "count": 1, "allowedCudaVersions": ["12.8"]}),
        order(templateId=None),
        order(args="bash -c 'exec /start.sh --sdxl'"),
        order(startJupyter=True, startSsh=True, registry=None),
    ):
        for key in ("practice-key", "poor-key", "readonly-key", "wrong"):
            call("POST", "/v2/pods", body, key=key)
    call("POST", "/v2/pods", order(env={"A": "x" * 120000}))
    for route, outcome in (
        ("list", "429retry"),
        ("get", "500"),
        ("delete", "503"),
        ("create", "410"),
        ("action", "409"),
        ("logs", "403"),
    ):
        simulator.fault(route=route, outcome=outcome)
    for ask in (
        ("GET", "/v2/pods"),
        ("GET", f"/v2/pods/{others[0]}"),
        ("DELETE", f"/v2/pods/{others[0]}"),
        ("POST", "/v2/pods", order()),
        ("POST", f"/v2/pods/{others[0]}/action", {"action": "stop"}),
        ("GET", f"/v2/pods/{others[0]}/logs?tail=5"),
    ):
        call(*ask)
    simulator.fault(gpus=500)
    call("GET", "/v2/catalog/gpus?include=AVAILABILITY&product=POD")
    for made in others:
        call("DELETE", f"/v2/pods/{made}")
        call("DELETE", f"/v2/pods/{made}")
    call("POST", f"/v2/pods/{pod}/action", {"action": "terminate"})


def every_answer_holds_against_the_contract():
    if reason := missing():
        return reason
    with temporary() as folder, Simulator() as simulator:
        contract = Contract(simulator, folder)
        all_good_calls(contract, simulator)
        n_exchanges, violations = contract.end()
        expect(n_exchanges > 130, n_exchanges)
        same(violations, [])
        print(f"# {n_exchanges} exchanges, {len(violations)} violations")


def answers_to_bad_requests_hold_too():
    if reason := missing():
        return reason
    with temporary() as folder, Simulator() as simulator:
        contract = Contract(simulator, folder)
        for body in (order(nonsense=1), order(name=7), order(gpu=[]), [], "text"):
            same(contract.call("POST", "/v2/pods", body).status, 422)
        contract.call("POST", "/v2/pods", raw=b"{", headers={"Content-Type": "application/json"})
        contract.call("GET", "/v2/pods?limit=x")
        violations = [v for v in contract.end()[1] if v["kind"] != "request"]
        same(violations, [])


def spoil(value, chance):
    """One random change somewhere in a body."""
    places = []

    def walk(node, path):
        places.append(path)
        items = (
            node.items()
            if isinstance(node, dict)
            else enumerate(node)
            if isinstance(node, list)
            else ()
        )
        for key, child in items:
            walk(child, path + [key])

    walk(value, [])
    path = chance.choice(places[1:])
    parent = value
    for key in path[:-1]:
        parent = parent[key]
    kind = chance.randrange(4)
    if kind == 0 and isinstance(parent, dict):
        del parent[path[-1]]
    elif kind == 1 and isinstance(parent, dict):
        parent[
            chance.choice(["extra", "gpuTypeIds", "locked", "cmd", "entrypoint", "cpu"])
        ] = chance.choice([1, "x", [], ["a"], {}, None])
    else:
        parent[path[-1]] = chance.choice(
            [
                0,
                1,
                -5,
                2.5,
                3.0,
                "",
                "13.0",
                "13",
                "SECURE",
                None,
                True,
                [],
                ["12.8"],
                [1],
                {},
                {"A": "b"},
                {"size": 40, "path": "/w"},
            ]
        )
    return value


def strictness_is_that_of_the_contract():
    if reason := missing():
        return reason
    import jsonschema

    with open(SPEC, encoding="utf-8") as file:
        spec = json.load(file)
    chance = random.Random(11)
    bodies = {
        "CreatePodRequest": order(
            env={"A": "b"}, dataCenterIds=["EU-RO-1"], args="/start.sh --sdxl"
        ),
        "UpdatePodRequest": {
            "name": "n",
            "locked": True,
            "env": {"A": "b"},
            "ports": ["1/tcp"],
            "disk": 3,
            "mounts": {"persistent": {"size": 20, "path": "/w"}},
        },
        "PodActionRequest": {"action": "stop"},
    }
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        calls = {
            "CreatePodRequest": ("POST", "/v2/pods"),
            "UpdatePodRequest": ("PATCH", f"/v2/pods/{pod}"),
            "PodActionRequest": ("POST", f"/v2/pods/{pod}/action"),
        }
        n_refused = 0
        for name, body in bodies.items():
            schema = {"$ref": f"#/components/schemas/{name}"}
            check = jsonschema.Draft202012Validator(
                schema, resolver=jsonschema.RefResolver.from_schema(spec)
            )
            for _ in range(400):
                variant = spoil(copy.deepcopy(body), chance)
                if variant and chance.random() < 0.3:
                    variant = spoil(variant, chance)
                is_good = check.is_valid(variant)
                status = simulator.call(*calls[name], variant).status
                same(status != 422, is_good, (name, variant, status))
                expect(status < 500, status)
                n_refused += not is_good
        print(f"# 1200 bodies, {n_refused} refused by both")


def the_proxy_passes_logs_on():
    if reason := missing():
        return reason
    with temporary() as folder, Simulator() as simulator:
        pod = simulator.rent()["id"]
        simulator.make_ready(pod)
        contract = Contract(simulator, folder)
        behind = type("Behind", (), {"port": contract.port})
        with EventStream(behind, f"/v2/pods/{pod}/logs?tail=5000&source=container") as stream:
            stream.until("To see the GUI")
        simulator.delete(pod)
        same(contract.end()[1], [])


run(
    [
        every_answer_holds_against_the_contract,
        answers_to_bad_requests_hold_too,
        strictness_is_that_of_the_contract,
        the_proxy_passes_logs_on,
    ]
)
