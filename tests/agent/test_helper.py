# SPDX-License-Identifier: GPL-3.0-or-later
"""The helper's transfers from inside, without a pod: what a part on the disk may be gone on with,
and what two at once do to each other. Nothing waits: where a thread has to be at a certain place,
it is stopped there.

    test_helper.py HELPER
"""
import contextlib
import hashlib
import http.client
import http.server
import importlib.util
import io
import json
import os
import shutil
import struct
import sys
import tempfile
import threading
import time
import traceback
import types

GB = 1 << 30
A, B = "a" * 64, "b" * 64


def same(found, wanted, what=""):
    if found != wanted:
        raise AssertionError(f"{what}: {found!r} instead of {wanted!r}")


def model(size, seed):
    """A .safetensors whose bytes are like no other's."""
    head = json.dumps({"x": {"dtype": "U8", "shape": [size - 128],
                             "data_offsets": [0, size - 128]}}).encode().ljust(120)
    body = hashlib.shake_128(bytes([seed])).digest(size - 128)
    return struct.pack("<Q", 120) + head + body


class Site(http.server.ThreadingHTTPServer):
    """Has one file at a time, whatever it is called."""

    daemon_threads = True

    def __init__(self):
        self.data, self.mark, self.cut, self.ranges = b"", None, None, True
        self.length, self.kind, self.name = True, "ETag", None
        self.asked, self.meanwhile, self.status, self.more = [], None, None, {}
        super().__init__(("127.0.0.1", 0), Answer)
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        site, data = self.server, self.server.data
        if site.status:
            self.send_response(site.status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        wanted = self.headers.get("Range")
        site.asked.append(wanted)
        if site.meanwhile:
            site.meanwhile()
        begin = int(wanted[6:-1]) if wanted and site.ranges else 0
        if begin and begin >= len(data):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.end_headers()
            return
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(data) - 1}/{len(data)}")
        if site.mark:
            self.send_header(site.kind, site.mark)
        if site.length:
            self.send_header("Content-Length", str(len(data) - begin))
        for name, value in site.more.items():
            self.send_header(name, value)
        if site.name:
            self.send_header("Content-Disposition", f'attachment; filename="{site.name}"')
        self.end_headers()
        self.wfile.write(data[begin:site.cut])

    def log_message(self, *_):
        pass


class Pod:
    """A disk, and the helper that works on it in this process."""

    def __enter__(self):
        self.root = tempfile.mkdtemp(prefix="easel-helper-")
        os.makedirs(self.root + "/workspace")
        os.makedirs(self.root + "/tmp")
        self.site = Site()
        self.free = 900 * GB
        self.start()
        return self

    def __exit__(self, *_):
        self.site.shutdown()
        self.site.server_close()
        shutil.rmtree(self.root)

    def start(self):
        """Also once more, as after a crash: what was in memory is gone."""
        os.environ.update(EASEL_ROOT=self.root, EASEL_ADMIN="secret",
                          EASEL_LOOPBACK=str(self.site.server_port))
        spec = importlib.util.spec_from_file_location("easel_helper", sys.argv[1])
        self.helper = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self.helper)
        usage = types.SimpleNamespace(disk_usage=lambda _: types.SimpleNamespace(
            free=self.free, total=self.free), copyfileobj=shutil.copyfileobj)
        self.helper.shutil = usage

    def path(self, name):
        return f"{self.root}/workspace/models/loras/{name}"

    def read(self, name):
        try:
            with open(self.path(name), "rb") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def left(self):
        """What else lies there."""
        names = os.listdir(self.path(""))
        return sorted(name for name in names if "part" in name)

    def post(self, name="x.sft", path="x.sft", **more):
        wish = {"url": f"http://127.0.0.1:{self.site.server_port}/{path}", "folder": "loras",
                "name": name, **more}
        return self.helper.post_model(json.dumps(wish).encode())[1]["id"]

    def job(self, identifier):
        """Once it has ended."""
        job = self.helper.jobs.all[identifier]
        for _ in range(2000):
            if not job.is_open():
                return job
            time.sleep(0.005)
        raise AssertionError(f"{job.tell()} does not end")

    def fetch(self, *order, **more):
        job = self.job(self.post(*order, **more))
        return job.state, job.error, job.have

    def put(self, offset, data, size, name="x.sft", of=None, **more):
        query = {"offset": str(offset), "size": str(size), **({"of": of} if of else {}), **more}
        with tempfile.TemporaryFile() as chunk:
            chunk.write(data)
            chunk.flush()
            try:
                return self.helper.put_model("loras", name, query, chunk, hashlib.sha256(data))[1]
            except self.helper.Refused as refused:
                return {"error": refused.word, **refused.more}


