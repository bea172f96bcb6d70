#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Models of one's own: by link and from this computer, each with a broken connection, and again on
the next GPU without a question. What the program leaves behind is searched for the site's token.
Files are chosen in GTK's own dialog, too, and missed before anything is rented."""
import hashlib
import http.client
import json
import os
import struct
import sys
import urllib.parse

from easel_desk import wait_until
from easel_scenario import check, equal, run

SIZE = 200_000_000
LINKED = 'paper-ink-200MB.safetensors'
LOCAL = 'own-wash.safetensors'
TOKEN = 'practice-CANARY-91c3d84f7a2b'
CHOOSER = 'Choose Models'
PLAIN = 'https://models.example/loras/free-wash-5MB.safetensors'
# What a link to any other site may come to, each with its sentence.
REFUSALS = (
    ('https://page-a.example/wash.safetensors', r'leads to a web page and not to a file'),
    ('https://gated-a.example/wash.safetensors', r'only to those who have a token from there'),
    ('https://closed-a.example/wash.safetensors', r'does not give this model to you'),
    ('https://gone-a.example/wash.safetensors', r'There is no model at this link any more'),
    ('https://models.example/wash.zip', r'Only files that end in \.safetensors or \.sft'),
    ('https://models.example/download?name=wash.zip', r'Only files that end in \.safetensors'),
    ('http://models.example/wash.safetensors', r'This link is not safe'),
    ('https://192.168.0.1/wash.safetensors', r'This link is not safe'),
)


