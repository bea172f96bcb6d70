# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at and works the program as a screen reader does: over the accessibility bus.

Speaks AT-SPI on D-Bus itself: one call brings names, roles and states of everything that was asked
for before, where the client library asks thing by thing and keeps what it heard. What GTK 4.8 can
do there is little: buttons, links and menu items have an action, entries can be written, rows be
selected; everything else is done with keys.
"""
import re
import signal
import subprocess

from gi.repository import Gio, GLib

from easel_desk import Gone, wait_until

ACCESSIBLE = 'org.a11y.atspi.Accessible'
CHECKED, FOCUSABLE, FOCUSED, SELECTED, SENSITIVE, VISIBLE = 4, 11, 12, 23, 24, 30

# Numbers of AtspiRole, for what the program uses.
ROLES = {
    2: 'alert', 7: 'check box', 11: 'combo box', 16: 'dialog', 20: 'filler', 23: 'window',
    27: 'image', 29: 'label', 31: 'list', 32: 'list item', 33: 'menu', 34: 'menu bar',
    35: 'menu item', 37: 'page tab', 38: 'page tab list', 39: 'panel', 40: 'password text',
    41: 'popup menu', 42: 'progress bar', 43: 'button', 44: 'radio button', 48: 'scroll bar',
    49: 'scroll pane', 50: 'separator', 51: 'slider', 52: 'spin button', 54: 'status bar',
    55: 'table', 61: 'text', 62: 'button', 63: 'tool bar', 64: 'tool tip', 65: 'tree',
    69: 'window', 75: 'application', 79: 'entry', 83: 'heading', 85: 'section', 88: 'link',
    98: 'list box', 99: 'grouping', 101: 'notification', 116: 'static', 129: 'switch',
}

UNKNOWN = ('org.freedesktop.DBus.Error.UnknownMethod', 'org.freedesktop.DBus.Error.UnknownObject')

STEP = re.compile(r'Step \d of \d: (.*)$')

COMPLAINT = re.compile(r'^\(?.*(?:-WARNING|-CRITICAL|WARNING|CRITICAL|-ERROR) \*\*.*$|'
                       r'^\*\* (?:WARNING|CRITICAL|ERROR).*$|^.*(?:AddressSanitizer|runtime error:|'
                       r'LeakSanitizer).*$', re.M)


def plain(name):
    """A name said once: GTK 4.8 calls the button “_Next” “_Next Next”."""
    half = len(name) // 2
    for cut in range(max(0, half - 1), min(len(name), half + 3)):
        first, second = name[:cut], name[cut:].strip()
        if second and first.replace('_', '', 1).strip() == second:
            return second
    return name.strip()


class Node:
    """A thing on the screen at the moment of the look."""

    def __init__(self, item):
        self.ref, _, _, _, _, self.interfaces, name, role, self.description, states = item
        self.role = ROLES.get(role, str(role))
        self.name = plain(name)
        self.states = states[0] | (states[1] << 32 if len(states) > 1 else 0)
        self.parent = None
        self.children = []

    def has(self, state):
        return bool(self.states >> state & 1)

    @property
    def sensitive(self):
        return self.has(SENSITIVE)

    def can(self, interface):
        return 'org.a11y.atspi.' + interface in self.interfaces

    def walk(self):
        yield self
        for child in self.children:
            yield from child.walk()

    def ancestors(self):
        node = self.parent
        while node is not None:
            yield node
            node = node.parent

    def dump(self, depth=0):
        lines = [f'{"  " * depth}{self.role} “{self.name}”'
                 f'{"" if self.sensitive else " (insensitive)"}'
                 f'{" (checked)" if self.has(CHECKED) else ""}'
                 f'{" (selected)" if self.has(SELECTED) else ""}'
                 f'{" (focused)" if self.has(FOCUSED) else ""}'
                 f'{" – " + self.description if self.description else ""}']
        return '\n'.join(lines + [child.dump(depth + 1) for child in self.children])


def leave_only_current_step(window):
    """An assistant has all its pages in the tree and names its window after the current one."""
    for node in list(window.walk()):
        node.children = [child for child in node.children
                         if not (STEP.match(child.name) and
                                 STEP.match(child.name).group(1) not in window.name)]


class Eyes:
    """The accessibility bus of a desk."""

    def __init__(self, desk):
        flags = (Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT |
                 Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION)
        session = Gio.DBusConnection.new_for_address_sync(desk.env['DBUS_SESSION_BUS_ADDRESS'],
                                                          flags, None, None)
        address = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress',
                                    None, None, 0, 20000, None).unpack()[0]
        session.close_sync(None)
        self.bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)

    def call(self, ref, interface, method, signature=None, *values, timeout=60000):
        arguments = GLib.Variant(signature, values) if signature else None
        return self.bus.call_sync(ref[0], ref[1], interface, method, arguments, None,
                                  Gio.DBusCallFlags.NO_AUTO_START, timeout, None).unpack()

    def ask_for_children(self, refs):
        """The children of each of these, asked all at once. GTK puts a thing into its cache only
        when somebody has asked its parent for it."""
        answers = {}
        waiting = len(refs)

        def on_answer(bus, result, ref):
            nonlocal waiting
            waiting -= 1
            try:
                answers[ref] = bus.call_finish(result).unpack()[0]
            except GLib.Error:
                answers[ref] = []  # it went away meanwhile
        for ref in refs:
            self.bus.call(ref[0], ref[1], ACCESSIBLE, 'GetChildren', None, None,
                          Gio.DBusCallFlags.NO_AUTO_START, 60000, None, on_answer, ref)
        while waiting > 0:
            GLib.MainContext.default().iteration(True)
        return answers

    def get(self, ref, interface, name):
        return self.call(ref, 'org.freedesktop.DBus.Properties', 'Get', '(ss)', interface, name)[0]

    def applications(self):
        try:
            return self.bus.call_sync('org.a11y.atspi.Registry', '/org/a11y/atspi/accessible/root',
                                      ACCESSIBLE, 'GetChildren', None, None, 0, 10000,
                                      None).unpack()[0]
        except GLib.Error:
            return []

    def pid(self, name):
        return self.bus.call_sync('org.freedesktop.DBus', '/', 'org.freedesktop.DBus',
                                  'GetConnectionUnixProcessID', GLib.Variant('(s)', (name,)), None,
                                  0, 10000, None).unpack()[0]


class Program:
    """A running program with windows."""

    def __init__(self, desk, command, name='program', env=None):
        self.desk = desk
        self.name = name
        self.command = command
        self.process = desk.start(name, command, env=env)
        self.app = None
        self.was_stopped = False

    # Looking

    def connect(self, seconds=30):
        if not hasattr(self.desk, 'eyes'):
            self.desk.eyes = Eyes(self.desk)
        eyes = self.desk.eyes

        def look():
            for ref in eyes.applications():
                try:
                    if eyes.pid(ref[0]) == self.process.pid:
                        return ref
                except GLib.Error:
                    pass
            return None
        self.app = wait_until(look, f'{self.name} on the accessibility bus', seconds, self.process)
        return self

    def look(self):
        """Everything that is on the screen now: a list of windows."""
        try:
            # Who belongs where is asked level by level, because the cache knows too much (what was
            # hidden) and too little (what nobody has asked for); who they are stands there.
            families = {}
            level = [self.app]
            while level:
                answers = self.desk.eyes.ask_for_children(level)
                families.update(answers)
                level = [child for children in answers.values() for child in children]
            root = self.read_cache(families)
        except GLib.Error as error:
            if Gio.DBusError.get_remote_error(error) in UNKNOWN:
                return []  # it has just started, or something went away while it was looked at
            try:
                status = self.process.wait(5)
            except subprocess.TimeoutExpired:
                raise error from None
            raise Gone(f'{self.name} ended with {status}') from error
        for window in root.children:
            leave_only_current_step(window)
        return root.children

    def read_cache(self, families):
        items = self.desk.eyes.call((self.app[0], '/org/a11y/atspi/cache'), 'org.a11y.atspi.Cache',
                                    'GetItems')[0]
        nodes = {item[0]: Node(item) for item in items}
        for ref, children in families.items():
            for child in children:
                if ref in nodes and child in nodes:
                    nodes[child].parent = nodes[ref]
                    nodes[ref].children.append(nodes[child])
        return nodes[self.app]

    def nodes(self, window=None):
        for top in self.look():
            if window is None or top.name == window:
                yield from top.walk()

    def find(self, name=None, role=None, window=None, sensitive=None, test=None):
        """All things with this name (a string, or a compiled pattern) and role."""
        found = []
        for node in self.nodes(window):
            if role is not None and node.role not in ((role,) if isinstance(role, str) else role):
                continue
            if isinstance(name, str) and node.name != name:
                continue
            if isinstance(name, re.Pattern) and not name.search(node.name):
                continue
            if sensitive is not None and node.sensitive != sensitive:
                continue
            if test is not None and not test(node):
                continue
            found.append(node)
        return found

    def wait(self, name=None, role=None, window=None, sensitive=None, test=None, seconds=20):
        try:
            return wait_until(lambda: self.find(name, role, window, sensitive, test),
                              f'{role or "thing"} “{getattr(name, "pattern", name)}”', seconds,
                              self.process)[0]
        except Gone as gone:
            raise Gone(f'{gone}\n{self.dump()}') from None

    def wait_gone(self, name=None, role=None, window=None, seconds=20):
        try:
            wait_until(lambda: not self.find(name, role, window),
                       f'{role or "thing"} “{getattr(name, "pattern", name)}” to go', seconds,
                       self.process)
        except Gone as gone:
            raise Gone(f'{gone}\n{self.dump()}') from None

    def wait_text(self, pattern, window=None, seconds=20):
        """Waits until some label says this; returns the match."""
        wanted = re.compile(pattern)

        def look():
            for node in self.nodes(window):
                match = wanted.search(node.name) or wanted.search(node.description)
                if match:
                    return match
            return None
        try:
            return wait_until(look, f'the words “{pattern}”', seconds, self.process)
        except Gone as gone:
            raise Gone(f'{gone}\n{self.dump()}') from None

    def says(self, pattern, window=None):
        return any(re.search(pattern, node.name) for node in self.nodes(window))

    def text(self, node):
        """What is written in a label or entry."""
        return self.desk.eyes.call(node.ref, 'org.a11y.atspi.Text', 'GetText', '(ii)', 0, -1)[0]

    def words(self, window=None):
        return ' '.join(node.name for node in self.nodes(window))

    def windows(self):
        return [window.name for window in self.look()]

    def dump(self):
        try:
            return '\n'.join(window.dump() for window in self.look())
        except (Gone, GLib.Error) as error:
            return f'(nothing to see: {error})'

    # Working

    def actions(self, node):
        eyes = self.desk.eyes
        count = eyes.get(node.ref, 'org.a11y.atspi.Action', 'NActions')
        return [eyes.call(node.ref, 'org.a11y.atspi.Action', 'GetName', '(i)', index)[0]
                for index in range(count)]

    def act(self, node, action='click'):
        actions = self.actions(node)
        if action not in actions:
            raise AssertionError(f'{node.role} “{node.name}” has no action “{action}”')
        self.desk.eyes.call(node.ref, 'org.a11y.atspi.Action', 'DoAction', '(i)',
                            actions.index(action))

    def click(self, name, role=('button', 'link', 'menu item'), window=None, seconds=20, test=None):
        """A click on what has this name, as soon as it is there and takes clicks."""
        def clickable(node):
            return node.can('Action') and (test is None or test(node)) and \
                'click' in self.actions(node)
        node = self.wait(name, role, window, sensitive=True, test=clickable, seconds=seconds)
        self.act(node)
        return node

    def write(self, name, text, window=None, seconds=20):
        """Replaces what stands in the entry with this name."""
        node = self.wait(name, window=window, sensitive=True, seconds=seconds,
                         test=lambda node: node.can('EditableText'))
        self.desk.eyes.call(node.ref, 'org.a11y.atspi.EditableText', 'SetTextContents', '(s)', text)
        return node

    def select(self, node, index):
        """Selects a row of a list."""
        return self.desk.eyes.call(node.ref, 'org.a11y.atspi.Selection', 'SelectChild', '(i)',
                                   index)[0]

    def focused(self):
        for node in self.nodes():
            if node.has(FOCUSED):
                return node
        return None

    # Ending

    def log(self):
        return self.desk.read(f'{self.name}.log')

    def complaints(self):
        """Warnings, criticals and sanitizer reports that the program has printed so far."""
        return COMPLAINT.findall(self.log())

    def alive(self):
        return self.process.poll() is None

    def stop(self, how=signal.SIGTERM):
        self.was_stopped = True
        self.desk.stop(self.process, how)
