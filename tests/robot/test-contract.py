#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request of the program and every answer of the simulator against each provider's own
document. The proxy that does this and the documents lie beside the project, where they are at
hand."""
import configparser
import os
import re
import select
import signal
import sys

from easel_desk import Gone, wait_until
from easel_scenario import check, equal, run

SHARED = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..', '..',
                                       'shared'))
PROXY = os.path.join(SHARED, 'tools', 'contract.py')
# The provider's document, and where below the simulator's address its interface begins.
DOCUMENTS = {
    'runpod': ('runpod-v2.json', '/v2'),
    'vast': ('vast.yaml', ''),
}


def document(provider):
    return os.path.join(SHARED, 'openapi', DOCUMENTS[provider][0])


class Contract:
    """The proxy between program and simulator."""

    def __init__(self, stage, provider):
        desk = stage.desk
        ours, theirs = os.pipe()
        self.process = desk.start('contract', ['/usr/bin/python3', PROXY, document(provider),
                                               stage.cloud.url], stdout=theirs)
        os.close(theirs)
        self.output = os.fdopen(ours)
        if not select.select([self.output], [], [], 60)[0]:
            raise Gone('the contract proxy did not get ready')
        line = self.output.readline()
        check(line.startswith('ready '), f'the proxy said “{line}”: {desk.read("contract.log")}')
        url = line.split()[1]
        # Only the provider's own interface is in the document; pods and GraphQL stay as they are.
        endpoints = configparser.ConfigParser()
        endpoints.read(stage.cloud.endpoints)
        endpoints[provider]['api'] = url + DOCUMENTS[provider][1]
        stage.endpoints = desk.path('endpoints-contract')
        with open(stage.endpoints, 'w', encoding='utf-8') as file:
            endpoints.write(file, space_around_delimiters=False)

    def finish(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.output.read().strip()
        finally:
            self.process.wait(20)
            self.output.close()


def walk(stage, provider, card):
    cloud = stage.start_cloud()
    contract = Contract(stage, provider)
    program = stage.start_program()
    stage.click(card)
    stage.to_account()
    stage.paste_key()
    program.wait_text('Key accepted')
    stage.click('Next')
    program.wait_text('What do you want to paint')
    stage.click('Change…')
    program.write('Search Templates', 'krita')
    program.wait_text('templates? found', seconds=30)
    stage.desk.keys('Escape')
    program.wait_text('What do you want to paint')
    stage.click('Next')
    program.wait_text('Recommended', seconds=30)
    stage.click('Next')
    stage.rent()
    program.stop()
    program = stage.start_program()
    program.wait('Copy Address', sensitive=True, seconds=60)
    stage.done()
    stage.wait_nothing_billed()
    program.wait_text('You pay nothing right now', seconds=60)
    program.stop()

    summary = contract.finish()
    exchanges = int(wait_until(lambda: summary.split()[1:2], 'the sum')[0])
    violations = stage.desk.read('contract.log')
    check(exchanges > 10, f'only {exchanges} exchanges went through the proxy')
    check(summary.endswith(' 0 violations'), f'{summary}\n{violations}')
    equal(len(cloud.ledger()), 1, 'pods in the ledger')
    print(f'# {provider}: {summary}')


def runpod(stage):
    """No request and no answer of a whole way breaks RunPod’s document"""
    walk(stage, 'runpod', re.compile('^RunPod'))


def vast(stage):
    """No request and no answer of a whole way breaks vast.ai’s document"""
    walk(stage, 'vast', re.compile('^vast.ai'))


if __name__ == '__main__':
    if not (os.path.exists(PROXY) and all(os.path.exists(document(p)) for p in DOCUMENTS)):
        print('1..0 # SKIP the provider’s document is not at hand')
        sys.exit(0)
    sys.exit(run([runpod, vast]))
