import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { labels } from '@ecr-anywhere/shared/names.ts'
import type { Test } from 'tap'
import type { Role } from '../aws/principals.ts'
import { ensureBinaries } from '../cluster/build.ts'
import { inNetns } from '../cluster/netns.ts'
import { type Node, startNode } from '../cluster/node.ts'
import { type Registry, startRegistry } from '../cluster/registry.ts'
import type { Outcome } from '../cluster/run.ts'
import { imageRegistry, imageRepository } from '../image/image.ts'
import { region } from '../testbed/emulator-env.ts'
import { imageArchive } from '../testbed/image-archive.ts'
import { manifests } from '../testbed/manifest.ts'
import { must, ownRegistry, user } from '../testbed/testbed.ts'

export const chart = resolve(import.meta.dirname, '../../deploy/chart')
export const releaseName = 'pull'
export const releaseNamespace = 'ecr-release'
export const installArgs = [releaseName, chart, '--wait', '--rollback-on-failure']
export const webhookPods = 'app.kubernetes.io/component=webhook'
/** A schedule that does not occur during a test. */
export const never = '0 0 29 2 *'

export type Values = Record<string, unknown>

/** A node with the image of the product, and with AWS in its network. */
export interface Product {
  node: Node
  registry: Registry
  /** any exit code is an outcome */
  helm: (args: string[], values?: Values) => Promise<Outcome>
  /** installs as the README describes, with `--wait --rollback-on-failure` */
  install: (values: Values) => Promise<Outcome>
  /** starts Helm without waiting for it */
  startHelm: (args: string[], values?: Values) => ChildProcessWithoutNullStreams
  upgrade: (values: Values, ...flags: string[]) => Promise<Outcome>
  /** runs kubectl, which must succeed. @returns its stdout */
  kubectl: (...args: string[]) => Promise<string>
  /** applies an object; any outcome is possible, such as a conflict or a denial */
  apply: (...objects: object[]) => Promise<Outcome>
  /** creates a namespace with this value of the label, or without the label if it is undefined */
  namespace: (name: string, value?: string) => Promise<void>
}

/** What AWS has in addition to the keys of the product, three roles and one registry. */
export interface MoreOfAws {
  roles?: Role[]
  /** The hosts of registries. */
  hosts?: string[]
}

/** Starts a node with everything that the product needs. If a test fails, the diagnosis of the cluster is printed. */
export async function startProduct(t: Test, more?: MoreOfAws): Promise<Product> {
  const node = await startNode()
  t.teardown(async () => {
    if (!t.passing()) console.error(await diagnosis(node))
    await node.stop()
  })
  return await productOn(node, more)
}

/** Builds and imports the image, and starts AWS in the network of the node, with keys for the product in a Secret. */
export async function productOn(node: Node, { roles: moreRoles = [], hosts = [] }: MoreOfAws = {}): Promise<Product> {
  const helmFile = `${await ensureBinaries('helm')}/helm`
  await node.importImage(await imageArchive())
  const roles = ['a', 'b', 'c'].map(name => ({ arn: `arn:aws:iam::123456789012:role/pull-${name}` }))
  const registry = await startRegistry(node, {
    principals: { users: [user], roles: [...roles, ...moreRoles] },
    hosts: [ownRegistry, ...hosts],
  })
  const kubectl = (...args: string[]) => must(node.kubectl(...args))
  await kubectl('create', 'namespace', releaseNamespace)
  const keys = { AWS_ACCESS_KEY_ID: user.accessKeyId, AWS_SECRET_ACCESS_KEY: user.secretAccessKey }
  const literals = Object.entries(keys).map(([key, value]) => `--from-literal=${key}=${value}`)
  await kubectl('create', 'secret', 'generic', 'aws-keys', '-n', releaseNamespace, ...literals)

  const env = { PATH: process.env.PATH, HOME: node.dir, KUBECONFIG: node.kubeconfig }
  const given = (args: string[], values?: Values) => ({
    args: [...args, '--namespace', releaseNamespace, ...(values === undefined ? [] : ['--values', '-'])],
    input: values === undefined ? '' : JSON.stringify(values),
  })
  const helm = (words: string[], values?: Values) => {
    const { args, input } = given(words, values)
    return node.exec(helmFile, args, { env, input })
  }
  return {
    node,
    registry,
    helm,
    install: values => helm(['install', ...installArgs], values),
    startHelm: (words, values) => {
      const { args, input } = given(words, values)
      const [file, ...rest] = inNetns(node.netns, [helmFile, ...args])
      const child = spawn(file, rest, { env })
      child.stdin.end(input)
      return child
    },
    upgrade: (values, ...flags) => helm(['upgrade', releaseName, chart, '--wait', ...flags], values),
    kubectl,
    apply: (...objects) => node.kubectl('apply', '-f', '-', manifests(...objects)),
    namespace: async (name, value) => {
      const metadata = { name, labels: value === undefined ? {} : { [labels.namespace]: value } }
      await must(node.kubectl('apply', '-f', '-', manifests({ apiVersion: 'v1', kind: 'Namespace', metadata })))
    },
  }
}

/** The minimal values of these tests: the address of AWS, a Secret with its keys, and no schedules unless a test sets them. */
export function valuesFor({ registry }: Pick<Product, 'registry'>, more: Values = {}): Values {
  return {
    image: { registry: imageRegistry, repository: imageRepository },
    aws: { region, existingSecret: { name: 'aws-keys' } },
    env: [{ name: 'AWS_ENDPOINT_URL', value: registry.url }],
    refresh: { schedule: never },
    certs: { schedule: never },
    ...more,
  }
}

async function diagnosis(node: Node): Promise<string> {
  const logs = await node.kubectl('logs', '-n', releaseNamespace, '-l', 'app.kubernetes.io/name=ecr-anywhere', '--prefix', '--tail=40')
  const emulator = await readFile(`${node.dir}/aws.log`, 'utf8')
  return `${await node.diagnosis()}\n--- logs of the product's pods\n${logs.stdout}${logs.stderr}\n--- emulator\n${emulator.slice(-2000)}`
}
