#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line beside the window: both work on the same GPUs, and neither harms the other."""
import glob
import json
import os
import sys

from easel_desk import wait_until
from easel_scenario import check, equal, run


def console(stage, *arguments):
    """Status, what stands on the standard output, everything that was said."""
    program = os.path.join(stage.options.build, 'src', 'cloud-easel')
    path = stage.desk.path('console')
    with open(path, 'wb') as output:
        process = stage.desk.start('console', [program, '--endpoints', stage.endpoints, *arguments],
                                   stdout=output)
        status = process.wait(90)
    return status, stage.desk.read('console'), stage.desk.read('console.log')


def creates(cloud):
    return [request for request in cloud.control('requests')['requests']
            if request['route'] == 'create']


def delete_from_outside(stage):
    """A GPU that is deleted on the command line ends in the window, too"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_review()
    shown = stage.rent()
    pod = cloud.ledger()[0]['id']

    # The key comes from the keyring, and what is printed is what the window shows.
    status, output, said = console(stage, '--list', '--json')
    equal(status, 0, said)
    rows = json.loads(output)
    equal([row['id'] for row in rows], [pod], 'the rows')
    equal((rows[0]['address'], rows[0]['state'], rows[0]['ours']), (shown, 'running', True),
          'the row')
    equal(len(cloud.billed()), 1, 'what is billed')

    status, _, said = console(stage, '--delete', pod)
    equal(status, 0, said)
    equal(cloud.billed(), [], 'what is billed')
    check('deleted, checked twice' in said, said)
    program.wait_text('Deleted, checked twice', seconds=60)
    equal(len(creates(cloud)), 1, 'creates')


def end_all_during_create(stage):
    """A create on its way is ended by the command line, and nothing takes its place"""
    cloud = stage.start_cloud(speed=30)
    program = stage.start_program()
    stage.to_review()
    cloud.fault('create', 'delay', seconds=6)
    stage.click('Rent')
    wait_until(cloud.billed, 'a pod that nobody told about')
    status, _, said = console(stage, '--end-all')
    equal(status, 0, said)
    equal(cloud.billed(), [], 'what is billed')
    program.wait_text('Nothing was rented|Cancelled|gone|You pay nothing right now', seconds=90)
    equal(len(creates(cloud)), 1, 'creates for one click')
    equal(cloud.billed(), [], 'what is billed')


def handle_of(cloud):
    return cloud.control('pods')['pods'][0]['name']


def activate(stage, action, *parameters):
    """As a desktop does out of a notification."""
    name = 'io.github.cloudeasel.CloudEasel.Endpoints'
    status, output = stage.desk.run(
        'gdbus', 'call', '--session', '--dest', name, '--object-path',
        '/' + name.replace('.', '/'), '--method', 'org.freedesktop.Application.ActivateAction',
        action, '[%s]' % ', '.join(f"<'{word}'>" for word in parameters), '{}')
    equal(status, 0, output)


def done_without_a_window(stage):
    """I’m Done out of a notification works when the program does not run"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_review()
    stage.rent()
    program.stop()

    # What the desktop starts for a notification's button: a service that shows no window.
    program = stage.start_program('--gapplication-service', '--endpoints', stage.endpoints,
                                  wait=False)
    wait_until(lambda: stage.desk.run(
        'gdbus', 'wait', '--session', '--timeout', '1',
        'io.github.cloudeasel.CloudEasel.Endpoints')[0] == 0, 'the service')
    activate(stage, 'end', handle_of(cloud))
    stage.wait_nothing_billed()
    # Held until that is proven, and no longer; and nobody was shown anything.
    equal(stage.desk.windows(), [], 'windows')
    equal(program.process.wait(90), 0, 'the end of the service')
    program.stop()
    receipts = glob.glob(stage.desk.home + '/state/**/history.json', recursive=True)
    equal(len(receipts), 1, 'the files of receipts')
    with open(receipts[0], encoding='utf-8') as file:
        equal([row['reason'] for row in json.load(file)['receipts']], ['done'], 'the receipts')


def look_at_login(stage):
    """The look at login says what costs, shows no window, and is silent if nothing does"""
    cloud = stage.start_cloud()
    stage.start_program()
    stage.to_review()
    stage.rent()
    stage.program.stop()
    with stage.desk.notification_log() as told:
        check_program = stage.start_program('--check', '--endpoints', stage.endpoints, wait=False)
        wait_until(lambda: 'You pay $' in told(), 'a notification', 30, check_program.process)
        equal(stage.desk.windows(), [], 'windows')
        check('app.show-studio' in told(), told())
        # It does not go before the notification's button could be pressed.
        activate(stage, 'end', handle_of(cloud))
        wait_until(lambda: 'has ended' in told(), 'the end', 60, check_program.process)
        check_program.stop()

        silent = stage.start_program('--check', '--endpoints', stage.endpoints, wait=False)
        equal(silent.process.wait(30), 0, 'the end of a look at nothing')
        equal(told().count('You pay'), 1, 'what was told')
        silent.stop()


sys.exit(run([delete_from_outside, end_all_during_create, done_without_a_window, look_at_login]))
