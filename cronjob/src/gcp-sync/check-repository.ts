import { Fault } from '@ecr-anywhere/shared/fault.ts'
import { isRegistryHost, parseRegistry, shownHost } from '@ecr-anywhere/shared/registry.ts'
import { repositoryPath, type Target } from './target.ts'

/** What decides whether a repository can have ECR credentials. */
export interface RepositoryKind {
  mode: string
  format: string
  /** The address of a custom upstream; undefined if the upstream is one of Google's presets, such as Docker Hub. */
  upstreamUri: string | undefined
}

/**
 * Checks that a password of the target's region is of use to the repository. A custom upstream that is not an ECR host is accepted, because
 * it may be a proxy of ECR.
 *
 * @throws Fault `input`
 */
export function checkRepository(target: Target, { mode, format, upstreamUri }: RepositoryKind): void {
  if (mode !== 'REMOTE_REPOSITORY') throw refused(target, `the mode ${mode}`, 'a repository of the mode REMOTE_REPOSITORY')
  if (format !== 'DOCKER') throw refused(target, `the format ${format}`, 'a repository of the format DOCKER')
  if (upstreamUri === undefined) throw refused(target, 'no custom upstream', 'a remote repository whose custom upstream is an ECR registry')
  const host = shownHost(upstreamUri)
  if (host === undefined || !isRegistryHost(host)) return
  const registry = parseRegistry(host)
  if (registry.kind === 'private' && registry.region === target.aws.region) return
  throw refused(
    target,
    `the upstream ${host}`,
    `a private ECR registry in ${target.aws.region}, because a password is valid in one region only`,
  )
}

function refused(target: Target, found: string, wanted: string): Fault {
  return new Fault('input', {
    found: `${found} of ${repositoryPath(target)}`,
    wanted,
    todo: 'Correct the target, or create another repository.',
  })
}
