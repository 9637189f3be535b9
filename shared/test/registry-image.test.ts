import { readFile } from 'node:fs/promises'
import { ecrHosts, imageRests, similarHosts } from '@ecr-anywhere/scripts/testbed/ecr-images.ts'
import fc from 'fast-check'
import t from 'tap'
import { imagePattern, isRegistryHost, isRegistryImage } from '../src/registry.ts'

const host = '123456789012.dkr.ecr.us-east-1.amazonaws.com'

t.test('an image is in ECR if its host is an ECR registry, with a tag, a digest or a port', async t => {
  for (const rest of ['/a', '/team/app:1', '/app@sha256:00', ':443/app', ':5000/a:1@sha256:00']) t.ok(isRegistryImage(host + rest), rest)
  for (const image of ['', 'nginx', 'docker.io/nginx', host, `${host}:443`, `https://${host}/a`, `/${host}/a`, `a/${host}/a`, `${host}:/a`])
    t.notOk(isRegistryImage(image), image)
})

t.test('the rule for images is the rule for hosts', async t => {
  fc.assert(
    fc.property(fc.oneof(ecrHosts, similarHosts), imageRests, (host, rest) => {
      const image = host + rest
      const named = /^([^/]*?)(:[0-9]+)?\//.exec(image)?.[1]
      return isRegistryImage(image) === (named !== undefined && isRegistryHost(named))
    }),
    { numRuns: 5_000 },
  )
  fc.assert(fc.property(ecrHosts, host => isRegistryImage(`${host}/a`)))
  t.pass()
})

t.test('the chart has this rule (if not, run `npm run docs`), in a form that needs no escaping', async t => {
  t.equal(await readFile(new URL('../../deploy/chart/files/ecr-images.txt', import.meta.url), 'utf8'), `${imagePattern}\n`)
  t.notMatch(imagePattern, /[\\'"{][^0-9]/, 'no backslash, no quote, and braces with numbers only')
})
