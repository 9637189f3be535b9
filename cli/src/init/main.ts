import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { settingsFault } from '@ecr-anywhere/shared/settings-fault.ts'
import { readSettingsFile } from '@ecr-anywhere/shared/settings-file.ts'
import type { Options } from '../subcommands.ts'
import { screenOf } from '../terminal/screen.ts'
import { answersOf } from './answers-of.ts'
import { choose } from './choose.ts'
import { writeFiles } from './files/write-files.ts'
import { askIssuer } from './http/ask-issuer.ts'
import { surveyCluster } from './kube/survey-cluster.ts'
import { initPlan } from './plan.ts'
import { filesText, planText } from './plan-text.ts'
import { accountQuestion, answerIn, missing, prompt, type Question, regionQuestion } from './questions.ts'
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
  const { chosen, findings } = await choose(settings, survey, canAsk ? ask : undefined)
  const plan = initPlan(answersOf(settings, chosen), findings)
  const isWritten = settings.output !== '-'
  if (isWritten) await writeFiles(plan.directory, plan.files, settings)
  else stdout.write(filesText(plan))
  const out = isWritten ? stdout : stderr
  out.write(planText(plan, { isWritten, paint: screenOf(out, env).paint }))
  return 0
}

/** Asks until the answer is valid. @throws Fault `settings` at the end of the input */
async function ask(question: Question): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new AbortController()
  terminal.once('close', () => ended.abort())
  try {
    for (;;) {
      const read = answerIn(question, await terminal.question(prompt(question), { signal: ended.signal }))
      if ('answer' in read) return read.answer
      process.stderr.write(`  ${read.problem}\n`)
    }
  } catch (error) {
    if (ended.signal.aborted) throw settingsFault([`${question.flag}: found the end of the input, wanted an answer`])
    throw error
  } finally {
    terminal.close()
  }
}
