#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check-man.sh GROFF PAGE SOURCE: the manual page is well-formed and knows every option that the
# program has in SOURCE.
set -eu

warnings=$("$1" -man -Tutf8 -ww -z "$2" 2>&1)
if [ -n "$warnings" ]; then
  echo "$warnings"
  exit 1
fi
options=$(sed -n 's/^ *{ "\([a-z-]*\)", 0, 0, G_OPTION_ARG.*/\1/p' "$3")
[ "$(echo "$options" | wc -l)" -ge 5 ]
for option in $options; do
  # shellcheck disable=SC1003
  tr -d '\\' < "$2" | grep -q -- "--$option" || { echo "not described: --$option"; exit 1; }
done
