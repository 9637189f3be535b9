import { mintPair } from '@ecr-anywhere/cronjob/certs/random/mint-pair.ts'
import { labelledNamespaces } from '@ecr-anywhere/cronjob/check/kube/namespaces.ts'
import { apiUser } from '@ecr-anywhere/scripts/testbed/api-user.ts'
import { ticketSecret } from '@ecr-anywhere/scripts/testbed/attested.ts'
import { tokenCalls } from '@ecr-anywhere/scripts/testbed/aws-calls.ts'
import { releaseNamespace } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { managedSecret, manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { secretWriter } from '@ecr-anywhere/scripts/testbed/secret-writer.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { labels } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { lastLine, roleArn, startChecked } from './checked.ts'

const bed = await startChecked(t)
const { check } = bed
const { kubectl, kubeconfig } = bed.cluster
/** Shorter than the time for which the check waits for a transient problem. */
const atOnceMs = 60_000

t.test('the check passes for a working release, in the namespaces of each tenant, and stores nothing', async t => {
  const { code, stdout } = await check('60s')
  t.equal(code, 0, stdout)
  t.match(stdout, /^tenant default: ok in namespace ready-default$/m)
  t.match(stdout, /^tenant team-a: ok in namespace ready-team-a$/m)
  t.equal(lastLine(stdout), 'check: every tenant has a token, and every webhook and policy of the release is in force')
  t.notMatch(await must(kubectl('get', 'secrets', '-A', '-o', 'name')), /probe/)
  const calls = tokenCalls(bed.emulator)
  t.equal((await check()).code, 0)
  t.equal(tokenCalls(bed.emulator), calls, 'the check causes no call to AWS')
})

t.test('a tenant that no namespace selects is checked in the namespace of the release, through the same webhook', async t => {
  await must(kubectl('label', 'namespace', 'ready-team-a', `${labels.namespace}-`))
  const { code, stdout } = await check('60s')
  t.equal(code, 0, stdout)
  t.match(stdout, /^tenant default: ok in namespace ready-default$/m)
  t.match(stdout, /^tenant team-a: ok in namespace ecr-release, as no namespace has its label$/m)
})

t.test('the check detects a policy that has the expected fields but is not in force, by a write that it must deny', async () => {
  await must(kubectl('delete', 'validatingadmissionpolicybinding', 'ecr-anywhere-no-ticket', 'ecr-anywhere-reader-guard'))
  const objects = bed.expected.objects.filter(({ kind }) => kind !== 'ValidatingAdmissionPolicyBinding')
  const passed = (policy: string) => `found a write that the ValidatingAdmissionPolicy ${policy} must deny, but which was allowed`
  await until('neither policy is in force', async () => {
    const { code, stdout } = await check('1s', { ...bed.expected, objects })
    return code === 1 && ['ecr-anywhere-no-ticket', 'ecr-anywhere-reader-guard'].every(policy => stdout.includes(passed(policy)))
  })
  await must(kubectl('apply', '--server-side', '--force-conflicts', '-f', '-', manifests(...bed.registrations)))
})

t.test('the check reports a caBundle that did not sign the serving certificate, and how to publish the correct CA', async () => {
  const { ca } = await mintPair(['127.0.0.1'], Date.now())
  for (const name of [
    'ecr-anywhere-tenant-default',
    'ecr-anywhere-tenant-team-a',
    'ecr-anywhere-check-default',
    'ecr-anywhere-check-team-a',
  ]) {
    const { webhooks } = JSON.parse(await must(kubectl('get', 'mutatingwebhookconfiguration', name, '-o', 'json')))
    const value = Buffer.from(ca).toString('base64')
    const operations = webhooks.map((_: unknown, at: number) => ({ op: 'replace', path: `/webhooks/${at}/clientConfig/caBundle`, value }))
    await must(kubectl('patch', 'mutatingwebhookconfiguration', name, '--type=json', '-p', JSON.stringify(operations)))
  }
  await failing('the API server trusts another CA', /x509.*kubectl create job -n ecr-release --from=cronjob\/ecr-anywhere-certs/)
})

t.test('the check names the ticket Secret if it is deleted', async () => {
  await must(kubectl('delete', 'secret', '-n', releaseNamespace, ticketSecret))
  await failing('the API server misses the ticket Secret', new RegExp(`needs-secret-${ticketSecret}`))
  await must(bed.certs())
  await bed.mountTickets()
})

t.test('if no webhook runs, the check names the Deployment and the command that lists its pods', async () => {
  await bed.webhook().stop('SIGKILL')
  const pods = 'kubectl get pods -n ecr-release -l app\\.kubernetes\\.io/name=ecr-anywhere,app\\.kubernetes\\.io/component=webhook'
  await failing(
    'the API server cannot reach the webhook',
    new RegExp(`failed calling webhook "default\\.ecr-anywhere.*Deployment ecr-anywhere-webhook are ready \\(${pods}\\)`),
  )
})

t.test('the check fails at once with the message of AWS while the role may not call ecr:GetAuthorizationToken', async t => {
  bed.emulator.fault({ fault: 'access-denied', api: 'ecr', principal: roleArn })
  await bed.restartWebhook()
  await until('tickets and CA are in force', async () => !/failed calling|without the ticket|needs-secret/.test((await check()).stdout))
  for (const where of ['the release’s namespace', 'its own namespace']) {
    const { code, stdout, ms } = await check('5m')
    t.equal(code, 1, where)
    t.match(lastLine(stdout), /^check failed: found AccessDeniedException .*team-a.*ecr:GetAuthorizationToken/, where)
    t.match(stdout, /^tenant default: ok/m)
    t.ok(ms < atOnceMs, `${where}: ${ms} ms`)
    await bed.namespace('ready-team-a', 'team-a')
  }
  bed.emulator.heal()
  const { code, stdout } = await check('60s')
  t.equal(code, 0, `the webhook calls AWS again without a restart: ${stdout}`)
})

t.test('throttling by AWS is transient, so the check waits for it', async t => {
  bed.emulator.fault({ fault: 'throttling', api: 'ecr' })
  await bed.restartWebhook()
  await failing('AWS has throttled the webhook', /^check failed: .*(AWS has not answered|Throttling)/)
  const long = check('60s')
  bed.emulator.heal()
  t.equal((await long).code, 0)
})

t.test('the service account of the check may write only its own Secret, only in a dry run, in any namespace', async t => {
  const client = await apiUser(bed.account)
  t.teardown(client.close)
  const { apply } = secretWriter(client)
  for (const namespace of [releaseNamespace, 'ready-enabled', 'default']) {
    const probe = { apiVersion: 'v1', kind: 'Secret', type: 'Opaque', metadata: { namespace, name: 'ecr-anywhere-probe' } }
    t.match(await apply(probe, '&dryRun=All'), { status: 201 }, namespace)
    t.match(await apply(probe), { status: 403, message: /the check may write Secrets only in a dry run/ }, namespace)
    t.match(await apply(managedSecret({ namespace, name: 'other' }), '&dryRun=All'), { status: 403, message: /cannot patch resource/ })
  }
})

t.test('the check finds namespaces by list or by name, and leaves out those that are being deleted, unlabelled or missing', async t => {
  const admin = await apiUser(kubeconfig)
  t.teardown(admin.close)
  const metadata = { name: 'aaa-doomed', labels: { [labels.namespace]: 'enabled' }, finalizers: ['example.com/hold'] }
  await must(kubectl('create', '-f', '-', manifests({ apiVersion: 'v1', kind: 'Namespace', metadata })))
  await must(kubectl('delete', 'namespace', 'aaa-doomed', '--wait=false'))
  const wanted = [
    { name: 'ready-default', value: 'default' },
    { name: 'ready-enabled', value: 'enabled' },
    { name: 'ready-team-a', value: 'team-a' },
  ]
  const names = [...wanted.map(({ name }) => name), 'aaa-doomed', 'default', 'missing']
  for (const given of [undefined, names])
    t.strictSame(
      (await labelledNamespaces(admin.kubernetes, given)).sort((one, other) => one.name.localeCompare(other.name)),
      wanted,
    )
  await must(kubectl('patch', 'namespace', 'aaa-doomed', '--type=merge', '-p', JSON.stringify({ metadata: { finalizers: null } })))
})

t.test('the API server calls the webhooks of the check only for its dry runs', async t => {
  const admin = await apiUser(kubeconfig)
  t.teardown(admin.close)
  const { create } = secretWriter(admin)
  const labelled = { name: 'labelled', namespace: releaseNamespace, labels: { [labels.probe]: 'default' } }
  const { status, warnings } = await create({ type: 'Opaque', metadata: labelled })
  t.strictSame([status, warnings.filter(text => text.includes('check'))], [201, []])
})

/** Waits until the last line of the check matches. */
function failing(condition: string, expectedLine: RegExp): Promise<unknown> {
  return until(condition, async () => {
    const { code, stdout } = await check()
    return code === 1 && expectedLine.test(lastLine(stdout))
  })
}
