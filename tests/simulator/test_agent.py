# SPDX-License-Identifier: GPL-3.0-or-later
"""The stand-in for the agent: who may come in, what it tells, and that it ends the pod."""
import hashlib
import json

from agent import (
    ADMIN,
    ADMIN_PATH,
    COMMAND,
    HELPER,
    HOUR,
    MINUTE,
    PAINT,
    Agent,
    ended,
    environment,
    rent,
    sign,
)
from simulator import Simulator, WebSocket, expect, run, same, temporary
from vast import Vast


def strangers_get_nothing():
    with Simulator() as simulator:
        pod = rent(simulator)
        for path in (
            "/",
            "/ws",
            "/system_stats",
            "/README.md",
            f"/{PAINT}",
            f"/{PAINT}x/prompt",
            f"/x/{PAINT}/prompt",
            f"//{PAINT}/prompt",
            f"/{PAINT.upper()}/prompt",
            f"/{ADMIN_PATH}",
            f"/{ADMIN}/status",
            "/.../..;/prompt",
        ):
            answer = pod.raw("GET", path)
            same((answer.status, b"ComfyUI" in answer.body), (404, False), path)
        same(pod.raw("POST", "/prompt", raw=b"{}").status, 404)
        with WebSocket(f"{pod.id}-3001.localhost", simulator.port, "/ws?clientId=a") as web_socket:
            same(web_socket.status, 404)


def the_secret_path_leads_to_comfyui():
    with Simulator() as simulator:
        pod = rent(simulator)
        same(pod.paint("/system_stats").json["devices"][0]["type"], "cuda")
        expect(b"ComfyUI" in pod.paint("/").body)
        with pod.connect() as web_socket:
            same(web_socket.is_open, True)
            same(web_socket.text()["type"], "status")


def only_signed_requests_are_heard():
    with Simulator() as simulator:
        pod = rent(simulator)
        good = pod.ask("GET", "status", counter=5)
        same((good.status, good.is_signed), (200, True))
        hashed = hashlib.sha256(b"").hexdigest()

        def headers(method, route, counter, body=hashed):
            return {"X-Easel": f"{counter} " + sign(f"{method} {route} {counter}\n{body}")}

        for name, head in {
            "absent": {},
            "replayed": headers("GET", "status", 5),
            "older": headers("GET", "status", 4),
            "other route": headers("GET", "models", 9),
            "other method": headers("POST", "status", 9),
            "other body": headers("GET", "status", 9, hashlib.sha256(b"x").hexdigest()),
            "no counter": {"X-Easel": sign("GET status 9")},
            "negative": headers("GET", "status", -9),
            "half": {"X-Easel": headers("GET", "status", 9)["X-Easel"][:-1]},
            "more": {"X-Easel": headers("GET", "status", 9)["X-Easel"] + " x"},
        }.items():
            answer = pod.raw("GET", f"/{ADMIN_PATH}/status", headers=head)
            signature = answer.headers.get("X-Easel")
            same((answer.status, answer.body, signature), (403, b"", None), name)
        same(pod.ask("GET", "status", counter=6).status, 200)
        same(pod.ask("GET", "models?x=1", counter=6).status, 200, "a counter of its own")
        same(pod.ask("GET", "nonsense", counter=7).status, 404)
        same(pod.ask("POST", "extend", b"[]", counter=8).status, 400)
        same(pod.ask("POST", "extend", b'{"hard":-1}', counter=9).status, 400)


def the_status_has_its_form():
    with Simulator() as simulator:
        pod = rent(simulator, ready=False)
        same(pod.raw("GET", f"/{ADMIN_PATH}/status").status, 502, "no container yet")
        simulator.make_ready(pod.id)
        status = pod.status
        same(
            list(status),
            "v phase armed protected action end ending end_error connected ever since_generated "
            "pictures busy uptime helper transfers error".split(),
        )
        same(
            [status[k] for k in ("v", "phase", "armed", "protected", "action", "helper")],
            [1, "ready", "proven", True, "delete", True],
        )
        same((status["connected"], status["ever"], status["since_generated"]), (0, False, None))
        left = status["end"]
        same([k for k, v in left.items() if v is None], ["closed", "idle", "boot"])
        expect(0 < left["hard"] < 4 * HOUR and 0 < left["never"] <= HOUR, left)
        same(left["cap"] - left["hard"], 8 * HOUR)
        simulator.control(f"pods/{pod.id}/generate", {"seconds": 10})
        same(pod.status["busy"], True)
        simulator.advance(40)
        status = pod.status
        same((status["busy"], status["pictures"], status["since_generated"]), (False, 1, 30))
        same(simulator.truth(pod.id)["agent"]["pictures"], 1, "told from outside too")


