# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken on purpose: ComfyUI comes up without the agent, or the agent ends the pod; and no provider
starts the container again and again, and bills for it.

    test_broken.py START-COMMAND
"""
import hashlib
import os
import socket
import time

from pod import (A_START, DOWNLOAD, MAIN, MINUTE, NGINX, NGINX_PROGRAM, SPEED, START, WORLD, Pod,
                 expect, run, same, wait_for)

# A /start.sh that starts ComfyUI, as the image's; else it is the test that does.
WITH_COMFY = START.replace(
    "sleep inf", "cd {root}/workspace/ComfyUI\n/usr/bin/python3 main.py --listen --port $COMFY &\n"
    "sleep inf")
ENDS = NGINX + DOWNLOAD + "echo 'rsync: write failed: No space left on device' >&2\nexit 11\n"
FAILS = "import sys\nsys.exit('CUDA error: no kernel image is available')\n"
FAILS_LATER = MAIN.replace(
    "import http.server, sys",
    """import http.server, os, sys, threading, time
end = time.monotonic() + 4
def leave():
    while time.monotonic() < end:
        time.sleep(0.05)
    os._exit(9)
threading.Thread(target=leave).start()""")
# An nginx that lacks what the agent's lines need.
WITHOUT_REWRITE = f"""#!/bin/bash
for word; do
  if [[ $word == *nginx.conf ]] && grep -q 'if (' "$word"; then
    echo 'nginx: [emerg] unknown directive "if"' >&2
    exit 1
  fi
