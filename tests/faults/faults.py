# SPDX-License-Identifier: GPL-3.0-or-later
"""What every test of the promise about money needs: a simulated cloud whose ledger judges, the
program without its windows in a process that can be killed, cells that run side by side, and the
table for people. Prints TAP, one case a cell."""
import argparse
import concurrent.futures
import http.client
import json
import os
import random
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'support'))
import patience  # noqa: E402

KEY = 'practice-faults'
PROVIDERS = ('runpod', 'vast')
NAMES = {'runpod': 'RunPod', 'vast': 'vast.ai'}
PATIENCE = 60
DEADLINE = 240  # with a time-out of a socket in it, which no clock makes shorter


class Broken(AssertionError):
    """The promise did not hold, or nothing came of it."""


class Cloud:
    """The simulated providers; the only one who is believed."""

    def __init__(self, build, folder, speed, certificate=None, seed=1, agent='stand-in'):
        self.endpoints = os.path.join(folder, 'endpoints')
        command = [os.path.join(build, 'src', 'simulator', 'cloud-easel-simulator'), '--port', '0',
                   '--speed', str(speed), '--seed', str(seed), '--exit-with-parent',
                   '--ignore-intervals', '--endpoints-out', self.endpoints, '--agent', agent]
        if certificate:
            command += ['--tls', certificate]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        line = self.process.stdout.readline()
        if not line.startswith('ready '):
            raise Broken(f'the simulator said “{line}”')
        self.port = int(line.strip().rsplit(':', 1)[1])

    def control(self, path, body=None, method=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=120)
        try:
            connection.request(method or ('GET' if body is None else 'POST'), '/__/' + path,
                               None if body is None else json.dumps(body),
                               {'Content-Type': 'application/json'})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status != 200:
                raise Broken(f'/__/{path} {body}: {answer.status} {text}')
            return json.loads(text)
        finally:
            connection.close()

    def fault(self, route, outcome, **more):
        if outcome != 'ok':
            self.control('faults', {'route': route, 'outcome': outcome, **more})

    def mend(self):
        self.control('faults', method='DELETE')

    def requests(self):
        return self.control('requests')['requests']

    def now_ms(self):
        return self.control('clock')['now_ms']

    def set_speed(self, speed):
        """Also for programs that start from now on."""
        self.control('clock', {'set_speed': speed})
        clock = self.control('clock')
        with open(self.endpoints, encoding='utf-8') as file:
            text = file.read()
        for key, value in (('speed', speed), ('real-epoch-ms', clock['real_epoch_ms']),
                           ('cloud-epoch-ms', clock['cloud_epoch_ms'])):
            text = re.sub(f'(?m)^{key}=.*$', f'{key}={value}', text)
        with open(self.endpoints, 'w', encoding='utf-8') as file:
            file.write(text)

    def ledger(self):
        return self.control('ledger')['pods']

    def billed(self):
        return [pod for pod in self.ledger() if is_open(pod)]

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def is_open(pod):
    return any(interval['to_ms'] is None for interval in pod['intervals'])


def most_at_once(ledger):
    """How many pods this program had rented at one moment."""
    moments = []
    for pod in ledger:
        if not pod['name'].startswith('easel-') or not pod['intervals']:
            continue
        moments.append((pod['intervals'][0]['from_ms'], 1))
        if not is_open(pod):
            moments.append((pod['intervals'][-1]['to_ms'], -1))
    most = now = 0
    for _, step in sorted(moments):
        now += step
        most = max(most, now)
    return most


