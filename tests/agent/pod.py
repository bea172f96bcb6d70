# SPDX-License-Identifier: GPL-3.0-or-later
"""A pod whose container is a folder: the program's own start command in it, under Debian's nginx
with a config of the image's shape and a /start.sh that says what the image's says.

Minutes are the pod's: it lives SPEED times as fast. Waits of the guard scale with it, deadlines of
sockets do not. Moments are those of WORLD.time, see pod_time.py.
"""
import base64
import concurrent.futures
import ctypes
import fcntl
import hashlib
import hmac
import http.client
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE + "/../simulator")
from simulator import Answer, WebSocket, expect, same  # noqa: E402,F401 (handed on)
from pod_time import IN_A_POD, PodTime  # noqa: E402
from stand_in import Comfy, Loop, Provider, Shop  # noqa: E402

SPEED = float(os.environ.get("EASEL_TEST_SPEED", 60))
MINUTE = 60
HOUR = 3600
# What a busy computer may be late, in minutes of the pod: a second each.
LATE = float(os.environ.get("EASEL_TEST_LATE", 6))
# The last look at which somebody was connected is that much before they left.
EARLY = 0.5
START_COMMAND = sys.argv[1]
with open(HERE + "/../../src/server/agent/easel_helper.py", "rb") as source:
    HELPER = source.read()

CONF = """
pid {root}/nginx.pid;
error_log {root}/error.log;
master_process off;
events {{ worker_connections 256; }}
http {{
    access_log {root}/access.log;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    proxy_connect_timeout 600;
    proxy_send_timeout 600;
    proxy_read_timeout 600;
    send_timeout 600;
    client_max_body_size 500M;
    server {{
        listen {port};
        location /ws {{
            add_header Cache-Control no-cache;
            proxy_pass http://localhost:{comfy};
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection "upgrade";
        }}
        location / {{
            add_header Cache-Control no-cache;
            proxy_pass http://localhost:{comfy};
            proxy_intercept_errors on;
            error_page 502 =200 @502;
        }}
        location /README.md {{ root {root}/html; }}
        location @502 {{
            add_header Cache-Control no-cache;
            root {root}/html;
            rewrite ^(.*)$ /readme.html break;
        }}
    }}
}}
"""
NGINX = """#!/bin/bash
set -e
echo >> {root}/starts
echo "Starting Nginx service..."
nginx -e {root}/error.log -c {root}/etc/nginx/nginx.conf
"""
DOWNLOAD = """
echo "Running pre-start script..."
echo "Generative AI for Krita - Model download - v1.53.0"
printf "RealVis (SDXL - Photography):  37%%|###       | 2.4G/6.5G [00:41<01:12, 58.3MB/s]\\r" >&2
printf "RealVis (SDXL - Photography): 100%%|##########| 6.5G/6.5G [01:53<00:00, 58.3MB/s]\\n" >&2
echo "MAT Inpaint: found - skipping"
echo "Error downloading NMKD (attempt 0): timeout" >&2
"""
READY = """
echo "Pod Started"
echo "Exporting environment variables..."
echo "Container is READY!"
"""
START = NGINX + DOWNLOAD + READY + "sleep inf\n"
DIRECTORY = object()
# Minutes that a start may take where that is all there is, on a busy computer.
A_START = 10
# ComfyUI as a program, where the test is about who starts it.
MAIN = '''import http.server, sys
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"exec_info": {"queue_remaining": 0}}' if self.path == "/prompt" else b"{}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
print("To see the GUI go to: http://0.0.0.0:3000", flush=True)
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[3])), Handler).serve_forever()
'''


LIBC = ctypes.CDLL(None, use_errno=True)


