/** An alert that fires, with the labels that it has beside those of its rule. */
export interface Firing {
  alert: string
  labels: Record<string, string>
  /** What `$value` is; 0 if no text of the alert names it. */
  value?: number
  /** The Secrets that the alert names, as namespace/name. */
  first?: string[]
}

/** What Prometheus sees, and which alerts fire at which times. Every alert that a time does not name must be silent then. */
export interface Scenario {
  about: string
  /** One metric each, as scraped once a minute: promtool's notation, `start+step×times`, `_` for no sample, and `stale`. */
  series: Record<string, string>
  /** By time since the beginning, such as `70m`. */
  at: Record<string, Firing[]>
}

export const minute = 60
export const hour = 3_600
export const day = 86_400

/** A cluster of a fleet. */
export const of = (cluster: string) => ({ cluster, namespace: 'ecr' })

/** A series of one replica in a cluster. */
export function series(metric: string, labels: Record<string, string> = {}, cluster = 'a'): string {
  const all = { ...of(cluster), instance: '1', ...labels }
  const matchers = Object.entries(all).map(([name, value]) => `${name}="${value}"`)
  return `ecr_anywhere_${metric}{${matchers.join(', ')}}`
}

/** The webhook of cluster `a` is scraped the whole time. */
export const alive = { [series('build_info', { version: '1' })]: '1x2000' }