class Program:
    """The driver: what it would show is in @status, whatever it showed once is judged at once."""

    def __init__(self, world, kill=None):
        self.world = world
        command = [os.path.join(world.options.build, 'tests', 'faults', 'easel-faults-driver'),
                   '--endpoints', world.cloud.endpoints, '--state', world.state]
        if world.authority:
            command += ['--authority', world.authority]
        if kill:
            command += ['--kill', kill]
        self.errors = open(os.path.join(world.folder, f'errors-{len(world.programs)}'), 'w+',
                           encoding='utf-8')
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.errors, text=True)
        self.status = None
        self.n_sent = 0
        self.was_killed = False
        self.news = threading.Condition()
        self.violations = []
        self.gone = set()
        self.words = []
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        for line in self.process.stdout:
            try:
                status = json.loads(line)
            except ValueError:
                continue  # cut off by its death
            try:
                self.judge(status)
            except Exception as error:  # the cell tells it
                self.violations.append(f'{error!r}')
            with self.news:
                self.status = status
                self.news.notify_all()
        with self.news:
            self.news.notify_all()

    def judge(self, status):
        """What may never be shown, not for a moment."""
        for row in status['rentals']:
            if row['state'] != 'gone' or row['name'] in self.gone:
                continue
            self.gone.add(row['name'])
            for pod in self.world.cloud.billed():
                if row['name'] == pod['name'] or row['pod'] == pod['id']:
                    self.violations.append(f'{pod["name"]} is called gone, and is billed')
        for words in spoken(status):
            if words not in self.words:
                self.words.append(words)

    def send(self, *words):
        self.n_sent += 1
        try:
            self.process.stdin.write(' '.join(words) + '\n')
            self.process.stdin.flush()
        except (OSError, ValueError):
            pass  # dead: whoever waits for it hears that

    def wait(self, test, what, seconds=PATIENCE):
        """Until test (status) is true of what is shown after everything that was sent."""
        end = patience.now() + seconds
        with self.news:
            while True:
                status = self.status
                if status is not None and status['done'] >= self.n_sent and test(status):
                    return status
                if not self.reader.is_alive():
                    raise Broken(f'the program ended while it was to come to: {what}\n'
                                 + self.complaints())
                left = end - patience.now()
                if left <= 0:
                    raise Broken(f'never came to: {what}; last: {brief(status)}')
                self.news.wait(min(left, 0.5))

    def wait_death(self, what):
        """Until it has killed itself."""
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise Broken(f'it lives on after: {what}; {brief(self.status)}') from None
        if self.process.returncode != -signal.SIGKILL:
            raise Broken(f'it ended with {self.process.returncode}: {self.complaints()}')
        self.was_killed = True

    def kill(self, how=signal.SIGKILL):
        if self.process.poll() is not None:
            raise Broken(f'it had ended by itself with {self.process.returncode}: '
                         + self.complaints())
        self.was_killed = True
        self.process.send_signal(how)
        self.process.wait(20)

    def is_alive(self):
        return self.process.poll() is None

    def complaints(self):
        self.errors.flush()
        with open(self.errors.name, encoding='utf-8', errors='replace') as file:
            return file.read()[-2000:]

    def begin(self, provider, key=KEY, with_offers=True):
        self.send('seed', provider, key)
        self.send('start')
        if with_offers:
            self.send('offers', provider)
        return self

    def wait_offers(self):
        return self.wait(lambda s: s['catalog']['state'] == 'ready' and s['catalog']['chosen'],
                         'offers')

    def rent(self, hours=24):
        self.send('rent', str(hours))

    def wait_deployment(self, *states, seconds=PATIENCE):
        return self.wait(lambda s: 'deployment' in s and s['deployment']['state'] in states,
                         'a start that is ' + ' or '.join(states), seconds)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.reader.join(20)
        self.process.stdout.close()
        try:
            self.process.stdin.close()
        except OSError:
            pass
        self.errors.close()


def brief(status):
    if status is None:
        return 'nothing'
    return json.dumps({'studio': status['studio'], 'catalog': status['catalog'],
                       'accounts': [a for a in status['accounts'] if a['state'] != 'no-key'],
                       'deployment': status.get('deployment'),
                       'rentals': [{k: v for k, v in row.items() if k != 'facts'}
                                   for row in status['rentals']]}, ensure_ascii=False)


