#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The keyring store against a real gnome-keyring on a bus of its own, looked at from outside with
# secret-tool. Speaks TAP. Usage: test-keyring.sh KEYRING-CLIENT
set -u

program=$1
schema=io.github.cloudeasel.CloudEasel.Key

for tool in dbus-run-session gnome-keyring-daemon secret-tool gdbus; do
  if ! command -v "$tool" > /dev/null; then
    echo "1..0 # SKIP $tool is not installed"
    exit 0
  fi
done

# Inside a bus of its own, with a home of its own, and without a display for prompts.
if [ -z "${EASEL_TEST_INSIDE:-}" ]; then
  home=$(mktemp -d)
  mkdir -m 700 -p "$home/run" "$home/data" "$home/config" "$home/cache"
  EASEL_TEST_INSIDE=1 HOME=$home XDG_DATA_HOME=$home/data XDG_RUNTIME_DIR=$home/run \
    XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache \
    env -u G_DEBUG -u DISPLAY -u WAYLAND_DISPLAY -u SECRET_BACKEND -u GNOME_KEYRING_CONTROL \
    dbus-run-session -- bash "$0" "$program" 3>&1 > "$home/log" 2>&1
  code=$?
  [ $code -eq 0 ] || sed 's/^/# /' "$home/log"
  rm -rf "$home"
  exit $code
fi

# What the bus starts writes to standard output too; only the results go where TAP is read.
exec >&3 3>&-

number=0
failed=0
check () { # WHAT WANTED GOT
  number=$((number + 1))
  if [ "$2" = "$3" ]; then
    echo "ok $number $1"
  else
    echo "not ok $number $1"
    echo "# wanted: $2"
    echo "# got:    $3"
    failed=1
  fi
}
# Warnings are fatal in our program, not in the keyring's. libsecret 0.20 loses answers of the bus in
# its look-up, so a build with a leak checker does not look for leaks here.
client () {
  G_DEBUG=fatal-warnings ASAN_OPTIONS=detect_leaks=0 "$program" "$@" || echo "ended with $?"
}
outside () { secret-tool "$1" xdg:schema $schema provider "$2" host "$3"; }
lock () {
  gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets \
    --method org.freedesktop.Secret.Service.Lock \
    "['/org/freedesktop/secrets/collection/login']" > /dev/null
}

echo 1..16

# A keyring service that has no keyring yet, and nobody who could be asked to make one.
check 'nothing is found where there is no keyring' nothing "$(client look-up runpod api.runpod.io)"
check 'a key cannot be kept where there is no keyring' \
  'error There is no keyring to keep the key in.' \
  "$(echo first-made-up-key | client store runpod api.runpod.io)"

printf 'password of the test' | gnome-keyring-daemon --replace --unlock --components=secrets \
  > /dev/null

check 'a new keyring is empty' nothing "$(client look-up runpod api.runpod.io)"
check 'a key is kept' stored "$(echo first-made-up-key | client store runpod api.runpod.io)"
check 'it is found again' 'key first-made-up-key' "$(client look-up runpod api.runpod.io)"
check 'it is seen from outside' first-made-up-key "$(outside lookup runpod api.runpod.io)"
check 'its label is for people' 'label = Cloud Easel: RunPod key' \
  "$(secret-tool search xdg:schema $schema 2> /dev/null | grep ^label)"
check 'another host finds nothing' nothing "$(client look-up runpod 127.0.0.1:4010)"

echo second-made-up-key | client store runpod api.runpod.io > /dev/null
check 'a new key takes the place of the old one' second-made-up-key \
  "$(secret-tool search --all xdg:schema $schema 2> /dev/null | sed -n 's/^secret = //p')"

lock
check 'a locked keyring that nobody opens is told' \
  'error The keyring is locked and was not opened.' "$(client look-up runpod api.runpod.io)"
check 'nothing can be kept in it either' 'error The keyring is locked and was not opened.' \
  "$(echo third-made-up-key | client store runpod api.runpod.io)"
printf 'password of the test' | gnome-keyring-daemon --replace --unlock --components=secrets \
  > /dev/null
check 'opened again it still has the key' 'key second-made-up-key' \
  "$(client look-up runpod api.runpod.io)"

outside clear runpod api.runpod.io
check 'a key deleted behind our back is gone' nothing "$(client look-up runpod api.runpod.io)"
printf fourth-made-up-key | secret-tool store --label=x xdg:schema $schema provider runpod \
  host api.runpod.io
check 'one that was put there is found' 'key fourth-made-up-key' \
  "$(client look-up runpod api.runpod.io)"
check 'a key is forgotten' forgotten "$(client forget runpod api.runpod.io)"
check 'and gone from outside too' '' "$(outside lookup runpod api.runpod.io)"

echo '# R8: 4 of 8 states of the Secret Service are here (no default collection, locked, deleted behind'
echo '# the back, good); test-bad-keyring has 3 more (dismissed, slow, D-Bus error and silence), and'
echo '# test-secret-store the last (absent)'
exit $failed
