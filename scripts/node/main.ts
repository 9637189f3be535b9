import { ensureBinaries } from '../cluster/build.ts'
import { whyNoNode } from '../cluster/debian.ts'
import { interrupted } from '../cluster/interrupted.ts'
import { startNode } from '../cluster/node.ts'
import { productOn, releaseName, releaseNamespace } from '../e2e/product.ts'
import { byHand } from './by-hand.ts'
import { apps, tour } from './tour.ts'

/** `make node`: starts a complete node, installs the product, pulls a private image, and runs until Ctrl-C. */
const unfit = await whyNoNode()
if (unfit !== undefined) {
  console.error(unfit)
  process.exit(2)
}
const bin = await ensureBinaries('helm')
const node = await startNode()
console.log(`A complete node is ready, with API server, controllers, scheduler, kubelet and containerd. Its files are in ${node.dir}.`)
try {
  const product = await productOn(node)
  await tour(product)
  const namespaces = { release: releaseNamespace, apps }
  const place = { kubeconfig: node.kubeconfig, netns: node.netns, bin, awsUrl: product.registry.url, namespaces, release: releaseName }
  const { enter, commands } = byHand(place)
  console.log(`\nIt runs until you press Ctrl-C. To continue as root in another terminal:\n`)
  for (const line of enter) console.log(`  ${line}`)
  console.log('\nIn that shell, you can run for example:\n')
  for (const line of commands) console.log(`  ${line}`)
  await interrupted()
} catch (error) {
  console.error(await node.diagnosis())
  throw error
} finally {
  await node.stop()
}
