#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a key goes while a GPU is rented, used and deleted: to the provider's interface, in one
header, and nowhere else. Everything that the program leaves behind is searched for it."""
import base64
import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading

from easel_desk import wait_until
from easel_scenario import check, equal, run

KEY = 'practice-CANARY-4f7a2b91c3d8'
WRONG = 'wrong-CANARY-83bd21f60a7e'
FORMS = [form for key in (KEY, WRONG)
         for form in (key.encode(), base64.b64encode(key.encode()).rstrip(b'='),
                      key.encode().hex().encode())]


class Wire:
    """Between the program and the simulator: passes everything on and keeps what the program
    sends."""

    def __init__(self, port):
        self.target = port
        self.sent = []
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(('127.0.0.1', self.target))
            record = bytearray()
            self.sent.append(record)
            for source, sink, keep in ((client, server, record), (server, client, None)):
                threading.Thread(target=self.copy, args=(source, sink, keep), daemon=True).start()

    @staticmethod
    def copy(source, sink, keep):
        try:
            while data := source.recv(65536):
                if keep is not None:
                    keep += data
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self):
        self.listener.close()


def places(data):
    return sum(data.count(form) for form in FORMS)


def places_in(path):
    with open(path, 'rb') as file:
        return places(file.read())


def put_between(stage, cloud):
    port = int(cloud.url.rsplit(':', 1)[1])
    wire = Wire(port)
    with open(cloud.endpoints, encoding='utf-8') as file:
        text = file.read()
    stage.endpoints = stage.desk.path('endpoints-wire')
    with open(stage.endpoints, 'w', encoding='utf-8') as file:
        file.write(text.replace(f':{port}', f':{wire.port}'))
    return wire


def search_processes(found):
    """Arguments and environment of every process but this one."""
    count = 0
    for pid in filter(str.isdigit, os.listdir('/proc')):
        if int(pid) == os.getpid():
            continue
        for name in ('cmdline', 'environ'):
            try:
                hits = places_in(f'/proc/{pid}/{name}')
            except OSError:
                continue
            count += 1
            if hits:
                found.append(f'/proc/{pid}/{name}')
    return count


def search_files(folder, found):
    count = 0
    for here, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(here, name)
            try:
                if os.path.isfile(path) and places_in(path):
                    found.append(path)
                count += 1
            except OSError:
                pass  # it went away meanwhile
    return count


def search_wire(wire, found):
    """The key is in the one header of requests to the provider, and pods never get it."""
    requests = with_key = 0
    for record in wire.sent:
        data = bytes(record)
        for block in data.split(b'\r\n\r\n'):
            lines = block.split(b'\r\n')
            hits = places(block)
            if b' HTTP/1.1' in lines[0]:
                requests += 1
            if not hits:
                continue
            with_key += 1
            host = next((line for line in lines if line.lower().startswith(b'host:')), b'')
            right = [line for line in lines
                     if line.startswith(b'Authorization: Bearer ') and places(line) == 1]
            if hits != 1 or len(right) != 1 or b'localhost' in host:
                found.append('request: ' + lines[0].decode(errors='replace'))
    return requests, with_key


def leaves_core(command, folder):
    """Whether a process that may leave a core file does, once it is aborted."""
    process = subprocess.Popen(
        command, cwd=folder, preexec_fn=lambda: resource.setrlimit(
            resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)))
    wait_until(lambda: os.path.exists(f'/proc/{process.pid}/cwd'), 'a process')
    process.send_signal(signal.SIGABRT)
    process.wait(20)
    return any(name.startswith('core') for name in os.listdir(folder))


def search_memory(desk, pid):
    """What a debugger with all rights would write into a core file; None without one."""
    if shutil.which('gcore') is None or os.geteuid() != 0:
        return None
    path = desk.path('memory')
    desk.run('gcore', '-o', path, str(pid))
    try:
        return places_in(f'{path}.{pid}')
    except FileNotFoundError:
        return None  # not allowed here
    finally:
        if os.path.exists(f'{path}.{pid}'):
            os.remove(f'{path}.{pid}')


def canary_key(stage):
    """A key is found nowhere but in the one header that is meant for it"""
    desk = stage.desk
    cloud = stage.start_cloud()
    wire = put_between(stage, cloud)
    found = []

    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    program = stage.start_program(env={'G_MESSAGES_DEBUG': 'all'})
    stage.to_account()
    stage.paste_key(WRONG)
    program.wait_text('does not know this key')
    stage.paste_key(KEY)
    program.wait_text('Key accepted')
    stage.click('Skip to Review')
    program.wait('Rent', sensitive=True)
    stage.rent()
    equal(len(desk.secrets(**{'xdg:schema': 'io.github.cloudeasel.CloudEasel.Key'})), 1,
          'keys in the keyring')
    processes = search_processes(found)
    program.stop()

    # The key comes from the keyring now, and an answer goes wrong on the way.
    cloud.fault('list', '500', times=1)
    program = stage.start_program(env={'G_MESSAGES_DEBUG': 'all'})
    program.wait('Copy Address', sensitive=True, seconds=60)
    stage.done()
    stage.wait_nothing_billed()
    program.wait_text('You pay nothing right now', seconds=60)
    processes += search_processes(found)

    with open(f'/proc/{program.process.pid}/limits', encoding='utf-8') as file:
        limit = next(line for line in file if line.startswith('Max core file size'))
    equal(limit.split()[4:6], ['0', '0'], 'core file limits')
    memory = search_memory(desk, program.process.pid)
    cwd = os.readlink(f'/proc/{program.process.pid}/cwd')
    before = set(os.listdir(cwd))
    program.was_stopped = True
    program.process.send_signal(signal.SIGABRT)
    equal(program.process.wait(20), -signal.SIGABRT, 'how the program ended')
    cores = [name for name in set(os.listdir(cwd)) - before if name.startswith('core')]
    equal(cores, [], 'core files')
    control = desk.path('control')
    os.makedirs(control)
    control_leaves = leaves_core([sys.executable, '-c', 'import signal; signal.pause()'], control)
    shutil.rmtree(control)

    files = search_files(desk.folder, found)
    requests, with_key = search_wire(wire, found)
    wire.close()
    print(f'# R6: searched {files} files, {processes} argument lists and environments, '
          f'{requests} requests; {with_key} have the key in its header; '
          f'core file: {"none, where another process leaves one" if control_leaves else "none"}; '
          f'core by a debugger: {"not tried" if memory is None else memory}')
    check(with_key > 5, 'the key was never sent, so nothing is shown')
    check(requests > with_key, 'pods were never asked')
    check(files > 20 and processes > 4, 'nothing was searched')
    equal(found, [], 'the key was found')


sys.exit(run([canary_key]))
