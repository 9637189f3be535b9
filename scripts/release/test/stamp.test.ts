import t from 'tap'
import { readSchema, valuesFile, valuesOf } from '../../docs/chart-values.ts'
import { stamped } from '../stamp.ts'

const digest = `sha256:${'1'.repeat(64)}`

t.test('a stamped chart names the image by registry, repository and digest, and has no other change', async t => {
  const schema = await readSchema()
  const own = stamped(schema, { host: 'registry.example', repository: 'team/ecr-anywhere' }, digest)
  const changed = valuesOf(own).filter(
    (value, index) => value.default !== valuesOf(schema)[index]?.default && typeof value.default === 'string',
  )
  t.strictSame(
    changed.map(({ path, default: value }) => [path.join('.'), value]),
    [
      ['image.registry', 'registry.example'],
      ['image.repository', 'team/ecr-anywhere'],
      ['image.digest', digest],
    ],
  )
  t.match(valuesFile(own), /^ {2}repository: team\/ecr-anywhere$/m)
  t.strictSame(stamped(own, { host: '', repository: '' }, ''), schema)
})
