import { must } from './run.ts'

// Version 2 is one hierarchy, where controllers are handed down; version 1 one for each controller, where a new cpuset has no processors.
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

/** Makes a cgroup of this name in every hierarchy: a kubelet's root, for of two kubelets in one each ends the other's pods as strangers. */
export async function addCgroup(name: string): Promise<void> {
  await must('sh', ['-e', '-c', add, name])
}

/** Shell that removes it, with all that was made in it; succeeds once no process is left there. */
export function removeCgroup(name: string): string {
  const all = `find /sys/fs/cgroup -depth -type d -path '*/${name}*'`
  return `${all} -exec rmdir {} + 2>/dev/null; [ -z "$(${all} 2>/dev/null)" ]`
}
