# SPDX-License-Identifier: GPL-3.0-or-later
"""vast.ai takes what is documented and nothing else, and nobody may ask too often."""
import json

from simulator import expect, run, same
from vast import ORDER, SEARCH, Vast, changed, query_text


def rented(simulator):
    return simulator.ledger()["open"]


def keys_are_told_apart():
    with Vast() as simulator:
        for key, status, text in (
            (None, 403, "This action requires login."),
            ("wrong", 404, "Invalid user key"),
            ("", 403, "This action requires login."),
            ("revoked-key", 401, "Invalid user key"),
            ("expired-key", 404, "Session expired. Please log in again."),
        ):
            answer = simulator.get("/api/v0/users/current/", key=key)
            same((answer.status, answer.json["error"]), (status, "auth_error"), key)
            same(answer.json["msg"], text)
        for key in ("practice-key", "readonly-key", "poor-key"):
            same(simulator.get("/api/v0/users/current/", key=key).status, 200)
        same(simulator.get("/api/v0/users/current/").json["credit"], 25)
        same(simulator.get("/api/v0/users/current/", key="poor-key").json["credit"], 0)
        same(simulator.post("/api/v0/bundles/", SEARCH, key=None).status, 200, "offers are public")
        same(simulator.post("/api/v0/bundles/", SEARCH, key="wrong").status, 404)


def a_reader_may_only_read():
    with Vast() as simulator:
        instance = simulator.rent()
        offer = simulator.offer()["id"]
        own = simulator.get("/api/v0/users/current/").json["id"]
        same(simulator.get("/api/v0/users/current/", key="readonly-key").json["id"], own)
        for method, path, body in (
            ("PUT", f"/api/v0/asks/{offer}/", ORDER),
            ("PUT", f"/api/v0/instances/{instance}/", {"state": "stopped"}),
            ("DELETE", f"/api/v0/instances/{instance}/", {}),
        ):
            same(simulator.call(method, path, body, key="readonly-key").status, 403, path)
        path = f"/api/v0/instances/reboot/{instance}/"
        same(simulator.put(path, {}, key="readonly-key").status, 401)
        log = f"/api/v0/instances/request_logs/{instance}/"
        same(simulator.put(log, {}, key="readonly-key").status, 200, "reading in spite of PUT")
        same((rented(simulator), simulator.ledger(instance)["state"]), (1, "running"))


def houses_have_accounts_of_their_own():
    with Vast() as simulator:
        instance = simulator.rent()
        same(simulator.get("/v2/pods").json["pods"], [])
        same(simulator.get(f"/v2/pods/{instance}").status, 404)
        simulator.control("account", {"balance": 3, "provider": "vast"})
        same(simulator.get("/api/v0/users/current/").json["credit"], 3)
        balance = {"query": "query { myself { clientBalance } }"}
        same(simulator.post("/graphql", balance).json["data"]["myself"]["clientBalance"], 25)
        other = simulator.get(f"/api/v0/instances/{instance}/", key="practice-other")
        same((other.status, other.json), (200, {"instances": None}), "of somebody else")


def routes_end_in_a_slash():
    with Vast() as simulator:
        for path in ("v0/users/current", "v1/instances", "v0/nothing/", "v0/", ""):
            same(simulator.get("/api/" + path).status, 404, path)
        same(simulator.get("/api").status, 404)
        same(simulator.post("/api/v0/users/current/", {}).status, 405)
        same(simulator.get("/api/v0/bundles/").status, 405)
        same(simulator.post("/api/v0/asks/31000000/", ORDER).status, 405)


def unknown_parameters_are_refused():
    with Vast() as simulator:
        for path in ("users/current/", "users/spend-rate/", "instances/1/", "template/"):
            same(simulator.get(f"/api/v0/{path}?owner=me").status, 400, path)
        same(simulator.list(owner="me").status, 400)


