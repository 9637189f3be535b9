import { ensureBinaries } from '../cluster/build.ts'
import { startControlPlane } from '../cluster/control-plane.ts'
import { startTestbed } from '../testbed/testbed.ts'
import { pullSecretName } from './one-label.ts'
import { demonstrate } from './story.ts'

/** `make demo`: shows the product on a real kube-apiserver. With KEEP=1 it keeps running for further commands. */
try {
  await ensureBinaries('controlplane')
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exit(2)
}
const startedMs = performance.now()
const seconds = () => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`
const cluster = await startControlPlane()
console.log(`A real kube-apiserver, etcd and controller manager are running after ${seconds()}.`)
const bed = await startTestbed({ cluster, id: 'demo', env: { ATTACH_SECRET: pullSecretName } })
console.log(
  `ecr-anywhere certs has published the serving certificate, and the webhook is ready with an emulator of AWS after ${seconds()}.`,
)
try {
  await demonstrate({ bed, cluster })
  console.log(`\nDone in ${seconds()}.`)
  if (process.env.KEEP !== undefined && process.env.KEEP !== '') await keep()
} finally {
  await bed.stop()
  await cluster.stop()
}

async function keep(): Promise<void> {
  console.log(`
It runs until you press Ctrl-C. To continue in another terminal:

  export KUBECONFIG=${cluster.kubeconfig} PATH=${await ensureBinaries('controlplane')}:$PATH
  kubectl get secrets -A -l ecr-anywhere.centml.ai/managed=true
  npm run -s ecr-anywhere -- refresh --force
  curl ${bed.webhook().operationsUrl}/status
  curl -X PUT ${bed.emulator.url}/_emulator/faults -d '[{"fault": "throttling", "api": "ecr"}]'   # DELETE removes the faults`)
  await new Promise<void>(resolve => {
    // A signal handler does not keep Node running.
    const forever = setInterval(() => {}, 60_000)
    process.once('SIGINT', () => {
      clearInterval(forever)
      resolve()
    })
  })
}
