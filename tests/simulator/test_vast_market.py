# SPDX-License-Identifier: GPL-3.0-or-later
"""vast.ai's market: filters, order and pages are kept, an offer is had once, prices add up."""
import operator

from simulator import expect, run, same
from vast import ORDER, SEARCH, Vast, changed

COMPARE = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
    "in": lambda value, wanted: value in wanted,
    "notin": lambda value, wanted: value not in wanted,
}


def everything(simulator, **changes):
    """All offers that pass, by pages, and how many pages it took."""
    query = changed(SEARCH, **changes)
    found, pages, last = {}, 0, 0
    while True:
        page = simulator.search(query, dph_total={"gte": last})
        pages += 1
        fresh = [offer for offer in page if offer["id"] not in found]
        found.update((offer["id"], offer) for offer in fresh)
        expect(len(page) <= 64)
        same([o["dph_total"] for o in page], sorted(o["dph_total"] for o in page))
        if not fresh or len(page) < 64:
            return found, pages
        last = page[-1]["dph_total"]


# Drops every filter.
BARE = {name: None for name in SEARCH if name not in ("order", "type")}


def all_of_them(simulator):
    return everything(simulator, **BARE)[0]


def filters_do_what_they_say():
    with Vast() as simulator:
        offers = all_of_them(simulator)
        expect(300 < len(offers) < 420, len(offers))
        for column, filters in (
            ("num_gpus", {"eq": 2}),
            ("num_gpus", {"neq": 1}),
            ("gpu_ram", {"gte": 20000, "lt": 40000}),
            ("gpu_name", {"in": ["RTX 4090", "RTX 3090"]}),
            ("gpu_name", {"notin": ["RTX 4090"]}),
            ("gpu_name", {"eq": "RTX_4090"}),
            ("reliability", {"gt": 0.99}),
            ("reliability2", {"lte": 0.95}),
            ("cuda_max_good", {"gte": 13.0}),
            ("cuda_max_good", {"eq": 12.8}),
            ("inet_down", {"gte": 200}),
            ("cpu_arch", {"eq": "arm64"}),
            ("verification", {"eq": "deverified"}),
            ("machine_id", {"notin": [12000, 12005]}),
            ("duration", {"gte": 259200}),
            ("static_ip", {"eq": True}),
            ("direct_port_count", {"gte": 2}),
            ("hosting_type", {"eq": 1}),
            ("compute_cap", {"gte": 890}),
        ):
            got = everything(simulator, **dict(BARE, **{column: filters}))[0]
            want = {
                id
                for id, offer in offers.items()
                if all(COMPARE[o](offer[column], value) for o, value in filters.items())
            }
            same(set(got), want, (column, filters))
        verified = {o["id"] for o in offers.values() if o["verification"] == "verified"}
        same(set(everything(simulator, **dict(BARE, verified={"eq": True}))[0]), verified)
        dutch = simulator.search(changed(SEARCH, geolocation={"in": ["NL"]}))
        expect(dutch and all(o["geolocation"].endswith(", NL") for o in dutch))
        centers = simulator.search(changed(SEARCH, datacenter={"eq": True}))
        expect(centers and all(o["hosting_type"] == 1 for o in centers))
        same(simulator.search(rented={"eq": True}), [])
        same(simulator.search(id={"eq": simulator.offer()["id"]}), [], "as observed")
        one = simulator.offer()
        same(simulator.search(ask_contract_id={"eq": one["id"]}), [one])


def loose_answers_hold_what_nobody_asked_for():
    with Vast() as simulator:
        strict = {o["id"] for o in simulator.search()}
        simulator.odd(loose_filters=True)
        loose = everything(simulator)[0]
        expect(strict < set(loose))
        expect(any(o["num_gpus"] > 1 or o["cuda_max_good"] < 13 for o in loose.values()))


def an_answer_has_64_at_most():
    with Vast() as simulator:
        simulator.control("faults", {"offers": 2000})
        same(len(simulator.search(limit=1000)), 64)
        same(len(simulator.search(limit=3)), 3)
        same(len(simulator.search(limit=None)), 64)
        found, pages = everything(simulator)
        same((len(found), pages), (2000, 32))
        prices = [o["dph_total"] for o in found.values()]
        expect(len(set(prices)) < 2000, "some cost the same")
        simulator.control("faults", method="DELETE")
        expect(len(everything(simulator)[0]) < 200)


