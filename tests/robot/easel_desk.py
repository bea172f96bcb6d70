# SPDX-License-Identifier: GPL-3.0-or-later
"""A desk to work at: a display without a screen, a session bus, a keyring and a home of its own.

Owns the processes around the program under test and nothing of the program. Everything lives in
one temporary folder and ends with the desk.
"""
import contextlib
import ctypes
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import patience  # noqa: E402

PASSWORD = 'throw-away'
NEEDED = ['Xvfb', 'dbus-daemon', 'gnome-keyring-daemon', 'secret-tool', 'xdotool', 'xclip',
          'import']

# Set by a person's session, and wrong here.
FOREIGN = ['WAYLAND_DISPLAY', 'GTK_A11Y', 'NO_AT_BRIDGE', 'AT_SPI_BUS_ADDRESS', 'GTK_THEME',
           'GSETTINGS_BACKEND', 'G_DEBUG', 'G_MESSAGES_DEBUG', 'XAUTHORITY', 'LANGUAGE',
           'DESKTOP_STARTUP_ID', 'XDG_CURRENT_DESKTOP', 'GNOME_KEYRING_CONTROL', 'SSH_AUTH_SOCK',
           'http_proxy', 'https_proxy', 'all_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY']


class Gone(Exception):
    """A condition did not come true in time."""


def wait_until(condition, what, seconds=20, process=None):
    """Returns the first true value of condition()."""
    end = patience.now() + seconds
    while True:
        value = condition()
        if value:
            return value
        if process is not None and process.poll() is not None:
            raise Gone(f'{what}: the program ended with {process.returncode}')
        if patience.now() > end:
            raise Gone(f'{what}: not within {seconds} s')
        time.sleep(0.04)


def missing_tools():
    return [tool for tool in NEEDED if shutil.which(tool) is None]