def the_start_is_told_by_bytes():
    with Simulator() as simulator:
        pod = rent(simulator, ready=False)
        now = simulator.control("clock")["now_ms"]
        simulator.advance((simulator.truth(pod.id)["container_ms"] - now) / 1000 + 30)
        same(pod.status["phase"], "loading")
        first = pod.get("progress?log=0")
        sizes = {f["name"]: f["size"] for f in first["files"]}
        expect("RealVis (SDXL - Photography)" in sizes and min(sizes.values()) > 0, sizes)
        running = [f for f in first["files"] if f["state"] == "running"]
        expect(running and all(0 < f["have"] < f["size"] and f["speed"] > 0 for f in running))
        expect("Starting Nginx service" in first["log"]["text"])
        simulator.make_ready(pod.id)
        text, offset = "", first["log"]["next"]
        while True:
            log = pod.get(f"progress?log={offset}")["log"]
            same(log["from"], offset)
            if log["next"] == offset:
                break
            text, offset = text + log["text"], log["next"]
        expect("To see the GUI go to" in text and "Starting Nginx" not in text)
        last = pod.get("progress")
        same({f["state"] for f in last["files"]}, {"done"})
        expect(0 < last["disk"]["free"] < last["disk"]["total"])
        same(last["gpu"]["name"], "NVIDIA GeForce RTX 3090")
        same(pod.ask("GET", "progress?log=x").status, 400)


def the_hard_end_is_kept_with_nobody_there():
    with Simulator() as simulator:
        pod = rent(simulator, never=30 * HOUR)
        simulator.advance(30 * HOUR)
        state, seconds = ended(simulator, pod)
        expect(state == "deleted" and abs(seconds - 4 * HOUR) <= 1, seconds)
        pod = rent(simulator, action="s", never=30 * HOUR)
        simulator.advance(30 * HOUR)
        same(ended(simulator, pod), ("stopped", None))
        same(simulator.ledger(pod.id)["intervals"][0]["to_ms"] is not None, True)


def nobody_ever_came():
    with Simulator() as simulator:
        pod = rent(simulator)
        begin = simulator.ledger(pod.id)["created_ms"]
        ready = (simulator.truth(pod.id)["ready_ms"] - begin) // 1000
        simulator.advance(10 * HOUR)
        same(ended(simulator, pod), ("deleted", ready + HOUR))


def an_open_krita_is_not_idle_for_fifty_minutes():
    with Simulator() as simulator:
        pod = rent(simulator)
        with pod.connect():
            pod.until_connected(1)
            same((pod.status["connected"], pod.left["never"]), (1, None))
            simulator.advance(50 * MINUTE)
            same(pod.left["idle"], 10 * MINUTE)
            simulator.control(f"pods/{pod.id}/generate", {"seconds": 60})
            simulator.advance(50 * MINUTE)
            same((pod.left["idle"], pod.status["pictures"]), (11 * MINUTE, 1))
            simulator.advance(12 * MINUTE)
            same(ended(simulator, pod)[0], "deleted")


def a_closed_krita_ends_it():
    with Simulator() as simulator:
        pod = rent(simulator)
        with pod.connect():
            pod.until_connected(1)
        pod.until_connected(0)
        same((pod.left["closed"], pod.left["idle"]), (20 * MINUTE, None))
        simulator.advance(19 * MINUTE)
        with pod.connect():
            pod.until_connected(1)
        pod.until_connected(0)
        simulator.advance(19 * MINUTE)
        same(pod.left["closed"], MINUTE)
        simulator.advance(2 * MINUTE)
        same(ended(simulator, pod)[0], "deleted")


def a_start_that_fails_ends():
    with Simulator() as simulator:
        simulator.fault(pod="next", fault="comfy_never_up")
        pod = rent(simulator, ready=False)
        simulator.advance(30 * MINUTE)
        same((pod.status["phase"], pod.left["never"]), ("failed", None))
        simulator.advance(HOUR)
        state, seconds = ended(simulator, pod)
        expect(state == "deleted" and 45 * MINUTE <= seconds <= 47 * MINUTE, seconds)


