import { join } from 'node:path'
import { frontProxyName } from './pki.ts'

/** The address of the API server inside the cluster, which is the first of the Service range. */
export const kubernetesServiceIp = '10.96.0.1'
const serviceRange = '10.96.0.0/16'

export interface EtcdPlace {
  dir: string
  clientPort: number
  peerPort: number
}

/** Flags of an etcd on loopback with temporary data. */
export function etcdFlags({ dir, clientPort, peerPort }: EtcdPlace): string[] {
  const client = `http://127.0.0.1:${clientPort}`
  const peer = `http://127.0.0.1:${peerPort}`
  return [
    `--data-dir=${join(dir, 'etcd')}`,
    // The maximum of etcd, because a bench stores a gigabyte of Secrets with ten versions of each.
    '--quota-backend-bytes=8589934592',
    '--unsafe-no-fsync',
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ]
}

export interface ApiServerPlace {
  dir: string
  pkiDir: string
  etcdPort: number
  port: number
  /** the address at which it listens */
  address: string
}

/** Flags of a kube-apiserver with RBAC and its default admission plugins. The last of several equal flags is used. */
export function apiServerFlags({ dir, pkiDir, etcdPort, port, address }: ApiServerPlace): string[] {
  const pki = (name: string) => join(pkiDir, name)
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${port}`,
    // An endpoint cannot have a loopback address. Without this flag the server repeatedly logs that it cannot write one.
    '--endpoint-reconciler-type=none',
    `--cert-dir=${dir}`,
    `--tls-cert-file=${pki('apiserver.crt')}`,
    `--tls-private-key-file=${pki('apiserver.key')}`,
    `--client-ca-file=${pki('ca.crt')}`,
    `--service-cluster-ip-range=${serviceRange}`,
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${pki('sa.pub')}`,
    `--service-account-signing-key-file=${pki('sa.key')}`,
    // The aggregation layer, as kubeadm sets it up.
    `--requestheader-client-ca-file=${pki('front-proxy-ca.crt')}`,
    `--requestheader-allowed-names=${frontProxyName}`,
    '--requestheader-username-headers=X-Remote-User',
    '--requestheader-group-headers=X-Remote-Group',
    '--requestheader-extra-headers-prefix=X-Remote-Extra-',
    `--proxy-client-cert-file=${pki('front-proxy.crt')}`,
    `--proxy-client-key-file=${pki('front-proxy.key')}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    // Priority and fairness divides their sum (by default 600) among levels. A bench must measure the webhook, not the queues.
    '--max-requests-inflight=4000',
    '--max-mutating-requests-inflight=2000',
  ]
}

/** Flags with which the API server writes the metadata of each request to `logFile` before it answers, one JSON line each. */
export function auditFlags({ policyFile, logFile }: { policyFile: string; logFile: string }): string[] {
  return [`--audit-policy-file=${policyFile}`, `--audit-log-path=${logFile}`, '--audit-log-mode=blocking']
}

/** Only metadata, because bodies would put Secrets into the log. */
export const auditPolicy = JSON.stringify({
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata' }],
})

/** Flags of a kube-controller-manager that does not listen. */
export function controllerManagerFlags({ kubeconfig, pkiDir }: { kubeconfig: string; pkiDir: string }): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    '--secure-port=0',
    '--leader-elect=false',
    `--root-ca-file=${join(pkiDir, 'ca.crt')}`,
    `--service-account-private-key-file=${join(pkiDir, 'sa.key')}`,
    '--use-service-account-credentials=true',
    // A suite deletes a namespace for each file. With the default of 20 requests a second, tests would wait for deletions.
    '--kube-api-qps=500',
    '--kube-api-burst=1000',
  ]
}

/** Flags of an API server with a node, after those of `apiServerFlags`: it writes its own endpoint and calls endpoints of Services. */
export const nodeApiServerFlags = [
  '--endpoint-reconciler-type=lease',
  '--enable-aggregator-routing=true',
  '--kubelet-preferred-address-types=InternalIP',
]

/** Flags of a kube-scheduler that does not listen. */
export function schedulerFlags(kubeconfig: string): string[] {
  return [`--kubeconfig=${kubeconfig}`, '--secure-port=0', '--leader-elect=false']
}
