# SPDX-License-Identifier: GPL-3.0-or-later
"""--list, --end-all and --delete of the real program, without display, bus and keyring: what they
print and end with is held against the ledger of the simulated cloud."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "simulator"))

from simulator import Simulator, expect, order, run, same  # noqa: E402
from vast import Vast  # noqa: E402

PROGRAM = sys.argv[2]
KEY = "practice-CANARY-6f1d"
KEYS = f"runpod={KEY}\n vast = {KEY} \n"
MEMBERS = {"provider", "id", "name", "state", "gpu", "address", "price_per_hour", "cost_so_far",
           "ours"}


class Console:
    """A person on a text console: a home of their own, and nothing of a desktop."""

    def __init__(self, cloud, speed=10):
        self.cloud = cloud
        self.home = tempfile.mkdtemp(prefix="easel-console-")
        self.endpoints = os.path.join(self.home, "endpoints")
        with open(self.endpoints, "w", encoding="utf-8") as file:
            file.write(f"[runpod]\napi={cloud.base}/v2\ngraphql={cloud.base}/graphql\n"
                       f"proxy=http://{{pod}}-{{port}}.localhost:{cloud.port}\n"
                       f"[vast]\napi={cloud.base}\n[clock]\nspeed={speed}\n")
        gone = ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "GSETTINGS_BACKEND")
        self.env = {k: v for k, v in os.environ.items() if k not in gone}
        for name in ("STATE", "CONFIG", "DATA", "CACHE"):
            self.env[f"XDG_{name}_HOME"] = os.path.join(self.home, name.lower())
        self.env["HOME"] = self.env["XDG_RUNTIME_DIR"] = self.home
        self.env["G_MESSAGES_DEBUG"] = "all"
        self.state = os.path.join(self.env["XDG_STATE_HOME"], "cloud-easel", "endpoints")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.home)

    def command(self, *arguments):
        return [PROGRAM, "--endpoints", self.endpoints, *arguments]

    def run(self, *arguments, keys=KEYS):
        """Status, standard output, what was said for people on the error output."""
        done = subprocess.run(self.command(*arguments), input=keys, env=self.env, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        same(KEY in done.stdout + done.stderr, False, "the key was printed")
        same([line for line in done.stderr.split("\n") if re.search("WARNING|CRITICAL", line)], [])
        said = "\n".join(line for line in done.stderr.split("\n")
                         if line and not re.search(r"-(DEBUG|INFO|Message)|^\(|^\*\*", line))
        return done.returncode, done.stdout, said

    def rows(self, *arguments, status=0):
        got, output, said = self.run(*arguments, "--json")
        same(got, status, said)
        return json.loads(output)

    def journal(self):
        try:
            with open(os.path.join(self.state, "journal.log"), encoding="utf-8") as file:
                return file.read()
        except FileNotFoundError:
            return ""


def rent(cloud, name="easel-0badcafe"):
    return Simulator.rent(cloud, name=name, key=KEY)["id"]


def billed(cloud):
    return {pod["id"] for pod in cloud.ledger()["pods"]
            if any(interval["to_ms"] is None for interval in pod["intervals"])}


def nothing_is_rented():
    with Vast() as cloud, Console(cloud) as console:
        status, output, _ = console.run("--list")
        same((status, output), (0, "You pay nothing right now.\n"))
        same(console.rows("--list"), [])
        same((console.journal(), os.path.exists(os.path.join(console.state, "settings.ini"))),
             ("", False), "a list writes nothing")


def rows_tell_everything():
    with Vast() as cloud, Console(cloud) as console:
        pod, other = rent(cloud), rent(cloud, "somebody-elses")
        instance = cloud.rent(label="easel-0000beef", key=KEY)
        rows = {row["id"]: row for row in console.rows("--list")}
        same(set(rows), {pod, other, instance})
        for row in rows.values():
            same(set(row), MEMBERS)
            expect(isinstance(row["price_per_hour"], float) and row["price_per_hour"] > 0, row)
            expect(row["cost_so_far"] is None or row["cost_so_far"] >= 0, row)
        same([rows[i]["ours"] for i in (pod, other, instance)], [True, False, True])
        same([rows[i]["provider"] for i in (pod, other, instance)], ["runpod", "runpod", "vast"])
        same((rows[pod]["name"], rows[pod]["gpu"]), ("easel-0badcafe", "RTX 3090"))
        status, table, _ = console.run("--list")
        same(status, 0)
        for word in ("Provider", "Cost so Far", pod, other, instance, "per hour", "You pay $"):
            expect(word in table, word, table)
        same(console.journal(), "")


def rows_of_one_provider():
    with Vast() as cloud, Console(cloud) as console:
        pod, other = rent(cloud), rent(cloud, "somebody-elses")
        rows = {row["id"]: row for row in console.rows("--list")}
        same({i: row["ours"] for i, row in rows.items()}, {pod: True, other: False})
        for row in rows.values():
            same(set(row), MEMBERS)
            expect(isinstance(row["price_per_hour"], float) and row["price_per_hour"] > 0, row)
        same((rows[pod]["name"], rows[pod]["gpu"]), ("easel-0badcafe", "RTX 3090"))
        status, table, _ = console.run("--list")
        same(status, 0)
        for word in ("Provider", "Cost so Far", pod, other, "per hour", "You pay $"):
            expect(word in table, word, table)
        same(console.journal(), "", "a list writes nothing")
        status, output, said = console.run("--end-all")
        same((status, billed(cloud)), (0, {other}), said)
        expect(f"({pod}): deleted, checked twice" in said, said)
        expect(other not in said and other in output and "You pay $" in output, output)
        same(console.run("--end-all")[0], 0, "a second time")


def without_a_key_nothing_is_proven():
    with Vast() as cloud, Console(cloud) as console:
        rent(cloud)
        for keys in ("", "a word\n", f"{KEY}\n", f"other={KEY}\n", "runpod=\n"):
            for arguments in (("--list",), ("--end-all",), ("--delete", "x"),
                              ("--list", "--keys-from-input")):
                status, _, said = console.run(*arguments, keys=keys)
                same(status, 1, (arguments, said))
                expect("There is no key" in said, said)
        same(len(billed(cloud)), 1)


def one_key_is_enough_for_its_provider():
    with Vast() as cloud, Console(cloud) as console:
        instance = cloud.rent(label="easel-0000beef", key=KEY)
        rent(cloud)
        status, output, said = console.run("--list", "--json", keys=f"vast={KEY}\n")
        same((status, [row["id"] for row in json.loads(output)]), (0, [instance]), said)


def a_refused_key_is_told():
    with Vast() as cloud, Console(cloud) as console:
        status, _, said = console.run("--list", keys="runpod=wrong-key\n")
        same(status, 1)
        expect("does not know this key" in said, said)


def a_list_that_fails_proves_nothing():
    for outcome in ("500", "truncated", "html200", "403edge", "wrong_types"):
        with Vast() as cloud, Console(cloud, speed=120) as console:
            rent(cloud)
            cloud.fault(route="list", outcome=outcome, times=-1)
            for arguments in (("--list",), ("--end-all",)):
                status, output, said = console.run(*arguments)
                same(status, 1, (outcome, arguments, output, said))
                expect("nothing right now" not in output, outcome, output)


def end_all_ends_what_is_ours():
    with Vast() as cloud, Console(cloud) as console:
        pod, other = rent(cloud), rent(cloud, "somebody-elses")
        instance = cloud.rent(label="easel-0000beef", key=KEY)
        status, output, said = console.run("--end-all")
        same(status, 0, said)
        same(billed(cloud), {other})
        for one in (pod, instance):
            expect(f"({one}): deleted, checked twice" in said, said)
        expect(other not in said and other in output and "You pay $" in output, output)
        same(console.run("--end-all")[0], 0, "a second time")


def delete_takes_an_id_or_a_name():
    with Vast() as cloud, Console(cloud) as console:
        pods = [rent(cloud), rent(cloud, "easel-00000002"), rent(cloud, "somebody-elses")]
        same({row["id"]: row["state"] for row in console.rows("--delete", pods[0])},
             {pods[0]: "deleted", pods[1]: "running", pods[2]: "running"})
        same(billed(cloud), set(pods[1:]))
        same(console.run("--delete", "easel-00000002")[0], 0)
        same(billed(cloud), {pods[2]})
        status, _, said = console.run("--delete", "nothing-like-it")
        same((status, "no GPU with the ID or name “nothing-like-it”" in said), (1, True), said)
        same(console.run("--delete", pods[2])[0], 0)
        same(billed(cloud), set())


def a_name_that_is_not_one_deletes_nothing():
    with Vast() as cloud, Console(cloud) as console:
        for _ in range(2):
            rent(cloud, "twice")
        status, _, said = console.run("--delete", "twice")
        same((status, len(billed(cloud))), (2, 2), said)


def a_delete_is_repeated_until_it_is_proven():
    with Vast() as cloud, Console(cloud) as console:
        pod = rent(cloud)
        cloud.fault(route="delete", outcome="500", times=2)
        status, _, said = console.run("--delete", pod)
        same((status, billed(cloud)), (0, set()), said)


def one_empty_list_is_no_proof():
    with Vast() as cloud, Console(cloud, speed=120) as console:
        rent(cloud)
        cloud.fault(route="delete", outcome="500", times=-1)
        cloud.fault(route="list", outcome="empty_list", times=1)
        status, output, said = console.run("--list")
        # The one empty list may hide the pod, and nothing was asked to be deleted.
        same(status, 0)
        cloud.fault(route="list", outcome="empty_list", times=1)
        status, output, said = console.run("--delete", "easel-0badcafe")
        expect(status == 1, "not proven", output, said)
        same(len(billed(cloud)), 1)


def what_cannot_be_deleted_is_told():
    with Vast() as cloud, Console(cloud, speed=120) as console:
        pod = rent(cloud)
        for outcome in ("403", "500"):
            cloud.control("faults", method="DELETE")
            cloud.fault(route="delete", outcome=outcome, times=-1)
            for arguments in (("--end-all",), ("--delete", pod)):
                status, output, said = console.run(*arguments)
                same((status, billed(cloud)), (1, {pod}), (outcome, arguments, said))
                expect("NOT PROVEN GONE" in said and "https://" in said, said)
                expect("You pay $" in output, output)


def a_stopped_delete_is_remembered():
    with Vast() as cloud, Console(cloud) as console:
        pod = rent(cloud)
        cloud.fault(route="delete", outcome="500", times=-1)
        process = subprocess.Popen(console.command("--delete", pod), env=console.env, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        process.stdin.write(KEYS)
        process.stdin.close()
        while "deleting…" not in process.stderr.readline():
            expect(process.poll() is None)
        deadline = time.monotonic() + 20
        while '"state":2' not in console.journal():
            expect(time.monotonic() < deadline)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()
        process.stdout.close()
        process.stderr.close()
        same(process.wait(20), 1)
        expect("Stopped before the end" in said, said)
        same(console.rows("--list")[0]["state"], "deleting")
        cloud.control("faults", method="DELETE")
        same(console.run("--end-all")[0], 1 if billed(cloud) == {pod} else 0)


def senseless_options_do_nothing():
    with Vast() as cloud, Console(cloud) as console:
        for arguments in (("--list", "--end-all"), ("--delete", "x", "--list"), ("--json",),
                          ("--keys-from-input",)):
            same(console.run(*arguments)[0], 2, arguments)
        status, output, _ = console.run("--help")
        same(status, 0)
        for word in ("--list", "--end-all", "--delete=ID", "--json", "runpod=KEY", "keyring"):
            expect(word in output, word, output)


run([
    nothing_is_rented,
    rows_of_one_provider,
    rows_tell_everything,
    without_a_key_nothing_is_proven,
    one_key_is_enough_for_its_provider,
    a_refused_key_is_told,
    a_list_that_fails_proves_nothing,
    end_all_ends_what_is_ours,
    delete_takes_an_id_or_a_name,
    a_name_that_is_not_one_deletes_nothing,
    a_delete_is_repeated_until_it_is_proven,
    one_empty_list_is_no_proof,
    what_cannot_be_deleted_is_told,
    a_stopped_delete_is_remembered,
    senseless_options_do_nothing,
])
