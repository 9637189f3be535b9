import { must } from './run.ts'

// Version 2 has one hierarchy in which controllers are delegated. Version 1 has one for each, and a new cpuset has no processors.
const add = `
cd /sys/fs/cgroup
if [ -e cgroup.controllers ]; then
  mkdir "$0"
  for controller in $(cat cgroup.controllers); do echo "+$controller" > cgroup.subtree_control; done
  exit
fi
for hierarchy in */; do
  mkdir "$hierarchy$0"
  for file in cpuset.cpus cpuset.mems; do [ ! -e "$hierarchy$file" ] || cat "$hierarchy$file" > "$hierarchy$0/$file"; done
done`

/** Creates a cgroup of this name in every hierarchy as the root of a kubelet. Two kubelets with the same root end each other's pods. */
export async function addCgroup(name: string): Promise<void> {
  await must('sh', ['-e', '-c', add, name])
}

/** A shell command that removes the cgroup and its children. It succeeds when no process is left in it. */
export function removeCgroup(name: string): string {
  const all = `find /sys/fs/cgroup -depth -type d -path '*/${name}*'`
  return `${all} -exec rmdir {} + 2>/dev/null; [ -z "$(${all} 2>/dev/null)" ]`
}
