import t from 'tap'
import { sync, withTargets, world } from './world.ts'

const regions = ['us-east-1', 'eu-west-1', 'eu-north-1', 'ap-southeast-2']
const all = Array.from({ length: 100 }, (_, at) => ({ id: `ecr-${at}`, region: regions[at % regions.length] ?? '' }))

t.test('one call of AWS for each region serves a hundred repositories', async t => {
  const base = await world(t, {
    secrets: regions.map(region => ({ id: region, payloads: ['old'] })),
    repositories: all.map(({ id, region }) => ({ location: 'us', id, uri: `https://123456789012.dkr.ecr.${region}.amazonaws.com` })),
  })
  const targets = all.map(({ id, region }) => ({ repository: id, region, secret: region, location: 'us' }))
  const here = await withTargets(base, JSON.stringify({ targets }))
  here.google.fault({ fault: 'latency', ms: 50 })
  const started = performance.now()
  const { code, stdout, stderr } = await sync(here)
  t.comment(`100 repositories with 50 ms for each call of Google: ${Math.round(performance.now() - started)} ms`)
  t.equal(code, 0, stderr)
  t.match(stdout, /checked 100, unchanged 0, updated 100, failed 0, versions created 4, versions destroyed 0/)
  t.match(here.aws.calls().counts, { 'sts.AssumeRoleWithWebIdentity.us-east-1': 1 })
  for (const region of regions) t.equal(here.aws.calls().counts[`ecr.GetAuthorizationToken.${region}`], 1, region)
})
