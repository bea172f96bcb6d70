# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes the desktop's notifications and writes down what they say."""
import sys

import gi
gi.require_version('Gio', '2.0')
from gi.repository import Gio, GLib  # noqa: E402

NAME = 'org.freedesktop.Notifications'
XML = '''<node><interface name="org.freedesktop.Notifications">
<method name="Notify"><arg type="s" direction="in"/><arg type="u" direction="in"/>
<arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="s" direction="in"/>
<arg type="as" direction="in"/><arg type="a{sv}" direction="in"/><arg type="i" direction="in"/>
<arg type="u" direction="out"/></method>
<method name="CloseNotification"><arg type="u" direction="in"/></method>
</interface></node>'''


def say(*words):
    print(*words, file=sys.stderr, flush=True)


def on_call(_bus, _sender, _path, _interface, method, parameters, invocation):
    if method == 'Notify':
        _app, _replaces, _icon, summary, body, actions, _hints, _timeout = parameters.unpack()
        say('Notify', summary, body, actions)
        invocation.return_value(GLib.Variant('(u)', (1,)))
    else:
        invocation.return_value(None)


bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
bus.register_object('/org/freedesktop/Notifications',
                    Gio.DBusNodeInfo.new_for_xml(XML).interfaces[0], on_call, None, None)
Gio.bus_own_name_on_connection(bus, NAME, Gio.BusNameOwnerFlags.NONE,
                               lambda *_: say('listening'), None)
GLib.MainLoop().run()
