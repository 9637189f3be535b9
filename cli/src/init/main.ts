import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { readSettingsFile } from '@ecr-anywhere/shared/settings-file.ts'
import type { Options } from '../subcommands.ts'
import { screenOf } from '../terminal/screen.ts'
import { answersOf } from './answers-of.ts'
import { type Ask, choose } from './choose.ts'
import { writeFiles } from './files/write-files.ts'
import { askIssuer } from './http/ask-issuer.ts'
import { surveyCluster } from './kube/survey-cluster.ts'
import { initPlan } from './plan.ts'
import { filesText, planText } from './plan-text.ts'
import { accountQuestion, answerIn, missing, prompt, regionQuestion } from './questions.ts'
import { readInitSettings } from './settings.ts'

/**
 * `ecr-anywhere init`: writes the values, the policies and the commands for a cluster. It only reads from the cluster, and asks AWS nothing.
 *
 * @returns 0 @throws Fault `settings`, `transient`
 */
export async function main(given: Options): Promise<number> {
  const { env, stdin, stdout, stderr } = process
  const settings = readInitSettings(given, env)
  const canAsk = stdin.isTTY === true && stderr.isTTY === true
  const { account, region } = settings
  if (!canAsk) {
    const lacking = [...(account === undefined ? [accountQuestion] : []), ...(region === undefined ? [regionQuestion] : [])]
    if (lacking.length > 0) throw settingsFault(lacking.map(missing))
  }
  const ca = env.AWS_CA_BUNDLE ? await readSettingsFile('AWS_CA_BUNDLE', env.AWS_CA_BUNDLE, file => readFile(file, 'utf8')) : undefined
  const survey = await surveyCluster(settings, issuer => askIssuer(issuer, { env, ca }))
  const terminal = canAsk ? openTerminal() : undefined
  const { chosen, findings } = await choose(settings, survey, terminal?.ask).finally(terminal?.close)
  const plan = initPlan(answersOf(settings, chosen), findings)
  const isWritten = settings.output !== '-'
  if (isWritten) await writeFiles(plan.directory, plan.files, settings)
  else stdout.write(filesText(plan))
  const out = isWritten ? stdout : stderr
  out.write(planText(plan, { isWritten, paint: screenOf(out, env).paint }))
  return 0
}

interface Terminal {
  ask: Ask
  close: () => void
}

/** One reader for all questions, so that lines that are pasted at once are not lost. */
function openTerminal(): Terminal {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const lines = terminal[Symbol.asyncIterator]()
  /** @throws Fault `settings` at the end of the input */
  const ask: Ask = async question => {
    for (;;) {
      terminal.setPrompt(prompt(question))
      terminal.prompt()
      const { done, value } = await lines.next()
      if (done) throw settingsFault([`${question.flag}: found the end of the input, wanted an answer`])
      const read = answerIn(question, value)
      if ('answer' in read) return read.answer
      process.stderr.write(`  ${read.problem}\n`)
    }
  }
  return { ask, close: () => terminal.close() }
}
