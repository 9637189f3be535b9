import type { Command } from './core.ts'
import { must } from './run.ts'

/** The node's own address: every node has a network of its own, so every one has the same. */
export const nodeIp = '10.200.0.1'

/** A command as it is run inside a network namespace. `ip netns exec` would remount /sys and so hide the cgroups from the kubelet. */
export function inNetns(name: string, command: Command): Command {
  return ['nsenter', `--net=/var/run/netns/${name}`, '--', ...command]
}

// The bridge only holds the address: not every kernel has devices of type dummy. Programs want a default route; this one leads nowhere.
const network = `link set lo up
link add node0 type bridge
addr add ${nodeIp}/24 dev node0
link set node0 up
route add default via 10.200.0.254 dev node0
`

/** Makes a network namespace that reaches nothing outside, in which this machine is at `nodeIp` and forwards what pods send. */
export async function addNetns(name: string): Promise<void> {
  await must('ip', ['netns', 'add', name])
  await must('ip', ['-netns', name, '-batch', '-'], { input: network })
  const [file, ...args] = inNetns(name, ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'])
  await must(file, args)
}

/** Shell that ends what still runs in it, and removes it. */
export function removeNetns(name: string): string {
  return `for pid in $(ip netns pids ${name} 2>/dev/null); do kill -9 $pid 2>/dev/null; done
[ ! -e /var/run/netns/${name} ] || ip netns delete ${name}`
}
