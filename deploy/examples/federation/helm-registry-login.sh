#!/bin/sh
# Helm reads and pushes charts in ECR with the same password. The variables are those of docker-login.sh.
set -eu
registry=123456789012.dkr.ecr.us-east-1.amazonaws.com
ecr-anywhere export --format docker-login --registry "$registry" | helm registry login --username AWS --password-stdin "$registry"
