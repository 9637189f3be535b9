/** A query of a panel, in PromQL. `$selector` is replaced by the matchers of the variables `cluster` and `namespace`. */
export interface Query {
  expr: string
  /** With the labels of a series in double braces. */
  legend: string
}

export interface Panel {
  title: string
  description: string
  kind: 'stat' | 'lines' | 'table'
  /** A unit of Grafana: `s`, `short`, `bytes`, `reqps`, `bool_on_off`. */
  unit: string
  /** Of the 24 columns of a dashboard. */
  width: number
  /** Value from which on it is red, or, if `isGoodAbove` is true, below which it is red. */
  badAt?: number
  isGoodAbove?: boolean
  /** Texts instead of values. */
  texts?: Record<string, string>
  /** In rows of 30 pixels, if it is not the usual one of its kind. */
  height?: number
  queries: Query[]
}

export interface Row {
  title: string
  panels: Panel[]
}

export const of = 'by (cluster, namespace)'
/** All replicas serve the same report. */
export const latest = (metric: string, labels = '') => `max by (cluster, namespace${labels && `, ${labels}`}) (${metric}{$selector})`
export const perReplica = (metric: string) =>
  `${metric}{$selector} and on (cluster, namespace, instance) ecr_anywhere_build_info{$selector}`
export const rate = (metric: string, labels: string) => `sum by (${labels}) (rate(${metric}{$selector}[$__rate_interval]))`
export const left = (expr: string) => `${expr} - time()`
export const hours = 3600
