import type { Node } from '../cluster/node.ts'
import { apiServerGroup } from '../cluster/node.ts'
import { podRange } from '../cluster/node-files.ts'
import { must } from '../testbed/testbed.ts'

export interface Firewall {
  /** The connections that the API server opened to pods since the firewall was set up. */
  connections: () => Promise<{ allowed: number; refused: number }>
}

const table = 'inet ecr-anywhere-control-plane'

/**
 * Lets the API server open connections to only one port of pods, as the firewalls of managed clusters do. It applies in the network of the node,
 * and ends with it. Connections of kubelet, which probes other ports, and answers of the API server to pods are not affected.
 */
export async function allowOnly({ exec }: Pick<Node, 'exec'>, port: number): Promise<Firewall> {
  const rules = `table ${table} {
  counter allowed {}
  counter refused {}
  chain output {
    type filter hook output priority filter; policy accept;
    meta skgid != ${apiServerGroup} accept
    ip daddr != ${podRange} accept
    ct state != new accept
    tcp dport ${port} counter name allowed accept
    counter name refused reject
  }
}
`
  await must(exec('nft', ['--file', '-'], { input: rules }))
  const packets = async (counter: string) => {
    const listed = JSON.parse(await must(exec('nft', ['--json', 'list', 'counter', ...table.split(' '), counter])))
    return listed.nftables.at(-1).counter.packets as number
  }
  return { connections: async () => ({ allowed: await packets('allowed'), refused: await packets('refused') }) }
}
