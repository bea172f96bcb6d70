# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that passes in all pods of a test program, and in the test itself.

It goes on with the computer's, but in small steps: a computer that stands still for ten seconds
takes ten minutes away from nobody. A program in a pod is given it in place of the system's two
clocks; deadlines of sockets are the kernel's and stay real.
"""
import ctypes
import mmap
import struct
import threading
import time

# The most that passes at once, in real seconds: above what a busy scheduler takes for a turn.
STEP = 0.1
# What a computer says that has been up for a while.
UPTIME = 5000.0

# For the programs in a pod, as their sitecustomize.py: what this clock says, and what their
# computer's clock is set to beside it, which may change while they run.
IN_A_POD = '''import mmap, os, struct, time
with open(os.environ["EASEL_TIME"], "rb") as file:
    shared = mmap.mmap(file.fileno(), 16, prot=mmap.PROT_READ)
def passed():
    return struct.unpack_from("d", shared)[0]
def shown():
    try:
        with open(os.environ["EASEL_ROOT"] + "/clock") as file:
            shift = float(file.read() or 0)
    except OSError:
        shift = 0
    return struct.unpack_from("d", shared, 8)[0] + passed() + shift
time.monotonic, time.time = passed, shown
# A file's time is the kernel's, else.
utime = os.utime
def touch(name, times=None, **rest):
    utime(name, times if times or rest else (shown(), shown()), **rest)
os.utime = touch
'''


class PodTime:
    """path: of the file that the programs in the pods read"""

    def __init__(self, path):
        with open(path, "wb") as file:
            file.write(struct.pack("dd", UPTIME, time.time() - UPTIME))
        with open(path, "r+b") as file:
            # Written in one go: struct.pack_into() would leave zeros there for a moment.
            self.shared = (ctypes.c_double * 2).from_buffer(mmap.mmap(file.fileno(), 16))
        self.path = path
        # Seconds that were left out because the computer stood still.
        self.stood_still = 0.0
        threading.Thread(target=self.go_on, daemon=True).start()

    def now(self):
        """Seconds; as time.monotonic() in a pod."""
        return self.shared[0]

    def date(self):
        """As time.time() in a pod whose clock was not set."""
        return self.shared[1] + self.now()

    def sleep(self, seconds):
        end = self.now() + seconds
        while self.now() < end:
            time.sleep(min(max(end - self.now(), 0.001), STEP))

    def go_on(self):
        before = time.monotonic()
        while True:
            time.sleep(STEP / 10)
            after = time.monotonic()
            step = min(after - before, STEP)
            self.stood_still += after - before - step
            before = after
            self.shared[0] += step