def bytes_that_grow_hold_the_boot_rule_back():
    with Simulator() as simulator:
        simulator.fault(pod="next", fault="slow")
        pod = rent(simulator, ready=False, boot=600)
        simulator.advance(20 * MINUTE)
        same((pod.status["phase"], ended(simulator, pod)[0]), ("loading", "running"))


def extending_stays_within_the_cap():
    with Simulator() as simulator:
        pod = rent(simulator)
        answer = pod.ask("POST", "extend", b'{"hard": 18000, "never": 86400}')
        same((answer.status, answer.is_signed), (200, True))
        same((answer.json["end"]["hard"], answer.json["end"]["never"] > 5 * HOUR), (18000, True))
        cap = answer.json["end"]["cap"]
        same(pod.ask("POST", "extend", b'{"hard": 99999999}').json["end"]["hard"], cap)
        same(pod.ask("POST", "extend", b'{"hard": 600}').json["end"]["hard"], 600)
        simulator.advance(700)
        same(ended(simulator, pod)[0], "deleted")


def a_crash_keeps_the_limits_and_a_resume_gets_fresh_ones():
    with Simulator() as simulator:
        pod = rent(simulator, action="s", never=30 * HOUR)
        pod.ask("POST", "extend", b'{"hard": 3600}')
        simulator.control(f"pods/{pod.id}/agent", {"event": "crash"})
        same(pod.raw("GET", f"/{ADMIN_PATH}/status").status, 502)
        same(pod.paint("/system_stats").status, 200, "painting goes on")
        simulator.advance(10)
        same(pod.left["hard"], 3590)
        simulator.act(pod.id, "restart")
        simulator.make_ready(pod.id)
        expect(pod.left["hard"] < 3590, "a new container is a crash too")
        pod.counter = 100
        simulator.advance(HOUR)
        same(ended(simulator, pod)[0], "stopped")
        simulator.act(pod.id, "start")
        simulator.make_ready(pod.id)
        expect(3.5 * HOUR < pod.left["hard"] <= 4 * HOUR, pod.left)


def a_refused_end_is_told_and_tried_again():
    with Simulator() as simulator:
        simulator.fault(pod="next", fault="key_no_write")
        pod = rent(simulator)
        same(pod.status["armed"], "likely")
        pod.ask("POST", "extend", b'{"hard": 60}')
        simulator.advance(120)
        status = pod.status
        same((status["phase"], status["ending"]), ("ending", "hard"))
        expect("403" in status["end_error"])
        simulator.advance(HOUR)
        same(ended(simulator, pod)[0], "running")
        simulator.fault(pod=pod.id, fault="none")
        simulator.advance(301)
        same(ended(simulator, pod)[0], "deleted")
        simulator.fault(pod="next", faults=["key_no_write", "key_no_read"])
        same(rent(simulator).status["armed"], "no")


def agents_fail_in_many_ways():
    with Simulator() as simulator:
        simulator.fault(pod="next", fault="agent_absent")
        pod = rent(simulator)
        same((pod.raw("GET", "/system_stats").status, pod.paint().status), (200, 404))
        same(simulator.truth(pod.id)["agent"], None)
        simulator.advance(5 * HOUR)
        same(ended(simulator, pod)[0], "running", "nobody ends it")

        simulator.fault(pod="next", fault="agent_open")
        pod = rent(simulator)
        same(pod.raw("GET", "/system_stats").status, 200)
        same(pod.raw("GET", f"/{ADMIN_PATH}/status").status, 404)
        same(simulator.truth(pod.id)["agent"]["protected"], False)
        simulator.advance(5 * HOUR)
        same(ended(simulator, pod)[0], "deleted")

        pod = rent(simulator, never=HOUR * 8)
        simulator.fault(pod=pod.id, fault="agent_dead")
        same(pod.ask("GET", "status").status, 502)
        same(pod.raw("GET", "/system_stats").status, 404, "nginx stays as it is")
        simulator.advance(5 * HOUR)
        same(ended(simulator, pod)[0], "running")

        pod = rent(simulator)
        simulator.fault(pod=pod.id, fault="agent_forged")
        answer = pod.ask("GET", "status")
        same((answer.status, answer.is_signed), (200, False))
        simulator.fault(pod=pod.id, fault="agent_frozen")
        try:
            pod.ask("GET", "status", timeout=0.5)
            raise AssertionError("answered")
        except TimeoutError:
            pass
        simulator.advance(5 * HOUR)
        same(ended(simulator, pod)[0], "deleted")


