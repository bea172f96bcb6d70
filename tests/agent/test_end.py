# SPDX-License-Identifier: GPL-3.0-or-later
"""When the agent ends its pod by itself, with no desktop there: each rule, what keeps it from
ending, and what neither a crash nor a resume changes.

    test_end.py START-COMMAND [--many N]

N unattended pods at once, a hundred for the promise about money, a few as a rule.
"""
import json
import os
import sys
import threading
import time

from pod import (DIRECTORY, HOUR, LATE, MINUTE, SPEED, WORLD, Pod, expect, run, same, wait_for)

MANY = int(sys.argv[sys.argv.index("--many") + 1]) if "--many" in sys.argv else 8
FAR = 9 * HOUR


now = WORLD.time.now


def minutes(n):
    WORLD.time.sleep(n * MINUTE / SPEED)


def close_to(got, wanted):
    expect(wanted - LATE * MINUTE <= got <= wanted + 1, got, wanted)


# --- the rules ------------------------------------------------------------------------------------

def krita_closed_20_minutes_ago():
    with Pod(never=FAR) as pod:
        pod.armed()
        for _ in range(2):
            with pod.connect():
                pod.until("connected", lambda s: s["connected"] == 1)
                same(pod.status["end"]["closed"] > FAR, True)
                minutes(3)
            closed = now()
            status = pod.until("closed", lambda s: not s["connected"])
            close_to(status["end"]["closed"], 20 * MINUTE)
            minutes(3)
        pod.ends(closed, 20)
        same([path for _, _, path, _ in pod.asked if path.endswith("graphql")], [])


def nothing_generated_for_60_minutes():
    with Pod() as pod:
        pod.armed()
        with pod.connect():
            pod.until("connected", lambda s: s["connected"] == 1)
            minutes(2)
            pod.comfy.generate()
            pod.ends(now(), 60)


def a_painter_who_draws_by_hand_stays():
    with Pod() as pod:
        pod.armed()
        with pod.connect():
            began = now()
            pod.until("connected", lambda s: s["connected"] == 1)
            pod.lives(50, began)
            pod.comfy.generate()
            # Had the picture not counted, it would end after 60.
            pod.lives(60 + LATE, began)


def nobody_came_for_60_minutes():
    with Pod() as pod:
        pod.until("loading")
        began = now()
        pod.armed()
        pod.ends(began, 60)


def hard_end_whatever_is_going_on():
    with Pod(hard=30 * MINUTE) as pod:
        pod.armed()
        pod.comfy.queue = 3
        with pod.connect():
            pod.until("busy", lambda s: s["busy"] and s["connected"])
            pod.ends(pod.began_at, 30)


def hours_count_from_the_click():
    with Pod(hard=30 * MINUTE, age=12) as pod:
        pod.armed()
        pod.ends(pod.began_at, 18)


def set_clocks_do_not_move_the_end():
    limits = {"hard": 30 * MINUTE, "never": FAR, "closed": FAR}
    with Pod(**limits) as back, Pod(**limits) as ahead:
        for pod, step in ((back, -20), (ahead, 20)):
            pod.armed()
            with pod.connect():
                pod.until("connected", lambda s: s["connected"] == 1)
                pod.set_clock(step)
                minutes(1)
                left = 30 * MINUTE - (now() - pod.began_at) * SPEED
                close_to(pod.status["end"]["hard"], left)
                expect(pod.status["end"]["idle"] > 50 * MINUTE, pod.status["end"])
            # Neither does a crash with another clock: it is no resume.
            pod.set_clock(3 * step)
            pod.kill_guard()
            status = pod.until("back", lambda s: s["ever"])
            left = 30 * MINUTE - (now() - pod.began_at) * SPEED
            expect(left - 1 <= status["end"]["hard"] <= left + LATE * MINUTE, status, left)
        back.ends(back.began_at, 30)
        ahead.ends(ahead.began_at, 30)


def not_late_because_it_was_not_armed():
    """Its key was refused for so long that it asks once a minute only; its end is in between."""
    with Pod(never=FAR, refusal=500) as pod:
        pod.comfy.start()
        pod.until("ready")
        pod.lives(16, pod.began_at)
        times = [at for at, *_ in pod.asked]
        expect(times[-1] - times[-5] > 1.9 * MINUTE / SPEED, "once a minute by now")
        asked = wait_for("a look", lambda: [at for at, *_ in pod.asked if at > times[-1]])[0]
        pod.ask("POST", "extend", {"hard": 5})
        tried = wait_for("a try", lambda: [
            at for at, _, _, body in pod.asked if b"erminate" in body])[0]
        late = (tried - asked) * SPEED
        expect(late < 45, late)
        return f"{late:.0f} s after a look"


