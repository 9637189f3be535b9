import type { ListForm } from '@ecr-anywhere/shared/kube/list.ts'
import * as z from 'zod'
import type { Cluster } from '../cluster/cluster.ts'
import { isForbidden } from '../cluster/denied.ts'
import type { Platform } from './platforms.ts'
import type { WantedPlatforms } from './registry-checks.ts'

const node = z
  .object({ status: z.object({ nodeInfo: z.object({ operatingSystem: z.string(), architecture: z.string() }).optional() }).prefault({}) })
  .transform(({ status: { nodeInfo } }): Platform[] =>
    nodeInfo === undefined ? [] : [`${nodeInfo.operatingSystem}/${nodeInfo.architecture}`],
  )

const form: ListForm<Platform[]> = { item: node, metadataOnly: false }
const nodes = { apiVersion: 'v1', kind: 'Node' }

/**
 * The platform of a node, or those of all nodes if none is given.
 *
 * @returns undefined if the user may not read nodes, or if there are none
 */
export async function wantedPlatforms(
  { get, list }: Pick<Cluster, 'get' | 'list'>,
  name: string | undefined,
): Promise<WantedPlatforms | undefined> {
  try {
    const found = name === undefined ? (await list(nodes, form)).flat() : await get({ ...nodes, name }, node)
    const platforms = [...new Set(found ?? [])]
    return platforms.length === 0 ? undefined : { platforms, from: name === undefined ? 'this cluster with its nodes' : `the node ${name}` }
  } catch (error) {
    if (isForbidden(error)) return undefined
    throw error
  }
}
