import { manifests } from '@ecr-anywhere/scripts/testbed/manifest.ts'
import { startOtherWebhook } from '@ecr-anywhere/scripts/testbed/other-webhook.ts'
import { must } from '@ecr-anywhere/scripts/testbed/testbed.ts'
import { until } from '@ecr-anywhere/scripts/testbed/until.ts'
import { annotations } from '@ecr-anywhere/shared/names.ts'
import t from 'tap'
import { fromEcr, namespace, secretName, startAttach } from './attach-bed.ts'
import { tooCostly } from './attach-cases.ts'
import { provesMirrors } from './attach-mirrors.ts'
import { provesAttach } from './attach-proof.ts'

const bed = await startAttach(t, 'webhook')
const { kubectl } = bed.cluster
const { pullSecretsOf } = bed
const configuration = ['mutatingwebhookconfiguration', 'ecr-anywhere-attach-default']

provesAttach(t, bed)
provesMirrors(t, bed)

t.test('`certs` has published the caBundle of the webhook for pods', async t => {
  const caOf = (name: string) =>
    must(kubectl('get', 'mutatingwebhookconfiguration', name, '-o', 'jsonpath={.webhooks[0].clientConfig.caBundle}'))
  t.equal(await caOf('ecr-anywhere-attach-default'), await caOf('ecr-anywhere-check-default'))
})

t.test('whoever names another Secret in the annotation of a namespace gets a warning', async t => {
  const annotate = (value: string) => kubectl('annotate', '--overwrite', 'namespace', namespace, `${annotations.pullSecret}${value}`)
  const { code, stderr } = await annotate('=regcred')
  t.equal(code, 0)
  t.match(stderr, /found an annotation ecr-anywhere\.centml\.ai\/pull-secret\. Before Kubernetes 1\.36, pods get only the default name/)
  t.strictSame(await pullSecretsOf({ spec: fromEcr }), [secretName])
  t.equal((await annotate(`=${secretName}`)).stderr, '')
  t.equal((await annotate('-')).stderr, '')
})

t.test('the log has a line for each pod, with its namespace, and the metric counts them', async t => {
  await pullSecretsOf({ spec: fromEcr })
  const text = await (await fetch(`${bed.webhook().operationsUrl}/metrics`)).text()
  t.match(text, /^ecr_anywhere_attach_reviews_total\{tenant="default",result="attached"\} [1-9]\d*$/m)
  await until('the line is written', () => /"namespace":"ready-enabled".*"result":"attached".*"msg":"attach"/.test(bed.webhook().logs()))
})

t.test('the webhook is called once for a pod with an image from ECR, and never for another one, even if it hangs', async t => {
  await bed.withMirrors(false, async () => true)
  for (const change of [() => [], () => undefined]) {
    const { clientConfig, seen } = await startOtherWebhook(t, { change })
    await must(
      kubectl(
        'patch',
        ...configuration,
        '--type=json',
        '-p',
        JSON.stringify([{ op: 'replace', path: '/webhooks/0/clientConfig', value: clientConfig }]),
      ),
    )
    await until('this webhook is called', async () => {
      await pullSecretsOf({ spec: fromEcr })
      return seen.length > 0
    })
    seen.length = 0
    for (const _ of Array(20).keys()) t.strictSame(await pullSecretsOf({}), [])
    t.equal(seen.length, 0, 'a pod without an image from ECR waits for nothing')
    for (const calls of [1, 2, 3]) {
      // It is created without the Secret. `timeoutSeconds` is 1: deploy/test/attach.test.ts.
      t.strictSame(await pullSecretsOf({ spec: fromEcr }), [])
      t.equal(seen.length, calls)
    }
  }
})

t.test('a pod that exceeds the cost limit of expressions is created unchanged, and the API server counts an error', async t => {
  t.strictSame(await pullSecretsOf({ spec: tooCostly }), [])
  const counted = 'apiserver_admission_match_condition_evaluation_errors_total{kind="webhook",name="attach.default.ecr-anywhere.centml.ai"'
  t.match(await must(kubectl('get', '--raw', '/metrics')), counted)
})

t.test('while the webhook is down, every pod is created, and the API server counts those without the Secret', async t => {
  const ours = bed.registrations.filter(one => (one as { metadata: { name: string } }).metadata.name === configuration[1])
  await must(kubectl('delete', ...configuration))
  await must(kubectl('apply', '--server-side', '-f', '-', manifests(...ours)))
  await must(bed.certs())
  await until('our webhook is called again', async () => (await pullSecretsOf({ spec: fromEcr })).includes(secretName))
  await bed.webhook().stop('SIGKILL')
  t.strictSame(await pullSecretsOf({ spec: fromEcr }), [])
  t.strictSame(await pullSecretsOf({}), [])
  const counted = 'apiserver_admission_webhook_fail_open_count{name="attach.default.ecr-anywhere.centml.ai",type="admit"}'
  t.match(await must(kubectl('get', '--raw', '/metrics')), counted)
})
