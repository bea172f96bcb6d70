# SPDX-License-Identifier: GPL-3.0-or-later
"""The helper: what runs in the rented container and makes it comfortable.

Tells how far ComfyUI's own downloads are, keeps the log at hand, fetches models from the net and
takes them from the desktop in pieces. A process of its own beside the guard, which starts it when
its SHA-256 is the one in the environment: what goes wrong in here cannot touch the end of the pod.

Requests come through nginx below the secret path of the desktop, each with a MAC
(easel-agent-client.c tells of what). Nothing in here knows a token: the desktop hands over links
that need none. Standard library only. EASEL_ROOT, EASEL_SPEED, EASEL_PORT and EASEL_LOOPBACK are
absent in production.
"""
import collections
import contextlib
import errno
import hashlib
import hmac
import http.client
import http.server
import ipaddress
import json
import os
import re
import shutil
import socket
import ssl
import stat
import subprocess
import threading
import time
import urllib.parse

ROOT = os.environ.get('EASEL_ROOT', '')
PORT = int(os.environ.get('EASEL_PORT', '3001')) + 2
ADMIN = os.environ['EASEL_ADMIN'].encode()
# The one port of this computer that a test may download from.
LOOPBACK = int(os.environ.get('EASEL_LOOPBACK', '0'))
PATH = hashlib.sha256(b'easel-path:' + ADMIN).hexdigest()[:32]
WORKSPACE = ROOT + '/workspace'
STATE = WORKSPACE + '/.easel-helper'
FILES = ROOT + '/tmp/e'
FOLDERS = ('checkpoints', 'loras', 'controlnet', 'clip_vision', 'vae', 'upscale_models',
           'embeddings', 'ipadapter', 'inpaint', 'style_models', 'diffusion_models',
           'text_encoders', 'model_patches', 'hypernetworks')
NAME = re.compile(r'[A-Za-z0-9_-][A-Za-z0-9._ -]{0,199}')
KINDS = ('.safetensors', '.sft')
KEEP_FREE = 2 << 30
# A volume has a quota, whatever the disk below it says.
FULL = (errno.ENOSPC, errno.EDQUOT)
MOST_CHUNK = 33 << 20
MOST_BODY = 64 << 10
MOST_LOG = 32 << 10
MOST_HEADER = 100 << 20
MOST_NOTE = 4096
MOST_JOBS = 200
MOST_AT_ONCE = 2
MOST_SUMS = 16
MOST_REQUESTS = 12
MOST_HOPS = 6
PIECE = 1 << 20
STALE = 60


class Refused(Exception):
    """What is told to the desktop in one word."""

    def __init__(self, word, code=400, **more):
        super().__init__(word)
        self.word, self.code, self.more = word, code, more


def touch():
    """Tells the guard that something is being transferred: that is work."""
    with open(FILES + 'w', 'a'):
        os.utime(FILES + 'w')


def mac(*parts):
    return hmac.new(ADMIN, '\n'.join(parts).encode(), hashlib.sha256).hexdigest()


# --- the counter: a request is accepted once ------------------------------------------------------

class Counter:
    def __init__(self):
        self.lock = threading.Lock()
        self.last = 0

    def load(self):
        try:
            with open(STATE, encoding='ascii') as file:
                self.last = int(file.read())
        except (OSError, ValueError):
            self.last = 0

    def accept(self, number):
        with self.lock:
            if number <= self.last:
                return False
            self.last = number
            try:
                with open(STATE + '~', 'w', encoding='ascii') as file:
                    file.write(str(number))
                os.replace(STATE + '~', STATE)
            except OSError:
                pass
            return True


# --- what ComfyUI itself downloads ----------------------------------------------------------------

UNITS = {'': 1, 'k': 1 << 10, 'K': 1 << 10, 'M': 1 << 20, 'G': 1 << 30, 'T': 1 << 40}
BAR = re.compile(r'^(.{1,200}?):\s+\d+%\|.*?\|\s*([\d.]+)([kKMGT]?)B?/([\d.]+)([kKMGT]?)B?'
                 r'(?: \[[^,\]]*,\s*([\d.]+)([kKMGT]?)i?B/s)?')
