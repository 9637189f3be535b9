import t from 'tap'
import type { GoogleOptions } from '../emulator.ts'
import { call, googleFor, project, repositoryName, secretName, uri } from './world.ts'

const mask = 'remoteRepositoryConfig.upstreamCredentials,labels'

/** Credentials for the upstream, as they are sent in a PATCH. */
function credentials(version: string) {
  return {
    upstreamCredentials: { usernamePasswordCredentials: { username: 'AWS', passwordSecretVersion: `${secretName}/versions/${version}` } },
  }
}

t.test('A repository is answered with its mode, its format, its upstream and its labels.', async t => {
  const google = await googleFor(t)
  const { status, body } = await call(google, repositoryName)
  t.equal(status, 200)
  t.match(body, {
    name: repositoryName,
    mode: 'REMOTE_REPOSITORY',
    format: 'DOCKER',
    labels: { team: 'platform' },
    registryUri: 'europe-west1-docker.pkg.dev/my-project/ecr',
    remoteRepositoryConfig: { dockerRepository: { customRepository: { uri } }, ...credentials('2') },
  })
  t.equal((await call(google, repositoryName.replace(project.id, project.number))).body.name, repositoryName)
})

for (const updateMask of [mask, 'remote_repository_config.upstream_credentials,labels', `${mask},updateTime`]) {
  t.test(`The mask ${updateMask} changes the credentials and the labels, and nothing else.`, async t => {
    const google = await googleFor(t)
    const body = {
      description: 'not in the mask',
      remoteRepositoryConfig: credentials('1'),
      labels: { 'ecr-anywhere-expires': '1_1790000000' },
    }
    const answer = await call(google, `${repositoryName}?${new URLSearchParams({ updateMask })}`, { http: 'PATCH', body })
    t.equal(answer.status, 200)
    t.equal(answer.body.description, undefined)
    t.same(answer.body.labels, { 'ecr-anywhere-expires': '1_1790000000' })
    t.same(answer.body.remoteRepositoryConfig, { dockerRepository: { customRepository: { uri } }, ...credentials('1') })
    t.same(google.upstreamInUse(repositoryName), { username: 'AWS', passwordSecretVersion: `${secretName}/versions/1`, password: 'first' })
    t.same(google.calls().last.at(-1)?.query, `updateMask=${updateMask}`)
  })
}

t.test('A field in snake_case is read, and without a mask what is sent is changed.', async t => {
  const google = await googleFor(t)
  const sent = {
    remote_repository_config: {
      upstream_credentials: { username_password_credentials: { username: 'AWS', password_secret_version: 'x' } },
    },
  }
  const answer = await call(google, repositoryName, { http: 'PATCH', body: { labels: { a: 'b' } } })
  t.same(answer.body.labels, { a: 'b' })
  t.match(await call(google, repositoryName, { http: 'PATCH', body: sent }), {
    status: 400,
    body: { error: { message: /no secret version/ } },
  })
})

const accepted = { validateUpstream: ({ password }: { password: string }) => password === 'second' }
const refusals: [about: string, options: GoogleOptions, query: string, body: object, message: RegExp][] = [
  [
    'A field that is unknown',
    {},
    mask,
    { remoteRepositoryConfig: { credentials: {} } },
    /Unknown name "credentials" at 'repository.remoteRepositoryConfig'/,
  ],
  ['A path of the mask that is unknown', {}, 'labels,upstreamCredentials', {}, /invalid argument/],
  ['A label in upper case', {}, mask, { remoteRepositoryConfig: credentials('1'), labels: { Expires: '1' } }, /label key "Expires"/],
  ['A label with a value of 64 characters', {}, 'labels', { labels: { a: 'x'.repeat(64) } }, /value of label "a"/],
  ['A label with a colon', {}, 'labels', { labels: { a: '1:2' } }, /value of label "a"/],
  ['Another format', {}, 'format', { format: 'NPM' }, /format cannot be changed/],
  [
    'A password that the upstream refuses',
    accepted,
    mask,
    { remoteRepositoryConfig: credentials('1') },
    /Failed to validate remote upstream: failed to fetch bearer token/,
  ],
  [
    'A version that does not exist',
    {},
    mask,
    { remoteRepositoryConfig: credentials('9') },
    /Failed to validate remote upstream: .*not found/,
  ],
  [
    'A secret that the service agent may not access',
    { serviceAgentMayAccessSecrets: false },
    mask,
    { remoteRepositoryConfig: credentials('1') },
    /Failed to validate remote upstream: .*gcp-sa-artifactregistry/,
  ],
]

for (const [about, options, updateMask, body, message] of refusals) {
  t.test(`${about} is refused, and the repository remains as it was.`, async t => {
    const google = await googleFor(t, options)
    const before = google.repository(repositoryName)
    const answer = await call(google, `${repositoryName}?${new URLSearchParams({ updateMask })}`, { http: 'PATCH', body })
    t.match(answer, { status: 400, body: { error: { code: 400, status: 'INVALID_ARGUMENT', message } } })
    t.same(google.repository(repositoryName), before)
  })
}

t.test('A version that is not ENABLED is refused, and a repository that uses it has no password.', async t => {
  const google = await googleFor(t)
  google.setVersionState(`${secretName}/versions/1`, 'DISABLED')
  const patch = { http: 'PATCH', body: { remoteRepositoryConfig: credentials('1') } } as const
  t.match(await call(google, `${repositoryName}?updateMask=${mask}`, patch), {
    status: 400,
    body: { error: { message: /is in DISABLED state/ } },
  })
  google.setVersionState(`${secretName}/versions/2`, 'DESTROYED')
  t.equal(google.upstreamInUse(repositoryName).password, undefined)
})

t.test('The upstream is validated with the uri, the user and the password, unless only labels change or it is disabled.', async t => {
  const asked: object[] = []
  const google = await googleFor(t, { validateUpstream: upstream => asked.push(upstream) > 0 })
  const patch = (updateMask: string, body: object) => call(google, `${repositoryName}?updateMask=${updateMask}`, { http: 'PATCH', body })
  await patch('labels', { labels: {} })
  const unchecked = await patch(mask, { remoteRepositoryConfig: { disableUpstreamValidation: true, ...credentials('9') } })
  t.equal(unchecked.body.remoteRepositoryConfig.disableUpstreamValidation, undefined)
  t.same(asked, [])
  await patch(mask, { remoteRepositoryConfig: credentials('1') })
  t.same(asked, [{ uri, username: 'AWS', password: 'first' }])
})

t.test('Only a remote repository takes credentials for an upstream.', async t => {
  const google = await googleFor(t, { repositories: [{ location: 'europe-west1', id: 'ecr', mode: 'STANDARD_REPOSITORY' }] })
  const answer = await call(google, `${repositoryName}?updateMask=${mask}`, {
    http: 'PATCH',
    body: { remoteRepositoryConfig: credentials('1') },
  })
  t.match(answer, { status: 400, body: { error: { message: /STANDARD_REPOSITORY/ } } })
})

t.test('A repository that does not exist is not found.', async t => {
  const google = await googleFor(t)
  const { status, body } = await call(google, `${repositoryName}-2`)
  t.equal(status, 404)
  t.same(body, { error: { code: 404, message: 'Requested entity was not found.', status: 'NOT_FOUND' } })
})