def spoken(status):
    """(where, sentence, button) of everything that is wrong on the screen."""
    for account in status['accounts']:
        if account['sentence']:
            yield 'key', account['sentence'], account['button']
    for where in ('studio', 'catalog'):
        if status[where]['sentence']:
            yield where, status[where]['sentence'], status[where]['button']
    deployment = status.get('deployment')
    if deployment and deployment['sentence']:
        yield 'start', deployment['sentence'], deployment['button']
    elif deployment and deployment['notice']:
        yield 'start', deployment['notice'], 'Cancel and Delete…'
    for row in status['rentals']:
        if row['problem']:
            yield 'row', row['problem'], row['button']


def row_words(row):
    """What a row says when nothing is wrong with it."""
    return 'row', f'{row["badge"]} · {row["facts"]}', row['button']


def shows(status, pod):
    return any(row['name'] == pod['name'] or row['pod'] == pod['id'] for row in status['rentals']
               if row['state'] != 'gone')


class World:
    """One cell: its cloud, its state folder, its programs."""

    def __init__(self, options, speed, tls=False, seed=1, agent='stand-in'):
        self.options = options
        self.folder = tempfile.mkdtemp(prefix='easel-faults-')
        self.state = os.path.join(self.folder, 'state')
        os.mkdir(self.state)
        self.programs = []
        self.authority = None
        certificate = None
        if tls:
            certificate = options.certificate
            self.authority = options.certificate
        self.cloud = Cloud(options.build, self.folder, speed, certificate, seed, agent)

    def start(self, kill=None):
        program = Program(self, kill)
        self.programs.append(program)
        return program

    def forget_journal(self):
        shutil.rmtree(self.state)
        os.mkdir(self.state)

    def wait_shown(self, program, seconds=PATIENCE):
        """Until everything that is billed is shown."""
        end = patience.now() + seconds
        while True:
            billed = self.cloud.billed()
            status = program.status
            if status is not None and all(shows(status, pod) for pod in billed):
                return billed
            if patience.now() > end:
                raise Broken(f'billed and not shown: {[pod["name"] for pod in billed]}; '
                             f'{brief(status)}')
            with program.news:
                program.news.wait(0.02)

    def help_along(self, program, provider, test, what, seconds=PATIENCE, every=1.0):
        """What a person does until it is good: presses the button that is offered."""
        end = patience.now() + seconds
        while True:
            try:
                return program.wait(test, what, min(every, max(end - patience.now(), 0.1)))
            except Broken:
                if patience.now() >= end or not program.is_alive():
                    raise
            if program.status is None:
                continue
            account = [a for a in program.status['accounts'] if a['provider'] == provider][0]
            if account['state'] != 'ready':
                program.send('key', provider, KEY)
            else:
                program.send('refresh')

    def end_all(self, program, provider, seconds=PATIENCE):
        """The faults are over, the person is done: an end that the ledger shares."""
        self.cloud.mend()
        self.help_along(program, provider, lambda s: s['studio']['state'] == 'known',
                        'a list of everything', seconds)
        self.wait_shown(program, seconds)
        program.send('delete', 'all')
        end = patience.now() + seconds
        while self.cloud.billed():
            if patience.now() > end:
                raise Broken(f'still billed: {brief(program.status)}')
            self.help_along(program, provider,
                            lambda s: all(row['state'] == 'gone' for row in s['rentals']),
                            'everything gone', seconds)
            program.send('delete', 'all')
        self.help_along(program, provider,
                        lambda s: all(row['state'] == 'gone' for row in s['rentals']),
                        'everything gone', seconds)

    def judge(self, most=1):
        """The ledger's word at the end."""
        ledger = self.cloud.ledger()
        unseen = [pod['name'] for pod in ledger if is_open(pod)]
        if unseen:
            raise Broken(f'billed at the end: {unseen}')
        if most_at_once(ledger) > most:
            raise Broken(f'{most_at_once(ledger)} rented at once')
        names = [request['body'].get('name') or request['body'].get('label')
                 for request in self.cloud.requests()
                 if request['route'] == 'create' and isinstance(request['body'], dict)]
        if len(names) != len(set(names)):
            raise Broken(f'a create was repeated: {names}')
        for program in self.programs:
            if program.violations:
                raise Broken('; '.join(program.violations))
            if not program.was_killed and not program.is_alive():
                raise Broken(f'the program ended with {program.process.returncode}: '
                             + program.complaints())
        return ledger

    def close(self):
        for program in self.programs:
            program.close()
        self.cloud.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Cell:
    """One case: a title, what is done, and what is left for the table."""

    def __init__(self, title, run, slow=False, columns=()):
        self.title = title
        self.run = run
        self.slow = slow
        self.columns = columns
        self.problem = None
        self.remarks = []
        self.seconds = 0
        self.row = []


