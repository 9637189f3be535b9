import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { version } from '@ecr-anywhere/shared/version.ts'
import t from 'tap'
import { imageConfig } from '../image-config.ts'

const dockerfile = await readFile(resolve(import.meta.dirname, '../../../deploy/Dockerfile'), 'utf8')

t.test('an image is started alike and says the same of itself, whatever its base', async t => {
  const { Entrypoint, Env = [], User, WorkingDir, Labels = {} } = await imageConfig(version)
  t.match(dockerfile, `ENTRYPOINT ${JSON.stringify(Entrypoint).replaceAll(',', ', ')}\n`)
  t.match(dockerfile, `USER ${User}\n`)
  t.match(dockerfile, `WORKDIR ${WorkingDir}\n`)
  for (const variable of Env) t.match(dockerfile, `ENV ${variable}\n`)
  t.match(dockerfile, `ARG VERSION=${version}\n`)
  for (const [name, value] of Object.entries(Labels)) {
    const [, argument = ''] = /\.(version|revision|created)$/.exec(name) ?? []
    t.match(dockerfile, `${name}="${argument === '' ? value : `\${${argument.toUpperCase()}}`}"`)
  }
})
