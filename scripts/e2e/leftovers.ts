import { glob, readFile } from 'node:fs/promises'
import { basename } from 'node:path'

/** @returns what is left of a node: processes that name its directory or are in its network, mounts, cgroups, directory and network */
export async function leftOf({ dir, netns }: { dir: string; netns: string }): Promise<string[]> {
  const left: string[] = []
  for await (const file of glob('/proc/[0-9]*/cmdline')) {
    // A process that has exited in the meantime is not left.
    const command = (await readFile(file, 'utf8').catch(() => '')).replaceAll('\0', ' ')
    const place = await readFile(file.replace(/cmdline$/, 'cgroup'), 'utf8').catch(() => '')
    if (command.includes(dir) || command.includes(netns) || place.includes(netns)) left.push(command)
  }
  const mounts = (await readFile('/proc/mounts', 'utf8')).split('\n')
  left.push(...mounts.filter(line => line.includes(dir) || line.includes(netns)))
  for await (const path of glob([dir, `/run/netns/${netns}`, `/sys/fs/cgroup/**/${basename(netns)}*`])) left.push(path)
  return left
}
