import { readFile } from 'node:fs/promises'
import { chartDir } from '@ecr-anywhere/scripts/docs/chart-values.ts'
import { base, chart, helm, merged, releaseName, releaseNamespace, render, type Values } from '@ecr-anywhere/scripts/testbed/helm.ts'
import { test } from 'tap'
import { parse } from 'yaml'
import { variants } from './variants.ts'

test('the notes describe the release and list the next three commands', async t => {
  const notes = await notesOf(base)
  t.match(
    notes,
    /namespace ecr-release: 2 webhook pod\(s\).*attestation "policy" \(chosen for Kubernetes v1\.3\d\.\d\), certificates "self"/,
  )
  t.equal([...notes.matchAll(/^ {2}.*kubectl /gm)].length, 3)
  t.match(notes, /audit log/)
  const label = await notesOf(merged(base, { provision: { enabled: true, secretName: 'ecr-anywhere-pull' } }))
  t.match(label, /kubectl label namespace default .*\n {2}kubectl get secret -n default ecr-anywhere-pull\n\nNew pods there/)
  t.notMatch(label, /kubectl apply/)
  t.notMatch(notes, /WARNING/, 'the defaults cause no warning')
})

test('the notes warn about insecure values', async t => {
  const weak: [values: Values, warning: RegExp][] = [
    [variants["the original's values"] ?? {}, /WARNING: AWS_SECRET_ACCESS_KEY is set in the values/],
    [variants['existing Secret'] ?? {}, /WARNING: static keys \(aws-keys\)/],
    [{ attestation: { mode: 'none' } }, /WARNING: attestation.mode is none/],
    [{ webhook: { replicas: 1 } }, /WARNING: there is only one webhook pod/],
    [{ webhook: { hostNetwork: true, port: 8443 } }, /WARNING: webhook.hostNetwork/],
    [{ check: { enabled: false } }, /WARNING: the release was not checked/],
  ]
  for (const [values, warning] of weak) t.match(await notesOf(merged('pod' in values ? {} : base, values)), warning)
})

test('the notes say that the image of the webhook must not need a Secret that the webhook itself manages', async t => {
  t.notMatch(await notesOf(base), /must not depend/)
  for (const [names, sentence] of [
    [['mirror'], /Check that mirror in namespace ecr-release is not a managed Secret\./],
    [['mirror', 'other'], /Check that mirror, other in namespace ecr-release are not managed Secrets\./],
  ] as const)
    t.match(await notesOf(merged(base, { imagePullSecrets: names.map(name => ({ name })) })), sentence)
  const ofParent = { imagePullSecrets: [{ name: 'mirror' }], global: { imagePullSecrets: ['other', 'mirror'] } }
  t.match(await notesOf(merged(base, ofParent)), /Check that mirror, other in namespace ecr-release are not managed Secrets\./)
})

test('the values in the README of the chart can be installed', async t => {
  const readme = await readFile(new URL('README.md', chartDir), 'utf8')
  const examples = [...readme.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => parse(text) as Values)
  t.equal(examples.length, 1)
  for (const values of examples) t.ok((await render(values)).length > 30)
})

async function notesOf(values: Values): Promise<string> {
  const { stdout, stderr } = await helm(['install', releaseName, chart, '--dry-run=client', '--namespace', releaseNamespace], { values })
  return stdout.split('\nNOTES:\n')[1] ?? stderr
}
