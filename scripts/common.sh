# Sourced by the scripts: sets `root`, the folder of the project, and a few functions.
set -euo pipefail
export LC_ALL=C
unset CDPATH
root="$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)"
program="${0##*/}"

# fail MESSAGE: one line, exit 1. usage_error MESSAGE: one line, exit 2.
fail() {
  advice=
  printf '%s: %s\n' "$program" "$1" >&2
  exit 1
}
usage_error() {
  advice=
  printf '%s: %s; see %s --help\n' "$program" "$1" "$0" >&2
  exit 2
}

# The last line of a script that fails from here on, unless it says by itself what to do.
advise() { advice="$1"; }
advice=
give_advice() {
  local code=$?
  if [ "$code" != 0 ] && [ -n "$advice" ]; then printf '%s: %s\n' "$program" "$advice" >&2; fi
}
trap give_advice EXIT

# core_minutes N: how many minutes that work of N minutes of one core takes here, rounded up.
core_minutes() { echo $((($1 + $(nproc) - 1) / $(nproc))); }

# The comment block at the head of the script, from its second line to the first one without #.
print_help() {
  sed -n '2,${/^#/!q; s/^# \{0,1\}//; p}' "$0"
}

# The files of the project, each path followed by a NUL, in an order that depends on nothing else:
# those that git tracks, or, without a git checkout, all but build products.
list_files() {
  (
    cd "$root"
    if [ "$(git rev-parse --show-toplevel 2>/dev/null)" = "$root" ]; then
      git ls-files -z
    else
      find . \( -path ./build -o -path ./runs -o -name .git -o -name __pycache__ \) -prune \
        -o -type f -printf '%P\0'
    fi | sort -z | while IFS= read -r -d '' path; do
      if [ -f "$path" ] && [ ! -L "$path" ]; then printf '%s\0' "$path"; fi
    done
  )
}

# configure_and_build PRESET FOLDER [CMAKE-ARGUMENT...] [-- BUILD-ARGUMENT...]
configure_and_build() {
  local preset="$1" folder="$2" launcher=() fresh=() configure=() cached
  shift 2
  while [ $# -gt 0 ] && [ "$1" != -- ]; do
    configure+=("$1")
    shift
  done
  if [ $# -gt 0 ]; then shift; fi
  if command -v ccache >/dev/null; then
    # Without this ccache does not store what was compiled with a precompiled header.
    launcher=("-DCMAKE_CXX_COMPILER_LAUNCHER=env;CCACHE_SLOPPINESS=pch_defines,time_macros;ccache")
  fi
  # A copied or moved project: CMake refuses the cache of another folder.
  cached="$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt" 2>/dev/null || :)"
  if [ -n "$cached" ] && [ "$cached" != "$root" ]; then fresh=(--fresh); fi
  cmake "${fresh[@]}" --preset "$preset" -S "$root" -B "$folder" "${launcher[@]}" "${configure[@]}"
  cmake --build "$folder" "$@"
}
