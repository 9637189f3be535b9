/** The destination of a release. */
export interface Destination {
  /** the host of the registry with its port: `registry.example:5000` */
  host: string
  /** the repository in the registry: `team/ecr-anywhere` */
  repository: string
  /** `registry.example/team/ecr-anywhere` */
  image: string
  /** `registry.example/team/charts`, to which Helm adds the name of the chart */
  charts: string
  /** true for a registry on this machine, which has no certificate */
  isPlainHttp: boolean
}

const name = 'ecr-anywhere'
const host = /^(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+|\[[0-9a-f:]+\])(?::\d+)?$|^[a-z0-9-]+:\d+$/
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
const part = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/

/** Reads REGISTRY: `host/path`. @throws with what was found, what is expected and what to do */
export function parseDestination(registry: string | undefined): Destination {
  const [first = '', ...path] = (registry ?? '').replace(/\/+$/, '').split('/')
  if (!host.test(first) || path.length === 0 || !path.every(one => part.test(one)))
    throw new Error(
      `found ${registry ? `REGISTRY=${withoutUser(registry)}` : 'no REGISTRY'}; wanted the host of a registry and a path in it, in lower case and without a scheme or a tag. Run, for example, \`make release REGISTRY=registry.example/team\`.`,
    )
  const folder = path.join('/')
  return {
    host: first,
    repository: `${folder}/${name}`,
    image: `${first}/${folder}/${name}`,
    charts: `${first}/${folder}/charts`,
    isPlainHttp: loopback.test(first),
  }
}

/** Removes the text before an `@`, which may be a password. */
function withoutUser(text: string): string {
  return text.includes('@') ? `…@${text.split('@').at(-1)}` : text
}
