import type { Command } from './core.ts'
import { must } from './run.ts'

/** The address of the node. Each node has its own network, so all nodes have the same address. */
export const nodeIp = '10.200.0.1'

/** Changes a command so that it runs in a network namespace. `ip netns exec` would remount /sys and thus hide cgroups from the kubelet. */
export function inNetns(name: string, command: Command): Command {
  return ['nsenter', `--net=/var/run/netns/${name}`, '--', ...command]
}

// The bridge only has the address, because not every kernel has dummy devices. Programs need a default route, which leads nowhere.
const network = `link set lo up
link add node0 type bridge
addr add ${nodeIp}/24 dev node0
link set node0 up
route add default via 10.200.0.254 dev node0
`

/** Creates a network namespace without access to other networks. This machine has `nodeIp` in it and forwards packets of pods. */
export async function addNetns(name: string): Promise<void> {
  await must('ip', ['netns', 'add', name])
  await must('ip', ['-netns', name, '-batch', '-'], { input: network })
  const [file, ...args] = inNetns(name, ['sh', '-c', 'echo 1 > /proc/sys/net/ipv4/ip_forward'])
  await must(file, args)
}

/** A shell command that ends all processes in the namespace and removes it. */
export function removeNetns(name: string): string {
  return `for pid in $(ip netns pids ${name} 2>/dev/null); do kill -9 $pid 2>/dev/null; done
[ ! -e /var/run/netns/${name} ] || ip netns delete ${name}`
}
