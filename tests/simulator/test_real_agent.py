# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent itself, behind nginx, in pods of the simulator: with no desktop left, it ends its pod
by the pod's own key, and the ledger tells when.

    test_real_agent.py SIMULATOR START-COMMAND HELPER

Skipped without nginx.
"""
import concurrent.futures
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time

import agent
from agent import ADMIN_PATH, PAINT, Agent, environment
from simulator import GOOD_KEY, Simulator, expect, run, same, temporary

SPEED = 4
HARD = 40
# The guard looks around every five seconds of the pod's time; the rest is for a busy computer.
LATE = 80
DEADLINE = 90
NGINX = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")


class Pod:
    """One with a real container; what it says was rented."""

    def __init__(self, simulator, helper=False, **order):
        command = subprocess.check_output([sys.argv[2]] + ["helper"] * helper, text=True).strip()
        env = environment(simulator, **order)
        if helper:
            with open(sys.argv[3], "rb") as file:
                env["EASEL_SHA"] = hashlib.sha256(file.read()).hexdigest()
        pod = simulator.rent(cmd=["bash", "-c", command], env=env)
        same(pod["cmd"], ["bash", "-c", command], "understood")
        self.id = pod["id"]
        self.command = pod["cmd"]
        self.agent = Agent(simulator, self.id)
        if not helper:
            simulator.make_ready(self.id)
        self.began = time.monotonic()


def wait_for(what, check):
    """Time is real here: another program's clock runs."""
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            found = check()
        except OSError:
            found = None
        if found:
            return found
        threading.Event().wait(0.05)
    raise AssertionError(f"never {what}")


def status_of(pod):
    pod.agent.counter = max(pod.agent.counter, int(time.time() * 1e6))
    answer = pod.agent.ask("GET", "status")
    return answer.json if answer.status == 200 and answer.is_signed else None


def armed_of(pod):
    status = status_of(pod)
    return status if status and status["phase"] == "ready" and status["armed"] != "no" else None


def refusal_of(pod):
    status = status_of(pod)
    return status if status and status.get("end_error") else None


def see_ready(pod):
    """The status, and what a stranger and a painter get."""
    status = wait_for("armed", lambda: armed_of(pod))
    return status, pod.agent.raw("GET", "/prompt").status, pod.agent.paint("/prompt").status


def state_of(simulator, pod):
    return simulator.ledger(pod.id)["state"]


def ends_alone(simulator, pod):
    status, outside, inside = see_ready(pod)
    same((status["armed"], outside, inside), ("proven", 404, 200))
    same(status["protected"], True)
    same(pod.agent.raw("GET", f"/{ADMIN_PATH}/status").status, 403, "without a MAC")
    with pod.agent.connect() as krita:
        same(krita.is_open, True, "websocket")
        same(krita.text()["type"], "status")
        wait_for("connected", lambda: status_of(pod)["connected"] == 1)
    # From here on nobody asks it anything: the desktop is dead.
    wait_for("ended", lambda: state_of(simulator, pod) != "running")
    return state_of(simulator, pod), (time.monotonic() - pod.began) * SPEED


def stops_alone(simulator, pod):
    see_ready(pod)
    wait_for("ended", lambda: state_of(simulator, pod) != "running")
    return state_of(simulator, pod)


def goes_on_trying(simulator, pod):
    simulator.fault(pod=pod.id, fault="key_no_write")
    refused = wait_for("refused", lambda: refusal_of(pod))
    same(refused["ending"], "hard")
    same(state_of(simulator, pod), "running")
    simulator.fault(pod=pod.id, fault="none")
    wait_for("ended", lambda: state_of(simulator, pod) != "running")
    return state_of(simulator, pod)