def own_surroundings():
    """A loopback of this program's own, and mounts that only it sees, where the system lets it.
    Else what other tests have left in /proc/net/tcp makes the guards slow, which read it twelve
    times a second. Says whether it did."""
    new_user, new_net, new_mounts = 0x10000000, 0x40000000, 0x20000
    ids = os.getuid(), os.getgid()
    if LIBC.unshare(new_net | new_mounts) != 0:
        if LIBC.unshare(new_user | new_net | new_mounts) != 0:
            return False
        for name, text in (("setgroups", "deny"), ("uid_map", "%d %d 1" % (ids[0], ids[0])),
                           ("gid_map", "%d %d 1" % (ids[1], ids[1]))):
            with open("/proc/self/" + name, "w") as file:
                file.write(text)
    with socket.socket() as any_socket:
        # SIOCSIFFLAGS: up and running
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sH14x", b"lo", 0x41))
    # MS_REC | MS_PRIVATE
    return LIBC.mount(b"none", b"/", None, 0x44000, None) == 0


class World:
    """What all pods of a test program share."""

    def __init__(self):
        self.folders = []
        # The helper leaves two GiB free.
        self.folder, _ = self.new_folder(b"6g")
        self.time = PodTime(self.folder + "/time")
        self.loop = Loop()
        self.provider = Provider(self.loop, self.time)
        self.shop = Shop(self.loop, self.time)
        self.lock = threading.Lock()
        self.port = 10000 + os.getpid() * 7 % 22 * 1000
        self.commands = {}
        self.late = []

    def command(self, with_helper):
        with self.lock:
            if with_helper not in self.commands:
                self.commands[with_helper] = subprocess.check_output(
                    [START_COMMAND] + ["helper"] * with_helper, text=True
                ).strip()
            return self.commands[with_helper]

    def ports(self):
        """The lowest of four that are free: ComfyUI, nginx, guard, helper."""
        with self.lock:
            while True:
                low = self.port
                self.port = 10000 + (low - 10000 + 4) % 22000
                try:
                    for port in range(low, low + 4):
                        with socket.socket() as probe:
                            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                            probe.bind(("", port))
                    return low
                except OSError:
                    continue

    def new_folder(self, size):
        """In memory, where the system lets it: neither a busy disk nor what others store there
        counts. (folder, whether it is)"""
        folder = tempfile.mkdtemp(prefix="easel-agent-")
        self.folders.append(folder)
        return folder, HAS_MOUNTS and LIBC.mount(
            b"none", folder.encode(), b"tmpfs", 0, b"size=" + size) == 0

    def quiet(self):
        """A folder on a file system whose space does not change by what others do; or None."""
        folder, is_own = self.new_folder(b"99m")
        return folder if is_own else None

    def remove(self):
        for folder in self.folders:
            LIBC.umount2(folder.encode(), 2)
            shutil.rmtree(folder, ignore_errors=True)


HAS_MOUNTS = own_surroundings()
WORLD = World()


