# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent itself, behind nginx, in pods of the simulator: with no desktop left, it ends its pod
by the pod's own key, and the ledger tells when.

    test_real_agent.py SIMULATOR START-COMMAND

Skipped without nginx.
"""
import concurrent.futures
import http.server
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time

import agent
from agent import ADMIN_PATH, PAINT, Agent, ended, environment
from simulator import Simulator, expect, run, same, temporary

SPEED = 4
HARD = 40
# The guard looks around every five seconds of the pod's time; the rest is for a busy computer.
LATE = 80
DEADLINE = 90
CONF = """
daemon off;
master_process off;
pid {root}/nginx.pid;
error_log {root}/nginx.log;
events {{ worker_connections 64; }}
http {{
    access_log off;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{ proxy_pass http://127.0.0.1:{comfy}; }}
    }}
}}
"""
START = """#!/bin/bash
nginx -e {root}/nginx.log -c {root}/etc/nginx/nginx.conf &
echo Starting Nginx service...
sleep inf
"""


class Comfy(http.server.BaseHTTPRequestHandler):
    """As much of ComfyUI as the guard looks at."""

    def do_GET(self):
        body = b'{"exec_info": {"queue_remaining": 0}}' if self.path == "/prompt" else b"{}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_ports():
    """The lowest of four that are free: ComfyUI, nginx, guard, helper."""
    # Below those that connections get; one that has just been in use will do.
    for low in range(10000 + os.getpid() % 2000 * 8, 32700, 8):
        try:
            for port in range(low, low + 4):
                with socket.socket() as probe:
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    probe.bind(("127.0.0.1", port))
            return low
        except OSError:
            continue
    raise AssertionError("no free ports")


PORTS = threading.Lock()


class Container:
    """What runs in one pod, in a folder of its own; ended with the test, whatever happens."""

    def __init__(self, simulator, root, **order):
        os.makedirs(root + "/etc/nginx")
        os.makedirs(root + "/workspace/ComfyUI")
        os.makedirs(root + "/tmp")
        with PORTS:
            low = free_ports()
            self.comfy = http.server.ThreadingHTTPServer(("127.0.0.1", low), Comfy)
        threading.Thread(target=self.comfy.serve_forever, daemon=True).start()
        with open(root + "/etc/nginx/nginx.conf", "w") as file:
            file.write(CONF.format(root=root, port=low + 1, comfy=low))
        with open(root + "/start.sh", "w") as file:
            file.write(START.format(root=root))
        os.chmod(root + "/start.sh", 0o755)
        command = subprocess.check_output([sys.argv[2]], text=True).strip()
        pod = simulator.rent(cmd=["bash", "-c", command], env=environment(simulator, **order))
        self.agent = Agent(simulator, pod["id"], port=low + 1)
        same(pod["cmd"], ["bash", "-c", command], "understood")
        self.key = simulator.truth(pod["id"])["key"]
        self.process = subprocess.Popen(
            [pod["cmd"][0], "-c", in_folder(pod["cmd"][2], root)],
            env={
                "PATH": os.environ["PATH"],
                **pod["env"],
                "RUNPOD_POD_ID": pod["id"],
                "RUNPOD_API_KEY": self.key,
                "EASEL_ROOT": root,
                "EASEL_API": simulator.base,
                "EASEL_SPEED": str(SPEED),
                "EASEL_PORT": str(low + 1),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.comfy.shutdown()
        self.comfy.server_close()


def in_folder(command, root):
    """The same command, for a container that is only a folder."""
    command = command.replace("cd /;", f"cd {root};", 1)
    command = command.replace("/venv/bin/python3", "/usr/bin/python3")
    command = command.replace("/start.sh ", root + "/start.sh ", 1)
    return command.replace(">/tmp/", f">{root}/tmp/")


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


def status_of(container):
    container.agent.counter = max(container.agent.counter, int(time.time() * 1e6))
    answer = container.agent.ask("GET", "status")
    return answer.json if answer.status == 200 and answer.is_signed else None


def armed_of(container):
    status = status_of(container)
    return status if status and status["phase"] == "ready" and status["armed"] != "no" else None


def refusal_of(container):
    status = status_of(container)
    return status if status and status.get("end_error") else None


def see_ready(container):
    """The status, and what a stranger and a painter get."""
    status = wait_for("armed", lambda: armed_of(container))
    pod = container.agent
    return status, pod.raw("GET", "/prompt").status, pod.paint("/prompt").status


def ends_alone(simulator, root):
    with Container(simulator, root, hard=HARD, never=9 * HARD) as container:
        status, outside, inside = see_ready(container)
        same((status["armed"], outside, inside), ("proven", 404, 200))
        same(container.agent.raw("GET", f"/{ADMIN_PATH}/status").status, 403, "without a MAC")
        # From here on nobody asks it anything: the desktop is dead.
        wait_for("ended", lambda: simulator.ledger(container.agent.id)["state"] != "running")
        return ended(simulator, container.agent)


def stops_alone(simulator, root):
    with Container(simulator, root, action="s", hard=9 * HARD, never=HARD // 2) as container:
        see_ready(container)
        wait_for("ended", lambda: simulator.ledger(container.agent.id)["state"] != "running")
        return simulator.ledger(container.agent.id)["state"]


def goes_on_trying(simulator, root):
    with Container(simulator, root, hard=HARD // 2, never=9 * HARD) as container:
        pod = container.agent.id
        simulator.fault(pod=pod, fault="key_no_write")
        refused = wait_for("refused", lambda: refusal_of(container))
        same(refused["ending"], "hard")
        same(simulator.ledger(pod)["state"], "running")
        simulator.fault(pod=pod, fault="none")
        wait_for("ended", lambda: simulator.ledger(pod)["state"] != "running")
        return simulator.ledger(pod)["state"]


def pods_end_with_nobody_there():
    if shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") is None:
        return "nginx is not installed"
    os.environ["PATH"] += ":/usr/sbin"
    with temporary() as folder, Simulator("--agent", "none", speed=SPEED) as simulator:
        with concurrent.futures.ThreadPoolExecutor(3) as pool:
            alone, stopped, trying = (
                pool.submit(function, simulator, f"{folder}/{function.__name__}")
                for function in (ends_alone, stops_alone, goes_on_trying)
            )
        state, seconds = alone.result()
        expect(state == "deleted" and HARD <= seconds <= HARD + LATE, (state, seconds))
        same((stopped.result(), trying.result()), ("stopped", "deleted"))
        log = simulator.control("requests")
        same(log["leaks"], 0)
        expect(agent.ADMIN not in str(log) and PAINT not in str(log))
    return None


run([pods_end_with_nobody_there])
