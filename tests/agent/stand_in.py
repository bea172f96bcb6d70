# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands around the agent in its tests: ComfyUI, the provider's API, and a place to download
from. All of them on one loop in one thread, because there may be a hundred of each.

Whoever asks here closes first and is then reset: a hundred guards that look around twelve times a
second would else fill /proc/net/tcp, which they read, with connections that wait for nothing.
"""
import asyncio
import base64
import hashlib
import json
import socket
import struct
import threading


class Loop:
    """The thread; what is given to it from outside is done in it."""

    def __init__(self):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)

    def listen(self, answer, port=0):
        """A server that is stopped by its stop(); @answer gets a Request and says what to send."""
        return self.run(Server.open(answer, port))


class Server:
    def __init__(self):
        self.servers = []
        self.open_requests = set()
        self.port = None

    @classmethod
    async def open(cls, answer, port):
        self = cls()
        loop = asyncio.get_running_loop()
        self.servers.append(
            await loop.create_server(lambda: Request(self, answer), "127.0.0.1", port)
        )
        self.port = self.servers[0].sockets[0].getsockname()[1]
        try:
            self.servers.append(
                await loop.create_server(lambda: Request(self, answer), "::1", self.port)
            )
        except OSError:
            pass  # no IPv6
        return self

    async def stop(self):
        for server in self.servers:
            server.close()
        for request in list(self.open_requests):
            request.reset()


class Request(asyncio.Protocol):
    """One connection, one request."""

    def __init__(self, server, answer):
        self.server, self.answer = server, answer
        self.data = b""
        self.method = None
        self.is_answered = False

    def connection_made(self, transport):
        self.transport = transport
        self.server.open_requests.add(self)
        transport.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
        )

    def connection_lost(self, error):
        self.server.open_requests.discard(self)

    def reset(self):
        self.transport.abort()

    def eof_received(self):
        self.reset()

    def data_received(self, data):
        if self.is_answered:
            return
        self.data += data
        head, gap, body = self.data.partition(b"\r\n\r\n")
        if not gap:
            return
        if self.method is None:
            lines = head.decode("latin-1").split("\r\n")
            self.method, self.path = lines[0].split(" ")[:2]
            self.headers = {}
            for line in lines[1:]:
                name, _, value = line.partition(":")
                self.headers[name.lower()] = value.strip()
        if len(body) < int(self.headers.get("content-length") or 0):
            return
        self.body = body
        self.is_answered = True
        self.answer(self)

    def send(self, status, body=b"", **headers):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        lines = [f"HTTP/1.1 {status} ."] + [
            f"{name.replace('_', '-')}: {value}" for name, value in headers.items()
        ]
        lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
        self.transport.write("\r\n".join(lines).encode() + body)


class Comfy:
    """As much of ComfyUI as the guard looks at and a painter uses. What came through nginx, and not
    from the guard beside it, is in `seen`."""

    def __init__(self, loop, port):
        self.loop, self.port = loop, port
        self.server = None
        self.queue = 0
        self.done = 0
        self.is_dumb = False
        self.front = False
        self.entry = None
        self.seen = []

    def start(self):
        self.server = self.loop.listen(self.answer, self.port)

    def stop(self):
        if self.server:
            self.loop.run(self.server.stop())
            self.server = None

    def generate(self):
        """A picture that took no time."""
        self.done += 1

    def answer(self, request):
        if request.headers.get("host", "").startswith("localhost"):
            self.seen.append((request.method, request.path))
        if self.is_dumb:
            return
        if request.headers.get("upgrade", "").lower() == "websocket":
            self.upgrade(request)
        elif request.path == "/prompt":
            request.send(200, {"exec_info": {"queue_remaining": self.queue}})
        elif request.path.startswith("/history"):
            name = f"00000000-0000-4000-8000-{self.done:012d}"
            # ComfyUI counts what it is asked for from 0 on; what is put in front has a minus.
            number = (self.done - 1) * (-1 if self.front else 1)
            entry = {"prompt": [number, name, {}, {}, []], "outputs": {}, "status": {}}
            if self.entry is not None:
                entry = self.entry
            request.send(200, {name: entry} if self.done else {})
        elif request.path == "/system_stats":
            request.send(200, {"system": {}, "devices": []})
        else:
            request.send(200, b"ComfyUI")

    def upgrade(self, request):
        accept = hashlib.sha1(
            request.headers["sec-websocket-key"].encode() + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        ).digest()
        message = json.dumps({"type": "status", "data": {"sid": "krita"}}).encode()
        request.transport.write(
            b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Accept: " + base64.b64encode(accept) + b"\r\n\r\n"
            b"\x81" + bytes([len(message)]) + message
        )


class Provider:
    """The part of both providers' interfaces that a pod's own key may use: for that pod alone. What
    it does with anybody else's is in `strange`."""

    def __init__(self, loop, time):
        self.time = time
        self.pods = {}
        self.strange = []
        self.server = loop.listen(self.answer)
        self.base = f"http://127.0.0.1:{self.server.port}"

    def answer(self, request):
        key = request.headers.get("authorization", "").partition(" ")[2]
        pod = next((pod for pod in self.pods.values() if pod.key == key), None)
        if pod is None:
            self.strange.append((request.method, request.path))
            request.send(401, {})
            return
        pod.asked.append((self.time.now(), request.method, request.path, request.body))
        status, body, action = self.judge(pod, request)
        if pod.refusal == "silent":
            return
        if pod.refusal == "REST":
            refused = 403 if request.path.startswith("/v2/") else None
        else:
            # 403: it may look. 500: nothing is answered.
            refused = pod.refusal if action or status == 409 or pod.refusal != 403 else None
        if refused:
            request.send(refused, {"detail": "no"})
            return
        if action:
            pod.end(action)
        request.send(status, body)

    def judge(self, pod, request):
        """(status, body, what becomes of the pod)"""
        body = json.loads(request.body) if request.body else {}
        if request.path == f"/v2/pods/{pod.id}/action" and request.method == "POST":
            if body == {"action": "start"}:
                return 409, {"detail": "running"}, None
            done = {"terminate": "deleted", "stop": "stopped"}.get(body.get("action"))
            if done and len(body) == 1:
                return 200, {"id": pod.id}, done
        elif request.path == f"/v2/pods/{pod.id}" and request.method == "GET":
            return 200, {"id": pod.id}, None
        elif request.path == "/graphql" and request.method == "POST":
            query = body.get("query", "")
            if query == 'mutation{podTerminate(input:{podId:"%s"})}' % pod.id:
                return 200, {"data": {"podTerminate": None}}, "deleted"
            if query == 'mutation{podStop(input:{podId:"%s"}){id}}' % pod.id:
                return 200, {"data": {"podStop": {"id": pod.id}}}, "stopped"
        elif request.path == f"/api/v0/instances/{pod.id}/":
            if request.method == "GET":
                return 200, {"instances": {}}, None
            if request.method == "DELETE":
                return 200, {"success": True}, "deleted"
            if request.method == "PUT" and body == {"state": "stopped"}:
                return 200, {"success": True}, "stopped"
        self.strange.append((request.method, request.path, request.body))
        return 404, {}, None


class Shop:
    """Models to download: /slow/SECONDS/NAME comes at two MiB a second, /to/URL leads elsewhere."""

    PIECE = b"\0" * (1 << 20)

    def __init__(self, loop, time):
        self.loop, self.time = loop, time
        self.server = loop.listen(self.answer)
        self.port = self.server.port
        self.seen = []

    def answer(self, request):
        self.seen.append(request.path)
        words = request.path.split("/")
        if words[1] == "slow":
            asyncio.ensure_future(self.drip(request, int(float(words[2]) * 2)))
        elif words[1] == "to":
            request.send(302, Location=request.path[4:])
        else:
            request.send(404)

    async def drip(self, request, pieces):
        header = b'{"x":{}}'
        head = len(header).to_bytes(8, "little") + header
        size = len(head) + pieces * len(self.PIECE)
        request.transport.write(
            f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + head
        )
        began = self.time.now()
        for number in range(1, pieces + 1):
            while self.time.now() < began + number / 2:
                await asyncio.sleep(0.05)
            request.transport.write(self.PIECE)
