import { readdir, readFile } from 'node:fs/promises'
import { annotations, warningPrefix } from '@ecr-anywhere/shared/names.ts'
import type { Tenant } from '@ecr-anywhere/shared/tenants.ts'
import t from 'tap'
import { maxWarningLength } from '../../src/admission/reply.ts'
import { decode, encode, type WireSecret } from './secrets.ts'
import { answer, awsWorld } from './world.ts'

/** The content of a file in `cases/`. The values of `data` are decoded strings or JSON documents. */
interface Case {
  title: string
  now: string
  tenant: Partial<Tenant>
  request: { dryRun?: boolean; object: CaseSecret; oldObject?: CaseSecret }
  expect: {
    result: string
    why?: string
    /** The scopes for which tokens were requested, and `own registry` if the principal's registry was requested. */
    asked: string[]
    /** The answer contains no patch. */
    unpatched?: boolean
    annotations?: Record<string, string>
    /** All data of the patched object, by key. */
    data?: Record<string, unknown>
    warnings?: string[]
    /** Parts of the message of the denial. */
    denied?: string[]
  }
}

type CaseSecret = Omit<WireSecret, 'data'> & { data?: Record<string, unknown> }

const ticket = 'dGlja2V0'
const folder = new URL('cases/', import.meta.url)

for (const name of (await readdir(folder)).sort()) {
  const { title, now, tenant, request, expect }: Case = JSON.parse(await readFile(new URL(name, folder), 'utf8'))
  t.test(title, async t => {
    const { world, asked } = awsWorld({ tenant, nowMs: () => Date.parse(now) })
    const { object, oldObject, dryRun = false } = request
    const old = oldObject === undefined ? {} : { oldObject: encoded(oldObject) }
    const { result, record, response, operations, patched, warnings } = await answer({ object: encoded(object), ...old, dryRun }, world)
    t.equal(result, expect.result)
    t.strictSame(asked, expect.asked)
    t.strictSame(warnings, expect.warnings ?? [])
    t.ok(
      warnings.every(text => text.startsWith(warningPrefix) && text.length < maxWarningLength),
      'no warning is truncated',
    )
    t.equal(response.allowed, expect.denied === undefined)
    for (const part of expect.denied ?? []) t.match(JSON.stringify(response.status), part)
    if (expect.denied !== undefined) t.notMatch(JSON.stringify([response, record]), 'hunter2')
    if (expect.why !== undefined) t.equal(record.why, expect.why)
    if (expect.unpatched) t.strictSame(operations, [])
    if (expect.annotations) t.strictSame(patched.metadata.annotations, expect.annotations)
    if (expect.data) t.strictSame(decoded(patched.data), expect.data)
  })

  if (expect.denied !== undefined) continue
  t.test(`${title}; and an attestation annotation is removed, whether attestation is on or off`, async t => {
    const object = encoded(request.object)
    object.metadata.annotations = { ...object.metadata.annotations, [annotations.attestation]: ticket }
    const old = request.oldObject === undefined ? {} : { oldObject: encoded(request.oldObject) }
    for (const tickets of [undefined, new Map([['default', [Buffer.from(ticket)]]])]) {
      const { world } = awsWorld({ tenant, nowMs: () => Date.parse(now), tickets: () => tickets })
      const { result, patched } = await answer({ object, ...old, dryRun: request.dryRun ?? false }, world)
      t.equal(result, expect.result)
      t.notOk(annotations.attestation in (patched.metadata.annotations ?? {}))
    }
  })
}

function encoded({ data, ...rest }: CaseSecret): WireSecret {
  if (data === undefined) return rest
  const text = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
  return { ...rest, data: Object.fromEntries(Object.entries(data).map(([key, value]) => [key, encode(text(value))])) }
}

function decoded(data: Record<string, string> = {}): Record<string, unknown> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, parsed(decode(value))]))
}

function parsed(text: string): unknown {
  return text.startsWith('{') ? JSON.parse(text) : text
}
