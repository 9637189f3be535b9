#!/bin/sh
# AWS credentials in a shell on a laptop, by the login of gcloud. Log in once, with `gcloud auth application-default login`. You need
# roles/iam.serviceAccountTokenCreator on the service account.
set -eu
export AWS_REGION=us-east-1

# In two commands: `eval "$(…)"` would hide a failure.
block="$(ecr-anywhere export \
  --gcp-service-account pusher@my-project.iam.gserviceaccount.com \
  --target-audience-url https://aws.example.com \
  --aws-iam-role-arn arn:aws:iam::123456789012:role/push-from-google \
  --aws-session-name "$USER")"
eval "$block"
aws sts get-caller-identity