class Pod:
    """
    limits: as in the environment, seconds; `created` minutes ago
    helper: whether it travels along; vast: which provider, which also decides who has the helper
    start, main, conf: the texts of /start.sh, of ComfyUI's main.py (None for none), of nginx.conf
    nginx: whether there is one; or the text of one; change: what is done to the start command
    folders: more of them; without: what the environment lacks; base: where all of it is
    refusal: how the provider answers: 403 to what changes something, 500 to everything, "REST" to
        one of its two interfaces with 403, "silent"
    """

    count = 0

    def __init__(self, helper=False, vast=False, action="d", start=START, main=None, sha=None,
                 nginx=True, change=None, conf=CONF, base=None, age=0, folders=(), without=(),
                 refusal=None, begin=True, **limits):
        with WORLD.lock:
            Pod.count += 1
            self.id = f"pod{Pod.count}"
        self.key = f"own-key-of-{self.id}-" + os.urandom(8).hex()
        self.paint, self.admin = (base64.urlsafe_b64encode(os.urandom(18)).decode().replace(
            "-", "a").replace("_", "b") for _ in range(2))
        self.path = hashlib.sha256(b"easel-path:" + self.admin.encode()).hexdigest()[:32]
        self.root = f"{base or WORLD.folder}/{self.id}"
        self.low = WORLD.ports()
        self.port = self.low + 1
        self.refusal = refusal
        self.asked = []
        self.ended = self.ended_at = self.process = None
        self.restarts = 0
        self.counter = 0
        self.comfy = Comfy(WORLD.loop, self.low)
        for folder in ("etc/nginx", "workspace/ComfyUI", "tmp", "html", "bin", "python", *folders):
            os.makedirs(f"{self.root}/{folder}")
        self.write("html/readme.html", "<title>Port Not Up Yet</title>")
        self.write("etc/nginx/nginx.conf",
                   conf.format(root=self.root, port=self.port, comfy=self.low))
        self.write("start.sh", start.format(root=self.root))
        os.chmod(self.root + "/start.sh", 0o755)
        if main is not None:
            self.write("workspace/ComfyUI/main.py", main)
        if isinstance(nginx, str):
            self.write("bin/nginx", nginx)
            os.chmod(self.root + "/bin/nginx", 0o755)
        elif nginx:
            os.symlink(NGINX_PROGRAM, self.root + "/bin/nginx")
        self.command = (change or (lambda text: text))(self.in_folder(WORLD.command(helper)))
        wanted = {"hard": 4 * HOUR, "cap": 12 * HOUR, "closed": 20 * MINUTE, "idle": HOUR,
                  "never": HOUR, "boot": 45 * MINUTE, **limits}
        created = int(WORLD.time.date() * SPEED) - age * MINUTE
        self.env = {
            "PATH": self.root + "/bin:/usr/bin:/bin",
            "EASEL_PAINT": self.paint,
            "EASEL_ADMIN": self.admin,
            "EASEL_LIMITS": ":".join(map(str, [1, *wanted.values(), action, created])),
            "EASEL_SHA": sha or hashlib.sha256(HELPER).hexdigest(),
            "EASEL_ROOT": self.root,
            "EASEL_API": WORLD.provider.base,
            "EASEL_SPEED": str(SPEED),
            "EASEL_PORT": str(self.port),
            "EASEL_LOOPBACK": str(WORLD.shop.port),
            "EASEL_TIME": WORLD.time.path,
            "COMFY": str(self.low),
            "PYTHONPATH": self.root + "/python",
        }
        self.write("python/sitecustomize.py", IN_A_POD)
        self.env.update({"CONTAINER_ID": self.id, "CONTAINER_API_KEY": self.key} if vast else
                        {"RUNPOD_POD_ID": self.id, "RUNPOD_API_KEY": self.key})
        for name in without:
            del self.env[name]
        WORLD.provider.pods[self.id] = self
        if begin:
            self.begin()

    def in_folder(self, command):
        """The same command, for a container that is only a folder."""
        for old, new in (
            ("cd /;", f"cd {self.root};"),
            ("/venv/bin/python3 ", "/usr/bin/python3 "),
            ("&/start.sh ", f"&{self.root}/start.sh "),
            (";sleep 5;done", f";sleep {5 / SPEED:.3f};done"),
            (";echo>/tmp/", f";echo>{self.root}/tmp/"),
            ("--port 3000", f"--port {self.low}"),
        ):
            expect(old in command, old)
            command = command.replace(old, new)
        return command

    # --- the container ----------------------------------------------------------------------------

    def begin(self):
        self.began_at = WORLD.time.now()
        self.ended = self.ended_at = None
        with open(self.root + "/provider.log", "ab") as log:
            self.process = subprocess.Popen(
                ["bash", "-c", self.command], env=self.env, stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )

    def kill(self):
        """All that runs in it, as a provider does that ends it."""
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait()
        try:
            os.kill(int(self.read("nginx.pid")), signal.SIGKILL)
            os.unlink(self.root + "/nginx.pid")
        except (OSError, ValueError):
            pass

    def end(self, how):
        """The provider's; on its loop."""
        if self.ended is None:
            self.ended, self.ended_at = how, WORLD.time.now()
            threading.Thread(target=self.kill).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.ended = self.ended or "left"
        self.kill()
        self.comfy.stop()

    def write(self, name, text):
        with open(f"{self.root}/{name}", "w") as file:
            file.write(text)

    def read(self, name):
        with open(f"{self.root}/{name}", "rb") as file:
            return file.read()

    def set_clock(self, minutes):
        """What its clock says from now on: so much more than it is, in its own minutes."""
        self.write("clock~", str(minutes * MINUTE / SPEED))
        os.replace(self.root + "/clock~", self.root + "/clock")

    def guard(self):
        """Its process id, if it runs."""
        return self.child("tmp/eg")

    def child(self, name):
        try:
            with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
                todo = file.read().split()
        except OSError:
            return None
        while todo:
            pid = todo.pop()
            try:
                with open(f"/proc/{pid}/cmdline", "rb") as file:
                    words = file.read().decode().split("\0")
                with open(f"/proc/{pid}/task/{pid}/children") as file:
                    todo += file.read().split()
            except OSError:
                continue
            if len(words) > 1 and words[1].endswith(name) and words[2:] != ["p", ""]:
                return int(pid)
        return None

    # --- from outside -----------------------------------------------------------------------------

    def raw(self, method, path, body=None, headers=(), timeout=20, port=None):
        port = port or self.port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def sign(self, text):
        return hmac.new(self.admin.encode(), text.encode(), hashlib.sha256).hexdigest()

    def seal(self, method, route, body=b"", counter=None):
        """The header of a request."""
        if counter is None:
            counter = self.counter = max(self.counter + 1, int(time.time() * 1e6))
        hashed = hashlib.sha256(body).hexdigest()
        return {"X-Easel": f"{counter} " + self.sign(f"{method} {route} {counter}\n{hashed}")}

    def ask(self, method, route, body=b"", sealed=None, **rest):
        """@sealed: in place of the body, what the seal covers."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        headers = self.seal(method, route, body if sealed is None else sealed)
        answer = self.raw(method, f"/{self.path}/{route}", body or None, headers, **rest)
        hashed = hashlib.sha256(answer.body).hexdigest()
        counter = headers["X-Easel"].split()[0]
        wanted = self.sign(f"{counter}\n{answer.status}\n{hashed}")
        answer.is_signed = answer.headers.get("X-Easel") == wanted
        return answer

    def refuses(self, method, route, body, seal):
        """It is the first request to whoever starts to answer, and was made before."""
        def asked():
            try:
                status = self.raw(method, f"/{self.path}/{route}", body, seal).status
            except OSError:
                return None
            return None if status == 502 else status

        same(wait_for("an answer", asked), 403, "replayed")

    @property
    def status(self):
        answer = self.ask("GET", "status")
        same((answer.status, answer.is_signed), (200, True), "status")
        return answer.json

    def connect(self):
        """Krita's websocket."""
        websocket = WebSocket(f"127.0.0.1:{self.port}", self.port, f"/{self.paint}/ws?clientId=k")
        expect(websocket.is_open, websocket.status)
        return websocket

    # --- waiting ----------------------------------------------------------------------------------

    def until(self, what, check=None, seconds=60):
        """Until the status says so; the first guard has to start before there is one."""
        check = check or (lambda status: status["phase"] == what)
        return wait_for(what, lambda: self.checked(check), seconds)

    def checked(self, check):
        try:
            status = self.status
        except (AssertionError, OSError, http.client.HTTPException):
            return None
        return status if check(status) else None

    def armed(self):
        """Up, ready and armed: the usual begin."""
        if self.comfy.server is None:
            self.comfy.start()
        return self.until(
            "armed", lambda status: status["phase"] == "ready" and status["armed"] != "no")

    def helped(self):
        """The helper answers."""
        self.until("helper", lambda status: status["helper"])
        wait_for("an answer", lambda: self.ask("GET", "models").status == 200)

    def until_ended(self, minutes):
        try:
            wait_for("ended", lambda: self.ended, minutes * MINUTE / SPEED)
        except AssertionError:
            raise AssertionError(f"never ended: {self.checked(lambda _: True)}") from None
        return self.ended

    def ends(self, since, minutes, how="deleted", late=0):
        """It ends that many minutes after the moment @since; never before."""
        self.until_ended(minutes + late + LATE + 60)
        passed = (self.ended_at - since) * SPEED / MINUTE
        with WORLD.lock:
            WORLD.late.append((passed - minutes - late, self.id))
        expect(minutes - EARLY <= passed <= minutes + late + LATE,
               f"{passed:.2f} minutes, {minutes} wanted")
        same(self.ended, how)
        same(self.leaks(), [])

    def lives(self, minutes, since=None):
        """It is not ended before so many minutes have passed."""
        end = (since or WORLD.time.now()) + minutes * MINUTE / SPEED
        while WORLD.time.now() < end:
            left = (end - WORLD.time.now()) * SPEED / MINUTE
            expect(self.ended is None, f"ended {left:.1f} minutes too early")
            time.sleep(0.05)

    def kill_guard(self, state=None):
        """As by the kernel; with another state for the next one to find."""
        old = wait_for("a guard", self.guard)
        if state is not None:
            os.kill(old, signal.SIGSTOP)
            if state is DIRECTORY:
                os.unlink(self.root + "/workspace/.easel")
                os.makedirs(self.root + "/workspace/.easel/x")
            else:
                with open(self.root + "/workspace/.easel", "wb") as file:
                    file.write(state)
        os.kill(old, signal.SIGKILL)
        wait_for("another guard", lambda: self.guard() not in (None, old))

    # --- what must be nowhere ---------------------------------------------------------------------

    def leaks(self):
        """Where the secrets are that nobody may write down."""
        secrets = {"paint": self.paint, "admin": self.admin, "path": self.path, "key": self.key}
        found = []
        for name in ("access.log", "error.log", "provider.log", "tmp/el"):
            try:
                text = self.read(name)
            except OSError:
                continue
            found += [(name, which) for which, secret in secrets.items() if secret.encode() in text]
        return found


