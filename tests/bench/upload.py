#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A model from this computer into the real agent, on loopback, against curl.

    upload.py --build DIR [--size MB] [--large MB] [--runs N] [--json]

The same pieces go to the same route of a helper of its own, by the program's code and by curl,
which need neither read ahead nor hash; and a large file with a hole in it shows what memory the
program needs. Which of the two comes first is left to chance: where a machine's memory is handed
out in turns, the same one would get the slow pages each second time. Tells figures, never passes or
fails.
"""
import argparse
import hashlib
import hmac
import json
import os
import random
import shutil
import signal
import socket
import statistics
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
HELPER = os.path.join(HERE, '..', '..', 'src', 'server', 'agent', 'easel_helper.py')
ADMIN = 'abcdefghijklmnopqrstuvwxyz'
PATH = hashlib.sha256(f'easel-path:{ADMIN}'.encode()).hexdigest()[:32]
MB = 1_000_000


class Helper:
    """The agent's second part with a disk of its own, as in a pod without the guard before it."""

    def __init__(self):
        self.root = tempfile.mkdtemp(prefix='easel-upload-')
        for name in ('tmp', 'workspace'):
            os.mkdir(os.path.join(self.root, name))
        with socket.socket() as probe:
            probe.bind(('127.0.0.1', 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, HELPER],
            env={**os.environ, 'EASEL_ROOT': self.root, 'EASEL_ADMIN': ADMIN,
                 'EASEL_PORT': str(self.port - 2), 'PYTHONDONTWRITEBYTECODE': '1'})
        self.base = f'http://127.0.0.1:{self.port}'

    def __enter__(self):
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(('127.0.0.1', self.port)) == 0:
                    return self
            time.sleep(0.05)
        raise SystemExit('the helper did not start')

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        shutil.rmtree(self.root)

    def arrived(self):
        folder = os.path.join(self.root, 'workspace', 'models', 'loras')
        # Hidden beside it is whose it is.
        return sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder)
                   if not name.startswith('.'))


def begin_model(file, size):
    """The agent keeps only what is a model."""
    header = json.dumps({'rest': {'dtype': 'U8', 'shape': [size - 1024],
                                  'data_offsets': [0, size - 1024]}}).encode().ljust(1016)
    file.write(struct.pack('<Q', len(header)) + header)


def by_program(options, path, size, *looks):
    with Helper() as helper:
        done = subprocess.run(
            [os.path.join(options.build, 'tests', 'bench', 'bench-upload'), helper.base, ADMIN,
             path, 'ink.safetensors', *looks],
            env={**os.environ, 'GIO_USE_VFS': 'local', 'GIO_USE_PROXY_RESOLVER': 'dummy'},
            stdout=subprocess.PIPE, text=True, check=True)
        assert helper.arrived() == size, helper.arrived()
    words = [line.split() for line in done.stdout.splitlines()]
    figures = {name: float(value) for name, value in words if name != 'piece'}
    return [int(value) for name, value in words if name == 'piece'], figures


def by_curl(folder, pieces, size, hashes):
    """One curl, one connection, one request for each piece; sealed beforehand."""
    with Helper() as helper:
        config, offset, number = [], 0, time.time_ns() // 1000
        for index, piece in enumerate(pieces):
            number += 1
            query = {'offset': offset, 'size': size, 'whole': 1}
            route = 'models/loras/ink.safetensors?' + urllib.parse.urlencode(query)
            text = f'PUT {route} {number}\n{hashes[index]}'
            seal = hmac.new(ADMIN.encode(), text.encode(), hashlib.sha256).hexdigest()
            config += [f'url = "{helper.base}/{PATH}/{route}"',
                       f'upload-file = "{os.path.join(folder, str(index))}"',
                       f'header = "X-Easel: {number} {seal}"', 'header = "Expect:"',
                       'output = "/dev/null"', 'write-out = "%{http_code}\\n"', 'next']
            offset += piece
        began = time.monotonic()
        done = subprocess.run(['curl', '--silent', '--show-error', '--config', '-'],
                              input='\n'.join(config[:-1]), stdout=subprocess.PIPE, text=True,
                              check=True)
        took = time.monotonic() - began
        answers = done.stdout.split()
        assert answers == ['200'] * (len(pieces) - 1) + ['202'], answers
        assert helper.arrived() == size, helper.arrived()
    return took


def split(path, folder, pieces):
    """One file for each piece; returns what the whole adds up to at the end of each."""
    hashes, digest = [], hashlib.sha256()
    with open(path, 'rb') as file:
        for index, piece in enumerate(pieces):
            data = file.read(piece)
            digest.update(data)
            hashes.append(digest.hexdigest())
            with open(os.path.join(folder, str(index)), 'wb') as part:
                part.write(data)
    return hashes


def measure(options, folder):
    size, large = options.size * MB, options.large * MB
    path = os.path.join(folder, 'whole')
    with open(path, 'wb') as file:
        begin_model(file, size)
        block = os.urandom(MB)
        for _ in range(options.size):
            file.write(block[:size - file.tell()])
    pieces, _ = by_program(options, path, size)
    hashes = split(path, folder, pieces)
    ours, theirs, ratios = [], [], []
    for _ in range(options.runs):
        is_second = random.random() < 0.5
        if is_second:
            curl = by_curl(folder, pieces, size, hashes)
        own_pieces, figures = by_program(options, path, size)
        if own_pieces != pieces:
            pieces = own_pieces
            hashes = split(path, folder, pieces)
            is_second = False
        if not is_second:
            curl = by_curl(folder, pieces, size, hashes)
        ours.append(options.size / figures['seconds'])
        theirs.append(options.size / curl)
        ratios.append(curl / figures['seconds'])
    hole = os.path.join(folder, 'hole')
    with open(hole, 'wb') as file:
        begin_model(file, large)
        file.truncate(large)
    _, figures = by_program(options, hole, large, 'memory')
    return [
        {'what': 'upload', 'value': statistics.median(ours), 'unit': 'MB/s',
         'control': statistics.median(theirs), 'budget': None},
        {'what': '  of curl’s speed', 'value': statistics.median(ratios), 'unit': 'x',
         'control': None, 'budget': '>= 0.8'},
        {'what': '  pieces', 'value': len(pieces), 'unit': '', 'control': None, 'budget': None},
        {'what': f'private memory for {options.large} MB', 'value': figures['growth-kib'] / 1024,
         'unit': 'MiB', 'control': None, 'budget': '<= 16'},
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--size', type=int, default=500)
    parser.add_argument('--large', type=int, default=6000)
    parser.add_argument('--runs', type=int, default=9)
    parser.add_argument('--json', action='store_true')
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix='easel-bench-') as folder:
        rows = measure(options, folder)
    if options.json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        control = '' if row['control'] is None else f'{row["control"]:.0f}'
        print(f'{row["what"]:46} {row["value"]:9.2f} {row["unit"]:7}{control:>9}  '
              f'{row["budget"] or ""}')
    return 0


if __name__ == '__main__':
    sys.exit(main())
