# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by src/run and tests/run: the Debian 12 packages that they need, and how missing ones
# come onto the machine. Role, package, what for.

debian_packages='
build   gcc                    the compiler
build   libc6-dev              headers of the C library
build   pkgconf                finds the libraries below
build   meson                  configures
build   ninja-build            builds
build   gettext                translations
build   desktop-file-utils     checks the menu entry, refreshes the menu when installing
build   appstream              checks the software centre entry
build   libglib2.0-dev         GLib, glib-compile-resources, glib-compile-schemas
build   libgtk-4-dev           the interface
build   libgtk-4-bin           gtk4-update-icon-cache when installing
build   libsoup-3.0-dev        HTTP
build   libjson-glib-dev       JSON
build   libsecret-1-dev        the keyring
build   libgcrypt20-dev        sums of models
build   groff-base             checks the manual page
run     adwaita-icon-theme     the icons
run     librsvg2-common        without it no icon is drawn
run     fonts-cantarell        the font of the sketches
run     fonts-dejavu-core      numbers, arrows, check marks
run     fonts-droid-fallback   names in Chinese, Japanese, Korean in the public templates
run     glib-networking        TLS
run     ca-certificates        whom TLS trusts
run     dconf-gsettings-backend  choices are remembered
robot   dbus                   a session bus of its own
robot   at-spi2-core           the accessibility bus through which the robot looks and clicks
robot   gnome-keyring          a keyring of its own
robot   libsecret-tools        secret-tool: looks into that keyring from outside
robot   xvfb                   a display without a screen
robot   xauth                  xvfb-run needs it
robot   xdotool                keys as a keyboard sends them
robot   xclip                  reads the real clipboard
robot   imagemagick            pictures of the display
robot   python3-gi             the robot is written in Python
robot   python3-pyatspi        what it looks and clicks with
robot   gir1.2-atspi-2.0       the same, below Python
test    clang-format           the check of the formatting
test    python3-yaml           the contract run, where the document is at hand
test    python3-jsonschema     the same
test    nginx-light            what the image serves through, and the agent protects
fuzz    clang                  libFuzzer is part of clang
fuzz    libclang-rt-14-dev     and of its run-time library
'

# debian_install ROLE…: installs what these roles lack; asks apt for nothing when nothing lacks.
debian_install ()
{
  local role package what missing=() sudo=()

  while read -r role package what; do
    if [[ -n $role && " $* " == *" $role "* ]] &&
       [[ $(dpkg-query -W -f '${Status}' "$package" 2> /dev/null) != 'install ok installed' ]]; then
      missing+=("$package")
    fi
  done <<< "$debian_packages"

  (( ${#missing[@]} > 0 )) || return 0
  if ! command -v apt-get > /dev/null; then
    echo "Not a Debian system: the equivalents of these packages are taken for granted:" >&2
    echo "  ${missing[*]}" >&2
    return 0
  fi
  if (( $(id -u) != 0 )); then
    command -v sudo > /dev/null || {
      echo "These packages are missing, and there is no sudo to install them: ${missing[*]}" >&2
      return 1
    }
    sudo=(sudo)
  fi
  echo "Installing: ${missing[*]}"
  "${sudo[@]}" apt-get -qq update &&
    "${sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
      apt-get -qq -y --no-install-recommends install "${missing[@]}" > /dev/null
}