def make_certificate(folder):
    """Of this computer, signed by itself."""
    path = os.path.join(folder, 'here.pem')
    key = os.path.join(folder, 'here.key')
    made = subprocess.run(
        ['openssl', 'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', path,
         '-days', '30', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    if made.returncode != 0:
        raise Broken(made.stderr.decode())
    with open(key, encoding='utf-8') as file:
        text = file.read()
    with open(path, 'a', encoding='utf-8') as file:
        file.write(text)
    return path


def parse():
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True, help='the build folder')
    parser.add_argument('--report', help='folder for the tables')
    parser.add_argument('--seed', type=int, default=None)
    parser.add_argument('--count', type=int, default=None, help='of what is left to chance')
    parser.add_argument('--jobs', type=int, default=4, help='cells side by side')
    parser.add_argument('--only', default='', help='cells whose title has this pattern')
    options = parser.parse_args()
    options.build = os.path.realpath(options.build)
    if options.seed is None:
        options.seed = random.SystemRandom().randrange(1, 10 ** 6)
    return options


def run_cell(cell):
    start = patience.now()
    try:
        cell.row = patience.judge(cell.run, cell.remarks.append) or []
    except Exception as error:  # whatever it is, it is the result
        cell.problem = str(error) if isinstance(error, Broken) else traceback.format_exc()
    cell.seconds = patience.now() - start
    return cell


def write_table(options, figure, heading, cells, note):
    if not options.report:
        return
    os.makedirs(options.report, exist_ok=True)
    with open(os.path.join(options.report, figure + '.md'), 'w', encoding='utf-8') as file:
        good = sum(cell.problem is None for cell in cells)
        file.write(f'## {figure}: {good} of {len(cells)} hold\n\n{note}\n\n')
        file.write('| ' + ' | '.join(heading) + ' |\n')
        file.write('|' + ' --- |' * len(heading) + '\n')
        for cell in cells:
            row = list(cell.columns) + ([f'**{cell.problem.splitlines()[0][:200]}**']
                                        if cell.problem else [str(word) for word in cell.row])
            row += [''] * (len(heading) - len(row))
            file.write('| ' + ' | '.join(word.replace('|', '/').replace('\n', ' ')
                                         for word in row) + ' |\n')
        file.write('\n')


def run(options, figure, heading, cells, note=''):
    """Runs the cells, those that only wait beside the others, and prints TAP."""
    cells = [cell for cell in cells if re.search(options.only, cell.title)]
    print(f'1..{len(cells)}', flush=True)
    start = patience.now()
    with concurrent.futures.ThreadPoolExecutor(40) as waiting, \
            concurrent.futures.ThreadPoolExecutor(options.jobs) as busy:
        futures = [(waiting if cell.slow else busy).submit(run_cell, cell) for cell in cells]
        for number, future in enumerate(futures, 1):
            cell = future.result()
            print(f'{"ok" if cell.problem is None else "not ok"} {number} {cell.title}')
            for line in cell.remarks + (cell.problem or '').split('\n'):
                if line:
                    print(f'# {line}')
            sys.stdout.flush()
    failed = sum(cell.problem is not None for cell in cells)
    slowest = max(cells, key=lambda cell: cell.seconds, default=None)
    print(f'# {figure}: {len(cells)} cells, {failed} failed, seed {options.seed}, '
          f'{patience.now() - start:.0f} s'
          + (f', slowest “{slowest.title}” {slowest.seconds:.0f} s' if slowest else ''))
    write_table(options, figure, heading, cells,
                (note + ' ' if note else '') + f'Seed {options.seed}.')
    return 1 if failed else 0