def pictures_between_two_looks_are_all_counted():
    with Pod() as pod:
        pod.armed()
        made = 0
        for n in (1, 7, 1, 30, 2):
            for _ in range(n):
                pod.comfy.generate()
            made += n
            pod.until("counted", lambda s: s["pictures"] >= made)
            same(pod.status["pictures"], made)
        # In front of the others, the number has a minus; and one without a number is one, too.
        pod.comfy.front = True
        pod.comfy.generate()
        pod.until("counted", lambda s: s["pictures"] >= made + 1)
        same(pod.status["pictures"], made + 1)
        pod.comfy.entry = {}
        pod.comfy.generate()
        pod.until("counted", lambda s: s["pictures"] >= made + 2)
        same(pod.status["pictures"], made + 2)
        pod.kill_guard()
        minutes(1)
        same(pod.until("back", lambda s: True)["pictures"], made + 2)


def a_job_that_goes_on_after_closing_is_work():
    with Pod(closed=8 * MINUTE) as pod:
        pod.armed()
        with pod.connect():
            pod.until("connected", lambda s: s["connected"] == 1)
            pod.comfy.queue = 1
            pod.until("busy", lambda s: s["busy"])
        pod.lives(12)
        pod.comfy.queue = 0
        pod.ends(now(), 8)


def a_download_is_work():
    with Pod(helper=True, never=20 * MINUTE) as pod:
        pod.armed()
        pod.helped()
        pod.ask("POST", "models", {
            "url": f"http://127.0.0.1:{WORLD.shop.port}/slow/30/x.safetensors",
            "folder": "checkpoints", "name": "x.safetensors"})
        pod.lives(28)
        wait_for("downloaded", lambda: os.path.exists(
            pod.root + "/workspace/models/checkpoints/x.safetensors"))
        pod.ends(now(), 20)


def a_start_that_takes_too_long():
    quiet = WORLD.quiet()
    if quiet is None:
        return "SKIP no file system of its own"
    with Pod(base=quiet) as pod:
        pod.ends(pod.began_at, 45)


def a_start_whose_files_come():
    quiet = WORLD.quiet()
    with Pod(base=quiet, boot=20 * MINUTE) as pod:
        with open(pod.root + "/workspace/model.part", "wb") as file:
            for _ in range(12):
                file.write(bytes(2 << 20))
                file.flush()
                grown = now()
                minutes(3)
        expect(pod.ended is None, "bytes grew")
        if quiet:
            pod.ends(grown, 10)


def stopped_where_that_was_chosen():
    with Pod(action="s", hard=6 * MINUTE) as pod, \
            Pod(action="s", hard=6 * MINUTE, vast=True) as instance, \
            Pod(hard=6 * MINUTE, vast=True) as deleted:
        pod.ends(pod.began_at, 6, "stopped")
        instance.ends(instance.began_at, 6, "stopped")
        deleted.ends(deleted.began_at, 6)


# --- extending ------------------------------------------------------------------------------------

def extended_within_the_cap_and_never_past_it():
    with Pod(hard=20 * MINUTE, cap=40 * MINUTE, never=15 * MINUTE) as pod:
        pod.armed()
        pod.comfy.queue = 1
        more = pod.ask("POST", "extend", {"hard": 25 * MINUTE}).json
        close_to(more["end"]["hard"], 25 * MINUTE)
        more = pod.ask("POST", "extend", {"never": 30 * MINUTE}).json
        close_to(more["end"]["never"], 30 * MINUTE)
        close_to(more["end"]["hard"], 25 * MINUTE)
        pod.lives(20, pod.began_at)
        for wish in (10 * HOUR, 1e12, 10**30):
            answer = pod.ask("POST", "extend", {name: wish for name in (
                "hard", "closed", "idle", "never", "cap", "boot", "start")})
            same(answer.status, 200)
            end = answer.json["end"]
            same(end["hard"], end["cap"])
            expect(end["cap"] < 40 * MINUTE, end)
        same(json.loads(pod.read("workspace/.easel"))[9:13], [40 * MINUTE] * 4)
        pod.kill_guard()
        pod.ends(pod.began_at, 40)


def shortened():
    with Pod() as pod:
        pod.armed()
        began = now()
        close_to(pod.ask("POST", "extend", {"hard": 5 * MINUTE}).json["end"]["hard"], 5 * MINUTE)
        pod.ends(began, 5)


# --- crash and resume -----------------------------------------------------------------------------

LONGER = b'{"hard": 60000}'


