import { dockerSecret, hasLostLabel, type OldTool, type ToolWorld } from './old-tool.ts'

const namespace = 'renew'
const secret = 'k8s-ecr-login-renew-docker-secret'
const name = 'k8s-ecr-login-renew-cron'
const secrets = `/api/v1/namespaces/${namespace}/secrets`
const job = 'running'
const fromSecret = (key: string) => ({ valueFrom: { secretKeyRef: { name: 'k8s-ecr-login-renew-aws-secret', key } } })
const template = {
  spec: {
    restartPolicy: 'Never',
    containers: [
      {
        name: 'k8s-ecr-login-renew',
        image: 'nabsul/k8s-ecr-login-renew:v1.7.1',
        env: [
          { name: 'AWS_ACCESS_KEY_ID', ...fromSecret('AWS_ACCESS_KEY_ID') },
          { name: 'AWS_SECRET_ACCESS_KEY', ...fromSecret('AWS_SECRET_ACCESS_KEY') },
          { name: 'AWS_REGION', value: 'us-east-1' },
          { name: 'DOCKER_SECRET_NAME', value: secret },
          { name: 'TARGET_NAMESPACE', value: 'ren?w' },
        ],
      },
    ],
  },
}
/** The static keys of the example in AWS's documentation. */
export const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }

/** Without the right to update, it deletes and creates: its release v1.7.1 has no such right. A Job that runs writes until its pod ends. */
export const k8sEcrLoginRenew: OldTool = {
  name: 'k8s-ecr-login-renew',
  namespace,
  secret,
  isUndone: world => hasLostLabel({ namespace, secret }, world),
  recreates: true,
  manifests: [
    { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name: 'k8s-ecr-login-renew-aws-secret' }, stringData: keys },
    {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { namespace, name },
      spec: { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } },
    },
  ],
  async installed(world) {
    // A Job that its controller has made, and that runs when the move begins.
    const { uid } = (await cronJob(world)).metadata
    const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name, uid, controller: true }
    const made = { apiVersion: 'batch/v1', kind: 'Job', metadata: { namespace, name: job, ownerReferences: [owner] }, spec: { template } }
    const { body } = await world.api('POST', `/apis/batch/v1/namespaces/${namespace}/jobs`, made)
    const active = [{ apiVersion: 'batch/v1', kind: 'Job', namespace, name: job, uid: body.metadata.uid }]
    await world.api('PATCH', `/apis/batch/v1/namespaces/${namespace}/cronjobs/${name}/status`, { status: { active } })
  },
  async write(world) {
    await world.api('DELETE', `${secrets}/${secret}`)
    await world.api('POST', secrets, dockerSecret({ namespace, secret }, world))
    const { spec } = await cronJob(world)
    if (spec.suspend) suspendedRounds += 1
    if (suspendedRounds < lastRounds) return true
    // As kubelet does when the program ends. The Job ends by it.
    const pods = `/api/v1/namespaces/${namespace}/pods`
    const { body } = await world.api('GET', `${pods}?labelSelector=job-name%3D${job}`)
    for (const { metadata } of body.items) await world.api('PATCH', `${pods}/${metadata.name}/status`, { status: { phase: 'Succeeded' } })
    return false
  },
}

/** So many times the Job writes after its CronJob is suspended. */
const lastRounds = 8
let suspendedRounds = 0

async function cronJob({ api }: ToolWorld) {
  return (await api('GET', `/apis/batch/v1/namespaces/${namespace}/cronjobs/${name}`)).body
}
