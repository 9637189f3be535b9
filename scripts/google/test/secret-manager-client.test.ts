import t from 'tap'
import { crc32c } from '../crc32c.ts'
import { googleFor, secretManagerClient, secretName } from './world.ts'

const byNumber = 'projects/123456789012/secrets/ecr'

t.test("Google's own client adds, lists, gets, accesses and destroys versions of a secret.", async t => {
  const google = await googleFor(t)
  const client = secretManagerClient(google)
  t.teardown(() => client.close())
  const [secret] = await client.getSecret({ name: secretName })
  t.match(secret, { name: byNumber, replication: { automatic: {} } })
  const data = Buffer.from('third')
  const [added] = await client.addSecretVersion({ parent: secretName, payload: { data, dataCrc32c: crc32c(data) } })
  t.match(added, { name: `${byNumber}/versions/3`, state: 'ENABLED', clientSpecifiedPayloadChecksum: true })
  const [versions] = await client.listSecretVersions({ parent: secretName, filter: 'state:ENABLED', pageSize: 2 })
  t.same(
    versions.map(({ name }) => name),
    [3, 2, 1].map(n => `${byNumber}/versions/${n}`),
  )
  const [accessed] = await client.accessSecretVersion({ name: `${secretName}/versions/latest` })
  t.equal(accessed.name, `${byNumber}/versions/3`)
  t.equal(String(accessed.payload?.data), 'third')
  t.equal(Number(accessed.payload?.dataCrc32c), crc32c(data))
  const [disabled] = await client.disableSecretVersion({ name: `${secretName}/versions/1` })
  t.equal(disabled.state, 'DISABLED')
  const [destroyed] = await client.destroySecretVersion({ name: `${secretName}/versions/1`, etag: disabled.etag ?? '' })
  t.equal(destroyed.state, 'DESTROYED')
  const [got] = await client.getSecretVersion({ name: `${secretName}/versions/1` })
  t.ok(got.destroyTime?.seconds)
  t.same(
    google.versions(secretName).map(({ state, payload }) => [state, payload]),
    [
      ['DESTROYED', undefined],
      ['ENABLED', 'second'],
      ['ENABLED', 'third'],
    ],
  )
})