def other_start_commands_run_open():
    with Simulator() as simulator:
        for changes in (
            {"cmd": ["/start.sh", "--sdxl"]},
            {"cmd": ["bash", "-c", "a", "b"]},
            {"env": {**environment(simulator), "EASEL_PAINT": "short"}},
            {"env": {**environment(simulator), "EASEL_LIMITS": "1:2:3"}},
            {"env": {**environment(simulator), "EASEL_LIMITS": "2:60:60:60:60:60:60:d:0"}},
            {"env": {**environment(simulator), "EASEL_LIMITS": "1:61:60:60:60:60:60:d:0"}},
            {"env": {**environment(simulator), "EASEL_LIMITS": "1:60:60:60:60:60:60:x:0"}},
        ):
            order = {"cmd": ["bash", "-c", "/start.sh --sdxl"], "env": environment(simulator)}
            pod = Agent(simulator, simulator.rent(**{**order, **changes})["id"])
            same(simulator.truth(pod.id)["agent"], None, changes)
            same(simulator.truth(pod.id)["own_end_ms"], None, changes)
    with Simulator("--agent", "none") as simulator:
        same(rent(simulator).raw("GET", "/system_stats").status, 200)


def restarts_of_the_simulator_change_nothing():
    with temporary() as folder:
        state = folder + "/state"
        with Simulator("--state", state) as simulator:
            pod = rent(simulator, never=30 * HOUR)
            pod.ask("POST", "extend", b'{"hard": 18000}')
        with Simulator("--state", state) as simulator:
            again = Agent(simulator, pod.id)
            same(again.left["hard"], 18000)
            simulator.advance(18001)
            same(ended(simulator, again)[0], "deleted")


def an_instance_gets_its_helper_later():
    with Vast() as simulator:
        env = {"-p 3001:3001": "1", **environment(simulator)}
        instance = simulator.rent(args=["-c", COMMAND[2]], onstart="/bin/bash", env=env)
        simulator.wait_until(instance, "running")
        simulator.make_ready(instance)
        pod = Agent(simulator, instance, simulator.door(instance))
        same(pod.raw("GET", "/system_stats").status, 404)
        same(pod.paint("/system_stats").status, 200)
        same((pod.status["helper"], pod.ask("GET", "models").status), (False, 404))
        wrong = pod.ask("PUT", "helper", HELPER + b"x")
        same((wrong.status, wrong.is_signed, wrong.json), (409, True, {"error": "hash"}))
        same(pod.ask("PUT", "helper", HELPER).json["helper"], True)
        same(pod.get("models")["jobs"], [])
        simulator.advance(5 * HOUR)
        same(simulator.ledger(instance)["state"], "deleted")
        rates = [i["rate_per_hour_micros"] for i in simulator.ledger(instance)["intervals"]]
        expect(all(i["to_ms"] for i in simulator.ledger(instance)["intervals"]), rates)


def no_log_holds_a_secret():
    with Simulator() as simulator:
        pod = rent(simulator)
        pod.paint("/system_stats")
        pod.ask("GET", "status")
        pod.ask(
            "POST",
            "models",
            json.dumps(
                {"url": "https://example.org/a.safetensors?token=tick-tock", "folder": "loras"}
            ).encode(),
        )
        log = str(simulator.control("requests"))
        for secret in (PAINT, ADMIN, ADMIN_PATH, "tick-tock"):
            expect(secret not in log, secret)
        expect("[paint]" in log and "[admin]" in log)
        same(simulator.control("requests")["leaks"], 0)
        pod.raw("GET", f"/{PAINT}/x?{ADMIN}")
        same(simulator.control("requests")["leaks"], 1, "the MAC's key has no business there")
        expect(ADMIN not in str(simulator.control("requests")))


run(
    [
        strangers_get_nothing,
        the_secret_path_leads_to_comfyui,
        only_signed_requests_are_heard,
        the_status_has_its_form,
        the_start_is_told_by_bytes,
        the_hard_end_is_kept_with_nobody_there,
        nobody_ever_came,
        an_open_krita_is_not_idle_for_fifty_minutes,
        a_closed_krita_ends_it,
        a_start_that_fails_ends,
        bytes_that_grow_hold_the_boot_rule_back,
        extending_stays_within_the_cap,
        a_crash_keeps_the_limits_and_a_resume_gets_fresh_ones,
        a_refused_end_is_told_and_tried_again,
        agents_fail_in_many_ways,
        other_start_commands_run_open,
        restarts_of_the_simulator_change_nothing,
        an_instance_gets_its_helper_later,
        no_log_holds_a_secret,
    ]
)
