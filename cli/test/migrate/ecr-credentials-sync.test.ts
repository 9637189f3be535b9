import t from 'tap'
import { variables, workload } from './manifests.ts'
import { commandsOf, planned } from './planned.ts'

const script = `while true; do
aws ecr get-login-password --region \${REGION} > /token/ecr-token
oc create secret docker-registry regcred \\
  --dry-run=client \\
  --docker-server="818140567777.dkr.ecr.us-east-1.amazonaws.com" \\
  --docker-username=AWS \\
  --docker-password="$(cat /token/ecr-token)" \\
  -o yaml | oc apply -f -
sleep 6h
done`
const account = `---\napiVersion: v1\nkind: ServiceAccount\nmetadata: {name: ecr-sa, namespace: cf-dev, annotations: {eks.amazonaws.com/role-arn: "arn:aws:iam::606639739464:role/ROSAECRAssumeRole"}}\n`
const text = (shell: string, region = 'us-east-1') =>
  `${workload({ name: 'ecr-credentials-sync', namespace: 'cf-dev' }, { name: 'ecr-sync', image: 'amazon/aws-cli', command: ['/bin/sh', '-ce', shell], env: variables({ REGION: region }) })}\n${account}`

t.test('its script is read: the registry of the other account, the Secret, and the region', async t => {
  const plan = planned('ecr-credentials-sync', text(script))
  t.same(plan.problems, [])
  t.same(plan.values, {
    aws: {
      region: 'us-east-1',
      roleArn: 'arn:aws:iam::606639739464:role/ROSAECRAssumeRole',
      webIdentity: { enabled: true, audience: 'openshift' },
    },
  })
  t.same(commandsOf(plan, 'label').slice(1), [
    'kubectl annotate secret regcred -n cf-dev ecr-anywhere.centml.ai/registries=818140567777.dkr.ecr.us-east-1.amazonaws.com kubectl.kubernetes.io/last-applied-configuration-',
    'kubectl label secret regcred -n cf-dev ecr-anywhere.centml.ai/managed=true',
  ])
})

t.test('another namespace in the script is the one of the Secret', async t => {
  const plan = planned('ecr-credentials-sync', text(script.replace('regcred', 'regcred -n apps')))
  t.match(commandsOf(plan, 'label')[1], 'secret regcred -n apps')
})

t.test('a script without region or registry, and names of a variable that is not known, are problems', async t => {
  const plan = planned(
    'ecr-credentials-sync',
    text(
      script
        .replace('--docker-server', '--server')
        .replace('regcred', '$NAME')
        .replace(/--region \S+/, ''),
    ),
  )
  t.match(
    plan.problems.join('\n'),
    /--region: found nothing.*\n.*create secret docker-registry: found ""; wanted the name.*\n.*--docker-server: found nothing/,
  )
})