def cut_at(pod, data, have, **more):
    """A download that breaks off."""
    pod.site.data, pod.site.cut = data, have
    same(pod.fetch(**more), ("failed", "network", have), "cut")
    pod.site.cut = None
    pod.site.asked.clear()


# --- whose a part is ------------------------------------------------------------------------------

def a_download_goes_on():
    """By the same name of its source: with another link, and after a crash."""
    data = model(5000, 1)
    with Pod() as pod:
        cut_at(pod, data, 2000, of=A, path="signed?one")
        pod.start()
        cut_at(pod, data, 4000, of=A, path="other/signed?two", size=5000)
        pod.start()
        same(pod.fetch(of=A, sha256=hashlib.sha256(data).hexdigest()), ("done", None, 5000))
        same(pod.site.asked, ["bytes=4000-"])
        same((pod.read("x.sft") == data, pod.left()), (True, []))


def a_download_goes_on_without_a_name():
    """Of the source: then its link without the query is that."""
    data = model(5000, 1)
    with Pod() as pod:
        cut_at(pod, data, 2000, path="a.sft?one")
        same(pod.fetch(path="a.sft?two"), ("done", None, 5000))
        same(pod.site.asked, ["bytes=2000-"])
        cut_at(pod, data, 2000, path="a.sft")
        same(pod.fetch(path="b.sft"), ("done", None, 5000))
        same(pod.site.asked, [None])


def a_download_begins_anew():
    """After anything else of its name."""
    first, second = model(5000, 1), model(5000, 2)
    sums = {data: hashlib.sha256(data).hexdigest() for data in (first, second)}
    for before, after in (
        ({"of": A}, {"of": B}),
        ({"of": A}, {}),
        ({"of": A, "sha256": sums[first]}, {"of": A, "sha256": sums[second]}),
        ({"of": A, "size": 5000}, {"of": A, "size": 4999}),
    ):
        with Pod() as pod:
            cut_at(pod, first, 2000, **before)
            pod.site.data = second
            same(pod.fetch(**after), ("done", None, 5000), after)
            same((pod.read("x.sft") == second, pod.left()), (True, []), after)


def a_site_has_another_by_now():
    """The same link, and even the same size."""
    first, second, longer = model(5000, 1), model(5000, 2), model(6000, 2)
    for kind, before, after, now, asked in (
        ("ETag", '"1"', '"1"', first, ["bytes=2000-"]),
        ("ETag", '"1"', None, first, ["bytes=2000-"]),
        ("ETag", '"1"', '"2"', second, ["bytes=2000-", None]),
        ("Last-Modified", "Mon", "Tue", second, ["bytes=2000-", None]),
        ("ETag", None, None, longer, ["bytes=2000-", None]),
        # What is there is more than all of it.
        ("ETag", None, None, model(1000, 3), ["bytes=2000-", None]),
    ):
        with Pod() as pod:
            pod.site.kind, pod.site.mark = kind, before
            cut_at(pod, first, 2000, of=A)
            pod.site.mark, pod.site.data = after, now
            same(pod.fetch(of=A), ("done", None, len(now)), (kind, after))
            same((pod.site.asked, pod.read("x.sft") == now), (asked, True), (kind, after))


