import t from 'tap'
import { variables, workload } from './manifests.ts'
import { commandsOf, planned } from './planned.ts'

const metadata = { name: 'registry-creds', namespace: 'kube-system' }
const image = 'upmcenterprises/registry-creds:1.10'
const secrets = ['default', 'team-a', 'kube-system'].map(
  namespace =>
    `---\napiVersion: v1\nkind: Secret\nmetadata: {name: awsecr-cred, namespace: ${namespace}}\ndata: {.dockerconfigjson: aHVudGVyMg==}\n`,
)
const text = (env: object[], more: object = {}) =>
  `${workload(metadata, { name: 'registry-creds', image, env, ...more })}\n${secrets.join('')}`

t.test('every account in the region is a registry, in each namespace that has its Secret', async t => {
  const env = variables({
    awsaccount: '111122223333,444455556666',
    awsregion: 'eu-west-1',
    aws_assume_role: 'arn:aws:iam::111122223333:role/ecr',
  })
  const plan = planned('registry-creds', text(env))
  t.same(plan.problems, [])
  t.same(plan.values, { aws: { region: 'eu-west-1', roleArn: 'arn:aws:iam::111122223333:role/ecr' } })
  t.same(
    plan.marks.flatMap(({ object }) => /^Secret (.*)/.exec(object)?.[1] ?? []),
    ['default/awsecr-cred', 'team-a/awsecr-cred'],
  )
  t.match(
    commandsOf(plan, 'label')[2],
    'registries=111122223333.dkr.ecr.eu-west-1.amazonaws.com,444455556666.dkr.ecr.eu-west-1.amazonaws.com',
  )
  t.notMatch(JSON.stringify(plan), 'aHVudGVyMg')
})

t.test('what is in a Secret, as in the addon of minikube, is named and not read', async t => {
  const from = (key: string) => ({ secretKeyRef: { name: 'registry-creds-ecr', key } })
  const env = [
    { name: 'awsaccount', valueFrom: from('aws-account') },
    { name: 'awsregion', valueFrom: from('aws-region') },
    { name: 'ACR_URL', valueFrom: { secretKeyRef: { name: 'registry-creds-acr', key: 'ACR_URL' } } },
  ]
  const plan = planned('registry-creds', text(env))
  t.match(plan.problems, [/awsregion: found key aws-region of Secret kube-system\/registry-creds-ecr/, /awsaccount: found key aws-account/])
  t.match(plan.notes.join(), /other registries \(ACR_URL\)/)
  t.match(commandsOf(plan, 'stop')[0], 'scale deployment registry-creds -n kube-system')
})

t.test('variables of a whole Secret are not read, and those of a ConfigMap only if it is given', async t => {
  const envFrom = [{ secretRef: { name: 'all' } }, { configMapRef: { name: 'some' } }]
  const unread = planned('registry-creds', text([], { envFrom }))
  t.match(unread.problems.join('\n'), /awsregion: found nothing; it may be in Secret kube-system\/all or ConfigMap kube-system\/some/)
  const map =
    '---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: some, namespace: kube-system}\ndata: {awsregion: eu-west-1, awsaccount: "111122223333"}\n'
  t.match(planned('registry-creds', text([], { envFrom }) + map).values, { aws: { region: 'eu-west-1' } })
})

t.test('the flags have less weight than the variables, and accounts must have 12 digits', async t => {
  const command = ['registry-creds', '--aws-region=us-west-1', '--aws-secret-name=pull', '--refresh-mins=30']
  const plan = planned(
    'registry-creds',
    `${workload(metadata, { name: 'a', image, command, env: variables({ awsaccount: '1' }) })}\n${secrets.join('')}`,
  )
  t.match(plan.values, { aws: { region: 'us-west-1' } })
  t.match(plan.problems.join('\n'), /awsaccount: found an account that does not have 12 digits.*\n.*no namespace with the Secret pull/)
})
