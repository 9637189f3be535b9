import { deepStrictEqual, equal, ok } from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import fc from 'fast-check'
import t from 'tap'
import { encode, injectedSecret, oldPassword, secret } from '../admission/secrets.ts'
import { resultOf, review } from '../admission/world.ts'
import { server } from '../http/serving.ts'
import { watch } from './watch.ts'

const numRuns = 10_000
const ourAnnotations = Object.values(annotations).map(name => name.replace('/', '~1'))
const patchable = new Set([
  '/data',
  '/data/.dockerconfigjson',
  '/data/.dockercfg',
  '/data/username',
  '/data/password',
  '/metadata/annotations',
  ...ourAnnotations.map(name => `/metadata/annotations/${name}`),
])

/** Valid reviews that an API server could send. */
const good = [
  review({ object: secret() }),
  review({ object: secret({ type: 'kubernetes.io/basic-auth' }) }),
  review({ object: secret({ type: 'kubernetes.io/dockercfg' }), dryRun: true }),
  review({ object: secret({ notes: { [annotations.markedForUpdateAt]: 'x' } }), oldObject: injectedSecret() }),
  review({ object: injectedSecret(), oldObject: injectedSecret() }),
]

const names = [
  '__proto__',
  'constructor',
  'toString',
  'data',
  'metadata',
  'annotations',
  'labels',
  'uid',
  'type',
  '.dockerconfigjson',
  'auths',
]
const odd = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, Number.MAX_VALUE, '', 'x', [], {}, [[]], '\ud800', '\u0000', 'true', 'CREATE', 'DELETE'),
  fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 2 })),
  fc.jsonValue({ maxDepth: 3 }),
)

/** A valid review in which some values were replaced, removed or added. */
const mutated = fc
  .tuple(
    fc.constantFrom(...good),
    fc.array(fc.tuple(fc.nat(), fc.option(odd, { nil: undefined }), fc.option(fc.constantFrom(...names))), { maxLength: 3 }),
  )
  .map(([review, changes]) => {
    const copy = structuredClone(review)
    for (const [at, replacement, name] of changes) {
      // Each change has its own copy, because an object that contains itself is not JSON.
      const value = structuredClone(replacement)
      const places = placesIn(copy)
      const [parent, key] = places[at % places.length] ?? [copy, 'request']
      Object.defineProperty(parent, name ?? key, { value, enumerable: true, configurable: true, writable: true })
    }
    return copy as unknown
  })

/** The parent and the key of each value. */
function placesIn(value: object): [parent: object, key: string][] {
  return Object.entries(value).flatMap(([key, child]) => {
    const below = typeof child === 'object' && child !== null ? placesIn(child) : []
    return [[value, key] as [object, string], ...below]
  })
}

t.test(
  `${numRuns} generated and mutated reviews are answered under their uid, patch only our keys and leak nothing to the log`,
  async t => {
    const { post, logged } = server(t)
    const watched = watch(t)
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: fc.jsonValue() }), async body => {
        const answer = await post(JSON.stringify(body) ?? 'null')
        ok([200, 400].includes(answer.statusCode), `${answer.statusCode}`)
        if (answer.statusCode === 400) return
        const { request } = JSON.parse(JSON.stringify(body))
        const reply = answer.json()
        equal(reply.response.uid, request.uid)
        equal(typeof reply.response.allowed, 'boolean')
        ok(reply.response.allowed || !('patch' in reply.response))
        for (const { path } of resultOf(request.object, reply).operations) ok(patchable.has(path), path)
      }),
      { numRuns },
    )
    await setImmediate()
    t.strictSame(watched.uncaught, [])
    t.strictSame(watched.after(), watched.before)
    t.notMatch(logged(), new RegExp(`${oldPassword}|${encode(oldPassword)}|new-hunter2|InternalError`))
  },
)

/** Damaged JSON or random bytes. */
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map(part => Buffer.from(part)),
  fc.string({ unit: 'binary' }).map(text => Buffer.from(text)),
  fc
    .tuple(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.nat())
    .map(([review, changes, cut]) => {
      const text = Buffer.from(JSON.stringify(review))
      for (const [at, byte] of changes) text[at % text.length] = byte
      return cut % 3 === 0 ? text.subarray(0, cut % text.length) : text
    }),
)

t.test(`${numRuns} bodies of raw bytes are answered with HTTP 200 or 400, and the log quotes none of them`, async t => {
  const { post, logged } = server(t)
  const watched = watch(t)
  const codes = new Set<number>()
  await fc.assert(
    fc.asyncProperty(bytes, async body => {
      const { statusCode } = await post(body)
      codes.add(statusCode)
      return statusCode === 200 || statusCode === 400
    }),
    { numRuns },
  )
  deepStrictEqual(codes, new Set([200, 400]))
  await setImmediate()
  t.strictSame(watched.uncaught, [])
  t.strictSame(watched.after(), watched.before)
  t.notMatch(logged(), new RegExp(`${oldPassword}|${encode(oldPassword).slice(0, 8)}`))
})
