# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad days on request: every outcome does what it says, and only as often as it was asked to."""
import http.client
import json
import socket
import time

from simulator import EventStream, Simulator, WebSocket, expect, order, run, same

PLAIN = {
    "400capacity": 400,
    "400": 400,
    "401": 401,
    "402": 402,
    "403": 403,
    "404": 404,
    "409": 409,
    "410": 410,
    "422": 422,
    "429": 429,
    "429retry": 429,
    "500": 500,
    "500effect": 500,
    "503": 503,
}
CREATES = {
    "ok",
    "truncated",
    "huge",
    "wrong_types",
    "500effect",
    "timeout_effect",
    "reset",
    "short",
}


def pods(simulator):
    return simulator.ledger()["open"]


def plain_outcomes_have_their_status_and_no_effect():
    with Simulator() as simulator:
        for outcome, status in PLAIN.items():
            before = pods(simulator)
            simulator.fault(route="create", outcome=outcome, seconds=7)
            answer = simulator.post("/v2/pods", order())
            same(
                (answer.status, answer.kind, answer.json["status"]),
                (status, "application/problem+json", status),
                outcome,
            )
            same(answer.headers.get("Retry-After"), "7" if outcome == "429retry" else None)
            same(pods(simulator) - before, 1 if outcome in CREATES else 0, outcome)
        simulator.fault(route="create", outcome="400capacity")
        expect("no longer any instances" in simulator.post("/v2/pods", order()).detail)
        simulator.fault(route="create", outcome="422")
        expect(simulator.post("/v2/pods", order()).json["errors"])
        same(simulator.post("/v2/pods", order()).status, 201, "each only once")


def pages_and_edge_blocks_are_no_json():
    with Simulator() as simulator:
        for outcome, status, kind in (
            ("html200", 200, "text/html"),
            ("403edge", 403, "text/plain"),
            ("502", 502, "text/html"),
            ("524", 524, "text/html"),
        ):
            simulator.fault(route="list", outcome=outcome)
            answer = simulator.get("/v2/pods")
            same((answer.status, answer.kind), (status, kind), outcome)


def spoiled_answers_take_effect():
    with Simulator() as simulator:
        simulator.fault(route="create", outcome="truncated")
        cut = simulator.post("/v2/pods", order())
        same((cut.status, pods(simulator)), (201, 1))
        try:
            cut.json
            raise AssertionError("whole")
        except ValueError:
            pass
        simulator.fault(route="create", outcome="huge")
        same(
            (len(simulator.post("/v2/pods", order()).body), pods(simulator)), (10 * 1024 * 1024, 2)
        )
        simulator.fault(route="list", outcome="wrong_types")
        twisted = simulator.get("/v2/pods").json
        expect(
            isinstance(twisted["pods"][0]["id"], float)
            and isinstance(twisted["pods"][0]["cost"], str)
        )
        simulator.fault(route="list", outcome="empty_list")
        same(
            (simulator.get("/v2/pods").json["pods"], len(simulator.get("/v2/pods").json["pods"])),
            ([], 2),
        )
        simulator.fault(route="catalog", outcome="empty_list")
        same(simulator.get("/v2/catalog/gpus").json, {"gpus": []})
        simulator.fault(route="create", outcome="500effect", effect=False)
        simulator.post("/v2/pods", order())
        same(pods(simulator), 2, "effect can be turned round")
        simulator.fault(route="list", outcome="delay", seconds=1)
        begin = time.monotonic()
        same(len(simulator.get("/v2/pods").json["pods"]), 2)
        expect(time.monotonic() - begin >= 0.9)


def raw_exchange(simulator, body, wait):
    """What arrives on the wire, and how it ends: 'end', 'reset' or 'silence'."""
    with socket.create_connection(("127.0.0.1", simulator.port), timeout=wait) as connection:
        connection.sendall(
            "POST /v2/pods HTTP/1.1\r\nHost: x\r\nUser-Agent: t\r\n"
            "Authorization: Bearer practice-key\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
        )
        data = b""
        try:
            while piece := connection.recv(65536):
                data += piece
            return data, "end"
        except ConnectionResetError:
            return data, "reset"
        except TimeoutError:
            return data, "silence"