def all_was_there_before_a_crash():
    data = model(5000, 1)
    for declared in ({}, {"size": 5000}):
        with Pod() as pod:
            cut_at(pod, data, 4000, of=A)
            # The last bytes have come, and then it died.
            with open(pod.path("x.sft.part"), "ab") as file:
                file.write(data[4000:])
            pod.start()
            same(pod.fetch(of=A, **declared), ("done", None, 5000))
            same((pod.site.asked, pod.read("x.sft") == data), (["bytes=5000-"], True))


def a_site_that_knows_no_ranges():
    data = model(5000, 1)
    with Pod() as pod:
        pod.site.ranges = False
        cut_at(pod, data, 2000, of=A)
        same((pod.fetch(of=A), pod.read("x.sft") == data), (("done", None, 5000), True))


def sent_and_fetched_do_not_mix():
    sent, fetched = model(5000, 1), model(5000, 2)
    with Pod() as pod:
        same(pod.put(0, sent[:2000], 5000, of=A)["have"], 2000)
        pod.site.data = fetched
        same(pod.fetch(of=A, size=5000), ("done", None, 5000))
        same((pod.site.asked, pod.read("x.sft") == fetched, pod.left()), ([None], True, []))
        cut_at(pod, fetched, 3000, of=A, size=5000)
        same(pod.put(0, b"", 5000, of=A), {"have": 0, "whole": True})
        same(pod.put(3000, sent[3000:], 5000, of=A)["error"], "offset")
        # So far nothing was lost.
        same(len(pod.read("x.sft.part")), 3000)
        same(pod.put(0, sent[:4000], 5000, of=A)["have"], 4000)
        same(pod.job(pod.put(4000, sent[4000:], 5000, of=A)["id"]).state, "done")
        same((pod.read("x.sft") == sent, pod.left()), (True, []))


def what_is_sent_goes_on():
    data = model(5000, 1)
    with Pod() as pod:
        pod.put(0, data[:2000], 5000, of=A)
        pod.start()
        for size, of in ((5000, B), (5000, None), (4000, A)):
            same(pod.put(0, b"", size, of=of)["have"], 0, (size, of))
            same(pod.put(2000, b"x", size, of=of)["error"], "offset", (size, of))
        same(pod.put(0, b"", 5000, of=A)["have"], 2000)
        same(pod.job(pod.put(2000, data[2000:], 5000, of=A)["id"]).state, "done")
        same(pod.read("x.sft") == data, True)


def a_part_that_nobody_noted():
    """Or whose note is nonsense, or no file: it is nobody's."""
    data = model(5000, 1)
    for note in (None, b"", b"[]", b"{", b"[" * 5000, b'{"kind": "download"}', b"\xff"):
        with Pod() as pod:
            cut_at(pod, model(5000, 2), 2000, of=A)
            os.unlink(pod.path(".x.sft.part"))
            if note is not None:
                with open(pod.path(".x.sft.part"), "wb") as file:
                    file.write(note)
            pod.site.data = data
            same((pod.fetch(of=A), pod.read("x.sft") == data), (("done", None, 5000), True), note)


def pages():
    """One that says that the site is overloaded is not what the link leads to."""
    with Pod() as pod:
        for status, word in ((200, "html"), (400, "html"), (403, "http-403"), (404, "http-404"),
                             (408, "network"), (429, "network"), (500, "network"),
                             (502, "network"), (503, "network")):
            pod.site.status = status
            same(pod.fetch(of=A)[:2], ("failed", word), status)