def queries_must_be_well_formed():
    with Vast() as simulator:
        for change, part in (
            ({"gpu_name": "RTX 4090"}, "q.gpu_name: Input should be a valid dictionary"),
            ({"gpu_ram": {"atleast": 3}}, "q.gpu_ram"),
            ({"gpu_name": {"in": "RTX 4090"}}, "q.gpu_name.in"),
            ({"gpu_name": {"eq": ["RTX 4090"]}}, "q.gpu_name.eq"),
            ({"nonsense": {"eq": 1}}, "q.nonsense"),
            ({"order": "dph_total"}, "q.order"),
            ({"order": [["dph_total"]]}, "q.order"),
            ({"order": [["dph_total", "up"]]}, "q.order"),
            ({"order": [["nonsense", "asc"]]}, "q.order"),
            ({"type": "free"}, "q.type"),
            ({"limit": "64"}, "q.limit"),
            ({"allocated_storage": "60"}, "q.allocated_storage"),
        ):
            answer = simulator.post("/api/v0/bundles/", changed(SEARCH, **change))
            same((answer.status, answer.json["error"]), (400, "bad_request"), change)
            expect(answer.json["msg"].startswith(part), answer.json)
        for raw in (b"", b"[]", b"{", b'"x"'):
            answer = simulator.post(
                "/api/v0/bundles/", raw=raw, headers={"Content-Type": "application/json"}
            )
            same(answer.status, 400, raw)
        plain = simulator.post("/api/v0/bundles/", raw=json.dumps(SEARCH).encode())
        same(plain.status, 400, "no content type")


def bad_orders_rent_nothing():
    with Vast() as simulator:
        offer = simulator.offer()["id"]
        for change in (
            {"env": "-p 3001:3001"},
            {"env": {"A": 1}},
            {"env": {"A": "x" * 33000}},
            {"disk": 7.9},
            {"disk": "60"},
            {"image": None},
            {"image": "x" * 1025},
            {"template_hash_id": "f" * 32},
            {"label": "x" * 257},
            {"runtype": "docker"},
            {"args": "/start.sh"},
            {"args": ["x" * 4049]},
            {"args": ["x" * 3000], "onstart": "y" * 1100},
            {"target_state": "asleep"},
            {"cancel_unavail": "yes"},
            {"id": offer},
            {"gpu": 1},
            {"client_id": "you"},
        ):
            answer = simulator.ask(offer, **change)
            same((answer.status, answer.json["error"]), (400, "invalid_args"), change)
        same(simulator.put("/api/v0/asks/abc/", ORDER).status, 400)
        same(rented(simulator), 0)
        body = changed(ORDER, args=["x" * 4000], onstart="y" * 48, disk=8.5, client_id="me")
        body.update(price=None, image_login=None, volume_info=None, template_hash_id=None)
        same(simulator.put(f"/api/v0/asks/{offer}/", body).json["success"], True, "null is nothing")


def changes_are_one_at_a_time():
    with Vast() as simulator:
        instance = simulator.rent()
        both = {"state": "running", "label": "x"}
        for body in ({}, both, {"state": "paused"}, {"id": 3}, {"label": 3}):
            same(simulator.put(f"/api/v0/instances/{instance}/", body).status, 400, body)
        same(simulator.change(instance, label="x" * 1025).status, 400)
        same(simulator.change(instance, label="new name").json["success"], True)
        same(simulator.instance(instance)["label"], "new name")
        same(simulator.change("99", state="running").json["error"], "no_such_instance")
        same(simulator.change("abc", state="running").status, 400)
        same(simulator.get("/api/v0/instances/abc/").json["error"], "invalid_args")
        same(simulator.destroy("abc").status, 400)
        same(simulator.destroy("99").json["error"], "no_such_instance")


def lists_refuse_what_is_computed():
    with Vast() as simulator:
        simulator.rent()
        for column in ("dph_total", "num_gpus"):
            answer = simulator.list(select_filters={column: {"gte": 0}})
            same((answer.status, answer.json["error"]), (400, "invalid_request"))
        for parameters, error in (
            ({"after_token": "nonsense"}, "invalid_token"),
            ({"after_token": "e30="}, "invalid_token"),
            ({"order_by": "id"}, "invalid_request"),
            ({"order_by": [{"col": "nonsense"}]}, "invalid_request"),
            ({"select_cols": {"id": 1}}, "invalid_request"),
            ({"select_filters": [1]}, "invalid_request"),
            ({"select_filters": {"label": "x"}}, "invalid_request"),
            ({"limit": "many"}, "invalid_request"),
        ):
            answer = simulator.list(**parameters)
            same((answer.status, answer.json["error"]), (400, error), parameters)


def bills_need_a_time():
    with Vast() as simulator:
        for filters in ({}, {"day": {"gte": 1}}, {"day": {"lte": 1}}, {"day": 3}):
            path = "/api/v0/charges/" + query_text({"select_filters": filters})
            same(simulator.get(path).status, 400, filters)
        same(simulator.charges(limit="501").status, 400)
        same(simulator.charges(limit="0").status, 400)
        same(simulator.charges(after_token="nonsense").json["error"], "invalid_token")


