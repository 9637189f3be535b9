import t from 'tap'
import { choose } from '../../src/init/choose.ts'
import { detectPlatform } from '../../src/init/detect-platform.ts'
import { whyPrivate } from '../../src/init/issuer-reach.ts'
import { accountQuestion, answerIn, missing, platformQuestion, prompt, type Question, regionQuestion } from '../../src/init/questions.ts'
import { readInitSettings } from '../../src/init/settings.ts'
import { settingsWith, survey } from './answers.ts'

const signs = { version: 'v1.36.3', issuer: undefined, server: 'https://10.0.0.1:6443', groups: ['apps'] }
const platforms: [platform: string, more: Partial<Parameters<typeof detectPlatform>[0]>][] = [
  ['eks', { version: 'v1.34.1-eks-113cf36' }],
  ['eks', { issuer: 'https://oidc.eks.us-east-1.amazonaws.com/id/EXAMPLED539D4633E53DE1B71EXAMPLE' }],
  ['gke', { version: 'v1.34.1-gke.1829001' }],
  ['gke', { issuer: 'https://container.googleapis.com/v1/projects/p/locations/europe-west1/clusters/prod' }],
  ['aks', { issuer: 'https://eastus.oic.prod-aks.azure.com/00000000-0000-0000-0000-000000000000/' }],
  ['aks', { server: 'https://prod-dns-1a2b3c4d.hcp.eastus.azmk8s.io:443' }],
  ['k3s', { version: 'v1.34.1+k3s1' }],
  ['openshift', { groups: ['apps', 'config.openshift.io'], version: 'v1.34.1' }],
]

for (const [platform, more] of platforms) {
  t.test(`${platform} is recognized by ${Object.keys(more).join(' and ')}`, async t => {
    t.equal(detectPlatform({ ...signs, ...more })?.platform, platform)
  })
}

t.test('a cluster without such a sign has no platform', async t => {
  t.equal(detectPlatform(signs), undefined)
  t.equal(detectPlatform({ ...signs, issuer: 'https://oidc.eks.example/id/1', version: 'v1.34.1+rke2r1' }), undefined)
})

const issuers: [issuer: string, why: RegExp | undefined][] = [
  ['https://oidc.example/clusters/one', undefined],
  ['https://eastus.oic.prod-aks.azure.com/1/2/', undefined],
  ['https://kubernetes.default.svc.cluster.local', /kubernetes\.default\.svc\.cluster\.local is a name of a private network/],
  ['https://kubernetes.default.svc', /a name of a private network/],
  ['https://kubernetes', /a name of a private network/],
  ['https://api.prod.internal', /a name of a private network/],
  ['http://oidc.example', /AWS requires https/],
  ['https://oidc.example:8443', /AWS accepts no port/],
  ['https://10.0.0.1', /AWS requires a host name/],
  ['https://[fd00::1]', /AWS requires a host name/],
  ['https://oidc.example?a=b', /only a host and a path/],
  ['kubernetes/serviceaccount', /it is not a URL/],
]

for (const [issuer, why] of issuers) {
  t.test(`the issuer ${issuer} is ${why === undefined ? 'public' : 'private'}`, async t => {
    if (why === undefined) t.equal(whyPrivate(issuer), undefined)
    else t.match(whyPrivate(issuer), why)
  })
}

t.test('without a terminal, the platform and the identity are what the cluster shows', async t => {
  const { chosen, findings } = await choose(settingsWith(), survey, undefined)
  t.match(chosen, { platform: 'plain', identity: 'web-identity', issuer: survey.issuer })
  t.strictSame(findings, [
    'The cluster (v1.36.3) shows no platform, so it is treated as plain Kubernetes.',
    `The issuer of the cluster is ${survey.issuer}. Its document can be read from here, so AWS can most likely read it as well.`,
  ])
})

const privateIssuer = 'https://kubernetes.default.svc.cluster.local'
const inPrivate = {
  ...survey,
  issuer: privateIssuer,
  answer: undefined,
  signs: { ...signs, version: 'v1.36.3+k3s1', issuer: privateIssuer },
}

