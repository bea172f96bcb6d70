# SPDX-License-Identifier: GPL-3.0-or-later
"""How long it takes from the start of a process to its first picture.

The clock stops when a pixel in the middle of the window has changed, so that nothing in the program
takes part in the measurement.
"""
import ctypes
import ctypes.util
import sys
import time

WHERE = (410, 300)
LONGEST = 20.0


class Screen:
    """One pixel of the display, read again and again."""

    def __init__(self, display):
        self.x11 = ctypes.CDLL(ctypes.util.find_library('X11') or 'libX11.so.6')
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.x11.XDefaultRootWindow.restype = ctypes.c_ulong
        self.x11.XDefaultRootWindow.argtypes = [ctypes.c_void_p]
        self.x11.XGetImage.restype = ctypes.c_void_p
        self.x11.XGetImage.argtypes = [ctypes.c_void_p, ctypes.c_ulong, ctypes.c_int, ctypes.c_int,
                                       ctypes.c_uint, ctypes.c_uint, ctypes.c_ulong, ctypes.c_int]
        self.x11.XGetPixel.restype = ctypes.c_ulong
        self.pixel_of = ctypes.CFUNCTYPE(ctypes.c_ulong, ctypes.c_void_p, ctypes.c_int,
                                         ctypes.c_int)(('XGetPixel', self.x11))
        self.destroy = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)(('XDestroyImage', self.x11))
        self.display = self.x11.XOpenDisplay(display.encode())
        self.root = self.x11.XDefaultRootWindow(self.display)

    def pixel(self):
        image = self.x11.XGetImage(self.display, self.root, *WHERE, 1, 1, 0xffffffff, 2)
        value = self.pixel_of(image, 0, 0) & 0xffffff
        self.destroy(image)
        return value


def measure(desk, screen, command, name):
    before = screen.pixel()
    start = time.monotonic()
    process = desk.start(name, command)
    try:
        while screen.pixel() == before:
            if process.poll() is not None:
                sys.exit(f'{command[0]} ended:\n{desk.read(name + ".log")[-2000:]}')
            if time.monotonic() - start > LONGEST:
                sys.exit(f'{command[0]} showed nothing within {LONGEST:.0f} s')
            time.sleep(0.0005)
        return (time.monotonic() - start) * 1000
    finally:
        desk.stop(process)
        end = time.monotonic() + 5
        while screen.pixel() != before and time.monotonic() < end:
            time.sleep(0.01)