FOUND = re.compile(r'^(.{1,200}?): found - skipping')
FAILED = re.compile(r'^Error downloading (.{1,200}?) \(attempt (\d+)\)')
BREAKS = re.compile(r'\r\n|\r|\n|\x1b\[[0-9;]*[A-Za-z]')


def size_of(number, unit):
    try:
        return int(float(number) * UNITS[unit])
    except ValueError:
        return 0


class BootFiles:
    """Follows the bars in the log of the image's download program."""

    def __init__(self):
        self.lock = threading.Lock()
        self.offset = 0
        self.rest = ''
        self.files = collections.OrderedDict()

    def take(self, line):
        bar, found, failed = BAR.match(line), FOUND.match(line), FAILED.match(line)
        if bar:
            name, have, have_unit, size, size_unit, speed, speed_unit = bar.groups()
            have, size = size_of(have, have_unit), size_of(size, size_unit)
            file = self.entry(name.strip())
            # One name may stand for several files, and some of them may come at the same time:
            # their sizes tell them apart. Behind its end the next one of that size begins.
            parts = file['parts']
            part = min((part for part in parts if part['of'] == size and (
                have >= size or part['have'] < size)), key=lambda part: part['have'],
                default={'of': size})
            parts[:] = [other for other in parts[-20:] if other is not part] + [part]
            part.update(have=have, speed=size_of(speed, speed_unit) if speed else 0)
            left = [part for part in parts if not 0 < part['of'] <= part['have']]
            file['speed'] = sum(part['speed'] for part in left or [part])
            file['state'] = 'running' if left else 'done'
        elif found:
            self.entry(found[1].strip())['state'] = 'done'
        elif failed:
            self.entry(failed[1].strip())['state'] = 'failed' if failed[2] == '4' else 'waiting'

    def entry(self, name):
        if name not in self.files and len(self.files) >= 200:
            self.files.popitem(last=False)
        return self.files.setdefault(name, {'parts': [], 'speed': 0, 'state': 'waiting'})

    def tell(self):
        with self.lock:
            try:
                with open(FILES + 'l', 'rb') as file:
                    if os.fstat(file.fileno()).st_size < self.offset:
                        self.offset, self.rest = 0, ''
                    file.seek(self.offset)
                    data = file.read(8 << 20)
                    self.offset += len(data)
            except OSError:
                data = b''
            lines = BREAKS.split(self.rest + data.decode('utf-8', 'replace'))
            self.rest = lines.pop()[-4000:]
            for line in lines:
                self.take(line[:4000])
            # Of half a bar the size would be another.
            if self.rest.endswith(']'):
                self.take(self.rest)
            return [{'name': name, 'have': sum(p['have'] for p in file['parts']),
                     'size': sum(p['of'] for p in file['parts']), 'speed': file['speed'],
                     'state': file['state']} for name, file in self.files.items()]


def read_log(offset):
    try:
        with open(FILES + 'l', 'rb') as file:
            size = os.fstat(file.fileno()).st_size
            start = offset if 0 <= offset <= size else 0
            file.seek(start)
            data = file.read(MOST_LOG)
    except OSError:
        start, data = 0, b''
    return {'from': start, 'next': start + len(data), 'text': data.decode('utf-8', 'replace')}


class Gpu:
    def __init__(self):
        self.value, self.asked = None, 0

    def tell(self):
        if self.value is None and time.monotonic() - self.asked > STALE:
            self.asked = time.monotonic()
            try:
                words = subprocess.run(
                    ['nvidia-smi', '--query-gpu=name,memory.total',
                     '--format=csv,noheader,nounits'], capture_output=True, timeout=10, text=True,
                    check=True).stdout.splitlines()[0].split(',')
                self.value = {'name': words[0].strip(), 'mib': int(words[1])}
            except (OSError, ValueError, IndexError, subprocess.SubprocessError):
                pass
        return self.value


def disk():
    try:
        usage = shutil.disk_usage(WORKSPACE)
        return {'free': usage.free, 'total': usage.total}
    except OSError:
        return {'free': 0, 'total': 0}


# --- places ---------------------------------------------------------------------------------------

