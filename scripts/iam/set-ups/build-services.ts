import { google } from '../claims.ts'
import { pull, push, type SetUp, token } from './set-up.ts'

const github = {
  owner: 'octo-org',
  ownerId: '65',
  repository: 'octo-repo',
  repositoryId: '74',
  audience: 'sts.amazonaws.com',
  ref: 'refs/heads/main',
}
const cloudBuild = {
  uniqueId: '100000000000000000001',
  email: 'builder@acme-inc-ci.iam.gserviceaccount.com',
  audience: 'https://gcp-to-aws-federation.acme.com',
}
const on = { partition: 'aws', region: 'eu-north-1', account: '222233334444', repository: 'apps/web' }
const mainJob = {
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'sts.amazonaws.com',
  sub: 'repo:octo-org/octo-repo:ref:refs/heads/main',
  repository_id: '74',
  ref: 'refs/heads/main',
}

const wrongJobs = {
  'of another branch, in the subject': { sub: 'repo:octo-org/octo-repo:ref:refs/heads/feature' },
  'of a pull request': { sub: 'repo:octo-org/octo-repo:pull_request' },
  'of another branch, in the claim': { ref: 'refs/heads/feature' },
  'of a repository that was given the name later': { repository_id: '99' },
  'for another audience': { aud: 'https://github.com/octo-org' },
  'of a GitHub Enterprise Server': { iss: 'https://github.example/_services/token' },
}

/** Seed 001: GitHub Actions and Cloud Build push to ECR with the same role. */
export const buildServices: SetUp = {
  about: 'GitHub and Cloud Build',
  account: { partition: 'aws', account: '222233334444' },
  identities: { google: [cloudBuild], github: [github] },
  permissions: { partition: 'aws', repositories: ['arn:aws:ecr:eu-north-1:222233334444:repository/apps/*'], push: true },
  tokens: [
    { about: 'a job on GitHub', allowed: mainJob, denied: wrongJobs },
    {
      about: 'a job on GitHub, of a repository with IDs in its subject',
      allowed: { ...mainJob, sub: 'repo:octo-org@65/octo-repo@74:ref:refs/heads/main' },
      denied: {
        'of another owner with that name': { sub: 'repo:octo-org@66/octo-repo@74:ref:refs/heads/main' },
        'of another repository with that name': { sub: 'repo:octo-org@65/octo-repo@75:ref:refs/heads/main' },
        'of an owner whose name begins like it': { sub: 'repo:octo-org@65x/octo-repo@74:ref:refs/heads/main' },
      },
    },
    {
      about: 'a step of Cloud Build',
      allowed: { iss: google, aud: cloudBuild.audience, azp: cloudBuild.email, sub: cloudBuild.uniqueId },
      denied: {
        'for another audience': { aud: 'sts.amazonaws.com' },
        'as another account': { azp: 'replace@me.com' },
        'of another account': { sub: '100000000000000000002' },
      },
    },
  ],
  accesses: [token(on), ...pull(on, 'base/web'), ...push(on, 'base/web')],
}
