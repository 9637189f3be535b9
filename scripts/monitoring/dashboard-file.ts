import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import {
  DashboardBuilder,
  DatasourceVariableBuilder,
  MappingType,
  QueryVariableBuilder,
  RowBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
} from '@grafana/grafana-foundation-sdk/dashboard'
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus'
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat'
import { PanelBuilder as TableBuilder } from '@grafana/grafana-foundation-sdk/table'
import { PanelBuilder as LinesBuilder } from '@grafana/grafana-foundation-sdk/timeseries'
import { admissionRow } from './panels/admission.ts'
import type { Panel, Query } from './panels/panel.ts'
import { secretsRow } from './panels/secrets.ts'
import { tokensRow } from './panels/tokens.ts'
import { webhookRow } from './panels/webhook.ts'

const datasource = { type: 'prometheus', uid: '$' + '{datasource}' }
/** The matchers of the variables. A label that metrics do not have matches `.*`, the value of All. */
export const selector = 'cluster=~"$cluster", namespace=~"$namespace"'
const heights = { stat: 4, lines: 8, table: 8 }

/** The dashboard in the JSON that Grafana imports. */
export function dashboardFile(): string {
  const dashboard = new DashboardBuilder('ECR Anywhere')
    .uid('ecr-anywhere')
    .description('Managed Secrets, refresh, admission and tokens. The alerts have their own runbook: docs/runbook.md.')
    .tags(['ecr-anywhere', 'generated'])
    .time({ from: 'now-6h', to: 'now' })
    .refresh('1m')
    .readonly()
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'))
    .withVariable(variable('cluster', 'label_values(ecr_anywhere_build_info, cluster)'))
    .withVariable(variable('namespace', 'label_values(ecr_anywhere_build_info{cluster=~"$cluster"}, namespace)'))
  // First what is wrong with Secrets, then why.
  for (const row of [secretsRow, admissionRow, tokensRow, webhookRow]) {
    dashboard.withRow(new RowBuilder(row.title))
    for (const panel of row.panels) dashboard.withPanel(panelOf(panel))
  }
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`
}

function variable(name: string, query: string): QueryVariableBuilder {
  return new QueryVariableBuilder(name)
    .datasource(datasource)
    .query(query)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .includeAll(true)
    .allValue('.*')
    .multi(true)
    .current({ text: 'All', value: '$__all' })
}

function panelOf({ title, description, kind, unit, width, height, badAt, isGoodAbove = false, texts, queries }: Panel) {
  const builder = { stat: () => new StatBuilder(), lines: () => new LinesBuilder().min(0), table: () => new TableBuilder() }[kind]()
  const panel = builder
    .title(title)
    .description(description)
    .datasource(datasource)
    .unit(unit)
    .span(width)
    .height(height ?? heights[kind])
    .targets(queries.map((query, at) => targetOf(query, { kind, refId: String.fromCharCode('A'.charCodeAt(0) + at) })))
  if (texts !== undefined) panel.mappings([{ type: MappingType.ValueToText, options: mapValues(texts) }])
  return badAt === undefined ? panel : panel.thresholds(thresholdsOf(badAt, isGoodAbove))
}

function mapValues(texts: Record<string, string>) {
  return Object.fromEntries(Object.entries(texts).map(([value, text]) => [value, { text }]))
}

function targetOf({ expr, legend }: Query, { kind, refId }: { kind: Panel['kind']; refId: string }): Builder<Dataquery> {
  const query = new DataqueryBuilder().refId(refId).datasource(datasource).expr(expr.replaceAll('$selector', selector)).legendFormat(legend)
  if (kind === 'lines') return query.range()
  return kind === 'table' ? query.instant().format(PromQueryFormat.Table) : query.instant()
}

function thresholdsOf(badAt: number, isGoodAbove: boolean): ThresholdsConfigBuilder {
  const [below, above] = isGoodAbove ? ['red', 'green'] : ['green', 'red']
  // Grafana's own files express minus infinity, the first step, as null.
  const steps = [
    { value: null, color: below },
    { value: badAt, color: above },
  ] as Threshold[]
  return new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps)
}
