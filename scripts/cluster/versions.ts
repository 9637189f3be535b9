/** What is built and run. `kubernetes`'s own go.mod names an etcd too; ours wins. */
export const versions = {
  kubernetes: '1.36.3',
  etcd: '3.6.8',
  containerd: '2.4.2',
  helm: '4.3.1',
} as const
