import t from 'tap'
import { parseDestination } from '../destination.ts'

t.test('the names of the image and the chart consist of the registry and a path', async t => {
  t.strictSame(parseDestination('registry.example:5000/team/pull/'), {
    host: 'registry.example:5000',
    repository: 'team/pull/ecr-anywhere',
    image: 'registry.example:5000/team/pull/ecr-anywhere',
    charts: 'registry.example:5000/team/pull/charts',
    isPlainHttp: false,
  })
})

t.test('only a registry on this machine is used without TLS', async t => {
  for (const host of ['localhost', 'localhost:5000', '127.0.0.1:5000', '[::1]:5000']) t.ok(parseDestination(`${host}/a`).isPlainHttp, host)
  for (const host of ['127.example', 'registry.example', '10.0.0.1:5000', 'local:5000'])
    t.notOk(parseDestination(`${host}/a`).isPlainHttp, host)
})

t.test('a destination without a registry and a path is rejected, and no password is quoted', async t => {
  const found =
    /^found (?:no REGISTRY|REGISTRY=.+); wanted the host of a registry and a path in it.*`make release REGISTRY=registry\.example\/team`/
  for (const wrong of [
    undefined,
    '',
    'registry.example',
    'team/a',
    'https://registry.example/a',
    'registry.example/A',
    'registry.example/a:1',
  ])
    t.throws(() => parseDestination(wrong), { message: found }, String(wrong))
  t.throws(() => parseDestination('user:hunter2@registry.example/a'), { message: /^found REGISTRY=…@registry\.example\/a;/ })
})