def connections_break_and_stay_silent():
    body = json.dumps(order()).encode()
    with Simulator() as simulator:
        expected = {
            "reset": ("reset", 1),
            "reset_noeffect": ("reset", 0),
            "short": ("end", 1),
            "tls": ("end", 1),
            "timeout": ("silence", 0),
            "timeout_effect": ("silence", 1),
        }
        for outcome, (ending, created) in expected.items():
            before = pods(simulator)
            simulator.fault(route="create", outcome=outcome)
            data, how = raw_exchange(simulator, body, 1)
            same(how, ending, outcome)
            same(pods(simulator) - before, created, outcome)
            if outcome == "short":
                head, _, rest = data.partition(b"\r\n\r\n")
                length = int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0])
                expect(0 < len(rest) < length, len(rest), length)
            if outcome == "tls":
                expect(data and not data.startswith(b"HTTP"), data)
            if ending == "silence":
                same(data, b"")
        same(simulator.get("/v2/pods").status, 200, "the others go on")


def faults_find_their_route_gpu_and_turn():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        routes = {
            "list": lambda: simulator.get("/v2/pods"),
            "get": lambda: simulator.get(f"/v2/pods/{pod}"),
            "action": lambda: simulator.act(pod, "restart"),
            "stop": lambda: simulator.act(pod, "stop"),
            "start": lambda: simulator.act(pod, "start"),
            "catalog": lambda: simulator.get("/v2/catalog/gpus"),
            "templates": lambda: simulator.get("/v2/templates/8myumeqonw"),
            "logs": lambda: simulator.get(f"/v2/pods/{pod}/logs"),
            "graphql": lambda: simulator.post("/graphql", {"query": "{ myself { id } }"}),
            "billing": lambda: simulator.get("/v2/billing/pods"),
            "readiness": lambda: simulator.pod(pod, path="/system_stats"),
            "hub": lambda: simulator.get("/hub/v2/repositories/aclysia/sd-comfyui-krita/tags"),
            "delete": lambda: simulator.delete(pod),
        }
        for route, ask in routes.items():
            simulator.fault(route=route, outcome="503", times=1)
            same(ask().status, 503, route)
        simulator.fault(route="create", outcome="400capacity", gpu="NVIDIA RTX A5000", times=-1)
        same(
            simulator.post("/v2/pods", order(gpu={"id": "NVIDIA RTX A5000", "count": 1})).status,
            400,
        )
        same(simulator.post("/v2/pods", order()).status, 201)
        same(
            simulator.post("/v2/pods", order(gpu={"id": "NVIDIA RTX A5000", "count": 1})).status,
            400,
        )
        simulator.control("faults", method="DELETE")
        same(
            simulator.post("/v2/pods", order(gpu={"id": "NVIDIA RTX A5000", "count": 1})).status,
            201,
        )
        simulator.fault(route="list", outcome="500", skip=1, times=2)
        same([simulator.get("/v2/pods").status for _ in range(4)], [200, 500, 500, 200])
        simulator.fault(route="list", outcome="429retry", for_s=60)
        same(
            (simulator.get("/v2/pods").status, simulator.get("/v2/pods").headers["Retry-After"]),
            (429, "60"),
        )
        simulator.advance(45)
        same(simulator.get("/v2/pods").headers["Retry-After"], "15")
        simulator.advance(15)
        same(simulator.get("/v2/pods").status, 200)
        same(
            simulator.call(
                "POST", "/__/faults", {"route": "list", "outcome": "nonsense"}, key=None
            ).status,
            400,
        )
        same(
            simulator.call(
                "POST", "/__/faults", {"route": "nonsense", "outcome": "500"}, key=None
            ).status,
            400,
        )


