import type { SecretManagerServiceClient } from '@google-cloud/secret-manager'
import t from 'tap'
import { call, googleFor, project, repositoryName, secretManagerClient, secretName, syncer } from './world.ts'

const errorInfo = (reason: string, metadata: object) => ({ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, metadata })

t.test('A call without an access token is refused.', async t => {
  const answer = await call(await googleFor(t), secretName, { token: '' })
  t.match(answer, {
    status: 401,
    body: { error: { code: 401, status: 'UNAUTHENTICATED', message: /^Request is missing required authentication credential/ } },
  })
  t.equal(answer.headers.get('www-authenticate'), 'Bearer realm="https://accounts.google.com/"')
  const method = 'google.cloud.secretmanager.v1.SecretManagerService.GetSecret'
  t.match(answer.body.error.details, [errorInfo('CREDENTIALS_MISSING', { service: 'secretmanager.googleapis.com', method })])
})

t.test('An access token that the emulator did not issue, or that has expired, is refused.', async t => {
  let nowMs = 1_790_000_000_000
  const google = await googleFor(t, { nowMs: () => nowMs })
  const token = google.accessToken(syncer.email)
  const known = await call(google, secretName, { token })
  t.equal(known.status, 200)
  t.equal(known.headers.get('date'), new Date(nowMs).toUTCString())
  const unknown = await call(google, secretName, { token: 'ya29.unknown' })
  t.match(unknown, { status: 401, body: { error: { message: /^Request had invalid authentication credentials/ } } })
  t.equal(unknown.headers.get('www-authenticate'), 'Bearer realm="https://accounts.google.com/", error="invalid_token"')
  nowMs += 3_600_000
  const expired = await call(google, secretName, { token })
  t.match(expired.body.error.details, [errorInfo('ACCESS_TOKEN_EXPIRED', {})])
  t.equal(google.calls().last.at(-1)?.account, undefined)
})

t.test('An access token of other scopes is refused.', async t => {
  const scopes = ['https://www.googleapis.com/auth/devstorage.read_only']
  const google = await googleFor(t, { machine: { account: syncer.email, scopes } })
  const url = `${google.url}/computeMetadata/v1/instance/service-accounts/default/token`
  const issued = (await (await fetch(url, { headers: { 'Metadata-Flavor': 'Google' } })).json()) as { access_token: string }
  const answer = await call(google, secretName, { token: issued.access_token })
  t.match(answer, { status: 403, body: { error: { message: 'Request had insufficient authentication scopes.' } } })
  t.match(answer.body.error.details, [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', {})])
})

const denials: [path: string, permission: string, message: string][] = [
  [
    `${secretName}/versions/latest:access`,
    'secretmanager.versions.access',
    `Permission 'secretmanager.versions.access' denied for resource '${secretName}/versions/latest' (or it may not exist).`,
  ],
  [
    `${secretName}/versions`,
    'secretmanager.versions.list',
    `Permission 'secretmanager.versions.list' denied for resource '${secretName}' (or it may not exist).`,
  ],
  [
    repositoryName,
    'artifactregistry.repositories.get',
    `Permission 'artifactregistry.repositories.get' denied on resource '//artifactregistry.googleapis.com/${repositoryName}' (or it may not exist).`,
  ],
]

for (const [path, permission, message] of denials) {
  t.test(`An account without ${permission} is refused, and one that has only this is not.`, async t => {
    const google = await googleFor(t, {
      accounts: [
        { ...syncer, lacks: [permission] },
        { email: 'other@example.com', has: [permission] },
      ],
    })
    const answer = await call(google, path)
    t.match(answer, { status: 403, body: { error: { code: 403, status: 'PERMISSION_DENIED', message } } })
    t.match(answer.body.error.details, [errorInfo('IAM_PERMISSION_DENIED', { permission })])
    t.equal((await call(google, path, { as: 'other@example.com' })).status, 200)
    google.putAccount(syncer)
    t.equal((await call(google, path)).status, 200)
  })
}

t.test('An account that is not known may nothing, and a project that is not known is denied.', async t => {
  const google = await googleFor(t)
  t.equal((await call(google, secretName, { as: 'nobody@example.com' })).status, 403)
  const answer = await call(google, 'projects/other/secrets/ecr')
  t.match(answer, { status: 403, body: { error: { message: 'Permission denied on resource project other.' } } })
})

t.test('An API that is not enabled in the project is refused with the link that enables it.', async t => {
  const google = await googleFor(t, { projects: [{ ...project, disabledApis: ['artifactregistry'] }] })
  t.equal((await call(google, secretName)).status, 200)
  const { status, body } = await call(google, repositoryName)
  const url = `https://console.developers.google.com/apis/api/artifactregistry.googleapis.com/overview?project=${project.number}`
  t.equal(status, 403)
  t.match(
    body.error.message,
    `Artifact Registry API has not been used in project ${project.number} before or it is disabled. Enable it by visiting ${url} then retry.`,
  )
  t.match(body.error.details, [
    errorInfo('SERVICE_DISABLED', {
      service: 'artifactregistry.googleapis.com',
      activationUrl: url,
      consumer: `projects/${project.number}`,
    }),
    { '@type': 'type.googleapis.com/google.rpc.LocalizedMessage' },
    { '@type': 'type.googleapis.com/google.rpc.Help', links: [{ url }] },
  ])
})

t.test("Google's own client reads the reason and its details of a refusal.", async t => {
  const google = await googleFor(t, { projects: [{ ...project, disabledApis: ['secretmanager'] }] })
  const client: SecretManagerServiceClient = secretManagerClient(google)
  t.teardown(() => client.close())
  await t.rejects(client.getSecret({ name: secretName }), { code: 7, reason: 'SERVICE_DISABLED', domain: 'googleapis.com' })
})

t.test('A path that is none of an API is answered with a page, not with JSON.', async t => {
  const { url } = await googleFor(t)
  const answer = await fetch(`${url}/v1/projects/my-project/locations/europe-west1/secrets/ecr`)
  t.equal(answer.status, 404)
  t.match(await answer.text(), /^<!DOCTYPE html>/)
})

t.test('Calls are logged with their method, path and account, and with no token.', async t => {
  const secrets: string[] = []
  const google = await googleFor(t, { onSecret: secret => void secrets.push(secret) })
  await call(google, `${secretName}/versions/1:access`)
  await call(google, `${repositoryName}-2`)
  const { counts, last } = google.calls()
  t.same(counts, { 'secretmanager.AccessSecretVersion': 1, 'artifactregistry.GetRepository': 1 })
  const access = {
    api: 'secretmanager',
    method: 'AccessSecretVersion',
    http: 'GET',
    path: `/v1/${secretName}/versions/1:access`,
    query: '',
  }
  t.match(last, [{ ...access, account: syncer.email, status: 200, at: /Z$/ }, { status: 404 }])
  t.ok(secrets.includes('first'))
  for (const secret of secrets) t.notMatch(JSON.stringify(last), secret)
  google.resetCalls()
  t.same(google.calls(), { counts: {}, last: [] })
})
