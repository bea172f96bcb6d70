#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# check-po.sh ROOT: every language in LINGUAS is well-formed and says everything that the files in
# POTFILES.in say now, in words that can be found in Krita, one word for one thing, and no other
# language is there. Passes without any language.
set -eu

cd "$1"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failed=0
complain ()
{
  echo "$*"
  failed=1
}

xgettext --files-from=po/POTFILES.in --output="$scratch/new.pot" --from-code=UTF-8 \
  --add-comments=Translators --keyword=_ --keyword=N_ --keyword=C_:1c,2 --keyword=NC_:1c,2 \
  --keyword=g_dngettext:2,3 --keyword=ngettext:1,2 2> "$scratch/warnings" || {
  cat "$scratch/warnings"
  exit 1
}
[ "$(grep -c '^msgid ' "$scratch/new.pot")" -ge 100 ]

# Krita’s plugin is not there in most languages, so what is to be pressed in it is called as there.
check_plugin_words ()
{
  for words in 'Configure' 'Connect via URL' 'Custom Server' 'Look for new LoRA files'; do
    msggrep -K -F -e "$words" "$1" > "$scratch/with.po"
    grep -q '^#:' "$scratch/with.po" || complain "nothing in $1 speaks of “$words”"
    msggrep -v -T -F -e "$words" "$scratch/with.po" > "$scratch/without.po"
    ! grep -q '^#:' "$scratch/without.po" || {
      cat "$scratch/without.po"
      complain "$1 does not say “$words”"
    }
  done
}

# One word for one thing: what a language calls otherwise everywhere else.
other_words ()
{
  case $1 in
    de) echo 'Computer|Plug-?[Ii]n|Server-Vorlage|Verweis' ;;
    es) echo '[Oo]rdenador|[Cc]omputador|[Pp]lug-?in|[Ee]xtensión' ;;
    fr) echo '[Pp]lug-?in|[Ee]xtension|[Tt]emplate' ;;
    ja) echo 'パソコン|コンピュータ($|[^ー])|サーバ($|[^ー])|拡張機能' ;;
    zh_CN) echo '计算机|扩展|样板' ;;
    *) echo 'no such word' ;;
  esac
}

check_one_word ()
{
  LC_ALL=C.UTF-8 msggrep -T -E -e "$(other_words "$2")" "$1" > "$scratch/mixed.po"
  ! grep -q '^#:' "$scratch/mixed.po" || {
    cat "$scratch/mixed.po"
    complain "$1 has another word for this elsewhere: $(other_words "$2")"
  }
}

for language in $(sed 's/#.*//' po/LINGUAS); do
  file=po/$language.po
  [ -f "$file" ] || { complain "no file for $language"; continue; }
  msgfmt --check --output-file=/dev/null "$file" || complain "$file is not well-formed"
  # Fuzzy and empty ones count as missing.
  msgcmp "$file" "$scratch/new.pot" || complain "$file is not complete"
  check_plugin_words "$file"
  check_one_word "$file" "$language"
done
for file in po/*.po; do
  [ -f "$file" ] || continue
  language=$(basename "$file" .po)
  sed 's/#.*//' po/LINGUAS | tr ' ' '\n' | grep -qx "$language" || complain "$file is not in LINGUAS"
done
exit "$failed"
