import t from 'tap'
import { blocks, cluster, day, installedMs, Killed, minute, waits } from './cluster.ts'

type Cluster = ReturnType<typeof cluster>

/** Runs once. If the run is killed, this is returned and not thrown. */
async function run(cluster: Cluster): Promise<string> {
  try {
    return (await cluster.run()).phase.do
  } catch (error) {
    if (error instanceof Killed) return 'killed'
    throw error
  }
}

/** Runs every minute until there is nothing to do for the duration of a whole rotation. */
async function settle(cluster: Cluster): Promise<string[]> {
  const phases: string[] = []
  for (let idle = 0; idle < 8; ) {
    const phase = await run(cluster)
    phases.push(phase)
    idle = phase === 'nothing' ? idle + 1 : 0
    cluster.pass(minute)
  }
  return phases
}

/** Runs from an empty cluster to the end of its first rotation. */
async function lifeOf(cluster: Cluster): Promise<string[]> {
  const installed = await settle(cluster)
  cluster.pass(60 * day)
  return [...installed, ...(await settle(cluster))]
}

t.test('an install creates a pair, which is published to every webhook configuration before it is stored', async t => {
  const made = cluster()
  t.match(await made.run(), { phase: { do: 'repair', why: 'no usable serving pair' }, published: 2 })
  t.strictSame(made.bundles.map(blocks), [[made.state().present?.pair.ca.trim()], [made.state().present?.pair.ca.trim()]])
  t.strictSame(made.distrusted, [])
  t.match(await made.run(), { phase: { do: 'nothing' }, published: 0 })
})

t.test('a rotation consists of prepare, mark, promote and finish, each once and with time between them', async t => {
  const made = cluster()
  const phases = (await lifeOf(made)).filter(phase => phase !== 'nothing')
  t.strictSame(phases, ['repair', 'prepare', 'mark', 'promote', 'finish'])
  t.strictSame(made.distrusted, [])
})

t.test('a pair is served only after every webhook configuration has had its CA for ROTATE_PROPAGATE', async t => {
  const made = cluster()
  await settle(made)
  const first = made.state().present?.pair.ca
  made.pass(60 * day)
  for (;;) {
    const next = made.state().next?.pair.ca ?? ''
    const phase = await run(made)
    if (phase === 'promote') {
      t.ok(made.trustedForMs(next) >= waits.propagateMs)
      break
    }
    made.pass(minute / 4)
  }
  t.not(made.state().present?.pair.ca, first)
  t.ok(made.bundles.every(bundle => blocks(bundle).length === 2))
})

t.test('a rotation succeeds at any interval between runs', async t => {
  for (const everyMs of [1_000, 30_000, 3 * minute, 60 * minute, day]) {
    const made = cluster()
    await made.run()
    for (let at = 0; at < 61 * day && everyMs >= day; at += everyMs) {
      made.pass(everyMs)
      await made.run()
    }
    made.pass(everyMs >= day ? 0 : 60 * day)
    const phases = new Set<string>()
    for (let at = 0; phases.size < 5 && at < 1_000; at += 1) {
      phases.add(await run(made))
      made.pass(everyMs)
    }
    t.strictSame(made.distrusted, [], `every ${everyMs} ms`)
  }
})

const whole = cluster()
await lifeOf(whole)

for (let killBefore = 1; killBefore <= whole.writes(); killBefore += 1) {
  t.test(
    `if a run is killed before write ${killBefore} of ${whole.writes()}, the next runs succeed, and every served pair is trusted`,
    async t => {
      const made = cluster({ killBefore })
      const phases = await lifeOf(made)
      t.equal(phases.filter(phase => phase === 'killed').length, 1)
      t.strictSame(made.distrusted, [])
      const { present, next, previousCas, phaseSinceMs } = made.state()
      t.ok(present)
      t.strictSame([next, previousCas, phaseSinceMs], [undefined, '', undefined])
      t.strictSame(
        made.bundles.map(blocks),
        made.bundles.map(() => [present?.pair.ca.trim()]),
      )
    },
  )
}

t.test('if the Secret is lost, the pair that webhooks still serve from memory stays trusted until they reload', async t => {
  const made = cluster()
  await settle(made)
  const old = made.state().present?.pair.ca.trim() ?? ''
  made.loseSecret()
  t.equal(await run(made), 'repair')
  t.ok(made.bundles.every(bundle => bundle.includes(old) && blocks(bundle).length === 2))
  t.strictSame(
    (await settle(made)).filter(phase => phase !== 'nothing'),
    ['finish'],
  )
  t.notOk(made.bundles.some(bundle => bundle.includes(old)))
  t.strictSame(made.distrusted, [])
})

t.test('the next run restores a changed bundle, and publishes the CA to a new webhook', async t => {
  const made = cluster()
  await settle(made)
  made.bundles[0] = 'x'
  made.bundles.push('')
  t.match(await made.run(), { phase: { do: 'nothing' }, published: 2 })
  t.equal(new Set(made.bundles).size, 1)
})

t.test('an expired pair is replaced, and its CA is no longer published', async t => {
  const made = cluster()
  await settle(made)
  const old = made.state().present?.pair.ca.trim() ?? ''
  made.pass(91 * day)
  t.match(await made.run(), { phase: { do: 'repair', why: 'the serving certificate has expired' } })
  t.notOk(made.bundles.some(bundle => bundle.includes(old)))
})

t.test('a pair that is not valid yet is replaced at once, and its CA stays published until the new pair is served', async t => {
  const made = cluster()
  await settle(made)
  const old = made.state().present?.pair.ca.trim() ?? ''
  made.pass(-day)
  t.match(await made.run(), { phase: { do: 'repair', why: 'the serving certificate is not valid yet' }, published: 2 })
  t.ok(made.bundles.every(bundle => bundle.includes(old) && blocks(bundle).length === 2))
  t.ok((made.state().present?.validity.notBeforeMs ?? Infinity) < installedMs - day)
  t.strictSame(
    (await settle(made)).filter(phase => phase !== 'nothing'),
    ['finish'],
  )
  t.notOk(made.bundles.some(bundle => bundle.includes(old)))
  t.strictSame(made.distrusted, [])
})

t.test('a next pair that is not valid because the clock was set back is replaced and not served', async t => {
  const made = cluster()
  await settle(made)
  made.pass(62 * day)
  t.equal(await run(made), 'prepare')
  const unused = made.state().next?.pair.ca.trim() ?? ''
  made.pass(-day)
  t.match(await made.run(), { phase: { do: 'prepare', why: 'the next serving certificate is not valid now' } })
  t.strictSame(
    (await settle(made)).filter(phase => phase !== 'nothing'),
    ['mark', 'promote', 'finish'],
  )
  t.notOk(made.bundles.some(bundle => bundle.includes(unused)))
  t.strictSame(made.distrusted, [])
})
