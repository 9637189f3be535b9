#!/bin/sh
# BuildKit's client reads $DOCKER_CONFIG/config.json, so a folder that lives as long as the build is enough. The variables are those of
# docker-login.sh.
set -eu
registry=123456789012.dkr.ecr.us-east-1.amazonaws.com
DOCKER_CONFIG="$(mktemp -d)"
export DOCKER_CONFIG
trap 'rm -r "$DOCKER_CONFIG"' EXIT
ecr-anywhere export --format docker-login --registry "$registry" | docker login --username AWS --password-stdin "$registry"
buildctl build --frontend dockerfile.v0 --local context=. --local dockerfile=. --output "type=image,name=$registry/app:latest,push=true"
