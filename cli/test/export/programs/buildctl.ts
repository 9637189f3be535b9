import { open } from './registry.ts'

/** Takes the place of BuildKit's client in the tests of recipes: opens the registry that it would push to, with the login of Docker. */
const output = process.argv.at(process.argv.indexOf('--output') + 1) ?? ''
await open(/name=([^,]+)/.exec(output)?.[1] ?? '')
process.stdout.write(`pushed ${output}\n`)
