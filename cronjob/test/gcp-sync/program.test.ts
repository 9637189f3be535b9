import { leaks } from '@ecr-anywhere/scripts/testbed/leaks.ts'
import t from 'tap'
import { enabled, repositoryName, secretName, sync, works, world, writes } from './world.ts'

t.test('a repository gets a fresh password, and old versions are destroyed', async t => {
  const here = await world(t)
  const { code, stdout, stderr } = await sync(here)
  t.equal(code, 0, stderr)
  t.match(stdout, /updated 1, failed 0, versions created 1, versions destroyed 1/)
  t.strictSame(enabled(here), [2, 3])
  t.ok(await works(here))
  const { username, passwordSecretVersion, password } = here.google.upstreamInUse(repositoryName)
  t.match({ username, passwordSecretVersion }, { username: 'AWS', passwordSecretVersion: `${secretName}/versions/3` })
  t.match(here.google.repository(repositoryName).labels, { team: 'a', 'ecr-anywhere-expires': /^3_\d{10}$/ })
  t.equal(leaks(stdout + stderr, [...here.secrets, password ?? '-']), 0)
})

t.test('a run that finds a valid version writes nothing, and does not call AWS', async t => {
  const here = await world(t)
  t.equal((await sync(here)).code, 0)
  here.google.resetCalls()
  here.aws.resetCalls()
  const { code, stdout } = await sync(here)
  t.equal(code, 0)
  t.match(stdout, /unchanged 1, updated 0, failed 0/)
  t.strictSame(writes(here), [])
  t.strictSame(here.aws.calls().counts, {})
})

t.test('with --force a valid version is replaced, and the previous one stays', async t => {
  const here = await world(t)
  await sync(here)
  t.equal((await sync(here, '--force')).code, 0)
  t.strictSame(enabled(here), [3, 4])
  t.ok(await works(here))
})

t.test('a dry run prints the plan, and writes nothing', async t => {
  const here = await world(t)
  const { code, stdout } = await sync(here, '--dry-run')
  t.equal(code, 0)
  t.match(stdout, /repositories\/ecr +\S+ +new +- +outdated: no valid label ecr-anywhere-expires/)
  t.strictSame(writes(here), [])
  t.strictSame(here.aws.calls().counts, {})
})

t.test('with --output json, stdout is one JSON document', async t => {
  const here = await world(t)
  const { stdout } = await sync(here, '--output', 'json')
  t.match(JSON.parse(stdout), {
    checked: 1,
    updated: 1,
    versionsCreated: 1,
    targets: [{ repository: repositoryName, secret: secretName, result: 'updated', version: 3 }],
    destroyed: [`${secretName}/versions/1`],
  })
  const { code, stdout: refused } = await sync({ env: { ...here.env, GCP_LOCATION: '' } }, '--output', 'json')
  t.equal(code, 2)
  t.match(JSON.parse(refused), { error: /GCP_LOCATION/ })
})

t.test('the first password of a repository is its first version', async t => {
  const here = await world(t, {
    secrets: [{ id: 'login' }],
    repositories: [{ location: 'europe-west1', id: 'ecr', uri: uriOf('us-east-1') }],
  })
  const { code, stderr } = await sync(here)
  t.equal(code, 0, stderr)
  t.strictSame(enabled(here), [1])
  t.ok(await works(here))
})

t.test('on Cloud Run the report is one structured log line', async t => {
  const here = await world(t)
  const env = { ...here.env, CLOUD_RUN_JOB: 'gcp-sync' }
  const { code, stdout, stderr } = await sync({ env })
  t.equal(code, 0)
  t.equal(stdout, '')
  const last = JSON.parse(stderr.trim().split('\n').at(-1) ?? '')
  t.match(last, { severity: 'INFO', event: 'gcp-sync-succeeded', message: 'gcp-sync succeeded', updated: 1 })
  here.aws.fault({ fault: 'access-denied', api: 'ecr' })
  const failed = await sync({ env }, '--force')
  t.equal(failed.code, 1)
  const cause = JSON.parse(failed.stderr.trim().split('\n').at(-1) ?? '')
  t.match(cause, { severity: 'ERROR', event: 'gcp-sync-failed', message: /AccessDenied/ })
})

t.test('DEBUG=True logs each call, and no secret', async t => {
  const here = await world(t)
  const { stderr, stdout } = await sync({ env: { ...here.env, DEBUG: 'True' } })
  t.match(stderr, /^debug: called: method=POST url=.*secrets\/login:addVersion result=200 /m)
  t.equal(leaks(stdout + stderr, here.secrets), 0)
})

function uriOf(region: string): string {
  return `https://123456789012.dkr.ecr.${region}.amazonaws.com`
}
