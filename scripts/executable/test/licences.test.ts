import t from 'tap'
import { licencesText, packageLicences } from '../licences.ts'

t.test('the licences of bundled packages are their own texts, each once', async t => {
  const files = [
    { from: ['node_modules/zod/index.js', 'node_modules/yaml/dist/a.js', 'cli/src/main.ts'] },
    { from: ['node_modules/yaml/dist/b.js'] },
  ]
  const licences = await packageLicences(files)
  t.match(
    licences.map(({ title }) => title),
    [/^yaml \d+\.\d+\.\d+$/, /^zod \d+\.\d+\.\d+$/],
  )
  t.match(licences[0]?.text, /Eemeli Aro/)
  t.match(licencesText(licences), /^=+\nyaml [\d.]+\n=+\n\n[\s\S]*^=+\nzod [\d.]+\n=+\n\nMIT License/m)
})
