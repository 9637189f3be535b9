#!/bin/sh
# `docker login` in one pipe. The password expires after 12 hours, with no need of the credentials after that. For public.ecr.aws, add
# `--registry public.ecr.aws`. The variables are GCP_SERVICE_ACCOUNT, TARGET_AUDIENCE_URL, AWS_IAM_ROLE_ARN, AWS_SESSION_NAME and AWS_REGION.
set -eu
registry=123456789012.dkr.ecr.us-east-1.amazonaws.com
ecr-anywhere export --format docker-login --registry "$registry" | docker login --username AWS --password-stdin "$registry"
