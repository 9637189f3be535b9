import { isRegistryHost, parseRegistry } from '@ecr-anywhere/shared/registry.ts'
import { parseTime } from '@ecr-anywhere/shared/time.ts'
import type { Colour } from '../terminal/paint.ts'
import type { Screen } from '../terminal/screen.ts'
import { shortTime } from '../terminal/short-time.ts'
import { type Cell, type Column, table } from '../terminal/table.ts'
import type { SecretStatus } from './cluster-status.ts'
import { leftMs, type State } from './managed-secret.ts'
import { tenantText } from './summary.ts'
import { needsAttention } from './verdict.ts'

export interface TableOptions {
  wide: boolean
  /** Whether there are several clusters. */
  withContext: boolean
  nowMs: number
  screen: Screen
}

const colours: Record<State, Colour> = { NeverInjected: 'red', Expired: 'red', Conflict: 'red', Due: 'yellow', Fresh: 'green' }

interface Field extends Column {
  cell: (secret: SecretStatus, nowMs: number) => Cell
  shown: (options: Pick<TableOptions, 'wide' | 'withContext'> & { withUsage: boolean }) => boolean
}

const always = () => true
const fields: readonly Field[] = [
  { title: 'CONTEXT', min: 8, cell: ({ context }) => context, shown: ({ withContext }) => withContext },
  { title: 'NAMESPACE', min: 9, cell: ({ namespace }) => namespace, shown: always },
  { title: 'NAME', min: 8, cell: ({ name }) => name, shown: always },
  { title: 'TENANT', min: 6, cell: tenantText, shown: ({ wide }) => wide },
  { title: 'STATE', cell: stateCell, shown: always },
  { title: 'EXPIRES', cell: expiresCell, shown: always },
  { title: 'UPDATED', cell: updatedCell, shown: always },
  { title: 'REGISTRIES', min: 12, cell: ({ registries }) => shortRegistries(registries), shown: ({ wide }) => !wide },
  { title: 'REGISTRIES', min: 12, cell: ({ registries }) => registries.join(',') || '-', shown: ({ wide }) => wide },
  { title: 'USED BY', min: 7, cell: usedByCell, shown: ({ wide, withUsage }) => !wide && withUsage },
  { title: 'PODS', min: 12, cell: ({ usedBy }) => namesText(usedBy?.pods), shown: ({ wide, withUsage }) => wide && withUsage },
  {
    title: 'SERVICEACCOUNTS',
    min: 15,
    cell: ({ usedBy }) => namesText(usedBy?.serviceAccounts),
    shown: ({ wide, withUsage }) => wide && withUsage,
  },
]

/** The table of managed Secrets, one line for each. */
export function secretTable(secrets: readonly SecretStatus[], { wide, withContext, nowMs, screen }: TableOptions): string[] {
  const withUsage = secrets.some(({ usedBy }) => usedBy !== undefined)
  const columns = fields.filter(({ shown }) => shown({ wide, withContext, withUsage }))
  return table(
    columns,
    secrets.map(secret => columns.map(({ cell }) => cell(secret, nowMs))),
    screen,
  )
}

function stateCell(secret: SecretStatus): Cell {
  return { text: secret.state, colour: needsAttention(secret) ? 'red' : colours[secret.state] }
}

function expiresCell(secret: SecretStatus, nowMs: number): string {
  const left = leftMs(secret, nowMs)
  if (left === undefined) return '-'
  return left > 0 ? `in ${shortTime(left)}` : `${shortTime(-left)} ago`
}

function updatedCell({ updatedAt }: SecretStatus, nowMs: number): string {
  const atMs = parseTime(updatedAt)
  return atMs === undefined ? '-' : `${shortTime(nowMs - atMs)} ago`
}

/** `123456789012/us-east-1 +2` instead of three hosts. */
function shortRegistries(hosts: readonly string[]): string {
  const [first, ...others] = hosts
  if (first === undefined) return '-'
  return `${shortRegistry(first)}${others.length === 0 ? '' : ` +${others.length}`}`
}

function shortRegistry(host: string): string {
  if (!isRegistryHost(host)) return host
  const registry = parseRegistry(host)
  return registry.kind === 'public' ? host : `${registry.account}/${registry.region}`
}

function usedByCell({ usedBy }: SecretStatus): string {
  const { pods = [], serviceAccounts = [] } = usedBy ?? {}
  const parts = [counted(pods.length, 'pod'), counted(serviceAccounts.length, 'account')]
  return parts.filter(part => part !== undefined).join(', ') || 'nobody'
}

function counted(count: number, noun: string): string | undefined {
  return count === 0 ? undefined : `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** A line with more names cannot be read. `-o json` names all. */
const maxNames = 3

function namesText(names: readonly string[] | undefined): string {
  if (names === undefined || names.length === 0) return '-'
  const more = names.length - maxNames
  return `${names.slice(0, maxNames).join(',')}${more > 0 ? ` +${more}` : ''}`
}
