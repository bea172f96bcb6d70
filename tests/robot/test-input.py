#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input from the person and from the cloud. Each time: a sentence, the program lives, nothing
that was chosen is lost."""
import sys

from easel_desk import wait_until
from easel_scenario import GOOD_KEY, SECRET_SCHEMA, check, equal, run

REFUSED = 'does not know this key|cannot be a key'
STRANGE_KEYS = {
    'blanks inside': 'practice key with blanks',
    'line ends inside': 'practice\nkey',
    'an emoji': 'practice-\U0001f3a8',
    'letters beyond ASCII': 'schlüssel-größe',
    'ten kilobytes': 'k' * 10240,
    'markup': '<b>key</b> &amp; "quotes"',
    'blanks only': '   \t  ',
}


def keys(stage):
    """Keys with blanks, line ends, an emoji and ten kilobytes"""
    stage.start_cloud()
    program = stage.start_program()
    stage.to_account()
    for what, key in STRANGE_KEYS.items():
        stage.paste_key(key)
        stage.desk.focus(program.windows()[0])
        if key.strip():
            wait_until(lambda: program.says(REFUSED), f'a sentence for {what}', 20,
                       program.process)
        equal(stage.desk.secrets(**{'xdg:schema': SECRET_SCHEMA}), [], f'the keyring after {what}')
        check(not program.says('Key accepted'), f'{what} was accepted')
        stage.check_alive()
    # Blanks and line ends around a good key are nobody's fault.
    stage.paste_key(f'  {GOOD_KEY} \n')
    program.wait_text('Key accepted')
    check('<b>' not in program.words(), 'markup on the screen')


def search(stage):
    """A search text with markup, a template that does not open the server's port"""
    stage.start_cloud()
    program = stage.start_program()
    stage.to_account()
    stage.paste_key()
    program.wait_text('Key accepted')
    stage.click('Next')
    program.wait_text('What do you want to paint')
    stage.click('Change…')
    for text in ('<b>&"\'%s%n\\', '\U0001f3a8', 'x' * 5000, ''):
        program.write('Search Templates', text)
        program.wait_text(r'Nothing found|templates? found|The first \d+ of', seconds=20)
        stage.check_alive()
    # Everything public: the ones that cannot work say why.
    wait_until(lambda: program.says('3001|server’s port|does not open|not open'),
               'a reason at a template that cannot work', 20, program.process)
    stage.desk.keys('Escape')
    program.wait_text('What do you want to paint')


def no_offers(stage):
    """A list of no GPU at all, and then of 500"""
    cloud = stage.start_cloud()
    cloud.control('faults', {'gpus': 0})
    program = stage.start_program()
    stage.to_account()
    stage.paste_key()
    program.wait_text('Key accepted')
    stage.click('Next')
    program.wait_text('What do you want to paint')
    stage.click('Next')
    program.wait_text('Choose a GPU')
    program.wait_text('free|offers', seconds=20)
    check(not program.find('Rent', sensitive=True), 'Rent without an offer')
    cloud.control('faults', {'gpus': 500})
    stage.click('Back')
    program.wait_text('What do you want to paint')
    stage.click('Next')
    program.wait_text('Choose a GPU')
    for name in ('Try Again', 'Refresh'):
        if program.find(name, sensitive=True):
            stage.click(name)
            break
    program.wait_text('Recommended', seconds=30)
    stage.click('Next')
    program.wait('Rent', sensitive=True)


def answers(stage):
    """Answers that are truncated, huge, a web page, of other types, or none"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_account()
    for outcome in ('truncated', 'huge', 'html200', 'wrong_types', '500', '502', 'reset', 'short',
                    '403edge', '429'):
        cloud.fault('any', outcome, times=40)
        stage.paste_key(f'practice-{outcome.replace("_", "")}')
        wait_until(lambda: program.says('No answer|makes no sense|far more|fault at the moment|'
                                        'refused the connection|too often|too long|went wrong|'
                                        'Key accepted'),
                   f'a sentence for {outcome}', 60, program.process)
        stage.check_alive()
        cloud.mend()
    stage.paste_key()
    program.wait_text('Key accepted', seconds=30)

    # The same where offers are listed: what was chosen stays, Try Again helps.
    stage.click('Next')
    program.wait_text('What do you want to paint')
    for outcome in ('truncated', 'huge', 'html200', 'wrong_types'):
        cloud.fault('catalog', outcome, times=20)
        stage.click('Next')
        program.wait_text('Choose a GPU')
        stage.check_alive()
        stage.click('Back')
        program.wait_text('What do you want to paint')
        cloud.mend()
    stage.click('Next')
    program.wait_text('Choose a GPU')
    for name in ('Try Again',):
        if program.find(name, sensitive=True):
            stage.click(name)
    program.wait_text('Recommended', seconds=60)


def answers_while_running(stage):
    """The list of pods turns bad while a GPU runs: it is neither forgotten nor called gone"""
    cloud = stage.start_cloud()
    program = stage.start_program()
    stage.to_review()
    stage.rent()
    program.stop()
    program = stage.start_program()
    program.wait_text(r'You pay \$', seconds=30)
    # One list may be empty by mistake; two of them are what proves that something is gone.
    for outcome, times in (('html200', 3), ('truncated', 3), ('wrong_types', 3), ('empty_list', 1)):
        cloud.fault('list', outcome, times=times)
        wait_until(lambda: cloud.control('faults')['pending'] == 0, f'{outcome} to be used up', 60)
        check(not program.says('You pay nothing right now'), f'“nothing” after {outcome}')
        stage.check_alive()
    program.wait_text(r'You pay \$\d', seconds=60)
    equal(len(cloud.billed()), 1, 'pods billed')
    stage.done()
    stage.wait_nothing_billed()


if __name__ == '__main__':
    sys.exit(run([keys, search, no_offers, answers, answers_while_running]))
