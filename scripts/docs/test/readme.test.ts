import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import t from 'tap'
import { linksOf, resolved } from '../markdown.ts'
import { readPages, root } from '../pages.ts'

const pages = await readPages()
const readme = pages.get('README.md') ?? ''

t.test('the README has at most 150 lines', async t => {
  t.ok(readme.split('\n').length <= 151)
})

t.test('the README has the picture, the two commands and an installation of three commands', async t => {
  t.match(readme, '](docs/images/how-it-works.svg)')
  t.match(readme, /^make demo .*\nmake test /m)
  t.match(readme, /^```sh\nhelm upgrade --install (?:.*\\\n)*.*\nkubectl .*\nkubectl .*\n```$/m)
})

t.test('the picture names every part, has a description, and colours for dark screens', async t => {
  const picture = await readFile(resolve(root, 'docs/images/how-it-works.svg'), 'utf8')
  const names = [
    'issuer',
    'API server',
    'webhook',
    'CronJob',
    'Secret',
    'pod',
    'kubelet',
    'STS: the role',
    'ECR: the token',
    'ECR: the images',
  ]
  for (const name of names) t.match(picture, `>${name}</text>`)
  t.match(picture, /<title id="title">\w.*<desc id="description">\w/s)
  t.match(picture, '@media (prefers-color-scheme: dark)')
  t.notMatch(picture, /(?:href|src)=|@import|url\((?!#)/, 'it requests nothing')
})

t.test('every page can be reached from the README by links', async t => {
  const reached = new Set(['README.md'])
  for (const page of reached) {
    for (const { target } of linksOf(pages.get(page) ?? '')) {
      const path = resolved(page, target)?.path
      if (path !== undefined && pages.has(path)) reached.add(path)
    }
  }
  t.same(
    [...pages.keys()].filter(page => !reached.has(page)),
    [],
  )
})
