/** The parts of a pod that a security context constraint reads and writes. */
export interface PodSpec {
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  securityContext?: SecurityContext & { fsGroup?: number }
  volumes?: ({ name: string } & Record<string, unknown>)[]
  containers: Container[]
  initContainers?: Container[]
  [field: string]: unknown
}

interface Container {
  name: string
  ports?: { hostPort?: number }[]
  securityContext?: SecurityContext
  [field: string]: unknown
}

interface SecurityContext {
  runAsUser?: number
  privileged?: boolean
  allowPrivilegeEscalation?: boolean
  capabilities?: { add?: string[]; drop?: string[] }
  seccompProfile?: { type: string }
  seLinuxOptions?: { level?: string }
  [field: string]: unknown
}

/** The annotations that OpenShift writes on each project, from which it chooses the ids of its pods. */
export const projectAnnotations = {
  'openshift.io/sa.scc.uid-range': '1000650000/10000',
  'openshift.io/sa.scc.supplemental-groups': '1000650000/10000',
  'openshift.io/sa.scc.mcs': 's0:c25,c20',
}

/** The constraint `restricted-v2` allows these volumes. */
const volumes = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'persistentVolumeClaim', 'projected', 'secret']

/**
 * Does what OpenShift's admission does with a pod under the constraint `restricted-v2`: it refuses what the constraint forbids, chooses the
 * user and the group from the ranges of the project, and drops all capabilities. No OpenShift runs here, so this is its documented behavior:
 * https://docs.openshift.com/container-platform/latest/authentication/managing-security-context-constraints.html
 *
 * @returns the pod as it is stored
 * @throws Error that lists each field that the constraint forbids
 */
export function restrictedV2(spec: PodSpec, annotations: Record<string, string> = projectAnnotations): PodSpec {
  const range = rangeOf(annotations['openshift.io/sa.scc.uid-range'])
  const problems = [...podProblems(spec, range), ...containersOf(spec).flatMap(container => containerProblems(container, range))]
  if (problems.length > 0) throw new Error(`unable to validate against any security context constraint: ${problems.join(', ')}`)
  const level = annotations['openshift.io/sa.scc.mcs'] ?? ''
  const fsGroup = rangeOf(annotations['openshift.io/sa.scc.supplemental-groups']).first
  const restrict = (container: Container) => restricted(container, spec.securityContext?.runAsUser ?? range.first)
  return {
    ...spec,
    securityContext: { seccompProfile: { type: 'RuntimeDefault' }, fsGroup, seLinuxOptions: { level }, ...spec.securityContext },
    containers: spec.containers.map(restrict),
    ...(spec.initContainers && { initContainers: spec.initContainers.map(restrict) }),
  }
}

interface Range {
  first: number
  last: number
}

/** Reads `<first>/<count>`. */
function rangeOf(text = ''): Range {
  const [first = Number.NaN, count = Number.NaN] = text.split('/').map(Number)
  return { first, last: first + count - 1 }
}

function restricted(container: Container, runAsUser: number): Container {
  const { securityContext = {} } = container
  const { capabilities } = securityContext
  return {
    ...container,
    securityContext: { runAsUser, allowPrivilegeEscalation: false, ...securityContext, capabilities: { ...capabilities, drop: ['ALL'] } },
  }
}

function podProblems({ hostNetwork, hostPID, hostIPC, volumes: given = [], securityContext = {} }: PodSpec, range: Range): string[] {
  const hosts = Object.entries({ hostNetwork, hostPID, hostIPC }).flatMap(([name, isSet]) => (isSet ? [name] : []))
  const kinds = given.flatMap(({ name, ...volume }) =>
    Object.keys(volume).flatMap(kind => (volumes.includes(kind) ? [] : [`volume ${name} of kind ${kind}`])),
  )
  return [...hosts, ...kinds, ...contextProblems('pod', securityContext, range)]
}

function containerProblems({ name, ports = [], securityContext = {} }: Container, range: Range): string[] {
  const hostPorts = ports.flatMap(({ hostPort }) => (hostPort === undefined ? [] : [`${name}: hostPort ${hostPort}`]))
  return [...hostPorts, ...contextProblems(name, securityContext, range)]
}

function contextProblems(of: string, context: SecurityContext & { fsGroup?: number }, { first, last }: Range): string[] {
  const { runAsUser, fsGroup, privileged, allowPrivilegeEscalation, capabilities, seccompProfile } = context
  const isOutside = (id: number | undefined) => id !== undefined && (id < first || id > last)
  const added = (capabilities?.add ?? []).filter(name => name !== 'NET_BIND_SERVICE')
  return [
    ...(isOutside(runAsUser) ? [`${of}: runAsUser ${runAsUser} must be in the range ${first} to ${last}`] : []),
    ...(isOutside(fsGroup) ? [`${of}: fsGroup ${fsGroup} must be in the range ${first} to ${last}`] : []),
    ...(privileged ? [`${of}: privileged`] : []),
    ...(allowPrivilegeEscalation ? [`${of}: allowPrivilegeEscalation`] : []),
    ...added.map(name => `${of}: capability ${name}`),
    ...(seccompProfile && seccompProfile.type !== 'RuntimeDefault' ? [`${of}: seccompProfile ${seccompProfile.type}`] : []),
  ]
}

function containersOf({ containers, initContainers = [] }: PodSpec): Container[] {
  return [...initContainers, ...containers]
}