def a_guard_that_is_killed_comes_back_with_its_limits():
    with Pod(hard=15 * MINUTE, closed=HOUR) as pod:
        pod.armed()
        asked = now()
        more = pod.ask("POST", "extend", {"hard": 28 * MINUTE}).json
        ends_at = now() + more["end"]["hard"] / SPEED
        with pod.connect():
            pod.until("connected", lambda s: s["connected"] == 1)
            pod.comfy.generate()
            pod.until("made", lambda s: s["pictures"] == 1)
            used = pod.seal("POST", "extend", LONGER)
            same(pod.status["pictures"], 1)
            for _ in range(6):
                died = now()
                pod.kill_guard()
                # What was asked before is not asked again, not even as the first that is asked.
                pod.refuses("POST", "extend", LONGER, used)
                status = pod.until("armed", lambda s: s["armed"] != "no")
                expect(now() - died < 7, "within 7 seconds")
                same((status["pictures"], status["ever"], status["armed"]), (1, True, "proven"))
                close_to(status["end"]["hard"], (ends_at - died) * SPEED)
                minutes(2)
        pod.ends(asked, 28)


def a_container_that_starts_anew_at_once_keeps_its_limits():
    with Pod(hard=20 * MINUTE) as pod:
        began = pod.began_at
        pod.armed()
        minutes(4)
        pod.kill()
        killed = now()
        left = 20 * MINUTE - (now() - began) * SPEED
        pod.begin()
        end = pod.armed()["end"]["hard"]
        if (now() - killed) * SPEED > 5 * MINUTE:
            return "SKIP this computer is too busy to start one within five minutes"
        close_to(end, left)
        pod.ends(began, 20)


def a_resume_gets_fresh_limits():
    with Pod(hard=40 * MINUTE) as pod:
        pod.armed()
        with pod.connect():
            pod.until("connected", lambda s: s["connected"] == 1)
            minutes(8)
        used = pod.seal("POST", "extend", LONGER)
        same(pod.raw("POST", f"/{pod.path}/extend", LONGER, used).status, 200)
        pod.comfy.stop()
        pod.kill()
        minutes(8)
        pod.begin()
        pod.refuses("POST", "extend", LONGER, used)
        status = pod.armed()
        close_to(status["end"]["hard"], 40 * MINUTE)
        close_to(status["end"]["cap"], 12 * HOUR)
        same((status["ever"], status["pictures"], status["protected"]), (False, 0, True))
        same(pod.read("etc/nginx/nginx.conf").count(b"rewrite ^/" + pod.paint.encode()), 1)
        with pod.connect():
            pod.until("connected", lambda s: s["connected"] == 1)
            minutes(3)
        pod.ends(now(), 20)


def bad_states():
    at = now() * SPEED + 1e9
    good = [1, at, at, 0, 0, 0, 0, at, 0, HOUR, HOUR, HOUR, HOUR, None]

    def changed(place, value):
        text = json.dumps(good[:place] + ["VALUE"] + good[place + 1:])
        return text.replace('"VALUE"', value).encode()

    yield from (b"", b"x", b"[]", b"null", b"7", b'"x"', b"[[[", b"\xff\xfe", b"[" * 99999)
    yield from (DIRECTORY, b'{"start": 1}', b'{"beat": 1, "rules": [1]}')
    yield from (json.dumps(good[:-1]).encode(), json.dumps(good + [1]).encode())
    for value in ("null", '"x"', "NaN", "-Infinity", "Infinity", "1e999", "1" + "0" * 400, "[]",
                  "1" + "0" * 5000, "-1" + "0" * 400):
        yield from (changed(place, value) for place in (0, 1, 2, 9))
    # All of it in the future.
    yield json.dumps([1] + [at + 1e9] * 12 + [None]).encode()


def beat_of(pod):
    try:
        return json.loads(pod.read("workspace/.easel"))[1]
    except (OSError, ValueError):
        return 0


def no_state_stops_the_rules():
    with Pod(hard=5 * HOUR, cap=6 * HOUR) as pod:
        pod.armed()
        for n, state in enumerate(bad_states()):
            pod.kill_guard(state)
            # Where the counter is beyond all numbers, the desktop is not heard any more.
            if not isinstance(state, bytes) or not state.startswith(b"[1000"):
                end = pod.until("back", lambda status: True)["end"]
                expect(0 < min(end["hard"], end["cap"]) <= 6 * HOUR, n, end)
            if state is DIRECTORY:
                os.rmdir(pod.root + "/workspace/.easel/x")
                os.rmdir(pod.root + "/workspace/.easel")
            killed = now() * SPEED + 1e9
            wait_for("written", lambda: killed < beat_of(pod) <= killed + HOUR)
        # Without any it is again as at first: the hours count from the click.
        left = 5 * HOUR - (now() - pod.began_at) * SPEED
        pod.kill_guard(b"{}")
        close_to(pod.until("back", lambda status: True)["end"]["hard"], left)
        began = now()
        same(pod.ask("POST", "extend", {"hard": 2 * MINUTE}).status, 200)
        pod.ends(began, 2)
        return f"{n + 1} states"


