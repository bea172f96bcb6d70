#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The second provider in the same wizard, and both at once: one list of offers, one studio."""
import json
import re
import sys
import urllib.request

from easel_desk import Gone, wait_until
from easel_scenario import GOOD_KEY, SECRET_SCHEMA, ask, check, equal, run

ANOTHER_KEY = 'practice-second'
MOST_CLICKS = 5  # one more than at the preselected provider: its card


def check_pace(cloud):
    """Never more often than vast.ai allows, as the cloud saw it; one create for one click."""
    requests = cloud.control('requests')
    equal(requests['too_soon'], 0, 'requests that came too soon')
    equal(requests['leaks'], 0, 'keys where none may be')
    asked = [request for request in requests['requests'] if request['path'].startswith('/api/')]
    check(len(asked) > 10, f'only {len(asked)} requests to vast.ai were seen')
    return asked


def creates(cloud):
    return [request for request in cloud.control('requests')['requests']
            if request['route'] == 'create']


def whole_way(stage):
    """vast.ai from the card to an address and back to nothing"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.click(re.compile('^vast.ai'))
    program.wait_text('not encrypted')
    stage.to_account()
    program.write('API Key', 'wrong-key')
    program.wait_text('vast.ai does not know this key')
    stage.paste_key()
    program.wait_text('Key accepted')
    found = wait_until(lambda: stage.desk.secrets(**{'xdg:schema': SECRET_SCHEMA}),
                       'the key in the keyring')
    check('vast' in found[0], 'the key is kept for another provider')
    stage.click('Skip to Review')
    program.wait_text('not encrypted')
    check(not cloud.ledger(), 'something was rented before the click on Rent')

    shown = stage.rent()
    stage.click('Copy Address')
    check(stage.clicks <= MOST_CLICKS, f'{stage.clicks} clicks, at most {MOST_CLICKS}')
    equal(len(creates(cloud)), 1, 'creates for one click')
    copied = wait_until(stage.desk.clipboard, 'something in the clipboard')
    equal(copied, shown, 'the clipboard')
    check(re.fullmatch(r'http://127\.0\.0\.1:\d+(/\w+)?', copied), f'the address is “{copied}”')
    status, text = ask(copied + '/system_stats')
    equal(status, 200, 'system_stats')
    check(json.loads(text)['devices'], 'system_stats tells no device')

    program.stop()
    program = stage.start_program()
    program.wait_text(r'You pay \$\d+\.\d\d per hour', seconds=30)
    stage.done()
    program.wait_text('You pay nothing right now', seconds=60)
    stage.wait_nothing_billed()
    equal(len(cloud.ledger()), 1, 'pods in the ledger')

    stage.clicks = 0
    stage.click('Rent the Same Again')
    stage.click('Rent')
    equal(stage.clicks, 2, 'clicks to rent the same again')
    stage.wait_address()
    equal(len(creates(cloud)), 2, 'creates for two clicks')
    stage.done()
    stage.wait_nothing_billed()
    check_pace(cloud)


def enter_second_key(stage):
    """From the wizard that RunPod's key is known to, to vast.ai's."""
    program = stage.program
    # The page before is there only a moment after the click.
    for _ in range(3):
        try:
            program.wait(re.compile('^vast.ai'), sensitive=True, seconds=5)
            break
        except Gone:
            stage.click('Back')
    stage.click(re.compile('^vast.ai'))
    stage.click('Next')
    program.wait_text('Your vast.ai account')
    program.write('API Key', ANOTHER_KEY)
    program.wait_text('Key accepted')


def both(stage):
    """Two keys: one list of offers of both clouds, and one studio for what runs in both"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_account()
    stage.paste_key()
    program.wait_text('Key accepted')
    enter_second_key(stage)
    stage.click('Next')
    program.wait_text('What do you want to paint')
    stage.click('Next')
    program.wait_text('Recommended', seconds=30)
    wait_until(lambda: program.says('RunPod ·') and program.says('vast.ai ·'),
               'offers of both clouds', 30)
    # The cards above tell it, too.
    cards = program.find(re.compile(r'^(Recommended|Cheapest|Starts soonest).*, .* · \d+ GB$'))
    check(cards, 'no cards')
    for card in cards:
        check(re.search(r'(RunPod|vast\.ai) ·', card.description),
              f'“{card.name}” does not tell its cloud: {card.description}')
    stage.click('Next')
    stage.rent()
    equal(len(creates(cloud)), 1, 'creates for one click')
    here = {pod['provider'] for pod in cloud.ledger()}

    # What runs at the other one is in the same list, although it was not made here.
    other = ({'runpod', 'vast'} - here).pop()
    rent_by_hand(cloud, other)
    program.stop()
    program = stage.start_program()
    program.wait_text(r'You pay \$\d+\.\d\d per hour', seconds=30)
    program.wait_text('not made by Cloud Easel', seconds=60)
    check(program.says('RunPod') and program.says(r'vast\.ai'), 'one of the clouds is not told')
    equal(len(cloud.billed()), 2, 'pods billed')

    # End All Rentals… deletes what is ticked; what was not made here has to be ticked by hand.
    stage.click('End All Rentals…')
    program.wait_text('Delete 1')
    stage.click('Delete 1')
    wait_until(lambda: len(cloud.billed()) == 1, 'one of them to be deleted', 60)
    equal(cloud.billed()[0]['provider'], other, 'the one that is left')
    check_pace(cloud)


def rent_by_hand(cloud, provider):
    """Somebody else, in the provider's own console."""
    if provider == 'runpod':
        order = {'name': 'by hand', 'image': 'aclysia/sd-comfyui-krita:v1.52.0',
                 'gpu': {'id': 'NVIDIA RTX A4000', 'count': 1}, 'cloud': 'SECURE', 'disk': 30}
        cloud.control('pods', {'key': GOOD_KEY, 'order': order})
        return
    request = urllib.request.Request(
        cloud.url + '/api/v0/bundles/', json.dumps({'num_gpus': {'eq': 1}, 'limit': 5}).encode(),
        {'Authorization': f'Bearer {ANOTHER_KEY}', 'Content-Type': 'application/json'})
    with urllib.request.urlopen(request, timeout=20) as answer:
        offer = json.load(answer)['offers'][-1]['id']
    order = {'image': 'aclysia/sd-comfyui-krita:v1.52.0', 'label': 'by hand', 'disk': 20}
    cloud.control('pods', {'key': ANOTHER_KEY, 'offer': offer, 'order': order})


if __name__ == '__main__':
    sys.exit(run([whole_way, both]))
