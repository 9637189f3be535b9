import { parseDocument } from 'yaml'

/** The annotation of the changes that Artifact Hub shows: https://artifacthub.io/docs/topics/annotations/helm/ */
const annotation = 'artifacthub.io/changes'
/** The kinds of Artifact Hub are those of https://keepachangelog.com/ */
const kinds = ['added', 'changed', 'deprecated', 'removed', 'fixed', 'security']

export interface Change {
  kind: string
  description: string
}

/** The items of the newest section (`## …`), each with the kind of its heading (`### Fixed`). Without a heading it is `changed`. */
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

/** @returns Chart.yaml with an updated annotation and no other change */
export function withChanges(chart: string, changelogText: string): string {
  const document = parseDocument(chart)
  const lines = newestChanges(changelogText).map(
    ({ kind, description }) => `- kind: ${kind}\n  description: ${JSON.stringify(description)}\n`,
  )
  document.setIn(['annotations', annotation], lines.join(''))
  return document.toString({ lineWidth: 0 })
}
