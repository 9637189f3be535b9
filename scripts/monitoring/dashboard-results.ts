import { dashboardFile } from './dashboard-file.ts'
import type { Prometheus, Result } from './prometheus.ts'

/** A panel of the dashboard with what its queries gave. */
export interface PanelResult {
  title: string
  kind: string
  unit: string
  /** The colour from each value on, in ascending order. */
  steps: { value: number | null; color: string }[]
  /** Texts instead of values. */
  texts: Record<string, { text: string }>
  /** Of the 24 columns of a dashboard. */
  at: { x: number; y: number; w: number; h: number }
  queries: { expr: string; legend: string; results: Result[] }[]
}

/** Runs each query of the dashboard's JSON as Grafana would, with the value All in each variable. @throws if Prometheus refuses a query */
export async function dashboardResults(prometheus: Prometheus, seconds: number): Promise<PanelResult[]> {
  const { panels } = JSON.parse(dashboardFile()) as { panels: PanelJson[] }
  const found: PanelResult[] = []
  for (const { title, type, gridPos, targets = [], fieldConfig } of panels) {
    const queries = []
    for (const { expr, legendFormat, instant } of targets) {
      const filled = expr.replaceAll(/\$(cluster|namespace)\b/g, '.*').replaceAll('$__rate_interval', '10s')
      const results = instant ? await prometheus.instant(filled) : await prometheus.range(filled, seconds)
      queries.push({ expr: filled, legend: legendFormat, results })
    }
    const { unit, thresholds, mappings } = fieldConfig?.defaults ?? {}
    found.push({
      title,
      kind: type,
      unit: unit ?? '',
      steps: thresholds?.steps ?? [],
      texts: mappings?.[0]?.options ?? {},
      at: gridPos,
      queries,
    })
  }
  return found
}

interface PanelJson {
  title: string
  type: string
  gridPos: PanelResult['at']
  fieldConfig?: {
    defaults: { unit?: string; thresholds?: { steps: PanelResult['steps'] }; mappings?: { options: PanelResult['texts'] }[] }
  }
  targets?: { expr: string; legendFormat: string; instant?: boolean }[]
}
