# SPDX-License-Identifier: GPL-3.0-or-later
"""The judge: money adds up to the micro-dollar, from creation to deletion."""
import random

from simulator import GOOD_KEY, HOUR_MS, Simulator, amount, expect, order, run, same

GPU_RATE = 220000
DISK_RATE = (30 + 40) * 100000 // 730
STOPPED_RATE = 40 * 200000 // 730


def check(ledger):
    """Everything that must hold of a ledger at any time."""
    for pod in ledger["pods"]:
        total = amount(pod["intervals"], ledger["now_ms"])
        same(pod["total_micros"], total, pod["id"])
        same(sum(i["micros"] for i in pod["intervals"]), total)
        same(pod["intervals"][0]["from_ms"], pod["created_ms"])
        for before, after in zip(pod["intervals"], pod["intervals"][1:]):
            same(before["to_ms"], after["from_ms"], "no gap, no overlap")
        for interval in pod["intervals"]:
            same(
                interval["rate_per_hour_micros"],
                interval["gpu_rate_micros"] + interval["disk_rate_micros"],
            )
        last = pod["intervals"][-1]
        if pod["deleted"] is None:
            same((last["to_ms"], pod["rate_per_hour_micros"]), (None, last["rate_per_hour_micros"]))
        else:
            same(
                (last["to_ms"], pod["rate_per_hour_micros"], pod["state"]),
                (pod["deleted_ms"], 0, "deleted"),
            )
    same(ledger["total_micros"], sum(p["total_micros"] for p in ledger["pods"]))
    same(ledger["open"], sum(p["deleted"] is None for p in ledger["pods"]))
    same(ledger["running"], sum(p["state"] == "running" for p in ledger["pods"]))


def one_pod_costs_what_its_rates_say():
    with Simulator() as simulator:
        pod = simulator.rent()
        same(pod["cost"], (GPU_RATE + DISK_RATE) / 1e6, "disk included")
        simulator.advance(3600)
        same(simulator.ledger(pod["id"])["total_micros"], GPU_RATE + DISK_RATE)
        simulator.act(pod["id"], "stop")
        simulator.advance(7200)
        same(simulator.ledger(pod["id"])["total_micros"], GPU_RATE + DISK_RATE + 2 * STOPPED_RATE)
        simulator.act(pod["id"], "start")
        simulator.advance(1800)
        simulator.delete(pod["id"])
        simulator.advance(100 * 3600)
        ledger = simulator.control("ledger")
        check(ledger)
        entry = ledger["pods"][0]
        same(
            entry["total_micros"],
            GPU_RATE + DISK_RATE + 2 * STOPPED_RATE + (GPU_RATE + DISK_RATE) // 2,
        )
        same(
            [i["rate_per_hour_micros"] for i in entry["intervals"]],
            [GPU_RATE + DISK_RATE, STOPPED_RATE, GPU_RATE + DISK_RATE],
        )
        same((ledger["open"], ledger["running"]), (0, 0))


def sums_hold_after_hundreds_of_random_steps():
    chance = random.Random(7)
    with Simulator() as simulator:
        simulator.control("account", {"key": GOOD_KEY, "balance": 10000})
        pods = []
        for _ in range(400):
            simulator.advance(chance.randint(1, 4000) / 1000)
            step = chance.random()
            if step < 0.2 and len(pods) < 40:
                gpu = chance.choice(
                    ["NVIDIA GeForce RTX 3090", "NVIDIA RTX A5000", "NVIDIA GeForce RTX 4090"]
                )
                pods.append(
                    simulator.rent(
                        gpu={"id": gpu, "count": chance.randint(1, 4)}, disk=chance.randint(1, 300)
                    )["id"]
                )
            elif pods and step < 0.9:
                simulator.act(chance.choice(pods), chance.choice(["start", "stop", "restart"]))
            elif pods:
                simulator.delete(pods.pop(chance.randrange(len(pods))))
        check(simulator.control("ledger"))


