#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What it costs to have the program open: time, memory, wake-ups, requests, bytes on the disk.

    weight.py --build DIR [--runs N] [--json] [ROW…]

Rows: start, memory, day, wakeups, ready, size. Each has its control in the same run where there is
one. Tells figures, never passes or fails.
"""
import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, '..', 'robot')]
from easel_desk import Desk, missing_tools, wait_until  # noqa: E402
from easel_robot import Program  # noqa: E402
from easel_scenario import GOOD_KEY, Stage  # noqa: E402
from first_frame import Screen, measure as measure_start  # noqa: E402

IMAGE = 'aclysia/sd-comfyui-krita:v1.52.0'
RUNPOD_QUOTA = 3000  # requests an hour, in the example of RunPod's own document
MIB = 1024 * 1024
PLUGIN = 'what Krita’s plugin asks'


class Bench:
    def __init__(self, desk, options):
        self.desk = desk
        self.options = options
        self.rows = []

    def tell(self, what, value, unit, control=None, wanted=None, of=None):
        """@of: what the budget is about, the value itself if not given"""
        self.rows.append({'what': what, 'value': round(value, 2), 'unit': unit,
                          'control': None if control is None else round(control, 2),
                          'budget': wanted, 'of': None if of is None else round(of, 2)})
        if not self.options.json:
            row = self.rows[-1]
            print(f'{what:46} {row["value"]:9} {unit:7}'
                  f'{"" if control is None else row["control"]!s:>9}'
                  f'{"" if of is None else row["of"]!s:>8}  {wanted or ""}', flush=True)

    def stage(self, speed):
        stage = Stage(self.desk, self.options, 'bench')
        stage.start_cloud(speed=speed)
        return stage

    def empty_window(self):
        return os.path.join(self.options.build, 'tests', 'bench', 'empty-window')

    def rent_by_hand(self, stage, count):
        for number in range(count):
            stage.cloud.control('pods', {'key': GOOD_KEY, 'order': {
                'name': f'bench {number}', 'image': IMAGE, 'cloud': 'SECURE', 'disk': 30,
                'gpu': {'id': 'NVIDIA RTX A4000', 'count': 1}}})

    def studio(self, stage, pods):
        """The studio's window with what runs, its key kept."""
        program = stage.start_program()
        stage.to_account()
        stage.paste_key()
        program.wait_text('Key accepted')
        self.rent_by_hand(stage, pods)
        program.stop()
        return stage

    # Rows

    def start(self):
        stage = self.studio(self.stage(speed=1), 10)
        screen = Screen(self.desk.env['DISPLAY'])
        binary = os.path.join(self.options.build, 'src', 'cloud-easel')
        fresh = self.desk.path('endpoints-nobody')
        with open(fresh, 'w', encoding='utf-8') as file:
            # Nobody listens there: the first frame must not wait for anybody.
            file.write('[runpod]\napi=http://127.0.0.1:9/v2\ngraphql=http://127.0.0.1:9/graphql\n'
                       'proxy=http://{pod}-{port}.localhost:9\n')
        # The program draws without OpenGL: beside the default, what that alone is worth.
        commands = {'empty window': [self.empty_window()],
                    'empty, no GL': ['env', 'GDK_DEBUG=gl-disable', self.empty_window()],
                    'studio': [binary, '--endpoints', stage.endpoints]}
        times = {name: [] for name in [*commands, 'wizard']}
        known = self.desk.env['XDG_CONFIG_HOME']
        other = os.path.join(self.desk.home, 'never-started')
        os.makedirs(other)
        for turn in range(self.options.runs + 2):
            for name in times:
                # Whoever never started it sees the wizard.
                self.desk.env['XDG_CONFIG_HOME'] = other if name == 'wizard' else known
                command = commands.get(name, [binary, '--endpoints', fresh])
                took = measure_start(self.desk, screen, command, f'start-{turn}')
                if turn >= 2:  # the first two warm the caches
                    times[name].append(took)
        self.desk.env['XDG_CONFIG_HOME'] = known
        stage.close()
        control = statistics.median(times['empty window'])
        for name, words in [('wizard', 'first frame of the wizard'),
                            ('studio', 'first frame of the studio, 10 pods')]:
            value = statistics.median(times[name])
            self.tell(words, value, 'ms', control, '≤ 1.25 ×', value / control)
        value = statistics.median(times['empty, no GL'])
        self.tell('  an empty window without OpenGL', value, 'ms', control, of=value / control)

    def memory(self):
        stage = self.stage(speed=60)
        program = stage.start_program()
        stage.to_account()
        stage.paste_key()
        program.wait_text('Key accepted')
        for words in ['What do you want to paint', 'Recommended', 'At most']:
            stage.click('Next')
            program.wait_text(words, seconds=30)
        # The same look at an empty window: the bus makes both write.
        empty = Program(self.desk, [self.empty_window()], 'empty').connect()
        wait_until(empty.look, 'a window')
        control = private_dirty(empty.process.pid)
        empty.stop()
        empty = Program(self.desk, [self.empty_window()], 'empty',
                        {'GDK_DEBUG': 'gl-disable'}).connect()
        wait_until(empty.look, 'a window')
        without = private_dirty(empty.process.pid)
        empty.stop()
        value = private_dirty(program.process.pid)
        stage.close()
        self.tell('private memory after the wizard’s tour', value / MIB, 'MiB', control / MIB,
                  '≤ 1.5 ×', value / control)
        self.tell('  an empty window without OpenGL', without / MIB, 'MiB', control / MIB,
                  of=without / control)

    def other_window(self, name):
        """Of somebody who paints while the studio stays open."""
        before = set(self.desk.windows())
        process = self.desk.start(name, [self.empty_window()])
        new = wait_until(lambda: set(self.desk.windows()) - before, 'another window')
        self.desk.run('xdotool', 'windowfocus', '--sync', new.pop())
        return process

    def day(self):
        """24 hours of the cloud and of the program, in a minute."""
        speed = 1440
        stage = self.studio(self.stage(speed=speed), 1)
        # The bus is not asked: what a screen reader looks at grows by being looked at.
        process = self.desk.start('day', [os.path.join(self.options.build, 'src', 'cloud-easel'),
                                          '--endpoints', stage.endpoints])
        time.sleep(4)
        empty = self.other_window('beside')
        time.sleep(1)
        stage.cloud.control('requests', method='DELETE')
        before, begin = private_dirty(process.pid), time.monotonic()
        time.sleep(24 * 3600 / speed)
        hours = (time.monotonic() - begin) * speed / 3600
        after = private_dirty(process.pid)
        counts = stage.cloud.control('requests')['counts']
        # What goes to the pod itself is not in the provider's quota.
        requests = sum(number for route, number in counts.items() if route != 'pod') / hours
        self.desk.stop(process)
        self.desk.stop(empty)
        stage.close()
        self.tell('growth in 24 simulated hours, one pod', (after - before) / MIB, 'MiB',
                  before / MIB, '≤ 2 MiB')
        self.tell('requests an hour while nothing changes', requests, '', RUNPOD_QUOTA, '≤ 1 %',
                  requests / RUNPOD_QUOTA * 100)

    def wakeups(self):
        stage = self.studio(self.stage(speed=1), 1)
        process = self.desk.start('quiet', [os.path.join(self.options.build, 'src', 'cloud-easel'),
                                            '--endpoints', stage.endpoints])
        time.sleep(5)
        empty = self.other_window('other')
        time.sleep(5)
        seconds = 30
        first = switches(process.pid), switches(empty.pid)
        time.sleep(seconds)
        last = switches(process.pid), switches(empty.pid)
        # Threads come and go: each counts from when it was first seen.
        value, control = (sum(count - before.get(thread, 0) for thread, count in after.items())
                          / seconds for before, after in zip(first, last))
        self.desk.stop(process)
        self.desk.stop(empty)
        stage.close()
        self.tell('wake-ups a second, studio not focused', value, '', control, '≤ 1')

    def ready(self):
        """From a server that works to an address in the window, by the simulator’s clock."""
        speed, late, asked, until_ready = 10, [], [], []
        for _ in range(3):
            stage = self.stage(speed=speed)
            program = stage.start_program()
            stage.to_review()
            stage.cloud.control('requests', method='DELETE')
            stage.click('Rent')
            log = self.desk.path(program.name + '.log')

            def is_ready():
                with open(log, encoding='utf-8', errors='replace') as file:
                    return re.search(r'deployment .* to ready', file.read())
            wait_until(is_ready, 'the deployment', 120, program.process)
            pods = stage.cloud.control('pods')
            requests = stage.cloud.control('requests')
            # Known with the answer to the last question. Reading the log from here comes later, by
            # as much as 0.8 s of a time that goes 20 times as fast.
            known = max(request['at_ms'] for request in requests['requests']
                        if UntilReady.kind(request) == PLUGIN)
            late.append((known - pods['pods'][0]['ready_ms']) / 1000)
            times = [request['at_ms'] for request in requests['requests']
                     if request['route'] in ('get', 'list')]
            asked.append(max((sum(1 for other in times if 0 <= other - at < 60000)
                              for at in times), default=0))
            until_ready.append(UntilReady(requests, pods['pods'][0]))
            stage.close()
        self.tell('server usable to address known, median', statistics.median(late), 's', None,
                  '≤ 1.5 s')
        self.tell('server usable to address known, worst', max(late), 's', None, '≤ 5 s')
        self.tell('most questions to the provider in a minute', max(asked), '', None, '≤ 12')
        # The start that asked most, once told in full.
        most = max(until_ready, key=lambda one: one.total / one.least_total)
        self.tell('requests from Rent to ready', most.total, '', most.least_total, '≤ 1.5 ×',
                  most.total / most.least_total)
        self.tell('bytes from Rent to ready', most.bytes / 1024, 'KiB', most.least_bytes / 1024,
                  '≤ 1.5 ×', most.bytes / most.least_bytes)
        if not self.options.json:
            for kind, (count, least, size) in most.kinds.items():
                print(f'  {kind:44} {count:9} {"":7}{least:9}{size:8.0f} bytes each')

    def size(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(['meson', 'install', '-C', self.options.build, '--no-rebuild', '--strip',
                            '--destdir', folder], stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL, check=True)
            total = sum(os.path.getsize(os.path.join(path, name))
                        for path, _, names in os.walk(folder) for name in names
                        if not name.endswith('.mo') and 'simulator' not in name)
            with_simulator = sum(os.path.getsize(os.path.join(path, name))
                                 for path, _, names in os.walk(folder) for name in names
                                 if not name.endswith('.mo'))
        self.tell('installed, without the practice cloud', total / MIB, 'MiB', None, '≤ 1.5 MiB')
        self.tell('installed, with it', with_simulator / MIB, 'MiB', None, '≤ 1.5 MiB')
        mine = needed(os.path.join(self.options.build, 'src', 'cloud-easel'))
        base = needed(self.empty_window())
        self.tell('shared libraries named', len(mine), '', len(base))
        if not self.options.json:
            print('  beside those of an empty window: ' + ' '.join(sorted(mine - base)))


class UntilReady:
    """What was asked from Rent to ready, beside the least that the interfaces need for the same
    start. Least is, by the simulator's clock:

    - the create, once; its answer is the first look at the pod;
    - the pod, every 5 s until its container runs: no provider tells that by itself, and the budget
      is 12 questions a minute;
    - the list of pods, every 60 s: that nothing else costs money only a list tells;
    - the log, once: it is a stream, and says by itself how far the models are and when the last of
      them has come, so neither server nor agent have to be asked meanwhile;
    - the agent's status, once when it is there and every 60 s: whether it still ends the pod
      nothing else tells. Its progress is not needed where the log streams;
    - a stranger's question, once: whether the door is shut shows only from outside;
    - whether ComfyUI is up, every second from "Container is READY!" on: ComfyUI tells nobody, and
      the address may be late by 1.5 s in the median;
    - each question of Krita's plugin after that, once.

    The size of a kind of question is its mean in the same start. The log's bytes are the same on
    both sides.
    """
    POD_EVERY, LIST_EVERY, STATUS_EVERY, COMFY_EVERY = 5, 60, 60, 1

    def __init__(self, requests, pod):
        begin = next(r['at_ms'] for r in requests['requests'] if r['route'] == 'create')
        asked = [r for r in requests['requests'] if begin <= r['at_ms']]
        sizes, self.kinds = {}, {}
        for request in asked:
            kind = self.kind(request)
            # /prompt and /history belong to the limits of a server that is ready.
            if kind is not None:
                sizes.setdefault(kind, []).append(request['bytes_in'] + request['bytes_out'])
        up = (pod['container_ms'] - begin) / 1000
        ready = (pod['ready_ms'] - begin) / 1000
        loaded = (pod['services_ms'] - begin) / 1000
        least = {'the pod': math.ceil(up / self.POD_EVERY),
                 'the list of pods': int(ready // self.LIST_EVERY),
                 'the agent’s status': 1 + int((ready - up) // self.STATUS_EVERY),
                 'the agent’s progress': 0,
                 'whether ComfyUI is up': math.ceil((ready - loaded) / self.COMFY_EVERY)}
        stream = requests['stream_bytes']
        self.total = self.least_total = 0
        self.bytes = self.least_bytes = stream
        for kind, each in sorted(sizes.items()):
            mean, count = statistics.mean(each), len(each)
            # The plugin's questions have no double: each is asked about one thing.
            needed_count = least.get(kind, len(set(r['path'] for r in asked
                                                   if self.kind(r) == kind)))
            self.kinds[kind] = (count, needed_count, mean)
            self.total += count
            self.least_total += needed_count
            self.bytes += sum(each)
            self.least_bytes += mean * needed_count

    @staticmethod
    def kind(request):
        route, path = request['route'], request['path']
        if route != 'pod':
            return {'create': 'the create', 'get': 'the pod', 'list': 'the list of pods',
                    'logs': 'the log'}.get(route, route)
        for end, kind in [('[admin]/status', 'the agent’s status'),
                          ('[admin]/progress', 'the agent’s progress'),
                          ('[paint]/system_stats', 'whether ComfyUI is up'),
                          ('/system_stats', 'a stranger’s question'),
                          ('/prompt', None), ('/history', None)]:
            if path.endswith(end):
                return kind
        return PLUGIN


def private_dirty(pid):
    with open(f'/proc/{pid}/smaps_rollup', encoding='ascii') as file:
        return int(re.search(r'Private_Dirty:\s*(\d+) kB', file.read()).group(1)) * 1024


def switches(pid):
    """How often each of its threads went to sleep, so how often it was woken."""
    counts = {}
    for thread in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{thread}/status', encoding='utf-8') as file:
            counts[thread] = int(re.search(r'\nvoluntary_ctxt_switches:\s*(\d+)',
                                           file.read()).group(1))
    return counts


def needed(path):
    text = subprocess.run(['readelf', '-d', path], stdout=subprocess.PIPE, text=True,
                          check=True).stdout
    return set(re.findall(r'\(NEEDED\).*\[(.*)\]', text))


def main():
    rows = ['start', 'memory', 'day', 'wakeups', 'ready', 'size']
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--build', required=True)
    parser.add_argument('--runs', type=int, default=20)
    parser.add_argument('--json', action='store_true')
    parser.add_argument('rows', nargs='*', metavar='ROW')
    options = parser.parse_args()
    lacking = missing_tools()
    if lacking:
        sys.exit('Needs ' + ', '.join(lacking))
    options.build = os.path.realpath(options.build)
    options.output = options.build
    if not options.json:
        print(f'{"":46} {"":9} {"":7}{"control":>9}{"ratio":>8}  budget')
    with Desk() as desk:
        bench = Bench(desk, options)
        for row in options.rows or rows:
            getattr(bench, row)()
    if options.json:
        print(json.dumps(bench.rows))


if __name__ == '__main__':
    main()