def lists_lag_behind():
    with Simulator() as simulator:
        for route in ("list", "get", "delete"):
            simulator.fault(route=route, outcome="lag", seconds=60)
        pod = simulator.rent()["id"]
        same(
            (
                simulator.get("/v2/pods").json["pods"],
                simulator.get(f"/v2/pods/{pod}").status,
                simulator.delete(pod).status,
            ),
            ([], 404, 404),
        )
        same(simulator.ledger(pod)["state"], "running", "paid all the same")
        simulator.advance(60)
        same(
            (
                len(simulator.get("/v2/pods").json["pods"]),
                simulator.get(f"/v2/pods/{pod}").status,
                simulator.delete(pod).status,
            ),
            (1, 200, 204),
        )
        same(simulator.get("/v2/pods").json["pods"][0]["id"], pod, "still listed")
        same(simulator.ledger(pod)["state"], "deleted")
        simulator.advance(60)
        same(
            (simulator.get("/v2/pods").json["pods"], simulator.get(f"/v2/pods/{pod}").status),
            ([], 404),
        )


def sick_pods_show_their_sickness():
    def sick(simulator, *faults):
        simulator.fault(pod="next", faults=list(faults))
        return simulator.rent()["id"]

    with Simulator() as simulator:
        pod = sick(simulator, "cpu")
        simulator.make_ready(pod)
        same(simulator.pod(pod, path="/system_stats").json["devices"][0]["type"], "cpu")
        pod = sick(simulator, "missing_nodes")
        simulator.make_ready(pod)
        same(simulator.pod(pod, path="/object_info/INPAINT_ColorMatch").json, {})
        expect(simulator.pod(pod, path="/object_info/ETN_Translate").json)
        pod = sick(simulator, "no_websocket")
        simulator.make_ready(pod)
        with WebSocket(f"{pod}-3001.localhost", simulator.port, "/ws?clientId=a") as web_socket:
            same(web_socket.status, 400)
        pod = sick(simulator, "missing_models")
        simulator.make_ready(pod)
        expect(
            "OmniSR_X2_DIV2K.safetensors"
            not in simulator.pod(pod, path="/models/upscale_models").json
        )
        with EventStream(simulator, f"/v2/pods/{pod}/logs?tail=5000") as stream:
            lines = [d["line"] for _, d in stream.until("Container is READY!")]
            same(sum(line.startswith("Error downloading OmniSR") for line in lines), 5)
        simulator.fault(pod=pod, fault="none")
        simulator.act(pod, "restart")
        simulator.make_ready(pod)
        expect(
            "OmniSR_X2_DIV2K.safetensors" in simulator.pod(pod, path="/models/upscale_models").json,
            "a restart fetches what is missing",
        )
        for fault, words in (
            ("never_up", None),
            ("cuda_mismatch", "unsatisfied condition: cuda>=13.0"),
        ):
            pod = sick(simulator, fault)
            simulator.advance(1800)
            seen = simulator.get(f"/v2/pods/{pod}").json
            same((seen["status"], seen["runtime"]), ("RUNNING", None), fault)
            same(simulator.pod(pod, path="/system_stats").status, 502)
            if words:
                with EventStream(simulator, f"/v2/pods/{pod}/logs?source=system") as stream:
                    expect(words in stream.until("unsatisfied")[-1][1]["line"])
        pod = sick(simulator, "comfy_never_up")
        simulator.advance(36000)
        same(simulator.pod(pod, path="/system_stats").kind, "text/html")


def drivers_and_tags_decide_by_themselves():
    gpu = {"id": "NVIDIA GeForce RTX 3090", "count": 1}
    with Simulator("--image-tags", "v1.52.0,v1.50.0") as simulator:
        for cuda, image, works in (
            ("12.8", "v1.52.0", False),
            ("12.8", "v1.50.0", True),
            ("12.4", "v1.50.0", False),
            ("13.0", "v1.52.0", True),
            ("13.0", "v1.51.0", False),
        ):
            pod = simulator.rent(
                gpu=dict(gpu, allowedCudaVersions=[cuda]), image="aclysia/sd-comfyui-krita:" + image
            )
            same(pod["cudaVersion"], cuda)
            same(simulator.truth(pod["id"])["ready_ms"] is not None, works, (cuda, image))
        with EventStream(simulator, f"/v2/pods/{pod['id']}/logs?source=system") as stream:
            simulator.advance(60)
            stream.until("manifest for aclysia/sd-comfyui-krita:v1.51.0 not found")
        other = simulator.rent(templateId="30zmvf89kd", image=None, ports=["8888/http"])["id"]
        simulator.advance(7200)
        same(
            simulator.pod(other, path="/system_stats").status,
            404,
            "a foreign template without the port",
        )


