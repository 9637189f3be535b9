import t from 'tap'
import { crc32c } from '../crc32c.ts'
import { call, googleFor, project, secretName } from './world.ts'

const byNumber = `projects/${project.number}/secrets/ecr`
const payload = (text: string) => ({ payload: { data: Buffer.from(text).toString('base64') } })
const stateOf = (state: string, name = `${byNumber}/versions/1`) => ({
  status: 400,
  body: { error: { code: 400, status: 'FAILED_PRECONDITION', message: `Secret Version [${name}] is in ${state} state.` } },
})

t.test('CRC32C is that of the RFC.', async t => {
  t.equal(crc32c(Buffer.from('123456789')), 0xe3069283)
  t.equal(crc32c(Buffer.alloc(32)), 0x8a9136aa)
})

t.test('Google answers with the number of the project, whether the id or the number was asked for.', async t => {
  const google = await googleFor(t)
  for (const name of [secretName, byNumber]) {
    const { body } = await call(google, name)
    t.match(body, { name: byNumber, replication: { automatic: {} }, createTime: /Z$/, etag: /^"\w+"$/ })
  }
})

t.test('A new version is ENABLED, has the next number, and can be accessed with its checksum.', async t => {
  const google = await googleFor(t)
  const added = await call(google, `${secretName}:addVersion`, { http: 'POST', body: payload('third') })
  t.match(added, { status: 200, body: { name: `${byNumber}/versions/3`, state: 'ENABLED', replicationStatus: { automatic: {} } } })
  t.equal(added.body.clientSpecifiedPayloadChecksum, undefined)
  t.same((await call(google, `${secretName}/versions/3:access`)).body, {
    name: `${byNumber}/versions/3`,
    payload: { data: Buffer.from('third').toString('base64'), dataCrc32c: String(crc32c(Buffer.from('third'))) },
  })
  t.equal((await call(google, `${secretName}/versions/latest`)).body.name, `${byNumber}/versions/3`)
})

const badPayloads: [about: string, body: object, message: RegExp][] = [
  ['without data', { payload: {} }, /payload.data is missing/],
  ['that is no base64', { payload: { data: '§' } }, /payload.data is missing/],
  ['with the checksum of other data', { payload: { data: 'YQ==', dataCrc32c: '1' } }, /dataCrc32c/],
  ['that is too large', payload('x'.repeat(64 * 1024 + 1)), /at most 65536/],
  ['with an unknown field', { payload: { data: 'YQ==', text: 'a' } }, /Unknown name "text" at 'payload'/],
]

for (const [about, body, message] of badPayloads) {
  t.test(`A payload ${about} is refused.`, async t => {
    const google = await googleFor(t)
    const answer = await call(google, `${secretName}:addVersion`, { http: 'POST', body })
    t.match(answer, { status: 400, body: { error: { status: 'INVALID_ARGUMENT', message } } })
    t.equal(google.versions(secretName).length, 2)
  })
}

t.test('A disabled version can be enabled again; a destroyed version cannot be accessed, enabled or destroyed again.', async t => {
  const google = await googleFor(t)
  const version = `${secretName}/versions/1`
  const post = (verb: string) => call(google, `${version}:${verb}`, { http: 'POST', body: {} })
  t.equal((await post('disable')).body.state, 'DISABLED')
  t.match(await call(google, `${version}:access`), stateOf('DISABLED'))
  t.equal((await post('enable')).body.state, 'ENABLED')
  t.match((await post('destroy')).body, { state: 'DESTROYED', destroyTime: /Z$/ })
  t.equal(google.versions(secretName)[0]?.payload, undefined)
  t.match(await call(google, `${version}:access`), stateOf('DESTROYED'))
  for (const verb of ['enable', 'disable', 'destroy']) t.match(await post(verb), stateOf('DESTROYED'), verb)
})

t.test('The latest version is the newest, whatever its state.', async t => {
  const google = await googleFor(t)
  google.setVersionState(`${secretName}/versions/2`, 'DISABLED')
  t.match(await call(google, `${secretName}/versions/latest:access`), stateOf('DISABLED', `${byNumber}/versions/2`))
})

t.test('A version is changed only if the etag is the newest, or if there is none. Each change makes another.', async t => {
  const google = await googleFor(t)
  const version = `${secretName}/versions/1`
  const { etag } = (await call(google, version)).body
  const enabled = await call(google, `${version}:enable`, { http: 'POST', body: { etag } })
  t.not(enabled.body.etag, etag)
  t.match(await call(google, `${version}:destroy`, { http: 'POST', body: { etag } }), {
    status: 400,
    body: { error: { status: 'FAILED_PRECONDITION' } },
  })
  t.equal((await call(google, `${version}:destroy`, { http: 'POST', body: { etag: enabled.body.etag } })).status, 200)
})

t.test('Versions are listed in pages, the newest first.', async t => {
  const google = await googleFor(t, { secrets: [{ id: 'ecr', payloads: ['1', '2', '3', '4', '5'] }] })
  const numbers: string[] = []
  let pageToken: string | undefined = ''
  for (let page = 0; pageToken !== undefined; page++) {
    const { body } = await call(google, `${secretName}/versions?${new URLSearchParams({ pageSize: '2', pageToken })}`)
    t.equal(body.totalSize, 5)
    numbers.push(...body.versions.map(({ name }: { name: string }) => name.split('/').at(-1)))
    pageToken = body.nextPageToken
    t.ok(page < 3)
  }
  t.same(numbers, ['5', '4', '3', '2', '1'])
})

const filters: [filter: string, numbers: number[]][] = [
  ['state:ENABLED', [4, 1]],
  ['state=enabled', [4, 1]],
  ['state!=DESTROYED', [4, 2, 1]],
  ['NOT state:DESTROYED', [4, 2, 1]],
  ['state:ENABLED OR state:DISABLED', [4, 2, 1]],
  ['NOT state:ENABLED AND NOT state:DESTROYED', [2]],
]

for (const [filter, numbers] of filters) {
  t.test(`The filter ${filter} leaves the versions ${numbers.join(', ')}.`, async t => {
    const google = await googleFor(t, { secrets: [{ id: 'ecr', payloads: ['1', '2', '3', '4'] }] })
    google.setVersionState(`${secretName}/versions/2`, 'DISABLED')
    google.setVersionState(`${secretName}/versions/3`, 'DESTROYED')
    const { body } = await call(google, `${secretName}/versions?${new URLSearchParams({ filter })}`)
    t.same(
      body.versions.map(({ name }: { name: string }) => name),
      numbers.map(number => `${byNumber}/versions/${number}`),
    )
  })
}

t.test('A list without versions has no list.', async t => {
  const google = await googleFor(t, { secrets: [{ id: 'ecr' }] })
  t.same((await call(google, `${secretName}/versions`)).body, { totalSize: 0 })
  t.equal((await call(google, `${secretName}/versions?filter=name:1`)).status, 400)
})

const missing: [path: string, message: string][] = [
  ['projects/my-project/secrets/none', `Secret [projects/${project.number}/secrets/none] not found.`],
  ['projects/my-project/secrets/ecr/versions/9', `Secret Version [${byNumber}/versions/9] not found.`],
  [
    'projects/my-project/secrets/none/versions/latest:access',
    `Secret [projects/${project.number}/secrets/none] not found or has no versions.`,
  ],
]

for (const [path, message] of missing) {
  t.test(`${path} is not found.`, async t => {
    const answer = await call(await googleFor(t), path)
    t.match(answer, { status: 404, body: { error: { code: 404, status: 'NOT_FOUND', message } } })
  })
}
