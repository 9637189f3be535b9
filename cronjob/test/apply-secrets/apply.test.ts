import { Fault } from '@ecr-anywhere/shared/fault.ts'
import t from 'tap'
import { applySecrets } from '../../src/apply-secrets/apply.ts'
import { readWanted } from '../../src/apply-secrets/wanted.ts'

const wanted = readWanted('secrets: [{namespace: a, name: one}, {namespace: b, name: two}, {namespace: c, name: three}]')
const refusal = (code: string, message: string) =>
  new Fault('transient', { code, found: `HTTP 4xx on applying a Secret: ${message}`, wanted: 'HTTP 200', todo: 'See RBAC.' })

async function apply(failing: Record<string, unknown>) {
  const lines: string[] = []
  const applied: string[] = []
  const failures = await applySecrets(wanted, {
    apply: async ({ name }) => {
      if (name in failing) throw failing[name]
      applied.push(name)
    },
    report: line => lines.push(line),
  })
  return { lines, applied, failures }
}

t.test('each Secret is applied, and reported', async t => {
  t.strictSame(await apply({}), {
    lines: ['a/one: applied', 'b/two: applied', 'c/three: applied'],
    applied: ['one', 'two', 'three'],
    failures: [],
  })
})

t.test('a Secret that fails does not stop the others, and the last line lists all failures', async t => {
  const { lines, applied, failures } = await apply({ one: refusal('Conflict', 'x'), three: refusal('InternalError', 'y') })
  t.strictSame(applied, ['two'])
  t.strictSame(lines, ['b/two: applied', `apply-secrets failed: ${failures.join('; ')}`])
  t.match(failures, [/^a\/one: found HTTP 4xx .*: x; wanted HTTP 200\. See RBAC\.$/, /^c\/three: found .*: y;/])
})

t.test('the message names a namespace that does not exist, and the commands that create it', async t => {
  const { failures } = await apply({ two: refusal('NotFound', 'namespaces "b" not found') })
  t.match(failures, [
    /^b\/two: found no namespace b; wanted an enabled namespace\. Create it \(kubectl create namespace b; kubectl label namespace b /,
  ])
})

t.test('a missing right may also mean a missing namespace, because the API server answers both in the same way', async t => {
  const { failures } = await apply({ two: refusal('Forbidden', 'cannot patch resource "secrets" in the namespace "b"') })
  t.match(failures, [/ See RBAC\. If the namespace b is missing, run: kubectl create namespace b; /])
})

t.test('the denial of a policy is reported unchanged', async t => {
  const denial = refusal('Forbidden', "ValidatingAdmissionPolicy 'p' denied request: do this")
  t.strictSame((await apply({ two: denial })).failures, [`b/two: ${denial.message}`])
})

t.test('an unexpected error is named only by its class, because its message may quote a Secret', async t => {
  t.strictSame((await apply({ one: new TypeError('hunter2') })).failures, ['a/one: TypeError'])
})