def a_start_may_find_the_host_full_or_no_gpu():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        simulator.act(pod, "stop")
        simulator.fault(pod=pod, fault="host_full")
        refused = simulator.act(pod, "start")
        same(refused.status, 400)
        expect("not enough free GPUs on the host machine" in refused.detail)
        same(simulator.ledger(pod)["state"], "stopped")
        simulator.fault(pod=pod, fault="zero_gpu")
        started = simulator.act(pod, "start").json
        same(started["gpu"]["count"], 0)
        simulator.advance(3600)
        same(simulator.pod(pod, path="/system_stats").status, 502)
        simulator.act(pod, "stop")
        simulator.fault(pod=pod, fault="none")
        simulator.control(
            "stock",
            {"gpu": "NVIDIA GeForce RTX 3090", "cloud": "COMMUNITY", "availability": "NONE"},
        )
        same(simulator.act(pod, "start").status, 400)
        same(simulator.post("/v2/pods", order()).status, 400)
        simulator.control("stock", {"gpu": "all", "availability": "HIGH"})
        same(simulator.act(pod, "start").json["gpu"]["count"], 1)


def a_script_runs_by_itself():
    import os
    from simulator import temporary

    with temporary() as folder:
        path = os.path.join(folder, "script.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(
                [
                    {
                        "at_s": 120,
                        "post": "/__/faults",
                        "body": {"route": "list", "outcome": "500", "times": -1},
                    },
                    {
                        "at_s": 60,
                        "post": "/__/stock",
                        "body": {"gpu": "all", "availability": "NONE"},
                    },
                ],
                file,
            )
        with Simulator("--script", path) as simulator:
            same(simulator.post("/v2/pods", order()).status, 201)
            simulator.advance(61)
            deadline = time.monotonic() + 10
            while simulator.post("/v2/pods", order()).status != 400 and time.monotonic() < deadline:
                pass
            same(
                (simulator.post("/v2/pods", order()).status, simulator.get("/v2/pods").status),
                (400, 200),
            )
            simulator.advance(60)
            while simulator.get("/v2/pods").status != 500 and time.monotonic() < deadline:
                pass
            same(simulator.get("/v2/pods").status, 500)


def many_broken_clients_do_no_harm():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        for number in range(60):
            connection = http.client.HTTPConnection("127.0.0.1", simulator.port, timeout=5)
            connection.putrequest("GET", f"/v2/pods/{pod}/logs?tail=5000")
            connection.putheader("Authorization", "Bearer practice-key")
            connection.putheader("User-Agent", "t")
            connection.endheaders()
            if number % 2:
                connection.getresponse()
            connection.close()
        for text in (
            b"\x00\x01\x02\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: " + b"x" * 3000 + b"\r\n\r\n",
            b"GET",
        ):
            with socket.create_connection(("127.0.0.1", simulator.port), timeout=5) as connection:
                connection.sendall(text)
        simulator.advance(600)
        same(simulator.get("/v2/pods").status, 200)


def left_connections_are_closed():
    import os

    with Simulator() as simulator:
        descriptors = lambda: len(os.listdir(f"/proc/{simulator.process.pid}/fd"))
        before = descriptors()
        for _ in range(1200):
            simulator.get("/v2/pods")
        deadline = time.monotonic() + 10
        while descriptors() > before + 5 and time.monotonic() < deadline:
            simulator.get("/v2/pods")
            time.sleep(0.05)
        expect(descriptors() <= before + 5, before, descriptors())


run(
    [
        plain_outcomes_have_their_status_and_no_effect,
        pages_and_edge_blocks_are_no_json,
        spoiled_answers_take_effect,
        connections_break_and_stay_silent,
        faults_find_their_route_gpu_and_turn,
        lists_lag_behind,
        sick_pods_show_their_sickness,
        drivers_and_tags_decide_by_themselves,
        a_start_may_find_the_host_full_or_no_gpu,
        a_script_runs_by_itself,
        many_broken_clients_do_no_harm,
        left_connections_are_closed,
    ]
)
