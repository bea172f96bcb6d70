# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard: what runs in the rented container and protects money.

It travels compressed in the start command (easel-start-command.c says how, and what the shell
around it does), so every letter counts: pack.py drops comments and shortens names, nothing else.
The shell starts /start.sh itself; whatever happens in here cannot keep ComfyUI from starting.

    guard p    before /start.sh: puts the secret path into nginx.conf, or leaves it as it was
    guard      for ever: watches, answers the desktop, ends the pod by its rules

Standard library only. Secrets and limits come in the environment; what a request looks like is
told in easel-agent-client.c. EASEL_ROOT, EASEL_API, EASEL_SPEED and EASEL_PORT are absent in
production. All times are seconds.
"""
import hashlib
import hmac
import json
import os
import re
import subprocess
import sys
import time
import urllib.request as net
import wsgiref.simple_server as web


def digest(data):
    return hashlib.sha256(data).hexdigest()


env = os.environ.get
root = env('EASEL_ROOT', '')
speed = float(env('EASEL_SPEED', 1))
port = int(env('EASEL_PORT', 3001))  # nginx; ComfyUI is one below, guard and helper are above
admin = env('EASEL_ADMIN').encode()
pinned = env('EASEL_SHA')
path = digest(b'easel-path:' + admin)[:32]
_, *limits, delete, click = env('EASEL_LIMITS').split(':')
hard, cap, closed, idle, never, boot, click = map(int, [*limits, click])
delete = delete == 'd'
conf = root + '/etc/nginx/nginx.conf'
state = root + '/workspace/.easel'
files = root + '/tmp/e'


def clock():
    """Goes on evenly, whatever the clock of the computer is set to: the limits are counted by
    it. Also after a start of the computer it says more than any limit, see below."""
    return time.monotonic() * speed + 10 ** 9


def attempt(function, *arguments):
    """Nothing instead of any fault: what is looked at here may not end the guard."""
    try:
        return function(*arguments)
    except Exception:
        return ''


def read(name):
    return open(name, 'rb').read()


def write(name, text):
    """Another file in its place, never half a file."""
    open(name + '~', 'w').write(text)
    os.replace(name + '~', name)


def mac(*parts):
    return hmac.new(admin, '\n'.join(parts).encode(), 'sha256').hexdigest()


def ask(url, key='', body=None, method=None):
    """Status and text; without an answer the status is 0. What is beside us answers at once, or is
    busy with a picture; the desktop waits for us meanwhile."""
    try:
        answer = net.urlopen(
            net.Request(url, body and json.dumps(body).encode(), {
                'User-Agent': 'easel', 'Content-Type': 'application/json',
                'Authorization': 'Bearer ' + key}, method=method),
            timeout=20 if key else 3)
        return answer.status, answer.read(9999999)
    except Exception as error:
        return getattr(error, 'code', 0), b''


if sys.argv[1:]:
    # vast.ai keeps the disk: the second time it starts from what was there at first.
    text = (attempt(read, conf + '.easel') or read(conf)).decode()
    write(conf + '.easel', text)
    paint = env('EASEL_PAINT')
    place = 'location ~ ^/%s/%s {proxy_pass http://127.0.0.1:%d;'
    # What nginx would write down has the secret in it. A way up out of our own path would lead to
    # ComfyUI: nginx looks at the path as it was sent, and serves it as it is meant.
    write(conf, re.sub(
        r'listen [^;]*\b%d\b.*?;' % port,
        r'\g<0>access_log off;error_log /dev/null;if ($request_uri !~ '
        '^/(%s|%s(?!.*(/|%%2[fF])[.%%]))/){return 404;}rewrite ^/%s(/.*)$ $1;' % (
            paint, path, paint) + place % (path, '[mp]', port + 2) +
        'proxy_request_buffering off;}' + place % (path, '', port + 1) + '}',
        text))
    if os.system('nginx -tc ' + conf):
        write(conf, text)
    sys.exit()

start = since = now = clock()
last = ever = ready = work = pictures = counter = beat = newest = 0

# A gap of minutes is a crash and keeps the limits; a longer one, or a start of the computer, is a
# resume with fresh ones. What the file says is not trusted: no number in it may keep the rules from
# being looked at.
try:
    old = json.loads(read(state))
    counter, beat = map(int, old[:2])
    if 0 <= now - beat < 300:
        start, last, ever, ready, work, since, pictures, hard, closed, idle, never = (
            min(max(int(number), 0), now) for number in old[2:-1])
        newest = old[-1]
except Exception:
    pass
# At the very first start the hours count from the click, not from here.
click = time.time() * speed - click
if not beat and 0 < click < hard:
    start -= click

runpod = env('RUNPOD_POD_ID')
key = env('RUNPOD_API_KEY' if runpod else 'CONTAINER_API_KEY')
api = env('EASEL_API') or 'https://' + ('api.runpod.io' if runpod else 'console.vast.ai')
pod = api + ('/v2/pods/%s' % runpod if runpod else '/api/v0/instances/%s/' % env('CONTAINER_ID'))
status = {'v': 1, 'armed': 'no', 'action': 'delete' if delete else 'stop'}
known = ports = set()
free = grown = helper = 0
far = 9e99


def end():
    """Asks to be ended. Whether it was accepted does not matter: only being gone ends this."""
    if runpod:
        verb = 'Terminate' if delete else 'Stop'
        answer = ask(pod + '/action', key, {'action': verb.lower()})
        if not 0 < answer[0] < 300:
            answer = ask(api + '/graphql', key, {
                'query': 'mutation{pod%s(input:{podId:"%s"})%s}' % (
                    verb, runpod, '' if delete else '{id}')})
    elif delete:
        answer = ask(pod, key, None, 'DELETE')
    else:
        answer = ask(pod, key, {'state': 'stopped'}, 'PUT')
    status['end_error'] = '%d %.99s' % answer


def comfy(what):
    return json.loads(ask('http://127.0.0.1:%d/' % (port - 1) + what)[1])


def sockets(name):
    """Connections of nginx to ComfyUI that are open: a short one is not there at the next look."""
    return [words[1] for words in map(str.split, open('/proc/net/' + name))
            if words[3] == '01' and words[2][-4:] == '%04X' % (port - 1)]


def look():
    """Looks around once: status and state are up to date afterwards."""
    global known, ports, helper, free, grown, last, ever, ready, work, since, pictures, newest, due
    queue = attempt(lambda: comfy('prompt')['exec_info']['queue_remaining'])
    history = attempt(lambda: {**comfy('history?max_items=1')})
    made = [*history]
    now = clock()
    up = queue != ''
    ready = ready or up and now
    if made and made != newest:
        newest = made
        # Several may have been made since the last look. ComfyUI numbers what it is asked for,
        # from 0 on; what is put in front has a minus. After a crash of it one for each look counts.
        pictures = max(pictures, attempt(lambda: abs(history[made[0]]['prompt'][0])) or 0) + 1
        last = now
    if queue:
        last = now
    known, ports = ports, {*attempt(sockets, 'tcp'), *attempt(sockets, 'tcp6')}
    connected = len(known & ports)
    if connected:
        ever = now
    else:
        since = now
    # The helper touches this file while something is being transferred.
    if attempt(lambda: abs(time.time() - os.stat(files + 'w').st_mtime) * speed < 60):
        work = now
    # Logs and our own state are not what a start waits for.
    space = attempt(lambda: os.statvfs(root + '/workspace').f_bavail) or 0
    if space < free - 99:
        grown = now
    free = space
    alive = helper and helper.poll() is None
    if not alive:
        helper = attempt(lambda: digest(read(files + 'h')) == pinned and
                         subprocess.Popen([sys.executable, files + 'h']))
    # The moment at which each rule ends the pod; far away while it does not run.
    rules = {
        'hard': start + hard,
        'cap': start + cap,
        'closed': far if connected or not ever else max(ever, last, work) + closed,
        'idle': max(last, since, work, ready) + idle if connected else far,
        'never': far if ever or not ready else max(ready, work) + never,
        'boot': far if ready else max(start + boot, grown + 600),
        # What the shell leaves when neither /start.sh nor ComfyUI runs any more.
        'crash': now if not up and attempt(read, files + 'x') else far,
    }
    first = min(rules, key=rules.get)
    if rules[first] <= now:
        # What was waited for before is no reason to be late with the first try.
        due *= 'ending' in status
        status['ending'] = first
    status.update(
        phase='ready' if up else 'loading', connected=connected, ever=ever > 0, busy=bool(queue),
        helper=alive, pictures=pictures, since_generated=now - last if last else -1,
        end={name: max(rules[name] - now, 0) for name in rules})
    attempt(write, state, json.dumps([
        counter, now, start, last, ever, ready, work, since, pictures, hard, closed, idle, never,
        newest]))


def serve(request, respond):
    """One request of the desktop; nginx has read it whole before it is passed on."""
    global hard, closed, idle, never, counter
    route = request['PATH_INFO'][34:]
    body = request['wsgi.input'].read(min(int(request['CONTENT_LENGTH'] or 0), 999999))
    number, _, theirs = request.get('HTTP_X_EASEL', '').partition(' ')
    hashed = digest(body)
    ours = mac(request['REQUEST_METHOD'] + ' ' + route + ' ' + number, hashed)
    if not attempt(lambda: hmac.compare_digest(ours, theirs) and int(number) > counter):
        respond('403 ', [])
        return []
    counter = int(number)
    code = '200'
    try:
        if route == 'extend':
            wish = json.loads(body)
            age = clock() - start
            hard = min(int(age + wish.get('hard', hard - age)), cap)
            closed, idle, never = (min(max(int(wish.get(*pair)), 60), cap) for pair in (
                ('closed', closed), ('idle', idle), ('never', never)))
        elif route == 'helper':
            assert hashed == pinned
            write(files + 'h', body.decode())
    except Exception:
        code = '409'
    attempt(look)
    # A stranger's request, which nginx answers itself.
    status['protected'] = ask('http://127.0.0.1:%d/' % port)[0] == 404
    body = json.dumps(status).encode()
    respond(code + ' ', [('X-Easel', mac(number, code, digest(body)))])
    return [body]


web.WSGIRequestHandler.log_message = lambda *_: None
# Somebody inside of the container who connects and says nothing.
web.WSGIRequestHandler.timeout = 9
due = pause = server = 0
while 1:
    attempt(look)
    if clock() > due and ('ending' in status or status['armed'] == 'no'):
        pause = min(pause + 5, 60)
        due = clock() + pause
        if 'ending' in status:
            end()
        # A write right shown without effect: 409 is what a running pod answers.
        elif runpod and ask(pod + '/action', key, {'action': 'start'})[0] == 409:
            status['armed'] = 'proven'
        elif ask(pod, key)[0] == 200:
            status['armed'] = 'likely'
    # Not before: whoever has the port, the rules are looked at each time the shell starts us again.
    server = server or web.make_server('127.0.0.1', port + 1, serve)
    server.timeout = 5 / speed
    attempt(server.handle_request)