t.test('with a private issuer and no terminal, the choices of the platform are named', async t => {
  const message =
    /found no --identity, and the issuer https:\/\/kubernetes\.default\.svc\.cluster\.local, which AWS cannot reach because .*--issuer.*--identity keys.*Start k3s with/
  await t.rejects(choose(settingsWith(), inPrivate, undefined), { kind: 'settings', message })
  await t.rejects(choose(settingsWith({ identity: 'web-identity' }), inPrivate, undefined), {
    message: /found --identity web-identity with the issuer/,
  })
  const { chosen, findings } = await choose(settingsWith({ identity: 'keys' }), inPrivate, undefined)
  t.equal(chosen.identity, 'keys')
  t.match(findings.join(' '), /The cluster runs on k3s.*AWS cannot read its keys.*Start k3s.*IAM Roles Anywhere/)
})

t.test('on a terminal, only what the flags leave open is asked', async t => {
  const asked: string[] = []
  const replies: Record<string, string> = {
    '--account': '111122223333',
    '--region': 'eu-west-1',
    '--platform': 'k3s',
    '--identity': 'keys',
  }
  const ask = async ({ flag }: Question) => {
    asked.push(flag)
    return replies[flag] ?? ''
  }
  const { chosen } = await choose(readInitSettings({}, {}), inPrivate, ask)
  t.strictSame(asked, ['--account', '--region', '--platform', '--identity'])
  t.match(chosen, { account: '111122223333', region: 'eu-west-1', platform: 'k3s', identity: 'keys' })
  asked.length = 0
  await choose(settingsWith({ platform: 'gke' }), survey, ask)
  t.strictSame(asked, [])
})

t.test('a platform that the cluster contradicts, and what its issuer answers, are findings', async t => {
  const found = async (options: object, more: object) =>
    (await choose(settingsWith({ ...options }), { ...survey, ...more }, undefined)).findings
  const k3s = { ...survey.signs, version: 'v1.36.3+k3s1' }
  t.match(await found({ platform: 'eks' }, { signs: k3s }), [
    /looks like k3s, because its version is v1\.36\.3\+k3s1, and the files are for EKS/,
  ])
  t.match((await found({}, { answer: { why: 'ENOTFOUND' } }))[1], /From here, it does not answer as AWS needs it \(ENOTFOUND\)/)
  t.match((await found({}, { answer: { issuer: 'https://b.example' } }))[1], /names another issuer, https:\/\/b\.example/)
  t.match((await found({}, { answer: undefined }))[1], /^The issuer of the cluster is \S+\.$/)
  t.match((await found({}, { issuer: 'https://new.example' }))[1], /AWS will know https:\/\/new\.example instead/)
  const unread = await found(
    { issuer: 'https://a.example' },
    { signs: undefined, issuer: 'https://a.example', unread: ['A part of the cluster was not read: b.'] },
  )
  const slash = 'https://new.example/'
  t.match((await found({}, { issuer: slash }))[2], /^The issuer "new\.example\/" has a slash at its end/)
  t.equal((await found({}, { issuer: slash, signs: { ...survey.signs, issuer: slash } })).length, 2, 'that of the cluster is right')
  t.match(unread, ['A part of the cluster was not read: b.', /^The issuer is https:\/\/a\.example/])
})

t.test('an empty line is the default of a question, and an invalid answer is explained', async t => {
  const question = platformQuestion({ platform: 'gke', why: '' })
  t.match(prompt(question), / \[gke\]: $/)
  t.strictSame(answerIn(question, '  '), { answer: 'gke' })
  t.strictSame(answerIn(question, ' aks\n'), { answer: 'aks' })
  t.match(answerIn(question, 'x'), { problem: /found "x", wanted plain, eks/ })
  t.match(answerIn(accountQuestion, ''), { problem: /found "", wanted the 12 digits/ })
  t.match(prompt(accountQuestion), /yours\): $/)
  t.match(missing(regionQuestion), /^--region: found nothing, and no terminal to ask on, wanted an AWS region/)
})