def check_place(folder, name, anything=False):
    if folder not in FOLDERS:
        raise Refused('folder')
    if not isinstance(name, str) or not NAME.fullmatch(name) or name.endswith(('.part', ' ', '.')):
        raise Refused('name')
    if not anything and not name.lower().endswith(KINDS):
        raise Refused('kind')
    place = os.path.join(WORKSPACE, 'models', folder)
    os.makedirs(place, exist_ok=True)
    return os.path.join(place, name)


def check_room(size):
    if size > disk()['free'] - KEEP_FREE:
        raise Refused('disk', 507)


def open_strictly(path, flags):
    return os.open(path, flags | os.O_NOFOLLOW)


def create(path):
    """Nothing of that name may be there."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)


def size_on_disk(path):
    """Of a file; of anything else that has its name, nothing."""
    try:
        found = os.lstat(path)
    except OSError:
        return 0
    return found.st_size if stat.S_ISREG(found.st_mode) else 0


def unlink(path):
    """Returns whether it was there."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


def looks_right(path):
    """Whether it begins like the file that its name promises, and is as long as that says."""
    if not path.lower().endswith(tuple(kind + '.part' for kind in KINDS)):
        return True
    with open(path, 'rb', opener=open_strictly) as file:
        length = int.from_bytes(file.read(8), 'little')
        if not 2 <= length <= min(MOST_HEADER, size_on_disk(path) - 8):
            return False
        try:
            head = json.loads(file.read(length))
            ends = [entry['data_offsets'][1] for entry in head.values()
                    if isinstance(entry, dict) and 'data_offsets' in entry]
            return max(ends, default=0) <= size_on_disk(path) - 8 - length
        except (ValueError, RecursionError, AttributeError, TypeError, LookupError):
            return False


# --- parts ----------------------------------------------------------------------------------------
#
# What is there of a file that is not whole yet is NAME.part; .NAME.part beside it notes whose
# beginning that is: sent or fetched, of which source (as the desktop calls it: a link is signed
# anew every few minutes), size and sum. For any other transfer nothing is there, else one file
# would become of two. A note is written before its part and goes after it.

def note_of(path):
    return '/.'.join(os.path.split(path)) + '.part'


def read_note(path):
    try:
        with open(note_of(path), 'rb', opener=open_strictly) as file:
            note = json.loads(file.read(MOST_NOTE))
    except (OSError, ValueError, RecursionError):
        return {}
    return note if isinstance(note, dict) else {}


def find_part(path, wish):
    """How much is there of just this, and what was noted about it."""
    note = read_note(path)
    if any(note.get(key) != wish[key] for key in ('kind', 'of')) or any(
            note.get(key) and wish[key] and note[key] != wish[key] for key in ('size', 'sha256')):
        return 0, {}
    return size_on_disk(path + '.part'), note


def drop_part(path):
    """Returns whether there was one."""
    was_there = unlink(path + '.part')
    unlink(note_of(path))
    return was_there


def begin_part(path, note):
    """In place of whatever is there."""
    drop_part(path)
    unlink(note_of(path) + '~')
    with os.fdopen(create(note_of(path) + '~'), 'w', encoding='ascii') as file:
        json.dump(note, file)
    os.replace(note_of(path) + '~', note_of(path))
    os.close(create(path + '.part'))


# --- fetching -------------------------------------------------------------------------------------