def balance_and_bills_come_from_the_ledger():
    query = {"query": "query { myself { id clientBalance currentSpendPerHr } }"}
    with Simulator() as simulator:
        first, second = simulator.rent()["id"], simulator.rent(disk=100)["id"]
        simulator.advance(30 * 3600 + 17)
        simulator.act(first, "stop")
        simulator.delete(second)
        simulator.advance(50 * 3600 + 5)
        ledger = simulator.control("ledger")
        check(ledger)
        me = simulator.post("/graphql", query).json["data"]["myself"]
        same(round(me["clientBalance"] * 1e6), 25000000 - ledger["total_micros"])
        same(round(me["currentSpendPerHr"] * 1e6), STOPPED_RATE)
        for bucket in ("hour", "day", "week"):
            bill = simulator.get(f"/v2/billing/pods?bucketSize={bucket}&lastN=200").json
            for pod in (first, second):
                records = [r for r in bill["records"] if r["podId"] == pod]
                same(
                    round(sum(r["totalAmount"] for r in records) * 1e6),
                    simulator.ledger(pod)["total_micros"],
                    bucket,
                )
                expect(
                    all(
                        abs(r["totalAmount"] - r["gpuAmount"] - r["diskAmount"]) < 1e-9
                        for r in records
                    )
                )
            same(round(bill["metadata"]["totals"]["totalAmount"] * 1e6), ledger["total_micros"])
            same(bill["metadata"]["uniquePodCount"], 2)
            everything = simulator.get(f"/v2/billing?bucketSize={bucket}&lastN=200").json
            same(
                round(everything["metadata"]["totals"]["totalAmount"] * 1e6), ledger["total_micros"]
            )
        one = simulator.get(f"/v2/billing/pods?podId={second}&bucketSize=hour&lastN=200").json
        same({r["podId"] for r in one["records"]}, {second})


def money_runs_out_exactly():
    with Simulator() as simulator:
        same(
            simulator.post(
                "/v2/pods", order(gpu={"id": "NVIDIA A100 80GB PCIe", "count": 4})
            ).status,
            400,
        )
        simulator.control("account", {"key": GOOD_KEY, "balance": 0.228})
        same(simulator.post("/v2/pods", order()).status, 402, "one hour in advance")
        rate = GPU_RATE + DISK_RATE
        simulator.control("account", {"key": GOOD_KEY, "balance": rate * 2 / 1e6})
        pod = simulator.rent()["id"]
        simulator.advance(2 * 3600 - 1)
        same(simulator.ledger(pod)["state"], "running")
        simulator.advance(5 * 3600)
        ledger = simulator.control("ledger")
        check(ledger)
        entry = ledger["pods"][0]
        same((entry["state"], entry["out_of_credit"]), ("deleted", True))
        expect(abs(entry["deleted_ms"] - entry["created_ms"] - 2 * HOUR_MS) < 2000, entry)
        same(simulator.get(f"/v2/pods/{pod}").status, 404)


def accounts_are_billed_apart():
    with Simulator() as simulator:
        mine, other = simulator.rent()["id"], simulator.rent(key="practice-other")["id"]
        expect(simulator.ledger(mine)["account"] != simulator.ledger(other)["account"])
        simulator.advance(3600)
        records = simulator.get("/v2/billing/pods?bucketSize=hour&lastN=3").json["records"]
        same({r["podId"] for r in records}, {mine})
        foreign = simulator.call(
            "POST", "/__/pods", {"key": GOOD_KEY, "order": order(name="somebody else")}, key=None
        )
        same(foreign.status, 201)
        same(len(simulator.get("/v2/pods").json["pods"]), 2)


run(
    [
        one_pod_costs_what_its_rates_say,
        sums_hold_after_hundreds_of_random_steps,
        balance_and_bills_come_from_the_ledger,
        money_runs_out_exactly,
        accounts_are_billed_apart,
    ]
)
