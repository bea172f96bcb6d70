#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything with the keyboard alone, through all pages. Only keys go to the program; the
accessibility bus is asked where the focus is, as a screen reader does."""
import re
import sys

from easel_desk import wait_until
from easel_robot import FOCUSABLE, VISIBLE
from easel_scenario import GOOD_KEY, check, equal, run

MOST_TABS = 60

# Roles that say nothing of what takes the focus.
VAGUE = {'filler', 'section', 'static'}
# Roles of what is only read.
TELLING = {'heading', 'label', 'alert', 'status bar', 'static'}
# Inner parts of GTK's: the face of a drop-down, what its own windows are made of.
GTKS_OWN = {'GtkListItemWidget'}
GTKS_WINDOWS = {'About Cloud Easel', 'Keyboard Shortcuts'}


def check_names(stage, where):
    """Everything that can have the focus here says what it is and what it is for."""
    seen = [node for node in stage.program.nodes()
            if node.has(FOCUSABLE) and node.has(VISIBLE) and node.name not in GTKS_OWN]
    bad = [f'{node.role} “{node.name}” in ' +
           ' / '.join(above.name or above.role for above in list(node.ancestors())[:4])
           for node in seen
           if not node.name.strip() or re.match('(Gtk|Easel)[A-Z]', node.name) or
           node.role in VAGUE or node.role.isdigit()]
    equal(bad, [], f'{where}: what takes the focus without a name or a role')
    check(len(seen) >= 2, f'{where}: hardly anything can have the focus')


def check_words(stage, where):
    """What a screen reader says here: headings to go to, no inner names, sentences joined well."""
    seen = [node for node in stage.program.nodes() if node.has(VISIBLE)]
    check(any(node.role == 'heading' and node.name.strip() for node in seen),
          f'{where}: no heading')
    equal([node.name for node in seen
           if node.role in TELLING and re.match('(Gtk|Easel)[A-Z]', node.name)], [],
          f'{where}: texts without words')
    equal([words for node in seen for words in (node.name, node.description)
           if re.search('[.!?。！？][,.]', words)], [], f'{where}: words joined badly')


def tab_to(stage, name, role=None):
    """Presses Tab until this has the focus."""
    program = stage.program
    passed = []
    for _ in range(MOST_TABS):
        focused = program.focused()
        words = focused and [node.name for node in [focused, *focused.ancestors()]][:3]
        if focused is not None and name in words and role in (None, focused.role):
            return focused
        passed.append(words[0] if words else None)
        stage.desk.keys('Tab')
    raise AssertionError(f'“{name}” is not reached by Tab; passed were {passed}')


def press(stage, name):
    tab_to(stage, name)
    stage.desk.keys('Return')


def all_pages(stage):
    """From the first page to the address, copied and deleted, with keys only"""
    # Where the end is confirmed soon, closing would not ask.
    cloud = stage.start_cloud(agent='none')
    program = stage.start_program()
    window = program.windows()[0]
    stage.desk.focus(window)

    check_names(stage, 'Start')
    check_words(stage, 'Start')
    press(stage, 'Next')
    program.wait('API Key', test=lambda node: node.can('EditableText'))
    tab_to(stage, 'API Key')
    stage.desk.type(GOOD_KEY)
    stage.desk.keys('Return')
    program.wait_text('Key accepted')
    check(not program.says('What do you want to paint'), 'Return in the entry left the page')
    check_names(stage, 'Account')
    check_words(stage, 'Account')
    press(stage, 'Next')
    program.wait_text('What do you want to paint')
    check_names(stage, 'Template')
    check_words(stage, 'Template')
    side_window(stage, 'Server Template', lambda: press(stage, 'Change…'))
    stage.desk.focus(program.windows()[0])
    press(stage, 'Next')
    program.wait_text('Choose a GPU')
    program.wait_text('Recommended', seconds=30)
    check_names(stage, 'GPU')
    check_words(stage, 'GPU')
    # However many offers there are, Tab leads past them.
    tab_to(stage, 'Filter')
    stage.desk.keys('Tab')
    equal(program.focused().role, 'list item', 'what is after the filter')
    stage.desk.keys('Tab')
    equal(program.focused().name, 'Cancel', 'what is after the list')
    press(stage, 'Next')
    program.wait('Rent', sensitive=True)
    check_names(stage, 'Review')
    check_words(stage, 'Review')

    # Return rents only where the button has the focus; here it opens the list of hours.
    stage.desk.keys('Return')
    if program.find('24 hours'):
        stage.desk.keys('Escape')
    program.wait('Rent', sensitive=True)
    equal(cloud.ledger(), [], 'the ledger after a Return that was meant for nothing')

    press(stage, 'Rent')
    wait_until(cloud.ledger, 'a pod in the ledger')
    # Escape deletes nothing: it asks, and Escape answers that.
    program.wait('Cancel and Delete…')
    stage.desk.keys('Escape')
    wait_until(lambda: len(program.windows()) > 1, 'a question')
    stage.desk.focus_newest()
    check_names(stage, 'Starting, and the question')
    check_words(stage, 'Starting, and the question')
    stage.desk.keys('Escape')
    wait_until(lambda: len(program.windows()) == 1, 'the question to go')
    equal(len(cloud.billed()), 1, 'pods billed after Escape')

    address = stage.wait_address()
    check_names(stage, 'Ready')
    check_words(stage, 'Ready')
    stage.desk.focus(program.windows()[0])
    press(stage, 'Copy Address')
    copied = wait_until(stage.desk.clipboard, 'something in the clipboard')
    equal(copied, address, 'the clipboard')
    press(stage, 'I’m Done…')
    wait_until(lambda: len(program.windows()) > 1, 'a question')
    stage.desk.focus_newest()
    check_names(stage, 'Done')
    check_words(stage, 'Done')
    press(stage, 'Delete')
    stage.wait_nothing_billed()
    program.wait_text('Deleted, checked twice', seconds=60)
    check_names(stage, 'Gone')
    check_words(stage, 'Gone')
    all_windows(stage)


def side_window(stage, title, open_it):
    """Opens a window with keys, looks at it, and closes it with Escape."""
    program = stage.program
    before = len(program.windows())
    open_it()
    wait_until(lambda: len(program.windows()) > before, f'the window “{title}”')
    stage.desk.focus_newest()
    if title not in GTKS_WINDOWS:
        check_names(stage, title)
        check_words(stage, title)
    stage.desk.keys('Escape')
    wait_until(lambda: len(program.windows()) == before, f'“{title}” to go with Escape')


def choose(stage, item):
    """An item of the main menu."""
    press(stage, 'Main Menu')
    stage.program.wait(item, role='menu item')

    def is_reached():
        focused = stage.program.focused()
        return focused is not None and focused.name == item
    for _ in range(20):
        if is_reached():
            break
        stage.desk.keys('Down')
    check(is_reached(), f'“{item}” is not reached by Down')
    stage.desk.keys('Return')


def all_windows(stage):
    """The studio and every window that it opens"""
    stage.program.stop()
    program = stage.start_program()
    program.wait_text('You pay nothing right now', seconds=60)
    check_names(stage, 'Studio')
    for title, open_it in [
            ('Help', lambda: stage.desk.keys('F1')),
            ('Keyboard Shortcuts', lambda: stage.desk.keys('ctrl+question')),
            ('Preferences', lambda: stage.desk.keys('ctrl+comma')),
            ('Receipts', lambda: choose(stage, 'Receipts')),
            ('About Cloud Easel', lambda: choose(stage, 'About Cloud Easel'))]:
        stage.desk.focus('Cloud Easel')
        side_window(stage, title, open_it)


def large_text(stage):
    """With letters twice as large a window is wider, and so they really are"""
    stage.start_cloud()
    widths = []
    for text_scale in (1, 2):
        stage.desk.set_appearance(text_scale=text_scale)
        program = stage.start_program()
        program.wait_text('Paint with a rented GPU')
        # The first hints go out with the first frame.
        widths.append(wait_until(
            lambda: stage.desk.least_width(stage.desk.focus(program.windows()[0])), 'a width'))
        program.stop()
    check(widths[0] > 200 and 1.3 * widths[0] < widths[1], f'widths {widths}')


if __name__ == '__main__':
    sys.exit(run([all_pages, large_text]))