def pin(host, port):
    """The addresses of a host, if all of them are out in the world."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Refused('network') from None
    addresses = [entry[4][0] for entry in found]
    for address in addresses:
        parsed = ipaddress.ip_address(address.partition('%')[0])
        mapped = getattr(parsed, 'ipv4_mapped', None) or parsed
        if not mapped.is_global or mapped.is_multicast:
            if not (LOOPBACK and port == LOOPBACK and mapped.is_loopback):
                raise Refused('private-address')
    return addresses[0]


class Pinned(http.client.HTTPSConnection):
    """To the address that was looked at, and to the host by its name."""

    def __init__(self, host, port, address, encrypted):
        super().__init__(host, port, timeout=30)
        self.address, self.encrypted = address, encrypted

    def connect(self):
        self.sock = socket.create_connection((self.address, self.port), self.timeout)
        if self.encrypted:
            self.sock = ssl.create_default_context().wrap_socket(
                self.sock, server_hostname=self.host)


def open_link(url, have):
    """Follows redirects, each hop checked anew. Nothing secret is sent along."""
    for _ in range(MOST_HOPS):
        try:
            parts = urllib.parse.urlsplit(url)
            port = parts.port or (443 if parts.scheme == 'https' else 80)
        except ValueError:
            raise Refused('network') from None
        if not parts.hostname or parts.username or parts.scheme not in ('http', 'https') or (
                parts.scheme == 'http' and port != LOOPBACK):
            raise Refused('network')
        connection = Pinned(parts.hostname, port, pin(parts.hostname, port),
                            parts.scheme == 'https')
        headers = {'User-Agent': 'easel', 'Accept-Encoding': 'identity'}
        if have:
            headers['Range'] = f'bytes={have}-'
        target = (parts.path or '/') + ('?' + parts.query if parts.query else '')
        try:
            connection.request('GET', target, headers=headers)
            answer = connection.getresponse()
        except (OSError, http.client.HTTPException, ValueError):
            connection.close()
            raise Refused('network') from None
        where = answer.getheader('Location')
        if answer.status in (301, 302, 303, 307, 308) and where:
            connection.close()
            url = urllib.parse.urljoin(url, where)
            continue
        return connection, answer, parts
    raise Refused('network')


def name_from(answer, parts):
    found = re.search(r'filename\*=UTF-8\'\'([^;]+)|filename="?([^";]+)',
                      answer.getheader('Content-Disposition') or '', re.IGNORECASE)
    if found:
        return urllib.parse.unquote(found[1] or found[2]).strip()[:250]
    return urllib.parse.unquote(parts.path.rpartition('/')[2])[:250]


def goes_on(answer, have, note):
    """Whether it is the rest of what is there, and not of what lies there by now."""
    found = re.match(r'bytes (?:(\d+)-\d+|\*)/(?:(\d+)|\*)',
                     answer.getheader('Content-Range') or '')
    total = int(found[2] or 0) if found else 0
    if answer.status == 416:  # Nothing is missing.
        return have == (total or note.get('size')) == (note.get('total') or have)
    if answer.status != 206:
        # All of it, or none: that is told by its status.
        return True
    return bool(found) and found[1] == str(have) and all(
        not note.get(key) or not value or note[key] == value
        for key, value in (('total', total), ('mark', mark_of(answer))))


def mark_of(answer):
    """What a server calls this state of the file, if it does."""
    return (answer.getheader('ETag') or answer.getheader('Last-Modified') or '')[:200]


class Job:
    """One download, or the check of what was sent."""

    def __init__(self, wish, folder, name, url=None, anything=False):
        self.id = os.urandom(8).hex()
        # Whose part it takes: kind, of, size and sha256. The last two change with what is learnt.
        self.wish, self.folder, self.name = dict(wish), folder, name
        self.kind, self.size, self.sha256 = wish['kind'], wish['size'], wish['sha256']
        self.url, self.anything = url, anything
        self.have = self.speed = 0
        self.state, self.error = 'waiting', None
        self.cancelled = threading.Event()

    def tell(self):
        return {'id': self.id, 'kind': 'verify' if self.kind == 'upload' else self.kind,
                'folder': self.folder, 'name': self.name or '',
                'have': self.have, 'size': self.size, 'speed': int(self.speed),
                'state': self.state, 'error': self.error}

    def is_open(self):
        return self.state in ('waiting', 'running', 'verifying')

    def check_cancelled(self):
        if self.cancelled.is_set():
            raise Refused('cancelled')

    def path(self):
        return check_place(self.folder, self.name, self.anything)

    def fetch(self):
        note = {}
        if self.name:
            self.have, note = find_part(self.path(), self.wish)
        connection, answer, parts = open_link(self.url, self.have)
        if self.have and not goes_on(answer, self.have, note):
            connection.close()
            self.have = 0
            connection, answer, parts = open_link(self.url, 0)
        try:
            status = answer.status
            if status in (401, 403):
                raise Refused('http-403')
            if status in (404, 410):
                raise Refused('http-404')
            # That a site is overloaded is written on a page as well.
            if 'text/html' in (answer.getheader('Content-Type') or '').lower() and \
                    status < 500 and status not in (408, 429):
                raise Refused('html')
            if status == 416 and self.have:
                self.size = self.have
                return
            if status not in (200, 206) or (status == 206 and not self.have):
                raise Refused('network')
            if not self.name:
                self.take_name(name_from(answer, parts))
            if status == 200:
                self.have = 0
            length = answer.getheader('Content-Length')
            left = int(length) if length and length.isdigit() else 0
            if left:
                self.size = self.have + left
            if self.have:
                check_room(left)
            else:
                # What it takes the place of makes room.
                check_room(left - size_on_disk(self.path() + '.part'))
                self.begin({**self.wish, 'total': left, 'mark': mark_of(answer)})
            self.pour(answer)
        finally:
            connection.close()
        if self.size and self.have != self.size:
            raise Refused('network')

    def take_name(self, name):
        """Unless something of that name is on its way already."""
        with writing:
            other, self.name = jobs.find_open(self.folder, name), name
        self.path()
        if other:
            raise Refused('busy')

    def begin(self, note):
        with writing:
            self.check_cancelled()
            sums.forget(self.folder, self.name)
            begin_part(self.path(), note)

    def pour(self, answer):
        since, before = time.monotonic(), self.have
        part = self.path() + '.part'
        if size_on_disk(part) != self.have:
            # It was taken away meanwhile.
            raise Refused('network')
        with open(part, 'r+b', opener=open_strictly) as file:
            file.seek(self.have)
            while True:
                self.check_cancelled()
                try:
                    piece = answer.read(PIECE)
                except (OSError, http.client.HTTPException):
                    raise Refused('network') from None
                if not piece:
                    break
                # Others write as well.
                check_room(len(piece))
                file.write(piece)
                self.have += len(piece)
                touch()
                passed = time.monotonic() - since
                if passed >= 1:
                    self.speed = (self.have - before) / passed
                    since, before = time.monotonic(), self.have

    def verify(self):
        part = self.path() + '.part'
        self.state, self.speed = 'verifying', 0
        digest = hashlib.sha256()
        with open(part, 'rb', opener=open_strictly) as file:
            while True:
                self.check_cancelled()
                piece = file.read(PIECE)
                if not piece:
                    break
                digest.update(piece)
                touch()
        wrong = None
        if self.sha256 not in (None, digest.hexdigest()):
            wrong = 'hash'
        elif not self.anything and not looks_right(part):
            wrong = 'kind'
        with writing:
            self.check_cancelled()
            if wrong:
                drop_part(self.path())
                self.have = 0
                raise Refused(wrong)
            os.replace(part, self.path())
            drop_part(self.path())
            self.have = self.size = size_on_disk(self.path())
            # For the shelf: the next pod can tell whether the same has come.
            self.sha256 = digest.hexdigest()
            self.state = 'done'

    def run(self):
        state, error = 'failed', None
        try:
            with writing:
                self.check_cancelled()
                self.state = 'running'
            if self.kind == 'download':
                self.fetch()
            self.verify()
            state = 'done'
        except Refused as refused:
            error = refused.word
        except Exception as fault:
            # Whatever a strange server or file brings about: else it would be open for ever.
            error = 'disk' if getattr(fault, 'errno', 0) in FULL else 'text'
        self.speed = 0
        with writing:
            if self.cancelled.is_set() and state == 'failed':
                state, error = 'cancelled', None
            # Others of its name may begin now.
            self.error, self.state = error, state

    def cancel(self):
        """Somebody holds what is written. Returns whether it was open."""
        was_open = self.is_open()
        self.cancelled.set()
        if self.state == 'waiting':
            self.state = 'cancelled'
        if was_open:
            self.drop()
        return was_open

    def drop(self):
        """Not what another one has left."""
        try:
            if self.name and find_part(self.path(), self.wish)[1]:
                drop_part(self.path())
        except (OSError, Refused):
            pass


class Jobs:
    def __init__(self):
        self.lock = threading.Lock()
        self.slots = threading.Semaphore(MOST_AT_ONCE)
        self.all = collections.OrderedDict()

    def find_open(self, folder, name):
        with self.lock:
            for job in self.all.values():
                if job.is_open() and (job.folder, job.name) == (folder, name):
                    return job
        return None

    def start(self, job):
        with self.lock:
            while len(self.all) >= MOST_JOBS:
                ended = [key for key, other in self.all.items() if not other.is_open()]
                if not ended:
                    raise Refused('busy', 409)
                del self.all[ended[0]]
            self.all[job.id] = job
        threading.Thread(target=self.work, args=(job,), daemon=True).start()

    def work(self, job):
        with self.slots:
            job.run()

    def get(self, identifier):
        with self.lock:
            job = self.all.get(identifier)
        if job is None:
            raise Refused('job', 404)
        return job

    def tell(self):
        with self.lock:
            return [job.tell() for job in self.all.values()]


class Sums:
    """What the uploads add up to so far: one sum serves the seal of a piece and that of the next.
    Kept while this process lives; who has lost it takes pieces with a sum of their own."""

    def __init__(self):
        self.all = collections.OrderedDict()

    def begin(self, target):
        """The sum that a body is added to; None if it goes on with one that is not here."""
        path, _, query = target.partition('?')
        query = dict(urllib.parse.parse_qsl(query))
        if query.get('whole') != '1' or query.get('offset') == '0':
            return hashlib.sha256()
        place = tuple(urllib.parse.unquote(part) for part in path.split('/')[1:])
        have, digest = self.all.get(place, (0, None))
        return digest.copy() if digest and query.get('offset') == str(have) else None

    def keep(self, folder, name, have, digest):
        self.forget(folder, name)
        if len(self.all) >= MOST_SUMS:
            self.all.popitem(last=False)
        self.all[folder, name] = have, digest

    def forget(self, folder, name):
        self.all.pop((folder, name), None)

    def knows(self, folder, name, have):
        return have == 0 or self.all.get((folder, name), (0, None))[0] == have


# --- the routes -----------------------------------------------------------------------------------

counter = Counter()
boot_files = BootFiles()
gpu = Gpu()
jobs = Jobs()
gate = threading.Semaphore(MOST_REQUESTS)
# Who holds it says what becomes of the files.
writing = threading.Lock()
sums = Sums()


def list_models():
    found, hashes = {}, {job.folder + '/' + (job.name or ''): job.sha256
                         for job in list(jobs.all.values()) if job.state == 'done'}
    for folder in FOLDERS:
        for base in ('models', 'ComfyUI/models'):
            try:
                with os.scandir(os.path.join(WORKSPACE, base, folder)) as entries:
                    names = [entry.name for entry in entries if entry.is_file()
                             and not entry.name.startswith('.')
                             and not entry.name.endswith('.part')]
            except OSError:
                continue
            for name in names:
                try:
                    size = os.stat(os.path.join(WORKSPACE, base, folder, name)).st_size
                except OSError:
                    continue  # It is gone since.
                found.setdefault((folder, name[:250]), size)
    return [{'folder': folder, 'name': name, 'size': size,
             'sha256': hashes.get(folder + '/' + name)}
            for (folder, name), size in sorted(found.items())[:2000]]


def whole_number(text, most=1 << 50):
    if not isinstance(text, str) or not re.fullmatch(r'\d{1,16}', text) or int(text) > most:
        raise Refused('body')
    return int(text)


def hash_or_none(text):
    if text is None or text == '':
        return None
    if not isinstance(text, str) or not re.fullmatch(r'[0-9a-f]{64}', text):
        raise Refused('body')
    return text


def get_progress(query):
    offset = whole_number(query.get('log', '0'))
    return 200, {'v': 1, 'files': boot_files.tell(), 'log': read_log(offset), 'disk': disk(),
                 'gpu': gpu.tell()}


def get_models():
    return 200, {'v': 1, 'disk': disk(), 'jobs': jobs.tell(), 'files': list_models()}


def post_model(body):
    try:
        wish = json.loads(body)
    except (ValueError, RecursionError):
        raise Refused('body') from None
    if not isinstance(wish, dict) or not isinstance(wish.get('url'), str) or \
            len(wish['url']) > 8192:
        raise Refused('body')
    folder, name, anything = wish.get('folder'), wish.get('name'), wish.get('any') is True
    size = wish.get('size', 0)
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 1 << 50:
        raise Refused('body')
    sha256, of = hash_or_none(wish.get('sha256')), hash_or_none(wish.get('of'))
    with writing:
        if wish.get('job') is not None:
            # Goes on where it was, with a link that is new.
            old = jobs.get(str(wish['job']))
            if old.is_open():
                raise Refused('busy', 409)
            folder, name, of = old.folder, old.name or name, of or old.wish['of']
            if of == old.wish['of']:
                sha256 = old.sha256 or sha256
            with jobs.lock:
                jobs.all.pop(old.id, None)
        if of is None:
            plain = wish['url'].partition('?')[0]
            of = hashlib.sha256(plain.encode('utf-8', 'replace')).hexdigest()
        if name is not None or folder not in FOLDERS:
            path = check_place(folder, name, anything)
            if jobs.find_open(folder, name):
                raise Refused('busy', 409)
            # What it does not go on with makes room.
            check_room(max(size - size_on_disk(path + '.part'), 0))
        job = Job({'kind': 'download', 'of': of, 'size': size, 'sha256': sha256}, folder, name,
                  wish['url'], anything)
        jobs.start(job)
    return 202, {'id': job.id}


def put_model(folder, name, query, chunk, digest):
    size = whole_number(query.get('size', ''))
    offset = whole_number(query.get('offset', ''))
    anything = query.get('any') == '1'
    sha256 = hash_or_none(query.get('sha256'))
    wish = {'kind': 'upload', 'of': hash_or_none(query.get('of')), 'size': size, 'sha256': None}
    path = check_place(folder, name, anything)
    length = os.fstat(chunk.fileno()).st_size
    with writing:
        job = jobs.find_open(folder, name)
        if job:
            raise Refused('busy', 409, have=job.have)
        have, _ = find_part(path, wish)
        if offset == 0 and have and length:  # Somebody begins anew.
            drop_part(path)
            have = 0
        if offset != have:
            raise Refused('offset', 409, have=have, whole=sums.knows(folder, name, have))
        if offset + length > size:
            raise Refused('body')
        check_room(size - have)
        # Who only asks leaves all as it is.
        if have == 0 and (length or not size):
            begin_part(path, wish)
        if length:
            chunk.seek(0)
            with open(path + '.part', 'r+b', opener=open_strictly) as file:
                file.seek(have)
                shutil.copyfileobj(chunk, file, PIECE)
            touch()
            have += length
            if offset == 0 or query.get('whole') == '1':
                sums.keep(folder, name, have, digest)
            else:
                sums.forget(folder, name)
        if have < size:
            return 200, {'have': have, 'whole': sums.knows(folder, name, have)}
        sums.forget(folder, name)
        job = Job({**wish, 'sha256': sha256}, folder, name, anything=anything)
        job.have = have
        jobs.start(job)
    return 202, {'id': job.id, 'have': have}


def delete_model(folder, name):
    path = check_place(folder, name, True)
    with writing:
        sums.forget(folder, name)
        job = jobs.find_open(folder, name)
        gone = drop_part(path)
        if job:
            job.cancel()
        for other in (path, os.path.join(WORKSPACE, 'ComfyUI/models', folder, name)):
            try:
                gone |= unlink(other)
            except OSError:
                pass
    if not gone:
        raise Refused('name', 404)
    return 200, {}


def delete_job(identifier):
    with writing:
        job = jobs.get(identifier)
        if not job.cancel():
            with jobs.lock:
                jobs.all.pop(identifier, None)
            # Its successor may go on with it.
            if not jobs.find_open(job.folder, job.name):
                job.drop()
    return 200, {}


def route(method, target, body, digest):
    path, _, query = target.partition('?')
    query = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
    parts = [urllib.parse.unquote(part) for part in path.split('/')]
    if method == 'GET' and parts == ['progress']:
        return get_progress(query)
    if parts[0] != 'models':
        raise Refused('route', 404)
    if method == 'GET' and len(parts) == 1:
        return get_models()
    if method == 'POST' and len(parts) == 1:
        body.seek(0)
        return post_model(body.read(MOST_BODY))
    if method == 'PUT' and len(parts) == 3:
        return put_model(parts[1], parts[2], query, body, digest)
    if method == 'DELETE' and len(parts) == 3 and parts[1] == 'jobs':
        return delete_job(parts[2])
    if method == 'DELETE' and len(parts) == 3:
        return delete_model(parts[1], parts[2])
    raise Refused('route', 404)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    timeout = STALE
    # Head and body of an answer are two packets: the second would wait 40 ms for the first.
    disable_nagle_algorithm = True

    def read_body(self, digest):
        """The body in a file without a name, and added to the sum; None when it is too long. Also
        what went wrong with the file: whoever has the right seal is told that."""
        text = self.headers.get('Content-Length') or '0'
        most = MOST_CHUNK if self.command == 'PUT' else MOST_BODY
        if not text.isdigit() or int(text) > most or self.headers.get('Transfer-Encoding'):
            return None
        left = int(text)
        file, fault = None, None
        try:
            file = open_temporary()
        except OSError as error:
            fault = error
        while left:
            piece = self.rfile.read(min(left, PIECE))
            if not piece:
                raise ConnectionError
            digest.update(piece)
            left -= len(piece)
            try:
                if not fault and file.write(piece) != len(piece):
                    raise OSError(errno.ENOSPC, 'no room')
            except OSError as error:
                fault = error
        return file, fault

    def refuse(self, code):
        self.close_connection = True
        self.send_response(code)
        self.send_header('Content-Length', '0')
        self.send_header('Connection', 'close')
        self.end_headers()

    def reply(self, number, code, value):
        data = json.dumps(value).encode()
        self.send_response(code)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(data)))
        self.send_header('X-Easel', mac(number, str(code), hashlib.sha256(data).hexdigest()))
        self.end_headers()
        self.wfile.write(data)

    def answer(self):
        prefix = f'/{PATH}/'
        number, _, theirs = (self.headers.get('X-Easel') or '').partition(' ')
        if not self.path.startswith(prefix) or not re.fullmatch(r'\d{1,18}', number) or \
                not re.fullmatch(r'[0-9a-f]{64}', theirs):
            self.refuse(403)
            return
        target = self.path[len(prefix):]
        if not gate.acquire(blocking=False):
            self.refuse(503)
            return
        try:
            digest = sums.begin(target)
            if digest is None:
                self.refuse(503)
                return
            body = self.read_body(digest)
            if body is None:
                self.refuse(413)
                return
            file, fault = body
            with file or contextlib.nullcontext():
                ours = mac(f'{self.command} {target} {number}', digest.hexdigest())
                if not hmac.compare_digest(ours, theirs) or not counter.accept(int(number)):
                    self.refuse(403)
                    return
                try:
                    if fault:
                        raise fault
                    code, value = route(self.command, target, file, digest)
                except Refused as refused:
                    code, value = refused.code, {'error': refused.word, **refused.more}
                except OSError as error:
                    code, value = (507, {'error': 'disk'}) if error.errno in FULL else (
                        500, {'error': 'text'})
            self.reply(number, code, value)
        except OSError:
            self.close_connection = True
        finally:
            gate.release()

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def log_message(self, *_):
        """The paths are secret."""


def open_temporary():
    """On the big disk, not in memory; without a name, so nothing stays behind."""
    os.makedirs(WORKSPACE, exist_ok=True)
    path = os.path.join(WORKSPACE, f'.easel-{os.urandom(6).hex()}')
    file = os.fdopen(create(path), 'r+b', 0)
    os.unlink(path)
    return file


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64


def open_server():
    """The helper of a guard that was killed goes on with its downloads. The next guard's waits
    until that one ends, or until it has lost its own guard."""
    guard = os.getppid()
    while os.getppid() == guard:
        try:
            return Server(('127.0.0.1', PORT), Handler)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            time.sleep(1)
    return None


if __name__ == '__main__':
    server = open_server()
    if server:
        # Not before: the other one has counted on.
        counter.load()
        server.serve_forever()
