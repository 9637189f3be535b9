import { groups } from './binaries.ts'
import { ensureBinaries } from './build.ts'
import { startControlPlane } from './control-plane.ts'
import { interrupted } from './interrupted.ts'
import { startNode } from './node.ts'

const usage = `usage: node scripts/cluster/main.ts build [${Object.keys(groups).join('|')}]   (by default all)
       node scripts/cluster/main.ts up     (a control plane, until Ctrl-C)
       node scripts/cluster/main.ts node   (a whole node, until Ctrl-C; root and Debian)`

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function main([command, group]: string[]): Promise<number> {
  const wanted = (['controlplane', 'node', 'helm'] as const).filter(name => group === undefined || name === group)
  if (command === 'build' && wanted.length > 0) {
    const dirs = new Set<string>()
    for (const name of wanted) dirs.add(await ensureBinaries(name))
    for (const dir of dirs) console.log(dir)
    return 0
  }
  if (command === 'up') return await up()
  if (command === 'node') return await node()
  console.error(usage)
  return 2
}

async function up(): Promise<number> {
  const cluster = await startControlPlane()
  console.log(`export KUBECONFIG=${cluster.kubeconfig}`)
  console.error(`${cluster.url} is ready. Press Ctrl-C to end it and to remove ${cluster.dir}`)
  await interrupted()
  await cluster.stop()
  return 0
}

async function node(): Promise<number> {
  const node = await startNode()
  console.log(`export KUBECONFIG=${node.kubeconfig}`)
  console.error(`Use it with: nsenter --net=/var/run/netns/${node.netns} kubectl …. Press Ctrl-C to end it and to remove ${node.dir}`)
  await interrupted()
  await node.stop()
  return 0
}
