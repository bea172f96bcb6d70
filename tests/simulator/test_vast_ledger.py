# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge at vast.ai: GPU, disk and traffic add up to the micro-dollar."""
import random

from simulator import HOUR_MS, amount, expect, order, run, same
from vast import DAY, Vast, query_text

IMAGE_MB = 4800


def traffic_amount(entries):
    return sum(entry["mb"] * entry["micros_per_gb"] // 1000 for entry in entries)


def check(ledger):
    """Everything that must hold of a ledger at any time."""
    for pod in ledger["pods"]:
        total = amount(pod["intervals"], ledger["now_ms"]) + traffic_amount(pod["traffic"])
        same(pod["total_micros"], total, pod["id"])
        same(pod["intervals"][0]["from_ms"], pod["created_ms"])
        for before, after in zip(pod["intervals"], pod["intervals"][1:]):
            same(before["to_ms"], after["from_ms"], "no gap, no overlap")
        for interval in pod["intervals"]:
            expect(interval["to_ms"] is None or interval["to_ms"] >= interval["from_ms"])
            same(
                interval["rate_per_hour_micros"],
                interval["gpu_rate_micros"] + interval["disk_rate_micros"],
            )
        for entry in pod["traffic"]:
            expect(pod["created_ms"] <= entry["at_ms"] <= ledger["now_ms"], entry)
            expect(pod["deleted_ms"] is None or entry["at_ms"] <= pod["deleted_ms"])
        times = [entry["at_ms"] for entry in pod["traffic"]]
        same(times, sorted(times))
        last = pod["intervals"][-1]
        same(last["to_ms"], pod["deleted_ms"])
        if pod["state"] != "running":
            expect(last["gpu_rate_micros"] == 0 or pod["state"] == "deleted")
    same(ledger["total_micros"], sum(p["total_micros"] for p in ledger["pods"]))
    same(ledger["open"], sum(p["deleted"] is None for p in ledger["pods"]))
    same(ledger["running"], sum(p["state"] == "running" for p in ledger["pods"]))


def rates(offer, disk=60):
    """GPU, disk and price of 1000 MB, as an offer tells them."""
    storage = round(offer["storage_cost"] * 1e6)
    gpu, down = offer["dph_base"], offer["inet_down_cost"]
    return round(gpu * 1e6), disk * storage // 720, round(down * 1e6)


def costly(simulator):
    """An offer that charges for traffic."""
    return next(o for o in simulator.search() if o["inet_down_cost"] > 0.005)


def loading_costs_the_disk_alone():
    with Vast() as simulator:
        offer = costly(simulator)
        gpu, disk, down = rates(offer)
        instance = simulator.rent(offer["id"])
        simulator.wait_until(instance, "running", step=1)
        simulator.advance(2 * 3600)
        ledger = simulator.control("ledger")
        check(ledger)
        entry = ledger["pods"][0]
        same(
            [(i["gpu_rate_micros"], i["disk_rate_micros"]) for i in entry["intervals"]],
            [(0, disk), (gpu, disk)],
        )
        up_ms = simulator.truth(instance)["container_ms"]
        same(entry["intervals"][1]["from_ms"], up_ms, "to the millisecond")
        loading_ms, running_ms = up_ms - entry["created_ms"], ledger["now_ms"] - up_ms
        expect(loading_ms > 30000)
        money = disk * loading_ms // HOUR_MS + (gpu + disk) * running_ms // HOUR_MS
        same(entry["total_micros"], money + traffic_amount(entry["traffic"]))
        same({t["micros_per_gb"] for t in entry["traffic"]}, {down})
        same(entry["traffic"][0]["mb"], IMAGE_MB, "the image first")
        expect(sum(t["mb"] for t in entry["traffic"]) > IMAGE_MB + 4000, "then the models")


def it_does_not_matter_how_often_one_looks():
    totals = []
    for step in (10, 90, 3600):
        with Vast() as simulator:
            instance = simulator.rent(costly(simulator)["id"])
            for _ in range(3600 // step):
                simulator.advance(step)
                simulator.instance(instance)
            ledger = simulator.control("ledger")
            check(ledger)
            pod = ledger["pods"][0]
            totals.append(
                (
                    pod["total_micros"],
                    [i["from_ms"] - pod["created_ms"] for i in pod["intervals"]],
                    [(t["at_ms"] - pod["created_ms"], t["mb"]) for t in pod["traffic"]],
                )
            )
    same(totals[0], totals[1])
    same(totals[0], totals[2])


def what_is_on_its_way_is_paid_in_part():
    with Vast() as simulator:
        offer = costly(simulator)
        instance = simulator.rent(offer["id"])
        simulator.advance(20)
        same(simulator.ledger(instance)["traffic"], [])
        simulator.destroy(instance)
        ledger = simulator.control("ledger")
        check(ledger)
        parts = ledger["pods"][0]["traffic"]
        same(len(parts), 1)
        expect(0 < parts[0]["mb"] < IMAGE_MB, parts)
        same(parts[0]["at_ms"], ledger["pods"][0]["deleted_ms"])
        simulator.advance(DAY)
        same(simulator.ledger()["total_micros"], ledger["total_micros"], "no more after it")


def a_pause_costs_the_disk():
    with Vast() as simulator:
        offer = costly(simulator)
        gpu, disk, _ = rates(offer)
        instance = simulator.rent(offer["id"])
        simulator.wait_until(instance, "running")
        simulator.change(instance, state="stopped")
        before = simulator.ledger(instance)["total_micros"]
        simulator.advance(10 * 3600)
        same(simulator.ledger(instance)["total_micros"], before + 10 * disk)
        simulator.change(instance, state="running")
        simulator.advance(3600)
        ledger = simulator.control("ledger")
        check(ledger)
        pattern = [i["gpu_rate_micros"] for i in ledger["pods"][0]["intervals"]]
        same(pattern, [0, gpu, 0, 0, gpu], "coming up again is free too")


def bills_are_the_ledgers():
    with Vast() as simulator:
        offers = simulator.search()
        first = simulator.rent(offers[0]["id"])
        second = simulator.rent(offers[1]["id"], disk=100)
        simulator.advance(30 * 3600 + 17)
        simulator.change(first, state="stopped")
        simulator.destroy(second)
        simulator.advance(50 * 3600 + 5)
        ledger = simulator.control("ledger")
        check(ledger)
        bill = simulator.charges().json
        same((bill["count"], bill["total"], bill["next_token"]), (2, 2, None))
        for row in bill["results"]:
            same(row["type"], "instance")
            total = simulator.ledger(row["source"].removeprefix("instance-"))["total_micros"]
            same(round(row["amount"] * 1e6), total)
            same(round(sum(i["amount"] for i in row["items"]) * 1e6), total)
            same([i["type"] for i in row["items"]], ["gpu", "disk", "bwd", "bwu"])
        account = simulator.get("/api/v0/users/current/").json
        same(round(account["credit"] * 1e6), 25000000 - ledger["total_micros"])
        rate = simulator.get("/api/v0/users/spend-rate/").json
        same(rate["gpu_cost_per_hour"], 0)
        same(round(rate["container_storage_cost_per_hour"] * 1e6), rates(offers[0])[1])
        same(rate["has_active_resources"], True)
        one = simulator.charges(limit="1").json
        same((len(one["results"]), one["total"]), (1, 2))
        rest = simulator.charges(limit="1", after_token=one["next_token"]).json
        sources = {row["source"] for row in one["results"] + rest["results"]}
        same(sources, {f"instance-{first}", f"instance-{second}"})
        mb = sum(t["mb"] for t in simulator.ledger(first)["traffic"])
        same(simulator.instance(first)["inet_down_billed"], mb)


def days_of_a_bill_add_up():
    with Vast() as simulator:
        instance = simulator.rent(costly(simulator)["id"])
        start = simulator.control("clock")["now_ms"] // 1000
        simulator.advance(3 * DAY + 1234)
        total = 0
        for day in range(-1, 4):
            filters = {"day": {"gte": start + day * DAY, "lte": start + (day + 1) * DAY - 1}}
            path = "/api/v0/charges/" + query_text({"select_filters": filters})
            rows = simulator.get(path).json["results"]
            total += sum(round(row["amount"] * 1e6) for row in rows)
        same(total, simulator.ledger(instance)["total_micros"])


def money_runs_out_and_the_disk_goes_on():
    with Vast() as simulator:
        simulator.control("account", {"balance": 100, "provider": "vast"})
        offer = costly(simulator)
        gpu, disk, _ = rates(offer)
        instance = simulator.rent(offer["id"])
        simulator.advance(3 * 3600)
        simulator.control("account", {"balance": (gpu + disk) * 2 / 1e6, "provider": "vast"})
        simulator.advance(2 * 3600 - 1)
        same(simulator.state(instance)[1], "running")
        simulator.advance(3600)
        ledger = simulator.control("ledger")
        check(ledger)
        entry = ledger["pods"][0]
        same((entry["state"], entry["out_of_credit"], entry["deleted"]), ("stopped", True, None))
        end = entry["intervals"][-1]["from_ms"]
        expect(abs(end - (ledger["now_ms"] - 3600 * 1000 + 1000)) < 2000, end)
        simulator.advance(10 * DAY)
        credit = simulator.get("/api/v0/users/current/").json["credit"]
        expect(credit < 0, "into the negative")
        answer = simulator.change(instance, state="running")
        same((answer.status, answer.json["error"]), (400, "missing_billing"))
        same(simulator.ask(simulator.offer(2)["id"]).status, 400)
        check(simulator.control("ledger"))


def traffic_alone_may_ruin():
    with Vast() as simulator:
        offer = costly(simulator)
        simulator.control("account", {"balance": 0.001, "provider": "vast"})
        instance = simulator.rent(offer["id"])
        simulator.advance(3600)
        ledger = simulator.control("ledger")
        check(ledger)
        entry = ledger["pods"][0]
        same((entry["state"], entry["out_of_credit"]), ("stopped", True))
        expect(simulator.state(instance)[1:] == ("stopped", "stopped"))


def a_queued_start_costs_when_it_comes():
    with Vast() as simulator:
        instance = simulator.rent()
        simulator.wait_until(instance, "running")
        simulator.change(instance, state="stopped")
        simulator.control("faults", {"pod": instance, "fault": "host_full"})
        simulator.change(instance, state="running")
        simulator.advance(5 * 3600)
        same(simulator.ledger(instance)["state"], "stopped")
        simulator.control("faults", {"pod": instance, "fault": "none"})
        simulator.advance(3600)
        ledger = simulator.control("ledger")
        check(ledger)
        expect(ledger["pods"][0]["intervals"][-1]["gpu_rate_micros"] > 0)


PLAGUES = ["none", "host_lost", "host_full", "slow", "pull_fails", "dies", "not_started"]


def random_step(simulator, chance, instances):
    """Something that somebody might do; returns whether something was rented."""
    step = chance.random()
    if step < 0.15:
        if chance.random() < 0.4:
            simulator.control("faults", {"pod": "next", "fault": chance.choice(PLAGUES)})
        offer = chance.choice(simulator.search() or [{"id": 1}])
        answer = simulator.ask(offer["id"], disk=chance.randint(8, 60))
        if answer.status == 200:
            instances.append(str(answer.json["new_contract"]))
            return True
    elif instances and step < 0.6:
        state = chance.choice(["running", "stopped"])
        simulator.change(chance.choice(instances), state=state)
    elif instances and step < 0.7:
        simulator.put(f"/api/v0/instances/reboot/{chance.choice(instances)}/", {})
    elif instances and step < 0.8:
        fault = {"pod": chance.choice(instances), "fault": chance.choice(PLAGUES)}
        simulator.control("faults", fault)
    elif step < 0.85:
        simulator.post("/v2/pods", order())
    elif instances and step < 0.95:
        simulator.destroy(instances.pop(chance.randrange(len(instances))))
    return False


def sums_hold_after_hundreds_of_random_steps():
    for seed in range(4):
        chance = random.Random(seed)
        with Vast() as simulator:
            simulator.control("account", {"balance": 40})
            instances, n_rented = [], 0
            for _ in range(150):
                simulator.advance(chance.choice([0.001, 0.777, 13, 100, 2000]) * chance.random())
                n_rented += random_step(simulator, chance, instances)
                if chance.random() < 0.1:
                    check(simulator.control("ledger"))
            check(simulator.control("ledger"))
            print(f"# seed {seed}: {n_rented} instances rented", flush=True)
            expect(n_rented > 8)
            account = simulator.get("/api/v0/users/current/").json
            pods = simulator.control("ledger")["pods"]
            spent = sum(p["total_micros"] for p in pods if p["account"] == str(account["id"]))
            same(round(account["credit"] * 1e6), 40000000 - spent)


run(
    [
        loading_costs_the_disk_alone,
        it_does_not_matter_how_often_one_looks,
        what_is_on_its_way_is_paid_in_part,
        a_pause_costs_the_disk,
        bills_are_the_ledgers,
        days_of_a_bill_add_up,
        money_runs_out_and_the_disk_goes_on,
        traffic_alone_may_ruin,
        a_queued_start_costs_when_it_comes,
        sums_hold_after_hundreds_of_random_steps,
    ]
)
