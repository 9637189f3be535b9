import { parseDocument } from 'yaml'

/** What Artifact Hub shows as news: https://artifacthub.io/docs/topics/annotations/helm/ */
const annotation = 'artifacthub.io/changes'
/** The kinds that Artifact Hub knows are those of https://keepachangelog.com/ */
const kinds = ['added', 'changed', 'deprecated', 'removed', 'fixed', 'security']

export interface Change {
  kind: string
  description: string
}

/** Items of the newest section (`## …`), each with the kind of its heading (`### Fixed`); `changed` where there is none. */
export function newestChanges(text: string): Change[] {
  const [, newest = ''] = text.split(/^## .*$/m)
  const changes: Change[] = []
  let kind = 'changed'
  for (const line of newest.split('\n')) {
    const heading = /^### (\w+)/.exec(line)?.[1]?.toLowerCase()
    const item = /^[-*] (.+)/.exec(line)?.[1]
    const more = /^ {2,}(\S.*)/.exec(line)?.[1]
    const last = changes.at(-1)
    if (heading !== undefined) kind = kinds.includes(heading) ? heading : 'changed'
    else if (item !== undefined) changes.push({ kind, description: item })
    else if (more !== undefined && last !== undefined) last.description += ` ${more}`
  }
  return changes
}

/** Chart.yaml with the annotation brought up to date; the rest stays as it is. */
export function withChanges(chart: string, changelogText: string): string {
  const document = parseDocument(chart)
  const lines = newestChanges(changelogText).map(
    ({ kind, description }) => `- kind: ${kind}\n  description: ${JSON.stringify(description)}\n`,
  )
  document.setIn(['annotations', annotation], lines.join(''))
  return document.toString({ lineWidth: 0 })
}
