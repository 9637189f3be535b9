import type { Screen } from '@ecr-anywhere/cli/terminal/screen.ts'
import { withSection } from '../section.ts'
import { checksTable, doctorExample } from './doctor-example.ts'
import { initCommand, initExample } from './init-example.ts'
import { statusExample } from './status-example.ts'
import { verifyExample } from './verify-example.ts'

/** As on a terminal that is wide enough, without colours. */
const screen: Screen = { columns: undefined, paint: text => text }

const examples: Record<string, { command: string; output: string }> = {
  status: { command: 'ecr-anywhere status -A', output: statusExample(screen) },
  verify: { command: 'ecr-anywhere verify pod/web-7d4b9c8f6d-2xkqp -n shop', output: verifyExample(screen) },
  init: { command: initCommand, output: initExample(screen) },
  doctor: { command: 'ecr-anywhere doctor', output: doctorExample(screen) },
}

/** The page on operations with its examples and its table of checks, which the code of the commands writes. */
export function withExamples(page: string): string {
  return Object.entries(examples).reduce(
    (text, [name, { command, output }]) => withSection(text, `example-${name}`, `\`\`\`console\n$ ${command}\n${output.trimEnd()}\n\`\`\``),
    withSection(page, 'checks', checksTable()),
  )
}
