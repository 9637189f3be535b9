import { join } from 'node:path'
import { managedSecret } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { serviceAccount } from '@ecr-anywhere/scripts/testbed/service-account.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import type { Test } from 'tap'
import type { CheckResult } from '../../../src/doctor/check.ts'
import { checks } from '../../../src/doctor/checks/checks.ts'
import { type DoctorWorld, roleArn } from './world.ts'

/** The command on a cluster in which every link works: its time, its output, and what a user with few rights sees. */
export async function testCommand(t: Test, { bed, kubectl, apply }: DoctorWorld): Promise<void> {
  const KUBECONFIG = bed.cluster.kubeconfig
  const doctor = (args: string[], kubeconfig = KUBECONFIG) => bed.ecrAnywhere(['doctor', ...args], { KUBECONFIG: kubeconfig })

  await t.test('on a healthy cluster every check is ok', async t => {
    const startMs = performance.now()
    const { code, stdout, stderr } = await doctor([])
    const ms = performance.now() - startMs
    process.stderr.write(`doctor on a healthy cluster: ${Math.round(ms)} ms, ${checks.length} checks\n`)
    t.equal(code, 0, stdout + stderr)
    t.match(stdout, /^Every link works\.$/m)
    t.equal(stdout.match(/^ok {2}/gm)?.length, checks.length)
  })

  await t.test('--redact leaves out accounts, roles, hosts and names, in the same way each time', async t => {
    await bed.namespace('quiet-otter', 'enabled')
    await apply(managedSecret({ namespace: 'quiet-otter', name: 'hidden-name' }))
    await must(kubectl('label', 'namespace', 'quiet-otter', 'ecr-anywhere.centml.ai/namespace-'))
    const args = ['-o', 'json', '--redact']
    const { stdout } = await doctor(args)
    const open = (await doctor(['-o', 'json'])).stdout
    for (const telling of ['quiet-otter', 'hidden-name', 'team-a', '123456789012', 'pull-a', '127.0.0.1', 'ecr-release']) {
      t.match(open + roleArn, telling)
      t.notMatch(stdout, telling)
    }
    const { ok, cause, results } = JSON.parse(stdout)
    t.equal(ok, false)
    t.equal(cause.id, 'secrets-not-enabled')
    t.match(cause.found, /^1 managed Secret in namespaces that are not enabled, which nobody renews: namespace-\d+\/Secret-\d+$/)
    t.strictSame(
      results.map(({ id, title }: CheckResult) => [id, title]),
      checks.map(({ id, title }) => [id, title]),
    )
    t.strictSame(JSON.parse((await doctor(args)).stdout).cause, cause)
    await must(kubectl('delete', 'namespace', 'quiet-otter'))
  })

  await t.test('a user without rights reads which right each check needs, and the exit code is 1', async t => {
    const file = join(bed.dir, 'poor.kubeconfig')
    await serviceAccount({ kubectl, kubeconfig: KUBECONFIG }, { namespace: 'default', name: 'poor', file })
    const { code, stdout, stderr } = await doctor([], file)
    t.equal(code, 1, stderr)
    t.match(stdout, /^No link was found broken, but not all could be seen\.$/m)
    t.match(stdout, /^cannot tell {2}release-found: .*: needs the right to list \S+ in namespace ecr-anywhere$/m)
    t.match(stdout, /^cannot tell {2}pods-pulling: .*: needs the right to list pods in all namespaces$/m)
  })

  await t.test('an unknown check is a wrong command line, and a known one runs alone', async t => {
    t.match(await doctor(['--only', 'nothing']), { code: 2, stderr: /--only: found "nothing", wanted one of cluster-reachable, / })
    const { stdout } = await doctor(['--only', 'cluster-version', '--only', 'tickets'])
    t.match(stdout, /^2 checks of context: 2 ok, 0 failed, 0 cannot tell\.$/m)
  })
}