def answers_that_make_no_sense():
    """They end the job, too."""
    data = model(5000, 1)
    endless = "9" * 5000
    for name, value in (("Content-Length", "\u00b2"), ("Content-Length", endless),
                        ("Content-Range", "bytes 2000-/" + endless),
                        ("Content-Range", "bytes 2000-4999/" + endless),
                        ("Content-Range", "bytes */" + endless),
                        ("Content-Disposition", "filename=" + "x" * 60000)):
        with Pod() as pod:
            cut_at(pod, data, 2000, of=A)
            pod.site.ranges, pod.site.length = False, False
            pod.site.more = {name: value}
            expected = pod.fetch(name=None if name.endswith("tion") else "x.sft", of=A)
            same(expected[0] in ("failed", "done"), True, name)
            same(max(len(job["name"]) for job in pod.helper.jobs.tell()) <= 250, True)
            pod.site.more, pod.site.ranges, pod.site.length = {}, True, True
            same((pod.fetch(of=A)[0], pod.read("x.sft") == data), ("done", True), name)


def cut_off_where_nobody_said_how_long():
    """Its own header does."""
    data = model(5000, 1)
    with Pod() as pod:
        pod.site.data, pod.site.length, pod.site.cut = data, False, 4999
        same(pod.fetch(of=A), ("failed", "kind", 0))
        pod.site.cut = None
        same((pod.fetch(of=A), pod.read("x.sft") == data), (("done", None, 5000), True))


def links_on_the_disk_are_not_followed():
    """Whoever else is in the container may have put them there."""
    data = model(5000, 1)
    for name in ("x.sft.part", ".x.sft.part", ".x.sft.part~"):
        with Pod() as pod:
            os.makedirs(pod.path(""))
            with open(pod.root + "/other", "wb") as file:
                file.write(b"precious")
            os.symlink(pod.root + "/other", pod.path(name))
            pod.site.data = data
            same((pod.fetch(of=A), pod.read("x.sft") == data), (("done", None, 5000), True), name)
            pod.put(0, data[:100], 5000, of=A)
            with open(pod.root + "/other", "rb") as file:
                same(file.read(), b"precious", name)
    with Pod() as pod:
        cut_at(pod, data, 2000, of=A)
        os.rename(pod.path("x.sft.part"), pod.root + "/other")
        os.symlink(pod.root + "/other", pod.path("x.sft.part"))
        same(pod.fetch(of=A), ("done", None, 5000))
        same((pod.read("x.sft") == data, os.path.islink(pod.path("x.sft"))), (True, False))


def the_longest_name():
    data = model(5000, 1)
    name = "x" * 196 + ".sft"
    with Pod() as pod:
        cut_at(pod, data, 2000, name=name, of=A)
        same((pod.fetch(name=name, of=A), pod.read(name) == data), (("done", None, 5000), True))


# --- two at once ----------------------------------------------------------------------------------

def cancelled_before_its_first_byte():
    """It went on with a part that is taken away: zeros in its place would be a beginning."""
    data = model(5000, 1)
    for have in (0, 2000):
        with Pod() as pod:
            cut_at(pod, data, have, of=A)
            pod.site.meanwhile = lambda: pod.helper.delete_job(list(pod.helper.jobs.all)[-1])
            same(pod.fetch(of=A)[:2], ("cancelled", None))
            same(pod.left(), [])
            pod.site.meanwhile = None
            same((pod.fetch(of=A), pod.read("x.sft") == data), (("done", None, 5000), True))


def its_part_vanishes():
    """Not by us."""
    data = model(5000, 1)
    with Pod() as pod:
        cut_at(pod, data, 2000, of=A)
        pod.site.meanwhile = lambda: os.unlink(pod.path("x.sft.part"))
        same(pod.fetch(of=A)[:2], ("failed", "network"))
        pod.site.meanwhile = None
        same((pod.fetch(of=A), pod.read("x.sft") == data), (("done", None, 5000), True))


def cancelled_when_all_is_there():
    """Between the check and the name."""
    for how in ("job", "file"):
        with Pod() as pod:
            pod.site.data = model(5000, 1)
            looks_right = pod.helper.looks_right

            def look(part):
                if how == "job":
                    pod.helper.delete_job(list(pod.helper.jobs.all)[-1])
                else:
                    pod.helper.delete_model("loras", "x.sft")
                return looks_right(part) if os.path.exists(part) else True

            pod.helper.looks_right = look
            same(pod.fetch(of=A)[:2], ("cancelled", None), how)
            same((pod.read("x.sft"), pod.left()), (None, []), how)