# --- the provider ---------------------------------------------------------------------------------

def goes_on_until_it_is_ended():
    with Pod(hard=5 * MINUTE, refusal=403) as refused, \
            Pod(hard=5 * MINUTE, refusal=500) as failing, \
            Pod(hard=5 * MINUTE, refusal=500, vast=True) as instance, \
            Pod(hard=5 * MINUTE, refusal="REST") as rest:
        rest.ends(rest.began_at, 5)
        for pod in (refused, failing, instance):
            pod.lives(40, pod.began_at)
            status = pod.status
            same((status["ending"], status["end_error"][:3]), ("hard", str(pod.refusal)))
            tries = [at for at, _, path, body in pod.asked
                     if not path.endswith("/action") or b"terminate" in body]
            expect(20 < len(tries) < 90, len(tries))
            expect(tries[-1] > now() - 3 * MINUTE / SPEED, "given up")
            pod.refusal = None
            pod.ends(now(), 0, late=2)


def armed_only_as_far_as_it_is_shown():
    with Pod(refusal=403) as may_look, Pod(refusal=500) as may_nothing, \
            Pod(refusal=403, vast=True) as instance:
        same(may_look.armed()["armed"], "likely")
        same(instance.armed()["armed"], "likely")
        may_nothing.comfy.start()
        same(may_nothing.until("ready")["armed"], "no")
        # It was the provider's fault, not the key's.
        may_nothing.refusal = None
        same(may_nothing.until("armed", lambda s: s["armed"] != "no")["armed"], "proven")


def silent_neighbours_only_make_it_late():
    """Deadlines are of real seconds, so it may be late by some; sixty times as much here."""
    with Pod(hard=30 * MINUTE) as comfy, Pod(hard=15 * MINUTE) as provider:
        comfy.armed()
        provider.armed()
        provider.refusal = "silent"
        threading.Timer(15, lambda: setattr(provider, "refusal", None)).start()
        comfy.comfy.is_dumb = True
        asked = time.monotonic()
        same(comfy.status["v"], 1)
        expect(time.monotonic() - asked < 14, "the desktop waits 15 s")
        provider.ends(provider.began_at, 15, late=20 * SPEED / MINUTE)
        comfy.ends(comfy.began_at, 30, late=6 * SPEED / MINUTE)


# --- the promise ----------------------------------------------------------------------------------

def unattended(number):
    """One of many: what happens before the desktop dies is different with each."""
    hard = 30 + number % 11
    with Pod(hard=hard * MINUTE, never=FAR, idle=FAR, closed=FAR, vast=number % 5 == 1,
             action="s" if number % 7 == 3 else "d") as pod:
        if number % 4:
            pod.comfy.start()
        if number % 6 == 2:
            pod.kill_guard()
        if number % 8 == 4:
            pod.comfy.queue = 1
        pod.ends(pod.began_at, hard, "stopped" if number % 7 == 3 else "deleted")


def many_with_nobody_there_are_all_ended():
    threads, bad = [], []

    def one(number):
        try:
            unattended(number)
        except Exception as error:
            bad.append((number, repr(error)))

    for number in range(MANY):
        threads.append(threading.Thread(target=one, args=(number,)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    same(bad, [])
    return f"{MANY} of {MANY} pods"


if __name__ == "__main__":
    run([
        krita_closed_20_minutes_ago,
        nothing_generated_for_60_minutes,
        a_painter_who_draws_by_hand_stays,
        nobody_came_for_60_minutes,
        hard_end_whatever_is_going_on,
        hours_count_from_the_click,
        set_clocks_do_not_move_the_end,
        not_late_because_it_was_not_armed,
        pictures_between_two_looks_are_all_counted,
        a_job_that_goes_on_after_closing_is_work,
        a_download_is_work,
        a_start_that_takes_too_long,
        a_start_whose_files_come,
        stopped_where_that_was_chosen,
        extended_within_the_cap_and_never_past_it,
        shortened,
        a_guard_that_is_killed_comes_back_with_its_limits,
        a_container_that_starts_anew_at_once_keeps_its_limits,
        a_resume_gets_fresh_limits,
        no_state_stops_the_rules,
        goes_on_until_it_is_ended,
        armed_only_as_far_as_it_is_shown,
        silent_neighbours_only_make_it_late,
        many_with_nobody_there_are_all_ended,
    ])
