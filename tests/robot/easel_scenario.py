# SPDX-License-Identifier: GPL-3.0-or-later
"""What every scenario needs: a simulated cloud, the program against it, and the ways through the
wizard that several scenarios take. Scenarios print TAP."""
import argparse
import http.client
import json
import os
import re
import select
import sys
import time
import traceback
import urllib.parse

from easel_desk import Desk, Gone, missing_tools, wait_until
from easel_robot import Program
import patience

GOOD_KEY = 'practice-robot'
MENU = re.compile('^More for ')
SECRET_SCHEMA = 'io.github.cloudeasel.CloudEasel.Key'


def ask(url, method='GET', body=None, timeout=20):
    """One HTTP request to this computer, whatever the host is called: glibc need not know that
    *.localhost is here."""
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection('127.0.0.1', parts.port, timeout=timeout)
    try:
        connection.request(method, parts.path + ('?' + parts.query if parts.query else ''),
                           None if body is None else json.dumps(body),
                           {'Host': parts.netloc, 'Content-Type': 'application/json'})
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors='replace')
    finally:
        connection.close()


class Cloud:
    """The simulated providers."""

    def __init__(self, desk, build, speed=60, seed=1, agent='stand-in'):
        self.desk = desk
        self.endpoints = desk.path(f'endpoints-{desk.homes}')
        self.name = f'simulator-{desk.homes}'
        ours, theirs = os.pipe()
        self.process = desk.start(
            self.name, [os.path.join(build, 'src', 'simulator', 'cloud-easel-simulator'),
                        '--port', '0', '--speed', str(speed), '--seed', str(seed),
                        '--agent', agent, '--endpoints-out', self.endpoints], stdout=theirs)
        os.close(theirs)
        self.output = os.fdopen(ours)
        if not select.select([self.output], [], [], 20)[0]:
            raise Gone('the simulator did not get ready')
        line = self.output.readline()
        if not line.startswith('ready '):
            raise Gone(f'the simulator said “{line}”: {desk.read(self.name + ".log")}')
        self.url = line.split()[1]

    def control(self, path, body=None, method=None):
        status, text = ask(self.url + '/__/' + path,
                           method or ('GET' if body is None else 'POST'), body)
        if status >= 300:
            raise AssertionError(f'/__/{path} {body}: {status} {text}')
        return json.loads(text) if text.strip() else None

    def fault(self, route, outcome, **more):
        """What the next calls of this route come to."""
        self.control('faults', {'route': route, 'outcome': outcome, **more})

    def mend(self):
        """No fault any more, and the usual offers."""
        self.control('faults', method='DELETE')

    def sell_out(self, gpu='all', availability='NONE'):
        self.control('stock', {'gpu': gpu, 'availability': availability})

    def ledger(self):
        """Who is billed from when to when: a list of pods."""
        return self.control('ledger')['pods']

    def billed(self):
        """The pods that cost money now."""
        return [pod for pod in self.ledger()
                if any(charge['to_ms'] is None for charge in pod['intervals'])]

    def stop(self):
        self.desk.stop(self.process)
        self.output.close()


class Stage:
    """One scenario's world, and what a person does in it."""

    def __init__(self, desk, options, name):
        self.desk = desk
        self.options = options
        self.name = name
        self.programs = []
        self.program = None
        self.cloud = None
        self.clicks = 0
        desk.new_home()
        desk.forget_secrets(**{'xdg:schema': SECRET_SCHEMA})
        desk.env['GSETTINGS_SCHEMA_DIR'] = os.path.join(options.build, 'data')

    # The world

    def start_cloud(self, **how):
        self.cloud = Cloud(self.desk, self.options.build, **how)
        self.endpoints = self.cloud.endpoints
        return self.cloud

    def start_program(self, *arguments, env=None, wait=True):
        name = f'program-{self.desk.homes}-{len(self.programs)}'
        if not arguments:
            arguments = ('--endpoints', self.endpoints)
        command = [os.path.join(self.options.build, 'src', 'cloud-easel'), *arguments]
        self.program = Program(self.desk, command, name,
                               {'G_MESSAGES_DEBUG': 'cloud-easel', **(env or {})})
        self.programs.append(self.program)
        if wait:
            self.program.connect()
            wait_until(self.program.look, 'a window', process=self.program.process)
        return self.program

    def complaints(self):
        return [line for program in self.programs for line in program.complaints()]

    def logs(self):
        return '\n'.join(program.log() for program in self.programs)

    def check_alive(self):
        if not self.program.alive() and not self.program.was_stopped:
            raise AssertionError(f'the program ended with {self.program.process.returncode}\n'
                                 + self.program.log()[-3000:])

    def close(self):
        for program in self.programs:
            program.stop()
        if self.cloud is not None:
            self.cloud.stop()

    # What a person does

    def click(self, name, **where):
        self.clicks += 1
        return self.program.click(name, **where)

    def paste_key(self, key=GOOD_KEY):
        return self.program.write('API Key', key)

    def to_account(self):
        self.click('Next')
        self.program.wait('API Key', test=lambda node: node.can('EditableText'))

    def to_review(self, key=GOOD_KEY):
        """From the first page, with the defaults, to the page with Rent."""
        self.to_account()
        self.paste_key(key)
        self.program.wait_text('Key accepted')
        self.click('Skip to Review')
        self.program.wait('Rent', sensitive=True)

    def rent(self):
        self.click('Rent')
        return self.wait_address()

    def address(self):
        """The address as it is shown, or None."""
        for node in self.program.nodes():
            if node.can('Text') and node.role in ('text', 'entry', 'label'):
                for words in (node.name, self.read_text(node) if node.name == 'Address' else ''):
                    found = re.fullmatch(r'\s*(https?://\S+)\s*', words)
                    if found:
                        return words
        return None

    def read_text(self, node):
        try:
            return self.program.text(node)
        except Exception:  # it went away between look and question
            return ''

    def wait_address(self, seconds=90):
        try:
            return wait_until(self.address, 'an address', seconds, self.program.process)
        except Gone as gone:
            raise Gone(f'{gone}\n{self.program.dump()}') from None

    def choose(self, word):
        """The button of this name, or the item of the one GPU's menu."""
        def is_there():
            return self.program.find(word, ('button', 'menu item'), sensitive=True) or \
                self.program.find(MENU, sensitive=True)
        wait_until(is_there, f'“{word}” or a menu', process=self.program.process)
        if not self.program.find(word, ('button', 'menu item'), sensitive=True):
            self.click(MENU)
        self.click(word)

    def done(self, word='I’m Done…'):
        self.choose(word)
        self.click('Delete')

    def wait_nothing_billed(self, seconds=60):
        wait_until(lambda: not self.cloud.billed(), 'the ledger to be closed', seconds)

    def picture(self, name):
        return self.desk.picture(os.path.join(self.options.output, f'{self.name}-{name}.png'))


