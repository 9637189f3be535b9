import t from 'tap'
import { readPages } from '../../docs/pages.ts'
import { deadLinks } from '../dead-links.ts'
import { sitePages } from '../navigation.ts'
import { pageData } from '../page-data.ts'
import { siteFile, siteLink } from '../urls.ts'

const pages = await readPages()

t.test('every page for readers is in the navigation once', async t => {
  const wanted = [...pages.keys()].filter(page => /^(?:docs|deploy)\//.test(page) || page === 'CHANGELOG.md')
  t.same(sitePages.map(({ source }) => source).sort(), wanted.sort())
  t.equal(new Set(sitePages.map(({ source }) => siteFile(source))).size, sitePages.length)
})

const links: [source: string, target: string, link: string][] = [
  ['docs/README.md', 'faq.md', 'faq.html'],
  ['docs/README.md', '../deploy/chart/README.md#values', 'reference/values.html#values'],
  ['docs/identity/gke.md', '../getting-started/README.md#install', '../getting-started/index.html#install'],
  ['docs/identity/gke.md', '#trust-policy', '#trust-policy'],
  ['docs/reference/metrics.md', '../images/dashboard.svg', '../images/dashboard.svg'],
  ['deploy/chart/README.md', '../../docs/README.md', '../index.html'],
  ['docs/consumers/flux.md', '../../deploy/examples', 'https://github.com/CentML/ecr-anywhere/blob/main/deploy/examples'],
  ['docs/faq.md', 'https://kubernetes.io/', 'https://kubernetes.io/'],
]
for (const [source, target, link] of links) {
  t.test(`the link ${target} of ${source} leads to ${link}`, async t => {
    t.equal(siteLink(source, target), link)
  })
}

t.test('a page has its title, its neighbours and its headings', async t => {
  const page = sitePages.find(({ source }) => source === 'docs/identity/gke.md')
  if (page === undefined) throw new Error('there is no such page')
  const data = pageData(page, pages.get(page.source) ?? '')
  t.match(data, {
    permalink: 'identity/gke.html',
    title: 'GKE clusters',
    top: '../',
    previous: { title: 'Private issuers', href: 'private-issuer.html' },
    next: { title: 'Google service accounts', href: 'google.html' },
  })
  t.ok(data.contents.some(({ anchor }) => anchor === 'trust-policy'))
  t.same(
    data.sections.flatMap(({ title, isHere }) => (isHere ? [title] : [])),
    ['Identity'],
  )
  const here = data.sections.flatMap(section => section.pages).filter(({ isHere }) => isHere)
  t.same(here, [{ title: 'GKE clusters', href: 'gke.html', isHere: true }])
})

t.test('a page that is not in the navigation is an error', async t => {
  t.throws(() => pageData({ source: 'docs/other.md', title: 'Other' }, '# Other'), /found docs\/other\.md, which is not in the navigation/)
})

t.test('dead links and dead anchors are found, and nothing else', async t => {
  const files = new Map([
    [
      'index.html',
      '<h1 id="top">x</h1><a href="a/b.html#c">1</a><a href="a/b.html#d">2</a><a href="no.html">3</a><a href="https://x/#y">4</a>',
    ],
    [
      'a/b.html',
      '<h2 id="c">x</h2><a href="../index.html#top">1</a><a href="#c">2</a><a href="#e">3</a><img src="../i.svg"><img src="../j.svg">',
    ],
    ['i.svg', undefined],
  ])
  t.same(deadLinks(files), ['index.html: a/b.html#d', 'index.html: no.html', 'a/b.html: #e', 'a/b.html: ../j.svg'])
})
