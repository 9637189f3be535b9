import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { call, portOf } from '@ecr-anywhere/scripts/testbed/https-call.ts'
import t, { type Test } from 'tap'
import { pollMs } from '../../src/files/polled.ts'
import { parsePair, type ServingPair, servePair } from '../../src/files/serving-pair.ts'
import { usePair } from '../../src/http/server.ts'
import { server } from '../http/serving.ts'
import { type Minted, mint } from './pairs.ts'

const [first, second, ca] = await Promise.all([mint(), mint({ days: 2 }), mint({ name: 'ca' })])
const chained = await mint({ by: ca })

/** A folder as kubelet mounts a Secret: each name is a link into `..data`, which is a link to a folder with a timestamp. */
async function mounted(t: Test, pair: Minted) {
  const dir = await mkdtemp(join(tmpdir(), 'serving-'))
  t.teardown(() => rm(dir, { recursive: true, force: true }))
  let version = 0

  /** Changes both files at once as kubelet does: by a new folder and one rename. */
  async function swap({ cert, key }: Minted): Promise<void> {
    const folder = `..2026_01_01_${version++}`
    await mkdir(join(dir, folder))
    await writeFile(join(dir, folder, 'tls.crt'), cert)
    await writeFile(join(dir, folder, 'tls.key'), key)
    await symlink(folder, join(dir, '..data_tmp'))
    await rename(join(dir, '..data_tmp'), join(dir, '..data'))
  }

  await swap(pair)
  for (const name of ['tls.crt', 'tls.key']) await symlink(join('..data', name), join(dir, name))
  return { swap, dir, certFile: join(dir, 'tls.crt'), keyFile: join(dir, 'tls.key') }
}

/** Watches a mounted pair. `next` waits for the next pair or problem that is reported. */
async function watching(t: Test, files: { certFile: string; keyFile: string }, onPair = (_: ServingPair) => {}, nowMs = () => Date.now()) {
  const reported: (ServingPair | string)[] = []
  let wake = () => {}
  const report = (what: ServingPair | string) => {
    reported.push(what)
    wake()
  }
  const stop = await servePair({
    ...files,
    nowMs,
    onPair: pair => {
      onPair(pair)
      report(pair)
    },
    onProblem: report,
  })
  // The watcher does not keep the process alive, so this timer does.
  const awake = setInterval(() => {}, 60_000)
  t.teardown(() => {
    clearInterval(awake)
    stop()
  })
  const next = async () => {
    while (reported.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      wake = resolve
      await promise
    }
    return reported.shift()
  }
  return { reported, next }
}

t.test('a pair is used at once, and a new pair as soon as kubelet swaps it in', async t => {
  const files = await mounted(t, first)
  const { next } = await watching(t, files)
  t.match(await next(), { cert: first.cert, key: first.key })
  await files.swap(second)
  t.match(await next(), { cert: second.cert, key: second.key })
})

t.test('new connections get the new pair, open connections keep theirs, and an invalid pair does not replace the old one', async t => {
  const files = await mounted(t, first)
  const { app } = server(t)
  const { next } = await watching(t, files, pair => usePair(app, pair))
  await next()
  await app.listen({ host: 'localhost', port: 0 })
  const served = async (ca: string) => (await call(portOf(app), { ca })).fingerprint
  const before = await served(first.cert)
  await files.swap(second)
  await next()
  t.not(await served(second.cert), before)
  await files.swap({ cert: first.cert, key: second.key })
  t.match(await next(), /do not match/)
  await t.resolves(served(second.cert))
  await files.swap(first)
  await next()
  t.equal(await served(first.cert), before)
})

t.test('missing files are reported once, and are used as soon as they exist', async t => {
  const dir = t.testdir()
  const { next, reported } = await watching(t, { certFile: join(dir, 'tls.crt'), keyFile: join(dir, 'tls.key') })
  t.match(await next(), /ENOENT/)
  await writeFile(join(dir, 'tls.key'), first.key)
  await writeFile(join(dir, 'tls.crt'), first.cert)
  t.match(await next(), { cert: first.cert })
  t.strictSame(reported, [])
})

t.test('a missing folder is found by polling', async t => {
  const dir = join(t.testdir(), 'later')
  const { next } = await watching(t, { certFile: join(dir, 'tls.crt'), keyFile: join(dir, 'tls.key') })
  t.match(await next(), /ENOENT/)
  t.equal(pollMs, 10_000)
})

t.test('a pair contains its PEM and its validity, and may be a chain that starts with the leaf', async t => {
  const { notBeforeMs, notAfterMs } = parsePair(first.cert, first.key)
  t.ok(Math.abs(notBeforeMs - Date.now() + 24 * 3_600_000) < 60_000)
  t.ok(Math.abs(notAfterMs - Date.now() - 24 * 3_600_000) < 60_000)
  t.doesNotThrow(() => parsePair(`${chained.cert}\n${ca.cert}`, chained.key))
})

const hour = 3_600_000

t.test('a pair that is not valid yet is reported, and replaces a valid pair only when it becomes valid', async t => {
  const future = await mint({ fromDays: 1, days: 3 })
  const files = await mounted(t, first)
  let aheadMs = 0
  const { next } = await watching(t, files, undefined, () => Date.now() + aheadMs)
  t.match(await next(), { cert: first.cert })
  await files.swap(future)
  t.match(
    await next(),
    /a new serving certificate that is not valid before .*; wanted one that is valid now\. The previous certificate is still served/,
  )
  aheadMs = 25 * hour
  await files.swap(future)
  t.match(await next(), { cert: future.cert })
})

t.test('an expired pair does not replace a valid one', async t => {
  const expired = await mint({ fromDays: -3, days: -1 })
  const files = await mounted(t, first)
  const { next } = await watching(t, files)
  t.match(await next(), { cert: first.cert })
  await files.swap(expired)
  t.match(await next(), /a new serving certificate that expired at/)
  await files.swap(second)
  t.match(await next(), { cert: second.cert })
})

for (const [about, when] of [
  ['has expired', { fromDays: -3, days: -1 }],
  ['is not valid yet', { fromDays: 1, days: 3 }],
] as const) {
  t.test(`if no valid pair is in use, a pair that ${about} is used, and readiness reports the problem`, async t => {
    const [one, other] = await Promise.all([mint(when), mint({ fromDays: -5, days: -4 })])
    const files = await mounted(t, other)
    const { next } = await watching(t, files)
    t.match(await next(), { cert: other.cert })
    await files.swap(one)
    t.match(await next(), { cert: one.cert })
  })
}

const bad: [about: string, cert: string, key: string][] = [
  ['the key of another certificate', first.cert, second.key],
  ['no certificate', 'x', first.key],
  ['an empty certificate', '', first.key],
  ['no key', first.cert, 'x'],
  ['half a certificate', first.cert.slice(0, 200), first.key],
  ['key and certificate exchanged', first.key, first.cert],
  ['a chain with the leaf last', `${ca.cert}\n${chained.cert}`, chained.key],
]

for (const [about, cert, key] of bad) {
  t.test(`${about} is rejected as a pair, and the message quotes nothing of it`, async t => {
    t.throws(() => parsePair(cert, key), { kind: 'settings', message: /^(?![\s\S]*-----)[\s\S]*wanted a PEM chain, leaf first/ })
  })
}
