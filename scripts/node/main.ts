import { ensureBinaries } from '../cluster/build.ts'
import { whyNoNode } from '../cluster/debian.ts'
import { interrupted } from '../cluster/interrupted.ts'
import { startNode } from '../cluster/node.ts'
import { productOn, releaseName, releaseNamespace } from '../e2e/product.ts'
import { byHand } from './by-hand.ts'
import { apps, tour } from './tour.ts'

/** `make node`: a whole node with the product installed and a private image pulled, which stays up until Ctrl-C. */
const unfit = await whyNoNode()
if (unfit !== undefined) {
  console.error(unfit)
  process.exit(2)
}
const bin = await ensureBinaries('helm')
const node = await startNode()
console.log(`A whole node is ready: API server, controllers, scheduler, kubelet, containerd. All that it has is in ${node.dir}.`)
try {
  const product = await productOn(node)
  await tour(product)
  const namespaces = { release: releaseNamespace, apps }
  const place = { kubeconfig: node.kubeconfig, netns: node.netns, bin, awsUrl: product.registry.url, namespaces, release: releaseName }
  const { enter, commands } = byHand(place)
  console.log(`\nIt stays up until Ctrl-C. To continue by hand, as root in another terminal:\n`)
  for (const line of enter) console.log(`  ${line}`)
  console.log('\nand in that shell, for example:\n')
  for (const line of commands) console.log(`  ${line}`)
  await interrupted()
} catch (error) {
  console.error(await node.diagnosis())
  throw error
} finally {
  await node.stop()
}
