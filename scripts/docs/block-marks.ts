import type { Block } from './markdown.ts'

/** What a comment before a code block says about its commands. */
export type Mark = { kind: 'run'; file: string; title: string } | { kind: 'not run'; reason: string }

/** Languages whose blocks are commands, or commands with their output. */
const ofCommands = ['sh', 'console', 'bash', 'shell']

export function isOfCommands({ language }: Block): boolean {
  return ofCommands.includes(language)
}

/** The marks of a block: `<!-- run by FILE: TITLE -->` names a test, and `<!-- not run: REASON -->` says why there is none. */
export function marksOf({ comments }: Block): Mark[] {
  return comments.flatMap((text): Mark[] => {
    const [, file, title] = /^run by (\S+): (.+)$/.exec(text) ?? []
    if (file !== undefined && title !== undefined) return [{ kind: 'run', file, title }]
    const [, reason] = /^not run: (.+)$/.exec(text) ?? []
    return reason === undefined ? [] : [{ kind: 'not run', reason }]
  })
}

/**
 * What is wrong with the marks of the blocks of a page.
 *
 * @param textOf the text of a file; undefined if there is no such file
 */
export function markProblems(page: string, blocks: Block[], textOf: (file: string) => string | undefined): string[] {
  return blocks.filter(isOfCommands).flatMap(block => {
    const at = `${page}:${block.line}`
    const [mark, ...others] = marksOf(block)
    if (mark === undefined || others.length > 0)
      return [`${at}: found ${others.length === 0 ? 'no mark' : 'several marks'} before this block. ${wanted}`]
    if (mark.kind === 'not run') return []
    const text = textOf(mark.file)
    if (text === undefined) return [`${at}: found the test ${mark.file}, which does not exist`]
    return text.includes(mark.title) ? [] : [`${at}: found ${JSON.stringify(mark.title)}, which ${mark.file} does not contain`]
  })
}

const wanted =
  'Expected one comment in the line before it: <!-- run by FILE: TITLE --> with the title of the test that runs the commands, or <!-- not run: REASON -->'

/** The blocks of a page that a test runs. */
export function blocksRunBy(file: string, blocks: Block[]): Block[] {
  return blocks.filter(block => marksOf(block).some(mark => mark.kind === 'run' && mark.file === file))
}
