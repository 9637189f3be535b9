import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import t from 'tap'
import { blocksRunBy, isOfCommands, markProblems, marksOf } from '../block-marks.ts'
import { blocksOf } from '../markdown.ts'
import { readPages, root } from '../pages.ts'

const pages = await readPages()

function textOf(file: string): string | undefined {
  try {
    return readFileSync(resolve(root, file), 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

t.test('each block of commands on a page names the test that runs it, or says why it is not run', async t => {
  t.same(
    [...pages].flatMap(([page, text]) => markProblems(page, blocksOf(text), textOf)),
    [],
  )
})

t.test('there are blocks of both kinds', async t => {
  const marks = [...pages.values()].flatMap(text => blocksOf(text).filter(isOfCommands).flatMap(marksOf))
  t.ok(marks.filter(({ kind }) => kind === 'run').length > 20)
  t.ok(marks.filter(({ kind }) => kind === 'not run').length > 10)
})

const block = (...lines: string[]) => [...lines, '```sh', 'ls', '```'].join('\n')
const problemsOf = (page: string) => markProblems('p.md', blocksOf(page), file => (file === 'a.test.ts' ? "test('lists')" : undefined))

const problems: [about: string, page: string, problem: RegExp | undefined][] = [
  ['the title of a test', block('<!-- run by a.test.ts: lists -->'), undefined],
  ['a reason', block('<!-- not run: needs AWS -->'), undefined],
  ['a section between the mark and the block', block('<!-- not run: needs AWS -->', '<!-- output -->'), undefined],
  ['no mark', block(), /^p\.md:1: found no mark/],
  ['a mark in an earlier line', block('<!-- not run: needs AWS -->', ''), /found no mark/],
  ['two marks', block('<!-- not run: a -->', '<!-- run by a.test.ts: lists -->'), /^p\.md:3: found several marks/],
  ['a test that does not exist', block('<!-- run by b.test.ts: lists -->'), /the test b\.test\.ts, which does not exist/],
  ['a title that the test does not have', block('<!-- run by a.test.ts: sorts -->'), /found "sorts", which a\.test\.ts does not contain/],
]
for (const [about, page, problem] of problems) {
  t.test(`a block with ${about} is ${problem === undefined ? 'accepted' : 'reported'}`, async t => {
    const found = problemsOf(page)
    t.equal(found.length, problem === undefined ? 0 : 1)
    if (problem !== undefined) t.match(found[0], problem)
  })
}

t.test('a test finds its blocks', async t => {
  const page = `${block('<!-- run by a.test.ts: lists -->')}\n\n${block('<!-- not run: a -->')}`
  t.same(
    blocksRunBy('a.test.ts', blocksOf(page)).map(({ text, line }) => [line, text]),
    [[2, 'ls']],
  )
})

t.test('a block that does not end is an error', async t => {
  t.throws(() => blocksOf('```sh\nls'), /begins in line 1 and does not end/)
})
