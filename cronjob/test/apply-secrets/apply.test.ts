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

t.test('one that fails stops none of the others, and the last line has all failures', async t => {
  const { lines, applied, failures } = await apply({ one: refusal('Conflict', 'x'), three: refusal('InternalError', 'y') })
  t.strictSame(applied, ['two'])
  t.strictSame(lines, ['b/two: applied', `apply-secrets failed: ${failures.join('; ')}`])
  t.match(failures, [/^a\/one: found HTTP 4xx .*: x; wanted HTTP 200\. See RBAC\.$/, /^c\/three: found .*: y;/])
})

t.test('a namespace that does not exist is named, with the commands that make it', async t => {
  const { failures } = await apply({ two: refusal('NotFound', 'namespaces "b" not found') })
  t.match(failures, [
    /^b\/two: found no namespace b; wanted an enabled namespace\. Create it \(kubectl create namespace b; kubectl label namespace b /,
  ])
})

t.test('where a right is missing, the namespace may be missing: the API server says the same of both', async t => {
  const { failures } = await apply({ two: refusal('Forbidden', 'cannot patch resource "secrets" in the namespace "b"') })
  t.match(failures, [/ See RBAC\. If the namespace b is missing, run: kubectl create namespace b; /])
})

t.test("a policy's denial is passed on as it is", async t => {
  const denial = refusal('Forbidden', "ValidatingAdmissionPolicy 'p' denied request: do this")
  t.strictSame((await apply({ two: denial })).failures, [`b/two: ${denial.message}`])
})

t.test('an error that is not ours is named by its class alone: its text may quote a Secret', async t => {
  t.strictSame((await apply({ one: new TypeError('hunter2') })).failures, ['a/one: TypeError'])
})
