import type { Answers } from '../../src/init/answers.ts'
import type { Survey } from '../../src/init/choose.ts'
import { readInitSettings } from '../../src/init/settings.ts'
import type { Options } from '../../src/subcommands.ts'

export const given: Options = { account: '111122223333', region: 'us-east-1' }

export const settingsWith = (more: Options = {}, env: Record<string, string> = {}) => readInitSettings({ ...given, ...more }, env)

export const survey: Survey = {
  context: 'admin@prod',
  namespace: 'shop',
  signs: { version: 'v1.36.3', issuer: 'https://oidc.example/clusters/one', server: 'https://10.0.0.1:6443', groups: ['apps'] },
  issuer: 'https://oidc.example/clusters/one',
  answer: { issuer: 'https://oidc.example/clusters/one' },
  documents: undefined,
  unread: [],
}

export const answers: Answers = {
  account: { partition: 'aws', account: '111122223333' },
  region: 'us-east-1',
  platform: 'plain',
  identity: 'web-identity',
  principal: { path: '/', name: 'ecr-anywhere-pull' },
  issuer: 'https://oidc.example/clusters/one',
  audience: 'sts.amazonaws.com',
  documents: undefined,
  repositories: ['arn:aws:ecr:us-east-1:111122223333:repository/*'],
  clusterName: 'prod',
  namespace: 'shop',
  chart: 'oci://HOST/PATH/charts/ecr-anywhere',
  directory: 'ecr-anywhere',
}