def order_goes_both_ways():
    with Vast() as simulator:
        up = simulator.search(order=[["dph_total", "asc"]])
        down = simulator.search(order=[["dph_total", "desc"]], limit=64)
        expect(up[0]["dph_total"] < down[0]["dph_total"])
        mixed = simulator.search(order=[["gpu_name", "asc"], ["dph_total", "desc"]])
        keys = [(o["gpu_name"], -o["dph_total"]) for o in mixed]
        same(keys, sorted(keys))


def prices_follow_the_disk():
    with Vast() as simulator:
        small = {o["id"]: o for o in simulator.search(allocated_storage=10)}
        large = {o["id"]: o for o in simulator.search(allocated_storage=90)}
        bare = {o["id"]: o for o in simulator.search(allocated_storage=None)}
        expect(len(small) > 10)
        for gb, offers in ((10, small), (90, large), (8, bare)):
            for offer in offers.values():
                disk = gb * offer["storage_cost"] / 720
                expect(abs(offer["storage_total_cost"] - disk) < 1e-9)
                expect(abs(offer["dph_total"] - offer["dph_base"] - disk) < 1e-9)
                same(offer["search"]["totalHour"], offer["dph_total"])
        cheap = simulator.search(allocated_storage=60)[0]
        same(cheap["dph_total"], simulator.instance(simulator.rent(cheap["id"]))["dph_total"])


def numbers_come_whole_or_not():
    with Vast() as simulator:
        kinds = {type(o["gpu_ram"]) for o in simulator.search()}
        same(kinds, {int, float})
        texts = [o["public_ipaddr"] for o in simulator.search()]
        expect(any(t != t.strip() for t in texts) and any(t == t.strip() for t in texts))


def an_offer_is_had_once():
    with Vast() as simulator:
        offer = simulator.offer()["id"]
        instance = simulator.rent(offer)
        answer = simulator.ask(offer)
        same((answer.status, answer.json["success"]), (404, False))
        expect("no_such_ask" in answer.json["msg"] and answer.json["ask_id"] == offer)
        expect(offer not in [o["id"] for o in simulator.search()])
        simulator.change(instance, state="stopped")
        expect(offer in [o["id"] for o in simulator.search()], "its GPU is free again")
        other = simulator.rent(offer, key="practice-other")
        queued = simulator.change(instance, state="running").json
        same((queued["success"], queued["error"]), (False, "resources_unavailable"))
        simulator.destroy(other, key="practice-other")
        same(simulator.state(instance)[2], "running", "its turn has come")
        same(simulator.ask(12345678).status, 404, "never was")
        both = {simulator.ask(o["id"] + 1).json["error"] for o in simulator.search()}
        expect(both <= {"no_such_ask", "invalid_args"})


def offers_go_between_list_and_click():
    with Vast() as simulator:
        offer = simulator.offer()["id"]
        simulator.control("offers", {"offer": offer, "state": "taken"})
        same(simulator.ask(offer).status, 404)
        simulator.control("offers", {"offer": offer, "state": "busy"})
        expect(offer in [o["id"] for o in simulator.search()], "shown all the same")
        answer = simulator.ask(offer)
        same((answer.status, answer.json["error"]), (410, "no_such_ask"))
        same(simulator.ledger()["open"], 0)
        kept = simulator.ask(offer, cancel_unavail=False)
        same((kept.status, kept.json["success"]), (200, False))
        instance = str(kept.json["new_contract"])
        same(simulator.state(instance), ("created", "stopped", "stopped"))
        ledger = simulator.ledger(instance)
        same((ledger["state"], len(ledger["intervals"])), ("stopped", 1))
        expect(ledger["rate_per_hour_micros"] > 0, "its disk costs")
        simulator.control("offers", {"offer": offer, "state": "free"})
        same(simulator.change(instance, state="running").json, {"success": True})
        simulator.wait_until(instance, "running")