def cancelled_while_it_waits():
    """Its name is free at once, and not only when those before it have ended."""
    with Pod() as pod, contextlib.ExitStack() as stack:
        for _ in range(pod.helper.MOST_AT_ONCE):
            stack.enter_context(pod.helper.jobs.slots)
        job = pod.post(of=A)
        pod.helper.delete_job(job)
        same(pod.helper.jobs.all[job].state, "cancelled")
        again = pod.post(of=A)
        pod.site.data, pod.site.cut = model(5000, 1), 2000
        stack.close()
        same((pod.job(again).state, pod.helper.jobs.all[job].state), ("failed", "cancelled"))
        # However late it learns of that.
        pod.helper.jobs.all[job].run()
        same(pod.left(), [".x.sft.part", "x.sft.part"])


def an_old_job_takes_nothing_along():
    """When it is deleted: not the part of its successor, nor one that was sent."""
    data = model(5000, 1)
    with Pod() as pod:
        cut_at(pod, data, 2000, of=A)
        old = list(pod.helper.jobs.all)[-1]
        pod.site.meanwhile = lambda: pod.helper.jobs.all.get(old) and pod.helper.delete_job(old)
        same((pod.fetch(of=A), pod.read("x.sft") == data), (("done", None, 5000), True))
        pod.site.meanwhile = None
        cut_at(pod, data, 2000, of=A)
        pod.put(0, data[:300], 5000, of=A)
        pod.helper.delete_job(list(pod.helper.jobs.all)[-1])
        same(pod.put(0, b"", 5000, of=A)["have"], 300)
        # Its own it does.
        cut_at(pod, data, 2000, of=A)
        pod.helper.delete_job(list(pod.helper.jobs.all)[-1])
        same(pod.left(), [])


def only_one_of_a_name():
    """Of two orders at the same time, and of one that learns its name later."""
    with Pod() as pod, contextlib.ExitStack() as stack:
        for _ in range(pod.helper.MOST_AT_ONCE):
            stack.enter_context(pod.helper.jobs.slots)
        find_open, inside = pod.helper.jobs.find_open, threading.Barrier(2)

        def find(*place):
            found = find_open(*place)
            with contextlib.suppress(threading.BrokenBarrierError):
                inside.wait(0.2)
            return found

        pod.helper.jobs.find_open = find
        both = [threading.Thread(target=order, args=(pod,)) for _ in range(2)]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        same(len(pod.helper.jobs.all), 1)
        pod.helper.jobs.find_open = find_open
        job = list(pod.helper.jobs.all)[0]
        pod.helper.delete_job(job)
    with Pod() as pod:
        pod.site.data, pod.site.name = model(5000, 1), "x.sft"
        held = threading.Event()
        release = threading.Event()

        def hold():
            if not held.is_set():
                held.set()
                release.wait(10)

        pod.site.meanwhile = hold
        first = pod.post(of=A)
        held.wait(10)
        same(pod.fetch(name=None, of=B)[:2], ("failed", "busy"))
        release.set()
        same(pod.job(first).state, "done")


def order(pod):
    try:
        pod.post(of=A)
    except pod.helper.Refused:
        pass


def a_piece_and_a_deletion():
    """The piece does not go behind a hole."""
    data = model(5000, 1)
    with Pod() as pod:
        pod.put(0, data[:2000], 5000, of=A)
        check_room, thread = pod.helper.check_room, None

        def check(size):
            nonlocal thread
            thread = threading.Thread(target=pod.helper.delete_model, args=("loras", "x.sft"))
            thread.start()
            # It has to wait; if it does not, it is done by then.
            thread.join(0.2)
            check_room(size)

        pod.helper.check_room = check
        pod.put(2000, data[2000:3000], 5000, of=A)
        thread.join()
        same((pod.read("x.sft.part"), pod.left()), (None, []))