class Desk:
    def __init__(self, size=(1280, 1024)):
        self.folder = tempfile.mkdtemp(prefix='easel-')
        self.processes = []
        self.homes = 0
        self.env = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        self.env.update({
            'LC_ALL': 'C.UTF-8', 'TZ': 'Europe/Berlin', 'GDK_BACKEND': 'x11',
            'GSK_RENDERER': 'cairo', 'LIBGL_ALWAYS_SOFTWARE': '1', 'GIO_USE_VFS': 'local',
            'GIO_USE_PROXY_RESOLVER': 'dummy', 'GSETTINGS_BACKEND': 'keyfile',
        })
        self.new_home()
        try:
            self.env['DISPLAY'] = ':' + self.start_printing(
                'xvfb', ['Xvfb', '-displayfd', '{fd}', '-screen', '0', '%dx%dx24' % size,
                         '-nolisten', 'tcp', '-noreset'])
            self.env['DBUS_SESSION_BUS_ADDRESS'] = self.start_printing(
                'dbus', ['dbus-daemon', '--session', '--nofork', '--print-address={fd}'])
            self.start_keyring()
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def new_home(self):
        """From here on a person who never started the program."""
        self.homes += 1
        self.home = self.path(f'home-{self.homes}')
        for name, variable in [('config', 'XDG_CONFIG_HOME'), ('data', 'XDG_DATA_HOME'),
                               ('state', 'XDG_STATE_HOME'), ('cache', 'XDG_CACHE_HOME')]:
            self.env[variable] = os.path.join(self.home, name)
            os.makedirs(self.env[variable])
        self.env['HOME'] = self.home
        if 'XDG_RUNTIME_DIR' not in self.env or self.homes == 1:
            self.env['XDG_RUNTIME_DIR'] = self.path('run')
            os.makedirs(self.env['XDG_RUNTIME_DIR'], mode=0o700, exist_ok=True)
        self.set_appearance()
        self.install_browser()

    def set_appearance(self, dark=False, text_scale=1.0, animations=False):
        folder = os.path.join(self.env['XDG_CONFIG_HOME'], 'gtk-4.0')
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, 'settings.ini'), 'w', encoding='utf-8') as file:
            file.write('[Settings]\n'
                       f'gtk-application-prefer-dark-theme={int(dark)}\n'
                       f'gtk-enable-animations={int(animations)}\n'
                       'gtk-cursor-blink=0\n'
                       'gtk-font-name=Cantarell 11\n')
        # In settings.ini it would come to nothing: what the display says of it goes first.
        self.env['XENVIRONMENT'] = os.path.join(self.home, 'x-resources')
        with open(self.env['XENVIRONMENT'], 'w', encoding='utf-8') as file:
            file.write(f'Xft.dpi: {96 * text_scale:g}\n')

    def install_browser(self):
        """A browser that only writes down what it was asked to show."""
        applications = os.path.join(self.env['XDG_DATA_HOME'], 'applications')
        os.makedirs(applications)
        script = os.path.join(self.home, 'browser')
        self.visits = os.path.join(self.home, 'visits')
        with open(script, 'w', encoding='utf-8') as file:
            file.write(f'#!/bin/sh\necho "$1" >> "{self.visits}"\n')
        os.chmod(script, 0o755)
        with open(os.path.join(applications, 'browser.desktop'), 'w', encoding='utf-8') as file:
            file.write(f'[Desktop Entry]\nType=Application\nName=Browser\nExec={script} %u\n'
                       'MimeType=x-scheme-handler/https;x-scheme-handler/http;\n')
        with open(os.path.join(self.env['XDG_CONFIG_HOME'], 'mimeapps.list'), 'w',
                  encoding='utf-8') as file:
            file.write('[Default Applications]\nx-scheme-handler/https=browser.desktop\n'
                       'x-scheme-handler/http=browser.desktop\n')

    def visited(self):
        try:
            with open(self.visits, encoding='utf-8') as file:
                return file.read().split()
        except FileNotFoundError:
            return []

    # Processes

    def start(self, name, command, stdout=None, stdin=subprocess.DEVNULL, env=None, pass_fds=()):
        log = open(self.path(f'{name}.log'), 'ab')
        process = subprocess.Popen(command, env={**self.env, **(env or {})}, stdin=stdin,
                                   stdout=stdout or log, stderr=log, pass_fds=pass_fds,
                                   cwd=self.folder, start_new_session=True)
        log.close()
        self.processes.append(process)
        return process

    def start_printing(self, name, command):
        """Starts what prints one line into a file descriptor once it is ready."""
        ours, theirs = os.pipe()
        self.start(name, [word.replace('{fd}', str(theirs)) for word in command],
                   pass_fds=(theirs,))
        os.close(theirs)
        with os.fdopen(ours) as pipe:
            line = pipe.readline().strip()
        if not line:
            raise Gone(f'{name} did not start: {self.read(name + ".log")[-2000:]}')
        return line

    def start_keyring(self):
        process = self.start('keyring', ['gnome-keyring-daemon', '--foreground', '--unlock',
                                         '--components=secrets',
                                         '--control-directory=' + self.path('keyring-control')],
                             stdin=subprocess.PIPE)
        process.stdin.write(PASSWORD.encode())
        process.stdin.close()
        # Whoever asks for the service before it is there gets another one started, and locked.
        wait_until(lambda: 'true' in self.ask_bus('org.freedesktop.DBus', '/',
                                                  'org.freedesktop.DBus.NameHasOwner',
                                                  'string:org.freedesktop.secrets'), 'the keyring')
        wait_until(lambda: 'boolean false' in self.ask_bus(
            'org.freedesktop.secrets', '/org/freedesktop/secrets/collection/login',
            'org.freedesktop.DBus.Properties.Get', 'string:org.freedesktop.Secret.Collection',
            'string:Locked'), 'the keyring to be unlocked')
        self.keyring = process

    def ask_bus(self, *words):
        name, *rest = words
        return self.run('dbus-send', '--session', '--print-reply', f'--dest={name}', *rest)[1]

    @contextlib.contextmanager
    def notification_log(self):
        """Somebody who takes notifications; what they say is what this returns, called."""
        name = f'notifications-{len(self.processes)}'
        here = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'notification_daemon.py')
        process = self.start(name, [sys.executable, here])
        wait_until(lambda: 'listening' in self.read(name + '.log'), 'notifications', 10, process)
        try:
            yield lambda: self.read(name + '.log')
        finally:
            self.stop(process)

    def stop_keyring(self):
        self.stop(self.keyring)

    @staticmethod
    def stop(process, how=signal.SIGTERM):
        if process.poll() is None:
            process.send_signal(how)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def close(self):
        for process in reversed(self.processes):
            self.stop(process)
        # What these started in turn is in their sessions.
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                pass
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, *command, text=None):
        done = subprocess.run(command, env=self.env, input=text, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, text=True, timeout=30, check=False,
                              stdin=None if text is not None else subprocess.DEVNULL)
        return done.returncode, done.stdout + done.stderr

    def read(self, name):
        try:
            with open(self.path(name), encoding='utf-8', errors='replace') as file:
                return file.read()
        except FileNotFoundError:
            return ''

    # What a person's hands and eyes reach

    def clipboard(self):
        return subprocess.run(['xclip', '-selection', 'clipboard', '-o'], env=self.env,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=10,
                              check=False).stdout.decode()

    def windows(self):
        """X windows on the display that have a title, newest last."""
        found = self.run('xdotool', 'search', '--onlyvisible', '--name', '.')[1]
        return [line for line in found.split() if line.isdigit()]

    def has_icon(self, window):
        """Whether the window tells window managers how its icon looks."""
        x11 = ctypes.CDLL('libX11.so.6')
        x11.XOpenDisplay.restype = ctypes.c_void_p
        x11.XInternAtom.restype = ctypes.c_ulong
        display = ctypes.c_void_p(x11.XOpenDisplay(self.env['DISPLAY'].encode()))
        kind, left, data = ctypes.c_ulong(), ctypes.c_ulong(), ctypes.c_void_p()
        x11.XGetWindowProperty(
            display, ctypes.c_ulong(int(window)),
            ctypes.c_ulong(x11.XInternAtom(display, b'_NET_WM_ICON', 0)), ctypes.c_long(0),
            ctypes.c_long(1), 0, ctypes.c_ulong(0), ctypes.byref(kind),
            ctypes.byref(ctypes.c_int()), ctypes.byref(ctypes.c_ulong()), ctypes.byref(left),
            ctypes.byref(data))
        if data:
            x11.XFree(data)
        x11.XCloseDisplay(display)
        return left.value > 0

    def least_width(self, window):
        """How narrow the program lets a window manager make the window."""
        x11 = ctypes.CDLL('libX11.so.6')
        x11.XOpenDisplay.restype = ctypes.c_void_p
        display = ctypes.c_void_p(x11.XOpenDisplay(self.env['DISPLAY'].encode()))
        # XSizeHints: flags, then x, y, width, height and the least width; much more than that.
        hints = (ctypes.c_long * 32)()
        x11.XGetWMNormalHints(display, ctypes.c_ulong(int(window)), hints,
                              ctypes.byref(ctypes.c_long()))
        x11.XCloseDisplay(display)
        return ctypes.cast(hints, ctypes.POINTER(ctypes.c_int))[6]

    def window_named(self, title):
        for window in reversed(self.windows()):
            if self.run('xdotool', 'getwindowname', window)[1].strip() == title:
                return window
        return None

    def focus(self, title):
        window = wait_until(lambda: self.window_named(title), f'a window “{title}”')
        self.run('xdotool', 'windowraise', window)
        self.run('xdotool', 'windowfocus', '--sync', window)
        return window

    def focus_newest(self):
        """The window that appeared last, a question usually."""
        window = self.windows()[-1]
        self.run('xdotool', 'windowraise', window)
        self.run('xdotool', 'windowfocus', '--sync', window)
        return window

    def keys(self, *keys):
        status, output = self.run('xdotool', 'key', '--clearmodifiers', '--delay', '30', *keys)
        if status != 0:
            raise AssertionError(f'xdotool: {output}')

    def type(self, text):
        status, output = self.run('xdotool', 'type', '--clearmodifiers', '--delay', '15', text)
        if status != 0:
            raise AssertionError(f'xdotool: {output}')

    def picture(self, path, window='root'):
        os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
        status, output = self.run('import', '-silent', '-window', window, path)
        if status != 0:
            raise AssertionError(f'import: {output}')
        return path

    def secrets(self, **attributes):
        """What secret-tool finds in the keyring: the text of each item, attributes included."""
        words = [word for pair in attributes.items() for word in pair]
        output = self.run('secret-tool', 'search', '--all', '--unlock', *words)[1]
        return [item for item in re.split(r'(?m)^\[/', output) if 'secret = ' in item]

    def forget_secrets(self, **attributes):
        words = [word for pair in attributes.items() for word in pair]
        self.run('secret-tool', 'clear', *words)