def templates_are_found_by_columns():
    with Vast() as simulator:
        def find(**filters):
            return simulator.get("/api/v0/template/" + query_text({"select_filters": filters})).json

        name = "Stable Diffusion ComfyUI for Krita"
        author = find(creator_id={"eq": 87451}, name={"eq": name})
        same(author["templates_found"], 3)
        same({t["creator_id"] for t in author["templates"]}, {87451})
        newest = max(author["templates"], key=lambda t: (t["created_at"], t["id"]))
        same((newest["tag"], newest["recommended_disk_space"]), ("v1.50.0", 60))
        same(find(hash_id={"eq": newest["hash_id"]})["templates"], [newest])
        old = find(hash_id={"eq": "698aae540db7f987f5a8cbbdac7ad9b9"})["templates"][0]
        same(old["tag"], "v1.1.0")
        same(find(hash_id={"eq": "0" * 32}), {"success": False, "msg": "No templates found"})
        expect(len(find(name={"eq": name})["templates"]) == 4, "a namesake")
        same(len(find(recommended={"eq": True})["templates"]), 3)
        for filters in ({"readme": {"eq": "x"}}, {"name": "x"}):
            path = "/api/v0/template/" + query_text({"select_filters": filters})
            same(simulator.get(path).status, 400, filters)


def intervals_are_held_and_proven():
    with Vast(intervals=True) as simulator:
        offer = simulator.offer()["id"]
        calls = (
            (2.0, lambda: simulator.get("/api/v0/users/current/")),
            (2.0, lambda: simulator.get("/api/v0/users/spend-rate/")),
            (2.0, lambda: simulator.post("/api/v0/bundles/", SEARCH)),
            (3.0, lambda: simulator.get("/api/v0/template/")),
            (2.0, lambda: simulator.get("/api/v0/instances/1/")),
            (1.0, lambda: simulator.list()),
            (1.0, lambda: simulator.change("1", state="stopped")),
            (3.0, lambda: simulator.destroy("1")),
            (1.0, lambda: simulator.charges()),
        )
        simulator.advance(60)
        simulator.control("requests", method="DELETE")
        for seconds, call in calls:
            expect(call().status != 429)
            answer = call()
            same((answer.status, answer.headers.get("Retry-After")), (429, None), seconds)
            expect("too frequent" in answer.body.decode() and f"{seconds}" in answer.body.decode())
            simulator.advance(seconds - 0.001)
            same(call().status, 429, seconds)
            simulator.advance(0.001)
            expect(call().status != 429, seconds)
        log = simulator.control("requests")
        same((log["total"], log["too_soon"]), (4 * len(calls), 2 * len(calls)))
        for entry in log["requests"]:
            same(entry["too_soon"], entry["status"] == 429)
            # An answer of 429 does not let anybody wait longer, so it is counted from the last
            # that was taken; the log tells the time since any.
            expect(entry["since_ms"] is None or entry["since_ms"] >= 0)
            same(entry["caller"], 1)
        same(log["leaks"], 0)
        # The create has a penalty.
        same(simulator.ask(offer, disk=1).status, 400)
        same(simulator.ask(offer).status, 429)
        simulator.advance(5)
        same(simulator.ask(offer).status, 429)
        simulator.advance(11.9)
        same(simulator.ask(offer).status, 429)
        simulator.advance(12)
        same(simulator.ask(offer).json["success"], True)


def callers_do_not_hold_each_other_up():
    with Vast(intervals=True) as simulator:
        for key in ("practice-a", "practice-b", "readonly-a"):
            same(simulator.get("/api/v0/users/current/", key=key).status, 200)
        same(simulator.get("/api/v0/users/spend-rate/", key="practice-a").status, 200, "per route")
        callers = [r["caller"] for r in simulator.control("requests")["requests"]]
        same(callers, [1, 2, 3, 1])
        same(simulator.control("requests")["too_soon"], 0)


run(
    [
        keys_are_told_apart,
        a_reader_may_only_read,
        houses_have_accounts_of_their_own,
        routes_end_in_a_slash,
        unknown_parameters_are_refused,
        queries_must_be_well_formed,
        bad_orders_rent_nothing,
        changes_are_one_at_a_time,
        lists_refuse_what_is_computed,
        bills_need_a_time,
        templates_are_found_by_columns,
        intervals_are_held_and_proven,
        callers_do_not_hold_each_other_up,
    ]
)
