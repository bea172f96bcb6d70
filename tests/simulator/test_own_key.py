# SPDX-License-Identifier: GPL-3.0-or-later
"""What a pod may do with the key that the house puts into its environment, and how start commands
and environments are taken, kept and answered back."""
from simulator import ORDER, Simulator, expect, order, run, same
from vast import Vast

SECRETS = {"EASEL_PAINT": "p" * 26, "EASEL_ADMIN": "a" * 26}
COMMAND = ["bash", "-c", "echo abc|base64 -d|sh;/start.sh --sdxl"]


def own_key(simulator, pod):
    return simulator.truth(pod)["key"]


def the_key_gets_at_its_own_pod_only():
    with Simulator() as simulator:
        mine, other = simulator.rent()["id"], simulator.rent()["id"]
        key = own_key(simulator, mine)
        expect(key != own_key(simulator, other))
        same(simulator.get(f"/v2/pods/{mine}", key=key).status, 200)
        for method, path, body in (
            ("GET", f"/v2/pods/{other}", None),
            ("DELETE", f"/v2/pods/{other}", None),
            ("POST", f"/v2/pods/{other}/action", {"action": "stop"}),
            ("POST", f"/v2/pods/{other}/action", {"action": "terminate"}),
            ("POST", f"/v2/pods/{mine}/action", {"action": "restart"}),
            ("POST", f"/v2/pods/{mine}/action", {"action": "nonsense"}),
            ("PATCH", f"/v2/pods/{mine}", {"name": "x"}),
            ("GET", f"/v2/pods/{mine}/logs", None),
            ("GET", "/v2/pods", None),
            ("POST", "/v2/pods", ORDER),
            ("GET", "/v2/billing/pods", None),
            ("GET", "/v2/catalog/gpus", None),
            ("GET", "/v2/account/ssh-keys", None),
        ):
            same(simulator.call(method, path, body, key=key).status, 403, (method, path))
        same(simulator.get(f"/v2/pods/{mine}", key=key[:-1] + "g").status, 401)
        same(simulator.ledger()["running"], 2)


def the_right_shows_without_effect():
    with Simulator() as simulator:
        pod = simulator.rent()["id"]
        key = own_key(simulator, pod)
        before = simulator.ledger(pod)
        same(simulator.act(pod, "start", key=key).status, 409)
        same(simulator.ledger(pod), before)
        simulator.fault(pod=pod, fault="key_no_write")
        same(simulator.act(pod, "start", key=key).status, 403)


def a_pod_ends_itself():
    with Simulator() as simulator:
        for how in ("stop", "terminate", "DELETE"):
            pod = simulator.rent()["id"]
            key = own_key(simulator, pod)
            answer = (
                simulator.delete(pod, key=key)
                if how == "DELETE"
                else simulator.act(pod, how, key=key)
            )
            same(answer.status, {"stop": 200}.get(how, 204), how)
            same(simulator.ledger(pod)["state"], "stopped" if how == "stop" else "deleted")
            if how != "stop":
                same(simulator.get(f"/v2/pods/{pod}", key=key).status, 401, "the key went too")


def mutation(name, pod):
    tail = " { id desiredStatus }" if name == "podStop" else ""
    return {"query": f'mutation {{ {name}(input: {{podId: "{pod}"}}){tail} }}'}


def a_pod_ends_itself_by_graphql():
    with Simulator() as simulator:
        pod, other = simulator.rent()["id"], simulator.rent()["id"]
        key = own_key(simulator, pod)
        refused = simulator.post("/graphql", mutation("podTerminate", other), key=key).json
        expect("errors" in refused and "data" not in refused, refused)
        extra = mutation("podStop", pod)["query"].replace("})", ", a: 1})")
        for wrong in ("{ myself { id } }", extra):
            expect("errors" in simulator.post("/graphql", {"query": wrong}, key=key).json, wrong)
        expect("errors" in simulator.post("/graphql", mutation("podStop", pod), key=None).json)
        same(simulator.ledger()["running"], 2)
        same(
            simulator.post("/graphql", mutation("podStop", pod), key=key).json,
            {"data": {"podStop": {"id": pod, "desiredStatus": "EXITED"}}},
        )
        same(simulator.ledger(pod)["state"], "stopped")
        same(
            simulator.post("/graphql", mutation("podTerminate", pod), key=key).json,
            {"data": {"podTerminate": None}},
        )
        same(simulator.ledger(pod)["state"], "deleted")


def houses_refuse_on_request():
    with Simulator() as simulator:
        rights = {
            "key_no_stop": {"stop": 403, "start": 409, "read": 200},
            "key_no_write": {"stop": 403, "start": 403, "read": 200, "terminate": 403},
            "key_no_read": {"start": 409, "read": 403},
        }
        for fault, wants in rights.items():
            simulator.fault(pod="next", fault=fault)
            pod = simulator.rent()["id"]
            key = own_key(simulator, pod)
            for action, status in wants.items():
                answer = (
                    simulator.get(f"/v2/pods/{pod}", key=key)
                    if action == "read"
                    else simulator.act(pod, action, key=key)
                )
                same(answer.status, status, (fault, action))
            if fault != "key_no_read":
                answer = simulator.post("/graphql", mutation("podStop", pod), key=key)
                expect("errors" in answer.json, answer.body)
            same(simulator.act(pod, "stop").status, 200, "the account's key still may")