# --- the disk -------------------------------------------------------------------------------------

def two_gigabytes_stay_free():
    """Also if somebody else writes at the same time."""
    with Pod() as pod:
        pod.helper.PIECE = 1000
        pod.site.data = model(5000, 1)

        def fill():
            pod.free = 2 * GB + 5000

        pod.site.meanwhile = fill
        touch = pod.helper.touch

        def count():
            pod.free -= 2000
            touch()

        pod.helper.touch = count
        same(pod.fetch(of=A, size=5000), ("failed", "disk", 3000))


def a_volume_has_a_quota():
    """Then the disk below it is as free as before."""
    for number, word in ((28, "disk"), (122, "disk"), (5, "text")):
        with Pod() as pod:
            pod.site.data = model(5000, 1)

            def touch():
                raise OSError(number, "no")

            pod.helper.touch = touch
            same(pod.fetch(of=A)[:2], ("failed", word), number)


def what_it_takes_the_place_of_makes_room():
    data = model(5000, 1)
    with Pod() as pod:
        cut_at(pod, model(5000, 2), 4000, of=A)
        pod.free = 2 * GB + 1500
        unlink = pod.helper.unlink

        def free(path):
            size = pod.helper.size_on_disk(path)
            pod.free += size if path.endswith("/x.sft.part") else 0
            return unlink(path)

        pod.helper.unlink = free
        pod.site.data = data
        same(pod.fetch(of=B), ("done", None, 5000))


def a_piece_on_a_full_disk():
    """Whoever has the right seal is told that there is no room, and nobody else anything."""
    with Pod() as pod:
        server = pod.helper.Server(("127.0.0.1", 0), pod.helper.Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        number = 0

        def put(body, sealed=None):
            nonlocal number
            number += 1
            digest = hashlib.sha256(sealed or body).hexdigest()
            target = "models/loras/x.sft?offset=0&size=3000000"
            seal = pod.helper.mac(f"PUT {target} {number}", digest)
            line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=10)
            with contextlib.closing(line):
                line.request("PUT", f"/{pod.helper.PATH}/{target}", body,
                             {"X-Easel": f"{number} {seal}"})
                answer = line.getresponse()
                data = answer.read()
                return answer.status, data, bool(answer.getheader("X-Easel"))

        class Full(io.FileIO):
            def write(self, data):
                return super().write(data[:100])

        def no_file():
            raise OSError(122, "quota")

        def small_disk():
            with real() as file:
                return Full(os.dup(file.fileno()), "r+")

        real = pod.helper.open_temporary
        for full in (no_file, small_disk):
            pod.helper.open_temporary = full
            same(put(bytes(2500000)), (507, b'{"error": "disk"}', True))
            same(put(bytes(2500000), b"other"), (403, b"", False))
            same(put(b"x" * 200), (507, b'{"error": "disk"}', True))
        pod.helper.open_temporary = real
        same(put(bytes(2500000))[0], 200)
        server.shutdown()
        server.server_close()


def a_list_while_files_go():
    with Pod() as pod:
        os.makedirs(pod.path(""))
        for name in ("a.sft", "b.sft", "c.sft"):
            with open(pod.path(name), "wb") as file:
                file.write(b"x")
        real = pod.helper.os

        def gone(path, *more, **how):
            if str(path).endswith("b.sft"):
                raise FileNotFoundError(2, "gone")
            return os.stat(path, *more, **how)

        pod.helper.os = types.SimpleNamespace(**{**vars(os), "stat": gone})
        same([file["name"] for file in pod.helper.list_models()], ["a.sft", "c.sft"])
        pod.helper.os = real


# --- what ComfyUI itself downloads ----------------------------------------------------------------

def bar(name, have, size, speed="50.0MB/s"):
    return f"{name}:  37%|###   | {have}/{size} [00:41<01:12, {speed}]"