done
exec {NGINX_PROGRAM} "$@"
"""


def is_up(pod):
    """ComfyUI answers, beside nginx."""
    try:
        return pod.raw("GET", "/prompt", port=pod.low).status == 200
    except OSError:
        return False


def comes_up(pod):
    """How many minutes it took."""
    wait_for("up", lambda: is_up(pod))
    return (WORLD.time.now() - pod.began_at) * SPEED / MINUTE


def stays(pod, minutes=10):
    """The first process of the container goes on, and what it has started was started once."""
    end = WORLD.time.now() + minutes * MINUTE / SPEED
    while WORLD.time.now() < end:
        expect(pod.ended is None and pod.process.poll() is None, pod.ended, pod.process.poll())
        time.sleep(0.1)
    same(pod.read("starts").count(b"\n"), 1)
    same(pod.read("provider.log").count(b"To see the GUI"), 1)
    expect(is_up(pod))


def without_protection(pod):
    """Served to everybody; and nobody answers for the agent: the shield is red."""
    comes_up(pod)
    same(pod.raw("GET", "/prompt").json["exec_info"], {"queue_remaining": 0})
    expect(not pod.ask("GET", "status").is_signed)
    stays(pod)


def broken(old, new):
    def change(text):
        expect(old in text, old)
        return text.replace(old, new)

    return change


def guard_with_a_syntax_error():
    with Pod(start=WITH_COMFY, main=MAIN,
             change=broken("|zcat>tmp/eg;", "|zcat>tmp/eg;echo if>>tmp/eg;")) as pod:
        without_protection(pod)
        expect(b"SyntaxError" in pod.read("provider.log"))


def guard_that_was_damaged_on_its_way():
    with Pod(start=WITH_COMFY, main=MAIN, change=lambda text: text[:900] + text[912:]) as pod:
        without_protection(pod)


def guard_without_its_environment():
    with Pod(start=WITH_COMFY, main=MAIN, without=("EASEL_LIMITS",)) as pod, \
            Pod(start=WITH_COMFY, main=MAIN, without=("EASEL_ADMIN", "EASEL_PAINT")) as other:
        without_protection(other)
        # The secret path is there; what is missing is only the end.
        comes_up(pod)
        expect(not pod.ask("GET", "status").is_signed)
        stays(pod)


def no_python():
    with Pod(start=WITH_COMFY, main=MAIN,
             change=broken("/usr/bin/python3 tmp/eg", "/venv/none/python3 tmp/eg")) as pod:
        without_protection(pod)


def no_nginx():
    with Pod(start=WITH_COMFY, main=MAIN, nginx=None, never=15 * MINUTE) as pod:
        up = comes_up(pod)
        stays(pod)
        # Nobody can come, so nobody comes.
        pod.ends(pod.began_at, 15, late=up)
        expect(b"nginx: command not found" in pod.read("provider.log"))


def nginx_that_refuses_its_own_config():
    with Pod(start=WITH_COMFY, main=MAIN, conf="nonsense {root};", never=15 * MINUTE) as pod:
        up = comes_up(pod)
        stays(pod)
        same(pod.read("etc/nginx/nginx.conf"), f"nonsense {pod.root};".encode())
        pod.ends(pod.began_at, 15, late=up)


def nginx_that_refuses_the_lines_of_the_agent():
    with Pod(start=WITH_COMFY, main=MAIN, nginx=WITHOUT_REWRITE, hard=30 * MINUTE) as pod:
        before = pod.read("etc/nginx/nginx.conf")
        without_protection(pod)
        same(pod.read("etc/nginx/nginx.conf"), before)
        # The test asked it through an nginx that still wrote down what it was asked.
        pod.write("access.log", "")
        pod.ends(pod.began_at, 30)


def config_that_cannot_be_written():
    """For root, too: where the file should come there is a folder."""
    for place in ("nginx.conf.easel", "nginx.conf~", "nginx.conf.easel~"):
        with Pod(start=WITH_COMFY, main=MAIN, hard=8 * MINUTE,
                 folders=[f"etc/nginx/{place}/x"]) as pod:
            before = pod.read("etc/nginx/nginx.conf")
            comes_up(pod)
            same(pod.raw("GET", "/prompt").json["exec_info"], {"queue_remaining": 0}, place)
            same(pod.read("etc/nginx/nginx.conf"), before)
            pod.ends(pod.began_at, 8)


def start_that_ends_at_once():
    # ComfyUI's folder is found though another one looks like it.
    with Pod(start=ENDS, main=MAIN, folders=["www/ComfyUI"]) as pod:
        same(pod.until("ready")["protected"], True)
        same((pod.raw("GET", "/prompt").status, pod.raw("GET", f"/{pod.paint}/prompt").status),
             (404, 200))
        stays(pod)
        expect(b"No space left" in pod.read("provider.log"))
        expect(b"No space left" in pod.read("tmp/el"), "the desktop reads it there")
        began = WORLD.time.now()
        same(pod.ask("POST", "extend", {"hard": 3 * MINUTE}).status, 200)
        pod.ends(began, 3)


def start_that_ends_and_comfyui_as_well():
    for main in (FAILS, None, "if"):
        with Pod(start=ENDS, main=main) as pod:
            pod.ends(pod.began_at, 0, late=A_START)
            same(pod.read("starts").count(b"\n"), 1)


def comfyui_that_ends_later():
    with Pod(start=ENDS, main=FAILS_LATER) as pod:
        pod.until("ready")
        pod.ends(pod.began_at, 4, late=A_START)
        same(pod.read("provider.log").count(b"To see the GUI"), 1)


def ends_twice_where_stopping_was_chosen():
    """What is resumed does not end for what had happened before; nor does it take the end for
    granted when it happens again."""
    with Pod(start=ENDS, main=FAILS, action="s") as pod:
        pod.ends(pod.began_at, 0, "stopped", late=A_START)
        WORLD.time.sleep(6 * MINUTE / SPEED)
        pod.write("workspace/ComfyUI/main.py", MAIN)
        pod.begin()
        same(pod.until("ready")["protected"], True)
        pod.lives(5)
        pod.kill()
        WORLD.time.sleep(6 * MINUTE / SPEED)
        pod.write("workspace/ComfyUI/main.py", FAILS)
        pod.begin()
        pod.ends(pod.began_at, 0, "stopped", late=A_START)


def comfyui_that_is_gone_while_start_goes_on():
    with Pod(closed=8 * MINUTE) as pod:
        pod.armed()
        with pod.connect():
            pod.until("connected", lambda s: s["connected"] == 1)
            gone = WORLD.time.now()
            pod.comfy.stop()
        pod.until("loading")
        pod.ends(gone, 8)


def helper_with_a_wrong_hash():
    with Pod(helper=True, sha="0" * 64, hard=20 * MINUTE) as pod, \
            Pod(helper=True, hard=20 * MINUTE,
                change=broken("|zcat>tmp/eh;", "|zcat>tmp/eh;echo>>tmp/eh;")) as other:
        for one in (pod, other):
            status = one.armed()
            expect(not status["helper"] and status["protected"], status)
            expect(one.child("tmp/eh") is None)
            same(one.ask("GET", "progress").status, 502)
        pod.ends(pod.began_at, 20)
        other.ends(other.began_at, 20)


def helper_that_ends_at_once():
    helper = b"raise SystemExit(3)\n"
    with Pod(sha=hashlib.sha256(helper).hexdigest(), vast=True, hard=20 * MINUTE) as pod:
        pod.armed()
        same(pod.ask("PUT", "helper", helper).status, 200)
        expect(pod.status["protected"])
        pod.ends(pod.began_at, 20)


def workspace_that_cannot_be_written():
    with Pod(hard=25 * MINUTE, folders=["workspace/.easel~/x"]) as pod:
        pod.armed()
        for _ in range(3):
            pod.kill_guard()
            same(pod.until("armed", lambda s: s["armed"] != "no")["protected"], True)
        pod.ends(pod.began_at, 25)


def guard_that_is_killed_all_the_time():
    with Pod(hard=10 * MINUTE) as pod:
        pod.armed()
        while pod.ended is None and WORLD.time.now() < pod.began_at + 20 * MINUTE / SPEED:
            guard = pod.guard()
            if guard:
                try:
                    os.kill(guard, 9)
                except ProcessLookupError:
                    pass
            time.sleep(3)
        pod.ends(pod.began_at, 10, late=3 * SPEED / MINUTE)


def guard_whose_port_is_taken():
    """It cannot answer the desktop, but the rules hold."""
    with Pod(hard=10 * MINUTE, begin=False) as pod, \
            Pod(begin=False, never=8 * MINUTE) as other, socket.socket() as first, \
            socket.socket() as second:
        for one, taken in ((pod, first), (other, second)):
            taken.bind(("127.0.0.1", one.low + 2))
            taken.listen()
            one.comfy.start()
            one.begin()
        pod.ends(pod.began_at, 10)
        other.ends(other.began_at, 8, late=A_START)


if __name__ == "__main__":
    run([
        guard_with_a_syntax_error,
        guard_that_was_damaged_on_its_way,
        guard_without_its_environment,
        no_python,
        no_nginx,
        nginx_that_refuses_its_own_config,
        nginx_that_refuses_the_lines_of_the_agent,
        config_that_cannot_be_written,
        start_that_ends_at_once,
        start_that_ends_and_comfyui_as_well,
        comfyui_that_ends_later,
        ends_twice_where_stopping_was_chosen,
        comfyui_that_is_gone_while_start_goes_on,
        helper_with_a_wrong_hash,
        helper_that_ends_at_once,
        workspace_that_cannot_be_written,
        guard_that_is_killed_all_the_time,
        guard_whose_port_is_taken,
    ])
