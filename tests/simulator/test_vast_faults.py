# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad days at vast.ai on request: every outcome on every route, worded as vast.ai does."""
import http.client
import time

from simulator import expect, run, same
from vast import ORDER, SEARCH, Vast, query_text

DAYS = {"day": {"gte": 1, "lte": 9999999999}}
# What a status becomes there, and what the body calls it.
REFUSALS = {
    "400capacity": (400, "invalid_args"),
    "400": (400, "invalid_args"),
    "spend_limit": (400, "spend_rate_limit"),
    "401": (401, "auth_error"),
    "402": (400, "insufficient_credit"),
    "403": (403, "not_authorized"),
    "404": (404, None),
    "409": (409, "error"),
    "410": (410, None),
    "422": (422, "error"),
    "500": (500, "error"),
    "500effect": (500, "error"),
    "503": (503, "error"),
}
EFFECTIVE = ("ok", "truncated", "huge", "wrong_types", "500effect", "reset", "short", "empty_list")
OUTCOMES = tuple(REFUSALS) + EFFECTIVE[:4] + (
    "html200",
    "403edge",
    "429",
    "429retry",
    "502",
    "524",
    "reset",
    "reset_noeffect",
    "short",
    "empty_list",
)


def calls(simulator, instance):
    """Route by route what a client asks."""
    return {
        "account": ("GET", "/api/v0/users/current/", None),
        "spend": ("GET", "/api/v0/users/spend-rate/", None),
        "catalog": ("POST", "/api/v0/bundles/", SEARCH),
        "templates": ("GET", "/api/v0/template/", None),
        "create": ("PUT", f"/api/v0/asks/{simulator.offer()['id']}/", ORDER),
        "get": ("GET", f"/api/v0/instances/{instance}/", None),
        "list": ("GET", "/api/v1/instances/", None),
        "action": ("PUT", f"/api/v0/instances/{instance}/", {"label": "new"}),
        "logs": ("PUT", f"/api/v0/instances/request_logs/{instance}/", {}),
        "billing": ("GET", "/api/v0/charges/" + query_text({"select_filters": DAYS}), None),
        "delete": ("DELETE", f"/api/v0/instances/{instance}/", {}),
    }


def every_route_has_every_outcome():
    n_cells = 0
    with Vast() as simulator:
        simulator.control("account", {"balance": 1000})
        simulator.control("stock", {"gpu": "all", "availability": "HIGH"})
        for outcome in OUTCOMES:
            instance = simulator.rent()
            for route, (method, path, body) in calls(simulator, instance).items():
                before = simulator.ledger()["open"]
                simulator.fault(route=route, outcome=outcome, seconds=3)
                try:
                    answer = simulator.call(method, path, body)
                except (http.client.HTTPException, ConnectionError):
                    answer = None
                cell = (route, outcome)
                same(answer is None, outcome in ("reset", "reset_noeffect", "short"), cell)
                if outcome in REFUSALS:
                    status, error = REFUSALS[outcome]
                    same((answer.status, answer.json["success"]), (status, False), cell)
                    expect(error is None or answer.json["error"] == error, answer.json)
                    expect(answer.json["error"] != "auth_error" or outcome == "401")
                if outcome.startswith("429"):
                    same((answer.status, answer.kind), (429, "text/plain"))
                    same(answer.headers.get("Retry-After"), "3" if outcome == "429retry" else None)
                change = simulator.ledger()["open"] - before
                effect = outcome in EFFECTIVE
                same(change, {"create": 1, "delete": -1}.get(route, 0) * effect, cell)
                same(simulator.control("faults")["pending"], 0, "each only once")
                n_cells += 1
            simulator.destroy(instance)
    print(f"# {n_cells} cells", flush=True)
    same(n_cells, len(OUTCOMES) * 11)


def words_fit_the_route():
    with Vast() as simulator:
        instance = simulator.rent()
        for route, outcome, error in (
            ("create", "404", "no_such_ask"),
            ("create", "410", "no_such_ask"),
            ("get", "404", "no_such_instance"),
            ("delete", "404", "no_such_instance"),
            ("list", "410", "deprecated_endpoint"),
        ):
            simulator.fault(route=route, outcome=outcome)
            method, path, body = calls(simulator, instance)[route]
            same(simulator.call(method, path, body).json["error"], error, (route, outcome))
        simulator.fault(route="create", outcome="400capacity")
        expect("no_such_ask" in simulator.ask(simulator.offer()["id"]).json["msg"])


def details_choose_a_fault():
    with Vast() as simulator:
        instance = simulator.rent()
        simulator.wait_until(instance, "running")
        simulator.fault(route="stop", outcome="503")
        same(simulator.change(instance, label="x").status, 200)
        same(simulator.change(instance, state="running").status, 200)
        same(simulator.change(instance, state="stopped").status, 503)
        same(simulator.change(instance, state="stopped").status, 200)
        simulator.fault(route="start", outcome="500effect")
        same(simulator.change(instance, state="running").status, 500)
        same(simulator.state(instance)[2], "running")
        simulator.fault(route="restart", outcome="503")
        same(simulator.put(f"/api/v0/instances/reboot/{instance}/", {}).status, 503)
        gpu = simulator.ledger(instance)["gpu"]
        simulator.fault(route="create", outcome="410", gpu=gpu, times=-1)
        seen = {simulator.ask(o["id"]).status for o in simulator.search() if "NVIDIA" in gpu}
        same(seen, {200, 410}, "only of this GPU")


def empty_lists_are_told_as_such():
    with Vast() as simulator:
        instance = simulator.rent()
        for route, want in (
            ("catalog", {"offers": []}),
            ("templates", {"success": False, "msg": "No templates found"}),
            ("get", {"instances": None}),
        ):
            method, path, body = calls(simulator, instance)[route]
            simulator.fault(route=route, outcome="empty_list")
            same(simulator.call(method, path, body).json, want, route)
        simulator.fault(route="list", outcome="empty_list")
        same(simulator.list().json["instances"], [])
        same(len(simulator.list().json["instances"]), 1)


def silence_may_take_effect():
    for outcome, effect in (("timeout", 0), ("timeout_effect", 1)):
        with Vast() as simulator:
            offer = simulator.offer()["id"]
            simulator.fault(route="create", outcome=outcome)
            begin = time.monotonic()
            try:
                simulator.put(f"/api/v0/asks/{offer}/", ORDER, timeout=1)
                raise AssertionError("answered")
            except TimeoutError:
                expect(time.monotonic() - begin > 0.9)
            same(simulator.ledger()["open"], effect, outcome)
            label = {"label": {"eq": ORDER["label"]}}
            same(len(simulator.list(select_filters=label).json["instances"]), effect)


def the_log_keeps_no_key():
    with Vast() as simulator:
        simulator.rent()
        simulator.get("/api/v0/users/current/")
        log = simulator.control("requests")
        expect("practice-key" not in str(log))
        same((log["leaks"], log["counts"]["create"], log["counts"]["account"]), (0, 1, 1))
        simulator.get("/api/v0/users/current/?api_key=practice-key")
        same(simulator.control("requests")["leaks"], 1)
        expect("practice-key" not in str(simulator.control("requests")))


run(
    [
        every_route_has_every_outcome,
        words_fit_the_route,
        details_choose_a_fault,
        empty_lists_are_told_as_such,
        silence_may_take_effect,
        the_log_keeps_no_key,
    ]
)