def told(pod, *lines, rest=""):
    with open(pod.root + "/tmp/el", "a") as file:
        file.write("".join(line + "\r" for line in lines) + rest)
    return {file["name"]: (file["have"] / GB, file["size"] / GB, file["speed"] >> 20,
                           file["state"]) for file in pod.helper.boot_files.tell()}


def files_of_one_name():
    """After each other and at the same time: what is there of them never becomes less."""
    with Pod() as pod:
        same(told(pod, bar("a", "1.0G", "6.0G"), rest=bar("b", "0.5G", "1.0G")), {
            "a": (1, 6, 50, "running"), "b": (0.5, 1, 50, "running")})
        same(told(pod, "", bar("a", "0.25G", "2.0G"))["a"], (1.25, 8, 100, "running"))
        for have in ("0.5G", "1.0G", "1.5G"):
            told(pod, bar("a", "2.5G", "6.0G"), bar("a", have, "2.0G", "30.0MB/s"))
        same(told(pod)["a"], (4, 8, 80, "running"))
        same(told(pod, bar("a", "6.0G", "6.0G"))["a"], (7.5, 8, 30, "running"))
        same(told(pod, bar("a", "2.0G", "2.0G"))["a"], (8, 8, 50, "done"))
        # The bar that is over may be drawn once more; the next one of the same size begins.
        same(told(pod, bar("a", "6.0G", "6.0G"))["a"], (8, 8, 50, "done"))
        same(told(pod, bar("a", "0.5G", "2.0G"))["a"], (8.5, 10, 50, "running"))
        # And two of the same size at the same time.
        told(pod, bar("c", "1.0G", "1.0G"))
        for have in ("0.25G", "0.5G", "0.25G", "1.0G", "0.5G", "1.0G", "1.0G"):
            found = told(pod, bar("c", have, "1.0G"))["c"]
        same(found, (3, 3, 50, "done"))
        same(told(pod, "Error downloading b (attempt 0): reset")["b"][3], "waiting")
        # From its beginning, after a fault: that is one file.
        same(told(pod, bar("b", "0.25G", "1.0G"))["b"], (0.25, 1, 50, "running"))


def half_a_bar():
    """It is read again when all of it is there."""
    with Pod() as pod:
        whole = bar("a", "2.0G", "6.0G")
        for end in range(len(whole)):
            found = told(pod, rest=whole[end])
            expected = {"a": (2, 6, 50, "running")} if end == len(whole) - 1 else {}
            same(found, expected, whole[:end + 1])


TESTS = (
    a_download_goes_on,
    a_download_goes_on_without_a_name,
    a_download_begins_anew,
    a_site_has_another_by_now,
    all_was_there_before_a_crash,
    a_site_that_knows_no_ranges,
    sent_and_fetched_do_not_mix,
    what_is_sent_goes_on,
    a_part_that_nobody_noted,
    cut_off_where_nobody_said_how_long,
    pages,
    answers_that_make_no_sense,
    links_on_the_disk_are_not_followed,
    the_longest_name,
    cancelled_before_its_first_byte,
    its_part_vanishes,
    cancelled_when_all_is_there,
    cancelled_while_it_waits,
    an_old_job_takes_nothing_along,
    only_one_of_a_name,
    a_piece_and_a_deletion,
    two_gigabytes_stay_free,
    a_volume_has_a_quota,
    what_it_takes_the_place_of_makes_room,
    a_piece_on_a_full_disk,
    a_list_while_files_go,
    files_of_one_name,
    half_a_bar,
)

print(f"1..{len(TESTS)}", flush=True)
failed = 0
for test in TESTS:
    try:
        test()
        print("ok - " + test.__name__.replace("_", " "), flush=True)
    except Exception:
        failed += 1
        print("not ok - " + test.__name__.replace("_", " "), flush=True)
        print("# " + traceback.format_exc().replace("\n", "\n# "), flush=True)
sys.exit(1 if failed else 0)
