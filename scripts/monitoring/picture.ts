import { formatDuration } from '@ecr-anywhere/shared/duration.ts'
import type { PanelResult } from './dashboard-results.ts'
import type { Result } from './prometheus.ts'

const width = 1240
const unitWidth = width / 24
const unitHeight = 30
const gap = 4
const rowHeight = 15
/** What has room below the lines of a panel. */
const maxLegends = 6
const green = '#73bf69'
const red = '#f2495c'
const colours = ['#73bf69', '#f2cc0c', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#8ab8ff', '#ffa6b0', '#96d98d', '#ffee52']

/** The dashboard as an SVG image, drawn from what Prometheus answered. It looks as in Grafana, but is simpler. */
export function picture(panels: readonly PanelResult[]): string {
  const height = Math.max(...panels.map(({ at }) => at.y + at.h)) * unitHeight
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Helvetica, Arial, sans-serif" font-size="11">`,
    `<rect width="${width}" height="${height}" fill="#111217"/>`,
    ...panels.map(panel => (panel.kind === 'row' ? row(panel) : framed(panel))),
    '</svg>',
    '',
  ].join('\n')
}

/** The area of a panel, in pixels. */
interface Box {
  x: number
  y: number
  w: number
  h: number
}

interface Line extends Result {
  name: string
}

function boxOf({ at }: PanelResult): Box {
  return { x: at.x * unitWidth + gap, y: at.y * unitHeight + gap, w: at.w * unitWidth - 2 * gap, h: at.h * unitHeight - 2 * gap }
}

function row(panel: PanelResult): string {
  const { x, y } = boxOf(panel)
  return text(panel.title, { x: x + 4, y: y + 16, fill: '#ccccdc', size: 14 })
}

function framed(panel: PanelResult): string {
  const box = boxOf(panel)
  const lines = panel.queries.flatMap(({ legend, results }) => results.map(result => ({ ...result, name: nameOf(legend, result) })))
  const content =
    panel.kind === 'stat' ? stat(lines, panel, box) : panel.kind === 'table' ? table(lines, panel, box) : chart(lines, panel, box)
  return [
    `<rect x="${round(box.x)}" y="${round(box.y)}" width="${round(box.w)}" height="${round(box.h)}" rx="2" fill="#181b1f" stroke="#2c3235"/>`,
    text(panel.title, { x: box.x + 8, y: box.y + 16, fill: '#ccccdc', size: 12 }),
    ...content,
  ].join('\n')
}

function stat(lines: Line[], { unit, steps, texts }: PanelResult, { x, y, w, h }: Box): string[] {
  const value = lines[0]?.samples.at(-1)?.[1] ?? Number.NaN
  const isRed = steps.findLast(step => value >= (step.value ?? Number.NEGATIVE_INFINITY))?.color === 'red'
  const content = texts[String(value)]?.text ?? shown(value, unit)
  return [text(content, { x: x + w / 2, y: y + h / 2 + 18, fill: isRed ? red : green, size: 26, anchor: 'middle' })]
}

function table(lines: Line[], { unit }: PanelResult, { x, y, w, h }: Box): string[] {
  const room = Math.floor((h - 30) / rowHeight)
  return lines.slice(0, room).flatMap(({ name, samples }, at) => {
    const top = y + 36 + at * rowHeight
    const value = samples.at(-1)?.[1] ?? Number.NaN
    return [
      text(name, { x: x + 10, y: top, fill: '#ccccdc' }),
      text(shown(value, unit), { x: x + w - 10, y: top, fill: value < 0 ? red : green, anchor: 'end' }),
    ]
  })
}

function chart(lines: Line[], { unit }: PanelResult, { x, y, w, h }: Box): string[] {
  const legends = Math.min(lines.length, maxLegends)
  const plot = { x: x + 56, y: y + 28, w: w - 68, h: h - 44 - Math.ceil(legends / 2) * rowHeight }
  const points = lines.flatMap(({ samples }) => samples).filter(([, value]) => Number.isFinite(value))
  const times = points.map(([seconds]) => seconds)
  const [from, until] = [Math.min(...times), Math.max(...times)]
  const top = Math.max(...points.map(([, value]) => value), 0) * 1.1 || 1
  const place = ([seconds, value]: [number, number]) =>
    `${round(plot.x + ((seconds - from) / Math.max(until - from, 1)) * plot.w)},${round(plot.y + plot.h - (Math.max(value, 0) / top) * plot.h)}`
  const grid = [0, 0.5, 1].flatMap(part => {
    const at = round(plot.y + plot.h * (1 - part))
    return [
      `<line x1="${round(plot.x)}" x2="${round(plot.x + plot.w)}" y1="${at}" y2="${at}" stroke="#2c3235"/>`,
      text(shown(top * part, unit), { x: plot.x - 6, y: at + 4, fill: '#8e8e93', size: 9, anchor: 'end' }),
    ]
  })
  const drawn = lines.map(({ samples }, at) => {
    const path = samples.filter(([, value]) => Number.isFinite(value)).map(place)
    return `<polyline points="${path.join(' ')}" fill="none" stroke="${colourOf(at)}" stroke-width="1.5"/>`
  })
  const named = lines.slice(0, maxLegends).map(({ name }, at) => {
    const left = plot.x - 40 + (at % 2) * (w / 2)
    const base = plot.y + plot.h + 16 + Math.floor(at / 2) * rowHeight
    const label = at === maxLegends - 1 && lines.length > maxLegends ? `… and ${lines.length - maxLegends + 1} more` : name
    return `<rect x="${round(left - 12)}" y="${round(base - 7)}" width="8" height="3" fill="${colourOf(at)}"/>${text(label, { x: left, y: base, fill: '#ccccdc', size: 10 })}`
  })
  return [...grid, ...drawn, ...named]
}

function nameOf(legend: string, { labels }: Result): string {
  return legend.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? '').trim()
}

/** A value in a unit of Grafana. */
function shown(value: number, unit: string): string {
  if (!Number.isFinite(value)) return 'no data'
  if (unit === 'bytes') return `${Math.round(value / 1_000_000)} MB`
  if (unit === 'reqps') return `${value.toFixed(1)} req/s`
  if (unit !== 's') return String(Number(value.toFixed(1)))
  const size = Math.abs(value)
  if (size < 1) return `${Number((value * 1000).toFixed(1))} ms`
  // Minutes are exact enough for hours, and days for weeks.
  const [step, suffix] = size >= 172_800 ? [86_400, 'd'] : [size >= 3_600 ? 60 : 1, '']
  const rounded = Math.round(size / step)
  return `${value < 0 ? '-' : ''}${suffix === '' ? formatDuration(rounded * step * 1000) : `${rounded}${suffix}`}`
}

function colourOf(at: number): string {
  return colours[at % colours.length] ?? ''
}

interface Style {
  x: number
  y: number
  fill: string
  size?: number
  anchor?: 'start' | 'middle' | 'end'
}

function text(content: string, { x, y, fill, size = 11, anchor = 'start' }: Style): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${round(x)}" y="${round(y)}" fill="${fill}" font-size="${size}" text-anchor="${anchor}">${escaped}</text>`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