def wait_for(what, check, seconds=60):
    """Time is real here: another program's clock runs."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = check()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"never {what}")


NGINX_PROGRAM = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")


def run(tests):
    """All at once, each in a thread: they mostly wait. A second without the processor is a minute
    of the pod's, so what failed in the crowd is tried once more in a smaller one, and what failed
    for a reason fails there as well. Speaks TAP, without numbers: they would have to come in
    order."""
    if NGINX_PROGRAM is None:
        print("1..0 # SKIP nginx is not installed")
        return
    print(f"1..{len(tests)}", flush=True)
    missed = crowd(tests, lambda test, error: print(
        f"# {test.__name__} in the crowd: {error!r}".replace("\n", " "), flush=True))
    failed = crowd(missed, report, " # at the second try") if missed else []
    same(WORLD.provider.strange, [], "asked of the provider")
    if WORLD.late:
        worst, pod = max(WORLD.late)
        print(f"# {len(WORLD.late)} ends, the latest {worst:.2f} minutes late ({pod})")
    if WORLD.time.stood_still > 0.5:
        print(f"# this computer stood still for {WORLD.time.stood_still:.1f} s in all")
    WORLD.remove()
    sys.exit(1 if failed else 0)


def crowd(tests, missed, remark=""):
    """Which of them failed; @missed is told of each."""
    failed = []
    with concurrent.futures.ThreadPoolExecutor(len(tests)) as pool:
        futures = []
        for test in tests:
            futures.append(pool.submit(test))
            # Not all of them start an interpreter at the same moment.
            time.sleep(0.15)
        for test, future in zip(tests, futures):
            try:
                note = future.result()
                print(f"ok - {title(test)}" + (f" # {note}" if note else remark), flush=True)
            except Exception as error:
                failed.append(test)
                missed(test, error)
    return failed


def title(test):
    return test.__name__.replace("_", " ")


def report(test, error):
    print(f"not ok - {title(test)}", flush=True)
    for line in "".join(traceback.format_exception(error)).splitlines():
        print("# " + line, flush=True)
