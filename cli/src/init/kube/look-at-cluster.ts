import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { refused } from '@ecr-anywhere/shared/kube/status.ts'
import * as z from 'zod'
import type { Cluster } from '../../cluster/cluster.ts'
import type { PlatformSigns } from '../detect-platform.ts'

const versionSchema = z.object({ gitVersion: z.string() })
const groupsSchema = z.object({ groups: z.array(z.object({ name: z.string() })) })
const configurationSchema = z.looseObject({ issuer: z.string(), jwks_uri: z.string() })
const keysSchema = z.looseObject({ keys: z.array(z.looseObject({ kid: z.string() })) })

/** The document that `kubectl get --raw /.well-known/openid-configuration` prints. */
export type IssuerConfiguration = z.output<typeof configurationSchema>

const discovery = '/.well-known/openid-configuration'

/** @throws Fault `transient` if the API server does not answer, or refuses */
export async function signsOf(cluster: Pick<Cluster, 'request' | 'server'>, issuer: string | undefined): Promise<PlatformSigns> {
  const [{ gitVersion }, { groups }] = await Promise.all([read(cluster, '/version', versionSchema), read(cluster, '/apis', groupsSchema)])
  return { version: gitVersion, groups: groups.map(({ name }) => name), issuer, server: cluster.server }
}

/**
 * The issuer of the cluster's service account tokens, as the API server describes it.
 *
 * @throws Fault `transient`, with the right that is needed if the user lacks it
 */
export async function issuerOf(cluster: Pick<Cluster, 'request'>): Promise<IssuerConfiguration> {
  return await read(cluster, discovery, configurationSchema, {
    wanted: `the right to get ${discovery}, which the ClusterRole system:service-account-issuer-discovery gives`,
    todo: `Let an administrator run \`kubectl get --raw ${discovery}\`.`,
  })
}

/** The public keys of the cluster's issuer. @throws Fault `transient` */
export async function keysOf(cluster: Pick<Cluster, 'request'>): Promise<z.output<typeof keysSchema>> {
  return await read(cluster, '/openid/v1/jwks', keysSchema, { accept: 'application/jwk-set+json' })
}

async function read<T>(
  { request }: Pick<Cluster, 'request'>,
  path: string,
  schema: z.ZodType<T>,
  { accept, ...ifRefused }: { accept?: string; wanted?: string; todo?: string } = {},
): Promise<T> {
  const answer = await request({ method: 'GET', path, ...(accept !== undefined && { accept }) })
  const parsed = schema.safeParse(answer.body)
  if (answer.status === 200 && parsed.success) return parsed.data
  const fault = refused(`reading ${path}`, answer)
  throw new Fault('transient', { ...fault.text, ...ifRefused })
}