def stock_can_be_set():
    with Vast() as simulator:
        offer = simulator.offer()["id"]
        simulator.control("stock", {"gpu": "all", "availability": "NONE"})
        same(simulator.search(), [])
        same(simulator.ask(offer).status, 404)
        simulator.control("stock", {"gpu": "all", "availability": "HIGH"})
        same([simulator.ask(offer).json["success"] for _ in range(3)], [True] * 3, "for ever")
        simulator.control("stock", {"gpu": "all", "availability": "NONE", "cloud": "MARKET"})
        gpu = simulator.get("/v2/catalog/gpus?include=AVAILABILITY&product=POD").json["gpus"]
        expect(gpu, "the other house goes on")
        same(simulator.post("/v2/pods", None).status, 415)


def others_come_and_go():
    with Vast() as simulator:
        first = {o["id"] for o in simulator.search()}
        simulator.advance(3600)
        second = {o["id"] for o in simulator.search()}
        expect(first != second and len(first & second) > len(first) / 2)
        with Vast() as again:
            same({o["id"] for o in again.search()}, first, "the same seed")
        with Vast(seed=2) as different:
            expect({o["id"] for o in different.search()} != first)


def no_money_no_machine():
    with Vast() as simulator:
        codes = set()
        for offer in simulator.search()[:8]:
            answer = simulator.ask(offer["id"], key="poor-key")
            same((answer.status, answer.json["success"]), (400, False))
            expect("credit" in answer.json["msg"] or "billing" in answer.json["msg"])
            codes.add(answer.json["error"])
        same(codes, {"insufficient_credit", "invalid_args"}, "both are documented")
        same(simulator.ledger()["open"], 0)
        simulator.control("account", {"balance": 0.01, "provider": "vast"})
        same(simulator.ask(simulator.offer()["id"]).json["success"], True, "a cent will do")


def a_full_disk_is_no_offer():
    with Vast() as simulator:
        offer = min(simulator.search(disk_space=None), key=lambda o: o["disk_space"])
        too_much = simulator.ask(offer["id"], disk=offer["disk_space"] + 1)
        same((too_much.status, too_much.json["error"]), (400, "invalid_args"))
        instance = simulator.rent(offer["id"], disk=offer["disk_space"])
        simulator.advance(60)
        one = simulator.instance(instance)
        same(one["status_msg"], "docker_build() error writing dockerfile", "no room for the image")
        same(one["actual_status"], "created")


def a_template_may_decide():
    newest = "5a1d94c2e07b4f6f8c3350b2a9d8e714"
    with Vast() as simulator:
        offers = simulator.search()
        body = {"template_hash_id": newest, "label": "x", "env": {"-p 9000:9000": "1"}}
        answer = simulator.put(f"/api/v0/asks/{offers[0]['id']}/", body)
        one = simulator.instance(answer.json["new_contract"])
        same(one["image_uuid"], "aclysia/sd-comfyui-krita:v1.50.0")
        same((one["template_hash_id"], one["image_runtype"]), (newest, "ssh"))
        same(one["disk_space"], 60)
        same(
            sorted(one["extra_env"]),
            [["-p 3001:3001", "1"], ["-p 9000:9000", "1"], ["JUPYTER_PASSWORD", "painter"]],
        )
        body = dict(ORDER, template_hash_id=newest, disk=33)
        answer = simulator.put(f"/api/v0/asks/{offers[1]['id']}/", body)
        one = simulator.instance(answer.json["new_contract"])
        same((one["image_uuid"], one["disk_space"]), (ORDER["image"], 33), "the request wins")


run(
    [
        filters_do_what_they_say,
        loose_answers_hold_what_nobody_asked_for,
        an_answer_has_64_at_most,
        order_goes_both_ways,
        prices_follow_the_disk,
        numbers_come_whole_or_not,
        an_offer_is_had_once,
        offers_go_between_list_and_click,
        stock_can_be_set,
        others_come_and_go,
        no_money_no_machine,
        a_full_disk_is_no_offer,
        a_template_may_decide,
    ]
)
