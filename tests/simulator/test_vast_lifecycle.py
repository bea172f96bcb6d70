# SPDX-License-Identifier: GPL-3.0-or-later
"""An instance at vast.ai from the click to the end, and all the ways in which it goes wrong."""
import socket
import time

from simulator import Simulator, WebSocket, expect, run, same, temporary
from vast import IMAGE, MINUTE, Vast

# What differs from one moment to the next, and after a restart.
MOVING = {"ports", "direct_port_start", "direct_port_end"}
MOVING |= {"duration", "credit_balance", "uptime_mins"}


def connects(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
        return True
    except ConnectionRefusedError:
        return False


def an_instance_comes_up_in_order():
    with Vast() as simulator:
        instance = simulator.rent()
        first = simulator.instance(instance)
        for name in ("actual_status", "status_msg", "public_ipaddr"):
            same(first[name], None, name)
        same((first["label"], first["image_uuid"]), ("easel-0badcafe", IMAGE))
        same(first["image_runtype"], "args")
        same(first["extra_env"], [["-p 3001:3001", "1"], ["EASEL", "yes"]])
        same((first["direct_port_start"], first["disk_usage"]), (-1, -1))
        seen, messages = [None], set()
        while seen[-1] != "running":
            simulator.advance(2)
            one = simulator.instance(instance)
            same((one["intended_status"], one["cur_state"]), ("running", "running"))
            if one["actual_status"] != seen[-1]:
                seen.append(one["actual_status"])
            if one["actual_status"] == "loading":
                messages.add(one["status_msg"].strip())
                expect(not one.get("ports"), one.get("ports"))
                same(one["public_ipaddr"].strip(), "127.0.0.1", "known before the ports are")
        same([status for status in seen if status != "created"], [None, "loading", "running"])
        expect(len(messages) > 5 and all(": " in text for text in messages), messages)
        expect(one["status_msg"].startswith("success, running"))
        bindings = one["ports"]["3001/tcp"]
        same([b["HostIp"] for b in bindings], ["0.0.0.0", "::"])
        same(len({b["HostPort"] for b in bindings}), 1)
        expect(isinstance(bindings[0]["HostPort"], str) and one["uptime_mins"] >= 0)


def nobody_listens_before_the_container_runs():
    with Vast() as simulator:
        instance = simulator.rent()
        simulator.wait_until(instance, "running", step=1)
        door = simulator.door(instance)
        simulator.advance(2)
        page = simulator.call("GET", "/system_stats", key=None, port=door)
        same((page.status, page.kind), (200, "text/html"), "the misleading page")
        expect(b"Port Not Up Yet" in page.body)
        simulator.make_ready(instance)
        ready = simulator.call("GET", "/system_stats", key=None, port=door)
        expect(ready.json["devices"])
        with WebSocket("127.0.0.1", door, "/ws?clientId=x") as socket_:
            expect(socket_.is_open)
        simulator.change(instance, state="stopped")
        expect(not connects(door), "and nobody after it")
        same(simulator.truth(instance)["ports"], {})


def an_address_may_have_blanks_around_it():
    with Vast() as simulator:
        plain, odd = 0, 0
        for offer in simulator.search()[:8]:
            instance = simulator.rent(offer["id"])
            simulator.advance(10)
            address = simulator.instance(instance)["public_ipaddr"]
            same(address.strip(), "127.0.0.1")
            plain += address == address.strip()
            odd += address != address.strip()
        expect(plain and odd, (plain, odd))
        simulator.odd(blanks=True)
        same(simulator.instance(instance)["public_ipaddr"], " 127.0.0.1 \n")
        simulator.odd(blanks=False)
        same(simulator.instance(instance)["public_ipaddr"], "127.0.0.1")


def ports_may_be_missing_by_id():
    with Vast() as simulator:
        instance = simulator.rent()
        simulator.wait_until(instance, "running")
        simulator.odd(ports_by_id=False)
        expect("ports" not in simulator.instance(instance))
        found = simulator.list(select_filters={"id": {"eq": int(instance)}}).json["instances"]
        expect(found[0]["ports"]["3001/tcp"])
        simulator.control("faults", method="DELETE")
        expect("ports" in simulator.instance(instance))


def missing_ports_take_every_form():
    with Vast() as simulator:
        forms = set()
        for offer in simulator.search()[:12]:
            one = simulator.instance(simulator.rent(offer["id"]))
            forms.add("absent" if "ports" not in one else repr(one["ports"]))
        same(forms, {"absent", "None", "{}"})


def a_pause_keeps_the_disk_and_moves_the_address():
    with Vast() as simulator:
        instance = simulator.rent()
        simulator.wait_until(instance, "running")
        simulator.make_ready(instance)
        before = simulator.door(instance)
        n_loads = len(simulator.ledger(instance)["traffic"])
        expect(n_loads > 10)
        same(simulator.change(instance, state="stopped").json, {"success": True})
        same(simulator.state(instance), ("running", "stopped", "stopped"), "on its way down")
        simulator.advance(5)
        same(simulator.state(instance), ("exited", "stopped", "stopped"), "not “stopped”")
        same(simulator.change(instance, state="stopped").json, {"success": True}, "once more")
        simulator.advance(600)
        same(simulator.change(instance, state="running").json, {"success": True})
        same(simulator.state(instance), ("exited", "running", "running"), "as it was left")
        simulator.wait_until(instance, "running", step=2, limit=60)
        expect(simulator.door(instance) != before)
        simulator.advance(60)
        door = simulator.door(instance)
        ready = simulator.call("GET", "/system_stats", key=None, port=door)
        same(ready.kind, "application/json")
        same(len(simulator.ledger(instance)["traffic"]), n_loads, "nothing is fetched twice")


def a_start_may_wait_for_somebody():
    with Vast() as simulator:
        instance = simulator.rent()
        simulator.wait_until(instance, "running")
        simulator.change(instance, state="stopped")
        simulator.control("faults", {"pod": instance, "fault": "host_full"})
        answer = simulator.change(instance, state="running")
        same((answer.status, answer.json["success"]), (200, False))
        same(answer.json["error"], "resources_unavailable")
        simulator.advance(3600)
        same(simulator.state(instance), ("exited", "running", "stopped"))
        same(simulator.ledger(instance)["intervals"][-1]["gpu_rate_micros"], 0)
        same(simulator.change(instance, state="stopped").json, {"success": True}, "cancelled")
        simulator.control("faults", {"pod": instance, "fault": "none"})
        simulator.advance(3600)
        same(simulator.state(instance), ("exited", "stopped", "stopped"))
        simulator.control("faults", {"pod": instance, "fault": "host_full"})
        simulator.change(instance, state="running")
        simulator.control("faults", {"pod": instance, "fault": "none"})
        simulator.wait_until(instance, "running", limit=120)


def a_reboot_keeps_the_gpu():
    with Vast() as simulator:
        instance = simulator.rent()
        path = f"/api/v0/instances/reboot/{instance}/"
        simulator.wait_until(instance, "running")
        same(simulator.put(path, {}).json, {"success": True})
        same(simulator.state(instance), ("rebooting", "running", "running"))
        simulator.wait_until(instance, "running", step=1, limit=30)
        same(len(simulator.ledger(instance)["intervals"]), 2, "billed all the while")
        simulator.change(instance, state="stopped")
        answer = simulator.put(path, {})
        same((answer.status, answer.json["error"]), (200, "invalid_id"))
        same(simulator.put("/api/v0/instances/reboot/99/", {}).status, 400)


def what_is_gone_is_null():
    with Vast() as simulator:
        instance = simulator.rent()
        same(simulator.destroy(instance).json, {"success": True})
        same(simulator.instance(instance), None)
        same(simulator.instance("99"), None)
        same(simulator.destroy(instance).json["error"], "no_such_instance")
        same(simulator.list().json["instances"], [])
        same(simulator.ledger()["open"], 0)


def lists_come_in_pages():
    with Vast() as simulator:
        offers = [offer["id"] for offer in simulator.search()[:30]]
        rented = [simulator.rent(o, label=f"easel-{i:08x}") for i, o in enumerate(offers)]
        page = simulator.list()
        same(page.json["instances_found"], 25)
        same(page.json["total_instances"], 30)
        rest = simulator.list(after_token=page.json["next_token"])
        same(rest.json["next_token"], None)
        ids = [str(i["id"]) for i in page.json["instances"] + rest.json["instances"]]
        same(ids, rented)
        same(len(simulator.list(limit="100").json["instances"]), 25)
        same(len(simulator.list(limit="0").json["instances"]), 5)
        down = simulator.list(order_by=[{"col": "id", "dir": "desc"}], limit="10").json
        same([str(i["id"]) for i in down["instances"]], rented[::-1][:10])
        # What goes between two pages does not shift the others.
        third = simulator.list(limit="10").json
        simulator.destroy(rented[0])
        simulator.destroy(rented[9])
        then = simulator.list(limit="10", after_token=third["next_token"]).json
        same([str(i["id"]) for i in then["instances"]], rented[10:20])
        simulator.fault(page_size=1)
        same(len(simulator.list().json["instances"]), 1)
        found = simulator.list(select_filters={"label": {"eq": "easel-00000005"}}).json
        same([str(i["id"]) for i in found["instances"]], [rented[5]])
        same(found["label_counts"]["easel-00000005"], 1)
        columns = simulator.list(select_cols=["label", "nonsense"]).json["instances"][0]
        same(columns, {"id": int(rented[1]), "label": "easel-00000001", "nonsense": None})


def the_old_list_is_gone():
    with Vast() as simulator:
        answer = simulator.get("/api/v0/instances/")
        same((answer.status, answer.json["error"]), (410, "deprecated_endpoint"))


def lists_may_lag():
    with Vast() as simulator:
        simulator.fault(route="get", outcome="lag", seconds=5)
        simulator.fault(route="list", outcome="lag", seconds=60)
        instance = simulator.rent()
        same((simulator.instance(instance), simulator.list().json["instances"]), (None, []))
        simulator.advance(6)
        expect(simulator.instance(instance) is not None)
        simulator.advance(60)
        same(len(simulator.list().json["instances"]), 1)
        simulator.destroy(instance)
        expect(simulator.instance(instance) is not None)
        simulator.advance(6)
        same((simulator.instance(instance), len(simulator.list().json["instances"])), (None, 1))
        simulator.advance(60)
        same(simulator.list().json["instances"], [])


def a_wrong_tag_is_given_up():
    with Vast() as simulator:
        instance = simulator.rent(image="aclysia/sd-comfyui-krita:v9.99.0")
        simulator.advance(30)
        one = simulator.instance(instance)
        same((one["actual_status"], one["intended_status"]), ("loading", "running"))
        expect("manifest for aclysia/sd-comfyui-krita:v9.99.0 not found" in one["status_msg"])
        simulator.advance(6 * MINUTE)
        same(simulator.state(instance), ("loading", "running", "running"))
        simulator.advance(2 * MINUTE)
        same(simulator.state(instance), ("loading", "stopped", "stopped"), "vast.ai’s own doing")
        expect("manifest" in simulator.instance(instance)["status_msg"])
        ledger = simulator.ledger(instance)
        same([i["gpu_rate_micros"] for i in ledger["intervals"]], [0, 0])
        same((ledger["state"], ledger["traffic"]), ("stopped", []))


def plague(name, seconds=300):
    """The instance some time after its start with something wrong."""
    simulator = Vast()
    simulator.control("faults", {"pod": "next", "fault": name})
    instance = simulator.rent()
    simulator.advance(seconds)
    return simulator, instance


def failures_have_their_words():
    for name, status, words in (
        ("pull_fails", "loading", "unexpected EOF"),
        ("disk_full", "created", "docker_build() error writing dockerfile"),
        ("cuda_mismatch", "created", "OCI runtime create failed:"),
        ("dies", "exited", "exited"),
        ("host_lost", "offline", ""),
    ):
        with plague(name)[0] as simulator:
            one = simulator.list().json["instances"][0]
            same((one["actual_status"], one["intended_status"]), (status, "running"), name)
            expect(words in one["status_msg"], one["status_msg"])
            intervals = simulator.ledger(str(one["id"]))["intervals"]
            expect(name == "host_lost" or all(i["gpu_rate_micros"] == 0 for i in intervals))


def slow_and_stuck_look_the_same():
    words = []
    for name in ("pull_freezes", "never_up"):
        simulator, instance = plague(name, 30)
        with simulator:
            seen = set()
            for _ in range(12):
                one = simulator.instance(instance)
                same(one["actual_status"], "loading")
                seen.add(one["status_msg"])
                simulator.advance(MINUTE)
            same(len(seen), 1, "it stands still for many minutes")
            words.append(one["status_msg"].split(": ")[1])
            simulator.advance(20 * MINUTE)
            same(simulator.state(instance)[0], "running" if name == "pull_freezes" else "loading")
    same(words[0], words[1])


def an_order_may_fail_and_rent_all_the_same():
    with Vast() as simulator:
        simulator.control("faults", {"pod": "next", "fault": "not_started"})
        answer = simulator.ask(simulator.offer()["id"])
        same((answer.status, answer.json["success"]), (200, False))
        instance = str(answer.json["new_contract"])
        same(simulator.state(instance)[1:], ("stopped", "stopped"))
        expect(simulator.ledger(instance)["rate_per_hour_micros"] > 0)
        simulator.destroy(instance)
        same(simulator.ledger()["open"], 0)


def a_port_may_be_published_and_dead():
    simulator, instance = plague("unreachable", 1200)
    with simulator:
        door = simulator.door(instance)
        begin = time.monotonic()
        try:
            simulator.call("GET", "/system_stats", key=None, port=door, timeout=1)
            raise AssertionError("answered")
        except TimeoutError:
            expect(time.monotonic() - begin > 0.9)


def hosts_come_back():
    simulator, instance = plague("host_lost", 600)
    with simulator:
        same(simulator.ledger(instance)["rate_per_hour_micros"], 0, "not even the disk")
        simulator.control("faults", {"pod": instance, "fault": "none"})
        same(simulator.state(instance)[0], "running")
        expect(simulator.ledger(instance)["rate_per_hour_micros"] > 0)


def arguments_reach_the_container():
    with Vast() as simulator:
        offers = simulator.search()
        for index, (change, is_served) in enumerate(
            (
                ({"args": ["/start.sh", "--sd15"]}, True),
                ({"args": None}, True),
                ({"args": None, "args_str": "/start.sh --sd15"}, True),
                ({"onstart": "/bin/bash", "args": ["-c", "cd / && exec /start.sh --sd15"]}, True),
                ({"args": ["--recommended"]}, False),
                ({"runtype": "ssh", "args": None}, False),
                ({"runtype": "ssh_direct", "args": None, "onstart": "/start.sh --sd15"}, True),
            )
        ):
            instance = simulator.rent(offers[index]["id"], **change)
            simulator.advance(7200)
            simulator.wait_until(instance, "running")
            door = simulator.door(instance)
            answer = simulator.call("GET", "/system_stats", key=None, port=door)
            same(answer.kind == "application/json", is_served, change)


def logs_are_fetched_without_a_key():
    with Vast() as simulator:
        instance = simulator.rent()
        simulator.wait_until(instance, "running")
        simulator.make_ready(instance)
        path = f"/api/v0/instances/request_logs/{instance}/"

        def fetch(body, key=None):
            url = simulator.put(path, body).json["result_url"]
            expect(url.startswith(simulator.base + "/s3/"), url)
            place = url[len(simulator.base) :]
            first = simulator.get(place, key=None)
            same((first.status, first.kind), (403, "application/xml"), "not there yet")
            simulator.advance(3)
            return simulator.get(place, key=key)

        log = fetch({"tail": "1000"})
        same((log.status, log.kind), (200, "text/plain"))
        text = log.body.decode()
        expect("To see the GUI go to" in text and "Model download" in text)
        same(len(fetch({"tail": "5"}).body.decode().rstrip("\n").split("\n")), 5)
        expect("Pull complete" in fetch({"daemon_logs": "true"}).body.decode())
        only = fetch({"filter": "Starting", "tail": "1000"}).body.decode().splitlines()
        expect(only and all("Starting" in line for line in only))
        same(simulator.control("requests")["leaks"], 0)
        same(fetch({}, key="practice-key").status, 400)
        same(simulator.control("requests")["leaks"], 1, "a key went where none may go")
        same(simulator.put(path, {"tail": 5}).status, 400)
        missing = simulator.put("/api/v0/instances/request_logs/99/", {})
        same((missing.status, missing.json["error"]), (404, "invalid_id"))
        same(simulator.get("/s3/vast.ai/instance_logs/none.log", key=None).status, 403)


def contracts_end():
    with Vast() as simulator:
        offer = min(simulator.search(duration=None), key=lambda o: o["duration"])
        instance = simulator.rent(offer["id"])
        one = simulator.instance(instance)
        expect(abs(one["duration"] - offer["duration"]) < 1)
        simulator.control("account", {"balance": 10000})
        simulator.advance(offer["duration"] - 10)
        same(simulator.state(instance)[1], "running")
        simulator.advance(11)
        same(simulator.state(instance)[1:], ("stopped", "stopped"))
        answer = simulator.change(instance, state="running")
        same((answer.status, answer.json["error"]), (400, "invalid_args"))


def somebody_else_may_rent_and_end():
    with Vast() as simulator:
        offer = simulator.offer()["id"]
        order = {"image": IMAGE, "label": "by hand", "disk": 20}
        answer = simulator.call("POST", "/__/pods", {"offer": offer, "order": order}, key=None)
        same((answer.status, answer.json["success"]), (200, True))
        instance = str(answer.json["new_contract"])
        same(simulator.list().json["label_counts"], {"by hand": 1})
        simulator.control(f"pods/{instance}/stop", {})
        same(simulator.state(instance)[1], "stopped")
        simulator.control(f"pods/{instance}/delete", {})
        same(simulator.instance(instance), None)


def a_restart_of_the_simulator_changes_nothing():
    with temporary() as folder:
        state = folder + "/state"
        with Vast("--state", state) as simulator:
            offers = simulator.search()
            running = simulator.rent(offers[0]["id"])
            stopped = simulator.rent(offers[1]["id"])
            loading = simulator.rent(offers[2]["id"], image="aclysia/sd-comfyui-krita:v0.0.1")
            simulator.advance(400)
            simulator.change(stopped, state="stopped")
            simulator.advance(5)
            names = (running, stopped, loading)
            before = [simulator.instance(name) for name in names]
            ledger = simulator.ledger()
        with Vast("--state", state) as simulator:
            for name, old in zip(names, before):
                new = simulator.instance(name)
                for key in set(old) - MOVING:
                    same(new[key], old[key], key)
            same(simulator.ledger(), ledger)
            simulator.advance(300)
            same(simulator.state(loading)[1], "stopped", "what was due comes still")
            same(simulator.change(stopped, state="running").json, {"success": True})


def both_clouds_live_side_by_side():
    with Simulator(speed=0) as simulator:
        pod = simulator.rent()["id"]
        same(simulator.get("/api/v1/instances/").json["instances"], [])
        same(simulator.get(f"/api/v0/instances/{pod}/").status, 400)
        providers = {p["id"]: p["provider"] for p in simulator.control("pods")["pods"]}
        same(providers, {pod: "runpod"})
        with temporary() as folder:
            endpoints = folder + "/endpoints"
            with Vast("--endpoints-out", endpoints) as other:
                with open(endpoints, encoding="utf-8") as file:
                    expect(f"[vast]\napi={other.base}\n" in file.read())


run(
    [
        an_instance_comes_up_in_order,
        nobody_listens_before_the_container_runs,
        an_address_may_have_blanks_around_it,
        ports_may_be_missing_by_id,
        missing_ports_take_every_form,
        a_pause_keeps_the_disk_and_moves_the_address,
        a_start_may_wait_for_somebody,
        a_reboot_keeps_the_gpu,
        what_is_gone_is_null,
        lists_come_in_pages,
        the_old_list_is_gone,
        lists_may_lag,
        a_wrong_tag_is_given_up,
        failures_have_their_words,
        slow_and_stuck_look_the_same,
        an_order_may_fail_and_rent_all_the_same,
        a_port_may_be_published_and_dead,
        hosts_come_back,
        arguments_reach_the_container,
        logs_are_fetched_without_a_key,
        contracts_end,
        somebody_else_may_rent_and_end,
        a_restart_of_the_simulator_changes_nothing,
        both_clouds_live_side_by_side,
    ]
)
