import t from 'tap'
import { parse } from 'yaml'
import { chartIndex } from '../chart-index.ts'

t.test('the index contains the chart, the name of its file and its checksum', async t => {
  const created = new Date(0)
  const text = chartIndex({ metadata: { name: 'a', version: '1.0.0' }, file: 'a-1.0.0.tgz', digest: '12', created })
  const time = '1970-01-01T00:00:00.000Z'
  const entry = { name: 'a', version: '1.0.0', created: time, digest: '12', urls: ['a-1.0.0.tgz'] }
  t.strictSame(parse(text), { apiVersion: 'v1', entries: { a: [entry] }, generated: time })
})