def processes_below(folder):
    """Those with that folder in their environment."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if f"={folder}/easel-container-".encode() in file.read():
                    found.append(pid)
        except OSError:
            continue
    return found


def pods_end_with_nobody_there():
    if NGINX is None:
        return "nginx is not installed"
    with temporary() as folder:
        os.environ["TMPDIR"] = folder
        with Simulator("--agent", "real", speed=SPEED) as simulator:
            wanted = (
                (ends_alone, Pod(simulator, hard=HARD, never=9 * HARD, closed=9 * HARD)),
                (stops_alone, Pod(simulator, action="s", hard=9 * HARD, never=HARD // 2)),
                (goes_on_trying, Pod(simulator, hard=HARD // 2, never=9 * HARD)),
            )
            with concurrent.futures.ThreadPoolExecutor(3) as pool:
                alone, stopped, trying = (
                    pool.submit(function, simulator, pod) for function, pod in wanted
                )
            state, seconds = alone.result()
            expect(state == "deleted" and HARD <= seconds <= HARD + LATE, (state, seconds))
            same((stopped.result(), trying.result()), ("stopped", "deleted"))
            # A real one needs no stand-in; and an end by the desktop ends what runs in it.
            last = Pod(simulator)
            same(simulator.truth(last.id)["agent"], None)
            see_ready(last)
            expect(processes_below(folder))
            same(simulator.delete(last.id, key=GOOD_KEY).status, 204)
            wait_for("nothing runs", lambda: not processes_below(folder))
            log = simulator.control("requests")
            same(log["leaks"], 0)
            expect(agent.ADMIN not in str(log) and PAINT not in str(log))
            see_ready(Pod(simulator))
        wait_for("nothing is left", lambda: not processes_below(folder))
        same([name for name in os.listdir(folder) if name.startswith("easel-")], [])
    return None


def progress_of(pod):
    pod.agent.counter = max(pod.agent.counter, int(time.time() * 1e6))
    answer = pod.agent.ask("GET", "progress")
    return answer.json if answer.status == 200 and answer.is_signed else None


def bar_of(progress, state):
    return next((f for f in progress["files"] if f["state"] == state and f["size"]), None)


def see_bars():
    with Simulator("--agent", "real", speed=SPEED) as simulator:
        pod = Pod(simulator, helper=True)
        truth = simulator.truth(pod.id)
        begin = (truth["container_ms"] - simulator.control("clock")["now_ms"]) / 1000
        simulator.advance(begin + 20)
        wait_for("told", lambda: progress_of(pod))
        bar = wait_for("a bar", lambda: bar_of(progress_of(pod), "running"))
        expect(bar["have"] < bar["size"] and bar["speed"] > 0, bar)
        expect("Model download" in progress_of(pod)["log"]["text"])
        simulator.make_ready(pod.id)
        wait_for("said", lambda: "Container is READY" in progress_of(pod)["log"]["text"])
        return pod.command, progress_of(pod)["files"]


def the_start_has_bars():
    if NGINX is None:
        return "nginx is not installed"
    with temporary() as folder:
        os.environ["TMPDIR"] = folder
        command, files = see_bars()
    # The stand-in says the same of the same start, as far as the numbers in bars are exact.
    with Simulator() as simulator:
        played = agent.rent(simulator, command=command).get("progress")["files"]
    same([(f["name"], f["state"]) for f in played], [(f["name"], f["state"]) for f in files])
    for one, other in zip(played, files):
        same((one["state"], one["have"], other["have"]), ("done", one["size"], other["size"]))
        for key in ("size", "speed"):
            expect(abs(one[key] - other[key]) < 0.01 * one[key], (one, other))
    return None


def nothing_outlives_a_simulator_that_is_killed():
    if NGINX is None:
        return "nginx is not installed"
    with temporary() as folder:
        os.environ["TMPDIR"] = folder
        simulator = Simulator("--agent", "real", speed=SPEED)
        see_ready(Pod(simulator))
        expect(processes_below(folder))
        simulator.process.kill()
        simulator.process.wait()
        simulator.process.stdin.close()
        simulator.process.stdout.close()
        wait_for("nothing runs", lambda: not processes_below(folder))
    return None


def where_time_stands_still_it_is_played():
    with Simulator("--agent", "real", speed=0) as simulator:
        same(simulator.truth(Pod(simulator).id)["agent"]["phase"], "ready")


run([
    pods_end_with_nobody_there,
    the_start_has_bars,
    nothing_outlives_a_simulator_that_is_killed,
    where_time_stands_still_it_is_played,
])
