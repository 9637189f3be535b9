import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Outcome, run } from '../cluster/run.ts'

/** Values of variables, by name. */
export type Variables = Record<string, unknown>

/** A root module in a folder, and the program that works on it: `tofu`, or another one with its commands. */
export interface Configuration {
  program: string
  dir: string
}

/** The settings of whoever runs the tests, such as a mirror of providers, have no effect. */
const env = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  TF_CLI_CONFIG_FILE: '/dev/null',
  TF_IN_AUTOMATION: '1',
  CHECKPOINT_DISABLE: '1',
}

/** Runs one command, such as `validate`. */
export async function command({ program, dir }: Configuration, args: string[]): Promise<Outcome> {
  return await run(program, [...args, '-no-color'], { cwd: dir, env })
}

export interface Applied {
  outputs: Record<string, unknown>
  /** What it printed, warnings included. */
  text: string
}

/**
 * Runs `init`, `validate`, `apply` and `output`.
 *
 * @throws with what a command printed, if it fails
 */
export async function applied(configuration: Configuration, variables: Variables = {}): Promise<Applied> {
  await writeFile(join(configuration.dir, 'terraform.tfvars.json'), JSON.stringify(variables))
  const must = async (...args: string[]) => {
    const { code, stdout, stderr } = await command(configuration, args)
    if (code !== 0) throw new Error(`${args[0]} in ${configuration.dir} ended with code ${code}:\n${unwrapped(stderr)}`)
    return stdout
  }
  await must('init', '-backend=false', '-input=false')
  await must('validate')
  const text = await must('apply', '-auto-approve', '-input=false')
  const found: Record<string, { value: unknown }> = JSON.parse(await must('output', '-json'))
  return { outputs: Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value])), text: unwrapped(text) }
}

/** Applies a root module that only calls one module with these values, and has its outputs. */
export async function appliedModule(configuration: Configuration, source: string, variables: Variables): Promise<Applied> {
  await mkdir(configuration.dir, { recursive: true })
  const root = { module: { one: { source, ...variables } }, output: { one: { value: expression('module.one') } } }
  await writeFile(join(configuration.dir, 'main.tf.json'), JSON.stringify(root))
  const { outputs, text } = await applied(configuration)
  return { outputs: outputs.one as Record<string, unknown>, text }
}

/** An expression in a JSON file: https://opentofu.org/docs/language/syntax/json/ */
export function expression(text: string): string {
  return `\${${text}}`
}

/** Messages are wrapped at the width of a terminal. */
function unwrapped(text: string): string {
  return text.replace(/[│╷╵]/g, '').replace(/\s+/g, ' ')
}