def equal(one, other, what):
    if one != other:
        raise AssertionError(f'{what}: “{one}” is not “{other}”')


def check(value, what):
    if not value:
        raise AssertionError(what)
    return value


def parse(arguments=None):
    parser = argparse.ArgumentParser()
    parser.add_argument('--build', required=True, help='the build folder')
    parser.add_argument('--output', help='where pictures of failures go')
    parser.add_argument('scenarios', nargs='*')
    options = parser.parse_args(arguments)
    options.build = os.path.realpath(options.build)
    options.output = os.path.realpath(options.output or os.path.join(options.build, 'robot'))
    return options


def run(scenarios, complaints_allowed=()):
    """Runs these functions, each with a Stage of its own, and prints TAP."""
    options = parse()
    lacking = missing_tools()
    if lacking:
        print('1..0 # SKIP not installed: ' + ', '.join(lacking))
        return 0
    chosen = [scenario for scenario in scenarios
              if not options.scenarios or scenario.__name__ in options.scenarios]
    print(f'1..{len(chosen)}', flush=True)
    failures = 0
    with Desk() as desk:
        for number, scenario in enumerate(chosen, 1):
            title = scenario.__doc__.split('\n')[0].rstrip('.')
            start = time.monotonic()
            remarks = []
            clicks = 0
            try:
                clicks = patience.judge(
                    lambda scenario=scenario: play(desk, options, scenario, complaints_allowed),
                    remarks.append)
                print(f'ok {number} {title}')
            except Exception as problem:  # whatever it is, it is this scenario's result
                failures += 1
                print(f'not ok {number} {title}')
                remarks += str(problem if isinstance(problem, Complaints) else
                               traceback.format_exc()).split('\n')
            print(f'# {time.monotonic() - start:.1f} s, {clicks} clicks')
            for line in remarks:
                if line:
                    print(f'# {line}')
            sys.stdout.flush()
    return 1 if failures else 0


class Complaints(AssertionError):
    """The scenario went well, and the program warned of something."""


def play(desk, options, scenario, complaints_allowed):
    """Once, on a stage of its own. Returns how many clicks it took."""
    stage = Stage(desk, options, scenario.__name__)
    try:
        scenario(stage)
        stage.check_alive()
    except Exception:
        save_failure(stage, options, scenario.__name__, traceback.format_exc())
        raise
    finally:
        stage.close()
    complaints = [line for line in stage.complaints()
                  if not any(re.search(allowed, line) for allowed in complaints_allowed)]
    if complaints:
        raise Complaints('The program complained:\n' + '\n'.join(complaints[:20]))
    return stage.clicks


def save_failure(stage, options, name, problem):
    """What the person would have seen, for whoever looks into it."""
    os.makedirs(options.output, exist_ok=True)
    try:
        stage.picture('failed')
        path = os.path.join(options.output, f'{name}-failed.txt')
        with open(path, 'w', encoding='utf-8') as file:
            file.write(f'{problem}\n')
            if stage.program is not None and stage.program.app is not None:
                file.write(stage.program.dump())
            file.write('\n\n' + stage.logs())
    except Exception as error:  # the first problem is the one to tell
        print(f'# no picture: {error}')