def an_instance_gets_at_itself_only():
    with Vast() as simulator:
        mine, other = simulator.rent(), simulator.rent()
        key = own_key(simulator, mine)
        path = f"/api/v0/instances/{mine}/"
        same(simulator.get(path, key=key).status, 200)
        same(simulator.put(path, {"state": "running"}, key=key).status, 200)
        for method, where, body in (
            ("GET", f"/api/v0/instances/{other}/", None),
            ("PUT", f"/api/v0/instances/{other}/", {"state": "stopped"}),
            ("DELETE", f"/api/v0/instances/{other}/", {}),
            ("PUT", path, {"label": "x"}),
            ("PUT", f"/api/v0/instances/reboot/{mine}/", {}),
            ("GET", "/api/v1/instances/", None),
            ("GET", "/api/v0/users/current/", None),
        ):
            same(simulator.call(method, where, body, key=key).status, 403, (method, where))
        simulator.fault(pod=mine, fault="key_no_stop")
        same(simulator.put(path, {"state": "stopped"}, key=key).status, 403)
        simulator.fault(pod=mine, fault="none")
        same(simulator.put(path, {"state": "stopped"}, key=key).status, 200)
        same(simulator.ledger(mine)["state"], "stopped")
        same(simulator.destroy(mine, key=key).status, 200)
        same(simulator.ledger(mine)["state"], "deleted")
        same(simulator.ledger(other)["state"], "running")


def the_key_comes_with_the_contract():
    with Vast() as simulator:
        answer = simulator.ask(simulator.offer()["id"]).json
        same(answer["instance_api_key"], own_key(simulator, str(answer["new_contract"])))


def start_commands_and_environments_are_answered_back():
    with Simulator() as simulator:
        pod = simulator.rent(cmd=COMMAND, env=SECRETS)
        same((pod["cmd"], pod["env"]), (COMMAND, SECRETS))
        read = simulator.get(f"/v2/pods/{pod['id']}").json
        same((read["cmd"], read["env"]), (COMMAND, SECRETS))
        expect("JUPYTER_PASSWORD" not in read["env"], "the template's Jupyter was declined")
        as_text = simulator.rent(args="bash -c 'a b; c'")
        same(as_text["cmd"], ["bash", "-c", "a b; c"])
        for wrong in ({"startSsh": "no"}, {"startJupyter": 0}, {"env": {"A": 1}}, {"cmd": "x"}):
            same(simulator.post("/v2/pods", order(**wrong)).status, 422, wrong)
        log = simulator.control("requests")
        expect("p" * 26 not in str(log) and "a" * 26 not in str(log), "secrets are not kept")
        expect("EASEL_LIMITS" not in str(log) and "[secret]" in str(log))


def start_commands_are_limited_and_told_by_the_market():
    with Vast() as simulator:
        text = "/start.sh --sdxl;" + "x" * (4048 - len("/start.sh --sdxl;-c/bin/bash"))
        asked = {"args": ["-c", text], "onstart": "/bin/bash"}
        one = simulator.instance(simulator.rent(env={"-p 3001:3001": "1", **SECRETS}, **asked))
        same((one["image_args"], one["onstart"]), (asked["args"], "/bin/bash"))
        same(one["image_runtype"], "args")
        same(dict(map(tuple, one["extra_env"])), {"-p 3001:3001": "1", **SECRETS})
        asked["args"] = ["-c", text + "x"]
        same(simulator.ask(simulator.offer()["id"], **asked).status, 400)
        expect("a" * 26 not in str(simulator.control("requests")))


def an_older_server_knows_no_cmd():
    with Simulator() as simulator:
        simulator.control("faults", {"runpod": {"knows_cmd": False}})
        answer = simulator.post("/v2/pods", order(cmd=COMMAND))
        same(answer.status, 422)
        expect("'cmd'" in answer.json["errors"][0], answer.body)
        same(simulator.ledger()["open"], 0)
        same(simulator.rent(args="bash -c 'x y'")["cmd"], ["bash", "-c", "x y"])
        simulator.control("faults", method="DELETE")
        same(simulator.rent(cmd=COMMAND)["cmd"], COMMAND)


def a_server_may_understand_something_else():
    with Simulator() as simulator:
        simulator.control("faults", {"runpod": {"misreads_cmd": True}})
        got = simulator.rent(cmd=COMMAND)
        expect(got["cmd"] != COMMAND and len(got["cmd"]) > 3, got["cmd"])
        same(simulator.get(f"/v2/pods/{got['id']}").json["cmd"], got["cmd"])
        same(simulator.rent(args="bash -c 'x y'")["cmd"], ["bash", "-c", "x y"])


run(
    [
        the_key_gets_at_its_own_pod_only,
        the_right_shows_without_effect,
        a_pod_ends_itself,
        a_pod_ends_itself_by_graphql,
        houses_refuse_on_request,
        an_instance_gets_at_itself_only,
        the_key_comes_with_the_contract,
        start_commands_and_environments_are_answered_back,
        start_commands_are_limited_and_told_by_the_market,
        an_older_server_knows_no_cmd,
        a_server_may_understand_something_else,
    ]
)