def write_lora(path, size=SIZE):
    """A file that says of itself to be a LoRA for SDXL; returns its hash."""
    name = 'lora_unet_input_blocks_4_1_transformer_blocks_0_attn2_to_k.lora_down.weight'
    rest = size - 1024 - 65536
    header = json.dumps({
        name: {'dtype': 'F16', 'shape': [16, 2048], 'data_offsets': [0, 65536]},
        'rest': {'dtype': 'U8', 'shape': [rest], 'data_offsets': [65536, 65536 + rest]},
    }).encode().ljust(1016)
    block = os.urandom(1_000_003)
    data = (struct.pack('<Q', len(header)) + header + block * (size // len(block) + 1))[:size]
    with open(path, 'wb') as file:
        file.write(data)
    return hashlib.sha256(data).hexdigest()


def models(stage):
    """What was brought to the one pod there is: hashes by name."""
    pods = stage.cloud.control('pods')['pods']
    return {file['name']: file['sha256'] for pod in pods for file in pod.get('models', [])
            if file['folder'] == 'loras'}


def wait_model(stage, name):
    return wait_until(lambda: models(stage).get(name), f'{name} on the GPU', 120,
                      stage.program.process)


def get(url, **headers):
    parts = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    connection.request('GET', f'{parts.path}?{parts.query}', headers=headers)
    return connection.getresponse()


def site_link(stage, version):
    """Where the site sends somebody else."""
    return get(f'{stage.cloud.url}/civitai/api/download/models/{version}',
               Authorization='Bearer ' + TOKEN).headers['Location']


def hash_at(link):
    """What the file there adds up to."""
    digest = hashlib.sha256()
    answer = get(link)
    while piece := answer.read(1 << 20):
        digest.update(piece)
    return digest.hexdigest()


def count(stage, route):
    return stage.cloud.control('requests')['counts'].get(route, 0)


def remembered(stage):
    """What the shelf says that each model adds up to."""
    for here, _, names in os.walk(stage.desk.folder):
        if 'shelf.json' in names:
            with open(os.path.join(here, 'shelf.json'), encoding='utf-8') as file:
                return {model['name']: model.get('sha256') for model in json.load(file)['models']}
    return {}


def search(folder):
    """Files in which the token stands."""
    found, n_files = [], 0
    for here, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(here, name)
            try:
                if not os.path.isfile(path) or os.path.getsize(path) == SIZE:
                    continue
                with open(path, 'rb') as file:
                    n_files += 1
                    if TOKEN.encode() in file.read():
                        found.append(path)
            except OSError:
                pass  # it went away meanwhile
    return found, n_files


def own_models(stage):
    """Two LoRAs come over broken connections, and again with the next GPU"""
    cloud = stage.start_cloud()
    cloud.control('models', {'site': 'civitai', 'model': 77, 'version': 778, 'access': 'token',
                             'name': LINKED, 'size': SIZE})
    local = stage.desk.path(LOCAL)
    digest = write_lora(local)
    program = stage.start_program(env={'G_MESSAGES_DEBUG': 'all'})
    stage.to_review()
    stage.rent()
    stage.click('Add a LoRA or Checkpoint…')

    # By link to any site: most lead to nothing.
    program.wait('Link to a model')
    for link, sentence in REFUSALS:
        program.write('Link to a model', link)
        program.wait_text(sentence)
        program.write('Link to a model', '')
    program.write('Link to a model', PLAIN)
    stage.click('Add free-wash-5MB.safetensors')
    plain = wait_model(stage, 'free-wash-5MB.safetensors')

    # By link to a known one: it wants a token, the connection breaks off, a fresh address goes on.
    # What comes in at once, as by pasting, is looked at without a click.
    program.write('Link to a model', 'https://civitai.com/models/77/paper-ink')
    program.write('Token from Civitai', TOKEN)
    stage.click('Save Token from Civitai')
    cloud.fault('fetch', 'reset')
    stage.click(f'Add {LINKED}')
    linked = wait_model(stage, LINKED)
    address = site_link(stage, 778)
    equal(linked, hash_at(address), 'the hash of what was linked')
    elsewhere = 'http://' + urllib.parse.urlsplit(address).netloc + '/elsewhere/'
    equal(plain, hash_at(elsewhere + PLAIN.removeprefix('https://')), 'the hash of the plain one')
    equal(count(stage, 'fetch'), 3, 'tries of the pod to fetch')

    # From this computer: a piece is lost on the way.
    program.write('Link to a model', local)
    stage.click('Look')
    program.wait(f'Add {LOCAL}', sensitive=True)
    cloud.fault('upload', 'reset_noeffect', skip=2)
    stage.click(f'Add {LOCAL}')
    equal(wait_model(stage, LOCAL), digest, 'the hash of what was sent')
    equal(cloud.control('faults')['pending'], 0, 'faults that did not happen')
    program.wait_text('Press Refresh in Krita', seconds=30)
    sums = {LINKED: linked, LOCAL: digest, 'free-wash-5MB.safetensors': plain}
    wait_until(lambda: remembered(stage) == sums, 'sums on the shelf', 30, program.process)
    program.stop()

    program = stage.start_program(env={'G_MESSAGES_DEBUG': 'all'})
    program.wait_text(r'You pay \$', seconds=60)
    stage.done()
    stage.wait_nothing_billed()
    program.wait_text('You pay nothing right now', seconds=60)
    equal(models(stage), {}, 'models without a GPU')
    stage.click('Rent the Same Again')
    program.wait_text(r'with 3 models of your own \(0\.4 GB\)')
    program.wait('Rent', sensitive=True)
    stage.rent()
    equal(wait_model(stage, LINKED), linked, 'the hash of the linked one')
    equal(wait_model(stage, LOCAL), digest, 'the hash of the local one')
    # Studio and wizard, and no question.
    equal(len(program.windows()), 2, 'windows')
    check(not program.find('Token from Civitai'), 'the token was asked for again')

    requests = cloud.control('requests')
    check(max(request['bytes_in'] for request in requests['requests']) > 4 << 20,
          'pieces do not grow')
    equal(requests['leaks'], 0, 'keys or tokens where none may be')
    check(any(request['route'] == 'civitai' and request['auth'] == 'present'
              for request in requests['requests']), 'the token was never sent')
    found, n_files = search(stage.desk.folder)
    check(n_files > 20, 'nothing was searched')
    equal(found, [], 'the token was found')
    with open('/proc/%d/cmdline' % program.process.pid, 'rb') as file:
        check(TOKEN.encode() not in file.read(), 'the token is in the command line')
    check(TOKEN not in json.dumps(cloud.control('pods')), 'the token is in a start command')
    print(f'# searched {n_files} files; {requests["total"]} requests, none with a token too many')


def choose_file(stage, path):
    """In the dialog that is open, as somebody does who knows where it lies."""
    program = stage.program
    program.wait(CHOOSER)
    stage.desk.focus(CHOOSER)
    stage.desk.keys('ctrl+l')
    program.write('GtkFileChooserEntry', path, window=CHOOSER)
    stage.click('Choose', window=CHOOSER)
    program.wait_gone(CHOOSER)


def choosers(stage):
    """A file is chosen in the dialog for it, is moved, and is found again"""
    local, moved = stage.desk.path('own/' + LOCAL), stage.desk.path('moved/' + LOCAL)
    os.makedirs(os.path.dirname(local))
    write_lora(local, 200_000)
    stage.start_cloud()
    program = stage.start_program()
    stage.to_account()
    stage.paste_key()
    program.wait_text('Key accepted')
    stage.click('Next')
    program.wait_text('Models of your own: none yet')
    stage.click('Add Models…')

    # Closed without a choice, nothing has happened.
    stage.click('Choose File…')
    program.wait(CHOOSER)
    stage.desk.focus(CHOOSER)
    stage.desk.keys('Escape')
    program.wait_gone(CHOOSER)
    stage.click('Choose File…')
    choose_file(stage, local)
    stage.click(f'Add {LOCAL}')
    program.wait_text('Models of your own: 1 comes with it')

    # Moved while the program runs: told on the way back, and on Review.
    os.rename(os.path.dirname(local), os.path.dirname(moved))
    stage.desk.focus('Models')
    stage.desk.keys('Escape')
    stage.desk.focus(program.windows()[0])
    program.wait_text('This file is no longer where it was')
    stage.click('Skip to Review')
    program.wait_text(f'{LOCAL}: This file is no longer where it was')
    stage.click('Show Models…')
    stage.click(f'Find the File {LOCAL}…', window='Models')
    choose_file(stage, moved)
    wait_until(lambda: not program.says('no longer where it was'), 'the warnings to go',
               process=program.process)
    program.wait_text(r'with 1 model of your own')


if __name__ == '__main__':
    sys.exit(run([own_models, choosers]))
