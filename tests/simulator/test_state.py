# SPDX-License-Identifier: GPL-3.0-or-later
"""Command line, time, and a cloud that outlives its program."""
import configparser
import os
import signal
import subprocess
import sys
import time

from simulator import Simulator, expect, run, same, temporary


def a_restart_changes_nothing():
    with temporary() as folder:
        path = os.path.join(folder, "state.json")
        with Simulator("--state", path) as simulator:
            running, stopped, deleted = (
                simulator.rent(name=f"easel-{n:08x}", env={"A": "ü"})["id"] for n in range(3)
            )
            simulator.make_ready(running)
            simulator.act(stopped, "stop")
            simulator.delete(deleted)
            ledger, seen = simulator.control("ledger"), simulator.get("/v2/pods").json
        expect(os.stat(path).st_mode & 0o077 == 0, "only for its owner")
        with Simulator("--state", path) as simulator:
            same(simulator.control("ledger"), ledger)
            same(simulator.get("/v2/pods").json, seen)
            same(simulator.pod(running, path="/system_stats").json["devices"][0]["type"], "cuda")
            simulator.advance(3600)
            same(
                simulator.ledger(running)["total_micros"]
                - next(p for p in ledger["pods"] if p["id"] == running)["total_micros"],
                229589,
            )
            same(simulator.act(stopped, "start").status, 200)
            expect(simulator.rent()["id"] not in (running, stopped, deleted))


def a_kill_loses_nothing_that_was_answered():
    with temporary() as folder:
        path = os.path.join(folder, "state.json")
        simulator = Simulator("--state", path, speed=1)
        pod = simulator.rent()["id"]
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not (
            os.path.exists(path) and pod in open(path, encoding="utf-8").read()
        ):
            pass
        simulator.process.kill()
        simulator.process.wait()
        simulator.process.stdin.close()
        simulator.process.stdout.close()
        with Simulator("--state", path) as simulator:
            same([p["id"] for p in simulator.get("/v2/pods").json["pods"]], [pod])


def a_damaged_state_is_refused():
    with temporary() as folder:
        path = os.path.join(folder, "state.json")
        for text in ("{", "[]", "{}", '{"accounts":[],"pods":[{"id":7}]}'):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            done = subprocess.run(
                [sys.argv[1], "--state", path], capture_output=True, text=True, timeout=20
            )
            same((done.returncode, done.stdout), (1, ""), text)
            expect(done.stderr.startswith("cloud-easel-simulator: "), done.stderr)


def time_follows_speed_and_jumps():
    with Simulator(speed=600) as simulator:
        before = simulator.control("clock")
        begin = time.monotonic()
        while time.monotonic() - begin < 0.3:
            pass
        passed = (simulator.control("clock")["now_ms"] - before["now_ms"]) / 1000
        expect(150 < passed < 600, passed)
        simulator.control("clock", {"set_speed": 0})
        stand = simulator.control("clock")["now_ms"]
        same(simulator.control("clock")["now_ms"], stand)
        simulator.advance(86400)
        same(simulator.control("clock")["now_ms"] - stand, 86400000)
        same(simulator.control("clock")["speed"], 0)


def endpoints_are_written_before_ready():
    with temporary() as folder:
        path = os.path.join(folder, "endpoints")
        with Simulator("--endpoints-out", path, speed=60) as simulator:
            file = configparser.RawConfigParser()
            file.optionxform = str
            file.read(path)
            base = simulator.base
            same(
                dict(file["runpod"]),
                {
                    "api": base + "/v2",
                    "graphql": base + "/graphql",
                    "proxy": f"http://{{pod}}-{{port}}.localhost:{simulator.port}",
                },
            )
            same(dict(file["vast"]), {"api": base})
            same(file["image"]["tags"], base + "/hub/v2/repositories/aclysia/sd-comfyui-krita/tags")
            same(float(file["clock"]["speed"]), 60.0)
            clock = simulator.control("clock")
            for key, value in (
                ("real-epoch-ms", clock["real_epoch_ms"]),
                ("cloud-epoch-ms", clock["cloud_epoch_ms"]),
            ):
                same(int(file["clock"][key]), value)
            expected = clock["cloud_epoch_ms"] + (time.time() * 1000 - clock["real_epoch_ms"]) * 60
            expect(abs(expected - simulator.control("clock")["now_ms"]) < 60 * 500)


def chance_is_the_same_for_the_same_seed():
    def story(seed):
        with Simulator(seed=seed) as simulator:
            pod = simulator.rent()
            truth = simulator.truth(pod["id"])
            created = simulator.ledger(pod["id"])["created_ms"]
            return (
                pod["id"],
                truth["container_ms"] - created,
                truth["ready_ms"] - created,
                truth["download_mb_per_s"],
            )

    same(story(5), story(5))
    expect(story(5) != story(6))


def it_ends_when_told():
    for how in (signal.SIGTERM, signal.SIGINT):
        simulator = Simulator()
        simulator.process.send_signal(how)
        same(simulator.process.wait(timeout=20), 0)
        simulator.process.stdin.close()
        simulator.process.stdout.close()
    simulator = Simulator()
    simulator.process.stdin.close()
    same(simulator.process.wait(timeout=20), 0, "its parent went away")
    simulator.process.stdout.close()


def a_bad_command_line_is_refused():
    for arguments in (
        ["--port", "70000"],
        ["--speed", "-1"],
        ["--nonsense"],
        ["extra"],
        ["--script", "/nonexistent"],
    ):
        done = subprocess.run([sys.argv[1], *arguments], capture_output=True, text=True, timeout=20)
        expect(done.returncode in (1, 2) and done.stdout == "" and done.stderr, arguments, done)


run(
    [
        a_restart_changes_nothing,
        a_kill_loses_nothing_that_was_answered,
        a_damaged_state_is_refused,
        time_follows_speed_and_jumps,
        endpoints_are_written_before_ready,
        chance_is_the_same_for_the_same_seed,
        it_ends_when_told,
        a_bad_command_line_is_refused,
    ]
)
